"""Pairs of records as levels of the comparisons, and how rare what they share is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from one360.identity.bags import Bags, alike, make_bags
from one360.identity.comparisons import COSINES, Comparison
from one360.identity.dates import day_number

#: Pairs that are compared at once.
AT_ONCE = 1_000_000
#: No value is believed to be rarer than this among other people.
RAREST = {"given_name": 2e-4, "surname": 5e-5, "birth_date": 4e-5}
RAREST_CODE = 1e-5
#: Bits that the words of an address or attribute can speak for one person at most.
MOST_BITS = 15.0


@dataclass(frozen=True)
class Levels:
    """What pairs agree in.

    Attributes:
        level: pairs × comparisons; 0 missing, then the labels of the comparison.
        rarity: pairs × comparisons: log2 of how often two people share just this value, of
            pairs at the first level; NaN of others.
    """

    level: np.ndarray
    rarity: np.ndarray


class Compared:
    """The records of one run, ready to be compared pair by pair."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        records: pd.DataFrame,
        comparisons: Sequence[Comparison],
    ) -> None:
        self.connection = connection
        self.comparisons = list(comparisons)
        self.rows = len(records)
        self.bags: dict[str, Bags] = {}
        self.shared: dict[str, np.ndarray] = {}
        people, several = _people(records)
        for comparison in self.comparisons:
            if comparison.sql is None:
                self.bags[comparison.name] = make_bags(_together(records, comparison.columns))
            elif comparison.name != "gender":
                self.shared[comparison.name] = _log_shares(
                    records, comparison.columns[0], people, several
                )
        _create_records(connection, records)
        _create_more_keys(connection, self.bags)

    def levels(self, left: np.ndarray, right: np.ndarray) -> Levels:
        """Levels of pairs, each given as two places of records."""
        level = np.zeros((len(left), len(self.comparisons)), np.int8)
        rarity = np.full(level.shape, np.nan, np.float32)
        for start in range(0, len(left), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            self._from_sql(left[part], right[part], level[part])
        for number, comparison in enumerate(self.comparisons):
            if comparison.sql is None:
                level[:, number], rarity[:, number] = _bag_levels(
                    *alike(self.bags[comparison.name], left, right)
                )
            elif comparison.name in self.shared:
                equal = level[:, number] == 1
                rarity[equal, number] = self.shared[comparison.name][left[equal]]
        return Levels(level, rarity)

    def _from_sql(self, left: np.ndarray, right: np.ndarray, level: np.ndarray) -> None:
        asked = [(n, c.sql) for n, c in enumerate(self.comparisons) if c.sql is not None]
        if not asked:
            return
        pairs = pa.table(
            {"l": pa.array(left), "r": pa.array(right), "n": pa.array(np.arange(len(left)))}
        )
        self.connection.register("given_pairs", pairs)
        columns = ", ".join(f"cast({sql} as tinyint) as level_{n}" for n, sql in asked)
        found = self.connection.execute(
            f"select n, {columns} from given_pairs"
            " inner join records as l on given_pairs.l = l.place"
            " inner join records as r on given_pairs.r = r.place"
        ).fetchnumpy()
        self.connection.unregister("given_pairs")
        order = np.asarray(found["n"], np.int64)
        for n, _ in asked:
            level[order, n] = np.asarray(found[f"level_{n}"], np.int8)


def _bag_levels(cosine: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    level = np.full(len(cosine), len(COSINES) + 1, np.int8)
    for number in range(len(COSINES), 0, -1):
        level[cosine >= COSINES[number - 1]] = number
    level[np.isnan(cosine)] = 0
    rarity = -np.minimum(np.nan_to_num(shared), MOST_BITS)
    return level, np.where((level == 1), rarity, np.nan).astype(np.float32)


def _together(records: pd.DataFrame, columns: Sequence[str]) -> list[str | None]:
    rows = zip(*(records[column] for column in columns), strict=True)
    return [" ".join(part for part in row if part) or None for row in rows]


def _people(records: pd.DataFrame) -> tuple[np.ndarray | None, int]:
    """A number per different name of a record, and how many there are; None without names.

    A record of whose given name nothing is known has -1: it may be any of the others.
    """
    parts = [c for c in ("given_name_sound", "surname_sound") if c in records]
    if not parts:
        return None, len(records)
    names = records[parts[0]].fillna("")
    for part in parts[1:]:
        names = names + "|" + records[part].fillna("")
    codes, unique = pd.factorize(names.where(records[parts[0]].notna()))
    return codes, max(len(unique), 2)


def _log_shares(
    records: pd.DataFrame, column: str, people: np.ndarray | None, several: int
) -> np.ndarray:
    """log2 of the share of other people who have the value of each record; by names of people.

    A value of one name alone may be one person's, however many records carry it.
    """
    codes, unique = pd.factorize(records[column])
    if people is None:
        held = np.bincount(codes[codes >= 0], minlength=len(unique)).astype(float)
    else:
        known = (codes >= 0) & (people >= 0)
        held = (
            pd.DataFrame({"value": codes[known], "person": people[known]})
            .drop_duplicates()["value"]
            .value_counts()
            .reindex(range(len(unique)), fill_value=0)
            .to_numpy(float)
        )
    least = RAREST.get(column, RAREST_CODE)
    if column in ("given_name", "surname"):
        shares = np.maximum(np.maximum(held - 1, 0.5) / several, least)
    else:
        shares = np.maximum((held - 1) / several, least)
    return np.log2(np.minimum(shares, 0.9))[codes]


def _create_records(connection: duckdb.DuckDBPyConnection, records: pd.DataFrame) -> None:
    table = {c: pa.array(list(records[c]), pa.string()) for c in records.columns}
    table["place"] = pa.array(np.arange(len(records)))
    if "birth_date" in records:
        table["birth_day"] = pa.array([day_number(v) for v in records["birth_date"]], pa.int64())
    connection.register("given_records", pa.table(table))
    connection.execute("create temp table records as select * from given_records")
    connection.unregister("given_records")


def _create_more_keys(connection: duckdb.DuckDBPyConnection, bags: dict[str, Bags]) -> None:
    """Rare words of addresses and attributes as keys."""
    connection.execute(
        "create temp table more_keys (place bigint, rule varchar, block_key varchar)"
    )
    for name, bag in bags.items():
        places = np.flatnonzero(bag.code >= 0)
        rare = [bag.rare[code] for code in bag.code[places]]
        rows = [
            (int(p), name, word) for p, words in zip(places, rare, strict=True) for word in words
        ]
        if not rows:
            continue
        columns = list(zip(*rows, strict=True))
        table = pa.table(dict(zip(("place", "rule", "block_key"), columns, strict=True)))
        connection.register("given_keys", table)
        connection.execute("insert into more_keys select * from given_keys")
        connection.unregister("given_keys")
