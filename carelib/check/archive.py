"""A whole cycle, and the earlier ones as far as anybody asks, indexed once by what rules and indicators ask for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any

from carelib import filing
from carelib.kinds import Line
from carelib.policy import last_day, school_year
from carelib.records import IN_STOCK, Ground
from carelib.tables import Rows, Tables
from carelib.world import RosterPupil, World

_CELL = re.compile(r"((?:[^、]*!)?[A-Z]{1,3})(\d+)")
GRADE_FROM = ("absent_list", "case_file", "follow_up", "psych_case", "health_roster")  # best source first


class Archive:
    """`now`: the tables of this cycle; `earlier`: cycle -> its tables, perhaps read from disk only when asked for."""

    def __init__(self, world: World, now: Tables, earlier: Mapping[str, Tables]) -> None:
        self.world, self.now = world, now
        self.earlier = {c: earlier[c] for c in sorted(earlier) if c < world.cycle}
        self._made: dict[Hashable, Any] = {}

    def _once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def tables(self, cycle: str) -> Tables:
        return self.now if cycle == self.world.cycle else self.earlier[cycle]

    # ---- rows

    def lines(self, form: str, cycle: str | None = None) -> Mapping[str, list[Line]]:
        """school_code -> the rows of a form that count; rows of an earlier cycle come without their cells."""
        cycle = cycle or self.world.cycle
        return self._once((form, cycle), lambda: self._read_lines(form, cycle))

    def _read_lines(self, form: str, cycle: str) -> Mapping[str, list[Line]]:
        cells = self.cells if cycle == self.world.cycle else {}
        submissions, persons = self.submissions(cycle), self.persons_of(cycle)
        return _grouped(
            (
                row["school_code"],
                Line(
                    form,
                    row,
                    cells.get(row["row_id"], {}),
                    persons.get(row["row_id"]),
                    submissions.get(row["submission_id"], {}),
                ),
            )
            for row in self.tables(cycle).get(form, [])
        )

    @cached_property
    def cells(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """row_id -> field -> its row of `values`, of this cycle."""
        out: dict[str, dict[str, Mapping[str, Any]]] = {}
        for value in self.now.get("values", []):
            row = out.get(value["row_id"])
            if row is None:
                row = out[value["row_id"]] = {}
            row[value["field"]] = value
        return out

    @cached_property
    def line_of(self) -> Mapping[str, Line]:
        """row_id -> row, over all forms of this cycle."""
        return {
            x.row_id: x for form in self.world.catalogue.forms for lines in self.lines(form).values() for x in lines
        }

    def cell_of(self, line: Line, field: str) -> str | None:
        """The place of a field of a row; of a blank cell, where the column of the other rows meets this row."""
        if place := line.cell(field, "place"):
            return place
        column = self._columns.get((line.row["submission_id"], line.form, field))
        rows = {m[2] for c in line.cells.values() if (m := _CELL.fullmatch(c.get("place") or ""))}
        return f"{column}{rows.pop()}" if column and len(rows) == 1 else None

    @cached_property
    def _columns(self) -> Mapping[tuple[str, str, str], str]:
        """(submission, form, field) -> 'Sheet1!L', the column in which its values stand."""
        return {
            (x.row["submission_id"], x.form, field): m[1]
            for x in self.line_of.values()
            for field, c in x.cells.items()
            if (m := _CELL.fullmatch(c.get("place") or ""))
        }

    @cached_property
    def asked(self) -> set[str]:
        """Persons about whom an identity question is open: what hangs on it waits for the answer."""
        doubts = [r for r in self.now.get("links", []) if r.get("state") == "candidate"]
        return {r[k] for r in doubts for k in ("person_id", "maybe_person_id") if r.get(k)}

    def submissions(self, cycle: str | None = None) -> Mapping[str, Mapping[str, Any]]:
        cycle = cycle or self.world.cycle
        return self._once(
            ("submissions", cycle), lambda: {s["submission_id"]: s for s in self.tables(cycle).get("submissions", [])}
        )

    def file_of(self, cycle: str, submission_id: str | None) -> str | None:
        """The file of a submission of this or an earlier cycle, as received."""
        known = cycle == self.world.cycle or cycle in self.earlier
        return self.submissions(cycle).get(submission_id or "", {}).get("file") if known else None

    @cached_property
    def submissions_of(self) -> Mapping[tuple[str, str], Rows]:
        """(school, form) -> this cycle's submissions that count."""
        return _grouped(
            ((s["school_code"], s["form"]), s) for s in self.submissions().values() if s["state"] == "accepted"
        )

    def schools_with(self, form: str, field: str, gone: tuple[str, ...]) -> Mapping[Any, list[str]]:
        """value -> the schools whose form says it this month of a pupil who is not `gone`, by their codes."""
        return self._once(("with", form, field, gone), lambda: self._schools_with(form, field, gone))

    def _schools_with(self, form: str, field: str, gone: tuple[str, ...]) -> Mapping[Any, list[str]]:
        said = _grouped(
            (x.get(field), code)
            for code, lines in self.lines(form).items()
            for x in lines
            if x.get(field) is not None and x.get("status") not in gone
        )
        return {value: sorted(set(codes)) for value, codes in said.items()}

    @cached_property
    def leftovers(self) -> Mapping[str, Rows]:
        """submission_id -> its leftovers."""
        return _grouped((x["submission_id"], x) for x in self.now.get("leftovers", []))

    # ---- pupils

    def persons_of(self, cycle: str) -> Mapping[str, str]:
        """row_id -> person; where a decision joined two, the elder."""
        elder = self._elder
        return self._once(
            ("links", cycle),
            lambda: {
                r["row_id"]: elder.get(r["person_id"], r["person_id"]) for r in self.tables(cycle).get("links", [])
            },
        )

    @cached_property
    def _elder(self) -> Mapping[str, str]:
        return {p["person_id"]: p["same_as"] for p in self.now.get("persons", []) if p.get("same_as")}

    @cached_property
    def persons(self) -> Mapping[str, Mapping[str, Any]]:
        return {p["person_id"]: p for p in self.now.get("persons", [])}

    def row_of(self, form: str, person_id: str | None, cycle: str | None = None) -> Line | None:
        """The pupil's (first) row in a form of a cycle."""
        key = ("row_of", form, cycle)
        rows = self._once(
            key,
            lambda: {
                x.person_id: x for lines in self.lines(form, cycle).values() for x in reversed(lines) if x.person_id
            },
        )
        return rows.get(person_id)

    def visits(self, person_id: str, since: str) -> list[Line]:
        """The follow-up rows of a pupil in this and the earlier cycles from `since` on."""
        return [
            x
            for cycle in (*self.earlier, self.world.cycle)
            if cycle >= since
            for x in self._visits(cycle).get(person_id, ())
        ]

    def _visits(self, cycle: str) -> Mapping[str, list[Line]]:
        return self._once(
            ("visits", cycle),
            lambda: _grouped(
                (x.person_id, x) for lines in self.lines("follow_up", cycle).values() for x in lines if x.person_id
            ),
        )

    def grade_of(self, person_id: str) -> str | None:
        """The pupil's grade now: of the latest row that says one (moved up each 1 September), else of the roster."""
        for cycle in (self.world.cycle, *reversed(self.earlier)):
            for form in GRADE_FROM:
                line = self.row_of(form, person_id, cycle)
                if line and line.get("grade"):
                    return _moved_up(line.get("grade"), self.world.school_year - school_year(last_day(cycle)))
        person = self.persons.get(person_id, {})
        pupil = self.on_roster(person.get("id_number"), person.get("student_no"))
        return pupil.grade if pupil else None

    def on_roster(self, id_number: str | None, student_no: str | None = None) -> RosterPupil | None:
        return self._numbers.get(id_number or "") or self._numbers.get(student_no or "")

    @cached_property
    def _numbers(self) -> Mapping[str, RosterPupil]:
        return {n: p for p in self.world.roster or () for n in (p.student_no, p.id_number) if n}

    @cached_property
    def roster(self) -> Mapping[str, list[RosterPupil]]:
        return _grouped((p.school_code, p) for p in self.world.roster or ())

    # ---- cases, filing, what was noticed

    @cached_property
    def cases(self) -> Mapping[str, Rows]:
        return _grouped((c["school_code"], c) for c in self.now.get("cases", []))

    @cached_property
    def stood(self) -> Mapping[str, Ground]:
        """case_id -> where its pupil stands on paper, this month or last."""
        return {c["case_id"]: g for c in self.now.get("case_facts", []) if (g := Ground.of(c["stood"]))}

    @cached_property
    def flows(self) -> Mapping[str, Mapping[str, Any]]:
        return {f["school_code"]: f for f in self.now.get("flows", []) if f["cycle"] == self.world.cycle}

    @cached_property
    def filing(self) -> Rows:
        stock = {c["school_code"] for c in self.now.get("cases", []) if c["state"] in IN_STOCK}
        return filing.filing(self.world, self.now.get("submissions", []), stock, self.earlier)

    @cached_property
    def filed(self) -> Mapping[str, Rows]:
        return _grouped((r["school_code"], r) for r in self.filing)

    @cached_property
    def grades(self) -> Mapping[str, Any]:
        """school_code -> the grades it teaches."""
        return filing.grades_taught(self.world)

    @cached_property
    def seen(self) -> Mapping[tuple[str, str | None], Rows]:
        """(code, school) -> what reading and reconciling noticed, facts unpacked."""

        def unpacked(row: Mapping[str, Any]) -> dict[str, Any]:
            facts = row.get("facts") or {}
            return {**row, "facts": json.loads(facts) if isinstance(facts, str) else dict(facts)}

        return _grouped(
            ((r["code"], r.get("school_code")), unpacked(r))
            for name in ("remarks", "discrepancies")
            for r in self.now.get(name, [])
        )

    def judgements(self, cycle: str) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """(school, rule) -> what an earlier cycle said of it."""
        return self._once(
            ("judgements", cycle),
            lambda: {(j["school_code"], j["rule"]): j for j in self.tables(cycle).get("judgements", [])},
        )

    def standing_cycle(self, school_code: str, form: str) -> str | None:
        """The cycle of the term form that counts now: the latest of this term's; None if there is none."""
        return self._once(("standing", form), lambda: self._standing(form)).get(school_code)

    def _standing(self, form: str) -> Mapping[str, str]:
        world = self.world
        span = filing.term_span(world.policy, world.catalogue.forms[form], world.cycle, [*self.earlier, world.cycle])
        first = self._counts_from(form, span)
        return {
            s["school_code"]: c
            for c in (*self.earlier, world.cycle)
            if c >= first
            for s in self.submissions(c).values()
            if s["form"] == form and s["state"] == "accepted"
        }

    def _counts_from(self, form: str, span: tuple[str, str] | None) -> str:
        """From this cycle on a form counts: of this term once it is due, of the last term until then."""
        if span is None:
            return ""
        first, due = span
        if due:
            return first
        policy, cycle = self.world.policy, self.world.cycle
        begun = sorted(f for t in policy.terms if (f := filing.first_cycle(policy, t)) and f <= cycle)
        return begun[-2] if len(begun) > 1 else ""


def _moved_up(grade: str, years: int) -> str:
    return str(int(grade) + years) if grade.isdigit() else grade


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    out: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        out[key].append(value)
    return dict(out)
