"""Finds the header rows of lists on a sheet: one to three rows, with groups above, anywhere, several on a sheet."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from carelib.read.joined import Match
from carelib.read.labels import BOXES, key, keys, nth
from carelib.read.lexicon import BUILT, Lexicon
from carelib.read.sheet import NOT_WORDS, Sheet
from carelib.records import Cell

LONGEST_LABEL = 40
SCHOOL = "_school"


@dataclass(slots=True)
class Column:
    """One column of a list: where it stands, what is printed over it, what that means."""
    col: int
    end: int                                    # the first grid column after it
    path: tuple[str, ...]                       # group heads from the top, the label last
    cells: tuple[Cell, ...]
    use: str = ""                               # field | flag | level | post | school | school_code | '' nobody claims it
    match: Match | None = None
    code: str = ""                              # flag: the code that a tick stands for
    why: str = ""                               # unclaimed: unknown | duplicate; claimed: guessed
    label: str = ""                             # as printed, without breaks: 组/列
    nth: str = ""                               # the attempt that it belongs to: 第一次劝返/时间

    def __post_init__(self) -> None:
        self.label = self.label or "/".join("".join(p.split()) for p in self.path)


@dataclass(slots=True)
class Header:
    top: int
    bottom: int
    columns: list[Column]
    cells: list[Cell] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.columns[0].col

    @property
    def right(self) -> int:
        return max(c.end for c in self.columns)


def find_headers(sheet: Sheet, lexicon: Lexicon, titled: Iterable[str] = ()) -> list[Header]:
    """Every header on the sheet, from top to bottom and left to right; `titled`: forms whose lists are to be expected."""
    found: list[Header] = []
    above: list[Header] = []                    # the lists that this row may belong to
    below = -1
    titled = set(titled)                        # the forms that the last title names
    for number in sheet.numbers:
        named = {code for c in sheet.row(number) for _, code in lexicon.title_forms(c.text)} if len(sheet.row(number)) <= 2 else set()
        if named:
            above, titled = [], named
        if number <= below or any(continues(sheet, number, h, lexicon) for h in above) \
                or not (is_header_row(sheet.row(number), lexicon) or _stands_over_data(sheet, number, titled, lexicon)):
            continue
        rows = _block(sheet, number, below, lexicon)
        columns = [c for i, c in enumerate(_columns(sheet, rows)) if i or not _is_beside(sheet, c.cells[-1], rows[-1])]
        for part in _side_by_side(columns, sheet, rows[-1], lexicon):
            cells = {c.place: c for column in part for c in column.cells}
            found.append(Header(rows[0], rows[-1], part, list(cells.values())))
        below = rows[-1]
        above = [h for h in found if h.bottom == below]
    return found


def continues(sheet: Sheet, number: int, header: Header, lexicon: Lexicon) -> bool:
    """A row of the list above, although words in it are labels elsewhere (死亡, 已转出): a serial number or somebody's name
    stands under that label, or all such words answer what their columns ask for."""
    labels = answers = 0
    for cell in sheet.row(number):
        column = next((c for c in header.columns if c.col <= cell.col < c.end), None)
        asked = lexicon.hits(column.path[-1]) if column is not None else {}
        said = label_hits(cell, lexicon)
        numbered = "seq" in asked.values() and cell.text.strip().isdigit()
        named = "student_name" in asked.values() and not said and cell.col_span == 1 and ":" not in cell.text and "：" not in cell.text
        if numbered or named:
            return True
        labels += bool(said)
        answers += bool(said) and lexicon.answers(cell.text, asked)
    return labels > 0 and answers == labels


def is_header_row(cells: list[Cell], lexicon: Lexicon) -> bool:
    """Labels side by side; in a card a value (or its empty place) follows each label."""
    if len(cells) < 2:
        return False
    forms: dict[str, set[str]] = {}
    labels = []
    before: dict[str, str] = {}
    for cell in cells:
        said = {} if lexicon.answers(cell.text, before) else label_hits(cell, lexicon)
        labels.append(bool(said))
        for form, name in said.items():
            forms.setdefault(form, set()).add(name)
        before = said
    known = max((len(s) for s in forms.values()), default=0)
    if known < 2 or sum(labels) * 2 < len(cells):
        return False
    together = sum(a and b and cells[i].col + cells[i].col_span >= cells[i + 1].col
                   for i, (a, b) in enumerate(zip(labels, labels[1:])))
    apart = sum(a and not (b and cells[i].col + cells[i].col_span >= cells[i + 1].col)
                for i, (a, b) in enumerate(zip(labels, labels[1:])))
    if together < apart or (together == apart and any(c.isdigit() for cell in cells for c in cell.text)):
        return False
    return known >= 3 or (all(labels) and together == len(cells) - 1)


def _stands_over_data(sheet: Sheet, number: int, titled: set[str], lexicon: Lexicon) -> bool:
    """Labels with unknown words between them, but rows without any label below: a list with columns of its own. Under the
    title of a form fewer of its labels will do."""
    cells = sheet.row(number)
    if len(cells) < 4 or any(c.kind in ("number", "date") or len(c.text) > LONGEST_LABEL or ":" in c.text or "：" in c.text for c in cells):
        return False
    forms: dict[str, set[str]] = {}
    for cell in cells:
        said = label_hits(cell, lexicon)
        loosely = ((code, lexicon.find_loosely(code, (cell.text,))) for code in titled - said.keys())
        for form, name in (*said.items(), *((code, m.fields[0]) for code, m in loosely if m)):
            forms.setdefault(form, set()).add(name)
        if "responsibility" in titled and key(cell.text) in lexicon.list_words["duty_level"]:
            forms.setdefault("responsibility", set()).add(key(cell.text))           # 年级 | 分管校长 | 年级主任
        if "screening" in titled and lexicon.level.match(key(cell.text)):
            forms.setdefault("screening", set()).add(cell.text)
        if not said and (any(c.isdigit() for c in cell.text) or not BOXES.isdisjoint(cell.text)):
            return False                        # labels with their values
    known = max((len(s) for s in forms.values()), default=0)
    ours = max((len(forms.get(code, ())) for code in titled), default=0)
    if not (known >= 4 and len(cells) >= 5) and ours < 3:
        return False
    deep = max(c.row + c.row_span - 1 for c in cells if c.row_span <= 3) if any(c.row_span <= 3 for c in cells) else number
    below = [n for n in sheet.numbers if deep < n <= deep + 4 and len(sheet.row(n)) > 1][:2]     # a section may come first
    other = titled or lexicon.forms.keys()
    under = [c for n in below for c in sheet.row(n)]
    return bool(below) and 4 * sum(bool(label_hits(c, lexicon).keys() & other) for c in under) <= len(under) \
        and len(sheet.row(below[0])) * 2 >= len(cells)


def label_hits(cell: Cell, lexicon: Lexicon) -> dict[str, str]:
    """form -> field for a cell that may be a label; the school's column counts as one in every form."""
    if cell.kind in NOT_WORDS or len(cell.text) > LONGEST_LABEL:
        return {}
    said = lexicon.hits(cell.text) or _of_attempt(cell.text, lexicon)
    if not said and any(k in lexicon.school_labels for k in keys(cell.text)):
        return dict.fromkeys(lexicon.forms, SCHOOL)
    return said


def _of_attempt(text: str, lexicon: Lexicon) -> dict[str, str]:
    """第2次劝返时间 is a label as 劝返时间 is."""
    numbered = nth(text)
    return lexicon.hits(numbered[1].strip()) if numbered and key(numbered[1]) else {}


def _block(sheet: Sheet, number: int, below: int, lexicon: Lexicon) -> list[int]:
    """The rows of the header whose row of labels is `number`: groups above it, labels under its groups below it."""
    top = bottom = number
    bottom = max(bottom, *(c.row + c.row_span - 1 for c in _without_side_label(sheet, number) if c.row_span <= 4))
    while bottom + 1 in sheet.rows and bottom - top < 3 and _is_sub_row(sheet, bottom + 1, bottom, lexicon):
        bottom = max(bottom + 1, *(c.row + c.row_span - 1 for c in sheet.row(bottom + 1) if c.row_span <= 3))
    left = min(c.col for c in sheet.row(number))
    right = max(c.col + c.col_span for c in sheet.row(number))
    for cell in sheet.across(number, max(0, left - 8), right + 8):       # labels that reach down from above
        if cell.row < number and cell.row > below and cell.row_span <= 4 and lexicon.hits(cell.text):
            top = min(top, cell.row)
            left, right = min(left, cell.col), max(right, cell.col + cell.col_span)
    while top - 1 > below and number - top < 2 and _is_group_row(sheet, top - 1, left, right, lexicon):
        top -= 1
    return list(range(top, bottom + 1))


def _without_side_label(sheet: Sheet, number: int) -> list[Cell]:
    """The cells of a row of labels but a first one that alone reaches down beside the data (劝返记录)."""
    first, *rest = sheet.row(number)
    beside = rest and all(c.row_span == 1 for c in rest) and 0 < len(sheet.row(number + 1)) <= len(rest) and _is_beside(sheet, first, number)
    return rest if beside else [first, *rest]


def _is_beside(sheet: Sheet, cell: Cell, bottom: int) -> bool:
    """The first cell of a row of labels stands beside the rows below: it reaches down, or nothing is written under 劝返记录."""
    under = [n for n in sheet.numbers if n > bottom and len(sheet.row(n)) > 2][:2]
    return cell.row + cell.row_span - 1 > bottom or (
        len(key(cell.text)) >= 4 and bool(under) and not any((n, cell.col) in sheet.at for n in under))


def _is_sub_row(sheet: Sheet, number: int, above: int, lexicon: Lexicon) -> bool:
    """Labels that stand only where the row above has a group or nothing."""
    cells = sheet.row(number)
    merged = any(c.col_span > 1 for c in sheet.row(above))
    if all(_goes_on(sheet.at.get((above, c.col)), c, lexicon) for c in cells):
        return True
    for cell in cells:
        head = sheet.at.get((above, cell.col))
        free = head is None or head.col_span > 1 or lexicon.is_group(head.text) or (not merged and (above, cell.col + 1) not in sheet.at
                                                     and (number, cell.col + 1) in sheet.at)
        if not free or cell.kind in ("number", "date") or len(key(cell.text)) > 16:
            return False
    known = sum(bool(label_hits(c, lexicon)) or _is_code_word(c, lexicon) for c in cells)
    first = min((x.col for x in sheet.row(above)), default=-1)
    under = [h for c in cells if (h := sheet.at.get((above, c.col))) is not None and c.col > first]
    beside = len(under) == len(cells) and len(cells) > 1 and all(h.col_span > 1 for h in under)   # all below merged groups
    beside = beside or (not merged and known >= 2 and _fills_gaps(sheet, number, above))
    answers = any(k in lexicon.list_words["yes_no"] for c in cells for k in keys(c.text))       # 是 | 否 below 家长是否知情
    return (known >= 2 and known * 10 >= len(cells) * 6) or (beside and (known >= 1 or answers))


def _fills_gaps(sheet: Sheet, number: int, above: int) -> bool:
    """Without merged ranges (CSV): something stands under each blank of the row above, and else only under the group before it."""
    heads, said = {c.col for c in sheet.row(above)}, {c.col for c in sheet.row(number)}
    blanks = set(range(min(heads), max(heads | said) + 1)) - heads
    return bool(blanks) and blanks <= said and all(col in blanks or col + 1 in blanks for col in said)


def _goes_on(head: Cell | None, cell: Cell, lexicon: Lexicon) -> bool:
    """策 below 一人一: the label above goes on in this line, and only so it is one."""
    return head is not None and head.col_span == cell.col_span == 1 and head.row < cell.row and 0 < len(key(cell.text)) <= 4 \
        and not lexicon.hits(head.text) and not any(ch.isdigit() for ch in cell.text) and bool(lexicon.hits(head.text + cell.text))


def _is_code_word(cell: Cell, lexicon: Lexicon) -> bool:
    return any(k in words for words in lexicon.flag_words.values() for k in keys(cell.text)) \
        or bool(lexicon.level.match(key(cell.text)))


def _is_group_row(sheet: Sheet, number: int, left: int, right: int, lexicon: Lexicon) -> bool:
    """Short words over several columns each, labels of the full height beside them; no title, no line of information."""
    cells = sheet.row(number)
    if not cells or is_header_row(cells, lexicon):
        return False
    groups = 0
    if any(lexicon.answers(b.text, label_hits(a, lexicon)) or not BOXES.isdisjoint(b.text) for a, b in zip(cells, cells[1:])):
        return False                        # 目前状态 | 劝返中 | 责任人 | …: labels with their values
    for cell in cells:
        text, below = cell.text, (number + 1, cell.col) in sheet.at and sheet.at[number + 1, cell.col] is not cell
        if (len(key(text)) > 14 or "：" in text or ":" in text or cell.kind in NOT_WORDS or lexicon.title_forms(text)
                or (cell.col_span > 1 and cell.col_span >= 0.8 * (right - left))):
            return False
        outside = cell.col < left - 1 or cell.col >= right + 1
        if not below:
            if outside and (lexicon.info_kind(text) in ("filled_by", "filled_date", "month") or any(c.isdigit() for c in text)):
                return False
            continue
        kind = lexicon.info_kind(text)
        if outside or (kind and not (cell.col_span > 1 and kind not in ("month", "filled_by", "filled_date"))):
            return False
        empty_beside = (number, cell.col + 1) not in sheet.at and (number + 1, cell.col + 1) in sheet.at
        groups += cell.col_span > 1 or (empty_beside and lexicon.is_group(text))
    return groups >= 1 and (len(cells) > 1 or cells[0].col_span > 1)


def _columns(sheet: Sheet, rows: list[int]) -> list[Column]:
    """One column for each lowest label; groups over it, in merged ranges or in the blanks to their right."""
    span = range(min(c.col for r in rows for c in sheet.row(r)), max(c.col + c.col_span for r in rows for c in sheet.row(r)))
    merged = {r: any(c.col_span > 1 for c in sheet.row(r)) for r in rows}
    out: list[Column] = []
    for col in span:
        chain: list[Cell] = []
        for r in rows:
            cell = sheet.at.get((r, col)) or (None if merged[r] or r == rows[-1] else _group_to_the_left(sheet, r, col, span.start))
            if cell is not None and cell not in chain:
                chain.append(cell)
        if not chain:
            continue
        if out and out[-1].cells[-1] == chain[-1]:
            out[-1].end = col + 1
            continue
        out.append(Column(col, col + 1, tuple(c.text for c in chain), tuple(chain)))
    return out


def _group_to_the_left(sheet: Sheet, row: int, col: int, first: int) -> Cell | None:
    """Without merged ranges (CSV) a group stands over its first column only."""
    if (row + 1, col) not in sheet.at:
        return None
    for c in range(col - 1, first - 1, -1):
        if (row, c) in sheet.at:
            return sheet.at[row, c] if (row + 1, c) in sheet.at else None
        if (row + 1, c) not in sheet.at:
            return None
    return None


def _side_by_side(columns: list[Column], sheet: Sheet, bottom: int, lexicon: Lexicon) -> list[list[Column]]:
    """Cuts a row of labels where a second list begins: its labels start again, or another form's follow after a gap."""
    parts, start = [], 0
    for i in range(1, len(columns)):
        ours, rest = columns[start:i], columns[i:]
        again = key(columns[i].path[-1]) == key(columns[start].path[-1]) and columns[i].path[:-1] == columns[start].path[:-1]
        gap = columns[i].col > columns[i - 1].end
        if (again and _repeats(ours, rest)) or (gap and _two_lists(ours, rest, lexicon)):
            parts.append(ours)
            start = i
    return [*parts, columns[start:]]


def _repeats(ours: list[Column], rest: list[Column]) -> bool:
    """The labels of the next columns are the same again (at least two of them)."""
    n = min(len(ours), len(rest))
    same = sum(a.path == b.path for a, b in zip(ours, rest))
    return n >= 2 and same >= max(2, n - 1)


def _two_lists(ours: list[Column], rest: list[Column], lexicon: Lexicon) -> bool:
    left, right = fields_of(ours, lexicon), fields_of(rest, lexicon)
    if any({"student_name", "id_number"} & left[f] & right[f] for f in left):
        return True
    best_left = max(left, key=lambda f: len(left[f] - lexicon.common))
    best_right = max(right, key=lambda f: len(right[f] - lexicon.common))
    return best_left != best_right and len(left[best_left]) >= 3 and len(right[best_right] - lexicon.common) >= 3 \
        and len(right[best_left] - lexicon.common) < len(right[best_right] - lexicon.common)


def fields_of(columns: list[Column], lexicon: Lexicon, titled: Iterable[str] = ()) -> dict[str, set[str]]:
    """form -> the fields of it that these columns may hold; of the forms that a title names those too whose labels are only
    built like one of its own."""
    out: dict[str, set[str]] = {code: set() for code in lexicon.forms}
    for column in columns:
        for code in lexicon.forms:
            match = lexicon.find_loosely(code, column.path)
            if match and (match.rank < BUILT or code in titled):
                out[code].update(f for f in match.fields if f != "school")
    return out
