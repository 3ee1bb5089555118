"""The review is itself tested: faults seeded in what is read, each caught by its check, by its words (P20).

A fault is one function of the product replaced, or one address of a careless plugin; the walk then goes through the
doors concerned, as in `test_walks.py`.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Response, request

from portal.api import Audience, Column, NotFound, Role, SubjectCard, export, session, signed_in, transaction
from portal.content import audiences
from portal.content.clock import real_now
from portal.errors import Conflict, Forbidden
from portal.loader.faults import later
from portal.people.models import User, UserSession
from portal.people.persons import person
from portal.people.readers import Reader
from portal.people.sessions import hash_token, viewer_of
from portal.web.htmx import htmx

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.lab import Vote
from plugins.labs.models.project import Project
from plugins.labs.queries.votes import tallies
from tests.review import walks
from tests.review.doors import lost
from tests.review.seeding import at, caught, reading, with_policy
from tests.review.world import ADMIN, AGENT, LEAVER, MEMBER

EVERY_LEVEL = list(Audience)


def test_a_route_that_lost_its_policy(app, world, furniture, monkeypatch):
    monkeypatch.setitem(app.view_functions, "labs.show", lambda: "x")
    caught(lost(app, world, furniture), "labs.show declares no policy")


def test_a_route_whose_policy_is_too_wide(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "core.privacy", {"kind": "signed_in", "permission": None})
    caught(lost(app, walk.world, walk.furniture), "core.privacy asks for somebody")
    caught(reading(walk, AGENT, "core.privacy"), "GET /privacy → 200, not [403]")


def test_a_route_that_nothing_fills(app, mount, world, furniture):
    mount("<int:idea_id>", signed_in()(lambda idea_id: "x"), endpoint="show")
    caught(lost(app, world, furniture), "careless.show", "nothing fills idea_id")


def test_a_list_that_forgets_who_may_read(mount, walk):
    def ideas():
        return Response("\n".join(session.scalars(sa.select(Ephemeral.question))))

    mount("ideas", signed_in()(ideas))
    caught(reading(walk, AGENT, "careless.ideas"), "agent: GET /try/ideas", "tells labs_ephemeral.question")


def test_an_export_that_forgets_who_may_read(mount, walk):
    def ideas():
        rows = ({"learnt": learnt} for learnt in session.scalars(sa.select(Project.learnt)))
        return export("csv", "ideas", columns=[Column("learnt", "Appris")], rows=rows)

    mount("ideas.csv", signed_in()(ideas))
    caught(reading(walk, MEMBER, "careless.ideas"), "/try/ideas.csv", "tells labs_project.learnt")


def test_a_page_that_an_administrator_reads_by_rank(walk, monkeypatch):
    was = audiences._levels
    monkeypatch.setattr(audiences, "_levels", lambda who: EVERY_LEVEL if who.role is Role.ADMIN else was(who))
    faults = reading(walk, ADMIN, "labs.ephemeral", "labs.ephemerals")
    caught(faults, "administrator", "(open lab)] → 200, not [404]")
    caught(faults, "administrator: GET /labs/e/ → 200 tells labs_ephemeral.question")


def test_a_page_shown_before_its_time(walk, monkeypatch):
    was, soon = audiences.reading, timedelta(days=30)
    early = lambda who, *, at, **others: was(who, at=at + soon, **others)  # noqa: E731
    monkeypatch.setattr("plugins.labs.queries.ephemerals.reading", early)
    caught(reading(walk, MEMBER, "labs.ephemeral"), "member", "network not yet)] → 200, not [404]")


def test_a_page_that_looks_at_the_parent_only(walk, monkeypatch):
    one_vote = lambda _lab_id, vote_id, *, at: tallies([session.get_one(Vote, vote_id)], at=at)[0]  # noqa: E731
    monkeypatch.setattr("plugins.labs.views.votes.one_vote", one_vote)
    caught(reading(walk, MEMBER, "labs.vote"), "GET /labs/2/votes/1", "→ 200, not [404]")


def test_a_feed_that_outlives_the_one_who_left(walk, monkeypatch):
    def reader_of(person_id):
        return Reader(person(person_id), viewer_of(person_id), "fr", None)

    monkeypatch.setattr("portal.content.tokens._is_live", lambda _row: True)
    monkeypatch.setattr("portal.web.policy.reader_of", reader_of)
    caught(reading(walk, LEAVER, "core.news_feed"), "/news.xml → 200, not [404]")


def test_a_session_that_outlives_the_one_who_left(app, walk):
    held = app.session_interface.get_signing_serializer(app).loads(walk.world.cookies[LEAVER][0])["_user_id"]
    facts = {"user_id": walk.world.people[LEAVER].id, "device": "x", "created_at": real_now(), "seen_at": real_now()}
    with app.app_context(), transaction():
        session.add(UserSession(token_hash=hash_token(held), **facts))
        session.execute(sa.update(User).where(User.id == facts["user_id"]).values(disabled_at=None))
    caught(reading(walk, LEAVER, "core.my_account"), "leaver: GET /account → 200, not [401]")


def test_a_file_read_without_its_owner_s_audience(walk, monkeypatch):
    monkeypatch.setattr("portal.web.pages.files.resolve", lambda subject: SubjectCard("x", "/", subject))
    faults = reading(walk, AGENT, "core.file")
    caught(faults, "agent: GET /files/", "tells content of files")
    caught(faults, "agent: GET /files/", "→ 200, not [404]")


def test_a_fragment_that_tells_more_than_its_page(mount, walk):
    def questions():
        found = session.scalars(sa.select(Ephemeral.question)) if htmx() else []
        return Response("\n".join(found))

    mount("questions", signed_in()(questions))
    caught(reading(walk, AGENT, "careless.questions"), "/try/questions", "tells labs_ephemeral.question")


def test_a_search_that_tells_more_than_its_list(mount, walk):
    def ideas():
        return Response("\n".join(session.scalars(sa.select(Project.title)) if request.args.get("q") else ()))

    mount("ideas", signed_in()(ideas))
    caught(reading(walk, AGENT, "careless.ideas"), "?q=canari", "tells labs_project.title")


@pytest.mark.parametrize(
    "shown",
    [
        '<a href="/try/ideas?state=ended">ended</a>',
        '<form><select name="state"><option value="" selected>all<option value="ended">ended</select></form>',
        '<form><input type="checkbox" name="state" value="ended"></form>',
    ],
)
def test_a_filter_that_tells_more_than_its_list(mount, walk, shown):
    def ideas():
        titles = session.scalars(sa.select(Project.title)) if request.args.get("state") == "ended" else ()
        return Response(shown + "\n".join(titles), mimetype="text/html")

    mount("ideas", signed_in()(ideas))
    caught(reading(walk, AGENT, "careless.ideas"), "?state=ended", "tells labs_project.title")


def test_names_shown_to_those_an_audience_lets_read(walk, monkeypatch):
    monkeypatch.setattr("plugins.labs.views.ephemerals.sees_names", lambda _viewer, _glance: True)
    caught(reading(walk, AGENT, "labs.ephemeral"), "agent: GET /labs/e/", "tells labs_guest.first_name")


def test_a_get_that_writes(mount, walk):
    def visited():
        later(lambda conn: conn.execute(sa.update(User).values(job_title="vu")))
        return "x"

    mount("visited", signed_in()(visited))
    faults = reading(walk, AGENT, "careless.visited")
    caught(faults, "agent: GET /try/visited → 200 wrote: UPDATE users")
    caught(faults, "something changed in users")


def test_an_answer_without_a_header(app, walk):
    def bare(answer):
        del answer.headers["Content-Security-Policy"]
        return answer

    app.after_request_funcs[None].insert(0, bare)
    caught(reading(walk, AGENT, "labs.index"), "GET /labs/ → 200 has no Content-Security-Policy")


def test_a_page_that_breaks(mount, walk):
    def broken():
        raise ValueError("x")

    mount("broken", signed_in()(broken))
    caught(reading(walk, AGENT, "careless.broken"), "GET /try/broken → 500 broke")


def test_a_page_that_turns_away_whoever_may_read_it(mount, walk):
    def busy():
        raise Conflict("x")

    mount("busy", signed_in()(busy))
    caught(reading(walk, AGENT, "careless.busy"), "agent: GET /try/busy → 409, not [200, ")


def test_a_log_that_tells_what_a_person_wrote(mount, walk):
    def logged():
        logging.getLogger("careless").warning("seen", extra={"place": session.scalar(sa.select(Ephemeral.question))})
        return "x"

    mount("logged", signed_in()(logged))
    caught(reading(walk, AGENT, "careless.logged"), "the log tells labs_ephemeral.question")


def test_a_mail_to_somebody_who_may_not_read(walk, monkeypatch):
    def cards_of(subjects, _viewer):
        some = [subject for subject in subjects if subject.kind == "labs.ephemeral"]
        return {one: SubjectCard(session.get_one(Ephemeral, one.id).question, "/", one) for one in some}

    monkeypatch.setattr("portal.web.news.cards_of", cards_of)
    caught(walks.read_mails(walk), "the mail to agent about labs.ephemeral", "tells labs_ephemeral.question")


def test_a_refusal_where_nothing_should_be_known(walk, monkeypatch):
    monkeypatch.setattr("plugins.labs.views.loaders._no_ephemeral", lambda: Forbidden("x"))
    caught(reading(walk, AGENT, "labs.ephemeral"), "(open lab)] → 403, not [404]")


def test_an_absence_that_is_said_otherwise(walk, monkeypatch):
    def readable_glance(_viewer, ephemeral_id, *, at):
        if session.get(Ephemeral, ephemeral_id) is not None:
            raise NotFound("Ce labo est privé.")

    monkeypatch.setattr("plugins.labs.views.loaders.readable_glance", readable_glance)
    faults = walks.compare_with_nothing(walk, [AGENT], doors=at(walk, "labs.ephemeral"))
    caught(faults, "reads otherwise than what never was", "Ce labo est privé")
