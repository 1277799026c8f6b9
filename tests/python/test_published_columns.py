"""Nothing is published that tests/fixtures does not list, and nothing listed goes missing.

The lists were written once and are kept by hand: to rename, add, retype or drop a column is to
change what people query, so it is done in two places.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pytest

from one360.paths import dataset_paths
from one360.publish.build import Build
from one360.publish.manifest import Publication, write_manifest
from one360.publish.tables import PUBLISHED_SCHEMAS, PUBLISHED_VIEWS
from tests.python.published import (
    COLUMNS_FILE,
    TABLES_FILE,
    differences,
    differences_of_file,
    of_duckdb,
    published_columns,
    published_keys,
)

HOW = f"if that is meant, edit {COLUMNS_FILE.name} (and {TABLES_FILE.name}) in tests/fixtures"

#: Told of every publication by publish itself, not by a model.
MANIFEST = "main.publication"


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Published table → its model."""
    return {
        f"{node['schema']}.{node['alias']}": node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["schema"] in ("core", "tags", "predictions", "campaigns", "quality")
    }


def without(faults: Iterable[str]) -> None:
    found = sorted(faults)
    assert not found, "\n".join([*found, HOW])


def personal(column: dict[str, Any]) -> str | None:
    """How the YAML says that a column is personal."""
    said = column["config"].get("meta", {}).get("personal")
    return None if said in ("none", "hashed", "hashed_key") else said


def test_readers_get_five_schemas_and_one_view_and_no_personal_column(models: dict[str, Any]):
    assert PUBLISHED_SCHEMAS == ("core", "tags", "predictions", "campaigns", "quality")
    assert PUBLISHED_VIEWS == (("tags", "customer_tag_reasons"),)
    kept_back = {
        f"{table}.{name}"
        for table, node in models.items()
        for name, column in node["columns"].items()
        if personal(column)
    }
    assert kept_back == {
        "core.customers.birth_date", "tags.customer_360.birth_date",
        "quality.rejected_records.raw_record",
    }  # fmt: skip


def test_every_published_table_is_listed_with_its_key_and_columns(models: dict[str, Any]):
    known = {*models, MANIFEST}
    for listed, file in ((published_columns(), COLUMNS_FILE), (published_keys(), TABLES_FILE)):
        without(f"{table} is not listed in {file.name}" for table in known - listed.keys())
        without(f"{table} of {file.name} is no model" for table in listed.keys() - known)


def test_every_model_promises_the_columns_that_are_listed(models: dict[str, Any]):
    faults = []
    for table, node in models.items():
        columns = {
            name: of_duckdb(column["data_type"])
            for name, column in node["columns"].items()
            if not personal(column)
        }
        faults += differences(columns, published_columns().get(table, {}), table)
    without(faults)


def test_every_promise_is_kept_by_a_contract(models: dict[str, Any]):
    # dbt has no contracts for models in Python
    in_python = {table for table, node in models.items() if node["language"] == "python"}
    assert in_python == {"tags.rfm_centroids", "quality.gx_marts_out", "quality.gx_raw_in"}
    without(
        f"{table} has no enforced contract"
        for table, node in models.items()
        if table not in in_python and not node["config"]["contract"]["enforced"]
    )


def test_every_listed_key_is_tested(manifest: dict[str, Any], models: dict[str, Any]):
    tested: dict[str, list[set[str]]] = {table: [] for table in models}
    tables = {node["unique_id"]: table for table, node in models.items()}
    for node in manifest["nodes"].values():
        table = tables.get(node.get("attached_node") or "")
        if table is None or node["resource_type"] != "test":
            continue
        test = node.get("test_metadata") or {}
        if test.get("name") == "key":
            tested[table].append({node["column_name"]})
        elif test.get("name") == "unique_combination":
            tested[table].append(set(test["kwargs"]["columns"]))
    without(
        f"{table}: nothing tests that {' '.join(key)} is its key"
        for table, key in published_keys().items()
        if key and table != MANIFEST and set(key) not in tested[table]
    )
    assert [table for table, key in published_keys().items() if not key] == [
        # a row refused for its missing key may arrive twice
        "quality.rejected_records"
    ]


def test_the_manifest_of_a_publication_has_the_columns_that_are_listed(tmp_path):
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as copied")
        write_manifest(
            connection,
            "copied",
            dataset_paths("demo", tmp_path),
            Build("abc", "2026-03-31T00:00:00Z", frozenset()),
            Publication(tmp_path, "2026-03-31", {"core.customers": 1}, ["tags.a_view"]),
        )
        rows = connection.execute("describe copied.main.publication").fetchall()
    columns = {row[0]: of_duckdb(row[1]) for row in rows}
    without(differences(columns, published_columns()[MANIFEST], MANIFEST))


def test_a_change_of_a_column_is_a_difference():
    listed = {"one_id": "varchar", "amount": "decimal(18,2)"}
    assert differences(dict(listed), listed, "t") == []
    assert differences({"one_id": "varchar"}, listed, "t") == ["t.amount is listed and not there"]
    assert differences({**listed, "age": "integer"}, listed, "t") == ["t.age is not listed"]
    assert differences({**listed, "amount": "double"}, listed, "t") == [
        "t.amount is double and listed as decimal(18,2)"
    ]
    assert differences({"amount": "decimal(18,2)", "one_id": "varchar"}, listed, "t") == [
        "t: its columns are listed in another order"
    ]


def test_a_published_file_is_held_against_the_list(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table, columns in published_columns().items():
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            typed = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
            connection.execute(f"create table {table} ({typed})")
    assert differences_of_file(path) == []
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table tags.tag_nes alter column nes_status type integer")
        connection.execute("create view core.extra as select 1 as one_id")
        connection.execute("drop table tags.rfm_clusters")
    assert differences_of_file(path) == [
        "core.extra is not listed",
        "tags.rfm_clusters is listed and not there",
        "tags.tag_nes.nes_status is integer and listed as varchar",
    ]
