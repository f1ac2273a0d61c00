"""A page to blocks: its tables and the text lines around them."""
from __future__ import annotations

from collections.abc import Sequence

from carelib.read.pdf import aside, cells, overflow, refine, regions, ruled, tabular
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.characters import UNREADABLE
from carelib.read.pdf.geometry import Box, Glyph, Rule, bounds
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import split_lines, text_segments
from carelib.read.pdf.page import Page
from carelib.read.pdf.words import doubt, grid_doubt, is_foot

TILED = 0.6                     # share of a table's text that must stand in filled shapes for them to be its cells
TILES = 5000                    # more shapes than this are a drawing


def blocks_of(page: Page) -> list[Block]:
    """The page's tables in reading order, each with its lines; a page without tables is one block of lines."""
    across, strikes = aside.split_strikes(ruled.tidy(page.across), page.glyphs)
    strikes = strikes + page.strokes
    tables, rest = _ruled_tables(page, ruled.find(across, page.down, _spots(page.glyphs)), page.glyphs, strikes)
    filled, rest = _ruled_tables(page, _tiles(page, rest, tables), rest, strikes)
    tables += filled
    found, rest = _text_tables(page, across, rest, tables)
    for table in found:
        _finish(table.spots, page, strikes)
    tables = sorted(tables + found, key=lambda t: (t.box.top, t.box.x0))
    lines = [_line(page, line) for line in split_lines(rest)]
    blocks = arrange(tables, lines)
    if page.exhausted:
        for block in blocks:
            block.doubts.append(grid_doubt("exhausted"))
    for block in blocks:
        block.doubts += page.doubts
    return blocks


def _spots(glyphs: Sequence[Glyph]) -> list[tuple[float, float]]:
    return [(g.cx, g.cy) for g in glyphs]


def _ruled_tables(page: Page, lattices: Sequence[ruled.Lattice], rest: list[Glyph],
                  strikes: Sequence[Rule]) -> tuple[list[Table], list[Glyph]]:
    """The lattices filled with text, and the text outside them. A frame around columns without rules is none of them."""
    tables = []
    for lattice in lattices:
        inside = [g for g in rest if lattice.box.holds(g.cx, g.cy)]
        if not inside or (lattice.cols == 1 and _has_columns(inside)):
            continue
        spots, rest = cells.fill(lattice, rest, page.number)
        overflow.settle(spots, inside, page.clips)
        page.clipped = overflow.reveal(spots, page.clipped, page.clips)
        table = refine.refine(Table(page.number, lattice.xs, lattice.ys, spots, "ruled", lattice.open))
        overflow.collisions(table.spots)
        cells.write(table.spots)
        _finish(table.spots, page, strikes)
        overflow.suggest(table.spots)
        tables.append(table)
    return tables, rest


def _tiles(page: Page, rest: Sequence[Glyph], tables: Sequence[Table]) -> list[ruled.Lattice]:
    """Tables whose cells are filled shapes without rules: the shapes' edges are their rules, if most text stands in shapes."""
    fills = [f for f in page.fills if f.height >= 5 and f.width >= 5
             and not any(f.shared(t.box) > 0.5 * f.width * f.height for t in tables)]
    if len(fills) < 4 or len(fills) > TILES:
        return []
    across = [Rule(y, f.x0, f.x1) for f in fills for y in (f.top, f.bottom)]
    down = [Rule(x, f.top, f.bottom) for f in fills for x in (f.x0, f.x1)]
    out = []
    for lattice in ruled.stack(ruled.find(across, down, ())):
        inside = [g for g in rest if lattice.box.holds(g.cx, g.cy)]
        tiled = sum(any(f.holds(g.cx, g.cy) for f in fills) for g in inside)
        if lattice.cols >= 2 and lattice.rows >= 3 and inside and tiled >= TILED * len(inside):
            out.append(lattice)
    return out


def _has_columns(glyphs: Sequence[Glyph]) -> bool:
    """Whether a frame without inner vertical rules holds columns of text."""
    return bool(regions.find(regions.text_lines(glyphs)))


def _text_tables(page: Page, across: Sequence[Rule], rest: list[Glyph], ruled_tables: Sequence[Table]) -> tuple[list[Table], list[Glyph]]:
    """Tables that stand in columns without rules, between the ruled ones."""
    tables: list[Table] = []
    used: set[int] = set()
    rules = [*across, *(Rule(y, f.x0, f.x1) for f in page.fills if f.height >= 5 for y in (f.top, f.bottom))]
    for zone in _zones(rest, [t.box for t in ruled_tables]):
        for region in regions.find(regions.text_lines(zone)):
            table = tabular.to_table(region, page.number, rules)
            tables.append(table)
            used |= {id(g) for s in table.spots for g in s.glyphs}
    return tables, [g for g in rest if id(g) not in used]


def _zones(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[list[Glyph]]:
    """Text in stretches of the page that no ruled table interrupts."""
    edges = sorted((b.top + b.bottom) / 2 for b in boxes)
    zones: list[list[Glyph]] = [[] for _ in range(len(edges) + 1)]
    for glyph in glyphs:
        if not any(b.top <= glyph.cy <= b.bottom for b in boxes):
            zones[sum(glyph.cy > e for e in edges)].append(glyph)
    return [z for z in zones if z]


def _finish(spots: Sequence[Spot], page: Page, strikes: Sequence[Rule]) -> None:
    """Fields, unreadable characters, strokes: what is known of a cell's glyphs becomes known of the cell."""
    if strikes:
        aside.strike(spots, strikes)
    for spot in spots:
        runs = {g.run for g in spot.glyphs}
        for run in runs & page.entries.keys():
            entry = page.entries[run]
            spot.kind = "ocr" if entry.kind == "ocr" else "field"
            spot.confidence = min(spot.confidence, entry.confidence)
            if entry.doubt and not spot.doubt:
                spot.doubt, spot.suggestion = entry.doubt, entry.suggestion
        if UNREADABLE in spot.text:
            spot.doubt = spot.doubt or doubt("unreadable")
        elif page.doubted and runs & page.doubted:
            spot.doubt = spot.doubt or doubt("font")


def _line(page: Page, glyphs: Sequence[Glyph]) -> Line:
    pieces = text_segments(glyphs)
    return Line(page.number, pieces, bounds(s.box for s in pieces))


def arrange(tables: Sequence[Table], lines: Sequence[Line]) -> list[Block]:
    """Lines to the table below them; notes and signatures, and what nothing follows, to the one above."""
    if not tables:
        return [Block(None, list(lines))] if lines else []
    blocks = [Block(t) for t in tables]
    for line in lines:
        middle = (line.box.top + line.box.bottom) / 2
        below = [b for b in blocks if b.table.box.top >= middle]
        above = [b for b in blocks if b.table.box.bottom <= middle]
        if below and not (above and is_foot(line.text)):
            min(below, key=lambda b: (b.table.box.top, b.table.box.x0)).above.append(line)
        elif above:
            max(above, key=lambda b: b.table.box.bottom).below.append(line)
        else:
            blocks[-1].below.append(line)
    return blocks
