"""How codes, places, months and clauses read in a workbook; nothing here knows xlsxwriter."""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from carelib.month import Month
from carelib.policy import last_day
from carelib.world import School

PAGE = re.compile(r"p(\d+)@")
TABLE = re.compile(r"t(\d+)!(.+)")


def words(month: Month) -> Mapping[str, Any]:
    return month.world.catalogue.looks["words"]


def month_words(month: Month, cycle: str | None = None) -> str:
    """'2023年3月'"""
    year, number = (cycle or month.cycle).split("-")
    return words(month)["month"].format(year=year, month=int(number))


def as_of(month: Month) -> str:
    day = last_day(month.cycle)
    return words(month)["as_of"].format(year=day.year, month=day.month, day=day.day)


def unit_line(month: Month, school: School) -> str:
    return words(month)["unit"].format(name=school.name, code=school.code)


def heading(month: Month, look: Mapping[str, Any], school: School | None = None) -> tuple[str, str, str]:
    """A sheet's title and what stands left and right on the line below; without a school the bureau made it."""
    title = look["title"].format(month=month_words(month), district=month.world.policy.district.name)
    return title, unit_line(month, school) if school else made_by(month), as_of(month)


def made_by(month: Month) -> str:
    district = month.world.policy.district
    return words(month)["made_by"].format(name=district.name, section=district.section)


def form_short(month: Month, form: str | None) -> str:
    known = month.world.catalogue.forms.get(form or "")
    return (known.short or known.title) if known else ""


def place_words(month: Month, place: str | None, many: int = 3) -> str:
    """Where to look, for a person: 'F7', 'Sheet1!F7', '第2页', '第1个表 F7'; several joined, the rest as '…'."""
    if not place:
        return ""
    seen = list(dict.fromkeys(_place(month, p) for p in place.split("、")))
    more = "…" if len(seen) > many else ""
    return words(month)["joined"].join(seen[:many]) + more


def _place(month: Month, place: str) -> str:
    if hit := PAGE.match(place):
        return words(month)["page"].format(page=hit[1])
    if hit := TABLE.fullmatch(place):
        return words(month)["table"].format(table=hit[1], cell=hit[2])
    return place


def natural(text: str | None) -> tuple[Any, ...]:
    """Sort key in which F10 comes after F7."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", text or "") if p)


def clause_words(month: Month, clause: str | None) -> str:
    """'三.1 应在校不在校台账'; '' for a pure form error."""
    known = month.world.catalogue.clauses.get(clause or "")
    return f"{known.id} {known.title}" if known else clause or ""


def basis(month: Month, finding: Mapping[str, Any]) -> str:
    """Why something is a finding: the rule's title and the clause that it serves."""
    title, clause = rule_title(month, finding["rule"]), clause_words(month, finding["clause"])
    return "\n".join(t for t in (title, clause) if t)


def is_idle(month: Month, rule: str | None, uncollected: Collection[str]) -> bool:
    """Whether a rule waits for forms that this bureau does not collect."""
    known = next((r for r in month.world.catalogue.rules if r.id == rule), None)
    if known is None:
        return False
    forms = set(known.params.get("forms", ()))
    return bool({known.form, *known.needs} & set(uncollected)) or (bool(forms) and forms <= set(uncollected))


def rule_title(month: Month, rule: str | None) -> str:
    return next((r.title for r in month.world.catalogue.rules if r.id == rule), "")


def filing_time(month: Month, row: Mapping[str, Any]) -> str:
    """'按时', '迟报 2 天', '收到时间不明'; nothing for a form that did not come."""
    said = words(month)
    if row["state"] == "missing":
        return said["nothing"]
    if row["on_time"] is None:
        return said["time_unknown"]
    if row["on_time"]:
        return said["on_time"]
    return said["late"].format(days=row["days_late"]) if row["days_late"] else said["not_in_time"]


def forms_in_order(month: Month) -> Sequence[str]:
    return list(month.world.catalogue.forms)
