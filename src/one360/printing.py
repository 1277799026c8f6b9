"""Tables as lines of plain text, drawn by rich."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

#: No line is folded: the terminal does that, and a pipe takes lines of any length.
_WIDTH = 10_000


#: What a spreadsheet takes for a formula, unless it is a number such as -5 or +8613800138000.
FORMULA = r"^[=+\-@\t\r]"
NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)*$"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def spreadsheet_cell(text: str) -> str:
    """The text of a cell of a CSV file that a spreadsheet opens; a formula is marked as text."""
    return f"'{text}" if re.match(FORMULA, text) and not re.match(NUMBER, text) else text


def plain_text(text: str) -> str:
    """A text without the control characters by which it could steer a terminal."""
    return _CONTROL.sub("\ufffd", text)


def table_lines(
    rows: Iterable[Sequence[str]], headers: Sequence[str] = (), indent: int = 2
) -> list[str]:
    """Rows as lines, a column under the other; a Chinese character is two wide.

    With ``headers`` all columns but the first are of numbers and stand to the right.
    """
    rows = list(rows)
    if not rows:
        return []
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(headers))
    for number, header in enumerate(headers):
        table.add_column(header, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(Text(" ".join(cell.split("\n"))) for cell in row))
    text = io.StringIO()
    Console(file=text, width=_WIDTH, color_system=None).print(table)
    return [f"{' ' * indent}{line}".rstrip() for line in text.getvalue().splitlines()]
