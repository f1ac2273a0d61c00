"""Points, boxes and rules on a page as seen (points, origin top left). Knows no PDF library: OCR uses it as well."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple


class Box(NamedTuple):
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        return self.x0 - slack <= x <= self.x1 + slack and self.top - slack <= y <= self.bottom + slack

    def inside(self, other: Box, slack: float = 0.0) -> bool:
        return (self.x0 >= other.x0 - slack and self.top >= other.top - slack
                and self.x1 <= other.x1 + slack and self.bottom <= other.bottom + slack)

    def clip(self, other: Box) -> Box:
        """The part inside `other`; a box that does not meet it collapses onto its nearest side."""
        x0, x1 = (min(max(x, other.x0), other.x1) for x in (self.x0, self.x1))
        top, bottom = (min(max(y, other.top), other.bottom) for y in (self.top, self.bottom))
        return Box(x0, top, x1, bottom)

    def shared(self, other: Box) -> float:
        """The area that both cover."""
        w = min(self.x1, other.x1) - max(self.x0, other.x0)
        h = min(self.bottom, other.bottom) - max(self.top, other.top)
        return w * h if w > 0 and h > 0 else 0.0


class Glyph(NamedTuple):
    """One character where it stands. `run`: the drawing operation it comes from; `turn`: quarter turns clockwise."""
    char: str
    x0: float
    top: float
    x1: float
    bottom: float
    run: int = 0
    turn: int = 0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.top + self.bottom) / 2


class Rule(NamedTuple):
    """A straight rule: its position across its direction, and from where to where it runs."""
    at: float
    start: float
    end: float


_X0, _TOP, _X1, _BOTTOM = attrgetter("x0"), attrgetter("top"), attrgetter("x1"), attrgetter("bottom")


def bounds(boxes: Iterable[Box | Glyph]) -> Box:
    """The box around all of them (at least one)."""
    boxes = list(boxes)
    return Box(min(map(_X0, boxes)), min(map(_TOP, boxes)), max(map(_X1, boxes)), max(map(_BOTTOM, boxes)))


def median(values: Iterable[float], default: float = 0.0) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else default


def cluster(values: Sequence[tuple[float, float]], tolerance: float) -> list[tuple[float, list[int]]]:
    """(position, weight) pairs -> (weighted middle, indices) of each group of positions that lie close together."""
    groups: list[list[int]] = []
    for i in sorted(range(len(values)), key=lambda i: values[i][0]):
        if groups and values[i][0] - values[groups[-1][-1]][0] <= tolerance \
                and values[i][0] - values[groups[-1][0]][0] <= 1.5 * tolerance:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [(_middle(values, g), g) for g in groups]


def _middle(values: Sequence[tuple[float, float]], group: list[int]) -> float:
    weight = sum(values[i][1] for i in group)
    return sum(values[i][0] * values[i][1] for i in group) / weight if weight else values[group[0]][0]


def join(intervals: Iterable[tuple[float, float]], gap: float = 0.0) -> list[tuple[float, float]]:
    """Intervals merged where they overlap or lie at most `gap` apart."""
    out: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if out and start - out[-1][1] <= gap:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def turn_box(box: Sequence[float], quarter: int, width: float, height: float) -> Box:
    """The box after the page (width × height) is turned clockwise by `quarter` × 90°."""
    x0, top, x1, bottom = box[:4]
    for _ in range(quarter % 4):
        x0, top, x1, bottom = height - bottom, x0, height - top, x1
        width, height = height, width
    return Box(x0, top, x1, bottom)


def turn_glyph(glyph: Glyph, quarter: int, width: float, height: float) -> Glyph:
    return Glyph(glyph.char, *turn_box(glyph[1:5], quarter, width, height), glyph.run, (glyph.turn + quarter) % 4)
