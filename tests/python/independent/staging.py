"""Raw rows validated, normalised and deduplicated to the latest version.

From docs/staging.md, the sources' YAML and the descriptions of the staging models.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.python.independent import normalise
from tests.python.independent.world import Row, Rows, World, table
from tests.python.project import raw_tables

START = dt.datetime(1990, 1, 1)
EARLIEST_BIRTH = dt.date(1905, 1, 1)
ONE_DAY = dt.timedelta(days=1)
ONE_YEAR = dt.timedelta(days=366)

ORDER_STATUSES = frozenset({"paid", "shipped", "completed", "cancelled", "refunded"})


@dataclass(frozen=True)
class Rules:
    """What a raw table asks of its rows.

    Args:
        time: when a row happened, if it tells of an event.
        received: when a collector got it.
        needed: columns on top of the key without which a row belongs to nothing.
        optional_key: columns of the key that may be empty.
        readable: columns on top of time and loaded_at of which nothing may be lost.
        codes: the codes known of a column.
        refused: the codes of a column that have no place in the table.
        owner: raw table whose test accounts' rows are rejected, by its key.
        headers: raw table without whose rows a line is an orphan.
        newest_by: what tells the newer of two versions, before loaded_at.
    """

    time: str | None = None
    received: str | None = None
    needed: tuple[str, ...] = ()
    optional_key: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    codes: dict[str, frozenset[str]] = field(default_factory=dict)
    refused: dict[str, frozenset[str]] = field(default_factory=dict)
    owner: str | None = None
    headers: str | None = None
    newest_by: str | None = None


def _lines(headers: str) -> Rules:
    amounts = ("line_no", "quantity", "list_amount", "net_amount", "coupon_amount")
    return Rules(readable=amounts, headers=headers)


def _orders(owner: str | None) -> Rules:
    return Rules(
        time="ordered_at",
        needed=("ordered_at",),
        readable=("shipping_amount", "tax_amount", "discount_amount"),
        codes={"status": ORDER_STATUSES},
        owner=owner,
    )


RULES = {
    "call_centre.calls": Rules(time="started_at", needed=("started_at",)),
    "community.members": Rules(newest_by="updated_at"),
    "community.posts": Rules(time="posted_at", needed=("posted_at",), owner="community.members"),
    "community.likes": Rules(time="liked_at", needed=("liked_at",), owner="community.members"),
    "crm.members": Rules(newest_by="updated_at"),
    "crm.member_consents": Rules(
        time="changed_at",
        codes={
            "channel": frozenset({"sms", "email", "phone", "wechat", "app_push", "all"}),
            "purpose": frozenset(
                {"marketing", "service", "profiling", "third_party_data", "sharing"}
            ),
        },
        owner="crm.members",
    ),
    "crm.member_identifiers": Rules(
        time="linked_at",
        optional_key=("issued_by",),
        refused={"identifier_type": frozenset({"phone", "email", "card"})},
        owner="crm.members",
    ),
    "crm.campaigns": Rules(),
    "crm.campaign_members": Rules(
        time="assigned_at",
        codes={"arm": frozenset({"treatment", "control"})},
        owner="crm.members",
    ),
    "crm.contacts": Rules(time="sent_at", owner="crm.members"),
    "crm.coupons": Rules(optional_key=("product_id",), readable=("discount_value", "min_spend")),
    "crm.coupon_redemptions": Rules(time="redeemed_at", owner="crm.members"),
    "crm.service_tickets": Rules(time="opened_at", owner="crm.members"),
    "crm.referral_events": Rules(
        time="occurred_at",
        needed=("event_type", "occurred_at"),
        codes={"event_type": frozenset({"refer", "register", "order"})},
        owner="crm.members",
    ),
    "pos.stores": Rules(),
    "pos.products": Rules(),
    "pos.receipts": Rules(
        time="sold_at",
        needed=("sold_at",),
        readable=("shipping_amount", "tax_amount", "discount_amount"),
    ),
    "pos.receipt_lines": _lines("pos.receipts"),
    "web.accounts": Rules(newest_by="updated_at"),
    "web.events": Rules(
        time="occurred_at",
        needed=("event", "occurred_at"),
        received="received_at",
        owner="web.accounts",
    ),
    "web.orders": _orders("web.accounts"),
    "web.order_lines": _lines("web.orders"),
    "web.reviews": Rules(time="reviewed_at", owner="web.accounts"),
    "wechat.users": Rules(newest_by="updated_at"),
    "wechat.messages": Rules(time="sent_at", owner="wechat.users"),
    "wechat.share_events": Rules(
        time="occurred_at",
        needed=("event_type", "occurred_at"),
        codes={"event_type": frozenset({"share", "open", "register", "order"})},
        owner="wechat.users",
    ),
    "wechat.orders": _orders("wechat.users"),
    "wechat.order_lines": _lines("wechat.orders"),
    "marketplace.orders": _orders(None),
    "marketplace.order_lines": _lines("marketplace.orders"),
    "third_party.attributes": Rules(
        needed=("provided_date",),
        readable=("provided_on",),
        codes={"contact_type": frozenset({"phone", "email"})},
    ),
}

#: What a marketplace calls a status.
PLATFORM_WORDS = {
    "wait_seller_send_goods": "paid",
    "wait_buyer_confirm_goods": "shipped",
    "trade_finished": "completed",
    "delivered": "completed",
    "trade_closed_by_taobao": "cancelled",
    "canceled": "cancelled",
    "trade_closed": "refunded",
}

CODES = frozenset(
    {
        *("status", "channel", "arm", "discount_type", "severity", "device_type"),
        *("payment_method", "message_type", "direction", "outcome", "event_type"),
        *("payment_method", "message_type", "identifier_type", "issued_by"),
        *("contact_type", "contact_hash", "attribute", "capture_source"),
    }
)
TEXTS = frozenset(
    {
        *("description", "review_text", "body", "page_path", "search_query", "referrer"),
        *("utm_source", "utm_medium", "utm_campaign"),
    }
)
#: Raw columns of events that staging looks at and does not keep.
NOT_STAGED = ("user_agent", "properties")

#: Kinds of columns that their name or declared type does not tell.
KINDS: dict[str, Callable[[Any], Any]] = {
    "card_no": normalise.card,
    "currency": normalise.currency,
    "email": normalise.email,
    "gender": normalise.gender,
    "quantity": lambda raw: normalise.amount(raw, 3),
    # an event that is named by what was typed may hold a phone
    "event": lambda raw: normalise.code(
        normalise.clean(None if raw is None else normalise.squeezed(str(raw)))
    ),
    "engaged_seconds": lambda raw: normalise.amount(raw, 2),
    "unionid": normalise.id_,
    **dict.fromkeys(("openid", "visitor_openid", "referral_code"), normalise.id_),
    "identifier_value": normalise.id_,
    "provider_name": normalise.id_,
    "purpose": lambda raw: normalise.code(raw) or "marketing",
    **dict.fromkeys(CODES, normalise.code),
    **dict.fromkeys(TEXTS, normalise.clean),
    "address": normalise.text,
}

#: Raw columns whose staged name ends in _date, as every day's does.
RENAMED = {
    "opened_on": "opened_date",
    "launched_on": "launched_date",
    "provided_on": "provided_date",
}

TYPES: dict[str, Callable[[Any], Any]] = {
    "bigint": normalise.whole,
    "boolean": normalise.flag,
    "date": normalise.day,
    "timestamp": normalise.moment,
    "decimal(18,4)": lambda raw: normalise.amount(raw, 4),
    "string": normalise.name,
}


#: Tables whose phone field may hold two numbers.
TWO_PHONES = ("crm.members", "web.accounts")


# -- one row ---------------------------------------------------------------------------------


def normalised(world: World, name: str, raw: Row) -> Row:
    """A row with its columns as staging writes them."""
    row: Row = {}
    for column, type_ in raw_tables()[name]["columns"].items():
        value = raw[column]
        if column in NOT_STAGED:
            continue
        if column in ("mobile", "phone_number"):
            regions = world.setting("default_region"), world.setting("phone_regions")
            row["phone"] = normalise.phone(value, *regions)
            if name in TWO_PHONES:
                second = (normalise.two_phones(str(value or "")) or (None, None))[1]
                row["second_phone"] = normalise.phone(second, *regions)
        elif column in KINDS:
            row[column] = KINDS[column](value)
        elif column.endswith("_id"):
            row[column] = normalise.id_(value)
        elif column == "birth_date" or type_ == "date":
            row[RENAMED.get(column, column)] = normalise.day(
                value, world.setting("business_timezone")
            )
        else:
            row[RENAMED.get(column, column)] = TYPES[type_](value)
        is_reference = column in TELLS_WHO and column not in raw_tables()[name]["keys"]
        if is_reference and stands_for_nobody(world, name, column, value):
            row[column] = None
    if name == "marketplace.orders":
        row["status"] = PLATFORM_WORDS.get(row["status"], row["status"])
        mobile = raw["mobile"]
        row["masked_phone"] = normalise.squeezed(mobile) if is_masked(mobile) else None
    if "currency" in row:
        of_source = raw_tables()[name]["currency"] or world.setting("reporting_currency")
        row["currency"] = row["currency"] or of_source
        row["rate_date"] = world.business_date(row[RULES[name].time or ""])
        row["exchange_rate"] = exchange_rate(world, row["currency"], row["rate_date"])
    if row.get("full_name") is None and "given_name" in row:
        row["full_name"] = normalise.full_name(row["given_name"], row["family_name"])
    if "event" in row:
        row["event_type"] = event_type(world, name, row["event"])
    if name in ("crm.members", "web.accounts"):
        row["birth_date_issue"] = birth_date_issue(row, raw)
        if row["birth_date_issue"]:
            row["birth_date"] = None
    return row


def is_masked(text: str | None) -> bool:
    """Whether a phone shows a part of itself only."""
    return text is not None and ("**" in text or "＊＊" in text)


def exchange_rate(world: World, currency: str, day: dt.date | None) -> Decimal | None:
    """Units of the reporting currency for one of a currency: the latest rate up to a day."""
    if currency == world.setting("reporting_currency"):
        return Decimal(1) if day else None
    rates = {
        row["from_date"]: row["rate"]
        for row in world.seed("exchange_rates")
        if row["currency"] == currency and day and (row["from_date"] or "") <= day.isoformat()
    }
    return Decimal(str(rates[max(rates)])) if rates else None


def event_type(world: World, name: str, event: str | None) -> str | None:
    """The standard type of an event: that of its system, of its preset, of all; else its name."""
    types = {
        (row["preset"], normalise.code(row["event_name"])): row["event_type"]
        for row in world.seed("event_names")
    }
    preset = world.setting("event_presets").get(name)
    for chosen in (name.partition(".")[0], preset, "any"):
        if (chosen, event) in types:
            return types[chosen, event]
    return event


def is_bot(world: World, user_agent: str | None) -> bool:
    """Whether a user agent holds the words of a pattern of bot_patterns."""
    written = normalise.text(user_agent)
    return written is not None and any(
        normalise.words(row["pattern"] or "") in normalise.words(written)
        for row in world.seed("bot_patterns")
    )


def is_json(value: str | None) -> bool:
    """Whether a text is JSON; nothing is."""
    try:
        json.loads(value or "null")
    except ValueError:
        return False
    return True


def is_id(column: str) -> bool:
    """Whether a column tells who or what something is."""
    return column.endswith("_id") or column in (
        "unionid", "openid", "card_no", "identifier_value",
    )  # fmt: skip


#: Ids of persons and devices, and of what is returned, where a placeholder stands for none.
TELLS_WHO = frozenset(
    {
        *("member_id", "user_id", "anonymous_id", "openid", "unionid", "card_no"),
        *("returns_receipt_id", "returns_order_id", "parent_post_id"),
        *("visitor_openid", "referred_member_id"),
        *("buyer_id", "identifier_value"),
    }
)


def stands_for_nobody(world: World, name: str, column: str, raw: Any) -> bool:
    """Whether an id is none: by seed placeholder_ids, or else by rule."""
    seed = [
        row
        for row in world.seed("placeholder_ids")
        if (row["source_table"], row["column_name"]) == (name, column)
    ]
    written = normalise.folded(str(raw)) if column == "card_no" and raw is not None else raw
    return normalise.is_placeholder(normalise.id_(written), seed)


def birth_date_issue(row: Row, raw: Row) -> str | None:
    """Why a birthday that was given is not taken."""
    birth_date, loaded_at = row["birth_date"], row["loaded_at"]
    if birth_date is None:
        return "unreadable" if says_something(raw["birth_date"]) else None
    if birth_date < EARLIEST_BIRTH:
        return "too_early"
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    return "in_the_future" if birth_date > min(loaded_at or now, now).date() else None


def says_something(raw: Any) -> bool:
    """Whether a raw value is more than a word for no value."""
    return raw is not None and normalise.said(normalise.squeezed(str(raw))) is not None


def fault_of(
    world: World, name: str, row: Row, raw: Row, is_test: bool, has_header: bool
) -> str | None:
    """The first reason why a row is rejected by itself."""
    rules = RULES[name]
    when = rules.time and row[rules.time]
    loaded_at = row["loaded_at"]
    read = {*rules.readable, "loaded_at", *([rules.time] if rules.time else [])}
    key = set(raw_tables()[name]["keys"]) - set(rules.optional_key)
    if any(
        row[RENAMED.get(column, column)] is None and says_something(raw[column]) for column in read
    ):
        return "unreadable_value"
    if not is_json(raw.get("properties")):
        return "unreadable_value"
    ids = {column for column in key if is_id(column)}
    if any(normalise.lost_digits(raw[column]) for column in ids):
        return "lost_digits"
    if any(row[column] is None for column in key | set(rules.needed)):
        return "missing_key"
    if any(stands_for_nobody(world, name, column, raw[column]) for column in ids & TELLS_WHO):
        return "missing_key"
    if when and when < START:
        return "before_start"
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if when and when > min(loaded_at or now, now) + ONE_DAY:
        return "in_the_future"
    received = rules.received and row[rules.received]
    if when and received and when > received + ONE_DAY:
        return "in_the_future"
    if when and received and when < received - ONE_YEAR:
        return "clock_off"
    if is_bot(world, raw.get("user_agent")):
        return "known_bot"
    if any(row[column] and row[column] not in known for column, known in rules.codes.items()):
        return "unknown_value"
    if not re.fullmatch("[0-9a-f]{64}", row.get("contact_hash", "0" * 64)):
        return "unknown_value"
    if any(row[column] in codes for column, codes in rules.refused.items()):
        return "unknown_value"
    if "currency" in row and row["exchange_rate"] is None:
        return "missing_rate"
    if is_test:
        return "test_account"
    if not has_header:
        return "orphan_line"
    return None


# -- test accounts and stores ----------------------------------------------------------------


def matches(value: str | None, pattern: str) -> bool:
    """Whether a text is the words of a pattern, % being any further words; in Chinese, which has
    no blanks between words, any further text."""
    if value is None:
        return False
    wanted = normalise.words(pattern).replace(" % ", " %")
    wanted = re.sub("([\u4e00-\u9fff]) %", r"\1%", wanted)
    written = re.escape(wanted).replace("%", ".*")
    return re.fullmatch(written, normalise.words(value), re.DOTALL) is not None


def names_a_tester(world: World, row: Row) -> bool:
    """Whether name or e-mail of a person's row is one of test_account_patterns."""
    values = {"name": row.get("full_name") or row.get("nickname"), "email": row.get("email")}
    return any(
        matches(values.get(pattern["field"] or ""), pattern["pattern"] or "")
        for pattern in world.seed("test_account_patterns")
    )


def is_test_store(world: World, store_id: str | None) -> bool:
    """Whether a store is one of test_account_patterns."""
    return any(
        pattern["field"] == "store" and matches(store_id, pattern["pattern"] or "")
        for pattern in world.seed("test_account_patterns")
    )


def testers(world: World, owner: str) -> set[tuple[Any, ...]]:
    """Keys of test accounts: all their rows are rejected, one of them for being a test."""
    found = defaultdict(list)
    for row in world[f"steps.validated_{owner}"]:
        found[key_of(owner, row["row"])].append(row["reject_reason"])
    return {key for key, reasons in found.items() if all(reasons) and "test_account" in reasons}


def key_of(name: str, row: Row) -> tuple[Any, ...]:
    """The natural key of a row."""
    return tuple(row[column] for column in raw_tables()[name]["keys"])


# -- a table ---------------------------------------------------------------------------------


def raw_rows(world: World, name: str) -> Rows:
    """Every declared column of every raw row: all of CSV and JSON lines is text."""
    declared = raw_tables()[name]
    is_text = declared["format"] != "parquet"
    return [
        {
            column: as_text(row.get(column)) if is_text else row.get(column)
            for column in declared["columns"]
        }
        for row in known(world, name)
    ]


def known(world: World, name: str) -> Rows:
    """The raw rows that had arrived, as variable known_by says."""
    rows = world.raw.get(name, [])
    as_of, known_by = str(world.setting("as_of")), str(world.setting("known_by"))
    if known_by == "now" or (known_by == "as_of" and not as_of):
        return rows
    times = [_load_time(row.get("loaded_at")) for row in rows]
    if known_by != "as_of":
        moment = dt.datetime.fromisoformat(known_by)
        last = world.utc(moment) if " " in known_by else last_instant(world, moment.date())
    else:
        first = min((world.business_date(time) for time in times if time), default=dt.date.min)
        next_day = dt.date.fromisoformat(as_of[:10]) + dt.timedelta(days=1)
        last = last_instant(world, max(first, next_day))
    return [row for row, time in zip(rows, times, strict=True) if time is None or time <= last]


def as_text(value: Any) -> str | None:
    """A value of a JSON line as text."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def validated(world: World, name: str) -> Rows:
    """Every raw row: `row` as staging writes it, `raw_record`, `reject_reason`, `is_copy`."""
    rules = RULES[name]
    raws = raw_rows(world, name)
    rows = [normalised(world, name, raw) for raw in raws]
    is_owner = rules.newest_by is not None
    test_keys = (
        {key_of(name, row) for row in rows if names_a_tester(world, row)}
        if is_owner
        else testers(world, rules.owner)
        if rules.owner
        else set()
    )
    headers = rules.headers and {
        row[raw_tables()[rules.headers]["keys"][0]]: row["exchange_rate"]
        for row in world[f"staging.stg_{rules.headers.replace('.', '__')}"]
    }
    found: Rows = []
    for raw, row in zip(raws, rows, strict=True):
        owner_key = tuple(row[part] for part in raw_tables()[rules.owner or name]["keys"])
        is_test = owner_key in test_keys or is_test_store(world, row.get("store_id"))
        line_of = row[raw_tables()[name]["keys"][0]]
        if headers is not None:
            row["exchange_rate"] = headers.get(line_of)
        found.append(
            {
                "row": row,
                "raw_record": record(raw),
                "content": record({k: v for k, v in raw.items() if k != "loaded_at"}),
                "reject_reason": fault_of(
                    world,
                    name,
                    row,
                    raw,
                    is_test and name != "pos.stores",
                    headers is None or line_of in headers,
                ),
                "is_copy": False,
            }
        )
    versions = defaultdict(list)
    for one in found:
        if one["reject_reason"] is None:
            versions[key_of(name, one["row"])].append(one)
    for rivals in versions.values():
        deduplicate(world, rules, rivals)
    return found


def deduplicate(world: World, rules: Rules, rivals: Rows) -> None:
    """Of the rows of one key: copies of one content, and versions older than the newest."""
    copies = defaultdict(list)
    for one in rivals:
        copies[one["content"]].append(one)
    versions = []
    for content, rows in copies.items():
        rows.sort(key=lambda one: (one["row"]["loaded_at"] is None, one["row"]["loaded_at"]))
        for copy in rows[1:]:
            copy["is_copy"] = True
        loads = [one["row"]["loaded_at"] for one in rows if one["row"]["loaded_at"]]
        newest = rows[0]["row"][rules.newest_by] if rules.newest_by else None
        versions.append((newest, max(loads, default=None), content, rows[0]))
    # stable sorts, the least important first: content upwards, times downwards, none last
    versions.sort(key=lambda version: version[2])
    versions.sort(key=lambda version: version[1] or dt.datetime.min, reverse=True)
    versions.sort(key=lambda version: version[0] or dt.datetime.min, reverse=True)
    if rules.newest_by and world.setting("as_of"):
        # what was known at the date first, then what was said first after it
        until = chosen_as_of(world)[2]
        versions.sort(
            key=lambda version: version[0] if version[0] and version[0] > until else dt.datetime.min
        )
    for *_, older in versions[1:]:
        older["reject_reason"] = "superseded"


def record(raw: Row) -> str:
    """A raw row as JSON, in the order of its declared columns, without blanks."""
    return "{" + ",".join(f"{json.dumps(k)}:{_json(v)}" for k, v in raw.items()) + "}"


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return json.dumps(str(value).rstrip("0").rstrip(".") if "." in str(value) else str(value))
    return json.dumps(value, ensure_ascii=False)


def staged(world: World, name: str) -> Rows:
    """The rows of a raw table that count."""
    return [
        one["row"]
        for one in world[f"steps.validated_{name}"]
        if one["reject_reason"] is None and not one["is_copy"]
    ]


def _register(name: str) -> None:
    keys = raw_tables()[name]["keys"]
    table(f"steps.validated_{name}")(lambda world: validated(world, name))
    table(f"staging.stg_{name.replace('.', '__')}", key=keys)(lambda world: staged(world, name))


for _name in RULES:
    _register(_name)


# -- what became of the rows -----------------------------------------------------------------


def shown_currency(currency: str) -> str:
    """A code of three capitals; what else is in the column might be personal."""
    return currency if re.fullmatch("[A-Z]{3}", currency) else "no code"


@table("quality.rejected_records")
def rejected_records(world: World) -> Rows:
    """Every rejected row, with key, reason and the row as it arrived."""
    return [
        {
            "source_system": name.split(".")[0],
            "source_table": name.split(".")[1],
            "natural_key": "|".join(
                "" if part is None else str(part) for part in key_of(name, one["row"])
            ),
            "reason_code": one["reject_reason"],
            "reason_detail": (
                f"{shown_currency(one['row']['currency'])} on {one['row']['rate_date']}"
                if one["reject_reason"] == "missing_rate"
                else None
            ),
            "raw_record": one["raw_record"],
            "rejected_at": one["row"]["loaded_at"],
        }
        for name in RULES
        for one in world[f"steps.validated_{name}"]
        if one["reject_reason"]
    ]


@table("quality.row_conservation", key=["source_system", "source_table"])
def row_conservation(world: World) -> Rows:
    """Raw rows of each table, and how many were staged, rejected, or copies."""
    rows = []
    for name in RULES:
        validated = world[f"steps.validated_{name}"]
        counts = {
            "raw_rows": len(known(world, name)),
            "staged_rows": len(world[f"staging.stg_{name.replace('.', '__')}"]),
            "rejected_rows": sum(one["reject_reason"] is not None for one in validated),
            "exact_duplicate_rows": sum(one["is_copy"] for one in validated),
        }
        raw, *gone = counts.values()
        system, source_table = name.split(".")
        rows.append(
            {
                "source_system": system,
                "source_table": source_table,
                **counts,
                "difference": raw - sum(gone),
            }
        )
    return rows


@table("quality.erased_records", key=["build_id", "source_system", "source_table", "loaded_date"])
def erased_records(world: World) -> Rows:
    """Rows of people who were erased; in this shop nobody was."""
    return []


@table("quality.retention", key=["build_id", "source_system", "source_table", "disposition"])
def retention(world: World) -> Rows:
    """Rows past a retention limit; this shop keeps everything."""
    return []


@table("quality.arrivals", key=["night_number", "source_system", "source_table"])
def arrivals(world: World) -> Rows:
    """What arrived each night, where none was published before: nothing is expected."""
    earlier = list(world.before["quality.arrivals"]) if world.before else []
    days: dict[str, Counter[dt.date]] = {}
    for name in RULES:
        system = name.split(".")[0]
        loaded = Counter(_load_day(row["loaded_at"]) for row in world.raw.get(name, []))
        for place in (name, f"{system}.*"):
            days.setdefault(place, Counter()).update(loaded)
    newest_of_all = max(day for counts in days.values() for day in counts if day)
    rows = []
    for name, counts in days.items():
        newest = max((day for day in counts if day), default=None)
        system, source_table = name.split(".")
        rows.append(
            {
                "night_number": 1 + max((row["night_number"] for row in earlier), default=0),
                "build_id": None,
                "made_by": None,
                "source_system": system,
                "source_table": source_table,
                "verdict": "first" if counts else "absent",
                "raw_rows": sum(counts.values()),
                "least_raw_rows": None,
                "most_raw_rows": None,
                "newest_day": newest,
                "days_behind": (newest_of_all - newest).days if newest else None,
                "most_days_behind": None,
                "day_rows": counts[newest] if newest else None,
                "least_day_rows": None,
                "is_accepted": False,
                "recorded_at": None,
            }
        )
    return [*earlier, *rows]


def _load_day(loaded_at: object) -> dt.date | None:
    """Day of loading, as SQL casts it; None where it says none."""
    time = _load_time(loaded_at)
    return time.date() if time else None


def _load_time(loaded_at: object) -> dt.datetime | None:
    """Time of loading, as SQL casts it; None where it says none."""
    if isinstance(loaded_at, dt.datetime):
        return loaded_at
    try:
        return dt.datetime.fromisoformat(str(loaded_at))
    except ValueError:
        return None


# -- the date of the build -------------------------------------------------------------------


def chosen_as_of(world: World) -> tuple[bool, dt.date, dt.datetime]:
    """Variable as_of: whether it has a time of day, its day, its last instant (UTC)."""
    given = str(world.setting("as_of"))
    moment = dt.datetime.fromisoformat(given)
    if " " in given:
        return True, moment.date(), world.utc(moment)
    return False, moment.date(), last_instant(world, moment.date())


def last_instant(world: World, day: dt.date) -> dt.datetime:
    """The last microsecond of a business day, UTC."""
    next_day = dt.datetime.combine(day + ONE_DAY, dt.time())
    return world.utc(next_day) - dt.timedelta(microseconds=1)


SOLD = (
    ("pos__receipts", "sold_at"),
    ("web__orders", "ordered_at"),
    ("wechat__orders", "ordered_at"),
    ("marketplace__orders", "ordered_at"),
)
BROWSED = (("web__events", "occurred_at"),)
ALL_ELSE = (
    ("crm__members", "joined_at", "updated_at"),
    ("web__accounts", "registered_at", "updated_at"),
    ("community__members", "joined_at", "updated_at"),
    ("wechat__users", "subscribed_at", "updated_at"),
    ("crm__contacts", "sent_at"),
    ("wechat__messages", "sent_at"),
    ("crm__coupon_redemptions", "redeemed_at"),
    ("crm__service_tickets", "opened_at"),
    ("call_centre__calls", "started_at"),
    ("community__posts", "posted_at"),
    ("community__likes", "liked_at"),
    ("wechat__share_events", "occurred_at"),
    ("crm__referral_events", "occurred_at"),
)


def moments(world: World, columns: tuple[tuple[str, ...], ...]) -> list[dt.datetime]:
    """The later of the named times of each staged row that has one."""
    found = []
    for name, *of_row in columns:
        for row in world[f"staging.stg_{name}"]:
            times = [row[column] for column in of_row if row[column] is not None]
            found += [max(times)] if times else []
    return found


def _without_a_stray(times: list[dt.datetime], gap_days: int) -> dt.datetime | None:
    """The latest time, but for one that stands alone behind a gap of more days."""
    stretches: list[list[dt.datetime]] = []
    for time in sorted(times):
        if not stretches or (time.date() - stretches[-1][-1].date()).days > gap_days:
            stretches.append([])
        stretches[-1].append(time)
    full = [stretch for stretch in stretches if len(stretch) > 1] or stretches
    return full[-1][-1] if full else None


@table("steps.as_of", key=["as_of_date"])
def as_of(world: World) -> Rows:
    """As variable as_of says; else the last business day of an order."""
    if world.setting("as_of"):
        has_time_of_day, day, instant = chosen_as_of(world)
    else:
        of_kind = [moments(world, kind) for kind in (SOLD, BROWSED, ALL_ELSE)]
        several = [times for times in of_kind if len(times) > 1]
        times = next((times for times in [*several, *of_kind] if times), [])
        newest = _without_a_stray(times, world.setting("as_of_gap_days"))
        latest = world.business_date(newest or dt.datetime.now(dt.UTC).replace(tzinfo=None))
        has_time_of_day, day, instant = False, latest, last_instant(world, latest)
    return [{"has_time_of_day": has_time_of_day, "as_of_date": day, "as_of_at": instant}]
