"""A list with a column that names the school of each row: whose rows are whose (a town's file with four schools)."""
from __future__ import annotations

from dataclasses import dataclass, field

from carelib import values
from carelib.read.headers import Column
from carelib.read.identify import Register
from carelib.read.joined import LIST_SCHOOL
from carelib.read.labels import key
from carelib.read.lines import Line
from carelib.read.sender import Sender, opened
from carelib.read.sheet import Sheet
from carelib.records import Cell
from carelib.values.context import Context

SURE = ("unit", "title", "line", "near")


@dataclass(slots=True)
class Group:
    """The lines of one school; `foreign`: lines that name another school and wait with this one's."""
    sender: Sender
    lines: list[Line] = field(default_factory=list)
    foreign: dict[int, str] = field(default_factory=dict)       # line number -> other_school | unknown_row_school


def school_cells(columns: list[Column], sheet: Sheet, number: int) -> list[tuple[Cell, bool]]:
    """The cells of a line that name its school; True: together with grade and class."""
    out = []
    for column in columns:
        whole = column.use in ("school", "school_code")
        part = column.match is not None and LIST_SCHOOL in column.match.fields
        if whole or part:
            cell = next((sheet.at[number, c] for c in range(column.col, column.end) if (number, c) in sheet.at), None)
            if cell is not None:
                out.append((cell, part))
    return out


def group_by_school(lines: list[Line], columns: list[Column], sheet: Sheet, sender: Sender, register: Register,
                    context: Context) -> list[Group]:
    """Groups in the order in which the schools appear; one group where the rows name no school, or the sender's only."""
    named: dict[int, tuple[Sender, str]] = {}
    headed: set[int] = set()                    # lines of which one cell over several names the school
    for line in lines:
        if line.kind in ("data", "zero"):
            cells = school_cells(columns, sheet, line.number)
            words = _words(cells, context)
            if words:
                named[line.number] = (_whose(words, register), words[0])
            if any(cell.row_span > 1 for cell, _ in cells):
                headed.add(line.number)
    others = {s.school.code for s, _ in named.values() if s.school} - ({sender.school.code} if sender.school else set())
    if not named or (sender.school and not others):
        return [Group(sender, list(lines))]
    if sender.school and sender.by in SURE:
        foreign = [n for n, (s, _) in named.items() if s.school and s.school.code != sender.school.code]
        data = [x for x in lines if x.kind == "data"]
        if len(others) == 1 and len(foreign) * 2 < max(1, len(data)) and not headed.issuperset(foreign):
            return [Group(sender, list(lines), dict.fromkeys(foreign, "other_school"))]
    return _split(lines, named, sender)


def _words(cells: list[tuple[Cell, bool]], context: Context) -> list[str]:
    out = []
    for cell, part in cells:
        text = values.school_and_grade(cell.text, context)[0] if part else cell.text
        if key(text):
            out.append(text)
    return out


def _whose(words: list[str], register: Register) -> Sender:
    for text in words:
        found = register.find(text)
        if found.school:
            return opened(found, "rows", text, register)
    return Sender(None, "rows", words[0], many=register.find(words[0]).many)


def _split(lines: list[Line], named: dict[int, tuple[Sender, str]], sender: Sender) -> list[Group]:
    groups: dict[str, Group] = {}
    known = {s.school.code for s, _ in named.values() if s.school}
    for line in lines:
        whose, words = named.get(line.number, (None, ""))
        if whose is None:                       # a blank, or no row at all: never taken from the row above
            continue
        if whose.school is None and sender.school and sender.by in SURE:
            whose = sender                      # words of its own for itself
        name = whose.school.code + "|" + whose.campus if whose.school else "?" + key(words)
        groups.setdefault(name, Group(whose)).lines.append(line)
    first = next(iter(groups.values()))
    home = next((g for g in groups.values() if sender.school and g.sender.school == sender.school), None)
    for line in lines:
        if line.number in named:
            continue
        if line.kind == "data":
            if home is None and sender.school:
                home = groups.setdefault(sender.school.code + "|", Group(sender))
            target = home or first
            target.lines.append(line)
            if home is None and (len(known) > 1 or len(groups) > 1):
                target.foreign[line.number] = "unknown_row_school"
        else:
            first.lines.append(line)
    for group in groups.values():
        group.lines.sort(key=lambda x: x.number)
    return list(groups.values())
