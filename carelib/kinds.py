"""The kinds of rules that look at one row: a rule is a row of data over one of these (notice/rules/).

A kind is a pure function of a `Line` (a row with its evidence), a desk (what else is known of the school) and the rule's
parameters. It returns None if the row cannot be judged, else its hits: [] means that the row keeps the rule. What cannot be
read for certain never breaks a rule: a cell with a problem, or a partial date that may still be right, is no hit here
(the reading problem is told once, by `reading_problem`).
"""
from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from carelib.records import mask

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)      # GB 11643-1999, ISO 7064 MOD 11-2
CHECK = "10X98765432"
OTHER_PAPERS = re.compile(r"[A-Z]{1,3}\d{6,10}|999\d{15}")              # passports, permits, the system's temporary numbers
NOT_DATA = ("seq", "student_name", "grade", "class_no")
KINDERGARTEN = {"小班": -2, "中班": -1, "大班": 0}


@dataclass(slots=True)
class Line:
    """One row of a form: its typed values, and for each field what was printed, written and could not be read."""
    form: str
    row: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, Any]]
    person_id: str | None = None
    submission: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def row_id(self) -> str:
        return self.row["row_id"]

    def get(self, name: str) -> Any:
        return self.row.get(name)

    def cell(self, name: str, key: str) -> Any:
        return self.cells[name].get(key) if name in self.cells else None

    def raw(self, name: str) -> str | None:
        return self.cell(name, "raw")

    def problem(self, name: str) -> str | None:
        return self.cell(name, "problem")

    def unread(self, name: str) -> bool:
        """There is something in the cell that could not be read."""
        return self.problem(name) is not None

    def blank(self, name: str, none_is_answer: bool = False) -> bool:
        """Nothing is said: no value and no problem. `none_is_answer`: a written 无 or / is an answer."""
        if self.row.get(name) not in (None, "") or self.unread(name):
            return False
        return not (none_is_answer and self.raw(name))


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule is broken here. `facts` fill the blanks of the sentence; the engine adds form, place, label and found."""
    field: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    line: Line | None = None
    place: str | None = None
    found: str | None = None
    form: str | None = None
    case_id: str | None = None
    person_id: str | None = None
    row_id: str | None = None
    other_school_code: str | None = None
    clause: str | None = None
    about: str = ""                 # what it is about, where no row, case, field or place says it
    submission_id: str | None = None


Hits = Sequence[Hit] | None


def items(value: Any) -> list[str]:
    """The single values of a field that may hold several, joined by 、."""
    return [] if value is None else str(value).split("、")


# ---- dates of partial precision, compared by their interval -----------------------------------------------------------

def low(day: str) -> str:
    return day + "-01-01"[len(day) - 4:]


def high(day: str) -> str:
    """An upper bound of the interval (31 does for every month: it is only compared)."""
    return day + "-12-31"[len(day) - 4:] if len(day) == 4 else day + "-31"[len(day) - 7:]


def later(a: str, b: str) -> bool:
    """`a` is after `b` for certain."""
    return low(a) > high(b)


# ---- the citizen's number ---------------------------------------------------------------------------------------------

@lru_cache(maxsize=65536)
def id_fault(number: str) -> str:
    """'' if the number keeps GB 11643, or is another kind of paper; else what is wrong: length, characters, date, check."""
    if OTHER_PAPERS.fullmatch(number):
        return ""
    if len(number) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "characters"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    return "" if CHECK[sum(w * int(d) for w, d in zip(WEIGHTS, number)) % 11] == number[17] else "check"


def id_birth(number: str | None) -> str | None:
    """The birth that a sound number says."""
    if not number or id_fault(number) or OTHER_PAPERS.fullmatch(number):
        return None
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def id_gender(number: str | None) -> str | None:
    return None if id_birth(number) is None else "男" if int(number[16]) % 2 else "女"     # type: ignore[index]


def birth_of(line: Line, last_day: date) -> str | None:
    """Date of birth as written, else from the number, unless that is an adult's."""
    if line.get("birth") or line.unread("birth"):
        return line.get("birth")
    said = id_birth(line.get("id_number"))
    return said if said and last_day.year - int(said[:4]) <= 24 else None


def ages(birth: str, day: date) -> tuple[int, int]:
    """The least and the most years somebody born then can be on that day."""
    def at(born: str) -> int:
        return day.year - int(born[:4]) - (f"{day:%m-%d}" < born[5:])
    return at(high(birth)), at(low(birth))


# ---- is it filled in --------------------------------------------------------------------------------------------------

def required(line: Line, desk: Any, *, fields: Iterable[str] = (), besides: Iterable[str] = (), any_of: bool = False,
             none_is_answer: bool = False, one_hit: bool = False) -> Hits:
    """The fields must be filled (without `fields`: those the form requires, besides some); `any_of`: one of them will do."""
    names = list(fields) or [n for n in desk.required(line.form) if f"{line.form}.{n}" not in besides]
    empty = [n for n in names if line.blank(n, none_is_answer)]
    if any_of:
        return [_hit(line, names[0], what=desk.labels(line.form, names))] if len(empty) == len(names) else []
    if one_hit and empty:
        return [_hit(line, empty[0], what=desk.labels(line.form, empty))]
    return [_hit(line, n, what=desk.labels(line.form, [n])) for n in empty]


def is_true(line: Line, desk: Any, *, fields: Iterable[str]) -> Hits:
    """Each must say yes; a blank does not. One hit a row, naming those that do not."""
    no = [n for n in fields if not line.get(n) and not line.unread(n)]
    return [_hit(line, no[0], what=desk.labels(line.form, no))] if no else []


def only_has(line: Line, desk: Any, *, fields: Iterable[str] = NOT_DATA) -> Hits:
    """The row says nothing but these fields."""
    keep = set(fields)
    said = any(c.get("raw") or c.get("value") for n, c in line.cells.items() if n not in keep)
    said = said or any(v not in (None, "") for n, v in line.row.items() if n in desk.fields(line.form) and n not in keep)
    return [] if said else [_hit(line, None, place=line.cell("student_name", "place"))]


def reading_problem(line: Line, desk: Any, *, types: Iterable[str] = (), damaged: bool = False) -> Hits:
    """A cell that nobody can read for certain. `types`: of these types only; `damaged`: numbers that software cut short."""
    wanted = set(types)
    return [_hit(line, name, problem=_without(cell["problem"], cell.get("raw"), name)) for name, cell in line.cells.items()
            if cell.get("problem") is not None and (not wanted or desk.type_of(line.form, name) in wanted)
            and (not damaged or looks_damaged(cell.get("raw")))]


def looks_damaged(raw: str | None) -> bool:
    """What a spreadsheet leaves of a long number: 9.90101E+17, 15 digits and zeros, or just what a double can hold."""
    text = "".join((raw or "").split()).upper().lstrip("'GJL")
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", text):
        return True
    found = re.fullmatch(r"(\d{16,20})(?:\.0+)?", text)
    if not found or len(set(text)) == 1:
        return False
    return found[1].endswith("000") or int(float(found[1])) == int(found[1])


# ---- one value --------------------------------------------------------------------------------------------------------

def in_list(line: Line, desk: Any, *, field: str, allowed: Any, by: str = "") -> Hits:
    """The value is one of `allowed`, or by the value of another field one of `allowed[value]`."""
    value, by_value = line.get(field), line.get(by) if by else None
    table = allowed.get(by_value) if by else allowed
    if value is None or table is None:
        return None
    return [] if set(items(value)) & set(table) else [
        _hit(line, field, value=desk.word(line.form, field, value), expected="、".join(table),
             by=desk.word(line.form, by, by_value) if by else "")]


def not_in_list(line: Line, desk: Any, *, field: str, refused: Iterable[str]) -> Hits:
    value = line.get(field)
    if value is None:
        return None
    return [_hit(line, field, value=desk.word(line.form, field, value))] if set(items(value)) & set(refused) else []


def pattern(line: Line, desk: Any, *, fields: Iterable[str], shape: str) -> Hits:
    """Each single value looks like `shape`."""
    form, judged, hits = re.compile(shape), False, []
    for name in fields:
        if (value := line.get(name)) is not None:
            judged = True
            if not all(form.fullmatch(v) for v in items(value)):
                hits.append(_hit(line, name))
    return hits if judged else None


def not_pattern(line: Line, desk: Any, *, field: str, shape: str) -> Hits:
    value = line.get(field)
    return None if value is None else [_hit(line, field, value=value)] if re.search(shape, value) else []


def contains(line: Line, desk: Any, *, field: str, value: str) -> Hits:
    """Among the values of the field is this one; a blank field does not have it."""
    if line.unread(field):
        return None
    return [] if value in items(line.get(field)) else [_hit(line, field, expected=value)]


def id_check(line: Line, desk: Any, *, field: str, words: Mapping[str, str]) -> Hits:
    """The number keeps GB 11643-1999; `words` say what is wrong with it."""
    if (value := line.get(field)) is None:
        return None
    fault = id_fault(value)
    return [_hit(line, field, fault=words[fault])] if fault else []


def explained(line: Line, desk: Any, *, field: str, code: str, by: Iterable[str] = ()) -> Hits:
    """A catch-all code (其他) needs words: more in the cell than the bare label, or one of the fields `by`."""
    if line.get(field) is None:
        return None
    if code not in items(line.get(field)) or any(not line.blank(n) for n in by):
        return []
    bare = {"".join(w.split()) for w in desk.words_for(line.form, field, code)}
    said = re.sub(r"[\s:：，,。（）()]", "", line.raw(field) or "")
    return [] if said and said not in bare else [_hit(line, field, value=desk.word(line.form, field, code))]


# ---- two values -------------------------------------------------------------------------------------------------------

def agrees(line: Line, desk: Any, *, field: str, source: str) -> Hits:
    """The value agrees with what another source says of the same pupil: `source` is id_birth, id_gender, student_no, or
    a field of the roster (`roster.name`), found by number."""
    value, said = line.get(field), _says(line, desk, source)
    if value is None or said is None:
        return None
    if source == "id_birth":
        return [_hit(line, field, value=value)] if later(value, said) or later(said, value) else []
    return [] if value == said else [_hit(line, field)]


def _says(line: Line, desk: Any, source: str) -> str | None:
    number = line.get("id_number")
    if source == "id_birth":
        return id_birth(number)
    if source == "id_gender":
        return id_gender(number)
    if source == "student_no":              # G and the citizen's number
        return f"G{number}" if id_birth(number) and str(line.get("student_no") or "").startswith("G") else None
    pupil = desk.on_roster(number, line.get("student_no"))
    return getattr(pupil, source.partition(".")[2]) if pupil else None


def not_after(line: Line, desk: Any, *, fields: Iterable[str], limit: str) -> Hits:
    """Dates of `fields` are not after `limit`: another field of the row, or a day that the desk knows (last_day …)."""
    return _in_time(line, desk, fields, limit, lambda day, bound: later(day, bound))


def not_before(line: Line, desk: Any, *, fields: Iterable[str], limit: str) -> Hits:
    return _in_time(line, desk, fields, limit, lambda day, bound: later(bound, day))


def _in_time(line: Line, desk: Any, fields: Iterable[str], limit: str, broken: Callable[[str, str], bool]) -> Hits:
    bound = line.get(limit) if limit in desk.fields(line.form) else desk.day(limit, line)
    if bound is None:
        return None
    days = [(n, line.get(n)) for n in fields if line.get(n) is not None]
    return [_hit(line, n, value=d, limit=bound) for n, d in days if broken(d, bound)] if days else None


def age_between(line: Line, desk: Any, *, least: int | str = 0, under: int | str = 200, source: str = "") -> Hits:
    """Age on the cycle's last day: at least `least`, less than `under`; only what is certain counts."""
    birth = id_birth(line.get("id_number")) if source == "id" else birth_of(line, desk.last_day)
    if birth is None:
        return None
    youngest, oldest = ages(birth, desk.last_day)
    wrong = oldest < desk.setting(least) or youngest >= desk.setting(under)
    name = "id_number" if source == "id" or line.get("birth") is None else "birth"
    return [_hit(line, name, age=youngest)] if wrong else []


def grade_age(line: Line, desk: Any, *, years: int) -> Hits:
    """Birth fits the grade within ± `years`: grade g of school year Y is born from 1 Sept Y−6−g to 31 Aug Y−5−g."""
    grade, birth = line.get("grade"), birth_of(line, desk.last_day)
    step = KINDERGARTEN.get(grade, int(grade) if str(grade or "").isdigit() else None)
    if step is None or birth is None:
        return None
    first = desk.school_year - 6 - step
    early, late = f"{first - years}-09-01", f"{first + 1 + years}-08-31"
    if low(birth) <= late and high(birth) >= early:
        return []
    return [_hit(line, "grade", value=grade, birth=birth, expected=f"{first}年9月至{first + 1}年8月")]


# ---- numbers ----------------------------------------------------------------------------------------------------------

def sum_equals(line: Line, desk: Any, *, field: str, plus: Iterable[str], minus: Iterable[str] = ()) -> Hits:
    """`field` = Σ plus − Σ minus; blanks count 0, but not all of them, and a cell nobody can read stops it."""
    total, parts = line.get(field), [*plus, *minus]
    if total is None or any(line.unread(n) for n in parts) or all(line.get(n) is None for n in parts):
        return None
    counted = sum(line.get(n) or 0 for n in plus) - sum(line.get(n) or 0 for n in minus)
    return [] if counted == total else [_hit(line, field, value=total, counted=counted, parts=desk.labels(line.form, parts))]


def at_most(line: Line, desk: Any, *, field: str, limit: str | float) -> Hits:
    """A number (the largest, if there are several) not above another field, a number, or a setting of the policy."""
    value, bound = _numeral(line.get(field), max), _bound(line, desk, limit)
    if value is None or bound is None:
        return None
    return [] if value <= bound else [_hit(line, field, value=_number(value), limit=_number(bound))]


def at_least(line: Line, desk: Any, *, field: str, limit: str | float) -> Hits:
    value, bound = _numeral(line.get(field), min), _bound(line, desk, limit)
    if value is None or bound is None:
        return None
    return [] if value >= bound else [_hit(line, field, value=_number(value), limit=_number(bound))]


def ratio_at_most(line: Line, desk: Any, *, over: str, under: Iterable[str], limit: str | float) -> Hits:
    """`over` ÷ Σ `under` is at most `limit`; none under it is a failure, not a division."""
    heads, bound = line.get(over), desk.setting(limit)
    known = [line.get(n) for n in under if line.get(n) is not None]
    if heads is None or not known:
        return None
    need = max(1, -(-heads // int(bound)))
    return [] if sum(known) >= need else [_hit(line, list(under)[0], value=heads, have=sum(known), need=need, limit=_number(bound))]


def _bound(line: Line, desk: Any, limit: str | float) -> Any:
    if isinstance(limit, str) and limit in desk.fields(line.form):
        return line.get(limit)
    return desk.setting(limit)


def _numeral(value: Any, one: Callable[[Iterable[float]], float]) -> Any:
    return one(map(float, items(value))) if isinstance(value, str) and value else value


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


# ---- other rows, forms and registers ------------------------------------------------------------------------------------

def appears_in(line: Line, desk: Any, *, where: str) -> Hits:
    """The pupil stands in another form that counts (`health_roster`), or the grade or class in a register
    (`roster.classes`, `school.grades`)."""
    grade, class_no = line.get("grade"), line.get("class_no")
    if where == "school.grades":
        known: Any = desk.school.grades
        return None if not known or grade is None else [] if grade in known else [_hit(line, "grade", value=grade)]
    if where == "roster.classes":
        known = desk.classes()
        if not known or grade is None or class_no is None:
            return None
        return [] if (grade, str(class_no)) in known else [_hit(line, "class_no", value=f"{grade}年级{class_no}班")]
    return [] if line.person_id in desk.persons_in(where) else [_hit(line, None)]


ROW_KINDS: Mapping[str, Callable[..., Hits]] = {f.__name__: f for f in (
    required, is_true, only_has, reading_problem, in_list, not_in_list, pattern, not_pattern, contains, id_check, explained,
    agrees, not_after, not_before, age_between, grade_age, sum_equals, at_most, at_least, ratio_at_most, appears_in)}


def _hit(line: Line, name: str | None, place: str | None = None, **facts: Any) -> Hit:
    return Hit(name, facts, line, place)


def _without(problem: str, raw: str | None, name: str) -> str:
    """A problem's sentence without what an identifying cell says."""
    masked = mask(raw, name)
    return problem.replace(raw, masked) if raw and masked and masked != raw else problem
