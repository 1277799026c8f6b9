"""Names as they are distinguished: surname and given name, and how they sound."""

from __future__ import annotations

import re
from functools import lru_cache

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政"
    " 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马"
    " 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌"
    " 微生 梁丘 左丘 西门 第五 南荣 东里 东宫 达奚 褚师 歐陽 司馬 諸葛 東方 鍾離 長孫 聞人"
)
#: Surnames of two characters.
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())

#: Characters that are read otherwise when they are a surname.
SURNAME_READINGS = {
    "单": "shan", "單": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "任": "ren",
    "查": "zha", "区": "ou", "區": "ou", "盖": "ge", "朴": "piao", "翟": "zhai",
    "缪": "miao", "繆": "miao", "冼": "xian", "折": "she", "员": "yun", "秘": "bi",
    "尉迟": "yuchi", "万俟": "moqi", "覃": "qin", "宓": "mi", "乜": "nie", "逄": "pang",
    "黑": "he", "召": "shao", "那": "na", "牟": "mu", "华": "hua", "纪": "ji",
}  # fmt: skip

#: How a person is addressed; it identifies no person.
_TITLE_BEFORE = re.compile(r"^(?:mr|mrs|ms|miss|mme|dr|prof)(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_TITLE_AFTER = re.compile(r"(?<=\S)\s*(?:先生|女士|小姐|太太|老师|老師|師傅|师傅)$")

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_ALL_HAN = re.compile(r"(?:[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]|[·•])+")


def has_han(text: str | None) -> bool:
    """Whether any character is Chinese."""
    return bool(text and _HAN.search(text))


def name_parts(full_name: str | None) -> tuple[str | None, str | None]:
    """Split a full name into (surname, given name); a part that is not there is None.

    A Chinese name starts with its surname, of one character or one of
    COMPOUND_SURNAMES. "Surname, Given" is what it says. Otherwise the last word is the
    surname, as in Western lists; one word alone is a given name, unless a title says
    that it is a surname. Titles (先生, 女士, Mr., …) go.
    """
    text = " ".join((full_name or "").split())
    bare = _TITLE_AFTER.sub("", _TITLE_BEFORE.sub("", text))
    if not bare:
        return None, None
    if bare != text and " " not in bare and (not has_han(bare) or bare in COMPOUND_SURNAMES):
        return bare, None
    text = bare
    joined = text.replace(" ", "")
    if _ALL_HAN.fullmatch(joined):
        size = 2 if joined[:2] in COMPOUND_SURNAMES and len(joined) > 2 else 1
        return joined[:size], joined[size:] or None
    if "," in text:
        surname, _, given = text.partition(",")
        return surname.strip() or None, given.strip() or None
    given, _, surname = text.rpartition(" ")
    return (surname, given) if given else (None, surname)


@lru_cache(maxsize=200_000)
def sound(text: str, is_surname: bool = False) -> str:
    """How a name part sounds, for keys: pinyin without tones for Chinese characters.

    Latin letters stay as they are, in lower case and without spaces, so that 王伟 and
    "Wang Wei" sound the same. A character of several readings gets the one it has as a
    surname (SURNAME_READINGS), else the common one of pypinyin.
    """
    if is_surname and text in SURNAME_READINGS:
        return SURNAME_READINGS[text]
    if not has_han(text):
        return re.sub(r"[\s'\-.]+", "", text.lower())
    # its dictionaries take a while, and most builds compare no names
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.NORMAL)).replace(" ", "").lower()
