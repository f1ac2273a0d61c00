"""What each line under a header is: a row of data, or a total, a note, a signature, a section, a sample, a filler …"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from carelib.read import info
from carelib.read.headers import Column, Header
from carelib.read.labels import is_numbered, key, keys
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import Sheet
from carelib.read.words import is_page_foot
from carelib.records import Cell

NUMBERED_NOTE = re.compile(r"^\s*([0-9]{1,2}\s*[.、．,，]|[（(][0-9一二三四五六七八九十]{1,2}[)）]|[①-⑳])")
ORDINAL = re.compile(r"^[(（]?([0-9]{1,2}|[甲乙丙丁戊己庚辛壬癸]|[a-z]|[一二三四五六七八九十]{1,3}|[⑴-⒇①-⑳])[)）]?$")
LABELLED = re.compile(r"[\u4e00-\u9fff]{2,8}[：:]")
STEMS = "甲乙丙丁戊己庚辛壬癸"
ARITHMETIC = re.compile(r"^[⑴-⒇①-⑳()（）0-9a-zA-Z+\-×x*/÷=＝＋－%\[\]. …⋯~～、,，]+$")
TEMPLATE = re.compile(r"^[\s_＿年月日.:：()（）]*$")
SERIAL = re.compile(r"^[(（]?[0-9]{1,4}[)）]?[.、．]?$|^[①-⑳]$|^第?[一二三四五六七八九十0-9]{1,3}次?$")
NOBODY = re.compile(r"^([xX×]{2,}|姓名)$")
NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
SIGNING = ("filled_by", "approved_by", "unit", "filled_date", "month", "phone")
SENTENCE = re.compile(r"[。；;！!？]")


@dataclass(slots=True)
class Line:
    """One line below a header. `cells` begin in it; `shown` also reach into it from above."""
    number: int
    kind: str                                   # data | zero | filler | total | section | note | signature | info |
    cells: list[Cell]                           # sample | title | header | column_no | text
    shown: list[Cell]


class Lines:
    """Classifies the lines of one list."""

    def __init__(self, sheet: Sheet, header: Header, form: str | None, lexicon: Lexicon, alone: bool,
                 is_school: Callable[[str], bool] = lambda _: False) -> None:
        self.is_school = is_school              # whether a text is just the name of a school
        self.sheet, self.header, self.form, self.lexicon = sheet, header, form, lexicon
        self.left, self.right = (0, 1 << 30) if alone else (header.left, header.right)
        self.by_col = {col: c for c in header.columns for col in range(c.col, c.end)}
        self.names = [c for c in header.columns if _field(c) in ("student_name", "person")]
        self.seqs = [c for c in header.columns if _field(c) in ("seq", "attempt_no") or c.use == "serial"]
        self.about_pupils = bool(form) and lexicon.catalogue.forms[form].about_pupils if form else True
        self.labels = {c.col: {key(t) for t in (*c.path, c.label)} for c in header.columns}
        self.fields = [c for c in header.columns if c.use]
        self.free_duty = () if form != "responsibility" or any(_field(c) == "level" for c in header.columns) else tuple(
            w for w in lexicon.list_words["duty_level"] if len(w) > 1)
        self.free_class = self.about_pupils and not any(c.match and {"grade", "class_no"} & set(c.match.fields) for c in header.columns)
        self.free_level = "risk_level" in (lexicon.catalogue.forms[form].fields if form else {}) and not any(
            c.match and "risk_level" in c.match.fields for c in self.fields)
        known = lexicon.catalogue.forms[form].fields if form else {}
        lists = {col: known[name].list for col, c in self.by_col.items() if (name := "level" if c.use == "post" else _field(c) or "") in known}
        self.codes = {col: lexicon.list_words[code] for col, code in lists.items() if code}
        self.codes |= {col: self.codes[col] | lexicon.words["layers"].keys() for col, code in lists.items() if code == "duty_level"}

    def classify(self, until: int) -> list[Line]:
        """Every line below the header and above row `until`."""
        out: list[Line] = []
        for number in self.sheet.numbers:
            if self.header.bottom < number < until:
                cells = self.sheet.row(number, self.left, self.right)
                if cells:
                    shown = self.sheet.across(number, self.header.left, self.header.right)
                    out.append(Line(number, self._kind(cells, shown, out), cells, shown))
        return out

    def _kind(self, cells: list[Cell], shown: list[Cell], before: list[Line]) -> str:
        if self._is_header_again(cells):
            return "header"
        if not any(x.kind in ("data", "filler", "zero") for x in before) and self._is_column_no(cells):
            return "column_no"
        if self._is_total(cells):
            return "total"
        if is_page_foot([c.text for c in cells]) and not any(NUMBER.match(c.text.strip()) for c in cells):
            return "note"                       # 某校学生管理平台 | 第1页
        if self._is_sample(cells):
            return "sample"
        if self._is_filler(shown):
            return "filler"
        sure = self._is_sure_data(cells, shown)
        if len(cells) == 1 and not self.names and self.form == "follow_up" and info.names_pupil(cells[0].text, self.lexicon):
            return "section"
        said = key(cells[0].text)
        if len(cells) == 1 and self.free_duty and (said in self.free_duty or (is_numbered(cells[0].text) and any(w in said for w in self.free_duty))):
            return "section"                    # 1.分管校长
        if self.free_class and all(names_class(c.text) or ":" in c.text or "：" in c.text for c in cells) and any(names_class(c.text) for c in cells):
            return "section"                    # 班级：三（2）班 | 班主任：…
        if not sure:
            kind = self._of_the_foot(cells, before)
            if kind:
                return kind
        if self._is_zero(shown):
            return "zero"
        inside = [c for c in cells if self._column(c) is not None]
        return "data" if inside and (sure or not self._is_loose(cells)) else "text"

    def _column(self, cell: Cell) -> Column | None:
        return self.by_col.get(cell.col)

    def _is_header_again(self, cells: list[Cell]) -> bool:
        same = sum(key(c.text) in self.labels.get(c.col, ()) for c in cells)
        return same >= 2 and same * 10 >= len(cells) * 6

    def _is_column_no(self, cells: list[Cell]) -> bool:
        """⑴ ⑵ …, 1 2 3 …, 甲 乙 1 2, with arithmetic perhaps: a row of numbers that rise over nearly all columns."""
        if len(cells) < 3 or len(cells) * 10 < len(self.header.columns) * 7:
            return False
        texts = [c.text.strip() for c in cells]
        if any("=" in t or "＝" in t for t in texts) and all(ARITHMETIC.match(t) or ORDINAL.match(t) for t in texts):
            plain = [int(t) for t in texts if t.isdecimal()]
            return all(a < b for a, b in pairwise(plain)) and plain[:1] < [3]       # and no record with a formula
        if not all(ORDINAL.match(t.lower()) for t in texts):
            return False
        numbers = [int(k) for t in texts if (k := key(t)).isdigit()]
        rising = all(b == a + 1 for a, b in zip(numbers, numbers[1:]))
        others = [key(t) for t in texts if not key(t).isdigit()]
        stems = "".join(others) == STEMS[:len(others)]                 # 甲 乙 丙 1 2
        return (rising and (len(numbers) + 2 >= len(texts) or stems) and (not numbers or numbers[0] <= 2)) or not numbers

    def _is_total(self, cells: list[Cell]) -> bool:
        for cell in cells[:3]:
            said = key(cell.text)
            if said in self.lexicon.total:
                return True
            if len(said) <= 9 and said.endswith(tuple(self.lexicon.total_start)):
                return True                     # 五年级小计
            start = next((w for w in self.lexicon.total_start if said.startswith(w)), None)
            if start and re.fullmatch(r"(人数)?[共]?[0-9]*[人名个生次]*(人数|学生)?", said.removeprefix(start)):
                return True
            if re.fullmatch(r"(全校|本月|全年级|本页|我校)?(共|共有|总共)[0-9]+[人名](学生)?", said):
                return True
        return False

    def _is_sample(self, cells: list[Cell]) -> bool:
        words = self.lexicon.words["lines"]
        for cell in cells[:3]:
            text = cell.text.strip().lstrip("（([【")
            if any(text == w or (text.startswith(w) and text[len(w):len(w) + 1] in "：:）)】]、. 　" and text[len(w):])
                   for w in words["sample_start"]):
                return True
        shown = [c for c in cells if any(n.col <= c.col < n.end for n in self.names)]
        return any(NOBODY.match(c.text.strip()) or any(w in c.text for w in words["sample_in"]) for c in shown)

    def _is_sure_data(self, cells: list[Cell], shown: list[Cell]) -> bool:
        """A serial number or a name, and values beside it: no word in a remark makes a signature of this row."""
        columns = {id(c): c for cell in shown if (c := self._column(cell)) and c.use}
        if len(columns) < 3:
            return False
        if any(NUMBER.match(cell.text.strip()) for cell in shown if self._column(cell) in self.seqs):
            return True
        named = any(c in self.names for c in columns.values()) and not any(
            info.has_pairs(cell.text, self.lexicon) or self.lexicon.info_kind(cell.text) for cell in shown if self._column(cell) in self.names)
        nameless = not self.names and len(columns) >= 4 and not any(info.has_pairs(cell.text, self.lexicon) for cell in cells)
        return (named or nameless) and not self._signs(cells)

    def _signs(self, cells: list[Cell]) -> bool:
        """Most of the line is labels of the foot (填报人, 负责人 …) with what is written to them."""
        said = [c for c in cells if not self._is_code(c)]
        pairs = [p for p in info.read_pairs(said, self.lexicon) if p.kind]
        taken = {c.place for p in pairs for c in p.cells}
        colons = all("：" in c.text or ":" in c.text for c in cells)              # 班主任： | 分管： | 校长：
        return any(p.kind in SIGNING for p in pairs) and (colons or len(taken) * 10 >= len(cells) * 6)

    def _is_code(self, cell: Cell) -> bool:
        """校长 in the column of levels is a value, no label."""
        return key(cell.text) in self.codes.get(cell.col, ())

    def _of_the_foot(self, cells: list[Cell], before: list[Line]) -> str | None:
        first, text = cells[0], cells[0].text.strip()
        single = len(cells) == 1
        in_foot = bool(before) and before[-1].kind in ("note", "signature")
        if self._is_note(text, single, before):
            return "note"
        if self._is_signature(cells):
            return "signature" if before else "info"
        if single and len(text) <= 40 and (info.has_seal(text) or self.is_school(text)):
            return "signature"
        if single and self._is_section(first):
            return "section"
        if single and self.lexicon.title_forms(text) and len(text) <= 40 and not self.lexicon.is_zero_text(text):
            return "title"
        if single and any(text.startswith(w) for w in self.lexicon.words["lines"]["appendix"]) and len(text) <= 10:
            return "title"
        if single and not self.lexicon.is_zero_text(text) and (in_foot or self._is_loose(cells)) and (
                len(text) > 25 or SENTENCE.search(text)):
            return "note"
        return None

    def _is_note(self, text: str, single: bool, before: list[Line]) -> bool:
        if key(text) in self.lexicon.end_marks:
            return True
        for word in self.lexicon.note_start:
            if text.startswith(word):
                rest = text[len(word):].lstrip(" 　")
                if rest[:1] in ("：", ":", ".", "、", "．", "1", "（", "(") or (not rest and single) or word in ("※", "★", "本表由", "本表一式"):
                    return True
        after_note = next((x.kind for x in reversed(before) if x.kind != "signature"), "") == "note"
        return single and after_note and bool(NUMBERED_NOTE.match(text))

    def _is_signature(self, cells: list[Cell]) -> bool:
        if self._signs(cells) or (len(cells) <= 2 and any(info.has_pairs(c.text, self.lexicon) for c in cells)):
            return True
        return all(info.is_seal(c.text) or key(c.text) in self.lexicon.signature
                   or (info.bare_date(c.text) and not self.lexicon.is_zero_text(c.text)) for c in cells) and len(cells) <= 3

    def _is_section(self, cell: Cell) -> bool:
        said = key(cell.text)
        if len(said) > 16 or SENTENCE.search(cell.text):
            return False
        pattern = self.lexicon.words["lines"]["section_pattern"]
        numbered = is_numbered(cell.text)
        forms = keys(cell.text) or (said,)
        body = forms[min(1, len(forms) - 1)] if numbered else said
        at_left = cell.col <= self.header.left + 1
        levelled = self.free_level and self.lexicon.level.match(body)
        if levelled or re.match(pattern, body) or re.match(pattern, said):
            return at_left or cell.col_span > 2
        return numbered and at_left and (cell.col_span > 2 or not NUMBER.match(cell.text.strip()))

    def _is_loose(self, cells: list[Cell]) -> bool:
        """A text of its own across the list, or outside its columns: no row of it."""
        if len(cells) > 1:
            return False
        cell, width = cells[0], self.header.right - self.header.left
        if cell.col_span >= max(3, width * 0.5) or self._column(cell) is None:
            return True
        column = self._column(cell)
        if column in self.names:
            return len(cell.text) > 20 or bool(re.search(r"[，。；！：:;!]", cell.text))
        if column in self.seqs or column is self.header.columns[0]:
            return not NUMBER.match(cell.text.strip())
        return bool(self.names) and len(self.header.columns) >= 5 and LABELLED.match(cell.text) is not None       # 打印份数：2

    def _is_filler(self, shown: list[Cell]) -> bool:
        """Only the serial number, what reaches down from above, empty boxes and dates to be filled in."""
        numbered = False
        for cell in shown:
            column = self._column(cell)
            frame = column is not None and cell.col + cell.col_span <= column.end and (column.use in ("school", "school_code")
                                            or (cell.row_span > 1 and _field(column) in ("grade", "class_no")))
            serial = column in self.seqs and bool(SERIAL.match(cell.text.strip())) and cell.text.strip() != "0"
            numbered = numbered or serial or frame
            if not (frame or serial or TEMPLATE.match(cell.text) or self._is_blank_choice(cell.text)):
                return False
        return numbered and bool(shown)

    @staticmethod
    def _is_blank_choice(text: str) -> bool:
        return "□" in text and not re.search(r"[√✓✔☑■×✗]", text)

    def _is_zero(self, shown: list[Cell]) -> bool:
        """Every cell says that there is nothing, and one says it in a word (or all by dashes)."""
        if self.about_pupils and len(shown) == 1 and self.lexicon.is_zero_text(shown[0].text):
            return True
        said = [c for c in shown if not self._is_frame(c)]
        if not said:
            return False
        if len(said) == 1 and self.lexicon.is_zero_text(said[0].text):
            return True
        digits = any(NUMBER.match(c.text.strip()) for c in said)
        if digits and not self.about_pupils:
            return False
        if self.about_pupils and self._is_nobody(said):
            return True
        return all(self.lexicon.is_blank_text(c.text) or self.lexicon.is_zero_text(c.text) for c in said)

    def _is_nobody(self, said: list[Cell]) -> bool:
        """无 in the place of the name and nothing in any other column that is read (186 | 186 | 0 | 无 | / | /)."""
        known = [c for c in said if (column := self._column(c)) is not None and column.use]
        named = [c for c in known if self._column(c) in self.names]
        return bool(named) and all(self.lexicon.is_blank_text(c.text) for c in known)

    def _is_frame(self, cell: Cell) -> bool:
        """The serial number, the school, for pupils the grade and class: whose line it is, not what it says."""
        column = self._column(cell)
        if column is None:
            return False
        if column.use in ("school", "school_code"):
            return True
        field = _field(column)
        return ((field == "seq" or column.use == "serial") and bool(NUMBER.match(cell.text.strip()))) or (
            self.about_pupils and field in ("grade", "class_no") and not self.lexicon.is_blank_text(cell.text))


def names_class(text: str) -> bool:
    """班级：三（2）班"""
    return re.match(r"\s*(?:班级|年级|班次|年级班级)\s*[：:]\s*\S", text) is not None


def _field(column: Column | None) -> str | None:
    if column is None or not column.match or column.use != "field":
        return None
    return column.match.fields[0] if len(column.match.fields) == 1 else None
