"""Lines of a region, or of a band of a ruled table, to rows.

Rules decide where they part every row; then serial numbers: one record a number, cut at the widest white between two
numbers; then white bands. What stays a guess is said.
"""
from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from carelib.read.pdf.geometry import Box, join, median
from carelib.read.pdf.lines import Segment

_SERIAL = re.compile(r"[（(]?(\d{1,4})[）).、．]?")
ALIKE = 0.7                     # of the usual white between records: more is such a white as well
NEXT_LINE = 2.2                 # of the height of a line: lines of one cell follow each other this close
CLOSE = 0.75                    # of the height of a line: the next line of a cell is no nearer
ON_LINE = 0.3                   # of the height of a line: words whose middles are this near stand on one line
SAME_PITCH = 1.15               # of the least step between lines: so are lines of one cell apart
WHOLE = 10                      # digits: a number so long is not a piece of another one, where all are as long
SURE = 15                       # digits: two numbers so long are enough to tell what a column holds
WOVEN = 0.2                     # of a line's height: lines that overlap by more belong to one row
CLEAR = 1.25                    # the widest white band is this much wider than the next one where the cut is certain
_NUMBERISH = re.compile(r"[-+±(（]?[$€£¥￥]?\s?\d[\d.,\s%‰:/*()（）-]*|[-–—*]")


@dataclass
class Cuts:
    """Positions between rows, from the top of the first to the bottom of the last, and whether they are certain."""
    ys: list[float]
    sure: bool

_FIGURE = re.compile(r"\d|(?<=\d)[Xx]$")

def serials(words: Sequence[Segment]) -> list[tuple[float, int]]:
    """(middle height, number) of the words of a column that number the records, if they do: rising, mostly by one."""
    found = sorted(((w.box.top + w.box.bottom) / 2, int(m[1])) for w in words if (m := _SERIAL.fullmatch(w.text)))
    steps = [b[1] - a[1] for a, b in zip(found, found[1:])]
    if len(found) < 2 or any(s <= 0 for s in steps) or sum(s == 1 for s in steps) < 0.8 * len(steps):
        return []
    return found


def _periodic(words: Sequence[Segment]) -> list[list[Segment]]:
    """Words of which the first one's shape comes back every one, two or three."""
    shapes = [shape(w.text) for w in words]
    for step in (1, 2, 3):
        if len(set(shapes[:step])) == step and all(s == shapes[i % step] for i, s in enumerate(shapes)):
            return [list(words[i:i + step]) for i in range(0, len(words), step)]
    return []


def is_number(text: str) -> bool:
    """Whether a word may be a serial number."""
    return bool(_SERIAL.fullmatch(text))


def alike(words: Sequence[Segment]) -> list[tuple[float, int]]:
    """(middle height, place in the list) of the values of a column that are all numbers of one length (identity numbers,
    phones), whole or broken over lines. They count the records as serial numbers do. [] if it holds something else.
    """
    ordered = sorted((w for w in words), key=lambda w: w.box.top)
    while ordered and not ordered[0].text[:1].isdigit():
        ordered = ordered[1:]                               # its header
    if len({shape(w.text) for w in ordered}) == 1 and len(ordered[0].text) >= WHOLE:
        return _of_one_shape([[w] for w in ordered])
    return max(_of_one_shape(_set_apart(ordered)), _of_one_shape(_periodic(ordered)), key=len)      # lines set close: two or three a record


def _set_apart(words: Sequence[Segment]) -> list[list[Segment]]:
    """Words below each other in groups: those of a group are as close as lines of a cell are."""
    pitch = min((b.box.top - a.box.top for a, b in pairwise(words)), default=0.0)
    groups: list[list[Segment]] = []
    for word in words:
        if groups and word.box.top - groups[-1][-1].box.top <= min(SAME_PITCH * pitch, NEXT_LINE * word.box.height):
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _of_one_shape(groups: Sequence[Sequence[Segment]]) -> list[tuple[float, int]]:
    """(middle height, place in the list) of groups that are numbers of one length; the first and the last may be a piece of one."""
    shapes = [shape("".join(w.text for w in g)) for g in groups]
    usual = max(set(shapes), key=shapes.count, default="")
    if len(usual) < 8 or set(usual) != {"9"} or shapes.count(usual) < (3 if len(usual) < SURE else 2) or any(s != usual for s in shapes[1:-1]):
        return []
    whole = [g for g, s in zip(groups, shapes) if s == usual or (g is groups[-1] and usual.startswith(s))]
    return [((g[0].box.top + g[0].box.bottom) / 2, i) for i, g in enumerate(whole)]


def shape(text: str) -> str:
    """Digits as 9 (a check letter X too), other characters as they are."""
    return _FIGURE.sub("9", text)


def bands(boxes: Sequence[Box], low: float, high: float) -> list[tuple[float, float]]:
    """White stretches between low and high that no box covers."""
    covered = join((b.top, b.bottom) for b in boxes if b.bottom > low and b.top < high)
    return [(a[1], b[0]) for a, b in zip(covered, covered[1:]) if b[0] > a[1]]


def ink(words: Sequence[Segment]) -> list[Box]:
    """The words' boxes without the room above and below the letters, so that lines set tight still show white."""
    return [Box(w.box.x0, w.box.top + 0.17 * w.box.height, w.box.x1, w.box.bottom - 0.13 * w.box.height) for w in words]


def by_serials(words: Sequence[Segment], anchors: Sequence[tuple[float, int]], top: float, bottom: float,
               labels: Sequence[float]) -> Cuts:
    """One record a number. Above the first and below the last, a record reaches as far as the others do.

    `labels`: heights of other words in the column of the numbers; the header above them, a sum below, are rows as well.
    """
    boxes = ink(words)
    heights = [y for y, _ in anchors]
    aligned = _aligned(words, heights, top, bottom, labels)
    if aligned:
        return aligned
    above, below = [y for y in labels if y < heights[0]], [y for y in labels if y > heights[-1]]
    marks = [*([max(above)] if above else []), *heights, *([min(below)] if below else [])]
    whites = [bands(boxes, y0, y1) for y0, y1 in pairwise(marks)]
    widest = [max(w, key=lambda b: b[1] - b[0], default=None) for w in whites]
    begins = _always_last(whites, widest)
    cuts = [sum(w) / 2 if w else (y0 + y1) / 2 for w, (y0, y1) in zip(widest, pairwise(marks))]
    sure = all(widest) and (begins or all(_is_clear(w) for w in whites))
    usual = ALIKE * median(w[1] - w[0] for w in widest if w)
    if not above and begins:
        cuts.insert(0, _last_above(boxes, top, heights[0]))
    elif not above:
        reach = median(y - c for c, y in zip(cuts, heights[1:]))
        cuts.insert(0, _nearest(bands(boxes, top - 1, heights[0]), heights[0] - reach, top, usual / 2))
    if not below and not begins:
        reach = median(c - y for c, y in zip(cuts[1:], heights))
        cuts.append(_nearest(bands(boxes, heights[-1], bottom + 1), heights[-1] + reach, bottom, usual))
    upper = _head_cuts(words, top, cuts[0], usual, max(above)) if begins and above else _rows_above(boxes, top, cuts[0], usual)
    return Cuts([top, *upper, *(c for c in cuts if top < c < bottom), bottom], sure)


def _always_last(whites: Sequence[Sequence[tuple[float, float]]], widest: Sequence[tuple[float, float] | None]) -> bool:
    """Whether the widest white between two numbers is always the one right above the next number: cells begin on its line."""
    told = [white[-1] == wide for white, wide in zip(whites, widest) if len(white) > 1]
    return len(told) >= 3 and all(told) and all(widest)


def _is_clear(whites: Sequence[tuple[float, float]]) -> bool:
    """Whether the widest of some white bands is much wider than the next one."""
    wide = sorted((b - a for a, b in whites), reverse=True)
    return len(wide) == 1 or wide[0] >= CLEAR * wide[1]


def _last_above(boxes: Sequence[Box], top: float, first: float) -> float:
    """The middle of the white right above the first number, else the edge."""
    white = bands(boxes, top - 1, first)
    return sum(white[-1]) / 2 if white else top


def _steps(words: Sequence[Segment], rest: Sequence[Segment], middle: Mapping[int, float], marks: Sequence[float],
           size: float) -> list[list[float]]:
    """How far each of some words stands below the one above it in its column, by column; without end where none does, or where it
    does not hang from the number above it: too near to its line, or nothing of the column on it (a cell in the middle of its row)."""
    columns = join((w.box.x0, w.box.x1) for w in words)
    mates: list[list[float]] = [[] for _ in columns]
    for word in words:
        for c in range(bisect_right(columns, (word.box.x0, math.inf)) - 1, len(columns)):
            if columns[c][0] > word.box.x1:
                break
            mates[c].append(middle[id(word)])
    out: list[list[float]] = [[] for _ in columns]
    for word in rest:
        c, at = bisect_right(columns, (word.box.x0, math.inf)) - 1, middle[id(word)]
        mark = max(m for m in marks if m < at)
        hangs = at - mark >= CLOSE * size and any(abs(y - mark) <= ON_LINE * size for y in mates[c])
        out[c].append(at - max((y for y in mates[c] if y < at - 0.1), default=-math.inf) if hangs else math.inf)
    return [column for column in out if column]


def _head_cuts(words: Sequence[Segment], top: float, first: float, least: float, label: float, wide: float = math.inf) -> list[float]:
    """Cuts above the first record where cells begin on the line of the label over the numbers: below it, only under groups and
    where the white is as wide as between records (above what a page break left of the record before)."""
    boxes = ink(words)
    clear = set(_rows_above(boxes, top, first, wide))
    return [y for y in _rows_above(boxes, top, first, least) if y < label or y in clear or _parts_groups(words, top, y, first)]


def _usual_white(words: Sequence[Segment], heights: Sequence[float]) -> float:
    """How high the white is right above a number, as a rule; 0 if there is only one."""
    boxes = ink(words)
    return median((white[-1][1] - white[-1][0] for white in (bands(boxes, a, b) for a, b in pairwise(heights)) if white), 0.0)


def _parts_groups(words: Sequence[Segment], top: float, at: float, bottom: float) -> bool:
    """Whether, of a header's lines, one above a height spans several words below it: a header of groups."""
    lower = [w.box for w in words if at < (w.box.top + w.box.bottom) / 2 < bottom]
    under = [[b for b in lower if w.box.x0 - 1 < b.x1 and w.box.x1 + 1 > b.x0] for w in words if top <= (w.box.top + w.box.bottom) / 2 < at]
    return any(max(b.x0 for b in mine) >= min(b.x1 for b in mine) for mine in under if mine)


def _rows_above(boxes: Sequence[Box], top: float, first: float, usual: float) -> list[float]:
    """Cuts above the first record: between the lines of the header and what a page break left of the record before."""
    return [(a + b) / 2 for a, b in bands(boxes, top, first) if b < first - 1.0 and b - a >= max(usual, 1.0)]


def _hanging(words: Sequence[Segment], heights: Sequence[float], top: float, bottom: float,
             labels: Sequence[float]) -> tuple[Cuts, float] | None:
    """Rows whose cells all begin on the line of the number, wrapped lines hanging below it at one distance in each column, and the
    least distance; else None. Then a record ends just above the next number, however narrow the white is.
    """
    below = [y for y in labels if y > heights[-1]]
    marks = [*heights, *([min(below)] if below else [])]
    size = median(w.box.height for w in words)
    slack = ON_LINE * size
    middle = {id(w): (w.box.top + w.box.bottom) / 2 for w in words}
    rest = [w for w in words if middle[id(w)] > heights[0] + slack and all(abs(middle[id(w)] - m) > slack for m in marks)]
    if not rest:
        return None
    steps = _steps(words, rest, middle, marks, size)
    if not all(min(column) >= CLOSE * size and max(column) <= min(NEXT_LINE * size, min(column) + slack) for column in steps):
        return None
    pitch = min(map(min, steps))
    cuts = [y - 0.5 * size - 0.15 * max(0.0, pitch - 0.8 * size) for y in marks]
    heads = [y for y in labels if y < heights[0]]
    least = CLEAR * (max(map(max, steps)) - 0.6 * size)
    above = _head_cuts(words, top, cuts[0], least, max(heads, default=cuts[0]), max(least, ALIKE * _usual_white(words, marks)))
    return Cuts([top, *above, *(c for c in cuts if top < c < bottom), bottom], True), pitch


def _aligned(words: Sequence[Segment], heights: Sequence[float], top: float, bottom: float, labels: Sequence[float]) -> Cuts | None:
    """Hanging or standing rows. Where both fit, the text above the first and below the last number decides; where there is none,
    the lines of a cell are those set tighter.
    """
    hanging = _hanging(words, heights, top, bottom, labels)
    standing = _standing(words, heights, top, bottom, labels)
    if not (hanging and standing):
        return (hanging or standing or (None,))[0]
    head, half = max((y for y in labels if y < heights[0]), default=top), 0.5 * median(w.box.height for w in words)
    middles = [(w.box.top + w.box.bottom) / 2 for w in words]
    above = any(head + half < y < heights[0] - half for y in middles)       # of the header, or of the first record
    below = any(y > heights[-1] + half for y in middles)
    if below and not above:
        return hanging[0]
    tighter, looser = sorted((hanging, standing), key=lambda found: found[1])
    if looser[1] > CLEAR * tighter[1] and not below:
        return tighter[0]
    return Cuts((standing if above and not below else hanging)[0].ys, False)


def _standing(words: Sequence[Segment], heights: Sequence[float], top: float, bottom: float,
              labels: Sequence[float]) -> tuple[Cuts, float] | None:
    """Rows whose cells all end on the line of the number, wrapped lines standing above it: hanging rows upside down."""
    above = [y for y in labels if y < heights[0]]
    white = bands(ink(words), max(above), heights[0]) if above else []
    if not white:
        return None
    head = sum(max(white, key=lambda b: b[1] - b[0])) / 2           # below the header, however many lines it has
    flipped = [Segment((), Box(w.box.x0, -w.box.bottom, w.box.x1, -w.box.top), w.text) for w in words
               if (w.box.top + w.box.bottom) / 2 > head]
    found = _hanging(flipped, [-y for y in reversed(heights)], -bottom, -head, [])
    if found is None:
        return None
    ys = sorted(-y for y in found[0].ys if -bottom < y < -head - 1.0)
    return Cuts([top, head, *(y for y in ys if top < y < bottom), bottom], True), found[1]


def _nearest(white: Sequence[tuple[float, float]], wanted: float, edge: float, least: float) -> float:
    """The middle of the band nearest to the wanted height that is as wide as those between records; else the edge."""
    middles = [(a + b) / 2 for a, b in white if b - a >= least]
    return min([*middles, edge], key=lambda m: abs(m - wanted))


def by_white(lines: Sequence[Sequence[Segment]], top: float, bottom: float, first: tuple[float, float], cols: int) -> Cuts:
    """Rows without numbers: a line that has something in the first column, in most columns, or figures opens a row.

    Other lines are pieces of wrapped cells; they go to the side of the widest white between two opening lines.
    """
    if not lines:
        return Cuts([top, bottom], True)
    lines, merged = _without_bridges(lines, cols)
    lines = woven(lines)
    spans = [(min(b.top for b in boxes), max(b.bottom for b in boxes)) for boxes in map(ink, lines)]
    wrapped = any(_has_figures(line) and not _begins(line, first) for line in lines)
    opening = [i for i, line in enumerate(lines) if _opens(line, first, cols, wrapped)]
    ys, sure = [top], bool(opening) and all(_begins(lines[i], first) or any(
        w.box.x0 < first[1] and w.box.top < spans[i][1] and w.box.bottom > spans[i][0] for w in merged) for i in opening)
    usual = median(spans[j][0] - spans[i][1] for i, j in pairwise(opening) if j == i + 1)
    for i, j in pairwise(opening):
        whites = sorted(((spans[k + 1][0] - spans[k][1], k) for k in range(i, j)), reverse=True)
        white, k = whites[0]
        sure &= len(whites) == 1 or (white > 0 and white >= CLEAR * whites[1][0] and not 0 < usual * CLEAR < white)
        ys.append((spans[k][1] + spans[k + 1][0]) / 2)
        first_white, last_white = spans[i + 1][0] - spans[i][1], spans[j][0] - spans[j - 1][1]
        if i == opening[0] and j > i + 1 and first_white >= ALIKE * last_white > 0:
            # between the header and the first row: what a page break left of the row before
            ys[-1:] = [(spans[i][1] + spans[i + 1][0]) / 2, (spans[j - 1][1] + spans[j][0]) / 2]
    return Cuts([*ys, bottom], sure)


def _without_bridges(lines: Sequence[Sequence[Segment]], cols: int) -> tuple[list[Sequence[Segment]], list[Segment]]:
    """The lines but those that lie across the border of two full lines, in columns where neither has a word: cells merged over
    two rows. With the words of these cells."""
    kept, merged = list(lines[:1]), list[Segment]()
    for line, below in zip(lines[1:], [*lines[2:], ()]):
        above = kept[-1]
        if below and len(line) <= 2 and min(len(above), len(below)) >= 0.5 * cols and _lies_across(line, above, below):
            merged += line
        else:
            kept.append(line)
    return kept, merged


def _lies_across(line: Sequence[Segment], above: Sequence[Segment], below: Sequence[Segment]) -> bool:
    low, high = max(w.box.bottom for w in above), min(w.box.top for w in below)
    least = WOVEN * min(w.box.height for w in line)
    return (high - low > -least and all(w.box.top < low - least and w.box.bottom > high + least for w in line)
            and not any(w.box.x0 < u.box.x1 and w.box.x1 > u.box.x0 for w in line for u in (*above, *below)))


def woven(lines: Sequence[Sequence[Segment]]) -> list[list[Segment]]:
    """Lines that reach into each other's height (cells of two and of three lines, centred) are lines of one row."""
    out: list[list[Segment]] = []
    low = float("-inf")
    for line in lines:
        if out and low - min(w.box.top for w in line) > WOVEN * max(w.box.height for w in line):
            out[-1] += line
        else:
            out.append(list(line))
        low = max(w.box.bottom for w in out[-1])
    return out


def _opens(line: Sequence[Segment], first: tuple[float, float], cols: int, wrapped: bool) -> bool:
    """`wrapped`: the first column's text runs over lines, so that alone it opens no row."""
    if _begins(line, first) and not (wrapped and len(line) == 1):
        return True
    return len(line) >= 0.6 * cols or (len(line) >= 0.5 * cols and _has_figures(line))


def _has_figures(line: Sequence[Segment]) -> bool:
    figures = sum(bool(_NUMBERISH.fullmatch(w.text)) for w in line)
    return figures >= 1 and 2 * figures >= len(line)


def _begins(line: Sequence[Segment], first: tuple[float, float]) -> bool:
    return any(w.box.x0 < first[1] and w.box.x1 > first[0] for w in line)
