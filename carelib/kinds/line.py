"""What a kind of rule sees and says: a row with its evidence, and the place where a rule is broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carelib.records import Ground, mask


@dataclass(slots=True)
class Line:
    """One row of a form: its typed values, and for each field what was printed, written and could not be read."""

    form: str
    row: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, Any]]
    person_id: str | None = None
    submission: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def row_id(self) -> str:
        return self.row["row_id"]

    def get(self, name: str) -> Any:
        return self.row.get(name)

    def cell(self, name: str, key: str) -> Any:
        return self.cells[name].get(key) if name in self.cells else None

    def raw(self, name: str) -> str | None:
        return self.cell(name, "raw")

    def problem(self, name: str) -> str | None:
        return self.cell(name, "problem")

    def unread(self, name: str) -> bool:
        """There is something in the cell that could not be read."""
        return self.problem(name) is not None

    def blank(self, name: str, none_is_answer: bool = False) -> bool:
        """Nothing is said: no value and no problem. `none_is_answer`: a written 无 or / is an answer."""
        if self.row.get(name) not in (None, "") or self.unread(name):
            return False
        return not (none_is_answer and self.raw(name))


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule is broken here. `facts` fill the blanks of the sentence; the engine adds form, place, label and found."""

    field: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    line: Line | None = None
    place: str | None = None
    found: str | None = None
    form: str | None = None
    case_id: str | None = None
    person_id: str | None = None
    row_id: str | None = None
    other_school_code: str | None = None
    clause: str | None = None
    about: str = ""  # what it is about, where no row, case, field or place says it
    submission_id: str | None = None
    grounds: tuple[Ground, ...] = ()  # rows and cells of other months, or more than one


Hits = Sequence[Hit] | None


def items(value: Any) -> list[str]:
    """The single values of a field that may hold several, joined by 、."""
    return [] if value is None else str(value).split("、")


def grade_words(grade: str) -> str:
    """'7' -> 7年级; 大班 stays."""
    return f"{grade}年级" if grade.isdigit() else grade


def hit(line: Line, name: str | None, place: str | None = None, **facts: Any) -> Hit:
    return Hit(name, facts, line, place)


def unnamed(problem: str, raw: str | None, name: str) -> str:
    """A problem as a sentence of its own, without what an identifying cell says."""
    masked = mask(raw, name)
    said = problem.replace(raw, masked) if raw and masked and masked != raw else problem
    return said if said.endswith(("。", "！", "？")) else f"{said}。"
