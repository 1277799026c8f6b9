"""The command line: exit codes, one-line failures, help for a newcomer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.cli import data
from one360.cli.program import run

ORDERS = "who,when,no,paid\nAnn,2026-03-01 10:00,1,3.50\nBob,2026-03-02,2,4\n"
COLUMNS = ["--customer", "who", "--time", "when", "--order", "no", "--amount", "paid"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.delenv("ONE360_DATASET", raising=False)
    monkeypatch.delenv("ONE360_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def orders(home: Path) -> Path:
    file = home / "orders.csv"
    file.write_text(ORDERS)
    return file


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr; it must be one line and no traceback."""
    said = capsys.readouterr().err
    assert said.startswith("one360: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    return said


# -- help and usage ---------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["simulate"],
        ["prepare"],
        ["publish"],
        ["intraday"],
        ["summary"],
        ["query"],
        ["import"],
        ["import", "orders"],
        ["import", "complete_journey"],
    ],
)
def test_every_command_explains_itself(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == 0
    assert "Usage: one360" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pubish"], "No such command"),
        (["publish", "--force"], "No such option"),
        (["import", "orders"], "Missing"),
        (["prepare", "--scale", "much"], "Invalid value for '--scale'"),
        (["prepare", "--scale", "0"], "scale must be above 0"),
        (["publish", "--dataset", "Shop"], "cannot name a data set"),
        (["publish", "--dataset", "core"], "has a schema of that name"),
        (["simulate", "--dataset", "complete_journey"], "real data"),
    ],
)
def test_a_wrong_request_exits_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert message in complaint(capsys)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["publish"], "nothing to publish"),
        (["intraday"], "make build DATASET=demo"),
        (["summary"], "make build DATASET=demo"),
        (["query", "select 1"], "make build DATASET=demo"),
        (["prepare", "--dataset", "my_shop"], "one360 import orders FILE --dataset my_shop"),
    ],
)
def test_work_that_fails_exits_with_1(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 1
    assert message in complaint(capsys)


def test_a_variable_that_names_no_data_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONE360_DATASET", "../elsewhere")
    assert run(["prepare"]) == 2
    assert "cannot name a data set" in complaint(capsys)


@pytest.mark.parametrize(
    "command",
    [
        ["build"], ["publish"], ["intraday"], ["summary"], ["query", "select 1"],
        ["backfill", "--from", "2026-01-31"], ["erase", "x"], ["object", "x"], ["salt", "rotate"],
        ["identity", "dry-run"], ["customer", "x"],
    ],
)  # fmt: skip
def test_a_data_set_that_is_not_there_is_one_line_and_nothing_is_made(
    home: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    raw = home / "raw" / "my_shop" / "crm" / "members.csv"
    raw.parent.mkdir(parents=True)
    raw.touch()
    there = sorted(home.rglob("*"))
    assert run([*command, "--dataset", "mi_shop"]) == 2
    said = complaint(capsys)
    assert "there is no data set 'mi_shop'" in said
    assert said.endswith("did you mean my_shop? there are: my_shop\n")
    assert sorted(home.rglob("*")) == there


def test_an_unforeseen_error_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the disk\nturned to stone")

    monkeypatch.setattr(data, "dataset_paths", fail)
    assert run(["prepare"]) == 1
    assert "RuntimeError: the disk turned to stone (ONE360_DEBUG=1" in complaint(capsys)
    monkeypatch.setenv("ONE360_DEBUG", "1")
    assert run(["prepare"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_installed_script_returns_the_exit_code(home: Path) -> None:
    script = Path(sys.executable).with_name("one360")
    done = subprocess.run([script, "publish"], capture_output=True, text=True, cwd=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("one360: nothing to publish")


# -- import and prepare -----------------------------------------------------------


def test_import_orders_says_what_to_do_next(
    home: Path, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]) == 0
    said = capsys.readouterr().out
    assert "2 rows → 2 lines in 2 receipts of 2 customers, 7.50 net" in said
    assert "make build DATASET=my_shop" in said
    assert "as_of: 2026-03-02" in said
    receipts = home / "raw" / "my_shop" / "pos" / "receipts.parquet"
    assert duckdb.sql(f"select count(*) from '{receipts}'").fetchall() == [(2,)]
    assert run(["prepare", "--dataset", "my_shop"]) == 0
    assert "my_shop is ready" in capsys.readouterr().out


def test_days_of_an_import_are_those_of_the_project(
    home: Path, orders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 March at midnight in Sydney is 1 March in the zone that days have unless it is set."""
    arguments = ["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]
    sydney = [*arguments, "--timezone", "Australia/Sydney"]
    monkeypatch.setenv("DBT_PROJECT_DIR", str(home))
    project = home / "dbt_project.yml"
    for settings in ("", "name: one360\nvars: {business_timezone: Asia/Shanghai}\n"):
        if settings:
            project.write_text(settings)
        assert run(sydney) == 0
        said = capsys.readouterr().out
        assert "dates       2026-03-01 to 2026-03-01" in said
        assert "set business_timezone: Australia/Sydney in dbt_project.yml" in said
    project.write_text("name: one360\nvars: {business_timezone: Australia/Sydney}\n")
    assert run(sydney) == 0
    said = capsys.readouterr().out
    assert "dates       2026-03-01 to 2026-03-02" in said
    assert "as_of: 2026-03-02" in said
    assert "business_timezone" not in said


def test_the_data_set_may_come_from_the_environment(
    home: Path, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE360_DATASET", "from_env")
    assert run(["import", "orders", str(orders), *COLUMNS]) == 0
    assert (home / "raw" / "from_env" / "pos" / "receipts.parquet").exists()


def test_a_failed_import_leaves_the_raw_files_of_before(
    home: Path, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]
    assert run(arguments) == 0
    orders.write_text("who,when,no,paid\nAnn,soon,1,3\n")
    capsys.readouterr()
    assert run(arguments) == 2
    assert "cannot read 'soon'" in complaint(capsys)
    receipts = home / "raw" / "my_shop" / "pos" / "receipts.parquet"
    assert duckdb.sql(f"select count(*) from '{receipts}'").fetchall() == [(2,)]
    assert not list((home / "raw").glob("*.unfinished"))


def test_what_is_to_be_left_out_is_what_was_asked(
    home: Path, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders.write_text(ORDERS + "Bob,2026-03-02,2,4\n,2026-03-02,3,5\n")
    arguments = ["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]
    for option, message in (
        ("--drop-duplicates", "1 rows: exact duplicate of an earlier row 1; see"),
        ("--drop-anonymous", "1 rows: no customer 1; see"),
    ):
        assert run([*arguments, option]) == 0
        assert message in capsys.readouterr().out


def test_files_of_ones_own_are_not_replaced_unasked(
    home: Path, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = home / "raw" / "my_shop" / "crm" / "members.csv"
    own.parent.mkdir(parents=True)
    own.write_text("member_id\n1\n")
    arguments = ["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]
    assert run(arguments) == 2
    assert "holds files that one360 did not write" in complaint(capsys)
    assert own.exists()
    assert run([*arguments, "--overwrite"]) == 0
    assert not own.exists()


@pytest.mark.parametrize("name", ["demo", "complete_journey"])
def test_the_data_sets_that_come_along_are_not_taken(
    orders: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "orders", str(orders), "--dataset", name, *COLUMNS]) == 2
    assert "comes with one360" in complaint(capsys)


def test_prepare_simulates_once_per_scale_and_seed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_by = home / "raw" / "demo" / ".prepared.json"
    assert run(["prepare", "--scale", "0.01"]) == 0
    assert json.loads(made_by.read_text())["scale"] == 0.01
    first = made_by.stat().st_mtime_ns
    assert run(["prepare", "--scale", "0.01"]) == 0
    assert made_by.stat().st_mtime_ns == first
    assert run(["prepare", "--scale", "0.02"]) == 0
    assert json.loads(made_by.read_text())["scale"] == 0.02
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert "is ready" in said[1]


def test_prepare_leaves_files_of_ones_own_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = home / "raw" / "demo" / "pos" / "receipts.parquet"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    assert run(["prepare"]) == 0
    assert "files of your own" in capsys.readouterr().out
    assert own.read_bytes() == b"mine"


def test_what_was_moved_away_when_a_process_died_is_put_back(
    home: Path, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", "orders", str(orders), "--dataset", "my_shop", *COLUMNS]
    assert run(arguments) == 0
    raw = home / "raw"
    (raw / "my_shop").rename(raw / ".my_shop.replaced")
    orders.write_text("who,when,no,paid\nAnn,soon,1,3\n")
    assert run(arguments) == 2
    receipts = raw / "my_shop" / "pos" / "receipts.parquet"
    assert duckdb.sql(f"select count(*) from '{receipts}'").fetchall() == [(2,)]


def test_a_prepare_that_was_killed_between_its_two_steps(home: Path) -> None:
    assert run(["prepare", "--scale", "0.01"]) == 0
    raw = home / "raw"
    (raw / "demo").rename(raw / ".demo.replaced")
    (raw / ".demo.unfinished").mkdir()
    assert run(["prepare", "--scale", "0.02"]) == 0
    assert (raw / "demo" / "pos").is_dir()
    assert not (raw / ".demo.replaced").exists()
    assert not (raw / ".demo.unfinished").exists()


# -- summary and query ------------------------------------------------------------


def published(home: Path) -> None:
    """A small published file with what a build of imported orders gives."""
    file = home / "published" / "demo.duckdb"
    file.parent.mkdir()
    with duckdb.connect(str(file)) as connection:
        for schema in ("core", "tags", "quality"):
            connection.execute(f"create schema {schema}")
        connection.execute("create table core.customers as select i as one_id from range(3) t(i)")
        connection.execute(
            "create table core.customer_profiles as "
            "select i as profile_id, 'pos' as source_system from range(5) t(i)"
        )
        connection.execute(
            "create table core.orders as select date '2026-03-01' as ordered_date, "
            "false as is_return, 2.50 as net_amount from range(4)"
        )
        connection.execute(
            "create table quality.rejected_records as select "
            "['a', 'b', 'b', 'c', 'c', 'c', 'd', 'd', 'd', 'd'][i + 1] as reason_code "
            "from range(10) t(i)"
        )
        connection.execute(
            "create table publication as select date '2026-03-01' as as_of_date, "
            "timestamp '2026-03-02 03:04:05' as published_at, "
            "cast(null as timestamp) as refreshed_at"
        )


def test_summary_in_under_twenty_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published(home)
    warned = [
        {"unique_id": f"test.one360.w{n}.0", "status": "warn", "message": f"Got {n}\nrows"}
        for n in range(9)
    ]
    results = [
        {"unique_id": "model.one360.m", "status": "success"},
        {"unique_id": "unit_test.one360.m.u", "status": "pass"},
        *warned,
    ]
    (home / "target").mkdir()
    (home / "target" / "run_results.json").write_text(
        json.dumps({"elapsed_time": 12.3, "results": results})
    )
    assert run(["summary"]) == 0
    said = capsys.readouterr().out
    assert said.count("\n") < 20
    for part in (
        "demo as of 2026-03-01",
        "1 models and 0 seeds in 12 s, 10 tests, 9 warned",
        "3 from 5 profiles (pos 5)",
        "4 (0 returns) from 2026-03-01 to 2026-03-01, 10.00 net",
        "10 raw rows: d 4, c 3, b 2 and 1 more reason",
        "w2: Got 2 rows",
        "and 6 more warnings",
        "published/demo.duckdb",
        'one360 query "select * from core.customers limit 10"',
    ):
        assert part in said, said


def test_summary_names_the_states_that_do_not_hold(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(home)
    with duckdb.connect(str(home / "published" / "demo.duckdb")) as connection:
        connection.execute(
            "create table tags.tag_nes_calibration as select * from (values"
            " ('S3', 5, 0, null, null, false), ('E0', 2, 4, 0.331, 0.46, false),"
            " ('S1', 3, 4, 0.2, 0.3, null)) as states (nes_status, state_position, rolling_dates,"
            " smallest_share, largest_share, is_separable)"
        )
    assert run(["summary"]) == 0
    said = capsys.readouterr().out
    assert "E0 not separable here (33% to 46% bought again within a cycle on past dates)" in said
    assert "S3 not separable here (no past date has thirty customers to test)" in said
    assert "S1" not in said


def test_summary_is_read_beside_other_readers(home: Path) -> None:
    published(home)
    with duckdb.connect(str(home / "published" / "demo.duckdb"), read_only=True):
        assert run(["summary"]) == 0


def test_query_shows_a_result_and_cannot_write(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(home)
    assert run(["query", "select count(*) as customers from core.customers"]) == 0
    assert "customers" in capsys.readouterr().out
    assert run(["query", "drop table core.customers"]) == 2
    assert "read-only" in complaint(capsys)
    assert run(["query", "select nothing from nowhere"]) == 2
    assert "nowhere" in complaint(capsys)
