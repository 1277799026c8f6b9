"""Joining by likeness: simulated people with slips, and data that carries too little."""

import itertools
import json
import random
from datetime import datetime

import duckdb
import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from one360.errors import UsageError
from one360.identity.accuracy import pairwise_scores
from one360.identity.bags import alike, make_bags
from one360.identity.clusters import FLOOR, cluster_records, components
from one360.identity.comparisons import comparisons_for
from one360.identity.dates import day_number
from one360.identity.labelled import RecordColumns, evaluate, read_records
from one360.identity.levels import Levels
from one360.identity.model import (
    LinkOptions,
    is_contradiction,
    is_household,
    is_nameless,
)
from one360.identity.probabilistic import (
    DECIDED_TYPES,
    NothingToCompare,
    _only_one_at_home,
    customers_of,
    decide,
    link_records,
    weight_of,
)
from one360.identity.records import prepare
from tests.python.identity_chain import Chain, profile_id, seed_rules

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
    shown = pairs[pairs["match_weight"] > 0]
    assert len(shown) >= 600
    for weight, text in zip(shown["match_weight"], shown["contributions"], strict=True):
        bits = sum(part["bits"] for part in json.loads(text).values())
        assert weight == pytest.approx(bits + weight_of(result.prior), abs=0.05)
    decided = decide(pairs, OPTIONS)
    assert list(decided.columns) == list(DECIDED_TYPES)
    assert set(decided["decision"]) <= {"link", "review"}


def levels_of(columns: list[str], **level: int) -> tuple[Levels, list]:  # type: ignore[type-arg]
    """One pair that falls into the given levels, and into none in other comparisons."""
    comparisons = comparisons_for(columns)
    row = [[level.get(comparison.name, 0) for comparison in comparisons]]
    return Levels(np.array(row, np.int8), np.full((1, len(row[0])), np.nan)), comparisons


FIELDS = ["given_name", "surname", "gender", "birth_date", "phone", "email", "address_1", "id_1"]
OTHER = {c.name: c.different for c in comparisons_for(FIELDS)}


@pytest.mark.parametrize(
    ("case", "level", "household", "contradiction"),
    [
        (
            "one household: surname and phone",
            {"given_name": OTHER["given_name"], "surname": 1, "phone": 1},
            True,
            True,
        ),
        ("no given name is known", {"surname": 1, "phone": 1, "address": 1}, True, False),
        (
            "twins: one birth date and phone, two given names",
            {"given_name": OTHER["given_name"], "surname": 1, "birth_date": 1, "phone": 1},
            False,
            True,
        ),
        (
            "the same with one identifier",
            {
                "given_name": OTHER["given_name"],
                "surname": 1,
                "birth_date": 1,
                "phone": 1,
                "id_1": 1,
            },
            False,
            False,
        ),
        (
            "father and son of one name at one address",
            {"given_name": 1, "surname": 1, "birth_date": OTHER["birth_date"], "address": 1},
            False,
            True,
        ),
        (
            "a woman and a man of one name",
            {"given_name": 1, "surname": 1, "gender": 2, "phone": 1},
            False,
            True,
        ),
        ("one name and birth date", {"given_name": 1, "surname": 1, "birth_date": 1}, False, False),
        (
            "nickname, another phone",
            {"given_name": 3, "surname": 1, "phone": OTHER["phone"]},
            False,
            False,
        ),
        (
            "a family's names are a little alike",
            {"given_name": 8, "surname": 1, "address": 1},
            False,
            True,
        ),
    ],
)
def test_what_speaks_against_one_person(
    case: str, level: dict[str, int], household: bool, contradiction: bool
) -> None:
    found, comparisons = levels_of(FIELDS, **level)
    assert is_household(found, comparisons).tolist() == [household], case
    assert is_contradiction(found, comparisons).tolist() == [contradiction], case


@pytest.mark.parametrize(
    ("born", "other", "label"),
    [
        ("19800312", "19800312", "equal"),
        ("19800312", "1980", "same year, day unknown"),
        ("19800312", "1981", "other year, day unknown"),
        ("19800312", "19801203", "day and month swapped"),
        ("19800312", "19900312", "same day in another decade"),
        ("19800312", "19800313", "one slip"),
        ("19800328", "19800407", "near day"),
        ("19800328", "19800408", "two slips"),
        ("19800312", "19801128", "same year"),
        ("19800312", "19931128", "different"),
        ("19800312", "19941128", "another generation"),
    ],
)
def test_levels_of_birth_dates(born: str, other: str, label: str) -> None:
    (comparison,) = comparisons_for(["birth_date"])
    sides = ", ".join(
        f"(select '{date}' as birth_date, {day_number(date) or 'null'} as birth_day) as {side}"
        for date, side in ((born, "l"), (other, "r"))
    )
    with duckdb.connect() as connection:
        rows = connection.execute(f"select {comparison.sql} from {sides}").fetchall()
    assert [comparison.labels[level - 1] for (level,) in rows] == [label]


def scored(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    pairs = pd.DataFrame(rows, columns=["record_id", "other_id", "match_weight", "doubt"])
    return pairs.assign(
        match_probability=1 / (1 + 2.0 ** -pairs["match_weight"]), contributions="{}"
    )


def test_decisions_are_the_clusters() -> None:
    """Sure pairs of a group are links; what is likely between two groups is for review."""
    pairs = scored(
        ("a", "b", 12.0, ""),
        ("c", "d", 12.0, "household"),
        ("e", "f", 1.0, ""),
        ("g", "h", -1.0, ""),
        # i and j are sure, k is joined by one sure pair that two others speak against
        ("i", "j", 15.0, ""),
        ("i", "k", 3.0, ""),
        ("j", "k", -7.0, ""),
    )
    decided = decide(pairs, LinkOptions())
    found = {
        (row.record_id, row.other_id): (row.decision, row.reason) for row in decided.itertuples()
    }
    assert found == {
        ("a", "b"): ("link", "sure"),
        ("c", "d"): ("review", "household"),
        ("e", "f"): ("review", "grey_band"),
        ("i", "j"): ("link", "sure"),
        ("i", "k"): ("review", "other_group"),
    }
    ids = list("abcdefghijk")
    links = decided[decided["decision"] == "link"]
    joined = components(list(links["record_id"]), list(links["other_id"]))
    assert [joined.get(record, record) for record in ids] == customers_of(
        ids, pairs, LinkOptions().sure_probability
    )


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"record_id": ["a", "b"]}), "none of them"),
        (pd.DataFrame({"record_id": ["a", "b"], "phone": ["13", "13"]}), "at least two"),
        (
            pd.DataFrame(
                {
                    "record_id": ["a", "b"],
                    "birth_date": ["1980-05-06"] * 2,
                    "attribute_1": ["tea"] * 2,
                }
            ),
            "one of them among the first four",
        ),
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


def average_linkage(
    ids: list[str], weights: dict[tuple[str, str], float], threshold: float
) -> list[str]:
    """Every two groups compared anew in each step, written from the definition."""
    likely = [pair for pair, weight in weights.items() if weight > threshold]
    wider = components([a for a, _ in likely], [b for _, b in likely])
    groups = [[record] for record in ids]

    def mean(one: list[str], other: list[str]) -> float:
        found = [weights.get((min(a, b), max(a, b)), FLOOR) for a in one for b in other]
        return sum(found) / len(found) if max(found) > threshold else FLOOR

    while True:
        best = max(
            (
                (mean(one, other), one, other)
                for one, other in itertools.combinations(groups, 2)
                if wider.get(one[0], one[0]) == wider.get(other[0], other[0])
            ),
            key=lambda x: x[0],
            default=(0.0, [], []),
        )
        if best[0] <= 0:
            return [next(min(group) for group in groups if record in group) for record in ids]
        groups = [group for group in groups if group not in best[1:]] + [best[1] + best[2]]


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda x: x[0] < x[1]),
        # below 20, from which on all weights count as the same
        st.floats(-8, 19).map(lambda x: round(x, 6) + 1e-3),
        max_size=24,
    ),
    st.sampled_from((0.0, 2.0, 6.0)),
)
def test_groups_are_those_of_average_linkage(
    drawn: dict[tuple[int, int], float], threshold: float
) -> None:
    # a root of another prime for each pair, so that no two means are equal
    primes = [n for n in range(2, 330) if all(n % m for m in range(2, n))]
    weights = {
        (str(a), str(b)): weight + primes[8 * a + b] ** 0.5 * 1e-5
        for (a, b), weight in drawn.items()
    }
    pairs = pd.DataFrame(
        [(a, b, weight) for (a, b), weight in weights.items()],
        columns=["record_id", "other_id", "match_weight"],
    )
    ids = [str(number) for number in range(8)]
    assert cluster_records(ids, pairs, threshold) == average_linkage(ids, weights, threshold)


@pytest.mark.parametrize("shape", ["path", "star", "crowd"])
def test_a_component_of_30000_likely_pairs_ends(shape: str) -> None:
    pairs = {
        "path": [(n, n + 1) for n in range(30_000)],
        "star": [(0, n) for n in range(1, 30_001)],
        "crowd": list(itertools.combinations(range(246), 2)),
    }[shape]
    frame = pd.DataFrame(
        [(f"{a:05}", f"{b:05}", 9.0) for a, b in pairs],
        columns=["record_id", "other_id", "match_weight"],
    )
    ids = sorted(set(frame["record_id"]) | set(frame["other_id"]))
    groups = cluster_records(ids, frame)
    assert len(set(groups)) == {"path": 15_000, "star": 29_999, "crowd": 1}[shape]


def test_ten_thousand_equal_names_are_not_one_person() -> None:
    frame = pd.DataFrame(
        {"record_id": [str(n) for n in range(10_000)], "full_name": ["John Smith"] * 10_000}
    )
    found = link_records(frame, OPTIONS)
    assert decide(found.pairs, LinkOptions()).query("decision == 'link'").empty


def test_a_phone_of_half_the_file_joins_nobody() -> None:
    frame, truth = people(400)
    shared = frame.assign(phone=["13900000001" if n % 2 else None for n in range(len(frame))])
    pairs = link_records(shared, OPTIONS).pairs
    scores = pairwise_scores(truth, customers_of(list(frame["record_id"]), pairs, 0.8))
    assert scores.precision >= 0.99


def test_the_share_of_true_pairs_is_found(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    frame, truth, _ = found
    pairs = len(truth) * (len(truth) - 1) / 2
    prior = link_records(frame, OPTIONS).prior
    assert prior * pairs == pytest.approx(pairwise_scores(truth, truth).true_pairs, rel=0.1)


def test_no_single_level_is_a_veto(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    """Levels that hardly any pair falls into get a weight that other fields can outweigh."""
    weights = link_records(found[0], OPTIONS).weights
    assert weights["bits"].min() > -9
    assert weights["bits"].max() < 17
    assert weights.groupby("comparison")["m"].sum().round(6).eq(1).all()
    assert weights.groupby("comparison")["u"].sum().round(6).eq(1).all()


def test_placeholder_birthdays_say_nothing() -> None:
    frame, truth = people(600)
    frame = frame.drop(columns=["phone", "email"])
    frame["birth_date"] = ["1970-01-01"] * 500 + list(frame["birth_date"][500:])
    prepared = prepare(frame)
    assert prepared["birth_date"][:500].isna().all()
    assert prepared["birth_date"][500:].notna().mean() > 0.99


def test_bags_are_cosines_and_shared_bits() -> None:
    texts = [
        "12 park road york",
        "12 park rd york",
        "5 high street bath",
        None,
        "12 park road york",
    ]
    cosine, shared = alike(make_bags(texts), np.array([0, 0, 0, 0]), np.array([4, 1, 2, 3]))
    assert cosine[0] == pytest.approx(1)
    assert 0.3 < cosine[1] < 0.9
    assert cosine[2] == 0 and shared[2] == 0
    assert np.isnan(cosine[3])
    # of four texts two have road, three 12, park and york
    assert shared[0] == pytest.approx(np.log2(5 / 2) + 3 * np.log2(5 / 3))


def test_chinese_addresses_are_compared_by_characters() -> None:
    texts = [
        "广东省深圳市南山区科技园南路5号",
        "深圳市南山区科技园南路5号",
        "北京市海淀区学府路8号",
    ]
    cosine, _ = alike(make_bags(texts), np.array([0, 0]), np.array([1, 2]))
    assert cosine[0] > 0.7
    assert cosine[1] < 0.2


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
    assert [row.method for row in rows] == ["exact keys", "one360", "one360, review joined"]
    assert rows[1].pairwise.f1 > rows[0].pairwise.f1


def test_categories_only_are_joined_by_exact_keys(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "survey.csv"
    rows = [f"{n // 2},{n // 2 % 40},{n // 2 // 40},tea" for n in range(400)]
    path.write_text("person,year,region,drink\n" + "\n".join(rows))
    columns = RecordColumns(truth="person", attributes=("year", "region", "drink"))
    found, reason = evaluate(*read_records(path, columns), OPTIONS)
    assert reason is not None and reason.startswith("likeness compares")
    assert found[0].pairwise.f1 == found[1].pairwise.f1 == 1.0


def test_attributes_and_sets_of_words_count() -> None:
    """Two people of one name are told apart by what they do and like."""
    rows, truth = [], []
    kinds = [(job, hobby) for job in ("baker", "nurse", "pilot") for hobby in ("tea;golf", "jazz")]
    for person, (name, kind) in enumerate(
        itertools.product([f"{a} {b}" for a in ("Ann", "Eve") for b in SURNAMES_EN], kinds)
    ):
        for copy in range(2):
            rows.append((f"{person}-{copy}", name, kind[0], kind[1], f"box {person}"))
            truth.append(str(person))
    names = ["record_id", "full_name", "attribute_1", "attribute_2", "address_1"]
    frame = pd.DataFrame(rows, columns=names)
    pairs = link_records(frame, OPTIONS).pairs
    scores = pairwise_scores(truth, customers_of(list(frame["record_id"]), pairs, 0.8))
    assert scores.precision >= 0.97
    assert scores.recall >= 0.9


SURNAMES_EN = ("Baker", "Carter", "Dunn", "Evans", "Fox", "Grant", "Hall", "Irwin", "Jones", "Kerr")


def test_a_person_of_two_records_and_labels_in_conflict_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "people.csv"
    path.write_text("id,person,name\na,1,Ann Lee\na,2,Ann Lee\n")
    columns = RecordColumns(truth="person", record="id", fields={"full_name": "name"})
    with pytest.raises(UsageError, match="id must be unique and never empty"):
        read_records(path, columns)


def test_a_build_joins_members_of_one_system_as_the_command_says(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The links of the decided pairs, through the SQL of a build, make the same customers."""
    frame, _ = people(300)
    frame = frame.drop(columns=["phone", "email"])
    members = {
        record: profile_id("crm_member", record) for record in frame["record_id"].astype(str)
    }
    frame["record_id"] = list(members.values())
    pairs = link_records(frame, OPTIONS).pairs
    expected = customers_of(list(members.values()), pairs, LinkOptions().sure_probability)
    assert 300 <= len(set(expected)) < 400
    decided = decide(pairs, LinkOptions()).rename(
        columns={"record_id": "profile_id", "other_id": "linked_profile_id"}
    )
    given = {
        "as_of": [{"as_of_at": datetime(2026, 1, 2)}],
        "profiles": [
            {
                "profile_type": "crm_member",
                "natural_key": record,
                "has_several_people": False,
                "first_seen_at": datetime(2026, 1, 1),
                "last_seen_at": datetime(2026, 1, 1),
            }
            for record in members
        ],
        "probabilistic_pairs": decided.to_dict("records"),
    }
    chain = Chain(tmp_path)
    # as shipped; then with the seed's word that likeness proves no person; then without a rule
    for step, rule in enumerate(({}, {"proves_person": False}, None)):
        chain.give(step, **given, identifier_types=seed_rules(probabilistic=rule))
    chain.write_steps()
    found = []
    for step in range(3):
        chain.write("clock", "step integer", [(step,)])
        chain.run(["run", "--full-refresh"])
        rows = chain.query("select profile_id, one_id from customer_profiles")
        one_ids = dict(rows)
        found.append([one_ids[record] for record in members.values()])
    assert pairwise_scores(expected, found[0]).f1 == 1.0
    assert len(set(found[1])) == len(set(found[2])) == len(members)


@pytest.mark.parametrize(
    ("others", "doubt"),
    [
        # (given name, surname) of the two it may be; Chinese couples do not share a surname
        ((("jane", "smith"), ("jane", "smith")), ""),
        ((("jane", "smith"), ("john", "smith")), "household"),
    ],
)
def test_an_initial_is_the_only_one_at_home_it_fits(
    others: tuple[tuple[str, str], ...], doubt: str
) -> None:
    names = [("j", "smith"), *others]
    assert only_one(names) == [doubt, doubt]


def test_a_surname_alone_is_the_only_one_at_home_where_couples_do_not_share_it() -> None:
    assert only_one([(None, "王"), ("建军", "王")]) == [""]
    assert only_one([(None, "王"), ("建军", "王"), ("芳", "王")]) == ["household"] * 2
    assert only_one([(None, "smith"), ("jane", "smith")]) == ["household"]


def only_one(names: list[tuple[str | None, str]]) -> list[str]:
    """Doubts between the first record and each of the others."""
    given, surnames = zip(*names, strict=True)
    records = pd.DataFrame(
        {"given_name": given, "given_name_sound": given, "surname": surnames}, dtype=object
    )
    pairs = pd.DataFrame(
        [(0, other, "nameless") for other in range(1, len(names))],
        columns=["left", "right", "doubt"],
    )
    return list(_only_one_at_home(pairs, records))


@pytest.mark.parametrize(
    ("case", "level", "nameless"),
    [
        ("an initial at one address", {"given_name": 4, "surname": 1, "address": 2}, True),
        ("a surname at one phone", {"surname": 1, "phone": 1}, True),
        (
            "the same with one birth date",
            {"given_name": 4, "surname": 1, "phone": 1, "birth_date": 1},
            False,
        ),
        ("the same with one e-mail", {"surname": 1, "phone": 1, "email": 1}, False),
        ("an initial elsewhere", {"given_name": 4, "surname": 1, "address": 5}, False),
        ("a whole name", {"given_name": 1, "surname": 1, "address": 1}, False),
    ],
)
def test_who_may_be_another_of_the_family(case: str, level: dict[str, int], nameless: bool) -> None:
    found, comparisons = levels_of(FIELDS, **level)
    assert is_nameless(found, comparisons).tolist() == [nameless], case


def test_an_address_made_of_the_name_says_little_more(
    found: tuple[pd.DataFrame, list[str], pd.DataFrame],
) -> None:
    """ann.lee12@ and ann.lee17@ are two people of one name as likely as one."""
    rows = [
        (f"{n}", f"Ann Lee{'abcdefghij'[n % 10]}", f"ann.lee{'abcdefghij'[n % 10]}{n}@x.com", city)
        for n, city in ((n, f"city{n}") for n in range(300))
    ]
    frame = pd.DataFrame(rows, columns=["record_id", "full_name", "email", "city"])
    decided = decide(link_records(frame, OPTIONS).pairs, LinkOptions())
    assert decided[decided["decision"] == "link"].empty
