"""Invented districts whose truth is known: pupils, schools, months, and the mess that clerks and spreadsheets make of them.

    district = District(seed=1, level="usual", schools=100, months=12)
    for month in district.run():    # Month(cycle, tables, truth)

Noise is assumed, not measured at a bureau: shares follow the study of linking on which reconcile was designed (how often
numbers are damaged, masked, missing, mistyped or copied; names misheard or misread; columns missing; files rolled forward).
Everything hangs on the seed: the same arguments give the same district.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from characters import BOTH, BOYS, ETHNIC, GIRLS, SURNAMES
from papers import LEVELS, Papers

from carelib.policy import add_months, last_day, school_year
from carelib.reconcile.numbers import CHECK, WEIGHTS
from carelib.world import School


@dataclass(slots=True)
class Pupil:
    pid: int
    name: str
    gender: str
    birth: date
    number: str
    school: str
    cohort: int
    class_no: int
    guardian: str
    phone: str
    left: date
    state: str = "new"  # new open vanished returned suspended moving gone orphan
    since: int = 0
    back: int | None = None  # month in which a vanished pupil is listed again
    dest: str | None = None
    visit: int = 0
    twin: int | None = None
    namesake: bool = False
    orphan: bool = False
    arrives: str = ""  # how a moved pupil shows up at the receiving school


@dataclass(slots=True)
class Style:
    """How one school's clerks work."""

    rolls: bool
    damaged: bool
    masked: bool
    bare: bool  # follow-ups without any number
    columns: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Month:
    cycle: str
    tables: dict[str, list[dict[str, Any]]]
    truth: dict[str, int]  # row -> pupil
    planted: list[tuple[str, int, str]]  # (code, pupil, school)


class District:
    def __init__(
        self, seed: int, level: str = "usual", schools: int = 100, months: int = 12, start: str = "2023-03",
        intake: float = 1.0,  # share of the usual new cases
    ) -> None:
        self.intake = intake
        self.seed, self.level, self.p = seed, level, LEVELS[level]
        self.rng = random.Random(f"{seed}-{schools}")
        self.months, self.start = months, start
        self.schools = [self._school(i) for i in range(schools)]
        self.by_code = {s.code: s for s in self.schools}
        self.style = {s.code: self._style() for s in self.schools}
        self.pupils: list[Pupil] = []
        self.typed: dict[tuple[int, str, str], dict[str, Any]] = {}
        self.rows = 0

    def _school(self, i: int) -> School:
        kind = ("小学", "小学", "初中", "小学", "九年一贯制")[i % 5]
        grades = {"小学": range(1, 7), "初中": range(7, 10), "九年一贯制": range(1, 10)}[kind]
        head = {"小学": "21", "初中": "31", "九年一贯制": "31"}[kind]
        return School(
            f"{head}99{i:06d}",
            f"示例第{i + 1}{'小学' if kind == '小学' else '学校'}",
            (),
            kind,
            "公办",
            tuple(map(str, grades)),
        )

    def _style(self) -> Style:
        rng, p = self.rng, self.p
        style = Style(
            rng.random() < 0.6, rng.random() < p["damaged"], rng.random() < p["masked"], rng.random() < p["bare"]
        )
        for form in ("absent_list", "follow_up"):
            lacking = {"birth"} if rng.random() < p["no_birth"] else set()
            lacking |= {"guardian_name"} if rng.random() < p["no_family"] else set()
            lacking |= {"guardian_phone"} if rng.random() < p["no_family"] else set()
            if form == "follow_up" and rng.random() < p["lean"]:
                lacking |= {"birth", "guardian_name", "guardian_phone"}
            if form == "follow_up" and rng.random() < p["no_class"]:
                lacking |= {"class_no"}
            style.columns[form] = lacking
        return style

    # pupils

    def _given(self, gender: str) -> str:
        pool = (BOYS if gender == "男" else GIRLS) + BOTH
        weight = [1 / (3 + i) for i in range(len(pool))]
        return "".join(self.rng.choices(pool, weight, k=1 if self.rng.random() < 0.12 else 2))

    def _name(self, gender: str) -> str:
        if self.rng.random() < 0.004:
            return self.rng.choice(ETHNIC)
        return self.rng.choices(SURNAMES, [1 / (4 + i) for i in range(len(SURNAMES))])[0] + self._given(gender)

    def _number(self, birth: date, gender: str) -> str:
        order = self.rng.randrange(0, 999) // 2 * 2 + (gender == "男")
        base = f"9901{self.rng.randrange(1, 8):02d}{birth:%Y%m%d}{order:03d}"
        return base + CHECK[sum(int(d) * w for d, w in zip(base, WEIGHTS)) % 11]

    def _new(self, school: School, month: int) -> list[Pupil]:
        rng, cycle = self.rng, self.cycle(month)
        grade = int(rng.choice(school.grades))
        cohort = school_year(last_day(cycle)) - grade
        gender = rng.choice("男女")
        birth = date(cohort - 6, 9, 1) + timedelta(days=rng.randrange(365))
        left = last_day(cycle) - timedelta(days=rng.randrange(2, 40))
        pupil = Pupil(
            len(self.pupils),
            self._name(gender),
            gender,
            birth,
            self._number(birth, gender),
            school.code,
            cohort,
            rng.randrange(1, 7),
            rng.choice(SURNAMES) + self._given(rng.choice("男女")),
            f"1990{rng.randrange(10**7):07d}",
            left,
            since=month,
            orphan=rng.random() < 0.012,
        )
        mates = [q for q in self.pupils if q.school == school.code and q.gender == gender]
        if mates and rng.random() < 0.024:
            mate = rng.choice(mates)
            pupil.name, pupil.namesake, mate.namesake = mate.name, True, True
            if rng.random() < 0.1:
                pupil.cohort, pupil.class_no, pupil.birth = (
                    mate.cohort,
                    mate.class_no,
                    date(mate.cohort - 6, 9, 1) + timedelta(days=rng.randrange(365)),
                )
                pupil.number = self._number(pupil.birth, gender)
        self.pupils.append(pupil)
        return [pupil, self._twin(pupil)] if rng.random() < 0.02 else [pupil]

    def _twin(self, one: Pupil) -> Pupil:
        rng = self.rng
        gender = one.gender if rng.random() < 0.7 else ("女" if one.gender == "男" else "男")
        given = one.name[1:]
        for _ in range(50):
            other = self._given(gender)
            name = one.name[:1] + (given[0] + other[-1] if len(given) == 2 and rng.random() < 0.6 else other)
            if name != one.name:
                break
        twin = Pupil(
            len(self.pupils),
            name,
            gender,
            one.birth,
            self._number(one.birth, gender),
            one.school,
            one.cohort,
            one.class_no if rng.random() < 0.7 else one.class_no % 6 + 1,
            one.guardian,
            one.phone,
            one.left,
            since=one.since,
        )
        one.twin, twin.twin = twin.pid, one.pid
        self.pupils.append(twin)
        return twin

    def cycle(self, month: int) -> str:
        return f"{add_months(date.fromisoformat(self.start + '-01'), month):%Y-%m}"

    # the months

    def run(self) -> Iterator[Month]:
        for month in range(self.months):
            yield self._month(month)

    def _month(self, month: int) -> Month:
        rng, cycle = self.rng, self.cycle(month)
        out = Month(
            cycle,
            {
                n: []
                for n in (
                    "submissions",
                    "values",
                    "absent_list",
                    "follow_up",
                    "case_file",
                    "psych_case",
                    "health_roster",
                    "held_rows",
                    "remarks",
                )
            },
            {},
            [],
        )
        if cycle.endswith("-09") and month:
            self._rollover(month)
        for school in self.schools:
            for _ in range(rng.randrange(8, 15) if month == 0 else rng.choice((1, 2, 2, 3, 4, 4))):
                if self.intake == 1.0 or rng.random() < self.intake:
                    self._new(school, month)
        silent = {s.code for s in self.schools if rng.random() < 0.0175}
        mine: dict[str, list[Pupil]] = {s.code: [] for s in self.schools}
        for pupil in self.pupils:
            mine[pupil.school].append(pupil)
            if pupil.dest:
                mine[pupil.dest].append(pupil)
        for school in self.schools:
            papers = Papers(self, school, cycle, month, out, school.code not in silent)
            pupils = mine[school.code][:]
            rng.shuffle(pupils)
            for pupil in pupils:
                if school.code in (pupil.school, pupil.dest):       # who arrived elsewhere this month is no longer told of here
                    papers.tell(pupil)
            papers.file()
        return out

    def _rollover(self, month: int) -> None:
        """September: a new class for everyone; primary school ends after grade 6, junior school after grade 9."""
        year = school_year(last_day(self.cycle(month)))
        junior = [s.code for s in self.schools if s.kind != "小学"]
        for pupil in self.pupils:
            grade = year - pupil.cohort
            if pupil.state == "returned" and (grade > 9 or (grade == 7 and self.by_code[pupil.school].kind == "小学")):
                pupil.state = "gone"
            if pupil.state not in ("open", "vanished", "new"):
                continue
            pupil.class_no = self.rng.randrange(1, 7)
            if grade > 9:
                pupil.state = "gone"
            elif grade == 7 and self.by_code[pupil.school].kind == "小学":
                pupil.dest, pupil.arrives, pupil.state = self.rng.choice(junior), "listed", "moving"
                pupil.since = month
