"""Puts the cells of a sheet together: order, merged ranges, values under a merge, places met twice."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from carelib.read.words import doubt
from carelib.records import Cell, Grid

Span = tuple[int, int, int, int]
_SANE_ROWS, _SANE_COLS = 5000, 1000         # a larger merge is cut down to where there is content
_SANE_SPANS = 50_000


def assemble(name: str, cells: Iterable[Cell], spans: Sequence[Span] = (), extras: Sequence[tuple[str, str]] = (),
             hidden: bool = False, doubts: Sequence[str] = ()) -> Grid:
    """A grid in reading order; anchors of merged ranges know their spans, what lies under them is `covered`."""
    places: dict[tuple[int, int], Cell] = {}
    more, last, in_order = list(extras), (-1, -1), True
    for cell in cells:
        key = (cell.row, cell.col)
        in_order, last = in_order and key > last, key
        there = places.get(key)
        if there is None:
            places[key] = cell
        elif there.text != cell.text:
            places[key] = replace(there, doubt=there.doubt or doubt("twice"))
            more.append((cell.place, cell.text))
    sane = _sane(spans, places)
    for span in sane:
        _merge(span, places)
    ordered = tuple(places.values()) if in_order else tuple(places[key] for key in sorted(places))
    return Grid(name, ordered, hidden, tuple(sane), tuple(more), tuple(doubts))


def _sane(spans: Sequence[Span], places: dict[tuple[int, int], Cell]) -> list[Span]:
    """Spans in order, without repeats; monstrous ones end where the content ends."""
    rows = max((r for r, _ in places), default=0)
    cols = max((c for _, c in places), default=0)
    out = []
    for row, col, height, width in sorted(set(spans))[:_SANE_SPANS]:
        if height > _SANE_ROWS:
            height = max(1, rows - row + 1)
        if width > _SANE_COLS:
            width = max(1, cols - col + 1)
        if height * width > 1:
            out.append((row, col, height, width))
    return out


def _merge(span: Span, places: dict[tuple[int, int], Cell]) -> None:
    row, col, height, width = span
    if height * width <= len(places):
        inside = [(r, c) for r in range(row, row + height) for c in range(col, col + width) if (r, c) in places]
    else:
        inside = [(r, c) for r, c in places if row <= r < row + height and col <= c < col + width]
    for key in inside:
        cell = places[key]
        if key == (row, col):
            places[key] = replace(cell, row_span=height, col_span=width)
        elif not cell.covered:
            places[key] = replace(cell, covered=True)
