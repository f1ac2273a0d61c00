"""How codes read to people, and how a place on paper is named."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from carelib.catalogue import CONSEQUENCES
from carelib.month import Month
from carelib.show.html import Raw, mark
from carelib.world import School

STATES = {"accepted": "已接受", "superseded": "被新版替代", "held": "待定", "hidden": "隐藏表", "unreadable": "无法读取", "not_a_form": "不是表"}
FILING = {"filed": "● 已报", "zero": "○ 零报告", "unreadable": "✕ 无法读取", "missing": "— 未报"}
OUTCOMES = {"passed": "✔ 达到", "failed": "✘ 未达到", "not_judged": "… 未判定", "not_applicable": "· 不适用"}
OPEN = {"open": "待定", "stale": "决定已过期", "confirmed": "属实", "dismissed": "不成立", "answered": "已说明"}
LOOK = {"missing": "bad", "unreadable": "bad", "zero": "ok", "filed": "ok", "failed": "bad", "passed": "ok", "not_judged": "ask",
        "not_applicable": "dim", "open": "ask", "stale": "bad"}
__all__ = ["CONSEQUENCES", "FILING", "LOOK", "OPEN", "OUTCOMES", "STATES", "case_label", "case_mark", "class_words", "filing", "outcome", "place_words", "said",
           "school_name", "where"]
MANY = 6            # cells of one file that are named


def filing(state: str | None, days_late: int | None = None) -> Raw:
    if state is None:
        return Raw("")
    return mark(FILING[state] + (f"（迟 {days_late} 天）" if days_late else ""), LOOK[state])


def outcome(value: str) -> Raw:
    return mark(OUTCOMES[value], LOOK[value])


def school_name(month: Month, code: str | None) -> str:
    school = month.world.school(code)
    return school.name if school else "（未认出学校）" if code is None else code


def case_label(month: Month, state: str | None) -> str:
    return month.world.catalogue.label("case_state", state)


def case_mark(month: Month, state: str) -> str:
    """'● 劝返中': the state's sign and word, so that nothing hangs on a colour."""
    return f"{said(month)['state_symbol'][state]} {case_label(month, state)}"


def said(month: Month) -> Mapping[str, Any]:
    """The words for codes that notebooks and workbooks share (looks.toml)."""
    return month.world.catalogue.looks["words"]


def class_words(month: Month, grade: str | None, class_no: Any) -> str:
    """'3年级2班', '大班'"""
    first = said(month)["grade"].format(grade=grade) if str(grade or "").isdigit() else (grade or "")
    second = "" if class_no is None else str(class_no)
    return first + (said(month)["class"].format(**{"class": second}) if second.isdigit() else second)


def where(month: Month, finding: Mapping[str, Any], school: School | None = None) -> list[str]:
    """Where a finding's rows and cells are: this month's own place, then month, file and cells of the others.

    `school`: who reads it; of another school's papers only that there are some.
    """
    grounds = month.grounds_of.get(finding["finding_id"], [])
    own = "" if any(g["row_id"] == finding["row_id"] for g in grounds) or not finding["place"] else place_words(month, finding)
    papers: dict[str, list[Mapping[str, Any]]] = {}
    for g in grounds:
        foreign = school is not None and g["school_code"] != school.code
        own_paper = school is not None and g["cycle"] == month.cycle and g["place"]
        paper = said(month)["foreign"] if foreign else "" if own_paper else f"{_month_words(month, g['cycle'])} {(g['file'] or '').rpartition('/')[2]}"
        papers.setdefault(paper, []).extend([] if foreign else [g])
    return [p for p in (own, *(" → ".join(filter(None, [paper, _joined(month, places)])) for paper, places in papers.items())) if p]


def _month_words(month: Month, cycle: str) -> str:
    year, number = cycle.split("-")
    return said(month)["month"].format(year=year, month=int(number))


def _joined(month: Month, places: Sequence[Mapping[str, Any]]) -> str:
    """情况表 Sheet1!B5、B7 … of one file: form and sheet are said once."""
    out, before = [], ""
    for place in places[:MANY]:
        words = place_words(month, place)
        sheet, _, cell = words.rpartition("!")
        out.append(cell if sheet and sheet == before else words)
        before = sheet
    return "、".join(out) + ("…" if len(places) > MANY else "")


def place_words(month: Month, row: Mapping[str, Any]) -> str:
    """情况表 Sheet1!F7 · 一生一档 第2页 · 情况表（整份）."""
    form = month.world.catalogue.forms.get(row.get("form") or "")
    place = row.get("place") or ""
    if place.startswith("p") and "@" in place:
        pages = sorted({int(p[1:p.index("@")]) for p in place.split("、") if p.startswith("p") and "@" in p})
        place = "第 " + "、".join(map(str, pages)) + " 页"
    return " ".join(filter(None, [form.short if form else "", place]))
