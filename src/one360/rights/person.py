"""Finds a person in the warehouse by any identifier, and gathers by what she is named there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import duckdb

from one360.errors import UsageError
from one360.rights.forms import contact_hash, forms, forms_sql, parts_of_phone, spellings

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
class Email:
    """An address as staged; ``is_shared`` where another customer has its mailbox too."""

    value: str
    is_shared: bool


@dataclass(frozen=True)
class Person:
    """A customer, with all ids of hers since they were issued.

    Attributes:
        one_id: the present id.
        issued: id → when it was issued (UTC), those that were merged into it among them.
        profiles: her records.
        identifiers: what they carry.
        parts_of_others: parts of keys that other customers' keys have too, as the id of an app.
        emails: her addresses as staged, which identity may compare in a shorter form.
        former: records of hers that are in no source any more.
    """

    one_id: str
    issued: dict[str, str]
    profiles: tuple[Profile, ...]
    identifiers: tuple[Identifier, ...]
    parts_of_others: frozenset[str]
    emails: tuple[Email, ...] = ()
    former: tuple[str, ...] = ()

    def values(self, with_shared: bool = False) -> Iterator[tuple[str, str]]:
        """Space and value of what names her and nobody else, in all spellings.

        Args:
            with_shared: what she has together with other customers as well.
        """
        shared = self.parts_of_others | {
            each.value for each in self.identifiers if each.is_shared and not with_shared
        }
        for email in self.emails:
            if with_shared or not email.is_shared:
                yield "email", email.value
                yield "contact_hash", contact_hash(email.value)
        for each in self.identifiers:
            if each.is_shared and not with_shared:
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
            *self.former,
            *(profile.profile_id for profile in self.profiles),
            *(profile.natural_key_hash for profile in self.profiles),
            *(each.identifier_hash for each in self.identifiers if not each.is_shared),
        }


def _parts(key: str) -> Iterator[str]:
    """A key of several columns is one of a person by each of them, as an openid within an app."""
    yield from (part for part in key.split("|") if part)


def find(connection: duckdb.DuckDBPyConnection, given: str) -> str:
    """The one_id of the customer that an identifier names.

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
    return next(iter(found))


def _ids(connection: duckdb.DuckDBPyConnection, given: str) -> dict[str, str]:
    """one_id → by what it is named so."""
    email = forms_sql("email", "identifiers.identifier_value")[0]
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
        f"""
        select one_ids.one_id, min(identifiers.identifier_type)
        from identity.int_identity__identifiers as identifiers
        inner join identity.int_identity__one_ids as one_ids
            on identifiers.profile_id = one_ids.profile_id
        where
            list_contains($types, identifiers.identifier_type)
            and (
                identifiers.identifier_value in ($given, $card)
                or (
                    contains($given, '@')
                    and identifiers.identifier_type = 'email'
                    and {email} = $email
                )
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


def gathered(
    connection: duckdb.DuckDBPyConnection, one_id: str, together: Collection[str] = ()
) -> Person:
    """A customer by her one_id.

    Args:
        connection: uses the catalog of the warehouse.
        one_id: her present id.
        together: customers who are no others to her: what they have too is not shared.
    """
    ids = sorted({one_id, *together})
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
    identifiers = [Identifier(*row) for row in _identifiers(connection, one_id, ids)]
    others = connection.execute(
        """
        with parts as (
            select distinct one_ids.one_id, unnest(string_split(profiles.natural_key, '|')) as part
            from identity.int_identity__profiles as profiles
            inner join identity.int_identity__one_ids as one_ids
                on profiles.profile_id = one_ids.profile_id
        )

        select part from parts where part <> '' group by part
        having
            count(*) > 1
            and bool_or(one_id = $one_id)
            and (bool_or(not list_contains($ids, one_id)) or not list_contains($values, part))
        """,
        {"one_id": one_id, "ids": ids, "values": [each.value for each in identifiers]},
    ).fetchall()
    issued = connection.execute(
        "select one_id, strftime(issued_at, '%Y-%m-%d %H:%M:%S') from core.issued_one_ids "
        "where current_one_id = ? order by issued_at, one_id",
        [one_id],
    ).fetchall()
    last_held = connection.execute(
        """
        with last_held as (
            select profile_id, one_id from identity.int_identity__assignments
            qualify row_number() over (
                partition by profile_id order by assigned_at desc, build_number desc
            ) = 1
        )

        select profile_id from last_held where list_contains(?, one_id) order by all
        """,
        [[str(each) for each, _ in issued]],
    ).fetchall()
    present = {str(row[0]) for row in profiles}
    return Person(
        one_id,
        {str(each): str(at) for each, at in issued},
        tuple(Profile(*row) for row in profiles),
        tuple(identifiers),
        frozenset(str(row[0]) for row in others),
        tuple(_emails(connection, identifiers)),
        tuple(str(row[0]) for row in last_held if str(row[0]) not in present),
    )


def _identifiers(
    connection: duckdb.DuckDBPyConnection, one_id: str, ids: list[str]
) -> list[tuple[str, str, str, str, bool]]:
    """What her records carry, cards that were lent left out: they are of who lent them."""
    return connection.execute(
        f"""
        with held as (
            select
                one_ids.one_id,
                identifiers.*,
                case
                    when identifiers.identifier_type = 'email'
                        then {forms_sql("email", "identifiers.identifier_value")[0]}
                    else identifiers.identifier_hash
                end as sharing_key
            from identity.int_identity__identifiers as identifiers
            inner join identity.int_identity__one_ids as one_ids
                on identifiers.profile_id = one_ids.profile_id
            anti join identity.int_identity__lent_cards as lent_cards
                on
                    identifiers.profile_id = lent_cards.profile_id
                    and identifiers.identifier_hash = lent_cards.identifier_hash
        ),

        of_others as (
            select distinct sharing_key from held where not list_contains($ids, one_id)
        )

        select distinct
            held.identifier_type, held.namespace, held.identifier_value, held.identifier_hash,
            of_others.sharing_key is not null
        from held
        left join of_others on held.sharing_key = of_others.sharing_key
        where held.one_id = $one_id
        order by all
        """,
        {"ids": ids, "one_id": one_id},
    ).fetchall()


def _emails(
    connection: duckdb.DuckDBPyConnection, identifiers: list[Identifier]
) -> Iterator[Email]:
    """Addresses as staged whose mailbox is hers."""
    sources = ["select email from identity.int_identity__profiles"]
    if connection.execute(
        "select 1 from duckdb_views() where database_name = current_database() "
        "and schema_name = 'input' and view_name = 'input_identifiers'"
    ).fetchone():
        sources.append(
            "select identifier_value from input.input_identifiers where identifier_type = 'email'"
        )
    boxes = {each.value: each.is_shared for each in identifiers if each.identifier_type == "email"}
    shared = {form: boxes[box] for box, form in forms(connection, "email", boxes).items()}
    form = forms_sql("email", "email")[0]
    for email, box in connection.execute(
        f"select distinct email, {form} as form from ({' union '.join(sources)}) as staged "
        "where list_contains(?::varchar[], form) order by all",
        [sorted(shared)],
    ).fetchall():
        yield Email(str(email), shared[str(box)])
