"""Columns of a list against its header: a vertical rule that parts single records but not the header is none.

Stems of equal words below each other look like a rule; what they would part is one cell in the header and in other rows.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from carelib.read.pdf import ruled
from carelib.read.pdf.geometry import Rule
from carelib.read.scan.bands import ALIGNED, Piece

ROWS, COLUMNS = 4, 3            # a smaller table does not say what is usual in it
USUAL = 0.8                     # share of the rows in which a rule of the list stands
HALF = 0.5                      # share of the list's rows in which a rule that the header has stands at least
NARROW = 5.0                    # points: no column is narrower (a 1 at the start of a cell stands so near to its rule)
COVERED = 0.55                  # share of a row's height that a rule must run through


def plausible(ink: np.ndarray, across: Sequence[Piece], down: Sequence[Piece], point: float) -> tuple[list[Piece], bool]:
    """The vertical rules without those that the header contradicts; whether one is left that the header does not show."""
    flat = ruled.tidy(Rule(p.at * point, p.start * point, p.end * point) for p in across)
    steep = ruled.tidy(Rule(p.at * point, p.start * point, p.end * point) for p in down)
    wrong: list[tuple[float, float, float]] = []
    uneven = False
    for h, v in ruled.components(flat, steep):
        if ruled.is_table(h, v):
            found, doubted = _phantoms(ink, point, sorted({r.at for r in v}), sorted({r.at for r in h}), v)
            wrong += [(x / point, top / point, bottom / point) for x, top, bottom in found]
            uneven |= doubted
    out = list(down)
    for x, top, bottom in wrong:
        out = [part for p in out for part in _without(p, x, top, bottom)]
    return out, uneven


def _phantoms(ink: np.ndarray, point: float, xs: list[float], ys: list[float],
              down: Sequence[Rule]) -> tuple[list[tuple[float, float, float]], bool]:
    """(position, top, bottom) of stretches that part a cell of the list."""
    if len(ys) - 1 < ROWS:
        return [], False
    stands = np.asarray([[_covers(down, x, top, bottom) for top, bottom in zip(ys, ys[1:])] for x in xs])
    share_of, head = stands.mean(axis=1), int(np.argmax(stands.mean(axis=0) >= HALF))       # the first row with most rules: the header's
    usual = (share_of >= USUAL) & stands[:, head:head + 2].any(axis=1)        # in the header, or below a group's head
    for i in np.nonzero(usual)[0]:
        usual[i] = np.mean([_is_crossed(ink, xs[i] / point, ys[r] / point, ys[r + 1] / point) for r in np.nonzero(stands[i])[0]]) < HALF
    if int(usual.sum()) < COLUMNS + 1:
        return [], False
    found, uneven = [], False
    for i in np.nonzero(~usual)[0]:
        left, right = [j for j in range(i) if usual[j]], [j for j in range(i + 1, len(xs)) if usual[j]]
        if not left or not right:
            continue
        whole = np.nonzero(stands[left[-1]] & stands[right[0]])[0]      # rows in which the cell is one of the list's
        parted = [r for r in whole if stands[i][r]]
        if not parted:
            continue
        share, in_header = len(parted) / len(whole), stands[i][whole[0]]
        written = np.mean([_is_stem(ink, xs[i] / point, ys[r] / point, ys[r + 1] / point) for r in parted]) >= HALF
        beside = min(xs[i] - xs[left[-1]], xs[right[0]] - xs[i]) < NARROW
        if not written and not beside and share >= HALF and (in_header or len(parted) >= USUAL * (len(whole) - 1)):
            uneven |= not in_header
        else:
            found += [(xs[i], ys[r], ys[r + 1]) for r in parted]
    return found, uneven


def _is_stem(ink: np.ndarray, x: float, top: float, bottom: float) -> bool:
    """Whether strokes run into a vertical line from the side."""
    rows = slice(int(top) + 5, max(int(top) + 6, int(bottom) - 4))
    beside = [ink[rows, int(x) + off].astype(bool) for off in (-6, -5, 5, 6) if 0 <= int(x) + off < ink.shape[1]]
    return any(int((a & b).sum()) >= 2 for a, b in zip(beside[::2], beside[1::2]))


def _is_crossed(ink: np.ndarray, x: float, top: float, bottom: float) -> bool:
    """Whether strokes run without a break into a vertical line from both sides: it is a stem of writing. (From one side, the
    first stroke of a value may touch the rule before it.)"""
    rows, middle = slice(int(top) + 5, max(int(top) + 6, int(bottom) - 4)), int(round(x))
    return all(bool(ink[rows, max(0, a):a + 7].all(axis=1).any()) for a in (middle - 6, middle))


def _covers(down: Sequence[Rule], x: float, top: float, bottom: float) -> bool:
    covered = sum(max(0.0, min(r.end, bottom) - max(r.start, top)) for r in down if r.at == x)
    return covered >= COVERED * (bottom - top)


def _without(piece: Piece, x: float, top: float, bottom: float) -> list[Piece]:
    """A piece without the stretch from top to bottom, if it stands at x."""
    if abs(piece.at - x) > 2 * ALIGNED or piece.end <= top + ALIGNED or piece.start >= bottom - ALIGNED:
        return [piece]
    parts = [(piece.start, int(top)), (int(bottom), piece.end)]
    return [replace(piece, start=a, end=b) for a, b in parts if b - a > 2 * ALIGNED]
