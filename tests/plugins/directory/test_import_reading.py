"""Files as people send them: encodings, separators, titles, what is no list at all."""

from __future__ import annotations

import pytest

from portal.api import Invalid

from plugins.directory.models.imports import Kind
from plugins.directory.services.imports import reading as module
from plugins.directory.services.imports.columns import KNOWN, plain, recognise
from plugins.directory.services.imports.reading import read_table
from tests.plugins.directory.import_files import file_of, plan_of

PLUGINS = ["directory"]
NAME = "Zoé Œuvrard-L’Hôte"


@pytest.fixture(autouse=True)
def inside(reading):
    """Sentences are told in the language of a collectivity."""
    with reading():
        yield


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", None),
    ],
)
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_what_spreadsheets_write_is_read_with_its_accents(encoding, said, sign):
    content = file_of(["M1", NAME], header=["matricule", "nom"], encoding=encoding, sign=sign)
    if said is None:
        with pytest.raises(Invalid, match="CSV UTF-8"):
            read_table(content)
        return
    table = read_table(content)
    assert (table.encoding, table.delimiter) == (said, sign)
    assert [row.cells for row in table.rows()] == [["M1", NAME]]


def test_latin_1_is_read_also_where_windows_has_no_letter():
    assert read_table("matricule;nom\r\nM1;H\u0081\r\n".encode("latin-1")).encoding == "latin-1"


def test_the_separator_is_that_of_the_titles_whatever_the_cells_hold():
    assert read_table(b'matricule;"nom, prenom; usuel"\r\nM1;a,b,c,d,e\r\n').delimiter == ";"


def test_what_stands_above_the_titles_is_passed_over_and_lines_keep_their_numbers():
    table = read_table(b"sep=;\r\nListe des agents au 01/01/2027\r\n\r\nMatricule;Nom\r\n\r\nM1;Awa\r\n")
    assert table.header == ("Matricule", "Nom")
    assert [(row.number, row.cells) for row in table.rows()] == [(6, ["M1", "Awa"])]


def test_a_cell_over_two_lines_counts_as_one_line_and_the_next_keeps_its_number():
    table = read_table(b'matricule;nom\nM1;"Awa\nDiop"\nM2;Bo\n')
    assert [(row.number, row.cells[1]) for row in table.rows()] == [(2, "Awa\nDiop"), (4, "Bo")]


def test_short_lines_are_filled_and_long_ones_are_said():
    table = read_table(b"matricule;nom;mail\nM1;Awa\nM2;Bo;b@x.fr;;\nM3;Cy;c@x.fr;more\n")
    assert [(row.cells, row.fault) for row in table.rows()] == [
        (["M1", "Awa", ""], ""),
        (["M2", "Bo", "b@x.fr"], ""),
        (["M3", "Cy", "c@x.fr"], "too_many_cells"),
    ]


def test_a_quotation_mark_that_never_closes_is_said_with_its_line():
    swallowed = b'matricule;nom\nM1;Awa\nM2;"Bo\n' + b"M3;Cy\n" * 60
    assert [row.fault for row in read_table(swallowed).rows()] == ["", "endless"]
    with pytest.raises(Invalid, match="ligne 3"):
        list(read_table(b'matricule;nom\nM1;Awa\nM2;"Bo\n' + b"M3;Cy\n" * 9000).rows())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"  \r\n ", "vide"),
        (b"PK\x03\x04" + b"\x00" * 50, "classeur"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "classeur"),
        (b"%PDF-1.7 ...", "pas une liste"),
        (b"<html><table>", "pas une liste"),
        (b"Awa Diop\r\nBo Lang\r\n", "ligne de titres"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content, words):
    with pytest.raises(Invalid, match=words):
        read_table(content)


def test_a_file_that_is_too_large_or_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_LINES", 3)
    with pytest.raises(Invalid, match="plus de 3 lignes"):
        list(read_table(file_of(*([f"M{n}", "A"] for n in range(4)), header=["matricule", "nom"])).rows())
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    with pytest.raises(Invalid, match="20"):
        read_table(b"matricule;nom\n")
    with pytest.raises(Invalid):
        read_table(b";".join([b"x"] * 300))


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("MATRICULE", "matricule"),
        ("N° Matricule", "matricule"),
        ("No agent", "matricule"),
        ("Prénom", "first_name"),
        ("PRENOM", "first_name"),
        ("Nom d'usage", "last_name"),
        ("Nom de famille", "last_name"),
        ("Courriel", "email"),
        ("Adresse e-mail", "email"),
        ("N+1", "superior"),
        ("Matricule N+1", "superior"),
        ("Date de départ", "leaves_on"),
        ("DATE_DEPART", "leaves_on"),
        ("Libellé du service", "service"),
        ("Code service", "service_code"),
        ("Tél.", "phone"),
        ("Intitulé de poste", "job_title"),
    ],
)
def test_titles_are_recognised_however_they_are_written(title, field):
    header = ["x", title, *(["Prénom"] if field == "last_name" else [])]
    assert recognise(header, Kind.PEOPLE).fields.get(field) == 1


def test_no_name_of_a_column_means_two_things():
    for kind, fields in KNOWN.items():
        names = [name for found in fields.values() for name in {plain(name) for name in found}]
        assert len(names) == len(set(names)), kind


def test_nom_alone_is_the_whole_name_and_beside_prenom_the_last_one():
    assert set(recognise(["Matricule", "Nom"], Kind.PEOPLE).fields) == {"matricule", "name"}
    assert set(recognise(["Matricule", "Nom", "Prénom"], Kind.PEOPLE).fields) == {
        "matricule",
        "last_name",
        "first_name",
    }


def test_unknown_columns_and_second_ones_are_left_aside_and_said():
    columns = recognise(["Matricule", "Nom", "Salaire", "Mail", "Courriel"], Kind.PEOPLE)
    assert columns.aside == ("Salaire", "Courriel")


@pytest.mark.parametrize(
    ("header", "kind", "wanted", "near"),
    [
        (["N° agt", "Nom complet", "Mel"], Kind.PEOPLE, "« Matricule » ou « Adresse électronique »", "Mel"),
        (["Matricule", "Prenoms", "Nom naissance"], Kind.PEOPLE, "« Nom complet »", "Nom naissance"),
        (["Nom", "Abrégé"], Kind.SERVICES, "« Code du service »", "Abrégé"),
    ],
)
def test_a_missing_column_is_one_sentence_that_names_the_nearest(header, kind, wanted, near):
    sentence = plan_of(file_of(["1", "2"], header=header), kind=kind).sentence.replace("\u00a0", " ")
    assert sentence.startswith(f"Il manque une colonne : {wanted}.")
    assert near in sentence
