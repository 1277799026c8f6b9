"""Who is targeted by which campaign, treated or held out, and who gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.people import PERSUADABLE, People
from one360.datasets.simulate.text import Bools, Ints
from one360.datasets.simulate.timeline import DAY, START

TARGETED = 0.35  # of the members who had joined
TREATED = 0.7  # of the targeted


@dataclass
class Targets:
    """t pairs of campaign and person; every array has shape (t,).

    person: position in the block; starts: local seconds; gains: this
    treatment causes one more order.
    """

    campaign: Ints
    person: Ints
    starts: Ints
    is_treated: Bools
    gains: Bools


def draw_targets(
    rng: np.random.Generator,
    people: People,
    catalogue: Catalogue,
    joined: Ints,
) -> Targets:
    """Draw target groups and arms at random among members.

    joined: local seconds at which each person became a member.
    """
    campaigns, persons = [], []
    for number, day in enumerate(catalogue.campaign_day):
        eligible = people.is_member & (joined < START + day * DAY)
        chosen = eligible & (rng.random(people.n) < TARGETED)
        index = np.flatnonzero(chosen)
        campaigns.append(np.full(len(index), number))
        persons.append(index)
    campaign = np.concatenate(campaigns)
    person = np.concatenate(persons)
    day = catalogue.campaign_day[campaign]
    treated = rng.random(len(person)) < TREATED
    active = (people.active_from[person] <= day) & (people.active_until[person] >= day + 14)
    gains = (
        treated
        & active
        & (people.segment[person] == PERSUADABLE)
        & (rng.random(len(person)) < people.true_uplift[person])
    )
    return Targets(
        campaign=campaign,
        person=person,
        starts=START + day * DAY + 10 * 3600,
        is_treated=treated,
        gains=gains,
    )
