"""Expectations on the raw tables, as they arrive and before anything is cleaned.

A retailer's raw data is dirty, and staging rejects single rows with a reason.
These expectations evaluate the feed as a whole: ``mostly`` leaves room for the dirt
of a normal day, and what is below it means that an export is broken. Critical
ones stop the build before a mart is touched; the others are listed as warnings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.expectation import Expectation

from one360.lookups.contacts import EMAIL_AS_TYPED, PHONE_AS_TYPED
from one360.quality.expectations import (
    CRITICAL,
    WARNING,
    FailureSeverity,
    between,
    distinct,
    like,
    not_before,
    one_of,
    present,
)
from one360.quality.order_facts import ORDER_TABLES, order_volume_suite
from one360.quality.suite import Suite, columns_of
from one360.raw_files.declared import DeclaredTable

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
#: An amount or a quantity so many times the usual one (the median of the table) is a unit error
#: (cents, grams), or a test. What is usual is learnt from the table: a million is a pair of shoes
#: in one currency. Variable largest_multiple, unless it says otherwise:
LARGEST_MULTIPLE = 10_000
#: On so many lines a product has a usual quantity of its own: grams of what is weighed.
LINES_OF_A_PRODUCT = 5
#: Share of the shelf price by which rounding may make a line dearer than it.
ROUNDED_UP = 0.001

CONTACTS = {
    "phone": (PHONE_AS_TYPED, "looks like a phone number"),
    "email": (EMAIL_AS_TYPED, "looks like an e-mail address"),
}
#: What a wrong encoding leaves behind: replacement characters, or UTF-8 read as Latin-1.
MISREAD_TEXT = "�|Ã[\u0080-¿]|锟斤拷"


ORDER_STATUSES = ("paid", "shipped", "completed", "cancelled", "refunded")
#: What marketplaces call them, and what waits to be paid.
PLATFORM_STATUSES = (
    "WAIT_BUYER_PAY",
    "WAIT_SELLER_SEND_GOODS",
    "WAIT_BUYER_CONFIRM_GOODS",
    "TRADE_FINISHED",
    "TRADE_CLOSED",
    "TRADE_CLOSED_BY_TAOBAO",
    "delivered",
    "canceled",
)
CONSENT_CHANNELS = ("sms", "email", "phone", "wechat", "app_push", "all")


_AMOUNT = "abs(try_cast(net_amount as double))"
_LISTED = "abs(try_cast(list_amount as double))"
_QUANTITY = "abs(try_cast(quantity as double))"

#: Usual of all lines, and of a product that is sold by the gram: where it is on enough lines.
_USUAL_QUANTITIES = (
    f"median({_QUANTITY}) over (), "
    f"case when count({_QUANTITY}) over (partition by product_id) >= {LINES_OF_A_PRODUCT} "
    f"then median({_QUANTITY}) over (partition by product_id) end"
)

_present = partial(present, mostly=KEYS_PRESENT)
_one_of = partial(one_of, mostly=CODES_KNOWN)
_between = partial(between, severity=WARNING)
_not_before = partial(not_before, mostly=0.95)


def _usual(column: str, largest: float) -> Expectation:
    """A few rows may be so many times the usual one; a shop that has more says so."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column,
        max_value=largest,
        mostly=0.999,
        severity=WARNING,
        description=f"{column} is at most {largest:,.10g} (variable largest_multiple)",
    )


def _key(*columns: str, mostly: float = KEYS_DISTINCT) -> tuple[Expectation, ...]:
    """Columns that are there and together tell the rows apart."""
    return (*(_present(column) for column in columns), distinct(*columns, mostly=mostly))


def _in_time(column: str, severity: FailureSeverity = CRITICAL) -> tuple[Expectation, ...]:
    """Times that exist, within the range of retail records, of what had happened when loaded."""
    return (
        _present(column, mostly=TIMES_IN_RANGE, severity=severity),
        _between(column, FIRST_DAY, LAST_DAY, TIMES_IN_RANGE, severity=severity),
        _not_before(column, "loaded_at", severity=severity),
    )


def _contact(column: str, kind: str) -> Expectation:
    return like(column, *CONTACTS[kind], CONTACTS_READABLE, WARNING)


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
    of_platform = PLATFORM_STATUSES if channel == "marketplace" else ()
    return _suite(
        table,
        title,
        *_key(key, mostly=EDITED_KEYS_DISTINCT if online else KEYS_DISTINCT),
        *_in_time(time),
        _contact("mobile", "phone"),
        *((_one_of("status", (*ORDER_STATUSES, *of_platform)),) if online else ()),
        sample_by=(key, time, "loaded_at"),
        sampled_with=lines,
    )


def _order_lines(channel: str, title: str, largest_multiple: float) -> Suite:
    header, table, key, _ = ORDER_TABLES[channel]
    return _suite(
        table,
        title,
        _present(key),
        _present("line_no"),
        # lines come along with the order they belong to
        distinct(
            key,
            "line_no",
            mostly=KEYS_DISTINCT if channel == "pos" else EDITED_KEYS_DISTINCT,
        ),
        _present("net_amount"),
        _usual("amount_multiple", largest_multiple),
        _present("quantity", severity=WARNING),
        _usual("quantity_multiple", largest_multiple),
        _present("product_id", severity=WARNING),
        # a price above the shelf price is a swapped pair of columns
        _between("discount_share", -ROUNDED_UP, None, DISCOUNTS_POSITIVE),
        types={
            "line_no": "bigint",
            "net_amount": "double",
            "amount_multiple": "double",
            "quantity": "double",
            "quantity_multiple": "double",
            "discount_share": "double",
        },
        derived={
            "amount_multiple": f"{_AMOUNT} / nullif(median({_AMOUNT}) over (), 0)",
            "quantity_multiple": f"{_QUANTITY} / nullif(greatest({_USUAL_QUANTITIES}), 0)",
            "discount_share": f"({_LISTED} - {_AMOUNT}) / nullif({_LISTED}, 0)",
        },
        sample_by=(key, "line_no", "loaded_at"),
        sampled_with=header,
    )


def raw_in_suites(
    tables: Mapping[str, DeclaredTable] | None = None,
    largest_multiple: float = LARGEST_MULTIPLE,
    has_products: bool = True,
) -> tuple[Suite, ...]:
    """The suites of the checkpoint ``raw_in``, one per raw table and one over all orders.

    A table that is only declared is evaluated by what its declaration says. Times are read in
    the time zone that is declared for them. Where nobody delivered products, lines that name none
    at all are those of a shop that does not record them.
    """
    tables = tables or {}
    suites = _known_suites(largest_multiple)
    if not has_products:
        lines = {line_table for _, line_table, *_ in ORDER_TABLES.values()}
        suites = tuple(
            replace(suite, may_be_empty=frozenset({"product_id"}))
            if suite.table in lines
            else suite
            for suite in suites
        )
    known = {suite.table for suite in suites}
    declared = (table for name, table in tables.items() if name not in known)
    return tuple(
        _in_zones(suite, tables.get(suite.table))
        for suite in (*suites, *map(_as_declared, declared))
    )


def _in_zones(suite: Suite, table: DeclaredTable | None) -> Suite:
    zones = {
        column.name: column.timezone
        for column in (table.columns if table else ())
        if column.timezone and column.name in suite.types
    }
    return replace(suite, zones=zones) if zones else suite


def _suite(
    table: str,
    title: str,
    *expectations: Expectation,
    sample_by: tuple[str, ...],
    types: Mapping[str, str] | None = None,
    derived: Mapping[str, str] | None = None,
    sampled_with: str | None = None,
) -> Suite:
    """The suite of a raw table; columns that end in _at are times."""
    given = types or {}
    columns = (name for expectation in expectations for name in columns_of(expectation))
    typed = {
        name: given.get(name, "timestamp")
        for name in columns
        if name in given or name.endswith("_at")
    }
    return Suite(
        name=table.replace(".", "_"),
        table=table,
        title=title,
        expectations=expectations,
        types=typed,
        derived=derived or {},
        sample_by=sample_by,
        sampled_with=sampled_with,
    )


def _as_declared(table: DeclaredTable) -> Suite:
    """Keys that are there and distinct, times in range, contacts that look like some."""
    return _suite(
        table.name,
        table.title,
        *_key(*table.key, mostly=EDITED_KEYS_DISTINCT),
        *(_between(time, FIRST_DAY, LAST_DAY, TIMES_IN_RANGE) for time in table.times),
        *(
            _contact(column.name, column.personal)
            for column in table.columns
            if column.personal in CONTACTS
        ),
        types=dict.fromkeys(table.times, "timestamp"),
        # rows without a key are distinguished by their times
        sample_by=(
            " || '|' || ".join(f"cast({name} as string)" for name in table.key),
            *table.times,
        ),
    )


def _known_suites(largest_multiple: float) -> tuple[Suite, ...]:
    return (
        order_volume_suite(),
        _order_header("pos", "Receipts of the tills"),
        _order_lines("pos", "Lines of receipts", largest_multiple),
        _order_header("web", "Orders of the web shop"),
        _order_lines("web", "Lines of web orders", largest_multiple),
        _order_header("wechat", "Orders of the WeChat mini programs"),
        _order_lines("wechat", "Lines of WeChat orders", largest_multiple),
        _order_header("marketplace", "Orders of the marketplace"),
        _order_lines("marketplace", "Lines of marketplace orders", largest_multiple),
        _suite(
            "pos.products",
            "Products on sale",
            *_key("product_id", mostly=EDITED_KEYS_DISTINCT),
            _text_as_written("product_name"),
            _between("list_price", 0, None, 0.99),
            types={"list_price": "double"},
            sample_by=("product_id", "loaded_at"),
        ),
        _suite(
            "pos.stores",
            "Stores",
            *_key("store_id"),
            _text_as_written("store_name"),
            sample_by=("store_id", "loaded_at"),
        ),
        _suite(
            "crm.members",
            "Members of the loyalty programme",
            *_key("member_id", mostly=EDITED_KEYS_DISTINCT),
            _contact("mobile", "phone"),
            _contact("email", "email"),
            _text_as_written("full_name"),
            _between("joined_at", FIRST_DAY, LAST_DAY, TIMES_IN_RANGE),
            _not_before("joined_at", "loaded_at", severity=WARNING),
            sample_by=("member_id", "loaded_at"),
        ),
        _suite(
            "crm.member_consents",
            "Consent of members per channel and purpose",
            _present("member_id"),
            _present("is_granted"),
            _one_of("channel", CONSENT_CHANNELS),
            *_in_time("changed_at"),
            types={"is_granted": "boolean"},
            sample_by=("member_id", "changed_at"),
        ),
        _suite(
            "crm.member_identifiers",
            "Numbers of members in other systems",
            _present("member_id"),
            _present("identifier_type"),
            _present("identifier_value"),
            distinct(
                "member_id",
                "identifier_type",
                "issued_by",
                "identifier_value",
                mostly=EDITED_KEYS_DISTINCT,
            ),
            sample_by=("member_id", "identifier_value", "loaded_at"),
        ),
        _suite(
            "third_party.attributes",
            "What providers of data say of hashed contacts",
            _present("contact_hash"),
            _present("attribute"),
            _one_of("contact_type", ("phone", "email"), severity=WARNING),
            distinct(
                "provider_name",
                "contact_type",
                "contact_hash",
                "attribute",
                mostly=EDITED_KEYS_DISTINCT,
            ),
            sample_by=("contact_hash", "attribute", "loaded_at"),
        ),
        _suite(
            "crm.campaigns",
            "Campaigns",
            *_key("campaign_id", mostly=EDITED_KEYS_DISTINCT),
            _not_before("starts_at", "ends_at", severity=WARNING),
            sample_by=("campaign_id", "loaded_at"),
        ),
        _suite(
            "crm.campaign_members",
            "Who was in a campaign, and in which arm",
            _present("campaign_id"),
            _present("member_id"),
            # an arm misread turns the control group into buyers
            _one_of("arm", ("treatment", "control"), severity=WARNING),
            distinct("campaign_id", "member_id", mostly=KEYS_DISTINCT),
            sample_by=("member_id", "campaign_id"),
        ),
        _suite(
            "crm.contacts",
            "Messages sent to members",
            *_key("contact_id", mostly=EDITED_KEYS_DISTINCT),
            *_in_time("sent_at", WARNING),
            _one_of("status", ("delivered", "bounced", "failed"), severity=WARNING),
            _not_before("sent_at", "opened_at", severity=WARNING),
            sample_by=("contact_id", "sent_at"),
        ),
        _suite(
            "crm.coupons",
            "Coupons",
            _present("coupon_id"),
            _one_of("discount_type", ("amount", "percent", "unknown"), severity=WARNING),
            _between("discount_value", 0, None, 0.99),
            types={"discount_value": "double"},
            sample_by=("coupon_id", "campaign_id"),
        ),
        _suite(
            "crm.coupon_redemptions",
            "Coupons redeemed",
            *_key("redemption_id"),
            *_in_time("redeemed_at", WARNING),
            sample_by=("redemption_id", "redeemed_at"),
        ),
        _suite(
            "crm.service_tickets",
            "Service tickets",
            *_key("ticket_id", mostly=EDITED_KEYS_DISTINCT),
            # the export is GBK; read as anything else it is gibberish
            _text_as_written("description"),
            _between("satisfaction", 1, 5, 0.99),
            _not_before("opened_at", "closed_at", severity=WARNING),
            types={"satisfaction": "double"},
            sample_by=("ticket_id", "opened_at"),
        ),
        _suite(
            "web.accounts",
            "Accounts of the web shop",
            *_key("user_id", mostly=EDITED_KEYS_DISTINCT),
            _contact("mobile", "phone"),
            _contact("email", "email"),
            _text_as_written("full_name"),
            _between("registered_at", FIRST_DAY, LAST_DAY, TIMES_IN_RANGE),
            _not_before("registered_at", "loaded_at", severity=WARNING),
            sample_by=("user_id", "loaded_at"),
        ),
        _suite(
            "web.events",
            "Events of web visits",
            *_key("event_id"),
            *_in_time("occurred_at", WARNING),
            _present("visitor", severity=WARNING),
            # a day on one page is a tab left open
            _between("engaged_seconds", 0, 86_400, 0.99),
            types={"engaged_seconds": "double"},
            derived={"visitor": "coalesce(anonymous_id, user_id)"},
            sample_by=("event_id", "occurred_at"),
        ),
        _suite(
            "web.reviews",
            "Product reviews",
            *_key("review_id"),
            _between("rating", 1, 5, 0.99),
            _text_as_written("review_text"),
            types={"rating": "double"},
            sample_by=("review_id", "loaded_at"),
        ),
        _suite(
            "wechat.users",
            "Followers and mini-program users",
            *_key("app_id", "openid", mostly=EDITED_KEYS_DISTINCT),
            _contact("mobile", "phone"),
            _not_before("subscribed_at", "unsubscribed_at", severity=WARNING),
            sample_by=("openid", "loaded_at"),
        ),
        _suite(
            "wechat.messages",
            "Messages sent through WeChat",
            *_key("message_id", mostly=EDITED_KEYS_DISTINCT),
            _present("openid"),
            *_in_time("sent_at", WARNING),
            _not_before("sent_at", "opened_at", severity=WARNING),
            sample_by=("message_id", "sent_at"),
        ),
    )
