"""Why two records are one customer: the chain of shared values between them.

Read from the warehouse, which only its owner may open: there a record can be named by its
natural key. What is shown is masked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from one360.errors import One360Error, UsageError, one_line
from one360.paths import DatasetPaths, shown
from one360.printing import table_lines
from one360.sql import literal


@dataclass(frozen=True)
class _Record:
    profile_id: str
    label: str
    one_id: str


@dataclass(frozen=True)
class _Step:
    one: str
    other: str
    rule: str
    value: str
    trust: str
    is_bridge: bool | None
    is_whole_chain: bool

    def turned(self) -> _Step:
        return replace(self, one=self.other, other=self.one)


def explain(paths: DatasetPaths, record: str, other: str | None = None) -> list[str]:
    """The lines that say what joins two records, or a record and the first of its customer.

    Args:
        paths: the data set.
        record: a profile_id, or profile type and natural key as in ``crm_member M123``.
        other: the same of another record; the first record of the customer without.

    Raises:
        UsageError: nothing is built, or there is no such record.
        One360Error: the warehouse cannot be read.
    """
    if not paths.warehouse.exists():
        raise UsageError(f"{shown(paths.warehouse)} is not there: build first")
    connection = duckdb.connect()
    try:
        connection.execute(f"attach {literal(paths.warehouse)} as {paths.dataset} (read_only)")
        connection.execute(f"use {paths.dataset}")
        found = _record(connection, record)
        if other is None:
            return _lines_of_chain(connection, found, _chain(connection, found.profile_id))
        second = _record(connection, other)
        if found.one_id != second.one_id:
            return _lines_of_two(connection, found, second)
        chains = [_chain(connection, each.profile_id) for each in (found, second)]
        return _lines_of_chain(connection, found, _between(*chains))
    except duckdb.CatalogException as error:
        raise UsageError(
            f"{shown(paths.warehouse)} holds no explanations yet: build first "
            f"({one_line(error, 100)})"
        ) from None
    except duckdb.Error as error:
        raise One360Error(f"{shown(paths.warehouse)} cannot be read: {one_line(error)}") from None
    finally:
        connection.close()


def _record(connection: duckdb.DuckDBPyConnection, named: str) -> _Record:
    rows = connection.execute(
        """
        select
            profiles.profile_id,
            profiles.profile_type || ' ' || left(profiles.profile_id, 8),
            one_ids.one_id
        from identity.int_identity__profiles as profiles
        inner join identity.int_identity__one_ids as one_ids
            on profiles.profile_id = one_ids.profile_id
        where $1 in (profiles.profile_id, profiles.profile_type || ' ' || profiles.natural_key)
        """,
        [named.strip()],
    ).fetchall()
    if len(rows) != 1:
        raise UsageError(
            f"there is no record {named!r}; name it by its profile_id, or as "
            "'crm_member M123', the profile type and its own key"
        )
    return _Record(*rows[0])


def _chain(connection: duckdb.DuckDBPyConnection, profile_id: str) -> list[_Step]:
    """Steps from the first record of the customer to this one."""
    rows = connection.execute(
        """
        select
            from_profile_type || ' ' || left(from_profile_id, 8),
            to_profile_type || ' ' || left(to_profile_id, 8),
            rule,
            coalesce(identifier_masked, 'decided by hand'),
            'tier ' || tier || ', trust ' || trust,
            is_bridge,
            is_whole_chain
        from quality.identity_explanations
        where profile_id = ?
        order by step_number
        """,
        [profile_id],
    ).fetchall()
    return [_Step(*row) for row in rows]


def _between(one: list[_Step], other: list[_Step]) -> list[_Step]:
    """The chain between two records, from the chains of both to the first record."""
    if not all(step.is_whole_chain for step in (*one, *other)):
        return [*one, *other]
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    up, down = one[shared:], other[shared:]
    if up and down and (up[0].rule, up[0].value) == (down[0].rule, down[0].value):
        # both carry the value, so the record above is no part of the way
        first = replace(down[0], one=up[0].other)
        return [*(step.turned() for step in reversed(up[1:])), first, *down[1:]]
    return [*(step.turned() for step in reversed(up)), *down]


def _lines_of_chain(
    connection: duckdb.DuckDBPyConnection, record: _Record, chain: list[_Step]
) -> list[str]:
    size = connection.execute(
        "select count(*) from identity.int_identity__one_ids where one_id = ?", [record.one_id]
    ).fetchone()
    rows = [
        (
            f"{number}.",
            step.one,
            "=",
            step.other,
            f"by {step.rule} {step.value} ({step.trust})",
            "holds the customer together" if step.is_bridge else "",
        )
        for number, step in enumerate(chain, start=1)
    ]
    is_whole = all(step.is_whole_chain for step in chain)
    return [
        f"customer {record.one_id}: {size[0] if size else 0:,} records"
        + ("" if is_whole else ", too many to walk through; the strongest link of each:"),
        *(table_lines(rows) or [f"  {record.label} is its first record"]),
    ]


def _lines_of_two(connection: duckdb.DuckDBPyConnection, one: _Record, other: _Record) -> list[str]:
    """That the two are two customers, and which links between these were refused."""
    refused: list[Any] = connection.execute(
        """
        select distinct refusals.rule, refusals.refusal_reason,
            coalesce(refusals.held_masked, '-'), coalesce(refusals.other_masked, '-')
        from identity.int_identity__refusals as refusals
        inner join identity.int_identity__one_ids as ones
            on refusals.profile_id = ones.profile_id
        inner join identity.int_identity__one_ids as others
            on refusals.linked_profile_id = others.profile_id
        where (ones.one_id, others.one_id) in (($1, $2), ($2, $1))
        order by all
        """,
        [one.one_id, other.one_id],
    ).fetchall()
    return [
        f"{one.label} and {other.label} are two customers: {one.one_id} and {other.one_id}",
        *(
            f"  a link by {rule} was refused: {reason} ({held} and {against})"
            for rule, reason, held, against in refused
        ),
        *([] if refused else ["  no rule offers a link between them"]),
    ]
