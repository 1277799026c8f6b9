"""Commands about the salt of keyed hashes."""

from __future__ import annotations

from one360.cli.options import KnownDataset
from one360.cli.screen import busy, output
from one360.paths import dataset_paths, project_path


def rotate(dataset: KnownDataset = "demo") -> None:
    """Key a warehouse on DuckDB by a new salt; ids of customers and history stay.

    Then run make build, which computes all tables by it and publishes them. A salt given
    as ONE360_SALT is replaced by the one in ONE360_NEXT_SALT.
    """
    from one360.runs import rotate as rotation

    with busy("keying anew"):
        done = rotation.rotate(dataset_paths(dataset), project_path())
    output.print(
        f"· {done.profiles:,} profiles, {done.logged:,} logged values and {done.decisions:,} ids "
        "in seeds are keyed by the new salt\n"
        + (
            f"· {done.unknown:,} profiles of the past have no record any more and keep their key\n"
            if done.unknown
            else ""
        )
        + f"Build and publish by it: make build DATASET={dataset}",
    )
