"""What is looked for is kept nowhere, nothing is taken away, nobody is counted (C08 SPEC 2, 7, 8)."""

from __future__ import annotations

import logging
import re

import pytest
import sqlalchemy as sa

from portal.api import Audience, session

from plugins.ambassadors.models.card import HOUR, TUESDAY
from plugins.ambassadors.services.cards import Words
from tests.plugins.ambassadors.factories import make_card
from tests.plugins.labs.pages import hrefs

PLUGINS = ["ambassadors"]
SOUGHT = "xylophoniste"
CODE = re.compile(r"data:image[^\"]*")  # a code to scan says nothing in words
RANKED = re.compile(r"meilleur|niveau \d|étoile|score|classement|\d+ ?%|top ?\d", re.IGNORECASE)


def test_what_is_looked_for_is_kept_nowhere(client, sign_in, writing, awa, lea, lab_id, app, caplog):
    """C08 SPEC 7: neither in a log, nor in the audit, nor in any table."""
    with writing():
        make_card(awa, bring="dessiner")
    sign_in(lea)
    with caplog.at_level(logging.DEBUG):
        assert client.get("/ambassadors/", query_string={"q": SOUGHT, "side": "seeks"}).status_code == 200
        assert client.get("/ambassadors/", query_string={"q": SOUGHT, "day": "2"}).status_code == 200
    assert SOUGHT not in caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    with app.app_context():
        assert not [name for name in _tables() if SOUGHT in _all_of(name)]


def _tables() -> list[str]:
    return sa.inspect(session.connection()).get_table_names()


def _all_of(name: str) -> str:
    rows = session.execute(sa.text(f'SELECT * FROM "{name}"')).all()
    return repr(rows)


@pytest.mark.parametrize("address", ["/ambassadors/", "/ambassadors/?q=dessiner", "/ambassadors/requests"])
def test_no_list_of_people_can_be_taken_away(client, sign_in, writing, awa, lea, lab_id, address):
    """C08 SPEC 8, G4: no export, and the page says so."""
    with writing():
        make_card(awa, bring="dessiner")
    sign_in(lea)
    page = client.get(address)
    assert not [url for url in hrefs(page) if re.search(r"csv|json|export", url)]
    assert re.search("pas de liste à emporter|pas d’export", page.text)


def test_no_address_of_the_plugin_gives_a_file_of_people(app):
    """C08 SPEC 8: no route of the plugin ends in csv or json, but those of the board and of the words."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ambassadors.")]
    assert rules
    files = {rule.endpoint for rule in rules if "csv" in rule.rule or "fmt" in rule.arguments}
    assert files == {"ambassadors.board_export", "ambassadors.words_export"}


def test_no_answer_ranks_or_scores_anybody(client, sign_in, app, writing, awa, ben, lea, lab_id):
    """C08 SPEC 2: every page that has no argument, and the cards."""
    with writing():
        free = Words("le matin", (), Audience.INTRANET, HOUR, TUESDAY)
        make_card(awa, bring="dessiner", passion="la photographie", free=free)
        make_card(ben, bring="dessiner")
    sign_in(lea)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ambassadors.")]
    plain = [rule.rule for rule in rules if not rule.arguments and "GET" in rule.methods]
    for address in [*plain, f"/ambassadors/people/{awa.id}", f"/ambassadors/people/{awa.id}/ask"]:
        page = client.get(address)
        shown = CODE.sub("", page.text[page.text.find("<main") : page.text.find("</main>")])
        assert not RANKED.search(shown), address
        assert not [url for url in hrefs(page) if re.search(r"[?&](sort|order|rank|by)=", url)], address
