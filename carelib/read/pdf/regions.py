"""Where text stands in columns without rules: regions of lines that share gutters of white.

A line is a bit mask of the points of width that it covers; gutters are what the lines of a region leave free. A region grows
from its fullest line, up and down, as long as the lines respect its gutters.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.lines import Segment, em, line_text, split_lines
from carelib.read.pdf.words import is_foot, is_page_number

FINE = 4                        # mask bits a point
GUTTER = 0.2                    # em: narrower white is no gutter
WORD = (0.4, 0.62)              # em: words that may be cells are this far apart (Chinese, Latin)
PIECE = 0.15                    # em: the same where another drawing operation begins
BLANK = 0.4                     # of the width of a wide bracket or stop is blank, on one side of it
LEFT_HALF, RIGHT_HALF = frozenset("，。、；：）》」』】〕"), frozenset("（《「『【〔")
NARROW = 0.5                    # em: a gutter below this may be the white between two characters
HALF_FULL = 0.5                 # share of the fullest line's words from which on a line counts as a full one
APART = 2.2                     # times the widest white between the lines of a region: more ends it
LOOSE = 1.8                     # em: white that never ends a region
FIRST_APART = 3.0               # em: white that ends it while nothing else is known
FAR = 6.0                       # em: white between two regions with the same columns that may be one
TIGHT = 0.9                     # em: a line with one word joins the head of a region only this near to it
FEWEST = 3                      # lines of a region
SMALL = 6                       # lines: a region with fewer must have two lines that fill most of its columns
MARKS = frozenset("√×✓✔✗☑☒□○●/—-*")        # marks that are values
LONG = 28                       # characters: a piece of text this long is prose rather than a value
_LABELLED = re.compile(r"[^\W\d_a-zA-Z]{1,12}(?:[（(][^（）()]{1,8}[）)])?[：:]")
_NUMERIC = re.compile(r"[-+±(（]?[$€£¥￥]?\s?[\d][\d.,\s%‰:/年月日*()（）-]*|[-–—*]|n/?a", re.IGNORECASE)


@dataclass
class TextLine:
    """A visual line cut into words that may be cells."""
    words: list[Segment]
    box: Box
    mask: int = 0
    size: float = 10.0

    @property
    def glyphs(self) -> list[Glyph]:
        return [g for w in self.words for g in w.glyphs]


@dataclass
class Region:
    """Consecutive lines that form a table. `columns`: (x0, x1) of each column's text."""
    lines: list[TextLine]
    columns: list[tuple[float, float]] = field(default_factory=list)
    head: int = 0               # lines at its top that span columns

    @property
    def box(self) -> Box:
        return bounds(line.box for line in self.lines)


def is_label(text: str) -> bool:
    """'填报时间：2023年…': a label with its colon."""
    return bool(_LABELLED.match(text))


def text_lines(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """The visual lines of a page, top to bottom, cut into words."""
    return [make_line(cut(line)) for line in split_lines(glyphs)]


def make_line(words: list[Segment]) -> TextLine:
    mask = 0
    for word in words:
        mask |= bits(word.box.x0, word.box.x1)
    return TextLine(words, bounds(w.box for w in words), mask, median(em(g) for w in words for g in w.glyphs))


def cut(line: Sequence[Glyph]) -> list[Segment]:
    """Words that may be cells: Chinese text has no gaps inside, Latin words do."""
    pieces: list[list[Glyph]] = [[line[0]]]
    for left, right in zip(line, line[1:]):
        latin = left.char.isascii() and right.char.isascii() and (left.char.isalpha() or right.char.isalpha())
        apart = PIECE if left.run != right.run and not latin else WORD[latin]
        if right.x0 - left.x1 > apart * min(em(left), em(right)):
            pieces.append([])
        pieces[-1].append(right)
    return [Segment(tuple(p), _seen(p), line_text(p)) for p in pieces]


def _seen(word: Sequence[Glyph]) -> Box:
    """Where a word is seen: wide brackets and stops at its ends fill only half of their width."""
    box, first, last = bounds(word), word[0], word[-1]
    left = BLANK * (first.x1 - first.x0) if first.char in RIGHT_HALF else 0.0
    right = BLANK * (last.x1 - last.x0) if last.char in LEFT_HALF else 0.0
    return Box(box.x0 + left, box.top, box.x1 - right, box.bottom) if left or right else box


def bits(x0: float, x1: float) -> int:
    low, high = max(0, int(x0 * FINE)), max(0, int(x1 * FINE + 0.999))
    return ((1 << (high - low)) - 1) << low if high > low else 0


def gaps(mask: int, least: float) -> list[tuple[float, float]]:
    """Stretches between the first and the last covered point that are free for at least `least` points."""
    out = []
    low = (mask & -mask).bit_length() - 1 if mask else 0
    mask >>= low
    while mask:
        ones = (~mask & (mask + 1)).bit_length() - 1        # the covered stretch at the bottom
        mask >>= ones
        low += ones
        if not mask:
            break
        zeros = (mask & -mask).bit_length() - 1
        if zeros >= least * FINE:
            out.append((low / FINE, (low + zeros) / FINE))
        mask >>= zeros
        low += zeros
    return out


def find(lines: Sequence[TextLine]) -> list[Region]:
    """The regions of a page, top to bottom."""
    grown: list[_Growth] = []
    taken = [False] * len(lines)
    for seed in sorted(range(len(lines)), key=lambda i: (-len(lines[i].words), i)):
        text = "".join(w.text for w in lines[seed].words)
        if len(lines[seed].words) < 2 or taken[seed] or is_foot(text) or is_page_number(text):
            continue
        growth = _Growth(lines, taken, seed)
        growth.grow()
        if growth.last > growth.first:
            grown.append(growth)
            taken[growth.first:growth.last + 1] = [True] * (growth.last + 1 - growth.first)
    out: list[_Growth] = []
    for growth in sorted(grown, key=lambda g: g.first):
        if not (out and out[-1].absorb(growth)):
            out.append(growth)
    return [region for growth in out if (region := growth.region())]


class _Growth:
    """A region while it grows."""

    def __init__(self, lines: Sequence[TextLine], taken: Sequence[bool], seed: int) -> None:
        self.lines, self.taken = lines, taken
        self.first = self.last = seed
        self.mask = lines[seed].mask
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
        if after.first != self.last + 1 or gap > FAR * self.lines[self.last].size:
            return False
        larger = max((self, after), key=lambda g: g.last - g.first)
        if len(gaps(self.mask | after.mask, self.least)) < len(gaps(larger.mask, self.least)):
            return False
        self.last, self.mask = after.last, self.mask | after.mask
        self.spanning |= after.spanning
        return True

    def _near(self, i: int, way: int) -> bool:
        """Whether the white before the next line is usual for this region."""
        edge = self.lines[self.last if way > 0 else self.first]
        upper, lower = (edge, self.lines[i]) if way > 0 else (self.lines[i], edge)
        known = [b.box.top - a.box.bottom for a, b in zip(self.lines[self.first:self.last], self.lines[self.first + 1:self.last + 1])]
        limit = max(APART * max(known), LOOSE * edge.size) if known else FIRST_APART * edge.size
        words = len(self.lines[i].words)
        if words >= max(3, 0.5 * self.fullest) and not self._broken(self.lines[i]):
            limit = max(limit, FAR * edge.size)
        return lower.box.top - upper.box.bottom <= limit

    def _joins(self, i: int, way: int) -> bool:
        if not 0 <= i < len(self.lines) or self.taken[i] or not self._near(i, way):
            return False
        line = self.lines[i]
        text = "".join(w.text for w in line.words)
        if is_foot(text) and not self._in_cell(i, way):
            return False
        if is_page_number(text) and (not text.isdigit() or (len(line.words) == 1 and self._alone(i))):
            return False
        broken = self._broken(line)
        if not broken:
            if way < 0 and len(line.words) == 1 and not self._is_head_piece(i) and not self._goes_on_above(i):
                return False
            self.mask |= line.mask
            return True
        narrow = len(line.words) >= HALF_FULL * self.fullest and all(g[1] - g[0] < NARROW * line.size for g in broken)
        if (narrow or all(self._support(g) <= 1 for g in broken)) and len(gaps(self.mask | line.mask, self.least)) >= 1 \
                and (len(line.words) > 1 or len(broken) == 1):
            self.mask |= line.mask
            return True
        if (self._heads(line, broken) if way < 0 else self._goes_on_after(i)):
            self.spanning.add(i)
            return True
        return False

    def _in_cell(self, i: int, way: int) -> bool:
        """Whether a line that opens as a note does ('签字…') is the next line of a wrapped cell, not in the first column."""
        line, above = self.lines[i], self.lines[i - 1]
        return (way > 0 and len(line.words) == 1 and not is_label(line.words[0].text) and line.box.top - above.box.bottom <= TIGHT * line.size
                and line.box.x0 > bounds(x.box for x in self.lines[self.first:self.last + 1]).x0 + line.size
                and any(abs(w.box.x0 - line.box.x0) <= 2.0 for w in above.words) and not self._broken(line))

    def _alone(self, i: int) -> bool:
        """Whether a lonely number stands where page numbers do: nothing of the table follows close below it."""
        after = self.lines[i + 1] if i + 1 < len(self.lines) else None
        return after is None or after.box.top - self.lines[i].box.bottom > FAR * after.size

    def _broken(self, line: TextLine) -> list[tuple[float, float]]:
        """Gutters of the region that the line would bridge."""
        after = gaps(self.mask | line.mask, self.least)
        return [g for g in gaps(self.mask, self.least) if not any(a[0] < g[1] and a[1] > g[0] for a in after)]

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
        return not any(_LABELLED.match(w.text) for w in line.words) and max(len(w.text) for w in line.words) <= LONG

    def _goes_on_after(self, i: int) -> bool:
        """Whether the table goes on below a line that spans columns (a section, a sum)."""
        line = self.lines[i]
        if max(len(w.text) for w in line.words) > LONG:
            return False
        for j in (i + 1, i + 2):
            if j >= len(self.lines) or self.taken[j]:
                return False
            after = self.lines[j]
            if len(after.words) > 1 and not self._broken(after):
                return after.box.bottom - self.lines[j - 1].box.bottom <= FIRST_APART * line.size
        return False

    def region(self) -> Region | None:
        """The finished region if it is a table, else None."""
        while self.last > self.first and self.last in self.spanning:
            self.last -= 1
        lines = list(self.lines[self.first:self.last + 1])
        gutters = gaps(self.mask, self.least)
        if not gutters or (len(lines) < FEWEST and not _is_pair(lines, gutters)):
            return None
        head = 0
        while self.first + head in self.spanning:
            head += 1
        body = [line for i, line in enumerate(lines, self.first) if i not in self.spanning]
        columns = without_bullets(merge_headers(true_columns(lines, gutters, body), body), body)
        return Region(lines, columns, head) if len(columns) > 1 and is_tabular(lines, columns) else None


def _is_pair(lines: Sequence[TextLine], gutters: Sequence[tuple[float, float]]) -> bool:
    """Two lines that are a header and its only record: many columns, most of them filled, well apart."""
    wide = [g for g in gutters if g[1] - g[0] >= NARROW * lines[0].size]
    return len(lines) == 2 and len(wide) >= 3 and all(len(line.words) >= 0.7 * (len(wide) + 1) for line in lines) \
        and not any(is_label(w.text) for line in lines for w in line.words)


def true_columns(lines: Sequence[TextLine], gutters: Sequence[tuple[float, float]], body: Sequence[TextLine]) -> list[tuple[float, float]]:
    """Columns between gutters; a narrow gutter over which the text of every line runs on as within a word is none."""
    kept = []
    for i, g in enumerate(gutters):
        low = kept[-1][1] if kept else float("-inf")
        high = gutters[i + 1][0] if i + 1 < len(gutters) else float("inf")
        if g[1] - g[0] >= NARROW * lines[0].size or _parts(body, g, low, high):
            kept.append(g)
    box = bounds(line.box for line in lines)
    edges = [box.x0, *(x for g in kept for x in g), box.x1]
    return list(zip(edges[::2], edges[1::2]))


def _parts(lines: Sequence[TextLine], gutter: tuple[float, float], low: float, high: float) -> bool:
    """Whether some line leaves more white between the columns beside a gutter than there is between the characters of a word."""
    for line in lines:
        left = [w.box.x1 for w in line.words if low - 0.5 <= w.box.x0 and w.box.x1 <= gutter[0] + 0.5]
        right = [w.box.x0 for w in line.words if gutter[1] - 0.5 <= w.box.x0 and w.box.x1 <= high + 0.5]
        if left and right and min(right) - max(left) > NARROW * line.size:
            return True
    return False


def merge_headers(columns: list[tuple[float, float]], lines: Sequence[TextLine]) -> list[tuple[float, float]]:
    """A header set apart from what it heads (centred over values at the left) makes two columns of one: they are joined."""
    rows = [[i for i, line in enumerate(lines) if any(w.box.x0 < x1 and w.box.x1 > x0 for w in line.words)] for x0, x1 in columns]
    if len(lines) < 2 or not all(rows):
        return columns
    top = max(1, len(lines) // 4)
    heads = [c for c, r in enumerate(rows) if max(r) < top and len(r) <= 3]
    level = max((max(rows[c]) for c in heads), default=-1)
    bare = {c for c, r in enumerate(rows) if min(r) > level} if heads else set()
    gone: dict[int, int] = {}
    for c in heads:
        near = [n for n in (c - 1, c + 1) if n in bare and n not in gone.values()]
        if near:
            gone[c] = min(near, key=lambda n: max(columns[n][0] - columns[c][1], columns[c][0] - columns[n][1]))
    out = []
    for c, (x0, x1) in enumerate(columns):
        if c in gone:
            continue
        mates = [columns[h] for h, n in gone.items() if n == c] + [(x0, x1)]
        out.append((min(m[0] for m in mates), max(m[1] for m in mates)))
    return out


def without_bullets(columns: list[tuple[float, float]], lines: Sequence[TextLine]) -> list[tuple[float, float]]:
    """A column of nothing but list marks (•, -, ◆) belongs to the text beside it."""
    words = [w.text for line in lines for w in line.words if w.box.x1 <= columns[0][1] + 1]
    if len(columns) > 1 and words and all(len(t) <= 2 and not any(c.isalnum() for c in t) and t not in MARKS for t in words):
        return [(columns[0][0], columns[1][1]), *columns[2:]]
    return columns


def is_tabular(lines: Sequence[TextLine], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether lines in columns are a table rather than prose in columns or labels with values."""
    words = [w for line in lines for w in line.words]
    full = [line for line in lines if len(line.words) > 1]
    if len(full) < 2 or 2 * sum(bool(_LABELLED.match(w.text)) for w in words) >= len(words):
        return False
    numeric = sum(bool(_NUMERIC.fullmatch(w.text)) for w in words) / len(words)
    long = [_long_share(lines, column) for column in columns]
    if numeric < 0.2 and sum(share > 0.5 for share in long) >= max(2, 0.5 * len(columns)):
        return False
    if len(columns) >= 3:
        usual = sum(len(line.words) for line in full) / len(full)
        if len(lines) < SMALL and sum(len(line.words) >= 0.6 * len(columns) for line in full) < 2:
            return False
        return (len(full) >= 0.5 * len(lines) or numeric >= 0.3 or usual >= 0.6 * len(columns)
                or max(len(line.words) for line in full) >= max(4, 0.7 * len(columns)))
    aligned = _aligned(lines, columns[1])
    return len(full) >= 3 and long[1] <= 0.2 and (numeric >= 0.25 or (aligned >= 0.8 and long[0] <= 0.2))


def _long_share(lines: Sequence[TextLine], column: tuple[float, float]) -> float:
    """Share of a column's lines that are as long as prose."""
    texts = ["".join(w.text for w in line.words if w.box.x0 >= column[0] - 1 and w.box.x1 <= column[1] + 1) for line in lines]
    texts = [t for t in texts if t]
    return sum(len(t) > LONG for t in texts) / len(texts) if texts else 0.0


def _aligned(lines: Sequence[TextLine], column: tuple[float, float]) -> float:
    """Share of a column's words that begin, or end, at one position."""
    words = [w.box for line in lines for w in line.words if w.box.x1 > column[0] - 1 and w.box.x0 < column[1] + 1]
    if not words:
        return 0.0
    left, right = median(b.x0 for b in words), median(b.x1 for b in words)
    return max(sum(abs(b.x0 - left) <= 2.0 for b in words), sum(abs(b.x1 - right) <= 2.0 for b in words)) / len(words)
