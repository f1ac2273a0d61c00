"""一 and 二: rules about screening, counselling and training that compare several rows, forms or months."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from carelib.check.desk import Desk
from carelib.check.functions import Verdict
from carelib.kinds import Hit, Line, items
from carelib.kinds.certain import high, low
from carelib.policy import Window

CLOSED = "解除"


def level_counts(line: Line) -> dict[str, int]:
    """'红色=2、橙色=5' -> {红色: 2, 橙色: 5}."""
    pairs = (x.rpartition("=") for x in items(line.get("level_counts")))
    return {label: int(n) for label, _, n in pairs if label and n.isdigit()}


def levels_at_most(line: Line, desk: Desk, *, limits: Iterable[str]) -> Sequence[Hit] | None:
    """一.1: the pupils of all levels are not more than the first of `limits` that is filled in."""
    counts, name = level_counts(line), next((n for n in limits if line.get(n) is not None), None)
    if not counts or name is None:
        return None
    total = sum(counts.values())
    return (
        []
        if total <= line.get(name)
        else [
            Hit(
                "level_counts",
                {"counted": total, "limit": line.get(name), "parts": desk.labels(line.form, [name])},
                line,
            )
        ]
    )


def disjoint(lines: Sequence[Line]) -> list[Line]:
    """The rows of a screening form that add up to the school: classes, else their grade; the whole only if alone."""
    with_classes = {x.get("grade") for x in lines if x.get("class_no") is not None}
    fine = [
        x for x in lines if x.get("class_no") is not None or (x.get("grade") and x.get("grade") not in with_classes)
    ]
    return fine or list(lines)


def grades_add_up(desk: Desk, *, fields: Iterable[str]) -> Verdict:
    """一.1: the rows of the classes add up to their grade's row, those of the grades to the school's."""
    lines, hits, n = desk.lines("screening"), [], 0
    for whole, parts in _wholes(lines):
        n += 1
        for name in fields:
            counted = [x.get(name) for x in parts]
            if whole.get(name) is not None and None not in counted and sum(counted) != whole.get(name):
                hits.append(Hit(name, {"value": whole.get(name), "counted": sum(counted)}, whole))
    return Verdict(n, hits, "" if n else "没有可以相加核对的行", None if n else "not_applicable")


def _wholes(lines: Sequence[Line]) -> list[tuple[Line, list[Line]]]:
    classes: dict[str | None, list[Line]] = defaultdict(list)
    for x in lines:
        if x.get("class_no") is not None:
            classes[x.get("grade")].append(x)
    grades = [x for x in lines if x.get("grade") and x.get("class_no") is None]
    schools = [x for x in lines if not x.get("grade") and x.get("class_no") is None]
    out = [(g, classes[g.get("grade")]) for g in grades if classes.get(g.get("grade"))]
    return out + (
        [(schools[0], disjoint([*grades, *(x for c in classes.values() for x in c)]))]
        if len(schools) == 1 and (grades or classes)
        else []
    )


def enrolled_as_roster(desk: Desk) -> Verdict:
    """一.1: all pupils are screened: those that the form counts are those of the roster."""
    lines = disjoint(desk.lines("screening"))
    counted = [x.get("enrolled") for x in lines]
    if not lines or None in counted:
        return Verdict(0, why="应测人数没有填全", outcome="not_judged")
    facts = {"value": sum(counted), "roster": len(desk.roster)}
    return Verdict(1, [] if sum(counted) == len(desk.roster) else [Hit("enrolled", facts, form="screening")])


def top_level_followed(desk: Desk) -> Verdict:
    """一.1: as many pupils stand in the psychological ledger as the screening found in its most severe level."""
    known = desk.policy.psych_levels
    counts: dict[str, int] = defaultdict(int)
    for line in disjoint(desk.lines("screening")):
        for label, n in level_counts(line).items():
            counts[label] += n
    if not counts or any(label not in known for label in counts):
        return Verdict(0, why="没有各等级人数，或等级的轻重没有在 district.toml 里约定", outcome="not_judged")
    top = max(counts, key=lambda x: known[x])
    have = len(desk.lines("psych_case"))
    facts = {"level": top, "value": counts[top], "have": have}
    return Verdict(1, [Hit("level_counts", facts, form="screening")] if have < counts[top] else [])


def hours_reached(desk: Desk) -> Verdict:
    """一.2: training hours of the school year; short of them only counts once the year has ended on 31 August."""
    if not desk.year_over("support_work"):
        return Verdict(0, why="学年到8月31日才结束，目前只看进度（见指标）", outcome="not_judged")
    wanted, hits, n = desk.policy.thresholds.training_hours, [], 0
    for line in desk.standing("support_work"):
        for name, limit, who in (
            ("psych_hours", wanted.counsellor, "心理教师"),
            ("headteacher_hours_min", wanted.head_teacher, "班主任"),
            ("other_hours_min", wanted.other_teacher, "其他专任教师"),
        ):
            least = (
                min(map(float, items(line.get(name))), default=None)
                if isinstance(line.get(name), str)
                else line.get(name)
            )
            n += least is not None
            if least is not None and least < limit:
                hits.append(Hit(name, {"who": who, "value": f"{least:g}", "limit": f"{limit:g}"}, line))
    return Verdict(n, hits, "" if n else "没有填写培训学时", None if n else "not_judged")


def last_window(desk: Desk) -> Window | None:
    """The last key time for home visits that has ended by the end of the cycle."""
    ended = [w for t in desk.policy.terms for w in t.key_visit_windows if w.end <= desk.last_day]
    return max(ended, key=lambda w: (w.end, w.start), default=None)


def open_psych(desk: Desk) -> list[Line]:
    return [x for x in desk.lines("psych_case") if x.get("status") != CLOSED]


def visited(desk: Desk, line: Line, window: Window) -> bool:
    """A follow-up in this or an earlier month's ledger lies inside the window for certain."""
    earlier = (
        [desk.archive.row_of("psych_case", line.person_id, c) for c in desk.archive.earlier] if line.person_id else []
    )
    days = [x.get("last_followup") for x in (line, *earlier) if x]
    return any(d and window.start <= date.fromisoformat(low(d)) and high(d) <= window.end.isoformat() for d in days)


def visited_in_window(desk: Desk) -> Verdict:
    """一.3: in each key time somebody has been in touch with the family of every pupil of the psychological ledger.

    Asked once, in the cycle in which the window ends.
    """
    window = last_window(desk)
    if window is None or f"{window.end:%Y-%m}" != desk.cycle:
        return Verdict(0, why="本月没有结束的关键家访时段", outcome="not_applicable")
    lines = open_psych(desk)
    words = {
        "window": window.name,
        "from": f"{window.start.month}月{window.start.day}日",
        "to": f"{window.end.month}月{window.end.day}日",
    }
    return Verdict(
        len(lines),
        [Hit("last_followup", words, x) for x in lines if not visited(desk, x, window)],
        "" if lines else "没有在跟踪的学生",
        None if lines else "not_applicable",
    )


def tool_fits(line: Line, desk: Desk, *, tools: Mapping[str, int]) -> Sequence[Hit] | None:
    """一.1: an instrument is used from the grade for which it was made (`tools`: word in its name -> first grade)."""
    tool, grade = line.get("tool"), line.get("grade")
    if not tool or not str(grade or "").isdigit():
        return None
    first = next((g for word, g in tools.items() if re.search(word, tool, re.I)), 0)
    return [Hit("tool", {"value": tool, "grade": grade, "first": first}, line)] if int(grade) < first else []


CARE_ROWS: Mapping[str, Callable[..., Any]] = {f.__name__: f for f in (levels_at_most, tool_fits)}
CARE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    f.__name__: f for f in (grades_add_up, enrolled_as_roster, top_level_followed, hours_reached, visited_in_window)
}
