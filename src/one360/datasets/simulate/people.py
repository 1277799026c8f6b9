"""Latent traits of people: who they are and how they buy.

These are the causes; the raw files hold their effects. They go to
truth/people.parquet so that tags can be checked against them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.names import GIVEN, Names, draw_names
from one360.datasets.simulate.text import Bools, Floats, Ints, join, lookup, numbered
from one360.datasets.simulate.timeline import DAYS, FIRST_DATE
from one360.datasets.simulate.writer import batch

LIFE_CYCLES = (
    "prospect",  # never bought
    "one_time",
    "new",  # first order within the last 120 days
    "steady",
    "growing",
    "declining",
    "churned",
)
LIFE_CYCLE_SHARES = (0.345, 0.125, 0.08, 0.2, 0.05, 0.06, 0.14)
PROSPECT, ONE_TIME, NEW, STEADY, GROWING, DECLINING, CHURNED = range(7)

# Well-separated groups in recency, frequency and spend of the last year.
VALUE_CLUSTERS = (
    "frequent_high",  # every 10 days, middle prices
    "regular_low",  # every 30 days, low prices
    "rare_high",  # every 150 days, high prices
    "lapsed_low",  # last seen 9 to 11 months ago, low prices
)
FREQUENT_HIGH, REGULAR_LOW, RARE_HIGH, LAPSED_LOW = range(4)
CLUSTER_CYCLE_DAYS = (10.0, 30.0, 150.0, 60.0)
CLUSTER_GAP_SHAPE = (12.0, 30.0, 60.0, 30.0)
CLUSTER_LINES = (2.5, 1.2, 3.0, 0.8)  # mean lines beyond the first
CLUSTER_SHARE = 0.14  # of all people

CHANNELS = ("pos", "web", "wechat")
WEEKDAY_HABITS = ("weekend", "weekday")
DAY_TIMES = ("morning", "lunch", "evening", "night")
# hour of day: mean and spread of each habit, and of people without one
HOUR_MEAN = (9.7, 12.6, 19.6, 22.3, 15.5)
HOUR_SPREAD = (0.8, 0.6, 0.9, 0.6, 3.2)
ACQUISITION_CHANNELS = (
    "store",
    "organic",
    "baidu_ads",
    "douyin_ads",
    "wechat_share",
    "referral",
)
CONTACT_HABITS = ("wechat", "sms", "email")
CAMPAIGN_SEGMENTS = (
    "persuadable",
    "sure_thing",
    "lost_cause",
    "sleeping_dog",
)
PERSUADABLE, SURE_THING, LOST_CAUSE, SLEEPING_DOG = range(4)
PERSUADABLE_UPLIFT = 0.30  # chance of one more order within 14 days
SLEEPING_DOG_LOSS = 0.5  # chance that an order of those 14 days is lost

MEMBERS = 0.55
WEB_ACCOUNTS = 0.45
WECHAT_USERS = 0.50
# People who visit the site without an account: of those no system knows by
# name, and of the others. Their cookies cannot be tied to anybody.
COOKIE_VISITORS_UNKNOWN = 0.85
COOKIE_VISITORS_KNOWN = 0.02
LABELLED_MEMBERS = 0.97
HOUSEHOLD_MEMBERS = 0.85  # households sign up, so that both names are known


@dataclass
class People:
    """n people of one block; every array has shape (n,) unless said.

    Codes are positions in the tuples above, -1 = none. Days are day indices
    of the period; active_from … active_until bounds the orders.
    """

    index: Ints  # number over all blocks
    names: Names
    is_male: Bools
    birth_day: Ints  # days since 1970-01-01
    city: Ints
    household: Ints  # number of the household's first person, -1 = none
    life_cycle: Ints
    value_cluster: Ints
    cycle_days: Floats
    gap_shape: Floats
    active_from: Floats
    active_until: Floats
    is_price_hunter: Bools
    is_reseller: Bools
    price_sensitivity: Floats
    mean_extra_lines: Floats
    channel_habit: Ints
    weekday_habit: Ints
    day_time: Ints
    brands: npt.NDArray[np.int64]  # (n, 2)
    categories: npt.NDArray[np.int64]  # (n, 2)
    acquisition: Ints
    segment: Ints
    true_uplift: Floats
    contact_habit: Ints
    is_member: Bools
    has_web: Bools
    has_wechat: Bools
    is_visitor: Bools  # has cookies: account holders and others
    orders: Ints  # filled in later

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.index)

    @property
    def is_buyer(self) -> Bools:
        """Buys at least once."""
        return self.life_cycle != PROSPECT


def draw_people(rng: np.random.Generator, catalogue: Catalogue, first: int, n: int) -> People:
    """Draw n people; `first` is the number of the first of them."""
    is_male = rng.random(n) < 0.42
    names = draw_names(rng, is_male)
    city = rng.choice(len(catalogue.city), n, p=catalogue.city_shares)
    household = _households(rng, names, city, first)

    life_cycle = rng.choice(len(LIFE_CYCLES), n, p=LIFE_CYCLE_SHARES)
    cluster = np.full(n, -1)
    labelled = rng.random(n) < CLUSTER_SHARE
    cluster[labelled] = rng.choice(4, int(labelled.sum()), p=[0.22, 0.3, 0.24, 0.24])
    life_cycle[labelled] = np.where(cluster[labelled] == LAPSED_LOW, CHURNED, STEADY)
    is_buyer = life_cycle != PROSPECT
    is_reseller = (rng.random(n) < 0.014) & (life_cycle == STEADY) & ~labelled

    # Own purchase cycle, and the days between which one is active
    cycle = np.clip(rng.lognormal(np.log(46), 0.72, n), 6, 240)
    shape = rng.uniform(2.5, 8.0, n)
    for code in range(4):
        cycle[cluster == code] = CLUSTER_CYCLE_DAYS[code]
        shape[cluster == code] = CLUSTER_GAP_SHAPE[code]
    cycle[life_cycle == NEW] = np.minimum(cycle[life_cycle == NEW], 60)
    cycle[is_reseller] = rng.uniform(4, 7, int(is_reseller.sum()))
    shape[is_reseller] = 6.0
    start = np.where(rng.random(n) < 0.7, 0.0, rng.uniform(0, DAYS * 0.6, n))
    end = np.full(n, float(DAYS))
    _set(start, life_cycle == NEW, rng.uniform(DAYS - 120, DAYS - 2, n))
    _set(start, life_cycle == ONE_TIME, rng.uniform(0, DAYS - 5, n))
    _set(end, life_cycle == ONE_TIME, start + 1)
    churned = life_cycle == CHURNED
    # Churners left at least four of their cycles ago.
    latest = np.maximum(DAYS - 4 * cycle, 90)
    _set(end, churned, rng.uniform(np.minimum(60, latest), latest))
    lapsed = cluster == LAPSED_LOW
    _set(end, lapsed, rng.uniform(DAYS - 335, DAYS - 275, n))
    _set(start, lapsed, end - 100)
    _set(start, churned & (start >= end - 1), 0.0)
    _set(start, (cluster >= 0) & ~lapsed, 0.0)

    is_hunter = is_buyer & ~labelled & ~is_reseller & (rng.random(n) < 0.1)
    sensitivity = np.where(is_hunter, rng.uniform(0.8, 1.0, n), rng.beta(2, 4, n) * 0.8)
    extra = rng.gamma(2.5, 0.62, n)
    for code in range(4):
        extra[cluster == code] = CLUSTER_LINES[code]

    # Footprint; buyers are likelier to have signed up
    tilt = np.where(is_buyer, 1.08, 0.81)
    is_member = rng.random(n) < MEMBERS * tilt
    has_web = rng.random(n) < WEB_ACCOUNTS * tilt
    has_wechat = rng.random(n) < WECHAT_USERS * tilt
    # Nothing bought by the labelled groups shall go unseen.
    is_member |= labelled & (rng.random(n) < LABELLED_MEMBERS)
    is_member |= (household >= 0) & (rng.random(n) < HOUSEHOLD_MEMBERS)
    is_unknown = ~(is_member | has_web | has_wechat | is_buyer)
    is_visitor = has_web | (
        rng.random(n) < np.where(is_unknown, COOKIE_VISITORS_UNKNOWN, COOKIE_VISITORS_KNOWN)
    )

    habit = rng.choice(4, n, p=[0.22, 0.34, 0.26, 0.18])
    habit = np.where(habit == 3, -1, habit)
    habit[(habit == 1) & ~has_web] = 0
    habit[(habit == 2) & ~has_wechat] = 0
    habit[~(has_web | has_wechat)] = 0
    weekday = rng.choice(3, n, p=[0.25, 0.2, 0.55])
    weekday = np.where(weekday == 2, -1, weekday)
    day_time = rng.choice(5, n, p=[0.12, 0.13, 0.25, 0.12, 0.38])
    day_time = np.where(day_time == 4, -1, day_time)

    brands, categories = _favourites(rng, catalogue, n)
    segment = rng.choice(4, n, p=[0.26, 0.4, 0.27, 0.07])
    segment[(life_cycle == PROSPECT) | (life_cycle == ONE_TIME)] = LOST_CAUSE
    segment[labelled] = SURE_THING
    uplift = np.zeros(n)
    uplift[segment == PERSUADABLE] = PERSUADABLE_UPLIFT
    dogs = segment == SLEEPING_DOG
    uplift[dogs] = -SLEEPING_DOG_LOSS * 14 / cycle[dogs]

    contact = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    contact[(contact == 0) & ~has_wechat] = 1
    return People(
        index=first + np.arange(n),
        names=names,
        is_male=is_male,
        birth_day=rng.integers(-6000, 13_500, n),  # 1953 … 2006
        city=city,
        household=household,
        life_cycle=life_cycle,
        value_cluster=cluster,
        cycle_days=cycle,
        gap_shape=shape,
        active_from=start,
        active_until=np.minimum(end, DAYS),
        is_price_hunter=is_hunter,
        is_reseller=is_reseller,
        price_sensitivity=sensitivity,
        mean_extra_lines=extra,
        channel_habit=habit,
        weekday_habit=weekday,
        day_time=day_time,
        brands=brands,
        categories=categories,
        acquisition=rng.choice(6, n, p=[0.4, 0.2, 0.12, 0.12, 0.1, 0.06]),
        segment=segment,
        true_uplift=uplift,
        contact_habit=contact,
        is_member=is_member,
        has_web=has_web,
        has_wechat=has_wechat,
        is_visitor=is_visitor,
        orders=np.zeros(n, dtype=np.int64),
    )


def _set(target: Floats, mask: Bools, values: Floats | float) -> None:
    """Assign values where the mask holds."""
    target[mask] = np.broadcast_to(values, target.shape)[mask]


def _households(rng: np.random.Generator, names: Names, city: Ints, first: int) -> Ints:
    """Pair people into households that share a phone; names differ.

    Two of one surname share no character of the given name, as a couple or
    parent and child would not, so that names tell them apart.
    """
    n = len(city)
    household = np.full(n, -1)
    pairs = round(n * mess.HOUSEHOLD_PEOPLE / 2)
    if pairs == 0:
        return household
    chosen = rng.choice(n, 2 * pairs, replace=False)
    head, other = chosen[:pairs], chosen[pairs:]
    household[head] = household[other] = first + head
    city[other] = city[head]
    names.is_latin[other] = names.is_latin[head]
    same = rng.random(pairs) < 0.4
    names.surname[other[same]] = names.surname[head[same]]
    given = len(GIVEN)
    taken = names.first[head]
    names.first[other] = (taken + rng.integers(8, 17, pairs)) % given
    two = names.second[head] >= 0
    names.second[other] = np.where(
        two, (names.second[head] + rng.integers(23, 37, pairs)) % given, -1
    )
    # Whatever still coincides across positions is moved on.
    clash = (names.second[other] == taken) | (names.first[other] == names.second[head])
    names.second[other[clash]] = -1
    names.first[other[clash]] = (taken[clash] + 60) % given
    return household


def _favourites(
    rng: np.random.Generator, catalogue: Catalogue, n: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Two favourite brands and categories each, of related departments."""
    weights = 1.0 / (1 + np.arange(len(catalogue.brands)) % 12)
    brands = rng.choice(len(catalogue.brands), (n, 2), p=weights / weights.sum())
    by_department = [
        np.flatnonzero(catalogue.category_department == number)
        for number in range(len(catalogue.departments))
    ]
    first = np.array([group[0] for group in by_department])
    count = np.array([len(group) for group in by_department])
    department = catalogue.brand_department[brands]
    categories = first[department] + rng.integers(0, count[department])
    return brands, categories


def people_table(
    people: People, catalogue: Catalogue, is_influencer: Bools, follows: Ints
) -> pa.Table:
    """truth.people of one block; follows: position of the influencer, -1 = none."""
    first_day = (FIRST_DATE - FIRST_DATE.replace(1970, 1, 1)).days
    prospect = ~people.is_buyer
    from_day = np.floor(people.active_from).astype(np.int32)
    until = np.clip(np.floor(people.active_until), 0, DAYS - 1)
    until_day = until.astype(np.int32)

    def dates(days: npt.NDArray[np.int32], missing: Bools) -> pa.Array:
        days32 = (days + first_day).astype(np.int32)
        return pa.array(days32, mask=missing).cast(pa.date32())

    return batch(
        "truth.people",
        {
            "person_id": person_ids(people.index),
            "life_cycle": lookup(people.life_cycle, LIFE_CYCLES),
            "value_cluster": lookup(people.value_cluster, VALUE_CLUSTERS),
            "purchase_cycle_days": pa.array(
                np.round(people.cycle_days, 2),
                mask=prospect | (people.life_cycle == ONE_TIME),
            ),
            "active_from": dates(from_day, prospect),
            "active_until": dates(until_day, prospect),
            "churned_at": dates(until_day, people.life_cycle != CHURNED),
            "is_price_hunter": pa.array(people.is_price_hunter),
            "is_reseller": pa.array(people.is_reseller),
            "price_sensitivity": pa.array(np.round(people.price_sensitivity, 4)),
            "channel_habit": lookup(np.where(prospect, -1, people.channel_habit), CHANNELS),
            "weekday_habit": lookup(np.where(prospect, -1, people.weekday_habit), WEEKDAY_HABITS),
            "time_of_day_habit": lookup(np.where(prospect, -1, people.day_time), DAY_TIMES),
            "favourite_brand": lookup(people.brands[:, 0], catalogue.brands),
            "second_brand": lookup(people.brands[:, 1], catalogue.brands),
            "favourite_category": lookup(people.categories[:, 0], catalogue.categories),
            "second_category": lookup(people.categories[:, 1], catalogue.categories),
            "acquisition_channel": lookup(people.acquisition, ACQUISITION_CHANNELS),
            "campaign_segment": lookup(people.segment, CAMPAIGN_SEGMENTS),
            "true_uplift": pa.array(np.round(people.true_uplift, 4)),
            "contact_habit": lookup(people.contact_habit, CONTACT_HABITS),
            "household_id": pc.if_else(
                pa.array(people.household < 0),
                pa.scalar(None, pa.string()),
                join("household-", person_ids(abs(people.household))),
            ),
            "gender": lookup(np.where(people.is_male, 0, 1), ("male", "female")),
            "birth_date": pa.array(people.birth_day.astype(np.int32)).cast(pa.date32()),
            "city": lookup(people.city, catalogue.city),
            "is_member": pa.array(people.is_member),
            "has_web_account": pa.array(people.has_web),
            "has_wechat": pa.array(people.has_wechat),
            "orders": pa.array(people.orders),
            "is_influencer": pa.array(is_influencer),
            "follows": pc.if_else(
                pa.array(follows < 0),
                pa.scalar(None, pa.string()),
                person_ids(people.index[np.maximum(follows, 0)]),
            ),
        },
    )


def person_ids(index: Ints) -> pa.StringArray:
    """Truth ids of people by number."""
    return numbered("person-", index, 8)
