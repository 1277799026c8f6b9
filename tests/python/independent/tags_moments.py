"""What is new, unusual or coming: tags.tag_moments, tags.customer_moments.

From models/tags/moments/_moments__docs.md and the YAML of the moments models.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.python.independent.keys import keyed_hash, wechat_profile
from tests.python.independent.statistics import known, rounded
from tests.python.independent.tags_price import grouped
from tests.python.independent.world import Row, Rows, World, table

CHANNELS = ("sms", "email", "phone", "wechat", "app_push")


@table("steps.moment_customers", key=["one_id"])
def moment_customers(world: World) -> Rows:
    """Customers that are known by name or have bought."""
    buyers = {order["one_id"] for order in sales(world)}
    return [
        row for row in world["core.customers"] if row["is_identified"] or row["one_id"] in buyers
    ]


def sales(world: World) -> Rows:
    """Sales to customers that were not cancelled."""
    return [
        order
        for order in world["core.orders"]
        if order["one_id"] is not None and not order["is_return"] and not order["is_cancelled"]
    ]


# -- drops -------------------------------------------------------------------------------


def baseline(world: World, amounts: dict[dt.date, Decimal]) -> Row:
    """Amounts of the last drop_days, and of both halves of the five times as many before.

    The baseline begins on the day after the first; of an odd number of days the middle one
    belongs to the later half.
    """
    days = world.setting("drop_days")
    ages = {(world.as_of_date - day).days - days: amount for day, amount in amounts.items()}
    length = min(max(ages), 5 * days)
    return {
        "length": length,
        "recent": [amount for age, amount in ages.items() if age < 0],
        "late": [a for age, a in ages.items() if 0 <= age < length and 2 * age < length],
        "early": [a for age, a in ages.items() if 0 <= age < length and 2 * age >= length],
    }


@table("steps.moments_baselines", key=["one_id"])
def moments_baselines(world: World) -> Rows:
    """Visit days and order days of every customer with any, apart by time."""
    visits: dict[str, dict[dt.date, Decimal]] = defaultdict(dict)
    for visit in world["core.web_sessions"]:
        if visit["one_id"] is not None:
            visits[visit["one_id"]][visit["started_date"]] = Decimal(1)
    bought = {(order["one_id"], order["ordered_date"]) for order in sales(world)}
    spent: dict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)
    for order in world["core.orders"]:
        if not order["is_cancelled"]:
            spent[order["one_id"], order["ordered_date"]] += order["kept_amount"]
    orders: dict[str, dict[dt.date, Decimal]] = defaultdict(dict)
    for one_id, day in bought:
        orders[one_id][day] = max(spent[one_id, day], Decimal(0))
    return [
        {
            "one_id": one_id,
            "visits": baseline(world, visits[one_id]) if one_id in visits else None,
            "orders": baseline(world, orders[one_id]) if one_id in orders else None,
        }
        for one_id in visits.keys() | orders.keys()
    ]


@table("steps.moments_dispersion")
def moments_dispersion(world: World) -> Rows:
    """One row: how much more than a Poisson process the halves of the baselines differ.

    Squared difference of the halves over its Poisson variance is chi-square with one degree
    of freedom, whose median is 0.454936.
    """
    ratios: dict[str, list[float]] = {"visit": [], "purchase": [], "spend": []}
    for row in world["steps.moments_baselines"]:
        for kind, name in (("visits", "visit"), ("orders", "purchase")):
            own = row[kind]
            if own and len(own["early"]) + len(own["late"]) >= 6:
                early, late = own["early"], own["late"]
                n = len(early) + len(late)
                ratios[name].append((len(early) - len(late)) ** 2 / n)
                squares = sum(amount**2 for amount in early + late)
                if kind == "orders" and squares > 0:
                    ratios["spend"].append(float((sum(early) - sum(late)) ** 2 / squares))
    return [
        {
            f"{name}_dispersion": max(round(statistics.median(own) / 0.454936, 6), 0.1)
            if len(own) >= 30
            else 1.0
            for name, own in ratios.items()
        }
    ]


def drop_columns(world: World, row: Row | None) -> Row:
    """What a customer's baseline leads to expect of the last drop_days, and what came."""
    days = world.setting("drop_days")
    (phi,) = world["steps.moments_dispersion"]
    result: Row = dict.fromkeys(("visits_z", "purchases_z", "amounts_z"))
    for kind, name in (("visits", "visit"), ("orders", "purchase")):
        own = row and row[kind]
        recent = len(own["recent"]) if own else 0
        expected = None
        if own and own["length"] > 0:
            before = len(own["early"]) + len(own["late"])
            expected = before * days / own["length"]
            if expected >= 3:
                n, p = before + recent, days / (days + own["length"])
                error = math.sqrt(phi[f"{name}_dispersion"] * n * p * (1 - p))
                result[f"{name}s_z"] = rounded((recent - n * p) / error, 4)
        result[f"recent_{name}_days"] = recent if row else None
        result[f"expected_{name}_days"] = known(expected, 4)
    own = row and row["orders"]
    spent = sum(own["recent"], Decimal(0)) if own else Decimal(0)
    result["recent_spend"] = rounded(spent, 2) if row else None
    result["expected_spend"] = None
    if own and own["length"] > 0:
        before = own["early"] + own["late"]
        scale = days / own["length"]
        expected = float(sum(before)) * scale
        squares = float(sum(amount**2 for amount in before))
        result["expected_spend"] = rounded(expected, 2)
        if result["purchases_z"] is not None and squares > 0:
            error = math.sqrt(phi["spend_dispersion"] * squares * scale * (1 + scale))
            result["amounts_z"] = rounded((float(spent) - expected) / error, 4)
    both = [z for z in (result["purchases_z"], result["amounts_z"]) if z is not None]
    result["spend_z"] = min(both, default=None)
    for name in ("visits", "spend"):
        z = result[f"{name}_z"]
        result[f"is_{name}_dropped"] = None if z is None else z <= -world.setting("change_z")
    return result


# -- moments -----------------------------------------------------------------------------


@table("steps.tickets", key=["ticket_id"])
def tickets(world: World) -> Rows:
    """Service tickets of known customers: open or not, complaint or not."""
    details = {
        f"crm-service_ticket-{row['ticket_id']}": row
        for row in world["staging.stg_crm__service_tickets"]
    }
    closed = {
        touch_id
        for touch_id, ticket in details.items()
        if ticket["closed_at"] is not None and ticket["closed_at"] <= world.as_of_at
    }
    # there is one system of tickets; where it closed none in ninety days, none is known to be open
    opened = [row["opened_at"] for row in details.values() if row["opened_at"]]
    oldest = world.as_of_at - dt.timedelta(days=90)
    is_never_closed = not closed and any(at <= oldest for at in opened)
    result = []
    for touch in world["core.touches"]:
        if touch["touch_type"] == "service_ticket" and touch["one_id"] is not None:
            ticket = details[touch["touch_id"]]
            is_closed = is_never_closed or touch["touch_id"] in closed
            grade = ticket["satisfaction"]
            result.append(
                {
                    "ticket_id": touch["touch_id"],
                    "one_id": touch["one_id"],
                    "topic": touch["detail"] or "unknown",
                    "opened_date": touch["touched_date"],
                    "is_open": not is_closed,
                    "is_complaint": ticket["severity"] != "low"
                    or (is_closed and grade is not None and grade <= 2),
                }
            )
    return result


@table("steps.wechat_follows", key=["one_id"])
def wechat_follows(world: World) -> Rows:
    """Customers that ever followed an official account; the date may be unknown."""
    one_id_of = {row["profile_id"]: row["one_id"] for row in world["core.customer_profiles"]}
    users: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for user in world["staging.stg_wechat__users"]:
        one_id = one_id_of.get(wechat_profile(world.salt, user["app_id"], user["openid"]))
        followed_at, left_at = user["subscribed_at"], user["unsubscribed_at"]
        if one_id is not None and (followed_at is None or followed_at <= world.as_of_at):
            is_left = left_at is not None and left_at <= world.as_of_at
            users[one_id].append((followed_at, left_at if is_left else None))
    return [
        {
            "one_id": one_id,
            "is_following": any(
                left_at is None or (followed_at is not None and followed_at > left_at)
                for followed_at, left_at in own
            ),
            "first_followed_at": min((at for at, _ in own if at), default=None),
            "last_unfollowed_at": max((at for _, at in own if at), default=None),
        }
        for one_id, own in users.items()
    ]


def on_day(day: dt.date, year: int) -> dt.date:
    """A day of the calendar in another year; 29 February is the 28th in common years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def next_return(day: dt.date, today: dt.date) -> dt.date:
    """The next yearly return of a day after it, today included."""
    year = max(today.year, day.year + 1)
    return on_day(day, year) if on_day(day, year) >= today else on_day(day, year + 1)


@table("steps.moments", key=["one_id", "moment_type", "moment_key", "moment_date"])
def moments(world: World) -> Rows:
    """Every moment of a customer with its day and what it concerns."""
    found: set[tuple[str, str, str, dt.date]] = set()
    orders = sales(world)
    for one_id, own in grouped(orders, "one_id").items():
        earliest = min(own, key=lambda order: (order["ordered_at"], order["channel"]))
        found.add((one_id, "first_order", earliest["channel"], earliest["ordered_date"]))
        for channel, of_channel in grouped(own, "channel").items():
            day = min(order["ordered_date"] for order in of_channel)
            found.add((one_id, "first_channel", channel, day))
    lines = [
        line
        for line in world["core.order_lines"]
        if line["one_id"] is not None
        and line["category"] is not None
        and not line["is_return"]
        and not line["is_cancelled"]
    ]
    for one_id, own in grouped(lines, "one_id").items():
        for category, of_category in grouped(own, "category").items():
            day = min(line["ordered_date"] for line in of_category)
            found.add((one_id, "first_category", category, day))
    for row in world["steps.wechat_follows"]:
        if row["first_followed_at"]:
            day = world.business_date(row["first_followed_at"])
            found.add((row["one_id"], "first_wechat_follow", "wechat", day))
        if row["last_unfollowed_at"]:
            day = world.business_date(row["last_unfollowed_at"])
            found.add((row["one_id"], "wechat_unfollow", "wechat", day))
    for row in world["core.customer_consents"]:
        if row["first_granted_at"] is not None:
            day = world.business_date(row["first_granted_at"])
            found.add((row["one_id"], "first_subscription", row["channel"], day))
        was_granted = row["first_granted_at"] is not None or row["basis"] == "unsubscribe"
        if was_granted and not row["is_granted"]:
            day = world.business_date(row["changed_at"])
            found.add((row["one_id"], "unsubscription", row["channel"], day))
    for order in world["core.orders"]:
        if order["one_id"] is not None and order["is_return"] and not order["is_cancelled"]:
            key = keyed_hash(world.salt, order["order_id"]) or ""
            found.add((order["one_id"], "refund", key, order["ordered_date"]))
    for ticket in world["steps.tickets"]:
        if ticket["is_complaint"]:
            found.add((ticket["one_id"], "complaint", ticket["topic"], ticket["opened_date"]))
    today = world.as_of_date
    for row in world["tags.tag_lifecycle"]:
        closes_date = row["repurchase_closes_date"]
        if closes_date is not None and closes_date < today:
            day = closes_date + dt.timedelta(days=1)
            found.add((row["one_id"], "cycle_exceeded", "purchase_cycle", day))
    since = today - dt.timedelta(days=world.setting("drop_days") - 1)
    for row in world["steps.moments_baselines"]:
        drops = drop_columns(world, row)
        for name in ("visits", "spend"):
            if drops[f"is_{name}_dropped"]:
                found.add((row["one_id"], f"{name}_dropped", "own_baseline", since))
    for row in world["core.customers"]:
        for kind, day in (
            ("birthday", row["birth_date"]),
            ("joining_anniversary", world.business_date(row["registered_at"])),
        ):
            if day is not None and day <= today:
                coming = next_return(day, today)
                is_far = (coming - today).days >= world.setting("moment_days")
                if kind == "birthday" and is_far:
                    continue
                key = "birthday" if kind == "birthday" else str(coming.year - day.year)
                found.add((row["one_id"], kind, key, coming))
    customers = {row["one_id"] for row in world["steps.moment_customers"]}
    return [
        {"one_id": one_id, "moment_type": kind, "moment_key": key, "moment_date": day}
        for one_id, kind, key, day in found
        if one_id in customers
    ]


@table("tags.customer_moments", key=["one_id", "moment_type", "moment_key", "moment_date"])
def customer_moments(world: World) -> Rows:
    """Moments with their names and how far away they are."""
    types = {row["moment_type"]: row for row in world.seed("moment_types")}
    return [
        {
            **row,
            "moment_type_name_en": types[row["moment_type"]]["name_en"],
            "moment_type_name_zh": types[row["moment_type"]]["name_zh"],
            "moment_group": types[row["moment_type"]]["moment_group"],
            "days_ahead": (row["moment_date"] - world.as_of_date).days,
            "as_of_date": world.as_of_date,
        }
        for row in world["steps.moments"]
    ]


# -- do not disturb ----------------------------------------------------------------------


def is_quiet(world: World) -> bool:
    """Whether the run has a time of day within quiet_hours."""
    (as_of,) = world["steps.as_of"]
    first, end = world.setting("quiet_hours")
    if not as_of["has_time_of_day"] or first == end:
        return False
    hour = world.business_time(world.as_of_at).hour
    return first <= hour < end if first < end else hour >= first or hour < end


def is_capped(world: World, person: Row) -> bool:
    """Whether as many messages were delivered lately as are allowed."""
    return person["contacts_7_days"] >= world.setting("contact_cap_7_days") or person[
        "contacts_30_days"
    ] >= world.setting("contact_cap_30_days")


def barred_by(world: World, channel: str, person: Row) -> str | None:
    """The first reason that closes a channel for a customer."""
    consent = person["consents"].get(channel)
    if consent is not None and not consent["is_granted"]:
        return "unsubscribed" if consent["basis"] == "unsubscribe" else "opted_out"
    if channel == "wechat" and person["follow"] and not person["follow"]["is_following"]:
        return "unfollowed"
    if consent is None and world["steps.consent_records"]:
        return "no_consent"
    if person["open_tickets"]:
        return "open_complaint"
    if is_capped(world, person):
        return "contact_cap"
    if channel != "email" and is_quiet(world):
        return "quiet_hours"
    return None


def sent_ages(world: World, touches: Rows) -> list[int]:
    """Ages in days of what the retailer sent and was delivered."""
    return [
        (world.as_of_date - touch["touched_date"]).days
        for touch in touches
        if touch["is_delivered"]
        and (
            touch["touch_type"] == "campaign_contact"
            or (
                touch["touch_type"] == "wechat_message"
                and touch["detail"] not in ("menu_click", "customer_service")
            )
        )
    ]


def disturbance(world: World, person: Row) -> Row:
    """Which channels are closed on the day to a customer that is known by name."""
    is_recorded = bool(world["steps.consent_records"])
    reasons = {channel: barred_by(world, channel, person) for channel in CHANNELS}
    result: Row = {
        name: person[name] for name in ("open_tickets", "contacts_7_days", "contacts_30_days")
    }
    result["has_open_complaint"] = person["open_tickets"] > 0
    for channel, reason in reasons.items():
        result[f"{channel}_barred_by"] = reason
        result[f"is_{channel}_barred"] = True if reason else False if is_recorded else None
    is_closed = None not in reasons.values()
    result["do_not_disturb"] = True if is_closed else False if is_recorded else None
    result["do_not_disturb_reason"] = None
    if is_closed:
        if person["open_tickets"]:
            result["do_not_disturb_reason"] = "open_complaint"
        elif "unsubscribed" in reasons.values():
            result["do_not_disturb_reason"] = "unsubscribed"
        elif "opted_out" in reasons.values():
            result["do_not_disturb_reason"] = "opted_out"
        elif "quiet_hours" in reasons.values():
            result["do_not_disturb_reason"] = "quiet_hours"
        elif is_capped(world, person):
            result["do_not_disturb_reason"] = "contact_cap"
        else:
            result["do_not_disturb_reason"] = "no_consent"
    return result


# -- tag_moments -------------------------------------------------------------------------


def last_of(rows: Rows, kind: str) -> Row:
    """The latest moment of a type, of two on one day the last by key; empty without one."""
    own = [row for row in rows if row["moment_type"] == kind]
    return max(own, key=lambda row: (row["moment_date"], row["moment_key"]), default={})


def first_time_columns(world: World, moments: Rows) -> Row:
    """The latest first time that is still news; of two on one day the more telling."""
    types = {row["moment_type"]: row for row in world.seed("moment_types")}
    news = [
        row
        for row in moments
        if types[row["moment_type"]]["moment_group"] == "first_time"
        and (world.as_of_date - row["moment_date"]).days < world.setting("moment_days")
    ]
    news.sort(key=lambda row: (int(types[row["moment_type"]]["position"]), row["moment_key"]))
    first = max(news, key=lambda row: row["moment_date"], default={})
    names = types.get(first.get("moment_type"), {})
    return {
        "recent_first_time": first.get("moment_type"),
        "recent_first_time_name_en": names.get("name_en"),
        "recent_first_time_name_zh": names.get("name_zh"),
        "recent_first_key": first.get("moment_key"),
        "recent_first_date": first.get("moment_date"),
    }


def anomaly_columns(world: World, moments: Rows) -> Row:
    """The last return, complaint and unsubscription, and the cycle that was exceeded."""
    result: Row = {}
    for kind in ("refund", "complaint", "unsubscription"):
        last = last_of(moments, kind)
        result[f"last_{kind}_date"] = last.get("moment_date")
        result[f"is_recent_{kind}"] = (
            (world.as_of_date - last["moment_date"]).days < world.setting("moment_days")
            if last
            else None
        )
    result["last_complaint_topic"] = last_of(moments, "complaint").get("moment_key")
    result["last_unsubscription_channel"] = last_of(moments, "unsubscription").get("moment_key")
    exceeded = last_of(moments, "cycle_exceeded")
    result["cycle_exceeded_since"] = exceeded.get("moment_date")
    result["is_cycle_exceeded"] = bool(exceeded) if last_of(moments, "first_order") else None
    return result


def special_day_columns(world: World, moments: Rows) -> Row:
    """The next birthday, joining anniversary and festival."""
    today = world.as_of_date
    result: Row = {}
    for kind, name in (("birthday", "birthday"), ("joining_anniversary", "anniversary")):
        coming = last_of(moments, kind)
        result[f"next_{name}_date"] = coming.get("moment_date")
        result[f"days_until_{name}"] = (coming["moment_date"] - today).days if coming else None
        if name == "anniversary":
            result["next_anniversary_years"] = int(coming["moment_key"]) if coming else None
    festivals = [
        row for row in world.seed("festivals") if row["festival_date"] >= today.isoformat()
    ]
    festival = min(
        festivals, key=lambda row: (row["festival_date"], row["festival_code"]), default={}
    )
    day = dt.date.fromisoformat(festival["festival_date"]) if festival else None
    return {
        **result,
        "next_festival": festival.get("festival_code"),
        "next_festival_name_en": festival.get("name_en"),
        "next_festival_name_zh": festival.get("name_zh"),
        "next_festival_date": day,
        "days_until_festival": (day - today).days if day else None,
    }


#: Columns of do-not-disturb; all NULL for a browser cookie, which nobody can reach.
DISTURBANCE = (
    "open_tickets",
    "contacts_7_days",
    "contacts_30_days",
    "has_open_complaint",
    "do_not_disturb",
    "do_not_disturb_reason",
    *(f"{channel}_barred_by" for channel in CHANNELS),
    *(f"is_{channel}_barred" for channel in CHANNELS),
)


@table("tags.tag_moments", key=["one_id"])
def tag_moments(world: World) -> Rows:
    """A row per customer that is known by name or has bought."""
    moments_of = grouped(world["steps.moments"], "one_id")
    baselines = {row["one_id"]: row for row in world["steps.moments_baselines"]}
    touches = grouped(world["core.touches"], "one_id")
    consents = grouped(world["core.customer_consents"], "one_id")
    follows = {row["one_id"]: row for row in world["steps.wechat_follows"]}
    open_tickets = grouped([row for row in world["steps.tickets"] if row["is_open"]], "one_id")
    result = []
    for customer in world["steps.moment_customers"]:
        one_id = customer["one_id"]
        own = moments_of.get(one_id, [])
        disturbed: Row = dict.fromkeys(DISTURBANCE)
        if customer["is_identified"]:
            ages = sent_ages(world, touches.get(one_id, []))
            person = {
                "consents": {row["channel"]: row for row in consents.get(one_id, [])},
                "follow": follows.get(one_id),
                "open_tickets": len(open_tickets.get(one_id, [])),
                "contacts_7_days": sum(age < 7 for age in ages),
                "contacts_30_days": sum(age < 30 for age in ages),
            }
            disturbed = disturbance(world, person)
        result.append(
            {
                "one_id": one_id,
                **first_time_columns(world, own),
                **anomaly_columns(world, own),
                **drop_columns(world, baselines.get(one_id)),
                **special_day_columns(world, own),
                **disturbed,
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("steps.moments_thresholds", key=["tag_code", "threshold_code"])
def moments_thresholds(world: World) -> Rows:
    """Dispersions that the data set, for tags.tag_thresholds."""
    (phi,) = world["steps.moments_dispersion"]
    return [
        {
            "tag_code": "visits_dropped" if code == "visit_dispersion" else "spend_dropped",
            "threshold_code": code,
            "threshold_value": str(value),
            "origin": "data",
        }
        for code, value in phi.items()
    ]
