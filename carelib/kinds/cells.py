"""Kinds that look at single cells: filled in, readable, of a list, of a shape, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from carelib.kinds.certain import id_fault, looks_damaged
from carelib.kinds.line import Hits, Line, hit, items, unnamed

NOT_DATA = ("seq", "student_name", "grade", "class_no")


def required(
    line: Line,
    desk: Any,
    *,
    fields: Iterable[str] = (),
    any_of: bool = False,
    none_is_answer: bool = False,
    one_hit: bool = False,
) -> Hits:
    """The fields must be filled (no `fields`: those the form requires); `any_of`: one will do."""
    names = list(fields) or desk.required(line)
    empty = [n for n in names if line.blank(n, none_is_answer)]
    if any_of:
        return [hit(line, names[0], what=desk.labels(line.form, names))] if len(empty) == len(names) else []
    if one_hit and empty:
        return [hit(line, empty[0], what=desk.labels(line.form, empty))]
    return [hit(line, n, what=desk.labels(line.form, [n])) for n in empty]


def is_true(line: Line, desk: Any, *, fields: Iterable[str]) -> Hits:
    """Each must say yes; a blank does not. One hit a row, naming those that do not."""
    no = [n for n in fields if not line.get(n) and not line.unread(n)]
    return [hit(line, no[0], what=desk.labels(line.form, no))] if no else []


def only_has(line: Line, desk: Any, *, fields: Iterable[str] = NOT_DATA) -> Hits:
    """The row says nothing but these fields."""
    keep = set(fields)
    said = any(c.get("raw") or c.get("value") for n, c in line.cells.items() if n not in keep)
    said = said or any(
        v not in (None, "") for n, v in line.row.items() if n in desk.fields(line.form) and n not in keep
    )
    return [] if said else [hit(line, None, place=line.cell("student_name", "place"))]


def reading_problem(line: Line, desk: Any, *, types: Iterable[str] = (), damaged: bool = False) -> Hits:
    """A cell nobody can read for certain. `types`: only these; `damaged`: numbers that software cut short."""
    wanted = set(types)
    return [
        hit(line, name, problem=unnamed(cell["problem"], cell.get("raw"), name))
        for name, cell in line.cells.items()
        if cell.get("problem") is not None
        and (not wanted or desk.type_of(line.form, name) in wanted)
        and (not damaged or looks_damaged(cell.get("raw")))
    ]


def in_list(line: Line, desk: Any, *, field: str, allowed: Any, by: str = "") -> Hits:
    """The value is one of `allowed`, or by the value of another field one of `allowed[value]`."""
    value, by_value = line.get(field), line.get(by) if by else None
    table = allowed.get(by_value) if by else allowed
    if value is None or table is None:
        return None
    return (
        []
        if set(items(value)) & set(table)
        else [
            hit(
                line,
                field,
                value=desk.word(line.form, field, value),
                expected="、".join(table),
                by=desk.word(line.form, by, by_value) if by else "",
            )
        ]
    )


def not_in_list(line: Line, desk: Any, *, field: str, refused: Iterable[str]) -> Hits:
    value = line.get(field)
    if value is None:
        return None
    return [hit(line, field, value=desk.word(line.form, field, value))] if set(items(value)) & set(refused) else []


def pattern(line: Line, desk: Any, *, fields: Iterable[str], shape: str) -> Hits:
    """Each single value looks like `shape`."""
    form, judged, hits = re.compile(shape), False, []
    for name in fields:
        if (value := line.get(name)) is not None:
            judged = True
            if not all(form.fullmatch(v) for v in items(value)):
                hits.append(hit(line, name))
    return hits if judged else None


def not_pattern(line: Line, desk: Any, *, field: str, shape: str) -> Hits:
    value = line.get(field)
    return None if value is None else [hit(line, field, value=value)] if re.search(shape, value) else []


def contains(line: Line, desk: Any, *, field: str, value: str) -> Hits:
    """Among the values of the field is this one; a blank field does not have it."""
    if line.unread(field):
        return None
    return [] if value in items(line.get(field)) else [hit(line, field, expected=value)]


def id_check(line: Line, desk: Any, *, field: str, words: Mapping[str, str]) -> Hits:
    """The number keeps GB 11643-1999; `words` say what is wrong with it."""
    if (value := line.get(field)) is None:
        return None
    fault = id_fault(value)
    return [hit(line, field, fault=words[fault])] if fault else []


def explained(line: Line, desk: Any, *, field: str, code: str, by: Iterable[str] = ()) -> Hits:
    """A catch-all code (其他) needs words: more in the cell than the bare label, or one of the fields `by`."""
    if line.get(field) is None:
        return None
    if code not in items(line.get(field)) or any(not line.blank(n) for n in by):
        return []
    bare = {"".join(w.split()) for w in desk.words_for(line.form, field, code)}
    said = re.sub(r"[\s:：，,。（）()]", "", line.raw(field) or "")
    return [] if said and said not in bare else [hit(line, field, value=desk.word(line.form, field, code))]
