"""No view, export or dashboard computes a success rate or ranks by outcome (C02 SPEC 3, law 3).

Generated over every GET address of the app. Two readings:

* *sums*: the same collectivity is read twice with other outcomes; apart from the words of the outcomes themselves, no
  answer may change. A percentage, a ratio or a count by outcome would change with them.
* *order*: outcomes are exchanged between projects and between ephemeral labs; no answer may say them in another order.

Both must see a sum, or an order, when one is put there: the last tests do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, product

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from portal.api import Filters, people, session, signed_in

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.models.outcomes import BRANCHED, LEARNT, NOT_PURSUED, OUTCOMES, REACHED, STOPPED
from plugins.labs.models.project import Project
from plugins.labs.services.projects import end_project
from plugins.labs.services.telling import tell_ephemeral
from tests.plugins.labs.factories import make_lab, make_project
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["labs"]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MOSTLY_REACHED = [REACHED] * 11 + [LEARNT] * 2 + [STOPPED] * 3 + [BRANCHED, NOT_PURSUED]
MOSTLY_STOPPED = [STOPPED] * 12 + [NOT_PURSUED] * 3 + [REACHED] * 2 + [BRANCHED]
TITLES = [f"Projet {letter}" for letter in "ABCDEFGHIJKLMNOPQR"]
QUESTIONS = [f"Question {letter} ?" for letter in "ABCDEFGHIJKLMNOPQR"]
OUTCOME_WORDS = re.compile("|".join(sorted(("abouti", "appris", "bifurqué", "arrêté", "sans suite"), key=len)))
# the one page that lists by outcome, by law and in words: it may show no figure at all but those of dates
GRAVEYARD = "/labs/projects/graveyard"
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"


def write_outcomes(projects: list[str], ephemerals: list[str]) -> None:
    """Give each project and each told lab its outcome, nothing else changing."""
    for model, outcomes in ((Project, projects), (Ephemeral, ephemerals)):
        rows = session.scalars(sa.select(model).order_by(model.id)).all()
        for row, outcome in zip(rows, islice(cycle(outcomes), len(rows)), strict=True):
            row.outcome = outcome
    session.flush()


@pytest.fixture
def reader(app, make_user, writing, sign_in, clock):
    """Sign in somebody who reads a lab full of ended projects and told labs."""
    clock.set(NOW)
    awa = make_user(name="Awa Diop")
    leads = [make_user(name=f"Personne {letter}") for letter in "ABC"]
    with writing():
        lab_id = make_lab("Dunkerque", members=leads, animator=awa)
        for number, title in enumerate(TITLES):
            opened = NOW - timedelta(days=40, hours=number)
            ended = NOW - timedelta(days=3, hours=number)
            lead = leads[number // 6]
            make_project(
                lab_id, lead, title=title, opened_at=opened, closed_at=ended, outcome=LEARNT, learnt="Une phrase"
            )
        for number, question in enumerate(QUESTIONS):
            make_told(lab_id, awa, question, NOW - timedelta(days=2, hours=number))
    sign_in(awa)
    return awa


def make_told(lab_id: int, person: object, question: str, starts_at: datetime) -> None:
    """Make an ephemeral lab that somebody joined and told."""
    lab = session.get_one(Lab, lab_id)
    row = Ephemeral(
        lab_id=lab_id,
        question=question,
        folded=question.lower(),
        place="",
        audience="lab",
        author_id=person.id,
        reader_group_id=lab.group_id,
        created_at=starts_at,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        minutes=30,
        outcome=LEARNT,
        learnt="Une phrase",
        told_at=starts_at + timedelta(minutes=31),
        told_by_id=person.id,
        opening_noted=True,
        ending_noted=True,
    )
    session.add(row)
    session.flush()
    session.add(Participant(ephemeral_id=row.id, person_id=person.id, joined_at=starts_at))


def addresses(app: Flask) -> Iterator[str]:
    """Give every GET address of the app, its arguments filled with what exists."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        choices = [[(name, value) for value in _values(rule, name)] for name in sorted(rule.arguments)]
        for filled in _product(choices):
            yield app.url_map.bind("localhost").build(rule.endpoint, dict(filled))


def _values(rule: Rule, name: str) -> list[str]:
    """Give what an argument may be: one of a closed list, the year of the tests, or the first of its kind."""
    listed = getattr(rule._converters[name], "items", None)
    return sorted(listed) if listed else ["2026" if name == "year" else "1"]


def _product(choices: list[list[tuple[str, str]]]) -> Iterator[tuple[tuple[str, str], ...]]:
    if not choices:
        yield ()
        return
    for first in choices[0]:
        for rest in _product(choices[1:]):
            yield (first, *rest)


def answers(app: Flask, client: object, only: str = "") -> dict[str, str]:
    """Read every address, or one only, as a page and as a fragment: address → what it says."""
    said = {}
    for url in [only] if only else sorted(set(addresses(app))):
        for kind, headers in (("page", {}), ("fragment", {"HX-Request": "true"})):
            answer = client.get(url, headers=headers)
            if answer.status_code != 200 or not _is_text(answer):
                continue
            said[f"{url} ({kind})"] = words(answer)
    return said


def _is_text(answer: object) -> bool:
    return answer.mimetype in {"text/html", "text/csv", "application/json", "text/plain", "application/xml"}


def masked(text: str) -> str:
    """Take the words and the codes of the outcomes away."""
    for code, word in OUTCOMES.items():
        text = text.replace(str(word), "·").replace(code, "·")
    return OUTCOME_WORDS.sub("·", text)


def sums_by_outcome(app: Flask, client: object, writing: object, only: str = "") -> list[str]:
    """List the addresses whose answer says more about the outcomes than each outcome itself."""
    read = []
    for outcomes in (MOSTLY_REACHED, MOSTLY_STOPPED):
        with writing():
            write_outcomes(outcomes, outcomes)
        read.append({url: masked(text) for url, text in answers(app, client, only).items()})
    first, second = read
    changed = [url for url in first if first[url] != second.get(url) and not url.startswith(GRAVEYARD)]
    percentages = [url for url, text in first.items() if re.search(r"\d\s*(%|pour cent)", text)]
    return sorted({*changed, *percentages})


def orders_by_outcome(app: Flask, client: object, writing: object, only: str = "") -> list[str]:
    """List the addresses that say projects, labs or people in another order once outcomes are exchanged."""
    read = []
    for outcomes in (MOSTLY_REACHED, MOSTLY_REACHED[::-1]):
        with writing():
            write_outcomes(outcomes, outcomes)
        read.append({url: _names_in(text) for url, text in answers(app, client, only).items()})
    pages = [url for url in read[0] if not url.startswith(GRAVEYARD)]
    return [url for url in pages if len({tuple(said.get(url, ())) for said in read}) > 1]


def _names_in(text: str) -> list[str]:
    return re.findall(r"Projet [A-R]\b|Question [A-R]\b|Personne [A-C]\b", text)


def test_the_addresses_read_are_those_of_the_app(app, client, reader):
    """C02 SPEC 3: pages, exports and fragments, none left out."""
    read = answers(app, client)
    for url in ("/labs/", "/labs/projects", "/labs/projects.csv", "/labs/projects.json", "/labs/projects/1", "/labs/1"):
        assert f"{url} (page)" in read
    assert any("Projet A" in text for text in read.values())
    assert any("Question A" in text for text in read.values())


def test_no_answer_computes_anything_from_the_outcomes(app, client, reader, writing):
    """C02 SPEC 3: no success rate, no ratio, no count by outcome."""
    assert sums_by_outcome(app, client, writing) == []


def test_no_answer_is_ordered_by_outcome(app, client, reader, writing):
    """C02 SPEC 3: no ranking by outcome."""
    assert orders_by_outcome(app, client, writing) == []


def test_the_graveyard_shows_words_and_dates_only(client, reader, writing):
    """C02 SPEC 3: what we stopped, never how much, on the page and in the files one takes away."""
    with writing():
        write_outcomes(MOSTLY_STOPPED, MOSTLY_STOPPED)
    url = "/labs/projects/graveyard/2026"
    page = re.sub(r"<[^>]*>", " ", main_of(client.get(url)).split("print-foot")[0])
    dates = rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{2}}/\d{{2}}/\d{{4}}|\d{{1,2}}(er)?\s({MONTHS})(\s\d{{4}})?|\b2026\b"
    for text in (page, client.get(f"{url}.csv").text, client.get(f"{url}.json").text):
        assert "Projet A" in text
        assert re.findall(r"\d+", re.sub(dates, "", text)) == []


def test_no_list_can_be_narrowed_to_one_outcome(client, reader, writing):
    """C02 SPEC 3: the total beside it would be a count by outcome."""
    with writing():
        write_outcomes(MOSTLY_REACHED, MOSTLY_REACHED)
    fields = {name for filters in _with_kin(Filters) for name in vars(filters) if not name.startswith("_")}
    assert {"q", "state", "lab"} <= fields
    for url in ("/labs/projects.json", "/labs/e/labs.json", "/labs/labs.json", "/labs/projects/graveyard/2026.json"):
        whole = client.get(url).text
        for name, code in product(fields - {"q", "mine"} | {"outcome"}, OUTCOMES):
            assert client.get(f"{url}?{name}={code}").text == whole, (url, name, code)


def _with_kin(kind: type) -> list[type]:
    return [kind, *(kin for below in kind.__subclasses__() for kin in _with_kin(below))]


def test_no_search_finds_what_ended_by_the_word_of_its_outcome(client, reader, writing, as_viewer):
    """C02 SPEC 3: what is found would be a count by outcome; SPEC 5: an end weighs nothing in search."""
    with writing():
        projects = list(session.scalars(sa.select(Project)))
        leads = {number: as_viewer(lead) for number, lead in people(row.lead_id for row in projects).items()}
        for project, outcome in zip(projects, cycle(OUTCOMES), strict=False):
            end_project(leads[project.lead_id], project, outcome=outcome, learnt="Une autre phrase", at=NOW)
        for ephemeral, outcome in zip(session.scalars(sa.select(Ephemeral)), cycle(OUTCOMES), strict=False):
            tell_ephemeral(as_viewer(reader), ephemeral, outcome=outcome, learnt="Une autre phrase", at=NOW)
    for url in ("/labs/projects.json", "/labs/e/labs.json"):
        assert len(client.get(f"{url}?q=autre").get_json()) == len(TITLES)
        for word in (*OUTCOMES, *map(str, OUTCOMES.values()), *OUTCOME_WORDS.pattern.split("|")):
            assert client.get(url, query_string={"q": word}).get_json() == [], word


@signed_in()
def _success_rate() -> str:
    reached = session.scalar(sa.select(sa.func.count()).where(Project.outcome == REACHED)) or 0
    total = session.scalar(sa.select(sa.func.count()).select_from(Project)) or 1
    return f"{reached} sur {total}"


@signed_in()
def _best_first() -> str:
    rows = session.scalars(sa.select(Project.title).order_by(Project.outcome.desc(), Project.id))
    return " ".join(rows)


@signed_in()
def _best_people_first() -> str:
    reached = sa.func.count(sa.case((Project.outcome == REACHED, 1)))
    ids = session.scalars(sa.select(Project.lead_id).group_by(Project.lead_id).order_by(reached.desc())).all()
    names = people(ids)
    return " ".join(names[number].name for number in ids)


@pytest.mark.parametrize(
    ("view", "finder"),
    [
        (_success_rate, sums_by_outcome),
        (_best_first, orders_by_outcome),
        (_best_people_first, orders_by_outcome),
    ],
    ids=["rate", "ranking", "people"],
)
def test_a_sum_or_a_ranking_put_in_a_route_is_seen(view, finder, app, client, reader, writing, monkeypatch):
    """C02 SPEC 3: the two readings above are not blind."""
    monkeypatch.setitem(app.view_functions, "labs.projects", view)
    assert "/labs/projects (page)" in finder(app, client, writing, only="/labs/projects")
