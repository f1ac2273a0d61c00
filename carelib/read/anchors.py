"""Where pages for one pupil begin on a sheet, and which fields their labels name."""
from __future__ import annotations

import re
from collections.abc import Container, Iterable

from carelib import values
from carelib.read import info
from carelib.read.headers import label_hits
from carelib.read.joined import GUARDIAN, LIST_SCHOOL, Match
from carelib.read.labels import key, unnumbered
from carelib.read.lexicon import BUILT, Lexicon
from carelib.read.sheet import Sheet
from carelib.records import Cell

NAME = "student_name"
NUMBERED = re.compile(r"\s*(?:[一二三四五六七八九十]{1,2}、|[(（][一二三四五六七八九十]{1,2}[)）])")
INLINE = re.compile(r"[：:]")


def anchors(sheet: Sheet, lexicon: Lexicon) -> list[int]:
    """The rows in which a page about a pupil begins: the label of the name with its value (or its empty place)."""
    found = []
    for number in sheet.numbers:
        cells = sheet.row(number)
        for i, cell in enumerate(cells):
            if _names_pupil(cell, lexicon) and len(cells) > 1 - bool(INLINE.search(cell.text)) \
                    and _has_place(sheet, cells, i, lexicon) and not _of_others(sheet, cell, lexicon):
                found.append(number)
                break
    return [n for n in found if _is_page(sheet, n, min((m for m in found if m > n), default=1 << 30), lexicon)]


def _names_pupil(cell: Cell, lexicon: Lexicon) -> bool:
    label = INLINE.split(cell.text, maxsplit=1)[0] if INLINE.search(cell.text) else cell.text
    said = lexicon.hits(unnumbered(label)) if len(label) <= 40 else {}
    return said.get("case_file") == NAME and said.get("psych_case") == NAME


def _of_others(sheet: Sheet, cell: Cell, lexicon: Lexicon) -> bool:
    """The name of somebody else: a side label or the heading above says so (监护人情况)."""
    over = side_label(sheet, cell)
    if not over:
        number = next((n for n in reversed(sheet.numbers) if n < cell.row and len(sheet.row(n)) == 1), None)
        near = number is not None and sum(number < n < cell.row for n in sheet.numbers) <= 3
        over = sheet.row(number)[0].text if near and number is not None else ""
        if len(over) > 20 or lexicon.title_forms(over) or re.search(r"[：:]\s*[^\s：:]", over):
            return False                        # no heading: a title, or a line of information (填表日期：…)
    return any(w in key(over) for w in lexicon.other_people) and "学生" not in over


def side_label(sheet: Sheet, cell: Cell) -> str:
    """A label that stands beside several rows: 监护人情况."""
    for col in range(cell.col - 1, -1, -1):
        other = sheet.at.get((cell.row, col))
        if other is not None and other.row_span > max(1, cell.row_span):
            return "".join(other.text.split())
    return _numbered_beside(sheet, cell)


def _numbered_beside(sheet: Sheet, cell: Cell) -> str:
    """三、班主任 in the column before, in this row or, with nothing below it, in one above."""
    for row in range(cell.row, -1, -1):
        other = sheet.at.get((row, cell.col - 1))
        if other is not None:
            return "".join(unnumbered(other.text).split()) if other.col_span == 1 and NUMBERED.match(other.text) else ""
        if (row, cell.col) not in sheet.at:
            return ""
    return ""


def is_text(sheet: Sheet, below: Cell, lexicon: Lexicon) -> bool:
    """Free text in a line of its own, no note and no title: what stands under a label alone in its line, on a page without rules."""
    return sheet.row(below.row) == [below] and not any(below.text.startswith(w) for w in lexicon.note_start) \
        and not lexicon.title_forms(below.text) and not heads_table(sheet, below, lexicon)


def heads_table(sheet: Sheet, cell: Cell, lexicon: Lexicon) -> bool:
    """送教记录: a short line that ends like a name of the table right below it."""
    said = key(unnumbered(cell.text))
    ends = (*lexicon.words["sheet"]["title_ends"], *lexicon.words["dated"]["records"])
    return len(said) <= 10 and said.endswith(ends) and len(sheet.row(cell.row + cell.row_span)) > 2


def _has_place(sheet: Sheet, cells: list[Cell], i: int, lexicon: Lexicon) -> bool:
    """Nothing or no label stands to the right of the label."""
    cell = cells[i]
    if INLINE.search(cell.text):
        return True
    right = sheet.at.get((cell.row, cell.col + cell.col_span))
    if right is None:
        return len(cells) > i + 1 or (len(cells) == 1 and not lexicon.title_forms(cell.text) and cell.col_span == 1)
    return not label_hits(right, lexicon)


def _is_page(sheet: Sheet, start: int, end: int, lexicon: Lexicon) -> bool:
    """At least three labels with places stand in these rows (the head of a list has one or two)."""
    seen: set[str] = set()
    for number in sheet.numbers:
        if start <= number < end:
            cells = sheet.row(number)
            for i, cell in enumerate(cells):
                for label, inline in _labels_in(cell, lexicon):
                    said = lexicon.hits(label) if len(label) <= 40 else {}
                    if said and (inline or _has_place(sheet, cells, i, lexicon)):
                        seen.add(said.get("case_file") or next(iter(said.values())))
    return len(seen) >= 3


def names_guardian(sheet: Sheet, label: str, text: str, fields: Container[str], lexicon: Lexicon) -> Match | None:
    """父亲：孔武, on a page that has the father's number too or before what can only be a name, names the guardian."""
    if GUARDIAN[0] not in fields or len(key(label)) < 2 or key(label) not in lexicon.list_words["relation"] or len(text) > 4:
        return None
    phone = any(key(c.text).startswith(key(label) + word) for c in sheet.cells for word in lexicon.phones)
    return Match((GUARDIAN[0],), BUILT) if phone or values.is_han_name(text) else None


def page_fields(sheet: Sheet, rows: Iterable[int], lexicon: Lexicon, titled: str | None = None) -> dict[str, set[str]]:
    """form -> the fields whose labels have a place for their value in these rows; of the form that the title names also
    those in looser words."""
    out: dict[str, set[str]] = {code: set() for code in lexicon.forms}
    for number in rows:
        cells = sheet.row(number)
        for i, cell in enumerate(cells):
            for label, inline in _labels_in(cell, lexicon):
                said = lexicon.hits(label) if len(label) <= 40 else {}
                loosely = lexicon.find_loosely(titled, (label,)) if titled and 2 < len(label) <= 40 else None
                if loosely is not None and loosely.fields[0] != LIST_SCHOOL and titled:
                    said = {**said, titled: loosely.fields[0]}
                if said and (inline or _has_place(sheet, cells, i, lexicon) or cell.col_span > 2):
                    for code, name in said.items():
                        out[code].add(name)
    return out


def _labels_in(cell: Cell, lexicon: Lexicon) -> list[tuple[str, bool]]:
    """What may be labels in a cell: all of it, or what stands before each colon."""
    if not INLINE.search(cell.text):
        return [(unnumbered(cell.text), False)]
    return [(_tail(part.rstrip(), lexicon), True) for part in INLINE.split(cell.text)[:-1] if part.strip()]


def _tail(text: str, lexicon: Lexicon) -> str:
    """The longest known label at the end of a text."""
    for length in range(min(20, len(text)), 1, -1):
        tail = text[-length:]
        if info.LABEL_LIKE.fullmatch(tail) and not re.search(r"\s{2,}", tail) and lexicon.hits(unnumbered(tail)):
            return unnumbered(tail)
    return re.split(r"\s", text)[-1]
