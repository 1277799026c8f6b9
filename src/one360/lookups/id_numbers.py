"""Numbers of people that prove themselves by a check digit: identity numbers of a region, cards.

Each check takes the number without what is written between its characters, in capitals. A region
whose numbers have no check digit (the United States, Macao, the United Kingdom) has none here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25,
               24, 23)  # fmt: skip
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

#: Issuers: what a card begins with, and how many digits it has.
_CARDS = re.compile(
    r"4\d{15}"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|62\d{14,17}"  # UnionPay
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}"  # Discover
)


@dataclass(frozen=True)
class IdNumber:
    """A kind of identity number: how it is written, and its check.

    Attributes:
        region: who issues it.
        pattern: in a text, of capitals; one group for each part that counts.
        holds: whether the check digit is that of the rest.
        is_sure: chance alone seldom makes one, not even in a column of other numbers.
    """

    region: str
    pattern: str
    holds: Callable[[str], bool]
    is_sure: bool = False


def _is_date(text: str) -> bool:
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8])).year >= 1900
    except ValueError:
        return False


def is_chinese(number: str) -> bool:
    """Resident identity number: region, date of birth, order, check (ISO 7064, mod 11-2)."""
    total = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(number[:17]))
    return _is_date(number[6:14]) and "10X98765432"[total % 11] == number[17]


def is_of_hong_kong(number: str) -> bool:
    """Identity card: one or two letters, six digits, and a check to the base of 11."""
    letters, digits, check = number[:-7], number[-7:-1], number[-1]
    values = [36] * (2 - len(letters)) + [ord(letter) - 55 for letter in letters]
    values += [int(digit) for digit in digits] + [10 if check == "A" else int(check)]
    return sum(value * (9 - at) for at, value in enumerate(values)) % 11 == 0


def is_of_taiwan(number: str) -> bool:
    """National identification number: a letter of the place, nine digits."""
    place = _TAIWAN_LETTERS.index(number[0]) + 10
    digits = [place // 10, place % 10] + [int(digit) for digit in number[1:]]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(a * b for a, b in zip(digits, weights, strict=True)) % 10 == 0


def is_of_singapore(number: str) -> bool:
    """National registration and foreign identification number; their third series too."""
    total = sum(int(d) * w for d, w in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(number[0], 0)
    letters = {"S": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
    return letters[{"T": "S", "G": "F"}.get(number[0], number[0])][total % 11] == number[8]


def is_korean(number: str) -> bool:
    """Resident registration number; those given since October 2020 have no check digit."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(d) * w for d, w in zip(number[:12], weights, strict=True))
    century = {"1": "19", "2": "19", "5": "19", "6": "19", "9": "18", "0": "18"}
    born = century.get(number[6], "20") + number[:6]
    return _is_date(born) and (11 - total % 11) % 10 == int(number[12])


def is_japanese(number: str) -> bool:
    """Individual number: eleven digits and a check."""
    total = sum(int(d) * (w + 1 if w <= 6 else w - 5) for w, d in enumerate(number[10::-1], 1))
    return int(number[11]) == (0 if total % 11 <= 1 else 11 - total % 11)


def is_spanish(number: str) -> bool:
    """NIF of a citizen, NIE of a foreigner: the letter is the number modulo 23."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _NIF_LETTERS[int(digits) % 23] == number[-1]


def is_italian(number: str) -> bool:
    """Codice fiscale of a person: the last letter is the check."""
    at = [int(sign) if sign.isdigit() else ord(sign) - 65 for sign in number[:15]]
    odd = sum(_FISCAL_ODD[value] for value in at[::2])
    return chr((odd + sum(at[1::2])) % 26 + 65) == number[15]


def is_french(number: str) -> bool:
    """Number of social security: thirteen signs and 97 less their remainder."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(digits) % 97 == int(number[13:])


def is_card(number: str) -> bool:
    """A payment card: prefix and length of an issuer, and the check of Luhn."""
    if not _CARDS.fullmatch(number):
        return False
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


ID_NUMBERS = (
    IdNumber(
        "CN",
        r"([1-8]\d{5})[ -]?((?:19|20)\d\d[01]\d[0-3]\d)[ -]?(\d{3}[\dX])",
        is_chinese,
        is_sure=True,
    ),
    IdNumber("HK", r"([A-Z]{1,2}\d{6})(?:\(([\dA])\)|([\dA]))", is_of_hong_kong),
    IdNumber("TW", r"([A-Z][1289]\d{8})", is_of_taiwan),
    IdNumber("SG", r"([STFGM]\d{7}[A-Z])", is_of_singapore),
    IdNumber("KR", r"(\d\d[01]\d[0-3]\d)-(\d{7})", is_korean),
    # twelve digits in a row are article numbers far more often
    IdNumber("JP", r"(?<!\d[ -])(\d{4})[ -](\d{4})[ -](\d{4})(?![ -]\d)", is_japanese),
    IdNumber("ES", r"(\d{8})-?([A-HJ-NP-TV-Z])", is_spanish),
    IdNumber("ES", r"([XYZ]\d{7})-?([A-HJ-NP-TV-Z])", is_spanish),
    IdNumber(
        "IT", r"([A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z])", is_italian, is_sure=True
    ),
    IdNumber(
        "FR",
        r"([12]) ?(\d\d) ?([01]\d) ?(\d\d|2[AB]) ?(\d{3}) ?(\d{3}) ?(\d\d)",
        is_french,
        is_sure=True,
    ),
)  # fmt: skip

_CARD_IN_TEXT = re.compile(r"(?<![0-9A-Za-z*.])\d(?:[ -]?\d){13,18}(?![0-9A-Za-z*])")


def id_numbers(regions: Collection[str]) -> tuple[IdNumber, ...]:
    """The kinds of identity number that are looked for where these are the regions."""
    return tuple(kind for kind in ID_NUMBERS if kind.region in regions)


def found_ids(text: str, kinds: Collection[IdNumber]) -> Iterator[tuple[str, IdNumber]]:
    """Identity numbers in a text whose check digit holds, as they are written in it."""
    capitals = text.upper() if len(text.upper()) == len(text) else text
    for kind in kinds:
        for match in re.finditer(rf"(?<![0-9A-Za-z*-]){kind.pattern}(?![0-9A-Za-z*-])", capitals):
            if kind.holds("".join(part for part in match.groups() if part)):
                yield text[match.start() : match.end()], kind


def found_cards(text: str) -> Iterator[str]:
    """Payment cards in a text, as they are written in it."""
    for match in _CARD_IN_TEXT.finditer(text):
        if is_card(re.sub("[ -]", "", match[0])):
            yield match[0]
