"""Conditional formats that strike cells out: simple conditions are judged, others raise a doubt about the sheet."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from carelib.read.excel.package import area, column_number
from carelib.records import Cell

_COMPARED = re.compile(r'(\$?)([A-Z]{1,3})(\$?)(\d+)\s*(=|<>)\s*"([^"]*)"')
_SEARCHED = re.compile(r'ISNUMBER\((?:SEARCH|FIND)\("([^"]*)",\s*(\$?)([A-Z]{1,3})(\$?)(\d+)\)\)', re.I)
_LITERAL = re.compile(r'"([^"]*)"|-?[\d.]+')


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a conditional format, as the file has it."""
    areas: str
    kind: str
    operator: str
    text: str
    dxf: int
    formula: str = ""


def strike(cells: list[Cell], rules: Iterable[Rule]) -> tuple[list[Cell], bool]:
    """The cells with those struck that the rules strike, and whether every rule could be judged."""
    texts = {(c.row, c.col): c.text for c in cells}
    gone: set[tuple[int, int]] = set()
    sure = True
    for rule in rules:
        areas = [a for a in map(area, rule.areas.split()) if a]
        if not areas:
            continue
        for row, col in texts:
            if any(r <= row < r + h and c <= col < c + w for r, c, h, w in areas):
                verdict = _holds(rule, texts, row, col, areas[0][:2])
                sure &= verdict is not None
                if verdict:
                    gone.add((row, col))
    return [replace(c, struck=True) if (c.row, c.col) in gone else c for c in cells], sure


def _holds(rule: Rule, texts: dict[tuple[int, int], str], row: int, col: int, base: tuple[int, int]) -> bool | None:
    """Whether a rule holds for a cell; None if we cannot tell."""
    text = texts[row, col]
    match rule.kind:
        case "containsText":
            return rule.text in text if rule.text else None
        case "beginsWith":
            return text.startswith(rule.text) if rule.text else None
        case "cellIs" if rule.operator in ("equal", "notEqual") and (found := _LITERAL.fullmatch(rule.formula.strip())):
            return (text == (found[1] if found[1] is not None else found[0])) == (rule.operator == "equal")
        case "expression":
            return _expression(rule.formula.strip().removeprefix("="), texts, (row - base[0], col - base[1]))
    return None


def _expression(formula: str, texts: dict[tuple[int, int], str], moved: tuple[int, int]) -> bool | None:
    if found := _COMPARED.fullmatch(formula):
        seen = texts.get(_target(found[1], found[2], found[3], found[4], moved), "")
        return (seen == found[6]) == (found[5] == "=")
    if found := _SEARCHED.fullmatch(formula):
        return found[1] in texts.get(_target(found[2], found[3], found[4], found[5], moved), "")
    return None


def _target(fixed_col: str, letters: str, fixed_row: str, number: str, moved: tuple[int, int]) -> tuple[int, int]:
    """The cell that a reference means, seen from a cell that lies `moved` from the first of the area."""
    return int(number) - 1 + (0 if fixed_row else moved[0]), column_number(letters) + (0 if fixed_col else moved[1])
