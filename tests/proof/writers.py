"""People who write through the pages of a real server, and note what it has acknowledged and what it has refused.

Who got no answer at all cannot know what became of it, and sends the same again, as a browser does that is reloaded.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from contextlib import closing, contextmanager, suppress
from http.cookies import SimpleCookie

import sqlalchemy as sa

from portal.content.audit import broken_links
from portal.content.models import AuditEntry, Token
from portal.db import transaction
from portal.hosting.factory import create_app
from portal.people.sessions import open_session
from portal.people.users import add_user
from portal.values import Role

from tests.hosting.servers import served
from tests.houses import CSRF, signed_cookie

WRITERS = 4
# It comes back on the page; it is not known whether it was kept; an app that cannot be built keeps nothing.
SAID_TO_WRITERS = ("est encore sur cette page", "regardez d’abord", "n’est pas gardé")
PATIENCE_SECONDS = 300


class People:
    """Administrators who enrol screens through the pages, one name each, noted once the portal has answered."""

    def __init__(self, server, token, cookie):
        self.server, self.token, self.acknowledged, self.refused = server, token, [], 0
        self.sent: Counter[str] = Counter()
        self.more, self.over, self.surprise = threading.Condition(), False, None
        self.headers = {"Cookie": f"session={cookie}", "Sec-Fetch-Site": "same-origin"}
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def _write(self, writer):
        try:
            self._write_on(writer)
        except BaseException as error:  # said by whoever waits
            with self.more:
                self.surprise = error
                self.more.notify_all()

    def _write_on(self, writer):
        number = 0
        while not self.over:
            number += 1
            is_kept = self._insist(f"{writer}-{number}")
            with self.more:
                self.acknowledged += [f"{writer}-{number}"] if is_kept else []
                self.refused += not is_kept
                self.more.notify_all()

    def _insist(self, name):
        """Send the same until it is answered: what was killed under our feet promised nothing."""
        while not self.over:
            with self.more:
                self.sent[name] += 1
            with suppress(OSError, http.client.HTTPException):
                return self._enrol(name)
        return False

    def _enrol(self, name):
        form = f"csrf_token={self.token}&name={name}&place="
        typed = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        status, text = self.server.ask("/screens", method="POST", body=form, headers=typed)
        assert status in {200, 502, 503}, (status, text)
        assert status != 503 or any(said in text for said in SAID_TO_WRITERS), text
        return status == 200

    def begin(self):
        for thread in self.threads:
            thread.start()

    def wait_for(self, count):
        """Wait until so many writes are acknowledged in all."""
        self._wait(lambda: len(self.acknowledged) >= count)

    def wait_for_refusals(self, count):
        """Wait until so many writes are refused in all."""
        self._wait(lambda: self.refused >= count)

    def _wait(self, is_enough):
        with self.more:
            assert self.more.wait_for(lambda: is_enough() or self.surprise, PATIENCE_SECONDS)
        if self.surprise:
            raise self.surprise

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


def page_of(server, cookie):
    """Give the CSRF token of a page, and the cookie that goes with it."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as door:
        door.request("GET", "/screens", headers={"Host": "localhost", "Cookie": f"session={cookie}"})
        answer = door.getresponse()
        token, kept = CSRF.search(answer.read().decode()), SimpleCookie(answer.getheader("Set-Cookie"))
    assert token, answer.status
    return token.group(1), kept["session"].value


@contextmanager
def people_at_work(site):
    """Serve an instance with people who write in it; at the end it answers, whatever was done to it."""
    with served(site.instance.folder) as server:
        token, cookie = page_of(server, enter(site))
        people = People(server, token, cookie)
        people.begin()
        try:
            yield people
        finally:
            people.end()
        status, _page = server.ask("/screens", headers={"Cookie": f"session={cookie}"})
    assert status == 200


def losses(site, people):
    """Count what was acknowledged and is not there, and what is there oftener than it was sent.

    It gives up if the audit is broken. A name that was sent again, since nobody had answered, may be there for each
    time: see `doubled`.
    """
    assert is_chain_whole(site)
    found = screens_of(site)
    lost = set(people.acknowledged) - set(found)
    return len(lost), sum(times > people.sent[name] for name, times in found.items())


def doubled(site, people):
    """Count the writes that were sent again, and those of them that are there twice: the first had been kept."""
    found = screens_of(site)
    again = [name for name, times in people.sent.items() if times > 1]
    return len(again), sum(found[name] > 1 for name in again)


def screens_of(site):
    """Count the screens of each name."""
    with site.engine.connect() as conn:
        found = Counter(conn.scalars(sa.select(Token.label).where(Token.scope == "portal.screen")))
    site.engine.dispose()
    return found


def is_chain_whole(site):
    with sa.orm.Session(site.engine) as session:
        return not broken_links(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))
