"""Tables as lines of plain text, drawn by rich."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

#: No line is folded: the terminal does that, and a pipe takes lines of any length.
_WIDTH = 10_000


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
