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
    return bare.translate({0x2014: "-", 0x2013: "-", 0x201c: '"', 0x201d: '"', 0x2610: "□", 0x25a0: "☑", 0xb7: "·"})


def context(cycle: str = "2023-03") -> Context:
    return Context(catalogue.load().codes, cycle, "九年一贯制", tuple(str(n) for n in range(1, 10)))


def score(grid: Grid, sheet: Sheet, words: Context) -> Score:
    """Compares a grid with what was printed; the table may begin at any row, the columns must be those of the truth."""
    cells = {(c.row, c.col): c for c in grid.cells}
    row_of = _rows(cells, sheet)
    out = Score()
    form = catalogue.load().forms[sheet.form]
    rows: dict[int, bool] = defaultdict(lambda: True)
    seen: dict[int, int] = Counter()
    for box in sheet.boxes:
        cell = cells.pop((row_of[box.row], box.col), None)
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
            elif verdict == "asked_right" and right:
                out.faults.append(f"asked {box.field} r{box.row}c{box.col} {box.text!r} {cell.confidence} {cell.doubt}")
        if not right:
            out.faults.append(f"{'absent' if cell is None else 'differs'} {box.field or 'label'} r{box.row}c{box.col} {box.text!r} -> "
                              f"{cell.text if cell else None!r} {cell.confidence if cell else ''} {cell.doubt if cell else ''}")
    if sheet.form != "case_file":
        out.records = len(sheet.records)
        out.found = sum(seen[r] > 0 for r in sheet.records)
        out.whole = sum(rows[r] for r in sheet.records)
    return out


def _rows(cells: dict[tuple[int, int], Cell], sheet: Sheet) -> dict[int, int]:
    """The grid's row of every row of the sheet: in order, such that most cells are equal (a row without an equal follows the last)."""
    at: dict[tuple[int, str], set[int]] = defaultdict(set)
    for (row, col), cell in cells.items():
        at[col, plain(cell.text)].add(row)
    votes: dict[int, Counter[int]] = {r: Counter() for r in range(sheet.rows)}
    for box in sheet.boxes:
        if box.text:
            votes[box.row].update(at[box.col, plain(box.text)])
    high = max((row for row, _ in cells), default=0) + 1
    best: list[tuple[int, tuple[int, ...]]] = [(0, ())] * (high + 1)          # equal cells and rows chosen, with the last one below n
    for r in range(sheet.rows):
        new: list[tuple[int, tuple[int, ...]]] = []
        for n in range(high + 1):
            total, chosen = best[n]
            skipped = (total, (*chosen, -1))
            taken = (best[n - 1][0] + votes[r][n - 1], (*best[n - 1][1], n - 1)) if n and votes[r][n - 1] else skipped
            new.append(max(skipped, taken, *(new[-1:]), key=lambda x: x[0]))
        best = new
    out = dict(enumerate(best[-1][1]))
    for r in range(sheet.rows):
        if out[r] < 0:
            out[r] = out[r - 1] + 1 if r and out[r - 1] >= 0 else next((out[n] - n + r for n in range(r, sheet.rows) if out[n] >= 0), r)
    return out


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
