"""Anyone's file of orders, as the raw tables of a till.

A row of the file is a line of an order (or a whole order). The rows become
``pos/receipts.parquet``, ``pos/receipt_lines.parquet`` and, where the file says
so, ``pos/products.csv`` and ``pos/stores.csv``; what cannot be read becomes
``import_rejects.csv``, with row number and reason. No row is lost:

    rows of the file = lines + rejected rows + rows left out on request

What is decided on the way:

* An order is what ``--order`` numbers. Without it, one customer at one time is one
  order, and a row without a customer is an order of its own.
* What is returned is a receipt of its own with negative lines, and names the
  receipt it returns where that is known: the order the line stood in, or the order
  whose number is left when the return prefix is taken off.
* A negative line of a sale, a voucher, lowers the sale; it is a return where its quantity
  is negative or the whole order comes to less than nothing.
* An order has one customer. An order number used by several customers becomes several
  receipts, and so do rows without a customer, unless ``--fill-customer`` says otherwise.
* What ``--status`` says was cancelled, not paid or paid back is no sale.
* A customer's key is compared as it is, letter by letter. A word for nobody (guest, 0) that
  several orders bear is no customer.
* Ids that a spreadsheet or a float cut stop the import; 6001.0 is 6001.
* Times without a zone are wall-clock times of ``timezone``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from one360.errors import UsageError
from one360.importers.orders.job import (
    NUMBERS,
    Job,
    OrderColumns,
    OrderOptions,
    OrdersImport,
    check_options,
)
from one360.importers.orders.receipts import make_lines, make_receipts
from one360.importers.orders.rows import validate_rows
from one360.importers.orders.sales import (
    is_told_by_values,
    note_unread_columns,
    refuse_without_money,
)
from one360.importers.orders.times import with_clock
from one360.importers.orders.values import type_values, without_marks
from one360.importers.orders.write import write_files
from one360.importers.reading import read_file

__all__ = [
    "OrderColumns",
    "OrderOptions",
    "OrdersImport",
    "import_orders",
]


def import_orders(
    file: str | Path, out_dir: str | Path, columns: OrderColumns, options: OrderOptions
) -> OrdersImport:
    """Write the raw tables of ``file`` below ``out_dir`` and return what was found.

    Raises:
        UsageError: the file, a column or too many rows of it cannot be read.
    """
    source, out = Path(file), Path(out_dir)
    if columns.amount is None and columns.price is None:
        refuse_without_money(source, columns, _header(source, columns, options))
    check_options(columns, options)
    read = read_file(
        source,
        columns.given(),
        encoding=options.encoding,
        delimiter=options.delimiter,
        sheet=options.sheet,
        # ids and names are read alike whatever sign numbers have
        signs=dict.fromkeys(NUMBERS, options.sign),
        others=(lambda _: True) if options.drop_duplicates else is_told_by_values,
    )
    if options.limit is not None:
        read.table = read.table.slice(0, options.limit)
        if read.table.num_rows:
            last = read.table["file_row"][-1].as_py()
            read.broken = [broken for broken in read.broken if broken[0] <= last]
    if columns.clock is not None:
        read.table = with_clock(read.table, options.time_format is not None)
    connection = duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        found = OrdersImport(rows=read.table.num_rows + len(read.broken), notes=[*read.notes])
        job = Job(connection, source, out, columns, options, read, found)
        connection.register("given", without_marks(read.table))
        type_values(job)
        validate_rows(job)
        note_unread_columns(job)
        make_lines(job)
        make_receipts(job)
        write_files(job)
        return found
    finally:
        connection.close()


def _header(source: Path, columns: OrderColumns, options: OrderOptions) -> Sequence[str]:
    """The names of the columns; none where the file or a column asked for cannot be read."""
    try:
        return read_file(
            source,
            columns.given(),
            encoding=options.encoding,
            delimiter=options.delimiter,
            sheet=options.sheet,
        ).header
    except UsageError:
        return ()
