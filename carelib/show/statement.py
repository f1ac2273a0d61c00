"""Behind the flow statement: who stands in which figure, how cases went from state to state, what a late file changed."""
from __future__ import annotations

from collections import Counter

from carelib.month import Month
from carelib.reconcile.restated import FIGURES
from carelib.records import IN_STOCK
from carelib.show import behind, words
from carelib.show.html import Html, mark, say, table
from carelib.show.names import Names
from carelib.world import School

NONE = ""                               # the state of a case before it was opened


def moves(month: Month) -> Counter[tuple[str, str]]:
    """(state at the end of last month, state now) -> cases; '' for a case that was not known before."""
    last = {c["case_id"]: c["state"] for c in month.earlier[-1].rows("cases")} if month.earlier else {}
    return Counter((last.get(c["case_id"], NONE), c["state"]) for c in month.rows("cases"))


def states(month: Month, counted: Counter[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The states that a table of moves has as rows (before) and columns (now), in the order of the code list."""
    order = list(month.world.catalogue.codes["case_state"].labels)
    before = [s for s in [*order, NONE] if any(old == s for old, _ in counted)]
    return before, [s for s in order if any(new == s for _, new in counted)]


def between_states(month: Month) -> Html:
    """Cases of the district from state to state; what did not move lies on the diagonal."""
    counted = moves(month)
    if not counted:
        return say("还没有个案。")
    before, now = states(month, counted)
    rows: list[list[object]] = [[label(month, old), *(counted[old, new] or "·" for new in now), sum(counted[old, new] for new in now)] for old in before]
    rows.append([mark("合计", "dim"), *(sum(counted[old, new] for old in before) for new in now), sum(counted.values())])
    heads = [label(month, s) for s in now]
    return say(_read_aloud(counted)) + say(tied(month)) + table(rows, ["上月末 ＼ 本月末", *heads, "合计"], numbers=[*heads, "合计"])


def _read_aloud(counted: Counter[tuple[str, str]]) -> str:
    """The stock before and now, and what went in and out."""
    def total(before: bool | None, now: bool) -> int:
        return sum(n for (old, new), n in counted.items()
                   if (new in IN_STOCK) == now and (not old if before is None else bool(old) and (old in IN_STOCK) == before))
    was, stayed = total(True, True) + total(True, False), total(True, True)
    return (f"上月末在办 {was} 个，其中仍在办 {stayed} 个、销号 {total(True, False)} 个；本月新立 {total(None, True)} 个，"
            f"销号后再离校 {total(False, True)} 个，本月末在办 {stayed + total(None, True) + total(False, True)} 个"
            f"（当月立案当月销号 {total(None, False)} 个；含未报学校结转的个案）。")


def tied(month: Month) -> str:
    """The stock of all cases against the statements of the schools, case by case: who filed, who did not, what is not booked yet."""
    open_ = {c["case_id"] for c in month.rows("cases") if c["state"] in IN_STOCK}
    silent = {r["school_code"] for r in month.rows("flows") if r["closing"] is None}
    booked = {r["case_id"] for r in month.rows("stock") if r["school_code"] not in silent}
    carried = {r["case_id"] for r in month.rows("stock") if r["school_code"] in silent}
    gone, come = carried - open_, open_ - carried - booked
    text = f"对账单：已报学校的月底数合计 {len(booked)} 个"
    if carried or come:
        text += f"，未报的 {len(silent)} 所学校上次结转 {len(carried)} 个"
    text += "".join(f"，{n} 个{what}、等该校补报后入账" for n, what in ((len(gone), "结转的已有去向"), (len(come), "未报学校的新立案")) if n)
    if not booked <= open_ or booked & carried:
        return f"{text}，与本月末在办 {len(open_)} 个不符：请告诉程序的维护人员。"
    if carried or come:
        text += f"；{len(booked)} ＋ {len(carried)} － {len(gone)} ＋ {len(come)} ＝ {len(open_)} 个"
    return f"{text}，与本月末在办逐案相符。"


def label(month: Month, state: str) -> str:
    return words.case_mark(month, state) if state else "（未立案）"


def lines(month: Month, school: School) -> Html:
    """The school's statement pupil by pupil: in which figures each one stands, and why the school counts otherwise."""
    names, looks = Names(month, school), month.world.catalogue.looks["school"]["sheets"]["flows"]
    heads = {c["key"]: c["label"] for c in looks["columns"]}
    rows = [[names.shown(line.person_id), names.class_of(line.person_id), *(line.marks[c] or "" for c in behind.COLUMNS),
             mark(f"{line.difference:+d}", "bad") if line.difference else "", looks["why"].get(line.why, "")]
            for line in behind.lines(month, school, names)]
    figures = [heads[c] for c in (*behind.COLUMNS, "difference")]
    return table(rows, ["学生", "年级班级", *figures, "差额的原因"], "本月各栏均无学生。", numbers=figures)


def restated(month: Month, school: School | None = None) -> Html:
    """Figures that a file changed which came after the next deadline: before, after, and by how many pupils."""
    mine = [r for r in month.rows("restated") if school is None or r["school_code"] == school.code]
    names = Names(month, school) if school else None
    person = {c["case_id"]: c["person_id"] for c in month.rows("cases")}
    rows: dict[tuple[str, str], list[object]] = {}
    for r in mine:
        row = rows.setdefault((r["school_code"], r["figure"]), [words.school_name(month, r["school_code"]), FIGURES[r["figure"]],
                                                               "—" if r["before"] is None else r["before"],
                                                               "—" if r["after"] is None else r["after"], []])
        if r["case_id"]:
            who = names.shown(person.get(r["case_id"])) if names else ""
            row[-1].append(("加 " if r["sign"] > 0 else "减 ") + who)        # type: ignore[attr-defined]
    shown = [[*row[:-1], "、".join(row[-1]) if names else len(row[-1])] for row in rows.values()]     # type: ignore[arg-type]
    return table(shown, ["学校", "数字", "原数", "现数", "涉及的学生"], "没有在下月截止之后改动的数字。", numbers=["原数", "现数"])
