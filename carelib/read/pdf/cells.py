"""Cells with what is written in them, on the way from a page to a grid; knows no PDF library.

    fill(lattice, glyphs, page) -> Filled       a glyph belongs to the cell in which its centre lies
    write(spots)                                 their texts
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.geometry import Box, Glyph, bounds
from carelib.read.pdf.lines import join_lines, upright_lines
from carelib.read.pdf.ruled import Lattice

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
    loose: bool = False                         # cut out of a wide cell: no rules part it from its neighbours
    more: list[Spot] = field(default_factory=list)

    @property
    def seen(self) -> list[Glyph]:
        """The glyphs that lie within the cell."""
        x0, top, x1, bottom = self.box
        return [g for g in self.glyphs if x0 <= (g[1] + g[3]) / 2 <= x1 and top <= (g[2] + g[4]) / 2 <= bottom]

    @property
    def ink(self) -> Box:
        """Where it is written, within the cell."""
        if not self.glyphs:
            return self.box
        around = bounds(self.glyphs)
        return around if around.inside(self.box) else bounds(self.seen or self.glyphs).clip(self.box)


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


@dataclass
class Filled:
    """The cells of a lattice with what is written in them. `homes[i]` is the cell of `glyphs[i]`, -1 outside the lattice."""
    spots: list[Spot]
    glyphs: list[Glyph]
    homes: list[int]

    @property
    def inside(self) -> list[Glyph]:
        return [g for g, home in zip(self.glyphs, self.homes) if home >= 0]

    @property
    def outside(self) -> list[Glyph]:
        return [g for g, home in zip(self.glyphs, self.homes) if home < 0]


def fill(lattice: Lattice, glyphs: Iterable[Glyph], page: int) -> Filled:
    """Every glyph goes to the cell in which its centre lies; the order of the content is kept."""
    spans = lattice.cells()
    xs, ys, cols, rows = lattice.xs, lattice.ys, lattice.cols, lattice.rows
    owner = [0] * (cols * rows)
    for i, span in enumerate(spans):
        for r in range(span.row, span.row + span.row_span):
            for col in range(span.col, span.col + span.col_span):
                owner[r * cols + col] = i
    out = Filled([Spot(*span[:4], page, span.box) for span in spans], list(glyphs), [])
    for glyph in out.glyphs:
        _, x0, top, x1, bottom, _, _ = glyph
        col, row = bisect_right(xs, (x0 + x1) / 2) - 1, bisect_right(ys, (top + bottom) / 2) - 1
        if 0 <= col < cols and 0 <= row < rows:
            home = owner[row * cols + col]
            out.homes.append(home)
            out.spots[home].glyphs.append(glyph)
        else:
            out.homes.append(-1)
    return out


def write(spots: Sequence[Spot]) -> None:
    """The text of every cell from its glyphs. How far lines may run is learnt from the fullest lines of the table."""
    written = [(s, upright_lines(s.glyphs)) for s in spots if s.glyphs]
    flat = {id(s) for s, _ in written if not any(g[6] for g in s.glyphs)}
    padding = min([ROOMY] + [max(0.0, s.box.width - max(line[-1][3] - line[0][1] for line in lines))
                             for s, lines in written if id(s) in flat])
    for spot, lines in written:
        spot.text = join_lines(lines, spot.box.width - padding if id(spot) in flat else None)
