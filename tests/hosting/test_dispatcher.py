"""Host → collectivity → the app of its present revision."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from werkzeug.test import Client

from portal.content.models import AuditEntry
from portal.db import side_write
from portal.hosting.config import Collectivity, Instance, Server
from portal.hosting.install import core_head
from portal.hosting.operating import upgrade
from portal.hosting.site import Site

from tests.houses import opened
from tests.hurt.pages import forms_of

PLUGINS = ["labs"]


@pytest.fixture
def house(site):
    with opened(site.instance) as made:
        yield made


@pytest.fixture
def two(database, instance_folder):
    """Give an instance of two collectivities that keeps one app in memory."""
    urls = [database.fresh(()) for _ in range(2)]
    both = (
        Collectivity("nord", "Commune du Nord", ("nord.example",), urls[0]),
        Collectivity("sud", "Commune du Sud", ("sud.example", "www.sud.example"), urls[1]),
    )
    with opened(Instance(instance_folder, Server(keep_apps=1), both)) as made:
        yield made
    for url in urls:
        database.drop(url)


def bump(site):
    with side_write(site.engine) as conn:
        conn.execute(sa.text("UPDATE portal_state SET revision = revision + 1"))


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost.evil.example", "a@localhost", "local host", "", "é.example"]
)
def test_an_unknown_host_is_told_nothing(house, host):
    answer = Client(house.dispatcher).get("/", headers={"Host": host.encode().decode("latin-1")})
    assert answer.status_code == 404
    assert answer.text == "Rien ici.\n"
    assert not house.dispatcher.live


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost:8000", "127.0.0.1:9", "[::1]", "[::1]:8000"])
def test_a_host_is_known_whatever_its_port_and_capitals(house, host):
    assert Client(house.dispatcher).get("/healthz", headers={"Host": host}).status_code == 200


def test_each_host_has_its_collectivity_and_a_cookie_of_one_is_worth_nothing_in_the_other(two):
    nord, sud = two.browser(slug="nord"), two.browser(slug="sud")
    assert "Commune du Nord" in nord.get("/").text
    assert "Commune du Sud" in sud.get("/").text
    sud.client.set_cookie(
        "session", nord.client.get_cookie("session", domain="nord.example").value, domain="sud.example"
    )
    assert sud.get("/").status_code == 401


def test_the_least_recently_used_app_is_let_go_and_comes_back(two):
    nord, sud = two.browser(slug="nord"), two.browser(slug="sud")
    for _turn in range(2):
        assert nord.get("/").status_code == 200
        assert list(two.dispatcher.live) == ["nord"]
        assert sud.get("/").status_code == 200
        assert list(two.dispatcher.live) == ["sud"]


def test_an_app_let_go_while_in_use_closes_its_pool_when_the_last_request_leaves(two):
    north, south = (two.dispatcher.sites[host] for host in ("nord.example", "sud.example"))
    live = two.dispatcher.acquire(north)
    pool = north.engine.pool
    two.dispatcher.release(two.dispatcher.acquire(south))
    assert north.slug not in two.dispatcher.live
    assert north.engine.pool is pool
    two.dispatcher.release(live)
    assert north.engine.pool is not pool


def test_an_app_is_built_anew_only_when_its_revision_moves(house):
    admin = house.browser()
    first = house.app()
    admin.get("/")
    assert house.app() is first
    admin.switch("labs", "off")
    assert house.app() is not first
    assert house.app().config["REVISION"] == first.config["REVISION"] + 1


def test_a_request_under_way_finishes_in_the_old_app(house):
    admin, other = house.browser(), house.browser(role="agent", name="Awa Diop")
    entered, go_on, answers = threading.Event(), threading.Event(), []
    old = house.app()
    inside = old.wsgi_app

    def slowly(environ, start_response):
        if environ["PATH_INFO"] == "/labs/":
            entered.set()
            go_on.wait(30)
        return inside(environ, start_response)

    old.wsgi_app = slowly
    reader = threading.Thread(target=lambda: answers.append(other.get("/labs/").status_code))
    reader.start()
    entered.wait(30)
    assert admin.switch("labs", "off").status_code == 303
    assert admin.get("/labs/").status_code == 404
    go_on.set()
    reader.join(30)
    assert answers == [200]
    assert other.get("/labs/").status_code == 404


def test_an_act_that_met_a_moved_revision_starts_again_once_with_its_body(house):
    admin = house.browser()
    token = admin.token()
    old = house.app()
    inside, tries = old.wsgi_app, []

    def moved(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            tries.append(environ["PATH_INFO"])
            bump(house.site)  # between the dispatcher's look and the write lock
        return inside(environ, start_response)

    old.wsgi_app = moved
    answer = admin.post("/plugins/labs/switch", {"wish": "off"}, token=token)
    assert answer.status_code == 303
    assert len(tries) == 1
    assert not house.state("labs").is_on
    acts = house.rows(sa.select(AuditEntry.action).where(AuditEntry.action == "portal.plugin_disabled"))
    assert len(acts) == 1


def test_a_revision_that_never_rests_ends_in_a_sentence(house, monkeypatch):
    admin = house.browser()
    token = admin.token()
    acquire = house.dispatcher.acquire

    def restless(site, **options):
        live = acquire(site, **options)
        bump(site)
        return live

    monkeypatch.setattr(house.dispatcher, "acquire", restless)
    answer = admin.post("/plugins/labs/switch", {"wish": "off"}, token=token)
    assert answer.status_code == 503
    assert "n’est pas gardé" in answer.text
    assert house.state("labs").is_on


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_a_vanished_file_is_said_and_never_made_empty(tmp_path, warm):
    instance = Instance(tmp_path, Server(), (Collectivity(),))
    (tmp_path / "secret.key").write_text("00" * 32)
    site = Site(instance, instance.collectivities[0])
    upgrade(site)
    site.engine.dispose()
    path = Path(str(make_url(site.url).database))
    with opened(instance) as house:
        client = Client(house.dispatcher)
        if warm:
            assert client.get("/healthz", base_url="http://localhost").status_code == 200
        for file in path.parent.glob("portal.db*"):
            file.unlink()
        answer = client.get("/healthz", base_url="http://localhost")
        assert answer.status_code == 503
        assert "rien n’est perdu" in answer.text
        assert answer.headers["Retry-After"]
        assert not path.exists()


def test_where_the_file_is_away_what_was_sent_comes_back_and_passes_later(house):
    """Nothing of it can be read: the last app answers, and reads nothing. PostgreSQL: `test_troubles`."""
    url = make_url(house.site.url)
    if url.get_backend_name() != "sqlite":
        return
    ida, path = house.browser(), Path(url.database)
    token = ida.token()
    path.rename(path.with_suffix(".aside"))
    answer = ida.post("/screens", {"name": "Accueil de la mairie"}, token=token)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert "rien n’est perdu" in ida.get("/screens").text
    path.with_suffix(".aside").rename(path)
    (kept,) = forms_of("/", answer.text)
    assert (kept.action, kept.values["name"]) == ("/screens", "Accueil de la mairie")
    assert ida.post(kept.action, kept.values, token=token).status_code == 200
    assert "Accueil de la mairie" in ida.get("/screens").text


def test_tables_of_another_version_answer_that_they_are_being_updated(house):
    assert house.browser().get("/").status_code == 200
    with side_write(house.site.engine) as conn:
        conn.execute(sa.text("UPDATE alembic_version_portal SET version_num = 'portal_0001'"))
    bump(house.site)
    answer = Client(house.dispatcher).get("/", base_url="http://localhost")
    assert answer.status_code == 503
    assert "une mise à jour est en cours" in answer.text
    assert "Revenez dans une minute : rien n’est perdu." in answer.text
    with side_write(house.site.engine) as conn:
        conn.execute(sa.text("UPDATE alembic_version_portal SET version_num = :head"), {"head": core_head()})
    assert Client(house.dispatcher).get("/healthz", base_url="http://localhost").status_code == 200


@pytest.mark.parametrize(("proxies", "status"), [(0, 200), (1, 404)])
def test_what_a_proxy_says_is_believed_from_trusted_proxies_only(site, proxies, status):
    instance = replace(site.instance, server=replace(site.instance.server, proxies=proxies))
    with opened(instance) as house:
        headers = {"Host": "localhost", "X-Forwarded-Host": "elsewhere.example"}
        assert Client(house.dispatcher).get("/sign-in", headers=headers).status_code == status
