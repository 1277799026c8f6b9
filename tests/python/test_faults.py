"""Faults: a run is killed, the disk fills, a file is cut, a delivery repeats or is late.

Whatever happened, the next run ends with the tables of a run that nothing disturbed, and
readers have what was published last. Elsewhere: a publish that is killed (test_publish.py),
every fault of a raw file and its line (test_sources.py), rows that repeat, change, vanish
or come late night by night (test_increments.py).
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.datasets.simulate import simulate
from one360.errors import RESOURCES, One360Error
from one360.paths import DatasetPaths
from one360.publish.publication import publish
from tests.python.project import UNCHECKED, Project
from tests.python.test_promises import as_time, delivered_tables, read_raw, write_raw

pytestmark = [pytest.mark.build, pytest.mark.nightly]

#: How often each layer is killed on a copy of its own, besides the kills one after another.
KILLS = int(os.environ.get("ONE360_KILLS", "0"))

#: The night that is built and published, and the one that has the faults.
FIRST, SECOND = datetime(2026, 5, 20, 20), datetime(2026, 6, 24, 20)

#: Between them, and all that was loaded on it is late.
MISSING = date(2026, 6, 10)

#: Schemas by layer, as a run comes to them.
LAYERS = {
    "staging": ["staging", "input"],
    "identity": ["identity"],
    "behaviour": ["behaviour"],
    "core": ["core", "pii"],
    "tags": ["tags_internal", "tags"],
    "predictions": ["predictions_internal", "predictions"],
    "campaigns": ["campaigns"],
    "quality": ["quality"],
}

#: A run of all models, but for Great Expectations: it reads tables, takes a quarter of the
#: time and leaves a table as any other.
MODELS = ("run", *UNCHECKED, "data_quality_results")

#: Models whose tables show what a delivery did; tags are made of these alone.
UP_TO_CORE = (
    "run", "--select", "path:models/staging", "path:models/identity",
    "path:models/behaviour", "path:models/core", "rejected_records",
    "row_conservation",
)  # fmt: skip

#: What tells the past of customers: it has what happened to them on the way as well.
MEMORY = {
    "core.customer_profile_history", "core.customer_profiles", "core.issued_one_ids",
    "core.one_id_ledger", "identity.int_identity__assignments", "identity.int_identity__one_ids",
}  # fmt: skip

#: What each night found of the raw tables: nights that did not end are in it.
NIGHTS = {"quality.arrivals"}

#: No file may grow larger, as if the disk were full; a night's write-ahead log would.
FULL = 1_000_000

#: When a row was logged, the one thing that a run adds of its own.
RUN_TIME = "logged_at"

Rows = dict[str, list[dict[str, Any]]]


# --- runs --------------------------------------------------------------------------------


@dataclass
class Run:
    """How a run of dbt ended; -9 is the exit code of one that was killed.

    statements counts what each schema sent to the warehouse; finished has the tables and
    views of the models that were through.
    """

    exit_code: int
    output: str = ""
    statements: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)

    def check(self) -> Run:
        """Fail the test with dbt's output unless the run succeeded."""
        assert self.exit_code == 0, self.output[-5000:]
        return self


class Dbt:
    """Runs of dbt, each a process of its own that has the project parsed already."""

    def __init__(self, project: Project) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PARSED, str(project.parsed())],
            cwd=project.project_dir,
            env=project.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, project: Project, *words: str, **faults: Any) -> Run:
        """A dbt command on the project; ``faults`` are those of the process below."""
        log = project.home / "run.log"
        asked = {
            "words": ["--log-level", "warn", "--log-level-file", "none", *words],
            "environment": project.environment,
            "log": str(log),
            **faults,
        }
        assert self._process.stdin and self._process.stdout
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        run = Run(int(self._process.stdout.readline()))
        for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
            kind, _, what = line.rstrip("\n").partition(" ")
            if kind == "statement>":
                run.statements[what] += 1
            elif kind == "finished>":
                run.finished.add(what)
            else:
                run.output += line
        return run

    def close(self) -> None:
        """End the process that has the project parsed."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


#: Forks a child for every line it reads and answers with its exit code. A child may be
#: killed: `after` so many seconds of the n-th statement of `schemas`; or may write no file
#: beyond a size, as if the disk were full.
_PARSED = r"""
import gc, json, os, resource, signal, sys, threading
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from tests.python.dbt_process import leave_out_debug_events, make_dbt_quick, parse

make_dbt_quick()
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
manifest = parse({}, sys.argv[1])[2]
leave_out_debug_events("SQLQuery")


def run(words, environment, log, schemas=(), statement=0, after=0.0, file_size=None):
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    lock = threading.Lock()
    left = statement

    def watch(event):
        nonlocal left
        if event.info.name not in ("SQLQuery", "LogModelResult"):
            return
        node = manifest.nodes.get(event.data.node_info.unique_id)
        if node is None:
            return
        with lock:
            if event.info.name == "LogModelResult":
                os.write(output, f"finished> {node.schema}.{node.alias}\n".encode())
                return
            os.write(output, f"statement> {node.schema}\n".encode())
            left -= node.schema in schemas
            if left == 0 and node.schema in schemas:
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()

    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    result = dbtRunner(manifest=manifest, callbacks=[watch]).invoke(words)
    DuckDBConnectionManager.close_all_connections()
    if result.exception:
        print(result.exception)
    sys.exit(0 if result.success else 1)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(**json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)
gc.unfreeze()
"""


# --- two nights, undisturbed -------------------------------------------------------------


@dataclass
class Shop:
    """The demo's first night, built and published, and its second one, as it should be.

    runs are those that built the two; contents is what the second one has.
    """

    dbt: Dbt
    rows: Rows
    first: Project
    second: Project
    runs: tuple[Run, Run]
    contents: dict[str, tuple[Any, ...]]

    def another(self, folder: Path) -> Project:
        """The first night's home once more, with what is delivered for the second."""
        return home_like(self.first, folder, self.second.raw)

    def differing(self, project: Project, tables: Collection[str] | None = None) -> list[str]:
        """Tables (or those of some) that are not as the undisturbed second night left them."""
        found = contents(project)
        names = found.keys() | self.contents.keys() if tables is None else set(tables)
        return sorted(name for name in names - NIGHTS if found.get(name) != self.contents.get(name))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Two nights that nothing disturbs."""
    folder = tmp_path_factory.mktemp("faults")
    first = Project(folder / "first")
    simulate(first.raw, scale=0.01, seed=360)
    rows = {table: read_raw(first, table) for table in delivered_tables(first)}
    dbt = Dbt(first)
    deliver(first, rows, FIRST)
    first.begin()
    first_run = dbt.run(first, *MODELS).check()
    as_if_tested(first)
    publish(paths_of(first), first.target)
    second = home_like(first, folder / "second", first.raw)
    deliver(second, rows, SECOND)
    second_run = dbt.run(second, *MODELS).check()
    as_if_tested(second)
    yield Shop(dbt, rows, first, second, (first_run, second_run), contents(second))
    dbt.close()


def deliver(project: Project, rows: Rows, night: datetime, late: date | None = None) -> None:
    """Write what was loaded before the night, but for one day."""
    for table, all_rows in rows.items():
        there = [row for row in all_rows if as_time(row["loaded_at"]) < night]
        kept = [row for row in there if as_time(row["loaded_at"]).date() != late]
        write_raw(project, table, kept)


def home_like(project: Project, folder: Path, raw: Path) -> Project:
    """A copy of a home, with raw files of its own."""
    other = Project(folder, dataset=project.dataset)
    for of, to in (
        (project.warehouse.parent, other.warehouse.parent),
        (project.published.parent, other.published.parent),
        (project.target, other.target),
        (raw, other.raw),
    ):
        shutil.copytree(of, to, dirs_exist_ok=True)
    return other


def as_if_tested(project: Project) -> None:
    """Call the last run a whole build, as may be published; the tests of one take a minute."""
    path = project.target / "run_results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    results["args"] = {"which": "build"}
    path.write_text(json.dumps(results), encoding="utf-8")


def paths_of(project: Project) -> DatasetPaths:
    """Where publishing looks."""
    return DatasetPaths(project.home, project.dataset)


# --- comparison --------------------------------------------------------------------------


def contents(project: Project) -> dict[str, tuple[Any, ...]]:
    """Columns, number of rows and a sum of hashes of every table; main has the times of runs.

    Floats count to nine digits, since a sum is added up in another order each time.
    """
    found = {}
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        columns: dict[str, list[str]] = {}
        for table, name, type_ in connection.execute(
            """
            select columns.schema_name || '.' || columns.table_name, column_name, data_type
            from duckdb_columns() as columns
            inner join duckdb_tables() as tables using (database_name, table_oid)
            where columns.schema_name <> 'main'
            order by all
            """
        ).fetchall():
            column = f'"{name}"'
            if type_ == "DOUBLE":
                column = f"format('{{:.8e}}', round({column}, 9) + 0)"
            columns.setdefault(table, []).append("null" if name == RUN_TIME else column)
        for table, compared in columns.items():
            (row,) = connection.execute(
                f"select count(*), sum(hash({', '.join(compared)})) from {table}"
            ).fetchall()
            found[table] = (compared, *row)
    return found


# --- a process is killed -----------------------------------------------------------------


def kill(shop: Shop, project: Project, layer: str, statement: int, after: float) -> Run:
    """A run that is killed some time after the n-th statement of a layer."""
    run = shop.dbt.run(project, *MODELS, schemas=LAYERS[layer], statement=statement, after=after)
    assert run.exit_code == -signal.SIGKILL, f"{layer}: the run ended before it was killed"
    return run


def statements(run: Run, layer: str) -> int:
    """How many a layer had."""
    return sum(run.statements[schema] for schema in LAYERS[layer])


#: Within a statement, or a few later.
SECONDS_LATER = (0, 0.001, 0.005, 0.02)


def test_every_layer_is_killed(shop: Shop) -> None:
    """Main is where dbt keeps what it does before and after a run."""
    killed = {schema for schemas in LAYERS.values() for schema in schemas}
    assert set(shop.runs[1].statements) == killed | {"main"}


def test_killed_in_every_layer_and_then_the_disk_is_full(shop: Shop, tmp_path: Path) -> None:
    """No run is ever through: each finds what the ones before left, and dies a layer later.

    What it has finished until then is what it should be, and so is all after the last run.
    """
    project = shop.another(tmp_path)
    published = project.published.read_bytes()
    chance = random.Random(360)

    def check(run: Run) -> None:
        assert shop.differing(project, run.finished) == []
        with pytest.raises(One360Error, match="a later build was begun and did not end"):
            publish(paths_of(project), project.target)
        assert project.published.read_bytes() == published

    for layer in LAYERS:
        # early enough for a run that finds the layer up to date and has little to say
        early = int(0.3 * statements(shop.runs[0], layer))
        check(kill(shop, project, layer, chance.randint(1, early), chance.choice(SECONDS_LATER)))
    run = shop.dbt.run(project, "--no-write-json", *MODELS, file_size=FULL)
    assert run.exit_code == 1
    assert set(re.findall(r"^  \S+ Error: (.*)$", run.output, re.MULTILINE)) == {
        f'Failed to commit: Could not write file "{project.warehouse}.wal": File too large'
    }
    check(run)
    shop.dbt.run(project, *MODELS).check()
    assert shop.differing(project) == []


@pytest.mark.skipif(not KILLS, reason="set ONE360_KILLS to kill each layer so many times")
def test_killed_once(shop: Shop, tmp_path: Path) -> None:
    """The next run after a kill, in whichever layer and wherever."""
    chance = random.Random()
    for number in range(KILLS):
        for layer in LAYERS:
            project = shop.another(tmp_path / f"{layer}_{number}")
            where = chance.randint(1, statements(shop.runs[1], layer))
            kill(shop, project, layer, where, chance.choice(SECONDS_LATER))
            shop.dbt.run(project, *MODELS).check()
            assert shop.differing(project) == [], f"killed at statement {where} of {layer}"
            shutil.rmtree(tmp_path / f"{layer}_{number}")


# --- what is delivered -------------------------------------------------------------------


def test_cut_files_are_refused_and_nothing_is_written(shop: Shop, tmp_path: Path) -> None:
    """With a line for each, not one byte of the warehouse changed."""
    project = shop.another(tmp_path)
    warehouse = project.warehouse.read_bytes()
    lines = {}
    for table in ("pos.receipts", "crm.members", "web.accounts"):
        path = project.path(table)
        left = path.read_bytes()[: path.stat().st_size * 2 // 3]
        path.write_bytes(left)
        lines[table] = left.count(b"\n") + 1
    run = shop.dbt.run(project, *MODELS)
    assert run.exit_code == 1
    for fault in (
        f"crm/members.csv line {lines['crm.members']}: cannot be read as CSV",
        "pos/receipts.parquet: cannot be read as Parquet",
        f"web/accounts.jsonl line {lines['web.accounts']}: not JSON",
    ):
        assert fault in run.output
    assert run.finished == set()
    assert project.warehouse.read_bytes() == warehouse


def test_half_a_file_and_a_missing_day_and_then_all_of_it_twice(shop: Shop, tmp_path: Path) -> None:
    """What is not there counts as deleted until it comes, and once if it comes twice.

    Of customers whose members were gone, the ledger tells that they were taken apart and put
    together again.
    """
    project = shop.another(tmp_path)
    deliver(project, shop.rows, SECOND, late=MISSING)
    path = project.path("crm.members")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    systems = sorted({table.split(".")[0] for table in shop.rows})
    let_through = ("--vars", json.dumps({"accept_arrivals": systems}))
    run = shop.dbt.run(project, *UP_TO_CORE, *let_through).check()
    missing = {"staging.stg_crm__members", "staging.stg_pos__receipts", "core.customers"}
    assert missing <= set(shop.differing(project, run.finished))

    deliver(project, shop.rows, SECOND)
    for table in shop.rows:
        path = project.path(table)
        folder = path.with_suffix("")
        folder.mkdir()
        shutil.copy(path, folder / f"again{path.suffix}")
        path.rename(folder / path.name)
    run = shop.dbt.run(project, *UP_TO_CORE, *let_through).check()
    counted = {f"staging.stg_{table.replace('.', '__')}" for table in shop.rows}
    counted |= {"quality.row_conservation", "quality.rejected_records"}
    assert set(shop.differing(project, run.finished)) - MEMORY == counted
    counts = (
        "select source_system, source_table, {} from quality.row_conservation"
        " where difference = 0 order by 1, 2"
    )
    assert project.query(counts.format("raw_rows, staged_rows")) == shop.second.query(
        counts.format("2 * raw_rows, staged_rows")
    )
    one_ids = "select profile_id, one_id from core.customer_profiles order by all"
    assert project.query(one_ids) == shop.second.query(one_ids)


# --- publishing -------------------------------------------------------------------------


def test_the_disk_fills_during_a_publish(shop: Shop, tmp_path: Path) -> None:
    """Readers keep what they had, and nothing lies beside it."""
    project = home_like(shop.second, tmp_path, shop.second.raw)
    published = project.published.read_bytes()

    def publish_by_command(file_size: int) -> subprocess.CompletedProcess[str]:
        limits = (file_size, resource.RLIM_INFINITY)
        return subprocess.run(
            [str(Path(sys.executable).with_name("one360")), "publish"],
            cwd=project.project_dir,
            env=project.environment,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
        )

    done = publish_by_command(FULL)
    assert done.returncode == RESOURCES
    said = r"one360: publishing failed: .*: File too large; the disk is full: make room where .*\n"
    assert re.fullmatch(said, done.stderr)
    assert project.published.read_bytes() == published
    left = {path.name for path in project.published.parent.iterdir()}
    assert left == {"test_shop.duckdb", ".test_shop.lock"}
    assert publish_by_command(resource.RLIM_INFINITY).returncode == 0
    assert as_of(project.published) > as_of(shop.first.published)


def as_of(published: Path) -> date:
    """The day that readers see."""
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute("select max(as_of_date) from publication").fetchall()[0][0]
