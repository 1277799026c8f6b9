"""Nightly runs against a full build: whatever came, went or changed in between, tables are equal.

The raw data are the demo's, delivered night by night by `Shop`, which repeats, corrects,
moves, delays and deletes hundreds of rows on the way, in every raw table: as many small
histories, since what happens to a visitor or an order concerns few others.

After some nights the same warehouse is built with --full-refresh, and every table compared.
Of what was before, a full build keeps no more than the ids that customers were given and
the past of tags, so that these need not be matched. Tables without an id are compared with
a warehouse that has seen nothing before, too.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.datasets.simulate import simulate
from tests.python.project import UNCHECKED, Project, raw_tables
from tests.python.test_promises import as_time, delivered_tables, read_raw, write_raw

pytestmark = pytest.mark.build

#: How many histories are tried.
HISTORIES = int(os.environ.get("ONE360_INCREMENT_HISTORIES", "1"))

#: All logged tables with what they read, less a gate that no model reads.
CHAIN = ("--select", "+config.materialized:logged_table", *UNCHECKED)
#: Views need not be made every night.
NO_VIEWS = "config.materialized:replaced_view"

FIRST_NIGHT = date(2026, 6, 15)
MISSING_DAY = date(2026, 6, 12)
LOOKBACK = timedelta(days=3)

#: Columns that no correction changes, besides the key.
LOAD_TIMES = {"loaded_at", "updated_at", "received_at"}

#: Who may turn out to be a test account: raw table → its name, a table of what they do.
TESTERS = {
    "crm.members": ("full_name", "crm.contacts"),
    "web.accounts": ("full_name", "web.events"),
    "wechat.users": ("nickname", "wechat.orders"),
}

#: The latest time in these is the date as of which is built.
ENDS_OF_DATA = {"pos.receipts", "web.orders", "wechat.orders", "web.events"}
#: Begins the number of the one receipt of a night that nothing happens to.
TILL = "TILL"

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Shop:
    """Raw tables as they grow night by night, with all that goes wrong with deliveries.

    Args:
        project: where the files are written.
        seed: of the demo and of what happens to it.
    """

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.night = datetime.combine(FIRST_NIGHT, time(20))
        project.clear()
        simulate(project.raw, scale=0.02, seed=seed)
        self.rows: Rows = {}
        #: of nights to come, and of nights before that did not come
        self.to_come: Rows = {}
        self.forgotten: Rows = {}
        self.missing: Rows = {}
        self.testers: list[tuple[Row, str, Any]] = []
        for table in delivered_tables(project):
            rows = read_raw(project, table)
            known = [row for row in rows if loaded_at(row) < self.night]
            self.to_come[table] = without(rows, known)
            self.missing[table] = [row for row in known if loaded_at(row).date() == MISSING_DAY]
            known = without(known, self.missing[table])
            self.forgotten[table] = self.some(known, 0.03)
            self.rows[table] = without(known, self.forgotten[table])
        self.open_till()
        self.write()

    def some(self, rows: list[Row], share: float) -> list[Row]:
        """A share of rows by chance, of few rows now and then one."""
        rows = [row for row in rows if not str(row.get("receipt_id")).startswith(TILL)]
        count = int(share * len(rows) + 0.2 + self.random.random())
        return self.random.sample(rows, min(len(rows), count))

    def deliver(self, night: date, *happenings: Callable[[], None]) -> None:
        """All that was loaded until a night, and what else happens, by chance and besides."""
        self.night = datetime.combine(night, time(20))
        self.open_till()
        for table in self.rows:
            arrived = [row for row in self.to_come[table] if loaded_at(row) < self.night]
            self.to_come[table] = without(self.to_come[table], arrived)
            self.rows[table] += arrived
            self.find(table)
            self.repeat(table)
            self.correct(table)
            self.move(table)
            self.run_ahead(table)
            self.delete(table)
        for happening in happenings:
            happening()
        for table in self.rows:
            self.overwrite(table)
        self.write()

    # -- what happens on request -------------------------------------------------------

    def testers_appear(self) -> None:
        """The busiest member, account and follower are named like test accounts."""
        for table, (name, deeds) in TESTERS.items():
            key = raw_tables()[table]["keys"][-1]
            busiest = Counter(row[key] for row in self.rows[deeds] if row[key]).most_common(1)
            for row in self.rows[table]:
                if row[key] == busiest[0][0]:
                    self.testers.append((row, name, row[name]))
                    row.update({name: "测试账号1", "loaded_at": self.night})
        receipt = self.rows["pos.receipts"][0]
        self.testers.append((receipt, "store_id", receipt["store_id"]))
        receipt.update(store_id="TEST1", loaded_at=self.night)

    def testers_are_customers(self) -> None:
        """All that was a mistake."""
        for row, column, value in self.testers:
            row.update({column: value, "loaded_at": self.night})

    def a_file_comes_twice(self) -> None:
        """Every table's rows of its last load day."""
        for rows in self.rows.values():
            last = max(loaded_at(row) for row in rows)
            rows += [dict(row) for row in rows if loaded_at(row) == last]

    def the_missing_day_comes(self) -> None:
        for table, rows in self.missing.items():
            self.rows[table] += rows

    def a_day_is_deleted(self) -> None:
        """Nothing is left at the source of what was loaded on a day long ago."""
        days = Counter(loaded_at(row).date() for row in self.rows["pos.receipts"])
        busiest = max((day for day in days if day < MISSING_DAY), key=days.__getitem__)
        for table, rows in self.rows.items():
            gone = [row for row in rows if loaded_at(row).date() == busiest]
            self.rows[table] = without(rows, gone)

    # -- what happens by chance --------------------------------------------------------

    def find(self, table: str) -> None:
        """Forgotten rows arrive, as loaded back then or as loaded tonight."""
        for row in self.some(self.forgotten[table], 0.2):
            self.forgotten[table] = without(self.forgotten[table], [row])
            self.add(table, row, anew=self.random.random() < 0.5)

    def repeat(self, table: str) -> None:
        """Rows arrive a second time, exactly or loaded anew."""
        for row in self.some(self.rows[table], 0.01):
            self.add(table, row, anew=self.random.random() < 0.5)

    def correct(self, table: str) -> None:
        """Rows get what another says: its customer, time, product, amount, …"""
        for row in self.some(self.rows[table], 0.02):
            # some sources send a record as it is now, some all versions of it
            if self.random.random() < 0.5:
                self.rows[table] = without(self.rows[table], [row])
            self.add(table, self.corrected(table, row), anew=True)

    def corrected(self, table: str, row: Row) -> Row:
        columns = sorted(set(row) - set(raw_tables()[table]["keys"]) - LOAD_TIMES)
        other = self.random.choice(self.rows[table] or [row])
        changed = self.random.sample(columns, min(2, len(columns)))
        return {**row, **{column: other.get(column) for column in changed}}

    def move(self, table: str) -> None:
        """Rows get part of the key of another, as a line does that belongs to another order."""
        for row in self.some(self.rows[table], 0.005):
            column = self.random.choice(raw_tables()[table]["keys"])
            other = self.random.choice(self.rows[table])
            self.rows[table] = without(self.rows[table], [row])
            self.add(table, {**row, column: other.get(column)}, anew=True)

    def run_ahead(self, table: str) -> None:
        """By a clock that is fast, rows tell of a time that is seen a night later."""
        types = raw_tables()[table]["columns"]
        times = [name for name, type_ in types.items() if type_ == "timestamp"]
        times = sorted({*times} - {*raw_tables()[table]["keys"]} - LOAD_TIMES)
        if times and table not in ENDS_OF_DATA:
            for row in self.some(self.rows[table], 0.01):
                late = {self.random.choice(times): self.night + timedelta(hours=22)}
                self.add(table, {**row, **late}, anew=True)

    def delete(self, table: str) -> None:
        """Rows vanish at the source, of any day and of the last ones."""
        gone = self.some(self.rows[table], 0.01) + self.some(self.last_rows(table), 0.1)
        self.rows[table] = without(self.rows[table], gone)

    def overwrite(self, table: str) -> None:
        """Rows within the look-back change, and nothing says so."""
        for row in self.some(self.last_rows(table), 0.1):
            row.update(self.corrected(table, row))

    def last_rows(self, table: str) -> list[Row]:
        """Rows within the look-back of the next run."""
        last = max((loaded_at(row).date() for row in self.rows[table]), default=date.max)
        return [row for row in self.rows[table] if loaded_at(row).date() > last - LOOKBACK]

    def add(self, table: str, row: Row, *, anew: bool) -> None:
        row = dict(row)
        if anew:
            row["loaded_at"] = self.night - timedelta(hours=1)
            if self.random.random() < 0.03:
                row["loaded_at"] = None
            if "updated_at" in row and self.random.random() < 0.7:
                row["updated_at"] = self.night - timedelta(hours=2)
        self.rows[table].append(row)

    def open_till(self) -> None:
        """A sale that nothing happens to: the data end the day after the night, in Shanghai."""
        self.rows["pos.receipts"].append(
            {
                "receipt_id": f"{TILL}{self.night:%m%d}",
                "store_id": "S001",
                "sold_at": self.night - timedelta(hours=1),
                "total_amount": 0,
                "loaded_at": self.night,
            }
        )

    def write(self) -> None:
        for table, rows in self.rows.items():
            write_raw(self.project, table, rows)


def loaded_at(row: Row) -> datetime:
    return as_time(row["loaded_at"]) if row["loaded_at"] else datetime.min


def without(rows: list[Row], gone: list[Row]) -> list[Row]:
    ids = {id(row) for row in gone}
    return [row for row in rows if id(row) not in ids]


# --- runs and their comparison --------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A warehouse of seeds alone, and a copy of it."""
    one = Project(tmp_path_factory.mktemp("increments"))
    # a tenth of the time goes into a log of every statement
    one.environment["DBT_LOG_LEVEL_FILE"] = "none"
    one.write_small_shop()
    one.begin()
    shutil.copy(one.warehouse, beside(one, "seeds"))
    yield one
    one.close()


def beside(project: Project, name: str) -> Path:
    """The path of another warehouse."""
    return project.warehouse.with_suffix(f".{name}")


def run(project: Project, *words: str, **variables: Any) -> None:
    project.dbt("-q", "run", *words, parse=False, **variables).check()


def full_build(project: Project, *words: str, of: str = "nightly", **variables: Any) -> Path:
    """A copy of the warehouse, or of another, after a run with --full-refresh."""
    shutil.move(project.warehouse, beside(project, "nightly"))
    shutil.copy(beside(project, of), project.warehouse)
    run(project, *words, "--full-refresh", **variables)
    shutil.move(project.warehouse, beside(project, "full"))
    shutil.move(beside(project, "nightly"), project.warehouse)
    return beside(project, "full")


def tables_of(connection: duckdb.DuckDBPyConnection, database: str, but: str) -> set[str]:
    """Tables of a warehouse, less what logged tables and clusters keep for themselves.

    Main holds the time of the last build and the state of logged tables, which differ by nature.
    """
    return {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            f"""
            select schema_name, table_name from duckdb_tables()
            where database_name = '{database}' and schema_name <> 'main'
            and not regexp_matches(table_name, '__(changes|kept_.*)$')
            and table_oid not in (
                select table_oid from duckdb_columns()
                where database_name = '{database}' and column_name = '{but}'
            )
            """
        ).fetchall()
    }


def as_told(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Floating-point numbers to ten digits: a sum depends on the order of its rows in the last."""
    columns = connection.execute(f"describe nightly.{table}").fetchall()
    rounded = [
        f"format('{{:.9e}}', {name}) as {name}" for name, type_, *_ in columns if type_ == "DOUBLE"
    ]
    return f"replace ({', '.join(rounded)})" if rounded else ""


def differences(nightly: Path, full: Path, *, but: str = "") -> dict[str, list[Any]]:
    """Rows that one of two warehouses has alone, by table, a few of each.

    Args:
        but: tables with this column are left out.
    """
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{nightly}' as nightly (read_only)")
        connection.execute(f"attach '{full}' as full_build (read_only)")
        tables = tables_of(connection, "full_build", but)
        assert tables <= tables_of(connection, "nightly", but)
        # the log of the nights themselves
        for table in sorted(tables - {"quality.arrivals"}):
            one, other = (
                f"select * {as_told(connection, table)} from {database}.{table}"
                for database in ("nightly", "full_build")
            )
            cursor = connection.execute(
                f"""
                select 'nightly', * from ({one} except all {other})
                union all select 'full build', * from ({other} except all {one})
                order by all
                """
            )
            rows = cursor.fetchall()
            if rows:
                columns = [column[0] for column in cursor.description]
                found[table] = [len(rows), columns, *rows[:2], *rows[-2:]]
    return found


def manifest(project: Project) -> dict[str, Any]:
    """The models by name."""
    text = (project.target / "manifest.json").read_text(encoding="utf-8")
    return {node["name"]: node for node in json.loads(text)["nodes"].values()}


def logged_tables(project: Project) -> list[str]:
    found = [
        f"{node['schema']}.{node['alias']}"
        for node in manifest(project).values()
        if node["config"]["materialized"] == "logged_table"
    ]
    assert found
    return found


def read_without_their_log(project: Project) -> dict[str, set[str]]:
    """Logged tables that a model reads and whose changes it does not look for, as last compiled."""
    models = manifest(project)
    names = {table.split(".")[1] for table in logged_tables(project)}
    found = {}
    for name in names:
        path = project.target / "compiled" / "one360" / models[name]["original_file_path"]
        sql = path.read_text(encoding="utf-8")
        if "--<all" not in sql:
            whole = re.sub(r"(?s)--<(\w+)\n.*?--\1>", "", sql)
            read = set(re.findall(r'"\w+"\."\w+"\."(?:stg(?=_))?(\w+)"', whole))
            read = {"base" + table if table.startswith("_") else table for table in read}
            found[name] = (read & names) - set(re.findall(r"--<of (\S+)", sql))
    return {name: tables for name, tables in found.items() if tables}


def computed_whole(project: Project) -> set[str]:
    """Logged tables that the last run computed whole."""
    return {
        table
        for (table,) in project.query(
            "select table_name from main.change_logs where whole_at = run_at"
            " and run_at = (select max(run_at) from main.change_logs)"
        )
    }


def changes(project: Project, table: str, of_last_run: bool = False) -> int:
    """Rows that went and came in a logged table since it was computed whole."""
    of_run = "where logged_at = (select max(run_at) from main.change_logs)" if of_last_run else ""
    return project.query(f"select count(*) from {table}__changes {of_run}")[0][0]


def new_shop(project: Project, seed: int) -> Shop:
    """A shop on its first night, and a warehouse that has seen nothing."""
    shutil.copy(beside(project, "seeds"), project.warehouse)
    return Shop(project, seed)


# --- what must hold -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(HISTORIES))
@pytest.mark.nightly
def test_nights_equal_a_full_build(project: Project, seed: int) -> None:
    shop = new_shop(project, seed)
    run(project, *CHAIN)
    shop.deliver(date(2026, 6, 16), shop.testers_appear, shop.a_file_comes_twice)
    run(project, *CHAIN, NO_VIEWS)
    assert read_without_their_log(project) == {}
    # the run ends when staging is done
    shop.deliver(date(2026, 6, 18), shop.a_day_is_deleted)
    run(project, "--select", "path:models/staging", "--exclude", NO_VIEWS)
    shop.deliver(date(2026, 6, 19), shop.testers_are_customers)
    run(project, *CHAIN, NO_VIEWS)
    from_nothing = full_build(project, *CHAIN, of="seeds")
    assert differences(project.warehouse, from_nothing, but="one_id") == {}

    # nothing is delivered: not a row is written
    shutil.copy(project.warehouse, beside(project, "before"))
    run(project, *CHAIN, NO_VIEWS)
    assert [t for t in logged_tables(project) if changes(project, t, of_last_run=True)] == []
    assert differences(project.warehouse, beside(project, "before")) == {}

    shop.deliver(date(2026, 7, 5), shop.the_missing_day_comes)
    run(project)
    # the nights reached all logged tables and had none computed whole
    assert project.query("select count(distinct whole_at) from main.change_logs") == [(1,)]
    absent = [table.replace(".", "__") for table in raw_tables() if table not in shop.rows]
    untouched = [table for table in logged_tables(project) if not changes(project, table)]
    assert set(untouched) <= {f"staging.stg_{name}" for name in absent}
    assert differences(project.warehouse, full_build(project)) == {}


def test_what_a_table_is_made_of_computes_it_whole(project: Project) -> None:
    new_shop(project, seed=1)
    run(project, "--select", "+int_behaviour__web_sessions", *UNCHECKED)
    first = shutil.copy(project.warehouse, beside(project, "first"))
    visits = (
        "--select",
        *("stg_web__accounts", "stg_web__events", "int_behaviour__source_days"),
        *("int_behaviour__as_of", "int_behaviour__session_events", "int_behaviour__web_sessions"),
    )

    def differs_like_a_full_build(computed_first: str, **variables: Any) -> None:
        run(project, *visits, **variables)
        assert {computed_first, "int_behaviour__web_sessions"} <= computed_whole(project)
        assert "behaviour.int_behaviour__web_sessions" in differences(project.warehouse, first)
        assert differences(project.warehouse, full_build(project, *visits, **variables)) == {}

    project.execute("insert into seeds.test_account_patterns values ('name', '李%', '')")
    differs_like_a_full_build("stg_web__accounts")
    project.execute("delete from seeds.test_account_patterns where pattern = '李%'")
    project.execute("create or replace macro functions.normalise_code(value) as 'page_viewed'")
    differs_like_a_full_build("stg_web__events")
    project.dbt("build", "--select", "normalise_code", parse=False).check()
    differs_like_a_full_build("int_behaviour__session_events", session_gap_minutes=240)
    differs_like_a_full_build("int_behaviour__session_events", as_of="2026-03-31")
    run(project, *visits, "--empty")
    assert project.query("select count(*) from behaviour.int_behaviour__web_sessions") == [(0,)]
    run(project, *visits)
    assert differences(project.warehouse, first) == {}


def test_a_row_that_changes_in_place_is_seen_within_the_look_back(project: Project) -> None:
    shop = new_shop(project, seed=1)
    receipts = ("--select", "stg_pos__receipts")
    rows = shop.rows["pos.receipts"]
    old, undated = rows[:2]
    last = max(rows, key=loaded_at)
    undated["loaded_at"] = None
    shop.write()
    run(project, *receipts)

    changed = {"last": last, "old": old, "undated": undated}
    for row in changed.values():
        row["payment_method"] = "barter"
    shop.write()

    def seen() -> list[str]:
        found = project.query(
            "select receipt_id from staging.stg_pos__receipts where payment_method = 'barter'"
        )
        return [name for name, row in changed.items() if (row["receipt_id"],) in found]

    run(project, *receipts)
    assert seen() == ["last", "undated"]
    # what docs/nightly_runs.md says of older rows
    run(project, *receipts, lookback_days=36500)
    assert seen() == ["last", "old", "undated"]
    assert computed_whole(project) == set()
    assert differences(project.warehouse, full_build(project, *receipts)) == {}
