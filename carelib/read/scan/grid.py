"""Rules found in a picture: solid ones, dotted and dashed ones; and the ink without them.

    find(ink) -> Rules                  rules in pixels, the zone that they cover, and points along them
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from carelib.read.pdf.geometry import Rule, join

LEAST = 40                      # pixels (5 mm): no stroke of ordinary writing is straight for so long
LONG = 110                      # a horizontal rule that meets no vertical one is at least this long
TALL = 150                      # the same the other way round
THICK = 14                      # a thicker bar is a fill
NEAR = 10                       # a rule that ends this near to another one meets it
DASH = 30                       # pieces of dotted rules are no longer
FINE = 7                        # … and no thicker
PAPER = (0.8, 0.6)              # share of a rule's length with paper on both sides: a short one's, a long one's
BROKEN = 0.92                   # the same of one with gaps
FULL = (0.92, 0.5)              # share of a rule that is ink: a solid one's (stacked stems have holes), a broken one's
GAP = 14                        # gaps in a rule up to this are bridged


@dataclass
class Rules:
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    zone: np.ndarray | None = None                          # pixels that belong to rules
    traces: tuple[list[np.ndarray], list[np.ndarray]] = ((), ())    # type: ignore[assignment]


@dataclass
class _Piece:
    """A straight piece of a horizontal rule (of a vertical one, on the transposed picture)."""
    at: float
    start: int
    end: int
    thick: float


def find(ink: np.ndarray) -> Rules:
    """The rules of a straight page."""
    flat, flat_zone, flat_traces = _one_way(ink)
    steep, steep_zone, steep_traces = _one_way(np.ascontiguousarray(ink.T))
    across, down = _meeting(flat, steep)
    zone = _drawn(flat_zone, across) | _drawn(steep_zone, down).T
    return Rules([Rule(p.at, p.start, p.end) for p in across], [Rule(p.at, p.start, p.end) for p in down],
                 zone.astype(np.uint8), (flat_traces, [t[:, ::-1] for t in steep_traces]))


def _one_way(ink: np.ndarray) -> tuple[list[_Piece], np.ndarray, list[np.ndarray]]:
    """Pieces of horizontal rules, the pixels that make them, points along the long ones."""
    solid = _runs(ink, 3, LEAST)
    broken = _runs(ink, 9, 2 * LEAST) & ~cv2.dilate(solid, np.ones((5, 1), np.uint8))
    dotted = _dotted(ink)
    every = solid | broken | dotted
    pieces = _pieces(solid, ink, every, FULL[0], PAPER) + _pieces(broken, ink, every, FULL[1], (BROKEN, BROKEN)) \
        + _pieces(dotted, ink, every, 0.0, PAPER)
    return pieces, every, _traces(solid)


def _runs(ink: np.ndarray, gap: int, least: int) -> np.ndarray:
    """Straight runs of ink with gaps shorter than `gap`."""
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))


def _dotted(ink: np.ndarray) -> np.ndarray:
    """Long runs of small flat pieces at even height."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    small = (stats[:, 3] <= FINE) & (stats[:, 2] <= DASH) & (stats[:, 4] >= 2)
    small[0] = False
    mask = small[labels].astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 17), np.uint8))
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, LONG), np.uint8))


def _pieces(mask: np.ndarray, ink: np.ndarray, rules: np.ndarray, full: float, paper: tuple[float, float]) -> list[_Piece]:
    """The runs of a mask that look like rules: thin, full of ink, with paper (or another rule) on both sides."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    other = ink & ~rules
    out = []
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        if w < LEAST or area / w > THICK:
            continue
        part = labels[y:y + h, x:x + w] == n
        if float(ink[y:y + h, x:x + w][part].mean()) < full or _clear(other, part, x, y) < paper[w > 2 * TALL]:
            continue
        out.append(_Piece(y + float(np.nonzero(part)[0].mean()), x, x + w, area / w))
    return out


def _clear(ink: np.ndarray, part: np.ndarray, x: int, y: int) -> float:
    """Share of a piece's columns that have paper close above and below."""
    first = np.argmax(part, axis=0)
    last = part.shape[0] - 1 - np.argmax(part[::-1], axis=0)
    columns = np.arange(x, x + part.shape[1])
    clear = np.ones(part.shape[1], bool)
    for step in (3, 4):
        above, below = np.maximum(y + first - step, 0), np.minimum(y + last + step, ink.shape[0] - 1)
        clear &= (ink[above, columns] == 0) & (ink[below, columns] == 0)
    return float(clear.mean())


def _traces(solid: np.ndarray) -> list[np.ndarray]:
    """(x, y) along each long run: how straight the page is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    out = []
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        if w < 2 * TALL or area / w > THICK:
            continue
        part = labels[y:y + h, x:x + w] == n
        weight = part.sum(axis=0)
        heights = (part * np.arange(h)[:, None]).sum(axis=0) / np.maximum(weight, 1)
        columns = np.nonzero(weight > 0)[0][::16]
        usual = np.median(weight[columns])
        columns = columns[weight[columns] <= usual + 2]     # not where another rule crosses
        out.append(np.stack([x + columns, y + heights[columns]], axis=1).astype(np.float64))
    return out


def _meeting(flat: list[_Piece], steep: list[_Piece]) -> tuple[list[_Piece], list[_Piece]]:
    """Pieces joined to rules; what is too short, or does not end at another rule where it should, is no rule."""
    flat, steep = _joined(flat), _joined(steep)
    for _ in range(3):
        kept_flat = [p for p in flat if _is_rule(p, steep, LONG)]
        kept_steep = [p for p in steep if _is_rule(p, kept_flat, TALL, strict=True)]
        if len(kept_flat) == len(flat) and len(kept_steep) == len(steep):
            break
        flat, steep = kept_flat, kept_steep
    return flat, steep


def _joined(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces in a row become one."""
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.at):
        home = next((line for line in reversed(lines[-12:]) if abs(_level(line) - piece.at) <= 4), None)
        if home is None:
            lines.append([piece])
        else:
            home.append(piece)
    out = []
    for line in lines:
        for start, end in join(((p.start, p.end) for p in line), GAP):
            members = [p for p in line if p.start < end and p.end > start]
            weight = sum(p.end - p.start for p in members)
            out.append(_Piece(sum(p.at * (p.end - p.start) for p in members) / weight, int(start), int(end),
                              max(p.thick for p in members)))
    return out


def _level(line: Sequence[_Piece]) -> float:
    weight = sum(p.end - p.start for p in line)
    return sum(p.at * (p.end - p.start) for p in line) / weight


def _is_rule(piece: _Piece, others: Sequence[_Piece], alone: int, strict: bool = False) -> bool:
    """Whether both ends meet rules of the other direction, or it is long enough to stand alone."""
    crossing = [o for o in others if o.start - NEAR <= piece.at <= o.end + NEAR]
    meets = [any(abs(o.at - end) <= NEAR for o in crossing) for end in (piece.start, piece.end)]
    if all(meets):
        return True
    length = piece.end - piece.start
    if strict and crossing:                                 # a stack of stems between two rules is no rule
        return length >= alone and any(meets) or length >= 4 * alone
    return length >= alone


def _drawn(mask: np.ndarray, kept: Sequence[_Piece]) -> np.ndarray:
    """The pixels of the kept rules, a little widened across their direction; gaps between their pieces too."""
    wide = cv2.dilate(mask, np.ones((7, 3), np.uint8))
    zone = np.zeros_like(mask, bool)
    for piece in kept:
        reach = int(round(piece.thick / 2)) + 6
        top, bottom = max(0, int(piece.at) - reach), int(piece.at) + reach + 1
        zone[top:bottom, piece.start:piece.end] |= wide[top:bottom, piece.start:piece.end] > 0
        half = int(round(piece.thick / 2)) + 2
        zone[max(0, int(round(piece.at)) - half):int(round(piece.at)) + half + 1, piece.start:piece.end] |= True
    return zone
