"""Finds a person in the warehouse by any identifier, and gathers by what she is named there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from one360.errors import UsageError
from one360.rights.forms import contact_hash, forms, parts_of_phone, spellings

#: Types of identifiers whose values mean the same everywhere.
GLOBAL_TYPES = ("phone", "email", "card", "unionid")

#: Fewest digits of a phone that are looked for at the end of one.
_LEAST_DIGITS = 7

#: Customers that a message lists.
_LISTED = 5


@dataclass(frozen=True)
class Profile:
    """A record of the person."""

    profile_id: str
    source_system: str
    profile_type: str
    natural_key: str
    natural_key_hash: str


@dataclass(frozen=True)
class Identifier:
    """A value that a record carries; ``is_shared`` where another customer carries it too."""

    identifier_type: str
    namespace: str
    value: str
    identifier_hash: str
    is_shared: bool

    @property
    def space(self) -> str:
        """Where the value counts."""
        return self.namespace or self.identifier_type


@dataclass(frozen=True)
class Person:
    """A customer, with all ids of hers since they were issued.

    Attributes:
        one_id: the present id.
        issued: id → when it was issued (UTC), those that were merged into it among them.
        profiles: her records.
        identifiers: what they carry.
        parts_of_others: parts of keys that other customers' keys have too, as the id of an app.
    """

    one_id: str
    issued: dict[str, str]
    profiles: tuple[Profile, ...]
    identifiers: tuple[Identifier, ...]
    parts_of_others: frozenset[str]

    def values(self) -> Iterator[tuple[str, str]]:
        """Space and value of what names her and nobody else, in all spellings."""
        shared = self.parts_of_others | {each.value for each in self.identifiers if each.is_shared}
        for each in self.identifiers:
            if each.is_shared:
                continue
            for part in _parts(each.value):
                if part not in shared:
                    yield from ((each.space, one) for one in spellings(each.space, part))
            if each.identifier_type in ("phone", "email"):
                yield "contact_hash", contact_hash(each.value)
        for profile in self.profiles:
            for part in _parts(profile.natural_key):
                if part not in shared and part not in {one.value for one in self.identifiers}:
                    yield profile.source_system, part

    def hashes(self) -> set[str]:
        """Keyed hashes that stand for her records and values; her ids are not among them."""
        return {
            *(profile.profile_id for profile in self.profiles),
            *(profile.natural_key_hash for profile in self.profiles),
            *(each.identifier_hash for each in self.identifiers if not each.is_shared),
        }


def _parts(key: str) -> Iterator[str]:
    """A key of several columns is one of a person by each of them, as an openid within an app."""
    yield from (part for part in key.split("|") if part)


def find(connection: duckdb.DuckDBPyConnection, given: str) -> Person:
    """The customer that an identifier names.

    Args:
        connection: uses the catalog of the warehouse.
        given: an id, present or former, a profile_id, or a value of any identifier in any spelling,
            on request with its type before it as in ``card:C100``.

    Raises:
        UsageError: it names nobody, or several.
    """
    found = _ids(connection, given.strip())
    if not found:
        raise UsageError(
            f"nobody is known by {given!r}; give a one_id, a phone, an e-mail, a card …"
        )
    if len(found) > 1:
        named = ", ".join(f"{one_id} ({how})" for one_id, how in sorted(found.items())[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise UsageError(f"{len(found)} customers are known by {given!r}: {named}{more}; give one")
    return _gathered(connection, next(iter(found)))


def _ids(connection: duckdb.DuckDBPyConnection, given: str) -> dict[str, str]:
    """one_id → by what it is named so."""
    rows = connection.execute(
        "select current_one_id from core.issued_one_ids "
        "where one_id = ? and current_one_id is not null",
        [given],
    ).fetchall()
    rows += connection.execute(
        "select one_id from identity.int_identity__one_ids where profile_id = ?", [given]
    ).fetchall()
    if rows:
        return {str(row[0]): "id" for row in rows}
    types = [
        str(row[0])
        for row in connection.execute(
            "select distinct identifier_type from identity.int_identity__identifiers"
        ).fetchall()
    ]
    prefix, _, rest = given.partition(":")
    if rest and prefix in types:
        types, given = [prefix], rest.strip()
    digits = forms(connection, "phone", [given])[given]
    result: dict[str, str] = {}
    for one_id, kind in connection.execute(
        """
        select one_ids.one_id, min(identifiers.identifier_type)
        from identity.int_identity__identifiers as identifiers
        inner join identity.int_identity__one_ids as one_ids
            on identifiers.profile_id = one_ids.profile_id
        where
            list_contains($types, identifiers.identifier_type)
            and (
                identifiers.identifier_value in ($given, $email, $card)
                or list_contains(string_split(identifiers.identifier_value, '|'), $given)
                or (
                    identifiers.identifier_type = 'phone'
                    and length($digits) >= $least
                    and substr(identifiers.identifier_value, 2) in ($digits, $code || $digits)
                )
            )
        group by one_ids.one_id
        """,
        {
            "types": types,
            "given": given,
            "email": forms(connection, "email", [given])[given],
            "card": forms(connection, "card", [given])[given],
            "digits": digits,
            "least": _LEAST_DIGITS,
            "code": _usual_code(connection),
        },
    ).fetchall():
        result[str(one_id)] = str(kind)
    return result


def _usual_code(connection: duckdb.DuckDBPyConnection) -> str:
    """Calling code of most phones of the shop, which may be left out."""
    row = connection.execute(
        "select mode(left(identifier_value, 4)) from identity.int_identity__identifiers "
        "where identifier_type = 'phone'"
    ).fetchone()
    return parts_of_phone(str(row[0]))[0] if row and row[0] else ""


def _gathered(connection: duckdb.DuckDBPyConnection, one_id: str) -> Person:
    profiles = connection.execute(
        """
        select
            profiles.profile_id, profiles.source_system, profiles.profile_type,
            profiles.natural_key, profiles.natural_key_hash
        from identity.int_identity__profiles as profiles
        inner join identity.int_identity__one_ids as one_ids
            on profiles.profile_id = one_ids.profile_id
        where one_ids.one_id = ? order by all
        """,
        [one_id],
    ).fetchall()
    identifiers = connection.execute(
        """
        with held as (
            select one_ids.one_id, identifiers.*
            from identity.int_identity__identifiers as identifiers
            inner join identity.int_identity__one_ids as one_ids
                on identifiers.profile_id = one_ids.profile_id
        )

        select
            identifier_type, namespace, identifier_value, identifier_hash,
            count(distinct one_id) > 1
        from held
        where identifier_hash in (select identifier_hash from held where one_id = ?)
        group by all order by all
        """,
        [one_id],
    ).fetchall()
    others = connection.execute(
        """
        with parts as (
            select distinct one_ids.one_id, unnest(string_split(profiles.natural_key, '|')) as part
            from identity.int_identity__profiles as profiles
            inner join identity.int_identity__one_ids as one_ids
                on profiles.profile_id = one_ids.profile_id
        )

        select part from parts where part <> '' group by part
        having count(*) > 1 and bool_or(one_id = ?)
        """,
        [one_id],
    ).fetchall()
    issued = connection.execute(
        "select one_id, strftime(issued_at, '%Y-%m-%d %H:%M:%S') from core.issued_one_ids "
        "where current_one_id = ? order by issued_at, one_id",
        [one_id],
    ).fetchall()
    return Person(
        one_id,
        {str(each): str(at) for each, at in issued},
        tuple(Profile(*row) for row in profiles),
        tuple(Identifier(*row) for row in identifiers),
        frozenset(str(row[0]) for row in others),
    )
