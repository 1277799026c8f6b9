"""Records that share no exact identifier: how likely two of them are one person.

The model is that of Fellegi and Sunter (1969), see one360.identity.model. Everything is pure:
frames in, frames out, in a DuckDB of its own. A build and `one360 accuracy` call the same
two functions, :func:`link_records` and :func:`decide`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from one360.identity.blocking import block_pairs
from one360.identity.clusters import FLOOR, cluster_records, groups_of
from one360.identity.comparisons import Comparison, comparisons_for
from one360.identity.levels import Compared, Levels
from one360.identity.model import (
    LinkOptions,
    Model,
    is_contradiction,
    is_household,
    is_nameless,
    probability,
    train,
)
from one360.identity.names import has_han
from one360.identity.records import ATTRIBUTE_FIELDS, ID_FIELDS, TEXT_FIELDS, prepare

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
#: Fields of which one at least must be there: two people may agree in all others.
NEEDED = ("given_name", "surname", "phone", "email", *ID_FIELDS)
#: A component larger than this is not completed pair by pair.
LARGEST_COMPONENT = 300
#: Fewer pairs than this are made by keys in any file.
FEWEST_PAIRS = 2_000_000


class NothingToCompare(ValueError):
    """The records carry too few of the fields that the model compares."""


@dataclass(frozen=True)
class LinkResult:
    """Scored pairs and what the model learnt.

    Attributes:
        pairs: one row per blocked pair above the floor: record_id < other_id (text),
            match_weight (bits, prior included), match_probability (0 to 1), doubt (empty,
            household or contradiction) and contributions (JSON: comparison → {level, bits}).
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
        NothingToCompare: fewer than two comparisons are possible, nothing that tells people
            apart is there, or no two records share a key.
        ValueError: see :func:`prepare`.
    """
    options = options or LinkOptions()
    records = prepare(frame).sort_values("record_id", ignore_index=True)
    # a field on which no two records agree tells nothing, and cannot be learnt
    columns = [
        c
        for c in (*TEXT_FIELDS, *ID_FIELDS, *ATTRIBUTE_FIELDS)
        if c in records and records[c].dropna().duplicated().any()
    ]
    comparisons = comparisons_for(columns)
    if len(comparisons) < 2 or not set(NEEDED) & set(columns):
        raise NothingToCompare(
            "likeness compares at least two of name, phone, e-mail, identifiers, birth date, "
            "address and attributes, one of them among the first four, each shared by some "
            f"records; here these are shared: {', '.join(columns) or 'none of them'}"
        )
    connection = duckdb.connect()
    try:
        compared = Compared(connection, records, comparisons)
        budget = max(FEWEST_PAIRS, options.pairs_per_record * len(records))
        left, right = block_pairs(connection, columns, options.max_block_records, budget)
        if not len(left):
            raise NothingToCompare("no two records share a key on which they could be compared")
        sample = np.arange(len(left))
        if len(left) > options.training_pairs:
            rng = np.random.default_rng(options.seed)
            sample = np.sort(rng.choice(len(left), options.training_pairs, replace=False))
        model = train(compared, compared.levels(left[sample], right[sample]), len(left), options)
        scored = score_pairs(compared, model, left, right)
        rest = _rest(compared, model, scored, left, right)
        pairs = pd.concat([scored, rest], ignore_index=True) if len(rest) else scored
        pairs["doubt"] = _only_one_at_home(pairs, records)
    finally:
        connection.close()
    ids = records["record_id"].to_numpy()
    pairs = pairs.sort_values(["left", "right"], ignore_index=True)
    pairs.insert(0, "record_id", ids[pairs.pop("left").to_numpy()])
    pairs.insert(1, "other_id", ids[pairs.pop("right").to_numpy()])
    return LinkResult(pairs, model.weights(), len(left), model.prior)


def score_pairs(
    compared: Compared, model: Model, left: np.ndarray, right: np.ndarray
) -> pd.DataFrame:
    """Pairs above the floor: left, right, match_weight, match_probability, doubt, contributions."""
    found = []
    for start in range(0, max(len(left), 1), 1_000_000):
        part = slice(start, start + 1_000_000)
        levels = compared.levels(left[part], right[part])
        bits = model.bits(levels)
        weight = bits.sum(axis=1, dtype=float) + model.prior_bits
        kept = np.flatnonzero(weight >= FLOOR)
        levels = Levels(levels.level[kept], levels.rarity[kept])
        household = is_household(levels, model.comparisons)
        doubt = np.select(
            [
                is_contradiction(levels, model.comparisons),
                is_nameless(levels, model.comparisons),
                household,
            ],
            ["contradiction", "nameless", "household"],
            "",
        )
        found.append(
            pd.DataFrame(
                {
                    "left": left[part][kept],
                    "right": right[part][kept],
                    "match_weight": weight[kept],
                    "match_probability": probability(weight[kept]),
                    "doubt": doubt.astype(object),
                    "contributions": _contributions(
                        model.comparisons, levels.level, bits[kept], weight[kept] > -2
                    ),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _contributions(
    comparisons: Sequence[Comparison], level: np.ndarray, bits: np.ndarray, asked: np.ndarray
) -> list[str]:
    """JSON of each pair that is asked for; of the others, which nobody is shown, an empty one."""
    labels = [("missing", *c.labels) for c in comparisons]
    rounded = np.round(bits.astype(float), 2)
    return [
        json.dumps(
            {
                c.name: {"level": labels[n][level[row, n]], "bits": rounded[row, n]}
                for n, c in enumerate(comparisons)
            }
        )
        if asked[row]
        else "{}"
        for row in range(len(level))
    ]


def _rest(
    compared: Compared, model: Model, scored: pd.DataFrame, left: np.ndarray, right: np.ndarray
) -> pd.DataFrame:
    """Pairs of one component that no key brought together: a cluster is assessed whole."""
    likely = scored[scored["match_weight"] > 0]
    likely = likely.rename(columns={"left": "record_id", "right": "other_id"})
    pairs = [
        pair
        for group in groups_of(likely)
        if 2 < len(group) <= LARGEST_COMPONENT
        for pair in itertools.combinations(group, 2)
    ]
    if not pairs:
        return scored.iloc[:0]
    # blocked pairs below the floor are known too
    wanted = np.array(pairs, np.int64)
    size = np.int64(compared.rows)
    known = np.isin(wanted[:, 0] * size + wanted[:, 1], left * size + right)
    wanted = wanted[~known]
    return score_pairs(compared, model, wanted[:, 0], wanted[:, 1])


def _only_one_at_home(pairs: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    """Doubts, of which that of a record without a whole given name is settled.

    J. Smith is Jane Smith, and 王总 is 王建军, where no other given name that fits shares
    surname and phone or address; else the two are a household, as Mrs Smith and Jane are where
    couples share a surname.
    """
    doubt = pairs["doubt"].copy()
    asked = pairs[doubt == "nameless"]
    if asked.empty or "given_name_sound" not in records:
        return doubt.replace("nameless", "household")
    names = records["given_name_sound"].to_numpy()
    given = records["given_name"]
    initials = (given.str.len().eq(1) & ~given.map(has_han)).to_numpy(bool)
    left, right = asked["left"].to_numpy(), asked["right"].to_numpy()
    turned = pd.isna(names[right]) | initials[right]
    unnamed, named = np.where(turned, right, left), np.where(turned, left, right)
    kinds = pd.Series(names[named], asked.index).groupby(unnamed).transform("nunique")
    own_surname = records["surname"].map(has_han).to_numpy(bool)[unnamed]
    is_settled = (kinds == 1) & (own_surname | initials[unnamed])
    doubt[asked.index] = np.where(is_settled, "", "household")
    return doubt


def weighed_down(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs as clusters are made of them: a doubtful pair speaks against one person."""
    doubtful = pairs["doubt"] != ""
    return pairs.assign(match_weight=pairs["match_weight"].where(~doubtful, -4.0))


def customers_of(
    record_ids: Sequence[str], pairs: pd.DataFrame, least_probability: float
) -> list[str]:
    """The customer of each record: groups that pairs at least this probable hold together."""
    return cluster_records(record_ids, weighed_down(pairs), weight_of(least_probability))


def decide(pairs: pd.DataFrame, options: LinkOptions | None = None) -> pd.DataFrame:
    """What to do with each scored pair: join it, show it to a reviewer, or nothing.

    Joined are the sure pairs within a group of :func:`customers_of`, so that the links make
    these groups and no others. A household shares phone, address and surname, which together
    outweigh two given names that differ; such a pair is never joined by itself.

    Args:
        pairs: as in :class:`LinkResult`.
        options: thresholds.

    Returns:
        The pairs from ``review_probability`` on, with the columns of DECIDED_TYPES:
        ``rule`` (always probabilistic), ``decision`` (link or review) and ``reason``
        (sure, household, contradiction, grey_band, other_group).
    """
    options = options or LinkOptions()
    ids = pd.unique(pd.concat([pairs["record_id"], pairs["other_id"]]))
    customers = customers_of(list(ids), pairs, options.sure_probability)
    customer = dict(zip(ids, customers, strict=True))
    kept = pairs[pairs["match_probability"] >= options.review_probability].reset_index(drop=True)
    is_sure = kept["match_probability"] >= options.sure_probability
    together = kept["record_id"].map(customer) == kept["other_id"].map(customer)
    reason = np.where(
        ~is_sure,
        "grey_band",
        np.where(kept["doubt"] != "", kept["doubt"], np.where(together, "sure", "other_group")),
    )
    decided = kept.assign(
        rule="probabilistic",
        decision=np.where(reason == "sure", "link", "review"),
        reason=reason,
    )
    # within a group nothing is left to ask
    shown = (decided["decision"] == "link") | ~together
    return decided.loc[shown, list(DECIDED_TYPES)].reset_index(drop=True)


def weight_of(probability: float) -> float:
    """Match weight in bits at which a pair is this probable: log2(p / (1 - p))."""
    return float(np.log2(probability / (1 - probability)))
