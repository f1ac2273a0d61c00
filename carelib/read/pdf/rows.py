"""Lines of a region, or of a band of a ruled table, to rows.

Rules decide where they part every row; then serial numbers: one record a number, cut at the widest white between two
numbers; then white bands. What stays a guess is said.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from carelib.read.pdf.geometry import Box, join, median
from carelib.read.pdf.lines import Segment

_SERIAL = re.compile(r"[（(]?(\d{1,4})[）).、．]?")
CLEAR = 1.25                    # the widest white band is this much wider than the next one where the cut is certain
_NUMBERISH = re.compile(r"[-+±(（]?[$€£¥￥]?\s?\d[\d.,\s%‰:/*()（）-]*|[-–—*]")


@dataclass
class Cuts:
    """Positions between rows, from the top of the first to the bottom of the last, and whether they are certain."""
    ys: list[float]
    sure: bool
    head: int = 0               # rows above the first record, as far as known


def serials(words: Sequence[Segment]) -> list[tuple[float, int]]:
    """(middle height, number) of the words of a column that number the records, if they do: rising, mostly by one."""
    found = sorted((((w.box.top + w.box.bottom) / 2, int(m[1])) for w in words if (m := _SERIAL.fullmatch(w.text))))
    steps = [b[1] - a[1] for a, b in zip(found, found[1:])]
    if len(found) < 2 or any(s <= 0 for s in steps) or sum(s == 1 for s in steps) < 0.8 * len(steps):
        return []
    return found


def bands(boxes: Sequence[Box], low: float, high: float) -> list[tuple[float, float]]:
    """White stretches between low and high that no box covers."""
    covered = join((b.top, b.bottom) for b in boxes if b.bottom > low and b.top < high)
    return [(a[1], b[0]) for a, b in zip(covered, covered[1:]) if b[0] > a[1]]


def ink(words: Sequence[Segment]) -> list[Box]:
    """The words' boxes without the room above and below the letters, so that lines set tight still show white."""
    return [Box(w.box.x0, w.box.top + 0.12 * w.box.height, w.box.x1, w.box.bottom - 0.12 * w.box.height) for w in words]


def by_serials(words: Sequence[Segment], anchors: Sequence[tuple[float, int]], top: float, bottom: float) -> Cuts:
    """One record a number. Above the first and below the last, a record reaches as far as the others do."""
    boxes = ink(words)
    cuts, sure = [], True
    for (y0, _), (y1, _) in zip(anchors, anchors[1:]):
        between = sorted(bands(boxes, y0, y1), key=lambda b: b[0] - b[1])
        if not between:
            cuts.append((y0 + y1) / 2)
            sure = False
            continue
        cuts.append(sum(between[0]) / 2)
        width = between[0][1] - between[0][0]
        sure &= len(between) == 1 or width >= CLEAR * (between[1][1] - between[1][0])
    above = median(y - c for c, (y, _) in zip(cuts, anchors[1:]))
    below = median(c - y for c, (y, _) in zip(cuts, anchors))
    head = _nearest(bands(boxes, top - 1, anchors[0][0]), anchors[0][0] - above, top)
    foot = _nearest(bands(boxes, anchors[-1][0], bottom + 1), anchors[-1][0] + below, bottom)
    ys = [top] + ([head] if head > top else []) + cuts + ([foot] if foot < bottom else []) + [bottom]
    return Cuts(ys, sure, 1 if head > top else 0)


def _nearest(white: Sequence[tuple[float, float]], wanted: float, edge: float) -> float:
    """The middle of the white band nearest to the wanted height; the edge if that is nearer."""
    middles = [(a + b) / 2 for a, b in white] + [edge]
    return min(middles, key=lambda m: abs(m - wanted))


def by_white(lines: Sequence[Sequence[Segment]], top: float, bottom: float, first: tuple[float, float], cols: int) -> Cuts:
    """Rows without numbers: a line that begins in the first column opens one; so does one that is full of figures."""
    if not lines:
        return Cuts([top, bottom], True)
    ys, sure = [top], True
    spans = [(min(w.box.top for w in line), max(w.box.bottom for w in line)) for line in lines]
    whites = [b[0] - a[1] for a, b in zip(spans, spans[1:])]
    wide = _wide_bands(whites)
    for i in range(1, len(lines)):
        opens = any(w.box.x0 < first[1] and w.box.x1 > first[0] for w in lines[i])
        figures = sum(bool(_NUMBERISH.fullmatch(w.text)) for w in lines[i])
        whole = len(lines[i]) >= 0.5 * cols or (figures >= 1 and 2 * figures >= len(lines[i]))
        if wide is not None:
            new = whites[i - 1] >= wide
            sure &= new == opens or not opens
        else:
            new = opens or whole
            sure &= opens
        if new:
            ys.append((spans[i - 1][1] + spans[i][0]) / 2)
    return Cuts([*ys, bottom], sure)


def _wide_bands(whites: Sequence[float]) -> float | None:
    """The least width of the white between rows, where it is clearly wider than that within rows; else None."""
    ordered = sorted(whites)
    jumps = [(b - a, (a + b) / 2) for a, b in zip(ordered, ordered[1:])]
    if not jumps or len(ordered) < 3:
        return None
    jump, middle = max(jumps)
    inside = [w for w in ordered if w < middle]
    between = [w for w in ordered if w > middle]
    spread = max(inside[-1] - inside[0], between[-1] - between[0])
    return middle if jump >= 2.5 and jump >= 2.0 * spread and len(between) >= 2 else None
