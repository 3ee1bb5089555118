"""`kill -9` while people write: what was answered is there, once (P13)."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections import Counter
from contextlib import closing, suppress
from http.cookies import SimpleCookie
from pathlib import Path

import sqlalchemy as sa

from portal.content.audit import broken_links
from portal.content.models import AuditEntry, Token
from portal.db import transaction
from portal.hosting.factory import create_app
from portal.people.sessions import open_session
from portal.people.users import add_user
from portal.values import Role

from tests.hosting.instances import place_for, site_in
from tests.hosting.servers import served
from tests.houses import CSRF, signed_cookie

WRITERS = 4
PATIENCE_SECONDS = 300
# Rounds, each on a new instance (the page lists every screen): kills in a round, writes acknowledged in a round.
SHORT, LONG = (1, 4, 24), (10, 5, 500)


class People:
    """Administrators who enrol screens through the pages, one name each, noted once the portal has answered."""

    def __init__(self, server, token, cookie):
        self.server, self.token, self.acknowledged = server, token, []
        self.more, self.over = threading.Condition(), False
        self.headers = {"Cookie": f"session={cookie}", "Sec-Fetch-Site": "same-origin"}
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def _write(self, writer):
        number = 0
        while not self.over:
            number += 1
            name = f"{writer}-{number}"
            with suppress(OSError, http.client.HTTPException):  # killed under our feet: nothing was promised
                if self._enrol(name):
                    with self.more:
                        self.acknowledged.append(name)
                        self.more.notify_all()

    def _enrol(self, name):
        form = f"csrf_token={self.token}&name={name}&place="
        typed = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        status, _text = self.server.ask("/screens", method="POST", body=form, headers=typed)
        assert status in {200, 502, 503}, status
        return status == 200

    def begin(self):
        for thread in self.threads:
            thread.start()

    def wait_for(self, count):
        with self.more:
            assert self.more.wait_for(lambda: len(self.acknowledged) >= count or self.is_broken(), PATIENCE_SECONDS)
        assert not self.is_broken()

    def is_broken(self):
        return any(not thread.is_alive() for thread in self.threads)

    def end(self):
        self.over = True
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)


def enter(site):
    """Give the cookie of an administrator."""
    app = create_app(site)
    with app.app_context(), transaction():
        token = open_session(add_user("Ida Kerbrat", role=Role.ADMIN), device="test")
    return signed_cookie(app, token)


def workers_of(server):
    """List the processes that answer; the companion that does background work is left out."""
    listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    found = []
    for number in listed:
        with suppress(OSError):
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            found += [int(number)] if b"work" not in words else []
    return found


def page_of(server, cookie):
    """Give the CSRF token of a page, and the cookie that goes with it."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as door:
        door.request("GET", "/screens", headers={"Host": "localhost", "Cookie": f"session={cookie}"})
        answer = door.getresponse()
        token, kept = CSRF.search(answer.read().decode()), SimpleCookie(answer.getheader("Set-Cookie"))
    assert token, answer.status
    return token.group(1), kept["session"].value


def kill(server, *, everybody):
    workers = workers_of(server)
    for number in workers if everybody else workers[:1]:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def screens_of(site):
    with site.engine.connect() as conn:
        return Counter(conn.scalars(sa.select(Token.label).where(Token.scope == "portal.screen")))


def is_chain_whole(site):
    with sa.orm.Session(site.engine) as session:
        return not broken_links(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def hurt(site, *, kills, wanted):
    """Write while workers are killed, one or all in turn; give what was acknowledged."""
    with served(site.instance.folder) as server:
        token, cookie = page_of(server, enter(site))
        people = People(server, token, cookie)
        people.begin()
        try:
            for number in range(kills):
                people.wait_for(wanted * (number + 1) // kills)
                kill(server, everybody=number % 2 == 1)
        finally:
            people.end()
        status, _page = server.ask("/screens", headers={"Cookie": f"session={cookie}"})
    assert status == 200
    return people.acknowledged


def test_what_was_acknowledged_before_a_kill_is_there_once(database, tmp_path, proof, figure):
    rounds, kills, wanted = LONG if proof else SHORT
    lost, twice, written, whole = 0, 0, 0, []
    for number in range(rounds):
        site = site_in(place_for(database, tmp_path / str(number)))
        acknowledged = hurt(site, kills=kills, wanted=wanted)
        found = screens_of(site)
        whole.append(is_chain_whole(site))
        site.engine.dispose()
        written += len(acknowledged)
        lost += len(set(acknowledged) - set(found))
        twice += sum(times > 1 for times in found.values())
    figure(
        "acknowledged writes lost, or there twice, by kill -9 of a worker or of all of them",
        database.kind,
        aim="0 and 0",
        found=f"{lost} and {twice} of {written}, {rounds * kills} kills",
    )
    assert (lost, twice, all(whole)) == (0, 0, True)
    assert written >= rounds * wanted
