"""A visual line of text: the words that may be cells of it, and a bit mask of the points of width that they cover.

Upright rules that cross a line are walls: they part its words and leave a gutter, however full the line is.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from carelib.read.pdf.geometry import Box, Glyph, Rule, bounds, median
from carelib.read.pdf.lines import Segment, em, line_text, split_lines

FINE = 4                        # mask bits a point
WORD = (0.4, 0.62)              # em: words that may be cells are this far apart (Chinese, Latin)
PIECE = 0.15                    # em: the same where another drawing operation begins
BLANK = 0.4                     # of the width of a wide bracket or stop is blank, on one side of it
LEFT_HALF, RIGHT_HALF = frozenset("，。、；：）》」』】〕"), frozenset("（《「『【〔")
NEVER_LAST, NEVER_FIRST = RIGHT_HALF | {"("}, LEFT_HALF | {")"}         # characters of a text
INSIDE = 1.0                    # em: white beside them that is still of one text
WALL = 0.15                     # em: white that a wall leaves on both sides of it
UNDRAWN = 0.25                  # em: the same beside a wall that no rule draws: as much as makes a gutter
LONG = 28                       # characters: a piece of text this long is prose rather than a value
_LABELLED = re.compile(r"[^\W\d_a-zA-Z]{1,12}(?:[（(][^（）()]{1,8}[）)])?[：:]")


@dataclass
class TextLine:
    """A visual line cut into words that may be cells."""
    words: list[Segment]
    box: Box
    mask: int = 0
    size: float = 10.0
    walls: tuple[float, ...] = ()

    @property
    def glyphs(self) -> list[Glyph]:
        return [g for w in self.words for g in w.glyphs]

    @property
    def has_digits(self) -> bool:
        """Whether it says a number: a header does not."""
        return any(g.char.isdigit() for w in self.words for g in w.glyphs)


def is_label(text: str) -> bool:
    """'填报时间：2023年…': a label with its colon."""
    return bool(_LABELLED.match(text))


def text_lines(glyphs: Sequence[Glyph], down: Sequence[Rule] = ()) -> list[TextLine]:
    """The visual lines of a page, top to bottom, cut into words; `down`: the upright rules around them."""
    out = []
    for line in split_lines(glyphs):
        middle = line[0].cy
        walls = tuple(sorted({r.at for r in down if r.start <= middle <= r.end}))
        out.append(make_line(cut(line, walls), walls))
    return out


def make_line(words: list[Segment], walls: tuple[float, ...] = (), white: float = WALL) -> TextLine:
    mask = 0
    for word in words:
        mask |= bits(word.box.x0, word.box.x1)
    size = median(em(g) for w in words for g in w.glyphs)
    for wall in walls:
        mask &= ~bits(wall - white * size, wall + white * size)
    return TextLine(words, bounds(w.box for w in words), mask, size, walls)


def at_walls(line: TextLine, walls: Sequence[float]) -> TextLine:
    """The line with walls that no rule draws."""
    both = tuple(sorted({*line.walls, *walls}))
    return make_line(cut(line.glyphs, both), both, UNDRAWN)


def cut(line: Sequence[Glyph], walls: Sequence[float] = ()) -> list[Segment]:
    """Words that may be cells: Chinese text has no gaps inside, Latin words do."""
    pieces: list[list[Glyph]] = [[line[0]]]
    for left, right in zip(line, line[1:]):
        if _apart(left, right) or (walls and _begins(left, right) and any(left.cx < wall < right.cx for wall in walls)):
            pieces.append([])
        pieces[-1].append(right)
    return [segment(p) for p in pieces]


def segment(glyphs: Sequence[Glyph]) -> Segment:
    """A word of a line."""
    return Segment(tuple(glyphs), _seen(glyphs), line_text(glyphs))


def _apart(left: Glyph, right: Glyph) -> bool:
    white = right[1] - left[3]
    if left.run < 0 and right.run < 0 and left.run != right.run:        # two fields of a form
        return True
    if left[5] == right[5] and white <= 0.0:
        return False
    if (left.char in NEVER_LAST or right.char in NEVER_FIRST) and white < INSIDE * min(em(left), em(right)):
        return False
    latin = left.char.isascii() and right.char.isascii() and (_is_letter(left.char) or _is_letter(right.char))
    size = min(em(left), em(right))
    if white > (PIECE if left.run != right.run and not latin else WORD[latin]) * size:
        return True
    blank = _blank(left, LEFT_HALF) + _blank(right, RIGHT_HALF)
    return blank > 0.0 and left.run != right.run and white + blank > (WORD[0] + 0.05) * size


def _is_letter(char: str) -> bool:
    """Whether a character is of a Latin word: X ends numbers as well."""
    return char.isalpha() and char not in "Xx"


def _begins(left: Glyph, right: Glyph) -> bool:
    """Whether another cell's text begins at a wall: text that only runs over it is one piece."""
    return left.run != right.run or right.x0 - left.x1 > PIECE * min(em(left), em(right))


def _blank(glyph: Glyph, half: frozenset[str]) -> float:
    return BLANK * (glyph.x1 - glyph.x0) if glyph.char in half else 0.0


def _seen(word: Sequence[Glyph]) -> Box:
    """Where a word is seen: wide brackets and stops at its ends fill only half of their width."""
    box, left, right = bounds(word), _blank(word[0], RIGHT_HALF), _blank(word[-1], LEFT_HALF)
    return Box(box.x0 + left, box.top, box.x1 - right, box.bottom) if left or right else box


def bits(x0: float, x1: float) -> int:
    low, high = max(0, int(x0 * FINE)), max(0, int(x1 * FINE + 0.999))
    return ((1 << (high - low)) - 1) << low if high > low else 0


def gaps(mask: int, least: float) -> list[tuple[float, float]]:
    """Stretches between the first and the last covered point that are free for at least `least` points."""
    out = []
    low = (mask & -mask).bit_length() - 1 if mask else 0
    mask >>= low
    while mask:
        ones = (~mask & (mask + 1)).bit_length() - 1        # the covered stretch at the bottom
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
