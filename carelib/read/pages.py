"""The values of a page for one pupil, and the rows of the attempts that stand on it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from carelib import values
from carelib.catalogue import Field
from carelib.read.card import ATTEMPT, Card, Entry
from carelib.read.columns import map_columns
from carelib.read.headers import Column, Header
from carelib.read.joined import Match
from carelib.read.lexicon import Lexicon
from carelib.read.lines import Line, Lines
from carelib.read.paragraphs import joined
from carelib.read.rows import IDENTITY, CellReader, Draft, RowReader, destination, hold
from carelib.read.sheet import NOT_WORDS, Sheet
from carelib.records import Value
from carelib.values.context import Context

TELLING = ("attempt_date", "content", "outcome")       # one of these makes an attempt
FULL = 24                                               # characters of a line that may be broken at the edge of the page
OF_THE_PUPIL = ("student_name", "gender", "id_number", "student_no", "birth", "grade", "class_no")


class PageReader(CellReader):
    """Values of one page's entries."""

    def draft(self, card: Card) -> Draft:
        """The row of the page."""
        out: dict[str, Value] = {}
        levels = [(e.label, e.label, e.cells[0]) for e in card.entries if e.match.split == "level" and e.cells]
        if levels:
            out["level_counts"] = self.counts(levels)
        for entry in card.entries:
            for value in self._of(entry) if entry.match.split != "level" else ():
                if value.field not in out or entry.match.fields == (value.field,):
                    out[value.field] = value
        self._class_with_grade(out, card)
        named = destination(out, self.form, self.lexicon)
        if named:
            out[named.field] = named
        line = min((c.row for e in card.entries for c in e.cells), default=card.first)
        draft = Draft(line, self.form.code, [out[f] for f in self.form.fields if f in out])
        hold(draft, self.form, self.say)
        return draft

    def _of(self, entry: Entry) -> list[Value]:
        if not entry.cells:
            return []
        known = [f for f in entry.match.fields if f in self.form.fields]
        text = entry.text if entry.text is not None else "、".join(c.text for c in entry.cells)
        if len(entry.match.fields) > 1 or entry.match.split == "some":
            made = self.split(entry.match.split, entry.match.fields, entry.label, entry.cells, text)
            return made or [self.value(self.form.fields[f], entry.label, entry.cells, text=text) for f in known][:1]
        field = self.form.fields[known[0]]
        if field.kind in ("text", "texts") and len(entry.cells) > 1 and not any(c.doubt or c.struck for c in entry.cells):
            reading = values.parse(joined(entry.cells), field, self.context, None)
            return [self.made(field.name, entry.label, entry.cells, reading, text)]
        return self.beside(self.value(field, entry.label, entry.cells, text=entry.text), entry.cells)

    def _class_with_grade(self, out: dict[str, Value], card: Card) -> None:
        """班级：七(3)班 or 年级：七(3)班 says both."""
        for name, other in (("class_no", "grade"), ("grade", "class_no")):
            said = out.get(name)
            entry = next((e for e in card.entries if e.match.fields == (name,)), None)
            if said is None or entry is None or other not in self.form.fields or len(entry.cells) != 1:
                continue
            cell = entry.cells[0]
            if cell.doubt or cell.struck or cell.kind in NOT_WORDS:
                continue
            grade, class_no = values.grade_and_class(said.raw or "", self.context, cell)
            reading = grade if other == "grade" else class_no
            if not reading.value or (other == "class_no" and not grade.value):
                continue
            if other not in out:
                out[other] = self.made(other, entry.label, [cell], reading, said.raw or "")
            elif out[other].value and out[other].value != reading.value and name == "class_no":
                out[name] = replace(said, value=None, problem=self.say["grade_differs"])

    def attempts(self, card: Card) -> list[Draft]:
        """Attempts written as labels and values."""
        out = []
        for entries in card.attempts:
            found: dict[str, Value] = {}
            for entry in entries:
                for value in self._of(entry):
                    found.setdefault(value.field, value)
            if any(v.value or v.problem for f, v in found.items() if f in TELLING):
                line = min((c.row for e in entries for c in e.cells), default=card.first)
                out.append(Draft(line, "follow_up", [found[f] for f in self.form.fields if f in found]))
        return out


@dataclass(frozen=True, slots=True)
class AttemptsTable:
    """A list of attempts inside or behind a page; another list has no drafts."""
    drafts: list[Draft]
    lines: list[Line]
    columns: list[Column]


class AttemptsReader:
    """Reads lists of attempts that do not say whose they are."""

    def __init__(self, sheet: Sheet, context: Context, lexicon: Lexicon, reads_well: Callable[..., bool]) -> None:
        self.sheet, self.context, self.lexicon, self.reads_well = sheet, context, lexicon, reads_well

    def read(self, header: Header, until: int) -> AttemptsTable:
        """The list under `header` and above row `until`."""
        body = [n for n in self.sheet.numbers if header.bottom < n < until]
        map_columns(header.columns, "follow_up", self.lexicon, self.context.psych_levels,
                    lambda column, name: self.reads_well(self.sheet, body, column, name, "follow_up"))
        number = [c for c in header.columns if c.use == "field" and c.match and c.match.fields == ("seq",)]
        if number and not any(c.match and c.match.fields == ("attempt_no",) for c in header.columns):
            number[0].match = Match(("attempt_no",), 1.0)           # on a pupil's page the lines are counted, not the pupils
        lines = Lines(self.sheet, header, "follow_up", self.lexicon, alone=False).classify(until)
        known = {c.match.fields[0] for c in header.columns if c.match}
        if len(known & set(ATTEMPT)) < 2:
            return AttemptsTable([], lines, header.columns)
        reader = RowReader(self.lexicon.catalogue.forms["follow_up"], header.columns, self.sheet, self.context, self.lexicon)
        return AttemptsTable([reader.read([x.number]) for x in lines if x.kind == "data"], lines, header.columns)


def of_pupil(drafts: list[Draft], page: Draft, fields: Mapping[str, Field]) -> list[Draft]:
    """Attempts that do not say whose they are are those of the page's pupil."""
    for draft in drafts:
        own = {v.field for v in draft.values}
        if own & set(IDENTITY) and draft.hold not in ("nobody", "unsure_who"):
            continue
        draft.fill((v for v in page.values if v.field in OF_THE_PUPIL and (v.value or v.problem)), fields)
        draft.held, draft.hold = page.held, page.hold
    return drafts
