"""A case as its school may see it, months across: the state at each month's end, and all that happened, with its cells.

Notebook and workbook draw the same story. Of another school it says only that there is one: a month in which the case
was another school's has no state here, and a row that another school wrote has no words, no date and no cell.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carelib.month import Month
from carelib.reconcile.lifecycle import ALL_FOUR
from carelib.reconcile.statements import machine
from carelib.records import IN_STOCK
from carelib.show import words
from carelib.show.names import Names
from carelib.world import School

ALARM = frozenset({"relapsed", "lost", "unknown"})
HANDED = "handed"                       # the case went on at another school
FIRST = {"listed": 0, "opened": 1}      # of a month, before what has a day of its own
CELLS = {"absent_list": ("status", "student_name"), "case_file": ("status", "student_name"),
         "follow_up": ("attempt_date", "attempt_no", "student_name")}
PROOF = {"returned": ("return_date", "return_class"), "transferred": ("dest_school",), "elsewhere": ("dest_school",),
         "suspended": ("suspend_from", "suspend_to", "proof_no"), "out_of_scope": ("proof_no",), "deferred": ("proof_no",),
         "home_teaching": ("proof_no",)}


@dataclass(frozen=True, slots=True)
class Seen:
    """One month of a case. `state`: a code, HANDED, or '' while it was not this school's; `filed`: the school's list came."""
    cycle: str
    state: str
    text: str = ""
    filed: bool = True

    @property
    def look(self) -> str:
        """What it is drawn as: alarm, stock, exit, quiet."""
        if self.state in IN_STOCK:
            return "alarm" if self.state in ALARM else "stock"
        return "exit" if self.state and self.state != HANDED else "quiet"


@dataclass(frozen=True, slots=True)
class Point:
    """Something that a document says about the case, or that its silence says."""
    cycle: str
    event: str                          # 'listed', 'attempt', 'visit' (a follow-up not counted), or an event's code
    label: str
    date: str | None = None
    number: int | None = None           # of the attempt in the present episode
    joint: bool = False                 # all four parties together
    told: str = ""
    by: str = ""
    file: str = ""
    place: str = ""

    @property
    def source(self) -> str:
        return " → ".join(p for p in (self.file, self.place) if p)


@dataclass(slots=True)
class Story:
    case_id: str
    name: str
    class_: str
    is_open: bool
    case: Mapping[str, Any]
    months: list[Seen] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def of(self, cycle: str) -> list[Point]:
        return [p for p in self.points if p.cycle == cycle]

    def runs(self) -> list[tuple[int, int, Seen]]:
        """Stretches of months (first, last) of one state, for the band."""
        out: list[tuple[int, int, Seen]] = []
        for i, seen in enumerate(self.months):
            if out and out[-1][2].text == seen.text and out[-1][2].state == seen.state:
                out[-1] = (out[-1][0], i, out[-1][2])
            else:
                out.append((i, i, seen))
        return out


def stories(month: Month, school: School, names: Names, most: int = 12) -> list[Story]:
    """The cases that were this school's in one of the last `most` months: the open ones first, the longest first."""
    past = [*month.earlier, month][-most:]
    by_month = [{c["case_id"]: c for c in m.rows("cases")} for m in past]
    numbers = _counted([*month.earlier, month])
    ours = {i for cases in by_month for i, c in cases.items() if c["school_code"] == school.code
            and (c["closed_cycle"] is None or c["closed_cycle"] >= past[0].cycle)}
    made = {i: _begin(i, [cases.get(i) for cases in by_month], school, names) for i in ours}
    for i, m in enumerate(past):
        filed = any(f["closing"] is not None for f in m.of_school("flows", school))
        for case_id, story in made.items():
            story.months.append(_seen(m, by_month[i].get(case_id), school, story.months, filed))
    for m in past:
        for case_id, point in _points(m, school, names, made, numbers):
            made[case_id].points.append(point)
    for story in made.values():
        story.points.sort(key=lambda p: (p.cycle, FIRST.get(p.event, 2), p.date or "9", p.number or 0))
    return sorted(made.values(), key=lambda s: (not s.is_open, -(s.case["days_open"] or 0), s.case_id))


def _begin(case_id: str, history: Sequence[Mapping[str, Any] | None], school: School, names: Names) -> Story:
    last = [c for c in history if c is not None and c["school_code"] == school.code][-1]
    person = names.one(last["person_id"])
    return Story(case_id, names.shown(person), names.class_of(person), last is history[-1] and last["state"] in IN_STOCK, last)


def _seen(m: Month, case: Mapping[str, Any] | None, school: School, before: Sequence[Seen], filed: bool) -> Seen:
    if case is None:
        return Seen(m.cycle, "")
    if case["school_code"] != school.code:
        was = any(s.state for s in before)
        return Seen(m.cycle, HANDED, m.world.catalogue.looks["school"]["sheets"]["ledger"]["handed_over"]) if was else Seen(m.cycle, "")
    return Seen(m.cycle, case["state"], words.case_mark(m, case["state"]), filed)


def _counted(months: Sequence[Month]) -> dict[tuple[str, str], int]:
    """(cycle, row) -> the number of that attempt in its case's episode."""
    out: dict[tuple[str, str], int] = {}
    running: Counter[str] = Counter()
    for m in months:
        for e in m.rows("events"):
            if e["event"] in ("relapsed", "suspension_back"):
                running[e["case_id"]] = 0
            elif e["event"] == "attempt":
                running[e["case_id"]] += 1
                out[m.cycle, e["row_id"]] = running[e["case_id"]]
    return out


def _points(m: Month, school: School, names: Names, made: Mapping[str, Story], numbers: Mapping[tuple[str, str], int]) -> Iterable[tuple[str, Point]]:
    case_of = {names.one(c["person_id"]): c["case_id"] for c in m.rows("cases") if c["case_id"] in made}
    for row in m.of_school("absent_list", school):
        if (case := case_of.get(names.one(m.person_of.get(row["row_id"])))) is not None:
            told = words.case_label(m, row["status"]) if row["status"] else "未写明状态"
            yield case, Point(m.cycle, "listed", "列入情况表", told=told, **source(m, row["row_id"]))
    for row in m.of_school("follow_up", school):
        if (case := case_of.get(names.one(m.person_of.get(row["row_id"])))) is not None:
            yield case, _attempt(m, row, numbers.get((m.cycle, row["row_id"])))
    for e in m.rows("events"):
        if e["case_id"] in made and e["event"] != "attempt" and (point := _event(m, e, school, made[e["case_id"]])):
            yield e["case_id"], point


def _attempt(m: Month, row: Mapping[str, Any], number: int | None) -> Point:
    joint = set((row["parties"] or "").split("、")) >= ALL_FOUR
    label = f"第{number}次劝返" if number else "跟进（不计次）"
    told = "，".join(str(row[k]) for k in ("mode", "outcome") if row[k])
    by = "；".join(str(row[k]) for k in ("people", "parties") if row[k])
    return Point(m.cycle, "attempt" if number else "visit", label + ("（四方联合）" if joint else ""), row["attempt_date"], number, joint,
                 told, by, **source(m, row["row_id"]))


def _event(m: Month, e: Mapping[str, Any], school: School, story: Story) -> Point | None:
    """An event of the case while it is (or was) this school's; of another school's row only that there is one."""
    seen = next(s for s in story.months if s.cycle == m.cycle)
    if not seen.state:
        return None
    label = machine()["event"].get(e["event"], e["event"])
    if e["row_id"] and not owned(m, e["row_id"], school):
        return Point(m.cycle, e["event"], label, told="另一所学校所报，这里不列其数据")
    if seen.state == HANDED and not e["row_id"]:
        return Point(m.cycle, e["event"], label)
    where = source(m, e["row_id"], PROOF.get(e["to_state"] or "", ())) if e["row_id"] else {}
    told, day = e["evidence"] or "", e["date"] if len(e["date"] or "") > 7 else None
    if e["event"] == "opened":                              # its date is the day since when the pupil is away
        told, day = told + (f"，{e['date']} 起离校" if e["date"] else ""), None
    return Point(m.cycle, e["event"], label, day, told=told, **where)


def owned(m: Month, row_id: str, school: School) -> bool:
    return any(v["school_code"] == school.code for v in m.values_of.get(row_id, ()))


def source(m: Month, row_id: str | None, fields: Sequence[str] = ()) -> dict[str, Any]:
    """Where a row's word on the case stands: {'file': name as received, 'place': '情况表 Sheet1!F7'}."""
    values = m.values_of.get(row_id or "", ())
    return source_of(m, values, m.submission.get(values[0]["submission_id"], {}) if values else {}, fields)


def source_of(m: Month, values: Iterable[Mapping[str, Any]], submission: Mapping[str, Any], fields: Sequence[str] = ()) -> dict[str, Any]:
    """The same from the values of a row of any month and its submission."""
    values = [v for v in values if v["place"]]
    if not values:
        return {}
    by_field = {v["field"]: v for v in values if v["raw"]}
    proof = [by_field[f] for f in fields if f in by_field]
    named = proof or [by_field[f] for f in CELLS.get(values[0]["form"], ()) if f in by_field][:1] or values[:1]
    file = submission.get("file") or ""
    place = "、".join(dict.fromkeys(p for v in named for p in (v["place"] or "").split("、")))
    return {"file": file.rsplit("/", 1)[-1], "place": words.place_words(m, {"form": values[0]["form"], "place": place})}
