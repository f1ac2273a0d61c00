"""Kinds that compare: two cells, a cell and a day, a sum and its parts, a row and a register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from carelib.kinds.certain import ages, birth_of, day_words, high, id_birth, id_gender, later, low
from carelib.kinds.line import Hits, Line, grade_words, hit, items

KINDERGARTEN = {"小班": -2, "中班": -1, "大班": 0}


def agrees(line: Line, desk: Any, *, field: str, source: str) -> Hits:
    """The value agrees with what another source says of the same pupil: `source` is id_birth, id_gender, student_no, or
    a field of the roster (`roster.name`), found by number."""
    value, said = line.get(field), _says(line, desk, source)
    if value is None or said is None:
        return None
    if source == "id_birth":
        return [hit(line, field, value=day_words(value))] if later(value, said) or later(said, value) else []
    return [] if value == said else [hit(line, field)]


def _says(line: Line, desk: Any, source: str) -> str | None:
    number = line.get("id_number")
    if source == "id_birth":
        return id_birth(number)
    if source == "id_gender":
        return id_gender(number)
    if source == "student_no":  # G and the citizen's number
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
    return (
        [hit(line, n, value=day_words(d), limit=day_words(bound)) for n, d in days if broken(d, bound)]
        if days
        else None
    )


def age_between(line: Line, desk: Any, *, least: int | str = 0, under: int | str = 200, source: str = "") -> Hits:
    """Age on the cycle's last day: at least `least`, less than `under`; only what is certain counts."""
    birth = id_birth(line.get("id_number")) if source == "id" else birth_of(line, desk.last_day)
    if birth is None:
        return None
    youngest, oldest = ages(birth, desk.last_day)
    wrong = oldest < desk.setting(least) or youngest >= desk.setting(under)
    name = "id_number" if source == "id" or line.get("birth") is None else "birth"
    return [hit(line, name, age=youngest)] if wrong else []


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
    return [
        hit(line, "grade", value=grade_words(grade), birth=day_words(birth), expected=f"{first}年9月至{first + 1}年8月")
    ]


def sum_equals(
    line: Line, desk: Any, *, field: str, plus: Iterable[str], minus: Iterable[str] = (), all_filled: bool = False
) -> Hits:
    """`field` = Σ plus − Σ minus; a blank counts 0 (unless `all_filled`), but not all of them may be blank, and a cell
    nobody can read stops it."""
    total, parts = line.get(field), [*plus, *minus]
    blank = [line.get(n) is None for n in parts]
    if total is None or any(line.unread(n) for n in parts) or all(blank) or (all_filled and any(blank)):
        return None
    counted = sum(line.get(n) or 0 for n in plus) - sum(line.get(n) or 0 for n in minus)
    return (
        []
        if counted == total
        else [hit(line, field, value=total, counted=counted, parts=desk.labels(line.form, parts))]
    )


def at_most(line: Line, desk: Any, *, field: str, limit: str | float) -> Hits:
    """A number (the largest, if there are several) not above another field, a number, or a setting of the policy."""
    value, bound = _numeral(line.get(field), max), _bound(line, desk, limit)
    if value is None or bound is None:
        return None
    return [] if value <= bound else [hit(line, field, value=_number(value), limit=_number(bound))]


def at_least(line: Line, desk: Any, *, field: str, limit: str | float) -> Hits:
    value, bound = _numeral(line.get(field), min), _bound(line, desk, limit)
    if value is None or bound is None:
        return None
    return [] if value >= bound else [hit(line, field, value=_number(value), limit=_number(bound))]


def ratio_at_most(line: Line, desk: Any, *, over: str, under: Iterable[str], limit: str | float) -> Hits:
    """`over` ÷ Σ `under` is at most `limit`; none under it is a failure, not a division."""
    heads, bound = line.get(over), desk.setting(limit)
    known = [line.get(n) for n in under if line.get(n) is not None]
    if heads is None or not known:
        return None
    need = max(1, -(-heads // int(bound)))
    return (
        []
        if sum(known) >= need
        else [hit(line, next(iter(under)), value=heads, have=sum(known), need=need, limit=_number(bound))]
    )


def _bound(line: Line, desk: Any, limit: str | float) -> Any:
    if isinstance(limit, str) and limit in desk.fields(line.form):
        return line.get(limit)
    return desk.setting(limit)


def _numeral(value: Any, one: Callable[[Iterable[float]], float]) -> Any:
    return one(map(float, items(value))) if isinstance(value, str) and value else value


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def appears_in(line: Line, desk: Any, *, where: str, field: str = "") -> Hits:
    """The pupil stands in another form that counts (`health_roster`), or the grade or class in a register
    (`roster.classes`, `school.grades`). `field`: what in the row made one look there."""
    grade, class_no = line.get("grade"), line.get("class_no")
    if where == "school.grades":
        known: Any = desk.school.grades
        return (
            None
            if not known or grade is None
            else []
            if grade in known
            else [hit(line, "grade", value=grade_words(grade))]
        )
    if where == "roster.classes":
        known = desk.classes()
        if not known or grade is None or class_no is None:
            return None
        wanted = (grade, str(class_no))
        return [] if wanted in known else [hit(line, "class_no", value=f"{grade_words(grade)}{class_no}班")]
    return [] if line.person_id in desk.persons_in(where) else [hit(line, field or None)]
