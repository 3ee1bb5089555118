"""The board « On cherche »: by the time it needs, without computer, « je peux » between two people (C44)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Audience, Conflict, Invalid, leave, local_day, now, remove_member, session
from portal.people.sessions import open_session

from plugins.ambassadors.models.request import MAX_REACH
from plugins.ambassadors.models.wanted import Reply, Wanted
from plugins.ambassadors.queries.board import replies_for
from plugins.ambassadors.services.board import Opening, change_wanted, post_wanted, say_i_can
from tests.plugins.ambassadors.factories import make_tag
from tests.plugins.labs.pages import hrefs, main_of, order_of, words

PLUGINS = ["ambassadors"]
URL = "/ambassadors/board"
ACTIONS = re.compile(r'action="([^"]*)"')
NOTICES = "SELECT person_id, text, must_act FROM notices WHERE domain = 'ambassadors' ORDER BY id"


@pytest.fixture
def wants(writing, as_viewer, lab_id):
    """Post what somebody looks for; give its number."""

    def ask(who, title="Porter quatre tables", minutes=15, *, days=30, **told):
        viewer = as_viewer(who)
        with writing():
            told = {"until": local_day(now()) + timedelta(days=days), "reader_group_id": lab_id, **told}
            return post_wanted(viewer, Opening(title, minutes, **told), at=now()).id

    return ask


@pytest.fixture
def told(app):
    """List the notices of the plugin."""

    def read():
        with app.app_context():
            return [tuple(row) for row in session.execute(sa.text(NOTICES))]

    return read


def test_the_board_lists_by_the_time_it_needs_newest_first(client, sign_in, wants, clock, awa, lea):
    """C44 SPEC 1."""
    for title, minutes in (("Monter un stand", 240), ("Relire", 15), ("Animer une table", 60), ("Photographier", 15)):
        clock.advance(minutes=1)
        wants(awa, title, minutes)
    sign_in(lea)
    page = client.get(URL)
    wanted = ["Photographier", "Relire", "Animer une table", "Monter un stand"]
    assert order_of(page, *wanted) == wanted
    assert [row["title"] for row in client.get(f"{URL}.json").json] == wanted
    headings = ["un quart d’heure", "une heure", "une demi-journée"]
    main = main_of(page)
    assert [main.index(f"<h2>{heading}</h2>") for heading in headings] == sorted(
        main.index(f"<h2>{heading}</h2>") for heading in headings
    )


def test_one_finds_what_needs_no_computer_what_fits_and_what_one_types(client, sign_in, wants, awa, lea):
    """C44 SPEC 1."""
    wants(awa, "Porter des tables", 15, is_without_computer=True, place="Dépôt Nord")
    wants(awa, "Relire une page", 60)
    sign_in(lea)
    assert "Relire une page" not in words(client.get(f"{URL}?desk=1"))
    assert "Porter des tables" in words(client.get(f"{URL}?desk=1"))
    assert "Porter des tables" not in words(client.get(f"{URL}?time=60"))
    assert "Porter des tables" in words(client.get(f"{URL}?q=depot"))
    assert "Relire une page" not in words(client.get(f"{URL}?q=depot"))
    assert "Relire une page" in words(client.get(f"{URL}?time=soixante&desk=non&shown=tout"))


def test_an_opening_is_posted_in_five_fields(client, sign_in, writing, awa, lab_id, post):
    """Law 1."""
    with writing():
        tag = make_tag("Porteuse ou porteur", kind="role")
    sign_in(awa)
    typed = {"title": "Porter", "minutes": "15", "until": "2026-09-12", "audience": "intranet", "tag_id": str(tag)}
    assert post(client, f"{URL}/new", typed).status_code == 303
    page = words(client.get(f"{URL}/1"))
    assert "12 septembre 2026" in page
    assert "Porteuse ou porteur" in page
    late = {**typed, "until": "2026-09-08"}
    refused = post(client, f"{URL}/new", late)
    assert refused.status_code == 422
    assert "Un jour à partir d’aujourd’hui" in words(refused)


def test_only_who_belongs_to_a_lab_posts(client, sign_in, lea, lab_id, post):
    sign_in(lea)
    assert client.get(f"{URL}/new").status_code == 403
    assert "Chercher quelqu’un" not in words(client.get(URL))


def test_nobody_reads_beyond_the_audience(client, sign_in, wants, awa, ben, lea):
    number = wants(awa, "Entre nous", audience=Audience.LAB)
    sign_in(ben)
    assert "Entre nous" in client.get(URL).text
    sign_in(lea)
    for address in (URL, f"{URL}.csv", f"{URL}.json", f"{URL}/wall", f"{URL}/sheet", f"{URL}?shown=mine"):
        assert "Entre nous" not in client.get(address).text
    assert client.get(f"{URL}/{number}").status_code == client.get(f"{URL}/999").status_code == 404


def test_i_can_is_one_click_read_by_two(client, sign_in, wants, awa, ben, lea, post, told):
    """C44."""
    number = wants(awa)
    sign_in(lea)
    assert post(client, f"{URL}/{number}/can").status_code == 303
    assert post(client, f"{URL}/{number}/can", {"reach": "au dépôt, à midi"}).status_code == 303
    assert told() == [(awa.id, "%(actor)s can take on “%(title)s”", True)]
    assert "Vous avez dit" in words(client.get(f"{URL}/{number}"))
    sign_in(awa)
    page = words(client.get(f"{URL}/{number}"))
    assert "Léa Petit" in page
    assert "au dépôt, à midi" in page
    sign_in(ben)
    for address in (f"{URL}/{number}", URL, f"{URL}.json"):
        text = client.get(address).text
        assert "Léa Petit" not in text
        assert "au dépôt" not in text


def test_the_answers_are_given_to_the_author_alone(client, sign_in, wants, reading, as_viewer, awa, ben, lea, post):
    """P2: whoever asks the query, not only the page."""
    number = wants(awa)
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    readers = {who.name: as_viewer(who) for who in (awa, ben, lea)}
    with reading():
        opening = session.get(Wanted, number)
        given = {name: len(replies_for(viewer, opening)) for name, viewer in readers.items()}
    assert given == {"Awa Diop": 1, "Ben Roux": 0, "Léa Petit": 0}


def test_one_takes_ones_word_back(client, sign_in, wants, awa, lea, post, reading):
    number = wants(awa)
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    assert "Porter" in words(client.get(f"{URL}?shown=said"))
    assert post(client, f"{URL}/{number}/cannot").status_code == 303
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Reply)) == 0
    assert "Porter" not in main_of(client.get(f"{URL}?shown=said"))


def test_one_cannot_answer_oneself_nor_what_is_over(client, sign_in, wants, clock, awa, lea, post):
    number = wants(awa, days=2)
    sign_in(awa)
    assert post(client, f"{URL}/{number}/can").status_code == 403
    clock.advance(days=3)
    sign_in(lea)
    refused = post(client, f"{URL}/{number}/can", {"reach": "poste 4242"})
    assert refused.status_code == 422
    assert "Ce n’est plus cherché" in words(refused)
    assert "poste 4242" in words(refused)
    assert "Porter" not in main_of(client.get(URL))
    assert "Je peux" not in words(client.get(f"{URL}/{number}"))


def test_its_last_day_counts(client, sign_in, wants, clock, awa, lea):
    """It was typed « until the 11th »: on the 11th, in the evening, it is there."""
    wants(awa, days=2)
    sign_in(lea)
    clock.advance(days=2, hours=13)
    assert "jusqu’au 11 septembre 2026" in words(client.get(URL))
    clock.advance(hours=1)
    assert "Porter" not in main_of(client.get(URL))


def test_who_could_is_told_when_it_is_closed(client, sign_in, wants, awa, lea, post, told):
    number = wants(awa)
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    assert post(client, f"{URL}/{number}/close/found").status_code == 403
    sign_in(awa)
    assert post(client, f"{URL}/{number}/close/found").status_code == 303
    assert [person for person, text, _must in told() if "found" in text] == [lea.id]
    sign_in(lea)
    assert "Porter" not in main_of(client.get(URL))
    assert "Merci d’avoir dit" in words(client.get("/news"))


def test_what_was_closed_comes_back_and_what_has_passed_begins_anew(
    client, sign_in, wants, clock, awa, lea, post, reading
):
    number = wants(awa, days=5)
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    sign_in(awa)
    post(client, f"{URL}/{number}/close/over")
    for _click in range(2):
        assert post(client, f"{URL}/{number}/again").status_code == 303
    assert "Léa Petit" in words(client.get(f"{URL}/{number}"))
    clock.advance(days=6)
    assert "le jour est passé" in words(client.get(f"{URL}?shown=mine"))
    post(client, f"{URL}/{number}/again")
    assert "Léa Petit" not in words(client.get(f"{URL}/{number}"))
    with reading():
        assert session.get(Wanted, number).last_on == local_day(now()) + timedelta(days=30)


def test_its_author_alone_changes_it(client, sign_in, wants, awa, ben, lea, post, told):
    number = wants(awa)
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    sign_in(ben)
    assert client.get(f"{URL}/{number}/change").status_code == 403
    sign_in(awa)
    typed = {"title": "Porter six tables", "minutes": "60", "until": "2026-09-09", "audience": "intranet"}
    assert post(client, f"{URL}/{number}/change", typed).status_code == 303
    assert "Porter six tables" in words(client.get(URL))
    assert any(person == lea.id and "has changed" in text for person, text, _must in told())


def test_the_exports_are_the_board_without_names(client, sign_in, wants, awa, lea):
    """G4."""
    wants(awa, "Porter", is_without_computer=True)
    wants(awa, "Relire")
    sign_in(lea)
    assert [row["title"] for row in client.get(f"{URL}.json").json] == ["Relire", "Porter"]
    assert [row["title"] for row in client.get(f"{URL}.json?desk=1").json] == ["Porter"]
    assert "Awa" not in client.get(f"{URL}.csv").text
    assert f"{URL}.csv?desk=1" in hrefs(client.get(f"{URL}?desk=1"))


def test_the_wall_shows_what_every_agent_may_read(client, new_client, sign_in, wants, awa, lea, post):
    wants(awa, "Porter des tables")
    wants(awa, "Entre nous", audience=Audience.LAB)
    sign_in(lea)
    assert client.get(f"{URL}/door").status_code == 403
    sign_in(awa)
    post(client, f"{URL}/door")
    address = next(url for url in hrefs(client.get(f"{URL}/door")) if "/ambassadors/wall/" in url)
    hall = new_client()
    wall = hall.get(address)
    assert wall.status_code == 200
    assert "Porter des tables" in wall.text
    assert "Entre nous" not in wall.text
    assert "Awa" not in main_of(wall)
    post(client, f"{URL}/door/close")
    assert hall.get(address).status_code == 404
    assert "Porter des tables" in words(client.get(f"{URL}/sheet"))


def test_what_somebody_who_left_looked_for_is_over(client, sign_in, writing, wants, awa, lea, post):
    number = wants(awa)
    wants(awa, "Relire")
    sign_in(lea)
    post(client, f"{URL}/{number}/can")
    with writing():
        leave(awa.id, actor=None, at=now())
    sign_in(lea)
    assert "Porter" not in main_of(client.get(URL))


def test_a_board_costs_the_same_however_many_stand_on_it(client, sign_in, wants, awa, lea, app):
    wants(awa)
    sign_in(lea)
    client.get(URL)
    counts, seen = [], []
    sa.event.listen(app.config["ENGINE"], "before_cursor_execute", lambda *args: seen.append(args[2]))
    for _round in range(2):
        seen.clear()
        assert client.get(URL).status_code == 200
        counts.append(len(seen))
        for number in range(12):
            wants(awa, f"Porter {number}", 60)
    assert counts[0] == counts[1]


def test_one_takes_ones_word_back_from_what_is_no_longer_open_to_one(client, sign_in, wants, awa, lea, lab_id, post):
    """C44: the author still reads how to reach them."""
    number = wants(awa)
    sign_in(lea)
    post(client, f"{URL}/{number}/can", {"reach": "06 12 34 56 78"})
    sign_in(awa)
    typed = {"title": "Porter", "minutes": "15", "until": "2026-09-20", "audience": "lab", "reader_group": lab_id}
    assert post(client, f"{URL}/{number}/change", typed).status_code == 303
    sign_in(lea)
    assert "Porter" in main_of(client.get(f"{URL}?shown=said"))
    assert client.get(f"{URL}/{number}").status_code == 200
    assert post(client, f"{URL}/{number}/cannot").status_code == 303
    assert client.get(f"{URL}/{number}").status_code == 404
    sign_in(awa)
    assert "06 12 34 56 78" not in client.get(f"{URL}/{number}").text


def test_a_second_click_posts_nothing_more(client, sign_in, clock, awa, ben, lab_id, post, reading):
    typed = {"title": "Porter", "minutes": "15", "until": "2026-09-12", "audience": "intranet"}

    def posted(who, minutes=0):
        clock.advance(minutes=minutes)
        sign_in(who)
        return post(client, f"{URL}/new", typed).location

    first = posted(awa)
    assert posted(awa, 1) == first
    assert len({first, posted(ben), posted(awa, 30)}) == 3
    post(client, f"{first}/close/over")
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Wanted)) == 3


def test_what_is_off_the_board_is_not_changed(client, sign_in, wants, writing, as_viewer, awa, post):
    """Those who could were told that it is over."""
    number = wants(awa)
    sign_in(awa)
    post(client, f"{URL}/{number}/close/over")
    typed = {"title": "Porter six tables", "minutes": "60", "until": "2026-09-20", "audience": "intranet"}
    for answer in (client.get(f"{URL}/{number}/change"), post(client, f"{URL}/{number}/change", typed)):
        assert answer.status_code == 409
        assert "Remettez" in words(answer)
    viewer = as_viewer(awa)
    with writing(), pytest.raises(Conflict):
        change_wanted(viewer, session.get(Wanted, number), Opening("Porter", 60, local_day(now())), at=now())


def test_a_shared_screen_neither_closes_nor_puts_back(client, new_client, sign_in, wants, writing, awa, post, reading):
    """What may post, and nothing else, may take off (the manifest: `screen = false`)."""
    number = wants(awa)
    with writing():
        token = open_session(awa.id, device="hall", kind="screen")
    hall = new_client()
    with hall.session_transaction() as cookies:
        cookies["_user_id"], cookies["_fresh"] = token, True
    page = hall.get(f"{URL}/{number}")
    assert page.status_code == 200
    assert not [url for url in ACTIONS.findall(page.text) if f"/board/{number}/" in url]
    assert post(hall, f"{URL}/{number}/close/over").status_code == 403
    sign_in(awa)
    assert post(client, f"{URL}/{number}/close/over").status_code == 303
    assert "Remettre" not in words(hall.get(f"{URL}/{number}"))
    assert post(hall, f"{URL}/{number}/again").status_code == 403


def test_who_left_the_lab_still_closes_what_they_posted(client, sign_in, wants, writing, awa, lab_id, post):
    number = wants(awa)
    with writing():
        remove_member(lab_id, awa.id)
    sign_in(awa)
    assert post(client, f"{URL}/{number}/close/over").status_code == 303
    assert "Remettre" not in words(client.get(f"{URL}/{number}"))
    assert post(client, f"{URL}/{number}/again").status_code == 403


def test_how_to_be_reached_is_short_whoever_asks(wants, writing, as_viewer, awa, lea):
    number, viewer = wants(awa), as_viewer(lea)
    with writing(), pytest.raises(Invalid):
        say_i_can(viewer, session.get(Wanted, number), reach="x" * (MAX_REACH + 1), at=now())


def test_what_was_looked_for_goes_a_year_after_its_last_day(wants, awa, clock, run_jobs, reading):
    wants(awa, days=5)
    for days, left in ((5 + 365, 1), (2, 0)):
        clock.advance(days=days)
        run_jobs()
        with reading():
            assert session.scalar(sa.select(sa.func.count()).select_from(Wanted)) == left
