"""A plugin raises on every page: people see one block missing; IT sees which, why, since when, and mends it (P12)."""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

from portal.testing.demonstration import served

from tests.journeys.travellers import named
from tests.thirdparty.stranger import SOURCE, pip_install

pytestmark = pytest.mark.browser

SECTION = '    if subject.kind != "labs.lab":\n        return []\n'
BROKEN = "    raise RuntimeError('gone fishing')\n"
UNAVAILABLE = "Ce bloc est momentanément indisponible"
REFERENCE = re.compile(r"\b[0-9a-f]{4}-[0-9a-f]{2}\b")
TRIAL_MS = 120_000  # the plugin is tried in a process of its own, on a machine that may be busy


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Install the plugin of somebody else, broken, for the server and for those it starts."""
    folder = tmp_path / "site"
    pip_install(SOURCE, folder)
    known = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), known])))
    path = folder / "portal_notices" / "plugin.py"
    path.write_text(path.read_text().replace(SECTION, BROKEN))
    return path


@pytest.fixture
def demo(code, played, tmp_path):
    shutil.copytree(played, tmp_path / "demo")
    with served(tmp_path / "demo") as demonstration:
        yield demonstration
        assert {place.partition(":")[0] for place in demonstration.faults()} == {"portal_sections"}


def test_one_block_is_missing_and_one_button_after_a_reload_mends_it(travel, demo, code, is_accessible):
    awa, nadia = travel("Awa Mbengue"), travel("Nadia Vermeersch")
    awa.context.set_default_timeout(TRIAL_MS)
    awa.go("/plugins")
    awa.page.get_by_role("button", name="Allumer Avis").click()
    for _visit in range(5):
        assert nadia.go("/labs/1") == 200
        assert UNAVAILABLE in nadia.reads()
    assert "Ce qui peut encore changer" in nadia.reads()  # all the rest of the page is there
    (reference,) = REFERENCE.findall(nadia.reads())
    is_accessible(nadia)
    assert nadia.go("/labs/1") == 200
    assert UNAVAILABLE in nadia.reads()

    awa.go("/plugins")
    assert "allumée, en partie coupée" in awa.reads()
    is_accessible(awa)
    awa.page.get_by_label("Référence").fill(reference)
    named(awa.page, "La retrouver", "button").click()
    assert "gone fishing" in awa.reads()
    is_accessible(awa)
    named(awa.page, "Où elle en est, et réessayer").click()
    for said in ("Coupé depuis le", "ses blocs sur les pages des autres", "RuntimeError: gone fishing"):
        assert said in awa.reads()
    is_accessible(awa)

    code.write_text(code.read_text().replace(BROKEN, SECTION))  # what pip does
    awa.go("/plugins/notices")
    assert "Rechargez le portail" in awa.reads()
    assert named(awa.page, "Réessayer", "button").count() == 0
    demo.reload()
    _wait_for_the_reload(awa, demo)
    named(awa.page, "Réessayer", "button").click()
    assert "« Avis » est revenue" in awa.page.locator("body").inner_text().replace("\u00a0", " ")
    assert "en partie coupée" not in awa.reads()
    assert nadia.go("/labs/1") == 200
    assert UNAVAILABLE not in nadia.reads()
    assert "Aucun avis pour l’instant." in nadia.reads()


def _wait_for_the_reload(awa, demo):
    """Look until the portal has taken the new files; give up with what still runs, and what it has loaded."""
    until = time.monotonic() + 2 * TRIAL_MS / 1000  # a worker that hangs is killed after a minute and a half
    while True:
        awa.go("/plugins/notices")
        if "Rechargez le portail" not in awa.reads():
            return
        assert time.monotonic() < until, "\n".join(_at_work(demo.folder))
        awa.page.wait_for_timeout(250)


def _at_work(folder):
    """Say of each process that noted what it runs: who it is, whether it sleeps or is a zombie, what it has loaded."""
    for note in folder.glob("running/*/*"):
        process = Path("/proc") / note.name
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            yield f"{(process / 'stat').read_text()[:40]} {words}: {note.read_text()}"
