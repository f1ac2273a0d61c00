"""Grades and classes: 七(3)班, 703, 初一3班, 2022级3班, 高三（2）班, 大(2)班, alone or both in one cell."""
from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, cycle_school_year, whole_number
from carelib.values.numbers import auto_date
from carelib.values.text import numeral, says_nothing, squash
from carelib.values.words import NOTHING, ask, word_set, words

GRADE, CLASS = Field("grade", "年级", "grade"), Field("class_no", "班级", "int")
KINDERGARTEN = ("小班", "中班", "大班")
_G = r"(?:十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9])"
_C = r"(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CLASS = rf"(?:\((?P<in>{_C})\)|(?P<sep>[-.·])?(?P<c>{_C}))(?P<ban>班)?"
_AUTO = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}-[a-z]{3}|[a-z]{3}-\d{1,2}|\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_ALONE = re.compile(rf"第?(?:\((?P<in>{_C})\)|(?P<c>{_C}))班?")
_KINDER = re.compile(rf"(?P<k>[小中大])(?P<first>班)?(?:\((?P<in>{_C})\)|(?P<c>{_C}))?(?P<ban>班)?")
_ENTRY = re.compile(rf"(?P<stage>小学?|初中?|高中?)?(?P<y>(?:20)?\d{{2}})级(?:{_CLASS})?")
_THREE = re.compile(r"(?P<g>[1-9])(?P<c>0[1-9]|[1-4]\d|50)班?")
_TWO_GRADES = re.compile(rf"{_G}(?:年级)?[、,/和至-]{_G}年级|[初高小]{_G}[、,/和至-][初高小]?{_G}$")
_LAST = {1: 6, 7: 9, 10: 12}            # first grade of a stage -> its last


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a text says: a grade, or why there is none; a class, or why; nothing of the one that it does not name."""
    grade: str | None = None
    class_no: str | None = None
    grade_why: str = ""
    class_why: str = ""
    hint: str | None = None             # the grade that it probably means


@functools.cache
def _numbered() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Stage, grade, 年级, class: 七(3)班, 初一3班, 高中一年级(2)班, 7.3, 七年级; a grade before a class's own name."""
    stages = "|".join(sorted(words()["grade"]["stages"], key=len, reverse=True))
    head = rf"(?:(?P<stage>{stages})部?)?(?P<g>{_G})"
    return (re.compile(rf"{head}(?P<mark>年级|年|级)?(?:[上下](?:学期|册)?)?(?:{_CLASS}|(?P<only>班))?"),
            re.compile(rf"{head}年级(?P<name>[^\d]*班)"))


def parse_grade(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """1 … 12, 小班, 中班, 大班."""
    usual = _usual().get(text)
    if usual and usual in own_grades(context) and (cell is None or cell.kind == "text"):
        return Reading(usual)
    if says_nothing(text):
        return NOTHING
    seen = _see(_SHORT.sub(r"\1(\2)班", text.strip()), context, cell, bare="grade")
    if seen.grade:
        return Reading(seen.grade)
    return ask("grade", seen.grade_why, field, context, text, seen.hint) if seen.grade_why else NOTHING


def parse_class(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """The number of the class within its grade."""
    if text.isascii() and text.isdigit() and len(text) <= 2 and (cell is None or cell.kind != "date"):
        return _class_number(text, text, field, context)
    if says_nothing(text):
        return NOTHING
    seen = _see(_SHORT.sub(r"\1(\2)班", text.strip()), context, cell, bare="class")
    if seen.class_no:
        return _class_number(seen.class_no, text, field, context)
    hint = seen.hint if seen.class_why == "auto_date" else None
    return ask("grade", seen.class_why, field, context, text, hint) if seen.class_why else NOTHING


def _class_number(digits: str, text: str, field: Field, context: Context) -> Reading:
    number = int(digits)
    if not 1 <= number <= words()["grade"]["class_most"]:
        return ask("grade", "class_none", field, context, text, "-".join(digits) if number > 50 else None)
    return Reading(str(number))


_KIND = re.compile(r"^(?:培智|启智|启聪|启明|聋|盲|智障|听障|视障)(?:部|班)?(?=.)")       # departments of a special school
_MAJOR = re.compile(r"((?:20)?\d{2})级?[\u4e00-\u9fff]{2,8}[(（]?(\d{1,2})[)）]?班")    # 22机电(2)班 of a 中职: entry year, trade, class
_SHORT = re.compile(r"^([一二三四五六七八九])\s*([0-9]{1,2})$")           # 三2


def both(text: str, context: Context, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """Grade and class from one clean text; a bare number could be either and is asked."""
    if says_nothing(text):
        return NOTHING, NOTHING
    seen = _see(_SHORT.sub(r"\1(\2)班", text.strip()), context, cell, bare="")
    grade = class_no = NOTHING
    if seen.grade:
        grade = Reading(seen.grade)
    elif seen.grade_why:
        grade = ask("grade", seen.grade_why, GRADE, context, text, seen.hint)
    if seen.class_no:
        class_no = _class_number(seen.class_no, text, CLASS, context)
    elif seen.class_why and not (seen.grade and seen.class_why == "class_none"):
        class_no = ask("grade", seen.class_why, CLASS, context, text)
    return grade, class_no


@functools.cache
def _usual() -> dict[str, str]:
    """The commonest ways to write a grade."""
    table = {word: str(n) for n, word in enumerate(words()["written"]["grades"], 1)}
    table |= {f"{n}年级": str(n) for n in range(1, 10)} | {str(n): str(n) for n in range(1, 13)}
    return table | {f"初{w}": str(6 + n) for n, w in enumerate("一二三", 1)} | {k: k for k in KINDERGARTEN}


def own_grades(context: Context) -> tuple[str, ...]:
    """The school's grades: as registered, else what a school of its kind has, else ()."""
    return context.grades or _kind_grades(context.school_kind)


@functools.cache
def _kind_grades(kind: str) -> tuple[str, ...]:
    return tuple(words()["grade"]["kinds"].get(kind, "").split())


def _see(text: str, context: Context, cell: Cell | None, bare: str) -> _Seen:
    """Tries the styles one by one; `bare` says what a number alone is: 'grade', 'class', '' (it cannot be told)."""
    core = squash(re.sub(r"(?<=\d) +(?=\d)", "-", text)).lower().strip(",;:、'\"=").removeprefix("幼儿园")
    number = whole_number(cell)
    kind = _KIND.match(core) if number is None else None
    core = core[kind.end():] if kind else core if number is None else str(number)
    if (cell is not None and cell.kind == "date") or _AUTO.fullmatch(core):
        return _Seen(None, None, "auto_date", "auto_date", auto_date(cell, text))
    if core in word_set("grade", "whole"):
        return _Seen()
    if _TWO_GRADES.search(core) or _two_lines(text):
        return _Seen(None, None, "two", "class_two")
    seen = _styles(core, context, "grade" if kind else bare)              # 培智五: a grade of its department, no class
    if seen.class_no and _lost_zero(core, cell):
        return replace(seen, class_no=None, class_why="lost_zero")
    return seen


def _styles(core: str, context: Context, bare: str) -> _Seen:
    for style in (_kindergarten, _entry_year, _three_digits):
        seen = style(core, context)
        if seen is not None:
            return seen
    alone = _ALONE.fullmatch(core)
    if alone:
        return _number_alone(core, _value(alone), context, bare)
    whole, named = _numbered()
    match = whole.fullmatch(core)
    if match and not _cut_unsure(match):
        return _numbered_seen(match, context)
    match = named.fullmatch(core)
    if match:
        grade, why, hint = _own_grade(_number(match["g"]), match["stage"], context)
        return _Seen(grade, None, why, "class_name", hint)
    major = _MAJOR.fullmatch(core) if context.school_kind in ("中职", "") else None
    entry = re.fullmatch(r"(\D{0,2}\d{2,4}级)[^\d级]+\d{0,2}班", core)      # 22级机电1班
    year = entry[1] if entry else f"{major[1]}级" if major and context.school_kind else None
    seen = _entry_year(year, context) if year else None
    if seen or major:
        seen = seen or _Seen(None, None, "none")
        return replace(seen, class_no=str(int(major[2])), class_why="") if major else replace(seen, class_why="class_name")
    return _Seen(None, None, "none", "class_name" if re.fullmatch(r"[^\d]+班", core) else "class_none")


def _two_lines(text: str) -> bool:
    """Two classes or grades, one under the other; 七年级 over (3)班 is one."""
    lines = [squash(line) for line in text.split("\n") if line.strip()] if "\n" in text else []
    if len(lines) < 2:
        return False
    return all(_ALONE.fullmatch(line) for line in lines) or all(re.search(r".[级)\d]班|年级.", line) for line in lines)


def _lost_zero(core: str, cell: Cell | None) -> bool:
    """7.1 as a number, or in a file that does not tell numbers from text, may have been 7.10."""
    if cell is None or not re.fullmatch(r"\d{1,2}\.[12]", core):
        return False
    return cell.kind == "number" or not ("!" in cell.place or "@" in cell.place)


def _number(text: str) -> int:
    return int(text) if text.isascii() else numeral(text) or 0


def _value(match: re.Match[str]) -> str | None:
    """The class in a match, as digits."""
    text = match["in"] or match["c"]
    return str(_number(text)) if text else None


def _kindergarten(core: str, context: Context) -> _Seen | None:
    """小班, 大(2)班, 中一班. 小一 is grade 1 where there is no kindergarten; 小一班 could then be either."""
    match = _KINDER.fullmatch(core)
    if match is None or not (match["first"] or match["ban"] or match["in"] or match["c"]):
        return None
    grade, own = words()["grade"]["kindergarten"][match["k"]], own_grades(context)
    number = _value(match)
    if grade in own or match["first"]:
        return _Seen(grade, number)
    if match["k"] == "小" and number and not match["in"]:
        return _Seen(None, None, "stage", "class_or_grade") if match["ban"] else None
    if own or not match["ban"]:
        return _Seen(None, number, "stage", "" if number else "class_none", grade)
    return _Seen(grade, number)


def _entry_year(core: str, context: Context) -> _Seen | None:
    """2022级: the grade follows from the school year if only one stage of the school fits."""
    match = _ENTRY.fullmatch(core)
    if match is None:
        return None
    year = int(match["y"]) % 100 + 2000
    gone, own, number = cycle_school_year(context.cycle) - year, own_grades(context), _value(match)
    starts = [{"小": 1, "初": 7, "高": 10}[match["stage"][0]]] if match["stage"] else \
        [s for s in _LAST if str(s) in own]
    fits = [s + gone for s in starts if gone >= 0 and s + gone <= (9 if s == 1 and "7" in own else _LAST[s])]
    if len(fits) == 1 and (not own or str(fits[0]) in own):
        return _Seen(str(fits[0]), number)
    return _Seen(None, number, "entry_year", "" if number else "class_none")


def _three_digits(core: str, context: Context) -> _Seen | None:
    """703 is class 3 of grade 7."""
    match = _THREE.fullmatch(core)
    if match is None:
        return None
    grade, why, hint = _own_grade(int(match["g"]), None, context)
    return _Seen(grade, str(int(match["c"])), why, "", hint)


def _number_alone(core: str, number: str | None, context: Context, bare: str) -> _Seen:
    """3, 三, (3), 3班."""
    if core.endswith("班") or core.startswith(("(", "第")) or bare == "class":
        return _Seen(None, number, "none" if bare == "grade" else "")
    if not bare:
        return _Seen(None, None, "class_or_grade", "class_or_grade")
    grade, why, hint = _own_grade(int(number or 0), None, context)
    return _Seen(grade, None, why, "", hint)


def _cut_unsure(match: re.Match[str]) -> bool:
    """七3 without 班; 初13班 and 12班, whose digits could be parted in two ways."""
    joined = match["c"] and not match["sep"] and not match["mark"]
    if joined and match["g"].isascii() and match["c"].isascii():
        return True
    if match["stage"] and match["g"].isascii() and len(match["g"]) == 2 and not match["mark"] and not match["sep"]:
        return True
    return bool(joined and not match["ban"] and not match["stage"])


def _numbered_seen(match: re.Match[str], context: Context) -> _Seen:
    grade, why, hint = _own_grade(_number(match["g"]), match["stage"], context)
    number = _value(match)
    return _Seen(grade, number, why, "" if number else "class_none", hint)


def _own_grade(number: int, stage: str | None, context: Context) -> tuple[str | None, str, str | None]:
    """(grade, why none, suggestion). A stage counts from its first grade; 一 to 三 alone must be the school's own."""
    if stage:
        first = words()["grade"]["stages"][stage]
        grade = number if first > 1 and number >= first else first + number - 1
        return (str(grade), "", None) if first <= grade <= _LAST[first] else (None, "none", None)
    if not 1 <= number <= 12:
        return None, "none", None
    own = own_grades(context)
    shifted = [str(first + number - 1) for first in (7, 10) if str(first + number - 1) in own] if number <= 3 else []
    if not shifted or str(number) in own:
        return str(number), "", None
    return None, "stage", shifted[0] if len(shifted) == 1 else None
