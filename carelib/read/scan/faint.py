"""Pale horizontal rules: beside dark writing the dots of one fall below the threshold of ink; in the grey picture they are seen.

Where a rule is known at some height, every cell's width that it leaves open there is looked at once more: a row that is darker
than the rows above and below it, all the way between the writing, is the rule running on.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from carelib.read.pdf.geometry import join
from carelib.read.scan.bands import LOWEST, WIDE, Piece, levels_of

BLOCK = 16                      # pixels along the rule that are judged together: some dots and the gaps between them
NEAR, BESIDE = 2, 4             # pixels: how far off the rule may run, and how far from it its surroundings begin
ROUND = 4                       # rows of surroundings on each side
FAR = 20                        # grey levels: surroundings that are darker by so much than elsewhere are writing, and say nothing
CONTRAST, SHARE = 9.0, 0.4      # grey levels by which a rule is darker than its surroundings at least; of what it is elsewhere
DRAWN = 0.85                    # share of the blocks that can be judged in which it is so
JUDGED, FEWEST = 0.25, 3        # share of all blocks, and how many, that can be judged
KNOWN = 40                      # pixels of a rule that tell its height
COVERED = 0.55                  # share of a cell's width: more need not be looked for


def completed(grey: np.ndarray, across: Sequence[Piece], hints: Sequence[Piece], down: Sequence[Piece]) -> list[Piece]:
    """What is missing of horizontal rules between the vertical ones; `hints`: pieces that were too short to be rules by themselves."""
    out: list[Piece] = []
    for level in levels_of([*across, *hints]):
        own = [p for p in level if p in across]
        length = sum(p.end - p.start for p in own or level)
        at = sum(p.at * (p.end - p.start) for p in own or level) / length
        stretches = list(_cells(at, down))
        drawn = join((p.start, p.end) for p in own)
        missing = [(a, b) for a, b in stretches if _covered(drawn, a, b) < COVERED]
        if not missing or length < KNOWN or (not own and _is_beside(at, across)):
            continue
        known = np.concatenate([_contrast(grey, p.at, p.start, p.end) for p in own or level])
        least = max(CONTRAST, SHARE * float(np.median(known[~np.isnan(known)]))) if (~np.isnan(known)).any() else CONTRAST
        seen = [(a, b) for a, b in missing if _is_drawn(grey, at, a, b, least)]
        if own or len(seen) == len(stretches):              # a height that only hints tell must be a rule from side to side
            out += [Piece(at, a, b, 2.0, (), False) for a, b in seen]
    return out


def _is_beside(at: float, across: Sequence[Piece]) -> bool:
    """Whether a known rule lies so near that nothing could be written between the two."""
    return any(abs(p.at - at) < LOWEST for p in across)


def _cells(at: float, down: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """The stretches between neighbouring vertical rules that stand at, or end at, this height."""
    xs = sorted({round(p.at) for p in down if p.start - WIDE <= at <= p.end + WIDE})
    for a, b in zip(xs, xs[1:]):
        if b - a > 2 * WIDE:
            yield a + 3, b - 2


def _covered(drawn: Sequence[tuple[float, float]], a: int, b: int) -> float:
    return sum(max(0.0, min(end, b) - max(start, a)) for start, end in drawn) / (b - a)


def _is_drawn(grey: np.ndarray, at: float, a: int, b: int, least: float) -> bool:
    """Whether a dark row runs through a stretch wherever the writing lets it be seen."""
    contrast = _contrast(grey, at, a, b)
    judged = contrast[~np.isnan(contrast)]
    return len(judged) >= max(FEWEST, JUDGED * len(contrast)) and float((judged >= least).mean()) >= DRAWN


def _contrast(grey: np.ndarray, at: float, a: int, b: int) -> np.ndarray:
    """Of each block of a stretch, by how much its darkest row near this height is darker than the surroundings; NaN if there is
    writing in them."""
    y, reach = int(round(at)), BESIDE + ROUND
    count = (b - a) // BLOCK
    if count < 1 or y < reach or y + reach >= grey.shape[0]:
        return np.full(max(count, 0), np.nan)
    rows = grey[y - reach:y + reach + 1, a:a + count * BLOCK].reshape(2 * reach + 1, count, BLOCK).mean(axis=2)
    line = rows[reach - NEAR:reach + NEAR + 1].min(axis=0)
    around = np.minimum(rows[:ROUND].min(axis=0), rows[-ROUND:].min(axis=0))
    found = around - line
    found[around < np.percentile(around, 75) - FAR] = np.nan
    return found
