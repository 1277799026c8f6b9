"""Commands around a build: publish it, bring it up to date, build the past, compare two."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from one360.cli.options import Dataset, Engine, KnownDataset
from one360.cli.screen import bar, busy, errors, output
from one360.errors import FAILURE, UsageError
from one360.paths import check_known, dataset_paths, project_path, shown, target_path


def build(
    dataset: Dataset = "demo",
    target: Annotated[Engine, typer.Option(help="Which engine builds.")] = Engine.duckdb,
    accept: Annotated[
        str,
        typer.Option(
            help="Sources let through this night, as in pos,crm.members.", metavar="SOURCE,…"
        ),
    ] = "",
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Compute every table whole.")
    ] = False,
) -> None:
    """Run dbt build; a failure is one line with cause and remedy.

    Another build of the data set ends it within seconds; ONE360_WAIT=600 waits up to ten minutes.
    """
    from one360.rules.project import rules_of
    from one360.runs.build import run_build

    paths, project = dataset_paths(dataset), project_path()
    rules = rules_of(project)
    if rules is None or not rules.variables.get("raw_files"):
        check_known(paths)
    output.print(f"· dbt build of {dataset} on {target.value}")
    accepted = [name.strip() for name in accept.split(",") if name.strip()]
    with bar("building") as report:
        done = run_build(paths, project, target.value, accepted, full_refresh, _warn, report)
    for warning in done.warnings:
        _warn(warning)
    output.print(f"· dbt build passed in {done.seconds:.0f} s")


def _warn(text: str) -> None:
    errors.print(f"  warning     {text}")


def publish(
    dataset: KnownDataset = "demo",
    target: Annotated[Engine, typer.Option(help="What built it.")] = Engine.duckdb,
) -> None:
    """Put the marts of the last green build before readers, in one step."""
    from one360.publish import publication

    paths = dataset_paths(dataset)
    with bar("publishing") as report:
        done = publication.publish(paths, target_path(), report, engine=target.value)
    if done.left_out:
        output.print(f"· not of this build, left out: {', '.join(done.left_out)}")
    if done.let_through:
        output.print(f"· let through: {'; '.join(done.let_through)}")
    for system in done.renumbered:
        output.print(f"· renumbered: {system}")
    _say_withheld(done.withheld)
    output.print(
        f"· {shown(done.path)}: {len(done.rows)} tables, {sum(done.rows.values()):,} rows "
        f"({done.seconds:.1f} s)"
    )


def _say_withheld(columns: Sequence[str]) -> None:
    for column in columns:
        output.print(f"· withheld: {column}")


def intraday(dataset: KnownDataset = "demo") -> None:
    """Bring customers and hot tags up to date and publish them; the night does the rest.

    What is hot is in seeds/registry/tag_catalogue.csv. The last nightly build must be
    published (make build).
    """
    from one360.runs.intraday import run_intraday

    project = project_path()
    done = run_intraday(dataset_paths(dataset), project, bar)
    published = done.publication
    _say_withheld(published.withheld)
    output.print(
        f"· {shown(published.path)}: {len(published.rows)} tables brought up to date, "
        f"{sum(published.rows.values()):,} rows ({len(done.selection.models)} models built "
        f"in {done.build_seconds:.1f} s, published in {published.seconds:.1f} s)"
    )


def backfill(
    dataset: KnownDataset = "demo",
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
    from one360.runs import backfill as past

    paths = dataset_paths(dataset)
    wanted = past.chosen_dates(first, last, every, dates)
    project = project_path()
    started = time.perf_counter()
    with bar("building", each=True) as report:
        done = past.backfill(paths, project, wanted, report, target)
    output.print(
        f"· {len(done.dates)} past dates built, {done.dates[0]} to {done.dates[-1]}, and the "
        f"current date {done.current} ({time.perf_counter() - started:.0f} s)\n"
        f"Checked and published by: make build DATASET={dataset}"
    )


def alert(
    what: Annotated[str, typer.Argument(help="One line, such as 'the night failed'.")],
    job: Annotated[str, typer.Option(help="What ran.")] = "build",
    dataset: Dataset = "demo",
) -> None:
    """Tell people by webhook or e-mail (ONE360_ALERT_…), with what failed in the last build.

    For schedulers without alerts of their own: make build || one360 alert 'the night failed'
    """
    import datetime as dt

    from one360.runs import alerts

    to = alerts.channels()
    if not (to.webhook or to.recipients):
        raise UsageError("nobody is to be told: set ONE360_ALERT_WEBHOOK or ONE360_ALERT_EMAIL")
    said = alerts.Alert(
        dataset_paths(dataset).dataset,
        job,
        alerts.without_values(what),
        alerts.failures(target_path()),
        dt.datetime.now(dt.UTC),
    )
    output.print(f"· told by {' and '.join(alerts.send(said, to))}")


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

    with busy("comparing"):
        tables = list(compare(one, other))
    for table in tables:
        if table.is_equal:
            continue
        where = f" in {', '.join(table.columns)}" if table.columns else ""
        faults = "".join(f"; {fault}" for fault in table.faults)
        output.print(
            f"{table.name}: {table.rows:,} and {table.other_rows:,} rows, "
            f"{table.differing:,} differ{where}{faults}",
        )
    equal = [table for table in tables if table.is_equal]
    output.print(
        f"{len(equal)} of {len(tables)} tables equal, {sum(table.rows for table in equal):,} rows "
        f"(floats within {FLOAT_TOLERANCE:g})"
    )
    if len(equal) < len(tables) or not tables:
        raise typer.Exit(FAILURE)
