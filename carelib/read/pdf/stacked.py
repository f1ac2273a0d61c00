"""Ruled tables of one page that stand under each other in the same columns, with a line or two between, are one: a section
without a frame parts the rules of a list, not the list."""
from __future__ import annotations

from collections.abc import Sequence

from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import median
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.words import is_foot

SAME = 2.0                      # points: two upright rules at one place
LINES = 2                       # lines between two parts of one table
LOOSE = 1.5                     # heights of a row for each of these lines
TITLE = 1.2                     # of the usual height of a table's text: a line set larger is a title


def join_stacked(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page, tables that are parts of one joined."""
    out: list[Block] = []
    for block in blocks:
        if out and _goes_on(out[-1], block):
            _put_under(out[-1], block)
        else:
            out.append(block)
    return out


def _goes_on(above: Block, below: Block) -> bool:
    one, two = above.table, below.table
    if one is None or two is None or one.kind != "ruled" or two.kind != "ruled" or above.below or above.doubts or below.doubts \
            or one.doubts or two.doubts or not 0 < len(below.above) <= LINES:
        return False
    high = median(b - a for a, b in zip(one.ys, one.ys[1:]))
    size = median(g.height for s in (*one.spots, *two.spots) for g in s.glyphs)
    room = LOOSE * high * (len(below.above) + 0.2)
    return (abs(one.xs[0] - two.xs[0]) <= SAME and all(any(abs(x - y) <= SAME for y in one.xs) for x in two.xs)
            and 0 <= two.ys[0] - one.ys[-1] <= room
            and all(line.box.height <= TITLE * size and not is_foot(line.text) for line in below.above))


def _put_under(above: Block, below: Block) -> None:
    one, two = above.table, below.table
    assert one is not None and two is not None
    for line in below.above:
        one.spots.append(_row_of(line, one))
        one.ys = [*one.ys, max(line.box.bottom, one.ys[-1] + 0.1)]
    first = one.rows
    at = [min(range(len(one.xs)), key=lambda i: abs(one.xs[i] - x)) for x in two.xs]
    for spot in two.spots:
        spot.col_span = at[spot.col + spot.col_span] - at[spot.col]
        spot.row, spot.col = first + spot.row, at[spot.col]
    one.spots += two.spots
    one.ys = [*one.ys, *two.ys[1:]]
    above.below = below.below
    above.extras += below.extras
    above.tail += below.tail


def _row_of(line: Line, table: Table) -> Spot:
    """A line over the whole width of the table."""
    return Spot(table.rows, 0, 1, table.cols, line.page, line.box, [g for s in line.segments for g in s.glyphs], line.text)
