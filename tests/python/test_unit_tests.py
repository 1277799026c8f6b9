"""Every SQL model has a dbt unit test, or a reason why not and a test that covers it."""

from __future__ import annotations

import csv
import re
from typing import Any

import duckdb

from tests.python.project import ROOT, raw_tables

LIST = ROOT / "tests" / "fixtures" / "models_without_unit_tests.csv"


def listed() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sql_models(manifest: dict[str, Any]) -> set[str]:
    return {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["language"] == "sql"
    }


def with_unit_test(manifest: dict[str, Any]) -> set[str]:
    return {test["model"] for test in manifest["unit_tests"].values()}


def test_every_sql_model_has_a_unit_test_or_a_reason(manifest: dict[str, Any]) -> None:
    models, tested = sql_models(manifest), with_unit_test(manifest)
    excused = [row["model"] for row in listed()]
    assert sorted(models - tested - set(excused)) == [], "neither a unit test nor a reason"
    assert sorted(set(excused) & tested) == [], "has a reason, and a unit test all the same"
    assert sorted(set(excused) - models) == [], "has a reason, but is no model"
    assert excused == sorted(set(excused))


def test_every_reason_names_a_test_that_covers_the_model() -> None:
    for row in listed():
        assert len(row["reason"].split()) >= 5, row
        path, _, name = row["covered_by"].partition("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE), row


def test_every_unit_test_says_what_its_fixture_is_for(manifest: dict[str, Any]) -> None:
    tests = manifest["unit_tests"].values()
    assert sorted(test["name"] for test in tests if len(test["description"].split()) < 5) == []
    names = [test["name"] for test in tests]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_rows_of_raw_tables_have_values_of_the_declared_types(manifest: dict[str, Any]) -> None:
    """A table that did not arrive has the declared types, and so has what a unit test gives it."""
    wrong = []
    with duckdb.connect() as connection:
        for test in manifest["unit_tests"].values():
            for given in test["given"]:
                source = re.fullmatch(r"source\('(\w+)', *'(\w+)'\)", given["input"])
                if source is None or not isinstance(given["rows"], list):
                    continue
                columns = raw_tables()[".".join(source.groups())]["columns"]
                for row in given["rows"]:
                    for column, value in row.items():
                        if isinstance(value, str) and not is_of(
                            connection, columns.get(column, "string"), value
                        ):
                            wrong.append((test["name"], column, columns[column], value))
    assert wrong == []


def is_of(connection: duckdb.DuckDBPyConnection, declared: str, value: str) -> bool:
    kind = "varchar" if declared == "string" else declared
    (found,) = connection.execute(f"select try_cast(? as {kind}) is not null", [value]).fetchone()
    return bool(found)
