"""The impact assessment that comes along (C08 SPEC 10)."""

from __future__ import annotations

import re

from plugins.ambassadors.queries.assessment import FILE, LIST, TABLE, assessment
from tests.plugins.labs.pages import words

PLUGINS = ["ambassadors"]
PARTS = ("1. Contexte", "2. Principes fondamentaux", "3. Risques", "4. Validation", "Avis du délégué")


def test_an_administrator_prints_the_assessment_of_the_file(client, sign_in, make_user):
    """C08 SPEC 10: pre-filled after the method of the CNIL; every word of the file is on the sheet."""
    sign_in(make_user("Cheffe", role="admin"))
    page = words(client.get("/ambassadors/aipd"))
    assert [part for part in PARTS if part in page] == list(PARTS)
    told = re.sub(r"(?m)^(#+|-) |\||-{3,}", " ", FILE.read_text(encoding="utf-8")).replace("\u00a0", " ")
    absent = [line for line in map(str.strip, told.splitlines()) if line and " ".join(line.split()) not in page]
    assert not absent


def test_it_leaves_to_the_collectivity_what_is_its_own():
    """The opinion of the data protection officer, of the staff, and the decision are not ours to fill."""
    _title, blocks = assessment()
    left = [item for block in blocks for item in block.items if item.startswith("[")]
    assert len(left) == 3
    assert {len(row) for block in blocks if block.kind == TABLE for row in block.rows} <= {3, 4}
    assert any(block.kind == LIST for block in blocks)


def test_who_does_not_administer_does_not_read_it(client, sign_in, lea):
    sign_in(lea)
    assert client.get("/ambassadors/aipd").status_code == 403
