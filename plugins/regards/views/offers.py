"""What one may do with a round, a question, a reviewable subject; their cards; what stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for

from portal.api import Action, HomeItem, Section, Subject, SubjectCard, Viewer, can, now, qr_uri, texts

from plugins.regards import permissions
from plugins.regards.models.board import LEVELS, Board
from plugins.regards.models.card import Card, Line
from plugins.regards.queries.boards import boards_on, hidden_board_on, mark_of, readable_board, readable_boards
from plugins.regards.queries.cards import OWN_NAME, group_names, handed_in, is_begun, own_cards
from plugins.regards.queries.home import boards_to_answer, boards_to_fill, boards_to_reveal
from plugins.regards.queries.lines import State, readable_question, readable_questions, state_of
from plugins.regards.queries.reviewed import barred_from, is_off, team_of
from plugins.regards.services.answering import may_follow_up
from plugins.regards.services.facts import is_of_team, may_run, may_type
from plugins.regards.services.wall import WALL
from plugins.regards.views.visitors import door_of

_ = texts("regards")

# what waits, who may do it, whether it is dated, what is said of it, the act
HOME = (
    (
        boards_to_fill,
        permissions.WRITE,
        True,
        _.later("A round of reviews is open to your lab"),
        _.later("Leave a review"),
    ),
    (boards_to_reveal, permissions.RUN, True, _.later("Cards are waiting for the common reveal"), _.later("Reveal")),
    (boards_to_answer, permissions.ANSWER, False, _.later("Questions are put to your team"), _.later("Reply")),
)


def cards(kind: str, ids: Iterable[int], viewer: Viewer) -> Iterator[SubjectCard]:
    """Name rounds and questions for somebody who may read them."""
    at = now()
    if kind == "regards.board":
        for board in readable_boards(viewer, ids, at=at):
            yield SubjectCard(_title(board), _url("regards.board", board), board.subject)
    elif kind == "regards.question":
        for line in readable_questions(viewer, ids, at=at):
            yield SubjectCard(line.words, url_for("regards.question", question_id=line.id), line.subject)
    elif kind == WALL.kind and viewer.is_agent:
        yield SubjectCard(_("Wall of the open questions"), url_for("regards.questions_wall"), WALL)


def _title(board: Board) -> str:
    return _("Regards on “%(title)s”, %(occasion)s", title=board.title, occasion=board.occasion)


def _url(endpoint: str, board: Board, **more: Any) -> str:
    return url_for(endpoint, board_id=board.id, **more)


def actions(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Give what `viewer` may do with a round, a question, or something that is reviewed."""
    if not viewer.is_signed_in:
        return
    if subject.kind == "regards.board":
        board = readable_board(viewer, subject.id, at=now())
        if board is not None:
            yield from _on_board(board, viewer)
    elif subject.kind == "regards.question":
        line = readable_question(viewer, subject.id, at=now())
        if line is not None:
            yield from _on_question(line, viewer)
    else:
        yield from _on_reviewed(subject, viewer)


def _on_board(board: Board, viewer: Viewer) -> Iterator[Action]:
    is_hidden = board.shown_since(now()) is None
    takes_cards = is_hidden and not is_off(board.reviewed)
    is_run = can(viewer, permissions.RUN) and may_run(viewer, board)
    if takes_cards:
        yield from _writing(board, viewer)
    if is_hidden and is_run and handed_in(board, viewer).cards:
        yield Action(_("Reveal all"), _url("regards.reveal", board), order=30)
    if takes_cards and can(viewer, permissions.RUN) and may_type(viewer, board):
        yield Action(_("Type paper cards"), _url("regards.paper", board), order=40)
    if takes_cards and door_of(board):
        yield Action(_("Code for visitors, to print"), _url("regards.code", board), order=45)
    yield Action(_("Project"), _url("regards.wall", board), kind="quiet", order=50)
    if not is_hidden:
        yield Action(_("Print the slide"), _url("regards.sheet", board), kind="quiet", order=51)
    if is_run:
        yield Action(_("Correct the occasion"), _url("regards.occasion", board), kind="quiet", order=59)
        if is_of_team(viewer, board) or board.audience != LEVELS[0]:
            yield Action(_("Choose who reads it"), _url("regards.audience", board), kind="quiet", order=60)
        if is_hidden and not is_begun(board.id):
            yield Action(_("Take the round back"), _url("regards.take_back", board), kind="quiet", order=90)


def _writing(board: Board, viewer: Viewer) -> Iterator[Action]:
    if not can(viewer, permissions.WRITE) or viewer.person_id in barred_from(board):
        return
    written, names = own_cards(board, viewer), group_names(viewer)
    labs = sorted(viewer.lab_ids, key=lambda number: names.get(number, ""))
    for lab in labs:
        yield _card_of(board, written.get(lab), lab, names[lab] if len(labs) > 1 else "", is_main=lab == labs[0])
    if not labs or OWN_NAME in written:
        yield _card_of(board, written.get(OWN_NAME), OWN_NAME, _("in my own name"), is_main=not labs)
    elif not any(card.handed_in_at for card in written.values()):
        yield Action(
            _("Write in my own name rather than that of my lab"),
            _url("regards.card", board, as_id=OWN_NAME),
            kind="quiet",
            order=25,
        )


def _card_of(board: Board, card: Card | None, as_id: int, whose: str, *, is_main: bool) -> Action:
    if card is None:
        label = _("Leave a review (%(whose)s)", whose=whose) if whose else _("Leave a review")
    elif card.handed_in_at is None:
        label = _("Go on with the draft (%(whose)s)", whose=whose) if whose else _("Go on with the draft")
    else:
        label = _("Change the card (%(whose)s)", whose=whose) if whose else _("Change the card")
    is_main = is_main and (card is None or card.handed_in_at is None)
    return Action(label, _url("regards.card", board, as_id=as_id), kind="main" if is_main else "", order=10)


def _on_question(line: Line, viewer: Viewer) -> Iterator[Action]:
    if not can(viewer, permissions.ANSWER):
        return
    if is_of_team(viewer, line.board):
        label = _("Correct the reply") if line.reply else _("Reply")
        kind = "" if line.reply else "main"
        yield Action(label, url_for("regards.reply", line_id=line.id), kind=kind, order=10)
    if not may_follow_up(viewer, line):
        return
    yield Action(_("Say what became of it"), url_for("regards.mark", question_id=line.id), order=20)
    if state_of(line) is not State.OPEN:
        url = url_for("regards.reopen", question_id=line.id)
        yield Action(_("Open it again"), url, method="post", kind="quiet", order=90)


def _on_reviewed(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Offer a round on what somebody answers for; or the card of the one that is open."""
    if not team_of(subject):
        return
    hidden = [board for board in boards_on(subject, viewer, at=now()) if board.shown_since(now()) is None]
    for board in hidden[:1]:
        if can(viewer, permissions.WRITE) and viewer.person_id not in barred_from(board):
            yield Action(_("Leave a review"), _url("regards.board", board), order=35)
    if not hidden and can(viewer, permissions.OPEN):
        url = url_for("regards.open_round", reviewed_kind=subject.kind, reviewed_id=subject.id)
        yield Action(_("Open a round of reviews"), url, kind="quiet", order=70)


def sections(subject: Subject, viewer: Viewer) -> Iterator[Section]:
    """Show the rounds on a subject to who may read them, and to anybody the code that lets visitors write."""
    if subject.kind.startswith("regards.") or not team_of(subject):
        return
    at = now()
    boards = boards_on(subject, viewer, at=at) if viewer.is_agent else []
    hidden = hidden_board_on(subject, at=at)
    is_reviewed = hidden is not None and viewer.person_id in barred_from(hidden)
    door = door_of(hidden) if hidden and not is_reviewed else None
    if boards or door:
        rows = [(board, mark_of(board, at=at)) for board in boards]
        context = {"rows": rows, "door": door, "code": qr_uri(door) if door else None}
        yield Section(_("Reviews by peers"), "regards/_on_subject.html", context)


def home_items(viewer: Viewer) -> Iterator[HomeItem]:
    """Give what waits for `viewer`: a card to write for their lab, a reveal, questions put to their team."""
    if not viewer.is_signed_in:
        return
    at = now()
    seen: set[int] = set()
    for waiting, permission, is_timed, line, label in HOME:
        for board in waiting(viewer, at=at) if can(viewer, permission) else ():
            # whoever opened it may have their own card to write first; while what is reviewed is off, none is written
            if board.id in seen or (permission == permissions.WRITE and is_off(board.reviewed)):
                continue
            seen.add(board.id)
            url, due_at = _url("regards.board", board), board.reveal_due_at if is_timed else None
            lines = (line, board.occasion)
            yield HomeItem("todo", board.title, url, lines=lines, due_at=due_at, action=(label, url))
