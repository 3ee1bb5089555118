"""Words around a name: in whatever direction it is written, they keep their own."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from portal.texts import CORE, dgettext, dngettext, texts

_ = texts(CORE)

NAMES = ["سعاد", "רות כהן", "Souad سعاد"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_written_from_right_to_left_turns_nothing_around_it(name):
    assert dgettext(CORE, "by %(who)s, 3 times", who=name) == f"by \u2068{name}\u2069, 3 times"
    assert dngettext(CORE, "%(who)s: %(num)s line", "%(who)s: %(num)s lines", 2, who=name).startswith(
        f"\u2068{name}\u2069:"
    )


@pytest.mark.parametrize("name", ["Zoé", "Ἀθηνᾶ", "Дарья", "😀", 7, None])
def test_any_other_is_left_as_it_is(name):
    assert dgettext(CORE, "by %(who)s", who=name) == f"by {name}"


def test_markup_stays_markup():
    said = dgettext(CORE, Markup("by %(who)s"), who=Markup("<b>סעוד</b>"))
    assert "<b>" in said


def test_what_is_declared_to_be_said_later_is_filled_the_same_way():
    said = _.filled(_.later("“%(title)s”, by %(who)s"), title="Oui", who="سعاد")
    assert said == "“Oui”, by \u2068سعاد\u2069"
