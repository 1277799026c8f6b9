"""Rows on the edges of facts, campaigns, channels and the funnel: which row is for what."""

from __future__ import annotations

import datetime as dt

from tests.python.independent.shop.book import Book, at
from tests.python.independent.shop.people import account, consent, follower, member

#: The last instant that a build as of this day sees.
LAST = "23:59:59.999999"


def edge_people(book: Book) -> None:
    """Members who follow, followed, will follow an account; a few for messages and campaigns."""
    for number in (*range(60, 70), *range(80, 86)):
        member(
            book, f"M{number}", 180, 180, card_no=f"VC11{number}", unionid=f"un-{number}",
            mobile=f"138221180{number}", email=f"m{number}@edges.cn",
        )  # fmt: skip
    # one more card with two unionids, so that refused links are as many as before
    book.rows["crm.members"][-1]["card_no"] = "VC1184"
    # follows in the first instant after the as-of date, though the app knew her before
    book.add(
        "wechat.users", app_id="mall", openid="soon-mall", unionid="un-60",
        subscribed_at=at(-1, "00:00"), updated_at=at(0, "22:00"), loaded_at=at(0, "23:00"),
    )  # fmt: skip
    book.mini("soon", 33, "p10", openid="soon-mall")
    # left and came back; came and left at one moment; left; no date of following
    follower(book, "again-mall", 15, unionid="un-61", unsubscribed_at=at(90))
    follower(book, "short-mall", 50, unionid="un-64", unsubscribed_at=at(50))
    follower(book, "away-mall", 150, unionid="un-62", unsubscribed_at=at(12))
    book.add("wechat.users", app_id="mall", openid="dateless-mall", unionid="un-63",
             updated_at=at(70))  # fmt: skip
    for number in range(60, 65):
        consent(book, f"M{number}", "wechat", True, 100)
    for number in range(65, 70):
        consent(book, f"M{number}", "email", True, 100)
    for number in (83, 84, 85):
        follower(book, f"f{number}", 170, unionid=f"un-{number}")
    for number in range(80, 83):
        account(book, f"W{number}", 60, mobile=f"139221180{number}")


def edge_orders(book: Book) -> None:
    """Lines without values, exchanges, returns of returns, returns that were cancelled."""
    # neither quantity nor shelf price nor coupon; a sale of less than one
    book.till("plain", 37, card_no="VC1181", total_amount=7)
    for line_no, net in ((1, 7), (2, None)):
        book.add("pos.receipt_lines", receipt_id="r-plain-37", line_no=line_no, product_id="p01",
                 net_amount=net, loaded_at=at(37))  # fmt: skip
    book.till("half", 36, ("p08", 1, 0.5), card_no="VC1180")
    # and an order as lunch is over, to the second
    book.till("half", 60, "p10", card_no="VC1180", payment_method="alipay", clock="14:00")
    # money of three decimals: 1.003 in all, 1.01 if rounded line by line
    book.till("mils", 33, ("p08", 1, "0.335"), ("p08", 1, "0.335"), ("p08", 1, "0.333"),
              card_no="VC1180")  # fmt: skip
    # tax on top of the lines, tax within them, a discount of the whole order and shipping at a
    # till; a total that does not follow; the reporting currency by another name; no rate, and a
    # phone for a currency
    book.web("tax", 31, "p05", user_id="W82", tax_amount=5, total_amount=50, currency="rmb")
    book.web("vat", 31, "p05", user_id="W81", tax_amount=5, currency="CNY")
    book.till("off", 31, "p05", "p06", card_no="VC1180", shipping_amount=6, discount_amount="13.5",
              total_amount="127.5")  # fmt: skip
    book.till("off-back", 30, ("p06", -1, -90), card_no="VC1180", discount_amount=-9,
              total_amount=-81, returns_receipt_id="r-off-31")  # fmt: skip
    # a discount that covers the shipping as well
    book.till("gift", 31, "p05", card_no="VC1180", shipping_amount=6, discount_amount=51,
              total_amount=0)  # fmt: skip
    book.mini("odd", 31, "p10", openid="f85", total_amount=1, discount_amount=2, tax_amount=3)
    book.web("won", 31, "p05", user_id="W82", currency="KRW")
    book.web("slip", 31, "p05", user_id="W82", currency="13800138000")
    # an even exchange is a return of nothing; a return of a return
    book.till("even-back", 35, ("p16", -1, -18), ("p16", 1, 18), card_no="VC1104",
              returns_receipt_id="r-due-52")  # fmt: skip
    book.till("due-twice", 5, ("p12", -1, -120), card_no="VC1104",
              returns_receipt_id="r-due-back-20")  # fmt: skip
    # returns without a card, of a sale that has a phone and of one that has nobody
    book.till("yang-back", 34, ("p05", -1, -45), returns_receipt_id="r-yang-190")
    book.till("nobody-back", 29, ("p01", -1, -30), returns_receipt_id="r-nobody-31")
    # refunded: named by an exchange that cost more, by a return that was cancelled, by none and
    # with an article taken in exchange on it
    for who in ("swap", "undo"):
        book.web(who, 38, "p05", user_id="W82", status="refunded")
    book.web("swap", 37, ("p05", -1, -45), "p06", user_id="W82", returns_order_id="o-swap-38")
    book.web("mixed", 39, "p06", ("p05", -1, -45), user_id="W82", status="refunded")
    book.web("undo", 37, ("p05", -1, -45), user_id="W82", returns_order_id="o-undo-38",
             status="cancelled")  # fmt: skip
    # kept, for its return was cancelled
    book.web("keep", 38, "p05", user_id="W82", number="o-keep-38")
    book.web("keep", 37, ("p05", -1, -45), user_id="W82", returns_order_id="o-keep-38",
             status="cancelled")  # fmt: skip
    # one line came back, the return of the other was cancelled
    book.web("part", 38, "p05", "p06", user_id="W82")
    book.web("part", 36, ("p06", -1, -90), user_id="W82", returns_order_id="o-part-38")
    book.web("part", 37, ("p05", -1, -45), user_id="W82", returns_order_id="o-part-38",
             status="cancelled")  # fmt: skip
    # two channels have an order of one number: a coupon redeemed on it is laid to neither
    book.till("both", 32, "p10", card_no="VC1181", number="both-1")
    book.mini("both", 32, "p10", openid="f85", number="both-1")
    book.add("crm.coupon_redemptions", redemption_id="d20", coupon_id="q1", campaign_id="k1",
             member_id="M81", order_id="both-1", redeemed_at=at(32))  # fmt: skip
    # channel_window_days: the day before it and its first day
    book.till("far", 730, "p16", card_no="VC1168")
    book.till("far", 729, "p16", card_no="VC1169")
    book.till("far", 100, "p10", card_no="VC1169")


def edge_campaigns(book: Book) -> None:
    """Campaigns without a start or channel; assignments without a time or an arm."""
    # begins with its first assignment, is meant for any channel
    for campaign in ("k6", "k7"):
        book.add("crm.campaigns", campaign_id=campaign, loaded_at=at(60))
    # the window ends at the last instant of the as-of date
    book.add("crm.campaigns", campaign_id="k8", channel="wechat", starts_at=at(28, LAST),
             loaded_at=at(60))  # fmt: skip
    for campaign, member_id, arm, assigned_at in (
        ("k6", "M80", "treatment", at(50)), ("k6", "M81", "treatment", at(20)),
        ("k6", "M82", "control", at(20)), ("k6", "M65", "control", None),
        # never begun; two treated and one control, who has no time; no arm; assigned tomorrow
        ("k7", "M80", "treatment", None),
        ("k8", "M60", "treatment", at(29)), ("k8", "M61", "treatment", at(29)),
        ("k8", "M63", "control", None), ("k8", "M64", None, at(29)),
        ("k8", "M62", "control", at(-1, "00:00")), ("k3", "M65", "control", None),
    ):  # fmt: skip
        book.add(
            "crm.campaign_members", campaign_id=campaign, member_id=member_id, arm=arm,
            assigned_at=assigned_at, loaded_at=at(0, "23:00") if campaign == "k8" else at(20),
        )  # fmt: skip
    # within k8: bought for half a yuan; bought and brought back
    book.till("k8", 10, ("p08", 1, 0.5), card_no="VC1161")
    book.till("k8", 100, "p11", card_no="VC1161")
    book.till("k8-all", 12, "p08", card_no="VC1160")
    book.till("k8-back", 11, ("p08", -1, -12), card_no="VC1160", returns_receipt_id="r-k8-all-12")


def edge_messages(book: Book) -> None:
    """Messages clicked without being opened, at the ends of windows, in the last instant."""

    def send(number: str, channel: str, when: dt.datetime, **cells: object) -> None:
        book.add(
            "crm.contacts", contact_id=f"u-{number}-{when:%y%m%d%H%M}", member_id=f"M{number}",
            channel=channel, sent_at=when, **{"status": "delivered", **cells},
        )  # fmt: skip

    # one bounced: one is not all
    send("65", "email", at(30), status="bounced")
    # clicked, not opened, and bought in the same second; bought seven days later to the second
    send("66", "email", at(40, "10:00"), clicked_at=at(39))
    book.till("msg", 40, "p10", card_no="VC1166", clock="10:00")
    send("67", "email", at(41, "10:00"), opened_at=at(40), clicked_at=at(40))
    book.till("msg", 34, "p10", card_no="VC1167", clock="10:00")
    # channel_window_days: the day before it and its first day
    send("68", "sms", at(730, "10:00"))
    send("69", "sms", at(729, "10:00"))
    # one sms that was clicked is too little; three e-mails count
    for day in (22, 32, 42):
        send("80", "email", at(day), opened_at=at(day - 1), clicked_at=at(day - 1))
    send("80", "sms", at(12), opened_at=at(12), clicked_at=at(12))
    # who likes sms, the phone, the app
    for number, channel in (("69", "sms"), ("82", "phone"), ("67", "app_push")):
        for day in (14, 24, 34, 44):
            send(number, channel, at(day), opened_at=at(day - 1))
    # as many messages as before and fewer opened
    for day in (10, 20, 30):
        send("81", "email", at(day))
        send("81", "email", at(day + 60), opened_at=at(day + 59))
    # the last instant
    send("82", "sms", at(0, LAST))
    # WeChat: clicked and neither carted nor bought; opened the day before the window, on its first
    for openid, when, cells in (
        ("f83", at(20), {"clicked_at": at(20)}), ("f84", at(365), {"opened_at": at(365)}),
        ("f85", at(364), {"opened_at": at(364)}),
    ):  # fmt: skip
        book.add("wechat.messages", message_id=f"g-{openid}", app_id="mall", openid=openid,
                 message_type="template", sent_at=when, **cells)  # fmt: skip
    # a ticket that says how content she was and not when it was closed
    book.add("crm.service_tickets", ticket_id="s20", member_id="M83", channel="web",
             topic="delivery", severity="low", opened_at=at(26), satisfaction="4")  # fmt: skip


def edge_visits(book: Book) -> None:
    """Who is known when on a browser; what a session is cut by; where it landed."""
    page, view, sign_in = "page_viewed", "product_viewed", "signed_in"
    # nobody before the first login; then two logins within minutes and what each did after it
    book.visit("c-two", at(26, "10:00"), (0, page))
    book.visit("c-two", at(23, "10:00"), (0, sign_in, {"user_id": "W80"}), (60, page),
               (120, sign_in, {"user_id": "W81"}), (180, view, {"product_id": "p08"}))  # fmt: skip
    # a browser of one login is his own, and a visit without a sign-in the browser's
    book.visit("c-eva", at(3, "10:00"), (0, page))
    # the silence is counted in whole seconds
    book.visit("c-tick", at(16, "10:00"), (0, page), (1800.9, page), (3602, page))
    # one page, one product
    book.visit("c-80", at(15, "10:00"), (0, page, {"page_path": "/sale?name=x#top"}), user="W81")
    book.visit("c-81", at(15, "10:00"), (0, view, {"product_id": "p08", "page_path": None}),
               user="W80")  # fmt: skip
    # the last instant; activity_window_days: the day before it and its first day
    book.visit("c-last", at(0, LAST), (0, page))
    for day in (365, 364):
        book.visit("c-82", at(day, "10:00"), (0, view, {"product_id": "p08"}), user="W82")
    # without a cookie: a login goes on, nobody begins anew each time
    book.visit(None, at(17, "16:05"), (0, page), user="W10")
    for number, clock in (("1", "16:20"), ("2", "17:10")):
        book.visit(None, at(17, clock), (0, page, {"event_id": f"e-none-{number}"}))


def edge_brands(book: Book) -> None:
    """Brands whose products have no category, or only some of them; one that only events name."""
    # Loom: one of three products has a category; Nook: none has; Q: one letter names no search
    book.product("p30", "70", product_name="Throw", brand="Loom")
    book.product("p31", "80", product_name="Rug", brand="Loom")
    book.product("p32", "22", product_name="Tea towel", brand="Loom", category="tea")
    book.product("p33", "25", product_name="Peg", brand="Nook")
    book.product("p34", "15", product_name="Hook", brand="Q", category="kitchen")
    view, search = "product_viewed", "product_searched"
    book.visit(
        "c-brand", at(18, "10:00"), (0, view, {"product_id": "p30", "brand": "loom"}),
        (30, view, {"product_id": "p33"}), (60, view, {"product_id": "p88", "brand": "Ghost"}),
        (90, view, {"brand": "Ghost"}), (120, search, {"search_query": "LOOM nook q"}), user="W80",
    )  # fmt: skip
    book.web("loom", 18, "p30", "p32", user_id="W80")
    book.web("nook", 17, "p33", user_id="W80")


def edges(book: Book) -> None:
    """All of it."""
    for write in (
        edge_people,
        edge_orders,
        edge_campaigns,
        edge_messages,
        edge_visits,
        edge_brands,
    ):
        write(book)
