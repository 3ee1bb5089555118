"""The demonstration: an evening played through the pages, by made-up people, as any user would.

A story is data (`stories/*.toml`): services, people, functions, then steps, each « who posts which form where, when ».
Nothing is written behind the pages' back, so a story also proves that they work. A step has:

- `at`, the local hour; `who`, a person, several (the step is done by each), or nobody (somebody without an account);
- `post`, an address, with its `form`; `each`, people for whom it is done again, each being `{each}` in the address;
- `page`, the page the form stands on, when it has hidden fields to send back;
- `film`, a file to send with it: its `name`, its `pages` and for how many `seconds` each is shown;
- `save`, a name for the number of what was made, `{name}` in later steps;
- or, instead of `post`: `get`, an address, and `find`, names with the pattern to look for in its page.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from portal.content.clock import now, real_now, set_domain_clock
from portal.db import transaction
from portal.demo.films import make_film
from portal.errors import PortalError
from portal.hosting.config import FILE, Instance, read_instance, write_secret
from portal.hosting.factory import create_app
from portal.hosting.install import prepare_plugins
from portal.hosting.operating import upgrade
from portal.hosting.site import Site
from portal.loader.states import switch
from portal.people.functions import FunctionFacts, add_function, hold_function
from portal.people.passwords import hash_secret
from portal.people.services import ServiceFacts, add_service
from portal.people.sessions import close_sessions, open_session
from portal.people.staff import PersonFacts, add_person
from portal.people.users import issue_link, one_user
from portal.values import Role
from portal.web.answers import absolute_url

STORIES = Path(__file__).parent / "stories"
SEE_OTHER = 303
NUMBER = re.compile(r"(?:/|#[a-z]+-)(\d+)(?=/|$|\?|#)")
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
LINK_USES = 1000
LINK_MINUTES = 60 * 24 * 30


def reset_demo(folder: Path) -> None:
    """Forget the demonstration, whatever was typed in it."""
    shutil.rmtree(folder, ignore_errors=True)


def play_demo(folder: Path, *, port: int) -> Iterator[str]:
    """Prepare the demonstration if it is not there yet; give the lines to print: one address per person.

    :raises PortalError: a step of a story is refused, which is a fault of ours
    """
    if not (folder / "played").exists():
        reset_demo(folder)
        yield "La soirée se joue…"
        write_secret(folder)
        shutil.copyfile(STORIES / FILE, folder / FILE)
        for site in _sites(folder, port):
            Story(site).play()
            site.engine.dispose()
        (folder / "played").touch()
    for site in _sites(folder, port):
        yield from _addresses(site)
        site.engine.dispose()


def move_demo(folder: Path, day: datetime) -> str:
    """Make it another, later hour where the demonstration is played, for a server that runs too; say which.

    :param day: without zone: local
    :raises PortalError: it is no demonstration; it is later there already
    """
    instance = read_instance(folder)
    if not instance.demo:
        raise PortalError(f"{folder} n'est pas une démonstration : son horloge est celle de tout le monde.")
    for site in (Site(instance, item) for item in instance.collectivities if "now" in _read(item.slug)):
        try:
            with create_app(site).app_context(), transaction():
                _move(day.replace(tzinfo=ZoneInfo(site.collectivity.timezone)))
        finally:
            site.engine.dispose()
    return f"La démonstration est au {day:%d/%m/%Y}, {day:%H h %M}."


def _move(instant: datetime) -> None:
    if instant < now():  # what was done since would lie in the future
        raise PortalError("La démonstration a déjà passé cette heure ; --reset la remet à son premier jour.")
    set_domain_clock(instant)


def _sites(folder: Path, port: int) -> list[Site]:
    read = read_instance(folder)
    instance: Instance = replace(read, server=replace(read.server, port=port))
    return [Site(instance, item) for item in instance.collectivities]


def _addresses(site: Site) -> Iterator[str]:
    yield f"\n{site.collectivity.name}"
    app = create_app(site)
    with app.app_context(), transaction():
        for person in _read(site.slug)["person"]:
            if "who" not in person:  # one of many: there in the lists, nobody enters in their place
                continue
            user = one_user(person["matricule"])
            text = issue_link(user.id, uses=LINK_USES, minutes=LINK_MINUTES)
            yield f"  {person['name']}, {person['who']}{_pin(person)}\n    {absolute_url('core.link', token=text)}"


def _pin(person: Mapping[str, str]) -> str:
    return f" (écran partagé : {person['matricule']}, code {person['pin']})" if "pin" in person else ""


def _read(slug: str) -> dict[str, Any]:
    """Read a story: its first chapter, then the others (`<slug>-….toml`), whose lists go on with those before."""
    told: dict[str, Any] = {}
    for chapter in [STORIES / f"{slug}.toml", *sorted(STORIES.glob(f"{slug}-*.toml"))]:
        for key, value in tomllib.loads(chapter.read_text(encoding="utf-8")).items():
            told[key] = told[key] + value if isinstance(told.get(key), list) else value
    return told


class Story:
    """One collectivity's story, being played."""

    def __init__(self, site: Site) -> None:
        self.site, self.told = site, _read(site.slug)
        self.zone = ZoneInfo(site.collectivity.timezone)
        self.found: dict[str, Any] = {}
        self.clients: dict[str, FlaskClient] = {}

    def play(self) -> None:
        """Make the tables and the people, play each step at its hour, leave the clock at the story's present."""
        upgrade(self.site)
        self._enable()
        app = create_app(self.site)
        self._settle(app)
        for step in self.told.get("step", []):
            self._step(app, step)
        with app.app_context(), transaction():
            for person in self.told["person"]:
                close_sessions(self.found[person["key"]])
            if "now" in self.told:
                set_domain_clock(self._instant(self.told["now"]))

    def _enable(self) -> None:
        app = create_app(self.site)
        for plugin in self.told.get("plugins", []):
            prepare_plugins(self.site, [plugin])
            with app.app_context(), transaction():
                switch(plugin, on=True, at=real_now())

    def _settle(self, app: Flask) -> None:
        with app.app_context(), transaction():
            for service in self.told.get("service", []):
                facts = ServiceFacts(service["name"], parent_id=self.found.get(service.get("under", "")))
                self.found[service["key"]] = add_service(facts, actor=None, at=real_now())
        for person in self.told["person"]:
            pin_hash = hash_secret(person["pin"]) if "pin" in person else None
            with app.app_context(), transaction():
                number = add_person(self._facts(person), actor=None, at=real_now(), pin_hash=pin_hash)
                token = open_session(number, device="démonstration")
            self.found[person["key"]] = number
            self.clients[person["key"]] = self._client(app, token)
        with app.app_context(), transaction():
            for function in self.told.get("function", []):
                self._settle_function(function)

    def _facts(self, person: Mapping[str, Any]) -> PersonFacts:
        return PersonFacts(
            name=person["name"],
            matricule=person["matricule"],
            email=person.get("email"),
            service_id=self.found.get(person.get("service", "")),
            job_title=person.get("job"),
            phone=person.get("phone"),
            role=Role(person.get("role", Role.AGENT)),
        )

    def _settle_function(self, function: Mapping[str, Any]) -> None:
        service_id = self.found.get(function.get("service", ""))
        facts = FunctionFacts(function["name"], service_id=service_id, body=function.get("body"))
        self.found[function["key"]] = number = add_function(facts, actor=None, at=real_now())
        if "holder" in function:
            hold_function(number, self.found[function["holder"]], since=self._instant(function["since"]))

    def _client(self, app: Flask, token: str | None) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if token is None:
            return client
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    def _instant(self, value: datetime) -> datetime:
        return value.replace(tzinfo=self.zone).astimezone(UTC)

    def _step(self, app: Flask, step: Mapping[str, Any]) -> None:
        """Do a step as everybody it names, for everybody it names."""
        app.config["CLOCK_OFFSET_SECONDS"] = (self._instant(step["at"]) - real_now()).total_seconds()
        who = step.get("who")
        for actor in who if isinstance(who, list) else [who]:
            for name in step.get("each", [None]):
                self.found["each"] = self.found.get(name, "")
                client = self.clients[actor] if actor else self._client(app, None)
                self._harvest(client, step) if "get" in step else self._post(client, step)

    def _harvest(self, client: FlaskClient, step: Mapping[str, Any]) -> None:
        text = client.get(self._filled(step["get"])).text
        for name, pattern in step["find"].items():
            seen = re.search(pattern, text)
            if seen is None:
                raise PortalError(f"{step['get']} : {pattern} ? {_main(text)}")
            self.found[name] = seen.group(1)

    def _post(self, client: FlaskClient, step: Mapping[str, Any]) -> None:
        fields = _hidden(client.get(self._filled(step.get("page", "/account"))).text)
        form = {self._filled(key): self._filled(value) for key, value in step.get("form", {}).items()}
        answer = client.post(self._filled(step["post"]), data={**fields, **form, **_film(step)})
        if answer.status_code != SEE_OTHER:
            raise PortalError(f"{step.get('who')}, {step['post']} : {answer.status_code} {_main(answer.text)}")
        numbers = NUMBER.findall(answer.location)
        if "save" in step and numbers:
            self.found[step["save"]] = int(numbers[-1])

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value.format_map(self.found) if isinstance(value, str) else value


def _film(step: Mapping[str, Any]) -> dict[str, Any]:
    told = step.get("film")
    return {"film": (BytesIO(make_film(told["pages"], seconds=told["seconds"])), told["name"])} if told else {}


def _hidden(page: str) -> dict[str, str]:
    inputs = (dict(ATTRIBUTE.findall(text)) for text in HIDDEN.findall(page))
    return {item["name"]: unescape(item.get("value", "")) for item in inputs if "name" in item}


def _main(page: str) -> str:
    words = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    return " ".join(words.split())[:600]
