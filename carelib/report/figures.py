"""Two sheets of a school's workbook: its indicators with live quotients, and what all of it stands on."""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from carelib.month import Month
from carelib.report import words
from carelib.report.sheet import Book, Formula, Mark, Row
from carelib.tables import Rows
from carelib.world import School

NEAR = 1e-9


# ---- 指标
def indicators(book: Book, month: Month, school: School) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["indicators"]
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look, school))
    rows = [indicator_row(month, r) for r in worst_first(month, of_unit(month, school.code))]
    sheet.table(rows, empty=look["none"], main=True)
    sheet.notes(look["notes"])


def of_unit(month: Month, unit: str) -> Rows:
    """The indicators of one school, or of the 'district'."""
    return [r for r in month.rows("indicators") if r["school_code"] == unit]


def in_order(month: Month, rows: Rows) -> Rows:
    order = {c: i for i, c in enumerate(month.world.catalogue.indicators)}
    return sorted(rows, key=lambda r: (order.get(r["indicator"], len(order)), r["indicator"]))


def worst_first(month: Month, rows: Rows) -> Rows:
    rank = {"failed": 0, "passed": 1, "not_judged": 2}
    return sorted(in_order(month, rows), key=lambda r: rank.get(r["outcome"], 3))


def indicator_row(month: Month, r: Mapping[str, Any]) -> Row:
    """Numerator, denominator, their quotient as a live formula, target, verdict, how, clause."""
    said = words.words(month)
    number = number_format(month, r["indicator"])
    nothing = said["nothing"]
    outcome = said["outcome"].get(r["outcome"], r["outcome"])
    return {"title": indicator_title(month, r["indicator"]),
            "numerator": nothing if r["numerator"] is None else r["numerator"],
            "denominator": nothing if r["denominator"] is None else r["denominator"],
            "value": Mark(nothing if r["value"] is None else quotient(r), number=number),
            "target": Mark(nothing if r["target"] is None else r["target"], number=number),
            "outcome": Mark(outcome, "strong") if r["outcome"] == "failed" else outcome,
            "formula": r["formula"], "clause": words.clause_words(month, r["clause"])}


def quotient(r: Mapping[str, Any]) -> Formula | float:
    """The value as a formula over numerator and denominator where it is one; else the plain figure."""
    top, bottom, value = r["numerator"], r["denominator"], r["value"]
    if top is None or not bottom:
        return value
    if abs(top / bottom - value) < NEAR:
        return Formula("={numerator}/{denominator}", value)
    if abs(1 - top / bottom - value) < NEAR:
        return Formula("=1-{numerator}/{denominator}", value)
    return value


def number_format(month: Month, code: str) -> str:
    known = month.world.catalogue.indicators.get(code)
    return "percent" if known and known.unit == "%" else "plain"


def indicator_title(month: Month, code: str) -> str:
    known = month.world.catalogue.indicators.get(code)
    return known.title if known else code


# ---- 填报依据
def evidence(book: Book, month: Month, school: School, found: Rows) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["evidence"]
    sheet, subs = book.sheet(look), month.of_school("submissions", school)
    sheet.title(*words.heading(month, look, school))
    sheet.section(look["submissions_section"])
    sheet.table([submission_row(month, s) for s in subs], empty=look["submissions_none"], main=True)
    for part, rows in (("held", held_rows(month, subs)), ("left", left_rows(month, subs)),
                       ("clauses", clause_rows(month, school, found))):
        sheet.section(look[f"{part}_section"])
        sheet.table(rows, look[part], empty=look[f"{part}_none"])


def submission_row(month: Month, s: Mapping[str, Any]) -> Row:
    said = words.words(month)
    state = said["submission"].get(s["state"], s["state"])
    return {"file": PurePosixPath(s["file"]).name, "sheet": s["sheet"], "form": words.form_short(month, s["form"]),
            "medium": said["medium"].get(s["medium"], s["medium"]), "found": s["rows_found"],
            "accepted": s["rows_accepted"], "held": s["rows_held"], "total": s["cells_total"],
            "claimed": s["cells_claimed"], "furniture": s["cells_furniture"], "left": s["cells_left"],
            "state": state if s["state"] in ("accepted", "superseded") else Mark(state, "strong"),
            "reason": s["reason"]}


def held_rows(month: Month, subs: Rows) -> list[Row]:
    by_id = {s["submission_id"]: s for s in subs}
    return [{"file": PurePosixPath(s["file"]).name, "form": words.form_short(month, s["form"]),
             "medium": short(month, _plain(h["raw"])), "state": h["reason"]}
            for h in month.rows("held_rows") if (s := by_id.get(h["submission_id"]))]


def left_rows(month: Month, subs: Rows) -> list[Row]:
    by_id = {s["submission_id"]: s for s in subs}
    return [{"file": PurePosixPath(s["file"]).name, "form": words.place_words(month, x["place"]),
             "medium": short(month, x["raw"])}
            for x in month.rows("leftovers") if (s := by_id.get(x["submission_id"]))]


def clause_rows(month: Month, school: School, found: Rows) -> list[Row]:
    cited = {r["clause"] for r in (*found, *of_unit(month, school.code)) if r["clause"]}
    known = month.world.catalogue.clauses
    order = {c: i for i, c in enumerate(known)}
    return [{"file": words.clause_words(month, c), "medium": known[c].text if c in known else ""}
            for c in sorted(cited, key=lambda c: (order.get(c, len(order)), c))]


def _plain(raw: str | None) -> str:
    """A held row's JSON ({label: text}, or a list of texts) as one line."""
    data = json.loads(raw) if raw else {}
    if isinstance(data, Mapping):
        return "；".join(f"{k}：{v}" for k, v in data.items() if v not in (None, ""))
    return "；".join(str(v) for v in data) if isinstance(data, list) else str(data)


def short(month: Month, text: str | None) -> str:
    """A text as long as a cell in print can show."""
    longest = month.world.catalogue.looks["school"]["sheets"]["evidence"]["longest"]
    text = text or ""
    return text if len(text) <= longest else text[:longest] + words.words(month)["cut"]
