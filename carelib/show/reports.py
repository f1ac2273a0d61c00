"""The drafts and whether they may go out."""
from __future__ import annotations

from collections import Counter

from carelib import review
from carelib.catalogue import CONSEQUENCES
from carelib.month import Month
from carelib.show.html import Html, mark, table


def drafts(month: Month) -> Html:
    """What each school's workbook asks of the school."""
    counts = Counter((f["school_code"], f["consequence"]) for f in month.rows("findings") if f["state"] != "dismissed")
    rows = []
    for school in month.world.open_schools:
        there = any((month.folder / "reports" / "draft").glob(f"{school.code}_*.xlsx"))
        rows.append([school.name, mark("✔ 已写", "ok") if there else mark("✘ 没有", "bad"), *(counts[school.code, c] for c in CONSEQUENCES)])
    return table(rows, ["学校", "草稿", *CONSEQUENCES.values()], numbers=CONSEQUENCES.values())


def releases(month: Month) -> Html:
    """May each school's report go out, and if not, why not?"""
    rows = []
    for school in month.world.open_schools:
        draft = next((month.folder / "reports" / "draft").glob(f"{school.code}_*.xlsx"), month.folder / "none")
        why = review.why_not_release(month, school, draft)
        rows.append([school.name, mark("✔ 可以放行", "ok") if not why else mark("… 还不能", "ask"), "；".join(why)])
    return table(rows, ["学校", "放行", "还差什么"])
