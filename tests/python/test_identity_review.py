"""Every kind of row in identity_review, and chains in identity_explanations, on small cases."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.python.identity_chain import REVIEW, Chain, profile_id

WHEN = "2025-06-01 00:00:00"
SIGNED = {"decided_by": "Li", "decided_at": "2026-01-02", "reason": "said so"}


def member(key: str, **columns: str) -> dict[str, str]:
    return {"profile_type": "crm_member", "natural_key": key, "first_seen_at": WHEN, **columns}


def shopper(key: str, **columns: str) -> dict[str, str]:
    return {"profile_type": "pos_shopper", "natural_key": key, "first_seen_at": WHEN, **columns}


def of(key: str) -> str:
    return profile_id("crm_member", key)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = Chain(tmp_path_factory.mktemp("review"), dict.fromkeys(REVIEW))
    profiles = [
        # 31 visits of one card
        *(shopper(f"VC1|{n}", card_no="VC1") for n in range(31)),
        # four names and two birth dates that force_link made one
        *(member(f"N{n}", name_key=f"名字{n}", birth_date=f"199{n % 2}-01-01") for n in range(4)),
        # two phones with names, held together by one browser
        member("W1", name_key="李明", phone="+8613100000001", email="w@shop.cn"),
        {"profile_type": "web_account", "natural_key": "W2", "first_seen_at": WHEN},
        {"profile_type": "web_cookie", "natural_key": "W3", "first_seen_at": WHEN,
         "email": "w@shop.cn"},
        # one phone, two memberships, nothing that shows one person
        member("R1", unionid="uA", phone="+8613100000002"),
        member("R2", phone="+8613100000002"),
        # likely one person
        member("G1", name_key="王小芳"), member("G2", name_key="王晓芳"),
        # surely alike, but two memberships
        member("S1", name_key="赵一一"), member("S2", name_key="赵一依"),
    ]  # fmt: skip
    chain.give(
        0,
        as_of=[{"as_of_at": "2026-01-01 00:00:00"}],
        profiles=profiles,
        logins=[{"anonymous_id": "W3", "user_id": "W2", "first_seen_at": WHEN}],
        force_link=[
            {"profile_id": of("N0"), "other_profile_id": other, **SIGNED}
            for other in (of("N1"), of("N2"), of("N3"), "nobody")
        ],
        never_link=[{"profile_id": "gone1", "other_profile_id": "gone2", **SIGNED}],
        unmerge=[{"profile_id": "misspelt", **SIGNED}],
        probabilistic_pairs=[
            {"profile_id": min(of(a), of(b)), "linked_profile_id": max(of(a), of(b)),
             "rule": "probabilistic", "decision": decision, "reason": reason,
             "contributions": json.dumps({"name": {"level": "one slip", "bits": 4.5}}),
             "match_weight": weight, "match_probability": 0.9}
            for a, b, decision, reason, weight in [
                ("G1", "G2", "review", "grey_band", 3.2), ("S1", "S2", "link", "sure", 12.0),
            ]
        ],
    )  # fmt: skip
    chain.write_steps()
    chain.run(["run"])
    yield chain


def customer(chain: Chain, key: str) -> str:
    ((one_id,),) = chain.query(
        "select one_id from int_identity__one_ids inner join int_identity__profiles"
        f" using (profile_id) where natural_key = '{key}'"
    )
    return one_id


def rows(chain: Chain, kind: str, columns: str) -> list[tuple]:
    return chain.query(
        f"select {columns} from identity_review where measure_code = '{kind}' order by all"
    )


@pytest.mark.parametrize(
    ("kind", "key", "measured"),
    [
        ("profiles_per_customer", "VC1|0", 31),
        ("names_per_customer", "N0", 4),
        ("birth_dates_per_customer", "N0", 2),
        ("exclusive_values_per_customer", "N0", 4),
        ("weak_links_of_customer", "W2", 1),
    ],
)
def test_customers_outside_the_normal_range_are_listed(
    built: Chain, kind: str, key: str, measured: float
) -> None:
    assert (customer(built, key), measured) in rows(built, kind, "one_id, measured")


def test_a_refused_link_is_listed_with_both_values_and_the_reason(built: Chain) -> None:
    columns = "rule, one_id, other_one_id, value_masked, other_value_masked, details"
    (row,) = rows(built, "refused_link", columns)
    assert row[0] == "phone"
    assert {row[1], row[2]} == {customer(built, "R1"), customer(built, "R2")}
    assert row[3] == row[4] == "****", "short values show nothing"
    assert row[5] == "it would give one customer two values of member_id"


def test_a_pair_of_the_grey_band_is_listed_with_its_evidence(built: Chain) -> None:
    columns = "one_id, other_one_id, details, match_weight, measured, contributions"
    (row,) = rows(built, "grey_band_pair", columns)
    assert {row[0], row[1]} == {customer(built, "G1"), customer(built, "G2")}
    assert row[2:5] == ("grey_band", 3.2, 0.9)
    assert json.loads(row[5])["name"]["bits"] == 4.5


def test_decisions_that_name_nobody_are_listed(built: Chain) -> None:
    found = rows(built, "unknown_decision", "rule, one_id, measured, details")
    assert [(rule, one_id, measured) for rule, one_id, measured, _ in found] == [
        ("force_link", customer(built, "N0"), 1),
        ("never_link", None, 2),
        ("unmerge", None, 1),
    ]
    assert found[0][3] == (
        "seed force_link of 2026-01-02 by Li names a record that is not there: nobody"
    )


def test_review_rows_have_a_key_and_health_its_ranges(built: Chain) -> None:
    assert built.query("select count(*) - count(distinct review_id) from identity_review") == [(0,)]
    assert dict(built.query("select measure_code, is_normal from identity_health")) == {
        "merged_share": True, "largest_customer": True, "suppressed_share": True,
        "refused_share": False,  # 2 of some 40: in so small a shop that is many
    }  # fmt: skip


def test_a_chain_names_rule_value_and_bridge_of_every_step(built: Chain) -> None:
    found = built.query(
        "select step_number, from_profile_type, to_profile_type, rule, identifier_masked,"
        " trust, is_bridge, step_count from identity_explanations"
        f" where one_id = '{customer(built, 'W2')}'"
        " order by step_count, profile_id, step_number"
    )
    steps = {row[1:7] for row in found}
    assert steps <= {
        ("crm_member", "web_cookie", "email", "w***", 0.9, True),
        ("web_cookie", "crm_member", "email", "w***", 0.9, True),
        ("web_account", "web_cookie", "cookie", "****", 0.8, True),
        ("web_cookie", "web_account", "cookie", "****", 0.8, True),
    }
    assert len(steps) == 2
    assert built.query(
        "select count(*) from identity_explanations where rule = 'force_link'"
        " and identifier_type = 'force_link' and identifier_masked is null and tier = 0"
    ) != [(0,)]
    # a visit more than one away from the first one is explained by the card both carry
    assert built.query(
        "select count(*), max(step_count), bool_or(is_bridge) from identity_explanations"
        " where rule = 'card'"
    ) == [(30, 1, True)]


def test_records_of_one_are_not_explained(built: Chain) -> None:
    alone = customer(built, "G1")
    assert built.query(f"select count(*) from identity_explanations where one_id = '{alone}'") == [
        (0,)
    ]


def test_a_customer_too_large_has_its_links_only(tmp_path: Path) -> None:
    chain = Chain(tmp_path, dict.fromkeys(REVIEW))
    profiles = [shopper(f"VC1|{n:03d}", card_no="VC1", phone=str(n)) for n in range(6)]
    chain.give(0, as_of=[{"as_of_at": "2026-01-01 00:00:00"}], profiles=profiles)
    chain.write_steps()
    chain.run(["run", "--vars", "{identity_explained_profiles: 5}"])
    assert chain.query(
        "select count(*), count(distinct profile_id), count(is_bridge), bool_or(is_whole_chain),"
        " max(profile_count) from identity_explanations"
    ) == [(6, 6, 0, False, 6)]
