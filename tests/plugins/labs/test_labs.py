"""The permanent lab: its list, its page, its creation, its settings, its end, its poster (C42, law 1)."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, Invalid, Subject, add_member, hookimpl, now, session
from portal.db import CoreBase
from portal.loader.discovery import scan
from portal.people.functions import create_function, hold_function, vacate_function

from plugins.labs.models.lab import Lab, Margin, Sponsor
from plugins.labs.queries.labs import sponsors_of
from plugins.labs.services.labs import FirstMargin, add_sponsor, close_lab, create_lab, reopen_lab, set_up_lab
from tests.plugins.labs.factories import make_lab, make_project
from tests.plugins.labs.pages import hrefs, order_of, words

PLUGINS = ["labs"]


def test_a_lab_is_created_with_five_fields_one_of_which_is_what_may_still_change(
    client, sign_in, make_user, post, reading
):
    """C42 SPEC 1; law 1."""
    awa = make_user(name="Awa Diop")
    sign_in(make_user(name="Ad Min", role="admin"))
    form = client.get("/labs/new").get_data(as_text=True)
    fields = [name for name in ("name", "place", "animator", "text", "review_on") if f'name="{name}"' in form]
    assert len(fields) == 5
    answer = post(
        client,
        "/labs/new",
        {
            "name": "Labo de Dunkerque",
            "place": "Salle des Dunes",
            "animator": awa.name,
            "text": "Le jour des séances",
            "review_on": "2027-06-01",
        },
    )
    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "Labo de Dunkerque" in page
    assert "Ce qui peut encore changer" in page
    assert "Le jour des séances" in page
    assert "Awa Diop" in page


def test_a_lab_without_its_first_line_is_refused_and_nothing_typed_is_lost(client, sign_in, make_user, post):
    """C42 SPEC 1."""
    awa = make_user(name="Awa Diop")
    sign_in(make_user(name="Ad Min", role="admin"))
    answer = post(client, "/labs/new", {"name": "Labo neuf", "animator": awa.name, "text": "", "review_on": ""})
    assert answer.status_code == 422
    assert 'value="Labo neuf"' in answer.get_data(as_text=True)


def test_only_administrators_create_a_lab(client, sign_in, make_user):
    sign_in(make_user(name="Awa Diop"))
    assert client.get("/labs/new").status_code == 403
    assert "Créer un labo" not in words(client.get("/labs/"))


def test_the_labs_are_listed_in_alphabetical_order_with_their_size(client, sign_in, make_user, writing):
    awa, bob = make_user(name="Awa Diop"), make_user(name="Bob Lee")
    with writing():
        make_lab("Paris")
        make_lab("Éragny", members=[awa, bob])
        make_lab("dunkerque", members=[awa])
    sign_in(awa)
    answer = client.get("/labs/")
    assert order_of(answer, "Paris", "Éragny", "dunkerque") == ["dunkerque", "Éragny", "Paris"]
    assert "2 membres" in words(answer)


def test_a_lab_is_found_whatever_its_capitals_and_accents(client, sign_in, make_user, writing):
    awa = make_user(name="Awa Diop")
    with writing():
        make_lab("École des usages")
        make_lab("Paris")
    sign_in(awa)
    page = words(client.get("/labs/?q=ecole"))
    assert "École des usages" in page
    assert "Paris" not in page
    assert "Aucun labo ne correspond" in words(client.get("/labs/?q=100%25"))


def test_one_may_list_only_the_labs_one_belongs_to(client, sign_in, make_user, writing):
    awa = make_user(name="Awa Diop")
    with writing():
        make_lab("Dunkerque", members=[awa])
        make_lab("Paris")
    sign_in(awa)
    page = words(client.get("/labs/?mine=1"))
    assert "Dunkerque" in page
    assert "Paris" not in page


def test_an_empty_list_says_why_and_what_to_do(client, sign_in, make_user):
    sign_in(make_user(name="Awa Diop"))
    assert "Aucun labo n’a encore été créé" in words(client.get("/labs/"))


def test_the_list_goes_out_as_csv_and_json_with_the_same_filters(client, sign_in, make_user, writing):
    """G4: by the links of the list, which keep its filters."""
    awa = make_user(name="Awa Diop")
    with writing():
        make_lab("Dunkerque")
        make_lab("Paris")
    sign_in(awa)
    assert {"/labs/labs.csv?q=dunk", "/labs/labs.json?q=dunk"} <= set(hrefs(client.get("/labs/?q=dunk")))
    rows = list(
        csv.reader(
            io.StringIO(client.get("/labs/labs.csv?q=dunk").get_data(as_text=True).lstrip("\ufeff")), delimiter=";"
        )
    )
    assert any("Dunkerque" in row for row in rows)
    assert not any("Paris" in row for row in rows)
    assert "Paris" in json.dumps(client.get("/labs/labs.json").get_json(), ensure_ascii=False)


def test_an_agent_reads_the_page_of_a_lab_without_any_action_on_it(client, sign_in, make_user, writing):
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab("Dunkerque")
    sign_in(awa)
    answer = client.get(f"/labs/{lab_id}")
    assert "Ce qui peut encore changer" in words(answer)
    for absent in ("Ouvrir un projet", "Réglages", "Quitter le labo", "Demander un vote", "Ajouter une ligne"):
        assert absent not in words(answer)


def test_an_absent_lab_is_a_404_in_words(client, sign_in, make_user):
    sign_in(make_user(name="Awa Diop"))
    answer = client.get("/labs/4040")
    assert answer.status_code == 404
    assert "Il n’y a pas de labo à cette adresse" in words(answer)


def test_an_animator_changes_the_settings_within_bounds(client, sign_in, make_user, writing, post, reading):
    """C01 SPEC 2: from one hour to ninety days."""
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab("Dunkerque", animator=awa)
    sign_in(awa)
    answer = post(
        client,
        f"/labs/{lab_id}/settings",
        {"name": "Dunkerque, le labo", "place": "Halle", "max_minutes": str(90 * 24 * 60)},
    )
    assert answer.status_code == 303
    with reading():
        lab = session.get_one(Lab, lab_id)
        assert (lab.name, lab.place, lab.max_minutes) == ("Dunkerque, le labo", "Halle", 129_600)
    refused = post(client, f"/labs/{lab_id}/settings", {"name": "X", "place": "", "max_minutes": "59"})
    assert refused.status_code == 422


@pytest.mark.parametrize("minutes", [59, 90 * 24 * 60 + 1])
def test_the_longest_duration_stays_between_an_hour_and_ninety_days(minutes, make_user, writing, as_viewer, clock):
    """C01 SPEC 2."""
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab(animator=awa)
    with writing():
        lab = session.get_one(Lab, lab_id)
        with pytest.raises(Invalid):
            set_up_lab(as_viewer(awa), lab, name="L", place="", max_minutes=minutes, at=datetime.now(UTC))


def test_a_member_who_does_not_animate_cannot_change_the_settings(client, sign_in, make_user, writing, as_viewer):
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab(members=[awa])
    sign_in(awa)
    assert client.get(f"/labs/{lab_id}/settings").status_code == 403
    with writing(), pytest.raises(Forbidden):
        lab = session.get_one(Lab, lab_id)
        set_up_lab(as_viewer(awa), lab, name="L", place="", max_minutes=60, at=datetime.now(UTC))


def test_a_closed_lab_says_so_starts_nothing_and_can_be_opened_again(client, sign_in, make_user, writing, post):
    awa, admin = make_user(name="Awa Diop"), make_user(name="Ad Min", role="admin")
    with writing():
        lab_id = make_lab("Dunkerque", animator=awa)
    sign_in(admin)
    assert "Plus rien n’y commence" in words(client.get(f"/labs/{lab_id}/close"))
    assert post(client, f"/labs/{lab_id}/close", {}).status_code == 303
    assert post(client, f"/labs/{lab_id}/close", {}).status_code == 303  # a second click changes nothing
    sign_in(awa)
    page = words(client.get(f"/labs/{lab_id}"))
    assert "fermé le" in page
    assert "Ouvrir un projet" not in page
    assert post(client, f"/labs/{lab_id}/margins/new", {"text": "X", "review_on": "2027-09-01"}).status_code == 422
    sign_in(admin)
    post(client, f"/labs/{lab_id}/reopen", {})
    assert "fermé le" not in words(client.get(f"/labs/{lab_id}"))


def test_the_code_of_the_wall_opens_an_ephemeral_lab_here(client, sign_in, make_user, writing):
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab("Dunkerque")
    sign_in(awa)
    drawing = client.get(f"/labs/{lab_id}/qr.svg")
    assert drawing.mimetype == "image/svg+xml"
    poster = client.get(f"/labs/{lab_id}/poster")
    assert f"/labs/{lab_id}/open" in words(poster)
    assert f"/labs/{lab_id}/qr.svg" in poster.get_data(as_text=True)


def test_the_sponsoring_functions_are_shown_with_their_holder_or_vacant(
    client, sign_in, make_user, as_viewer, writing, post
):
    """C42 SPEC 2."""
    awa, claire = make_user(name="Awa Diop"), make_user(name="Claire Dumas")
    with writing():
        held = create_function("Direction générale des services")
        hold_function(held, claire.id, since=now())
        vacant = create_function("Élue à l’innovation")
        lab_id = make_lab(animator=awa)
    sign_in(awa)
    for number in (held, vacant, held):
        post(client, f"/labs/{lab_id}/sponsors", {"function": str(number)})
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Direction générale des services (aujourd’hui : Claire Dumas)" in page
    assert "Élue à l’innovation (vacant)" in page
    post(client, f"/labs/{lab_id}/sponsors/{vacant}/remove", {})
    post(client, f"/labs/{lab_id}/sponsors/{vacant}/remove", {})
    assert "Élue à l’innovation" not in words(client.get(f"/labs/{lab_id}"))
    with writing():
        vacate_function(held, at=now())
    assert "Direction générale des services (vacant)" in words(client.get(f"/labs/{lab_id}"))
    with writing(), pytest.raises(Forbidden):
        add_sponsor(as_viewer(claire), session.get_one(Lab, lab_id), function_id=vacant, at=now())


def test_who_holds_a_sponsoring_function_is_read_at_the_instant_asked(
    client, sign_in, make_user, writing, reading, clock
):
    """C42 SPEC 2: a holding known to end is vacant from that instant on, at whatever distance, on the page too."""
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    last = start + timedelta(days=400)
    awa, claire = make_user(name="Awa Diop"), make_user(name="Claire Dumas")
    clock.set(start)
    with writing():
        function = create_function("Direction générale")
        hold_function(function, claire.id, since=start, until=last)
        lab_id = make_lab(animator=awa)
        session.add(Sponsor(lab_id=lab_id, function_id=function))
    instants = [start - timedelta(days=1), start, last - timedelta(seconds=1), last]
    with reading():
        holders = [sponsors_of(lab_id, at=at)[0].holder for at in instants]
    assert holders == [None, claire, claire, None]
    sign_in(awa)
    assert "Direction générale (aujourd’hui : Claire Dumas)" in words(client.get(f"/labs/{lab_id}"))
    clock.set(last)
    assert "Direction générale (vacant)" in words(client.get(f"/labs/{lab_id}"))


def test_the_share_of_origins_of_another_plugin_stands_on_the_page_of_the_lab(
    app, client, sign_in, make_user, writing, plug
):
    """C42 SPEC 2: `projects` adds it through portal_sections when it is on."""
    from portal.api import Section

    class Projects:
        @hookimpl
        def portal_sections(self, subject, viewer):
            shares = {"text": "3 idées sur 5 viennent des agents"}
            return (
                [Section("Origine des projets", "components/_words.html", shares)] if subject.kind == "labs.lab" else []
            )

    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab()
    plug(Projects())
    sign_in(awa)
    assert "Origine des projets" in words(client.get(f"/labs/{lab_id}"))


def test_creation_closing_and_settings_are_in_the_audit(make_user, writing, as_viewer, audit_of):
    """G1."""
    awa, admin = make_user(name="Awa Diop"), make_user(name="Ad Min", role="admin")
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    with writing():
        margin = FirstMargin("Le lieu", date(2027, 1, 1))
        lab = create_lab(as_viewer(admin), "Labo", place="", animator=awa, margin=margin, at=at, today=at.date())
        lab_id = lab.id
    with writing():
        lab = session.get_one(Lab, lab_id)
        set_up_lab(as_viewer(awa), lab, name="Labo neuf", place="", max_minutes=60, at=at)
        close_lab(as_viewer(admin), lab, at=at)
        reopen_lab(as_viewer(admin), lab, at=at)
        assert session.scalar(sa.select(sa.func.count()).select_from(Margin)) == 1
    actions = audit_of(Subject("labs.lab", lab_id))
    assert actions == ["labs.lab_created", "labs.lab_set_up", "labs.lab_closed", "labs.lab_reopened"]


@pytest.mark.parametrize("url", ["/labs/", "/labs/projects", "/labs/1", "/labs/1/members", "/labs/labs.csv"])
def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(url, app, client, sign_in, make_user, writing):
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab("Labo", animator=awa)
        make_project(lab_id, awa)
    sign_in(awa)
    few = queries_of(app, client, url)
    others = [make_user(name=f"Agent {number:02}") for number in range(30)]
    with writing():
        for other in others:
            add_member(session.get_one(Lab, lab_id).group_id, other.id, at=now())
            make_lab(f"Labo {other.name}", members=[other])
            make_project(lab_id, other, title=f"Projet de {other.name}")
    assert queries_of(app, client, url) == few


def queries_of(app, client, url):
    """Count the statements that one page runs."""
    seen = []

    def note(*call):
        seen.append(call[2])

    engine = app.config["ENGINE"]
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_pages_of_the_list_of_labs_follow_one_another_without_hole_or_echo(client, sign_in, make_user, writing):
    with writing():
        for number in range(30):
            make_lab(f"Même nom {number % 3}")
    sign_in(make_user(name="Awa Diop"))
    first = client.get("/labs/")
    following = client.get(next(url for url in hrefs(first) if "after=" in url))
    links = [url for answer in (first, following) for url in hrefs(answer) if re.fullmatch(r"/labs/\d+", url)]
    assert len(links) == len(set(links)) == 30


def test_the_manifest_lists_every_table_of_the_models():
    tables = {name for name in CoreBase.metadata.tables if name.startswith("labs_")}
    listed = scan().manifests["labs"].privacy["tables"]
    assert len(listed) == len(set(listed))
    assert set(listed) == tables


def test_two_who_close_a_lab_at_the_same_instant_close_it_once(sign_in, make_user, writing, post_at_once, audit_of):
    with writing():
        lab_id = make_lab("Dunkerque")
    browsers = [sign_in(make_user(name, role="admin")) for name in ("Ad Min", "Ida Kerbrat")]
    for answer in post_at_once(f"/labs/{lab_id}/close", *browsers):
        assert answer.status_code == 200
        assert "Le labo est fermé." in words(answer)
    assert audit_of(Subject("labs.lab", lab_id)).count("labs.lab_closed") == 1
