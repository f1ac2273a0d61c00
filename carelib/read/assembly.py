"""From the parts of a file's sheets to its submissions: lists, pages and texts, each read with its school's context."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from carelib import values
from carelib.read import remarks
from carelib.read.cards import Card, CardReader, page_fields
from carelib.read.envelope import Envelope
from carelib.read.forms import Choice
from carelib.read.headers import Column
from carelib.read.layout import Part
from carelib.read.lexicon import key
from carelib.read.lines import Line
from carelib.read.pages import PageReader, attempts_table, of_pupil
from carelib.read.rows import ONE_ROW, Draft, RowReader
from carelib.read.schools import Group, group_by_school, school_cells
from carelib.read.sender import Sender, sender_of
from carelib.read.sheet import NOT_WORDS, Ledger, Sheet
from carelib.read.standing import place_month, place_school, place_sheet, zero_or_empty
from carelib.read.submission import SubDraft
from carelib.read.totals import differences
from carelib.records import Cell, Furniture, Leftover
from carelib.world import School

if TYPE_CHECKING:
    from carelib.read.understand import FileReader

KIND = {"column_no": "column_no", "total": "total", "section": "section", "note": "note", "signature": "signature", "info": "info",
        "sample": "sample", "filler": "filler", "header": "header", "title": "title", "zero": "note"}


class SheetReader(PageParts):
    """Reads the parts in order and keeps the ledgers of the grids."""

    def __init__(self, reader: FileReader, surveyed: list[tuple[int, Sheet, list[Part]]], document: bool) -> None:
        self.reader, self.surveyed, self.document = reader, surveyed, document
        self.lexicon, self.world, self.words = reader.lexicon, reader.world, reader.words
        self.subs: list[SubDraft] = []
        self.ledgers = {i: Ledger(sheet.grid) for i, sheet, _ in surveyed}
        self.page: tuple[SubDraft, Draft, Card] | None = None       # the page that a next table may continue
        self.last: Envelope | None = None
        self.schools = self._schools()

    def _schools(self) -> list[School]:
        """The schools that the parts of the file name by themselves."""
        found = []
        for _, sheet, parts in self.surveyed:
            for part in parts:
                head = part.head or [sheet.row(n) for n in sheet.numbers if part.first <= n <= part.last][:6]
                env = self.reader.clerk.read(head, part.foot)
                sender = sender_of(env, sheet.name, [], type(self.reader.names)(), self.reader.register)
                if sender.school and sender.by in ("unit", "title", "line"):
                    found.append(sender.school)
        return found

    def read(self) -> list[SubDraft]:
        for i, sheet, parts in self.surveyed:
            first = len(self.subs)
            for part in parts:
                if self.page is not None and self._continues(i, part):
                    continue
                {"list": self._list, "card": self._card, "text": self._text}[part.layout](i, part)
            self._merge(i, first)
            self._about_sheet(i, sheet, first)
        return self.subs

    def _merge(self, i: int, first: int) -> None:
        """One submission for each school, form and month on a sheet: lists beside or under each other add up."""
        kept: dict[tuple, int] = {}
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
        places = {n: at for at, n in enumerate(sorted(set(moved.values())), first)}
        self.subs[first:] = [self.subs[n] for n in sorted(set(moved.values()))]
        ledger = self.ledgers[i]
        ledger.owner = {place: places[moved[n]] if n in moved else n for place, n in ledger.owner.items()}

    def settle(self, grids: Iterable[Any]) -> dict[int, tuple[tuple[Furniture, ...], tuple[Leftover, ...]]]:
        """Furniture and leftovers of each submission, over all grids of the file."""
        claimed = set().union(*(s.places for s in self.subs))
        out: dict[int, tuple[list[Furniture], list[Leftover]]] = {n: ([], []) for n in range(len(self.subs))}
        for i, grid in enumerate(grids):
            ledger = self.ledgers.get(i) or Ledger(grid)
            mine = [n for n, s in enumerate(self.subs) if s.grid == i]
            default = mine[0] if mine else next((n for n in reversed(range(len(self.subs))) if self.subs[n].grid < i), 0)
            for number, (furniture, leftovers) in ledger.settle(claimed, default).items():
                out[number][0].extend(furniture)
                out[number][1].extend(leftovers)
        return {n: (tuple(f), tuple(x)) for n, (f, x) in out.items()}

    # ---- common -------------------------------------------------------------------------------------------------------

    def _sub(self, i: int, part: Part, form: str | None, env: Envelope) -> tuple[int, SubDraft]:
        sub = SubDraft(form, env=env, grid=i, sheet=part.sheet.name)
        self.subs.append(sub)
        return len(self.subs) - 1, sub

    def _envelope(self, head: list[list[Cell]], foot: list[list[Cell]]) -> Envelope:
        env = self.reader.clerk.read(head, foot)
        if self.document and self.last is not None:
            env.inherit(self.last)
            if not env.titles and not env.months:
                env.months = [c.text for c in self.last.titles] + self.last.months
        self.last = env
        return env

    def _sender(self, env: Envelope, part: Part) -> Sender:
        return sender_of(env, part.sheet.name, self.schools, self.reader.names, self.reader.register)

    def _judge(self, sub: SubDraft, sender: Sender, part: Part, said_zero: bool) -> None:
        place_sheet(sub, part.sheet.grid, self.words)
        if sub.state == "hidden":
            sub.sender = sender
            return
        place_school(sub, sender, self.reader.names, self.words)
        place_month(sub, part.sheet.name, self.reader.names, self.world, self.words)
        zero_or_empty(sub, said_zero, self.words)
        if part.choice.against and sub.form:
            sub.say("title_differs", found=self.world.catalogue.forms[part.choice.against].title,
                    form_read=self.world.catalogue.forms[sub.form].title)
        if part.choice.by == "title" and not part.titles and self.reader.names.titles and not self.document:
            sub.say("by_name", what="表名")
        remarks.of_rows(sub)

    def _labels(self, form: str) -> dict[str, str]:
        return {f.name: f.label for f in self.world.catalogue.forms[form].fields.values()}

    def _about_sheet(self, i: int, sheet: Sheet, first: int) -> None:
        mine = [s for s in self.subs[first:] if s.state not in ("hidden", "not_a_form")]
        if mine:
            remarks.of_sheet(mine[0], sheet, set().union(*(s.places for s in mine)))

    # ---- lists --------------------------------------------------------------------------------------------------------

    def _list(self, i: int, part: Part) -> None:
        env = self._envelope(part.head, part.foot)
        if part.form is None:
            self._unknown(i, part, env)
            return
        header = part.header
        assert header is not None
        sender = self._sender(env, part)
        groups = group_by_school(part.lines, header.columns, part.sheet, sender, self.reader.register, self.reader.context(None))
        ledger, start = self.ledgers[i], len(self.subs)
        for group in groups:
            number, sub = self._sub(i, part, part.form, env)
            drafts = self._rows(part, group)
            sub.drafts = list(drafts.values())
            self._furnish_lines(ledger, part, group, number)
            zero = [x for x in group.lines if x.kind == "zero"]
            said = [*env.zero, *(c for c in env.titles if self.lexicon.is_zero_text(c.text)), *(
                c for x in part.lines if x.kind == "text" for c in x.cells if self.lexicon.is_zero_text(c.text))]
            self._judge(sub, group.sender, part, bool(zero or said))
            self._beside_zero(sub, [*(c for x in zero for c in x.cells), *said])
            if len(groups) == 1:
                form = self.world.catalogue.forms[part.form]
                remarks.of_totals(sub, differences(form, header.columns, part.lines, drafts), self._labels(part.form))
        ledger.furnish(header.cells, "header", start)
        for cell, kind in env.furniture:
            ledger.furnish([cell], kind, start)
        remarks.of_columns(self.subs[start], header.columns, part.sheet, part.lines, self._labels(part.form))
        self.page = None

    def _rows(self, part: Part, group: Group) -> dict[int, Draft]:
        """line number -> row; of a form with one row a pupil, lines under one merged name are one row."""
        header, form = part.header, self.world.catalogue.forms[part.form or ""]
        assert header is not None
        reader = RowReader(form, header.columns, part.sheet, self.reader.context(group.sender.school), self.lexicon)
        out: dict[int, Draft] = {}
        for numbers in self._together(part, group, reader):
            draft = out[numbers[0]] = reader.read(numbers)
            why = group.foreign.get(numbers[0])
            if why and not draft.held:
                draft.held, draft.hold = self.lexicon.words["say"][why], why
        return out

    @staticmethod
    def _together(part: Part, group: Group, reader: RowReader) -> list[list[int]]:
        name = reader.single.get("student_name")
        out: list[list[int]] = []
        last: Cell | None = None
        for line in group.lines:
            if line.kind != "data":
                continue
            cell = part.sheet.at.get((line.number, name.col)) if name is not None else None
            if part.form in ONE_ROW and cell is not None and cell.row_span > 1 and cell == last and out:
                out[-1].append(line.number)
            else:
                out.append([line.number])
            last = cell
        return out

    def _furnish_lines(self, ledger: Ledger, part: Part, group: Group, number: int) -> None:
        header = part.header
        assert header is not None
        for line in group.lines:
            if line.kind in KIND:
                ledger.furnish(line.cells, KIND[line.kind], number)
            else:
                ledger.own(line.cells, number)
            for cell, part_of in school_cells(header.columns, part.sheet, line.number):
                if not part_of and line.kind == "data":
                    ledger.furnish([cell], "info", number)
            for column in header.columns:
                cell = part.sheet.at.get((line.number, column.col)) if column.use == "serial" else None
                if cell is not None:
                    ledger.furnish([cell], "filler", number)
        for column in header.columns:
            if column.use in ("school", "school_code"):
                ledger.furnish(column.cells, "header", number)

    def _beside_zero(self, sub: SubDraft, zero: list[Cell]) -> None:
        if sub.drafts and sub.state == "accepted":
            worded = next((c for c in zero if self.lexicon.is_zero_text(c.text)), None)
            if worded is not None:
                sub.say("zero_with_rows", place=worded.place, found=worded.text[:20], n=len(sub.drafts))

    # ---- texts and what is no form ------------------------------------------------------------------------------------

    def _text(self, i: int, part: Part) -> None:
        if self._belongs_to_last(i, part):
            return
        env = self._envelope(part.head, [])
        known = {c.place for c, _ in env.furniture}
        zero = [*env.zero, *(c for line in part.head for c in line if c.place not in known and self.lexicon.is_zero_text(c.text)),
                *(c for c in env.titles if self.lexicon.is_zero_text(c.text))]
        names = self.reader.names
        form = part.form or (names.titles[0][1] if zero and names.titles and len(self.surveyed) == 1 else None)
        if not (zero and form):
            self._unknown(i, part, env)
            return
        if not env.titles and not env.months:
            env.months = [c.text for c in zero]
        part.choice = Choice(form, "title")
        number, sub = self._sub(i, part, form, env)
        ledger = self.ledgers[i]
        for cell, kind in (*env.furniture, *((c, "note") for c in zero)):
            ledger.furnish([cell], kind, number)
        self._judge(sub, self._sender(env, part), part, True)
        self.page = None

    def _belongs_to_last(self, i: int, part: Part) -> bool:
        """The last page of a document with nothing but signatures and notes, or further words under a table."""
        last = next((n for n in reversed(range(len(self.subs))) if self.subs[n].form), None)
        if not self.document or last is None or part.titles:
            return False
        env = self.reader.clerk.read([], part.head)
        if not env.furniture or any(self.lexicon.is_zero_text(c.text) for line in part.head for c in line):
            return False
        self._sign(self.subs[last], env)
        for cell, kind in env.furniture:
            self.ledgers[i].furnish([cell], kind, last)
        self.ledgers[i].own(part.sheet.cells, last)
        return True

    def _unknown(self, i: int, part: Part, env: Envelope) -> None:
        """No form of ours, or one that cannot be told."""
        number, sub = self._sub(i, part, None, env)
        sub.sender = self._sender(env, part)
        for cell, kind in env.furniture:
            self.ledgers[i].furnish([cell], kind, number)
        place_sheet(sub, part.sheet.grid, self.words)
        if sub.state == "hidden":
            return
        state, code, reason = self._why(part, env)
        others = {p.form for _, _, parts in self.surveyed for p in parts if p.form and p.layout != "text"}
        if state == "held" and part.layout == "text" and part.titles and {f for _, f in part.titles} & others:
            state, code, reason = "not_a_form", "not_a_form", self.words["cover"]        # a cover of the forms in the file
        sub.stop(state, code, reason)
        if state == "held" or not others:
            sub.say("unknown_form" if state == "held" else "not_a_form", why=reason)
        self.page = None

    def _why(self, part: Part, env: Envelope) -> tuple[str, str, str]:
        words, sheet = self.words, self.lexicon.words["sheet"]
        name = key(part.sheet.name)
        flat = "".join("".join(c.text.split()) for c in env.titles)
        if name in map(key, sheet["not_forms"]) or any(w in flat for w in sheet["not_titles"]) and not part.titles:
            return "not_a_form", "not_a_form", words["not_a_form"].format(what=words["not_ours"])
        if part.titles:
            form = self.world.catalogue.forms[part.titles[0][1]]
            if part.choice.against:
                return "held", "unknown_form", words["two_forms"].format(title=form.title)
            return "held", "unknown_form", words["no_header"].format(title=form.title)
        hits = {name for c in part.sheet.cells if len(c.text) <= 24 for name in self.lexicon.hits(c.text).values()}
        if len(hits) >= 3:
            return "held", "unknown_form", words["unknown_form"]
        return "not_a_form", "not_a_form", words["not_a_form"].format(what=words["no_label"])


def columns_of(part: Part) -> list[Column]:
    return part.header.columns if part.header else []
