"""The one doorway between plugins and the portal: plugins import this module and nothing else of ours.

Generation 2. What is listed in `__all__` keeps its name and signature for as long as `API_VERSION` is 2; a test holds
the list. Flask, SQLAlchemy, WTForms, click and pluggy are imported from themselves.
"""

from __future__ import annotations

import pluggy

from portal.content.audiences import READ_AT, READER, Audienced, reading
from portal.content.audit import record
from portal.content.audit_reader import ChainReport, audit_table, audit_until, check_chain, open_audit
from portal.content.clock import now
from portal.content.editing import Overtaken, edition_of, must_have_seen
from portal.content.events import publish
from portal.content.files.keeping import drop_file, files_of, keep_file, receive
from portal.content.following import follow, followed, followers, is_following, unfollow
from portal.content.links import link, unlink
from portal.content.notices import notify, settle
from portal.content.outbound import Fetched, fetch, hosts_of, is_offline
from portal.content.passages import record_passage
from portal.content.settings import setting
from portal.content.subjects import cards_of, is_question
from portal.content.taking_up import give_back, take_up, taken_up, taken_up_as
from portal.content.tokens import Grant, issue_token, move_expiry, revoke_tokens, show_token
from portal.content.words import among_words, edition, fold, sought, word_values
from portal.db import Personal, UtcDateTime, db, group_id, person_id, plugin_base, transaction
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany, Unavailable
from portal.loader.discovery import API_GENERATION as API_VERSION
from portal.people.functions import (
    FunctionCard,
    FunctionFacts,
    HoldingCard,
    add_function,
    change_function,
    close_function,
    function_cards,
    function_choices,
    functions,
    hold_function,
    holdings_of,
    vacate_function,
)
from portal.people.groups import (
    GroupCard,
    add_member,
    create_group,
    group_animators,
    group_cards,
    group_members,
    groups_of,
    member_counts,
    members_by_group,
    members_since,
    remove_member,
    rename_group,
)
from portal.people.leaving import Departure, departure_of, leave, plan_leaving, planned_leaving
from portal.people.permissions import can
from portal.people.persons import find_people, named_like, people, people_table, person
from portal.people.services import (
    ServiceCard,
    ServiceFacts,
    add_service,
    change_service,
    close_service,
    service,
    service_ids_under,
    services,
)
from portal.people.staff import PersonFacts, add_person, change_person, people_facts
from portal.people.users import WaysIn, issue_link, ways_in, without_way_in
from portal.texts import texts
from portal.values import (
    ANONYMOUS,
    NAV_GROUPS,
    Action,
    Audience,
    Event,
    FileCard,
    HomeItem,
    Job,
    LinkCard,
    LinkKind,
    NavItem,
    Person,
    Role,
    Section,
    Subject,
    SubjectCard,
    SubjectType,
    Upload,
    Viewer,
)
from portal.web.answers import absolute_url, form_page, message, page, page_or_fragment, qr_svg, qr_uri, see
from portal.web.dates import day, hour, instant, local_day, local_midnight, minutes, zone
from portal.web.exports import Column, Table, export, export_links, exported
from portal.web.forms import AudienceField, Filters, Form, InstantField, PersonField, SecretField, readers_sentence
from portal.web.headers import allow_frame
from portal.web.listing import Page, held_listing, listing
from portal.web.policy import public, requires, signed_in, token, viewer
from portal.web.seen_forms import SeenForm
from portal.web.subjects import (
    act_in_words,
    actions_of,
    ask_plugins,
    history_of,
    links_of,
    question_to_take_up,
    resolve,
    sections_of,
)
from portal.web.uploads import FileField, receive_files

hookimpl = pluggy.HookimplMarker("portal")
hookspec = pluggy.HookspecMarker("portal")
session = db.session

__all__ = [
    "ANONYMOUS",
    "API_VERSION",
    "NAV_GROUPS",
    "READER",
    "READ_AT",
    "Action",
    "Audience",
    "AudienceField",
    "Audienced",
    "ChainReport",
    "Column",
    "Conflict",
    "Departure",
    "Event",
    "Fetched",
    "FileCard",
    "FileField",
    "Filters",
    "Forbidden",
    "Form",
    "FunctionCard",
    "FunctionFacts",
    "Grant",
    "GroupCard",
    "HoldingCard",
    "HomeItem",
    "InstantField",
    "Invalid",
    "Job",
    "LinkCard",
    "LinkKind",
    "NavItem",
    "NotFound",
    "Overtaken",
    "Page",
    "Person",
    "PersonFacts",
    "PersonField",
    "Personal",
    "PortalError",
    "Role",
    "SecretField",
    "Section",
    "SeenForm",
    "ServiceCard",
    "ServiceFacts",
    "Subject",
    "SubjectCard",
    "SubjectType",
    "Table",
    "TooMany",
    "Unavailable",
    "Upload",
    "UtcDateTime",
    "Viewer",
    "WaysIn",
    "absolute_url",
    "act_in_words",
    "actions_of",
    "add_function",
    "add_member",
    "add_person",
    "add_service",
    "allow_frame",
    "among_words",
    "ask_plugins",
    "audit_table",
    "audit_until",
    "can",
    "cards_of",
    "change_function",
    "change_person",
    "change_service",
    "check_chain",
    "close_function",
    "close_service",
    "create_group",
    "day",
    "departure_of",
    "drop_file",
    "edition",
    "edition_of",
    "export",
    "export_links",
    "exported",
    "fetch",
    "files_of",
    "find_people",
    "fold",
    "follow",
    "followed",
    "followers",
    "form_page",
    "function_cards",
    "function_choices",
    "functions",
    "give_back",
    "group_animators",
    "group_cards",
    "group_id",
    "group_members",
    "groups_of",
    "held_listing",
    "history_of",
    "hold_function",
    "holdings_of",
    "hookimpl",
    "hookspec",
    "hosts_of",
    "hour",
    "instant",
    "is_following",
    "is_offline",
    "is_question",
    "issue_link",
    "issue_token",
    "keep_file",
    "leave",
    "link",
    "links_of",
    "listing",
    "local_day",
    "local_midnight",
    "member_counts",
    "members_by_group",
    "members_since",
    "message",
    "minutes",
    "move_expiry",
    "must_have_seen",
    "named_like",
    "notify",
    "now",
    "open_audit",
    "page",
    "page_or_fragment",
    "people",
    "people_facts",
    "people_table",
    "person",
    "person_id",
    "plan_leaving",
    "planned_leaving",
    "plugin_base",
    "public",
    "publish",
    "qr_svg",
    "qr_uri",
    "question_to_take_up",
    "readers_sentence",
    "reading",
    "receive",
    "receive_files",
    "record",
    "record_passage",
    "remove_member",
    "rename_group",
    "requires",
    "resolve",
    "revoke_tokens",
    "sections_of",
    "see",
    "service",
    "service_ids_under",
    "services",
    "session",
    "setting",
    "settle",
    "show_token",
    "signed_in",
    "sought",
    "take_up",
    "taken_up",
    "taken_up_as",
    "texts",
    "token",
    "transaction",
    "unfollow",
    "unlink",
    "vacate_function",
    "viewer",
    "ways_in",
    "without_way_in",
    "word_values",
    "zone",
]
