"""Fellegi and Sunter's weights, learnt from the records themselves.

Each comparison of two records falls into a level, and each level has a weight, log2(m / u): m
is how often records of one person fall there, u how often records of two people do. u is
measured on random pairs; m and the share of true pairs are found by expectation maximisation
over the pairs that share a key, all others being taken as two people's. So the share is the fixed
point of the model's own match probabilities. No label is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from one360.identity.comparisons import MOST_WEAK, Comparison
from one360.identity.levels import Compared, Levels
from one360.identity.records import ID_FIELDS


@dataclass(frozen=True)
class LinkOptions:
    """How records are compared; one setting for all data, none is fitted to a truth.

    Attributes:
        sure_probability: records at least this probably one person's are joined.
        review_probability: from here up to sure is for review.
        max_block_records: a key shared by more records blocks nothing, so that a
            common surname does not make millions of pairs.
        pairs_per_record: pairs that keys may make, per record; smaller files get more.
        random_pairs: random pairs from which u is estimated.
        training_pairs: pairs on which m and the share of true pairs are learnt, at most.
        seed: of the random pairs.
    """

    sure_probability: float = 0.8
    review_probability: float = 0.5
    max_block_records: int = 200
    pairs_per_record: int = 40
    random_pairs: int = 500_000
    training_pairs: int = 400_000
    seed: int = 360


#: How many pairs of one person the usual shares of a comparison count for.
PRIOR_PAIRS = 20.0
#: No level is believed to be rarer than this, among pairs of one person and of two.
RAREST_M = 0.002
RAREST_U = 1e-5
ROUNDS = 50
#: Rounds end when the number of true pairs changes by less than this share.
SETTLED = 1e-4


@dataclass
class Model:
    """What was learnt.

    Attributes:
        comparisons: what is compared.
        m: per comparison, how often records of one person fall into each level.
        u: the same of two people.
        prior: probability that two random records are one person.
        rounds: how many rounds the learning took.
    """

    comparisons: Sequence[Comparison]
    m: list[np.ndarray]
    u: list[np.ndarray]
    prior: float
    rounds: int = field(default=0)

    @property
    def prior_bits(self) -> float:
        """The prior as bits of evidence."""
        return float(np.log2(self.prior / (1 - self.prior)))

    def bits(self, levels: Levels) -> np.ndarray:
        """Pairs × comparisons: bits of evidence; 0 where a field is missing."""
        found = np.zeros(levels.level.shape, np.float32)
        for number in range(len(self.comparisons)):
            table = np.concatenate(
                [[0.0], np.log2(self.m[number]) - np.log2(self.u[number])]
            ).astype(np.float32)
            weak = self.comparisons[number].weak
            table[weak] = min(table[weak], MOST_WEAK)
            level = levels.level[:, number]
            found[:, number] = table[level]
            # an equal value speaks by how rare it is
            rarity = levels.rarity[:, number]
            equal = ~np.isnan(rarity)
            found[equal, number] = np.log2(self.m[number][0]) - rarity[equal]
        return found

    def weights(self) -> pd.DataFrame:
        """One row per comparison and level: m, u and the weight in bits."""
        rows = [
            (c.name, label, float(m), float(u), float(np.log2(m / u)))
            for c, ms, us in zip(self.comparisons, self.m, self.u, strict=True)
            for label, m, u in zip(c.labels, ms, us, strict=True)
        ]
        return pd.DataFrame(rows, columns=["comparison", "level", "m", "u", "bits"])


def random_pairs(rows: int, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random pairs of places, all pairs if there are no more than ``most``."""
    if rows * (rows - 1) // 2 <= most:
        left, right = np.triu_indices(rows, k=1)
        return left.astype(np.int64), right.astype(np.int64)
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, rows, most), rng.integers(0, rows - 1, most)
    right += right >= left
    return np.minimum(left, right), np.maximum(left, right)


def train(compared: Compared, blocked: Levels, pairs: int, options: LinkOptions) -> Model:
    """Learn from blocked pairs; ``pairs`` of them there are, ``blocked`` may be a sample."""
    comparisons = compared.comparisons
    drawn = random_pairs(compared.rows, options.random_pairs, options.seed)
    seen = _counts(compared.levels(*drawn).level, comparisons)
    m = [np.array(c.usual) for c in comparisons]
    all_pairs = compared.rows * (compared.rows - 1) / 2
    scale = pairs / max(len(blocked.level), 1)
    model = Model(comparisons, m, m, min(0.2 * compared.rows / all_pairs, 0.5))
    possible = ~(is_household(blocked, comparisons) | is_contradiction(blocked, comparisons))
    before = 0.0
    for number in range(1, ROUNDS + 1):
        model.u = [
            _without_true(counts, m, model.prior) for counts, m in zip(seen, model.m, strict=True)
        ]
        chances = probability(model.prior_bits + model.bits(blocked).sum(axis=1)) * possible
        model.m = [_shares(blocked.level[:, n], chances, c) for n, c in enumerate(comparisons)]
        true_pairs = float(chances.sum()) * scale
        model.prior = found_prior(true_pairs, all_pairs)
        model.rounds = number
        if abs(true_pairs - before) <= SETTLED * max(true_pairs, 1.0):
            break
        before = true_pairs
    return model


def found_prior(true_pairs: float, all_pairs: float) -> float:
    """Probability that two random records are one person; one pair at least is taken as true."""
    return min(max(true_pairs, 1.0) / all_pairs, 0.5)


def _counts(level: np.ndarray, comparisons: Sequence[Comparison]) -> list[np.ndarray]:
    """Per comparison, how many pairs fall into each level that is not missing."""
    return [
        np.bincount(level[:, n], minlength=len(c.labels) + 1)[1:].astype(float)
        for n, c in enumerate(comparisons)
    ]


def _without_true(counts: np.ndarray, m: np.ndarray, prior: float) -> np.ndarray:
    """u: the shares of random pairs less the true pairs among them, with a floor."""
    total = counts.sum() + 1.0
    shares = np.maximum(counts / total - prior * m, RAREST_U)
    return shares / shares.sum()


def _shares(level: np.ndarray, chances: np.ndarray, comparison: Comparison) -> np.ndarray:
    """m: levels of the pairs by their match probability, drawn towards the usual ones."""
    seen = np.bincount(level, weights=chances, minlength=len(comparison.labels) + 1)[1:]
    shares = seen + PRIOR_PAIRS * np.array(comparison.usual)
    shares = np.maximum(shares / shares.sum(), RAREST_M)
    return shares / shares.sum()


def probability(bits: np.ndarray) -> np.ndarray:
    """Probability at which the evidence is this, 1 / (1 + 2 ** -bits)."""
    return 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))


def _level_of(levels: Levels, comparisons: Sequence[Comparison], name: str) -> np.ndarray:
    for number, comparison in enumerate(comparisons):
        if comparison.name == name:
            return levels.level[:, number]
    return np.zeros(len(levels.level), np.int8)


def _agrees(levels: Levels, comparisons: Sequence[Comparison], name: str) -> np.ndarray:
    for number, comparison in enumerate(comparisons):
        if comparison.name == name:
            return np.isin(levels.level[:, number], comparison.agreeing)
    return np.zeros(len(levels.level), bool)


#: What one person alone has; phone, address and surname are a household's.
PERSONAL = ("given_name", "birth_date", "email", *ID_FIELDS)
#: A phone in the hands of so few is one person's (log2 of the share of people).
RARE_PHONE = -8.0


#: Levels of the given name that speak for one person whatever the birth date.
ALIKE_NAMES = (1, 2, 3, 6)
SIMILAR_NAME = 8
INITIAL = 4


def is_household(levels: Levels, comparisons: Sequence[Comparison]) -> np.ndarray:
    """Nothing personal agrees: only what a family shares speaks for one person.

    The phone of one named person stands for her where the other record has no name.
    """
    agrees = np.zeros(len(levels.level), bool)
    for name in PERSONAL:
        agrees |= _agrees(levels, comparisons, name)
    names = [c.name for c in comparisons]
    if "phone" in names and "given_name" in names:
        rarity = levels.rarity[:, names.index("phone")]
        nameless = _level_of(levels, comparisons, "given_name") == 0
        nameless &= _level_of(levels, comparisons, "surname") == 0
        agrees |= nameless & (np.nan_to_num(rarity, nan=0.0) < RARE_PHONE)
    return ~agrees


def is_contradiction(levels: Levels, comparisons: Sequence[Comparison]) -> np.ndarray:
    """Given name or birth date speak against one person, and nothing makes up for it.

    Two genders do, unless name and birth date agree. Of two given names that differ only an
    identifier makes up where phone or e-mail agree, or are known and differ: these are twins,
    couples, parents and children. A birth date a generation apart speaks against two equal
    names of one household.
    """
    named = {c.name: c for c in comparisons}
    none = np.zeros(len(levels.level), bool)
    name = _level_of(levels, comparisons, "given_name")
    born = _level_of(levels, comparisons, "birth_date")
    other_name = name == named["given_name"].different if "given_name" in named else none
    other_born = generation = none
    if "birth_date" in named:
        other_born = born >= named["birth_date"].different - 1
        generation = born == named["birth_date"].different
    code = none
    for column in ID_FIELDS:
        code = code | _agrees(levels, comparisons, column)
    home, near, contact = none, none, none
    for column in ("phone", "email", "address"):
        level = _level_of(levels, comparisons, column)
        home = home | (level == 1)
        near = near | (level == 1) | ((level == 2) & (column == "address"))
        contact = contact | ((level > 0) & (column != "address"))
    known = _level_of(levels, comparisons, "email") == 1
    doubt = other_born & ~np.isin(name, ALIKE_NAMES)
    doubt |= generation & home
    # a family's names are often a little alike
    doubt |= (name == SIMILAR_NAME) & near & ((born == 0) | other_born) & ~known
    doubt |= other_name & ((born != 1) | contact)
    doubt |= (_level_of(levels, comparisons, "gender") == 2) & ~(
        np.isin(name, (1, 2)) & (born == 1)
    )
    return doubt & ~code


def is_nameless(levels: Levels, comparisons: Sequence[Comparison]) -> np.ndarray:
    """Of one given name nothing or an initial is known, and surname and phone or address agree.

    Without a birth date or an e-mail that agrees, the two may be of one family.
    """
    home = np.zeros(len(levels.level), bool)
    for column in ("phone", "address"):
        level = _level_of(levels, comparisons, column)
        home |= (level == 1) | ((level == 2) & (column == "address"))
    known = _level_of(levels, comparisons, "email") == 1
    known |= _agrees(levels, comparisons, "birth_date")
    for column in ID_FIELDS:
        known |= _agrees(levels, comparisons, column)
    family = np.isin(_level_of(levels, comparisons, "surname"), (1, 2))
    unknown = np.isin(_level_of(levels, comparisons, "given_name"), (0, INITIAL))
    return home & family & unknown & ~known
