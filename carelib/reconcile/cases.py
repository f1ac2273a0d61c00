"""A pupil's case as it is carried from month to month, and what a month says about it."""
from __future__ import annotations

import calendar
import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from carelib import tables
from carelib.policy import add_months
from carelib.reconcile.evidence import content
from carelib.reconcile.statements import Statement, machine
from carelib.records import IN_STOCK
from carelib.tables import Rows

SEP = "\x1f"


@dataclass(slots=True)
class Case:
    """One case a person; an absence after an exit is a new episode of it. Dates as written (day, month or year)."""
    case_id: str
    person_id: str
    school_code: str
    opened_cycle: str
    state: str | None = None                # None only while it is being opened
    state_since: str | None = None
    closed_cycle: str | None = None
    owner: str | None = None
    # the present episode
    episode: int = 1
    since_cycle: str = ""                   # cycle in which it began
    left_date: str | None = None            # as last listed
    left_dates: list[str] = field(default_factory=list)     # every one that was listed
    attempts: int = 0
    last_attempt: str | None = None
    seen_attempts: list[str] = field(default_factory=list)  # digests: a line that is sent again counts once
    joint_visit: bool = False
    exit_date: str | None = None            # when the previous episode ended
    # moves and suspensions
    dest: str | None = None                 # the school that a move named
    moved_cycle: str | None = None
    move_state: str | None = None           # waiting | confirmed | asked
    suspend_from: str | None = None
    suspend_to: str | None = None
    suspend_asked: bool = False
    granted_cycle: str | None = None
    # lists and follow-ups seen
    listed_cycle: str | None = None         # last listed by anyone
    listed_at: str | None = None            # by which school
    stood: str | None = None                # where: the line of that list; before any, of a page or follow-up (Ground.text)
    left_by: str | None = None              # where it was said how the last episode ended
    vanished_since: str | None = None
    row_cycle: str | None = None            # last cycle with any row about the case
    highest_no: int | None = None           # highest attempt number at this school since the last exit
    last_count: int | None = None           # 劝返次数 on the list
    still_months: int = 0                   # lists in a row with the same count
    listed_attempt: str | None = None       # 最近劝返时间 on the list
    next_date: str | None = None            # planned next visit, and the visit that planned it
    next_planned_on: str | None = None
    planned_by: str | None = None           # where that visit stands
    texts: list[str] = field(default_factory=list)          # the last follow-up texts, without digits
    reached: int = 0                        # longest stretch (1, 3, 6 months) already told

    @property
    def in_stock(self) -> bool:
        return self.state in IN_STOCK

    def days_open(self, last_day: date) -> int | None:
        """From `left_date` (if partial: its last day) to the month's last day."""
        return _days(self.left_date, last_day)

    def contract_row(self, last_day: date) -> dict[str, Any]:
        return {"case_id": self.case_id, "person_id": self.person_id, "school_code": self.school_code,
                "opened_cycle": self.opened_cycle, "state": self.state, "state_since": self.state_since,
                "attempts": self.attempts, "last_attempt": self.last_attempt, "days_open": self.days_open(last_day),
                "closed_cycle": self.closed_cycle, "owner": self.owner}


_NAMES = tuple(f.name for f in fields(Case))
_LISTS = frozenset(f.name for f in fields(Case) if str(f.type).startswith("list"))
_KINDS = {"int": "i", "int | None": "i", "bool": "b"}
tables.add_schema("case_facts", {f.name: _KINDS.get(str(f.type), "") for f in fields(Case)})


def to_row(case: Case) -> dict[str, Any]:
    return {name: SEP.join(getattr(case, name)) if name in _LISTS else getattr(case, name) for name in _NAMES}


def from_row(row: dict[str, Any]) -> Case:
    return Case(**{k: (v.split(SEP) if v else []) if k in _LISTS else v for k, v in row.items()})


class Book(dict[str, Case]):
    """person_id -> case. Closed cases of which nothing is awaited rest as rows until somebody asks for them."""

    def __init__(self, facts: Rows = (), rows: Rows = ()) -> None:     # type: ignore[assignment]
        super().__init__()
        self._told = {r["person_id"]: r for r in rows}
        self._resting: dict[str, dict[str, Any]] = {}
        for fact in facts:
            if _awaited(fact):
                self[fact["person_id"]] = from_row(fact)
            else:
                self._resting[fact["person_id"]] = fact

    def find(self, person_id: str) -> Case | None:
        """The case of a person, woken if need be."""
        if person_id in self._resting:
            self[person_id] = from_row(self._resting.pop(person_id))
        return self.get(person_id)

    def tables(self, last_day: date) -> tuple[Rows, Rows]:
        """(`cases`, `case_facts`), by person."""
        rows, facts = [], []
        for person_id in sorted({*self, *self._resting}):
            if person_id in self._resting:
                fact = self._resting[person_id]
                rows.append({**self._told[person_id], "days_open": _days(fact["left_date"], last_day)})
                facts.append(fact)
            else:
                rows.append(self[person_id].contract_row(last_day))
                facts.append(to_row(self[person_id]))
        return rows, facts


def _awaited(fact: dict[str, Any]) -> bool:
    state = fact["state"]
    return state in IN_STOCK or (state == "suspended" and not fact["suspend_asked"]) or \
        (state == "transferred" and fact["move_state"] == "waiting")


def _days(left: str | None, last_day: date) -> int | None:
    start = end_of(left)
    return None if start is None else max(0, (last_day - start).days)


@functools.lru_cache(maxsize=1 << 16)
def end_of(text: str | None) -> date | None:
    """The last day that a date in normal form may mean; None without one."""
    if not text:
        return None
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    return date(parts[0], month, calendar.monthrange(parts[0], month)[1])


def start_of(text: str | None) -> date | None:
    """The first day that a date in normal form may mean."""
    if not text:
        return None
    parts = [int(p) for p in text.split("-")]
    return date(parts[0], *([*parts[1:], 1, 1])[:2])


def differ(one: str, other: str) -> bool:
    """Whether two dates cannot be the same day, as far as both are written."""
    shared = min(len(one), len(other))
    return one[:shared] != other[:shared]


def suspension_end(case: Case, months: int) -> date | None:
    """`suspend_to`, else `months` after `suspend_from`, else after `left_date`."""
    if case.suspend_to:
        return end_of(case.suspend_to)
    start = start_of(case.suspend_from or case.left_date)
    return add_months(start, months) if start else None


@dataclass(slots=True)
class Month:
    """All that one month says about one person's case."""
    listings: list[Statement] = field(default_factory=list)
    pages: list[Statement] = field(default_factory=list)
    visits: list[Statement] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        kinds = {"absent_list": self.listings, "case_file": self.pages, "follow_up": self.visits}
        kinds[statement.form].append(statement)

    @property
    def all(self) -> list[Statement]:
        return [*self.listings, *self.pages, *self.visits]

    def absent_at(self) -> dict[str, Statement]:
        """School -> the line of its list that calls the pupil absent (or whose status nobody can read)."""
        out: dict[str, Statement] = {}
        for said in self.listings:
            if said.in_stock or (said.state is None and not self._explained(said)):
                kept = out.get(said.school)
                if kept is None or (kept.state is None and said.state is not None):
                    out[said.school] = said
        return out

    def _explained(self, listing: Statement) -> bool:
        """A line without a readable status gives way to the page or follow-up of its school that states an exit."""
        return any(s.exits for s in [*self.pages, *self.visits] if s.school == listing.school) and \
            latest([s for s in [*self.pages, *self.visits] if s.school == listing.school and s.state]).exits  # type: ignore


def latest(said: Iterable[Statement]) -> Statement | None:
    """The statement with the latest date; on one day the list beats the page, the page the follow-up, an exit the rest."""
    known = [s for s in said if s.state]
    if len(known) < 2:
        return known[0] if known else None
    ranks = [_lateness(s) for s in known]
    best = max(ranks)
    top = [s for s, rank in zip(known, ranks) if rank == best]
    return top[0] if len(top) == 1 else max(top, key=lambda s: content(s.row))


_ORDER = {"follow_up": 0, "case_file": 1, "absent_list": 2}


def _lateness(said: Statement) -> tuple[str, int, int, bool, str]:
    number = said.row.get("attempt_no") or 0
    return str(end_of(said.said_on) or ""), _ORDER[said.form], number, said.exits, said.state or ""


def by_person(said: Iterable[Statement], person_of: dict[str, str]) -> dict[str, Month]:
    out: dict[str, Month] = defaultdict(Month)
    for statement in said:
        out[person_of[statement.row_id]].add(statement)
    return out


def step(from_state: str | None, to_state: str) -> tuple[str, str | None]:
    """(event, flow column) of the step between two states, from notice/case_states.toml."""
    kind = "none" if from_state is None else "stock" if from_state in IN_STOCK else "exit"
    for row in machine()["step"]:
        if to_state in row["to"] and (from_state in row["from"] or kind in row["from"]):
            return row["event"], row["column"] or None
    return "disputed", None
