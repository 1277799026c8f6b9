"""The results of Great Expectations: each listed expectation, asked of the rows in plain Python.

From docs/quality_gates.md, tests/fixtures (expectations.csv, suites.csv) and the descriptions of
`models/quality/_quality__results.yml` and the docs of `src/one360/quality`. Tables of
more rows than `gx_sample_rows` are sampled there and not computed here.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from tests.python.independent.staging import raw_rows
from tests.python.independent.world import ROOT, Row, Rows, World, table
from tests.python.project import raw_tables
from tests.python.published import published_columns

FEW = 100

#: channel → header table, line table, key, time of the order
ORDERS = {
    "pos": ("pos.receipts", "pos.receipt_lines", "receipt_id", "sold_at"),
    "web": ("web.orders", "web.order_lines", "order_id", "ordered_at"),
    "wechat": ("wechat.orders", "wechat.order_lines", "order_id", "ordered_at"),
    "marketplace": (
        "marketplace.orders",
        "marketplace.order_lines",
        "order_id",
        "ordered_at",
    ),
}

#: What is looked for in published text.
PERSONAL = {
    "phone number": re.compile(
        r"(?<![0-9A-Za-z*])((86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\+\d{8,15})(?![0-9A-Za-z*])"
    ),
    "e-mail address": re.compile(r"(?<![\w.%+*-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
}

#: Expectations that say in their own words what they ask; the others say it by their kind.
WORDS = {
    "mobile": "looks like a phone number",
    "phone_number": "looks like a phone number",
    "email": "looks like an e-mail address",
    "phone_masked": "is masked",
    "email_masked": "is masked",
    "identifier_masked": "is masked",
    "natural_key_hash": "is a keyed hash",
    "identifier_hash": "is a keyed hash",
    "matching_rows": "no text column holds a phone number or an e-mail address",
}

#: Raw columns of contacts → a column that the list has a pattern for.
CONTACTS = {"mobile": "mobile", "phone_number": "mobile", "email": "email"}


@cache
def listed(name: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "fixtures" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- rows that are looked at -------------------------------------------------------------


def as_timestamp(value: Any) -> dt.datetime | None:
    """A time as SQL reads it, in UTC; nothing where it does not read as one."""
    if value is None or isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    try:
        read = dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return read.astimezone(dt.UTC).replace(tzinfo=None) if read.tzinfo else read


def as_double(value: Any) -> float | None:
    """A number as SQL reads it: plain digits of ASCII, with a point and an exponent if need be."""
    text = "" if value is None else str(value).strip()
    is_number = re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text)
    return float(text) if is_number else None


def as_boolean(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    words = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    return words.get(str(value).strip().lower())


def as_bigint(value: Any) -> int | None:
    number = as_double(value)
    return None if number is None else round(number)


READ_AS: dict[str, Callable[[Any], Any]] = {
    "timestamp": as_timestamp,
    "double": as_double,
    "boolean": as_boolean,
    "bigint": as_bigint,
}


def usual_by_product(raws: Rows) -> dict[Any, float]:
    """The usual quantity of each product that is on five lines at least."""
    quantities: dict[Any, list[float]] = {}
    for row in raws:
        value = as_double(row.get("quantity"))
        if value is not None:
            quantities.setdefault(row.get("product_id"), []).append(abs(value))
    return {key: statistics.median(v) for key, v in quantities.items() if len(v) >= 5}


def with_derived(row: Row, usual: dict[str, float], of_product: dict[Any, float]) -> Row:
    """A raw row with the discount of a line (the share that it costs less than on the shelf, for
    sales and returns alike), how many times the usual amount and quantity it has, and the visitor
    of an event (the browser, else the login)."""
    if "list_amount" in row:
        listed_at, net = as_double(row["list_amount"]), as_double(row["net_amount"])
        has_both = bool(listed_at) and net is not None
        quantity = as_double(row["quantity"])
        usual = usual | {"quantity": max(usual["quantity"], of_product.get(row["product_id"], 0.0))}
        row = row | {
            "discount_share": (abs(listed_at) - abs(net)) / abs(listed_at) if has_both else None,
            **{
                f"{name}_multiple": abs(value) / usual[of]
                if value is not None and usual[of]
                else None
                for name, of, value in (
                    ("amount", "net_amount", net),
                    ("quantity", "quantity", quantity),
                )
            },
        }
    if "anonymous_id" in row and "event" in row:
        row = row | {"visitor": row["user_id"] if row["anonymous_id"] is None
                     else row["anonymous_id"]}  # fmt: skip
    return row


def raw_frame(world: World, suite: dict[str, str]) -> Rows:
    """Raw rows with the columns that the suite reads as other than text read so."""
    types = dict(pair.split("=") for pair in suite["types"].split())
    raws = raw_rows(world, suite["table"])
    usual = {}
    for name in ("net_amount", "quantity"):
        values = [abs(a) for r in raws if (a := as_double(r.get(name))) is not None]
        usual[name] = statistics.median(values) if values else 0.0
    of_product = usual_by_product(raws)
    return [
        {
            column: READ_AS[types[column]](value) if column in types else value
            for column, value in with_derived(row, usual, of_product).items()
        }
        for row in raws
    ]


def order_facts(world: World) -> Row:
    """How the order tables of each channel fit together, in one row."""
    raws = {name: raw_rows(world, name) for channel in ORDERS.values() for name in channel[:2]}
    facts: Row = {"orders": float(sum(len(raws[header]) for header, *_ in ORDERS.values()))}
    newest = {}
    for channel, (header, _, _, time) in ORDERS.items():
        pairs = [(as_timestamp(r[time]), as_timestamp(r["loaded_at"])) for r in raws[header]]
        seen = [at for at, loaded in pairs if at and (loaded is None or at <= loaded)]
        newest[channel] = max(seen, default=None)
    last = max((day for day in newest.values() if day), default=None)
    for channel, (header, lines, key, _) in ORDERS.items():
        any_row = bool(raws[header] or raws[lines])
        keys = {r[key] for r in raws[header]} - {None}
        line_keys = [r[key] for r in raws[lines] if r[key] is not None]
        day = newest[channel]
        facts |= {
            f"{channel}_orders_without_lines": share_missing(keys, line_keys, any_row),
            f"{channel}_lines_without_order": share_missing(line_keys, keys, any_row),
            f"{channel}_lines_per_order": (
                len(raws[lines]) / max(len(raws[header]), 1) if any_row else None
            ),
            f"{channel}_silent_days": float((last - day).days) if day and last else None,
        }
    return facts


def share_missing(keys: Iterable[Any], among: Iterable[Any], any_row: bool) -> float | None:
    """Share of the keys that the other side lacks; nothing where they are too few to say."""
    keys, known = list(keys), set(among)
    if not keys:
        return 0.0 if any_row and known else None
    share = sum(key not in known for key in keys) / len(keys)
    return None if len(keys) < FEW and share <= 1 - asked_of(len(keys), 0.9) else share


def mart_facts(world: World) -> Row:
    """Counts over several marts, in one row; no shares of fewer than a hundred customers."""
    customers, bridge = world["core.customers"], world["core.customer_profiles"]

    def shares(name: str, column: str) -> dict[str, float]:
        rows = world[name]
        counts = Counter(row[column] for row in rows)
        return {k: n / len(rows) for k, n in counts.items()} if len(rows) >= FEW else {}

    segments = shares("tags.tag_rfm", "segment_code")
    states = shares("tags.tag_nes", "nes_status")
    levels = shares("tags.tag_activity", "activity_level")
    of_bridge = {row["one_id"] for row in bridge} - {None}
    return {
        "customers": float(len(customers)),
        "customers_beyond_profiles": float(len(customers) - len(bridge)),
        "customers_without_profile": float(len(customers) - len(of_bridge)),
        "profiles_without_customer": float(sum(row["one_id"] is None for row in bridge)),
        "customer_360_difference": float(len(world["tags.customer_360"]) - len(customers)),
        "largest_profile_count": float(max((r["profile_count"] for r in customers), default=0)),
        "orders_after_as_of": float(
            sum(order["ordered_at"] > world.as_of_at for order in world["core.orders"])
        ),
        "rfm_largest_segment_share": max(segments.values(), default=None),
        "rfm_segments": float(len(segments)) if segments else None,
        "nes_largest_state_share": max(states.values(), default=None),
        "activity_high_share": levels.get("high", 0.0) if levels else None,
    }


#: Set of published columns → whose columns they are.
QUASI_IDENTIFIERS = {
    "place": "province city",
    "person_and_place": "gender age_band province city",
    "birth_month_and_place": "birth_month province city",
    "everything": "gender age_band birth_month next_birthday_date province city",
}


@table("quality.disclosure_risk", key=["set_code"])
def disclosure_risk(world: World) -> Rows:
    """k-anonymity of each set of columns, over the customers of whom one of them is known."""
    coming = {row["one_id"]: row["next_birthday_date"] for row in world["tags.tag_moments"]}
    people = [
        {**row, "next_birthday_date": coming.get(row["one_id"])}
        for row in world["tags.tag_demographics"]
    ]
    few, most = world.setting("disclosure_min_customers"), world.setting("disclosure_max_share")
    found = []
    for code, names in QUASI_IDENTIFIERS.items():
        values = [tuple(row[name] for name in names.split()) for row in people]
        classes = Counter(each for each in values if any(part is not None for part in each))
        customers = classes.total()
        disclosed = sum(count for count in classes.values() if count < few)
        share = disclosed / customers if customers else None
        found.append({
            "set_code": code, "column_names": names, "customers": customers,
            "classes": len(classes), "smallest_class": min(classes.values(), default=None),
            "unique_customers": sum(count == 1 for count in classes.values()),
            "disclosed_customers": disclosed, "min_customers": few, "disclosed_share": share,
            "max_share": float(most), "is_within": share is None or share <= most,
            "as_of_date": world.as_of_date,
        })  # fmt: skip
    return found


def published_text(world: World) -> Rows:
    """Rows with something personal, per text column of each mart of customers and pattern.

    Left out are keys and hashes, and the view of reasons, which shows what other marts hold.
    """
    found = []
    for name, columns in published_columns().items():
        of_customers = {"one_id", "profile_id"} & set(columns) or name.endswith("_effects")
        if (
            name.split(".")[0] not in ("core", "tags", "predictions", "campaigns")
            or not of_customers
        ):
            continue
        if name == "tags.customer_tag_reasons":
            continue
        for column, kind in columns.items():
            if kind != "varchar" or column.endswith(("_id", "_hash")):
                continue
            for what, pattern in PERSONAL.items():
                matching = sum(bool(pattern.search(r[column] or "")) for r in world[name])
                place = f"{name}.{column}: {what}"
                found.append({"place": place, "matching_rows": float(matching)})
    return found


# --- what is asked -----------------------------------------------------------------------


def asked_of(rows: int, mostly: float) -> float:
    """Share of so many rows that must be right: of fewer than a hundred evenly less, to half."""
    if rows >= FEW or mostly == 1 or mostly <= 0.5:
        return mostly
    return 0.5 + (mostly - 0.5) * rows / FEW


def bound(text: str) -> Any:
    if not text:
        return None
    return as_timestamp(text) if ":" in text else float(text)


def in_words(item: dict[str, str], mostly: float) -> str:
    """What an expectation asks, as a sentence."""
    kind, columns = item["expectation"], item["columns"].split()
    low, high = (number(bound(item[side])) for side in ("low", "high"))
    first = columns[0]
    if kind.endswith("not_match_regex"):
        text = f"{first} was read in its own encoding"
    elif kind.endswith("match_regex"):
        text = f"{first} {WORDS[first]}"
    elif first in WORDS and kind.endswith("between"):
        text = WORDS[first]
    elif kind.endswith("not_be_null"):
        text = f"{first} has a value"
    elif kind.endswith("unique"):
        text = f"{' + '.join(columns)} occurs once"
    elif kind.endswith("in_set"):
        values = item["values"].split(" | ")
        text = f"{first} is one of {', '.join(values)}"
    elif "pair" in kind:
        text = f"{first} is not before {columns[1]}"
    elif low and low == high:
        text = f"{first} is {low}"
    elif low and high:
        text = f"{first} is from {low} to {high}"
    else:
        text = f"{first} is at least {low}" if low else f"{first} is at most {high}"
    if first.endswith("_multiple"):
        text += " (variable largest_multiple)"
    return text if mostly == 1 else f"{text}, for at least {mostly * 100:g} % of rows"


def number(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        return str(value.date())
    return None if value is None else f"{value:,.10g}"


def unexpected(item: dict[str, str], rows: Rows) -> tuple[list[Row], int]:
    """Rows that do not meet an expectation, and how many rows were judged."""
    kind, columns = item["expectation"], item["columns"].split()
    first = columns[0]
    if kind.endswith("not_be_null"):
        return [row for row in rows if row[first] is None], len(rows)
    if kind.endswith("compound_columns_to_be_unique"):
        judged = [row for row in rows if any(row[name] is not None for name in columns)]
    else:
        judged = [row for row in rows if all(row[name] is not None for name in columns)]
    if kind.endswith("unique"):
        times = Counter(tuple(row[name] for name in columns) for row in judged)
        return [r for r in judged if times[tuple(r[name] for name in columns)] > 1], len(judged)
    low, high = bound(item["low"]), bound(item["high"])
    values = item["values"].split(" | ")
    pattern = re.compile(item["values"]) if kind.endswith("regex") else None

    def is_right(row: Row) -> bool:
        value = row[first]
        if pattern is not None:
            return bool(pattern.search(value)) != kind.endswith("not_match_regex")
        if kind.endswith("in_set"):
            return str(value) in values
        if "pair" in kind:
            return value >= row[columns[1]]
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = as_timestamp(value)
        return (low is None or value >= low) and (high is None or value <= high)

    return [row for row in judged if not is_right(row)], len(judged)


def judge(
    item: dict[str, str], suite: dict[str, str], rows: Rows, may_be_empty: frozenset[str]
) -> Row:
    """The result of one expectation; columns that may be empty are not judged where they are."""
    kind, columns = item["expectation"], item["columns"].split()
    asked = asked_of(len(rows), float(item["mostly"]))
    result = {
        "checkpoint": item["checkpoint"],
        "suite": item["suite"],
        "expectation": f"expect_{kind}",
        "column_name": ", ".join(columns),
        "rule": in_words(item, asked),
        "severity": item["severity"],
        "status": "not_applicable",
        "observed_value": None,
        "is_success": None,
        "evaluated_rows": 0,
        "unexpected_count": None,
        "unexpected_percent": None,
    }
    is_judged = suite["needs_rows"] == "true" if not rows else kind.endswith("not_be_null") or any(
        all(row[name] is not None for name in columns) for row in rows
    )  # fmt: skip
    if not is_judged or any(
        name in may_be_empty and all(row[name] is None for row in rows) for name in columns
    ):
        return result
    wrong, judged = unexpected(item, rows)
    is_met = not judged or (judged - len(wrong)) / judged >= asked
    seen = None
    if len(rows) == 1 and len(columns) == 1 and "." not in suite["table"]:
        seen = shown(rows[0][columns[0]])
    elif not is_met and suite["row_label"]:
        seen = ", ".join(str(row[suite["row_label"]]) for row in wrong[:5])
    return result | {
        "status": "passed" if is_met else "failed",
        "observed_value": seen,
        "is_success": is_met,
        "evaluated_rows": judged,
        "unexpected_count": len(wrong),
        "unexpected_percent": 100 * len(wrong) / judged if judged else None,
    }


def shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def results(
    checkpoint: str,
    world: World,
    frame_of: Callable[[dict[str, str]], Rows],
    values: Row,
    may_be_empty: frozenset[str] = frozenset(),
) -> Rows:
    """All expectations of a checkpoint; `values` stand for what a list says by name."""
    found = []
    for suite, items in suites_of(checkpoint):
        rows = frame_of(suite)
        assert len(rows) <= world.setting("gx_sample_rows"), f"{suite['table']} is sampled"
        for item in items:
            named = {key: values.get((item["columns"], key), text) for key, text in item.items()}
            found.append(judge(named, suite, rows, may_be_empty))
    return found


def suites_of(checkpoint: str) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """The suites of a checkpoint, each with what it expects: the listed ones, and of the raw
    tables without one what their declaration says."""
    suites = [suite for suite in listed("suites") if suite["checkpoint"] == checkpoint]
    found = [
        (
            suite,
            [
                item
                for item in listed("expectations")
                if (item["checkpoint"], item["suite"]) == (checkpoint, suite["suite"])
            ],
        )
        for suite in suites
    ]
    known = {suite["table"] for suite in suites}
    if checkpoint == "raw_in":
        found += [as_declared(name) for name in raw_tables() if name not in known]
    return found


def as_declared(name: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What is expected of a raw table without a suite of its own: a key that is there and tells
    its rows apart, times of 1990 to 2050, contacts that look like some."""
    declared = raw_tables()[name]
    times = [column for column, type_ in declared["columns"].items() if type_ == "timestamp"]
    keys = declared["keys"]
    suite = {
        "checkpoint": "raw_in",
        "suite": name.replace(".", "_"),
        "table": name,
        "types": " ".join(f"{time}=timestamp" for time in times),
        "needs_rows": "false",
        "row_label": "",
    }
    first, last = "1990-01-01 00:00:00", "2050-01-01 00:00:00"
    unique = "column_values_to_be_unique" if len(keys) == 1 else "compound_columns_to_be_unique"
    asked = [("column_values_to_not_be_null", key, "0.95", "critical") for key in keys]
    asked.append((unique, " ".join(keys), "0.8", "critical"))
    asked += [("column_values_to_be_between", time, "0.95", "warning") for time in times]
    asked += [
        ("column_values_to_match_regex", contact, "0.9", "warning")
        for contact in CONTACTS
        if contact in declared["columns"]
    ]
    same = {"checkpoint": "raw_in", "suite": suite["suite"]}
    return suite, [
        {
            **same,
            "expectation": expectation,
            "columns": column,
            "low": first if column in times else "",
            "high": last if column in times else "",
            "values": contact_pattern(column),
            "mostly": mostly,
            "severity": severity,
        }
        for expectation, column, mostly, severity in asked
    ]


def contact_pattern(column: str) -> str:
    """The pattern that the list has for phones and e-mails; none of other columns."""
    patterns = {
        item["columns"]: item["values"]
        for item in listed("expectations")
        if item["expectation"] == "column_values_to_match_regex"
    }
    return patterns[CONTACTS[column]] if column in CONTACTS else ""


@table("quality.gx_raw_in", key=["suite", "rule"])
def gx_raw_in(world: World) -> Rows:
    """One row per expectation on the raw tables as they arrive."""

    def frame_of(suite: dict[str, str]) -> Rows:
        if suite["table"] == "order_facts":
            return [order_facts(world)]
        return raw_frame(world, suite)

    # a shop without products has none in its lines
    has_products = bool(raw_rows(world, "pos.products"))
    no_products = frozenset() if has_products else frozenset({"product_id"})
    return results("raw_in", world, frame_of, {}, no_products)


@table("quality.gx_marts_out", key=["suite", "rule"])
def gx_marts_out(world: World) -> Rows:
    """One row per expectation on the marts; the date and the share are those of the build."""
    share = world.setting("activity_high_share")

    def frame_of(suite: dict[str, str]) -> Rows:
        facts = {"mart_facts": lambda: [mart_facts(world)],
                 "published_text": lambda: published_text(world)}  # fmt: skip
        return facts.get(suite["table"], lambda: world[suite["table"]])()

    return results(
        "marts_out",
        world,
        frame_of,
        {
            ("as_of_date", "values"): str(world.as_of_date),
            ("activity_high_share", "low"): str(share),
            ("activity_high_share", "high"): str(share + 0.1),
        },
    )


@table("quality.data_quality_results", key=["checkpoint", "suite", "rule"])
def data_quality_results(world: World) -> Rows:
    """Both checkpoints, with the date of the build."""
    both = [*world["quality.gx_raw_in"], *world["quality.gx_marts_out"]]
    return [{**row, "as_of_date": world.as_of_date} for row in both]
