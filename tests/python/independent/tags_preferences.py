"""What customers prefer: tags.tag_preferences.

From models/tags/preferences/_preferences__docs.md and the YAML of its steps.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.python.independent.statistics import (
    choice_shares,
    difference_variance,
    dirichlet_prior_size,
    drawn,
    known,
    probability_above,
    share_variance,
)
from tests.python.independent.world import Row, Rows, World, table

DIMENSIONS = (
    "category",
    "brand",
    "price_band",
    "colour",
    "store",
    "payment_method",
    "daypart",
    "weekpart",
)


def daypart(world: World, hour: int) -> str:
    """The daypart of an hour; one that ends before it begins goes over midnight."""
    for part in world.seed("dayparts"):
        first, end = int(part["hour_from"]), int(part["hour_to"])
        if first <= hour < end or (end < first and (hour >= first or hour < end)):
            return part["daypart_code"]
    raise ValueError(f"no daypart holds the hour {hour}")


@table("steps.preference_counts", key=["one_id", "dimension", "choice"])
def preference_counts(world: World) -> Rows:
    """How often a customer chose what: lines by product, orders by place, means and time."""
    counts: Counter[tuple[str, str, str]] = Counter()
    colours = {row["product_id"]: row["colour"] for row in world["core.products"]}
    bands = {row["product_id"]: row["price_band"] for row in world["steps.price_products"]}
    for line in world["steps.price_lines"]:
        chosen = {
            "category": line["category"],
            "brand": line["brand"],
            "colour": colours.get(line["product_id"]),
            "price_band": bands.get(line["product_id"]),
        }
        for dimension, choice in chosen.items():
            counts[line["one_id"], dimension, choice] += 1
    for order in world["steps.kept_orders"]:
        at = world.business_time(order["ordered_at"])
        has_time = (at.hour, at.minute, at.second) != (0, 0, 0)
        chosen = {
            "store": order["store_id"],
            "payment_method": order["payment_method"],
            "daypart": daypart(world, at.hour) if has_time else None,
            "weekpart": "weekend" if at.weekday() >= 5 else "weekday",
        }
        for dimension, choice in chosen.items():
            counts[order["one_id"], dimension, choice] += 1
    return [
        {"one_id": one_id, "dimension": dimension, "choice": choice, "choices": number}
        for (one_id, dimension, choice), number in counts.items()
        if choice is not None
    ]


def choices_by_customer(world: World, dimension: str) -> dict[str, dict[str, int]]:
    """Choices of every customer in a dimension."""
    own: dict[str, dict[str, int]] = defaultdict(dict)
    for row in world["steps.preference_counts"]:
        if row["dimension"] == dimension:
            own[row["one_id"]][row["choice"]] = row["choices"]
    return own


@table("steps.preference_priors", key=["dimension"])
def preference_priors(world: World) -> Rows:
    """What all customers choose in a dimension, and how many own choices that counts for."""
    priors = []
    for dimension in DIMENSIONS:
        counts = choices_by_customer(world, dimension).values()
        priors.append(
            {
                "dimension": dimension,
                "shares": choice_shares(counts),
                "prior_size": dirichlet_prior_size(counts),
            }
        )
    return priors


def first_choice(
    own: dict[str, int], population: dict[str, float], prior_size: float, lift: float
) -> Row:
    """A customer's first choice of a dimension, its share and how sure both statements are."""
    n = sum(own.values())
    shares = {
        choice: drawn(own.get(choice, 0), n, share, prior_size)
        for choice, share in population.items()
    }
    choice = min(own, key=lambda c: (-shares[c], c))
    share = shares[choice]
    rival = max((s for c, s in shares.items() if c != choice), default=0.0)
    common = population[choice]
    wanted = lift * common / (1 - common + lift * common)
    return {
        "choice": choice,
        "evidence": n,
        "share": share,
        "population_share": common,
        "confidence": min(
            probability_above(share - rival, difference_variance(share, rival, n + prior_size), 0),
            probability_above(share, share_variance(share, n + prior_size), wanted),
        ),
    }


@table("tags.tag_preferences", key=["one_id"])
def tag_preferences(world: World) -> Rows:
    """A row per customer that kept an order: its first choices, NULL where not supported."""
    enough = world.setting("preference_min_confidence")
    lift = world.setting("preference_min_lift")
    result: dict[str, Row] = {
        row["one_id"]: {"one_id": row["one_id"], "as_of_date": world.as_of_date}
        for row in world["steps.preference_counts"]
    }
    for prior in world["steps.preference_priors"]:
        dimension = prior["dimension"]
        own = choices_by_customer(world, dimension)
        for one_id, row in result.items():
            first: Row = {}
            if one_id in own:
                first = first_choice(own[one_id], prior["shares"], prior["prior_size"], lift)
            is_sure = bool(first) and first["confidence"] >= enough
            row[f"preferred_{dimension}"] = first["choice"] if is_sure else None
            row[f"{dimension}_evidence"] = first.get("evidence")
            for measure in ("share", "population_share", "confidence"):
                row[f"{dimension}_{measure}"] = known(first.get(measure), 4)
    return list(result.values())


@table("steps.preferences_thresholds", key=["tag_code", "threshold_code"])
def preferences_thresholds(world: World) -> Rows:
    """The weight of the population in each preference, for tags.tag_thresholds."""
    return [
        {
            "tag_code": f"preferred_{prior['dimension']}",
            "threshold_code": "population_prior_size",
            "threshold_value": str(round(prior["prior_size"], 6)),
            "origin": "data",
        }
        for prior in world["steps.preference_priors"]
        if prior["shares"]
    ]
