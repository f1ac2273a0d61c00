"""`district.toml`: the bureau's own policy, its calendar and the deadlines that follow from it (contract §2)."""
from __future__ import annotations

import calendar
import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
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


# ---- the file ---------------------------------------------------------------------------------------------------------

# The least and the most that a number may be. Below 3, "<2" in the public workbook would tell the very number.
RANGES = {
    "deadline.day": (1, 31), "deadline.reply_days": (1, 366), "deadline.report_months": (1, 12),
    "thresholds.pupils_per_counsellor": (1, 100000), "thresholds.lessons_per_two_weeks": (0, 100),
    "thresholds.training_hours.counsellor": (0, 1000), "thresholds.training_hours.head_teacher": (0, 1000),
    "thresholds.training_hours.other_teacher": (0, 1000), "thresholds.suspect_days": (1, 366), "thresholds.dropout_days": (1, 366),
    "thresholds.stale_days": (1, 366), "thresholds.joint_visit_after_days": (0, 366), "thresholds.stable_months_to_close": (0, 60),
    "thresholds.suspension_months": (1, 120), "thresholds.small_cell": (3, 1000), "ages.compulsory": (0, 30), "ages.minor_under": (1, 30)}
KINDS: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "int": ("整数，不加引号", int), "float": ("数，不加引号", (int, float)), "str": ("文字，放在英文引号里", str),
    "bool": (" true 或 false，不加引号", bool)}
# What the parser says -> what is wrong and how it should be.
BROKEN = (
    (r"Expected '\]", "方括号没有配对，小节的标题应如 [district]、[[terms]]"), (r"Expected '='", "键和值之间应有等号，如 day = 25"),
    (r"Unterminated|Illegal character '(\\r)?\\n'", "引号没有配对，文字的前后都要有英文引号"),
    (r"Unclosed", "括号没有配对，[ ] 和 { } 要成对"), (r"Invalid date", "没有这一天，日期应如 2023-02-13"),
    (r"Cannot|Duplicate", "同一个键或同一小节前面已经写过，只能写一次"), (r"Unescaped|hex|Escaped", "引号里的反斜杠要写成两个"),
    (r"", "应是“键 = 值”：文字放在英文引号里，数和日期不加引号，引号、等号、逗号、括号都用半角"))


def load(path: Path) -> Policy:
    """Read `district.toml`; all unknown keys, wrong types and impossible numbers are named in one `CatalogueError`."""
    if not path.exists():
        return Policy()
    data, faults = _data(path), list[str]()
    given = data.pop("terms", [])
    if not isinstance(given, list) or not all(isinstance(raw, dict) for raw in given):
        faults.append("district.toml：学期应各写成一节 [[terms]]（两层方括号），下面写 name、start、end")
        given = []
    terms = tuple(t for i, raw in enumerate(given, 1) if (t := _term(raw, i, faults)))
    faults += _calendar(terms)
    levels = data.pop("psych_levels", {})
    if not isinstance(levels, dict):
        faults.append("district.toml：预警等级应写成一节 [psych_levels]，下面一行一个，如 \"红色\" = 4")
        levels = {}
    faults += [f"district.toml [psych_levels] “{label}”：写的是 {_shown(level)}，应为 0—4 的整数" for label, level in levels.items()
               if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= 4]
    policy = _build(Policy, data, "", faults)
    unknown = set(policy.forms.collect) - set(FORMS)
    faults += [f"district.toml [forms] collect：没有“{f}”这种表，最接近的是“{_near(f, FORMS)}”" for f in sorted(unknown)]
    faults += _contradictions(policy)
    if faults:
        raise CatalogueError("\n".join([*faults, f"district.toml 共有 {len(faults)} 处要改正，本次没有运行；改好后再运行。"]))
    return Policy(policy.district, policy.people, policy.forms, policy.deadline, terms, policy.thresholds, policy.ages,
                  dict(levels))


def _data(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise CatalogueError(f"district.toml 从第{line}行起读不出来：文件应存为 UTF-8，现在不是（多半存成了 GBK，即记事本的“ANSI”）。"
                             "请用记事本打开它，“另存为”时编码选 UTF-8，再运行。") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        lines, at = text.splitlines() or [""], re.search(r"at line (\d+)", str(fault))
        number = min(int(at[1]), len(lines)) if at else len(lines)
        wrong = next(said for pattern, said in BROKEN if re.search(pattern, str(fault)))
        raise CatalogueError(f"district.toml 第{number}行读不出来，写的是“{lines[number - 1].strip()[:60]}”：{wrong}。请改正后再运行。") from None


def _near(word: str, known: Any) -> str:
    return (difflib.get_close_matches(word, list(known), 1, 0) or [""])[0]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:60]


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
        elif expected := _not_as_expected(where, str(known[key].type), usual, value):
            faults.append(f"district.toml：“{where}”写的是 {_shown(value)}，应为{expected}")
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def _not_as_expected(where: str, type_: str, usual: Any, value: Any) -> str:
    """What the value of this key should be, if it is something else; '' if it is all right."""
    if is_dataclass(usual):
        return f"一节，如 [{where}]"
    several = re.fullmatch(r"tuple\[(\w+), (.+)\]", type_)
    said, types = KINDS[several[1] if several else type_]
    span = RANGES.get(where)
    if span:
        said = f" {span[0]}—{span[1]} 的{said}"
    if several:
        said = f"方括号里的{'两个' if several[2] != '...' else '若干个'}值，各为{said}"
        if not isinstance(value, list) or (several[2] != "..." and len(value) != 2):
            return said
    ones: list[Any] = value if several else [value]
    if any(not isinstance(one, types) or (isinstance(one, bool) and types is not bool) for one in ones):
        return said
    return said if span and not all(span[0] <= one <= span[1] for one in ones) else ""


def _contradictions(policy: Policy) -> list[str]:
    """Numbers that are possible each alone and not together, and the one setting that is told in words."""
    limits, (low, high) = policy.thresholds, policy.ages.compulsory
    out = []
    if not re.fullmatch(r"[1-9]\d{0,2}( (day|month)s?)?", limits.screening_days):
        out.append(f"district.toml：“thresholds.screening_days”写的是 {_shown(limits.screening_days)}，应如 \"1 month\"（一个月）或 \"30 days\"（30 天）")
    if limits.suspect_days > limits.dropout_days:
        out.append(f"district.toml [thresholds]：suspect_days（疑似辍学，{limits.suspect_days} 天）不应大于 dropout_days（辍学，{limits.dropout_days} 天）")
    if low >= high:
        out.append(f"district.toml [ages] compulsory：写的是 [{low}, {high}]，前一个应小于后一个，如 [6, 16]")
    return out


# ---- the calendar -----------------------------------------------------------------------------------------------------

def _term(raw: Mapping[str, Any], number: int, faults: list[str]) -> Term | None:
    where = f"terms[{number}]"
    before = len(faults)
    faults += _unknown(raw, where, ("name", "start", "end", "teaching_weeks", "key_visit_windows"))
    start, end = (_day(raw, key, where, faults) for key in ("start", "end"))
    name, weeks, given = raw.get("name"), raw.get("teaching_weeks"), raw.get("key_visit_windows", [])
    if not isinstance(name, str) or not name.strip():
        faults.append(f"district.toml：{where} 没有写 name（学期的名字），应如 \"2022-2023-2\"")
    if weeks is not None and (not isinstance(weeks, int) or isinstance(weeks, bool) or not 1 <= weeks <= 60):
        faults.append(f"district.toml：“{where}.teaching_weeks”写的是 {_shown(weeks)}，应为 1—60 的整数，不加引号")
    if start and end:
        faults += _span(f"{where}（{name}）", start, end, ("start", "end"))
    windows = []
    if not isinstance(given, list) or not all(isinstance(w, dict) for w in given):
        faults.append(f"district.toml：“{where}.key_visit_windows”应如 [ {{ name = \"开学前后\", from = 2023-02-06, to = 2023-02-26 }} ]")
        given = []
    for i, window in enumerate(given, 1):
        at = f"{where}.key_visit_windows[{i}]"
        faults += _unknown(window, at, ("name", "from", "to"))
        first, last = (_day(window, key, at, faults) for key in ("from", "to"))
        if first and last:
            faults += _span(at, first, last, ("from", "to"))
            windows.append(Window(str(window.get("name", "")), first, last))
    return Term(name, start, end, weeks, tuple(windows)) if name and start and end and len(faults) == before else None


def _unknown(raw: Mapping[str, Any], where: str, known: tuple[str, ...]) -> list[str]:
    return [f"district.toml：不认识的键“{where}.{key}”，最接近的是“{where}.{_near(key, known)}”" for key in sorted(set(raw) - set(known))]


def _day(raw: Mapping[str, Any], key: str, where: str, faults: list[str]) -> date | None:
    value = raw.get(key)
    try:
        return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        written = "没有写" if value is None else f"写的是 {_shown(value)}"
        faults.append(f"district.toml：“{where}.{key}”{written}，应为日期，如 2023-02-13")
        return None


def _span(where: str, start: date, end: date, keys: tuple[str, str]) -> list[str]:
    if start > end:
        return [f"district.toml：{where}的 {keys[0]}（{start}）晚于 {keys[1]}（{end}），应是先开始后结束"]
    if (end - start).days > 366:
        return [f"district.toml：{where}从 {start} 到 {end}，长过一年，请核对年份"]
    return []


def _calendar(terms: tuple[Term, ...]) -> list[str]:
    """Terms lie one after the other, each with a name of its own."""
    ordered = sorted(terms, key=lambda t: t.start)
    out = [f"district.toml [[terms]]：“{a.name}”（到 {a.end}）和“{b.name}”（从 {b.start}）的日期重叠，一天只能属于一个学期"
           for a, b in zip(ordered, ordered[1:]) if b.start <= a.end]
    names = [t.name for t in terms]
    return out + [f"district.toml [[terms]]：学期“{n}”写了不止一次" for n in sorted({n for n in names if names.count(n) > 1})]
