"""« Mon niveau »: chosen, changed, paused by the person alone; its past is theirs to read (C22)."""

from __future__ import annotations

from flask import Response, url_for

from portal.api import day, form_page, message, now, requires, see, setting, texts, viewer

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.engagement import LevelForm, level_values
from plugins.ambassadors.models.engagement import ANSWER_DAYS, PAUSED, LevelChange
from plugins.ambassadors.queries.cards import card_of, deleted_at
from plugins.ambassadors.queries.engagement import PLUGIN, engagement_of, level_words, own_past
from plugins.ambassadors.services.engagement import choose_level, come_back, pause, stay
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")


@blueprint.route("/level", methods=["GET", "POST"])
@requires(permissions.CARD)
def level():
    """Choose one's level of engagement: effective at once, in any direction, nobody is told."""
    found = engagement_of(viewer().person_id or 0)
    form = LevelForm(viewer(), data=level_values(found))
    if form.submitted():
        with form.attempt():
            choose_level(viewer(), form.choice, at=now())
            message(_("Noted, for today. Change it when you like; nobody is told."))
            return see("ambassadors.level")
    return form_page(
        "ambassadors/level.html",
        form,
        cancel_url=url_for("ambassadors.mine"),
        found=found,
        is_paused=found is not None and found.level == PAUSED,
        charter=None if found and found.charter_at else str(setting(PLUGIN, "charter")),
        answer_days=ANSWER_DAYS,
        past=[_told(change) for change in own_past(viewer())],
    )


def _told(change: LevelChange) -> dict[str, object]:
    return {"at": change.changed_at, "text": level_words().get(change.level) or _("no level")}


@blueprint.post("/level/pause")
@requires(permissions.CARD)
def pause_level() -> Response:
    """Stop all solicitations."""
    pause(viewer(), at=now())
    message(_("You are on pause: your card is hidden, nobody can ask you anything. You still read all that you read."))
    card = card_of(viewer().person_id or 0)
    if card is not None:
        until = day(deleted_at(card))
        message(_("Your card is kept until %(day)s, unless you say on it that it is still true.", day=until))
    return see("ambassadors.level")


@blueprint.post("/level/back")
@requires(permissions.CARD)
def come_back_to_level() -> Response:
    """Come back."""
    come_back(viewer(), at=now())
    message(_("Welcome back: all is as it was before your pause."))
    return see("ambassadors.level")


@blueprint.post("/level/yes")
@requires(permissions.CARD)
def stay_at_level() -> Response:
    """Answer the kind question (C22 SPEC 6)."""
    stay(viewer(), at=now())
    message(_("Glad to hear it. Nothing else changes."))
    return see("ambassadors.level")
