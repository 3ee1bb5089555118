"""The vocabulary: local words and their codes, imported after a look; a role for all (C08 SPEC 9, C19 SPEC 5)."""

from __future__ import annotations

import io
import threading

import pytest
import sqlalchemy as sa

from portal.api import Conflict, now, session
from portal.db import transaction

from plugins.ambassadors.models.vocabulary import ROLE, TALENT, Tag, TagWord
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.queries.watched import sensitive_subjects
from plugins.ambassadors.queries.word_files import decoded, read_words
from plugins.ambassadors.queries.word_plans import What, plan_import
from plugins.ambassadors.services.words import PROPOSED, import_words, retire
from tests.plugins.ambassadors.factories import make_tag
from tests.plugins.labs.pages import hidden_of, words

PLUGINS = ["ambassadors"]
URL = "/ambassadors/words"
ESCO = "http://data.europa.eu/esco/skill/0a1b2c3d"
PORTER = "Dans un groupe;porter;;rôle;;;oui;oui\n"


@pytest.fixture
def odile(sign_in, make_user):
    """Keep the vocabulary, signed in."""
    return sign_in(make_user("Odile F.", role="admin"))


@pytest.fixture
def planned(writing):
    """Say what becomes of each line of a text, and why not."""

    def look(text):
        with writing():
            return [(line.label, str(line.what), line.reason) for line in plan_import(text).lines]

    return look


@pytest.fixture
def imported(writing, as_viewer, make_user):
    """Import a text."""
    viewer = as_viewer(make_user("Odile F.", role="admin"))

    def do(text):
        with writing():
            return import_words(viewer, text, at=now())

    return do


def test_the_proposed_list_is_plain_and_has_roles_for_everybody():
    """C08 SPEC 4 and 9, C19 SPEC 5: sixty talents, twelve roles; none that the watch-list knows."""
    rows = [read.cells for read in read_words(PROPOSED.read_text(encoding="utf-8"))]
    kinds = [row["kind"] for row in rows]
    assert (kinds.count("talent") >= 60, kinds.count("rôle")) == (True, 12)
    assert len({row["family"] for row in rows if row["kind"] == "talent"}) == 8
    assert sum(row["no_writing"] == row["no_mail"] == "oui" for row in rows) >= 5
    assert not [row for row in rows if sensitive_subjects(row["word"], row["synonyms"], row["family"])]


def test_one_begins_with_the_proposed_list_in_one_click(odile, post, reading):
    assert "Commencer avec la liste proposée" in words(odile.get(URL))
    assert post(odile, f"{URL}/begin").status_code == 303
    page = words(odile.get(URL))
    assert "dessiner" in page
    assert "garder le temps" in page
    assert post(odile, f"{URL}/begin").status_code == 409
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Tag)) == 73


def test_each_word_may_carry_its_codes(imported, reading):
    """C08 SPEC 9."""
    imported(f"famille;mot;esco;cnfpt\nCréer;dessiner;{ESCO};08/A/07\nCréer;coudre;;\n")
    with reading():
        found = {tag.label: (tag.esco_uri, tag.cnfpt_code) for tag in session.scalars(sa.select(Tag))}
    assert found == {"dessiner": (ESCO, "08/A/07"), "coudre": (None, None)}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Créer;dessiner;;;ftp://esco", "ESCO"),
        ("Soin;écouter le syndicat", "appartenance syndicale"),
        ("Créer;" + "x" * 61, "signes au plus"),
        ("Créer;", "famille"),
        ("Créer;dessiner;;grade", "ni un talent ni un rôle"),
        ("Créer;dessiner;" + "x" * 301, "trop longs"),
    ],
)
def test_each_refused_line_says_why(planned, line, reason):
    """C08 SPEC 4 and 9."""
    ((_label, what, said),) = planned(line)
    assert (what, reason in said) == ("refused", True)


def test_plain_words_of_a_town_hall_are_no_alarm():
    """C08 SPEC 4: the stems of « socialiste » and « communiste » are those of « social » and « commune »."""
    assert not sensitive_subjects("l’action sociale de la commune, les politiques publiques, le service des élections")
    assert sensitive_subjects("je milite")


def test_what_stands_twice_is_taken_once(planned):
    found = planned("Créer;dessiner\nCréer;DESSINER\nGroupe;dessiner;;rôle;;;oui;oui\n")
    assert [what for _label, what, _reason in found] == ["added", "refused", "added"]


def test_a_file_of_any_spreadsheet_is_read():
    for text in ("Famille;Mot\r\nCréer;dessiner\r\n", "mot,famille\ndessiner,Créer\n", "famille\tmot\nCréer\tdessiner"):
        for encoding in ("utf-8", "utf-8-sig", "cp1252"):
            ((read),) = read_words(decoded(text.encode(encoding)))
            assert (read.cells["family"], read.cells["word"]) == ("Créer", "dessiner")


def test_an_import_shows_what_would_change_and_does_nothing_yet(odile, writing, post, reading):
    with writing():
        make_tag("Dessiner")
        make_tag("Coudre", synonyms="")
    file = (io.BytesIO("famille;mot;synonymes\nCréer;coudre;couture\nCréer;peindre;\n;rien;\n".encode()), "mots.csv")
    preview = post(odile, f"{URL}/import", {"file": file}, content_type="multipart/form-data")
    page = words(preview)
    assert preview.status_code == 200
    assert all(said in page for said in ("ajouté", "changé", "refusé", "Il faut un mot et sa famille"))
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Tag)) == 2
    assert post(odile, f"{URL}/import/apply", {"text": hidden_of(preview)["text"]}).status_code == 303
    with reading():
        labels = set(session.scalars(sa.select(Tag.label)))
        stems_of = session.scalars(sa.select(TagWord.stem).join(Tag).where(Tag.label == "coudre"))
        assert set(stems_of) == stems("coudre couture")
    assert labels == {"Dessiner", "coudre", "peindre"}


def test_the_export_can_be_imported_again(odile, post, writing):
    post(odile, f"{URL}/begin")
    sent = odile.get(f"{URL}.csv").get_data()
    with writing():
        plan = plan_import(decoded(sent))
        assert {line.what for line in plan.lines} == {What.SAME}
    assert len(odile.get(f"{URL}.json").json) == 73


def test_a_changed_word_is_found_by_its_new_words_only(imported, reading):
    imported("Créer;dessiner;croquis\n")
    imported("Créer;dessiner;esquisse\n")
    with reading():
        assert set(session.scalars(sa.select(TagWord.stem))) == stems("dessiner esquisse")


def test_the_last_role_for_everybody_is_not_retired(odile, writing, post):
    """C19 SPEC 5."""
    with writing():
        simple = make_tag("Porter", kind=ROLE)
        other = make_tag("Accueillir", kind=ROLE)
        make_tag("Noter", kind=ROLE, needs_writing=True)
        make_tag("Inviter", kind=ROLE, needs_mail=True)
    assert post(odile, f"{URL}/{other}/retire").status_code == 303
    refused = post(odile, f"{URL}/{simple}/retire")
    assert refused.status_code == 409
    assert "ni d’écrire ni d’avoir une adresse" in words(refused)
    assert post(odile, f"{URL}/{other}/back").status_code == 303
    assert post(odile, f"{URL}/{simple}/retire").status_code == 303


def test_an_import_does_not_take_the_last_role_for_everybody(imported, odile, post, reading):
    """C19 SPEC 5."""
    imported(PORTER)
    text = "Dans un groupe;porter;;rôle;;;non;oui\nCréer;peindre\n"
    preview = post(odile, f"{URL}/import", {"typed": text})
    assert "ni d’écrire ni d’avoir une adresse" in words(preview)
    assert "Le faire" not in words(preview)
    with pytest.raises(Conflict):
        imported(text)
    with pytest.raises(Conflict):
        imported(text.replace("porter", "PORTER"))
    with reading():
        assert list(session.scalars(sa.select(Tag.needs_writing))) == [False]


def test_a_retired_word_is_no_longer_offered_and_stays_on_cards(odile, writing, post, sign_in, awa, lab_id):
    with writing():
        tag = make_tag("Dessiner")
    post(odile, f"{URL}/{tag}/retire")
    assert "Dessiner" not in sign_in(awa).get("/ambassadors/mine/write").text


def test_only_who_keeps_the_vocabulary_comes_in(client, sign_in, writing, awa, lab_id, post):
    with writing():
        tag = make_tag("Dessiner")
    sign_in(awa)
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}.csv").status_code == 403
    assert post(client, f"{URL}/{tag}/retire").status_code == 403
    assert post(client, f"{URL}/import/apply", {"text": "Créer;peindre"}).status_code == 403


def test_a_talent_needs_nothing_said_of_it(imported, reading):
    imported("Créer;dessiner\n" + PORTER)
    with reading():
        rows = session.execute(sa.select(Tag.kind, Tag.needs_writing, Tag.needs_mail).order_by(Tag.kind)).all()
    assert [tuple(row) for row in rows] == [(ROLE, False, False), (TALENT, False, False)]


def test_a_role_of_nobody_is_not_imported_alone(imported):
    """C19 SPEC 5: a role for which nothing is said needs both."""
    with pytest.raises(Conflict):
        imported("Dans un groupe;noter;;rôle\n")


def test_no_retiring_at_once_leaves_none(writing, as_viewer, make_user):
    """C19 SPEC 5: the roles are held while one is retired."""
    viewer = as_viewer(make_user("Odile F.", role="admin"))
    with writing():
        numbers = [make_tag("Porter", kind=ROLE), make_tag("Accueillir", kind=ROLE)]
        retire(viewer, session.get(Tag, numbers[0]), at=now())
        with pytest.raises(Conflict):
            retire(viewer, session.get(Tag, numbers[1]), at=now())


@pytest.mark.parametrize(
    "word", ["chrétienne", "islam", "croyante", "CFTC", "grévistes", "séropositive", "autistes", "dyslexique"]
)
def test_a_word_the_law_protects_is_watched(app, word):
    """C08 SPEC 4."""
    with app.test_request_context():
        assert sensitive_subjects(f"mon engagement {word}")


def test_an_import_waits_for_a_role_that_is_being_retired(app, writing, as_viewer, make_user, database):
    """C19 SPEC 5: both at once would leave no role for everybody."""
    viewer = as_viewer(make_user("Odile F.", role="admin"))
    with writing():
        number = make_tag("Porter", "Dans un groupe", kind=ROLE)
        make_tag("Accueillir", "Dans un groupe", kind=ROLE)
    outcome, begun = [], threading.Event()

    def change():
        begun.set()
        try:
            with app.app_context(), transaction():
                import_words(viewer, "Dans un groupe;accueillir;;rôle;;;non;oui\n", at=now())
            outcome.append("changed")
        except Conflict:
            outcome.append("refused")

    other = threading.Thread(target=change)
    with writing():
        retire(viewer, session.get(Tag, number), at=now())
        other.start()
        begun.wait(5)
        other.join(0.5)
    other.join(10)
    assert outcome == ["refused"]
