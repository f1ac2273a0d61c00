"""Recognised lines to glyphs: every character gets its place on the page, every word its weakest probability.

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
SPACE = (0.42, 0.42)            # em: white between two characters that is a blank (Chinese; Latin letters and figures)
SIDE = 0.45                     # em: white that belongs to a punctuation mark of full width
SAID = 0.25                     # em: white that is a blank if the recogniser says so
OWN = 0.58                      # em: how far from its middle a character's ink reaches (Chinese)
OWN_LATIN = 0.42
UNCOVERED = 0.4                 # probability of a word with ink that no character covers
MADE_UP = 0.3                   # … and with a character that no ink shows


@dataclass
class Word:
    """Characters without a blank between them: boxes (x0, x1) in pixels of the page."""
    text: list[str]
    spans: list[tuple[float, float]]
    confidence: float


def words(strip: Strip, chars: Sequence[Char]) -> list[Word]:
    """The words of a line."""
    blanks = {i for i, c in enumerate(chars) if not c.text.strip()}
    kept = [c for i, c in enumerate(chars) if i not in blanks]
    if not kept:
        return []
    said = {sum(1 for j in range(i) if j not in blanks) for i in blanks}     # a blank before the n-th kept character
    em = EM * _letter_height(strip)
    middles = [c.at * len(strip.columns) for c in kept]
    spans, gaps = _spans(strip.columns, middles)
    weakest = [c.probability for c in kept]
    _doubt_uncovered(strip.columns, middles, [c.text for c in kept], weakest, em)
    out: list[Word] = []
    for i, char in enumerate(kept):
        apart = i and (gaps[i - 1] > _limit(kept[i - 1].text, char.text) * em or (i in said and gaps[i - 1] > SAID * em))
        if i == 0 or apart:
            out.append(Word([], [], 1.0))
        elif gaps[i - 1]:
            middle = (spans[i - 1][1] + spans[i][0]) / 2
            left = out[-1].spans
            left[-1] = (left[-1][0], strip.left + middle)
            spans[i] = (middle, spans[i][1])
        out[-1].text.append(char.text)
        out[-1].spans.append((strip.left + spans[i][0], strip.left + spans[i][1]))
        out[-1].confidence = min(out[-1].confidence, weakest[i])
    return out


def _letter_height(strip: Strip) -> float:
    return max(strip.height, 0.7 * (strip.picture.shape[0] - 8), 8.0)


def _limit(left: str, right: str) -> float:
    """How much white between two characters is more than they bring with them."""
    latin = left.isascii() and right.isascii()
    wide = SPACE[latin]
    if left in CLOSING and not left.isascii():
        wide += SIDE
    if right in OPENING and not right.isascii():
        wide += SIDE
    return wide


def _spans(columns: np.ndarray, middles: Sequence[float]) -> tuple[list[tuple[float, float]], list[float]]:
    """(x0, x1) of each character's ink, and the white between neighbours."""
    inked = np.nonzero(columns)[0]
    first, last = (float(inked[0]), float(inked[-1]) + 1) if len(inked) else (0.0, float(len(columns)))
    starts, ends, gaps = [first], [], []
    for a, b in zip(middles, middles[1:]):
        low, high = int(round(a)), max(int(round(b)), int(round(a)) + 1)
        part = columns[low:high + 1]
        start, end = _widest_white(part)
        if end > start:
            ends.append(float(low + start))
            starts.append(float(low + end))
            gaps.append(float(end - start))
        else:
            cut = low + int(part.argmin()) if len(part) else low
            ends.append(float(cut))
            starts.append(float(cut))
            gaps.append(0.0)
    ends.append(last)
    spans = []
    for i, (start, end) in enumerate(zip(starts, ends)):
        spans.append((min(start, middles[i] - 1.0) if end <= start else start, max(end, start + 1.0)))
    return spans, gaps


def _widest_white(part: np.ndarray) -> tuple[int, int]:
    edges = np.diff(np.concatenate([[0], (part == 0).astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    if not len(starts):
        return 0, 0
    widest = int((ends - starts).argmax())
    return int(starts[widest]), int(ends[widest])


def _doubt_uncovered(columns: np.ndarray, middles: Sequence[float], texts: Sequence[str], weakest: list[float], em: float) -> None:
    """Lowers the probability of characters beside ink that no character covers, and of those without ink."""
    edges = np.diff(np.concatenate([[0], (columns > 0).astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
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
