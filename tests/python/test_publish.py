"""Publishing: one atomic step after a green build, and no personal value in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.errors import One360Error
from one360.files import sync
from one360.paths import DatasetPaths, dataset_paths
from one360.publish.publication import publish, refresh
from one360.published.summary import summarise
from one360.raw_files.declared import declared_tables
from tests.python.project import ROOT, raw_tables

TABLES = {
    ("core", "customers"): "select 'c' || i as one_id, '138****0001' as phone_masked, {g} as gen",
    ("tags", "tag_rfm"): "select 'c' || i as one_id, {g} as gen",
    ("quality", "rejected_records"): """
        select
            'crm' as source_system,
            'members' as source_table,
            'M0000' || i as natural_key,
            'superseded' as reason_code,
            '{{"mobile": "13912345678"}}' as raw_record,
            {g} as gen
    """,
    ("pii", "customer_contacts"): "select 'phone' as contact_type, '+8613912345678' as phone",
    ("identity", "profiles"): "select 'oABCDEF1234567890xyz' as natural_key, '李小明' as full_name",
    ("staging", "stg_crm__members"): "select 'x' as anything",
    ("behaviour", "int_behaviour__as_of"): "select date '2026-03-31' as as_of_date",
}


#: Names of columns by which a person is known.
OF_PERSONS = {
    "member_id", "user_id", "openid", "unionid", "card_no", "anonymous_id", "mobile",
    "contact_hash",
}  # fmt: skip

#: What the YAML of these tables says of their columns.
PERSONAL = {
    ("quality", "rejected_records"): {"natural_key": "hashed", "raw_record": "other"},
    ("pii", "customer_contacts"): {"phone": "phone"},
    ("identity", "profiles"): {"natural_key": "key", "full_name": "name", "address": "address"},
}


def declared(columns: Mapping[str, str | None]) -> dict[str, Any]:
    """Columns of a manifest, by how they are personal."""
    return {
        name: {"name": name, "config": {"meta": {"personal": personal} if personal else {}}}
        for name, personal in columns.items()
    }


def manifest_of(models: Mapping[str, tuple[str, str, dict[str, Any], list[str]]]) -> dict[str, Any]:
    """A manifest of the raw tables and of models: schema, table, columns, what they read."""
    sources = {}
    for name, table in raw_tables().items():
        system, raw = name.split(".")
        sources[f"source.one360.{name}"] = {
            "schema": "raw", "identifier": f"{system}_{raw}", "source_name": system, "name": raw,
            "config": {"meta": {"keys": table["keys"]}},
            "columns": declared({c: "key" if c in OF_PERSONS else None for c in table["columns"]}),
        }  # fmt: skip
    nodes = {
        key: {
            "resource_type": "model", "language": "sql", "schema": schema, "alias": table,
            "columns": columns, "depends_on": {"nodes": reads}, "config": {"meta": {}},
            "original_file_path": f"models/{table}.sql",
        }
        for key, (schema, table, columns, reads) in models.items()
    }  # fmt: skip
    return {"metadata": {"project_name": "one360"}, "sources": sources, "nodes": nodes}


class Built:
    """A warehouse and dbt's account of the build that made it."""

    def __init__(self, folder: Path) -> None:
        self.paths: DatasetPaths = dataset_paths("shop", folder)
        self.target = folder / "target"
        self.target.mkdir()
        self.paths.warehouse.parent.mkdir()

    def build(self, generation: int = 1, rows: int = 1000) -> None:
        """Make every table anew; each row carries the generation."""
        self._make_tables(generation, rows)
        self._mark("abc", "abc")
        self.note(extra=[("core", "customers_view")])

    def build_intraday(self, generation: int, rows: int = 1000) -> None:
        """Make core anew and say so, as an intraday run does; the rest changes unsaid."""
        self._make_tables(generation, rows)
        self._mark("noon", "abc")
        self.note(
            args={"select": ["customers", "tag:intraday"]},
            relations=[("core", "customers"), ("core", "customers_view")],
            invocation="noon",
        )

    def _mark(self, invocation: str, build: str) -> None:
        self.sql(
            f"create or replace table main.last_build as "
            f"select '{invocation}' as invocation_id, '{build}' as build_id"
        )

    def _make_tables(self, generation: int, rows: int) -> None:
        with duckdb.connect(str(self.paths.warehouse)) as connection:
            for (schema, table), query in TABLES.items():
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(
                    f"create or replace table {schema}.{table} as "
                    f"{query.format(g=generation)} from range({rows}) as numbers(i)"
                )
            connection.execute(
                "create or replace view core.customers_view as "
                "select one_id, gen from shop.core.customers"
            )

    def sql(self, statement: str) -> None:
        with duckdb.connect(str(self.paths.warehouse)) as connection:
            connection.execute(statement)

    def note(
        self,
        command: str = "build",
        failed: str | None = None,
        extra: list[tuple[str, str]] | None = None,
        catalog: str = "shop",
        args: dict[str, Any] | None = None,
        relations: list[tuple[str, str]] | None = None,
        invocation: str = "abc",
    ) -> None:
        """Write run_results.json as dbt does."""
        relations = [*(relations or TABLES), *(extra or [])]
        results = [
            {
                "unique_id": f"model.one360.{table}",
                "status": "success",
                "relation_name": f'"{catalog}"."{schema}"."{table}"',
            }
            for schema, table in relations
        ]
        results.append({"unique_id": "test.one360.unique_x.0a", "status": "pass"})
        if failed:
            results.append({"unique_id": "test.one360.not_null_y.0b", "status": failed})
        content = {
            "metadata": {"invocation_id": invocation, "generated_at": "2026-04-01T01:02:03.5Z"},
            "args": {"which": command, **(args or {})},
            "elapsed_time": 1.0,
            "results": results,
        }
        (self.target / "run_results.json").write_text(json.dumps(content))
        models = {
            f"model.one360.{table}": (
                schema,
                table,
                declared(PERSONAL.get((schema, table), {})),
                [],
            )
            for schema, table in TABLES
        }
        (self.target / "manifest.json").write_text(json.dumps(manifest_of(models)))

    def publish(self) -> dict[str, int]:
        return publish(self.paths, self.target).rows

    def refresh(self) -> dict[str, int]:
        return refresh(self.paths, self.target).rows

    def read(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def left_behind(self) -> list[str]:
        return [
            path.name
            for path in self.paths.published.parent.iterdir()
            if path != self.paths.published and not path.name.endswith(".lock")
        ]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    one = Built(tmp_path)
    one.build()
    return one


def test_published_schemas_and_nothing_else(built: Built) -> None:
    rows = built.publish()
    assert set(rows) == {
        "core.customers",
        "core.customers_view",
        "tags.tag_rfm",
        "quality.rejected_records",
    }
    found = built.read("select distinct schema_name from duckdb_tables() order by 1")
    assert [schema for (schema,) in found] == ["core", "main", "quality", "tags"]
    assert built.read("select count(*) from duckdb_views() where not internal") == [(0,)]
    assert built.left_behind() == []


def test_raw_records_stay(built: Built) -> None:
    built.publish()
    columns = built.read("select column_name from (describe quality.rejected_records)")
    assert [name for (name,) in columns] == [
        "source_system", "source_table", "natural_key", "reason_code", "gen",
    ]  # fmt: skip


#: Keys of rejected rows as they arrive, by raw table; those of persons are hashed.
REJECTED_KEYS = {
    "members": "M00001234",
    "member_consents": "M00001234|sms|2026-01-01 00:00:00",
    "member_identifiers": "M00001234|erp|C-77",
    "attributes": "dmp|phone|0f1e2d3c4b5a|income_band",
    "campaign_members": "k1|M00001234",
    "accounts": "u-1234",
    "users": "shop|oAbCdEfGhIjKlMnOpQrSt",
    "receipts": "r-1",
    "orders": "o-1",
    "events": "e-1",
    "contacts": "t-1",
    "messages": "g-1",
    "service_tickets": "s-1",
    "stores": "S1",
}
KEYS_OF_PERSONS = {
    "members", "member_consents", "member_identifiers", "campaign_members", "accounts", "users",
    "attributes",
}  # fmt: skip


def keys_published(built: Built, salt: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Raw table → key of its rejected row, as readers see it."""
    monkeypatch.setenv("ONE360_SALT", salt)
    systems = {name.split(".")[1]: name.split(".")[0] for name in raw_tables()}
    values = ", ".join(
        f"('{systems[table]}', '{table}', '{key}')" for table, key in REJECTED_KEYS.items()
    )
    built.sql(
        "create or replace table quality.rejected_records as"
        f" select *, 'superseded' as reason_code from (values {values})"
        " as rejected(source_system, source_table, natural_key)"
    )
    built.publish()
    return dict(built.read("select source_table, natural_key from quality.rejected_records"))


def test_keys_of_persons_are_hashed_with_the_salt_and_others_are_not(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt = "a salt of sixteen characters or more"
    expected = {
        table: hashlib.sha256(f"{salt}|{key}".encode()).hexdigest()[:32]
        if table in KEYS_OF_PERSONS
        else key
        for table, key in REJECTED_KEYS.items()
    }
    assert keys_published(built, salt, monkeypatch) == expected
    assert expected["members"] == "1b1140544eb81d3134507a5bccfa1e1a"


def test_another_salt_gives_other_keys(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    one = keys_published(built, "a salt of sixteen characters or more", monkeypatch)
    other = keys_published(built, "another salt of sixteen or more ones", monkeypatch)
    assert {table for table in one if one[table] != other[table]} == KEYS_OF_PERSONS
    assert {one[table] for table in KEYS_OF_PERSONS} & set(other.values()) == set()


def test_every_raw_table_whose_key_is_a_persons_has_its_keys_hashed() -> None:
    """A key that names a member, a login, a browser or an openid says who somebody is."""
    found = {
        name.split(".")[1]
        for name, table in raw_tables().items()
        if OF_PERSONS & set(table["keys"])
    }
    assert found == KEYS_OF_PERSONS
    assert found == {
        table.table
        for table in declared_tables(ROOT).values()
        if any(column.personal for column in table.columns if column.name in table.key)
    }


def test_rejects_without_a_salt_lose_the_keys_of_persons(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONE360_SALT", raising=False)
    built.publish()
    assert built.read("select count(natural_key), count(*) from quality.rejected_records") == [
        (0, 1000)
    ]


def test_manifest_tells_what_was_published(built: Built) -> None:
    built.publish()
    assert built.read(
        """
        select
            table_schema || '.' || table_name, row_count, dataset, build_id,
            cast(as_of_date as varchar), cast(built_at as varchar)
        from publication where table_schema = 'tags'
        """
    ) == [("tags.tag_rfm", 1000, "shop", "abc", "2026-03-31", "2026-04-01 01:02:03.5")]


def test_comments_come_along(built: Built) -> None:
    built.sql("comment on table core.customers is 'One row per customer.'")
    built.sql("comment on column core.customers.one_id is 'Who.'")
    built.publish()
    assert built.read("select comment from duckdb_tables() where table_name = 'customers'") == [
        ("One row per customer.",)
    ]
    assert built.read(
        "select comment from duckdb_columns() where table_name = 'customers' and column_index = 1"
    ) == [("Who.",)]


def test_the_view_of_reasons_is_a_view_over_what_is_published(built: Built) -> None:
    built.sql(
        """
        create view shop.tags.customer_tag_reasons as
        select one_id, json_object('gen', gen) as inputs from tags.tag_rfm
        """
    )
    built.sql("comment on view tags.customer_tag_reasons is 'One row per customer × tag.'")
    built.note(extra=[("core", "customers_view"), ("tags", "customer_tag_reasons")])
    done = publish(built.paths, built.target)
    assert done.views == ["tags.customer_tag_reasons"]
    why = "select inputs from {}tags.customer_tag_reasons where one_id = 'c7'"
    assert built.read(why.format("")) == [('{"gen":1}',)]
    assert built.read("select view_name, comment from duckdb_views() where not internal") == [
        ("customer_tag_reasons", "One row per customer × tag.")
    ]
    assert built.read(
        "select row_count from publication where table_name = 'customer_tag_reasons'"
    ) == [(None,)]
    # of the published tables, whatever the file is called and without the warehouse
    built.paths.warehouse.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.paths.published}' as elsewhere (read_only)")
        assert connection.execute(why.format("elsewhere.")).fetchall() == [('{"gen":1}',)]


def test_a_table_of_no_model_is_left_out(built: Built) -> None:
    built.sql("create table core.of_last_year as select 1 as a")
    done = publish(built.paths, built.target)
    assert done.left_out == ["core.of_last_year"]
    assert "core.of_last_year" not in done.rows


# -- only after a green build -----------------------------------------------------


@pytest.mark.parametrize("status", ["fail", "error", "skipped", "runtime error"])
def test_a_build_that_failed_publishes_nothing(built: Built, status: str) -> None:
    built.publish()
    before = built.paths.published.stat()
    built.build(generation=2)
    built.note(failed=status)
    with pytest.raises(One360Error, match="not_null_y did not pass") as raised:
        built.publish()
    assert raised.value.exit_code == 1
    assert built.paths.published.stat() == before
    assert built.read("select distinct gen from core.customers") == [(1,)]


def test_a_warning_does_not_stop_it(built: Built) -> None:
    built.note(failed="warn")
    assert built.publish()["core.customers"] == 1000


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ({"command": "run"}, "last dbt command was 'run', not a build"),
        ({"args": {"select": ["core"]}}, "a selection of models"),
        ({"args": {"select": ["fqn:*"], "exclude": ["core"]}}, "a selection of models"),
        ({"args": {"exclude_resource_types": ["test"]}}, "a selection of models"),
        ({"catalog": "demo"}, "last build was of demo, not of shop"),
    ],
)
def test_only_a_whole_build_of_this_data_set(
    built: Built, note: dict[str, Any], message: str
) -> None:
    built.note(**note)
    with pytest.raises(One360Error, match=message):
        built.publish()


def test_what_selects_everything_is_a_whole_build(built: Built) -> None:
    built.note(args={"select": ("fqn:*",)})
    assert built.publish()["core.customers"] == 1000


def test_a_retry_completes_the_build_before_it(built: Built) -> None:
    whole = built.publish()
    built.note(args={"invocation_command": "dbt retry"}, relations=[("core", "customers")])
    retried = built.publish()
    # the manifest of this test knows no view
    assert set(retried) == set(whole) - {"core.customers_view"}
    # of a selection it completes a selection
    built.note(args={"invocation_command": "dbt retry", "select": ["customers"]})
    with pytest.raises(One360Error, match="a selection of models"):
        built.publish()


def test_no_build_at_all(built: Built) -> None:
    (built.target / "run_results.json").unlink()
    with pytest.raises(One360Error, match=r"run_results\.json is not there; run make build"):
        built.publish()
    built.note()
    built.paths.warehouse.unlink()
    with pytest.raises(One360Error, match=r"shop\.duckdb does not exist"):
        built.publish()


def test_a_build_begun_since_and_killed(built: Built) -> None:
    built.publish()
    built.sql("create or replace table main.last_build as select 'later' as invocation_id")
    with pytest.raises(One360Error, match="a later build was begun and did not end"):
        built.publish()


def test_a_warehouse_in_use_is_said_so(built: Built) -> None:
    script = (
        "import duckdb, sys, time\n"
        f"connection = duckdb.connect({str(built.paths.warehouse)!r})\n"
        "print('open', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            with pytest.raises(
                One360Error, match="in use, most likely by a running build"
            ) as error:
                built.publish()
        finally:
            holder.kill()
    assert "\n" not in str(error.value)


# -- in the course of a day -------------------------------------------------------

GENERATIONS = """
    select
        (select any_value(gen) from core.customers),
        (select any_value(gen) from core.customers_view),
        (select any_value(gen) from tags.tag_rfm)
"""


def test_a_refresh_replaces_what_was_built_and_keeps_the_rest(built: Built) -> None:
    built.sql("comment on table core.customers is 'One row per customer.'")
    built.publish()
    built.build_intraday(generation=2, rows=1500)
    assert built.refresh() == {"core.customers": 1500, "core.customers_view": 1500}
    assert built.read(GENERATIONS) == [(2, 2, 1)]
    assert built.read("select distinct gen from quality.rejected_records") == [(1,)]
    assert built.left_behind() == []
    manifest = dict(
        (table, row)
        for table, *row in built.read(
            "select table_name, row_count, build_id, refreshed_at >= published_at from publication"
        )
    )
    assert manifest["customers"] == [1500, "noon", True]
    assert manifest["tag_rfm"] == [1000, "abc", None]
    assert len(manifest) == 4


def test_what_a_refresh_replaces_leaves_its_room_in_the_file(built: Built) -> None:
    built.build(rows=300_000)
    built.publish()
    before = built.paths.published.stat().st_size
    for generation in (2, 3, 4):
        built.build_intraday(generation, rows=300_000)
        built.refresh()
        assert built.paths.published.stat().st_size < 1.2 * before


def test_a_refresh_is_no_whole_build_and_the_next_one_replaces_all(built: Built) -> None:
    built.publish()
    built.build_intraday(generation=2)
    built.refresh()
    with pytest.raises(One360Error, match="the last build was of a selection of models"):
        built.publish()
    built.build(generation=3)
    built.publish()
    assert built.read(GENERATIONS) == [(3, 3, 3)]
    assert built.read("select count(refreshed_at) from publication") == [(0,)]


def test_a_table_that_readers_do_not_know_waits_for_the_nightly_build(built: Built) -> None:
    built.publish()
    built.build_intraday(generation=2)
    built.sql("create table core.invented as select 1 as a")
    built.note(
        args={"select": ["tag:intraday"]},
        relations=[("core", "customers"), ("core", "invented")],
        invocation="noon",
    )
    assert set(built.refresh()) == {"core.customers"}


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        # a nightly build was begun since, and failed or was not published
        ("update main.last_build set build_id = 'other'", "is not of the last build"),
        ("alter table main.last_build drop column build_id", "is not of the last build"),
        ("update main.last_build set invocation_id = 'other'", "a later build was begun"),
    ],
)
def test_a_refresh_that_must_not_be_leaves_what_was(
    built: Built, statement: str, message: str
) -> None:
    built.publish()
    before = built.paths.published.stat().st_ino
    built.build_intraday(generation=2)
    built.sql(statement)
    with pytest.raises(One360Error, match=message):
        built.refresh()
    assert built.paths.published.stat().st_ino == before
    assert built.read(GENERATIONS) == [(1, 1, 1)]
    assert built.left_behind() == []


def test_a_failed_run_is_not_taken_for_a_refresh(built: Built) -> None:
    built.publish()
    built.build_intraday(generation=2)
    built.note(failed="fail", args={"select": ["tag:intraday"]}, invocation="noon")
    with pytest.raises(One360Error, match="not_null_y did not pass"):
        built.refresh()
    assert built.read(GENERATIONS) == [(1, 1, 1)]


# -- atomic -----------------------------------------------------------------------

READER = """
import json, sys, time, pathlib, duckdb
published, stop, report = map(pathlib.Path, sys.argv[1:])
reads = errors = mixed = 0
seen = set()
first = None
while not stop.exists():
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            for _ in range(3):
                row = connection.execute('''
                    select min(gen), max(gen), count(*) from (
                        select gen from core.customers
                        union all select gen from tags.tag_rfm
                        union all select gen from core.customers_view
                    )
                ''').fetchone()
                reads += 1
                seen.add(row[0])
                mixed += row[0] != row[1] or row[2] % 3 != 0
    except Exception as error:
        errors += 1
        first = first or repr(error)
report.write_text(json.dumps(
    {"reads": reads, "errors": errors, "mixed": mixed, "seen": sorted(seen), "first": first}
))
"""


def test_readers_see_one_generation_and_no_error(built: Built, tmp_path: Path) -> None:
    built.publish()
    stop, report = tmp_path / "stop", tmp_path / "report.json"
    arguments = [str(built.paths.published), str(stop), str(report)]
    with subprocess.Popen([sys.executable, "-c", READER, *arguments]) as reader:
        try:
            for generation in range(2, 9):
                built.build(generation=generation, rows=20_000)
                built.publish()
                time.sleep(0.1)
        finally:
            stop.touch()
            reader.wait(30)
    told = json.loads(report.read_text())
    assert (told["errors"], told["mixed"]) == (0, 0), told
    assert told["reads"] > 20
    assert len(told["seen"]) >= 3


def test_an_open_reader_keeps_what_it_opened(built: Built) -> None:
    built.publish()
    with duckdb.connect(str(built.paths.published), read_only=True) as reader:
        built.build(generation=2)
        # a new process, as publishing is: one process shares a file it has open
        _in_a_process(built)
        assert reader.execute("select distinct gen from core.customers").fetchall() == [(1,)]
    assert built.read("select distinct gen from core.customers") == [(2,)]


def _in_a_process(built: Built, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _script(built, before)], capture_output=True, text=True, check=True
    )


def _script(built: Built, before: str) -> str:
    return (
        "import pathlib, time\n"
        "from one360.publish import publication as publish\n"
        "from one360.paths import DatasetPaths\n"
        f"{before}\n"
        f"paths = DatasetPaths(pathlib.Path({str(built.paths.home)!r}), 'shop')\n"
        f"publish.publish(paths, pathlib.Path({str(built.target)!r}))\n"
    )


@pytest.mark.parametrize("step", ["copy_table", "find_personal_values", "write_manifest", "sync"])
def test_a_publish_that_is_killed_leaves_the_last_one(
    built: Built, tmp_path: Path, step: str
) -> None:
    built.publish()
    built.build(generation=2)
    marker = tmp_path / "reached"
    stall = (
        f"original = publish.{step}\n"
        "def stalled(*given, **named):\n"
        "    result = original(*given, **named)\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n"
        "    time.sleep(60)\n"
        "    return result\n"
        f"publish.{step} = stalled\n"
    )
    with subprocess.Popen([sys.executable, "-c", _script(built, stall)]) as publisher:
        try:
            deadline = time.monotonic() + 30
            while not marker.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert marker.exists()
            with pytest.raises(One360Error, match="another process is publishing shop"):
                built.publish()
        finally:
            os.kill(publisher.pid, signal.SIGKILL)
    assert built.left_behind() != []
    assert built.read("select distinct gen from core.customers") == [(1,)]
    built.publish()
    assert built.read("select distinct gen from core.customers") == [(2,)]
    assert built.left_behind() == []


def test_the_file_is_whole_and_on_disk_before_it_takes_its_place(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss of power leaves yesterday's file or today's: file, then name, then folder."""
    built.publish()
    built.build(generation=2)
    final, folder = built.paths.published, built.paths.published.parent
    calls = []

    def synced(path: Path) -> None:
        if path.is_file():
            assert not path.with_name(path.name + ".wal").exists()
            with duckdb.connect(str(path), read_only=True) as whole:
                assert whole.execute("select distinct gen from core.customers").fetchall() == [(2,)]
                assert whole.execute("select count(*) from main.publication").fetchall() == [(4,)]
        calls.append(("sync", path))

    def replaced(one: Path, other: Path) -> None:
        calls.append(("replace", one, other))
        os.rename(one, other)

    monkeypatch.setattr("one360.publish.publication.sync", synced)
    monkeypatch.setattr("one360.publish.publication.os.replace", replaced)
    built.publish()
    unfinished = calls[0][1]
    assert unfinished.parent == folder and unfinished != final
    assert calls == [("sync", unfinished), ("replace", unfinished, final), ("sync", folder)]


def test_sync_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    waited = []
    monkeypatch.setattr("one360.files.os.fsync", lambda f: waited.append(os.fstat(f).st_ino))
    sync(file)
    sync(tmp_path)
    assert waited == [file.stat().st_ino, tmp_path.stat().st_ino]


def test_a_log_that_a_reader_left_is_not_replayed(built: Built) -> None:
    built.publish()
    log = built.paths.published.with_name("shop.duckdb.wal")
    log.write_bytes(b"of another file")
    built.build(generation=2)
    built.publish()
    assert not log.exists()
    assert built.read("select distinct gen from core.customers") == [(2,)]


# -- personal data ----------------------------------------------------------------


#: The regions of the project.
REGIONS = {"default_region": "CN", "phone_regions": ["CN", "HK", "JP", "US", "GB"]}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("13912345678", "a phone number"),
        ("+8613912345678", "a phone number"),
        ("call 139-1234-5678 please", "a phone number"),
        ("１３９１２３４５６７８", "a phone number"),
        ("whatsapp 9123 4567", "a phone number"),
        ("(212) 555-0199", "a phone number"),
        ("07400 123456", "a phone number"),
        ("0044 20 7946 0018", "a phone number"),
        ('{"phone": "13912345678"}', "a phone number"),
        ("tel13912345678x", "a phone number"),
        ("Li.Ming+shop@example.com", "an e-mail address"),
        ("li.ming%40example.com", "an e-mail address"),
        ("id 11010519491231002x", "an id number"),
        ("A123456(3)", "an id number"),
        ("4111 1111 1111 1111", "a card"),
        ("oABCDEF1234567890xyz", "a raw key"),
        ("/u/oABCDEF1234567890xyz/cart", "a raw key"),
        ("收件人：李小明", "people's names"),
        ("客户李小明来电投诉", "people's names"),
        ("ann+lee, 12 high street", "people's names"),
        ("送到 上海市 南京路 100 号 谢谢", "an address"),
        ("地址是上海市南京路100号请速送", "an address"),
    ],
)
def test_a_planted_personal_value_is_withheld_or_stops_publishing(
    built: Built, value: str, kind: str
) -> None:
    built.sql("insert into identity.profiles values ('k2', 'Ann Lee')")
    built.sql("alter table identity.profiles add column address varchar")
    built.sql("update identity.profiles set address = '上海市南京路100号' where natural_key = 'k2'")
    built.sql("create table staging.stg_web__events as select 'e-77' as event_id, "
              f"'{value}' as note")  # fmt: skip
    built.publish()
    built.sql(f"insert into tags.tag_rfm values ('{value}', 1), ('{value}', 1)")
    built.sql("alter table tags.tag_rfm rename one_id to note")
    built.note(args={"vars": {**REGIONS, "personal_values": "stop"}})
    with pytest.raises(One360Error) as stopped:
        built.publish()
    said = f"tags.tag_rfm.note ({kind}) in 2 rows, as in web.events e-77"
    assert str(stopped.value) == f"nothing is published: personal values in {said}"
    assert built.read("select count(*) from tags.tag_rfm") == [(1000,)]
    assert built.left_behind() == []
    built.note(args={"vars": REGIONS})
    assert built.publish()["tags.tag_rfm"] == 1002
    assert built.read(
        "select count(distinct note) from tags.tag_rfm where starts_with(note, '[withheld')"
    ) == [(1,)]
    assert built.read("select * exclude published_at from main.withheld_values") == [
        ("tags", "tag_rfm", "note", kind, 1, 2, "web.events", "e-77")
    ]


def test_the_raw_row_of_a_person_is_named_by_its_hash(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt = "a salt of sixteen characters or more"
    monkeypatch.setenv("ONE360_SALT", salt)
    built.sql("create or replace table staging.stg_crm__members as select 'M-1' as member_id, "
              "'139 1234 5678' as city")  # fmt: skip
    built.sql("alter table core.customers add column city varchar")
    built.sql("update core.customers set city = '139 1234 5678' where one_id = 'c1'")
    built.publish()
    hashed = hashlib.sha256(f"{salt}|M-1".encode()).hexdigest()[:32]
    assert built.read("select raw_table, raw_key from main.withheld_values") == [
        ("crm.members", hashed)
    ]
    value = hashlib.sha256(f"{salt}|139 1234 5678".encode()).hexdigest()[:12]
    assert built.read("select city from core.customers where one_id = 'c1'") == [
        (f"[withheld {value}]",)
    ]


@pytest.mark.parametrize(
    "key", ["T-13912345678", "for oABCDEF1234567890xyz", "4111 1111 1111 1111"]
)
def test_a_raw_key_that_tells_a_personal_value_is_hashed(built: Built, key: str) -> None:
    built.sql(f"create table staging.stg_web__events as select '{key}' as event_id, "
              "'139 1234 5678' as note")  # fmt: skip
    built.sql("alter table tags.tag_rfm rename one_id to note")
    built.sql("insert into tags.tag_rfm values ('139 1234 5678', 1)")
    built.note(args={"vars": REGIONS})
    built.publish()
    ((raw_table, raw_key),) = built.read("select raw_table, raw_key from main.withheld_values")
    assert raw_table == "web.events"
    assert re.fullmatch("[0-9a-f]{32}|[(]key withheld[)]", raw_key)


def test_the_summary_says_what_was_withheld(built: Built) -> None:
    built.sql("insert into tags.tag_rfm values ('+8613912345678', 1)")
    built.sql("alter table tags.tag_rfm rename one_id to note")
    built.publish()
    assert "  withheld    tags.tag_rfm.note (a phone number) in 1 row" in summarise(
        built.paths, built.target
    )


def test_a_refresh_replaces_what_it_says_of_its_own_tables(built: Built) -> None:
    built.sql("insert into core.customers values ('x', '13912345678', 1)")
    built.sql("insert into tags.tag_rfm values ('13912345678', 1)")
    built.sql("alter table tags.tag_rfm rename one_id to note")
    built.publish()
    assert built.read("select count(*) from main.withheld_values") == [(2,)]
    built.sql("alter table tags.tag_rfm rename note to one_id")
    built.build_intraday(generation=2)
    built.refresh()
    assert built.read("select table_name from main.withheld_values") == [("tag_rfm",)]


def test_lists_and_names_are_looked_into(built: Built) -> None:
    built.sql("alter table tags.tag_rfm add column contacts varchar[]")
    built.sql("update tags.tag_rfm set contacts = ['none', '13912345678'] where one_id = 'c1'")
    built.publish()
    assert built.read("select count(contacts) from tags.tag_rfm") == [(0,)]
    built.sql("alter table tags.tag_rfm drop column contacts")
    built.sql("insert into identity.profiles values ('k2', '王芳'), ('k3', '赵一'), ('k4', '周二')")
    built.sql("alter table tags.tag_rfm add column called varchar")
    for number, name in enumerate(["周二", "王芳"]):
        built.sql(f"update tags.tag_rfm set called = '{name}' where one_id = 'c{number}'")
    built.publish()
    assert built.read("select count(*) from main.withheld_values") == [(0,)]
    built.sql("update tags.tag_rfm set called = '赵一' where one_id = 'c2'")
    built.publish()
    assert built.read("select column_name, kinds, row_count from main.withheld_values") == [
        ("called", "people's names", 3)
    ]


def test_a_brand_that_is_called_like_a_customer_is_no_name(built: Built) -> None:
    built.sql("create table core.products as select '李小明家' as brand, '91234567' as product_id")
    built.sql("insert into identity.profiles values ('k9', '王者归')")
    built.sql("create schema if not exists seeds")
    built.sql("create table seeds.segments as select '王者归来' as name_zh")
    built.sql("alter table tags.tag_rfm add column brand varchar")
    built.sql("update tags.tag_rfm set brand = '李小明家的' where one_id = 'c1'")
    built.sql("update tags.tag_rfm set brand = '王者归来' where one_id = 'c2'")
    built.note(extra=[("core", "customers_view"), ("core", "products")])
    built.publish()
    assert built.read("select count(*) from main.withheld_values") == [(0,)]


@pytest.mark.parametrize(
    "value",
    [
        "138****5678",
        "+86138****5678",
        "l***@example.com",
        "a3f913912345678bc0d1e2f3a4b5c6d7",
        "2026-03-31 13:00:00",
        "1391234567890123",
        "价格 1399.00",
        "0.91234567",
        "62.471835",
        "2125550199",
        "6901234567892",
        "20260331",
        "110105194912310021",
        "4111111111111112",
        "Ann",
    ],
)
def test_masked_and_harmless_values_pass(built: Built, value: str) -> None:
    built.sql("insert into identity.profiles values ('k2', 'Ann')")
    built.sql("alter table tags.tag_rfm rename one_id to note")
    built.sql(f"insert into tags.tag_rfm values ('{value}', 1)")
    built.note(args={"vars": REGIONS})
    assert built.publish()["tags.tag_rfm"] == 1001
    assert built.read("select count(*) from main.withheld_values") == [(0,)]


def test_a_keyed_hash_that_holds_somebodys_number_by_chance_passes(built: Built) -> None:
    built.sql("alter table tags.tag_rfm rename one_id to profile_id")
    built.sql("insert into tags.tag_rfm values ('0123456789a13912345678bcdef01234', 1)")
    assert built.publish()["tags.tag_rfm"] == 1001
    assert built.read("select count(*) from main.withheld_values") == [(0,)]


def test_an_order_number_like_a_phone_passes_unless_it_is_somebodys(built: Built) -> None:
    built.sql("alter table tags.tag_rfm rename one_id to order_id")
    built.sql("insert into tags.tag_rfm values ('15900000001', 1)")
    built.publish()
    assert built.read("select count(*) from main.withheld_values") == [(0,)]
    built.sql("insert into tags.tag_rfm values ('pos-13912345678', 1)")
    built.publish()
    assert built.read("select column_name, kinds from main.withheld_values") == [
        ("order_id", "a phone number")
    ]


def test_numbers_of_the_catalogue_are_no_phones_wherever_they_stand(built: Built) -> None:
    built.sql(
        "create table core.products as select unnest(['21255501', '13912340000']) as product_id"
    )
    built.sql("alter table tags.tag_rfm rename one_id to items")
    built.sql("insert into tags.tag_rfm values ('13912340000', 1), ('13912340000 + 21255501', 1)")
    built.note(args={"vars": REGIONS}, extra=[("core", "products")])
    built.publish()
    assert built.read("select count(*) from main.withheld_values") == [(0,)]
    # one of them beside somebody's, and a catalogue number that is somebody's
    built.sql("insert into tags.tag_rfm values ('13912340000 + 13912340001', 1)")
    built.sql("insert into core.products values ('13912345678')")
    built.sql("insert into tags.tag_rfm values ('13912345678', 1)")
    built.publish()
    assert built.read("select column_name, value_count from main.withheld_values order by all") == [
        ("items", 2),
        ("product_id", 1),
    ]


def test_keys_of_orders_are_hashed_in_every_table_alike(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE360_SALT", "a salt of sixteen characters or more")
    built.sql("create table core.orders as select 'pos-1' as order_id, 'pos' as source_system, "
              "1.0 as net_amount")  # fmt: skip
    built.sql("create table core.issued_one_ids as select 'c1' as one_id")
    built.sql("create table core.order_lines as select 'pos-1' as order_id, 'pos-1-1' as line_id")
    built.note(extra=[("core", "orders"), ("core", "order_lines")])
    manifest = json.loads((built.target / "manifest.json").read_text())
    for name in ("orders", "order_lines"):
        manifest["nodes"][name] = manifest_of(
            {name: ("core", name, declared({"order_id": "hashed_key"}), [])}
        )["nodes"][name]
    (built.target / "manifest.json").write_text(json.dumps(manifest))
    built.publish()
    expected = hashlib.sha256(b"a salt of sixteen characters or more|pos-1").hexdigest()[:32]
    assert built.read("select order_id from core.orders") == [(expected,)]
    assert built.read("select order_id, line_id from core.order_lines") == [(expected, "pos-1-1")]
