"""Commands that show what was published."""

from __future__ import annotations

import itertools
from typing import Annotated

import typer

from one360.cli.options import Form, KnownDataset
from one360.cli.screen import busy, output
from one360.paths import dataset_paths, target_path


def summary(dataset: KnownDataset = "demo") -> None:
    """Say in a few lines what was built, what was rejected and where to query it."""
    from one360.published.summary import summarise

    for line in summarise(dataset_paths(dataset), target_path()):
        output.print(line)


def query(
    sql: Annotated[str, typer.Argument(help='As in "select * from core.customers limit 5".')],
    dataset: KnownDataset = "demo",
    form: Annotated[
        Form, typer.Option("--format", "-f", help="How the result is written.")
    ] = Form.table,
) -> None:
    """Run one query on the published file and show the result; it can read nothing else."""
    from one360.published.query import query_lines

    lines = query_lines(dataset_paths(dataset), sql, form.value)
    with busy("running the query"):
        first = list(itertools.islice(lines, 1))
    for line in itertools.chain(first, lines):
        print(line)


def customer(
    one_id: Annotated[str, typer.Argument(help="The customer.", metavar="ONE_ID")],
    tag: Annotated[
        str | None, typer.Option(help="Code or name of a tag: say why it has its value.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    dataset: KnownDataset = "demo",
) -> None:
    """Show a published customer: who it is, its tags, and with --tag why one has its value."""
    from one360.published.portrait import portrait

    for line in portrait(dataset_paths(dataset), one_id, tag, language):
        output.print(line)
