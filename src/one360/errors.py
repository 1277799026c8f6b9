"""The exceptions that a user is meant to read, and the words they are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: Exit codes: the work failed; it was asked for in a way that cannot work; a gate stopped it,
#: so a person has to look at the data; another process is in the way, so it helps to wait; the
#: disk or the memory is full; it was interrupted.
FAILURE = 1
USAGE = 2
GATE = 3
BUSY = 4
RESOURCES = 5
INTERRUPTED = 130


class One360Error(Exception):
    """Something went wrong that one line can explain.

    The command line prints the message without a traceback and exits with
    ``exit_code``, one of those above.
    """

    def __init__(self, message: str, exit_code: int = FAILURE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UsageError(One360Error):
    """The request cannot work as it stands; exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, USAGE)


def one_line(text: object, most: int = 200) -> str:
    """A message of some library in one line of at most so many characters."""
    return " ".join(str(text).split())[:most]


def did_you_mean(value: object, known: Iterable[str]) -> str:
    """``; did you mean …?`` where one of the known names is near the value, or nothing."""
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(value).strip().lower(), names, 1)
    return f"; did you mean {names[near[0]]}?" if near else ""
