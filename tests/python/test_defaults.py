"""Variables: defaults are what is listed and documented, and each accepts what the docs say."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
import yaml

from tests.python.project import ROOT

#: What `accepts` of docs/variables.md calls the kinds of setting_rules.sql.
RANGE = re.compile(r"(?P<low>[\d.]+) to (?P<high>[\d.]+)")
KINDS = {
    "three numbers, ": ("numbers", 3, False, False),
    "three increasing numbers, ": ("numbers", 3, True, False),
    "two increasing whole numbers, ": ("numbers", 2, True, True),
    "two hours, ": ("numbers", 2, False, False),
}

LISTED = {
    row["variable"]: {name: json.loads(row[name]) for name in ("default", "accepted", "refused")}
    for row in csv.DictReader(
        (ROOT / "tests/fixtures/settings.csv").read_text(encoding="utf-8").splitlines()
    )
}


@cache
def documented() -> dict[str, tuple[Any, str]]:
    """Variable → default and what it accepts, from the tables of docs/variables.md."""
    text = (ROOT / "docs/variables.md").read_text(encoding="utf-8").split("## Rules in seeds")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| ", text, re.MULTILINE)
    assert len(rows) == text.count("\n| `")
    return {name: (yaml.safe_load(default), accepts) for name, default, accepts in rows}


def macro(path: str, name: str, **context: Any) -> Callable[..., Any]:
    """A macro of the project as a function, as dbt would call it."""

    class Returned(Exception):
        """Ends a macro with a value."""

    def give(value: Any) -> None:
        raise Returned(value)

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    template = environment.from_string((ROOT / path).read_text(encoding="utf-8"))
    called = getattr(
        template.make_module({"return": give, "fromjson": json.loads, **context}), name
    )

    def call(*arguments: Any) -> Any:
        try:
            called(*arguments)
        except Returned as returned:
            return returned.args[0]
        raise AssertionError(f"{name} returns nothing")

    return call


@cache
def rules() -> dict[str, dict[str, Any]]:
    """What each variable accepts, by macros/config/setting_rules.sql."""
    regions = macro("macros/normalise/phone_rules.sql", "known_phone_regions")
    return macro("macros/config/setting_rules.sql", "setting_rules", known_phone_regions=regions)()


@cache
def fault_of() -> Callable[[Any, dict[str, Any]], str]:
    """What is wrong with a value under a rule, by macros/config/check_settings.sql."""
    modules = SimpleNamespace(re=re)
    return macro("macros/config/check_settings.sql", "setting_fault", modules=modules)


def is_same(one: Any, other: Any) -> bool:
    """Equal values of one type: 1 is not true."""
    return json.dumps(one) == json.dumps(other)


def test_defaults_are_those_listed():
    """A default that changes is changed in tests/fixtures/settings.csv too, on purpose."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert project == {name: row["default"] for name, row in LISTED.items()}
    assert [name for name in LISTED if not is_same(project[name], LISTED[name]["default"])] == []


def test_defaults_are_those_documented():
    found = {name: "" if value == "empty" else value for name, (value, _) in documented().items()}
    assert found == {name: row["default"] for name, row in LISTED.items()}
    assert [name for name in LISTED if not is_same(found[name], LISTED[name]["default"])] == []


def test_every_range_in_the_docs_is_the_one_that_is_checked():
    wrong = []
    for name, (_, accepts) in documented().items():
        rule = rules()[name]
        bounds = RANGE.search(accepts.replace(",", "") if accepts[0].isdigit() else accepts)
        if bounds:
            words = accepts[: bounds.start()]
            kind = KINDS.get(words, (rule["kind"], None, False, False))
            assert words in KINDS or (not words and rule["kind"] in ("integer", "number")), name
            said = (float(bounds["low"]), float(bounds["high"]), *kind)
            checked = (
                float(rule["minimum"]),
                float(rule["maximum"]),
                rule["kind"],
                rule.get("length"),
                rule.get("increasing", False),
                rule.get("whole", False),
            )
        elif rule["kind"] in ("choice", "flag"):
            said = tuple(accepts.split(", "))
            checked = tuple(rule.get("allowed", ("true", "false")))
        else:
            assert rule["kind"] in ("text", "choices", "mapping"), name
            continue
        if said != checked:
            wrong.append((name, said, checked))
    assert wrong == []


@pytest.mark.parametrize("name", LISTED)
def test_values_at_the_edge_are_accepted_and_beyond_it_refused(name: str):
    rule, row = rules()[name], LISTED[name]
    assert row["accepted"] and row["refused"]
    assert fault_of()(row["default"], rule) == ""
    assert [value for value in row["accepted"] if fault_of()(value, rule)] == []
    assert [value for value in row["refused"] if not fault_of()(value, rule)] == []


def test_both_ends_of_every_range_are_tried():
    """Each minimum and maximum is accepted itself, with a refused value on its far side."""
    lacking = []
    for name, rule in rules().items():
        if "minimum" not in rule:
            continue
        values = {
            side: [
                number
                for value in LISTED[name][side]
                for number in (value if isinstance(value, list) else [value])
                if isinstance(number, int | float) and not isinstance(number, bool)
            ]
            for side in ("accepted", "refused")
        }
        tried = {
            "minimum": rule["minimum"] in values["accepted"],
            "maximum": rule["maximum"] in values["accepted"],
            "below": min(values["refused"]) < rule["minimum"],
            "above": max(values["refused"]) > rule["maximum"],
        }
        lacking += [(name, side) for side, is_tried in tried.items() if not is_tried]
    assert lacking == []
