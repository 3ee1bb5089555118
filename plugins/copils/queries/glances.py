"""What a page shows of a question: its state, who asks it, and what the reader has to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import Person, Viewer, local_day, people, session, texts

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.question_states import ANSWERS, State, mark_of, state_of

_ = texts("copils")

_VOICES = sa.select(Asker).where(
    Asker.question_id.in_(sa.bindparam("ids", expanding=True)), Asker.declined_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Glance:
    """A question as one reader sees it: of what was returned or withdrawn, only those who ask it see the words.

    :ivar names: of those who ask it in their own name, for agents; none of a collective, to nobody (C07 SPEC 11)
    :ivar supporters: likewise of those who support it
    :ivar voices: how many ask or support it, whoever has left since
    :ivar askers: how many ask it
    :ivar is_mine: the reader asks this very question
    :ivar is_supported: the reader supports it
    :ivar is_invited: they are asked to, and have not answered
    :ivar number: its place on the agenda; None beside it
    :ivar together: the questions that are asked together with it
    :ivar can_move: the reader may give it another place on the agenda
    """

    question: Question
    copil: Copil | None
    state: State
    names: tuple[str, ...]
    supporters: tuple[str, ...]
    voices: int
    askers: int
    is_mine: bool
    is_supported: bool
    is_invited: bool
    number: int | None = None
    together: tuple[Glance, ...] = ()
    can_move: bool = False

    @property
    def mark(self) -> tuple[str, str]:
        """Give word and kind of its state."""
        return mark_of(self.state)

    @property
    def outcome(self) -> tuple[str, str]:
        """Give word and kind of what became of it: which answer, else its state."""
        answer = ANSWERS.get(self.question.answer or "")
        return (str(answer), "") if self.state is State.ANSWERED and answer else self.mark

    @property
    def is_aside(self) -> bool:
        """Tell whether it stands beside the agenda."""
        return self.state in {State.RETURNED, State.WITHDRAWN}

    @property
    def is_hidden(self) -> bool:
        """Tell whether this reader sees that it exists and not what it says."""
        return self.is_aside and not self.is_mine

    @property
    def title(self) -> str:
        """Give its words, or what stands in their place."""
        if self.is_hidden:
            return _("A question withdrawn") if self.state is State.WITHDRAWN else _("A question returned")
        return self.question.text

    @property
    def who(self) -> str:
        """Say who asks it: the names, or a collective and its size, or a number to whoever is no agent here."""
        if self.is_hidden:
            return ""
        if self.question.is_collective:
            size = _.plural("collective of %(num)s person", "collective of %(num)s people", self.voices)
            return _("%(name)s (%(size)s)", name=self.question.collective, size=size)
        names = ", ".join(self.names) or _.plural("%(num)s agent", "%(num)s agents", self.voices)
        if not self.supporters:
            return names
        return _("%(names)s, supported by %(others)s", names=names, others=", ".join(self.supporters))


def glances(questions: Iterable[Question], viewer: Viewer, *, at: datetime) -> list[Glance]:
    """Give what `viewer` sees of questions they may read, in the same order, in two queries."""
    found = list(questions)
    if not found:
        return []
    rows: dict[int, list[Asker]] = {question.id: [] for question in found}
    for row in session.scalars(_VOICES.order_by(Asker.id), {"ids": list(rows)}):
        rows[row.question_id].append(row)
    named = (question.id for question in found if not question.is_collective and viewer.is_agent)
    who = people(row.person_id for number in named for row in rows[number] if row.is_voice)
    return [_glance(question, rows[question.id], viewer, who, at) for question in found]


def _glance(question: Question, rows: list[Asker], viewer: Viewer, who: dict[int, Person], at: datetime) -> Glance:
    askers = [row.person_id for row in rows if row.is_asker]
    supporters = [row.person_id for row in rows if row.is_voice and row.is_support]
    invited = [row.person_id for row in rows if not row.is_voice]
    is_named = viewer.is_agent and not question.is_collective
    return Glance(
        question=question,
        copil=question.copil,
        state=state_of(question, question.copil, today=local_day(at)),
        names=_names(askers, who) if is_named else (),
        supporters=_names(supporters, who) if is_named else (),
        voices=len(askers) + len(supporters),
        askers=len(askers),
        is_mine=viewer.is_signed_in and viewer.person_id in askers,
        is_supported=viewer.is_signed_in and viewer.person_id in supporters,
        is_invited=viewer.is_signed_in and viewer.person_id in invited,
    )


def _names(numbers: Iterable[int | None], who: dict[int, Person]) -> tuple[str, ...]:
    left = _("A person who left")
    return tuple(who[number].name if number in who else left for number in numbers)
