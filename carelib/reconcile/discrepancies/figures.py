"""Figures that do not tie out: the school's own sum, closed months changed, base counts that jump (X11 X14 X16)."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from carelib.reconcile import restated
from carelib.reconcile.persons import month_text
from carelib.reconcile.work import Work
from carelib.records import Observation

JUMP = 0.1                      # a base count that differs by more than this share …
JUMP_HEADS = 20                 # … and by more than so many pupils


def look(work: Work) -> Iterator[Observation]:
    yield from _unexplained(work)
    yield from _backdated(work)
    yield from restated.observe(work.restated)
    yield from _base_jump(work)


# ---- the school's own sum

def differences(work: Work) -> list[dict[str, Any]]:
    """What stands between closing and the school's own sum, pupil by pupil (+1: counted here and not by the school)."""
    out = []
    for person_id in sorted(work.cases):
        case, said = work.cases[person_id], work.said.get(person_id)
        own = Counter(s.school for s in (said.listings if said else ()) if s.state is None or s.in_stock)
        for school in sorted({case.school_code, *own} & set(work.filed)):
            counted = int(case.in_stock and case.school_code == school)
            if counted == own[school]:
                continue
            out.append({"school_code": school, "cycle": work.world.cycle, "case_id": case.case_id, "person_id": person_id,
                        "kind": _kind(work, case, school, own[school]), "sign": counted - own[school]})
    return out


def _kind(work: Work, case: Any, school: str, own: int) -> str:
    if case.in_stock and case.school_code == school:
        if own:
            return "duplicate"
        if work.is_open_question(case.person_id):
            return "question"
        return "vanished" if case.listed_cycle else "orphan"
    if case.school_code != school:
        return "elsewhere"
    return "unclear"


def _unexplained(work: Work) -> Iterator[Observation]:
    """Lines that the school counts as not back, and whose status nobody can read although the case is closed."""
    total: dict[str, int] = defaultdict(int)
    for row in differences(work):
        if row["kind"] == "unclear":
            total[row["school_code"]] += row["sign"]
    for school in sorted(total):
        facts = {"count": abs(total[school]), "reported": work.filed[school]}
        yield Observation("flow_difference", school, facts=facts)


# ---- closed months that change

def _backdated(work: Work) -> Iterator[Observation]:
    """A version that came after the next deadline adds, drops or changes a pupil of the list."""
    limit = work.world.policy.due_date(month_text(work.month + 1)).isoformat()
    late = {s["submission_id"]: s["school_code"] for s in work.now["submissions"]
            if s["form"] == "absent_list" and s["state"] == "accepted" and (s["received_at"] or "")[:10] > limit}
    for school in sorted(set(late.values())):
        old = {r["student_name"]: r for r in work.notes.earlier.values()
               if r["form"] == "absent_list" and r["school_code"] == school and r.get("student_name")}
        if old:
            yield from _changed(work, school, old, late)


def _changed(work: Work, school: str, old: dict[str, Any], late: Collection[str]) -> Iterator[Observation]:
    new = {t.row["student_name"]: t for t in work.traces["absent_list"]
           if t.school == school and t.submission in late and t.row.get("student_name")}
    for name in sorted({*old, *new}):
        trace = new.get(name)
        if trace and name in old and old[name].get("status") == trace.row.get("status"):
            continue
        change = "新增了这名学生" if name not in old else "改了这名学生的劝返情况" if trace else "去掉了一名学生"
        case = work.cases.find(work.links[trace.row_id].person.person_id) if trace else None
        said = work.statements[trace.row_id] if trace else None
        facts = {"change": change} if trace else {"change": change, "lost": len(set(old) - set(new))}
        yield work.see("backdated", case, said, "status" if said else None, school, facts=facts)


# ---- base counts

def _base_jump(work: Work) -> Iterator[Observation]:
    """The base count of the retention form against the roster's pupils of the school."""
    if not work.world.roster:
        return
    pupils = Counter(p.school_code for p in work.world.roster)
    for row in work.now.get("retention", ()):
        base, known = row.get("base_count"), pupils[row["school_code"]]
        if base and known and abs(base - known) > max(JUMP_HEADS, JUMP * known):
            yield Observation("base_jump", row["school_code"], submission_id=row["submission_id"], row_id=row["row_id"],
                              field="base_count", facts={"base": base, "roster": known})
