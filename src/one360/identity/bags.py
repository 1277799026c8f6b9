"""Texts as bags of words: how alike two are, and how much what they share says.

Addresses and free attributes are compared so. Likeness is the cosine of their letter groups,
weighed by rarity (so that a slip costs little); what is shared is counted in bits of the
words that both have: log2 of how rare each is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

#: Pairs that are compared at once.
AT_ONCE = 200_000
_WORD = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]+|[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")


def words_of(text: str) -> list[str]:
    """Words, numbers, and of Chinese text every two characters beside each other."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if _HAN.match(word):
            found += [word[n : n + 2] for n in range(len(word) - 1)] or [word]
        else:
            found.append(word)
    return found


def _grams(word: str) -> list[str]:
    if _HAN.match(word) or len(word) < 4 or word.isdigit():
        return [word]
    padded = f"^{word}$"
    return [padded[n : n + 3] for n in range(len(padded) - 2)]


@dataclass(frozen=True)
class Bags:
    """The texts of all records, as matrices over the different texts.

    Attributes:
        code: record → row of the matrices; -1 where the record has no text.
        grams: different texts × letter groups, rows of length 1.
        words: different texts × words, square roots of bits.
        rare: different texts → up to two words that fewest others have.
    """

    code: np.ndarray
    grams: sparse.csr_matrix
    words: sparse.csr_matrix
    rare: list[list[str]]


def make_bags(texts: Sequence[str | None]) -> Bags:
    """Bags of the texts of all records."""
    place: dict[str, int] = {}
    code = np.array(
        [-1 if text is None else place.setdefault(text, len(place)) for text in texts], np.int64
    )
    counts = np.bincount(code[code >= 0], minlength=len(place)).astype(float)
    word_lists = [sorted(set(words_of(text))) for text in place]
    gram_lists = [[gram for word in words for gram in _grams(word)] for words in word_lists]
    total = max(float(counts.sum()), 2.0)
    words, held = _weighed(word_lists, counts, total)
    grams, _ = _weighed(gram_lists, counts, total)
    norms = np.sqrt(grams.multiply(grams).sum(axis=1)).A1 if grams.shape[1] else np.ones(len(place))
    scale = sparse.diags(1 / np.maximum(norms, 1e-9))
    rare = [
        sorted((w for w in each if held[w] > 1), key=lambda w: (held[w], w))[:2]
        for each in word_lists
    ]
    return Bags(code, sparse.csr_matrix(scale @ grams), words, rare)


def _weighed(
    lists: list[list[str]], counts: np.ndarray, total: float
) -> tuple[sparse.csr_matrix, dict[str, float]]:
    """Texts × parts, each cell the square root of the part's bits; and records per part."""
    column: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, parts in enumerate(lists):
        for part in set(parts):
            rows.append(row)
            columns.append(column.setdefault(part, len(column)))
    held = np.bincount(columns, weights=counts[rows], minlength=len(column)) if rows else counts[:0]
    bits = np.log2((total + 1) / np.maximum(held, 1))
    values = np.sqrt(np.maximum(bits, 0.01))[columns] if rows else np.zeros(0)
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(lists), max(len(column), 1)))
    return matrix, {part: float(held[number]) for part, number in column.items()}


def alike(bags: Bags, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosine and shared bits of pairs of records; NaN where one of the two has no text."""
    cosine = np.full(len(left), np.nan)
    shared = np.full(len(left), np.nan)
    one, other = bags.code[left], bags.code[right]
    known = np.flatnonzero((one >= 0) & (other >= 0))
    for start in range(0, len(known), AT_ONCE):
        part = known[start : start + AT_ONCE]
        a, b = one[part], other[part]
        cosine[part] = bags.grams[a].multiply(bags.grams[b]).sum(axis=1).A1
        shared[part] = bags.words[a].multiply(bags.words[b]).sum(axis=1).A1
    return cosine, shared
