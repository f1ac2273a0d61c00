"""The words on a form -> dates, grades, classes, numbers, codes, names: a value, or a question, never a guess.

    parse(text, field, context, cell) -> Reading      any field of the catalogue, by the kind of its type
    grade_and_class, name_and_phone, name_and_post, name_and_relation, school_and_grade      cells that hold several things
    check_id, id_birth, id_gender, check_student_no   what a number says about itself
    fold_name                                         the form in which names are compared
    format_value                                      a value as people write it; parse(format_value(v)) is v

Nothing here raises for any text. The words and sentences stand in notice/values.toml, the lists in notice/codes/.
"""
from __future__ import annotations

import re
from collections.abc import Callable

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.choices import answers_return, parse_bool, parse_code, parse_codes, parse_level
from carelib.values.combined import grade_and_class, name_and_phone, name_and_post, name_and_relation, school_and_grade
from carelib.values.context import Context
from carelib.values.dates import parse_date
from carelib.values.grades import parse_class, parse_grade
from carelib.values.ids import check_id, check_student_no, id_birth, id_gender, parse_id, parse_student_no
from carelib.values.names import fold_name, is_han_name, parse_name
from carelib.values.numbers import parse_counts, parse_int, parse_number, parse_numbers, parse_rate
from carelib.values.ocr import gate
from carelib.values.phones import parse_phone
from carelib.values.prose import names_hospital, parse_text, parse_texts
from carelib.values.text import clean, garbled, is_ditto, points_up, unguarded
from carelib.values.words import LONGEST, NOTHING, UNREADABLE, ask, word_set
from carelib.values.written import format_value

__all__ = ["Context", "check_id", "check_student_no", "fold_name", "format_value", "grade_and_class", "id_birth",
           "id_gender", "is_han_name", "name_and_phone", "name_and_post", "name_and_relation", "names_hospital", "parse", "points_up", "school_and_grade"]

_GUARDS = "=\"'`‘’＇"
PROSE = frozenset({"text", "texts"})
_RETURN = re.compile("是否.*(?:返校|复学|到校|回校|劝返|返回)")
_KINDS: dict[str, Callable[[str, Field, Context, Cell | None], Reading]] = {
    "int": parse_int, "name": parse_name, "code": parse_code, "id": parse_id, "date": parse_date, "grade": parse_grade,
    "phone": parse_phone, "text": parse_text, "texts": parse_texts, "bool": parse_bool, "codes": parse_codes,
    "rate": parse_rate, "number": parse_number, "numbers": parse_numbers, "level": parse_level, "counts": parse_counts}
_BY_NAME = {"student_no": parse_student_no, "class_no": parse_class}


def parse(text: str, field: Field, context: Context, cell: Cell | None = None, label: str | None = None) -> Reading:
    """What `text` says in `field`: a value in normal form, a problem, or nothing.

    `cell` brings what the file knows besides (a stored date or number, a doubt, a scan's confidence); `label` is the
    heading as printed, where it changes what the words mean (是 under 是否返校).
    """
    if cell is not None and cell.doubt:
        return Reading(None, cell.doubt, cell.suggestion or text or None)
    if cell is not None and cell.kind in UNREADABLE:
        return ask("any", cell.kind, field, context, text)
    text, kind = clean(text), field.kind
    if text[:1] in _GUARDS and text:
        text = unguarded(text, kind in PROSE)
    reading = _refused(text, kind, field, context) or _read(text, kind, field, context, cell, label)
    if cell is not None and cell.kind == "ocr":
        return gate(reading, text, field, context, cell)
    return reading


def _read(text: str, kind: str, field: Field, context: Context, cell: Cell | None, label: str | None) -> Reading:
    if not text and (cell is None or not cell.date):
        return NOTHING
    if label and kind == "code" and field.list == "case_state" and _RETURN.search(label):
        said = answers_return(text, context)
        if said:
            return said
    return (_BY_NAME.get(field.name) or _KINDS[kind])(text, field, context, cell)


def _refused(text: str, kind: str, field: Field, context: Context) -> Reading | None:
    """What is no entry of any kind: error values, formulas, ####, ditto marks, lost characters, pages of text."""
    first = text[:1]
    if first in ("#", "=") and (said := _machine(text)):
        return ask("any", said, field, context, text)
    if garbled(text):
        return ask("name" if kind == "name" else "any", "missing" if kind == "name" else "garbled", field, context)
    if kind in PROSE:
        return None
    if len(text) > LONGEST:
        return ask("any", "long", field, context)
    return ask("any", "ditto", field, context, text) if is_ditto(text) else None


def _machine(text: str) -> str | None:
    """error, hashes or formula, if the text is what a spreadsheet shows instead of a value."""
    if text.lower().rstrip("。. ") in word_set("words", "errors"):
        return "error"
    if len(text) > 1 and not text.strip("#"):
        return "hashes"
    return "formula" if re.match(r"=+\s*[A-Za-z_.]+\d*[(!:+\-*/$]|=+[A-Z]{1,3}\d+$", text) else None
