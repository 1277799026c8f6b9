"""Whose the names on a value are, and which cards are lent.

`docs/identity.md`, sections "Names that meet" and "Lent cards". What two names say of each other
is what one360.identity.agreement says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from one360.identity.agreement import agreement
from tests.python.independent import placeholders
from tests.python.independent.world import Row, Rows, World, table

#: A value of more names is nobody's.
MOST_NAMES = 20
#: Years between a parent and a child, at least.
GENERATION = 14


def meeting_name(profile: Row) -> str | None:
    """The name key, or the surname where a title is all besides."""
    return profile["name_key"] or profile["surname"]


@table("steps.named_people", key=["identifier_hash", "name_key"])
def named_people(world: World) -> Rows:
    """One row per value and name on it where several names meet."""
    by_id = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    met: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for identifier in world["steps.identity_identifiers"]:
        profile = by_id[identifier["profile_id"]]
        name = meeting_name(profile)
        if name:
            met[identifier["identifier_hash"]].add((name, profile["full_name"]))
    found = []
    for value, names in met.items():
        if not 2 <= len({text for _, text in names}) <= MOST_NAMES:
            continue
        for key in {key for key, _ in names}:
            said = [
                (other_key, agreement(text, other))
                for own_key, text in names
                if own_key == key
                for other_key, other in names
                if other != text
            ]
            is_bare = any(word == "says_nothing" for _, word in said)
            same = [k for k, word in said if word == "same"]
            near = [k for k, word in said if word in ("same", "near")]
            found.append(
                {
                    "identifier_hash": value,
                    "name_key": key,
                    "person_name": None if is_bare else min(key, *same, key),
                    "near_name": None if is_bare else min(key, *near, key),
                }
            )
    return found


def people_of(world: World) -> dict[tuple[str, str], Row]:
    """The rows of named_people by value and name."""
    return {(row["identifier_hash"], row["name_key"]): row for row in world["steps.named_people"]}


def names_of(people: dict[tuple[str, str], Row], value: str, profile: Row) -> Row:
    """The name of a record on a value: person_name and near_name."""
    alone = {"person_name": profile["name_key"], "near_name": profile["name_key"]}
    name = meeting_name(profile)
    return people.get((value, name), alone) if name else alone


@table("steps.lent_cards", key=["profile_id"])
def lent_cards(world: World) -> Rows:
    """One row per till record whose card does not count."""
    by_id = {profile["profile_id"]: profile for profile in world["steps.identity_profiles"]}
    shown: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    holders: dict[str, list[Row]] = defaultdict(list)
    for identifier in world["steps.identity_identifiers"]:
        kind, value = identifier["identifier_type"], identifier["identifier_hash"]
        profile = by_id[identifier["profile_id"]]
        is_nobodys = kind == "phone" and names_nobody(world, identifier["identifier_value"])
        if kind in ("card", "phone") and not is_nobodys:
            shown[profile["profile_id"]][kind].add(value)
            holders[value].append(profile)
    phones_of: dict[str, set[str]] = defaultdict(set)
    own: set[tuple[str, str]] = set()
    for profile_id, values in shown.items():
        for card in values["card"]:
            phones_of[card] |= values["phone"]
            if by_id[profile_id]["record_type"] != "shopper":
                own |= {(card, phone) for phone in values["phone"]}
    cap = next(
        int(row["max_per_customer"])
        for row in world.seed("identifier_types")
        if row["identifier_type"] == "phone"
    )
    people = people_of(world)
    found = []
    for profile_id, values in shown.items():
        if by_id[profile_id]["record_type"] != "shopper":
            continue
        for card in values["card"]:
            for phone in values["phone"]:
                if (card, phone) in own:
                    continue
                is_other = _is_another(people, phone, holders[card], holders[phone])
                if is_other or len(phones_of[card]) > cap:
                    found.append({"profile_id": profile_id, "identifier_hash": card})
    return found


def names_nobody(world: World, phone: str) -> bool:
    """Whether the seed blocks a phone, or, where it says nothing of it, its form is a filler's."""
    wildcards = {"%": ".*", "_": "."}
    listed = [
        row["is_blocked"] == "true"
        for row in world.seed("identifier_blocklist")
        if row["identifier_type"] == "phone"
        and re.fullmatch("".join(wildcards.get(c) or re.escape(c) for c in row["pattern"]), phone)
    ]
    return all(listed) if listed else placeholders.is_phone(phone)


def _is_another(
    people: dict[tuple[str, str], Row],
    phone: str,
    card_holders: list[Row],
    phone_holders: list[Row],
) -> bool:
    """Whether both are named, the phone is one person's, and no name of the one fits the other."""
    names, others = (
        [p for p in held if p["record_type"] != "shopper" and meeting_name(p)]
        for held in (card_holders, phone_holders)
    )
    persons = {
        people.get((phone, key), {"person_name": key})["person_name"]
        for key in map(meeting_name, others)
        if key
    } - {None}
    return bool(names and len(persons) == 1) and not any(
        meeting_name(one) == meeting_name(two)
        or {agreement(one["full_name"], two["full_name"]),
            agreement(two["full_name"], one["full_name"])} != {"different"}
        for one in names
        for two in others
    )  # fmt: skip


def counted_identifiers(world: World) -> Rows:
    """The identifiers without those of lent cards, each with the number of its holder."""
    number = {
        (row["profile_id"], row["identifier_hash"]): row["holder_number"] if row["is_holder"] else 0
        for row in world["steps.holder_periods"]
    }
    lent = {(row["profile_id"], row["identifier_hash"]) for row in world["steps.lent_cards"]}
    return [
        {
            **identifier,
            "holder": number.get((identifier["profile_id"], identifier["identifier_hash"]), 1),
        }
        for identifier in world["steps.identity_identifiers"]
        if (identifier["profile_id"], identifier["identifier_hash"]) not in lent
        and number.get((identifier["profile_id"], identifier["identifier_hash"]), 1)
    ]


def by_person(
    groups: dict[tuple[str, tuple[str, int], str], Rows],
) -> dict[tuple[str, tuple[str, int], Any], set[str]]:
    """Groups of people of one name, parted where genders or generations differ.

    A record that does not say which of them it is is in no group.
    """
    found: dict[tuple[str, tuple[str, int], Any], set[str]] = defaultdict(set)
    for (rule, value, name), profiles in groups.items():
        genders = {p["gender"] for p in profiles} - {None}
        years = {p["birth_date"].year for p in profiles if p["birth_date"]}
        two_generations = bool(years) and max(years) - min(years) >= GENERATION
        for profile in profiles:
            key = [name]
            if len(genders) > 1:
                key.append(profile["gender"])
            if two_generations:
                key.append(profile["birth_date"] and str(profile["birth_date"]))
            if None not in key:
                found[rule, value, tuple(key)].add(profile["profile_id"])
    return found
