"""Small end-to-end cases: raw tables from dictionaries, dbt on them, queries on what comes out.

    project.write("pos.receipts", [{"receipt_id": "r1", "sold_at": "2026-01-01 10:00"}])
    project.write("pos.receipt_lines", [{"receipt_id": "r1", "line_no": 1, "net_amount": 5}])
    project.dbt("build", "--exclude-resource-type", "test", "--select", "+orders").check()
    assert project.query("select net_amount from core.orders") == [(5,)]

A project has a home of its own (raw/, warehouse/, published/) and dbt's target and
logs beside it, and runs dbt in one process of its own, forked from one that has dbt
imported (dbt_process.py), so that only the first project pays for the start. The models are
those of this repository.
"""

from __future__ import annotations

import atexit
import csv
import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

#: Keyed hashes of a test are the same in every run.
SALT = "0123456789abcdef-test"

ARROW_TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "decimal(18,4)": pa.decimal128(18, 4),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}

#: Names the folder in which processes of one run of pytest keep what all of them need.
SHARED = "TEST_SHARED_FOLDER"

#: Leaves out of `dbt build` what Project.begin has put into the warehouse.
BEGUN = ("--exclude-resource-type", "seed", "--exclude-resource-type", "function")

#: What leaves Great Expectations, a third of the time, out of a build whose tests of its results
#: do not run.
UNCHECKED = ("--exclude", "gx_raw_in", "gx_marts_out")

#: Names the file to which statements are written.
STATEMENTS = "TEST_STATEMENTS"

Row = Mapping[str, Any]


def reference_data(name: str = "") -> Path:
    """The reference data (or one file of it); skips the test where there is none."""
    folder = Path(os.environ.get("ONE360_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / name).exists():
        pytest.skip(
            f"no reference data at {folder / name}; set ONE360_REFERENCE_DATA to their folder"
        )
    return folder / name


def made_once(name: str, make: Callable[[Path], None], folder: Path | None = None) -> Path:
    """A folder that the first process of a run of pytest that asks for it fills; others wait.

    Args:
        name: of the folder.
        make: fills it.
        folder: another one, which is kept when the run is over and filled only once.
    """
    folder = folder or Path(os.environ[SHARED]) / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            make(folder)
            (folder / "done").touch()
    return folder


@cache
def raw_tables() -> dict[str, dict[str, Any]]:
    """Every declared raw table by name (crm.members): columns with type, keys, format, encoding."""
    tables = {}
    for path in sorted((ROOT / "models" / "staging").glob("*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            for table in source["tables"]:
                meta = table["config"]["meta"]
                tables[f"{source['name']}.{table['name']}"] = {
                    "columns": {c["name"]: c["data_type"] for c in table["columns"]},
                    "optional": {
                        c["name"]
                        for c in table["columns"]
                        if c.get("config", {}).get("meta", {}).get("optional")
                    },
                    "always_optional": {
                        c["name"]
                        for c in table["columns"]
                        if c.get("config", {}).get("meta", {}).get("optional") == "always"
                    },
                    "keys": meta["keys"],
                    "currency": meta.get("currency"),
                    "format": meta["format"],
                    "encoding": meta.get("encoding", "utf-8"),
                }
    return tables


@cache
def parsed_variables() -> frozenset[str]:
    """The variables that dbt reads when it parses, not when it runs: those of configurations."""
    texts = [
        path.read_text(encoding="utf-8")
        for folder in ("models", "python_models", "seeds", "functions", "tests/assertions")
        for path in (ROOT / folder).rglob("*.yml")
    ]
    texts.append((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    return frozenset(re.findall(r"\bvar\(\s*['\"](\w+)", "".join(texts)))


def kept_parse(dataset: str, variables: Mapping[str, Any]) -> Path:
    """Where the parse of this repository is kept: it takes as long as a small build.

    All projects of a run of pytest share it that have the same name and the same values
    of the variables that configurations are made of.
    """
    told = {name: variables[name] for name in sorted(parsed_variables() & variables.keys())}
    name = hashlib.sha256(json.dumps([dataset, told]).encode()).hexdigest()
    return Path(os.environ[SHARED]) / f"{name}.msgpack"


@dataclass(frozen=True)
class Result:
    """How a dbt command ended and what it printed."""

    exit_code: int
    output: str

    @property
    def success(self) -> bool:
        return self.exit_code == 0

    def check(self) -> Result:
        """Fail the test with dbt's output unless the command succeeded."""
        assert self.success, self.output[-5000:]
        return self


def write_table(
    path: Path,
    table: str,
    rows: Iterable[Row],
    *,
    format: str | None = None,
    encoding: str | None = None,
    drop: Iterable[str] = (),
    types: Mapping[str, str] | None = None,
) -> None:
    """Write the file of a raw table to a path, as Project.write says."""
    declared = raw_tables()[table]
    dropped = set(drop)
    columns = {**declared["columns"], **(types or {})}
    columns = {name: type_ for name, type_ in columns.items() if name not in dropped}
    records = [
        _record({k: v for k, v in row.items() if k not in dropped}, columns, table) for row in rows
    ]
    file_format = format or declared["format"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if file_format == "parquet":
        schema = pa.schema([(name, ARROW_TYPES[type_]) for name, type_ in columns.items()])
        pq.write_table(pa.Table.from_pylist(records, schema), path)
        return
    encoding = encoding or declared["encoding"]
    with path.open("w", encoding=encoding, newline="") as file:
        if file_format == "csv":
            writer = csv.DictWriter(file, list(columns), lineterminator="\n")
            writer.writeheader()
            writer.writerows({k: _text(v) for k, v in row.items()} for row in records)
        else:
            for row in records:
                line = {k: _json(v) for k, v in row.items()}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Project:
    """One home folder with a data set, and dbt running on it.

    Args:
        folder: an empty folder.
        dataset: name of the data set.
        variables: dbt variables of every command, e.g. {"as_of": "2026-01-31"}.
        project_dir: the dbt project, this repository unless told otherwise.
        logs: whether dbt writes its log of level debug, which takes a fifth of a build.
        statements: a file to which each statement is written as JSON, [connection, SQL] a line.
    """

    def __init__(
        self,
        folder: Path,
        dataset: str = "test_shop",
        variables: Mapping[str, Any] | None = None,
        project_dir: Path = ROOT,
        *,
        logs: bool = False,
        statements: Path | None = None,
    ) -> None:
        self.home = folder / "home"
        self.dataset = dataset
        self.variables = dict(variables or {})
        self.project_dir = project_dir
        self.raw = self.home / "raw" / dataset
        self.warehouse = self.home / "warehouse" / f"{dataset}.duckdb"
        self.published = self.home / "published" / f"{dataset}.duckdb"
        self.target = folder / "target"
        for path in (self.raw, self.warehouse.parent, self.published.parent):
            path.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "ONE360_"))},
            "ONE360_HOME": str(self.home),
            "ONE360_DATASET": dataset,
            "ONE360_SALT": SALT,
            "DBT_PROJECT_DIR": str(project_dir),
            "DBT_PROFILES_DIR": str(project_dir),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_LOG_LEVEL_FILE": "debug" if logs else "none",
            "DBT_USE_COLORS": "false",
            **({STATEMENTS: str(statements)} if statements else {}),
        }
        self._dbt: DbtProcess | None = None

    # -- raw files ---------------------------------------------------------------------

    def path(self, table: str, suffix: str | None = None) -> Path:
        """Where the file of a raw table lies by default."""
        system, name = table.split(".")
        return self.raw / system / f"{name}.{suffix or raw_tables()[table]['format']}"

    def write(
        self,
        table: str,
        rows: Iterable[Row] = (),
        *,
        format: str | None = None,
        encoding: str | None = None,
        drop: Iterable[str] = (),
        types: Mapping[str, str] | None = None,
        to: Path | None = None,
    ) -> Path:
        """Write the file of a raw table, in the place of any other, and return its path.

        A column that a row does not name is NULL; loaded_at is then an hour after the
        row's last time. Text is read as the column's type ('2026-01-01 10:00', '9.90').

        Args:
            table: name of the table, e.g. crm.members.
            rows: dictionaries by column name.
            format: parquet, csv or jsonl; the declared one by default.
            encoding: of csv and jsonl; the declared one by default.
            drop: declared columns the file shall not have.
            types: other types of columns, and columns on top, e.g. {"sold_at": "string"}.
            to: another path.
        """
        file_format = format or raw_tables()[table]["format"]
        path = to or self.path(table, file_format)
        if to is None:
            self.remove(table)
        write_table(
            path, table, rows, format=file_format, encoding=encoding, drop=drop, types=types
        )
        return path

    def remove(self, table: str) -> None:
        """Remove every file and folder of a raw table."""
        for path in [self.path(table, suffix) for suffix in ("parquet", "csv", "jsonl")]:
            path.unlink(missing_ok=True)
        shutil.rmtree(self.path(table).with_suffix(""), ignore_errors=True)

    def clear(self) -> None:
        """Remove all raw files."""
        shutil.rmtree(self.raw)
        self.raw.mkdir()

    def write_small_shop(self) -> None:
        """A few rows in every raw table that fit together: two people, a few orders."""
        for table, rows in SMALL_SHOP.items():
            self.write(table, rows)

    # -- dbt ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Put seeds and functions into the warehouse: up to two of three nodes of a small build.

        Then `dbt run`, or a build without them (BEGUN), does the rest. What a run of pytest has
        built of this repository for the same variables is copied.
        """
        build = ("build", "--resource-type", "seed", "--resource-type", "function")
        is_shared = self.project_dir == ROOT and self.environment.get("ONE360_SALT") == SALT
        if not is_shared or SHARED not in os.environ:
            self.dbt(*build).check()
            return

        def build_in(folder: Path) -> None:
            one = Project(folder, self.dataset, self.variables)
            one.write("pos.stores", SMALL_SHOP["pos.stores"])  # dbt asks for a row
            one.dbt(*build).check()
            one.close()

        told = json.dumps([self.dataset, self.variables], sort_keys=True, default=str)
        name = f"begun-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        made = Project(made_once(name, build_in), self.dataset)
        shutil.copy(made.warehouse, self.warehouse)

    def dbt(self, *command: str, parse: bool = True, **variables: Any) -> Result:
        """Run a dbt command in the project's own process, e.g. dbt("run", as_of="2026-01-31").

        Args:
            command: words of the command.
            parse: False takes the project as parsed before, even if variables changed: saves
                seconds where they matter at run time alone.
            variables: dbt variables on top of the project's.
        """
        words = [*command]
        given = {**self.variables, **variables}
        if given:
            words += ["--vars", json.dumps(given)]
        if self._dbt is None:
            self._dbt = DbtProcess(self.environment, self.project_dir, self._kept({}))
        return self._dbt.run(words, given=given, parse=parse, kept=self._kept(variables))

    def _kept(self, variables: Mapping[str, Any]) -> str | None:
        shares = self.project_dir == ROOT and SHARED in os.environ
        return str(self.parsed(**variables)) if shares else None

    def parsed(self, **variables: Any) -> Path:
        """Where the parse of this repository is kept for this data set and these variables."""
        return kept_parse(self.dataset, {**self.variables, **variables})

    def cli(self, *command: str, **variables: Any) -> Result:
        """Run a dbt command as a shell does: in a process that reads the project itself."""
        given = {**self.variables, **variables}
        words = [*command, *(["--vars", json.dumps(given)] if given else [])]
        process = DbtProcess(self.environment, self.project_dir)
        try:
            return process.run(words, given=None)
        finally:
            process.close()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        """Change the warehouse, e.g. to put a table there as another tool would."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(sql)

    def close(self) -> None:
        """End the dbt process."""
        if self._dbt is not None:
            self._dbt.close()
            self._dbt = None


class DbtProcess:
    """A process that runs dbt commands one after the other, forked from one that has it imported.

    Args:
        environment: its variables.
        folder: the dbt project.
        kept: a parse it is likely to need.
    """

    def __init__(
        self, environment: Mapping[str, str], folder: Path, kept: str | None = None
    ) -> None:
        self._channel, there = socket.socketpair()
        asked = {"environment": dict(environment), "folder": str(folder), "kept": kept}
        socket.send_fds(_dbt_imported(), [json.dumps(asked).encode()], [there.fileno()])
        there.close()

    def run(
        self,
        words: list[str],
        *,
        given: Mapping[str, Any] | None,
        parse: bool = True,
        kept: str | None = None,
    ) -> Result:
        """Run a command with the project as it is parsed with the given variables.

        None of these lets the command read the project itself.
        """
        asked = {"words": words, "given": given, "parse": parse, "kept": kept}
        with self._channel.makefile("rw", encoding="utf-8") as channel:
            channel.write(json.dumps(asked) + "\n")
            channel.flush()
            answer = channel.readline()
        assert answer, "the dbt process died"
        return Result(**json.loads(answer))

    def close(self) -> None:
        """End the process."""
        self._channel.shutdown(socket.SHUT_WR)
        while self._channel.recv(1024):
            pass
        self._channel.close()


@cache
def _dbt_imported() -> socket.socket:
    """The way to a process that has dbt and Great Expectations imported, which takes seconds."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.python.dbt_process"], stdin=there, cwd=ROOT
    )
    there.close()

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _record(row: Row, columns: Mapping[str, str], table: str) -> dict[str, Any]:
    unknown = sorted(set(row) - set(columns))
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(unknown)}; it has {', '.join(columns)}")
    record = {name: _value(row.get(name), type_) for name, type_ in columns.items()}
    if "loaded_at" in columns and "loaded_at" not in row and columns["loaded_at"] == "timestamp":
        times = [value for value in record.values() if isinstance(value, datetime)]
        record["loaded_at"] = max(times) + timedelta(hours=1) if times else None
    return record


def _value(value: Any, type_: str) -> Any:
    if value is None:
        return None
    if type_.startswith("decimal"):
        return Decimal(str(value)).quantize(Decimal("0.0001"))
    if type_ == "string":
        return str(value)
    if type_ == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if type_.startswith("timestamp") and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def _text(value: Any) -> str:
    """As an export writes a value into CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, date) else value


#: Two people, Mei and Bob, over all systems; the newest day is 2026-03-02.
SMALL_SHOP: dict[str, list[dict[str, Any]]] = {
    "call_centre.calls": [
        {"call_id": "c1", "phone_number": "138-0013-8001", "direction": "inbound",
         "agent_id": "A1", "started_at": "2026-01-20 04:00", "duration_seconds": 120,
         "topic": "delivery", "outcome": "answered", "satisfaction": 4},
    ],
    "community.members": [
        {"user_id": "k1", "nickname": "茶友", "mobile": "13800138001",
         "joined_at": "2025-05-01 02:00", "updated_at": "2025-05-01 02:00"},
        {"user_id": "k2", "nickname": "Bob", "email": "bob@example.com",
         "joined_at": "2025-06-01 02:00", "updated_at": "2025-06-01 02:00"},
    ],
    "community.posts": [
        {"post_id": "b1", "user_id": "k1", "topic": "茶", "product_id": "p1", "body": "今年的新茶",
         "posted_at": "2026-02-01 02:00"},
        {"post_id": "b2", "user_id": "k2", "parent_post_id": "b1", "topic": "茶", "body": "好喝吗",
         "posted_at": "2026-02-01 03:00"},
    ],
    "community.likes": [
        {"like_id": "l1", "post_id": "b1", "user_id": "k2", "liked_at": "2026-02-01 03:01"},
    ],
    "crm.members": [
        {
            "member_id": "m1", "card_no": "c-1", "full_name": "李梅", "gender": "F",
            "birth_date": "1990-05-01", "mobile": "138 0013 8001", "email": "Mei@Example.com",
            "city": "Shanghai", "card_level": "gold", "joined_at": "2025-01-05 02:00",
            "unionid": "u1", "status": "active", "updated_at": "2025-06-01 00:00",
        },
        {
            "member_id": "m2", "card_no": "c-2", "full_name": "Bob Stone", "gender": "M",
            "mobile": "13900139002", "email": "bob@example.com", "city": "Beijing",
            "card_level": "basic", "joined_at": "2025-02-05 02:00", "status": "active",
            "updated_at": "2025-06-01 00:00",
        },
    ],
    "crm.member_consents": [
        {"member_id": "m1", "channel": "sms", "is_granted": True, "changed_at": "2025-01-05 02:00"},
        {"member_id": "m2", "channel": "sms", "is_granted": False,
         "changed_at": "2025-02-05 02:00"},
    ],
    "crm.campaigns": [
        {"campaign_id": "k1", "campaign_name": "New Year", "campaign_type": "promotion",
         "channel": "sms", "objective": "reactivate", "starts_at": "2026-01-01 00:00",
         "ends_at": "2026-01-31 00:00"},
    ],
    "crm.campaign_members": [
        {"campaign_id": "k1", "member_id": "m1", "arm": "treatment",
         "assigned_at": "2025-12-31 00:00"},
        {"campaign_id": "k1", "member_id": "m2", "arm": "control",
         "assigned_at": "2025-12-31 00:00"},
    ],
    "crm.contacts": [
        {"contact_id": "t1", "campaign_id": "k1", "member_id": "m1", "channel": "sms",
         "sent_at": "2026-01-02 02:00", "status": "delivered", "opened_at": "2026-01-02 03:00"},
    ],
    "crm.coupons": [
        {"coupon_id": "q1", "campaign_id": "k1", "product_id": "p1", "discount_type": "amount",
         "discount_value": 5, "min_spend": 20, "loaded_at": "2025-12-31 00:00"},
    ],
    "crm.coupon_redemptions": [
        {"redemption_id": "d1", "coupon_id": "q1", "campaign_id": "k1", "member_id": "m1",
         "order_id": "r1", "redeemed_at": "2026-01-10 04:00"},
    ],
    "crm.service_tickets": [
        {"ticket_id": "s1", "member_id": "m1", "mobile": "13800138001", "channel": "phone",
         "topic": "delivery", "severity": "low", "description": "包裹还没到,请帮忙查一下",
         "opened_at": "2026-01-15 04:00", "closed_at": "2026-01-16 04:00", "satisfaction": 4},
    ],
    "crm.referral_events": [
        {"event_id": "f1", "referral_code": "MEI8", "member_id": "m1", "event_type": "refer",
         "channel": "sms", "occurred_at": "2025-02-01 02:00"},
        {"event_id": "f2", "referral_code": "MEI8", "member_id": "m1", "event_type": "register",
         "referred_member_id": "m2", "channel": "sms", "occurred_at": "2025-02-05 02:00"},
    ],
    "pos.stores": [
        {"store_id": "S1", "store_name": "Nanjing Road", "province": "Shanghai",
         "city": "Shanghai", "store_type": "street", "opened_on": "2015-01-01",
         "loaded_at": "2025-01-01 00:00"},
    ],
    "pos.products": [
        {"product_id": "p1", "product_name": "Green tea", "brand": "Leaf", "department": "food",
         "category": "tea", "subcategory": "green", "list_price": 30,
         "launched_on": "2020-01-01", "loaded_at": "2025-01-01 00:00"},
        {"product_id": "p2", "product_name": "Cup", "brand": "Clay", "department": "home",
         "category": "kitchen", "subcategory": "cups", "list_price": 12,
         "launched_on": "2020-01-01", "loaded_at": "2025-01-01 00:00"},
    ],
    "pos.receipts": [
        {"receipt_id": "r1", "store_id": "S1", "card_no": "C1", "mobile": "13800138001",
         "sold_at": "2026-01-10 04:00", "payment_method": "cash", "total_amount": 55},
        {"receipt_id": "r2", "store_id": "S1", "mobile": "13900139002",
         "sold_at": "2026-02-10 04:00", "payment_method": "card", "total_amount": 12},
        {"receipt_id": "r3", "store_id": "S1", "sold_at": "2026-02-11 04:00",
         "payment_method": "cash", "total_amount": 30},
        {"receipt_id": "r4", "store_id": "S1", "card_no": "C1", "mobile": "13800138001",
         "sold_at": "2026-02-12 04:00", "returns_receipt_id": "r1", "total_amount": -30},
    ],
    "pos.receipt_lines": [
        {"receipt_id": "r1", "line_no": 1, "product_id": "p1", "quantity": 2, "list_amount": 60,
         "net_amount": 55, "coupon_amount": 0, "loaded_at": "2026-01-10 05:00"},
        {"receipt_id": "r2", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-02-10 05:00"},
        {"receipt_id": "r3", "line_no": 1, "product_id": "p1", "quantity": 1, "list_amount": 30,
         "net_amount": 30, "coupon_amount": 0, "loaded_at": "2026-02-11 05:00"},
        {"receipt_id": "r4", "line_no": 1, "product_id": "p1", "quantity": -1, "list_amount": -30,
         "net_amount": -30, "coupon_amount": 0, "loaded_at": "2026-02-12 05:00"},
    ],
    "web.accounts": [
        {"user_id": "w1", "email": "mei@example.com", "mobile": "+86 13800138001",
         "full_name": "Li Mei", "registered_at": "2025-03-01 02:00",
         "updated_at": "2025-03-01 02:00"},
    ],
    "web.events": [
        {"event_id": "e1", "anonymous_id": "a1", "event": "page_viewed", "page_path": "/",
         "engaged_seconds": 20, "device_type": "mobile", "occurred_at": "2026-03-01 02:00",
         "received_at": "2026-03-01 02:01"},
        {"event_id": "e2", "anonymous_id": "a1", "user_id": "w1", "event": "product_viewed",
         "page_path": "/p/p1", "product_id": "p1", "brand": "Leaf", "engaged_seconds": 40,
         "device_type": "mobile", "occurred_at": "2026-03-01 02:02",
         "received_at": "2026-03-01 02:03"},
    ],
    "web.orders": [
        {"order_id": "o1", "user_id": "w1", "anonymous_id": "a1", "mobile": "13800138001",
         "email": "mei@example.com", "recipient_name": "李梅", "city": "Shanghai",
         "ordered_at": "2026-03-01 02:10", "status": "completed", "payment_method": "alipay",
         "shipping_amount": 6, "total_amount": 36},
    ],
    "web.order_lines": [
        {"order_id": "o1", "line_no": 1, "product_id": "p1", "quantity": 1, "list_amount": 30,
         "net_amount": 30, "coupon_amount": 0, "loaded_at": "2026-03-01 03:00"},
    ],
    "web.reviews": [
        {"review_id": "v1", "user_id": "w1", "order_id": "o1", "product_id": "p1", "rating": 5,
         "is_verified": True, "review_text": "很好喝", "reviewed_at": "2026-03-02 02:00"},
    ],
    "wechat.users": [
        {"app_id": "shop", "openid": "oid1", "unionid": "u1", "nickname": "梅", "gender": "2",
         "subscribed_at": "2025-04-01 02:00", "updated_at": "2025-04-01 02:00"},
    ],
    "wechat.messages": [
        {"message_id": "g1", "app_id": "shop", "openid": "oid1", "campaign_id": "k1",
         "message_type": "template", "sent_at": "2026-01-03 02:00",
         "opened_at": "2026-01-03 02:30"},
    ],
    "wechat.share_events": [
        {"event_id": "h1", "share_id": "h", "event_type": "share", "app_id": "shop",
         "openid": "oid1", "channel": "group", "product_id": "p2",
         "occurred_at": "2026-03-01 12:00"},
        {"event_id": "h2", "share_id": "h", "event_type": "open", "app_id": "shop",
         "openid": "oid1", "visitor_openid": "oid2", "channel": "group", "product_id": "p2",
         "occurred_at": "2026-03-01 12:05"},
    ],
    "wechat.orders": [
        {"order_id": "x1", "app_id": "shop", "openid": "oid1", "mobile": "13800138001",
         "recipient_name": "李梅", "city": "Shanghai", "ordered_at": "2026-03-02 02:00",
         "status": "paid", "payment_method": "wechat_pay", "shipping_amount": 0,
         "total_amount": 12},
    ],
    "wechat.order_lines": [
        {"order_id": "x1", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-03-02 03:00"},
    ],
    "crm.member_identifiers": [
        {"member_id": "m1", "identifier_type": "buyer_id", "issued_by": "marketplace",
         "identifier_value": "b1", "linked_at": "2026-01-02 02:00"},
    ],
    "third_party.attributes": [
        {"provider_name": "acme", "contact_type": "email", "attribute": "interest",
         "contact_hash": "a4f6fcf6ae9fdcb4ad0ff0d2ecd33c3a45a1ba4ba2ea1cbcb6f0e1c9ea3ee1ff",
         "attribute_value": "tea", "provided_on": "2026-01-31"},
    ],
    "marketplace.orders": [
        {"order_id": "t1", "buyer_id": "b1", "mobile": "138****8001", "recipient_name": "李**",
         "ordered_at": "2026-02-20 02:00", "status": "TRADE_FINISHED", "shipping_amount": 0,
         "total_amount": 12},
    ],
    "marketplace.order_lines": [
        {"order_id": "t1", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-02-20 03:00"},
    ],
}  # fmt: skip
