"""Settings of a plugin: one page made from its form, the defaults beside each field, the way back to them."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from portal.content.clock import now
from portal.content.secrets import secret_of
from portal.content.settings import Setting, change_settings, form_of, reset_settings, settings_of
from portal.errors import ConfigError, NotFound
from portal.loader.discovery import name_of
from portal.loader.standing import Standing
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.web.answers import form_page, message, page, see
from portal.web.pages.blueprint import blueprint
from portal.web.pages.plugins.lists import one_plugin
from portal.web.policy import requires, viewer

_ = texts(CORE)
SHOWN = 5  # fields on screen; the rest is folded


def _name(item: Standing) -> str:
    return name_of(item.id)


def _lead(item: Standing) -> str:
    if not item.is_on:
        return _("This plugin is off. Switch it on to see its settings; what was set is kept.")
    return _("This plugin has nothing to set.")


@blueprint.route("/plugins/<plugin>/settings", methods=["GET", "POST"])
@requires(MANAGE_PLUGINS, item=one_plugin)
def plugin_settings(item: Standing) -> Response:
    """Show the settings of a plugin, and keep what is changed."""
    form_class = form_of(item.id)
    if form_class is None:
        return page("pages/settings_none.html", name=_name(item), text=_lead(item), is_on=item.is_on)
    known = settings_of(item.id)
    form = form_class(data={key: found.value for key, found in known.items()})
    if form.submitted():
        with form.attempt():
            changed = change_settings(item.id, form, actor=viewer(), at=now())
            message(_("The settings are kept.") if changed else _("Nothing has changed."))
            return see("core.plugin_settings", plugin=item.id)
    rows = [_row(item.id, form[key], found) for key, found in known.items()]
    return form_page(
        "pages/settings.html",
        form,
        name=_name(item),
        rows=rows[:SHOWN],
        folded=rows[SHOWN:],
        details_open=any(row["field"].errors or row["is_own"] or row["is_stale"] for row in rows[SHOWN:]),
        reset_url=_reset_url(item.id) if any(row["reset_url"] for row in rows) else None,
        cancel_url=url_for("core.plugins_page"),
    )


def _reset_url(plugin: str, *, key: str | None = None) -> str:
    return url_for("core.reset_settings_page", plugin=plugin, key=key)


def _row(plugin: str, field: Any, found: Setting) -> dict[str, Any]:
    """Describe one setting for the page: its field, its default in words, whether it was chosen here."""
    return {
        "field": field,
        "is_choice": field.type in {"RadioField", "SelectMultipleField"},
        "default": in_words(field, found.default),
        "is_own": found.is_own,
        "is_stale": found.is_stale,
        "resolves": _resolves(found) if found.is_secret and found.value else None,
        "reset_url": _reset_url(plugin, key=found.key) if found.is_own or found.is_stale else None,
    }


def _resolves(found: Setting) -> bool:
    try:
        return bool(secret_of(found.value))
    except ConfigError:
        return False


def in_words(field: Any, value: Any) -> str:
    """Say a value as the field shows it: the words of a choice, yes or no of a box."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    chosen = value if isinstance(value, list | tuple | set) else [value]
    said = {choice[0]: str(choice[1]) for choice in field.iter_choices()} if hasattr(field, "iter_choices") else {}
    return ", ".join(said.get(one, str(one)) for one in chosen if one in said or one not in {None, ""}) or _("nothing")


def _wanted(item: Standing) -> list[Setting]:
    """Give what is asked to go back to its default: one setting, or all that were chosen here.

    :raises NotFound: no such setting
    """
    if form_of(item.id) is None:
        raise NotFound(_("This plugin has nothing to set."))
    known, key = settings_of(item.id), request.values.get("key")
    if key and key not in known:
        raise NotFound(_("This plugin has no such setting."))
    return [found for found in known.values() if (found.is_own or found.is_stale) and key in {None, "", found.key}]


@blueprint.route("/plugins/<plugin>/settings/reset", methods=["GET", "POST"])
@requires(MANAGE_PLUGINS, item=one_plugin)
def reset_settings_page(item: Standing) -> Response:
    """Ask once, then go back to the defaults of one setting or of all."""
    wanted = _wanted(item)
    if not wanted:
        message(_("Nothing has changed."))
        return see("core.plugin_settings", plugin=item.id)
    if request.method == "POST":
        reset_settings(item.id, [found.key for found in wanted], actor=viewer(), at=now())
        message(_("Back to the default."))
        return see("core.plugin_settings", plugin=item.id)
    return page(
        "pages/settings_reset.html",
        name=_name(item),
        key=request.args.get("key", ""),
        rows=_changes(form_of(item.id), wanted),
        cancel_url=url_for("core.plugin_settings", plugin=item.id),
    )


def _changes(form_class: Any, wanted: list[Setting]) -> list[tuple[str, str, str]]:
    """Say what each setting is called, what it is now, what it becomes."""
    form = form_class(formdata=None)
    return [
        (
            str(form[found.key].label.text),
            _("what is no longer allowed") if found.is_stale else in_words(form[found.key], found.value),
            in_words(form[found.key], found.default),
        )
        for found in wanted
    ]
