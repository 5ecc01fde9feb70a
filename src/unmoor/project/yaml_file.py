"""YAML files of other tools, read as data: what cannot be read says nothing, and no tag of theirs is obeyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unmoor.project.project_files import ProjectFiles
from unmoor.project.toml_file import dig_table

if TYPE_CHECKING:
    import yaml

__all__ = ["read_yaml", "yaml_table"]


def read_yaml(tree: ProjectFiles, name: str) -> Mapping[str, object]:
    """Return the table that a YAML file of the folder holds; empty where there is none, or it cannot be read."""
    return yaml_table(tree.text(name) or "")


def yaml_table(text: str) -> Mapping[str, object]:
    """Return the table of a YAML text; ``!!python/name:a.b`` is the text ``a.b``, other tags are passed over."""
    if not text.strip():
        return {}
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Reads plain data; what a tag would make of it is not wanted here."""

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda _, suffix, __: suffix.rpartition(":")[2])
    Loader.add_multi_constructor("", lambda loader, _, node: _plain(loader, node))
    try:
        # The loader is PyYAML's safe one: it makes texts, numbers, lists and tables.
        found: object = yaml.load(text, Loader=Loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return dig_table({"file": found}, "file")


def _plain(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
