"""A newcomer follows docs/adding_a_source.md to the letter; the new table works on two nights."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .project import ROOT, Project, Result
from .test_adding_a_tag import block_of, copy_of_the_project

pytestmark = pytest.mark.build

GUIDE = ROOT / "docs" / "adding_a_source.md"

#: "Write `file`, …:", then a block of the whole file.
WRITE = re.compile(
    r"Write\s+`(?P<file>[^`]+)`.*?\n\n(?P<block> *```(?:yaml|sql)\n.*?\n *```)", re.DOTALL
)
#: "Add to `file`, after its last select:", then a block.
ADD = re.compile(
    r"Add to\s+`(?P<file>[^`]+)`, after its last select:\n\n(?P<block> *```sql\n.*?\n *```)",
    re.DOTALL,
)

Member = tuple[str, str, str, str, str, str]

#: m1 and m2 are also numbers of the CRM; m1 is Mei in both.
FIRST_NIGHT: list[Member] = [
    ("m1", "梅", "李", "13800138001", "2026-01-01 10:00:00", "2026-01-02"),
    ("m2", "", "王", "13700137009", "2026-01-01 10:00:00", "2026-01-02"),
    *((f"c{i}", "", "", f"1360000000{i}", "2026-01-01 10:00:00", "2026-01-02") for i in range(7)),
    ("c0", "", "", "13600000000", "2026-01-01 10:00:00", "2026-01-02"),  # sent twice
    ("", "", "", "13600000000", "2026-01-01 11:00:00", "2026-01-02"),
    ("c20", "", "", "13600000001", "half past ten", "2026-01-02"),
    ("c21", "", "", "13600000001", "2026-01-09 10:00:00", "2026-01-02"),
]
SECOND_NIGHT: list[Member] = [
    ("c0", "", "", "13600000009", "2026-01-01 10:00:00", "2026-01-03"),  # another phone now
    ("c20", "", "", "13600000001", "2026-01-01 10:30:00", "2026-01-03"),  # can be read now
    ("c30", "梅", "李", "13800138001", "2026-01-02 10:30:00", "2026-01-03"),  # joined twice
    ("c31", "", "", "13600000001", "", "2026-01-03"),
]


class Night(NamedTuple):
    """What the commands of the page printed, and what the warehouse then held."""

    results: list[Result]
    counts: list[tuple]
    rejects: list[tuple]
    customers: dict[str, str]
    expectations: list[tuple]


def follow(project_dir: Path) -> list[str]:
    """Write every file of the guide and add what it adds; return the names of all of them."""
    guide = GUIDE.read_text(encoding="utf-8")
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


def commands() -> list[list[str]]:
    found = re.search(r"^ *```sh\n(.*?)^ *```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    lines = [shlex.split(line) for line in found[1].splitlines()]
    assert [line[0] for line in lines] == [".venv/bin/dbt", ".venv/bin/dbt"]
    return [line[1:] for line in lines]


def run_night(project: Project, rows: list[Member]) -> Night:
    path = project.raw / "club" / "members.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        columns = ("member_no", "given_name", "family_name", "mobile", "joined_at", "loaded_at")
        writer.writerow(columns)
        writer.writerows(rows)
    results = [project.cli(*words).check() for words in commands()]
    return Night(
        results,
        project.query(
            """
            select raw_rows, staged_rows, rejected_rows, exact_duplicate_rows, difference
            from quality.row_conservation where source_system = 'club'
            """
        ),
        project.query(
            """
            select natural_key, reason_code, raw_record from quality.rejected_records
            where source_system = 'club' and source_table = 'members' order by all
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
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Night]]:
    folder = tmp_path_factory.mktemp("source")
    project_dir = copy_of_the_project(folder / "project")
    assert follow(project_dir) == [
        "_club__sources.yml", "stg_club__members.sql", "_club__models.yml", "input_people.sql",
    ]  # fmt: skip
    project = Project(folder / "run", project_dir=project_dir)
    project.write_small_shop()
    yield [run_night(project, FIRST_NIGHT), run_night(project, FIRST_NIGHT + SECOND_NIGHT)]
    project.close()


def test_every_row_is_counted_on_both_nights(nights: list[Night]) -> None:
    assert [night.counts for night in nights] == [
        [(13, 9, 3, 1, 0)],
        # c20 was read, c0 has a newer version, c31 says no time
        [(17, 12, 4, 1, 0)],
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
    reasons = [[(key, reason) for key, reason, _ in night.rejects] for night in nights]
    first = [("", "missing_key"), ("c20", "unreadable_value"), ("c21", "in_the_future")]
    assert reasons == [first, [first[0], ("c0", "superseded"), *first[1:]]]
    record = json.loads(nights[0].rejects[1][2])
    assert record["joined_at"] == "half past ten"


def test_great_expectations_judges_it_by_its_declaration(nights: list[Night]) -> None:
    expected = [
        ("expect_column_values_to_be_between", "joined_at", "passed"),
        ("expect_column_values_to_be_between", "loaded_at", "passed"),
        ("expect_column_values_to_be_unique", "member_no", "passed"),
        ("expect_column_values_to_match_regex", "mobile", "passed"),
        ("expect_column_values_to_not_be_null", "member_no", "passed"),
    ]
    assert [night.expectations for night in nights] == [expected, expected]
