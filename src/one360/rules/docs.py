"""Writes the tables of docs/variables.md and docs/rules.md from the classes.

What a column of a seed means is in its YAML, where dbt looks for it; what it accepts, here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from one360.rules.project import Rules
from one360.rules.schema import Row, accepted
from one360.rules.seeds import ROOMS
from one360.rules.variables import SECTIONS

VARIABLES = Path("docs/variables.md")
RULES = Path("docs/rules.md")

BEGIN = "<!-- written by `make rule-docs` -->"
END = "<!-- end of what is written -->"


def written(project: Path) -> dict[Path, str]:
    """Each file of the docs that has such tables → what it should hold."""
    parts = {VARIABLES: variable_tables(project), RULES: seed_tables(project)}
    found = {}
    for name, lines in parts.items():
        text = (project / name).read_text(encoding="utf-8")
        around = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
        inside = "\n".join([BEGIN, "", *lines, END])
        found[project / name] = around.sub(inside.replace("\\", r"\\"), text)
    return found


def variable_tables(project: Path) -> Iterator[str]:
    """A section for each class of variables: default, what is accepted, effect."""
    defaults = Rules(project).variables
    for section in SECTIONS:
        heading, *more = (section.__doc__ or "").split("\n\n")
        yield from (f"## {heading.rstrip('.')}", "")
        for paragraph in more:
            yield from (" ".join(paragraph.split()), "")
        yield from _table("variable", "default", "accepts", "effect")
        for name, info in section.model_fields.items():
            yield _line(f"`{name}`", _default(defaults[name]), accepted(info), info.description)
        yield ""


def seed_tables(project: Path) -> Iterator[str]:
    """A section for each room, in it a table for each seed: columns, what they accept."""
    rules = Rules(project)
    described = {seed["name"]: seed for file in rules.described("seed") for seed in file["seeds"]}
    for room, seeds in ROOMS.items():
        yield from (f"## {room}", "")
        for kind in seeds:
            yield from _seed(kind, described[kind.seed])


def _seed(kind: type[Row], described: dict[str, Any]) -> Iterator[str]:
    yield from (f"### {kind.seed}", "", " ".join(described["description"].split()), "")
    if kind.keys:
        keys = [" and ".join(f"`{name}`" for name in key) for key in kind.keys]
        yield from (f"Unique: {'; '.join(keys)}.", "")
    yield from _table("column", "accepts", "meaning")
    columns = {column["name"]: column["description"] for column in described["columns"]}
    for name, info in kind.model_fields.items():
        yield _line(f"`{name}`", accepted(info), columns[name])
    yield ""


def _table(*names: str) -> tuple[str, str]:
    return _line(*names), "|" + "---|" * len(names)


def _line(*cells: str | None) -> str:
    texts = (" ".join((cell or "").split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(texts)} |"


def _default(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "empty" if value == "" else str(value) if isinstance(value, str) else json.dumps(value)
