"""The columns between the gutters of a region, and whether lines in columns are a table at all."""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise, takewhile

from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.lines import Segment, em
from carelib.read.pdf.textline import LONG, NEVER_FIRST, NEVER_LAST, TextLine, at_walls, is_label, make_line, segment
from carelib.read.pdf.words import is_serial_label

APART = 1.0                     # em: labels of one column begin this near to each other
GUTTER = 0.2                    # em: narrower white is no gutter
NARROW = 0.5                    # em: a gutter below this may be the white between two characters
SEEN = 0.08                     # em: white of a header that parts two labels, where the values below begin exactly there
FLUSH = 0.7                     # points: words that begin at one position
FEWEST = 3                      # lines on which they do so that they are a column of their own
SMALL = 6                       # lines: a region with fewer must have two lines that fill most of its columns
MARKS = frozenset("√×✓✔✗☑☒□○●/—-*")        # marks that are values
_NUMERIC = re.compile(r"[-+±(（]?[$€£¥￥]?\s?[\d][\d.,\s%‰:/年月日*()（）-]*|[-–—*]|n/?a", re.IGNORECASE)


def is_pair(lines: Sequence[TextLine], gutters: Sequence[tuple[float, float]]) -> bool:
    """Two lines that are a header and its only record: many columns, well apart, and most of them filled, or each word of the
    record in line with a label."""
    wide = [g for g in gutters if g[1] - g[0] >= NARROW * lines[0].size]
    if len(lines) != 2 or len(wide) < FEWEST or any(is_label(w.text) for line in lines for w in line.words):
        return False
    return all(len(line.words) >= 0.7 * (len(wide) + 1) for line in lines) or _in_line(*lines)


def _in_line(head: TextLine, record: TextLine) -> bool:
    """Whether all words of a record begin, stand in the middle, or end with a label of a line without figures."""
    def places(line: TextLine) -> list[tuple[float, float, float]]:
        return [(w.box.x0, (w.box.x0 + w.box.x1) / 2, w.box.x1) for w in line.words]
    labels = places(head)
    lined_up = any(all(any(abs(w[side] - x[side]) <= FLUSH for x in labels) for w in places(record)) for side in (0, 1, 2))
    return lined_up and 1 < len(record.words) <= len(labels) and not head.has_digits


def under_header(lines: Sequence[TextLine], gutters: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The gutters, and those that are too narrow to be seen as such (text right up to the next column) but lie where a word
    of the header begins apart, and exactly there a word of most lines.
    """
    out = list(gutters)
    head = max(lines[:3], key=lambda line: len(line.words)).words
    for left, right in zip(head, head[1:]):
        x = right.box.x0
        if x - left.box.x1 < NARROW * lines[0].size or any(a - 0.5 <= x <= b + 0.5 for a, b in gutters):
            continue
        words = [w for line in lines for w in line.words]
        begin = sum(abs(w.box.x0 - x) <= 0.5 for w in words)
        there = sum(w.box.x0 < right.box.x1 and w.box.x1 > x for w in words)
        if begin >= max(3, 0.6 * there) and not any(w.box.x0 < x - 0.5 and w.box.x1 > x for w in words):
            out.append((max(w.box.x1 for w in words if w.box.x1 <= x), x))
    return sorted(out)


def walled(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, cut where the header shows white, however little, and every text that runs on there has a cell of its own
    under the label before it and another one that begins exactly at the label behind it: cells filled up to the next one's text."""
    size = lines[0].size
    heads = list(takewhile(lambda line: not line.has_digits, lines[:3]))
    if not heads:                                           # a page without a header
        return list(lines)
    head = max((line.glyphs for line in heads), key=len)
    inside = median(b.x0 - a.x1 for line in lines for w in line.words for a, b in pairwise(w.glyphs))
    starts = [(a.x1, b.x0) for a, b in pairwise(head) if b.x0 - a.x1 >= SEEN * size + 2 * max(0.0, inside)]
    words = [w for line in lines for w in line.words]
    walls = [x for before, x in starts if _all_part(before, x, words, x - before < GUTTER * size)]
    return [at_walls(line, walls) for line in lines] if walls else list(lines)


def _all_part(before: float, x: float, words: Sequence[Segment], close: bool) -> bool:
    """Whether the words that lie over a position begin left of where the label before it ends and part at it, and others begin there.
    `close`: the labels themselves are so close that they leave no gutter."""
    over = [w for w in words if w.box.x0 < x - FLUSH and w.box.x1 > x + FLUSH]
    begin = sum(abs(w.box.x0 - x) <= FLUSH for w in words)
    return (close or bool(over)) and len(over) + begin >= 3 and all(w.box.x0 < before and parts_at(w, x) for w in over)


def parts_at(word: Segment, x: float) -> bool:
    """Whether another cell's text begins exactly at a position: see `_is_border`."""
    return any(abs(b.x0 - x) <= FLUSH and _is_border(a, b, word) for a, b in pairwise(word.glyphs))


def parts_behind(word: Segment, x: float) -> bool:
    """Whether a cell's text ends exactly at a position."""
    return any(abs(a.x1 - x) <= FLUSH and _is_border(a, b, word) for a, b in pairwise(word.glyphs))


def _is_border(left: Glyph, right: Glyph, word: Segment) -> bool:
    """Whether two neighbours are drawn by two operations, and not just because each glyph is, or in two scripts, or apart.
    (Latin words are apart by a blank: that is no border.)"""
    latin, white = (left.char.isascii(), right.char.isascii()), (right.x0 - left.x1) / em(right)
    if left.run == right.run or left.char in NEVER_LAST or right.char in NEVER_FIRST or (all(latin) and white >= GUTTER):
        return False
    return any(latin) != all(latin) or white >= SEEN or 2 * len({g.run for g in word.glyphs}) <= len(word.glyphs)


def set_wide(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, two single characters of a header joined ('班　级') where a word below, no wider than both, runs over their white."""
    out = []
    for line in lines:
        joined = [list(line.words[0].glyphs)]
        for before, word in pairwise(line.words):
            if len(before.text) == len(word.text) == 1 and _is_one_label(before, word, line, lines):
                joined[-1] += word.glyphs
            else:
                joined.append(list(word.glyphs))
        out.append(line if len(joined) == len(line.words) else make_line([segment(glyphs) for glyphs in joined], line.walls))
    return out


def _is_one_label(left: Segment, right: Segment, line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether two characters are 序号, or a word below fills the white between them, in a line without figures, and reaches hardly
    beyond them."""
    if is_serial_label(left.text + right.text):
        return True
    if line.has_digits or not all(c.isalpha() and not c.isascii() for c in (left.text, right.text)):
        return False
    low, high = left.box.x0 - line.size, right.box.x1 + line.size
    return any(low <= w.box.x0 < left.box.x1 and right.box.x0 < w.box.x1 <= high
               for below in lines if below.box.top > line.box.bottom for w in below.words)


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
    """Whether a gutter parts two columns: a rule stands in it, no line has words on both sides of it, one leaves more white there
    than a word, or a word of the header begins right behind it, alone or as a label of its own, where the words of all other
    lines do (序号 far to the left; labels that fill their cells)."""
    if any(gutter[0] < wall < gutter[1] for line in lines for wall in line.walls):
        return True
    whites: list[float] = []
    alone = labelled = begins = 0
    for line in lines:
        left = [w for w in line.words if low - 0.5 <= w.box.x0 and w.box.x1 <= gutter[0] + 0.5]
        right = [w for w in line.words if gutter[1] - 0.5 <= w.box.x0 and w.box.x1 <= high + 0.5]
        if not right:
            continue
        flush = right[0].box.x0 - gutter[1] <= FLUSH
        if left:
            labelled += flush and not whites and min(len(left[-1].text), len(right[0].text)) > 1 and not line.has_digits
            whites.append((right[0].box.x0 - left[-1].box.x1) / line.size)
            begins += flush
        elif not whites:
            alone += flush
    return not whites or max(whites) > NARROW or (begins == len(whites) and ((alone > 0 and begins >= 2) or (labelled > 0 and begins >= FEWEST)))


def as_wide_as_words(columns: Sequence[tuple[float, float]], lines: Sequence[TextLine]) -> list[tuple[float, float]]:
    """The columns as wide as the words that stand in one of them alone: walls and narrow gutters keep white, over which a word may
    reach."""
    words = [w.box for line in lines for w in line.words]
    out = []
    for c, (x0, x1) in enumerate(columns):
        low = columns[c - 1][1] if c else float("-inf")
        high = columns[c + 1][0] if c + 1 < len(columns) else float("inf")
        mine = [b for b in words if low <= b.x0 and b.x1 <= high and b.x0 < x1 and b.x1 > x0]
        out.append((min([x0, *(b.x0 for b in mine)]), max([x1, *(b.x1 for b in mine)])))
    return out


def merge_headers(columns: list[tuple[float, float]], lines: Sequence[TextLine]) -> list[tuple[float, float]]:
    """A header set apart from what it heads (centred over values at the left) makes two columns of one: they are joined."""
    rows = [[i for i, line in enumerate(lines) if any(w.box.x0 < x1 and w.box.x1 > x0 for w in line.words)] for x0, x1 in columns]
    if len(lines) < 2 or not all(rows):
        return columns
    top = max(1, len(lines) // 4)
    heads = [c for c, r in enumerate(rows) if max(r) < top and len(r) <= 3]
    level = max((max(rows[c]) for c in heads), default=-1)
    bare = {c for c, r in enumerate(rows) if min(r) > level} if heads else set()
    gone: dict[int, int] = {c: c - 1 for c in heads if c and _is_set_wide(columns[c - 1:c + 1], [lines[r] for r in rows[c]])}
    for c in heads:
        if c in gone:
            continue
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


def by_starts(columns: list[tuple[float, float]], lines: Sequence[TextLine]) -> list[tuple[float, float]]:
    """The columns as the labels of the header begin them, if a label stands beside what it heads (numbers flush right under a
    label flush left) and every word below lies between the beginnings of its label and of the next. A page that begins with
    records has no header."""
    said = [any(c.isdigit() for w in line.words for c in w.text) for line in lines]
    first = next((i for i, line in enumerate(lines) if len(line.words) >= 3 and not said[i]), len(lines))
    while first and not said[first - 1] and len(lines[first - 1].words) > 1:
        first -= 1
    last = next((i for i in range(first, len(lines)) if said[i]), len(lines))
    labels, words = ([w.box for line in part for w in line.words] for part in (lines[first:last], lines[last:]))
    records = any(said[i] and len(lines[i].words) >= 3 for i in range(first))
    if not labels or records or not any(_beside(column, labels, words) for column in columns):
        return columns
    starts: list[float] = []
    for x in sorted(b.x0 for b in labels):
        if not starts or x - starts[-1] > APART * lines[0].size:
            starts.append(x)
    if len(starts) < 3 or any(a.x0 < s < a.x1 - FLUSH for a in labels for s in starts[1:] if s - a.x0 > APART * lines[0].size):
        return columns
    under: list[list[Box]] = [[] for _ in starts]
    for box in words:
        i = max(0, bisect_right(starts, box.x0 + FLUSH) - 1)
        if box.x0 < starts[i] - FLUSH or (i + 1 < len(starts) and box.x1 > starts[i + 1] + FLUSH):
            return columns
        under[i].append(box)
    for box in labels:
        under[bisect_right(starts, box.x0 + APART * lines[0].size) - 1].append(box)
    return [(min(b.x0 for b in mine), max(b.x1 for b in mine)) for mine in under]


def _beside(column: tuple[float, float], labels: Sequence[Box], words: Sequence[Box]) -> bool:
    """Whether a column has only labels, only values, or both beside each other."""
    over = [b for b in labels if b.x0 < column[1] and b.x1 > column[0]]
    below = [b for b in words if b.x0 < column[1] and b.x1 > column[0]]
    return not over or not below or not any(a.x0 < b.x1 and a.x1 > b.x0 for a in over for b in below)


def _is_set_wide(pair: Sequence[tuple[float, float]], head: Sequence[TextLine]) -> bool:
    """Whether all that two columns have in the header's lines is one character each: one word set wide ('性　别')."""
    return all([len(w.text) for w in line.words if w.box.x0 < x1 and w.box.x1 > x0] == [1] for line in head for x0, x1 in pair)


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
    if len(full) < 2 or 2 * sum(bool(is_label(w.text)) for w in words) >= len(words):
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
