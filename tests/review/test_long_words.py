"""The longest word that each column holds pushes nothing off a phone, on any page."""

from __future__ import annotations

import pytest

from tests.review.building import opened
from tests.review.furniture import furniture_of
from tests.review.hostile import LONGEST, lengthen
from tests.review.looks import Looks, look_once
from tests.review.serving import served
from tests.review.sights import too_wide
from tests.review.walking import Walk
from tests.review.world import ADMIN, ANONYMOUS, OWNER

pytestmark = pytest.mark.browser


def test_the_longest_word_stays_within_every_page(built, database, browser, figure):
    with opened(built, database) as app:
        furniture = furniture_of(app, built.plugins)
        lengthen(app, furniture)
        with served(app) as base:
            looks = Looks(Walk(app, built.world, furniture), browser, base)
            sights = look_once(looks, looks.roles() if built.world.is_full else (ADMIN, OWNER, ANONYMOUS))
    faults = list(too_wide(sights))
    said = f"{len(faults)} of {len(sights)}; {len(looks.alike)} more have the elements of one of them"
    figure("pages too wide for a phone with the longest words", database.kind, aim="0", found=said)
    assert not faults, "\n".join(faults)
    assert len([sight for sight in sights if "W" * (LONGEST // 2) in sight.html]) > len(sights) / 4
