"""Put the marts of a green build before readers, in one step.

The published schemas are copied from the build's own file into a new file beside
the published one. When it is complete, on disk, and free of personal values, it
takes the place of the old file by one rename. So a reader sees yesterday's
publication or today's, never a mixture; a reader that has the old file open keeps
it; and a publish that fails or is killed leaves what was there.

An intraday run makes some of the tables anew: then the new file begins as a copy of the
published one, and those tables are replaced in it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from one360 import __version__
from one360.errors import One360Error, one_line
from one360.files import exclusive, remove, sync
from one360.paths import DatasetPaths, shown
from one360.runs.spark import collect, spark_folder
from one360.sql import identifier, literal

#: What readers get. The other schemas hold raw contact values or are nobody's API.
PUBLISHED_SCHEMAS = ("core", "tags", "campaigns", "quality")

#: Clients with DuckDB 1.x inside refuse files in the format of 2.0.
STORAGE_VERSION = "v1.0.0"

#: Columns that stay in the warehouse: they hold a raw record as it came.
PRIVATE_COLUMNS = {("quality", "rejected_records"): ("raw_record",)}

#: Views that readers get as views: what they show is made of published tables when it is
#: asked for. They name schema and table and no database.
PUBLISHED_VIEWS = (("tags", "customer_tag_reasons"),)

#: Raw tables whose natural key is a person's own id (a member number, an openid).
#: In the published rejects it is hashed, as everywhere else.
PERSONAL_TABLES = ("members", "member_consents", "campaign_members", "accounts", "users")

# dbt options that leave out models, tests or rows
_PARTIAL = ("select", "exclude", "selector", "resource_types", "empty", "sample")

_GOOD = {"success", "pass", "warn", "no-op"}

# Chinese mobile numbers, as E.164 or bare, also as 138-1234-5678. A digit, a letter or
# a mask's * before or after means that it is a part of something else.
_PHONE = (
    r"(^|[^0-9A-Za-z*])(\+?(00)?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}($|[^0-9A-Za-z*])"
)
_EMAIL = r"(^|[^0-9A-Za-z._%+*-])[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*\.[A-Za-z]{2,}"

# Where raw values are found in the warehouse, for comparison.
_PRIVATE_SCHEMAS = ("identity", "pii")
_KEY_COLUMNS = (
    "natural_key", "openid", "unionid", "card_no", "user_id", "member_id", "anonymous_id",
    "identifier_value", "contact_value",
)  # fmt: skip
_PHONE_COLUMNS = ("phone", "mobile", "identifier_value", "contact_value")
_NAME_COLUMNS = ("full_name", "recipient_name", "customer_name", "nickname")
_SAMPLE = 2000
_NAMES_FOR_A_LEAK = 3


@dataclass
class Publication:
    """What was published."""

    path: Path
    as_of_date: str | None
    rows: dict[str, int] = field(default_factory=dict)
    views: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Build:
    """The last dbt build, from its run_results.json."""

    invocation_id: str
    built_at: str
    relations: frozenset[tuple[str, str]]


def publish(
    paths: DatasetPaths,
    target: Path,
    progress: Callable[[str, int, int], None] | None = None,
    engine: str = "duckdb",
) -> Publication:
    """Publish the data set's last build; ``target`` is dbt's target folder.

    ``progress`` is called with table, its number and how many there are. ``engine`` is
    what built it: of Spark, a copy of the tables is made first and read like DuckDB's file.

    Raises:
        One360Error: the last build was not green, the warehouse cannot be read, or
            a personal value was found. What was published before is untouched.
    """
    started = time.perf_counter()
    build = read_green_build(target, paths.dataset)
    built = paths.warehouse if engine == "duckdb" else spark_folder(paths)
    if not built.exists():
        raise One360Error(f"{shown(built)} does not exist: make build DATASET={paths.dataset}")
    collected = paths.published.parent / f".{paths.dataset}.collected.duckdb"
    with _taking_its_place(paths) as unfinished:
        try:
            if engine == "spark":
                _remove_database(collected)
                collect(paths, collected)
                built = collected
            publication = _copy(paths, built, build, unfinished, progress)
        finally:
            _remove_database(collected)
    publication.seconds = time.perf_counter() - started
    return publication


def refresh(
    paths: DatasetPaths,
    target: Path,
    progress: Callable[[str, int, int], None] | None = None,
) -> Publication:
    """Publish what the last intraday run built; every other table stays as it is published.

    Raises:
        One360Error: the run was not green, the published file is not of the build that it
            brings up to date, or a personal value was found. What was published before is
            untouched.
    """
    started = time.perf_counter()
    build = read_green_build(target, paths.dataset, whole=False)
    with _taking_its_place(paths) as unfinished:
        shutil.copyfile(paths.published, unfinished)
        publication = _copy(paths, paths.warehouse, build, unfinished, progress, refreshes=True)
    publication.seconds = time.perf_counter() - started
    return publication


@contextmanager
def _taking_its_place(paths: DatasetPaths) -> Iterator[Path]:
    """A file to fill; it becomes the published one when the block ends well."""
    folder = paths.published.parent
    unfinished = folder / f".{paths.dataset}.unfinished.duckdb"
    with exclusive(folder / f".{paths.dataset}.lock", f"publishing {paths.dataset}"):
        # With the lock held, a file of this name is what a killed publish left.
        _remove_database(unfinished)
        try:
            yield unfinished
            sync(unfinished)
            # A reader that wrote into the old file may have left a log to be replayed.
            remove(_log_of(paths.published))
            os.replace(unfinished, paths.published)
            sync(folder)
        finally:
            _remove_database(unfinished)


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _remove_database(database: Path) -> None:
    remove(database)
    remove(_log_of(database))


# -- is there something to publish? -----------------------------------------------


def read_run_results(target: Path) -> dict[str, Any] | None:
    """What dbt wrote of its last command, or None if there is nothing."""
    try:
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return results if isinstance(results, dict) and "results" in results else None


def read_green_build(target: Path, dataset: str, whole: bool = True) -> Build:
    """The last build, if it was a build of ``dataset`` and nothing failed.

    It must have been of all models, unless ``whole`` is false.
    """
    again = f"run make build DATASET={dataset}"
    found = read_run_results(target)
    if found is None:
        raise One360Error(
            f"nothing to publish: {shown(target / 'run_results.json')} is not there; {again}"
        )
    args = found.get("args", {})
    command = args.get("which") or args.get("invocation_command", "").removeprefix("dbt ")
    if command != "build":
        raise One360Error(
            f"nothing is published: the last dbt command was {command!r}, not a build; {again}"
        )
    # unit tests say nothing about the data
    left_out = set(args.get("exclude_resource_types") or ()) - {"unit_test"}
    if whole and (left_out or any(args.get(option) for option in _PARTIAL)):
        raise One360Error(
            f"nothing is published: the last build was of a selection of models; {again}"
        )
    results = found["results"]
    relations = {
        tuple(part.strip('"`') for part in result["relation_name"].split("."))
        for result in results
        if result.get("relation_name")
    }
    others = {relation[0] for relation in relations if len(relation) == 3} - {dataset}
    if others:
        raise One360Error(
            f"nothing is published: the last build was of {sorted(others)[0]}, "
            f"not of {dataset}; {again}"
        )
    bad = [result for result in results if result.get("status") not in _GOOD]
    if bad:
        failed = [result for result in bad if result.get("status") != "skipped"] or bad
        names = ", ".join(_short_name(result["unique_id"]) for result in failed[:3])
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise One360Error(
            f"nothing is published: in the last build {names}{more} did not pass; "
            "what was published before is untouched"
        )
    if not results:
        raise One360Error(f"nothing is published: the last build built nothing; {again}")
    metadata = found.get("metadata", {})
    return Build(
        invocation_id=str(metadata.get("invocation_id", "")),
        built_at=str(metadata.get("generated_at", "")),
        relations=frozenset(relation[-2:] for relation in relations if len(relation) > 1),
    )


def _short_name(unique_id: str) -> str:
    """test.one360.not_null_x.123abc → not_null_x."""
    parts = unique_id.split(".")
    return parts[2] if len(parts) > 2 else unique_id


def open_warehouse(connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, built: Path) -> None:
    """Attach the warehouse, for reading; One360Error where it is in use."""
    try:
        # Views name the catalog they were made in, so it must be called as in the build.
        connection.execute(f"attach {literal(built)} as {paths.dataset} (read_only)")
    except duckdb.Error as error:
        if "could not set lock" in str(error).lower():
            raise One360Error(
                f"{shown(paths.warehouse)} is in use, most likely by a running build; "
                "publish when that is done"
            ) from None
        raise One360Error(f"{shown(paths.warehouse)} cannot be read: {one_line(error)}") from None


def _check_build_is_last(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, build: Build
) -> None:
    """Refuse when another build was begun since the green one, and was killed.

    The build notes its invocation at its start in ``main.last_build``.
    """
    noted = connection.execute(
        """
        select count(*) from duckdb_tables()
        where database_name = ? and schema_name = 'main' and table_name = 'last_build'
        """,
        [paths.dataset],
    ).fetchone()
    if not noted or not noted[0]:
        return
    row = connection.execute(
        f"select invocation_id from {paths.dataset}.main.last_build limit 1"
    ).fetchone()
    if row and row[0] != build.invocation_id:
        raise One360Error(
            "nothing is published: a later build was begun and did not end; "
            f"run make build DATASET={paths.dataset}"
        )


def check_published_build(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, built: str, published: str
) -> None:
    """Refuse an intraday run where its tables would meet others than those published.

    Args:
        connection: has both files attached.
        paths: the data set.
        built: catalog of the warehouse; ``main.last_build`` names in ``build_id`` the last
            run that was no intraday one.
        published: catalog of the published file.

    Raises:
        One360Error: what was published is not of that build, or nothing is known of it.
    """
    try:
        same = connection.execute(
            f"""
            select count(*) from {built}.main.last_build as last_build
            inner join {published}.main.publication as publication
                on last_build.build_id = publication.build_id
            where publication.refreshed_at is null
            """
        ).fetchone()
    except duckdb.Error:
        same = None
    if not same or not same[0]:
        raise One360Error(
            f"{shown(paths.published)} is not of the last build of the warehouse, and an intraday "
            f"run only brings up to date what is; run make build DATASET={paths.dataset}"
        )


# -- the copy ---------------------------------------------------------------------


def _copy(
    paths: DatasetPaths,
    built: Path,
    build: Build,
    unfinished: Path,
    progress: Callable[[str, int, int], None] | None,
    refreshes: bool = False,
) -> Publication:
    """Copy the tables of ``build`` into ``unfinished``.

    With ``refreshes`` that is a copy of the published file, in which they replace those
    of their names.
    """
    source, copied = paths.dataset, f"{paths.dataset}_published"
    publication = Publication(path=paths.published, as_of_date=None)
    connection = duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        salt = _salt(paths)
        if salt is not None:
            connection.execute("set variable one360_salt = ?", [salt])
        open_warehouse(connection, paths, built)
        _check_build_is_last(connection, paths, build)
        connection.execute(
            f"attach {literal(unfinished)} as {copied} (storage_version '{STORAGE_VERSION}')"
        )
        tables: list[tuple[str, str, str | None]] = []
        views: list[tuple[str, str, str | None]] = []
        for schema, table, comment, is_view in _relations(connection, source):
            if (schema, table) in build.relations:
                kept = views if is_view and (schema, table) in PUBLISHED_VIEWS else tables
                kept.append((schema, table, comment))
            elif not refreshes:
                # what an older build left, and this one does not know any more
                publication.left_out.append(f"{schema}.{table}")
        if refreshes:
            check_published_build(connection, paths, source, copied)
            tables, views = _published_already(connection, copied, tables), []
            _drop(connection, copied, tables)
        if not tables:
            raise One360Error(
                f"nothing is published: {shown(paths.warehouse)} has no table in "
                f"{', '.join(PUBLISHED_SCHEMAS)}"
            )
        publication.as_of_date = _as_of_date(connection, source)
        for number, (schema, table, comment) in enumerate(tables, start=1):
            name = f"{schema}.{table}"
            if progress is not None:
                progress(name, number, len(tables))
            publication.rows[name] = _copy_table(connection, source, copied, schema, table, comment)
        for schema, view, comment in views:
            _copy_view(connection, source, copied, schema, view, comment)
            publication.views.append(f"{schema}.{view}")
        leaks = find_personal_values(connection, copied, source, publication.rows)
        if leaks:
            raise One360Error(
                "nothing is published: personal values in "
                + ", ".join(leaks[:5])
                + (f" and {len(leaks) - 5} more columns" if len(leaks) > 5 else "")
            )
        if refreshes:
            _update_manifest(connection, copied, build, publication)
        else:
            _write_manifest(connection, copied, paths, build, publication)
        connection.execute(f"checkpoint {copied}")
        connection.execute(f"detach {copied}")
        return publication
    except duckdb.Error as error:
        raise One360Error(f"publishing failed: {one_line(error, 300)}") from None
    finally:
        connection.close()


def _published_already(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    tables: list[tuple[str, str, str | None]],
) -> list[tuple[str, str, str | None]]:
    """Those of the tables that readers know; a table new to the project waits for its build."""
    known = set(
        connection.execute(
            f"select table_schema, table_name from {copied}.main.publication"
        ).fetchall()
    )
    return [each for each in tables if each[:2] in known]


def _drop(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    tables: list[tuple[str, str, str | None]],
) -> None:
    """Drop the tables, so that what replaces them takes their room in the file."""
    for schema, table, _ in tables:
        connection.execute(f"drop table {copied}.{identifier(schema)}.{identifier(table)}")
    connection.execute(f"checkpoint {copied}")


def _salt(paths: DatasetPaths) -> str | None:
    """The build's salt if there is one; publishing makes none."""
    given = os.environ.get("ONE360_SALT")
    if given:
        return given
    kept = paths.warehouse.with_suffix(".salt")
    return kept.read_text(encoding="ascii").strip() if kept.exists() else None


def _relations(
    connection: duckdb.DuckDBPyConnection, source: str
) -> list[tuple[str, str, str | None, bool]]:
    """Tables and views of the published schemas: schema, name, comment, whether a view."""
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    rows = connection.execute(
        f"""
        select schema_name, table_name, comment, false from duckdb_tables()
        where database_name = ? and schema_name in ({schemas})
        union all
        select schema_name, view_name, comment, true from duckdb_views()
        where database_name = ? and schema_name in ({schemas}) and not internal
        order by all
        """,
        [source, source],
    ).fetchall()
    return [(str(row[0]), str(row[1]), row[2], bool(row[3])) for row in rows]


def _copy_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    copied: str,
    schema: str,
    table: str,
    comment: str | None,
) -> int:
    """Copy a table or view as a table, with its comments; return its rows."""
    name = f"{identifier(schema)}.{identifier(table)}"
    columns = [
        str(row[0])
        for row in connection.execute(
            """
            select column_name from duckdb_columns()
            where database_name = ? and schema_name = ? and table_name = ?
            order by column_index
            """,
            [source, schema, table],
        ).fetchall()
    ]
    private = PRIVATE_COLUMNS.get((schema, table), ())
    selected = ", ".join(
        _published_column(schema, table, column) for column in columns if column not in private
    )
    connection.execute(f"create schema if not exists {copied}.{identifier(schema)}")
    connection.execute(f"create table {copied}.{name} as select {selected} from {source}.{name}")
    _copy_comments(connection, source, copied, schema, table, "table", comment, private)
    counted = connection.execute(f"select count(*) from {copied}.{name}").fetchone()
    return int(counted[0]) if counted else 0


def _copy_view(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    copied: str,
    schema: str,
    view: str,
    comment: str | None,
) -> None:
    """Make a view anew over the published tables; it must not name another catalog."""
    found = connection.execute(
        """
        select sql from duckdb_views()
        where database_name = ? and schema_name = ? and view_name = ?
        """,
        [source, schema, view],
    ).fetchone()
    text = str(found[0]) if found else ""
    connection.execute(f"create schema if not exists {copied}.{identifier(schema)}")
    before = connection.execute("select current_catalog()").fetchone()
    connection.execute(f"use {copied}")
    try:
        connection.execute(text)
    finally:
        connection.execute(f"use {before[0] if before else 'memory'}")
    _copy_comments(connection, source, copied, schema, view, "view", comment)


def _copy_comments(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    copied: str,
    schema: str,
    table: str,
    kind: str,
    comment: str | None,
    private: tuple[str, ...] = (),
) -> None:
    name = f"{identifier(schema)}.{identifier(table)}"
    if comment:
        connection.execute(f"comment on {kind} {copied}.{name} is {literal(comment)}")
    commented = connection.execute(
        """
        select column_name, comment from duckdb_columns()
        where database_name = ? and schema_name = ? and table_name = ? and comment is not null
        """,
        [source, schema, table],
    ).fetchall()
    for column, text in commented:
        if column not in private:
            connection.execute(
                f"comment on column {copied}.{name}.{identifier(column)} is {literal(text)}"
            )


def _published_column(schema: str, table: str, column: str) -> str:
    name = identifier(column)
    if (schema, table, column) != ("quality", "rejected_records", "natural_key"):
        return name
    personal = ", ".join(literal(each) for each in PERSONAL_TABLES)
    return f"""
        case
            when regexp_extract(source_table, '[a-z_]+$') in ({personal})
                then substr(sha256(getvariable('one360_salt') || '|' || {name}), 1, 32)
            else {name}
        end as {name}
    """


def _as_of_date(connection: duckdb.DuckDBPyConnection, source: str) -> str | None:
    """The business date the build was made for."""
    try:
        row = connection.execute(
            f"select cast(as_of_date as varchar) from {source}.behaviour.int_behaviour__as_of"
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return str(row[0]) if row and row[0] is not None else None


def _write_manifest(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    paths: DatasetPaths,
    build: Build,
    publication: Publication,
) -> None:
    """One row per published table in main.publication: what it is, and of which build.

    A view has no count: its rows are those of its tables. ``refreshed_at`` is for intraday
    runs.
    """
    connection.execute(
        f"""
        create table {copied}.main.publication (
            table_schema varchar,
            table_name varchar,
            row_count bigint,
            dataset varchar,
            one360_version varchar,
            build_id varchar,
            as_of_date date,
            built_at timestamp,
            published_at timestamp,
            refreshed_at timestamp
        )
        """
    )
    connection.executemany(
        f"""
        insert into {copied}.main.publication
        select
            ?, ?, ?, ?, ?, ?, try_cast(? as date), timezone('UTC', try_cast(? as timestamptz)),
            timezone('UTC', get_current_timestamp()), null
        """,
        [
            (
                *name.split(".", 1),
                rows,
                paths.dataset,
                __version__,
                build.invocation_id,
                publication.as_of_date,
                build.built_at,
            )
            for name, rows in [
                *publication.rows.items(),
                *((view, None) for view in publication.views),
            ]
        ],
    )


def _update_manifest(
    connection: duckdb.DuckDBPyConnection, copied: str, build: Build, publication: Publication
) -> None:
    """Say of the replaced tables which intraday run they are of, and when it was published."""
    connection.executemany(
        f"""
        update {copied}.main.publication set
            row_count = ?,
            build_id = ?,
            as_of_date = try_cast(? as date),
            built_at = timezone('UTC', try_cast(? as timestamptz)),
            refreshed_at = timezone('UTC', get_current_timestamp())
        where table_schema = ? and table_name = ?
        """,
        [
            (
                rows,
                build.invocation_id,
                publication.as_of_date,
                build.built_at,
                *name.split(".", 1),
            )
            for name, rows in publication.rows.items()
        ],
    )


# -- the gate ---------------------------------------------------------------------


def find_personal_values(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    source: str,
    tables: Collection[str],
) -> list[str]:
    """Columns of the catalog ``copied`` that hold raw personal values, each with what.

    Looks into every column of the ``tables`` with text in it for mobile numbers and
    e-mail addresses and for values equal to raw keys and names kept in the warehouse
    ``source`` (a sample of each). Digits in a column of ids may be an order number,
    so there a mobile number counts only if it is somebody's.
    """
    has_phones = _collect_known(connection, source)
    leaks = []
    columns = connection.execute(
        """
        select schema_name, table_name, list(column_name order by column_index)
        from duckdb_columns()
        where
            database_name = ?
            and (data_type like '%VARCHAR%' or data_type like '%JSON%')
            -- a view shows what the tables hold
            and table_oid in (select table_oid from duckdb_tables() where database_name = ?)
        group by schema_name, table_name
        order by schema_name, table_name
        """,
        [copied, copied],
    ).fetchall()
    for schema, table, names in columns:
        if f"{schema}.{table}" not in tables:
            continue
        place = f"{copied}.{identifier(schema)}.{identifier(table)}"
        texts = [f"cast({identifier(name)} as varchar)" for name in names]
        sizes = connection.execute(
            f"select count(*), {', '.join(f'approx_count_distinct({text})' for text in texts)} "
            f"from {place}"
        ).fetchone()
        total, *distinct = sizes or (0,)
        for name, text, different in zip(names, texts, distinct, strict=True):
            # most columns repeat few values: look at each value once
            repeats = different < total / 10
            values = f"select {'distinct ' if repeats else ''}{text} as value from {place}"
            row = connection.execute(
                f"select {', '.join(_leak_tests(name, has_phones))} from ({values})"
            ).fetchone()
            leaks += [
                f"{schema}.{table}.{name} ({kind})"
                for kind, is_leak in zip(_LEAK_KINDS, row or (), strict=True)
                if is_leak
            ]
    return leaks


_LEAK_KINDS = ("a mobile number", "an e-mail address", "a raw key", "people's names")


def _leak_tests(column: str, has_phones: bool) -> list[str]:
    """SQL over ``value``, one test for each of the kinds."""
    if not column.endswith("_id"):
        phone = f"coalesce(bool_or(regexp_matches(value, '{_PHONE}')), false)"
    elif has_phones:
        # a keyed hash of 32 hexadecimal digits holds somebody's number by chance, now and then
        digits = (
            "case when not regexp_full_match(value, '[0-9a-f]{32}') "
            "then regexp_extract(value, '1[3-9][0-9]{9}') end"
        )
        phone = f"coalesce(bool_or({digits} in (select phone from known_phones)), false)"
    else:
        phone = "false"
    return [
        phone,
        # case, not and: the pattern is only tried where there is an @
        "coalesce(bool_or(case when contains(value, '@') "
        f"then regexp_matches(value, '{_EMAIL}') else false end), false)",
        "coalesce(bool_or(value in (select key from known_keys)), false)",
        "count(distinct value) filter (value in (select name from known_names)) "
        f">= {_NAMES_FOR_A_LEAK}",
    ]


def _collect_known(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    """Temporary tables of raw values in the warehouse; whether there are phones."""
    connection.execute("create or replace temp table known_phones (phone varchar)")
    connection.execute("create or replace temp table known_keys (key varchar)")
    connection.execute("create or replace temp table known_names (name varchar)")
    for column, place in _private_columns(connection, source, _PHONE_COLUMNS):
        connection.execute(
            f"""
            insert into known_phones
            select distinct right(regexp_replace({column}, '[^0-9]', '', 'g'), 11)
            from {place}
            where regexp_matches({column}, '^([+]?86)?1[3-9][0-9]{{9}}$')
            """
        )
    for column, place in _private_columns(connection, source, _KEY_COLUMNS):
        # Short keys and plain numbers are equal to other things by chance.
        connection.execute(
            f"""
            insert into known_keys
            with sampled as (
                select distinct unnest([{column}] || string_split({column}, '|')) as key
                from (
                    select {column} from {place} where {column} is not null
                    using sample reservoir({_SAMPLE} rows) repeatable (1)
                )
            )
            select key from sampled
            where
                length(key) >= 16
                or (
                    length(key) >= 8
                    and regexp_matches(key, '[A-Za-z]')
                    and regexp_matches(key, '[0-9]')
                )
            """
        )
    for column, place in _private_columns(connection, source, _NAME_COLUMNS):
        connection.execute(
            f"""
            insert into known_names
            select distinct {column} from (
                select {column} from {place} where length({column}) >= 2
                using sample reservoir({_SAMPLE} rows) repeatable (1)
            )
            """
        )
    found = connection.execute("select count(*) from known_phones").fetchone()
    return bool(found and found[0])


def _private_columns(
    connection: duckdb.DuckDBPyConnection, source: str, names: tuple[str, ...]
) -> list[tuple[str, str]]:
    """(column, table) of the private tables' text columns called so."""
    rows = connection.execute(
        """
        select columns.column_name, columns.schema_name, columns.table_name
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables
            on
                columns.database_name = tables.database_name
                and columns.schema_name = tables.schema_name
                and columns.table_name = tables.table_name
        where
            columns.database_name = ?
            and list_contains(?, columns.schema_name)
            and list_contains(?, columns.column_name)
            and columns.data_type = 'VARCHAR'
        order by all
        """,
        [source, list(_PRIVATE_SCHEMAS), list(names)],
    ).fetchall()
    return [
        (identifier(column), f"{source}.{identifier(schema)}.{identifier(table)}")
        for column, schema, table in rows
    ]
