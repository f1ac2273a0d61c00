"""What lists, pages and texts have in common on their way to a submission: ledgers, envelope, judgement, what is no form."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from carelib import values
from carelib.read import remarks
from carelib.read.envelope import DATE, Envelope
from carelib.read.labels import key
from carelib.read.layout import Part
from carelib.read.lines import Line
from carelib.read.rows import Draft
from carelib.read.sender import Names, Sender, dated_month, month_of, sender_of
from carelib.read.sheet import Ledger, Sheet
from carelib.read.standing import place_month, place_school, place_sheet, zero_or_empty
from carelib.read.submission import SubDraft
from carelib.records import Cell
from carelib.values.context import Context
from carelib.world import School

if TYPE_CHECKING:
    from carelib.read.understand import FileReader

TITLE = 30                                      # characters of a line that may be a title
Surveyed = list[tuple[int, Sheet, list[Part]]]  # number of the grid, its sheet, the parts on it
KIND = {k: k for k in ("column_no", "total", "section", "note", "signature", "info", "sample", "filler", "header", "title")}
KIND["zero"] = "note"                           # kind of line -> kind of furniture; data and unknown text are none


class PartReader:
    """Keeps the submissions of a file as they come, and the ledgers of its grids."""

    def __init__(self, reader: FileReader, surveyed: Surveyed, document: bool) -> None:
        self.reader, self.surveyed, self.document = reader, surveyed, document
        self.lexicon, self.world, self.words = reader.lexicon, reader.world, reader.words
        self.subs: list[SubDraft] = []
        self.ledgers = {i: Ledger(sheet.grid) for i, sheet, _ in surveyed}
        self.page: tuple[SubDraft, Draft] | None = None         # the page that a next table may continue
        self.last: Envelope | None = None                       # of a document: what an earlier table's head said
        self.schools: list[School] = []                         # that the parts of the file name by themselves

    def _sub(self, i: int, part: Part, form: str | None, env: Envelope) -> tuple[int, SubDraft]:
        sub = SubDraft(form, env=env, grid=i, sheet=part.sheet.name)
        self.subs.append(sub)
        return len(self.subs) - 1, sub

    def _envelope(self, head: list[list[Cell]], foot: list[list[Cell]]) -> Envelope:
        """Head and foot; in a document an earlier head says what this one leaves open."""
        env = self.reader.clerk.read(head, foot)
        if self.document and self.last is not None and not self._of_another(env, self.last):
            env.inherit(self.last)
            if not env.titles and not env.months:
                env.months = [c.text for c in self.last.titles] + self.last.months
        self.last = env
        return env

    def _of_another(self, env: Envelope, before: Envelope) -> bool:
        """Its title or 填报单位 names another school than the paper before."""
        ours, theirs = (sender_of(e, "", [], Names(), self.reader.register) for e in (env, before))
        sure = ours.by in ("unit", "title", "line") and theirs.by in ("unit", "title", "line")
        return sure and ours.school is not None and theirs.school is not None and ours.school.code != theirs.school.code

    def _context(self, school: School | None, env: Envelope, part: Part) -> Context:
        """In which the words of a part are read: of its school, and of its own month."""
        return replace(self.reader.context(school), month=dated_month(env, part.sheet.name, self.world.cycle))

    def _sender(self, env: Envelope, part: Part) -> Sender:
        return sender_of(env, part.sheet.name, self.schools, self.reader.names, self.reader.register)

    def _judge(self, sub: SubDraft, sender: Sender, part: Part, zero: list[Cell]) -> None:
        """Whether it counts, and what names, titles and rows give to say. `zero`: cells that say that there is nobody, best first."""
        forms, names = self.world.catalogue.forms, self.reader.names
        place_sheet(sub, part.sheet.grid, self.words)
        if not sub.env.filled_date and sub.env.without_year:
            sub.env.filled_date = values.parse(sub.env.without_year, DATE, self._context(None, sub.env, part)).value
        if sub.state == "hidden":
            sub.sender = sender
            sub.months = month_of(sub.env, part.sheet.name, forms.get(sub.form or ""), self.world.cycle)
            return
        place_school(sub, sender, names, self.words)
        place_month(sub, part.sheet.name, names, self.world, self.words)
        zero_or_empty(sub, zero, self.words)
        if part.choice.against and sub.form:
            sub.say("title_differs", found=forms[part.choice.against].title, form_read=forms[sub.form].title)
        if part.choice.by == "title" and not part.titles and names.titles and not self.document:
            sub.say("by_name", what="表名")
            sub.reasons.append(self.words["by_name"].format(what="表名"))
        remarks.of_rows(sub)

    def _labels(self, form: str) -> dict[str, str]:
        return {f.name: f.label for f in self.world.catalogue.forms[form].fields.values()}

    def _furnish(self, i: int, lines: Iterable[Line], number: int) -> None:
        for line in lines:
            if line.kind in KIND:
                self.ledgers[i].furnish(line.cells, KIND[line.kind], number)
            else:
                self.ledgers[i].own(line.cells, number)

    def _unknown(self, i: int, part: Part, env: Envelope) -> None:
        """No form of ours, or one that cannot be told."""
        number, sub = self._sub(i, part, None, env)
        sub.sender = self._sender(env, part)
        for cell, kind in env.furniture:
            if cell not in env.zero:            # a 0 or 无 in what nobody could read says nothing
                self.ledgers[i].furnish([cell], kind, number)
        place_sheet(sub, part.sheet.grid, self.words)
        if sub.state == "hidden":
            return
        others = {p.form for _, _, parts in self.surveyed for p in parts if p.form and p.layout != "text"}
        state, code, reason = self._why(part, env, others)
        sub.stop(state, code, reason)
        if state == "held" or not others:
            sub.say("unknown_form" if state == "held" else "not_a_form", why=reason)
        self.page = None

    def _why(self, part: Part, env: Envelope, others: set[str]) -> tuple[str, str, str]:
        """(state, reason code, reason) of a part whose form is not known. `others`: forms elsewhere in the file."""
        words, sheet = self.words, self.lexicon.words["sheet"]
        top = part.sheet.row(part.sheet.numbers[0]) if part.sheet.numbers else []
        title = "".join("".join(c.text.split()) for c in env.titles or (top if len(top) == 1 and len(top[0].text) <= TITLE else ()))
        foreign = not part.titles and any(w in title for w in sheet["not_titles"])
        letter = part.layout == "text" and title.endswith(tuple(sheet["letters"]))
        if foreign or letter or key(part.sheet.name) in map(key, sheet["not_forms"]):
            return "not_a_form", "not_a_form", words["not_a_form"].format(what=words["not_ours"])
        if part.layout == "text" and {f for _, f in part.titles} & others:
            return "not_a_form", "not_a_form", words["cover"]
        if part.titles:
            named = self.world.catalogue.forms[part.titles[0][1]].title
            return "held", "unknown_form", words["two_forms" if part.choice.against else "no_header"].format(title=named)
        hits = {name for c in part.sheet.cells if len(c.text) <= 24 for name in self.lexicon.hits(c.text).values()}
        people = any(w in title for w in sheet["of_pupils"])
        if title and not people and len(hits - self.lexicon.common - {"person", "phone"}) < 2:
            return "not_a_form", "not_a_form", words["not_a_form"].format(what=words["not_ours"])    # 教师通讯录: names and numbers alone
        if len(hits) >= 3:
            return "held", "unknown_form", words["unknown_form"]
        return "not_a_form", "not_a_form", words["not_a_form"].format(what=words["no_label"])
