"""What a command says: its results on stdout, how it goes and what is wrong on stderr."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

# what is said holds paths and names of others, which are never markup
output = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def busy(doing: str) -> Any:
    """A sign on a terminal that something is being done, while the block lasts."""
    return errors.status(Text(doing))


@contextlib.contextmanager
def bar(title: str) -> Iterator[Any]:
    """A progress bar on a terminal, nothing elsewhere; yields report(what, done, total)."""
    with Progress(
        TextColumn(title, markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.description}", markup=False),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)

        def report(what: str, done: float, total: float = 1.0) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield report
