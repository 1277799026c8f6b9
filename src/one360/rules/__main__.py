"""``python -m one360.rules check`` and ``docs``: the rules without dbt, and their tables."""

from __future__ import annotations

import sys
from pathlib import Path

from one360.rules.docs import written
from one360.rules.project import Rules
from one360.rules.seeds import SEEDS


def main(command: str = "check") -> int:
    """Check the project of the current folder, or write its docs; the exit code."""
    project = Path.cwd()
    if command == "docs":
        for path, text in written(project).items():
            path.write_text(text, encoding="utf-8")
        return 0
    found = Rules(project).faults(SEEDS)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
