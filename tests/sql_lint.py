"""sqlfluff on every line of SQL that a person writes.

    python -m tests.sql_lint [--processes N] PATH …

What `sqlfluff lint` with the dbt templater does, in less than half the time, and beyond it
- functions (functions/), whose files dbt wants as expressions, are linted as selects of them;
- SQL that a macro writes into a model or test is linted as if it stood there, but for rules that
  depend on the place (OF_THE_PLACE). Statements that macros run by themselves (hooks,
  materializations, packages) are linted as they ran: tests/python/test_statements.py.

Exits with 1 if anything is found.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlfluff.core import FluffConfig, Linter, SQLBaseError
from sqlfluff.core.errors import SQLFluffSkipFile, SQLLintError
from sqlfluff.core.parser import BaseSegment
from sqlfluff.utils.reflow import ReflowSequence
from sqlfluff_templater_dbt.templater import DbtTemplater

#: Jinja before the expression of a function: values with a name.
HEADER = re.compile(
    r"\A(?:\{%-? set \w+ -?%\}.*?\{%-? endset -?%\}\n|\{%-? set \w+ =.*?-?%\}\n)*", re.DOTALL
)

#: Rules that what Jinja wrote need not follow, by the beginning of their codes.
OF_THE_PLACE = (
    "LT",  # its indentation and line ends are those of the call
    "AM04",  # all columns but some, of a CTE of the macro's
    "RF02",  # an expression does not know how many tables its caller joins
    "RF06",  # dbt quotes the names of relations
    "ST05",  # a part of a query cannot begin with CTEs of its own
)


class ProjectTemplater(DbtTemplater):
    """The dbt templater, which also finds functions."""

    def _find_node(self, fname: str, *arguments: Any) -> Any:
        path = Path(fname).resolve()
        for function in self.dbt_manifest.functions.values():
            if (Path(self.project_dir) / function.original_file_path).resolve() == path:
                return function
        return super()._find_node(fname, *arguments)


class ProjectLinter(Linter):
    """The linter, which also looks at what macros wrote."""

    @staticmethod
    def remove_templated_errors(linting_errors: list[SQLBaseError]) -> list[SQLBaseError]:
        """Leave out rules of the place in what Jinja wrote, and nothing else."""
        kept = Linter.remove_templated_errors(linting_errors)
        return [
            error
            for error in linting_errors
            if error in kept
            or (isinstance(error, SQLLintError) and not error.rule.code.startswith(OF_THE_PLACE))
        ]


def share_reflow_sequences() -> None:
    """Let the rules of layout share what each would make of the same file, half of their time."""
    made = ReflowSequence.from_root
    last: list[ReflowSequence] = []

    def from_root(root_segment: BaseSegment, config: FluffConfig) -> ReflowSequence:
        if not last or last[0].root_segment is not root_segment:
            last[:] = [made(root_segment, config)]
        (one,) = last
        return ReflowSequence(list(one.elements), root_segment, one.reflow_config, one.depth_map)

    ReflowSequence.from_root = staticmethod(from_root)


def files(paths: Sequence[str]) -> list[Path]:
    """The SQL files of some folders, long ones first."""
    found = {
        file
        for path in map(Path, paths)
        for file in (path.rglob("*.sql") if path.is_dir() else [path])
    }
    return sorted(found, key=lambda file: (-file.stat().st_size, file))


def as_statement(path: Path) -> str:
    """The text of a file, that of a function as a select."""
    text = path.read_text(encoding="utf-8")
    if path.parts[0] != "functions":
        return text
    header = HEADER.match(text)
    assert header
    return f"{text[: header.end()]}select {text[header.end() :]}"


class _Lint:
    """One process's linter; made before the processes are, so that dbt parses once."""

    linter: ProjectLinter
    times: bool

    @classmethod
    def begin(cls, times: bool) -> None:
        # that a file's config names the templater of the root, each time
        logging.getLogger("sqlfluff.linter").setLevel(logging.ERROR)
        config = FluffConfig.from_root()
        cls.linter = ProjectLinter(config)
        cls.linter.templater = templater = ProjectTemplater()
        templater.sqlfluff_config = config
        templater.project_dir = templater._get_project_dir()
        templater.profiles_dir = templater._get_profiles_dir()
        _ = templater.dbt_manifest  # parsed now, for all processes
        cls.times = times
        share_reflow_sequences()
        # trees of segments are full of cycles, and the manifest stays: a third of the time
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 50, 1000)

    @classmethod
    def own_database(cls) -> None:
        """Give a process a database file of its own: DuckDB lends one to one process."""
        credentials = cls.linter.templater.dbt_config.credentials
        path = Path(credentials.path)
        folder = path.parent / f"lint_{os.getpid()}"
        folder.mkdir()
        credentials.path = str(folder / path.name)

    @classmethod
    def file(cls, path: Path) -> list[str]:
        """What is wrong with a file, as lines."""
        started = time.process_time()
        try:
            linted = cls.linter.lint_string(
                as_statement(path),
                fname=str(path),
                config=cls.linter.config.make_child_from_path(str(path)),
            )
        except SQLFluffSkipFile as reason:
            return [f"{path}: {reason}"]
        found = []
        for error in linted.get_violations():
            segment = getattr(error, "segment", None)
            written = f" · {segment.raw[:60]!r}" if segment is not None else ""
            found.append(
                f"{path}:{error.line_no}:{error.line_pos}: {error.rule_code()} "
                f"{error.desc()}{written}"
            )
        if cls.times:
            print(f"{time.process_time() - started:.2f} s {path}", flush=True)
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Lint and print; 1 if anything is found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="+", help="folders and files")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--times", action="store_true", help="print the seconds of each file")
    options = parser.parse_args(arguments)
    _Lint.begin(options.times)
    found = 0
    for lines in _results(files(options.paths), options.processes):
        found += len(lines)
        if lines:
            print("\n".join(lines), flush=True)
    gc.unfreeze()  # DuckDB says at the end what of it was not let go of
    return 1 if found else 0


def _results(paths: list[Path], processes: int) -> Iterator[list[str]]:
    if processes == 1:
        yield from map(_Lint.file, paths)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("fork"), initializer=_Lint.own_database
    ) as pool:
        yield from pool.map(_Lint.file, paths)


if __name__ == "__main__":
    sys.exit(main())
