"""Names: where a surname ends, which titles go, how characters sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360.identity.names import (
    Name,
    folded,
    gender_of_titles,
    name_roots,
    parse_name,
    sound,
)


@pytest.mark.parametrize(
    ("full_name", "surname", "given_name", "middle"),
    [
        # Chinese: one character or a surname of two, titles after it
        ("王伟", "王", "伟", None),
        ("欧阳娜娜", "欧阳", "娜娜", None),
        ("歐陽娜娜", "歐陽", "娜娜", None),
        ("赵 静泽", "赵", "静泽", None),
        ("陈女士", "陈", None, None),
        ("孙小美 女士", "孙", "小美", None),
        ("欧阳先生", "欧阳", None, None),
        ("王", "王", None, None),
        ("王总", "王", None, None),
        ("王总经理", "王", None, None),
        ("老王", "王", None, None),
        ("老鸭", None, None, None),
        ("Kim Min-jun", "Kim", "Min-jun", None),
        ("Chan Wai Yee", "Chan", "WaiYee", None),
        ("陈大文 David", "陈", "大文", None),
        ("安娜·史密斯", "史密斯", "安娜", None),
        # what a web shop's user calls herself
        ("爱吃鱼的猫", None, None, None),
        ("小仙女", None, None, None),
        ("司马长风", "司马", "长风", None),
        # Japanese and Korean
        ("山田 太郎", "山田", "太郎", None),
        ("やまだ たろう", "やまだ", "たろう", None),
        ("山田たろう", None, "山田たろう", None),
        ("김민수", "김", "민수", None),
        # hidden or lost characters
        ("王*", "王", None, None),
        ("张某某", "张", None, None),
        ("李\ufffd\ufffd", "李", None, None),
        # titles and suffixes
        ("Mr. Rossi", "Rossi", None, None),
        ("Dr. Herr Müller", "Müller", None, None),
        ("Herr Dr. Hans Müller jr.", "Müller", "Hans", None),
        ("Sir John Smith Bt.", "Smith", "John", None),
        ("Drew Smith", "Smith", "Drew", None),
        ("John Smith, Jr.", "Smith", "John", None),
        ("Smith, Jr., John", "Smith", "John", None),
        ("Smith, Dr. John", "Smith", "John", None),
        ("John Smith, PhD", "Smith", "John", None),
        ("Thomas Clifford, 1st Baron Clifford of Chudleigh", "Clifford", "Thomas", None),
        ("Sir John Smith, 2nd Bt.", "Smith", "John", None),
        ("Bt.", None, None, None),
        # order
        ("Rossi, Anna", "Rossi", "Anna", None),
        ("Ms Anna Rossi", "Rossi", "Anna", None),
        ("DUPONT Jean", "DUPONT", "Jean", None),
        ("van der Berg, Ludwig", "van der Berg", "Ludwig", None),
        ("Ludwig van der Berg", "van der Berg", "Ludwig", None),
        ("Wei Zhang", "Zhang", "Wei", None),
        ("Zhang Xiao Ming", "Zhang", "XiaoMing", None),
        ("Zhang Ming", "Zhang", "Ming", None),
        # words that are a title elsewhere are a name here
        ("Jack Ma", "Ma", "Jack", None),
        ("Pan Wei", "Wei", "Pan", None),
        ("林 Lily", "林", "Lily", None),
        # initials and middle names
        ("Anna Maria Rossi", "Rossi", "Anna", "Maria"),
        ("John A. Miller", "Miller", "John", "A"),
        ("Miller, John A.", "Miller", "John", "A"),
        ('William "Bill" Clinton', "Clinton", "William", None),
        ("Mia", None, "Mia", None),
        ("  ", None, None, None),
        (",", None, None, None),
        (None, None, None, None),
        ("🙂", None, "🙂", None),
    ],
)
def test_a_full_name_is_split(
    full_name: str | None, surname: str | None, given_name: str | None, middle: str | None
) -> None:
    assert parse_name(full_name) == Name(surname, given_name, middle)


@given(st.text(max_size=30))
def test_any_text_is_split_without_inventing_a_character(text: str) -> None:
    import unicodedata

    written = set(unicodedata.normalize("NFKC", text)) | {" "}
    name = parse_name(text)
    for part in (name.surname, name.given, name.middle):
        assert part is None or (part and set(part) <= written)
    sound(text)
    folded(text)


def test_characters_sound_as_their_pinyin() -> None:
    assert sound("伟") == sound("Wei") == "wei"
    assert sound("雯") == sound("文")
    assert sound("单", is_surname=True) == "shan"
    assert sound("曾", is_surname=True) == "zeng"
    assert sound("單", is_surname=True) == "shan"


def test_kana_are_left_alone() -> None:
    assert sound("山田たろう") == "山田たろう"


def test_traditional_and_variant_characters_are_simplified() -> None:
    assert folded("張偉國") == "张伟国"
    assert folded("廣沢") == "广泽"
    # a character that simplified writing has itself is another name
    assert folded("芸") == "芸"


def test_latin_spellings_of_one_name_sound_alike() -> None:
    assert sound("Müller") == sound("Mueller") == sound("Muller")
    assert sound("Łukasz") == sound("Lukasz")
    assert sound("Philipp") == sound("Filip")
    assert sound("O'Neill") == sound("ONeil")
    assert sound("Anna") != sound("Hanna")


def test_nicknames_lead_to_the_names_they_are_short_for() -> None:
    assert "william" in name_roots("Bill")
    assert "thomas" in name_roots("tom")
    assert name_roots("thomas")[0] == "thomas"
    assert name_roots("伟") == ("伟",)


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Mrs Ann Morgan", "f"),
        ("Herr Müller", "m"),
        ("王女士", "f"),
        ("李先生", "m"),
        ("female", "f"),
        ("女", "f"),
        ("m", "m"),
        ("Ann Morgan", None),
        ("Mr & Mrs Smith", None),
        ("M. Poirot", None),
        ("", None),
        (None, None),
    ],
)
def test_titles_say_a_gender(text: str | None, gender: str | None) -> None:
    assert gender_of_titles(text) == gender
