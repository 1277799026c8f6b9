"""What dbt calls at the start of a command: the rules of the project are checked first."""

from __future__ import annotations

import os
from pathlib import Path

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin

from one360.rules.project import rules_of
from one360.rules.seeds import SEEDS

#: Commands that neither read rules nor prepare a build.
OTHERS = ("clean", "debug", "deps", "init", "run-operation", "serve")


class RulesCheck(dbtPlugin):
    """Stops a command before dbt has read a model, whatever the engine.

    Whether one360 is the project that dbt runs or a package of it is the same.
    """

    def initialize(self) -> None:
        """Check variables and seeds.

        Raises:
            ValueError: there are faults, one line each.
        """
        flags = get_flags()
        project = Path(getattr(flags, "PROJECT_DIR", None) or ".")
        if getattr(flags, "WHICH", None) in OTHERS:
            return
        rules = rules_of(project, getattr(flags, "VARS", None))
        if rules is None:
            return
        found = [*threads_faults(os.environ.get("ONE360_THREADS")), *rules.faults(SEEDS)]
        if found:
            raise ValueError("\n".join(found))


def threads_faults(threads: str | None) -> list[str]:
    """What is wrong with ONE360_THREADS; the profile itself refuses what is no number."""
    if threads is None or (threads.isdecimal() and int(threads) > 0):
        return []
    return [f"ONE360_THREADS is {threads}; allowed is a whole number from 1"]
