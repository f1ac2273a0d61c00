"""一.1: the chain of responsibility. Who answers for the school, each grade, each class and each listed pupil."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carelib.check.desk import Desk
from carelib.check.functions import Verdict
from carelib.kinds import Hit, Line
from carelib.kinds.certain import later
from carelib.kinds.line import grade_words

DIGITS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
STAGES = {"初": 6, "高": 9}
ONE_GRADE = r"(?:[初高][一二三]|1[0-2]|[1-9]|[一二三四五六七八九])"
A_CLASS = re.compile(rf"({ONE_GRADE})(?:年级)?\(?(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\)?班")
SMALL_CLASS = re.compile(r"([小中大])(?:班)?\(?(\d|[一二三四五六])\)?班")
GRADES = re.compile(rf"((?:{ONE_GRADE}(?:[、,，和及]|[至到~—-])?)+)年级|([初高][一二三])|([小中大]班)")
WHOLE = re.compile(r"全校|全园|全体|学校|^$")
LISTED = ("absent_list", "psych_case", "health_roster")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a cell of 包保对象 covers."""

    whole: bool
    grades: frozenset[str]
    classes: frozenset[tuple[str, str]]
    text: str


@dataclass(slots=True)
class Duty:
    """One thing for which somebody has to answer."""

    level: str
    name: str  # how people read it: 七年级, 七年级3班; for a pupil nothing is said
    line: Line | None = None
    people: list[str] = field(default_factory=list)


def scope_of(text: str | None) -> Scope:
    """'全校', '七、八年级', '一至三年级', '七(3)班', '大一班', a pupil's name -> what it covers."""
    plain = "".join(unicodedata.normalize("NFKC", text or "").split())
    classes = {(_grade(g), str(_count(c))) for g, c in A_CLASS.findall(plain)}
    classes |= {(f"{g}班", str(_count(c))) for g, c in SMALL_CLASS.findall(plain)}
    rest = SMALL_CLASS.sub(" ", A_CLASS.sub(" ", plain))
    grades = {g for several, stage, small in GRADES.findall(rest) for g in _grades(several or stage or small)}
    return Scope(bool(WHOLE.search(rest)), frozenset(grades), frozenset(classes), plain)


def _grades(piece: str) -> Iterator[str]:
    if piece.endswith("班"):
        yield piece
        return
    for part in re.split(r"[、,，和及]", piece):
        ends = [_grade(g) for g in re.findall(ONE_GRADE, part)]
        if re.search(r"[至到~—-]", part) and len(ends) == 2:
            yield from map(str, range(int(ends[0]), int(ends[1]) + 1))
        else:
            yield from ends


def _grade(word: str) -> str:
    return str(STAGES[word[0]] + DIGITS[word[1]]) if word[0] in STAGES else str(_count(word))


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    tens, _, ones = word.rpartition("十")
    return DIGITS[word] if word in DIGITS else (DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0))


def duties(desk: Desk) -> list[Duty]:
    """Every duty of the school, each with the people who hold it now. Grades and classes come from the roster."""
    at: dict[str, list[tuple[str, Scope]]] = {level: [] for level in desk.codes["duty_level"].labels}
    for x in desk.standing("responsibility"):
        if x.get("person") and x.get("level") in at and _holds(x, desk.last_day.isoformat()):
            at[x.get("level")].append((x.get("person"), scope_of(x.get("scope"))))
    out = [Duty("校长", "学校", None, [who for who, _ in at["校长"]])]
    for grade in sorted({p.grade for p in desk.roster if p.grade}, key=_order):
        for level in ("分管校长", "年级主任"):
            people = [who for who, scope in at[level] if scope.whole or grade in scope.grades or any(g == grade for g, _ in scope.classes)]
            out.append(Duty(level, grade_words(grade), None, people))
    for grade, number in sorted(desk.classes(), key=lambda c: (_order(c[0]), _order(c[1]))):
        people = [who for who, scope in at["班主任"] if (grade, number) in scope.classes]
        out.append(Duty("班主任", f"{grade_words(grade)}{number}班", None, people))
    for line in listed(desk):
        out.append(Duty("任课教师", "", line, [who for who, scope in at["任课教师"] if _covers(scope, line)]))
    return out


def listed(desk: Desk) -> list[Line]:
    """One row for each pupil of 情况表, 心理台账 and 特异体质名册 that count now."""
    rows = [x for form in LISTED if form in desk.policy.forms.collect for x in desk.standing(form)]
    return list({x.person_id or x.get("student_name") or x.row_id: x for x in reversed(rows)}.values())[::-1]


def _holds(line: Line, day: str) -> bool:
    start, end = line.get("start"), line.get("end")
    return not (start and later(start, day)) and not (end and later(day, end))


def _covers(scope: Scope, line: Line) -> bool:
    name, grade, class_no = line.get("student_name"), line.get("grade"), line.get("class_no")
    return bool(name and name in scope.text) or (grade, str(class_no)) in scope.classes


def _order(word: str) -> tuple[int, int, str]:
    return (1, int(word), "") if word.isdigit() else (0, "小中大".find(word[:1]), word)


# ---- the rules ------------------------------------------------------------------------------------


def held_once(desk: Desk, *, level: str) -> Verdict:
    """一.1: exactly one person holds each duty of this level (校长: the school; 班主任: each class)."""
    mine = [d for d in duties(desk) if d.level == level]
    none, many = [d.name for d in mine if not d.people], [d.name for d in mine if len(set(d.people)) > 1]
    hits = [
        Hit(
            "scope",
            {"what": _several(names), "trouble": trouble, "n": len(names)},
            form="responsibility",
            about=trouble,
        )
        for names, trouble in ((none, "没有责任人"), (many, "有不止一位责任人"))
        if names
    ]
    return Verdict(len(mine), hits)


def held(desk: Desk, *, levels: Sequence[str]) -> Verdict:
    """一.1: each duty of these levels has somebody (分管校长 and 年级主任: each grade)."""
    mine, hits = [d for d in duties(desk) if d.level in levels], []
    for level in levels:
        if none := [d.name for d in mine if d.level == level and not d.people]:
            hits.append(
                Hit(
                    "scope",
                    {"what": _several(none), "level": level, "n": len(none)},
                    form="responsibility",
                    about=level,
                )
            )
    return Verdict(len(mine), hits)


def pupil_held(desk: Desk) -> Verdict:
    """一.1: each listed pupil has a teacher; where nobody has one it is said once."""
    mine = [d for d in duties(desk) if d.level == "任课教师"]
    none = [d for d in mine if not d.people]
    if len(none) == len(mine) >= 3:
        return Verdict(
            len(mine), [Hit("scope", {"who": f"全部 {len(mine)} 名学生"}, form="responsibility", about="all")]
        )
    hits = [
        Hit(None, {"who": "这名学生"}, d.line, d.line.cell("student_name", "place") if d.line else None) for d in none
    ]
    return Verdict(len(mine), hits, "" if mine else "没有列出的学生", None if mine else "not_applicable")


def _several(names: Sequence[str]) -> str:
    return "、".join(names[:6]) + (f"等 {len(names)} 处" if len(names) > 6 else "")


DUTY_FUNCTIONS: Mapping[str, Callable[..., Any]] = {f.__name__: f for f in (held_once, held, pupil_held)}
