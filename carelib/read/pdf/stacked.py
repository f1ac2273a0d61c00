"""Ruled tables of one page that stand under each other in the same columns, with a line or two between, are one: a section
without a frame parts the rules of a list, not the list, and so does a row that somebody forgot to frame."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Glyph, median
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import Segment, join_text
from carelib.read.pdf.rows import woven
from carelib.read.pdf.tabular import over
from carelib.read.pdf.textline import cut, is_label
from carelib.read.pdf.words import is_foot

SAME = 2.0                      # points: two upright rules at one place
LINES = 2                       # lines between two parts of one table
LOOSE = 1.5                     # heights of a row for each of these lines
ONE_ROW = 1.6                   # heights of a row that one row without a frame takes at most
HALF, FEWEST = 0.5, 3           # share of the columns that such a row fills, and how many
FAR = 1.5                       # heights of a line: words further apart are cells
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
            or one.doubts or two.doubts or not below.above:
        return False
    if not (abs(one.xs[0] - two.xs[0]) <= SAME and all(any(abs(x - y) <= SAME for y in one.xs) for x in two.xs)):
        return False
    if _unframed(one, two, below.above):
        return True
    size = median(g.height for s in (*one.spots, *two.spots) for g in s.glyphs)
    room = LOOSE * _usual(one) * (len(below.above) + 0.2)
    return (len(below.above) <= LINES and 0 <= two.ys[0] - one.ys[-1] <= room
            and all(line.box.height <= TITLE * size and not is_foot(line.text) for line in below.above))


def _usual(table: Table) -> float:
    """The usual height of a row."""
    return median(b - a for a, b in zip(table.ys, table.ys[1:]))


def _unframed(one: Table, two: Table, lines: Sequence[Line]) -> list[list[Segment]]:
    """The rows without a frame between two parts: words that stand in the columns, in half of them at least; [] if they are none."""
    found = [[w for s in line.segments for w in cut(s.glyphs)] for line in lines]
    places = [[over(w, one.xs) for w in words] for words in found]
    if any(a != b or is_label(w.text) for words, spans in zip(found, places) for w, (a, b) in zip(words, spans)):
        return []
    if two.ys[0] - one.ys[-1] <= ONE_ROW * max(_usual(one), _usual(two)):
        found = [[w for words in found for w in words]]
    found = woven(found)
    return found if all(len({over(w, one.xs)[0] for w in words}) >= max(FEWEST, HALF * one.cols) for words in found) else []


def _cells(words: Sequence[Segment], table: Table, bottom: float, page: int) -> list[Spot]:
    """The words of a row without a frame as cells of the table's columns, below its last row."""
    glyphs: dict[int, list[Glyph]] = {}
    for word in words:
        glyphs.setdefault(over(word, table.xs)[0], []).extend(word.glyphs)
    box = {c: Box(table.xs[c], table.ys[-1], table.xs[c + 1], bottom) for c in glyphs}
    return [Spot(table.rows, c, 1, 1, page, box[c], mine, join_text(mine)) for c, mine in sorted(glyphs.items())]


def _put_under(above: Block, below: Block) -> None:
    one, two = above.table, below.table
    assert one is not None and two is not None
    rows = _unframed(one, two, below.above)
    for n, words in enumerate(rows):
        bottom = two.ys[0] if n == len(rows) - 1 else max(w.box.bottom for w in words) + 0.1
        one.spots += _cells(words, one, bottom, below.above[0].page)
        one.ys = [*one.ys, bottom]
    for line in below.above if not rows else ():
        one.spots += _row_of(line, one)
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


def _row_of(line: Line, table: Table) -> list[Spot]:
    """A line over the whole width of the table; labels and values of a card that stand far apart are cells of their own."""
    words = [w for s in line.segments for w in cut(s.glyphs)]
    spans = [over(w, table.xs) for w in words]
    far = all(b.box.x0 - a.box.x1 > FAR * a.box.height for a, b in pairwise(words))
    if len(words) > 1 and spans[0] == (0, 0) and far and all(a[1] < b[0] for a, b in pairwise(spans)) and not any(is_label(w.text) for w in words):
        return [Spot(table.rows, a, 1, b - a + 1, line.page, w.box, list(w.glyphs), w.text) for w, (a, b) in zip(words, spans)]
    return [Spot(table.rows, 0, 1, table.cols, line.page, line.box, [g for s in line.segments for g in s.glyphs], line.text)]
