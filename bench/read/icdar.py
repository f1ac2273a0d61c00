"""Other people's tables: `python bench/read/icdar.py FOLDER [-v]`, where FOLDER holds the ICDAR-2013 competition's PDFs and `*-str.xml`.

The measure is the competition's: pairs of neighbouring filled cells (to the right, below), blanks between them skipped, text
without white space. Recall and precision over all documents; pairs of a table that the reader does not vouch for are counted
apart (*asked*). Peers as in run.py.
"""
from __future__ import annotations

import argparse
import io
import sys
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from measure import Counts  # noqa: E402
from readers import Tables, available  # noqa: E402

Pairs = Counter[tuple[str, str, str]]
Placed = tuple[int, int, int, int, str]         # row, column, rows, columns, text


@dataclass
class Tally(Counts):
    true: int = 0
    said: int = 0
    right: int = 0
    asked: int = 0
    hinted: int = 0                             # right among those asked
    seconds: float = 0.0


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path)
    ask.add_argument("-v", action="store_true", help="a line for each document, worst first")
    given = ask.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    lines = []
    for path in sorted(given.folder.rglob("*.pdf")):
        truth = _truth(path.with_name(path.stem + "-str.xml"))
        for name, read in available(True).items():
            one = _measured(read, path.read_bytes(), truth, name == "carelib")
            tallies[name].add(one)
            if name == "carelib":
                lines.append((one.right - one.said, f"{path.stem:10} true {one.true:5} said {one.said:5} right {one.right:5} asked {one.asked:5} right {one.hinted:5}"))
    if given.v:
        print(*(text for _, text in sorted(lines)), sep="\n")
    print("| reader | recall | precision | recall with what is asked | precision of it | CPU of pdfplumber |\n|---|--:|--:|--:|--:|--:|")
    for name, t in tallies.items():
        print(f"| {name} | {_share(t.right, t.true)} | {_share(t.right, t.said)} | {_share(t.right + t.hinted, t.true)} | {_share(t.hinted, t.asked)} "
              f"| {t.seconds / tallies['pdfplumber'].seconds:.2f} |")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _measured(read, data: bytes, truth: Pairs, ours: bool) -> Tally:
    start = time.process_time()
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            tables = read(data)
        except Exception as error:                          # noqa: BLE001 -- a peer that gives up has read nothing
            print(read.__name__, error, file=sys.stderr)
            tables = []
    out = Tally(sum(truth.values()), seconds=time.process_time() - start)
    said, asked = _of_tables(data) if ours else (_of_rows(tables), Counter())
    out.said, out.right = sum(said.values()), sum((said & truth).values())
    out.asked, out.hinted = sum(asked.values()), sum((asked & truth).values())
    return out


def _of_tables(data: bytes) -> tuple[Pairs, Pairs]:
    """Our tables alone: the grids that leave the reader also hold the lines of text around them."""
    from carelib.read.pdf import document
    blocks: list = []
    stitch = document.pages.stitch
    with mock.patch.object(document.pages, "stitch", lambda parts: blocks.extend(stitch(parts)) or blocks[:]):
        document.parse(data)
    said: Pairs = Counter()
    asked: Pairs = Counter()
    for block in blocks:
        if block.table:
            cells = [(s.row, s.col, s.row_span, s.col_span, s.text) for s in block.table.spots]
            (asked if block.doubts or block.table.doubts else said).update(_pairs(cells))
    return said, asked


def _of_rows(tables: Tables) -> Pairs:
    said: Pairs = Counter()
    for table in tables:
        said.update(_pairs([(r, c, 1, 1, told.text) for r, row in enumerate(table) for c, told in row.items()]))
    return said


def _truth(path: Path) -> Pairs:
    """Pairs of every table; the pages of a table follow each other."""
    out: Pairs = Counter()
    for table in ElementTree.parse(path).iter("table"):
        for region in table.iter("region"):
            cells = []
            for cell in region.iter("cell"):
                row, col = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
                high, wide = int(cell.get("end-row", row)) - row + 1, int(cell.get("end-col", col)) - col + 1
                cells.append((row, col, high, wide, cell.findtext("content") or ""))
            out.update(_pairs(cells))
    return out


def _pairs(cells: Iterable[Placed]) -> Pairs:
    filled = [(r, c, h, w, text) for r, c, h, w, text in ((*cell[:4], "".join(cell[4].split())) for cell in cells) if text]
    at = {(r + i, c + j): n for n, (r, c, h, w, _) in enumerate(filled) for i in range(h) for j in range(w)}
    rows = max((r for r, _ in at), default=0) + 1
    cols = max((c for _, c in at), default=0) + 1
    found = set()
    for n, (r, c, h, w, _) in enumerate(filled):
        for row in range(r, r + h):
            found.add((n, next((at[row, x] for x in range(c + w, cols) if at.get((row, x), n) != n), None), "right"))
        for col in range(c, c + w):
            found.add((n, next((at[y, col] for y in range(r + h, rows) if at.get((y, col), n) != n), None), "below"))
    return Counter((filled[n][4], filled[m][4], way) for n, m, way in found if m is not None)


if __name__ == "__main__":
    main()
