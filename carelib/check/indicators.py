"""The figures of the notice: numerator, denominator, value, target, verdict, and the formula in words (contract §5).

Titles, formulas, targets and clauses are rows of notice/indicators.toml; here is only how each figure is counted. Every
code has a row for every school and the district in every cycle; without a figure the row says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from carelib import filing
from carelib.catalogue import Indicator
from carelib.check.archive import Archive
from carelib.check.care import disjoint, last_window, open_psych, visited
from carelib.check.desk import NOT_JUDGED, REGISTERS, Desk
from carelib.check.duty import duties
from carelib.kinds import Line, items
from carelib.kinds.certain import high
from carelib.records import CatalogueError
from carelib.tables import Rows


@dataclass(frozen=True, slots=True)
class Figure:
    """A fraction, or why there is none (`outcome` and `note`). `complete`: False if the year may still bring it up."""

    numerator: float | None = None
    denominator: float | None = None
    note: str = ""
    outcome: str | None = None
    complete: bool = True


def indicators(archive: Archive, desks: Sequence[Desk]) -> Rows:
    """All rows of the table: code by code, the schools by their codes, then the district."""
    known = archive.world.catalogue.indicators
    if known.keys() != FIGURES.keys():
        raise CatalogueError(f"indicators.toml：与程序不一致的代码 {'、'.join(sorted(known.keys() ^ FIGURES.keys()))}")
    rows: Rows = []
    for indicator in known.values():
        figures = [(desk, _figure(indicator, desk)) for desk in desks]
        rows += [_row(archive, indicator, desk.school.code, figure) for desk, figure in figures]
        rows.append(_row(archive, indicator, "district", _of_district(archive, indicator, [f for _, f in figures])))
    return rows


def _figure(indicator: Indicator, desk: Desk) -> Figure:
    if indicator.applies and desk.school.kind not in indicator.applies:
        return Figure(outcome="not_applicable", note=f"{desk.school.kind}不适用这项指标")
    if lacking := _lacking(indicator, desk):
        return lacking
    figure, params = FIGURES[indicator.code](desk), indicator.params
    if figure.outcome is None and not figure.denominator and not params.get("none_fails"):
        note = params.get("nobody", "没有需要计算的对象")
        return Figure(figure.numerator, figure.denominator, note, "not_applicable")
    return figure


def _lacking(indicator: Indicator, desk: Desk) -> Figure | None:
    """What the figure needs and does not have."""
    for need in indicator.needs:
        if need in REGISTERS:
            if why := desk.without(need):
                return Figure(outcome="not_judged", note=why)
            continue
        state = desk.state(need)
        if state != "filed" and not (state == "zero" and indicator.params.get("zero_counts")):
            outcome = "not_judged" if state in NOT_JUDGED else "not_applicable"
            return Figure(outcome=outcome, note=desk.nothing(need, state))
    return None


def _of_district(archive: Archive, indicator: Indicator, figures: Sequence[Figure]) -> Figure:
    """Σ ÷ Σ over the schools that have a figure."""
    counted = [
        f for f in figures if f.denominator is not None and f.numerator is not None and f.outcome != "not_applicable"
    ]
    if not counted:
        silent = [f.note for f in figures if f.outcome == "not_judged"]
        note = silent[0] if silent and len(set(silent)) == 1 else "没有一所学校有这项数字"
        return Figure(outcome="not_judged" if silent else "not_applicable", note=note)
    top, bottom = sum(f.numerator or 0 for f in counted), sum(f.denominator or 0 for f in counted)
    note = f"{len(counted)} 所学校合计"
    if indicator.params.get("least"):
        short = sum(_verdict(archive, indicator, f) != "passed" for f in counted)
        complete = all(f.complete for f in counted)
        note += f"，其中 {short} 所未达到" if short else "，各校都达到"
        return Figure(top, bottom, note, ("failed" if complete else "not_judged") if short else "passed", complete)
    return Figure(top, bottom, note)


def _value(indicator: Indicator, figure: Figure) -> float | None:
    if figure.numerator is None or not figure.denominator:
        return None
    share = figure.numerator / figure.denominator
    return 1 - share if indicator.params.get("one_minus") else share


def _target(archive: Archive, indicator: Indicator) -> float | None:
    limit: Any = indicator.params.get("limit")
    if isinstance(limit, str):
        value: Any = archive.world.policy
        for part in limit.split("."):
            value = getattr(value, part)
        limit = value
    return None if limit is None else float(limit)


def _verdict(archive: Archive, indicator: Indicator, figure: Figure) -> str:
    if figure.outcome:
        return figure.outcome
    value, target = _value(indicator, figure), _target(archive, indicator)
    if value is None:
        return "failed"  # nobody under the line: none_fails
    if target is None:
        return "not_judged"
    good = value <= target if indicator.params.get("better") == "less" else value >= target
    return "passed" if good else "failed" if figure.complete else "not_judged"


def _row(archive: Archive, indicator: Indicator, school_code: str, figure: Figure) -> dict[str, Any]:
    value, target, outcome = (
        _value(indicator, figure),
        _target(archive, indicator),
        _verdict(archive, indicator, figure),
    )
    return {
        "cycle": archive.world.cycle,
        "school_code": school_code,
        "indicator": indicator.code,
        "numerator": _float(figure.numerator),
        "denominator": _float(figure.denominator),
        "value": value,
        "target": target,
        "outcome": outcome,
        "formula": _formula(indicator, figure, value),
        "clause": indicator.clause,
    }


def _formula(indicator: Indicator, figure: Figure, value: float | None) -> str:
    if figure.numerator is None or figure.denominator is None or figure.outcome == "not_applicable":
        return figure.note
    said = indicator.formula.format(
        numerator=_number(figure.numerator, indicator.params.get("numerator_unit", "")),
        denominator=_number(figure.denominator),
        value=shown(indicator, value),
    )
    notes = [figure.note, "" if "limit" in indicator.params else "通知没有规定目标值，只作参考"]
    return said + (f"（{'；'.join(n for n in notes if n)}）" if any(notes) else "")


def shown(indicator: Indicator, value: float | None) -> str:
    """How a value reads: 99.16%, 1.5 课时, 无法相除."""
    if value is None:
        return "无法相除"
    return f"{_number(round(value * 100, 2))}%" if indicator.unit == "%" else f"{_number(round(value, 2))}"


def _number(value: float, unit: str = "") -> str:
    return f"{_number(round(value * 100, 2))}%" if unit == "%" else f"{value:.10g}"


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


# ---- how each figure is counted -------------------------------------------------------------------


def _share(rows: Sequence[Any], counts: Callable[[Any], Any], note: str = "") -> Figure:
    return Figure(sum(bool(counts(r)) for r in rows), len(rows), note)


def _only(desk: Desk, form: str) -> Line | None:
    return next(iter(desk.standing(form)), None)


def _unfilled(what: str) -> Figure:
    return Figure(outcome="not_judged", note=f"没有填写{what}，或填写的内容读不出来")


def counsellor_ratio(desk: Desk) -> Figure:
    line = _only(desk, "support_work")
    heads = [n for n in (line.get("psych_full"), line.get("psych_part")) if n is not None] if line else []
    if line is None or line.get("student_count") is None or not heads:
        return _unfilled("在校学生数或心理教师人数")
    note = "" if len(heads) == 2 else "专职、兼职只填了一项，另一项按没有计算"
    return Figure(line.get("student_count"), sum(heads), note if sum(heads) else "没有心理教师")


def lessons(desk: Desk) -> Figure:
    line = _only(desk, "support_work")
    n = line.get("lesson_per_two_weeks") if line else None
    return _unfilled("每两周心理课时") if n is None else Figure(n, 1)


def _hours(desk: Desk, least: float | None, heads: int | None, what: str, note: str = "") -> Figure:
    if heads == 0:
        return Figure(outcome="not_applicable", note=f"没有{what}")
    if least is None:
        return _unfilled(f"{what}培训学时")
    over = desk.year_over("support_work")
    return Figure(least, 1, note or ("" if over else "学年到8月31日结束，目前是进度"), None, over)


def hours_counsellor(desk: Desk) -> Figure:
    line = _only(desk, "support_work")
    hours = [float(h) for h in items(line.get("psych_hours"))] if line else []
    known = [n for n in (line.get("psych_full"), line.get("psych_part")) if n is not None] if line else []
    heads = sum(known) if known else None
    figure = _hours(desk, min(hours, default=None), heads, "心理教师")
    short = heads is not None and len(hours) < heads
    if short and figure.outcome is None and min(hours) >= desk.policy.thresholds.training_hours.counsellor:
        return Figure(min(hours), 1, f"{heads} 位心理教师只填了 {len(hours)} 位的学时", "not_judged", False)
    return figure


def hours_head_teacher(desk: Desk) -> Figure:
    return _hours(desk, *_numbers(desk, "headteacher_hours_min", "headteacher_count"), "班主任")


def hours_other_teacher(desk: Desk) -> Figure:
    return _hours(desk, *_numbers(desk, "other_hours_min", "other_teacher_count"), "其他专任教师")


def _numbers(desk: Desk, least: str, heads: str) -> tuple[Any, Any]:
    line = _only(desk, "support_work")
    return (line.get(least), line.get(heads)) if line else (None, None)


def _screening(desk: Desk) -> tuple[list[Line], int] | None:
    lines = disjoint(desk.standing("screening"))
    if not lines or any(x.get(n) is None for x in lines for n in ("enrolled", "screened")):
        return None
    return lines, sum(x.get("enrolled") for x in lines)


def screening_coverage(desk: Desk) -> Figure:
    found = _screening(desk)
    return Figure(sum(x.get("screened") for x in found[0]), found[1]) if found else _unfilled("应测或实测人数")


def screening_in_time(desk: Desk) -> Figure:
    found, term = _screening(desk), desk.term_of("screening")
    if not found or term is None:
        return _unfilled("应测或实测人数") if not found else Figure(outcome="not_judged", note="没有约定学期的起止")
    lines, enrolled = found
    limit = desk.policy.screening_limit(term)
    dated = [x for x in lines if x.get("date_to")]
    if not dated:
        return _unfilled("筛查结束日期")
    done = [x for x in dated if high(x.get("date_to")) <= limit.isoformat()]
    note = f"期限为{limit.month}月{limit.day}日" + (
        "" if len(dated) == len(lines) else f"，{len(lines) - len(dated)} 行没有结束日期，未计入"
    )
    return Figure(sum(x.get("screened") for x in done), enrolled, note)


def _covered(form: str, field: str) -> Callable[[Desk], Figure]:
    return lambda desk: _share(desk.standing(form), lambda x: x.get(field))


def duty_chain(desk: Desk) -> Figure:
    return _share(duties(desk), lambda d: d.people)


def health_shared(desk: Desk) -> Figure:
    flags = ("shared_head_teacher", "shared_pe", "shared_subject")
    return _share(desk.standing("health_roster"), lambda x: all(x.get(f) for f in flags))


def retention_month(desk: Desk) -> Figure:
    if not filing.has_compulsory_grades(desk.school, desk.archive.grades):
        return Figure(outcome="not_applicable", note="没有义务教育阶段的学生")
    base, source = desk.compulsory_base
    if base is None:
        return Figure(outcome="not_judged", note=source)
    return Figure(len(desk.compulsory_stock), base, f"学生数据来自{source}")


def retention_reported(desk: Desk) -> Figure:
    line = _only(desk, "retention")
    rate = line.get("retention_rate") if line else None
    if rate is None:
        return _unfilled("巩固率")
    return Figure(rate, 1, "大于100%，数据有误", "not_judged") if rate > 1 else Figure(rate, 1)


def on_time_filing(desk: Desk) -> Figure:
    due = [r for r in desk.filed.values() if r["due"]]
    known = [r for r in due if r["state"] == "missing" or r["on_time"] is not None]
    note = f"{len(due) - len(known)} 份收到时间不明，未计入" if len(known) < len(due) else ""
    return _share(known, lambda r: r["state"] != "missing" and r["on_time"], note)


def joint_visit(desk: Desk) -> Figure:
    days = desk.policy.thresholds.joint_visit_after_days
    cases = [c for c in desk.stock if (c["days_open"] or 0) > days]
    parties = set(desk.world.catalogue.indicators["joint_visit"].params["parties"])
    figure = _share(cases, lambda c: desk.has_joint_visit(c, parties))
    states = [desk.state(f) for f in filing.ON_A_CASE]
    if cases and figure.numerator != figure.denominator and not {"filed", "zero"} & set(states):
        form, state = next(
            ((f, s) for f, s in zip(filing.ON_A_CASE, states) if s != "not_collected"), ("follow_up", states[0])
        )
        return Figure(outcome="not_judged", note=desk.nothing(form, state))
    return figure


def return_rate(desk: Desk) -> Figure:
    flow = desk.archive.flows.get(desk.school.code)
    if flow is None or flow["opening"] is None:
        return Figure(outcome="not_judged", note="本月没有可读的情况表，没有月度对账")
    return Figure(flow["returned"], sum(flow[k] or 0 for k in ("opening", "new", "relapsed", "transferred_in")))


def home_visits_in_windows(desk: Desk) -> Figure:
    window = last_window(desk)
    if window is None:
        return Figure(outcome="not_applicable", note="还没有已经结束的关键家访时段")
    return _share(
        open_psych(desk), lambda x: visited(desk, x, window), f"时段：{window.name}，{_span(window.start, window.end)}"
    )


def _span(start: date, end: date) -> str:
    return f"{start.month}月{start.day}日至{end.month}月{end.day}日"


FIGURES: Mapping[str, Callable[[Desk], Figure]] = {
    **{
        f.__name__: f
        for f in (
            counsellor_ratio,
            lessons,
            hours_counsellor,
            hours_head_teacher,
            hours_other_teacher,
            screening_coverage,
            screening_in_time,
        )
    },
    "plan_coverage_absent": _covered("absent_list", "plan_made"),
    "plan_coverage_psych": _covered("psych_case", "plan_made"),
    "plan_coverage_health": _covered("health_roster", "plan_made"),
    "duty_chain": duty_chain,
    "pe_judged": _covered("health_roster", "pe_allowed"),
    "health_shared": health_shared,
    "peer_paired": _covered("health_roster", "peer_pair"),
    **{
        f.__name__: f
        for f in (retention_month, retention_reported, on_time_filing, joint_visit, return_rate, home_visits_in_windows)
    },
}


def codes() -> Iterable[str]:
    return FIGURES.keys()
