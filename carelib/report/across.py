"""Two sheets of the district's workbook that look across schools: the problems by rule, and what two schools share."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from carelib.month import Month
from carelib.report import words
from carelib.report.sheet import Book, Mark, Row
from carelib.show.words import where
from carelib.tables import Rows

COLUMN = {"return_form": 0, "ask_school": 1, "tell_reviewer": 2}


def open_findings(month: Month) -> Rows:
    """All findings that nobody dismissed, in the order of schools, forms and places."""
    schools = {s.code: i for i, s in enumerate(month.world.schools)}
    forms = {f: i for i, f in enumerate(words.forms_in_order(month))}
    return sorted((f for f in month.rows("findings") if f["state"] != "dismissed"),
                  key=lambda f: (schools.get(f["school_code"], len(schools)), forms.get(f["form"], len(forms)),
                                 words.natural(f["place"]), f["finding_id"]))


# ---- 问题清单
def problems(book: Book, month: Month) -> None:
    look = month.world.catalogue.looks["district"]["sheets"]["problems"]
    sheet, found = book.sheet(look), open_findings(month)
    sheet.title(*words.heading(month, look))
    sheet.section(look["counts_section"])
    sheet.table(rule_rows(month, found), look["counts"], empty=look["none"])
    sheet.section(look["by_school_section"])
    sheet.table(school_rows(month, found), look["by_school"], empty=look["none"])
    sheet.section(look["review_section"])
    rows = [review_row(month, f) for f in found if f["consequence"] == "tell_reviewer"]
    sheet.table(rows, empty=look["none"], main=True)


def rule_rows(month: Month, found: Rows) -> list[Row]:
    by_rule: dict[str, Rows] = {}
    for f in found:
        by_rule.setdefault(f["rule"], []).append(f)
    order = {c: i for i, c in enumerate(month.world.catalogue.clauses)}
    rows: list[Row] = []
    for rule, some in sorted(by_rule.items(), key=lambda i: (order.get(i[1][0]["clause"], -1), words.natural(i[0]))):
        n, clause = _counts(some), words.clause_words(month, some[0]["clause"])
        rows.append({"school": clause or words.words(month)["nothing"], "form": rule,
                     "place": words.rule_title(month, rule), "why": n[0], "remedy": n[1], "state": n[2],
                     "id": len({f["school_code"] for f in some})})
    return rows


def school_rows(month: Month, found: Rows) -> list[Row]:
    by_school: dict[str | None, Rows] = {}
    for f in found:
        by_school.setdefault(f["school_code"], []).append(f)
    rows: list[Row] = []
    for code, some in by_school.items():
        n = _counts(some)
        rows.append({"school": school_name(month, code), "form": n[0], "place": n[1], "pupil": n[2]})
    return rows


def _counts(found: Rows) -> list[int]:
    out = [0, 0, 0]
    for f in found:
        out[COLUMN[f["consequence"]]] += 1
    return out


def review_row(month: Month, f: Mapping[str, Any]) -> Row:
    said = words.words(month)
    state = said["finding_state"].get(f["state"], f["state"])
    return {"school": school_name(month, f["school_code"]),
            "form": words.form_short(month, f["form"]) or said["nothing"],
            "place": place(month, f) or said["nothing"],
            "pupil": pupil(month, f["person_id"], f["row_id"]), "sentence": f["sentence"], "why": words.basis(month, f),
            "remedy": f["remedy"], "id": f["finding_id"],
            "state": Mark(state, "strong") if f["state"] in ("open", "stale") else state}


def place(month: Month, f: Mapping[str, Any]) -> str:
    """Where a finding is; month and file too where it rests on an earlier month or several rows."""
    return "\n".join(where(month, f)) if month.grounds_of.get(f["finding_id"]) else words.place_words(month, f["place"])


def school_name(month: Month, code: str | None) -> str:
    school = month.world.school(code)
    return school.name if school else code or words.words(month)["nothing"]


def pupil(month: Month, person_id: str | None, row_id: str | None = None) -> str:
    """The section sees every name: the person's, else the one in the row."""
    if person_id and person_id in month.person:
        return month.person[person_id]["name"] or words.words(month)["name_of_row"]
    names = [v["value"] for v in month.values_of.get(row_id or "", ()) if v["field"] == "student_name" and v["value"]]
    return names[0] if names else words.words(month)["no_pupil"]


# ---- 跨校事项
def cross(book: Book, month: Month) -> None:
    look = month.world.catalogue.looks["district"]["sheets"]["cross"]
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look))
    rows = [*between_schools(month), *handed_over(month), *on_the_way(month)]
    sheet.table([{"no": i, **r} for i, r in enumerate(rows, 1)], empty=look["none"], main=True)


def between_schools(month: Month) -> Iterable[Row]:
    """Findings that concern two schools, each side with its own sentence."""
    for f in open_findings(month):
        if f["other_school_code"]:
            row = review_row(month, f)
            yield {"pupil": row["pupil"], "school": row["school"], "other": school_name(month, f["other_school_code"]),
                   "matter": row["why"], "place": row["place"], "sentence": f["sentence"], "remedy": f["remedy"], "state": row["state"]}


def handed_over(month: Month) -> Iterable[Row]:
    """Cases that were another school's last month and go on here."""
    look = month.world.catalogue.looks["district"]["sheets"]["cross"]
    before = {c["case_id"]: c for c in month.earlier[-1].rows("cases")} if month.earlier else {}
    for case in month.rows("cases"):
        old = before.get(case["case_id"])
        if old and old["school_code"] != case["school_code"]:
            yield {"pupil": pupil(month, case["person_id"]), "school": school_name(month, old["school_code"]),
                   "other": school_name(month, case["school_code"]), "matter": look["moved"],
                   "sentence": look["moved_words"],
                   "remedy": words.words(month)["nothing"], "state": _state(month, case)}


def on_the_way(month: Month) -> Iterable[Row]:
    """Cases that left for another school this month, with what their school wrote about it."""
    look = month.world.catalogue.looks["district"]["sheets"]["cross"]
    cases = {c["case_id"]: c for c in month.rows("cases")}
    for event in month.rows("events"):
        case = cases.get(event["case_id"])
        if case is None or case["state"] != "transferred" or event["to_state"] != "transferred":
            continue
        dest = next((v["value"] for v in month.values_of.get(event["row_id"] or "", ())
                     if v["field"] == "dest_school" and v["value"]), None)
        yield {"pupil": pupil(month, case["person_id"]), "school": school_name(month, case["school_code"]),
               "other": dest or words.words(month)["nothing"], "matter": look["left"], "state": _state(month, case),
               "sentence": look["left_words"].format(dest=dest) if dest else look["left_blank"],
               "remedy": look["left_remedy"]}


def _state(month: Month, case: Mapping[str, Any]) -> str:
    symbol = words.words(month)["state_symbol"][case["state"]]
    return f"{symbol} {month.world.catalogue.label('case_state', case['state'])}"
