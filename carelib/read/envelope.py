"""The envelope of a form: who sends it, for which month, who filled it in and who signed, from its head and foot."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from carelib import values
from carelib.catalogue import Field
from carelib.read import info
from carelib.read.identify import Register, months_in
from carelib.read.labels import is_numbered, key
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import NOT_WORDS
from carelib.records import Cell
from carelib.values.context import Context

SIGNED = ("filled_by", "approved", "filled_date")
BESIDE_DAY = ("unit", "filled_by", "approved_by", "phone")      # behind whom, without a label, the day of filing may stand
DATE = Field("filled_date", "填报日期", "date")
_PARTED = re.compile(rf"\s{{2,}}|[★☆※◆●■]|(?=(?:19|20)[0-9]{{2}}\s*[年.\-/]|{info.CHINESE_YEAR})")
_SENTENCE = re.compile(r"[，；。！？](?=.)")
_YEAR_MONTH = re.compile(r"20[0-9]{2}[.\-/](0?[1-9]|1[0-2])")
_MONTH_ONLY = re.compile(r"^[(（\[]?\s*((19|20)?[0-9〇○零一二三四五六七八九]{2,4}\s*年)?\s*(1[0-2]|0?[1-9]|[一二三四五六七八九十]{1,2})\s*月份?\s*[)）\]]?$")


def _who(said: str) -> str:
    """林晓舟（心理教师） -> 林晓舟: a post behind the name is no part of it."""
    return re.sub(r"[(（\[【][^)）\]】]*[)）\]】]?$", "", said).strip() or said


@dataclass(slots=True)
class Envelope:
    """What head and foot say; `furniture`: (cell, kind) of all that was understood."""
    titles: list[Cell] = field(default_factory=list)
    units: list[str] = field(default_factory=list)          # after 填报单位, 学校
    unit_cells: list[Cell] = field(default_factory=list)
    named: list[str] = field(default_factory=list)          # lines that are just the name of a school
    dated: list[Cell] = field(default_factory=list)         # of the line being read: dates without a label
    months: list[str] = field(default_factory=list)         # after 报送月份, or a line that is just a month
    terms: list[str] = field(default_factory=list)
    filled_by: str | None = None
    approved: list[tuple[str, str]] = field(default_factory=list)
    filled_date: str | None = None
    dated_by: tuple[str, str, tuple[Cell, ...]] | None = None       # label, words and cells that say filled_date
    without_year: str = ""                                  # 填报日期：3月22日, which the paper's month may complete
    lent: set[str] = field(default_factory=set)             # of SIGNED what an earlier part of the paper said
    zero: list[Cell] = field(default_factory=list)          # what says that there is nobody to list
    texts: list[str] = field(default_factory=list)          # every line of head and foot
    furniture: list[tuple[Cell, str]] = field(default_factory=list)

    @property
    def approved_by(self) -> str | None:
        """The head of the school before who only checked."""
        return next((name for label, name in self.approved if "审" not in label and "核" not in label),
                    self.approved[0][1] if self.approved else None)

    @property
    def is_signed(self) -> bool:
        return bool((self.filled_by or self.approved) and self.filled_date)

    def sign(self, other: Envelope) -> None:
        """Signatures that stand elsewhere, where this one has none, or none of its own."""
        if other is self:
            return
        for name in SIGNED:
            if (not getattr(self, name) or name in self.lent) and getattr(other, name):
                setattr(self, name, getattr(other, name))
                self.lent.discard(name)

    def inherit(self, other: Envelope) -> None:
        """What another part of the same paper says, where this one says nothing."""
        self.units = self.units or other.units
        self.named = self.named or other.named
        missing = {name for name in SIGNED if not getattr(self, name)}
        self.sign(other)
        self.lent |= missing


class Clerk:
    """Reads heads and feet."""

    def __init__(self, lexicon: Lexicon, register: Register, context: Context) -> None:
        self.lexicon, self.register, self.context = lexicon, register, context
        self._notes = False                                  # the line before was a note

    def read(self, head: Iterable[list[Cell]], foot: Iterable[list[Cell]]) -> Envelope:
        """`head`, `foot`: lines of cells above and below the table."""
        out = Envelope()
        self._notes = False
        for line in head:
            self._line(line, out, "info", above=True)
        for line in foot:
            self._line(line, out, "signature", above=False)
        return out

    def _line(self, cells: list[Cell], out: Envelope, kind: str, above: bool) -> None:
        out.texts.extend(c.text for c in cells)
        pairs = [p for p in info.read_pairs(cells, self.lexicon) if p.kind]
        used = {c.place for p in pairs for c in p.cells}
        for pair in pairs:
            self._pair(pair.label, pair.kind or "", pair.text, pair.cells, out)
            out.furniture.extend((c, kind) for c in pair.cells)
        for cell in cells:
            if cell.place not in used:
                self._loose(cell, out, kind, above)
            elif self.lexicon.is_zero_text(cell.text) and self.lexicon.title_forms(cell.text):
                out.zero.append(cell)                           # 应在校不在校就读学生情况：无。填报单位：…
        known = used | {c.place for c, _ in out.furniture} | {c.place for c in out.dated}
        for cell in out.dated:
            if all(c.place in known for c in cells if c.col > cell.col):        # before words that nobody knows: a row's date
                out.filled_date = out.filled_date or self.date(info.bare_date(cell.text) or "", ())
                out.furniture.append((cell, kind))
        out.dated.clear()

    def _pair(self, label: str, kind: str, text: str, cells: tuple[Cell, ...], out: Envelope) -> None:
        said = info.said(text)
        if said is None:
            return
        if kind in BESIDE_DAY:
            said, day = info.short_day(said)
            out.filled_date = out.filled_date or (self.date(day, ()) if day else None)
            out.without_year = out.without_year or day
        parts = [p for p in (info.said(p) for p in _PARTED.split(said)) if p]
        if kind in (*BESIDE_DAY, "unit_code"):      # a month or date may stand behind a name
            out.months += [p for p in parts if _MONTH_ONLY.match("".join(p.split()))]
            parts = [p for p in parts if not (_MONTH_ONLY.match("".join(p.split())) or info.bare_date(p))]
        if kind in ("unit", "unit_code") and parts:
            out.units.append(parts[0])
            out.unit_cells.extend(cells)
        elif kind == "month":
            out.months.append(said)
        elif kind == "term":
            out.terms.append(said)
        elif kind == "filled_by" and parts and not out.filled_by:
            out.filled_by = _who(parts[0])
        elif kind == "approved_by" and parts:
            out.approved.append((label, _who(parts[0])))
        elif kind == "filled_date" and not out.filled_date:
            out.filled_date = self.date(said, cells)
            out.dated_by = (label, said, cells) if out.filled_date else None
            out.without_year = "" if out.filled_date else said
        if kind in BESIDE_DAY and not out.filled_date:
            found = info.bare_date(said)
            out.filled_date = self.date(found, ()) if found else None

    def _loose(self, cell: Cell, out: Envelope, kind: str, above: bool) -> None:
        """A cell without a label: title, month, date, name of the school, place for the seal."""
        text = cell.text.strip()
        flat = "".join(text.split())
        bare = flat.strip("()（）[]【】〔〕")
        if above and self.is_title(cell):
            out.titles.append(cell)
            out.furniture.append((cell, "title"))
        elif (_MONTH_ONLY.match(bare) or (above and _YEAR_MONTH.fullmatch(bare))) and months_in(bare, self.context.cycle):
            out.months.append(bare)
            out.furniture.append((cell, "info"))
        elif info.is_seal(text) or key(text) in self.lexicon.signature:
            out.furniture.append((cell, kind))
        elif info.bare_date(text) and self._is_of_paper(info.FULL_DATE.sub("", text), flat):
            out.dated.append(cell)
            if above and self._names_school(info.FULL_DATE.sub("", text)):     # 示例区云溪初级中学（盖章）　2023年3月13日
                out.named.append(info.FULL_DATE.sub("", text))
        elif self.lexicon.is_zero_text(text):
            out.zero.append(cell)
            out.furniture.append((cell, "note"))
            if self.register.find(text).school:
                out.named.append(text)
        elif self._names_school(text):
            out.named.append(text)
            out.furniture.append((cell, kind))
        elif any(text.startswith(w) for w in self.lexicon.note_start) or (self._notes and is_numbered(text)):
            self._notes = True
            out.furniture.append((cell, "note"))

    def _is_of_paper(self, beside: str, flat: str) -> bool:
        """Whether the words beside a date let it be the paper's: they are few and no label of something else (出生日期), or a school."""
        return (len(flat) <= 24 and not any(self.lexicon.hits(word.strip("：:")) for word in beside.split())) or self._names_school(beside)

    def _names_school(self, text: str) -> bool:
        """A line that is just the name of a school."""
        flat = "".join(text.split())
        return len(flat) <= 40 and not _SENTENCE.search(flat) and self.register.find(text).school is not None

    def is_title(self, cell: Cell) -> bool:
        """附件1, a line that names a form, or a line that ends like a title."""
        text = cell.text.strip()
        flat = "".join(text.split())
        words = self.lexicon.words
        bare = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]$", "", flat)
        if len(flat) > 60 or (self.lexicon.is_zero_text(text) and not bare.endswith(tuple(words["sheet"]["title_ends"]))):
            return False
        if any(flat.startswith(w) for w in words["lines"]["appendix"]) and len(flat) <= 8:
            return True
        if any(flat.startswith(w) for w in self.lexicon.note_start):
            return False
        if self.lexicon.title_forms(flat) and not any(p in flat for p in "。；"):
            return True
        return len(bare) >= 4 and bare.endswith(tuple(words["sheet"]["title_ends"])) and cell.kind not in NOT_WORDS

    def date(self, text: str, cells: tuple[Cell, ...]) -> str | None:
        """A date of head or foot in normal form; scattered parts are put together, a stored date is taken as shown."""
        stored = next((c for c in cells if c.kind == "date"), None)
        if stored is not None:
            return values.parse(stored.text, DATE, self.context, stored).value
        return values.parse("".join(text.split()), DATE, self.context).value
