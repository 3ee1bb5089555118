"""Walls and sheets have no navigation: whoever is signed in finds the way back to the page they are of."""

from __future__ import annotations

import re

import pytest

PLUGINS = ["copils", "ambassadors"]
BACK = re.compile(r'<a href="([^"]+)">Revenir à la page</a>')


@pytest.mark.parametrize(
    ("address", "above"),
    [("/copils/hall", "/copils"), ("/copils/sheet", "/copils"), ("/ambassadors/board/wall", "/ambassadors/board")],
)
def test_who_is_signed_in_finds_the_way_back(client, sign_in, make_user, address, above):
    sign_in(make_user())
    assert BACK.findall(client.get(address).text) == [above]
    assert client.get(above, follow_redirects=True).status_code == 200
