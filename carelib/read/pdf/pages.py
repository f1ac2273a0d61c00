"""Tables that run over pages become one.

What is repeated (header rows, titles, page numbers) goes to the end of the grid, in the order of the pages; nothing is lost.
A row that a page break cuts is joined cell by cell; where it is not certain that it was cut, the cells are doubted.
"""
from __future__ import annotations

import itertools
from collections.abc import Sequence

from carelib.read.pdf.breaks import broken, doubt_pieces
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import em, join_text
from carelib.read.pdf.match import (
    completes,
    counts_on,
    fragments,
    is_another_card,
    repeated_rows,
    same_columns,
    serial_column,
    texts_of,
)
from carelib.read.pdf.rows import WOVEN
from carelib.read.pdf.shapes import doubt_misplaced, doubt_strays
from carelib.read.pdf.sides import join_sides, open_column
from carelib.read.pdf.stacked import join_stacked
from carelib.read.pdf.words import doubt, is_continued, is_foot, squeeze
from carelib.read.words import is_page_foot

BOTH = 0.6                      # share of columns filled on both sides of a break above which two rows are two rows
MOST = 0.5                      # share of columns: a line that fills more is hardly the rest of a record
TIGHT = 0.9                     # of a line's height: a number this near below a line is no page number
NEAR = 1.2                      # em: text this near to the break may have been cut by it


def _is_page_foot(line: Line) -> bool:
    return is_page_foot([s.text for s in line.segments])


def stitch(pages: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks of all pages, those that go on joined."""
    pages = join_sides([join_stacked(blocks) for blocks in pages])
    out: list[Block] = []
    last: Block | None = None                   # the block that may go on: the last one of the page before
    for blocks in pages:
        for i, block in enumerate(blocks):
            if i == 0 and last is not None and _goes_on(last, block):
                _append(last, block)
            elif i == 0 and last is not None and last.table and not block.table and _adopt(last, block):
                continue
            elif i == 0 and last is not None and _only_ends(last, block):
                last.below += block.above + block.below
                last.extras += block.extras
            else:
                if i == 0 and last is not None and last.table and last.table.columns:
                    _doubt_cut(last, block)
                out.append(block)
        if blocks and (len(blocks) > 1 or blocks[0] is out[-1]):
            last = out[-1]
        elif not blocks:
            last = None
    for block in out:
        if block.table and block.table.columns:
            doubt_strays(block.table)
            if len(block.pages) > 1:
                doubt_misplaced(block.table)
    return out


def _only_ends(block: Block, after: Block) -> bool:
    """Whether a page without a table holds only the notes and signatures of the table before it."""
    lines = [line for line in after.above + after.below if not _is_page_foot(line)]
    return block.table is not None and after.table is None and bool(lines) and is_foot(lines[0].text)


def _goes_on(block: Block, after: Block) -> bool:
    """Whether the first table of a page continues the last one of the page before."""
    one, two = block.table, after.table
    if one is None or two is None or not (same_columns(one, two) or (open_column(one, after) and same_columns(one, two))):
        return False
    repeated = repeated_rows(one, two)
    if (repeated == two.rows and one.rows <= two.rows) or is_another_card(one, two):
        return False
    foreign = [line for line in after.above if not _is_furniture(line, block)]
    ended = [line for line in block.below if not _is_furniture(line, after)]
    if repeated and (foreign or ended):
        return False
    goes_on = counts_on(one, two) or (one.columns and fragments(one, foreign))
    return not foreign or bool(goes_on and not ended)


def _adopt(block: Block, after: Block) -> bool:
    """A page with only the last record or two of a table, without rules: its lines become rows. False if they are other text."""
    table = block.table
    assert table is not None
    lines = [line for before, line in zip([None, *after.above], after.above) if not _is_page_foot(line)
             or (squeeze(line.text).isdigit() and (completes(table, line) or (before and line.box.top - before.box.bottom <= TIGHT * line.box.height)))]
    body = list(itertools.takewhile(lambda line: not is_foot(line.text) or _is_inside(table, line), lines))
    pieces = fragments(table, body)
    if not pieces:
        return False
    rows = _rows_of(body)
    filled = [{col for j in row for col, _ in pieces[j]} for row in rows]
    if not any(len(cols) >= MOST * table.cols and 0 in cols for cols in filled) \
            and not broken(table, texts_of(table, table.rows - 1), _columns_of(pieces)):
        doubt_pieces(table, table.rows - 1)
        return False
    again = _header_lines(table, pieces)
    block.tail += body[:again]
    for row, cols in zip(rows, filled):
        if row[-1] >= again:
            if 0 in cols:
                table.ys = [*table.ys, table.ys[-1] + sum(body[j].box.height for j in row)]
            for j in row:
                _write_row(table, body[j], pieces[j])
    block.tail += block.below + [line for line in after.above if line not in lines]
    block.below = [line for line in lines if line not in body] + after.below
    block.extras += after.extras
    return True


def _doubt_cut(block: Block, after: Block) -> None:
    """Asks about a cell of the last row where another list begins on the next page, and above its title one line in that column."""
    table, lines = block.table, after.above
    if table is None or len(lines) < 2 or _is_furniture(lines[0], block) or not _is_inside(table, lines[0]):
        return
    col = fragments(table, lines[:1])[0][0][0]
    for spot in table.spots:
        if spot.row == table.rows - 1 and spot.col == col and spot.text and abs(median(map(em, spot.glyphs)) - lines[0].box.height) < 1.0:
            spot.doubt, spot.suggestion = spot.doubt or doubt("page_cut"), spot.suggestion or spot.text + lines[0].text


def _is_inside(table: Table, line: Line) -> bool:
    """Whether a line stands in one column of the table, not the first one."""
    pieces = fragments(table, [line])
    return bool(pieces) and len(pieces[0]) == 1 and pieces[0][0][0] > 0


def _rows_of(lines: Sequence[Line]) -> list[list[int]]:
    """The numbers of the lines that make each row: those that reach into each other's height."""
    out: list[list[int]] = []
    for i, line in enumerate(lines):
        if out and _is_woven(lines[i - 1], line):
            out[-1].append(i)
        else:
            out.append([i])
    return out


def _is_woven(above: Line, below: Line) -> bool:
    """Whether two lines reach into each other's height: cells of one row."""
    return above.box.bottom - below.box.top > WOVEN * below.box.height


def _header_lines(table: Table, pieces: Sequence[Sequence[tuple[int, list[Glyph]]]]) -> int:
    """How many lines at the top of a page repeat the header, its wrapped cells too."""
    header = texts_of(table, 0)
    return next((count for count in range(1, min(4, len(pieces)) + 1) if _columns_of(pieces[:count]) == header), 0)


def _columns_of(pieces: Sequence[Sequence[tuple[int, list[Glyph]]]]) -> dict[int, str]:
    """The text of each column in lines of words."""
    out: dict[int, str] = {}
    for col, glyphs in (word for words in pieces for word in words):
        out[col] = out.get(col, "") + squeeze(join_text(glyphs))
    return out


def _write_row(table: Table, line: Line, words: Sequence[tuple[int, list[Glyph]]], sure: bool = True) -> None:
    """Words of a line into the last row of a table; a cell that has text already goes on (asked, unless it is `sure`)."""
    row = table.rows - 1
    for col, glyphs in words:
        box = Box(table.xs[col], line.box.top - 1.0, table.xs[col + 1], line.box.bottom + 1.0)
        piece = Spot(row, col, 1, 1, line.page, box, glyphs, join_text(glyphs))
        mate = next((s for s in table.spots if s.row == row and s.col == col), None)
        if mate is None:
            table.spots.append(piece)
        else:
            _join(mate, piece, sure)


def _is_furniture(line: Line, other: Block) -> bool:
    """Page numbers, 'continued', and lines that stand on the other page as well."""
    text = squeeze(line.text)
    if _is_page_foot(line):
        return not (text.isdigit() and other.table and line.page > other.table.page and completes(other.table, line))
    if is_continued(text):
        return True
    return any(squeeze(x.text) == text for x in other.above + other.below + other.tail_lines)


def _append(block: Block, after: Block) -> None:
    """Adds the rows of a page to the block."""
    one, two = block.table, after.table
    assert one is not None and two is not None
    repeated = repeated_rows(one, two)
    furniture = [line for line in after.above if _is_furniture(line, block)]
    moved = [line for line in block.below if _is_furniture(line, after) or _is_page_foot(line)]
    between = [line for line in block.below if line not in moved] + [line for line in after.above if line not in furniture]
    block.below = list(after.below)
    block.tail += [*moved, *furniture]
    if repeated:
        block.tail.append([s for s in two.spots if s.row < repeated])
    pieces = fragments(one, between) if one.columns else []
    first = next((i for i, line in enumerate(between) if line.page == two.page), len(between))
    again = _header_lines(one, pieces[first:])
    block.tail += between[first:first + again]
    for i, line in enumerate(between):
        if first <= i < first + again:
            continue
        if pieces and line.page == two.page:
            _write_row(one, line, pieces[i], len(pieces[i]) < max(3, MOST * one.cols))  # what a page break left of the last record
        else:
            _add_line(one, line)
    body = [s for s in two.spots if s.row >= repeated]
    cut = not between and _joins_row(one, two, repeated)
    pieces_of = broken(one, texts_of(one, one.rows - 1), texts_of(two, repeated)) if cut else set()
    end = one.rows
    _add_rows(one, body, repeated, cut, pieces_of)
    one.ys = one.ys + [one.ys[-1] + y - two.ys[repeated] for y in two.ys[repeated + 1 + cut:]]
    if not cut and not between and body:
        for row in (end - 1, end):
            doubt_pieces(one, row)
    one.doubts = list(dict.fromkeys(one.doubts + two.doubts))
    block.extras += after.extras
    block.doubts += after.doubts


def _add_line(table: Table, line: Line) -> None:
    """A line of text between two parts of a table, as a row of its own over its whole width."""
    row = table.rows
    spot = Spot(row, 0, 1, table.cols, line.page, line.box, [g for s in line.segments for g in s.glyphs], line.text)
    table.spots.append(spot)
    table.ys = [*table.ys, table.ys[-1] + line.box.height]


def _joins_row(one: Table, two: Table, first: int) -> bool:
    """Whether the first row of a page is the rest of the last one of the page before."""
    above, below = texts_of(one, one.rows - 1), texts_of(two, first)
    if not below or first >= two.rows:
        return False
    if broken(one, above, below):
        return True
    key = serial_column(one)
    if key is None:
        key = next((c for c in range(one.cols) if all(texts_of(one, r).get(c) for r in range(1, one.rows))), None)
        if key is None:
            return False
    if below.get(key) and below.get(key) != above.get(key):
        return False
    both = sum(1 for c in below if c in above and c != key)
    return bool(above.get(key)) and both <= max(2, BOTH * len(set(above) | set(below)))


def _add_rows(table: Table, body: Sequence[Spot], first: int, cut: bool, pieces: set[int]) -> None:
    """Rows of the next page below the table's; merged cells that the break cut become one. `pieces`: see `broken`."""
    end = table.rows
    shift = end - first - (1 if cut else 0)
    above = {s.col: s for s in table.spots if s.row + s.row_span == end}
    sure = serial_column(table) is not None or bool(pieces)
    joined: set[int] = set()                    # columns of which a piece may as well begin the next row
    for spot in body:
        old_row, spot.row = spot.row, spot.row + shift
        mate = above.get(spot.col)
        mate = mate if mate and mate.col_span == spot.col_span and old_row == first else None
        if cut and old_row == first:
            if mate is None:
                table.spots.append(spot)
                continue
            if mate.text and spot.text and not sure:
                joined.add(spot.col)
            _join(mate, spot, sure, spot.col in pieces)
            mate.row_span += spot.row_span - 1
        elif mate and _is_one_cell(mate, spot):
            _join(mate, spot, not spot.text)
            mate.row_span += spot.row_span
        else:
            if spot.col in joined and old_row == first + 1 and spot.text:
                spot.doubt, spot.suggestion = spot.doubt or doubt("page_cut"), spot.suggestion or spot.text
            table.spots.append(spot)


def _is_one_cell(above: Spot, below: Spot) -> bool:
    """Whether a merged cell goes on below the break: empty there, or its text cut through."""
    if above.row_span == 1 and below.row_span == 1:
        return False
    if not below.text:
        return bool(above.text)
    if squeeze(below.text) == squeeze(above.text) and not (above.seen and below.seen):
        return True
    if not above.text or not above.glyphs or not below.glyphs:
        return False
    size = em(above.glyphs[0])
    return (above.box.bottom - bounds(above.glyphs).bottom <= NEAR * size
            and bounds(below.glyphs).top - below.box.top <= NEAR * size)


def _join(above: Spot, below: Spot, sure: bool, pieces: bool = False) -> None:
    """One cell out of two halves; the halves keep their places. Equal ones are a text printed twice, unless they are pieces."""
    if below.text and (pieces or squeeze(below.text) != squeeze(above.text)):
        both = bool(above.text)
        gap = " " if both and above.text[-1:].isascii() and above.text[-1:].isalpha() and below.text[0].isascii() \
            and below.text[0].isalpha() else ""
        above.text += gap + below.text
        if both and not sure:
            above.doubt = above.doubt or doubt("page_cut")
            above.suggestion = above.suggestion or above.text
    above.doubt = above.doubt or below.doubt
    above.suggestion = above.suggestion or below.suggestion
    if below.seen:
        if above.seen:
            above.more.append(below)
        else:
            above.page, above.box, above.glyphs = below.page, below.box, below.glyphs
