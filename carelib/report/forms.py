"""The official form to send out: blank, or pre-filled with the school's open cases. Our own reader reads it back."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carelib.catalogue import Field, Form
from carelib.month import Month
from carelib.policy import Policy
from carelib.records import IN_STOCK, UsageError
from carelib.report import words
from carelib.report.sheet import Book, Column, Sheet, Span
from carelib.show.names import Names
from carelib.world import RosterPupil, School

LATIN = ("id", "student_no", "phone", "date")
TEXT_TYPES = ("id", "student_no", "phone", "date", "name", "text", "texts", "grade")
SOURCES = ("follow_up", "case_file", "absent_list")
LIST_LIMIT = 255                    # characters Excel takes for a drop-down list written into the rule


def form_workbook(path: Path, month: Month, school: School, form: str = "absent_list") -> None:
    """Write next month's form for one school to `path`; a form about pupils lists the school's open cases."""
    looks = month.world.catalogue.looks
    known = {f: month.world.catalogue.forms[f].title for f in looks["form"] if f in month.world.catalogue.forms}
    if form not in known:
        raise UsageError(looks["form"]["missing_form"].format(form=form, known="、".join(known.values())))
    made = month.world.catalogue.forms[form]
    book = Book(looks, made.title, month.world.policy.district.name, month.world.last_day, header="")
    look = {k: looks["form"][k] for k in ("name", "row_lines")} | {"frozen": 2, "paper": looks["form"][form]["paper"]}
    sheet = book.sheet(look, grid(looks["form"][form], made))
    head(sheet, month, school, made)
    rows = prefilled(month, school, made)
    blanks = looks["form"]["spare_rows"] if rows else looks["form"]["blank_rows"]
    rows = [{**r, "seq": i} for i, r in enumerate(rows + [{}] * blanks, 1)]
    span = sheet.table(rows, main=True, filters=False, numbers=True)
    drop_downs(sheet, span, month, made)
    sheet.notes(looks["form"][form]["notes"])
    sheet.signature(looks["form"]["signature"])
    book.save(path)


def next_cycle(policy: Policy, cycle: str) -> str:
    """The next month in which schools report."""
    months = [_later(cycle, n) for n in range(1, 13)]
    return next((m for m in months if policy.is_report_month(m)), months[0])


def _later(cycle: str, months: int) -> str:
    year, month = divmod(int(cycle[:4]) * 12 + int(cycle[5:]) - 1 + months, 12)
    return f"{year}-{month + 1:02d}"


def grid(look: Mapping[str, Any], form: Form) -> list[Column]:
    """The form's columns as the catalogue labels them; what must stay as typed is text."""
    out = []
    for part in look["columns"]:
        field = form.fields[part["field"]]
        align = "left" if field.kind in ("text", "texts") else "center"
        out.append(Column(field.name, field.label, part["width"], align, "text" if field.kind in TEXT_TYPES else "",
                          "number" if field.kind in LATIN else ""))
    return out


def head(sheet: Sheet, month: Month, school: School, form: Form) -> None:
    look = month.world.catalogue.looks["form"]
    cycle = next_cycle(month.world.policy, month.cycle)
    sheet.across(look["annex"], "section")
    sheet.title(form.title)
    sheet.beside([look["unit"].format(name=school.name), look["period"].format(month=words.month_words(month, cycle)),
                  look["filled"]])


def prefilled(month: Month, school: School, form: Form) -> list[dict[str, Any]]:
    """Who is still open at this school, as the school last wrote it; everything that may change is left blank."""
    if not form.about_pupils:
        return []
    names, wanted = Names(month, school), month.world.catalogue.looks["form"][form.code]["prefilled"]
    latest = _latest_rows(month, school, names)
    cases = [c for c in month.of_school("cases", school) if c["state"] in IN_STOCK]
    rows = []
    for case in sorted(cases, key=lambda c: (c["opened_cycle"] or "", c["case_id"])):
        person = names.one(case["person_id"])
        known = {**_of_roster(names.on_roster(person)), **latest.get(person or "", {})}
        row = {f: _text(month, form.fields[f], known.get(f)) for f in wanted}
        if any(row.values()):
            rows.append(row)
    return rows


def _of_roster(pupil: RosterPupil | None) -> dict[str, Any]:
    if pupil is None:
        return {}
    known = {"student_name": pupil.name, "gender": pupil.gender, "id_number": pupil.id_number, "birth": pupil.birth,
             "student_no": pupil.student_no, "grade": pupil.grade, "class_no": pupil.class_no}
    return {k: v for k, v in known.items() if v is not None}


def _latest_rows(month: Month, school: School, names: Names) -> Mapping[str, dict[str, Any]]:
    """person -> what the school's own forms say of the pupil: the latest word on each field, the list's first."""
    out: dict[str, dict[str, Any]] = {}
    for past in (*month.earlier, month):
        for form in SOURCES:
            for row in sorted(past.of_school(form, school), key=lambda r: r["row_id"]):
                person = names.one(past.person_of.get(row["row_id"]))
                if person:
                    out.setdefault(person, {}).update({k: v for k, v in row.items() if v is not None})
    return out


def _text(month: Month, field: Field, value: Any) -> Any:
    """A value as a school writes it: the label for a code, words for true and false."""
    if value is None:
        return None
    if field.kind == "bool":
        return month.world.catalogue.looks["form"]["yes_no"][0 if value else 1]
    if field.list:
        return "、".join(month.world.catalogue.label(field.list, c) for c in str(value).split("、"))
    return str(value) if field.kind in TEXT_TYPES else value


def drop_downs(sheet: Sheet, span: Span, month: Month, form: Form) -> None:
    """Lists to choose from for coded columns; where several may be given, typing stays free."""
    look = month.world.catalogue.looks["form"]
    for column in sheet.grid:
        field = form.fields[column.key]
        options = look["yes_no"] if field.kind == "bool" else _labels(month, field)
        if options and len(",".join(options)) <= LIST_LIMIT:
            several = field.kind == "codes"
            sheet.choices(span, column.key, options, look["several"] if several else look["one"], strict=not several)


def _labels(month: Month, field: Field) -> list[str]:
    codes = month.world.catalogue.codes.get(field.list or "")
    return list(codes.labels.values()) if codes else []
