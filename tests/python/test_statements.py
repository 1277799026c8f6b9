"""sqlfluff on the statements that macros ran by themselves: hooks, materializations, packages.

What a macro writes into a model, test or function is linted there (tests/sql_lint.py). The
statements are those of two nights of the shop of every kind of row, so what a build on DuckDB
never runs is not seen: the macros of Spark, and what only `dbt run-operation` calls.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlfluff.core import FluffConfig

from tests.python.every_kind import NIGHTS, EveryKind
from tests.sql_lint import OF_THE_PLACE, ProjectLinter

pytestmark = pytest.mark.build

#: Connections of what is ours: those of models, and that of hooks.
OURS = re.compile(r"model\.one360\.\w+|master")

NO_SQL = {"BEGIN", "COMMIT", "ROLLBACK"}

#: What dbt puts before a statement.
COMMENT = re.compile(r"\A/\*.*?\*/", re.DOTALL)

#: What dbt-duckdb asks by itself.
OF_THE_ADAPTER = re.compile(
    r"duckdb_(databases|indexes|constraints)\(|^\s*select version\(\)|information_schema"
    r"|column_type as data_type|^\s*(copy|describe) ",
    re.IGNORECASE,
)

#: DuckDB reads these, sqlfluff's grammar of it does not.
NOT_UNDERSTOOD = re.compile(r"\(describe |using compression ")

#: Rules that do not hold of a statement on its own.
OF_STATEMENTS = (
    "AL05",  # hash(alias) reads the whole row
    "CV06",  # dbt ends none with a semicolon
)

#: Statements that begin alike differ in names and columns only: so many of them are linted.
OF_A_BEGINNING = 2


def statements(every_kind: EveryKind) -> Iterator[tuple[str, str]]:
    """Node and SQL of what macros ran, without models' own SQL."""
    endings = {
        key: result["compiled_code"].strip()[-120:]
        for night in NIGHTS
        for key, result in every_kind.results(night).items()
        if result.get("compiled_code")
    }
    begun: Counter[str] = Counter()
    for node, text in every_kind.statements:
        sql = COMMENT.sub("", text.strip()).strip()
        if not OURS.fullmatch(node) or sql in NO_SQL:
            continue
        if endings.get(node, "\0") in sql or OF_THE_ADAPTER.search(sql):
            continue
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "", sql)
        beginning = " ".join(bare.split())[:60]
        begun[beginning] += 1
        if begun[beginning] <= OF_A_BEGINNING:
            yield node, sql


def test_statements_of_macros_follow_the_style(every_kind: EveryKind) -> None:
    found = dict.fromkeys(statements(every_kind))
    asked = {sql for _, sql in found}
    # one of each: a hook, a logged table, components, chains
    for part in ("create or replace view", "delete from", "as refused", "as new_rows", "as chain"):
        assert any(part in sql for sql in asked), part
    config = FluffConfig.from_root(overrides={"templater": "raw"})
    linter = ProjectLinter(config)
    faults = [
        f"{node}: {fault.rule_code()} {fault.desc()[:100]} · {sql[:80]!r}"
        for node, sql in found
        if not NOT_UNDERSTOOD.search(sql)
        for fault in linter.lint_string(f"{sql}\n").get_violations()
        if not fault.rule_code().startswith((*OF_THE_PLACE, *OF_STATEMENTS))
    ]
    assert len(found) > 80
    assert not faults, "\n".join(faults)
