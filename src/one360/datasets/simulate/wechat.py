"""WeChat: users of several apps, messages, orders of the mini programme."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.identities import (
    APP_SHARES,
    APPS,
    GIFT_BASE,
    Identities,
    masked,
    mobile_numbers,
)
from one360.datasets.simulate.names import written
from one360.datasets.simulate.orders import STATUS, WECHAT, Orders, recorded_at
from one360.datasets.simulate.people import People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL, line_columns, lines_of
from one360.datasets.simulate.text import Ints, join, lookup, numbered, take
from one360.datasets.simulate.timeline import DAY, DAYS, END, START, extracted_at, timestamps
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.writer import batch, money

MESSAGES_PER_USER = 6.0  # mean over the period, per follower
MESSAGE_TYPES = ("template", "broadcast", "menu_click", "customer_service")
NICKNAMES = (
    "小太阳",
    "阿布",
    "追风少年",
    "一杯清茶",
    "Momo",
    "糖果",
    "木木",
    "山里的风",
    "Lily🌸",
    "大白",
    "静静的湖",
    "橙子不甜",
    "老王",
    "可乐加冰",
    "云淡风轻",
    "CC",
    "星星眼",
    "豆豆妈",
    "慢生活",
    "A0 小陈",
)


def make_wechat(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
) -> dict[str, pa.Table]:
    """All WeChat tables and their truth, one block."""
    uses = people.has_wechat[:, None] & (rng.random((people.n, len(APPS))) < np.array(APP_SHARES))
    person, app = np.nonzero(uses)
    tables = _users(rng, block, people, ids, catalogue, person, app)
    tables["wechat.messages"] = _messages(rng, block, people, ids, catalogue, person, app)
    tables.update(_orders(rng, block, people, ids, orders, catalogue))
    return tables


def _users(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    person: Ints,
    app: Ints,
) -> dict[str, pa.Table]:
    n = len(person)
    earliest = np.maximum(people.active_from[person], 0)
    since = np.where(earliest > 0, earliest * DAY, -rng.integers(1, 900, n) * DAY).astype(np.int64)
    subscribed = START + since - rng.integers(3600, 12 * 3600, n)
    leaves = (app > 0) & (rng.random(n) < 0.12)
    left_at = np.maximum(subscribed, START) + (
        rng.random(n) * (END - np.maximum(subscribed, START))
    ).astype(np.int64)
    updated = np.where(leaves, left_at, subscribed)
    in_shop = app == 0
    phone = np.where(in_shop, ids.wechat_phone[person], 0)
    unionid = rng.random(n) >= mess.UNIONID_MISSING
    nickname = written(rng, people.names.pick(person))
    pet_name = rng.random(n) < 0.7
    nicknames = take(NICKNAMES, rng.integers(0, len(NICKNAMES), n))
    nickname = pc.if_else(pa.array(pet_name), nicknames, nickname)
    openids = ids.openids(4 * people.index[person] + app)
    sex = np.where(people.is_male[person], 0, 1)
    sex = np.where(rng.random(n) < 0.3, 2, sex)
    city = np.where(rng.random(n) < 0.3, -1, people.city[person])
    loaded = mess.arrival(rng, extracted_at(updated), LAST_ARRIVAL)
    columns = {
        "app_id": take(APPS, app),
        "openid": openids,
        "unionid": masked(ids.unionid.take(pa.array(person)), unionid),
        "nickname": nickname,
        "gender": take(["1", "2", "0"], sex),
        "province": take(catalogue.province, city),
        "city": take(catalogue.city, city),
        "mobile": mess.write_phones(rng, mess.spoil_phones(rng, phone)),
        "subscribed_at": timestamps(subscribed),
        "unsubscribed_at": timestamps(left_at, ~leaves),
        "updated_at": timestamps(updated),
        "loaded_at": timestamps(loaded),
    }
    rows = batch("wechat.users", columns)
    # What the file of the day said before they left.
    stale = np.flatnonzero(leaves)
    older = rows.take(pa.array(stale))
    for name, column in (
        ("unsubscribed_at", pa.nulls(len(stale), pa.timestamp("us"))),
        ("updated_at", timestamps(subscribed[stale])),
        ("loaded_at", timestamps(extracted_at(subscribed[stale]))),
    ):
        older = older.set_column(older.schema.get_field_index(name), name, column)
    rows = pa.concat_tables([rows, older, _test_users(rng, block, people.n)])
    truth = profiles(
        "wechat_user",
        join(take(APPS, app), "|", openids),
        person_ids(people.index[person]),
    )
    return {
        "wechat.users": mess.with_duplicates(rng, rows),
        "truth.profiles": truth,
    }


def _test_users(rng: np.random.Generator, block: int, people: int) -> pa.Table:
    n = max(2, rng.binomial(people, mess.TEST_ACCOUNT))
    at = START + rng.integers(0, END - START - DAY, n)
    nothing = pa.nulls(n, pa.string())
    return batch(
        "wechat.users",
        {
            "app_id": take(APPS, np.zeros(n, dtype=np.int64)),
            "openid": numbered("oTEST", block * 10**6 + np.arange(n), 10),
            "unionid": nothing,
            "nickname": take(mess.TEST_NAMES, rng.integers(0, len(mess.TEST_NAMES), n)),
            "gender": nothing,
            "province": nothing,
            "city": nothing,
            "mobile": nothing,
            "subscribed_at": timestamps(at),
            "unsubscribed_at": pa.nulls(n, pa.timestamp("us")),
            "updated_at": timestamps(at),
            "loaded_at": timestamps(extracted_at(at)),
        },
    )


def _messages(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    person: Ints,
    app: Ints,
) -> pa.Table:
    """Messages to followers; those who live in WeChat open them."""
    count = rng.poisson(MESSAGES_PER_USER, len(person))
    user = np.repeat(np.arange(len(person)), count)
    n = len(user)
    kind = rng.choice(4, n, p=[0.35, 0.45, 0.14, 0.06])
    wechat = np.array([channel == "wechat" for channel in catalogue.campaign_channel])
    numbers = np.flatnonzero(wechat)
    campaign = numbers[rng.integers(0, len(numbers), n)]
    campaign = np.where((kind == 1) & (rng.random(n) < 0.5), campaign, -1)
    day = rng.integers(0, DAYS - 1, n)
    day = np.where(campaign >= 0, catalogue.campaign_day[campaign], day)
    sent = START + day * DAY + rng.integers(9 * 3600, 21 * 3600, n)
    likes = people.contact_habit[person[user]] == 0
    opened = rng.random(n) < np.where(likes, 0.5, 0.12)
    opened |= kind >= 2
    clicked = opened & (rng.random(n) < np.where(likes, 0.35, 0.15))
    opened_at = sent + rng.integers(30, 6 * 3600, n)
    clicked_at = opened_at + rng.integers(5, 300, n)
    account = 4 * people.index[person] + app
    loaded = mess.arrival(rng, extracted_at(clicked_at), LAST_ARRIVAL)
    rows = batch(
        "wechat.messages",
        {
            "message_id": numbered("G", block * 10**8 + np.arange(n), 11),
            "app_id": lookup(app[user], APPS),
            "openid": ids.openids(account).take(pa.array(user)),
            "campaign_id": lookup(campaign, catalogue.campaign_ids),
            "message_type": lookup(kind, MESSAGE_TYPES),
            "sent_at": timestamps(sent),
            "opened_at": timestamps(opened_at, ~opened),
            "clicked_at": timestamps(clicked_at, ~clicked),
            "loaded_at": timestamps(loaded),
        },
    )
    return mess.with_duplicates(rng, rows)


def _orders(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
) -> dict[str, pa.Table]:
    index = np.flatnonzero(orders.channel == WECHAT)
    n = len(index)
    person = orders.person[index]
    order_ids = numbered("X", block * 10**8 + orders.number[index], 11)
    at = orders.at[index]
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    loaded = np.where(orders.is_future[index], extracted_at(at), loaded)
    phone, names = recipients(rng, people, ids, person, block, 0)
    lines = line_columns(
        rng,
        orders,
        lines_of(orders, index),
        "order_id",
        order_ids,
        loaded,
        catalogue,
    )
    header = batch(
        "wechat.orders",
        {
            "order_id": order_ids,
            "app_id": lookup(np.zeros(n, dtype=np.int64), APPS),
            "openid": ids.openids(4 * people.index).take(pa.array(person)),
            "mobile": phone,
            "recipient_name": names,
            "province": lookup(people.city[person], catalogue.province),
            "city": lookup(people.city[person], catalogue.city),
            "ordered_at": timestamps(recorded_at(orders, index)),
            "status": lookup(orders.status[index], STATUS),
            "payment_method": lookup(np.zeros(n, dtype=np.int64), ["wechat_pay"]),
            "returns_order_id": returned_ids(orders, index, order_ids),
            "shipping_amount": money(orders.shipping[index]),
            "total_amount": money(orders.total[index]),
            "loaded_at": timestamps(loaded),
        },
    )
    return {
        "wechat.orders": mess.with_duplicates(rng, header),
        "wechat.order_lines": mess.with_duplicates(rng, batch("wechat.order_lines", lines)),
    }


def returned_ids(orders: Orders, index: Ints, order_ids: pa.StringArray) -> pa.StringArray:
    """Id of the order that each return takes back, null for sales."""
    place = np.full(len(orders.at) + 1, -1)
    place[index] = np.arange(len(index))
    return take(order_ids, place[orders.returned[index]])


def recipients(
    rng: np.random.Generator,
    people: People,
    ids: Identities,
    person: Ints,
    block: int,
    channel: int,
) -> tuple[pa.StringArray, pa.StringArray]:
    """(phone, name) on the parcel: the buyer's, or for gifts another's.

    Gifts go to people outside the data, each phone used once.
    """
    n = len(person)
    gift = rng.random(n) < mess.GIFT_RECIPIENT
    number = GIFT_BASE + (block * 2 + channel) * 10**6 + np.arange(n)
    stranger = mobile_numbers(number, ids.salt)
    phone = np.where(gift, stranger, ids.phone[person])
    given = gift | (rng.random(n) < 0.9)
    phone = mess.spoil_phones(rng, np.where(given, phone, 0))
    names = people.names.pick(person)
    others = names.pick(rng.permutation(n))
    text = written(rng, names)
    text = pc.if_else(pa.array(gift), others.full(), text)
    return mess.write_phones(rng, phone), text
