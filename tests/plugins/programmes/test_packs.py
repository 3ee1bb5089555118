"""What a stand takes home the same evening (C35 SPEC 4)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from portal.api import hookimpl, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SURPRISE, WORKSHOP
from plugins.programmes.models.stand import Stand
from plugins.programmes.services.packs import safe_name, zipped
from plugins.programmes.services.stands import Plan, add_stand
from tests.plugins.programmes.factories import START, at_hour, make_slot

PLUGINS = ["programmes"]


@pytest.fixture
def stand_id(writing, as_viewer, programme_id, zoe, awa):
    """Add a stand that Awa holds, to a day with a surprise at 20 h."""
    with writing():
        programme = session.get_one(Programme, programme_id)
        make_slot(programme_id, at_hour(9), at_hour(10), title="Foire aux Transfos")
        make_slot(programme_id, at_hour(20), kind=SURPRISE, reveals_at=at_hour(20), title="La fanfare")
        plan = Plan("Labo de l’Été", ("Une cabane <b>", "", ""), "Table 3")
        return add_stand(as_viewer(zoe), programme, plan, holder=awa, at=START).id


@pytest.fixture
def boards(plug):
    """Let another plugin give two files, one of a name that would leave the archive, to whoever holds the stand."""

    class Boards:
        @hookimpl(optionalhook=True)
        def programmes_pack(self, subject, viewer):
            return [(f"regards {viewer.person_id}.csv", b"a;b"), ("../../etc/stand.html", b"<p>autre</p>")]

    plug(Boards())


def files_in(answer):
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_stand_takes_its_pack_home(client, sign_in, clock, awa, stand_id, boards):
    """C35 SPEC 4: its sheet, its code, the programme of the day, and what other plugins give."""
    clock.set(at_hour(18))
    answer = sign_in(awa).get(f"/programmes/stands/{stand_id}/pack.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stand-labo-de-l-ete.zip"'
    files = files_in(answer)
    assert files.keys() == {
        "code.svg",
        "programme.html",
        "programme.ics",
        "stand.html",
        "stand.txt",
        f"regards-{awa.id}.csv",
        "etc/stand.html",
    }
    sheet = files["stand.html"].decode()
    assert "Une cabane &lt;b&gt;" in sheet
    assert "data:image/svg+xml" in sheet
    assert b"<svg" in files["code.svg"]
    assert "Une cabane <b>" in files["stand.txt"].decode()
    assert "/programmes/s/" in files["stand.txt"].decode()
    assert "Foire aux Transfos" in files["programme.html"].decode()
    assert len(Calendar.from_ical(files["programme.ics"]).walk("VEVENT")) == 2


def test_a_pack_keeps_a_surprise(client, sign_in, clock, awa, stand_id):
    """C34 SPEC 2, through the pack."""
    sign_in(awa)
    clock.set(at_hour(18))
    before = b"".join(files_in(client.get(f"/programmes/stands/{stand_id}/pack.zip")).values())
    assert b"fanfare" not in before
    clock.set(at_hour(20))
    after = b"".join(files_in(client.get(f"/programmes/stands/{stand_id}/pack.zip")).values())
    assert b"fanfare" in after


def test_a_pack_is_for_whoever_holds_the_stand(client, sign_in, clock, awa, lea, zoe, stand_id):
    """C35 SPEC 4: and for whoever organises."""
    pack = f"/programmes/stands/{stand_id}/pack.zip"
    sign_in(awa)
    assert client.get(pack).status_code == 409
    assert "Emporter son paquet" not in client.get(f"/programmes/stands/{stand_id}").text
    clock.set(at_hour(18))
    assert "Emporter son paquet" in client.get(f"/programmes/stands/{stand_id}").text
    sign_in(lea)
    assert client.get(pack).status_code == 403
    assert "Emporter" not in client.get(f"/programmes/stands/{stand_id}").text
    sign_in(zoe)
    assert "stand.html" in files_in(client.get(pack))


def told(client, sign_in, who):
    return sign_in(who).get("/news").text.count("Le paquet de votre stand")


def test_holders_are_told_the_same_evening_and_once(client, sign_in, clock, run_jobs, awa, lea, stand_id, reading):
    """C35 SPEC 4."""
    clock.set(at_hour(17, 59))
    run_jobs()
    assert told(client, sign_in, awa) == 0
    clock.set(at_hour(18))
    run_jobs()
    clock.set(at_hour(18, 30))
    run_jobs()
    assert told(client, sign_in, awa) == 1
    assert told(client, sign_in, lea) == 0
    with reading():
        assert session.get_one(Stand, stand_id).pack_told_at == at_hour(18)


def test_a_late_workshop_is_waited_for_until_23_h_at_most(
    client, sign_in, clock, run_jobs, writing, awa, stand_id, programme_id
):
    """C35 SPEC 4: the same evening, whatever the hour."""
    with writing():
        make_slot(programme_id, at_hour(19), at_hour(21), kind=WORKSHOP)
    clock.set(at_hour(18))
    run_jobs()
    assert told(client, sign_in, awa) == 0
    with writing():
        make_slot(programme_id, at_hour(21), at_hour(23) + timedelta(hours=4), kind=WORKSHOP)
    clock.set(at_hour(23))
    run_jobs()
    assert told(client, sign_in, awa) == 1


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_nobody_is_told_of_a_pack_that_is_not_there(client, sign_in, clock, run_jobs, writing, awa, stand_id, state):
    with writing():
        stand = session.get_one(Stand, stand_id)
        if state == "closed":
            stand.closed_at = START
        else:
            session.get_one(Programme, stand.programme_id).cancelled_at = START
    clock.set(at_hour(19))
    run_jobs()
    assert told(client, sign_in, awa) == 0


def names_in(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_names_stay_in_the_archive_and_are_told_apart():
    hostile = ["../../a.txt", "/etc/passwd", "C:\\b\\c.txt", "a.txt", "a.txt", "é è.csv", "..", "", "x" * 300 + ".html"]
    names = names_in(zipped((name, b"") for name in hostile))
    assert names[:6] == ["a.txt", "etc/passwd", "c/b/c.txt", "a-2.txt", "a-3.txt", "e-e.csv"]
    assert len(set(names)) == len(hostile)
    assert max(map(len, names)) <= 80
    assert not [name for name in names if ".." in name or name.startswith(("/", "\\"))]


def test_a_pack_is_bounded_and_says_what_it_left(app):
    with app.app_context():
        content = zipped([("a.txt", b"1" * 6), ("b.txt", b"2" * 6), ("c.txt", b"3" * 4)], most=10)
    assert names_in(content) == ["a.txt", "c.txt", "laisse-de-cote.txt"]


@pytest.mark.parametrize(("text", "name"), [("Labo de l’Été !", "labo-de-l-ete"), ("...", "-"), ("", "-")])
def test_a_title_is_a_name_of_a_file(text, name):
    assert safe_name(text) == name


def test_who_organises_takes_all_the_packs_at_once(
    client, sign_in, clock, awa, zoe, lea, stand_id, boards, programme_id, writing, as_viewer
):
    """C35 SPEC 4: each in its folder, those of one name apart; on the day, for nobody else, closed stands left out."""
    with writing():
        programme = session.get_one(Programme, programme_id)
        for title, point in (("Labo de l’Été", "Autre"), ("../Labo / de nuit", "Une"), ("Fermé", "Une")):
            add_stand(as_viewer(zoe), programme, Plan(title, (point, "", ""), ""), at=START)
        session.scalars(sa.select(Stand).where(Stand.title == "Fermé")).one().closed_at = START
    packs, stands = f"/programmes/{programme_id}/packs.zip", f"/programmes/{programme_id}/stands"
    sign_in(zoe)
    assert client.get(packs).status_code == 409
    assert "Emporter tous les paquets" not in client.get(stands).text
    clock.set(at_hour(18))
    assert "Emporter tous les paquets" in client.get(stands).text
    answer = client.get(packs)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stands-interlabos.zip"'
    files = files_in(answer)
    folders = {name.partition("/")[0] for name in files if "/" in name}
    assert folders == {"01-labo-de-l-ete", "02-labo-de-l-ete", "03-..-labo-de-nuit"}
    assert all({f"{folder}/stand.html", f"{folder}/code.svg"} <= files.keys() for folder in folders)
    assert "01-labo-de-l-ete/etc/stand.html" in files
    assert {name for name in files if "/" not in name} == {"programme.html", "programme.ics"}
    for who in (awa, lea):
        assert sign_in(who).get(packs).status_code == 403


def test_all_the_posters_are_one_page(client, sign_in, zoe, awa, stand_id, programme_id, writing, as_viewer):
    """C35 SPEC 1: one sheet each, with the code of each; for who organises."""
    posters = f"/programmes/{programme_id}/posters"
    with writing():
        programme = session.get_one(Programme, programme_id)
        add_stand(as_viewer(zoe), programme, Plan("Labo de Paris", ("Un mur", "", ""), "Table 4"), at=START)
    sign_in(zoe)
    assert posters in client.get(f"/programmes/{programme_id}/stands").text
    page = client.get(posters)
    assert page.text.count("programmes-poster") == page.text.count("<figure") == 2
    assert len(set(re.findall(r"/programmes/s/[\w.=-]+", page.text))) == 2
    assert "Pour imprimer ces 2 feuilles" in page.text
    assert sign_in(awa).get(posters).status_code == 403


@pytest.mark.parametrize("gathered", ["posters", "packs.zip"])
def test_one_more_stand_costs_the_same_whatever_their_number(
    client, sign_in, clock, zoe, stand_id, programme_id, writing, as_viewer, app, gathered
):
    """A day has sixty at most: each asks for its code once; what other plugins give of it is theirs to bound."""
    sign_in(zoe)
    clock.set(at_hour(18))
    counts = []
    for number in range(4):
        with writing():
            programme = session.get_one(Programme, programme_id)
            add_stand(as_viewer(zoe), programme, Plan(f"Stand {number}", ("Une", "", ""), ""), at=START)
        seen = []
        note = lambda *call, seen=seen: seen.append(call[2])  # noqa: E731 one for each round
        sa.event.listen(app.config["ENGINE"], "before_cursor_execute", note)
        try:
            assert client.get(f"/programmes/{programme_id}/{gathered}").status_code == 200
        finally:
            sa.event.remove(app.config["ENGINE"], "before_cursor_execute", note)
        counts.append(len(seen))
    assert {later - sooner for sooner, later in pairwise(counts)} == {1}


def test_a_fair_without_stand_has_no_poster_and_says_so(client, sign_in, zoe, programme_id):
    page = sign_in(zoe).get(f"/programmes/{programme_id}/posters")
    assert "Revenir aux stands" in page.text
