"""Names as they are distinguished: surname and given name, and how they sound."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from one360.identity.name_words import (
    CANTONESE_SURNAMES,
    CHINESE_TITLES,
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    FAMILIAR,
    KOREAN_SURNAMES,
    MAN,
    MAYBE_VIETNAMESE_SURNAMES,
    NO_NAME,
    PARTICLES,
    PINYIN_SURNAMES,
    PINYIN_WORD,
    RANKS,
    SHORT_TITLES,
    SUFFIXES,
    SURNAME_READINGS,
    SURNAME_TITLES,
    TITLES,
    VIETNAMESE_LETTER,
    VIETNAMESE_SURNAMES,
    WOMAN,
    formal_names,
    simplified_forms,
)


@dataclass(frozen=True)
class Name:
    """The parts of a name; a part that is not known is None.

    Attributes:
        surname: family name, particles included.
        given: first given name, or its initial.
        middle: further given names or initials, with single spaces.
        is_of_syllables: it stands after its surname and is of syllables, as Wai Yee and Thị Mai.
    """

    surname: str | None = None
    given: str | None = None
    middle: str | None = None
    is_of_syllables: bool = field(default=False, compare=False)


_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_ALL_HAN = re.compile(r"(?:[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]|[·•・])+")
_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{2,4}")
#: A part with one of these was not read, or is hidden: 王*, 李?, 张某某.
_UNREADABLE = re.compile(r"[\ufffd?？*＊□■�]|某|x{2,}|^[xX]$")
_CHINESE_TITLE = re.compile(
    rf"(?<=\S)\s*(?:{'|'.join(sorted(CHINESE_TITLES, key=len, reverse=True))})$"
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
#: Syllables of given names as they are written in Hong Kong and in Korea.
_CANTONESE_SYLLABLE = re.compile(
    r"(?:[bfghjklmnpstwy]|ch|gw|kw|ng|sh|ts|tz)?[aeiouy]{1,4}(?:ng|[hkmnpt])?"
)
_KOREAN_SYLLABLE = re.compile(
    r"(?:[bcdghjkmnprstwy]|ch|sh|kw|hw|gw|ky|hy)?[aeiouwy]{1,4}(?:ng|[klmnpt])?"
)
#: A year or a number behind a name that somebody took for an account: 刘海洋1988, anna_77.
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d_])[-_.]?\d{1,8}$")
_BRACKETS = re.compile(r"[(（\[【\"“«].*?[)）\]】\"”»]")


def has_han(text: str | None) -> bool:
    """Whether any character is Chinese."""
    return bool(text and _HAN.search(text))


@lru_cache(maxsize=500_000)
def parse_name(full_name: str | None) -> Name:
    """Split a full name into its parts.

    A name in Chinese or Korean characters starts with its surname, of one character or one of
    COMPOUND_SURNAMES; names with kana are split at their space. "Surname, Given" is what it
    says, unless what follows the comma is a suffix or a rank. Of two or three words that read
    as pinyin, the one that is a surname is the surname, the first one if several are. A
    Vietnamese name that starts with its surname ends in its given name. A word in capitals
    among words that are not is the surname. Otherwise the last word is the surname, with the
    particles before it; one word alone is a given name, unless a title says that it is a
    surname. Titles, suffixes, what stands in brackets and a number behind go; a part with
    unreadable characters is unknown, and so is all of a Chinese text that is no name.
    """
    text = unicodedata.normalize("NFKC", html.unescape(full_name or ""))
    text = " ".join(_BRACKETS.sub(" ", text).split()) or " ".join(text.split())
    text = _NUMBER_BEHIND.sub("", text)
    if not text:
        return Name()
    if _HAN.search(text) or _KANA.search(text) or _HANGUL.search(text):
        found = _east_asian(text)
        if found is not None:
            return _readable(found)
    return _readable(_western(text))


def _readable(name: Name) -> Name:
    """The same name without the parts that hold unreadable characters."""

    def known(part: str | None) -> str | None:
        return part if part and not _UNREADABLE.search(part) else None

    return Name(known(name.surname), known(name.given), known(name.middle), name.is_of_syllables)


def _east_asian(text: str) -> Name | None:
    """A name in Chinese or Korean characters or with kana; None of mixed writing."""
    bare = _CHINESE_TITLE.sub("", text)
    if _KANA.search(bare):
        surname, _, given = bare.partition(" ")
        return Name(surname, given) if given else Name(None, surname)
    words = bare.split(" ")
    chinese = [word for word in words if has_han(word)]
    if 1 < len("".join(chinese)) < 5 and all(
        w.isascii() and w.isalpha() for w in {*words} - {*chinese}
    ):
        # 陈大文 David
        words = chinese
    joined = "".join(words)
    if re.fullmatch(r"[\uac00-\ud7a3]{2,4}", joined):
        return Name(joined[0], joined[1:])
    readable = re.sub(r"[\ufffd?？*＊□■x]", "", joined)
    if not _ALL_HAN.fullmatch(readable):
        return None
    if re.search(r"[·•・]", joined):
        # a foreign name in Chinese characters: 安娜·史密斯
        given, _, surname = joined.replace("•", "·").replace("・", "·").rpartition("·")
        return Name(surname or None, given or None)
    longest = 4 + (joined[:2] in COMPOUND_SURNAMES)
    if NO_NAME.search(joined) or len(joined) > longest:
        return Name()
    is_titled = bare != text
    if joined[:2] in COMPOUND_SURNAMES and (len(joined) > 2 or is_titled):
        surname, rest = joined[:2], joined[2:]
    elif len(joined) == 2 and joined[0] in FAMILIAR and joined[1] in COMMON_SURNAMES:
        surname, rest = joined[1], ""
    elif len(joined) == 2 and joined[0] in FAMILIAR:
        # 阿强: what friends call her
        return Name()
    elif len(words) == 2 and len(words[0]) == 2 and len(words[1]) <= 2:
        # a space after two characters parts a surname of two, as of Japanese names
        surname, rest = words[0], words[1]
    else:
        surname, rest = joined[:1], joined[1:]
    if len(rest) == 1 and rest in SHORT_TITLES and (surname in COMMON_SURNAMES or len(surname) > 1):
        rest = ""
    return Name(surname, rest or None)


def _word(text: str) -> str:
    return text.strip(".,;'’").lower()


def _is_suffix(words: list[str]) -> bool:
    """Whether the words after a comma are no name: "jr", "2nd baronet", "1st baron of x"."""
    first = _word(words[0])
    return bool(
        first in SUFFIXES
        or _ORDINAL.fullmatch(first)
        or (first in RANKS and len(words) > 1 and _word(words[1]) == "of")
        or first in ("baronet", "earl")
    )


def _western(text: str) -> Name:
    parts = [part.split() for part in text.split(",") if part.split()]
    parts = parts[:1] + [
        part
        for part in parts[1:]
        if not _is_suffix(part) and not all(_word(word) in TITLES for word in part)
    ]
    if not parts or all(_word(word) in TITLES | SUFFIXES for part in parts for word in part):
        return Name()
    # "Surname, Given": the words are put into the usual order, and the surname stays whole
    is_turned = len(parts) > 1
    words = [*(word for part in parts[1:] for word in part), *parts[0]] if is_turned else parts[0]
    own = len(parts[0]) if is_turned else 0
    is_titled = False
    while len(words) > 1 and _word(words[0]) in TITLES and not (is_turned and len(words) == own):
        is_titled = is_titled or _word(words[0]) in SURNAME_TITLES
        words = words[1:]
    if not is_turned:
        for place, word in enumerate(words):
            if place and (_ORDINAL.fullmatch(_word(word)) and len(words) > place):
                # "thomas clifford 1st baron clifford"; alone before it, what follows says more
                words = words[:place] if place > 1 else [words[0], words[-1]]
                break
        while len(words) > 1 and _word(words[-1]) in SUFFIXES:
            words = words[:-1]
    kept = [word.strip(".;'’") for word in words if re.search(r"[^\W_]|[^\x00-\x7f]|[*?]", word)]
    if len(kept) < len(words):
        own = min(own, len(kept))
    if not kept:
        return Name()
    if len(kept) == 1:
        alone = kept[0] or None
        return Name(alone, None) if is_titled or (is_turned and own) else Name(None, alone)
    if len(kept) == 2 and not is_turned and _HAN.search(kept[0]) and not _HAN.search(kept[1]):
        # 林 Lily
        return Name(kept[0], kept[1])
    if not is_turned and (_is_cantonese(kept) or _is_korean(kept)):
        return Name(kept[0], "".join(kept[1:]), is_of_syllables=True)
    if not is_turned and _is_vietnamese(kept):
        return Name(kept[0], kept[-1], " ".join(kept[1:-1]) or None, is_of_syllables=True)
    start = len(kept) - own if is_turned else _surname_start(kept)
    if start == len(kept):
        # the surname comes first
        given, surname = kept[1:], kept[0]
    else:
        given, surname = kept[:start], " ".join(kept[start:])
    if _is_pinyin(given) and _word(surname) in PINYIN_SURNAMES and len(given) > 1:
        given = ["".join(given)]
    return Name(surname, given[0] if given else None, " ".join(given[1:]) or None)


def _is_pinyin(words: list[str]) -> bool:
    return all(PINYIN_WORD.fullmatch(_word(word)) for word in words)


def _is_cantonese(words: list[str]) -> bool:
    """Whether the words are a surname and two syllables of a given name: Chan Wai Yee."""
    plain = [folded(_word(word)) for word in words]
    return (
        len(words) == 3
        and plain[0] in CANTONESE_SURNAMES
        and plain[2] not in CANTONESE_SURNAMES
        and all(_CANTONESE_SYLLABLE.fullmatch(word) for word in plain[1:])
    )


def _is_korean(words: list[str]) -> bool:
    """Whether the words are a surname and two syllables of a given name: Kim Min-jun."""
    plain = [folded(_word(word)) for word in words]
    return (
        len(words) == 2
        and plain[0] in KOREAN_SURNAMES
        and len(plain[1].split("-")) == 2
        and all(_KOREAN_SYLLABLE.fullmatch(part) for part in plain[1].split("-"))
    )


def _is_vietnamese(words: list[str]) -> bool:
    """Whether the words are surname, middle names and given name, in this order."""
    plain = [folded(_word(word)) for word in words]
    surnames = VIETNAMESE_SURNAMES | MAYBE_VIETNAMESE_SURNAMES
    if not 2 <= len(words) <= 5 or plain[0] not in surnames:
        return False
    is_sure = plain[0] in VIETNAMESE_SURNAMES
    if "thi" in plain[1:-1] or ("van" in plain[1:-1] and is_sure):
        return True
    is_written = any(VIETNAMESE_LETTER.search(word) for word in words)
    return plain[-1] not in surnames and (is_written or is_sure)


def _surname_start(words: list[str]) -> int:
    """Where the surname begins; the number of words where the first word is the surname."""
    last = len(words) - 1
    is_first = len(words) <= 3 and _is_pinyin(words) and _word(words[0]) in PINYIN_SURNAMES
    if is_first and (last == 2 or _word(words[last]) not in PINYIN_SURNAMES):
        return len(words)
    capitals = [word.isupper() and len(word) > 2 for word in words]
    if capitals[0] and not any(capitals[1:]):
        return len(words)
    start = last
    while start > 1 and _word(words[start - 1]) in PARTICLES:
        start -= 1
    return start


def gender_of_titles(name: str | None) -> str | None:
    """F or m as the titles of a name say, or a word that is nothing but a gender; else None."""
    if not name:
        return None
    text = name.lower().strip()
    found = {
        gender
        for gender, words in (("f", WOMAN), ("m", MAN))
        if text in words
        or any(len(w) > 1 and w in words for w in (_word(w) for w in text.split()))
        or any(len(w) == 2 and text.endswith(w) for w in words if _HAN.match(w))
    }
    return found.pop() if len(found) == 1 else None


#: Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})


#: Cyrillic letters as passports write them.
_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуфыэіґ", "abvgdeziklmnoprstufyeig", strict=True)),
        "ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
        "ь": "", "ю": "yu", "я": "ya", "є": "ye", "ў": "u",
    }
)  # fmt: skip


@lru_cache(maxsize=500_000)
def folded(text: str) -> str:
    """Lower case, simplified characters, no accents; what two spellings of a part share."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    if lowered.isascii():
        return lowered
    if not _HAN.search(lowered):
        apart = unicodedata.normalize("NFD", lowered.translate(_LETTERS))
        lowered = "".join(
            c for c in apart if not ("\u0300" <= c <= "\u036f") or c in "\u3099\u309a"
        )
        return unicodedata.normalize("NFC", lowered)
    return lowered.translate(simplified_forms())


@lru_cache(maxsize=500_000)
def sound(text: str, is_surname: bool = False) -> str:
    """How a name part sounds, for keys: pinyin without tones for Chinese characters.

    Latin letters lose accents, spaces and double letters, and ae, oe, ue, ph and ck are
    written as one letter, so that 王伟 and "Wang Wei", Müller and Mueller sound the same. A
    character of several readings gets the one it has as a surname (SURNAME_READINGS), else
    the common one of pypinyin. Names with kana stay as they are.
    """
    if is_surname and text in SURNAME_READINGS:
        return SURNAME_READINGS[text]
    text = folded(text)
    if is_surname and text in SURNAME_READINGS:
        return SURNAME_READINGS[text]
    if _KANA.search(text):
        return text.replace(" ", "")
    if not has_han(text):
        letters = re.sub(r"[\s'’\-.]+", "", text)
        # a Cyrillic letter among Latin ones only looks alike
        is_cyrillic = re.fullmatch(r"[\u0400-\u052f]+", letters)
        return _latin_sound(letters.translate(_CYRILLIC) if is_cyrillic else letters)
    # its dictionaries take a while, and most builds compare no names
    from pypinyin import Style, lazy_pinyin

    return _latin_sound("".join(lazy_pinyin(text, style=Style.NORMAL)).replace(" ", "").lower())


def _latin_sound(text: str) -> str:
    for spelt, heard in (("ph", "f"), ("ck", "k"), ("ae", "a"), ("oe", "o"), ("ue", "u")):
        text = text.replace(spelt, heard)
    return re.sub(r"([a-z])\1", r"\1", text)


@lru_cache(maxsize=200_000)
def name_roots(given: str) -> tuple[str, ...]:
    """The given name and the formal names that it may be short for, in order."""
    plain = folded(given)
    return (plain, *sorted(formal_names().get(plain, ())))
