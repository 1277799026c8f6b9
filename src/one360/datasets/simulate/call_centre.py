"""Call centre: calls after orders and out of the blue, of customers and of strangers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.identities import CALLER_BASE, Identities, mobile_numbers
from one360.datasets.simulate.orders import Orders
from one360.datasets.simulate.people import People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL
from one360.datasets.simulate.text import Bools, Ints, join, numbered, take, where
from one360.datasets.simulate.timeline import DAY, END, START, extracted_at, timestamps
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.writer import batch, time_text

CALLS_PER_PERSON = 0.25
AFTER_ORDER = 0.75  # of the calls: within days of an order of the caller
AGENTS = 24
DIRECTIONS = ("inbound", "outbound")
TOPICS = ("delivery", "return", "invoice", "product", "membership", "complaint", "other")
OUTCOMES = ("answered", "transferred", "missed", "abandoned", "voicemail")
OUTCOME_SHARES = (0.78, 0.06, 0.06, 0.07, 0.03)
NUMBERS_WITHHELD = ("anonymous", "未知", "unavailable")


def make_calls(
    rng: np.random.Generator, block: int, people: People, ids: Identities, orders: Orders
) -> dict[str, pa.Table]:
    """call_centre.calls and its truth, one block.

    Truth are the callers with a phone of their own: a household's is of several people, and a
    stranger is nobody of the data.
    """
    sales = np.flatnonzero(~orders.is_future & (orders.returned < 0))
    n = rng.poisson(CALLS_PER_PERSON * people.n) + 3
    # Who calls once calls again.
    person = np.repeat(rng.integers(0, people.n, n), rng.geometric(0.6, n))[:n]
    at = START + rng.integers(0, END - START - DAY, n)
    about = rng.random(n) < AFTER_ORDER
    order = sales[rng.integers(0, len(sales), n)]
    person = np.where(about, orders.person[order], person)
    at = np.where(about, orders.at[order] + rng.integers(1800, 5 * DAY, n), at)
    at = np.minimum(at, END - 600)
    draw = rng.random(n)
    is_stranger = draw < mess.CALLER_UNKNOWN
    is_withheld = draw > 1 - mess.NUMBER_WITHHELD
    stranger = mobile_numbers(CALLER_BASE + block * 10**6 + np.arange(n), ids.salt)
    phone = np.where(is_stranger, stranger, ids.phone[person])
    phone = mess.spoil_phones(rng, np.where(is_withheld, 0, phone))
    number = where(
        is_withheld,
        take(NUMBERS_WITHHELD, rng.integers(0, len(NUMBERS_WITHHELD), n)),
        mess.write_phones(rng, phone),
    )
    outcome = rng.choice(len(OUTCOMES), n, p=OUTCOME_SHARES)
    is_answered = outcome <= 1
    agent = np.where(is_answered, rng.integers(0, AGENTS, n), -1)
    agents = numbered("A", np.arange(AGENTS), 3)
    unknown = is_answered & (rng.random(n) < mess.UNKNOWN_AGENT)
    talk = rng.lognormal(np.log(190), 0.7, n)
    duration = np.where(is_answered, np.clip(talk, 8, 3600), rng.integers(3, 60, n))
    grade = np.clip(np.round(rng.normal(4.1, 1.0, n)), 1, 5)
    asked = is_answered & (rng.random(n) < 0.45)
    started, bad_time = mess.spoil_dates(rng, time_text(timestamps(at)), np.ones(n, np.bool_))
    rows = batch(
        "call_centre.calls",
        {
            "call_id": numbered("T", block * 10**8 + np.arange(n), 11),
            "phone_number": number,
            "direction": take(DIRECTIONS, (rng.random(n) < 0.12).astype(np.int64)),
            "agent_id": where(unknown, "X999", take(agents, agent)),
            "started_at": started,
            "duration_seconds": pa.array(duration.astype(np.int64)).cast(pa.string()),
            "topic": take(TOPICS, np.where(is_answered, rng.integers(0, len(TOPICS), n), -1)),
            "outcome": take(OUTCOMES, outcome),
            "satisfaction": take([str(g) for g in range(6)], np.where(asked, grade, -1)),
            "loaded_at": time_text(timestamps(mess.arrival(rng, extracted_at(at), LAST_ARRIVAL))),
        },
    )
    is_own = ~is_stranger & ~bad_time & (people.household[person] < 0)
    return {
        "call_centre.calls": mess.with_duplicates(rng, _numbered_again(rng, rows)),
        "truth.profiles": _truth(people, person, phone, is_own),
    }


def _numbered_again(rng: np.random.Generator, rows: pa.Table) -> pa.Table:
    """A few numbers of calls recur: another row says otherwise of the same call."""
    count = max(1, rng.binomial(rows.num_rows, mess.CALL_NUMBERED_AGAIN))
    again = rows.take(pa.array(rng.integers(0, rows.num_rows, count)))
    place = again.schema.get_field_index("outcome")
    changed = pa.array(["callback"] * count, type=again.schema.field("outcome").type)
    return pa.concat_tables([rows, again.set_column(place, "outcome", changed)])


def _truth(people: People, person: Ints, phone: Ints, is_own: Bools) -> pa.Table:
    at = np.flatnonzero(is_own & (phone > 0))
    _, first = np.unique(phone[at], return_index=True)
    at = at[first]
    return profiles(
        "call_centre_guest",
        join("+", pc.cast(pa.array(phone[at]), pa.string()), "|"),
        person_ids(people.index[person[at]]),
    )
