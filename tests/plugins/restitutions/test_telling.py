"""What the pages of a restitution say before a click: whom it will be shown to, where it plays, what is offered."""

from __future__ import annotations

import pytest

from portal.people.sessions import viewer_of

from plugins.restitutions.services.choices import show_always
from plugins.restitutions.services.consents import add_consent
from plugins.restitutions.services.publishing import withdraw
from tests.plugins.restitutions.factories import LINK, START, TORN, again
from tests.reading import words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
SHEET, THEN = "Feuille à imprimer", "Ensuite, elle sera visible par : "
SOUND = b"ID3\x04" + bytes(6) + bytes(range(256)) * 20


@pytest.mark.parametrize("options", [{"address": TORN["we-Obs2KR28"]}, {"address": TORN[None]}, {"clear": False}])
def test_before_it_is_told_its_author_reads_to_whom_it_will_be(options, link, lea, sign_in, awa):
    number = link(**{"address": LINK, **options})
    page = words(sign_in(awa).get(f"/restitutions/{number}"))
    assert f"{THEN}Les 2 agents d’ici, responsables compris." in page
    assert SHEET not in page
    filmed = words(sign_in(awa).get(f"/restitutions/{number}/filmed"))
    assert (THEN in filmed) == ("attend l’accord" in page)


def test_what_is_told_offers_its_sheet_and_says_no_more_to_whom_it_will_be(link, sign_in, awa):
    page = words(sign_in(awa).get(f"/restitutions/{link()}"))
    assert SHEET in page
    assert THEN not in page


def test_the_sheet_of_somebody_filmed_promises_what_this_portal_can_do(link, film, writing, sign_in, awa):
    """C33 SPEC 7: a file of ours leaves the disk; the copy at a host is its author's to remove."""
    restitutions = (link(), film())
    with writing():
        numbers = [add_consent(viewer_of(awa.id), again(one), "Bo Lang", at=START).id for one in restitutions]
    elsewhere, ours = [words(sign_in(awa).get(f"/restitutions/consents/{number}/sheet")) for number in numbers]
    assert "Chez YouTube, elle reste tant que" in elsewhere
    assert "quitte le disque" not in elsewhere
    assert "elle quitte le disque en deux jours" in ours
    assert "elle reste tant que" not in ours


def test_a_host_that_one_always_shows_is_called_as_people_do(writing, sign_in, post, lea):
    with writing():
        show_always(viewer_of(lea.id), "www.youtube-nocookie.com", at=START)
        show_always(viewer_of(lea.id), "tube.example", at=START)
    own = sign_in(lea)
    page = words(own.get("/restitutions/choices"))
    assert "YouTube www.youtube-nocookie.com" in page
    assert page.count("tube.example") == 2  # its name, and that of its button


def test_a_file_plays_here_and_a_sound_is_no_video(film, sign_in, awa):
    video, sound = (words(sign_in(awa).get(f"/restitutions/{film(content)}")) for content in (None, SOUND))
    assert "Se regarde ici" in video
    assert "Sur cette vidéo" in video
    assert "Sur cet enregistrement" in sound


def test_who_adds_one_may_go_back_to_where_they_came_from(sign_in, awa):
    for page in ("add", "send"):
        assert (
            '<a class="button quiet" href="/restitutions/">Annuler</a>'
            in sign_in(awa).get(f"/restitutions/{page}").text
        )


def test_what_was_taken_down_is_said_to_its_author_alone(link, writing, sign_in, awa):
    number = link()
    with writing():
        withdraw(viewer_of(awa.id), again(number), at=START)
    page = words(sign_in(awa).get(f"/restitutions/{number}"))
    assert "Vous voyez encore cette page, et personne d’autre" in page
    assert "Vous seul ou vous seule." in page
