"""Orders, their lines and returns, over the four channels.

Purchases are a renewal process per person on the demand clock (see
timeline), bent by weekday and hour habits, added to and taken from by
campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from one360.datasets.simulate import mess
from one360.datasets.simulate.campaigns import Targets
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.people import (
    DECLINING,
    FREQUENT_HIGH,
    GROWING,
    HOUR_MEAN,
    HOUR_SPREAD,
    LAPSED_LOW,
    ONE_TIME,
    RARE_HIGH,
    REGULAR_LOW,
    SLEEPING_DOG,
    SLEEPING_DOG_LOSS,
    People,
)
from one360.datasets.simulate.text import Bools, Floats, Ints
from one360.datasets.simulate.timeline import (
    DAY,
    DAYS,
    END,
    START,
    day_index,
    demand_clock,
    promotion_days,
    weekdays,
)

POS, WEB, WECHAT, MARKET = range(4)
HABIT_STRENGTH = 0.94  # share of orders in the habit channel
WEEKDAY_STRENGTH = 0.92
CHANNEL_MIX = (0.35, 0.4, 0.25)  # of people without a habit
BUNDLE_SHARE = 0.16  # orders that hold a bundle
FAVOURITE_BRAND_SHARE = 0.45  # lines
FAVOURITE_CATEGORY_SHARE = 0.25
DISCOUNTED = 0.16  # lines of people who do not hunt
DISCOUNTED_PROMOTION = 0.45
DISCOUNTED_HUNTER = 0.88
COUPON_LINE = 0.02  # lines partly paid by a third party
FREE_SHIPPING_CENTS = 9_900
SHIPPING_CENTS = 1_000
STATUS = ("paid", "shipped", "completed", "cancelled", "refunded")
PAID, SHIPPED, COMPLETED, CANCELLED, REFUNDED = range(5)


@dataclass
class Orders:
    """m orders of one block, sorted by person and time, then returns.

    person: position in the block; at: local seconds; returned: position of
    the order that a return takes back, -1 for sales; campaign: campaign
    that caused the order, -1 = none. Lines of order i stand at
    first_line[i] … first_line[i] + line_count[i].
    """

    person: Ints
    at: Ints
    channel: Ints
    store: Ints
    returned: Ints
    campaign: Ints
    is_future: Bools  # recorded with a time that has not come yet
    status: Ints
    shipping: Ints
    total: Ints  # cents, shipping included
    first_line: Ints
    line_count: Ints
    number: Ints  # running number within the channel of the block
    product: Ints  # lines from here on; -1 = unknown product
    quantity: Ints
    list_cents: Ints
    net_cents: Ints
    coupon_cents: Ints
    line_order: Ints

    @property
    def line_number(self) -> Ints:
        """1, 2, … within each order; shape (lines,)."""
        start = np.repeat(self.first_line, self.line_count)
        return np.arange(len(self.product)) - start + 1


def purchase_times(rng: np.random.Generator, people: People) -> tuple[Ints, Ints]:
    """Who orders when: (person, local seconds), unsorted."""
    clock = demand_clock()
    days = np.arange(DAYS + 1)
    start = np.interp(people.active_from, days, clock)
    end = np.interp(people.active_until, days, clock)
    cycle, shape = people.cycle_days, people.gap_shape
    expected = (end - start) / cycle
    count = np.ceil(expected + 4 * np.sqrt(expected / shape) + 3)
    count[people.life_cycle == ONE_TIME] = 1
    count[~people.is_buyer] = 0
    count = count.astype(np.int64)
    owner = np.repeat(np.arange(people.n), count)
    gaps = rng.gamma(shape[owner], (cycle / shape)[owner])
    first = np.cumsum(count) - count
    buys = count > 0
    opening = first[buys]
    # The stretch since the last order is a part of a cycle.
    phase = rng.random(people.n)[buys]
    clusters = people.value_cluster[buys]
    phase = np.where(clusters >= 0, 0.35 + 0.3 * phase, phase)
    phase[clusters == LAPSED_LOW] = 0.0
    gaps[opening] *= phase
    total = np.cumsum(gaps)
    before = np.zeros(people.n)
    before[buys] = total[opening] - gaps[opening]
    elapsed = total - before[owner]
    span = (end - start)[owner]
    position = 1 - elapsed / np.maximum(span, 1e-9)
    is_first = np.zeros(len(owner), dtype=np.bool_)
    is_first[opening] = True
    keep = (position >= 0) | is_first
    owner, position = owner[keep], np.clip(position[keep], 0, 1)
    cycle_type = people.life_cycle[owner]
    position = np.where(cycle_type == GROWING, position**0.5, position)
    position = np.where(cycle_type == DECLINING, 1 - np.sqrt(1 - position), position)
    op_time = start[owner] + position * (end - start)[owner]
    day = np.floor(np.interp(op_time, clock, days)).astype(np.int64)
    day = _with_habit(rng, people, owner, np.clip(day, 0, DAYS - 1))
    return owner, START + day * DAY + _hours(rng, people, owner)


def _with_habit(rng: np.random.Generator, people: People, owner: Ints, day: Ints) -> Ints:
    """Move days to the weekend, or off it, as the person is used to."""
    weekday = weekdays()[day]
    habit = people.weekday_habit[owner]
    follows = rng.random(len(owner)) < WEEKDAY_STRENGTH
    to_weekend = (habit == 0) & (weekday < 5) & follows
    to_weekday = (habit == 1) & (weekday >= 5) & follows
    coin = rng.integers(0, 2, len(owner))
    # Monday to Wednesday go back to the weekend before, others forward.
    weekend_move = np.where(weekday <= 2, -1 - weekday - coin, 5 - weekday + coin)
    weekday_move = np.where(weekday == 5, np.where(coin == 1, -1, 2), np.where(coin == 1, 1, -2))
    move = np.where(to_weekend, weekend_move, 0)
    move = np.where(to_weekday, weekday_move, move)
    low = np.floor(people.active_from[owner]).astype(np.int64)
    high = np.ceil(people.active_until[owner]).astype(np.int64) - 1
    high = np.maximum(high, low)
    moved = day + move
    moved = np.where(moved > high, moved - 7, moved)
    moved = np.where(moved < low, moved + 7, moved)
    fits = (moved >= low) & (moved <= high)
    return np.where(fits, moved, day)


def _hours(rng: np.random.Generator, people: People, owner: Ints) -> Ints:
    """Second of the day, by habit, between 08:00 and 23:30."""
    habit = people.day_time[owner]
    hour = rng.normal(np.array(HOUR_MEAN)[habit], np.array(HOUR_SPREAD)[habit])
    hour = np.where((hour < 8) | (hour > 23.5), 14 + hour % 5, hour)
    return (hour * 3600).astype(np.int64)


def apply_campaigns(
    rng: np.random.Generator,
    people: People,
    owner: Ints,
    at: Ints,
    targets: Targets,
) -> tuple[Ints, Ints, Ints]:
    """Add and remove orders as treatment does.

    Returns (person, local seconds, campaign that caused the order or -1).
    A treated persuadable who is active gains an order within 14 days with
    the chance true_uplift; a treated sleeping dog loses some.
    """
    campaign = np.full(len(owner), -1)
    gained = targets.gains
    extra = targets.person[gained]
    begins = targets.starts[gained]
    day = (begins - START) // DAY + rng.integers(1, 14, len(extra))
    extra_at = START + day * DAY + _hours(rng, people, extra)

    keep = np.ones(len(owner), dtype=np.bool_)
    dogs = np.flatnonzero(targets.is_treated & (people.segment[targets.person] == SLEEPING_DOG))
    for number in np.unique(targets.campaign[dogs]):
        mine = dogs[targets.campaign[dogs] == number]
        lost = np.zeros(people.n, dtype=np.bool_)
        lost[targets.person[mine]] = True
        begin = targets.starts[mine[0]]
        window = (at > begin) & (at <= begin + 14 * DAY)
        keep &= ~(window & lost[owner] & (rng.random(len(owner)) < SLEEPING_DOG_LOSS))
    # Nobody loses the only order.
    kept = np.bincount(owner[keep], minlength=people.n)
    keep |= kept[owner] == 0
    return (
        np.concatenate([owner[keep], extra]),
        np.concatenate([at[keep], extra_at]),
        np.concatenate([campaign[keep], targets.campaign[gained]]),
    )


def make_orders(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    targets: Targets,
    at_market: Floats,
    market_rng: np.random.Generator,
) -> Orders:
    """All orders and returns of a block.

    at_market: share of each person's orders that are placed on the marketplace.
    """
    owner, at = purchase_times(rng, people)
    owner, at, campaign = apply_campaigns(rng, people, owner, at, targets)
    order = np.lexsort((at, owner))
    owner, at, campaign = owner[order], at[order], campaign[order]
    people.orders = np.bincount(owner, minlength=people.n)
    channel = _channels(rng, people, owner)
    channel[market_rng.random(len(owner)) < at_market[owner]] = MARKET
    store = _stores(rng, people, catalogue, owner)

    count, line_order, product, bundled = _baskets(rng, people, catalogue, owner)
    quantity, list_cents, net, coupon = _prices(
        rng,
        people,
        catalogue,
        owner[line_order],
        at[line_order],
        product,
        bundled,
    )
    unknown = rng.random(len(product)) < mess.UNKNOWN_PRODUCT
    product[unknown] = -1
    first_line = np.cumsum(count) - count
    subtotal = np.add.reduceat(net, first_line) if len(net) else net
    online = channel != POS
    shipping = np.where(online & (subtotal < FREE_SHIPPING_CENTS), SHIPPING_CENTS, 0)
    sales = Orders(
        person=owner,
        at=at,
        channel=channel,
        store=store,
        returned=np.full(len(owner), -1),
        campaign=campaign,
        is_future=np.zeros(len(owner), dtype=np.bool_),
        status=_statuses(rng, at, online),
        shipping=shipping,
        total=subtotal + shipping,
        first_line=first_line,
        line_count=count,
        number=np.zeros(0, dtype=np.int64),
        product=product,
        quantity=quantity,
        list_cents=list_cents,
        net_cents=net,
        coupon_cents=coupon,
        line_order=line_order,
    )
    everything = _with_returns(rng, sales)
    everything.number = _numbers(everything.channel)
    _put_into_the_future(rng, everything)
    return everything


def _put_into_the_future(rng: np.random.Generator, orders: Orders) -> None:
    """Mark a few plain sales whose till clock was wrong."""
    plain = (orders.returned < 0) & (orders.campaign < 0)
    plain[orders.returned[orders.returned >= 0]] = False
    candidates = np.flatnonzero(plain)
    count = rng.binomial(len(candidates), mess.FUTURE_ORDER)
    count = min(max(count, 2), len(candidates))
    orders.is_future[rng.choice(candidates, count, replace=False)] = True


def recorded_at(orders: Orders, index: Ints) -> Ints:
    """The time written on orders: a few lie 400 days ahead."""
    return orders.at[index] + np.where(orders.is_future[index], 400 * DAY, 0)


def _numbers(channel: Ints) -> Ints:
    numbers = np.zeros(len(channel), dtype=np.int64)
    for code in (POS, WEB, WECHAT, MARKET):
        mine = channel == code
        numbers[mine] = np.arange(int(mine.sum()))
    return numbers


def _channels(rng: np.random.Generator, people: People, owner: Ints) -> Ints:
    """Channel of each order: habit, else the mix of what one can use."""
    able = np.stack([np.ones(people.n, dtype=np.bool_), people.has_web, people.has_wechat])
    weights = np.array(CHANNEL_MIX)[:, None] * able
    edges = np.cumsum(weights / weights.sum(axis=0), axis=0)[:, owner]
    draw = rng.random(len(owner))
    mixed = (draw > edges[0]).astype(np.int64) + (draw > edges[1])
    mixed = np.minimum(mixed, 2)
    habit = people.channel_habit[owner]
    follows = (habit >= 0) & (rng.random(len(owner)) < HABIT_STRENGTH)
    return np.where(follows, habit, mixed)


def _stores(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    owner: Ints,
) -> Ints:
    """Mostly the home store, sometimes another of the town or of any."""
    first, count = catalogue.stores_of_city
    city = people.city[owner]
    home = first[city] + people.index[owner] * 7 % count[city]
    near = first[city] + rng.integers(0, count[city])
    far = rng.integers(0, len(catalogue.store_city), len(owner))
    draw = rng.random(len(owner))
    return np.where(draw < 0.72, home, np.where(draw < 0.94, near, far))


def _statuses(rng: np.random.Generator, at: Ints, online: Bools) -> Ints:
    """Online orders: most completed, the last days still under way."""
    age = (END - at) / DAY
    status = np.full(len(at), COMPLETED)
    status[age < 7] = SHIPPED
    status[age < 1.5] = PAID
    draw = rng.random(len(at))
    status[draw < mess.CANCELLED_ONLINE] = CANCELLED
    edge = mess.CANCELLED_ONLINE + mess.REFUNDED_WITHOUT_RETURN
    status[(draw >= mess.CANCELLED_ONLINE) & (draw < edge)] = REFUNDED
    return np.where(online, status, COMPLETED)


def _baskets(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    owner: Ints,
) -> tuple[Ints, Ints, Ints, Bools]:
    """(lines per order, order of each line, product of each line, bundled).

    A bundle's products come first, then what the person picks: favourite
    brands, favourite categories, or what sells.
    """
    orders = len(owner)
    extra = np.minimum(rng.poisson(people.mean_extra_lines[owner]), 24)
    cluster = people.value_cluster[owner]
    bundle = np.where(
        (rng.random(orders) < BUNDLE_SHARE) & (cluster < 0),
        rng.integers(0, len(catalogue.bundles), orders),
        -1,
    )
    size = (catalogue.bundles >= 0).sum(axis=1)
    bundle_size = np.where(bundle >= 0, size[bundle], 0)
    # A bundle replaces the first pick and comes with fewer others.
    own = np.where(bundle >= 0, extra // 2, extra + 1)
    count = bundle_size + own
    line_order = np.repeat(np.arange(orders), count)
    first = np.cumsum(count) - count
    place = np.arange(len(line_order)) - first[line_order]
    bundled = place < bundle_size[line_order]

    lines = len(line_order)
    person = owner[line_order]
    draw = rng.random(lines)
    skew = rng.random(lines) ** 1.7
    which = (rng.random(lines) < 0.35).astype(np.int64)
    products, starts, counts = catalogue.by_brand
    brand = people.brands[person, which]
    product = products[starts[brand] + (skew * counts[brand]).astype(int)]
    products, starts, counts = catalogue.by_category
    category = people.categories[person, which]
    by_category = products[starts[category] + (skew * counts[category]).astype(int)]
    edge = FAVOURITE_BRAND_SHARE + FAVOURITE_CATEGORY_SHARE
    product = np.where(draw > FAVOURITE_BRAND_SHARE, by_category, product)
    total = len(catalogue.by_popularity)
    popular = catalogue.by_popularity[(rng.random(lines) ** 2.2 * total).astype(np.int64)]
    product = np.where(draw > edge, popular, product)
    # Labelled groups keep to their price range.
    group = cluster[line_order]
    for code, low, high in (
        (FREQUENT_HIGH, 0.72, 0.9),
        (REGULAR_LOW, 0.02, 0.25),
        (RARE_HIGH, 0.95, 1.0),
        (LAPSED_LOW, 0.02, 0.22),
    ):
        at = np.flatnonzero(group == code)
        rank = (low + (high - low) * rng.random(len(at))) * total
        product[at] = catalogue.by_price[rank.astype(np.int64)]
    at = np.flatnonzero(bundled)
    product[at] = catalogue.bundles[bundle[line_order[at]], place[at]]
    return count, line_order, product, bundled


def _prices(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    person: Ints,
    at: Ints,
    product: Ints,
    bundled: Bools,
) -> tuple[Ints, Ints, Ints, Ints]:
    """(quantity, list, net, coupon) of each line; money in cents."""
    lines = len(product)
    draw = rng.random(lines)
    quantity = 1 + (draw < 0.18).astype(np.int64) + 2 * (draw < 0.03)
    quantity[bundled] = 1
    bulk = people.is_reseller[person]
    quantity[bulk] = rng.integers(6, 31, int(bulk.sum()))
    list_cents = catalogue.product_cents[product] * quantity
    promotion = promotion_days()[day_index(at)]
    chance = np.where(promotion, DISCOUNTED_PROMOTION, DISCOUNTED)
    chance = chance * (0.6 + 1.2 * people.price_sensitivity[person])
    hunts = people.is_price_hunter[person]
    chance[hunts] = DISCOUNTED_HUNTER
    depth: Floats = rng.beta(3, 7, lines)
    depth[hunts] = 0.2 + 0.35 * rng.random(int(hunts.sum()))
    depth[rng.random(lines) >= chance] = 0.0
    net = np.rint(list_cents * (1 - depth)).astype(np.int64)
    coupon = np.where(rng.random(lines) < COUPON_LINE, np.minimum(net // 4, 500), 0)
    return quantity, list_cents, net, coupon


def _with_returns(rng: np.random.Generator, sales: Orders) -> Orders:
    """Append returns: own orders with negative lines, naming the sale."""
    rate = np.where(sales.channel == POS, mess.RETURNED_POS, mess.RETURNED_ONLINE)
    at = sales.at + rng.integers(DAY, 14 * DAY, len(sales.at))
    hit = (rng.random(len(rate)) < rate) & (at < END - DAY) & (sales.status == COMPLETED)
    origin = np.flatnonzero(hit)
    if len(origin) == 0:
        return sales
    # Opening hours
    day_start = at[origin] // DAY * DAY
    when = day_start + rng.integers(10 * 3600, 21 * 3600, len(origin))
    mine = np.repeat(hit, sales.line_count)
    first = np.zeros(len(mine), dtype=np.bool_)
    first[sales.first_line] = True
    taken = np.flatnonzero(mine & (first | (rng.random(len(mine)) < 0.5)))
    new_number = np.full(len(hit), -1)
    new_number[origin] = np.arange(len(origin))
    line_order = new_number[sales.line_order[taken]]
    count = np.bincount(line_order, minlength=len(origin))
    net = -sales.net_cents[taken]
    first_line = np.cumsum(count) - count
    base_orders, base_lines = len(sales.at), len(sales.product)

    def both(old: Ints, new: npt.NDArray[np.integer]) -> Ints:
        return np.concatenate([old, new.astype(np.int64)])

    return Orders(
        person=both(sales.person, sales.person[origin]),
        at=both(sales.at, when),
        channel=both(sales.channel, sales.channel[origin]),
        store=both(sales.store, sales.store[origin]),
        returned=both(sales.returned, origin),
        campaign=both(sales.campaign, np.full(len(origin), -1)),
        is_future=np.concatenate([sales.is_future, np.zeros(len(origin), dtype=np.bool_)]),
        status=both(sales.status, np.full(len(origin), COMPLETED)),
        shipping=both(sales.shipping, np.zeros_like(origin)),
        total=both(sales.total, np.add.reduceat(net, first_line)),
        first_line=both(sales.first_line, base_lines + first_line),
        line_count=both(sales.line_count, count),
        number=sales.number,
        product=both(sales.product, sales.product[taken]),
        quantity=both(sales.quantity, -sales.quantity[taken]),
        list_cents=both(sales.list_cents, -sales.list_cents[taken]),
        net_cents=both(sales.net_cents, net),
        coupon_cents=both(sales.coupon_cents, -sales.coupon_cents[taken]),
        line_order=both(sales.line_order, base_orders + line_order),
    )
