"""What a month does to a case: the state machine of notice/case_states.toml, moves between schools, episodes."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from carelib.reconcile.cases import Case, Month, latest, step
from carelib.reconcile.statements import Schools, Statement, destination
from carelib.records import IN_STOCK, Ground, mint

ALL_FOUR = frozenset({"责任督学", "镇街", "派出所", "村居委会"})


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of one case in the flow statement of one school."""
    school_code: str
    column: str
    case_id: str
    row_id: str | None


@dataclass(slots=True)
class Advance:
    """One cycle's walk over the cases: collects events, postings and what the discrepancies need to know."""
    cycle: str
    filed: Collection[str]                          # schools whose absent_list can be used
    open_schools: Collection[str]
    schools: Schools
    ground: Callable[..., Ground]                   # where a statement stands
    events: list[dict[str, Any]] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    home: Callable[[str], str | None] = lambda person_id: None      # the school on whose roster a person stands

    def event(self, case: Case, name: str, before: str | None, said: Statement | None, on: str | None = None,
              evidence: str = "") -> None:
        self.events.append({"case_id": case.case_id, "cycle": self.cycle, "event": name, "from_state": before,
                            "to_state": case.state, "date": on or (said.said_on if said else None),
                            "row_id": said.row_id if said else None, "evidence": evidence or _evidence(said)})

    def post(self, school: str, column: str, case: Case, said: Statement | None) -> None:
        self.postings.append(Posting(school, column, case.case_id, said.row_id if said else None))

    # the walk

    def open_case(self, person_id: str, month: Month, key: bytes) -> Case:
        """A person seen for the first time on list, page or follow-up."""
        absent = month.absent_at()
        said = latest(s for s in month.all) or month.all[0]
        school = self._first_school(person_id, absent) or said.school
        case = Case(mint("k_", person_id, key=key), person_id, school, self.cycle, since_cycle=self.cycle)
        if absent:
            self._enter(case, _absent_state(absent[school], 1), absent[school])
        else:
            first = next((s for s in month.all if s.in_stock), month.all[0])
            self._enter(case, first.state if first.in_stock else "open", first)  # type: ignore[arg-type]
            if said.exits:
                self._leave(case, said, among=month.all)
        return case

    def _first_school(self, person_id: str, absent: dict[str, Statement]) -> str | None:
        """Of several schools that list a new pupil: the one on whose roster the pupil stands, else the lowest code."""
        home = self.home(person_id)
        return home if home in absent else min(absent, default=None)

    def advance(self, case: Case, month: Month) -> None:
        """One month on."""
        if case.in_stock:
            self._from_stock(case, month)
        else:
            self._from_exit(case, month)

    def _from_stock(self, case: Case, month: Month) -> None:
        absent = month.absent_at()
        here = absent.pop(case.school_code, None)
        own = latest(s for s in month.all if s.school == case.school_code)
        if here:
            self._stay(case, _absent_state(here, case.episode, case.state), here)
        elif absent:
            self._taken_over(case, absent[min(absent)], own)
        elif own and own.exits:
            self._leave(case, own, among=month.all)
        elif other := latest(s for s in month.all if s.school != case.school_code and s.exits):
            self._claimed(case, other)
        elif own:
            self._stay(case, _stock_state(case, own), own)

    def _taken_over(self, case: Case, there: Statement, own: Statement | None) -> None:
        """Another school lists the pupil and the first one does not (any more)."""
        if own and own.exits and own.state not in ("transferred", "elsewhere"):
            self._leave(case, own)
            self._relapse(case, there)
            return
        self.post(case.school_code, "transferred_out", case, own)
        self._hand_over(case, there)

    def _hand_over(self, case: Case, there: Statement) -> None:
        """The same case and episode, now in the stock of the school that lists the pupil."""
        before = case.state
        case.school_code, case.state = there.school, _absent_state(there, case.episode, "open")
        case.move_state, case.closed_cycle, case.highest_no = "confirmed", None, None
        case.state_since = case.state_since if before in IN_STOCK else there.row.get("left_date") or self.cycle
        self.post(there.school, "transferred_in", case, there)
        self.event(case, "handed_over", before, there)
        self.event(case, "confirmed", case.state, there)

    def _claimed(self, case: Case, other: Statement) -> None:
        """A school that is not the case's says that the pupil is back or gone."""
        if other.state in ("returned", "transferred"):
            self._leave(case, other, "transferred")
            case.dest, case.move_state = other.school, "confirmed"
            self.event(case, "confirmed", case.state, other)
        else:
            self._leave(case, other)

    def _from_exit(self, case: Case, month: Month) -> None:
        absent = month.absent_at()
        here = absent.get(case.school_code)
        if here or absent:
            said = here or absent[case.dest if case.dest in absent else min(absent)]
            if case.state == "transferred" and not here and case.move_state != "confirmed":
                self._hand_over(case, said)
            else:
                self._relapse(case, said)
            return
        if case.state == "transferred" and (there := next((s for s in month.all if self._attends(s, case)), None)):
            if case.move_state != "confirmed":
                case.move_state, case.dest = "confirmed", there.school
                self.event(case, "confirmed", case.state, there)
            return
        last = latest(s for s in month.all if s.school == case.school_code or case.state != "transferred")
        if last is None:
            return
        if last.in_stock:
            if _after(last, case.state_since):
                self._relapse(case, last)
        elif last.state != case.state:
            self._change(case, last)
        elif last.attending and last.form == "follow_up":
            self.event(case, "visit_ok", case.state, last)
        else:
            self._renew(case, last)

    @staticmethod
    def _attends(said: Statement, case: Case) -> bool:
        return said.school != case.school_code and (said.attending or said.state in ("returned", "transferred"))

    # the steps

    def _enter(self, case: Case, state: str, said: Statement) -> None:
        case.state, case.state_since = state, said.row.get("left_date") or said.said_on or self.cycle
        name, column = step(None, state)
        self.post(case.school_code, column or "new", case, said)
        self.event(case, name, None, said, case.state_since)

    def _stay(self, case: Case, state: str, said: Statement) -> None:
        before = case.state
        if case.vanished_since and said.form == "absent_list":
            self.event(case, "reappeared", before, said)
            case.vanished_since = None
        if state != before:
            case.state, case.state_since = state, said.said_on or self.cycle
            self.event(case, step(before, state)[0], before, said)

    def _leave(self, case: Case, said: Statement, state: str | None = None, among: Iterable[Statement] = ()) -> None:
        """Out of the stock. `among`: the month's statements, of which another may tell the day (复学时间) that `said` leaves out."""
        before, case.state = case.state, state or said.state
        name, column = step(before, case.state)  # type: ignore[arg-type]
        case.state_since = _exit_date(said, case.state, among) or self.cycle
        case.closed_cycle, case.vanished_since = self.cycle, None
        self._details(case, said)
        self.post(case.school_code, column or "other_exit", case, said)
        self.event(case, name, before, said, case.state_since)

    def _change(self, case: Case, said: Statement) -> None:
        """From one exit to another: no flow."""
        before, case.state = case.state, said.state
        case.state_since = _exit_date(said, case.state) or self.cycle
        self._details(case, said)
        self.event(case, step(before, case.state)[0], before, said, case.state_since)  # type: ignore[arg-type]

    def _renew(self, case: Case, said: Statement) -> None:
        """The same exit said again: a suspension may be extended, a pupil taught at home visited."""
        until = said.row.get("suspend_to")
        if case.state == "suspended" and until and until > (case.suspend_to or ""):
            if case.suspend_to:
                self.event(case, "extended", case.state, said, until)
                case.suspend_asked = False
            case.suspend_to = until
        elif case.state == "home_teaching" and said.form == "follow_up":
            self.event(case, "home_visit", case.state, said)

    def _details(self, case: Case, said: Statement) -> None:
        row, case.left_by = said.row, self.ground(said, *_EXIT_CELLS.get(case.state or "", ()), "status", "outcome").text()
        if case.state == "suspended":
            case.suspend_from, case.suspend_to = row.get("suspend_from"), row.get("suspend_to")
            case.granted_cycle, case.suspend_asked = self.cycle, False
        if case.state == "transferred":
            case.dest, case.moved_cycle, case.move_state = destination(said, self.schools), self.cycle, "waiting"

    def _relapse(self, case: Case, said: Statement) -> None:
        """Into the stock from an exit: a new episode of the same case."""
        before = case.state
        case.exit_date, case.episode, case.since_cycle = case.state_since, case.episode + 1, self.cycle
        case.attempts, case.last_attempt, case.seen_attempts, case.joint_visit = 0, None, [], False
        case.left_date, case.left_dates, case.highest_no, case.reached = None, [], None, 0
        case.last_count, case.still_months, case.closed_cycle, case.vanished_since = None, 0, None, None
        case.move_state = case.dest = case.moved_cycle = case.listed_cycle = None
        case.school_code = said.school
        case.state = _absent_state(said, case.episode)
        left = said.row.get("left_date")
        anew = left and (not case.exit_date or left > case.exit_date)
        case.state_since = left if anew else said.said_on or self.cycle
        name, column = step(before, case.state)
        self.post(case.school_code, column or "relapsed", case, said)
        self.event(case, name, before, said, case.state_since)

    def relocate(self, case: Case, school: str) -> None:
        """The case's school was closed and merged: its open cases belong to the school that took over."""
        self.post(case.school_code, "transferred_out", case, None)
        case.school_code, case.highest_no = school, None
        self.post(school, "transferred_in", case, None)
        self.event(case, "handed_over", case.state, None, self.cycle, "原学校停办，并入本校")

    def vanish(self, case: Case) -> None:
        """In stock, the list was filed, nobody lists the pupil any more: the case stays open."""
        if case.listed_cycle and not case.vanished_since:
            case.vanished_since = self.cycle
            self.event(case, "vanished", case.state, None, self.cycle, "本月情况表已报，未再列入，也没有写明去向")


def _absent_state(said: Statement, episode: int, present: str | None = None) -> str:
    """The stock state that a line of the list gives: what it says, `relapsed` throughout a later episode."""
    if said.state is None:
        unclear = said.unreadable or said.row.get("return_date")
        return "unknown" if unclear else present if present in ("open", "relapsed") else _plain(episode)
    if said.state == "open":
        return "relapsed" if present == "relapsed" else _plain(episode)
    return said.state


def _plain(episode: int) -> str:
    return "relapsed" if episode > 1 else "open"


def _stock_state(case: Case, said: Statement) -> str:
    return _absent_state(said, case.episode, case.state)


_EXIT_CELLS = {"suspended": ("suspend_to",), "transferred": ("dest_school",)}
_DAY_OF = {"returned": "return_date", "suspended": "suspend_from"}


def _exit_date(said: Statement, state: str | None, among: Iterable[Statement] = ()) -> str | None:
    """The day that the statement gives for the exit, or another one of the same school and state; else when it was said."""
    name = _DAY_OF.get(state or "")
    if name is None:
        return said.said_on
    same = (s for s in among if s.school == said.school and s.state == said.state)
    return next((s.row[name] for s in (said, *same) if s.row.get(name)), said.said_on)


def _after(said: Statement, since: str | None) -> bool:
    return bool(said.said_on) and (since is None or str(said.said_on) > since[:len(str(said.said_on))])


def _evidence(said: Statement | None) -> str:
    if said is None:
        return ""
    source = {"absent_list": "情况表", "case_file": "一生一档", "follow_up": "劝返记录"}[said.form]
    parts = [f"{source}（{said.said_on}）" if said.said_on else source]
    return "，".join([*parts, *(label for name, label in _PROOFS if said.row.get(name))])


_PROOFS = (("return_date", "有复学日期"), ("return_class", "有复学班级"), ("dest_school", "写明接收学校"),
           ("proof_no", "有证明编号"), ("suspend_to", "有休学截止日期"))


def count_attempts(case: Case, month: Month, was_out: bool, walk: Advance) -> None:
    """Count the month's follow-ups of the present episode; a line that was sent before counts once."""
    for visit in sorted(month.visits, key=lambda v: (v.said_on or "", v.row.get("attempt_no") or 0, v.row_id)):
        if _not_an_attempt(case, visit, was_out):
            continue
        mark = _digest(visit.row)
        if mark in case.seen_attempts:
            continue
        case.seen_attempts.append(mark)
        case.attempts += 1
        case.last_attempt = max(filter(None, (case.last_attempt, visit.said_on)), default=None)
        case.joint_visit = case.joint_visit or set((visit.row.get("parties") or "").split("、")) >= ALL_FOUR
        walk.event(case, "attempt", case.state, visit)


def _not_an_attempt(case: Case, visit: Statement, was_out: bool) -> bool:
    """Before this episode began, or a visit to a pupil who is back."""
    if case.exit_date and visit.said_on and visit.said_on <= case.exit_date[:len(visit.said_on)]:
        return True
    if case.in_stock:
        return False
    later = bool(visit.said_on and case.state_since and visit.said_on > case.state_since[:len(visit.said_on)])
    return was_out or (later and visit.attending)


_SAYS = ("attempt_date", "attempt_no", "mode", "people", "content", "outcome", "school_code")


def _digest(row: dict[str, Any] | Any) -> str:
    text = "\x1f".join(str(row.get(f) or "") for f in _SAYS)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
