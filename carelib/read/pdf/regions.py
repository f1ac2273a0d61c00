"""Where text stands in columns without rules: regions of lines that share gutters of white.

A line is a bit mask of the points of width that it covers; gutters are what the lines of a region leave free. A region grows
from its fullest line, up and down, as long as the lines respect its gutters.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.columns import (
    GUTTER,
    NARROW,
    as_wide_as_words,
    by_starts,
    is_pair,
    is_tabular,
    merge_headers,
    parts_at,
    parts_behind,
    set_wide,
    true_columns,
    under_header,
    walled,
    without_bullets,
)
from carelib.read.pdf.geometry import Box, bounds
from carelib.read.pdf.rows import WOVEN, is_number
from carelib.read.pdf.textline import LONG, TextLine, at_walls, gaps, is_label
from carelib.read.pdf.words import is_foot
from carelib.read.words import is_page_foot

HALF_FULL = 0.5                 # share of the fullest line's words from which on a line counts as a full one
APART = 2.2                     # times the widest white between the lines of a region: more ends it
LOOSE = 1.8                     # em: white that never ends a region
FIRST_APART = 3.0               # em: white that ends it while nothing else is known
FAR = 6.0                       # em: white between two regions with the same columns that may be one
TIGHT = 0.9                     # em: a line with one word joins the head of a region only this near to it
LARGE = 1.25                    # times the size of the table's text: a title
MANY = 4                        # words without numbers that make a line a header if it comes again
FEWEST = 3                      # lines of a region


@dataclass
class Region:
    """Consecutive lines that form a table. `columns`: (x0, x1) of each column's text."""
    lines: list[TextLine]
    columns: list[tuple[float, float]] = field(default_factory=list)
    head: int = 0               # lines at its top that span columns

    @property
    def box(self) -> Box:
        return bounds(line.box for line in self.lines)


def find(lines: Sequence[TextLine]) -> list[Region]:
    """The regions of a page, top to bottom."""
    lines = set_wide(lines)
    grown: list[_Growth] = []
    again = _repeated(lines)
    taken = [False] * len(lines)
    labelled = [any(is_label(w.text) for w in line.words) for line in lines]        # '填报时间：2023 年 3 月' is many words, and no row
    for seed in sorted(range(len(lines)), key=lambda i: (labelled[i], -len(lines[i].words), i)):
        text = "".join(w.text for w in lines[seed].words)
        if len(lines[seed].words) < 2 or taken[seed] or is_foot(text) or is_page_foot([w.text for w in lines[seed].words]):
            continue
        growth = _Growth(lines, taken, seed, again)
        growth.grow()
        if growth.last > growth.first:
            grown.append(growth)
            taken[growth.first:growth.last + 1] = [True] * (growth.last + 1 - growth.first)
    out: list[_Growth] = []
    for growth in sorted(grown, key=lambda g: g.first):
        if not (out and out[-1].absorb(growth)):
            out.append(growth)
    return [region for growth in out if (region := growth.region())]


def _repeated(lines: Sequence[TextLine]) -> set[int]:
    """Where a header comes again: the first of the lines that say, in many words, what lines above them say."""
    seen: set[tuple[str, ...]] = set()
    out = set()
    before = False
    for i, line in enumerate(lines):
        texts = tuple(w.text for w in line.words)
        again = len(texts) >= MANY and not any(map(is_number, texts)) and texts in seen
        if again and not before:
            while i and lines[i - 1].box.bottom - lines[i].box.top > WOVEN * lines[i].size:
                i -= 1
            out.add(i)
        before = again
        seen.add(texts)
    return out


class _Growth:
    """A region while it grows."""

    def __init__(self, lines: list[TextLine], taken: Sequence[bool], seed: int, again: set[int]) -> None:
        self.lines, self.taken, self.again = lines, taken, again
        self.first = self.last = seed
        self.mask = lines[seed].mask
        self.known: tuple[int, list[tuple[float, float]]] = (0, [])         # a mask and its gutters
        self.fullest = len(lines[seed].words)
        self.spanning: set[int] = set()
        self.least = GUTTER * lines[seed].size

    def grow(self) -> None:
        """Down, then up, until neither way a line joins."""
        grown = True
        while grown:
            grown = False
            while self._joins(self.last + 1, 1):
                self.last += 1
                grown = True
            while self._joins(self.first - 1, -1):
                self.first -= 1
                grown = True

    def absorb(self, after: _Growth) -> bool:
        """Takes in the next region if it stands in the same columns, not far below."""
        gap = self.lines[after.first].box.top - self.lines[self.last].box.bottom
        between = range(self.last + 1, after.first)
        if (between and not self._counts_on(between, after)) or gap > FAR * self.lines[self.last].size \
                or any(i in self.again for i in range(after.first, after.last + 1)):
            return False
        larger = max((self, after), key=lambda g: g.last - g.first)
        if len(gaps(self.mask | after.mask, self.least)) < len(gaps(larger.mask, self.least)):
            return False
        self.last, self.mask = after.last, self.mask | after.mask
        self.spanning |= after.spanning | set(between)
        return True

    def _counts_on(self, between: range, after: _Growth) -> bool:
        """Whether a line of one piece (a note between the rows) parts a list whose serial numbers run on below it."""
        above, below = (self.lines[i].words[0].text for i in (self.last, after.first))
        return len(between) == 1 and len(self.lines[between[0]].words) == 1 and above.isdecimal() and below.isdecimal() \
            and int(below) == int(above) + 1

    def _near(self, i: int, way: int) -> bool:
        """Whether the white before the next line is usual for this region."""
        edge = self.lines[self.last if way > 0 else self.first]
        upper, lower = (edge, self.lines[i]) if way > 0 else (self.lines[i], edge)
        known = [b.box.top - a.box.bottom for a, b in zip(self.lines[self.first:self.last], self.lines[self.first + 1:self.last + 1])]
        limit = max(APART * max(known), LOOSE * edge.size) if known else FIRST_APART * edge.size
        words = sum(len(line.words) for line in self._woven(i, way))
        if words >= max(3, 0.5 * self.fullest) and not self._broken(self.lines[i]):
            limit = max(limit, FAR * edge.size)
        return lower.box.top - upper.box.bottom <= limit

    def _woven(self, i: int, way: int) -> list[TextLine]:
        """A line, and the next one if it reaches into its height: a header with cells of two and of three lines."""
        line, after = self.lines[i], self.lines[i + way] if 0 <= i + way < len(self.lines) else None
        shared = min(line.box.bottom, after.box.bottom) - max(line.box.top, after.box.top) if after else 0.0
        return [line, after] if after and shared > WOVEN * line.size and not self._broken(after) else [line]

    def _joins(self, i: int, way: int) -> bool:
        if not 0 <= i < len(self.lines) or self.taken[i] or not self._near(i, way):
            return False
        line = self._parted(i)
        text = "".join(w.text for w in line.words)
        if is_foot(text) and not self._in_cell(i):
            return False
        if is_page_foot([w.text for w in line.words]) and (not text.isdigit() or (len(line.words) == 1 and self._alone(i))):
            return False
        if (i if way > 0 else i + 1) in self.again or (way < 0 and self._labels(line)):
            return False
        broken = self._broken(line)
        if not broken:
            if way < 0 and len(line.words) == 1 and not self._is_head_piece(i) and not self._goes_on_above(i):
                return False
            self.mask |= line.mask
            return True
        if len(line.words) == 1 and line.size > LARGE * self.lines[self.first].size:
            return False                                    # a title
        narrow = len(line.words) >= HALF_FULL * self.fullest and all(g[1] - g[0] < NARROW * line.size for g in broken)
        if (narrow or all(self._support(g) <= 1 for g in broken)) and len(gaps(self.mask | line.mask, self.least)) >= 1 \
                and (len(line.words) > 1 or len(broken) == 1) and not (way < 0 and any(is_label(w.text) for w in line.words)):
            self.mask |= line.mask
            return True
        if (self._heads(line, broken) if way < 0 else self._goes_on_after(i)):
            self.spanning.add(i)
            return True
        return False

    def _parted(self, i: int) -> TextLine:
        """A line, cut where its text fills a cell up to the next column: exactly there another cell's text begins, or its own ends."""
        line = self.lines[i]
        broken = self._broken(line)
        walls = [g[1] for g in broken if any(parts_at(w, g[1]) for w in line.words)]
        walls += [g[0] for g in broken if g[1] not in walls and any(parts_behind(w, g[0]) for w in line.words)]
        if walls and not self._broken(cut_line := at_walls(line, walls)):
            self.lines[i] = cut_line
        return self.lines[i]

    def _labels(self, line: TextLine) -> bool:
        """Whether a line begins, where the table does, with a label and its value ('学校名称：…'): it stands above the header."""
        return is_label(line.words[0].text) and line.box.x0 <= min(x.box.x0 for x in self.lines[self.first:self.last + 1]) + line.size

    def _in_cell(self, i: int) -> bool:
        """Whether a line that opens as a note does ('签字…') is the next line of a wrapped cell, not in the first column."""
        line = self.lines[i]
        return (not is_label(line.words[0].text) and self._hangs(i) and not self._broken(line)
                and line.box.x0 > min(x.box.x0 for x in self.lines[self.first:self.last + 1]) + line.size)

    def _hangs(self, i: int) -> bool:
        """Whether a line has one word, close below a line above and at one side in line with a word of it (another cell's line may
        stand between them)."""
        line = self.lines[i]
        above = [x for x in self.lines[max(0, i - 3):i] if line.box.top - x.box.bottom <= TIGHT * line.size]
        return len(line.words) == 1 and any(min(abs(w.box.x0 - line.box.x0), abs(w.box.x1 - line.box.x1)) <= 2.0 for x in above for w in x.words)

    def _alone(self, i: int) -> bool:
        """Whether a lonely number stands where page numbers do: nothing of the table is close to it."""
        after = self.lines[i + 1] if i + 1 < len(self.lines) else None
        return (after is None or after.box.top - self.lines[i].box.bottom > FAR * after.size) and not self._hangs(i)

    def _broken(self, line: TextLine) -> list[tuple[float, float]]:
        """Gutters of the region that the line would bridge."""
        if self.known[0] != self.mask:
            self.known = self.mask, gaps(self.mask, self.least)
        if self.mask | line.mask == self.mask:
            return []
        after = gaps(self.mask | line.mask, self.least)
        return [g for g in self.known[1] if not any(a[0] < g[1] and a[1] > g[0] for a in after)]

    def _support(self, gutter: tuple[float, float]) -> int:
        """How many lines have text on both sides of a gutter."""
        return sum(line.box.x0 < gutter[0] and line.box.x1 > gutter[1] for i, line in
                   enumerate(self.lines[self.first:self.last + 1], self.first) if i not in self.spanning)

    def _is_head_piece(self, i: int) -> bool:
        """A line with one word above the region: part of a header of several lines, or a title?"""
        line, below = self.lines[i], self.lines[i + 1]
        return below.box.top - line.box.bottom <= TIGHT * line.size and abs(line.size - below.size) <= 0.15 * below.size

    def _goes_on_above(self, i: int) -> bool:
        """Whether a line with one word has lines of the table close above it."""
        for j in range(i - 1, max(-1, i - 4), -1):
            line = self.lines[j]
            if self.taken[j] or self.lines[j + 1].box.top - line.box.bottom > LOOSE * line.size:
                return False
            if len(line.words) > 1:
                return not self._broken(line)
        return False

    def _heads(self, line: TextLine, broken: list[tuple[float, float]]) -> bool:
        """Whether a line that spans columns is a header of groups: more than one word, no labels, not all in one."""
        if len(line.words) < 2 or len(broken) >= len(gaps(self.mask, self.least)):
            return False
        return not any(is_label(w.text) for w in line.words) and max(len(w.text) for w in line.words) <= LONG

    def _goes_on_after(self, i: int) -> bool:
        """Whether the table goes on below a line that spans columns (a section, a sum)."""
        line = self.lines[i]
        if max(len(w.text) for w in line.words) > LONG:
            return False
        for j in (i + 1, i + 2):
            if j >= len(self.lines) or self.taken[j] or j in self.again:
                return False
            after = self.lines[j]
            if len(after.words) > 1 and not self._broken(after):
                return after.box.bottom - self.lines[j - 1].box.bottom <= FIRST_APART * line.size
        return False

    def region(self) -> Region | None:
        """The finished region if it is a table, else None."""
        while self.last > self.first and self.last in self.spanning:
            self.last -= 1
        lines = walled(self.lines[self.first:self.last + 1])
        mask = 0
        for i, line in enumerate(lines, self.first):
            mask |= 0 if i in self.spanning else line.mask
        for i in sorted(self.spanning):                     # a header that spans columns no more, now that it is cut
            if len(gaps(mask | lines[i - self.first].mask, self.least)) >= len(gaps(mask, self.least)):
                self.spanning.discard(i)
                mask |= lines[i - self.first].mask
        gutters = under_header(lines, gaps(mask, self.least))
        if not gutters or (len(lines) < FEWEST and not is_pair(lines, gutters)):
            return None
        head = 0
        while self.first + head in self.spanning:
            head += 1
        body = [line for i, line in enumerate(lines, self.first) if i not in self.spanning]
        columns = by_starts(without_bullets(merge_headers(true_columns(lines, gutters, body), body), body), body)
        columns = as_wide_as_words(columns, lines[head:])
        return Region(lines, columns, head) if len(columns) > 1 and is_tabular(lines, columns) else None
