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
    where = words.place_words(month, f)
    head = Html(f"<p><b>{CONSEQUENCES[f['consequence']]}</b>　" + mark(words.OPEN[f["state"]], words.LOOK.get(f["state"], "dim")).body + "</p>")
    line = "　".join(p for p in (where, name, f"规则 {f['rule']}", f"条款 {f['clause']}" if f["clause"] else "") if p)
    values = month.values_of.get(f["row_id"] or "")
    submission = values[0]["submission_id"] if values else _submission_at(month, school, f["place"])
    shown = evidence(month, submission, f["place"])
    return [head, line, f["sentence"], f"怎么办：{f['remedy']}", shown if shown.body else last_listed(month, school, f["person_id"]),
            Html(f'<p class="dim">编号 {f["finding_id"]}</p>')]


def last_listed(month: Month, school: School, person_id: str | None) -> Html:
    """Where a finding about a case has no cell of its own: the line in which this school last listed the pupil."""
    for m in (month, *reversed(month.earlier)):
        for row in m.of_school("absent_list", school):
            if person_id and m.person_of.get(row["row_id"]) == person_id:
                name = next((v for v in m.values_of.get(row["row_id"], ()) if v["field"] == "student_name"), None)
                shown = evidence(m, row["submission_id"], name["place"]) if name else Html("")
                return Html(f'<p class="dim">最近一次列入（{m.cycle}）：</p>') + shown
    return Html("")


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
