"""The text of the repository speaks of the product alone."""

import re

from tests.architecture.repository import files, name

# Spelt in pieces, so that this file passes its own test.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "npm" + "js.com",
    "deb." + "debian.org",
)
MACHINE_PATHS = re.compile(r"(?<![\w.}/-])/(?:work/|root\b|home/\w)")
LEFT_OVERS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
CODE_SUFFIXES = (".py", ".html", ".css", ".js", ".toml", ".cfg", ".sh", ".po", "")
BINARY = {".png", ".webp", ".ico", ".woff2", ".gif", ".jpg", ".pdf", ".gz", ".zip"}


def test_no_registry_is_named():
    assert not _lines_with(re.compile("|".join(map(re.escape, REGISTRIES))))


def test_locks_name_no_place_to_fetch_from():
    locks = [path for path in files() if path.suffix == ".lock"]
    assert locks
    assert not _lines_with(re.compile(r"https?://|--(?:extra-)?index-url|--find-links|file:"), locks)


def test_no_path_of_one_machine_is_named():
    assert not _lines_with(MACHINE_PATHS)


def test_nothing_is_left_for_later():
    assert not _lines_with(LEFT_OVERS, files(*CODE_SUFFIXES))


def test_nothing_is_left_of_a_merge():
    assert not _lines_with(re.compile(r"^(?:<{7}|>{7}|={7})(?: |$)"))


def _lines_with(pattern: re.Pattern[str], among=None) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()[:120]}"
        for path in (files() if among is None else among)
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
