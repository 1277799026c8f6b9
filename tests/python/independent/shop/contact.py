"""What the shop said to people, and what they did on the site: campaigns, messages, visits."""

from __future__ import annotations

import datetime as dt

from tests.python.independent.shop.book import Book, at

# rows are set as tables
# fmt: off

SECOND = dt.timedelta(seconds=1)


def campaigns(book: Book) -> None:
    """Campaigns with and without a control group, over, running and to come."""
    for number, name, kind, channel, starts, ends in (
        # the window of 28 days is over; it still runs; it begins after the as-of date
        ("k1", "冬季促销", "promotion", "sms", 60, 46),
        ("k2", "Coffee weeks", "loyalty", "email", 14, -7),
        ("k3", "Spring", "promotion", "wechat", -3, -20),
        # nobody was chosen for it; nothing but a number
        ("k4", "Forgotten", None, "app_push", 100, 90),
    ):
        book.add(
            "crm.campaigns", campaign_id=number, campaign_name=name, campaign_type=kind,
            channel=channel, objective="reactivate", starts_at=at(starts, "08:00"),
            ends_at=at(ends, "08:00"), loaded_at=at(101),
        )
    book.add("crm.campaigns", campaign_id="k5")
    book.add("crm.campaigns", campaign_id="", campaign_name="No number")
    # k1: treated and not, on both sides; Yao is in both groups by her two memberships
    for member, arm in (
        ("M01", "treatment"), ("M02", "treatment"), ("M06", "treatment"), ("M13", "treatment"),
        ("M15", "treatment"), ("M34", "Treatment "), ("M53", "treatment"), ("M51", "treatment"),
        ("M03", "control"), ("M07", "control"), ("M14", "control"), ("M16", "control"),
        ("M52", "control"), ("M30", "control"), ("M08", "control"),
    ):
        book.add("crm.campaign_members", campaign_id="k1", member_id=member, arm=arm,
                 assigned_at=at(61))
    # k2: everybody is treated; one who is no member
    for member in ("M01", "M02", "M05", "M06", "M77"):
        book.add("crm.campaign_members", campaign_id="k2", member_id=member, arm="treatment",
                 assigned_at=at(15))
    # k3 on night 2; a campaign that is not known; drawn again into the other group
    book.add("crm.campaign_members", campaign_id="k3", member_id="M01", arm="treatment",
             assigned_at=at(1))
    book.add("crm.campaign_members", campaign_id="k9", member_id="M02", arm="control",
             assigned_at=at(30))
    drawn = book.add("crm.campaign_members", campaign_id="k2", member_id="M03", arm="control",
                     assigned_at=at(15))
    book.again("crm.campaign_members", drawn, arm="treatment", loaded_at=at(12))
    # rejected
    for cells in (
        {"campaign_id": None, "member_id": "M01", "arm": "control", "assigned_at": at(60)},
        {"campaign_id": "k1", "member_id": "M25", "arm": "both", "assigned_at": at(60)},
        {"campaign_id": "k1", "member_id": "M90", "arm": "control", "assigned_at": at(60)},
        {"campaign_id": "k1", "member_id": "M26", "arm": "control", "assigned_at": at(20000),
         "loaded_at": at(60)},
        {"campaign_id": "k1", "member_id": "M27", "arm": "control", "assigned_at": at(50),
         "loaded_at": at(52)},
    ):
        book.add("crm.campaign_members", **cells)
    # orders on the first and the last second of the window, and one after it
    start = at(60, "08:00")
    end = start + dt.timedelta(days=28)
    for number, when, shown in (
        ("r-k1-before", start - SECOND, {"card_no": "VC1015"}),
        ("r-k1-start", start, {"card_no": "VC1051"}),
        ("r-k1-last", end - SECOND, {"card_no": "VC1006"}),
        ("r-k1-end", end, {"mobile": "13512118053（本人）", "customer_name": "魏征"}),
        ("r-k1-after", end + SECOND, {"card_no": "VC1006"}),
    ):
        book.sale("pos", number, when, ["p04"], **shown)


def contacts(book: Book) -> None:
    """Messages of the CRM: arrived or not, opened, clicked, refused for good."""
    number = 0

    def send(member: str, channel: str, days: int, **cells: object) -> None:
        nonlocal number
        number += 1
        given = {"contact_id": f"t{number:03}", "campaign_id": None, "status": "delivered",
                 "sent_at": at(days, "10:00")}
        book.add("crm.contacts", member_id=member, channel=channel, **{**given, **cells})

    # Mei opens every e-mail, clicks and buys within the week; few of her sms
    for day in (7, 21, 35, 49, 63, 77):
        send("M01", "email", day, opened_at=at(day, "12:00"), clicked_at=at(day, "12:01"))
    for day in (40, 44, 48):
        send("M01", "sms", day)
    # Bob is tired: of many he opens none any more, of the few before that all
    for day in (70, 80, 90, 100):
        send("M02", "email", day, opened_at=at(day - 1))
    for day in (3, 8, 13, 25, 30, 36, 41, 55):
        send("M02", "email", day)
    # k1 by sms: arrived, bounced, failed, unknown, no word; upper case
    for member, status in (("M01", "delivered"), ("M02", "bounced"), ("M06", "failed"),
                           ("M13", "queued"), ("M15", None), ("M34", "DELIVERED ")):
        send(member, "sms", 60, campaign_id="k1", status=status)
    # opened, clicked and bought within the window; opened and nothing else
    send("M51", "sms", 60, campaign_id="k1", opened_at=at(59), clicked_at=at(58))
    send("M53", "sms", 60, campaign_id="k1", opened_at=at(59))
    # k2 by e-mail; one unsubscribes by it, one did without having said yes
    send("M05", "email", 13, campaign_id="k2", unsubscribed_at=at(12))
    send("M24", "email", 13, campaign_id="k2", opened_at=at(13, "10:00"), unsubscribed_at=at(11))
    # two that never arrived: the channel is closed; and one of two that did
    for day in (50, 45):
        send("M25", "email", day, status="bounced")
        send("M24", "sms", day, status="bounced" if day == 50 else "delivered")
    # three within seven days: the cap of the week; eight within thirty
    for day in (0, 3, 6):
        send("M32", "sms", day)
    for day in (8, 10, 12, 14, 17, 20, 25, 29):
        send("M08", "phone", day)
    # two within the week and one on the day before it: no cap
    for day in (1, 6, 7):
        send("M33", "sms", day)
    # the other channels, one that is none, none at all, and a member that is none
    send("M01", "wechat", 22, opened_at=at(22, "22:30"))
    send("M01", "app_push", 23)
    send("M31", "app_push", 24, status="delivered")
    send("M14", "pigeon", 25)
    send("M14", None, 26)
    send("M77", "sms", 27)
    send(None, "sms", 27)
    # opened before it was sent; opened after the as-of date; sent after it
    send("M09", "email", 18, opened_at=at(19))
    send("M09", "email", 2, opened_at=at(-1, "00:00:01"), clicked_at=at(-1, "00:00:02"))
    send("M09", "email", -1, sent_at=at(-1, "00:00:00"))
    # rejected, and twice
    send("M01", "sms", 30, contact_id=None)
    send("M01", "sms", 20000, loaded_at=at(30))
    send("M01", "sms", 20, loaded_at=at(22))
    send("M90", "sms", 30)
    book.again("crm.contacts", book.rows["crm.contacts"][0], loaded_at=at(1))


def messages(book: Book) -> None:
    """WeChat messages: sent, opened, clicked, and what people asked for themselves."""
    for number, openid, app, kind, days, opened, clicked in (
        ("g01", "mei-mall", "mall", "template", 90, 90, None),
        ("g02", "mei-mall", "mall", "template", 50, 50, 50),
        ("g03", "mei-mall", "mall", "broadcast", 34, 34, 34),
        ("g04", "mei-mall", "mall", "broadcast", 9, None, None),
        ("g05", "mei-club", "club", "broadcast", 100, None, None),
        # a menu opened and a question to the service are the customer's own acts
        ("g06", "mei-mall", "mall", "menu_click", 10, 10, 10),
        ("g07", "ann-club", "club", "customer_service", 11, None, None),
        ("g08", "chen-mall", "mall", "template", 100, 100, None),
        ("g09", "chen-mall", "mall", "template", 80, 80, 80),
        ("g10", "chen-mall", "mall", "template", 55, 55, 54),
        ("g11", "chen-mall", "mall", "template", 12, None, None),
        ("g12", "back-mall", "mall", "template", 14, 13, None),
        ("g13", "left-mall", "mall", "broadcast", 120, None, None),
        ("g14", "sell-mall", "mall", "broadcast", 30, None, None),
        # a user that no app knows
        ("g15", "nobody-mall", "mall", "broadcast", 30, 30, None),
        ("g16", "ann-club", "club", "voice", 10, None, None),
        # clicked and never bought
        ("g17", "ann-club", "club", "broadcast", 8, 8, 8),
    ):
        book.add(
            "wechat.messages", message_id=number, openid=openid, app_id=app, message_type=kind,
            campaign_id="k3" if number == "g04" else None, sent_at=at(days, "19:00"),
            opened_at=None if opened is None else at(opened, "19:30"),
            clicked_at=None if clicked is None else at(clicked, "19:31"),
        )
    # rejected: key, tester, clock; and twice
    sent = {"app_id": "mall", "openid": "mei-mall", "message_type": "template"}
    book.add("wechat.messages", message_id="null", sent_at=at(30), **sent)
    book.add("wechat.messages", message_id="g90", sent_at=at(30), **{**sent, "openid": "test-mall"})
    book.add("wechat.messages", message_id="g91", sent_at=at(20000), loaded_at=at(30), **sent)
    book.add("wechat.messages", message_id="g92", sent_at=at(20), loaded_at=at(22), **sent)
    copy = book.add("wechat.messages", message_id="g93", sent_at=at(44), **sent)
    book.again("wechat.messages", copy, loaded_at=at(2))


def coupons(book: Book) -> None:
    """Coupons of a campaign for one product, for any, by amount and percent; redeemed."""
    for coupon, campaign, product, kind, value, least in (
        ("q1", "k1", "p04", "amount", 5, 20), ("q1", "k1", "p01", "amount", 5, 20),
        ("q2", "k2", None, "percent", 10, None), ("q3", "k9", "p77", "unknown", None, None),
        (None, "k1", "p04", "amount", 5, 20), ("q4", None, "p04", "amount", 5, 20),
        # of two amounts for any product
        ("q5", "k1", None, "amount", 8, None), ("q6", "k1", None, "amount", 50, 300),
    ):
        book.add(
            "crm.coupons", coupon_id=coupon, campaign_id=campaign, product_id=product,
            discount_type=kind, discount_value=value, min_spend=least, loaded_at=at(61),
        )
    book.again("crm.coupons", book.rows["crm.coupons"][2], discount_value=15, loaded_at=at(10))
    for number, coupon, campaign, member, order, days in (
        # in the window, after it, of a campaign that was not sent, by one who is no member
        ("d1", "q1", "k1", "M01", "r-mei-48", 48), ("d2", "q1", "k1", "M06", "r-k1-after", 31),
        ("d3", "q2", "k2", "M02", None, 10), ("d4", "q3", "k9", "M77", "r-none-1", 20),
        ("d5", "q1", "k1", "M03", "x-chen-52", 52), (None, "q1", "k1", "M01", "r-mei-34", 34),
        ("d7", "q1", "k1", "M90", "r-mei-34", 34), ("d8", "q1", None, None, "r-clay-53", 53),
        ("d11", "q5", "k1", "M01", None, 47), ("d12", "q6", "k1", "M51", None, 46),
    ):
        book.add(
            "crm.coupon_redemptions", redemption_id=number, coupon_id=coupon, campaign_id=campaign,
            member_id=member, order_id=order, redeemed_at=at(days, "11:00"),
        )
    used = {"coupon_id": "q1", "campaign_id": "k1", "member_id": "M01", "order_id": "r-mei-34"}
    book.add("crm.coupon_redemptions", redemption_id="d9", redeemed_at=at(20000),
             loaded_at=at(30), **used)
    book.add("crm.coupon_redemptions", redemption_id="d10", redeemed_at=at(20),
             loaded_at=at(22), **used)
    book.again("crm.coupon_redemptions", book.rows["crm.coupon_redemptions"][0], loaded_at=at(9))


def tickets(book: Book) -> None:
    """Service tickets: of members and callers, open and closed, praise and complaint."""
    for number, member, mobile, severity, opened, closed, stars, text in (
        # low and content: no complaint; grave; of few stars; without a grade
        ("s1", "M01", "13800118001", "low", 20, 19, "5", "谢谢,很满意"),
        ("s2", "M02", None, "high", 15, 14, "3", "杯子碎了，要求退货"),
        ("s3", "M03", None, "low", 12, 12, "2", "Too late"),
        ("s4", "M05", None, "medium", 10, 9, None, None),
        # the edges of moment_days
        ("s5", "M06", None, "high", 30, 29, "1", "漏水"),
        ("s6", "M08", None, "high", 31, 29, "1", "漏水"),
        # open; closed on night 2 only; closed after the as-of date
        ("s7", "M09", None, "low", 90, None, None, "在等回复"),
        ("s8", "M14", None, "high", 40, None, None, "什么时候发货"),
        ("s9", "M34", None, "Low", 5, -1, "4", "换货"),
        # callers: one whom the till knows, one whom nobody knows, one without a number
        ("s10", None, "139 1211 8106", "low", 25, 24, "4", "问营业时间"),
        ("s11", None, "13912118199", "medium", 24, 23, "2", "投诉停车"),
        ("s12", None, "none", "low", 23, 23, "３", "问价格"),
        # grades that are none; a member that is none; the day after the as-of date
        ("s13", "M10", None, "odd", 22, 22, "6", None),
        ("s14", "M77", None, "low", 21, None, "good", None),
        ("s15", "M10", None, "high", -1, None, None, "明天再说"),
        # rejected
        (None, "M01", None, "low", 20, 19, "5", "没有编号"),
        ("s91", "M90", None, "low", 20, 19, "5", "测试"),
    ):
        book.add(
            "crm.service_tickets", ticket_id=number, member_id=member, mobile=mobile,
            channel="phone", topic="delivery", severity=severity, description=text,
            opened_at=at(opened, "00:00" if opened == -1 else "09:00"),
            closed_at=None if closed is None else at(closed, "18:00"), satisfaction=stars,
            loaded_at=at(opened, "20:00"),
        )
    asked = book.rows["crm.service_tickets"][7]
    book.again("crm.service_tickets", asked, closed_at=at(2), satisfaction="3", loaded_at=at(2))
    book.add("crm.service_tickets", ticket_id="s92", member_id="M01", opened_at="20.1.2026",
             loaded_at=at(20))
    book.add("crm.service_tickets", ticket_id="s93", member_id="M01", opened_at=at(20000),
             loaded_at=at(20))
    book.add("crm.service_tickets", ticket_id="s94", member_id="M01", opened_at=at(20),
             loaded_at=at(22))


def calls(book: Book) -> None:
    """Calls: of members, shoppers and strangers; taken, missed, graded and not."""
    for number, phone, days, outcome, grade, cells in (
        # a member's phone in two spellings, and one that the shop called
        ("h1", "13800118001", 3, "Answered ", "5", {}),
        ("h2", "+86 138-0011-8001", 89, "answered", "2", {}),
        ("h3", "0086 13800118001", 12, "no-answer", None, {"direction": "outbound"}),
        # the first of the 90 days, and the day before it; a shopper of a phone alone; a stranger
        ("h4", "13912118106", 90, "transferred", "4", {}),
        ("h5", "13912118106", 400, "answered", None, {}),
        ("h6", "13912118197", 20, "answered", "3", {}),
        # nobody was reached
        ("h7", "13912118197", 19, "missed", None, {"agent_id": None}),
        ("h8", "13912118197", 18, "abandoned_in_queue", None, {"agent_id": ""}),
        ("h9", "13912118197", 17, "voicemail", None, {"agent_id": None}),
        # no outcome; grades that are none; withheld; an outcome of its own
        ("h10", "13800118001", 16, None, "0", {}),
        ("h11", "anonymous", 15, "answered", "5", {}),
        ("h12", "", 14, "callback", "6", {"duration_seconds": "1,5"}),
        # the last instant, and after it
        ("h13", "13912118196", 0, "answered", "1", {}),
        ("h14", "13912118195", -1, "answered", "1", {}),
        # rejected
        (None, "13800118001", 10, "answered", "5", {}),
        ("h91", "13800118001", 20000, "answered", "5", {"loaded_at": at(10)}),
        ("h92", "13800118001", 10, "answered", "5", {"loaded_at": at(12)}),
    ):
        clock = {0: "23:59:59.999999", -1: "00:00"}.get(days, "11:00")
        book.add(
            "call_centre.calls", call_id=number, phone_number=phone, started_at=at(days, clock),
            outcome=outcome, satisfaction=grade,
            **{"direction": "Inbound", "agent_id": "A1", "duration_seconds": "75",
               "topic": "delivery", **cells},
        )
    book.add("call_centre.calls", call_id="h93", phone_number="13800118001", started_at=None)
    book.add("call_centre.calls", call_id="h94", phone_number="13800118001", started_at="soon",
             loaded_at=at(10))
    first = book.rows["call_centre.calls"][0]
    book.again("call_centre.calls", first, loaded_at=at(1))
    book.again("call_centre.calls", book.rows["call_centre.calls"][5], satisfaction="4",
               loaded_at=at(1))


def reviews(book: Book) -> None:
    """Reviews of own purchases and others, good and bad."""
    for number, user, order, product, stars, verified, days, text in (
        ("v1", "W01", "o-mei-75", "p03", 5, True, 70, "很好喝 🍵"),
        ("v2", "W01", "o-mei-75", "p08", 4, True, 70, None),
        ("v3", "W60", "o-hunt-10", "p12", 1, True, 8, "  太贵  "),
        # not verified; verified though the order is not known; without an order
        ("v4", "W60", "o-hunt-26", "p14", 3, False, 20, "ok"),
        ("v5", "W05", "o-none-1", "p12", 5, True, 3, "nice"),
        ("v6", "W05", None, "p01", None, None, 2, "?"),
        # the window's edges; an account that is none; a grade that is none
        ("v7", "W04", "o-dou-120", "p15", 2, True, 364, "一年前"),
        ("v8", "W04", "o-dou-120", "p15", 2, True, 365, "一年前"),
        ("v9", "W98", None, "p15", 4, False, 30, "谁写的"),
        ("v10", None, None, "p02", 5, False, 30, "匿名"),
        # the only order that there is to review
        ("v11", "W66", "o-gifts-150", "p10", 5, True, 140, "好"),
        (None, "W01", None, "p02", 5, False, 30, "没有编号"),
        ("v91", "W90", None, "p02", 5, False, 30, "测试"),
    ):
        book.add(
            "web.reviews", review_id=number, user_id=user, order_id=order, product_id=product,
            rating=stars, is_verified=verified, review_text=text, reviewed_at=at(days, "22:00"),
        )
    book.add("web.reviews", review_id="v92", user_id="W01", reviewed_at="Feb 3", loaded_at=at(25))
    book.add("web.reviews", review_id="v93", user_id="W01", reviewed_at=at(20000), loaded_at=at(9))
    book.add("web.reviews", review_id="v94", user_id="W01", reviewed_at=at(9), loaded_at=at(11))
    book.again("web.reviews", book.rows["web.reviews"][0], rating=3, loaded_at=at(5))


def visits(book: Book) -> None:
    """Visits of the site: signed in, anonymous, on shared browsers, at the edges of sessions."""
    page, view, search = "page_viewed", "product_viewed", "product_searched"
    cart, wish, ping = "product_added", "product_wishlisted", "page_pinged"
    sign_in, done = "signed_in", "order_completed"
    # Mei: regularly until two months ago, hardly since then (visits dropped)
    for day in range(100, 400, 9):
        book.visit("c-mei", at(day, "20:00"), (0, sign_in), (40, view, {"product_id": "p01"}),
                   user="W01")
    book.visit(
        "c-mei", at(75, "19:40"), (0, page), (60, view, {"product_id": "p03", "brand": "Leaf"}),
        (120, cart, {"product_id": "p03"}), (1200, done, {"order_id": "o-mei-75"}), user="W01",
        utm_source="Baidu", utm_medium="cpc", utm_campaign="winter",
    )
    # Eva came by an advertisement, looked, put two things into the cart and bought
    book.visit(
        "c-eva", at(6, "18:00"), (0, page), (30, search, {"search_query": "面霜 cream"}),
        (90, view, {"product_id": "p13"}), (200, cart, {"product_id": "p13"}),
        utm_source="wechat_ads", utm_medium="social", device_type="tablet",
    )
    book.visit("c-eva", at(5, "19:50"), (0, sign_in), (300, cart, {"product_id": "p12"}),
               (660, done, {"order_id": "o-eva-5"}), user="W05")
    # the silence that ends a session: exactly thirty minutes does not, a second more does
    book.visit("c-gap", at(13, "10:00"), (0, page), (1800, page), (3601, page), (5401, page))
    # over midnight of the business day; the last second of the as-of day
    book.visit("c-gap", at(10, "23:50"), (0, page), (900, view, {"product_id": "p09"}))
    book.visit("c-gap", at(0, "23:59:59"), (0, view, {"product_id": "p10"}))
    # a browser of two logins: a visit without a sign-in seven days later, and a second more
    book.visit("c-shared", at(60, "10:00"), (0, sign_in), user="W60")
    book.visit("c-shared", at(50, "10:00"), (0, sign_in), user="W61")
    book.visit("c-shared", at(43, "10:00"), (0, view, {"product_id": "p08"}))
    book.visit("c-shared", at(36, "19:55"), (0, page), (301, done, {"order_id": "o-shared-36"}))
    book.visit("c-shared", at(35, "10:00"), (0, page), (10, sign_in, {"user_id": "W60"}))
    book.visit("c-shared", at(28, "10:00:11"), (0, view, {"product_id": "p14"}))
    # an open cart, exactly cart_open_days ago and a day more; favourites; a removed product
    book.visit("c-cart", at(3, "21:00"), (0, sign_in), (5, view, {"product_id": "p19"}),
               (9, cart, {"product_id": "p19"}), (15, cart, {"product_id": "p11"}), user="W11")
    book.visit("c-thirty", at(30, "21:00"), (0, cart, {"product_id": "p11"}), user="W12")
    book.visit("c-day31", at(31, "21:00"), (0, cart, {"product_id": "p11"}), user="W15")
    book.visit("c-wish", at(4, "21:00"), (0, wish, {"product_id": "p02"}), user="W40")
    book.visit("c-unknown", at(4, "22:00"), (0, cart, {"product_id": "p88"}), user="W41")
    # looked long ago and bought since; looked, bought elsewhere; searched for a brand
    book.visit("c-dou", at(46, "08:00"), (0, view, {"product_id": "p15"}),
               (10, search, {"search_query": "Plain lotion"}), user="W04")
    book.visit("c-dou", at(2, "08:00"), (0, view, {"product_id": "p13"}),
               (8, view, {"product_id": "p13"}), (20, search, {"search_query": "Glow ＴＥＡ"}),
               (31, cart, {"product_id": "p02"}), user="W04")
    # the hunter signs in often, mornings and evenings, from two browsers
    for day in range(2, 120, 7):
        book.visit("c-hunt", at(day, "06:00"), (0, sign_in), (4, page),
                   (9, view, {"product_id": "p12"}), user="W60")
    book.visit("c-hunt2", at(11, "22:00"), (0, page), (5, view, {"product_id": "p12"}), user="W60")
    # visitors whom nobody knows: one page; many days; no dwell time; no browser but a login
    book.visit("c-once", at(21, "14:00"), (0, page, {"engaged_seconds": None}), device_type=None)
    for day in (1, 4, 9, 33, 70):
        book.visit("c-often", at(day, "16:00"), (0, page), (50, view, {"product_id": "p17"}))
    book.visit(None, at(17, "16:00"), (0, page), user="W10")
    book.visit(None, at(17, "17:00"), (0, page, {"event_id": "e-nobody"}))
    # the guest looked around before the order
    book.visit("c-guest", at(88, "19:30"), (0, view, {"product_id": "p11"}),
               (1800, done, {"order_id": "o-guest-88"}), utm_source="newsletter",
               utm_medium="email")
    # somebody of night 2 only; and a visit that arrived late
    book.visit("c-new", at(1, "15:00"), (0, page), (3, view, {"product_id": "p06"}))
    book.visit("c-often", at(40, "16:00"), (0, view, {"product_id": "p05"}), loaded_at=at(8))
    # a reseller signs in often; a login on a new browser every time; one who looked and left
    for day in range(1, 100, 4):
        book.visit("c-sell", at(day, "12:00"), (0, sign_in), user="W70")
    for number in range(1, 32):
        book.visit(f"c-many{number}", at(30 + 2 * number, "07:00"), (0, sign_in), user="W20")
    book.visit("c-look", at(12, "21:00"), (0, page), (9, view, {"product_id": "p09"}), user="W32")
    # sessions as the client numbers them: a long pause, two tabs side by side, another login in
    # one, events that name none; the number of one browser on another one
    book.visit("c-tabs", at(14, "09:00"), (0, page), (7200, view, {"product_id": "p03"}),
               (7300, cart, {"product_id": "p03", "user_id": "W61"}),
               (7400, page, {"user_id": "W60"}), client_session_id="7", user="W60")
    book.visit("c-tabs", at(14, "09:30"), (0, view, {"product_id": "p04"}), (600, page),
               client_session_id="8")
    book.visit("c-tabs", at(14, "10:00"), (0, search, {"search_query": "tea"}), (1801, page))
    book.visit("c-tabs2", at(14, "09:00"), (0, page), client_session_id="7")
    # page pings: before, between and after the pages of a visit; alone, on two nights
    book.visit("c-ping", at(15, "09:00"), (0, ping, {"engaged_seconds": None}), (5, page),
               (15, ping), (25, ping, {"engaged_seconds": None}), user="W11")
    book.visit("c-ping", at(15, "12:00"), (0, ping), (10, ping), user="W11")
    book.visit("c-ping", at(2, "12:00"), (0, ping), (10, ping, {"client_session_id": "9"}))
    # a name that no seed knows, on both nights; blanks and capitals
    book.visit("c-coupon", at(16, "09:00"), (0, "Coupon Claimed"), (5, " COUPON claimed "))
    book.visit("c-coupon", at(1, "09:00"), (0, "coupon claimed"), user="W12")
    # what else an event may say
    book.visit("c-value", at(13, "09:00"), (0, done, {"order_id": "o-none-2"}), category="Tea",
               properties='{"total": 19.999}', user_agent="Mozilla CUBOT P30")
    # a category that the event alone names: of an unknown product, of none; of a known one it does
    # not count, and neither beside a search
    book.visit("c-shelf", at(13, "10:00"),
               (0, view, {"product_id": "p-unknown", "category": "Shelf"}),
               (20, view, {"category": "Shelf"}),
               (40, view, {"product_id": "p02", "category": "Shelf"}),
               (60, search, {"search_query": "nothing at all", "category": "Shelf"}), user="W11")
    # sent twice, rejected
    book.again("web.events", book.rows["web.events"][0], loaded_at=at(90))
    book.again("web.events", book.rows["web.events"][1], product_id="p02", loaded_at=at(90))
    seen = {"anonymous_id": "c-mei", "event": page}
    for cells in (
        {**seen, "event_id": None, "occurred_at": at(40)},
        {**seen, "event_id": "e-91", "event": None, "occurred_at": at(40)},
        {**seen, "event_id": "e-92", "event": "teleported", "occurred_at": at(40)},
        {**seen, "event_id": "e-93", "occurred_at": at(20000), "loaded_at": at(40)},
        {**seen, "event_id": "e-94", "occurred_at": at(20), "loaded_at": at(22)},
        {**seen, "event_id": "e-95", "occurred_at": at(40), "user_id": "W90"},
        {**seen, "event_id": "e-96", "occurred_at": None, "loaded_at": at(40)},
        {**seen, "event_id": "e-97", "occurred_at": at(500), "received_at": at(40)},
        {**seen, "event_id": "e-98", "occurred_at": at(406), "received_at": at(40)},
        {**seen, "event_id": "e-99", "occurred_at": at(9), "received_at": at(11)},
        {**seen, "event_id": "e-100", "occurred_at": at(40), "user_agent": "a BAIDUspider/2.0"},
        {**seen, "event_id": "e-102", "event": "Find\t%2B86138 00138000", "occurred_at": at(40)},
        {**seen, "event_id": "e-101", "occurred_at": at(40), "properties": '{"a": '},
    ):
        book.add("web.events", **cells)


def contact(book: Book) -> None:
    """All of it."""
    for write in (campaigns, contacts, messages, coupons, tickets, calls, reviews, visits):
        write(book)
