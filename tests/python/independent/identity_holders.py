"""Who holds a value from when to when, what is suspect, and caps of a customer.

`docs/identity.md`, sections "Values that change hands", "Suspect values" and "Caps of a customer".
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from tests.python.independent import keys, placeholders
from tests.python.independent.identity_names import names_of, people_of
from tests.python.independent.identity_records import rules
from tests.python.independent.world import Row, Rows, World, table

ALWAYS = dt.datetime(1900, 1, 1)
#: Kinds of signs of which a difference shows another holder, the first named first.
CHANGES = {"name": "another_name", "unionid": "another_unionid", "cookie": "another_device"}


class Carrier:
    """A record that carries a value: when, and what it shows of its holder."""

    def __init__(self, row: Row, profile: Row, near_name: str | None, others: Rows) -> None:
        self.row, self.profile, self.near_name = row, profile, near_name
        self.since: dt.datetime = row["first_seen_at"] or ALWAYS
        self.until: dt.datetime = row["last_seen_at"]
        self.shared = {
            (other["identifier_type"], other["identifier_hash"])
            for other in others
            if other["identifier_hash"] != row["identifier_hash"] and not stands_for_nobody(other)
        }
        if near_name:
            self.shared.add(("name", near_name))
        self.signs = set(self.shared)
        if profile["birth_date"]:
            self.signs.add(("birth_date", str(profile["birth_date"])))


def stands_for_nobody(identifier: Row) -> bool:
    """Whether the form of a phone or an address is a filler's."""
    value = identifier["identifier_value"]
    if identifier["identifier_type"] == "email":
        return placeholders.email_issue(value) is not None
    return identifier["identifier_type"] == "phone" and placeholders.is_phone(value)


@table("steps.holder_periods", key=["profile_id", "identifier_hash"])
def holder_periods(world: World) -> Rows:
    """One row per record and value that changed hands or was released."""
    rule_of = {rule["identifier_type"]: rule for rule in rules(world)}
    profiles = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    people = people_of(world)
    lent = {(row["profile_id"], row["identifier_hash"]) for row in world["steps.lent_cards"]}
    of_record: dict[str, Rows] = defaultdict(list)
    for row in world["steps.identity_identifiers"]:
        of_record[row["profile_id"]].append(row)
    carriers: dict[str, list[Carrier]] = defaultdict(list)
    for profile_id, rows in of_record.items():
        for row in rows:
            near = names_of(people, row["identifier_hash"], profiles[profile_id])["near_name"]
            own = [other for other in rows if (profile_id, other["identifier_hash"]) not in lent]
            one = Carrier(row, profiles[profile_id], near, own)
            carriers[row["identifier_hash"]].append(one)
    releases = [
        {**row, "released_date": dt.date.fromisoformat(str(row["released_date"]))}
        for row in world.seed("unbind")
        if row["profile_id"] in profiles
    ]
    releases = [row for row in releases if row["released_date"] <= world.as_of_date]
    found = []
    for value, held in carriers.items():
        rule = rule_of[held[0].row["identifier_type"]]
        of_value = [row for row in releases if row["identifier_hash"] == value]
        found += _periods(world, rule, held, of_value, profiles)
    return found


def _periods(
    world: World, rule: Row, held: list[Carrier], releases: Rows, profiles: dict[str, Row]
) -> Rows:
    """The rows of one value."""
    began = _changes(world, held) if rule["changes_hands"] else {}
    if len(began) + 1 > rule["max_customers"]:
        began = {}
    stretch = _stretches(world, held)
    groups: dict[tuple[Any, ...], list[Carrier]] = defaultdict(list)
    for one in held:
        release = _release(world, one, held, releases, profiles)
        if release:
            groups[f"released|{release[1]}", None, release[0]].append(one)
        else:
            start = max((k for k in began if k <= stretch[id(one)]), default=0)
            groups[f"silence|{start:06d}", start, None].append(one)
    if len(groups) == 1 and next(iter(groups))[2] is None:
        return []

    def is_holder(one: Carrier) -> bool:
        """Whether a record of the value alone says more, where a silence parted holders."""
        is_released = _release(world, one, held, releases, profiles) is not None
        is_bare = one.profile["record_type"] in ("shopper", "guest") and not one.signs
        return is_released or not began or not is_bare

    last = max((key[1] for key in groups if key[1] is not None), default=None)
    ordered = sorted(groups.items(), key=lambda g: (min(c.since for c in g[1]), g[0][0]))
    found = []
    for number, ((_, start, released), members) in enumerate(ordered, start=1):
        since = min(one.since for one in members)
        is_current = released is None and start == last
        held_to = None
        if released:
            held_to = world.utc(dt.datetime.combine(released, dt.time()))
        elif not is_current:
            held_to = max(one.until for one in members)
        found += [
            {
                "profile_id": one.row["profile_id"],
                "identifier_type": one.row["identifier_type"],
                "identifier_hash": one.row["identifier_hash"],
                "change_reason": "released" if released else began.get(start),
                "holder_number": number,
                "is_holder": is_holder(one),
                "is_current": is_current and is_holder(one),
                "released_date": released,
                "held_from": since if since > ALWAYS else None,
                "held_to": held_to,
            }
            for one in members
        ]
    return found


def _is_long(world: World, until: dt.datetime, since: dt.datetime) -> bool:
    seconds = (since.replace(microsecond=0) - until.replace(microsecond=0)).total_seconds()
    return seconds > world.setting("identity_silence_days") * 86400


def _stretches(world: World, held: list[Carrier]) -> dict[int, int]:
    """Carrier → number of its stretch of use, from 0; who pauses holds the value in between."""
    spans = [(one.since, one.until) for one in held]
    with_sign: dict[Any, list[Carrier]] = defaultdict(list)
    for one in held:
        for sign in one.signs:
            with_sign[sign].append(one)
    for members in with_sign.values():
        spans.append((min(one.since for one in members), max(one.until for one in members)))
    starts: list[dt.datetime] = []
    until = None
    for begin, end in sorted(spans):
        if until is None or _is_long(world, until, begin):
            starts.append(begin)
        until = end if until is None else max(until, end)
    return {id(one): sum(start <= one.since for start in starts) - 1 for one in held}


def _changes(world: World, held: list[Carrier]) -> dict[int, str]:
    """Stretch that begins with another holder → what shows it."""
    stretch = _stretches(world, held)
    found: dict[int, str] = {}
    for kind, reason in CHANGES.items():
        seen = {stretch[id(one)] for one in held if any(sign[0] == kind for sign in one.signs)}
        for k in set(stretch.values()):
            if seen and min(seen) < k <= max(seen):
                found.setdefault(k, reason)
    return found


def _release(
    world: World, one: Carrier, held: list[Carrier], releases: Rows, profiles: dict[str, Row]
) -> tuple[dt.date, str] | None:
    """The first decision that takes the value from a carrier: its day and the record named."""
    found = []
    for row in releases:
        day = row["released_date"]
        named = [c for c in held if c.row["profile_id"] == row["profile_id"]]
        begun = world.business_date(one.since)
        if one.since != ALWAYS and begun is not None and begun >= day:
            continue
        ended = world.business_date(one.until)
        if (
            one in named
            or any(one.shared & c.shared for c in named)
            or (one.near_name is None and ended is not None and ended < day)
        ):
            found.append((day, keys.record_key(profiles[row["profile_id"] or ""])))
    return min(found, default=None)


@table("steps.suspect_identifiers", key=["profile_id", "identifier_hash"])
def suspect_identifiers(world: World) -> Rows:
    """One row per record and value that does not tell whose it is, and why."""
    periods = periods_of(world)
    lent = {(row["profile_id"], row["identifier_hash"]) for row in world["steps.lent_cards"]}
    suppressed = {
        (row["identifier_hash"], row["holder_number"]): row["suppression_reason"]
        for row in world["steps.suppressed_identifiers"]
    }
    found = []
    for row in world["steps.identity_identifiers"]:
        pair = (row["profile_id"], row["identifier_hash"])
        period = periods.get(pair)
        reason = suppressed.get((pair[1], period["holder_number"] if period else 1))
        if pair in lent:
            reason = "lent_card"
        elif period and not period["is_holder"]:
            reason = "unknown_holder"
        elif reason is None and period and not period["is_current"]:
            reason = "released" if period["released_date"] else "changed_hands"
        if reason:
            kind = row["identifier_type"]
            found.append(
                {
                    "profile_id": pair[0],
                    "identifier_type": kind,
                    "identifier_hash": pair[1],
                    "suspect_reason": reason,
                }
            )
    return found


def periods_of(world: World) -> dict[tuple[str, str], Row]:
    """The rows of holder_periods by record and value."""
    return {
        (row["profile_id"], row["identifier_hash"]): row for row in world["steps.holder_periods"]
    }


@table("steps.over_caps", key=["component", "identifier_type", "cap"])
def over_caps(world: World) -> Rows:
    """One row per cluster of links and cap that it is beyond."""
    suspect = {
        (row["profile_id"], row["identifier_hash"]) for row in world["steps.suspect_identifiers"]
    }
    cluster = {row["profile_id"]: row["cluster_id"] for row in world["steps.identity_clusters"]}
    held: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in world["steps.identity_identifiers"]:
        if (row["profile_id"], row["identifier_hash"]) in suspect:
            continue
        values = held[cluster[row["profile_id"]], row["identifier_type"]]
        begun = world.business_date(row["first_seen_at"])
        known = values.get(row["identifier_hash"])
        values[row["identifier_hash"]] = min(filter(None, (begun, known)), default=None)
    found = []
    rule_of = {rule["identifier_type"]: rule for rule in rules(world)}
    for (component, kind), values in held.items():
        rule = rule_of[kind]
        counts = {"max_per_customer": len(values)}
        if rule["max_per_customer_in_window"]:
            days = [day for day in values.values() if day]
            window = dt.timedelta(days=rule["window_days"])
            counts["max_per_customer_in_window"] = max(
                (sum(first <= day < first + window for day in days) for first in days), default=0
            )
        found += [
            {
                "component": component,
                "identifier_type": kind,
                "cap": cap,
                "value_count": count,
                "max_values": rule[cap],
            }
            for cap, count in counts.items()
            if rule[cap] and count > rule[cap]
        ]
    return found
