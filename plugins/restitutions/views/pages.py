"""Pages of one restitution: the video, its words, the sheet to print."""

from __future__ import annotations

from flask import Response, url_for

from portal.api import (
    SubjectCard,
    absolute_url,
    actions_of,
    edition_of,
    history_of,
    now,
    page,
    person,
    qr_svg,
    readers_sentence,
    sections_of,
    signed_in,
    texts,
    viewer,
)

from plugins.restitutions.forms.videos import HAS_WORDS, LANGUAGES
from plugins.restitutions.models import SHOWN, Has, Status
from plugins.restitutions.queries.restitutions import chapters_of, consents_of, same_videos
from plugins.restitutions.queries.said import address_of
from plugins.restitutions.queries.transcripts import cues_of, has_words, paragraphs
from plugins.restitutions.values.captions import write_captions
from plugins.restitutions.values.places import FILE
from plugins.restitutions.values.times import length
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import one_restitution, standing_restitution
from plugins.restitutions.views.offers import mark_of, notes_of, title_of, url_of
from plugins.restitutions.views.playing import screen_of
from plugins.restitutions.views.readers import meanwhile

_ = texts("restitutions")
TO_CLEAR = Status.TO_CLEAR
# who is filmed is told to nobody but the owner, not even by a line
OF_CONSENTS = "consent_asked consent_given consent_withdrawn emptied kept_to_fewer name_corrected name_removed"
UNTOLD = tuple(f"restitutions.{act}" for act in OF_CONSENTS.split())


@blueprint.route("/<int:restitution_id>", methods=["GET", "POST"])
@signed_in(restitution=one_restitution)
def restitution(restitution):
    """Show one restitution: its summary first; posted, the frame of its host too. Nothing is kept of it."""
    return page(
        "restitutions/restitution.html",
        restitution=restitution,
        mark=mark_of(restitution),
        owner=person(restitution.author_id),
        screen=screen_of(restitution, viewer()),
        facts=_facts(restitution),
        chapters=[(chapter.title, length(chapter.starts), chapter.starts) for chapter in chapters_of(restitution.id)],
        has_words=has_words(restitution.id),
        same=_same(restitution),
        length=length,
        offers=actions_of(restitution.subject),
        sections=sections_of(restitution.subject),
        past=history_of(restitution.subject, without=UNTOLD),
        readers=_readers(restitution),
        then=readers_sentence(restitution.audience, restitution.reader_group_id),
        is_own=restitution.author_id == viewer().person_id,
        seen=edition_of(address_of(restitution)),
        hider=person(restitution.hidden_by_id) if restitution.hidden_by_id else None,
        **_awaited(restitution),
    )


def _awaited(restitution) -> dict[str, int]:
    """Count who is still to answer, of those filmed, and who of them agreed to others already."""
    found = consents_of(restitution.id) if restitution.status == TO_CLEAR else ()
    waiting = [one for one in found if one.is_awaited(restitution)]
    return {"awaited": len(waiting), "anew": sum(one.given_on is not None for one in waiting)}


def _same(restitution) -> list[SubjectCard]:
    """Name the other restitutions of this very video, for whoever added it."""
    if restitution.place is None or restitution.author_id != viewer().person_id:
        return []
    found = same_videos(restitution.place, restitution.restituted, viewer(), at=now(), but=restitution.id)
    return [SubjectCard(title_of(one), url_of(one), one.subject) for one in found]


def _readers(restitution) -> str:
    """Say who reads it as it stands."""
    if restitution.status in SHOWN:
        return readers_sentence(restitution.audience, restitution.reader_group_id)
    if restitution.status == TO_CLEAR:
        return meanwhile(restitution)
    return _("Whoever added it, and who hid it.") if restitution.status == Status.HIDDEN else _("You alone.")


def _where(restitution) -> list[tuple[str, str]]:
    notes = notes_of(restitution)
    if restitution.provider == FILE:
        return [(_("Plays"), " · ".join([_("here"), *notes[1:]]))]
    return [(_("Plays on"), " · ".join(notes))]


def _facts(restitution) -> list[tuple[str, object]]:
    """Give what is known of a video, in words."""
    found = [
        *_where(restitution),
        (_("Its host calls it"), restitution.provider_title),
        (_("Language spoken"), str(LANGUAGES.get(restitution.language, restitution.language))),
        (_("Captions"), str(HAS_WORDS[Has(restitution.captions)])),
        (_("Transcript"), str(HAS_WORDS[Has(restitution.transcript)])),
    ]
    return [(label, words) for label, words in found if words]


@blueprint.get("/<int:restitution_id>/words")
@signed_in(restitution=standing_restitution)
def words(restitution):
    """Show what is said, a paragraph for each half minute, each with its time."""
    return page(
        "restitutions/words.html",
        restitution=restitution,
        said=[(part.words, length(part.seconds), part.seconds) for part in paragraphs(cues_of(restitution.id))],
        back_url=url_of(restitution),
    )


@blueprint.get("/<int:restitution_id>/captions.vtt")
@signed_in(restitution=standing_restitution)
def captions(restitution) -> Response:
    """Give the captions as players read them."""
    answer = Response(write_captions(cues_of(restitution.id)), content_type="text/vtt; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/<int:restitution_id>/sheet")
@signed_in(restitution=standing_restitution)
def sheet(restitution):
    """Print the summary and the words, with the code by which one watches on one's own telephone."""
    return page(
        "restitutions/sheet.html",
        restitution=restitution,
        facts=_facts(restitution),
        chapters=[(chapter.title, length(chapter.starts)) for chapter in chapters_of(restitution.id)],
        said=[(part.words, length(part.seconds)) for part in paragraphs(cues_of(restitution.id))],
        code=url_for("restitutions.qr", restitution_id=restitution.id),
        address=absolute_url("restitutions.restitution", restitution_id=restitution.id),
        printed_at=now(),
    )


@blueprint.get("/<int:restitution_id>/qr.svg")
@signed_in(restitution=standing_restitution)
def qr(restitution) -> Response:
    """Draw the code that leads to its page."""
    return qr_svg(absolute_url("restitutions.restitution", restitution_id=restitution.id))
