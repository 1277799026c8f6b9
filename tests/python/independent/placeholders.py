"""Values that name no one person by their form: `docs/identity.md`, section "Suppressed values"."""

from __future__ import annotations

import re

import phonenumbers

from tests.python.independent.placeholder_words import NOBODY, NOWHERE, ROLES, THROW_AWAY, WORDS

UP, DOWN = "0123456789" * 4, "9876543210" * 4


def is_filler(digits: str) -> bool:
    """One digit repeated, or three or more that run up or down."""
    if not re.fullmatch("[0-9]+", digits):
        return False
    runs = 3 <= len(digits) <= 20 and (digits in UP or digits in DOWN)
    return len(set(digits)) == 1 or runs


def is_phone(number: str) -> bool:
    """A number in E.164 that ends in filler digits, or in two digits four times."""
    if number[-8:] == number[-2:] * 4:
        return True
    for length in (1, 2, 3):
        code = number[1 : 1 + length]
        if code.isdigit() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = number[1 + length :]
            if len(national) < 7:
                return False
            if len(national) > 10:
                return is_filler(national[-8:])
            return national[-7:] == national[-1] * 7
    return False


def is_number(value: str) -> bool:
    """A number of a card or of another system that stands for nobody."""
    if re.fullmatch("-[0-9]+", value):
        return True
    text = "".join(c for c in value if c.isalnum()).upper()
    if set(text) == {"0"} or text in WORDS or re.fullmatch("TEST[0-9]{0,3}", text):
        return True
    if len(text) >= 4 and len(set(text)) == 1 and re.fullmatch("[A-Z0-9]+", text):
        return True
    return len(text) >= 6 and is_filler(text)


def email_issue(address: str) -> str | None:
    """Why an address names no one person; None of all others."""
    local, _, domain = address.partition("@")
    name = re.sub("[^a-z0-9]", "", local)
    label = domain.partition(".")[0]
    is_repeated = len(name) >= 3 and len(set(name)) == 1 and name[0] in "abcdefghijklmnopqrstuvwxyz"
    if name in NOBODY or is_repeated or is_filler(name) or re.fullmatch("[0-9]{1,2}", name):
        return "placeholder"
    if re.fullmatch("test(er|ing|user)?[0-9]{0,3}", name):
        return "placeholder"
    ends = domain.split(".")
    if "example" in ends[:-1] or ends[-1] in ("example", "test", "invalid", "localhost", "local"):
        return "placeholder"
    if len(ends) == 2 and ends[0] in NOWHERE and ends[1] in ("com", "org", "net", "cn"):
        return "placeholder"
    if len(ends) > 1 and ends[-2] in THROW_AWAY:
        return "throw_away"
    if len(local) < 3 and local == label:
        return "placeholder"
    return "role_address" if name in ROLES or local == label else None
