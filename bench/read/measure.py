"""What a reader got right of a paper: cells, whole records, what is wrong and was not asked, what nobody printed.

A reader's tables are searched for a row that looks like the header; later tables of as many columns go on with it, for
readers that give a table a page. A record is the row that shares most cells with what was printed. All of this is kind to
readers that split or shift rows: a shifted cell counts against them once.
"""
from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readers import Row, Tables, Told
from rolls import Card, Roll

SHARE = 0.34                                # of the filled cells of a record make a row this record
NOTHING = Told("")


class Counts:
    """A dataclass of numbers that are added up."""

    def add(self, other: Counts) -> None:
        for key, value in vars(other).items():
            setattr(self, key, getattr(self, key) + value)


@dataclass
class Score(Counts):
    """Counts over printed cells and records."""
    cells: int = 0
    exact: int = 0
    asked: int = 0
    absent: int = 0
    wrong: int = 0
    records: int = 0
    found: int = 0
    whole: int = 0
    invented: int = 0                       # rows with ID-like text that no printed record has, not asked
    pages: int = 0
    seconds: float = 0.0


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def score(paper: Roll | Card, tables: Tables) -> Score:
    return _card(paper, tables) if isinstance(paper, Card) else _roll(paper, tables)


def _roll(roll: Roll, tables: Tables) -> Score:
    rows = list(_under_header([bare(t) for t in roll.head], tables))
    where: dict[tuple[int, str], list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        for c, told in row.items():
            where[c, bare(told.text)].append(n)
    out = Score(records=len(roll.rows))
    used = set()
    for record in roll.rows:
        votes = Counter(n for c, text in enumerate(record) if text for n in where[c, bare(text)])
        best = min(votes, key=lambda n: (n in used, -votes[n], n), default=None)
        if best is None or votes[best] < SHARE * sum(map(bool, record)) or best in used:
            out.cells += sum(map(bool, record))
            out.absent += sum(map(bool, record))
            continue
        used.add(best)
        out.found += 1
        out.add(_record(record, rows[best]))
    out.invented = _invented(roll, (row for n, row in enumerate(rows) if n not in used))
    return out


def _under_header(head: list[str], tables: Tables) -> Iterator[Row]:
    """Rows below the header, by column of the paper."""
    columns: dict[int, int] = {}
    width = 0
    for table in tables:
        here = max((max(row, default=-1) + 1 for row in table), default=0)
        if columns and here != width:
            columns = {}
        for row in table:
            hits = {c: head.index(bare(t.text)) for c, t in row.items() if bare(t.text) in head}
            if len(set(hits.values())) >= 0.6 * len(head):
                columns, width = hits, here
            elif columns:
                yield {columns[c]: told for c, told in row.items() if c in columns}


def _record(record: tuple[str, ...], row: Row) -> Score:
    out = Score()
    for c, text in enumerate(record):
        told = row.get(c, NOTHING)
        same, empty = bare(told.text) == bare(text), not bare(told.text)
        out.cells += bool(text)
        out.exact += bool(text) and same
        out.asked += not same and told.asked
        out.absent += not same and empty and not told.asked
        out.wrong += not same and not empty and not told.asked
    out.whole = int(out.exact == sum(map(bool, record)) and not out.wrong)
    return out


def _invented(roll: Roll, rows: Iterable[Row]) -> int:
    """Rows (not single words: page numbers, notes) that no record matches, with a number where the ID stands."""
    if "身份证件号" not in roll.head:
        return 0
    col = roll.head.index("身份证件号")
    return sum(bool(re.search(r"\d{6}", row[col].text)) and not row[col].asked for row in rows if col in row and len(row) > 1)


def _card(card: Card, tables: Tables) -> Score:
    """A value is what stands in the next cell of its label's row."""
    pairs = dict([*card.pairs, *card.wide])
    said: dict[str, Told] = {}
    for row in (row for table in tables for row in table):
        cells = [row[c] for c in sorted(row)]
        for label, value in zip(cells, cells[1:]):
            if bare(label.text) in pairs:
                said.setdefault(bare(label.text), value)
    out = _record(tuple(pairs.values()), {c: said.get(label, NOTHING) for c, label in enumerate(pairs)})
    out.records, out.found = 1, int(bool(said))
    return out
