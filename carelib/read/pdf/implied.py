"""Columns that no upright rule draws but the level ones betray: each cell has drawn its own piece of the line below it.

Browsers do so. Where the pieces of all lines of a table meet at the same places, these places are the borders of its columns.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from carelib.read.pdf.geometry import Glyph, Rule, cluster
from carelib.read.pdf.lines import split_lines
from carelib.read.pdf.ruled import SNAP
from carelib.read.pdf.textline import cut

MEET = 0.75                     # points: two pieces of a line this near to each other meet
SAME = 1.5                      # points: places on two lines that are the same
FEWEST = 3                      # lines, and columns, of a table that is found so


def walls(across: Sequence[Rule], down: Sequence[Rule], glyphs: Sequence[Glyph], known: Sequence[float] = ()) -> list[Rule]:
    """Upright rules at the places where the pieces of level lines meet; none where a word runs over the place.

    `known`: the borders of the columns of a table that may go on here.
    """
    levels = [(at, _borders([across[i] for i in members])) for at, members in cluster([(r.at, r.end - r.start) for r in across], SNAP)]
    out: list[Rule] = []
    stack: list[tuple[float, list[float]]] = []
    for at, xs in [*sorted(levels), (float("inf"), [])]:
        if stack and not _same(stack[-1][1], xs):
            out += _of_stack([y for y, _ in stack], stack[0][1], down, glyphs, known)
            stack = []
        stack.append((at, xs))
    return out


def _borders(pieces: Iterable[Rule]) -> list[float]:
    """Where a line begins, its pieces meet, and it ends; nothing if it is not one line."""
    parts = sorted({(round(p.start, 1), round(p.end, 1)) for p in pieces})
    if any(abs(a[1] - b[0]) > MEET for a, b in pairwise(parts)):
        return []
    return [*(a for a, _ in parts), parts[-1][1]]


def _same(one: Sequence[float], two: Sequence[float]) -> bool:
    return len(one) == len(two) and all(abs(a - b) <= SAME for a, b in zip(one, two))


def _of_stack(ys: Sequence[float], xs: Sequence[float], down: Sequence[Rule], glyphs: Sequence[Glyph], known: Sequence[float]) -> list[Rule]:
    """The walls of lines that are all cut at the same places, if a row of them is written in every column."""
    proven = _same(xs, known)
    if (len(ys) < FEWEST and not proven) or len(xs) <= FEWEST \
            or any(xs[0] - SAME <= r.at <= xs[-1] + SAME and r.start < ys[-1] and r.end > ys[0] for r in down):
        return []
    out: list[Rule] = []
    for top, bottom in pairwise(ys):
        inside = [g for g in glyphs if top < g.cy < bottom and xs[0] <= g.cx <= xs[-1]]
        words = [w.box for line in split_lines(inside) for w in cut(line, tuple(xs))] if inside else []
        free = [x for x in xs if not any(w.x0 < x - MEET and w.x1 > x + MEET for w in words)]
        proven |= len(free) == len(xs) and all(any(a < w.x1 and w.x0 < b for w in words) for a, b in pairwise(xs))
        out += [Rule(x, top, bottom) for x in free]
    return out if proven else []
