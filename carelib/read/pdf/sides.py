"""Sheets wider than the paper: the strips of a table on pages side by side."""
from __future__ import annotations

from collections.abc import Sequence

from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box
from carelib.read.pdf.grids import Block
from carelib.read.pdf.lines import em, join_text
from carelib.read.pdf.match import SAME, repeated_rows, same_columns, texts_of
from carelib.read.pdf.textline import is_label
from carelib.read.pdf.words import doubt, squeeze

EVEN = 1.5                      # points: rows of pages side by side at the same heights


def join_sides(pages: Sequence[list[Block]]) -> list[list[Block]]:
    """Sheets wider than the paper: pages whose rows stand at the same heights, side by side. Each such sheet of a document
    is joined; the other pages stay as they are.
    """
    out: list[list[Block]] = []
    first = 0
    while first < len(pages):
        last = first
        while last < len(pages) and _ruled(pages[last]):
            last += 1
        groups: list[list[int]] = []
        while last - first > 1 and not (groups := _strips(pages[first:last])):
            last -= 1
        strips = [[pages[first + i] for i in g] for g in groups]
        widths = next((_widths(strip) for strip in strips if all(strip)), [])
        out += [_widen(strip, widths) for strip in strips] or [pages[first]]
        first = last if groups else first + 1
    return out


def _strips(pages: Sequence[list[Block]]) -> list[list[int]]:
    """Which pages stand side by side if all of them are one sheet; nothing if they are not.

    Printed down, then over (1 3 | 2 4) or over, then down (1 2 | 3 4); the pages further right have other columns. A page
    with nothing to its right (it holds the header only) may have no fellow, and one further right may be blank.
    """
    count = len(pages)
    for parts in (2, 3, 4, 5, 6):
        down = -(-count // parts)
        for groups in ([[i + k * down for k in range(parts) if i + k * down < count] for i in range(down)],
                       [[i * parts + k for k in range(parts)] for i in range(down)]):
            whole = [g for g in groups if len(g) == parts and g[-1] < count]
            alone = [g for g in groups if g not in whole]
            if any(all(pages[i] for i in g) for g in whole) and all(_side_by_side([pages[i] for i in g]) for g in whole) \
                    and all(len(g) == 1 and _is_bare(pages[g[0]], pages[whole[0][0]]) for g in alone):
                return groups
    return []


def _ruled(page: list[Block]) -> bool:
    return not page or (len(page) == 1 and (page[0].table is None or page[0].table.kind == "ruled"))


def _is_bare(page: list[Block], first: list[Block]) -> bool:
    """Whether a page has no rows but those that repeat the header of the first."""
    if len(page) != 1 or page[0].table is None:
        return True
    return first[0].table is not None and repeated_rows(first[0].table, page[0].table) == page[0].table.rows


def _side_by_side(group: Sequence[list[Block]]) -> bool:
    if not group[0]:
        return False
    group = [page for page in group if page]
    tables = [b[0].table for b in group if len(b) == 1]
    if len(tables) < len(group) or any(t is None or t.kind != "ruled" for t in tables):
        return False
    first = tables[0]
    for table in tables[1:]:
        if table.rows != first.rows or any(abs(a - b) > EVEN for a, b in zip(table.ys, first.ys)) \
                or same_columns(first, table) or texts_of(table, 0) == texts_of(first, 0):
            return False
    return not any(_opens_its_own(b[0], group[0][0]) for b in group[1:])


def _opens_its_own(page: Block, first: Block) -> bool:
    """Whether a page has a title of its own above its table: text that is no label, nor on the first page as well, nor the
    rest of a line that runs over that page's edge.
    """
    known = {squeeze(line.text) for line in first.above}
    edge = first.table.xs[-1] if first.table else 0.0
    over = [line.box for line in first.above if line.box.x1 >= edge - line.box.height]
    return any(not is_label(squeeze(line.text)) and squeeze(line.text) not in known
               and not any(abs(line.box.top - box.top) <= EVEN for box in over) for line in page.above)


def _widths(strip: Sequence[list[Block]]) -> list[list[float]]:
    """The column positions of each page of a strip."""
    return [page[0].table.xs if page[0].table else [] for page in strip]


def _widen(group: Sequence[list[Block]], widths: Sequence[list[float]]) -> list[Block]:
    """The tables of one strip of pages as one table; columns printed again on each page are kept once. `widths`: the columns
    of a strip without a blank page.
    """
    block = group[0][0]
    one = block.table
    for page, xs in zip(group[1:], widths[1:]):
        if not page:
            one.xs = one.xs + [one.xs[-1] + x - xs[0] for x in xs[1:]]
            continue
        (after,) = page
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


def open_column(one: Table, after: Block) -> bool:
    """Gives the next page's table the first or last column of a table whose side has no rule, if on that page no rule shows
    the column at all: one merged cell fills it. Whether it did.
    """
    two = after.table
    assert two is not None
    for side, rest, column in (("left", one.xs[1:], one.xs[:2]), ("right", one.xs[:-1], one.xs[-2:])):
        if side not in one.open or len(rest) != len(two.xs) or any(abs(a - b) > SAME for a, b in zip(rest, two.xs)):
            continue
        box = Box(column[0] - SAME, two.ys[0], column[1] + SAME, two.ys[-1])
        inside = [line for line in after.above + after.below if line.box.inside(box, 1.0)]
        glyphs = [g for line in inside for s in line.segments for g in s.glyphs]
        spot = Spot(0, 0 if side == "left" else two.cols, two.rows, 1, two.page, box, glyphs, join_text(glyphs))
        if any(b.box.top - a.box.bottom > em(glyphs[0]) for a, b in zip(inside, inside[1:])):
            spot.doubt, spot.suggestion = doubt("spill"), spot.text
        if side == "left":
            for other in two.spots:
                other.col += 1
        two.spots.append(spot)
        two.xs = [column[0], *two.xs] if side == "left" else [*two.xs, column[1]]
        after.above, after.below = ([line for line in lines if line not in inside] for lines in (after.above, after.below))
        return True
    return False


def _column(table: Table, col: int) -> list[tuple[int, str]]:
    return [(s.row, squeeze(s.text)) for s in table.spots if s.col == col and s.text]
