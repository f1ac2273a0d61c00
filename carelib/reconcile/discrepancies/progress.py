"""Cases that stand still: stale visits, counts that fall or never rise, plans not kept, long absence (X7-X9)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from carelib.reconcile.cases import Case, end_of
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.statements import Statement
from carelib.reconcile.work import Work
from carelib.records import Observation

STRETCHES = (6, 3, 1)           # months open that are told, each once
STILL = 2                       # lists in a row after which an unchanged count is told


def look(work: Work) -> Iterator[Observation]:
    for person_id, case, said in work.living():
        if not case.in_stock:
            continue
        was = work.was(person_id)
        stale = list(_stale(work, case, said))
        yield from stale
        yield from _counts(work, case, said, was)
        if not stale:
            yield from _not_advanced(work, case, said, was)
    for person_id in sorted(work.cases):
        case = work.cases[person_id]
        if case.in_stock:
            yield from _overdue(work, case)
            yield from _long(work, case)


def _open_visits(case: Case, said: CaseMonth) -> list[Statement]:
    return [s for s in said.visits if s.school == case.school_code and not s.exits]


def _stale(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """The newest visit that this month's papers show lies before the window."""
    visits = [s for s in _open_visits(case, said) if s.said_on]
    if not visits or any(not s.said_on for s in _open_visits(case, said)):
        return
    newest = max(visits, key=lambda s: (end_of(s.said_on), s.row.get("attempt_no") or 0))
    limit = work.world.last_day - timedelta(days=work.world.policy.thresholds.stale_days)
    day = end_of(newest.said_on)
    if day and day < limit:
        yield work.see("stale_visit", case, newest, "attempt_date", facts=_window(work))


def _window(work: Work) -> dict[str, int]:
    return {"days": work.world.policy.thresholds.stale_days}


def _counts(work: Work, case: Case, said: CaseMonth, was: Case | None) -> Iterator[Observation]:
    if was is None or was.episode != case.episode:
        return
    numbers = [(s.row["attempt_no"], s) for s in _open_visits(case, said) if s.row.get("attempt_no") is not None]
    if numbers and was.highest_no is not None and was.school_code == case.school_code:
        highest, visit = max(numbers, key=lambda pair: pair[0])
        if highest < was.highest_no:
            yield work.see("count_regress", case, visit, "attempt_no", facts={"before": was.highest_no, "now": highest})
            return
    listing = _own(case, said)
    count = listing.row.get("attempt_count") if listing else None
    if listing and count is not None and was.last_count is not None and was.school_code == case.school_code:
        if count < was.last_count:
            facts = {"before": was.last_count, "now": count}
            yield work.see("count_regress", case, listing, "attempt_count", facts=facts)
        elif count == was.last_count and case.still_months == STILL and not _open_visits(case, said):
            facts = {"now": count, "months": case.still_months}
            yield work.see("count_unchanged", case, listing, "attempt_count", facts=facts)


def _own(case: Case, said: CaseMonth) -> Statement | None:
    return next((s for s in said.listings if s.school == case.school_code), None)


def _not_advanced(work: Work, case: Case, said: CaseMonth, was: Case | None) -> Iterator[Observation]:
    """最近劝返时间 on the list is the same as last month, and before the window."""
    listing = _own(case, said)
    day = end_of(listing.row.get("last_attempt")) if listing else None
    limit = work.world.last_day - timedelta(days=work.world.policy.thresholds.stale_days)
    fresh = any(s.said_on and (d := end_of(s.said_on)) and d >= limit for s in _open_visits(case, said))
    if listing and day and day < limit and was and was.listed_attempt == listing.row["last_attempt"] and not fresh:
        yield work.see("not_advanced", case, listing, "last_attempt", facts=_window(work))


def _overdue(work: Work, case: Case) -> Iterator[Observation]:
    """A next visit was planned for a day that has passed, and none came after it was planned."""
    due = end_of(case.next_date)
    if due is None or due > work.world.last_day or not case.next_planned_on:
        return
    if case.last_attempt and case.last_attempt > case.next_planned_on:
        return
    said = work.said.get(case.person_id)
    row = next((s for s in (said.visits if said else ()) if s.row.get("next_date") == case.next_date), None)
    yield work.see("overdue", case, row, "next_date", facts={"due": case.next_date}, stood=case.planned_by)
    case.next_date = None


def _long(work: Work, case: Case) -> Iterator[Observation]:
    days = case.days_open(work.world.last_day)
    months = next((m for m in STRETCHES if days is not None and days >= 30 * m), 0)
    if months <= case.reached:
        return
    case.reached = months
    said = work.said.get(case.person_id)
    listing = _own(case, said) if said else None
    facts = {"months": months, "days": days, "attempts": case.attempts}
    yield work.see("open_long", case, listing, "left_date" if listing else None, facts=facts, stood=case.stood)
