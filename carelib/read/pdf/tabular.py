"""Regions of text in columns to tables; bands of a ruled table that hold many records to rows."""
from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from carelib.read.pdf import rows
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Rule, cluster, join, median
from carelib.read.pdf.lines import Segment, em, join_text, split_lines
from carelib.read.pdf.regions import Region
from carelib.read.pdf.rows import Cuts
from carelib.read.pdf.ruled import SNAP
from carelib.read.pdf.shapes import doubt_misplaced, doubt_wrapped
from carelib.read.pdf.textline import TextLine, make_line
from carelib.read.pdf.words import doubt, grid_doubt, is_serial_label

HALF = 0.5                      # share of a region's width that a rule must run through to part rows
ACROSS = 0.3                    # of a word's height that must lie on both sides of a border
APART = 2.0                     # em: white within a cell from which on it may be two cells
BLOCK = 2.5                     # times the usual gutter: the white between two halves of a list set in two columns


def to_table(region: Region, page: int, across: Sequence[Rule]) -> Table:
    """The region's rows and columns."""
    whole = _halves(region)
    if whole:
        return _stack([to_table(half, page, across) for half in whole])
    box = region.box
    xs = [box.x0 - 1.0, *((a[1] + b[0]) / 2 for a, b in zip(region.columns, region.columns[1:])), box.x1 + 1.0]
    cuts = _rows(region, separators(across, box))
    spots = _spots(region.lines, xs, cuts.ys, page)
    doubts = ([] if cuts.sure else [grid_doubt("rows")]) + ([grid_doubt("columns")] if _bridged(spots) else [])
    table = Table(page, xs, cuts.ys, spots, "text", doubts=doubts, columns=list(region.columns))
    doubt_misplaced(table)
    if not cuts.sure:
        doubt_wrapped(table)
    return table


def separators(across: Sequence[Rule], box: Box) -> list[float]:
    """Heights at which rules part the rows of a box: they run through half of its width."""
    near = [r for r in across if box.top - 6.0 <= r.at <= box.bottom + 6.0]
    pieces: dict[float, list[tuple[float, float]]] = {}
    for at, members in cluster([(r.at, r.end - r.start) for r in near], SNAP):
        pieces[at] = [(max(near[i].start, box.x0), min(near[i].end, box.x1)) for i in members]
    return sorted(at for at, parts in pieces.items()
                  if sum(b - a for a, b in join(p for p in parts if p[1] > p[0])) >= HALF * box.width)


def _rows(region: Region, parted: Sequence[float]) -> Cuts:
    """Cuts between the rows: the lines that span columns at the top are rows of their own."""
    box = region.box
    top, bottom = box.top - 1.0, box.bottom + 1.0
    head, body = region.lines[:region.head], region.lines[region.head:]
    upper = [*head, *body[:1]]
    ys = [top, *(_between(a, b) for a, b in zip(upper, upper[1:]) if a.box.bottom - b.box.top <= rows.WOVEN * a.size)]
    start = ys[-1]
    inner = [y for y in parted if start < y < bottom and any(w.box.bottom <= y + 2 for line in body for w in line.words)
             and any(w.box.top >= y - 2 for line in body for w in line.words)]
    cuts = _body_rows(region, body, inner, start, bottom)
    return Cuts(sorted({*ys, *cuts.ys}), cuts.sure)


def _between(above: TextLine, below: TextLine) -> float:
    return (above.box.bottom + below.box.top) / 2


def _body_rows(region: Region, body: Sequence[TextLine], parted: Sequence[float], top: float, bottom: float) -> Cuts:
    words = [w for line in body for w in line.words]
    anchors, labels = _anchors(region, words)
    if len(parted) >= 2 and _rules_decide(region, body, parted, [y for y, _ in anchors] + labels):
        return Cuts([top, *parted, bottom], True)
    if anchors:
        dense = _dense(region, words, len(anchors))
        cuts = rows.by_serials(dense, anchors, top, bottom, labels)
        return Cuts(_snap(cuts.ys, parted, sorted([y for y, _ in anchors] + labels)), cuts.sure)
    ys, sure = [top], True
    for low, high in zip([top, *parted], [*parted, bottom]):
        lines = [line.words for line in body if low <= (line.box.top + line.box.bottom) / 2 < high]
        part = rows.by_white(lines, low, high, region.columns[0], len(region.columns))
        ys += part.ys[1:]
        sure &= part.sure
    return Cuts(ys, sure)


def _anchors(region: Region, words: Sequence[Segment]) -> tuple[list[tuple[float, int]], list[float]]:
    """What counts the records: serial numbers in one of the first two columns, else a column of values of one shape.

    With the heights of the other words of that column: its header, a sum.
    """
    columns = [[w for w in words if x0 - 1 <= w.box.x0 and w.box.x1 <= x1 + 1] for x0, x1 in region.columns]
    for mine, count in [(c, rows.serials) for c in columns[:2]] + [(c, rows.alike) for c in columns]:
        if anchors := count(mine):
            heights = {(w.box.top + w.box.bottom) / 2 for w in mine}
            last = anchors[-1][0] if count is rows.serials else float("inf")
            return anchors, sorted(y for y in heights if not anchors[0][0] <= y <= last)
    for mine in columns[:2]:
        numbers = [w for w in mine if rows.is_number(w.text)]
        middle = (numbers[0].box.top + numbers[0].box.bottom) / 2 if len(numbers) == 1 else 0.0
        above = [w for w in mine if numbers and w.box.bottom <= middle]
        if len(numbers) == 1 and is_serial_label("".join(w.text for w in sorted(above, key=lambda w: w.box.top))):
            return [(middle, 1)], sorted((w.box.top + w.box.bottom) / 2 for w in mine if w is not numbers[0])
    return [], []


def _dense(region: Region, words: Sequence[Segment], records: int) -> list[Segment]:
    """The words of columns that say something in most records: a merged cell's text in the middle parts no rows."""
    out = []
    for x0, x1 in region.columns:
        mine = [w for w in words if x0 - 1 <= w.box.x0 and w.box.x1 <= x1 + 1]
        if len(mine) >= 0.6 * records:
            out += mine
    return out


def _rules_decide(region: Region, body: Sequence[TextLine], parted: Sequence[float], marks: Sequence[float]) -> bool:
    """Whether there is a rule between all records: no band has two of the marks that count them, or two full lines."""
    edges = [float("-inf"), *parted, float("inf")]
    first = region.columns[0]
    for low, high in zip(edges, edges[1:]):
        if marks:
            if sum(low <= y < high for y in marks) > 1:
                return False
            continue
        lines = [line for line in body if low <= (line.box.top + line.box.bottom) / 2 < high]
        full = [line for line in lines if any(w.box.x0 < first[1] and w.box.x1 > first[0] for w in line.words)
                and len(line.words) >= HALF * len(region.columns)]
        if any(b.box.top - a.box.bottom > 0.5 * a.size or low != edges[0] for a, b in zip(full, full[1:])):
            return False
    return True


def _snap(ys: Sequence[float], parted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Cuts moved to a drawn rule that lies between the same two words of the column that counts the records."""
    out = set(ys)
    for y in ys[1:-1]:
        zone = bisect_right(heights, y)
        rule = next((p for p in parted if bisect_right(heights, p) == zone), None)
        if rule is not None:
            out.discard(y)
            out.add(rule)
    return sorted(out)


def _spots(lines: Sequence[TextLine], xs: Sequence[float], ys: Sequence[float], page: int) -> list[Spot]:
    """Words into cells; a word over several columns spans them, unless another one stands there."""
    spots: dict[tuple[int, int], Spot] = {}
    said: dict[int, list[str]] = {}
    words = [(*over(w, xs), w) for line in lines for w in line.words]
    for first, last, word in sorted(words, key=lambda w: (w[1] - w[0], w[2].box.top)):
        row, down = _rows_of(word, ys)
        if last > first and any((row, c) in spots for c in range(first, last + 1)):
            middle = max(range(first, last + 1), key=lambda c: min(word.box.x1, xs[c + 1]) - max(word.box.x0, xs[c]))
            spot = spots.setdefault((row, middle), _spot(row, middle, middle, xs, ys, page))
            for col in range(first, last + 1):
                if (row, col) in spots:
                    spots[row, col].doubt = spots[row, col].doubt or doubt("spill")
        else:
            spot = spots.setdefault((row, first), _spot(row, first, last, xs, ys, page))
            if down > 1 and not spot.glyphs and not any(_stands_in(w, *over(w, xs), first, last, ys[row:row + down + 1]) for *_, w in words if w is not word):
                spot.row_span, spot.box = down, spot.box._replace(bottom=ys[row + down])
        spot.glyphs += word.glyphs
        said.setdefault(id(spot), []).append("" if word.glyphs[0].turn else word.text)
    for spot in spots.values():
        texts = said[id(spot)]
        spot.text = texts[0] if len(texts) == 1 and texts[0] else join_text(spot.glyphs)
        if spot.doubt:
            spot.suggestion = spot.text
    return sorted(spots.values(), key=lambda s: (s.row, s.col))


def _rows_of(word: Segment, ys: Sequence[float]) -> tuple[int, int]:
    """The row of a word, and how many rows it lies in: text across the border of two rows is that of a merged cell."""
    def row(y: float) -> int:
        return min(max(bisect_right(ys, y) - 1, 0), len(ys) - 2)
    height = word.box.bottom - word.box.top
    first, last = row(word.box.top + ACROSS * height), row(word.box.bottom - ACROSS * height)
    return (first, last - first + 1) if last > first else (row((word.box.top + word.box.bottom) / 2), 1)


def _stands_in(word: Segment, left: int, right: int, first: int, last: int, ys: Sequence[float]) -> bool:
    """Whether another word stands in these columns between these heights."""
    return left <= last and right >= first and ys[0] < (word.box.top + word.box.bottom) / 2 < ys[-1]


def _bridged(spots: Sequence[Spot]) -> bool:
    """Whether a column looks like two of which a long text filled the gutter: most of its cells have wide white inside."""
    wide: dict[int, list[bool]] = {}
    for spot in spots:
        if spot.col_span == 1 and spot.glyphs:
            lines = split_lines(spot.glyphs) if _is_wide(spot) else []
            wide.setdefault(spot.col, []).append(any(b.x0 - a.x1 > APART * em(a) for line in lines for a, b in pairwise(line)))
    return any(sum(found) >= max(2, HALF * len(found)) for found in wide.values())


def _is_wide(spot: Spot) -> bool:
    """Whether a cell's text, as it was drawn, leaves wide white between two glyphs."""
    return any(abs(b[1] - a[3]) > APART * (a[4] - a[2]) for a, b in pairwise(spot.glyphs))


def over(word: Segment, xs: Sequence[float]) -> tuple[int, int]:
    """The first and last column that a word lies over."""
    x0, _, x1, _ = word.box
    least = min(3.0, 0.3 * (x1 - x0))
    top = len(xs) - 2
    first, last = bisect_right(xs, x0 + least) - 1, bisect_left(xs, x1 - least) - 1
    return min(max(first, 0), top), min(max(last, first, 0), top)


def _spot(row: int, first: int, last: int, xs: Sequence[float], ys: Sequence[float], page: int) -> Spot:
    return Spot(row, first, 1, last - first + 1, page, Box(xs[first], ys[row], xs[last + 1], ys[row + 1]))


def _halves(region: Region) -> list[Region]:
    """The parts of a list that is set in columns beside each other, its numbers running on; none if it is not."""
    gutters = [b[0] - a[1] for a, b in zip(region.columns, region.columns[1:])]
    if len(region.columns) < 4 or len(region.columns) % 2:
        return []
    middle = len(region.columns) // 2
    others = gutters[:middle - 1] + gutters[middle:]
    if gutters[middle - 1] < BLOCK * median(others) or gutters[middle - 1] < 3.0 * region.lines[0].size:
        return []
    at = (region.columns[middle - 1][1] + region.columns[middle][0]) / 2
    halves = []
    for left in (True, False):
        lines = [make_line(words) for line in region.lines if (words := [w for w in line.words if (w.box.x0 < at) == left])]
        columns = region.columns[:middle] if left else region.columns[middle:]
        halves.append(Region(lines, columns, 0))
    numbers = [rows.serials([w for line in half.lines for w in line.words
                             if w.box.x1 <= half.columns[0][1] + 1]) for half in halves]
    if all(numbers) and numbers[1][0][1] == numbers[0][-1][1] + 1:
        return halves
    return []


def _stack(tables: Sequence[Table]) -> Table:
    """Tables below each other as one."""
    first = tables[0]
    for table in tables[1:]:
        offset = first.rows
        for spot in table.spots:
            spot.row += offset
        first.ys = first.ys + [first.ys[-1] + y - table.ys[0] for y in table.ys[1:]]
        first.spots = first.spots + table.spots
        first.doubts = first.doubts + table.doubts
    return first
