"""What a row of a form says about who it is: a Trace. Wide rows in, Traces out, in an order made of content alone."""
from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

from carelib.policy import last_day, school_year
from carelib.reconcile import names, numbers
from carelib.reconcile.numbers import Number
from carelib.records import Ground
from carelib.tables import Tables
from carelib.world import RosterPupil, World

PUPIL_FORMS = ("absent_list", "follow_up", "case_file", "psych_case", "health_roster")
LISTS = frozenset({"absent_list", "psych_case", "health_roster"})      # forms that name a pupil once
KINDERGARTEN = {"大班": 0, "中班": -1, "小班": -2}
_IDS = ("row_id", "submission_id", "form", "school_code")
_DOUBTS = frozenset({"student_name", "id_number", "student_no", "status", "outcome"})
_STANDS = ("student_name", "attempt_date", "outcome")                   # where a row stands, best first
_PLACED = frozenset({*_STANDS, "status", "left_date", "dest_school", "suspend_to", "next_date"})    # cells that later months point to


@dataclass(slots=True)
class Trace:
    """One accepted row about a pupil, reduced to what identifies."""
    row_id: str
    form: str
    school: str
    submission: str
    row: Mapping[str, Any]
    name: str                               # folded
    written: str                            # as it is kept in `persons`
    numbers: tuple[Number, ...]
    birth: str | None
    gender: str | None
    cohort: int | None                      # school year − grade: does not change as the pupil grows
    class_no: int | None
    guardian: str
    phones: frozenset[str]
    signature: tuple[Any, ...] = field(default=())
    moves_to: str | None = None             # code of the school that the row says the pupil moves to
    on_roster: bool = False

    @property
    def class_key(self) -> tuple[int, int] | None:
        return None if self.cohort is None or self.class_no is None else (self.cohort, self.class_no)


class Said(Protocol):
    """A row and its form, as a statement has them."""
    @property
    def form(self) -> str: ...
    @property
    def school(self) -> str: ...
    @property
    def row(self) -> Mapping[str, Any]: ...


@dataclass(slots=True)
class Notes:
    """What `values` knows beyond the wide tables; one walk over it."""
    raw: dict[tuple[str, str], str] = field(default_factory=dict)   # what was written where there is no value
    hint: dict[tuple[str, str], str] = field(default_factory=dict)  # the 15 digits that a damaged cell still holds
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)    # rows of superseded versions, rebuilt
    places: dict[tuple[str, str], str] = field(default_factory=dict)    # (row, field of _PLACED) -> its cell

    def ground(self, said: Said, *names: str) -> Ground:
        """Where a row stands, for later months: the first of these cells that it has, else the pupil's name."""
        row = said.row
        place = next((p for name in (*names, *_STANDS) if (p := self.places.get((row["row_id"], name)))), None)
        return Ground(row["cycle"], said.school, row["submission_id"], said.form, row["row_id"], place)


def notes(now: Tables) -> Notes:
    """Doubtful values of accepted rows, and the rows of versions that no longer count."""
    old = {s["submission_id"]: s for s in now["submissions"] if s["state"] == "superseded" and s["form"] in PUPIL_FORMS}
    out = Notes()
    for value in now["values"]:
        key = value["row_id"], value["field"]
        if value["submission_id"] in old:
            row = out.earlier.setdefault(value["row_id"], {c: value[c] for c in _IDS})
            row[value["field"]] = value["value"]
        if value["field"] in _PLACED and value["place"]:
            out.places[key] = value["place"]
        if value["value"] is None and value["field"] in _DOUBTS and value["raw"]:
            out.raw[key] = value["raw"]
            if value.get("suggestion"):
                out.hint[key] = value["suggestion"]
    return out


def traces(world: World, now: Tables, known: Notes) -> dict[str, list[Trace]]:
    """Traces of every accepted row about a pupil, by form, each list in content order."""
    anchor = Roster(world.roster or ())
    out = {}
    for form in PUPIL_FORMS:
        made = [_trace(form, row, world.cycle, known) for row in now.get(form, ())]
        for trace in made:
            anchor.tie(trace)
        out[form] = in_order(made)
    return out


def seeds(cycle: str, now: Tables, known: Notes, made: Mapping[str, list[Trace]]) -> dict[str, tuple[Any, ...]]:
    """Row -> signature of the same pupil's row in the version first received, where a name is enough to tell.

    An id is minted from what came first: a corrected version of a form does not give its pupils new ids.
    """
    first: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    received = {s["submission_id"]: (s["received_at"] or "", s["sha256"] or "") for s in now["submissions"]}
    for row in known.earlier.values():
        trace = _trace(row["form"], row, cycle, known)
        first[row["form"], row["school_code"], trace.name].append((received[row["submission_id"]], trace.signature))
    count = Counter((t.form, t.school, t.name) for group in made.values() for t in group)
    out = {}
    for trace in (t for group in made.values() for t in group):
        key = trace.form, trace.school, trace.name
        versions = sorted(first.get(key, ()))
        alone = versions and count[key] == 1 and [v[0] for v in versions].count(versions[0][0]) == 1
        if alone and versions[0][0] < received.get(trace.submission, ("", "")):
            out[trace.row_id] = versions[0][1]
    return out


def in_order(made: Iterable[Trace]) -> list[Trace]:
    """By content: rows that identify alike are ordered by everything else they say."""
    out: list[Trace] = []
    for _, alike in groupby(sorted(made, key=lambda t: t.signature), key=lambda t: t.signature):
        group = list(alike)
        out += group if len(group) == 1 else sorted(group, key=lambda t: content(t.row))
    return out


def content(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything a row says, but not its ids and its place on the list."""
    return sorted((k, str(v)) for k, v in row.items() if v is not None and k not in ("row_id", "submission_id", "seq"))


def _trace(form: str, row: Mapping[str, Any], cycle: str, known: Notes) -> Trace:
    name = row.get("student_name") or known.raw.get((row["row_id"], "student_name")) or ""
    found = _numbers(row, int(cycle[:4]), known)
    number = next((n for n in found if n.birth), numbers.NOTHING)
    birth, class_no = row.get("birth"), row.get("class_no")
    born = number.birth if number.birth and number.birth.startswith(birth or "") else birth    # the more precise of two
    cohort = cohort_of(row.get("grade"), cycle)
    phones, guardian = phone_set(row.get("guardian_phone")), names.fold(row.get("guardian_name"))
    signature = (row["school_code"], names.fold(name), "、".join(n.text for n in found), birth or "", str(cohort),
                 str(class_no), guardian, "、".join(sorted(phones)), row.get("gender") or "")
    return Trace(row["row_id"], form, row["school_code"], row["submission_id"], row, signature[1],
                 re.sub("[|@]", "", name).strip(), found, born, row.get("gender") or number.gender,
                 cohort, class_no, guardian, phones, signature)


def _numbers(row: Mapping[str, Any], year: int, known: Notes) -> tuple[Number, ...]:
    out: dict[Number, None] = {}
    for name in ("id_number", "student_no"):
        key = row["row_id"], name
        number = numbers.classify(row.get(name) or known.raw.get(key), year)
        if number.kind == numbers.Kind.NONE and len(digits := re.sub(r"\D", "", known.hint.get(key, ""))) == 15:
            number = numbers.prefix(digits, year)
        if number.kind != numbers.Kind.NONE:
            out[number] = None
    return tuple(out)


def cohort_of(grade: str | None, cycle: str) -> int | None:
    """The school year in which the pupil was (or will be) in grade 0: school year − grade."""
    if grade is None:
        return None
    step = KINDERGARTEN.get(grade)
    if step is None:
        if not str(grade).isdigit():
            return None
        step = int(grade)
    return school_year(last_day(cycle)) - step


def phone_set(text: str | None) -> frozenset[str]:
    """Every phone number in the cell, digits only."""
    parts = (re.sub(r"\D", "", p) for p in re.split("[、/,，;； ]+", text or ""))
    return frozenset(p for p in parts if len(p) >= 7)


class Roster:
    """The trusted list of pupils: ties a row to its pupil by exact keys, and lends it the pupil's number."""

    def __init__(self, pupils: Iterable[RosterPupil]) -> None:
        self.by_number: dict[str, list[RosterPupil]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], list[RosterPupil]] = defaultdict(list)
        for pupil in pupils:
            if pupil.id_number:
                self.by_number[numbers.clean(pupil.id_number)].append(pupil)
            self.by_name[pupil.school_code, names.fold(pupil.name)].append(pupil)

    def tie(self, trace: Trace) -> None:
        """A number with its name, or name, birth and gender that only one pupil of the school has."""
        if not self.by_name:
            return
        pupil = self._by_number(trace) or self._by_name(trace)
        if pupil is None:
            return
        trace.on_roster = True
        trace.birth, trace.gender = trace.birth or pupil.birth, trace.gender or pupil.gender
        own = numbers.classify(pupil.id_number or pupil.student_no, int(pupil.birth[:4]) + 10 if pupil.birth else 2020)
        if own.kind in (numbers.Kind.FULL, numbers.Kind.OTHER) and own not in trace.numbers:
            trace.numbers += (own,)

    def _by_number(self, trace: Trace) -> RosterPupil | None:
        found = [p for n in trace.numbers if n.kind == numbers.Kind.FULL for p in self.by_number.get(n.text, ())]
        return next((p for p in found if names.fold(p.name) == trace.name), None)

    def _by_name(self, trace: Trace) -> RosterPupil | None:
        alike = [p for p in self.by_name.get((trace.school, trace.name), ()) if self._fits(p, trace)]
        return alike[0] if len(alike) == 1 and trace.birth and len(trace.birth) == 10 and trace.gender else None

    @staticmethod
    def _fits(pupil: RosterPupil, trace: Trace) -> bool:
        if (pupil.birth, pupil.gender) != (trace.birth, trace.gender):
            return False
        own = numbers.classify(pupil.id_number, int(pupil.birth[:4]) + 10 if pupil.birth else 2020)
        return all(numbers.match(own, n) != numbers.Match.CONFLICT for n in trace.numbers)


def marks(field: str, value: str) -> Collection[str]:
    """What a row that names nobody for certain may still be known by: telephones, the guardian's name, the day of birth."""
    if field == "guardian_phone":
        return phone_set(value)
    return {names.fold(value)} if field == "guardian_name" else {value} if field == "birth" and len(value) == 10 else ()
