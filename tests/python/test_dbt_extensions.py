"""Tables, views and data tests in place of those of dbt, and the plugin that dbt starts with."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.exceptions import DbtRuntimeError

from one360.rules.plugin import threads_faults
from one360.runs.plugin import Plugin

from .identity_project import ROOT, IdentityProject
from .project import SALT

pytestmark = pytest.mark.build

TABLE = "{{ config(materialized='replaced_table') }} "
VIEW = "{{ config(materialized='replaced_view') }} "
ONE_ROW = "select cast(1 as integer) as quantity, cast('a' as string) as product"

#: Model → its SQL; the contract promises quantity integer, product string.
CONTRACTED = {
    "as_promised": ONE_ROW,
    "as_promised_view": VIEW + ONE_ROW,
    "as_promised_in_another_order": (
        "select cast('a' as string) as product, cast(1 as integer) as quantity"
    ),
    "of_another_type": ONE_ROW.replace("integer", "bigint"),
    "with_one_column_less": "select cast(1 as integer) as quantity",
    "with_one_column_more": ONE_ROW + ", 2 as price",
}
BROKEN = [name for name in CONTRACTED if not name.startswith("as_promised")]

CONTRACT = """
    config: {contract: {enforced: true}}
    columns:
      - {name: quantity, data_type: integer}
      - {name: product, data_type: string}
"""

#: What ours do not honour, and dbt's own do.
SET = {
    "with_an_index": "indexes=[{'columns': ['quantity']}]",
    "with_a_header": "sql_header='create temp macro twice(x) as 2 * x;'",
    "with_grants": "grants={'select': ['everyone']}",
}
CONSTRAINT = """
  - name: with_a_constraint
    config: {contract: {enforced: true}}
    columns:
      - {name: quantity, data_type: integer, constraints: [{type: not_null}]}
      - {name: product, data_type: string}
"""

#: Quantity must be there, product be a or b.
ROWS = {
    "of_known_values": [(1, "a"), (2, None)],
    "of_odd_values": [(1, "b"), (None, "c"), (3, "c")],
}
VALUES = """
    data_tests:
      - column_values:
          arguments: {not_null: [quantity], accepted: {product: [a, b]}}
          config: {store_failures: true, schema: faults, alias: faults_NAME}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[IdentityProject, str]:
    """A build over tables of before, and what dbt said."""
    project = IdentityProject(
        tmp_path_factory.mktemp("materializations"),
        {
            **{name: sql if "config" in sql else TABLE + sql for name, sql in CONTRACTED.items()},
            **{name: TABLE.replace(")", f", {config})") + ONE_ROW for name, config in SET.items()},
            "with_a_constraint": TABLE + ONE_ROW,
            "of_dbt": "{{ config(materialized='table', sql_header='/* of dbt */') }} " + ONE_ROW,
            "was_a_view": TABLE + ONE_ROW,
            "was_a_table": VIEW + ONE_ROW,
            **{name: TABLE + f"select * from {name}_given" for name in ROWS},
        },
    )
    shutil.copytree(ROOT / "tests" / "generic", project.folder / "tests" / "generic")
    (project.folder / "models" / "_models.yml").write_text(
        "models:\n"
        + CONSTRAINT
        + "".join(f"  - name: {name}{CONTRACT}" for name in CONTRACTED)
        + "".join(f"  - name: {name}{VALUES.replace('NAME', name)}" for name in ROWS)
    )
    for name, rows in ROWS.items():
        project.write(f"{name}_given", "quantity integer, product string", rows)
    for name in (*BROKEN, *SET, "with_a_constraint", "was_a_table"):
        project.write(name, "of_before integer", [(7,)])
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create view was_a_view as select 7 as of_before")
    _, said = project.attempt(["build"])
    return project, said


def test_what_keeps_its_contract_is_built(built: tuple[IdentityProject, str]) -> None:
    project, _ = built
    for name in (
        "as_promised",
        "as_promised_view",
        "as_promised_in_another_order",
        "was_a_view",
        "was_a_table",
    ):
        assert project.query(f"select quantity, product from {name}") == [(1, "a")]
    kinds = project.query("select view_name from duckdb_views() where not internal order by 1")
    assert kinds == [("as_promised_view",), ("was_a_table",)]


@pytest.mark.parametrize("name", [*SET, "with_a_constraint"])
def test_what_is_not_honoured_ends_the_build_of_its_model(
    built: tuple[IdentityProject, str], name: str
) -> None:
    project, said = built
    assert project.query(f"from {name}") == [(7,)]
    what = SET[name].split("=")[0] if name in SET else "constraints of column quantity"
    assert f"materialization replaced_table does not honour {what};" in said


def test_dbts_own_table_is_dbts_own(built: tuple[IdentityProject, str]) -> None:
    project, _ = built
    assert project.query("from of_dbt") == [(1, "a")]


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_its_contract_leaves_the_table_of_before(
    built: tuple[IdentityProject, str], name: str
) -> None:
    project, _ = built
    assert project.query(f"from {name}") == [(7,)]


def test_a_broken_contract_is_told_as_dbt_tells_it(built: tuple[IdentityProject, str]) -> None:
    _, said = built
    assert said.count("This model has an enforced contract that failed") == 3
    for part in ("data type mismatch", "missing in definition", "missing in contract"):
        assert part in said


def test_odd_values_are_told_by_column_and_value(built: tuple[IdentityProject, str]) -> None:
    project, _ = built
    assert project.query("from faults.faults_of_known_values") == []
    assert project.query("from faults.faults_of_odd_values order by fault") == [
        ("product is c", 1),
        ("quantity is missing; product is c", 1),
    ]


# --- what the environment gives ------------------------------------------------------------------


def plugin(monkeypatch: pytest.MonkeyPatch, memory: str, salt: str = SALT) -> Plugin:
    """The plugin of a profile with this limit of memory, as dbt makes it."""
    monkeypatch.setenv("ONE360_SALT", salt)
    credentials = DuckDBCredentials(config_options={"memory_limit": memory})
    return Plugin("one360", {}, credentials=credentials)


@pytest.mark.parametrize(
    ("threads", "is_allowed"),
    [(None, True), ("1", True), ("16", True), ("0", False), ("-1", False), ("1.5", False)],
)
def test_threads_are_a_whole_number_from_1(threads: str | None, is_allowed: bool) -> None:
    said = [] if is_allowed else [f"ONE360_THREADS is {threads}; allowed is a whole number from 1"]
    assert threads_faults(threads) == said


@pytest.mark.parametrize("memory", ["4GB", "4 gib", "0.5GB", "40%", "1500MB"])
def test_a_limit_of_memory_is_taken_as_duckdb_takes_it(
    monkeypatch: pytest.MonkeyPatch, memory: str
) -> None:
    plugin(monkeypatch, memory)
    with duckdb.connect(config={"memory_limit": memory}):
        pass


@pytest.mark.parametrize("memory", ["", "lots", "4", "0GB", "-1GB", "0%", "GB"])
def test_a_limit_of_memory_that_cannot_be_is_told_in_dbts_words(
    monkeypatch: pytest.MonkeyPatch, memory: str
) -> None:
    with pytest.raises(DbtRuntimeError, match=f"ONE360_MEMORY is '{memory}'; allowed is a size"):
        plugin(monkeypatch, memory)


def test_a_salt_too_short_is_told_in_dbts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DbtRuntimeError, match="ONE360_SALT has 5 characters"):
        plugin(monkeypatch, "40%", salt="short")
