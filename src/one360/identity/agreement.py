"""Whether two names on one identifier are one person's."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from one360.identity.given_names import MENS_NAMES, VARIANTS, WOMENS_NAMES
from one360.identity.name_words import (
    PINYIN_SURNAMES,
    PINYIN_WORD,
    VIETNAMESE_SURNAMES,
    formal_names,
)
from one360.identity.names import Name, folded, has_han, name_roots, parse_name, sound

#: What :func:`agreement` says.
AGREEMENTS = ("same", "near", "says_nothing", "different")

_GENERATION = re.compile(r"[\s,](jr|jnr|junior|sr|snr|senior|ii|iii|iv|v)\.?\s*$", re.IGNORECASE)
#: Words that may be a name as well: they stand behind two others, jun and sen with their point.
_GENERATION_BEHIND = re.compile(
    r"(?<=\w)[\s.]+[\w'’.\-]+[\s,]+((?:jun|sen)\.|(?:мл|ст|hijo|filho|neto|padre|père|fils"
    r"|младший|старший)\.?)\s*$",
    re.IGNORECASE,
)
#: What is written in several ways.
_GENERATIONS = {
    **dict.fromkeys(("jnr", "junior", "ii", "jun", "hijo", "filho", "fils", "мл", "младший"), "jr"),
    **dict.fromkeys(("snr", "senior", "sen", "padre", "père", "ст", "старший"), "sr"),
}
#: In which a letter may slip: in others, as in Arabic, it makes another name of most.
_ALPHABET = re.compile(r"[a-z]+|[\u0370-\u03ff]+|[\u0400-\u052f]+")
#: Letters from which a name may be mistyped; endings that make a woman's name of a man's.
_LEAST_LETTERS = 4
_ENDINGS = re.compile(r"(?:[aeoi]|ne|na|ta|tte|lle)?$")
#: What sounds alike in the spellings of one name, in this order.
_SPELLINGS = (
    ("sch", "s"), ("ch", "k"), ("sh", "s"), ("th", "t"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ie", "i"), ("x", "ks"), ("c", "k"), ("q", "k"), ("y", "i"), ("j", "i"), ("z", "s"),
    ("w", "v"), ("h", ""),
)  # fmt: skip
#: A Vietnamese given name: Mai, Hùng.
_ONE_SYLLABLE = re.compile(r"[^aeiouy\W]*[aeiouy]+[^aeiouy\W]*")


@lru_cache(maxsize=500_000)
def agreement(name: str, other: str) -> str:
    """What the name says of the other one, both of records that carry one identifier.

    Returns:
        ``same``: all parts that both have agree: equal in any writing (张偉/张伟/Wei Zhang), in
        either order, short for one another, one of several, or a slip of a Latin name.
        ``near``: a part agrees and the other hardly differs, or is a woman's new surname; needs
        a birth date beside it. ``says_nothing``: all that the name has agrees, but it has no whole
        given name (王总, J. Smith), or is none at all. ``different``: two people's.
    """
    (name, generation), (other, other_generation) = _generation(name), _generation(other)
    generations_differ = generation != other_generation
    one, two = parse_name(name), parse_name(other)
    if one == Name() or two == Name():
        return "says_nothing" if one == Name() else "different"
    if (_words(name) and _words(name) == _words(other)) or _is_turned(one, two):
        return "near" if generations_differ else "same"
    surname, given = _surnames(one, two), _given_names(one, two)
    if surname == "different":
        return "near" if given == "same" and _may_marry(one, two) else "different"
    if given == "different" or _middles_differ(one, two):
        return "different"
    if one.given is None or (_is_initial(one.given) and not _is_initial(two.given)):
        return "says_nothing"
    if two.given is None or _is_initial(two.given):
        return "same" if one.given and _is_initial(one.given) else "different"
    return "near" if given == "near" or generations_differ else "same"


def _words(name: str) -> list[str]:
    """The words of a name of several words in the order of the alphabet."""
    words = sorted(re.findall(r"\w+", folded(name)))
    return words if len(words) > 1 else []


def _is_turned(one: Name, two: Name) -> bool:
    """Whether surname and given name are those of the other in the other order."""
    if not (one.surname and one.given and two.surname and two.given):
        return False
    crossed = (one.surname, two.given), (two.surname, one.given)
    is_latin = not (has_han(one.surname) and has_han(two.surname))
    return is_latin and all(sound(a) == sound(b) for a, b in crossed)


def _surnames(one: Name, two: Name) -> str:
    if one.surname is None or two.surname is None:
        return "same"
    if folded(one.surname) == folded(two.surname):
        return "same"
    if sound(one.surname, is_surname=True) == sound(two.surname, is_surname=True):
        return "same"
    words, others = (set(re.split(r"[\s-]+", folded(n.surname or ""))) for n in (one, two))
    if (words & {*others, *_middle(two)}) or (others & set(_middle(one))):
        # one of several surnames
        return "same"
    if not any(_is_given_name(n.given) for n in (one, two)) and _are_two_names(
        one.surname, two.surname
    ):
        # Müller Lena, Müller Lina: the surname comes first
        return "different"
    return "same" if _is_slip(one.surname, two.surname) else "different"


def _given_names(one: Name, two: Name) -> str:
    if one.given is None or two.given is None:
        return "same"
    given, other = folded(one.given), folded(two.given)
    if given == other or set(name_roots(one.given)) & set(name_roots(two.given)):
        return "same"
    if _is_initial(given) or _is_initial(other):
        return "same" if sound(given)[:1] == sound(other)[:1] else "different"
    if given in _middle(two) or other in _middle(one):
        return "same"
    if "-" in given + other and _all_given(one) == _all_given(two):
        return "same"
    if sound(given) == sound(other):
        # of one syllable there are too many that sound alike
        both_han = has_han(given) and has_han(other)
        return "near" if both_han and min(len(given), len(other)) < 2 else "same"
    if has_han(given) or has_han(other) or (_is_syllable(one) and _is_syllable(two)):
        return "different"
    if not _is_slip(given, other):
        return "different"
    is_ending = _ENDINGS.sub("", sound(given)) == _ENDINGS.sub("", sound(other))
    if _are_two_names(given, other):
        short, long = sorted((sound(given), sound(other)), key=len)
        return "near" if is_ending and long.startswith(short) else "different"
    return "near" if is_ending else "slip"


@lru_cache(maxsize=1)
def _sounds() -> frozenset[str]:
    return frozenset(sound(name) for name in WOMENS_NAMES | MENS_NAMES)


@lru_cache(maxsize=1)
def _short_names() -> frozenset[str]:
    return frozenset(formal_names()) - PINYIN_SURNAMES


@lru_cache(maxsize=1)
def _variants() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(sound(name) for name in names) for names in VARIANTS)


def _is_given_name(part: str | None) -> bool:
    """Whether a part is a given name of the list, or short for one."""
    if not part:
        return False
    return sound(part) in _sounds() or folded(part) in _short_names()


def _are_two_names(one: str, two: str) -> bool:
    """Whether both are known given names of one alphabet, and not spellings of one name."""
    a, b = sound(one), sound(two)
    if not {a, b} <= _sounds() or folded(one).isascii() != folded(two).isascii():
        return False
    return _spoken(a) != _spoken(b) and not any({a, b} <= same for same in _variants())


def _spoken(text: str) -> str:
    for spelt, heard in _SPELLINGS:
        text = text.replace(spelt, heard)
    return re.sub(r"(.)\1", r"\1", text)


def _is_initial(part: str | None) -> bool:
    return bool(part) and len(part or "") == 1 and not has_han(part)


def _is_syllable(name: Name) -> bool:
    """Whether the given name is of syllables, as pinyin, where a letter makes another name."""
    surname, given = folded(name.surname or ""), folded(name.given or "")
    is_pinyin = surname in PINYIN_SURNAMES and bool(PINYIN_WORD.fullmatch(given))
    is_one = surname in VIETNAMESE_SURNAMES and bool(_ONE_SYLLABLE.fullmatch(given))
    return name.is_of_syllables or is_pinyin or is_one


def _middle(name: Name) -> list[str]:
    return folded(name.middle or "").split()


def _all_given(name: Name) -> list[str]:
    return [*folded(name.given or "").split("-"), *_middle(name)]


def _middles_differ(one: Name, two: Name) -> bool:
    """Whether both have a middle name, and none of those of one may be one of the other."""
    names, others = _middle(one), _middle(two)
    return bool(names and others) and not any(
        _is_one_middle(name, other) for name in names for other in others
    )


def _is_one_middle(name: str, other: str) -> bool:
    """Whether they are equal, short for one another or a slip, or one is the other's initial."""
    if min(len(name), len(other)) == 1:
        return name[0] == other[0]
    if sound(name) == sound(other) or set(name_roots(name)) & set(name_roots(other)):
        return True
    return _is_slip(name, other) and not _are_two_names(name, other)


def _generation(name: str) -> tuple[str, str | None]:
    """The name, and whether it is a senior, a junior or a third; without words that may be one."""
    name = unicodedata.normalize("NFC", name)
    behind = _GENERATION_BEHIND.search(name)
    found = behind or _GENERATION.search(name)
    if found is None:
        return name, None
    word = found[1].lower().rstrip(".")
    bare = name[: found.start(1)].rstrip(" ,") if behind else name
    return bare, _GENERATIONS.get(word, word)


def _may_marry(one: Name, two: Name) -> bool:
    """Whether the surname alone changed: what they share is no surname before two given names."""
    if not (one.surname and two.surname) or has_han(f"{one.surname}{two.surname}"):
        return False
    is_given = all(_is_given_name(name.given) for name in (one, two))
    return is_given and not all(_is_given_name(name.surname) for name in (one, two))


def _is_of_letters(part: str) -> bool:
    """Whether a part is written in one alphabet: a Cyrillic letter among Latin ones is no slip."""
    return bool(_ALPHABET.fullmatch(re.sub(r"[\s'’\-.]+", "", folded(part))))


def _is_slip(one: str, two: str) -> bool:
    """One letter of a Latin, Greek or Cyrillic name mistyped, left out, added, or two swapped."""
    a, b = sound(one), sound(two)
    if min(len(a), len(b)) < _LEAST_LETTERS:
        return False
    if not (_is_of_letters(one) and _is_of_letters(two)):
        return False
    if len(a) == len(b):
        places = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(places) == 2:
            first, second = places
            return second == first + 1 and a[first] == b[second] and a[second] == b[first]
        return len(places) <= 1
    short, long = sorted((a, b), key=len)
    return len(long) == len(short) + 1 and any(
        long[:n] + long[n + 1 :] == short for n in range(len(long))
    )
