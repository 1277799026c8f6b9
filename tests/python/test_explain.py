"""`one360 identity explain`: the chain between two records, read off the chains to the first."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from one360.errors import UsageError
from one360.identity.explain import explain
from one360.paths import DatasetPaths

#: One customer: m1 first; s1 by its card, c1 and c2 by the phone of s1; c3 by hand to c2.
CHAINS = {
    "m1": [],
    "s1": [("m1", "s1", "card", "12**78", True)],
    "c1": [("m1", "s1", "card", "12**78", True), ("s1", "c1", "phone", "138****01", False)],
    "c2": [("m1", "s1", "card", "12**78", True), ("s1", "c2", "phone", "138****01", False)],
    "c3": [
        ("m1", "s1", "card", "12**78", True),
        ("s1", "c2", "phone", "138****01", False),
        ("c2", "c3", "force_link", None, False),
    ],
    "big1": [("big2", "big1", "phone", "139****02", None)],
    "big2": [("big1", "big2", "phone", "139****02", None)],
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> DatasetPaths:
    paths = DatasetPaths(tmp_path_factory.mktemp("explain"), "shop")
    paths.warehouse.parent.mkdir()
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute(
            """
            create schema identity;
            create schema quality;
            create table identity.int_identity__profiles
                (profile_id varchar, profile_type varchar, natural_key varchar);
            create table identity.int_identity__one_ids (profile_id varchar, one_id varchar);
            create table identity.int_identity__refusals (
                profile_id varchar, linked_profile_id varchar, rule varchar,
                refusal_reason varchar, held_masked varchar, other_masked varchar
            );
            create table quality.identity_explanations (
                profile_id varchar, step_number integer, from_profile_id varchar,
                to_profile_id varchar, from_profile_type varchar, to_profile_type varchar,
                rule varchar, identifier_masked varchar, tier integer, trust double,
                is_bridge boolean, is_whole_chain boolean
            );
            insert into identity.int_identity__refusals
            values ('m1', 'x1', 'phone', 'two memberships', 'M**1', null)
            """
        )
        for profile_id in (*CHAINS, "x1"):
            customer = {"x": "B", "b": "C"}.get(profile_id[0], "A")
            connection.execute(
                "insert into identity.int_identity__profiles values (?, 'kind', ?)",
                [profile_id, f"K{profile_id}"],
            )
            connection.execute(
                "insert into identity.int_identity__one_ids values (?, ?)", [profile_id, customer]
            )
        for profile_id, steps in CHAINS.items():
            for number, (one, other, rule, value, is_bridge) in enumerate(steps, start=1):
                connection.execute(
                    "insert into quality.identity_explanations"
                    " values (?, ?, ?, ?, 'kind', 'kind', ?, ?, 2, 0.9, ?, ?)",
                    [profile_id, number, one, other, rule, value, is_bridge, is_bridge is not None],
                )
    return paths


def ways(lines: list[str]) -> list[str]:
    """Each step as `from to rule`."""
    words = [line.split() for line in lines[1:]]
    return [f"{each[2]} {each[5]} {each[7]}" for each in words]


@pytest.mark.parametrize(
    ("record", "other", "expected"),
    [
        ("c3", None, ["m1 s1 card", "s1 c2 phone", "c2 c3 force_link"]),
        ("kind Kc1", None, ["m1 s1 card", "s1 c1 phone"]),
        ("c1", "m1", ["c1 s1 phone", "s1 m1 card"]),
        # both carry the phone, and s1 is no part of the way
        ("c1", "c2", ["c1 c2 phone"]),
        ("c1", "c3", ["c1 c2 phone", "c2 c3 force_link"]),
        ("c3", "c1", ["c3 c2 force_link", "c2 c1 phone"]),
        ("c2", "c3", ["c2 c3 force_link"]),
    ],
)
def test_the_chain_between_two_records(
    shop: DatasetPaths, record: str, other: str | None, expected: list[str]
) -> None:
    lines = explain(shop, record, other)
    assert lines[0] == "customer A: 5 records"
    assert ways(lines) == expected


def test_a_step_names_its_rule_the_masked_value_and_whether_all_hangs_on_it(
    shop: DatasetPaths,
) -> None:
    lines = explain(shop, "c3")
    assert "by card 12**78 (tier 2, trust 0.9)" in lines[1]
    assert lines[1].endswith("holds the customer together")
    assert lines[3].endswith("by force_link decided by hand (tier 2, trust 0.9)")
    assert explain(shop, "m1")[1:] == ["  kind m1 is its first record"]


def test_of_a_large_customer_the_strongest_links_are_shown(shop: DatasetPaths) -> None:
    lines = explain(shop, "big1", "big2")
    assert "too many to walk through" in lines[0]
    assert ways(lines) == ["big2 big1 phone", "big1 big2 phone"]


def test_two_customers_are_told_apart_by_what_was_refused(shop: DatasetPaths) -> None:
    lines = explain(shop, "x1", "c1")
    assert lines == [
        "kind x1 and kind c1 are two customers: B and A",
        "  a link by phone was refused: two memberships (M**1 and -)",
    ]
    assert explain(shop, "x1", "big1")[1:] == ["  no rule offers a link between them"]


def test_what_is_not_there_is_said(shop: DatasetPaths, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no record 'm'; name it by its profile_id"):
        explain(shop, "m")
    with pytest.raises(UsageError, match="build first"):
        explain(DatasetPaths(tmp_path, "shop"), "m1")
    empty = DatasetPaths(tmp_path, "empty")
    empty.warehouse.parent.mkdir()
    duckdb.connect(str(empty.warehouse)).close()
    with pytest.raises(UsageError, match="holds no explanations yet: build first"):
        explain(empty, "m1")
