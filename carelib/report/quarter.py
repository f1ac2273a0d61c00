"""The county's quarterly re-check as a workbook: the list to look at again, three ledgers, the statement. For the section only."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carelib.month import Month
from carelib.report import words
from carelib.report.across import school_name
from carelib.report.sheet import Book, Row
from carelib.show import story
from carelib.tables import Rows, Tables

LEDGERS: tuple[tuple[str, str, dict[str, str]], ...] = (("ledger_dropout", "ledger_dropout", {}),
           ("ledger_suspected", "ledger_dropout", {"name": "疑似辍学台账", "title": "疑似辍学学生台账（{quarter}）"}),
           ("ledger_children", "ledger_children", {}))


def quarter_workbook(path: Path, month: Month, quarter: str, tables: Tables, months: Mapping[str, Tables], basis: str = "") -> None:
    """`month`: the quarter's last; `tables`: what `reconcile.quarter` made; `months`: cycle -> tables of all months so far; `basis`: a
    sentence on the months that it rests on."""
    looks, district = month.world.catalogue.looks, month.world.policy.district
    said = {"district": district.name, "quarter": quarter, "basis": basis}
    book = Book(looks, looks["quarter"]["title"].format(**said), district.name, month.world.last_day)
    states = {c["case_id"]: c["state"] for c in month.rows("cases")}
    sources = _sources(month, tables["recheck"], months)
    _sheet(book, looks["quarter"]["sheets"]["recheck"], said, [
        {**_row(month, r, i, states.get(r["case_id"])), "since": r["since"], "reason": r["reason"], "result": "",
         "source": sources.get(r["row_id"], "")} for i, r in enumerate(tables["recheck"], 1)])
    for name, look, other in LEDGERS:
        _sheet(book, {**looks["quarter"]["sheets"][look], **other}, said, [
            {**r, **_open(month, r), **_row(month, r, i, r.get("state", r.get("case_state"))), "attempts": r.get("attempts_in_quarter"),
             "months": _months(month, r.get("months"))} for i, r in enumerate(tables[name], 1)])
    _sheet(book, looks["quarter"]["sheets"]["flows"], said,
           [{**r, "school": school_name(month, r["school_code"])} for r in tables["quarter_flows"]])
    book.save(path)


def _sheet(book: Book, look: Mapping[str, Any], said: Mapping[str, str], rows: Rows) -> None:
    sheet = book.sheet(look)
    sheet.title(look["title"].format(**said), said["district"], said["quarter"])
    if said["basis"]:
        sheet.across(said["basis"])
    keys = [c["key"] for c in look["columns"]]
    listed: list[Row] = [{k: "" if r.get(k) is None else r[k] for k in keys} for r in rows]
    sheet.table(listed, empty=look["none"], main=True)


def _row(month: Month, r: Mapping[str, Any], number: int, state: str | None) -> dict[str, Any]:
    return {"no": number, "school": school_name(month, r["school_code"]), "state": month.world.catalogue.label("case_state", state),
            "pupil": month.person.get(r["person_id"], {}).get("name") or words.words(month)["nothing"]}


def _open(month: Month, r: Mapping[str, Any]) -> dict[str, Any]:
    """A birth or a first day that nobody could read leaves age and days open: said, not left blank."""
    unknown = month.world.catalogue.looks["quarter"]["unknown"]
    return {k: unknown for k in ("age", "days_open", "birth") if k in r and r[k] is None}


def _sources(month: Month, listed: Rows, months: Mapping[str, Tables]) -> dict[str, str]:
    """row -> the file and cells of its own month, perhaps an earlier one, that the reason rests on."""
    wanted = {r["row_id"]: r["field"] for r in listed if r["row_id"]}
    out: dict[str, str] = {}
    for cycle in sorted(months, reverse=True):
        if len(out) == len(wanted):
            break
        values: dict[str, list[Mapping[str, Any]]] = {}
        for v in months[cycle]["values"]:
            if v["row_id"] in wanted and v["row_id"] not in out:
                values.setdefault(v["row_id"], []).append(v)
        submissions = {s["submission_id"]: s for s in months[cycle]["submissions"]}
        for row_id, own in values.items():
            named = wanted[row_id]
            found = story.source_of(month, own, submissions.get(own[0]["submission_id"], {}), (named,) if named else ())
            out[row_id] = f"{cycle} " + " → ".join(p for p in (found.get("file"), found.get("place")) if p)
    return out


def _months(month: Month, states: str | None) -> str:
    return "、".join(month.world.catalogue.label("case_state", s) for s in (states or "").split("、") if s)
