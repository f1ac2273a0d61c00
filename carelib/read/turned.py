"""Lists that lie on their side: labels under each other in one column, one pupil (or grade, or person) a column beside it."""
from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from carelib.read import info
from carelib.read.labels import key
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import NOT_WORDS, Sheet
from carelib.records import Cell

FEWEST = 4                      # fields of one form that stand under each other
NAMES = ("student_name", "person")      # the field that each column must fill


def rows_of(sheet: Sheet, lexicon: Lexicon, is_title: Callable[[Cell], bool], is_grade: Callable[[str], bool]) -> list[int]:
    """The rows of such a list from its first label to its last; [] if there is none."""
    return _by_person(sheet, lexicon, is_title) or _by_grade(sheet, lexicon, is_grade)


def _by_person(sheet: Sheet, lexicon: Lexicon, is_title: Callable[[Cell], bool]) -> list[int]:
    """Labels in one column, several names to the right of one of them, no label anywhere else."""
    columns: dict[int, dict[int, dict[str, str]]] = {}
    for cell in sheet.cells:
        said = lexicon.hits(cell.text) if cell.kind not in NOT_WORDS and len(cell.text) <= 20 else {}
        if said and not (cell.col and lexicon.answers(cell.text, lexicon.hits(sheet.row(cell.row)[0].text))):      # 方式 | 电话 | 入户
            columns.setdefault(cell.col, {})[cell.row] = said
    best = max(((len({s[form] for s in rows.values() if form in s}), -col, form) for col, rows in columns.items() for form in lexicon.forms), default=None)
    if best is None or best[0] < FEWEST:
        return []
    col, form = -best[1], best[2]
    if sum(len(rows) for c, rows in columns.items() if c != col) * 3 > len(columns[col]):
        return []
    labels = {row: said.get(form, "") for row, said in columns[col].items() if not _informs(sheet.row(row), col, lexicon)}
    name_row = next((row for row, name in labels.items() if name in NAMES), None)
    if name_row is None:
        return []
    rows = sorted(labels)
    beside = [c for c in sheet.row(name_row) if c.col > col]
    if rows[-1] - rows[0] + 1 > 2 * len(rows) or len(beside) < 2 or any(lexicon.hits(c.text) or ":" in c.text or "：" in c.text for c in beside):
        return []
    for step, end in ((-1, rows[0]), (1, rows[-1])):            # labels in words that nobody knows, right above and below
        while _is_beside_labels(sheet, end + step, col, lexicon, is_title):
            end += step
            rows.append(end)
    return sorted(rows)


def _informs(cells: list[Cell], col: int, lexicon: Lexicon) -> bool:
    """负责人 | 席慕华 | 填报时间 | 2023.3.20 above the labels in column `col`: a line of information."""
    asked = next((lexicon.hits(c.text) for c in cells if c.col == col), {})
    return any(lexicon.info_kind(c.text) and not lexicon.answers(c.text, asked) for c in cells if c.col > col)


def _is_beside_labels(sheet: Sheet, number: int, col: int, lexicon: Lexicon, is_title: Callable[[Cell], bool]) -> bool:
    cells = sheet.row(number)
    first = sheet.at.get((number, col))
    return (first is not None and first.col_span == 1 and len(cells) > 1 and first.kind not in NOT_WORDS
            and not any(info.has_pairs(c.text, lexicon) or (len(cells) < 3 and is_title(c)) for c in cells)
            and not lexicon.info_kind(first.text) and not _informs(cells, col, lexicon))


def _by_grade(sheet: Sheet, lexicon: Lexicon, is_grade: Callable[[str], bool]) -> list[int]:
    """A school's figures: grades side by side, what was counted below each other."""
    for number in sheet.numbers:
        first, *rest = sheet.row(number)
        grades = [c for c in rest if is_grade(c.text)]
        of_grades = "grade" in lexicon.hits(first.text).values()
        corner = of_grades or key(first.text) in lexicon.items
        if not corner or (len(grades) < 2 and not (of_grades and _are_numbers_of_grades(rest))):
            continue
        below = list(takewhile(lambda n: not info.has_pairs(sheet.row(n)[0].text, lexicon),
                               (n for n in sheet.numbers if n > number and len(sheet.row(n)) > 1)))
        said = [set(lexicon.hits(sheet.row(n)[0].text)) for n in below]
        for code, form in lexicon.catalogue.forms.items():
            if not form.about_pupils and sum(code in s for s in said) >= 2:
                return [number, *below]
    return []


def _are_numbers_of_grades(cells: list[Cell]) -> bool:
    """年级 | 7 | 8 | 9"""
    numbers = [int(c.text) for c in cells if c.text.strip().isdecimal()]
    return len(numbers) == len(cells) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] > 0 and numbers[-1] <= 12
