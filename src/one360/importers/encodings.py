"""Says in which encoding a text file can be read that is not in the one it was said to be."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from one360.errors import UsageError

PROBED_BYTES = 1 << 20
#: So many characters beyond ASCII tell enough.
_SCORED_CHARACTERS = 5_000


def _lead(encoding: str, *ranges: tuple[int, int]) -> Callable[[str, str], bool]:
    """Whether a character's first byte is in a range: there are those that people use."""

    def is_usual(character: str, neighbours: str) -> bool:
        try:
            first = character.encode(encoding)[0]
        except UnicodeEncodeError:
            return False
        return any(low <= first <= high for low, high in ranges)

    return is_usual


def _is_western(character: str, neighbours: str) -> bool:
    """An accented letter stands beside plain ones, a sign of a currency beside no letter."""
    if character.isalpha():
        return bool(re.search("[A-Za-z]", neighbours))
    return not re.search(r"\w", neighbours.replace(character, ""))


def _is_cyrillic(character: str, neighbours: str) -> bool:
    """A letter beside which no other letter or sign stands, and no capital behind a small one."""
    if not re.match("[А-яЁё]", character):
        return character in "№«»–—"
    if character.isupper() and re.match("[а-яё]", neighbours):
        return False
    return not re.search("[A-Za-z]|[^\x00-\x7fА-яЁё№«»–—]", neighbours)


#: Encodings to try, and what a usual character of each is. The first of two that are as likely
#: is named first: a file is Chinese rather than Korean, whose bytes are the same.
_USUAL: dict[str, Callable[[str, str], bool]] = {
    "utf-8": lambda character, neighbours: True,
    "gb18030": _lead("gb2312", (0xA1, 0xA3), (0xB0, 0xD7)),
    "cp949": _lead("euc-kr", (0xA1, 0xA3), (0xB0, 0xC8)),
    "big5": _lead("big5", (0xA1, 0xC6)),
    "cp932": _lead("shift_jis", (0x81, 0x97)),
    "cp1252": _is_western,
    "cp1251": _is_cyrillic,
    "cp1250": _is_western,
}


def partly(probe: bytes, encoding: str) -> str:
    """Decode the beginning of a file; only a whole file may not end mid-character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    return decoder.decode(probe, final=len(probe) < PROBED_BYTES)


def likely(probe: bytes, columns: Iterable[str], encoding: str) -> list[str]:
    """Encodings other than ``encoding`` in which a file's beginning reads, the likeliest first.

    Those come first under which the file names ``columns`` that ASCII cannot spell, then those
    whose characters are the usual ones: Japanese text is valid GB 18030 too, but of characters that
    nobody writes. Only encodings about as likely as the first one are in the list.
    """
    if probe[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    told = [column for column in columns if not column.isascii()]
    scores: dict[str, float] = {}
    for other, is_usual in _USUAL.items():
        if other == encoding.lower():
            continue
        try:
            text = partly(probe, other)
        except UnicodeDecodeError:
            continue
        has_columns = bool(told) and all(column in text for column in told)
        scores[other] = has_columns + _usual_share(text, is_usual)
    best = max(scores.values(), default=0)
    return [
        other
        for other, score in sorted(scores.items(), key=lambda item: -item[1])
        if score > best - 0.02
    ]


def _usual_share(text: str, is_usual: Callable[[str, str], bool]) -> float:
    found = usual = 0
    for match in re.finditer("[^\x00-\x7f]", text):
        at = match.start()
        neighbours = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        found += 1
        usual += is_usual(match[0], neighbours)
        if found == _SCORED_CHARACTERS:
            break
    return usual / found if found else 1.0


def wrong_encoding(
    file: Path,
    encoding: str,
    error: Exception,
    probe: bytes | None = None,
    columns: Iterable[str] = (),
) -> UsageError:
    """The fault of a file that is not in ``encoding``, with the one that it can be read in."""
    where, hint = "", "; try another --encoding, such as gb18030 (GBK), cp932 (Shift-JIS) or cp1252"
    if isinstance(error, UnicodeDecodeError) and probe is not None:
        line = probe[: error.start].count(b"\n") + 1
        where = f" (byte 0x{probe[error.start]:02x} in line {line})"
    found = likely(probe, columns, encoding) if probe is not None else []
    if found:
        hint = f"; it can be read as {' or '.join(found[:2])}: try --encoding {found[0]}"
    return UsageError(f"{file} is not {encoding} text{where}{hint}")
