"""Which records are compared at all."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from one360.identity.records import ID_FIELDS

#: In a block that is too large each record is compared with so many that follow it.
NEIGHBOURS = 5


def blocking_keys(columns: Sequence[str]) -> dict[str, str]:
    """Rule name → SQL of a key; only records with an equal key are compared.

    Each key survives another kind of error, so that a pair is missed only if all of
    its fields are damaged at once.
    """
    present = set(columns)
    year = "left(birth_date, 4)"
    keys: dict[str, tuple[tuple[str, ...], str]] = {
        "names": (
            ("given_name", "surname"),
            "least(given_name_sound, surname_sound) || '|' ||"
            " greatest(given_name_sound, surname_sound)",
        ),
        "name_starts": (
            ("given_name", "surname"),
            "least(left(given_name_sound, 3), left(surname_sound, 3)) || '|' ||"
            " greatest(left(given_name_sound, 3), left(surname_sound, 3))",
        ),
        "initial_and_surname": (
            ("given_name", "surname"),
            "left(given_name_sound, 1) || '|' || surname_sound",
        ),
        "given_name_birth_year": (
            ("given_name", "birth_date"),
            f"given_name_sound || '|' || {year}",
        ),
        "surname_birth_year": (("surname", "birth_date"), f"surname_sound || '|' || {year}"),
        "birth_day": (
            ("given_name", "birth_date"),
            "left(given_name_sound, 1) || '|' || nullif(right(birth_date, 4), birth_date)",
        ),
        "given_name_city": (("given_name", "city"), "given_name_sound || '|' || city"),
        "surname_city": (("surname", "city"), "surname_sound || '|' || city"),
        "given_name_postcode": (
            ("given_name", "postcode"),
            "left(given_name_sound, 2) || '|' || postcode",
        ),
        "given_name": (("given_name",), "given_name_sound"),
        "surname": (("surname",), "surname_sound"),
        "birth_date": (("birth_date",), "birth_date"),
        "email": (("email",), "email"),
        "email_name": (("email",), "split_part(email, '@', 1)"),
        "phone": (("phone",), "phone"),
        "phone_start": (("phone",), "left(phone, 8)"),
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


def block_pairs(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], most: int, budget: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of places in table records (column place) that share a key, the smaller first.

    A key shared by more than ``most`` records would make their number squared of pairs;
    such a crowd is put in the order of its names and walked instead. ``most`` is lowered as
    far as the pairs of all keys together stay within ``budget``. Keys beside those of
    :func:`blocking_keys` stand in table more_keys (place, rule, block_key).
    """
    keys = blocking_keys(columns)
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
        [
            "select place, rule, block_key from more_keys",
            *(
                f"select place, '{rule}' as rule, {sql} as block_key from records"
                for rule, sql in keys.items()
            ),
        ]
    )
    roots = " union all ".join(
        "select place, 'root' as rule, root || '|' || " + other + " as block_key from ("
        "select *, unnest(string_split(trim(given_roots, '|'), '|')) as root from records)"
        for other, needed in (("surname_sound", "surname"), ("left(birth_date, 4)", "birth_date"))
        if needed in columns and "given_name" in columns
    )
    keyed = f"{keyed} union all {roots}" if roots else keyed
    connection.execute(
        "create temp table ranked as select keyed.place, rule, block_key,"
        " count(*) over (partition by rule, block_key) as block_size,"
        " row_number() over (partition by rule, block_key"
        f" order by {', '.join(f'records.{c}' for c in [*order, 'record_id'])}) as number"
        f" from (select distinct * from ({keyed}) where block_key <> '') as keyed"
        " inner join records on keyed.place = records.place"
        " qualify block_size > 1"
    )
    sizes = connection.execute(
        "select block_size, count(*) // block_size from ranked group by 1 order by 1"
    ).fetchnumpy()
    size, blocks = (np.asarray(column, float) for column in sizes.values())
    largest = _largest_block(size, blocks, most, budget)
    found = connection.execute(
        "select distinct least(l.place, r.place) as l, greatest(l.place, r.place) as r"
        " from ranked as l inner join ranked as r"
        " on l.rule = r.rule and l.block_key = r.block_key and l.number < r.number"
        " where l.block_size <= ? or r.number - l.number <= ?"
        " order by 1, 2",
        [largest, NEIGHBOURS],
    ).fetchnumpy()
    connection.execute("drop table ranked")
    return np.asarray(found["l"], np.int64), np.asarray(found["r"], np.int64)


def _largest_block(sizes: np.ndarray, blocks: np.ndarray, most: int, budget: int) -> int:
    """The largest size up to ``most`` whose blocks and all smaller ones make no more pairs."""
    if not len(sizes):
        return most
    pairs = np.cumsum(blocks * sizes * (sizes - 1) / 2)
    within = sizes[(pairs <= budget) & (sizes <= most)]
    return int(within.max()) if len(within) else 2
