"""Rules of staging, and lists of names that models join."""

from __future__ import annotations

from typing import Literal

from one360.rules.schema import Code, Day, Row, Text


class TestAccountPattern(Row):
    """A pattern that marks a test account."""

    seed = "test_account_patterns"
    keys = (("field", "pattern"),)

    field: Literal["name", "email"]
    pattern: Text
    note: Text | None


class RejectReason(Row):
    """A reason for which staging rejects a row."""

    seed = "reject_reasons"
    keys = (("code",),)

    code: Code
    name_en: Text
    name_zh: Text
    remedy: Text


class Festival(Row):
    """A festival of a year; written by one360.festivals."""

    seed = "festivals"
    keys = (("festival_code", "festival_date"),)

    festival_date: Day
    festival_code: Code
    name_en: Text
    name_zh: Text


SEEDS = (TestAccountPattern, RejectReason, Festival)
