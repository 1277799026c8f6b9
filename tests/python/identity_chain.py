"""The whole chain from profiles to one_ids and its marts, over given profiles, rules, decisions.

Every given table has a column `step`; the table `clock` says which step's rows count, so that
one dbt process can build one step after the other.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.python.identity_project import ROOT, IdentityProject

RULES = ROOT / "seeds" / "identity"
SALT = "0123456789abcdef"

Row = Mapping[str, Any]

PROFILE = {
    "profile_type": "varchar", "natural_key": "varchar", "name_key": "varchar",
    "surname": "varchar", "gender": "varchar",
    "phone": "varchar", "email": "varchar", "unionid": "varchar", "card_no": "varchar",
    "birth_date": "date", "has_several_people": "boolean",
    "first_seen_at": "timestamp", "last_seen_at": "timestamp",
}  # fmt: skip
SIGNED = {"decided_by": "varchar", "decided_at": "date", "reason": "varchar"}
PAIR = {"profile_id": "varchar", "other_profile_id": "varchar", **SIGNED}
GIVEN = {
    "as_of": {"as_of_at": "timestamp"},
    "profiles": PROFILE,
    "logins": {
        "anonymous_id": "varchar", "user_id": "varchar",
        "first_seen_at": "timestamp", "last_seen_at": "timestamp",
    },
    "identifiers": {
        "source_system": "varchar", "record_type": "varchar", "natural_key": "varchar",
        "identifier_type": "varchar", "namespace": "varchar", "identifier_value": "varchar",
        "seen_at": "timestamp",
    },
    "force_link": PAIR,
    "never_link": PAIR,
    "unmerge": {"profile_id": "varchar", **SIGNED},
    "unbind": {
        "profile_id": "varchar", "identifier_hash": "varchar", "released_date": "date", **SIGNED,
    },
    "identifier_blocklist": {
        "identifier_type": "varchar", "match_kind": "varchar", "pattern": "varchar",
        "reason_code": "varchar", "is_blocked": "boolean",
    },
    "name_agreements": {
        "full_name": "varchar", "other_full_name": "varchar", "agreement": "varchar",
    },
    "probabilistic_pairs": {
        "profile_id": "varchar", "linked_profile_id": "varchar", "rule": "varchar",
        "decision": "varchar", "reason": "varchar", "contributions": "varchar",
        "match_weight": "double", "match_probability": "double",
    },
    "identifier_types": {
        "identifier_type": "varchar", "name_en": "varchar", "name_zh": "varchar",
        "record_type": "varchar", "tier": "integer", "priority": "integer", "trust": "double",
        "normaliser": "varchar", "max_customers": "integer", "window_days": "integer",
        "max_customers_in_window": "integer", "max_records": "integer",
        "max_per_customer": "integer", "max_per_customer_in_window": "integer",
        "changes_hands": "boolean",
        "is_personal": "boolean", "proves_person": "boolean", "is_exclusive": "boolean",
        "on_conflict": "varchar",
    },
}  # fmt: skip

#: Models of the repository that are run.
CHAIN = (
    "int_identity__identifiers", "int_identity__named_people", "int_identity__lent_cards",
    "int_identity__name_meetings", "int_identity__holder_periods",
    "int_identity__suppressed_identifiers", "int_identity__suspect_identifiers",
    "int_identity__decisions", "int_identity__likely_pairs", "int_identity__candidates",
    "int_identity__cannot_link_values", "int_identity__clusters", "int_identity__refusals",
    "int_identity__links", "int_identity__over_caps", "int_identity__capped_parts",
    "int_identity__capped_clusters",
    "int_identity__assignments", "int_identity__one_ids", "customer_profiles",
    "customer_profile_history", "issued_one_ids", "one_id_ledger",
)  # fmt: skip
REVIEW = (
    "int_identity__sure_parts", "int_identity__customer_measures", "identity_review",
    "identity_health", "int_identity__shared_values", "int_identity__value_holders",
    "int_identity__chains", "identity_explanations",
)  # fmt: skip


def profile_id(profile_type: str, natural_key: str, salt: str = SALT) -> str:
    """The profile_id that the project gives such a profile."""
    return hashlib.sha256(f"{salt}|{profile_type}|{natural_key}".encode()).hexdigest()[:32]


def seed_rules(**changes: Row | None) -> list[dict[str, Any]]:
    """Rows of seed identifier_types with columns of some types changed, or the type left out."""
    rows: list[dict[str, Any]] = []
    with (RULES / "identifier_types.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            change = changes.get(row["identifier_type"], {})
            if change is None:
                continue
            kinds = GIVEN["identifier_types"].items()
            rows.append({name: _typed(row[name], kind) for name, kind in kinds} | {**change})
    return rows


def _typed(text: str, kind: str) -> Any:
    if text == "":
        return None
    return {"integer": int, "double": float, "boolean": lambda t: t == "true"}.get(kind, str)(text)


class Chain(IdentityProject):
    """Builds identity over what `give` was told.

    Args:
        folder: an empty folder.
        models: further models, name → SQL or None for the repository's own.
        silence_days: the variable identity_silence_days.
    """

    def __init__(
        self,
        folder: Path,
        models: Mapping[str, str | None] | None = None,
        silence_days: int = 180,
    ) -> None:
        at = "where step = (select step from clock)"
        norms = (RULES / "identity_norms.csv").as_posix()
        given = {
            "int_behaviour__as_of": f"select as_of_at from given_as_of {at}",
            "int_identity__profiles": f"""
                select
                    {{{{ keyed_hash("profile_type || '|' || natural_key") }}}} as profile_id,
                    {{{{ keyed_hash("natural_key") }}}} as natural_key_hash,
                    split_part(profile_type, '_', 1) as source_system,
                    split_part(profile_type, '_', 2) as record_type,
                    coalesce(name_key, surname) as full_name,
                    *
                from given_profiles {at}""",
            # nobody is erased in a chain
            "int_identity__erasures": """
                select
                    cast(null as varchar) as one_id, cast(null as bigint) as profile_count,
                    cast(null as timestamp) as issued_at, cast(null as timestamp) as erased_at
                where false""",
            "int_identity__logins": f"""
                select 'web' as source_system, 'web' as account_system, *
                from given_logins {at}""",
            "input_identifiers": f"select * exclude (step) from given_identifiers {at}",
            "int_identity__name_agreements": f"""
                select * exclude (step) from given_name_agreements {at}""",
            "int_identity__probabilistic_pairs": f"select * from given_probabilistic_pairs {at}",
            "identity_norms": f"select * from read_csv('{norms}')",
            **{
                name: f"select * exclude (step) from given_{name} {at}"
                for name in ("force_link", "never_link", "unmerge", "unbind",
                             "identifier_blocklist", "identifier_types")
            },
        }  # fmt: skip
        super().__init__(folder, {**given, **dict.fromkeys(CHAIN), **(models or {})}, silence_days)
        self.steps: dict[str, list[dict[str, Any]]] = {name: [] for name in GIVEN}

    def give(self, step: int, **tables: Iterable[Row]) -> None:
        """Rows of a step; columns not named are NULL, rules not given are the seed's."""
        tables.setdefault("identifier_types", seed_rules())
        for name, rows in tables.items():
            columns = GIVEN[name]
            for row in rows:
                assert set(row) <= set(columns), set(row) - set(columns)
                self.steps[name].append({"step": step, **dict.fromkeys(columns), **row})

    def write_steps(self) -> None:
        """Put all given rows into the warehouse, the clock at step 0."""
        for name, columns in GIVEN.items():
            kinds = {"step": "integer", **columns}
            definition = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
            rows = [tuple(_plain(row[column]) for column in kinds) for row in self.steps[name]]
            self.write(f"given_{name}", definition, rows)
        self.write("clock", "step integer", [(0,)])


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (date, datetime)) else value
