"""Shares in the mini program and referrals among members, with who came by them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.circles import Circles
from one360.datasets.simulate.crm import source_order_ids
from one360.datasets.simulate.identities import APPS, Identities, masked
from one360.datasets.simulate.orders import CANCELLED, WECHAT, Orders
from one360.datasets.simulate.people import People
from one360.datasets.simulate.pos import LAST_ARRIVAL
from one360.datasets.simulate.text import Bools, Ints, lookup, numbered, take
from one360.datasets.simulate.timeline import DAY, END, START, extracted_at, timestamps
from one360.datasets.simulate.writer import batch, time_text

SHARERS = 0.12  # of WeChat users, beside influencers
SHARES_PER_SHARER = 2.0
OPENS_PER_SHARE = 0.8
ORDERED_WITHIN = 3 * DAY  # of an opening, that the log lays an order to it
SHARE_CHANNELS = ("friend", "group", "moments", "poster")
STEPS = ("share", "open", "register", "order", "forward")
SHARE, OPEN, REGISTER, ORDER, FORWARD = range(5)

REFERRED = 0.12  # of those who became members in the period
REFERRED_FOLLOWERS = 0.6  # of the followers of an influencer among them
REFERRAL_CHANNELS = ("wechat", "sms", "poster", "link")
REFERRAL_STEPS = ("refer", "register", "order", "reward")


def make_share_events(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    circles: Circles,
) -> pa.Table:
    """wechat.share_events of one block."""
    users = np.flatnonzero(people.has_wechat)
    sharer, shared_at = _shares(rng, people, users, orders, circles)
    visitor, share, opened_at = _opens(rng, users, sharer, shared_at, orders, circles)
    bought, of_open, bought_at = _orders_after(orders, visitor, opened_at)

    step = np.concatenate([np.full(len(sharer), SHARE), np.full(len(share), OPEN),
                           np.full(len(bought), ORDER)])  # fmt: skip
    share_number = np.concatenate([np.arange(len(sharer)), share, share[of_open]])
    person = sharer[share_number]
    came = np.concatenate([np.full(len(sharer), -1), visitor, visitor[of_open]])
    at = np.concatenate([shared_at, opened_at, bought_at])
    order = np.concatenate([np.full(len(step) - len(bought), -1), bought])
    n = len(step)
    # what a share is of does not change on the way
    product = rng.integers(0, len(catalogue.product_ids), len(sharer))
    product = np.where(rng.random(len(sharer)) < 0.7, product, -1)[share_number]
    channel = rng.choice(4, len(sharer), p=[0.4, 0.35, 0.17, 0.08])[share_number]

    draw = rng.random(n)
    is_open = step == OPEN
    came = np.where(is_open & (draw < mess.SHARE_OPENED_BY_SELF), person, came)
    is_unknown = is_open & (draw > 1 - mess.SHARE_VISITOR_UNKNOWN)
    openids = ids.openids(4 * people.index)
    strangers = numbered("oNEW", block * 10**8 + np.arange(n), 11)
    visitors = take(pa.concat_arrays([openids, strangers]),
                    np.where(is_unknown, people.n + np.arange(n), came))  # fmt: skip
    nobody = is_open & (rng.random(n) < mess.SHARE_VISITOR_MISSING)
    step = np.where(is_open & (rng.random(n) < mess.SHARE_STEP_UNKNOWN), FORWARD, step)
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    order_ids = source_order_ids(orders, block, np.maximum(order, 0))
    rows = batch(
        "wechat.share_events",
        {
            "event_id": numbered("H", block * 10**8 + np.arange(n), 11),
            "share_id": numbered("S", block * 10**8 + share_number, 11),
            "event_type": lookup(step, STEPS),
            "app_id": lookup(np.zeros(n, dtype=np.int64), APPS),
            "openid": openids.take(pa.array(person)),
            "visitor_openid": masked(visitors, ~nobody),
            "channel": lookup(channel, SHARE_CHANNELS),
            "campaign_id": pa.nulls(n, pa.string()),
            "product_id": lookup(product, catalogue.product_ids),
            "order_id": masked(order_ids, order >= 0),
            "occurred_at": timestamps(mess.clocks_ahead(rng, at)),
            "loaded_at": timestamps(loaded),
        },
    )
    return mess.with_duplicates(rng, rows)


def _shares(
    rng: np.random.Generator, people: People, users: Ints, orders: Orders, circles: Circles
) -> tuple[Ints, Ints]:
    """Who shared when: first the shares before moved orders, in their order, then any."""
    moved_at = orders.at[circles.moved_order]
    before = moved_at - rng.integers(1800, 2 * DAY, len(moved_at))
    ordinary = users[rng.random(len(users)) < SHARERS]
    ordinary = np.repeat(ordinary, rng.poisson(SHARES_PER_SHARER, len(ordinary)))
    at = START + rng.integers(0, END - START - DAY, len(ordinary))
    sharer = np.concatenate([circles.follows[circles.moved_person], ordinary])
    return sharer, np.maximum(np.concatenate([before, at]), START)


def _opens(
    rng: np.random.Generator,
    users: Ints,
    sharer: Ints,
    shared_at: Ints,
    orders: Orders,
    circles: Circles,
) -> tuple[Ints, Ints, Ints]:
    """Who opened which share when: followers before their orders, and anybody."""
    moved = len(circles.moved_order)
    until = orders.at[circles.moved_order]
    share_of = rng.random(moved)
    opened = shared_at[:moved] + (share_of * (until - shared_at[:moved])).astype(np.int64)
    by_chance = np.repeat(np.arange(len(sharer)), rng.poisson(OPENS_PER_SHARE, len(sharer)))
    visitor = users[rng.integers(0, len(users), len(by_chance))]
    delay = 60 + rng.exponential(9 * 3600, len(by_chance)).astype(np.int64)
    at = np.minimum(shared_at[by_chance] + delay, END - 60)
    return (
        np.concatenate([circles.moved_person, visitor]),
        np.concatenate([np.arange(moved), by_chance]),
        np.concatenate([opened, at]),
    )


def _orders_after(orders: Orders, visitor: Ints, opened_at: Ints) -> tuple[Ints, Ints, Ints]:
    """Orders of the mini program laid to the last opening by the buyer: order, opening, time."""
    sales = np.flatnonzero(
        (orders.channel == WECHAT)
        & (orders.returned < 0)
        & ~orders.is_future
        & (orders.status != CANCELLED)
    )
    width = END + DAY
    opened = visitor.astype(np.int64) * width + opened_at
    sequence = np.argsort(opened, kind="stable")
    place = np.searchsorted(opened[sequence], orders.person[sales] * width + orders.at[sales]) - 1
    opening = sequence[np.maximum(place, 0)]
    is_laid = (
        (place >= 0)
        & (visitor[opening] == orders.person[sales])
        & (orders.at[sales] - opened_at[opening] <= ORDERED_WITHIN)
    )
    return sales[is_laid], opening[is_laid], orders.at[sales[is_laid]]


def make_referral_events(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    circles: Circles,
    joined: Ints,
) -> pa.Table:
    """crm.referral_events of one block: codes passed on, entered, and first orders by them."""
    members = np.flatnonzero(people.is_member)
    is_new = people.is_member & (joined > START + 30 * DAY) & (joined < END - DAY)
    by_influencer = np.where(circles.follows >= 0, REFERRED_FOLLOWERS, REFERRED)
    friend = np.flatnonzero(is_new & (rng.random(people.n) < by_influencer))
    referrer = members[rng.integers(0, len(members), len(friend))]
    leader = circles.follows[friend]
    leads = (leader >= 0) & people.is_member[np.maximum(leader, 0)]
    referrer = np.where(leads, leader, referrer)
    known = (referrer != friend) & (joined[referrer] < joined[friend] - DAY)
    friend, referrer = friend[known], referrer[known]
    first_at = _first_orders(people, orders)[friend]
    has_bought = first_at < END
    in_vain = members[rng.integers(0, len(members), 2 * len(friend) + 20)]
    since = np.maximum(joined[in_vain], START)
    in_vain_at = since + (rng.random(len(in_vain)) * (END - DAY - since)).astype(np.int64)
    told = joined[friend] - rng.integers(3600, 10 * DAY, len(friend))

    nobody = np.full(len(in_vain), -1)
    who = np.concatenate([referrer, in_vain, referrer, referrer[has_bought]])
    came = np.concatenate([np.full(len(friend), -1), nobody, friend, friend[has_bought]])
    step = np.repeat(np.arange(3), [len(friend) + len(in_vain), len(friend), has_bought.sum()])
    at = np.concatenate([told, in_vain_at, joined[friend], first_at[has_bought]])
    is_past = at < END - 3600
    who, came, step, at = who[is_past], came[is_past], step[is_past], at[is_past]
    n = len(who)
    step = np.where(rng.random(n) < mess.SHARE_STEP_UNKNOWN, len(REFERRAL_STEPS) - 1, step)
    own_code = (step == 1) & (rng.random(n) < mess.SHARE_OPENED_BY_SELF)
    came = np.where(own_code, who, came)
    occurred, _ = mess.spoil_dates(rng, time_text(timestamps(at)), np.ones(n, np.bool_))
    rows = batch(
        "crm.referral_events",
        {
            "event_id": numbered("F", block * 10**8 + np.arange(n), 11),
            "referral_code": numbered("VIP", people.index[who], 8),
            "member_id": ids.member_ids(2 * people.index[who]),
            "referred_member_id": take(ids.member_ids(2 * people.index), came),
            "event_type": take(REFERRAL_STEPS, step),
            "channel": take(REFERRAL_CHANNELS, rng.integers(0, 4, n)),
            "occurred_at": occurred,
            "loaded_at": time_text(timestamps(mess.arrival(rng, extracted_at(at), LAST_ARRIVAL))),
        },
    )
    return mess.with_duplicates(rng, rows)


def _first_orders(people: People, orders: Orders) -> Ints:
    """When each person ordered first; END for who never did."""
    is_sale: Bools = (orders.returned < 0) & ~orders.is_future
    first = np.full(people.n, END)
    np.minimum.at(first, orders.person[is_sale], orders.at[is_sale])
    return first
