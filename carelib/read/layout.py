"""What stands on a sheet: lists under each other or side by side, pages for one pupil, or only text."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from carelib.read import anchors, forms, info, stacked, turned
from carelib.read.columns import map_columns
from carelib.read.duties import Duty, duties_in
from carelib.read.forms import Choice, Titles
from carelib.read.headers import Column, Header, continues, fields_of, find_headers
from carelib.read.labels import key, unnumbered
from carelib.read.lexicon import Lexicon
from carelib.read.lines import ORDINAL, SIGNING, Line, Lines
from carelib.read.nth import CARRIED, FOLLOW_UP, Attempt, attempts_in, map_attempts
from carelib.read.sheet import Sheet
from carelib.records import Cell

ReadsWell = Callable[[Sheet, list[int], object, str], bool]

ALIKE = 0.7                     # share of a page's labels that the page before has as well
OWN = 3                         # fields of a form about pupils, not of all of them, by which a list under any title is that form


@dataclass(slots=True)
class Part:
    """One form on a sheet, before anything is read as a value."""
    sheet: Sheet
    layout: str                                 # list | card | text
    choice: Choice
    head: list[list[Cell]] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    header: Header | None = None
    samples: list[Cell] = field(default_factory=list)   # pages beside it that show how to fill in the form
    lines: list[Line] = field(default_factory=list)
    first: int = 0
    last: int = 0
    titles: list[tuple[int, str]] = field(default_factory=list)
    beside: list[Attempt | Duty] = field(default_factory=list)   # 第一次劝返, 第二次劝返 … or persons of several duties in each row

    @property
    def form(self) -> str | None:
        return self.choice.form


class Surveyor:
    """Divides a sheet into its parts."""

    def __init__(self, lexicon: Lexicon, levels: Mapping[str, int], reads_well: Callable[..., bool],
                 is_title: Callable[[Cell], bool], is_school: Callable[[str], bool], is_grade: Callable[[str], bool]) -> None:
        self.lexicon, self.levels, self.reads_well = lexicon, levels, reads_well
        self.is_title, self.is_school, self.is_grade = is_title, is_school, is_grade
        self.headers: list[Header] = []                         # of the sheet at hand
        self.before: tuple[set[str], Choice] | None = None      # labels of the page before in the file, and its form

    def parts(self, sheet: Sheet, inherited: list[tuple[int, str]]) -> list[Part]:
        """The forms on the sheet in reading order; `inherited`: forms that earlier titles of the same paper name."""
        if not sheet.cells:
            return []
        for n in stacked.second_titles(sheet, self.lexicon, self.is_title):
            upper, lower = sheet.part(lambda c, n=n: c.row < n), sheet.part(lambda c, n=n: c.row >= n)     # type: ignore[misc]
            if self._is_school_page(upper) or self._is_school_page(lower):
                return self.parts(upper, inherited) + self.parts(lower, [])
        labels = turned.rows_of(sheet, self.lexicon, self.is_title, self.is_grade)
        if labels:
            sheet = sheet.turned(labels[0], labels[-1])
        headers = self.headers = find_headers(sheet, self.lexicon)
        in_header = {n for h in headers for n in range(h.top, h.bottom + 1)}
        pages = [n for n in anchors.anchors(sheet, self.lexicon) if n not in in_header]
        if pages and headers and headers[0].bottom < pages[0] and all(self._is_section(sheet, n, headers) for n in pages):
            pages = []
        if pages:
            return self._beside(sheet, pages, inherited)
        own = self._titles([sheet.row(n) for n in sheet.numbers if len(sheet.row(n)) <= 3])
        titles = own or inherited
        over = self._labels_over_values(sheet, headers, titles)
        if over:
            return self._pages(sheet, [headers[0].top], inherited, over)
        page = self._school_page(sheet, headers, own, titles)
        if page:
            return self._again(page)
        lists = self._lists(sheet, headers, inherited)
        if lists:
            return lists
        lines = [sheet.row(n) for n in sheet.numbers]
        return [Part(sheet, "text", Choice(titles[0][1], "title") if titles else Choice(None), head=lines, titles=own,
                     last=sheet.numbers[-1])]

    def _is_section(self, sheet: Sheet, number: int, headers: list[Header]) -> bool:
        """A line that says whose attempts stand below it, in a list that has no column for the name."""
        above = next((h for h in reversed(headers) if h.bottom < number), None)
        return len(sheet.row(number)) == 1 and above is not None and self._are_attempts(above)

    def _titles(self, lines: list[list[Cell]]) -> list[tuple[int, str]]:
        return forms.of_titles((c.text for line in lines for c in line if self.is_title(c)), self.lexicon)

    # ---- pages --------------------------------------------------------------------------------------------------------

    def _beside(self, sheet: Sheet, pages: list[int], inherited: list[tuple[int, str]]) -> list[Part]:
        """Pages, also such as stand side by side: the second half of the sheet has the labels of the first."""
        cut = self._second_half(sheet, pages)
        if not cut:
            return self._pages(sheet, pages, inherited)
        inside = [n for n in sheet.numbers if n >= pages[0] and any(c.col >= cut for c in sheet.row(n))]
        whole = [n for n in sheet.numbers if n < inside[0] or n > inside[-1]]
        left = sheet.part(lambda c: c.row in whole or c.col < cut)
        right = sheet.part(lambda c: c.row not in whole and c.col >= cut)
        out = self._pages(left, pages, inherited)
        return out + self._pages(right, [n for n in pages if right.row(n)], out[0].titles or inherited)

    def _second_half(self, sheet: Sheet, pages: list[int]) -> int:
        """The column at which the labels of the pages begin again; 0 if they do not."""
        first = sheet.row(pages[0])
        for cell in first[1:]:
            if key(cell.text) != key(first[0].text) or not self.lexicon.hits(cell.text):
                continue
            shift = cell.col - first[0].col
            ours = {(c.row, c.col): key(c.text) for c in sheet.cells if c.col < cell.col and self.lexicon.hits(c.text)}
            again = sum((other := sheet.at.get((row, col + shift))) is not None and key(other.text) == said for (row, col), said in ours.items())
            if again >= 3 and again >= ALIKE * len(ours):
                return cell.col
        return 0

    def _pages(self, sheet: Sheet, pages: list[int], inherited: list[tuple[int, str]], over: list[Header] | None = None) -> list[Part]:
        """`over`: the rows of labels of a page whose labels stand over their values."""
        shown = [n for n in pages if self._is_sample(sheet, n)]
        if shown and len(shown) < len(pages):
            return self._without_samples(sheet, pages, shown, inherited)
        starts = [self._start_of_page(sheet, page, 0 if i == 0 else pages[i - 1] + 1) for i, page in enumerate(pages)]
        starts[0] = sheet.numbers[0]
        out: list[Part] = []
        titles = inherited
        for i, start in enumerate(starts):
            last = starts[i + 1] - 1 if i + 1 < len(starts) else sheet.numbers[-1]
            head = [sheet.row(n) for n in sheet.numbers if start <= n < pages[i]]
            own = self._titles(head)
            titles = own or titles
            rows = [n for n in sheet.numbers if start <= n <= last]
            fields = anchors.page_fields(sheet, rows, self.lexicon)
            for header in over or ():
                for code, names in fields_of(header.columns, self.lexicon).items():
                    fields[code] |= names
            inside = (fields_of(h.columns, self.lexicon)[FOLLOW_UP] for h in self.headers if h not in (over or ()) and start <= h.top <= last)
            fields[FOLLOW_UP] |= {f for found in inside for f in found if len(found - self.lexicon.common) >= 2}
            choice = None if own else self._as_before(fields["case_file"])
            choice = choice or forms.choose(fields, {}, own, titles, "card", self.lexicon)
            self.before = fields["case_file"], choice
            out.append(Part(sheet, "card", choice, first=start, last=last, titles=own))
        return out

    def _is_sample(self, sheet: Sheet, anchor: int) -> bool:
        """Whether 【样例】 stands right above a page."""
        above = sheet.row(max((n for n in sheet.numbers if n < anchor), default=-1))
        words = self.lexicon.words["lines"]["sample_start"]
        return len(above) == 1 and key(above[0].text) in set(map(key, words))

    def _without_samples(self, sheet: Sheet, pages: list[int], shown: list[int], inherited: list[tuple[int, str]]) -> list[Part]:
        """Pages that show how to fill in the form are none."""
        gone: set[int] = set()
        for page in shown:
            until = next((self._start_of_page(sheet, n, page + 1) for n in pages if n > page), sheet.numbers[-1] + 1)
            mine = [n for n in sheet.numbers if max(x for x in sheet.numbers if x < page) <= n < until]
            gone |= set(mine[:-1] if len(sheet.row(mine[-1])) == 1 else mine)              # 【学生1】 heads the next page
        out = self._pages(sheet.part(lambda c: c.row not in gone), [n for n in pages if n not in gone], inherited)
        out[0].samples = [c for n in sorted(gone) for c in sheet.row(n)]
        return out

    def _as_before(self, labels: set[str]) -> Choice | None:
        """The form of the page before, if this one has the same labels and no title of its own."""
        if self.before is None or len(labels & self.before[0]) < ALIKE * max(len(labels), 1):
            return None
        return self.before[1]

    def _start_of_page(self, sheet: Sheet, anchor: int, floor: int) -> int:
        """The title or heading right above the row of the name."""
        start, titled = anchor, False
        for number in reversed([n for n in sheet.numbers if floor <= n < anchor]):
            cells = sheet.row(number)
            title = len(cells) == 1 and self.is_title(cells[0])
            kinds = {self.lexicon.info_kind(c.text.split("：")[0].split(":")[0]) for c in cells}
            if not (title or (len(cells) == 1 and self._is_heading(cells[0])) or kinds & {"unit", "month"}
                    or (not titled and kinds & {"filled_date", "term"})):
                break
            start, titled = number, titled or title
        return start

    def _is_heading(self, cell: Cell) -> bool:
        return key(unnumbered(cell.text)) in self.lexicon.headings

    def _school_page(self, sheet: Sheet, headers: list[Header], own: Titles, titles: Titles) -> Part | None:
        """A page of labels and numbers about the whole school (F6, the safety report, F9 on a page)."""
        by_grade = [h for h in headers if titles and "grade" in fields_of(h.columns, self.lexicon)[titles[0][1]]]      # a list, whatever its head tells
        rows = [n for n in sheet.numbers if not any(h.bottom < n and continues(sheet, n, h, self.lexicon) for h in headers)
                and not any(h.top <= n <= h.bottom for h in by_grade)]
        fields = {code: found - self.lexicon.common if not self.lexicon.catalogue.forms[code].about_pupils else set()
                  for code, found in anchors.page_fields(sheet, rows, self.lexicon, titles[0][1] if titles else None).items()}
        best = max(fields, key=lambda code: (len(fields[code]), code))
        named = {code for _, code in titles[:1]}
        in_lists = max((len(f) for h in headers for f in fields_of(h.columns, self.lexicon, named).values()), default=0)
        about = self.lexicon.catalogue.forms[titles[0][1]].about_pupils if titles else False
        if len(fields[best]) < (2 if own and own[0][1] == best else 3) or in_lists >= len(fields[best]) or (about and headers):
            return None
        choice = forms.choose(fields, {}, own, titles, "card", self.lexicon)
        first, last = sheet.numbers[0], sheet.numbers[-1]
        return Part(sheet, "card", choice, first=first, last=last, titles=own) if choice.form else None

    def _is_school_page(self, sheet: Sheet) -> bool:
        own = self._titles([sheet.row(n) for n in sheet.numbers if len(sheet.row(n)) <= 3])
        return self._school_page(sheet, find_headers(sheet, self.lexicon), own, own) is not None

    def _again(self, page: Part) -> list[Part]:
        """The page, or several if its first label comes again: one a grade."""
        rows = [n for n in page.sheet.numbers if self.lexicon.hits(page.sheet.row(n)[0].text).get(page.form or "")]
        first = page.sheet.row(rows[0])[0] if rows else None
        starts = [n for n in rows if first and key(page.sheet.row(n)[0].text) == key(first.text) and page.sheet.row(n)[0].col == first.col]
        if len(starts) < 2 or "grade" not in self.lexicon.hits(first.text).values():     # type: ignore[union-attr]
            return [page]
        starts[0] = page.first
        ends = [*(n - 1 for n in starts[1:]), page.last]
        return [replace(page, first=a, last=b, titles=page.titles if a == page.first else []) for a, b in zip(starts, ends)]

    def _labels_over_values(self, sheet: Sheet, headers: list[Header], titles: Titles) -> list[Header]:
        """The rows of labels of a page whose labels stand over their values: several of them, one row of values under each, one
        name; the last may be a list of attempts if the title names a page or attempts."""
        if len(headers) < 2:
            return []
        seen: set[str] = set()
        for i, header in enumerate(headers):
            names = {m.fields[0] for c in header.columns if (m := self.lexicon.find("case_file", c.path))}
            until = headers[i + 1].top if i + 1 < len(headers) else 1 << 30
            rows = [n for n in sheet.numbers if header.bottom < n < until]
            if i and i + 1 == len(headers) and {code for _, code in titles} & {"case_file", FOLLOW_UP} and self._are_attempts(header):
                return headers[:i]
            if ("student_name" in names) != (i == 0) or "seq" in names or names & seen or not names:
                return []
            if i + 1 < len(headers) and sum(len(sheet.row(n)) > 1 for n in rows) != 1:
                return []
            seen |= names
        return headers

    def _are_attempts(self, header: Header) -> bool:
        said = fields_of(header.columns, self.lexicon)[FOLLOW_UP]
        return len(said - self.lexicon.common) >= 2 and not said & forms.IDENTITY

    # ---- lists --------------------------------------------------------------------------------------------------------

    def _lists(self, sheet: Sheet, headers: list[Header], inherited: list[tuple[int, str]]) -> list[Part]:
        out: list[Part] = []
        headers = self._without_repeats(sheet, headers)
        rows = sorted({h.top for h in headers})
        floor, titles = sheet.numbers[0], inherited
        for i, top in enumerate(rows):
            beside = [h for h in headers if h.top == top]
            until = rows[i + 1] if i + 1 < len(rows) else sheet.numbers[-1] + 1
            head = [sheet.row(n) for n in sheet.numbers if floor <= n < top]
            made = [self._list(sheet, h, until, head, titles, len(beside) == 1) for h in beside]
            floor = until
            if i + 1 < len(rows):
                floor = min(self._give_back(part) for part in made)
            out += made
            titles = made[0].titles or titles
        return out

    def _without_repeats(self, sheet: Sheet, headers: list[Header]) -> list[Header]:
        """The same labels again over the same columns, without a title between: the list goes on."""
        out: list[Header] = []
        for header in headers:
            last = next((h for h in reversed(out) if h.left == header.left and h.right == header.right), None)
            between = [c for n in sheet.numbers if last and last.bottom < n < header.top for c in sheet.row(n)]
            opened = any((self.lexicon.title_forms(c.text) and self.is_title(c)) or self._names_unit(c) for c in between)
            if last is None or opened or [c.path for c in last.columns] != [c.path for c in header.columns]:
                out.append(header)
        return out

    def _names_unit(self, cell: Cell) -> bool:
        return any(kind == "unit" for _, kind, _ in info.split_pairs(cell.text, self.lexicon))

    def _list(self, sheet: Sheet, header: Header, until: int, head: list[list[Cell]], inherited: list[tuple[int, str]], alone: bool) -> Part:
        mine = head if alone else [[c for c in line if c.col < header.right and c.col + c.col_span > header.left] for line in head]
        titles = self._titles(mine) or self._titles(head)
        side = attempts_in(header.columns, self.lexicon)
        own = [c for c in header.columns if not c.nth]
        said = fields_of(own, self.lexicon, {code for _, code in titles or inherited})
        said[FOLLOW_UP] |= fields_of([c for a in side for c in a.columns], self.lexicon)[FOLLOW_UP]
        unknown = {code: sum(self.lexicon.find(code, c.path) is None for c in own) for code in self.lexicon.forms}
        choice = Choice(None) if self._is_foreign(head, header, titles, said) else forms.choose(said, unknown, titles, inherited, "list", self.lexicon)
        part = Part(sheet, "list", choice, head=head, header=header, titles=titles, first=header.top, last=until - 1)
        body = self._body(sheet, header, until)
        if choice.form:
            def reads_well(column: Column, name: str, form: str = choice.form) -> bool:
                return self.reads_well(sheet, body, column, name, form)
            duties = duties_in(header.columns, choice.form, self.lexicon, reads_well)
            part.beside.extend(duties)
            map_columns([c for c in own if not c.nth] if side or duties else header.columns, choice.form, self.lexicon, self.levels, reads_well)
            if side and choice.form in CARRIED:
                part.beside.extend(side)
                map_attempts(side, header.columns, choice.form, self.lexicon, self.levels, lambda c, name: reads_well(c, name, FOLLOW_UP))
            known = {f for c in (*header.columns, *(c for a in part.beside for c in a.columns)) if c.match for f in c.match.fields}
            attempts = choice.form == "follow_up" and "attempt_date" in known
            if self.lexicon.catalogue.forms[choice.form].about_pupils and not known & forms.IDENTITY and not attempts:
                part.choice = choice = Choice(None, "title")
        part.lines = Lines(sheet, header, choice.form, self.lexicon, alone, self.is_school).classify(until)
        totals = [x for x in part.lines if x.kind == "total"]
        if choice.form and len(totals) == 1 and not any(x.kind in ("data", "zero") for x in part.lines) \
                and not self.lexicon.catalogue.forms[choice.form].about_pupils and len(totals[0].cells) > 2:
            totals[0].kind = "data"             # the school as a whole, called 合计
        part.foot = [x.cells for x in part.lines if x.kind in ("signature", "info")]
        return part

    def _body(self, sheet: Sheet, header: Header, until: int) -> list[int]:
        """The rows by which a column is told: not the numbers of the columns, a note, a sum, a signature."""
        body = [n for n in sheet.numbers if header.bottom < n < until]
        if body and all(ORDINAL.match(c.text.strip()) for c in sheet.row(body[0])):
            body = body[1:]
        if len(header.columns) <= 2:
            return body
        return [n for n in body if len(sheet.row(n)) > 1 and not self._signs(sheet.row(n)) and key(sheet.row(n)[0].text) not in self.lexicon.total]

    def _signs(self, cells: list[Cell]) -> bool:
        return self.lexicon.info_kind(cells[0].text) in SIGNING[:2] or any(
            kind in SIGNING for c in cells for _, kind, _ in info.split_pairs(c.text, self.lexicon))

    def _is_foreign(self, head: list[list[Cell]], header: Header, titles: Titles, said: Mapping[str, set[str]]) -> bool:
        """晨检登记表, 因病缺课登记表: what its title or its columns say is a form, but none of ours. A title of other words over
        the columns of one of our forms is ours."""
        words = self.lexicon.words["sheet"]
        if titles:
            return False
        lines = ("".join(c.text.split()) for line in head for c in line)
        named = " ".join(x for x in lines if len(x) <= 30 and not any(mark in x for mark in "：:。；"))
        labels = {key(c.path[-1]) for c in header.columns}
        ours = any(len(fields - self.lexicon.common) >= OWN for code, fields in said.items() if self.lexicon.catalogue.forms[code].about_pupils)
        return (not ours and any(w in named for w in words["not_titles"])) or len(labels & set(map(key, words["not_labels"]))) >= 2

    def _give_back(self, part: Part) -> int:
        """Lines above the next header that are its title and information, not the foot of this list."""
        tail = len(part.lines)
        while tail and part.lines[tail - 1].kind in ("title", "info", "signature", "text", "section"):
            tail -= 1
        rest = part.lines[tail:]
        start = next((i for i, x in enumerate(rest) if x.kind == "title"), None)
        if start is None:
            start = next((i for i, x in enumerate(rest) if self._opens(x)), len(rest))
        given = rest[start:]
        part.lines = part.lines[:tail + start]
        part.foot = [x.cells for x in part.lines if x.kind in ("signature", "info")]
        return given[0].number if given else part.last + 1

    def _opens(self, line: Line) -> bool:
        """填报单位 … without 填报人: the line of information above a list."""
        kinds = {kind for c in line.cells for _, kind, _ in info.split_pairs(c.text, self.lexicon)} | {
            self.lexicon.info_kind(c.text) for c in line.cells if len(c.text) <= 24}
        return "unit" in kinds and "filled_by" not in kinds
