"""Commands about rules and variables."""

from __future__ import annotations

from typing import Annotated

import typer

from one360.errors import One360Error
from one360.paths import project_path


def check(
    variables: Annotated[
        str | None, typer.Option("--vars", help="dbt variables, as of dbt's --vars.")
    ] = None,
) -> None:
    """Check seeds and variables as dbt does when it starts, without dbt."""
    from one360.rules.project import Rules, read_mapping
    from one360.rules.seeds import SEEDS

    found = Rules(project_path(), read_mapping(variables or "")).faults(SEEDS)
    if found:
        raise One360Error("\n".join(found))


def docs() -> None:
    """Write the tables of docs/variables.md and docs/rules.md."""
    from one360.rules.docs import written

    for path, text in written(project_path()).items():
        path.write_text(text, encoding="utf-8")
