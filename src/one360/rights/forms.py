"""The form in which values of a person are compared, whatever the way they are written in.

A value counts within a space: ``phone``, ``email``, what a declaration names (``card``,
``unionid``), else the system whose key it is. Macro ``erased_form`` has the same SQL for both
engines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import duckdb

from one360.sql import literal

_WIDE = (
    *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B),
    0xFF20, 0xFF0E, 0xFF0D, 0xFF3F, 0xFF0B,
)  # fmt: skip

#: Calling codes of one digit and of two; all others have three.
_SHORT_CODES = re.compile("1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


def form_sql(space: str, expression: str) -> str:
    """SQL of DuckDB that gives the form of a value; of a phone its digits without zeros before."""
    wide = literal("".join(map(chr, _WIDE)))
    usual = literal("".join(chr(code - 0xFEE0) for code in _WIDE))
    text = f"translate(cast({expression} as string), {wide}, {usual})"
    text = _without(text, r"[\s\p{Z}\p{Cc}\p{Cf}]+")
    if space == "email":
        return _without(f"lower({text})", "mailto:|[<>]")
    text = _without(text, r"\.0+$")
    if space == "phone":
        return _without(_without(text, "[^0-9]+"), "^0+")
    if space == "card":
        return "upper(" + _without(text, r"[\p{Pd}_.·]+") + ")"
    return f"lower({text})" if space == "contact_hash" else text


def _without(expression: str, pattern: str) -> str:
    return f"regexp_replace({expression}, {literal(pattern)}, '', 'g')"


def forms(
    connection: duckdb.DuckDBPyConnection, space: str, values: Iterable[str]
) -> dict[str, str]:
    """Each value with its form."""
    rows = connection.execute(
        f"select value, {form_sql(space, 'value')} from (select unnest(?::varchar[]) as value)",
        [sorted(set(values))],
    ).fetchall()
    return {str(value): str(form) for value, form in rows}


def spellings(space: str, value: str) -> Iterator[str]:
    """A normalised value, and of a phone in E.164 how it is dialled with and without its code."""
    yield value
    if space == "phone" and value.startswith("+"):
        code, national = parts_of_phone(value)
        yield national
        yield f"{code}0{national}"


def parts_of_phone(e164: str) -> tuple[str, str]:
    """Calling code and national number of a phone in E.164."""
    digits = e164.removeprefix("+")
    short = _SHORT_CODES.match(digits)
    length = short.end() if short else 3
    return digits[:length], digits[length:]


def contact_hash(value: str) -> str:
    """How third parties name a phone or e-mail address: SHA-256 of the normalised text."""
    return hashlib.sha256(value.encode()).hexdigest()
