"""Tables that run over pages become one.

What is repeated (header rows, titles, page numbers) goes to the end of the grid, in the order of the pages; nothing is lost.
A row that a page break cuts is joined cell by cell; where it is not certain that it was cut, the cells are doubted.
"""
from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from carelib.read.pdf.cells import Spot, Table, write
from carelib.read.pdf.geometry import Box, Glyph, bounds
from carelib.read.pdf.grids import Block, Line
from carelib.read.pdf.lines import em, join_text, split_lines
from carelib.read.pdf.refine import cut_row
from carelib.read.pdf.regions import cut
from carelib.read.pdf.rows import Cuts
from carelib.read.pdf.words import doubt, is_continued, is_foot, is_page_number, is_serial_label, squeeze

EVEN = 1.5                      # points: rows of pages side by side at the same heights
SAME = 5.0                      # points: columns of two pages at the same positions
BOTH = 0.4                      # share of columns filled on both sides of a break above which two rows are two rows
NEAR = 1.2                      # em: text this near to the break may have been cut by it
_NUMBER = re.compile(r"[（(]?(\d{1,4})[）).、．]?")


def stitch(pages: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks of all pages, those that go on joined."""
    pages = join_sides([list(blocks) for blocks in pages])
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
                out.append(block)
        if blocks and (len(blocks) > 1 or blocks[0] is out[-1]):
            last = out[-1]
        elif not blocks:
            last = None
    return out


def join_sides(pages: Sequence[list[Block]]) -> list[list[Block]]:
    """Sheets wider than the paper: pages whose rows stand at the same heights, side by side.

    Printed down, then over (1 3 | 2 4) or over, then down (1 2 | 3 4); the pages further right have other columns. A page
    with nothing to its right (it holds the header only) may have no fellow.
    """
    count = len(pages)
    for parts in (2, 3, 4):
        down = -(-count // parts)
        for groups in ([[i + k * down for k in range(parts) if i + k * down < count] for i in range(down)],
                       [[i * parts + k for k in range(parts)] for i in range(down)]):
            whole = [g for g in groups if len(g) == parts and g[-1] < count]
            alone = [g for g in groups if g not in whole]
            if whole and all(_side_by_side([pages[i] for i in g]) for g in whole) \
                    and all(len(g) == 1 and _is_bare(pages[g[0]], pages[whole[0][0]]) for g in alone):
                return [_widen([pages[i] for i in g]) for g in groups]
    return list(pages)


def _is_bare(page: list[Block], first: list[Block]) -> bool:
    """Whether a page has no rows but those that repeat the header of the first."""
    if len(page) != 1 or page[0].table is None:
        return True
    return first[0].table is not None and _repeated_rows(first[0].table, page[0].table) == page[0].table.rows


def _side_by_side(group: Sequence[list[Block]]) -> bool:
    tables = [b[0].table for b in group if len(b) == 1]
    if len(tables) < len(group) or any(t is None or t.kind != "ruled" for t in tables):
        return False
    first = tables[0]
    for table in tables[1:]:
        if table.rows != first.rows or any(abs(a - b) > EVEN for a, b in zip(table.ys, first.ys)) \
                or _same_columns(first, table) or _texts(table, 0) == _texts(first, 0):
            return False
    return True


def _widen(group: Sequence[list[Block]]) -> list[Block]:
    """The tables of one strip of pages as one table; columns printed again on each page are kept once."""
    block = group[0][0]
    one = block.table
    for (after,) in group[1:]:
        two = after.table
        again = 0
        while again < min(one.cols, two.cols) and _column(one, again) == _column(two, again) != []:
            again += 1
        if again:
            block.tail.append([s for s in two.spots if s.col < again and s.text])
        for spot in two.spots:
            if spot.col >= again:
                spot.col += one.cols - again
                one.spots.append(spot)
        one.xs = one.xs + [one.xs[-1] + x - two.xs[again] for x in two.xs[again + 1:]]
        one.doubts += two.doubts
        block.above += after.above
        block.below += after.below
        block.tail += after.tail
        block.extras += after.extras
    return [block]


def _column(table: Table, col: int) -> list[tuple[int, str]]:
    return [(s.row, squeeze(s.text)) for s in table.spots if s.col == col and s.text]


def _only_ends(block: Block, after: Block) -> bool:
    """Whether a page without a table holds only the notes and signatures of the table before it."""
    lines = [line for line in after.above + after.below if not is_page_number(line.text)]
    return block.table is not None and after.table is None and bool(lines) and is_foot(lines[0].text)


def _goes_on(block: Block, after: Block) -> bool:
    """Whether the first table of a page continues the last one of the page before."""
    one, two = block.table, after.table
    if one is None or two is None or not _same_columns(one, two):
        return False
    repeated = _repeated_rows(one, two)
    if (repeated == two.rows and one.rows <= two.rows) or _is_another_card(one, two):
        return False
    foreign = [line for line in after.above if not _is_furniture(line, block)]
    ended = [line for line in block.below if not _is_furniture(line, after)]
    if repeated and (foreign or ended):
        return False
    if foreign and (ended or not (_counts_on(one, two) or _fragments(one, foreign))):
        return False
    return True


def _counts_on(one: Table, two: Table) -> bool:
    """Whether the numbers of the second table go on where those of the first one end."""
    numbers = [[int(m[1]) for s in sorted(t.spots, key=lambda s: s.row) if s.col <= 1 and (m := _NUMBER.fullmatch(squeeze(s.text)))]
               for t in (one, two)]
    return bool(numbers[0] and numbers[1]) and numbers[1][0] == numbers[0][-1] + 1


def _fragments(table: Table, lines: Sequence[Line]) -> list[list[tuple[int, list[Glyph]]]]:
    """Lines whose words each stand within one column of a table without rules: [(column, glyphs)] a line; [] if they do not."""
    out = []
    for line in lines if table.columns else ():
        words = cut([g for s in line.segments for g in s.glyphs])
        row = []
        for word in words:
            over = [c for c, (a, b) in enumerate(zip(table.xs, table.xs[1:])) if word.box.x0 < b - 1.0 and word.box.x1 > a + 1.0]
            if len(over) != 1:
                return []
            row.append((over[0], list(word.glyphs)))
        out.append(row)
    return out


def _adopt(block: Block, after: Block) -> bool:
    """A page with only the last record or two of a table without rules: its lines become rows. False if they are something else."""
    table = block.table
    assert table is not None
    lines = [line for line in after.above if not is_page_number(line.text)]
    body = list(itertools.takewhile(lambda line: not is_foot(line.text), lines))
    pieces = _fragments(table, body)
    if not pieces or not any(len(p) >= 0.5 * table.cols and p[0][0] == 0 for p in pieces):
        return False
    for line, words in zip(body, pieces):
        opens = words[0][0] == 0
        if opens:
            table.ys = [*table.ys, table.ys[-1] + line.box.height]
        _write_row(table, line, words)
    block.tail += block.below + [line for line in after.above if is_page_number(line.text)]
    block.below = [line for line in lines if line not in body] + after.below
    block.extras += after.extras
    return True


def _write_row(table: Table, line: Line, words: Sequence[tuple[int, list[Glyph]]]) -> None:
    """Words of a line into the last row of a table; a cell that has text already goes on."""
    row = table.rows - 1
    for col, glyphs in words:
        box = Box(table.xs[col], line.box.top - 1.0, table.xs[col + 1], line.box.bottom + 1.0)
        piece = Spot(row, col, 1, 1, line.page, box, glyphs, join_text(glyphs))
        mate = next((s for s in table.spots if s.row == row and s.col == col), None)
        if mate is None:
            table.spots.append(piece)
        else:
            _join(mate, piece, True)


def _same_columns(one: Table, two: Table) -> bool:
    """Whether two tables have the same columns; without rules they are first brought to common ones."""
    if one.columns or two.columns:
        return _align(one, two)
    return len(one.xs) == len(two.xs) and all(abs(a - b) <= SAME for a, b in zip(one.xs, two.xs))


def _align(one: Table, two: Table) -> bool:
    """Columns of two pages as one set of columns, if none of them would join two columns of a page."""
    common: list[tuple[float, float]] = []
    for x0, x1 in sorted(_intervals(one) + _intervals(two)):
        if common and x0 < common[-1][1]:
            common[-1] = (common[-1][0], max(common[-1][1], x1))
        else:
            common.append((x0, x1))
    places = [[next(i for i, c in enumerate(common) if c[0] <= x0 < c[1]) for x0, _ in _intervals(t)] for t in (one, two)]
    shared = set(places[0]) & set(places[1])
    if any(len(set(p)) < len(p) for p in places) or len(shared) < max(2, 0.6 * min(len(p) for p in places)):
        return False
    xs = [common[0][0] - 1.0, *((a[1] + b[0]) / 2 for a, b in zip(common, common[1:])), common[-1][1] + 1.0]
    for table, place in zip((one, two), places):
        for spot in table.spots:
            last = place[spot.col + spot.col_span - 1]
            spot.col = place[spot.col]
            spot.col_span = last - spot.col + 1
        table.xs, table.columns = xs, common
    return True


def _intervals(table: Table) -> list[tuple[float, float]]:
    """Where each column's text may stand: between its rules, or where it does stand."""
    return table.columns or [(a + 0.5, b - 0.5) for a, b in zip(table.xs, table.xs[1:])]


def _is_furniture(line: Line, other: Block) -> bool:
    """Page numbers, 'continued', and lines that stand on the other page as well."""
    text = squeeze(line.text)
    if is_page_number(text) or is_continued(text):
        return True
    return any(squeeze(x.text) == text for x in other.above + other.below + other.tail_lines)


def _texts(table: Table, row: int) -> dict[int, str]:
    return {s.col: squeeze(s.text) for s in table.spots if s.row == row and s.text}


def _repeated_rows(one: Table, two: Table) -> int:
    """How many rows at the top of a page repeat the header."""
    count = 0
    while count < min(one.rows, two.rows):
        first, second = _texts(one, count), _texts(two, count)
        if first and first != second:
            _cut_header(two, count, first)
            second = _texts(two, count)
        if not first or first != second:
            break
        count += 1
    while count and max((s.row + s.row_span for s in two.spots if s.row < count), default=0) > count:
        count -= 1                              # a header never ends within a merged cell
    return count


def _cut_header(table: Table, row: int, header: dict[int, str]) -> None:
    """Where the rest of a record stands below the repeated header without a rule between them, the row is cut in two."""
    texts = _texts(table, row)
    if set(texts) != set(header) or not all(texts[c].startswith(header[c]) for c in header) \
            or 2 * sum(texts[c] == header[c] for c in header) < len(header):
        return
    lines = [line for s in table.spots if s.row == row and s.text for line in split_lines(s.glyphs)]
    low = max((max(g.bottom for g in split_lines(s.glyphs)[-1]) for s in table.spots if s.row == row
               and squeeze(s.text) == header.get(s.col)), default=0.0)
    rest = [line for line in lines if min(g.cy for g in line) > low]
    if not rest:
        return
    at = (low + min(g.top for line in rest for g in line)) / 2
    cut_row(table, row, Cuts([table.ys[row], at, table.ys[row + 1]], True))
    write([s for s in table.spots if s.row in (row, row + 1)])


def _is_another_card(one: Table, two: Table) -> bool:
    """Whether the second table has the same labels in the same rows: the page of another pupil, not the list going on."""
    same = []
    for row in range(min(one.rows, two.rows)):
        first, second = _texts(one, row), _texts(two, row)
        if first and second and first.get(0) and first.get(0) == second.get(0) and not _NUMBER.fullmatch(first[0]):
            same.append(first[0])
    return len(set(same)) >= 3 and len(same) >= 0.6 * min(one.rows, two.rows)


def _append(block: Block, after: Block) -> None:
    """Adds the rows of a page to the block."""
    one, two = block.table, after.table
    assert one is not None and two is not None
    repeated = _repeated_rows(one, two)
    furniture = [line for line in after.above if _is_furniture(line, block)]
    moved = [line for line in block.below if _is_furniture(line, after) or is_page_number(line.text)]
    between = [line for line in block.below if line not in moved] + [line for line in after.above if line not in furniture]
    block.below = list(after.below)
    block.tail += [*moved, *furniture]
    if repeated:
        block.tail.append([s for s in two.spots if s.row < repeated])
    pieces = _fragments(one, between)
    for i, line in enumerate(between):
        if pieces and line.page == two.page:
            _write_row(one, line, pieces[i])            # what a page break left of the last record
        else:
            _add_line(one, line)
    body = [s for s in two.spots if s.row >= repeated]
    cut = not between and _joins_row(one, two, repeated)
    _add_rows(one, body, repeated, cut)
    one.ys = one.ys + [one.ys[-1] + y - two.ys[repeated] for y in two.ys[repeated + 1 + cut:]]
    one.doubts = list(dict.fromkeys(one.doubts + two.doubts))
    block.extras += after.extras
    block.doubts += after.doubts


def _add_line(table: Table, line: Line) -> None:
    """A line of text between two parts of a table, as a row of its own over its whole width."""
    row = table.rows
    spot = Spot(row, 0, 1, table.cols, line.page, line.box, [g for s in line.segments for g in s.glyphs], line.text)
    table.spots.append(spot)
    table.ys = [*table.ys, table.ys[-1] + line.box.height]


def serial_column(table: Table) -> int | None:
    """The column that numbers the records: by its label, else by its numbers."""
    for spot in table.spots:
        if spot.text and spot.col <= 1 and is_serial_label(spot.text):
            return spot.col
    for col in range(min(2, table.cols)):
        texts = [squeeze(s.text) for s in table.spots if s.col == col and s.text]
        if len(texts) >= 3 and sum(bool(_NUMBER.fullmatch(t)) for t in texts) >= 0.7 * len(texts):
            return col
    return None


def _joins_row(one: Table, two: Table, first: int) -> bool:
    """Whether the first row of a page is the rest of the last one of the page before."""
    above, below = _texts(one, one.rows - 1), _texts(two, first)
    if not below or first >= two.rows:
        return False
    key = serial_column(one)
    if key is None:
        key = next((c for c in range(one.cols) if all(_texts(one, r).get(c) for r in range(1, one.rows))), None)
        if key is None:
            return False
    if below.get(key) and below.get(key) != above.get(key):
        return False
    both = sum(1 for c in below if c in above and c != key)
    return bool(above.get(key)) and both <= max(2, BOTH * len(set(above) | set(below)))


def _add_rows(table: Table, body: Sequence[Spot], first: int, cut: bool) -> None:
    """Rows of the next page below the table's; merged cells that the break cut become one."""
    end = table.rows
    shift = end - first - (1 if cut else 0)
    above = {s.col: s for s in table.spots if s.row + s.row_span == end}
    sure = serial_column(table) is not None
    for spot in body:
        old_row, spot.row = spot.row, spot.row + shift
        mate = above.get(spot.col)
        mate = mate if mate and mate.col_span == spot.col_span and old_row == first else None
        if cut and old_row == first:
            if mate is None:
                table.spots.append(spot)
                continue
            _join(mate, spot, sure)
            mate.row_span += spot.row_span - 1
        elif mate and _is_one_cell(mate, spot):
            _join(mate, spot, not spot.text)
            mate.row_span += spot.row_span
        else:
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


def _join(above: Spot, below: Spot, sure: bool) -> None:
    """One cell out of two halves; the halves keep their places."""
    if below.text and squeeze(below.text) != squeeze(above.text):
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
