"""Reads the rules of a dbt project and says what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml

from one360.paths import package_path
from one360.rules import BUSINESS_TIMEZONE
from one360.rules.schema import Row, choices, one_of
from one360.rules.variables import variable_faults

R = TypeVar("R", bound=Row)

#: The faster loader, where it is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """A seed that a check needs is not there or has faults of its own."""


class Rules:
    """The seeds and variables of a project.

    Attributes:
        folder: the folder of dbt_project.yml.
        settings: what is in it.
        variables: name → value, those of the command before those of the project.
    """

    def __init__(self, folder: Path, given: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.settings = read_mapping((folder / "dbt_project.yml").read_text(encoding="utf-8"))
        own = dict(self.settings.get("vars") or {})
        # dbt takes variables under the name of the project too
        scoped = own.pop(self.settings.get("name"), None) or {}
        self.variables: dict[str, Any] = {**own, **scoped, **(given or {})}
        self._files = {
            path.stem: path
            for part in self.settings.get("seed-paths") or ["seeds"]
            for path in sorted((folder / part).rglob("*.csv"))
        }
        self._rows: dict[type[Row], list[Any]] = {}

    @property
    def business_timezone(self) -> str:
        """Where days begin and end; a project that has one360 as a package need not say it."""
        return str(self.variables.get("business_timezone", BUSINESS_TIMEZONE))

    def rows(self, kind: type[R]) -> list[R]:
        """The rows of a seed.

        Raises:
            Unreadable: the seed is not there or has faults.
        """
        if kind not in self._rows:
            raise Unreadable(kind.seed)
        return self._rows[kind]

    def described(self, kind: str, holding: str = "") -> Iterator[dict[str, Any]]:
        """The YAML files of the project's models or seeds (kind) that hold a text."""
        for part in self.settings.get(f"{kind}-paths") or [f"{kind}s"]:
            for path in sorted((self.folder / part).rglob("*.yml")):
                if holding in (text := path.read_text(encoding="utf-8")):
                    yield read_mapping(text)

    def faults(self, seeds: Sequence[type[Row]]) -> list[str]:
        """What is wrong, one line each: variable or file and row, value, what is allowed."""
        found = variable_faults(self.variables)
        read = {kind: self._read(kind) for kind in seeds if kind.seed in self._files}
        self._rows = {kind: rows for kind, (rows, faults) in read.items() if not faults}
        for kind, (_, faults) in read.items():
            found += faults or self._compared(kind)
        return found

    def _read(self, kind: type[R]) -> tuple[list[R], list[str]]:
        """The rows of a file and what is wrong with each by itself."""
        path = self._files[kind.seed]
        rows: list[R] = []
        faults: list[str] = []
        columns = list(kind.model_fields)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            return rows, [self._at(kind, None, "the file is not UTF-8; save it as CSV UTF-8")]
        header, *lines = list(csv.reader(text.splitlines(keepends=True))) or [[]]
        for name in header:
            if name not in columns:
                faults.append(
                    self._at(kind, None, f"column {name} is unknown; {one_of(name, columns)}")
                )
        missing = [name for name in columns if name not in header]
        faults += [self._at(kind, None, f"column {name} is missing") for name in missing]
        if faults:
            return rows, faults
        for number, cells in enumerate(lines, start=2):
            if not any(cells):
                continue
            if len(cells) != len(header):
                said = f"{len(cells)} cells, and the header has {len(header)}"
                faults.append(self._at(kind, number, said))
                continue
            row, wrong = kind.read(number, dict(zip(header, cells, strict=True)))
            faults += [self._at(kind, number, each) for each in wrong]
            if row is not None:
                rows.append(row)
        return rows, faults

    def _compared(self, kind: type[Row]) -> list[str]:
        """What is wrong between the rows of a seed, and with what other seeds say."""
        rows = self._rows[kind]
        found = [self._at(kind, row.row, said) for row, said in _repeated(kind.keys, rows)]
        if kind.complete:
            lacking = choices(kind.model_fields[kind.complete].annotation)
            for value in lacking:
                if value not in {getattr(row, kind.complete) for row in rows}:
                    said = f"{kind.complete} {value} has no row; each needs one: "
                    found.append(self._at(kind, None, said + ", ".join(lacking)))
        if not found:
            # what another seed lacks is reported of that one
            with suppress(Unreadable):
                for row, said in kind.check(rows, self):
                    told = self._at(type(row), row.row, said) if row else self._at(kind, None, said)
                    found.append(told)
        return found

    def _at(self, kind: type[Row], row: int | None, said: str) -> str:
        place = self._files[kind.seed].relative_to(self.folder).as_posix()
        return f"{place}{f', row {row}' if row else ''}: {said}"


def _repeated(keys: Iterable[Sequence[str]], rows: list[R]) -> Iterator[tuple[R, str]]:
    for key in keys:
        seen: dict[tuple[str, ...], R] = {}
        for row in rows:
            values = [str(getattr(row, name)) for name in key]
            first = seen.setdefault(tuple(value.casefold() for value in values), row)
            if first is not row:
                said = " and ".join(f"{n} {v}" for n, v in zip(key, values, strict=True))
                yield row, f"{said} is in row {first.row} too; each is allowed once"


def rules_of(project: Path, given: Mapping[str, Any] | None = None) -> Rules | None:
    """The rules a project builds by: its own, or those of its package one360; None without either.

    Args:
        project: the folder in which dbt runs.
        given: variables of the command.
    """
    package = package_path(project)
    if package is None:
        return None
    return Rules(
        package, given if package == project else variables_for(package, project, given or {})
    )


def variables_for(package: Path, project: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a project that has one360 as a package, and its command, set of the package's variables.

    What they set for all packages may be another's; what stands under ``one360:`` is not.
    """
    settings = read_mapping((package / "dbt_project.yml").read_text(encoding="utf-8"))
    outside = read_mapping((project / "dbt_project.yml").read_text(encoding="utf-8"))
    known = settings.get("vars") or {}
    of_all = outside.get("vars") or {}
    return {
        **{name: value for name, value in of_all.items() if name in known},
        **(of_all.get(settings["name"]) or {}),
        **{name: value for name, value in given.items() if name in known},
    }


def read_mapping(text: str) -> dict[str, Any]:
    """A text of YAML as a mapping."""
    return yaml.load(text, Loader=LOADER) or {}
