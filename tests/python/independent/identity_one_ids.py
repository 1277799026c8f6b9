"""Who holds which one_id since when: `docs/identity.md`, section "one_id"."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from tests.python.independent import keys
from tests.python.independent.world import Row, Rows, World, table

NEVER = dt.datetime.max

WORDS = {
    "created": "new profiles that share no accepted identifier with a known customer",
    "merged": "a link joined two customers; the older id stays",
    "moved": "profiles are linked to another customer now; both ids stay",
    "split": "no link holds the profiles together; the smaller part gets a new id",
    "restored": "profiles were set free again and take back the id they had before",
    "retired": "none of its profiles is in any source any more",
    "back": "its profiles are in a source again",
}


def assignments_before(world: World) -> Rows:
    """All assignments of the nights before on the same warehouse."""
    return world.before["steps.identity_assignments"] if world.before else []


@table("steps.identity_assignments", key=["profile_id", "build_number"])
def identity_assignments(world: World) -> Rows:
    """One row per record and build that gave it another one_id, since the first build."""
    before = assignments_before(world)
    then = [row for row in before if row["assigned_at"] <= world.as_of_at]
    profiles = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    clusters: dict[str, list[str]] = defaultdict(list)
    for row in world["steps.customer_clusters"]:
        clusters[row["cluster_id"]].append(row["profile_id"])
    last = latest(then)
    held = {profile_id: row["one_id"] for profile_id, row in last.items()}
    away = {profile_id for profile_id, row in last.items() if row["change_reason"] == "retired"}
    issued = ids_issued(before)

    order = {profile_id: keys.record_key(profile) for profile_id, profile in profiles.items()}
    kept = kept_ids(clusters, held, issued, order)
    used = {held[profile_id] for profile_id in profiles if profile_id in held}
    free = {cluster: members for cluster, members in clusters.items() if cluster not in kept}
    restored = restored_ids(free, then, used, order)
    founded = Counter(one["founder"] for one in issued.values() if one["at"] <= world.as_of_at)

    chosen: dict[str, tuple[str, str, str]] = {}
    for cluster, members in clusters.items():
        founder = min(members, key=lambda p: (profiles[p]["first_seen_at"] or NEVER, order[p]))
        if cluster in kept:
            chosen[cluster] = ("kept", kept[cluster], issued[kept[cluster]]["founder"])
        elif cluster in restored:
            one_id = restored[cluster]
            chosen[cluster] = ("restored", one_id, issued[one_id]["founder"])
        else:
            one_id = keys.first_one_id(world.salt, founder, founded[founder])
            chosen[cluster] = ("created", one_id, founder)

    living = {one_id for _, one_id, _ in chosen.values()}
    build_number = max((row["build_number"] for row in before), default=0) + 1
    new = []
    for cluster, members in clusters.items():
        choice, one_id, founder = chosen[cluster]
        for profile_id in members:
            previous = held.get(profile_id)
            if previous == one_id and profile_id not in away:
                continue
            new.append(
                {
                    "profile_id": profile_id,
                    "one_id": one_id,
                    "previous_one_id": previous,
                    "founder_profile_id": founder,
                    "change_reason": "restored"
                    if previous == one_id
                    else change_reason(choice, previous, living),
                    "build_number": build_number,
                    "assigned_at": world.as_of_at,
                }
            )
    present = used | living | passed_on(then)
    new += [
        {
            "profile_id": profile_id,
            "one_id": one_id,
            "previous_one_id": one_id,
            "founder_profile_id": issued[one_id]["founder"],
            "change_reason": "retired",
            "build_number": build_number,
            "assigned_at": world.as_of_at,
        }
        for profile_id, one_id in held.items()
        if profile_id not in profiles and profile_id not in away and one_id not in present
    ]
    return [*before, *new]


def passed_on(assignments: Rows) -> set[str]:
    """Ids that went into another one after they were last given."""
    given: dict[str, int] = {}
    passed: dict[str, int] = {}
    for row in assignments:
        build = row["build_number"]
        if row["change_reason"] != "retired":
            given[row["one_id"]] = max(given.get(row["one_id"], build), build)
        if row["change_reason"] == "merged":
            former = row["previous_one_id"]
            passed[former] = max(passed.get(former, build), build)
    return {one_id for one_id, build in passed.items() if build > given.get(one_id, build)}


def change_reason(choice: str, previous: str | None, living: set[str]) -> str:
    """Why a record holds another id than before."""
    if previous is None:
        return "created" if choice == "created" else "joined"
    if choice != "kept":
        return "split" if choice == "created" else "restored"
    return "moved" if previous in living else "merged"


def latest(assignments: Rows) -> dict[str, Row]:
    """profile_id → its last assignment: of the latest moment, of that of the latest build."""
    last: dict[str, Row] = {}
    for row in sorted(assignments, key=lambda row: (row["assigned_at"], row["build_number"])):
        last[row["profile_id"]] = row
    return last


def ids_issued(assignments: Rows) -> dict[str, dict[str, Any]]:
    """one_id → when and in which build it was issued, and its founder."""
    found: dict[str, dict[str, Any]] = {}
    for row in assignments:
        one = {
            "at": row["assigned_at"],
            "build": row["build_number"],
            "founder": row["founder_profile_id"],
        }
        known = found.setdefault(row["one_id"], one)
        found[row["one_id"]] = {name: min(known[name], one[name]) for name in one}
    return found


def kept_ids(
    clusters: Mapping[str, list[str]],
    held: Mapping[str, str],
    issued: Mapping[str, Any],
    order: Mapping[str, str],
) -> dict[str, str]:
    """cluster → id: an id goes with its largest part, of those that meet the oldest stays.

    Of ids of one build that is the one with the most holders in the cluster, then that of the
    smallest record.
    """
    wishes = defaultdict(list)
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cluster, members in clusters.items():
        for profile_id in members:
            if profile_id in held:
                holders[cluster, held[profile_id]].append(order[profile_id])
    for one_id, cluster in largest_parts(holders):
        wishes[cluster].append(one_id)

    def age(cluster: str, one_id: str) -> tuple[Any, ...]:
        one, records = issued[one_id], holders[cluster, one_id]
        return (one["at"], one["build"], -len(records), min(records))

    return {
        cluster: min(ids, key=lambda one_id: age(cluster, one_id))
        for cluster, ids in wishes.items()
    }


def restored_ids(
    free: Mapping[str, list[str]], then: Rows, used: set[str], order: Mapping[str, str]
) -> dict[str, str]:
    """cluster → id that most of its records once held and that no record holds now."""
    ever: dict[str, dict[str, int]] = defaultdict(dict)
    for row in then:
        builds = ever[row["profile_id"]]
        builds[row["one_id"]] = max(builds.get(row["one_id"], 0), row["build_number"])
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cluster, members in free.items():
        for profile_id in members:
            for one_id in ever[profile_id].keys() - used:
                # of several that a record held the last
                holding = f"{order[profile_id]} {1000000000 - ever[profile_id][one_id]:010d}"
                holders[cluster, one_id].append(holding)
    wishes = defaultdict(list)
    for one_id, cluster in largest_parts(holders):
        wishes[cluster].append(one_id)
    return {
        cluster: min(ids, key=lambda i: (-len(holders[cluster, i]), min(holders[cluster, i])))
        for cluster, ids in wishes.items()
    }


def largest_parts(holders: Mapping[tuple[str, str], list[str]]) -> list[tuple[str, str]]:
    """(one_id, cluster with most of its records); of equal ones that of the smallest record."""
    parts: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for (cluster, one_id), records in holders.items():
        parts[one_id].append((-len(records), min(records), cluster))
    return [(one_id, min(found)[2]) for one_id, found in parts.items()]


# -- what is published of it -----------------------------------------------------------------


@table("steps.identity_one_ids", key=["profile_id"])
def identity_one_ids(world: World) -> Rows:
    """profile_id → one_id on the as-of date and since when, of all records known then."""
    then = [
        row for row in world["steps.identity_assignments"] if row["assigned_at"] <= world.as_of_at
    ]
    last = latest(then)
    return [
        {
            "profile_id": profile["profile_id"],
            "one_id": last[profile["profile_id"]]["one_id"],
            "joined_at": last[profile["profile_id"]]["assigned_at"],
        }
        for profile in world["steps.identity_profiles"]
    ]


@table("core.customer_profiles", key=["profile_id"])
def customer_profiles(world: World) -> Rows:
    """The bridge; joined_by is the rule of smallest priority among the links of a record."""
    rules: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in world["steps.identity_links"]:
        for end in (link["profile_id"], link["linked_profile_id"]):
            rules[end].append((link["priority"], link["rule"]))
    profiles = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    copied = ("profile_id", "source_system", "profile_type", "record_type", "natural_key_hash",
              "first_seen_at", "last_seen_at")  # fmt: skip
    return [
        {
            **row,
            **{name: profiles[row["profile_id"]][name] for name in copied},
            "joined_by": min(rules[row["profile_id"]], default=(0, "alone"))[1],
        }
        for row in world["steps.identity_one_ids"]
    ]


@table("core.customer_profile_history", key=["profile_id", "valid_from"])
def customer_profile_history(world: World) -> Rows:
    """One row per record and stretch of time with one one_id; of two at one moment the last."""
    by_profile: dict[str, dict[dt.datetime, Row]] = defaultdict(dict)
    for row in sorted(world["steps.identity_assignments"], key=lambda row: row["build_number"]):
        by_profile[row["profile_id"]][row["assigned_at"]] = row
    found = []
    for profile_id, rows in by_profile.items():
        moments = sorted(rows)
        for moment, ends in zip(moments, [*moments[1:], None], strict=True):
            if rows[moment]["change_reason"] == "retired":
                continue
            found.append(
                {
                    "profile_id": profile_id,
                    "one_id": rows[moment]["one_id"],
                    "change_reason": rows[moment]["change_reason"],
                    "valid_from": moment,
                    "valid_to": ends,
                }
            )
    return found


@table("core.one_id_ledger", key=["ledger_event_id"])
def one_id_ledger(world: World) -> Rows:
    """One row per build and event: which id, and into which its records went."""
    changes: Counter[tuple[Any, ...]] = Counter()
    for row in world["steps.identity_assignments"]:
        build = (row["assigned_at"], row["build_number"])
        changes[*build, row["previous_one_id"], row["one_id"], row["change_reason"]] += 1
    births: dict[str, tuple[dt.datetime, int]] = {}
    splits = {(at, build, one_id) for at, build, _, one_id, why in changes if why == "split"}
    for at, build, _, one_id, why in changes:
        if why == "created" and (at, build, one_id) not in splits:
            births[one_id] = min(births.get(one_id, (at, build)), (at, build))
    found = []
    for (at, build, previous, one_id, why), profile_count in changes.items():
        is_birth = why == "created" and births.get(one_id) == (at, build)
        if previous is None and not is_birth:
            continue
        is_same = previous in (None, one_id)
        ids = (one_id, None) if is_same else (previous, one_id)
        word = "back" if previous == one_id and why == "restored" else why
        key = f"{build}|{why}|{ids[0]}|{ids[1] or ''}"
        found.append(
            {
                "ledger_event_id": keys.keyed_hash(world.salt, key),
                "one_id": ids[0],
                "into_one_id": ids[1],
                "event": why,
                "reason": WORDS[word],
                "profile_count": profile_count,
                "event_at": at,
            }
        )
    return found


@table("core.issued_one_ids", key=["one_id"])
def issued_one_ids(world: World) -> Rows:
    """Every id ever issued and the id that those who held it last hold today."""
    history: dict[str, Rows] = defaultdict(list)
    rows = world["steps.identity_assignments"]
    for row in sorted(rows, key=lambda row: (row["assigned_at"], row["build_number"])):
        history[row["profile_id"]].append(row)
    ended: dict[str, dict[str, Any]] = defaultdict(dict)
    for profile_id, held in history.items():
        for row, following in zip(held, [*held[1:], None], strict=True):
            end = (following["assigned_at"], following["build_number"]) if following else (NEVER, 0)
            known = ended[row["one_id"]].get(profile_id, end)
            ended[row["one_id"]][profile_id] = max(known, end)
    today = {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}
    order = {row["profile_id"]: keys.record_key(row) for row in world["steps.identity_profiles"]}
    found = []
    for one_id, issue in ids_issued(rows).items():
        last_end = max(ended[one_id].values())
        heirs: dict[str, list[str]] = defaultdict(list)
        for profile_id, end in ended[one_id].items():
            if end == last_end and profile_id in today:
                heirs[today[profile_id]].append(order[profile_id])
        ranked = sorted((one != one_id, -len(has), min(has), one) for one, has in heirs.items())
        current = ranked[0][-1] if ranked else None
        found.append(
            {
                "one_id": one_id,
                "current_one_id": current,
                "is_current": current == one_id,
                "is_retired": current is None,
                "issued_at": issue["at"],
            }
        )
    return found


@table("steps.identity_tie_breaks", key=["one_id"])
def identity_tie_breaks(world: World) -> Rows:
    """The customers in the order of their first natural keys, then of its type; from 1."""
    one_ids = {row["profile_id"]: row["one_id"] for row in world["steps.identity_one_ids"]}
    first: dict[str, tuple[str, str]] = {}
    for profile in world["steps.identity_profiles"]:
        one_id = one_ids[profile["profile_id"]]
        key = (profile["natural_key"], profile["profile_type"])
        first[one_id] = min(first.get(one_id, key), key)
    ordered = sorted(first, key=first.__getitem__)
    return [{"one_id": one_id, "natural_key_rank": rank} for rank, one_id in enumerate(ordered, 1)]
