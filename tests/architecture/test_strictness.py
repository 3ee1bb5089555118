"""What could not run never passes for what ran."""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.repository import ROOT

SKIPPING = "import pytest\ndef test_needs_more(): pytest.skip('no such server (apt install server)')\n"
SKIPPING_FILE = "import pytest\npytest.skip('no such server (apt install server)', allow_module_level=True)\n"
PASSING = "def test_passes(): pass\n"


@pytest.fixture
def run(tmp_path):
    """Run a test file with the plugin, in a process of its own; return its status and its words."""

    def run(text, *options, **environment):
        (tmp_path / "test_it.py").write_text(text)
        clean = {key: word for key, word in os.environ.items() if key not in ("STRICT", "CHECKS_FAILED")}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.strict",
            "-p",
            "no:cacheprovider",
            "--rootdir=.",
            *options,
        ]
        done = subprocess.run(
            [*command, *options],
            cwd=tmp_path,
            env={**clean, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


DELIVERED = f"import pytest\npytestmark = pytest.mark.delivery\n{PASSING}"
MARKED = ("-o", "markers=delivery: packs")


@pytest.mark.parametrize(
    ("asked", "environment", "said"),
    [((), {}, "1 deselected"), (("test_it.py",), {}, "1 passed"), ((), {"STRICT": "1"}, "1 passed")],
    ids=["in passing", "by its file", "strict"],
)
def test_what_is_packed_is_tested_where_it_counts_and_where_it_is_asked_for(run, asked, environment, said):
    assert said in run(DELIVERED, *MARKED, *asked, **environment)[1]


@pytest.mark.parametrize("text", [SKIPPING, SKIPPING_FILE], ids=["test", "file"])
def test_a_test_that_could_not_run_is_said_loudly(run, text):
    _, said = run(text)
    assert "NOT RUN" in said
    assert "1 × no such server (apt install server)" in said


@pytest.mark.parametrize("text", [SKIPPING, SKIPPING_FILE], ids=["test", "file"])
def test_a_test_that_could_not_run_fails_when_strict(run, text):
    status, said = run(text, STRICT="1")
    assert status != 0
    assert "which STRICT=1 forbids: no such server" in said


PROVING = f"""
import pytest
def test_holds_on_sqlite(figure): figure("writes lost", "sqlite", aim="0", found=0)
def test_breaks_first(): assert 0
{SKIPPING}
@pytest.fixture
def server(): pytest.skip("no root")
@pytest.mark.parametrize("on", ["sqlite"])
def test_cuts_the_power(server, on): pass
"""


@pytest.mark.parametrize("strict", ["0", "1"])
def test_the_page_of_proofs_says_what_did_not_run_or_measured_nothing(run, tmp_path, strict):
    page = tmp_path / "PROOF.md"
    run(PROVING, "-p", "tests.proving", f"--proof-page={page}", STRICT=strict)
    said = page.read_text(encoding="utf-8")
    assert "| tests | 1 passed, 2 not run, 1 failed |" in said
    assert "| writes lost | sqlite | 0 | 0 | 0 | held |" in said
    assert "| breaks first | — | — | nothing | 0 | **failed** |" in said
    assert "| needs more | — | — | no such server (apt install server) | 0 | **not run** |" in said
    assert "| cuts the power | sqlite | — | no root | 0 | **not run** |" in said


MENDED = """
def test_breaks_first(figure): figure("what broke", "sqlite", aim="0", found=0)
"""


def test_what_is_run_again_takes_its_place_on_the_page_of_proofs_which_says_so(run, tmp_path):
    page = tmp_path / "PROOF.md"
    run(PROVING, "-p", "tests.proving", f"--proof-page={page}")
    run(MENDED, "-p", "tests.proving", f"--proof-page={page}", "--proof-again")
    said = page.read_text(encoding="utf-8")
    assert "| tests | 1 passed, 2 not run, 1 failed |" in said
    assert re.search(r"^\| run again \| `.+ --proof-again`.*: 1 passed \|$", said, re.MULTILINE)
    assert "| what broke | sqlite | 0 | 0 | 0 | held |" in said
    assert "breaks first" not in said
    assert "| writes lost | sqlite | 0 | 0 | 0 | held |" in said
    assert "| cuts the power | sqlite | — | no root | 0 | **not run** |" in said


def test_the_page_of_proofs_says_which_file_could_not_even_be_read(run, tmp_path):
    page = tmp_path / "PROOF.md"
    run(SKIPPING_FILE, "-p", "tests.proving", f"--proof-page={page}")
    assert "| no such server (apt install server) | 0 | **not run** |" in page.read_text(encoding="utf-8")


def test_an_expected_failure_is_not_a_missing_tool(run):
    status, said = run("import pytest\n@pytest.mark.xfail\ndef test_fails(): assert 0\n", STRICT="1")
    assert status == 0
    assert "NOT RUN" not in said


def test_a_failed_check_fails_the_run_and_the_summary_still_comes_last(run):
    status, said = run(PASSING, CHECKS_FAILED="mypy")
    assert status == 1
    assert "mypy (see above the tests)" in said
    assert "1 passed" in said.splitlines()[-1]


def test_a_database_that_was_not_asked_for_is_said(run):
    kit = ("-p", "portal.testing.databases")
    for asked, is_said in ((["--databases", "sqlite"], True), ([], False)):
        _, said = run(PASSING, *kit, *asked)
        assert ("PostgreSQL was not asked for" in said) == is_said
