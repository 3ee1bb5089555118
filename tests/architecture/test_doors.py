"""Doors and walls that the import contracts cannot see: within functions, templates and stylesheets."""

import ast
import re

import pytest

from tests.architecture.repository import CODE, files, name, plugins, tree, walk

PAGES = ("templates", "plugins", "portal")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(")
COLOUR_NAMES = re.compile(
    r":[^;{]*(?<![\w-])(?:white|black|red|green|blue|yellow|orange|purple|pink|brown|gr[ae]y|silver|navy|teal)(?![\w-])"
)
HANDLERS = re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w.-]*)\s*=", re.IGNORECASE | re.DOTALL)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>|href\s*=\s*[\"']\s*javascript:", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.IGNORECASE | re.DOTALL)
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.name)
def test_a_plugin_knows_the_core_by_its_door_only(plugin):
    others = [
        f"{name(path)}: {module}"
        for path in walk(plugin)
        if path.suffix == ".py"
        for module in _imported(tree(path))
        if module.split(".")[0] == "portal" and module != "portal.api" and not module.startswith("portal.api.")
    ]
    assert not others


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.name)
def test_a_plugin_takes_only_what_the_door_offers(plugin):
    stars = [name(path) for path in walk(plugin) if path.suffix == ".py" and _has_star(tree(path))]
    assert not stars


def test_imports_are_absolute_and_at_the_top():
    faults = [
        f"{name(path)}:{node.lineno}"
        for path in files(".py", within=CODE)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and node.level)
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_import, ast.walk(node))))
    ]
    assert not faults


def test_packages_hold_no_code_in_their_init_file():
    faults = [
        name(path)
        for path in files(".py", within=CODE)
        if path.name == "__init__.py" and any(not _is_docstring(node) for node in tree(path).body)
    ]
    assert not faults


def test_templates_never_trust_text_as_markup():
    assert not _matches(re.compile(r"\|\s*safe\b|Markup\(|autoescape\s+false"), ".html")


def test_templates_hold_no_script():
    assert not _matches(INLINE_SCRIPT, ".html")


def test_templates_hold_no_event_handler():
    assert not _matches(HANDLERS, ".html")


def test_templates_hold_no_style():
    assert not _matches(INLINE_STYLE, ".html")


def test_stylesheets_never_shout():
    assert not _matches(re.compile(r"!\s*important"), ".css")


def test_stylesheets_select_nothing_by_its_id():
    faults = [
        f"{name(path)}: {selector.strip()}"
        for path in files(".css", within=PAGES)
        for selector in re.findall(r"([^{};]+)\{", CSS_COMMENT.sub("", path.read_text(encoding="utf-8")))
        if not selector.strip().startswith("@") and re.search(r"#[A-Za-z_]", re.sub(r"\[[^\]]*\]", "", selector))
    ]
    assert not faults


@pytest.mark.parametrize("pattern", [COLOUR, COLOUR_NAMES], ids=["values", "names"])
def test_colours_are_only_tokens(pattern):
    assert not [fault for fault in _matches(pattern, ".css") if "tokens" not in fault.partition(":")[0]]


def _matches(pattern: re.Pattern[str], suffix: str) -> list[str]:
    comment = JINJA_COMMENT if suffix == ".html" else CSS_COMMENT
    return [
        f"{name(path)}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()[:80]}"
        for path in files(suffix, within=PAGES)
        for text in [comment.sub(_blank, path.read_text(encoding="utf-8"))]
        for found in pattern.finditer(text)
    ]


def _blank(comment: re.Match[str]) -> str:
    """Keep the lines of a comment, so that those after it keep their number."""
    return "\n" * comment.group().count("\n")


def _imported(module: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            of_portal = node.module == "portal"
            names += [f"portal.{alias.name}" for alias in node.names] if of_portal else [node.module]
    return names


def _has_star(module: ast.Module) -> bool:
    return any(
        alias.name == "*" for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for alias in node.names
    )


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
