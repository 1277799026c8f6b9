"""Names: where a surname ends, which titles go, how characters sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360.identity.names import name_parts, sound


@pytest.mark.parametrize(
    ("full_name", "surname", "given_name"),
    [
        ("王伟", "王", "伟"),
        ("欧阳娜娜", "欧阳", "娜娜"),
        ("赵 静泽", "赵", "静泽"),
        ("司徒仪方", "司徒", "仪方"),
        ("陈女士", "陈", None),
        ("欧阳先生", "欧阳", None),
        ("王", "王", None),
        ("Mr. Rossi", "Rossi", None),
        ("Ms Anna Rossi", "Rossi", "Anna"),
        ("Rossi, Anna", "Rossi", "Anna"),
        ("Anna Maria Rossi", "Rossi", "Anna Maria"),
        ("Mia", None, "Mia"),
        ("Drew Smith", "Smith", "Drew"),
        ("  ", None, None),
        (None, None, None),
        ("🙂", None, "🙂"),
    ],
)
def test_a_full_name_is_split(
    full_name: str | None, surname: str | None, given_name: str | None
) -> None:
    assert name_parts(full_name) == (surname, given_name)


@given(st.text(max_size=30))
def test_any_text_is_split_without_inventing_a_character(text: str) -> None:
    for part in name_parts(text):
        assert part is None or set(part) <= set(text) | {" "}
    sound(text)


def test_characters_sound_as_their_pinyin() -> None:
    assert sound("伟") == sound("Wei") == "wei"
    assert sound("雯") == sound("文")
    assert sound("单", is_surname=True) == "shan"
    assert sound("曾", is_surname=True) == "zeng"
