"""The level of a duty, told by the post of whoever holds it: 年级 | 七年级 | 秦朗（副校长）; 班级 | 七（2）班 | 李敏 | 班主任."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from carelib import values
from carelib.read.labels import key
from carelib.records import Cell, Value

if TYPE_CHECKING:
    from carelib.read.rows import CellReader, Draft

FEWEST = 3                      # levels of a list by which it is clear that each is written once


def tell_level(draft: Draft, reader: CellReader, posts: Iterable[tuple[str, Cell]]) -> None:
    """Gives the row its level where nothing else says it, or where 层次 names only the layer (学校, 年级, 班级, 学生) and the post
    belongs to that layer. `posts`: label and cell of a column of posts beside that of levels."""
    fields, level = reader.form.fields, draft.get("level")
    if not {"level", "person"} <= fields.keys() or (level is not None and level.value):
        return
    told = [reader.value(fields["level"], label, [cell]) for label, cell in posts]
    told += _of_person(draft.get("person"), reader)
    known = [v for v in told if v.value]
    if len({v.value for v in known}) != 1:
        draft.fill([v for v in told if v.problem][:1] if not known else (), fields)
        return
    if level is None:
        draft.fill(known[:1], fields)
    elif known[0].value in reader.lexicon.words["layers"].get(key(level.raw or ""), ()) and level.confidence == 1.0:
        place = "、".join(dict.fromkeys(p for v in (level, known[0]) for p in (v.place or "").split("、")))
        made = replace(level, value=known[0].value, problem=None, suggestion=None, raw=f"{level.raw}、{known[0].raw}", place=place)
        draft.values = [made if v is level else v for v in draft.values]


def carry_levels(drafts: list[Draft], fields: Iterable[str]) -> None:
    """A level that is written once, on the first of its rows: each level of the list stands once, and the rows below it have none."""
    said = [v for d in drafts if (v := d.get("level")) is not None]
    if len(said) < FEWEST or len(said) == len(drafts) or len({key(v.raw or "") for v in said}) < len(said) or drafts[0].get("level") is None:
        return
    for above, draft in pairwise(drafts):
        over = above.get("level")
        if over is not None and draft.get("person") is not None:
            draft.fill([over], fields)


def _of_person(person: Value | None, reader: CellReader) -> list[Value]:
    if person is None or not person.value or not person.raw or person.confidence < 1.0:
        return []
    name, level = values.name_and_post(person.raw, reader.context)
    return [replace(person, field="level", value=level.value)] if level.value and name.value == person.value else []
