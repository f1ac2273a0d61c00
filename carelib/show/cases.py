"""What reconciling showed: persons, cases, the flow statement. `names=True` only in a school's own page."""
from __future__ import annotations

from collections import Counter
from typing import Any

from carelib.month import Month
from carelib.reconcile import cascade
from carelib.records import IN_STOCK
from carelib.show import words
from carelib.show.html import Html, bars, mark, say, table
from carelib.world import School

FLOW = {"opening": "期初", "new": "新增", "relapsed": "再离校", "transferred_in": "转入", "returned": "复学", "transferred_out": "转出",
        "other_exit": "其他销号", "closing": "期末", "reported_closing": "学校自报", "difference": "差额"}
STATES = {"auto": "自动认定", "candidate": "问人", "decided": "由人决定"}


def linked(month: Month) -> Html:
    """How many rows were tied to how many persons, by what, and what is asked."""
    links = month.rows("links")
    states = Counter(r["state"] for r in links)
    methods = Counter((cascade.label(r["method"]), STATES[r["state"]]) for r in links)
    text = (f"本月 {len(links)} 行涉及 {len({r['person_id'] for r in links})} 名学生；自动认定 {states['auto']} 行，由人决定 {states['decided']} 行，"
            f"还要问人 {states['candidate']} 行。拿不准的一律不合并。")
    return say(text) + table([[*k, n] for k, n in sorted(methods.items(), key=lambda kn: (-kn[1], kn[0]))], ["依据", "结论", "行数"], numbers=["行数"])


def questions(month: Month, school: School | None = None, names: bool = False) -> Html:
    """The clerical queue: is this row's pupil the same as an older one?"""
    rows_by_id = _pupil_rows(month)
    rows = []
    for link in month.rows("links"):
        row = rows_by_id.get(link["row_id"], {})
        if link["state"] == "candidate" and (school is None or row.get("school_code") == school.code):
            pair = f"{link['maybe_person_id']}+{link['person_id']}"
            who = [_who(month, p) for p in (link["maybe_person_id"], link["person_id"])] if names else []
            rows.append([words.school_name(month, row.get("school_code")), *who, link["why"], pair])
    return table(rows, ["学校", *(["原有学生", "本月这一行"] if names else []), "为什么要问", "答复用的编号"], "没有要问的。")


def _who(month: Month, person_id: str | None) -> str:
    p = month.person.get(person_id or "", {})
    return "\n".join(str(v) for v in (p.get("name"), p.get("gender"), p.get("birth"), p.get("id_number")) if v)


def _pupil_rows(month: Month) -> dict[str, dict[str, Any]]:
    return {r["row_id"]: r for f in month.world.catalogue.forms.values() if f.about_pupils for r in month.rows(f.code)}


def flows(month: Month, school: School | None = None) -> Html:
    """The flow statement; a school that filed nothing readable shows —, never 0."""
    listed = [m for m in (*month.earlier, month)] if school else [month]
    rows = []
    for m in listed:
        for f in m.rows("flows"):
            if school is None or f["school_code"] == school.code:
                head = m.cycle if school else words.school_name(m, f["school_code"])
                rows.append([head, *(mark("—", "bad") if f[k] is None else _difference(f[k]) if k == "difference" else f[k] for k in FLOW)])
    if school is None and rows:
        filed = [f for f in month.rows("flows") if f["closing"] is not None]
        rows.append(["全区（已报的学校）", *(sum(f[k] or 0 for f in filed) for k in FLOW)])
    return table(rows, ["周期" if school else "学校", *FLOW.values()], "还没有对账数据。", numbers=FLOW.values())


def _difference(value: int) -> Any:
    return mark(f"{value:+d}", "bad") if value else 0


def flow_sentence(month: Month, school: School) -> Html:
    """The statement read aloud."""
    f = next((f for f in month.rows("flows") if f["school_code"] == school.code), None)
    if f is None or f["closing"] is None:
        return say("本月没有收到可读的情况表，对账单留空；已有个案照旧保留，不算归零。")
    text = (f"期初 {f['opening']} + 新增 {f['new']} + 再离校 {f['relapsed']} + 转入 {f['transferred_in']} − 复学 {f['returned']} − 转出 "
            f"{f['transferred_out']} − 其他销号 {f['other_exit']} = 期末 {f['closing']}；学校自报 {f['reported_closing']}，")
    return say(text + ("两者一致。" if not f["difference"] else f"相差 {f['difference']:+d}，原因见下面的问题。"))


def by_state(month: Month) -> Html:
    """Cases of the district by state."""
    states = Counter(c["state"] for c in month.rows("cases"))
    order = [s for s in month.world.catalogue.codes["case_state"].labels if states[s]]
    rows = [[words.case_label(month, s), "在办" if s in IN_STOCK else "已销号", states[s]] for s in order]
    return table(rows, ["状态", "", "个案"], "还没有个案。", numbers=["个案"])


def stock_by_month(month: Month) -> Html:
    """Open cases at the end of each cycle, as one bar a month."""
    rows = []
    for m in (*month.earlier, month):
        states = Counter(c["state"] for c in m.rows("cases") if c["state"] in IN_STOCK)
        rows.append((m.cycle, [states["open"] + states["unknown"], states["relapsed"], states["lost"]]))
    return bars(rows, ["劝返中", "再离校", "失联"], ["#54708c", "#b98a2f", "#a3281e"])


def discrepancies(month: Month) -> Html:
    """Month-to-month findings of the district by rule."""
    rules = {r.id: r for r in month.world.catalogue.rules}
    counts = Counter(f["rule"] for f in month.rows("findings") if f["rule"].startswith("X"))
    return table([[r, rules[r].title if r in rules else "", n] for r, n in sorted(counts.items())], ["规则", "内容", "处数"],
                 "逐月对账没有发现问题。", numbers=["处数"])
