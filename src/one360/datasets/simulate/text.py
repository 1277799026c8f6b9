"""Vectorised strings: identifiers from integers, look-ups, joins.

Every function maps arrays of length n to an Arrow string array of length n;
nothing loops over rows in Python.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def from_bytes(matrix: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Turn an (n, width) matrix of ASCII codes into n strings."""
    rows, width = matrix.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        rows,
        pa.py_buffer(offsets),
        pa.py_buffer(np.ascontiguousarray(matrix).tobytes()),
    )


def digit_matrix(values: Ints, width: int) -> npt.NDArray[np.uint8]:
    """Digits 0–9 of non-negative integers as an (n, width) matrix."""
    matrix = np.empty((len(values), width), dtype=np.uint8)
    rest = np.asarray(values, dtype=np.int64)
    for column in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        matrix[:, column] = digit
    return matrix


def numbered(prefix: str, values: Ints, width: int) -> pa.StringArray:
    """`prefix` followed by each integer, padded with zeros to `width`."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    matrix = np.empty((len(values), len(head) + width), dtype=np.uint8)
    matrix[:, : len(head)] = head
    matrix[:, len(head) :] = digit_matrix(values, width) + 48
    return from_bytes(matrix)


def scrambled(values: Ints, salt: int) -> npt.NDArray[np.uint64]:
    """Bijection of 64-bit integers (splitmix64): distinct in, distinct out."""
    with np.errstate(over="ignore"):
        mixed = values.astype(np.uint64) ^ (np.uint64(salt) << np.uint64(40))
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(30)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed


def hexed(prefix: str, values: npt.NDArray[np.uint64]) -> pa.StringArray:
    """`prefix` followed by the 16 hexadecimal digits of each integer."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    octets = values.astype(">u8").view(np.uint8).reshape(len(values), 8)
    matrix = np.empty((len(values), len(head) + 16), dtype=np.uint8)
    matrix[:, : len(head)] = head
    matrix[:, len(head) :: 2] = _HEX[octets >> 4]
    matrix[:, len(head) + 1 :: 2] = _HEX[octets & 15]
    return from_bytes(matrix)


def words(text: str) -> list[str]:
    """The words of a text, for lists too long to quote one by one."""
    return text.split()


def strings(values: Sequence[str | None]) -> pa.StringArray:
    """A small list of strings as an Arrow array."""
    return pa.array(values, type=pa.string())


def lookup(
    codes: npt.NDArray[np.integer], words: Sequence[str | None] | pa.Array
) -> pa.DictionaryArray:
    """Categorical column: `words[code]`, null where the code is negative.

    A word may itself be null.
    """
    codes = np.asarray(codes)
    if isinstance(words, pa.Array):
        dictionary = words
    else:
        # Parquet's dictionaries hold no nulls; the index says it instead.
        dictionary = strings([word or "" for word in words])
        is_null = np.array([word is None for word in words])
        codes = np.where((codes >= 0) & ~is_null[codes], codes, -1)
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def take(
    words: Sequence[str | None] | pa.Array,
    codes: npt.NDArray[np.integer],
) -> pa.StringArray:
    """Plain string column: `words[code]`, null where the code is negative."""
    dictionary = words if isinstance(words, pa.Array) else strings(words)
    codes = np.asarray(codes)
    return dictionary.take(pa.array(codes.astype(np.int64), mask=codes < 0))


def join(*parts: pa.Array | str) -> pa.StringArray:
    """Concatenate element by element; a null part makes the result null."""
    typed = [pa.scalar(part, pa.string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*typed, pa.scalar("", pa.string()))


def where(
    mask: Bools, chosen: pa.Array | str | None, other: pa.Array | str | None
) -> pa.StringArray:
    """`chosen` where the mask holds, else `other`."""
    sides = [
        pa.scalar(side, pa.string()) if side is None or isinstance(side, str) else side
        for side in (chosen, other)
    ]
    return pc.if_else(pa.array(mask), *sides)


def assemble(parts: Sequence[tuple[Ints, pa.Array]], length: int) -> pa.StringArray:
    """Put pieces at their positions; positions nobody fills are null.

    parts: pairs of (positions into 0…length-1, strings of the same length).
    """
    order = np.full(length, -1, dtype=np.int64)
    offset = 0
    pieces = []
    for positions, piece in parts:
        order[positions] = offset + np.arange(len(positions))
        offset += len(positions)
        pieces.append(piece)
    if not pieces:
        return pa.nulls(length, pa.string())
    return pa.concat_arrays(pieces).take(pa.array(order, mask=order < 0))
