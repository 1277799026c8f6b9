"""Every kind of dirt is in the demo data, about as often as stated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from one360.datasets.simulate import mess, simulate

SCALE = 0.3


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder: Path = tmp_path_factory.mktemp("mess") / "demo"
    simulate(folder, SCALE)
    with duckdb.connect() as connection:
        for path in folder.rglob("*.parquet"):
            name = f"{path.parent.name}_{path.stem}"
            connection.execute(f"create view {name} as from '{path}'")
        connection.execute(
            f"""
            create view crm_members as
            from read_csv('{folder}/crm/members.csv', all_varchar = true)
            """
        )
        for table in ("call_centre/calls", "crm/referral_events"):
            name = table.replace("/", "_")
            connection.execute(
                f"create view {name} as from read_csv('{folder}/{table}.csv', all_varchar = true)"
            )
        for table in ("web/accounts", "wechat/users", "community/posts"):
            system, name = table.split("/")
            connection.execute(
                f"""
                create view {system}_{name} as
                from read_json('{folder}/{system}/{name}.jsonl', sample_size = -1)
                """
            )
        yield connection


PRESENT = {
    "callers without a number": "from call_centre_calls where phone_number = '未知'",
    "agents of no roster": "from call_centre_calls where agent_id = 'X999'",
    "calls nobody took": "from call_centre_calls where agent_id is null",
    "a number of two calls": "from call_centre_calls where outcome = 'callback'",
    "answers to oneself": """
        from community_posts as reply join community_posts as parent
            on reply.parent_post_id = parent.post_id and reply.user_id = parent.user_id
    """,
    "deleted posts": "from community_posts where deleted_at is not null",
    "authors who left": "from community_posts where user_id = 'K_gone'",
    "likes of nothing": "from community_likes anti join community_posts using (post_id)",
    "clocks ahead": "from community_likes where liked_at > loaded_at + interval 20 day",
    "shares opened by oneself": "from wechat_share_events where visitor_openid = openid",
    "visitors whom no app knows": "from wechat_share_events where visitor_openid like 'oNEW%'",
    "steps that are none": "from wechat_share_events where event_type = 'forward'",
    "codes of one's own": "from crm_referral_events where member_id = referred_member_id",
    "missing phones": "from crm_members where mobile is null",
    "full-width digits": "from pos_receipts where mobile similar to '.*[０-９]{11}.*'",
    "+86": "from pos_receipts where mobile like '+861%'",
    "+86 and spaces": "from pos_receipts where mobile like '+86 1%'",
    "0086": "from pos_receipts where mobile like '0086%'",
    "spaces": "from pos_receipts where mobile similar to '1[0-9]{2} [0-9]{4} [0-9]{4}'",
    "dashes": "from pos_receipts where mobile similar to '1[0-9]{2}-[0-9]{4}-[0-9]{4}'",
    "land lines": "from pos_receipts where mobile similar to '0(10|21)-[0-9]{8}'",
    "Hong Kong numbers": "from pos_receipts where mobile like '+852%'",
    "foreign numbers": "from pos_receipts where mobile like '+1%'",
    "13800138000": "from pos_receipts where mobile = '13800138000'",
    "placeholder words": "from pos_receipts where mobile in ('无', 'N/A', 'null', '-')",
    "placeholder mail": "from web_accounts where email in ('test@test.com', 'no@mail.com', '无')",
    "upper-case mail": "from web_accounts where email = upper(email) and email like '%.COM'",
    "Latin names": "from crm_members where full_name similar to '[A-Z][a-z]+ [A-Z][a-z]+'",
    "names with a space": "from crm_members where full_name similar to '[一-龥]+ [一-龥]+'",
    "names with a title": "from crm_members where full_name similar to '.*(先生|女士)'",
    "wide spaces": "from crm_members where full_name like '%　'",
    "odd cards": "from pos_receipts where card_no like 'vc%' or card_no like 'VC-%'",
    "birthdays in 1900": "from crm_members where birth_date = '1900-01-01'",
    "impossible birthdays": "from crm_members where birth_date > '2030' and birth_date < '3'",
    "unreadable dates": "from crm_members where try_cast(joined_at as timestamp) is null",
    "test members": f"from crm_members where full_name in {mess.TEST_NAMES}",
    "test accounts": "from web_accounts where user_id like 'UT%'",
    "test WeChat users": "from wechat_users where nickname in ('测试', 'test', '测试账号')",
    "test store": "from pos_receipts where store_id = 'TEST01'",
    "future receipts": "from pos_receipts where sold_at > loaded_at + interval 1 day",
    "unknown products": "from pos_receipt_lines where product_id like 'P9999%'",
    "orphan lines": "from pos_receipt_lines anti join pos_receipts using (receipt_id)",
    "orphan web lines": "from web_order_lines anti join web_orders using (order_id)",
    "returns": "from pos_receipts where total_amount < 0 and returns_receipt_id is not null",
    "cancelled orders": "from web_orders where status = 'cancelled'",
    "refunds": "from wechat_orders where status = 'refunded'",
    "guest orders": "from web_orders where user_id is null and email is not null",
    "no unionid": "from wechat_users where unionid is null",
    "several openids": """
        from (
            from wechat_users select unionid group by unionid
            having count(distinct openid) = 3 and count(distinct app_id) = 3
        )
    """,
    "several cookies": """
        from (
            from web_events select user_id where user_id is not null group by user_id
            having count(distinct anonymous_id) > 2
        )
    """,
    "shared cookies": """
        from (
            from web_events select anonymous_id group by anonymous_id
            having count(distinct user_id) > 1
        )
    """,
    "exact duplicates": """
        from (from pos_receipts select receipt_id group by all having count(*) > 1)
    """,
    "updated versions": """
        from (
            from crm_members select member_id group by member_id
            having count(distinct updated_at) > 1
        )
    """,
}


@pytest.mark.parametrize("kind", PRESENT)
def test_it_is_there(db: duckdb.DuckDBPyConnection, kind: str) -> None:
    row = db.execute(f"select count(*) {PRESENT[kind]}").fetchone()
    assert row is not None
    assert row[0] > 0


def share(db: duckdb.DuckDBPyConnection, query: str) -> float:
    row = db.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_staff_phones_stand_on_many_cards(db: duckdb.DuckDBPyConnection) -> None:
    phones = db.execute(
        """
        select mobile, count(distinct upper(card_no)) as cards, count(*)
        from pos_receipts where mobile similar to '1[0-9]{10}'
        group by mobile having cards > 15 and mobile not like '13800138%'
        """
    ).fetchall()
    assert 2 <= len(phones) <= 10
    assert min(count for *_, count in phones) > 50


def test_households_share_a_phone_under_different_names(
    db: duckdb.DuckDBPyConnection,
) -> None:
    homes = share(db, "select count(distinct household_id) from truth_people")
    assert homes == pytest.approx(SCALE * 10_000 * mess.HOUSEHOLD_PEOPLE / 2, abs=1)
    visible = share(
        db,
        """
        select count(*) from (
            select right(mobile, 11) as phone from crm_members
            where mobile similar to '(\\+86)?1[0-9]{10}'
                and mobile not in ('13800138000', '13888888888', '13000000000')
            group by phone having count(distinct full_name[1]) > 1
        )
        """,
    )
    # Both are members, and both phones were written plainly.
    assert visible > 0.15 * homes


def test_people_register_twice(db: duckdb.DuckDBPyConnection) -> None:
    double = share(
        db,
        """
        select avg((members > 1)::int) from (
            select count(*) as members from truth_profiles
            where profile_type = 'crm_member' group by person_id
        )
        """,
    )
    assert double == pytest.approx(mess.REGISTERED_TWICE, rel=0.5)


@pytest.mark.parametrize(
    ("rate", "query"),
    [
        (
            mess.DUPLICATE_ROW,
            "select 1 - (select count(*) from (select distinct * from web_events)) "
            "/ count(*) from web_events",
        ),
        (
            mess.RETURNED_POS,
            "select avg((total_amount < 0)::int) from pos_receipts",
        ),
        (
            mess.CANCELLED_ONLINE,
            "select avg((status = 'cancelled')::int) from web_orders",
        ),
        (
            mess.PHONE_MISSING_CRM,
            "select avg((mobile is null)::int) from crm_members",
        ),
        (
            mess.LATIN_NAME,
            "select avg((full_name similar to '.*[A-Za-z]{2} +[A-Za-z]+ *　*')::int) "
            "from crm_members",
        ),
    ],
)
def test_rates_are_as_documented(db: duckdb.DuckDBPyConnection, rate: float, query: str) -> None:
    assert share(db, query) == pytest.approx(rate, rel=0.5)


def test_cookies_of_account_holders_carry_a_login(db: duckdb.DuckDBPyConnection) -> None:
    known = share(
        db,
        """
        with cookies as (
            select anonymous_id, max(user_id) as user_id
            from web_events group by anonymous_id
        )
        select avg((cookies.user_id is not null)::int)
        from cookies
        inner join truth_profiles
            on profile_type = 'web_cookie' and natural_key = anonymous_id
        inner join truth_people using (person_id)
        where has_web_account
        """,
    )
    assert known >= 0.965
