"""A newcomer follows the guides to new sources to the letter; their tables work on two nights.

A second CRM (docs/adding_a_source.md), a second marketplace (docs/adding_orders.md) and an app with
events of its own (docs/adding_events.md), all in one project.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from .project import ROOT, Project, Result
from .test_adding_a_tag import block_of, copy_of_the_project

pytestmark = [pytest.mark.build, pytest.mark.nightly]

GUIDES = {
    system: ROOT / "docs" / f"{page}.md"
    for system, page in {
        "club": "adding_a_source", "bazaar": "adding_orders", "app": "adding_events",
    }.items()
}  # fmt: skip

#: The files of each guide; those of one raw table are four at most.
FILES = {
    "club": {
        "members": [
            "_club__sources.yml", "stg_club__members.sql", "_club__models.yml", "input_people.sql",
        ],
    },
    "bazaar": {
        "orders": [
            "_bazaar__sources.yml", "stg_bazaar__orders.sql", "_bazaar__models.yml",
            "input_orders.sql",
        ],
        "lines": [
            "_bazaar__sources.yml", "stg_bazaar__lines.sql", "_bazaar__models.yml",
            "input_order_lines.sql",
        ],
    },
    "app": {
        "actions": [
            "_app__sources.yml", "stg_app__actions.sql", "_app__models.yml", "input_events.sql",
        ],
    },
}  # fmt: skip

#: "Write `file`, …:", then a block of the whole file.
WRITE = re.compile(
    r"Write\s+`(?P<file>[^`]+)`.*?\n\n(?P<block> *```(?:yaml|sql)\n.*?\n *```)", re.DOTALL
)
#: "Add to `file`, after its last select:", then a block.
ADD = re.compile(
    r"Add to\s+`(?P<file>[^`]+)`, after its last select:\n\n(?P<block> *```sql\n.*?\n *```)",
    re.DOTALL,
)

Member = tuple[str, str, str, str, str, str, str]
Lines = list[tuple[object, ...]]

#: m1 and m2 are also numbers of the CRM; m1 is Mei in both.
FIRST_NIGHT: list[Member] = [
    ("m1", "梅", "李", "Tea Ltd", "13800138001", "2026-01-01 10:00:00", "2026-01-02"),
    ("m2", "", "王", "", "13700137009", "2026-01-01 10:00:00", "2026-01-02"),
    *(
        (f"c{i}", "", "", "", f"1360000000{i}", "2026-01-01 10:00:00", "2026-01-02")
        for i in range(7)
    ),
    ("c0", "", "", "", "13600000000", "2026-01-01 10:00:00", "2026-01-02"),  # sent twice
    ("", "", "", "", "13600000000", "2026-01-01 11:00:00", "2026-01-02"),
    ("c20", "", "", "", "13600000001", "half past ten", "2026-01-02"),
    ("c21", "", "", "", "13600000001", "2026-01-09 10:00:00", "2026-01-02"),
]
SECOND_NIGHT: list[Member] = [
    ("c0", "", "", "", "13600000009", "2026-01-01 10:00:00", "2026-01-03"),  # another phone now
    ("c20", "", "", "", "13600000001", "2026-01-01 10:30:00", "2026-01-03"),  # can be read now
    ("c30", "梅", "李", "", "13800138001", "2026-01-02 10:30:00", "2026-01-03"),  # joined twice
    ("c31", "", "", "", "13600000001", "", "2026-01-03"),
]

#: b1 is also a buyer of the other marketplace, and another person; the ends of a phone are nobody.
ORDERS: Lines = [
    ("b-1", "b1", "138****9999", "", "赵**", "done", 0, 12, "2026-02-21 02:00:00", "2026-02-22"),
    ("b-2", "", "13800138001", "", "李梅", "sent", 6, 18, "2026-02-21 03:00:00", "2026-02-22"),
    ("b-3", "b9", "138****9999", "", "", "back", 0, 12, "2026-02-21 04:00:00", "2026-02-22"),
    ("b-4", "b9", "", "", "", "lost", 0, 12, "2026-02-21 05:00:00", "2026-02-22"),
]
LATER_ORDERS: Lines = [
    ("b-5", "b9", "", "", "", "new", 0, 24, "2026-02-23 05:00:00", "2026-02-24"),
    ("b-2", "", "13800138001", "", "李梅", "done", 6, 18, "2026-02-21 03:00:00", "2026-02-24"),
]
#: Of b-4 no order is staged.
ORDER_LINES: Lines = [(f"b-{i}", 1, "p2", 1, 12, 12, "2026-02-22") for i in (1, 2, 3, 4)]
LATER_ORDER_LINES: Lines = [("b-5", 1, "p2", 2, 12, 24, "2026-02-24")]

#: d1 is signed in as w1, Mei's account of the web shop; nobody knows the name of the last action.
ACTIONS: Lines = [
    ("a1", "d1", "w1", "Log In", "", "2026-02-21 02:00:00", "2026-02-22"),
    ("a2", "d1", "", "open item", "p2", "2026-02-21 02:01:00", "2026-02-22"),
    ("a2", "d1", "", "open item", "p2", "2026-02-21 02:01:00", "2026-02-22"),
    ("a3", "d2", "", "put in bag", "p2", "2026-02-21 02:02:00", "2026-02-22"),
    ("a4", "d2", "", "open item", "p2", "soon", "2026-02-22"),
]
LATER_ACTIONS: Lines = [
    ("a5", "d2", "", "shake phone", "", "2026-02-23 02:02:00", "2026-02-24"),
]

HEADERS = {
    "club/members": "member_no given_name family_name company mobile joined_at loaded_at",
    "bazaar/orders": (
        "order_no buyer mobile email receiver state postage total created_at loaded_at"
    ),
    "bazaar/lines": "order_no line_no sku quantity price paid loaded_at",
    "app/actions": "action_id device_no account_no action item_no done_at loaded_at",
}
NIGHTS: list[dict[str, Lines]] = [
    {
        "club/members": [*FIRST_NIGHT],
        "bazaar/orders": ORDERS,
        "bazaar/lines": ORDER_LINES,
        "app/actions": ACTIONS,
    },
    {
        "club/members": [*FIRST_NIGHT, *SECOND_NIGHT],
        "bazaar/orders": ORDERS + LATER_ORDERS,
        "bazaar/lines": ORDER_LINES + LATER_ORDER_LINES,
        "app/actions": ACTIONS + LATER_ACTIONS,
    },
]


class Night(NamedTuple):
    """What the commands of the page printed, and what the warehouse then held."""

    results: list[Result]
    counts: dict[str, tuple]
    rejects: list[tuple]
    customers: dict[str, str]
    expectations: list[tuple]
    orders: list[tuple]
    money: list[tuple]
    events: list[tuple]
    companies: list[tuple]


def follow(guide: str, project_dir: Path) -> list[str]:
    """Write every file of a guide and add what it adds; return the names of all of them."""
    touched = []
    for step in WRITE.finditer(guide):
        path = project_dir / step["file"]
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block_of(step["block"]), encoding="utf-8")
        touched.append(path.name)
    for step in ADD.finditer(guide):
        path = project_dir / step["file"]
        before, end, after = path.read_text(encoding="utf-8").rpartition("\n\n)\n")
        added = "\n\n" + block_of(step["block"]).rstrip("\n")
        path.write_text(before + added + end + after, encoding="utf-8")
        touched.append(path.name)
    return touched


def commands(guide: str) -> list[list[str]]:
    found = re.search(r"^ *```sh\n(.*?)^ *```", guide, re.M | re.S)
    assert found
    lines = [shlex.split(line) for line in found[1].splitlines()]
    assert [line[0] for line in lines] == [".venv/bin/dbt", ".venv/bin/dbt"]
    return [line[1:] for line in lines]


def together(builds: Sequence[list[str]]) -> list[str]:
    """One dbt build of all that several select; they differ in nothing else."""
    selected = [
        words[words.index("--select") + 1 : words.index("--indirect-selection")] for words in builds
    ]
    (others,) = {tuple(words[words.index("--indirect-selection") :]) for words in builds}
    assert {words[:2] == ["build", "--select"] for words in builds} == {True}
    return ["build", "--select", *sorted({name for names in selected for name in names}), *others]


def run_night(project: Project, tables: dict[str, Lines]) -> Night:
    for name, rows in tables.items():
        path = project.raw / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS[name].split())
            writer.writerows(rows)
    built, shown = zip(
        *(commands(page.read_text("utf-8")) for page in GUIDES.values()), strict=True
    )
    # what the pages build, in one run of dbt; what they show, of the first page
    return Night(
        [project.cli(*together(built)).check(), project.cli(*shown[0]).check()],
        {
            f"{system}.{table}": tuple(counts)
            for system, table, *counts in project.query(
                """
                select
                    source_system, source_table,
                    raw_rows, staged_rows, rejected_rows, exact_duplicate_rows, difference
                from quality.row_conservation where source_system in ('club', 'bazaar', 'app')
                """
            )
        },
        project.query(
            """
            select source_system, natural_key, reason_code, raw_record
            from quality.rejected_records
            where source_system in ('club', 'bazaar', 'app') order by all
            """
        ),
        dict(
            project.query(
                """
                select profiles.profile_type || ' ' || profiles.natural_key, bridge.one_id
                from identity.int_identity__profiles as profiles
                inner join core.customer_profiles as bridge using (profile_id)
                """
            )
        ),
        project.query(
            """
            select expectation, column_name, status from quality.gx_raw_in
            where suite = 'club_members' order by all
            """
        ),
        project.query(
            """
            select source_order_id, one_id, is_cancelled, is_reconciled
            from core.orders where source_system = 'bazaar' order by all
            """
        ),
        project.query(
            """
            select sum(net_amount), sum(shipping_amount) from core.orders
            where source_system = 'bazaar'
            """
        ),
        project.query(
            """
            select event_name, event_type, events, is_known from quality.event_counts
            where source_system = 'app' order by all
            """
        ),
        project.query(
            "select one_id, company, company_source from core.customers where company <> ''"
        ),
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Night]]:
    folder = tmp_path_factory.mktemp("source")
    project_dir = copy_of_the_project(folder / "project")
    for system, page in GUIDES.items():
        files = follow(page.read_text(encoding="utf-8"), project_dir)
        assert set(files) == {file for table in FILES[system].values() for file in table}
        assert all(len(table) == 4 for table in FILES[system].values())
    project = Project(folder / "run", project_dir=project_dir)
    project.write_small_shop()
    yield [run_night(project, night) for night in NIGHTS]
    project.close()


def test_every_row_is_counted_on_both_nights(nights: list[Night]) -> None:
    assert [night.counts for night in nights] == [
        {
            "club.members": (13, 9, 3, 1, 0),
            "bazaar.orders": (4, 3, 1, 0, 0),
            "bazaar.lines": (4, 3, 1, 0, 0),
            "app.actions": (5, 3, 1, 1, 0),
        },
        # c20 was read, c0 and b-2 have a newer version, c31 says no time
        {
            "club.members": (17, 12, 4, 1, 0),
            "bazaar.orders": (6, 4, 2, 0, 0),
            "bazaar.lines": (5, 4, 1, 0, 0),
            "app.actions": (6, 4, 1, 1, 0),
        },
    ]
    assert "club" in nights[1].results[1].output


def test_members_of_the_club_become_customers(nights: list[Night]) -> None:
    first, second = (night.customers for night in nights)
    # one phone and one name: Mei is in both schemes
    assert first["club_member m1"] == first["crm_member m1"]
    # one number, another person
    assert first["club_member m2"] != first["crm_member m2"]
    assert second["club_member c30"] == second["crm_member m1"]
    assert {key for key in second if key.startswith("club")} == {
        f"club_member {number}"
        for number in ("m1", "m2", "c20", "c30", "c31", *(f"c{i}" for i in range(7)))
    }
    assert {key: second[key] for key in first} == first


def test_rejected_rows_are_kept_with_their_reason(nights: list[Night]) -> None:
    reasons = [[row[:3] for row in night.rejects] for night in nights]
    others = [
        ("app", "a4", "unreadable_value"),
        ("bazaar", "b-4", "unknown_value"),
        ("bazaar", "b-4|1", "orphan_line"),
    ]
    club = [
        ("club", "", "missing_key"),
        ("club", "c20", "unreadable_value"),
        ("club", "c21", "in_the_future"),
    ]
    assert reasons[0] == [*others, *club]
    newer = [("bazaar", "b-2", "superseded"), ("club", "c0", "superseded")]
    assert reasons[1] == sorted([*others, *club, *newer])
    (record,) = [row[3] for row in nights[0].rejects if row[1] == "c20"]
    assert json.loads(record)["joined_at"] == "half past ten"


def test_buyers_of_two_marketplaces_are_two_people(nights: list[Night]) -> None:
    for night, bought in zip(
        nights, (["b-1", "b-2", "b-3"], ["b-1", "b-2", "b-3", "b-5"]), strict=True
    ):
        customers = night.customers
        # Mei told the CRM her number of the first marketplace; b1 of the bazaar is somebody else
        assert customers["marketplace_buyer b1"] == customers["crm_member m1"]
        assert customers["bazaar_buyer b1"] != customers["marketplace_buyer b1"]
        # the same ends of a phone
        assert customers["bazaar_buyer b1"] != customers["bazaar_buyer b9"]
        # a guest with her phone and name
        assert customers["bazaar_guest +8613800138001|"] == customers["crm_member m1"]
        of_order = {number: one_id for number, one_id, *_ in night.orders}
        assert sorted(of_order) == bought
        assert of_order["b-2"] == customers["crm_member m1"]
        assert of_order["b-3"] == customers["bazaar_buyer b9"]
        assert all(is_reconciled for *_, is_reconciled in night.orders)
    assert [night.money for night in nights] == [[(36, 6)], [(60, 6)]]


def test_an_app_names_events_in_its_own_words(nights: list[Night]) -> None:
    first = [
        ("log in", "signed_in", 1, True),
        ("open item", "product_viewed", 1, True),
        ("put in bag", "product_added", 1, True),
    ]
    assert nights[0].events == first
    # an unknown name is kept, counted and listed
    assert nights[1].events == [*first, ("shake phone", None, 1, False)]
    for night in nights:
        assert night.customers["app_cookie d1"] == night.customers["web_account w1"]
        assert night.customers["app_cookie d2"] != night.customers["web_account w1"]


def test_the_company_of_a_member_is_shown(nights: list[Night]) -> None:
    for night in nights:
        assert night.companies == [(night.customers["crm_member m1"], "Tea Ltd", "club")]


def test_great_expectations_judges_it_by_its_declaration(nights: list[Night]) -> None:
    expected = [
        ("expect_column_values_to_be_between", "joined_at", "passed"),
        ("expect_column_values_to_be_between", "loaded_at", "passed"),
        ("expect_column_values_to_be_unique", "member_no", "passed"),
        ("expect_column_values_to_match_regex", "mobile", "passed"),
        ("expect_column_values_to_not_be_null", "member_no", "passed"),
    ]
    assert [night.expectations for night in nights] == [expected, expected]
