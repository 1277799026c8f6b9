"""The web shop: accounts, sessions of events, orders, reviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.crm import birthdays
from one360.datasets.simulate.identities import SHARED_SLOT, Identities, masked
from one360.datasets.simulate.names import written
from one360.datasets.simulate.orders import STATUS, WEB, Orders, recorded_at
from one360.datasets.simulate.people import PROSPECT, People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL, line_columns, lines_of
from one360.datasets.simulate.text import (
    Bools,
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
from one360.datasets.simulate.wechat import recipients, returned_ids
from one360.datasets.simulate.writer import batch, money

EVENTS = (
    "page_viewed",
    "product_viewed",
    "product_searched",
    "product_added",
    "product_wishlisted",
    "signed_in",
    "order_completed",
)
VIEWED, PRODUCT, SEARCHED, ADDED, WISHED, SIGNED_IN, COMPLETED = range(7)
BROWSE_MIX = (0.27, 0.53, 0.11, 0.06, 0.03)
ORDER_MIX = (0.22, 0.46, 0.10, 0.20, 0.02)
BROWSING_SESSIONS = 6.0  # median-like scale per visitor; heavily skewed
EVENTS_PER_BROWSE = 5.0
EVENTS_PER_ORDER = 6.0
SIGNED_IN_BROWSING = 0.5  # of sessions of account holders
REMEMBERED = 0.35  # signed-in sessions without a new sign-in
SHARED_DEVICE_USE = 0.35  # sessions of people with a shared computer
FAVOURITE_VIEW = 0.68
REVIEWED = 0.05  # of web order lines
REVIEW_TEXTS = (
    "很好用，已经回购三次",
    "物流很快，包装完好",
    "一般般，没有想象中好",
    "质量不错，性价比高",
    "味道很好，家人都喜欢",
    "有点小贵，等活动再买",
    "不太满意，已申请退货",
    "客服态度很好",
    "Good quality, will buy again",
    "颜色和图片有差别",
)
STATIC_PAGES = (
    "/",
    "/promotions",
    "/search",
    "/cart",
    "/account/sign-in",
    "/checkout/complete",
    "/wishlist",
    "/help",
)
UTM_SOURCES = ("baidu", "douyin", "wechat", "email", "sms", "xiaohongshu")
UTM_MEDIUMS = ("cpc", "paid_social", "social", "email", "sms", "social")
REFERRERS = (
    "https://www.baidu.com/",
    "https://www.douyin.com/",
    "https://weixin.qq.com/",
    "https://mail.qq.com/",
    None,
    "https://www.xiaohongshu.com/",
)
# acquisition channel (people.ACQUISITION_CHANNELS) to utm source, -1 direct
ACQUIRED_BY = np.array([-1, -1, 0, 1, 2, 5])
DEVICES = ("mobile", "desktop", "tablet")


@dataclass
class Sessions:
    """s visits; every array has shape (s,).

    person: position in the block; cookie: cookie number; begins: local
    seconds; order: position of the order that ends it, -1 = none; sign_in:
    an event of signing in happens; user_known: events carry the user_id
    (after signing in, or all of them if remembered).
    """

    person: Ints
    cookie: Ints
    begins: Ints
    order: Ints
    sign_in: Bools
    user_known: Bools


def registered_at(rng: np.random.Generator, people: People) -> Ints:
    """When web accounts were opened: before the first order."""
    from_day = np.floor(people.active_from).astype(np.int64)
    day = np.where(
        from_day > 0,
        from_day - rng.integers(0, 30, people.n),
        -rng.integers(1, 1200, people.n),
    )
    prospect = people.life_cycle == PROSPECT
    last = (END - START) // DAY - 3
    day = np.where(prospect, rng.integers(-300, last, people.n), day)
    return START + day * DAY + rng.integers(2 * 3600, 8 * 3600, people.n)


def make_accounts(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    registered: Ints,
) -> dict[str, pa.Table]:
    """web.accounts and truth of one block."""
    person = np.flatnonzero(people.has_web)
    n = len(person)
    at = registered[person]
    changed = rng.random(n) < 0.3
    updated = np.where(changed, at + rng.integers(1, 200, n) * DAY, at)
    updated = np.maximum(np.minimum(updated, END - 3600), at)
    email = masked(ids.email.take(pa.array(person)), ids.web_has_email[person])
    email, is_test = mess.write_emails(rng, email)
    phone = mess.spoil_phones(rng, ids.web_phone[person])
    sex = np.where(people.is_male[person], 0, 1)
    sex = np.where(rng.random(n) < 0.25, -1, sex)
    city = np.where(rng.random(n) < 0.25, -1, people.city[person])
    loaded = mess.arrival(rng, extracted_at(updated), LAST_ARRIVAL)
    user_ids = ids.user_id.take(pa.array(person))
    rows = batch(
        "web.accounts",
        {
            "user_id": user_ids,
            "email": email,
            "mobile": mess.write_phones(rng, phone),
            "full_name": masked(written(rng, people.names.pick(person)), rng.random(n) < 0.85),
            "gender": take(["male", "female"], sex),
            "birth_date": masked(birthdays(rng, people, person), rng.random(n) < 0.5),
            "province": take(catalogue.province, city),
            "city": take(catalogue.city, city),
            "unionid": masked(
                ids.unionid.take(pa.array(person)),
                ids.web_has_unionid[person],
            ),
            "registered_at": timestamps(at),
            "updated_at": timestamps(updated),
            "loaded_at": timestamps(loaded),
        },
    )
    stale = np.flatnonzero((updated > at) & (rng.random(n) < mess.SUPERSEDED_ACCOUNT / 0.3))
    older = rows.take(pa.array(stale))
    for name, column in (
        ("city", pa.nulls(len(stale), pa.string())),
        ("updated_at", timestamps(at[stale])),
        ("loaded_at", timestamps(extracted_at(at[stale]))),
    ):
        older = older.set_column(older.schema.get_field_index(name), name, column)
    rows = pa.concat_tables([rows, older, _test_accounts(rng, block, people.n)])
    valid = ~is_test
    return {
        "web.accounts": mess.with_duplicates(rng, rows),
        "truth.profiles": profiles(
            "web_account",
            user_ids.filter(pa.array(valid)),
            person_ids(people.index[person[valid]]),
        ),
    }


def _test_accounts(rng: np.random.Generator, block: int, people: int) -> pa.Table:
    n = max(2, rng.binomial(people, mess.TEST_ACCOUNT))
    at = START + rng.integers(0, END - START - DAY, n)
    nothing = pa.nulls(n, pa.string())
    return batch(
        "web.accounts",
        {
            "user_id": numbered("UT", block * 10**6 + np.arange(n), 9),
            "email": take(
                ["test@test.com", "test01@example.com", "qa@example.com"],
                rng.integers(0, 3, n),
            ),
            "mobile": nothing,
            "full_name": take(mess.TEST_NAMES, rng.integers(0, len(mess.TEST_NAMES), n)),
            "gender": nothing,
            "birth_date": nothing,
            "province": nothing,
            "city": nothing,
            "unionid": nothing,
            "registered_at": timestamps(at),
            "updated_at": timestamps(at),
            "loaded_at": timestamps(extracted_at(at)),
        },
    )


def _sessions(
    rng: np.random.Generator,
    people: People,
    ids: Identities,
    orders: Orders,
    registered: Ints,
) -> Sessions:
    """Visits around orders, at registration, and just looking."""
    sales = np.flatnonzero((orders.channel == WEB) & (orders.returned < 0))
    holders = np.flatnonzero(people.has_web & (registered > START))
    scale = BROWSING_SESSIONS * rng.lognormal(-0.35, 1.0, people.n)
    scale *= np.where(people.has_web, 1.0, 0.3)
    scale *= np.where(people.is_buyer, 1.1, 0.7)
    count = np.where(people.is_visitor, 1 + rng.poisson(scale), 0)
    count = np.minimum(count, 200)
    browser = np.repeat(np.arange(people.n), count)
    # Buyers look around while active, others within a few months.
    low = np.where(people.is_buyer, people.active_from - 30, 0)
    high = people.active_until
    prospect = ~people.is_buyer
    window = rng.random(people.n) * 600
    low = np.where(prospect, window, low)
    high = np.where(prospect, window + 125, high)
    low = np.maximum(low, np.where(people.has_web, (registered - START) / DAY + 1, 0))
    low = np.clip(low, 0, (END - START) / DAY - 2)
    high = np.clip(high, low + 1, (END - START) / DAY - 1)
    day = low[browser] + rng.random(len(browser)) * (high - low)[browser]
    hour = np.clip(rng.normal(17.5, 4.5, len(browser)), 6.5, 23.7)
    looks = START + day.astype(np.int64) * DAY + (hour * 3600).astype(int)

    person = np.concatenate([orders.person[sales], holders, browser])
    order = np.concatenate([sales, np.full(len(holders) + len(browser), -1)])
    begins = np.concatenate([orders.at[sales], registered[holders], looks])
    n = len(person)
    has_web = people.has_web[person]
    # Cookies: the first slot is the main device
    slots = ids.cookies[person]
    slot = np.minimum((rng.random(n) ** 1.6 * slots).astype(np.int64), slots - 1)
    shared = (ids.shares_device_with[person] >= 0) & (rng.random(n) < SHARED_DEVICE_USE)
    cookie = 8 * people.index[person] + slot
    cookie = np.where(shared, 8 * ids.shares_device_with[person] + SHARED_SLOT, cookie)
    is_order = order >= 0
    guest = is_order & (rng.random(n) < mess.GUEST_CHECKOUT)
    known = has_web & ((is_order & ~guest) | (rng.random(n) < SIGNED_IN_BROWSING))
    known[len(sales) : len(sales) + len(holders)] = True
    # A few cookies never see a sign-in; nearly all others do.
    unique, first, inverse = np.unique(cookie, return_index=True, return_inverse=True)
    never = rng.random(len(unique)) < mess.COOKIE_NEVER_SIGNED_IN
    never &= unique % 8 != SHARED_SLOT
    known &= ~never[inverse]
    seen = np.zeros(len(unique), dtype=np.bool_)
    seen[inverse[known]] = True
    wanting = first[~seen & ~never]
    known[wanting] = has_web[wanting] & ~guest[wanting]
    sign_in = known & (rng.random(n) >= REMEMBERED)
    return Sessions(person, cookie, begins, order, sign_in, known)


def _favourite_products(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    person: Ints,
) -> Ints:
    """Products people look at: of favourite brands, else popular ones."""
    n = len(person)
    which = (rng.random(n) < 0.35).astype(np.int64)
    brand = people.brands[person, which]
    products, starts, counts = catalogue.by_brand
    favourite = products[starts[brand] + (rng.random(n) ** 1.7 * counts[brand]).astype(int)]
    total = len(catalogue.by_popularity)
    popular = catalogue.by_popularity[(rng.random(n) ** 2.0 * total).astype(int)]
    return np.where(rng.random(n) < FAVOURITE_VIEW, favourite, popular)


def make_events(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    registered: Ints,
) -> tuple[dict[str, pa.Table], Sessions]:
    """web.events and the truth of cookies, one block."""
    sessions = _sessions(rng, people, ids, orders, registered)
    n_sessions = len(sessions.person)
    is_order = sessions.order >= 0
    size = 2 + np.where(
        is_order,
        1 + rng.poisson(EVENTS_PER_ORDER, n_sessions),
        rng.negative_binomial(1.6, 1.6 / (1.6 + EVENTS_PER_BROWSE), n_sessions),
    )
    session = np.repeat(np.arange(n_sessions), size)
    first = np.cumsum(size) - size
    place = np.arange(len(session)) - first[session]
    n = len(session)
    person = sessions.person[session]

    draw = rng.random(n)
    browse = np.searchsorted(np.cumsum(BROWSE_MIX)[:-1], draw)
    buying = np.searchsorted(np.cumsum(ORDER_MIX)[:-1], draw)
    in_order = is_order[session]
    event = np.where(in_order, buying, browse)
    event[place == 0] = VIEWED
    event[(place == 1) & sessions.sign_in[session]] = SIGNED_IN
    completes = in_order & (place == size[session] - 1)
    event[completes] = COMPLETED

    # Products: those of the order, or what the person likes
    product = _favourite_products(rng, people, catalogue, person)
    order = sessions.order[session]
    lines = orders.first_line[order] + (rng.random(n) * orders.line_count[order]).astype(np.int64)
    bought = orders.product[lines]
    product = np.where(in_order & (bought >= 0) & (rng.random(n) < 0.8), bought, product)
    has_product = np.isin(event, (PRODUCT, ADDED, WISHED))
    product_code = np.where(has_product, product, -1)
    searches = event == SEARCHED
    for_brand = searches & (rng.random(n) < 0.6)
    brand = np.where(has_product | for_brand, catalogue.product_brand[product], -1)
    n_brands = len(catalogue.brands)
    query = np.where(
        for_brand,
        brand,
        n_brands + rng.integers(0, len(catalogue.subcategories), n),
    )
    query = np.where(searches, query, -1)
    n_static, n_categories = len(STATIC_PAGES), len(catalogue.categories)
    page = np.select(
        [
            has_product,
            searches,
            event == SIGNED_IN,
            event == COMPLETED,
            place == 0,
        ],
        [
            n_static + n_categories + product,
            np.full(n, 2),
            np.full(n, 4),
            np.full(n, 5),
            np.where(draw < 0.75, 0, 1),
        ],
        n_static + catalogue.product_category[product],
    )
    paths = pa.concat_arrays(
        [
            strings(STATIC_PAGES),
            strings([f"/category/{c + 1}" for c in range(n_categories)]),
            join("/product/", catalogue.product_ids),
        ]
    )

    # Time: dwell on each page, and a short gap to the next
    dwell = np.minimum(1 + rng.lognormal(2.9, 0.9, n).astype(np.int64), 600)
    step = dwell + rng.integers(1, 40, n)
    passed = np.cumsum(step) - step
    offset = passed - passed[first][session]
    length = offset[first + size - 1]
    begins = np.where(is_order, sessions.begins - length, sessions.begins)
    at = begins[session] + offset
    engaged = np.where(rng.random(n) < 0.06, 0, dwell)

    known = sessions.user_known[session] & ((place >= 1) | ~sessions.sign_in[session])
    unique, cookie_code = np.unique(sessions.cookie, return_inverse=True)
    cookie_ids = ids.cookie_ids(unique)
    device = (ids.salt + unique * 2_654_435_761 // 7) % 10
    device = np.where(device < 6, 0, np.where(device < 9, 1, 2))
    source = _utm(rng, people, sessions)
    campaign_names = [f"cmp{number + 1:03d}" for number in range(len(catalogue.campaign_day))]
    utm_campaign = np.where(
        (source >= 0) & (rng.random(n_sessions) < 0.3),
        rng.integers(0, len(campaign_names), n_sessions),
        -1,
    )
    order_number = np.where(completes, orders.number[order], -1)
    order_ids = masked(
        numbered("W", block * 10**8 + np.maximum(order_number, 0), 11),
        completes,
    )
    received = at + rng.integers(0, 4, n)
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    rows = batch(
        "web.events",
        {
            "event_id": numbered("E", block * 10**9 + np.arange(n), 12),
            "anonymous_id": lookup(cookie_code[session], cookie_ids),
            "user_id": lookup(np.where(known, person, -1), ids.user_id),
            "event": lookup(event, EVENTS),
            "page_path": lookup(page, paths),
            "product_id": lookup(product_code, catalogue.product_ids),
            "brand": lookup(brand, catalogue.brands),
            "search_query": lookup(query, [*catalogue.brands, *catalogue.subcategories]),
            "engaged_seconds": money(engaged * 100),
            "utm_source": lookup(source[session], UTM_SOURCES),
            "utm_medium": lookup(source[session], UTM_MEDIUMS),
            "utm_campaign": lookup(utm_campaign[session], campaign_names),
            "device_type": lookup(device[cookie_code][session], DEVICES),
            "referrer": lookup(np.where(place == 0, source[session], -1), REFERRERS),
            "order_id": order_ids,
            "occurred_at": timestamps(at),
            "received_at": timestamps(received),
            "loaded_at": timestamps(loaded),
        },
    )
    # A shared computer that only one of them used is that person's.
    pairs = np.unique(np.stack([cookie_code, people.index[sessions.person]]), axis=1)
    users = np.bincount(pairs[0], minlength=len(unique))
    owner = np.zeros(len(unique), dtype=np.int64)
    owner[pairs[0]] = pairs[1]
    is_shared = users > 1
    truth = profiles(
        "web_cookie",
        cookie_ids,
        where(
            is_shared,
            join("shared:device-", person_ids(unique // 8)),
            person_ids(owner),
        ),
    )
    return {
        "web.events": mess.with_duplicates(rng, rows),
        "truth.profiles": truth,
    }, sessions


def _utm(rng: np.random.Generator, people: People, sessions: Sessions) -> Ints:
    """Source of each visit: how the person came first, else a mix."""
    n = len(sessions.person)
    acquired = ACQUIRED_BY[people.acquisition[sessions.person]]
    mixed = rng.choice(7, n, p=[0.08, 0.06, 0.09, 0.04, 0.03, 0.04, 0.66])
    mixed = np.where(mixed == 6, -1, mixed)
    earliest = np.full(people.n, np.iinfo(np.int64).max)
    np.minimum.at(earliest, sessions.person, sessions.begins)
    is_first = sessions.begins == earliest[sessions.person]
    return np.where(is_first | (rng.random(n) < 0.2), acquired, mixed)


def make_web_orders(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    sessions: Sessions,
) -> dict[str, pa.Table]:
    """web.orders, web.order_lines and web.reviews of one block."""
    index = np.flatnonzero(orders.channel == WEB)
    n = len(index)
    person = orders.person[index]
    returned = orders.returned[index]
    origin = np.where(returned >= 0, returned, index)
    # The visit in which the order was made tells cookie and login.
    visit = np.full(len(orders.at), -1)
    visits = np.flatnonzero(sessions.order >= 0)
    visit[sessions.order[visits]] = visits
    mine = visit[origin]
    known = sessions.user_known[mine]
    cookie = ids.cookie_ids(sessions.cookie[mine])
    at = orders.at[index]
    order_ids = numbered("W", block * 10**8 + orders.number[index], 11)
    loaded = mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)
    loaded = np.where(orders.is_future[index], extracted_at(at), loaded)
    phone, names = recipients(rng, people, ids, person, block, 1)
    email = ids.email.take(pa.array(person))
    email = masked(email, ids.web_has_email[person] | ~known)
    lines = lines_of(orders, index)
    header = batch(
        "web.orders",
        {
            "order_id": order_ids,
            "user_id": masked(ids.user_id.take(pa.array(person)), known),
            "anonymous_id": cookie,
            "mobile": phone,
            "email": email,
            "recipient_name": names,
            "province": lookup(people.city[person], catalogue.province),
            "city": lookup(people.city[person], catalogue.city),
            "ordered_at": timestamps(recorded_at(orders, index)),
            "status": lookup(orders.status[index], STATUS),
            "payment_method": lookup(
                rng.choice(3, n, p=[0.45, 0.45, 0.1]),
                ("alipay", "wechat_pay", "bank_card"),
            ),
            "returns_order_id": returned_ids(orders, index, order_ids),
            "shipping_amount": money(orders.shipping[index]),
            "total_amount": money(orders.total[index]),
            "loaded_at": timestamps(loaded),
        },
    )
    columns = line_columns(rng, orders, lines, "order_id", order_ids, loaded, catalogue)
    return {
        "web.orders": mess.with_duplicates(rng, header),
        "web.order_lines": mess.with_duplicates(rng, batch("web.order_lines", columns)),
        "web.reviews": _reviews(rng, block, people, ids, orders, catalogue, index[known]),
    }


def _reviews(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    index: Ints,
) -> pa.Table:
    index = index[(orders.returned[index] < 0) & ~orders.is_future[index]]
    lines = lines_of(orders, index)
    chosen = np.flatnonzero(
        (rng.random(len(lines.index)) < REVIEWED) & (orders.product[lines.index] >= 0)
    )
    order = index[lines.header[chosen]]
    n = len(order)
    at = orders.at[order] + rng.integers(2 * DAY, 15 * DAY, n)
    keep = np.flatnonzero(at < END - 3600)
    order, at, n = order[keep], at[keep], len(keep)
    product = orders.product[lines.index[chosen[keep]]]
    text = take(REVIEW_TEXTS, rng.integers(0, len(REVIEW_TEXTS), n))
    rows = batch(
        "web.reviews",
        {
            "review_id": numbered("V", block * 10**8 + np.arange(n), 11),
            "user_id": ids.user_id.take(pa.array(orders.person[order])),
            "order_id": numbered("W", block * 10**8 + orders.number[order], 11),
            "product_id": take(catalogue.product_ids, product),
            "rating": pa.array(rng.choice([1, 2, 3, 4, 5], n, p=[0.05, 0.05, 0.1, 0.25, 0.55])),
            "is_verified": pa.array(np.ones(n, dtype=np.bool_)),
            "review_text": masked(text, rng.random(n) < 0.7),
            "reviewed_at": timestamps(at),
            "loaded_at": timestamps(mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)),
        },
    )
    return mess.with_duplicates(rng, rows)
