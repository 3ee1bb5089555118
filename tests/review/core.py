"""What the core brings to the review: who may do what, and who reads what its tables say."""

from __future__ import annotations

from typing import Any

from portal.web.pages.entering import SCREEN_SCOPE

from tests.review.furnishing import add_private, finish, furnish
from tests.review.furniture import OPEN
from tests.review.world import (
    ADMINS,
    AGENTS,
    KIOSK,
    NAMED,
    NOBODY,
    OWNER,
    PLUGIN_ADMINS,
    World,
)

ARGUMENTS = {
    "user_id": "portal.user",
    "person_id": "portal.user",
    "service_id": "portal.service",
    "function_id": "portal.function",
    "file_id": "portal.file",
    "session_id": "portal.session",
    "token_id": "portal.token",
    "notice_id": "portal.notice",
    "until_id": "portal.notice",
    "screen_id": "portal.screen",
}
ASKS = {
    OPEN: "asset enrol file health legal link news_feed screen screen_leave screen_pin sign_in theme_file",
    "portal.account": "change_code change_password close_address close_one_session make_feed my_account my_data"
    " set_preferences sign_out_everywhere",
    "portal.news": "follow my_news read_all_news read_news unfollow",
    "portal.plugins": "confirm_plugin plugin_fault plugin_faults plugin_settings plugin_sheet plugins_page purge_now"
    " purge_plugin reset_settings_page retry_plugin switch_plugin",
    "portal.privacy": "erase privacy privacy_register",
    "portal.screens": "revoke_screen screens",
    "portal.theme": "remove_logo reset_theme set_logo theme_page theme_preview",
}
ON_SCREENS = "portal.news"
MAY = {
    "portal.account": AGENTS,
    "portal.news": AGENTS,
    "portal.plugins": PLUGIN_ADMINS,
    "portal.theme": ADMINS,
    "portal.privacy": ADMINS,
    "portal.screens": ADMINS,
}
ACTS = {
    "core.close_one_session": "own",
    "core.close_address": "own",
    "core.read_news": "own",
}
SILENT = dict.fromkeys(ACTS, "closing or reading what is not one's own changes nothing, and does not say it exists")
SCREEN = "only on a device enrolled as a shared screen, where the long walk goes"
UNREACHED = {
    "core.screen": SCREEN,
    "core.screen_pin": SCREEN,
    "core.theme_preview": "the colours to try are in the query",
    "core.purge_plugin": "a plugin that is on is not purged",
}
TURNED_AWAY = {
    **UNREACHED,
    "core.switch_plugin": "the form says on or off",
    "core.purge_now": "a plugin that is on is not purged",
    "core.erase": "nobody erases themselves",
}
NEVER_OTHERWISE = "public, max-age=31536000, immutable"
CACHED = {
    "core.asset": NEVER_OTHERWISE,
    "core.theme_file": NEVER_OTHERWISE,
    "core.file": "private, no-cache",
    "core.health": "no-store",
}
SENT = {
    "core.purge_now": {"typed": "labs"},
    "core.theme_page": {"ink": "#0b3d5c", "accent": "#7a1f3d"},
}
UNDONE = {
    "core.screen_pin": SCREEN,
    "core.purge_now": UNREACHED["core.purge_plugin"],
    "core.retry_plugin": "nothing broke",
}
SORTED = "read to find and to order, never shown"
HIDDEN = {
    "audit.facts": "the log says the facts it has words for",
    "links.source_title": "shown while the plugin of that side is off",
    "links.target_title": "shown while the plugin of that side is off",
    "notices.facts": "a notice says the facts its text has places for",
    "outbox.payload": "read by `portal work` alone",
    "outbox.last_error": "read by whoever operates the host",
    "settings.words": "no setting takes free words; what does not pass is not shown again",
    "users.sort_name": SORTED,
}
KIND, DIGEST, NAME = "a word of the code", "a digest or a secret that nobody reads", "the name of a plugin or a table"
EXEMPT = {
    "audit.action": KIND,
    "audit.subject_kind": KIND,
    "audit.commitment": DIGEST,
    "audit.previous_hash": DIGEST,
    "audit.hash": DIGEST,
    "audit_head": DIGEST,
    "audit_person": DIGEST,
    "breakers": "operational: names of hooks, counts",
    "faults.plugin": NAME,
    "faults.reference": "drawn by the portal",
    "file_contents": DIGEST,
    "files.owner_kind": KIND,
    "files.content_type": "read from the bytes",
    "files.sha256": DIGEST,
    "follows": KIND,
    "groups.kind": KIND,
    "inventory_plugins": "what the manifest says",
    "inventory_tables": NAME,
    "job_runs": "operational: names of jobs",
    "limits": DIGEST,
    "links.kind": KIND,
    "links.source_kind": KIND,
    "links.target_kind": KIND,
    "meter": "operational: names of plugins, counts",
    "notices.subject_kind": KIND,
    "notices.domain": NAME,
    "notices.text": "a key of the catalogue",
    "outbox.kind": KIND,
    "outbox.plugin": NAME,
    "outbox.key": DIGEST,
    "passages": KIND,
    "plugins": NAME,
    "quarantines": "operational: what broke at start; shown with the faults, which have markers",
    "sessions.token_hash": DIGEST,
    "sessions.kind": KIND,
    "settings.plugin": NAME,
    "settings.key": KIND,
    "tokens.scope": KIND,
    "tokens.nonce": DIGEST,
    "tokens.subject_kind": KIND,
    "users.password_hash": DIGEST,
    "users.pin_hash": DIGEST,
    "users.role": KIND,
    "users.language": KIND,
    "users.theme": KIND,
}


def _own(row: Any, world: World) -> frozenset[str]:
    return world.role_of(getattr(row, "user_id", None) or getattr(row, "person_id", None))


def _of_token(row: Any, world: World) -> Any:
    if row.scope == SCREEN_SCOPE:
        return world.one("portal.screen", row.id), ADMINS | {KIOSK}
    return _own(row, world)


def _of_group(row: Any, world: World) -> frozenset[str]:
    return AGENTS if row.kind == "lab" else frozenset({OWNER, NAMED})


READERS = {
    "users": lambda row, world: (world.one("portal.user", row.id), AGENTS),
    "users.matricule": lambda row, world: world.role_of(row.id) | ADMINS,
    "services": lambda _row, _world: AGENTS,
    "functions": lambda _row, _world: AGENTS,
    "groups": _of_group,
    "sessions": _own,
    # in the archive of « Mes données », who did something finds that others were told: not whom
    "notices": lambda row, world: world.role_of(row.person_id) | world.role_of(row.actor_id),
    "tokens": _of_token,
    "files": lambda row, world: world.one("portal.file", row.id),
    "faults": lambda _row, _world: PLUGIN_ADMINS,
    "settings": lambda _row, _world: PLUGIN_ADMINS,
    # a title is shown while the plugin of that side is off; here both are on
    "links": lambda _row, _world: NOBODY,
    "outbox": lambda _row, _world: NOBODY,
}
SHAPES = {
    "users.email": lambda _old, word: f"{word}@ville.example",
    "tokens.label": lambda old, word: old if old.isdigit() else word,  # an enrolment names its screen by number
    "settings.words": lambda old, word: old if old[0].startswith("#") else [word],
}

__all__ = ["add_private", "finish", "furnish"]
