"""An import is applied in batches: whole, once, resumed where it stopped, whatever stops it (mechanics 8, P13)."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import (
    Conflict,
    Invalid,
    PersonFacts,
    Role,
    Subject,
    Viewer,
    add_person,
    change_person,
    leave,
    now,
    people_facts,
    person,
    services,
    session,
)
from portal.content.models import AuditEntry

from plugins.directory.models.imports import Change, Import, Kind, Line, Listed, Outcome, State
from plugins.directory.services.imports import applying
from plugins.directory.services.imports.applying import apply_batch
from plugins.directory.services.imports.staging import forget_lines
from plugins.directory.services.imports.steering import abandon_import, departures_of, pause_import, resume_import
from tests.plugins.directory.import_files import everybody, file_of, lines_of, plan_of
from tests.reading import rows_hash

PLUGINS = ["directory"]
ACTOR = Viewer()


@pytest.fixture
def small(monkeypatch):
    """Make batches of three lines."""
    monkeypatch.setattr(applying, "BATCH_LINES", 3)


def crowd(count, *, first=0, superior=""):
    return file_of(*([f"M{n:05}", "Nom", f"Prénom {n}", "", "", "", superior] for n in range(first, first + count)))


def test_batches_are_of_so_many_lines_and_each_is_committed(importer, reading, small):
    number = importer.stage(crowd(8))
    importer.start(number)
    with reading():
        assert session.get_one(Import, number).total == 8
    with importer.writing():
        assert apply_batch(now()) is True
    with reading():
        row = session.get_one(Import, number)
        assert (row.done, len(everybody())) == (3, 3)
    assert importer.work() == 2
    with reading():
        row = session.get_one(Import, number)
        assert (row.state, row.done, row.results, row.turn) == (State.DONE, 8, {"created": 8}, None)
        assert len(everybody()) == 8
        assert session.scalar(sa.select(sa.func.count()).select_from(Listed)) == 8


def test_a_batch_that_lasts_ends_early_so_that_others_may_write(importer, monkeypatch):
    monkeypatch.setattr(applying, "BATCH_SECONDS", 0)
    monkeypatch.setattr(applying, "BATCH_LEAST", 2)
    importer.start(importer.stage(crowd(5)))
    assert importer.work() == 3


def test_a_batch_that_breaks_keeps_nothing_and_is_done_again(importer, reading, small, monkeypatch):
    number = importer.stage(crowd(6))
    importer.start(number)
    monkeypatch.setattr(applying.Batch, "do", lambda batch, line: 1 / 0)
    with pytest.raises(ZeroDivisionError), importer.writing():
        apply_batch(now())
    monkeypatch.undo()
    with reading():
        assert everybody() == {}
        assert session.get_one(Import, number).done == 0
    importer.work()
    with reading():
        assert len(everybody()) == 6


def test_the_same_file_again_changes_nothing(importer, app, reading):
    content = file_of(
        ["M1", "Diop", "Awa", "awa@ville.fr", "Sports / Piscine", "Nageuse", "M2"],
        ["M2", "Lang", "Bo", "", "Sports", "Directeur"],
    )
    importer(content)
    before = rows_hash(
        app, without={"directory_import", "directory_import_line", "audit", "audit_head", "audit_person"}
    )
    number = importer(content, complete=True, leave=True)
    after = rows_hash(app, without={"directory_import", "directory_import_line", "audit", "audit_head", "audit_person"})
    assert before == after
    with reading():
        row = session.get_one(Import, number)
        assert (row.counts, row.total, row.results, row.state) == ({"unchanged": 2}, 0, {}, State.DONE)


def test_two_imports_of_the_same_people_double_nobody(importer, reading):
    first, second = importer.stage(crowd(5)), importer.stage(crowd(5))
    importer.start(first)
    with pytest.raises(Conflict):
        importer.start(second)
    importer.work()
    importer.start(second)
    importer.work()
    with reading():
        assert len(everybody()) == 5
        assert session.get_one(Import, second).results == {}
        assert {row.outcome for row in lines_of(second).values()} == {Outcome.NOTHING}


def test_a_second_click_on_apply_is_said(importer):
    number = importer.stage(crowd(2))
    importer.start(number)
    with pytest.raises(Conflict):
        importer.start(number)
    importer.work()
    with pytest.raises(Conflict):
        importer.start(number)


def test_two_workers_at_once_apply_each_line_once(app, importer, reading, small):
    """On PostgreSQL they run side by side; SQLite puts them in a line."""
    number = importer.stage(crowd(30))
    importer.start(number)
    broken = []

    def is_over():
        with reading():
            return session.get_one(Import, number).state == State.DONE

    def work():
        try:
            while not is_over():
                with importer.writing():
                    apply_batch(now())
        except Exception as error:
            broken.append(error)

    workers = [threading.Thread(target=work) for _one in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not broken
    with reading():
        row = session.get_one(Import, number)
        assert (row.done, row.results, len(everybody())) == (30, {"created": 30}, 30)
        added = sa.select(sa.func.count()).where(AuditEntry.action == "portal.user_added")
        assert session.scalar(added) == 30


def test_pause_go_on_and_abandon_keep_what_is_done(importer, reading, small):
    number = importer.stage(crowd(9))
    importer.start(number)
    with importer.writing():
        apply_batch(now())
        pause_import(session.get_one(Import, number), actor=ACTOR, at=now())
    with importer.writing():
        assert apply_batch(now()) is False
        resume_import(session.get_one(Import, number), actor=ACTOR, at=now())
        assert apply_batch(now()) is True
    with importer.writing():
        abandon_import(session.get_one(Import, number), actor=ACTOR, at=now())
    with reading():
        row = session.get_one(Import, number)
        assert (row.state, row.done, row.results, row.turn) == (State.ABANDONED, 6, {"created": 6}, None)
        assert len(everybody()) == 6
        assert lines_of(number) == {}
        assert row.content is None
    again = importer(crowd(9))
    with reading():
        assert session.get_one(Import, again).results == {"created": 3}
        assert len(everybody()) == 9


def test_acts_out_of_time_are_refused_in_words(importer):
    number = importer(crowd(1))
    for act in (pause_import, resume_import, abandon_import):
        with pytest.raises(Conflict), importer.writing():
            act(session.get_one(Import, number), actor=ACTOR, at=now())


def test_what_was_changed_by_hand_since_the_preview_is_left_alone_where_the_file_says_nothing(importer, reading):
    importer(file_of(["M1", "Diop", "Awa", "awa@ville.fr", "", "Nageuse"]))
    number = importer.stage(file_of(["M1", "Diop", "Awa", "awa@ville.fr", "", "Directrice"]))
    with importer.writing():
        awa = everybody()["M1"].id
        change_person(awa, PersonFacts("Awa Diop", "M1", "nouvelle@ville.fr", phone="03"), actor=None, at=now())
    importer.start(number)
    importer.work()
    with reading():
        facts = people_facts()[awa]
        assert (facts.email, facts.phone, facts.job_title) == ("nouvelle@ville.fr", "03", "Directrice")


def test_somebody_who_left_since_the_preview_is_not_changed_nor_made_again(importer, reading):
    importer(file_of(["M1", "Diop", "Awa"], ["M2", "Lang", "Bo"]))
    number = importer.stage(file_of(["M1", "Diop", "Awa", "", "", "Directrice"], ["M2", "Lang", "Bo", "", "", "Chef"]))
    with importer.writing():
        leave(everybody()["M1"].id, actor=None, at=now())
    importer.start(number)
    importer.work()
    with reading():
        assert set(everybody()) == {"M2"}
        lines = lines_of(number)
        assert lines[2].outcome == Outcome.REFUSED
        assert "partie entre-temps" in lines[2].reason
        assert session.get_one(Import, number).results == {"changed": 1, "refused": 1}


def test_a_line_that_can_no_longer_be_done_is_said_and_the_others_go_on(importer, reading):
    number = importer.stage(file_of(["M1", "Diop", "Awa", "awa@ville.fr"], ["M2", "Lang", "Bo"]))
    with importer.writing():
        add_person(PersonFacts("Autre", "M9", "awa@ville.fr"), actor=None, at=now())
    importer.start(number)
    importer.work()
    with reading():
        assert set(everybody()) == {"M9", "M2"}
        assert lines_of(number)[2].outcome == Outcome.REFUSED
        assert lines_of(number)[2].reason


def test_planned_last_days_are_planned_and_taken_back(importer, reading):
    header = ["matricule", "nom", "date de départ"]
    importer(file_of(["M1", "Awa Diop", "31/12/2090"], header=header))
    with reading():
        assert everybody()["M1"].leaves_at.year == 2090
        assert plan_of(file_of(["M1", "Awa Diop", "31/12/2090"], header=header)).counts == {Change.UNCHANGED: 1}
        assert plan_of(file_of(["M1", "Awa Diop", "31/12/9999"], header=header)).counts == {Change.UNCHANGED: 1}
    importer(file_of(["M1", "Awa Diop", "-"], header=header))
    with reading():
        assert everybody()["M1"].leaves_at is None


def test_superiors_change_places_in_one_import(importer, reading):
    importer(file_of(["A", "A", "", "", "", "", ""], ["B", "B", "", "", "", "", "A"]))
    importer(file_of(["A", "A", "", "", "", "", "B"], ["B", "B", "", "", "", "", "-"]))
    with reading():
        people = everybody()
        assert (people["A"].superior_id, people["B"].superior_id) == (people["B"].id, None)


class TestDepartures:
    """Nobody leaves without a second confirmation (issue: modes)."""

    @pytest.fixture
    def ten(self, importer, reading):
        importer(crowd(30))
        with reading():
            return {matricule: row.id for matricule, row in everybody().items()}

    def test_nobody_leaves_unless_it_is_ticked(self, importer, reading, ten):
        number = importer(crowd(29), complete=True)
        with reading():
            assert len(everybody()) == 30
            assert session.get_one(Import, number).results == {}

    def test_ticked_they_leave_and_only_they(self, importer, reading, ten, audit_of):
        number = importer(crowd(29), complete=True, leave=True)
        with reading():
            assert len(everybody()) == 29
            assert person(ten["M00029"]).has_left
            assert session.get_one(Import, number).results == {"left": 1}
        assert "portal.person_left" in audit_of(Subject("portal.user", ten["M00029"]))

    def test_more_than_a_tenth_must_be_typed(self, importer, reading, ten):
        number = importer.stage(crowd(26), complete=True)
        with reading():
            asked = departures_of(session.get_one(Import, number))
            assert (asked.number, asked.asks_number) == (4, True)
        for typed in (None, 3):
            with pytest.raises(Invalid):
                importer.start(number, leave=True, typed=typed)
        importer.start(number, leave=True, typed=4)
        importer.work()
        with reading():
            assert len(everybody()) == 26

    def test_so_must_a_single_administrator(self, importer, reading, ten):
        with importer.writing():
            add_person(PersonFacts("Ida", "A0", role=Role.ADMIN), actor=None, at=now())
            facts = people_facts([ten["M00029"]])[ten["M00029"]]
            change_person(ten["M00029"], PersonFacts(facts.name, "M00029", role=Role.ADMIN), actor=None, at=now())
        number = importer.stage(crowd(29), complete=True)
        with reading():
            assert departures_of(session.get_one(Import, number)).asks_number

    def test_no_line_without_a_key_may_hide_one_of_them(self, importer, ten):
        content = crowd(29) + ";Nom;Prénom 29\r\n".encode()
        number = importer.stage(content, complete=True)
        with pytest.raises(Invalid):
            importer.start(number, leave=True, typed=1)

    def test_the_last_administrator_stays_whatever_happens_meanwhile(self, importer, reading, ten):
        with importer.writing():
            ida = add_person(PersonFacts("Ida", "A0", role=Role.ADMIN), actor=None, at=now())
            facts = people_facts([ten["M00029"]])[ten["M00029"]]
            change_person(ten["M00029"], PersonFacts(facts.name, "M00029", role=Role.ADMIN), actor=None, at=now())
        number = importer.stage(crowd(29), complete=True)
        with importer.writing():
            leave(ida, actor=None, at=now())
        importer.start(number, leave=True, typed=1)
        importer.work()
        with reading():
            assert "M00029" in everybody()
            assert session.get_one(Import, number).results == {"refused": 1}

    def test_a_past_last_day_asks_the_same(self, importer, reading, ten):
        content = file_of(["M00001", "Prénom 1 Nom", "01/02/2020"], header=["matricule", "nom", "date de départ"])
        number = importer.stage(content)
        importer.start(number)
        importer.work()
        with reading():
            assert len(everybody()) == 30
        importer(content, leave=True)
        with reading():
            assert len(everybody()) == 29


def test_people_made_by_hand_never_leave_by_absence(importer, reading):
    with importer.writing():
        add_person(PersonFacts("Élue", "E1"), actor=None, at=now())
        add_person(PersonFacts("Sans rien"), actor=None, at=now())
    importer(crowd(3))
    number = importer(crowd(3), complete=True, leave=True)
    with reading():
        assert {"E1", "Sans rien"} <= set(everybody())
        assert session.get_one(Import, number).counts == {"unchanged": 3, "outside": 2}


def test_what_an_import_held_of_people_goes_after_thirty_days_and_its_numbers_stay(importer, reading):
    done, waiting, running = importer(crowd(2)), importer.stage(crowd(3)), importer.stage(crowd(4))
    importer.start(running)
    with importer.writing():
        forget_lines(now() + timedelta(days=29))
    with reading():
        assert lines_of(done)
        assert lines_of(waiting)
    with importer.writing():
        forget_lines(now() + timedelta(days=31))
    with reading():
        assert lines_of(done) == lines_of(waiting) == {}
        assert len(lines_of(running)) == 4
        rows = {row.id: row for row in session.scalars(sa.select(Import))}
        assert (rows[done].state, rows[waiting].state) == (State.DONE, State.ABANDONED)
        assert (rows[done].counts, rows[done].headers, rows[waiting].content) == ({"created": 2}, [], None)


def test_neither_the_audit_nor_the_log_holds_a_word_of_a_person(importer, reading, caplog):
    """Logs are facts with keys (style 22); audit facts hold no personal text (G1)."""
    with caplog.at_level(logging.DEBUG):
        importer(file_of(["MATR77", "Zorglub", "Archibald", "zorglub@ville.fr", "", "Ufologue"], ["", "Zorglub", "B"]))
    with reading():
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action.like("directory.%"))).all()
    assert facts
    for word in ("zorglub", "archibald", "matr77", "ufologue"):
        assert word not in caplog.text.lower()
        assert word not in str(facts).lower()


def test_services_are_applied_once_too(importer, reading, small):
    header = ["Code", "Nom", "Code parent"]
    content = file_of(*([f"S{n}", f"Service {n}", f"S{n - 1}" if n else ""] for n in range(8)), header=header)
    importer(content, kind=Kind.SERVICES)
    number = importer(content, kind=Kind.SERVICES)
    with reading():
        assert [card.depth for card in services()] == list(range(8))
        assert session.get_one(Import, number).results == {}
        assert session.scalar(sa.select(sa.func.count()).where(Line.import_id == number)) == 8
