"""Cards with level rules only: each band between two rules is a row, whose texts stand in columns of its own.

A card has titles that fill a band alone (基本信息, 劝返记录) and parts with different columns; a list has not, and is read as
columns of text. Where all bands of a part agree on columns, these are its cells; else each text is a cell up to the next one.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from carelib.read.pdf import regions
from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.geometry import Box, Glyph, Rule, median
from carelib.read.pdf.lines import Segment, em, split_lines
from carelib.read.pdf.textline import cut, is_label, text_lines

SAME = 2.0                      # points: rules that begin and end at the same places
FEWEST = 6                      # rules of a card
CLOSE = 0.45                    # em: words nearer than this are one text
HIGH = 4.0                      # times the usual height: a band that parts two tables
LARGE = 1.25                    # times the size of the other text: a title that stands between two tables

Extent = tuple[float, float]    # of a text: from where to where it stands
Text = tuple[Extent, list[Glyph]]


def find(page: int, across: Sequence[Rule], down: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[Table]:
    """The cards of a page that have level rules only."""
    out = []
    for stack in _stacks(across):
        x0, x1 = min(r.start for r in stack), max(r.end for r in stack)
        if any(x0 - SAME <= r.at <= x1 + SAME and r.start < stack[-1].at and r.end > stack[0].at for r in down):
            continue
        for bands in _runs([_Band(a.at, b.at, x0, x1, glyphs) for a, b in pairwise(stack)]):
            if len(bands) >= FEWEST - 1 and _is_card(bands):
                out.append(_table(page, bands, x0, x1))
    return out


def _stacks(across: Sequence[Rule]) -> list[list[Rule]]:
    """Level rules below each other that begin and end at the same places."""
    out: list[list[Rule]] = []
    for rule in sorted(across, key=lambda r: r.at):
        if out and abs(out[-1][-1].start - rule.start) <= SAME and abs(out[-1][-1].end - rule.end) <= SAME:
            out[-1].append(rule)
        else:
            out.append([rule])
    return [stack for stack in out if len(stack) >= FEWEST]


class _Band:
    """What stands between two rules: texts from left to right, each of one or more lines."""

    def __init__(self, top: float, bottom: float, x0: float, x1: float, glyphs: Sequence[Glyph]) -> None:
        self.top, self.bottom = top, bottom
        self.glyphs = [g for g in glyphs if top < g.cy < bottom and x0 <= g.cx <= x1]
        self.texts: list[Text] = []
        for word in sorted((w for line in split_lines(self.glyphs) for w in _texts(cut(line))), key=lambda w: w[0]):
            if self.texts and word[0][0] < self.texts[-1][0][1]:
                (a, b), before = self.texts[-1]
                self.texts[-1] = (a, max(b, word[0][1])), before + word[1]
            else:
                self.texts.append(word)

    @property
    def size(self) -> float:
        return median((em(g) for g in self.glyphs), 0.0)


def _texts(words: Sequence[Segment]) -> list[Text]:
    """The words of a line, those joined that stand as close as the two scripts of one text."""
    out: list[Text] = []
    for word in words:
        if out and word.box.x0 - out[-1][0][1] < CLOSE * em(word.glyphs[0]):
            out[-1] = (out[-1][0][0], word.box.x1), out[-1][1] + list(word.glyphs)
        else:
            out.append(((word.box.x0, word.box.x1), list(word.glyphs)))
    return out


def _runs(bands: Sequence[_Band]) -> list[list[_Band]]:
    """The bands without those that part two tables: high ones, titles, and notes and signatures."""
    usual, size = median(b.bottom - b.top for b in bands), median(b.size for b in bands if b.glyphs)
    def is_between(band: _Band) -> bool:
        words = [text for _, glyphs in band.texts for text in _lines(glyphs)]
        return band.bottom - band.top > HIGH * usual or band.size > LARGE * size or any(is_label(w) for w in words)
    return [list(part) for between, part in groupby(bands, is_between) if not between]


def _lines(glyphs: Sequence[Glyph]) -> list[str]:
    return ["".join(g.char for g in line) for line in split_lines(glyphs)]


def _is_card(bands: Sequence[_Band]) -> bool:
    """Whether a title parts bands that do not all stand in the same columns: no list."""
    parts = [p for p in _parts(bands) if len(p) > 1 or len(p[0].texts) > 1]
    full = [max(part, key=lambda b: len(b.texts)).texts for part in parts]
    if any(_side_by_side(a, b) for i, a in enumerate(full) for b in full[:i]):
        return False
    return len(parts) > 1 and not _columns([b for b in bands if len(b.texts) != 1])


def _side_by_side(one: Sequence[Text], two: Sequence[Text]) -> bool:
    """Whether the texts of two bands stand below each other one by one: the sections of a list."""
    return len(one) == len(two) > 2 and all(a < d and c < b for ((a, b), _), ((c, d), _) in zip(one, two))


def _parts(bands: Sequence[_Band]) -> list[list[_Band]]:
    """The bands, parted by those with a title."""
    return [list(part) for _, part in groupby(bands, lambda b: _is_title(b, bands))]


def _is_title(band: _Band, bands: Sequence[_Band]) -> bool:
    """Whether a band has one text, and that is no label whose value is empty: it stands in the middle, or is numbered (一、…)."""
    if len(band.texts) != 1:
        return False
    (x0, x1), glyphs = band.texts[0]
    labels = [b.texts[0][0] for b in bands if len(b.texts) > 1]
    return not any(a < x1 and x0 < b for a, b in labels) or (len(glyphs) > 1 and glyphs[1].char == "、")


def _columns(bands: Sequence[_Band]) -> list[Extent]:
    """The columns in which the texts of all bands stand, one text in each; nothing if they do not."""
    found = regions.find(text_lines([g for b in bands for g in b.glyphs]))
    columns = found[0].columns if len(found) == 1 else []
    for band in bands:
        places = [[c for c, (a, b) in enumerate(columns) if a - 1 < x1 and x0 < b + 1] for (x0, x1), _ in band.texts]
        if any(len(p) != 1 for p in places) or len({p[0] for p in places}) < len(places):
            return []
    return columns


def _table(page: int, bands: Sequence[_Band], x0: float, x1: float) -> Table:
    """The card: rows are the bands, columns all places where a cell of some part begins. A cell's box is as wide as its text."""
    rows: list[list[tuple[Extent, Extent, list[Glyph]]]] = []
    for part in _parts(bands):
        columns = _columns(part) if len(part) > 1 else []
        for band in part:
            stand = columns or [extent for extent, _ in band.texts]
            edges = [x0, *((a[1] + b[0]) / 2 for a, b in pairwise(stand)), x1]
            rows.append([(edge, extent, [g for (c, d), glyphs in band.texts if edge[0] <= (c + d) / 2 < edge[1] for g in glyphs])
                         for edge, extent in zip(pairwise(edges), stand)])
    xs = _merged([x for row in rows for edge, _, _ in row for x in edge])
    ys = [bands[0].top, *(b.bottom for b in bands)]
    spots = []
    for number, (row, band) in enumerate(zip(rows, bands)):
        for edge, extent, glyphs in row:
            first, last = (min(range(len(xs)), key=lambda i: abs(xs[i] - x)) for x in edge)
            if glyphs and last > first:
                spots.append(Spot(number, first, 1, last - first, page, Box(extent[0], band.top, extent[1], band.bottom), glyphs))
    return Table(page, xs, ys, spots, "ruled")


def _merged(positions: Sequence[float]) -> list[float]:
    """Positions without those that are the same."""
    out: list[float] = []
    for x in sorted(positions):
        if not out or x - out[-1] > SAME:
            out.append(x)
    return out
