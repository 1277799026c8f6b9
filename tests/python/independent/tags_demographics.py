"""What is known of a customer's person, given or inferred (docs tags__demographics)."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.python.independent.keys import member_profile
from tests.python.independent.statistics import beta_prior_size, probability_above, rounded
from tests.python.independent.world import Row, Rows, World, table


@table("steps.member_attributes", key=["one_id"])
def member_attributes(world: World) -> Rows:
    """What customers' member cards say; of several the one changed last counts, each by itself."""
    one_ids = {row["profile_id"]: row["one_id"] for row in world["core.customer_profiles"]}
    cards = defaultdict(list)
    for member in world["staging.stg_crm__members"]:
        profile_id = member_profile(world.salt, member["member_id"])
        if profile_id in one_ids:
            cards[one_ids[profile_id]].append(member)
    found = []
    for one_id, members in cards.items():
        members.sort(key=lambda m: m["member_id"])
        members.sort(key=lambda m: m["updated_at"] or dt.datetime.min, reverse=True)
        found.append(
            {
                "one_id": one_id,
                "income_band": _first(m["income_band"] for m in members),
                "age_from": _number(_first(m["age_band"] for m in members)),
                "household_size": _number(_first(m["household_size"] for m in members)),
                "kids_count": _number(_first(m["kids_count"] for m in members)),
            }
        )
    return found


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _number(text: str | None) -> int | None:
    """The whole number that a band begins with: 45 of 45-54, 5 of 5+."""
    found = re.match(r"\d+", text or "")
    return int(found.group()) if found else None


@table("steps.usual_cities", key=["one_id"])
def usual_cities(world: World) -> Rows:
    """The city of the stores visited most, where the visits support one.

    A day with purchases in a city is one visit. The share of the city visited most is drawn
    towards that of all customers (docs tags__demographics and tags__channel).
    """
    as_of = world.as_of_date
    since = as_of - dt.timedelta(days=world.setting("channel_window_days") - 1)
    places = {s["store_id"]: s for s in world["core.stores"] if s["city"] is not None}
    days: dict[str, set[tuple[dt.date, str]]] = defaultdict(set)
    stores: dict[tuple[str, str], set[str]] = defaultdict(set)
    for order in world["core.orders"]:
        if order["one_id"] is None or order["is_return"] or order["is_cancelled"]:
            continue
        if order["store_id"] in places and since <= order["ordered_date"] <= as_of:
            city = places[order["store_id"]]["city"]
            days[order["one_id"]].add((order["ordered_date"], city))
            stores[order["one_id"], city].add(order["store_id"])
    visits = {one_id: Counter(city for _, city in days) for one_id, days in days.items()}
    totals = {one_id: sum(cities.values()) for one_id, cities in visits.items()}
    most = {one_id: _most_visited(cities) for one_id, cities in visits.items()}
    cases = [(visits[one_id][city], totals[one_id]) for one_id, city in most.items()]
    mean = sum(k for k, _ in cases) / sum(n for _, n in cases) if cases else 0.0
    prior_size = beta_prior_size(cases)
    found = []
    for one_id, city in most.items():
        n = totals[one_id]
        share = (visits[one_id][city] + prior_size * mean) / (n + prior_size)
        probability = probability_above(share, share * (1 - share) / (n + prior_size + 1), 0.5)
        provinces = [p for p in (places[s]["province"] for s in stores[one_id, city]) if p]
        if n >= world.setting("usual_city_min_visits") and probability >= world.setting(
            "usual_city_min_confidence"
        ):
            found.append(
                {
                    "one_id": one_id,
                    "city": city,
                    "province": max(provinces, default=None),
                    "visits": visits[one_id][city],
                    "all_visits": n,
                    "probability": probability,
                }
            )
    return found


def _most_visited(cities: Counter) -> str:
    return min(cities, key=lambda city: (-cities[city], city))


@table("steps.usual_city_agreement")
def usual_city_agreement(world: World) -> Rows:
    """Of the customers with both, the share whose usual city is the one they give."""
    usual = {row["one_id"]: row["city"] for row in world["steps.usual_cities"]}
    compared = [
        row["city"] == usual[row["one_id"]]
        for row in world["core.customers"]
        if row["city"] is not None and row["one_id"] in usual
    ]
    share = sum(compared) / len(compared) if compared else None
    return [{"compared_customers": len(compared), "city_agreement": share}]


@table("tags.tag_demographics", key=["one_id"])
def tag_demographics(world: World) -> Rows:
    """One row per customer: attributes as given or inferred, with basis and confidence."""
    members = {row["one_id"]: row for row in world["steps.member_attributes"]}
    usual = {row["one_id"]: row for row in world["steps.usual_cities"]}
    (agreement,) = world["steps.usual_city_agreement"]
    found = []
    for customer in world["core.customers"]:
        one_id = customer["one_id"]
        member, visited = members.get(one_id, {}), usual.get(one_id, {})
        found.append(_person(world, customer, member, visited, agreement["city_agreement"]))
    return found


def _person(world: World, customer: Row, member: Row, usual: Row, agreement: float | None) -> Row:
    genders = {
        row["tag_value"]: row for row in world.seed("tag_values") if row["tag_code"] == "gender"
    }
    gender = genders.get(customer["gender"], {})
    born = customer["birth_date"]
    age = _full_years(born, world.as_of_date) if born else None
    band = _band(world, age if age is not None else member.get("age_from"))
    household = [member.get(n) for n in ("income_band", "household_size", "kids_count")]
    has_household = any(value is not None for value in household)
    kids = member.get("kids_count")
    place: Row = {}
    contradicted = any(
        customer[name] is not None and customer[name] != usual.get(name)
        for name in ("city", "province")
    )
    for name in ("city", "province"):
        given = customer[name]
        inferred = None if contradicted else usual.get(name)
        place[name] = given if given is not None else inferred
        basis = "given" if given is not None else "inferred" if inferred is not None else None
        place[f"{name}_basis"] = basis
        sure = None
        if basis == "inferred":
            sure = usual["probability"] * agreement if agreement is not None else None
        place[f"{name}_confidence"] = _rounded(1 if basis == "given" else sure, 4)
    return {
        "one_id": customer["one_id"],
        "gender": customer["gender"],
        "gender_name_en": gender.get("name_en"),
        "gender_name_zh": gender.get("name_zh"),
        "gender_source": customer["gender_source"],
        "gender_basis": "given" if customer["gender"] else None,
        "gender_confidence": _rounded(1, 4) if customer["gender"] else None,
        "age_band": band.get("band_code"),
        "age_band_name_en": band.get("name_en"),
        "age_band_name_zh": band.get("name_zh"),
        "age_basis": "given" if band else None,
        "age_confidence": _rounded(1, 4) if band else None,
        "birth_month": born.month if born else None,
        **place,
        "usual_store_city": usual.get("city"),
        "usual_store_city_confidence": _rounded(usual.get("probability"), 4),
        "usual_city_visits": usual.get("visits"),
        "store_visits": usual.get("all_visits"),
        "income_band": member.get("income_band"),
        "household_size": member.get("household_size"),
        "kids_count": kids,
        "has_children": kids > 0 if kids is not None else None,
        "household_basis": "given" if has_household else None,
        "household_confidence": _rounded(1, 4) if has_household else None,
        "card_level": customer["card_level"],
        "card_level_source": customer["card_level_source"],
        "source_systems": customer["source_systems"],
        "profile_count": customer["profile_count"],
        "is_identified": customer["is_identified"],
        "is_contactable": customer["is_contactable"],
        "member_since": world.business_date(customer["registered_at"]),
        "as_of_date": world.as_of_date,
    }


def _rounded(value: float | int | None, places: int) -> Decimal | None:
    return None if value is None else rounded(value, places)


def _full_years(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _band(world: World, age: int | None) -> Row:
    """The band that begins last at or below the age (seed age_bands)."""
    if age is None:
        return {}
    begun = [row for row in world.seed("age_bands") if int(row["age_from"]) <= age]
    return max(begun, key=lambda row: int(row["age_from"]), default={})
