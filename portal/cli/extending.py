"""Commands of plugins: `portal <plugin> <command>`, for the plugins that are on in the collectivity at hand."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask

from portal.errors import PortalError
from portal.hosting.commands import in_words, one_site
from portal.hosting.factory import create_app
from portal.loader.discovery import scan
from portal.loader.hooks import current_hooks
from portal.loader.manifest import Manifest, say

OPTION = "--collectivity"


class Portal(click.Group):
    """The `portal` command: the commands of the core, and those of each installed plugin under its id."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command of the core, else the group of a plugin."""
        own = super().get_command(ctx, cmd_name)
        manifest = scan().manifests.get(cmd_name) if own is None else None
        return PluginCommands(manifest) if manifest is not None else own


class PluginCommands(click.Group):
    """What one plugin adds to the command, where it is on."""

    def __init__(self, manifest: Manifest) -> None:
        # eager: « --help » lists the commands of the collectivity that is named
        which = click.Option([OPTION], is_eager=True, help="Laquelle, s'il y en a plusieurs.")
        super().__init__(manifest.id, help=say(manifest.summary), params=[which])
        self.manifest = manifest
        self.app: Flask | None = None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `--collectivity` wherever it stands, as the commands of the core do."""
        return super().parse_args(ctx, _first(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands of the plugin."""
        return sorted(self._given(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command of the plugin."""
        return self._given(ctx).get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command inside the app of its collectivity."""
        self._given(ctx)
        assert self.app is not None
        with self.app.app_context():
            return in_words(super().invoke)(ctx)

    def _given(self, ctx: click.Context) -> dict[str, click.Command]:
        given: dict[str, click.Command] = in_words(self._load)(ctx)
        return given

    def _load(self, ctx: click.Context) -> dict[str, click.Command]:
        if self.app is None:
            self.app = create_app(one_site(ctx))
        plugin = self.manifest.id
        if plugin not in self.app.config["PLUGINS"]:
            raise PortalError(f"« {say(self.manifest.name)} » n'est pas allumée ici : portal plugins enable {plugin}")
        with self.app.app_context():
            return {command.name or "": command for command in current_hooks().declared(plugin, "portal_commands")}


def _first(args: list[str]) -> list[str]:
    """Put `--collectivity` before what follows."""
    for place, word in enumerate(args):
        if word == "--":
            break
        if word == OPTION or word.startswith(f"{OPTION}="):
            end = place + (2 if word == OPTION else 1)
            return [*args[place:end], *args[:place], *args[end:]]
    return args
