"""Ruled tables whose rules leave something out: rows or columns of text within one ruled cell are cut apart."""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from carelib.read.pdf import rows
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.columns import NARROW
from carelib.read.pdf.fields import BOXES
from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.lines import Segment, em, join_text, segments, split_lines
from carelib.read.pdf.rows import Cuts
from carelib.read.pdf.tabular import over
from carelib.read.pdf.textline import LONG, bits, cut, gaps, is_label, make_line
from carelib.read.pdf.words import grid_doubt

FULL = 0.6                      # share of the columns that a line must fill, and of the lines that must be full
OUTER = 200.0                   # points: how far beside the rules a column without rules may reach
ROOM = 0.3                      # em: Chinese and Latin within one text are this far apart
FEW = 6                         # a table with more ruled rows than this has rules enough


def refine(table: Table) -> Table:
    return split_columns(split_bands(split_wide(table)))


def split_wide(table: Table) -> Table:
    """Cells over several columns whose words stand in those columns, one here, one there: rows without inner rules. Boxes to
    tick with their words are one answer."""
    out: list[Spot] = []
    for spot in table.spots:
        lines = [cut(line) for line in split_lines(spot.glyphs)] if spot.col_span >= 3 else []
        words = [w for line in lines for w in line]
        places = [over(w, table.xs) for w in words]
        used = {first for first, _ in places}
        whites = [(b.box.x0 - a.box.x1) / em(a.glyphs[0]) for line in lines for a, b in pairwise(line)]
        close = bool(whites) and max(whites) < ROOM                     # 新河村 8 组
        if len(used) < 2 or close or any(is_label(w.text) or w.text[0] in BOXES or a != b or _sticks_out(w, table.xs, a) for w, (a, b) in zip(words, places)):
            out.append(spot)
            continue
        for col in range(spot.col, spot.col + spot.col_span):
            box = Box(table.xs[col], spot.box.top, table.xs[col + 1], spot.box.bottom)
            glyphs = [g for w, (a, _) in zip(words, places) if a == col for g in w.glyphs]
            out.append(Spot(spot.row, col, spot.row_span, 1, spot.page, box, glyphs, doubt=spot.doubt, loose=True))
    table.spots = sorted(out, key=lambda s: (s.row, s.col))
    return table


def _sticks_out(word: Segment, xs: Sequence[float], col: int) -> bool:
    return word.box.x0 < xs[col] - 2.0 or word.box.x1 > xs[col + 1] + 2.0


def split_bands(table: Table) -> Table:
    """A ruled table without rules between its records: bands with several records are cut into rows."""
    row = 0
    while row < table.rows:
        cuts = _band_cuts(table, row)
        if cuts and len(cuts.ys) > 2:
            cut_row(table, row, cuts)
            row += len(cuts.ys) - 2
        row += 1
    return table


def _band_cuts(table: Table, row: int) -> Cuts | None:
    """Cuts within a ruled row: between serial numbers, or between lines that each fill most columns."""
    band = sorted((s for s in table.spots if s.row == row and s.glyphs), key=lambda s: s.col)
    if len(band) < 2 or any(s.row_span > 1 for s in band) or not any(_is_tall(s) for s in band):
        return None
    words = {id(s): [w for line in split_lines(s.glyphs) for w in cut(line)] for s in band}
    top, bottom = table.ys[row], table.ys[row + 1]
    for spot in band[:2]:
        anchors = rows.serials(words[id(spot)])
        if anchors and len(anchors) == len(words[id(spot)]):
            if _is_one_number(table, spot):
                return None
            dense = [w for ws in words.values() if len(ws) >= FULL * len(anchors) for w in ws]
            return _from_top(table, rows.by_serials(dense, anchors, top, bottom, []), anchors[0][0])
    for spot in band:
        anchors = rows.alike(words[id(spot)])
        if anchors and len(words[id(band[0])]) >= len(anchors):
            dense = [w for ws in words.values() if len(ws) >= FULL * len(anchors) for w in ws]
            labels = [m for w in words[id(spot)] if (m := (w.box.top + w.box.bottom) / 2) < anchors[0][0]]
            cuts = rows.by_serials(dense, anchors, top, bottom, labels)
            return cuts if labels else _from_top(table, cuts, anchors[0][0])
    if at := _rest_above(table, row, band):
        return Cuts([top, at, bottom], True)
    if table.rows > FEW or band[0].col > 0 or not _is_many(band):
        return None
    lines = [make_line(cut(line)).words for line in split_lines([g for s in band for g in s.glyphs])]
    cuts = rows.by_white(lines, top, bottom, (band[0].box.x0, band[0].box.x1), len(band))
    return Cuts(cuts.ys, False)


def _from_top(table: Table, cuts: Cuts, first: float) -> Cuts:
    """On the first page the first record of a band begins at its upper rule: no page break has left anything above it."""
    return cuts if table.page > 1 else Cuts([cuts.ys[0], *(y for y in cuts.ys if y > first)], cuts.sure)


def _is_one_number(table: Table, spot: Spot) -> bool:
    """Whether the digits below each other in a cell are one serial number, set in a narrow column: the one after that of
    the row above, or before that of the row below.
    """
    texts = {s.row: "".join(g.char for line in split_lines(s.glyphs) for g in line) for s in table.spots
             if s.col == spot.col and abs(s.row - spot.row) <= 1 and s.glyphs}
    mine, above, below = (texts.get(spot.row + step, "") for step in (0, -1, 1))
    return mine.isdecimal() and ((above.isdecimal() and int(above) + 1 == int(mine)) or (below.isdecimal() and int(below) - 1 == int(mine)))


def _rest_above(table: Table, row: int, band: Sequence[Spot]) -> float | None:
    """Where the rest of a record that a page break cut stands above the first record of the page, in one ruled row.

    Then the cells hang from the line of the number, and other lines stand above it.
    """
    key = next((s for s in band[:2] if rows.is_number(join_text(s.glyphs))), None)
    if key is None or not key.loose or any(rows.is_number(join_text(s.glyphs)) for s in table.spots if s.row < row and s.col <= 1 and s.glyphs):
        return None
    line = median(g.cy for g in key.glyphs)
    size = em(key.glyphs[0])
    others = [s for s in band if s is not key]
    above = [g for s in others for g in s.glyphs if g.cy < line - 0.6 * size]
    hanging = all(any(abs(g.cy - line) <= 0.35 * size for g in s.glyphs) or all(g.cy < line for g in s.glyphs) for s in others)
    centred = all(abs((min(g.cy for g in s.glyphs) + max(g.cy for g in s.glyphs)) / 2 - line) <= 0.35 * size for s in others)
    below = any(g.cy > line + 0.6 * size for s in others for g in s.glyphs)
    if not above or centred or not hanging:
        return None
    if not below:                                           # or else the cells stand on that line
        table.doubts.append(grid_doubt("rows"))
    return (max(g.bottom for g in above) + line - 0.5 * size) / 2


def _is_tall(spot: Spot) -> bool:
    """Whether a cell has more than one line."""
    return max(g[4] for g in spot.glyphs) - min(g[2] for g in spot.glyphs) > 1.6 * (spot.glyphs[0][4] - spot.glyphs[0][2])


def _is_many(band: Sequence[Spot]) -> bool:
    """Whether a ruled row holds several records: at least three lines, most of them in most columns, the first among them."""
    counts: dict[int, set[int]] = {}
    lines = split_lines([g for s in band for g in s.glyphs])
    owner = {id(g): s.col for s in band for g in s.glyphs}
    for i, line in enumerate(lines):
        counts[i] = {owner[id(g)] for g in line}
    full = [cols for cols in counts.values() if len(cols) >= FULL * len(band)]
    return len(full) >= 3 and len(full) >= FULL * len(lines) and sum(band[0].col in cols for cols in full) >= 3


def cut_row(table: Table, row: int, cuts: Cuts) -> None:
    """Replaces a row by several; a glyph goes to the part in which its middle lies."""
    more = len(cuts.ys) - 2
    band = [s for s in table.spots if s.row == row]
    others = [s for s in table.spots if s.row != row]
    for spot in others:
        if spot.row > row:
            spot.row += more
        elif spot.row + spot.row_span > row:
            spot.row_span += more
    for spot in band:
        for i, (low, high) in enumerate(zip(cuts.ys, cuts.ys[1:])):
            box = Box(spot.box.x0, low, spot.box.x1, high)
            glyphs = [g for g in spot.glyphs if low <= g.cy < high or (i == 0 and g.cy < low) or (i == more and g.cy >= high)]
            others.append(Spot(row + i, spot.col, 1, spot.col_span, spot.page, box, glyphs, doubt=spot.doubt))
    table.spots = sorted(others, key=lambda s: (s.row, s.col))
    table.ys = table.ys[:row] + cuts.ys + table.ys[row + 2:]
    if not cuts.sure:
        table.doubts.append(grid_doubt("rows"))


def side_columns(table: Table, rest: Sequence[Glyph]) -> list[Glyph]:
    """Text close beside most rows of a ruled table is a column of it that no rule encloses. Returns what is left."""
    for left in (True, False):
        edge = table.xs[0] if left else table.xs[-1]
        by_row: dict[int, list[Glyph]] = {}
        for line in split_lines([g for g in rest if table.ys[0] < g.cy < table.ys[-1]]):
            for piece in segments(line, 1.0):
                near = edge - OUTER <= piece.box.x0 and piece.box.x1 <= edge + 2.0 if left else \
                    edge - 2.0 <= piece.box.x0 and piece.box.x1 <= edge + OUTER
                if near and len(piece.text) <= LONG:
                    by_row.setdefault(bisect_right(table.ys, piece.glyphs[0].cy) - 1, []).extend(piece.glyphs)
        if len(by_row) < max(2, FULL * table.rows):
            continue
        beside = [g for glyphs in by_row.values() for g in glyphs]
        far = bounds(beside)
        _add_side(table, by_row, far.x0 - 2.0 if left else far.x1 + 2.0, left)
        used = {id(g) for g in beside}
        rest = [g for g in rest if id(g) not in used]
    return list(rest)


def _add_side(table: Table, by_row: dict[int, list[Glyph]], at: float, left: bool) -> None:
    table.xs = [at, *table.xs] if left else [*table.xs, at]
    if left:
        for spot in table.spots:
            spot.col += 1
    col = 0 if left else table.cols - 1
    for row, glyphs in by_row.items():
        box = Box(table.xs[col], table.ys[row], table.xs[col + 1], table.ys[row + 1])
        table.spots.append(Spot(row, col, 1, 1, table.page, box, glyphs))


def split_columns(table: Table) -> Table:
    """A ruled column in which every cell, the header too, stands in two or more columns of text becomes so many."""
    col = 0
    while col < table.cols:
        at = _inner_gutter(table, col)
        if at is not None:
            _cut_column(table, col, at)
        col += 1
    return table


def _inner_gutter(table: Table, col: int) -> float | None:
    """The first position at which all cells of a column stand apart; a header of groups may lie over it with its first line."""
    cells = sorted((s for s in table.spots if s.col == col and s.col_span == 1 and s.glyphs), key=lambda s: s.row)
    if len(cells) < 3 or not all(_has_gap(s) for s in cells[1:]) or any(g.turn for s in cells for g in s.glyphs):
        return None
    written = [[cut(line) for line in split_lines(s.glyphs)] for s in cells]
    lines = written[0][-1:] + [line for part in written[1:] for line in part]
    mask = 0
    for word in (w for line in lines for w in line):
        mask |= bits(word.box.x0, word.box.x1)
    size = median(em(g) for s in cells for g in s.glyphs)
    for low, high in gaps(mask, NARROW * size):
        middle = (low + high) / 2
        both = sum(line[0].box.x0 < middle < line[-1].box.x1 for line in lines)
        split = all(any(line[0].box.x0 < middle < line[-1].box.x1 for line in part) for part in written)
        if split and both >= FULL * len(lines) and len(lines) >= 3:
            return middle
    return None


def _has_gap(spot: Spot) -> bool:
    """Whether there is an upright stretch of white through all of a cell's text."""
    reach = float("inf")
    for glyph in sorted(spot.glyphs, key=lambda g: g[1]):
        if glyph[1] - reach > NARROW * (glyph[4] - glyph[2]):
            return True
        reach = glyph[3] if reach == float("inf") else max(reach, glyph[3])
    return False


def _cut_column(table: Table, col: int, at: float) -> None:
    out: list[Spot] = []
    for spot in table.spots:
        if spot.col > col:
            spot.col += 1
        elif spot.col + spot.col_span > col + 1 or (spot.col == col and spot.col_span > 1) or (spot.col + spot.col_span == col + 1 and spot.col < col):
            spot.col_span += 1
        elif spot.col == col and any(g.x0 < at < g.x1 for g in spot.glyphs):
            spot.col_span += 1                          # the header of a group
        elif spot.col == col:
            left = [g for g in spot.glyphs if g.cx < at]
            right = [g for g in spot.glyphs if g.cx >= at]
            out.append(Spot(spot.row, col, spot.row_span, 1, spot.page, spot.box._replace(x1=at), left, doubt=spot.doubt))
            out.append(Spot(spot.row, col + 1, spot.row_span, 1, spot.page, spot.box._replace(x0=at), right, doubt=spot.doubt))
            continue
        out.append(spot)
    table.spots = sorted(out, key=lambda s: (s.row, s.col))
    table.xs = [*table.xs[:col + 1], at, *table.xs[col + 1:]]
