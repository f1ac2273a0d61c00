"""What a parsed scan got right: cell by cell against the truth, before and after the gate of `carelib.values`."""
from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from forms import Sheet

from carelib import catalogue, values
from carelib.records import Cell, Grid
from carelib.values import Context


@dataclass
class Score:
    """Counts over cells that exist on the paper; `kinds` the same by the kind of field."""
    cells: int = 0
    exact: int = 0
    absent: int = 0
    records: int = 0
    found: int = 0
    whole: int = 0
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name in ("cells", "exact", "absent", "records", "found", "whole"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, counts in other.kinds.items():
            self.kinds[kind].update(counts)
        self.faults += other.faults


def plain(text: str) -> str:
    """NFKC without white space, one kind of comma and dash."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return bare.translate({0x2014: "-", 0x2013: "-", 0x201c: '"', 0x201d: '"', 0x2610: "□", 0xb7: "·"})


def context(cycle: str = "2023-03") -> Context:
    return Context(catalogue.load().codes, cycle, "九年一贯制", tuple(str(n) for n in range(1, 10)))


def score(grid: Grid, sheet: Sheet, words: Context) -> Score:
    """Compares a grid with what was printed; the table may begin at any row, the columns must be those of the truth."""
    cells = {(c.row, c.col): c for c in grid.cells}
    first = _offset(cells, sheet)
    out = Score()
    form = catalogue.load().forms[sheet.form]
    rows: dict[int, bool] = defaultdict(lambda: True)
    seen: dict[int, int] = Counter()
    for box in sheet.boxes:
        cell = cells.pop((first + box.row, box.col), None)
        if not box.text and cell is None:
            continue
        out.cells += 1
        right = cell is not None and plain(cell.text) == plain(box.text)
        out.exact += right
        out.absent += cell is None
        if box.field and sheet.form != "case_file":
            rows[box.row] &= right
            seen[box.row] += cell is not None
        if box.field and box.field in form.fields:
            verdict = _gated(box.text, cell, form.fields[box.field], words)
            out.kinds[form.fields[box.field].kind][verdict] += 1
            if verdict == "wrong":
                out.faults.append(f"WRONG {box.field} {box.text!r} -> {cell.text!r} {cell.confidence}")
        if not right:
            out.faults.append(f"{'absent' if cell is None else 'differs'} {box.field or 'label'} r{box.row}c{box.col} {box.text!r} -> "
                              f"{cell.text if cell else None!r} {cell.confidence if cell else ''} {cell.doubt if cell else ''}")
    if sheet.form != "case_file":
        out.records = len(sheet.records)
        out.found = sum(seen[r] > 0 for r in sheet.records)
        out.whole = sum(rows[r] for r in sheet.records)
    return out


def _offset(cells: dict[tuple[int, int], Cell], sheet: Sheet) -> int:
    """The grid's row where the table begins: that which makes most cells equal."""
    wanted = {(b.row, b.col): plain(b.text) for b in sheet.boxes if b.text}
    counts: Counter[int] = Counter()
    by_text: dict[tuple[int, str], list[int]] = defaultdict(list)
    for (row, col), cell in cells.items():
        by_text[col, plain(cell.text)].append(row)
    for (row, col), text in wanted.items():
        for at in by_text[col, text]:
            counts[at - row] += 1
    return counts.most_common(1)[0][0] if counts else 0


def _gated(truth: str, cell: Cell | None, what: catalogue.Field, words: Context) -> str:
    """right | asked | asked_right (the suggestion is right) | wrong | absent | blank"""
    wanted = values.parse(truth, what, words)
    if cell is None:
        return "blank" if not truth else "absent"
    got = values.parse(cell.text, what, words, cell)
    if got.value is None:
        if got.problem is None:
            return "right" if wanted.value is None else "wrong"
        if wanted.value is None and plain(cell.text) == plain(truth):
            return "right"                                  # typed, it would be asked as well
        hint = got.suggestion and values.parse(got.suggestion, what, words).value
        return "asked_right" if wanted.value is not None and (hint or got.suggestion) == wanted.value else "asked"
    return "right" if got.value == wanted.value or plain(got.value) == plain(wanted.value or "") else "wrong"
