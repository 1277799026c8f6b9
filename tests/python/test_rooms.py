"""The rooms of src/one360: who imports whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.python.project import ROOT

SOURCE = ROOT / "src"


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}


def imported(nodes: list[ast.stmt], within_functions: bool) -> Iterator[str]:
    """Modules that statements import, but for what only a type checker reads."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{ast.unparse(node)}: imports name the package"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        elif within_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "handlers", "finalbody"):
                yield from imported(getattr(node, field, []), within_functions)


@cache
def imports(within_functions: bool = True) -> dict[str, set[str]]:
    """Module → modules of ours that it imports, at its start or anywhere."""
    return {
        module: {
            name
            for name in imported(ast.parse(path.read_bytes()).body, within_functions)
            if name in MODULES and name != module
        }
        for module, path in MODULES.items()
    }


def room(module: str) -> str:
    """The folder of a module below one360, or the module itself."""
    return ".".join(module.split(".")[:2])


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """A circle of a graph, empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def rooms() -> dict[str, set[str]]:
    """Room → other rooms that it imports."""
    graph: dict[str, set[str]] = {}
    for module, names in imports().items():
        of_room = graph.setdefault(room(module), set())
        of_room |= {room(name) for name in names} - {room(module), "one360"}
    return graph


def importers(of: str, within_functions: bool = True) -> set[str]:
    """Rooms of the modules outside a room that import from it."""
    return {
        room(module)
        for module, names in imports(within_functions).items()
        if room(module) != of and any(room(name) == of for name in names)
    }


def test_the_graph_is_that_of_the_source() -> None:
    assert len(MODULES) > 100
    assert "one360.errors" in imports()["one360.paths"]
    assert sum(map(len, imports(within_functions=False).values())) > 200


@pytest.mark.parametrize("graph", [imports, rooms], ids=["modules", "rooms"])
def test_imports_make_no_circle(graph) -> None:
    assert circle(graph()) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


def test_no_other_room_imports_the_command_line() -> None:
    assert importers("one360.cli") <= {"one360", "one360.__main__"}


def test_what_a_retailer_runs_does_not_import_the_data_sets() -> None:
    """The command that writes a data set imports it when it is called, nothing else does."""
    assert importers("one360.datasets") == {"one360.cli"}
    assert importers("one360.datasets", within_functions=False) == set()
