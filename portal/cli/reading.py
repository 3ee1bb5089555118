"""Commands that read: the addresses and who may come in, the manual of the hooks."""

from __future__ import annotations

import click

from portal.hosting.commands import on_site
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.loader.hooks import CORE_SPECS
from portal.web.policy import policy_of


@click.command(help="Liste les adresses et qui peut y entrer.")
@on_site
def routes(site: Site) -> None:
    """List the routes with their policies."""
    app = create_app(site)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        policy = policy_of(app.view_functions[rule.endpoint])
        kind = f"{policy.kind} {policy.permission or policy.scope or ''}" if policy else "?"
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:<10} {rule.rule:<50} {kind}")


@click.command(help="Imprime le manuel des points d'accroche.")
def hooks() -> None:
    """Print the hooks and their docstrings."""
    for module in CORE_SPECS:
        for name in sorted(name for name in vars(module) if name.startswith("portal_")):
            click.echo(f"{name}\n{getattr(module, name).__doc__}\n")
