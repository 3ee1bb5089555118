"""The one doorway between plugins and the portal: plugins import this module and nothing else of ours.

Generation 1. What is listed in `__all__` keeps its name and signature for as long as `API_VERSION` is 1; a test holds
the list. Flask, SQLAlchemy, WTForms and pluggy are imported from themselves.
"""

from __future__ import annotations

import pluggy

from portal.content.audiences import Audienced
from portal.content.audit import record
from portal.content.clock import now
from portal.content.events import publish
from portal.content.passages import record_passage
from portal.content.tokens import Grant, issue_token, move_expiry, revoke_tokens, show_token
from portal.db import Personal, UtcDateTime, db, group_id, person_id, plugin_base
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany
from portal.loader.discovery import API_GENERATION as API_VERSION
from portal.people.functions import FunctionCard, function_cards, function_choices
from portal.people.groups import (
    add_member,
    create_group,
    group_animators,
    group_members,
    member_counts,
    remove_member,
    rename_group,
)
from portal.people.permissions import can
from portal.people.persons import find_people, people, person
from portal.texts import texts
from portal.values import (
    ANONYMOUS,
    NAV_GROUPS,
    Action,
    Audience,
    Event,
    HomeItem,
    Job,
    NavItem,
    Person,
    Role,
    Section,
    Subject,
    SubjectCard,
    SubjectType,
    Viewer,
)
from portal.web.answers import absolute_url, form_page, message, page, page_or_fragment, qr_svg, see
from portal.web.dates import local_day, local_midnight, minutes
from portal.web.exports import Column, export
from portal.web.forms import AudienceField, Filters, Form, InstantField, PersonField, readers_sentence
from portal.web.listing import Page, listing
from portal.web.policy import public, requires, signed_in, token, viewer
from portal.web.subjects import actions_of, history_of, resolve, sections_of

hookimpl = pluggy.HookimplMarker("portal")
hookspec = pluggy.HookspecMarker("portal")
session = db.session

__all__ = [
    "ANONYMOUS",
    "API_VERSION",
    "NAV_GROUPS",
    "Action",
    "Audience",
    "AudienceField",
    "Audienced",
    "Column",
    "Conflict",
    "Event",
    "Filters",
    "Forbidden",
    "Form",
    "FunctionCard",
    "Grant",
    "HomeItem",
    "InstantField",
    "Invalid",
    "Job",
    "NavItem",
    "NotFound",
    "Page",
    "Person",
    "PersonField",
    "Personal",
    "PortalError",
    "Role",
    "Section",
    "Subject",
    "SubjectCard",
    "SubjectType",
    "TooMany",
    "UtcDateTime",
    "Viewer",
    "absolute_url",
    "actions_of",
    "add_member",
    "can",
    "create_group",
    "export",
    "find_people",
    "form_page",
    "function_cards",
    "function_choices",
    "group_animators",
    "group_id",
    "group_members",
    "history_of",
    "hookimpl",
    "hookspec",
    "issue_token",
    "listing",
    "local_day",
    "local_midnight",
    "member_counts",
    "message",
    "minutes",
    "move_expiry",
    "now",
    "page",
    "page_or_fragment",
    "people",
    "person",
    "person_id",
    "plugin_base",
    "public",
    "publish",
    "qr_svg",
    "readers_sentence",
    "record",
    "record_passage",
    "remove_member",
    "rename_group",
    "requires",
    "resolve",
    "revoke_tokens",
    "sections_of",
    "see",
    "session",
    "show_token",
    "signed_in",
    "texts",
    "token",
    "viewer",
]
