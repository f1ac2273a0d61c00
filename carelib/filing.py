"""Who owes which form this cycle, and what came: filed, zero, unreadable or missing, never confused (contract §4, §5).

Who owes what is data: `owed_by`, `owed_when`, `due` of notice/forms.toml, calendar and deadline of district.toml.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from carelib.catalogue import Form
from carelib.policy import Policy, Term
from carelib.records import FORMS
from carelib.tables import Rows, Tables
from carelib.world import School, World

ON_A_CASE = ("follow_up", "case_file")  # two ways to say one thing: either will do
COMPULSORY_GRADES = frozenset("123456789")
WITHOUT_COMPULSORY = ("幼儿园", "高中", "中职", "民办教育机构")  # asked only where the register gives no grades
SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Owed:
    """A form that a school owes in this cycle, and the cycle in which it fell due."""

    form: str
    since: str


def filing(world: World, submissions: Rows, open_cases: Collection[str], earlier: Mapping[str, Tables]) -> Rows:
    """Contract `filing`: one row a school and form that is due or came.

    `submissions`: this cycle's; `open_cases`: codes of the schools with an open case; `earlier`: cycle -> its tables.
    """
    came = _by_school_and_form(world, submissions)
    sent = _sent_before(world, earlier)
    open_codes, grades = {s.code for s in world.open_schools}, grades_taught(world)
    rows: Rows = []
    for school in sorted(world.schools, key=lambda s: s.code):
        mine = {form: came[school.code, form] for form in FORMS if (school.code, form) in came}
        owed = owed_forms(world, school, open_cases, earlier, sent, grades) if school.code in open_codes else {}
        unknown = [s for s in came.get((school.code, None), []) if s["state"] == "unreadable"]
        for form in _forms_to_tell(world.policy, mine, owed):
            found = mine.get(form, [])
            if not found and unknown:
                found = [unknown.pop(0)]  # an unreadable file that does not say which form it is stands for one
            rows.append(_row(world, school, form, owed.get(form), found))
    return rows


def owed_forms(
    world: World,
    school: School,
    open_cases: Collection[str],
    earlier: Iterable[str],
    sent: Collection[tuple[str, str, str]],
    grades: Mapping[str, Collection[str]],
) -> dict[str, Owed]:
    """form -> what this school owes in this cycle. `sent`: (school, form, cycle) of what came in earlier cycles."""
    owed = {}
    cycles = sorted({*earlier, world.cycle})
    for form in world.catalogue.forms.values():
        if form.code not in world.policy.forms.collect or not owes(school, form, open_cases, grades):
            continue
        if form.cycle == "month":
            if world.policy.is_report_month(world.cycle):
                owed[form.code] = Owed(form.code, world.cycle)
        elif span := term_span(world.policy, form, world.cycle, cycles):
            first, since = span
            if since and not any((school.code, form.code, c) in sent for c in cycles if first <= c < world.cycle):
                owed[form.code] = Owed(form.code, since)
    return owed


def owes(school: School, form: Form, open_cases: Collection[str], grades: Mapping[str, Collection[str]]) -> bool:
    """Whether this form is asked of this school at all (of `open_case` forms: while it has such a case)."""
    if school.kind not in form.owed_by:
        return False
    if form.owed_when == "compulsory":
        return has_compulsory_grades(school, grades)
    return form.owed_when != "open_case" or school.code in open_cases


def grades_taught(world: World) -> Mapping[str, Collection[str]]:
    """school_code -> its grades, by the register of schools, else by the roster."""
    out: dict[str, set[str]] = {s.code: set(s.grades) for s in world.schools}
    silent = {code for code, grades in out.items() if not grades}
    for pupil in world.roster or () if silent else ():
        if pupil.school_code in silent and pupil.grade:
            out[pupil.school_code].add(pupil.grade)
    return out


def has_compulsory_grades(school: School, grades: Mapping[str, Collection[str]]) -> bool:
    """Grades 1-9; where neither register tells, by the kind of school."""
    known = set(grades.get(school.code, ()))
    return bool(known & COMPULSORY_GRADES) if known else school.kind not in WITHOUT_COMPULSORY


def term_span(policy: Policy, form: Form, cycle: str, cycles: Sequence[str]) -> tuple[str, str] | None:
    """For a term form: (first cycle of the term, cycle in which it fell due or ''), of the term that counts in `cycle`.

    The term that counts is the last one that has begun to collect; `cycles` are those that inputs/ holds: if it lacks
    the cycle in which the form is due, the first later one takes its place.
    """
    begun = [(first, term) for term in policy.terms if (first := first_cycle(policy, term)) and first <= cycle]
    if not begun:
        return None
    first, term = max(begun, key=lambda x: x[0])
    nominal = due_cycle(policy, form, term)
    held = [c for c in cycles if nominal and nominal <= c <= cycle]
    return first, min(held) if held else ""


def first_cycle(policy: Policy, term: Term) -> str | None:
    """The first cycle whose deadline falls in the term."""
    return next((c for c in _months(term.start, term.end) if term.start <= policy.due_date(c) <= term.end), None)


def due_cycle(policy: Policy, form: Form, term: Term) -> str | None:
    """The cycle in which a term form of this term is due."""
    if form.due == "screening_days":
        return f"{policy.screening_limit(term):%Y-%m}"
    return first_cycle(policy, term)


def received_on(submission: Mapping[str, Any]) -> date | None:
    """The day on which it came: `received_at`, else the form's own 填报日期; None if neither is known to the day."""
    text = submission.get("received_at") or submission.get("filled_date")
    if not text:
        return None
    if "T" in text or " " in text:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    return date.fromisoformat(text) if len(text) == 10 else None


def is_readable(submission: Mapping[str, Any]) -> bool:
    return submission["state"] in ("accepted", "superseded")


def _months(start: date, end: date) -> list[str]:
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(start.year * 12 + start.month - 1, end.year * 12 + end.month)]


def _by_school_and_form(world: World, submissions: Rows) -> dict[tuple[str, str | None], Rows]:
    """What came and has to be counted; superseded versions stand beside the one that replaced them."""
    out: dict[tuple[str, str | None], Rows] = {}
    for submission in sorted(submissions, key=lambda s: s["submission_id"]):
        if submission["school_code"] and submission["state"] not in ("hidden", "not_a_form"):
            out.setdefault((submission["school_code"], submission["form"]), []).append(submission)
    return out


def _sent_before(world: World, earlier: Mapping[str, Tables]) -> set[tuple[str, str, str]]:
    """(school, form, cycle) of the term forms that came readable in the earlier cycles that can matter."""
    term_forms = {f.code for f in world.catalogue.forms.values() if f.cycle == "term"} & set(world.policy.forms.collect)
    begun = [first for t in world.policy.terms if (first := first_cycle(world.policy, t)) and first <= world.cycle]
    since = max(begun, default=world.cycle)
    return {
        (s["school_code"], s["form"], cycle)
        for cycle in earlier
        if term_forms and since <= cycle < world.cycle
        for s in earlier[cycle].get("submissions", [])
        if s["form"] in term_forms and s["state"] == "accepted"
    }


def _forms_to_tell(policy: Policy, came: Collection[str], owed: Collection[str]) -> list[str]:
    """Forms with a row, in the order of the contract: due or come; of the two F2 forms what came, else one of them."""
    told = [f for f in FORMS if f in policy.forms.collect and (f in came or f in owed)]
    pair = [f for f in told if f in ON_A_CASE]
    if len(pair) > 1:
        keep = [f for f in pair if f in came] or pair[:1]
        told = [f for f in told if f not in pair or f in keep]
    return told


def _row(world: World, school: School, form: str, owed: Owed | None, found: Rows) -> dict[str, Any]:
    state, chosen = _state(found)
    row = {
        "cycle": world.cycle,
        "school_code": school.code,
        "form": form,
        "due": owed is not None,
        "state": state,
        "on_time": None,
        "days_late": None,
        "submission_id": chosen["submission_id"] if chosen else None,
    }
    if state == "missing":
        return row | {"on_time": False} if owed else row
    versions = [s for s in found if is_readable(s)] or [s for s in found if s["state"] == "unreadable"]
    return row | dict(zip(("on_time", "days_late"), _when(world, owed.since if owed else world.cycle, versions)))


def _state(found: Rows) -> tuple[str, dict[str, Any] | None]:
    """What the month is, and the submission that says so."""

    def first(*states: str, zero: bool | None = None) -> dict[str, Any] | None:
        return next((s for s in found if s["state"] in states and (zero is None or bool(s["is_zero"]) is zero)), None)

    for state, chosen in (
        ("filed", first("accepted", zero=False)),
        ("zero", first("accepted", zero=True)),
        ("unreadable", first("unreadable")),
    ):
        if chosen:
            return state, chosen
    return "missing", first("held")


def _when(world: World, since: str, versions: Rows) -> tuple[bool | None, int | None]:
    """(on_time, days_late): the first readable version of the form or page decides; one late page is late."""
    due = world.policy.due_date(since)
    if since < world.cycle:  # it fell due in an earlier cycle and only came now
        days = [max((d - due).days, 1) for s in versions if (d := received_on(s))]
        return False, min(days) if days else None
    judged = [(_in_time(s, versions, due), s) for s in versions]
    said = {in_time for in_time, s in judged if s["state"] != "superseded"}
    if False in said:
        came = [received_on(s) for in_time, s in judged if in_time is False]
        days = [(d - due).days for d in came if d and d > due]
        return False, min(days) if days else None
    return (True, 0) if said == {True} else (None, None)


def _in_time(submission: Mapping[str, Any], versions: Rows, due: date) -> bool | None:
    """What reading says of it, else by the first day on which a version came, if all of them are known."""
    if submission["on_time"] is not None:
        return bool(submission["on_time"])
    days = [received_on(s) for s in versions]
    return min(d for d in days if d) <= due if days and None not in days else None
