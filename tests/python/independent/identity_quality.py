"""What somebody should look at, and why records are one: schema `quality`.

`docs/identity.md`, section "What shows that a rule went wrong" and "Explanations".
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import networkx

from tests.python.independent import keys
from tests.python.independent.customers import customers_profiles
from tests.python.independent.identity_links import FORCED, Parts, decisions, profiles_by_id
from tests.python.independent.identity_records import rules
from tests.python.independent.world import Row, Rows, World, table


def norms(world: World) -> dict[str, Row]:
    """Measure → names, normal range and reason of seed identity_norms."""
    return {
        row["measure_code"] or "": {
            **row,
            "normal_from": float(row["normal_from"] or 0),
            "normal_to": float(row["normal_to"] or 0),
        }
        for row in world.seed("identity_norms")
    }


def one_ids_of(world: World) -> dict[str, str]:
    """profile_id → one_id."""
    return {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}


@table("quality.identity_health", key=["measure_code"])
def identity_health(world: World) -> Rows:
    """One row per measure of all customers."""
    customers = customers_profiles(world)
    records = sum(len(profiles) for profiles in customers.values())
    holders = Counter(row["identifier_hash"] for row in world["steps.identity_identifiers"])
    shared = sum(count > 1 for count in holders.values())
    links = len(world["steps.identity_links"])
    measured: dict[str, float | None] = {
        "merged_share": 1 - len(customers) / records if records else None,
        "largest_customer": max((len(held) for held in customers.values()), default=None),
        "refused_share": len(world["steps.identity_refusals"]) / max(links, 1),
        "suppressed_share": len(
            {row["identifier_hash"] for row in world["steps.suppressed_identifiers"]}
        )
        / max(shared, 1),
    }
    found = []
    for code, norm in norms(world).items():
        if code in measured:
            value = measured[code]
            is_normal = value is None or norm["normal_from"] <= value <= norm["normal_to"]
            found.append({**norm, "measured": value, "is_normal": is_normal})
    return found


# -- review ----------------------------------------------------------------------------------

REVIEWED = (
    "one_id", "other_one_id", "measure_code", "profile_id", "other_profile_id", "rule",
    "identifier_hash", "value_masked", "other_value_masked", "details", "contributions",
    "match_weight", "measured",
)  # fmt: skip


@table("quality.identity_review", key=["review_id"])
def identity_review(world: World) -> Rows:
    """One row per customer, refused link or decision to look at.

    Pairs that only look alike are found by likeness (variable probabilistic_links, off by
    default) and not computed here.
    """
    assert not world.setting("probabilistic_links")
    by_measure = norms(world)
    found = []
    for one in [
        *measured_customers(world),
        *refused_links(world),
        *unknown_decisions(world),
        *values_over_cap(world),
    ]:
        norm = by_measure.get(one["measure_code"])
        if norm is None:
            continue
        row = {**dict.fromkeys(REVIEWED), **one}
        about = [row["profile_id"] or row["one_id"]] + [
            row[name] or "" for name in ("other_profile_id", "rule", "identifier_hash", "details")
        ]
        row["review_id"] = keys.keyed_hash(world.salt, "|".join([row["measure_code"], *about]))
        for name in ("name_en", "name_zh", "reason", "normal_from", "normal_to"):
            row[name] = norm[name]
        found.append(row)
    return found


def measured_customers(world: World) -> Rows:
    """Customers with a measure outside its normal range."""
    exclusive = {rule["identifier_type"] for rule in rules(world) if rule["is_exclusive"]}
    identifiers: dict[str, Rows] = defaultdict(list)
    for row in world["steps.identity_identifiers"]:
        if row["identifier_type"] in exclusive:
            identifiers[row["profile_id"]].append(row)
    weak = weak_links(world)
    found = []
    for one_id, profiles in customers_profiles(world).items():
        values: dict[tuple[str, str], set[str]] = defaultdict(set)
        for profile in profiles:
            for row in identifiers[profile["profile_id"]]:
                of_system = (row["identifier_type"], row["namespace"])
                values[of_system].add(row["identifier_hash"])
        measures = {
            "profiles_per_customer": len(profiles),
            "names_per_customer": len({p["name_key"] for p in profiles} - {None}),
            "birth_dates_per_customer": len({p["birth_date"] for p in profiles} - {None}),
            "exclusive_values_per_customer": max(map(len, values.values()), default=0),
            "weak_links_of_customer": weak[one_id],
        }
        for code, measured in measures.items():
            norm = norms(world).get(code)
            if norm and not norm["normal_from"] <= measured <= norm["normal_to"]:
                found.append({"one_id": one_id, "measure_code": code, "measured": measured})
    return found


def weak_links(world: World) -> Counter[str]:
    """one_id → pairs of parts, with a person in each, that one little trusted link alone joins.

    Parts are what links trusted at least identity_weak_trust hold together.
    """
    trust = {rule["identifier_type"]: rule["trust"] for rule in [*rules(world), FORCED]}
    parts = Parts()
    for link in world["steps.identity_links"]:
        if trust[link["rule"]] >= world.setting("identity_weak_trust"):
            parts.join(link["profile_id"], link["linked_profile_id"])
    with_person = {
        parts.name(profile["profile_id"])
        for profile in world["steps.identity_profiles"]
        if profile["profile_type"] != "web_cookie"
    }
    one_ids = one_ids_of(world)
    between: Counter[tuple[str, str, str]] = Counter()
    for link in world["steps.identity_links"]:
        one, other = sorted((parts.name(link["profile_id"]), parts.name(link["linked_profile_id"])))
        if one != other and {one, other} <= with_person:
            between[one_ids[link["profile_id"]], one, other] += 1
    return Counter(one_id for (one_id, *_), count in between.items() if count == 1)


def refused_links(world: World) -> Rows:
    """Refused links between two customers; what other links joined all the same is left out."""
    one_ids = one_ids_of(world)
    found = []
    for link in world["steps.identity_refusals"]:
        one_id, other = one_ids[link["profile_id"]], one_ids[link["linked_profile_id"]]
        if one_id != other:
            found.append(
                {
                    "measure_code": "refused_link",
                    "one_id": one_id,
                    "other_one_id": other,
                    "profile_id": link["profile_id"],
                    "other_profile_id": link["linked_profile_id"],
                    "rule": link["rule"],
                    "identifier_hash": link["identifier_hash"],
                    "value_masked": link["held_masked"],
                    "other_value_masked": link["other_masked"],
                    "details": link["refusal_reason"],
                    "measured": 1,
                }
            )
    return found


def unknown_decisions(world: World) -> Rows:
    """Decisions that name a record that is not there, or release a value that it does not carry."""
    one_ids = one_ids_of(world)
    carried = {
        (row["profile_id"], row["identifier_hash"]) for row in world["steps.identity_identifiers"]
    }
    found = []
    for row in decisions(world):
        named = [row[name] for name in ("profile_id", "other_profile_id") if row[name]]
        unknown = [profile_id for profile_id in named if profile_id not in one_ids]
        names = f" names a record that is not there: {unknown[0]}" if unknown else ""
        released = (row["profile_id"], row.get("identifier_hash"))
        if row["decision"] == "unbind" and not unknown and released not in carried:
            unknown, names = ["value"], " names a value that the record does not carry"
        if unknown:
            found.append(
                {
                    "measure_code": "unknown_decision",
                    "one_id": one_ids.get(row["profile_id"]),
                    "other_one_id": one_ids.get(row["other_profile_id"]),
                    "profile_id": row["profile_id"],
                    "other_profile_id": row["other_profile_id"],
                    "rule": row["decision"],
                    "identifier_hash": row.get("identifier_hash"),
                    "details": f"seed {row['decision']} of {row['decided_at']} by "
                    f"{row['decided_by']}{names}",
                    "measured": len(unknown),
                }
            )
    return found


def values_over_cap(world: World) -> Rows:
    """Clusters beyond a cap, by their first record."""
    one_ids, by_id = one_ids_of(world), profiles_by_id(world)
    members: dict[str, list[str]] = defaultdict(list)
    for row in world["steps.identity_clusters"]:
        members[row["cluster_id"]].append(row["profile_id"])
    found = []
    for row in world["steps.over_caps"]:
        first = min(members[row["component"]], key=lambda one: keys.record_key(by_id[one]))
        found.append(
            {
                "measure_code": "values_over_cap",
                "one_id": one_ids[first],
                "profile_id": first,
                "rule": row["identifier_type"],
                "details": f"{row['cap']} is {row['max_values']}",
                "measured": row["value_count"],
            }
        )
    return found


# -- explanations ----------------------------------------------------------------------------


@table("quality.identity_explanations", key=["profile_id", "step_number"])
def identity_explanations(world: World) -> Rows:
    """One row per record and step of the shortest chain from the oldest record of its customer.

    A step goes from a record to another that holds the same value; of equally short chains the
    stronger one, then the one through the smaller group of the value, from the smaller record.
    """
    holdings = Holdings(world)
    found = []
    for one_id, profiles in customers_profiles(world).items():
        if len(profiles) < 2:
            continue
        members = {profile["profile_id"] for profile in profiles}
        if len(profiles) > world.setting("identity_explained_profiles"):
            steps = strongest_links(world, members)
        else:
            steps = whole_chains(profiles, holdings)
        for step in steps:
            found.append({"one_id": one_id, "profile_count": len(profiles), **step})
    return told_in_words(world, found)


class Holdings:
    """Which records hold which values that joined them, and by which rule each.

    A value that joins people of one name only joins several groups apart; a group is named
    after its smallest record.
    """

    def __init__(self, world: World) -> None:
        groups = Parts()
        self.priority: dict[tuple[str, tuple[str, str]], int] = {}
        for link in world["steps.identity_links"]:
            value = link["identifier_hash"]
            groups.join((link["profile_id"], value), (link["linked_profile_id"], value))
        for link in world["steps.identity_links"]:
            for end in (link["profile_id"], link["linked_profile_id"]):
                group = groups.name((end, link["identifier_hash"]))
                known = self.priority.get((end, group), link["priority"])
                self.priority[end, group] = min(known, link["priority"])
        self.groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.holders: dict[tuple[str, str], set[str]] = defaultdict(set)
        for profile_id, group in self.priority:
            self.groups[profile_id].add(group)
            self.holders[group].add(profile_id)


def whole_chains(profiles: Rows, holdings: Holdings) -> Rows:
    """The steps of the chain of each record but the oldest."""
    oldest = min(
        profiles,
        key=lambda p: (
            p["first_seen_at"] or dt.datetime.max,
            p["natural_key"],
            p["profile_type"],
        ),
    )
    chains: dict[str, Rows] = {oldest["profile_id"]: []}
    opened: set[tuple[str, str]] = set()
    front = [oldest["profile_id"]]
    while front:
        doors = {}
        for profile_id in sorted(front, reverse=True):
            for group in holdings.groups[profile_id] - opened:
                doors[group] = profile_id
        opened |= doors.keys()
        reached = {other for group in doors for other in holdings.holders[group]} - chains.keys()
        for profile_id in reached:
            ways = holdings.groups[profile_id] & doors.keys()
            group = min(ways, key=lambda way: (holdings.priority[profile_id, way], way))
            start = doors[group]
            step = {
                "from_profile_id": start,
                "to_profile_id": profile_id,
                "identifier_hash": group[1],
                "priority": max(
                    holdings.priority[profile_id, group], holdings.priority[start, group]
                ),
                "is_bridge": None,
                "group": group,
            }
            chains[profile_id] = [*chains[start], step]
        front = sorted(reached)
    members = {profile["profile_id"] for profile in profiles}
    needed = bridges(members, holdings)
    found = []
    for profile_id, steps in chains.items():
        for number, step in enumerate(steps, start=1):
            ends = [(step[end], step["group"]) for end in ("from_profile_id", "to_profile_id")]
            found.append(
                {
                    **{name: value for name, value in step.items() if name != "group"},
                    "profile_id": profile_id,
                    "step_number": number,
                    "step_count": len(steps),
                    "is_bridge": any(end in needed for end in ends),
                    "is_whole_chain": True,
                }
            )
    return found


def bridges(members: set[str], holdings: Holdings) -> set[tuple[str, tuple[str, str]]]:
    """(record, value) that must both stay for the customer to hang together."""
    graph = networkx.Graph()
    for profile_id in members:
        for group in holdings.groups[profile_id]:
            graph.add_edge(("record", profile_id), ("value", group))
    found = set()
    for one, other in networkx.bridges(graph):
        record, value = (one, other) if one[0] == "record" else (other, one)
        found.add((record[1], value[1]))
    return found


def strongest_links(world: World, members: set[str]) -> Rows:
    """Of a customer too large to walk through, the strongest link of each record."""
    own: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for link in world["steps.identity_links"]:
        ends = (link["profile_id"], link["linked_profile_id"])
        for here, there in (ends, ends[::-1]):
            if here in members:
                own[here].append((link["priority"], link["identifier_hash"], there))
    found = []
    for profile_id, links in own.items():
        priority, value, other = min(links)
        found.append(
            {
                "profile_id": profile_id,
                "from_profile_id": other,
                "to_profile_id": profile_id,
                "identifier_hash": value,
                "priority": priority,
                "step_number": 1,
                "step_count": None,
                "is_bridge": None,
                "is_whole_chain": False,
            }
        )
    return found


def told_in_words(world: World, steps: Rows) -> Rows:
    """Steps with the rule at work, and the value masked, where one is shared."""
    rule_of = {rule["priority"]: rule for rule in [*rules(world), FORCED]}
    types = {p: profile["profile_type"] for p, profile in profiles_by_id(world).items()}
    held = {
        (row["profile_id"], row["identifier_hash"]): (
            row["identifier_type"],
            row["identifier_value"],
        )
        for row in world["steps.identity_identifiers"]
    }
    found = []
    for step in steps:
        rule = rule_of[step["priority"]]
        nothing = (rule["identifier_type"], None)
        kind, value = held.get((step["to_profile_id"], step["identifier_hash"]), nothing)
        found.append(
            {
                **{name: cell for name, cell in step.items() if name != "priority"},
                "from_profile_type": types[step["from_profile_id"]],
                "to_profile_type": types[step["to_profile_id"]],
                "rule": rule["identifier_type"],
                "identifier_type": kind,
                "identifier_masked": keys.mask_identifier(kind, value) if value else None,
                "tier": rule["tier"],
                "trust": rule["trust"],
            }
        )
    return found
