"""Every published table is what plain Python makes of the raw rows, cell by cell.

The computation is in tests/python/independent and is written from the docs; the input, a
shop whose rows are of every kind, in tests/python/independent/shop.
"""

from __future__ import annotations

import duckdb
import pytest

from one360.publish.tables import PUBLISHED_SCHEMAS
from tests.python.every_kind import NIGHTS, EveryKind
from tests.python.independent import shop
from tests.python.independent.compare import differences, load_all, read_built
from tests.python.independent.world import TABLES, Rows, World
from tests.python.project import SALT

load_all()

PUBLISHED = (
    "campaigns.campaign_audiences",
    "campaigns.campaign_effects",
    "campaigns.funnel_web",
    "core.community_posts",
    "core.customer_consents",
    "core.customer_engagement",
    "core.customer_enrichments",
    "core.customer_exclusions",
    "core.customer_identifiers",
    "core.customer_profile_history",
    "core.customer_profiles",
    "core.customer_purpose_consents",
    "core.customers",
    "core.issued_one_ids",
    "core.one_id_ledger",
    "core.order_lines",
    "core.orders",
    "core.products",
    "core.shares",
    "core.stores",
    "core.touches",
    "core.web_sessions",
    "predictions.coupon_responses",
    "predictions.influence",
    "predictions.influence_communities",
    "predictions.learnt_tag_bins",
    "predictions.learnt_tag_features",
    "predictions.learnt_tag_grades",
    "predictions.learnt_tag_models",
    "predictions.learnt_tags",
    "predictions.look_alike_crowds",
    "predictions.look_alikes",
    "predictions.next_prices",
    "predictions.next_products",
    "predictions.product_crowds",
    "predictions.product_rule_crowds",
    "predictions.product_rule_levels",
    "predictions.product_rules",
    "predictions.back_tests",
    "predictions.churn_changes",
    "predictions.churn_hazards",
    "predictions.churn_levels",
    "predictions.churn_survival",
    "predictions.churn_weeks",
    "predictions.models",
    "predictions.next_orders",
    "predictions.scores",
    "tags.rfm_centroids",
    "tags.rfm_cluster_members",
    "tags.rfm_cluster_quality",
    "tags.rfm_clusters",
    "quality.arrivals",
    "quality.data_quality_results",
    "quality.disclosure_risk",
    "quality.erased_records",
    "quality.event_counts",
    "quality.gx_marts_out",
    "quality.gx_raw_in",
    "quality.identity_explanations",
    "quality.identity_health",
    "quality.identity_review",
    "quality.model_monitoring",
    "quality.rejected_records",
    "quality.retention",
    "quality.row_conservation",
    "quality.tag_scores",
    "tags.customer_360",
    "tags.customer_moments",
    "tags.customer_rule_tags",
    "tags.customer_tag_history",
    "tags.customer_tag_reasons",
    "tags.customer_tags",
    "tags.tag_aarrr",
    "tags.tag_activity",
    "tags.tag_brand_loyalty",
    "tags.tag_catalogue",
    "tags.tag_category_interest",
    "tags.tag_category_price",
    "tags.tag_channel",
    "tags.tag_demographics",
    "tags.tag_interest",
    "tags.tag_lifecycle",
    "tags.tag_lifecycle_category",
    "tags.tag_loyalty",
    "tags.tag_member_value",
    "tags.tag_migrations",
    "tags.tag_moments",
    "tags.tag_nes",
    "tags.tag_nes_calibration",
    "tags.tag_preferences",
    "tags.tag_price",
    "tags.tag_rfm",
    "tags.tag_rfm_category",
    "tags.tag_rfm_channel",
    "tags.tag_rule_conditions",
    "tags.tag_thresholds",
    "tags.tag_values",
)

#: Not published: what all that is published comes from, and the contacts themselves.
NOT_PUBLISHED = (
    "pii.customer_contacts",
    "staging.stg_call_centre__calls",
    "staging.stg_community__likes",
    "staging.stg_community__members",
    "staging.stg_community__posts",
    "staging.stg_crm__campaign_members",
    "staging.stg_crm__campaigns",
    "staging.stg_crm__contacts",
    "staging.stg_crm__coupon_redemptions",
    "staging.stg_crm__coupons",
    "staging.stg_crm__member_consents",
    "staging.stg_crm__member_identifiers",
    "staging.stg_crm__members",
    "staging.stg_crm__referral_events",
    "staging.stg_crm__service_tickets",
    "staging.stg_marketplace__order_lines",
    "staging.stg_marketplace__orders",
    "staging.stg_pos__products",
    "staging.stg_pos__receipt_lines",
    "staging.stg_pos__receipts",
    "staging.stg_pos__stores",
    "staging.stg_third_party__attributes",
    "staging.stg_web__accounts",
    "staging.stg_web__events",
    "staging.stg_web__order_lines",
    "staging.stg_web__orders",
    "staging.stg_web__reviews",
    "staging.stg_wechat__messages",
    "staging.stg_wechat__order_lines",
    "staging.stg_wechat__orders",
    "staging.stg_wechat__share_events",
    "staging.stg_wechat__users",
    "steps.as_of",
)

#: Tables of predictions with a row of every customer, and what they say of one.
WITH_A_REASON = {
    "churn_changes": "score",
    "next_orders": "next_order_date",
    "scores": "score",
}

#: Differences shown of a table.
SHOWN = 20


@pytest.fixture(scope="module")
def expected() -> dict[int, World]:
    """What each night should hold, from its raw rows and the night before alone."""
    worlds: dict[int, World] = {}
    for night, raw in zip(NIGHTS, shop.nights(), strict=True):
        before = worlds.get(night - 1)
        worlds[night] = World(raw, variables=shop.VARIABLES, salt=SALT, before=before)
    return worlds


def built(every_kind: EveryKind, night: int, name: str) -> Rows:
    """Rows of a table as it was built."""
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        rows = read_built(connection, name)
    assert rows is not None, f"{name} is not built"
    return rows


#: Nobody of this shop is erased, and no row has a limit: test_rights.py, test_retention.py.
WITHOUT_ROWS = {"quality.erased_records", "quality.retention"}


@pytest.mark.build
@pytest.mark.parametrize("name", [*NOT_PUBLISHED, *PUBLISHED])
@pytest.mark.parametrize("night", NIGHTS)
def test_the_build_gives_what_the_docs_say(
    every_kind: EveryKind, expected: dict[int, World], night: int, name: str
) -> None:
    found = differences(expected[night][name], built(every_kind, night, name), TABLES[name].key)
    assert not found, "\n".join([f"{len(found)} differences", *found[:SHOWN]])


@pytest.mark.build
@pytest.mark.parametrize("name", [*NOT_PUBLISHED, *PUBLISHED])
def test_every_table_has_rows(every_kind: EveryKind, name: str) -> None:
    assert built(every_kind, NIGHTS[-1], name) or name in WITHOUT_ROWS


@pytest.mark.build
def test_who_is_kept_out_of_predictions_is_in_none(every_kind: EveryKind) -> None:
    """Of every table of predictions of customers, so that a new one cannot forget to ask.

    Tables with a row per customer have theirs, with the reason in place of what is said.
    """
    night = NIGHTS[-1]
    tables = every_kind.query(
        night,
        "select table_name from duckdb_columns()"
        " where schema_name = 'predictions' and column_name = 'one_id'",
    )
    assert len(tables) >= 8
    found = {}
    for (table,) in tables:
        value = WITH_A_REASON.get(table, "one_id")
        ((kept_out, said),) = every_kind.query(
            night,
            f"select count(*), count({value}) from predictions.{table}"
            " where one_id in (select one_id from core.customer_exclusions"
            " where covers = 'predictions')",
        )
        assert (kept_out > 0) == (table in WITH_A_REASON), table
        found[table] = said
    assert set(found.values()) == {0}, found


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_no_other_table_is_published(every_kind: EveryKind, night: int) -> None:
    rows = every_kind.query(
        night,
        """
        select schema_name, table_name from duckdb_tables()
        union all
        select schema_name, view_name from duckdb_views()
        """,
    )
    # the log of changes of a logged table is no table of its own
    names = [
        f"{schema}.{name}"
        for schema, name in rows
        if schema in PUBLISHED_SCHEMAS and not name.endswith("__changes")
    ]
    assert sorted(names) == sorted(PUBLISHED)


def test_every_table_that_is_computed_is_compared() -> None:
    computed = {name for name in TABLES if not name.startswith("steps.")}
    assert computed == {*PUBLISHED, *NOT_PUBLISHED} - {"steps.as_of"}
