"""The head over a page of figures: 序号 | 项目 | 计量单位 | 上月 | 本月 | 备注, 项目 | 1月 | 2月 | 3月, and which of its columns hold no value of this month."""
from __future__ import annotations

import re
from dataclasses import dataclass

from carelib.read.identify import months_in
from carelib.read.labels import key, keys
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import Sheet
from carelib.records import Cell

_MONTH = re.compile(r"(?:(?:20)?[0-9]{2}\s*[年.\-/]\s*)?(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月份?(?:数据?|情况|人数)?$")
_OR = re.compile(r"[/／、或及和]")
_ABOVE = 2                      # cells of a line above a head that may tell the page's month


@dataclass(frozen=True, slots=True)
class ItemHeads:
    """Of one page. `heads`: rows that head figures of several periods; `units`, `others`: columns between a label and its value."""
    heads: frozenset[int]
    units: frozenset[int]
    others: frozenset[int]


def item_heads(sheet: Sheet, lexicon: Lexicon, cycle: str) -> ItemHeads:
    """The columns of units, and those of other months (or terms); none is of this month: all are others."""
    units = {c.col for n in sheet.numbers if _tells_units(sheet.row(n), lexicon) for c in sheet.row(n) if key(c.text) in lexicon.units}
    told = {n: others for n in sheet.numbers if (others := _of_other_periods(sheet, n, lexicon, cycle)) is not None}
    return ItemHeads(frozenset(told), frozenset(units), frozenset().union(*told.values()))


def is_one(cells: list[Cell], lexicon: Lexicon) -> bool:
    """序号 | 项目 | 数值 | 备注; 项目 | 1月 | 2月"""
    known = lexicon.items | lexicon.this_period | lexicon.other_periods
    return len(cells) >= 2 and any(k in lexicon.items for k in keys(cells[0].text)) \
        and all(_is_month(c) or any(k in known for k in keys(c.text)) or _is_either(c, lexicon) for c in cells)


def _of_other_periods(sheet: Sheet, number: int, lexicon: Lexicon, cycle: str) -> set[int] | None:
    """The columns of other periods under a head of several, None: no such head."""
    cells = sheet.row(number)
    said = [key(c.text) for c in cells]
    if len(said) < 3 or not any(k in lexicon.items for k in said[:2]):
        return None
    months = {c.col: months_in(c.text, cycle)[0] for c in cells if _is_month(c)}
    others = {c.col for c, k in zip(cells, said) if k in lexicon.other_periods}
    if len(months) >= 2:
        own = _own_month(sheet, number, cycle)
        return others | {col for col, month in months.items() if month != own}
    return others if others and (months or any(k in lexicon.this_period for k in said)) else None


def _own_month(sheet: Sheet, head: int, cycle: str) -> str:
    """The month that the lines above a head name, else the cycle."""
    above = [c.text for n in sheet.numbers if n < head and len(sheet.row(n)) <= _ABOVE for c in sheet.row(n)]
    said = [m for text in above for m in months_in(text, cycle)]
    return cycle if cycle in said or not said else said[0]


def _is_either(cell: Cell, lexicon: Lexicon) -> bool:
    """数量/内容, 数值或情况"""
    parts = [key(p) for p in _OR.split(cell.text)]
    return len(parts) == 2 and all(p in lexicon.items for p in parts)


def _is_month(cell: Cell) -> bool:
    """3月, 2023年3月, 三月份"""
    return _MONTH.match(cell.text.strip()) is not None


def _tells_units(cells: list[Cell], lexicon: Lexicon) -> bool:
    """代码 | 指标名称 | 计量单位 | 本期数"""
    said = [key(c.text) for c in cells]
    return len(said) >= 3 and any(k in lexicon.units for k in said[1:-1]) and any(k in lexicon.items for k in said) \
        and not any(c.isdigit() for k in said for c in k)
