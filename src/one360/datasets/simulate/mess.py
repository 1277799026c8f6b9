"""How dirty the demo data is: every rate, and the ways values are spoilt.

Rates are shares of the rows (or people) named in their comment. The
documentation quotes these constants; change them here only.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate.text import Bools, Ints, assemble, join, take

# --- people -----------------------------------------------------------------
HOUSEHOLD_PEOPLE = 0.03  # people who share a phone with another person
SHARED_DEVICE_PEOPLE = 0.025  # account holders who share a computer
REGISTERED_TWICE = 0.03  # members with a second membership
LATIN_NAME = 0.08
ONE_CHARACTER_GIVEN_NAME = 0.2
PHONE_HONG_KONG = 0.015
PHONE_FOREIGN = 0.008
PHONE_LANDLINE = 0.012

# --- contact values ---------------------------------------------------------
PHONE_MISSING_CRM = 0.05
PHONE_MISSING_WEB = 0.08
EMAIL_MISSING_CRM = 0.45
EMAIL_MISSING_WEB = 0.07
PHONE_PLACEHOLDER = 0.006  # phones given that are 13800138000, 无, N/A …
EMAIL_PLACEHOLDER = 0.01
EMAIL_UPPER = 0.05
EMAIL_SPACES = 0.02
NAME_WITH_SPACES = 0.03
NAME_WITH_TITLE = 0.02
NAME_PADDED = 0.02
CARD_WRITTEN_ODDLY = 0.07  # lower case, spaces, dashes, full-width
UNIONID_MISSING = 0.02  # of WeChat users
BIRTHDAY_1900 = 0.03  # default of the old till: 1900-01-01
BIRTHDAY_IMPOSSIBLE = 0.004  # in the future or before 1905
DATE_UNREADABLE = 0.002  # per date column of members and tickets

# --- receipts ---------------------------------------------------------------
STAFF_PHONE = 0.03  # receipts on which staff entered their own phone
STAFF_PHONES_PER_10_000 = 6
STAFF_PHONES_MOST = 240
TEST_RECEIPT = 0.001
UNKNOWN_PRODUCT = 0.001  # lines
ORPHAN_LINE = 0.0003  # lines
FUTURE_ORDER = 0.0003  # event time after the extract that brought it
RETURNED_POS = 0.04
RETURNED_ONLINE = 0.03
CANCELLED_ONLINE = 0.04
REFUNDED_WITHOUT_RETURN = 0.01
GUEST_CHECKOUT = 0.02  # web orders without sign-in
GIFT_RECIPIENT = 0.02  # online orders sent to somebody else

# --- calls ------------------------------------------------------------------
CALLER_UNKNOWN = 0.05  # calls from numbers that no other system knows
NUMBER_WITHHELD = 0.03
UNKNOWN_AGENT = 0.01  # calls answered by an agent of no roster
CALL_NUMBERED_AGAIN = 0.003  # numbers of calls that recur with other values

# --- community and shares ---------------------------------------------------
REPLY_TO_ONESELF = 0.05
POST_DELETED = 0.03
AUTHOR_UNKNOWN = 0.005  # posts of a member whom the export no longer has
LIKE_OF_NOTHING = 0.005  # likes of a post that is not there
SHARE_OPENED_BY_SELF = 0.03
SHARE_VISITOR_UNKNOWN = 0.06  # openings by an openid that no app has a user of
SHARE_VISITOR_MISSING = 0.03
SHARE_STEP_UNKNOWN = 0.002  # events of a kind that is none
CLOCK_AHEAD = 0.001  # times a month after the extract that brought them

# --- rows -------------------------------------------------------------------
LATE_ROW = 0.015
LATE_DAYS = (3, 40)  # how much later
DUPLICATE_ROW = 0.005  # exact copies, per table of events
SUPERSEDED_MEMBER = 0.06  # members with an older version in the file
SUPERSEDED_ACCOUNT = 0.03
TEST_ACCOUNT = 0.002  # per person, in each of CRM, web and WeChat
COOKIE_NEVER_SIGNED_IN = 0.02  # cookies of account holders

# --- ways to write a phone --------------------------------------------------
PHONE_STYLES = {
    "plain": 0.68,  # 13812345678
    "plus86": 0.08,  # +8613812345678
    "plus86_space": 0.05,  # +86 138 1234 5678
    "double_zero": 0.02,  # 008613812345678
    "spaces": 0.06,  # 138 1234 5678
    "dashes": 0.06,  # 138-1234-5678
    "full_width": 0.03,  # １３８１２３４５６７８
    "padded": 0.02,  # surrounded by spaces
}

# (written, E.164 digits or 0): some placeholders are valid numbers.
PHONE_PLACEHOLDERS: tuple[tuple[str, int], ...] = (
    ("13800138000", 8613800138000),
    ("13888888888", 8613888888888),
    ("13000000000", 8613000000000),
    ("00000000000", 0),
    ("11111111111", 0),
    ("null", 0),
    ("N/A", 0),
    ("无", 0),
    ("-", 0),
    ("0", 0),
)
PHONE_PLACEHOLDER_SHARES = np.array([0.35, 0.08, 0.07, 0.12, 0.08, 0.08, 0.07, 0.07, 0.05, 0.03])
EMAIL_PLACEHOLDERS = (
    "test@test.com",
    "no@mail.com",
    "none@none.com",
    "123@qq.com",
    "null",
    "N/A",
    "无",
    "-",
)
TEST_NAMES = ("测试", "测试账号", "test", "TEST USER", "内部测试", "test001")
BAD_DATES = ("2025-13-45", "31/02/2025", "#N/A", "0000-00-00", "昨天")
BAD_BIRTHDAYS = ("2099-12-31", "1890-05-05", "2035-01-01", "1880-01-01")


def placeholder_codes(rng: np.random.Generator, n: int) -> Ints:
    """Placeholder phones as negative codes: -1 is the first of the list."""
    draw = rng.choice(len(PHONE_PLACEHOLDERS), n, p=PHONE_PLACEHOLDER_SHARES)
    return -1 - draw.astype(np.int64)


def normalised_phone(phones: Ints) -> Ints:
    """E.164 digits of phone codes; 0 where there is no valid number."""
    table = np.array([digits for _, digits in PHONE_PLACEHOLDERS])
    return np.where(phones < 0, table[np.clip(-1 - phones, 0, len(table) - 1)], phones)


def spoil_phones(rng: np.random.Generator, phones: Ints, rate: float = PHONE_PLACEHOLDER) -> Ints:
    """Replace some of the numbers given by placeholders."""
    hit = (phones > 0) & (rng.random(len(phones)) < rate)
    return np.where(hit, placeholder_codes(rng, len(phones)), phones)


def _digits(phones: Ints, start: int, stop: int) -> pa.Array:
    text = pa.array(phones).cast(pa.string())
    return pc.utf8_slice_codeunits(text, start, stop)


_FULL_WIDTH = {str(digit): chr(0xFF10 + digit) for digit in range(10)}


def full_width(text: pa.StringArray) -> pa.StringArray:
    """ASCII digits as full-width digits."""
    for digit, wide in _FULL_WIDTH.items():
        text = pc.replace_substring(text, digit, wide)
    return text


def _mainland_mobile(style: str, phones: Ints) -> pa.Array:
    """Phones (8613812345678) in one style."""
    national = _digits(phones, 2, 13)
    grouped = (
        _digits(phones, 2, 5),
        _digits(phones, 5, 9),
        _digits(phones, 9, 13),
    )
    if style == "plus86":
        return join("+86", national)
    if style == "plus86_space":
        return join("+86 ", grouped[0], " ", grouped[1], " ", grouped[2])
    if style == "double_zero":
        return join("0086", national)
    if style == "spaces":
        return join(grouped[0], " ", grouped[1], " ", grouped[2])
    if style == "dashes":
        return join(grouped[0], "-", grouped[1], "-", grouped[2])
    if style == "full_width":
        return full_width(national)
    if style == "padded":
        return join(" ", national, "  ")
    return national


def write_phones(rng: np.random.Generator, phones: Ints) -> pa.StringArray:
    """Phone codes as people type them.

    phones: E.164 digits as integers; 0 is null; negative = placeholder.
    """
    n = len(phones)
    styles = list(PHONE_STYLES)
    style = rng.choice(len(styles), size=n, p=list(PHONE_STYLES.values()))
    mobile = phones // 10**10 == 861
    landline = (phones // 10**9 == 862) | (phones // 10**8 == 8610)
    hong_kong = phones // 10**8 == 852
    other = (phones > 0) & ~(mobile | landline | hong_kong)
    parts: list[tuple[Ints, pa.Array]] = []
    for code, name in enumerate(styles):
        at = np.flatnonzero(mobile & (style == code))
        parts.append((at, _mainland_mobile(name, phones[at])))
    at = np.flatnonzero(landline)
    parts.append(
        (
            at,
            join("0", _digits(phones[at], 2, 4), "-", _digits(phones[at], 4, 12)),
        )
    )
    at = np.flatnonzero(hong_kong & (style % 2 == 0))
    parts.append((at, join("+", _digits(phones[at], 0, 11))))
    at = np.flatnonzero(hong_kong & (style % 2 == 1))
    parts.append(
        (
            at,
            join("+852 ", _digits(phones[at], 3, 7), " ", _digits(phones[at], 7, 11)),
        )
    )
    at = np.flatnonzero(other)
    parts.append((at, join("+", _digits(phones[at], 0, 15))))
    at = np.flatnonzero(phones < 0)
    words = [written for written, _ in PHONE_PLACEHOLDERS]
    parts.append((at, take(words, -1 - phones[at])))
    return assemble(parts, n)


def write_emails(rng: np.random.Generator, emails: pa.StringArray) -> tuple[pa.StringArray, Bools]:
    """Addresses as people type them, and which became a test address.

    Returns (n strings, n booleans: the value is `test@test.com`, which a
    reader may take for a test account).
    """
    n = len(emails)
    draw = rng.random(n)
    upper = draw < EMAIL_UPPER
    spaced = ~upper & (draw < EMAIL_UPPER + EMAIL_SPACES)
    result = pc.if_else(pa.array(upper), pc.utf8_upper(emails), emails)
    result = pc.if_else(pa.array(spaced), join(" ", result, " "), result)
    given = np.asarray(pc.is_valid(emails))
    placeholder = given & (rng.random(n) < EMAIL_PLACEHOLDER)
    which = rng.integers(0, len(EMAIL_PLACEHOLDERS), n)
    result = pc.if_else(pa.array(placeholder), take(EMAIL_PLACEHOLDERS, which), result)
    return result, placeholder & (which == 0)


def write_cards(rng: np.random.Generator, cards: pa.StringArray) -> pa.StringArray:
    """Card numbers (VC123456789) as tills hand them over."""
    way = rng.choice(
        5,
        size=len(cards),
        p=[1 - CARD_WRITTEN_ODDLY] + [CARD_WRITTEN_ODDLY / 4] * 4,
    )
    parts: list[tuple[Ints, pa.Array]] = []
    for code in range(5):
        at = np.flatnonzero(way == code)
        some = cards.take(pa.array(at))
        if code == 1:
            some = pc.utf8_lower(some)
        elif code in (2, 3):
            gap = " " if code == 2 else "-"
            some = join(
                pc.utf8_slice_codeunits(some, 0, 2),
                gap,
                pc.utf8_slice_codeunits(some, 2, 6),
                gap,
                pc.utf8_slice_codeunits(some, 6, 11),
            )
        elif code == 4:
            some = full_width(some)
        parts.append((at, some))
    return assemble(parts, len(cards))


def spoil_dates(
    rng: np.random.Generator, dates: pa.StringArray, allowed: Bools
) -> tuple[pa.StringArray, Bools]:
    """Make a few dates unreadable; returns them and where."""
    hit = allowed & (rng.random(len(dates)) < DATE_UNREADABLE)
    bad = take(BAD_DATES, rng.integers(0, len(BAD_DATES), len(dates)))
    return pc.if_else(pa.array(hit), bad, dates), hit


def arrival(rng: np.random.Generator, on_time: Ints, last: int) -> Ints:
    """Arrival of rows: nightly, some much later; local seconds.

    on_time: when the row would have arrived; last: no extract after it.
    """
    late = rng.random(len(on_time)) < LATE_ROW
    days = rng.integers(LATE_DAYS[0], LATE_DAYS[1] + 1, len(on_time))
    delayed = np.minimum(on_time + days * 86_400, last)
    return np.where(late, np.maximum(delayed, on_time), on_time)


def clocks_ahead(rng: np.random.Generator, at: Ints) -> Ints:
    """A few times of clocks that are a month ahead; local seconds."""
    return np.where(rng.random(len(at)) < CLOCK_AHEAD, at + 31 * 86_400, at)


def with_duplicates(rng: np.random.Generator, rows: pa.Table) -> pa.Table:
    """Append exact copies of some rows."""
    count = rng.binomial(rows.num_rows, DUPLICATE_ROW)
    if rows.num_rows >= 50:
        count = max(count, 1)
    if count == 0:
        return rows
    picked = np.sort(rng.choice(rows.num_rows, count, replace=False))
    return pa.concat_tables([rows, rows.take(pa.array(picked))])
