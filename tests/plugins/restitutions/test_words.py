"""The words of a video: taken from captions, read, searched to their time; what has no captions is said (C33)."""

from __future__ import annotations

import io
import json
import re

import pytest

from portal.api import Subject, follow
from portal.people.sessions import viewer_of

from tests.plugins.restitutions.factories import CAPTIONS, START, again, give_words, say_more
from tests.reading import words
from tests.review.growing import counting

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")


@pytest.fixture
def spoken(link, writing, awa):
    """Add a link whose words are known."""
    number = link(title="Un copil autrement")
    with writing():
        give_words(awa, again(number))
    return number


@pytest.mark.parametrize("as_file", [True, False])
def test_captions_are_taken_as_a_file_or_as_lines(as_file, link, sign_in, post, awa, lea):
    url = f"/restitutions/{link()}"
    sent = {"file": (io.BytesIO(CAPTIONS.encode()), "a.vtt")} if as_file else {"typed": CAPTIONS}
    own = sign_in(awa)
    assert post(own, f"{url}/captions", sent).status_code == 303
    assert "lignes sont gardées, et l’on peut les chercher." in words(own.get(url))
    page = sign_in(lea).get(f"{url}/words")
    assert "L’équipe des écoles a osé changer le format du copil" in words(page)
    assert f'href="{url}?at=65#film"' in page.text


def test_what_are_no_captions_says_so_and_keeps_the_former_ones(spoken, sign_in, post, awa):
    answer = post(sign_in(awa), f"/restitutions/{spoken}/captions", {"typed": "bonjour"})
    assert answer.status_code == 422
    assert "Aucune ligne ne dit quand" in words(answer)
    assert "osé" in sign_in(awa).get(f"/restitutions/{spoken}/words").text


def test_nothing_sent_takes_nothing_away(spoken, sign_in, post, awa):
    assert post(sign_in(awa), f"/restitutions/{spoken}/captions", {"typed": " "}).status_code == 422
    assert "osé" in sign_in(awa).get(f"/restitutions/{spoken}/words").text


def test_words_are_corrected_from_those_it_has(spoken, sign_in, post, awa):
    own, url = sign_in(awa), f"/restitutions/{spoken}/captions"
    taken = own.get(re.search(r'href="([^"]+)" download', own.get(url).text).group(1)).text
    assert post(own, url, {"typed": taken.replace("osé", "voulu")}).status_code == 303
    assert "a voulu changer le format" in words(own.get(f"/restitutions/{spoken}/words"))


def test_a_video_without_words_says_what_comes_next(link, sign_in, lea):
    assert "Personne n’a écrit" in words(sign_in(lea).get(f"/restitutions/{link()}/words"))


def test_players_are_given_captions(film, writing, awa, sign_in, lea):
    number = film()
    with writing():
        give_words(awa, again(number), CAPTIONS.replace("Bonjour", "<script>alert(1)</script> &lt;b&gt;"))
    own = sign_in(lea)
    track = re.search(r'<track[^>]* src="([^"]+)"', own.get(f"/restitutions/{number}").text).group(1)
    answer = own.get(track)
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n")
    assert "<script>" not in answer.text
    assert "&lt;b&gt;" in answer.text


@pytest.mark.parametrize("sought", ["ÉCOLES", "ecoles ose", "equipe"])
def test_a_word_that_was_said_is_found_and_leads_to_its_time(sought, spoken, link, sign_in, lea):
    """C33 SPEC 6: the transcript is searched; accents and capitals do not count."""
    link("https://vimeo.com/76979871", title="Une autre")
    page = sign_in(lea).get(f"/restitutions/?q={sought}")
    assert f'href="/restitutions/{spoken}?at=65#film"' in page.text
    assert "1 min 05 s" in words(page)
    assert "Une autre" not in words(page)
    shown = sign_in(lea).get(f"/restitutions/{spoken}?at=65")
    assert "Montrer la vidéo, à partir de 1 min 05 s" in words(shown)


def test_the_place_that_says_most_of_what_is_sought_is_the_one_it_leads_to(link, writing, awa, sign_in, lea):
    """C33 SPEC 6: not the first that says a word of it; of two as good, the first; times count, not how they came."""
    number = link(title="Un copil autrement")
    lines = {750: "un petit déjeuner par mois", 20: "un petit mot", 900: "le petit déjeuner encore", 30: "le déjeuner"}
    with writing():
        times = [(f"{second // 60:02}:{second % 60:02}.000", f"{second // 60:02}:59.900") for second in lines]
        cues = [f"{start} --> {end}\n{said}" for (start, end), said in zip(times, lines.values(), strict=True)]
        give_words(awa, again(number), "WEBVTT\n\n" + "\n\n".join(cues))
    own = sign_in(lea)
    page = own.get("/restitutions/?q=petit+dejeuner")
    assert "trouvé à 12 min 30 s « un petit déjeuner par mois »" in words(page)
    assert page.text.count(f'href="/restitutions/{number}?at=750#film"') == 2  # its title, and the moment
    assert f'href="/restitutions/{number}?at=20#film"' in own.get("/restitutions/?q=petit").text


@pytest.mark.parametrize("sought", ["%", "_", "/", "'; DROP TABLE users", "x" * 5000, "a " * 100])
def test_any_search_answers(sought, spoken, sign_in, lea):
    assert sign_in(lea).get("/restitutions/", query_string={"q": sought}).status_code == 200


def test_title_and_summary_are_found_too(link, writing, awa, sign_in, lea):
    number = link(title="Capitalisation")
    with writing():
        say_more(awa, again(number), summary="Une banque de temps entre services")
    assert "Capitalisation" in words(sign_in(lea).get("/restitutions/?q=banque temps"))
    assert "Aucune restitution" in words(sign_in(lea).get("/restitutions/?q=banque loterie"))


def test_what_has_no_captions_is_shown_filtered_and_listed_in_the_statement(link, client, sign_in, lea):
    """C33 SPEC 6."""
    link(title="Sans rien", captions="no")
    link("https://vimeo.com/76979871", title="Avec", captions="yes")
    link("https://vimeo.com/76979872", title="Muette", captions="needless")
    own = sign_in(lea)
    assert "sans sous-titres" in words(own.get("/restitutions/"))
    found = words(own.get("/restitutions/?captions=no"))
    assert "Sans rien" in found
    assert "Avec " not in found
    client.delete_cookie("session")
    statement = client.get("/accessibilite")
    assert "1 restitution n’a pas de sous-titres." in words(statement)
    assert 'href="/restitutions/?captions=no"' in statement.text


def test_the_statement_tells_nothing_of_what_not_every_agent_may_read(link, client):
    """C33 SPEC 6, and P19: not even by a number."""
    before = client.get("/accessibilite").headers["ETag"]
    link(title="Pour moi", captions="no", audience="self")
    link("https://vimeo.com/76979871", title="Entre labos", captions="no", audience="network")
    link("https:/ /youtu.be/ we-Obs 2KR28", title="À confirmer", captions="no")
    assert "sous-titres" not in words(client.get("/accessibilite"))
    assert client.get("/accessibilite").headers["ETag"] == before


def test_the_statement_is_made_anew_when_the_number_changes(link, client):
    before = client.get("/accessibilite").headers["ETag"]
    link(captions="no")
    assert client.get("/accessibilite", headers={"If-None-Match": before}).status_code == 200


def test_exports_give_the_rows_of_the_list_that_one_may_read(spoken, link, sign_in, awa, lea):
    link("https://vimeo.com/76979871", title="=Pour moi", audience="self")
    for who, titles in ((lea, {"Un copil autrement"}), (awa, {"Un copil autrement", "=Pour moi"})):
        rows = json.loads(sign_in(who).get("/restitutions/restitutions.json").text)
        assert {row["title"] for row in rows} == titles
    sheet = sign_in(awa).get("/restitutions/restitutions.csv").text
    assert "'=Pour moi" in sheet
    assert [row["title"] for row in json.loads(sign_in(awa).get("/restitutions/restitutions.json?q=ecoles").text)] == [
        "Un copil autrement"
    ]


def test_the_list_goes_on_without_losing_anything(link, sign_in, lea):
    for number in range(30):
        link(f"https://vimeo.com/{1000 + number}", title=f"Vidéo {number:02}")
    own = sign_in(lea)
    first = own.get("/restitutions/")
    onward = re.search(r'href="([^"]*after=[^"]*)"', first.text).group(1).replace("&amp;", "&")
    shown = re.findall(r"Vidéo \d\d", first.text) + re.findall(r"Vidéo \d\d", own.get(onward).text)
    assert sorted(set(shown)) == [f"Vidéo {number:02}" for number in range(30)]


def test_the_sheet_holds_summary_chapters_and_words(spoken, writing, awa, sign_in, lea):
    with writing():
        say_more(awa, again(spoken), summary="En dix lignes", chapters=[(65, "Le format")])
    page = sign_in(lea).get(f"/restitutions/{spoken}/sheet")
    for expected in ("En dix lignes", "1 min 05 s Le format", "osé changer le format", "Scannez le code"):
        assert expected in words(page)
    assert sign_in(lea).get(f"/restitutions/{spoken}/qr.svg").mimetype == "image/svg+xml"


def test_who_follows_is_told_when_the_words_come(link, writing, awa, lea, sign_in):
    number = link(title="Un copil autrement")
    with writing():
        follow(viewer_of(lea.id), Subject("restitutions.restitution", number), at=START)
        give_words(awa, again(number))
    assert "Les paroles de « Un copil autrement » se lisent" in words(sign_in(lea).get("/news"))


def test_pages_ask_as_much_of_many_as_of_few(app, link, writing, awa, sign_in, lea):
    """Statements of the list, searched, and of one page with its words, whatever stands there."""
    own, counts = sign_in(lea), []
    for few in (range(3), range(3, 23)):
        for number in few:
            one = link(f"https://vimeo.com/{1000 + number}", title=f"Vidéo {number}")
            with writing():
                give_words(awa, again(one), CAPTIONS * (1 + number))
        asked = []
        for address in (
            "/restitutions/",
            "/restitutions/?q=ecoles",
            f"/restitutions/{one}",
            f"/restitutions/{one}/words",
        ):
            with counting(app) as statements:
                assert own.get(address).status_code == 200
            asked.append(len(statements))
        counts.append(asked)
    assert counts[0] == counts[1]
