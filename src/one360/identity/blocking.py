"""Which records are compared at all, and on which the model learns."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from one360.identity.records import ID_FIELDS

#: In a block above max_block_records each record is compared with so many that follow it.
NEIGHBOURS = 5


def blocking_keys(columns: Sequence[str]) -> dict[str, str]:
    """Rule name → SQL of a key; only records with an equal key are compared.

    Each key survives another kind of error, so that a pair is missed only if all of
    its fields are damaged at once.
    """
    present = set(columns)
    keys: dict[str, tuple[tuple[str, ...], str]] = {
        "names": (
            ("given_name", "surname"),
            "least(given_name_sound, surname_sound) || '|' ||"
            " greatest(given_name_sound, surname_sound)",
        ),
        "given_name_birth_year": (
            ("given_name", "birth_date"),
            "given_name_sound || '|' || left(birth_date, 4)",
        ),
        "surname_birth_year": (
            ("surname", "birth_date"),
            "surname_sound || '|' || left(birth_date, 4)",
        ),
        "given_name_city": (("given_name", "city"), "given_name_sound || '|' || city"),
        "surname_city": (("surname", "city"), "surname_sound || '|' || city"),
        "given_name": (("given_name",), "given_name_sound"),
        "surname": (("surname",), "surname_sound"),
        "birth_date": (("birth_date",), "birth_date"),
        "email": (("email",), "email"),
        "email_name": (("email",), "split_part(email, '@', 1)"),
        "phone": (("phone",), "right(phone, 11)"),
        "phone_start": (("phone",), "left(right(phone, 11), 8)"),
        "phone_end": (("phone",), "right(phone, 7)"),
        "street": (("address_1",), "address_1"),
        "street_swapped": (("address_2",), "address_2"),
        "house": (("street_number", "postcode"), "street_number || '|' || postcode"),
        "place": (("postcode", "city"), "postcode || '|' || city"),
    }
    for column in ID_FIELDS:
        keys[column] = ((column,), column)
        keys[f"{column}_start"] = ((column,), f"left({column}, greatest(4, length({column}) // 2))")
        keys[f"{column}_end"] = ((column,), f"right({column}, greatest(4, length({column}) // 2))")
    return {rule: sql for rule, (needed, sql) in keys.items() if present.issuperset(needed)}


def block_pairs(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], most: int) -> int:
    """Fill ``blocked`` with pairs of record ids that share a key; returns how many.

    A key shared by more than ``most`` records would make their number squared of pairs;
    such a crowd is put in the order of its names and walked instead.
    """
    keys = blocking_keys(columns)
    if not keys:
        return 0
    order = [
        name
        for column, name in (
            ("surname", "surname_sound"),
            ("given_name", "given_name_sound"),
            ("birth_date", "birth_date"),
        )
        if column in columns
    ]
    keyed = " union all ".join(
        f"select record_id, '{rule}' as rule, {sql} as block_key from records"
        for rule, sql in keys.items()
    )
    connection.execute(
        "create table ranked as"
        " select keyed.record_id, rule, block_key,"
        " count(*) over (partition by rule, block_key) as block_size,"
        " row_number() over (partition by rule, block_key"
        f" order by {', '.join(f'records.{c}' for c in [*order, 'record_id'])}) as place"
        f" from ({keyed}) as keyed inner join records on keyed.record_id = records.record_id"
        " where block_key <> ''"
    )
    connection.execute(
        "create table blocked as"
        " select least(l.record_id, r.record_id) as join_key_l,"
        " greatest(l.record_id, r.record_id) as join_key_r, '0' as match_key"
        " from ranked as l inner join ranked as r"
        " on l.rule = r.rule and l.block_key = r.block_key and l.place < r.place"
        " where l.block_size <= ? or r.place - l.place <= ?"
        " group by 1, 2",
        [most, NEIGHBOURS],
    )
    connection.execute("drop table ranked")
    return row_count(connection, "blocked")


def row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table or of a query in brackets."""
    row = connection.execute(f"select count(*) from {table}").fetchall()[0]
    return int(row[0])


def strong_rules(columns: Sequence[str]) -> list[str]:
    """Conditions that hardly ever hold for two people; they set the prior."""
    present = set(columns)
    rules = [f"l.{c} = r.{c}" for c in ID_FIELDS if c in present]
    if present >= {"given_name", "surname", "birth_date"}:
        rules.append(
            "l.given_name = r.given_name and l.surname = r.surname and l.birth_date = r.birth_date"
        )
    if "given_name" in present:
        rules += [
            f"l.given_name = r.given_name and l.{c} = r.{c}"
            for c in ("phone", "email")
            if c in present
        ]
    else:
        rules += [f"l.{c} = r.{c}" for c in ("phone", "email") if c in present]
    return rules


def training_rules(columns: Sequence[str]) -> list[str]:
    """Blocks on which m is learnt: two at least, so that each field is free in one."""
    present = set(columns)
    candidates = [
        ("birth_date",),
        *((c,) for c in ID_FIELDS),
        ("phone",),
        ("email",),
        ("postcode",),
        ("given_name", "surname"),
        ("surname", "city"),
    ]
    rules = [needed for needed in candidates if present.issuperset(needed)]
    return [" and ".join(f"l.{c} = r.{c}" for c in needed) for needed in rules[:4]]
