"""Pages of a vote of the lab: calling it, voting, reading its result (G10)."""

from __future__ import annotations

from flask import url_for

from portal.api import Form, form_page, message, now, people, requires, see, signed_in, texts, viewer

from plugins.labs import permissions
from plugins.labs.forms.labs import BallotForm
from plugins.labs.queries.labs import one_lab
from plugins.labs.queries.votes import ballot_of, one_vote
from plugins.labs.services.votes import call_vote, cast_ballot
from plugins.labs.views.blueprint import blueprint

_ = texts("labs")


@blueprint.route("/<int:lab_id>/votes/new", methods=["GET", "POST"])
@requires(permissions.VOTE, lab=one_lab)
def call(lab):
    """Say what a vote does, then open it."""
    form = Form()
    if form.submitted():
        with form.attempt():
            vote = call_vote(viewer(), lab, at=now())
            message(_("The vote is open for seven days. You may vote at once."))
            return see("labs.vote", lab_id=lab.id, vote_id=vote.id)
    return form_page("labs/call_vote.html", form, lab=lab, cancel_url=url_for("labs.show", lab_id=lab.id))


@blueprint.get("/<int:lab_id>/votes/<int:vote_id>")
@signed_in(lab=one_lab)
def vote(lab, vote_id):
    """Show a vote: its question and its end while it runs, its result afterwards."""
    tally = one_vote(lab.id, vote_id, at=now())
    return _vote_page(lab, tally, BallotForm.of(ballot_of(vote_id, viewer())))


@blueprint.post("/<int:lab_id>/votes/<int:vote_id>")
@requires(permissions.VOTE, lab=one_lab)
def cast(lab, vote_id):
    """Give or change one's voice."""
    tally = one_vote(lab.id, vote_id, at=now())
    form = BallotForm()
    if form.submitted():
        with form.attempt():
            cast_ballot(viewer(), tally.vote, lab=lab, is_yes=form.choice.data == "yes", at=now())
            message(_("Your voice is noted. You may change it until the end of the vote."))
            return see("labs.vote", lab_id=lab.id, vote_id=vote_id)
    return _vote_page(lab, tally, form)


def _vote_page(lab, tally, form):
    return form_page(
        "labs/vote.html",
        form,
        lab=lab,
        tally=tally,
        ballot=ballot_of(tally.vote.id, viewer()),
        caller=people([tally.vote.called_by_id]).get(tally.vote.called_by_id),
        is_member=lab.group_id in viewer().group_ids,
    )
