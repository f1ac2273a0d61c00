"""Tables and the text lines around them to `Grid`s: what leaves this package."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from carelib.read.pdf.aside import finish
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Rule
from carelib.read.pdf.lines import Segment
from carelib.read.pdf.page import Page
from carelib.records import Cell, Grid

FEWEST = 3                      # pieces of a line that say where columns are


@dataclass
class Line:
    """A line of text outside the tables."""
    page: int
    segments: list[Segment]
    box: Box
    strikes: Sequence[Rule] = ()

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.segments)


@dataclass
class Block:
    """One logical table (or none) with the lines above and below it; becomes one Grid."""
    table: Table | None
    above: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    first_page: int = 0
    tail: list[Line | list[Spot]] = field(default_factory=list)     # what later pages repeat, in the order of the pages

    def __post_init__(self) -> None:
        self.first_page = self.first_page or min(self.pages, default=1)

    @property
    def pages(self) -> set[int]:
        """The pages from which it has something."""
        numbers = {line.page for line in self.above + self.below + self.tail_lines}
        if self.table:
            numbers |= {s.page for s in self.table.spots} | {s.page for spot in self.table.spots for s in spot.more}
            numbers.add(self.table.page)
        return numbers

    @property
    def tail_lines(self) -> list[Line]:
        return [x for x in self.tail if isinstance(x, Line)]


def to_grid(block: Block, name: str, pages: dict[int, Page]) -> Grid:
    """Rows in reading order: lines above, the table, lines below."""
    cells: list[Cell] = []
    spans: list[tuple[int, int, int, int]] = []
    xs = block.table.xs if block.table else _edges(block.above + block.below)
    row = 0
    for line in block.above:
        cells += _line_cells(line, row, xs, pages)
        row += 1
    if block.table:
        for spot in sorted(block.table.spots, key=lambda s: (s.row, s.col)):
            if spot.row_span > 1 or spot.col_span > 1:
                spans.append((row + spot.row, spot.col, spot.row_span, spot.col_span))
            if spot.text or spot.doubt:
                cells.append(_cell(spot, row, pages))
        row += block.table.rows
    for part in [*block.below, *block.tail]:
        if isinstance(part, Line):
            cells += _asked(_line_cells(part, row, xs, pages), pages[part.page].unruled)
            row += 1
        else:
            cells += [_cell(s, row, pages) for s in sorted(part, key=lambda s: (s.row, s.col)) if s.text]
            row += max((s.row + s.row_span for s in part), default=0)
    doubts = tuple(dict.fromkeys(block.doubts + (block.table.doubts if block.table else [])))
    return Grid(name, tuple(cells), spans=tuple(spans), extras=tuple(block.extras), doubts=doubts)


def _cell(spot: Spot, first: int, pages: dict[int, Page]) -> Cell:
    place = "、".join(pages[s.page].place(s.ink) for s in [spot, *spot.more])
    return Cell(first + spot.row, spot.col, spot.text, place, spot.row_span, spot.col_span, kind=spot.kind,
                doubt=spot.doubt, suggestion=spot.suggestion, struck=spot.struck, confidence=spot.confidence)


def _line_cells(line: Line, row: int, xs: Sequence[float], pages: dict[int, Page]) -> list[Cell]:
    """The segments of a line as cells of one row; their columns are those of the table that they lie over."""
    taken = 0
    cells = []
    places = [_columns(s.box, xs) for s in line.segments] if xs else [(i, i) for i in range(len(line.segments))]
    for i, (segment, (first, last)) in enumerate(zip(line.segments, places)):
        col = max(first, taken)
        limit = max(col, places[i + 1][0] - 1) if i + 1 < len(places) else last
        last = max(col, min(last, limit))
        spot = Spot(row, col, 1, last - col + 1, line.page, segment.box, list(segment.glyphs), segment.text)
        finish([spot], pages[line.page], line.strikes)
        cells.append(_cell(spot, 0, pages))
        taken = last + 1
    return cells


def _edges(lines: Sequence[Line]) -> list[float]:
    """Where no table is: the borders between the pieces of the fullest line, if it has three or more."""
    full = max((line.segments for line in lines), key=len, default=[])
    inner = [(a.box.x1 + b.box.x0) / 2 for a, b in pairwise(full)]
    return [full[0].box.x0, *inner, full[-1].box.x1] if len(full) >= FEWEST else []


def _asked(cells: list[Cell], why: str) -> list[Cell]:
    """Below a table on a scan, what is no label with its value may be what a seal left: it is no row of the list."""
    return [c if not why or "：" in c.text or ":" in c.text else replace(c, doubt=c.doubt or why) for c in cells]


def _columns(box: Box, xs: Sequence[float]) -> tuple[int, int]:
    """First and last column that a segment lies over."""
    cols = len(xs) - 1
    over = [c for c in range(cols) if min(box.x1, xs[c + 1]) - max(box.x0, xs[c]) > min(4.0, box.width / 2)]
    if over:
        return over[0], over[-1]
    return (0, 0) if box.x1 <= xs[0] else (cols, cols) if box.x0 >= xs[-1] else (0, 0)
