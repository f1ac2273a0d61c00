"""`district.toml`: the bureau's own policy, its calendar and the deadlines that follow from it (contract §2)."""
from __future__ import annotations

import calendar
import difflib
import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from carelib.records import FORMS, CatalogueError


@dataclass(frozen=True, slots=True)
class District:
    name: str = "示例区教育局"
    region_codes: tuple[str, ...] = ("990100",)
    section: str = "普教科"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class People:
    analysts: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forms:
    collect: tuple[str, ...] = FORMS


@dataclass(frozen=True, slots=True)
class Deadline:
    day: int = 25
    inclusive: bool = True
    holiday_shift: bool = False
    reply_days: int = 5
    report_months: tuple[int, ...] = (2, 3, 4, 5, 6, 9, 10, 11, 12, 1)


@dataclass(frozen=True, slots=True)
class Window:
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    start: date
    end: date
    teaching_weeks: int | None = None
    key_visit_windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingHours:
    counsellor: float = 40
    head_teacher: float = 8
    other_teacher: float = 4


@dataclass(frozen=True, slots=True)
class Thresholds:
    pupils_per_counsellor: int = 500
    lessons_per_two_weeks: float = 1
    training_hours: TrainingHours = TrainingHours()
    screening_days: str = "1 month"
    suspect_days: int = 3
    dropout_days: int = 14
    stale_days: int = 30
    joint_visit_after_days: int = 30
    stable_months_to_close: int = 2
    suspension_months: int = 12
    small_cell: int = 5


@dataclass(frozen=True, slots=True)
class Ages:
    compulsory: tuple[int, int] = (6, 16)
    minor_under: int = 18


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a bureau may decide; `load` reads it, missing keys take the defaults above."""
    district: District = District()
    people: People = People()
    forms: Forms = Forms()
    deadline: Deadline = Deadline()
    terms: tuple[Term, ...] = ()
    thresholds: Thresholds = Thresholds()
    ages: Ages = Ages()
    psych_levels: dict[str, int] = field(default_factory=dict)

    def due_date(self, cycle: str) -> date:
        """The last day on which this cycle's forms are in time."""
        year, month = map(int, cycle.split("-"))
        day = min(self.deadline.day, calendar.monthrange(year, month)[1])
        due = date(year, month, day)
        if not self.deadline.inclusive:
            due -= timedelta(days=1)
        while self.deadline.holiday_shift and due.weekday() >= 5:
            due += timedelta(days=1)
        return due

    def is_report_month(self, cycle: str) -> bool:
        return int(cycle[5:]) in self.deadline.report_months

    def term_of(self, day: date) -> Term | None:
        return next((t for t in self.terms if t.start <= day <= t.end), None)

    def screening_limit(self, term: Term) -> date:
        """Term start + `screening_days` ('1 month' or a number of days)."""
        amount, _, unit = self.thresholds.screening_days.partition(" ")
        if unit.startswith("month"):
            return add_months(term.start, int(amount))
        return term.start + timedelta(days=int(amount))


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day(cycle: str) -> date:
    """The day as of which a cycle is judged: the last of its month."""
    year, month = map(int, cycle.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])


def school_year(day: date) -> int:
    """The year in which the school year of `day` began (1 September to 31 August)."""
    return day.year if day.month >= 9 else day.year - 1


def load(path: Path) -> Policy:
    """Read `district.toml`; every unknown key and wrong type is named in one `CatalogueError`."""
    if not path.exists():
        return Policy()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CatalogueError(f"district.toml 读不出来：{fault}。请按 TOML 格式改正。") from None
    faults: list[str] = []
    terms = tuple(t for i, raw in enumerate(data.pop("terms", [])) if (t := _term(raw, i, faults)))
    levels = data.pop("psych_levels", {})
    for label, level in levels.items():
        if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= 4:
            faults.append(f"district.toml [psych_levels] “{label}”：{level!r} 应为 0—4 的整数")
    policy = _build(Policy, data, "", faults)
    unknown = set(policy.forms.collect) - set(FORMS)
    faults += [f"district.toml [forms] collect：没有“{f}”这种表，最接近的是“{_near(f, FORMS)}”" for f in sorted(unknown)]
    if faults:
        raise CatalogueError("\n".join(faults))
    return Policy(policy.district, policy.people, policy.forms, policy.deadline, terms, policy.thresholds, policy.ages,
                  dict(levels))


def _near(word: str, known: Any) -> str:
    return (difflib.get_close_matches(word, list(known), 1, 0) or [""])[0]


def _build(kind: type, data: dict[str, Any], path: str, faults: list[str]) -> Any:
    known = {f.name: f for f in fields(kind)}
    default = kind()
    values = {}
    for key, value in data.items():
        where = f"{path}{key}"
        if key not in known:
            faults.append(f"district.toml：不认识的键“{where}”，最接近的是“{path}{_near(key, known)}”")
            continue
        usual = getattr(default, key)
        if is_dataclass(usual) and isinstance(value, dict):
            values[key] = _build(type(usual), value, f"{where}.", faults)
        elif isinstance(usual, tuple) and isinstance(value, list):
            values[key] = tuple(value)
        elif type(value) is type(usual) or (isinstance(usual, (int, float)) and isinstance(value, (int, float))
                                            and not isinstance(value, bool) and not isinstance(usual, bool)):
            values[key] = value
        else:
            faults.append(f"district.toml：“{where}”写的是 {value!r}，应与 {usual!r} 同类")
    return kind(**values)


def _term(raw: Any, index: int, faults: list[str]) -> Term | None:
    where = f"terms[{index + 1}]"
    known = ("name", "start", "end", "teaching_weeks", "key_visit_windows")
    for key in set(raw) - set(known):
        faults.append(f"district.toml：不认识的键“{where}.{key}”，最接近的是“{where}.{_near(key, known)}”")
    try:
        windows = tuple(Window(w["name"], _day(w["from"]), _day(w["to"])) for w in raw.get("key_visit_windows", []))
        return Term(str(raw["name"]), _day(raw["start"]), _day(raw["end"]), raw.get("teaching_weeks"), windows)
    except (KeyError, ValueError, TypeError) as fault:
        faults.append(f"district.toml：{where} 缺少或写错了 {fault}；每个学期要有 name、start、end（如 2023-02-13）")
        return None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
