"""The mirror of mix as people meet it (C19 SPEC 1 to 4, 6). Its figures are attacked in `test_disclosure.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from portal.api import Invalid, Person, Viewer, add_member, leave, now, remove_member, session
from portal.content.audit import entries_about

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.models.mirror import CATEGORY, DIRECTION, SENIORITY, WORKPLACE, Cell, Mirror, Mix, Workforce
from plugins.ambassadors.services.mirrors import Answers, declare, write_workforce
from tests.plugins.ambassadors.factories import START, make_lab, make_people, make_service, typed_settings
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["ambassadors"]
QUARTER_DAYS = 92


@pytest.fixture
def lab(writing, clock):
    """Make a lab of twenty: fifteen of the roads, five of the library; give its id and its people."""
    clock.set(START)
    with writing():
        roads, library = make_people(15, make_service("Voirie"), called="Rue"), None
        library = make_people(5, make_service("Lecture publique"), called="Livre")
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


def _answer_and_let_a_quarter_pass(writing, run_jobs, clock, people, **answers):
    with writing():
        _declare(people, **answers)
    clock.advance(days=QUARTER_DAYS)
    run_jobs()


def test_the_answers_of_a_few_change_nothing_that_is_published(writing, reading, run_jobs, clock, lab):
    """C19 SPEC 1: fewer than five answers are other ones than the rest: what people declare stands as it was."""
    group_id, people = lab
    with writing():
        _declare(people[:14], category="C", workplace="desk")
    run_jobs()
    _answer_and_let_a_quarter_pass(writing, run_jobs, clock, people[14:], category="B", workplace="field")
    _answer_and_let_a_quarter_pass(writing, run_jobs, clock, people[:4], category="A", workplace="desk")
    _answer_and_let_a_quarter_pass(writing, run_jobs, clock, people[:5], category="A", workplace="desk")
    with reading():
        assert _figures(group_id, CATEGORY) == [{"A": None, "B": None, "C": 15, "": None}] * 3 + [
            {"A": None, "B": 5, "C": 10, "": None}
        ]
        assert len({tuple(found.items()) for found in _figures(group_id, WORKPLACE)}) == 1


def test_answers_that_many_take_back_are_counted_no_more(writing, reading, run_jobs, clock, lab):
    """C19 SPEC 1 and 6: ten answers of two kinds are gone, and nobody gave a new one."""
    group_id, people = lab
    with writing():
        _declare(people[:10], category="B")
        _declare(people[10:], category="C")
    run_jobs()
    _answer_and_let_a_quarter_pass(writing, run_jobs, clock, people[5:15])
    with reading():
        assert [found["B"] for found in _figures(group_id, CATEGORY)] == [10, 5]


@pytest.mark.parametrize("name", ["category", "workplace", "site", "gender"])
def test_whatever_is_declared_stands(writing, reading, run_jobs, clock, lab, lea, name):
    """C19 SPEC 1: one comes and answers, one who answered goes, two leave and come back."""
    group_id, people = lab
    one, other = {"category": "BC", "site": ["Dépôt", "Mairie"]}.get(name) or (
        ("desk", "field") if name == "workplace" else ("woman", "man")
    )
    with writing():
        write_workforce(Viewer(), 2026, {"site": {"Dépôt": 9, "Mairie": 9}}, at=now())
        _declare(people[:4], **{name: one})
        _declare(people[4:14], **{name: other})
    run_jobs()
    clock.advance(days=1)
    with writing():
        add_member(group_id, lea.id, at=now())
        _declare([lea, *people[:4]], **{name: one})
        remove_member(group_id, people[13].id)
        for person in people[:2]:
            remove_member(group_id, person.id)
    with writing():
        for person in people[:2]:
            add_member(group_id, person.id, at=now())
    clock.advance(days=QUARTER_DAYS)
    run_jobs()
    with reading():
        first, second = _figures(group_id, name)
    assert first == second
    assert first[other] == 10


def test_a_lab_of_almost_the_same_people_is_another_quarter_of_it(writing, reading, run_jobs, clock, lab, lea):
    """C19 SPEC 1: two labs that one person tells apart would tell what that person said."""
    group_id, people = lab
    with writing():
        _declare([*people[:14], lea], gender="woman")
        double = make_lab("Les mêmes", members=(*people, lea))
        others = make_people(14)
        _declare(others[:8], gender="woman")
        apart = make_lab("D’autres", members=(*others, *people[:2]))
    run_jobs()
    with reading():
        assert [_figures(lab_id, "gender")[0]["woman"] for lab_id in (group_id, double, apart)] == [15, None, 10]


def test_nothing_is_published_of_what_few_have_answered(writing, reading, run_jobs, lab):
    """C19 SPEC 1: nine of twenty."""
    group_id, people = lab
    with writing():
        _declare(people[:9], gender="woman", category="B")
        _declare(people[9:11], category="B")
    run_jobs()
    with reading():
        assert set(_figures(group_id, "gender")[0].values()) == {None}
        assert _figures(group_id, CATEGORY)[0]["B"] == 10


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
    assert "Plus de 40 % de celles et ceux dont on connaît la direction viennent de la même : Voirie." in page
    assert "Tirer au sort dans les autres directions" in page
    assert "24 mois. Tirer" not in page
    with writing():
        for person in make_people(20):
            add_member(group_id, person.id, at=now())
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
        write_workforce(Viewer(), 2026, {"workplace": {"desk": 10, "field": 90}}, at=now())
        _declare(people[:14], workplace="desk")
        _declare(people[14:], workplace="field")
    run_jobs()
    sign_in(people[0])
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "Proposer un appel sur les lieux de terrain" in page
    assert "Peut-être : d’autres directions, des gens de terrain." in page


def test_shares_are_of_those_who_said(client, sign_in, writing, run_jobs, lab):
    """C19 SPEC 2: ten of the fourteen who said it, not of the twenty of the lab."""
    group_id, people = lab
    with writing():
        _declare(people[:9], workplace="desk")
        _declare(people[9:14], workplace="field")
    run_jobs()
    sign_in(people[0])
    page = words(client.get(f"/ambassadors/mirror/{group_id}"))
    assert "au bureau 10 67 %" in page
    assert "Environ 5 personnes ne l’ont pas dit." in page


def test_every_signal_says_what_to_do_and_names_nobody(client, sign_in, writing, run_jobs, clock, lab):
    """C19 SPEC 4: each with an action; none of them a name."""
    group_id, people = lab
    with writing():
        told = {"category": {"A": 5, "B": 5, "C": 90}, "workplace": {"desk": 5, "field": 95}}
        write_workforce(Viewer(), 2026, told, at=now())
        people = people + make_people(20)
        for person in people[20:]:
            add_member(group_id, person.id, at=now())
    clock.advance(days=760)
    with writing():
        for person in make_people(8):
            add_member(group_id, person.id, at=now())
        _declare(people[:17], category="A", workplace="desk")
        _declare(people[17:34], category="B", workplace="desk")
        _declare(people[34:], category="C", workplace="field")
    run_jobs()
    sign_in(people[0])
    page = main_of(client.get(f"/ambassadors/mirror/{group_id}"))
    signals = re.findall(r"<li>(.*?)</li>", page.split('class="ambassadors-signals"')[1].split("</ul>")[0])
    actions = [
        "Tirer au sort dans les autres directions.",
        "Créer un rôle sans écrit.",
        "Proposer un appel sur les lieux de terrain.",
        "Tirer au sort de nouveaux membres.",
    ]
    assert [re.findall(r"<b>(.*)</b>", signal) for signal in signals] == [[action] for action in actions]
    assert not [person.name for person in people if person.name in page]


def test_a_threshold_is_a_setting(client, sign_in, post, make_user, run_jobs, lab):
    """C19 SPEC 3: settings."""
    group_id, people = lab
    run_jobs()
    sign_in(make_user("Cheffe", role="admin"))
    told = typed_settings(direction_percent=90)
    assert post(client, "/plugins/ambassadors/settings", told).status_code == 303
    sign_in(people[0])
    assert "dont on connaît la direction" not in words(client.get(f"/ambassadors/mirror/{group_id}"))


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


def test_the_audit_names_nobody_who_declares(app, sign_in, post, awa, lab_id):
    """C19 SPEC 6: that somebody says or takes back something of themself concerns nobody else."""
    client = sign_in(awa)
    post(client, "/ambassadors/mix", {"gender": "woman"})
    post(client, "/ambassadors/mix/take-back", {"which": "gender"})
    with app.app_context():
        found = [(entry.action, actor) for entry, actor in entries_about(CARDS)]
    assert found == [("ambassadors.mix_taken_back", None), ("ambassadors.mix_declared", None)]


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
    assert (first["Voirie"], first["Lecture publique"]) == (15, None)
    assert (second["Voirie"], second["Lecture publique"]) == (10, None)
    with reading():
        assert len(_figures(group_id, SENIORITY)) == 2
