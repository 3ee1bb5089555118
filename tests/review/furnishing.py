"""People, services, functions, tokens, notices: what the core puts in the world of the review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.audit_reader import open_audit
from portal.content.clock import now, real_now
from portal.content.models import Link, Notice, OutboxMessage
from portal.content.notices import notify
from portal.content.settings import write_words
from portal.content.tokens import issue_token
from portal.db import db
from portal.loader.models import Fault
from portal.people.functions import create_function, hold_function
from portal.people.groups import add_member, create_group
from portal.people.leaving import leave
from portal.people.models import UserSession
from portal.people.persons import person, subject_of
from portal.people.services import ServiceFacts, add_service
from portal.people.sessions import viewer_of
from portal.people.staff import PersonFacts, add_person
from portal.people.users import LINK_SCOPE
from portal.texts import CORE, texts
from portal.values import Role
from portal.web.pages.entering import SCREEN_SCOPE
from portal.web.pages.feeds import FEED_LABEL, FEED_SCOPE
from portal.web.pages.screens import ENROL_SCOPE

from tests.review.world import (
    ADMIN,
    AGENT,
    AGENTS,
    ANIMATOR,
    EVERYBODY,
    KIOSK,
    LEAVER,
    MEMBER,
    NAMED,
    NOBODY,
    OWNER,
    PLUGIN_ADMIN,
    SUPERIOR,
    Key,
    Thing,
    World,
)

_ = texts(CORE)
REFERENCE = "abcd-12"
ROLES = {ADMIN: Role.ADMIN, PLUGIN_ADMIN: Role.PLUGIN_ADMIN}


def furnish(world: World) -> None:
    """Make the people, and what they belong to."""
    at = now()
    service = add_service(ServiceFacts("Accueil", code="S1"), actor=None, at=at)
    world.add(Thing("portal.service", service, EVERYBODY))
    for place, role in enumerate([SUPERIOR, *sorted(AGENTS - {SUPERIOR}), LEAVER]):
        world.people[role] = person(_person(world, role, place, service))
    for role in sorted(AGENTS):
        world.add(Thing("portal.user", world.people[role].id, EVERYBODY, "who has most" if role == OWNER else ""))
    function = create_function("Responsable de l’accueil")
    hold_function(function, world.people[ANIMATOR].id, since=at)
    outside = create_function("Ligue de l’enseignement")
    db.session.execute(sa.text("UPDATE functions SET body = 'Ligue' WHERE id = :id"), {"id": outside})
    for number in (function, outside):
        world.add(Thing("portal.function", number, EVERYBODY))
    circle = create_group("circle", "Cercle")
    for role in (OWNER, NAMED):
        add_member(circle, world.people[role].id, at=at)
    world.values["followed"] = ["portal.user", "portal.service", "portal.function"]
    world.values |= {"circle": [circle], "plugin": ["labs"], "reference": [REFERENCE], "year": [at.year]}
    write_words("portal", "ink", words=["#0b3d5c"])
    write_words("portal", "accent", words=["#7a1f3d"])
    _tokens(world)


def _person(world: World, role: str, place: int, service: int) -> int:
    superior = world.people[SUPERIOR].id if role in {OWNER, MEMBER} else None
    facts = PersonFacts(
        role.capitalize(),
        matricule=None if role == KIOSK else f"M{place}",
        email=None if role == KIOSK else f"m{place}@ville.example",  # who comes in on screens has none
        service_id=service,
        job_title="Poste",
        phone="01 02 03",
        superior_id=superior,
        role=ROLES.get(role, Role.AGENT),
    )
    return add_person(facts, actor=None, at=now())


def _tokens(world: World) -> None:
    """Make feeds, of who is here and of who will leave; a link; a screen and its enrolment."""
    soon = real_now() + timedelta(hours=12)
    for role in (OWNER, AGENT, LEAVER):
        text = issue_token(FEED_SCOPE, person_id=world.people[role].id, label=FEED_LABEL)
        world.add_key(FEED_SCOPE, Key(text, lives=role != LEAVER, owner=role))
        if role != LEAVER:
            number = int(text.partition(".")[0])
            world.add(Thing("portal.token", number, EVERYBODY, f"feed of {role}", facts={"own": frozenset({role})}))
    who = world.things["portal.user"][0]
    shows = frozenset({"users.name"})
    world.add_key(
        LINK_SCOPE,
        Key(issue_token(LINK_SCOPE, person_id=who.id, uses=1, expires_at=soon), things=(who,), shows=shows),
    )
    number = int(issue_token(SCREEN_SCOPE, label="Salle de pause").partition(".")[0])
    screen = world.add(Thing("portal.screen", number, EVERYBODY))
    text = issue_token(ENROL_SCOPE, label=str(number), uses=1, expires_at=soon)
    world.add_key(ENROL_SCOPE, Key(text, things=(screen,), shows=frozenset({"tokens.label"})))
    for scope in (FEED_SCOPE, LINK_SCOPE, ENROL_SCOPE):
        world.add_key(scope, Key("1.x", lives=False))


def finish(world: World) -> None:
    """Let time pass: somebody leaves, the others are told; what was written about it waits in the outbox."""
    at = now()
    leave(world.people[LEAVER].id, actor=None, at=at)
    for thing in [thing for kind in world.values["told about"] for thing in world.things[kind]]:
        notify(
            [world.people[role].id for role in (OWNER, AGENT, ADMIN)],
            thing.subject,
            _.later("%(actor)s asks for your voice: %(title)s"),
            at=at,
            actor=viewer_of(world.people[ANIMATOR].id),
            must_act=True,
        )
    for number, owner in db.session.execute(sa.select(Notice.id, Notice.person_id)):
        role = world.role_of(owner)
        if role & {OWNER, AGENT, ADMIN}:
            world.add(Thing("portal.notice", number, EVERYBODY, facts={"own": role}))
    for number, owner in db.session.execute(sa.select(UserSession.id, UserSession.user_id)):
        world.add(Thing("portal.session", number, EVERYBODY, facts={"own": world.role_of(owner)}))
    open_audit(viewer_of(world.people[ADMIN].id), reason="incident")
    facts = {"said": world.mark("audit.facts", 0, NOBODY)}
    record("portal.audit_opened", subject_of(world.people[AGENT].id), actor=None, at=at, facts=facts)
    _operations(world)


def add_private(world: World) -> None:
    """Put the owner in a circle more."""
    circle = create_group("circle", "Cercle de plus")
    for role in (OWNER, NAMED):
        add_member(circle, world.people[role].id, at=now())


def _operations(world: World) -> None:
    """Write what operations leave behind: a fault, a mail that did not go, a link whose titles are remembered."""
    at = real_now()
    db.session.add(Fault(plugin="labs", place="x", at=at, reference=REFERENCE, summary="broke", trace="trace"))
    db.session.execute(sa.update(OutboxMessage).values(last_error="refused"))
    public, private = world.values["linked"]
    db.session.add(_link(public, private))


def _link(source: Thing, target: Thing) -> Link:
    sides: dict[str, Any] = {}
    for side, subject in (("source", source.subject), ("target", target.subject)):
        sides |= {f"{side}_kind": subject.kind, f"{side}_id": subject.id, f"{side}_title": "title"}
    return Link(kind="labs.none", made_at=now(), titled_at=real_now(), **sides)
