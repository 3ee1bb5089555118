"""The world of the review: who walks through it, what stands in it, who may read each thing.

Who may read is written here by hand, role by role; nothing asks the portal. The review compares it with what the
portal answers, so that a mistake in a criterion is not made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.content.clock import now
from portal.content.files.keeping import keep_file
from portal.values import Person, Subject, Upload

ANONYMOUS, AGENT, MEMBER, ANIMATOR, OWNER = "anonymous", "agent", "member", "animator", "owner"
NAMED, SUPERIOR, NETWORK, LEAVER, ELSEWHERE = "named reader", "superior", "member elsewhere", "leaver", "neighbour"
PLUGIN_ADMIN, ADMIN = "plugin administrator", "administrator"
# An agent who has come in on a shared screen, with a staff number and six digits: less is open there.
KIOSK = "agent on a screen"

# The first lab is theirs; the second is that of the « member elsewhere » alone.
OF_LAB = frozenset({MEMBER, ANIMATOR, OWNER})
OF_NETWORK = OF_LAB | {NETWORK}
PLUGIN_ADMINS = frozenset({PLUGIN_ADMIN, ADMIN})
ADMINS = frozenset({ADMIN})
AGENTS = OF_NETWORK | {AGENT, NAMED, SUPERIOR, KIOSK} | PLUGIN_ADMINS
# A leaver's cookie opens nothing any more, and that of another collectivity never did.
STRANGERS = frozenset({ANONYMOUS, LEAVER, ELSEWHERE})
EVERYBODY = AGENTS | STRANGERS
NOBODY: frozenset[str] = frozenset()
# `make test` walks as these; `make proof` as everybody.
SHORT = (ANONYMOUS, AGENT, MEMBER, OWNER, ADMIN, LEAVER, ELSEWHERE)

Roles = frozenset[str]
Who = Roles | str


@dataclass(frozen=True)
class Thing:
    """Something that stands at an address.

    :ivar readers: the roles that may read it; for all others it is absent
    :ivar note: its state and audience, for whoever reads a fault
    :ivar is_known: that it exists is no secret: others are refused, not told that it is absent
    :ivar facts: other sets of roles, by a word that `MAY` and `ACTS` use: *members*, *lead*
    :ivar within: the arguments of the address it stands under, when it has a parent: `{"lab_id": 1}`
    """

    kind: str
    id: int
    readers: Roles
    note: str = ""
    is_known: bool = False
    facts: Mapping[str, Roles] = field(default_factory=dict, compare=False, hash=False)
    within: Mapping[str, int] = field(default_factory=dict, compare=False, hash=False)

    @property
    def subject(self) -> Subject:
        """Give it as the portal speaks of it."""
        return Subject(self.kind, self.id)

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.note})" if self.note else f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Key:
    """A token as it stands in an address.

    :ivar lives: it opens its door
    :ivar owner: whoever has it reads as this role; None: it shows `shows` to anybody
    :ivar shows: columns of `things` that the door tells whoever has the token: `labs_ephemeral.question`
    """

    text: str
    lives: bool = True
    owner: str | None = None
    things: tuple[Thing, ...] = ()
    shows: Roles = NOBODY
    beside: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True)
class Marker:
    """A word that stands in one column of one row, and who may come upon it."""

    column: str
    row: object
    readers: Roles
    thing: Thing | None = None

    def __str__(self) -> str:
        return f"{self.column} of row {self.row}"


@dataclass
class World:
    """All that stands in it.

    :ivar is_full: every combination of audience and state, not only each once
    :ivar cookies: the cookie of each role, and the token that the forms of its session carry
    :ivar second: the token of another session of the same person
    :ivar devices: the same of who is on a device of the collectivity, with the cookie of the device
    """

    is_full: bool = False
    people: dict[str, Person] = field(default_factory=dict)
    things: dict[str, list[Thing]] = field(default_factory=dict)
    keys: dict[str, list[Key]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    markers: dict[str, Marker] = field(default_factory=dict)
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    second: dict[str, str] = field(default_factory=dict)
    devices: dict[str, tuple[str, str]] = field(default_factory=dict)
    uploads: list[tuple[str, Upload]] = field(default_factory=list)

    def add(self, thing: Thing) -> Thing:
        """Put a thing in the world."""
        self.things.setdefault(thing.kind, []).append(thing)
        return thing

    def add_key(self, scope: str, key: Key) -> None:
        """Put a token in the world."""
        self.keys.setdefault(scope, []).append(key)

    def one(self, kind: str, number: int | None) -> Thing:
        """Give a thing by what it is and its number."""
        return next(thing for thing in self.things[kind] if thing.id == number)

    def mark(self, column: str, row: object, readers: Roles, thing: Thing | None = None) -> str:
        """Draw a word of its own for a column of a row."""
        word = f"canari-{len(self.markers):04x}"
        self.markers[word] = Marker(column, row, readers, thing)
        return word

    def keep_file(self, owner: Subject, readers: Roles) -> None:
        """Give a subject a file that holds a marker; those who may read the subject come upon it."""
        word, upload = self.uploads.pop()
        self.markers[word] = Marker("content of files", str(owner), readers)
        card = keep_file(owner, upload, actor=None, at=now())
        self.add(Thing("portal.file", card.id, readers, f"of {owner}"))

    def sent_by(self, role: str) -> tuple[str, str]:
        """Give what the browser of a role sends: its cookies, and the token of its forms; both empty for nobody."""
        if role in self.devices:
            return self.devices[role]
        cookie, token = self.cookies.get(role, ("", ""))
        return (f"session={cookie}" if cookie else ""), token

    def role_of(self, person_id: int | None) -> Roles:
        """Give the role that a person walks as, as a set; empty for nobody."""
        return frozenset(role for role, person in self.people.items() if person.id == person_id)

    def copy(self) -> World:
        """Give another world with the same in it: what is added to one is not in the other."""
        lists = {name: list(value) for name, value in self.things.items()}
        keys = {name: list(value) for name, value in self.keys.items()}
        return replace(self, things=lists, keys=keys, markers=dict(self.markers), uploads=list(self.uploads))

    def roles(self) -> tuple[str, ...]:
        """Give the roles of this walk; first those whose session ends soonest when they do nothing."""
        return tuple(sorted(EVERYBODY, key=lambda role: (role not in PLUGIN_ADMINS, role))) if self.is_full else SHORT


def readers_of(audience: str, *, group: Roles, author: str, in_time: bool = True) -> Roles:
    """Give who reads an object of this audience.

    Rule: G7, written a second time. No role of administration adds anything (P19).
    """
    if not in_time:
        return frozenset({author})
    levels: dict[str, Iterable[str]] = {
        "self": (),
        "circle": group,
        "lab": group,
        "network": OF_NETWORK,
        "intranet": AGENTS,
        "public": EVERYBODY,
    }
    return frozenset({*levels[audience], author})
