"""Coupon responses by amount (doc block predictions__coupons)."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.python.independent.customers import kept_out
from tests.python.independent.facts import one_ids
from tests.python.independent.keys import member_profile
from tests.python.independent.predictions import probability_metrics
from tests.python.independent.predictions_fits import judged
from tests.python.independent.statistics import beta_prior_size, drawn
from tests.python.independent.world import Row, Rows, World, table

PURPOSES = ("coupon_amount", "coupon_percent")
BASELINES = ("base_rate", "amount_rate", "customer_rate")
MODEL = "beta_binomial"
ENOUGH = 0.9
#: Methods that tell amounts apart.
OF_AMOUNTS = ("amount_rate", MODEL)


def amount_from(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50 and so on that is not above the value."""
    size = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return round(max(step * size for step in (1, 2, 5) if step * size <= value), 9)


@table("steps.coupon_offers")
def offers(world: World) -> Rows:
    """What a campaign offered to whom, and from when on it is known that it was redeemed."""
    coupons: dict[tuple[str, str], tuple[str, float]] = {}
    for row in world["staging.stg_crm__coupons"]:
        if (
            row["product_id"] is None
            and row["discount_type"] in ("amount", "percent")
            and row["discount_value"]
            and row["discount_value"] > 0
        ):
            coupons[row["campaign_id"], row["coupon_id"]] = (
                f"coupon_{row['discount_type']}",
                amount_from(float(row["discount_value"])),
            )
    customer = one_ids(world)
    used = []
    for row in world["staging.stg_crm__coupon_redemptions"]:
        loaded = world.business_date(row["loaded_at"])
        used.append({**row, "delivered": loaded and loaded - dt.timedelta(days=1)})
    first = min((row["delivered"] for row in used if row["delivered"]), default=None)
    redeemed: dict[Any, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for row in used:
        one_id = customer.get(member_profile(world.salt, row["member_id"]))
        day = world.business_date(row["redeemed_at"])
        if one_id and day:
            known = day
            if row["delivered"] and first and row["delivered"] > first:
                known = max(day, row["delivered"])
            for (campaign, coupon_id), coupon in coupons.items():
                # without a campaign it is of that of the coupon
                if coupon_id == row["coupon_id"] and row["campaign_id"] in (None, campaign):
                    redeemed[one_id, campaign, coupon].append((day, known))
    excluded = kept_out(world, "predictions")
    window = dt.timedelta(days=world.setting("campaign_window_days"))
    rows = []
    for member in world["campaigns.campaign_audiences"]:
        start = world.business_date(member["window_starts_at"])
        if member["arm"] != "treatment" or member["one_id"] in excluded or start is None:
            continue
        of_campaign = {
            coupon for (campaign, _), coupon in coupons.items() if campaign == member["campaign_id"]
        }
        for coupon in sorted(of_campaign):
            found = [
                known
                for day, known in redeemed[member["one_id"], member["campaign_id"], coupon]
                if start <= day < start + window
            ]
            rows.append(
                {
                    "one_id": member["one_id"],
                    "purpose": coupon[0],
                    "amount": coupon[1],
                    "start": start,
                    "end": start + window,
                    "known": min(found, default=None),
                }
            )
    return rows


def dates_of(world: World, purpose: str) -> list[tuple[int, dt.date]]:
    """The as-of date, and the last three on which campaigns began that are over."""
    starts = {
        row["start"]
        for row in world["steps.coupon_offers"]
        if row["purpose"] == purpose and row["end"] <= world.as_of_date
    }
    return [(0, world.as_of_date), *enumerate(sorted(starts, reverse=True)[:3], start=1)]


def learnt_by(world: World, purpose: str, date: dt.date) -> Row:
    """What had been offered and redeemed by a date, as known then."""
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    over = [
        row
        for row in world["steps.coupon_offers"]
        if row["purpose"] == purpose and row["end"] <= date
    ]
    for row in over:
        counts[row["one_id"], row["amount"]][0] += 1
        counts[row["one_id"], row["amount"]][1] += bool(row["known"] and row["known"] <= date)
    own: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    amounts: dict[float, list[list[int]]] = defaultdict(list)
    for (one_id, amount), (n, k) in counts.items():
        own[one_id][0] += n
        own[one_id][1] += k
        amounts[amount].append([n, k])
    whole, redeemed = sum(n for n, _ in own.values()), sum(k for _, k in own.values())
    prior = beta_prior_size((k, n) for n, k in own.values()) if own else 0.0
    of_amounts = {}
    for amount, cases in amounts.items():
        offered = sum(n for n, _ in cases)
        # few offers of an amount say little
        of_amounts[amount] = {
            "offers": offered,
            "rate": drawn(sum(k for _, k in cases), offered, redeemed / whole, prior),
            "prior": min(beta_prior_size((k, n) for n, k in cases), offered + prior),
        }
    return {
        "counts": counts,
        "own": own,
        "offers": whole,
        "redeemed": redeemed,
        "amounts": of_amounts,
        "prior": prior,
        "first": min((row["start"] for row in over), default=None),
        "last": max((row["end"] for row in over), default=None),
    }


def given(learnt: Row, one_id: str, amount: float) -> dict[str, tuple[float, float]]:
    """Probability of each method, and the offers that it rests on."""
    n, k = learnt["counts"].get((one_id, amount), (0, 0))
    whole, redeemed = learnt["own"].get(one_id, (0, 0))
    rate = learnt["redeemed"] / learnt["offers"]
    of_amount = learnt["amounts"][amount]
    prior = rate * learnt["prior"]
    expected = sum(
        offered * learnt["amounts"][other]["rate"]
        for (who, other), (offered, _) in learnt["counts"].items()
        if who == one_id and other != amount
    )
    mean = of_amount["rate"]
    if expected + prior:
        mean = min(mean * (redeemed - k + prior) / (expected + prior), 0.999)
    found = {
        "base_rate": (rate, of_amount["offers"]),
        "amount_rate": (of_amount["rate"], of_amount["offers"] + learnt["prior"]),
        "customer_rate": (
            drawn(redeemed, whole, rate, learnt["prior"]),
            whole + learnt["prior"],
        ),
        MODEL: (drawn(k, n, mean, of_amount["prior"]), n + of_amount["prior"]),
    }
    return {method: (round(p, 12), size) for method, (p, size) in found.items()}


@table("steps.coupons_versions", key=["purpose", "model_version"])
def versions(world: World) -> Rows:
    """What each method learnt from by each date, or why it says nothing."""
    fewest = world.setting("prediction_min_customers")
    rows = []
    for purpose in PURPOSES:
        for step, date in dates_of(world, purpose):
            learnt = learnt_by(world, purpose, date)
            reason = None
            if not learnt["offers"]:
                reason = "no_coupon_of_an_amount"
            elif len(learnt["amounts"]) < 2:
                reason = "one_amount_only"
            elif len(learnt["own"]) < fewest or learnt["redeemed"] * 10 < fewest:
                reason = "too_few_customers"
            label = "none" if reason else f"{learnt['redeemed']}_{learnt['offers']}"
            rows += [
                {
                    "purpose": purpose,
                    "step": step,
                    "date": date,
                    "learnt": learnt,
                    "method": method,
                    "model_version": f"{method}-{date}-{label}",
                    "reason": reason,
                    "horizon_days": world.setting("campaign_window_days"),
                    "rows_trained": learnt["offers"],
                    "train_from_date": learnt["first"],
                    "train_to_date": learnt["last"],
                    "fit_date": date,
                }
                for method in (*BASELINES, MODEL)
            ]
    return rows


@table("steps.coupons_tested")
def tested(world: World) -> Rows:
    """What each method gave to the offers of the dates that are tested."""
    rows = []
    for version in world["steps.coupons_versions"]:
        if version["reason"] or not version["step"]:
            continue
        came: dict[tuple[str, float], int] = defaultdict(int)
        for row in world["steps.coupon_offers"]:
            if row["purpose"] == version["purpose"] and row["start"] == version["date"]:
                key = (row["one_id"], row["amount"])
                came[key] = max(came[key], int(row["known"] is not None))
        for (one_id, amount), outcome in came.items():
            if amount in version["learnt"]["amounts"]:
                p, _ = given(version["learnt"], one_id, amount)[version["method"]]
                rows.append(
                    {
                        "one_id": one_id,
                        "amount": amount,
                        "purpose": version["purpose"],
                        "model_version": version["model_version"],
                        "method": version["method"],
                        "tested_date": version["date"],
                        "probability": p,
                        "outcome": outcome,
                        "error": (p - outcome) ** 2,
                    }
                )
    return rows


@table("steps.coupons_back_tests")
def back_tests(world: World) -> Rows:
    """The metrics of each method and tested date; an offer is a trial of its own."""
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in world["steps.coupons_tested"]:
        key = (row["purpose"], row["model_version"], row["method"], row["tested_date"])
        groups[key].append(row)
    return [
        {
            "purpose": purpose,
            "model_version": version,
            "method": method,
            "metric": metric,
            "value": value,
            "value_low": low,
            "value_high": high,
            "customers": len({row["one_id"] for row in rows}),
            "is_baseline": method != MODEL,
            "tested_date": date,
        }
        for (purpose, version, method, date), rows in groups.items()
        for metric, (value, low, high) in probability_metrics(
            [{**row, "one_id": f"{row['one_id']}|{row['amount']}"} for row in rows]
        ).items()
    ]


@table("steps.coupons_models", key=["purpose", "model_version"])
def models(world: World) -> Rows:
    """Every version, and which one is used; a customer counts once, with all its offers."""
    errors: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in world["steps.coupons_tested"]:
        errors[row["purpose"], row["method"], row["tested_date"], row["one_id"]] += row["error"]
    names = ("purpose", "method", "tested_date", "one_id")
    rows = [
        {**dict(zip(names, key, strict=True)), "is_own_date": True, "error": round(error, 9)}
        for key, error in errors.items()
    ]
    found = judged(world["steps.coupons_versions"], rows, MODEL, BASELINES)
    return [{**row, "library_versions": "SQL"} for row in found]


@table("predictions.coupon_responses", key=["one_id", "discount_type", "amount_from"])
def coupon_responses(world: World) -> Rows:
    """How likely each customer who was offered coupons redeems one of an amount."""
    used = {row["purpose"]: row for row in world["steps.coupons_models"] if row["is_chosen"]}
    rows = []
    for version in world["steps.coupons_versions"]:
        if version["step"] or version["method"] != MODEL:
            continue
        learnt, chosen = version["learnt"], used.get(version["purpose"])
        for one_id in learnt["own"]:
            of_customer: Rows = []
            for amount in sorted(learnt["amounts"]):
                n, k = learnt["counts"].get((one_id, amount), (0, 0))
                row: Row = {
                    "one_id": one_id,
                    "discount_type": version["purpose"].removeprefix("coupon_"),
                    "amount_from": Decimal(str(amount)).quantize(Decimal("0.01")),
                    "reason": version["reason"] or "no_model_beats_the_base_rate",
                    "method": None,
                    "model_version": None,
                    "offers": n,
                    "redemptions": k,
                    "response_probability": None,
                    "response_probability_low": None,
                    "response_probability_high": None,
                    "is_enough": False,
                    "as_of_date": world.as_of_date,
                }
                if chosen:
                    p, size = given(learnt, one_id, amount)[chosen["method"]]
                    half = 1.96 * math.sqrt(p * (1 - p) / (size + 1))
                    row |= {
                        "reason": None,
                        "method": chosen["method"],
                        "model_version": chosen["model_version"],
                        "response_probability": p,
                        "response_probability_low": max(p - half, 0.0),
                        "response_probability_high": min(p + half, 1.0),
                    }
                of_customer.append(row)
            if chosen and chosen["method"] in OF_AMOUNTS:
                best = max(row["response_probability"] for row in of_customer)
                enough = next(
                    row
                    for row in of_customer
                    if round(row["response_probability"] - ENOUGH * best, 9) >= 0
                )
                enough["is_enough"] = True
            rows += of_customer
    return rows
