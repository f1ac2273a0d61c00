"""What checking showed: filing, findings, judgements, indicators. Masked, except where a school's own page asks for names."""
from __future__ import annotations

from collections import Counter
from typing import Any

from carelib.catalogue import CONSEQUENCES
from carelib.month import Month
from carelib.show import words
from carelib.show.html import Html, bars, mark, say, table
from carelib.world import School


def filing(month: Month, school: School | None = None) -> Html:
    """Who owed what and what came, as a matrix of schools and forms (or one school's forms)."""
    forms = [f for f in month.world.policy.forms.collect if any(r["form"] == f for r in month.rows("filing"))]
    short = [month.world.catalogue.forms[f].short for f in forms]
    rows = []
    for each in [school] if school else month.world.open_schools:
        mine = {r["form"]: r for r in month.of_school("filing", each)}
        rows.append([each.name, *(words.filing(mine[f]["state"], mine[f]["days_late"]) if f in mine else mark("不需报", "dim") for f in forms)])
    return table(rows, ["学校", *short])


def filing_bars(month: Month) -> Html:
    """How each form came in over the district."""
    rows = []
    for form in month.world.policy.forms.collect:
        counts = Counter(r["state"] for r in month.rows("filing") if r["form"] == form)
        if counts:
            rows.append((month.world.catalogue.forms[form].short, [counts[s] for s in words.FILING]))
    return bars(rows, [s.split(" ")[1] for s in words.FILING.values()], ["#54708c", "#9db3c7", "#b98a2f", "#a3281e"])


def filing_sentence(month: Month) -> Html:
    due = [r for r in month.rows("filing") if r["due"]]
    counts = Counter(r["state"] for r in due)
    late = sum(bool(r["days_late"]) for r in due)
    return say(f"应报 {len(due)} 份，已报 {counts['filed']}、零报告 {counts['zero']}、无法读取 {counts['unreadable']}、未报 {counts['missing']}；"
               f"迟报 {late} 份。截止日 {month.world.policy.due_date(month.cycle)}。")


def findings_by_rule(month: Month) -> Html:
    """The district's findings, most frequent rule first."""
    rules = {r.id: r for r in month.world.catalogue.rules}
    counts = Counter((f["rule"], f["clause"], f["consequence"]) for f in month.rows("findings"))
    schools: dict[str, set[str]] = {}
    for f in month.rows("findings"):
        schools.setdefault(f["rule"], set()).add(f["school_code"])
    rows = [[rule, rules[rule].title if rule in rules else "", clause, CONSEQUENCES[to], n, len(schools[rule])]
            for (rule, clause, to), n in sorted(counts.items(), key=lambda kn: (-kn[1], kn[0][0]))]
    return table(rows, ["规则", "内容", "条款", "去向", "处数", "学校数"], "没有发现问题。", numbers=["处数", "学校数"])


def findings_by_school(month: Month) -> Html:
    """Schools, the most to correct first."""
    counts = Counter((f["school_code"], f["consequence"]) for f in month.rows("findings") if f["state"] != "dismissed")
    schools = sorted(month.world.open_schools, key=lambda s: (*(-counts[s.code, c] for c in CONSEQUENCES), s.name))
    rows = [[s.name, *(counts[s.code, c] for c in CONSEQUENCES)] for s in schools]
    return table(rows, ["学校", *CONSEQUENCES.values()], numbers=CONSEQUENCES.values())


def indicators(month: Month, school: School | None = None) -> Html:
    """Each indicator with its numbers put in, worst first; those without a figure in one sentence a reason."""
    known, order = month.world.catalogue.indicators, list(words.OUTCOMES)
    mine = [i for i in month.rows("indicators") if i["school_code"] == (school.code if school else "district")]
    mine.sort(key=lambda i: ("failed", "not_judged", "passed", "not_applicable").index(i["outcome"]))
    rows = [[known[i["indicator"]].title, _number(i["value"], known[i["indicator"]].unit), known[i["indicator"]].target,
             words.outcome(i["outcome"]), i["formula"], i["clause"]] for i in mine if i["value"] is not None or i["outcome"] in order[:2]]
    silent: dict[str, list[str]] = {}
    for i in mine:
        if i["value"] is None and i["outcome"] not in order[:2]:
            silent.setdefault(i["formula"], []).append(known[i["indicator"]].title)
    return table(rows, ["指标", "数值", "要求", "结论", "怎么算的", "条款"], "没有算得出的指标。", numbers=["数值"]) + table(
        [[why, "、".join(names)] for why, names in sorted(silent.items())], ["为什么没有数值", "哪些指标"], "每项指标都有数值。")


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.2f}%" if unit == "%" else f"{value:g}{unit}"


def not_judged(month: Month, school: School | None = None) -> Html:
    """What could not be judged, reason by reason: silence is not a pass."""
    rules = {r.id: r for r in month.world.catalogue.rules}
    by_why: dict[str, dict[str, str]] = {}
    for j in month.rows("judgements"):
        if j["outcome"] == "not_judged" and (school is None or j["school_code"] == school.code):
            by_why.setdefault(j["why"], {})[j["rule"]] = rules[j["rule"]].title if j["rule"] in rules else ""
    rows = [[why, len(found), "；".join(f"{rule} {title}" for rule, title in sorted(found.items()))] for why, found in sorted(by_why.items())]
    return table(rows, ["为什么没有判定", "规则数", "哪些规则"], "每条规则都判定了。", numbers=["规则数"])


def judged(month: Month, school: School | None = None) -> Html:
    """How many rules passed, failed, could not be judged, did not apply."""
    counts = Counter(j["outcome"] for j in month.rows("judgements") if school is None or j["school_code"] == school.code)
    return say("规则判定：" + "、".join(f"{words.OUTCOMES[k][2:]} {counts[k]}" for k in words.OUTCOMES) + "。")


def open_items(questions: list[Any], month: Month) -> Html:
    """What waits for a person (made by `review.open_questions`)."""
    rows = [[words.school_name(month, q.school_code) if q.school_code else "区", mark("决定已过期", "bad") if q.stale else mark("待定", "ask"),
             q.what, q.why, q.subject] for q in questions]
    return table(rows, ["学校", "", "事项", "依据", "答复用的编号"], "没有等人决定的事项。")


def decisions(month: Month) -> Html:
    """What people decided about this cycle, newest last."""
    from carelib.review import SAYS
    rows = [[d.at[:16].replace("T", " "), d.by, words.school_name(month, d.school_code) if d.school_code else "", SAYS[d.verdict], d.reason]
            for d in month.world.decisions if d.cycle == month.cycle]
    return table(rows, ["时间（UTC）", "谁", "学校", "决定", "理由"], "本周期还没有人作过决定。")
