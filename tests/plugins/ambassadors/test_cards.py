"""The card: written by its subject alone, each field with its audience, kept fresh (C08 SPEC 1, 3, 4, 5)."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from portal.api import Audience, Forbidden, Subject, Viewer, leave, now, session
from portal.web.takeout import takeout

from plugins.ambassadors.models.card import Card, Entry, EntryWord
from plugins.ambassadors.queries.cards import shown_cards
from plugins.ambassadors.services.cards import Words, write_card
from tests.plugins.ambassadors.factories import make_card, make_lab, make_people, make_tag
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["ambassadors"]
REFERENCE = r"<b>[0-9a-f-]+</b>|people/\d+"
EVERY_AUDIENCE = {
    "bring": Words("réparer un vélo", audience=Audience.INTRANET),
    "seek": Words("un atelier", audience=Audience.LAB),
    "passion": Words("les haies", audience=Audience.NETWORK),
    "role": Words("garder le temps", audience=Audience.SELF),
}


def _form(lab_id: int, **told: object) -> dict[str, object]:
    audiences = {f"{kind}_audience": "lab" for kind in ("bring", "seek", "passion", "role", "free")}
    return {**audiences, "reader_group": lab_id, "free_minutes": "", **told}


@pytest.fixture
def seen_by(reading, as_viewer):
    """Say which fields of the card of somebody another may read."""

    def look(reader, owner) -> set[str]:
        viewer = as_viewer(reader)
        with reading():
            card = shown_cards(viewer, [owner.id], at=now()).get(owner.id)
        return set(card.fields) if card else set()

    return look


def test_a_card_takes_one_field(client, sign_in, awa, lab_id, post):
    """Law 1: five fields, none required; one says enough."""
    sign_in(awa)
    answer = post(client, "/ambassadors/mine/write", _form(lab_id, bring_text="réparer un vélo"))
    assert answer.status_code == 303
    page = main_of(client.get("/ambassadors/mine"))
    assert "réparer un vélo" in page
    assert "les membres du labo" in page


def test_an_empty_card_is_refused(client, sign_in, awa, lab_id, post, reading):
    sign_in(awa)
    answer = post(client, "/ambassadors/mine/write", _form(lab_id))
    assert answer.status_code == 422
    assert "Dites au moins une chose" in answer.text
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Card)) == 0


def test_a_refused_card_keeps_what_was_typed(client, sign_in, awa, lab_id, post):
    sign_in(awa)
    answer = post(
        client, "/ambassadors/mine/write", _form(lab_id, bring_text="x" * 301, seek_text="apprendre à souder")
    )
    assert answer.status_code == 422
    assert "souder" in answer.text
    assert "x" * 301 in answer.text


def test_each_field_has_its_own_audience_and_the_default_is_the_lab(seen_by, writing, awa, ben, lea, make_user, lab_id):
    """C08 SPEC 3: a field set to `self` matches nothing."""
    assert Words().audience == Audience.LAB
    with writing():
        make_card(awa, lab_id, **EVERY_AUDIENCE)
    assert seen_by(ben, awa) == {"bring", "seek", "passion"}
    assert seen_by(lea, awa) == {"bring"}


def test_a_lab_one_does_not_belong_to_may_read(seen_by, writing, awa, lea, lab_id):
    with writing():
        make_card(lea, lab_id, bring=Words("dessiner", audience=Audience.LAB))
    assert seen_by(awa, lea) == {"bring"}


def test_nobody_reads_by_rank(seen_by, writing, make_user, awa, lab_id):
    """P19: neither administrator nor superior."""
    chief = make_user("Chef", role="admin")
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))
    assert seen_by(chief, awa) == set()


def test_a_card_of_nobody_and_a_hidden_card_answer_alike(client, sign_in, writing, awa, lea, lab_id):
    """P3."""
    with writing():
        make_card(awa, lab_id, role=Words("garder le temps", audience=Audience.SELF))
    sign_in(lea)
    hidden, absent = (client.get(f"/ambassadors/people/{number}") for number in (awa.id, 4242))
    assert hidden.status_code == absent.status_code == 404
    assert re.sub(REFERENCE, "", main_of(hidden)) == re.sub(REFERENCE, "", main_of(absent))


def test_a_card_is_read_by_whom_it_is_open_to(client, sign_in, writing, awa, ben, lab_id):
    with writing():
        make_card(awa, lab_id, **EVERY_AUDIENCE)
    sign_in(ben)
    page = client.get(f"/ambassadors/people/{awa.id}").text
    assert "Awa Diop" in page
    assert "réparer un vélo" in page
    assert "garder le temps" not in page


def test_only_its_subject_writes_a_card(writing, awa, lab_id):
    """C08 SPEC 1: no function of ours takes the card of another; without a person there is none."""
    with writing(), pytest.raises(Forbidden):
        write_card(Viewer(), {"bring": Words("dessiner")}, reader_group_id=lab_id, at=now())


def test_an_administrator_who_posts_writes_their_own(client, sign_in, writing, make_user, awa, lab_id, post, reading):
    """C08 SPEC 1: nobody fills or annotates the card of another, by any field of a form."""
    chief = make_user("Chef", role="admin")
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))
    sign_in(chief)
    told = _form(lab_id, bring_text="notée par le chef", person_id=awa.id, author_id=awa.id, card_id=1)
    assert post(client, "/ambassadors/mine/write", told).status_code == 303
    with reading():
        texts = dict(session.execute(sa.select(Entry.author_id, Entry.text)).all())
    assert texts == {awa.id: "dessiner", chief.id: "notée par le chef"}


def test_a_card_hides_after_a_year_and_comes_back_confirmed(
    seen_by, client, sign_in, clock, writing, awa, ben, lab_id, post
):
    """C08 SPEC 5."""
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))
    clock.advance(days=364)
    assert seen_by(ben, awa) == {"bring"}
    clock.advance(days=1)
    assert seen_by(ben, awa) == set()
    sign_in(awa)
    assert "toujours vraie" in client.get("/ambassadors/mine").text
    assert post(client, "/ambassadors/mine/confirm").status_code == 303
    assert seen_by(ben, awa) == {"bring"}


def test_a_card_is_deleted_after_eighteen_months(clock, writing, awa, lab_id, run_jobs, reading):
    """C08 SPEC 5."""
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner"))
    clock.advance(days=547)
    run_jobs()
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Card)) == 1
    clock.advance(days=2)
    run_jobs()
    with reading():
        for table in (Card, Entry, EntryWord):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_sensitive_word_reminds_its_author_alone(client, sign_in, awa, lab_id, post, audit_of):
    """C08 SPEC 4: never a block, never a report."""
    sign_in(awa)
    told = _form(lab_id, passion_text="mes amis du syndicat")
    page = post(client, "/ambassadors/mine/write", told, follow_redirects=True).text
    assert "appartenance syndicale" in page
    assert "mes amis du syndicat" in page
    assert audit_of(Subject("ambassadors.cards", 1)) == ["ambassadors.card_written"]
    told = _form(lab_id, passion_text="la partie de boules, les politiques publiques")
    page = post(client, "/ambassadors/mine/write", told, follow_redirects=True).text
    assert "Pour vous uniquement" not in page


def test_the_audit_says_of_no_card_whose_it_is(writing, awa, lab_id, app):
    """P19: that a card exists is its owner's to tell."""
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner"))
    query = (
        "SELECT a.subject_id, p.actor_id FROM audit a JOIN audit_person p ON p.audit_id = a.id"
        " WHERE a.action LIKE 'ambassadors.%'"
    )
    with app.app_context():
        rows = session.execute(sa.text(query)).all()
    assert [tuple(row) for row in rows] == [(1, None)]


def test_who_leaves_takes_it_along(writing, awa, lab_id, reading):
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", (make_tag("Dessin"),)))
    with writing():
        leave(awa.id, actor=None, at=now())
    with reading():
        for table in (Card, Entry, EntryWord):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_deleted_card_leaves_nothing(client, sign_in, writing, awa, lab_id, post, reading):
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", (make_tag("Dessin"),)))
    sign_in(awa)
    assert "Supprimer votre carte" in words(client.get("/ambassadors/mine/delete"))
    assert post(client, "/ambassadors/mine/delete").status_code == 303
    assert "Vous n’avez pas de carte" in words(client.get("/ambassadors/mine"))
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0


def test_where_there_is_no_lab_a_field_is_for_oneself_until_one_chooses(client, sign_in, lea):
    """C08 SPEC 3: what stands is never wider than what the default says."""
    sign_in(lea)
    page = client.get("/ambassadors/mine/write")
    for kind in ("bring", "seek", "passion", "role", "free"):
        options = re.search(rf'<select[^>]*name="{kind}_audience".*?</select>', page.text, re.DOTALL).group(0)
        assert re.findall(r'<option selected value="(\w+)"', options) == ["self"]
    assert words(page).count("Qui peut lire ceci ? moi seulement") == 5


def test_of_several_labs_each_says_how_many_read(client, sign_in, writing, awa, lab_id):
    """G7: a number that is wrong once another lab is chosen is not said."""
    sign_in(awa)
    assert "les membres du labo (3 personnes)" in words(client.get("/ambassadors/mine/write"))
    with writing():
        make_lab("Grand labo", members=tuple(make_people(30)))
    page = words(client.get("/ambassadors/mine/write"))
    assert "les membres du labo choisi" in page
    assert "les membres du labo (" not in page
    for words_of_lab in ("Labo des berges, 3 personnes", "Grand labo, 30 personnes"):
        assert words_of_lab in page


def test_ones_own_export_tells_what_one_ticked(app, writing, awa, ben, lab_id):
    """P17."""
    with writing():
        draw, sew = make_tag("Dessiner"), make_tag("Coudre")
        make_card(awa, lab_id, bring=Words("", (draw,)))
        make_card(ben, lab_id, bring=Words("", (sew,)))
    with app.test_request_context(), takeout(awa.id) as file, zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("donnees.json"))
    assert [row["tag_id"] for row in told["ambassadors_entry_tag"]["rows"]] == [draw]


def test_a_card_that_is_deleted_twice_is_deleted(client, sign_in, post, writing, awa, lab_id):
    """A second click, a page left open: one is led back, not told that nothing is there."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    sign_in(awa)
    first, second = (post(client, "/ambassadors/mine/delete", follow_redirects=True) for _click in range(2))
    assert "Votre carte est supprimée" in words(first)
    assert second.status_code == 200
    assert "Vous n’avez pas de carte." in words(second)
    assert client.get("/ambassadors/mine/delete").location == "/ambassadors/mine"
