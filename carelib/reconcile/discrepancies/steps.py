"""Steps of a case without what they need: exits, returns, moves, suspensions, relapses (X4 X5 X10 X12 X15)."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from carelib.catalogue import fold
from carelib.policy import Policy
from carelib.reconcile.cases import Case, end_of, latest, start_of, suspension_end
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.discrepancies.presence import month_word, unfollowed
from carelib.reconcile.persons import month_no
from carelib.reconcile.statements import Statement, machine, names_a_school
from carelib.reconcile.work import Work
from carelib.records import Observation

PAPERS = (("proof_no", "证明编号"), ("suspend_to", "休学截止日期"))
SILENT_MONTHS = 2               # a receiving school may be silent in m, m+1, m+2


def look(work: Work) -> Iterator[Observation]:
    yield from unfollowed(work)
    for _, case, said in work.living():
        yield from _closed_but_listed(work, case, said)
        yield from _back_but_open(work, case, said)
        yield from _came_again(work, case, said)
        if not case.in_stock and case.closed_cycle == work.world.cycle:
            yield from _exit(work, case, said)
    for person_id in sorted(work.cases):
        case = work.cases[person_id]
        yield from _unconfirmed(work, case)
        yield from _expired(work, case)


# ---- contradictions of one month

def _closed_but_listed(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """The list calls the pupil absent; the same school's follow-up, page or remark says the contrary."""
    for school, listing in sorted(said.absent_at().items()):
        told = [s for s in [*said.visits, *said.pages] if s.school == school and s.state]
        exits = [s for s in told if s.exits and s.state != "home_teaching"
                 and "转入就读" not in (s.row.get("outcome") or "")]
        if exits and listing.state is not None:
            exit_ = latest(exits) or exits[0]
            name = "outcome" if exit_.form == "follow_up" else "status"
            word = work.world.catalogue.label("case_state", exit_.state)
            yield work.see("closed_but_listed", case, exit_, name, facts={"word": word})
        elif not exits and (remark := _says_back(listing)):
            yield work.see("remark_contradicts", case, listing, remark)


def _back_but_open(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """The list says that the pupil is back; a later follow-up or page of the same school says not."""
    for listing in said.listings:
        later = latest(s for s in [*said.visits, *said.pages] if s.school == listing.school)
        kept = case.in_stock and listing.school == case.school_code
        if kept and listing.state == "returned" and later and later.in_stock:
            yield work.see("back_but_open", case, listing, "status")


def _says_back(listing: Statement) -> str | None:
    words = "|".join(map(fold, machine()["words"]["back"]))
    for name in ("remark", "measures"):
        text = fold(listing.row.get(name) or "")
        found = re.search(words, text)
        if found and not re.search("(未|没|不|又|再|后)[^，。；]{0,4}$", text[:found.start()]) \
                and not re.match("[^。；]{0,3}(后)?[又再]", text[found.end():]):
            return name
    return None


def _came_again(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """Listed again after an exit."""
    was = work.was(case.person_id)
    listing = next((s for s in said.listings if s.school == case.school_code), None)
    if was is None or case.episode == was.episode or listing is None:
        return
    facts: dict[str, Any] = {"closed": month_word(was.closed_cycle or work.world.cycle)}
    if machine()["state"][was.state].get("final"):
        yield work.see("reopen_after_final", case, listing, "status", facts=facts)
    elif was.state == "returned" and _marked_new(work, listing):
        yield work.see("relapse_as_new", case, listing, "status", facts=facts)
    elif was.state not in ("suspended", "transferred"):
        facts |= {"word": work.world.catalogue.label("case_state", was.state), "episode": case.episode}
        yield work.see("relapsed", case, listing, "status", facts=facts)


def _marked_new(work: Work, listing: Statement) -> bool:
    words = [fold(w) for w in machine()["words"]["new"]]
    texts = [listing.row.get("remark"), work.status_written.get(listing.row_id)]
    return any(w in fold(t) for t in texts if t for w in words)


# ---- what an exit needs

def _exit(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    told = [s for s in said.all if s.exits and s.state == case.state] or [s for s in said.all if s.exits]
    if not told:
        return
    first = latest(told) or told[0]

    def given(name: str) -> bool:
        return any(s.row.get(name) for s in told)

    def worded(pattern: str) -> bool:
        """结果 may say it in a sentence: 3月15日到七（3）班上课."""
        return any(re.search(pattern, s.row.get("outcome") or "") for s in told)

    if case.state == "returned":
        yield from _return(work, case, first, told, given("return_date") or worded("[0-9]月|[0-9][.-][0-9]"),
                           given("return_class") or worded("[0-9一二三四五六七八九十)）]班"))
    elif case.state == "transferred" and case.move_state == "waiting" and not case.dest \
            and not any(names_a_school(s.row) for s in told):
        yield work.see("transfer_no_receiver", case, first, "dest_school")
    elif case.state == "suspended":
        lacking = [label for name, label in PAPERS if not given(name)]
        if lacking:
            yield work.see("suspend_no_cert", case, first, "proof_no" if not given("proof_no") else "suspend_to",
                           facts={"lacking": "、".join(lacking)})


def _return(work: Work, case: Case, first: Statement, told: list[Statement], dated: bool,
            classed: bool) -> Iterator[Observation]:
    lacking = [label for has, label in ((dated, "复学时间"), (classed, "复学班级")) if not has]
    if lacking:
        yield work.see("return_no_evidence", case, first, "return_class" if dated else "return_date",
                       facts={"lacking": "、".join(lacking)})
    said = next((s for s in told if s.row.get("return_date")), None)
    if said is None:
        return
    back, left = end_of(said.row["return_date"]), start_of(case.left_date)
    if back and left and back < left and not said.row.get("left_date"):
        yield work.see("return_before_left", case, said, "return_date", facts={"left": case.left_date})
    elif len(said.row["return_date"]) == 10 and back and _in_vacation(work.world.policy, back):
        yield work.see("return_in_vacation", case, said, "return_date")


def _in_vacation(policy: Policy, day: date) -> bool:
    """Between two terms of the calendar; before the first and after the last nothing is known."""
    if policy.term_of(day) or not policy.terms:
        return False
    return min(t.start for t in policy.terms) < day < max(t.end for t in policy.terms)


# ---- what does not come

def _unconfirmed(work: Work, case: Case) -> Iterator[Observation]:
    """A move inside the district of which the receiving school has said nothing through m+2: told to both, once."""
    if case.state != "transferred" or case.move_state != "waiting" or not case.dest or not case.moved_cycle:
        return
    receiver = work.world.school(case.dest)
    if receiver is None or not receiver.is_open(work.world.cycle):
        return
    if work.month - month_no(case.moved_cycle) < SILENT_MONTHS:
        return
    case.move_state = "asked"
    facts = {"moved": month_word(case.moved_cycle)}
    for code, school, other in (("transfer_unconfirmed", case.school_code, case.dest), ("transfer_not_received", case.dest, case.school_code)):
        yield work.see(code, case, school=school, other_school_code=other, facts=facts, stood=case.left_by)


def _expired(work: Work, case: Case) -> Iterator[Observation]:
    """A suspension that ended last month, and no row about the pupil since: neither back nor extended."""
    if case.state != "suspended" or case.suspend_asked or not case.granted_cycle:
        return
    end = suspension_end(case, work.world.policy.thresholds.suspension_months)
    if end is None or work.month <= end.year * 12 + end.month:
        return
    ended = f"{end.year}-{end.month:02d}"
    heard = case.row_cycle if case.row_cycle and case.row_cycle > case.granted_cycle else None
    if heard and heard >= ended:
        return
    case.suspend_asked = True
    facts = {"end": f"{end.year}年{end.month}月{end.day}日"}
    yield work.see("suspend_expired", case, facts=facts, stood=case.left_by)
