"""Who holds a value from when to when, on small worlds: silence, pauses, decisions, caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.python.identity_chain import REVIEW, SALT, Chain, profile_id, seed_rules
from tests.python.independent import keys

PHONE, MAIL = "+8613900000001", "a@shop.cn"


def record(kind: str, key: str, since: str, until: str = "", **columns: str) -> dict[str, Any]:
    return {
        "profile_type": kind,
        "natural_key": key,
        "first_seen_at": f"{since} 00:00:00",
        "last_seen_at": f"{until or since} 00:00:00",
        **columns,
    }


def phone(text: str) -> str:
    return keys.identifier_hash(SALT, "phone", text, "")


SIGNED = {"decided_by": "Li", "decided_at": "2025-12-01", "reason": "she says so"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = Chain(
        tmp_path_factory.mktemp("holders"), dict.fromkeys((*REVIEW, "customer_identifiers"))
    )
    numbers = {
        name: f"+86139{n:08d}"
        for n, name in enumerate(
            ("device", "same_device", "gap", "over", "released", "later", "owner", "many"), start=13
        )
    }
    chain.give(
        0,
        as_of=[{"as_of_at": "2025-12-31 00:00:00"}],
        profiles=[
            # two accounts of one phone, years apart, on browsers of their own
            record("web_account", "d1", "2019-01-01", phone=numbers["device"]),
            record("web_account", "d2", "2024-01-01", phone=numbers["device"]),
            record("web_cookie", "dc1", "2019-01-01"),
            record("web_cookie", "dc2", "2024-01-01"),
            # a new login on the browser of old: a pause
            record("web_account", "s1", "2019-01-01", phone=numbers["same_device"]),
            record("wechat_user", "s2", "2024-01-01", phone=numbers["same_device"], unionid="uS"),
            record("crm_member", "s3", "2024-01-01", unionid="uS"),
            # just as long as a pause may be, and a second more
            record("crm_member", "g1", "2024-01-01", phone=numbers["gap"], name_key="王建军"),
            record("pos_shopper", "g2", "2024-06-29", phone=numbers["gap"], name_key="李秀英"),
            record("crm_member", "o1", "2024-01-01", phone=numbers["over"], name_key="王建军"),
            {**record("pos_shopper", "o2", "2024-06-29", phone=numbers["over"], name_key="李秀英"),
             "first_seen_at": "2024-06-29 00:00:01"},
            # released on 2025-06-01: two records of hers, and a till's of before; his of that day
            record("crm_member", "r1", "2024-01-01", phone=numbers["released"], name_key="王建军"),
            record("web_account", "r2", "2025-05-31", phone=numbers["released"], name_key="王建军"),
            record("pos_shopper", "r3", "2025-05-01", "2025-05-31", phone=numbers["released"]),
            record("wechat_user", "r4", "2025-06-01", phone=numbers["released"]),
            record("pos_shopper", "r5", "2025-05-01", "2025-06-01", phone=numbers["released"]),
            # a release of tomorrow is not known yet
            record("crm_member", "l1", "2024-01-01", phone=numbers["later"]),
            record("wechat_user", "l2", "2024-01-01", phone=numbers["later"]),
            # silences in a row: nobody's number
            *(
                record("pos_shopper", f"m{n}", f"{2015 + n}-01-01", phone=numbers["many"],
                       name_key=f"名字{'甲乙丙丁戊'[n]}")
                for n in range(5)
            ),
            # an assistant's address on seven phones without a name
            *(
                record("web_guest", f"c{n}", f"2024-0{n + 1}-01", phone=f"+861380000{n}0{n}7",
                       email=MAIL)
                for n in range(7)
            ),
        ],
        logins=[
            {"anonymous_id": cookie, "user_id": user, "first_seen_at": f"{at} 00:00:00",
             "last_seen_at": f"{at} 00:00:00"}
            for cookie, user, at in [("dc1", "d1", "2019-01-01"), ("dc2", "d2", "2024-01-01")]
        ],
        unbind=[
            {"profile_id": profile_id("crm_member", "r1"), "released_date": "2025-06-01",
             "identifier_hash": phone(numbers["released"]), **SIGNED},
            {"profile_id": profile_id("crm_member", "l1"), "released_date": "2026-01-01",
             "identifier_hash": phone(numbers["later"]), **SIGNED},
        ],
        identifier_types=seed_rules(),
    )  # fmt: skip
    chain.write_steps()
    chain.run(["run"])
    yield chain


def customers(chain: Chain, letter: str) -> set[frozenset[str]]:
    return {
        frozenset(keys)
        for (keys,) in chain.query(
            "select list(natural_key) from int_identity__one_ids"
            " inner join int_identity__profiles using (profile_id)"
            f" where regexp_matches(natural_key, '^{letter}[0-9]$') group by one_id"
        )
    }


def reasons(chain: Chain, letter: str) -> list[tuple[Any, ...]]:
    return chain.query(
        "select natural_key, holder_number, change_reason, is_current"
        " from int_identity__holder_periods inner join int_identity__profiles using (profile_id)"
        f" where natural_key like '{letter}_' order by all"
    )


@pytest.mark.parametrize(
    ("letter", "whose"),
    [
        ("d", ["d1", "d2"]),
        ("s", ["s1 s2 s3"]),
        ("g", ["g1", "g2"]),
        ("o", ["o1", "o2"]),
        ("r", ["r1 r2 r3", "r4 r5"]),
        ("l", ["l1 l2"]),
        ("m", ["m0", "m1", "m2", "m3", "m4"]),
        ("c", ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]),
    ],
)
def test_records_are_whose_value_it_was_then(built: Chain, letter: str, whose: list[str]) -> None:
    assert customers(built, letter) == {frozenset(names.split()) for names in whose}


def test_what_shows_another_holder_is_said(built: Chain) -> None:
    assert reasons(built, "d") == [("d1", 1, None, False), ("d2", 2, "another_device", True)]
    assert reasons(built, "s") == [] == reasons(built, "g") == reasons(built, "l")
    assert reasons(built, "o") == [("o1", 1, None, False), ("o2", 2, "another_name", True)]
    assert reasons(built, "m") == [], "of more holders than max_customers"
    assert {row[2:] for row in reasons(built, "r")} == {("released", False), (None, True)}


def test_what_is_cut_is_kept_with_its_reason(built: Chain) -> None:
    rows = built.query(
        "select a.natural_key, b.natural_key, refused_for, refusal_reason"
        " from int_identity__refusals as r"
        " inner join int_identity__profiles as a on a.profile_id = r.profile_id"
        " inner join int_identity__profiles as b on b.profile_id = r.linked_profile_id order by all"
    )
    assert ("d2", "d1", "changed_hands",
            "the value was silent and came back with another device") in rows  # fmt: skip
    assert ("r5", "r1", "released", "the value was released by hand (seed unbind)") in rows
    capped = [row for row in rows if row[2] == "max_per_customer"]
    words = "it would give one customer 7 values of phone (max_per_customer 6)"
    assert len(capped) == 6 and {row[3] for row in capped} == {words}


def test_a_cap_that_bound_is_listed(built: Chain) -> None:
    rows = built.query(
        "select rule, details, measured from identity_review where measure_code = 'values_over_cap'"
    )
    assert rows == [("phone", "max_per_customer is 6", 7.0)]


def test_a_former_holder_has_the_number_until_she_gave_it_up(built: Chain) -> None:
    rows = built.query(
        "select distinct p.natural_key, i.suspect_reason, i.is_current,"
        " cast(i.held_to as varchar) from customer_identifiers as i"
        " inner join int_identity__one_ids as o using (one_id)"
        " inner join int_identity__profiles as p using (profile_id)"
        " where i.identifier_type = 'phone' and p.natural_key in ('o1', 'o2', 'r1', 'r4')"
        " order by all"
    )
    assert rows == [
        ("o1", "changed_hands", False, "2024-01-01 00:00:00"),
        ("o2", None, True, None),
        ("r1", "released", False, "2025-06-01 00:00:00"),
        ("r4", None, True, None),
    ]
