"""Customers, their contacts and what they allowed: `docs/identity.md`, section "Golden values"."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from tests.python.independent import keys
from tests.python.independent.identity_holders import periods_of
from tests.python.independent.world import Row, Rows, World, table

#: Attribute → how a record gives it; a place is one attribute of two columns.
ATTRIBUTES = ("gender", "birth_date", "place", "card_level", "company", "phone", "email")

#: Contact value that a channel needs; an app pushes without one.
CONTACT_OF_CHANNEL = {"sms": "phone", "phone": "phone", "email": "email", "wechat": "openid"}

#: Rank of a system that seed source_priority does not name.
UNRANKED = 99

VERIFIED = ("crm_member", "web_account", "community_account")


def customers_profiles(world: World) -> dict[str, Rows]:
    """one_id → its records."""
    one_ids = {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}
    found: dict[str, Rows] = defaultdict(list)
    for profile in world["steps.identity_profiles"]:
        found[one_ids[profile["profile_id"]]].append(profile)
    return found


@table("core.customers", key=["one_id"])
def customers(world: World) -> Rows:
    """One row per customer with its golden values and where each comes from."""
    golden_value = Golden(world)
    granted: dict[str, set[str]] = defaultdict(set)
    for consent in world["core.customer_consents"]:
        if consent["is_granted"]:
            granted[consent["one_id"]].add(consent["channel"])
    found = []
    for one_id, profiles in customers_profiles(world).items():
        golden = {name: golden_value(name, profiles) for name in ATTRIBUTES}
        value = {name: chosen[0] for name, chosen in golden.items()}
        source = {name: chosen[1] for name, chosen in golden.items()}
        province, city = value["place"] or (None, None)
        types = {profile["profile_type"] for profile in profiles}
        contacts = {name for name in ("phone", "email") if value[name] is not None}
        contacts |= {"openid"} if "wechat_user" in types else set()
        found.append(
            {
                "one_id": one_id,
                "source_systems": ",".join(sorted({p["source_system"] for p in profiles})),
                "gender": value["gender"],
                "gender_source": source["gender"],
                "province": province,
                "province_source": source["place"] if province else None,
                "city": city,
                "city_source": source["place"] if city else None,
                "card_level": value["card_level"],
                "card_level_source": source["card_level"],
                "company": value["company"],
                "company_source": source["company"],
                "phone_masked": keys.mask_phone(value["phone"]),
                "phone_source": source["phone"],
                "email_masked": keys.mask_email(value["email"]),
                "email_source": source["email"],
                "birth_date_source": source["birth_date"],
                "profile_count": len(profiles),
                "is_identified": types != {"web_cookie"},
                "is_contactable": any(
                    channel == "app_push" or CONTACT_OF_CHANNEL[channel] in contacts
                    for channel in granted[one_id]
                ),
                "birth_date": value["birth_date"],
                "first_seen_at": _earliest(profiles, "first_seen_at"),
                "last_seen_at": max(profile["last_seen_at"] for profile in profiles),
                "registered_at": _earliest(profiles, "registered_at"),
            }
        )
    return found


def _earliest(profiles: Rows, column: str) -> dt.datetime | None:
    return min((p[column] for p in profiles if p[column] is not None), default=None)


class Golden:
    """Chooses the value of an attribute that counts, and says from which system it is.

    Seed golden_rules names three ways to choose, one after the other; the smallest record
    settles what they leave. A suspect phone or e-mail is no golden value.
    """

    def __init__(self, world: World) -> None:
        self.not_own = {
            (row["profile_id"], row["identifier_type"])
            for row in world["steps.suspect_identifiers"]
        }
        self.rules = {row["attribute"]: row for row in world.seed("golden_rules")}
        self.priority = {
            row["source_system"]: int(row["priority"] or 0) for row in world.seed("source_priority")
        }

    def __call__(self, attribute: str, profiles: Rows) -> tuple[Any, str | None]:
        given = [
            (_given(profile, attribute), profile)
            for profile in profiles
            if _given(profile, attribute) is not None
            and (profile["profile_id"], attribute) not in self.not_own
        ]
        if not given or attribute not in self.rules:
            return None, None
        rule = self.rules[attribute]
        counts = Counter(value for value, _ in given)

        def rank(one: tuple[Any, Row]) -> tuple[Any, ...]:
            value, profile = one
            scores = {
                "source_priority": -self.priority.get(profile["source_system"], UNRANKED),
                "most_recent": whole_seconds(profile["last_seen_at"]),
                "most_frequent": counts[value],
                "longest": len(str(value)),
                "verified_first": profile["profile_type"] in VERIFIED,
            }
            chosen_by = [rule[place] or "" for place in ("first_by", "then_by", "last_by")]
            return (*(-scores[method] for method in chosen_by), keys.record_key(profile))

        value, profile = min(given, key=rank)
        return value, profile["source_system"]


def whole_seconds(moment: dt.datetime) -> int:
    """Seconds since 1970, what is less than one left out."""
    return math.floor((moment - dt.datetime(1970, 1, 1)).total_seconds())


def _given(profile: Row, attribute: str) -> Any:
    if attribute != "place":
        return profile[attribute]
    place = (profile["province"], profile["city"])
    return place if any(place) else None


# -- what was allowed ------------------------------------------------------------------------


@table("steps.consents")
def last_words(world: World) -> Rows:
    """The last word per customer, channel and purpose; of two at one moment the refusal.

    To unsubscribe is a refusal of marketing; it is named where a record of consent says no at that
    moment too. Of marketing a word on all channels is one on each.
    """
    one_ids = {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}
    words: dict[tuple[str, str, str], Rows] = defaultdict(list)

    def say(member: str, channel: str | None, purpose: str, at: Any, **word: Any) -> None:
        one_id = one_ids.get(keys.member_profile(world.salt, member) or "")
        if not one_id or not channel or at is None or at > world.as_of_at:
            return
        spread = channel == "all" and purpose == "marketing"
        for each in (*CONTACT_OF_CHANNEL, "app_push") if spread else (channel,):
            words[one_id, each, purpose].append({"at": at, **word})

    for row in world["staging.stg_crm__member_consents"]:
        say(
            row["member_id"], row["channel"], row["purpose"], row["changed_at"],
            yes=bool(row["is_granted"]), basis="consent", by=row["capture_source"],
        )  # fmt: skip
    for row in world["staging.stg_crm__contacts"]:
        if row["sent_at"] is not None and row["sent_at"] <= world.as_of_at:
            say(
                row["member_id"], row["channel"], "marketing", row["unsubscribed_at"],
                yes=False, basis="unsubscribe", by=None,
            )  # fmt: skip
    legal_basis = {
        row["purpose_code"]: row["legal_basis"] for row in world.seed("processing_purposes")
    }
    found = []
    for (one_id, channel, purpose), said in words.items():
        # of two that differ in where they were said alone, the first by name
        said.sort(key=lambda word: (word["by"] is None, word["by"] or ""))
        last = max(said, key=lambda word: (word["at"], not word["yes"], word["basis"]))
        first = min((word["at"] for word in said if word["yes"]), default=None)
        if last["yes"]:
            state = "granted"
        elif last["basis"] == "unsubscribe":
            state = "unsubscribed"
        elif legal_basis[purpose] == "legitimate_interest":
            state = "objected"
        else:
            state = "withdrawn" if first else "refused"
        found.append(
            {
                "one_id": one_id,
                "channel": channel,
                "purpose_code": purpose,
                "consent_state": state,
                "basis": last["basis"],
                "legal_basis": legal_basis[purpose],
                "source_system": "crm",
                "capture_source": last["by"],
                "is_granted": last["yes"],
                "first_granted_at": first,
                "changed_at": last["at"],
            }
        )
    return found


@table("steps.consent_records")
def consent_records(world: World) -> Rows:
    """What sources recorded of consents to messages by the as-of moment."""
    return [
        row
        for row in world["staging.stg_crm__member_consents"]
        if row["purpose"] == "marketing" and row["changed_at"] <= world.as_of_at
    ]


@table("core.customer_consents", key=["one_id", "channel"])
def customer_consents(world: World) -> Rows:
    """The last word on messages, which are of marketing, per customer and channel."""
    columns = ("one_id", "channel", "basis", "is_granted", "first_granted_at", "changed_at")
    return [
        {column: row[column] for column in columns}
        for row in world["steps.consents"]
        if row["purpose_code"] == "marketing"
    ]


@table("core.customer_purpose_consents", key=["one_id", "channel", "purpose_code"])
def customer_purpose_consents(world: World) -> Rows:
    """The last word per customer, channel and purpose."""
    return [
        {column: value for column, value in row.items() if column != "basis"}
        for row in world["steps.consents"]
    ]


@table("core.customer_exclusions", key=["one_id", "covers"])
def customer_exclusions(world: World) -> Rows:
    """Who is kept out of predictions and of what third parties say; here both are on by default."""
    covers = {row["purpose_code"]: row["covers"] for row in world.seed("processing_purposes")}
    refused: dict[tuple[str, str, str], dt.datetime] = {}
    for row in world["steps.consents"]:
        purpose = row["purpose_code"]
        if covers[purpose] in ("predictions", "enrichments") and not row["is_granted"]:
            key = (row["one_id"], covers[purpose], purpose)
            refused[key] = min(refused.get(key, row["changed_at"]), row["changed_at"])
    return [
        {
            "one_id": one_id,
            "covers": what,
            "purpose_code": purpose,
            "exclusion_reason": "objected",
            "refused_at": at,
        }
        for (one_id, what, purpose), at in refused.items()
    ]


def kept_out(world: World, of: str) -> set[str]:
    """Customers that are kept out of predictions or of enrichments."""
    return {row["one_id"] for row in world["core.customer_exclusions"] if row["covers"] == of}


# -- identifiers and contacts of customers ---------------------------------------------------


def _carried(world: World) -> dict[tuple[str, str, str], Rows]:
    """(one_id, kind, value) → the customer's identifiers of that value."""
    one_ids = {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}
    found: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for row in world["steps.identity_identifiers"]:
        value = (one_ids[row["profile_id"]], row["identifier_type"], row["identifier_value"])
        found[value].append(row)
    return found


def _reasons(world: World) -> Callable[[Rows], str | None]:
    """Why a value is not its customer's: none where one record of the customer may be trusted."""
    reasons = {
        (row["profile_id"], row["identifier_hash"]): row["suspect_reason"]
        for row in world["steps.suspect_identifiers"]
    }

    def reason(rows: Rows) -> str | None:
        found = [reasons.get((row["profile_id"], row["identifier_hash"])) for row in rows]
        return None if None in found else min(found)

    return reason


def _latest(rows: Rows) -> dt.datetime | None:
    return max((row["last_seen_at"] for row in rows if row["last_seen_at"]), default=None)


@table("core.customer_identifiers", key=["identifier_hash", "one_id"])
def customer_identifiers(world: World) -> Rows:
    """One row per identifier value and customer that carries it, masked."""
    reason = _reasons(world)
    periods = periods_of(world)

    def ends(rows: Rows) -> list[dt.datetime | None]:
        """When each record ceased to hold the value; none that has."""
        held = [periods.get((row["profile_id"], row["identifier_hash"])) for row in rows]
        return [one["held_to"] if one and not one["is_current"] else None for one in held]

    return [
        {
            "identifier_type": kind,
            "identifier_hash": rows[0]["identifier_hash"],
            "one_id": one_id,
            "identifier_masked": keys.mask_identifier(kind, value),
            "suspect_reason": reason(rows),
            "profile_count": len(rows),
            "is_suspect": reason(rows) is not None,
            "is_current": None in ends(rows),
            "first_seen_at": _earliest(rows, "first_seen_at"),
            "last_seen_at": _latest(rows),
            "held_to": None if None in ends(rows) else max(ends(rows)),
        }
        for (one_id, kind, value), rows in _carried(world).items()
    ]


@table("pii.customer_contacts", key=["one_id", "contact_type", "contact_value"])
def customer_contacts(world: World) -> Rows:
    """One row per customer and phone, e-mail or openid, raw."""
    allowed = {
        (consent["one_id"], CONTACT_OF_CHANNEL.get(consent["channel"]))
        for consent in world["core.customer_consents"]
        if consent["is_granted"]
    }
    reason = _reasons(world)
    return [
        {
            "one_id": one_id,
            "contact_type": kind,
            "contact_value": value,
            "is_suspect": reason(rows) is not None,
            "is_contactable": (one_id, kind) in allowed and reason(rows) is None,
            "last_seen_at": _latest(rows),
        }
        for (one_id, kind, value), rows in _carried(world).items()
        if kind in ("phone", "email", "openid")
    ]


@table("core.customer_enrichments", key=["one_id", "provider_name", "attribute"])
def customer_enrichments(world: World) -> Rows:
    """What third parties say of customers, met by the hash of a contact that one alone holds."""
    customer = {row["profile_id"]: row["one_id"] for row in world["core.customer_profiles"]}
    suspect = {
        (row["profile_id"], row["identifier_hash"]) for row in world["steps.suspect_identifiers"]
    }
    # who holds it since somebody else did was not meant before
    since = {
        (row["profile_id"], row["identifier_hash"]): world.business_date(row["held_from"])
        for row in world["steps.holder_periods"]
        if row["holder_number"] > 1
    }
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    held_from: dict[tuple[str, str], dt.date] = {}
    for row in world["steps.identity_identifiers"]:
        kind = row["identifier_type"]
        is_own = (row["profile_id"], row["identifier_hash"]) not in suspect
        if kind in ("phone", "email") and is_own:
            digest = hashlib.sha256(row["identifier_value"].encode()).hexdigest()
            holders[kind, digest].add(customer[row["profile_id"]])
            first = since.get((row["profile_id"], row["identifier_hash"]))
            if first:
                held_from[kind, digest] = first
    said = [
        (row, holders[row["contact_type"], row["contact_hash"]])
        for row in world["staging.stg_third_party__attributes"]
        if row["provided_date"] <= world.as_of_date
        and row["provided_date"]
        >= held_from.get((row["contact_type"], row["contact_hash"]), dt.date.min)
    ]
    # the least important first: e-mail before phone, older before newer
    ranked = sorted(said, key=lambda one: one[0]["contact_hash"], reverse=True)
    ranked.sort(key=lambda one: (one[0]["provided_date"], one[0]["contact_type"]))
    found = {
        (min(met), row["provider_name"], row["attribute"]): row
        for row, met in ranked
        if len(met) == 1
    }
    excluded = kept_out(world, "enrichments")
    return [
        {
            "one_id": one_id,
            "provider_name": provider,
            "attribute": attribute,
            "attribute_value": row["attribute_value"],
            "met_by": row["contact_type"],
            "provided_date": row["provided_date"],
        }
        for (one_id, provider, attribute), row in found.items()
        if one_id not in excluded
    ]
