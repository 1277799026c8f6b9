"""Names of people: Chinese and Latin, and the ways they get written.

Surnames come with their approximate share in China; given names are made of
one or two characters of a list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.text import Bools, Ints, assemble, join, take, where, words

_SURNAMES = """
王 wang 7.2 李 li 7.2 张 zhang 6.8 刘 liu 5.4 陈 chen 4.5 杨 yang 3.1
赵 zhao 2.3 黄 huang 2.2 周 zhou 2.1 吴 wu 2.0 徐 xu 1.7 孙 sun 1.5
胡 hu 1.3 朱 zhu 1.3 高 gao 1.2 林 lin 1.2 何 he 1.2 郭 guo 1.2 马 ma 1.1
罗 luo 1.0 梁 liang 0.9 宋 song 0.8 郑 zheng 0.8 谢 xie 0.8 韩 han 0.7
唐 tang 0.7 冯 feng 0.7 于 yu 0.6 董 dong 0.6 萧 xiao 0.6 程 cheng 0.6
曹 cao 0.6 袁 yuan 0.5 邓 deng 0.6 许 xu 0.6 傅 fu 0.5 沈 shen 0.5
曾 zeng 0.5 彭 peng 0.5 吕 lv 0.5 苏 su 0.4 卢 lu 0.4 蒋 jiang 0.4
蔡 cai 0.4 贾 jia 0.4 丁 ding 0.4 魏 wei 0.4 薛 xue 0.3 叶 ye 0.4
阎 yan 0.3 余 yu 0.4 潘 pan 0.4 杜 du 0.4 戴 dai 0.3 夏 xia 0.3
钟 zhong 0.3 汪 wang 0.3 田 tian 0.3 任 ren 0.3 姜 jiang 0.3 范 fan 0.3
方 fang 0.3 石 shi 0.3 姚 yao 0.3 谭 tan 0.3 廖 liao 0.3 邹 zou 0.2
熊 xiong 0.2 金 jin 0.2 陆 lu 0.2 郝 hao 0.2 孔 kong 0.2 白 bai 0.2
崔 cui 0.2 康 kang 0.2 毛 mao 0.2 邱 qiu 0.2 秦 qin 0.2 江 jiang 0.2
史 shi 0.2 顾 gu 0.2 侯 hou 0.2 邵 shao 0.2 孟 meng 0.2 龙 long 0.2
万 wan 0.2 段 duan 0.2 雷 lei 0.2 钱 qian 0.2 汤 tang 0.2 尹 yin 0.2
欧阳 ouyang 0.1 司徒 situ 0.02 诸葛 zhuge 0.02 上官 shangguan 0.02
"""

# Neighbours in this list sound alike or are mistaken for each other, so a
# typing error is "the next character".
_GIVEN = """
伟 wei 玮 wei 强 qiang 军 jun 俊 jun 杰 jie 洁 jie 明 ming 鸣 ming 勇 yong
涛 tao 超 chao 辉 hui 慧 hui 惠 hui 刚 gang 鹏 peng 飞 fei 菲 fei 波 bo
博 bo 斌 bin 彬 bin 宇 yu 雨 yu 玉 yu 浩 hao 皓 hao 昊 hao 凯 kai 健 jian
建 jian 平 ping 萍 ping 志 zhi 智 zhi 文 wen 雯 wen 国 guo 华 hua 桦 hua
海 hai 峰 feng 锋 feng 林 lin 琳 lin 霖 lin 磊 lei 蕾 lei 亮 liang 东 dong
冬 dong 新 xin 欣 xin 鑫 xin 心 xin 芳 fang 方 fang 敏 min 静 jing 婧 jing
晶 jing 丽 li 莉 li 立 li 艳 yan 燕 yan 娟 juan 霞 xia 秀 xiu 红 hong
宏 hong 洪 hong 梅 mei 美 mei 玲 ling 灵 ling 凌 ling 婷 ting 庭 ting
雪 xue 倩 qian 茜 qian 丹 dan 云 yun 芸 yun 兰 lan 岚 lan 凤 feng 月 yue
悦 yue 越 yue 英 ying 颖 ying 莹 ying 佳 jia 嘉 jia 家 jia 怡 yi 仪 yi
艺 yi 逸 yi 毅 yi 思 si 诗 shi 世 shi 涵 han 晗 han 晨 chen 辰 chen 轩 xuan
萱 xuan 子 zi 梓 zi 紫 zi 晓 xiao 小 xiao 筱 xiao 春 chun 纯 chun 天 tian
添 tian 瑞 rui 睿 rui 锐 rui 然 ran 冉 ran 乐 le 可 ke 科 ke 柯 ke 若 ruo
安 an 宁 ning 凝 ning 青 qing 清 qing 庆 qing 卿 qing 阳 yang 洋 yang
扬 yang 依 yi 成 cheng 承 cheng 诚 cheng 泽 ze 则 ze 祥 xiang 翔 xiang
"""

_LATIN_FIRST = words(
    """
    Anna James Maria John Emma Michael Sophie David Laura Daniel Julia Tom Sarah
    Peter Nina Robert Olivia Mark Alice Paul Grace Kevin Lucy Eric Chloe Simon
    Helen Victor Rachel Oscar Diana Felix Irene Leo Clara Hugo Vivian Jason
    Tiffany Kelvin
    """
)
_LATIN_LAST = words(
    """
    Smith Johnson Brown Miller Garcia Mueller Dubois Rossi Novak Silva Tanaka
    Kim Nguyen Patel Ivanov Andersson Wilson Taylor Martin Clark Lewis Walker
    Young King Wright Scott Green Baker Adams Nelson Carter Mitchell Turner
    Phillips Campbell Parker Evans Edwards Collins Stewart Chan Wong Leung
    Cheung Lau Tan Lim Goh
    """
)

_words = words(_SURNAMES)
SURNAMES = _words[0::3]
SURNAMES_PINYIN = _words[1::3]
SURNAME_SHARES = np.array([float(share) for share in _words[2::3]])
SURNAME_SHARES /= SURNAME_SHARES.sum()
_words = words(_GIVEN)
GIVEN = _words[0::2]
GIVEN_PINYIN = _words[1::2]

TITLES_ZH = ("先生", "女士")
TITLES_LATIN = ("Mr. ", "Ms. ")


@dataclass
class Names:
    """Names of n people as codes into the lists; every array has shape (n,).

    second is -1 for a given name of one character. is_latin people use
    `surname` and `first` as codes into the Latin lists.
    """

    surname: Ints
    first: Ints
    second: Ints
    is_latin: Bools
    is_male: Bools

    def pick(self, index: Ints) -> Names:
        """Names of some of the people, shape (len(index),)."""
        return Names(
            self.surname[index],
            self.first[index],
            self.second[index],
            self.is_latin[index],
            self.is_male[index],
        )

    @property
    def surname_text(self) -> pa.StringArray:
        """Surname alone."""
        return where(
            self.is_latin,
            take(_LATIN_LAST, self.surname % len(_LATIN_LAST)),
            take(SURNAMES, self.surname),
        )

    def _given_zh(self, mistyped: bool = False) -> pa.StringArray:
        first, second = self.first, self.second
        if mistyped:
            # One character of two: the person remains recognisable.
            second = np.where(second >= 0, (second + 1) % len(GIVEN), second)
        return join(take(GIVEN, first), pc.fill_null(take(GIVEN, second), ""))

    @property
    def _latin_first(self) -> pa.StringArray:
        return take(_LATIN_FIRST, self.first % len(_LATIN_FIRST))

    def full(self, mistyped: bool = False) -> pa.StringArray:
        """Names as on the identity card: 王小明, Anna Smith."""
        return where(
            self.is_latin,
            join(self._latin_first, " ", self.surname_text),
            join(self.surname_text, self._given_zh(mistyped)),
        )

    def spaced(self) -> pa.StringArray:
        """With a space too many: 王 小明, ANNA  SMITH."""
        return where(
            self.is_latin,
            pc.utf8_upper(join(self._latin_first, "  ", self.surname_text)),
            join(self.surname_text, " ", self._given_zh()),
        )

    def titled(self) -> pa.StringArray:
        """With a title: 王小明先生, Ms. Anna Smith."""
        sex = np.where(self.is_male, 0, 1)
        return where(
            self.is_latin,
            join(take(TITLES_LATIN, sex), self.full()),
            join(self.full(), take(TITLES_ZH, sex)),
        )

    def surname_titled(self) -> pa.StringArray:
        """What staff write down: 王先生, Ms. Smith."""
        sex = np.where(self.is_male, 0, 1)
        return where(
            self.is_latin,
            join(take(TITLES_LATIN, sex), self.surname_text),
            join(self.surname_text, take(TITLES_ZH, sex)),
        )

    def pinyin(self) -> pa.StringArray:
        """Lower-case letters for e-mail addresses."""
        return where(
            self.is_latin,
            pc.utf8_lower(join(self._latin_first, ".", self.surname_text)),
            join(
                take(SURNAMES_PINYIN, self.surname),
                take(GIVEN_PINYIN, self.first),
                pc.fill_null(take(GIVEN_PINYIN, self.second), ""),
            ),
        )


def draw_names(rng: np.random.Generator, is_male: Bools) -> Names:
    """Draw a name for each person."""
    n = len(is_male)
    surname = rng.choice(len(SURNAMES), size=n, p=SURNAME_SHARES)
    first = rng.integers(0, len(GIVEN), n)
    second = rng.integers(0, len(GIVEN), n)
    second[rng.random(n) < mess.ONE_CHARACTER_GIVEN_NAME] = -1
    is_latin = rng.random(n) < mess.LATIN_NAME
    return Names(surname, first, second, is_latin, is_male)


def written(rng: np.random.Generator, names: Names) -> pa.StringArray:
    """Names as typed into a system: mostly right, some with spaces, titles."""
    n = len(names.surname)
    draw = rng.random(n)
    spaced = draw < mess.NAME_WITH_SPACES
    titled = ~spaced & (draw < mess.NAME_WITH_SPACES + mess.NAME_WITH_TITLE)
    padded = draw > 1 - mess.NAME_PADDED
    plain = ~(spaced | titled | padded)
    parts = [
        (np.flatnonzero(plain), names.pick(np.flatnonzero(plain)).full()),
        (np.flatnonzero(spaced), names.pick(np.flatnonzero(spaced)).spaced()),
        (np.flatnonzero(titled), names.pick(np.flatnonzero(titled)).titled()),
        (
            np.flatnonzero(padded),
            join(" ", names.pick(np.flatnonzero(padded)).full(), "\u3000"),
        ),
    ]
    return assemble(parts, n)


def nearly_the_same(rng: np.random.Generator, names: Names) -> pa.StringArray:
    """The name of a second registration: mistyped, spaced or with a title."""
    n = len(names.surname)
    way = rng.choice(3, size=n, p=[0.4, 0.3, 0.3])
    way[(way == 0) & ((names.second < 0) | names.is_latin)] = 1
    index = [np.flatnonzero(way == code) for code in range(3)]
    return assemble(
        [
            (index[0], names.pick(index[0]).full(mistyped=True)),
            (index[1], names.pick(index[1]).spaced()),
            (index[2], names.pick(index[2]).titled()),
        ],
        n,
    )
