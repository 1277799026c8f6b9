"""Expectations on the marts, as they would be published.

dbt tests prove keys, relations and arithmetic in between. These ask what a reader
would notice first: customers that make sense, scores in their range, segments
that tell people apart, and no personal value in the open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.expectation import Expectation

from one360.lookups.contacts import (
    EMAIL_IN_TEXT,
    HINT_OF_CONTACT,
    MASKED_EMAIL,
    MASKED_PHONE,
    PHONE_IN_TEXT,
)
from one360.quality.expectations import (
    CRITICAL,
    WARNING,
    between,
    distinct,
    like,
    not_before,
    one_of,
    present,
)
from one360.quality.frames import aggregate, count_matches, row_count, text_columns
from one360.quality.suite import Suite

MASKED_IDENTIFIER = r"\*{3}"
KEYED_HASH = r"^[0-9a-f]{32}$"

#: What a published text must not hold.
PERSONAL_PATTERNS = {"phone number": PHONE_IN_TEXT, "e-mail address": EMAIL_IN_TEXT}
#: Keys and hashes are runs of digits by nature; other tests look after them.
KEY_SUFFIXES = ("_id", "_hash")

NES_STATES = ("N", "E0", "S1", "S2", "S3")
ACTIVITY_LEVELS = ("high", "medium", "low")
GENDERS = ("female", "male")

#: Below this, shares say nothing.
FEW_CUSTOMERS = 100
#: A segment that holds nearly all customers separates no customers.
LARGEST_SEGMENT = 0.95
#: Profiles of one customer; above it, something has glued strangers together.
MOST_PROFILES = 200
#: Customers that share the score at the cut are highly active together: so much more than
#: the share asked for.
LARGEST_TIE = 0.10
#: Share of orders with a known customer. Of fewer, tags tell of a minority
#: and the till has probably stopped asking for the card (a warning); where hardly any has
#: a customer, identity has lost its link to the facts.
ORDERS_KNOWN = 0.20
ORDERS_LINKED = 0.01
#: Share of customers whose spend is not negative: returns that name no sale may outweigh the
#: purchases of the window, of a few.
SPEND_POSITIVE = 0.99


def _key(column: str) -> tuple[Expectation, ...]:
    return (
        present(column),
        distinct(column),
    )


def _as_of(as_of_date: pd.Timestamp) -> Expectation:
    """The date is part of a tag's key: rows of another date are the tags of another build."""
    return one_of("as_of_date", [pd.Timestamp(as_of_date)])


def marts_out_suites(
    as_of_date: pd.Timestamp, high_share: float, has_records: bool = True
) -> tuple[Suite, ...]:
    """The suites of the checkpoint ``marts_out``.

    Args:
        as_of_date: Date that tags must bear.
        high_share: Share of customers that are to be highly active.
        has_records: Whether anything was delivered of which customers are made. Of posts or
            products alone there are none, which is a warning.
    """
    return (
        Suite(
            name="customer_base",
            table="mart_facts",
            title="The marts together: counts that must agree, and shares that make sense",
            needs_rows=True,
            expectations=(
                between("customers", 1, None, severity=CRITICAL if has_records else WARNING),
                between("customers_beyond_profiles", None, 0),
                between("customers_without_profile", 0, 0),
                between("profiles_without_customer", 0, 0),
                between("customer_360_difference", 0, 0),
                between("largest_profile_count", 1, MOST_PROFILES, severity=WARNING),
                between("orders_after_as_of", 0, 0),
                between("rfm_largest_segment_share", 0, LARGEST_SEGMENT, severity=WARNING),
                between("rfm_segments", 2, None, severity=WARNING),
                between("nes_largest_state_share", 0, LARGEST_SEGMENT, severity=WARNING),
                between(
                    "activity_high_share", high_share, high_share + LARGEST_TIE, severity=WARNING
                ),
            ),
        ),
        Suite(
            name="published_text",
            table="published_text",
            title="No text column of a published mart holds a phone number or an e-mail address",
            expectations=(
                gxe.ExpectColumnValuesToBeBetween(
                    column="matching_rows",
                    max_value=0,
                    # publishing withholds what it finds, value by value
                    severity=WARNING,
                    description="no text column holds a phone number or an e-mail address",
                ),
            ),
            row_label="place",
        ),
        Suite(
            name="customers",
            table="core.customers",
            title="Customers",
            needs_rows=has_records,
            expectations=(
                *_key("one_id"),
                between("profile_count", 1, None),
                present("source_systems"),
                one_of("gender", GENDERS, severity=WARNING),
                like("phone_masked", MASKED_PHONE, "is masked"),
                like("email_masked", MASKED_EMAIL, "is masked"),
                present("is_contactable"),
                not_before("first_seen_at", "last_seen_at"),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="customer_profiles",
            table="core.customer_profiles",
            title="Which profile belongs to which customer",
            needs_rows=has_records,
            expectations=(
                *_key("profile_id"),
                present("one_id"),
                present("joined_by"),
                like("natural_key_hash", KEYED_HASH, "is a keyed hash"),
            ),
            sample_by=("profile_id",),
        ),
        Suite(
            name="customer_identifiers",
            table="core.customer_identifiers",
            title="Identifiers of customers, masked and hashed",
            expectations=(
                like("identifier_hash", KEYED_HASH, "is a keyed hash"),
                like("identifier_masked", MASKED_IDENTIFIER, "is masked"),
                present("one_id"),
            ),
            sample_by=("identifier_hash",),
        ),
        Suite(
            name="orders",
            table="core.orders",
            title="Orders of all channels",
            expectations=(
                *_key("order_id"),
                present("channel"),
                present("net_amount"),
                present("ordered_at"),
                present("is_return"),
                present("profile_id", ORDERS_LINKED),
                present("profile_id", ORDERS_KNOWN, WARNING),
            ),
            sample_by=("order_id",),
        ),
        Suite(
            name="tag_rfm",
            table="tags.tag_rfm",
            title="RFM",
            expectations=(
                *_key("one_id"),
                _as_of(as_of_date),
                between("recency_days", 0, None, severity=WARNING),
                between("frequency", 1, None, severity=WARNING),
                between("monetary", 0, None, SPEND_POSITIVE, WARNING),
                between("r_score", 1, 5, severity=WARNING),
                between("f_score", 1, 5, severity=WARNING),
                between("m_score", 1, 5, severity=WARNING),
                present("segment_code", severity=WARNING),
                present("segment_name_en", severity=WARNING),
                present("segment_name_zh", severity=WARNING),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="tag_nes",
            table="tags.tag_nes",
            title="NES",
            expectations=(
                *_key("one_id"),
                _as_of(as_of_date),
                one_of("nes_status", NES_STATES, severity=WARNING),
                between("days_since_last_order", 0, None, severity=WARNING),
                between("purchase_cycle_days", 0, None, severity=WARNING),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="tag_loyalty",
            table="tags.tag_loyalty",
            title="Loyalty",
            expectations=(
                *_key("one_id"),
                between("loyalty_score", 1, 100, severity=WARNING),
                present("loyalty_level", severity=WARNING),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="tag_activity",
            table="tags.tag_activity",
            title="Activity",
            expectations=(
                *_key("one_id"),
                one_of("activity_level", ACTIVITY_LEVELS, severity=WARNING),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="customer_tags",
            table="tags.customer_tags",
            title="All tags, one row each",
            expectations=(
                distinct("one_id", "tag_code"),
                present("tag_code"),
                present("tag_value", severity=WARNING),
                _as_of(as_of_date),
            ),
            sample_by=("one_id",),
        ),
        Suite(
            name="customer_360",
            table="tags.customer_360",
            title="Everything about a customer in one row",
            needs_rows=has_records,
            expectations=(*_key("one_id"),),
            sample_by=("one_id",),
        ),
    )


def mart_facts(relations: Mapping[str, Any], as_of_at: pd.Timestamp) -> pd.DataFrame:
    """One row of counts over several marts, whole tables; shares are NULL for few customers."""
    customers = aggregate(
        relations["core.customers"],
        {"customers": "count(*)", "profiles": "sum(profile_count)", "most": "max(profile_count)"},
    )
    profiles = aggregate(
        relations["core.customer_profiles"],
        {
            "profiles": "count(*)",
            "customers": "count(distinct one_id)",
            "without": "sum(case when one_id is null then 1 else 0 end)",
        },
    )
    later = aggregate(
        relations["core.orders"],
        {
            "orders": "sum(case when ordered_at > "
            f"cast('{as_of_at}' as timestamp) then 1 else 0 end)"
        },
    )
    segments = _shares(relations["tags.tag_rfm"], "segment_code")
    states = _shares(relations["tags.tag_nes"], "nes_status")
    levels = _shares(relations["tags.tag_activity"], "activity_level")
    count = int(customers["customers"])
    facts = {
        "customers": count,
        "customers_beyond_profiles": count - int(profiles["profiles"]),
        "customers_without_profile": count - int(profiles["customers"]),
        "profiles_without_customer": _number(profiles["without"]),
        "customer_360_difference": row_count(relations["tags.customer_360"]) - count,
        "largest_profile_count": _number(customers["most"]),
        "orders_after_as_of": _number(later["orders"]),
        "rfm_largest_segment_share": segments.max() if len(segments) else None,
        "rfm_segments": len(segments) or None,
        "nes_largest_state_share": states.max() if len(states) else None,
        "activity_high_share": levels.get("high", 0.0) if len(levels) else None,
    }
    return pd.DataFrame([facts]).astype("Float64")


def published_text(relations: Mapping[str, Any]) -> pd.DataFrame:
    """Rows per text column of a published mart that hold something personal.

    Returns:
        Columns ``place`` (schema.table.column: what) and ``matching_rows``, over
        whole tables; keys and hashes left out.
    """
    found = []
    for table, relation in relations.items():
        columns = [name for name in text_columns(relation) if not name.endswith(KEY_SUFFIXES)]
        counts = count_matches(relation, columns, PERSONAL_PATTERNS, HINT_OF_CONTACT)
        place = table + "." + counts["column_name"] + ": " + counts["pattern"]
        found.append(pd.DataFrame({"place": place, "matching_rows": counts["matching_rows"]}))
    return pd.concat(found, ignore_index=True)


def _shares(relation: Any, column: str) -> pd.Series:
    """Share of rows per value; empty where there are few rows."""
    if hasattr(relation, "selectExpr"):
        counts = relation.groupBy(column).count().toPandas()
    else:
        counts = relation.aggregate(f"{column}, count(*) as count", column).df()
    total = counts["count"].sum()
    if total < FEW_CUSTOMERS:
        return pd.Series(dtype=float)
    return counts.set_index(column)["count"] / total


def _number(value: Any) -> float:
    """A count; SQL gives NULL for the sum over no row."""
    return 0.0 if value is None or pd.isna(value) else float(value)
