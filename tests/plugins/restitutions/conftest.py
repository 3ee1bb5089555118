"""Awa adds restitutions; Ben animates a lab, of which Awa is; Léa is an agent like any other."""

from __future__ import annotations

import pytest

from portal.api import add_member, create_group, now
from portal.content.settings import write_words

from tests.outside import certificate_in, standing
from tests.plugins.restitutions.factories import HOSTS, START, make_film, make_link, received
from tests.plugins.restitutions.widening import address, film_of_the_lab, karim, lab, open_to

__all__ = ["address", "film_of_the_lab", "karim", "lab", "open_to"]  # fixtures of several files


@pytest.fixture
def awa(make_user):
    return make_user("Awa Diop")


@pytest.fixture
def lea(make_user):
    return make_user("Léa Petit")


@pytest.fixture
def lab_id(writing, ben, awa):
    """Make a lab that Ben animates and Awa belongs to."""
    with writing():
        number = create_group("lab", "Labo")
        add_member(number, ben.id, at=now(), is_animator=True)
        add_member(number, awa.id, at=now())
    return number


@pytest.fixture
def ben(make_user):
    return make_user("Ben Roux")


@pytest.fixture
def settle(writing):
    """Write settings of the plugin, as an administrator types them."""

    def write(**words):
        with writing():
            for key, typed in words.items():
                write_words("restitutions", key, words=[typed] if typed else [])

    return write


@pytest.fixture
def day(clock, settle):
    """Let time stand still, and two servers be allowed."""
    clock.set(START)
    settle(hosts="\r\n".join(sorted(HOSTS)))


@pytest.fixture
def link(writing, awa, day):
    """Add a link of Awa; give its number."""

    def add(*args, by=awa, **options):
        with writing():
            return make_link(by, *args, **options).id

    return add


@pytest.fixture
def film(app, writing, awa, day):
    """Send a film of Awa; give its number."""

    def add(content=None, **options):
        with app.app_context():
            upload = received(content) if content else received()
        with writing():
            return make_film(awa, upload, **options).id

    return add


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return certificate_in(tmp_path_factory.mktemp("outside"))


@pytest.fixture
def outside(certificate, app):
    """Let the hosts of videos answer, on this machine."""
    with standing(certificate) as found:
        app.config["ROAD"] = found.road
        yield found
