"""The mirror of mix as people meet it (C19 SPEC 1 to 4, 6). Its figures are attacked in `test_disclosure.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from portal.api import Invalid, Person, Viewer, add_member, leave, now, remove_member, session

from plugins.ambassadors.models.mirror import CATEGORY, DIRECTION, SENIORITY, Cell, Mirror, Mix, Workforce
from plugins.ambassadors.services.mirrors import Answers, declare, write_workforce
from tests.plugins.ambassadors.factories import START, make_lab, make_people, make_service, typed_settings
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["ambassadors"]
QUARTER_DAYS = 92


@pytest.fixture
def lab(writing, clock):
    """Make a lab of twenty: twelve of the roads, eight of the library; give its id and its people."""
    clock.set(START)
    with writing():
        roads, library = make_people(12, make_service("Voirie"), called="Rue"), None
        library = make_people(8, make_service("Lecture publique"), called="Livre")
        people = roads + library
        return make_lab(members=tuple(people)), people


def _declare(people: Iterable[Person], **answers: str) -> None:
    for person in people:
        declare(Viewer(person_id=person.id, is_agent=True), Answers(**answers), at=now())


def _figures(group_id: int, dimension: str) -> list[dict[str, int | None]]:
    """Give what was published of a dimension, the oldest quarter first."""
    query = sa.select(Mirror.quarter_on, Cell.value, Cell.heads).join(Cell, Cell.mirror_id == Mirror.id)
    query = query.where(Mirror.group_id == group_id, Cell.dimension == dimension).order_by(Mirror.quarter_on, Cell.id)
    found: dict[object, dict[str, int | None]] = {}
    for quarter, value, heads in session.execute(query):
        found.setdefault(quarter, {})[value] = heads
    return list(found.values())


def test_a_mirror_is_published_once_a_quarter_and_shows_nothing_of_now(
    client, sign_in, writing, reading, run_jobs, clock, lab
):
    """C19 SPEC 1: what somebody says today changes nothing that is shown."""
    group_id, people = lab
    with writing():
        _declare(people[:11], category="B")
        _declare(people[11:], category="C")
    run_jobs()
    sign_in(people[0])
    before = main_of(client.get(f"/ambassadors/mirror/{group_id}"))
    with writing():
        _declare(people[:11], category="C")
        remove_member(group_id, people[12].id)
    run_jobs()
    assert main_of(client.get(f"/ambassadors/mirror/{group_id}")) == before
    clock.advance(days=QUARTER_DAYS)
    run_jobs()
    assert main_of(client.get(f"/ambassadors/mirror/{group_id}")) != before
    with reading():
        assert len(_figures(group_id, CATEGORY)) == 2


def test_the_answers_of_a_few_change_nothing_that_is_published(writing, reading, run_jobs, clock, lab):
    """C19 SPEC 1: fewer than five came, went or answered since: what people declare stands as it was."""
    group_id, people = lab
    with writing():
        _declare(people[:8], category="B")
        _declare(people[8:14], category="C")
        _declare(people[14:], category="A")
    run_jobs()
    clock.advance(days=1)
    with writing():
        _declare(people[14:18], category="C")
    clock.advance(days=QUARTER_DAYS)
    run_jobs()
    with writing():
        _declare(people[18:19], category="C")
    clock.advance(days=QUARTER_DAYS)
    run_jobs()
    with reading():
        first, second, third = _figures(group_id, CATEGORY)
    assert first == second
    assert first != third


def test_a_lab_of_nine_publishes_nothing(client, sign_in, writing, run_jobs, clock, lea):
    """C19 SPEC 1."""
    clock.set(START)
    with writing():
        people = make_people(9)
        group_id = make_lab(members=tuple(people))
    run_jobs()
    sign_in(people[0])
    assert "Rien n’est publié pour ce labo" in words(client.get(f"/ambassadors/mirror/{group_id}"))
    with writing():
        add_member(group_id, lea.id, at=now())
    run_jobs()
    assert "environ 10 membres" in words(client.get(f"/ambassadors/mirror/{group_id}"))


def test_no_page_of_a_mirror_names_anybody(client, sign_in, writing, run_jobs, lab):
    """C19 SPEC 1 and 4: no nominative drill-down; signals name nobody."""
    group_id, people = lab
    with writing():
        _declare(people, category="B", workplace="desk", gender="woman")
    run_jobs()
    sign_in(people[0])
    page = main_of(client.get(f"/ambassadors/mirror/{group_id}"))
    assert not [person.name for person in people if person.name in page]
    assert not re.search(r"people/\d+", page)


def test_a_mirror_is_read_by_the_members_of_its_lab(client, sign_in, writing, run_jobs, make_user, lab, lea):
    """C19 SPEC 1; P19: no administrator, no member of another lab."""
    group_id, people = lab
    chief, other = make_user("Chef", role="admin"), make_user("Autre")
    with writing():
        make_lab("Labo du port", members=(other,))
    run_jobs()
    for reader, status in ((people[0], 200), (other, 404), (chief, 404), (lea, 404)):
        sign_in(reader)
        assert client.get(f"/ambassadors/mirror/{group_id}").status_code == status
    sign_in(other)
    assert "Labo des berges" not in main_of(client.get("/ambassadors/mirror"))
    assert client.get("/ambassadors/mirror/4242").status_code == 404


def test_the_reference_is_typed_once_a_year(client, sign_in, post, reading, make_user, lab, run_jobs, audit_of):
    """C19 SPEC 2: a line each, as two columns of a spreadsheet; an unknown direction is refused and nothing is lost."""
    group_id, people = lab
    sign_in(make_user("Cheffe", role="admin"))
    assert "Voirie :" in client.get("/ambassadors/workforce").text
    told = {
        "year": 2026,
        "category": "catégorie A : 100\nCatégorie B\t300\ncatégorie C : 1 600",
        "workplace": "au bureau :\nsur le terrain : 900",
        "direction": "Voirie;400\nEspaces vertes 20",
        "site": "Dépôt nord : 40",
    }
    refused = post(client, "/ambassadors/workforce", told)
    assert refused.status_code == 422
    assert "Espaces vertes" in refused.text
    told["direction"] = "Voirie;400\nLecture publique 120"
    assert post(client, "/ambassadors/workforce", told).status_code == 303
    with reading():
        typed = {(row.dimension, row.value): row.heads for row in session.scalars(sa.select(Workforce))}
    assert typed[CATEGORY, "C"] == 1600
    assert typed[DIRECTION, "Voirie"] == 400
    assert ("workplace", "desk") not in typed
    run_jobs()
    sign_in(people[0])
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "la collectivité en 2026" in page
    assert "77 %" in page  # 400 of 520


def test_who_may_not_type_the_workforce_does_not(client, sign_in, lea):
    sign_in(lea)
    assert client.get("/ambassadors/workforce").status_code == 403


def test_three_signals_propose_an_action(client, sign_in, writing, run_jobs, clock, lab):
    """C19 SPEC 3 and 4: one direction, category C and the field, too long in the lab."""
    group_id, people = lab
    workforce = {"category": {"A": 20, "B": 20, "C": 60}, "workplace": {"desk": 40, "field": 60}}
    with writing():
        write_workforce(Viewer(), 2026, workforce, at=now())
        _declare(people[:10], category="B", workplace="desk")
        _declare(people[10:], category="A", workplace="desk")
        _declare(people[:4], category="C", workplace="field")
    run_jobs()
    sign_in(people[0])
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "Plus de 40 % du labo vient d’une même direction : Voirie." in page
    assert "Tirer au sort dans les autres directions" in page
    assert "24 mois. Tirer" not in page
    clock.advance(days=700)
    with writing():
        for person in make_people(8):
            add_member(group_id, person.id, at=now())
    clock.advance(days=60)
    run_jobs()
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "Plus de 60 % des membres sont là depuis plus de 24 mois" in page
    assert "de nouvelles têtes" in page


def test_a_field_that_is_missing_calls_for_it(client, sign_in, writing, run_jobs, lab):
    """C19 SPEC 3: less than half of its share in the collectivity."""
    group_id, people = lab
    with writing():
        write_workforce(Viewer(), 2026, {"workplace": {"desk": 20, "field": 80}}, at=now())
        _declare(people[:14], workplace="desk")
        _declare(people[14:], workplace="field")
    run_jobs()
    sign_in(people[0])
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "Proposer un appel sur les lieux de terrain" in page
    assert "Peut-être : d’autres directions, des gens de terrain." in page


def test_a_threshold_is_a_setting(client, sign_in, post, make_user, run_jobs, lab):
    """C19 SPEC 3: settings."""
    group_id, people = lab
    run_jobs()
    sign_in(make_user("Cheffe", role="admin"))
    told = typed_settings(direction_percent=90)
    assert post(client, "/plugins/ambassadors/settings", told).status_code == 303
    sign_in(people[0])
    assert "même direction" not in words(client.get(f"/ambassadors/mirror/{group_id}"))


def test_gender_is_optional_and_taken_back_in_one_click(client, sign_in, post, awa, lab_id, reading):
    """C19 SPEC 6."""
    sign_in(awa)
    assert post(client, "/ambassadors/mix", {"category": "C", "gender": "woman"}).status_code == 303
    assert "Effacer « femme »" in words(client.get("/ambassadors/mix"))
    assert post(client, "/ambassadors/mix/take-back", {"which": "gender"}).status_code == 303
    with reading():
        assert session.execute(sa.select(Mix.category, Mix.gender)).all() == [("C", "")]
    post(client, "/ambassadors/mix/take-back", {"which": ""})
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Mix)) == 0


def test_an_answer_that_is_not_offered_is_refused(client, sign_in, post, awa, lab_id, writing, reading):
    """C19 SPEC 1: a place that is nobody's list would be a figure of its own."""
    with writing(), pytest.raises(Invalid):
        declare(Viewer(person_id=awa.id, is_agent=True), Answers(site="Chez moi"), at=now())
    sign_in(awa)
    assert post(client, "/ambassadors/mix", {"category": "D"}).status_code == 422
    assert post(client, "/ambassadors/mix/take-back", {"which": "person_id"}).status_code == 422
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Mix)) == 0


def test_who_leaves_is_counted_no_more(writing, reading, run_jobs, clock, lab):
    """C19 SPEC 1: the newer picture; the former stays what it was."""
    group_id, people = lab
    run_jobs()
    with writing():
        for person in people[:7]:
            leave(person.id, actor=None, at=now())
    clock.advance(days=QUARTER_DAYS)
    run_jobs()
    with reading():
        first, second = _figures(group_id, DIRECTION)
    assert (first["Voirie"], first["Lecture publique"]) == (10, None)
    assert (second["Voirie"], second["Lecture publique"]) == (None, 10)
    with reading():
        assert len(_figures(group_id, SENIORITY)) == 2
