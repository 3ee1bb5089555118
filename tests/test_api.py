"""The doorway of generation 2: names and signatures, as plugin authors rely on them.

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
ChainReport(since, broken, is_cut)
Column(key, title)
Conflict
Departure(sessions, functions, below)
Event(name, subject, actor_id, at, facts=…)
Fetched(status, content_type, content)
FileCard(id, name, kind, content_type, size, width, height, author_id, created_at)
FileField
Filters
Forbidden
Form
FunctionCard(id, name, holder, service_id=…, service=…, body=…, since_at=…, until_at=…, closed_at=…)
FunctionFacts(name, service_id=…, body=…)
Grant(id, scope, subject, person_id, group_id, label, uses_left=…, expires_at=…)
GroupCard(id, kind, name, members)
HoldingCard(holder, since_at, until_at)
HomeItem(zone, title, url, lines=…, due_at=…, action=…, state=…)
InstantField
Invalid
Job(name, every_minutes, run, in_transaction=…)
LinkCard(words, title, url)
LinkKind(kind, forth, back)
NAV_GROUPS
NavItem(group, title, endpoint, permission=…, order=…, also=…)
NotFound
Overtaken
Page(items, next_url, first_url, total, total_text)
Person(id, name, has_left=…)
PersonFacts(name, matricule=…, email=…, service_id=…, job_title=…, phone=…, superior_id=…, role=…)
PersonField
Personal(whose, why, keep_days=…, on_erase=…, since=…, at_end=…, secret=…)
PortalError
READER
READ_AT
Role: AGENT ANIMATOR PLUGIN_ADMIN ADMIN
SecretField
Section(title, template, context=…, order=…)
SeenForm
ServiceCard(id, name, code=…, parent_id=…, depth=…, closed_at=…)
ServiceFacts(name, code=…, parent_id=…)
Subject(kind, id)
SubjectCard(title, url, subject)
SubjectType(kind, title, can_follow=…, in_audit=…, is_question=…)
Table
TooMany
Unavailable
Upload(name, content_type, size, sha256, width=…, height=…)
UtcDateTime
Viewer(person_id=…, role=…, group_ids=…, lab_ids=…, animated_ids=…, is_agent=…, permissions=…)
WaysIn(password, pin)
absolute_url(endpoint, **values)
act_in_words(action)
actions_of(subject)
add_function(facts, *, actor, at)
add_member(group_id, person_id, *, at, is_animator=…)
add_person(facts, *, actor, at, pin_hash=…)
add_service(facts, *, actor, at)
allow_frame(host)
among_words(folded, count)
ask_plugins(hook, **arguments)
audit_table(reader)
audit_until(reader)
can(viewer, permission, target=…)
cards_of(subjects, viewer)
change_function(function_id, facts, *, actor, at)
change_person(user_id, facts, *, actor, at)
change_service(service_id, facts, *, actor, at)
check_chain()
close_function(function_id, *, actor, at)
close_service(service_id, *, people_to, actor, at)
create_group(kind, name)
day(value)
departure_of(user_id, *, at)
drop_file(owner, file_id, *, actor, at)
edition(*texts)
edition_of(said)
export(fmt, name, *, columns, rows)
export_links(endpoint, *kept, **values)
exported(fmt, name, table, items)
fetch(plugin, url)
files_of(owner)
find_people(text, *, limit=…)
fold(*texts)
follow(actor, subject, *, at)
followed(viewer, kind)
followers(subject)
form_page(template, form, **context)
function_cards(ids, *, at)
function_choices()
functions(*, at, person_id=…, service_id=…, with_closed=…)
give_back(taker, *, actor, at)
group_animators(group_id)
group_cards(viewer)
group_id(*, nullable=…)
group_members(group_id)
groups_of(person_id, viewer)
held_listing(items, *, key, size=…)
history_of(subject, *, without=…)
hold_function(function_id, person_id, *, since, until=…, actor=…)
holdings_of(function_id)
hookimpl
hookspec
hosts_of(plugin, what=…)
hour(value)
instant(value)
is_following(viewer, subject)
is_offline()
is_question(kind)
issue_link(user_id, *, actor=…, uses=…, minutes=…)
issue_token(scope, *, subject=…, person_id=…, group_id=…, expires_at=…, uses=…, label=…)
keep_file(owner, upload, *, actor, at)
leave(user_id, *, actor, at)
link(kind, source, target, *, actor, at)
links_of(subject)
listing(statement, values=…, *, order_by, size=…, ascending=…, counted=…)
local_day(instant)
local_midnight(on)
member_counts(group_ids)
members_by_group(group_ids)
members_since(group_id)
message(text, kind=…)
minutes(value)
move_expiry(scope, subject, *, expires_at)
must_have_seen(seen, said, wanted)
named_like(column, text)
notify(person_ids, about, text, *, at, actor=…, must_act=…, facts=…)
now()
open_audit(reader, *, reason)
page(template, *, status=…, **context)
page_or_fragment(template, fragment, **context)
people(ids)
people_facts(ids=…, *, keys=…)
people_table()
person(person_id)
person_id(*, nullable=…)
plan_leaving(user_id, *, on, actor, at)
planned_leaving(user_id)
plugin_base(plugin)
public(*, prepare=…, max_bytes=…, **loader)
publish(event)
qr_svg(url)
qr_uri(url)
question_to_take_up()
readers_sentence(audience, group_id)
reading(viewer, *, at, **others)
receive(content, *, name, side=…)
receive_files(form)
record(action, subject, *, actor, at, facts=…)
record_passage(subject, state, at)
remove_member(group_id, person_id)
rename_group(group_id, name)
requires(permission, *, prepare=…, max_bytes=…, **loader)
resolve(subject)
revoke_tokens(scope, subject, *, person_id=…)
sections_of(subject)
see(endpoint, **values)
service(service_id)
service_ids_under(service_id)
services(*, with_closed=…)
session
setting(plugin, key)
settle(about, *, at)
show_token(scope, subject, *, person_id=…)
signed_in(*, prepare=…, max_bytes=…, **loader)
sought(text)
take_up(taker, question, *, actor, at)
taken_up(taker)
taken_up_as(kind)
texts(domain)
token(scope, *, reader=…, gone=…, elsewhere=…, prepare=…, max_bytes=…, **loader)
transaction()
unfollow(actor, subject)
unlink(kind, source, target, *, actor, at)
vacate_function(function_id, *, at, actor=…)
viewer()
ways_in(user_id)
without_way_in()
word_values(words)
zone()
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


def test_the_generation_is_the_second():
    assert api.API_VERSION == 2


def test_nothing_else_stands_in_the_door():
    public = {name for name in vars(api) if not name.startswith("_")} - {"annotations", "pluggy", "db"}
    assert public == set(api.__all__)


@pytest.mark.parametrize("name", sorted(api.__all__))
def test_everything_in_the_door_says_what_it_is(name):
    found = getattr(api, name)
    if inspect.isclass(found) or inspect.isfunction(found):
        assert inspect.getdoc(found)
