"""What the engine's configuration names besides the engine: extensions, plug-ins, themes, each a module or a word.

Sphinx's ``conf.py`` is parsed and never run, so what it computes is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig, dig_texts
from unmoor.project.yaml_file import read_yaml

__all__ = ["named_parts", "states"]

# What comes with Sphinx, MkDocs and Python-Markdown themselves.
_SPHINX = frozenset(
    {
        *("classic", "basic", "default", "nature", "pyramid", "haiku", "scrolls", "agogo", "traditional", "sphinxdoc"),
        *("bizstyle", "epub"),
    }
)
_MKDOCS = frozenset({"search", "mkdocs", "readthedocs"})
_MARKDOWN = frozenset(
    {
        *("abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "meta"),
        *("legacy_attrs", "legacy_em", "md_in_html", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks"),
    }
)


def named_parts(tree: ProjectFiles, engine: str, source: str) -> tuple[str, ...]:
    """Return what the configuration in ``source`` names that somebody has to install beside the engine."""
    names = _in_conf(tree, source) if engine == "sphinx" else _in_yaml(tree, source)
    return tuple(dict.fromkeys(names))


def states(tree: ProjectFiles, source: str, key: str) -> bool:
    """Say whether Sphinx's ``conf.py`` in the folder ``source`` sets ``key`` to ``True``."""
    return any(name == key and value is True for name, value in _assigned(tree, f"{source}/conf.py"))


def _in_conf(tree: ProjectFiles, source: str) -> Iterator[str]:
    for name, value in _assigned(tree, f"{source}/conf.py"):
        values = value if isinstance(value, list) else [value]
        listed = (
            [each for each in values if isinstance(each, str) and each] if name in {"extensions", "html_theme"} else []
        )
        yield from (each for each in listed if not each.startswith("sphinx.") and each not in _SPHINX)


def _assigned(tree: ProjectFiles, path: str, deep: int = 2) -> Iterator[tuple[str, object]]:
    """Yield what a module sets or extends, with what it takes over from a module beside it or above."""
    try:
        body = ast.parse(tree.text(path) or "").body
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module and deep and any(each.name == "*" for each in node.names):
            folder = path.rpartition("/")[0]
            beside = f"{node.module.replace('.', '/')}.py"
            for place in (f"{folder}/{beside}", f"{folder.rpartition('/')[0]}/{beside}".lstrip("/")):
                if tree.has(place):
                    yield from _assigned(tree, place, deep - 1)
        yield from _from_statement(node)


def _from_statement(node: ast.stmt) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from ((each.id, _literal(node.value)) for each in targets if isinstance(each, ast.Name))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
        # extensions.append("x"), extensions.extend([…])
        called = node.value.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            yield called.value.id, _literal(node.value.args[0])


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(each) for each in node.elts]
    return node.value if isinstance(node, ast.Constant) else None


def _in_yaml(tree: ProjectFiles, source: str) -> Iterator[str]:
    table = read_yaml(tree, source) if source.endswith((".yml", ".yaml")) else {}
    theme = dig(table, "theme")
    names = [*dig_texts({"": theme if isinstance(theme, str) else dig(theme, "name")}, "")]
    names += [each.partition("/")[0] for each in _keys(dig(table, "plugins"))]
    yield from (each for each in names if each and each not in _MKDOCS)
    for each in _keys(dig(table, "markdown_extensions")):
        plain = each.removeprefix("markdown.extensions.")
        if plain == each and each not in _MARKDOWN:
            yield each


def _keys(listed: object) -> list[str]:
    """Return the names in a list of words and tables, or in a table."""
    if isinstance(listed, dict):
        return [str(each) for each in listed]
    found: list[str] = []
    for each in listed if isinstance(listed, list) else ():
        found += [str(name) for name in each] if isinstance(each, dict) else [each] if isinstance(each, str) else []
    return found
