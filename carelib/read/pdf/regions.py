"""Where text stands in columns without rules: regions of lines that share gutters of white.

A line is a bit mask of the points of width that it covers; gutters are what the lines of a region leave free. A region grows
from its fullest line, up and down, as long as the lines respect its gutters.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.geometry import Box, Glyph, Rule, bounds, median
from carelib.read.pdf.lines import Segment, em, segments, split_lines

FINE = 4                        # mask bits a point
GUTTER = 0.25                   # em: narrower white is no gutter
APART = 2.2                     # a white band this many usual ones high ends a region
FEWEST = 3                      # lines of a region without rules
LONG = 30                       # characters: a piece of text this long is prose rather than a value


@dataclass
class TextLine:
    """A visual line cut into words that may be cells."""
    words: list[Segment]
    box: Box
    mask: int = 0
    size: float = 10.0

    @property
    def glyphs(self) -> list[Glyph]:
        return [g for w in self.words for g in w.glyphs]


@dataclass
class Region:
    """Consecutive lines that form a table. `columns`: (x0, x1) of each column's text."""
    lines: list[TextLine]
    columns: list[tuple[float, float]] = field(default_factory=list)
    head: int = 0               # lines at its top that span columns

    @property
    def box(self) -> Box:
        return bounds(line.box for line in self.lines)


def text_lines(glyphs: Sequence[Glyph]) -> list[TextLine]:
    out = []
    for line in split_lines(glyphs):
        words = cut(line)
        mask = 0
        for word in words:
            mask |= bits(word.box.x0, word.box.x1)
        out.append(TextLine(words, bounds(w.box for w in words), mask, median(em(g) for g in line)))
    return out


def cut(line: Sequence[Glyph]) -> list[Segment]:
    """Words that may be cells: Chinese text has no gaps inside, Latin words do."""
    pieces: list[list[Glyph]] = [[line[0]]]
    for left, right in zip(line, line[1:]):
        latin = left.char.isascii() and right.char.isascii()
        if right.x0 - left.x1 > (0.62 if latin else 0.4) * min(em(left), em(right)):
            pieces.append([])
        pieces[-1].append(right)
    from carelib.read.pdf.lines import line_text
    return [Segment(tuple(p), bounds(p), line_text(p)) for p in pieces]


def bits(x0: float, x1: float) -> int:
    low, high = max(0, int(x0 * FINE)), max(0, int(x1 * FINE + 0.999))
    return ((1 << (high - low)) - 1) << low if high > low else 0


def gaps(mask: int, least: float) -> list[tuple[float, float]]:
    """Stretches between the first and the last covered point that are free for at least `least` points."""
    out = []
    low = 0
    if mask:
        low = (mask & -mask).bit_length() - 1
        mask >>= low
    while mask:
        ones = (~mask & (mask + 1)).bit_length() - 1        # length of the run of ones at the bottom
        mask >>= ones
        low += ones
        if not mask:
            break
        zeros = (mask & -mask).bit_length() - 1
        if zeros >= least * FINE:
            out.append((low / FINE, (low + zeros) / FINE))
        mask >>= zeros
        low += zeros
    return out
