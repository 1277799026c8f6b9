"""Price sensitivity, spending power and coupons: tags.tag_price, tags.tag_category_price.

From models/tags/price/_price__docs.md and the YAML of the price models.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.python.independent.statistics import (
    difference_variance,
    drawn,
    known,
    probability_above,
    quantile,
    rounded,
    variance_components,
)
from tests.python.independent.world import Row, Rows, World, table

BANDS = ("low", "mid", "high")


def grouped(rows: Rows, column: str) -> dict[Any, Rows]:
    """Rows by the value of a column."""
    groups: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


# -- what was bought ---------------------------------------------------------------------


def is_in_window(world: World, day: dt.date) -> bool:
    """Whether a day is one of the last loyalty_window_days, the as-of date included."""
    return 0 <= (world.as_of_date - day).days < world.setting("loyalty_window_days")


@table("steps.price_lines")
def price_lines(world: World) -> Rows:
    """Lines of a customer in the window of which something is kept and paid for."""
    return [
        line
        for line in world["core.order_lines"]
        if line["one_id"] is not None
        and line["product_id"] is not None
        and not line["is_return"]
        and not line["is_cancelled"]
        and line["kept_amount"] > 0
        and is_in_window(world, line["ordered_date"])
    ]


@table("steps.kept_orders", key=["order_id"])
def kept_orders(world: World) -> Rows:
    """Sales to a customer in the window of which something is kept."""
    return [
        order
        for order in world["core.orders"]
        if order["one_id"] is not None
        and not order["is_return"]
        and not order["is_cancelled"]
        and order["kept_amount"] > 0
        and is_in_window(world, order["ordered_date"])
    ]


@table("steps.price_products", key=["product_id"])
def price_products(world: World) -> Rows:
    """Where a product stands among the lines of its category: its ridit and its third."""
    products: Rows = []
    for product_id, sold in grouped(world["steps.price_lines"], "product_id").items():
        amount = sum(line["list_amount"] for line in sold)
        units = sum(line["quantity"] for line in sold)
        if sold[0]["category"] is not None and units and amount / units > 0:
            products.append(
                {
                    "product_id": product_id,
                    "category": sold[0]["category"],
                    "line_count": len(sold),
                    "unit_price": rounded(amount / units, 2),
                }
            )
    for others in grouped(products, "category").values():
        lines = sum(other["line_count"] for other in others)
        for product in others:
            price = product["unit_price"]
            cheaper = sum(o["line_count"] for o in others if o["unit_price"] < price)
            equal = sum(o["line_count"] for o in others if o["unit_price"] == price)
            level = Fraction(2 * cheaper + equal, 2 * lines)
            product["price_level"] = float(level)
            product["price_band"] = BANDS[math.floor(3 * level)]
    return products


@table("steps.price_categories", key=["one_id", "category"])
def price_categories(world: World) -> Rows:
    """What a customer kept of a category that is compared: min_group_customers bought of it."""
    products = {row["product_id"]: row for row in world["steps.price_products"]}
    kept: dict[tuple[str, str], Rows] = defaultdict(list)
    for line in world["steps.price_lines"]:
        if line["product_id"] in products:
            kept[line["one_id"], products[line["product_id"]]["category"]].append(line)
    customers = Counter(category for _, category in kept)
    return [
        {
            "one_id": one_id,
            "category": category,
            "customers": customers[category],
            "line_count": len(lines),
            "discounted_lines": sum(line["discount_amount"] > 0 for line in lines),
            "bands": Counter(products[line["product_id"]]["price_band"] for line in lines),
            "lines": lines,
        }
        for (one_id, category), lines in kept.items()
        if customers[category] >= world.setting("min_group_customers")
    ]


# -- price sensitivity -------------------------------------------------------------------


def discounted_share(rows: Rows) -> float:
    """Share of the lines that were bought below the list price."""
    return sum(row["discounted_lines"] for row in rows) / sum(row["line_count"] for row in rows)


def expectation(rows: Rows, shares: dict[str, float]) -> tuple[float, float, float]:
    """Discounted lines that are expected, chance C and leverage L, over some categories."""
    expected = chance = leverage = 0.0
    for row in rows:
        n, p = row["line_count"], shares[row["category"]]
        expected += n * p
        chance += n * p * (1 - p)
        leverage += n * math.sqrt(p * (1 - p))
    return expected, chance, leverage


@table("steps.price_baselines")
def price_baselines(world: World) -> Rows:
    """One row: shares at a discount by category, and correlation, of who does not hunt.

    Taken three times (doc tags__price_baselines): of all, where no correlation is assumed;
    of those within chance; of those within chance and spread.
    """
    limit = world.setting("price_hunter_z_score")
    of_customer = grouped(world["steps.price_categories"], "one_id")
    of_category = grouped(world["steps.price_categories"], "category")
    shares: dict[str, float] = {}
    correlation = 0.0
    kept = set(of_customer)
    for is_first in (True, False, False):
        shares = {
            category: discounted_share([row for row in rows if row["one_id"] in kept] or rows)
            for category, rows in of_category.items()
        }
        excess = likeness = 0.0
        beyond = set()
        for one_id, rows in of_customer.items():
            expected, chance, leverage = expectation(rows, shares)
            if one_id in kept:
                found = sum(row["discounted_lines"] for row in rows)
                excess += (found - expected) ** 2 - chance
                likeness += leverage**2 - chance
        if not is_first:
            correlation = min(max(excess / likeness, 0.0), 0.9) if likeness > 1e-9 else 0.0
        for one_id, rows in of_customer.items():
            expected, chance, leverage = expectation(rows, shares)
            spread = math.sqrt((1 - correlation) * chance + correlation * leverage**2)
            if sum(row["discounted_lines"] for row in rows) - expected > limit * spread:
                beyond.add(one_id)
        kept = set(of_customer) - beyond
    return [{"shares": shares, "correlation": correlation if of_customer else None}]


def z_score(rows: Rows, baseline: Row, count: int) -> float | None:
    """Standard deviations between discounted and expected lines (doc tags__price_hunters)."""
    expected, chance, leverage = expectation(rows, baseline["shares"])
    correlation = baseline["correlation"]
    variance = (1 - correlation) * chance + correlation * leverage**2
    if variance <= 0:
        return None
    nearer = max(abs(count - expected) - 0.5, 0.0)
    return math.copysign(nearer, count - expected) / math.sqrt(variance)


def band_shares(world: World) -> dict[tuple[str, str], dict[str, float]]:
    """Share of each price band in a customer's lines of a category.

    Drawn towards its shares in all compared categories, and those towards the population's,
    each time as the price band of tags.tag_preferences is drawn towards the population.
    """
    prior = band_prior(world)
    everywhere: dict[str, Counter[str]] = defaultdict(Counter)
    for row in world["steps.price_categories"]:
        everywhere[row["one_id"]].update(row["bands"])
    shares: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in world["steps.price_categories"]:
        own = everywhere[row["one_id"]]
        for band in BANDS:
            common = prior["shares"].get(band, 0.0)
            usual = drawn(own[band], own.total(), common, prior["prior_size"])
            shares[row["one_id"], row["category"]][band] = drawn(
                row["bands"][band], row["line_count"], usual, prior["prior_size"]
            )
    return shares


def band_prior(world: World) -> Row:
    """The price bands of all customers and for how many own choices they count."""
    (prior,) = (row for row in world["steps.preference_priors"] if row["dimension"] == "price_band")
    return prior


@table("tags.tag_category_price", key=["one_id", "category"])
def tag_category_price(world: World) -> Rows:
    """A row per customer and compared category it kept something of."""
    categories = world["steps.price_categories"]
    (baseline,) = world["steps.price_baselines"]
    limit = world.setting("price_hunter_z_score")
    prior_size = band_prior(world)["prior_size"]
    shares_of_band = band_shares(world)
    prices: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for product in world["steps.price_products"]:
        prices[product["category"], product["price_band"]].append(product["unit_price"])
    means, spreads = {}, {}
    for category, rows in grouped(categories, "category").items():
        shares = [discounted_share([row]) for row in rows]
        means[category] = sum(shares) / len(shares)
        spreads[category] = statistics.stdev(shares) if len(shares) > 1 else None
    result = []
    for row in categories:
        category = row["category"]
        mean, spread = means[category], spreads[category]
        share = discounted_share([row])
        above = z_score([row], baseline, row["discounted_lines"])
        bands = shares_of_band[row["one_id"], category]
        band = max(("mid", "low", "high"), key=bands.__getitem__)
        first, second, _ = sorted(bands.values(), reverse=True)
        variance = difference_variance(first, second, row["line_count"] + prior_size)
        result.append(
            {
                "one_id": row["one_id"],
                "category": category,
                "expected_price_band": band,
                "line_count": row["line_count"],
                "discounted_lines": row["discounted_lines"],
                "discounted_share": rounded(share, 4),
                "category_baseline_share": rounded(baseline["shares"][category], 4),
                "category_mean_share": rounded(mean, 4),
                "category_share_deviation": known(spread, 4),
                "discount_z_score": known(above, 4),
                "category_customers": row["customers"],
                "price_band_share": rounded(first, 4),
                "price_band_confidence": rounded(probability_above(first - second, variance, 0), 4),
                "expected_price_from": min(prices[category, band], default=None),
                "expected_price_to": max(prices[category, band], default=None),
                "is_price_hunter": above is not None and above > limit,
                "is_beyond_plain_fence": spread is not None and share > mean + 3 * spread,
                "as_of_date": world.as_of_date,
            }
        )
    return result


# -- spending power ----------------------------------------------------------------------


@table("steps.spending_power", key=["one_id"])
def spending_power(world: World) -> Rows:
    """How dear a customer buys in compared categories (doc tags__spending_power)."""
    level_of_product = {
        row["product_id"]: row["price_level"] for row in world["steps.price_products"]
    }
    lines = {
        one_id: [line for row in rows for line in row["lines"]]
        for one_id, rows in grouped(world["steps.price_categories"], "one_id").items()
    }
    levels = {
        one_id: [level_of_product[line["product_id"]] for line in own]
        for one_id, own in lines.items()
    }
    parts = variance_components(list(levels.values()))
    prior_size = 1000.0
    if parts.within is not None and parts.between is not None and parts.between > 0:
        prior_size = min(max(parts.within, 1e-6) / parts.between, 1000.0)
    everything = [level for own in levels.values() for level in own]
    result = []
    for one_id, own in lines.items():
        mean = sum(everything) / len(everything)
        spend = squares = weighted = 0.0
        for product_id, bought in grouped(own, "product_id").items():
            amount = float(sum(line["kept_amount"] for line in bought))
            spend += amount
            squares += amount**2 / len(bought)
            weighted += amount * level_of_product[product_id]
        effective_lines = spend**2 / squares
        score = drawn(weighted / spend * effective_lines, effective_lines, mean, prior_size)
        result.append(
            {
                "one_id": one_id,
                "price_level": weighted / spend,
                "effective_lines": effective_lines,
                "mean": mean,
                "prior_size": prior_size,
                "score": score,
            }
        )
    places = sorted(round(row["score"], 6) for row in result)
    for row in result:
        row["share_below"] = places.index(round(row["score"], 6)) / len(result)
    return result


# -- baskets and coupons -----------------------------------------------------------------


def basket_spread(groups: list[list[float]]) -> tuple[float, float]:
    """Variance within customers, and that over the variance between them.

    One-way analysis of variance; each variance is taken as a millionth at least.
    """
    numbers = [len(group) for group in groups]
    means = [sum(group) / len(group) for group in groups]
    total = sum(numbers)
    within = between = 0.0
    if total > len(groups):
        pairs = zip(groups, means, strict=True)
        within = sum((x - m) ** 2 for group, m in pairs for x in group) / (total - len(groups))
    within = max(within, 1e-6)
    if len(groups) > 1:
        mean = sum(n * m for n, m in zip(numbers, means, strict=True)) / total
        around = sum(n * (m - mean) ** 2 for n, m in zip(numbers, means, strict=True))
        typical = total - sum(n * n for n in numbers) / total
        between = (around - (len(groups) - 1) * within) / typical
    return within, within / max(between, 1e-6)


@table("steps.baskets", key=["one_id"])
def baskets(world: World) -> Rows:
    """What the orders of a customer come to (doc tags__coupon_threshold)."""
    amounts = {
        one_id: [math.log(order["net_amount"]) for order in orders]
        for one_id, orders in grouped(world["steps.kept_orders"], "one_id").items()
    }
    everything = [amount for own in amounts.values() for amount in own]
    population = sum(everything) / len(everything) if everything else 0.0
    within, prior_size = basket_spread(list(amounts.values()))

    def next_order(own: list[float]) -> tuple[float, float]:
        """Mean and variance that these orders lead to expect of the next."""
        squares = sum((amount - sum(own) / len(own)) ** 2 for amount in own)
        own_variance = (5 * within + squares) / (5 + max(len(own) - 1, 0))
        mean = drawn(sum(own), len(own), population, prior_size)
        return mean, own_variance * (1 + 1 / (len(own) + prior_size))

    reached = []
    for own in amounts.values():
        for place, amount in enumerate(own):
            mean, variance = next_order(own[:place] + own[place + 1 :])
            reached.append((amount - mean) / math.sqrt(variance))
    deviation = quantile(reached, 1 - world.setting("coupon_reach_share"))
    result = []
    for one_id, own in amounts.items():
        mean, variance = next_order(own)
        result.append(
            {
                "one_id": one_id,
                "orders": len(own),
                "mean": mean,
                "variance": variance,
                "population": population,
                "own_variance": within,
                "prior_size": prior_size,
                "deviation": deviation,
            }
        )
    return result


def stepped_up(amount: Decimal) -> Decimal:
    """Rounded up to two digits, the second of which is 0 or 5 above five times a power of ten."""
    if amount <= 0:
        return Decimal(0)
    size = Decimal(1).scaleb(amount.adjusted())
    step = size / (10 if amount <= 5 * size else 2)
    return math.ceil(amount / step) * step


# -- tag_price ---------------------------------------------------------------------------


def level_of(world: World, tag: str, score: float) -> str:
    """The level of seed price_levels that a score reaches."""
    levels = [row for row in world.seed("price_levels") if row["tag_code"] == tag]
    reached = [row for row in levels if score >= float(row["score_from"])]
    return max(reached, key=lambda row: float(row["score_from"]))["level_code"]


def value_name(world: World, tag: str, value: str | None, language: str) -> str | None:
    """Name of a value of a tag (seed tag_values)."""
    for row in world.seed("tag_values"):
        if row["tag_code"] == tag and row["tag_value"] == value:
            return row[f"name_{language}"]
    return None


def sensitivity_columns(world: World, rows: Rows) -> Row:
    """How far a customer's discounted lines lie above the expected, over its categories."""
    (baseline,) = world["steps.price_baselines"]
    limit = world.setting("price_hunter_z_score")
    lines = sum(row["line_count"] for row in rows)
    found = sum(row["discounted_lines"] for row in rows)
    above = z_score(rows, baseline, found) if rows else None
    largest = z_score(rows, baseline, lines) if rows else None
    level = hunts = None
    if above is not None and largest is not None:
        high_from = max(
            float(row["score_from"])
            for row in world.seed("price_levels")
            if row["tag_code"] == "price_sensitivity"
        )
        level = level_of(world, "price_sensitivity", above) if largest >= high_from else None
        hunts = above > limit if largest > limit else None
    return {
        "price_sensitivity": level,
        "line_count": lines if rows else None,
        "discounted_lines": found if rows else None,
        "discounted_share": known(found / lines if rows else None, 4),
        "expected_discounted_share": known(
            expectation(rows, baseline["shares"])[0] / lines if rows else None, 4
        ),
        "discount_z_score": known(above, 4),
        "largest_discount_z_score": known(largest, 4),
        "is_price_hunter": hunts,
    }


def coupon_columns(basket: Row | None) -> Row:
    """The usual basket and the coupon that three in ten orders reach anyway."""
    if basket is None:
        names = ("basket_orders", "usual_basket", "coupon_threshold", "coupon_reach")
        return dict.fromkeys(names)
    above = max(basket["deviation"], 0.0) * math.sqrt(basket["variance"])
    threshold = stepped_up(rounded(math.exp(basket["mean"] + above), 2))
    reach = probability_above(basket["mean"], basket["variance"], math.log(threshold))
    return {
        "basket_orders": basket["orders"],
        "usual_basket": rounded(math.exp(basket["mean"]), 2),
        "coupon_threshold": Decimal(threshold),
        "coupon_reach": rounded(reach, 4),
    }


@table("tags.tag_price", key=["one_id"])
def tag_price(world: World) -> Rows:
    """A row per customer that kept an order, or a line of a compared category."""
    categories = grouped(world["steps.price_categories"], "one_id")
    basket_of = {row["one_id"]: row for row in world["steps.baskets"]}
    powers = {row["one_id"]: row for row in world["steps.spending_power"]}
    hunted = grouped(
        [row for row in world["tags.tag_category_price"] if row["is_price_hunter"]], "one_id"
    )
    result = []
    for one_id in categories.keys() | basket_of.keys():
        sensitivity = sensitivity_columns(world, categories.get(one_id, []))
        power = powers.get(one_id, {})
        power_level = level_of(world, "spending_power", power["share_below"]) if power else None
        own_hunted = hunted.get(one_id, [])
        clearest = min(
            own_hunted, key=lambda row: (-row["discount_z_score"], row["category"]), default={}
        )
        row = {
            "one_id": one_id,
            **sensitivity,
            "price_hunter_category": clearest.get("category"),
            "hunted_categories": len(own_hunted) or None,
            "category_discount_z_score": clearest.get("discount_z_score"),
            "spending_power": power_level,
            "price_level": known(power.get("price_level"), 4),
            "price_level_lines": known(power.get("effective_lines"), 2),
            "spending_power_score": known(power.get("score"), 4),
            "spending_power_share_below": known(power.get("share_below"), 4),
            **coupon_columns(basket_of.get(one_id)),
            "as_of_date": world.as_of_date,
        }
        for tag in ("price_sensitivity", "spending_power"):
            for language in ("en", "zh"):
                row[f"{tag}_name_{language}"] = value_name(world, tag, row[tag], language)
        result.append(row)
    return result


@table("steps.price_thresholds", key=["tag_code", "threshold_code"])
def price_thresholds(world: World) -> Rows:
    """What the levels and the data set, for tags.tag_thresholds."""
    found: list[tuple[str, str, float | None, str]] = [
        (row["tag_code"], f"{row['level_code']}_from", float(row["score_from"]), "seed")
        for row in world.seed("price_levels")
    ]
    (baseline,) = world["steps.price_baselines"]
    for tag in ("price_sensitivity", "price_hunter", "price_hunter_category"):
        found.append((tag, "customer_correlation", baseline["correlation"], "data"))
    for power in world["steps.spending_power"][:1]:
        found.append(("spending_power", "population_level_mean", power["mean"], "data"))
        found.append(("spending_power", "population_prior_size", power["prior_size"], "data"))
    for basket in world["steps.baskets"][:1]:
        for tag in ("usual_basket", "coupon_threshold"):
            found.append((tag, "population_median", math.exp(basket["population"]), "data"))
            found.append((tag, "population_prior_size", basket["prior_size"], "data"))
        found.append(("coupon_threshold", "own_variance", basket["own_variance"], "data"))
        found.append(("coupon_threshold", "coupon_z_score", basket["deviation"], "data"))
    return [
        {
            "tag_code": tag,
            "threshold_code": code,
            "threshold_value": str(round(value, 6)),
            "origin": origin,
        }
        for tag, code, value, origin in found
        if value is not None
    ]
