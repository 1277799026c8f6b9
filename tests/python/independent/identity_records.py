"""Records of customers as their sources know them, and what identifies each.

`docs/identity.md`, sections "Records" and "Identifiers".
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from tests.python.independent import keys
from tests.python.independent.names import gender_of_title, name_key, surname
from tests.python.independent.world import Row, Rows, World, table

#: What a record may say; what its source does not know stays None.
SAID = (
    "full_name", "phone", "email", "unionid", "card_no", "gender", "birth_date", "province",
    "city", "card_level", "company",
)  # fmt: skip


@table("steps.identity_logins", key=["anonymous_id", "user_id"])
def identity_logins(world: World) -> Rows:
    """Browser and login as seen together in events, either may be missing."""
    seen: dict[tuple[str | None, str | None], list[dt.datetime]] = defaultdict(list)
    for event in world["staging.stg_web__events"]:
        pair = (event["anonymous_id"], event["user_id"])
        if any(pair) and _is_known(event["occurred_at"], world):
            seen[pair].append(event["occurred_at"])
    return [
        {"anonymous_id": cookie, "user_id": user, "first_seen_at": min(t), "last_seen_at": max(t)}
        for (cookie, user), t in seen.items()
    ]


@table("steps.identity_profiles", key=["profile_id"])
def identity_profiles(world: World) -> Rows:
    """One row per source record known up to the as-of moment."""
    records = [*members(world), *shoppers(world), *accounts(world), *cookies(world)]
    records += community_accounts(world)
    records += [*guests(world), *users(world), *callers(world), *buyers(world)]
    return [
        _profile(world, **record)
        for record in records
        if record["first_sign"] is None or record["first_sign"] <= world.as_of_at
    ]


def _profile(
    world: World,
    *,
    profile_type: str,
    natural_key: str,
    said: Row,
    first_sign: dt.datetime | None,
    signs: Iterable[dt.datetime | None],
    registered_at: dt.datetime | None = None,
    has_several_people: bool = False,
) -> Row:
    """A record with its keys; what happened after the as-of moment is not known."""
    known = [sign for sign in signs if _is_known(sign, world)]
    return {
        **dict.fromkeys(SAID),
        **said,
        "profile_id": keys.profile_id(world.salt, profile_type, natural_key),
        "profile_type": profile_type,
        "source_system": profile_type.rpartition("_")[0],
        "record_type": profile_type.rpartition("_")[2],
        "natural_key": natural_key,
        "natural_key_hash": keys.keyed_hash(world.salt, natural_key),
        "name_key": name_key(said.get("full_name")),
        "surname": surname(said.get("full_name")),
        "has_several_people": has_several_people,
        "registered_at": registered_at if _is_known(registered_at, world) else None,
        "first_seen_at": first_sign,
        "last_seen_at": max(known, default=world.as_of_at),
    }


# -- one function per kind of record ---------------------------------------------------------


def members(world: World) -> Rows:
    """A member of the CRM; one without a joining date was always there."""
    return [
        {
            "profile_type": "crm_member",
            "natural_key": member["member_id"],
            "said": {name: member[name] for name in SAID},
            "registered_at": member["joined_at"],
            "first_sign": member["joined_at"],
            "signs": [member["joined_at"], member["updated_at"]],
        }
        for member in world["staging.stg_crm__members"]
    ]


def shoppers(world: World) -> Rows:
    """A card and phone as seen together at tills; tickets of callers who are no members."""
    visits: dict[tuple[str | None, str | None], list[tuple[dt.datetime, str | None]]]
    visits = defaultdict(list)
    for receipt in world["staging.stg_pos__receipts"]:
        who = (receipt["card_no"], receipt["phone"])
        if any(who) and _is_known(receipt["sold_at"], world):
            visits[who].append((receipt["sold_at"], receipt["customer_name"]))
    for ticket in world["staging.stg_crm__service_tickets"]:
        is_caller = ticket["member_id"] is None and ticket["phone"] is not None
        if is_caller and _is_known(ticket["opened_at"], world):
            visits[None, ticket["phone"]].append((ticket["opened_at"], None))
    return [
        {
            "profile_type": "pos_shopper",
            "natural_key": keys.shopper_key(card_no, phone),
            **_named_by_contacts({"card_no": card_no, "phone": phone}, seen),
        }
        for (card_no, phone), seen in visits.items()
    ]


def guests(world: World) -> Rows:
    """A phone and e-mail as seen together on orders with neither login, cookie nor buyer id."""
    visits: dict[tuple[str, str | None, str | None], list[tuple[dt.datetime, str | None]]]
    visits = defaultdict(list)
    for system, known_by in {
        "web": ("user_id", "anonymous_id"),
        "marketplace": ("buyer_id",),
    }.items():
        for order in _known_orders(world, f"staging.stg_{system}__orders"):
            who = (order["phone"], order["email"])
            if not any(order[column] for column in known_by) and any(who):
                visits[system, *who].append((order["ordered_at"], order["recipient_name"]))
    return [
        {
            "profile_type": f"{system}_guest",
            "natural_key": keys.contact_key(phone, email),
            **_named_by_contacts({"phone": phone, "email": email}, seen),
        }
        for (system, phone, email), seen in visits.items()
    ]


def callers(world: World) -> Rows:
    """A phone that called the call centre or was called by it; nobody says a name."""
    calls: dict[str, list[tuple[dt.datetime, str | None]]] = defaultdict(list)
    for call in world["staging.stg_call_centre__calls"]:
        if call["phone"] is not None and _is_known(call["started_at"], world):
            calls[call["phone"]].append((call["started_at"], None))
    return [
        {
            "profile_type": "call_centre_guest",
            "natural_key": keys.contact_key(phone, None),
            **_named_by_contacts({"phone": phone}, seen),
        }
        for phone, seen in calls.items()
    ]


def buyers(world: World) -> Rows:
    """A buyer of the marketplace, of whom orders alone tell."""
    orders = _by(_known_orders(world, "staging.stg_marketplace__orders"), "buyer_id")
    found = []
    for buyer, placed in orders.items():
        times = [order["ordered_at"] for order in placed]
        found.append(
            {
                "profile_type": "marketplace_buyer",
                "natural_key": buyer,
                "said": _with_contacts({}, placed),
                "first_sign": min(times),
                "signs": times,
            }
        )
    return found


def _named_by_contacts(said: Row, seen: list[tuple[dt.datetime, str | None]]) -> Row:
    """A record known by contacts: without a card two surnames are a household, nobody's name."""
    times = [time for time, _ in seen]
    named = sorted((time, name) for time, name in seen if name is not None)
    surnames = {surname(name) for _, name in named} - {None}
    genders = {gender_of_title(name) for _, name in named} - {None}
    is_household = said.get("card_no") is None and len(surnames) > 1
    if not is_household:
        said["full_name"] = named[-1][1] if named else None
        said["gender"] = genders.pop() if len(genders) == 1 else None
    return {
        "said": said,
        "first_sign": min(times),
        "signs": times,
        "has_several_people": is_household,
    }


def accounts(world: World) -> Rows:
    """A login of the web shop, also one that only events or orders name."""
    by_user = {account["user_id"]: account for account in world["staging.stg_web__accounts"]}
    orders = _known_orders(world, "staging.stg_web__orders")
    own_orders = _by(orders, "user_id")
    signs: dict[str, list[dt.datetime]] = defaultdict(list)
    for login in world["steps.identity_logins"]:
        if login["user_id"] is not None:
            signs[login["user_id"]] += [login["first_seen_at"], login["last_seen_at"]]
    for user, placed in own_orders.items():
        signs[user] += [order["ordered_at"] for order in placed]
    found = []
    for user in by_user.keys() | signs.keys():
        account = by_user.get(user, {})
        registered_at = account.get("registered_at")
        all_signs = [*signs[user], registered_at]
        found.append(
            {
                "profile_type": "web_account",
                "natural_key": user,
                "said": _with_contacts(account, own_orders.get(user, [])),
                "registered_at": registered_at,
                "first_sign": min((sign for sign in all_signs if sign), default=None),
                "signs": [*all_signs, account.get("updated_at")],
            }
        )
    return found


def community_accounts(world: World) -> Rows:
    """A member of the community; a nickname is not a name."""
    return [
        {
            "profile_type": "community_account",
            "natural_key": member["user_id"],
            "said": {name: member[name] for name in SAID if name in member},
            "registered_at": member["joined_at"],
            "first_sign": member["joined_at"],
            "signs": [member["joined_at"], member["updated_at"]],
        }
        for member in world["staging.stg_community__members"]
    ]


def cookies(world: World) -> Rows:
    """A browser; what a guest typed is its own unless several logins use it."""
    users: dict[str, set[str]] = defaultdict(set)
    signs: dict[str, list[dt.datetime]] = defaultdict(list)
    for login in world["steps.identity_logins"]:
        if login["anonymous_id"] is not None:
            signs[login["anonymous_id"]] += [login["first_seen_at"], login["last_seen_at"]]
            users[login["anonymous_id"]] |= {login["user_id"]} - {None}
    orders = _known_orders(world, "staging.stg_web__orders")
    guests = _by([order for order in orders if order["user_id"] is None], "anonymous_id")
    for cookie, placed in guests.items():
        signs[cookie] += [order["ordered_at"] for order in placed]
    found = []
    for cookie, times in signs.items():
        said = {}
        if len(users[cookie]) < 2:
            for contact in ("phone", "email"):
                typed = [
                    (order["ordered_at"], order[contact])
                    for order in guests.get(cookie, [])
                    if order[contact] is not None
                ]
                said[contact] = max(typed)[1] if typed else None
        found.append(
            {
                "profile_type": "web_cookie",
                "natural_key": cookie,
                "said": said,
                "first_sign": min(times),
                "signs": times,
            }
        )
    return found


def users(world: World) -> Rows:
    """An openid of one app, also one that only orders name; a nickname is not a name."""

    def key(row: Row) -> str | None:
        return keys.wechat_key(row["app_id"], row["openid"])

    by_key = {key(user): user for user in world["staging.stg_wechat__users"]}
    own_orders: dict[str | None, Rows] = defaultdict(list)
    for order in _known_orders(world, "staging.stg_wechat__orders"):
        own_orders[key(order)].append(order)
    found = []
    for natural_key in (by_key.keys() | own_orders.keys()) - {None}:
        user = by_key.get(natural_key, {})
        followed_at = user.get("subscribed_at")
        orders = own_orders.get(natural_key, [])
        all_signs = [*(order["ordered_at"] for order in orders), followed_at]
        found.append(
            {
                "profile_type": "wechat_user",
                "natural_key": natural_key,
                "said": _with_contacts(user, orders),
                "registered_at": followed_at,
                "first_sign": min((sign for sign in all_signs if sign), default=None),
                "signs": [*all_signs, user.get("updated_at")],
            }
        )
    return found


def _with_contacts(record: Row, orders: Rows) -> Row:
    """What a record says, with phone, e-mail and name of most of its orders where it gives none."""
    said = {name: record[name] for name in SAID if name in record}
    phones = Counter(order["phone"] for order in orders if order["phone"] is not None)
    emails = Counter(order["email"] for order in orders if order.get("email") is not None)
    names = Counter(filter(None, (name_key(order["recipient_name"]) for order in orders)))
    phone = _of_more_than_half(phones)
    name = _of_more_than_half(names)
    if said.get("phone") is None:
        said["phone"] = phone
    if said.get("email") is None:
        said["email"] = _of_more_than_half(emails)
    if said.get("full_name") is None and name is not None:
        spellings = [o["recipient_name"] for o in orders if name_key(o["recipient_name"]) == name]
        said["full_name"] = max(spellings)
    return said


def _of_more_than_half(counts: Counter[str]) -> str | None:
    for value, count in counts.items():
        if count * 2 > counts.total():
            return value
    return None


def _known_orders(world: World, name: str) -> Rows:
    return [order for order in world[name] if _is_known(order["ordered_at"], world)]


def _by(rows: Rows, column: str) -> dict[Any, Rows]:
    groups: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        if row[column] is not None:
            groups[row[column]].append(row)
    return groups


def _is_known(moment: dt.datetime | None, world: World) -> bool:
    return moment is not None and moment <= world.as_of_at


# -- identifiers -----------------------------------------------------------------------------

#: Kind of identifier → the record's own column, or the type of record whose natural key it is.
HELD = {
    "card": "card_no", "phone": "phone", "email": "email", "unionid": "unionid",
    "member_id": "member", "openid": "user", "login": "account", "cookie": "cookie",
    "buyer_id": "buyer",
}  # fmt: skip


@table("steps.identity_identifiers", key=["profile_id", "identifier_type", "identifier_value"])
def identity_identifiers(world: World) -> Rows:
    """One row per record and identifier that it carries.

    A login carries each browser that it signed in on, since and until when it did. Of a value
    that a record carries in several ways, or spellings, the first time and the last count.
    """
    normalisers = {rule["identifier_type"]: rule["normaliser"] for rule in rules(world)}
    carried = []
    for profile in world["steps.identity_profiles"]:
        for kind, column in HELD.items():
            if column in profile:
                value = profile[column]
            else:
                value = profile["natural_key"] if profile["record_type"] == column else None
            carried.append((profile["profile_id"], kind, value, profile))
    by_id = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    for row in world["staging.stg_crm__member_identifiers"]:
        member = by_id.get(keys.member_profile(world.salt, row["member_id"]))
        since = row["linked_at"]
        if member and (since is None or since <= world.as_of_at):
            last = member["last_seen_at"]
            seen = {
                "first_seen_at": since or member["first_seen_at"],
                "last_seen_at": max(last, since) if since else last,
                "source_system": row["issued_by"],
            }
            kind, value = row["identifier_type"], row["identifier_value"]
            carried.append((member["profile_id"], kind, value, seen))
    carried += second_phones(world, by_id)
    for login in world["steps.identity_logins"]:
        if login["user_id"] is not None:
            profile_id = keys.account_profile(world.salt, login["user_id"])
            seen = {**login, "source_system": "web"}
            carried.append((profile_id, "cookie", login["anonymous_id"], seen))
    times: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for profile_id, kind, raw, seen in carried:
        value = normalised(raw, normalisers[kind]) if raw and kind in normalisers else None
        if value:
            times[profile_id, kind, value].append(seen)
    return [
        {
            "profile_id": profile_id,
            "identifier_type": kind,
            "namespace": keys.namespace(kind, seen[0]["source_system"]),
            "identifier_value": value,
            "identifier_hash": keys.identifier_hash(
                world.salt, kind, value, seen[0]["source_system"]
            ),
            "first_seen_at": min(
                (s["first_seen_at"] for s in seen if s["first_seen_at"]), default=None
            ),
            "last_seen_at": max(
                (s["last_seen_at"] for s in seen if s["last_seen_at"]), default=None
            ),
        }
        for (profile_id, kind, value), seen in times.items()
    ]


def second_phones(world: World, by_id: dict[str, Row]) -> list[tuple[str, str, str, Row]]:
    """The second number of records whose field holds two, since the record began."""
    found = []
    tables = (
        ("staging.stg_crm__members", "member_id", "joined_at", keys.member_profile),
        ("staging.stg_web__accounts", "user_id", "registered_at", keys.account_profile),
    )
    for name, key, began, profile_key in tables:
        for row in world[name]:
            profile = by_id.get(profile_key(world.salt, row[key]))
            since = row[began] or row["updated_at"] or row["loaded_at"]
            if not profile or not row["second_phone"] or (since and since > world.as_of_at):
                continue
            last = profile["last_seen_at"]
            seen = {
                "first_seen_at": since or profile["first_seen_at"],
                "last_seen_at": max(last, since) if since else last,
                "source_system": profile["source_system"],
            }
            found.append((profile["profile_id"], "phone", row["second_phone"], seen))
    return found


def normalised(value: str, normaliser: str) -> str:
    """What the rule of its kind does to a value, on top of staging."""
    if normaliser == "lower":
        return value.lower()
    if normaliser == "upper":
        return value.upper()
    if normaliser == "letters_and_digits":
        return "".join(c for c in value if unicodedata.category(c)[0] in "LN").upper()
    if normaliser == "mailbox":
        local, _, domain = value.partition("@")
        local = re.sub(r"\+.*", "", local)
        if domain in ("gmail.com", "googlemail.com"):
            local, domain = local.replace(".", ""), "gmail.com"
        return f"{local}@{domain}"
    return value


def rules(world: World) -> Rows:
    """Rows of seed identifier_types, typed."""
    numbers = ("tier", "priority", "max_customers", "max_records", "window_days",
               "max_customers_in_window", "max_per_customer",
               "max_per_customer_in_window")  # fmt: skip
    flags = ("changes_hands", "is_personal", "proves_person", "is_exclusive")
    typed: Rows = []
    for row in world.seed("identifier_types"):
        rule: Row = dict(row)
        rule.update({name: int(row[name]) if row[name] else None for name in numbers})
        rule.update({name: row[name] == "true" for name in flags})
        rule["trust"] = float(row["trust"] or 0)
        typed.append(rule)
    return typed
