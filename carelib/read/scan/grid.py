"""Rules found in a picture: solid ones, dotted and dashed ones; and the ink without them.

    find(ink) -> Rules                  rules in pixels, the zone that they cover, and points along them
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from carelib.read.pdf import ruled
from carelib.read.pdf.geometry import Rule, join
from carelib.read.scan import bands, columns, faint
from carelib.read.scan.bands import Piece

LEAST = 40                      # pixels (5 mm): no stroke of ordinary writing is straight for so long
LONG = 110                      # a horizontal rule that meets no vertical one is at least this long
TALL = 150                      # the same the other way round
THICK = 14                      # a thicker bar is a fill
NEAR = 10                       # a rule that ends this near to another one meets it
DASH = (30, 13)                 # pieces of dotted rules are no longer: of horizontal, of vertical ones (a 1 is longer)
FINE = 7                        # … and no thicker
PAPER = (0.85, 0.6)             # share of a rule's length with paper on either side: a short one's, a long one's
LINED = (0.97, 0.5)             # … or on one side and on the other (writing begins close to it)
BROKEN = (0.92, 0.65)           # share with paper on either side of a rule with gaps: a short one's, a long one's
GROWN = 0.9                     # share of its length in which a run of dashes has grown together at most
FULL = (0.92, 0.5)              # share of a rule that is ink: a solid one's (stacked stems have holes), a broken one's
POINT = 72 / 200                # points a pixel
BESIDE = 16                     # pixels: a rule's own ink lies no further from its middle
SHARE = 0.3                     # of the width of all rules: a broken horizontal one runs through that much
EDGE, OUTSIDE = 12, 30          # pixels: a fold begins this near to the edge of the page, and so far outside of the table
SAME_LINE = 4                   # pixels: pieces of one line
GAP = 14                        # gaps in a rule up to this are bridged


@dataclass
class Rules:
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    zone: np.ndarray | None = None                          # pixels that belong to rules, and those right beside them
    own: np.ndarray | None = None                           # the rules' own pixels
    traces: tuple[list[np.ndarray], list[np.ndarray]] = ((), ())    # type: ignore[assignment]
    broken: list[Rule] = field(default_factory=list)        # horizontal ones with gaps, in which a stroke is not told from a dash
    uneven: bool = False                                    # the columns of the body are not those of the header


@dataclass
class _Way:
    """What was found in one direction."""
    pieces: list[Piece]
    owner: np.ndarray                       # which piece a pixel belongs to, 0: none
    traces: list[np.ndarray]


def find(ink: np.ndarray, fills: Sequence[tuple[int, int, int, int]] = (), grey: np.ndarray | None = None) -> Rules:
    """The rules of a straight page. `fills`: dark cells, in which black rules are not seen; their outline stands for them.

    `grey`: the page itself, in which pale rules are seen better than in its ink.
    """
    for x0, top, x1, bottom in fills:
        cv2.rectangle(ink, (x0 + 1, top + 1), (x1 - 2, bottom - 2), 1, 3)
    flat = _one_way(ink, None)
    steep = _one_way(np.ascontiguousarray(ink.T), np.ascontiguousarray(flat.owner.T) > 0)
    across, down = _meeting(flat.pieces, steep.pieces)
    across, folds = _without_folds(across, down, ink.shape[1])
    across = [p for p in across if not _is_too_close(p, across)]
    across += bands.completed(ink, across)
    if grey is not None:
        hints = [p for p in flat.pieces if p not in across and all(abs(p.at - f.at) > NEAR for f in folds)]
        across += faint.completed(grey, across, hints, down)
    down = [bands.trimmed(p, across, down) for p in down if bands.runs_through(ink, p, across)]
    down += [p for box in fills for p in _through(box, down, ink)]
    down += bands.short(ink, across, down)
    down = bands.drawn(ink, [p for p in down if not _is_beside(p, down)], across)
    down, uneven = columns.plausible(ink, across, down, POINT)
    idle = [p for p in across if _parts_nothing(p, across, down)]
    across, folds = [p for p in across if p not in idle], folds + idle
    zone = _drawn(flat.owner, across + folds) | _drawn(steep.owner, down).T
    own = _own(flat.owner, across + folds) | _own(steep.owner, down).T
    return Rules([Rule(p.at, p.start, p.end) for p in across], [Rule(p.at, p.start, p.end) for p in down],
                 zone.astype(np.uint8), own, (flat.traces, [t[:, ::-1] for t in steep.traces]),
                 [Rule(p.at, p.start, p.end) for p in across if not p.solid], uneven)


def _without_folds(across: Sequence[Piece], down: Sequence[Piece], wide: int) -> tuple[list[Piece], list[Piece]]:
    """Horizontal rules, and folds of the paper: lines within a table that come from the edge of the page."""
    rules, folds = [], []
    for piece in across:
        sides = [p.at for p in down if p.start < piece.at - NEAR and p.end > piece.at + NEAR]
        line = [p for p in across if abs(p.at - piece.at) <= SAME_LINE]
        start, end = min(p.start for p in line), max(p.end for p in line)
        from_edge = sides and ((start <= EDGE < min(sides) - OUTSIDE) or (end >= wide - EDGE > max(sides) + OUTSIDE))
        (folds if from_edge else rules).append(piece)
    return rules, folds


def _is_too_close(piece: Piece, across: Sequence[Piece]) -> bool:
    """A short line so near to a long one that nothing could be written between them: the arc of a seal, an underline."""
    length = piece.end - piece.start
    return any(SAME_LINE < abs(p.at - piece.at) < bands.LOWEST and p.end - p.start > 2 * length
               and min(p.end, piece.end) - max(p.start, piece.start) > length / 2 for p in across)


def _is_beside(piece: Piece, down: Sequence[Piece]) -> bool:
    """A vertical line close beside a rule that goes on further: the first figures of a column, 1 below 1. (The lines of a double
    rule are equally long.)"""
    return any(SAME_LINE < abs(p.at - piece.at) < bands.LOWEST and p.start <= piece.start + NEAR and p.end >= piece.end - NEAR
               and (p.end - p.start) - (piece.end - piece.start) >= bands.LOWEST for p in down)


def _parts_nothing(piece: Piece, across: Sequence[Piece], down: Sequence[Piece]) -> bool:
    """A line within cells that runs through none of them: the arc of a seal, an underline. It would make a row of its own. (A piece
    of a longer line parts what that line parts.)"""
    xs = sorted(p.at for p in down if p.start < piece.at - NEAR and p.end > piece.at + NEAR)
    if len(xs) < 2 or piece.start < xs[0] - NEAR or piece.end > xs[-1] + NEAR:
        return False
    line = join((p.start, p.end) for p in across if abs(p.at - piece.at) <= SAME_LINE)
    return all(sum(max(0.0, min(end, b) - max(start, a)) for start, end in line) < ruled.COVERED * (b - a)
               for a, b in zip(xs, xs[1:]) if piece.end > a and piece.start < b)


def _through(box: tuple[int, int, int, int], down: Sequence[Piece], ink: np.ndarray) -> list[Piece]:
    """Vertical rules that stop at a dark cell go on through it where nothing is written in their way."""
    x0, top, x1, bottom = box
    out = []
    for piece in down:
        at = int(round(piece.at))
        stops = abs(piece.start - bottom) <= NEAR or abs(piece.end - top) <= NEAR
        if stops and x0 + NEAR < at < x1 - NEAR and not ink[top + 4:bottom - 4, at - 1:at + 2].any():
            out.append(Piece(piece.at, top, bottom, piece.thick))
    return out


def _one_way(ink: np.ndarray, crossing: np.ndarray | None) -> _Way:
    """Pieces of horizontal rules: solid, broken and dotted ones.

    For vertical ones on the transposed picture; `crossing` is then where the horizontal ones are, which they may cross.
    """
    solid = _runs(ink, 3, LEAST)
    ragged = cv2.dilate(solid, np.ones((5, 1), np.uint8))   # a rule's own edge, or its twin's, is no writing
    level = np.ones((3, 1), np.uint8)                       # dashes stand a pixel higher or lower than their neighbours
    broken = _but_solid(cv2.erode(_runs(cv2.dilate(ink, level), 9, 2 * LEAST), level), ragged)
    upright = crossing is not None
    dotted = _dotted(ink, DASH[upright])
    writing = ink.copy()
    if crossing is not None:
        writing[cv2.dilate(crossing.astype(np.uint8), np.ones((3, 5), np.uint8)) > 0] = 0
    way = _Way([], np.zeros(ink.shape, np.int32), _traces(solid | broken | dotted))
    _add_pieces(way, solid, ink, writing & ~ragged, False, 2 * LEAST if upright else LEAST)
    _add_pieces(way, broken, ink, writing, False, 2 * LEAST)
    room = writing & ~dotted if upright else np.zeros_like(ink)     # signs stand in columns, not in rows
    _add_pieces(way, dotted, ink, room, True, LONG)
    return way


def _runs(ink: np.ndarray, gap: int, least: int) -> np.ndarray:
    """Straight runs of ink with gaps shorter than `gap`."""
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))


def _but_solid(broken: np.ndarray, ragged: np.ndarray) -> np.ndarray:
    """Broken runs without what belongs to solid ones; a run of dashes, some of which grew together, stays whole."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(broken)
    out = broken & ~ragged
    for n in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[n])
        part = labels[y:y + h, x:x + w] == n
        if float((part & (ragged[y:y + h, x:x + w] > 0)).any(axis=0).mean()) < GROWN:
            out[y:y + h, x:x + w][part] = 1
    return out


def _dotted(ink: np.ndarray, dash: int) -> np.ndarray:
    """Long runs of small flat pieces at even height."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    small = (stats[:, 3] <= FINE) & (stats[:, 2] <= dash) & (stats[:, 4] >= 2)
    small[0] = False
    mask = small[labels].astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 17), np.uint8))
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, LONG), np.uint8))


def _add_pieces(way: _Way, mask: np.ndarray, ink: np.ndarray, writing: np.ndarray, dotted: bool, least: int) -> None:
    """The runs of a mask that look like rules: thin, full of ink, without writing close above and below."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        if w < least or area / w > THICK:
            continue
        part = labels[y:y + h, x:x + w] == n
        full, (less, more) = float(ink[y:y + h, x:x + w][part].mean()), _clear(writing, part, x, y)
        long = w > 2 * TALL
        lined = less >= PAPER[long] or (more >= LINED[0] and less >= LINED[1])
        broken = full >= FULL[1] and less >= BROKEN[long] and area / w <= FINE
        if not ((lined and (full >= FULL[0] or dotted)) or broken):
            continue
        number = len(way.pieces) + 1
        way.owner[y:y + h, x:x + w][part] = number
        way.pieces.append(Piece(y + float(np.nonzero(part)[0].mean()), x, x + w, area / w, (number,), full >= FULL[0]))


def _clear(ink: np.ndarray, part: np.ndarray, x: int, y: int) -> tuple[float, float]:
    """Share of a piece's columns that have paper close to it on the one side and on the other, the lesser one first."""
    first = np.argmax(part, axis=0)
    last = part.shape[0] - 1 - np.argmax(part[::-1], axis=0)
    columns = np.arange(x, x + part.shape[1])
    above, below = np.ones(part.shape[1], bool), np.ones(part.shape[1], bool)
    for step in (3, 4):
        above &= ink[np.maximum(y + first - step, 0), columns] == 0
        below &= ink[np.minimum(y + last + step, ink.shape[0] - 1), columns] == 0
    return tuple(sorted((float(above.mean()), float(below.mean()))))    # type: ignore[return-value]


def _traces(runs: np.ndarray) -> list[np.ndarray]:
    """(x, y) along each long run: how straight the page is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs)
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


def _meeting(flat: list[Piece], steep: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Pieces joined to rules; what is too short, or does not end at another rule where it should, is no rule."""
    steep = _joined(steep)
    flat = _shared(_joined(flat), steep)
    for _ in range(3):
        kept_flat = [p for p in flat if _is_rule(p, steep, LONG)]
        kept_steep = [p for p in steep if _is_rule(p, kept_flat, TALL, strict=True)]
        if len(kept_flat) == len(flat) and len(kept_steep) == len(steep):
            break
        flat, steep = kept_flat, kept_steep
    return flat, steep


def _shared(flat: list[Piece], steep: Sequence[Piece]) -> list[Piece]:
    """Horizontal rules with gaps only where they run through a good part of the width (figures in a row have feet), or from one
    vertical rule exactly to another (below a group's head)."""
    wide = max((p.end for p in flat), default=0) - min((p.start for p in flat), default=0)

    def spans(piece: Piece) -> bool:
        ends = [[abs(o.at - end) <= NEAR and o.start - NEAR <= piece.at <= o.end + NEAR for o in steep if o.end - o.start > TALL]
                for end in (piece.start, piece.end)]
        return piece.end - piece.start >= LONG and all(map(any, ends))
    return [p for p in flat if p.solid or spans(p) or sum(q.end - q.start for q in flat if abs(q.at - p.at) <= 4) >= SHARE * wide]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces in a row become one."""
    lines: list[list[Piece]] = []
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
            out.append(Piece(sum(p.at * (p.end - p.start) for p in members) / weight, int(start), int(end),
                              max(p.thick for p in members), tuple(n for p in members for n in p.parts),
                             2 * sum(p.end - p.start for p in members if p.solid) >= end - start))
    return out


def _level(line: Sequence[Piece]) -> float:
    weight = sum(p.end - p.start for p in line)
    return sum(p.at * (p.end - p.start) for p in line) / weight


def _is_rule(piece: Piece, others: Sequence[Piece], alone: int, strict: bool = False) -> bool:
    """Whether both ends meet rules of the other direction, or it is long enough to stand alone."""
    crossing = [o for o in others if o.start - NEAR <= piece.at <= o.end + NEAR]
    meets = [any(abs(o.at - end) <= NEAR for o in crossing) for end in (piece.start, piece.end)]
    if strict and crossing:                                 # writing above and below the table may touch the ends of a rule
        meets[0] |= 0 < min(o.at for o in crossing) - piece.start <= bands.OVERHANG
        meets[1] |= 0 < piece.end - max(o.at for o in crossing) <= bands.OVERHANG
    if all(meets):
        return True
    length = piece.end - piece.start
    if strict and crossing:                                 # a stack of stems between two rules is no rule
        return (length >= alone and any(meets)) or length >= 4 * alone
    return length >= alone


def _own(owner: np.ndarray, kept: Sequence[Piece]) -> np.ndarray:
    """The rules' own pixels; of those that were not found as runs of ink, the line where they stand."""
    own = cv2.dilate((owner > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    for piece in kept:
        if not piece.parts or not piece.solid:
            half = int(round(piece.thick / 2)) + 1
            own[max(0, int(round(piece.at)) - half):int(round(piece.at)) + half + 1, piece.start:piece.end] = 1
    return own


def _drawn(owner: np.ndarray, kept: Sequence[Piece]) -> np.ndarray:
    """The pixels of the kept rules, a little widened across their direction; gaps between their pieces too."""
    zone = np.zeros(owner.shape, bool)
    for piece in kept:
        high = slice(max(0, int(piece.at) - BESIDE), int(piece.at) + BESIDE + 1)
        wide = slice(max(0, piece.start - 2), piece.end + 2)
        own = np.isin(owner[high, wide], piece.parts).astype(np.uint8)
        zone[high, wide] |= cv2.dilate(own, np.ones((3, 3), np.uint8)) > 0
        half = int(round(piece.thick / 2)) + (1 if piece.solid else 2)
        zone[max(0, int(round(piece.at)) - half):int(round(piece.at)) + half + 1, piece.start:piece.end] = True
    return zone
