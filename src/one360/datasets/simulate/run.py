"""Simulate the whole data set, block of people by block of people."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from one360.datasets.simulate import call_centre, community, crm, market, pos, shares, web, wechat
from one360.datasets.simulate.campaigns import draw_targets
from one360.datasets.simulate.catalogue import Catalogue, make_catalogue
from one360.datasets.simulate.circles import draw_circles
from one360.datasets.simulate.identities import draw_identities, staff_phones
from one360.datasets.simulate.orders import make_orders
from one360.datasets.simulate.people import draw_people, people_table
from one360.datasets.simulate.text import Ints, strings
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.writer import Writer

PEOPLE_PER_SCALE = 10_000
BLOCK_PEOPLE = 50_000
LEAST_PEOPLE = 100


@dataclass(frozen=True)
class SimulationSummary:
    """What was written.

    people: simulated people; rows: per `system.table`, truth included;
    bytes: on disk; seconds: wall time.
    """

    people: int
    rows: dict[str, int]
    bytes: int
    seconds: float


def simulate(
    out_dir: Path,
    scale: float = 1.0,
    seed: int = 360,
    progress: Callable[[str, float], None] | None = None,
) -> SimulationSummary:
    """Write the demo retailer's raw files and the truth about them.

    out_dir: becomes <system>/<table>.<format> and truth/*.parquet; what was
    there before is replaced in one rename once everything is written.
    scale: 1 = 10,000 people. seed: equal seeds and scales give equal files.
    progress: called with a message and the share done, 0 … 1.

    Raises ValueError for a scale that is not positive or a negative seed.
    """
    if not 0 < scale <= 1000:
        raise ValueError(f"scale must be above 0 and at most 1000: {scale}")
    if seed < 0:
        raise ValueError(f"seed must not be negative: {seed}")
    began = time.perf_counter()
    people = max(LEAST_PEOPLE, round(scale * PEOPLE_PER_SCALE))
    starts = range(0, people, BLOCK_PEOPLE)
    root, *children = np.random.SeedSequence(seed).spawn(1 + len(starts))
    rng = np.random.default_rng(root)
    salt = int(rng.integers(1, 10**6))
    catalogue = make_catalogue(rng)
    staff = staff_phones(scale, salt)
    nobodys: set[str] = set()
    with Writer(Path(out_dir)) as writer, ThreadPoolExecutor(1) as pool:
        writer.append(catalogue.tables)
        pending: Future[None] | None = None
        for block, (start, child) in enumerate(zip(starts, children, strict=True)):
            if progress is not None:
                progress(f"people {start:,} of {people:,}", start / people)
            size = min(BLOCK_PEOPLE, people - start)
            batches, shared = simulate_block(child, block, start, size, catalogue, staff, salt)
            nobodys |= shared
            # One block is written while the next is made.
            if pending is not None:
                pending.result()
            pending = pool.submit(_append, writer, batches)
            del batches
        if pending is not None:
            pending.result()
        keys = sorted(nobodys)
        writer.append(
            {
                "truth.profiles": profiles(
                    "pos_shopper",
                    strings(keys),
                    strings([f"shared:phone-{key[1:]}" for key in keys]),
                )
            }
        )
        rows = writer.rows
    size_on_disk = sum(file.stat().st_size for file in Path(out_dir).rglob("*") if file.is_file())
    if progress is not None:
        progress("done", 1.0)
    return SimulationSummary(people, rows, size_on_disk, time.perf_counter() - began)


def _append(writer: Writer, batches: list[dict[str, pa.Table]]) -> None:
    while batches:
        writer.append(batches.pop(0))


def simulate_block(
    seeds: np.random.SeedSequence,
    block: int,
    first: int,
    size: int,
    catalogue: Catalogue,
    staff: Ints,
    salt: int,
) -> tuple[list[dict[str, pa.Table]], set[str]]:
    """Tables of one block of people, and keys that are nobody's.

    first: number of the block's first person; size: people in the block.
    """
    rng = np.random.default_rng(seeds)
    # what people say to the shop and each other is drawn apart from what they buy
    said = np.random.default_rng(seeds.spawn(1)[0])
    market_rng = np.random.default_rng(seeds.spawn(1)[0])
    people = draw_people(rng, catalogue, first, size)
    ids = draw_identities(rng, people, salt)
    joined = crm.joined_at(rng, people)
    registered = web.registered_at(rng, people)
    targets = draw_targets(rng, people, catalogue, joined)
    buyers = market.draw_buyers(market_rng, people)
    orders = make_orders(rng, people, catalogue, targets, buyers.share, market_rng)
    circles = draw_circles(said, people, orders)
    receipts, shared = pos.make_receipts(rng, block, people, ids, orders, catalogue, staff)
    events, sessions = web.make_events(rng, block, people, ids, orders, catalogue, registered)
    batches = [
        crm.make_members(rng, block, people, ids, catalogue, joined),
        crm.make_contacts(rng, block, people, ids, catalogue, targets),
        {
            "crm.coupon_redemptions": crm.make_redemptions(
                rng, block, people, ids, catalogue, targets, orders
            ),
            "crm.service_tickets": crm.make_tickets(rng, block, people, ids, orders),
            "truth.people": people_table(people, catalogue, circles.is_influencer, circles.follows),
        },
        receipts,
        web.make_accounts(rng, block, people, ids, catalogue, registered),
        events,
        web.make_web_orders(rng, block, people, ids, orders, catalogue, sessions),
        wechat.make_wechat(rng, block, people, ids, orders, catalogue),
        call_centre.make_calls(said, block, people, ids, orders),
        community.make_community(said, block, people, ids, orders, catalogue, circles),
        {
            "wechat.share_events": shares.make_share_events(
                said, block, people, ids, orders, catalogue, circles
            ),
            "crm.referral_events": shares.make_referral_events(
                said, block, people, ids, orders, circles, joined
            ),
        },
        market.make_market(market_rng, block, people, ids, orders, catalogue, buyers),
    ]
    return batches, shared
