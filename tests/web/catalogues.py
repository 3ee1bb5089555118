"""What the code says to people: every text of a domain, found by reading Python and templates as their compilers do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
WRITTEN = ("*.html", "*.txt", "*.xml")
FILLS = "filled"  # what is given to it was declared elsewhere, by `later`
RECORDERS = {"record", "_record", "write_entry", "Event"}
# What these acts of the core record and publish in the name of the plugin that calls them.
RECORDED_FOR = {"take_up": "question_taken_up", "give_back": "question_given_back"}


@dataclass(frozen=True)
class Domain:
    """Where the texts of one owner live."""

    id: str
    code: Path
    templates: Path
    catalogue: Path


CORE = Domain("portal", ROOT / "portal", ROOT / "templates", ROOT / "portal/locale/fr.po")
PLUGINS = [
    Domain(folder.name, folder, folder / "templates", folder / "locale/fr.po")
    for folder in sorted((ROOT / "plugins").iterdir())
    if (folder / "plugin.toml").exists()
]
DOMAINS = (CORE, *PLUGINS)


def said(domain: Domain) -> dict[str, str]:
    """Give every key of a domain with the file that says it."""
    found: dict[str, str] = {}
    for path in sorted(domain.code.rglob("*.py")):
        for key in (*_python_keys(path), *_actions(domain, path)):
            found.setdefault(key, str(path.relative_to(ROOT)))
    for path in sorted(path for kind in WRITTEN for path in domain.templates.rglob(kind)):
        for key in _template_keys(path):
            found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def written(domain: Domain) -> dict[str, tuple[str, ...]]:
    """Give every key of a catalogue with its French, one text per form."""
    with domain.catalogue.open("rb") as file:
        messages = list(read_po(file))
    return {
        message.id if isinstance(message.id, str) else message.id[0]: _forms(message.string)
        for message in messages
        if message.id and not message.fuzzy
    }


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _python_keys(path: Path) -> Iterator[str]:
    for call in _calls(path):
        function = call.func
        is_plain = isinstance(function, ast.Name) and function.id == "_"
        is_named = isinstance(function, ast.Attribute) and ast.unparse(function.value) == "_"
        if is_named and function.attr == FILLS:
            continue
        if (is_plain or is_named) and call.args:
            yield from _alternatives(call.args[0])
        if ast.unparse(function).rpartition(".")[2] == "Personal":
            yield from _alternatives(call.args[1])


def _alternatives(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _alternatives(node.body)
        yield from _alternatives(node.orelse)
    else:
        raise AssertionError(f"a text that no extractor can read: {ast.unparse(node)}")


def _actions(domain: Domain, path: Path) -> Iterator[str]:
    """Give the names of what is written in the audit; a name made of parts ends with an asterisk."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = [arg for call in calls if ast.unparse(call.func).rpartition(".")[2] in RECORDERS for arg in call.args]
    names = {arg.id for arg in given if isinstance(arg, ast.Name)}
    assigned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and _names(node) & names]
    for expression in (*given, *assigned):
        for text in _texts(expression):
            if text.startswith(f"{domain.id}."):
                yield text
    called = {ast.unparse(call.func) for call in calls} if domain is not CORE else set()
    yield from (f"{domain.id}.{event}" for act, event in RECORDED_FOR.items() if act in called)


def _names(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield f"{ast.literal_eval(node.values[0])}*"


def _calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _template_keys(path: Path) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "ngettext"}:
            first = call.args[0]
            if not isinstance(first, nodes.Const):
                raise AssertionError(f"{path}: a text that no extractor can read")
            yield str(first.value)
