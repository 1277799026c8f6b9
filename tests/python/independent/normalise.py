"""One raw value as staging writes it, by kind of value (docs/staging.md, "Values")."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

PLACEHOLDERS = frozenset(
    {
        *("-", "--", "/", "n/a", "#n/a", "na", "nan", "nil", "none", "null", "(null)", "<null>"),
        *("\\n", "undefined", "unknown", "无", "暂无", "没有", "未知", "不详", "未填写"),
    }
)

FEMALE = frozenset(
    {"f", "female", "w", "woman", "ms", "mrs", "miss", "2", "女", "女性", "女士", "小姐", "太太"}
)
MALE = frozenset({"m", "male", "man", "mr", "1", "男", "男性", "先生"})

YES = frozenset(["true", "t", "yes", "y", "1", "on", "是"])
NO = frozenset(["false", "f", "no", "n", "0", "off", "否"])


# -- text ------------------------------------------------------------------------------------


def is_unseen(character: str) -> bool:
    """A soft hyphen, a zero width mark, or one of direction; the joiner in emoji is seen."""
    return (
        character in "\u00ad\u200b\u200e\u200f\ufeff"
        or "\u202a" <= character <= "\u202e"
        or "\u2060" <= character <= "\u2069"
    )


def squeezed(text: str) -> str:
    """Without unseen marks, with single spaces for all that is blank, none at the ends."""
    seen = "".join(character for character in text if not is_unseen(character))
    blank = "".join(
        " " if unicodedata.category(c)[0] == "Z" or unicodedata.category(c) == "Cc" else c
        for c in seen
    )
    return re.sub(" +", " ", blank).strip(" ")


def folded(text: str) -> str:
    """Full width letters and half width katakana in usual width, composed."""
    return unicodedata.normalize(
        "NFC",
        "".join(
            unicodedata.normalize("NFKC", c)
            if c == "\u3000" or "\uff01" <= c <= "\uff9f" or "\uffe0" <= c <= "\uffe6"
            else c
            for c in text
        ),
    )


def said(text: str) -> str | None:
    """None for what is empty or a placeholder."""
    return None if not text or text.lower() in PLACEHOLDERS else text


def id_(raw: Any) -> str | None:
    """A number or code that identifies something."""
    return None if raw is None else repaired(squeezed(str(raw)))


def code(raw: Any) -> str | None:
    """A status, a channel, a kind, in lower case."""
    value = None if raw is None else said(squeezed(str(raw)))
    return value and value.lower()


#: The largest number up to which a float holds every whole number.
LARGEST_EXACT = 2**53


def as_float(text: str) -> re.Match[str] | None:
    """A number as a float is written: 6001.0, 1.36E+10, 6E+15."""
    return re.fullmatch(
        r"(?P<whole>-?\d+)\.0+"
        r"|(?P<mantissa>-?\d)(?:\.(?P<fraction>\d+)[eE]\+?|[eE]\+)(?P<exponent>\d{1,3})",
        text,
        re.ASCII,
    )


def unguarded(text: str) -> str:
    """Without the marks by which a spreadsheet keeps a number as text."""
    found = re.fullmatch(r"'([^']+)|=\"([^\"]*)\"", text.strip(" "))
    return found[1] or found[2] or "" if found else text


def lost_digits(raw: Any) -> bool:
    """Whether a number passed through a float that did not hold all of its digits."""
    found = raw is not None and as_float(unguarded(squeezed(str(raw))))
    if not found:
        return False
    number = Decimal(found[0])
    kept = len(found["fraction"] or "")
    return abs(number) > LARGEST_EXACT or kept < int(found["exponent"] or 0)


def repaired(text: str) -> str | None:
    """A number without guards and without what a float added to it; None where digits are lost."""
    bare = unguarded(text)
    found = as_float(bare)
    if found is None:
        return said(squeezed(bare))
    if lost_digits(bare):
        return None
    return found["whole"] or str(int(Decimal(bare)))


def is_placeholder(value: str | None, rows: Sequence[dict[str, Any]]) -> bool:
    """Whether an id stands for nobody, by what the seed says of its column or else by rule.

    Args:
        value: the id as staging reads it.
        rows: rows of placeholder_ids about the column.
    """
    if value is None:
        return False
    said_of_it = {row["is_id"] for row in rows if row["value"] == value}
    if said_of_it:
        return said_of_it != {"true"}
    low = value.lower()
    letters = set(low)
    return (
        (letters <= set("0 .:-") and "0" in letters)
        or low == "-1"
        or re.fullmatch("-9+", low) is not None
        or (letters <= set("f-") and low.count("f") >= 8)
        or re.fullmatch("x{3,}", low) is not None
        or low in NOBODY
    )


_JOINTS = ("", " ", "_", "-")
NOBODY = frozenset(
    {
        "anon", "nobody", "游客", "访客", "匿名", "匿名用户", "散客", "未登录", "非会员", "无会员",
        *("guest", "anonymous", "visitor"),
        *(
            f"{who}{joint}{what}"
            for who in ("guest", "anonymous", "visitor")
            for joint in _JOINTS
            for what in ("user", "customer", "account", "checkout", "buyer", "id")
        ),
        *(f"walk{one}in" for one in _JOINTS),
        *(f"walk{one}in{two}customer" for one in _JOINTS for two in _JOINTS),
        *(f"non{one}member" for one in _JOINTS),
        *(
            f"no{one}{what}"
            for one in _JOINTS
            for what in ("id", "card", "member", "customer", "account", "login", "user")
        ),
        *(
            f"{left}not{one}{what}{right}"
            for left in ("", "(")
            for right in ("", ")")
            for one in _JOINTS
            for what in (
                "set", "available", "applicable", "provided", "registered",
                *(f"logged{two}in" for two in _JOINTS),
            )
        ),
    }
)  # fmt: skip


def words(value: str) -> str:
    """Text as words between blanks, a number as #; @, + and % are words of their own."""
    kept = re.sub(r"\d+", " # ", value.lower(), flags=re.ASCII)
    return " " + " ".join(re.findall(r"[@+%]|(?:[^\W_]|#)+", kept)) + " "


def name(raw: Any) -> str | None:
    """A name of a person, product or place."""
    return None if raw is None else said(squeezed(folded(str(raw))))


def text(raw: Any) -> str | None:
    """Free text: spaces at the ends off."""
    return None if raw is None else str(raw).strip(" ") or None


def clean(raw: Any) -> str | None:
    """Free text without addresses and long numbers: each by its mark."""
    value = text(raw)
    if value is None:
        return None
    label = r"[0-9A-Za-z-]+"
    value = re.sub(
        rf"[0-9A-Za-z._+-]+(?:@|%40)(?:{label}\.)+(?:[A-Za-z]{{2,63}}|xn--{label})",
        "[email]",
        value,
    )
    apart = r"[ ().-]{0,2}"
    phone_ = (
        rf"(?:\+|%2B)[0-9](?:{apart}[0-9]){{7,14}}|(?:(?:00)?86{apart})?1[3-9](?:{apart}[0-9]){{9}}"
    )
    number = rf"[0-9](?:{apart}[0-9]){{9,18}}[Xx]?"
    # mobiles of Hong Kong, Macao and Singapore
    short = r"[4-9][0-9]{3}[ -]?[0-9]{4}"
    for pattern, mark in ((phone_, "[phone]"), (number, "[number]"), (short, "[phone]")):
        value = re.sub(rf"(?<![0-9A-Za-z*])(?:{pattern})(?![0-9A-Za-z*])", mark, value)
    return value


def card(raw: Any) -> str | None:
    """A card number: capitals without blanks, dashes, dots and marks; None of a mask."""
    if raw is not None and re.search("[*＊•●]{2}", str(raw)):
        return None
    value = None if raw is None else repaired(squeezed(folded(str(raw))))
    if value is None:
        return None
    kept = [
        c
        for c in value
        if c not in " _.·"
        and unicodedata.category(c) not in ("Pd", "Cf")
        and not "\ufe00" <= c <= "\ufe0f"
    ]
    return "".join(c.upper() if c.isascii() else c for c in kept) or None


def email(raw: Any) -> str | None:
    """An address in lower case, None where it cannot be one or is a mask (m***@qq.com)."""
    if raw is None or len(str(raw)) > 254:
        return None
    named = re.fullmatch(r"[^<>@]*[^<>@\s][^<>@]*<([^<>]+)>\s*", str(raw))
    value = squeezed(folded(named[1] if named else str(raw)))
    if not value.isascii():
        return None
    value = value.lower()
    bare = re.fullmatch(r"<?(?:mailto:)? ?([^<> ]+)>?", value)
    parts = bare[1].split("@") if bare else []
    if len(parts) != 2:
        return None
    atoms, labels = parts[0].split("."), parts[1].split(".")
    is_address = (
        all(re.fullmatch(r"[a-z0-9!#$%&'+/=?^_`{|}~-]+", atom) for atom in atoms)
        and len(labels) > 1
        and all(
            re.fullmatch(r"[a-z0-9-]{1,63}", label) and label[0] != "-" != label[-1]
            for label in labels
        )
        and re.fullmatch(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}", labels[-1])
    )
    return "@".join(parts) if is_address else None


def gender(raw: Any) -> str | None:
    """female, male or None."""
    value = "" if raw is None else str(raw).strip(" .\u3000").lower()
    return "female" if value in FEMALE else "male" if value in MALE else None


def two_phones(text: str) -> tuple[str, str] | None:
    """The two numbers of a text that holds two, each of eight digits or more."""
    spaced = r"[+＋]?[ (]{0,2}(?:[0-9][ ().-]{0,2}){7,}[0-9]"
    unspaced = r"[+＋]?[0-9]{8,}"
    between = r"\s*(?:[/\\,;|&、，；／｜]|或者?|和|or|and)\s*"
    if not 17 <= len(text) <= 100:
        return None
    found = re.fullmatch(rf"\s*({spaced}){between}({spaced})\s*", text, re.ASCII) or re.fullmatch(
        rf"\s*({unspaced})\s+({unspaced})\s*", text, re.ASCII
    )
    return (found[1], found[2]) if found else None


def is_behind_its_code(text: str, at_home: phonenumbers.PhoneNumber, checked: set[int]) -> bool:
    """Whether what is no number at home begins, without a plus, with a checked code of three
    digits."""
    dialled = str(at_home.national_number)
    return (
        not re.search("[+＋]", text)
        # nothing was taken off before it
        and phonenumbers.normalize_digits_only(text).startswith(dialled)
        and len(dialled) >= 8
        and 100 <= int(dialled[:3]) in checked
    )


def phone(raw: Any, region: str, checked_regions: Sequence[str]) -> str | None:
    """E.164 as the phonenumbers library has it; a number under the calling code of a checked
    region is valid, of other countries it has a length that numbers there can have. A note in
    characters behind it does not count, and a calling code of three digits needs no plus. With an
    extension it is a switchboard's, and none."""
    if raw is None:
        return None
    given = str(raw)
    if "**" in given or "＊＊" in given:
        return None
    if as_float(unguarded(squeezed(given))):
        given = repaired(squeezed(given)) or ""
    given = (two_phones(given) or (given,))[0]
    if not re.search("空号|停机|错|作废|无效|废弃", given):
        given = re.sub(r"(?<=\d)\D*[\u4e00-\u9fff]\D*$", "", given)
    try:
        number = phonenumbers.parse(given, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension:
        return None
    checked = {phonenumbers.country_code_for_region(own) for own in (region, *checked_regions)}
    if not phonenumbers.is_valid_number(number) and is_behind_its_code(given, number, checked):
        number = phonenumbers.parse(f"+{number.national_number}")
    if number.country_code in checked:
        is_good = phonenumbers.is_valid_number(number)
    else:
        is_good = phonenumbers.is_possible_number(number)
    if not is_good:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def full_name(given: str | None, family: str | None) -> str | None:
    """Given and family name as one; the family name comes first in characters of East Asia."""
    if not given or not family:
        return family or given
    if re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", family + given):
        return family + given
    return f"{given} {family}"


# -- numbers, times, flags -------------------------------------------------------------------


def amount(raw: Any, decimals: int) -> Decimal | None:
    """A number with so many decimals, half a unit rounded away from zero, by way of four."""
    if raw is None:
        return None
    value = raw
    if isinstance(raw, str):
        bare = squeezed(folded(raw))
        bare = re.sub(r"^([-+]?) ?(?:[$¥£€₩]|rmb|cny|usd|hkd) ?", r"\1", bare, flags=re.I)
        bare = re.sub(r"\s?(?:元|圆|rmb|cny|yuan)$", "", bare, flags=re.I)
        if bracketed := re.fullmatch(r"\((.+)\)|([0-9.,]+)-", bare):
            bare = f"-{bracketed[1] or bracketed[2]}"
        if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3}){1,3}(?:\.\d*)?", bare):
            bare = bare.replace(",", "")
        if not re.fullmatch(r"[-+]?(?:\d{1,14}\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?", bare):
            return None
        value = bare
    try:
        four = Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    except InvalidOperation:
        return None
    if abs(four) >= 10**14:
        return None
    return four.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def currency(raw: Any) -> str | None:
    """A code of a currency in capitals; RMB is CNY."""
    if raw is None:
        return None
    said_ = said(squeezed(folded(str(raw))))
    return said_ and {"RMB": "CNY"}.get(said_.upper(), said_.upper())


def whole(raw: Any) -> int | None:
    """A whole number; None for text that is none and for 2.5."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        return int(raw) if raw == int(raw) else None
    found = re.fullmatch(r"([-+]?\d{1,18})(?:\.0*)?", squeezed(folded(raw)))
    return int(found[1]) if found else None


def flag(raw: Any) -> bool | None:
    """Yes or no in the words that people use."""
    value = "" if raw is None else str(raw).strip(" ").lower()
    return True if value in YES else False if value in NO else None


_DAY = (
    r"(?P<year>\d{4})(?: ?[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?(?P<day>\d{1,2})(?: ?日)?"
    r"|(?P<packed_month>\d{2})(?P<packed_day>\d{2}))"
)
_CLOCK = (
    r"(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
    r"|[ T]?(?P<packed_hour>\d{2})(?P<packed_minute>\d{2})(?P<packed_second>\d{2}))"
)
_OFFSET = r" ?(?:Z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{2})(?::?(?P<minutes>\d{2}))?)?"
_MOMENT = re.compile(f"{_DAY}(?:{_CLOCK}{_OFFSET})?", re.ASCII)


def moment(raw: Any) -> dt.datetime | None:
    """A time (UTC): year first, in the common forms; None where it could be two days."""
    if raw is None or isinstance(raw, dt.datetime):
        return raw
    if isinstance(raw, dt.date):
        return dt.datetime.combine(raw, dt.time())
    found = _MOMENT.fullmatch(squeezed(folded(str(raw))))
    if found is None:
        return None

    def number(part: str) -> int:
        return int(found[part] or found[f"packed_{part}"] or 0)

    try:
        read = dt.datetime(
            int(found["year"]),
            *(number(part) for part in ("month", "day", "hour", "minute", "second")),
            microsecond=int((found["fraction"] or "0")[:6].ljust(6, "0")),
        )
    except ValueError:
        return None
    offset = dt.timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return read + offset if found["sign"] == "-" else read - offset


def day(raw: Any, zone: str = "UTC") -> dt.date | None:
    """The day of a time: as written at midnight or without an offset, else that of the zone."""
    if isinstance(raw, str):
        written = re.sub(rf"[ T]0?0:00(?::00(?:\.0+)?)? ?{_SAID_OFFSET}\s*$", "", raw)
        if re.search(rf":\d\d(?:\.\d+)? ?{_SAID_OFFSET}\s*$", written):
            read = moment(raw)
            utc = read and read.replace(tzinfo=dt.UTC)
            return utc and utc.astimezone(ZoneInfo(zone)).date()
        raw = written
    read = moment(raw)
    return read and read.date()


_SAID_OFFSET = r"(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
