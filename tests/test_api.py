"""The doorway of generation 1: names and signatures, as plugin authors rely on them.

A line that changes here is a promise that changes: give a new argument a default, or raise `API_VERSION`.
"""

from __future__ import annotations

import inspect

import pytest

from portal import api

SIGNATURES = """
ANONYMOUS
API_VERSION
Action(label, url, method=…, kind=…, order=…)
Audience: SELF CIRCLE LAB NETWORK INTRANET PUBLIC
AudienceField
Audienced
Column(key, title)
Conflict
Event(name, subject, actor_id, at, facts=…)
Filters
Forbidden
Form
FunctionCard(id, name, holder)
Grant(id, scope, subject, person_id, group_id, label)
HomeItem(zone, title, url, lines=…, due_at=…, action=…, state=…)
InstantField
Invalid
Job(name, every_minutes, run)
NAV_GROUPS
NavItem(group, title, endpoint, permission=…, order=…)
NotFound
Page(items, next_url, first_url, total, total_text)
Person(id, name)
PersonField
Personal(whose, why, keep_days=…, on_erase=…)
PortalError
Role: AGENT ANIMATOR PLUGIN_ADMIN ADMIN
Section(title, template, context=…, order=…)
Subject(kind, id)
SubjectCard(title, url)
SubjectType(kind, title)
TooMany
UtcDateTime
Viewer(person_id=…, role=…, group_ids=…, lab_ids=…, animated_ids=…, is_agent=…, permissions=…)
absolute_url(endpoint, **values)
actions_of(subject)
add_member(group_id, person_id, *, at, is_animator=…)
can(viewer, permission, target=…)
create_group(kind, name)
export(fmt, name, *, columns, rows)
find_people(text, *, limit=…)
form_page(template, form, **context)
function_cards(ids, *, at)
function_choices()
group_animators(group_id)
group_id(*, nullable=…)
group_members(group_id)
history_of(subject, *, without=…)
hookimpl
hookspec
issue_token(scope, *, subject=…, person_id=…, group_id=…, expires_at=…, uses=…, label=…)
listing(statement, *, order_by, size=…, ascending=…)
local_day(instant)
local_midnight(on)
member_counts(group_ids)
message(text, kind=…)
minutes(value)
move_expiry(scope, subject, *, expires_at)
now()
page(template, *, status=…, **context)
page_or_fragment(template, fragment, **context)
people(ids)
person(person_id)
person_id(*, nullable=…)
plugin_base(plugin)
public(*, prepare=…, **loader)
publish(event)
qr_svg(url)
readers_sentence(audience, group_id)
record(action, subject, *, actor, at, facts=…)
record_passage(subject, state, at)
remove_member(group_id, person_id)
rename_group(group_id, name)
requires(permission, *, prepare=…, **loader)
resolve(subject)
revoke_tokens(scope, subject)
sections_of(subject)
see(endpoint, **values)
session
show_token(scope, subject)
signed_in(*, prepare=…, **loader)
texts(domain)
token(scope, *, prepare=…, **loader)
viewer()
"""


def shape(name):
    """Write a name as the table does: fields of a value, members of a list, arguments of a function."""
    found = getattr(api, name)
    if inspect.isclass(found) and hasattr(found, "__members__"):
        return f"{name}: {' '.join(found.__members__)}"
    if inspect.isclass(found) and hasattr(found, "__dataclass_fields__"):
        return f"{name}({', '.join(map(_argument, inspect.signature(found).parameters.values()))})"
    if inspect.isfunction(found):
        return f"{name}({', '.join(_arguments(found))})"
    return name


def _arguments(function):
    named = False
    for argument in inspect.signature(function).parameters.values():
        if argument.kind is argument.KEYWORD_ONLY and not named:
            yield "*"
        named = named or argument.kind in {argument.KEYWORD_ONLY, argument.VAR_POSITIONAL}
        yield _argument(argument)


def _argument(argument):
    stars = {argument.VAR_POSITIONAL: "*", argument.VAR_KEYWORD: "**"}.get(argument.kind, "")
    return f"{stars}{argument.name}{'' if argument.default is argument.empty else '=…'}"


def test_the_door_offers_these_names_with_these_signatures():
    assert [shape(name) for name in sorted(api.__all__)] == SIGNATURES.split("\n")[1:-1]


def test_the_generation_is_the_first():
    assert api.API_VERSION == 1


def test_nothing_else_stands_in_the_door():
    public = {name for name in vars(api) if not name.startswith("_")} - {"annotations", "pluggy", "db"}
    assert public == set(api.__all__)


@pytest.mark.parametrize("name", sorted(api.__all__))
def test_everything_in_the_door_says_what_it_is(name):
    found = getattr(api, name)
    if inspect.isclass(found) or inspect.isfunction(found):
        assert inspect.getdoc(found)
