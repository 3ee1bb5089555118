"""Rounds: the list, one round before and after its reveal, its file and its sheet (C36)."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter, itemgetter
from typing import Any

from portal.api import (
    Table,
    Viewer,
    absolute_url,
    actions_of,
    ask_plugins,
    can,
    export_links,
    exported,
    history_of,
    listing,
    local_day,
    now,
    page,
    people,
    readers_sentence,
    resolve,
    sections_of,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.regards import permissions
from plugins.regards.forms.boards import BoardFilters
from plugins.regards.models.board import Board
from plugins.regards.queries.boards import STATES, mark_of, reading_rounds
from plugins.regards.queries.cards import handed_in, lines_of, own_cards, signatures
from plugins.regards.queries.lines import MARKS, Merged, columns_of, masks_of, state_of
from plugins.regards.queries.reviewed import is_off
from plugins.regards.services.facts import OFF, is_of_team, may_run
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import one_board
from plugins.regards.views.words import LENS_TITLES, became_of

_ = texts("regards")

# who wrote which card is said by the round itself, once it is revealed; never by its history
QUIET = ("regards.card_handed_in", "regards.card_taken_back")
BATCH = 200


COLUMNS: Table = {
    "reviewed": (_.later("Reviewed"), attrgetter("title")),
    "occasion": (_.later("Occasion"), attrgetter("occasion")),
    "state": (_.later("State"), lambda board: mark_of(board, at=now())[0]),
    "opened": (_.later("Opened on"), lambda board: local_day(board.opened_at)),
    "address": (_.later("Address"), lambda board: absolute_url("regards.board", board_id=board.id)),
}


@blueprint.get("/")
@signed_in()
def index():
    """List the rounds, newest first."""
    filters = BoardFilters()
    search = filters.search
    asked = reading_rounds(viewer(), at=now(), **search.values)
    found = listing(search.statement, asked, order_by=[Board.opened_at, Board.id])
    return page(
        "regards/index.html",
        page=found,
        marks={board.id: mark_of(board, at=now()) for board in found.items},
        filters=filters,
        states=list(STATES.items()),
        exports=export_links("regards.boards_export", "q", "state"),
        kinds=ask_plugins("regards_kinds"),
    )


@blueprint.get("/rounds.<any(csv, json):fmt>")
@signed_in()
def boards_export(fmt):
    """Give the same rows as the list."""
    search = BoardFilters().search
    newest = search.statement.order_by(Board.opened_at.desc(), Board.id.desc()).execution_options(yield_per=BATCH)
    found = session.scalars(newest, reading_rounds(viewer(), at=now(), **search.values))
    return exported(fmt, "regards", COLUMNS, found)


@blueprint.get("/<int:board_id>")
@signed_in(board=one_board)
def board(board):
    """Show a round: who has handed a card in, or the three columns once revealed."""
    acts, slide = actions_of(board.subject), slide_of(board, viewer())
    return page(
        "regards/board.html",
        board=board,
        main=[action for action in acts if action.kind == "main"],
        offers=[action for action in acts if action.kind != "main"],
        sections=sections_of(board.subject),
        past=history_of(board.subject, without=QUIET),
        mark=mark_of(board, at=now()),
        reviewed=resolve(board.reviewed),
        readers=readers_sentence(board.audience, board.reader_group_id),
        opener=people([board.author_id]).get(board.author_id),
        may_mask=can(viewer(), permissions.RUN) and may_run(viewer(), board),
        maskers=people(mask.by_id for *_column, masks in slide["columns"] for mask in masks),
        off=OFF if not slide["shown_since"] and is_off(board.reviewed) else None,
        **slide,
        **_before(board),
    )


def slide_of(board: Board, who: Viewer) -> dict[str, Any]:
    """Give what the slide shows to somebody: the three columns, once revealed."""
    at = now()
    columns = columns_of(board, who, at=at) if board.shown_since(at) else {}
    masks = masks_of(board, who, at=at) if columns else []
    return {
        "shown_since": board.shown_since(at),
        "columns": [
            (LENS_TITLES[lens], lens, columns[lens], [mask for mask in masks if mask.lens == lens]) for lens in columns
        ],
        "signed": _signed(columns, who),
        "of_team": is_of_team(who, board),
        "marks": {line.id: MARKS[state_of(line)] for line in _questions(columns)},
        "became": became_of(_questions(columns), who),
    }


def _signed(columns: dict[str, list[Merged]], who: Viewer) -> dict[int, str]:
    """Say who says each line, each once (C36 SPEC 7)."""
    shown = [merged for column in columns.values() for merged in column]
    names = signatures({card.id: card for merged in shown for card in merged.cards}.values(), who) if shown else {}
    return {merged.line.id: ", ".join(dict.fromkeys(names[card.id] for card in merged.cards)) for merged in shown}


def _questions(columns: dict[str, list[Merged]]) -> list[Any]:
    return [merged.line for merged in columns.get("question", ())]


def _before(board: Board) -> dict[str, Any]:
    """Give who has handed in; and one's own cards, which nobody else reads before the reveal (C36 SPEC 3)."""
    who = viewer()
    if board.shown_since(now()):
        kept = [card for card in own_cards(board, who).values() if card.handed_in_at is None]
        return {"drafts": [] if is_of_team(who, board) else [lines_of(card.id) for card in kept]}
    return {"handed_in": handed_in(board, who)}


LINES: Table = {
    "lens": (_.later("Lens"), itemgetter(0)),
    "line": (_.later("Line"), itemgetter(1)),
    "signed": (_.later("Signed"), itemgetter(2)),
    "reply": (_.later("Reply of the team"), itemgetter(3)),
    "state": (_.later("State"), itemgetter(4)),
    "note": (_.later("In one sentence"), itemgetter(5)),
}


def line_rows(board: Board, who: Viewer) -> Iterator[tuple[object, ...]]:
    """Give the lines of a round as the rows of a file; none before the reveal, and of what is masked the reason."""
    slide = slide_of(board, who)
    for title, _lens, column, masks in slide["columns"]:
        for line in (merged.line for merged in column):
            state = slide["marks"].get(line.id, ("",))[0]
            yield title, line.words, slide["signed"][line.id], line.reply, state, line.note
        for mask in masks:
            yield title, "", "", "", _("masked line"), mask.reason


@blueprint.get("/<int:board_id>/lines.<any(csv, json):fmt>")
@signed_in(board=one_board)
def lines_export(board, fmt):
    """Give the revealed lines of a round."""
    return exported(fmt, f"regards-{board.id}", LINES, line_rows(board, viewer()))


@blueprint.get("/<int:board_id>/sheet")
@signed_in(board=one_board)
def sheet(board):
    """Print the slide, on A4 landscape."""
    address = absolute_url("regards.board", board_id=board.id)
    return page("regards/sheet.html", board=board, address=address, printed_at=now(), **slide_of(board, viewer()))


@blueprint.get("/<int:board_id>/wall")
@signed_in(board=one_board)
def wall(board):
    """Project a round: who has handed in, then the three columns, all at once."""
    waiting: dict[str, Any] = {} if board.shown_since(now()) else {"handed_in": handed_in(board, viewer())}
    return page("regards/wall.html", board=board, refresh_seconds=10, **slide_of(board, viewer()), **waiting)
