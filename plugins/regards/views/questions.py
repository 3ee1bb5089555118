"""Open questions of all labs: the list, its files, the wall; one question and its life (C36 SPEC 5)."""

from __future__ import annotations

from operator import attrgetter

from flask import url_for

from portal.api import (
    Table,
    absolute_url,
    actions_of,
    export_links,
    exported,
    form_page,
    history_of,
    listing,
    message,
    now,
    page,
    people,
    readers_sentence,
    requires,
    sections_of,
    see,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.regards import permissions
from plugins.regards.forms.questions import MarkForm, QuestionFilters, ReplyForm
from plugins.regards.models.card import Line
from plugins.regards.queries.boards import reading_rounds
from plugins.regards.queries.cards import signatures
from plugins.regards.queries.lines import MARKS, cards_saying, is_free, mark_said, newest_boards, reply_said, state_of
from plugins.regards.services.answering import mark_question, reopen_question, reply_to
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import line_to_reply_to, one_question, question_to_follow_up
from plugins.regards.views.words import became_of

_ = texts("regards")

BATCH = 200
TAKES_UP = "takes_up="  # how the form of another plugin is told, in its address, of a question it takes up
# who takes a question up may be one of a collective that is named nowhere
QUIET = ("regards.question_became", "regards.question_given_back")


def mark_of(line: Line) -> tuple[str, str]:
    """Give word and kind of the state of a question."""
    word, kind = MARKS[state_of(line)]
    return str(word), kind


COLUMNS: Table = {
    "question": (_.later("Question"), attrgetter("words")),
    "about": (_.later("About"), attrgetter("board.title")),
    "occasion": (_.later("Occasion"), attrgetter("board.occasion")),
    "state": (_.later("State"), lambda line: mark_of(line)[0]),
    "note": (_.later("In one sentence"), attrgetter("note")),
    "reply": (_.later("Reply of the team"), attrgetter("reply")),
    "address": (_.later("Address"), lambda line: absolute_url("regards.question", question_id=line.id)),
}


@blueprint.get("/q/")
@signed_in()
def questions():
    """List the questions of all rounds one reads, newest round first."""
    filters, who, at = QuestionFilters(), viewer(), now()
    search = filters.search
    found = listing(search.statement, reading_rounds(who, at=at, **search.values), order_by=[Line.board_id, Line.id])
    boards = newest_boards(who, at=at)
    return page(
        "regards/questions.html",
        page=found,
        marks={line.id: mark_of(line) for line in found.items},
        became=became_of(found.items, who),
        filters=filters,
        states=[("", _("all")), *((state.value, words) for state, (words, _kind) in MARKS.items())],
        subjects=[("", _("all")), *((str(board.reviewed), board.title) for board in boards)],
        exports=export_links("regards.questions_export", "q", "state", "about"),
    )


@blueprint.get("/q/questions.<any(csv, json):fmt>")
@signed_in()
def questions_export(fmt):
    """Give the same rows as the list."""
    search = QuestionFilters().search
    newest = search.statement.order_by(Line.board_id.desc(), Line.id.desc()).execution_options(yield_per=BATCH)
    found = session.scalars(newest, reading_rounds(viewer(), at=now(), **search.values))
    return exported(fmt, "open-questions", COLUMNS, found)


@blueprint.get("/q/<int:question_id>")
@signed_in(line=one_question)
def question(line):
    """Show one question: who asks it, what was replied, what became of it."""
    acts = [
        action for action in actions_of(line.subject) if is_free(line) or TAKES_UP + str(line.subject) not in action.url
    ]
    return page(
        "regards/question.html",
        line=line,
        mark=mark_of(line),
        became=became_of([line], viewer()),
        main=[action for action in acts if action.kind == "main"],
        offers=[action for action in acts if action.kind != "main"],
        sections=sections_of(line.subject),
        past=history_of(line.subject, without=QUIET),
        signed=sorted(set(signatures(cards_saying(line), viewer()).values())),
        who=people({line.marked_by_id, line.replied_by_id}),
        readers=readers_sentence(line.board.audience, line.board.reader_group_id),
    )


def _url(line: Line) -> str:
    return url_for("regards.question", question_id=line.id)


@blueprint.route("/q/<int:question_id>/mark", methods=["GET", "POST"])
@requires(permissions.ANSWER, line=question_to_follow_up)
def mark(line):
    """Say what became of a question."""
    said = mark_said(line)
    form = MarkForm(data=said).shown_with(said)
    if form.submitted():
        with form.attempt():
            asked = {"state": form.state.data, "note": form.note.data, "seen": form.seen.data}
            mark_question(viewer(), line, **asked, at=now())
            message(_("It is noted. You may open the question again."))
            return see("regards.question", question_id=line.id)
    return form_page("regards/mark.html", form, line=line, cancel_url=_url(line))


@blueprint.post("/q/<int:question_id>/reopen")
@requires(permissions.ANSWER, line=question_to_follow_up)
def reopen(line):
    """Open a question again."""
    reopen_question(viewer(), line, at=now())
    message(_("The question is open again."))
    return see("regards.question", question_id=line.id)


@blueprint.route("/lines/<int:line_id>/reply", methods=["GET", "POST"])
@requires(permissions.ANSWER, line=line_to_reply_to)
def reply(line):
    """Reply to a line in the name of the team."""
    said = reply_said(line)
    form = ReplyForm(data=said).shown_with(said)
    if form.submitted():
        with form.attempt():
            reply_to(viewer(), line, words=form.words.data, seen=form.seen.data, at=now())
            message(_("Your reply is there. Your team may still correct it."))
            return see("regards.board", board_id=line.board_id)
    cancel_url = url_for("regards.board", board_id=line.board_id)
    return form_page("regards/reply.html", form, line=line, cancel_url=cancel_url)
