"""Two tables on different pages: the same columns, a repeated header, numbers that go on, the card of another pupil?"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from carelib.read.pdf.cells import Table, write
from carelib.read.pdf.geometry import Glyph
from carelib.read.pdf.grids import Line
from carelib.read.pdf.lines import split_lines
from carelib.read.pdf.refine import cut_row
from carelib.read.pdf.rows import Cuts, shape
from carelib.read.pdf.textline import cut
from carelib.read.pdf.words import is_serial_label, squeeze

SAME = 5.0                      # points: columns of two pages at the same positions
FEWEST = 3                      # columns of a list below the fields of a card
SHIFTED = 40.0                  # points: how far a sheet may lie aside on the scanner
ALIKE = 0.7                     # share of equal cells from which on two scanned rows say the same
_NUMBER = re.compile(r"[（(]?(\d{1,4})[）).、．]?")


def counts_on(one: Table, two: Table) -> bool:
    """Whether the numbers of the second table go on where those of the first one end."""
    numbers = [[int(m[1]) for s in sorted(t.spots, key=lambda s: s.row) if s.col <= 1 and (m := _NUMBER.fullmatch(squeeze(s.text)))]
               for t in (one, two)]
    return bool(numbers[0] and numbers[1]) and numbers[1][0] == numbers[0][-1] + 1


def fragments(table: Table, lines: Sequence[Line]) -> list[list[tuple[int, list[Glyph]]]]:
    """Lines whose words each stand within one column of a table: [(column, glyphs)] a line; [] if they do not."""
    out = []
    for line in lines:
        words = cut([g for s in line.segments for g in s.glyphs])
        row = []
        for word in words:
            over = [c for c, (a, b) in enumerate(zip(table.xs, table.xs[1:])) if word.box.x0 < b - 1.0 and word.box.x1 > a + 1.0]
            if len(over) != 1:
                return []
            row.append((over[0], list(word.glyphs)))
        out.append(row)
    return out


def completes(table: Table, line: Line) -> bool:
    """Whether a line of digits is the rest of a value in the table's last row, so that it becomes as long as the others."""
    pieces = fragments(table, [line])
    if not pieces or len(pieces[0]) != 1:
        return False
    col, rest = pieces[0][0][0], squeeze(line.text)
    texts = [texts_of(table, row).get(col, "") for row in range(table.rows)]
    shapes = Counter(shape(t) for t in texts[:-1] if len(t) > 1)
    usual = max(shapes, key=lambda s: (shapes[s], s), default="")
    return bool(usual) and shape(texts[-1] + rest) == usual != shape(texts[-1])


def same_columns(one: Table, two: Table) -> bool:
    """Whether two tables have the same columns; without rules they are first brought to common ones."""
    if one.columns or two.columns:
        return _align(one, two)
    if not (_is_scanned(one) or _is_scanned(two)) and _as_last_row(one, two):
        return True
    shift = two.xs[0] - one.xs[0] if _is_scanned(one) and _is_scanned(two) else 0.0
    return len(one.xs) == len(two.xs) and abs(shift) <= SHIFTED and all(abs(a - b + shift) <= SAME for a, b in zip(one.xs, two.xs))


def _as_last_row(one: Table, two: Table) -> bool:
    """Whether the second table has just the cells of the first one's last row, which are fewer than its columns (the list below
    the fields of a card); its columns become those."""
    edges = sorted({e for s in one.spots if s.row + s.row_span == one.rows for e in (s.col, s.col + s.col_span)})
    if not FEWEST < len(edges) == len(two.xs) < len(one.xs) or any(abs(one.xs[e] - x) > SAME for e, x in zip(edges, two.xs)):
        return False
    for spot in two.spots:
        first, last = edges[spot.col], edges[spot.col + spot.col_span]
        spot.col, spot.col_span = first, last - first
    two.xs = list(one.xs)
    return True


def _is_scanned(table: Table) -> bool:
    return any(s.kind == "ocr" for s in table.spots)


def _same_texts(one: Table, two: Table, first: dict[int, str], second: dict[int, str]) -> bool:
    """Whether two rows say the same; on scans a few cells may have been misread."""
    if first == second or not (_is_scanned(one) and _is_scanned(two)):
        return first == second
    return first.keys() == second.keys() and len(first) >= 4 and sum(first[c] == second[c] for c in first) >= ALIKE * len(first)


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


def texts_of(table: Table, row: int) -> dict[int, str]:
    return {s.col: squeeze(s.text) for s in table.spots if s.row == row and s.text}


def repeated_rows(one: Table, two: Table) -> int:
    """How many rows at the top of a page repeat the header."""
    count = 0
    while count < min(one.rows, two.rows):
        first, second = texts_of(one, count), texts_of(two, count)
        if first and first != second:
            _cut_header(two, count, first)
            second = texts_of(two, count)
        if not first or not _same_texts(one, two, first, second):
            break
        count += 1
    while count and max((s.row + s.row_span for s in two.spots if s.row < count), default=0) > count:
        count -= 1                              # a header never ends within a merged cell
    return count


def _cut_header(table: Table, row: int, header: dict[int, str]) -> None:
    """Where the rest of a record stands below the repeated header without a rule between them, the row is cut in two."""
    texts = texts_of(table, row)
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


def is_another_card(one: Table, two: Table) -> bool:
    """Whether the second table has the same labels in the same rows: the page of another pupil, not the list going on."""
    same = []
    for row in range(min(one.rows, two.rows)):
        first, second = texts_of(one, row), texts_of(two, row)
        if first and second and first.get(0) and first.get(0) == second.get(0) and not _NUMBER.fullmatch(first[0]):
            same.append(first[0])
    return len(set(same)) >= 3 and len(same) >= 0.6 * min(one.rows, two.rows)


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
