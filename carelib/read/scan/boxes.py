"""Boxes to tick: found as squares in the ink, judged by the ink within them, never by the recogniser.

    find(strip) -> [Box]                        squares of a line
    confirmed(squares, chars, strip) -> [Box]   those that are no characters (口, 日, 国 hold squares too)
    unseen(placed) -> [Placed]                  boxes that only the recogniser saw are not believed
    between(strip, squares) -> [Strip]          the writing between them
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from carelib.read.scan.ink import Strip
from carelib.read.scan.ocr import Char
from carelib.read.scan.written import Placed

TICKED, EMPTY, CROSSED = "☑", "□", "☒"
LEAST, MOST = 0.5, 1.3          # of the line's height: the side of a box
SQUARE = 0.25                   # how much its sides may differ
SIDES = 0.8                     # share of each side that is drawn
CLEAN, FULL = 0.05, 0.12        # share of ink inside below which a box is empty, from which on it is ticked
BLACK = 0.6                     # … and from which on it is filled rather than marked
DIAGONAL = 0.75                 # share of both diagonals that is ink, from which on it is crossed out rather than ticked
UNSURE = 0.4                    # probability of a box in between, and of one that was not found in the ink
SIGNS = frozenset("□☐☑☒■▢◻√✓V×✗xXvZ乙区凶")      # what the recogniser takes boxes for
BOXES = frozenset("□☐☑☒■▢◻▣◼⬜")
LOOKALIKE = frozenset("口囗回日目田曰囚四图圆囹固因D0O")    # what it may take them for, and what may be just that
SURE = 0.6                      # a character of this probability that is neither stands there


@dataclass(frozen=True)
class Square:
    x0: int
    top: int
    x1: int
    bottom: int
    inside: float                           # share of ink inside
    crossed: bool = False                   # strokes along both diagonals

    @property
    def side(self) -> float:
        return (self.x1 - self.x0 + self.bottom - self.top) / 2

    def placed(self, left: int) -> Placed:
        """The box as a character of the page."""
        sure = self.inside < CLEAN or self.inside >= FULL
        mark = CROSSED if self.crossed else TICKED
        return Placed(mark if self.inside >= (CLEAN + FULL) / 2 else EMPTY, left + self.x0, left + self.x1, 1.0 if sure else UNSURE)


def find(strip: Strip, height: float) -> list[Square]:
    """The squares of a line, from left to right; `height` of its writing."""
    mask = (strip.picture < 150).astype(np.uint8)
    reach = max(6, int(0.45 * height))
    lines = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, reach), np.uint8)) \
        | cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((reach, 1), np.uint8))
    lines = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(lines)
    out = []
    for x, y, w, h, _ in stats[1:].tolist():
        if LEAST * height <= min(w, h) and max(w, h) <= MOST * height and abs(w - h) <= SQUARE * max(w, h) \
                and _is_outlined(lines[y:y + h, x:x + w]):
            inset = max(3, round(0.2 * min(w, h)))
            inner = mask[y + inset:y + h - inset, x + inset:x + w - inset]
            share = float(inner.mean()) if inner.size else 0.0
            out.append(Square(x, y, x + w, y + h, share, FULL <= share < BLACK and _is_crossed(inner)))
    return sorted(out, key=lambda s: s.x0)


def _is_crossed(inner: np.ndarray) -> bool:
    """Whether strokes run along both diagonals: a cross, which may also say no."""
    square = cv2.dilate(cv2.resize(inner, (21, 21), interpolation=cv2.INTER_NEAREST), np.ones((5, 5), np.uint8))
    return min(float(np.diagonal(square).mean()), float(np.diagonal(square[:, ::-1]).mean())) >= DIAGONAL


def unseen(placed: Sequence[Placed]) -> list[Placed]:
    """Characters, of which boxes are believed little: the recogniser takes ticked ones for empty ones."""
    return [replace(c, probability=min(c.probability, UNSURE)) if c.text in BOXES else c for c in placed]


def _is_outlined(part: np.ndarray) -> bool:
    """Whether all four sides are drawn, close to the edge."""
    edge = max(2, round(0.14 * min(part.shape)))
    sides = (part[:edge].any(axis=0), part[-edge:].any(axis=0), part[:, :edge].any(axis=1), part[:, -edge:].any(axis=1))
    rows, columns = part.mean(axis=1), part.mean(axis=0)
    drawn = rows[:edge].max(), rows[-edge:].max(), columns[:edge].max(), columns[-edge:].max()
    return all(side.mean() >= SIDES for side in sides) and min(drawn) >= 0.7


def confirmed(squares: Sequence[Square], chars: Sequence[Char], width: int) -> list[Square]:
    """The squares in whose place the recogniser sees a box, or nothing that is surely a character."""
    definite, possible = [], []
    for square in squares:
        there = [c for c in chars if square.x0 - 2 <= c.at * width <= square.x1 + 2 and c.text.strip()]
        if any(c.text not in SIGNS | LOOKALIKE and c.probability >= SURE for c in there):
            continue
        lookalike = any(c.text in LOOKALIKE and c.probability >= SURE for c in there)
        (possible if lookalike else definite).append(square)
    sides = [s.side for s in definite]
    return sorted(definite + [p for p in possible if any(abs(p.side - s) <= 0.15 * s for s in sides)], key=lambda s: s.x0)


def between(strip: Strip, squares: Sequence[Square]) -> list[Strip]:
    """The pieces of a line between its boxes, as lines of their own."""
    edges = [0, *(e for s in squares for e in (max(0, s.x0 - 1), s.x1 + 2)), len(strip.columns)]
    out = []
    for start, end in zip(edges[::2], edges[1::2]):
        columns = strip.columns[start:end]
        inked = np.nonzero(columns)[0]
        if not len(inked) or int(columns.sum()) < 12:
            continue
        low, high = start + max(0, int(inked[0]) - 4), start + min(len(columns), int(inked[-1]) + 5)
        picture = cv2.copyMakeBorder(strip.picture[:, low:high], 0, 0, 4, 4, cv2.BORDER_CONSTANT, value=255)
        padded = np.concatenate([np.zeros(4, strip.columns.dtype), strip.columns[low:high], np.zeros(4, strip.columns.dtype)])
        out.append(replace(strip, picture=picture, columns=padded, left=strip.left + low - 4))
    return out
