"""Finds personal values in a text by what they look like, in every way they are written.

Phones are those of the configured regions, by the rules of the phonenumbers library; identity
numbers and cards prove themselves by a check digit. A text of digits is more often a number of
something else, so without a plus only mobile numbers count, and those that look like any ten
digits (North America) only as people write them: (212) 555-0100.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import unquote

from phonenumbers import PhoneMetadata

from one360.lookups.contacts import EMAIL_IN_TEXT
from one360.lookups.id_numbers import found_cards, found_ids, id_numbers

PHONE, EMAIL, ID_NUMBER, CARD = "a phone number", "an e-mail address", "an id number", "a card"

#: Calling code of North America, and how its numbers are written.
_NORTH_AMERICA = 1
_AS_WRITTEN = re.compile(r"(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}")

#: What stands between the digits of a number.
_APART = "[ ().\u00a0\u2010-\u2015-]"
_RUN = re.compile(
    rf"(?<![0-9A-Za-z*])(\+?)(\(?[0-9](?:{_APART}{{0,3}}[0-9]){{6,18}})(?![0-9A-Za-z*]|\.[0-9])"
)
_EMAIL = re.compile(EMAIL_IN_TEXT)
_DIGITS = re.compile(r"(?<![0-9])[0-9]{8,15}(?![0-9])")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_FEWEST, _MOST = 8, 15

#: How an Italian codice fiscale begins; all others have seven digits or more.
_FISCAL = "[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}"
#: In every text that may hold such a value; a pattern of DuckDB.
HINT = rf"[@＠]|%40|\p{{Nd}}(?:{_APART}{{0,3}}\p{{Nd}}){{6}}|{_FISCAL}"
#: The same in columns of keys, which are numbers by nature.
HINT_IN_KEYS = rf"[@＠]|%40|[0-9]{{8}}|{_FISCAL}"


class PersonalText:
    """Looks for phones, e-mail addresses, identity numbers and cards.

    Args:
        regions: codes of the countries whose phones and identity numbers are known, the
            default one first.
    """

    def __init__(self, regions: Collection[str]) -> None:
        self.kinds = id_numbers(regions)
        self._sure = tuple(kind for kind in self.kinds if kind.is_sure)
        self._plans = [_Plan(region, at == 0) for at, region in enumerate(dict.fromkeys(regions))]

    def kinds_in(self, text: str, *, is_key: bool = False) -> Iterator[str]:
        """Each kind of personal value that a text holds.

        Args:
            text: a value as it is published.
            is_key: it is of a column of keys, where phones are known by the warehouse alone and
                other numbers only where chance does not make them.
        """
        plain = spelt(text)
        if "@" in plain and _EMAIL.search(plain):
            yield EMAIL
        if not is_key and any(self._is_phone(*found) for found in _numbers(plain)):
            yield PHONE
        if next(found_ids(plain, self._sure if is_key else self.kinds), None):
            yield ID_NUMBER
        if not is_key and next(found_cards(plain), None):
            yield CARD

    def _is_phone(self, has_plus: bool, digits: str, written: str) -> bool:
        if has_plus:
            return digits[0] != "0" and _FEWEST <= len(digits) <= _MOST
        return any(plan.fits(digits, written) for plan in self._plans)


def spelt(text: str) -> str:
    """The text in the usual width, digits of any script as 0 to 9, %40 as @."""
    if "%" in text:
        text = unquote(text)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)


def numbers_in(text: str) -> Iterator[str]:
    """The digits of what may be a number of somebody, whatever touches it."""
    plain = spelt(text)
    for match in _DIGITS.finditer(plain):
        yield match[0]
    for _, digits, _ in _numbers(plain):
        if _FEWEST <= len(digits) <= _MOST:
            yield digits


def _numbers(text: str) -> Iterator[tuple[bool, str, str]]:
    """Whether a plus comes before, the digits, and what is written, of words that may be one."""
    for run in _RUN.finditer(text):
        words = [word for word in re.split("[ \u00a0]+", run[2]) if re.search("[0-9]", word)]
        for first in range(len(words)):
            digits = ""
            for last in range(first, len(words)):
                digits += re.sub("[^0-9]", "", words[last])
                if len(digits) > _MOST:
                    break
                written = " ".join(words[first : last + 1])
                if len(digits) >= _FEWEST - 1 and not _DECIMAL.fullmatch(written):
                    yield bool(run[1]) and first == 0, digits, written


class _Plan:
    """How numbers of a region are written without a plus."""

    def __init__(self, region: str, is_home: bool) -> None:
        rules: Any = PhoneMetadata.metadata_for_region(region)
        self.code = str(rules.country_code)
        self._is_american = rules.country_code == _NORTH_AMERICA
        self._any = re.compile(rules.general_desc.national_number_pattern)
        self._mobile = re.compile(rules.mobile.national_number_pattern or "(?!)")
        # a Chinese mobile number is dialled as it is
        prefix = rules.national_prefix if region != "CN" else None
        self._starts = [prefix or ""]
        if is_home:
            self._starts.append(self.code)

    def fits(self, digits: str, written: str) -> bool:
        abroad = "00" + self.code
        if digits.startswith(abroad) and self._any.fullmatch(digits[len(abroad) :]):
            return True
        if self._is_american:
            national = digits[-10:]
            return bool(_AS_WRITTEN.fullmatch(written) and self._mobile.fullmatch(national))
        return any(
            digits.startswith(start) and self._mobile.fullmatch(digits[len(start) :])
            for start in self._starts
        )
