"""The four boards of the day the rules come from, as their labs wrote them, through the pages (C36)."""

from __future__ import annotations

import pytest

from portal.api import session

from plugins.labs.models.lab import Lab
from tests.plugins.labs.factories import make_lab
from tests.plugins.regards.factories import START
from tests.plugins.regards.seed import BOARDS, OCCASION

PLUGINS = ["labs", "regards"]


@pytest.fixture
def labs(make_user, writing, clock):
    """Make the four labs, of one member each; give their number, their group, their member."""
    clock.set(START)
    found = {}
    for name in BOARDS:
        member = make_user(f"Membre du {name}")
        with writing():
            number = make_lab(name, [member], animator=member)
            found[name] = (number, session.get_one(Lab, number).group_id, member)
    return found


def test_the_four_boards_of_the_day_are_written_revealed_and_read(labs, sign_in, post):
    """C36 SPEC 1, 3 and 4: peers open, hand in, the team reveals, all questions stand together."""
    for name, (reviewer, words) in BOARDS.items():
        number, _group, member = labs[name]
        _number, group, peer = labs[reviewer]
        opened = {"occasion": OCCASION, "audience": "network"}
        board = post(sign_in(peer), f"/regards/on/labs.lab/{number}", opened).location
        assert post(sign_in(peer), f"{board}/card/{group}", words).status_code == 303
        assert post(sign_in(member), f"{board}/reveal").status_code == 303
        text = sign_in(member).get(f"{board}/sheet").text
        for line in "\n".join(words.values()).splitlines():
            assert line in text
    rows = sign_in(peer).get("/regards/q/questions.json").json
    assert {(row["about"], row["question"]) for row in rows} == {
        (name, words["question"]) for name, (_reviewer, words) in BOARDS.items()
    }
