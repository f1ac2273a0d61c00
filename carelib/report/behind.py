"""Who stands behind each figure of a school's flow statement: one line a case, with a 1 in every column it counts in.

The stock before and after comes from `cases`, the ways in and out from `events`; what the events do not say follows from
the two stocks, so that the lines of a school always add up as the statement does.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.report.names import Names
from carelib.world import School

WAYS_IN = ("new", "relapsed", "transferred_in")
WAYS_OUT = ("returned", "transferred_out", "other_exit")
COLUMNS = ("opening", *WAYS_IN, *WAYS_OUT, "closing", "reported_closing")


@dataclass(slots=True)
class Line:
    """One case (or one row the school listed that is no case in its stock)."""
    case_id: str | None
    person_id: str | None
    row_id: str | None = None
    marks: dict[str, int] = field(default_factory=dict)
    why: str = ""                       # key of a sentence in looks: why the school's count differs

    @property
    def difference(self) -> int:
        return self.marks.get("closing", 0) - self.marks.get("reported_closing", 0)


def lines(month: Month, school: School, names: Names) -> list[Line]:
    """The lines of this cycle, cases first, then what the school listed beyond them."""
    before, events = _last_published(month, school), _events(month)
    now = {c["case_id"]: c for c in month.rows("cases")}
    was = {c["case_id"]: c for c in before.rows("cases")} if before else {}
    ours = {i for i, c in (*now.items(), *was.items()) if c["school_code"] == school.code}
    out = []
    for case_id in sorted(ours):
        case = now.get(case_id) or was[case_id]
        line = Line(case_id, names.one(case["person_id"]))
        start, end = _in_stock(was.get(case_id), school), _in_stock(now.get(case_id), school)
        line.marks = _marks(start, end, case, school, events.get(case_id, []), month.cycle)
        out.append(line)
    return _with_reported([x for x in out if x.marks], month, school, names)


def counts(found: list[Line]) -> dict[str, int]:
    return {c: sum(x.marks.get(c, 0) for x in found) for c in COLUMNS}


def _last_published(month: Month, school: School) -> Month | None:
    """The latest earlier month in which the school's statement was published."""
    return next((m for m in reversed(month.earlier)
                 if any(f["closing"] is not None for f in m.of_school("flows", school))), None)


def _events(month: Month) -> Mapping[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {}
    for event in month.rows("events"):
        out.setdefault(event["case_id"], []).append(event)
    return {k: sorted(v, key=lambda e: e["date"] or "") for k, v in out.items()}


def _in_stock(case: Mapping[str, Any] | None, school: School) -> bool:
    return bool(case) and case["school_code"] == school.code and case["state"] in IN_STOCK


def _marks(start: bool, end: bool, case: Mapping[str, Any], school: School, events: list[dict[str, Any]],
           cycle: str) -> dict[str, int]:
    """The columns a case counts in; steps of the month follow its events, the rest follows from its two ends."""
    marks: dict[str, int] = {"opening": 1} if start else {}
    inside = start
    for event in events if case["school_code"] == school.code else ():
        source, target = event["from_state"], event["to_state"]
        entered = target is not None and (source is None or source not in IN_STOCK)
        if entered and not inside and (source is None or target in IN_STOCK):
            _count(marks, _way_in(case, target, source, cycle))
            inside = True
        if inside and target is not None and target not in IN_STOCK:
            _count(marks, _way_out(target))
            inside = False
    if inside and not end:
        state = case["state"] if case["school_code"] == school.code else "transferred"
        _count(marks, _way_out("transferred" if state in IN_STOCK else state))
    elif end and not inside:
        _count(marks, _way_in(case, case["state"], None, cycle))
    return marks | {"closing": 1} if end else marks


def _count(marks: dict[str, int], column: str) -> None:
    marks[column] = marks.get(column, 0) + 1


def _way_in(case: Mapping[str, Any], target: str | None, source: str | None, cycle: str) -> str:
    if target == "relapsed" or (source is not None and source != "transferred"):
        return "relapsed"
    return "new" if case["opened_cycle"] == cycle or source is None and case["opened_cycle"] is None else "transferred_in"


def _way_out(state: str) -> str:
    return {"returned": "returned", "transferred": "transferred_out"}.get(state, "other_exit")


def _with_reported(found: list[Line], month: Month, school: School, names: Names) -> list[Line]:
    """Mark what the school itself lists as not yet back, and say why it differs from the stock."""
    by_person = {x.person_id: x for x in found if x.marks.get("closing")}
    others = {x.person_id: x for x in reversed(found)} | by_person
    for row in month.of_school("absent_list", school):
        if row["status"] is not None and row["status"] not in IN_STOCK:
            continue
        person = names.one(month.person_of.get(row["row_id"]))
        line = others.get(person) if person else None
        if line is None or line.marks.get("reported_closing"):
            found.append(Line(None, person, row["row_id"], {"reported_closing": 1}, "twice" if line else "unlinked"))
            continue
        line.marks["reported_closing"], line.row_id = 1, row["row_id"]
        line.why = "" if line.marks.get("closing") else "not_in_stock"
    for line in found:
        if line.marks.get("closing") and not line.marks.get("reported_closing"):
            line.why = "vanished"
    return found
