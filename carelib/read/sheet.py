"""A grid with an index over it, and the ledger that says where each of its cells ends: nothing is lost, nothing twice."""
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from carelib.records import Cell, Furniture, Grid, Leftover

NOT_WORDS = frozenset({"number", "date", "bool", "error", "uncalculated", "picture"})      # kinds of cells that hold no words
REACH = 64                                  # how far beyond the last cell a merged range is followed


class Sheet:
    """A grid that can be asked: what stands in a row, in a column, at a spot (merged ranges answer with their anchor)."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.cells = [c for c in grid.cells if not c.covered and c.text.strip()]
        self.rows: dict[int, list[Cell]] = {}
        self.at: dict[tuple[int, int], Cell] = {}
        low = max((c.row for c in self.cells), default=0) + REACH
        far = max((c.col for c in self.cells), default=0) + REACH
        for cell in self.cells:
            self.rows.setdefault(cell.row, []).append(cell)
            if cell.row_span == 1 and cell.col_span == 1:
                self.at[cell.row, cell.col] = cell
            else:
                for r in range(cell.row, min(low, cell.row + cell.row_span)):
                    for c in range(cell.col, min(far, cell.col + cell.col_span)):
                        self.at.setdefault((r, c), cell)
        for row in self.rows.values():
            row.sort(key=lambda c: c.col)
        self.numbers = sorted(self.rows)

    @property
    def name(self) -> str:
        return self.grid.name

    def row(self, number: int, left: int = 0, right: int = 1 << 30) -> list[Cell]:
        """The cells that begin in this row, between two columns, from left to right."""
        return [c for c in self.rows.get(number, ()) if left <= c.col < right]

    def across(self, number: int, left: int, right: int) -> list[Cell]:
        """The cells that a row shows between two columns, those that reach down from above too; each once."""
        seen = dict.fromkeys(self.at[number, c].place for c in range(left, right) if (number, c) in self.at)
        found = {self.at[number, c].place: self.at[number, c] for c in range(left, right) if (number, c) in self.at}
        return [found[p] for p in seen]

    def part(self, keep: Callable[[Cell], bool]) -> Sheet:
        """The sheet with some of its cells only, each where it stands."""
        return Sheet(dataclasses.replace(self.grid, cells=tuple(c for c in self.grid.cells if keep(c)), extras=()))

    def turned(self, first: int, last: int) -> Sheet:
        """The same sheet with rows and columns exchanged between two rows (labels in the first column, pupils side by side);
        what stands above and below stays there."""
        wide = max((c.col + c.col_span for c in self.cells if first <= c.row <= last), default=1)

        def place(row: int, col: int, rows: int, cols: int) -> tuple[int, int, int, int]:
            if first <= row <= last:
                return first + col, row - first, cols, rows
            return (row, col, rows, cols) if row < first else (row - last - 1 + first + wide, col, rows, cols)
        cells = []
        for cell in self.cells:
            row, col, rows, cols = place(cell.row, cell.col, cell.row_span, cell.col_span)
            cells.append(dataclasses.replace(cell, row=row, col=col, row_span=rows, col_span=cols))
        cells.sort(key=lambda c: (c.row, c.col))
        return Sheet(dataclasses.replace(self.grid, cells=tuple(cells), spans=tuple(place(*s) for s in self.grid.spans), extras=()))


class Ledger:
    """Where the cells of one grid end. A cell is named by its place; a value beats furniture, furniture a leftover."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.owner: dict[str, int] = {}             # place -> the number of the submission that holds it
        self.kinds: dict[str, str] = {}             # place -> kind of furniture

    def furnish(self, cells: Iterable[Cell], kind: str, number: int) -> None:
        """Recognised, but no value."""
        for cell in cells:
            self.kinds.setdefault(cell.place, kind)
            self.owner.setdefault(cell.place, number)

    def own(self, cells: Iterable[Cell], number: int) -> None:
        """What nobody claims of these is a leftover of that submission."""
        for cell in cells:
            self.owner.setdefault(cell.place, number)

    def settle(self, claimed: set[str], default: int) -> dict[int, tuple[list[Furniture], list[Leftover]]]:
        """Furniture and leftovers by submission; `claimed`: the places that stand in values; what nobody owns goes to
        `default`."""
        out: dict[int, tuple[list[Furniture], list[Leftover]]] = {}
        for cell in self.grid.cells:
            if not cell.text.strip():
                continue
            furniture, leftovers = out.setdefault(self.owner.get(cell.place, default), ([], []))
            if cell.covered:
                leftovers.append(Leftover(cell.place, cell.text))
            elif cell.place in claimed:
                continue
            elif cell.place in self.kinds:
                furniture.append(Furniture(cell.place, cell.text, self.kinds[cell.place]))
            else:
                leftovers.append(Leftover(cell.place, cell.text))
        out.setdefault(default, ([], []))[1].extend(Leftover(place, text) for place, text in self.grid.extras)
        return out
