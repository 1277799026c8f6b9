"""Records in the form in which two of them are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from one360.identity.dates import read_date, without_placeholders
from one360.identity.name_words import SUFFIXES, TITLES
from one360.identity.names import (
    Name,
    folded,
    gender_of_titles,
    name_roots,
    parse_name,
    sound,
)

#: What a record may carry beside its id; whatever is absent is left out. `id_1` … `id_9`
#: are further identifiers that may be mistyped (member, card, social security number), and
#: `attribute_1` … `attribute_9` whatever else is known: occupation, gender, a set of words.
TEXT_FIELDS = (
    "given_name",
    "surname",
    "gender",
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
ATTRIBUTE_FIELDS = tuple(f"attribute_{number}" for number in range(1, 10))


def prepare(frame: pd.DataFrame) -> pd.DataFrame:
    """Records in the form the comparisons expect.

    Args:
        frame: one row per record: ``record_id`` (unique, not null) and any of
            ``full_name``, TEXT_FIELDS, ID_FIELDS and ATTRIBUTE_FIELDS, as text (dates also
            as dates).

    Returns:
        The same rows with ``record_id`` as text, names split and folded, everything in lower
        case with single spaces, dates as yyyymmdd or yyyy without placeholders, phones as
        digits, empty values as None. Beside a name part stands how it sounds
        (``given_name_sound``, ``surname_sound``), beside a given name what it may be short
        for (``given_roots``) and further given names (``middle``), in ``name_words`` all
        words of the name, the last three between bars.

    Raises:
        ValueError: ``record_id`` is missing, null or not unique.
    """
    if "record_id" not in frame.columns:
        raise ValueError("the frame lacks record_id")
    if frame["record_id"].isna().any() or frame["record_id"].duplicated().any():
        raise ValueError("record_id must be unique and not null")
    plain = (*TEXT_FIELDS[3:], *ID_FIELDS, *ATTRIBUTE_FIELDS)
    texts: dict[str, Sequence[str | None]] = {
        column: [_clean(value) for value in frame[column]]
        for column in plain
        if column in frame.columns
    }
    texts |= _names(frame)
    genders = _genders(frame)
    if any(genders):
        texts["gender"] = genders
    for column in ("phone", *ID_FIELDS):
        if column in texts:
            texts[column] = [_code(value) for value in texts[column]]
    if "phone" in texts:
        texts["phone"] = [value[-11:] if value else None for value in texts["phone"]]
    if "birth_date" in texts:
        dates = [read_date(value) for value in texts["birth_date"]]
        texts["birth_date"] = without_placeholders(dates, _initials(texts, len(dates)))
    ids = [str(value) for value in frame["record_id"]]
    return pd.DataFrame({"record_id": ids, **texts}, dtype=object)


def _names(frame: pd.DataFrame) -> dict[str, Sequence[str | None]]:
    given = {c for c in ("full_name", "given_name", "surname") if c in frame.columns}
    if not given:
        return {}
    columns = [frame[c] if c in given else [None] * len(frame) for c in _NAME_COLUMNS]
    names = [_name(*(_text(part) for part in parts)) for parts in zip(*columns, strict=True)]
    parts: dict[str, list[str | None]] = {
        part: [folded(value) if value else None for value in values]
        for part, values in (
            ("given_name", [name.given for name, _ in names]),
            ("surname", [name.surname for name, _ in names]),
        )
    }
    found: dict[str, Sequence[str | None]] = {}
    for part in ("given_name", "surname"):
        if any(parts[part]) or part in given:
            found[part] = parts[part]
            found[f"{part}_sound"] = [
                sound(value, is_surname=part == "surname") or None if value else None
                for value in parts[part]
            ]
    if "given_name" in found:
        found["given_roots"] = [
            _barred(name_roots(value)) if value else None for value in parts["given_name"]
        ]
        found["middle"] = [
            _barred(folded(name.middle).split()) if name.middle else None for name, _ in names
        ]
    found["name_words"] = [
        _barred(word for word in folded(words).split() if len(word) > 2) if words else None
        for _, words in names
    ]
    return found


def _genders(frame: pd.DataFrame) -> list[str | None]:
    """F or m as column gender or the titles of the name say."""
    columns = [c for c in ("gender", "full_name", "given_name") if c in frame.columns]
    rows = zip(*(frame[c] for c in columns), strict=True) if columns else ()
    found = [[gender_of_titles(_text(value)) for value in row] for row in rows]
    return [next((gender for gender in row if gender), None) for row in found]


_NAME_COLUMNS = ("full_name", "given_name", "surname")


def _name(full: str | None, given: str | None, surname: str | None) -> tuple[Name, str]:
    """The name of a record and all words of it; parts of their own win over the full name."""
    whole = parse_name(full) if full else Name()
    if given:
        alone = parse_name(given)
        words = [word for word in (alone.given, alone.middle, alone.surname) if word]
        if given.replace(" ", "").isascii():
            words = [w for w in given.split() if w.strip(".").lower() not in TITLES] or [given]
            words = [word.strip(".,") for word in words if word.strip(".,")]
        elif " " not in given:
            words = [given]
        middle = [*words[1:], *(whole.middle or "").split()]
        whole = Name(whole.surname, words[0] if words else None, " ".join(middle) or None)
    if surname:
        kept = [
            word
            for word in surname.replace(",", " ").split()
            if word.strip(".").lower() not in SUFFIXES
        ]
        family = " ".join(kept) or None
        whole = Name(family, whole.given, whole.middle)
    words_of_all = " ".join(part for part in (full, given, surname) if part)
    return whole, re.sub(r"[^\w'’-]+", " ", words_of_all)


def _barred(words: Any) -> str | None:
    kept = list(dict.fromkeys(word.strip(".,'’-|") for word in words))
    joined = "|".join(word for word in kept if word)
    return f"|{joined}|" if joined else None


def _initials(texts: dict[str, Sequence[str | None]], rows: int) -> list[str | None]:
    """What tells people apart roughly, and is hardly ever mistyped; None without a name."""
    surnames = texts.get("surname_sound", [None] * rows)
    given = texts.get("given_name_sound", [None] * rows)
    return [
        f"{(surname or ' ')[0]}{(name or ' ')[0]}" if surname or name else None
        for surname, name in zip(surnames, given, strict=True)
    ]


_PUNCTUATION = re.compile(r"[\s\-/.()+]")
_RUNNING = "01234567890123456789 98765432109876543210"


def _code(value: str | None) -> str | None:
    """Letters and digits of an identifier; None of what says nothing (one digit, 123456)."""
    code = _PUNCTUATION.sub("", value or "")
    if not code or len(set(code)) == 1 and len(code) > 2:
        return None
    return None if len(code) > 4 and code in _RUNNING else code


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return " ".join(str(value).split()) or None


def _clean(value: Any) -> str | None:
    """Lower case, single spaces; None for what is empty or not a number."""
    text = _text(value)
    return unicodedata.normalize("NFKC", text).lower() if text else None
