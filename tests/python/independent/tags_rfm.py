"""RFM: of all orders, by category, by channel.

From docs/variables.md (RFM), the descriptions of tag_rfm and its siblings, and the doc block
tags__rfm_scopes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tests.python.independent.statistics import quantile, rounded
from tests.python.independent.world import Row, Rows, World, table

MEASURES = ("recency_days", "frequency", "monetary")


@dataclass
class Values:
    """What RFM compares of one customer, of all its orders or of a part of them."""

    orders: set[str] = field(default_factory=set)
    last_ordered_at: dt.datetime = dt.datetime.min
    sold: Decimal = Decimal(0)
    kept: Decimal = Decimal(0)


def window_start(world: World, days: int) -> dt.date:
    """First day of a window of so many days that ends with the as-of date; 0 are all days."""
    return world.as_of_date - dt.timedelta(days=days - 1) if days else dt.date.min


def recency_days(world: World, moment: dt.datetime) -> int:
    """Difference of dates, or elapsed whole days where as_of has a time of day."""
    (as_of,) = world["steps.as_of"]
    if as_of["has_time_of_day"]:
        return (as_of["as_of_at"] - moment) // dt.timedelta(days=1)
    return (world.as_of_date - world.business_date(moment)).days


def values_of(world: World, rows: Iterable[Row]) -> list[Row]:
    """Recency, frequency and spend of each customer with a sale among orders or lines.

    Sales count; returns that name no sale are taken off. Whose sales sum to nothing has not
    bought.
    """
    start = window_start(world, world.setting("rfm_window_days"))
    customers: dict[str, Values] = defaultdict(Values)
    for row in rows:
        if row["one_id"] is None or row["is_cancelled"] or row["ordered_date"] < start:
            continue
        values = customers[row["one_id"]]
        values.kept += row["kept_amount"]
        if not row["is_return"]:
            values.orders.add(row["order_id"])
            values.sold += row["net_amount"]
            values.last_ordered_at = max(values.last_ordered_at, row["ordered_at"])
    net = world.setting("rfm_returns") == "net"
    return [
        {
            "one_id": one_id,
            "recency_days": recency_days(world, values.last_ordered_at),
            "frequency": len(values.orders),
            "monetary": values.kept if net else values.sold,
        }
        for one_id, values in customers.items()
        if values.orders and values.sold > 0
    ]


def fifths_by_cuts(values: list[Row], measure: str, cuts: list[Decimal]) -> dict[str, int]:
    """1 and one more for each cut point that the value reaches."""
    return {row["one_id"]: 1 + sum(row[measure] >= cut for cut in cuts) for row in values}


def cut_points(world: World, values: list[Row], measure: str) -> list[Decimal]:
    """The four cut points of a measure: quantiles plus the margin, or those of the seed.

    Quantiles plus the margin are rounded to six decimals.
    """
    if world.setting("rfm_scoring") == "cuts":
        (seed,) = [row for row in world.seed("rfm_cuts") if row["measure"] == measure]
        return [Decimal(seed[f"cut_{number}"] or "nan") for number in (1, 2, 3, 4)]
    margin = world.setting("rfm_quantile_margin")
    cuts = [quantile((row[measure] for row in values), share) for share in (0.2, 0.4, 0.6, 0.8)]
    return [rounded(cut + margin, 6) for cut in cuts if cut is not None]


def fifths_by_rank(world: World, values: list[Row], measure: str) -> dict[str, int]:
    """The fifth of the ranks, as pandas.qcut cuts them: rank 1 + 0.2 (n − 1) ends the first.

    Equal days and amounts have the smallest of their ranks; equal numbers of orders follow
    the customers' first natural keys.
    """
    if measure == "frequency":
        ties = {
            row["one_id"]: row["natural_key_rank"] for row in world["steps.identity_tie_breaks"]
        }
        ordered = sorted(values, key=lambda row: (row["frequency"], ties[row["one_id"]]))
        ranks = {row["one_id"]: rank for rank, row in enumerate(ordered, start=1)}
    else:
        ranks = {
            row["one_id"]: 1 + sum(other[measure] < row[measure] for other in values)
            for row in values
        }
    ends = [Fraction(share * (len(values) - 1), 5) + 1 for share in (1, 2, 3, 4)]
    return {one_id: 1 + sum(rank > end for end in ends) for one_id, rank in ranks.items()}


def scored(world: World, values: list[Row]) -> Rows:
    """The rows with scores, their weighted sum and whether each measure is above average."""
    for measure, score in zip(MEASURES, ("r_score", "f_score", "m_score"), strict=True):
        if world.setting("rfm_scoring") == "rank":
            fifths = fifths_by_rank(world, values, measure)
        else:
            fifths = fifths_by_cuts(values, measure, cut_points(world, values, measure))
        for row in values:
            fifth = fifths[row["one_id"]]
            row[score] = 6 - fifth if measure == "recency_days" else fifth
    weights = [Decimal(str(weight)) for weight in world.setting("rfm_weights")]
    for row in values:
        scores = (row["r_score"], row["f_score"], row["m_score"])
        row["rfm_cell"] = "".join(str(score) for score in scores)
        row["rfm_score"] = rounded(sum(w * s for w, s in zip(weights, scores, strict=True)), 2)
    of_values = world.setting("rfm_average_of") == "values"
    for letter, measure in zip("rfm", MEASURES, strict=True):
        column = measure if of_values else f"{letter}_score"
        total = sum(row[column] for row in values)
        for row in values:
            own = row[column] * len(values)
            turned = of_values and measure == "recency_days"
            row[f"{letter}_above"] = int(own <= total if turned else own >= total)
    for row in values:
        row["segment_code"] = segment_of(world, row, world.setting("rfm_segment_map"))
    return values


def segment_of(world: World, row: Row, map_name: str) -> str:
    """Segment of the first line of the map that fits, or others."""
    lines: list[Row] = [r for r in world.seed("rfm_segment_maps") if r["map_name"] == map_name]
    for line in sorted(lines, key=lambda line: int(line["position"])):
        suffix = "above" if line["basis"] == "average" else "score"
        if all(
            int(line[f"{letter}_from"]) <= row[f"{letter}_{suffix}"] <= int(line[f"{letter}_to"])
            for letter in "rfm"
        ):
            return str(line["segment_code"])
    return "others"


def segment_names(world: World, code: str | None) -> Row:
    """The code and its names."""
    names = {row["segment_code"]: row for row in world.seed("rfm_segments")}
    return {
        "segment_code": code,
        "segment_name_en": names[code]["name_en"] if code else None,
        "segment_name_zh": names[code]["name_zh"] if code else None,
    }


@table("steps.rfm_values", key=["one_id"])
def rfm_values(world: World) -> Rows:
    """Recency, frequency and spend of all orders in the window."""
    return values_of(world, world["core.orders"])


@table("tags.tag_rfm", key=["one_id"])
def tag_rfm(world: World) -> Rows:
    """Scores, segment, cluster and the suspicion of a reseller (description of tag_rfm)."""
    values = scored(world, [dict(row) for row in world["steps.rfm_values"]])
    fences = reseller_fences(world, values)
    clusters = {row["one_id"]: row["cluster_id"] for row in world["tags.rfm_cluster_members"]}
    segments = {row["cluster_id"]: row["segment_code"] for row in world["tags.rfm_clusters"]}
    return [
        {
            **{name: row[name] for name in ("one_id", "rfm_cell", *MEASURES, "rfm_score")},
            "monetary": rounded(row["monetary"], 2),
            **{name: row[name] for name in ("r_score", "f_score", "m_score")},
            **segment_names(world, row["segment_code"]),
            "cluster_id": clusters[row["one_id"]],
            "cluster_segment_code": segments[clusters[row["one_id"]]],
            "is_reseller_suspect": (
                row["frequency"] > fences["frequency"]
                and row["monetary"] > fences["monetary"]
                and row["recency_days"] <= fences["recency_days"]
            ),
            "as_of_date": world.as_of_date,
        }
        for row in values
    ]


def reseller_fences(world: World, values: list[Row]) -> dict[str, float]:
    """Beyond which orders, spend and days a customer is suspected (rfm_parameters)."""
    many = world.setting("reseller_quantile")
    lately = world.setting("reseller_recent_share")
    spend = quantile((row["monetary"] for row in values), many)
    return {
        "frequency": quantile((row["frequency"] for row in values), many) or 0,
        "monetary": world.setting("reseller_spend_multiple") * (spend or 0),
        "recency_days": quantile((row["recency_days"] for row in values), lately) or 0,
    }


def parts(world: World, rows: Iterable[Row], column: str) -> Rows:
    """RFM among the customers of each part; without scores where they are too few."""
    of_part: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[column] is not None:
            of_part[row[column]].append(row)
    result = []
    for part, part_rows in of_part.items():
        values = values_of(world, part_rows)
        is_scored = len(values) >= world.setting("min_group_customers")
        if is_scored:
            scored(world, values)
        scores = ("rfm_cell", "r_score", "f_score", "m_score", "rfm_score")
        result += [
            {
                "one_id": row["one_id"],
                column: part,
                **{name: row[name] for name in MEASURES},
                "monetary": rounded(row["monetary"], 2),
                **{name: row.get(name) for name in scores},
                **segment_names(world, row.get("segment_code")),
                f"{column}_customers": len(values),
                "as_of_date": world.as_of_date,
            }
            for row in values
        ]
    return result


@table("tags.tag_rfm_category", key=["one_id", "category"])
def tag_rfm_category(world: World) -> Rows:
    """RFM of the lines of each category."""
    return parts(world, world["core.order_lines"], "category")


@table("tags.tag_rfm_channel", key=["one_id", "channel"])
def tag_rfm_channel(world: World) -> Rows:
    """RFM of the orders in each channel."""
    return parts(world, world["core.orders"], "channel")
