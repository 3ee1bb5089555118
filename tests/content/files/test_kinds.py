"""What a file is, its bytes say; a name is only shown (P11)."""

from __future__ import annotations

import io

import pytest

from portal.content.files.kinds import HANDED_OUT, clean_name, is_among, kind_of, type_of

from tests.content.files import samples


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (samples.picture("PNG"), "image/png"),
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.moving("GIF"), "image/gif"),
        (samples.PDF, "application/pdf"),
        (samples.odt(), "application/vnd.oasis.opendocument.text"),
        (
            samples.zipped(**{"[Content_Types].xml": "", "word__document.xml": ""}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (samples.zipped(notes="x"), "application/zip"),
        ("Nom ; Prénom\r\n".encode(), "text/plain"),
        ("Nom ; Prénom\r\n".encode("latin-1"), "text/plain"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (samples.SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf  <SVG onload=alert(1)>", "image/svg+xml"),
        (samples.HTML, "text/html"),
        (b"hello <script>alert(1)</script>", "text/html"),
        (b"MZ\x90\x00", "application/x-executable"),
        (b"#!/bin/sh\n", "application/x-executable"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_bytes_say_what_a_file_is(content, found):
    assert type_of(io.BytesIO(content)) == found


def test_an_office_document_is_known_by_names_at_its_end_too():
    names = {f"filler{number}": "x" * 3000 for number in range(6)}
    found = type_of(io.BytesIO(samples.zipped(**names, xl__workbook="")))
    assert found.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("content", [samples.SVG, samples.HTML, b"<?xml version='1.0'?><x/>", b"MZ", b"\0"])
def test_what_a_browser_could_run_is_handed_out_as_plain_bytes(content):
    assert not is_among(type_of(io.BytesIO(content)), HANDED_OUT)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\awa\\délibération n° 3.pdf", "délibération n° 3.pdf"),
        ("facture\u202egpj.exe", "facturegpj.exe"),
        ("a\u2066b\u2069\u200f.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        (".htaccess", "htaccess"),
        ("..", ""),
        ("", ""),
        (None, ""),
        ("e\u0301té.png", "été.png"),
    ],
)
def test_a_name_is_cleaned_and_never_a_path(name, shown):
    assert clean_name(name) == shown


def test_a_name_of_four_thousand_signs_keeps_its_ending():
    shown = clean_name("x" * 4000 + ".pdf")
    assert len(shown) == 200
    assert shown.endswith("x.pdf")
    assert len(clean_name("y" * 4000)) == 200


def test_a_kind_has_a_word_for_people():
    assert kind_of("application/pdf") == "PDF"
    assert kind_of("image/png") == "image"
    assert kind_of("application/x-unheard-of") == "fichier"
