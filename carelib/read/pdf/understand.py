"""A page to blocks: its tables and the text lines around them."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from carelib.read.pdf import aside, banded, cells, implied, overflow, refine, regions, ruled, tabular
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Glyph, Rule, bounds
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import split_lines, text_segments
from carelib.read.pdf.page import Page
from carelib.read.pdf.textline import text_lines
from carelib.read.pdf.words import doubt, grid_doubt, is_foot

TILED = 0.6                     # share of a table's text that must stand in filled shapes for them to be its cells
WRITTEN = 0.25                  # share of written cells below which rules are a drawing if no row is written
SPARSE, THIN = 4, 0.3           # a table of so many rows and columns of text, and the share of its cells that must be written
CLOSE = 0.6                     # of a line's height: text this near below a cell may belong to it
TILES = 5000                    # more shapes than this are a drawing


def blocks_of(page: Page, before: Table | None = None) -> list[Block]:
    """The page's tables in reading order, each with its lines; a page without tables is one block of lines.

    `before`: the last table of the page before, which may go on here.
    """
    across, strikes = aside.split_strikes(ruled.tidy(page.across), page.glyphs)
    strikes = strikes + page.strokes
    down = page.down + implied.walls(page.across, page.down, page.glyphs, before.xs if before else ())
    tables, rest = _ruled_tables(page, ruled.find(across, down, _spots(page.glyphs)), page.glyphs, strikes)
    filled, rest = _ruled_tables(page, _tiles(page, rest, tables), rest, strikes)
    tables += filled
    cards, rest = _cards(page, across, down, rest, strikes)
    tables += cards
    found, rest = _text_tables(page, across, rest, tables, before)
    for table in found:
        aside.finish(table.spots, page, strikes)
    tables = sorted(tables + found, key=lambda t: (t.box.top, t.box.x0))
    lines = [_line(page, line, strikes) for line in split_lines(rest)]
    blocks = arrange(tables, lines)
    for block in blocks:
        _doubt_left_out(block)
    if page.exhausted:
        for block in blocks:
            block.doubts.append(grid_doubt("exhausted"))
    for block in blocks:
        block.doubts += page.doubts
    return blocks


def _doubt_left_out(block: Block) -> None:
    """Asks about cells of the last row without rules below which text follows so closely that it may be the rest of them."""
    table = block.table
    if table is None or not table.columns:
        return
    last = [s for s in table.spots if s.row == table.rows - 1 and s.glyphs]
    for line in block.below:
        for spot in last:
            ink = bounds(spot.glyphs)
            if 0.0 <= line.box.top - ink.bottom + 1.0 <= CLOSE * line.box.height and ink.x0 - 2.0 <= line.box.x0 and line.box.x1 <= ink.x1 + 2.0:
                spot.doubt, spot.suggestion = spot.doubt or doubt("left_over"), spot.suggestion or spot.text


def _spots(glyphs: Sequence[Glyph]) -> list[tuple[float, float]]:
    return [((g[1] + g[3]) / 2, (g[2] + g[4]) / 2) for g in glyphs]


def _ruled_tables(page: Page, lattices: Sequence[ruled.Lattice], rest: list[Glyph],
                  strikes: Sequence[Rule]) -> tuple[list[Table], list[Glyph]]:
    """The lattices filled with text, and the text outside them. A frame around columns without rules is none of them."""
    tables = []
    for lattice in lattices:
        filled = cells.fill(lattice, rest, page.number)
        spots = filled.spots
        if (lattice.rows > 1 and _is_drawing(spots)) or not filled.inside or (lattice.cols == 1 and _has_columns(filled.inside)):
            continue
        overflow.settle(filled, page.clips)
        rest = filled.outside
        page.clipped = overflow.reveal(spots, page.clipped, page.clips)
        tables.append(refine.refine(Table(page.number, lattice.xs, lattice.ys, spots, "ruled", lattice.open)))
    for table in tables:
        rest = refine.side_columns(table, rest)
        overflow.collisions(table.spots)
        overflow.crossed(table.spots)
        overflow.filled_up(table.spots)
        cells.write(table.spots)
        aside.finish(table.spots, page, strikes)
        overflow.suggest(table.spots)
    return tables, rest


def _cards(page: Page, across: Sequence[Rule], down: Sequence[Rule], rest: list[Glyph],
           strikes: Sequence[Rule]) -> tuple[list[Table], list[Glyph]]:
    """Cards with level rules only, and the glyphs outside them."""
    tables = banded.find(page.number, across, down, rest)
    for table in tables:
        cells.write(table.spots)
        aside.finish(table.spots, page, strikes)
    used = {id(g) for t in tables for s in t.spots for g in s.glyphs}
    return tables, [g for g in rest if id(g) not in used]


def _tiles(page: Page, rest: Sequence[Glyph], tables: Sequence[Table]) -> list[ruled.Lattice]:
    """Tables whose cells are filled shapes without rules: the shapes' edges are their rules, if most text stands in shapes."""
    fills = [f for f in page.fills if f.height >= 5 and f.width >= 5
             and not any(f.shared(t.box) > 0.5 * f.width * f.height for t in tables)]
    if len(fills) < 4 or len(fills) > TILES:
        return []
    across = [Rule(y, f.x0, f.x1) for f in fills for y in (f.top, f.bottom)]
    down = [Rule(x, f.top, f.bottom) for f in fills for x in (f.x0, f.x1)]
    out = []
    for lattice in ruled.find(across, down, ()):
        if lattice.cols >= 2 and lattice.rows >= 3:
            written = [s for s in cells.fill(lattice, rest, 0).spots if s.glyphs]
            tiled = [len(s.glyphs) for s in written if any(f.holds((s.box.x0 + s.box.x1) / 2, (s.box.top + s.box.bottom) / 2) for f in fills)]
            if written and sum(tiled) >= TILED * sum(len(s.glyphs) for s in written) and _in_columns(written):
                out.append(lattice)
    return out


def _in_columns(written: Sequence[Spot]) -> bool:
    """Whether most rows have text in two cells or more (shapes behind running text have not)."""
    rows = Counter(s.row for s in written)
    return 2 * sum(n >= 2 for n in rows.values()) >= len(rows)


def _is_drawing(spots: Sequence[Spot]) -> bool:
    """Rules that make hardly a cell with text in it (a chart): few cells are written, and no row of them as a header is."""
    written = [s for s in spots if s.glyphs]
    if len(spots) < 3 or len(written) >= WRITTEN * len(spots):
        return len(written) < min(2, len(spots))
    rows = {s.row for s in written}
    return not any(2 * sum(s.row == r for s in written) >= sum(s.row == r for s in spots) >= 2 for r in rows)


def _has_columns(glyphs: Sequence[Glyph]) -> bool:
    """Whether a frame without inner vertical rules holds columns of text."""
    return bool(regions.find(text_lines(glyphs)))


def _text_tables(page: Page, across: Sequence[Rule], rest: list[Glyph], ruled_tables: Sequence[Table],
                 before: Table | None) -> tuple[list[Table], list[Glyph]]:
    """Tables that stand in columns without rules, between the ruled ones."""
    tables: list[Table] = []
    used: set[int] = set()
    rules = [*across, *(Rule(y, f.x0, f.x1) for f in page.fills if f.height >= 5 for y in (f.top, f.bottom))]
    for zone in _zones(rest, [t.box for t in ruled_tables]):
        for region in _regions(page, zone, before):
            table = tabular.to_table(region, page.number, rules)
            if table.rows >= SPARSE and table.cols >= SPARSE and len(table.spots) < THIN * table.rows * table.cols:
                continue                                # the numbers along the axes of a chart
            overflow.collisions(table.spots)
            for spot in table.spots if page.unruled else ():
                spot.doubt = spot.doubt or page.unruled
            tables.append(table)
            used |= {id(g) for s in table.spots for g in s.glyphs}
    return tables, [g for g in rest if id(g) not in used]


def _regions(page: Page, zone: Sequence[Glyph], before: Table | None) -> list[regions.Region]:
    """The regions of a zone. If the first one has fewer columns than the table of the page before, which stood at the same
    place, a long text may have filled a gutter: then that table's columns are tried, if no word lies over two of them.
    """
    found = regions.find(text_lines(zone, page.down))
    if not (before and before.columns and found) or not 1 < len(found[0].columns) < len(before.columns):
        return found
    walls = [x0 - 0.5 for x0, _ in before.columns[1:]]
    again = regions.find(text_lines(zone, [*page.down, *(Rule(x, 0.0, page.height) for x in walls)]))
    if again and len(again[0].columns) == len(before.columns) and not any(
            w.box.x0 < x < w.box.x1 for line in again[0].lines for w in line.words for x in walls):
        return again
    return found


def _zones(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[list[Glyph]]:
    """Text in stretches of the page that no ruled table interrupts."""
    if not boxes:
        return [list(glyphs)] if glyphs else []
    edges = sorted((b.top + b.bottom) / 2 for b in boxes)
    zones: list[list[Glyph]] = [[] for _ in range(len(edges) + 1)]
    for glyph in glyphs:
        if not any(b.top <= glyph.cy <= b.bottom for b in boxes):
            zones[sum(glyph.cy > e for e in edges)].append(glyph)
    return [z for z in zones if z]


def _line(page: Page, glyphs: Sequence[Glyph], strikes: Sequence[Rule]) -> Line:
    pieces = text_segments(glyphs)
    return Line(page.number, pieces, bounds(s.box for s in pieces), strikes)


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
