"""How the order tables of each channel fit together, as one row of facts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from one360.quality.expectations import CRITICAL, WARNING, between
from one360.quality.suite import FEW_ROWS, Suite, mostly_of

#: channel → header table, line table, key, time of the order
ORDER_TABLES = {
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

#: Share of order headers without a line, and of lines without a header.
MOST_UNMATCHED = 0.10

#: Lines per order on average: a weekly shop has thirty. Above it, headers are missing.
MOST_LINES_PER_ORDER = 100
#: A channel that has been silent for longer than this, while others go on, has
#: probably lost its feed: longer than any holidays, and than the quiet of a small shop.
MOST_SILENT_DAYS = 21


def order_volume_suite() -> Suite:
    """Expectations over all channels, on the row of ``order_facts``."""
    return Suite(
        name="order_volume",
        table="order_facts",
        title="Orders of all channels together: is anything there, and does it fit?",
        needs_rows=True,
        expectations=(
            # without orders what is made of them is empty, and the rest is right
            between("orders", 1, None, severity=WARNING),
            *(
                between(f"{channel}_{name}", low, high, severity=severity)
                for channel in ORDER_TABLES
                for name, low, high, severity in (
                    ("orders_without_lines", 0, MOST_UNMATCHED, CRITICAL),
                    ("lines_without_order", 0, MOST_UNMATCHED, CRITICAL),
                    ("lines_per_order", 0, MOST_LINES_PER_ORDER, WARNING),
                    ("silent_days", None, MOST_SILENT_DAYS, WARNING),
                )
            ),
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
