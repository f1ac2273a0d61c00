"""The district's workbook, for the section only: who filed, how the cases add up, figures, problems, shared matters."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carelib.month import Month
from carelib.report import across, figures, totals, words
from carelib.report.sheet import Book, Chart, Column, Formula, Mark, Row, columns
from carelib.show import statement
from carelib.world import School

BALANCE = "={opening}+{new}+{relapsed}+{transferred_in}-{returned}-{transferred_out}-{other_exit}"


def district_workbook(path: Path, month: Month) -> None:
    """Write the district's summary of one cycle to `path`; it names pupils and stays in the section."""
    looks, district = month.world.catalogue.looks, month.world.policy.district
    title = looks["district"]["title"].format(district=district.name, month=words.month_words(month))
    book = Book(looks, title, district.name, month.world.last_day)
    for part in (overview, filing, flows, moves, indicators, schools, across.problems, across.cross):
        part(book, month)
    book.save(path)


def look_of(month: Month, part: str) -> Mapping[str, Any]:
    return month.world.catalogue.looks["district"]["sheets"][part]


# ---- 概览
def overview(book: Book, month: Month) -> None:
    look = look_of(month, "overview")
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look))
    charts = sheet.room_for_charts()
    sheet.section(look["kind_section"])
    rows = [_kind_row(month, kind, codes) for kind, codes in totals.kinds(month).items()]
    kinds = sheet.table(rows, totals=[_sums(rows, "kind", look["total"], columns(look["columns"])[1:])])
    sheet.notes(look["notes"])
    sheet.section(look["month_section"])
    months = [*month.earlier, month][-look["months"]:]
    by_month = sheet.table([_month_row(m) for m in months], {**look["month_columns"], "missing": ""})
    states = [(look["chart_series"][s], s, look["chart_fill"][s], look["chart_label"][s]) for s in totals.STATES]
    stock = [(look["month_columns"][key], key, look["chart_fill"][like], look["chart_label"][like])
             for key, like in (("schools", "filed"), ("filed", "zero"))]
    sheet.charts(charts, [Chart(look["filing_chart"], kinds, "kind", states, stacked=True),
                          Chart(look["closing_chart"], by_month, "kind", stock, stacked=True)])


def _kind_row(month: Month, kind: str, codes: list[str]) -> Row:
    nothing, sums = words.words(month)["nothing"], totals.flow_sums(month, codes)
    carried = totals.carried(month)
    mine = [f for f in month.rows("findings") if f["school_code"] in codes and f["state"] != "dismissed"]
    return {"kind": kind, "schools": len(codes), **totals.filing_states(month, codes),
            "closing": sums.get("closing", nothing), "returned": sums.get("returned", nothing),
            "carried": sum(carried.get(c, 0) for c in codes),
            "findings": sum(f["consequence"] != "tell_reviewer" for f in mine),
            "reviewer": sum(f["consequence"] == "tell_reviewer" for f in mine)}


def _month_row(month: Month) -> Row:
    sums = totals.flow_sums(month, [s.code for s in month.world.schools])
    nothing = words.words(month)["nothing"]
    return {"kind": words.month_words(month), "schools": sums.get("closing", nothing),
            "filed": sum(totals.carried(month).values()), "zero": sums.get("new", nothing),
            "unreadable": sums.get("returned", nothing)}


def _sums(rows: list[Row], first: str, label: str, grid: list[Column]) -> Row:
    """A total row of live sums; words stand in it as nothing."""
    if not rows:
        return {first: label}
    return {first: label} | {c.key: Formula(f"=SUM({{{c.key}_all}})", _sum(rows, c.key)) for c in grid if c.number}


def _sum(rows: list[Row], key: str) -> float:
    values = [v.value if isinstance(v, (Formula, Mark)) else v for r in rows if (v := r.get(key)) is not None]
    return sum(v for v in values if isinstance(v, (int, float)))


# ---- 填报情况
def filing(book: Book, month: Month) -> None:
    look, rows = look_of(month, "filing"), month.rows("filing")
    forms = [f for f in words.forms_in_order(month) if any(r["form"] == f for r in rows)]
    states = [Column(f, words.form_short(month, f), look["form_width"], "center") for f in forms]
    sheet = book.sheet(look, columns(look["columns"]) + states)
    sheet.title(*words.heading(month, look))
    by_school: dict[str, dict[str, Any]] = {}
    for row in rows:
        by_school.setdefault(row["school_code"], {})[row["form"]] = _filing_cell(month, row)
    lines = [{"code": s.code, "name": s.name, "kind": s.kind, **by_school.get(s.code, {})} for s in _listed(month)]
    sheet.table(lines, empty=look["none"], main=True)
    due = month.world.policy.due_date(month.cycle).isoformat()
    sheet.notes(w.format(due=due) for w in look["notes"])


def _filing_cell(month: Month, row: Mapping[str, Any]) -> Any:
    text = words.words(month)["filing"][row["state"]]
    if row["state"] == "missing":
        return Mark(text, "strong")
    if row["on_time"] is not True:
        text += "\n" + words.filing_time(month, row)
    return Mark(text, "strong") if row["state"] == "unreadable" or row["on_time"] is False else text


def _listed(month: Month) -> list[School]:
    """Open schools, and closed ones of which something came."""
    came = {r["school_code"] for r in month.rows("filing")}
    return [s for s in month.world.schools if s.is_open(month.cycle) or s.code in came]


# ---- 对账汇总
def flows(book: Book, month: Month) -> None:
    look = look_of(month, "flows")
    sheet, carried = book.sheet(look), totals.carried(month)
    sheet.title(*words.heading(month, look))
    rows = [_flow_row(month, s, carried) for s in _listed(month)]
    sheet.table(rows, empty=look["none"], main=True,
                totals=[_sums(rows, "name", look["total"], columns(look["columns"]))])
    sheet.across(look["carried"].format(n=sum(carried.values())))
    sheet.notes(look["notes"])


def _flow_row(month: Month, school: School, carried: Mapping[str, int]) -> Row:
    nothing, said = words.words(month)["nothing"], words.words(month)["filing"]
    filing_ = next((f for f in month.of_school("filing", school) if f["form"] == "absent_list"), None)
    state = said[filing_["state"]] if filing_ else nothing
    row: dict[str, Any] = {"name": school.name, "state": state, "carried": carried.get(school.code)}
    flow = next((f for f in month.of_school("flows", school)), None)
    if flow is None or flow["closing"] is None:
        return row | dict.fromkeys(totals.FLOWS, nothing) | {"state": Mark(state, "strong")}
    row |= {k: nothing if flow[k] is None else flow[k] for k in totals.FLOWS}
    row["closing"] = Formula(BALANCE, flow["closing"])
    if flow["reported_closing"] is not None and flow["difference"] is not None:
        row["difference"] = Formula("={closing}-{reported_closing}", flow["difference"])
    return row


# ---- 状态流转
def moves(book: Book, month: Month) -> None:
    """Cases from state to state over the month, and below each case that moved."""
    look = look_of(month, "moves")
    counted = statement.moves(month)
    before, now = statement.states(month, counted)
    units = range(max(len(now) + 1, look["least"]))
    sheet = book.sheet(look, [*columns(look["columns"]), *(Column(f"s{i}", "", look["unit"], "center", "count") for i in units)])
    sheet.title(*words.heading(month, look))
    sheet.section(look["matrix_section"])
    heads = {"school": look["corner"], **{f"s{i}": statement.label(month, s) for i, s in enumerate(now)}, f"s{len(now)}": look["total"]}
    rows: list[Row] = [{"school": statement.label(month, old), **{f"s{i}": counted[old, s] or None for i, s in enumerate(now)},
                        f"s{len(now)}": sum(counted[old, s] for s in now)} for old in before]
    sums: Row = {"school": look["total"], **{f"s{i}": sum(counted[old, s] for old in before) for i, s in enumerate(now)},
                 f"s{len(now)}": sum(counted.values())}
    sheet.table(rows, heads, empty=look["none"], totals=[sums] if rows else [])
    if rows:
        sheet.across(statement.tied(month))
    sheet.notes(look["notes"])
    sheet.section(look["moved_section"])
    sheet.table(_moved(month), look["moved"], empty=look["none_moved"], main=True)


def _moved(month: Month) -> list[Row]:
    """One row a case whose state is another than at the end of last month, by school."""
    last = {c["case_id"]: c["state"] for c in month.earlier[-1].rows("cases")} if month.earlier else {}
    order = {s.code: i for i, s in enumerate(month.world.schools)}
    moved = [c for c in month.rows("cases") if last.get(c["case_id"]) != c["state"]]
    moved.sort(key=lambda c: (order.get(c["school_code"], len(order)), c["case_id"]))
    return [{"school": across.school_name(month, c["school_code"]), "s0": (month.person.get(c["person_id"]) or {}).get("name"),
             "s1": statement.label(month, last.get(c["case_id"], statement.NONE)), "s2": statement.label(month, c["state"]),
             "s3": c["state_since"], "s4": c["attempts"]} for c in moved]


# ---- 指标, 各校指标
def indicators(book: Book, month: Month) -> None:
    look = look_of(month, "indicators")
    sheet = book.sheet(look, columns(month.world.catalogue.looks["school"]["sheets"]["indicators"]["columns"]))
    sheet.title(*words.heading(month, look))
    rows = [figures.indicator_row(month, r) for r in figures.worst_first(month, figures.of_unit(month, "district"))]
    sheet.table(rows, empty=look["none"], main=True)
    sheet.notes(look["notes"])


def schools(book: Book, month: Month) -> None:
    look = look_of(month, "schools")
    rows = figures.in_order(month, month.rows("indicators"))
    known = {r["indicator"] for r in rows if r["value"] is not None or r["outcome"] in ("passed", "failed")}
    codes = [c for c in dict.fromkeys(r["indicator"] for r in rows) if c in known]
    grid = columns(look["columns"]) + [Column(c, figures.indicator_title(month, c), look["value_width"], "center")
                                       for c in codes]
    sheet = book.sheet(look, grid)
    sheet.title(*words.heading(month, look))
    units = [("district", words.words(month)["district"]), *((s.code, s.name) for s in _listed(month))]
    cells: dict[str, dict[str, Any]] = {code: {} for code, _ in units}
    for r in rows:
        if r["indicator"] in known:
            cells.setdefault(r["school_code"], {})[r["indicator"]] = _indicator_cell(month, look, r)
    lines = [{"name": name, **cells[code]} for code, name in units]
    sheet.table(lines if codes else [], empty=look["none"], main=True)
    left = [figures.indicator_title(month, c) for c in dict.fromkeys(r["indicator"] for r in rows) if c not in known]
    if left:
        sheet.across(look["left_out"].format(names="、".join(left)))
    sheet.notes(look["notes"])


def _indicator_cell(month: Month, look: Mapping[str, Any], r: Mapping[str, Any]) -> Any:
    if r["value"] is None:
        words_ = words.words(month)["outcome"].get(r["outcome"], r["outcome"])[:1]
        return Mark(words_, "strong") if r["outcome"] == "failed" else words_
    kind = figures.number_format(month, r["indicator"])
    kind = "count" if kind == "plain" and float(r["value"]).is_integer() else kind
    number = month.world.catalogue.looks["number"][kind]
    if r["outcome"] == "failed":
        return Mark(r["value"], "strong", look["failed"].format(number=number))
    return Mark(r["value"], "", number)
