"""Raw rows as they are written down: business times become UTC, defaults are filled in.

A row is known by the day that it arrived (loaded_at): night 1 delivers what was loaded until
CUT, night 2 all rows, except those that the source has deleted meanwhile.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.python.project import raw_tables

#: The business days of the last order or visit of the two nights.
FIRST_NIGHT = dt.date(2026, 2, 14)
AS_OF = dt.date(2026, 2, 28)

#: Rows loaded until then (UTC) are there on night 1.
CUT = dt.datetime(2026, 2, 14, 20)

#: Asia/Shanghai has no summer time.
OFFSET = dt.timedelta(hours=8)

#: Price lists and the like arrived long before any sale.
LONG_AGO = dt.datetime(2024, 12, 1)

Row = dict[str, Any]


def at(days_ago: int, clock: str = "11:00") -> dt.datetime:
    """The UTC time of a clock of the business, so many days before the as-of date of night 2."""
    time = dt.time.fromisoformat(clock)
    return dt.datetime.combine(AS_OF - dt.timedelta(days=days_ago), time) - OFFSET


def _line(item: Any) -> tuple[Any, Any, Any, Any]:
    """Product, quantity, net amount and coupon of an item of a basket."""
    given = item if isinstance(item, tuple) else (item,)
    return (*given, *(1, None, 0)[len(given) - 1 :])


class Book:
    """The rows of every raw table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in raw_tables()}
        #: Rows that the source has deleted by night 2, by identity.
        self.gone: set[int] = set()
        self.prices: dict[str, Decimal] = {}

    def add(self, table: str, *, gone: bool = False, **cells: Any) -> Row:
        """One raw row; loaded_at is an hour after its last time unless given."""
        columns = raw_tables()[table]["columns"]
        unknown = sorted(set(cells) - set(columns))
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(unknown)}")
        if "loaded_at" not in cells:
            times = [cell for cell in cells.values() if isinstance(cell, dt.datetime)]
            cells["loaded_at"] = max(times) + dt.timedelta(hours=1) if times else LONG_AGO
        self.rows[table].append(cells)
        if gone:
            self.gone.add(id(cells))
        return cells

    def again(self, table: str, row: Row, **changed: Any) -> Row:
        """A further version or copy of a row."""
        return self.add(table, **{**row, **changed})

    # -- sales -------------------------------------------------------------------------

    def product(self, product_id: str, price: str, **cells: Any) -> Row:
        """A product, whose price the lines of sales take."""
        self.prices[product_id] = Decimal(price)
        return self.add("pos.products", product_id=product_id, list_price=price, **cells)

    def sale(
        self, system: str, number: str, when: dt.datetime, basket: list[Any], **cells: Any
    ) -> Row:
        """A receipt (pos) or an order (web, wechat, marketplace) with its lines.

        basket: a product each, or (product, quantity, net amount or None for the list
        price, amount paid by a third party's coupon).
        """
        key = "receipt_id" if system == "pos" else "order_id"
        lines = "pos.receipt_lines" if system == "pos" else f"{system}.order_lines"
        header = "pos.receipts" if system == "pos" else f"{system}.orders"
        time = "sold_at" if system == "pos" else "ordered_at"
        loaded_at = cells.pop("loaded_at", when + dt.timedelta(hours=1))
        gone = cells.pop("gone", False)
        total = Decimal(cells.get("shipping_amount") or 0)
        for position, item in enumerate(basket, start=1):
            product, quantity, net, coupon = _line(item)
            listed = self.prices.get(product, Decimal(10)) * Decimal(str(quantity))
            paid = listed if net is None else Decimal(str(net))
            total += paid
            self.add(
                lines, gone=gone, **{key: number}, line_no=position, product_id=product,
                quantity=quantity, list_amount=listed, net_amount=paid, coupon_amount=coupon,
                loaded_at=loaded_at,
            )  # fmt: skip
        cells = {"total_amount": total, **cells}
        if system != "pos":
            cells = {"status": "completed", "payment_method": "alipay", **cells}
        else:
            cells = {"store_id": "S1", "payment_method": "cash", **cells}
        return self.add(
            header, gone=gone, **{key: number, time: when}, loaded_at=loaded_at, **cells
        )

    def till(
        self, who: str, days_ago: int, *basket: Any, clock: str = "11:00", **cells: Any
    ) -> Row:
        """A receipt r-<who>-<days ago>."""
        number = cells.pop("number", f"r-{who}-{days_ago}")
        return self.sale("pos", number, at(days_ago, clock), list(basket), **cells)

    def web(self, who: str, days_ago: int, *basket: Any, clock: str = "20:00", **cells: Any) -> Row:
        """An order of the web shop o-<who>-<days ago>."""
        number = cells.pop("number", f"o-{who}-{days_ago}")
        return self.sale("web", number, at(days_ago, clock), list(basket), **cells)

    def mini(
        self, who: str, days_ago: int, *basket: Any, clock: str = "12:30", **cells: Any
    ) -> Row:
        """An order of the mini program x-<who>-<days ago>."""
        number = cells.pop("number", f"x-{who}-{days_ago}")
        cells = {"app_id": "mall", "payment_method": "wechat_pay", **cells}
        return self.sale("wechat", number, at(days_ago, clock), list(basket), **cells)

    def market(
        self, who: str, days_ago: int, *basket: Any, clock: str = "21:30", **cells: Any
    ) -> Row:
        """An order on the marketplace t-<who>-<days ago>, in the platform's word for its status."""
        number = cells.pop("number", f"t-{who}-{days_ago}")
        cells = {"status": "TRADE_FINISHED", **cells}
        return self.sale("marketplace", number, at(days_ago, clock), list(basket), **cells)

    # -- visits ------------------------------------------------------------------------

    def visit(
        self, cookie: str | None, start: dt.datetime, *events: Any, user: str | None = None,
        **cells: Any,
    ) -> None:  # fmt: skip
        """Events of one browser: (seconds after start, event, cells of its own) each."""
        for position, (seconds, event, *own) in enumerate(events):
            when = start + dt.timedelta(seconds=seconds)
            given = {
                "event_id": f"e-{cookie or user}-{start:%y%m%d%H%M}-{position}",
                "anonymous_id": cookie,
                "user_id": user,
                "event": event,
                "page_path": "/",
                "engaged_seconds": 10 * (position + 1),
                "device_type": "mobile",
                "occurred_at": when,
                "received_at": when + dt.timedelta(seconds=1),
            }
            self.add("web.events", **{**given, **cells, **(own[0] if own else {})})
