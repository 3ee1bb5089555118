"""Moderation returns with a reason or masks a name, and nothing else (C07 SPEC 11)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import Invalid, now, session

from plugins.copils.models.commitment import Commitment, FormerDue, Refusal
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import FormerAnswer, Masking, Question
from plugins.copils.services.masking import mask_name
from tests.plugins.copils.factories import (
    SITTING,
    START,
    answered,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)
from tests.plugins.labs.pages import hrefs, words

PLUGINS = ["copils"]
LATE = START + timedelta(days=26)
TEXT = "Pourquoi Marie Curie refuse-t-elle les congés de l’été ?"


@pytest.fixture
def house(make_user, writing, clock):
    clock.set(START)
    found = SimpleNamespace(awa=make_user("Awa Diop"), lea=make_user("Léa Petit"), omar=make_user("Omar Sy"))
    found.admin, dg = make_user("Ada Min", role="admin"), make_user("Denis Grand")
    with writing():
        found.function_id = make_function("Direction générale", dg)
        found.copil_id = make_copil(found.lea, [found.function_id])
        found.number = make_question(found.awa, found.copil_id, TEXT, details="MARIE  curie a dit non.")
    found.address = f"/copils/q/{found.number}"
    return found


def _question(reading, house) -> Question:
    with reading():
        question = session.get_one(Question, house.number)
        session.expunge_all()
    return question


def test_a_question_returned_shows_a_line_with_the_reason_and_not_its_words(house, sign_in, post):
    lea, awa, omar = (sign_in(person) for person in (house.lea, house.awa, house.omar))
    for _click in range(2):
        answer = post(lea, f"{house.address}/return", {"reason": "Elle vise une personne."})
        assert answer.status_code == 303
    for browser in (omar, lea):
        for address in (house.address, f"/copils/sessions/{house.copil_id}"):
            page = words(browser.get(address))
            assert "rendue à qui l’a posée" in page.lower()
            assert "Elle vise une personne." in page
            assert "Marie Curie" not in page
            assert "congés" not in browser.get(address).get_data(as_text=True)
    assert "congés" not in omar.get(f"/copils/sessions/{house.copil_id}/questions.json").get_data(as_text=True)
    assert "Question rendue : la reprendre" in words(awa.get("/"))
    assert "On vous rend, avec une raison" in words(awa.get("/news"))
    assert "Marie Curie" in words(awa.get(house.address))


def test_reworked_it_goes_back_on_the_agenda(house, sign_in, post, reading):
    post(sign_in(house.lea), f"{house.address}/return", {"reason": "Elle vise une personne."})
    awa = sign_in(house.awa)
    assert "Elle vise une personne." in words(awa.get(f"{house.address}/reword"))
    answer = post(awa, f"{house.address}/reword", {"text": "Pourquoi pas de congés l’été ?"})
    assert answer.status_code == 303
    question = _question(reading, house)
    assert (question.returned_at, question.return_reason, question.copil_id) == (None, None, house.copil_id)
    assert "Pourquoi pas de congés" in words(sign_in(house.omar).get(f"/copils/sessions/{house.copil_id}"))
    assert "Question rendue" not in words(awa.get("/"))


def test_reworked_too_late_it_goes_to_the_next_copil(house, sign_in, post, reading, writing, clock):
    """C07 SPEC 2 and 11."""
    post(sign_in(house.lea), f"{house.address}/return", {"reason": "Elle vise une personne."})
    with writing():
        later_id = make_copil(house.lea, held_at=START + timedelta(days=70))
    clock.set(LATE)
    assert post(sign_in(house.awa), f"{house.address}/reword", {"text": "Pourquoi ?"}).status_code == 303
    question = _question(reading, house)
    assert (question.copil_id, question.came_from_id) == (later_id, house.copil_id)


@pytest.mark.parametrize("began", [True, False])
def test_nothing_is_returned_once_an_answer_is_owed(began, house, sign_in, post, reading, writing, clock):
    """C07 SPEC 4: « sans réponse » is not taken off a page: neither once the copil has begun, nor after its time."""
    with writing():
        session.get_one(Copil, house.copil_id).began_at = SITTING if began else None
    clock.set(SITTING if began else SITTING + timedelta(days=14))
    lea = sign_in(house.lea)
    assert f"{house.address}/return" not in hrefs(lea.get(house.address))
    assert f"{house.address}/mask" in hrefs(lea.get(house.address))
    answer = post(lea, f"{house.address}/return", {"reason": "Trop vague."})
    assert "trop tard pour la rendre" in words(answer)
    assert _question(reading, house).returned_at is None
    assert post(lea, f"{house.address}/mask", {"name": "Marie Curie"}).status_code == 303


def test_nobody_else_moderates_not_even_an_administrator(house, sign_in, post, reading):
    for person in (house.omar, house.admin, house.awa):
        for act, typed in (("return", {"reason": "Non"}), ("mask", {"name": "Marie Curie"})):
            browser = sign_in(person)
            assert post(browser, f"{house.address}/{act}", typed).status_code == 403
            assert f"{house.address}/{act}" not in hrefs(browser.get(house.address))
    assert _question(reading, house).text == TEXT


def test_no_reason_no_return(house, sign_in, post, reading):
    for reason, said in (("  ", "Pourquoi"), ("x" * 301, "300")):
        answer = post(sign_in(house.lea), f"{house.address}/return", {"reason": reason})
        assert answer.status_code == 422
        assert said in words(answer)
    assert _question(reading, house).returned_at is None


def test_no_address_deletes_a_question(app):
    """SPEC 11: nothing is deleted silently."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("copils.")]
    assert rules
    assert not [rule for rule in rules if "DELETE" in rule.methods or "delete" in rule.rule]


def test_a_name_is_masked_wherever_it_stands_and_kept_nowhere(house, sign_in, post, reading, writing, site):
    with writing():
        commitment_id = make_commitment(house.number, house.function_id, by=house.lea)
        copied = f"Réponse : {TEXT}"
        make_commitment(house.number, house.function_id, by=house.lea, text=copied, kind="answer")
    answer = post(sign_in(house.lea), f"{house.address}/mask", {"name": " marie CURIE "})
    assert answer.status_code == 303
    question = _question(reading, house)
    assert question.text == "Pourquoi [nom masqué] refuse-t-elle les congés de l’été ?"
    assert question.details == "[nom masqué] a dit non."
    with reading():
        (row,) = session.scalars(sa.select(Masking))
        assert (row.places, row.person_id) == (3, house.lea.id)
        assert "curie" not in session.get_one(Commitment, commitment_id).folded
    page = words(sign_in(house.omar).get(house.address))
    assert "Un nom a été masqué le 7 septembre 2026, par Léa Petit." in page
    assert "Curie" not in page
    with site.engine.connect() as conn:
        tables = sa.MetaData()
        tables.reflect(conn)
        found = [
            table.name
            for table in tables.sorted_tables
            for row in conn.execute(sa.select(table))
            if "curie" in str(tuple(row)).lower()
        ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Pierre Curie", "ne se trouvent nulle part"),
        ("Mari", "ne se trouvent nulle part"),
        ("  ", "Le nom à masquer"),
        ("?", "Écrivez le nom seul"),
        ("x" * 61, "Écrivez le nom seul"),
        ("Marie Curie refuse-t-elle les congés", "Écrivez le nom seul"),
        (".*", "Écrivez le nom seul"),
        ("M.rie", "ne se trouvent nulle part"),
    ],
)
def test_what_is_no_name_masks_nothing(name, said, house, sign_in, post, reading):
    answer = post(sign_in(house.lea), f"{house.address}/mask", {"name": name})
    assert answer.status_code == 422
    assert said in words(answer)
    assert _question(reading, house).text == TEXT


def test_what_is_most_of_a_question_is_no_name(house, as_viewer, writing, reading):
    with writing():
        house.number = make_question(house.awa, house.copil_id, "Marie Curie oui ?")
    with writing(), pytest.raises(Invalid):
        mask_name(as_viewer(house.lea), session.get_one(Question, house.number), name="Marie Curie", at=now())
    assert _question(reading, house).text == "Marie Curie oui ?"


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("Que veut Zoë O’Neil de plus que nous ?", "zoë o'neil", "Que veut [nom masqué] de plus que nous ?"),
        ("Que veut ZOE\u0308 de plus que nous ?", "Zoë", "Que veut [nom masqué] de plus que nous ?"),
        ("Que dit Li, et li, de Lille ?", "Li", "Que dit [nom masqué], et [nom masqué], de Lille ?"),
        ("Que veut (Élodie) de plus que nous ?", "élodie", "Que veut ([nom masqué]) de plus que nous ?"),
    ],
)
def test_names_are_found_whatever_their_signs(text, name, kept, house, sign_in, post):
    asked = post(sign_in(house.awa), f"/copils/sessions/{house.copil_id}/ask", {"text": text, "asked": "alone"})
    assert post(sign_in(house.lea), f"{asked.location}/mask", {"name": name}).status_code == 303
    assert kept in words(sign_in(house.omar).get(asked.location))


@pytest.fixture
def dug_in(house, writing):
    """Say the name wherever words hang on the question; ask it again, and again, and once more withdrawn."""
    name = "Marie Curie"
    with writing():
        at = now()
        question = session.get_one(Question, house.number)
        for column, value in answered(at, house.lea, "delegated", f"Voyez avec {name}, qui sait tout.").items():
            setattr(question, column, value)
        question.answer_function_id = house.function_id
        session.add(
            FormerAnswer(
                question_id=house.number,
                answer="no",
                answer_text=f"Parce que {name} ne veut pas.",
                person_id=house.lea.id,
                until_at=at,
            )
        )
        promised = make_commitment(
            house.number,
            house.function_id,
            by=house.lea,
            text=f"Les congés que {name} a refusés seront donnés",
            known_by=f"On aura vu {name} signer",
            proof=f"Signé hier par {name} elle-même",
        )
        session.add(
            FormerDue(commitment_id=promised, due_on=at.date(), reason=name, person_id=house.lea.id, changed_at=at)
        )
        session.add(
            Refusal(
                commitment_id=promised,
                proof=f"Vu par {name}",
                proposed_by_id=house.lea.id,
                proposed_at=at,
                reason=f"Non, demandez donc à {name}",
                person_id=house.awa.id,
                refused_at=at,
            )
        )
        house.again = make_question(house.omar, house.copil_id, f"{TEXT} Encore ?", again_id=house.number)
        house.third = make_question(house.omar, house.copil_id, f"{TEXT} Toujours ?", again_id=house.again)
        house.hidden = make_question(house.omar, house.copil_id, TEXT, again_id=house.number, withdrawn_at=at)
    return house


def test_a_name_goes_from_all_that_hangs_on_a_question(dug_in, sign_in, post, site, reading, audit_of):
    """C07 SPEC 11: answers, commitments, reasons, proofs, where it is asked again; hidden words are not read by it."""
    assert post(sign_in(dug_in.lea), f"{dug_in.address}/mask", {"name": "Marie Curie"}).status_code == 303
    with site.engine.connect() as conn:
        tables = sa.MetaData()
        tables.reflect(conn)
        found = [
            (table.name, row.id)
            for table in tables.sorted_tables
            if table.name.startswith("copils_")
            for row in conn.execute(sa.select(table))
            if "curie" in str(tuple(row)).lower()
        ]
    assert found == [("copils_question", dug_in.hidden)]
    with reading():
        masked = list(session.scalars(sa.select(Masking.question_id).order_by(Masking.question_id)))
        told = [audit_of(session.get_one(Question, number).subject) for number in (dug_in.again, dug_in.third)]
    assert masked == [dug_in.number, dug_in.again, dug_in.third]
    assert all("copils.question_masked" in entries for entries in told)
    assert "Un nom a été masqué" in words(sign_in(dug_in.omar).get("/news"))


def test_a_name_that_stands_only_in_a_commitment_is_masked(house, sign_in, post, writing, reading):
    with writing():
        text = "Le bureau de Pierre Durand sera rouvert"
        promised = make_commitment(house.number, house.function_id, by=house.lea, text=text)
    assert post(sign_in(house.lea), f"{house.address}/mask", {"name": "Pierre Durand"}).status_code == 303
    with reading():
        assert session.get_one(Commitment, promised).text == "Le bureau de [nom masqué] sera rouvert"


def test_masking_is_no_way_to_censor(house, sign_in, post, reading, writing):
    """C07 SPEC 11: words are counted without masks, all masks together; no mask hides a mask."""
    text = "Pourquoi M. Durand refuse-t-il toujours les congés que nous demandons ?"
    with writing():
        house.number = make_question(house.awa, house.copil_id, text)
    lea, address = sign_in(house.lea), f"/copils/q/{house.number}"
    tried = ("Durand", "nom masqué", "refuse", "nom", "congés", "toujours les", "Pourquoi", "nous demandons")
    answers = [post(lea, f"{address}/mask", {"name": name}).status_code for name in tried]
    assert answers == [303, 422, 303, 422, 303, 422, 303, 422]
    kept = "[nom masqué] M. [nom masqué] [nom masqué]-t-il toujours les [nom masqué] que nous demandons ?"
    assert _question(reading, house).text == kept
    with writing():
        session.get_one(Question, house.number).details = "Le visage masqué, on ne nous entend pas non plus."
    assert post(lea, f"{address}/mask", {"name": "masqué"}).status_code == 303
    assert _question(reading, house).text == kept


def test_a_copy_that_was_cut_in_the_middle_of_a_name_loses_it_too(house, sign_in, post, reading, writing):
    text = f"{TEXT} {'encore ' * 40}"[:279] + " Marie Curie dit ?"
    cut = f"Réponse : {text}"[:300]
    assert cut.endswith("Marie Curi")
    with writing():
        house.number = make_question(house.awa, house.copil_id, text)
        owed = make_commitment(house.number, house.function_id, by=house.lea, text=cut, kind="answer")
    assert post(sign_in(house.lea), f"/copils/q/{house.number}/mask", {"name": "Marie Curie"}).status_code == 303
    with reading():
        assert "Curi" not in session.get_one(Commitment, owed).text


def test_short_names_make_a_question_longer_than_anybody_may_write(house, sign_in, post, reading, writing):
    with writing():
        house.number = make_question(house.awa, house.copil_id, "Li et moi, " * 27)
    assert post(sign_in(house.lea), f"/copils/q/{house.number}/mask", {"name": "Li"}).status_code == 303
    assert len(_question(reading, house).text) > 300


def test_the_words_of_a_hidden_question_are_not_guessed_by_masking(house, sign_in, post, writing):
    """Whoever moderates does not read them any more."""
    with writing():
        session.get_one(Question, house.number).withdrawn_at = now()
    for name in ("Marie Curie", "Pierre"):
        answer = post(sign_in(house.lea), f"{house.address}/mask", {"name": name})
        assert "n’est plus à l’ordre du jour" in words(answer)


def test_an_answered_question_may_be_masked_and_not_returned(house, sign_in, post, writing, reading):
    with writing():
        for column, value in answered(now(), house.lea).items():
            setattr(session.get_one(Question, house.number), column, value)
    lea = sign_in(house.lea)
    assert post(lea, f"{house.address}/return", {"reason": "Trop tard"}).status_code == 422
    assert post(lea, f"{house.address}/mask", {"name": "Marie Curie"}).status_code == 303
    assert _question(reading, house).returned_at is None
