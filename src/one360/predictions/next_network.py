"""A network that learns the item of the next basket from what a customer bought before."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from one360.predictions.linear import DIGITS

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

#: Units of the three hidden layers.
HIDDEN_LAYERS = (64, 64, 64)

SEED = 360

#: Rounds over all rows, and the penalty of squared weights: chosen on the training date alone.
ROUNDS = 20
PENALTY = 0.01

#: Items of most customers that the network looks at, and customers that it scores at once.
MOST_ITEMS = 2000
AT_ONCE = 5000

#: Items of each customer that are kept.
KEPT = 30

SCORE_TYPES: dict[str, str] = {
    "split_code": "str",
    "one_id": "str",
    "item": "str",
    "network_score": "float64",
}


def network_scores(
    purchases: pd.DataFrame, next_items: pd.DataFrame, fewest: int, kept: int = KEPT
) -> pd.DataFrame:
    """The most likely items of each customer of the dates tested and applied.

    A perceptron of three hidden layers (rectified linear units, Adam, softmax over all items seen
    in a next basket of the training date). It reads own_share per item, so that it knows what a
    customer bought and not when.

    Args:
        purchases: split_code, one_id, item and own_share of all dates.
        next_items: one_id and item in the next basket, of the training date.
        fewest: customers to learn from; with fewer, or one item alone, nobody is scored.
        kept: items of each customer.

    Returns:
        split_code, one_id, item and network_score, which adds up to at most 1 per customer.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    learnt = purchases[purchases["split_code"] == "training"]
    wanted = next_items[next_items["one_id"].isin(learnt["one_id"])]
    wanted = wanted.sort_values(["one_id", "item"])
    if wanted["one_id"].nunique() < fewest or wanted["item"].nunique() < 2:
        return pd.DataFrame(columns=list(SCORE_TYPES))
    known = _known_items(learnt)
    names, shares = _shares(learnt, known)
    rows = pd.Index(names).get_indexer(pd.Index(wanted["one_id"]))
    network = MLPClassifier(
        HIDDEN_LAYERS, random_state=SEED, max_iter=ROUNDS, alpha=PENALTY, early_stopping=False
    )
    with warnings.catch_warnings():
        # so many rounds are all that is wanted
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(shares[rows], wanted["item"].to_numpy(str))
    found = [
        part.assign(split_code=split)
        for split in ("test", "scoring")
        for part in _best(network, purchases[purchases["split_code"] == split], known, kept)
    ]
    if not found:
        return pd.DataFrame(columns=list(SCORE_TYPES))
    return pd.concat(found, ignore_index=True)[list(SCORE_TYPES)]


def _known_items(learnt: pd.DataFrame) -> pd.Index:
    """Items that most customers bought, in alphabetical order."""
    customers = learnt.groupby("item").size().sort_index()
    most = customers.sort_values(ascending=False, kind="stable").head(MOST_ITEMS)
    return pd.Index(sorted(most.index))


def _shares(purchases: pd.DataFrame, known: pd.Index) -> tuple[np.ndarray, csr_array]:
    """Customers in alphabetical order, and own_share of each and each known item."""
    names, rows = np.unique(purchases["one_id"].to_numpy(str), return_inverse=True)
    columns = known.get_indexer(pd.Index(purchases["item"]))
    is_known = columns >= 0
    shares = csr_array(
        (
            purchases["own_share"].to_numpy(float)[is_known],
            (rows[is_known], columns[is_known]),
        ),
        shape=(len(names), len(known)),
    )
    return names, shares


def _best(
    network: MLPClassifier, purchases: pd.DataFrame, known: pd.Index, kept: int
) -> Iterator[pd.DataFrame]:
    """Frames of one_id, item and network_score, of so many customers at once."""
    names, shares = _shares(purchases, known)
    classes = network.classes_
    kept = min(kept, len(classes))
    for first in range(0, len(names), AT_ONCE):
        chances = network.predict_proba(shares[first : first + AT_ONCE]).round(DIGITS)
        # of equal chances those of the first names
        order = np.argsort(-chances, axis=1, kind="stable")[:, :kept]
        yield pd.DataFrame(
            {
                "one_id": np.repeat(names[first : first + AT_ONCE], kept),
                "item": classes[order].ravel(),
                "network_score": np.take_along_axis(chances, order, axis=1).ravel(),
            }
        )
