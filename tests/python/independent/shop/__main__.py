"""Writes the raw files of the shop of every kind of row into a folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.python.independent.shop import DATASET, VARIABLES, write


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.python.independent.shop",
        description=f"{__doc__} dbt builds them with --vars '{json.dumps(VARIABLES)}'.",
    )
    parser.add_argument("folder", type=Path, help=f"e.g. raw/{DATASET}")
    parser.add_argument("--night", type=int, choices=(1, 2), default=2)
    options = parser.parse_args()
    write(options.folder, options.night)


if __name__ == "__main__":
    main()
