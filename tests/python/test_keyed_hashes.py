"""Published keys are SHA-256 over the salt and a known text, computed here without the project.

Two shops of one person, one member row, two receipts and a browser, built with two salts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.python.project import Project

SALTS = ("0123456789abcdef-test", "another salt of 32 characters ok")

BUILT = ("customer_profiles", "customer_identifiers", "one_id_ledger")

#: profile_type and natural key of every record there is.
RECORDS = [
    ("crm_member", "m-1"),
    ("pos_shopper", "VC1|+8613900000001"),
    ("pos_shopper", "VC2|"),
    ("web_cookie", "browser-1"),
    ("wechat_user", "shop|oid-1"),
]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def write_shop(project: Project) -> None:
    project.write(
        "crm.members",
        [{"member_id": "m-1", "card_no": "VC1", "mobile": "13900000001", "full_name": "李梅",
          "unionid": "u-1", "joined_at": "2025-01-01 02:00", "updated_at": "2025-01-01 02:00"}],
    )  # fmt: skip
    receipts = [
        {"receipt_id": "r1", "card_no": "VC1", "mobile": "13900000001", "customer_name": "李梅",
         "sold_at": "2026-01-01 02:00", "total_amount": 1},
        {"receipt_id": "r2", "card_no": "VC2", "sold_at": "2026-01-02 02:00", "total_amount": 1},
    ]  # fmt: skip
    project.write("pos.receipts", receipts)
    project.write(
        "pos.receipt_lines",
        [{"receipt_id": r["receipt_id"], "line_no": 1, "net_amount": 1} for r in receipts],
    )
    project.write(
        "web.events",
        [{"event_id": "e1", "anonymous_id": "browser-1", "event": "page_viewed",
          "occurred_at": "2026-01-01 01:00"}],
    )  # fmt: skip
    project.write(
        "wechat.users",
        [{"app_id": "shop", "openid": "oid-1", "unionid": "u-1",
          "subscribed_at": "2025-06-01 00:00", "updated_at": "2025-06-01 00:00"}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Project]]:
    folders = {salt: tmp_path_factory.mktemp("shop") for salt in SALTS}
    projects = {salt: built(folder, salt) for salt, folder in folders.items()}
    yield projects
    for project in projects.values():
        project.close()


def built(folder: Path, salt: str) -> Project:
    project = Project(folder)
    project.environment["ONE360_SALT"] = salt
    write_shop(project)
    models = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    project.dbt("build", *models, "--select", *(f"+{model}" for model in BUILT)).check()
    return project


@pytest.mark.parametrize("salt", SALTS)
def test_profile_ids_and_natural_keys_are_hashed_with_the_salt(
    shops: dict[str, Project], salt: str
) -> None:
    rows = shops[salt].query(
        "select profile_type, profile_id, natural_key_hash from core.customer_profiles"
    )
    assert sorted(rows) == sorted(
        (kind, sha256(f"{salt}|{kind}|{key}"), sha256(f"{salt}|{key}")) for kind, key in RECORDS
    )


@pytest.mark.parametrize("salt", SALTS)
def test_a_one_id_is_that_of_the_first_record_and_its_generation(
    shops: dict[str, Project], salt: str
) -> None:
    """The member came first, then the follower with its unionid and the card at the till."""

    def profile(index: int) -> str:
        return sha256(f"{salt}|{RECORDS[index][0]}|{RECORDS[index][1]}")

    def one_id(index: int) -> str:
        return sha256(f"{salt}|one_id|{profile(index)}|0")

    rows = shops[salt].query("select profile_id, one_id from core.customer_profiles")
    founders = {0: 0, 1: 0, 2: 2, 3: 3, 4: 0}
    assert dict(rows) == {profile(one): one_id(first) for one, first in founders.items()}
    events = shops[salt].query("select ledger_event_id from core.one_id_ledger")
    created = {sha256(f"{salt}|1|created|{one_id(first)}|") for first in founders.values()}
    assert {event for (event,) in events} == created


@pytest.mark.parametrize("salt", SALTS)
def test_identifiers_are_hashed_with_their_type_and_the_salt(
    shops: dict[str, Project], salt: str
) -> None:
    values = [
        "member_id|crm|m-1", "card||VC1", "card||VC2", "phone||+8613900000001", "unionid||u-1",
        "cookie|web|browser-1", "openid|wechat|shop|oid-1",
    ]  # fmt: skip
    rows = shops[salt].query(
        "select distinct identifier_type, identifier_hash from core.customer_identifiers"
    )
    assert sorted(rows) == sorted(
        (value.split("|")[0], sha256(f"{salt}|{value}")) for value in values
    )


def test_two_salts_have_no_hash_in_common(shops: dict[str, Project]) -> None:
    columns = {
        "customer_profiles": ["profile_id", "one_id", "natural_key_hash"],
        "customer_identifiers": ["identifier_hash", "one_id"],
        "one_id_ledger": ["ledger_event_id", "one_id"],
    }
    for table, names in columns.items():
        for name in names:
            one, other = (
                {value for (value,) in shops[salt].query(f"select {name} from core.{table}")}
                for salt in SALTS
            )
            assert one and len(one) == len(other)
            assert not one & other, f"{table}.{name}"


def test_joined_by_is_the_rule_with_the_smaller_priority(shops: dict[str, Project]) -> None:
    """Card (5), phone with name (6) and phone (10) join the receipt, and unionid (2) the member."""
    rows = shops[SALTS[0]].query("select profile_type, joined_by from core.customer_profiles")
    assert sorted(rows) == [
        ("crm_member", "unionid"),
        ("pos_shopper", "alone"),
        ("pos_shopper", "card"),
        ("web_cookie", "alone"),
        ("wechat_user", "unionid"),
    ]
    links = shops[SALTS[0]].query("select distinct rule from identity.int_identity__links")
    assert {rule for (rule,) in links} == {"card", "phone_and_name", "phone", "unionid"}
