"""What lines of text above and between the rows tell: 普查工具：MHT　普查时间：2023年3月10日; 八年级　分管副校长：仇英."""
from __future__ import annotations

import re
from collections.abc import Iterable

from carelib import values
from carelib.read.joined import LIST_SCHOOL
from carelib.read.rows import Draft, RowReader
from carelib.read.sections import LABELLED, pieces
from carelib.records import Cell, Reading, Value

WHOLE = ("text", "date")                # kinds of what holds for every row of a list; a number would be a sum
_TOKENS = re.compile(r"[\s:：,，、;；]+")
_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")


def of_head(head: Iterable[Cell], reader: RowReader) -> list[Value]:
    """Labels with their values above a list of figures, for fields without a column."""
    taken = {f for c in reader.columns if c.match and c.use for f in c.match.fields}
    out: dict[str, Value] = {}
    for cell in head:
        for piece in pieces(cell.text) if not (cell.doubt or cell.struck) else ():
            labelled = LABELLED.fullmatch(piece)
            match = reader.lexicon.find(reader.form.code, (labelled[1].strip(),)) if labelled and labelled[2] else None
            known = [reader.form.fields[f] for f in match.fields if f in reader.form.fields] if match else []
            if not match or not labelled or not known or LIST_SCHOOL in match.fields or taken & set(match.fields) or any(f.kind not in WHOLE for f in known):
                continue
            label, said = labelled[1].strip(), labelled[2].strip()
            made = reader.split(match.split, match.fields, label, [cell], said) if match.split else [reader.value(known[0], label, [cell], text=said)]
            out |= {v.field: v for v in made if v.field not in out}
    return list(out.values())


def duty_of(cell: Cell, reader: RowReader) -> Draft | None:
    """八年级　分管副校长：仇英; 七（2）班 班主任 李敏 13800000000: a row of 包保责任表 if each word of the line is a grade or a class, a
    post with its level, one name, a telephone, and nothing is left."""
    fields, context = reader.form.fields, reader.context
    if not {"level", "scope", "person"} <= fields.keys() or cell.doubt or cell.struck or len(cell.text) > 60:
        return None
    found: dict[str, Reading] = {}
    for token in filter(None, _TOKENS.split(cell.text.strip())):
        name, reading = _word(token, found, reader)
        if not name or name in found:
            return None
        found[name] = reading
    if not {"level", "scope", "person"} <= found.keys():
        return None
    readings = [(f, values.parse(r.value or "", fields[f], context) if f == "person" else r) for f, r in found.items()]
    if any(r.problem for _, r in readings):
        return None
    label = "".join(cell.text.split())[:20]
    draft = Draft(cell.row, reader.form.code, [])
    draft.fill([reader.made(f, label, [cell], r, cell.text) for f, r in readings], fields)
    return draft


def _word(token: str, found: dict[str, Reading], reader: RowReader) -> tuple[str, Reading]:
    """(field, what it says) of one word of such a line."""
    fields, context = reader.form.fields, reader.context
    if _PHONE.fullmatch(token):
        return "phone", values.parse(token, fields["phone"], context)
    grade, class_no = values.grade_and_class(token, context, None)
    if (grade.value and not grade.problem) or token in ("全校", "全园"):
        return "scope", Reading(token)
    level = values.parse(token, fields["level"], context)
    if level.value:
        return "level", level
    name = values.parse(token, fields["person"], context)
    return ("person", name) if name.value == token and len(token) <= 4 and "level" in found else ("", name)
