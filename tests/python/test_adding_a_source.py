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

#: "Write `file`, …:", then a block.
STEP = re.compile(r"Write\s+`(?P<file>[^`]+)`[^:]*:\n\n(?P<block> *```\w+\n.*?\n *```)", re.DOTALL)

CheckIn = tuple[str, str, str, str, str]

FIRST_NIGHT: list[CheckIn] = [
    *((f"c{i}", f"1390000000{i}", "S1", "2026-01-01 10:00:00", "2026-01-02") for i in range(9)),
    ("c0", "13900000000", "S1", "2026-01-01 10:00:00", "2026-01-02"),  # sent twice
    ("", "13900000000", "S1", "2026-01-01 11:00:00", "2026-01-02"),
    ("c20", "13900000001", "S1", "half past ten", "2026-01-02"),
    ("c21", "13900000001", "S1", "2026-01-09 10:00:00", "2026-01-02"),
]
SECOND_NIGHT: list[CheckIn] = [
    ("c0", "13900000000", "S2", "2026-01-01 10:00:00", "2026-01-03"),  # another store now
    ("c20", "13900000001", "S1", "2026-01-01 10:30:00", "2026-01-03"),  # can be read now
    ("c30", "13900000001", "S1", "2026-01-02 10:30:00", "2026-01-03"),
    ("c31", "13900000001", "S1", "", "2026-01-03"),
]


class Night(NamedTuple):
    """What the commands of the page printed, and what the warehouse then held."""

    results: list[Result]
    counts: list[tuple]
    rejects: list[tuple]
    stores: dict[str, str]
    expectations: list[tuple]


def follow(project_dir: Path) -> list[str]:
    """Write every file of the guide; return their names."""
    written = []
    for step in STEP.finditer(GUIDE.read_text(encoding="utf-8")):
        path = project_dir / step["file"]
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block_of(step["block"]), encoding="utf-8")
        written.append(path.name)
    return written


def commands() -> list[list[str]]:
    found = re.search(r"^ *```sh\n(.*?)^ *```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    lines = [shlex.split(line) for line in found[1].splitlines()]
    assert [line[0] for line in lines] == [".venv/bin/dbt", ".venv/bin/dbt"]
    return [line[1:] for line in lines]


def run_night(project: Project, rows: list[CheckIn]) -> Night:
    path = project.raw / "app" / "check_ins.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["check_in_id", "mobile", "store_id", "checked_in_at", "loaded_at"])
        writer.writerows(rows)
    results = [project.cli(*words).check() for words in commands()]
    return Night(
        results,
        project.query(
            """
            select raw_rows, staged_rows, rejected_rows, exact_duplicate_rows, difference
            from quality.row_conservation where source_system = 'app'
            """
        ),
        project.query(
            """
            select natural_key, reason_code, raw_record from quality.rejected_records
            where source_system = 'app' and source_table = 'check_ins' order by all
            """
        ),
        dict(project.query("select check_in_id, store_id from staging.stg_app__check_ins")),
        project.query(
            """
            select expectation, column_name, status from quality.gx_raw_in
            where suite = 'app_check_ins' order by all
            """
        ),
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Night]]:
    folder = tmp_path_factory.mktemp("source")
    project_dir = copy_of_the_project(folder / "project")
    assert follow(project_dir) == [
        "_app__sources.yml", "base_app__check_ins.sql", "stg_app__check_ins.sql",
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
    assert "app" in nights[1].results[1].output
    assert sorted(nights[0].stores) == [f"c{i}" for i in range(9)]
    assert nights[1].stores == {
        **{f"c{i}": "S1" for i in range(1, 9)}, "c0": "S2", "c20": "S1", "c30": "S1", "c31": "S1",
    }  # fmt: skip


def test_rejected_rows_are_kept_with_their_reason(nights: list[Night]) -> None:
    reasons = [[(key, reason) for key, reason, _ in night.rejects] for night in nights]
    first = [("", "missing_key"), ("c20", "unreadable_value"), ("c21", "in_the_future")]
    assert reasons == [first, [first[0], ("c0", "superseded"), *first[1:]]]
    record = json.loads(nights[0].rejects[1][2])
    assert record["checked_in_at"] == "half past ten"


def test_great_expectations_judges_it_by_its_declaration(nights: list[Night]) -> None:
    expected = [
        ("expect_column_values_to_be_between", "checked_in_at", "passed"),
        ("expect_column_values_to_be_between", "loaded_at", "passed"),
        ("expect_column_values_to_be_unique", "check_in_id", "passed"),
        ("expect_column_values_to_match_regex", "mobile", "passed"),
        ("expect_column_values_to_not_be_null", "check_in_id", "passed"),
    ]
    assert [night.expectations for night in nights] == [expected, expected]


def test_the_guide_is_a_page() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= 112
