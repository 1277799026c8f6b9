"""A small made-up shop whose rows are of every kind, over two nights.

    nights()[0]["crm.members"]      the rows of night 1, as they are in the files
    write(folder, night=2)          the files of night 2
    python -m tests.python.independent.shop FOLDER --night 2

Some sixty people: `people` says who they are, `sales` what they bought, `market` what they bought
on a marketplace, `contact` what was said to them and what they did on the site, `edges` what
happens on the edges of windows and links, `habits` what tells a taste, a hunt for prices, a change
of habits, `voices` what people say to each other. Nothing is random.
Night 1 ends on 2026-02-14, night 2 on 2026-02-28; as_of is left empty, so that the date follows
the data.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.python.independent.shop.book import AS_OF, CUT, FIRST_NIGHT, Book
from tests.python.independent.shop.contact import contact
from tests.python.independent.shop.edges import edges
from tests.python.independent.shop.habits import habits
from tests.python.independent.shop.market import market
from tests.python.independent.shop.people import people
from tests.python.independent.shop.sales import sales
from tests.python.independent.shop.voices import voices
from tests.python.project import raw_tables, write_table

__all__ = ["AS_OF", "CUT", "DATASET", "FIRST_NIGHT", "VARIABLES", "nights", "write"]

#: Name of the data set.
DATASET = "test_shop"

#: Variables that differ from their defaults, so that a few dozen people reach every branch.
VARIABLES: dict[str, Any] = {
    "min_group_customers": 4,
    "rfm_clusters": 3,
    "contact_min_contacts": 3,
    "fatigue_window_days": 60,
    "tag_migration_days": [7, 14],
    "tag_psi_days": 14,
    "identity_explained_profiles": 20,
    "prediction_min_customers": 20,
    "allow_missing_columns": True,
    "rule_min_baskets": 2,
    "learnt_tags": {
        "coffee": {"where": "preferred_category = 'coffee'", "leave_out": ["category_coffee"]},
        "till": {"where": "preferred_channel = 'pos'", "leave_out": ["channel_pos"]},
        "woman": {"where": "gender = 'female'", "leave_out": ["gender_"]},
        "asleep": {"where": "nes_status = 'S3'"},
    },
    "rule_min_supports": [0.005, 0.004, 0.004],
}

#: Columns that the files of this shop do not have.
LEFT_OUT = {"web.events": ["referrer"], "pos.receipts": ["till_id", "staff_id"]}

#: Types that a text file keeps.
_NATIVE = {"csv": set(), "jsonl": {"bigint", "boolean"}}

Tables = dict[str, list[dict[str, Any]]]


@cache
def _book() -> Book:
    book = Book()
    for write_rows in (people, sales, contact, edges, habits, market, voices):
        write_rows(book)
    return book


def nights() -> list[Tables]:
    """The raw tables of night 1 and of night 2, every declared column that the files have.

    Cells are as a reader of the file finds them: text in CSV and JSON lines (whole numbers
    and booleans of the latter as such), values of the declared type in Parquet.
    """
    book = _book()
    first, second = {}, {}
    for table, rows in book.rows.items():
        first[table] = [_cells(table, row) for row in rows if _arrived(row)]
        second[table] = [_cells(table, row) for row in rows if id(row) not in book.gone]
    return [first, second]


def write(folder: Path, night: int, *, appends: bool = False) -> None:
    """Write the raw files of a night into a folder, <system>/<table>.<format>.

    Args:
        folder: of the data set.
        night: 1 or 2.
        appends: whether rows of night 1 that went or were written over stay in the files.
    """
    for table, rows in nights()[night - 1].items():
        if appends:
            first = nights()[0][table]
            rows = first + [row for row in rows if row not in first]
        declared = raw_tables()[table]
        system, name = table.split(".")
        write_table(
            folder / system / f"{name}.{declared['format']}",
            table,
            rows,
            types={column: "string" for column in declared["columns"] if _is_text(table, column)},
            drop=LEFT_OUT.get(table, ()),
        )


def _arrived(row: dict[str, Any]) -> bool:
    """Whether a row is there on night 1; one whose loaded_at is no time arrived long ago."""
    loaded_at = row["loaded_at"]
    return not isinstance(loaded_at, dt.datetime) or loaded_at <= CUT


def _is_text(table: str, column: str) -> bool:
    declared = raw_tables()[table]
    return declared["format"] != "parquet" and (
        declared["columns"][column] not in _NATIVE[declared["format"]]
    )


def _cells(table: str, row: dict[str, Any]) -> dict[str, Any]:
    left_out = LEFT_OUT.get(table, ())
    columns = raw_tables()[table]["columns"]
    return {
        column: _cell(row.get(column), raw_tables()[table]["format"], type_)
        for column, type_ in columns.items()
        if column not in left_out
    }


def _cell(value: Any, file_format: str, type_: str) -> Any:
    if value is None or (value == "" and file_format == "csv"):
        # an empty cell of a CSV is NULL
        return None
    if file_format != "parquet" and type_ not in _NATIVE[file_format]:
        return str(value)
    if type_.startswith("decimal"):
        return Decimal(str(value)).quantize(Decimal("0.0001"))
    return value
