"""The pages among the parts of a file: a page is read, its attempts with it, and what continues it in the next table."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from carelib import values
from carelib.read import remarks
from carelib.read.anchors import page_fields
from carelib.read.cards import Card, CardReader
from carelib.read.envelope import Envelope
from carelib.read.headers import Column
from carelib.read.layout import Part
from carelib.read.lexicon import Lexicon, key
from carelib.read.lines import Line
from carelib.read.pages import PageReader, attempts_table, of_pupil
from carelib.read.rows import Draft
from carelib.read.sender import Sender
from carelib.read.sheet import NOT_WORDS, Ledger, Sheet
from carelib.read.submission import SubDraft
from carelib.world import World

if TYPE_CHECKING:
    from carelib.read.understand import FileReader

KIND = {"column_no": "column_no", "total": "total", "section": "section", "note": "note", "signature": "signature", "info": "info",
        "sample": "sample", "filler": "filler", "header": "header", "title": "title", "zero": "note"}


class PageParts:
    """The half of the sheet reader that deals with pages."""

    reader: FileReader
    document: bool
    lexicon: Lexicon
    world: World
    subs: list[SubDraft]
    ledgers: dict[int, Ledger]
    page: tuple[SubDraft, Draft, Card] | None

    def _card(self, i: int, part: Part) -> None:
        form = part.form
        if form is None:
            env = self._envelope([part.sheet.row(n) for n in part.sheet.numbers if part.first <= n <= part.last], [])
            self._unknown(i, part, env)
            return
        card = CardReader(part.sheet, form, self.lexicon).read(part.first, part.last)
        body = [c.row for e in card.entries if e.match.fields != ("form_date",) for c in e.label_cells]
        top = min(body, default=part.last + 1)
        env = self._envelope([x for x in card.lines if x and x[0].row < top], [x for x in card.lines if x and x[0].row >= top])
        combined = {c.place for e in card.entries if len(e.match.fields) > 1 for c in e.cells}
        env.units = self._units(card, combined) or env.units
        sender = self._sender(env, part)
        context = self.reader.context(sender.school)
        pages = PageReader(self.world.catalogue.forms[form], context, self.lexicon)
        draft = pages.draft(card)
        if form == "case_file":
            dated = draft.get("form_date")
            env.filled_date = env.filled_date or (dated.value if dated else None)
        before = len(self.subs)
        number, sub = self._own_sub(i, part, form, env, sender)
        attempts = self._attempts(i, part, card, sender, number) if form == "case_file" else []
        if draft.values:
            sub.drafts.append(draft)
            sub.drafts.extend(of_pupil(attempts, draft, self.world.catalogue.forms["follow_up"].fields))
        self._furnish_card(i, card, env, number)
        if number == before:
            self._judge(sub, sender, part, bool(env.zero) and not draft.values)
        self.page = (sub, draft, card) if form == "case_file" else None
        remarks.of_labels(sub, self._unclaimed(part, card, i))

    def _own_sub(self, i: int, part: Part, form: str, env: Envelope, sender: Sender) -> tuple[int, SubDraft]:
        """A page of case_file is a submission of its own; other pages of one form and school on a sheet are its rows."""
        for number, sub in enumerate(self.subs):
            if form != "case_file" and (sub.grid, sub.form, sub.sender.school) == (i, form, sender.school) and sub.drafts:
                return number, sub
        return self._sub(i, part, form, env)

    def _units(self, card: Card, combined: set[str]) -> list[str]:
        out = list(card.units)
        for cell in card.schools:
            out.append(values.school_and_grade(cell.text, self.reader.context(None))[0] if cell.place in combined else cell.text)
        return [t for t in out if key(t)]

    def _attempts(self, i: int, part: Part, card: Card, sender: Sender, number: int) -> list[Draft]:
        context, ledger = self.reader.context(sender.school), self.ledgers[i]
        out = PageReader(self.world.catalogue.forms["follow_up"], context, self.lexicon).attempts(card)
        for header, until in card.tables:
            drafts, lines, columns = attempts_table(part.sheet, header, until, context, self.lexicon, dict(self.world.policy.psych_levels),
                                                    self._well(part.sheet, header.bottom + 1, until))
            out += drafts
            ledger.furnish(header.cells, "header", number)
            for line in lines:
                ledger.furnish(line.cells, KIND[line.kind], number) if line.kind in KIND else ledger.own(line.cells, number)
            if drafts:
                remarks.of_columns(self.subs[number], columns, part.sheet, lines, self._labels("follow_up"))
        return out

    def _well(self, sheet: Sheet, first: int, until: int):
        body = [n for n in sheet.numbers if first <= n < until]
        return lambda column, name: self.reader._reads_well(sheet, body, column, name, "follow_up")

    def _furnish_card(self, i: int, card: Card, env: Envelope, number: int) -> None:
        ledger = self.ledgers[i]
        for cell, kind in (*card.furniture, *env.furniture):
            ledger.furnish([cell], kind, number)
        for line in card.lines:
            ledger.own(line, number)
        for entry in card.entries:
            ledger.own([*entry.label_cells, *entry.cells], number)

    def _unclaimed(self, part: Part, card: Card, i: int) -> list[tuple[str, str]]:
        """Cells in the places of labels that are none of the form's, with something written beside them."""
        known = {p for p in self.ledgers[i].kinds} | {c.place for e in card.entries for c in e.cells} | {
            c.place for es in card.attempts for e in es for c in e.cells}
        out = []
        for line in card.lines:
            for cell, after in zip(line, line[1:]):
                if cell.place not in known and after.place not in known and cell.kind not in NOT_WORDS and len(key(cell.text)) <= 12:
                    out.append((cell.place, "".join(cell.text.split())))
        return out

    def _continues(self, i: int, part: Part) -> bool:
        """A table of a document that belongs to the page before it: attempts without names, or more labels of the page."""
        assert self.page is not None
        sub, draft, card = self.page
        if not self.document or i == sub.grid and part.layout != "list":
            return False
        number = self.subs.index(sub)
        if part.layout == "list" and part.header is not None:
            return self._more_attempts(i, part, number, draft)
        rows = [n for n in part.sheet.numbers if part.first <= n <= part.last]
        fields = page_fields(part.sheet, rows, self.lexicon)["case_file"]
        if part.titles or "student_name" in fields or not fields:
            return False
        more = CardReader(part.sheet, "case_file", self.lexicon).read(part.first, part.last)
        have = {v.field for v in draft.values}
        page = PageReader(self.world.catalogue.forms["case_file"], self.reader.context(sub.sender.school), self.lexicon)
        order = list(page.form.fields)
        new = [v for v in page.draft(more).values if v.field not in have]
        draft.values = sorted([*draft.values, *new], key=lambda v: order.index(v.field))
        if draft not in sub.drafts:
            sub.drafts.insert(0, draft)
        sub.drafts += of_pupil(self._attempts(i, part, more, sub.sender, number), draft, self.world.catalogue.forms["follow_up"].fields)
        self._furnish_card(i, more, self.reader.clerk.read([], more.lines), number)
        self._sign(sub, self.reader.clerk.read([], more.lines))
        return True

    def _more_attempts(self, i: int, part: Part, number: int, page: Draft) -> bool:
        header, sub = part.header, self.subs[number]
        assert header is not None
        context = self.reader.context(sub.sender.school)
        until = part.last + 1
        if any((m := self.lexicon.find("follow_up", c.path)) and m.fields[0] in ("student_name", "id_number") for c in header.columns):
            return False
        drafts, lines, columns = attempts_table(part.sheet, header, until, context, self.lexicon, dict(self.world.policy.psych_levels),
                                                self._well(part.sheet, header.bottom + 1, until))
        if not drafts and not any(x.kind == "filler" for x in lines):
            return False
        sub.drafts += of_pupil(drafts, page, self.world.catalogue.forms["follow_up"].fields)
        env = self.reader.clerk.read(part.head, [x.cells for x in lines if x.kind in ("signature", "info")])
        self._sign(sub, env)
        ledger = self.ledgers[i]
        for line in lines:
            ledger.furnish(line.cells, KIND[line.kind], number) if line.kind in KIND else ledger.own(line.cells, number)
        ledger.furnish(header.cells, "header", number)
        for cell, kind in env.furniture:
            ledger.furnish([cell], kind, number)
        ledger.own(part.sheet.cells, number)
        remarks.of_columns(sub, columns, part.sheet, lines, self._labels("follow_up"))
        return True

    @staticmethod
    def _sign(sub: SubDraft, env: Envelope) -> None:
        own = sub.env
        own.filled_by, own.filled_date = own.filled_by or env.filled_by, own.filled_date or env.filled_date
        own.approved = own.approved or env.approved
