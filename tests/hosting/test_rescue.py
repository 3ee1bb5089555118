"""The way back in when nobody can administer any more: on the machine, and written in the audit."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.test import Client

from portal.cli.main import main
from portal.content.models import AuditEntry
from portal.db import side_write
from portal.hosting.config import read_instance
from portal.people.models import User, UserSession

from tests.hosting.instances import place_for, site_in
from tests.houses import SAME_ORIGIN, opened

LINK = re.compile(r"http://[\w.]+(?::\d+)?(/link/[\w.-]+)")


@pytest.fixture
def folder(database, tmp_path):
    return place_for(database, tmp_path / "instance")


@pytest.fixture
def portal(folder):
    def run(*words, fails=False):
        done = CliRunner().invoke(main, ["--instance", str(folder), *words])
        assert (done.exit_code != 0) is fails, done.output
        return done.output

    return run


def rows(folder, statement):
    site = site_in(folder)
    with site.engine.connect() as conn:
        found = conn.execute(statement).all()
    site.engine.dispose()
    return found


def enter_by(folder, said):
    """Follow the link as a person would; tell whether the pages of the administration open."""
    path = LINK.search(said).group(1)
    with opened(read_instance(folder)) as house:
        browser = Client(house.dispatcher)
        where = {"base_url": "http://localhost", "environ_base": SAME_ORIGIN}
        assert browser.post(path, data={}, **where).status_code == 303
        return browser.get("/plugins", **where).status_code == 200


def disable_everybody(folder):
    site = site_in(folder)
    with side_write(site.engine) as conn:
        conn.execute(sa.update(User).values(disabled_at=sa.func.current_timestamp()))
    site.engine.dispose()


def test_without_any_administrator_a_new_one_enters_by_a_link(portal, folder):
    portal("user", "add", "Ida Kerbrat", "--role", "admin")
    disable_everybody(folder)
    assert "Plus personne n'administre" in portal("rescue")
    assert enter_by(folder, portal("rescue", "--new", "Secours Mairie"))
    actions = [action for (action,) in rows(folder, sa.select(AuditEntry.action).order_by(AuditEntry.id))]
    assert actions[-4:] == ["portal.user_added", "portal.rescued", "portal.link_issued", "portal.link_used"]


def test_an_agent_is_made_an_administrator(portal, folder):
    portal("user", "add", "Awa Diop", "--matricule", "4012")
    assert enter_by(folder, portal("rescue", "--who", "4012"))
    assert rows(folder, sa.select(User.role)) == [("admin",)]


def test_an_administrator_who_lost_the_password_enters_and_others_are_named(portal, folder):
    portal("user", "add", "Ida Kerbrat", "--role", "admin")
    assert "Ida Kerbrat (n°1) administre déjà : portal rescue --who n°1" in portal("rescue")
    assert enter_by(folder, portal("rescue", "--who", "n°1"))
    assert len(rows(folder, sa.select(UserSession.id))) == 1


def test_saying_nothing_changes_nothing(portal, folder):
    portal("user", "add", "Ida Kerbrat", "--role", "admin")
    before = rows(folder, sa.select(sa.func.count()).select_from(AuditEntry))
    portal("rescue")
    assert rows(folder, sa.select(sa.func.count()).select_from(AuditEntry)) == before


def test_somebody_who_is_not_here_is_refused(portal):
    for who in ("nobody", "1"):  # a number alone is a matricule: mistyped, it is nobody's
        assert "Error" in portal("rescue", "--who", who, fails=True)
