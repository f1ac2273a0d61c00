"""What reading showed: files, forms, cells, doubts. Masked: no pupil's name or number in it."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from carelib.month import Month
from carelib.records import mask
from carelib.show import words
from carelib.show.html import Html, Raw, mark, say, table


def title(month: Month, what: str, question: str) -> Html:
    """The head of a letter: district, cycle, the question it answers."""
    district = month.world.policy.district
    return Html(f"<h2>{district.name}　{month.cycle}　{what}</h2>") + say(question)


def received(month: Month) -> Html:
    """One sentence and a table: what came, and what became of it."""
    states = Counter(s["state"] for s in month.rows("submissions"))
    files = {s["file"] for s in month.rows("submissions")}
    parts = "、".join(f"{words.STATES[k]} {n}" for k, n in sorted(states.items(), key=lambda kn: -kn[1]))
    rows: Counter[str] = Counter()
    for s in month.rows("submissions"):
        rows["found"] += s["rows_found"] or 0
        rows["accepted"] += s["rows_accepted"] or 0
        rows["held"] += s["rows_held"] or 0
    return say(f"本月收到 {len(files)} 个文件，读出 {len(month.rows('submissions'))} 份：{parts or '无'}。共 {rows['found']} 行，"
               f"接受 {rows['accepted']} 行，待定 {rows['held']} 行。")


def by_school(month: Month) -> Html:
    """School × form: how many accepted submissions and rows; what is held or unreadable beside it."""
    forms = month.world.policy.forms.collect
    table_rows = []
    for school in month.world.open_schools:
        mine = [s for s in month.rows("submissions") if s["school_code"] == school.code]
        table_rows.append([school.name, school.kind, *(_cell([s for s in mine if s["form"] == f]) for f in forms),
                           _trouble([s for s in mine if s["form"] not in forms])])
    return table(table_rows, ["学校", "类型", *(month.world.catalogue.forms[f].short for f in forms), "认不出表的"])


def _cell(subs: list[dict[str, Any]]) -> Raw:
    good = [s for s in subs if s["state"] == "accepted"]
    told = []
    if good:
        told.append(mark("零报告", "ok") if all(s["is_zero"] for s in good) else mark(f"{sum(s['rows_accepted'] or 0 for s in good)} 行", "ok"))
    trouble = _trouble([s for s in subs if s["state"] != "accepted"])
    return Raw(" ".join(p.body for p in [*told, trouble] if p.body)) if subs else mark("—", "dim")


def _trouble(subs: list[dict[str, Any]]) -> Raw:
    states = Counter(s["state"] for s in subs)
    return Raw(" ".join(mark(f"{words.STATES[k]} {n}", "bad" if k == "unreadable" else "dim").body for k, n in sorted(states.items())))


def troubled(month: Month) -> Html:
    """Every submission that waits or could not be read, with the reason; files are named by number, for names carry names."""
    number = {f.name: i for i, f in enumerate(month.world.files, 1)}
    rows = [[f"第 {number.get(s['file'], '?')} 个文件" + (f" {s['sheet']}" if s["sheet"] else ""), words.school_name(month, s["school_code"]),
             words.STATES[s["state"]], s["reason"]] for s in month.rows("submissions") if s["state"] in ("held", "unreadable", "not_a_form")]
    return table(rows, ["文件", "学校", "状态", "原因和怎么办"], "每个文件都读出来了，没有待定的。")


def conservation(month: Month) -> Html:
    """Does every cell have its place?"""
    subs = [s for s in month.rows("submissions") if s["cells_total"] is not None]
    total, claimed, furniture, left = (sum(s[c] or 0 for s in subs) for c in ("cells_total", "cells_claimed", "cells_furniture", "cells_left"))
    broken = [s for s in subs if s["cells_total"] != s["cells_claimed"] + s["cells_furniture"] + s["cells_left"]]
    verdict = "，全部有去处。" if not broken else f"，但有 {len(broken)} 份对不上，请告诉维护者。"
    return say(f"共 {total} 个非空格：作为数据 {claimed}，标题、表头、签字等 {furniture}，无人认领 {left}；"
               f"{claimed} + {furniture} + {left} = {claimed + furniture + left}{verdict}")


def unread_values(month: Month, limit: int = 30) -> Html:
    """Cells nobody can read for certain: where, what field, why. Identifying fields are masked."""
    rows = [[words.school_name(month, v["school_code"]), words.place_words(month, v), v["label"], mask(v["raw"], v["field"]), v["problem"]]
            for v in month.rows("values") if v["problem"] and _counts(month, v)]
    return say(f"有 {len(rows)} 格读不准，没有取值，都作为问题提出。") + table(
        rows, ["学校", "位置", "栏目", "写的是", "为什么读不准"], "每一格都读准了。", limit=limit)


def _counts(month: Month, value: dict[str, Any]) -> bool:
    submission = month.submission.get(value["submission_id"])
    return submission is not None and submission["state"] == "accepted"


def leftovers(month: Month) -> Html:
    """What no field claimed, counted by school; the texts stand in the school's own page and workbook."""
    counts = Counter(month.submission[r["submission_id"]]["school_code"] for r in month.rows("leftovers") if r["submission_id"] in month.submission)
    rows = [[words.school_name(month, code), n] for code, n in sorted(counts.items(), key=lambda kn: (-kn[1], kn[0] or ""))]
    return table(rows, ["学校", "格数"], "没有无人认领的内容。", numbers=["格数"])


def since_last_month(month: Month, name: str, column: str, labels: dict[str, str]) -> Html:
    """How the counts of a table's column moved since the cycle before."""
    if not month.earlier:
        return say("这是第一个周期，没有上月可比。")
    now, last = (Counter(r[column] for r in m.rows(name)) for m in (month, month.earlier[-1]))
    keys: Iterable[str] = [k for k in labels if now[k] or last[k]]
    rows = [[labels[k], last[k], now[k], f"{now[k] - last[k]:+d}" if now[k] != last[k] else "不变"] for k in keys]
    return table(rows, ["", f"上月 {month.earlier[-1].cycle}", f"本月 {month.cycle}", "变化"], numbers=[f"上月 {month.earlier[-1].cycle}", f"本月 {month.cycle}", "变化"])
