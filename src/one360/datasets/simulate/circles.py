"""Influencers: a few customers after whose shares and replies others buy.

A follower of an influencer opens what the influencer shared, or is answered by the influencer,
shortly before many of the orders that the follower places. Nobody buys more because of it: the
orders are those of `orders`, and the influence is that they follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from one360.datasets.simulate.orders import CANCELLED, Orders
from one360.datasets.simulate.people import GROWING, STEADY, People
from one360.datasets.simulate.text import Bools, Ints

INFLUENCERS = 0.004  # of all people
FEWEST_INFLUENCERS = 2  # of a block
FOLLOWERS_EACH = 12
MOVED_ORDERS = 0.5  # share of a follower's orders that come after a share
MOST_MOVED_ORDERS = 6  # of a follower


@dataclass(frozen=True)
class Circles:
    """Who moves whom; arrays over the n people of a block.

    is_influencer: shape (n,). follows: position of the influencer, -1 = none. moved_order,
    moved_person: orders that come after a share of the influencer, and who placed them.
    """

    is_influencer: Bools
    follows: Ints
    moved_order: Ints
    moved_person: Ints


def draw_circles(rng: np.random.Generator, people: People, orders: Orders) -> Circles:
    """Choose influencers among steady customers on WeChat, and their followers."""
    is_steady = (people.life_cycle == STEADY) | (people.life_cycle == GROWING)
    able = np.flatnonzero(people.has_wechat & is_steady & ~people.is_reseller)
    count = max(FEWEST_INFLUENCERS, rng.binomial(people.n, INFLUENCERS))
    influencers = rng.choice(able, min(count, len(able)), replace=False)
    is_influencer = np.zeros(people.n, dtype=np.bool_)
    is_influencer[influencers] = True

    sales = np.flatnonzero((orders.returned < 0) & ~orders.is_future & (orders.status != CANCELLED))
    bought = np.bincount(orders.person[sales], minlength=people.n)
    others = np.flatnonzero(people.has_wechat & ~is_influencer & (bought >= 3))
    size = min(FOLLOWERS_EACH * len(influencers), len(others) // 2)
    followers = rng.choice(others, size, replace=False)
    follows = np.full(people.n, -1)
    follows[followers] = influencers[np.arange(size) % max(len(influencers), 1)]

    own = sales[follows[orders.person[sales]] >= 0]
    own = own[rng.random(len(own)) < MOVED_ORDERS]
    owner = orders.person[own]
    # the n-th of a follower's moved orders; orders are sorted by person
    first = np.searchsorted(owner, owner)
    kept = own[np.arange(len(own)) - first < MOST_MOVED_ORDERS]
    return Circles(is_influencer, follows, kept, orders.person[kept])
