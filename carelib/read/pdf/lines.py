"""Glyphs to text: the lines of a cell joined to one string, the lines of a page cut into segments at wide gaps."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from carelib.read.pdf.geometry import Box, Glyph, bounds

NEW_LINE = 0.45                 # of a glyph's height: further down starts a new line
WORD_GAP = 0.18                 # em: a blank between Latin letters or digits
WORD_END = 0.4                  # em: the end of a word in a line of labels and values
WIDE_GAP = 0.45                 # em: a blank between any characters (after a punctuation mark, one em)
SEGMENT_GAP = 1.3               # em: a new segment of running text
CLOSING = set("，。、；：？！）》」』】〕”’％%,.;:?!)]}》>…℃·-—/")
OPENING = set("（《「『【〔“‘([{<")
_LABEL = re.compile(r"[^\W\d_]{2,12}(?:[（(][^（）()]{1,8}[）)])?[：:]")      # '填报时间：', '填报单位（盖章）：'


class Segment(NamedTuple):
    """A piece of a line without a wide gap in it."""
    glyphs: tuple[Glyph, ...]
    box: Box
    text: str


def em(glyph: Glyph) -> float:
    """The size of a glyph's font."""
    return glyph.bottom - glyph.top


def is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def split_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Visual lines from top to bottom, each from left to right."""
    ordered = sorted(glyphs, key=_height)
    if not ordered:
        return []
    if _height(ordered[-1]) - _height(ordered[0]) <= 2 * NEW_LINE * min(g[4] - g[2] for g in ordered):
        return [sorted(ordered, key=_place)]
    lines: list[list[Glyph]] = []
    start = high = 0.0
    for glyph in ordered:
        _, _, top, _, bottom, _, _ = glyph
        if lines and top + bottom - start <= 2 * NEW_LINE * max(bottom - top, high):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            start, high = top + bottom, bottom - top
    for line in lines:
        line.sort(key=_place)
    return lines


def _height(glyph: Glyph) -> float:
    return glyph[2] + glyph[4]


def _place(glyph: Glyph) -> float:
    return glyph[1] + glyph[3]


def line_text(line: Sequence[Glyph]) -> str:
    """One line's characters, with a blank where Latin words or wide-set pieces are apart."""
    out = [line[0].char] if line else []
    for left, right in pairwise(line):
        gap = right[1] - left[3]
        if gap > 0.3:
            size = min(left[4] - left[2], right[4] - right[2])
            marked = left[0] in CLOSING or right[0] in OPENING
            if gap > (1.0 if marked else WIDE_GAP) * size or (gap > WORD_GAP * size and (is_latin(left.char) or is_latin(right.char))
                                         and left.char.isascii() and right.char.isascii()):
                out.append(" ")
        out.append(right[0])
    return "".join(out)


def upright_lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The lines of a cell; text that stands on its side is turned first."""
    if any(g[6] % 2 for g in glyphs) and 2 * sum(g.turn % 2 for g in glyphs) > len(glyphs):
        glyphs = _upright(glyphs)
    return split_lines(glyphs)


def join_text(glyphs: Sequence[Glyph], room: float | None = None) -> str:
    """A cell's text (see `join_lines`)."""
    return join_lines(upright_lines(glyphs), room)


def join_lines(lines: Sequence[Sequence[Glyph]], room: float | None = None) -> str:
    """A cell's text. A line that ends although the next word would have fitted into `room` was ended by hand: \\n.

    Other lines are joined without a blank, so that a number or a name broken over lines is one value; Latin words
    get one.
    """
    out = line_text(lines[0]) if lines else ""
    for above, below in pairwise(lines):
        text = line_text(below)
        if room is not None and _ended_by_hand(above, below, room):
            out += "\n"
        elif is_latin(out[-1]) and is_latin(text[0]) and out[-1].isalpha() and text[0].isalpha():
            out += " "
        out += text
    return out


def _upright(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Text that stands on its side within an upright page, turned so that it can be read."""
    clockwise = sum(g.turn == 1 for g in glyphs) >= sum(g.turn == 3 for g in glyphs)
    if clockwise:
        return [g._replace(x0=g.top, x1=g.bottom, top=-g.x1, bottom=-g.x0, turn=0) for g in glyphs]
    return [g._replace(x0=-g.bottom, x1=-g.top, top=g.x0, bottom=g.x1, turn=0) for g in glyphs]


def _ended_by_hand(above: Sequence[Glyph], below: Sequence[Glyph], room: float) -> bool:
    if above[-1].char in OPENING:
        return False
    slack = 0.3 * above[-1].height
    if above[-1].char.isdigit() and below[0].char[:1].isdigit():        # a number is broken only where the line is full
        return above[-1].x1 - above[0].x0 + (below[0].x1 - below[0].x0) + slack <= room
    word = _first_word(below)
    return above[-1].x1 - above[0].x0 + (word[-1].x1 - word[0].x0) + slack <= room


def _first_word(line: Sequence[Glyph]) -> Sequence[Glyph]:
    """The glyphs at the start of a line that no program would part: a character, a number or word, its punctuation."""
    end = 0
    while end < len(line) and line[end].char in OPENING:
        end += 1
    if end < len(line) and line[end].char.isascii():
        while end < len(line) and line[end].char.isascii() and line[end].char not in OPENING \
                and (end == 0 or line[end].x0 - line[end - 1].x1 <= WIDE_GAP * line[end].height):
            end += 1
    else:
        end += 1
    while end < len(line) and line[end].char in CLOSING:
        end += 1
    return line[:max(1, end)]


def segments(line: Sequence[Glyph], gap: float) -> list[Segment]:
    """A visual line cut where the gap is wider than `gap` em."""
    pieces: list[list[Glyph]] = [[line[0]]]
    for left, right in pairwise(line):
        if right.x0 - left.x1 > gap * min(em(left), em(right)):
            pieces.append([])
        pieces[-1].append(right)
    return [Segment(tuple(p), bounds(p), line_text(p)) for p in pieces]


def text_segments(line: Sequence[Glyph]) -> list[Segment]:
    """A line of running text or of labels and values, cut at wide gaps and before a label ('… 审核人：…').

    Words set wide ('姓　名：', '情  况  表') stay whole.
    """
    words: list[Segment] = []
    spaced: list[Segment] = []
    for piece in segments(line, WORD_END):
        if spaced and not _goes_on(spaced, piece):
            words += _together(spaced)
            spaced = []
        spaced.append(piece)
        if len(piece.text) > 1:                     # only a word's last character may bring more with it
            words += _together(spaced)
            spaced = []
    words += _together(spaced)
    out: list[list[Segment]] = []
    for word in words:
        gap = word.box.x0 - out[-1][-1].box.x1 if out else 0.0
        if out and gap <= SEGMENT_GAP * em(word.glyphs[0]) and not _LABEL.match(word.text):
            out[-1].append(word)
        else:
            out.append([word])
    return [s for group in out for s in _together(group)]


def _goes_on(spaced: list[Segment], piece: Segment) -> bool:
    """Whether a piece is the next character of a word that is set wide."""
    last = spaced[-1]
    head = piece.text.replace("：", ":").partition(":")[0]
    if last.text.isascii() or last.text in CLOSING or piece.text[0].isascii() or len(head) != 1:
        return False
    width = piece.box.x0 - last.box.x1
    if len(spaced) == 1:
        return width <= 3.0 * last.box.height
    usual = last.box.x0 - spaced[-2].box.x1
    return abs(width - usual) <= 0.3 * usual


def _together(pieces: list[Segment]) -> list[Segment]:
    if len(pieces) < 2:
        return pieces
    glyphs = tuple(g for p in pieces for g in p.glyphs)
    text = "".join(p.text for p in pieces) if all(len(p.text) == 1 for p in pieces[:-1]) else line_text(glyphs)
    return [Segment(glyphs, bounds(glyphs), text)]
