"""The judges of the author kit judge: a test that relies on one that is asleep proves nothing."""

import psycopg
import pytest
import sqlalchemy as sa

from portal.testing import browser, postgres
from portal.testing.browser import ToolUnavailable, axe_faults, html_faults, html_faults_of
from portal.testing.postgres import PostgresUnavailable, postgresql_cluster

from tests.strict import unavailable

GOOD = (
    '<!DOCTYPE html>\n<html lang="fr"><head><title>Labos</title></head><body><main><h1>Labos</h1></main></body></html>'
)
BAD = GOOD.replace("</h1>", '</h1><img src="plan.png"><p style="margin: 0"></p>')
POLICY = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"


@pytest.fixture(scope="module")
def cluster():
    try:
        with postgresql_cluster() as running:
            yield running
    except PostgresUnavailable as error:
        unavailable(error)


@pytest.fixture
def tools():
    try:
        html_faults(GOOD)
    except ToolUnavailable as error:
        unavailable(error)


@pytest.fixture
def open_page(page, tools):
    """Open a page as the portal would answer it, with its strict policy."""

    def open_page(html):
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        page.route("http://portal.test/**", lambda route: route.fulfill(body=html, headers=headers))
        page.goto("http://portal.test/")
        return page

    return open_page


@pytest.mark.html
def test_a_sound_page_has_no_markup_fault(tools):
    assert not html_faults(GOOD)


@pytest.mark.html
def test_markup_faults_are_named_with_their_place(tools):
    assert {fault.rule for fault in html_faults(BAD)} >= {"wcag/h37", "no-inline-style"}


@pytest.mark.html
def test_many_pages_are_judged_at_once_and_kept_apart(tools):
    verdicts = html_faults_of({"/labos": GOOD, "/plan": BAD})
    assert not verdicts["/labos"]
    assert verdicts["/plan"]


@pytest.mark.html
def test_no_fault_is_lost_however_many_there_are(tools):
    verdicts = html_faults_of({f"/{number}": BAD.replace("</h1>", f"</h1>{'é' * 9000}") for number in range(40)})
    assert all(verdicts.values())


@pytest.mark.html
def test_a_fragment_needs_no_document_around_it(tools):
    assert not html_faults("<p>3 personnes</p>", fragment=True)
    assert html_faults("<p>3 personnes</p>")


@pytest.mark.browser
def test_a_sound_page_has_no_accessibility_fault(open_page):
    assert not axe_faults(open_page(GOOD))


@pytest.mark.browser
def test_accessibility_faults_are_found_under_a_strict_policy(open_page):
    page = open_page(BAD)
    assert [fault.rule for fault in axe_faults(page)] == ["image-alt"]
    assert not axe_faults(page, within="h1")


@pytest.mark.postgresql
def test_every_new_database_is_empty_and_its_own(cluster):
    first, second = (sa.create_engine(cluster.new_database()) for _ in range(2))
    with first.begin() as connection:
        connection.execute(sa.text("CREATE TABLE labs_lab (id int)"))
    assert sa.inspect(first).get_table_names() == ["labs_lab"]
    assert not sa.inspect(second).get_table_names()
    first.dispose()
    second.dispose()


@pytest.mark.postgresql
def test_a_database_can_be_dropped_while_somebody_is_connected(cluster):
    url = cluster.new_database()
    engine = sa.create_engine(url)
    with engine.connect():
        cluster.drop_database(url)
    engine.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_a_missing_server_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "PROGRAM_FOLDERS", str(tmp_path).lstrip("/"))
    with pytest.raises(PostgresUnavailable, match="apt install postgresql"):
        postgres.server_programs()


def test_a_missing_browser_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(ToolUnavailable, match="apt install chromium"):
        browser.chromium_path()


def test_a_missing_judge_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_BROWSER_TOOLS", str(tmp_path))
    with pytest.raises(ToolUnavailable, match="make test installs it"):
        html_faults(GOOD)
