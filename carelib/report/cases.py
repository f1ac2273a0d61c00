"""Two sheets of a school's workbook about its pupils: the ledger by month, and the flow statement with its names."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.report import words
from carelib.report.sheet import Book, Column, Formula, Mark, Row, Span, columns
from carelib.show import behind
from carelib.show.names import Names
from carelib.world import School

BALANCE = "={opening}+{new}+{relapsed}+{transferred_in}-{returned}-{transferred_out}-{other_exit}"
DIFFERENCE = "={closing}-{reported_closing}"
FIGURES = ("opening", "new", "relapsed", "transferred_in", "returned", "transferred_out", "other_exit",
           "reported_closing")


# ---- 学生台账
def ledger(book: Book, month: Month, school: School, names: Names) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["ledger"]
    months = [*month.earlier, month][-month.world.catalogue.looks["school"]["ledger_months"]:]
    sheet = book.sheet(look, _ledger_grid(look, months))
    sheet.title(*words.heading(month, look, school))
    rows = ledger_rows(month, school, names, months)
    sheet.table(rows, empty=look["none"], main=True)
    sheet.notes(w.format(changed=words.words(month)["changed"]) for w in look["notes"])


def _ledger_grid(look: Mapping[str, Any], months: list[Month]) -> list[Column]:
    grid = columns(look["columns"])
    at = next(i for i, c in enumerate(grid) if c.key == look["months_after"]) + 1
    across = [Column(m.cycle, words.month_words(m), look["month_width"], "center") for m in months]
    return grid[:at] + across + grid[at:]


def ledger_rows(month: Month, school: School, names: Names, months: list[Month]) -> list[Row]:
    """One row a case that was this school's in one of the months: those still open first, the longest first."""
    by_month = [{c["case_id"]: c for c in m.rows("cases")} for m in months]
    ours = {i for cases in by_month for i, c in cases.items() if c["school_code"] == school.code and _recent(c, months)}
    steps = _next_steps(month, school, names)
    rows = []
    for case_id in ours:
        history = [cases.get(case_id) for cases in by_month]
        last = next(c for c in reversed(history) if c and c["school_code"] == school.code)
        rows.append((_rank(last, history[-1], school), case_id, last, history))
    rows.sort(key=lambda r: (r[0], -(r[2]["days_open"] or 0), r[1]))
    return [_ledger_row(n, month, school, names, months, history, last, steps)
            for n, (_, _, last, history) in enumerate(rows, 1)]


def _recent(case: Mapping[str, Any], months: list[Month]) -> bool:
    return case["closed_cycle"] is None or case["closed_cycle"] >= months[0].cycle


def _rank(last: Mapping[str, Any], now: Mapping[str, Any] | None, school: School) -> int:
    return 0 if now is last and last["school_code"] == school.code and last["state"] in IN_STOCK else 1


def _ledger_row(number: int, month: Month, school: School, names: Names, months: list[Month],
                history: Sequence[Mapping[str, Any] | None], last: Mapping[str, Any], steps: Mapping[str, str]) -> Row:
    look, said = month.world.catalogue.looks["school"]["sheets"]["ledger"], words.words(month)
    person = names.one(last["person_id"])
    is_open = _rank(last, history[-1], school) == 0
    step = steps.get(person or "") or look["next_none"]
    row: dict[str, Any] = {
        "no": number, "pupil": names.shown(person), "class": names.class_of(person), "attempts": last["attempts"],
        "last_attempt": last["last_attempt"], "days_open": last["days_open"] if is_open else None,
        "owner": last["owner"], "next": step if is_open else said["nothing"]}
    before: str | None = None                               # what the school saw last month; '' not its case yet
    for past, case in zip(months, history):
        now = _seen(past, school, case, before)
        row[past.cycle] = _state(past, school, case, now, before)
        before = now
    return row


def _seen(month: Month, school: School, case: Mapping[str, Any] | None, before: str | None) -> str:
    """A case's state as this school may see it: nothing before it was its own, no state of another school's."""
    look, said = month.world.catalogue.looks["school"]["sheets"]["ledger"], words.words(month)
    if case is None:
        return ""
    if case["school_code"] != school.code:
        return look["handed_over"] if before else ""
    return f"{said['state_symbol'][case['state']]} {month.world.catalogue.label('case_state', case['state'])}"


def _state(month: Month, school: School, case: Mapping[str, Any] | None, text: str, before: str | None) -> Any:
    """The cell of one month, marked where it differs from the month before (`before` None: the first month shown)."""
    said = words.words(month)
    if case is None or not text:
        return None
    if before is not None and before != text:
        return Mark(f"{said['changed']} {text}", "strong")
    if case["school_code"] == school.code and not filed(month, school):
        return Mark(f"{text}\n{said['unfiled_month']}", "quiet")
    return text if case["state"] in IN_STOCK else Mark(text, "quiet")


def filed(month: Month, school: School) -> bool:
    """Whether the school's statement of that month was published (something readable came)."""
    return any(f["closing"] is not None for f in month.of_school("flows", school))


def _next_steps(month: Month, school: School, names: Names) -> Mapping[str, str]:
    """person -> the latest next step that the school itself wrote."""
    look, found = month.world.catalogue.looks["school"]["sheets"]["ledger"], {}
    for past in (*month.earlier, month):
        for row in sorted(past.of_school("follow_up", school), key=lambda r: (r["attempt_date"] or "", r["row_id"])):
            person = names.one(past.person_of.get(row["row_id"]))
            if person and row.get("next_step"):
                day = row.get("next_date")
                found[person] = look["next_date"].format(words=row["next_step"], date=day) if day else row["next_step"]
    return found


# ---- 月度对账
def statement(book: Book, month: Month, school: School, names: Names) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["flows"]
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look, school))
    sheet.section(look["statement_section"])
    months = [*month.earlier, month][-look["months"]:]
    span = sheet.table(statement_rows(months, school), main=True)
    sheet.notes(look["notes"])
    sheet.section(look["names_section"].format(month=words.month_words(month)))
    if not filed(month, school):
        sheet.across(look["not_filed"])
        return
    rows = [_name_row(n, month, names, x) for n, x in enumerate(behind.lines(month, school, names), 1)]
    labels = {c.key: look["names"].get(c.key, c.label) for c in sheet.grid}
    if not rows:
        sheet.across(look["names_none"])
        return
    sheet.table(rows, labels, totals=[_name_total(look, rows), _check_row(month, school, rows, span, len(months) - 1)])


def statement_rows(months: list[Month], school: School) -> list[Row]:
    """A row a month; what is not known stands as words, never as 0."""
    rows: list[Row] = []
    published: tuple[int, int] | None = None                # (index, closing) of the last one before
    for i, month in enumerate(months):
        flow = next((f for f in month.of_school("flows", school)), None)
        rows.append(_statement_row(month, school, flow, published, i))
        if flow and flow["closing"] is not None:
            published = (i, flow["closing"])
    return rows


def _statement_row(month: Month, school: School, flow: Mapping[str, Any] | None, published: tuple[int, int] | None,
                   index: int) -> Row:
    look, said = month.world.catalogue.looks["school"]["sheets"]["flows"], words.words(month)
    filing = next((f for f in month.of_school("filing", school) if f["form"] == "absent_list"), None)
    row: dict[str, Any] = {"a": words.month_words(month),
                           "b": said["filing"][filing["state"]] if filing else said["nothing"]}
    if flow is None or flow["closing"] is None:
        silent = dict.fromkeys((*FIGURES, "closing", "difference", "c"), said["nothing"])
        return row | silent | {"why": look["not_filed"]}
    row |= {key: flow[key] for key in FIGURES} | {"closing": Formula(BALANCE, flow["closing"])}
    row["difference"] = said["nothing"]
    if flow["reported_closing"] is None:
        row["reported_closing"] = said["nothing"]
    elif flow["difference"] is not None:
        row["difference"] = Formula(DIFFERENCE, flow["difference"])
    if published:
        back = index - published[0]
        row["c"] = Formula(f"={{opening}}-{{closing_up{back}}}", flow["opening"] - published[1])
    else:
        row["c"], row["why"] = said["nothing"], look["first_month"]
    return row


def _name_row(number: int, month: Month, names: Names, line: behind.Line) -> Row:
    look = month.world.catalogue.looks["school"]["sheets"]["flows"]
    row: dict[str, Any] = {"a": number, "b": names.shown(line.person_id), "c": names.class_of(line.person_id),
                           "why": look["why"].get(line.why, line.why) or None}
    row |= {k: n for k, n in line.marks.items() if n}
    return row | ({"difference": line.difference} if line.difference else {})


def _name_total(look: Mapping[str, Any], rows: list[Row]) -> Row:
    keys = (*FIGURES, "closing", "difference")
    return {"b": look["total"]} | {k: Formula(f"=SUM({{{k}_all}})", _sum(rows, k)) for k in keys}


def _sum(rows: list[Row], key: str) -> int:
    return sum(r.get(key) or 0 for r in rows)


def _check_row(month: Month, school: School, rows: list[Row], above: Span, index: int) -> Row:
    """The names' totals minus the statement's figures: all of them should be 0."""
    look = month.world.catalogue.looks["school"]["sheets"]["flows"]
    flow = month.of_school("flows", school)[0]
    row: dict[str, Any] = {"b": look["check"], "why": look["check_ok"]}
    for key in (*FIGURES, "closing", "difference"):
        if flow[key] is not None:
            row[key] = Formula(f"={{{key}_up1}}-{above.cell(key, index)}", _sum(rows, key) - flow[key])
    return row
