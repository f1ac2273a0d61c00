"""Persons of several duties beside each other: 班级 | 分管校长 | 电话 | 班主任 | 电话. Each who is named is a row of 包保责任表."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from carelib import values
from carelib.read.headers import Column
from carelib.read.joined import Match
from carelib.read.labels import key
from carelib.read.lexicon import Lexicon
from carelib.read.rows import Draft, RowReader
from carelib.records import Cell, Value

_OF = re.compile(r"(.+)[(（]([^()（）]+)[)）]")
_CLASS = re.compile(r"第?([(（]?[0-9一二三四五六七八九十]{1,3}[)）]?)班?")
OWN = ("person", "phone", "duty", "start", "end")       # fields that each person may have for himself
WHOM = {"分管校长": ("学生", "年级", "班"), "年级主任": ("学生", "年级", "班")}        # of pupils all answer for the pupil


@dataclass(slots=True)
class Duty:
    """One duty of every row: the word for it, the cell that says so, the columns of person, telephone and whom it is about."""
    word: str
    head: Cell
    columns: list[Column]
    grade: Column | None = None                 # beside a column of bare classes

    def read(self, numbers: list[int], reader: RowReader, lexicon: Lexicon) -> Draft | None:
        """Who holds the duty in these lines; None if nobody is named."""
        draft = RowReader(reader.form, self.columns, reader.sheet, reader.context, lexicon).read(numbers)
        if not any(v.field in OWN and (v.value or v.problem) for v in draft.values):
            return None
        level = values.parse(self.word, reader.form.fields["level"], reader.context)
        draft.values = [v for v in draft.values if v.field != "level"]
        draft.fill([reader.made("level", self.word, [self.head], level, self.head.text)], reader.form.fields)
        draft.values = [self._with_grade(v, numbers, reader) if v.field == "scope" else v for v in draft.values]
        return draft

    def _with_grade(self, scope: Value, numbers: list[int], reader: RowReader) -> Value:
        """七年级 | 1 -> 七年级1班"""
        cells = reader.cells(self.grade, numbers) if self.grade is not None else []
        bare = _CLASS.fullmatch(scope.value or "")
        if bare is None or len(cells) != 1 or cells[0].doubt:
            return scope
        grade = "".join(cells[0].text.split())
        return replace(scope, value=f"{grade}{bare[1]}班", raw=f"{cells[0].text}、{scope.raw}", place=f"{cells[0].place}、{scope.place}",
                       confidence=min(scope.confidence, cells[0].confidence))


def once(drafts: list[Draft], said: set[tuple[str | None, ...]]) -> list[Draft]:
    """Without those that the same merged cells told of a line above. `said`: the places of those so far."""
    new = [d for d in drafts if tuple(v.place for v in d.values) not in said]
    said.update(tuple(v.place for v in d.values) for d in new)
    return new


def duties_in(columns: list[Column], form: str, lexicon: Lexicon, reads_well: Callable[[Column, str], bool]) -> list[Duty]:
    """The duties whose persons stand beside each other; [] unless there are two, or if a column says the level. Marks the
    columns. One telephone for several persons is nobody's."""
    if not {"level", "person"} <= lexicon.catalogue.forms[form].fields.keys() or any(
            (m := lexicon.find(form, c.path)) and m.fields == ("level",) for c in columns):
        return []
    found: list[Duty] = []
    last = None
    for column in columns:
        word, at, rest = _duty(column, lexicon)
        name = _own(rest, form, lexicon)
        if word and name == "person" and reads_well(column, "person"):
            last = Duty(word, column.cells[min(at, len(column.cells) - 1)], [])
            found.append(last)
        elif word and name and last is not None and word == last.word:
            pass
        else:
            alone = lexicon.find(form, column.path)
            name = alone.fields[0] if not word and last is not None and alone and alone.fields[0] in OWN[1:] else ""
        if not name or last is None:
            last = None
        elif not any(c.match and c.match.fields == (name,) for c in last.columns):
            last.columns.append(replace(column, use="field", match=Match((name,), 1.0), why=""))
    if len(found) < 2:
        return []
    for name in OWN[1:]:
        having = [d for d in found if any(c.match and c.match.fields == (name,) and not _duty(c, lexicon)[0] for c in d.columns)]
        if len(having) == 1:
            having[0].columns = [c for c in having[0].columns if not c.match or c.match.fields != (name,)]
    own = {c.col: d.word for d in found for c in d.columns}
    nobodys = [c for c in columns if c.col not in own and (m := lexicon.find(form, c.path)) and m.fields[0] in OWN[:2]]
    about = [c for c in columns if c.col not in own and _about(c, form, lexicon)]
    for duty in found:
        code = lexicon.catalogue.codes["duty_level"].words.get(duty.word)
        wanted = WHOM.get(code or "", ("学生", "班", "年级"))
        scope = next((c for w in wanted for c in about if w in key(c.path[-1])), about[0] if about else None)
        if scope is not None:
            duty.columns.append(replace(scope, use="field", match=Match(("scope",), 1.0), why=""))
            own[scope.col] = duty.word
            duty.grade = next((c for c in about if c is not scope and key(c.path[-1]).endswith("年级")), None)
    nobodys += [c for c in about if c.col not in own]
    for column in columns:
        column.nth, column.use = own.get(column.col, ""), "duty" if column.col in own else ""
    for column in nobodys:
        column.nth, column.use, column.why = "?", "", "unknown"
    return found


def _duty(column: Column, lexicon: Lexicon) -> tuple[str, int, str]:
    """(word for the duty, which of the heads says it, what is left of the label)."""
    ends, known = tuple(lexicon.words["sheet"]["duty_ends"]), lexicon.catalogue.codes["duty_level"]
    for i, piece in enumerate(column.path):
        said = "".join(piece.split())
        of = _OF.fullmatch(said)                # 联系电话（年级主任）
        said = of[2] + of[1] if of and of[2] in known.words else said
        word = max((w for w in (*known.words, *known.ambiguous) if said.startswith(w) and w.endswith(ends)), key=len, default="")
        if said.startswith("包保"):
            word = next((said[:n] for n in range(len(said), 3, -1) if said[:n].endswith(ends)), "")
        if word:
            return word, i, said[len(word):].strip("()（）") or (column.path[-1] if i + 1 < len(column.path) else "")
    return "", 0, ""


def _own(rest: str, form: str, lexicon: Lexicon) -> str:
    match = lexicon.find(form, (rest,)) if rest else None
    return "person" if not rest else match.fields[0] if match and match.fields[0] in OWN else ""


def _about(column: Column, form: str, lexicon: Lexicon) -> bool:
    match = lexicon.find(form, column.path)
    return (match is not None and match.fields == ("scope",)) or (
        match is None and key(column.path[-1]).removesuffix("姓名").endswith(("年级", "班级", "学生")))
