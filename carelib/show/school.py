"""One school's page: it names the school's own pupils (restricted)."""
from __future__ import annotations

from collections import Counter
from typing import Any

from carelib.catalogue import CONSEQUENCES
from carelib.month import Month
from carelib.show import words
from carelib.show.evidence import card, evidence
from carelib.show.html import Html, mark, say, table
from carelib.world import School

ORDER = list(CONSEQUENCES)
MOST = 3            # places of a finding that are drawn


def verdict(month: Month, school: School) -> Html:
    """The school's month in one sentence."""
    counts = Counter(f["consequence"] for f in month.of_school("findings", school) if f["state"] != "dismissed")
    told = "、".join(f"{CONSEQUENCES[c]} {counts[c]} 处" for c in ORDER if counts[c])
    return say(f"{school.name}　{month.cycle}：{told or '没有发现问题'}。")


def submissions(month: Month, school: School) -> Html:
    """What this school sent, and what became of it."""
    forms = month.world.catalogue.forms
    rows = [[s["file"], s["sheet"], forms[s["form"]].short if s["form"] else "", words.STATES[s["state"]], s["received_at"], s["rows_found"],
             s["rows_held"], s["reason"]] for s in month.of_school("submissions", school)]
    return table(rows, ["文件", "工作表", "表", "状态", "收到时间", "行", "待定行", "说明"], "本月没有收到这所学校的文件。", numbers=["行", "待定行"])


def pupil_of(month: Month, finding: dict[str, Any], school: School) -> str:
    """The pupil's name, only if this school itself listed the pupil or has it on its roster."""
    row = next((v for v in month.values_of.get(finding["row_id"] or "", ()) if v["field"] == "student_name"), None)
    if row is not None and row["school_code"] == school.code:
        return row["value"] or row["raw"] or ""
    person, pupil_forms = finding["person_id"], [f.code for f in month.world.catalogue.forms.values() if f.about_pupils]
    listed = {m.person_of.get(r["row_id"]) for m in (month, *month.earlier) for form in pupil_forms for r in m.of_school(form, school)}
    return (month.person.get(person or "", {}).get("name") or "") if person in listed else ""


def findings(month: Month, school: School, consequence: str | None = None) -> Html:
    """Each finding with its evidence, so that a reviewer needs to open nothing else."""
    mine = [f for f in month.of_school("findings", school) if consequence in (None, f["consequence"])]
    if not mine:
        return say("没有。")
    mine.sort(key=lambda f: (ORDER.index(f["consequence"]), f["rule"], f["place"] or "", f["finding_id"]))
    out = Html("")
    for f in mine:
        out += card(f, _parts(month, school, f))
    return out


def _parts(month: Month, school: School, f: dict[str, Any]) -> list[Any]:
    name = pupil_of(month, f, school)
    where = "；".join(words.where(month, f, school))
    head = Html(f"<p><b>{CONSEQUENCES[f['consequence']]}</b>　" + mark(words.OPEN[f["state"]], words.LOOK.get(f["state"], "dim")).body + "</p>")
    line = "　".join(p for p in (where, name, f"规则 {f['rule']}", f"条款 {f['clause']}" if f["clause"] else "") if p)
    return [head, line, f["sentence"], f"怎么办：{f['remedy']}", *_shown(month, school, f), Html(f'<p class="dim">编号 {f["finding_id"]}</p>')]


def _shown(month: Month, school: School, f: dict[str, Any]) -> list[Html]:
    """The cells around the finding's own place and around those of this school that it rests on, each with its month."""
    grounds, months = month.grounds_of.get(f["finding_id"], []), {m.cycle: m for m in (*month.earlier, month)}
    out = []
    if not any(g["row_id"] == f["row_id"] for g in grounds):
        values = month.values_of.get(f["row_id"] or "")
        out.append(evidence(month, values[0]["submission_id"] if values else _submission_at(month, school, f["place"]), f["place"]))
    for g in [g for g in grounds if g["school_code"] == school.code and g["cycle"] in months][:MOST]:
        shown = evidence(months[g["cycle"]], g["submission_id"], g["place"])
        out.append(Html(f'<p class="dim">{g["cycle"]}：</p>') + shown if shown.body else shown)
    return out


def _submission_at(month: Month, school: School, place: str | None) -> str | None:
    """The submission of this school in which a place stands, if only one can be meant."""
    if not place:
        return None
    first = place.split("、")[0]
    ids = {r["submission_id"] for name in ("values", "furniture", "leftovers") for r in month.rows(name)
           if r["place"] and first in r["place"].split("、") and month.submission.get(r["submission_id"], {}).get("school_code") == school.code}
    return ids.pop() if len(ids) == 1 else None


def leftovers(month: Month, school: School) -> Html:
    """What no field claimed in this school's files."""
    rows = [[r["place"], r["raw"]] for r in month.rows("leftovers") if month.submission.get(r["submission_id"], {}).get("school_code") == school.code]
    return table(rows, ["位置", "内容"], "没有无人认领的内容。")


def held_rows(month: Month, school: School) -> Html:
    """Rows that wait, as they were written."""
    rows = [[r["raw"], r["reason"]] for r in month.rows("held_rows") if month.submission.get(r["submission_id"], {}).get("school_code") == school.code]
    return table(rows, ["这一行写的是", "为什么待定"], "没有待定的行。")
