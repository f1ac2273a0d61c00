"""A page to blocks: its tables and the text lines around them."""
from __future__ import annotations

from carelib.read.pdf import cells, ruled
from carelib.read.pdf.cells import Table
from carelib.read.pdf.geometry import bounds
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import split_lines, text_segments
from carelib.read.pdf.page import Page



def blocks_of(page: Page) -> list[Block]:
    lattices = ruled.find(page.across, page.down, [(g.cx, g.cy) for g in page.glyphs])
    tables, rest = [], page.glyphs
    for lattice in lattices:
        spots, rest = cells.fill(lattice, rest, page.number)
        cells.write(spots)
        tables.append(Table(page.number, lattice.xs, lattice.ys, spots, "ruled", lattice.open))
    lines = []
    for line in split_lines(rest):
        pieces = text_segments(line)
        lines.append(Line(page.number, pieces, bounds(s.box for s in pieces)))
    if not tables:
        return [Block(None, lines)] if lines else []
    blocks = [Block(t) for t in tables]
    for line in lines:
        below = next((b for b in blocks if line.box.bottom <= b.table.box.top + 3), None)
        if below:
            below.above.append(line)
        else:
            blocks[-1].below.append(line)
    return blocks
