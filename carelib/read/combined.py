"""A cell that holds several things at once, parted into the readings of its fields."""
from __future__ import annotations

import re
from dataclasses import replace

from carelib import values
from carelib.catalogue import Field, Form
from carelib.read.joined import GUARDIAN
from carelib.records import Cell, Reading
from carelib.values.context import Context
from carelib.values.names import is_han_name

NOTHING = Reading()
_SHORT = re.compile(r"^(父(?![子女亲])(?=\S{2,3}$)|母(?![子女亲])(?=\S{3}$))(\S+)")        # 父林大海; 母 may begin a name of three
_NUMBER = re.compile(r"(?:电话|手机|tel)?[:：]?\s*[(（]?\+?[0-9][0-9\- *]{6,}[0-9]", re.IGNORECASE)
COUNTED = ("int", "number")
HOSPITAL = "hospital"                   # of two fields of free text that which is told by its own words: 强迫症；市四院
_NUMBERED = re.compile(r"[(（]([0-9一二三四五六七八九十]{1,2})[)）]")
_FIGURES = re.compile(r"[0-9][0-9.\-/年月]{3,}")
_NAME_DATE = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9]{1,4}[.月年/\-])(?<![年月日])")
_RUN_ON = re.compile(r"(?<=[\u4e00-\u9fff])(?<![年月日号级届])(?=(?:19|20)[0-9]{2}\s*[.\-/年]\s*[0-9])")       # 是2022.12.20
_PIECES = re.compile(r"[()（）\[\]【】、，,;；:：/|\s]+")


def parted(split: str, fields: tuple[str, ...], text: str, context: Context, form: Form, cell: Cell) -> list[tuple[str, Reading]]:
    """field -> what the cell says of it; `split`: how (combined.csv)."""
    if split == "school_grade_class":
        _, grade, class_no = values.school_and_grade(text, context)
        return [("grade", grade), ("class_no", class_no)]
    if split == "grade_class":
        grade, class_no = values.grade_and_class(text, context, cell)
        return [("grade", grade), ("class_no", class_no)]
    if split == "name_phone":
        return person(text, context, form) if fields[0] == GUARDIAN[0] else list(zip(fields, values.name_and_phone(text, context)))
    if split == "name_relation":
        return list(zip(fields, values.name_and_relation(text, context)))
    if len(fields) > 2 and set(fields) == set(GUARDIAN):
        return person(text, context, form)
    if split == "min_avg":
        return least_and_mean(fields, text, context, form)
    if split == "span" and len(_DASH.split(text.strip())) != 2:         # 时间: which one, a single day does not say
        return []
    if split in ("each", "some"):
        return each(fields, text, context, form, split == "some")
    return list(zip(fields, date_range(text, form.fields[fields[0]], form.fields[fields[1]], context, cell)))


_LEAST = re.compile(r"(?:最少|最低|最小|至少)[^0-9、/]{0,4}([0-9.]+)")
_MEAN = re.compile(r"(?:平均|人均)[^0-9、/]{0,4}([0-9.]+)")
_TWO = re.compile(r"\s*([0-9.]+)\s*(?:学时|课时|小时)?\s*[/、，,;；]\s*([0-9.]+)\s*(?:学时|课时|小时)?\s*")


def least_and_mean(fields: tuple[str, ...], text: str, context: Context, form: Form) -> list[tuple[str, Reading]]:
    """最少6，平均8.5; 6/8.5 where the first is no more than the second. Nothing if it says less or more."""
    said = _LEAST.findall(text), _MEAN.findall(text)
    two = _TWO.fullmatch(text)
    if len(said[0]) == len(said[1]) == 1 and len(re.findall(r"[0-9.]+", text)) == 2:
        pair = (said[0][0], said[1][0])
    elif two:
        pair = (two[1], two[2])
    else:
        return []
    read = [(f, values.parse(p, form.fields[f], context)) for f, p in zip(fields, pair)]
    numbers = [float(r.value) for _, r in read if r.value]
    return read if len(numbers) == 2 and numbers[0] <= numbers[1] else []


def person(text: str, context: Context, form: Form) -> list[tuple[str, Reading]]:
    """A guardian with what stands beside the name: 父亲严卫东15168047757, 严卫东（父子、15168047757）, 父亲 15168047757."""
    name, phone = values.name_and_phone(text, context)
    rest = _NUMBER.sub("、", text).strip(" \n、，,：:/|-")
    rest = _SHORT.sub(r"\1、\2", rest)
    who, relation = values.name_and_relation(rest, context)
    if not relation.value and name.value:
        relation = _relation(rest, context, form)
    if relation.value and (who.value or (who == NOTHING and not name.value)):
        name = who                              # 严卫东（父子）; 父亲 alone names nobody
    found = list(zip(GUARDIAN, (name, relation, phone)))
    return [(f, r) for f, r in found if f != "guardian_relation" or (r.value and f in form.fields)]


def _relation(bare: str, context: Context, form: Form) -> Reading:
    """父亲严卫东: the relation in front of the name."""
    relation = form.fields.get("guardian_relation")
    readings = (values.parse(bare[:n], relation, context) for n in (4, 3, 2) if len(bare) > n) if relation else ()
    return next((r for r in readings if r.value and not r.problem), NOTHING)


_DASH = re.compile(r"\s*(?:至|到|—+|–|~|～|－{1,2}|--|-(?=\s*(?:19|20)[0-9]{2})|-(?=\s*[0-9]{1,2}月)|-(?=\s*[0-9]{1,2}\.[0-9]))\s*")


def date_range(text: str, first: Field, last: Field, context: Context, cell: Cell | None) -> tuple[Reading, Reading]:
    """2023.3.1至2023.3.10, 3月1日—10日: both ends; the second may leave out what the first says. One day is both."""
    parts = [p for p in _DASH.split(text.strip()) if p]
    if len(parts) == 1:
        return values.parse(text, first, context, cell), values.parse(text, last, context, cell)
    if len(parts) != 2:
        asked = values.parse(text, first, context, cell)
        return (asked, replace(asked, value=None)) if asked.problem else (values.parse(text, first, context, cell), NOTHING)
    start = values.parse(parts[0], first, context, None)
    end = parts[1]
    if start.value and not re.match(r"(19|20)[0-9]{2}", end):
        numbers = re.findall(r"[0-9]+", end)
        known = start.value.split("-")
        if len(numbers) < len(known) and numbers:
            end = "-".join([*known[:len(known) - len(numbers)], *(n.zfill(2) for n in numbers)])
    return start, values.parse(end, last, context, None)


def each(fields: tuple[str, ...], text: str, context: Context, form: Form, others: bool = False) -> list[tuple[str, Reading]]:
    """林晓舟（男）; 2023年2月13日 厌学; 病名、医院: each piece is what only one of the fields can mean, the rest what the one
    field of free text says. Numbers are told by their order (1/2). Nothing if that does not come out even. `others`: a piece may be
    of no field."""
    known = [form.fields[f] for f in fields if f in form.fields]
    prose = next((f for f in known if f.kind in values.PROSE and f.name != HOSPITAL), None) or next((f for f in known if f.kind in values.PROSE), None)
    place = next((f for f in known if f.name == HOSPITAL and f is not prose), None)
    if any(f.kind == "date" for f in known):
        text = _RUN_ON.sub(" ", text)
    out: dict[str, Reading] = {}
    rest: list[str] = []
    pieces = [p for p in _PIECES.split(_NUMBERED.sub("\ue000\\1\ue001", text.strip())) if p]       # 七（3）班 is one piece
    pieces = [p.replace("\ue000", "（").replace("\ue001", "）") for p in pieces]
    if {f.kind for f in known} == {"name", "date"}:
        pieces = [x for p in pieces for x in _NAME_DATE.split(p)]       # 夏雨2023.2.21
    if len(known) > 1 and all(f.kind in COUNTED for f in known):
        return [(f.name, values.parse(p, f, context)) for f, p in zip(known, pieces)] if len(pieces) == len(known) else []
    for piece in pieces:
        piece = values.name_and_post(piece, context)[0].value or piece if "judged_by" in fields else piece      # 体育组夏雨
        able = {f.name: r for f in known if f is not prose and (f is not place or values.names_hospital(piece))
                and (r := values.parse(piece, f, context)).value and not r.problem
                and (prose is None or f.kind != "name" or is_han_name(r.value) or "·" in r.value)}     # no sentence becomes a name
        grade, class_no = values.grade_and_class(piece, context, None) if "class_no" in fields or "grade" in fields else (NOTHING, NOTHING)
        if grade.value and class_no.value and not able.keys() - {"grade", "class_no"}:
            able = {"grade": grade, "class_no": class_no}
        elif len(able) != 1 and not ((prose or others) and not able):
            return []
        if able.keys() & out.keys():
            return []
        out |= able
        rest += [] if able else [piece]
    if rest and prose and len(out) < len(known) - 1 and _FIGURES.search(" ".join(rest)):
        return []                               # 2023.3.13四（1）班: a date that nothing parts from the text
    if rest and prose:
        out[prose.name] = values.parse(" ".join(rest), prose, context)
    return list(out.items())
