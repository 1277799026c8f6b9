"""What one name says of another on one identifier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360.identity.agreement import AGREEMENTS, agreement

#: Two names and what they are; each way round, but for says_nothing, which the first one does.
PAIRS = {
    "same": [
        ("张伟强", "張偉強"), ("Wei Zhang", "Zhang Wei"), ("张伟", "Zhang Wei"),
        ("张伟", "Wei Zhang"), ("王小明", "Wang Xiao Ming"), ("李明辉", "李明晖"),
        ("张志强", "章志强"), ("Müller, Hans", "Hans Mueller"), ("José García", "JOSE GARCIA"),
        ("Nguyen Van An", "Van An Nguyen"), ("Trần Thị Mai", "Mai Tran"),
        ("刘海洋1988", "刘海洋"),
        ("Anna Smith_77", "Anna Smith"), ("Анна Петрова", "Anna Petrova"),
        ("Schmidt, Dr. Karl-Heinz", "Karl Heinz Schmidt"), ("陈大文 David", "陈大文"),
        ("Robert Lee", "Rovert Lee"), ("Jordan Park", "Jorden Park"), ("Megan Wong", "Megen Wong"),
        ("Ha van Dam", "Ha van Dan"), ("Chan Mark Smith", "Mark Smith"),
        ("Sean O&#39;Neil", "Sean O'Neil"), ("Chan Wai Yee", "Wai Yee Chan"),
        ("John Miller II", "John Miller jr."),
        ("Bob Miller", "Robert Miller"),
        ("John A. Miller", "John Miller"), ("Maria Garcia Lopez", "Maria Garcia"),
        ("Anna Weber-Schmidt", "Anna Weber"), ("Peter van Dyk", "Peter Dyk"),
        ("Katherine Smith", "Catherine Smith"), ("Peter Smith", "Peter Smyth"),
        ("Peter Smtih", "Peter Smith"), ("Mrs. Anna Smith", "Anna Smith"),
        ("Иванов Иван", "Иван Иванов"), ("欧阳娜娜", "歐陽娜娜"), ("J. Miller", "J Miller"),
        # four letters are enough for a slip; one middle name in common is
        ("Anna Berg", "Anna Burg"), ("John A. B. Miller", "John A. C. Miller"),
        # a generation that is written in two ways; what may be a surname is none
        ("Paul Meier jun.", "Paul Meier Jr."), ("João Neto", "Joao Neto"),
        ("Tara Rose Sen", "Tara Sen"),
        # a middle name and its initial, its short form, a slip of it
        ("John Allen Miller", "John A. Miller"), ("Anna Bob Cole", "Anna Robert Cole"),
        ("John Andrew Miller", "John Andrww Miller"),
        # spellings of one given name, though both are known; a surname that is one, too
        ("Helena Berg", "Elena Berg"), ("Marta Ruiz", "Martha Ruiz"), ("Andre Cole", "Andrew Cole"),
        ("Peter Martin", "Peter Marvin"), ("Jana Weiss", "Jama Weiss"),
        ("Мария Орлова", "Марія Орлова"), ("Марина Орлова", "Mariya Orlova"),
    ],
    "near": [
        ("Mai van den Berg", "Mai Bakker"), ("Peter Anderson", "Peter \u0410nderson"),
        ("Anna Smith", "Anna Jones"), ("Anna Martin", "Anna Kern"),
        ("Liz Smith", "Elizabeth Jones"),
        ("Daniel Berg", "Daniela Berg"), ("王伟", "王薇"),
        ("John Miller", "John Miller Jr."), ("John Miller Sr", "John Miller Jr"),
        ("John Miller II", "John Miller III"), ("John Miller", "John Miller IV"),
        ("Juan Pérez Gil", "Juan Pérez Gil hijo"), ("João Silva", "João Silva Filho"),
        ("João Silva Filho", "João Silva Neto"), ("João Neto", "João Silva"),
        ("Иван Петров", "Иван Петров мл."),
        ("Paul Meier sen.", "Paul Meier jun."), ("Paul Meier", "Paul Meier jun."),
        ("Luc Morel père", "Luc Morel fils"), ("Juan Pérez", "Juan Pérez padre"),
    ],
    "says_nothing": [
        ("王女士", "王芳华"), ("王总", "王建军"), ("李*", "李明"), ("J. Miller", "John Miller"),
        ("爱吃鱼的猫", "刘诗诗"), ("阿强", "陈志强"),
    ],
    "different": [
        ("王小明", "王小亮"), ("陈思远", "陈佳怡"), ("刘大海", "刘一鸣"), ("王芳", "李芳"),
        ("李明", "李明明"), ("司马懿", "司马昭"), ("李小姐", "王先生"), ("김민수", "김민지"),
        ("Mary Hill", "Mark Owen"), ("J. Miller", "Anna Miller"), ("Emma Brown", "Ella Brown"),
        ("Tom Lee", "Tim Lee"), ("Zhang Xiaoming", "Zhang Xiaoning"), ("Li Na", "Li Nan"),
        ("Maria Jose Garcia", "Maria Carmen Garcia"), ("John A. Miller", "John B. Miller"),
        ("Мария Иванова", "Анна Иванова"), ("محمد علي حسن", "أحمد علي حسن"),
        ("Kim Min-jun", "Kim Min-ho"), ("Chan Wai Man", "Chan Wai Wan"),
        ("Anna-Maria Schulz", "Anna-Lena Schulz"), ("Anna Smith", "\u0410nna Smith"),
        ("Nguyễn Thị Mai", "Nguyễn Thị Lan"), ("Lê Văn Hùng", "Lê Văn Dũng"),
        # twins: a letter parts two given names that are known
        ("Lena Müller", "Lina Müller"), ("Jayden Cole", "Kayden Cole"),
        ("Maria Ruiz", "Marta Ruiz"), ("Laura Ruiz", "Lara Ruiz"), ("Jana Weiss", "Lana Weiss"),
        ("Sita Devi", "Gita Devi"), ("Omar Aziz", "Amar Aziz"), ("Мария Орлова", "Марина Орлова"),
        ("Julia Gómez", "Julio Gómez"),
        # the surname may come first: nobody marries
        ("Rossi Marco", "Rossi Luca"), ("Nagy Péter", "Nagy Pál"), ("Nowak Jan", "Nowak Adam"),
        ("Иванов Иван", "Иванов Игорь"), ("Li Wei", "Li Lei"), ("Müller Lena", "Müller Lina"),
        ("Thomas Marco", "Thomas Luca"),
        ("王安娜", "李安娜"), ("J. Miller", "Jana Weiss"),
        # whole middle names that begin alike
        ("John Adam Miller", "John Andrew Miller"), ("Wai Man Chan", "Wai Ming Chan"),
        # letters that are swapped stand beside each other
        ("Karin Miller", "Kiran Miller"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "one", "other"), [(word, *pair) for word, pairs in PAIRS.items() for pair in pairs]
)
def test_two_names(word: str, one: str, other: str) -> None:
    assert agreement(one, other) == word
    turned = "different" if word == "says_nothing" else word
    assert agreement(other, one) == turned


NAMES = st.sampled_from(
    sorted({name for pairs in PAIRS.values() for pair in pairs for name in pair})
)


@given(NAMES, NAMES)
def test_what_is_no_fragment_is_said_both_ways(one: str, other: str) -> None:
    said = {agreement(one, other), agreement(other, one)}
    assert said <= set(AGREEMENTS)
    assert len(said) == 1 or "says_nothing" in said


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_compared(one: str, other: str) -> None:
    assert agreement(one, other) in AGREEMENTS
