"""Words with their time, from WebVTT and SubRip, and back (C33 SPEC 6)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.restitutions.values.captions import Spoken, decoded, read_captions, write_captions
from plugins.restitutions.values.times import length, mark, read_chapter
from tests.plugins.restitutions.factories import CAPTIONS

SRT = """1
00:00:01,000 --> 00:00:04,000
Bonjour à toutes et à tous

2
00:01:05,500 --> 00:01:09,000
L’équipe des écoles a <i>osé</i> changer le format
du copil
"""
SAID = [
    Spoken(1000, 4000, "Bonjour à toutes et à tous"),
    Spoken(65_500, 69_000, "L’équipe des écoles a osé changer le format du copil"),
]


@pytest.mark.parametrize(
    "text", [CAPTIONS, SRT, SRT.replace("\n", "\r\n"), "\ufeff" + SRT, CAPTIONS.replace("00:0", "0")]
)
def test_both_ways_of_writing_give_the_same_words(text):
    assert read_captions(text).cues == SAID


def test_what_is_written_is_read_to_the_same():
    assert read_captions(write_captions(SAID)).cues == SAID


@pytest.mark.parametrize(
    "text", ["", "WEBVTT", "bonjour", "00:01 --> nulle part\nx", "00:00:05.000 --> 00:00:01.000\nà rebours", "-->\nx"]
)
def test_what_has_no_time_gives_no_words(text):
    assert read_captions(text).cues == []


def test_markup_styles_and_unseen_signs_are_left_out():
    text = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\n"
    text += "<v Awa><i>\u00ad</i><script>x</script>&lt;b&gt;\u202e\u0007 ok"
    assert read_captions(text).cues == [Spoken(1000, 2000, "<script>x</script><b> ok")]


def test_words_that_look_like_a_time_or_a_tag_stay_words():
    said = [Spoken(0, 1000, "00:01.000 --> 00:02.000 <b>&amp;")]
    written = write_captions(said)
    assert written.count("-->") == 1
    assert read_captions(written).cues == said


def test_more_lines_than_a_day_has_are_refused():
    line = "00:00:01.000 --> 00:00:02.000\nx\n\n"
    assert len(read_captions(line * 5000).cues) == 5000
    with pytest.raises(ValueError, match="5000"):
        read_captions(line * 5001)


@pytest.mark.parametrize("text", ["<" * 200_000, "00:00:01.000 --> 00:00:02.000\n" + "<" * 200_000, "-->\n" * 100_000])
def test_long_nonsense_is_read_in_a_moment(text):
    assert len(read_captions(text).cues) <= 400


@given(st.text(max_size=300))
def test_whatever_comes_is_read(text):
    for cue in read_captions(f"00:00:01.000 --> 00:00:02.000\n{text}").cues:
        assert cue.words
        assert "\n" not in cue.words


def test_times_are_said_as_people_say_them():
    said = {9: "9 s", 125: "2 min 05 s", 3725: "1 h 02 min 05 s"}
    assert {seconds: length(seconds).replace("\u00a0", " ") for seconds in said} == said


@pytest.mark.parametrize("seconds", [0, 9, 125, 3725])
def test_a_chapter_is_read_as_it_was_written(seconds):
    assert read_chapter(f"{mark(seconds)} Ce qui a marché") == (seconds, "Ce qui a marché")


@pytest.mark.parametrize("line", ["Ce qui a marché", "1:3 trop court", "1:30", "-1:30 x", "a:30 x"])
def test_a_line_without_a_time_is_no_chapter(line):
    assert read_chapter(line) is None


def test_what_is_said_at_length_is_shared_out_and_nothing_of_it_is_lost():
    words = [f"mot{number}" for number in range(600)]
    lines = "\n".join(" ".join(words[start : start + 20]) for start in range(0, 600, 20))
    cues = read_captions(f"00:00:01.000 --> 00:00:11.000\n{lines}\n").cues
    assert " ".join(cue.words for cue in cues).split() == words
    assert (cues[0].starts_ms, cues[-1].ends_ms) == (1000, 11000)
    assert all(before.ends_ms == after.starts_ms for before, after in pairwise(cues))


def test_a_cue_ends_where_the_times_of_the_next_stand():
    text = "1\n00:00:01,000-->00:00:04,000\nUn\n2\n00:00:05,000 --> 00:00:06,000\nDeux\n3\n"
    assert read_captions(text).cues == [Spoken(1000, 4000, "Un"), Spoken(5000, 6000, "Deux 3")]


def test_only_the_tags_of_captions_are_tags():
    text = "<v Awa>si a < b et <c.jaune>b > c</c>, <00:00:01.500>alors <font color=red>a < c</font>"
    assert read_captions(f"00:01.000 --> 00:02.000\n{text}").cues[0].words == "si a < b et b > c, alors a < c"


def test_a_word_that_may_be_cut_is_one_word():
    assert read_captions("00:01.000 --> 00:02.000\ncol\u00adlec\u00adti\u00advité").cues[0].words == "collectivité"


def test_what_is_not_taken_is_counted():
    found = read_captions("1:2 --> x\nun\n\n00:09.000 --> 00:08.000\ndeux\n\n00:01.000 --> 00:02.000\ntrois\n")
    assert ([cue.words for cue in found.cues], found.unread, found.backward) == (["trois"], 1, 1)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_as_it_was_written(code):
    assert decoded("L’équipe a osé".encode(code)) == "L’équipe a osé"


def test_bytes_that_are_no_text_are_refused():
    for content in (b"\x81\x8d\x8f", b"\xff\xfea"):
        with pytest.raises(UnicodeDecodeError):
            decoded(content)
