"""Frozen values that cross the border between the core and the plugins.

Hooks carry these, ids and nothing else: never models, never HTML. A field added here has a default; a field removed or
renamed is a new generation of `portal.api`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The closed list of roles. The operator of the host stands outside it.

    An animator is one *of a group*: the role is a fact of a membership, never of a person alone.
    """

    AGENT = "agent"
    ANIMATOR = "animator"
    PLUGIN_ADMIN = "plugin_admin"
    ADMIN = "admin"


class Audience(StrEnum):
    """Who may read an object (domain G7). `network` does not include the hierarchy of the intranet."""

    SELF = "self"
    CIRCLE = "circle"
    LAB = "lab"
    NETWORK = "network"
    INTRANET = "intranet"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads, as ids and facts: all that a query or a permission may ask about a person.

    :ivar person_id: None for somebody who is not signed in
    :ivar group_ids: every group of the person, circles and labs alike
    :ivar lab_ids: those of kind *lab*; not empty means member of the network
    :ivar animated_ids: groups the person animates
    :ivar is_agent: reads what the intranet reads; true for a signed-in person, on a shared screen too
    :ivar permissions: when not None, the only permissions of this session (shared screen)
    """

    person_id: int | None = None
    role: Role = Role.AGENT
    group_ids: frozenset[int] = frozenset()
    lab_ids: frozenset[int] = frozenset()
    animated_ids: frozenset[int] = frozenset()
    is_agent: bool = False
    permissions: frozenset[str] | None = None

    @property
    def is_signed_in(self) -> bool:
        """Tell whether a person stands behind this viewer."""
        return self.person_id is not None


ANONYMOUS = Viewer()


@dataclass(frozen=True, slots=True)
class Person:
    """A person as plugins see them: an id and the name they write themselves.

    :ivar has_left: the name is then the pseudonym of somebody who left (G6)
    """

    id: int
    name: str
    has_left: bool = False

    @property
    def initials(self) -> str:
        """Give one or two capital letters for the avatar."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


@dataclass(frozen=True, slots=True)
class Subject:
    """Anything another plugin, the audit or a link may speak of: `Subject("labs.lab", 3)`."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class SubjectCard:
    """What a subject is called and where it lives, for one viewer who may read it."""

    title: str
    url: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was received: its content is in the store, and goes in a day unless `keep_file` gives it an owner.

    :ivar name: as shown and handed out; never a path
    :ivar content_type: what its bytes show; a picture was drawn again, and only then has width and height
    """

    name: str
    content_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file of a subject, for whoever may read the subject.

    :ivar kind: what it is, in words; `size` is in bytes
    :ivar is_picture: may be shown in a page; anything else is only handed out
    """

    id: int
    name: str
    kind: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    author_id: int | None
    created_at: datetime

    @property
    def is_picture(self) -> bool:
        """Tell whether a page may show it."""
        return self.width is not None

    @property
    def url(self) -> str:
        """Give its address."""
        return f"/files/{self.id}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, named `<plugin>.<past verb>`.

    :ivar at: instant on the domain clock, aware UTC
    :ivar facts: JSON values; no personal text
    """

    name: str
    subject: Subject
    actor_id: int | None
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)


NAV_GROUPS = ("experiment", "decide", "share", "people", "administer")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation, shown to whoever holds `permission` (None: every signed-in person).

    :ivar group: one of NAV_GROUPS
    :ivar endpoint: Flask endpoint, `labs.index`
    :ivar order: smaller first inside the group; then plugin id
    :ivar also: other addresses it stands for, below the plugin's: `q/`
    """

    group: str
    title: object
    endpoint: str
    permission: str | None = None
    order: int = 50
    also: tuple[str, ...] = ()


HOME_ZONES = ("now", "todo", "promised")


@dataclass(frozen=True, slots=True)
class HomeItem:
    """One thing on « Aujourd'hui ».

    :ivar zone: *now* (happening), *todo* (waits for this person) or *promised* (to us, and when); at most five lines
    :ivar due_at: aware UTC; the earliest come first; few are kept, one of each plugin before the second of any
    :ivar action: (label, url), the one way to act
    :ivar state: (word, kind) with kind among "", good, wait, late
    """

    zone: str
    title: object
    url: str
    lines: tuple[object, ...] = ()
    due_at: datetime | None = None
    action: tuple[object, str] | None = None
    state: tuple[object, str] | None = None

    def __post_init__(self) -> None:
        """Read the words now, while the plugin that gave them can still be blamed for them."""
        if self.zone not in HOME_ZONES:
            raise ValueError(f"unknown zone of the home page: {self.zone}")
        object.__setattr__(self, "title", str(self.title))
        object.__setattr__(self, "lines", tuple(str(line) for line in self.lines))
        for name in ("action", "state"):
            pair = getattr(self, name)
            if pair is not None:
                word, rest = pair
                object.__setattr__(self, name, (str(word), rest))
        if self.due_at is not None and self.due_at.tzinfo is None:
            raise ValueError("naive instant")


@dataclass(frozen=True, slots=True)
class Section:
    """A block that a plugin adds to the page of a subject: its template is rendered by the core, guarded."""

    title: object
    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True, slots=True)
class Action:
    """Something the viewer may do with a subject.

    :ivar method: *get* (a link) or *post* (a form of one button)
    :ivar kind: "main", "" or "quiet"
    """

    label: object
    url: str
    method: str = "get"
    kind: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Job:
    """Work that `portal work` does by itself in each collectivity where the plugin is on.

    :ivar run: called with the domain instant (aware UTC), inside one write transaction; must be repeatable. Long work
        goes in batches: True is « more to do now »: it is called again at once, in a new transaction, each in its turn
    :ivar in_transaction: False for what computes long: it opens its own with `transaction()`, and nobody waits for it
    """

    name: str
    every_minutes: int
    run: Callable[[datetime], bool | None]
    in_transaction: bool = True


@dataclass(frozen=True, slots=True)
class SubjectType:
    """A kind of subject that a plugin owns, `<plugin>.<noun>`.

    :ivar can_follow: its pages offer « Suivre »; the plugin tells `followers(subject)` what becomes of it
    :ivar in_audit: administrators may read in the audit what happens to each of them: never for what has an audience
    :ivar is_question: its title is an open question, which other plugins may offer to take up
    """

    kind: str
    title: object
    can_follow: bool = False
    in_audit: bool = False
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A sort of link that a plugin makes between two subjects, `<plugin>.<verb>`.

    :ivar forth: said on the page of the source, before the target: « suite de »
    :ivar back: said on the page of the target, before the source: « a pour suite »; empty: nothing, a section says it
    """

    kind: str
    forth: object
    back: object


@dataclass(frozen=True, slots=True)
class LinkCard:
    """One link of a subject, for one viewer who may read its other side.

    :ivar words: what the other side is to this one
    :ivar url: None while the plugin of the other side is off
    """

    words: str
    title: str
    url: str | None
