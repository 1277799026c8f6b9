"""Fellegi and Sunter's weights, learnt from the records and applied to pairs by Splink."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from one360.identity.blocking import row_count, strong_rules, training_rules
from one360.identity.clusters import FLOOR

PAIR_COLUMNS = ("record_id", "other_id", "match_weight", "match_probability", "contributions")


@dataclass(frozen=True)
class LinkOptions:
    """How records are compared; one setting for all data, none is fitted to a truth.

    Attributes:
        sure_probability: a pair at least this probable is one person.
        review_probability: from here up to sure is for review.
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


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Splink tells every step in its log, which it opens on import; errors remain."""
    from splink import Linker  # noqa: F401

    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


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


def train(
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

    for rule in training_rules(columns):
        if not _teaches(str(rule), comparisons):
            continue
        # a block without pairs, or without true ones, teaches nothing
        with contextlib.suppress(EMTrainingException, ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, max_pairs=options.training_pairs
            )
    model = linker.misc.save_model_to_json()
    model["probability_two_random_records_match"] = prior
    _clean_u(model, prior, options.random_pairs)
    return model, prior


def _teaches(rule: str, comparisons: list[dict[str, Any]]) -> bool:
    """Whether the rule leaves a comparison to learn from: its own columns agree in its block."""
    read = set(re.findall(r'\bl\."?(\w+)', rule))
    compared = (re.findall(r"(\w+)_l\b", str(comparison)) for comparison in comparisons)
    return any(not read & set(columns) for columns in compared)


def _prior(connection: duckdb.DuckDBPyConnection, columns: list[str], recall: float) -> float:
    rows = row_count(connection, "records")
    rules = strong_rules(columns)
    found = 0
    if rules:
        joined = " union ".join(
            "select l.record_id as a, r.record_id as b from records as l"
            f" inner join records as r on {rule} where l.record_id < r.record_id"
            for rule in rules
        )
        found = row_count(connection, f"({joined}) as strong")
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


def score_pairs(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], blocked: str
) -> pd.DataFrame:
    """Score the pairs of the table ``blocked``; the columns are PAIR_COLUMNS."""
    linker, api = _linker(connection, model)
    linker.table_management.register_blocked_pairs_for_predict(
        api.register(connection.table(blocked))
    )
    scored = linker.inference.predict(
        threshold_match_weight=FLOOR, warning_mode="never"
    ).as_duckdbpyrelation()
    return _as_pairs(scored.df(), model)


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


def learnt_weights(model: dict[str, Any]) -> pd.DataFrame:
    """One row per comparison and level: m, u and the weight in bits."""
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
