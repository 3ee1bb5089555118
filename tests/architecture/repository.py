"""The files the tests of this folder judge: those a checkout has, whether git is installed or not."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("portal", "plugins")
# What .gitignore names, and the tools' own folders.
NOT_OURS = {"build", "dist", "__pycache__", "node_modules", "vendor", "htmlcov", "test-results"}


def files(*suffixes: str, within: tuple[str, ...] = (".",)) -> list[Path]:
    """Return the files of the repository that end so (all, if nothing is asked), in a stable order."""
    found = (path for folder in within for path in walk(ROOT / folder))
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def walk(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir():
            if not _is_foreign(path):
                yield from walk(path)
        elif path.name not in {"package-lock.json", ".git"} and path.suffix not in (".pyc", ".db"):
            yield path


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def plugins() -> list[Path]:
    return sorted(path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").is_file())


def _is_foreign(folder: Path) -> bool:
    if folder.parent == ROOT and folder.name == "instance":
        return True
    hidden = folder.name.startswith(".") and folder.name != ".ci"
    return hidden or folder.name in NOT_OURS or folder.suffix == ".egg-info"
