"""What should never change and did: name, number, gender, birth, day of leaving; one number on two pupils (X6 C5)."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from carelib.reconcile.cases import Case, differ
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.evidence import Trace
from carelib.reconcile.numbers import Kind
from carelib.reconcile.work import Work
from carelib.records import Observation

CODES = {"student_name": "name_changed", "birth": "birth_changed", "gender": "gender_changed",
         "id_number": "id_changed"}


def look(work: Work) -> Iterator[Observation]:
    yield from _drift(work)
    yield from _shared(work)
    for _, case, said in work.living():
        yield from _onset(work, case, said)


def _drift(work: Work) -> Iterator[Observation]:
    """A row that contradicts what earlier rows said of the same pupil; told once, when it first does."""
    told: set[tuple[str, str, str]] = set()
    for form in ("absent_list", "case_file", "follow_up", "psych_case", "health_roster"):
        for trace in work.traces[form]:
            person_id = work.links[trace.row_id].person.person_id
            for name in work.drift.get(trace.row_id, ()):
                if (person_id, name, trace.school) in told:
                    continue
                told.add((person_id, name, trace.school))
                case = work.cases.find(person_id)
                yield Observation(CODES[name], trace.school, None, trace.submission, trace.row_id,
                                  case.case_id if case else None, person_id, name)


def _shared(work: Work) -> Iterator[Observation]:
    """One valid number on two pupils of a school's list (two schools with one number are told by C5)."""
    holders: dict[tuple[str, str], dict[str, list[Trace]]] = defaultdict(lambda: defaultdict(list))
    for trace in work.traces["absent_list"]:
        own = trace.row.get("id_number")
        if own and any(n.kind == Kind.FULL and n.text == own for n in trace.numbers):
            holders[trace.school, own][work.links[trace.row_id].person.person_id].append(trace)
    for key in sorted(k for k, people in holders.items() if len(people) > 1):
        for person_id, traces in sorted(holders[key].items()):
            yield work.see("id_shared", work.cases.find(person_id), work.statements[traces[0].row_id], "id_number")


def _onset(work: Work, case: Case, said: CaseMonth) -> Iterator[Observation]:
    """The day of leaving differs from the one listed before in the same episode."""
    was = work.was(case.person_id)
    if was is None or was.episode != case.episode or not was.left_dates:
        return
    for listing in said.listings:
        new, old = listing.row.get("left_date"), was.left_dates[-1]
        if new and listing.school == case.school_code and differ(new, old) and listing.in_stock:
            yield work.see("onset_changed", case, listing, "left_date", facts={"before": old})
            return
