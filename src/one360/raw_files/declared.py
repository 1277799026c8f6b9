"""The raw tables as they are declared, models/staging/<system>/_<system>__sources.yml.

The one place in Python that reads and checks the declaration. dbt reads the same files
(macro ``raw_tables``); what it cannot know while it parses, it is told by ``dbt_one360``.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from one360.errors import One360Error
from one360.paths import package_path
from one360.time_zones import time_zone

#: How a personal column is looked after: its values are looked for in what is published.
PERSONAL_KINDS = (
    "phone", "email", "name", "key", "address", "birth_date", "order", "other",
)  # fmt: skip

FORMATS = ("csv", "jsonl", "parquet")

_TYPES = re.compile(
    r"(string|varchar|bigint|double|boolean|date|timestamp|decimal\(\d+, ?\d+\))", re.IGNORECASE
)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_META = ("format", "keys", "encoding", "delimiter", "lines", "currency", "timezone")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LOADED_AT = "loaded_at"
#: What dbt source freshness asks for: text that is no time is left out, as staging does.
_FRESHNESS = "try_cast(loaded_at as timestamp)"


@dataclass(frozen=True)
class Column:
    """A declared column; files that ``may_lack`` it need no leave to do so.

    ``timezone`` is that of its times without an offset, None being UTC. ``identifier`` says of a
    column that names a person where its values count: phone, email, what the declaration names
    (card, unionid), else the system of the table.
    """

    name: str
    type: str
    is_optional: bool = False
    may_lack: bool = False
    personal: str | None = None
    timezone: str | None = None
    identifier: str | None = None


@dataclass(frozen=True)
class DeclaredTable:
    """A declared raw table.

    ``lines`` is the table of the lines of its orders, ``currency`` that of orders without one.
    """

    name: str
    system: str
    table: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    yaml: str
    encoding: str
    delimiter: str
    lines: str | None = None
    currency: str | None = None

    @property
    def times(self) -> tuple[str, ...]:
        """Its columns of times, in the declared order."""
        return tuple(column.name for column in self.columns if column.type == "timestamp")


def declared_tables(project: Path | None = None) -> dict[str, DeclaredTable]:
    """Every declared raw table by its name, such as crm.members.

    Args:
        project: folder of a dbt project that is one360 or has it as a package; the current one
            by default, as in a run of dbt.

    Raises:
        One360Error: a declaration is not complete; all faults are told, a line each.
    """
    project = project or Path()
    folder = package_path(project) or project
    tables: dict[str, DeclaredTable] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("models/staging/*/_*__sources.yml")):
        content = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for source in (content or {}).get("sources") or []:
            for table in source.get("tables") or []:
                name = f"{source['name']}.{table['name']}"
                found = list(_faults(source, table, path))
                faults += [f"{path.name}: {name}: {fault}" for fault in found]
                if not found:
                    yaml_file = path.relative_to(folder).as_posix()
                    tables[name] = _table(source["name"], table, yaml_file)
    if faults:
        raise One360Error("raw tables are not declared as expected:\n  " + "\n  ".join(faults))
    return dict(sorted(tables.items()))


def as_json(tables: Mapping[str, DeclaredTable]) -> str:
    """The tables as macro ``raw_tables`` reads them."""
    return json.dumps([asdict(table) for table in tables.values()], ensure_ascii=False)


def _faults(source: Mapping[str, Any], table: Mapping[str, Any], path: Path) -> Iterator[str]:
    system, name = source["name"], table["name"]
    meta = _meta(table)
    columns = {column["name"]: column for column in table.get("columns") or []}
    if system != path.parent.name or not _NAME.fullmatch(system):
        yield f"source is {system!r}; expected the name of its folder, {path.parent.name!r}"
    if not _NAME.fullmatch(name):
        yield "expected a name in lower-case letters, digits and single _"
    if source.get("schema") != "raw" or table.get("identifier") != f"{system}_{name}":
        yield f"expected schema raw and identifier {system}_{name}"
    for unknown in meta.keys() - set(_META):
        yield f"config.meta has {unknown!r}; expected {', '.join(_META)}"
    if meta.get("format") not in FORMATS:
        yield f"config.meta.format is {meta.get('format')!r}; expected {', '.join(FORMATS)}"
    if "currency" in meta and not _CURRENCY.fullmatch(str(meta["currency"])):
        yield f"config.meta.currency is {meta['currency']!r}; expected a code such as EUR"
    if meta.get("currency") == "RMB":
        yield "config.meta.currency is 'RMB'; expected CNY, its code"
    if "timezone" in meta:
        yield from _zone_faults("config.meta.timezone", meta["timezone"])
    if not meta.get("keys"):
        yield "config.meta.keys is missing; expected the columns that tell its rows apart"
    for key in meta.get("keys") or ():
        if key not in columns:
            yield f"key {key} is no column; expected one of {', '.join(columns)}"
    loaded_at = (source.get("config") or {}).get("loaded_at_field")
    if loaded_at != _FRESHNESS or columns.get(_LOADED_AT, {}).get("data_type") != "timestamp":
        yield f"expected column loaded_at, a timestamp, and config.loaded_at_field: {_FRESHNESS}"
    for column in columns.values():
        if not _TYPES.fullmatch(str(column.get("data_type"))):
            yield (
                f"column {column['name']} is {column.get('data_type')}; expected string, bigint, "
                "decimal(p,s), double, boolean, date or timestamp"
            )
        optional = _meta(column).get("optional")
        if optional not in (None, True, False, "always"):
            yield f"column {column['name']} is optional: {optional}; expected true or always"
        if "timezone" in _meta(column):
            yield from _zone_faults(f"timezone of {column['name']}", _meta(column)["timezone"])
        identifier = _meta(column).get("identifier")
        if identifier is not None and (
            _meta(column).get("personal") != "key" or not _NAME.fullmatch(str(identifier))
        ):
            yield (
                f"column {column['name']} has identifier: {identifier}; expected a name such as "
                "card, or a system, on a column that is personal: key"
            )
        personal = _meta(column).get("personal")
        if personal is not None and personal not in PERSONAL_KINDS:
            yield (
                f"column {column['name']} is personal: {personal}; "
                f"expected {', '.join(PERSONAL_KINDS)}"
            )


def _zone_faults(name: str, zone: object) -> Iterator[str]:
    try:
        time_zone(str(zone))
    except ValueError as error:
        yield f"{name} is {zone}; {error}"


def _zone(zone: str | None, data_type: str) -> str | None:
    return zone if data_type == "timestamp" and zone != "UTC" else None


def _of_a_person(personal: str | None) -> str | None:
    """How a column is personal; the number of an order is looked after when it is published."""
    return None if personal == "order" else personal


def _identifier(system: str, meta: Mapping[str, Any]) -> str | None:
    personal = meta.get("personal")
    if personal in ("phone", "email"):
        return str(personal)
    return str(meta.get("identifier", system)) if personal == "key" else None


def _table(system: str, table: Mapping[str, Any], yaml_file: str) -> DeclaredTable:
    meta = _meta(table)
    return DeclaredTable(
        name=f"{system}.{table['name']}",
        system=system,
        table=table["name"],
        title=str(table.get("description") or "").strip(),
        key=tuple(meta["keys"]),
        columns=tuple(
            Column(
                column["name"],
                column["data_type"],
                bool(_meta(column).get("optional")),
                _meta(column).get("optional") == "always",
                _of_a_person(_meta(column).get("personal")),
                _zone(_meta(column).get("timezone", meta.get("timezone")), column["data_type"]),
                _identifier(system, _meta(column)),
            )
            for column in table["columns"]
        ),
        yaml=yaml_file,
        encoding=meta.get("encoding", "utf-8"),
        delimiter=meta.get("delimiter", ","),
        lines=f"{system}.{meta['lines']}" if "lines" in meta else None,
        currency=meta.get("currency"),
    )


def _meta(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    return (thing.get("config") or {}).get("meta") or {}


def event_columns(project: Path | None = None) -> dict[str, dict[str, str]]:
    """Seed event_columns: preset → standard column → what it is read from."""
    found: dict[str, dict[str, str]] = {}
    for row in _seed_rows(project, "event_columns"):
        preset, column, read_from = (
            row.get(name, "") for name in ("preset", "column_name", "read_from")
        )
        found.setdefault(preset, {})[column] = read_from
    return found


def retention_limits(project: Path | None = None) -> list[dict[str, Any]]:
    """Seed retention_limits: raw table, disposition, days kept and what they are counted from."""
    return [
        {
            "source_table": row.get("source_table", ""),
            "disposition": row.get("disposition", ""),
            "keep_days": int(row["keep_days"]),
            "counted_from": row.get("counted_from") or _LOADED_AT,
            "reason": row.get("reason", ""),
        }
        for row in _seed_rows(project, "retention_limits")
        if row.get("keep_days", "").isdecimal()
    ]


def _seed_rows(project: Path | None, name: str) -> Iterator[dict[str, str]]:
    """The rows of a seed that raw views are made of, before dbt has loaded it.

    What is not as it should be is left to the check of the rules, which names it.
    """
    project = project or Path()
    for path in (package_path(project) or project).glob(f"seeds/**/{name}.csv"):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                yield {
                    key: value.strip()
                    for key, value in row.items()
                    if isinstance(key, str) and isinstance(value, str)
                }
