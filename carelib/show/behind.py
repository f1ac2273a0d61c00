"""Who stands behind each figure of a school's flow statement: one line a case, its number in each column.

Reconciling keeps the statement as sets of cases: `stock` (who was in at the last closing), `flow_lines` (who moved, and
when that was published) and `differences` (whom the school counts otherwise, and why). They are only laid out here.
"""
from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.show.names import Names
from carelib.world import School

COLUMNS = ("opening", "new", "relapsed", "transferred_in", "returned", "transferred_out", "other_exit", "closing",
           "reported_closing")


@dataclass(slots=True)
class Line:
    """One case in this month's statement of one school."""
    case_id: str
    person_id: str | None
    marks: Counter[str] = field(default_factory=Counter)
    why: str = ""                       # why the school counts otherwise: a key of looks [school.sheets.flows.why]

    @property
    def difference(self) -> int:
        return self.marks["closing"] - self.marks["reported_closing"]


def lines(month: Month, school: School, names: Names) -> list[Line]:
    """The cases of this month's statement, in the order in which they were opened."""
    marks: dict[str, Counter[str]] = defaultdict(Counter)
    for row in month.earlier[-1].of_school("stock", school) if month.earlier else ():
        marks[row["case_id"]]["opening"] += 1
    for row in month.of_school("flow_lines", school):
        if row["published"] == month.cycle:
            marks[row["case_id"]][row["column"]] += 1
    for case in month.of_school("cases", school):
        if case["state"] in IN_STOCK:
            marks[case["case_id"]].update(("closing", "reported_closing"))
    why = {}
    for row in month.of_school("differences", school):
        marks[row["case_id"]]["reported_closing"] -= row["sign"]
        why[row["case_id"]] = row["kind"]
    cases = {c["case_id"]: c for c in month.rows("cases")}
    order = sorted((c for c in marks if any(marks[c].values())), key=lambda c: (cases[c]["opened_cycle"] or "", c))
    return [Line(c, names.one(cases[c]["person_id"]), marks[c], why.get(c, "")) for c in order]
