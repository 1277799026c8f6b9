"""What two spellings of a name share: `docs/identity.md`, section "Names"."""

from __future__ import annotations

import re
import unicodedata

TITLE_BEFORE = re.compile(r"^(mr|mrs|ms|miss|dr|prof)[.\s]+")
TITLE_AFTER = re.compile(r"\s*(先生|女士|小姐|太太|老师|阿姨|同学)$")
FEMALE_TITLE = re.compile(r"(女士|小姐|太太|阿姨)$|^(Ms|Mrs|Miss)[.\s]")
MALE_TITLE = re.compile(r"先生$|^Mr[.\s]")

SURNAMES_OF_TWO = {
    "欧阳", "诸葛", "上官", "司马", "司徒", "司空", "夏侯",
    "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文",
    "令狐", "端木", "独孤", "南宫", "西门", "轩辕", "申屠",
    "钟离", "闻人", "澹台", "濮阳", "公冶", "太史", "赫连",
    "呼延", "拓跋", "百里", "东郭", "第五", "太叔", "单于",
}  # fmt: skip

#: Unicode counts these as letters or marks, but nobody sees them, or only beside an emoji.
UNSEEN = {0x34F, 0x115F, 0x1160, 0x20E3, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)} | set(
    range(0xE0100, 0xE01F0)
)


def name_key(name: str | None) -> str | None:
    """A name without title, in lower case, letters and digits only; None where that is nobody.

    Nobody is what leaves one character, a surname of two, or a single Latin word.
    """
    if name is None:
        return None
    untitled = TITLE_AFTER.sub("", TITLE_BEFORE.sub("", name.strip().lower()))
    letters = "".join(character for character in untitled if _is_letter(character))
    is_one_latin_word = " " not in untitled.strip() and all(ord(c) <= 0x24F for c in untitled)
    if len(letters) < 2 or letters in SURNAMES_OF_TWO or is_one_latin_word:
        return None
    return letters


def _is_letter(character: str) -> bool:
    if character.isspace() or ord(character) in UNSEEN:
        return False
    return unicodedata.category(character)[0] not in "PSC"


def surname(name: str | None) -> str | None:
    """Surname of a name in Chinese characters, with or without a title; None of any other."""
    if not name:
        return None
    if name[:2] in SURNAMES_OF_TWO:
        return name[:2]
    return name[0] if "\u4e00" <= name[0] <= "\u9fff" else None


def gender_of_title(name: str | None) -> str | None:
    """female or male as the title of a name says; None where it says nothing."""
    if name and FEMALE_TITLE.search(name):
        return "female"
    if name and MALE_TITLE.search(name):
        return "male"
    return None
