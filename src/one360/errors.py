"""The one exception that a user is meant to read."""

from __future__ import annotations

FAILURE = 1
USAGE = 2


class One360Error(Exception):
    """Something went wrong that one line can explain.

    The command line prints the message without a traceback and exits with
    ``exit_code``: 1 when the work failed, 2 when it was asked for in a way that
    cannot work (a file that is not there, a column that does not exist).
    """

    def __init__(self, message: str, exit_code: int = FAILURE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UsageError(One360Error):
    """The request cannot work as it stands; exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, USAGE)
