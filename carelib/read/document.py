"""Documents with tables (docx, HTML) as grids: one a table, the lines of text around it as rows of their own.

Cells of the table keep their places in it (t2!F7: second table, as if it stood alone); a line of text is 第n段.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from carelib.read.excel.assemble import assemble
from carelib.read.excel.package import column_letters
from carelib.read.words import reading
from carelib.records import Cell, Grid


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph outside tables, already a cell but for its row; `breaks`: a page or section begins with it."""
    cell: Cell
    breaks: bool = False


@dataclass(slots=True)
class Table:
    """A table as cells with spans; places are those within the table."""
    cells: list[Cell] = field(default_factory=list)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)
    height: int = 0
    name: str = ""
    nested: bool = False                    # stands in a cell of the table before it: lines of text pass it by


def paragraph_place(number: int) -> str:
    """How a line of text is called: 第3段."""
    return str(reading()["place"]["paragraph"]).format(n=number)


def table_place(name: str, row: int, col: int) -> str:
    """'t2!F7'."""
    return f"{name}!{column_letters(col)}{row + 1}"


def grids(flow: Sequence[Line | Table], loose: Sequence[tuple[str, str]] = ()) -> tuple[Grid, ...]:
    """The grids of a document from its lines and tables in order; `loose` extras go with the first grid."""
    groups: list[list[Line]] = [[]]                         # before the first table, between tables, after the last
    tables = [item for item in flow if isinstance(item, Table)]
    for item in flow:
        if isinstance(item, Line):
            groups[-1].append(item)
        elif not item.nested:
            groups.append([])
    if not tables:
        return (_grid(groups[0], Table(), [], loose),) if groups[0] or loose else ()
    out, top, before = [], 0, groups[0]
    for n, table in enumerate(tables):
        if table.nested:
            out.append(_grid([], table, [], ()))
            continue
        top += 1
        behind = groups[top]
        kept = len(behind) if top + 1 == len(groups) else _foot(behind)
        out.append(_grid(before, table, behind[:kept], loose if n == 0 else ()))
        before = behind[kept:]
    return tuple(out)


def _foot(lines: Sequence[Line]) -> int:
    """How many lines between two tables belong to the upper one: those up to a new page, or what reads as a foot."""
    for i, line in enumerate(lines):
        if line.breaks:
            return i
    words = tuple(reading()["foot"]["words"])
    count = 0
    while count < len(lines) and lines[count].cell.text.lstrip(" 　*（(").startswith(words):
        count += 1
    return count


def _grid(before: Sequence[Line], table: Table, behind: Sequence[Line], extras: Sequence[tuple[str, str]]) -> Grid:
    first, last = len(before), len(before) + table.height
    width = max((s[1] + s[3] for s in table.spans), default=0)
    width = max([width, 1, *(c.col + 1 for c in table.cells)])
    cells: list[Cell] = [replace(line.cell, row=i, col=0) for i, line in enumerate(before)]
    cells += [replace(c, row=c.row + first) for c in table.cells] if first else table.cells
    cells += [replace(line.cell, row=last + i, col=0) for i, line in enumerate(behind)]
    rows = [*range(first), *range(last, last + len(behind))]
    spans = [(r + first, c, h, w) for r, c, h, w in table.spans]
    spans += [(r, 0, 1, width) for r in rows] if width > 1 else []
    return assemble(table.name, cells, spans, [*extras, *table.extras])


def place_cells(name: str, rows: Sequence[Sequence[tuple[Cell | None, int, int]]]) -> Table:
    """A table from rows of (cell, row span, column span) as HTML writes them: spans push later cells aside."""
    table = Table(name=name, height=len(rows))
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        c = 0
        for cell, height, width in row:
            while (r, c) in taken:
                c += 1
            height = max(1, min(height, len(rows) - r))
            taken.update(_area(r, c, height, width))
            if cell is not None:
                table.cells.append(replace(cell, row=r, col=c, place=table_place(name, r, c)))
            if height * width > 1:
                table.spans.append((r, c, height, width))
            c += width
    return table


def _area(row: int, col: int, height: int, width: int) -> Iterator[tuple[int, int]]:
    return ((r, c) for r in range(row, row + height) for c in range(col, col + width))
