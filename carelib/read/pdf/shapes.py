"""What tells that rows without rules were cut wrongly: numbers that are longer or shorter than all others of their column,
a row of one or two pieces. It is asked.
"""
from __future__ import annotations

import re
from collections import Counter, defaultdict

from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.lines import split_lines
from carelib.read.pdf.rows import shape
from carelib.read.pdf.words import doubt, squeeze

DIGITS = 8                      # a value of so many digits has a length that all values of its column have
ROWS = 20                       # so many rows tell what is usual
STRAY = 2                       # a row with no more texts than this, none of them in the first column, is a piece of another
USUAL = 0.7                     # share of a column's values that have it


def usual_shapes(table: Table, last: int, rows: int = ROWS) -> dict[int, str]:
    """The shape of the values of each column that holds long numbers, as far as `rows` rows before `last` tell."""
    found: dict[int, Counter[str]] = {}
    for spot in table.spots:
        if last - rows <= spot.row < last and len(spot.text) >= DIGITS and re.search(r"\d", spot.text):
            found.setdefault(spot.col, Counter())[shape(squeeze(spot.text))] += 1
    out = {}
    for col, counts in found.items():
        text, count = counts.most_common(1)[0]
        if text.count("9") >= DIGITS and count >= max(2, USUAL * counts.total()):
            out[col] = text
    return out


def doubt_misplaced(table: Table) -> None:
    """Asks about rows in which a number has got a piece of the number of a row beside it: where the row ends was misjudged."""
    shapes = usual_shapes(table, table.rows, table.rows)
    if not shapes:
        return
    cells = {(s.row, s.col): shape(squeeze(s.text)) for s in table.spots if s.col in shapes and s.text}
    rows = {row + step for (row, col), text in cells.items() for beside in (-1, 1) for step in (0, beside)
            if _is_shifted(text, cells.get((row + beside, col), ""), shapes[col])}
    for spot in table.spots:
        if spot.row in rows and spot.text and not spot.doubt:
            spot.doubt, spot.suggestion = doubt("misplaced"), spot.text


def doubt_wrapped(table: Table) -> None:
    """Where rows are guessed: asks about texts of several lines, and those above and below them in their column. (A number that has
    the shape of all others of its column has nothing of its neighbours.)"""
    shapes = usual_shapes(table, table.rows, table.rows)
    wrapped = {(s.row, s.col) for s in table.spots if len(split_lines(s.glyphs)) > 1 and shape(squeeze(s.text)) != shapes.get(s.col)}
    for spot in table.spots:
        if spot.text and not spot.doubt and any((spot.row + step, spot.col) in wrapped for step in (-1, 0, 1)) and shape(squeeze(spot.text)) != shapes.get(spot.col):
            spot.doubt, spot.suggestion = doubt("misplaced"), spot.text


def _is_shifted(text: str, beside: str, usual: str) -> bool:
    """Whether a cell may hold a number, or a piece of one, of the cell beside it. (Two whole numbers beside a whole one: both are its own.)"""
    if re.fullmatch(rf"{re.escape(usual)}(?:[^9]+{re.escape(usual)})*", text):
        return text != usual and not beside
    more = len(text) > len(usual) and (text.startswith(usual) or text.endswith(usual))
    return text != usual and (more or sorted(text + beside) == sorted(2 * usual))


def doubt_strays(table: Table) -> None:
    """Asks about rows below the header that hold one or two texts, none in the first column, beside a row that has text there:
    they may be the rest of it.
    """
    rows: dict[int, dict[int, Spot]] = defaultdict(dict)
    for spot in table.spots:
        if spot.text and spot.row_span == 1 and spot.col_span <= 2:
            rows[spot.row][spot.col] = spot
    header = next((row for row in sorted(rows) if 0 in rows[row] and len(rows[row]) > STRAY), table.rows)
    for row in [row for row in rows if row > header and 0 not in rows[row] and len(rows[row]) <= STRAY]:
        mates = [rows[r][col] for r in (row - 1, row + 1) if header < r and r in rows for col in rows[row] if col in rows[r]]
        for spot in [*rows[row].values(), *mates] if mates else ():
            spot.doubt, spot.suggestion = spot.doubt or doubt("misplaced"), spot.suggestion or spot.text
