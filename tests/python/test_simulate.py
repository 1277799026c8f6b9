"""The demo retailer: files, formats, arithmetic and truth."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import duckdb
import phonenumbers
import pytest

from one360.datasets.simulate import mess, simulate
from one360.datasets.simulate.tables import TABLES

SCALE = 0.05


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "demo"
    simulate(folder, SCALE)
    return folder


@pytest.fixture(scope="module")
def db(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table as a view named <system>_<table>, CSV as text but for amounts and the like."""
    with duckdb.connect() as connection:
        for table in TABLES.values():
            name = f"{table.system}_{table.name}"
            path = str(demo / table.path)
            if table.format == "parquet":
                connection.execute(f"create view {name} as select * from read_parquet('{path}')")
            elif table.format == "jsonl":
                columns = ", ".join(
                    f"{column}: '{'bigint' if code == 'i' else 'varchar'}'"
                    for column, code in table.columns
                )
                connection.execute(
                    f"create view {name} as select * from "
                    f"read_json('{path}', columns = {{{columns}}})"
                )
            elif table.encoding == "utf-8":
                typed = {"n": "decimal(18, 4)", "i": "bigint"}
                types = {column: typed[code] for column, code in table.columns if code in typed}
                if table.system == "marketplace":
                    types |= {c: "timestamp" for c, _ in table.columns if c.endswith("_at")}
                casts = ", ".join(f"cast({c} as {type_}) as {c}" for c, type_ in types.items())
                columns = f"* replace ({casts})" if casts else "*"
                connection.execute(
                    f"create view {name} as select {columns} "
                    f"from read_csv('{path}', all_varchar = true)"
                )
        yield connection


def value(db: duckdb.DuckDBPyConnection, query: str) -> float:
    row = db.execute(query).fetchone()
    assert row is not None and row[0] is not None
    return float(row[0])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_one_seed_gives_equal_files_and_another_gives_others(demo: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "again", SCALE)
    simulate(tmp_path / "other", SCALE, seed=7)
    first, again, other = (
        contents(folder) for folder in (demo, tmp_path / "again", tmp_path / "other")
    )
    assert first == again
    assert first.keys() == other.keys()
    assert first["pos/receipts.parquet"] != other["pos/receipts.parquet"]
    assert first["crm/members.csv"] != other["crm/members.csv"]
    assert first["web/accounts.jsonl"] != other["web/accounts.jsonl"]


def test_rows_grow_with_the_scale(tmp_path: Path) -> None:
    small = simulate(tmp_path / "small", 0.1)
    large = simulate(tmp_path / "large", 0.4)
    assert small.people == 1_000
    assert large.people == 4_000
    for key in ("pos.receipts", "web.events", "crm.members", "truth.people"):
        assert large.rows[key] / small.rows[key] == pytest.approx(4, rel=0.25)


def test_blocks_do_not_share_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set of several blocks has the keys of one."""
    monkeypatch.setattr("one360.datasets.simulate.run.BLOCK_PEOPLE", 150)
    simulate(tmp_path / "blocks", 0.05)
    keys = {
        "truth/profiles": "profile_type || natural_key",
        "truth/people": "person_id",
    }
    for name, key in keys.items():
        path = tmp_path / "blocks" / f"{name}.parquet"
        repeated = duckdb.sql(f"select count(*) - count(distinct {key}) from '{path}'").fetchall()
        assert repeated == [(0,)]
    path = tmp_path / "blocks" / "pos/receipts.parquet"
    repeated = duckdb.sql(
        f"select count(*) - count(distinct receipt_id) from (select distinct * from '{path}')"
    ).fetchall()
    assert repeated == [(0,)]


@pytest.mark.parametrize("scale", [0, -1, 5_000])
def test_impossible_scales_are_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        simulate(tmp_path / "demo", scale)
    assert not list(tmp_path.iterdir())


def test_an_interrupted_run_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path / "demo", 0.01)
    before = contents(tmp_path / "demo")
    (tmp_path / ".demo.999999999.partial").mkdir()  # of a killed process

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("one360.datasets.simulate.run.people_table", stop)
    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path / "demo", 0.01, seed=1)
    assert contents(tmp_path / "demo") == before
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    shares: list[float] = []
    summary = simulate(tmp_path / "demo", 0.01, progress=lambda _, share: shares.append(share))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert summary.bytes == sum(len(data) for data in contents(tmp_path / "demo").values())


# --- formats ----------------------------------------------------------------

DUCKDB_TYPES = {
    "s": "VARCHAR", "c": "VARCHAR", "i": "BIGINT", "n": "DECIMAL(18,4)",
    "b": "BOOLEAN", "D": "DATE", "T": "TIMESTAMP", "f": "DOUBLE",
}  # fmt: skip


@pytest.mark.parametrize("key", TABLES)
def test_files_have_the_declared_columns(
    demo: Path, db: duckdb.DuckDBPyConnection, key: str
) -> None:
    table = TABLES[key]
    names = [name for name, _ in table.columns]
    path = demo / table.path
    if table.format == "parquet":
        described = db.execute(f"describe {table.system}_{table.name}").fetchall()
        assert [(row[0], row[1]) for row in described] == [
            (name, DUCKDB_TYPES[code]) for name, code in table.columns
        ]
    elif table.format == "csv":
        with path.open(encoding=table.encoding, newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == names
        assert {len(row) for row in rows} == {len(names)}
    else:
        with path.open(encoding="utf-8") as file:
            for line in file:
                assert list(json.loads(line)) == names


def test_tickets_are_chinese_in_gbk(demo: Path) -> None:
    raw = (demo / "crm/service_tickets.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert "退款" in raw.decode("gbk")


# --- arithmetic -------------------------------------------------------------

ORDER_TABLES = [
    ("pos_receipts", "pos_receipt_lines", "receipt_id", "0"),
    ("web_orders", "web_order_lines", "order_id", "shipping_amount"),
    ("wechat_orders", "wechat_order_lines", "order_id", "shipping_amount"),
    (
        "marketplace_orders",
        "marketplace_order_lines",
        "order_id",
        "shipping_amount - discount_amount",
    ),
]


@pytest.mark.parametrize(("header", "lines", "key", "shipping"), ORDER_TABLES)
def test_totals_are_the_sums_of_their_lines(
    db: duckdb.DuckDBPyConnection, header: str, lines: str, key: str, shipping: str
) -> None:
    wrong = value(
        db,
        f"""
        with sums as (
            select {key}, sum(net_amount) as net_amount
            from (select distinct * from {lines})
            group by all
        )
        select count(*)
        from {header} left join sums using ({key})
        where sums.net_amount is null
            or total_amount <> sums.net_amount + {shipping}
        """,
    )
    assert wrong == 0


@pytest.mark.parametrize(("header", "lines", "key", "shipping"), ORDER_TABLES)
def test_returns_name_an_earlier_order_and_take_back_no_more(
    db: duckdb.DuckDBPyConnection, header: str, lines: str, key: str, shipping: str
) -> None:
    column = "returns_receipt_id" if key == "receipt_id" else "returns_order_id"
    time = "sold_at" if key == "receipt_id" else "ordered_at"
    returns, good, lines_wrong = db.execute(
        f"""
        with headers as (select distinct * from {header})
        select
            count(*),
            count(*) filter (
                where original.{time} < back.{time}
                    and -back.total_amount <= original.total_amount
            ),
            (
                select count(*)
                from {lines} inner join headers using ({key})
                where (headers.{column} is null) <> (quantity > 0)
                    or abs(net_amount) > abs(list_amount)
            )
        from headers as back
        left join headers as original on back.{column} = original.{key}
        where back.{column} is not null
        """
    ).fetchone() or (0, 0, 1)
    assert returns > 0
    assert good == returns
    assert lines_wrong == 0


def test_every_table_is_loaded_after_its_events(db: duckdb.DuckDBPyConnection) -> None:
    times = {
        "pos_receipts": "sold_at",
        "web_orders": "ordered_at",
        "wechat_orders": "ordered_at",
        "marketplace_orders": "ordered_at",
        "web_events": "occurred_at",
        "crm_contacts": "sent_at",
        "wechat_messages": "sent_at",
    }
    for table, column in times.items():
        future = value(
            db, f"select count(*) from {table} where {column} > loaded_at + interval 1 day"
        )
        early = value(db, f"select count(*) from {table} where {column} > loaded_at")
        assert early == future, table
        late = value(
            db,
            f"select avg((loaded_at > {column} + interval 2 day)::int) from {table}",
        )
        assert 0 < late < 3 * mess.LATE_ROW, table


# --- truth ------------------------------------------------------------------


def normal_phone(text: str | None) -> str:
    try:
        number = phonenumbers.parse(text or "", "CN")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_card(text: str | None) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text or "")).upper()


def keys_of(db: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {row[0] for row in db.execute(query).fetchall()}


def test_truth_covers_the_valid_profiles_and_no_others(
    db: duckdb.DuckDBPyConnection,
) -> None:
    truth: dict[str, set[str]] = {}
    for kind, key in db.execute("select profile_type, natural_key from truth_profiles").fetchall():
        truth.setdefault(kind, set()).add(key)
    receipts = db.execute(
        """
        select distinct card_no, mobile from pos_receipts
        where store_id not like 'TEST%' and sold_at <= loaded_at + interval 1 day
        """
    ).fetchall()
    shoppers = {f"{normal_card(card)}|{normal_phone(phone)}" for card, phone in receipts}
    assert truth["pos_shopper"] == shoppers - {"|"}
    assert truth["web_cookie"] == keys_of(db, "select distinct anonymous_id from web_events")
    assert truth["wechat_user"] == keys_of(
        db,
        """
        select distinct app_id || '|' || openid from wechat_users
        where openid not like 'oTEST%'
        """,
    )
    posters = keys_of(db, "select user_id from community_members where user_id not like 'KT%'")
    assert truth["community_account"] <= posters
    assert len(posters - truth["community_account"]) < 0.03 * len(posters)
    callers = keys_of(db, "select distinct phone_number from call_centre_calls")
    assert truth["call_centre_guest"] < {f"{normal_phone(phone)}|" for phone in callers} - {"|"}
    paid = "status <> 'WAIT_BUYER_PAY' and ordered_at <= loaded_at + interval 1 day"
    assert truth["marketplace_buyer"] == keys_of(
        db, f"select distinct buyer_id from marketplace_orders where buyer_id <> '' and {paid}"
    )
    guests = db.execute(
        f"select distinct mobile, email from marketplace_orders where buyer_id is null and {paid}"
    ).fetchall()
    assert truth["marketplace_guest"] == {
        f"{normal_phone(phone)}|{email}" for phone, email in guests
    }
    members = keys_of(db, "select member_id from crm_members where member_id not like 'MT%'")
    accounts = keys_of(db, "select user_id from web_accounts where user_id not like 'UT%'")
    # What a reader may reject is left out: bad dates, test@test.com.
    assert truth["crm_member"] <= members
    assert len(members - truth["crm_member"]) < 0.03 * len(members)
    assert truth["web_account"] <= accounts
    assert len(accounts - truth["web_account"]) < 0.03 * len(accounts)


def test_owners_are_people_or_said_to_be_shared(db: duckdb.DuckDBPyConnection) -> None:
    strangers = value(
        db,
        """
        select count(*) from truth_profiles anti join truth_people using (person_id)
        where person_id not like 'shared:%'
        """,
    )
    assert strangers == 0


def test_phones_given_are_valid_numbers(db: duckdb.DuckDBPyConnection) -> None:
    """Whatever is not a known placeholder is a phone one can call."""
    placeholders = {written for written, _ in mess.PHONE_PLACEHOLDERS}
    for table in ("pos_receipts", "web_orders", "crm_members", "web_accounts"):
        written = keys_of(db, f"select distinct mobile from {table} where mobile is not null")
        bad = [text for text in written - placeholders if not normal_phone(text)]
        assert bad == [], table


def test_a_marketplace_hides_phones_and_says_who_bought(db: duckdb.DuckDBPyConnection) -> None:
    """One order in fifteen is placed there; most phones show their ends, which many share."""
    share, hidden, guests, unknown, ties = db.execute(
        """
        select
            count(*) / (
                select sum(n) from (
                    select count(*) as n from pos_receipts union all
                    select count(*) from web_orders union all
                    select count(*) from wechat_orders union all
                    select count(*) from marketplace_orders
                )
            ),
            avg((mobile like '___****____')::int),
            avg((buyer_id is null)::int),
            count(distinct status) filter (where status not like 'TRADE%'),
            (select count(distinct identifier_value) from crm_member_identifiers)
        from marketplace_orders
        """
    ).fetchone() or (0, 0, 0, 0, 0)
    assert 0.05 < share < 0.08
    assert 0.3 < hidden < 0.9
    assert 0.02 < guests < 0.12
    assert unknown > 0
    buyers = "select distinct buyer_id from marketplace_orders"
    assert ties > 0
    assert keys_of(db, "select identifier_value from crm_member_identifiers") <= keys_of(db, buyers)


def test_placeholders_normalise_as_stated() -> None:
    for written, digits in mess.PHONE_PLACEHOLDERS:
        assert normal_phone(written) == (f"+{digits}" if digits else "")
