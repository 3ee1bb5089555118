"""Settings of plugins: typed and checked by the plugin's own form, kept as what was typed, read once per request.

A row stands only where the collectivity differs from the plugin's default: a default that changes later is followed.
What no longer passes the form after an update counts as not set, and the page says so. A secret is kept by reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from flask import current_app, g
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.secrets import secret_of
from portal.db import CoreBase, db
from portal.errors import ConfigError
from portal.values import Subject, Viewer

EVERY_PLUGIN = Subject("portal.plugin", 0)  # plugins have names, not numbers: the facts say which


class SettingRow(CoreBase):
    """What a collectivity typed for one setting of a plugin, where it differs from the default.

    :ivar words: as the form sent it: none for an unticked box, several for several choices
    """

    __tablename__ = "settings"
    __plain__ = ("plugin", "key", "words")
    __of_plugin__ = ("plugin",)
    plugin: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    words: Mapped[list[str]] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it counts now.

    :ivar value: what the plugin reads; of a secret, the reference
    :ivar is_own: the collectivity chose it
    :ivar is_stale: the collectivity chose something that no longer passes; the default counts
    """

    key: str
    value: Any
    default: Any
    is_own: bool = False
    is_stale: bool = False
    is_secret: bool = False


def form_of(plugin: str) -> type[Any] | None:
    """Give the form of a plugin's settings; None if it has none, or is off."""
    forms = cast("dict[str, type[Any]]", current_app.config["SETTINGS"])
    return forms.get(plugin)


def setting(plugin: str, key: str) -> Any:
    """Give the value of a setting, typed by its field. Of a secret: the secret, None where it is not to be had.

    :raises KeyError: the plugin is off, or declares no such setting
    """
    found = settings_of(plugin)[key]
    if not found.is_secret:
        return found.value
    try:
        return secret_of(found.value) if found.value else None
    except ConfigError:
        return None


def settings_of(plugin: str) -> dict[str, Setting]:
    """Give every setting of a plugin that is on, read once per request."""
    known: dict[str, dict[str, Setting]] = g.setdefault("settings", {})
    if plugin not in known:
        form = form_of(plugin)
        if form is None:
            raise KeyError(f"no settings of {plugin}")
        rows = db.session.scalars(sa.select(SettingRow).where(SettingRow.plugin == plugin))
        known[plugin] = _settled(form, {row.key: row.words for row in rows})
    return known[plugin]


def _settled(form: type[Any], words: dict[str, list[str]]) -> dict[str, Setting]:
    defaults = form(formdata=None)
    typed = (
        form(formdata=MultiDict([(key, word) for key, some in words.items() for word in some])) if words else defaults
    )
    if words:
        typed.validate()
    return {field.name: _one(field, typed[field.name], is_own=field.name in words) for field in defaults}


def _one(default: Any, typed: Any, *, is_own: bool) -> Setting:
    stale = is_own and bool(typed.errors)
    counts = typed if is_own and not stale else default
    secret = getattr(default, "is_secret", False)
    return Setting(default.name, counts.data, default.data, is_own and not stale, stale, secret)


def change_settings(plugin: str, form: Any, *, actor: Viewer | None, at: datetime) -> list[str]:
    """Keep what a form that passed says; give the keys that changed. Each change is in the audit."""
    changed = []
    for key, before in settings_of(plugin).items():
        field = form[key]
        if field.data == before.value and not before.is_stale:
            continue
        write_words(plugin, key, words=None if field.data == before.default else list(map(str, field.raw_data or [])))
        facts = _facts(plugin, before, field.data)
        record("portal.setting_changed", EVERY_PLUGIN, actor=actor, at=at, facts=facts)
        changed.append(key)
    g.pop("settings", None)
    return changed


def reset_settings(plugin: str, keys: Iterable[str], *, actor: Viewer | None, at: datetime) -> list[str]:
    """Go back to the defaults; give the keys that changed."""
    known = settings_of(plugin)
    changed = [known[key] for key in keys if known[key].is_own or known[key].is_stale]
    for before in changed:
        write_words(plugin, before.key, words=None)
        facts = _facts(plugin, before, before.default)
        record("portal.setting_reset", EVERY_PLUGIN, actor=actor, at=at, facts=facts)
    g.pop("settings", None)
    return [before.key for before in changed]


def write_words(plugin: str, key: str, *, words: list[str] | None) -> None:
    """Keep what was typed for one setting; None goes back to the default."""
    row = db.session.get(SettingRow, (plugin, key))
    if words is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(SettingRow(plugin=plugin, key=key, words=words, changed_at=real_now()))
    else:
        row.words, row.changed_at = words, real_now()
    db.session.flush()


def _facts(plugin: str, before: Setting, after: Any) -> dict[str, object]:
    """Say what changed; of a secret, only that it did."""
    facts: dict[str, object] = {"plugin": plugin, "key": before.key}
    return facts if before.is_secret else {**facts, "before": _plain(before.value), "after": _plain(after)}


def _plain(value: Any) -> object:
    if isinstance(value, datetime | date | time | Decimal):
        return str(value)
    return value if isinstance(value, str | int | float | bool | list) or value is None else str(value)
