"""Under other variables too, tags and predictions are what plain Python makes of the raw rows.

test_independent holds all tables under one set of variables; these sets take the other branches
of the tag families and the predictions, on the customers of the same shop.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.python.every_kind import NIGHTS, EveryKind
from tests.python.independent import shop
from tests.python.independent.compare import differences, load_all, read_built
from tests.python.independent.world import TABLES, World
from tests.python.project import SALT, Project

load_all()

RFM = (
    "tags.rfm_centroids",
    "tags.rfm_cluster_members",
    "tags.rfm_cluster_quality",
    "tags.rfm_clusters",
    "tags.tag_rfm",
    "tags.tag_rfm_category",
    "tags.tag_rfm_channel",
)
OTHERS = (
    "tags.tag_activity",
    "tags.tag_brand_loyalty",
    "tags.tag_lifecycle",
    "tags.tag_lifecycle_category",
    "tags.tag_loyalty",
    "tags.tag_nes",
    "tags.tag_nes_calibration",
)
RULES = (
    "predictions.product_crowds",
    "predictions.product_rule_crowds",
    "predictions.product_rule_levels",
    "predictions.product_rules",
)

#: Variables that differ from those of the shop, and the tables they bear on.
SETS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ranks": (
        {
            "min_group_customers": 2,
            "rfm_scoring": "rank",
            "rfm_segment_map": "rf_10",
            "rfm_average_of": "values",
            "rfm_returns": "ignore",
            "rfm_window_days": 0,
            "rfm_weights": [2, 1.5, 0.25],
            "rfm_clusters": 0,
            "nes_backtest_days": 21,
            "nes_multiples": [0.1, 0.2, 0.3],
            "nes_sleeping_share": 0.3,
            "loyalty_window_days": 30,
            "activity_window_days": 14,
            "activity_high_share": 0.5,
            "activity_low_share": 0.2,
            "lifecycle_trend_days": 90,
            "change_z": 0.5,
            "lifecycle_core_share": 0.4,
            "cart_open_days": 5,
        },
        (*RFM, *OTHERS),
    ),
    "cuts": (
        {
            "rfm_scoring": "cuts",
            "rfm_segment_map": "rfm_r_10",
            "rfm_window_days": 60,
            "rfm_clusters": 50,
            "rfm_cluster_seed": 7,
        },
        RFM,
    ),
    "rules": (
        {
            "rule_window_days": 40,
            "rule_min_supports": [0.1, 0.02, 0.01],
            "rule_min_confidences": [1, 0.4, 0.25],
            "rule_min_baskets": 3,
            "rule_max_items": 2,
            "rule_largest_basket": 2,
            "rule_crowd_items": 2,
        },
        RULES,
    ),
}


@pytest.fixture(scope="module")
def project(every_kind: EveryKind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The shop after its last night, to be built on."""
    one = Project(tmp_path_factory.mktemp("variables"), dataset=shop.DATASET)
    shutil.copy(every_kind.warehouse(NIGHTS[-1]), one.warehouse)
    shop.write(one.raw, night=NIGHTS[-1])
    yield one
    one.close()


def models_of(tables: tuple[str, ...]) -> list[str]:
    """The models of the tables, with all models of tags and predictions that they rest on."""
    return [
        f"+{table.split('.')[1]},path:*models/{room}"
        for table in tables
        for room in ("tags", "predictions")
    ]


@pytest.mark.build
@pytest.mark.parametrize("name", SETS)
def test_tags_follow_their_variables(project: Project, name: str) -> None:
    variables, tables = SETS[name]
    project.variables = {**shop.VARIABLES, **variables}
    project.dbt("run", "--select", *models_of(tables)).check()
    project.close()

    first, last = shop.nights()
    before = World(first, variables=project.variables, salt=SALT)
    expected = World(last, variables=project.variables, salt=SALT, before=before)
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for table in tables:
            built = read_built(connection, table)
            assert built, f"{table} is empty"
            found = differences(expected[table], built, TABLES[table].key)
            assert not found, "\n".join([f"{table}: {len(found)} differences", *found[:20]])
