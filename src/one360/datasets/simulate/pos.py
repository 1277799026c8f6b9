"""Receipts and receipt lines of the shops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.identities import Identities, masked
from one360.datasets.simulate.names import written
from one360.datasets.simulate.orders import POS, Orders, recorded_at
from one360.datasets.simulate.people import People, person_ids
from one360.datasets.simulate.text import (
    Ints,
    join,
    lookup,
    numbered,
    strings,
    take,
    where,
)
from one360.datasets.simulate.timeline import DAY, END, START, extracted_at, timestamps
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.writer import batch, money

LAST_ARRIVAL = END + 5 * DAY
PAYMENT = ("wechat_pay", "alipay", "bank_card", "cash")
# What a member's receipt carries: card, card and phone, phone, nothing.
MEMBER_SHOWS = (0.56, 0.30, 0.10, 0.04)
# Of the others, this share gives the phone, always or never.
GIVES_PHONE = 0.6
NAME_ON_RECEIPT = 0.15  # of receipts with a card or phone


@dataclass
class Lines:
    """Line columns of some orders, ready for a file.

    index: positions of the lines in the block's line arrays.
    """

    index: Ints
    header: Ints  # position of each line's header among the orders given


def lines_of(orders: Orders, index: Ints) -> Lines:
    """Lines of the orders at `index`, in order."""
    count = orders.line_count[index]
    header = np.repeat(np.arange(len(index)), count)
    first = np.cumsum(count) - count
    place = np.arange(len(header)) - first[header]
    return Lines(orders.first_line[index][header] + place, header)


def line_columns(
    rng: np.random.Generator,
    orders: Orders,
    lines: Lines,
    key: str,
    ids: pa.StringArray,
    loaded: Ints,
    catalogue: Catalogue,
) -> dict[str, pa.Array]:
    """Columns of a line table; `ids` and `loaded` are the headers'.

    A few lines name an order that does not exist, in addition.
    """
    at = lines.index
    orphans = rng.binomial(len(at), mess.ORPHAN_LINE)
    orphans = min(max(orphans, 1), len(at))
    picked = np.sort(rng.choice(len(at), orphans, replace=False))
    rows = np.concatenate([np.arange(len(at)), picked])
    is_orphan = np.arange(len(rows)) >= len(at)
    named = ids.take(pa.array(lines.header[rows]))
    named = where(is_orphan, join("LOST", named), named)
    at = at[rows]
    products = pa.concat_arrays(
        [catalogue.product_ids, strings([f"P9999{n:02d}" for n in range(20)])]
    )
    known = len(catalogue.product_ids)
    product = orders.product[at]
    product = np.where(product < 0, known + at % 20, product)
    return {
        key: named,
        "line_no": pa.array(orders.line_number[at]),
        "product_id": lookup(product, products),
        "quantity": money(orders.quantity[at] * 100),
        "list_amount": money(orders.list_cents[at]),
        "net_amount": money(orders.net_cents[at]),
        "coupon_amount": money(orders.coupon_cents[at]),
        "loaded_at": timestamps(loaded[lines.header[rows]]),
    }


def make_receipts(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    staff: Ints,
) -> tuple[dict[str, pa.Table], set[str]]:
    """pos.receipts, pos.receipt_lines and truth of one block.

    Also returns the natural keys that are nobody's (staff phones and
    placeholders), which may recur in other blocks.
    """
    index = np.flatnonzero(orders.channel == POS)
    n = len(index)
    place = np.full(len(orders.at), -1)
    place[index] = np.arange(n)
    returned = orders.returned[index]
    is_return = returned >= 0
    origin = np.where(is_return, place[returned], np.arange(n))
    person = orders.person[index]

    # What identifies the shopper; a return shows what the sale showed.
    member = people.is_member[person]
    shows = rng.choice(4, n, p=MEMBER_SHOWS)
    gives = rng.random(people.n) < GIVES_PHONE
    shows = np.where(member, shows, np.where(gives[person], 2, 3))
    second = ids.is_double_member[person] & (rng.random(n) < 0.3)
    number = 2 * people.index[person] + second
    member_number = np.where(shows <= 1, number, -1)
    phone = np.where((shows == 1) | (shows == 2), ids.phone[person], 0)
    phone = mess.spoil_phones(rng, phone)
    by_staff = rng.random(n) < mess.STAFF_PHONE
    by_staff &= shows != 2
    phone = np.where(by_staff, staff[orders.store[index] % len(staff)], phone)
    member_number, phone, by_staff = (
        member_number[origin],
        phone[origin],
        by_staff[origin],
    )
    has_card = member_number >= 0
    cards = ids.cards(np.maximum(member_number, 0))
    names = written(rng, people.names.pick(person))
    short = people.names.pick(person).surname_titled()
    names = where(rng.random(n) < 0.4, short, names)
    named = (has_card | (phone != 0)) & (rng.random(n) < NAME_ON_RECEIPT)

    receipt_ids = numbered("R", block * 10**8 + orders.number[index], 11)
    at = orders.at[index]
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    loaded = np.where(orders.is_future[index], extracted_at(at), loaded)
    store = orders.store[index]
    columns = {
        "receipt_id": receipt_ids,
        "store_id": lookup(store, catalogue.store_ids),
        "till_id": lookup(rng.integers(0, 4, n), ["T1", "T2", "T3", "T4"]),
        "staff_id": lookup(
            store * 8 + rng.integers(0, 8, n),
            numbered("E", np.arange(8 * len(catalogue.store_ids)), 4),
        ),
        "card_no": masked(mess.write_cards(rng, cards), has_card),
        "mobile": mess.write_phones(rng, phone),
        "customer_name": masked(names, named),
        "sold_at": timestamps(recorded_at(orders, index)),
        "payment_method": lookup(rng.choice(4, n, p=[0.45, 0.35, 0.14, 0.06]), PAYMENT),
        "returns_receipt_id": take(receipt_ids, np.where(is_return, origin, -1)),
        "total_amount": money(orders.total[index]),
        "loaded_at": timestamps(loaded),
    }
    lines = line_columns(
        rng,
        orders,
        lines_of(orders, index),
        "receipt_id",
        receipt_ids,
        loaded,
        catalogue,
    )
    receipts = batch("pos.receipts", columns)
    receipt_lines = batch("pos.receipt_lines", lines)
    test_receipts, test_lines = _test_receipts(rng, block, n, catalogue)
    truth, shared = _truth(people, ids, orders, index, member_number, phone, by_staff)
    return {
        "pos.receipts": mess.with_duplicates(rng, pa.concat_tables([receipts, test_receipts])),
        "pos.receipt_lines": mess.with_duplicates(
            rng, pa.concat_tables([receipt_lines, test_lines])
        ),
        "truth.profiles": truth,
    }, shared


def _truth(
    people: People,
    ids: Identities,
    orders: Orders,
    index: Ints,
    member_number: Ints,
    phone: Ints,
    by_staff: np.ndarray,
) -> tuple[pa.Table, set[str]]:
    """Distinct card|phone pairs of accepted receipts and their owners."""
    number = mess.normalised_phone(phone)
    placeholder = (phone < 0) & (number > 0)
    seen = ((member_number >= 0) | (number > 0)) & ~orders.is_future[index]
    person = orders.person[index]
    household = people.household[person]
    pairs = np.stack([member_number + 1, number], axis=1)[seen]
    _, first = np.unique(pairs, axis=0, return_index=True)
    rows = np.flatnonzero(seen)[first]
    card = masked(
        ids.cards(np.maximum(member_number[rows], 0)),
        member_number[rows] >= 0,
    )
    digits = masked(
        join("+", pa.array(number[rows]).cast(pa.string())),
        number[rows] > 0,
    )
    keys = join(pc.fill_null(card, ""), "|", pc.fill_null(digits, ""))
    nobody = (member_number[rows] < 0) & (by_staff[rows] | placeholder[rows])
    # A phone without a card that several of a household gave.
    several = np.unique(np.stack([number, person], axis=1)[seen & (member_number < 0)], axis=0)[
        :, 0
    ]
    several, counts = np.unique(several, return_counts=True)
    shared_home = (member_number[rows] < 0) & np.isin(number[rows], several[counts > 1]) & ~nobody
    owners = where(
        shared_home,
        join("shared:household-", person_ids(np.abs(household[rows]))),
        person_ids(people.index[person[rows]]),
    )
    mine = pa.array(~nobody)
    shared = set(keys.filter(pa.array(nobody)).to_pylist())
    return (
        profiles("pos_shopper", keys.filter(mine), owners.filter(mine)),
        shared,
    )


def _test_receipts(
    rng: np.random.Generator, block: int, receipts: int, catalogue: Catalogue
) -> tuple[pa.Table, pa.Table]:
    """Receipts somebody rang up in the test store."""
    n = max(2, rng.binomial(receipts, mess.TEST_RECEIPT))
    ids = numbered("R", block * 10**8 + receipts + np.arange(n), 11)
    at = START + rng.integers(9 * 3600, END - START, n)
    loaded = timestamps(extracted_at(at))
    product = rng.integers(0, len(catalogue.product_ids), n)
    cents = catalogue.product_cents[product]
    nothing = pa.nulls(n, pa.string())
    first = np.zeros(n, dtype=np.int64)
    headers = batch(
        "pos.receipts",
        {
            "receipt_id": ids,
            "store_id": lookup(first, ["TEST01"]),
            "till_id": lookup(first, ["T9"]),
            "staff_id": lookup(first - 1, ["E0000"]),
            "card_no": take(["TEST000001", None], rng.integers(0, 2, n)),
            "mobile": take(["13800138000", None], rng.integers(0, 2, n)),
            "customer_name": take(["测试", "test"], rng.integers(0, 2, n)),
            "sold_at": timestamps(at),
            "payment_method": lookup(first + 3, PAYMENT),
            "returns_receipt_id": nothing,
            "total_amount": money(cents),
            "loaded_at": loaded,
        },
    )
    lines = batch(
        "pos.receipt_lines",
        {
            "receipt_id": ids,
            "line_no": pa.array(first + 1),
            "product_id": lookup(product, catalogue.product_ids),
            "quantity": money(first + 100),
            "list_amount": money(cents),
            "net_amount": money(cents),
            "coupon_amount": money(first),
            "loaded_at": loaded,
        },
    )
    return headers, lines
