"""What joins records: suppressed values, offered links, and which of them are taken.

`docs/identity.md`, sections "Suppressed values", "Links" and "Customers from links".
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from tests.python.independent import keys, placeholders
from tests.python.independent.identity_names import (
    by_person,
    counted_identifiers,
    names_of,
    people_of,
)
from tests.python.independent.identity_records import rules
from tests.python.independent.world import Row, Rows, World, table

#: Reasons under which people who agree in name, or in surname and birth date, still meet.
JOINS_BY_NAME = (
    "role_address", "several_unionids", "several_birth_dates", "several_names", "several_genders",
    "several_cards",
)  # fmt: skip
LONGEST_VALUE = 256


def profiles_by_id(world: World) -> dict[str, Row]:
    """The records by profile_id."""
    return {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}


# -- suppressed values --------------------------------------------------------------------------


@table("steps.suppressed_identifiers", key=["identifier_hash", "holder_number"])
def suppressed_identifiers(world: World) -> Rows:
    """One row per value of at least two records that must not join them freely, and why."""
    by_id = profiles_by_id(world)
    holders: dict[tuple[str, str, int], Rows] = defaultdict(list)
    lent = {row["profile_id"] for row in world["steps.lent_cards"]}
    people = people_of(world)
    for identifier in counted_identifiers(world):
        value = (
            identifier["identifier_type"],
            identifier["identifier_value"],
            identifier["holder"],
        )
        holders[value].append(identifier)
    rule_of = {rule["identifier_type"]: rule for rule in rules(world)}
    found = []
    for (kind, value, holder), held in holders.items():
        if len(held) < 2:
            continue
        profiles = [
            {
                **by_id[i["profile_id"]],
                **names_of(people, i["identifier_hash"], by_id[i["profile_id"]]),
            }
            for i in held
        ]
        for profile in profiles:
            if profile["profile_id"] in lent:
                profile["card_no"] = None
        issue = _nameless(world, rule_of[kind], kind, value)
        reason = issue if issue != "role_address" else None
        reason = reason or _suppression_reason(world, rule_of[kind], value, held, profiles, issue)
        if reason:
            found.append(
                {
                    "identifier_type": kind,
                    "identifier_value": value,
                    "identifier_hash": held[0]["identifier_hash"],
                    "holder_number": holder,
                    "suppression_reason": reason,
                    "links_by_name": reason in JOINS_BY_NAME,
                }
            )
    return found


def _nameless(world: World, rule: Row, kind: str, value: str) -> str | None:
    """Why a value names nobody: what the blocklist says of it, else its form."""
    listed = list(_listed(world, kind, value))
    if listed:
        is_blocked = all(row["is_blocked"] == "true" for row in listed)
        return min(row["reason_code"] or "" for row in listed) if is_blocked else None
    if kind == "email":
        return placeholders.email_issue(value)
    if kind == "phone":
        return "placeholder" if placeholders.is_phone(value) else None
    if not rule["record_type"] and placeholders.is_number(value):
        return "placeholder"
    return None


def _listed(world: World, kind: str, value: str) -> Iterator[Row]:
    """The rows of the blocklist that a value is like."""
    for row in world.seed("identifier_blocklist"):
        if row["identifier_type"] != kind:
            continue
        pattern = row["pattern"] or ""
        is_like = row["match_kind"] == "like"
        if _like(value, pattern) if is_like else value == pattern:
            yield row


def _like(value: str, pattern: str) -> bool:
    wildcards = {"%": ".*", "_": "."}
    expression = "".join(wildcards.get(c) or re.escape(c) for c in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _suppression_reason(
    world: World, rule: Row, value: str, held: Rows, profiles: Rows, issue: str | None
) -> str | None:
    """The first reason that holds, in the order of the docs."""
    crowd = Crowd(profiles)
    if len(value) > LONGEST_VALUE:
        return "too_long"
    if crowd.customers > rule["max_customers"]:
        return "over_shared"
    if crowd.records > rule["max_records"]:
        return "too_many_records"
    if _is_crowded(world, rule, crowd, held, profiles):
        return "over_shared_in_window"
    if issue:
        return issue
    if rule["is_personal"]:
        return None
    if len(crowd.unionids) > 1:
        return "several_unionids"
    if len(crowd.birth_dates) > 1:
        return "several_birth_dates"
    if crowd.has_several_names:
        return "several_names"
    if len(crowd.genders) > 1:
        return "several_genders"
    return "several_cards" if crowd.has_several_cards else None


class Crowd:
    """How many people the records that hold one value may be, by what a person has one of."""

    def __init__(self, profiles: Rows) -> None:
        members = [p for p in profiles if p["profile_type"] == "crm_member"]
        # a person has one login in a system
        logins = Counter(p["source_system"] for p in profiles if p["record_type"] == "account")
        names = _values(profiles, "person_name")
        self.unionids = _values(profiles, "unionid")
        self.birth_dates = _values(profiles, "birth_date")
        self.genders = _values(profiles, "gender")
        cards = _values(profiles, "card_no")
        dated = _values([p for p in profiles if p["birth_date"]], "person_name")
        near = _values(profiles, "near_name")
        is_slip = len(near) == 1 and len(self.birth_dates) == 1 and dated == names
        self.has_several_names = any(p["has_several_people"] for p in profiles) or (
            len(names) > 1 and not is_slip
        )
        joined_twice = bool(members) and all(member["name_key"] for member in members)
        self.has_several_cards = len(cards) > 1 and not joined_twice
        #: Records that say something of a person, so browsers are left out.
        self.records = sum(p["profile_type"] != "web_cookie" for p in profiles)
        at_most = None if self.has_several_names else 1
        self.customers = max(
            min(len(names), at_most or len(names)),
            min(len(members), at_most or len(members)),
            len(self.unionids),
            len(cards) if self.has_several_cards else 0,
            max(logins.values(), default=0),
        )


def _values(profiles: Rows, column: str) -> set[Any]:
    return {profile[column] for profile in profiles} - {None}


def _is_crowded(world: World, rule: Row, crowd: Crowd, held: Rows, profiles: Rows) -> bool:
    """Whether more people than the rule allows began to carry a value within its window."""
    allowed = rule["max_customers_in_window"]
    if allowed is None or crowd.customers <= allowed:
        return False
    arrivals: list[tuple[Any, str | None]] = [
        (world.business_date(identifier["first_seen_at"]), _person(profile))
        for identifier, profile in zip(held, profiles, strict=True)
        if identifier["first_seen_at"] is not None
    ]
    for first_day, _ in arrivals:
        end = first_day + dt.timedelta(days=rule["window_days"])
        people = {person for day, person in arrivals if first_day <= day < end and person}
        if len(people) > allowed:
            return True
    return False


def _person(profile: Row) -> str | None:
    """What tells people apart who began to carry a value: name, unionid, card, member or login."""
    own_key = None
    if profile["record_type"] in ("member", "account"):
        own_key = f"{profile['source_system']}|{profile['natural_key']}"
    return profile["person_name"] or profile["unionid"] or profile["card_no"] or own_key


# -- offered links ---------------------------------------------------------------------------


def decisions(world: World) -> Rows:
    """Rows of the seeds of decisions; of a pair the smaller profile_id comes first."""
    found: dict[tuple[Any, ...], Row] = {}
    for decision in ("force_link", "never_link", "unmerge", "unbind"):
        for row in world.seed(decision):
            pair = [row["profile_id"], row.get("other_profile_id")]
            if None not in pair:
                pair.sort()
            one: Row = {**row, "profile_id": pair[0], "other_profile_id": pair[1]}
            one["decision"] = decision
            found[tuple(sorted((k, v or "") for k, v in one.items()))] = one
    return list(found.values())


@table(
    "steps.identity_candidates", key=["profile_id", "linked_profile_id", "rule", "identifier_hash"]
)
def identity_candidates(world: World) -> Rows:
    """One row per link that a value or a decision offers, before any is weighed against another.

    All that carry a value are linked to the one of them with the smallest type and natural key.
    """
    by_id = profiles_by_id(world)
    made = decisions(world)
    set_apart = {row["profile_id"] for row in made if row["decision"] == "unmerge"}
    suppressed_values = {
        (row["identifier_hash"], row["holder_number"]): row
        for row in world["steps.suppressed_identifiers"]
    }
    groups: dict[tuple[str, tuple[str, int], Any], set[str]] = defaultdict(set)
    agreeing: dict[tuple[str, tuple[str, int], str], Rows] = defaultdict(list)
    people = people_of(world)
    texts: dict[str, str] = {}
    for identifier in counted_identifiers(world):
        profile = by_id[identifier["profile_id"]]
        if profile["profile_id"] in set_apart:
            continue
        kind, value = identifier["identifier_type"], identifier["identifier_hash"]
        texts[value] = value_text(identifier)
        held = (value, identifier["holder"])
        suppressed = suppressed_values.get(held)
        names = names_of(people, value, profile)
        if suppressed is None:
            groups[kind, held, None].add(profile["profile_id"])
        if (suppressed is None or suppressed["links_by_name"]) and names["person_name"]:
            agreeing[f"{kind}_and_name", held, names["person_name"]].append(profile)
            if profile["birth_date"]:
                person = f"{names['near_name']}|{profile['birth_date']}"
                agreeing[f"{kind}_and_birth_date", held, person].append(profile)
    groups |= by_person(agreeing)
    rule_of = {rule["identifier_type"]: rule for rule in rules(world)}
    key_of = {profile_id: keys.record_key(profile) for profile_id, profile in by_id.items()}
    found = []
    for (rule_code, (value, _), _), group in groups.items():
        if rule_code in rule_of:
            centre = min(group, key=key_of.__getitem__)
            for profile_id in group - {centre}:
                text = _link_text(texts[value], key_of[profile_id], key_of[centre])
                found.append(_link(profile_id, centre, rule_of[rule_code], value, text))
    for row in made:
        pair = (row["profile_id"], row["other_profile_id"])
        if row["decision"] == "force_link" and set(pair) <= by_id.keys():
            value = keys.keyed_hash(world.salt, keys.joined("force_link", *pair))
            text = _link_text("force_link", *(key_of[one] for one in pair))
            found.append(_link(*pair, FORCED, value, text))
    return found


#: A decision comes before all rules and obeys nothing but never_link.
FORCED: Row = {"identifier_type": "force_link", "tier": 0, "priority": 0, "trust": 1.0}


def value_text(identifier: Row) -> str:
    """What orders values whatever the salt: type, namespace and value with blanks between."""
    columns = ("identifier_type", "namespace", "identifier_value")
    return " ".join(identifier[column] for column in columns)


def _link_text(value: str, *ends: str) -> str:
    """What orders links of one rule: the value, then the smaller and the larger record."""
    return " ".join([value, *sorted(ends)])


def _link(
    profile_id: str, linked_profile_id: str, rule: Row, value: str | None, link_text: str
) -> Row:
    is_forced = rule["identifier_type"] == "force_link"
    return {
        "profile_id": profile_id,
        "linked_profile_id": linked_profile_id,
        "rule": rule["identifier_type"],
        "identifier_hash": value,
        "link_text": link_text,
        "tier": rule["tier"],
        "priority": rule["priority"],
        "obeys": 0 if is_forced else 1 if rule["proves_person"] else 2,
    }


# -- customers from links --------------------------------------------------------------------


def exclusive_values(world: World) -> dict[str, list[tuple[str, str, int]]]:
    """profile_id → (kind, value, level) of each value of which a customer may hold one.

    A link is refused for values of its own level (`obeys`) and below. Values of one kind and
    system that one record holds are one person's, on whatever record they stand.
    """
    levels = {
        rule["identifier_type"]: 1 if rule["on_conflict"] == "refuse" else 2
        for rule in rules(world)
        if rule["is_exclusive"]
    }
    of_record: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for identifier in world["steps.identity_identifiers"]:
        of_record[
            identifier["profile_id"], identifier["identifier_type"], identifier["namespace"]
        ].add(identifier["identifier_hash"])
    together = {hash_ for hashes in of_record.values() if len(hashes) > 1 for hash_ in hashes}
    held = defaultdict(list)
    for identifier in world["steps.identity_identifiers"]:
        kind = identifier["identifier_type"]
        if kind in levels and identifier["identifier_hash"] not in together:
            of_system = f"{kind}|{identifier['namespace']}".strip("|")
            value = (of_system, value_text(identifier), levels[kind])
            held[identifier["profile_id"]].append(value)
    for row in decisions(world):
        if row["decision"] == "never_link":
            pair = (row["profile_id"], row["other_profile_id"])
            for side in pair:
                held[side].append(("|".join(["never_link", *pair]), side, 0))
    return held


class Parts:
    """Disjoint sets, each named after its smallest member."""

    def __init__(self) -> None:
        self.above: dict[Any, Any] = {}

    def name(self, member: Any) -> Any:
        """The smallest member of the set that this one is in."""
        way = [member]
        while self.above.get(way[-1], way[-1]) != way[-1]:
            way.append(self.above[way[-1]])
        self.above.update(dict.fromkeys(way, way[-1]))
        return way[-1]

    def join(self, one: Any, other: Any) -> Any:
        """Make one set of two; its name."""
        low, high = sorted((self.name(one), self.name(other)))
        self.above[high] = low
        return low


@table(
    "steps.identity_verdicts", key=["profile_id", "linked_profile_id", "rule", "identifier_hash"]
)
def identity_verdicts(world: World) -> Rows:
    """The offered links one by one, strongest first: taken, or refused and for which two values.

    Refused is a link between two customers of which each holds another value of an exclusive
    identifier that the link obeys. Values that met in a customer, because a link need not obey
    them, count as one from then on. The two values are those of the customers as they are once all
    links of the same tier that obey as much are taken.
    """
    links = sorted(world["steps.identity_candidates"], key=_strength)
    customers, same_value, regions = Parts(), Parts(), Parts()
    for link in links:
        regions.join(link["profile_id"], link["linked_profile_id"])
    held: dict[str, dict[str, tuple[Any, int]]] = defaultdict(dict)
    for profile_id, values in exclusive_values(world).items():
        for kind, value, level in values:
            held[profile_id][kind] = ((regions.name(profile_id), kind, value), level)

    def customers_of(link: Row) -> tuple[str, str]:
        return customers.name(link["profile_id"]), customers.name(link["linked_profile_id"])

    def difference(link: Row) -> tuple[str, str, str] | None:
        """The first type that parts the two customers, and the value of each side."""
        here, there = customers_of(link)
        for kind in sorted(held[here].keys() & held[there].keys()):
            (own, level), (other, _) = held[here][kind], held[there][kind]
            if level <= link["obeys"] and same_value.name(own) != same_value.name(other):
                return (kind, same_value.name(own)[2], same_value.name(other)[2])
        return None

    found = []
    for _, alike in groupby(links, key=lambda link: (link["tier"], link["obeys"])):
        verdicts = []
        for link in alike:
            here, there = customers_of(link)
            is_refused = here != there and difference(link) is not None
            verdicts.append((link, is_refused))
            if here != there and not is_refused:
                for kind in held[here].keys() & held[there].keys():
                    same_value.join(held[here][kind][0], held[there][kind][0])
                both = {**held[here], **held[there]}
                held[customers.join(here, there)] = both
        found += [
            {**link, "refused_for": difference(link) if is_refused else None}
            for link, is_refused in verdicts
        ]
    return found


def _strength(link: Row) -> tuple[Any, ...]:
    return (link["tier"], link["obeys"], link["priority"], link["link_text"])


@table("steps.identity_links", key=["profile_id", "linked_profile_id", "rule", "identifier_hash"])
def identity_links(world: World) -> Rows:
    """The links that were taken and that no cap of the customer undid."""
    undone = {id(link) for link, _ in capped_links(world)}
    return [
        link
        for link in world["steps.identity_verdicts"]
        if link["refused_for"] is None and id(link) not in undone
    ]


def capped_links(world: World) -> list[tuple[Row, str]]:
    """Links by a shared value alone in a cluster that holds more values than a customer may."""
    alone = {
        rule["identifier_type"]
        for rule in rules(world)
        if not (rule["is_personal"] or rule["proves_person"] or rule["record_type"])
    }
    reasons: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in world["steps.over_caps"]:
        kind, cap = row["identifier_type"], row["cap"]
        words = (
            f"it would give one customer {row['value_count']} values of {kind} "
            f"({cap} {row['max_values']})"
        )
        reasons[row["component"]].append((f"{kind}|{cap}", words))
    cluster = {row["profile_id"]: row["cluster_id"] for row in world["steps.identity_clusters"]}
    return [
        (link, min(reasons[cluster[link["profile_id"]]])[1])
        for link in world["steps.identity_verdicts"]
        if link["refused_for"] is None
        and link["rule"] in alone
        and cluster[link["profile_id"]] in reasons
    ]


def handed_on(world: World) -> Rows:
    """The first records of a holder of a value and of the next, and why it was handed on."""
    words = {
        "another_name": "the value was silent and came back with another name",
        "another_unionid": "the value was silent and came back with another unionid",
        "another_device": "the value was silent and came back with another device",
    }
    by_id = profiles_by_id(world)
    holders: dict[str, dict[int, Rows]] = defaultdict(lambda: defaultdict(list))
    for row in [row for row in world["steps.holder_periods"] if row["is_holder"]]:
        holders[row["identifier_hash"]][row["holder_number"]].append(row)
    found = []
    for value, periods in holders.items():
        for number, rows in list(periods.items()):
            if number - 1 not in periods:
                continue
            first, former = (
                min(held, key=lambda row: keys.record_key(by_id[row["profile_id"]]))
                for held in (rows, periods[number - 1])
            )
            reasons = {first["change_reason"], former["change_reason"]}
            found.append(
                {
                    "profile_id": first["profile_id"],
                    "linked_profile_id": former["profile_id"],
                    "rule": first["identifier_type"],
                    "identifier_hash": value,
                    "refusal_reason": "the value was released by hand (seed unbind)"
                    if "released" in reasons
                    else words[first["change_reason"]],
                    "held_masked": None,
                    "other_masked": None,
                }
            )
    return found


@table(
    "steps.identity_refusals", key=["profile_id", "linked_profile_id", "rule", "identifier_hash"]
)
def identity_refusals(world: World) -> Rows:
    """The links that were refused, with both values masked; those of never_link have no mask."""
    masks = {
        value_text(identifier): keys.mask_identifier(
            identifier["identifier_type"], identifier["identifier_value"]
        )
        for identifier in world["steps.identity_identifiers"]
    }
    found = handed_on(world)
    found += [
        {
            **{name: link[name] for name in ("profile_id", "linked_profile_id", "rule")},
            "identifier_hash": link["identifier_hash"],
            "refusal_reason": words,
            "held_masked": None,
            "other_masked": None,
        }
        for link, words in capped_links(world)
    ]
    for link in world["steps.identity_verdicts"]:
        if link["refused_for"] is not None:
            kind, held, other = link["refused_for"]
            is_decision = kind.startswith("never_link|")
            found.append(
                {
                    **{name: link[name] for name in ("profile_id", "linked_profile_id", "rule")},
                    "identifier_hash": link["identifier_hash"],
                    "refusal_reason": "the two were parted by hand (seed never_link)"
                    if is_decision
                    else f"it would give one customer two values of {kind.split('|')[0]}",
                    "held_masked": masks.get(held),
                    "other_masked": masks.get(other),
                }
            )
    return found


@table("steps.identity_clusters", key=["profile_id"])
def identity_clusters(world: World) -> Rows:
    """Per record the smallest profile_id of those that taken links join it to, caps aside."""
    taken = [link for link in world["steps.identity_verdicts"] if link["refused_for"] is None]
    return _clusters(world, taken)


@table("steps.customer_clusters", key=["profile_id"])
def customer_clusters(world: World) -> Rows:
    """The same without the links that a cap undid: whose records are one customer's."""
    return _clusters(world, world["steps.identity_links"])


def _clusters(world: World, links: Rows) -> Rows:
    parts = Parts()
    for link in links:
        parts.join(link["profile_id"], link["linked_profile_id"])
    return [
        {"profile_id": profile_id, "cluster_id": parts.name(profile_id)}
        for profile_id in profiles_by_id(world)
    ]
