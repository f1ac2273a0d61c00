"""Figures that do not tie out: the school's own sum, closed months changed, base counts that jump (X11 X14 X16)."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from carelib.reconcile import restated
from carelib.reconcile.statements import Statement
from carelib.reconcile.work import Work
from carelib.records import Ground, Observation

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
    lines: dict[str, list[Ground]] = defaultdict(list)
    for row in work.differences:
        if row["kind"] == "unclear":
            school = row["school_code"]
            total[school] += row["sign"]
            lines[school] += [work.notes.ground(s, "status") for s in work.said[row["person_id"]].listings
                              if s.school == school and (s.state is None or s.in_stock)]
    for school in sorted(total):
        facts = {"count": abs(total[school]), "reported": work.filed[school]}
        yield Observation("flow_difference", school, facts=facts, grounds=tuple(sorted(lines[school], key=lambda g: g.order)))


# ---- closed months that change

def _backdated(work: Work) -> Iterator[Observation]:
    """Against the month as it stood when it was closed, files that came later add, drop or change a pupil of a school's list."""
    if work.then is None:
        return
    was, now = _listed(work.then), _listed(work)
    late = {s["school_code"] for s in work.now["submissions"] if s["form"] == "absent_list" and s["state"] == "accepted"
            and (s["received_at"] or "")[:10] > restated.closing(work.world)}
    for school in sorted(late & was.keys()):
        same = {s.row_id for s in was[school].values()} & {s.row_id for s in now.get(school, {}).values()}
        for person_id in sorted({*was[school], *now.get(school, {})}):
            old, said = was[school].get(person_id), now.get(school, {}).get(person_id)
            if old and said and old.row.get("status") == said.row.get("status"):
                continue
            if not (old and said) and (said or old).row_id in same:      # type: ignore[union-attr]
                continue                        # the same line, which is another pupil's now
            change = "改了这名学生的劝返情况" if old and said else "新增了这名学生" if said else "去掉了这名学生"
            yield work.see("backdated", work.cases.find(person_id), said or old, "status" if said else "student_name", school,
                           facts={"change": change})


def _listed(work: Work) -> dict[str, dict[str, Statement]]:
    """school -> person -> its row of the list; schools that filed without a row have none."""
    out: dict[str, dict[str, Statement]] = {s["school_code"]: {} for s in work.now["submissions"]
                                            if s["form"] == "absent_list" and s["state"] == "accepted"}
    for trace in work.traces["absent_list"]:
        out.setdefault(trace.school, {})[work.links[trace.row_id].person.person_id] = work.statements[trace.row_id]
    return out


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
