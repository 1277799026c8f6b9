"""Variables: defaults are what is listed, each accepts what is listed, refusals say what is."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from typing import Any, get_args

import annotated_types
import pytest
import yaml

from one360.rules.docs import written
from one360.rules.variables import Variables, variable_faults
from tests.python.project import ROOT

LISTED = {
    row["variable"]: {name: json.loads(row[name]) for name in ("default", "accepted", "refused")}
    for row in csv.DictReader(
        (ROOT / "tests/fixtures/settings.csv").read_text(encoding="utf-8").splitlines()
    )
}


def is_same(one: Any, other: Any) -> bool:
    """Equal values of one type: 1 is not true."""
    return json.dumps(one) == json.dumps(other)


def test_defaults_are_those_listed():
    """A default that changes is changed in tests/fixtures/settings.csv too, on purpose."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert project == {name: row["default"] for name, row in LISTED.items()}
    assert [name for name in LISTED if not is_same(project[name], LISTED[name]["default"])] == []


@pytest.mark.parametrize("name", ["docs/variables.md", "docs/rules.md"])
def test_the_tables_of_the_docs_are_those_of_the_classes(name: str):
    path = ROOT / name
    assert path.read_text(encoding="utf-8") == written(ROOT)[path], "run: make rule-docs"


@pytest.mark.parametrize("name", LISTED)
def test_values_at_the_edge_are_accepted_and_beyond_it_refused(name: str):
    row = LISTED[name]
    assert row["accepted"] and row["refused"]
    assert variable_faults({name: row["default"]}) == []
    assert [value for value in row["accepted"] if variable_faults({name: value})] == []
    assert [value for value in row["refused"] if not variable_faults({name: value})] == []


def ranges() -> Iterator[tuple[str, float, float]]:
    """Variable, minimum and maximum of a number or of the numbers of a list."""
    for name, info in Variables.model_fields.items():
        inner = [mark for part in get_args(info.annotation) for mark in _marks(part)]
        marks = [*info.metadata, *inner]
        low = [mark.ge for mark in marks if isinstance(mark, annotated_types.Ge)]
        high = [mark.le for mark in marks if isinstance(mark, annotated_types.Le)]
        if low:
            yield name, low[0], high[0]


def _marks(part: Any) -> list[Any]:
    return [mark for field in getattr(part, "__metadata__", ()) for mark in _metadata(field)]


def _metadata(field: Any) -> list[Any]:
    return getattr(field, "metadata", [])


def test_both_ends_of_every_range_are_tried():
    """Each minimum and maximum is accepted itself, with a refused value on its far side."""
    lacking, tried_names = [], []
    for name, minimum, maximum in ranges():
        values = {
            side: [
                number
                for value in LISTED[name][side]
                for number in (value if isinstance(value, list) else [value])
                if isinstance(number, int | float)
                and not isinstance(number, bool)
                and not math.isnan(number)
            ]
            for side in ("accepted", "refused")
        }
        tried = {
            "minimum": minimum in values["accepted"],
            "maximum": maximum in values["accepted"],
            "below": min(values["refused"]) < minimum,
            "above": max(values["refused"]) > maximum,
        }
        lacking += [(name, side) for side, is_tried in tried.items() if not is_tried]
        tried_names.append(name)
    assert lacking == []
    assert len(tried_names) > 40


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rfm_scoring", "rnk", '"rnk"; did you mean rank? allowed are: quantile, rank, cuts'),
        ("rfm_scoring", "best", '"best"; allowed are: quantile, rank, cuts'),
        ("rfm_clusters", 51, "51; allowed is a whole number from 0 to 50"),
        ("rfm_clusters", "8", '"8"; allowed is a whole number from 0 to 50'),
        ("rfm_clusters", 8.5, "8.5; allowed is a whole number from 0 to 50"),
        ("rfm_clusters", None, "null; allowed is a whole number from 0 to 50"),
        ("nes_sleeping_share", 1.2, "1.2; allowed is a number from 0 to 1"),
        ("nes_sleeping_share", math.nan, "NaN; allowed is a number from 0 to 1"),
        (
            "nes_multiples",
            [1, 3, 2],
            "[1, 3, 2]; allowed are three increasing numbers from 0.1 to 1000",
        ),
        (
            "tag_migration_days",
            [30],
            "[30]; allowed are two increasing whole numbers from 1 to 36500",
        ),
        ("quiet_hours", [21, 25], "[21, 25]; allowed are two numbers from 0 to 24"),
        ("probabilistic_links", "yes", '"yes"; allowed are: true, false'),
        ("as_of", "2026-02-30", '"2026-02-30"; there is no such day or time'),
        (
            "as_of",
            "30.02.2026",
            '"30.02.2026"; allowed is empty (the last business day in the data), YYYY-MM-DD or '
            "YYYY-MM-DD HH:MM[:SS]",
        ),
        (
            "business_timezone",
            "Asia/Shangai",
            '"Asia/Shangai"; allowed is an IANA time zone such as Asia/Shanghai or UTC; '
            "did you mean Asia/Shanghai?",
        ),
        (
            "default_region",
            "cn",
            '"cn"; allowed are ISO 3166 country codes in capitals such as CN; did you mean CN?',
        ),
        (
            "phone_regions",
            ["CN", "XX"],
            '["CN", "XX"]; allowed are ISO 3166 country codes in capitals such as CN',
        ),
        ("raw_tables", "a.b", '"a.b"; allowed is a mapping of raw table to relation'),
        (
            "rfm_segment_map",
            "Averages 8",
            '"Averages 8"; allowed is the name of a map in the seed rfm_segment_maps',
        ),
    ],
)
def test_a_refusal_names_the_variable_its_value_and_what_is_allowed(
    name: str, value: object, message: str
):
    assert variable_faults({name: value}) == [f"variable {name} is {message}"]


def test_a_date_that_yaml_has_read_as_one_is_a_date():
    for text in ("2026-03-31", "2026-03-31 12:50:00"):
        assert variable_faults({"as_of": yaml.safe_load(text)}) == []


def test_an_unknown_variable_is_told_what_is_near():
    assert variable_faults({"rfm_scorin": "rank"}) == [
        "variable rfm_scorin is unknown; did you mean rfm_scoring? docs/variables.md lists all"
    ]
    (far,) = variable_faults({"xyz": 1})
    known = ", ".join(sorted(Variables.model_fields))
    assert far == f"variable xyz is unknown; known are: {known}"
