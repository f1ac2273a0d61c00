"""Recognised lines to words: every character gets its place on the page, every word its weakest probability.

The recogniser says about where a character lies; the ink says where it begins and ends. What does not fit together lowers the
probability: ink without a character (one was overlooked), a character without ink (one was made up).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carelib.read.pdf.lines import CLOSING, OPENING
from carelib.read.scan.ink import Strip
from carelib.read.scan.ocr import Char

EM = 1.08                       # times the height of a line's ink
SPACE = 0.42                    # em: white between two characters that is a blank
SIDE, BEFORE = 0.45, 0.3        # em: white that belongs to a punctuation mark of full width, after and before it
FAR = 0.8                       # em: a sign that may be punctuation is dust if it stands this far off
SAID = 0.25                     # em: white that is a blank if the recogniser says so
OWN, OWN_LATIN = 0.58, 0.42     # em: how far from its middle a character's ink reaches (Chinese, Latin)
UNCOVERED = 0.4                 # probability of a word with ink that no character covers
MADE_UP = 0.3                   # … and with a character that no ink shows
DOTS = frozenset(".'`´•*~")
SPECKS = frozenset(".,·•。、'`´‘’*•:;-~")    # what dust is read as


@dataclass
class Placed:
    """A character with its ink from x0 to x1 (pixels of the page)."""
    text: str
    x0: float
    x1: float
    probability: float
    parted: bool = False                    # the recogniser saw a blank before it


@dataclass
class Word:
    """Characters without a blank between them."""
    chars: list[Placed]

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.chars)

    @property
    def confidence(self) -> float:
        return min(c.probability for c in self.chars)


def letter_size(strip: Strip) -> float:
    """One em of a line, in pixels."""
    return EM * max(strip.height, 0.7 * (strip.picture.shape[0] - 8), 8.0)


def place(strip: Strip, chars: Sequence[Char]) -> list[Placed]:
    """The characters of a line where their ink is."""
    kept: list[Char] = []
    parted: list[bool] = []
    blank = False
    for char in chars:
        if char.text.strip():
            kept.append(char)
            parted.append(blank)
        blank = not char.text.strip()
    if not kept:
        return []
    middles = [c.at * len(strip.columns) for c in kept]
    spans = _spans(strip.columns, middles)
    weakest = [c.probability for c in kept]
    _doubt_last(kept, weakest)
    _doubt_uncovered(strip.columns, middles, [c.text for c in kept], weakest, letter_size(strip))
    return [Placed(c.text, strip.left + x0, strip.left + x1, p, b)
            for c, (x0, x1), p, b in zip(kept, spans, weakest, parted)]


def words(placed: Sequence[Placed], em: float) -> tuple[list[Word], list[Placed]]:
    """Characters to words, cut where white is wider than characters bring with them; and specks before and after them."""
    out: list[Word] = []
    for i, char in enumerate(placed):
        gap = char.x0 - placed[i - 1].x1 if i else 0.0
        if (i and (gap > _limit(placed[i - 1].text, char.text) * em or (char.parted and gap > SAID * em))) or not out:
            out.append(Word([char]))
        else:
            if gap > 0:                                     # what is no blank is shared out
                placed[i - 1].x1 = char.x0 = char.x0 - gap / 2
            out[-1].chars.append(char)
    dust: list[Placed] = []
    for end in (0, -1):
        while len(out) > 1 and _is_dust(out[end], out[1] if end == 0 else out[-2], em):
            dust += out.pop(end).chars
    return out, dust


def _is_dust(word: Word, beside: Word, em: float) -> bool:
    """Whether a word at the end of a line is a lone small spot; a full stop stands closer to its sentence."""
    char = word.chars[0]
    gap = max(char.x0 - beside.chars[-1].x1, beside.chars[0].x0 - char.x1)
    return len(word.chars) == 1 and char.text in SPECKS and char.x1 - char.x0 < 0.35 * em and (char.text.isascii() or gap > FAR * em)


def _limit(left: str, right: str) -> float:
    """How much white between two characters is more than they bring with them."""
    wide = SPACE
    if left in CLOSING and not left.isascii():
        wide += SIDE
    if right in OPENING and not right.isascii():
        wide += SIDE
    if right in CLOSING and not right.isascii():
        wide += BEFORE
    return wide


def _spans(columns: np.ndarray, middles: Sequence[float]) -> list[tuple[float, float]]:
    """(x0, x1) of each character's ink, in pixels of the line."""
    inked = np.nonzero(columns)[0]
    first, last = (float(inked[0]), float(inked[-1]) + 1) if len(inked) else (0.0, float(len(columns)))
    starts, ends = [first], []
    for a, b in zip(middles, middles[1:]):
        low, high = int(round(a)), max(int(round(b)), int(round(a)) + 1)
        part = columns[low:high + 1]
        start, end = _widest_white(part)
        if end <= start:
            start = end = int(part.argmin()) if len(part) else 0
        ends.append(float(low + start))
        starts.append(float(low + end))
    ends.append(last)
    return [(min(start, middle - 1.0) if end <= start else start, max(end, start + 1.0))
            for start, end, middle in zip(starts, ends, middles)]


def _doubt_last(chars: Sequence[Char], weakest: list[float]) -> None:
    """A half-width dot at the end of Chinese writing is dust rather than a full stop, however like one it looks."""
    if len(chars) > 1 and chars[-1].text in DOTS and "\u4e00" <= chars[-2].text <= "\u9fff":
        weakest[-1] = min(weakest[-1], UNCOVERED)


def _stretches(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where stretches of true values begin and end."""
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]


def _widest_white(part: np.ndarray) -> tuple[int, int]:
    starts, ends = _stretches(part == 0)
    if not len(starts):
        return 0, 0
    widest = int((ends - starts).argmax())
    return int(starts[widest]), int(ends[widest])


def _doubt_uncovered(columns: np.ndarray, middles: Sequence[float], texts: Sequence[str], weakest: list[float], em: float) -> None:
    """Lowers the probability of characters beside ink that no character covers, and of those without ink."""
    starts, ends = _stretches(columns > 0)
    reach = np.asarray([(OWN_LATIN if t.isascii() else OWN) * em for t in texts])
    at = np.asarray(middles)
    for start, end in zip(starts, ends):
        middle = (start + end) / 2
        off = np.abs(at - middle) - reach
        nearest = int(off.argmin())
        half = max(0.0, (end - start) / 2 - 0.2 * em)       # a wide blob may hold several characters
        inside = ((at >= start) & (at <= end)).any()
        if off[nearest] > 0 and not inside and off[nearest] > half - (end - start) / 2 and columns[start:end].sum() >= 5:
            weakest[nearest] = min(weakest[nearest], UNCOVERED)
    for i, middle in enumerate(at):
        distance = np.min(np.maximum(np.maximum(starts - middle, middle - ends), 0)) if len(starts) else em
        if distance > 0.3 * em:
            weakest[i] = min(weakest[i], MADE_UP)
