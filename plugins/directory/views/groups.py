"""Groups one may know of, and who administers the portal."""

from __future__ import annotations

from portal.api import Role, fold, group_cards, held_listing, members_by_group, page, requires, session, texts, viewer

from plugins.directory import permissions
from plugins.directory.queries.people import with_role
from plugins.directory.views.blueprint import blueprint

_ = texts("directory")
GROUP_WORDS = {"lab": _.later("lab"), "circle": _.later("circle")}


@blueprint.get("/groups")
@requires(permissions.READ)
def group_list():
    """List the labs, and the circles of whoever reads."""
    found = held_listing(group_cards(viewer()), key=lambda card: [fold(card.name), card.id])
    members = members_by_group(card.id for card in found.items)
    return page("directory/groups.html", page=found, members=members, words=GROUP_WORDS)


@blueprint.get("/roles")
@requires(permissions.READ)
def roles():
    """Say who administers the portal, and what each role opens."""
    return page(
        "directory/roles.html",
        administrators=session.execute(with_role(Role.ADMIN)).all(),
        plugin_administrators=session.execute(with_role(Role.PLUGIN_ADMIN)).all(),
    )
