"""Records that share no exact identifier: how likely two of them are one person.

The model is that of Fellegi and Sunter (1969): each comparison (given name, birth date,
…) falls into a level, and each level has a weight, log2(m / u), m being how often
records of one person fall there and u how often records of two people do. Splink
(Linacre et al. 2022) learns u from random pairs and m by expectation maximisation, so
no labels are needed; nothing here is fitted to a truth.

Everything is pure: frames in, frames out, in a DuckDB of its own.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from one360.identity.names import has_han, name_parts, sound

#: What a record may carry beside its id; whatever is absent is left out. `id_1` … `id_9`
#: are further identifiers that may be mistyped (member, card, social security number).
TEXT_FIELDS = (
    "given_name",
    "surname",
    "birth_date",
    "phone",
    "email",
    "street_number",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "state",
)
ADDRESS_FIELDS = ("street_number", "address_1", "address_2", "city", "postcode", "state")
ID_FIELDS = tuple(f"id_{number}" for number in range(1, 10))

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

PAIR_COLUMNS = ("record_id", "other_id", "match_weight", "match_probability", "contributions")


class NothingToCompare(ValueError):
    """The records carry too few of the fields that the model compares."""


@dataclass(frozen=True)
class LinkOptions:
    """How records are compared; one setting for all data, none is fitted to a truth.

    Attributes:
        sure_probability: a pair at least this probable is one person.
        review_probability: from here up to sure is for somebody to look at.
        assumed_recall: share of true pairs that agree exactly on a strong field
            (an identifier, or name and birth date together); sets the prior.
        max_block_records: a key shared by more records blocks nothing, so that a
            common surname does not make millions of pairs.
        random_pairs: random pairs from which u is estimated.
        training_pairs: pairs of one block from which m is estimated, at most.
        seed: of the random pairs.
    """

    sure_probability: float = 0.99
    review_probability: float = 0.5
    assumed_recall: float = 0.8
    max_block_records: int = 200
    random_pairs: int = 500_000
    training_pairs: int = 1_000_000
    seed: int = 360


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


# -- preparing --------------------------------------------------------------------


def prepare(frame: pd.DataFrame) -> pd.DataFrame:
    """Records in the form the comparisons expect.

    Args:
        frame: one row per record: ``record_id`` (unique, not null) and any of
            ``full_name``, TEXT_FIELDS and ID_FIELDS, as text (dates also as dates).

    Returns:
        The same rows with ``record_id`` as text, names split, everything lower-case with
        single spaces, dates as yyyymmdd, phones as digits, empty values as None, and for
        names with Chinese characters their pinyin in ``given_name_sound`` and
        ``surname_sound``.

    Raises:
        ValueError: ``record_id`` is missing, null or not unique.
    """
    if "record_id" not in frame.columns:
        raise ValueError("the frame lacks record_id")
    if frame["record_id"].isna().any() or frame["record_id"].duplicated().any():
        raise ValueError("record_id must be unique and not null")
    known = [c for c in (*TEXT_FIELDS, *ID_FIELDS) if c in frame.columns]
    texts = {column: [_clean(value) for value in frame[column]] for column in known}
    if "full_name" in frame.columns:
        split = [name_parts(_clean(value)) for value in frame["full_name"]]
        for position, column in enumerate(("surname", "given_name")):
            own = texts.get(column, [None] * len(split))
            texts[column] = [
                value or parts[position] for value, parts in zip(own, split, strict=True)
            ]
    for column in ("birth_date", "phone", *ID_FIELDS):
        if column in texts:
            texts[column] = [_PUNCTUATION.sub("", v) or None if v else None for v in texts[column]]
    if "birth_date" in texts:
        # a date may come with a time of day, as spreadsheets write it
        texts["birth_date"] = [v[:8] if v and v[:8].isdigit() else v for v in texts["birth_date"]]
    for column in ("given_name", "surname"):
        if column in texts:
            texts[f"{column}_sound"] = [
                sound(v, is_surname=column == "surname") if v else None for v in texts[column]
            ]
    ids = [str(value) for value in frame["record_id"]]
    return pd.DataFrame({"record_id": ids, **texts}, dtype=object)


_PUNCTUATION = re.compile(r"[\s\-/.()+]")


def _clean(value: Any) -> str | None:
    """Lower case, single spaces; None for what is empty or not a number."""
    if value is None or value != value:
        return None
    return " ".join(unicodedata.normalize("NFKC", str(value)).lower().split()) or None


# -- the model --------------------------------------------------------------------


def _level(condition: str, label: str, **more: Any) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label, **more}


def _comparison(name: str, levels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "output_column_name": name,
        "comparison_levels": [*levels, _level("ELSE", "different")],
    }


def _null_level(column: str) -> dict[str, Any]:
    return _level(f"{column}_l is null or {column}_r is null", "missing", is_null_level=True)


def _distance(column: str) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r)"


def _likeness(column: str) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r)"


def _name_comparison(column: str, other: str | None, with_sound: bool) -> dict[str, Any]:
    """A name part: equal, swapped with the other part, sounding alike, mistyped, similar."""
    levels = [
        _null_level(column),
        # a rare surname says more than a common one
        _level(
            f"{column}_l = {column}_r",
            "equal",
            tf_adjustment_column=column,
            tf_adjustment_weight=1.0,
        ),
    ]
    if other:
        levels.append(
            _level(f"{column}_l = {other}_r or {column}_r = {other}_l", "first and last swapped")
        )
    if with_sound:
        levels.append(_level(f"{column}_sound_l = {column}_sound_r", "sounds equal"))
    levels += [
        _level(f"{_distance(column)} <= 1 or {_likeness(column)} >= 0.92", "mistyped"),
        _level(f"{_likeness(column)} >= 0.8", "similar"),
    ]
    return _comparison(column, levels)


def _date_comparison(column: str) -> dict[str, Any]:
    """A date as yyyymmdd: equal, one slip of the finger, day and month swapped, two slips."""
    left, right = f"{column}_l", f"{column}_r"
    return _comparison(
        column,
        [
            _null_level(column),
            _level(f"{left} = {right}", "equal"),
            _level(
                f"{_distance(column)} <= 1 or (left({left}, 4) = left({right}, 4)"
                f" and substr({left}, 5, 2) = substr({right}, 7, 2)"
                f" and substr({left}, 7, 2) = substr({right}, 5, 2))",
                "mistyped or day and month swapped",
            ),
            _level(f"{_distance(column)} <= 2", "two slips"),
        ],
    )


def _code_comparison(column: str) -> dict[str, Any]:
    """A number given out by somebody: equal, one slip, two slips."""
    return _comparison(
        column,
        [
            _null_level(column),
            _level(f"{column}_l = {column}_r", "equal"),
            _level(f"{_distance(column)} <= 1", "one slip"),
            _level(f"{_distance(column)} <= 2", "two slips"),
        ],
    )


def _email_comparison() -> dict[str, Any]:
    local = "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"
    return _comparison(
        "email",
        [
            _null_level("email"),
            _level("email_l = email_r", "equal"),
            _level(f"{local} or {_distance('email')} <= 1", "one slip or another provider"),
            _level(f"{_likeness('email')} >= 0.92", "similar"),
        ],
    )


def _address_comparison(columns: Sequence[str]) -> dict[str, Any]:
    """How many parts of the address agree, taken together.

    Parts of an address come and go together (a move changes all of them), so weights
    per part would count one fact several times; u of the sum is measured instead.
    """

    def agrees(column: str) -> str:
        if column in ("street_number", "state", "postcode"):
            return f"{column}_l = {column}_r"
        other = {"address_1": "address_2", "address_2": "address_1"}.get(column)
        swapped = f" or {column}_l = {other}_r" if other in columns else ""
        return f"({_likeness(column)} >= 0.9{swapped})"

    count = " + ".join(f"coalesce(cast({agrees(c)} as integer), 0)" for c in columns)
    nothing = " and ".join(f"({c}_l is null or {c}_r is null)" for c in columns)
    levels = [_level(nothing, "missing", is_null_level=True)]
    for number in range(len(columns), 0, -1):
        label = "all parts agree" if number == len(columns) else f"{number} parts agree"
        levels.append(_level(f"({count}) >= {number}", label))
    return _comparison("address", levels)


def comparisons_for(columns: Sequence[str], with_sound: bool = False) -> list[dict[str, Any]]:
    """The comparisons that the given columns allow, in Splink's settings format."""
    present = set(columns)
    result = []
    for column, other in (("given_name", "surname"), ("surname", "given_name")):
        if column in present:
            result.append(_name_comparison(column, other if other in present else None, with_sound))
    if "birth_date" in present:
        result.append(_date_comparison("birth_date"))
    result += [_code_comparison(c) for c in ("phone", *ID_FIELDS) if c in present]
    if "email" in present:
        result.append(_email_comparison())
    address = [c for c in ADDRESS_FIELDS if c in present]
    if address:
        result.append(_address_comparison(address))
    return result


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


def _strong_rules(columns: Sequence[str]) -> list[str]:
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


def _training_rules(columns: Sequence[str]) -> list[str]:
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


# -- running ----------------------------------------------------------------------


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells every step in its log, which it opens on import; errors remain."""
    from splink import Linker  # noqa: F401

    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


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
        blocked = _block(connection, columns, options.max_block_records)
        if not blocked:
            raise NothingToCompare("no two records share a key on which they could be compared")
        with _quiet():
            model, prior = _train(connection, comparisons, columns, options)
            pairs = _score(connection, model, "blocked")
            pairs = pd.concat([pairs, _score_rest(connection, model, pairs)], ignore_index=True)
    finally:
        connection.close()
    pairs = pairs.sort_values(["record_id", "other_id"], ignore_index=True)
    return LinkResult(pairs, _weights(model), blocked, prior)


#: Pairs below this weight (bits) are not kept; far below any threshold of use.
FLOOR = -8.0
#: In a block above max_block_records each record is compared with so many that follow it.
NEIGHBOURS = 5
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


def _block(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], most: int) -> int:
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
    return _count(connection, "blocked")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchall()[0]
    return int(row[0])


def _settings(comparisons: list[dict[str, Any]], prior: float | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }
    if prior is not None:
        settings["probability_two_random_records_match"] = prior
    return settings


def _linker(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> tuple[Any, Any]:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=connection)
    records = api.register(connection.table("records"))
    # it sets its own level otherwise, over that of _quiet
    return Linker(records, settings, log_level=logging.ERROR), api


def _train(
    connection: duckdb.DuckDBPyConnection,
    comparisons: list[dict[str, Any]],
    columns: list[str],
    options: LinkOptions,
) -> tuple[dict[str, Any], float]:
    """Estimate prior, u and m; returns Splink's settings with the estimates in them."""
    linker, _ = _linker(connection, _settings(comparisons, None))
    prior = _prior(connection, columns, options.assumed_recall)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=options.random_pairs, seed=options.seed, min_count_per_level=None
    )
    settings = linker.misc.save_model_to_json()
    settings["probability_two_random_records_match"] = prior
    linker, _ = _linker(connection, settings)
    from splink.internals.exceptions import EMTrainingException

    for rule in _training_rules(columns):
        # a block without pairs, or without true ones, teaches nothing
        with contextlib.suppress(EMTrainingException, ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, max_pairs=options.training_pairs
            )
    model = linker.misc.save_model_to_json()
    model["probability_two_random_records_match"] = prior
    _clean_u(model, prior, options.random_pairs)
    return model, prior


def _prior(connection: duckdb.DuckDBPyConnection, columns: list[str], recall: float) -> float:
    rows = _count(connection, "records")
    rules = _strong_rules(columns)
    found = 0
    if rules:
        joined = " union ".join(
            "select l.record_id as a, r.record_id as b from records as l"
            f" inner join records as r on {rule} where l.record_id < r.record_id"
            for rule in rules
        )
        found = _count(connection, f"({joined}) as strong")
    pairs = rows * (rows - 1) / 2
    return min(max(found, 1) / recall / pairs, 0.5)


def _clean_u(model: dict[str, Any], prior: float, random_pairs: int) -> None:
    """Take the true pairs out of the random ones, and give unseen levels a floor.

    Of random pairs the share ``prior`` are true ones and fall into the levels as m says,
    so u measured is (1 - prior) u + prior m. In small data that is most of the mass of
    the rare levels, and a weight would be capped at log2(1 / prior). A comparison that no
    block could teach gets m = 0.9 for its first level.
    """
    floor = max(1 / random_pairs, 1e-5)
    for comparison in model["comparisons"]:
        levels = [x for x in comparison["comparison_levels"] if not x.get("is_null_level")]
        if not any(isinstance(level.get("m_probability"), float) for level in levels):
            for place, level in enumerate(levels):
                level["m_probability"] = 0.9 if place == 0 else 0.1 / (len(levels) - 1)
        for level in levels:
            m = level.get("m_probability")
            u = level.get("u_probability")
            m = floor if not isinstance(m, float) else max(m, 1e-5)
            u = floor if not isinstance(u, float) else (u - prior * m) / (1 - prior)
            level["m_probability"], level["u_probability"] = m, max(u, floor)
        for kind in ("m_probability", "u_probability"):
            total = sum(level[kind] for level in levels)
            for level in levels:
                level[kind] /= total


def _score(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], blocked: str
) -> pd.DataFrame:
    linker, api = _linker(connection, model)
    linker.table_management.register_blocked_pairs_for_predict(
        api.register(connection.table(blocked))
    )
    scored = linker.inference.predict(
        threshold_match_weight=FLOOR, warning_mode="never"
    ).as_duckdbpyrelation()
    return _as_pairs(scored.df(), model)


def _score_rest(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], pairs: pd.DataFrame
) -> pd.DataFrame:
    """Pairs of one component that no key brought together: a cluster is judged whole."""
    likely = pairs[pairs["match_weight"] > 0]
    groups = components(list(likely["record_id"]), list(likely["other_id"]))
    members: dict[str, list[str]] = {}
    for record, group in groups.items():
        members.setdefault(group, []).append(record)
    known = set(zip(pairs["record_id"], pairs["other_id"], strict=True))
    blocked = connection.execute("select join_key_l, join_key_r from blocked").fetchall()
    seen = set(blocked)
    rest = [
        (one, other, "0")
        for group in members.values()
        if 2 < len(group) <= LARGEST_COMPONENT
        for position, one in enumerate(sorted(group))
        for other in sorted(group)[position + 1 :]
        if (one, other) not in known and (one, other) not in seen
    ]
    if not rest:
        return pairs.iloc[:0]
    columns = list(zip(*rest, strict=True))
    table = pa.table(dict(zip(("join_key_l", "join_key_r", "match_key"), columns, strict=True)))
    connection.register("given_rest", table)
    connection.execute("create table rest as select * from given_rest")
    return _score(connection, model, "rest")


def _as_pairs(scored: pd.DataFrame, model: dict[str, Any]) -> pd.DataFrame:
    if scored.empty:
        return pd.DataFrame(columns=list(PAIR_COLUMNS))
    names = [c["output_column_name"] for c in model["comparisons"]]
    labels = {c["output_column_name"]: _labels(c) for c in model["comparisons"]}
    bits = {
        name: sum(
            (
                scored[column].to_numpy(float)
                for column in (f"mw_{name}", f"mw_tf_adj_{name}")
                if column in scored
            ),
            start=np.zeros(len(scored)),
        )
        for name in names
    }
    levels = {name: scored[f"gamma_{name}"].to_numpy(int) for name in names}
    contributions = [
        json.dumps(
            {
                name: {
                    "level": labels[name][int(levels[name][row])],
                    "bits": round(float(bits[name][row]), 2),
                }
                for name in names
            },
            ensure_ascii=False,
        )
        for row in range(len(scored))
    ]
    return pd.DataFrame(
        {
            "record_id": scored["record_id_l"].astype(object),
            "other_id": scored["record_id_r"].astype(object),
            "match_weight": scored["match_weight"].astype(float),
            "match_probability": scored["match_probability"].astype(float),
            "contributions": contributions,
        }
    )


def _labels(comparison: dict[str, Any]) -> dict[int, str]:
    """Comparison vector value → label: Splink counts from the last level (0), missing is -1."""
    levels = [x for x in comparison["comparison_levels"] if not x.get("is_null_level")]
    found = {len(levels) - 1 - place: x["label_for_charts"] for place, x in enumerate(levels)}
    return {-1: "missing", **found}


def _weights(model: dict[str, Any]) -> pd.DataFrame:
    rows = [
        (
            comparison["output_column_name"],
            level["label_for_charts"],
            level["m_probability"],
            level["u_probability"],
            float(np.log2(level["m_probability"] / level["u_probability"])),
        )
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    ]
    return pd.DataFrame(rows, columns=["comparison", "level", "m", "u", "bits"])


def decide(pairs: pd.DataFrame, options: LinkOptions | None = None) -> pd.DataFrame:
    """What to do with each scored pair: join it, show it to somebody, or nothing.

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


# -- from pairs to customers ------------------------------------------------------


def components(one: Sequence[str], other: Sequence[str]) -> dict[str, str]:
    """Connected components: record → smallest record of its component (union-find)."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in zip(one, other, strict=True):
        a, b = root(left), root(right)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return {node: root(node) for node in list(parent)}


def cluster_records(
    record_ids: Sequence[str],
    pairs: pd.DataFrame,
    threshold: float = 0.0,
    cap: float = 20.0,
) -> list[str]:
    """Group records so that within a group the evidence speaks for one person on average.

    Connected components join two people through one likely pair. Here the records of a
    component are merged from the most alike on, and two groups only while the mean
    weight between them is above the threshold (average linkage, Sokal and Michener 1958);
    a pair that was never scored counts as FLOOR.

    Args:
        record_ids: all records; those in no pair stay alone.
        pairs: record_id, other_id, match_weight, as from :func:`link_records`.
        threshold: mean match weight (bits) that two groups need.
        cap: weights beyond ± this count as this, so that no single pair decides.

    Returns:
        For each record, in order, the smallest record of its group.
    """
    likely = pairs[pairs["match_weight"] > threshold]
    groups = components(list(likely["record_id"]), list(likely["other_id"]))
    members: dict[str, list[str]] = {}
    for record, group in groups.items():
        members.setdefault(group, []).append(record)
    weights: dict[tuple[str, str], float] = {
        (a, b): w
        for a, b, w in zip(
            pairs["record_id"], pairs["other_id"], pairs["match_weight"], strict=True
        )
        if a in groups and groups[a] == groups.get(b)
    }
    label: dict[str, str] = {}
    for together in members.values():
        together.sort()
        if len(together) == 2:
            label.update(dict.fromkeys(together, together[0]))
        else:
            label.update(_average_linkage(together, weights, threshold, cap))
    return [label.get(str(record), str(record)) for record in record_ids]


def _average_linkage(
    group: list[str], weights: dict[tuple[str, str], float], threshold: float, cap: float
) -> dict[str, str]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    size = len(group)
    distance = np.full((size, size), cap - FLOOR)
    for row in range(size):
        for column in range(row + 1, size):
            weight = weights.get((group[row], group[column]))
            if weight is not None:
                distance[row, column] = cap - float(np.clip(weight, -cap, cap))
    distance = np.minimum(distance, distance.T)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    cut = fcluster(tree, t=cap - threshold, criterion="distance")
    first: dict[int, str] = {}
    for record, number in zip(group, cut, strict=True):
        first.setdefault(int(number), record)
    return {record: first[int(number)] for record, number in zip(group, cut, strict=True)}
