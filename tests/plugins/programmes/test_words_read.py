"""What a person reads of a day, to the letter: the unexpected, a slot taken off, closed stands, words of any script."""

from __future__ import annotations

import re

import pytest

from portal.api import now, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import UNEXPECTED
from plugins.programmes.models.stand import Stand
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_programme, make_slot, make_stand

PLUGINS = ["programmes"]
HEBREW = "מעבדה"


@pytest.fixture
def organiser(client, sign_in, zoe):
    """Sign Zoé in."""
    sign_in(zoe)
    return client


def test_the_unexpected_stays_empty_until_its_day_and_no_longer(organiser, writing, programme_id, clock):
    """C09 SPEC 6."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(17), at_hour(18), kind=UNEXPECTED, title="")
    pages = f"/programmes/{programme_id}", f"/programmes/slots/{slot_id}"
    assert "reste vide jusqu’au jour même" in words(organiser.get(pages[0]))
    clock.set(at_hour(9))
    assert "reste vide" not in words(organiser.get(pages[0]))
    assert "le jour même" in words(organiser.get(pages[1]))
    clock.set(at_hour(18))
    assert "jour même" not in "".join(words(organiser.get(page)) for page in pages)


def test_a_slot_taken_off_leads_to_the_button_that_puts_it_back(organiser, writing, programme_id):
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11), cancelled_at=now())
    answer = organiser.get(f"/programmes/slots/{slot_id}/change")
    assert answer.location == f"/programmes/slots/{slot_id}"
    page = words(organiser.get(answer.location))
    assert "Ce créneau a été retiré du programme. Remettez-le d’abord." in page
    assert "Remettre" in page


def test_a_fair_whose_stands_are_closed_says_so(organiser, writing, programme_id):
    """C35 SPEC 1; the slots of a day lead to its stands."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
        stand_id = make_stand(programme_id)
    assert f'href="/programmes/{programme_id}/stands"' in organiser.get(f"/programmes/slots/{slot_id}").text
    with writing():
        session.get_one(Stand, stand_id).closed_at = now()
    page = words(organiser.get(f"/programmes/{programme_id}/stands"))
    assert "Tous les stands sont fermés." in page
    assert "Pas encore de stand" not in page
    assert f'href="/programmes/{programme_id}/stands"' not in organiser.get(f"/programmes/slots/{slot_id}").text


def test_what_is_folded_opens_when_something_in_it_is_wrong(organiser, post, programme_id):
    typed = {"title": "Labo", "point_1": "Une cabane", "holder": "Personne de ce nom"}
    page = post(organiser, f"/programmes/{programme_id}/stands/new", typed).text
    assert re.search(r"<details\s+open>\s*<summary>Plus de détails", page)


@pytest.mark.parametrize("typed", ["1.5", "dix"])
def test_minutes_that_are_no_whole_number_are_refused_in_a_sentence(organiser, programme_id, typed):
    """C34 SPEC 6: what was typed is kept."""
    page = organiser.get(f"/programmes/{programme_id}/delay?minutes={typed}")
    assert "Écrivez un nombre entier de minutes, par exemple 10." in words(page)
    assert f'value="{typed}"' in page.text


def test_words_written_from_right_to_left_leave_what_follows_where_it_stands(organiser, writing, programme_id, clock):
    with writing():
        session.get_one(Programme, programme_id).title = HEBREW
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
        stand_id = make_stand(programme_id)
    addresses = (f"slots/{slot_id}/change", f"stands/{stand_id}", f"{programme_id}/stands", f"{programme_id}/turns")
    for address in addresses:
        assert f"<bdi>{HEBREW}</bdi>" in organiser.get(f"/programmes/{address}").text


def test_what_is_on_comes_before_a_day_of_which_nothing_runs(organiser, writing, programme_id, zoe, clock):
    """« En ce moment » on « Aujourd’hui »."""
    with writing():
        make_slot(programme_id, at_hour(9), at_hour(17), title="Le chantier")
        other = make_programme(zoe, title="La veillée")
        make_slot(other, at_hour(15), at_hour(16), title="Le conte")
    clock.set(at_hour(10))
    page = words(organiser.get("/"))
    assert page.index("maintenant : Le chantier") < page.index("La veillée")
