"""dbt as a person runs it, without what it does again in vain and without its log of level debug.

    python -m tests.quick_dbt build --log-level warn

The small build of `make test` in two thirds of the time: what is left out is in
tests/python/dbt_process.py.
"""

from __future__ import annotations

import gc
import sys

from dbt.cli.main import dbtRunner

from tests.python.dbt_process import exit_code, leave_out_debug_events, make_dbt_quick


def main(words: list[str]) -> int:
    """Run a command; 0 if it succeeds, 1 if something failed, 2 if it could not run."""
    make_dbt_quick()
    leave_out_debug_events()
    gc.disable()
    result = dbtRunner().invoke(words)
    if result.exception:
        print(result.exception, file=sys.stderr)
    return exit_code(result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
