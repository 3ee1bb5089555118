"""What somebody looks for, read from the address: a field that says nothing we know is as if it were empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from wtforms import StringField
from wtforms.fields import Field
from wtforms.validators import Length

from portal.api import Filters, ServiceCard, Viewer, local_day, service_ids_under, services, texts

from plugins.ambassadors.models.card import DAYS, TIMES
from plugins.ambassadors.models.vocabulary import Tag
from plugins.ambassadors.queries.finding import BRINGS, SEEKS, Search, own_stems
from plugins.ambassadors.queries.requests import own_request
from plugins.ambassadors.queries.stems import asked_stems
from plugins.ambassadors.queries.time import DAY_NAMES, TIME_WORDS
from plugins.ambassadors.queries.vocabulary import alphabetical_tags

_ = texts("ambassadors")

# « Qui cherche ce que j'apporte » looks on the other side for what one's own card says.
OTHER_SIDE = {BRINGS: SEEKS, SEEKS: BRINGS}
SIDE_WORDS = {BRINGS: _.later("brings it"), SEEKS: _.later("seeks it")}
MAX_ASKED = 200
Options = Sequence[tuple[object, object]]


class FindFilters(Filters):
    """The field of words, and what narrows it.

    :ivar mine: a side of one's own card to look for on the other side, instead of words (never in the address)
    :ivar again: a request of one's own, whose words are looked for
    :ivar begun: the day a list was begun: what follows after midnight goes on in its order
    """

    q = StringField(validators=[Length(max=MAX_ASKED)])
    side = StringField()
    time = StringField()
    day = StringField()
    place = StringField()
    talent = StringField()
    mine = StringField()
    again = StringField()
    begun = StringField()

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.viewer = viewer

    @cached_property
    def asked(self) -> str:
        """Give the words that were typed."""
        return str(self["q"].data or "")[:MAX_ASKED]

    @cached_property
    def own_side(self) -> str:
        """Give the side of one's own card that is looked for; empty once words are typed."""
        return self["mine"].data if self["mine"].data in OTHER_SIDE and not self.asked else ""

    @cached_property
    def again_id(self) -> int | None:
        """Give the number of the request whose words are looked for."""
        return None if self.asked or self.own_side else _number(self["again"])

    @cached_property
    def is_of_own(self) -> bool:
        """Tell whether one looks for what one has already written."""
        return bool(self.own_side) or self.again_id is not None

    @cached_property
    def search(self) -> Search:
        """Give what is looked for."""
        side = OTHER_SIDE.get(self.own_side) or (SEEKS if self["side"].data == SEEKS else BRINGS)
        place = _number(self["place"])
        minutes, day = _number(self["time"]), _number(self["day"])
        return Search(
            words=self._words,
            side=side,
            minutes=minutes if minutes in TIMES else None,
            day=day if day in DAYS else None,
            service_ids=service_ids_under(place) if place is not None else None,
            tag_id=_number(self["talent"]),
        )

    @cached_property
    def _words(self) -> tuple[frozenset[str], ...]:
        """Give all the words that are asked, or any of those that one has written."""
        if self.own_side:
            return (own_stems(self.viewer, self.own_side),)
        if self.again_id is not None:
            mine = own_request(self.viewer, self.again_id)
            return (frozenset().union(*asked_stems(mine.words if mine else "")),)
        return tuple(asked_stems(self.asked))

    def begun_on(self, at: datetime) -> date:
        """Give the day whose order this list is in: today, or yesterday if it was begun then."""
        today = local_day(at)
        yesterday = today - timedelta(days=1)
        return yesterday if self["begun"].data == yesterday.isoformat() else today

    def going_on(self, address: str | None, at: datetime) -> str | None:
        """Write in the address of the page that follows when the list was begun, once."""
        return f"{address}&begun={self.begun_on(at)}" if address and not self["begun"].data else address

    @property
    def finds_nothing_of_own(self) -> bool:
        """Tell whether one has written nothing yet that could be looked for."""
        return self.is_of_own and not any(self.search.words)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether something more than words and a side is asked."""
        return any(self[name].data for name in ("time", "day", "place", "talent"))

    @cached_property
    def tags(self) -> list[Tag]:
        """List the vocabulary, alphabetical."""
        return alphabetical_tags()

    @cached_property
    def single_words(self) -> list[str]:
        """List the words that were typed, if there is more than one: each could be looked for by itself."""
        words = [word for word in self.asked.split() if asked_stems(word)]
        return words if len(words) > 1 else []

    @property
    def options(self) -> dict[str, Options]:
        """Give what each field offers, by name."""
        return {
            "side": list(SIDE_WORDS.items()),
            "time": [("", _("any time")), *((minutes, TIME_WORDS[minutes]) for minutes in TIMES)],
            "day": [("", _("any day")), *((bit, DAY_NAMES[bit]) for bit in DAYS)],
            "place": [("", _("everywhere")), *_tree(services())],
            "talent": [("", _("any talent")), *((tag.id, tag.label) for tag in self.tags)],
        }


def _tree(cards: Iterable[ServiceCard]) -> Iterable[tuple[int, str]]:
    return ((card.id, "\u2003" * card.depth + card.name) for card in cards)


def _number(field: Field) -> int | None:
    text = field.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
