"""Grades and classes: 七(3)班, 703, 初一3班, 2022级3班, 高三（2）班, 大(2)班, alone or in one cell."""
from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, cycle_school_year, whole_number
from carelib.values.numbers import auto_date
from carelib.values.text import NUMERALS, numeral, says_nothing, squash
from carelib.values.words import NOTHING, ask, word_set, words

GRADES = tuple(str(n) for n in range(1, 13)) + ("小班", "中班", "大班")
GRADE = Field("grade", "年级", "grade")
CLASS = Field("class_no", "班级", "int")
_N = rf"(?:\d{{1,2}}|[{NUMERALS}]{{1,3}})"
_AUTO = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}-[a-z]{3}|[a-z]{3}-\d{1,2}|\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_CLASS_ONLY = re.compile(rf"(?:第?[(]?(?P<c>{_N})[)]?班?)")
_KINDER = re.compile(rf"(?P<k>[小中大])(?:班)?(?:[(]?(?P<c>{_N})[)]?班?|班)")
_ENTRY = re.compile(rf"(?P<stage>小学?|初中?|高中?)?(?P<y>(?:20)?\d{{2}})级?(?:级)(?:[-.(·]?(?P<c>{_N})[)]?班?)?")
_NUMBER3 = re.compile(r"(?P<g>[1-9])(?P<c>0[1-9]|[1-4]\d|50)班?")
_TWO_GRADES = re.compile(rf"{_N}(?:年级)?[、,/和至-]{_N}年级|[初高小]{_N}[、,/和至-][初高小]?{_N}$")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a text says: a grade (or why none), a class (or why none); None and '' where it says nothing of it."""
    grade: str | None = None
    class_no: str | None = None
    grade_why: str = ""
    class_why: str = ""
    grade_hint: str | None = None
    class_hint: str | None = None


@functools.cache
def _numbered() -> re.Pattern[str]:
    """Stage, grade, 年级, class: 七(3)班, 初一3班, 高中一年级(2)班, 7.3, 七年级."""
    stages = "|".join(sorted(words()["grade"]["stages"], key=len, reverse=True))
    return re.compile(rf"(?P<stage>{stages})?部?(?P<g>{_N})(?P<mark>年级|年|级)?(?:上|下)?(?:学期|册)?"
                      rf"(?:(?P<sep>[-.(·])?(?P<c>{_N})(?P<close>[)])?(?P<ban>班)?|(?P<only>班))?")


def parse_grade(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """1 … 12, 小班, 中班, 大班."""
    known = _usual().get(text)
    if known and (not context.grades or known in context.grades) and not (cell and cell.kind == "date"):
        return Reading(known)
    if says_nothing(text):
        return NOTHING
    seen = _see(text, context, cell, bare_is_grade=True)
    if seen.grade:
        return Reading(seen.grade)
    if not seen.grade_why and seen.class_no is None and not seen.class_why:
        return NOTHING
    return ask("grade", seen.grade_why or "none", field, context, text, seen.grade_hint)


def parse_class(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """The number of the class within its grade."""
    if text.isascii() and text.isdigit() and len(text) <= 2 and (cell is None or cell.kind != "date"):
        return _class_number(int(text), text, field, context)
    if says_nothing(text):
        return NOTHING
    seen = _see(text, context, cell, bare_is_grade=False)
    if seen.class_no:
        return _class_number(int(seen.class_no), text, field, context)
    if not seen.class_why and seen.grade is None and not seen.grade_why:
        return NOTHING
    return ask("grade", seen.class_why or "class_none", field, context, text, seen.class_hint)


def _class_number(number: int, text: str, field: Field, context: Context) -> Reading:
    if not 1 <= number <= words()["grade"]["class_most"]:
        hint = f"{number // 10}-{number % 10}" if 50 < number < 100 and number % 10 else None
        return ask("grade", "class_none", field, context, text, hint)
    return Reading(str(number))


def grade_and_class(text: str, context: Context, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """Both from one cell; a bare number could be either and is asked."""
    if says_nothing(text):
        return NOTHING, NOTHING
    seen = _see(text, context, cell, bare_is_grade=None)
    grade = Reading(seen.grade) if seen.grade else (
        ask("grade", seen.grade_why, GRADE, context, text, seen.grade_hint) if seen.grade_why else NOTHING)
    if seen.class_no:
        return grade, _class_number(int(seen.class_no), text, CLASS, context)
    why = seen.class_why or ("" if seen.grade or not seen.grade_why else "class_none")
    return grade, ask("grade", why, CLASS, context, text, seen.class_hint) if why else NOTHING


@functools.cache
def _usual() -> dict[str, str]:
    """The commonest ways to write a grade."""
    table = {word: str(n) for n, word in enumerate(words()["written"]["grades"], 1)}
    table |= {f"{n}年级": str(n) for n in range(1, 10)} | {str(n): str(n) for n in range(4, 13)}
    table |= {f"初{w}": str(6 + n) for n, w in enumerate("一二三", 1)} | {k: k for k in GRADES[12:]}
    return table


def _see(text: str, context: Context, cell: Cell | None, bare_is_grade: bool | None) -> _Seen:
    """Tries the styles one by one; `bare_is_grade` says what a bare number is (None: it cannot be told)."""
    bare = squash(text).lower().strip(",;:、'\"=")
    if cell is not None and cell.kind == "date" or _AUTO.fullmatch(bare):
        hint = auto_date(cell, text) if cell is not None else auto_date(Cell(0, 0, text, ""), text)
        return _Seen(grade_why="auto_date", class_why="auto_date", grade_hint=hint, class_hint=hint)
    if bare in word_set("grade", "whole"):
        return _Seen()
    if _TWO_GRADES.search(bare):
        return _Seen(grade_why="two", class_why="class_two")
    if len([p for p in text.split("\n") if p.strip()]) > 1 and _two_lines(text):
        return _Seen(grade_why="two", class_why="class_two")
    lost = _lost_zero(bare, cell)
    for style in (_kindergarten, _entry_year, _three_digits, functools.partial(_class_or_grade, is_grade=bare_is_grade),
                  _numbered_style):
        seen = style(bare, context)
        if seen is not None:
            return _Seen(seen.grade, None, seen.grade_why, "lost_zero", seen.grade_hint) if lost and seen.class_no else seen
    name = bare.endswith("班") and not any(c.isdigit() for c in bare)
    return _Seen(grade_why="none", class_why="class_name" if name else "class_none")


def _two_lines(text: str) -> bool:
    """Two classes, one under the other; 七年级 over (3)班 is one."""
    lines = [squash(line) for line in text.split("\n") if line.strip()]
    return all(_CLASS_ONLY.fullmatch(line) for line in lines) or (
        len(set(lines)) > 1 and all(re.search(r"年级.*班|[)]班", line) for line in lines))


def _lost_zero(bare: str, cell: Cell | None) -> bool:
    """7.1 as a number may have been 7.10."""
    decimal = re.fullmatch(r"\d{1,2}\.[12]", bare)
    loose = cell is not None and (cell.kind == "number" or not ("!" in cell.place or "@" in cell.place))
    return decimal is not None and loose and whole_number(cell) is None


def _grades_of(context: Context) -> tuple[str, ...]:
    return context.grades or tuple(words()["grade"]["kinds"].get(context.school_kind, "").split())


def _value(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() else numeral(text)


def _kindergarten(bare: str, context: Context) -> _Seen | None:
    """小班, 大(2)班, 中一班; 小一 is a kindergarten's class only where there is a kindergarten."""
    match = _KINDER.fullmatch(bare)
    if match is None:
        return None
    grade, number = words()["grade"]["kindergarten"][match["k"]], _value(match["c"])
    has = grade in _grades_of(context)
    if match["k"] == "小" and number and number <= 6 and not has and "小班" not in bare:
        if bare.endswith("班"):
            return _Seen(grade_why="stage", class_why="class_or_grade", grade_hint=str(number))
        return None if re.fullmatch(rf"小{_N}", bare) else _Seen(grade_why="stage", class_why="class_or_grade")
    if match["c"] and number is None:
        return _Seen(grade_why="none", class_why="class_none")
    return _Seen(grade, str(number) if number else None, class_why="" if number else "class_name" if number == 0 else "")


def _entry_year(bare: str, context: Context) -> _Seen | None:
    """2022级: the grade follows from the school year if only one stage of the school fits."""
    match = _ENTRY.fullmatch(bare)
    if match is None:
        return None
    year = int(match["y"]) if len(match["y"]) == 4 else 2000 + int(match["y"])
    number = _value(match["c"])
    gone = cycle_school_year(context.cycle) - year
    own = _grades_of(context)
    starts = [s for s in (1, 7, 10) if str(s) in own] if own else []
    stage = match["stage"]
    if stage:
        starts = [{"小": 1, "初": 7, "高": 10}[stage[0]]]
    last = {1: 9 if "7" in own else 6, 7: 9, 10: 12}
    fits = {s + gone for s in starts if 0 <= gone and s + gone <= last[s]}
    class_no = str(number) if number else None
    if len(fits) == 1 and (not own or str(min(fits)) in own):
        return _Seen(str(fits.pop()), class_no, class_why="")
    return _Seen(None, class_no, "entry_year", "" if class_no else "class_none")


def _three_digits(bare: str, context: Context) -> _Seen | None:
    """703 is class 3 of grade 7; 103 in a school without grade 1 may be 初一 or 高一."""
    match = _NUMBER3.fullmatch(bare)
    if match is None:
        return None
    grade, why, hint = _own_grade(int(match["g"]), None, context)
    return _Seen(grade, str(int(match["c"])), why, "", hint)


def _class_or_grade(bare: str, context: Context, is_grade: bool | None) -> _Seen | None:
    """A bare number, (3), 3班."""
    match = _CLASS_ONLY.fullmatch(bare)
    if match is None:
        return None
    number = _value(match["c"])
    if number is None:
        return None
    if "班" in bare or "(" in bare or is_grade is False:
        return _Seen(None, str(number), "none" if is_grade else "", "")
    if is_grade is None:
        return _Seen(grade_why="class_or_grade", class_why="class_or_grade")
    grade, why, hint = _own_grade(number, None, context)
    return _Seen(grade, None, why, "class_none", hint)


def _numbered_style(bare: str, context: Context) -> _Seen | None:
    match = _numbered().fullmatch(bare)
    if match is None:
        return None
    if not match["mark"] and not match["sep"] and match["c"] and not match["ban"] and not match["stage"]:
        return None                     # 七3 without 班 or brackets
    number, class_no = _value(match["g"]), _value(match["c"])
    if number is None or (match["c"] and class_no is None):
        return _Seen(grade_why="none", class_why="class_none")
    if match["sep"] == "(" and not match["close"]:
        return None
    if match["g"].isdigit() and match["c"] and match["c"].isdigit() and not match["sep"] and not match["mark"] \
            and not match["stage"]:
        return None                     # 123班 could be cut in two ways
    grade, why, hint = _own_grade(number, match["stage"], context)
    return _Seen(grade, str(class_no) if class_no else None, why, "" if class_no else
                 "class_none" if match["mark"] or match["stage"] else "class_none", hint)


def _own_grade(number: int, stage: str | None, context: Context) -> tuple[str | None, str, str | None]:
    """(grade, why none, suggestion): a stage counts from its first grade, a bare number must be one of the school's."""
    own = _grades_of(context)
    if stage:
        first = words()["grade"]["stages"][stage]
        grade = number if first <= number and first != 1 and number > 3 else first + number - 1
        last = {1: 6, 7: 9, 10: 12}[first]
        if not first <= grade <= last:
            return None, "none", None
        if first == 10 and stage[0] not in "高普" and context.school_kind not in ("中职", ""):
            return None, "stage", str(grade)
        return str(grade), "", None
    if not 1 <= number <= 12:
        return None, "none", None
    if str(number) in own or (not own and number > 3):
        return (str(number), "", None) if not (number <= 3 and "7" in own and False) else (None, "stage", str(number))
    candidates = [str(first + number - 1) for first in (7, 10) if str(first + number - 1) in own and number <= 3]
    if len(candidates) == 1:
        return None, "stage", candidates[0]
    return (str(number), "", None) if number > 3 else (None, "stage", str(number)) if own else (str(number), "", None)
