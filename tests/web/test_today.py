"""« Aujourd'hui »: what is kept of all that plugins offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.api import HomeItem, hookimpl

from tests.reading import words

SOON = datetime(2018, 1, 26, 15, tzinfo=UTC)


def _offering(titles, *, first):
    class Offering:
        @hookimpl
        def portal_home_items(self, viewer):
            return [HomeItem("todo", title, "/", due_at=first + timedelta(minutes=n)) for n, title in enumerate(titles)]

    return Offering()


@pytest.fixture
def crowded(plug):
    """Six things of one plugin end before the one thing of another."""
    plug(_offering([f"Labo {n}" for n in range(6)], first=SOON), "aaa")
    plug(_offering(["La journée"], first=SOON + timedelta(hours=3)), "zzz")


def test_no_plugin_crowds_out_another(crowded, client, sign_in, make_user):
    sign_in(make_user())
    shown = words(client.get("/"))
    places = [shown.index(title) for title in ("Labo 0", "Labo 1", "Labo 2", "Labo 3", "La journée")]
    assert places == sorted(places)
    assert "Labo 4" not in shown


def test_alone_it_has_all_five_places(plug, client, sign_in, make_user):
    plug(_offering([f"Labo {n}" for n in range(6)], first=SOON), "aaa")
    sign_in(make_user())
    shown = words(client.get("/"))
    assert "Labo 4" in shown
    assert "Labo 5" not in shown
