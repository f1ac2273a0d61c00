"""One cycle on the table: what was read, what it says, whose it is, and what became of the cases."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from carelib.reconcile import cases, evidence
from carelib.reconcile.cases import Book, Case
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.evidence import Notes, Trace
from carelib.reconcile.lifecycle import Advance
from carelib.reconcile.link import Link
from carelib.reconcile.persons import Index
from carelib.reconcile.statements import Schools, Statement, Words
from carelib.records import Ground, Observation
from carelib.tables import Rows, Tables
from carelib.world import World


@dataclass
class Work:
    """Filled step by step by the engine; the discrepancies only read it."""
    world: World
    now: Tables
    before: Tables
    month: int
    previous: int | None                            # the month of the previous cycle
    traces: dict[str, list[Trace]]
    statements: dict[str, Statement]                # row -> what it says of the case
    filed: dict[str, int]                           # school -> rows that it lists itself as not back
    schools: Schools
    words: Words
    index: Index
    cases: Book                                     # person -> case
    walk: Advance
    notes: Notes
    links: dict[str, Link] = field(default_factory=dict)
    drift: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, CaseMonth] = field(default_factory=dict)       # person -> this month's statements
    restated: Rows = field(default_factory=list)    # figures of this month that changed after it was closed
    differences: Rows = field(default_factory=list) # what stands between closing and the schools' own sums
    then: Work | None = None                        # the month as it stood when it was closed, if it was otherwise
    _was: dict[str, Case | None] = field(default_factory=dict)

    @cached_property
    def _before(self) -> dict[str, dict[str, Any]]:
        return {r["person_id"]: r for r in self.before.get("case_facts", ())}

    def was(self, person_id: str) -> Case | None:
        """The case as the previous cycle left it."""
        if person_id not in self._was:
            row = self._before.get(person_id)
            self._was[person_id] = cases.from_row(row) if row else None
        return self._was[person_id]

    @cached_property
    def trace_of(self) -> dict[str, Trace]:
        return {t.row_id: t for group in self.traces.values() for t in group}

    @cached_property
    def followed(self) -> set[str]:
        """Schools of which a follow-up or a page was accepted this month, or a zero of them."""
        return {s["school_code"] for s in self.now["submissions"]
                if s["form"] in ("follow_up", "case_file") and s["state"] == "accepted"}

    @cached_property
    def asked(self) -> dict[str, set[str]]:
        """person -> the other persons of the open identity questions it is part of."""
        out: dict[str, set[str]] = defaultdict(set)
        for one, other in [(p, p.maybe) for p in self.index.people.values() if p.maybe and p.same_as is None]:
            older = self.index.owner(other).person_id
            out[one.person_id].add(older)
            out[older].add(one.person_id)
        return out

    @cached_property
    def held(self) -> dict[str, list[tuple[str, set[str]]]]:
        """school -> its rows that wait for a person: as written and without blanks, and the values that can be read of them."""
        school = {s["submission_id"]: s["school_code"] for s in self.now["submissions"]}
        rows = {r["row_id"]: r for r in self.now.get("held_rows", ())}
        said: dict[str, set[str]] = defaultdict(set)
        for value in self.now["values"] if rows else ():
            if value["row_id"] in rows and value["value"]:
                said[value["row_id"]].update(evidence.marks(value["field"], value["value"]))
        out: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
        for row_id, row in rows.items():
            out[school.get(row["submission_id"]) or ""].append(("".join((row["raw"] or "").split()), said[row_id]))
        return out

    def living(self) -> Iterator[tuple[str, Case, CaseMonth]]:
        """(person, case, month) of every case with something said this month, in a fixed order."""
        for person_id in sorted(self.said):
            yield person_id, self.cases[person_id], self.said[person_id]

    @cached_property
    def status_written(self) -> dict[str, str]:
        """row -> what the list says in the status cell, as written."""
        rows = {t.row_id for t in self.traces["absent_list"]}
        return {v["row_id"]: v["raw"] for v in self.now["values"]
                if v["field"] == "status" and v["raw"] and v["row_id"] in rows}

    def is_open_question(self, person_id: str) -> bool:
        return bool(self.asked.get(person_id))

    def see(self, code: str, case: Case | None, said: Statement | None = None, name: str | None = None,
            school: str | None = None, **more: Any) -> Observation:
        """An observation about a case (and a row's field); what is not given comes from them.

        `stood`: where the pupil stood before (Ground.text), for want of a row that says it now.
        """
        row = said.row if said else {}
        seen = Observation(code, school or (said.school if said else case.school_code if case else None),
                           more.get("other_school_code"), row.get("submission_id"), row.get("row_id"),
                           case.case_id if case else None, case.person_id if case else None, name, None,
                           more.get("found"), more.get("facts", {}))
        ground = None if said else Ground.of(more.get("stood"))
        if ground is None:
            return seen
        if ground.cycle == self.world.cycle:
            return replace(seen, submission_id=ground.submission_id, row_id=ground.row_id, place=ground.place)
        return replace(seen, row_id=ground.row_id, place=ground.place, grounds=(ground,))


def placed(seen: Rows, values: Rows) -> Rows:
    """Put in the place of each named cell, and what stands there; one walk over `values`.

    A cell that is not there (a blank nobody printed) is shown by the pupil's name.
    """
    wanted: dict[str, Rows] = defaultdict(list)
    for row in seen:
        if row["row_id"]:
            wanted[row["row_id"]].append(row)
    at: dict[str, str] = {}
    for value in values:
        for row in wanted.get(value["row_id"], ()):
            if value["field"] == row["field"]:
                row["place"] = value["place"]
                row["found"] = value["raw"] if row["found"] is None else row["found"]
            if value["field"] == "student_name" and value["place"]:
                at[value["row_id"]] = value["place"]
    for row in seen:
        row["place"] = row["place"] or at.get(row["row_id"])
    return seen
