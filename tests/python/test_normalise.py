"""The normalisers of functions/ and macros/normalise, run in DuckDB as dbt builds them.

One query per function over all its cases; phone numbers against the phonenumbers library. What
both engines must give of known values is in tests/fixtures/normaliser_vectors.toml.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.phonemetadata import PhoneMetadata

from one360.lookups import phone_rules
from one360.rules.variables import PHONE_REGIONS
from tests.fixtures import normaliser_vectors
from tests.python.independent import placeholders
from tests.python.independent.normalise import (
    phone,
)
from tests.python.project import ROOT, Project

LONG = 10_000
BIDI = "\u202b\u200f"  # right-to-left embedding and mark

FUNCTIONS = (
    "normalise_id",
    "normalise_code",
    "normalise_name",
    "normalise_text",
    "normalise_email",
    "normalise_card",
    "normalise_gender",
    "parse_timestamp_text",
    "parse_date",
    "parse_money",
    "parse_integer",
    "is_placeholder_phone",
    "parse_flag",
)


def rendered(project: Project, parts: dict[str, str], **variables: Any) -> dict[str, str]:
    """SQL of several snippets of Jinja by name, from one dbt command."""
    inline = "".join(f"--part {name}\n{snippet}\n" for name, snippet in parts.items())
    command = ("-q", "compile", "--inline", inline)
    output = project.dbt(*command, parse=False, **variables).check().output
    found = re.split(r"--part (\w+)\n", output)
    return dict(zip(found[1::2], found[2::2], strict=True))


class Sql(NamedTuple):
    """SQL, and the warehouse with the functions that it calls."""

    text: str
    warehouse: Path

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own that sees the functions."""
        connection = duckdb.connect()
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{self.warehouse}' (read_only)")
        return connection


def built_functions(project: Project, **variables: Any) -> Path:
    """A copy of the warehouse with all functions, as built with these variables."""
    command = ("build", "--select", "resource_type:function")
    if not any(project.raw.iterdir()):
        project.write_small_shop()
    project.dbt(*command, parse=False, **variables).check()
    folder = project.warehouse.with_name(str(len(list(project.warehouse.parent.iterdir()))))
    folder.mkdir()
    return Path(shutil.copy(project.warehouse, folder))


def column(
    sql: Sql, values: Iterable[Any], type_: pa.DataType | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection with a table `raw_values`: position, value."""
    values = list(values)
    connection = sql.connect()
    table = pa.table({"position": range(len(values)), "value": pa.array(values, type_)})
    connection.register("arrow_values", table)
    connection.execute("create table raw_values as select * from arrow_values")
    return connection


@pytest.fixture(scope="module")
def functions(shared_project: Project) -> dict[str, Sql]:
    calls = {name: f'{{{{ function("{name}") }}}}(value)' for name in FUNCTIONS}
    texts = rendered(shared_project, calls)
    warehouse = built_functions(shared_project)
    return {name: Sql(text, warehouse) for name, text in texts.items()}


def check(sql: Sql, cases: dict[Any, Any], type_: pa.DataType | None = None) -> None:
    """Run one function over all inputs; every one must give what the case says."""
    connection = column(sql, cases, type_)
    rows = connection.execute(f"select {sql.text} from raw_values order by position").fetchall()
    wrong = {
        (given_ if len(str(given_)) < 100 else str(given_)[:100] + "…"): (got, expected)
        for (given_, expected), (got,) in zip(cases.items(), rows, strict=True)
        if got != expected or type(got) is not type(expected)
    }
    assert not wrong, f"(got, expected) by input: {wrong}"


# --- known vectors, the same for Spark ---------------------------------------------------

VECTORS = normaliser_vectors.groups("duckdb")


@pytest.fixture(scope="module")
def vector_sql(shared_project: Project) -> dict[str, Sql]:
    """SQL of each group of vectors by its name, from two dbt commands for each set of variables."""
    found: dict[str, Sql] = {}
    by_variables: dict[str, list[normaliser_vectors.Group]] = {}
    for group in VECTORS:
        by_variables.setdefault(json.dumps(group.variables), []).append(group)
    for variables, groups in by_variables.items():
        parts = {f"p{number}": group.jinja for number, group in enumerate(groups)}
        sql = rendered(shared_project, parts, **json.loads(variables))
        warehouse = built_functions(shared_project, **json.loads(variables))
        found |= {
            group.name: Sql(sql[f"p{number}"], warehouse) for number, group in enumerate(groups)
        }
    return found


@pytest.mark.parametrize("group", VECTORS, ids=lambda group: group.name)
def test_known_vectors(group: normaliser_vectors.Group, vector_sql: dict[str, Sql]) -> None:
    with vector_sql[group.name].connect() as connection:
        connection.execute("set variable one360_salt = ?", [group.salt])
        given = {"position": list(range(len(group.rows)))} | {
            name: pa.array([row[name] for row in group.rows], pa.string()) for name in group.columns
        }
        connection.register("given", pa.table(given))
        connection.execute(f"create table vectors as {group.typed('given')}")
        results = dict(connection.execute(vector_sql[group.name].text).fetchall())
    wrong = group.wrong(results)
    assert not wrong, "\n".join(wrong)


def test_phone_vectors_are_what_the_library_says() -> None:
    for group in VECTORS:
        if "with_phone" not in group.jinja:
            continue
        region = group.variables.get("default_region", "CN")
        for row, expected in zip(group.rows, group.expected, strict=True):
            said = phone(row["raw"], region, LISTED)
            assert expected == said, row


def test_hash_vectors_are_what_sha256_says() -> None:
    for group in VECTORS:
        if 'keyed_hash("raw")' not in group.jinja:
            continue
        for row, expected in zip(group.rows, group.expected, strict=True):
            text = None if row["raw"] is None else f"{group.salt}|{row['raw']}"
            assert expected == (text and hashlib.sha256(text.encode()).hexdigest()[:32]), row


@pytest.mark.parametrize(
    "folder",
    [
        "functions/normalise",
        "functions/phone",
        "functions/identity",
        "macros/normalise",
        "macros/cross_db",
    ],
)
def test_what_both_engines_have_has_vectors(folder: str) -> None:
    called = set(re.findall(r"\w+", " ".join(group.jinja for group in VECTORS)))
    names = {path.stem for path in (ROOT / folder).glob("*.sql")}
    assert names - called == ELSEWHERE[folder]


#: What makes no value of values, and the test that runs each.
ELSEWHERE = {
    "functions/normalise": {
        "is_broken_json", "is_unreadable", "is_years_late",  # test_rejects.py
    },
    "functions/identity": set(),
    "functions/phone": {
        "phone_bare", "phone_coded", "phone_dialled", "phone_given", "phone_if_valid",
        "phone_is_plain", "phone_national", "phone_stripped", "phone_with_code",
        "phone_written",  # of with_phone
    },
    "macros/normalise": {
        "read_source", "deduplicate", "test_account_words", "test_accounts",  # test_rejects.py
        "event_types", "is_rate_of", "known_bots", "order_currency",  # test_rejects.py and unit
        "rates_of_days",  # tests of staging
        "plain_id",  # part of normalise_id
        "phone_plans", "phone_rules", "short_phones",  # data
    },
    "macros/cross_db": {
        "compose_text", "inlined", "is_text", "json_record", "regex_literal", "row_hash",
        "star_except", "whole_row",  # parts of the macros above and of deduplicate()
        "file_row", "spark__load_csv_rows", "stop_build",  # seeds
        "scalar_function_sql", "sql_call",  # parts of functions
        "instant_in_utc", "is_instant",  # parts of raw_column, which has vectors
    },
}  # fmt: skip


# --- ids, codes, names -----------------------------------------------------------------

PLACEHOLDERS = {
    text: None
    for text in ("", " ", "-", "--", "null", "NULL", "None", "N/A", "n/a", "#N/A", "\\N", "无")
} | {"未知": None, " 无 ": None, f"{BIDI}无": None, None: None}


def test_ids(functions: dict[str, Sql]) -> None:
    cases = {
        "M000123": "M000123",
        "  M1\t\n": "M1",
        "\u3000M1\u00a0": "M1",
        f"{BIDI}M1\u200b\ufeff": "M1",
        "oABC_def-0123456": "oABC_def-0123456",
        "会员7": "会员7",
        "nullable": "nullable",
        "a b": "a b",
        "0": "0",
        "x" * LONG: "x" * LONG,
        "😀": "😀",
    }
    check(functions["normalise_id"], cases | PLACEHOLDERS)


def test_numbers_may_be_ids(functions: dict[str, Sql]) -> None:
    check(functions["normalise_id"], {17850: "17850", None: None}, pa.int64())


def test_codes(functions: dict[str, Sql]) -> None:
    cases = {
        "page_viewed": "page_viewed",
        " Page_Viewed ": "page_viewed",
        "SMS": "sms",
        "微信": "微信",
        "X" * LONG: "x" * LONG,
    }
    check(functions["normalise_code"], cases | PLACEHOLDERS)


def test_names(functions: dict[str, Sql]) -> None:
    cases = {
        "王芳": "王芳",
        " 王\u3000 芳 ": "王 芳",
        "Ｊｏｈｎ　Ｓｍｉｔｈ": "John Smith",
        "Anne-Marie  O'Neill": "Anne-Marie O'Neill",
        "Rene\u0301e": "Renée",
        "ﾀﾅｶ ﾊﾅｺ": "タナカ ハナコ",
        "ｶﾞｷﾞ": "ガギ",
        f"{BIDI}שרה{BIDI}": "שרה",
        "小\u200b明": "小明",
        "阿强😀": "阿强😀",
        "👨\u200d👩\u200d👧 一家": "👨\u200d👩\u200d👧 一家",
        "Tab\tand\nline": "Tab and line",
        "王" * LONG: "王" * LONG,
        "Nanette": "Nanette",
        "無": "無",
    }
    check(functions["normalise_name"], cases | PLACEHOLDERS)


def test_free_text(functions: dict[str, Sql]) -> None:
    cases = {" 很好 喝 ": "很好 喝", "": None, "  ": None, "-": "-", "a" * LONG: "a" * LONG}
    check(functions["normalise_text"], cases | {None: None})


def test_cards(functions: dict[str, Sql]) -> None:
    cases = {
        "VC123456789": "VC123456789",
        "vc123456789": "VC123456789",
        "VC 1234 56789": "VC123456789",
        "VC-1234-56789": "VC123456789",
        "VC–1234—56789": "VC123456789",
        "ＶＣ１２３４５６７８９": "VC123456789",
        f"{BIDI}VC1": "VC1",
        "---": None,
        "abc": "ABC",
        "1" * LONG: "1" * LONG,
    }
    check(functions["normalise_card"], cases | PLACEHOLDERS)


def test_genders(functions: dict[str, Sql]) -> None:
    female = ("F", "f", "female", "FEMALE", " 女 ", "女性", "女士", "2", "Ms.", "Mrs")
    male = ("M", "male", "男", "男性", "先生", "1", "Mr")
    unknown = ("0", "", "x", "other", "未知", "保密", "9", "男女", "f" * LONG)
    cases = dict.fromkeys(female, "female") | dict.fromkeys(male, "male")
    check(functions["normalise_gender"], cases | dict.fromkeys(unknown) | {None: None})


# --- e-mail ----------------------------------------------------------------------------


def test_emails(functions: dict[str, Sql]) -> None:
    cases = {
        "mei@example.com": "mei@example.com",
        " MEI@Example.COM ": "mei@example.com",
        "ｍｅｉ＠ｅｘａｍｐｌｅ．ｃｏｍ": "mei@example.com",
        "mailto:mei@example.com": "mei@example.com",
        "<mei@example.com>": "mei@example.com",
        "Mei Li <Mei@example.com>": "mei@example.com",
        '"梅, 李" <mailto:mei@example.com> ': "mei@example.com",
        "李梅<mei@example.com>": "mei@example.com",
        "mei@example.com <bob@example.com>": None,
        "Mei <mei@example.com> <bob@example.com>": None,
        "Mei <梅@example.com>": None,
        "Mei <mei>": None,
        f"{BIDI}mei@example.com": "mei@example.com",
        "m.e.i+shop@gmail.com": "m.e.i+shop@gmail.com",
        "o'neill_7@mail.example.co.uk": "o'neill_7@mail.example.co.uk",
        "test@test.com": "test@test.com",
        "a@xn--fiqs8s.xn--fiqs8s": "a@xn--fiqs8s.xn--fiqs8s",
        "mei@example": None,
        "mei@@example.com": None,
        "mei@.com": None,
        "mei@example..com": None,
        ".mei@example.com": None,
        "mei.@example.com": None,
        "m..ei@example.com": None,
        "mei@-example.com": None,
        "mei@example.com, bob@example.com": None,
        "mei example.com": None,
        "梅@example.com": None,
        "😀@example.com": None,
        "n/a": None,
        "mei@example.c": None,
        "a" * 243 + "@example.com": None,
        "a" * LONG + "@example.com": None,
        "a" * 242 + "@example.com": "a" * 242 + "@example.com",
    }
    check(functions["normalise_email"], cases | PLACEHOLDERS)


# --- times, amounts --------------------------------------------------------------------

MOMENTS = {
    "2026-01-31": datetime(2026, 1, 31),
    "2026/01/31": datetime(2026, 1, 31),
    "2026.01.31": datetime(2026, 1, 31),
    "2026-1-5": datetime(2026, 1, 5),
    "20260131": datetime(2026, 1, 31),
    "20260131235959": datetime(2026, 1, 31, 23, 59, 59),
    "20260131 23:59": datetime(2026, 1, 31, 23, 59),
    "2026-01-31 08:09:10": datetime(2026, 1, 31, 8, 9, 10),
    "2026-01-31T08:09:10": datetime(2026, 1, 31, 8, 9, 10),
    "2026-01-31T08:09:10.25Z": datetime(2026, 1, 31, 8, 9, 10, 250000),
    "2026-01-31 08:09:10 UTC": datetime(2026, 1, 31, 8, 9, 10),
    "2026-01-31T08:09:10+08:00": datetime(2026, 1, 31, 0, 9, 10),
    "2026-01-31 08:09:10 +0800": datetime(2026, 1, 31, 0, 9, 10),
    "2026-01-31 08:09:10-05": datetime(2026, 1, 31, 13, 9, 10),
    "2026/1/31 8:09": datetime(2026, 1, 31, 8, 9),
    "2026年1月31日": datetime(2026, 1, 31),
    "2026年01月31日 08:09": datetime(2026, 1, 31, 8, 9),
    "２０２６－０１－３１": datetime(2026, 1, 31),
    f" {BIDI}2026-01-31 ": datetime(2026, 1, 31),
    "1890-05-05": datetime(1890, 5, 5),
}
NO_MOMENTS = dict.fromkeys(
    (
        "2026-02-30", "2025-13-45", "31/02/2025", "01/02/2026", "0000-00-00", "#N/A", "昨天",
        "infinity", "epoch", "now", "2026", "2026-01", "", "😀", "1" * LONG, "2026-01-31 25:00:00",
    )
)  # fmt: skip


def test_moments_in_text(functions: dict[str, Sql]) -> None:
    check(functions["parse_timestamp_text"], MOMENTS | NO_MOMENTS | {None: None})


def test_dates_in_text(functions: dict[str, Sql]) -> None:
    without_offset = {
        text: moment.date() for text, moment in MOMENTS.items() if not re.search(r"[-+]\d+$", text)
    }
    check(functions["parse_date"], without_offset | NO_MOMENTS | {"2026-01-31": date(2026, 1, 31)})


def test_moments_that_are_typed_already(functions: dict[str, Sql]) -> None:
    moment = datetime(2026, 1, 31, 8, 9, 10, 123456)
    check(functions["parse_timestamp_text"], {moment: moment, None: None}, pa.timestamp("us"))
    check(
        functions["parse_timestamp_text"],
        {date(2026, 1, 31): datetime(2026, 1, 31), None: None},
        pa.date32(),
    )
    check(functions["parse_date"], {moment: date(2026, 1, 31)}, pa.timestamp("us"))


def test_amounts_in_text(functions: dict[str, Sql]) -> None:
    numbers = {
        "12": "12", "12.5": "12.5", "-12.50": "-12.5", "+3": "3", ".5": "0.5", "7.": "7",
        "1,234.50": "1234.5", "12,345,678": "12345678", "¥12.5": "12.5", "￥１２．５": "12.5",
        "-$3": "-3", "$-3": "-3", "RMB 12": "12", "12.5元": "12.5", "12 CNY": "12", "(3.00)": "-3",
        "3.00-": "-3", "1e3": "1000", " 12 ": "12", "1.23456": "1.2346", f"{BIDI}5": "5",
    }  # fmt: skip
    unreadable = dict.fromkeys(
        ("", "1,5", "12,34", "1.2.3", "abc", "NaN", "inf", "--3", "1 2", "无", "😀", "9" * LONG,
         "1e99", "12%", "1_000")
    )  # fmt: skip
    cases = {text: Decimal(number) for text, number in numbers.items()}
    check(functions["parse_money"], cases | unreadable | {None: None})


def test_amounts_that_are_typed_already(functions: dict[str, Sql]) -> None:
    sql = functions["parse_money"]
    check(sql, {12: Decimal(12), None: None}, pa.int64())
    check(sql, {0.1: Decimal("0.1"), 1e300: None, None: None}, pa.float64())
    check(sql, {Decimal("1.2345"): Decimal("1.2345")}, pa.decimal128(18, 4))


def test_whole_numbers(functions: dict[str, Sql]) -> None:
    cases = {"3": 3, "-3": -3, " 3 ": 3, "3.0": 3, "３": 3, "2.5": None, "": None, "x": None}
    check(functions["parse_integer"], cases | {"9" * LONG: None, None: None})
    check(functions["parse_integer"], {3: 3, None: None}, pa.int64())
    check(functions["parse_integer"], {3.0: 3, 2.5: None, None: None}, pa.float64())


def test_flags(functions: dict[str, Sql]) -> None:
    yes = dict.fromkeys(("true", "TRUE", "t", "Y", "yes", "1", " 是 "), True)
    no = dict.fromkeys(("false", "F", "N", "no", "0", "否"), False)
    check(functions["parse_flag"], yes | no | dict.fromkeys(("", "maybe", "2", "y" * LONG, None)))
    check(functions["parse_flag"], {True: True, False: False, None: None}, pa.bool_())


# --- phones ----------------------------------------------------------------------------

#: Regions whose numbers are judged in full, as dbt_project.yml lists them.
LISTED = ("CN", "HK", "MO", "TW", "SG", "JP", "KR", "US", "GB", "AU")
#: National prefixes of some of them, put before numbers of all.
PREFIXES = ("0", "1", "8", "08", "010", "17951", "12593", "180020", "1831", "0003768")

WRITTEN = (
    "13800138000", "+86 138-0013-8000", "008613800138000", "8613800138000", "１３８００１３８０００",  # noqa: E501
    "＋８６１３８００１３８０００", "(0755) 2345 6789", "010-12345678", "400-123-4567", "95588",
    "17951 13800138000", "+86 (0) 138 0013 8000", "+0086 13800138000", "++8613800138000",
    "+852 9123 4567", "+853 6612 3456", "+886 912 345 678", "+65 8123 4567", "+81 90-1234-5678",
    "+82 10-1234-5678", "+1 650 253 0000", "+1-800-FLOWERS", "1-800-FLOWERS", "+44 (0)20 7031 3000",
    "0044 20 7031 3000", "+61 412 345 678", "手机:138 0013 8000（王）", "tel:13800138000",
    "13800138000 ext 12", "13800138000转12", "13800138000#12", "13800138000/13900139000",
    "13800138000;isub=1", f"{BIDI}13800138000{BIDI}", "📱13800138000", "١٣٨٠٠١٣٨٠٠٠",
    "12345", "110", "00000000000", "11111111111", "+", "+86", "0", "", "-", "无", "N/A", "\n",
    "852-94567812", "85294567812", "(853) 6612 3456", "886-912-345-678", "0852 9456 7812",
    "65-91234567", "852-94567812（妈妈）", "13800138000(妈妈)", "13800138000 王先生",
    "13800138000空号",
    "138****1234", "138****12345678", "2125＊＊＊＊550123", "137-0000-0000*",
    "1" * LONG, " " * 300 + "13800138000",
)  # fmt: skip


def number_of(pattern: str, rng: random.Random) -> str:
    """A random string that the pattern of a national number matches."""
    import re._parser as parser

    def some(items: Iterable[Any]) -> Iterator[str]:
        for kind, value in items:
            name = str(kind)
            if name == "LITERAL":
                yield chr(value)
            elif name == "IN":
                yield rng.choice([c for part in value for c in characters(*part)])
            elif name == "SUBPATTERN":
                yield from some(value[3])
            elif name == "BRANCH":
                yield from some(rng.choice(value[1]))
            else:
                assert name == "MAX_REPEAT", name
                for _ in range(rng.randint(value[0], value[1])):
                    yield from some(value[2])

    def characters(kind: Any, value: Any) -> list[str]:
        if str(kind) == "LITERAL":
            return [chr(value)]
        if str(kind) == "RANGE":
            return [chr(code) for code in range(value[0], value[1] + 1)]
        return list("0123456789")

    return "".join(some(parser.parse(pattern)))


@cache
def number_patterns() -> list[tuple[int, str]]:
    """Calling code and pattern of each kind of number of the listed regions and their like."""
    found = []
    for region in LISTED:
        code = phonenumbers.country_code_for_region(region)
        for sharing in _COUNTRY_CODE_TO_REGION_CODE[code]:
            plan = PhoneMetadata.metadata_for_region(sharing)
            for kind in ("general_desc", *phone_rules.NUMBER_TYPES):
                pattern = getattr(getattr(plan, kind), "national_number_pattern", None)
                if pattern:
                    found.append((code, pattern))
    return found


def someones_number(rng: random.Random) -> str:
    """A number that is often valid, with or without codes and prefixes, often spoilt."""
    code, pattern = rng.choice(number_patterns())
    number = number_of(pattern, rng)
    at = rng.randrange(len(number) + 1)
    digit = str(rng.randrange(10))
    number = rng.choice(
        [number] * 4 + [number[:at] + digit + number[at:], number[:at] + number[at + 1 :],
                        number[:at] + digit + number[at + 1 :]]
    )  # fmt: skip
    if rng.random() < 0.3:
        number = rng.choice(PREFIXES) + number
    before = rng.choice(["", "", "", f"+{code}", f"+{code}", f"00{code}", str(code), f"011{code}",
                         f"1795100{code}"])  # fmt: skip
    return as_written(before + number, rng)


def as_written(number: str, rng: random.Random) -> str:
    way = rng.random()
    if way < 0.4:
        return number
    if way < 0.5:
        return number.translate(str.maketrans("0123456789+", "０１２３４５６７８９＋"))
    marks = [" ", "-", ".", "/", "(", ")", "–", "　", "\u00a0", "x", "*", "~", ",", ";", "#", "a"]
    number = "".join(c + (rng.choice(marks) if rng.random() < 0.2 else "") for c in number)
    after = ["", "", "", " ext 12", "x123", "#45", " - 503#", ";ext=7", "转12", ",,88", "(home)"]
    return rng.choice(["", "", "", "Tel: ", "电话", "("]) + number + rng.choice(after)


@pytest.fixture(scope="module", params=["CN", "US", "JP"])
def phones(request: pytest.FixtureRequest, shared_project: Project) -> tuple[str, Sql]:
    """A default region and the SQL that reads numbers as dialled there."""
    snippet = '{{ with_phone("raw_values", "value") }}'
    sql = rendered(shared_project, {"phone": snippet}, default_region=request.param)
    warehouse = built_functions(shared_project, default_region=request.param)
    return request.param, Sql(sql["phone"], warehouse)


def check_phones(phones: tuple[str, Sql], texts: Iterable[str]) -> int:
    """Compare with the library; return how many numbers were valid."""
    region, sql = phones
    codes = {phonenumbers.country_code_for_region(listed) for listed in (*LISTED, region)}
    texts = list(texts)
    rows = column(sql, texts, pa.string()).execute(
        f"select phone from ({sql.text}) as read_numbers order by position"
    )
    wrong, valid = [], 0
    for text, (got,) in zip(texts, rows.fetchall(), strict=True):
        expected = phone(text, region, LISTED)
        judged = got or expected
        # of other countries only the length is looked at
        if judged and phonenumbers.parse(judged).country_code not in codes:
            continue
        valid += expected is not None
        if got != expected:
            wrong.append((text, got, expected))
    assert not wrong, f"{len(wrong)} of {len(texts)} (text, got, expected): {wrong[:20]}"
    return valid


def test_phones_as_people_write_them(phones: tuple[str, Sql]) -> None:
    check_phones(phones, WRITTEN)


def test_thousands_of_random_phones(phones: tuple[str, Sql]) -> None:
    rng = random.Random(360)
    assert check_phones(phones, [someones_number(rng) for _ in range(8000)]) > 500


def test_placeholders_that_are_valid_numbers_stay(phones: tuple[str, Sql]) -> None:
    connection = column(phones[1], ["+8613800138000", "008613800138000"], pa.string())
    rows = connection.execute(f"select phone from ({phones[1].text}) as read_numbers").fetchall()
    assert ("+8613800138000",) in rows


@settings(
    max_examples=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    texts=st.lists(
        st.one_of(
            st.text(alphabet="0123456789+＋０１２３ -–()（）/.x#,;*~aBc转\n", max_size=30),
            st.text(max_size=40),
            st.from_regex(r"(\+|00)?(86|852|1|44|81)?[0-9 -]{5,14}", fullmatch=True),
        ),
        min_size=100,
        max_size=200,
    )
)
def test_any_text_is_read_as_the_library_reads_it(phones: tuple[str, Sql], texts: list[str]):
    check_phones(phones, texts)


#: Of valid numbers at most so many may be taken for what people type to get past a form.
MOST_PLACEHOLDERS = 1 / 5_000


def test_valid_numbers_of_any_country_are_seldom_placeholders(functions: dict[str, Sql]) -> None:
    rng = random.Random(360)
    numbers = set()
    for region in PHONE_REGIONS:
        plan = PhoneMetadata.metadata_for_region(region)
        code = phonenumbers.country_code_for_region(region)
        for kind in ("mobile", "fixed_line"):
            pattern = getattr(getattr(plan, kind), "national_number_pattern", None)
            for _ in range(100 if pattern else 0):
                number = f"+{code}{number_of(pattern, rng)}"
                if phonenumbers.is_valid_number(phonenumbers.parse(number)):
                    numbers.add(number)
    found = {number: placeholders.is_phone(number) for number in sorted(numbers)}
    print(f"{sum(found.values())} of {len(found)} random valid numbers are placeholders")
    assert sum(found.values()) < MOST_PLACEHOLDERS * len(found)
    assert len(found) > 30_000
    check(functions["is_placeholder_phone"], found)


def test_numbers_of_other_countries_need_a_possible_length(phones: tuple[str, Sql]) -> None:
    connection = column(phones[1], ["+49 30 123456", "+49 1", "+999 12345678"], pa.string())
    rows = connection.execute(
        f"select phone from ({phones[1].text}) as read_numbers order by position"
    ).fetchall()
    assert rows == [("+4930123456",), (None,), (None,)]


def test_the_rules_are_those_of_the_installed_library() -> None:
    written = (ROOT / phone_rules.MACRO_PATH).read_text(encoding="utf-8")
    assert written == phone_rules.render(phone_rules.phone_rules()), (
        "run: python -m one360.lookups.phone_rules"
    )


def test_valid_patterns_agree_with_the_library_in_every_country() -> None:
    rng = random.Random(7)
    rules = phone_rules.phone_rules()
    wrong = []
    for code, calling in rules["calling_codes"].items():
        plans = [rules["regions"][region] for region in calling["regions"]]
        union = re.compile("|".join(plan["valid"] for plan in plans) or "(?!)")
        for plan in plans:
            for pattern in (plan["valid"], plan["general"]):
                for _ in range(20):
                    national = number_of(pattern, rng)
                    parsed = phonenumbers.PhoneNumber(
                        country_code=int(code),
                        national_number=int(national),
                        italian_leading_zero=national.startswith("0") or None,
                        number_of_leading_zeros=len(national) - len(national.lstrip("0")) or None,
                    )
                    says = phonenumbers.is_valid_number(parsed)
                    if bool(union.fullmatch(national)) != says:
                        wrong.append((code, national, says))
    assert not wrong, wrong[:20]


def test_the_regions_that_variables_accept_are_those_of_the_library() -> None:
    assert sorted(phonenumbers.SUPPORTED_REGIONS) == PHONE_REGIONS
    assert sorted(phone_rules.phone_rules()["regions"]) == PHONE_REGIONS
