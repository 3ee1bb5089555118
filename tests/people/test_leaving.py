"""Leaving is complete: one act, nothing opens any more, no sum changes, no name comes back (trust P18, domain G6)."""

from __future__ import annotations

from datetime import timedelta

import pluggy
import pytest
import sqlalchemy as sa

from portal.content.audit import audit_chain, broken_links
from portal.content.clock import now, real_now
from portal.content.models import AuditEntry
from portal.content.tokens import issue_token, token_of
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.people.functions import function_cards, hold_function, holdings_of
from portal.people.groups import add_member, create_group, group_members
from portal.people.leaving import departure_of, leave, leave_due, plan_leaving
from portal.people.models import Holding, Membership, User
from portal.people.persons import find_people, people, person
from portal.people.staff import PersonFacts, add_person, people_facts
from portal.people.users import issue_link, set_password, user_by_identifier
from portal.texts import language
from portal.values import Subject

from tests.reading import words


@pytest.fixture
def awa(make_user, writing):
    who = make_user("Awa Mbengue", matricule="A1", email="awa@ville.example", pin="581402")
    with writing():
        set_password(who.id, "hash", keep_session=None)
    return who


@pytest.fixture
def go(writing):
    def act(who, *, actor=None):
        with writing():
            leave(who.id, actor=actor, at=now())

    return act


def test_nothing_opens_after_leaving(awa, sign_in, writing, go, new_client, reading):
    own = sign_in(awa)
    with writing():
        link, feed = f"/link/{issue_link(awa.id)}", issue_token("portal.feed", person_id=awa.id)
    go(awa)
    assert own.get("/").status_code == 401
    assert new_client().get(link).status_code == 404
    with reading():
        with pytest.raises(NotFound):
            token_of(feed, "portal.feed")
        assert user_by_identifier("A1") is None
        assert user_by_identifier("awa@ville.example") is None


def test_no_word_about_the_person_stays_in_their_row(awa, go, reading):
    go(awa)
    with reading():
        row = db.session.get_one(User, awa.id)
        kept = {column.key: getattr(row, column.key) for column in sa.inspect(User).columns}
    said = " ".join(map(str, kept.values())).lower()
    assert not any(word in said for word in ("awa", "mbengue", "a1", "ville.example", "hash", "argon2"))
    assert row.role == "agent"


def test_histories_show_a_pseudonym_in_the_readers_language(awa, go, reading):
    go(awa)
    with reading():
        assert person(awa.id).name == "Une personne partie"
        assert person(awa.id).has_left
        french = language.set("en")
        assert people([awa.id])[awa.id].name == "A person who left"
        language.reset(french)
        assert find_people("partie") == []


def test_the_name_is_in_no_row_of_any_table(awa, go, site):
    go(awa)
    with site.engine.connect() as conn:
        tables = sa.inspect(conn).get_table_names()
        held = [str(row) for name in tables for row in conn.execute(sa.text(f'SELECT * FROM "{name}"'))]
    assert not [row for row in held if "Mbengue" in row or "awa@" in row]


def test_functions_become_vacant_and_keep_their_history(awa, make_function, go, reading, make_user, writing):
    dgs = make_function("Direction générale", holder=awa, since=real_now() - timedelta(days=9))
    later = make_function("Élections")
    with writing():
        hold_function(later, awa.id, since=now() + timedelta(days=9))
    go(awa)
    with reading():
        assert function_cards([dgs], at=now())[dgs].is_vacant
        line = holdings_of(dgs)[0]
        assert line.holder.name == "Une personne partie"
        assert line.until_at is not None
        assert holdings_of(later) == []


def test_groups_and_those_below_let_go(awa, go, writing, reading):
    with writing():
        lab = create_group("lab", "Labo")
        add_member(lab, awa.id, at=now(), is_animator=True)
        bo = add_person(PersonFacts("Bo L.", superior_id=awa.id), actor=None, at=now())
    go(awa)
    with reading():
        assert group_members(lab) == []
        # the row too: a list leaves out who left, whatever their rows say
        assert db.session.scalars(sa.select(Membership.group_id).where(Membership.user_id == awa.id)).all() == []
        assert people_facts([bo])[bo].superior_id is None
    with writing(), pytest.raises(NotFound):
        add_member(lab, awa.id, at=now())


def test_the_audit_keeps_every_entry_and_its_chain(awa, go, make_user, as_viewer, reading, audit_of):
    admin = make_user("Ida K.", role="admin")
    with reading():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    go(awa, actor=as_viewer(admin))
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before + 1
        assert broken_links(audit_chain()) == []
    assert audit_of(Subject("portal.user", awa.id))[-1] == "portal.person_left"


def test_a_new_account_of_the_same_name_inherits_nothing(awa, go, make_function, make_user, new_client, reading):
    make_function("Direction générale", holder=awa)
    go(awa)
    again = make_user("Awa Mbengue", matricule="A1", email="awa@ville.example")
    with reading():
        assert again.id != awa.id
        assert db.session.get_one(User, again.id).pin_hash is None
        assert db.session.get_one(User, again.id).password_hash is None
        held = sa.select(sa.func.count()).select_from(Holding).where(Holding.user_id == again.id)
        assert db.session.scalar(held) == 0
        assert person(awa.id).name == "Une personne partie"
    answer = new_client().post("/sign-in", data={"identifier": "A1", "password": "hash"})
    assert answer.status_code == 422
    assert "ne vont pas ensemble" in words(answer)


def test_one_leaves_once(awa, go):
    go(awa)
    with pytest.raises(NotFound):
        go(awa)


def test_the_last_administrator_cannot_leave(make_user, go):
    ida = make_user("Ida K.", role="admin")
    with pytest.raises(Conflict, match="Confiez d’abord"):
        go(ida)
    make_user("Odile F.", role="admin")
    go(ida)


def test_plugins_take_part_and_may_refuse(awa, plug, go, reading):
    seen = []

    class Debts:
        refuses = True

        @pluggy.HookimplMarker("portal")
        def portal_event(self, event):
            seen.append((event.name, event.subject))
            if self.refuses:
                raise Conflict("clés à rendre")

    debts = Debts()
    plug(debts)
    with pytest.raises(Conflict, match="clés"):
        go(awa)
    with reading():
        assert person(awa.id).name == "Awa Mbengue"
    debts.refuses = False
    go(awa)
    assert seen[-1] == ("portal.person_left", Subject("portal.user", awa.id))


def test_what_goes_is_counted_beforehand(awa, sign_in, make_function, writing, reading):
    sign_in(awa)
    make_function("Direction générale", holder=awa)
    with reading():
        found = departure_of(awa.id, at=now())
    assert (found.sessions, found.functions, found.below) == (2, ("Direction générale",), 0)


def test_a_planned_departure_closes_the_doors_at_its_hour_even_without_a_worker(
    awa, sign_in, writing, clock, new_client, reading
):
    own = sign_in(awa)
    at = real_now()
    with writing():
        link = f"/link/{issue_link(awa.id)}"
        plan_leaving(awa.id, on=at + timedelta(minutes=5), actor=None, at=at)
    assert own.get("/").status_code == 200
    clock.set(at + timedelta(minutes=5))
    assert own.get("/").status_code == 401
    assert new_client().post(link).status_code == 404
    with reading():
        assert user_by_identifier("A1") is None


def test_the_worker_does_what_was_planned(awa, writing, clock, run_jobs, reading):
    at = real_now()
    with writing():
        plan_leaving(awa.id, on=at + timedelta(days=2), actor=None, at=at)
    run_jobs()
    with reading():
        assert person(awa.id).name == "Awa Mbengue"
    clock.set(at + timedelta(days=3))
    run_jobs()
    with reading():
        assert person(awa.id).has_left
        assert db.session.get_one(User, awa.id).disabled_at == at + timedelta(days=2)


def test_a_refused_departure_holds_nobody_else_back(make_user, writing, plug, reading):
    at = real_now()
    stays, goes = make_user("Awa M."), make_user("Bo L.")

    class Debts:
        @pluggy.HookimplMarker("portal")
        def portal_event(self, event):
            if event.subject.id == stays.id and event.name == "portal.person_left":
                raise Conflict("clés à rendre")

    plug(Debts())
    with writing():
        for who in (stays, goes):
            plan_leaving(who.id, on=at + timedelta(minutes=1), actor=None, at=at)
        leave_due(at + timedelta(minutes=2))
    with reading():
        assert person(stays.id).name == "Awa M."
        assert person(goes.id).has_left


def test_a_plan_can_be_dropped_and_is_never_in_the_past(awa, writing, run_jobs, clock, reading):
    at = real_now()
    with writing():
        plan_leaving(awa.id, on=at + timedelta(days=1), actor=None, at=at)
        plan_leaving(awa.id, on=None, actor=None, at=at)
    with writing(), pytest.raises(Invalid):
        plan_leaving(awa.id, on=at, actor=None, at=at)
    clock.set(at + timedelta(days=3))
    run_jobs()
    with reading():
        assert not person(awa.id).has_left


def test_two_administrators_cannot_both_plan_to_leave(make_user, writing):
    ida, odile = make_user("Ida K.", role="admin"), make_user("Odile F.", role="admin")
    at = real_now()
    with writing():
        plan_leaving(ida.id, on=at + timedelta(days=1), actor=None, at=at)
    with writing(), pytest.raises(Conflict):
        plan_leaving(odile.id, on=at + timedelta(days=30), actor=None, at=at)
    with writing(), pytest.raises(Conflict):
        leave(odile.id, actor=None, at=at)
