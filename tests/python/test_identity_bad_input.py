"""What identity makes of input that is wrong or extreme; docs/identity_bad_input.md tells it.

One raw data set holds all cases, far apart from one another, and one build takes them all.
"""

import time
from collections.abc import Iterator

import pytest

from tests.python.project import UNCHECKED, Project

#: The build of all cases, with room for a slow machine: it takes a quarter of it.
SECONDS = 1200  # what grows with the square of a value takes hours

COOKIES = 10_000
SHARED = 100_000
LONG = "9" * 10_000

#: Two phones that are nobody else's.
SHOP_PHONE = "13900000001"
HOTLINE = "13900000002"

#: Addresses that look like one of somebody else, each on a record of its own.
LOOK_ALIKES = {
    "cyrillic a": "m\u0430ria@shop.cn",
    "greek omicron": "maria@sh\u03bfp.cn",
    "dotless i": "mar\u0131a@shop.cn",
    "dotted capital I": "MAR\u0130A@shop.cn",
    "long s": "maria@\u017fhop.cn",
    "Kelvin sign": "\u212aaren@shop.cn",
    "mathematical m": "\U0001d426aria@shop.cn",
    "ideographic stop": "maria@shop\u3002cn",
    "joiner": "mar\u200dia@shop.cn",
}
#: The same addresses as a form or an export may write them: these are no other addresses.
SAME = {
    "maria@shop.cn": "ＭＡＲＩＡ＠ｓｈｏｐ．ｃｎ",
    "karen@shop.cn": "<KAREN@SHOP.CN>",
    "berta@shop.cn": "ber\u200bta@shop.cn",
    "dora@shop.cn": "\u202edora@shop.cn\u202c",
}
LOOK_ALIKE_CARDS = {
    "plain": "SIK77",
    "cyrillic": "\u0405IK77",
    "long s": "\u017fIK77",
    "dotless i": "S\u0131K77",
    "full width": "ＳＩＫ７７",
    "marks": "\u200fSIK\u200b-77\u200d",
}


def member(member_id: str, **columns: object) -> dict[str, object]:
    return {"member_id": member_id, "joined_at": "2025-01-01 00:00", **columns}


def account(user_id: str, **columns: object) -> dict[str, object]:
    return {"user_id": user_id, "registered_at": "2025-01-01 00:00", **columns}


@pytest.fixture(scope="module")
def built(shared_project: Project) -> Iterator[Project]:
    project = shared_project
    members = [
        # one person for the 10,000 cookies; a shop assistant's number and card
        member("bare"),
        member("dated", birth_date="1990-01-01", full_name="周一", mobile="13700000001",
               updated_at="2025-02-01 00:00"),
        member("dated", birth_date="1991-02-02", full_name="周一", mobile="13700000001",
               updated_at="2025-03-01 00:00"),
        member("tied", birth_date="1990-01-01", updated_at="2025-02-01 00:00"),
        member("tied", birth_date="1991-02-02", updated_at="2025-02-01 00:00"),
        member("twin1", birth_date="1990-01-01", mobile="13700000002"),
        member("twin2", birth_date="1991-02-02", mobile="13700000002"),
        # 10 kB of everything
        *(member(f"{LONG}{n}", card_no=f"A{LONG}", mobile=LONG, email=f"{LONG}@shop.cn",
                 full_name="吴" * 10_000, unionid=f"u{LONG}") for n in (1, 2)),
        # emoji and marks
        member("emoji1", full_name="郑芳😀", mobile="13700000003"),
        member("emoji2", full_name="郑芳❤\ufe0f", mobile="13700000003"),
        member("rtl1", full_name="\u202bשרה כהן\u202c", mobile="\u200f13700000004"),
        member("rtl2", full_name="שרה כהן", mobile="137\u200b00000004"),
        member("unseen1", full_name="\u3164\u3164", mobile="13700000005", birth_date="1990-01-01"),
        member("unseen2", full_name="\u3164\u3164", mobile="13700000005", birth_date="1991-01-01"),
        # one letter of the name is Cyrillic: not the same name, so the phone is a household's
        member("anna1", full_name="Anna Smith", mobile="13700000006"),
        member("anna2", full_name="\u0410nna Smith", mobile="13700000006"),
    ]  # fmt: skip
    emails = {f"like {name}": email for name, email in LOOK_ALIKES.items()}
    for plain, written in SAME.items():
        members.append(member(f"same {plain}", email=written))
        emails[f"same {plain} login"] = plain
    accounts = [account(name, email=email) for name, email in emails.items()]
    accounts += [account("null only"), account("many cookies")]
    events = [
        {"event_id": f"e{n}", "anonymous_id": f"cookie{n}", "user_id": "many cookies",
         "event": "page_viewed", "occurred_at": "2025-06-01 00:00"} for n in range(COOKIES)
    ]  # fmt: skip
    events.append({"event_id": "nobody", "event": "page_viewed", "occurred_at": "2025-06-01 00:00"})
    receipts = (
        [{"receipt_id": f"p{n}", "card_no": f"P{n}", "mobile": SHOP_PHONE} for n in range(SHARED)]
        # the shop's own card, swiped for whoever has none
        + [{"receipt_id": f"c{n}", "card_no": "SHOP1", "mobile": f"138{n:08d}"} for n in range(99)]
        + [{"receipt_id": f"l{name}", "card_no": card} for name, card in LOOK_ALIKE_CARDS.items()]
        + [{"receipt_id": "no one"}]
    )
    receipts = [{"sold_at": "2025-06-01 04:00", "total_amount": 5, **row} for row in receipts]
    lines = [
        {"receipt_id": row["receipt_id"], "line_no": 1, "net_amount": 5, "list_amount": 5,
         "quantity": 1, "loaded_at": "2025-06-01 05:00"} for row in receipts
    ]  # fmt: skip
    # one number on 100,000 records that say nothing else of anybody
    users = [
        {"app_id": "shop", "openid": f"o{n}", "mobile": HOTLINE, "subscribed_at": "2025-01-01"}
        for n in range(SHARED)
    ]
    for table, rows in {
        "crm.members": members, "web.accounts": accounts, "web.events": events,
        "pos.receipts": receipts, "pos.receipt_lines": lines, "wechat.users": users,
    }.items():  # fmt: skip
        project.write(table, rows)
    started = time.monotonic()
    project.begin()
    project.dbt(
        "run", "--select", "+customer_profiles", "+customer_identifiers", "+identity_review",
        "+identity_health", "+rejected_records", *UNCHECKED,
    ).check()  # fmt: skip
    project.seconds = time.monotonic() - started  # type: ignore[attr-defined]
    yield project


def customers(project: Project, where: str) -> dict[str, str]:
    """natural_key → one_id of some profiles."""
    rows = project.query(
        "select natural_key, one_id from identity.int_identity__profiles"
        f" inner join (select profile_id, one_id from core.customer_profiles) using (profile_id)"
        f" where {where}"
    )
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def suppressed_identifiers(project: Project, value: str) -> list[tuple[str, int]]:
    return project.query(
        "select suppression_reason, profile_count"
        " from identity.int_identity__suppressed_identifiers"
        f" where identifier_value = '{value}'"
    )


def reviewed(project: Project, one_id: str) -> dict[str, float]:
    return dict(
        project.query(
            f"select measure_code, measured from quality.identity_review where one_id = '{one_id}'"
        )
    )


def test_all_of_it_takes_reasonable_time(built: Project) -> None:
    assert built.seconds < SECONDS  # type: ignore[attr-defined]
    built.dbt("test", "--select", "assert_no_link_crosses_two_one_ids").check()


def test_a_person_with_10_000_cookies_is_one_customer_to_look_at(built: Project) -> None:
    found = customers(built, "natural_key like 'cookie%' or natural_key = 'many cookies'")
    assert len(found) == COOKIES + 1
    (one_id,) = set(found.values())
    assert reviewed(built, one_id)["profiles_per_customer"] == COOKIES + 1
    assert built.query(
        "select measured, is_normal from quality.identity_health"
        " where measure_code = 'largest_customer'"
    ) == [(COOKIES + 1, False)]


def test_an_identifier_of_100_000_records_joins_nobody(built: Project) -> None:
    assert suppressed_identifiers(built, f"+86{SHOP_PHONE}") == [("over_shared", SHARED)]
    assert suppressed_identifiers(built, f"+86{HOTLINE}") == [("too_many_records", SHARED)]
    # a card that is shown with a phone of somebody else each time is lent; 13800000000 is no phone
    assert suppressed_identifiers(built, "SHOP1") == []
    assert built.query(
        "select lent_reason, count(*) from identity.int_identity__lent_cards group by 1"
    ) == [("too_many_phones", 98)]
    for where, count in {
        f"phone = '+86{SHOP_PHONE}'": SHARED,
        f"phone = '+86{HOTLINE}'": SHARED,
        "card_no = 'SHOP1'": 99,
    }.items():
        assert len(set(customers(built, where).values())) == count
    # what BI sees of it
    suspects = built.query(
        "select suspect_reason, count(*) from core.customer_identifiers"
        " where is_suspect and suspect_reason <> 'too_long' group by 1"
    )
    assert dict(suspects)["over_shared"] == SHARED
    assert dict(suspects)["too_many_records"] == SHARED


def test_a_profile_of_nothing_but_its_key_is_a_customer_of_its_own(built: Project) -> None:
    assert built.query(
        "select natural_key, joined_by from core.customer_profiles"
        " inner join identity.int_identity__profiles using (profile_id)"
        " where natural_key in ('bare', 'null only') order by 1"
    ) == [("bare", "alone"), ("null only", "alone")]
    # neither the receipt nor the event that names nobody became a profile
    assert built.query(
        "select count(*) from identity.int_identity__profiles"
        " where natural_key is null or natural_key in ('|', '')"
    ) == [(0,)]


def test_identifiers_of_10_kilobytes_are_kept_and_join_nobody(built: Project) -> None:
    found = customers(built, "length(natural_key) > 10000 and profile_type = 'crm_member'")
    assert len(set(found.values())) == 2
    assert built.query(
        "select count(*) from identity.int_identity__profiles"
        " where length(natural_key) > 10000 and (phone is not null or email is not null)"
    ) == [(0,)]
    assert dict(
        built.query(
            "select identifier_type, suppression_reason"
            " from identity.int_identity__suppressed_identifiers"
            " where length(identifier_value) > 256"
        )
    ) == {"card": "too_long", "unionid": "too_long"}
    assert built.query(
        "select max(length(profile_id)), max(length(natural_key_hash)) from core.customer_profiles"
    ) == [(32, 32)]
    assert built.query(
        "select max(length(identifier_masked)) < 100 from core.customer_identifiers"
    ) == [(True,)]


def test_emoji_are_no_part_of_a_name(built: Project) -> None:
    found = customers(built, "natural_key in ('emoji1', 'emoji2')")
    assert len(found) == 2 and len(set(found.values())) == 1


def test_marks_of_direction_and_no_width_are_not_seen(built: Project) -> None:
    found = customers(built, "natural_key in ('rtl1', 'rtl2')")
    assert len(found) == 2 and len(set(found.values())) == 1


def test_a_name_of_invisible_letters_is_no_name(built: Project) -> None:
    found = customers(built, "natural_key in ('unseen1', 'unseen2')")
    assert len(found) == 2 and len(set(found.values())) == 2
    assert built.query(
        "select count(*) from identity.int_identity__profiles"
        " where natural_key like 'unseen%' and name_key is not null"
    ) == [(0,)]


def test_addresses_that_look_alike_are_strangers(built: Project) -> None:
    found = customers(built, "natural_key like 'like %'")
    assert len(found) == len(LOOK_ALIKES)
    assert len(set(found.values())) == len(LOOK_ALIKES)
    assert (
        built.query(
            "select natural_key, email from identity.int_identity__profiles"
            " where natural_key like 'like %' and email is not null"
        )
        == []
    )
    for plain in SAME:
        others = customers(built, f"natural_key like 'same {plain}%'")
        assert len(others) == 2
        assert len(set(others.values())) == 1, plain
        assert not set(others.values()) & set(found.values())


def test_cards_that_look_alike_are_strangers(built: Project) -> None:
    found = customers(built, "profile_type = 'pos_shopper' and natural_key like '%K77|'")
    assert set(found) == {"SIK77|", "\u0405IK77|", "\u017fIK77|", "S\u0131K77|"}
    assert len(set(found.values())) == 4


def test_names_that_look_alike_are_two_names(built: Project) -> None:
    assert suppressed_identifiers(built, "+8613700000006") == [("several_names", 2)]
    assert len(set(customers(built, "natural_key in ('anna1', 'anna2')").values())) == 2


def test_of_two_birth_dates_under_one_key_the_newer_counts(built: Project) -> None:
    assert built.query(
        "select cast(birth_date as varchar) from identity.int_identity__profiles"
        " where natural_key = 'dated'"
    ) == [("1991-02-02",)]
    assert built.query(
        "select natural_key, reason_code, count(*) from quality.rejected_records"
        " where source_table = 'members' group by 1, 2 order by 1"
    ) == [("dated", "superseded", 1), ("tied", "superseded", 1)]
    # with nothing to tell which is newer it is one of the two, the same in every run
    assert len(customers(built, "natural_key = 'tied'")) == 1


def test_a_phone_of_two_birth_dates_joins_nobody(built: Project) -> None:
    assert suppressed_identifiers(built, "+8613700000002") == [("several_birth_dates", 2)]
    assert len(set(customers(built, "natural_key in ('twin1', 'twin2')").values())) == 2


def test_empty_sources_give_empty_identity(project: Project) -> None:
    """Tables without a row or not there at all, and one receipt that names nobody."""
    for table in ("crm.members", "web.events", "web.orders", "web.order_lines"):
        project.write(table, [])
    project.write("pos.receipts", [{"receipt_id": "r", "sold_at": "2025-01-01 04:00"}])
    project.write("pos.receipt_lines", [{"receipt_id": "r", "line_no": 1, "net_amount": 1}])
    project.begin()
    project.dbt(
        "run", "--select", "+customer_profiles", "+identity_review", "+identity_health", *UNCHECKED
    ).check()
    assert project.query("select count(*) from core.customer_profiles") == [(0,)]
    assert project.query("select count(*) from quality.identity_review") == [(0,)]
    assert project.query("select count(*) from quality.identity_health where not is_normal") == [
        (0,)
    ]
