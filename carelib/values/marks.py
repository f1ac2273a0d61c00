"""Ticks and boxes: `□是 ☑否`, `是√ 否`, `入户（√） 电话（ ）`, and marks that stand alone."""
from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from carelib.values.text import plain
from carelib.values.words import words

TICKED, EMPTY, CROSSED, BOXED = "T", "E", "X", "B"      # a cross in a box is a tick where the other boxes are empty
_BRACKETED = re.compile(r"[(\[]([ \n]*[√✓✔☑■●×✗✘vV]?[ \n]*)[)\]]")
_WORD_BREAK = re.compile(r"[\s、,;/|]+")


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a cell prints, and which of them are ticked."""
    ticked: tuple[str, ...] = ()
    unticked: tuple[str, ...] = ()
    doubt: bool = False                 # it cannot be told which mark belongs to which word


@functools.cache
def marks() -> dict[str, str]:
    """Every character that is a mark -> what kind of mark."""
    table = {c: kind for key, kind in (("ticked", TICKED), ("empty", EMPTY), ("crossed", CROSSED), ("boxed", BOXED))
             for c in words()["mark"][key]}
    return table | {chr(int(code, 16)): kind for key, kind in (
        ("symbol_ticked", TICKED), ("symbol_empty", EMPTY), ("symbol_crossed", CROSSED), ("symbol_boxed", BOXED))
        for code in words()["mark"][key]}


@functools.cache
def _any_mark() -> re.Pattern[str]:
    return re.compile("[" + re.escape("".join(marks())) + r"]|[(\[][ \n]*[vV]?[ \n]*[)\]]")


def has_marks(text: str) -> bool:
    """Whether a clean text holds a tick, a box, or brackets to tick in."""
    return not text.isalpha() and _any_mark().search(text) is not None


def lone(text: str) -> str | None:
    """The kind of mark if nothing but marks of one kind stands in the cell; a lone V is a tick."""
    bare = _unbracket(plain(text)).replace(" ", "").replace("\n", "")
    if bare in ("v", "V"):
        return TICKED
    kinds = {marks().get(c) for c in bare}
    return kinds.pop() if len(kinds) == 1 else None


def options(text: str) -> Options | None:
    """The printed options and which are ticked; None if there is no mark in the text (one empty bracket is none)."""
    bare = plain(text)
    tokens = _tokens(_unbracket(bare))
    count = sum(t[0] != "w" for t in tokens)
    if not count or (count == 1 and not any(c in marks() for c in bare)):
        return None
    paired = _pair(tokens)
    if paired is None:
        return Options(doubt=True)
    return _judge(paired)


def _unbracket(text: str) -> str:
    """(√) and [ ] as one mark."""
    def one(match: re.Match[str]) -> str:
        inside = match[1].strip()
        return f" {'√' if inside in ('v', 'V') else inside or '□'} "
    return _BRACKETED.sub(one, text) if "(" in text or "[" in text else text


def _tokens(text: str) -> list[tuple[str, str, bool, bool]]:
    """(kind, text, glued to the left, glued to the right): the kind of a mark, w for words."""
    known, start = marks(), 0
    out: list[tuple[str, str, bool, bool]] = []

    def words_between(end: int) -> None:
        out.extend(("w", w, False, False) for w in _WORD_BREAK.split(text[start:end]) if w)
    for i, c in enumerate(text):
        if c in known:
            words_between(i)
            left = i > 0 and not text[i - 1].isspace() and text[i - 1] not in known
            right = i + 1 < len(text) and not text[i + 1].isspace() and text[i + 1] not in known
            out.append((known[c], c, left, right))
            start = i + 1
    words_between(len(text))
    return out


def _pair(tokens: list[tuple[str, str, bool, bool]]) -> list[tuple[str | None, str]] | None:
    """(mark or None, word) for each word; None if the marks cannot be given to the words for certain."""
    first, last = tokens[0][0] == "w", tokens[-1][0] == "w"
    if first and last:
        sides = {(left, right) for kind, _, left, right in tokens if kind != "w"}
        if sides not in ({(True, False)}, {(False, True)}):
            return None
        behind = sides == {(True, False)}
    elif not first and not last:
        return None
    else:
        behind = first
    ordered = tokens[::-1] if behind else tokens
    paired: list[tuple[str | None, str]] = []
    mark: str | None = None
    for kind, text, _, _ in ordered:
        if kind == "w":
            paired.append((mark, text))
            mark = None
        elif mark is not None:
            return None                 # two marks in a row: one has lost its word
        else:
            mark = kind
    return paired[::-1] if behind else paired


def _judge(paired: list[tuple[str | None, str]]) -> Options:
    """Ticked beats crossed; boxes of which none is ticked say nothing; crosses alone are uncertain."""
    kinds = [kind for kind, _ in paired if kind]
    tick = TICKED if TICKED in kinds else BOXED if EMPTY in kinds and CROSSED not in kinds else TICKED
    unticked = tuple(w for kind, w in paired if kind != tick)
    if tick in kinds:
        return Options(tuple(w for kind, w in paired if kind == tick), unticked)
    crossed = CROSSED in kinds or BOXED in kinds
    loose = any(kind is None for kind, _ in paired) or len(paired) == 1
    return Options((), unticked, doubt=crossed or loose)
