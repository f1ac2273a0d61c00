"""Attempts told in free text on a page: a line each that begins with its date."""
from __future__ import annotations

from typing import TYPE_CHECKING

from carelib.read.card import DATED, Card, Entry
from carelib.read.joined import Match
from carelib.read.labels import key, nth
from carelib.records import Cell

if TYPE_CHECKING:
    from carelib.read.cards import CardReader


def dated_attempts(reader: CardReader, text: str, cell: Cell, card: Card) -> bool:
    """Attempts told in free text: 第1次劝返 | 2023年3月6日上门…; 劝返过程 | 2023年3月6日 | 上门…, a line each."""
    words, numbered = reader.lexicon.words["dated"], nth(text)
    if not (key(text) in map(key, words["records"]) or (numbered and key(numbered[1]) in map(key, words["nth"]))):
        return False
    told: list[list[tuple[str, Cell, str | None]]] = []
    for right in reader.right(cell):
        beyond = reader.sheet.at.get((right.row, right.col + right.col_span))
        lines = [x.strip() for x in right.text.split("\n") if x.strip()]
        if not lines or not all(DATED.match(x) for x in lines):
            return False
        if len(lines) == 1 and DATED.fullmatch(lines[0]):
            if beyond is None or beyond.place == right.place:
                return False
            told.append([("attempt_date", right, None), ("content", beyond, None)])
        else:
            told += [[("attempt_date", right, DATED.match(x)[0]), ("content", right, x)] for x in lines]       # type: ignore[index]
    label = "".join(text.split())
    for one in told:
        if numbered:
            one.insert(0, ("attempt_no", cell, numbered[0]))
        card.attempts.append([Entry(label, Match((name,), 1.0), [cell], [at], part) for name, at, part in one])
        reader.used.update(at.place for _, at, _ in one)
    reader.used.add(cell.place)
    card.furniture.append((cell, "label"))
    return bool(told)
