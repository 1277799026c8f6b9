"""What is found in raw files, asked without dbt: texts, types, headers, what is passed over."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.raw_files.check import checked
from one360.raw_files.files import RawFile, RawTable
from one360.raw_files.reports import raw_file_reports
from one360.sql import file_literal

COLUMNS = {"store_id": "string", "city": "string"}


class Shop:
    """The raw files of one data set."""

    def __init__(self, home: Path) -> None:
        self.raw = home / "raw" / "shop"
        self.kept = home / "warehouse" / ".raw" / "shop"

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def answer(self, columns: dict[str, str] | None = None, **table: Any) -> dict[str, Any]:
        declared = RawTable("pos.stores", columns or COLUMNS, **table)
        return json.loads(raw_file_reports(json.dumps([declared.__dict__])))

    def stores(self, columns: dict[str, str] | None = None, **table: Any) -> dict[str, Any]:
        return self.answer(columns, **table)["tables"]["pos.stores"]

    def fault(self, columns: dict[str, str] | None = None, **table: Any) -> str:
        (fault,) = self.stores(columns, **table)["faults"]
        return fault

    def text(self, found: dict[str, Any]) -> str:
        """What the files of a report hold, as they would be read."""
        assert found["faults"] == []
        paths = [path for part in found["parts"] for path in part["paths"]]
        return "".join(Path(path).read_text(encoding="utf-8") for path in paths)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.setenv("ONE360_DATASET", "shop")
    return Shop(tmp_path)


# --- encodings ---------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["gbk", "GB2312", "cp936", "gb18030"])
def test_gbk_of_any_name_is_read_with_the_larger_set_of_characters(shop: Shop, declared: str):
    text = "store_id,city\nS1,上海 € 㐀\n"
    shop.write("pos/stores.csv", text, "gb18030")
    found = shop.stores(encoding=declared)
    assert shop.text(found) == text
    assert found["warnings"] == []


def test_a_file_declared_gbk_that_is_utf8_is_read_as_it_is(shop: Shop):
    text = "store_id,city\nS1,文\n"
    path = shop.write("pos/stores.csv", text)
    found = shop.stores(encoding="gbk")
    assert shop.text(found) == text
    assert found["parts"][0]["paths"] == [str(path)]


def test_a_line_in_a_hundred_may_have_broken_bytes_and_is_told(shop: Shop):
    good, bad = "S1,上海\n".encode("gbk"), b"S1,\xff\xff\n"
    shop.write("pos/stores.csv", b"store_id,city\n" + good * 197 + bad * 2)
    found = shop.stores(encoding="gbk")
    assert shop.text(found).count("\ufffd") >= 2
    (warning,) = found["warnings"]
    assert "stores.csv line 199: bytes that are not gbk" in warning
    assert "2 of 200 lines" in warning
    shop.write("pos/stores.csv", b"store_id,city\n" + good * 196 + bad * 3)
    assert "line 198: not gbk, as are 3 of 200 lines" in shop.fault(encoding="gbk")


def test_bytes_that_are_not_utf8_are_told_by_line(shop: Shop):
    shop.write("pos/stores.csv", "store_id,city\nS1,x\nS2,上海\n", "gbk")
    assert "stores.csv line 3: not UTF-8" in shop.fault()


def test_an_encoding_that_nobody_knows_is_said_so(shop: Shop):
    shop.write("pos/stores.csv", "store_id,city\nS1,x\n")
    assert "encoding utf-16 of pos.stores" in shop.fault(encoding="utf-16")
    assert "encoding klingon of pos.stores" in shop.fault(encoding="klingon")


def test_the_mark_of_utf8_is_no_part_of_the_first_name(shop: Shop):
    shop.write("pos/stores.csv", "\ufeffstore_id,city\nS1,x\n")
    (part,) = shop.stores()["parts"]
    assert list(part["columns"]) == ["store_id", "city"]


def test_a_copy_is_thrown_away_with_its_file(shop: Shop):
    path = shop.write("pos/stores.csv", "store_id,city\nS1,上海\n", "gbk")
    (copy,) = shop.stores(encoding="gbk")["parts"][0]["paths"]
    assert Path(copy).parent == shop.kept
    assert shop.stores(encoding="gbk")["parts"][0]["paths"] == [copy]
    path.unlink()
    assert shop.stores(encoding="gbk")["parts"] == []
    assert not Path(copy).exists()


# --- values and lines --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "is_fault"),
    [
        ("bigint", ["many", "few"], False),  # single bad values are left to staging
        ("bigint", ["many", "few", "none"], True),
        ("bigint", ["many", "few", "none", "1"], False),
        ("decimal(18,4)", ["￥１２．５"] * 3, False),
        ("decimal(18,4)", ["1,50"] * 3, True),
        ("boolean", ["是", "否", "是"], False),
        ("boolean", ["perhaps"] * 3, True),
        ("timestamp", ["2026年3月1日", "2026/3/1", "20260301"], False),
        ("timestamp", ["01.03.2026"] * 3, True),
        ("string", ["1", "2", "3"], False),
    ],
)
def test_a_column_none_of_whose_values_fits_is_of_another_type(
    shop: Shop, kind: str, values: list[str], is_fault: bool
):
    rows = "".join(f'S{number},"{value}"\n' for number, value in enumerate(values))
    shop.write("pos/stores.csv", "store_id,size\n" + rows)
    found = shop.stores({"store_id": "string", "size": kind})["faults"]
    assert len(found) == is_fault
    if is_fault:
        assert f"column size is text, none of its {len(values)} values reads as {kind}" in found[0]


@pytest.mark.parametrize("line", ["S2", "S2,secret,y"])
def test_a_line_of_another_length_is_told_without_what_it_holds(shop: Shop, line: str):
    shop.write("pos/stores.csv", f"store_id,city\nS1,secret\n{line}\n")
    fault = shop.fault()
    assert "stores.csv line 3: cannot be read as CSV" in fault
    assert "expected 2 values" in fault
    assert "secret" not in fault


@pytest.mark.parametrize(("closed", "is_fault"), [("later", True), ("at once", False)])
def test_a_quotation_mark_that_a_later_row_closes_takes_none_with_it(
    shop: Shop, closed: str, is_fault: bool
):
    """One that nothing closes is an error of the reader; this one is read, with 20 shops fewer."""
    rows = [f"S{number},secret" for number in range(40)]
    rows[10] = 'S10,"secret"' if closed == "at once" else 'S10,"secret'
    rows[31] = 'S31,secret"' if closed == "later" else 'S31,"at Li\nBaker St\n\nLondon"'
    shop.write("pos/stores.csv", "store_id,city\n" + "".join(f"{row}\n" for row in rows))
    found = shop.stores()["faults"]
    assert len(found) == is_fault
    if is_fault:
        assert (
            "stores.csv: cannot be read as CSV (a value of column city takes 20 lines" in found[0]
        )
        assert "secret" not in found[0]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("store_id,city,city", "the header has column city twice"),
        ("store_id,city,", "the header has a column without a name"),
        ("shop,town,x", "no header; expected the column names store_id, city"),
    ],
)
def test_a_header_names_each_column_once(shop: Shop, header: str, message: str):
    shop.write("pos/stores.csv", f"{header}\nS1,a,b\n")
    assert message in shop.fault()


# --- which files -------------------------------------------------------------------------


def test_one_table_is_one_file_or_one_folder(shop: Shop):
    shop.write("pos/stores.csv", "store_id,city\nS1,x\n")
    shop.write("pos/stores.jsonl", '{"store_id": "S1"}\n')
    found = shop.stores()
    assert found["parts"] == []
    assert "both hold pos.stores; expected one of them" in found["faults"][0]


@pytest.mark.parametrize(
    "names", [("c[1].csv", "c1.csv"), ("a*.csv", "ab.csv"), ("q?.csv", "qx.csv"), ("d{1}.csv",)]
)
def test_every_file_is_read_once_whatever_its_name_holds(shop: Shop, names: tuple[str, ...]):
    for number, name in enumerate(names):
        shop.write(f"pos/stores/{name}", f"store_id,city\nS{number},\n")
    (part,) = shop.stores()["parts"]
    with duckdb.connect() as connection:
        read = [
            connection.execute(
                f"select store_id from read_csv({file_literal(path)}, header = true)"
            ).fetchall()
            for path in part["paths"]
        ]
    assert sorted(read) == [[(f"S{number}",)] for number in range(len(names))]


def packed(content: bytes) -> bytes:
    """Packed with no time in it, so that it is the same in every process."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stores.CSV", b"Store_ID,CITY\nS1,Rome\n"),
        ("stores.csv.gz", packed(b"store_id,city\nS1,Rome\n")),
        ("stores.Csv.GZ", packed(b"store_id,city\r\nS1,Rome\n")),
        ("stores.csv", b"store_id,city\r\nS1,Rome\nS2,\r\n"),
        ("stores.json", b'[{"store_id": "S1",\n "city": "Rome"}]'),
        ("stores.json", b'{"store_id": "S1", "city": "Rome"}\n'),
        ("stores.JSONL.gz", packed(b'{"store_id": "S1", "city": "Rome"}\n')),
    ],
)
def test_files_are_read_however_they_are_named_packed_and_ended(
    shop: Shop, name: str, content: bytes
) -> None:
    shop.write(f"pos/{name}", content)
    found = shop.stores()
    assert found["has_rows"]
    assert "Rome" in shop.text(found)
    assert b"\r" not in Path(found["parts"][0]["paths"][0]).read_bytes()


def test_numbers_of_a_json_array_keep_their_digits(shop: Shop):
    shop.write("pos/stores.json", '[{"store_id": 6222020000001234567, "city": 1.10}]')
    assert "6222020000001234567" in (text := shop.text(shop.stores()))
    assert "1.10" in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("stores.csv.gz", packed(b"store_id,city\n")[:-4], "cannot be unpacked"),
        ("stores.csv.gz", b"store_id,city\n", "cannot be unpacked"),
        ("stores.json", b'[{"store_id": "S1"},\n{]', "stores.json line 2: not JSON"),
        ("stores.json", b"[1]", "stores.json: not JSON; expected an array of objects"),
    ],
)
def test_a_file_that_is_no_such_file_is_said_so(
    shop: Shop, name: str, content: bytes, message: str
) -> None:
    shop.write(f"pos/{name}", content)
    assert message in shop.fault()


def test_a_file_that_grows_while_it_is_read_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    path = shop.write("pos/stores.csv", "store_id,city\nS1,\n")

    def read_slowly(*arguments: Any) -> RawFile:
        found = checked(*arguments)
        with path.open("a") as file:
            file.write("S2,\n")
        return found

    monkeypatch.setattr("one360.raw_files.reports.checked", read_slowly)
    assert "changed while it was read" in shop.fault()


def test_files_that_somebody_is_writing_are_no_part_of_a_folder(shop: Shop):
    shop.write("pos/stores/1.csv", "store_id,city\nS1,x\n")
    shop.write("pos/stores/.2.csv", "store_id,city\nS2,x\n")
    shop.write("pos/stores/_temporary/3.csv", "store_id,city\nS3,x\n")
    shop.write("pos/stores/_4.csv", "store_id,city\nS4,x\n")
    shop.write("pos/stores/readme.txt", "no table")
    assert [Path(path).name for path in shop.stores()["parts"][0]["paths"]] == ["1.csv", "3.csv"]


def test_files_are_read_together_only_where_their_columns_stand_in_one_order(shop: Shop):
    shop.write("pos/stores/1.csv", "store_id,city\nS1,x\n")
    shop.write("pos/stores/2.csv", "city,store_id\nx,S2\n")
    shop.write("pos/stores/3.csv", "store_id,city\nS3,x\n")
    parts = shop.stores()["parts"]
    assert [list(part["columns"]) for part in parts] == [["store_id", "city"], ["city", "store_id"]]
    names = [[Path(path).name for path in part["paths"]] for part in parts]
    assert names == [["1.csv", "3.csv"], ["2.csv"]]


def test_a_table_has_rows_where_one_of_its_files_has(shop: Shop):
    shop.write("pos/stores/1.csv", "store_id,city\n")
    assert shop.stores()["has_rows"] is False
    shop.write("pos/stores/2.csv", "store_id,city\nS1,x\n")
    assert shop.stores()["has_rows"] is True


def test_a_parquet_file_has_rows_or_none(shop: Shop):
    path = shop.write("pos/stores.parquet", b"")
    for count in (0, 2):
        duckdb.execute(f"copy (select 'S' as store_id from range({count})) to '{path}'")
        assert shop.stores()["has_rows"] is bool(count)


def test_a_file_that_no_table_reads_is_told(shop: Shop):
    shop.write("pos/stores.csv", "store_id,city\nS1,x\n")
    for name in ("pos/store.csv", "pos/.hidden", "pos/_note"):
        shop.write(name, "x")
    (warning,) = shop.answer()["warnings"]
    assert "pos/store.csv: no source reads it; tables of pos are stores" in warning


def test_from_afar_only_parquet_is_read(shop: Shop):
    for place in ("s3://bucket/stores.csv", "s3://bucket/stores"):
        assert "only Parquet is read from afar" in shop.fault(path=place)


# --- what is remembered ------------------------------------------------------------------


def test_what_is_asked_of_a_file_is_remembered_with_it(shop: Shop):
    shop.write("pos/stores.csv", "store_id,size\n" + "S1,big\n" * 3)
    assert shop.stores({"store_id": "string", "size": "string"})["faults"] == []
    assert "column size is text" in shop.fault({"store_id": "string", "size": "bigint"})


def test_a_fault_is_told_until_it_is_mended(shop: Shop):
    columns = {"store_id": "string", "size": "bigint"}
    shop.write("pos/stores.csv", "store_id,size\n" + "S1,big\n" * 3)
    assert shop.fault(columns) == shop.fault(columns)
    shop.write("pos/stores.csv", "store_id,size\n" + "S1,12\n" * 3)
    assert shop.stores(columns)["faults"] == []
