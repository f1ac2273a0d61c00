"""Ink to lines of writing: specks dropped, lines parted at the emptiest row, words at wide gaps.

All in pixels of the straight page. What counts as one line is learnt from the whole page (`usual_height`), never from a cell.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from carelib.read.pdf.geometry import Box

if TYPE_CHECKING:
    from carelib.read.scan.written import Placed

SPECK = 6                       # pixels of area that are never writing
DOT = 0.22                      # of the usual height: a smaller spot is dust if it is pale
LONE = 0.3                      # … and a smaller one is dust if nothing larger is near
SLIVER = 2                      # pixels: no stroke is thinner
STROKE = 9                      # pixels: a stroke of writing is longer
DUST = 0.28                     # of the usual height: a line without a larger piece is dust
DARK = 150                      # a dot is as dark as writing
TWO = 1.45                      # times the usual height: higher is more than one line
BOTH, FULL = 2.0, 0.4           # … two lines are so high; between them is a row with less than this share of the usual ink
TALL = 1.2                      # times the usual height: a higher piece belongs to two lines that touch
ENOUGH = 8                      # lines tell how high one usually is
FLAT = 0.45                     # of the usual height: a flatter strip is part of a line (二, 一)
TALLEST, SHORTEST = 90, 9       # pixels: the height of a line of writing
LOWEST = 16.0                   # pixels: smaller writing is not read
HUGE = 3.6                      # times the usual height: no character is that high
SPARSE = 0.12                   # share of its box that a diagonal stroke fills
MARGIN = 4                      # pixels around a line
HALO = 3                        # pixels around ink whose grey is kept
NOUGHT = (0.5, 1.15)            # of the usual height: how high a nought is,
SLIM = 0.85                     # … and how wide at most, of its height
MARK = (0.45, 1.6)              # of the usual height: how high and wide a tick or a cross is
APART = 1.6                     # of the usual height: a wider gap parts two pieces of writing outside tables


@dataclass
class Ink:
    """The pieces of ink of a page: `stats` rows are x, y, width, height, area of each (0: the paper)."""
    labels: np.ndarray
    stats: np.ndarray
    grey: np.ndarray
    lost: list[Box]                         # where a stroke may lie under a rule

    @property
    def centres(self) -> np.ndarray:
        s = self.stats
        return np.stack([s[:, 0] + s[:, 2] / 2, s[:, 1] + s[:, 3] / 2], axis=1)


@dataclass
class Strip:
    """A line of writing to be recognised; `home` is the number of its cell, -1 outside tables."""
    home: int
    box: Box
    picture: np.ndarray                     # grey, white around the line's own ink
    columns: np.ndarray                     # ink pixels in each column of `picture`
    left: int                               # page position of the picture's left side
    height: float                           # of the writing
    doubts: list[str] = field(default_factory=list)
    cut: bool = False                       # a stroke of it may lie under a rule


def pieces(mask: np.ndarray, grey: np.ndarray, zone: np.ndarray, own: np.ndarray) -> Ink:
    """Connected pieces of ink outside the zone of the rules; slivers at a rule's edge are taken out.

    Where a sliver, or ink within the zone that is not the rule's own, is as long as a stroke, one may have been lost.
    """
    _, marks, under, _ = cv2.connectedComponentsWithStats(mask & zone & ~own)
    stroke = (np.maximum(under[:, 2], under[:, 3]) >= STROKE) & (np.minimum(under[:, 2], under[:, 3]) >= 2) \
        & (under[:, 4] >= 0.6 * under[:, 2] * under[:, 3])
    stroke[0] = False
    zone = np.where(stroke[marks], 0, zone)
    free = mask & ~zone
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free)
    edge = (cv2.dilate(zone, np.ones((3, 3), np.uint8)) > 0) & (free > 0)
    touching = np.bincount(labels[edge], minlength=len(stats))
    sliver = (touching >= 1) & (np.minimum(stats[:, 2], stats[:, 3]) <= SLIVER)
    sliver[0] = False
    thin = sliver & (np.maximum(stats[:, 2], stats[:, 3]) >= STROKE) & (stats[:, 4] >= 0.6 * stats[:, 2] * stats[:, 3])
    lost = [Box(x, y, x + w, y + h) for x, y, w, h, _ in [*stats[thin].tolist(), *under[stroke].tolist()]]
    sliver &= ~thin
    labels = np.where(sliver[labels], 0, labels)
    stats[sliver, 4] = 0
    clear = grey.copy()
    clear[zone > 0] = 255
    return Ink(labels, stats, clear, lost)


def usual_height(ink: Ink, groups: Sequence[np.ndarray]) -> float:
    """How high a line of writing usually is on this page: from cells with one line, else from all pieces.

    `groups`: the pieces of each cell.
    """
    found = [run for members in groups if len(members) for run in _runs_heights(ink.stats[members])]
    letters = [h for h, figures in found if not figures]
    heights = letters if len(letters) >= ENOUGH else [h for h, _ in found]
    if len(heights) < ENOUGH:
        big = ink.stats[1:][(ink.stats[1:, 3] >= SHORTEST) & (ink.stats[1:, 3] <= TALLEST) & (ink.stats[1:, 2] <= TALLEST)]
        heights += [float(h) for h in big[:, 3]]
    return min(max(_mode(heights), LOWEST), TALLEST)


def _runs_heights(stats: np.ndarray) -> list[tuple[float, bool]]:
    """Heights of the stretches of rows with ink, those that are wider than high; whether they are figures, which are lower."""
    out = []
    order = stats[np.argsort(stats[:, 1])]
    top, bottom, left, right = (int(v) for v in (order[0, 1], order[0, 1] + order[0, 3], order[0, 0], order[0, 0] + order[0, 2]))
    for x, y, w, h, _ in [*order[1:], (0, 10**9, 0, 0, 0)]:
        if y > bottom:
            if SHORTEST <= bottom - top <= TALLEST and right - left >= 1.3 * (bottom - top):
                run = order[(order[:, 1] >= top) & (order[:, 1] < bottom) & (order[:, 3] >= FLAT * (bottom - top))]
                out.append((float(bottom - top), bool(((run[:, 3] >= 0.85 * (bottom - top)) & (run[:, 2] <= SLIM * run[:, 3])).all())))
            top, bottom, left, right = int(y), int(y + h), int(x), int(x + w)
        else:
            bottom, left, right = max(bottom, int(y + h)), min(left, int(x)), max(right, int(x + w))
    return out


def _mode(heights: Sequence[float]) -> float:
    """The lowest height around which a good share of all lie (runs of two lines lie around twice as much)."""
    if not heights:
        return 28.0
    values = np.asarray(sorted(heights))
    shares = [(float(np.sum((values >= 0.85 * v) & (values <= 1.18 * v))), v) for v in np.unique(values)]
    most = max(s for s, _ in shares)
    low = min(v for s, v in shares if s >= 0.6 * most)
    near = values[(values >= 0.85 * low) & (values <= 1.3 * low)]
    return float(np.median(near))


def is_dust(ink: Ink, members: np.ndarray, height: float) -> np.ndarray:
    """Which pieces are no writing: tiny ones, and small ones that are paler than writing."""
    s = ink.stats[members]
    tiny = s[:, 4] < SPECK
    small = np.maximum(s[:, 2], s[:, 3]) < DOT * height
    pale = np.zeros(len(members), bool)
    for i in np.nonzero(small & ~tiny)[0]:
        x, y, w, h, _ = s[i]
        pale[i] = ink.grey[y:y + h, x:x + w].min() > DARK
    lone = (np.maximum(s[:, 2], s[:, 3]) < LONE * height).all()
    return tiny | pale | lone


def is_drawing(ink: Ink, members: np.ndarray, height: float) -> np.ndarray:
    """Which pieces are too big for writing: pictures, scribbles, diagonal strokes through a cell."""
    s = ink.stats[members]
    diagonal = (s[:, 2] > 1.8 * height) & (s[:, 3] > 1.8 * height) & (s[:, 4] < SPARSE * s[:, 2] * s[:, 3])
    return diagonal | (s[:, 3] > HUGE * height)


def strips(ink: Ink, members: np.ndarray, home: int, height: float) -> list[Strip]:
    """The lines of writing that pieces of ink make; lines of nothing but dust beside real ones are none."""
    if not len(members):
        return []
    s = ink.stats[members]
    x0, y0 = int(s[:, 0].min()), int(s[:, 1].min())
    x1, y1 = int((s[:, 0] + s[:, 2]).max()), int((s[:, 1] + s[:, 3]).max())
    wanted = np.zeros(len(ink.stats), bool)
    wanted[members] = True
    region = ink.labels[y0:y1, x0:x1]
    lines = cut_lines(wanted[region], height, s[:, 3], s[:, 1] - y0)
    large = np.maximum(s[:, 2], s[:, 3]) >= DUST * height
    owner = _owners(s, y0, lines, height)
    out = []
    for number, (top, bottom) in enumerate(lines):
        mine = owner == number
        if not large[mine].any() and large.any() and not _crossed(s, y0 + top, y0 + bottom, height).any():
            continue
        mask, low = _line_mask(region, wanted, members, s, mine, (top, bottom), y0, height)
        columns = np.nonzero(mask.any(axis=0))[0]
        if len(columns):
            left, right = int(columns[0]), int(columns[-1]) + 1
            strip = _strip(ink, mask[:, left:right], x0 + left, y0 + low, home, height)
            near = Box(strip.box.x0 - 2, strip.box.top - 0.5 * height, strip.box.x1 + 2, strip.box.bottom + 0.5 * height)
            strip.cut = any(lost.shared(near) > 0 for lost in ink.lost)
            out.append(strip)
    return out


def _owners(stats: np.ndarray, y0: int, lines: Sequence[tuple[int, int]], height: float) -> np.ndarray:
    """The line of each piece: that in which its middle lies; small signs go to the nearest row of letters (a comma hangs low)."""
    middles = stats[:, 1] - y0 + stats[:, 3] / 2
    owner = np.clip(np.searchsorted([bottom for _, bottom in lines], middles, side="right"), 0, len(lines) - 1)
    if len(lines) == 1:
        return owner
    sizes = np.maximum(stats[:, 2], stats[:, 3])
    cores = []
    for number, (top, bottom) in enumerate(lines):
        big = (owner == number) & (sizes >= 0.5 * height) & (stats[:, 3] <= TALL * height)
        cores.append((float(np.median(stats[big, 1])) - y0, float(np.median(stats[big, 1] + stats[big, 3])) - y0)
                     if big.any() else (float(top), float(bottom)))
    for i in np.nonzero(sizes < 0.45 * height)[0]:
        owner[i] = min(range(len(cores)), key=lambda k: (max(cores[k][0] - middles[i], middles[i] - cores[k][1], 0.0), k))
    return owner


def _crossed(stats: np.ndarray, top: int, bottom: int, height: float) -> np.ndarray:
    """Which pieces run through several lines and have a good part in this one."""
    shared = np.minimum(stats[:, 1] + stats[:, 3], bottom) - np.maximum(stats[:, 1], top)
    return (stats[:, 3] > TALL * height) & (shared >= 0.12 * height)


def _line_mask(region: np.ndarray, wanted: np.ndarray, members: np.ndarray, stats: np.ndarray, mine: np.ndarray,
               rows: tuple[int, int], y0: int, height: float) -> tuple[np.ndarray, int]:
    """The ink of one line and its first row: whole pieces of its own, and the part of those that run through several lines."""
    through = _crossed(stats, y0 + rows[0], y0 + rows[1], height)
    own = mine & ~(stats[:, 3] > TALL * height)
    if not own.any() or (mine & through).sum() == mine.sum():
        own = own | (mine & ~through)
    top = min([rows[0], *(stats[own, 1] - y0)])
    bottom = max([rows[1], *(stats[own, 1] + stats[own, 3] - y0)])
    lut = np.zeros(len(wanted), np.uint8)
    lut[members[own]] = 1
    mask = lut[region[top:bottom]] > 0
    if through.any():
        lut[:] = 0
        lut[members[through]] = 1
        mask[rows[0] - top:rows[1] - top] |= lut[region[rows[0]:rows[1]]] > 0
    inked = np.nonzero(mask.any(axis=1))[0]
    return (mask[inked[0]:inked[-1] + 1], top + int(inked[0])) if len(inked) else (mask, top)


def cut_lines(mask: np.ndarray, height: float, heights: np.ndarray, tops: np.ndarray) -> list[tuple[int, int]]:
    """(top, bottom) of each line in a mask of ink."""
    profile = mask.sum(axis=1)
    runs = _merged(_runs(profile), height)
    out: list[tuple[int, int]] = []
    for top, bottom in runs:
        out += _cut(profile, top, bottom, height, heights, tops)
    return out


def _runs(profile: np.ndarray) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate([[0], (profile > 0).astype(np.int8), [0]]))
    return list(zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist()))


def _merged(runs: list[tuple[int, int]], height: float) -> list[tuple[int, int]]:
    """Flat strips joined to the line that they are part of."""
    out = list(runs)
    while len(out) > 1:
        best = None
        for i, ((a, b), (c, d)) in enumerate(zip(out, out[1:])):
            flat = min(b - a, d - c) < FLAT * height
            if flat and d - a <= 1.25 * height and (best is None or d - a < best[0]):
                best = (d - a, i)
        if best is None:
            return out
        i = best[1]
        out[i:i + 2] = [(out[i][0], out[i + 1][1])]
    return out


def _cut(profile: np.ndarray, top: int, bottom: int, height: float, heights: np.ndarray, tops: np.ndarray) -> list[tuple[int, int]]:
    """A run that is higher than a line cut at its emptiest rows, unless it is one line in larger letters."""
    if bottom - top <= TWO * height or _is_large(top, bottom, height, heights, tops):
        return [(top, bottom)]
    low, high = top + int(0.7 * height), min(top + int(1.5 * height), bottom - int(0.45 * height))
    if high <= low:
        return [(top, bottom)]
    if bottom - top < BOTH * height and profile[low:high].min() >= FULL * np.median(profile[top:bottom]):
        return [(top, bottom)]
    soft = np.convolve(profile, [1, 2, 1], "same")[low:high].astype(float)
    soft += 0.02 * soft.max() * np.abs(np.arange(low, high) - (top + 1.1 * height)) / height
    at = low + int(soft.argmin())
    return [(top, at), *_cut(profile, at, bottom, height, heights, tops)]


def _is_large(top: int, bottom: int, height: float, heights: np.ndarray, tops: np.ndarray) -> bool:
    """Whether most of the bigger pieces in a run are higher than a usual line."""
    inside = (tops >= top - 1) & (tops + heights <= bottom + 1) & (heights >= 0.6 * height)
    return bool(inside.any()) and float(np.median(heights[inside])) > 1.3 * height


def _strip(ink: Ink, mask: np.ndarray, left: int, top: int, home: int, height: float) -> Strip:
    """The line's picture: its own ink with a halo, everything else white; flat signs keep room above and below."""
    h, w = mask.shape
    room = max(0, int(0.85 * height) - h)
    above, below = MARGIN + room // 2, MARGIN + room - room // 2
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), above, below, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=0)
    near = cv2.dilate(padded, np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8)) > 0
    picture = np.full(padded.shape, 255, np.uint8)
    y0, x0 = top - above, left - MARGIN
    page = ink.grey
    ys, xs = slice(max(0, y0), min(page.shape[0], y0 + padded.shape[0])), slice(max(0, x0), min(page.shape[1], x0 + padded.shape[1]))
    inner = slice(ys.start - y0, ys.stop - y0), slice(xs.start - x0, xs.stop - x0)
    picture[inner] = np.where(near[inner], page[ys, xs], 255)
    return Strip(home, Box(left, top, left + w, top + h), picture, padded.sum(axis=0), x0, float(h))


def group_outside(ink: Ink, members: np.ndarray, height: float) -> list[np.ndarray]:
    """Pieces outside tables in groups that stand close together on a line."""
    s = ink.stats[members]
    order = members[np.argsort(s[:, 0])]
    parent = {int(m): int(m) for m in order}

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    boxes = ink.stats
    active: list[int] = []
    for m in (int(v) for v in order):
        x, y, w, h, _ = (int(v) for v in boxes[m])
        reach = APART * max(height, min(h, 3 * height))
        active = [a for a in active if boxes[a][0] + boxes[a][2] + APART * 3 * height >= x]
        for a in active:
            ax, ay, aw, ah, _ = (int(v) for v in boxes[a])
            shared = min(y + h, ay + ah) - max(y, ay)
            near = x - (ax + aw) <= reach
            if near and (shared >= 0.3 * min(h, ah) or (shared > -0.5 * height and x < ax + aw)):
                parent[root(m)] = root(a)
        active.append(m)
    groups: dict[int, list[int]] = {}
    for m in order:
        groups.setdefault(root(int(m)), []).append(int(m))
    return [np.asarray(g) for g in groups.values()]


def is_crowded(strip: Strip, placed: Sequence[Placed], height: float) -> bool:
    """Whether a line is much higher than its letters are wide: probably two lines, one of them unread."""
    if strip.height <= 1.35 * height or len(placed) < 2:
        return False
    widths = [(c.x1 - c.x0) / (0.5 if c.text.isascii() else 1.0) for c in placed]
    return float(np.median(widths)) < 0.6 * strip.height


def fits_alone(strip: Strip, text: str, height: float) -> bool:
    """Whether the ink of a line may be a lone nought (a slim closed ring as high as a figure) or a lone mark: no speck, no circle."""
    inked = strip.picture < (int(strip.picture.min()) + 2 * 255) // 3       # the thinnest part of a ring is pale
    rows, cols = np.nonzero(inked.any(axis=1))[0], np.nonzero(inked.any(axis=0))[0]
    high, wide = int(rows[-1] - rows[0]) + 1, int(cols[-1] - cols[0]) + 1
    if text != "0":
        return all(MARK[0] * height <= side <= MARK[1] * height for side in (high, wide))
    _, paper = cv2.connectedComponents((~inked).astype(np.uint8), connectivity=4)
    edge_y, edge_x = int(0.36 * high), int(0.42 * wide)
    middle = paper[rows[0] + edge_y:rows[-1] - edge_y + 1, cols[0] + edge_x:cols[-1] - edge_x + 1]
    slim = NOUGHT[0] * height <= high <= NOUGHT[1] * height and wide <= SLIM * high
    return slim and bool(((middle > 0) & (middle != paper[0, 0])).all())
