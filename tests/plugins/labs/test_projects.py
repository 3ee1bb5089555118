"""Light projects: a clause at the opening, one sentence at the end, the same weight for all (C02)."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.api import Forbidden, Invalid, Subject, add_member, session
from portal.content.audit import entries_about

from plugins.labs.models.lab import Lab
from plugins.labs.models.project import Project
from plugins.labs.queries.projects import waiting_change
from plugins.labs.services.projects import Clause, end_project, open_project
from tests.plugins.labs.factories import make_lab, make_project
from tests.plugins.labs.pages import hidden_of, hrefs, main_of, order_of, words

PLUGINS = ["labs"]
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
EXPECTED = {
    "clause": "expected",
    "expected_by": "Direction générale",
    "expected_what": "Une carte des salles",
    "expected_on": "2027-03-01",
}


@pytest.fixture
def awa(make_user):
    return make_user(name="Awa Diop")


@pytest.fixture
def zoe(make_user):
    return make_user(name="Zoé Martin")


@pytest.fixture
def lab_id(awa, writing, clock):
    clock.set(START)
    with writing():
        return make_lab("Dunkerque", members=[awa])


def test_a_project_opens_by_default_without_obligation_of_result(client, sign_in, awa, lab_id, post):
    """C02 SPEC 1; law 1: five fields on the screen."""
    sign_in(awa)
    page = client.get(f"/labs/{lab_id}/projects/new")
    shown = main_of(page).split("<details", 1)[0]
    names = ("title", "about", "guarantor", "clause", "audience")
    assert [name for name in names if f'name="{name}"' in shown] == list(names)
    assert 'name="expected_' not in shown
    answer = post(client, f"/labs/{lab_id}/projects/new", {"title": "Une salle ouverte", "audience": "lab"})
    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "Une salle ouverte" in page
    assert "Sans obligation de résultat" in page


@pytest.mark.parametrize("missing", ["expected_by", "expected_what", "expected_on"])
def test_a_result_expected_says_who_expects_what_by_when(missing, client, sign_in, awa, lab_id, post):
    """C02 SPEC 1."""
    sign_in(awa)
    typed = {"title": "Une salle ouverte", "audience": "lab", **EXPECTED, missing: ""}
    answer = post(client, f"/labs/{lab_id}/projects/new", typed)
    assert answer.status_code == 422
    assert "Une salle ouverte" in answer.get_data(as_text=True)
    assert "<details open" in " ".join(main_of(answer).split())


def test_the_clause_is_shown_on_every_page_of_the_project_and_in_the_list(
    client, sign_in, awa, zoe, lab_id, writing, app
):
    """C02 SPEC 1: who expects what by when, on every page."""
    with writing():
        project_id = make_project(
            lab_id,
            awa,
            guarantor=zoe,
            title="Une salle ouverte",
            clause="expected",
            expected_by="Direction générale",
            expected_what="Une carte des salles",
            expected_on=date(2027, 3, 1),
        )
    sign_in(awa)
    pages = [
        rule.rule.replace("<int:project_id>", str(project_id)).removeprefix("/labs") and rule.rule
        for rule in app.url_map.iter_rules()
        if "project_id" in rule.arguments and "GET" in rule.methods
    ]
    assert len(pages) >= 7
    for rule in [*pages, "/labs/projects"]:
        answer = client.get(rule.replace("<int:project_id>", str(project_id)))
        assert answer.status_code == 200, rule
        owed = "Résultat attendu : Une carte des salles, pour le 1er mars 2027, attendu par Direction générale"
        assert owed in words(answer), rule
    (row,) = client.get("/labs/projects.json").get_json()
    owed = ("Résultat attendu", "Direction générale", "Une carte des salles", "2027-03-01")
    assert tuple(row[key] for key in ("clause", "expected_by", "expected_what", "expected_on")) == owed


@pytest.mark.parametrize(
    ("field", "clause"),
    [
        ("expected_by", Clause("expected", " ", "Une carte", date(2027, 3, 1))),
        ("expected_what", Clause("expected", "Direction générale", "\n", date(2027, 3, 1))),
        ("expected_on", Clause("expected", "Direction générale", "Une carte", None)),
    ],
)
def test_the_service_asks_who_expects_what_by_when(field, clause, awa, lab_id, writing, as_viewer):
    """C02 SPEC 1: spaces say nothing."""
    opened = {"title": "X", "guarantor": None, "audience": "lab", "about": "", "at": START, "today": START.date()}
    with writing(), pytest.raises(Invalid) as refused:
        open_project(as_viewer(awa), session.get_one(Lab, lab_id), clause=clause, **opened)
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["", "maybe"])
def test_there_are_two_clauses_and_no_third(name, client, sign_in, awa, lab_id, post, writing, as_viewer):
    """C02 SPEC 1: whatever is sent, and whoever calls."""
    sign_in(awa)
    typed = {"title": "X", "audience": "lab", "clause": name}
    assert post(client, f"/labs/{lab_id}/projects/new", typed).status_code == 422
    opened = {"title": "X", "guarantor": None, "audience": "lab", "about": "", "at": START, "today": START.date()}
    with writing(), pytest.raises(Invalid) as refused:
        open_project(as_viewer(awa), session.get_one(Lab, lab_id), clause=Clause(name), **opened)
    assert refused.value.field == "clause"


def test_a_change_of_clause_takes_both_agreements_each_logged(
    client, sign_in, awa, zoe, lab_id, writing, reading, post, audit_of
):
    """C02 SPEC 2."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    url = f"/labs/projects/{project_id}"
    sign_in(awa)
    assert post(client, f"{url}/clause", EXPECTED).status_code == 303
    page = words(client.get(url))
    assert "Un changement de clause attend" in page
    assert "Sans obligation de résultat" in page
    sign_in(zoe)
    assert "attend votre accord" in words(client.get("/"))
    assert "Je suis d’accord" in words(client.get(url))
    post(client, f"{url}/clause/agree", {})
    page = words(client.get(url))
    assert "Résultat attendu" in page
    assert "Un changement de clause attend" not in page
    actions = audit_of(Subject("labs.project", project_id))
    assert actions.count("labs.clause_change_agreed") == 2
    assert actions[-1] == "labs.clause_changed"
    with reading():
        logged = entries_about(Subject("labs.project", project_id))
        agreed = {entry.facts["as"]: actor_id for entry, actor_id in logged if entry.action.endswith("change_agreed")}
    assert agreed == {"lead": awa.id, "guarantor": zoe.id}


def test_the_guarantor_may_propose_and_the_lead_refuse(client, sign_in, awa, zoe, lab_id, writing, post, audit_of):
    """C02 SPEC 2: a refusal is logged too."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    url = f"/labs/projects/{project_id}"
    sign_in(zoe)
    post(client, f"{url}/clause", EXPECTED)
    sign_in(awa)
    post(client, f"{url}/clause/refuse", {})
    page = words(client.get(url))
    assert "Sans obligation de résultat" in page
    assert "refusée" in page
    assert audit_of(Subject("labs.project", project_id))[-1] == "labs.clause_change_refused"
    assert post(client, f"{url}/clause/agree", {}).status_code == 409


def test_one_change_waits_at_a_time_and_may_be_taken_back(
    client, sign_in, awa, zoe, lab_id, writing, post, audit_of, reading
):
    """C02 SPEC 2: both agree to the same thing."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    url = f"/labs/projects/{project_id}/clause"
    sign_in(awa)
    post(client, url, EXPECTED)
    sign_in(zoe)
    answer = post(client, url, {**EXPECTED, "expected_what": "Tout autre chose"})
    assert answer.status_code == 422
    assert "Un autre changement attend déjà un accord" in words(answer)
    sign_in(awa)
    assert post(client, f"{url}/refuse", {}).status_code == 303
    assert audit_of(Subject("labs.project", project_id))[-1] == "labs.clause_change_withdrawn"
    with reading():
        assert waiting_change(project_id) is None


def test_one_agreement_given_twice_does_not_change_the_clause(
    client, sign_in, awa, zoe, lab_id, writing, post, reading
):
    """C02 SPEC 2."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    sign_in(awa)
    post(client, f"/labs/projects/{project_id}/clause", EXPECTED)
    post(client, f"/labs/projects/{project_id}/clause/agree", {})
    with reading():
        assert session.get_one(Project, project_id).clause == "none"


def test_without_a_guarantor_the_clause_cannot_change(client, sign_in, awa, lab_id, writing, post):
    """C02 SPEC 2."""
    with writing():
        project_id = make_project(lab_id, awa)
    sign_in(awa)
    answer = post(client, f"/labs/projects/{project_id}/clause", EXPECTED)
    assert answer.status_code == 422
    assert "Désignez d’abord la personne garante" in words(answer)


def test_nobody_else_touches_the_clause(client, sign_in, awa, zoe, lab_id, writing, post, make_user, reading):
    """C02 SPEC 2: not a member, not an administrator, not an animator of the lab."""
    animator = make_user(name="Ani Mateur")
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe, audience="intranet")
        add_member(session.get_one(Lab, lab_id).group_id, animator.id, at=START, is_animator=True)
    url = f"/labs/projects/{project_id}/clause"
    others = [make_user(name="Bob Lee"), make_user(name="Ad Min", role="admin"), animator]
    for other in others:
        sign_in(other)
        assert post(client, url, EXPECTED).status_code in {403, 422}
    sign_in(awa)
    post(client, url, EXPECTED)
    for other in others:
        sign_in(other)
        assert post(client, f"{url}/agree", {}).status_code == 403
        assert post(client, f"{url}/refuse", {}).status_code == 403
    with reading():
        assert session.get_one(Project, project_id).clause == "none"
        assert waiting_change(project_id).guarantor_agreed_at is None


def test_the_lead_cannot_take_the_place_of_the_guarantor_nor_choose_another(
    client, sign_in, awa, zoe, writing, post, make_user, reading
):
    """C02 SPEC 2: else one person would agree twice."""
    bob = make_user(name="Bob Lee")
    with writing():
        lab = make_lab("Paris", members=[awa, zoe, bob])
        vouched, alone = make_project(lab, awa, guarantor=zoe), make_project(lab, awa)
    sign_in(awa)
    assert post(client, f"/labs/projects/{vouched}/guarantor", {"person": bob.name}).status_code == 422
    assert post(client, f"/labs/projects/{alone}/guarantor", {"person": awa.name}).status_code == 422
    assert post(client, f"/labs/projects/{vouched}/lead", {"person": zoe.name}).status_code == 422
    with reading():
        for number, guarantor_id in ((vouched, zoe.id), (alone, None)):
            project = session.get_one(Project, number)
            assert (project.lead_id, project.guarantor_id) == (awa.id, guarantor_id)


@pytest.mark.parametrize(("who", "act"), [("zoe", "guarantor"), ("awa", "lead")])
def test_a_pending_change_falls_when_one_of_the_two_hands_on(
    who, act, client, sign_in, awa, zoe, writing, post, make_user, reading
):
    """C02 SPEC 2: whoever comes agreed to nothing."""
    bob = make_user(name="Bob Lee")
    with writing():
        project_id = make_project(make_lab("Paris", members=[awa, zoe, bob]), awa, guarantor=zoe)
    sign_in(awa)
    post(client, f"/labs/projects/{project_id}/clause", EXPECTED)
    sign_in({"awa": awa, "zoe": zoe}[who])
    assert post(client, f"/labs/projects/{project_id}/{act}", {"person": bob.name}).status_code == 303
    with reading():
        assert waiting_change(project_id) is None
        assert session.get_one(Project, project_id).clause == "none"


def test_a_pending_change_falls_when_the_guarantor_stops_vouching(
    client, sign_in, awa, zoe, lab_id, writing, post, reading
):
    """C02 SPEC 2."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    url = f"/labs/projects/{project_id}"
    sign_in(awa)
    post(client, f"{url}/clause", EXPECTED)
    sign_in(zoe)
    assert post(client, f"{url}/vouching", {}).status_code == 303
    sign_in(awa)
    page = words(client.get(url))
    assert "Un changement de clause attend" not in page
    assert "personne encore" in page


def test_ending_without_result_takes_one_sentence_learnt_and_nothing_else(
    client, sign_in, awa, lab_id, writing, post, reading
):
    """C02 SPEC 4."""
    with writing():
        project_id = make_project(lab_id, awa)
    url = f"/labs/projects/{project_id}"
    sign_in(awa)
    refused = post(client, f"{url}/end", {"learnt": "  "})
    assert refused.status_code == 422
    assert post(client, f"{url}/end", {"learnt": "x" * 501}).status_code == 422
    answer = post(client, f"{url}/end", {"learnt": "La salle était déjà libre."})
    assert answer.status_code == 303
    assert "La salle était déjà libre." in words(client.get(url))
    with reading():
        assert session.get_one(Project, project_id).closed_at == START


@pytest.mark.parametrize("learnt", ["", " \n", "x" * 501])
def test_the_service_asks_for_one_to_five_hundred_characters(learnt, awa, lab_id, writing, as_viewer):
    """C02 SPEC 4."""
    with writing():
        project = session.get_one(Project, make_project(lab_id, awa))
        with pytest.raises(Invalid):
            end_project(as_viewer(awa), project, outcome="stopped", learnt=learnt, at=START)


def test_an_expected_result_that_never_came_ends_with_one_sentence_too(client, sign_in, awa, lab_id, writing, post):
    """C02 SPEC 4: whatever the clause, and whatever became of it."""
    owed = {"expected_by": "Direction générale", "expected_what": "Une carte", "expected_on": date(2027, 3, 1)}
    with writing():
        project_id = make_project(lab_id, awa, clause="expected", **owed)
    sign_in(awa)
    url = f"/labs/projects/{project_id}"
    assert post(client, f"{url}/end", {"learnt": "Personne n’en voulait.", "outcome": "stopped"}).status_code == 303
    assert "Personne n’en voulait." in words(client.get(url))


@pytest.mark.parametrize("learnt", ["x", "x" * 500])
def test_one_to_five_hundred_characters_are_enough(learnt, client, sign_in, awa, lab_id, writing, post, reading):
    """C02 SPEC 4."""
    with writing():
        project_id = make_project(lab_id, awa)
    sign_in(awa)
    assert post(client, f"/labs/projects/{project_id}/end", {"learnt": learnt}).status_code == 303
    with reading():
        assert session.get_one(Project, project_id).learnt == learnt


def test_the_event_of_an_end_carries_no_outcome(awa, lab_id, writing, reading, as_viewer):
    """C02 SPEC 3: nobody is to count by outcome."""
    with writing():
        project = session.get_one(Project, make_project(lab_id, awa))
        end_project(as_viewer(awa), project, outcome="stopped", learnt="Une phrase.", at=START)
        subject = Subject("labs.project", project.id)
    with reading():
        (facts,) = [entry.facts for entry, _who in entries_about(subject) if entry.action == "labs.project_ended"]
    assert facts == {"lab": lab_id}


def test_the_five_ends_are_shown_in_the_same_neutral_style(client, sign_in, awa, lab_id, writing):
    """Law 3; C02 SPEC 3 and 5: on their page and in the list."""
    rows = {}
    sign_in(awa)
    for outcome in ("reached", "learnt", "branched", "stopped", "not_pursued"):
        with writing():
            number = make_project(lab_id, awa, title="Même", closed_at=START, outcome=outcome, learnt="Une phrase.")
        page = " ".join(main_of(client.get(f"/labs/projects/{number}")).split())
        page = re.sub(r'name="csrf_token" value="[^"]*"', "csrf", page)  # it says the second it was made
        page = page.replace(f"/projects/{number}", "/projects/N").replace(f"labs.project/{number}", "labs.project/N")
        said, count = re.subn(r"<dd> (abouti|appris|bifurqué|arrêté|sans suite) </dd>", "<dd>…</dd>", page)
        assert count == 1
        rows[outcome] = said
    assert len(set(rows.values())) == 1
    listed = re.sub(r"/projects/\d+", "/projects/N", main_of(client.get("/labs/projects")))
    lines = re.findall(r"<li\b.*?</li>", listed.partition('<ul class="rows"')[2].partition("</ul>")[0], re.DOTALL)
    assert (len(lines), len(set(lines))) == (5, 1)


def test_a_stopped_project_keeps_its_place_in_the_list_and_in_search(client, sign_in, awa, lab_id, writing):
    """C02 SPEC 5: the same weight as the others."""
    with writing():
        for days, (title, outcome) in enumerate(
            [("Aube salle", "reached"), ("Brume salle", "stopped"), ("Crue salle", None)]
        ):
            ended = {"closed_at": START, "outcome": outcome, "learnt": "Une phrase."} if outcome else {}
            make_project(
                lab_id, awa, title=title, opened_at=START - timedelta(days=days), folded=title.lower(), **ended
            )
    sign_in(awa)
    for url in ("/labs/projects", "/labs/projects?q=SALLE", f"/labs/{lab_id}"):
        answer = client.get(url)
        assert order_of(answer, "Crue salle", "Brume salle", "Aube salle") == [
            "Aube salle",
            "Brume salle",
            "Crue salle",
        ]
    rows = json.loads(client.get("/labs/projects.json?q=salle").get_data(as_text=True))
    assert [row["title"] for row in rows] == ["Aube salle", "Brume salle", "Crue salle"]


def test_the_words_of_the_end_are_found_too(client, sign_in, awa, lab_id, writing, post):
    """C02 SPEC 5."""
    with writing():
        project_id = make_project(lab_id, awa, title="Une salle")
    sign_in(awa)
    post(client, f"/labs/projects/{project_id}/end", {"learnt": "Il fallait un écriteau.", "outcome": "stopped"})
    assert "Une salle" in words(client.get("/labs/projects?q=ECRITEAU"))


@pytest.mark.parametrize(
    ("query", "titles"), [("", ["Brume", "Aube"]), ("?q=brume", ["Brume"]), ("?state=closed", ["Aube"])]
)
def test_the_list_goes_out_with_its_filters(query, titles, client, sign_in, awa, lab_id, writing):
    """G4: by the links of the list."""
    ended = {"closed_at": START, "outcome": "learnt", "learnt": "Une phrase."}
    with writing():
        make_project(lab_id, awa, title="Aube", **ended)
        make_project(lab_id, awa, title="Brume", opened_at=START + timedelta(hours=1))
    sign_in(awa)
    links = hrefs(client.get(f"/labs/projects{query}"))
    assert {f"/labs/projects.csv{query}", f"/labs/projects.json{query}"} <= set(links)
    assert [row["title"] for row in client.get(f"/labs/projects.json{query}").get_json()] == titles
    assert [line.split(";")[0] for line in client.get(f"/labs/projects.csv{query}").text.splitlines()[1:]] == titles


def test_a_private_project_looks_absent_through_every_door(client, sign_in, awa, lab_id, writing, make_user, app):
    """G7, P3, P19: rank opens nothing."""
    with writing():
        project_id = make_project(
            lab_id, awa, title="Canari secret", closed_at=START, outcome="stopped", learnt="Canari appris"
        )
    doors = [
        f"/labs/projects/{project_id}",
        "/labs/projects",
        "/labs/projects.csv",
        "/labs/projects.json",
        "/labs/projects?q=canari",
        f"/labs/{lab_id}",
        "/labs/projects/graveyard/2026",
        "/labs/projects/graveyard/2026.csv",
        "/labs/projects/graveyard/2026.json",
        "/",
    ]
    for other in (make_user(name="Bob Lee"), make_user(name="Ad Min", role="admin")):
        sign_in(other)
        for door in doors:
            assert "Canari" not in client.get(door).get_data(as_text=True), door
        absent, private = client.get("/labs/projects/4040"), client.get(f"/labs/projects/{project_id}")
        assert absent.status_code == private.status_code == 404
        assert told(absent, "4040") == told(private, str(project_id))


def told(answer, number: str) -> str:
    """Give what an error page says, without its reference and the address it was asked at."""
    said = re.sub(r": [0-9a-f]{4}-[0-9a-f]+", ": …", words(answer))
    return said.replace(f"/labs/projects/{number}", "/labs/projects/N")


def test_the_guarantor_reads_the_project_they_vouch_for(client, sign_in, awa, zoe, lab_id, writing):
    """G7: named by the author, like the members of a circle."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe, title="Une salle")
    sign_in(zoe)
    assert client.get(f"/labs/projects/{project_id}").status_code == 200


def test_only_members_open_a_project_in_a_lab(client, sign_in, zoe, awa, lab_id, writing, as_viewer):
    sign_in(zoe)
    assert client.get(f"/labs/{lab_id}/projects/new").status_code == 403
    assert f"/labs/{lab_id}/projects/new" not in hrefs(client.get(f"/labs/{lab_id}"))
    with writing(), pytest.raises(Forbidden):
        open_project(
            as_viewer(zoe),
            session.get_one(Lab, lab_id),
            title="X",
            clause=Clause(),
            guarantor=None,
            audience="lab",
            about="",
            at=START,
            today=START.date(),
        )


def test_the_lead_cannot_vouch_for_themself(client, sign_in, awa, lab_id, post):
    """C02 SPEC 2: two people."""
    sign_in(awa)
    answer = post(client, f"/labs/{lab_id}/projects/new", {"title": "X", "audience": "lab", "guarantor": awa.name})
    assert answer.status_code == 422
    assert "La personne garante n’est pas celle qui pilote" in words(answer)


def test_an_ended_project_says_what_it_said_but_its_sentence_can_be_corrected(
    client, sign_in, awa, zoe, lab_id, writing, post, reading, clock
):
    """C02 SPEC 4."""
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    url = f"/labs/projects/{project_id}"
    sign_in(awa)
    post(client, f"{url}/end", {"learnt": "Une frase."})
    assert post(client, f"{url}/words", {"title": "Autre"}).status_code == 422
    assert post(client, f"{url}/clause", EXPECTED).status_code == 422
    clock.advance(days=2)
    post(client, f"{url}/end", {"learnt": "Une phrase."})
    assert "Une phrase." in words(client.get(url))
    with reading():
        assert session.get_one(Project, project_id).closed_at == START


def test_of_two_windows_that_end_a_project_the_second_says_what_the_first_wrote(
    client, sign_in, awa, lab_id, writing, post
):
    """C02 SPEC 4: nothing that was written goes quietly."""
    with writing():
        url = f"/labs/projects/{make_project(lab_id, awa)}"
    sign_in(awa)
    seen = hidden_of(client.get(f"{url}/end"))
    post(client, f"{url}/end", {**seen, "learnt": "Une phrase."})
    answer = post(client, f"{url}/end", {**seen, "learnt": "Une autre phrase."})
    assert answer.status_code == 422
    assert "Entre-temps, on y lit : « Une phrase. »" in words(answer)
    assert "Une autre phrase.</textarea>" in answer.text
    assert "Une phrase." in words(client.get(url))
    assert post(client, f"{url}/end", {**hidden_of(answer), "learnt": "Une autre phrase."}).status_code == 303
    assert "Une autre phrase." in words(client.get(url))


@pytest.mark.parametrize("day", ["2026-11-23", "2020-01-01"])
def test_no_result_is_expected_on_a_day_that_is_past(client, sign_in, awa, zoe, lab_id, writing, post, day):
    """C02 SPEC 1: not at the opening, not in a change of clause."""
    sign_in(awa)
    typed = {"title": "X", "audience": "lab", **EXPECTED, "expected_on": day}
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe)
    for where in (f"/labs/{lab_id}/projects/new", f"/labs/projects/{project_id}/clause"):
        answer = post(client, where, typed)
        assert answer.status_code == 422
        assert "Choisissez un jour à venir" in words(answer)
    today = {**typed, "expected_on": "2026-11-24"}
    assert post(client, f"/labs/{lab_id}/projects/new", today).status_code == 303


def test_the_project_is_handed_over_to_a_member_by_the_lead_or_an_animator(
    client, sign_in, awa, zoe, lab_id, writing, post, make_user
):
    bob = make_user(name="Bob Lee")
    with writing():
        lab = make_lab("Paris", animator=bob, members=[awa, zoe])
        project_id = make_project(lab, awa)
    url = f"/labs/projects/{project_id}"
    sign_in(awa)
    assert post(client, f"{url}/lead", {"person": make_user(name="Hors Labo").name}).status_code == 422
    assert post(client, f"{url}/lead", {"person": zoe.name}).status_code == 303
    assert "Pilote Zoé Martin" in words(client.get(url))
    sign_in(bob)
    assert post(client, f"{url}/lead", {"person": awa.name}).status_code == 303
    assert "Pilote Awa Diop" in words(client.get(url))


def test_an_expected_result_is_promised_on_today_and_late_when_its_day_has_passed(
    client, sign_in, awa, lab_id, writing, clock
):
    """C02 SPEC 1."""
    with writing():
        make_project(
            lab_id,
            awa,
            clause="expected",
            expected_by="Direction générale",
            expected_what="Une carte des salles",
            expected_on=date(2026, 12, 1),
        )
    sign_in(awa)
    assert "Une carte des salles" in words(client.get("/"))
    clock.set(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert "le jour est passé" not in words(client.get("/"))
    clock.set(datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert "le jour est passé" in words(client.get("/"))


def test_the_graveyard_of_a_year_says_what_stopped_and_what_it_saved(client, sign_in, awa, lab_id, writing):
    """C02: the « cimetière joyeux »; G4: it goes out."""
    ended = {"outcome": "stopped", "learnt": "La salle était déjà libre."}
    with writing():
        make_project(lab_id, awa, title="Une salle", closed_at=START, saved="Six réunions", **ended)
        old = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # already 2026 in Paris
        make_project(lab_id, awa, title="Un écran", closed_at=old, **ended)
        make_project(lab_id, awa, title="Un film", closed_at=START, outcome="reached", learnt="Oui.")
    sign_in(awa)
    assert client.get("/labs/projects/graveyard").location.endswith("/labs/projects/graveyard/2026")
    answer = client.get("/labs/projects/graveyard/2026")
    assert {"/labs/projects/graveyard/2026.csv", "/labs/projects/graveyard/2026.json"} <= set(hrefs(answer))
    page = words(answer)
    assert "Une salle" in page
    assert "Six réunions" in page
    assert "Un écran" in page
    assert "Un film" not in page
    assert "Rien de ce que vous pouvez lire" in words(client.get("/labs/projects/graveyard/2025"))


def test_only_who_opened_a_project_changes_who_reads_it(client, sign_in, awa, zoe, writing, post, reading, lab_id):
    """Law 2: opened outward by its author."""
    with writing():
        lab = make_lab("Paris", members=[awa, zoe])
        project_id = make_project(lab, zoe, author_id=awa.id)
    url = f"/labs/projects/{project_id}/words"
    sign_in(zoe)
    assert 'name="audience"' not in client.get(url).get_data(as_text=True)
    assert post(client, url, {"title": "Nouveau titre", "audience": "intranet"}).status_code == 303
    with reading():
        project = session.get_one(Project, project_id)
        assert (project.title, project.audience) == ("Nouveau titre", "lab")
