"""NES: new, active and sleeping customers by their own purchase cycle (doc block tags__nes)."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from tests.python.independent.statistics import gaps, rounded, variance_components
from tests.python.independent.world import Row, Rows, World, table

SMALLEST_VARIANCE = 1e-6
FEWEST_TESTED = 30


def order_days(world: World) -> dict[str, list[dt.date]]:
    """Days with a sale that was not cancelled, in order, of each customer that has any."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for order in world["core.orders"]:
        if order["one_id"] is not None and not order["is_cancelled"] and not order["is_return"]:
            days[order["one_id"]].add(order["ordered_date"])
    return {one_id: sorted(dates) for one_id, dates in days.items()}


def log_gaps(days: Iterable[dt.date]) -> list[float]:
    """Logarithms of the days between neighbouring order days."""
    return [math.log(gap) for gap in gaps(day.toordinal() for day in days)]


def shrinkage_weight(gap_count: int, within: float, between: float) -> float:
    """Weight of a customer's own gaps against the population."""
    own = gap_count / within
    return own / (own + 1 / between)


def population(world: World, customers: Iterable[list[float]]) -> Row:
    """Mean log gap of all customers and its variance within and between them."""
    groups = [group for group in customers if group]
    if not groups:
        mean = math.log(world.setting("nes_fallback_cycle_days"))
        return {"mean": mean, "within": SMALLEST_VARIANCE, "between": SMALLEST_VARIANCE}
    found = variance_components(groups)
    if found.within is None:
        as_of_one = variance_components([[group[0] for group in groups]])
        within, between = as_of_one.within or 0.0, 0.0
    else:
        within, between = found.within, found.between or 0
    within = max(within, SMALLEST_VARIANCE)
    between = max(between, SMALLEST_VARIANCE)
    weights = [1 / (within / len(group) + between) for group in groups]
    means = [math.fsum(group) / len(group) for group in groups]
    mean = math.fsum(w * m for w, m in zip(weights, means, strict=True)) / math.fsum(weights)
    return {"mean": mean, "within": within, "between": between}


def cycle_of(own: list[float], common: Row) -> tuple[Decimal, float]:
    """Expected days between two purchases, and the weight of the own gaps in it."""
    share = shrinkage_weight(len(own), common["within"], common["between"])
    mean = math.fsum(own) / len(own) if own else 0.0
    log = share * mean + (1 - share) * common["mean"] + common["within"] / 2
    return rounded(max(math.exp(log), 1.0), 2), share


def fit_date(world: World) -> dt.date:
    """The day on which limits and what is common were fitted."""
    number = (world.as_of_date - dt.date(1970, 1, 1)).days
    return world.as_of_date - dt.timedelta(days=number % world.setting("prediction_refit_days"))


def cycle_with_open_gap(own: list[float], silence: int, common: Row) -> tuple[Decimal, float]:
    """As cycle_of, with the gap since the last order taken at what it is expected to come to."""
    if not own or silence < 1:
        return cycle_of(own, common)
    within, between = common["within"], common["between"]
    closed = shrinkage_weight(len(own), within, between)
    mean = closed * math.fsum(own) / len(own) + (1 - closed) * common["mean"]
    share = shrinkage_weight(len(own) + 1, within, between)
    scale = math.sqrt(within + (1 - share) * between) * math.sqrt(3) / math.pi
    for _ in range(5):
        z = (math.log(silence) - mean) / scale
        if z < -30:
            expected = mean
        elif z > 30:
            expected = math.log(silence) + scale
        else:
            tail = (1 + math.exp(z)) * math.log1p(math.exp(-z))
            expected = math.log(silence) + scale * tail
        gaps_mean = (math.fsum(own) + expected) / (len(own) + 1)
        mean = share * gaps_mean + (1 - share) * common["mean"]
    return rounded(max(math.exp(mean + within / 2), 1.0), 2), share


def horizon_days(world: World) -> int:
    """Days watched after each date of the past."""
    if world.setting("nes_backtest_days"):
        return int(world.setting("nes_backtest_days"))
    means = []
    for dates in order_days(world).values():
        days = known(dates, fit_date(world))
        if len(days) > 1:
            means.append((days[-1] - days[0]).days / (len(days) - 1))
    twice = math.ceil(2 * math.fsum(means) / len(means)) if means else 0
    return min(max(twice, 28), 180)


@table("steps.nes_dates", key=["step"])
def nes_dates(world: World) -> Rows:
    """The dates on which cycles are computed, by horizons before the day of the last fit."""
    horizon = horizon_days(world)
    days = order_days(world)
    first = min((dates[0] for dates in days.values()), default=None)
    rows = []
    for step in range(5):
        fitted_on = fit_date(world) - dt.timedelta(days=step * horizon)
        if step == 0 or (first and fitted_on >= first + dt.timedelta(days=horizon)):
            date = fitted_on if step else world.as_of_date
            rows.append(
                {"step": step, "date": date, "fitted_on": fitted_on, "horizon_days": horizon}
            )
    return rows


@table("steps.nes_population", key=["step"])
def nes_population(world: World) -> Rows:
    """What is common to all customers on each date."""
    days = order_days(world)
    return [
        {
            **row,
            **population(
                world, (log_gaps(known(dates, row["fitted_on"])) for dates in days.values())
            ),
        }
        for row in world["steps.nes_dates"]
    ]


def known(dates: list[dt.date], date: dt.date) -> list[dt.date]:
    """The days up to a date."""
    return [day for day in dates if day <= date]


@table("steps.nes_cycles", key=["step", "one_id"])
def nes_cycles(world: World) -> Rows:
    """Cycle of each customer on each date, and whether it bought again within one."""
    days = order_days(world)
    rows = []
    for common in world["steps.nes_population"]:
        for one_id, dates in days.items():
            before = known(dates, common["date"])
            if not before:
                continue
            silence = (common["date"] - before[-1]).days
            cycle, share = cycle_with_open_gap(log_gaps(before), silence, common)
            after = dates[len(before)] if len(before) < len(dates) else None
            bought = after is not None and (after - common["date"]).days <= cycle
            is_tested = common["step"] > 0 and cycle <= common["horizon_days"]
            rows.append(
                {
                    "step": common["step"],
                    "one_id": one_id,
                    "cycle_days": cycle,
                    "shrinkage_weight": share,
                    "first": before[0],
                    "last": before[-1],
                    "days_since_first": (common["date"] - before[0]).days,
                    "days_since_last": (common["date"] - before[-1]).days,
                    "bought_again": bought if is_tested else None,
                }
            )
    return rows


@table("steps.nes_multiples")
def nes_multiples(world: World) -> Rows:
    """The three multiples of the cycle that divide the states, the last one fitted."""
    active, dozing, sleeping = (Decimal(str(m)) for m in world.setting("nes_multiples"))
    limit = world.setting("nes_sleeping_share")
    rows = [
        r for r in world["steps.nes_cycles"] if r["step"] >= 2 and r["bought_again"] is not None
    ]
    lowered = (active * tenth / 10 for tenth in range(10, 0, -1))
    enough = world.setting("nes_active_share")
    first = next((a for a in lowered if min(active_shares(rows, a), default=0.0) > enough), active)
    tested = [row for row in rows if row["days_since_first"] > active * row["cycle_days"]]
    upper_ends, below = [], []
    for step in range(41):
        multiple = sleeping + step * Decimal("0.5")
        asleep = [r for r in tested if r["days_since_last"] > multiple * r["cycle_days"]]
        if len(asleep) < FEWEST_TESTED:
            break
        end = upper_end(sum(r["bought_again"] for r in asleep), len(asleep))
        upper_ends.append((end, multiple))
        if end < limit and all(share < limit for share in shares_by_date(asleep)):
            below.append(multiple)
    if limit and below:
        sleeping = below[0]
    elif limit and upper_ends:
        sleeping = min(upper_ends)[1]
    return [{"active": first, "dozing": dozing, "sleeping": sleeping}]


def shares_by_date(rows: Rows) -> list[float]:
    """The share that bought again on each date with enough tested customers."""
    by_step: dict[int, list[bool]] = defaultdict(list)
    for row in rows:
        if row["bought_again"] is not None:
            by_step[row["step"]].append(row["bought_again"])
    return [sum(each) / len(each) for each in by_step.values() if len(each) >= FEWEST_TESTED]


def active_shares(rows: Rows, multiple: Decimal) -> list[float]:
    """Those shares of the customers that are active up to a multiple, and not new."""
    return shares_by_date(
        [
            row
            for row in rows
            if row["days_since_last"] <= multiple * row["cycle_days"] < row["days_since_first"]
        ]
    )


def upper_end(successes: int, trials: int) -> float:
    """Upper end of the one-sided 95 % interval of Agresti and Coull (1998)."""
    centre = (successes + 1.353) / (trials + 2.706)
    return centre + 1.645 * math.sqrt(centre * (1 - centre) / (trials + 2.706))


def state_of(row: Row, multiples: Row) -> str:
    """The first state that fits."""
    cycle = row["cycle_days"]
    if row["days_since_first"] <= multiples["active"] * cycle:
        return "N"
    for code, name in (("E0", "active"), ("S1", "dozing"), ("S2", "sleeping")):
        if row["days_since_last"] <= multiples[name] * cycle:
            return code
    return "S3"


@table("tags.tag_nes", key=["one_id"])
def tag_nes(world: World) -> Rows:
    """The state of each customer on the as-of date."""
    (multiples,) = world["steps.nes_multiples"]
    names = {row["state_code"]: row for row in world.seed("nes_states")}
    separable = {
        row["nes_status"]: row["is_separable"] for row in world["tags.tag_nes_calibration"]
    }
    result = []
    for row in world["steps.nes_cycles"]:
        if row["step"] > 0:
            continue
        code = state_of(row, multiples)
        due = row["last"] + dt.timedelta(days=math.ceil(row["cycle_days"]))
        result.append(
            {
                "one_id": row["one_id"],
                "nes_status": code,
                "nes_status_name_en": names[code]["name_en"],
                "nes_status_name_zh": names[code]["name_zh"],
                "purchase_cycle_days": row["cycle_days"],
                "cycle_shrinkage_weight": rounded(row["shrinkage_weight"], 4),
                "days_since_last_order": row["days_since_last"],
                "cycles_since_last_order": rounded(row["days_since_last"] / row["cycle_days"], 4),
                "is_separable": separable[code],
                "next_order_expected_date": due if due >= world.as_of_date else None,
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("tags.tag_nes_calibration", key=["nes_status"])
def tag_nes_calibration(world: World) -> Rows:
    """How many of each state, one horizon ago, have bought again within their own cycle."""
    (multiples,) = world["steps.nes_multiples"]
    tested = [row for row in world["steps.nes_cycles"] if row["step"] == 1]
    (date,) = [row for row in world["steps.nes_dates"] if row["step"] == 1] or [{}]
    result = []
    for state in world.seed("nes_states"):
        rows = [row for row in tested if state_of(row, multiples) == state["state_code"]]
        past = [
            row
            for row in world["steps.nes_cycles"]
            if row["step"] and state_of(row, multiples) == state["state_code"]
        ]
        shares = shares_by_date(past)
        is_separable = {
            "E0": min(shares, default=0.0) > world.setting("nes_active_share"),
            "S3": max(shares, default=1.0) < world.setting("nes_sleeping_share"),
        }.get(state["state_code"] or "")
        outcomes = [row["bought_again"] for row in rows if row["bought_again"] is not None]
        cycles = [row["cycle_days"] for row in rows]
        result.append(
            {
                "nes_status": state["state_code"],
                "nes_status_name_en": state["name_en"],
                "nes_status_name_zh": state["name_zh"],
                "state_position": int(state["position"] or 0),
                "customers": len(rows),
                "tested_customers": len(outcomes),
                "bought_again": sum(outcomes),
                "bought_again_share": sum(outcomes) / len(outcomes) if outcomes else None,
                "rolling_dates": len(shares),
                "smallest_share": min(shares, default=None),
                "largest_share": max(shares, default=None),
                "is_separable": is_separable,
                "mean_cycle_days": float(rounded(sum(cycles) / len(cycles), 6)) if cycles else None,
                "active_multiple": float(multiples["active"]),
                "dozing_multiple": float(multiples["dozing"]),
                "sleeping_multiple": float(multiples["sleeping"]),
                "horizon_days": date.get("horizon_days"),
                "tested_as_of_date": date.get("date"),
            }
        )
    return result
