"""What a file would do, line by line, before anything is written (domain G9; issue: preview)."""

from __future__ import annotations

import pytest

from portal.api import Role, ServiceFacts, add_service, close_service, now
from portal.people.staff import PersonFacts, add_person

from plugins.directory.models.imports import Change, Kind
from tests.plugins.directory.import_files import everybody, file_of, line, plan_of, tree
from tests.reading import rows_hash

PLUGINS = ["directory"]


@pytest.fixture
def awa(writing):
    with writing():
        return add_person(
            PersonFacts("Awa Diop", matricule="0042", email="awa@ville.fr", phone="03 28 00 00 01"),
            actor=None,
            at=now(),
        )


def test_a_new_line_is_somebody_to_add_with_their_service_and_superior(reading):
    content = file_of(
        ["M1", "Diop", "Awa", "Awa.Diop@Ville.fr", "Direction des sports / Piscine", "Maître-nageuse", "M2"],
        ["M2", "Lang", "Bo", "", "Direction des sports", "Directeur"],
    )
    with reading():
        plan = plan_of(content)
    first = line(plan, 2)
    assert first.change == Change.CREATED
    assert first.facts == {
        "name": "Awa Diop",
        "matricule": "M1",
        "email": "awa.diop@ville.fr",
        "job_title": "Maître-nageuse",
        "superior": "M2",
        "service": {"code": None, "path": ["Direction des sports", "Piscine"]},
    }
    assert [draft.name for draft in plan.drafts if draft.target == "service"] == [
        "Direction des sports",
        "Direction des sports / Piscine",
    ]
    assert line(plan, 3).position < first.position, "a superior comes first, also when they stand later"


def test_planning_writes_nothing(app, reading, awa):
    before = rows_hash(app)
    with reading():
        plan_of(file_of(["M1", "Diop", "Awa", "", "Piscine"]), complete=True)
    assert rows_hash(app) == before


def test_a_changed_line_keeps_what_changes_before_and_after(reading, awa):
    content = file_of(["0042", "Diop", "Awa", "awa.diop@ville.fr", "Piscine"])
    with reading():
        found = line(plan_of(content), 2)
    assert found.change == Change.CHANGED
    assert found.before == {"email": "awa@ville.fr", "service": None}
    assert set(found.facts) == {"email", "service"}


def test_the_same_things_written_otherwise_change_nothing(reading, awa):
    header = ["matricule", "nom complet", "mail", "téléphone"]
    content = file_of(["0042", "DIOP  Âwa", "AWA@ville.fr", "0328000001"], header=header)
    with reading():
        assert line(plan_of(content), 2).change == Change.UNCHANGED


def test_an_empty_cell_says_nothing_and_a_hyphen_empties(reading, awa):
    header = ["matricule", "nom complet", "mail", "téléphone"]
    with reading():
        assert line(plan_of(file_of(["0042", "Awa Diop", "", ""], header=header)), 2).change == Change.UNCHANGED
        assert line(plan_of(file_of(["0042", "Awa Diop", "", "-"], header=header)), 2).facts == {"phone": None}


def test_nobody_is_ever_recognised_by_their_name(reading, awa):
    with reading():
        plan = plan_of(file_of(["", "Diop", "Awa"], ["77", "Diop", "Awa"]))
    assert line(plan, 2).problem == "no_key"
    assert line(plan, 3).change == Change.CREATED


def test_an_address_finds_somebody_who_has_no_staff_number_yet(reading, writing):
    with writing():
        number = add_person(PersonFacts("Bo Lang", email="bo@ville.fr"), actor=None, at=now())
    with reading():
        found = line(plan_of(file_of(["M7", "Lang", "Bo", "bo@ville.fr"])), 2)
    assert (found.person_id, found.change, found.facts) == (number, Change.CHANGED, {"matricule": "M7"})


def test_an_address_of_somebody_else_is_refused(reading, awa):
    with reading():
        found = line(plan_of(file_of(["M7", "Lang", "Bo", "awa@ville.fr"])), 2)
    assert (found.change, found.problem, found.value) == (Change.REFUSED, "address_taken", "awa@ville.fr")


def test_a_number_without_its_zeros_is_a_spreadsheet_and_no_new_person(reading, awa):
    with reading():
        found = line(plan_of(file_of(["42", "Diop", "Awa"])), 2)
    assert (found.change, found.problem, found.detail) == (Change.REFUSED, "zeros", "0042")


def test_the_second_line_of_somebody_names_the_first(reading):
    with reading():
        plan = plan_of(file_of(["M1", "Diop", "Awa"], ["M2", "Lang", "Bo"], ["M1", "Diop", "Awa"]))
    assert (line(plan, 4).problem, line(plan, 4).detail) == ("twice", "2")
    assert line(plan, 2).change == Change.CREATED


def test_circles_of_superiors_are_said_by_line_and_the_rest_goes_on(reading):
    content = file_of(
        ["A", "A", "A", "", "", "", "C"],
        ["B", "B", "B", "", "", "", "A"],
        ["C", "C", "C", "", "", "", "B"],
        ["D", "D", "D", "", "", "", "A"],
        ["E", "E", "E", "", "", "", "E"],
        ["F", "F", "F", "", "", "", "nobody"],
    )
    with reading():
        plan = plan_of(content)
    assert [line(plan, number).problem for number in range(2, 8)] == [
        *["superior_cycle"] * 3,
        "",
        "superior_self",
        "superior_unknown",
    ]
    assert line(plan, 2).detail == "2, 3, 4"
    assert {line(plan, number).change for number in range(2, 8)} == {Change.CREATED}
    assert line(plan, 5).facts["superior"] == "A"


def test_a_circle_closed_by_what_is_here_is_broken_too(reading, writing):
    with writing():
        chief = add_person(PersonFacts("Chief", matricule="C"), actor=None, at=now())
        add_person(PersonFacts("Under", matricule="U", superior_id=chief), actor=None, at=now())
    with reading():
        found = line(plan_of(file_of(["C", "Chief", "", "", "", "", "U"])), 2)
    assert (found.problem, found.change) == ("superior_cycle", Change.UNCHANGED)


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("31/12/1582", "far_date"),
        ("32/01/2027", "bad_date"),
        ("bientôt", "bad_date"),
        ("2027-02-30", "bad_date"),
        ("31/12/9999", ""),
        ("31/12/2090", ""),
        ("2090-12-31 00:00:00", ""),
    ],
)
def test_days_that_nobody_lives_are_errors_of_their_line(reading, day, problem):
    with reading():
        found = line(plan_of(file_of(["M1", "Awa Diop", day], header=["matricule", "nom", "date de départ"])), 2)
    assert found.problem == problem
    assert found.facts.get("leaves_on") == ("2090-12-31" if "2090" in day else None)


def test_a_last_day_that_is_past_is_a_departure_for_who_is_here_and_nothing_for_others(reading, awa):
    header = ["matricule", "nom", "date de départ"]
    content = file_of(["0042", "Awa Diop", "01/02/2020"], ["M9", "Bo Lang", "01/02/2020"], header=header)
    with reading():
        plan = plan_of(content)
    assert (line(plan, 2).change, line(plan, 2).problem) == (Change.LEFT, "past_day")
    assert (line(plan, 3).change, line(plan, 3).problem) == (Change.OUTSIDE, "gone")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("x" * 4000, "too_long"),
        ("Awa\u202eDiop", "turning"),
        ("Awa\x00Diop", "control"),
        ("Awa\x1bDiop", "control"),
        ("=HYPERLINK(1)", "formula"),
        ("@awa", "formula"),
        ("DÃ©sirÃ©e", "mangled"),
        ("D\ufffdsirée", "mangled"),
    ],
)
def test_what_nobody_is_called_refuses_its_line_and_no_other(reading, cell, problem):
    content = file_of(["M1", cell], ["M2", "Bo Lang"], header=["matricule", "nom"])
    with reading():
        plan = plan_of(content)
    assert (line(plan, 2).change, line(plan, 2).problem) == (Change.REFUSED, problem)
    assert len(line(plan, 2).value) <= 90
    assert line(plan, 2).value.isprintable()
    assert line(plan, 3).change == Change.CREATED


def test_a_number_that_the_spreadsheet_rewrote_is_refused(reading):
    with reading():
        assert line(plan_of(file_of(["1,23E+05", "Diop", "Awa"])), 2).problem == "scientific"


def test_names_that_people_really_have_are_taken(reading):
    names = ["SÃO Inês", "Nguyễn Thị Ánh", "O’Brien-Lefèvre Zoé", "Œuvrard Ðorđe", "محمد علي", "d'Âge"]
    with reading():
        plan = plan_of(file_of(*([f"M{n}", name] for n, name in enumerate(names)), header=["matricule", "nom"]))
    assert [draft.name for draft in plan.drafts] == names


@pytest.fixture
def houses(writing):
    with writing():
        north = add_service(ServiceFacts("Nord", "N"), actor=None, at=now())
        south = add_service(ServiceFacts("Sud", "S"), actor=None, at=now())
        for parent in (north, south):
            add_service(ServiceFacts("Accueil", parent_id=parent), actor=None, at=now())
        add_service(ServiceFacts("Parcs", "P", south), actor=None, at=now())
        close_service(
            add_service(ServiceFacts("Vieux", "V"), actor=None, at=now()), people_to=None, actor=None, at=now()
        )


@pytest.mark.parametrize(
    ("direction", "service", "code", "said"),
    [
        ("", "Parcs", "", ["Sud", "Parcs"]),
        ("", "PARCS", "", ["Sud", "Parcs"]),
        ("Nord", "Accueil", "", ["Nord", "Accueil"]),
        ("", "Sud / Accueil", "", ["Sud", "Accueil"]),
        ("", "Sud > Accueil", "", ["Sud", "Accueil"]),
        ("Sud", "Sud / Accueil", "", ["Sud", "Accueil"]),
        ("", "whatever", "P", ["Sud", "Parcs"]),
        ("Sud", "", "", ["Sud"]),
        ("Nord", "Parcs", "", ["Nord", "Parcs"]),
        ("", "Eau/Assainissement", "", ["Eau/Assainissement"]),
        ("", "Accueil", "", "service_unclear"),
        ("", "", "X9", "service_unknown"),
        ("", "Vieux", "V", "service_closed"),
    ],
)
def test_a_service_is_found_by_its_code_or_by_the_way_to_it(reading, houses, direction, service, code, said):
    header = ["matricule", "nom", "direction", "service", "code service"]
    with reading():
        found = line(plan_of(file_of(["M1", "Awa Diop", direction, service, code], header=header)), 2)
    assert (found.problem or found.facts["service"]["path"]) == said


def test_one_code_with_two_names_in_a_file_is_an_error_of_the_second_line(reading):
    header = ["matricule", "nom", "service", "code service"]
    content = file_of(["M1", "A", "Eau", "E"], ["M2", "B", "Gaz", "E"], header=header)
    with reading():
        plan = plan_of(content)
    assert (line(plan, 3).problem, line(plan, 3).detail) == ("service_named_twice", "2")


def test_a_service_that_only_a_refused_line_names_is_not_added(reading):
    with reading():
        plan = plan_of(file_of(["", "Diop", "Awa", "", "Nulle part"]))
    assert plan.counts == {Change.REFUSED: 1}


def test_everybody_absent_of_a_complete_list_is_left_aside_unless_a_list_once_named_them(reading, awa, importer):
    with reading():
        plan = plan_of(file_of(["M1", "Lang", "Bo"]), complete=True)
    (absent,) = [draft for draft in plan.drafts if draft.number == 0]
    assert (absent.person_id, absent.change, absent.problem) == (awa, Change.OUTSIDE, "never_listed")
    importer(file_of(["0042", "Diop", "Awa"]))
    with reading():
        plan = plan_of(file_of(["M1", "Lang", "Bo"]), complete=True)
        (absent,) = [draft for draft in plan.drafts if draft.number == 0]
        assert (absent.change, absent.problem) == (Change.LEFT, "absent")
        assert not [draft for draft in plan_of(file_of(["M1", "Lang", "Bo"])).drafts if draft.number == 0]


def test_whose_line_is_refused_has_not_left(reading, importer):
    importer(file_of(["M1", "Diop", "Awa"], ["M2", "Lang", "Bo"]))
    with reading():
        plan = plan_of(file_of(["M1", "=1", ""], ["M2", "Lang", "Bo"]), complete=True)
    assert plan.counts == {Change.REFUSED: 1, Change.UNCHANGED: 1}


def test_lines_without_a_key_are_counted(reading):
    with reading():
        assert plan_of(file_of(["", "Diop", "Awa"], ["x" * 99, "Lang", "Bo"], ["M1", "", ""])).keyless == 2


def test_neither_the_one_who_imports_nor_the_last_administrator_leaves(reading, writing, importer):
    with writing():
        ida = add_person(PersonFacts("Ida", matricule="A1", role=Role.ADMIN), actor=None, at=now())
        jo = add_person(PersonFacts("Jo", matricule="A2", role=Role.ADMIN), actor=None, at=now())
    importer(file_of(["A1", "Ida", ""], ["A2", "Jo", ""]))
    content = file_of(["M1", "Diop", "Awa"])
    with reading():
        said = {draft.person_id: draft.problem for draft in plan_of(content, complete=True, actor=ida).drafts}
        assert (said[ida], said[jo]) == ("yourself", "absent")
        said = {draft.person_id: draft.problem for draft in plan_of(content, complete=True).drafts}
        assert (said[ida], said[jo]) == ("last_administrator", "absent")


def test_services_are_read_from_their_own_file_whatever_the_order(reading, importer):
    content = file_of(
        ["PI", "Piscine", "SP"], ["SP", "Sports", ""], ["CU", "Culture", ""], header=["Code", "Nom", "Code parent"]
    )
    importer(content, kind=Kind.SERVICES)
    with reading():
        assert tree() == ["Culture", "Sports", "  Piscine"]
        assert plan_of(content, kind=Kind.SERVICES).counts == {"services_unchanged": 3}


def test_services_are_renamed_moved_and_found_by_name_when_they_have_no_code(reading, writing, importer):
    with writing():
        add_service(ServiceFacts("Piscine"), actor=None, at=now())
        add_service(ServiceFacts("Sport", "SP"), actor=None, at=now())
    importer(
        file_of(["PI", "Piscine", "SP"], ["SP", "Sports", ""], header=["Code", "Nom", "Parent"]), kind=Kind.SERVICES
    )
    with reading():
        assert tree() == ["Sports", "  Piscine"]


def test_two_services_that_change_places_do(reading, importer):
    header = ["Code", "Nom", "Code parent"]
    importer(file_of(["A", "A", ""], ["B", "B", "A"], header=header), kind=Kind.SERVICES)
    importer(file_of(["A", "A", "B"], ["B", "B", "-"], header=header), kind=Kind.SERVICES)
    with reading():
        assert tree() == ["B", "  A"]


def test_circles_of_services_are_refused_with_what_hangs_on_them(reading):
    content = file_of(
        ["A", "A", "B"],
        ["B", "B", "A"],
        ["C", "C", "B"],
        ["D", "D", "Z"],
        ["E", "E", ""],
        header=["Code", "Nom", "Code parent"],
    )
    with reading():
        plan = plan_of(content, kind=Kind.SERVICES)
    assert [draft.problem for draft in sorted(plan.drafts, key=lambda draft: draft.number)] == [
        "parent_cycle",
        "parent_cycle",
        "parent_unknown",
        "parent_unknown",
        "",
    ]


def test_the_applied_file_is_who_is_here(reading, importer):
    importer(
        file_of(
            ["M1", "Diop", "Awa", "awa@ville.fr", "Sports / Piscine", "Nageuse", "M2"],
            ["M2", "Lang", "Bo", "", "Sports", "Directeur", ""],
        )
    )
    with reading():
        people = everybody()
        assert people["M1"].superior_id == people["M2"].id
        assert (people["M1"].name, people["M1"].email, people["M1"].job_title) == (
            "Awa Diop",
            "awa@ville.fr",
            "Nageuse",
        )
        assert people["M1"].service == "Piscine"
        assert tree() == ["Sports", "  Piscine"]
