"""The same data give the same customers, whatever the salt and the order of rows and of files.

Ties are planted: values that records of two unionids or memberships share with one that has none,
parts of equal size that want one id, values of equal rank that a golden value is chosen from.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.python.identity_chain import Chain, profile_id
from tests.python.project import UNCHECKED, Project
from tests.python.test_identity_cases import OWN, TABLES

SALTS = ("0123456789abcdef", "another-salt-of-a-shop", "ffffffffffffffffffff")
SHOPS = 60
NOW = datetime(2026, 1, 1)

#: What a build decides, told in natural keys alone.
DECIDED = {
    "customers": """
        select list_sort(list(profile_type || '|' || natural_key))
        from int_identity__one_ids inner join int_identity__profiles using (profile_id)
        group by one_id""",
    "joined_by": """
        select p.profile_type, natural_key, joined_by
        from customer_profiles inner join int_identity__profiles as p using (profile_id)""",
    "suppressed": """
        select identifier_type, identifier_value, holder_number, suppression_reason
        from int_identity__suppressed_identifiers""",
    "refused": """
        select a.natural_key, b.natural_key, r.rule, r.refused_for, r.refusal_reason,
            r.held_masked, r.other_masked
        from int_identity__refusals as r
        inner join int_identity__profiles as a on r.profile_id = a.profile_id
        inner join int_identity__profiles as b on r.linked_profile_id = b.profile_id""",
    "holders": """
        select natural_key, identifier_type, holder_number, change_reason, is_current
        from int_identity__holder_periods inner join int_identity__profiles using (profile_id)""",
    "ids": """
        select p.natural_key, f.natural_key, a.change_reason, a.build_number
        from int_identity__assignments as a
        inner join int_identity__profiles as p on a.profile_id = p.profile_id
        inner join int_identity__profiles as f on a.founder_profile_id = f.profile_id""",
    "order": """
        select natural_key, natural_key_rank
        from int_identity__tie_breaks
        inner join int_identity__one_ids using (one_id)
        inner join int_identity__profiles using (profile_id)""",
}  # fmt: skip

Record = dict[str, Any]


def shop(number: int, rng: random.Random) -> list[Record]:
    """A few records on a few values, of which many hold an exclusive one of their own."""
    phones = [f"+86139{number:04d}{n:04d}" for n in (13, 24, 37)]
    cards, unionids = [f"CA{number}{n}" for n in "XY"], [f"u{number}-{n}" for n in range(3)]
    found = []
    for n in range(rng.randint(4, 9)):
        kind = rng.choice(["crm_member", "pos_shopper", "web_account", "wechat_user"])
        seen = NOW - timedelta(days=rng.choice([1, 1, 1, 200, 900]))
        record = {
            "profile_type": kind,
            "natural_key": f"{rng.choice('abc')}-{number}-{n}",
            "first_seen_at": seen,
            "last_seen_at": seen,
            "phone": rng.choice([*phones, None]),
            "email": rng.choice([f"mail{number}@shop.cn", None, None]),
            "card_no": rng.choice([*cards, None]),
            "name_key": rng.choice([None, None, "王建军", "李秀英"]),
        }
        if kind in ("wechat_user", "crm_member"):
            record["unionid"] = rng.choice([*unionids, None])
        found.append({name: value for name, value in record.items() if value is not None})
    return found


def later(records: list[Record], rng: random.Random) -> list[Record]:
    """The next day: values were taken away, so that customers fall in parts."""
    found = []
    for record in records:
        one = dict(record)
        if rng.random() < 0.5:
            one.pop(rng.choice(["phone", "card_no", "unionid"]), None)
        found.append(one)
    return found


def built(folder: Path, salt: str, order: random.Random) -> dict[str, Counter[Any]]:
    rng = random.Random(8)
    shops = [shop(number, rng) for number in range(SHOPS)]
    steps = [shops, [later(records, rng) for records in shops]]
    chain = Chain(folder, {"int_identity__tie_breaks": None})
    chain.salt = salt
    for step, of_step in enumerate(steps):
        parted = []
        for records in of_step[::5]:
            pair = [profile_id(r["profile_type"], r["natural_key"], salt) for r in records[:2]]
            order.shuffle(pair)
            names = dict(zip(("profile_id", "other_profile_id"), pair, strict=True))
            parted.append(
                {**names, "decided_by": "Li", "decided_at": "2025-01-01", "reason": "two"}
            )
        rows = [record for records in of_step for record in records]
        order.shuffle(rows)
        order.shuffle(parted)
        as_of = [{"as_of_at": NOW + timedelta(days=step)}]
        chain.give(step, as_of=as_of, profiles=rows, never_link=parted)
    chain.write_steps()
    found = {}
    for step in range(2):
        chain.write("clock", "step integer", [(step,)])
        chain.run(["run"])
        for name, sql in DECIDED.items():
            found[f"{name} of day {step}"] = Counter(
                tuple(str(cell) for cell in row) for row in chain.query(sql)
            )
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[Any]]:
    return built(tmp_path_factory.mktemp("first"), SALTS[0], random.Random(1))


def test_there_are_ties_to_break(first: dict[str, Counter[Any]]) -> None:
    assert len(first["refused of day 0"]) > SHOPS / 2
    assert len(first["holders of day 0"]) > 0
    assert len(first["suppressed of day 0"]) > 0
    reasons = {row[2] for row in first["ids of day 1"]}
    assert {"created", "split", "moved"} <= reasons


@pytest.mark.parametrize("salt", SALTS[1:])
def test_another_salt_and_order_of_rows_decide_the_same(
    first: dict[str, Counter[Any]], tmp_path: Path, salt: str
) -> None:
    other = built(tmp_path, salt, random.Random(salt))
    assert {name: first[name] == other[name] for name in first} == dict.fromkeys(first, True)


GOLDEN = """
    select
        profiles.profile_type || '|' || profiles.natural_key, joined_by,
        count(*) over (partition by bridge.one_id), customers.* exclude (one_id)
    from core.customer_profiles as bridge
    inner join identity.int_identity__profiles as profiles using (profile_id)
    inner join core.customers as customers using (one_id)
    order by all
"""


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[list[Project]]:
    found = [Project(tmp_path / name) for name in ("one", "other")]
    yield found
    for project in found:
        project.close()


@pytest.mark.nightly
def test_another_salt_and_order_of_files_make_the_same_customers(
    projects: list[Project],
) -> None:
    tables: dict[str, list[Record]] = {}
    for record in OWN:
        tables.setdefault(record.table, []).append(record.row)
    # the table is what the build reads, whatever file a row lies in
    results = []
    for project, is_turned in zip(projects, (False, True), strict=True):
        project.environment["ONE360_SALT"] = "of-the-other-shop" if is_turned else SALTS[0]
        files = {}
        for table in TABLES:
            rows = tables.get(table, [])
            half = len(rows) // 2
            parts = [rows[half:][::-1], rows[:half][::-1]] if is_turned else [rows]
            system, name = table.split(".")
            for number, part in enumerate(parts):
                project.write(table, part, to=project.raw / system / name / f"{number}.csv",
                              format="csv")  # fmt: skip
            files[table] = str(project.raw / system / name / "*.csv")
        lines = [{"receipt_id": row["receipt_id"], "line_no": 1, "net_amount": 5}
                 for row in tables["pos.receipts"]]  # fmt: skip
        project.write("pos.receipt_lines", lines)
        project.dbt("seed", raw_files=files).check()
        project.dbt("build", "--resource-type", "function", raw_files=files).check()
        project.dbt(
            "run", "--select", "+customers", "+customer_profiles", *UNCHECKED, as_of="2025-12-31",
            raw_files=files,
        ).check()  # fmt: skip
        results.append(project.query(GOLDEN))
    assert len(results[0]) > 100
    assert results[0] == results[1]
