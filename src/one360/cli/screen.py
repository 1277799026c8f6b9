"""What a command says: its results on stdout, how it goes and what is wrong on stderr.

On a terminal a long command shows a bar or a sign; in a log it says a plain line now and then.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

# what is said holds paths and names of others, which are never markup
output = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

#: Seconds after which a log is told that something is being done, and how often then.
FIRST, AGAIN = 5.0, 30.0


@contextlib.contextmanager
def busy(doing: str, first: float = FIRST, again: float = AGAIN) -> Iterator[None]:
    """Say that something is being done while the block lasts: a sign, or a line now and then.

    Args:
        doing: in words.
        first: seconds after which a log has its first line.
        again: seconds between lines.
    """
    if errors.is_terminal:
        with errors.status(Text(doing)):
            yield
        return
    ended, began = threading.Event(), time.monotonic()

    def tell() -> None:
        wait = first
        while not ended.wait(wait):
            errors.print(f"· {doing} ({time.monotonic() - began:.0f} s)")
            wait = again

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def counted(done: float, total: float) -> str:
    """How much is done: so many of so many, or a share."""
    return f"{done:.0f} of {total:.0f}" if total > 1 else f"{100 * done / (total or 1):.0f} %"


class PlainLines:
    """Lines of how far something is, for a log: at most one in so many seconds.

    Args:
        title: what is done, in words.
        clock: seconds.
        each: every step has a line.
    """

    def __init__(self, title: str, clock: Callable[[], float], each: bool = False) -> None:
        self._title = title
        self._clock = clock
        self._each = each
        self._next = clock() + FIRST
        # when the first count was told, and what it was
        self._first: tuple[float, float] | None = None

    def line(self, what: str, done: float, total: float) -> str | None:
        """The line for a step, or None where it is too soon for one."""
        now = self._clock()
        if self._first is None and total > 0:
            self._first = now, done
        if not self._each and now < self._next:
            return None
        self._next = now + AGAIN
        said = f"· {self._title}: {what}" if what else f"· {self._title}"
        if self._first is None or total <= 0:
            return said
        began, before = self._first
        left = (now - began) * (total - done) / (done - before) if done > before else None
        # of steps that are each told the one that begins is counted
        count = f"{done + 1:.0f} of {total:.0f}" if self._each else f"{counted(done, total)} done"
        return f"{said} ({count}" + (f", about {left:.0f} s left)" if left else ")")


@contextlib.contextmanager
def bar(title: str, each: bool = False) -> Iterator[Callable[..., None]]:
    """How far something is, with count and time left; yields report(what, done, total).

    A bar on a terminal, and in a log a plain line now and then, or with ``each`` for every step.
    """
    with Progress(
        TextColumn(title, markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]} {task.description}", markup=False),
        TimeElapsedColumn(),
        TextColumn("left:", markup=False),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None, count="")
        lines = PlainLines(title, time.monotonic, each)

        def report(what: str, done: float, total: float = 1.0) -> None:
            if errors.is_terminal:
                progress.update(
                    task,
                    description=what,
                    completed=done,
                    total=total,
                    count=counted(done, total),
                )
            elif line := lines.line(what, done, total):
                errors.print(line)

        yield report
