"""What a line between the rows of a list says of the rows below it: 一、红色; （二）七年级; 学生：林晓舟　八年级3班."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from carelib import values
from carelib.catalogue import Field
from carelib.read import info
from carelib.read.headers import Column
from carelib.read.labels import key, unnumbered
from carelib.read.lexicon import Lexicon
from carelib.read.lines import Line, names_class
from carelib.read.rows import RowReader
from carelib.records import Cell, Reading, Value
from carelib.values.context import Context

_PIECES = re.compile(r"\s{2,}|[\t\n　、，,；;]")
ONE_PUPIL = re.compile(r"(?:学生|对象|幼儿)\s*[1１一]\s*[人名][（(]([^（）()]+)[)）]")         # 本月需劝返学生1人（…）
LABELLED = re.compile(r"([^：:]{1,12})[：:]\s*(.*)", re.DOTALL)
_BEHIND = re.compile(r"\s*(\S+?)\s*[（(](.+)[)）]\s*")
_BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")


def values_below(head: Iterable[Cell], lines: Iterable[Line], reader: RowReader) -> dict[int, list[Value]]:
    """number of a row's line -> the values that the nearest line between rows gives it, for fields without a column. A line
    that says nothing of the kind ends what the one before it said. `head`: above the list, where 班级：三（2）班 may stand."""
    taken = {f for c in reader.columns if c.match and c.use for f in c.match.fields}
    free = [f for f in reader.form.fields.values() if f.name not in taken]
    out: dict[int, list[Value]] = {}
    over = [_of_head(c, reader) for c in reader.columns if c.use == "field" and c.code]
    nameless = reader.form.code == "follow_up" and "student_name" not in taken
    now = [v for cell in head if names_class(cell.text) or (nameless and (info.names_pupil(cell.text, reader.lexicon) or ONE_PUPIL.search(cell.text)))
           for v in _said(cell, free, reader)]
    for line in lines:
        if line.kind == "section":
            now = [v for cell in line.cells for v in _said(cell, free, reader)]
        elif line.kind in ("text", "title", "note", "signature"):
            now = []
        elif line.kind == "data" and (now or over):
            out[line.number] = now + over
    return out


def _of_head(column: Column, reader: RowReader) -> Value:
    """班主任 over a column of persons: what they are."""
    reading, cell = values.parse(column.code, reader.form.fields["level"], reader.context), column.cells[-1]
    return reader.made("level", column.label, [cell], reading, cell.text)


def _said(cell: Cell, free: list[Field], reader: RowReader) -> list[Value]:
    text, context, lexicon = unnumbered(cell.text).strip(), reader.context, reader.lexicon
    one = ONE_PUPIL.search(text)
    found = dict(_in_brackets(one[1], context, lexicon) if one else _of_pupil(text, context, lexicon) if LABELLED.fullmatch(text) else _of_group(text, free, context, lexicon))
    names = {f.name for f in free}
    if cell.doubt:
        found = {name: Reading(None, cell.doubt, r.value) for name, r in found.items()}
    return [reader.made(name, "".join(cell.text.split())[:20], [cell], reading, cell.text) for name, reading in found.items() if name in names]


def _in_brackets(text: str, context: Context, lexicon: Lexicon) -> Iterator[tuple[str, Reading]]:
    """林晓舟，八年级3班，家长林大海: a name and a class, in this order."""
    first, *rest = pieces(text)
    name = values.parse(first, lexicon.catalogue.forms["follow_up"].fields["student_name"], context)
    grade, class_no = values.grade_and_class(rest[0], context, None) if rest else (Reading(), Reading())
    if name.value == first and grade.value and class_no.value:
        yield from (("student_name", name), ("grade", grade), ("class_no", class_no))


def _of_group(text: str, free: list[Field], context: Context, lexicon: Lexicon) -> Iterator[tuple[str, Reading]]:
    """A grade, a class, a level, a duty: the whole line says it."""
    bare = _BRACKETS.sub("", text).strip("：: 　")
    forms = [bare]
    for end in lexicon.words["lines"]["section_ends"]:
        forms += [f.removesuffix(end) for f in forms if f.endswith(end) and len(f) > len(end)]
    for field in free:
        if field.kind == "level" or field.name in ("grade", "disease"):
            readings = (values.parse(f, field, context) for f in forms)
            yield from ((field.name, r) for r in [next((r for r in readings if r.value and not r.problem), None)] if r)
        elif field.list == "duty_level":
            words = sorted(lexicon.list_words[field.list], key=len, reverse=True)
            said = key(bare)
            word = next((w for w in words if len(w) > 1 and said.startswith(w)), None)
            if word and not any(len(w) > 1 and w in said.removeprefix(word) for w in words):      # not 分管校长、年级主任包年级
                yield field.name, values.parse(word, field, context)
    if any(f.name == "class_no" for f in free):
        for said in forms:
            grade, class_no = values.grade_and_class(said, context, None)
            if grade.value and class_no.value:
                yield from (("grade", grade), ("class_no", class_no))
                return


def _of_pupil(text: str, context: Context, lexicon: Lexicon) -> Iterator[tuple[str, Reading]]:
    """Labels and values in one line, and what needs no label: a grade with its class, a gender."""
    fields = lexicon.catalogue.forms["follow_up"].fields
    for piece in pieces(text):
        labelled = LABELLED.fullmatch(piece)
        name = lexicon.hits(labelled[1].strip()).get("follow_up") if labelled else None
        if (labelled and name in ("grade", "class_no", None)) or not labelled:
            grade, class_no = values.grade_and_class(labelled[2] if labelled else piece, context, None)
            if grade.value and class_no.value:
                yield from (("grade", grade), ("class_no", class_no))
                continue
        behind = _BEHIND.fullmatch(labelled[2]) if labelled and name == "student_name" else None
        both = values.grade_and_class(behind[2], context, None) if behind else None
        if behind and both and both[0].value and both[1].value:             # 林晓舟（八年级3班）
            yield from (("student_name", values.parse(behind[1], fields["student_name"], context)), ("grade", both[0]), ("class_no", both[1]))
        elif labelled and name:
            yield name, values.parse(labelled[2].strip(), fields[name], context)
        elif piece.strip() in ("男", "女"):
            yield "gender", values.parse(piece.strip(), fields["gender"], context)


def pieces(text: str) -> list[str]:
    """Parted by wide blanks and commas; a single blank parts only where a label follows."""
    return [p.strip() for part in _PIECES.split(text) for p in re.split(r"\s(?=[^\s：:]{2,8}[：:])", part) if p.strip()]
