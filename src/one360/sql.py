"""Names and values in the text of an SQL statement."""

from __future__ import annotations


def literal(value: object) -> str:
    """A text or path as a string of SQL, quotes within it doubled."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a table or column that may be any text."""
    return '"' + name.replace('"', '""') + '"'


def file_literal(path: object) -> str:
    """A file as a string of SQL for DuckDB's readers, which take ``*``, ``?`` and ``[`` for globs.

    A place behind a URL is left as it is.
    """
    text = str(path)
    if "://" in text:
        return literal(text)
    return literal("".join(f"[{letter}]" if letter in "[*?" else letter for letter in text))
