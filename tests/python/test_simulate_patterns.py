"""The patterns that tags are meant to find are in the demo data.

They are measured on the simulator's own arrays, before identities get lost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import duckdb
import numpy as np
import pytest

from one360.datasets.simulate import crm, market, simulate
from one360.datasets.simulate import orders as ordering
from one360.datasets.simulate import people as population
from one360.datasets.simulate.campaigns import Targets, draw_targets
from one360.datasets.simulate.catalogue import Catalogue, make_catalogue
from one360.datasets.simulate.orders import Orders, make_orders
from one360.datasets.simulate.people import People, draw_people
from one360.datasets.simulate.timeline import DAY, DAYS, START, day_weights, timestamps

PEOPLE = 8_000


@dataclass
class Shop:
    catalogue: Catalogue
    people: People
    targets: Targets
    orders: Orders

    @property
    def sales(self) -> np.ndarray:
        return np.flatnonzero(self.orders.returned < 0)


@pytest.fixture(scope="module")
def shop() -> Shop:
    rng = np.random.default_rng(1)
    catalogue = make_catalogue(rng)
    people = draw_people(rng, catalogue, 0, PEOPLE)
    targets = draw_targets(rng, people, catalogue, crm.joined_at(rng, people))
    market_rng = np.random.default_rng(2)
    at_market = market.draw_buyers(market_rng, people).share
    orders = make_orders(rng, people, catalogue, targets, at_market, market_rng)
    return Shop(catalogue, people, targets, orders)


def test_volumes_are_as_promised(shop: Shop) -> None:
    assert len(shop.sales) / PEOPLE == pytest.approx(10, rel=0.15)
    assert len(shop.orders.product) / PEOPLE == pytest.approx(30, rel=0.15)
    bought = (shop.people.orders > 0).mean()
    assert bought == pytest.approx(0.70, abs=0.02)
    assert (bought == shop.people.is_buyer.mean()).all()
    assert shop.people.is_member.mean() == pytest.approx(0.61, abs=0.03)
    assert shop.people.has_web.mean() == pytest.approx(0.45, abs=0.03)
    assert shop.people.has_wechat.mean() == pytest.approx(0.50, abs=0.03)


def test_price_hunters_buy_at_a_discount(shop: Shop) -> None:
    orders, people = shop.orders, shop.people
    owner = orders.person[orders.line_order]
    sold = orders.quantity > 0
    for hunts, low, high in ((True, 0.25, 0.5), (False, 0.02, 0.1)):
        mine = sold & (people.is_price_hunter[owner] == hunts)
        share = 1 - orders.net_cents[mine].sum() / orders.list_cents[mine].sum()
        assert low <= share <= high


def test_resellers_buy_often_much_and_recently(shop: Shop) -> None:
    people, orders = shop.people, shop.orders
    assert 0 < people.is_reseller.sum() < 0.01 * PEOPLE
    assert people.orders[people.is_reseller].min() > 24
    lines = people.is_reseller[orders.person[orders.line_order]]
    assert orders.quantity[lines & (orders.quantity > 0)].mean() > 10
    last = np.zeros(PEOPLE)
    np.maximum.at(last, orders.person, orders.at)
    assert last[people.is_reseller].min() > START + (DAYS - 60) * DAY


def test_churners_stop(shop: Shop) -> None:
    people = shop.people
    day = (shop.orders.at - START) // DAY
    sales = shop.sales
    owner = shop.orders.person[sales]
    assert (day[sales] <= np.ceil(people.active_until[owner])).all()
    churned = people.life_cycle == population.CHURNED
    silence = DAYS - people.active_until[churned]
    assert (silence >= np.minimum(4 * people.cycle_days[churned], 200) - 1).mean() > 0.99


def test_new_customers_came_lately(shop: Shop) -> None:
    new = shop.people.life_cycle == population.NEW
    first = np.full(PEOPLE, np.inf)
    np.minimum.at(first, shop.orders.person, shop.orders.at.astype(float))
    assert first[new].min() >= START + (DAYS - 121) * DAY


def test_habits_hold(shop: Shop) -> None:
    people, orders, sales = shop.people, shop.orders, shop.sales
    owner = orders.person[sales]
    habit = people.channel_habit[owner]
    assert (orders.channel[sales] == habit)[habit >= 0].mean() >= 0.85
    weekday = ((orders.at[sales] // DAY) + 3) % 7  # 1970-01-01 was a Thursday
    weekend = weekday >= 5
    assert weekend[people.weekday_habit[owner] == 0].mean() > 0.85
    assert weekend[people.weekday_habit[owner] == 1].mean() < 0.1
    hour = orders.at[sales] % DAY / 3600
    evening = people.day_time[owner] == population.DAY_TIMES.index("evening")
    assert ((hour > 17) & (hour < 22))[evening].mean() > 0.9


def test_seasons_show(shop: Shop) -> None:
    day = np.minimum((shop.orders.at[shop.sales] - START) // DAY, DAYS - 1)
    per_day = np.bincount(day, minlength=DAYS)
    usual = np.median(per_day)
    peaks = [
        (np.datetime64(date) - np.datetime64("2024-07-01")).astype(int)
        for date in ("2024-11-11", "2025-11-11", "2025-06-18", "2026-06-18")
    ]
    assert (per_day[peaks] > 2 * usual).all()
    festival = (np.datetime64("2025-01-29") - np.datetime64("2024-07-01")).astype(int)
    assert per_day[festival : festival + 6].mean() < 0.6 * usual
    assert per_day[festival - 12 : festival - 3].mean() > 1.2 * usual
    assert day_weights().mean() == pytest.approx(1)


def test_bundles_are_bought_together(shop: Shop) -> None:
    orders = shop.orders
    baskets = len(orders.at)
    for bundle in shop.catalogue.bundles:
        first, second = bundle[0], bundle[1]
        with_first = np.unique(orders.line_order[orders.product == first])
        with_second = np.unique(orders.line_order[orders.product == second])
        both = len(np.intersect1d(with_first, with_second))
        lift = both * baskets / (len(with_first) * len(with_second))
        assert lift > 10


def test_campaigns_cause_the_orders_they_are_said_to(shop: Shop) -> None:
    people, orders, targets = shop.people, shop.orders, shop.targets
    day = (targets.starts - START) // DAY
    active = (people.active_from[targets.person] <= day) & (
        people.active_until[targets.person] >= day + 14
    )
    sales = shop.sales
    begins = targets.starts
    # Orders of each target within the 14 days, by a count up to a time
    order = np.lexsort((orders.at[sales], orders.person[sales]))
    key = orders.person[sales][order] * 2 * START + orders.at[sales][order]
    low = np.searchsorted(key, targets.person * 2 * START + begins)
    high = np.searchsorted(key, targets.person * 2 * START + begins + 14 * DAY)
    bought = high - low

    def effect(segment: int) -> float:
        mine = active & (people.segment[targets.person] == segment)
        treated = bought[mine & targets.is_treated].mean()
        return float(treated - bought[mine & ~targets.is_treated].mean())

    assert effect(population.PERSUADABLE) == pytest.approx(0.30, abs=0.08)
    assert effect(population.SLEEPING_DOG) < 0
    assert effect(population.SURE_THING) == pytest.approx(0, abs=0.06)
    assert targets.is_treated.mean() == pytest.approx(0.7, abs=0.01)


def test_labelled_groups_lie_apart(shop: Shop) -> None:
    """K-means on log R, F, M of the last year finds the labelled groups."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from sklearn.preprocessing import StandardScaler

    people, orders = shop.people, shop.orders
    year = shop.sales[orders.at[shop.sales] >= START + (DAYS - 365) * DAY]
    owner = orders.person[year]
    last = np.zeros(PEOPLE)
    np.maximum.at(last, owner, orders.at[year])
    frequency = np.bincount(owner, minlength=PEOPLE)
    spent = np.bincount(owner, orders.total[year], minlength=PEOPLE)
    recency = (START + DAYS * DAY - last) / DAY
    mine = (people.value_cluster >= 0) & (frequency > 0)
    features = np.log1p(np.stack([recency, frequency, spent / 100], axis=1)[mine])
    found = KMeans(4, n_init=5, random_state=1).fit_predict(
        StandardScaler().fit_transform(features)
    )
    assert adjusted_rand_score(people.value_cluster[mine], found) >= 0.9


def test_local_midnight_is_written_in_utc() -> None:
    assert timestamps(np.array([START]))[0].as_py().isoformat() == "2024-06-30T16:00:00"
    assert ordering.POS == 0


# --- what people say to each other --------------------------------------------------------


@dataclass
class Voices:
    """A simulated demo: openings (visitor, sharer, time), times of each person's orders."""

    people: int
    follows: dict[str, str | None]
    opened: list[tuple[str, str, float]]
    orders: dict[str, np.ndarray]
    laid: list[str]
    laid_orders: list[str]
    wechat_orders: set[str]


@pytest.fixture(scope="module")
def demo_of_voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    """Openings and orders of people by the truth of who is who."""
    folder = tmp_path_factory.mktemp("voices") / "demo"
    simulate(folder, 0.2)
    with duckdb.connect() as db:
        db.execute(f"set file_search_path = '{folder}'")
        db.execute(
            "create view users as select split_part(natural_key, '|', 2) as openid,"
            " person_id from 'truth/profiles.parquet' where profile_type = 'wechat_user'"
        )
        db.execute("create view events as select distinct * from 'wechat/share_events.parquet'")
        opened = db.execute(
            "select visitors.person_id, sharers.person_id, epoch(occurred_at) from events"
            " join users as visitors on visitor_openid = visitors.openid"
            " join users as sharers on events.openid = sharers.openid"
            " where event_type = 'open' and visitors.person_id <> sharers.person_id"
        ).fetchall()
        bought = db.execute(
            "select person_id, list(epoch(ordered_at) order by ordered_at)"
            " from 'wechat/orders.parquet' join users using (openid)"
            " where returns_order_id is null group by person_id"
        ).fetchall()
        laid = db.execute(
            "select person_id, order_id from events join users using (openid)"
            " where event_type = 'order'"
        ).fetchall()
        follows = db.execute("select person_id, follows from 'truth/people.parquet'").fetchall()
        numbers = db.execute("select order_id from 'wechat/orders.parquet'").fetchall()
    orders: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(0))
    orders |= {who: np.array(times) for who, times in bought}
    return Voices(
        len(follows), dict(follows), opened, orders, [who for who, _ in laid],
        [number for _, number in laid], {number for (number,) in numbers},
    )  # fmt: skip


def within(times: np.ndarray, after: np.ndarray, days: float) -> np.ndarray:
    """Whether one of the sorted times follows each moment within so many days."""
    if not len(times):
        return np.zeros(len(after), dtype=bool)
    place = np.searchsorted(times, after)
    following = times[np.minimum(place, len(times) - 1)]
    return (place < len(times)) & (following - after <= days * DAY)


def test_followers_buy_after_what_their_influencer_shared(demo_of_voices: Voices) -> None:
    """An opening by a follower is followed by an order three times as often as any other."""
    opened, orders = demo_of_voices.opened, demo_of_voices.orders
    is_bought = np.array(
        [within(orders[who], np.array([when]), 3)[0] for who, _, when in opened], dtype=bool
    )
    follows = demo_of_voices.follows
    by_follower = np.array([follows.get(who) == sharer for who, sharer, _ in opened])
    assert by_follower.sum() > 100
    assert is_bought[by_follower].mean() > 3 * is_bought[~by_follower].mean()


def test_influencers_are_few_and_bring_most(demo_of_voices: Voices) -> None:
    """Of a few in a thousand come a good part of the orders laid to a share."""
    people = demo_of_voices.people
    influencers = set(demo_of_voices.follows.values()) - {None}
    assert 0 < len(influencers) < 0.01 * people
    laid = [sharer in influencers for sharer in demo_of_voices.laid]
    assert len(laid) > 50
    assert np.mean(laid) > 0.5


def test_an_order_is_laid_to_one_opening_of_its_buyer(demo_of_voices: Voices) -> None:
    numbers = demo_of_voices.laid_orders
    assert len(numbers) == len(set(numbers))
    assert all(number in demo_of_voices.wechat_orders for number in numbers)
