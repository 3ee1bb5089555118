"""`can` is the only judge: every role against every permission of the core, and of a plugin that has each kind."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from portal.loader.manifest import Permission
from portal.people.permissions import CORE_PERMISSIONS, can
from portal.values import ANONYMOUS, Role, Viewer
from portal.web.builtin import hookimpl

AGENT = Viewer(person_id=1, is_agent=True)
ANIMATOR = replace(AGENT, group_ids=frozenset({7}), lab_ids=frozenset({7}), animated_ids=frozenset({7}))
PLUGIN_ADMIN = replace(AGENT, role=Role.PLUGIN_ADMIN)
ADMIN = replace(AGENT, role=Role.ADMIN)
VIEWERS = {"anonymous": ANONYMOUS, "agent": AGENT, "animator": ANIMATOR, "plugin_admin": PLUGIN_ADMIN, "admin": ADMIN}
# Written by hand: who holds what. A permission added to the core must be added here.
CORE = {
    "portal.account": {"agent", "animator", "plugin_admin", "admin"},
    "portal.news": {"agent", "animator", "plugin_admin", "admin"},
    "portal.plugins": {"plugin_admin", "admin"},
    "portal.privacy": {"admin"},
    "portal.screens": {"admin"},
    "portal.theme": {"admin"},
}
HERE, ELSEWHERE = SimpleNamespace(group_id=7), SimpleNamespace(group_id=8)
STRANGERS = {
    "agent": {"agent", "animator", "plugin_admin", "admin"},
    "animator": {"animator"},
    "plugin_admin": {"plugin_admin", "admin"},
    "admin": {"admin"},
}


@pytest.fixture(autouse=True)
def inside(app):
    declared = {f"stranger.{role}": Permission(f"stranger.{role}", {"fr": role}, Role(role)) for role in STRANGERS}
    app.config["PERMISSIONS"] = {**app.config["PERMISSIONS"], **declared}
    with app.app_context():
        yield


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("permission", CORE)
def test_the_core_opens_to_the_roles_it_says(name, permission):
    assert can(VIEWERS[name], permission) == (name in CORE[permission])


def test_the_table_above_is_whole():
    assert set(CORE) == set(CORE_PERMISSIONS)


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("role", STRANGERS)
def test_a_plugins_permission_opens_by_its_role(plug, name, role):
    plug(SimpleNamespace())
    assert can(VIEWERS[name], f"stranger.{role}", HERE) == (name in STRANGERS[role])


@pytest.mark.parametrize("name", VIEWERS)
def test_an_animator_is_one_of_a_group_only(plug, name):
    plug(SimpleNamespace())
    assert not can(VIEWERS[name], "stranger.animator", ELSEWHERE)


def test_an_unknown_permission_fails_loudly(plug):
    plug(SimpleNamespace())
    for name in ("portal.dance", "stranger.dance"):
        with pytest.raises(KeyError):
            can(ADMIN, name)


def test_the_permission_of_a_plugin_that_is_off_is_refused():
    assert not can(ADMIN, "nobody.dance")


class Refuses:
    @hookimpl
    def portal_may(self, permission):
        return False


class Breaks:
    @hookimpl
    def portal_may(self, permission):
        raise RuntimeError


class Grants:
    @hookimpl
    def portal_may(self, permission):
        return True


@pytest.mark.parametrize("answer", [Refuses, Breaks])
def test_the_owner_may_refuse_and_breaking_is_a_refusal(plug, answer):
    plug(answer())
    assert not can(ADMIN, "stranger.agent", HERE)


def test_the_owner_cannot_open_what_the_role_closes(plug):
    plug(Grants())
    assert not can(AGENT, "stranger.admin")


def test_a_plugin_cannot_refuse_what_is_not_its_own(plug):
    plug(Refuses())
    assert can(ADMIN, "portal.plugins")


def test_a_shared_screen_keeps_only_its_permissions():
    on_screen = replace(ADMIN, permissions=frozenset({"portal.plugins"}))
    assert can(on_screen, "portal.plugins")
    assert not can(on_screen, "portal.screens")


def test_of_the_core_a_shared_screen_opens_ones_news_and_nothing_else():
    assert [code for code, permission in CORE_PERMISSIONS.items() if permission.screen] == ["portal.news"]
