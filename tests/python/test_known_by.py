"""Which raw rows a build of a past date knows: variable known_by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.python.project import Project

pytestmark = pytest.mark.build

#: receipt → when it was sold and loaded, UTC. Days are those of Shanghai, eight hours ahead.
RECEIPTS = {
    "in the first delivery": ("2026-01-03 10:00", "2026-02-01 03:00"),
    "of the last minute of it": ("2026-01-04 10:00", "2026-02-01 15:59"),
    "of a day before, two nights late": ("2026-02-03 10:00", "2026-02-06 20:00"),
    "of the day, in its night": ("2026-02-05 10:00", "2026-02-05 20:00"),
    "of the day, in the last minute of the next": ("2026-02-05 11:00", "2026-02-06 15:59"),
    "of the day, a minute later": ("2026-02-05 12:00", "2026-02-06 16:00"),
    "without a time of loading": ("2026-02-05 13:00", None),
}
LATE = {"of a day before, two nights late", "of the day, a minute later"}


@pytest.fixture(scope="module")
def till(shared_project: Project) -> Project:
    shared_project.write(
        "pos.receipts",
        [
            {"receipt_id": name, "sold_at": sold_at, "loaded_at": loaded_at}
            for name, (sold_at, loaded_at) in RECEIPTS.items()
        ],
    )
    shared_project.write(
        "pos.receipt_lines", [{"receipt_id": "in the first delivery", "line_no": 1}]
    )
    shared_project.begin()
    return shared_project


@pytest.mark.parametrize(
    ("variables", "unknown"),
    [
        ({}, set()),
        ({"as_of": "2026-02-05"}, LATE),
        # a day is delivered in the night after it, whatever time of it is asked for
        ({"as_of": "2026-02-05 09:00"}, LATE),
        ({"as_of": "2026-02-05", "known_by": "now"}, set()),
        ({"as_of": "2026-02-06"}, set()),
        # a first delivery knows the past, and later ones are not of it
        (
            {"as_of": "2026-01-04"},
            LATE | {name for name in RECEIPTS if name.startswith("of the day")},
        ),
        ({"known_by": "2026-02-06 04:00"}, LATE | {"of the day, in the last minute of the next"}),
        ({"known_by": "2026-02-06"}, LATE),
        (
            {"known_by": "2026-02-01 11:00"},
            set(RECEIPTS) - {"in the first delivery", "without a time of loading"},
        ),
    ],
)
def test_rows_that_had_not_arrived_are_not_read(
    till: Project, variables: dict[str, Any], unknown: set[str]
) -> None:
    """Rows that had not arrived are neither staged nor rejected, and are back in the next run."""
    till.variables = variables
    till.dbt("run", "--select", "stg_pos__receipts").check()
    till.close()
    staged = till.query("select receipt_id, reject_reason from staging.stg_pos__receipts")
    assert {name for name, _ in staged} == set(RECEIPTS) - unknown
    assert {reason for _, reason in staged} == {None}
