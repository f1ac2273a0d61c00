"""The head over a page of figures: 序号 | 项目 | 计量单位 | 上月 | 本月 | 备注, and which of its columns hold no value of this month."""
from __future__ import annotations

from carelib.read.labels import key, keys
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import Sheet
from carelib.records import Cell


def passed_over(sheet: Sheet, lexicon: Lexicon) -> tuple[set[int], set[int]]:
    """The columns of units, and those of other months (or terms), that stand between a label and its value."""
    units = {c.col for n in sheet.numbers if _tells_units(sheet.row(n), lexicon) for c in sheet.row(n) if key(c.text) in lexicon.units}
    others = {c.col for n in sheet.numbers if tells_periods(sheet.row(n), lexicon) for c in sheet.row(n) if key(c.text) in lexicon.other_periods}
    return units, others


def tells_periods(cells: list[Cell], lexicon: Lexicon) -> bool:
    """项目 | 上月 | 本月 | 备注"""
    said = [key(c.text) for c in cells]
    return len(said) >= 3 and any(k in lexicon.items for k in said[:2]) and any(k in lexicon.this_period for k in said) \
        and any(k in lexicon.other_periods for k in said)


def is_one(cells: list[Cell], lexicon: Lexicon) -> bool:
    """序号 | 项目 | 数值 | 备注"""
    known = lexicon.items | lexicon.this_period | lexicon.other_periods
    return len(cells) >= 2 and any(k in lexicon.items for k in keys(cells[0].text)) and all(any(k in known for k in keys(c.text)) for c in cells)


def _tells_units(cells: list[Cell], lexicon: Lexicon) -> bool:
    """代码 | 指标名称 | 计量单位 | 本期数"""
    said = [key(c.text) for c in cells]
    return len(said) >= 3 and any(k in lexicon.units for k in said[1:-1]) and any(k in lexicon.items for k in said) \
        and not any(c.isdigit() for k in said for c in k)
