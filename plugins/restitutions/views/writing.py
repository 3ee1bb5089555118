"""Adding a restitution, confirming its address, saying more of it, taking it down."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from portal.api import Audience, form_page, message, now, page, receive_files, requires, see, texts, viewer

from plugins.restitutions import permissions
from plugins.restitutions.forms.videos import (
    MAX_FILM_BYTES,
    CaptionsForm,
    ChangeForm,
    CorrectForm,
    FilmForm,
    LinkForm,
)
from plugins.restitutions.models import Restitution, Status
from plugins.restitutions.permissions import session_facts
from plugins.restitutions.queries.hosts import allowed
from plugins.restitutions.queries.restitutions import consents_of
from plugins.restitutions.queries.said import address_of, said_of, typed_of
from plugins.restitutions.queries.transcripts import has_words
from plugins.restitutions.services.publishing import add_film, add_link, change, confirm, correct, withdraw
from plugins.restitutions.services.transcripts import take_words
from plugins.restitutions.services.widening import asked_anew
from plugins.restitutions.values.addresses import read_address
from plugins.restitutions.values.captions import MAX_BYTES, Captions
from plugins.restitutions.values.readers import Readers
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import own_restitution, session_named
from plugins.restitutions.views.offers import url_of
from plugins.restitutions.views.readers import asking, narrow, notes_on

_ = texts("restitutions")
ADDED = {
    Status.TO_CLEAR: _.later("It is kept. Say who is filmed: nobody else finds it before they agree."),
    Status.PUBLISHED: _.later("It is there. Say more of it when you like: a summary helps most."),
    Status.UNAVAILABLE: _.later("It is there. Say more of it when you like: a summary helps most."),
    Status.HIDDEN: _.later("It is kept. Who animates hides it for now: ask them why."),
    Status.TO_CONFIRM: _.later("Look whether this is the right address: you alone see it until then."),
    Status.TO_CHECK: _.later("The address was not understood: you alone see it until it is corrected."),
}


def _asked_session(form: Any) -> Any:
    """Give the session the form is about, as the address or the form names it; offer its readers, and no others."""
    form.of.data = form.of.data or request.args.get("of", "")
    of = session_named(form.of.data)
    narrow(form.audience, session_facts(of.subject if of else None))
    return of


def _added(restitution: Restitution):
    message(str(ADDED[Status(restitution.status)]), "good" if restitution.status == Status.PUBLISHED else "wait")
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.route("/add", methods=["GET", "POST"])
@requires(permissions.ADD)
def add():
    """Add a video that stands elsewhere, by its link."""
    form = LinkForm()
    of = _asked_session(form)
    if form.submitted():
        with form.attempt():
            found, said = read_address(form.address.data, allowed()), form.said(of.subject if of else None)
            return _added(add_link(viewer(), said, form.address.data, found, once=True, at=now()))
    return form_page("restitutions/add.html", form, of=of, **_around(of))


@blueprint.route("/send", methods=["GET", "POST"])
@requires(permissions.ADD, prepare=receive_files(FilmForm), max_bytes=MAX_FILM_BYTES)
def send():
    """Add a video, or its sound, by its file."""
    form = FilmForm()
    of = _asked_session(form)
    if form.submitted():
        with form.attempt():
            said = form.said(of.subject if of else None)
            return _added(add_film(viewer(), said, form.film.data[0], at=now()))
    return form_page("restitutions/send.html", form, of=of, **_around(of))


def _around(of: Any) -> dict[str, Any]:
    hosts = allowed()
    names = [name for name, taken in (("YouTube", hosts.youtube), ("Vimeo", hosts.vimeo)) if taken]
    back = of.url if of else url_for("restitutions.index")
    return {"hosts": [*names, *sorted(hosts.hosts)], "of_text": str(of.subject) if of else None, "cancel_url": back}


@blueprint.post("/<int:restitution_id>/confirm")
@requires(permissions.ADD, restitution=own_restitution)
def confirm_address(restitution):
    """Say that the repaired address is the right one."""
    confirm(viewer(), restitution, seen=request.form.get("seen"), at=now())
    return _added(restitution)


@blueprint.route("/<int:restitution_id>/address", methods=["GET", "POST"])
@requires(permissions.ADD, restitution=own_restitution)
def correct_address(restitution):
    """Give another address."""
    said = address_of(restitution)
    form = CorrectForm(data=said).shown_with(said)
    if form.submitted():
        with form.attempt():
            found = read_address(form.address.data, allowed())
            correct(viewer(), restitution, form.address.data, found, seen=form.seen.data, at=now())
            return _added(restitution)
    return form_page("restitutions/correct.html", form, restitution=restitution, cancel_url=url_of(restitution))


@blueprint.route("/<int:restitution_id>/change", methods=["GET", "POST"])
@requires(permissions.ADD, restitution=own_restitution)
def change_restitution(restitution):
    """Say more of a video: summary, language, chapters."""
    said = said_of(restitution)
    form = ChangeForm(data=said).shown_with(said)
    narrow(form.audience, session_facts(restitution.restituted), restitution.readers)
    if form.submitted():
        with form.attempt():
            what = form.said(None)
            wanted = Readers(what.audience, what.reader_group_id)
            count = asked_anew(restitution, [wanted]).get(wanted, 0)
            change(viewer(), restitution, what, form.marks(), seen=form.seen.data, at=now())
            message(" ".join(filter(None, (_("It is kept."), asking(count)))), "wait" if count else "good")
            return see("restitutions.restitution", restitution_id=restitution.id)
    notes = notes_on(form.audience, restitution)
    back = url_of(restitution)
    return form_page("restitutions/change.html", form, restitution=restitution, notes=notes, cancel_url=back)


@blueprint.route("/<int:restitution_id>/captions", methods=["GET", "POST"])
@requires(permissions.ADD, max_bytes=2 * MAX_BYTES, restitution=own_restitution)
def take_captions(restitution):
    """Give the words of a video, from its captions."""
    form = CaptionsForm().shown_with(typed_of(restitution))
    if form.submitted():
        with form.attempt():
            found = form.words()
            take_words(viewer(), restitution, found.cues, seen=form.seen.data, at=now())
            _say_what_was_taken(found)
            return see("restitutions.restitution", restitution_id=restitution.id)
    there = url_of(restitution, "captions") if has_words(restitution.id) else None
    back = url_of(restitution)
    return form_page("restitutions/captions.html", form, restitution=restitution, there=there, cancel_url=back)


def _say_what_was_taken(found: Captions) -> None:
    count = len(found.cues)
    message(_.plural("%(num)s line is kept and searched.", "%(num)s lines are kept and searched.", count))
    if found.unread:
        message(
            _.plural(
                "%(num)s was not taken: its times cannot be read.",
                "%(num)s were not taken: their times cannot be read.",
                found.unread,
            ),
            "wait",
        )
    if found.backward:
        message(
            _.plural(
                "%(num)s was not taken: it ends before it begins.",
                "%(num)s were not taken: they end before they begin.",
                found.backward,
            ),
            "wait",
        )


@blueprint.route("/<int:restitution_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.WITHDRAW, restitution=own_restitution)
def withdraw_restitution(restitution):
    """Take a restitution down."""
    if request.method == "POST":
        withdraw(viewer(), restitution, at=now())
        message(_("It is taken down. Nothing of its video is served any more."))
        return see("restitutions.restitution", restitution_id=restitution.id)
    return page(
        "restitutions/withdraw.html",
        restitution=restitution,
        many=len(consents_of(restitution.id)),
        is_open=restitution.audience != Audience.SELF,
        cancel_url=url_of(restitution),
    )
