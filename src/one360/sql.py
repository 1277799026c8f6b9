"""Names and values in the text of an SQL statement."""

from __future__ import annotations


def literal(value: object) -> str:
    """A text or path as a string of SQL, quotes within it doubled."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a table or column that may be any text."""
    return '"' + name.replace('"', '""') + '"'
