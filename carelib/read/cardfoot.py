"""The foot of a page: lines at its end that say nothing but who signs it and when."""
from __future__ import annotations

from carelib.read import info
from carelib.read.labels import unnumbered
from carelib.read.lexicon import Lexicon
from carelib.read.sheet import Sheet
from carelib.records import Cell

SIGNS = frozenset({"filled_by", "approved_by"})


def foot_rows(sheet: Sheet, first: int, last: int, lexicon: Lexicon) -> frozenset[int]:
    """负责人：尹华 | 填表人：白露 | 2023年3月20日, one below the other at the end of the rows first..last. There 负责人 is the head
    of the school, although elsewhere on the page the word may name who answers for the pupil."""
    found: dict[int, set[str]] = {}
    for number in reversed([n for n in sheet.numbers if first <= n <= last]):
        kinds = _kinds(sheet.row(number), lexicon)
        if not kinds:
            break
        found[number] = kinds
    together = set().union(*found.values())
    return frozenset(found) if len(found) > 1 and "approved_by" in together and together - {"approved_by"} else frozenset()


def foot_begins(cells: list[Cell], form: str, lexicon: Lexicon) -> int:
    """The column from which on a line signs (填报人, 审核人, 校长 …): numbers and names there are not the pupil's."""
    for cell in cells:
        labels = [label for label, *_ in info.split_pairs(cell.text, lexicon)] or [cell.text]
        for label in labels:
            kind = lexicon.info_kind(label) if len(label) <= 24 else None
            if kind in SIGNS and lexicon.find(form, (unnumbered(label),)) is None:
                return cell.col
    return 1 << 30


def _kinds(cells: list[Cell], lexicon: Lexicon) -> set[str]:
    """What a line of one cell signs; nothing if it says anything else."""
    text = cells[0].text
    if len(cells) != 1:
        return set()
    if info.bare_date(text) and len(info.bare_date(text) or "") == len(text.strip()):
        return {"filled_date"}
    pairs = info.split_pairs(text, lexicon)
    return {kind or "" for _, kind, _ in pairs} if pairs and all(kind in (*SIGNS, "filled_date") for _, kind, _ in pairs) else set()
