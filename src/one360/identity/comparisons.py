"""How the fields of two records are compared, in Splink's settings format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from one360.identity.records import ADDRESS_FIELDS, ID_FIELDS


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
    """A number that an issuer gave out: equal, one slip, two slips."""
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
