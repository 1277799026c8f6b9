"""Every rule that refuses a raw row has a row it refuses and the nearest one that it keeps.

The rows are in tests/fixtures/rejected_rows.toml. The branches are found in the SQL of the
staging models, so that a rule added without rows fails here, and a changed one too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import product

import pytest

from tests.fixtures import rejected_rows
from tests.python.project import ROOT, Project

TABLES = sorted(rejected_rows.declared())


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """All rows through staging, built once."""
    project = Project(tmp_path_factory.mktemp("rejects"))
    rejected_rows.write(project.raw)
    models = ("+path:models/staging", "+rejected_records", "+row_conservation")
    project.begin()
    project.dbt("run", "--select", *models).check()
    yield project
    project.close()


@pytest.mark.parametrize("table", TABLES)
def test_each_row_is_rejected_for_its_reason(staged: Project, table: str) -> None:
    system, name = table.split(".")
    records = staged.query(
        "select natural_key, reason_code, raw_record, rejected_at from quality.rejected_records "
        f"where source_system = '{system}' and source_table = '{name}'"
    )
    wrong = rejected_rows.wrongly_rejected(table, records)
    assert not wrong, "\n".join(wrong)


def columns_of(staged: Project, model: str) -> list[str]:
    """Columns of a staging model but for those that say what became of a row."""
    columns = [name for name, *_ in staged.query(f"describe {model}")]
    return [name for name in columns if name not in rejected_rows.OF_STAGING]


@pytest.mark.parametrize("table", TABLES)
def test_the_row_beside_it_is_kept(staged: Project, table: str) -> None:
    model = f"staging.stg_{table.replace('.', '__')}"
    columns = columns_of(staged, model)
    as_text = ", ".join(f"cast({name} as varchar)" for name in columns)
    kept = [
        dict(zip(columns, row, strict=True))
        for row in staged.query(f"select {as_text} from {model} where {rejected_rows.ACCEPTED}")
    ]
    wrong = rejected_rows.wrongly_staged(table, kept)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", TABLES)
def test_one_row_tells_how_every_column_is_read(staged: Project, table: str) -> None:
    columns = columns_of(staged, f"staging.stg_{table.replace('.', '__')}")
    [row] = [
        each
        for each in rejected_rows.of_table(table)
        if each.branch == "every column is read in its way"
    ]
    assert set(row.staged) == set(columns)
    assert not [name for name, text in row.cells.items() if text is None]


def test_every_row_is_accounted_for(staged: Project) -> None:
    expected = []
    for table in TABLES:
        rows = [row.outcome for row in rejected_rows.of_table(table)]
        counts = [rows.count(outcome) for outcome in ("kept", "rejected", "copies")]
        expected.append((*table.split("."), len(rows), *counts, 0))
    assert staged.query("from quality.row_conservation order by all") == expected


# --- every branch has its rows ------------------------------------------------------------


def alternatives(condition: str) -> Iterator[str]:
    """The parts of a condition that each make it true: a and (b or c) is a and b, a and c."""
    for part in parts(condition, "or"):
        factors = [
            list(alternatives(factor[1:-1])) if factor.startswith("(") else [factor]
            for factor in parts(part, "and")
        ]
        yield from (" and ".join(chosen) for chosen in product(*factors))


def parts(condition: str, word: str) -> Iterator[str]:
    """A condition split at a word, not within brackets."""
    depth, start = 0, 0
    for match in re.finditer(rf"[()]|\b{word}\b", condition):
        if match[0] == word and depth == 0:
            yield condition[start : match.start()].strip()
            start = match.end()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
    yield condition[start:].strip()


def plain(sql: str) -> str:
    """SQL on one line without Jinja's braces, quotes and names of CTEs before columns.

    Of the arguments of a function the first alone, which is what it asks about.
    """
    sql = re.sub(r"\b(?:normalised|plausible|raw_row)\.|'", "", sql)
    sql = re.sub(r"\{\{ function\(\"(\w+)\"\) \}\}\(\s*(\w+)[^()]*\)", r"\1(\2)", sql)
    return re.sub(r"(?<=\() | (?=\))", "", re.sub(r"\s+", " ", sql)).strip()


def branches(sql: str) -> Iterator[str]:
    """The branches of a staging model: reasons and conditions of faults, and of deduplicate()."""
    [case] = re.findall(r"\bcase\b((?:(?!\bcase\b).)*?)\bend as fault\b", sql, re.DOTALL)
    whens = re.findall(r"\bwhen\b(.*?)\bthen\s+'(\w+)'", case, re.DOTALL)
    assert len(whens) == len(re.findall(r"\bthen\b", case)), "a branch is not understood"
    assert not re.search(r"\belse\b", case), "there is a reason for all other rows"
    for condition, reason in whens:
        yield from (f"{reason}: {each}" for each in alternatives(plain(condition)))
    for patterns in re.findall(r"as patterns\s+on(.*?)\n\n\)", sql, re.DOTALL):
        bare = plain(patterns)
        yield from (f"test_account: {each}" for each in alternatives(bare))
    [newest_by] = re.findall(r"deduplicate\(\"\w+\", \"\w+\"(?:, newest_by=\[(.*?)\])?\)", sql)
    for column in re.findall(r"\w+", newest_by):
        yield f"superseded: {column}"
    yield "superseded: loaded_at"
    yield "copy"


def staging_models() -> dict[str, list[str]]:
    """The branches of every staging model by its raw table."""
    found = {}
    for path in sorted((ROOT / "models" / "staging").glob("*/stg_*.sql")):
        table = path.stem.removeprefix("stg_").replace("__", ".")
        found[table] = list(branches(path.read_text(encoding="utf-8")))
    return found


def test_every_staging_model_is_looked_at() -> None:
    assert sorted(staging_models()) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_every_branch_has_a_row_on_either_side(table: str) -> None:
    there: dict[str, set[str]] = {}
    for row in rejected_rows.of_table(table):
        there.setdefault(row.branch, set()).add(row.outcome)
    sides = {"copy": {"kept", "copies"}}
    for branch in staging_models()[table]:
        found = there.get(branch, set())
        needed = sides.get(branch, {"kept", "rejected"})
        assert needed <= found, f"{table} lacks rows of {branch!r}: {sorted(needed - found)}"


@pytest.mark.parametrize("table", TABLES)
def test_no_row_stands_for_a_branch_that_is_gone(table: str) -> None:
    known = set(staging_models()[table])
    reasons = {branch.partition(":")[0] for branch in known}
    rows = {row.branch for row in rejected_rows.of_table(table) if ": " in row.branch}
    gone = {
        branch
        for branch in rows - known
        if branch.partition(":")[0] in reasons and not branch.startswith(OTHERWISE)
    }
    assert not gone


#: Rows for what is not a branch of a base model: the patterns of a seed, the tie of deduplicate().
OTHERWISE = (
    *(f"test_account: {field} like " for field in ("name", "email", "store")),
    "superseded: content",
)


def test_every_pattern_of_a_test_account_has_its_row() -> None:
    path = ROOT / "seeds" / "staging" / "test_account_patterns.csv"
    with path.open(encoding="utf-8", newline="") as file:
        patterns = [f"test_account: {r['field']} like {r['pattern']}" for r in csv.DictReader(file)]
    tables = ("crm.members", "pos.receipts")
    there = {row.branch for table in tables for row in rejected_rows.of_table(table)}
    assert [pattern for pattern in patterns if pattern not in there] == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a is null", ["a is null"]),
        ("a or b", ["a", "b"]),
        ("a > 0 and (b < 0 or c < 0)", ["a > 0 and b < 0", "a > 0 and c < 0"]),
        ("f(a) or f(b) and c", ["f(a)", "f(b) and c"]),
        ("a not in (x, y or z)", ["a not in (x, y or z)"]),
        ("(a or b) and (c or d)", ["a and c", "a and d", "b and c", "b and d"]),
    ],
)
def test_conditions_are_taken_apart(condition: str, expected: list[str]) -> None:
    assert list(alternatives(condition)) == expected
