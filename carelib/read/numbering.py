"""Automatic numbers of Word paragraphs: they are seen, but not written in the text."""
from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from carelib.read.excel.package import attribute, child, children

_CHINESE = "〇一二三四五六七八九"
_COUNTED = ("chineseCounting", "ideographDigital", "japaneseCounting", "taiwaneseCounting")
_ROUND = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    text: str


class Numbering:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        abstract = {attribute(e, "abstractNumId"): e for e in children(root, "abstractNum")} if root is not None else {}
        self._list_of: dict[str, str] = {}
        for number in children(root, "num") if root is not None else ():
            link = child(number, "abstractNumId")
            key = attribute(link, "val") if link is not None else None
            if key in abstract:
                self._list_of[attribute(number, "numId") or ""] = key or ""
                self._levels[key or ""] = {_int(e, "ilvl"): _level(e) for e in children(abstract[key], "lvl")}

    def label(self, paragraph: etree._Element) -> str:
        """The number that a person sees before this paragraph, '' if there is none; counts it."""
        numbered = child(child(paragraph, "pPr"), "numPr")
        if numbered is None:
            return ""
        number, depth = child(numbered, "numId"), child(numbered, "ilvl")
        key = self._list_of.get((attribute(number, "val") or "") if number is not None else "")
        level = int(attribute(depth, "val") or 0) if depth is not None else 0
        shape = self._levels.get(key or "", {}).get(level)
        if key is None or shape is None or shape.kind in ("bullet", "none"):
            return ""
        counts = self._counts.setdefault(key, {})
        counts[level] = counts.get(level, shape.start - 1) + 1
        for deeper in [d for d in counts if d > level]:
            del counts[deeper]
        return re.sub(r"%(\d)", lambda m: self._shown(key, counts, int(m[1]) - 1), shape.text)

    def _shown(self, key: str, counts: dict[int, int], level: int) -> str:
        shape = self._levels[key].get(level)
        value = counts.get(level, shape.start if shape else 1)
        return show_number(value, shape.kind if shape else "decimal")


def show_number(value: int, kind: str) -> str:
    """A list number in Word's numbering formats that schools use; others as digits."""
    if kind.startswith(_COUNTED) and 0 < value < 100:
        tens, ones = divmod(value, 10)
        return ("" if not tens else "十" if tens == 1 else _CHINESE[tens] + "十") + (_CHINESE[ones] if ones else "")
    if kind.startswith("decimalEnclosedCircle") and 0 < value <= len(_ROUND):
        return _ROUND[value - 1]
    if kind == "decimalZero":
        return f"{value:02d}"
    if kind in ("lowerLetter", "upperLetter") and 0 < value <= 26:
        return chr((97 if kind == "lowerLetter" else 65) + value - 1)
    return str(value)


def _level(e: etree._Element) -> _Level:
    start, kind, text = child(e, "start"), child(e, "numFmt"), child(e, "lvlText")
    return _Level(int(attribute(start, "val") or 1) if start is not None else 1,
                  (attribute(kind, "val") or "decimal") if kind is not None else "decimal",
                  (attribute(text, "val") or "") if text is not None else "")


def _int(e: etree._Element, name: str) -> int:
    value = attribute(e, name)
    return int(value) if value and value.isdigit() else 0
