"""Rules and decisions are data: a mistake ends the build with one line that names the row."""

import csv
from pathlib import Path

import pytest

from tests.python.identity_project import ROOT, IdentityProject

RULES = ROOT / "seeds" / "identity" / "identifier_types.csv"

#: What is changed in the seed's row of phone → what the build says.
RULE_FAULTS = {
    "misspelt_type": (
        {"identifier_type": "'phnoe'"},
        "row phnoe: unknown type; known are: member_id",
    ),
    "no_type": ({"identifier_type": "null"}, "row (empty): unknown type"),
    "twice": ({"identifier_type": "'email'"}, "row email: the type stands there twice"),
    "cap": ({"max_customers": "0"}, "row phone: max_customers must be at least 1"),
    "no_cap": ({"max_customers": "null"}, "row phone: max_customers must be at least 1"),
    "window_cap": ({"max_customers_in_window": "0"}, "row phone: max_customers_in_window must be"),
    "records": ({"max_records": "0"}, "row phone: max_records must be at least 1"),
    "half_window": (
        {"window_days": "null"},
        "row phone: window_days and max_customers_in_window go",
    ),
    "normaliser": (
        {"normaliser": "'e164'"},
        "row phone: unknown normaliser e164; known are: as_staged, lower",
    ),
    "trust": ({"trust": "1.5"}, "row phone: trust must lie above 0 and up to 1"),
    "tier": ({"tier": "0"}, "row phone: tier must be a whole number from 1"),
    "priority": ({"priority": "null"}, "row phone: priority must be given and be its own"),
    "on_conflict": ({"on_conflict": "'merge'"}, "row phone: on_conflict must be one of: refuse"),
    "lenient": (
        {"is_exclusive": "true"},
        "row phone: an exclusive type must refuse or ask for the same person",
    ),
}


def rule_rows(changes: dict[str, str]) -> str:
    """The seed as SQL, with the row of phone changed."""
    selects = []
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells = {k: "null" if v == "" else f"'{v}'" for k, v in row.items()}
            if row["identifier_type"] == "phone":
                cells |= changes
            types = {"trust": "double", "priority": "integer", "tier": "integer"}
            types |= dict.fromkeys(["window_days", "max_customers", "max_records"], "integer")
            types |= {"max_customers_in_window": "integer"}
            types |= dict.fromkeys(["is_personal", "proves_person", "is_exclusive"], "boolean")
            selects.append(
                "select "
                + ", ".join(
                    f"cast({v} as {types.get(k, 'varchar')}) as {k}" for k, v in cells.items()
                )
            )
    return " union all ".join(selects)


def test_a_mistake_in_a_rule_ends_the_build_with_one_line_that_names_the_row(
    tmp_path: Path,
) -> None:
    models = {
        f"fault_{name}": f'{{{{ checked_identifier_types("({rule_rows(changes)}) as seed") }}}}'
        for name, (changes, _) in RULE_FAULTS.items()
    }
    models["sound"] = f'{{{{ checked_identifier_types("({rule_rows({})}) as seed") }}}}'
    blocked = (
        "(select 'fone' as identifier_type, 'equals' as match_kind, 'x' as pattern,"
        " 'r' as reason_code)"
    )
    models["fault_blocklist"] = f'{{{{ checked_identifier_blocklist("{blocked}") }}}}'
    project = IdentityProject(
        tmp_path, {name: "{{ config(materialized='table') }}" + sql for name, sql in models.items()}
    )
    succeeded, output = project.attempt(["run"])
    assert not succeeded
    told = {
        line.split("seed ", 1)[1].strip()
        for line in output.splitlines()
        if "seed identifier_" in line
    }
    for name, (_, message) in RULE_FAULTS.items():
        assert any(f"identifier_types, {message}" in line for line in told), (name, told)
    assert any("identifier_blocklist, row fone x: unknown type" in line for line in told)
    assert len(project.query("select * from sound")) == len(rule_rows({}).split("union all"))


def decisions(tmp_path: Path, **seeds: list[tuple]) -> IdentityProject:
    """The decisions alone, over seeds of the given rows."""
    tmp_path.mkdir(parents=True, exist_ok=True)
    signed = "decided_by varchar, decided_at date, reason varchar"
    pair = f"profile_id varchar, other_profile_id varchar, {signed}"
    columns = {"force_link": pair, "never_link": pair, "unmerge": f"profile_id varchar, {signed}"}
    project = IdentityProject(
        tmp_path,
        {
            **{name: f"select * from given_{name}" for name in columns},
            "int_identity__decisions": None,
        },
    )
    for name, definition in columns.items():
        project.write(f"given_{name}", definition, seeds.get(name, []))
    return project


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        (
            {
                "force_link": [("b", "a", "Li", "2026-01-01", "one person")],
                "never_link": [("a", "b", "Wang", "2026-01-02", "twins")],
            },
            "force_link by Li on 2026-01-01 and never_link by Wang on 2026-01-02"
            " contradict each other about a and b",
        ),
        (
            {
                "force_link": [("a", "b", "Li", "2026-01-01", "one person")],
                "unmerge": [("b", "Wang", "2026-01-02", "a shop")],
            },
            "force_link by Li on 2026-01-01 and unmerge by Wang on 2026-01-02"
            " contradict each other about b",
        ),
        (
            {"never_link": [("a", "b", None, "2026-01-02", "twins")]},
            "seed never_link, row a and b: decided_by, decided_at and reason must be given",
        ),
        (
            {"force_link": [("a", "a", "Li", "2026-01-01", "one person")]},
            "seed force_link, row a and a: a profile cannot be paired with itself",
        ),
    ],
)
def test_decisions_that_contradict_or_lack_a_reason_end_the_build(
    tmp_path: Path, seeds: dict[str, list[tuple]], message: str
) -> None:
    succeeded, output = decisions(tmp_path, **seeds).attempt(["run"])
    assert not succeeded
    assert message in output
