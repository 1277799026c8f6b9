"""Joining by likeness: simulated people with slips, and data that carries too little."""

import itertools
import json
import random

import networkx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from one360.identity.accuracy import pairwise_scores
from one360.identity.clusters import cluster_records, components
from one360.identity.labelled import RecordColumns, evaluate, read_records
from one360.identity.probabilistic import (
    DECIDED_TYPES,
    NothingToCompare,
    decide,
    link_records,
    weight_of,
)
from one360.identity.records import prepare
from one360.identity.splink_model import LinkOptions

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志鹏飞"
OPTIONS = LinkOptions(random_pairs=100_000)


def people(count: int, seed: int = 1) -> tuple[pd.DataFrame, list[str]]:
    """Two records per person; the second has a slip in name, date or phone."""
    rng = random.Random(seed)
    rows, truth = [], []
    for person in range(count):
        name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        born = f"{rng.randint(1950, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        phone = f"13{rng.randrange(10**9):09}"
        email = f"user{rng.randrange(10**8)}@example.com"
        rows.append((f"a{person}", name, born, phone, email))
        slip = rng.randrange(3)
        if slip == 0:
            name = name[:2] + rng.choice(GIVEN)
        elif slip == 1:
            born = born[:-1] + str((int(born[-1]) + 1) % 10)
        else:
            phone = phone[:-2] + phone[-1] + phone[-2]
        rows.append((f"b{person}", name, born, phone, None))
        truth += [str(person)] * 2
    columns = ["record_id", "full_name", "birth_date", "phone", "email"]
    return pd.DataFrame(rows, columns=columns), truth


@pytest.fixture(scope="module")
def found() -> tuple[pd.DataFrame, list[str], pd.DataFrame]:
    frame, truth = people(600)
    return frame, truth, link_records(frame, OPTIONS).pairs


def test_people_with_slips_are_found(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    frame, truth, pairs = found
    customers = cluster_records(list(frame["record_id"]), pairs)
    scores = pairwise_scores(truth, customers)
    assert scores.precision >= 0.99
    assert scores.recall >= 0.97


def test_row_order_does_not_matter(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    frame, _, pairs = found
    again = link_records(frame.sample(frac=1, random_state=3), OPTIONS).pairs
    pd.testing.assert_frame_equal(pairs, again)


def test_contributions_and_prior_add_up_to_the_weight(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    frame, _, pairs = found
    result = link_records(frame, OPTIONS)
    for weight, text in zip(pairs["match_weight"], pairs["contributions"], strict=True):
        bits = sum(part["bits"] for part in json.loads(text).values())
        assert weight == pytest.approx(bits + weight_of(result.prior), abs=0.05)
    decided = decide(pairs, OPTIONS)
    assert list(decided.columns) == list(DECIDED_TYPES)
    assert set(decided["decision"]) <= {"link", "review"}


def test_a_household_is_not_one_person() -> None:
    contributions = {
        "given_name": {"level": "different", "bits": -5.0},
        "surname": {"level": "equal", "bits": 9.0},
        "phone": {"level": "equal", "bits": 15.0},
        "birth_date": {"level": "missing", "bits": 0.0},
    }
    pairs = pd.DataFrame(
        [("a", "b", 12.0, 0.9998, json.dumps(contributions))],
        columns=["record_id", "other_id", "match_weight", "match_probability", "contributions"],
    )
    decided = decide(pairs)
    assert list(decided["decision"]) == ["review"]
    assert list(decided["reason"]) == ["household"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"record_id": ["a", "b"]}), "none of them"),
        (pd.DataFrame({"record_id": ["a", "b"], "phone": ["1", "1"]}), "at least two"),
        (
            pd.DataFrame(
                {"record_id": ["a", "b"], "full_name": ["王伟", "李娜"], "phone": ["13", "18"]}
            ),
            "none of them",
        ),
        (pd.DataFrame({"record_id": [], "full_name": [], "phone": []}), "at least two"),
    ],
)
def test_too_little_to_compare_is_said(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(NothingToCompare, match=message):
        link_records(frame)


def test_names_and_cities_alone_are_scored() -> None:
    """A block on both names and the city leaves no comparison to learn from, and is left out."""
    rows = [
        (str(2 * number + copy), f"{given} {surname}", city)
        for number, (given, surname, city) in enumerate(
            itertools.product(("hans", "paul", "ann", "eve"), ("brown", "clark"), ("york", "bath"))
        )
        for copy in range(2)
    ]
    frame = pd.DataFrame(rows, columns=["record_id", "full_name", "city"])
    found = link_records(frame)
    assert found.blocked_pairs >= len(rows) / 2
    assert found.weights["comparison"].nunique() >= 2


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_record_ids_must_be_unique(ids: list[str | None]) -> None:
    with pytest.raises(ValueError, match="unique and not null"):
        prepare(pd.DataFrame({"record_id": ids}))


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=40))
def test_components_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    named = [(f"{a:02}", f"{b:02}") for a, b in edges]
    expected = {
        node: min(group)
        for group in networkx.connected_components(networkx.Graph(named))
        for node in group
    }
    assert components([a for a, _ in named], [b for _, b in named]) == expected


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda x: x[0] < x[1]),
        st.floats(-8, 20),
        max_size=20,
    )
)
def test_groups_are_inside_components_and_hold_together(
    drawn: dict[tuple[int, int], float],
) -> None:
    pairs = pd.DataFrame(
        [(str(a), str(b), weight) for (a, b), weight in drawn.items()],
        columns=["record_id", "other_id", "match_weight"],
    )
    ids = [str(number) for number in range(8)]
    groups = dict(zip(ids, cluster_records(ids, pairs), strict=True))
    likely = pairs[pairs["match_weight"] > 0]
    wider = components(list(likely["record_id"]), list(likely["other_id"]))
    for one in ids:
        for other in ids:
            if groups[one] == groups[other]:
                assert wider.get(one, one) == wider.get(other, other)
    assert all(groups[group] == group for group in groups.values())


def test_a_false_bridge_does_not_join_two_people() -> None:
    strong = [("a1", "a2"), ("a1", "a3"), ("a2", "a3"), ("b1", "b2"), ("b1", "b3"), ("b2", "b3")]
    pairs = pd.DataFrame(
        [(*pair, 15.0) for pair in strong] + [("a1", "b1", 3.0)],
        columns=["record_id", "other_id", "match_weight"],
    )
    groups = cluster_records(["a1", "a2", "a3", "b1", "b2", "b3"], pairs)
    assert groups == ["a1", "a1", "a1", "b1", "b1", "b1"]


def test_a_labelled_file_is_read_and_scored(tmp_path) -> None:  # type: ignore[no-untyped-def]
    frame, truth = people(150)
    path = tmp_path / "people.csv"
    frame.assign(person=truth).to_csv(path, index=False)
    columns = RecordColumns(
        truth="person",
        record="record_id",
        fields={"full_name": "full_name", "birth_date": "birth_date"},
    )
    records, labels = read_records(path, columns)
    assert labels == truth
    rows, reason = evaluate(records, labels, OPTIONS)
    assert reason is None
    assert [row.method.split(" (")[0] for row in rows] == ["exact keys", "one360", "one360"]
    assert rows[1].pairwise.f1 > rows[0].pairwise.f1
