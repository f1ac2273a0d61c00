"""Short vertical rules: those that part two cells of a single row, no higher than a line of writing.

Between two horizontal rules a vertical one runs from the one to the other without a break (or in even dots); strokes of
writing do not reach both. Where a longer rule stands at the same position in other rows, less is asked.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

LOWEST, HIGHEST = 14, 170       # pixels between the two horizontal rules
WIDE = 8                        # a vertical rule is no wider
ALIGNED = 4                     # pixels: at the same position
DOT = 12                        # pieces of a dotted rule are no longer
CLEAR = 0.85                    # share of its length with paper on both sides
LOOSE = 0.55                    # share of ink from which on a piece at a known position is a rule


@dataclass
class Piece:
    """A straight piece of a horizontal rule (of a vertical one, on the transposed picture)."""
    at: float
    start: int
    end: int
    thick: float
    parts: tuple[int, ...] = ()             # numbers of its pixels in `grid._Way.owner`


def short(ink: np.ndarray, across: Sequence[Piece], down: Sequence[Piece]) -> list[Piece]:
    """Vertical rules between neighbouring horizontal ones that are not known yet."""
    out: list[Piece] = []
    for upper, lower, x0, x1 in _pairs(across):
        top, bottom = int(round(upper.at + upper.thick / 2)) + 1, int(round(lower.at - lower.thick / 2))
        if bottom - top < LOWEST - 6:
            continue
        known = [p.at for p in down if p.start < bottom and p.end > top]
        levels = np.asarray(sorted(p.at for p in [*down, *out]))
        for at, wide in _upright(ink[top:bottom, x0:x1], levels - x0):
            at += x0
            if all(abs(at - k) > 2 * WIDE for k in known):
                out.append(Piece(at, int(upper.at), int(lower.at) + 1, wide))
    return out


def _pairs(across: Sequence[Piece]) -> Iterator[tuple[Piece, Piece, int, int]]:
    """Horizontal rules with the next one below, and the stretch where nothing lies between them."""
    order = sorted(across, key=lambda p: p.at)
    for i, upper in enumerate(order):
        free = [(upper.start, upper.end)]
        for lower in order[i + 1:]:
            height = lower.at - upper.at
            if height > HIGHEST or not free:
                break
            if height < LOWEST:
                continue
            rest = []
            for start, end in free:
                x0, x1 = max(start, lower.start), min(end, lower.end)
                if x1 - x0 > 2 * WIDE:
                    yield upper, lower, x0, x1
                    rest += [(start, x0), (x1, end)]
                else:
                    rest.append((start, end))
            free = [(a, b) for a, b in rest if b - a > 2 * WIDE]


def _upright(band: np.ndarray, levels: np.ndarray) -> list[tuple[float, float]]:
    """(position, width) of the vertical rules in a band between two horizontal ones."""
    solid = cv2.dilate(band, np.ones((1, 3), np.uint8))
    share = solid.mean(axis=0)
    known = np.zeros(band.shape[1], bool)
    for level in levels:
        known[max(0, int(level) - ALIGNED):max(0, int(level) + ALIGNED + 1)] = True
    candidate = (share >= 1.0 - 1.5 / len(band)) | (known & (share >= LOOSE)) | _dotted(band)
    out = []
    edges = np.diff(np.concatenate([[0], candidate.astype(np.int8), [0]]))
    for start, end in zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist()):
        if end - start <= WIDE + 2 and _is_clear(band, start, end):
            out.append(((start + end - 1) / 2, max(2.0, end - start - 2.0)))
    return out


def _is_clear(band: np.ndarray, start: int, end: int) -> bool:
    clear = np.ones(len(band), bool)
    for column in (start - 3, start - 2, end + 1, end + 2):
        if 0 <= column < band.shape[1]:
            clear &= band[:, column] == 0
    return float(clear.mean()) >= CLEAR


def _dotted(band: np.ndarray) -> np.ndarray:
    """Columns with three or more small pieces at even distances from top to bottom."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(band)
    small = (stats[:, 2] <= WIDE) & (stats[:, 3] <= DOT)
    small[0] = False
    inked = cv2.dilate(small[labels].astype(np.uint8), np.ones((1, 3), np.uint8))
    out = np.zeros(band.shape[1], bool)
    for column in np.nonzero(inked.sum(axis=0) >= 0.25 * len(band))[0].tolist():
        edges = np.diff(np.concatenate([[0], inked[:, column].astype(np.int8), [0]]))
        starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
        gaps = np.concatenate([[starts[0]], starts[1:] - ends[:-1], [len(band) - ends[-1]]])
        out[column] = len(starts) >= 3 and gaps.max() <= DOT
    return out
