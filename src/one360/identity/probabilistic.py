"""Records that share no exact identifier: how likely two of them are one person.

The model is that of Fellegi and Sunter (1969): each comparison (given name, birth date,
…) falls into a level, and each level has a weight, log2(m / u), m being how often
records of one person fall there and u how often records of two people do. Splink
(Linacre et al. 2022) learns u from random pairs and m by expectation maximisation, so
no labels are needed; nothing here is fitted to a truth.

Everything is pure: frames in, frames out, in a DuckDB of its own.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from one360.identity.blocking import block_pairs
from one360.identity.clusters import groups_of
from one360.identity.comparisons import comparisons_for
from one360.identity.names import has_han
from one360.identity.records import ID_FIELDS, TEXT_FIELDS, prepare
from one360.identity.splink_model import (
    LinkOptions,
    learnt_weights,
    quiet,
    score_pairs,
    train,
)

#: What :func:`decide` returns, and of which type.
DECIDED_TYPES: dict[str, str] = {
    "record_id": "str",
    "other_id": "str",
    "rule": "str",
    "decision": "str",
    "reason": "str",
    "contributions": "str",
    "match_weight": "float64",
    "match_probability": "float64",
}


class NothingToCompare(ValueError):
    """The records carry too few of the fields that the model compares."""


@dataclass(frozen=True)
class LinkResult:
    """Scored pairs and what the model learnt.

    Attributes:
        pairs: one row per blocked pair above the floor: record_id < other_id (text),
            match_weight (bits, prior included), match_probability (0 to 1) and
            contributions (JSON: comparison → {level, bits}).
        weights: one row per comparison and level: comparison, level, m, u, bits.
        blocked_pairs: how many pairs were compared.
        prior: probability that two random records are one person.
    """

    pairs: pd.DataFrame
    weights: pd.DataFrame
    blocked_pairs: int
    prior: float


def link_records(frame: pd.DataFrame, options: LinkOptions | None = None) -> LinkResult:
    """Learn the weights from the records themselves and score every blocked pair.

    Args:
        frame: as for :func:`prepare`; any column but ``record_id`` may be absent.
        options: settings; the defaults serve all data.

    Returns:
        Pairs above the floor of FLOOR bits, the learnt weights and the prior. The order
        of the rows does not matter.

    Raises:
        NothingToCompare: fewer than two comparisons are possible, or no two records
            share a key.
        ValueError: see :func:`prepare`.
    """
    options = options or LinkOptions()
    records = prepare(frame).sort_values("record_id", ignore_index=True)
    # a field on which no two records agree tells nothing, and cannot be learnt
    columns = [
        c
        for c in (*TEXT_FIELDS, *ID_FIELDS)
        if c in records and records[c].dropna().duplicated().any()
    ]
    with_sound = any(
        has_han(value)
        for column in ("given_name", "surname")
        if column in columns
        for value in records[column]
    )
    comparisons = comparisons_for(columns, with_sound)
    if len(comparisons) < 2:
        raise NothingToCompare(
            "the probabilistic tier compares at least two of name, birth date, phone, e-mail, "
            "address and identifiers, each shared by some records; here these are shared: "
            f"{', '.join(columns) or 'none of them'}"
        )
    connection = duckdb.connect()
    try:
        _create_records(connection, records, columns)
        blocked = block_pairs(connection, columns, options.max_block_records)
        if not blocked:
            raise NothingToCompare("no two records share a key on which they could be compared")
        with quiet():
            model, prior = train(connection, comparisons, columns, options)
            pairs = score_pairs(connection, model, "blocked")
            pairs = pd.concat([pairs, _score_rest(connection, model, pairs)], ignore_index=True)
    finally:
        connection.close()
    pairs = pairs.sort_values(["record_id", "other_id"], ignore_index=True)
    return LinkResult(pairs, learnt_weights(model), blocked, prior)


#: A component larger than this is not completed pair by pair.
LARGEST_COMPONENT = 300


def _create_records(
    connection: duckdb.DuckDBPyConnection, records: pd.DataFrame, columns: list[str]
) -> None:
    sounds = [c for c in ("given_name_sound", "surname_sound") if c in records]
    kept = ["record_id", *columns, *sounds]
    table = pa.table({c: pa.array(list(records[c]), pa.string()) for c in kept})
    connection.register("given_records", table)
    connection.execute("create table records as select * from given_records")
    connection.unregister("given_records")


def _score_rest(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], pairs: pd.DataFrame
) -> pd.DataFrame:
    """Pairs of one component that no key brought together: a cluster is assessed whole."""
    likely = pairs[pairs["match_weight"] > 0]
    # blocked pairs below the floor are known too
    known = set(connection.execute("select join_key_l, join_key_r from blocked").fetchall())
    rest = [
        (one, other, "0")
        for group in groups_of(likely)
        if 2 < len(group) <= LARGEST_COMPONENT
        for one, other in itertools.combinations(group, 2)
        if (one, other) not in known
    ]
    if not rest:
        return pairs.iloc[:0]
    columns = list(zip(*rest, strict=True))
    table = pa.table(dict(zip(("join_key_l", "join_key_r", "match_key"), columns, strict=True)))
    connection.register("given_rest", table)
    connection.execute("create table rest as select * from given_rest")
    return score_pairs(connection, model, "rest")


def decide(pairs: pd.DataFrame, options: LinkOptions | None = None) -> pd.DataFrame:
    """What to do with each scored pair: join it, show it to a reviewer, or nothing.

    A household shares phone, address and surname, which together outweigh two given
    names that differ. So a pair is joined only if it is sure and something personal
    speaks for it: the given name, the birth date, an e-mail or an identifier, and neither
    given name nor birth date speaks against it where the other does not agree.

    Args:
        pairs: as in :class:`LinkResult`.
        options: thresholds.

    Returns:
        The pairs from ``review_probability`` on, with the columns of DECIDED_TYPES:
        ``rule`` (always probabilistic), ``decision`` (link or review) and ``reason``
        (sure, household, contradiction, grey_band).
    """
    options = options or LinkOptions()
    kept = pairs[pairs["match_probability"] >= options.review_probability].reset_index(drop=True)
    reasons = [
        "grey_band"
        if probability < options.sure_probability
        else _doubt(json.loads(contributions)) or "sure"
        for probability, contributions in zip(
            kept["match_probability"], kept["contributions"], strict=True
        )
    ]
    decisions = ["link" if reason == "sure" else "review" for reason in reasons]
    decided = kept.assign(rule="probabilistic", decision=decisions, reason=reasons)
    return decided[list(DECIDED_TYPES)]


#: Levels at which a comparison says nothing for one person.
_NO_AGREEMENT = ("different", "missing")


def _doubt(found: dict[str, dict[str, Any]]) -> str | None:
    level = {name: parts["level"] for name, parts in found.items()}
    personal = ("given_name", "birth_date", "email", *ID_FIELDS)
    if all(level.get(name, "missing") in _NO_AGREEMENT for name in personal):
        return "household"
    name, born = level.get("given_name", "missing"), level.get("birth_date", "missing")
    if "different" in (name, born) and not {name, born} & {"equal", "sounds equal"}:
        return "contradiction"
    return None


def weight_of(probability: float) -> float:
    """Match weight in bits at which a pair is this probable: log2(p / (1 - p))."""
    return float(np.log2(probability / (1 - probability)))
