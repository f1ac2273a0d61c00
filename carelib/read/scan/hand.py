"""Handwriting: printed characters stand on a line as if ruled, written ones dance.

    unsteady(strip, placed, height) -> float    how much the characters of a line stray from it, in line heights
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carelib.read.scan.ink import Strip
from carelib.read.scan.written import Placed

DANCING = 0.05                  # a line that strays so much was written by hand
WAVERING = 0.032                # … or probably: if many lines of a page do, the page was filled in by hand
MANY, FEWEST = 0.3, 8           # share of the lines of a page, of at least so many that can be judged
STEADY = 0.016                  # on a page filled in by hand, what is steadier than this is printed


def unsteady(strip: Strip, placed: Sequence[Placed], height: float) -> float | None:
    """How far the middles of characters stray from a straight line; None if there are too few to tell."""
    values = []
    for group in (_is_chinese, _is_figure):
        spots = [s for c in placed if group(c.text) and (s := _middle(strip, c)) is not None]
        if len(spots) >= 2:
            values.append(_strays(np.asarray(spots)) / height)
    return max(values) if values else None


def _is_chinese(text: str) -> bool:
    return "\u4e00" <= text <= "\u9fff" and text not in "一二三"


def _is_figure(text: str) -> bool:
    return text.isascii() and (text.isdigit() or text.isupper())


def _middle(strip: Strip, char: Placed) -> tuple[float, float] | None:
    part = strip.picture[:, max(0, int(char.x0) - strip.left):int(char.x1) - strip.left + 1] < 140
    rows = np.nonzero(part.any(axis=1))[0]
    return ((char.x0 + char.x1) / 2, float(rows[0] + rows[-1]) / 2) if len(rows) else None


def _strays(spots: np.ndarray) -> float:
    """The usual distance from the line through the spots (from their middle, if they are few)."""
    x, y = spots[:, 0], spots[:, 1]
    if len(spots) >= 5:
        slope, level = np.polyfit(x - x.mean(), y, 1)
        off = y - level - slope * (x - x.mean())
    else:
        off = y - y.mean()
    if len(spots) < 4:
        return float(np.abs(off).mean())
    return float(1.48 * np.median(np.abs(off - np.median(off))))


def written_by_hand(waver: Sequence[float | None]) -> list[bool]:
    """Which lines of a page were written by hand, from how much each strays."""
    known = [w for w in waver if w is not None]
    filled = len(known) >= FEWEST and sum(w >= WAVERING for w in known) >= MANY * len(known)
    return [(w is not None and w >= DANCING) or (filled and (w is None or w > STEADY)) for w in waver]
