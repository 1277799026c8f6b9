"""Commands for the rights of a person: show what is held, restrict, erase."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from one360.cli.options import KnownDataset
from one360.cli.screen import busy, output
from one360.errors import GATE, One360Error, UsageError
from one360.paths import dataset_paths, project_path, shown


def erase(
    people: Annotated[
        list[str] | None,
        typer.Argument(
            help="one_id, phone, e-mail, card or any other identifier, as in card:C100.",
            metavar="IDENTIFIER…",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase. Without: say what would go, and write nothing.")
    ] = False,
    dataset: KnownDataset = "demo",
) -> None:
    """Erase people from every file, keep later deliveries of them out, and certify it.

    Without --yes it only counts. Afterwards run make build, which computes all tables without them.
    """
    from one360.rights import erase as erasure

    paths, project = dataset_paths(dataset), project_path()
    if not yes:
        if not people:
            raise UsageError(erasure.NOBODY)
        with busy("counting what is held"):
            planned = erasure.plan(paths, project, people)
        for line in erasure.lines_of(planned):
            output.print(line)
        return
    with busy("erasing"):
        certificates = erasure.erase(paths, project, people or ())
    for certificate in certificates:
        for line in certificate.lines():
            output.print(line)
        output.print(f"Filed as {shown(certificate.path(paths))}")
    output.print(f"Compute all tables without them, and publish: make build DATASET={dataset}")
    if any(certificate.left for certificate in certificates):
        raise One360Error("traces are left in the files named above", GATE)
    # Spark alone reads its views of raw tables
    if paths.warehouse.exists() and any(each.work.unread for each in certificates):
        raise One360Error("the raw tables named above could not be read", GATE)


def export_person(
    person: Annotated[
        str,
        typer.Argument(
            help="one_id, phone, e-mail, card or any other identifier, as in card:C100.",
            metavar="IDENTIFIER",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to. Without: exports/ of the home folder.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the page: en or zh.")] = "en",
    dataset: KnownDataset = "demo",
) -> None:
    """Write all that is held of a person as JSON and as a page to read."""
    from one360.rights.export import export
    from one360.rights.page import WORDS

    if language not in WORDS:
        raise UsageError(f"there is no language {language!r}; there are: {', '.join(WORDS)}")
    with busy("gathering"):
        content, page, count = export(dataset_paths(dataset), project_path(), person, out, language)
    output.print(f"· {count:,} rows: {shown(content)}, {shown(page)}")


def restrict(
    person: Annotated[
        str,
        typer.Argument(
            help="one_id, phone, e-mail, card or any other identifier, as in card:C100.",
            metavar="IDENTIFIER",
        ),
    ],
    lift: Annotated[bool, typer.Option("--lift", help="Process her data again.")] = False,
    dataset: KnownDataset = "demo",
) -> None:
    """Store a person's data and process them no more, until it is lifted.

    It holds from the next build on: make build.
    """
    from one360.rights import restrict as restriction

    paths, project = dataset_paths(dataset), project_path()
    with busy("finding the person"):
        change = restriction.lift if lift else restriction.restrict
        one_id = change(paths, project, person)
    said = "is processed again" if lift else "is not processed"
    output.print(f"· {one_id} {said} from the next build on: make build DATASET={dataset}")


def object_to(
    person: Annotated[
        str,
        typer.Argument(
            help="one_id, phone, e-mail, card or any other identifier, as in card:C100.",
            metavar="IDENTIFIER",
        ),
    ],
    purpose: Annotated[
        str, typer.Option(help="What the person objects to, a code of seed processing_purposes.")
    ] = "marketing",
    lift: Annotated[
        bool, typer.Option("--lift", help="Let what sources say of her count again.")
    ] = False,
    dataset: KnownDataset = "demo",
) -> None:
    """Note that a person objects to a purpose, until it is lifted.

    It holds from the next build on, whatever sources say later: make build.
    """
    from one360.rights import objection

    paths, project = dataset_paths(dataset), project_path()
    with busy("finding the person"):
        change = objection.lift if lift else objection.object_to
        one_id = change(paths, project, person, purpose)
    said = f"objects to {purpose} no more" if lift else f"objects to {purpose}"
    output.print(f"· {one_id} {said} from the next build on: make build DATASET={dataset}")
