"""Attempts beside each other in a pupil's row: 第一次劝返 | 第二次劝返 | 第三次劝返, each with its time, way and outcome."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from carelib.read.columns import map_columns
from carelib.read.headers import Column
from carelib.read.labels import key, nth
from carelib.read.lexicon import Lexicon
from carelib.read.rows import Draft, RowReader
from carelib.records import Value

FOLLOW_UP, USUAL = "follow_up", "劝返"
CARRIED = frozenset({FOLLOW_UP, "absent_list"})         # forms whose rows may carry attempts
ATTEMPT = frozenset({"attempt_date", "people", "parties", "mode", "content", "outcome", "next_step", "next_date"})


@dataclass(slots=True)
class Attempt:
    """One attempt of every row: its number, the columns that hold it, and the printed head that numbers it."""
    number: str
    columns: list[Column]

    @property
    def head(self) -> Column:
        return self.columns[0]

    def numbered(self, draft: Draft, fields: Mapping[str, object]) -> None:
        """The attempt's number, where no column of its own says it."""
        if draft.get("attempt_no") is None:
            cell = next(c for c in self.head.cells if nth(c.text))
            draft.fill([Value("attempt_no", "".join(cell.text.split()), None, self.number, None, cell.place, cell.confidence)], fields)

    def read(self, numbers: list[int], reader: RowReader, lexicon: Lexicon) -> Draft | None:
        """What is written of the attempt in these lines, without what the row says of the pupil; None if nothing is."""
        form = lexicon.catalogue.forms[FOLLOW_UP]
        draft = RowReader(form, self.columns, reader.sheet, reader.context, lexicon).read(numbers)
        if not any(v.value or v.problem for v in draft.values):
            return None
        self.numbered(draft, form.fields)
        return draft


def attempts_in(columns: list[Column], lexicon: Lexicon) -> list[Attempt]:
    """The attempts whose heads stand beside each other, each with copies of its columns that are named as a list of
    attempts names them; [] unless there are two. Marks the columns."""
    found: dict[str, list[Column]] = {}
    marked = []
    for column in columns:
        number, path = _said(column, lexicon)
        if number:
            found.setdefault(number, []).append(replace(column, path=path))
            marked.append((column, number))
    if len(found) < 2:
        return []
    for column, number in marked:
        column.nth = number
    return [Attempt(number, own) for number, own in found.items()]


def _said(column: Column, lexicon: Lexicon) -> tuple[str, tuple[str, ...]]:
    for i, piece in enumerate(column.path):
        found = nth(piece)
        if found is None:
            continue
        number, rest = found[0], found[1].strip(" \n　:：()（）")
        sub = column.path[-1] if i + 1 < len(column.path) else rest
        for path in ((rest, sub), (USUAL, sub), (sub,)):
            match = lexicon.find(FOLLOW_UP, path) if key(sub) else None
            if match is not None and match.fields[0] in ATTEMPT:
                return number, path
        return number, (sub or piece,)
    return "", ()


def map_attempts(attempts: list[Attempt], columns: list[Column], form: str, lexicon: Lexicon, levels: Mapping[str, int],
                 reads_well: Callable[[Column, str], bool]) -> None:
    """Gives the columns of each attempt to the fields of one; in a list of attempts with the columns of the pupil."""
    own = [c for c in columns if not c.nth] if form == FOLLOW_UP else []
    for attempt in attempts:
        map_columns([*own, *attempt.columns], FOLLOW_UP, lexicon, levels, reads_well)
        copies = {c.col: c for c in attempt.columns}
        for column in columns:
            if column.nth == attempt.number and column.col in copies:
                column.use, column.why = "attempt" if copies[column.col].use else "", copies[column.col].why
