"""The package holds what the tree holds, as a wheel and as an editable install, on a machine that has neither."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, name, walk
from tests.strict import unavailable

pytestmark = pytest.mark.delivery

NEEDED_TO_BUILD = ("pyproject.toml", "setup.cfg", "LICENSE", "README.md")
SHIPPED = ("portal", "plugins", "templates")
NOT_SHIPPED = "portal/packaging/"
HTMX = "portal/web/static/vendor/htmx.min.js"
INSTALL_SECONDS = 300
NO_NETWORK = "NewConnectionError|ConnectTimeoutError|NameResolutionError|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT"
# Run in the installed portal, away from the tree: where does Python find what?
QUESTIONS = """
import json, pathlib
from importlib.metadata import entry_points
import portal, plugins
core, rooms = (pathlib.Path(package.__file__).parent for package in (portal, plugins))
shared = core / "templates" if (core / "templates").is_dir() else core.parent / "templates"
print(json.dumps({
    "rooms": {point.name: point.value for point in entry_points(group="portal.plugins")},
    "templates": sorted(str(path.relative_to(shared)) for path in shared.rglob("*.html")),
    "manifests": sorted(path.parent.name for path in rooms.glob("*/plugin.toml")),
    "catalogues": len([*core.rglob("*.po"), *rooms.rglob("*.po")]),
    "migrations": len([*core.glob("migrations/**/*.py"), *rooms.glob("*/migrations/**/*.py")]),
    "htmx": (core / "web/static/vendor/htmx.min.js").is_file(),
    "core": str(core),
}))
"""


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory) -> Path:
    """A checkout as somebody else would have it: building leaves traces, and they stay out of this one."""
    copy = tmp_path_factory.mktemp("checkout")
    for file in [
        *(path for folder in SHIPPED for path in walk(ROOT / folder)),
        *(ROOT / top for top in NEEDED_TO_BUILD),
    ]:
        if file.exists():
            target = copy / name(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    shutil.copyfile(ROOT / "portal/packaging/package-lock.json", copy / "portal/packaging/package-lock.json")
    return copy


@pytest.fixture(scope="module")
def wheel(copied_tree) -> Path:
    _pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", ".", cwd=copied_tree)
    return next(copied_tree.glob("dist/*.whl"))


@pytest.fixture(scope="module")
def locked_venv(tmp_path_factory) -> Path:
    """A fresh environment with what the lock names, and nothing else."""
    return _venv(tmp_path_factory.mktemp("locked"), "--require-hashes", "-r", ROOT / "requirements.lock")


@pytest.fixture(scope="module")
def installed_wheel(locked_venv, wheel, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("wheel")
    _venv(home, "--no-deps", wheel)
    return _borrow(home, locked_venv)


@pytest.fixture(scope="module")
def installed_editable(locked_venv, copied_tree, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("editable")
    _venv(home)
    _borrow(home, locked_venv)
    _pip(home / "bin/python", "install", "--no-deps", "--no-build-isolation", "--editable", copied_tree)
    return home


@pytest.fixture(params=["installed_wheel", "installed_editable"])
def installed(request) -> Path:
    return request.getfixturevalue(request.param)


def test_the_wheel_holds_every_file_of_the_tree(wheel, copied_tree):
    assert not _expected_in_wheel(copied_tree) - _files_of(wheel)


def test_the_wheel_holds_nothing_else(wheel, copied_tree):
    added = (str(Path(HTMX).parent), "capot_ouvert-")
    extra = _files_of(wheel) - _expected_in_wheel(copied_tree)
    assert not {file for file in extra if not file.startswith(added)}


def test_the_wheel_holds_htmx_and_its_licence(wheel):
    assert {HTMX, HTMX.replace("min.js", "LICENSE.txt")} <= _files_of(wheel)


def test_an_installed_portal_finds_its_rooms_and_furniture(installed, copied_tree, tmp_path):
    answers = json.loads(_run([installed / "bin/python", "-c", QUESTIONS], cwd=tmp_path))
    code = [*walk(copied_tree / "portal"), *walk(copied_tree / "plugins")]
    shared = copied_tree / "templates"
    rooms = sorted(path.parent.name for path in copied_tree.glob("plugins/*/plugin.toml"))
    assert not answers["core"].startswith(str(ROOT))
    assert answers["manifests"] == rooms
    assert answers["rooms"] == {room: f"plugins.{room}" for room in rooms}
    assert answers["templates"] == sorted(str(page.relative_to(shared)) for page in shared.rglob("*.html"))
    assert answers["catalogues"] == len([path for path in code if path.suffix == ".po"])
    assert answers["migrations"] == len([path for path in code if "/migrations/" in str(path) and path.suffix == ".py"])
    assert answers["htmx"]


def test_an_installed_portal_answers_its_command(installed, tmp_path):
    assert "usage" in _run([installed / "bin/portal", "--help"], cwd=tmp_path).lower()


def test_every_requirement_of_the_package_is_locked(locked_venv, installed_wheel):
    _run([sys.executable, "-m", "pip", "--python", installed_wheel / "bin/python", "check"], cwd=ROOT)


def _expected_in_wheel(checkout: Path) -> set[str]:
    files = {str(path.relative_to(checkout)) for folder in SHIPPED for path in walk(checkout / folder)}
    shipped = {file for file in files if not file.startswith(NOT_SHIPPED)}
    return {f"portal/{file}" if file.startswith("templates/") else file for file in shipped}


def _files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _venv(home: Path, *requirements: str | Path) -> Path:
    venv.create(home, with_pip=False)
    if requirements:
        _pip(home / "bin/python", "install", "--only-binary", ":all:", *requirements)
    return home


def _borrow(home: Path, lender: Path) -> Path:
    """Let an environment see the packages of another: installing them twice would prove nothing more."""
    (packages,) = lender.glob("lib/python*/site-packages")
    (own,) = home.glob("lib/python*/site-packages")
    (own / "borrowed.pth").write_text(f"{packages}\n", encoding="utf-8")
    return home


def _pip(python: str | Path, *arguments: str | Path, cwd: Path = ROOT) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check", *arguments]
    done = _completed(command, cwd)
    if done.returncode and re.search(NO_NETWORK, done.stdout + done.stderr):
        unavailable("packages could not be fetched: the registry of Python or of npm does not answer")
    assert done.returncode == 0, done.stdout + done.stderr


def _run(command: list[str | Path], cwd: Path) -> str:
    done = _completed(command, cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _completed(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
