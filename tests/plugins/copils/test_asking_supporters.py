"""Whoever comes by themselves to a public question supports it: counted, told, and without any act on it (C07)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import now, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Asker, Question
from tests.plugins.copils.factories import MEMBERS, answered, make_commitment, make_question
from tests.plugins.labs.pages import hrefs, words

PLUGINS = ["copils"]
OF_ASKERS = ("reword", "withdraw", "back", "invite", "alone", "together")


@pytest.fixture
def named(folk, writing):
    """Give the number of a question that Awa asks in her own name."""
    with writing():
        return make_question(folk.awa, folk.copil_id, position=1)


@pytest.fixture
def supported(named, folk, sign_in, post):
    """Let Omar support it; give its address."""
    for _click in range(2):
        assert post(sign_in(folk.other), f"/copils/q/{named}/voice").status_code == 303
    return f"/copils/q/{named}"


def _row(reading, number: int) -> Question:
    with reading():
        question = session.get_one(Question, number)
        session.expunge_all()
    return question


def test_a_supporter_is_named_counted_and_may_leave(folk, supported, sign_in, post, reading):
    omar = sign_in(folk.other)
    assert "Awa Diop, avec le soutien de Omar Sy" in words(omar.get(supported))
    assert "Ne plus soutenir cette question" in words(omar.get(f"{supported}/leave"))
    assert post(omar, f"{supported}/leave").status_code == 303
    assert "soutien de Omar Sy" not in words(omar.get(supported))
    assert post(omar, f"{supported}/leave").status_code == 403
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Asker)) == 2


def test_a_supporter_has_no_act_on_the_question(folk, named, supported, sign_in, post, reading, writing):
    """C07 SPEC 1 and 11: raw POSTs; nor does a question of theirs give them one, asked together with it."""
    with writing():
        own = make_question(folk.other, folk.copil_id, "Anodine ?", position=2)
    omar = sign_in(folk.other)
    typed = {"text": "Autre ?", "person": "Ada Min", "other": own}
    assert [post(omar, f"{supported}/{act}", typed).status_code for act in OF_ASKERS] == [403] * len(OF_ASKERS)
    post(omar, f"/copils/q/{own}/together", {"other": named})
    assert post(omar, f"/copils/q/{own}/together/yes").status_code == 403
    offered = {href.removeprefix(f"{supported}/") for href in hrefs(omar.get(supported))}
    assert offered.isdisjoint({*OF_ASKERS, "voice"})
    question = _row(reading, named)
    assert (question.text, question.withdrawn_at) == ("Pourquoi trois signatures ?", None)
    assert (question.merged_into_id, _row(reading, own).merged_into_id) == (None, None)


def test_a_supporter_judges_nothing(folk, named, supported, sign_in, post, reading, writing):
    """C07 SPEC 5 and 8: the one who promised would have a friend confirm."""
    with writing():
        for column, value in answered(now(), folk.dg, "yes").items():
            setattr(session.get_one(Question, named), column, value)
        promised = make_commitment(named, folk.function_id, by=folk.lea, holder=folk.dg)
    omar, address = sign_in(folk.other), f"/copils/c/{promised}"
    assert post(omar, f"{address}/known-by", {"known_by": "Tout va bien."}).status_code == 403
    assert post(sign_in(folk.dg), f"{address}/done", {"proof": "Fait."}).status_code == 303
    omar = sign_in(folk.other)
    assert post(omar, f"{address}/verdict", {"verdict": "yes"}).status_code == 403
    assert f"{address}/verdict" not in hrefs(omar.get("/"))
    assert "Est-ce vraiment fait" not in words(omar.get("/news"))
    assert f"{address}/verdict" in hrefs(sign_in(folk.awa).get("/"))
    with reading():
        assert session.get_one(Commitment, promised).confirmed_at is None


def test_a_supporter_hears_what_becomes_of_it(folk, supported, sign_in, post):
    """C07 SPEC 9; what was returned is the affair of its askers."""
    assert post(sign_in(folk.lea), f"{supported}/mask", {"name": "signatures"}).status_code == 303
    assert "Un nom a été masqué" in words(sign_in(folk.other).get("/news"))
    assert post(sign_in(folk.lea), f"{supported}/return", {"reason": "Trop vague."}).status_code == 303
    omar = sign_in(folk.other)
    assert "On vous rend" not in words(omar.get("/news"))
    assert "trois" not in words(omar.get(supported))


def test_who_wrote_it_withdraws_rather_than_leaves_it_to_supporters(folk, supported, sign_in, post):
    awa = sign_in(folk.awa)
    assert "retirez-la plutôt" in words(post(awa, f"{supported}/leave"))
    assert f"{supported}/leave" not in hrefs(awa.get(supported))


def test_who_supports_a_collective_counts_and_reads_no_name(folk, public, sign_in, post):
    """C07 SPEC 11: the facilitator, an administrator, anybody."""
    for person in (folk.lea, folk.admin, folk.other):
        browser = sign_in(person)
        assert post(browser, f"{public}/voice").status_code == 303
        source = browser.get(public).get_data(as_text=True)
        assert [name for name in MEMBERS if name in source] == []
    assert "collectif de 6 personnes" in words(sign_in(folk.other).get(public))


def test_supporters_make_no_collective(folk, public, sign_in, post, reading):
    """C07 SPEC 11: two members and a supporter are not three; it gathers again, and exists for nobody else."""
    post(sign_in(folk.other), f"{public}/voice")
    assert post(sign_in(folk.cyr), f"{public}/leave").status_code == 303
    number = int(public.rpartition("/")[2])
    assert _row(reading, number).asked_at is None
    assert sign_in(folk.other).get(public).status_code == 404
    awa = sign_in(folk.awa)
    assert "Encore 1 voix" in words(awa.get(public))
    for name, person in (("Omar Sy", folk.other), ("Cyr Nkomo", folk.cyr)):  # both are asked anew
        assert post(awa, f"{public}/invite", {"person": name}).status_code == 303
        assert "On vous invite" in words(sign_in(person).get("/"))
    assert post(sign_in(folk.other), f"{public}/voice").status_code == 303
    assert _row(reading, number).asked_at is not None
    assert "Awa Diop" in words(sign_in(folk.other).get(public))


def test_whoever_left_a_collective_comes_back_as_a_supporter(folk, public, sign_in, post, writing, reading):
    """C07 SPEC 11: the names of the others are theirs no more."""
    with writing():
        session.add(
            Asker(
                question_id=int(public.rpartition("/")[2]),
                person_id=folk.other.id,
                invited_at=now(),
                confirmed_at=now(),
            )
        )
    cyr = sign_in(folk.cyr)
    assert post(cyr, f"{public}/leave").status_code == 303
    assert post(cyr, f"{public}/voice").status_code == 303
    assert "Awa Diop" not in words(cyr.get(public))
    assert post(cyr, f"{public}/withdraw").status_code == 403


@pytest.fixture
def world(folk, public, sign_in, post, writing):
    """Let others support a collective, and its members act on all within their reach: one asked with it, promises."""
    number = int(public.rpartition("/")[2])
    with writing():
        host = make_question(folk.other, folk.copil_id, "Et le jour ?", position=2)
        third = make_question(folk.lea, folk.copil_id, "Et le soir ?", position=3)
    acts = [
        *((person, f"q/{number}/voice", {}) for person in (folk.lea, folk.admin)),
        (folk.other, f"q/{host}/together", {"other": number}),
        (folk.bea, f"q/{host}/together/no", {}),
        (folk.other, f"q/{host}/together", {"other": number}),
        (folk.cyr, f"q/{host}/together/yes", {}),
        (folk.awa, f"q/{host}/apart", {}),
        (folk.lea, f"q/{third}/together", {"other": number}),
        (folk.bea, f"q/{third}/together/yes", {}),
        (folk.awa, f"q/{third}/apart", {}),
        (folk.bea, f"q/{number}/reword", {"text": "Pourquoi seul, la nuit ?", "collective": "L’équipe"}),
        (folk.cyr, f"q/{number}/together", {"other": host}),
        (folk.other, f"q/{number}/together/yes", {}),
        (folk.awa, f"q/{number}/move", {"to": 1}),
    ]
    for person, address, typed in acts:
        assert post(sign_in(person), f"/copils/{address}", typed).status_code in {303, 409, 422}, address
    with writing():
        assert session.get_one(Question, number).merged_into_id == host
        for column, value in answered(now(), folk.dg, "yes").items():
            setattr(session.get_one(Question, host), column, value)
        made = [make_commitment(host, folk.function_id, by=folk.lea, holder=folk.dg) for _each in range(2)]
    kept, refused = made
    for promised, verdict in ((kept, {"verdict": "yes"}), (refused, {"verdict": "no", "reason": "Rien."})):
        address = f"/copils/c/{promised}"
        assert post(sign_in(folk.bea), f"{address}/known-by", {"known_by": "À deux."}).status_code == 303
        assert post(sign_in(folk.dg), f"{address}/done", {"proof": "Recruté."}).status_code == 303
        assert post(sign_in(folk.cyr), f"{address}/verdict", verdict).status_code == 303
    return number


def _addresses(app, reading) -> list[str]:
    """List every page of copils, of every thing there is."""
    with reading():
        ids = {
            name: list(session.scalars(sa.select(model.id)))
            for name, model in {"copil_id": Copil, "question_id": Question, "commitment_id": Commitment}.items()
        }
    found, adapter = ["/", "/news"], app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        named = rule.arguments - {"fmt"}
        if not rule.endpoint.startswith("copils.") or "GET" not in rule.methods or not named <= ids.keys():
            continue
        for number in ids[next(iter(named))] if named else [0]:
            values = dict.fromkeys(named, number) | ({"fmt": "json"} if "fmt" in rule.arguments else {})
            found.append(adapter.build(rule.endpoint, values))
    return found


def test_nowhere_stands_a_name_of_a_collective(folk, world, app, sign_in, reading):
    """C07 SPEC 11: every page of every thing, for whoever reads, supporters too."""
    addresses = _addresses(app, reading)
    assert len(addresses) > 60
    for person in (folk.other, folk.dg, folk.lea, folk.admin):
        browser = sign_in(person)
        for address in addresses:
            source = browser.get(address).get_data(as_text=True)
            found = [name for name in MEMBERS if re.search(rf"\b{name.split()[0]}\b", source)]
            assert not found, (person.name, address)
