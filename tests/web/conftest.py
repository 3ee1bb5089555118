"""Fixtures of the web wing's tests: pages made for a test, put on the app as a plugin's blueprint would be."""

from __future__ import annotations

import pytest
from flask import Blueprint


@pytest.fixture
def mount(app):
    """Put views on the app, at `/try/<address>`: `mount("x", view, methods=["POST"])`; each has its policy."""
    app._got_first_request = False

    def put(address, view, **options):
        name = f"try{len(app.blueprints)}"
        rooms = Blueprint(name, __name__)
        rooms.add_url_rule(f"/try/{address}", view_func=view, **options)
        app.register_blueprint(rooms)
        return f"/try/{address}"

    return put


@pytest.fixture
def awa(make_user):
    """Give an agent."""
    return make_user("Awa M.", matricule="A1")


@pytest.fixture
def own(sign_in, awa):
    """Give her browser."""
    return sign_in(awa)


@pytest.fixture
def admin(make_user, sign_in):
    """Give the browser of an administrator."""
    return sign_in(make_user("Odile F.", role="admin"))


@pytest.fixture
def plugin_admin(make_user, sign_in):
    """Give the browser of an administrator of plugins."""
    return sign_in(make_user("Paul G.", role="plugin_admin"))
