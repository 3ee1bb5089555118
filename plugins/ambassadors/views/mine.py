"""One's own card: read, written, confirmed, deleted, by its owner alone (C08 SPEC 1, 4, 5)."""

from __future__ import annotations

from flask import url_for

from portal.api import Form, can, form_page, message, now, page, requires, see, texts, viewer

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.card import WITH_TAGS, CardForm, filled
from plugins.ambassadors.forms.labs import LEVEL_WORDS
from plugins.ambassadors.models.card import KINDS
from plugins.ambassadors.queries.cards import card_of, deleted_at, draft_for, hidden_at, is_to_confirm, own_card
from plugins.ambassadors.queries.engagement import is_paused
from plugins.ambassadors.queries.time import free_words
from plugins.ambassadors.queries.watched import SUBJECTS, sensitive_subjects
from plugins.ambassadors.services.cards import confirm_card, delete_card, write_card
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")


@blueprint.get("/mine")
@requires(permissions.CARD)
def mine():
    """Show a person all that they wrote of themself, who may read it, and until when."""
    person_id = viewer().person_id or 0
    shown, card, at = own_card(viewer()), card_of(person_id), now()
    return page(
        "ambassadors/mine.html",
        shown=shown,
        card=card,
        draft=draft_for(person_id),
        may_type=can(viewer(), permissions.TYPE),
        levels=LEVEL_WORDS,
        free_words=free_words,
        hidden_at=hidden_at(card) if card else None,
        deleted_at=deleted_at(card) if card else None,
        is_hidden=card is not None and hidden_at(card) <= at,
        is_to_confirm=card is not None and is_to_confirm(card, at=at),
        is_paused=is_paused(person_id),
    )


@blueprint.route("/mine/write", methods=["GET", "POST"])
@requires(permissions.CARD)
def write():
    """Write one's card: five fields, three minutes, from a phone (law 1)."""
    person_id = viewer().person_id or 0
    card, draft = card_of(person_id), draft_for(person_id)
    group_id = card.reader_group_id if card else (draft.reader_group_id if draft else None)
    form = CardForm(viewer(), data=filled(own_card(viewer()), draft, group_id))
    if form.submitted():
        with form.attempt():
            write_card(viewer(), form.told, reader_group_id=form.reader_group_id, at=now())
            _thank(form)
            return see("ambassadors.mine")
    context = {"kinds": KINDS, "with_tags": WITH_TAGS, "subjects": list(SUBJECTS.values())}
    return form_page(
        "ambassadors/write.html",
        form,
        cancel_url=url_for("ambassadors.mine"),
        draft_typed=draft,
        has_card=card is not None,
        **context,
    )


def _thank(form: CardForm) -> None:
    """Say that it is kept; remind of what one had better not say at work, to its author alone (C08 SPEC 4)."""
    message(_("Your card is kept. It is yours: change it or delete it when you like."))
    found = sensitive_subjects(*(words.text for words in form.told.values()))
    if found:
        subjects = ", ".join(found)
        text = _(
            "For you alone: a word of your card may touch on %(subjects)s. Leave it, or look again.", subjects=subjects
        )
        message(text, "wait")


@blueprint.post("/mine/confirm")
@requires(permissions.CARD)
def confirm():
    """Say that one's card is still true."""
    confirm_card(viewer(), at=now())
    message(_("Your card is confirmed for a year."))
    return see("ambassadors.mine")


@blueprint.route("/mine/delete", methods=["GET", "POST"])
@requires(permissions.CARD)
def delete():
    """Ask before a card is deleted: nothing of it stays."""
    form = Form()
    if form.submitted() and delete_card(viewer(), at=now()):
        message(_("Your card is deleted. Nothing of it was kept."))
        return see("ambassadors.mine")
    if card_of(viewer().person_id or 0) is None:  # a second click, a page left open
        message(_("You have no card."))
        return see("ambassadors.mine")
    return form_page("ambassadors/delete.html", form, cancel_url=url_for("ambassadors.mine"))
