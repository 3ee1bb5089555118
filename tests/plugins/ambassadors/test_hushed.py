"""What must hold whatever page calls: acts that the audit does not sign, what leaves with somebody, who was active."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.api import Audience, Conflict, Person, Subject, Viewer, leave, local_day, now, session

from plugins.ambassadors.models.card import Card, Entry
from plugins.ambassadors.models.engagement import Engagement
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.models.vocabulary import MAX_TAGS, Base, Tag
from plugins.ambassadors.models.wanted import Wanted
from plugins.ambassadors.queries.word_plans import What
from plugins.ambassadors.services.board import Opening, post_wanted, say_i_can, say_i_cannot
from plugins.ambassadors.services.cards import Words, confirm_card, delete_card, write_card
from plugins.ambassadors.services.drafts import throw_away, type_cards
from plugins.ambassadors.services.engagement import Choice, choose_level, come_back, pause, stay
from plugins.ambassadors.services.mirrors import Answers, declare
from plugins.ambassadors.services.requests import agree, ask, decline, say_reach, withdraw
from plugins.ambassadors.services.words import bring_back, import_words
from plugins.ambassadors.views.offers_people import actions
from tests.plugins.ambassadors.factories import make_card, make_tag
from tests.plugins.labs.pages import order_of

PLUGINS = ["ambassadors"]
AUDITED = (
    "SELECT a.action, a.subject_kind, a.subject_id, p.actor_id FROM audit a JOIN audit_person p ON p.audit_id = a.id"
    " WHERE a.action LIKE 'ambassadors.%' AND a.action NOT LIKE 'ambassadors.wanted_posted' ORDER BY a.id"
)
BRINGS = {"bring": Words("dessiner", audience=Audience.INTRANET)}


@dataclass(frozen=True)
class Scene:
    """Awa, whom Léa asked; an opening of Ben; Zoé, who types."""

    awa: Viewer
    ben: Viewer
    lea: Viewer
    zoe: Viewer
    lab_id: int

    @property
    def request(self) -> HelpRequest:
        return session.scalars(sa.select(HelpRequest)).one()

    @property
    def wanted(self) -> Wanted:
        return session.scalars(sa.select(Wanted)).one()


@pytest.fixture
def scene(writing, as_viewer, awa, ben, lea, zoe, lab_id):
    """Let Awa have a card, a level and a request; let Ben look for somebody."""
    made = Scene(*(as_viewer(who) for who in (awa, ben, lea, zoe)), lab_id)
    with writing():
        for who in (made.awa, made.lea, made.ben):
            choose_level(who, Choice("relay", Audience.SELF), at=now())
        make_card(awa, lab_id, bring="dessiner")
        ask(made.lea, awa.id, "Une affiche", at=now())
        post_wanted(made.ben, Opening("Porter", 15, local_day(now()) + timedelta(days=170)), at=now())
    return made


def _agree_and_say(scene: Scene, at: datetime) -> None:
    agree(scene.awa, scene.request, at=at)
    say_reach(scene.awa, scene.request, "poste 12", at=at)


def _answer_and_take_back(scene: Scene, at: datetime) -> None:
    say_i_can(scene.awa, scene.wanted, reach="poste 12", at=at)
    say_i_cannot(scene.awa, scene.wanted, at=at)


def _type_and_throw(scene: Scene, at: datetime) -> None:
    type_cards(scene.zoe, {scene.awa.person_id or 0: {"bring": "coudre"}}, group_id=scene.lab_id, at=at)
    throw_away(scene.awa, at=at)


UNSIGNED = {
    "confirmed": (lambda scene, at: confirm_card(scene.awa, at=at), ["card_confirmed"]),
    "deleted": (lambda scene, at: delete_card(scene.awa, at=at), ["card_deleted", "answered"]),
    "typed": (_type_and_throw, ["card_typed", "card_thrown_away"]),
    "agreed": (_agree_and_say, ["answered", "answered"]),
    "declined": (lambda scene, at: decline(scene.awa, scene.request, at=at), ["answered"]),
    "withdrawn": (lambda scene, at: withdraw(scene.lea, scene.request, at=at), ["request_withdrawn"]),
    "board": (_answer_and_take_back, ["wanted_answered", "wanted_answered"]),
    "paused": (lambda scene, at: pause(scene.awa, at=at), ["level_chosen", "answered"]),
}


@pytest.mark.parametrize("act", UNSIGNED)
def test_the_audit_signs_no_act_about_oneself(scene, writing, act):
    """P19: neither whose card, request or answer it was, nor who did it."""
    do, actions_told = UNSIGNED[act]
    with writing():
        before = len(session.execute(sa.text(AUDITED)).all())
        do(scene, now())
        rows = session.execute(sa.text(AUDITED)).all()[before:]
    assert [tuple(row) for row in rows] == [
        (f"ambassadors.{action}", "ambassadors.cards", 1, None) for action in actions_told
    ]


ACTIVE = {
    "write": lambda scene, at: write_card(scene.awa, BRINGS, reader_group_id=None, at=at),
    "confirm": lambda scene, at: confirm_card(scene.awa, at=at),
    "agree": lambda scene, at: agree(scene.awa, scene.request, at=at),
    "decline": lambda scene, at: decline(scene.awa, scene.request, at=at),
    "can": lambda scene, at: say_i_can(scene.awa, scene.wanted, reach="", at=at),
    "post": lambda scene, at: post_wanted(scene.awa, Opening("Coudre", 15, local_day(at)), at=at),
    "choose": lambda scene, at: choose_level(scene.awa, Choice("curious", Audience.SELF), at=at),
    "pause": lambda scene, at: pause(scene.awa, at=at),
    "stay": lambda scene, at: stay(scene.awa, at=at),
}


def _stale(scene: Scene, *, level: str = "relay") -> None:
    values = {"active_at": now() - timedelta(days=190), "asked_at": now() - timedelta(days=3), "level": level}
    session.execute(sa.update(Engagement).values(before="relay", **values))
    session.expire_all()


def _activity(viewer: Viewer) -> tuple[Any, Any]:
    found = session.scalars(sa.select(Engagement).where(Engagement.author_id == viewer.person_id)).one()
    return found.active_at, found.asked_at


@pytest.mark.parametrize("act", ACTIVE)
def test_whoever_does_something_is_not_asked_whether_they_are_there(scene, writing, act):
    """C22 SPEC 6."""
    with writing():
        _stale(scene)
        ACTIVE[act](scene, now())
        assert _activity(scene.awa) == (now(), None)


def test_whoever_asks_or_comes_back_was_active(scene, writing, ben, lab_id):
    """C22 SPEC 6."""
    with writing():
        make_card(ben, lab_id, bring="souder")
        _stale(scene)
        ask(scene.lea, ben.id, "Une soudure", at=now())
        assert _activity(scene.lea) == (now(), None)
        _stale(scene, level="paused")
        come_back(scene.awa, at=now())
        assert _activity(scene.awa) == (now(), None)


def test_a_deleted_card_declines_what_waited(scene, writing):
    """C08 SPEC 6: whoever asked reads « pas disponible », as for every reason."""
    with writing():
        delete_card(scene.awa, at=now())
        assert (scene.request.answer, scene.request.answered_at) == ("no", now())


# What whoever asked keeps of it, and what was looked for, closed; each is deleted in its time.
STAYS = {("ambassadors_request", "person_id"), ("ambassadors_wanted", "author_id")}
NAMES = [
    (name, column.name)
    for name, table in sorted(Base.metadata.tables.items())
    if name.startswith("ambassadors_")
    for column in table.columns
    if any(key.target_fullname == "users.id" for key in column.foreign_keys)
]


def _rows_of(person_id: int | None) -> dict[tuple[str, str], int]:
    counted = {}
    for name, column in NAMES:
        table = Base.metadata.tables[name]
        of_person = sa.select(sa.func.count()).select_from(table).where(table.c[column] == person_id)
        counted[name, column] = session.scalar(of_person)
    return counted


def test_who_leaves_takes_every_row_along(scene, writing, ben, zoe, awa, lab_id):
    """C08, G6: each column of each table that names somebody."""
    with writing():
        make_card(ben, lab_id, bring="souder")
        ask(scene.awa, ben.id, "Une soudure", at=now())
        declare(scene.awa, Answers(category="C"), at=now())
        say_i_can(scene.awa, scene.wanted, reach="poste 12", at=now())
        post_wanted(scene.awa, Opening("Coudre", 15, local_day(now())), at=now())
        type_cards(scene.zoe, {awa.id: {"bring": "coudre"}}, group_id=lab_id, at=now())
    with writing():
        assert all(_rows_of(awa.id).values())
    with writing():
        leave(awa.id, actor=None, at=now())
    with writing():
        assert {place for place, count in _rows_of(awa.id).items() if count} <= STAYS
        assert session.scalar(sa.select(Wanted.closed_at).where(Wanted.author_id == awa.id)) is not None
        assert session.scalar(sa.select(sa.func.count()).select_from(Entry).where(Entry.author_id == awa.id)) == 0


def test_a_list_of_words_has_an_end(writing, as_viewer, make_user):
    """C08 SPEC 9: nobody reads a longer one."""
    viewer = as_viewer(make_user("Odile F.", role="admin"))
    with writing():
        retired = make_tag("Ancien", retired_at=now())
        words = [f"Mot {number:03}" for number in range(MAX_TAGS)]
        rows = [{"kind": "talent", "family": "Créer", "label": word, "folded": word.lower()} for word in words[:-1]]
        session.execute(sa.insert(Tag), rows)
        plan = import_words(viewer, "Créer;avant-dernier\nCréer;dernier\n", at=now())
        assert [line.what for line in plan.lines] == [What.ADDED, What.REFUSED]
        with pytest.raises(Conflict):
            bring_back(viewer, session.get(Tag, retired), at=now())


def test_nobody_is_offered_to_ask_who_may_not(scene, app, awa):
    """A session that may do less, as on a shared screen."""
    about = Subject("ambassadors.card", awa.id)
    with app.test_request_context():
        assert actions(about, scene.lea)
        assert not actions(about, replace(scene.lea, permissions=frozenset()))


def test_no_order_of_people_lasts(client, sign_in, writing, make_user, clock, lea, lab_id):
    """C08 SPEC 2: whatever they say, how much and since when, of any two each comes first on some day."""
    names = ["Ana", "Bea", "Cleo", "Dino"]
    people = [make_user(name) for name in names]
    with writing():
        tags = [make_tag(f"Talent {number}") for number in range(len(people))]
        for place, who in enumerate(people):
            clock.advance(minutes=1)
            _tell(who, tags[: place + 1])
        session.execute(sa.update(Card).values(shuffle=Card.person_id * 104_729))
    seen: dict[str, list[list[str]]] = {"/ambassadors/": [], f"/ambassadors/talents/{tags[0]}": []}
    for _day in range(16):
        clock.advance(days=1)
        sign_in(lea)
        for address, orders in seen.items():
            orders.append(order_of(client.get(address), *names))
    for orders in seen.values():
        pairs = {(one, other) for order in orders for place, one in enumerate(order) for other in order[place + 1 :]}
        assert len(pairs) == len(names) * (len(names) - 1)


def _tell(who: Person, tag_ids: list[int]) -> None:
    words = Words("dessiner " * len(tag_ids), tuple(tag_ids), Audience.INTRANET)
    make_card(who, bring=words, **{"passion": "les haies"} if len(tag_ids) % 2 else {})
