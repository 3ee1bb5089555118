"""How the map is laid out: nobody waits for it, and one that fails is given up (C08)."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from portal.api import Audience, now, session

from plugins.ambassadors.models.mirror import MOST_TRIES, Drawing
from plugins.ambassadors.services import drawings
from plugins.ambassadors.services.cards import Words
from plugins.ambassadors.services.drawings import ROUNDS
from tests.plugins.ambassadors.factories import START, make_card, make_tag
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["ambassadors"]
SECONDS = 20


def _wait_for_a_drawing(links="[]", readers="x" * 64):
    session.add(Drawing(readers=readers, asked_at=now(), rounds=ROUNDS, links=links))


def test_nobody_waits_for_a_layout(writing, app, monkeypatch, lab_id):
    """What others write while a map is laid out goes through, were it the drawing itself."""
    with writing():
        _wait_for_a_drawing('[["service:1", "talent:1"]]')
    later = START + timedelta(minutes=1)
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor(1) as pool:
        door.settimeout(SECONDS)
        program = f"import socket; socket.create_connection({door.getsockname()!r}).recv(1); print('{{}}')"
        monkeypatch.setattr(drawings, "LAYOUT", [sys.executable, "-c", program])
        drawn = pool.submit(_draw, app)
        layout, _address = door.accept()
        with layout:
            with writing():
                session.execute(sa.update(Drawing).values(asked_at=later))
            assert not drawn.done()
            layout.send(b"!")
        assert drawn.result() is True
    with app.app_context():
        assert session.execute(sa.select(Drawing.done, Drawing.tries, Drawing.asked_at)).all() == [(1, 0, later)]


def _draw(app):
    with app.app_context():
        return drawings.draw_next(now())


def test_a_layout_that_fails_is_given_up(
    client, sign_in, post, writing, reading, app, clock, monkeypatch, awa, lea, lab_id
):
    """After three tries; another map is drawn meanwhile, and whoever reads this one may have it tried again."""
    with writing():
        make_card(awa, lab_id, bring=Words("", (make_tag("Dessin"),), audience=Audience.INTRANET))
    sign_in(lea)
    post(client, "/ambassadors/map")
    clock.advance(minutes=1)
    with writing():
        _wait_for_a_drawing()
    working = drawings.LAYOUT
    monkeypatch.setattr(drawings, "LAYOUT", [sys.executable, "-c", "raise SystemExit(1)"])
    told = []
    for _try in range(MOST_TRIES + ROUNDS):
        with app.app_context(), suppress(subprocess.CalledProcessError):
            drawings.draw_next(now())
        with reading():
            told.append(session.execute(sa.select(Drawing.done, Drawing.tries).order_by(Drawing.id)).all())
    assert told[1] == [(0, 1), (1, 0)]
    assert told[-1] == [(0, MOST_TRIES), (ROUNDS, 0)]
    page = client.get("/ambassadors/map")
    assert "Le dessin a échoué trois fois" in words(page)
    assert "data-hx-trigger" not in main_of(page)
    monkeypatch.setattr(drawings, "LAYOUT", working)
    post(client, "/ambassadors/map")
    with app.app_context():
        while drawings.draw_next(now()):
            pass
    assert '<svg class="ambassadors-drawing' in client.get("/ambassadors/map").text
