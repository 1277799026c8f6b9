"""The form in which values of a person are compared, whatever the way they are written in.

A value counts within a space: ``phone``, ``email``, what a declaration names (``card``,
``unionid``), else the system whose key it is. Macro ``erased_forms`` has the same SQL for both
engines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import duckdb

from one360.sql import literal

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_USUAL = "".join(map(chr, range(0x21, 0x7F)))

#: Calling codes of one digit and of two; all others have three.
_SHORT_CODES = re.compile("1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")

_SPACES = r"[\s\p{Z}\p{Cc}\p{Cf}]+"
_GUARDED = r"""^(?:'([^']+)|="([^"]*)")$"""
_FRACTION = r"\.0+$"
_POWER = r"-?\d(?:\.\d+[eE]\+?|[eE]\+)\d{1,3}"
#: Decimals of a number as a power of ten, and its exponent: with fewer of them, digits are lost.
_DECIMALS = r"^-?\d[.]?(\d*)[eE]"
_EXPONENT = r"[eE][+]?(\d{1,3})$"
_NUMBER = r"[+]?[ (]{0,2}(?:[0-9][ ().-]{0,2}){7,}[0-9]"
_UNSPACED = "[+]?[0-9]{8,}"
#: Two phones in one field.
_LISTED = (
    rf"^\s*({_NUMBER})\s*(?:[/\\,;|&、]|或者?|和|or|and)\s*({_NUMBER})\s*$",
    rf"^\s*({_UNSPACED})\s+({_UNSPACED})\s*$",
)


def forms_sql(space: str, expression: str) -> list[str]:
    """SQL of DuckDB for the forms of a value: two of a phone, whose field may list a second.

    The form of a phone is its digits without zeros before, that of an e-mail its mailbox: without
    what follows +, and at Gmail without dots. What is no value has the form null or ''.
    """
    folded = f"translate(cast({expression} as varchar), {literal(_WIDE)}, {literal(_USUAL)})"
    text = _replaced(folded, _SPACES)
    if space == "email":
        alone = _replaced(f"lower({text})", "^[^<>@]+<([^<>]+)>$", r"\1")
        return [_mailbox(_replaced(alone, "mailto:|[<>]"))]
    text = _replaced(text, _GUARDED, r"\1\2")
    text = (
        f"case when regexp_full_match({text}, {literal(_POWER)}) and "
        f"length(regexp_extract({text}, {literal(_DECIMALS)}, 1)) >= "
        f"try_cast(regexp_extract({text}, {literal(_EXPONENT)}, 1) as int) "
        f"then coalesce(cast(try_cast({text} as decimal(38, 0)) as varchar), {text}) "
        f"else {_replaced(text, _FRACTION)} end"
    )
    if space == "phone":
        first, second = (
            " || ".join(f"regexp_extract({folded}, {literal(each)}, {place})" for each in _LISTED)
            for place in (1, 2)
        )
        return [_digits(f"coalesce(nullif({first}, ''), {text})"), _digits(second)]
    if space == "card":
        return ["upper(" + _replaced(text, r"[\p{Pd}_.·]+") + ")"]
    return [f"lower({text})" if space == "contact_hash" else text]


def _digits(text: str) -> str:
    return _replaced(_replaced(text, "[^0-9]+"), "^0+")


def _mailbox(text: str) -> str:
    short = _replaced(text, r"^([^@+]+)\+[^@]*@", r"\1@")
    return (
        f"case when regexp_matches({short}, '@(gmail|googlemail)[.]com$') "
        f"then replace(split_part({short}, '@', 1), '.', '') || '@gmail.com' else {short} end"
    )


def _replaced(expression: str, pattern: str, by: str = "") -> str:
    return f"regexp_replace({expression}, {literal(pattern)}, {literal(by)}, 'g')"


def names_sql(space: str, expression: str, wanted: Iterable[str]) -> str:
    """SQL that says whether a form of a value is among those wanted."""
    among = "[" + ", ".join(literal(value) for value in sorted(wanted)) + "]::varchar[]"
    return " or ".join(
        f"coalesce(list_contains({among}, {form}), false)" for form in forms_sql(space, expression)
    )


def all_forms(
    connection: duckdb.DuckDBPyConnection, space: str, values: Iterable[str]
) -> dict[str, set[str]]:
    """Each value with its forms."""
    columns = ", ".join(forms_sql(space, "value"))
    rows = connection.execute(
        f"select value, {columns} from (select unnest(?::varchar[]) as value)",
        [sorted(set(values))],
    ).fetchall()
    return {str(value): {str(each) for each in found if each} for value, *found in rows}


def forms(
    connection: duckdb.DuckDBPyConnection, space: str, values: Iterable[str]
) -> dict[str, str]:
    """Each value with its form, of two phones that of the first."""
    rows = connection.execute(
        f"select value, {forms_sql(space, 'value')[0]} from (select unnest(?::varchar[]) as value)",
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
