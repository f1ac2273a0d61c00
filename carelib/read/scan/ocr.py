"""The recogniser: pictures of single lines to characters with their probabilities. The only door to RapidOCR's models.

The model lies in the package, runs on one thread and is loaded when it is first needed; nothing is ever fetched.
A line's result depends on that line alone: lines are never padded to the width of others.
"""
from __future__ import annotations

import csv
import functools
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

HEIGHT = 48                     # pixels of a line as the model wants it
STEP = 8                        # pixels of width that make one step of its answer
NARROWEST, WIDEST = 48, 3200    # pixels of width; narrower lines are widened with paper, wider ones are squeezed
UNIT = 16                       # widths are rounded up to this, so that lines of one width can go together
TOGETHER = 640                  # pixels of width that go through the model at once
BLANK = 0
ALIKE = {"0": "0OoQ〇○", "1": "1lI|丨"}     # signs that cannot be told from a figure by their shape
LONELY = {"0": "0Oo〇○", "√": "√✓✔Vv", "×": "×✗✘Xx"}       # … and of those that stand alone, from a nought or a mark
FULL_WIDTH = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F) if not chr(c).isalnum()}      # ( and （
NEARLY = 0.1                    # probability from which the mainland form of a traditional character is what is printed
WIDTH = 0.95                    # share of a sign's probability from which on its width was seen; else the line tells
TRADITIONAL = Path(__file__).parents[2] / "notice" / "names" / "traditional.csv"
_FIGURE_OF = {sign: figure for figure, signs in ALIKE.items() for sign in signs}
_LONELY_OF = {sign: said for said, signs in LONELY.items() for sign in signs}


@dataclass(frozen=True, slots=True)
class Char:
    """A recognised character: its probability and where its middle lies (0 … 1 of the line's width)."""
    text: str
    probability: float
    at: float


@functools.cache
def _model() -> tuple[onnxruntime.InferenceSession, str, tuple[str, ...]]:
    """The session, the name of its input, the character of every class."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, session.get_inputs()[0].name, ("", *characters, " ")


def model_path() -> Path:
    """Where the package keeps the recogniser; the package itself is not imported (it would bring much more along)."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("rapidocr")
    return sorted(Path(found.origin).parent.glob("models/*_rec_*.onnx"))[-1]


def read_lines(lines: Sequence[np.ndarray]) -> list[list[Char]]:
    """The characters of each line (grey, dark on white, about as high as its text)."""
    inputs = [_input(line) for line in lines]
    out: list[list[Char]] = [[] for _ in lines]
    for group in _groups(inputs):
        session, name, characters = _model()
        answers = session.run(None, {name: np.stack([_three(inputs[i][0]) for i in group])})[0]
        for i, answer in zip(group, answers):
            out[i] = _decode(answer, characters, inputs[i][0].shape[1] / inputs[i][1])
    return out


def _input(line: np.ndarray) -> tuple[np.ndarray, int]:
    """The line as the model wants it, and how many pixels of its width are the line itself."""
    height, width = line.shape
    wide = int(min(WIDEST, max(8, round(width * HEIGHT / height))))
    shrunk = height > HEIGHT
    scaled = cv2.resize(line, (wide, HEIGHT), interpolation=cv2.INTER_AREA if shrunk else cv2.INTER_CUBIC)
    room = max(NARROWEST, -(-wide // UNIT) * UNIT)
    return cv2.copyMakeBorder(scaled, 0, 0, 0, room - wide, cv2.BORDER_CONSTANT, value=255), wide


def _three(picture: np.ndarray) -> np.ndarray:
    """Three equal channels from -1 to 1."""
    scaled = picture.astype(np.float32) / 127.5 - 1.0
    return np.broadcast_to(scaled, (3, *scaled.shape))


def _groups(inputs: Sequence[tuple[np.ndarray, int]]) -> Iterator[list[int]]:
    """Lines of exactly one width, a few at a time."""
    by_width: dict[int, list[int]] = {}
    for i, (picture, _) in enumerate(inputs):
        by_width.setdefault(picture.shape[1], []).append(i)
    for width, members in sorted(by_width.items()):
        size = max(1, TOGETHER // width)
        for start in range(0, len(members), size):
            yield members[start:start + size]


def _decode(answer: np.ndarray, characters: Sequence[str], stretch: float) -> list[Char]:
    """One line's answer (steps × classes): equal neighbours are one character, blanks part them. A sign in two widths is one."""
    half, full = _widths()
    wide = answer[:, full]
    answer[:, half] += wide
    answer[:, full] = 0
    best = answer.argmax(axis=1)
    sure = answer[np.arange(len(best)), best]
    out: list[Char] = []
    steps: list[np.ndarray] = []
    shares: list[float] = []
    start = 0
    while start < len(best):
        end = start + 1
        while end < len(best) and best[end] == best[start]:
            end += 1
        if best[start] != BLANK:
            weight = sure[start:end]
            at = float((np.arange(start, end) * weight).sum() / weight.sum() + 0.5) / len(best) * stretch
            most = start + int(weight.argmax())
            char = _mainland(best[start], answer[most])
            out.append(Char(characters[char], float(answer[most, char]), min(at, 1.0)))
            steps.append(answer[most])
            shares.append(float(wide[most, half == char].sum() / answer[most, char]))
        start = end
    return _as_figures(_in_width(out, shares), steps)


@functools.cache
def _widths() -> tuple[np.ndarray, np.ndarray]:
    """The classes of signs in half width and, in the same order, in full width."""
    classes = {c: i for i, c in enumerate(_model()[2])}
    pairs = [(classes[c], classes[w]) for c, w in FULL_WIDTH.items() if c in classes and w in classes]
    return np.asarray([h for h, _ in pairs]), np.asarray([w for _, w in pairs])


def _in_width(chars: list[Char], shares: Sequence[float]) -> list[Char]:
    """Signs as wide as they were seen; where that cannot be told, they are full among Chinese characters."""
    least = 1 - WIDTH if any("\u4e00" <= c.text <= "\u9fff" for c in chars) else WIDTH
    return [Char(FULL_WIDTH[c.text], c.probability, c.at) if share > least else c for c, share in zip(chars, shares)]


def _mainland(best: int, step: np.ndarray) -> int:
    """The mainland form of a traditional character if it is nearly as likely (瑤 for 瑶); it keeps its own low probability."""
    other = _mainland_classes().get(int(best))
    return other if other is not None and step[other] >= NEARLY else int(best)


@functools.cache
def _mainland_classes() -> dict[int, int]:
    """notice/names/traditional.csv as classes of the model."""
    classes = {c: i for i, c in enumerate(_model()[2])}
    with TRADITIONAL.open(encoding="utf-8-sig", newline="") as file:
        pairs = [(row["traditional"], row["simplified"]) for row in csv.DictReader(file)]
    return {classes[old]: classes[new] for old, new in pairs if old in classes and new in classes}


@functools.cache
def _classes(signs: str) -> list[int]:
    """The classes of signs."""
    characters = _model()[2]
    return [characters.index(c) for c in signs if c in characters]


def _as_figures(chars: list[Char], steps: Sequence[np.ndarray]) -> list[Char]:
    """Between figures, a sign that looks like a figure is one; a circle alone is a nought, a V alone a tick."""
    out = list(chars)
    for i, char in enumerate(chars):
        beside = [c.text for c in chars[max(0, i - 1):i] + chars[i + 1:i + 2]]
        said, table = (_FIGURE_OF.get(char.text), ALIKE) if beside else (_LONELY_OF.get(char.text), LONELY)
        if not said or (beside and not _among_figures(beside)):
            continue
        out[i] = Char(said, float(steps[i][_classes(table[said])].sum()), char.at)
    return out


def _among_figures(beside: Sequence[str]) -> bool:
    return any(b in "0123456789" for b in beside) and not any(b.isascii() and b.isalpha() and b not in _FIGURE_OF for b in beside)
