"""个案经过: each case of a school as a strip of cells, months across, and its table. A picture that can be searched and printed."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.report import words
from carelib.report.sheet import Book, Column, Mark, Row, columns
from carelib.show.names import Names
from carelib.show.story import Point, Story, stories
from carelib.world import School

UNITS = 12                              # columns that the months share
CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩"
Cell = tuple[int, int, Any, str]        # first and last column, what stands there, style


def strips(book: Book, month: Month, school: School, names: Names) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["strips"]
    sheet = book.sheet(look, [*columns(look["columns"]), *(Column(f"u{i}", "", look["unit"], "center") for i in range(UNITS))])
    sheet.title(*words.heading(month, look, school))
    told = stories(month, school, names, UNITS)
    if not told:
        sheet.across(look["none"])
        return
    sheet.notes(look["notes"])
    for number, story in enumerate(told, 1):
        sheet.section(_head(look, number, story))
        for row in strip(month, look, story):
            sheet.strip(row)
        sheet.table(table_rows(look, story), look["table"])


def _head(look: Mapping[str, Any], number: int, story: Story) -> str:
    case = story.case
    head = look["head"].format(no=number, name=story.name, class_=story.class_, attempts=case["attempts"] or 0, owner=case["owner"] or "—")
    return head + (look["days"].format(days=case["days_open"]) if story.is_open and case["days_open"] is not None else "")


def strip(month: Month, look: Mapping[str, Any], story: Story) -> list[list[Cell]]:
    """The rows of cells: months, the band of states, attempts, what happened."""
    wide = min(look["widest"], UNITS // len(story.months))
    at = [(1 + i * wide, (i + 1) * wide) for i in range(len(story.months))]
    labels = look["rows"]
    out = [[(0, 0, labels["months"], "header"), *((a, b, words.month_words(month, s.cycle), "header") for (a, b), s in zip(at, story.months))],
           [(0, 0, labels["state"], "header"), *((at[i][0], at[j][1], s.text or None, f"band_{s.look}") for i, j, s in story.runs())]]
    for key, said in (("attempts", _attempts), ("happened", _happened)):
        cells = [said(look, story, s.cycle, s.state in IN_STOCK and not s.filed) for s in story.months]
        out.append([(0, 0, labels[key], "header"), *((a, b, text or None, "") for (a, b), text in zip(at, cells))])
    return out


def _attempts(look: Mapping[str, Any], story: Story, cycle: str, unfiled: bool) -> str:
    """'① ③（四方）'"""
    return "　".join(_circle(p.number) + (look["joint"] if p.joint else "") if p.number else look["visit"]
                    for p in story.of(cycle) if p.event in ("attempt", "visit"))


def _circle(number: int) -> str:
    return CIRCLES[number - 1] if number <= len(CIRCLES) else f"({number})"


def _happened(look: Mapping[str, Any], story: Story, cycle: str, unfiled: bool) -> str:
    happened = [p for p in story.of(cycle) if p.event not in ("listed", "attempt", "visit")]
    return "\n".join([*((look["unfiled"],) if unfiled else ()), *(_day(look, p) + p.label for p in happened)])


def _day(look: Mapping[str, Any], p: Point) -> str:
    if not p.date or len(p.date) < 10:
        return ""
    return look["day"].format(day=int(p.date[8:])) if p.date[:7] == p.cycle else look["date"].format(month=int(p.date[5:7]), day=int(p.date[8:]))


def table_rows(look: Mapping[str, Any], story: Story) -> list[Row]:
    """A row for each thing that a document says: month, state, what, by whom, document and cell."""
    out: list[Row] = []
    for seen in story.months:
        points: Sequence[Point | None] = story.of(seen.cycle) or ([None] if seen.state else [])
        for i, p in enumerate(points):
            row = {"a": seen.cycle, "u0": seen.text} if i == 0 else {}
            said = {"u1": Mark(p.date, "number") if p.date else None, "u2": p.label, "u4": p.told, "u6": p.by, "u8": p.file, "u10": p.place} if p else {"u2": look["silent"]}
            out.append({**row, **{k: v or None for k, v in said.items()}})
    return out
