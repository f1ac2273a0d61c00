"""Free text under a heading: lines of one cell each. A line that reaches the margin of a PDF, or is long and ends no sentence,
goes on in the next one."""
from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from carelib.read.labels import is_numbered
from carelib.read.sheet import Sheet
from carelib.records import Cell

FULL = 24                       # characters of a line, where no margin is known, that may be broken at the edge of the page
SHORT = 12                      # characters of a line that may be a heading
ENDS = "。；！？;!?）)”"           # a line that ends so is no heading
NEAR = 12.0                     # points from the margin to which a full line reaches
_EDGE = re.compile(r"@[0-9.]+,[0-9.]+,([0-9.]+),")


def text_below(sheet: Sheet, heading: Cell, is_end: Callable[[Cell], bool]) -> list[Cell]:
    """The lines under a heading up to the next label (`is_end`); under a heading without a number also up to a few words that
    may be a heading too."""
    out: list[Cell] = []
    number, right = heading.row + heading.row_span, max(map(_edge, sheet.cells))
    while number in sheet.rows:
        cells = sheet.row(number)
        if len(cells) != 1 or is_end(cells[0]):
            break
        runs_on = bool(out) and right > 0 and _edge(out[-1]) >= right - NEAR
        if out and not runs_on and not is_numbered(heading.text) and heading.col_span < 3 and _may_head(cells[0], sheet):
            break
        out.append(cells[0])
        number += cells[0].row_span
    return out


def _may_head(cell: Cell, sheet: Sheet) -> bool:
    """个别化方案: a few words that are no sentence, with something below them."""
    return len(cell.text.strip()) <= SHORT and cell.text.strip()[-1:] not in ENDS and cell.row + cell.row_span in sheet.rows


def _edge(cell: Cell) -> float:
    """How far to the right a cell of a PDF reaches; 0 elsewhere."""
    return max(map(float, _EDGE.findall(cell.place)), default=0.0)


def joined(cells: list[Cell]) -> str:
    """The text of several lines; what was broken at the margin is put together again."""
    right, out = max(map(_edge, cells)), cells[0].text
    for above, cell in pairwise(cells):
        full = _edge(above) >= right - NEAR if right > 0 else len(above.text) >= FULL and not is_numbered(cell.text)
        wrapped = full and above.text.strip()[-1:] not in (*ENDS, "：", ":")
        out += ("" if wrapped else "\n") + cell.text
    return out
