"""Logs are facts with keys: no name, address, token or form value is ever in them (trust P2, style 22)."""

from __future__ import annotations

import io
import json
import logging
import socket
import sqlite3
from contextvars import ContextVar

import psycopg
import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from portal.content.turns import note_round
from portal.db import side_write
from portal.errors import ConfigError
from portal.hosting.config import Log
from portal.hosting.logs import Facts
from portal.people.models import User

from tests.hosting.servers import served
from tests.houses import SAME_ORIGIN, opened

PLUGINS = ["labs"]
CANARY = "zqxcanary"
FACTS = {"time", "level", "logger", "message"}


def event(message="saved", *words, logger="portal.labs", error=None, **extra):
    made = logging.getLogger(logger).makeRecord(
        logger, logging.WARNING, __file__, 1, message, words, (type(error), error, None) if error else None, extra=extra
    )
    return json.loads(Facts(Log(format="json")).format(made))


@pytest.fixture
def lines(request):
    """Give what is logged from now on, as the JSON log of an instance would hold it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Facts(Log(format="json")))
    before = logging.root.level
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    yield lambda: out.getvalue().splitlines()
    logging.root.removeHandler(handler)
    logging.root.setLevel(before)


@pytest.fixture
def house(site):
    with opened(site.instance) as made:
        yield made


def test_an_event_is_one_line_of_json_with_its_keys():
    found = event("fault", plugin="labs", reference="7c2e-91", status=500, duration_ms=1.5)
    assert set(found) >= FACTS | {"plugin", "reference", "status", "duration_ms"}
    assert found["level"] == "warning"
    assert found["time"].endswith("+00:00")


def test_a_key_nobody_knows_is_left_out():
    assert CANARY not in json.dumps(event(user_name=CANARY))


def test_what_is_put_in_a_message_is_left_out_unless_it_is_a_number():
    assert event("saved %s", CANARY)["message"] == "saved %s"
    assert event("message %d of %s failed", 7, 8)["message"] == "message 7 of 8 failed"
    assert CANARY not in json.dumps(event(f"Invalid request from ip=10.0.0.1: {CANARY}", logger="gunicorn.error"))
    assert CANARY not in json.dumps(event(f"broken: {CANARY}", logger="some.library"))


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        sa.exc.IntegrityError("INSERT", {"name": CANARY}, psycopg.errors.UniqueViolation(f"Key (name)=({CANARY})")),
        sa.exc.DataError("INSERT", {}, psycopg.DataError(CANARY)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_an_error_says_is_left_out(error):
    found = event("broke", error=error)
    assert CANARY not in json.dumps(found)
    assert found["error"] == type(error).__name__


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError("database or disk is full")), "disk is full"),
        (OSError(28, "No space left on device"), "No space left"),
        (ConfigError("port is taken"), "port is taken"),
        (AttributeError("'Lab' object has no attribute 'nmae'"), "nmae"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_system_says_of_itself_is_kept(error, words):
    assert words in event("broke", error=error)["said"]


def test_an_error_says_where_it_went_through():
    try:
        json.loads("{")
    except ValueError as error:
        record = logging.getLogger("portal").makeRecord(
            "portal", logging.ERROR, "", 1, "broke", (), (ValueError, error, error.__traceback__)
        )
    found = json.loads(Facts(Log(format="json")).format(record))
    assert any("test_logs.py" in place for place in found["where"])
    assert any("decoder.py" in place for place in found["where"])


def test_for_eyes_an_event_is_one_line_too_and_developers_ask_for_details(monkeypatch):
    monkeypatch.setattr("portal.hosting.logs.collectivity", ContextVar("none", default=None))
    try:
        int(f"{CANARY}\nx")
    except ValueError as error:
        made = logging.getLogger("portal.web").makeRecord(
            "portal.web",
            logging.ERROR,
            "",
            1,
            "broke",
            (),
            (ValueError, error, error.__traceback__),
            extra={"status": 500},
        )
    plain = Facts(Log()).format(made)
    assert plain.startswith("error portal.web broke status=500 error=ValueError")
    assert "\n" not in plain
    assert CANARY not in plain
    detailed = Facts(Log(details=True)).format(made)
    assert CANARY in detailed
    assert "Traceback" in detailed


def test_a_request_leaves_one_line_with_its_rule_and_never_its_address(house, lines):
    ida = house.browser()
    for address in (f"/labs/?q={CANARY}", "/labs/99999"):
        ida.get(address).close()
    found = [json.loads(line) for line in lines() if '"portal.access"' in line]
    assert [(line["method"], line["rule"], line["status"], line["plugin"]) for line in found] == [
        ("GET", "/labs/", 200, "labs"),
        ("GET", "/labs/<int:lab_id>", 404, "labs"),
    ]
    assert all(line["collectivity"] == "default" and line["duration_ms"] > 0 for line in found)
    assert found[1]["reference"]


def test_a_load_balancer_that_asks_every_second_leaves_no_line(house, lines):
    with Client(house.dispatcher).get("/healthz", base_url="http://localhost") as answer:
        assert answer.status_code == 200
    assert lines() == []


def test_nothing_a_person_is_called_or_types_is_in_the_logs(house, lines):
    name, secret, path = (f"{CANARY}{word}" for word in ("name", "secret", "path"))
    ida = house.browser(name=name)
    with side_write(house.site.engine) as conn:
        conn.execute(sa.update(User).values(email=f"{name}@ville.example", matricule=f"{CANARY}4012"))
    stranger = Client(house.dispatcher)
    for identifier in (f"{name}@ville.example", f"{CANARY}nobody"):
        stranger.post(
            "/sign-in",
            data={"identifier": identifier, "password": secret},
            base_url="http://localhost",
            environ_base=SAME_ORIGIN,
        ).close()
    for address in (f"/link/12.{secret}", f"/{path}", f"/labs/{path}?q={secret}", f"/plugins/{path}"):
        stranger.get(
            address, base_url="http://localhost", headers={"User-Agent": secret, "Referer": f"http://{path}/"}
        ).close()
        ida.get(address).close()
    ida.post("/labs/new", {"name": name, "question": secret}).close()
    house.browser(role="agent", name=f"{CANARY} Zoé")
    ((zoe,),) = house.rows(sa.select(User.id).where(User.name == f"{CANARY} Zoé"))
    with ida.post(f"/privacy/people/{zoe}/erase", {"is_asked": "y"}) as answer:
        assert answer.status_code == 303
    breaks(house.app(), "core.my_account", ValueError(name))
    breaks(house.app(), "labs.index", sa.exc.IntegrityError("INSERT", {"name": name}, sqlite3.IntegrityError(name)))
    for address in ("/account", "/labs/"):
        with ida.get(address) as answer:
            assert answer.status_code == 500
    said = "\n".join(lines())
    assert said.count("portal.access") >= 14
    assert "plugin fault" in said
    assert CANARY not in said
    for line in lines():
        assert set(json.loads(line)) >= FACTS


def breaks(app, endpoint, error):
    view = app.view_functions[endpoint]

    def broken(**_address):
        raise error

    broken.policy = view.policy
    app.view_functions[endpoint] = broken


def test_the_server_itself_speaks_the_same_tongue(tmp_path):
    settings = '[log]\nformat = "json"\n'
    with served(tmp_path / "instance", settings=settings) as server:
        assert server.ask("/")[0] == 401
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as door:
            door.sendall(f"GET /link/{CANARY} WAP/1.0\r\n\r\n".encode())
            assert b"400" in door.recv(100)
    lines = server.log().splitlines()
    found = [json.loads(line) for line in lines]
    assert CANARY not in server.log()
    assert [line["status"] for line in found if line["logger"] == "portal.access"] == [401]
    assert any(line["logger"] == "gunicorn.error" for line in found)


def test_a_host_that_is_nobodys_may_ask_whether_the_process_lives_and_nothing_else(house):
    answer = Client(house.dispatcher).get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert answer.json == {"process": "ok"}
    assert Client(house.dispatcher).get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 404
    assert not house.dispatcher.live


def test_health_says_what_a_load_balancer_needs_and_names_nobody(house):
    answer = Client(house.dispatcher).get("/healthz", base_url="http://localhost")
    assert answer.status_code == 200
    assert (answer.json["process"], answer.json["database"]) == ("ok", "ok")
    assert answer.json["revision"] == house.app().config["REVISION"]
    assert answer.json["worker_age_seconds"] is None
    with house.app().app_context():
        note_round(house.site.engine, waiting=set())
    again = Client(house.dispatcher).get("/healthz", base_url="http://localhost")
    assert 0 <= again.json["worker_age_seconds"] < 60
    assert "Dunkerque" not in answer.text
    assert "Set-Cookie" not in answer.headers
