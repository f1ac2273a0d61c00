"""One school's view of a cycle: what lies on the desk when its rules and indicators are judged. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from carelib import filing
from carelib.catalogue import Field, Form, fold
from carelib.check.archive import Archive
from carelib.kinds import Line, items
from carelib.kinds.certain import ages
from carelib.policy import Term, last_day, school_year
from carelib.records import IN_STOCK
from carelib.tables import Rows
from carelib.world import RosterPupil, School

SAYS_NOTHING = {
    "not_collected": "本区不收集《{form}》",
    "missing": "《{form}》未报送",
    "unreadable": "《{form}》收到了但读不出来",
    "zero": "《{form}》零报告，没有人需要判断",
    "not_owed": "这所学校不需要报《{form}》",
    "not_due": "《{form}》还没到报送时间",
    "no_term": "区里的设置（district.toml）没有写学期，不知道《{form}》何时该报",
    "no_case": "没有未返校的学生，不需要报《{form}》",
    "empty": "《{form}》里没有可判断的行",
}
REGISTERS = {"roster": "学籍名册", "terms": "学期"}  # what a rule may need beside forms
NOT_JUDGED = ("not_collected", "no_term", "missing", "unreadable")


class Desk:
    """What a rule may ask of one school. `lines`: this month's rows; `standing`: those that count now (term forms)."""

    def __init__(self, archive: Archive, school: School) -> None:
        self.archive, self.school = archive, school
        self.world, self.cycle = archive.world, archive.world.cycle
        self.policy, self.forms, self.codes = self.world.policy, self.world.catalogue.forms, self.world.catalogue.codes
        self.last_day, self.school_year = self.world.last_day, self.world.school_year
        self._days: dict[str, str | None] = {}

    # ---- forms and fields

    def lines(self, form: str) -> Sequence[Line]:
        return self.archive.lines(form).get(self.school.code, [])

    def standing(self, form: str) -> Sequence[Line]:
        """The rows of a form that count now; those of a term form count until the next term's."""
        if self.forms[form].cycle == "month":
            return self.lines(form)
        cycle = self.archive.standing_cycle(self.school.code, form)
        return self.archive.lines(form, cycle).get(self.school.code, []) if cycle else []

    def submissions(self, form: str) -> Rows:
        return self.archive.submissions_of.get((self.school.code, form), [])

    def fields(self, form: str) -> Mapping[str, Field]:
        return self.forms[form].fields

    def required(self, line: Line) -> list[str]:
        """What a row must say; an attempt on a pupil's page need not repeat what the page says of the pupil."""
        paper = self.forms.get(line.submission.get("form") or line.form, self.forms[line.form])
        said = paper.fields if paper.code != line.form else {}
        return [f.name for f in self.forms[line.form].fields.values() if f.required and f.name not in said]

    def type_of(self, form: str, name: str) -> str:
        known = self.forms[form].fields.get(name)
        return known.type if known else ""

    def label(self, form: str, name: str) -> str:
        known = self.forms[form].fields.get(name)
        return known.label if known else name

    def labels(self, form: str, names: Iterable[str]) -> str:
        return "、".join(f"“{self.label(form, n)}”" for n in names)

    def word(self, form: str, name: str, value: Any) -> str:
        """How people read a value: the label of a code, the value itself for the rest."""
        known = self.forms[form].fields.get(name)
        labels = self.codes[known.list].labels if known and known.list else {}
        return "、".join(labels.get(v, v) for v in str(value).split("、"))

    def words_for(self, form: str, name: str, code: str) -> list[str]:
        """Every word that means this code."""
        known = self.codes[self.forms[form].fields[name].list or ""]
        return [w for w, c in known.words.items() if c == code] + [known.labels.get(code, code)]

    def code_for(self, code_list: str, word: str) -> str | None:
        return self.codes[code_list].words.get(fold(word))

    # ---- days and settings

    def setting(self, name: Any) -> Any:
        """A number, or a setting of the policy by its path ('thresholds.stale_days', 'ages.compulsory.0')."""
        if not isinstance(name, str):
            return name
        value: Any = self.policy
        for part in name.split("."):
            value = value[int(part)] if part.isdigit() else getattr(value, part)
        return value

    def day(self, name: str, line: Line | None = None) -> str | None:
        """A named day: first_day, last_day, stale (so many days before), year_start, term_start, screening_limit."""
        if name not in self._days:
            self._days[name] = self._day(name)
        return self._days[name]

    def _day(self, name: str) -> str | None:
        if name == "first_day":
            return f"{self.cycle}-01"
        if name == "last_day":
            return self.last_day.isoformat()
        if name == "stale":
            return (self.last_day - timedelta(days=self.policy.thresholds.stale_days)).isoformat()
        if name == "year_start":
            return f"{self.school_year}-09-01"
        term = self.term()
        if name == "term_start":
            return term.start.isoformat() if term else None
        if name == "screening_limit":
            return self.policy.screening_limit(term).isoformat() if term else None
        raise KeyError(name)

    def term(self, cycle: str | None = None) -> Term | None:
        """The last term that had begun by the end of a cycle."""
        day = last_day(cycle or self.cycle)
        return max((t for t in self.policy.terms if t.start <= day), key=lambda t: t.start, default=None)

    def term_of(self, form: str) -> Term | None:
        """The term of the term form that counts now: the one that had begun when it came."""
        cycle = self.archive.standing_cycle(self.school.code, form)
        return self.term(cycle) if cycle else None

    def due_cycle(self, form: str) -> str:
        """The cycle in which the form that is owed now fell due."""
        cycles = [*self.archive.earlier, self.cycle]
        known = self.forms[form]
        span = filing.term_span(self.policy, known, self.cycle, cycles) if known.cycle == "term" else None
        return span[1] if span and span[1] else self.cycle

    def year_over(self, form: str) -> bool:
        """The school year of the term form that counts now has ended (31 August) by the end of the cycle."""
        cycle = self.archive.standing_cycle(self.school.code, form)
        return cycle is not None and self.last_day >= date(school_year(last_day(cycle)) + 1, 8, 31)

    # ---- what came

    @cached_property
    def filed(self) -> Mapping[str, Mapping[str, Any]]:
        return {r["form"]: r for r in self.archive.filed.get(self.school.code, [])}

    def state(self, form: str) -> str:
        """filed, zero, unreadable, missing; or why there is nothing: not_collected, not_owed, no_case, no_term, not_due.

        A term form that came earlier in its term is filed or zero now.
        """
        known = self.forms[form]
        if form not in self.policy.forms.collect:
            return "not_collected"
        if form in self.filed:
            return self.filed[form]["state"]
        if self.lines(form):
            return "filed"
        other = next((f for f in filing.ON_A_CASE if form in filing.ON_A_CASE and f in self.filed), None)
        if other:
            return self.filed[other]["state"]
        if known.cycle == "term" and (cycle := self.archive.standing_cycle(self.school.code, form)):
            return "filed" if self.archive.lines(form, cycle).get(self.school.code) else "zero"
        return self._why_not(known)

    def _why_not(self, form: Form) -> str:
        if not filing.owes(self.school, form, (self.school.code,), self.archive.grades):
            return "not_owed"
        if form.cycle == "term" and not self.policy.terms:
            return "no_term"
        return "no_case" if form.owed_when == "open_case" else "not_due"

    def nothing(self, form: str, state: str | None = None) -> str:
        """Why there is nothing to judge, as a clause of a sentence."""
        return SAYS_NOTHING[state or self.state(form)].format(form=self.forms[form].title)

    # ---- pupils and cases

    @property
    def roster(self) -> Sequence[RosterPupil]:
        return self.archive.roster.get(self.school.code, [])

    def without(self, need: str) -> str:
        """Why there is no `roster` of this school, or no calendar of `terms`; '' if there is, or if a form is needed."""
        if need == "terms":
            return "" if self.policy.terms else "区里的设置（district.toml）没有写学期"
        if need != "roster" or self.roster:
            return ""
        return "没有学籍名册" if self.world.roster is None else "学籍名册里没有这所学校的学生"

    def on_roster(self, id_number: str | None, student_no: str | None) -> RosterPupil | None:
        return self.archive.on_roster(id_number, student_no)

    def classes(self) -> set[tuple[str, str]]:
        """(grade, class) of the roster."""
        return self._classes

    @cached_property
    def _classes(self) -> set[tuple[str, str]]:
        return {(p.grade, p.class_no) for p in self.roster if p.grade and p.class_no}

    def persons_in(self, form: str) -> set[str]:
        return {x.person_id for x in self.standing(form) if x.person_id}

    @cached_property
    def stock(self) -> Rows:
        """Open cases of the school at the end of the cycle."""
        return [c for c in self.archive.cases.get(self.school.code, []) if c["state"] in IN_STOCK]

    @cached_property
    def settled_stock(self) -> Rows:
        """Those of whom nobody asks whether they are somebody else."""
        return [c for c in self.stock if c["person_id"] not in self.archive.asked]

    @cached_property
    def compulsory_stock(self) -> Rows:
        """Open cases of pupils in grades 1-9; where the grade is not known, of compulsory age."""
        return [c for c in self.stock if self._is_compulsory(c["person_id"])]

    def _is_compulsory(self, person_id: str) -> bool:
        grade = self.archive.grade_of(person_id)
        if grade:
            return grade in filing.COMPULSORY_GRADES
        birth = self.archive.persons.get(person_id, {}).get("birth")
        if not birth:
            return False
        (youngest, oldest), (least, most) = ages(birth, self.last_day), self.policy.ages.compulsory
        return least <= oldest and youngest <= most

    def has_joint_visit(self, case: Mapping[str, Any], parties: set[str]) -> bool:
        """One visit, at any time since the case opened, names all of them."""
        return any(parties <= set(items(v.get("parties"))) for v in self.attempts(case))

    @cached_property
    def compulsory_base(self) -> tuple[int | None, str]:
        """Pupils of grades 1-9 and their source: the roster, else the latest `retention` form (base + in - out)."""
        if self.world.roster is not None and self.roster:
            return sum(p.grade in filing.COMPULSORY_GRADES for p in self.roster), "学籍名册"
        for line in self.standing("retention"):
            base, come, gone = (self._total(line, n) for n in ("base_count", "in_", "out_"))
            if base is not None and come is not None and gone is not None:
                return base + come - gone, "巩固率表"
        return None, "没有学籍名册，也没有报送可用的巩固率表，不知道义务教育阶段学生数"

    @staticmethod
    def _total(line: Line, name: str) -> int | None:
        if not name.endswith("_"):
            return line.get(name)
        if (total := line.get(f"{name}total")) is not None:
            return total
        parts = [v for k, v in line.row.items() if k.startswith(name) and v is not None]
        return sum(parts) if parts else None

    def row_of_case(self, case: Mapping[str, Any]) -> Line | None:
        """The case's row in this month's list of this school."""
        return self._listed.get(case["person_id"])

    @cached_property
    def _listed(self) -> Mapping[str, Line]:
        return {x.person_id: x for x in reversed(self.lines("absent_list")) if x.person_id}

    def attempts(self, case: Mapping[str, Any]) -> list[Line]:
        """All follow-up rows of a case since it was opened."""
        return self.archive.visits(case["person_id"], case["opened_cycle"] or "")
