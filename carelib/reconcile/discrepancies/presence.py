"""Who should be on which list: vanished, back after a gap, false zeros, unfollowed, orphans, listed twice (X1 X2 X5)."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from carelib.reconcile.cases import Case, end_of
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.persons import month_no, month_text
from carelib.reconcile.statements import Statement
from carelib.reconcile.work import Work
from carelib.records import Ground, Observation


def look(work: Work) -> Iterator[Observation]:
    yield from _vanished(work)
    yield from _false_zero(work)
    for person_id, case, said in work.living():
        yield from _gap(work, case, said)
        yield from _twice(work, case, said)
        yield from _double(work, case, said)
        yield from _claimed(work, case, said)
        yield from _orphan(work, case, said)
        if work.was(person_id) is None and case.in_stock:
            yield from _late(work, case, said)


def hold(work: Work, case: Case, seen: Observation, alarm: str) -> Observation:
    """An alarm that hangs on an open identity question waits as a question; what it asks is in `facts`."""
    if not work.is_open_question(case.person_id) and not _name_is_held(work, case):
        return seen
    return Observation("identity_question", seen.school_code, None, seen.submission_id, seen.row_id, seen.case_id,
                       seen.person_id, None, seen.place, None, {**seen.facts, "alarm": alarm}, seen.grounds)


def _name_is_held(work: Work, case: Case) -> bool:
    """A row of the school that waits for a person may be the pupil's: it bears the name, the telephone, the day of birth or the
    guardian's name."""
    held = work.held.get(case.school_code)
    if not held:
        return False
    person = work.index.owner(case.person_id)
    names = [name for name in person.names.values() if len(name) > 1]
    known = {*person.phones, *person.guardians, *(b for b in person.births if len(b) == 10)}
    return any(any(name in raw for name in names) or known & said for raw, said in held)


def _vanished(work: Work) -> Iterator[Observation]:
    for person_id in sorted(work.cases):
        case = work.cases[person_id]
        if not case.vanished_since or not case.in_stock or case.school_code not in work.filed or not case.listed_cycle:
            continue
        if case.listed_cycle == work.world.cycle:
            continue
        facts = {"last": month_word(case.listed_cycle), "months": _months_since(work, case.listed_cycle)}
        yield hold(work, case, work.see("vanished", case, facts=facts, stood=case.stood), "上次名单上有、本月没有")


def _months_since(work: Work, cycle: str) -> int:
    return work.month - month_no(cycle)


def month_word(cycle: str) -> str:
    """2023-03 -> 2023年3月"""
    return f"{cycle[:4]}年{int(cycle[5:7])}月"


def _false_zero(work: Work) -> Iterator[Observation]:
    """A zero report while pupils of last month are unaccounted for."""
    zero = {s["school_code"]: s for s in work.now["submissions"]
            if s["form"] == "absent_list" and s["state"] == "accepted" and s["is_zero"]}
    listed = {t.school for t in work.traces["absent_list"]}
    left: dict[str, list[Ground]] = defaultdict(list)
    for case in work.cases.values():
        if case.in_stock and case.listed_cycle and case.school_code in zero and (ground := Ground.of(case.stood)):
            left[case.school_code].append(ground)
    for school in sorted(left.keys() - listed):
        yield Observation("false_zero", school, submission_id=zero[school]["submission_id"], place=zero[school].get("zero_at"),
                          facts={"count": len(left[school])}, grounds=tuple(sorted(left[school], key=lambda g: g.order)))


def _gap(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    was = work.was(case.person_id)
    if not (was and was.vanished_since and was.in_stock and said.listings):
        return
    listing = next((s for s in said.listings if s.school == was.school_code), None)
    if listing:
        facts = {"since": month_word(was.vanished_since), "months": _months_since(work, was.vanished_since)}
        yield hold(work, case, work.see("gap", case, listing, "student_name", facts=facts), "中断后又列入")


def _twice(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """One pupil on two lines of one school's list (equal numbers on both are told by C4)."""
    first: dict[str, Statement] = {}
    for listing in said.listings:
        if listing.school not in first:
            first[listing.school] = listing
        elif not listing.row.get("id_number") or listing.row["id_number"] != first[listing.school].row.get("id_number"):
            yield work.see("dup_in_form", case, listing, "student_name", facts={})


def _double(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    absent = said.absent_at()
    if len(absent) < 2:
        return
    for school, listing in sorted(absent.items()):
        other = case.school_code if school != case.school_code else min(s for s in absent if s != school)
        keeps = "个案暂留本校" if school == case.school_code else "个案暂留另一所学校"
        yield work.see("double_listed", case, listing, "student_name", other_school_code=other, facts={"keeps": keeps})


def _claimed(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """Listed as not back, while another school says that the pupil is in class there."""
    for school, listing in sorted(said.absent_at().items()):
        other = next((s.school for s in said.all if s.school != school and s.exits and s.attending), None)
        if other:
            yield work.see("claimed_elsewhere", case, listing, "student_name", other_school_code=other)


def _orphan(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """Followed up as not back, but on no list: told in the month in which it begins."""
    begins = case.since_cycle == work.world.cycle and case.in_stock and not said.listings
    if begins and case.school_code in work.filed:
        row = next((s for s in [*said.visits, *said.pages] if s.school == case.school_code), None)
        yield hold(work, case, work.see("orphan_followup", case, row, "student_name"), "有劝返记录而不在名单")


def _late(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """A new case whose absence began before the deadline of a month that is already reported."""
    left = end_of(case.left_date)
    listing = next((s for s in said.listings if s.school == case.school_code), None)
    if left is None or case.left_date is None or listing is None or work.previous is None:
        return
    due = work.world.policy.due_date(month_text(work.previous))
    published = {r["school_code"] for r in work.before.get("flows", ()) if r["closing"] is not None}
    if left <= due and case.school_code in published:
        facts = {"left": month_word(case.left_date[:7]) if len(case.left_date) > 4 else f"{case.left_date}年"}
        yield work.see("late_discovery", case, listing, "left_date", facts=facts)


def unfollowed(work: Work) -> Iterator[Observation]:
    """Listed as not back, follow-ups filed, none for this pupil."""
    for _, case, said in work.living():
        school = case.school_code
        listing = next((s for s in said.listings if s.school == school), None)
        if not case.in_stock or listing is None or school not in work.followed:
            continue
        if len(said.absent_at()) > 1 and any(s.school != school for s in [*said.visits, *said.pages]):
            continue                    # listed twice and followed up there: that is told once, as listed twice
        if not any(s.school == school for s in [*said.visits, *said.pages]):
            seen = work.see("unfollowed", case, listing, "student_name")
            yield hold(work, case, seen, "在名单而没有劝返记录")
