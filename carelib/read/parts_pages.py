"""The pages among the parts of a file: a page is read, its attempts with it, and what continues it in the next table."""
from __future__ import annotations

from itertools import pairwise

from carelib import values
from carelib.read import remarks
from carelib.read.anchors import page_fields
from carelib.read.card import Card
from carelib.read.cards import CardReader
from carelib.read.envelope import Envelope
from carelib.read.labels import key
from carelib.read.layout import Part
from carelib.read.nth import FOLLOW_UP
from carelib.read.pages import AttemptsReader, AttemptsTable, PageReader, of_pupil
from carelib.read.parts import PartReader
from carelib.read.rows import IDENTITY, Draft
from carelib.read.sender import Sender
from carelib.read.sheet import NOT_WORDS
from carelib.read.submission import SubDraft
from carelib.records import Reading

PAGE = "case_file"


class PageParts(PartReader):
    """Deals with pages."""

    def _card(self, i: int, part: Part) -> None:
        """A page becomes a submission, or a row of the one that its sheet has already."""
        rows = [n for n in part.sheet.numbers if part.first <= n <= part.last]
        if part.form is None:
            self._unknown(i, part, self._envelope([part.sheet.row(n) for n in rows], []))
            return
        form = PAGE if part.form == FOLLOW_UP else part.form            # a page of attempts alone has a pupil's labels too
        card = CardReader(part.sheet, form, self.lexicon, self.world.cycle).read(part.first, part.last)
        env = self._envelope_of(card)
        sender = self._sender(env, part)
        reader = PageReader(self.world.catalogue.forms[form], self._context(sender.school, env, part), self.lexicon)
        draft = reader.draft(card)
        self._date(draft, env, reader)
        before = len(self.subs)
        number, sub = self._own_sub(i, part, env, sender)
        if draft.values:
            attempts = self._attempts(i, part, card, sub, number, sender) if form == PAGE else []
            sub.drafts += [draft] * (part.form == form) + self._of_pupil(attempts, draft)
            if part.form != form:               # a page of attempts alone: all that it says of the pupil goes with each
                fields = self.world.catalogue.forms[FOLLOW_UP].fields
                for one in attempts:
                    one.fill((v for v in draft.values if v.field in fields), fields)
        self._furnish_card(i, card, env, number)
        if number < before:
            sub.env.sign(env)
        else:
            self._judge(sub, sender, part, [] if draft.values else env.zero)
        self.page = (sub, draft) if form == PAGE else None
        remarks.of_labels(sub, self._unclaimed(card, i))

    @staticmethod
    def _date(draft: Draft, env: Envelope, reader: PageReader) -> None:
        """The day of the page stands among its labels, or in head or foot; either says it for both."""
        dated = draft.get("form_date")
        if dated is not None and dated.value and env.dated_by is None:
            env.filled_date = dated.value       # before one that an earlier page said
        if dated is None and env.dated_by and draft.values and "form_date" in reader.form.fields:
            label, said, cells = env.dated_by
            draft.fill([reader.made("form_date", label, list(cells[-1:]), Reading(env.filled_date), said)], reader.form.fields)

    def _envelope_of(self, card: Card) -> Envelope:
        """What the lines above the first label and below it say, and the school that stands among the labels."""
        body = [c.row for e in card.entries if e.match.fields != ("form_date",) for c in e.label_cells]
        top = min(body, default=card.last + 1)
        lines = [x for x in card.lines if x]
        env = self._envelope([x for x in lines if x[0].row < top], [x for x in lines if x[0].row >= top])
        env.units = self._units(card) or env.units
        env.filled_date = env.filled_date or next((d for text in card.dates if (d := self.reader.clerk.date(text, ()))), None)
        return env

    def _units(self, card: Card) -> list[str]:
        combined = {c.place for e in card.entries if len(e.match.fields) > 1 for c in e.cells}
        plain = self.reader.context(None)
        named = [values.school_and_grade(c.text, plain)[0] if c.place in combined else c.text for c in card.schools]
        return [t for t in (*card.units, *named) if key(t)]

    def _own_sub(self, i: int, part: Part, env: Envelope, sender: Sender) -> tuple[int, SubDraft]:
        """A page of case_file is a submission of its own; other pages of one form and school on a sheet are its rows."""
        for number, sub in enumerate(self.subs):
            same = (sub.form, sub.sender.school) == (part.form, sender.school) and (
                sub.grid == i or (self.document and (not part.titles or {c.text for c in env.titles} == {c.text for c in sub.env.titles})))
            if part.form != PAGE and same and sub.drafts:
                return number, sub
        return self._sub(i, part, part.form, env)

    def _of_pupil(self, attempts: list[Draft], page: Draft) -> list[Draft]:
        return of_pupil(attempts, page, self.world.catalogue.forms[FOLLOW_UP].fields)

    # ---- attempts -----------------------------------------------------------------------------------------------------

    def _attempts(self, i: int, part: Part, card: Card, sub: SubDraft, number: int, sender: Sender) -> list[Draft]:
        """Attempts on the page: as labels and values, and in its lists."""
        context = self._context(sender.school, sub.env, part)
        out = PageReader(self.world.catalogue.forms[FOLLOW_UP], context, self.lexicon).attempts(card)
        reader = AttemptsReader(part.sheet, context, self.lexicon, self.reader.reads_well)
        for header, until in card.tables:
            table = reader.read(header, until)
            out += table.drafts
            self.ledgers[i].furnish(header.cells, "header", number)
            self._furnish(i, table.lines, number)
            self._say_columns(sub, part, table)
        return out

    def _say_columns(self, sub: SubDraft, part: Part, table: AttemptsTable) -> None:
        if table.drafts:
            remarks.of_columns(sub, table.columns, part.sheet, table.lines, self._labels(FOLLOW_UP))

    def _furnish_card(self, i: int, card: Card, env: Envelope, number: int) -> None:
        ledger = self.ledgers[i]
        for cell, kind in (*card.furniture, *env.furniture):
            ledger.furnish([cell], kind, number)
        for line in card.lines:
            ledger.own(line, number)
        for entry in card.entries:
            ledger.own([*entry.label_cells, *entry.cells], number)

    def _unclaimed(self, card: Card, i: int) -> list[tuple[str, str]]:
        """Cells in the places of labels that are none of the form's, with something written beside them."""
        entries = [*card.entries, *(e for attempt in card.attempts for e in attempt)]
        known = {*self.ledgers[i].kinds, *(c.place for e in entries for c in e.cells)}
        out = []
        for line in card.lines:
            for cell, after in pairwise(line):
                unknown = cell.place not in known and after.place not in known
                if unknown and cell.kind not in NOT_WORDS and len(key(cell.text)) <= 12:
                    out.append((cell.place, "".join(cell.text.split())))
        return out

    # ---- the next table of a document ---------------------------------------------------------------------------------

    def _continues(self, i: int, part: Part) -> bool:
        """A table of a document that belongs to the page before it: attempts without names, or more labels of the page."""
        if self.page is None or not self.document:
            return False
        sub, draft = self.page
        number = self.subs.index(sub)
        if part.layout == "list" and part.header is not None:
            return self._more_attempts(i, part, sub, number, draft)
        if i == sub.grid or part.titles:
            return False
        rows = [n for n in part.sheet.numbers if part.first <= n <= part.last]
        fields = page_fields(part.sheet, rows, self.lexicon)[PAGE]
        if "student_name" in fields or not fields:
            return False
        self._more_labels(i, part, sub, number, draft)
        return True

    def _more_labels(self, i: int, part: Part, sub: SubDraft, number: int, draft: Draft) -> None:
        """The page goes on: what it did not say yet is added to its row."""
        card = CardReader(part.sheet, PAGE, self.lexicon, self.world.cycle).read(part.first, part.last)
        form, context = self.world.catalogue.forms[PAGE], self._context(sub.sender.school, sub.env, part)
        draft.fill(PageReader(form, context, self.lexicon).draft(card).values, form.fields)
        if draft not in sub.drafts and sub.form == PAGE:
            sub.drafts.insert(0, draft)
        sub.drafts += self._of_pupil(self._attempts(i, part, card, sub, number, sub.sender), draft)
        env = self.reader.clerk.read([], card.lines)
        self._furnish_card(i, card, env, number)
        sub.env.sign(env)

    def _more_attempts(self, i: int, part: Part, sub: SubDraft, number: int, page: Draft) -> bool:
        """A list of attempts that names nobody, after the page whose they are."""
        header = part.header
        assert header is not None
        named = {m.fields[0] for c in header.columns if (m := self.lexicon.find("follow_up", c.path))}
        if named & set(IDENTITY):
            return False
        foot = self.reader.clerk.read(part.head, part.foot)
        dated = sub.env if sub.env.filled_date or not foot.filled_date else foot           # the day below the list may tell the year of 3月5日
        reader = AttemptsReader(part.sheet, self._context(sub.sender.school, dated, part), self.lexicon, self.reader.reads_well)
        table = reader.read(header, part.last + 1)
        if not table.drafts and not any(x.kind == "filler" for x in table.lines):
            return False
        sub.drafts += self._of_pupil(table.drafts, page)
        env = self.reader.clerk.read(part.head, [x.cells for x in table.lines if x.kind in ("signature", "info")])
        sub.env.sign(env)
        self._date(page, env, PageReader(self.world.catalogue.forms[PAGE], reader.context, self.lexicon))
        self._furnish(i, table.lines, number)
        self.ledgers[i].furnish(header.cells, "header", number)
        for cell, kind in env.furniture:
            self.ledgers[i].furnish([cell], kind, number)
        self.ledgers[i].own(part.sheet.cells, number)
        self._say_columns(sub, part, table)
        return True
