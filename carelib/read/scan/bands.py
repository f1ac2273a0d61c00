"""Short vertical rules: those that part two cells of a single row, no higher than a line of writing.

Between two horizontal rules a vertical one runs from the one to the other without a break (or in even dots); strokes of
writing do not reach both. Where a longer rule stands at the same position in other rows, less is asked.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

LOWEST, HIGHEST = 14, 170       # pixels between the two horizontal rules
WIDE = 8                        # a vertical rule is no wider
ALIGNED = 4                     # pixels: at the same position
DOT = 12                        # pieces of a dotted rule are no longer
CLEAR = (0.95, 0.75)            # share of its length with paper on both sides; where others are aligned with it
SOLID = 0.93                    # share of its length that is ink
DASH = 14                       # pieces of a dashed rule are no longer (a 1 is)
WORN = (0.75, 5)                # share of a worn solid rule that is ink, and the widest gap in it
ROOM = (8, 2)                   # pixels of paper on both sides; where others are aligned with it
OVERHANG = 60                   # pixels: a stroke of writing that touches a rule's end is no longer
MORE, LESS = 2, 0.12            # pixels by which a gap in it is longer, share of ink by which it has less, where a rule is only writing
TOUCHED, WHOLE = (0.5, 0.2), 0.97   # share of its length with ink close beside it, there; where all else of it is ink, so much of it
MOSTLY = 0.7                    # share of the length of all vertical rules that is solid, where they are solid ones
LOOSE = 0.3                     # share of ink from which on a piece at a known position is a rule


@dataclass
class Piece:
    """A straight piece of a horizontal rule (of a vertical one, on the transposed picture)."""
    at: float
    start: int
    end: int
    thick: float
    parts: tuple[int, ...] = ()             # numbers of its pixels in `grid._Way.owner`
    solid: bool = True                      # not dashed or dotted


def short(ink: np.ndarray, across: Sequence[Piece], down: Sequence[Piece]) -> list[Piece]:
    """Vertical rules between neighbouring horizontal ones that are not known yet."""
    found: list[Piece] = []
    pairs = list(_pairs(across))
    for last in (False, True):                              # the second time, less is asked where others were found
        levels = [*down, *(p for p in found if sum(abs(p.at - q.at) <= ALIGNED for q in found) > 1)]
        for upper, lower, x0, x1 in pairs:
            top, bottom = int(round(upper.at + upper.thick / 2)) + 1, int(round(lower.at - lower.thick / 2))
            if bottom - top < LOWEST - 6:
                continue
            known = [p.at for p in [*down, *found] if 2 * (min(p.end, bottom) - max(p.start, top)) > bottom - top]
            aligned = [_aligned([p for p in levels if last and p.solid == solid], x0, x1) for solid in (True, False)]
            for at, wide, solid in _upright(ink[top:bottom, x0:x1], *aligned):
                if all(abs(at + x0 - k) > 2 * WIDE for k in known):
                    found.append(Piece(at + x0, int(upper.at), int(lower.at) + 1, wide, solid=solid))
    return found


def _aligned(rules: Sequence[Piece], x0: int, x1: int) -> np.ndarray:
    """Which columns from x0 to x1 lie at the position of a known rule."""
    out = np.zeros(x1 - x0, bool)
    for rule in rules:
        if x0 - ALIGNED <= rule.at <= x1 + ALIGNED:
            out[max(0, int(rule.at) - x0 - ALIGNED):max(0, int(rule.at) - x0 + ALIGNED + 1)] = True
    return out


def runs_through(ink: np.ndarray, piece: Piece, across: Sequence[Piece]) -> bool:
    """Whether a vertical rule goes on where it crosses horizontal ones; a column of figures (1 above 1) stops at each of them."""
    levels = sorted((p.at, p.thick) for p in across if p.start - WIDE <= piece.at <= p.end + WIDE
                    and piece.start - WIDE <= p.at <= piece.end + WIDE)
    x0, x1 = max(0, int(piece.at - piece.thick / 2 - 3)), int(piece.at + piece.thick / 2) + 4
    strokes = full = 0
    for (upper, thick), (lower, below) in zip(levels, levels[1:]):
        top, bottom = int(round(upper + thick / 2)) + 1, int(round(lower - below / 2))
        if bottom - top >= LOWEST - 6:
            stroke = _is_stroke(ink[top:bottom, x0:x1].any(axis=1))
            strokes, full = strokes + stroke, full + (not stroke)
    return strokes <= full


def drawn(ink: np.ndarray, down: Sequence[Piece], across: Sequence[Piece]) -> list[Piece]:
    """Vertical rules without the rows in which only strokes of writing stand at their place.

    A rule looks the same in all its rows: dots stay dots, dashes dashes. Where its ink has larger gaps than elsewhere and strokes
    run into it from the side, writing goes on through a wider cell. (A solid rule has no gaps at all: fewer strokes tell.)
    """
    out: list[Piece] = []
    solid = sum(p.end - p.start for p in down if p.solid) >= MOSTLY * sum(p.end - p.start for p in down)
    for level in levels_of(down):
        rows = [(piece, *row) for piece in level for row in _rows(ink, piece, across)]
        if solid and rows and not any(p.solid for p in level) and float(np.median([r[5] for r in rows])) >= TOUCHED[1]:
            continue                                        # among solid rules, stems of equal words below each other
        usual_gap, usual_ink = (float(np.median([r[i] for r in rows])) if len(rows) >= 3 else 0.0 for i in (3, 4))
        touched = TOUCHED[usual_gap <= 1 and usual_ink >= WHOLE]
        written = [(r[0], r[1], r[2]) for r in rows if r[3] > usual_gap + MORE and r[4] < usual_ink - LESS and r[5] >= touched] if len(rows) >= 3 else []
        for piece in level:
            edges = [piece.start, *(y for p, top, bottom in written if p is piece for y in (top, bottom)), piece.end]
            if len(edges) == 2:
                out.append(piece)
            else:
                out += [replace(piece, start=a, end=b) for a, b in zip(edges[::2], edges[1::2]) if b - a >= LOWEST]
    return out


def levels_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand at the same position."""
    levels: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.at):
        if levels and piece.at - levels[-1][-1].at <= ALIGNED:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def _rows(ink: np.ndarray, piece: Piece, across: Sequence[Piece]) -> list[tuple[int, int, int, float, float]]:
    """Of each row that a vertical rule runs through: top, bottom, the longest gap in it, the share that is ink, the share with
    ink beside it (on the side that has more)."""
    ys = sorted(p.at for p in across if p.start - WIDE <= piece.at <= p.end + WIDE)
    out = []
    for upper, lower in zip(ys, ys[1:]):
        top, bottom, x = int(upper) + 3, int(lower) - 2, int(round(piece.at))
        through = 2 * (min(lower, piece.end) - max(upper, piece.start)) > lower - upper
        if bottom - top < LOWEST - 6 or not through or not 6 <= x < ink.shape[1] - 7:
            continue
        column = ink[top:bottom, x - 2:x + 3].any(axis=1)
        edges = np.diff(np.concatenate([[0], (~column).astype(np.int8), [0]]))
        gaps = np.nonzero(edges == -1)[0] - np.nonzero(edges == 1)[0]
        beside = max(float(ink[top:bottom, a:b].any(axis=1).mean()) for a, b in ((x - 6, x - 3), (x + 4, x + 7)))
        out.append((int(upper), int(lower), int(gaps.max(initial=0)), float(column.mean()), beside))
    return out


def trimmed(piece: Piece, across: Sequence[Piece], others: Sequence[Piece]) -> Piece:
    """A vertical rule without the stroke of writing that touches its end: it ends at a horizontal rule, or as others do."""
    levels = [p.at for p in across if p.start - WIDE <= piece.at <= p.end + WIDE]

    def end_at(end: float, inner: list[float]) -> int:
        if not inner or min(abs(end - level) for level in levels) <= WIDE or abs(end - inner[0]) > OVERHANG \
                or sum(min(abs(o.start - end), abs(o.end - end)) <= WIDE for o in others) > 1:
            return int(end)
        return int(inner[0])
    start = end_at(piece.start, sorted(level for level in levels if level > piece.start))
    end = end_at(piece.end, sorted((level for level in levels if level < piece.end), reverse=True))
    return replace(piece, start=start, end=end) if end - start > WIDE else piece


def _is_stroke(inked: np.ndarray) -> bool:
    """Whether a column between two rules holds only a stroke or two that reach neither of them."""
    edges = np.diff(np.concatenate([[0], inked.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return len(starts) == 0 or (len(starts) <= 2 and starts[0] >= 2 and len(inked) - ends[-1] >= 2)


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


def _upright(band: np.ndarray, whole: np.ndarray, gapped: np.ndarray) -> list[tuple[float, float, bool]]:
    """(position, width, solid) of the vertical rules in a band between two horizontal ones; `whole`, `gapped`: where known solid ones
    stand, and dashed or dotted ones. (Where all others are solid, two strokes of writing one above the other are no dashes.)"""
    aligned = whole | gapped
    share = cv2.dilate(band, np.ones((1, 3), np.uint8)).mean(axis=0)
    dots = _dotted(band)
    candidate = (share >= 1.0 - 1.5 / len(band)) | (aligned & (share >= LOOSE)) | dots
    out = []
    edges = np.diff(np.concatenate([[0], candidate.astype(np.int8), [0]]))
    for start, end in zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist()):
        known = bool(aligned[start:end].any())
        inked = band[:, start:end].any(axis=1)
        solid = float(inked.mean()) >= SOLID and inked[:2].any() and inked[-2:].any()
        dashed = bool(gapped[start:end].any() and _is_dashed(inked)) or bool(whole[start:end].any() and _is_worn(inked))
        if end - start <= WIDE + 2 and (solid or dots[start:end].any() or dashed) and _clear(band, start, end, ROOM[known]) >= CLEAR[known or not solid]:
            out.append(((start + end - 1) / 2, max(2.0, end - start - 2.0), bool(solid or not dots[start:end].any())))
    return out


def _clear(band: np.ndarray, start: int, end: int, room: int) -> float:
    """Share of a rule's ink with `room` pixels of paper on both sides (strokes across it are writing)."""
    beside = np.concatenate([band[:, max(0, start - room):start], band[:, end:end + room]], axis=1)
    inked = band[:, start:end].any(axis=1)
    return float((~beside[inked].any(axis=1)).mean()) if inked.any() else 0.0


def _is_dashed(inked: np.ndarray) -> bool:
    """Whether ink along a column comes in several short pieces with small gaps, up to both ends."""
    edges = np.diff(np.concatenate([[0], inked.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return len(starts) >= 2 and bool((ends - starts).max() <= DASH) and _widest(inked) <= DASH


def _is_worn(inked: np.ndarray) -> bool:
    """Whether a solid rule runs along a column, from which a little is missing."""
    return float(inked.mean()) >= WORN[0] and _widest(inked) <= WORN[1]


def _widest(inked: np.ndarray) -> int:
    """The widest gap in a column."""
    edges = np.diff(np.concatenate([[0], (~inked).astype(np.int8), [0]]))
    return int((np.nonzero(edges == -1)[0] - np.nonzero(edges == 1)[0]).max(initial=0))


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


def completed(ink: np.ndarray, across: Sequence[Piece]) -> list[Piece]:
    """What is missing of horizontal rules: stretches at the height of known ones where thin ink runs on between them."""
    left, right = min((p.start for p in across), default=0), max((p.end for p in across), default=0)
    out = []
    for level in levels_of(across):
        if sum(p.end - p.start for p in level) < 0.3 * (right - left):
            continue
        at = sum(p.at * (p.end - p.start) for p in level) / sum(p.end - p.start for p in level)
        ends = sorted((p.start, p.end) for p in level)
        reach = left
        for start, end in [*ends, (right, right)]:
            if start - reach > 2 * WIDE and _runs_on(ink, at, reach, start):
                out.append(Piece(at, reach, start, level[0].thick))
            reach = max(reach, end)
    return out


def _runs_on(ink: np.ndarray, at: float, x0: int, x1: int) -> bool:
    """Whether thin ink covers a stretch of a row evenly."""
    middle = int(round(at))
    rows = ink[max(0, middle - 8):middle + 9, x0:x1]
    line = ink[middle - 1:middle + 2, x0:x1].any(axis=0)
    line = cv2.morphologyEx(line.astype(np.uint8)[None], cv2.MORPH_CLOSE, np.ones((1, DOT - 2), np.uint8))[0] > 0
    thin = line & (rows.sum(axis=0) <= WIDE)
    blocks = [line[i:i + 20].mean() for i in range(0, len(line), 20) if len(line[i:i + 20]) >= 8]
    return bool(blocks) and float(np.mean(np.asarray(blocks) >= 0.5)) >= 0.85 and float(thin.mean()) >= 0.5
