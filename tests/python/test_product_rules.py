"""Association rules: published counts of the Groceries baskets, and random shops by brute force."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.python.project import reference_data
from tests.python.tiny_project import ROOT, TinyProject

MODELS = (
    "steps/int_product_rules__baskets",
    "steps/int_product_rules__levels",
    "steps/int_product_rules__item_sets",
    "steps/int_product_rules__rules",
)

#: What the models read: lines as order and product, a category each, a subcategory none.
GIVEN = {
    "int_behaviour__as_of": "select date '2026-01-31' as as_of_date",
    "order_lines": """
        select cast(basket as string) as order_id, item as product_id, item as category,
            false as is_return, false as is_cancelled, date '2026-01-31' as ordered_date
        from lines""",
    "orders": """
        select distinct cast(basket as string) as order_id, false as is_return,
            false as is_cancelled, date '2026-01-31' as ordered_date
        from lines""",
    "products": "select 'p' as product_id, cast(null as string) as subcategory where false",
}

VARIABLES: dict[str, Any] = {
    "rule_window_days": 1,
    "rule_min_supports": [0.001, 0.001, 0.001],
    "rule_min_confidences": [0.5, 0.5, 0.5],
    "rule_min_baskets": 1,
    "rule_max_items": 3,
    "rule_largest_basket": 50,
    "rule_sample_baskets": 1_000_000,
}

Rule = tuple[tuple[str, ...], str]


class RulesProject(TinyProject):
    """The models of rules over given baskets."""

    def __init__(self, folder: Path, baskets: list[list[str]], **variables: Any) -> None:
        texts = {
            name.rsplit("/", 1)[1]: ROOT / "models/predictions/product_rules" / f"{name}.sql"
            for name in MODELS
        }
        super().__init__(
            folder,
            {**GIVEN, **{name: path.read_text() for name, path in texts.items()}},
            packages=("change_log",),
            name="one360",
            macros=tuple(
                ROOT / "macros" / room for room in ("cross_db", "config", "predictions", "rights")
            ),
            settings=f"vars: {{business_timezone: UTC, {str({**VARIABLES, **variables})[1:-1]}}}\n",
        )
        rows = [(number, item) for number, items in enumerate(baskets) for item in items]
        lines = pa.table({"basket": [r[0] for r in rows], "item": [r[1] for r in rows]})
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.register("given", lines)
            connection.execute("create table lines as from given")
        self.run(["run"])

    def rules(self, level: str) -> dict[Rule, tuple[int, int, int]]:
        """Baskets with all items, with the left and with the right side, by rule."""
        left = ", ".join(f"left_item_{place}" for place in range(1, 6))
        rows = self.query(
            f"select right_item, both_count, left_count, right_count, {left} "
            f"from int_product_rules__rules where item_level = '{level}'"
        )
        found = {
            (tuple(item for item in row[4:] if item is not None), row[0]): row[1:4] for row in rows
        }
        assert len(found) == len(rows)
        return found


def groceries() -> list[list[str]]:
    """The baskets of the Groceries data set."""
    text = (reference_data("groceries") / "groceries.csv").read_text(encoding="utf-8")
    return [
        [item.strip() for item in line.split(",") if item.strip()]
        for line in text.splitlines()
        if line.strip()
    ]


#: Least support and confidence, and how many rules R's arules finds: with up to six items, which
#: is the longest frequent set, and with two and three alone.
PUBLISHED = (
    (0.001, 0.8, 410, 29),
    (0.001, 0.5, 5668, 1472),
    (0.006, 0.25, 463, 447),
    (0.01, 0.5, 15, 15),
)


@pytest.mark.reference
@pytest.mark.parametrize(("support", "confidence", "all_lengths", "two_and_three"), PUBLISHED)
def test_published_counts_of_groceries(
    tmp_path: Path, support: float, confidence: float, all_lengths: int, two_and_three: int
) -> None:
    project = RulesProject(
        tmp_path,
        groceries(),
        rule_min_supports=[support] * 3,
        rule_min_confidences=[confidence] * 3,
        rule_max_items=6,
    )
    rules = project.rules("product")
    assert len(rules) == all_lengths
    assert sum(len(left) <= 2 for left, _ in rules) == two_and_three


def by_brute_force(
    baskets: list[list[str]], support: str, confidence: str, fewest: int, most_items: int
) -> dict[Rule, tuple[int, int, int]]:
    """Rules by counting every subset of every basket."""
    counts: Counter[tuple[str, ...]] = Counter()
    for items in baskets:
        different = sorted(set(items))
        for size in range(1, most_items + 1):
            counts.update(combinations(different, size))
    found = {}
    for items, both in counts.items():
        if len(items) < 2 or both < fewest or both < Fraction(support) * len(baskets):
            continue
        for right in items:
            left = tuple(item for item in items if item != right)
            if both >= Fraction(confidence) * counts[left]:
                found[left, right] = (both, counts[left], counts[(right,)])
    return found


def random_baskets(seed: int) -> list[list[str]]:
    """Baskets of a few items, some of which go together; items repeat within a basket."""
    draw = random.Random(seed)
    items = [f"item {number}" for number in range(draw.randint(2, 9))]
    baskets = []
    for _ in range(draw.choice([20, 60, 100])):
        basket = draw.choices(items, k=draw.randint(1, 7))
        if draw.random() < 0.4:
            basket += items[:2]
        baskets.append(basket)
    return baskets


@pytest.mark.parametrize("seed", range(6))
def test_random_baskets_give_the_rules_of_brute_force(tmp_path: Path, seed: int) -> None:
    baskets = random_baskets(seed)
    # of 20, 60 or 100 baskets these shares are whole numbers: counts lie exactly at the limit
    support, confidence = [("0.05", "0.5"), ("0.1", "0.25"), ("0.15", "0.75")][seed % 3]
    most_items = 2 + seed % 5
    project = RulesProject(
        tmp_path,
        baskets,
        rule_min_supports=[float(support)] * 3,
        rule_min_confidences=[float(confidence)] * 3,
        rule_min_baskets=1 + seed,
        rule_max_items=most_items,
    )
    expected = by_brute_force(baskets, support, confidence, 1 + seed, most_items)
    assert expected
    # an item of one level is never counted with one of another
    assert project.rules("product") == project.rules("category") == expected
    assert project.rules("subcategory") == {}
