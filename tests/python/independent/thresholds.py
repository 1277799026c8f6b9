"""What tags are compared with in this build: variables, numbers from data and seeds, rules.

From the descriptions of tags.tag_thresholds and of the models <family>_parameters.
"""

from __future__ import annotations

import json
from typing import Any

from tests.python.independent.statistics import quantile, rounded
from tests.python.independent.tags_rfm import MEASURES, cut_points, reseller_fences, scored
from tests.python.independent.world import Row, Rows, World, table


def text(value: Any, places: int) -> str:
    """A number as text: rounded, with one decimal at least."""
    return str(float(rounded(value, places)))


def row(tag_code: str, threshold_code: str, value: str, origin: str) -> Row:
    """One threshold."""
    return {
        "tag_code": tag_code,
        "threshold_code": threshold_code,
        "threshold_value": value,
        "origin": origin,
    }


@table("tags.tag_thresholds", key=["tag_code", "threshold_code"])
def tag_thresholds(world: World) -> Rows:
    """One row per tag and threshold."""
    return [
        *variables(world),
        *rules(world),
        *world["steps.rfm_thresholds"],
        *world["steps.nes_thresholds"],
        *world["steps.loyalty_thresholds"],
        *world["steps.activity_thresholds"],
        *world["steps.channel_thresholds"],
        *world["steps.demographics_thresholds"],
        *world["steps.interest_thresholds"],
        *world["steps.lifecycle_thresholds"],
        *world["steps.member_value_thresholds"],
        *world["steps.moments_thresholds"],
        *world["steps.preferences_thresholds"],
        *world["steps.price_thresholds"],
    ]


def variables(world: World) -> Rows:
    """Each variable that the catalogue names for a tag, lists and numbers as JSON writes them."""
    found = []
    for tag in world["tags.tag_catalogue"]:
        for name in (tag["settings"] or "").split():
            value = world.setting(name)
            shown = value if isinstance(value, str) else json.dumps(value)
            found.append(row(tag["tag_code"], name, shown, "variable"))
    return found


def rules(world: World) -> Rows:
    """Each condition of a rule tag, in words."""
    found = []
    for condition in world["tags.tag_rule_conditions"]:
        words = [condition[name] for name in ("input_tag", "operator", "operand")]
        said = " ".join(word for word in words if word) if words[0] else "everybody else"
        code = f"layer {condition['layer']} row {condition['file_row']}"
        found.append(row(condition["tag_code"], code, said, "rule"))
    return found


@table("steps.rfm_thresholds")
def rfm_thresholds(world: World) -> Rows:
    """Where scores begin, averages that segments compare with, fences of resellers."""
    values = scored(world, [dict(values) for values in world["steps.rfm_values"]])
    found = []
    scoring = world.setting("rfm_scoring")
    origin = "seed" if scoring == "cuts" else "data"
    for measure in MEASURES if scoring != "rank" else ():
        for number, cut in enumerate(cut_points(world, values, measure), start=1):
            code = f"score_{number + 1}_from"
            if measure == "recency_days":
                code = f"score_{6 - number}_below"
            found.append(row(f"rfm_{measure}", code, text(cut, 4), origin))
    if not values:
        return found
    columns = ("r_score", "f_score", "m_score")
    if world.setting("rfm_average_of") == "values":
        columns = MEASURES
    for column in columns:
        average = float(sum(values[column] for values in values)) / len(values)
        found.append(row("rfm_segment", f"average_{column}", text(average, 4), "data"))
    for measure, fence in reseller_fences(world, values).items():
        code = f"{measure.removesuffix('_days')}_fence"
        found.append(row("reseller_suspect", code, text(fence, 4), "data"))
    return found


@table("steps.nes_thresholds")
def nes_thresholds(world: World) -> Rows:
    """The multiples of the cycle that divide the states; the last one is fitted."""
    (multiples,) = world["steps.nes_multiples"]
    return [
        row("nes_status", f"{name}_multiple", text(multiples[name], 4), origin)
        for name, origin in (("active", "data"), ("dozing", "variable"), ("sleeping", "data"))
    ]


@table("steps.lifecycle_thresholds")
def lifecycle_thresholds(world: World) -> Rows:
    """Cycles after which a customer is new no more, and lost; spend of core customers."""
    (multiples,) = world["steps.nes_multiples"]
    found = [
        row("lifecycle_stage", "new_cycles", text(multiples["active"], 4), "data"),
        row("lifecycle_stage", "lost_cycles", text(multiples["sleeping"], 4), "data"),
    ]
    spent = [values["monetary"] for values in world["steps.rfm_values"] if values["monetary"] > 0]
    top = 1 - world.setting("lifecycle_core_share")
    for code, share in (("core_from", top), ("high_potential_from", 0.5)):
        limit = quantile(spent, share)
        if limit is not None:
            found.append(row("lifecycle_value_tier", code, str(rounded(limit, 2)), "data"))
    return found


@table("steps.loyalty_thresholds")
def loyalty_thresholds(world: World) -> Rows:
    """The scores from which levels begin (seed loyalty_levels)."""
    return [
        row("loyalty_level", f"{level['level_code']}_from", str(float(level["score_from"])), "seed")
        for level in world.seed("loyalty_levels")
    ]


@table("steps.activity_thresholds")
def activity_thresholds(world: World) -> Rows:
    """The least score that is high and the greatest that is low."""
    scores: dict[str, list[Any]] = {"high": [], "low": []}
    for customer in world["tags.tag_activity"]:
        scores.get(customer["activity_level"], []).append(customer["activity_score"])
    found = []
    if scores["high"]:
        least = rounded(min(scores["high"]), 4)
        found.append(row("activity_level", "high_from", str(least), "data"))
    if scores["low"]:
        greatest = rounded(max(scores["low"]), 4)
        found.append(row("activity_level", "low_to", str(greatest), "data"))
    return found


@table("steps.channel_thresholds")
def channel_thresholds(world: World) -> Rows:
    """Prior means and sample sizes of shares of orders and rates of responses."""
    found = {}
    for share in world["steps.channel_shares"]:
        found["preferred_channel", f"{share['channel']}_share"] = share
    for prior in world["steps.contact_priors"]:
        tag = "outreach_fatigue" if prior["channel"] == "all" else "preferred_contact_channel"
        found[tag, f"{prior['channel']}_{prior['response_code']}"] = prior
    return [
        row(tag, f"{name}_{part}", text(prior[column], 6), "data")
        for (tag, name), prior in found.items()
        for part, column in {"mean": "prior_mean", "prior_size": "prior_size"}.items()
    ]


@table("steps.demographics_thresholds")
def demographics_thresholds(world: World) -> Rows:
    """How often the usual city is the one given, and the ages from which bands begin."""
    (agreement,) = world["steps.usual_city_agreement"]
    found = [
        row("age_band", f"{band['band_code']}_from", band["age_from"], "seed")
        for band in world.seed("age_bands")
    ]
    if agreement["compared_customers"]:
        share = text(agreement["city_agreement"], 4)
        number = str(agreement["compared_customers"])
        found.append(row("city", "usual_city_agreement", share, "data"))
        found.append(row("city", "usual_city_compared_customers", number, "data"))
    return found


@table("steps.member_value_thresholds")
def member_value_thresholds(world: World) -> Rows:
    """Caps and points of the indicators (0 of one that takes no part) and where tiers begin."""
    (scale,) = world["steps.member_value_scale"]
    found = [
        row("member_value_tier", f"{tier['level_code']}_from", tier["score_from"], "seed")
        for tier in world.seed("member_value_tiers")
    ]
    for name, value in scale.items():
        if name.endswith("_cap"):
            found.append(row("member_value_score", name, text(value or 0, 4), "data"))
        if name.endswith("_points"):
            found.append(row("member_value_score", name, text(value, 4), "seed"))
    return found
