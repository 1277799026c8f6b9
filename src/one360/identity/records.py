"""Records in the form in which two of them are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

from one360.identity.names import name_parts, sound

#: What a record may carry beside its id; whatever is absent is left out. `id_1` … `id_9`
#: are further identifiers that may be mistyped (member, card, social security number).
TEXT_FIELDS = (
    "given_name",
    "surname",
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


def prepare(frame: pd.DataFrame) -> pd.DataFrame:
    """Records in the form the comparisons expect.

    Args:
        frame: one row per record: ``record_id`` (unique, not null) and any of
            ``full_name``, TEXT_FIELDS and ID_FIELDS, as text (dates also as dates).

    Returns:
        The same rows with ``record_id`` as text, names split, everything lower-case with
        single spaces, dates as yyyymmdd, phones as digits, empty values as None, and for
        names with Chinese characters their pinyin in ``given_name_sound`` and
        ``surname_sound``.

    Raises:
        ValueError: ``record_id`` is missing, null or not unique.
    """
    if "record_id" not in frame.columns:
        raise ValueError("the frame lacks record_id")
    if frame["record_id"].isna().any() or frame["record_id"].duplicated().any():
        raise ValueError("record_id must be unique and not null")
    known = [c for c in (*TEXT_FIELDS, *ID_FIELDS) if c in frame.columns]
    texts = {column: [_clean(value) for value in frame[column]] for column in known}
    if "full_name" in frame.columns:
        split = [name_parts(_clean(value)) for value in frame["full_name"]]
        for position, column in enumerate(("surname", "given_name")):
            own = texts.get(column, [None] * len(split))
            texts[column] = [
                value or parts[position] for value, parts in zip(own, split, strict=True)
            ]
    for column in ("birth_date", "phone", *ID_FIELDS):
        if column in texts:
            texts[column] = [_PUNCTUATION.sub("", v) or None if v else None for v in texts[column]]
    if "birth_date" in texts:
        # a date may come with a time of day, as spreadsheets write it
        texts["birth_date"] = [v[:8] if v and v[:8].isdigit() else v for v in texts["birth_date"]]
    for column in ("given_name", "surname"):
        if column in texts:
            texts[f"{column}_sound"] = [
                sound(v, is_surname=column == "surname") if v else None for v in texts[column]
            ]
    ids = [str(value) for value in frame["record_id"]]
    return pd.DataFrame({"record_id": ids, **texts}, dtype=object)


_PUNCTUATION = re.compile(r"[\s\-/.()+]")


def _clean(value: Any) -> str | None:
    """Lower case, single spaces; None for what is empty or not a number."""
    if value is None or value != value:
        return None
    return " ".join(unicodedata.normalize("NFKC", str(value)).lower().split()) or None
