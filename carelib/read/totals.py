"""Totals that a form states, held against what its rows say (C12)."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from carelib.catalogue import Form
from carelib.read.headers import Column
from carelib.read.lines import Line
from carelib.read.rows import Draft
from carelib.records import Cell

_COUNT = re.compile(r"(?<![0-9.])([0-9]{1,5})\s*(?:人|名|个学生|名学生)")
NOT_SUMMED = frozenset({"seq", "class_no", "absent_days", "attempt_no", "teaching_weeks", "grade"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that is not the sum (or count) of its rows."""
    cell: Cell
    stated: int
    counted: int
    field: str | None                       # None: the number of rows


def differences(form: Form, columns: list[Column], lines: list[Line], drafts: Mapping[int, Draft]) -> list[Difference]:
    """Each total line against the rows above it: a 小计 since the last one, any other against all."""
    out: list[Difference] = []
    since: list[Draft] = []
    everything: list[Draft] = []
    for line in lines:
        rows = [d for d in [drafts.get(line.number)] if d is not None and d.hold != "struck_row"]
        since += rows
        everything += rows
        if line.kind == "total":
            text = "".join(c.text for c in line.cells[:2])
            out += _compare(form, columns, line, since if "小计" in text else everything)
            since = []
    return out


def _compare(form: Form, columns: list[Column], line: Line, rows: list[Draft]) -> list[Difference]:
    if form.about_pupils:
        return _count(line, columns, rows)
    if form.code == "screening" and len({(v := d.get("class_no")) is not None and v.value is not None for d in rows}) > 1:
        return []                           # classes and whole grades in one list: their sum says nothing
    out = []
    for cell in line.cells:
        column = next((c for c in columns if c.col <= cell.col < c.end), None)
        name = column.match.fields[0] if column and column.match and column.use == "field" else ""
        field = form.fields.get(name)
        number = re.fullmatch(r"\s*([0-9]{1,7})\s*[人名个次]?\s*", cell.text)
        if number is None or field is None or field.kind != "int" or name in NOT_SUMMED:
            continue
        found = [d.get(name) for d in rows]
        if any(v is not None and v.problem for v in found):
            continue
        total = sum(int(v.value) for v in found if v is not None and v.value is not None)
        if total != int(number[1]):
            out.append(Difference(cell, int(number[1]), total, name))
    return out


def _count(line: Line, columns: list[Column], rows: list[Draft]) -> list[Difference]:
    """合计：3人, or 合计 and the number in the next cell."""
    for i, cell in enumerate(line.cells[:3]):
        column = next((c for c in columns if c.col <= cell.col < c.end), None)
        whole = re.fullmatch(r"\s*([0-9]{1,5})\s*", cell.text) if i else None
        if whole and column is not None and column.match and column.match.fields[0] not in ("student_name", "seq", "gender"):
            whole = None
        said = whole or _COUNT.search(cell.text)
        if said:
            return [Difference(cell, int(said[1]), len(rows), None)] if int(said[1]) != len(rows) else []
    return []
