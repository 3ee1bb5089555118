"""Cards on paper: blank sheets to print, the typing of what was written on them, the list of who brings what (C08)."""

from __future__ import annotations

from flask import Response, request

from portal.api import absolute_url, group_cards, message, now, page, qr_uri, requires, see, signed_in, texts, viewer

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.labs import LAB
from plugins.ambassadors.forms.typing import CardRow, TypingForm
from plugins.ambassadors.models.card import KINDS
from plugins.ambassadors.models.vocabulary import ROLE, TALENT
from plugins.ambassadors.queries.time import DAY_NAMES, TIME_WORDS
from plugins.ambassadors.queries.trombinoscope import bringing, tags_on
from plugins.ambassadors.queries.vocabulary import by_family, offered_tags
from plugins.ambassadors.services.drafts import throw_away, type_cards
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")

# said whatever happened: whoever types must not learn what became of an earlier card
REPLACED = _.later(
    "A card that was typed before for the same lab and that waits is replaced; one of another lab stays."
)


@blueprint.get("/sheets")
@signed_in()
def sheets():
    """Print four blank cards a sheet, with the words that may be copied."""
    address = absolute_url("ambassadors.write")
    return page(
        "ambassadors/sheets.html",
        roles=offered_tags(ROLE),
        families=by_family(offered_tags(TALENT)),
        days=list(DAY_NAMES.values()),
        times=list(TIME_WORDS.values()),
        code=qr_uri(address),
        address=address,
    )


@blueprint.route("/typing", methods=["GET", "POST"])
@requires(permissions.TYPE)
def typing():
    """Type what paper cards say, ten at once: what is right is kept, what is not stays with its reason."""
    form = TypingForm(viewer())
    wrong: list[CardRow] = []
    if form.is_submitted():
        form.validate()
        kept, wrong = _type_all(form)
        if kept:
            message(f"{_('Kept for their authors, who are told: they alone read them.')} {REPLACED}")
        if not wrong:
            return see("ambassadors.typing")
    rows = wrong or [entry.form for entry in form["rows"]]
    return page("ambassadors/typing.html", form=form, rows=rows, kinds=KINDS, is_again=bool(wrong))


def _type_all(form: TypingForm) -> tuple[int, list[CardRow]]:
    """Keep each row that is right; give how many, and those that are not."""
    rows = list(form.filled)
    right = {row.person.data.id: row for row in rows if row.person.data is not None and not row.errors}
    told = {person_id: row.told for person_id, row in right.items()}
    for person_id, refusal in type_cards(viewer(), told, group_id=form.reader_group_id or 0, at=now()).items():
        right[person_id].refuse(refusal)
    wrong = [row for row in rows if row.errors]
    return len(rows) - len(wrong), wrong


@blueprint.post("/mine/draft/throw-away")
@requires(permissions.CARD)
def throw_draft_away() -> Response:
    """Throw away the paper card that was typed for oneself."""
    throw_away(viewer(), at=now())
    message(_("Thrown away: nothing of it was kept, and nobody is told."))
    return see("ambassadors.mine")


@blueprint.get("/trombinoscope")
@signed_in()
def trombinoscope():
    """Print who brings what, by name: a directory for paper, of what one may read."""
    labs = [card for card in group_cards(viewer()) if card.kind == LAB]
    lab = next((card for card in labs if str(card.id) == request.args.get("lab")), None)
    found = bringing(viewer(), lab.id if lab else None, at=now())
    return page(
        "ambassadors/trombinoscope.html",
        page=found,
        tags=tags_on(found),
        lab=lab,
        options=[("", _("All the labs")), *((str(card.id), card.name) for card in labs)],
        address=absolute_url("ambassadors.trombinoscope", lab=lab.id if lab else None),
        printed_at=now(),
    )
