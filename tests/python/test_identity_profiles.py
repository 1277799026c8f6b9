"""What a record says of its person where its own table says nothing, or speaks of several."""

from collections.abc import Iterator

import pytest

from tests.python.project import Project

PHONES = {n: f"1390000000{n}" for n in range(10)}


def wechat_order(number: int, openid: str, phone: int | None, name: str | None) -> dict:
    return {"order_id": f"x{number}", "app_id": "shop", "openid": openid,
            "mobile": phone and PHONES[phone], "recipient_name": name,
            "ordered_at": "2026-01-01 02:00", "status": "paid", "total_amount": 1}  # fmt: skip


def receipt(
    number: int, phone: int, name: str | None, card: str | None = None, at: str = "2026-01-01 02:00"
) -> dict:
    return {"receipt_id": f"r{number}", "mobile": PHONES[phone], "customer_name": name,
            "card_no": card, "sold_at": at, "total_amount": 1}  # fmt: skip


@pytest.fixture(scope="module")
def shop(shared_project: Project) -> Iterator[Project]:
    project = shared_project
    wechat = [
        # two for oneself, one gift
        wechat_order(1, "gives", 1, "李明"), wechat_order(2, "gives", 1, "李 明"),
        wechat_order(3, "gives", 2, "王芳"),
        # nobody in particular
        wechat_order(4, "torn", 3, "赵一"), wechat_order(5, "torn", 4, "钱二"),
        wechat_order(6, "silent", None, None),
        wechat_order(7, "bound", 6, "孙三"),
    ]  # fmt: skip
    receipts = [
        receipt(1, 7, "李女士"), receipt(2, 7, "王强"), receipt(3, 8, "周先生"),
        receipt(4, 8, "周强", at="2026-01-02 02:00"), receipt(5, 9, "李女士", "C9"),
        receipt(6, 9, "王强", "C9"),
    ]  # fmt: skip
    web = [
        {"order_id": f"g{n}", "anonymous_id": cookie, "mobile": PHONES[5],
         "email": "guest@shop.cn", "ordered_at": "2026-01-01 02:00", "status": "paid",
         "total_amount": 1} for n, cookie in enumerate(("own", "family"))
    ]  # fmt: skip
    events = [
        {"event_id": f"e{n}", "anonymous_id": cookie, "user_id": user, "event": "signed_in",
         "occurred_at": "2026-01-01 01:00"}
        for n, (cookie, user) in enumerate([("own", "u1"), ("family", "u1"), ("family", "u2")])
    ]  # fmt: skip
    for table, rows in {"wechat": wechat, "web": web}.items():
        project.write(f"{table}.orders", rows)
        project.write(
            f"{table}.order_lines",
            [{"order_id": row["order_id"], "line_no": 1, "net_amount": 1} for row in rows],
        )
    project.write("pos.receipts", receipts)
    project.write(
        "pos.receipt_lines",
        [{"receipt_id": r["receipt_id"], "line_no": 1, "net_amount": 1} for r in receipts],
    )
    project.write("web.events", events)
    project.write(
        "wechat.users",
        [{"app_id": "shop", "openid": "bound", "mobile": PHONES[0],
          "subscribed_at": "2025-01-01 00:00"}],
    )  # fmt: skip
    project.begin()
    project.dbt("run", "--select", "+int_identity__profiles").check()
    yield project


def said(project: Project, kind: str, columns: str) -> dict[str, tuple]:
    rows = project.query(
        f"select natural_key, {columns} from identity.int_identity__profiles"
        f" where profile_type = '{kind}'"
    )
    return {key: tuple(values) for key, *values in rows}


def test_name_and_phone_of_most_orders_are_ones_own(shop: Project) -> None:
    assert said(shop, "wechat_user", "name_key, phone") == {
        "shop|gives": ("李明", f"+86{PHONES[1]}"),
        "shop|torn": (None, None),
        "shop|silent": (None, None),
        # what the user told the app counts before what orders say
        "shop|bound": ("孙三", f"+86{PHONES[0]}"),
    }


def test_a_till_phone_under_two_surnames_has_no_name(shop: Project) -> None:
    assert said(shop, "pos_shopper", "name_key, surname, gender, has_several_people") == {
        f"|+86{PHONES[7]}": (None, None, None, True),
        f"|+86{PHONES[8]}": ("周强", "周", "male", False),
        # the card says whose it is, whoever carries it
        f"C9|+86{PHONES[9]}": ("王强", "王", "female", False),
    }


def test_a_guest_on_a_browser_of_several_logins_is_nobody(shop: Project) -> None:
    assert said(shop, "web_cookie", "phone, email") == {
        "own": (f"+86{PHONES[5]}", "guest@shop.cn"),
        "family": (None, None),
    }
