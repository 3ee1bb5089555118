"""The only judge: `can(viewer, permission, target)`. Roles open, the owner of a permission may still refuse.

No role opens an audience (P19): what one may read is `readable_by`, and nothing here.
"""

from __future__ import annotations

from flask import current_app

from portal.loader.hooks import CORE_PLUGIN, current_hooks
from portal.loader.manifest import Permission
from portal.values import Role, Viewer

MANAGE_ACCOUNT = "portal.account"
MANAGE_PLUGINS = "portal.plugins"
MANAGE_PRIVACY = "portal.privacy"
MANAGE_SCREENS = "portal.screens"
MANAGE_THEME = "portal.theme"
READ_NEWS = "portal.news"
CORE_PERMISSIONS = {
    # not from a shared screen: six digits must not be enough to choose a password
    MANAGE_ACCOUNT: Permission(MANAGE_ACCOUNT, {"fr": "Gérer son compte", "en": "Manage one's account"}, Role.AGENT),
    # from a shared screen too: it is where people without an address are told anything
    READ_NEWS: Permission(
        READ_NEWS,
        {"fr": "Lire ses nouvelles, suivre ce qu’on lit", "en": "Read one's news, follow what one reads"},
        Role.AGENT,
        screen=True,
    ),
    MANAGE_PLUGINS: Permission(
        MANAGE_PLUGINS, {"fr": "Allumer et éteindre les extensions", "en": "Switch plugins"}, Role.PLUGIN_ADMIN
    ),
    MANAGE_THEME: Permission(
        MANAGE_THEME, {"fr": "Choisir l’apparence du portail", "en": "Choose how the portal looks"}, Role.ADMIN
    ),
    MANAGE_PRIVACY: Permission(
        MANAGE_PRIVACY,
        {
            "fr": "Tenir le registre, effacer les données d’une personne",
            "en": "Keep the register, erase personal data",
        },
        Role.ADMIN,
    ),
    MANAGE_SCREENS: Permission(
        MANAGE_SCREENS, {"fr": "Inscrire les écrans partagés", "en": "Enrol shared screens"}, Role.ADMIN
    ),
}


def can(viewer: Viewer, permission: str, target: object | None = None) -> bool:
    """Tell whether `viewer` may do this to `target` (anything with a `group_id`, or None for « in general »).

    :raises KeyError: the owner is on and declares no such permission; of a plugin that is off, the answer is no
    """
    owner = permission.partition(".")[0]
    declared: dict[str, Permission] = current_app.config["PERMISSIONS"]
    if permission not in declared:
        if owner in current_hooks().plugin_ids:
            raise KeyError(f"unknown permission: {permission}")
        return False
    if not viewer.is_signed_in or not _in_session(viewer, permission):
        return False
    if not _role_allows(viewer, declared[permission].role, target):
        return False
    if owner == CORE_PLUGIN:
        return True
    return not current_hooks().vetoes(owner, permission, viewer=viewer, target=target)


def _in_session(viewer: Viewer, permission: str) -> bool:
    return viewer.permissions is None or permission in viewer.permissions


def _role_allows(viewer: Viewer, role: Role, target: object | None) -> bool:
    if role is Role.AGENT:
        return True
    if role is Role.ANIMATOR:
        group = getattr(target, "group_id", None)
        return bool(viewer.animated_ids) if target is None else group in viewer.animated_ids
    if role is Role.PLUGIN_ADMIN:
        return viewer.role in {Role.PLUGIN_ADMIN, Role.ADMIN}
    return viewer.role is Role.ADMIN


def screen_permissions() -> frozenset[str]:
    """List the permissions that a session on a shared screen keeps."""
    declared: dict[str, Permission] = current_app.config["PERMISSIONS"]
    return frozenset(code for code, permission in declared.items() if permission.screen)
