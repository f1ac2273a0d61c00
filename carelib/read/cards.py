"""Pages for one pupil (or one school): a label, its value to the right or below, headings with free text, side labels."""
from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, takewhile

from carelib.read import info, itemheads
from carelib.read.anchors import INLINE, NAME, NUMBERED, heads_table, is_text, names_guardian, side_label
from carelib.read.card import ATTEMPT, DATED, SIGNED, Card, Entry
from carelib.read.cardfoot import foot_begins, foot_rows
from carelib.read.columns import COUNTS
from carelib.read.dated import dated_attempts
from carelib.read.headers import Header, find_headers, label_hits
from carelib.read.joined import LIST_SCHOOL, Match
from carelib.read.labels import NTH, is_numbered, key, keys, unnumbered
from carelib.read.lexicon import Lexicon
from carelib.read.paragraphs import text_below
from carelib.read.sheet import Sheet
from carelib.records import Cell

_NTH = re.compile(r"^第?[(（]?\s*([一二三四五六七八九十0-9]{1,3})\s*[)）]?\s*次")

LOOSELY = 3                     # characters of a label before a colon that may be known in looser words
_DAY_BEHIND = re.compile(rf"\s{{2,}}({info.FULL_DATE.pattern})$")


class CardReader:
    """Reads one page of a known form."""

    def __init__(self, sheet: Sheet, form: str, lexicon: Lexicon, cycle: str) -> None:
        self.sheet, self.form, self.lexicon = sheet, form, lexicon
        self.fields = lexicon.catalogue.forms[form].fields
        self.used: set[str] = set()
        self.role: str | None = None
        self.heading = ""
        self.nth = ""
        self.side = ""
        self.items = itemheads.item_heads(sheet, lexicon, cycle)

    def read(self, first: int, last: int) -> Card:
        """The page in the rows first..last."""
        card = Card(first, last)
        inside: set[int] = set()
        for header in find_headers(self._part(first, last), self.lexicon, {"follow_up"} if self.form == "case_file" else ()):
            if self._is_table(header):
                rows = self._rows_of(header, last)
                inside |= rows
                card.tables.append((header, max(rows) + 1))
        foot = foot_rows(self.sheet, first, last, self.lexicon)
        for number in self.sheet.numbers:
            if first <= number <= last and number not in inside:
                self._row(number, card, number in foot)
        return card

    def _part(self, first: int, last: int) -> Sheet:
        cells = tuple(c for c in self.sheet.cells if first <= c.row <= last)
        return Sheet(replace(self.sheet.grid, cells=cells, extras=()))

    def _is_table(self, header: Header) -> bool:
        """A list inside the page: of attempts, or of other people (not read). Labels over their values are none."""
        names = {m.fields[0] for c in header.columns if (m := self.lexicon.find("follow_up", c.path))}
        people = {"guardian_relation", NAME} <= names
        return len(header.columns) >= 3 and (len(names & set(ATTEMPT)) >= 2 or people)

    def _rows_of(self, header: Header, last: int) -> set[int]:
        """The rows of a list inside the page, its header too."""
        out: set[int] = set()
        for number in self.sheet.numbers:
            if header.top <= number <= last:
                if number > header.bottom and self._ends_table(number, header):
                    break
                out.add(number)
        return out

    def _ends_table(self, number: int, header: Header) -> bool:
        """A heading, a label with its place, or a line of the foot."""
        cells = self.sheet.row(number)
        first = cells[0]
        width = header.right - header.left
        if len(cells) == 1 and (first.col_span >= max(2, width * 0.6) or (is_numbered(first.text) and len(first.text) < 30)):
            return True
        if any(self.lexicon.info_kind(c.text) in SIGNED and c.col not in {x.col for x in header.columns if key(x.path[-1]) == key(c.text)}
               for c in cells[1:]):
            return True                         # 班主任 | 林晓舟 | 日期 | 2023.3.20
        if info.has_pairs(first.text, self.lexicon) or self.lexicon.info_kind(first.text) in ("filled_by", "approved_by", "unit") \
                or (len(cells) == 1 and any(match for _, match, _ in self._pairs(first.text))):
            return True
        said = [bool({self.form, "follow_up"} & label_hits(c, self.lexicon).keys()) for c in cells]
        if said[0] and not all(said) and not DATED.match(first.text) and (len(cells) == 2 or (len(cells) >= 4 and said[2] and not said[1])):
            return True                         # 目前状态 | 未返校 | 责任人 | 林晓舟
        known = label_hits(first, self.lexicon).get(self.form)
        return known is not None and first.col <= header.left and not label_hits(first, self.lexicon).get("follow_up")

    # ---- one row ------------------------------------------------------------------------------------------------------

    def _row(self, number: int, card: Card, signs: bool) -> None:
        cells = self.sheet.row(number)
        if itemheads.is_one(cells, self.lexicon):
            card.furniture.extend((c, "header") for c in cells)
            return
        loose: list[Cell] = []
        foot = 0 if signs else foot_begins(cells, self.form, self.lexicon)
        for cell in cells:
            if cell.place in self.used or (cell.col in self.items.others and len(cells) > 1 and number not in self.items.heads):
                continue
            if (cell.col >= foot and not self._dates_form(cell)) or not (self._inline(cell, card) or self._labelled(cell, card)):
                loose.append(cell)
        if loose:
            self._rest(cells, loose, card)

    def _dates_form(self, cell: Cell) -> bool:
        """填表日期 is a field of the page, also where it stands in the foot."""
        if "form_date" not in self.fields:
            return False
        pairs = info.split_pairs(cell.text, self.lexicon)
        found = self.lexicon.find(self.form, (INLINE.split(cell.text)[0],))
        return len(pairs) <= 1 and found is not None and found.fields == ("form_date",)

    def _inline(self, cell: Cell, card: Card) -> bool:
        """`姓名：林晓舟　性别：男` in one cell; an open label takes the next cell."""
        if not INLINE.search(cell.text) or cell.kind in ("number", "date"):
            return False
        if self.lexicon.find(self.form, (unnumbered(cell.text),)) and self.right(cell):
            return False                        # 班主任培训学时：最少 | 8: a label as a whole
        found = self._pairs(cell.text)
        found = [(label, match or names_guardian(self.sheet, label, text, self.fields, self.lexicon), text) for label, match, text in found]
        if not any(match for _, match, _ in found):
            return False
        if found[0][1] is not None and found[0][1].fields == ("remark",) and any(w in cell.text for w in self.lexicon.words["lines"]["note_in"]):
            return False                        # 备注：本表一式两份 tells how to fill in the form
        for i, (label, match, text) in enumerate(found):
            said = info.said(text)
            dated = _DAY_BEHIND.search(said) if said and match and self._asks_who(match) else None
            if dated and said:
                said, card.dates = said[:dated.start()], [*card.dates, dated[1]]
            if match is None:
                if said and any(k in self.lexicon.school_labels for k in keys(label)):
                    card.units.append(said)
                continue
            if said:
                self._take(label, match, [cell], [cell], card, said)
            elif i == len(found) - 1:
                places = self.right(cell)
                self._take(label, match, [cell], places, card)
        self.used.add(cell.place)
        return True

    def _asks_who(self, match: Match) -> bool:
        of = self.fields.get(match.fields[0])
        return of is not None and of.kind == "name"

    def _pairs(self, text: str) -> list[tuple[str, Match | None, str]]:
        """Labels of the form with what follows each, up to the next label of any kind."""
        ends: list[tuple[int, int, str, Match | None]] = []
        before_all = self.role
        for colon in INLINE.finditer(text):
            before = text[:colon.start()].rstrip()
            start = ends[-1][1] if ends else 0
            label, match = self._label_before(before[start:])
            if label:
                ends.append((start + before[start:].rindex(label), colon.end(), label, match))
                self.role = self._role_after(match) if match else self.role
        self.role = before_all
        return [(label, match, text[end:(ends[i + 1][0] if i + 1 < len(ends) else len(text))].strip())
                for i, (_, end, label, match) in enumerate(ends)]

    def _label_before(self, before: str) -> tuple[str, Match | None]:
        for length in range(min(20, len(before)), 1, -1):
            tail = before[-length:]
            if not info.LABEL_LIKE.fullmatch(tail) or re.search(r"\s{2,}", tail):
                continue
            match = self._match(unnumbered(tail))
            if match:
                last = tail.split()[-1]                     # （父亲）　联系电话
                return (last, match) if last != tail and self._match(last) == match else (tail, match)
        tail = re.split(r"[\s　，。；;]", before)[-1]
        if not 1 < len(tail) <= 16:
            return "", None
        return tail, self.lexicon.find_loosely(self.form, (unnumbered(tail),)) if len(tail) >= LOOSELY else None

    def _labelled(self, cell: Cell, card: Card) -> bool:
        """A label with its value in the next cell to the right, or in the cell below."""
        if cell.kind in ("number", "date") or len(cell.text) > 40:
            return False
        text = unnumbered(cell.text)
        kind = self.lexicon.info_kind(text)
        match = self._match(text, cell)
        if match is None and cell.col not in self.items.units and any(k in self.lexicon.school_labels for k in keys(text)):
            return self._school(cell, card)
        if self.form == "case_file" and dated_attempts(self, text, cell, card):
            return True
        match = match or self._loosely(text, cell) or self._level(text, cell)
        if match is None or (kind in ("filled_by", "approved_by") and not self._is_value_place(cell)):
            return False
        if self._is_side_label(cell) or (key(text) in self.lexicon.headings and match.fields[0] not in self.fields):
            return False
        cells = self.right(cell) or self._below(cell)
        if match.fields == (COUNTS,) and match.split != "level":
            cells = self._all_right(cell, cells)
        self._take(cell.text, match, [cell], cells, card)
        return True

    def _match(self, text: str, cell: Cell | None = None) -> Match | None:
        """The field that a label means here: by its side label or heading, by the person named before it, by itself."""
        if self.form == "case_file":
            nth = _NTH.match(text)
            if nth and nth.end() < len(text):
                inner = self.lexicon.find("follow_up", (text[nth.end():],))
                if inner and inner.fields[0] in ATTEMPT:
                    self.nth = nth[1]
                    return inner
        group = self.side = side_label(self.sheet, cell) if cell is not None else ""
        for over in (group, self.heading):
            if over:
                found = self.lexicon.find(self.form, (over, text))
                if found and found.fields != (self.lexicon.hits(text).get(self.form),):
                    return found
        if any(k in self.lexicon.phones for k in keys(text)):
            role = next((r for r in self.lexicon.words["role"] if r["name"] == self.role and r["phone"] in self.fields), None)
            if role:
                return Match((role["phone"],), 0.6)
        if self.lexicon.is_others(text, group):
            return None
        return self.lexicon.find(self.form, (text,)) or self._of_attempt(text)

    def _loosely(self, text: str, cell: Cell) -> Match | None:
        """A label without the words that change nothing (是否设有心理咨询室), if something is written to its right."""
        return self.lexicon.find_loosely(self.form, (text,)) if self.right(cell) else None

    def _level(self, text: str, cell: Cell) -> Match | None:
        """红色预警 | 2人: one of the numbers of pupils by level."""
        known = COUNTS in self.fields and self.lexicon.level.match(key(text)) and self.right(cell)
        return Match((COUNTS,), 0.5, "level") if known else None

    def _of_attempt(self, text: str) -> Match | None:
        """On a page 劝返时间, 劝返方式 … are an attempt's; under 第一次劝返 in looser words."""
        if self.form != "case_file":
            return None
        find = self.lexicon.find_loosely if NTH.match(self.heading) or NTH.match(self.side) else self.lexicon.find
        found = find("follow_up", (text,))
        return found if found and found.fields[0] in ATTEMPT else None

    def _is_side_label(self, cell: Cell) -> bool:
        right = self.sheet.at.get((cell.row, cell.col + cell.col_span))
        if NUMBERED.match(cell.text) and right is not None and (cell.row, right.col + right.col_span) in self.sheet.at:
            return self._match(unnumbered(right.text), right) is not None           # 三、班主任 | 人数 | 54
        return cell.row_span > 1 and right is not None and right.row_span < cell.row_span and self._match(unnumbered(right.text)) is not None

    def _is_value_place(self, cell: Cell) -> bool:
        return self.lexicon.hits(cell.text).get(self.form) is not None

    def right(self, cell: Cell) -> list[Cell]:
        """What stands right of a label, over all its rows, unless it is a label."""
        found: dict[str, Cell] = {}
        for row in range(cell.row, cell.row + cell.row_span):
            after = cell.col + cell.col_span
            while after in self.items.units or after in self.items.others:
                after += 1
            right = self.sheet.at.get((row, after))
            if right is None or right.place in self.used or right.col < after:
                continue
            if self._is_label(right, cell):
                return []
            found[right.place] = right
        return list(found.values())

    def _all_right(self, cell: Cell, cells: list[Cell]) -> list[Cell]:
        """各等级人数 | 红色：2人 | 橙色：11人: all that stands right of the label."""
        beyond = [c for c in self.sheet.row(cell.row) if cells and c.col > cells[-1].col]
        return [*cells, *takewhile(lambda c: self.lexicon.level.match(key(re.split("[：:]", c.text)[0])), beyond)]

    def _is_label(self, cell: Cell, before: Cell) -> bool:
        """A label, and not a word that answers the label before it (方式 | 电话, 诊断依据 | 病历)."""
        if cell.kind in ("number", "date") or len(cell.text) > 40:
            return False
        if INLINE.search(cell.text) and any(m for _, m, _ in self._pairs(cell.text)):
            return True
        said = self.lexicon.find(self.form, (unnumbered(cell.text),))
        if said is None and self._of_attempt(cell.text) is None \
                and not any(k in self.lexicon.school_labels for k in keys(cell.text)):
            return False
        asked = self.lexicon.find(self.form, (unnumbered(before.text),)) or self._of_attempt(before.text)
        fields = {**self.lexicon.catalogue.forms["follow_up"].fields, **self.fields}
        of = fields.get(asked.fields[0]) if asked else None
        if of is None:
            return True
        word = any(k in self.lexicon.list_words[of.list] for k in keys(cell.text)) if of.list else said is not None and asked is not None \
            and said.fields == asked.fields
        beyond = self.sheet.at.get((cell.row, cell.col + cell.col_span))
        return not (word and (beyond is None or bool(label_hits(beyond, self.lexicon))))

    def _below(self, cell: Cell) -> list[Cell]:
        """What stands below a label that has a label to its right, or a heading across the page."""
        below = self.sheet.at.get((cell.row + cell.row_span, cell.col))
        if below is None or below.place in self.used or below.row < cell.row + cell.row_span or self._is_label(below, cell):
            return []
        alone = self.sheet.row(cell.row) == [cell]
        wide = cell.col_span >= 3 or (alone and (is_numbered(cell.text) or is_text(self.sheet, below, self.lexicon)))
        right = self.sheet.at.get((cell.row, cell.col + cell.col_span))
        if self.lexicon.info_kind(below.text) in ("filled_by", "approved_by", "filled_date", "unit", "month"):
            return []
        over = right is not None or self._is_row_of_labels(cell)
        if not (wide or over) or info.has_pairs(below.text, self.lexicon):
            return []
        if wide:
            return self._text_below(cell)
        return [below] if below.col == cell.col else []

    def _is_row_of_labels(self, cell: Cell) -> bool:
        """Labels side by side without a place between them."""
        cells = self.sheet.row(cell.row)
        together = all(a.col + a.col_span == b.col for a, b in pairwise(cells))
        return len(cells) > 1 and together and all(self.lexicon.find(self.form, (unnumbered(c.text),)) for c in cells)

    def _text_below(self, heading: Cell) -> list[Cell]:
        """The free text under a heading, up to the next label or heading."""
        return text_below(self.sheet, heading, lambda cell: bool(
            (is_numbered(cell.text) and self._match(unnumbered(cell.text))) or self._is_label(cell, heading)
            or info.has_pairs(cell.text, self.lexicon) or key(unnumbered(cell.text)) in self.lexicon.headings or self._heads_list(cell)
            or heads_table(self.sheet, cell, self.lexicon)))

    def _heads_list(self, cell: Cell) -> bool:
        """送教记录: a few words right above the labels of a list."""
        below = self.sheet.row(cell.row + cell.row_span)
        return len(cell.text) <= 10 and cell.text[-1:] not in "。；！？" and len(below) >= 3 and sum(bool(label_hits(c, self.lexicon)) for c in below) * 2 > len(below)

    def _take(self, label: str, match: Match, labels: list[Cell], cells: list[Cell], card: Card, text: str | None = None) -> None:
        name = match.fields[0]
        self.role = self._role_after(match)
        self.used.update(c.place for c in (*labels, *cells))
        if name == "form_date" and not any(e.match.fields[0] == NAME for e in card.entries):
            match = Match(match.fields, match.rank + 5)     # the head's 填报日期, unless the page has a date of its own
        entry = Entry("".join(unnumbered(label).split()).strip("：:"), match, labels, cells, text)
        attempt = name in ATTEMPT and name not in self.fields
        if attempt:
            self._attempt(entry, card)
        else:
            self._enter(entry, card)
        card.furniture.extend((c, "label") for c in labels)
        if LIST_SCHOOL in match.fields:
            card.schools.extend(cells)

    def _role_after(self, match: Match) -> str | None:
        """Whose a telephone is that comes next: of the person named last, whose relation may stand between."""
        name = match.fields[0]
        return name if name in ("guardian_name", "owner_name", "person") else self.role if name.endswith(("relation", "phone")) else None

    def _enter(self, entry: Entry, card: Card) -> None:
        """Of two entries of one field the one with the surer label stays, else the first; the other is left over."""
        old = next((e for e in card.entries if e.match.fields == entry.match.fields and entry.match.split != "level"), None)
        loser = entry if old is not None and old.match.rank <= entry.match.rank and (old.cells or not entry.cells) else old
        if old is None or loser is old:
            card.entries.append(entry)
        if loser is not None:
            card.entries = [e for e in card.entries if e is not loser]
            if loser.match.fields == ("form_date",):
                card.furniture.extend((c, "info") for c in loser.cells)
            elif loser is entry:
                self.used.difference_update(c.place for c in loser.cells)

    def _attempt(self, entry: Entry, card: Card) -> None:
        """A field that the running attempt has already begins the next attempt."""
        now = card.attempts[-1] if card.attempts else None
        if now is None or any(e.match.fields == entry.match.fields for e in now):
            card.attempts.append([])
        card.attempts[-1].append(entry)

    def _school(self, cell: Cell, card: Card) -> bool:
        cells = self.right(cell)
        self.used.update(c.place for c in (cell, *cells))
        card.furniture.append((cell, "label"))
        card.furniture.extend((c, "info") for c in cells)
        card.schools.extend(cells)
        return True

    def _rest(self, cells: list[Cell], loose: list[Cell], card: Card) -> None:
        """What is neither label nor value: headings, side labels, lines of information, heads of two-column lists."""
        for cell in loose:
            said = key(unnumbered(cell.text))
            numbered = is_numbered(cell.text) or NTH.match(cell.text) is not None
            is_heading = said in self.lexicon.headings or (numbered and len(cells) == 1 and len(said) <= 14)
            if is_heading:
                self.heading = "".join(unnumbered(cell.text).split())
                card.furniture.append((cell, "section"))
            elif self._is_side_label(cell) or (cell.row_span > 1 and said in self.lexicon.headings) or (cell.col in self.items.units and not INLINE.search(cell.text)):
                card.furniture.append((cell, "label"))
            elif re.fullmatch(r"[0-9]{1,2}", said) and any(c.place in self.used for c in cells if c.col > cell.col):
                card.furniture.append((cell, "filler"))
        rest = [c for c in loose if c.place not in {f.place for f, _ in card.furniture}]
        if rest:
            card.lines.append([c for c in cells if c.place not in self.used and c.place not in {f.place for f, _ in card.furniture}])
