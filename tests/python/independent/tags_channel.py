"""Where customers come from, shop, respond, tire, and whether they can be reached.

From `models/tags/channel/_channel__docs.md` and the descriptions of tag_channel.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable

from tests.python.independent.facts import is_seen, one_ids
from tests.python.independent.keys import member_profile, wechat_profile
from tests.python.independent.statistics import beta_prior_size, probability_above, rounded
from tests.python.independent.world import Row, Rows, World, table

SOURCES = ("web_session", "member_join", "wechat_follow", "first_order")
SHOPPING_CHANNELS = ("pos", "web", "wechat", "marketplace")
OUTREACH_CHANNELS = ("sms", "phone", "email", "wechat", "app_push")
RESPONSES = {"open": "opens", "click": "clicks", "conversion": "conversions"}


def grouped(rows: Iterable[Row], *names: str) -> dict[object, Rows]:
    """Rows by the value of a column, or by the values of several."""
    found: dict[object, Rows] = defaultdict(list)
    for row in rows:
        found[row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)].append(row)
    return found


def sales(world: World) -> Rows:
    """Orders of customers that are neither returns nor cancelled."""
    return [
        order
        for order in world["core.orders"]
        if order["one_id"] and not order["is_return"] and not order["is_cancelled"]
    ]


def value_names(world: World, tag_code: str, value: str | None) -> Row:
    """Names of a value of a tag, of seed tag_values."""
    for row in world.seed("tag_values"):
        if row["tag_code"] == tag_code and row["tag_value"] == value:
            return {"name_en": row["name_en"], "name_zh": row["name_zh"]}
    return {"name_en": None, "name_zh": None}


# -- acquisition -----------------------------------------------------------------------------


def first_touches(world: World) -> dict[str, Row]:
    """Where the earliest touch of each customer came from; within a day in the order of SOURCES."""
    customer = one_ids(world)
    met: list[tuple[str | None, dt.datetime, str, str | None]] = []
    for session in world["core.web_sessions"]:
        came_from = session["utm_source"] or "direct"
        met.append((session["one_id"], session["started_at"], "web_session", came_from))
    for member in world["staging.stg_crm__members"]:
        one_id = customer.get(member_profile(world.salt, member["member_id"]))
        if member["join_channel"]:
            met.append((one_id, member["joined_at"], "member_join", member["join_channel"]))
    for user in world["staging.stg_wechat__users"]:
        one_id = customer.get(wechat_profile(world.salt, user["app_id"], user["openid"]))
        met.append((one_id, user["subscribed_at"], "wechat_follow", "wechat"))
    for order in sales(world):
        where = "store" if order["channel"] == "pos" else order["channel"]
        met.append((order["one_id"], order["ordered_at"], "first_order", where))
    first: dict[str, tuple] = {}
    for one_id, moment, source, came_from in met:
        if one_id and is_seen(world, moment):
            rank = (world.business_date(moment), SOURCES.index(source), moment, came_from)
            first[one_id] = min(first.get(one_id, rank), rank)
    return {
        one_id: {
            "acquisition_channel": came_from,
            "acquisition_source": SOURCES[source],
            "acquired_date": day,
        }
        for one_id, (day, source, _, came_from) in first.items()
    }


# -- shopping channel ------------------------------------------------------------------------


@table("steps.channel_shares")
def channel_shares(world: World) -> Rows:
    """Orders of each customer per channel in the window, with the share drawn towards all's."""
    window = dt.timedelta(days=world.setting("channel_window_days"))
    orders = [o for o in sales(world) if o["ordered_date"] > world.as_of_date - window]
    by_customer = grouped(orders, "one_id")
    found = []
    for channel in SHOPPING_CHANNELS:
        counts = {
            one_id: (sum(o["channel"] == channel for o in own), len(own))
            for one_id, own in by_customer.items()
        }
        in_channel = sum(k for k, _ in counts.values())
        if not in_channel:
            continue
        mean, prior_size = in_channel / len(orders), beta_prior_size(counts.values())
        for one_id, (k, n) in counts.items():
            if k:
                share = (k + prior_size * mean) / (n + prior_size)
                variance = share * (1 - share) / (n + prior_size + 1)
                limit = world.setting("channel_preference_share")
                found.append(
                    {
                        "one_id": one_id,
                        "channel": channel,
                        "orders": k,
                        "all_orders": n,
                        "prior_mean": mean,
                        "prior_size": prior_size,
                        "share": share,
                        "confidence": probability_above(share, variance, limit),
                    }
                )
    return found


# -- contact channel -------------------------------------------------------------------------


@table("steps.contact_responses")
def contact_responses(world: World) -> Rows:
    """Messages of the retailer per customer and channel, and what came of them."""
    as_of = world.as_of_date
    days_back = {t["touch_id"]: (as_of - t["touched_date"]).days for t in world["core.touches"]}
    messages = [
        touch
        for touch in world["core.touches"]
        if touch["one_id"]
        and touch["channel"]
        and days_back[touch["touch_id"]] < world.setting("channel_window_days")
        and (
            touch["touch_type"] == "campaign_contact"
            or (
                touch["touch_type"] == "wechat_message"
                and touch["detail"] in ("template", "broadcast")
            )
        )
    ]
    orders_of = grouped(sales(world), "one_id")
    window = dt.timedelta(days=world.setting("contact_conversion_days"))
    fatigue_days = world.setting("fatigue_window_days")
    found = []
    for (one_id, channel), own in grouped(messages, "one_id", "channel").items():
        arrived = [touch for touch in own if touch["is_delivered"]]
        opened = [touch for touch in arrived if touch["is_opened"] or touch["is_clicked"]]
        clicked = [touch for touch in arrived if touch["is_clicked"]]
        converted = [
            touch
            for touch in clicked
            if any(
                touch["touched_at"] <= order["ordered_at"] < touch["touched_at"] + window
                for order in orders_of[one_id]
            )
        ]

        def within(touches: Rows, windows_ago: int) -> int:
            return sum(days_back[t["touch_id"]] // fatigue_days == windows_ago for t in touches)

        found.append(
            {
                "one_id": one_id,
                "channel": channel,
                "attempts": len(own),
                "contacts": len(arrived),
                "opens": len(opened),
                "clicks": len(clicked),
                "conversions": len(converted),
                "recent_contacts": within(arrived, 0),
                "recent_opens": within(opened, 0),
                "earlier_contacts": within(arrived, 1),
                "earlier_opens": within(opened, 1),
                "last_contacted_date": max(touch["touched_date"] for touch in own),
            }
        )
    return found


def telling_channels(world: World) -> set[str]:
    """Channels of which a message was ever opened."""
    return {row["channel"] for row in world["steps.contact_responses"] if row["opens"]}


def prior(cases: list[tuple[int, int]]) -> tuple[float, float]:
    """The rate of all customers, and how many cases it counts for in that of one."""
    successes, trials = (sum(numbers) for numbers in zip(*cases, strict=True))
    return successes / trials, beta_prior_size(cases)


@table("steps.contact_priors")
def contact_priors(world: World) -> Rows:
    """Rates of each channel and response, and of opening over all channels."""
    arrived = [row for row in world["steps.contact_responses"] if row["contacts"]]
    found = []
    for channel, rows in grouped(arrived, "channel").items():
        for code, column in RESPONSES.items():
            mean, prior_size = prior([(row[column], row["contacts"]) for row in rows])
            found.append((channel, code, len(rows), mean, prior_size))
    # a channel of which nothing was ever opened does not tell who opens
    telling = [row for row in arrived if row["channel"] in telling_channels(world)]
    everywhere = [
        (sum(row["opens"] for row in rows), sum(row["contacts"] for row in rows))
        for rows in grouped(telling, "one_id").values()
    ]
    if everywhere:
        found.append(("all", "open", len(everywhere), *prior(everywhere)))
    columns = ("channel", "response_code", "customers", "prior_mean", "prior_size")
    return [dict(zip(columns, values, strict=True)) for values in found]


@table("steps.contact_indices")
def contact_indices(world: World) -> Rows:
    """How much more readily than the channel's average a customer opens, clicks and buys.

    What nobody in the channel has done says nothing, and the others weigh more; where nobody
    has done anything, nobody is more ready than others.
    """
    priors = {(p["channel"], p["response_code"]): p for p in world["steps.contact_priors"]}
    weights = {
        row["indicator_code"]: float(row["weight"] or 0)
        for row in world.seed("contact_response_weights")
    }
    found = []
    for row in world["steps.contact_responses"]:
        if not row["contacts"]:
            continue
        index = deviation = weight = 0.0
        for code, column in RESPONSES.items():
            known = priors[row["channel"], code]
            mean, prior_size = known["prior_mean"], known["prior_size"]
            rate = (row[column] + prior_size * mean) / (row["contacts"] + prior_size)
            variance = rate * (1 - rate) / (row["contacts"] + prior_size + 1)
            if mean and weights[code]:
                index += weights[code] * rate / mean
                deviation += weights[code] * math.sqrt(variance) / mean
                weight += weights[code]
        index = index / weight if weight else 1.0
        deviation = deviation / weight if weight else 0.0
        found.append(
            {
                **row,
                "response_index": index,
                "confidence": probability_above(index, deviation**2, 1) if weight else 0.0,
            }
        )
    return found


# -- reachability ----------------------------------------------------------------------------


def followers(world: World) -> set[str | None]:
    """Customers that follow at least one WeChat account.

    A user without a date of following always did; who left and came back follows.
    """
    customer = one_ids(world)
    found = set()
    for user in world["staging.stg_wechat__users"]:
        came, left = user["subscribed_at"], user["unsubscribed_at"]
        has_left = is_seen(world, left) and not (came and came > left)
        if not has_left and (came is None or is_seen(world, came)):
            found.add(customer.get(wechat_profile(world.salt, user["app_id"], user["openid"])))
    return found - {None}


@table("steps.channel_reach")
def channel_reach(world: World) -> Rows:
    """Per identified customer and outreach channel: the first reason why it is closed."""
    consents = {(c["one_id"], c["channel"]): c for c in world["core.customer_consents"]}
    is_recorded = bool(world["steps.consent_records"])
    responses = {(r["one_id"], r["channel"]): r for r in world["steps.contact_responses"]}
    own_contacts = {
        (row["one_id"], row["identifier_type"])
        for row in world["core.customer_identifiers"]
        if not row["is_suspect"]
    } | {(one_id, "wechat") for one_id in followers(world)}
    needed = {"sms": "phone", "phone": "phone", "email": "email", "wechat": "wechat"}
    found = []
    for row in world["core.customers"]:
        said = [consents.get((row["one_id"], channel)) for channel in OUTREACH_CHANNELS]
        has_refused_all = all(consent and not consent["is_granted"] for consent in said)
        if not row["is_identified"] or not (is_recorded or has_refused_all):
            continue
        for channel in OUTREACH_CHANNELS:
            consent = consents.get((row["one_id"], channel))
            response = responses.get((row["one_id"], channel))
            barred_by = None
            if not consent or not consent["is_granted"]:
                barred_by = "no_consent"
            elif channel in needed and (row["one_id"], needed[channel]) not in own_contacts:
                barred_by = "no_contact"
            elif response and response["attempts"] >= 2 and not response["contacts"]:
                barred_by = "all_bounced"
            found.append({"one_id": row["one_id"], "channel": channel, "barred_by": barred_by})
    return found


def reachability(world: World, channels: Rows) -> Row:
    """Reachable by any channel, else the reason of the channel that is nearest to being open;
    nothing where there are no channels."""
    reasons = [row["barred_by"] for row in channels]
    code = None
    for reason in ("no_consent", "no_contact", "all_bounced", None):
        if reason in reasons:
            code = reason or "reachable"
    names = value_names(world, "reachability", code)
    return {
        "reachability": code,
        "reachability_name_en": names["name_en"],
        "reachability_name_zh": names["name_zh"],
        "reachable_channels": reasons.count(None) if reasons else None,
        "is_unreachable": code != "reachable" if code else None,
    }


# -- the table -------------------------------------------------------------------------------


def shopping(world: World, shares: Rows, is_one_channel: bool) -> Row:
    """The channel with the greatest share, and whether it is preferred.

    Of equal shares the one of more orders, then the first in the alphabet.
    """
    best = min(shares, key=lambda r: (-r["share"], -r["orders"], r["channel"]), default=None)
    code = None
    if best and best["confidence"] >= world.setting("channel_min_confidence"):
        code = None if is_one_channel else best["channel"]
    names = value_names(world, "preferred_channel", code)
    return {
        "preferred_channel": code,
        "preferred_channel_name_en": names["name_en"],
        "preferred_channel_name_zh": names["name_zh"],
        "channel_share": best and rounded(best["share"], 4),
        "channel_confidence": best and rounded(best["confidence"], 4),
        "channel_orders": best and best["all_orders"],
    }


def contacting(world: World, indices: Rows) -> Row:
    """The channel in which the customer responds most readily, of those that count.

    Where none counts none is preferred, and the most ready of all stands beside as evidence.
    Of equal indices the first in the alphabet.
    """
    counting = [
        row
        for row in indices
        if row["contacts"] >= world.setting("contact_min_contacts")
        and row["confidence"] >= world.setting("contact_min_confidence")
    ]
    best = min(
        counting or indices, key=lambda r: (-r["response_index"], r["channel"]), default=None
    )
    code = best["channel"] if best and counting else None
    names = value_names(world, "preferred_contact_channel", code)
    index_of = {row["channel"]: rounded(row["response_index"], 4) for row in indices}
    return {
        "preferred_contact_channel": code,
        "preferred_contact_channel_name_en": names["name_en"],
        "preferred_contact_channel_name_zh": names["name_zh"],
        "contact_response_index": best and rounded(best["response_index"], 4),
        "contact_confidence": best and rounded(best["confidence"], 4),
        **{name: best and best[name] for name in ("contacts", "opens", "clicks", "conversions")},
        **{f"{name}_response_index": index_of.get(name) for name in ("wechat", "sms", "email")},
    }


def fatigue(world: World, responses: Rows, opening: Row | None) -> Row:
    """The last messages against those before: more of them, and fewer opened."""
    row: Row = dict.fromkeys(
        f"{part}_{what}" for part in ("recent", "earlier") for what in ("contacts", "open_rate")
    )
    row |= {"is_outreach_fatigued": None, "last_contacted_date": None}
    if not responses:
        return row
    row["last_contacted_date"] = max(response["last_contacted_date"] for response in responses)
    telling = telling_channels(world)
    responses = [response for response in responses if response["channel"] in telling]
    if not responses:
        return row
    rates = {}
    for part in ("recent", "earlier"):
        contacts = row[f"{part}_contacts"] = sum(r[f"{part}_contacts"] for r in responses)
        if opening:
            opens = sum(response[f"{part}_opens"] for response in responses)
            mean, prior_size = opening["prior_mean"], opening["prior_size"]
            rates[part] = (opens + prior_size * mean) / (contacts + prior_size)
            row[f"{part}_open_rate"] = rounded(rates[part], 4)
    before, now = row["earlier_contacts"], row["recent_contacts"]
    if min(before, now) >= world.setting("contact_min_contacts"):
        limit = world.setting("fatigue_response_ratio") * rates["earlier"]
        row["is_outreach_fatigued"] = now > before and rates["recent"] <= limit
    return row


@table("tags.tag_channel", key=["one_id"])
def tag_channel(world: World) -> Rows:
    """All of it, a row per customer."""
    acquired = first_touches(world)
    shares = grouped(world["steps.channel_shares"], "one_id")
    is_one_channel = len({row["channel"] for row in world["steps.channel_shares"]}) < 2
    responses = grouped(world["steps.contact_responses"], "one_id")
    indices = grouped(world["steps.contact_indices"], "one_id")
    opening = next((p for p in world["steps.contact_priors"] if p["channel"] == "all"), None)
    reach = grouped(world["steps.channel_reach"], "one_id")
    unknown = dict.fromkeys(("acquisition_channel", "acquisition_source", "acquired_date"))
    found = []
    for customer in world["core.customers"]:
        one_id = customer["one_id"]
        found.append(
            {
                "one_id": one_id,
                **acquired.get(one_id, unknown),
                **shopping(world, shares[one_id], is_one_channel),
                **contacting(world, indices[one_id]),
                **fatigue(world, responses[one_id], opening),
                **reachability(world, reach[one_id]),
                "as_of_date": world.as_of_date,
            }
        )
    return found
