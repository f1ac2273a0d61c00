"""From the parts of a file's sheets to its submissions: lists, pages and texts, each read with its school's context."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from carelib.read import remarks
from carelib.read.duties import once
from carelib.read.envelope import Envelope
from carelib.read.forms import Choice
from carelib.read.layout import Part
from carelib.read.lines import Line
from carelib.read.nth import FOLLOW_UP
from carelib.read.pages import of_pupil
from carelib.read.parts import Surveyed
from carelib.read.parts_pages import PageParts
from carelib.read.posts import carry_levels
from carelib.read.rows import ONE_ROW, Draft, RowReader
from carelib.read.schools import SURE, Group, group_by_school, school_cells
from carelib.read.sections import values_below
from carelib.read.sender import Names, sender_of
from carelib.read.sheet import Ledger, Sheet
from carelib.read.submission import SubDraft
from carelib.read.told import duty_of, of_head
from carelib.read.totals import differences
from carelib.records import Cell, Furniture, Grid, Leftover
from carelib.world import School

if TYPE_CHECKING:
    from carelib.read.understand import FileReader

DUTIES = "responsibility"
TABLE = 3                                   # cells that nothing explains in one line: a table, not a letter
SHORT = 8                                   # cells of a text that may be a zero report by its sentence alone


class SheetReader(PageParts):
    """Reads the parts of a file in order and keeps the ledgers of its grids."""

    def __init__(self, reader: FileReader, surveyed: Surveyed, document: bool) -> None:
        super().__init__(reader, surveyed, document)
        self.schools = self._schools()

    def _schools(self) -> list[School]:
        """The schools that the parts of the file name by themselves."""
        found = []
        for _, sheet, parts in self.surveyed:
            for part in parts:
                top = [sheet.row(n) for n in sheet.numbers if part.first <= n <= part.last][:6]
                env = self.reader.clerk.read(part.head or top, part.foot)
                sender = sender_of(env, sheet.name, [], Names(), self.reader.register)
                if sender.school and sender.by in ("unit", "title", "line"):
                    found.append(sender.school)
        return found

    def read(self) -> list[SubDraft]:
        """The submissions of the file, in the order of its sheets."""
        how = {"list": self._list, "card": self._card, "text": self._text}
        for i, sheet, parts in self.surveyed:
            first = len(self.subs)
            for part in parts:
                if not self._continues(i, part):
                    how[part.layout](i, part)
                self.ledgers[i].furnish(part.samples, "sample", first)
            self._share_foot(first)
            self._merge(i, first)
            self._about_sheet(sheet, first)
        return self.subs

    def _merge(self, i: int, first: int) -> None:
        """One submission for each school, form and month on a sheet: lists beside or under each other add up."""
        kept: dict[tuple[Any, ...], int] = {}
        moved: dict[int, int] = {}
        for number in range(first, len(self.subs)):
            sub = self.subs[number]
            code = sub.sender.school.code if sub.sender.school else sub.sender.words
            name = (sub.form, code, sub.sender.campus, sub.months.own, sub.state == "hidden")
            if sub.form in (None, "case_file") or name not in kept:
                kept.setdefault(name, number)
                moved[number] = number
            else:
                moved[number] = kept[name]
                self.subs[kept[name]].absorb(sub)
        stay = sorted(set(moved.values()))
        places = {n: at for at, n in enumerate(stay, first)}
        self.subs[first:] = [self.subs[n] for n in stay]
        ledger = self.ledgers[i]
        ledger.owner = {place: places[moved[n]] if n in moved else n for place, n in ledger.owner.items()}

    def _share_foot(self, first: int) -> None:
        """One foot under or beside several parts of a sheet signs them all."""
        mine = [s for s in self.subs[first:] if s.form]
        signed = [s for s in mine if s.env.filled_by or s.env.approved]
        if len(signed) == 1:
            for sub in mine:
                sub.env.sign(signed[0].env)

    def settle(self, grids: Iterable[Grid]) -> dict[int, tuple[tuple[Furniture, ...], tuple[Leftover, ...]]]:
        """Furniture and leftovers of each submission, over all grids of the file."""
        claimed: set[str] = set().union(*(s.places for s in self.subs))
        out: dict[int, tuple[list[Furniture], list[Leftover]]] = {n: ([], []) for n in range(len(self.subs))}
        for i, grid in enumerate(grids):
            ledger = self.ledgers.get(i) or Ledger(grid)
            mine = [n for n, s in enumerate(self.subs) if s.grid == i]
            earlier = [n for n, s in enumerate(self.subs) if s.grid < i]
            default = mine[0] if mine else earlier[-1] if earlier else 0
            for number, (furniture, leftovers) in ledger.settle(claimed, default).items():
                out[number][0].extend(furniture)
                out[number][1].extend(leftovers)
        return {n: (tuple(f), tuple(x)) for n, (f, x) in out.items()}

    def _about_sheet(self, sheet: Sheet, first: int) -> None:
        mine = [s for s in self.subs[first:] if s.state not in ("hidden", "not_a_form")]
        if mine:
            remarks.of_sheet(mine[0], sheet, set().union(*(s.places for s in mine)))

    # ---- lists --------------------------------------------------------------------------------------------------------

    def _list(self, i: int, part: Part) -> None:
        """A list becomes a submission for each school that its rows name."""
        env = self._envelope(part.head, part.foot)
        header = part.header
        if part.form is None or header is None:
            self._unknown(i, part, env)
            return
        sender, register = self._sender(env, part), self.reader.register
        groups = group_by_school(part.lines, header.columns, part.sheet, sender, register, self.reader.context(None))
        start, labels = len(self.subs), self._labels(part.form)
        for group in groups:
            drafts = self._group(i, part, group, groups, env)
            if len(groups) == 1:
                form = self.world.catalogue.forms[part.form]
                remarks.of_totals(self.subs[-1], differences(form, header.columns, part.lines, drafts), labels)
                inside = group.sender.school
                if sender.school and sender.by in SURE and inside and inside.code != sender.school.code:
                    self.subs[-1].say("rows_differ_school", found=sender.school.name, inside=inside.name)
        self.ledgers[i].furnish(header.cells, "header", start)
        for cell, kind in env.furniture:
            self.ledgers[i].furnish([cell], kind, start)
        remarks.of_columns(self.subs[start], header.columns, part.sheet, part.lines, labels)
        self.page = None

    def _told(self, part: Part, group: Group, env: Envelope) -> list[Draft]:
        """Duties told in lines of text above and between the rows."""
        assert part.header is not None and part.form is not None
        reader = RowReader(self.world.catalogue.forms[part.form], part.header.columns, part.sheet, self._context(group.sender.school, env, part), self.lexicon)
        out = [x for line in part.head for c in line if len(line) == 1 and (x := duty_of(c, reader))]
        for line in part.lines:
            draft = duty_of(line.cells[0], reader) if line.kind != "data" and len(line.cells) == 1 else None
            if draft is not None:
                line.kind = "section"
                out.append(draft)
        return out

    def _group(self, i: int, part: Part, group: Group, groups: list[Group], env: Envelope) -> dict[int, Draft]:
        """The rows of one school."""
        number, sub = self._sub(i, part, part.form, env)
        drafts, beside = self._rows(part, group, env)
        sub.drafts = [x for n, draft in drafts.items() for x in self._with_others(part, draft, beside.get(n, []))]
        if group is groups[0]:
            sub.drafts += self._told(part, group, env)
        self._furnish_lines(i, part, group, number)
        zero = self._zero_cells(env, [c for x in part.lines if x.kind == "text" for c in x.cells])
        worded = [c for x in group.lines if x.kind == "zero" or (x.kind == "total" and _counts_nobody(x)) for c in x.cells]
        said = sorted([*worded, *zero], key=lambda c: not self.lexicon.is_zero_text(c.text))
        self._judge(sub, group.sender, part, said)
        told = next((c for c in said if self.lexicon.is_zero_text(c.text)), None)
        if told is not None and sub.drafts and sub.state == "accepted":
            sub.say("zero_with_rows", place=told.place, found=told.text[:20], n=len(sub.drafts))
        return drafts

    def _zero_cells(self, env: Envelope, cells: Iterable[Cell]) -> list[Cell]:
        """What says that there is nobody to list, in head, title or loose text."""
        return [*env.zero, *(c for c in (*env.titles, *cells) if self.lexicon.is_zero_text(c.text))]

    def _with_others(self, part: Part, draft: Draft, beside: list[Draft]) -> list[Draft]:
        """Attempts that stand beside each other in a row are rows of follow_up; in a list of attempts, or where persons of
        several duties stand beside each other, they are all of it."""
        if not beside:
            return [draft]
        if part.form != beside[0].form:
            return [draft, *of_pupil(beside, draft, self.world.catalogue.forms[FOLLOW_UP].fields)]
        for one in beside:
            one.fill(draft.values, self.world.catalogue.forms[one.form].fields)
            one.held, one.hold = draft.held, draft.hold
        return beside

    def _rows(self, part: Part, group: Group, env: Envelope) -> tuple[dict[int, Draft], dict[int, list[Draft]]]:
        """line number -> row; of a form with one row a pupil, lines under one merged name are one row. Then the attempts
        beside each other in these lines."""
        assert part.header is not None and part.form is not None
        form, context = self.world.catalogue.forms[part.form], self._context(group.sender.school, env, part)
        reader = RowReader(form, part.header.columns, part.sheet, context, self.lexicon)
        whole = [] if form.about_pupils else of_head([c for line in part.head for c in line], reader)
        told = values_below([c for line in part.head for c in line] if form.about_pupils else [], part.lines, reader)
        out: dict[int, Draft] = {}
        beside: dict[int, list[Draft]] = {}
        said: set[tuple[str | None, ...]] = set()
        for numbers in self._together(part, group, reader):
            draft = out[numbers[0]] = reader.read(numbers, [*told.get(numbers[0], ()), *whole])
            beside[numbers[0]] = [x for one in part.beside if (x := one.read(numbers, reader, self.lexicon))]
            if part.form == DUTIES:
                beside[numbers[0]] = once(beside[numbers[0]], said)
            why = group.foreign.get(numbers[0])
            if why and not draft.held:
                draft.held, draft.hold = self.lexicon.words["say"][why], why
        if part.form == DUTIES and "level" in reader.single:
            carry_levels(list(out.values()), form.fields)
        return out, beside

    @staticmethod
    def _together(part: Part, group: Group, reader: RowReader) -> list[list[int]]:
        """The numbers of the lines that make a row each."""
        name = reader.single.get("student_name")
        out: list[list[int]] = []
        last: Cell | None = None
        for line in group.lines:
            if line.kind != "data":
                continue
            cell: Cell | None = part.sheet.at.get((line.number, name.col)) if name is not None else None
            if part.form in ONE_ROW and cell is not None and cell.row_span > 1 and cell == last and out:
                out[-1].append(line.number)
            else:
                out.append([line.number])
            last = cell
        return out

    def _furnish_lines(self, i: int, part: Part, group: Group, number: int) -> None:
        assert part.header is not None
        ledger, columns = self.ledgers[i], part.header.columns
        self._furnish(i, group.lines, number)
        for line in group.lines:
            for cell, with_grade in school_cells(columns, part.sheet, line.number):
                if not with_grade and line.kind == "data":
                    ledger.furnish([cell], "info", number)
            serials = (part.sheet.at.get((line.number, c.col)) for c in columns if c.use == "serial")
            ledger.furnish([c for c in serials if c is not None], "filler", number)

    # ---- texts and what is no form ------------------------------------------------------------------------------------

    def _text(self, i: int, part: Part) -> None:
        """Text without table: a zero report, the foot of what stands before it, or no form."""
        if self._belongs_to_last(i, part):
            return
        env = self._envelope(part.head, [])
        known = {c.place for c, _ in env.furniture}
        zero = self._zero_cells(env, [c for line in part.head for c in line if c.place not in known])
        names = self.reader.names
        form = part.form or (names.titles[0][1] if names.titles and len(self.surveyed) == 1 else None)
        if form is None and len(part.sheet.cells) <= SHORT:
            form = next((f for c in zero for _, f in self.lexicon.title_forms(c.text)), None)      # 我校本月无疑似辍学学生
        told = known | {c.place for c in zero}
        table = any(sum(c.place not in told for c in line) >= TABLE for line in part.head)
        if not (zero and form) or table:        # a 0 among numbers that nobody could read says nothing of the whole
            self._unknown(i, part, env)
            return
        if not env.titles and not env.months:
            env.months = [c.text for c in zero]
        part.choice = Choice(form, "title")
        number, sub = self._sub(i, part, form, env)
        for cell, kind in (*env.furniture, *((c, "note") for c in zero)):
            self.ledgers[i].furnish([cell], kind, number)
        self._judge(sub, self._sender(env, part), part, zero)
        self.page = None

    def _belongs_to_last(self, i: int, part: Part) -> bool:
        """The last page of a document with nothing but signatures and notes, or further words under a table."""
        last = next((n for n in reversed(range(len(self.subs))) if self.subs[n].form), None)
        if not self.document or last is None or part.titles:
            return False
        env = self.reader.clerk.read([], part.head)
        if not env.furniture or any(self.lexicon.is_zero_text(c.text) for line in part.head for c in line):
            return False
        self.subs[last].env.sign(env)
        for cell, kind in env.furniture:
            self.ledgers[i].furnish([cell], kind, last)
        self.ledgers[i].own(part.sheet.cells, last)
        return True


def _counts_nobody(line: Line) -> bool:
    """合计 0, 合计：0人: a total with a number, and no number but 0."""
    numbers = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", " ".join(c.text for c in line.cells)))
    return bool(numbers) and all(int(n) == 0 for n in numbers)
