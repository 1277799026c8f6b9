"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from one360.paths import check_known, dataset_paths

DEFAULT_SCALE = 1.0
DEFAULT_SEED = 360


class Engine(StrEnum):
    """The engines that build a warehouse: the targets of profiles.yml."""

    duckdb = "duckdb"
    spark = "spark"


class Form(StrEnum):
    """How the result of a query is written."""

    table = "table"
    csv = "csv"
    json = "json"
    vertical = "vertical"


def _known(name: str) -> str:
    check_known(dataset_paths(name))
    return name


def _dataset(callback: Callable[[str], str] | None = None) -> Any:
    return typer.Option(
        "--dataset",
        "-d",
        envvar="ONE360_DATASET",
        help="Name of the data set.",
        metavar="NAME",
        callback=callback,
    )


Dataset = Annotated[str, _dataset()]
#: One that is there: commands that make none take this.
KnownDataset = Annotated[str, _dataset(_known)]
Scale = Annotated[
    float, typer.Option("--scale", "-s", help="Size of the demo: 1 = 10,000 people.", metavar="SF")
]
Seed = Annotated[int, typer.Option(help="Same seed, same data.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace raw files that this tool did not write.")
]
