"""A school's workbook: what it has to answer, in the order in which a headmaster asks (contract §1, §5)."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from carelib.month import Month
from carelib.report import cases, figures, strips, words
from carelib.report.sheet import Book, Mark, Row
from carelib.show.names import Names
from carelib.show.words import where
from carelib.tables import Rows
from carelib.world import School

FOR_SCHOOL = ("return_form", "ask_school")              # worst first


def school_workbook(path: Path, month: Month, school: School) -> None:
    """Write the workbook of one school for one cycle to `path`; the same tables give the same bytes."""
    looks, names = month.world.catalogue.looks, Names(month, school)
    title = looks["school"]["title"].format(name=school.name, month=words.month_words(month))
    book = Book(looks, title, month.world.policy.district.name, month.world.last_day)
    found = findings(month, school)
    cover(book, month, school, found)
    to_correct(book, month, school, names, found)
    cases.ledger(book, month, school, names)
    strips.strips(book, month, school, names)
    cases.statement(book, month, school, names)
    figures.indicators(book, month, school)
    figures.evidence(book, month, school, found)
    book.save(path)


def findings(month: Month, school: School) -> Rows:
    """What the school has to answer: not dismissed, worst first, those already answered last."""
    forms = {f: i for i, f in enumerate(words.forms_in_order(month))}
    return sorted((f for f in month.of_school("findings", school)
                   if f["consequence"] in FOR_SCHOOL and f["state"] != "dismissed"),
                  key=lambda f: (f["state"] == "answered", FOR_SCHOOL.index(f["consequence"]),
                                 forms.get(f["form"], len(forms)), words.natural(f["place"]), f["finding_id"]))


# ---- 说明与结论
def cover(book: Book, month: Month, school: School, found: Rows) -> None:
    look = month.world.catalogue.looks["school"]["sheets"]["cover"]
    sheet, filed = book.sheet(look), filing_rows(month, school)
    sheet.title(*words.heading(month, look, school))
    sheet.section(look["verdict_section"])
    text = verdict(month, school, found)
    sheet.across(text, "calm" if text == look["verdict_none"] else "verdict")
    sheet.section(look["filing_section"])
    sheet.table(filed, look["filing"], empty=look["no_filing"])
    sheet.section(look["answer_section"])
    sheet.notes(_answer_lines(month))
    sheet.section(look["legend_section"])
    sheet.notes(w.format(section=month.world.policy.district.section) for w in look["legend"])
    sheet.section(look["open_section"])
    sheet.table(not_judged(month, school), look["open_columns"], empty=look["open_none"])
    sheet.signature(look["signature"])


def verdict(month: Month, school: School, found: Rows) -> str:
    """The line a headmaster reads first: '须更正 3 处，请核实或说明 2 处。'"""
    look = month.world.catalogue.looks["school"]["sheets"]["cover"]
    counts = {c: sum(f["consequence"] == c for f in found) for c in FOR_SCHOOL}
    parts = [look["verdict"].format(**counts)] if found else []
    if answered := sum(f["state"] == "answered" for f in found):
        parts.append(look["verdict_answered"].format(n=answered))
    due = [f for f in month.of_school("filing", school) if f["due"]]
    for state in ("missing", "unreadable"):
        if n := sum(f["state"] == state for f in due):
            parts.append(look[f"verdict_{state}"].format(n=n))
    return "".join(parts) or look["verdict_none"]


def _answer_lines(month: Month) -> list[str]:
    look, policy = month.world.catalogue.looks["school"]["sheets"]["cover"], month.world.policy
    contact = look["contact"].format(contact=policy.district.contact) if policy.district.contact else ""
    return [w.format(section=policy.district.section, contact=contact, days=policy.deadline.reply_days)
            for w in look["answer"]]


def filing_rows(month: Month, school: School) -> list[Row]:
    """One row a form that was due or came, and one for each file of the school that is no form."""
    said, order = words.words(month), words.forms_in_order(month)
    rows: list[Row] = []
    came: dict[str | None, Rows] = {}
    for sub in month.of_school("submissions", school):
        came.setdefault(sub["form"], []).append(sub)
    for row in sorted(month.of_school("filing", school), key=lambda r: order.index(r["form"])):
        subs = came.pop(row["form"], [])
        state: Any = said["filing"][row["state"]]
        rows.append({"a": words.form_short(month, row["form"]), "b": said["due"] if row["due"] else said["not_due"],
                     "c": Mark(state, "strong") if row["state"] in ("missing", "unreadable") else state,
                     "d": words.filing_time(month, row), "e": _files(subs, said), "f": _reasons(subs, row)})
    for form, subs in sorted(came.items(), key=lambda i: i[0] or ""):
        rows.append({"a": words.form_short(month, form) or said["nothing"], "b": said["nothing"],
                     "c": said["submission"][subs[0]["state"]], "d": said["nothing"], "e": _files(subs, said),
                     "f": _reasons(subs, None)})
    return rows


def _files(subs: Rows, said: Mapping[str, Any]) -> str:
    """Names of the files as received, without their folders."""
    return "\n".join(dict.fromkeys(PurePosixPath(s["file"]).name for s in subs)) or said["nothing"]


def _reasons(subs: Rows, row: Mapping[str, Any] | None) -> str:
    telling = [s for s in subs if s["reason"] and s["state"] != "accepted"]
    counts = [s for s in subs if row and s["submission_id"] == row["submission_id"] and s["reason"]]
    return "\n".join(dict.fromkeys(s["reason"] for s in counts + telling))


def not_judged(month: Month, school: School) -> list[Row]:
    """Why some rules stay open, and which: one row a reason; the forms that the bureau does not collect in one."""
    look = month.world.catalogue.looks["school"]["sheets"]["cover"]
    by_reason: dict[str, list[str]] = {}
    idle: set[str] = set()
    missing = [f for f in words.forms_in_order(month) if f not in month.world.policy.forms.collect]
    for row in month.of_school("judgements", school):
        if row["outcome"] == "not_judged":
            if words.is_idle(month, row["rule"], missing):
                idle.add(row["rule"])
            else:
                by_reason.setdefault(row["why"] or "", []).append(words.rule_title(month, row["rule"]) or row["rule"])
    rows: list[Row] = [{"a": why, "c": "、".join(dict.fromkeys(rules))} for why, rules in sorted(by_reason.items())]
    if idle:
        forms = "、".join(words.form_short(month, f) for f in missing)
        rows.append({"a": look["not_collected"].format(forms=forms),
                     "c": look["not_collected_rules"].format(n=len(idle))})
    return rows


# ---- 需要更正
def to_correct(book: Book, month: Month, school: School, names: Names, found: Rows) -> None:
    look = month.world.catalogue.looks["school"]
    part = look["sheets"]["findings"]
    sheet = book.sheet(part)
    sheet.title(*words.heading(month, part, school))
    rows = [finding_row(month, names, n, f) for n, f in enumerate(found, 1)]
    span = sheet.table(rows, empty=part["none"], main=True)
    sheet.choices(span, "reply", look["reply"], look["reply_hint"])
    sheet.notes(part["notes"])


def finding_row(month: Month, names: Names, number: int, f: Mapping[str, Any]) -> Row:
    looks, said = month.world.catalogue.looks, words.words(month)
    kind = said["consequence"][f["consequence"]]
    sentence = f["sentence"] or ""
    if f["other_school_code"]:
        sentence += said["other_school"].format(section=month.world.policy.district.section)
    return {"no": number, "form": words.form_short(month, f["form"]) or said["nothing"],
            "place": own_place(month, names, f), "pupil": names.shown(f["person_id"], f["row_id"]),
            "sentence": sentence, "remedy": f["remedy"],
            "why": words.basis(month, f),
            "kind": Mark(kind, "strong") if f["consequence"] == "return_form" else kind,
            "reply": looks["school"]["answered"] if f["state"] == "answered" else None, "words": None,
            "id": f["finding_id"]}


def own_place(month: Month, names: Names, f: Mapping[str, Any]) -> str:
    """Where it is in the school's own files, with month and file if not this month's; a place in another school's is not shown."""
    if month.grounds_of.get(f["finding_id"]):
        return "\n".join(where(month, f, names.school)) or words.words(month)["nothing"]
    foreign = not names.owns(f["row_id"]) if f["row_id"] else bool(f["other_school_code"])
    return words.words(month)["nothing"] if foreign or not f["place"] else words.place_words(month, f["place"])
