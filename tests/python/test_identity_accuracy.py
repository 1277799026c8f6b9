"""Who is who: the scores themselves, and the demo retailer at scale factor 1 against its truth."""

from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360.identity.accuracy import b_cubed_scores, pairwise_scores, worst_clusters
from tests.python.project import Project

#: What the exact identifiers must reach on the demo data.
MINIMUM_PRECISION = 0.99
MINIMUM_RECALL = 0.95


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_scores_are_those_of_counting_every_pair(labels: list[tuple[int, int]]) -> None:
    scores = pairwise_scores([a for a, _ in labels], [b for _, b in labels])
    pairs = list(combinations(labels, 2))
    assert scores.true_pairs == sum(one[0] == two[0] for one, two in pairs)
    assert scores.found_pairs == sum(one[1] == two[1] for one, two in pairs)
    assert scores.right_pairs == sum(one == two for one, two in pairs)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_b_cubed_is_that_of_asking_every_record(labels: list[tuple[int, int]]) -> None:
    scores = b_cubed_scores([a for a, _ in labels], [b for _, b in labels])
    precision = recall = 0.0
    for person, customer in labels:
        right = sum(other == (person, customer) for other in labels)
        precision += right / sum(c == customer for _, c in labels)
        recall += right / sum(p == person for p, _ in labels)
    count = len(labels)
    assert scores.precision == pytest.approx(precision / count if count else 1.0)
    assert scores.recall == pytest.approx(recall / count if count else 1.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_worst_clusters_add_up_to_all_wrong_pairs(labels: list[tuple[int, int]]) -> None:
    people, customers = [a for a, _ in labels], [b for _, b in labels]
    scores = pairwise_scores(people, customers)
    worst = worst_clusters(people, customers, limit=1000)
    wrong = {
        kind: sum(x.wrong_pairs for x in worst if x.kind == kind) for kind in ("merged", "split")
    }
    assert wrong["merged"] == scores.found_pairs - scores.right_pairs
    assert wrong["split"] == scores.true_pairs - scores.right_pairs
    costs = [cluster.wrong_pairs for cluster in worst]
    assert costs == sorted(costs, reverse=True)


def test_labels_of_unequal_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 people but 1 customers"):
        pairwise_scores(["a", "b"], ["x"])


def truth_and_found(project: Project) -> list[tuple[str, str]]:
    truth = project.raw / "truth" / "profiles.parquet"
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        return connection.execute(
            """
            select truth.person_id, bridge.one_id
            from read_parquet(?) as truth
            inner join identity.int_identity__profiles as profiles
                using (profile_type, natural_key)
            inner join core.customer_profiles as bridge using (profile_id)
            """,
            [str(truth)],
        ).fetchall()


@pytest.mark.nightly
def test_demo_customers_are_the_people_they_were_made_from(demo: Project) -> None:
    rows = truth_and_found(demo)
    scores = pairwise_scores([person for person, _ in rows], [one_id for _, one_id in rows])
    print(f"precision {scores.precision:.4f}, recall {scores.recall:.4f}, {len(rows)} profiles")
    assert scores.precision >= MINIMUM_PRECISION
    assert scores.recall >= MINIMUM_RECALL


@pytest.mark.nightly
def test_every_profile_of_the_truth_is_known(demo: Project) -> None:
    truth = demo.raw / "truth" / "profiles.parquet"
    missing = demo.query(
        f"""
        select truth.profile_type, count(*)
        from read_parquet('{truth}') as truth
        left join identity.int_identity__profiles as profiles using (profile_type, natural_key)
        where profiles.profile_id is null
        group by truth.profile_type
        """
    )
    assert missing == []


@pytest.mark.nightly
def test_building_again_changes_no_one_id(demo: Project, tmp_path: Path) -> None:
    ids = "select profile_id, one_id from core.customer_profiles order by 1"
    before = demo.query(ids)
    rows = "select count(*) from identity.int_identity__assignments"
    assignments = demo.query(rows)
    demo.dbt(
        "run", "--full-refresh", "--select", "+customer_profiles,identity", "customer_profiles"
    ).check()
    assert demo.query(ids) == before
    assert demo.query(rows) == assignments
