"""The day of 26 January 2018 at Dunkerque, written to the minute through the pages of who organises it (C34)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest

from tests.plugins.programmes.factories import make_lab

PLUGINS = ["programmes"]
EVE = datetime(2018, 1, 25, 9, tzinfo=UTC)
SLOTS = [
    ("plenary", "Foire aux Transfos", "10:00", "11:00"),
    ("workshop", "Montre-moi où en est ton projet de labo ?", "11:00", "12:30"),
    ("surprise", "La fanfare du lycée", "14:00", "14:30"),
    ("workshop", "Au boulot !", "14:30", "17:15"),
    ("party", "After & carnaval…", "17:30", ""),
]


@pytest.fixture
def day_url(client, clock, sign_in, post, writing, zoe):
    """Write the day as Zoé would; give its address."""
    clock.set(EVE)
    with writing():
        lab_id = make_lab(zoe, name="Labo de Dunkerque")
    sign_in(zoe)
    day = {"title": "Interlabos", "held_on": "2018-01-26", "place": "Dunkerque", "lab": lab_id, "audience": "network"}
    url = post(client, "/programmes/new", day).location
    for kind, title, starts, ends in SLOTS:
        slot = {"kind": kind, "title": title, "starts": starts, "ends": ends}
        assert post(client, f"{url}/slots/new", slot).status_code == 303
    return url


def lines(answer) -> list[str]:
    """Give the source of each line of a day."""
    day = answer.text.split('<ol class="programmes-day"')[1]
    return [line.split("</li>")[0] for line in day.split('<li class="programmes-line')[1:]]


def read(line: str) -> str:
    """Give a line as one reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", line.partition(">")[2])).split())


def test_the_seeds_day_is_written_to_the_minute(client, day_url):
    """C34 SPEC 1 and 7, C09 SPEC 6."""
    expected = [
        "10 h – 11 h Foire aux Transfos",
        "11 h – 12 h 30 Montre-moi où en est ton projet de labo ?",
        "12 h 30 – 14 h Pause déjeuner",
        "14 h – 14 h 30 Surprise !",
        "14 h 30 – 17 h 15 Au boulot !",
        "17 h 15 – 17 h 30 Inattendu",
        "à partir de 17 h 30 After & carnaval…",
    ]
    answer = client.get(day_url)
    found = [read(line) for line in lines(answer)]
    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected
    assert [line.count("<time datetime=") for line in lines(answer)] == [2] * 6 + [1]
    assert "fanfare" not in answer.text


def test_lunch_is_a_line_like_the_others(client, day_url):
    """C34 SPEC 7: the same list, the same `<time>`."""
    lunch = next(line for line in lines(client.get(day_url)) if "Pause déjeuner" in line)
    assert '<time datetime="2018-01-26T11:30:00+00:00">' in lunch
    assert '<time datetime="2018-01-26T13:00:00+00:00">' in lunch
