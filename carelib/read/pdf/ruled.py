"""Rules to cells: borders decide, text fills. Works on rules of any origin (drawn in a PDF or found in a picture).

    find(across, down, spots) -> [Lattice]      spots: (x, y) of what is written, to tell an open side from a long rule
    lattice.cells() -> [Span]                   every cell of the table, empty ones too, merged ones as one
"""
from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from carelib.read.pdf.geometry import Box, Rule, cluster, join

SNAP = 3.0                      # rules this close are one
GAP = 4.0                       # dashes and pieces of cells this close are one rule
LEAST = 4.0                     # shorter rules are specks
TOUCH = 4.0                     # a rule that ends this near to another one meets it
BEYOND = 7.0                    # rules that run this far past the last crossing rule leave that side open
OUTER = 150.0                   # points: a column is not wider than this, where only its outer side is drawn
COVERED = 0.55                  # share of a side that rules must cover to part two cells


class Span(NamedTuple):
    """A cell: its first row and column, how many it covers, its box on the paper."""
    row: int
    col: int
    row_span: int
    col_span: int
    box: Box


@dataclass
class Lattice:
    """Rules that hang together, and the base grid that they span."""
    xs: list[float]
    ys: list[float]
    across: list[Rule]
    down: list[Rule]
    open: frozenset[str] = frozenset()          # 'left', 'right', 'top', 'bottom': sides without a rule
    _cells: list[Span] = field(default_factory=list)

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def rows(self) -> int:
        return len(self.ys) - 1

    @property
    def cols(self) -> int:
        return len(self.xs) - 1

    def cells(self) -> list[Span]:
        if not self._cells:
            self._cells = _cells(self)
        return self._cells


def tidy(rules: Iterable[Rule]) -> list[Rule]:
    """Rules snapped to common positions, their pieces joined, specks dropped."""
    rules = list(rules)
    out = []
    for at, members in cluster([(r.at, r.end - r.start) for r in rules], SNAP):
        pieces = join(((rules[i].start, rules[i].end) for i in members), GAP)
        out += [Rule(at, start, end) for start, end in pieces if end - start >= LEAST]
    return out


def find(across: Iterable[Rule], down: Iterable[Rule], spots: Sequence[tuple[float, float]] = ()) -> list[Lattice]:
    """The ruled tables of a page, in reading order; rules that make no table are left out."""
    flat, steep = tidy(across), tidy(down)
    groups = _with_outer_rules(components(flat, steep))
    lattices = [lattice for h, v in nested(groups) if (lattice := build(h, v, spots))]
    return sorted(lattices, key=lambda t: (round(t.box.top), t.box.x0))


def components(flat: Sequence[Rule], steep: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch each other: (horizontal, vertical)."""
    parent = list(range(len(flat) + len(steep)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = sorted(range(len(flat)), key=lambda i: flat[i].at)
    heights = [flat[i].at for i in order]
    for j, v in enumerate(steep):
        low, high = bisect_left(heights, v.start - TOUCH), bisect_right(heights, v.end + TOUCH)
        for i in order[low:high]:
            if flat[i].start - TOUCH <= v.at <= flat[i].end + TOUCH:
                parent[root(i)] = root(len(flat) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate(flat):
        groups[root(i)][0].append(rule)
    for j, rule in enumerate(steep):
        groups[root(len(flat) + j)][1].append(rule)
    return list(groups.values())


def _with_outer_rules(groups: list[tuple[list[Rule], list[Rule]]]) -> list[tuple[list[Rule], list[Rule]]]:
    """The groups that are tables, with the lonely vertical rules beside them that are as high as they are.

    (The outer side of a column whose one merged cell goes on over both ends of the page touches no horizontal rule.)
    """
    tables = [(h, v) for h, v in groups if is_table(h, v)]
    lonely = sorted((v for h, vs in groups if not h for v in vs), key=lambda r: r.at)
    for rule in lonely:
        for h, v in tables:
            box = _extent(h, v)
            beside = 0 < box.x0 - rule.at <= OUTER or 0 < rule.at - box.x1 <= OUTER
            if beside and abs(rule.start - box.top) <= TOUCH and abs(rule.end - box.bottom) <= TOUCH:
                v.append(rule)
                break
    return tables


def is_table(flat: Sequence[Rule], steep: Sequence[Rule]) -> bool:
    """At least two cells: 2 × 3 rules, or more than one rule crossed by another."""
    h, v = len({r.at for r in flat}), len({r.at for r in steep})
    return (h >= 2 and v >= 2 and h + v >= 5) or (v == 1 and h >= 3) or (h == 1 and v >= 3)


def nested(groups: list[tuple[list[Rule], list[Rule]]]) -> list[tuple[list[Rule], list[Rule]]]:
    """A table inside a cell of another one becomes part of it: one base grid for both."""
    boxes = [_extent(h, v) for h, v in groups]
    order = sorted(range(len(groups)), key=lambda i: -boxes[i].width * boxes[i].height)
    out: list[tuple[Box, list[Rule], list[Rule]]] = []
    for i in order:
        host = next((o for o in out if boxes[i].inside(o[0])), None)
        if host:
            host[1].extend(groups[i][0])
            host[2].extend(groups[i][1])
        else:
            out.append((boxes[i], list(groups[i][0]), list(groups[i][1])))
    return [(h, v) for _, h, v in out]


def _extent(flat: Sequence[Rule], steep: Sequence[Rule]) -> Box:
    xs = [x for r in flat for x in (r.start, r.end)] + [r.at for r in steep]
    ys = [y for r in steep for y in (r.start, r.end)] + [r.at for r in flat]
    return Box(min(xs), min(ys), max(xs), max(ys))


def build(flat: list[Rule], steep: list[Rule], spots: Sequence[tuple[float, float]] = ()) -> Lattice | None:
    """The base grid of rules that hang together, with virtual rules on sides that are open but written in."""
    flat, steep = list(flat), list(steep)
    ys, xs = sorted({r.at for r in flat}), sorted({r.at for r in steep})
    box = _extent(flat, steep)
    wide, high = (min(xs), max(xs)), (min(ys), max(ys))
    opened = set()
    for side, at in _open_ends(flat, *wide):
        name = "left" if side < 0 else "right"
        inside = (at, wide[0]) if side < 0 else (wide[1], at)
        if any(inside[0] <= x <= inside[1] and box.top <= y <= box.bottom for x, y in spots):
            steep.append(Rule(at, box.top, box.bottom))
            opened.add(name)
    for side, at in _open_ends(steep, *high):
        name = "top" if side < 0 else "bottom"
        inside = (at, high[0]) if side < 0 else (high[1], at)
        if any(inside[0] <= y <= inside[1] and box.x0 <= x <= box.x1 for x, y in spots):
            flat.append(Rule(at, box.x0, box.x1))
            opened.add(name)
    xs, ys = sorted({r.at for r in steep}), sorted({r.at for r in flat})
    if len(xs) < 2 or len(ys) < 2 or (len(xs) == 2 and len(ys) == 2):
        return None
    return Lattice(xs, ys, flat, steep, frozenset(opened))


def _open_ends(rules: Sequence[Rule], low: float, high: float) -> Iterable[tuple[int, float]]:
    """Where rules run past the outermost crossing ones: (-1, start) and (1, end). A single stray rule opens nothing."""
    starts, ends = sorted(r.start for r in rules), sorted((r.end for r in rules), reverse=True)
    if len(rules) >= 2 and low - starts[1] >= BEYOND:
        yield -1, starts[1]
    if len(rules) >= 2 and ends[1] - high >= BEYOND:
        yield 1, ends[1]


def _cells(table: Lattice) -> list[Span]:
    """Neighbouring base cells without a border between them joined; what is no rectangle is cut into rows."""
    rows, cols = table.rows, table.cols
    right = _borders(table.down, table.xs, table.ys)            # right[c][r]: a border to the right of column c - 1
    below = _borders(table.across, table.ys, table.xs)          # below[r][c]: a border above row r
    parent = list(range(rows * cols))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for r in range(rows):
        for col in range(cols):
            if col + 1 < cols and not right[col + 1][r]:
                parent[root(r * cols + col + 1)] = root(r * cols + col)
            if r + 1 < rows and not below[r + 1][col]:
                parent[root((r + 1) * cols + col)] = root(r * cols + col)
    members: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i in range(rows * cols):
        members[root(i)].append(divmod(i, cols))
    return sorted(span for group in members.values() for span in _rectangles(table, group))


def _borders(rules: Sequence[Rule], positions: Sequence[float], marks: Sequence[float]) -> list[list[bool]]:
    """borders[i][k]: whether rules at positions[i] cover the stretch from marks[k] to marks[k + 1]."""
    pieces: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for rule in rules:
        pieces[rule.at].append((rule.start, rule.end))
    out = []
    for at in positions:
        drawn = join(pieces[at])
        line = []
        for low, high in zip(marks, marks[1:]):
            covered = sum(max(0.0, min(end, high) - max(start, low)) for start, end in drawn)
            line.append(covered >= COVERED * (high - low))
        out.append(line)
    return out


def _rectangles(table: Lattice, group: list[tuple[int, int]]) -> Iterable[Span]:
    rows, cols = [r for r, _ in group], [c for _, c in group]
    r0, r1, c0, c1 = min(rows), max(rows), min(cols), max(cols)
    if len(group) == (r1 - r0 + 1) * (c1 - c0 + 1):
        yield span(table.xs, table.ys, r0, c0, r1, c1)
        return
    pieces: list[list[int]] = []                                # [first row, first column, last row, last column]
    for row in sorted(set(rows)):
        for start, end in _stretches(sorted(c for r, c in group if r == row)):
            above = next((p for p in pieces if p[2] == row - 1 and p[1] == start and p[3] == end), None)
            if above:
                above[2] = row
            else:
                pieces.append([row, start, row, end])
    for r0, c0, r1, c1 in pieces:
        yield span(table.xs, table.ys, r0, c0, r1, c1)


def _stretches(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    start = previous = numbers[0]
    for n in numbers[1:]:
        if n != previous + 1:
            yield start, previous
            start = n
        previous = n
    yield start, previous


def span(xs: Sequence[float], ys: Sequence[float], r0: int, c0: int, r1: int, c1: int) -> Span:
    """The cell from row r0, column c0 to row r1, column c1 (both included)."""
    return Span(r0, c0, r1 - r0 + 1, c1 - c0 + 1, Box(xs[c0], ys[r0], xs[c1 + 1], ys[r1 + 1]))
