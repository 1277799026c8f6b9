"""Expectations on the raw tables, as they arrive and before anything is cleaned.

A retailer's raw data is dirty, and staging rejects single rows with a reason.
These expectations judge the feed as a whole: ``mostly`` leaves room for the dirt
of a normal day, and what is below it means that an export is broken. Critical
ones stop the build before a mart is touched; the others are listed as warnings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from one360.quality.suite import FEW_ROWS, Suite, mostly_of
from one360.raw_files.declared import DeclaredTable

CRITICAL = FailureSeverity.CRITICAL
WARNING = FailureSeverity.WARNING

#: Share of rows that must have their key: staging rejects the rest one by one.
KEYS_PRESENT = 0.95
#: Share of rows whose key is theirs alone, where a row is written once and never edited:
#: an extract of a day may be sent twice, but not one day in twenty (both copies count).
KEYS_DISTINCT = 0.90
#: The same where a row is sent again when it is edited (a member, an order that was shipped,
#: a message that was opened): of the demo's members 12 % are there more than once.
EDITED_KEYS_DISTINCT = 0.80
#: Share of rows with a code from the documented list.
CODES_KNOWN = 0.95
#: Share of event times within the range of retail records.
TIMES_IN_RANGE = 0.95
#: Share of phones and e-mails given that look like one: a tenth may be what a cashier
#: in a hurry types (none, 00000); more is a column in the wrong place.
CONTACTS_READABLE = 0.90
#: Share of lines on which the discount is not negative: dearer than the shelf price is
#: a rare surcharge. Where list and net price are swapped, each discounted line is.
DISCOUNTS_POSITIVE = 0.99

#: Before it there were no such systems: 1900-01-01 and 1970-01-01 stand for nothing.
FIRST_DAY = pd.Timestamp("1990-01-01")
#: After it is what systems write for never (2099-12-31, 9999-12-31). What really lies in
#: the future is after ``loaded_at``.
LAST_DAY = pd.Timestamp("2050-01-01")
#: An amount or a quantity above it is a unit error (cents, or grams), or a test.
LARGEST_AMOUNT = 10_000_000
LARGEST_QUANTITY = 1_000_000
#: Lines per order on average: a weekly shop has thirty. Above it, headers are missing.
MOST_LINES_PER_ORDER = 100
#: Share of order headers without a line, and of lines without a header.
MOST_UNMATCHED = 0.10
#: A channel that has been silent for longer than this, while others go on, has
#: probably lost its feed: longer than any holidays, and than the quiet of a small shop.
MOST_SILENT_DAYS = 21

#: Seven to fifteen digits of any script, with what people write between them.
PHONE_LIKE = r"^[^0-9０-９A-Za-z]*(?:[0-9０-９][^0-9０-９A-Za-z]{0,3}){7,15}$"
EMAIL_LIKE = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"
LIKE = {"phone": PHONE_LIKE, "email": EMAIL_LIKE}
#: What a wrong encoding leaves behind: replacement characters, or UTF-8 read as Latin-1.
MISREAD_TEXT = "�|Ã[\u0080-¿]|锟斤拷"

#: channel → header table, line table, key, time of the order
ORDER_TABLES = {
    "pos": ("pos.receipts", "pos.receipt_lines", "receipt_id", "sold_at"),
    "web": ("web.orders", "web.order_lines", "order_id", "ordered_at"),
    "wechat": ("wechat.orders", "wechat.order_lines", "order_id", "ordered_at"),
}

ORDER_STATUSES = ("paid", "shipped", "completed", "cancelled", "refunded")
CONSENT_CHANNELS = ("sms", "email", "phone", "wechat", "app_push")
WEB_EVENTS = (
    "page_viewed",
    "product_viewed",
    "product_searched",
    "product_added",
    "product_wishlisted",
    "signed_in",
    "order_completed",
)  # fmt: skip


def _present(
    column: str, mostly: float = KEYS_PRESENT, severity: FailureSeverity = CRITICAL
) -> Expectation:
    return gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=mostly, severity=severity)


def _distinct(*columns: str, mostly: float = KEYS_DISTINCT) -> Expectation:
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], mostly=mostly, severity=CRITICAL)
    return gxe.ExpectCompoundColumnsToBeUnique(
        column_list=list(columns), mostly=mostly, severity=CRITICAL
    )


def _between(
    column: str,
    low: float | pd.Timestamp | None,
    high: float | pd.Timestamp | None,
    mostly: float = 1.0,
    severity: FailureSeverity = WARNING,
) -> Expectation:
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=low, max_value=high, mostly=mostly, severity=severity
    )


def _in_time(column: str, severity: FailureSeverity = CRITICAL) -> tuple[Expectation, ...]:
    """Times that exist, within the range of retail records, of what had happened when loaded."""
    return (
        _present(column, TIMES_IN_RANGE, severity),
        _between(column, FIRST_DAY, LAST_DAY, TIMES_IN_RANGE, severity),
        _not_before(column, "loaded_at", severity),
    )


def _not_before(
    earlier: str, later: str, severity: FailureSeverity, mostly: float = 0.95
) -> Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        mostly=mostly,
        severity=severity,
    )


def _one_of(
    column: str, values: Sequence[str], severity: FailureSeverity = CRITICAL
) -> Expectation:
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), mostly=CODES_KNOWN, severity=severity
    )


def _like(column: str, regex: str, mostly: float = CONTACTS_READABLE) -> Expectation:
    kind = "a phone number" if regex == PHONE_LIKE else "an e-mail address"
    return gxe.ExpectColumnValuesToMatchRegex(
        column=column,
        regex=regex,
        mostly=mostly,
        severity=WARNING,
        description=f"{column} looks like {kind}",
    )


def _text_as_written(column: str) -> Expectation:
    return gxe.ExpectColumnValuesToNotMatchRegex(
        column=column,
        regex=MISREAD_TEXT,
        mostly=0.99,
        severity=WARNING,
        description=f"{column} was read in its own encoding",
    )


def _order_header(channel: str, title: str) -> Suite:
    table, lines, key, time = ORDER_TABLES[channel]
    online = channel != "pos"
    return Suite(
        name=table.replace(".", "_"),
        table=table,
        title=title,
        expectations=(
            _present(key),
            _distinct(key, mostly=EDITED_KEYS_DISTINCT if online else KEYS_DISTINCT),
            *_in_time(time),
            _between("total_amount", -LARGEST_AMOUNT, LARGEST_AMOUNT, 0.999),
            _like("mobile", PHONE_LIKE),
            *((_one_of("status", ORDER_STATUSES),) if online else ()),
        ),
        types={time: "timestamp", "loaded_at": "timestamp", "total_amount": "double"},
        sample_by=(key, time, "loaded_at"),
        sampled_with=lines,
    )


def _order_lines(channel: str, title: str) -> Suite:
    header, table, key, _ = ORDER_TABLES[channel]
    return Suite(
        name=table.replace(".", "_"),
        table=table,
        title=title,
        expectations=(
            _present(key),
            _present("line_no"),
            # lines come along with the order they belong to
            _distinct(
                key,
                "line_no",
                mostly=KEYS_DISTINCT if channel == "pos" else EDITED_KEYS_DISTINCT,
            ),
            _present("net_amount"),
            _between("net_amount", -LARGEST_AMOUNT, LARGEST_AMOUNT, 0.999, CRITICAL),
            _present("quantity", severity=WARNING),
            _between("quantity", -LARGEST_QUANTITY, LARGEST_QUANTITY, 0.999),
            _present("product_id", severity=WARNING),
            # a price above the shelf price is a swapped pair of columns
            _between("discount_amount", -0.01, None, DISCOUNTS_POSITIVE),
        ),
        types={
            "line_no": "bigint",
            "net_amount": "double",
            "quantity": "double",
            "discount_amount": "double",
        },
        derived={
            "discount_amount": (
                "abs(try_cast(list_amount as double)) - abs(try_cast(net_amount as double))"
            )
        },
        sample_by=(key, "line_no", "loaded_at"),
        sampled_with=header,
    )


def _order_volume() -> Suite:
    """Over all channels, on one row of facts (see ``order_facts``)."""
    return Suite(
        name="order_volume",
        table="order_facts",
        title="Orders of all channels together: is anything there, and does it fit?",
        needs_rows=True,
        expectations=(
            _between("orders", 1, None, severity=CRITICAL),
            *(
                expectation
                for channel in ORDER_TABLES
                for expectation in (
                    _between(f"{channel}_orders_without_lines", 0, MOST_UNMATCHED, 1.0, CRITICAL),
                    _between(f"{channel}_lines_without_order", 0, MOST_UNMATCHED, 1.0, CRITICAL),
                    _between(f"{channel}_lines_per_order", 0, MOST_LINES_PER_ORDER, 1.0, CRITICAL),
                    _between(f"{channel}_silent_days", None, MOST_SILENT_DAYS),
                )
            ),
        ),
    )


def raw_in_suites(tables: Mapping[str, DeclaredTable] | None = None) -> tuple[Suite, ...]:
    """The suites of the checkpoint ``raw_in``, one per raw table and one over all orders.

    A table that is only declared is judged by what its declaration says.
    """
    suites = _known_suites()
    known = {suite.table for suite in suites}
    declared = (table for name, table in (tables or {}).items() if name not in known)
    return (*suites, *map(_as_declared, declared))


def _as_declared(table: DeclaredTable) -> Suite:
    """Keys that are there and distinct, times in range, contacts that look like some."""
    return Suite(
        name=table.name.replace(".", "_"),
        table=table.name,
        title=table.title,
        expectations=(
            *(_present(column) for column in table.key),
            _distinct(*table.key, mostly=EDITED_KEYS_DISTINCT),
            *(_between(time, FIRST_DAY, LAST_DAY, TIMES_IN_RANGE) for time in table.times),
            *(
                _like(column.name, LIKE[column.personal])
                for column in table.columns
                if column.personal in LIKE
            ),
        ),
        types=dict.fromkeys(table.times, "timestamp"),
        # rows without a key are told apart by their times
        sample_by=(
            " || '|' || ".join(f"cast({name} as string)" for name in table.key),
            *table.times,
        ),
    )


def _known_suites() -> tuple[Suite, ...]:
    return (
        _order_volume(),
        _order_header("pos", "Receipts of the tills"),
        _order_lines("pos", "Lines of receipts"),
        _order_header("web", "Orders of the web shop"),
        _order_lines("web", "Lines of web orders"),
        _order_header("wechat", "Orders of the WeChat mini programs"),
        _order_lines("wechat", "Lines of WeChat orders"),
        Suite(
            name="pos_products",
            table="pos.products",
            title="Products on sale",
            expectations=(
                _present("product_id"),
                _distinct("product_id", mostly=EDITED_KEYS_DISTINCT),
                _text_as_written("product_name"),
                _between("list_price", 0, LARGEST_AMOUNT, 0.99),
            ),
            types={"list_price": "double"},
            sample_by=("product_id", "loaded_at"),
        ),
        Suite(
            name="pos_stores",
            table="pos.stores",
            title="Stores",
            expectations=(
                _present("store_id"),
                _distinct("store_id"),
                _text_as_written("store_name"),
            ),
            sample_by=("store_id", "loaded_at"),
        ),
        Suite(
            name="crm_members",
            table="crm.members",
            title="Members of the loyalty programme",
            expectations=(
                _present("member_id"),
                _distinct("member_id", mostly=EDITED_KEYS_DISTINCT),
                _like("mobile", PHONE_LIKE),
                _like("email", EMAIL_LIKE),
                _text_as_written("full_name"),
                _between("joined_at", FIRST_DAY, LAST_DAY, TIMES_IN_RANGE),
                _not_before("joined_at", "loaded_at", WARNING),
            ),
            types={"joined_at": "timestamp", "loaded_at": "timestamp"},
            sample_by=("member_id", "loaded_at"),
        ),
        Suite(
            name="crm_member_consents",
            table="crm.member_consents",
            title="Consent of members per channel",
            expectations=(
                _present("member_id"),
                _present("is_granted"),
                _one_of("channel", CONSENT_CHANNELS),
                *_in_time("changed_at"),
            ),
            types={
                "is_granted": "boolean",
                "changed_at": "timestamp",
                "loaded_at": "timestamp",
            },
            sample_by=("member_id", "changed_at"),
        ),
        Suite(
            name="crm_campaigns",
            table="crm.campaigns",
            title="Campaigns",
            expectations=(
                _present("campaign_id"),
                _distinct("campaign_id", mostly=EDITED_KEYS_DISTINCT),
                _not_before("starts_at", "ends_at", WARNING),
            ),
            types={"starts_at": "timestamp", "ends_at": "timestamp"},
            sample_by=("campaign_id", "loaded_at"),
        ),
        Suite(
            name="crm_campaign_members",
            table="crm.campaign_members",
            title="Who was in a campaign, and in which arm",
            expectations=(
                _present("campaign_id"),
                _present("member_id"),
                # an arm misread turns the control group into buyers
                _one_of("arm", ("treatment", "control")),
                _distinct("campaign_id", "member_id"),
            ),
            sample_by=("member_id", "campaign_id"),
        ),
        Suite(
            name="crm_contacts",
            table="crm.contacts",
            title="Messages sent to members",
            expectations=(
                _present("contact_id"),
                _distinct("contact_id", mostly=EDITED_KEYS_DISTINCT),
                *_in_time("sent_at", WARNING),
                _one_of("status", ("delivered", "bounced", "failed"), WARNING),
                _not_before("sent_at", "opened_at", WARNING),
            ),
            types={
                "sent_at": "timestamp",
                "opened_at": "timestamp",
                "loaded_at": "timestamp",
            },
            sample_by=("contact_id", "sent_at"),
        ),
        Suite(
            name="crm_coupons",
            table="crm.coupons",
            title="Coupons",
            expectations=(
                _present("coupon_id"),
                _one_of("discount_type", ("amount", "percent", "unknown"), WARNING),
                _between("discount_value", 0, None, 0.99),
            ),
            types={"discount_value": "double"},
            sample_by=("coupon_id", "campaign_id"),
        ),
        Suite(
            name="crm_coupon_redemptions",
            table="crm.coupon_redemptions",
            title="Coupons redeemed",
            expectations=(
                _present("redemption_id"),
                _distinct("redemption_id"),
                *_in_time("redeemed_at", WARNING),
            ),
            types={"redeemed_at": "timestamp", "loaded_at": "timestamp"},
            sample_by=("redemption_id", "redeemed_at"),
        ),
        Suite(
            name="crm_service_tickets",
            table="crm.service_tickets",
            title="Service tickets",
            expectations=(
                _present("ticket_id"),
                _distinct("ticket_id", mostly=EDITED_KEYS_DISTINCT),
                # the export is GBK; read as anything else it is gibberish
                _text_as_written("description"),
                _between("satisfaction", 1, 5, 0.99),
                _not_before("opened_at", "closed_at", WARNING),
            ),
            types={
                "satisfaction": "double",
                "opened_at": "timestamp",
                "closed_at": "timestamp",
            },
            sample_by=("ticket_id", "opened_at"),
        ),
        Suite(
            name="web_accounts",
            table="web.accounts",
            title="Accounts of the web shop",
            expectations=(
                _present("user_id"),
                _distinct("user_id", mostly=EDITED_KEYS_DISTINCT),
                _like("mobile", PHONE_LIKE),
                _like("email", EMAIL_LIKE),
                _text_as_written("full_name"),
                _between("registered_at", FIRST_DAY, LAST_DAY, TIMES_IN_RANGE),
                _not_before("registered_at", "loaded_at", WARNING),
            ),
            types={"registered_at": "timestamp", "loaded_at": "timestamp"},
            sample_by=("user_id", "loaded_at"),
        ),
        Suite(
            name="web_events",
            table="web.events",
            title="Events of web visits",
            expectations=(
                _present("event_id"),
                _distinct("event_id"),
                _one_of("event", WEB_EVENTS),
                *_in_time("occurred_at"),
                _present("visitor", severity=WARNING),
                # a day on one page is a tab left open
                _between("engaged_seconds", 0, 86_400, 0.99),
            ),
            types={
                "occurred_at": "timestamp",
                "loaded_at": "timestamp",
                "engaged_seconds": "double",
            },
            derived={"visitor": "coalesce(anonymous_id, user_id)"},
            sample_by=("event_id", "occurred_at"),
        ),
        Suite(
            name="web_reviews",
            table="web.reviews",
            title="Product reviews",
            expectations=(
                _present("review_id"),
                _distinct("review_id"),
                _between("rating", 1, 5, 0.99),
                _text_as_written("review_text"),
            ),
            types={"rating": "double"},
            sample_by=("review_id", "loaded_at"),
        ),
        Suite(
            name="wechat_users",
            table="wechat.users",
            title="Followers and mini-program users",
            expectations=(
                _present("app_id"),
                _present("openid"),
                _distinct("app_id", "openid", mostly=EDITED_KEYS_DISTINCT),
                _like("mobile", PHONE_LIKE),
                _not_before("subscribed_at", "unsubscribed_at", WARNING),
            ),
            types={"subscribed_at": "timestamp", "unsubscribed_at": "timestamp"},
            sample_by=("openid", "loaded_at"),
        ),
        Suite(
            name="wechat_messages",
            table="wechat.messages",
            title="Messages sent through WeChat",
            expectations=(
                _present("message_id"),
                _distinct("message_id", mostly=EDITED_KEYS_DISTINCT),
                _present("openid"),
                *_in_time("sent_at", WARNING),
                _not_before("sent_at", "opened_at", WARNING),
            ),
            types={
                "sent_at": "timestamp",
                "opened_at": "timestamp",
                "loaded_at": "timestamp",
            },
            sample_by=("message_id", "sent_at"),
        ),
    )


def order_facts(frames: Mapping[str, pd.DataFrame], row_counts: Mapping[str, int]) -> pd.DataFrame:
    """One row: how the order tables of each channel fit together.

    Args:
        frames: Samples of the header and line tables with their key and time.
            Header and lines of a channel must be samples by the same keys.
        row_counts: Rows of each whole table.

    Returns:
        ``orders`` (all channels) and per channel ``<channel>_orders_without_lines``
        and ``_lines_without_order`` (shares), ``_lines_per_order`` and
        ``_silent_days`` (days from its newest order to the newest of any channel).
        NULL for a channel that has no row at all.
    """
    facts: dict[str, float | None] = {
        "orders": float(sum(row_counts[header] for header, *_ in ORDER_TABLES.values()))
    }
    newest = {
        channel: _newest(frames[header][time], frames[header]["loaded_at"])
        for channel, (header, _, _, time) in ORDER_TABLES.items()
    }
    newest_of_all = max((day for day in newest.values() if day is not None), default=None)
    for channel, (header, lines, key, _) in ORDER_TABLES.items():
        order_keys = frames[header][key].dropna().drop_duplicates()
        line_keys = frames[lines][key].dropna()
        any_row = row_counts[header] + row_counts[lines] > 0
        day = newest[channel]
        facts |= {
            f"{channel}_orders_without_lines": _share_missing(order_keys, line_keys, any_row),
            f"{channel}_lines_without_order": _share_missing(line_keys, order_keys, any_row),
            f"{channel}_lines_per_order": (
                row_counts[lines] / max(row_counts[header], 1) if any_row else None
            ),
            f"{channel}_silent_days": (
                float((newest_of_all - day).days)
                if day is not None and newest_of_all is not None
                else None
            ),
        }
    return pd.DataFrame([facts]).astype("Float64")


def _newest(times: pd.Series, loaded_at: pd.Series) -> pd.Timestamp | None:
    """Newest time of an event that had happened when its extract was made."""
    believable = times[times <= loaded_at.fillna(times)]
    return None if believable.dropna().empty else believable.max()


def _share_missing(keys: pd.Series, among: pd.Series, any_row: bool) -> float | None:
    """Share of ``keys`` that are not ``among``; nothing where it says nothing."""
    if keys.empty:
        return None if not any_row or among.empty else 0.0
    # a set of plain objects is many times faster than comparing Arrow strings
    share = float((~keys.astype(object).isin(set(among))).mean())
    few = len(keys) < FEW_ROWS and share <= 1 - mostly_of(len(keys), 1 - MOST_UNMATCHED)
    return None if few else share
