"""Commands about who is who: try rules, measure how well records are joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from one360.cli.options import KnownDataset
from one360.cli.screen import busy, output
from one360.errors import UsageError
from one360.paths import dataset_paths, project_path
from one360.printing import table_lines

if TYPE_CHECKING:
    from one360.identity.labelled import MethodScores


def dry_run(
    dataset: KnownDataset = "demo",
    variables: Annotated[
        str | None, typer.Option("--vars", help="dbt variables, as of dbt's --vars.")
    ] = None,
    examples: Annotated[int, typer.Option(help="How many to show of each kind.", min=0)] = 5,
) -> None:
    """Say what the rules and decisions in the seeds would do, and write nothing.

    Edit seeds/identity/identifier_types.csv (or another seed of rules), then run this.
    """
    from one360.runs import dry_run as trial

    project = project_path()
    with busy("trying the rules"):
        found = trial.dry_run(dataset_paths(dataset), project, variables, examples)
    output.print(f"customers: {found.customers_before:,} → {found.customers_after:,}")
    for kind, count in found.counts.items():
        output.print(f"{kind}: {count:,}")
        for line in found.examples[kind]:
            output.print(f"    {line}")


def explain(
    record: Annotated[
        str,
        typer.Argument(
            help="profile_id, or type and own key as in 'crm_member M123'.", metavar="RECORD"
        ),
    ],
    other: Annotated[
        str | None,
        typer.Argument(help="Another record. Without: the customer's first.", metavar="OTHER"),
    ] = None,
    dataset: KnownDataset = "demo",
) -> None:
    """Say by which shared values two records are one customer, or why they are two."""
    from one360.identity.explain import explain

    with busy("looking the records up"):
        lines = list(explain(dataset_paths(dataset), record, other))
    for line in lines:
        output.print(line)


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
    gender: Annotated[str | None, typer.Option(help="Column: gender.")] = None,
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
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            help="Column: anything else that is known, as occupation or a set of words; repeat "
            "for more."
        ),
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="How many of the worst clusters to list.")] = 5,
) -> None:
    """Assess the identity engine on your own labelled records.

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
        "gender": gender,
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
        attributes=tuple(attribute or ()),
    )
    frame, people = read_records(file, columns)
    with busy(f"joining the {len(people):,} records of {file.name}"):
        rows, reason = evaluate(frame, people, worst=worst)
    output.print(f"{len(people):,} records of {len(set(people)):,} people in {file.name}")
    if reason:
        output.print(f"exact keys only: {reason}")
    for line in score_lines(rows):
        output.print(line)
    for cluster in rows[1].worst if len(rows) > 1 else ():
        parts = ", ".join(f"{label} ({size})" for label, size in cluster.parts[:6])
        more = " …" if len(cluster.parts) > 6 else ""
        output.print(
            f"  {cluster.kind:<6} {cluster.label}: {cluster.records} records, "
            f"{cluster.wrong_pairs} wrong pairs: {parts}{more}",
        )


def score_lines(rows: Sequence[MethodScores]) -> list[str]:
    """A table of scores as lines of text: precision, recall and F1 of both kinds."""
    scores = [f"{kind}\n{name}" for kind in ("pairwise", "B-cubed") for name in ("P", "R", "F1")]
    return table_lines(
        [
            (
                row.method,
                *(
                    f"{score:.5f}"
                    for kind in (row.pairwise, row.b_cubed)
                    for score in (kind.precision, kind.recall, kind.f1)
                ),
                f"{row.customers:,}",
                f"{row.seconds:.1f}",
            )
            for row in rows
        ],
        headers=["", *scores, "customers", "s"],
        indent=0,
    )
