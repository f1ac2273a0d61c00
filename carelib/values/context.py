"""What the reading of a cell depends on besides its words."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from carelib import catalogue
from carelib.catalogue import CodeList
from carelib.policy import last_day, school_year
from carelib.records import Cell


@dataclass(frozen=True, slots=True)
class Context:
    """Of a school and a month: the code lists, the cycle, the school's kind and grades, the bureau's risk levels."""
    codes: Mapping[str, CodeList]
    cycle: str                              # '2023-03'
    school_kind: str = ""                   # 办学类型
    grades: tuple[str, ...] = ()            # '1' … '12', '小班' …; empty if not known
    psych_levels: Mapping[str, int] = field(default_factory=dict)
    month: str = ""                         # the form's own month, where the paper says it with its year

    def code_list(self, name: str) -> CodeList:
        """The list of that name; the catalogue's own if the caller brought none."""
        return self.codes.get(name) or catalogue.load().codes[name]


@lru_cache(maxsize=64)
def cycle_year(cycle: str) -> int:
    return int(cycle[:4])


@lru_cache(maxsize=64)
def cycle_school_year(cycle: str) -> int:
    """The year in which the school year of the cycle's last day began."""
    return school_year(last_day(cycle))


def whole_number(cell: Cell | None) -> int | None:
    """The stored number of a numeric cell if it is a whole one."""
    if cell is None or cell.kind != "number" or cell.number is None or not math.isfinite(cell.number):
        return None
    return int(cell.number) if cell.number == int(cell.number) else None


def is_typed(cell: Cell | None) -> bool:
    """Whether the medium says what is text and what a number (a spreadsheet does, a CSV, a page or a PDF does not)."""
    if cell is None:
        return True
    sheet, mark, _ = cell.place.partition("!")
    return bool(mark) and not (sheet[:1] == "t" and sheet[1:].isdigit())
