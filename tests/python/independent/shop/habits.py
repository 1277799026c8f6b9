"""Rows for the rules of price, preferences, interest and moments: which row is for what."""

from __future__ import annotations

from tests.python.independent.shop.book import Book, at
from tests.python.independent.shop.people import account, follower, member

# rows are set as tables
# fmt: off


def goods(book: Book) -> None:
    """Products whose words or prices are short, missing or odd."""
    for number, category, subcategory, price in (
        # a word of two letters, one of a single letter, none; a word without a category
        ("p31", "tea", "豆奶", "3.3333333"), ("p32", "coffee", "q", "0"),
        ("p33", "snacks", None, "7"), ("p34", None, "orphan", "9"),
    ):
        book.product(number, price, product_name=number, category=category,
                     subcategory=subcategory)


def bargains(book: Book) -> None:
    """Customers who buy at a discount now and then, and one who always does."""
    for number in range(5):
        for turn, day in enumerate((12, 47, 88, 131, 180)):
            paid = {position: None for position in ("p01", "p05", "p16")}
            if turn == number:
                paid = {"p01": 27, "p05": 40, "p16": 15}
            book.till(f"now{number}", day, *((p, 1, net) for p, net in paid.items()),
                      card_no=f"VC120{number}", store_id="S2")
    # hunts in two categories, more clearly in coffee
    for day in range(3, 150, 7):
        book.till("bargain", day, ("p01", 1, 30 if day == 3 else 25), ("p05", 1, 38),
                  card_no="VC1210", store_id="S3", clock="03:30")
    # four customers are enough to compare a category, bought by nobody else
    for number in range(4):
        book.till(f"lamp{number}", 33, "p19", card_no=f"VC120{number}", store_id="S2")
    # a list price of a third of a cent more, one of nothing, one of no unit
    book.till("third", 34, ("p31", 3), ("p32", 1, 5), ("p33", 0, 5), card_no="VC1211")
    # half a yuan is kept and half a yuan taken off
    book.till("half-yuan", 35, ("p08", 1, 0.5), card_no="VC1212")
    book.till("half-yuan", 36, ("p08", 1, 11.5), card_no="VC1212")
    # one line pays for the other: the order comes to nothing, a line of it is kept
    book.till("even-lines", 37, ("p01", 1, 30), (None, 1, -30), card_no="VC1213")


def interests(book: Book) -> None:
    """Looks and carts at the edges of windows, orders at the moment of a look."""
    view, search, cart = "product_viewed", "product_searched", "product_added"
    # the last day of interest_window_days, and the day before it
    book.visit("c-180", at(179, "10:00"), (0, view, {"product_id": "p01"}))
    book.visit("c-180", at(180, "10:00"), (0, view, {"product_id": "p05"}))
    # events that name nothing
    book.visit("c-blank", at(9, "10:00"), (0, view), (9, cart), (20, search))
    # a page that names a product without showing it
    book.visit("c-blank", at(7, "10:00"), (0, "page_viewed", {"product_id": "p01"}))
    # words of two letters, of one, of a product without a category
    for position, words in enumerate(("冰豆奶", "q", "orphan")):
        book.visit(f"c-word{position}", at(8, "10:00"), (0, search, {"search_query": words}))
    # taken out of the cart on a later day, and at the second it went in; put back in; never in
    out = "product_removed"
    book.visit("c-cart", at(12, "10:00"), (0, cart, {"product_id": "p02"}),
               (9, cart, {"product_id": "p05"}), (20, cart, {"product_id": "p06"}))
    book.visit("c-cart", at(11, "10:00"), (0, out, {"product_id": "p02"}),
               (9, cart, {"product_id": "p08"}), (9, out, {"product_id": "p08"}),
               (20, out, {"product_id": "p06"}), (30, cart, {"product_id": "p06"}),
               (40, out, {"product_id": "p10"}))
    # what comes back or is cancelled is no order: what was looked at since the sale is open
    account(book, "W86", 60)
    shown = {"user_id": "W86", "mobile": "13912118286"}
    book.web("back86", 20, "p01", **shown)
    book.visit("c-86", at(3, "10:00"), (0, view, {"product_id": "p02"}),
               (9, view, {"product_id": "p06"}), (20, search, {"search_query": "coffee"}),
               user="W86")
    book.web("back86", 2, ("p01", -1, -30), returns_order_id="o-back86-20", **shown)
    book.web("back86", 1, ("p06", -1, -90), **shown)
    book.web("stop86", 1, "p02", status="cancelled", **shown)
    # a return that was cancelled brings nothing back
    book.web("stop86", 4, ("p01", -1, -30), status="cancelled", returns_order_id="o-back86-20",
             **shown)
    # bought at the very moment of the look, and of the cart; between two looks, and two carts
    account(book, "W87", 60)
    shown = {"user_id": "W87", "mobile": "13912118287"}
    book.visit("c-87", at(10, "10:00"), (0, view, {"product_id": "p09"}),
               (0, cart, {"product_id": "p08"}), (60, view, {"product_id": "p13"}),
               (80, cart, {"product_id": "p11"}), (90, view, {"product_id": "p16"}),
               (95, cart, {"product_id": "p12"}), (99, view, {"product_id": "p10"}), user="W87")
    book.web("same87", 10, "p09", "p08", clock="10:00", **shown)
    book.web("mid87", 6, "p13", "p11", **shown)
    # two products looked at twice, the one later than the other
    book.visit("c-87", at(5, "10:00"), (0, view, {"product_id": "p10"}), user="W87")
    book.visit("c-87", at(2, "10:00"), (0, view, {"product_id": "p13"}),
               (9, cart, {"product_id": "p11"}), (30, view, {"product_id": "p16"}), user="W87")


def moments(book: Book) -> None:
    """First times of two days, baselines of no day and of all, spend of nothing."""
    book.till("fresh", 20, "p01", card_no="VC1220")
    book.till("fresh", 3, "p05", card_no="VC1220")
    # first order and first visit as many days ago as are compared
    account(book, "W88", 90)
    book.web("ninety", 90, "p17", user_id="W88", mobile="13912118288")
    book.visit("c-88", at(90, "10:00"), (0, "page_viewed"), user="W88")
    # often, for nothing
    for day in range(95, 396, 15):
        book.till("gratis", day, ("p17", 1, 0), card_no="VC1221")
    # three days are expected, to the dot: fifteen in the 450 days of the longest baseline, at
    # its ends and at its middle; one on each side of it
    for day in (600, 540, 539, 500, 460, 430, 400, 370, 340, 315, 314, 280, 250, 200, 150, 120,
                90, 89):
        book.till("steady", day, "p14", card_no="VC1222", store_id="S1")
    # joined today
    member(book, "M96", 0, 0, full_name="今天", birth_date="1990-02-28")
    # followers: from tomorrow on, of an unknown day and left, leaving tomorrow, left at once,
    # of two accounts that were left on two days
    follower(book, "later-mall", -1, nickname="Soon", loaded_at=at(0), updated_at=at(0))
    follower(book, "since-mall", 10, subscribed_at=None, unsubscribed_at=at(10))
    follower(book, "still-mall", 90, unsubscribed_at=at(-1), loaded_at=at(0))
    follower(book, "at-once-mall", 80, unsubscribed_at=at(80))
    follower(book, "twice-mall", 95, unionid="un-twice", unsubscribed_at=at(50))
    follower(book, "twice-club", 94, app_id="club", unionid="un-twice", unsubscribed_at=at(12))
    # a no by way of a message, never a yes before
    book.add("crm.contacts", contact_id="t902", member_id="M36", channel="email",
             status="delivered", sent_at=at(19, "10:00"), unsubscribed_at=at(18))
    # a message that bounced counts for no cap
    book.add("crm.contacts", contact_id="t901", member_id="M33", channel="sms", status="bounced",
             sent_at=at(2, "10:00"))
    # no grade; few stars, but not closed yet; three stars; no topic; closed as the day ends
    for number, who, severity, topic, closed, stars in (
        ("s30", "M35", "low", "delivery", at(14), None),
        ("s31", "M36", "low", "delivery", at(-1), "1"),
        ("s32", "M37", "low", "delivery", at(14), "3"),
        ("s33", "M26", "high", None, at(14), "3"),
        ("s34", "M27", "low", "delivery", at(0, "23:59:59.999999"), "2"),
    ):
        book.add(
            "crm.service_tickets", ticket_id=number, member_id=who, channel="phone", topic=topic,
            severity=severity, opened_at=at(15), closed_at=closed, satisfaction=stars,
            loaded_at=at(14, "20:00"),
        )


def habits(book: Book) -> None:
    """All of it."""
    for write in (goods, bargains, interests, moments):
        write(book)
