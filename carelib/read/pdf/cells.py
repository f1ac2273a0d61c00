"""Cells with what is written in them, on the way from a page to a grid; knows no PDF library.

    fill(lattice, glyphs) -> (spots, rest)      a glyph belongs to the cell in which its centre lies
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.lines import join_text, split_lines
from carelib.read.pdf.ruled import Lattice, Span

ROOMY = 12.0                    # points: a cell is not padded more than this, left and right together


@dataclass
class Spot:
    """A cell in the making. `page` and `box` say where it is on the paper; `more` holds its pieces on later pages."""
    row: int
    col: int
    row_span: int
    col_span: int
    page: int
    box: Box
    glyphs: list[Glyph] = field(default_factory=list)
    text: str = ""
    kind: str = "text"
    doubt: str = ""
    suggestion: str = ""
    struck: bool = False
    confidence: float = 1.0
    more: list[Spot] = field(default_factory=list)

    @property
    def seen(self) -> list[Glyph]:
        """The glyphs that lie within the cell."""
        return [g for g in self.glyphs if self.box.holds(g.cx, g.cy)]

    @property
    def ink(self) -> Box:
        """Where it is written, within the cell."""
        return bounds(self.seen or self.glyphs).clip(self.box) if self.glyphs else self.box


@dataclass
class Table:
    """A table on one page."""
    page: int
    xs: list[float]
    ys: list[float]
    spots: list[Spot]
    kind: str                                   # 'ruled' or how it was found without: 'rows', 'columns', 'text'
    open: frozenset[str] = frozenset()
    doubts: list[str] = field(default_factory=list)
    columns: list[tuple[float, float]] = field(default_factory=list)    # without rules: where each column's text stands

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def rows(self) -> int:
        return len(self.ys) - 1

    @property
    def cols(self) -> int:
        return len(self.xs) - 1

    def row(self, number: int) -> list[Spot]:
        """The cells that begin in a row, from left to right."""
        return sorted((s for s in self.spots if s.row == number), key=lambda s: s.col)


class Finder:
    """Which cell of a lattice holds a point."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], spans: Sequence[Span]) -> None:
        self.xs, self.ys, self.cols = list(xs), list(ys), len(xs) - 1
        self.owner = [-1] * (self.cols * (len(ys) - 1))
        for i, span in enumerate(spans):
            for r in range(span.row, span.row + span.row_span):
                for col in range(span.col, span.col + span.col_span):
                    self.owner[r * self.cols + col] = i

    def at(self, x: float, y: float) -> int | None:
        """The index of the cell, or None outside the lattice."""
        col, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= col < self.cols and 0 <= row < len(self.ys) - 1:
            return self.owner[row * self.cols + col]
        return None


def fill(lattice: Lattice, glyphs: Iterable[Glyph], page: int) -> tuple[list[Spot], list[Glyph]]:
    """Every cell with its glyphs, and the glyphs outside the lattice."""
    spans = lattice.cells()
    finder = Finder(lattice.xs, lattice.ys, spans)
    spots = [Spot(*span[:4], page, span.box) for span in spans]
    rest = []
    for glyph in glyphs:
        i = finder.at((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2)
        if i is None or i < 0:
            rest.append(glyph)
        else:
            spots[i].glyphs.append(glyph)
    return spots, rest


def write(spots: Sequence[Spot]) -> None:
    """The text of every cell from its glyphs. How far lines may run is learnt from the fullest lines of the table."""
    widest = {id(s): max(line[-1].x1 - line[0].x0 for line in split_lines(s.glyphs))
              for s in spots if s.glyphs and not any(g.turn for g in s.glyphs)}
    padding = min([ROOMY] + [max(0.0, s.box.width - widest[id(s)]) for s in spots if id(s) in widest])
    for spot in spots:
        if spot.glyphs:
            room = spot.box.width - padding if id(spot) in widest else None
            spot.text = join_text(spot.glyphs, room)


def usual_height(spots: Iterable[Spot]) -> float:
    return median((g.height for s in spots for g in s.glyphs), 10.0)
