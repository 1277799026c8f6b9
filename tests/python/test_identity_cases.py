"""Who is who in small cases that fooled others, decided by the exact rules alone.

The cases of this repository are in tests/fixtures/identity_cases.toml. Those of a file
identity.jsonl in the folder `cases` beside the reference data are built with them if it is there.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.python.identity_chain import profile_id
from tests.python.independent.keys import identifier_hash
from tests.python.project import ROOT, SALT, Project

#: The key of a record of each table, and what a record says that says nothing else.
TABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "crm.members": (
        "member_id", {"joined_at": "2024-01-01 00:00", "updated_at": "2024-01-01 00:00"},
    ),
    "web.accounts": ("user_id", {"registered_at": "2024-01-01 00:00"}),
    "wechat.users": ("openid", {"app_id": "shop", "subscribed_at": "2024-01-01 00:00"}),
    "pos.receipts": ("receipt_id", {"sold_at": "2025-01-01 04:00", "total_amount": 5}),
}  # fmt: skip
#: Cases of identity.jsonl of which the exact rules find no more than they should: likeness would.
NEED_LIKENESS = ("one person, old and new phone", "slip in the name", "nickname of a web shop")


class Given(NamedTuple):
    """One record: its case, its person, its raw table and row."""

    case: str
    person: str
    table: str
    row: dict[str, Any]


def own_records() -> list[Given]:
    path = ROOT / "tests" / "fixtures" / "identity_cases.toml"
    found = []
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        for number, record in enumerate(case["records"]):
            said = dict(record)
            person, table = said.pop("person"), said.pop("table")
            key, usual = TABLES[table]
            row = {**usual, key: f"{case['name']} {number}", **said}
            found.append(Given(case["name"], person, table, row))
    return found


def more_records() -> list[Given]:
    folder = os.environ.get("ONE360_REFERENCE_DATA") or ROOT.parent / "shared" / "data"
    path = (ROOT / folder).parent / "cases" / "identity.jsonl"
    if not path.exists():
        return []
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Given(r["case"], r["person"], r["table"], r["row"]) for r in records]


def own_releases() -> list[tuple[str, str, str]]:
    """Record, value and day of each row of unbind, as seed unbind has them."""
    path = ROOT / "tests" / "fixtures" / "identity_cases.toml"
    found = []
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        for row in case.get("unbind", []):
            table = case["records"][row["record"]]["table"]
            assert table == "crm.members"
            record = profile_id("crm_member", f"{case['name']} {row['record']}", SALT)
            value = identifier_hash(SALT, row["type"], row["value"], "")
            found.append((record, value, row["released_date"]))
    return found


OWN, MORE = own_records(), more_records()


@pytest.fixture(scope="module")
def customers(shared_project: Project) -> Iterator[dict[str, dict[str, set[str]]]]:
    """Case → person → the ids of that person's records."""
    project = shared_project
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in (*OWN, *MORE):
        rows[record.table].append(record.row)
    for table, given in rows.items():
        project.write(table, given)
    lines = [{"receipt_id": row["receipt_id"], "line_no": 1, "net_amount": row["total_amount"]}
             for row in rows["pos.receipts"]]  # fmt: skip
    project.write("pos.receipt_lines", lines)
    project.begin()
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.executemany(
            "insert into seeds.unbind values (?, ?, ?, 'Li', '2025-12-01', 'x')", own_releases()
        )
    project.dbt("run", "--select", "+int_identity__one_ids", "+orders", as_of="2025-12-31").check()
    of_record = dict(
        project.query(
            "select profiles.source_system || '.' || natural_key, one_id"
            " from identity.int_identity__one_ids"
            " inner join identity.int_identity__profiles as profiles using (profile_id)"
        )
    )
    of_order = dict(project.query("select source_order_id, one_id from core.orders"))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for number, record in enumerate((*OWN, *MORE)):
        system = record.table.split(".")[0]
        key = record.row[TABLES[record.table][0]]
        if record.table == "wechat.users":
            key = f"{record.row['app_id']}|{key}"
        is_order = record.table == "pos.receipts"
        one_id = of_order.get(key) if is_order else of_record[f"{system}.{key}"]
        found[record.case][record.person].add(one_id or f"nobody {number}")
    yield found


def wrong(people: dict[str, set[str]]) -> list[str]:
    """What is wrong with a case, in words."""
    together = [
        f"{one} and {other} are one"
        for one, other in combinations(people, 2)
        if people[one] & people[other]
    ]
    return together + [f"{person} is {len(ids)}" for person, ids in people.items() if len(ids) > 1]


@pytest.mark.parametrize("case", dict.fromkeys(record.case for record in OWN))
def test_records_of_one_person_meet_and_of_two_do_not(
    customers: dict[str, dict[str, set[str]]], case: str
) -> None:
    assert wrong(customers[case]) == []


@pytest.mark.parametrize("case", dict.fromkeys(record.case for record in MORE) or [None])
def test_more_cases_beside_the_reference_data(
    customers: dict[str, dict[str, set[str]]], case: str | None
) -> None:
    if case is None:
        pytest.skip("no cases/identity.jsonl beside the reference data")
    found = wrong(customers[case])
    if case.startswith(NEED_LIKENESS):
        found = [words for words in found if words.endswith("are one")]
    assert found == []
