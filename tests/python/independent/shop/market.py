"""What is bought on a marketplace, who the buyers are, and what third parties say of people."""

from __future__ import annotations

import datetime as dt
import hashlib

from tests.python.independent.shop.book import Book, at

# rows are set as tables
# fmt: off


def tied(book: Book, member: str | None, value: str | None, days: int | None, **cells: object):
    """A row of crm.member_identifiers, a buyer id of the marketplace unless said otherwise."""
    since = None if days is None else at(days)
    given = {"identifier_type": "buyer_id", "issued_by": "marketplace", "linked_at": since}
    return book.add(
        "crm.member_identifiers", member_id=member, identifier_value=value, **{**given, **cells}
    )


def known(book: Book) -> None:
    """Buyers whom the shop knows, by their number or by a phone that the platform shows."""
    # Mei told her number; of her phone and name the platform shows the ends
    tied(book, "M01", "t-mei", 300)
    for day in (57, 23):
        book.market("mei", day, "p01", ("p08", 2), buyer_id="t-mei", mobile="138****8001",
                    recipient_name="李**", province="上海", city="上海", tax_amount="2.20",
                    shipping_amount=6)
    # Bob has two numbers there, which are one person's since he told both
    for number in ("t-bob1", "t-bob2"):
        tied(book, "M02", number, None)
        book.market(number, 41, "p05", buyer_id=number, mobile="139****8002")
    # another buyer shows the phone of one of them: no second number stands in the way
    book.market("bob3", 40, "p05", buyer_id="t-bob3", mobile="13900118002",
                recipient_name="Bob Stone")
    # Chen tells his on night 2, and bought before that
    book.market("chen", 60, "p16", buyer_id="t-chen", mobile="137****8003")
    tied(book, "M03", "t-chen", 5)
    # told a second after the as-of moment of night 2
    tied(book, "M35", "t-late", None, linked_at=at(0, "23:59:59") + dt.timedelta(seconds=1))
    book.market("late", 12, "p04", buyer_id="t-late")
    # Dou shows her phone on two of three orders
    for day, mobile in ((70, "13600118004"), (69, "136-0011-8004"), (68, "136****0000")):
        book.market("dou", day, "p02", buyer_id="t-dou", mobile=mobile, recipient_name="窦丹")
    # a number told by two members joins neither; one of nobody that the shop knows
    for member in ("M23", "M26"):
        tied(book, member, "t-two", 200)
    book.market("two", 55, "p17", buyer_id="t-two")
    tied(book, "M99", "t-unknown", 200)
    # a number of the ERP means the same everywhere
    for member in ("M31", "M36"):
        tied(book, member, "E-31", 100, identifier_type="customer_no", issued_by=None)


def strangers(book: Book) -> None:
    """Buyers and guests whom the shop knows from the marketplace alone."""
    # masked phones that look alike are nobody's
    for who in ("one", "other"):
        book.market(who, 64, "p14", buyer_id=f"t-{who}", mobile="138****1234",
                    recipient_name="王**")
    # two numbers and one phone: refused without a name, one person with it
    for who in ("x1", "x2"):
        book.market(who, 63, "p14", buyer_id=f"t-{who}", mobile="13912118201")
    for who in ("y1", "y2"):
        book.market(who, 62, "p14", buyer_id=f"t-{who}", mobile="13912118202",
                    recipient_name="苗青")
    # guests: by e-mail, which an account has; by both; by a masked phone, which is nobody
    book.market("guest1", 53, "p15", email="gao@letters.cn", buyer_id=None)
    book.market("guest2", 52, "p15", email="guest@letters.cn", mobile="13912118130", buyer_id="0",
                recipient_name="客人")
    book.market("guest3", 51, "p15", buyer_id="guest", mobile="139****8130")
    book.market("guest4", 50, "p15", buyer_id=None, mobile="13912118203", recipient_name="席女士")
    book.market("guest4", 49, "p15", buyer_id=None, mobile="13912118203", recipient_name="雷先生")


def money(book: Book) -> None:
    """Discounts, tax, words for statuses, what came back, what is refused."""
    # the platform takes five off; tax comes on top
    book.market("off", 48, "p09", buyer_id="t-off", discount_amount=5, total_amount=145)
    book.market("tax", 47, "p09", buyer_id="t-off", tax_amount="9.00", total_amount=159)
    # a part comes back, and with it a part of the discount
    book.market("off-back", 45, ("p09", -1, -150), buyer_id="t-off", discount_amount=-5,
                total_amount=-145, returns_order_id="t-off-48", status="TRADE_CLOSED")
    for day, status in ((39, "WAIT_SELLER_SEND_GOODS"), (38, "wait_buyer_confirm_goods"),
                        (37, "delivered"), (36, "TRADE_CLOSED_BY_TAOBAO"), (35, "canceled"),
                        (34, "TRADE_CLOSED"), (33, None), (32, "completed")):
        book.market("words", day, "p07", buyer_id="t-words", status=status)
    # rejected: not paid yet, which a later file says it is; never paid; no key, no time, no rate
    for status, days in (("WAIT_BUYER_PAY", 31), ("TRADE_FINISHED", 20)):
        book.market("pays", 31, "p07", buyer_id="t-words", status=status, loaded_at=at(days))
    book.market("unpaid", 30, "p07", buyer_id="t-words", status="WAIT_BUYER_PAY")
    book.market("nokey", 30, "p07", number=None, buyer_id="t-words")
    book.market("rate", 30, "p07", buyer_id="t-words", currency="KRW")
    line = {"product_id": "p01", "quantity": 1, "list_amount": 30, "net_amount": 30,
            "coupon_amount": 0, "loaded_at": at(60)}
    book.add("marketplace.order_lines", order_id="t-lost", line_no=1, **line)
    # of member_identifiers: a type that has a column, no value, a tester; a copy
    tied(book, "M08", "13400118008", 90, identifier_type="phone", issued_by=None)
    tied(book, "M08", "-", 90)
    tied(book, "M90", "t-test", 90)
    copy = tied(book, "M24", "t-24", 90)
    book.again("crm.member_identifiers", copy, loaded_at=at(80))


def said_by_others(book: Book) -> None:
    """What providers say of people by the hash of a contact."""
    def said(contact: str, attribute: str | None, value: str, days: int, **cells: object):
        kind = "email" if "@" in contact else "phone"
        given = {"provider_name": "acme", "contact_type": kind, "attribute": attribute,
                 "contact_hash": hashlib.sha256(contact.encode()).hexdigest(),
                 "provided_on": at(days).date(), "attribute_value": value}
        return book.add("third_party.attributes", **{**given, **cells})

    # Mei by phone and e-mail; what is said last counts, and of one day what the phone says
    said("+8613800118001", "income_band", "high", 100)
    said("mei.li@shop-mail.cn", "Income_Band", "middle", 40)
    said("+8613800118001", "interest", "tea", 40)
    said("mei.li@shop-mail.cn", "interest", "coffee", 40, contact_type=" EMAIL ")
    said("+8613800118001", "interest", "wine", 30, provider_name="bold")
    # a shared phone, an e-mail of a family, a hash of nobody, and one made in another way
    said("+8613300118013", "interest", "tea", 40)
    said("family.qian@letters.cn", "interest", "tea", 40)
    said("nobody@letters.cn", "interest", "tea", 40)
    said("13900118002", "interest", "tea", 40)
    said("BOB@stone-post.com", "interest", "tea", 40)
    # in capitals it is the same hash; corrected by a later file; of after the date
    digest = hashlib.sha256(b"+8613900118002").hexdigest().upper()
    old = said("+8613900118002", "household", "2", 40, contact_hash=digest)
    book.again("third_party.attributes", old, attribute_value="3", loaded_at=at(5))
    said("+8613900118002", "interest", "tea", -1)
    # rejected: a bare phone, another kind of contact, no attribute, no day, no date
    said("+8613900118002", "interest", "tea", 40, contact_hash="13900118002")
    said("+8613900118002", "interest", "tea", 40, contact_type="cookie")
    said("+8613900118002", None, "tea", 40)
    said("+8613900118002", "pets", "cat", 40, provided_on=None)
    said("+8613900118002", "pets", "cat", 40, provided_on="lately")


def market(book: Book) -> None:
    """All of it."""
    for write in (known, strangers, money, said_by_others):
        write(book)
