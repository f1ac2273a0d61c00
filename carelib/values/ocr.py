"""What of a scan is believed: each kind of field has its own guard; everything else becomes a question."""
from __future__ import annotations

import re
from collections.abc import Collection

from carelib.catalogue import Field, fold
from carelib.records import Cell, Reading
from carelib.values.context import Context, cycle_year
from carelib.values.ids import check_id, id_birth
from carelib.values.marks import has_marks, lone, marks, options
from carelib.values.text import squash
from carelib.values.words import ask, word_set, words
from carelib.values.written import format_value

_GRADE = re.compile(r"[一二三四五六七八九]年级|初[一二三]|高[一二三]|[小中大]班|[1-9]|1[0-2]")
_STROKES = "一二三123456789"        # 二年级 and 三年级 differ by a stroke, and a lone figure by less than one
_DATE = re.compile(r"\d{4}([-./年])\d{1,2}([-./月])\d{1,2}日?")
_MONTH = re.compile(r"\d{4}(年\d{1,2}月|[-./]\d{1,2})")
_BLANK = re.compile("[\u4e00-\u9fff] +[\u4e00-\u9fff]")       # a comma that touched the line below may have stood there
_BOXES = frozenset("☑□")
_PHONE = re.compile(r"1[3-9]\d{9}|0(?:10|2\d)-?\d{8}|0[3-9]\d{2}-?\d{8}")      # numbers that cannot have lost a figure


def gate(reading: Reading, text: str, field: Field, context: Context, cell: Cell) -> Reading:
    """The reading itself if the scan may be believed, else the question with the reading as a suggestion."""
    broken = field.kind == "name" and "\n" in cell.text.strip()        # perhaps one character that was read as two
    if reading.problem or (_believed(reading, text, field, context, cell.confidence) and not broken):
        return reading
    codes = {field.list: context.code_list(field.list)} if field.list else {}
    return ask("any", "ocr", field, context, suggestion=format_value(reading.value, field, codes) or text)


def _believed(reading: Reading, text: str, field: Field, context: Context, confidence: float) -> bool:
    weak, strong = words()["ocr"]["weak"], words()["ocr"]["strong"]
    value, nought = reading.value, squash(text) == "0"
    if nought or (field.kind == "bool" and lone(text)):         # a circle is a nought among counts, and only there
        return confidence >= words()["ocr"]["alone"] and field.kind in (("int", "number") if nought else ("bool",))
    if value is None:
        return not text or (confidence >= strong and _says_nothing(text) and not has_marks(text))
    if field.name == "student_no":
        return confidence >= strong and (value[0] == "L" or check_id(value[1:]) == "valid")
    if field.kind == "id":
        return confidence >= weak and check_id(value) == "valid" and _pupils_age(value, context)
    if field.kind == "date":
        return _date(text, value, context, confidence, weak, strong)
    if field.kind in ("code", "codes"):
        known = context.code_list(field.list or "").words
        if has_marks(text):
            return confidence >= strong and _is_ticked(text, known, several=field.kind == "codes")
        return confidence >= weak if fold(text) in known else field.kind == "codes" and confidence >= strong and _all_known(text, known)
    if field.kind == "level":
        return confidence >= weak and text in context.psych_levels
    if field.kind == "grade":
        bare = squash(text)
        return confidence >= (strong if bare[0] in _STROKES else weak) and _GRADE.fullmatch(bare) is not None
    if field.kind == "phone":
        return confidence >= strong and _PHONE.fullmatch(value) is not None
    if field.kind == "name":
        return confidence >= strong and 2 <= len(value) <= 4 and _usual_characters(value) and _has_surname(value)
    if field.kind == "bool" and has_marks(text):
        return confidence >= strong and _is_ticked(text, context.code_list("yes_no").words, several=False)
    if field.kind in ("text", "texts"):
        return confidence >= words()["ocr"]["prose"] and not has_marks(text) and _BLANK.search(text) is None
    return confidence >= strong and not has_marks(text)


def _is_ticked(text: str, known: Collection[str], several: bool) -> bool:
    """Options with a box each, which the reader of scans judges by their ink: some are ticked, and these are words of the list."""
    found = options(text)
    if found is None or found.doubt or not _BOXES.issuperset(c for c in text if c in marks()) or any(c in "()（）[]" for c in text):
        return False
    count, ticked = len(found.ticked) + len(found.unticked), len(found.ticked)
    each = sum(c in _BOXES for c in text) == count >= 2 and len({*found.ticked, *found.unticked}) == count
    return each and (0 < ticked < count if several else ticked == 1) and all(fold(word) in known for word in found.ticked)


def _all_known(text: str, known: Collection[str]) -> bool:
    """学校、村委会: several words of the list, each of them exactly, and nothing else."""
    return all(fold(part) in known for part in re.split("[、，,；;]", squash(text)))


def _pupils_age(number: str, context: Context) -> bool:
    """Born at a time that makes sense; a guardian's number would pass too."""
    birth = id_birth(number)
    return birth is not None and "1930" <= birth < f"{cycle_year(context.cycle) + 1}"


def _date(text: str, value: str, context: Context, confidence: float, weak: float, strong: float) -> bool:
    bare = squash(text)
    if int(value[:4]) > cycle_year(context.cycle) + 1:
        return False
    if len(value) == 10:
        return confidence >= weak and _DATE.fullmatch(bare) is not None
    return confidence >= strong and _MONTH.fullmatch(bare) is not None


def _says_nothing(text: str) -> bool:
    """无, /, —; a 、 or a dot alone may be what was left of a tick."""
    return any(c.isalnum() for c in text) or squash(text) in word_set("ocr", "nothing")


def _has_surname(name: str) -> bool:
    return name[0] in word_set("name", "surnames") | word_set("name", "rare_surnames") or name[:2] in word_set("name", "compound")


def _usual_characters(name: str) -> bool:
    """Only characters of GB 2312: no rare, no traditional ones, no middle dot (scans lose it)."""
    try:
        return len(name.encode("gb2312")) == 2 * len(name) and "·" not in name
    except UnicodeEncodeError:
        return False
