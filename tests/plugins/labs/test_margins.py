"""« Ce qui peut encore changer »: a fixed block that only a vote of the lab removes (C42 SPEC 1, G10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Invalid, Subject, session
from portal.content.models import AuditEntry
from portal.people.erasing import erase_person

from plugins.labs.models.lab import Ballot, Lab, Margin, Vote
from plugins.labs.queries.votes import removal_among, votes_of
from plugins.labs.services.labs import FirstMargin, create_lab
from plugins.labs.services.margins import add_margin, restore_margins, reword_margin
from plugins.labs.services.members import leave_lab, remove_from_lab
from plugins.labs.services.votes import call_vote, cast_ballot
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import words

PLUGINS = ["labs"]
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
BLOCK = "Ce qui peut encore changer"


@pytest.fixture
def people_(make_user):
    return [make_user(name=f"Agent {letter}") for letter in "ABCDE"]


@pytest.fixture
def lab_id(people_, writing, clock):
    clock.set(START)
    with writing():
        return make_lab("Dunkerque", animator=people_[0], members=people_, margin="Le jour des séances")


def vote(writing, as_viewer, lab_id, voices, *, at=START):
    """Call a vote and give it `voices`, (person, is_yes) pairs; give its id."""
    with writing():
        lab = session.get_one(Lab, lab_id)
        called = call_vote(as_viewer(voices[0][0]), lab, at=at)
        for person, is_yes in voices:
            cast_ballot(as_viewer(person), called, lab=lab, is_yes=is_yes, at=at)
        return called.id


def test_the_block_stands_from_the_creation_with_a_review_date(client, sign_in, people_, lab_id):
    """C42 SPEC 1."""
    sign_in(people_[3])
    page = words(client.get(f"/labs/{lab_id}"))
    assert BLOCK in page
    assert "Le jour des séances à revoir le" in page


def test_the_block_is_read_by_agents_who_do_not_belong_to_the_lab(client, sign_in, make_user, lab_id):
    """C42 SPEC 1: the page of a lab shows it, whoever reads."""
    sign_in(make_user(name="Hors Labo"))
    assert "Le jour des séances à revoir le" in words(client.get(f"/labs/{lab_id}"))


def test_a_sixth_line_is_refused(people_, lab_id, writing, as_viewer):
    """C42 SPEC 1: at most five lines."""
    with writing():
        lab = session.get_one(Lab, lab_id)
        for number in range(4):
            add_margin(
                as_viewer(people_[0]),
                lab,
                text=f"Ligne {number}",
                review_on=date(2027, 1, 1),
                at=START,
                today=START.date(),
            )
        with pytest.raises(Conflict):
            add_margin(as_viewer(people_[0]), lab, text="Six", review_on=date(2027, 1, 1), at=START, today=START.date())


def test_the_page_offers_a_line_more_until_there_are_five(client, sign_in, people_, lab_id, post):
    """C42 SPEC 1: at most five lines, and as many as five."""
    sign_in(people_[0])
    for number in range(2, 6):
        assert "Ajouter une ligne" in words(client.get(f"/labs/{lab_id}"))
        typed = {"text": f"Ligne {number}", "review_on": "2027-01-01"}
        assert post(client, f"/labs/{lab_id}/margins/new", typed).status_code == 303
    assert "Ajouter une ligne" not in words(client.get(f"/labs/{lab_id}"))
    answer = post(client, f"/labs/{lab_id}/margins/new", {"text": "Ligne 6", "review_on": "2027-01-01"})
    assert answer.status_code == 422
    assert "Le bloc a déjà cinq lignes" in words(answer)


def test_a_reworded_line_keeps_what_it_said_before(client, sign_in, people_, lab_id, post, reading, audit_of):
    """C42 SPEC 1; G1: each change is audited."""
    with reading():
        margin_id = session.scalars(sa.select(Margin.id).where(Margin.lab_id == lab_id)).one()
    sign_in(people_[0])
    url = f"/labs/{lab_id}/margins/{margin_id}"
    answer = post(client, url, {"text": "Le lieu des séances", "review_on": "2027-09-01"})
    assert answer.status_code == 303
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Le lieu des séances" in page
    assert "Le jour des séances" in page
    assert audit_of(Subject("labs.lab", lab_id))[-1] == "labs.margin_reworded"


@pytest.mark.parametrize("where", ["/labs/new", "/labs/{lab_id}/margins/new", "/labs/{lab_id}/margins/1"])
def test_the_review_day_cannot_be_past(where, client, sign_in, people_, make_user, lab_id, post):
    """C42 SPEC 1: not at the creation of the lab, not in a new line, not when one is reworded."""
    sign_in(make_user(name="Ad Min", role="admin") if where == "/labs/new" else people_[0])
    url = where.format(lab_id=lab_id)
    typed = {"name": "Labo neuf", "place": "", "animator": people_[0].name, "text": "Le budget"}
    answer = post(client, url, {**typed, "review_on": "2026-11-23"})
    assert answer.status_code == 422
    assert "Choisissez un jour à venir" in words(answer)
    assert post(client, url, {**typed, "review_on": "2026-11-24"}).status_code == 303


def test_only_animators_write_the_lines(client, sign_in, people_, lab_id, writing, as_viewer):
    """C42 SPEC 1."""
    sign_in(people_[1])
    assert client.get(f"/labs/{lab_id}/margins/new").status_code == 403
    with writing():
        lab, margin = session.get_one(Lab, lab_id), session.scalars(sa.select(Margin)).one()
        with pytest.raises(Forbidden):
            reword_margin(
                as_viewer(people_[1]),
                lab,
                margin=margin,
                text="X",
                review_on=date(2027, 1, 1),
                at=START,
                today=START.date(),
            )
        with pytest.raises(Forbidden):
            add_margin(as_viewer(people_[1]), lab, text="X", review_on=date(2027, 1, 1), at=START, today=START.date())
        with pytest.raises(Forbidden):
            restore_margins(as_viewer(people_[1]), lab, at=START)


def test_a_line_cannot_be_deleted(app):
    """C42 SPEC 1: lines are added and reworded, the block comes back; nothing but a vote takes anything away."""
    rules = [rule for rule in app.url_map.iter_rules() if "margin" in rule.rule or "margin" in rule.endpoint]
    assert sorted(rule.rule.removeprefix("/labs/<int:lab_id>/margins/") for rule in rules) == [
        "<int:margin_id>",
        "new",
        "restore",
    ]


def test_a_line_cannot_be_emptied(client, sign_in, people_, lab_id, post, reading):
    """C42 SPEC 1: that would remove it without a vote."""
    with reading():
        margin_id = session.scalars(sa.select(Margin.id).where(Margin.lab_id == lab_id)).one()
    sign_in(people_[0])
    for sent in ({"text": " ", "review_on": "2027-09-01"}, {"text": "Sans jour", "review_on": ""}):
        assert post(client, f"/labs/{lab_id}/margins/{margin_id}", sent).status_code == 422
    with reading():
        assert session.get_one(Margin, margin_id).text == "Le jour des séances"


@pytest.mark.parametrize("text", ["", " \n", "x" * 241])
def test_no_service_writes_a_line_without_words_or_too_long(text, people_, lab_id, writing, as_viewer):
    """C42 SPEC 1: whoever calls it, and from the creation of a lab on."""
    animator, day = as_viewer(people_[0]), {"review_on": date(2027, 9, 1)}
    now = {"at": START, "today": START.date()}

    def create(lab, _margin):
        create_lab(animator, "Neuf", place="", animator=people_[0], margin=FirstMargin(text, date(2027, 9, 1)), **now)

    for act in (
        lambda lab, _margin: add_margin(animator, lab, text=text, **day, **now),
        lambda lab, margin: reword_margin(animator, lab, margin=margin, text=text, **day, **now),
        create,
    ):
        with pytest.raises(Invalid) as refused, writing():
            act(session.get_one(Lab, lab_id), session.scalars(sa.select(Margin)).one())
        assert refused.value.field == "text"


def test_a_line_is_kept_without_the_spaces_around_it(people_, lab_id, writing, as_viewer):
    """C42 SPEC 1: its longest is 240 signs."""
    with writing():
        lab, margin = session.get_one(Lab, lab_id), session.scalars(sa.select(Margin)).one()
        now = {"review_on": date(2027, 9, 1), "at": START, "today": START.date()}
        reword_margin(as_viewer(people_[0]), lab, margin=margin, text=f" {'x' * 240}\n", **now)
        assert margin.text == "x" * 240


def test_a_line_whose_review_day_has_come_waits_for_the_animator(client, sign_in, people_, lab_id, clock):
    """C42 SPEC 1."""
    clock.set(datetime(2027, 5, 31, 9, tzinfo=UTC))
    sign_in(people_[0])
    assert "Cela peut-il encore changer" not in words(client.get("/"))
    clock.set(datetime(2027, 6, 1, 9, tzinfo=UTC))
    assert "Cela peut-il encore changer" in words(client.get("/"))
    clock.set(datetime(2027, 6, 2, 9, tzinfo=UTC))
    assert "Cela peut-il encore changer dans « Dunkerque » ?" in words(client.get("/"))
    assert "à revoir depuis le" in words(client.get(f"/labs/{lab_id}"))
    sign_in(people_[1])
    assert "Cela peut-il encore changer" not in words(client.get("/"))


def test_a_vote_waits_for_the_voice_of_each_member(client, sign_in, people_, lab_id, writing, as_viewer, make_user):
    """G10."""
    vote(writing, as_viewer, lab_id, [(people_[1], True)])
    sign_in(people_[2])
    assert "attend votre voix" in words(client.get("/"))
    sign_in(people_[1])
    assert "attend votre voix" not in words(client.get("/"))
    sign_in(make_user(name="Hors Labo"))
    assert "attend votre voix" not in words(client.get("/"))


@pytest.mark.parametrize(
    ("voices", "is_removed"),
    [
        ("yyy", True),
        ("yyn", True),
        ("yynn", False),
        ("yy", False),
        ("ynn", False),
        ("", False),
    ],
)
def test_the_block_goes_only_with_more_yes_than_no_and_three_voices(
    voices, is_removed, people_, lab_id, writing, reading, as_viewer
):
    """C42 SPEC 1; G10: yes > no, at least three voices."""
    with writing():
        lab = session.get_one(Lab, lab_id)
        called = call_vote(as_viewer(people_[0]), lab, at=START)
        for person, voice in zip(people_, voices, strict=False):
            cast_ballot(as_viewer(person), called, lab=lab, is_yes=voice == "y", at=START)
    with reading():
        lab = session.get_one(Lab, lab_id)
        end = START + timedelta(days=7)
        assert removal_among(votes_of(lab_id, at=end - timedelta(seconds=1)), lab) is None
        assert (removal_among(votes_of(lab_id, at=end), lab) is not None) is is_removed


def test_the_block_is_gone_at_the_end_of_the_vote_even_if_no_job_runs(
    client, sign_in, people_, lab_id, writing, as_viewer, clock
):
    """C42 SPEC 1; G10: recorded and shown."""
    vote(writing, as_viewer, lab_id, [(people_[0], True), (people_[1], True), (people_[2], False), (people_[3], True)])
    sign_in(people_[4])
    clock.set(START + timedelta(days=7, minutes=-1))
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Le jour des séances" in page
    assert "Un vote est ouvert" in page
    clock.set(START + timedelta(days=7))
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Retiré par un vote du" in page
    assert "3 pour, 1 contre" in page
    assert "Le jour des séances" not in page
    assert "Remettre le bloc" not in page


def test_the_job_writes_the_result_down_once_at_its_true_instant_and_erases_the_ballots(
    people_, lab_id, writing, reading, as_viewer, clock, run_jobs, audit_of
):
    """G10: recorded; voices are erased once counted."""
    vote_id = vote(writing, as_viewer, lab_id, [(person, person is not people_[3]) for person in people_[:4]])
    clock.set(START + timedelta(days=9))
    run_jobs()
    run_jobs()
    with reading():
        counted = session.get_one(Vote, vote_id)
        assert (counted.yes, counted.no) == (3, 1)
        assert session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 0
        votes = votes_of(lab_id, at=START + timedelta(days=9))
        removed = removal_among(votes, session.get_one(Lab, lab_id))
        assert removed is not None
        assert removed.vote.ends_at == START + timedelta(days=7)
        assert (removed.yes, removed.no) == (3, 1)
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "labs.vote_ended")).one()
        assert entry.at == START + timedelta(days=7)
        assert entry.facts == {"lab": lab_id, "yes": 3, "no": 1, "carried": True}
    assert audit_of(Subject("labs.vote", vote_id))[0] == "labs.vote_called"


def test_nobody_reads_which_way_the_voices_go_before_the_end(
    client, sign_in, people_, lab_id, writing, as_viewer, clock
):
    """G10; law 2."""
    voices = [(people_[0], True), (people_[1], True), (people_[2], False)]
    url = f"/labs/{lab_id}/votes/{vote(writing, as_viewer, lab_id, voices)}"
    sign_in(people_[3])
    page = words(client.get(url))
    assert "3 voix pour l’instant" in page
    assert "2 pour" not in page
    clock.set(START + timedelta(days=8))
    assert "2 pour, 1 contre" in words(client.get(url))


def test_a_member_votes_and_may_change_their_mind(client, sign_in, people_, lab_id, post, reading, as_viewer, writing):
    """G10."""
    with writing():
        vote_id = call_vote(as_viewer(people_[0]), session.get_one(Lab, lab_id), at=START).id
    url = f"/labs/{lab_id}/votes/{vote_id}"
    sign_in(people_[1])
    assert "checked" not in client.get(url).get_data(as_text=True)
    assert post(client, url, {}).status_code == 422
    post(client, url, {"choice": "yes"})
    post(client, url, {"choice": "no"})
    with reading():
        assert session.scalars(sa.select(Ballot.is_yes)).all() == [False]


def test_only_members_call_a_vote_and_vote(client, sign_in, people_, lab_id, post, make_user, writing, as_viewer):
    """G10: members of the lab."""
    with writing():
        vote_id = call_vote(as_viewer(people_[0]), session.get_one(Lab, lab_id), at=START).id
    sign_in(make_user(name="Hors Labo"))
    assert client.get(f"/labs/{lab_id}/votes/new").status_code == 403
    assert post(client, f"/labs/{lab_id}/votes/{vote_id}", {"choice": "yes"}).status_code == 403
    assert "Seuls les membres du labo votent" in words(client.get(f"/labs/{lab_id}/votes/{vote_id}"))
    outside = as_viewer(make_user(name="Dehors Aussi"))
    with writing():
        lab, called = session.get_one(Lab, lab_id), session.get_one(Vote, vote_id)
        with pytest.raises(Forbidden):
            cast_ballot(outside, called, lab=lab, is_yes=True, at=START)
        with pytest.raises(Forbidden):
            call_vote(outside, lab, at=START + timedelta(days=8))


def test_the_voice_of_somebody_who_leaves_before_the_end_stays_as_they_gave_it(
    people_, lab_id, writing, reading, as_viewer, clock, run_jobs
):
    """G10: a member voted; taking people out of the lab turns no vote, and G6: no sum changes."""
    animator, leaves, taken_out, erased = people_[:4]
    vote_id = vote(writing, as_viewer, lab_id, [(animator, False), (leaves, True), (taken_out, True), (erased, True)])
    outside = as_viewer(leaves)
    with writing():
        lab = session.get_one(Lab, lab_id)
        leave_lab(outside, lab, START)
        remove_from_lab(as_viewer(animator), lab, person=taken_out, at=START)
        erase_person(erased.id, actor=None, at=START)
    with writing(), pytest.raises(Forbidden):
        called, lab = session.get_one(Vote, vote_id), session.get_one(Lab, lab_id)
        cast_ballot(as_viewer(leaves), called, lab=lab, is_yes=False, at=START)
    end = START + timedelta(days=7)
    with reading():
        before = removal_among(votes_of(lab_id, at=end), session.get_one(Lab, lab_id))
        assert (before.yes, before.no) == (3, 1)
    clock.set(end)
    run_jobs()
    with reading():
        counted = session.get_one(Vote, vote_id)
        assert (counted.yes, counted.no) == (3, 1)


def test_there_is_one_vote_at_a_time_and_a_late_voice_is_refused(people_, lab_id, writing, as_viewer):
    """G10: seven days."""
    vote_id = vote(writing, as_viewer, lab_id, [(people_[0], True)])
    with writing():
        lab, called = session.get_one(Lab, lab_id), session.get_one(Vote, vote_id)
        with pytest.raises(Conflict):
            call_vote(as_viewer(people_[1]), lab, at=START + timedelta(days=6))
        with pytest.raises(Conflict):
            cast_ballot(as_viewer(people_[1]), called, lab=lab, is_yes=True, at=START + timedelta(days=7))
        assert call_vote(as_viewer(people_[1]), lab, at=START + timedelta(days=7)).id != vote_id


def test_an_animator_puts_the_block_back_at_once(client, sign_in, people_, lab_id, writing, as_viewer, clock, post):
    """C42 SPEC 1."""
    vote(writing, as_viewer, lab_id, [(person, True) for person in people_[:3]])
    clock.set(START + timedelta(days=8))
    sign_in(people_[0])
    assert "Remettre le bloc" in words(client.get(f"/labs/{lab_id}"))
    post(client, f"/labs/{lab_id}/margins/restore", {})
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Le jour des séances" in page
    assert "Votes passés" in page


def test_a_block_that_came_back_is_removed_by_a_new_vote(people_, lab_id, writing, reading, as_viewer):
    """C42 SPEC 1: coming back takes no right away."""
    voices = [(person, True) for person in people_[:3]]
    vote(writing, as_viewer, lab_id, voices)
    back, again = START + timedelta(days=8), START + timedelta(days=9)
    with writing():
        restore_margins(as_viewer(people_[0]), session.get_one(Lab, lab_id), at=back)
    vote(writing, as_viewer, lab_id, voices, at=again)
    with reading():
        lab = session.get_one(Lab, lab_id)
        assert removal_among(votes_of(lab_id, at=again + timedelta(days=6)), lab) is None
        assert removal_among(votes_of(lab_id, at=again + timedelta(days=7)), lab) is not None


def test_the_audit_never_says_which_way_somebody_voted(people_, lab_id, writing, reading, as_viewer):
    """Law 2; G10: that they voted is recorded."""
    vote(writing, as_viewer, lab_id, [(people_[0], True)])
    with reading():
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action == "labs.ballot_cast")).all()
        assert facts == [{}]
