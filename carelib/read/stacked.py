"""Two papers below each other on one sheet: a second title names another form than the first."""
from __future__ import annotations

from collections.abc import Callable

from carelib.read.labels import is_numbered
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import Sheet
from carelib.records import Cell

APART = 3                       # lines between two titles, at the least, that are no title and subtitle


def second_titles(sheet: Sheet, lexicon: Lexicon, is_title: Callable[[Cell], bool]) -> list[int]:
    """The rows that hold nothing but a title of a form that no title above names."""
    found: list[int] = []
    named: set[str] = set()
    last: int | None = None
    for at, number in enumerate(sheet.numbers):
        cells = sheet.row(number)
        forms = {code for _, code in lexicon.title_forms(cells[0].text)} if len(cells) == 1 and is_title(cells[0]) else set()
        if not forms:
            continue
        if last is not None and at - last > APART and not forms & named and not is_numbered(cells[0].text):
            found.append(number)
        named |= forms
        last = at
    return found
