"""The shop on a marketplace: orders of buyers whom the platform knows and mostly hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.identities import Identities, masked
from one360.datasets.simulate.orders import MARKET, Orders, recorded_at
from one360.datasets.simulate.people import People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL, line_columns, lines_of
from one360.datasets.simulate.text import Bools, Floats, Ints, join, numbered, strings, take, where
from one360.datasets.simulate.timeline import DAY, END, START, extracted_at, timestamps
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.wechat import returned_ids
from one360.datasets.simulate.writer import batch, money

#: People without a habit of channel who buy there, and the share of their orders that is there;
#: of the others a few orders are, too few to hide a habit.
BUYERS = 0.5
SHARE_OF_BUYERS = 0.6
SHARE_OF_OTHERS = 0.04
#: Members who are buyers and tied their number on the platform to their membership.
BOUND = 0.7
#: Of the other buyers, those whose phone the platform shows; it hides that of all others.
SHOWN = 0.8
GUESTS = 0.06  # orders without a buyer id, with an e-mail or phone
PHONE_EMPTY = 0.04  # orders
NAME_HIDDEN = 0.5
DISCOUNTED = 0.2  # orders of which the platform takes a part
DISCOUNT = 0.05  # of the goods
TAX_RATE = 0.06  # within the prices
UNKNOWN_STATUS = 0.004  # of sales that were not returned
PAYMENT = ("alipay", "wechat_pay", "huabei")
#: The platform's words for paid, shipped, completed, cancelled, refunded.
STATUS_WORDS = (
    "WAIT_SELLER_SEND_GOODS",
    "WAIT_BUYER_CONFIRM_GOODS",
    "TRADE_FINISHED",
    "TRADE_CLOSED_BY_TAOBAO",
    "TRADE_CLOSED",
    "WAIT_BUYER_PAY",
)


@dataclass
class Buyers:
    """Who of a block buys on the marketplace, and how the shop may know them; shape (n,)."""

    share: Floats  # of the person's orders that are placed there
    is_bound: Bools
    is_shown: Bools


def draw_buyers(rng: np.random.Generator, people: People) -> Buyers:
    """Give people their habit of buying on the marketplace."""
    free = (people.channel_habit < 0) & (people.value_cluster < 0)
    often = free & (rng.random(people.n) < BUYERS)
    share = np.where(often, SHARE_OF_BUYERS, SHARE_OF_OTHERS)
    is_bound = people.is_member & (rng.random(people.n) < BOUND)
    return Buyers(share, is_bound, ~is_bound & (rng.random(people.n) < SHOWN))


def make_market(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    buyers: Buyers,
) -> dict[str, pa.Table]:
    """marketplace.orders, marketplace.order_lines, crm.member_identifiers and truth of a block."""
    index = np.flatnonzero(orders.channel == MARKET)
    n = len(index)
    person = orders.person[index]
    place = np.full(len(orders.at) + 1, -1)
    place[index] = np.arange(n)
    returned = place[orders.returned[index]]
    origin = np.where(returned >= 0, returned, np.arange(n))
    order_ids = numbered("T", block * 10**8 + orders.number[index], 11)
    at = orders.at[index]
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    loaded = np.where(orders.is_future[index], extracted_at(at), loaded)

    # A return shows what the sale showed.
    is_guest = (rng.random(n) < GUESTS)[origin]
    has_phone = (rng.random(n) >= PHONE_EMPTY)[origin]
    is_hidden = has_phone & ~is_guest & ~buyers.is_shown[person]
    phone = np.where(has_phone & ~is_hidden, ids.phone[person], 0)
    written = mess.write_phones(rng, phone)
    email = masked(ids.email.take(pa.array(person)), is_guest)
    names = people.names.pick(person).full()
    starred = join(pc.utf8_slice_codeunits(names, 0, 1), "**")

    is_sale = returned < 0
    was_returned = np.zeros(n, dtype=np.bool_)
    was_returned[returned[returned >= 0]] = True
    plain = is_sale & ~was_returned
    status = np.where(plain & (rng.random(n) < UNKNOWN_STATUS), 5, orders.status[index])
    goods = orders.total[index] - orders.shipping[index]
    taken = np.where(plain & (rng.random(n) < DISCOUNTED), np.rint(goods * DISCOUNT), 0)
    taken = taken.astype(np.int64)
    paid = orders.total[index] - taken
    tax = np.rint(paid * TAX_RATE / (1 + TAX_RATE)).astype(np.int64)
    buyer_ids = _buyer_ids(ids, people)
    header = batch(
        "marketplace.orders",
        {
            "order_id": order_ids,
            "buyer_id": masked(buyer_ids.take(pa.array(person)), ~is_guest),
            "mobile": where(is_hidden, _hidden(ids.phone[person]), written),
            "email": email,
            "recipient_name": where(rng.random(n) < NAME_HIDDEN, starred, names),
            "province": take(catalogue.province, people.city[person]),
            "city": take(catalogue.city, people.city[person]),
            "ordered_at": timestamps(recorded_at(orders, index)),
            "status": take(STATUS_WORDS, status),
            "payment_method": take(PAYMENT, rng.choice(3, n, p=[0.6, 0.2, 0.2])),
            "returns_order_id": returned_ids(orders, index, order_ids),
            "shipping_amount": money(orders.shipping[index]),
            "tax_amount": money(tax),
            "discount_amount": money(taken),
            "total_amount": money(paid),
            "currency": pa.nulls(n, pa.string()),
            "loaded_at": timestamps(loaded),
        },
    )
    lines = line_columns(
        rng, orders, lines_of(orders, index), "order_id", order_ids, loaded, catalogue
    )
    accepted = (status < 5) & ~orders.is_future[index]
    truth = _truth(people, ids, person, is_guest, phone, accepted)
    return {
        "marketplace.orders": mess.with_duplicates(rng, header),
        "marketplace.order_lines": mess.with_duplicates(
            rng, batch("marketplace.order_lines", lines)
        ),
        "crm.member_identifiers": _bound(rng, people, ids, buyers, person[~is_guest]),
        "truth.profiles": truth,
    }


def _buyer_ids(ids: Identities, people: People) -> pa.StringArray:
    return numbered("t", (people.index * 1_000_003 + ids.salt * 104_729) % 10**10, 10)


def _hidden(phones: Ints) -> pa.StringArray:
    """138****1234: the national number of a mainland mobile, the ends of any other."""
    text = pa.array(phones).cast(pa.string())
    mobile = phones // 10**10 == 861
    ends = join(pc.utf8_slice_codeunits(text, 2, 5), "****", pc.utf8_slice_codeunits(text, 9, 13))
    others = join(pc.utf8_slice_codeunits(text, 0, 3), "****", pc.utf8_slice_codeunits(text, -4))
    return where(mobile, ends, others)


def _truth(
    people: People, ids: Identities, person: Ints, is_guest: Bools, phone: Ints, accepted: Bools
) -> pa.Table:
    """Buyers and guests of accepted orders and who they are."""
    bought = np.unique(person[accepted & ~is_guest])
    buyers = profiles(
        "marketplace_buyer",
        _buyer_ids(ids, people).take(pa.array(bought)),
        person_ids(people.index[bought]),
    )
    pairs = np.unique(np.stack([person, phone])[:, accepted & is_guest], axis=1)
    number = masked(join("+", pa.array(pairs[1]).cast(pa.string())), pairs[1] > 0)
    keys = join(pc.fill_null(number, ""), "|", ids.email.take(pa.array(pairs[0])))
    guests = profiles("marketplace_guest", keys, person_ids(people.index[pairs[0]]))
    return pa.concat_tables([buyers, guests])


def _bound(
    rng: np.random.Generator, people: People, ids: Identities, buyers: Buyers, person: Ints
) -> pa.Table:
    """The numbers on the platform that members tied to their membership."""
    bound = np.intersect1d(np.flatnonzero(buyers.is_bound), person)
    n = len(bound)
    linked = np.maximum(START + people.active_from[bound].astype(np.int64) * DAY, START)
    linked = np.minimum(linked + rng.integers(3600, 30 * DAY, n), END - DAY)
    rows = batch(
        "crm.member_identifiers",
        {
            "member_id": ids.member_ids(2 * people.index[bound]),
            "identifier_type": strings(["buyer_id"] * n),
            "issued_by": strings(["marketplace"] * n),
            "identifier_value": _buyer_ids(ids, people).take(pa.array(bound)),
            "linked_at": timestamps(linked),
            "loaded_at": timestamps(extracted_at(linked)),
        },
    )
    return mess.with_duplicates(rng, rows)
