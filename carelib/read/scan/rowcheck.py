"""The rows of the grid against the lines of writing: where a rule was not seen, or one too many, the writing tells.

    doubt(strips, table, height) -> None        adds what is doubted to the lines of writing
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from carelib.read.pdf.geometry import Box
from carelib.read.scan.ink import Strip

HEADED = 2                      # the first rows of a table may be its header, whose cells run over rows
PITCH, OFF = 2.0, 0.3           # times the usual height: from line to line of a paragraph, and how far off the middle of a row it is
FEWEST, ROWS = 3, 5             # cells that say something about a row, rows that say something about a table
USUAL = 0.8                     # share of the rows whose first cell is written in, where rows are numbered


@dataclass(frozen=True)
class Seat:
    """Where a cell stands: the number of its table, its rows and its column."""
    table: int
    row: int
    rows: int
    col: int


@dataclass
class Cells:
    """The cells of a page (pixels), where each stands, and the heights of the rules within each that do not part it."""
    boxes: list[Box] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    inner: dict[int, list[float]] = field(default_factory=dict)
    gapped: bool = False                    # there are dashed rules, of which a piece is easily missed

    def add(self, box: Box, seat: Seat, ys: Sequence[float]) -> None:
        if seat.row >= HEADED and seat.rows > 1:
            self.inner[len(self.boxes)] = list(ys)
        self.boxes.append(box)
        self.seats.append(seat)


def doubt(strips: Sequence[Strip], cells: Cells, height: float) -> None:
    """Lines of writing that may belong to another row than the grid says are doubted."""
    lines: dict[int, list[Strip]] = defaultdict(list)
    for strip in strips:
        if strip.home >= 0:
            lines[strip.home].append(strip)
    for home in cells.inner:
        if home in lines and _is_apart(lines[home], cells, home, height):
            _doubt(lines[home], "merged")
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for home in lines:
        if cells.seats[home].rows == 1:
            rows[cells.seats[home].table, cells.seats[home].row].append(home)
    doubted = [key for key, homes in rows.items() if _are_stacked([lines[h] for h in homes], height) and key[1] > 0]
    for key in [*doubted, *_unnumbered(rows, lines, cells.seats)]:
        for home in rows.get(key, ()):
            _doubt(lines[home], "rows")


def _doubt(lines: Sequence[Strip], why: str) -> None:
    for strip in lines:
        strip.doubts.append(why)


def _is_apart(own: Sequence[Strip], cells: Cells, home: int, height: float) -> bool:
    """Whether a cell over several rows is written in as if these were parted: in each of them, or in the middle of one."""
    ys, cell = cells.inner[home], cells.boxes[home]
    if any(s.box.top + height / 4 < y < s.box.bottom - height / 4 for s in own for y in ys):
        return False
    middles = [(s.box.top + s.box.bottom) / 2 for s in own]
    if len({sum(y < m for y in ys) for m in middles}) > 1:
        return cells.gapped or not _huddles(middles, cell, ys, height)
    middle = (min(middles) + max(middles)) / 2
    top, bottom = next((a, b) for a, b in zip([cell.top, *ys], [*ys, cell.bottom]) if middle <= b or b == cell.bottom)
    off = abs(middle - (cell.top + cell.bottom) / 2)
    return off >= OFF * height and abs(middle - (top + bottom) / 2) < off


def _huddles(middles: Sequence[float], cell: Box, ys: Sequence[float], height: float) -> bool:
    """Whether lines stand as close together as one paragraph in the middle of a cell, and not in the middle of its rows."""
    edges, lines = [cell.top, *ys, cell.bottom], sorted(middles)
    rows = [(a, b) for a, b in zip(edges, edges[1:]) if any(a < y <= b for y in lines)]
    close = all(b - a <= PITCH * height for a, b in zip(lines, lines[1:]))
    return close and lines[0] - sum(rows[0]) / 2 >= OFF * height and sum(rows[-1]) / 2 - lines[-1] >= OFF * height


def _are_stacked(row: Sequence[Sequence[Strip]], height: float) -> bool:
    """Whether every cell of a row has several lines, also those that hold a figure or a word: two rows may be one above the other."""
    return len(row) >= FEWEST and all(max(m) - min(m) > height / 2 for m in ([(s.box.top + s.box.bottom) / 2 for s in cell] for cell in row))


def _unnumbered(rows: Mapping[tuple[int, int], Sequence[int]], lines: Mapping[int, Sequence[Strip]], seats: Sequence[Seat]) -> list[tuple[int, int]]:
    """Rows whose first cell is empty while nearly all others have a number there, and the rows above them."""
    taken = {(seats[h].table, r) for h in lines if seats[h].col == 0 for r in range(seats[h].row, seats[h].row + seats[h].rows)}
    out = []
    for table in {t for t, _ in rows}:
        written = sorted(r for t, r in rows if t == table)
        bare = [r for r in written if (table, r) not in taken]
        if len(written) >= ROWS and len(bare) <= (1 - USUAL) * len(written):
            out += [(table, n) for r in bare if len(rows[table, r]) >= FEWEST and r >= HEADED for n in (r - 1, r)]
    return out
