"""From a hit to a finding: where it stands, the sentence that a school reads, the id that a second run gives again."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from carelib.catalogue import Rule
from carelib.check.archive import Archive
from carelib.kinds import Hit, Line
from carelib.records import mask, mint

UNFILLED = "（未注明）"
_CELL = re.compile(r"(?:t(?P<table>\d+)!|(?P<sheet>.*)!)?(?P<cell>[A-Z]{1,3}(?P<row>\d+))")
_HARMLESS = re.compile(r"[ -~]+|.*(?:年级|表|名册|台账|汇总|\d月份?)")
_PAGE = re.compile(r"p(\d+)@")


class _Facts(dict):
    def __missing__(self, key: str) -> str:
        return UNFILLED


def spot(place: str | None, line: Line | None = None) -> str:
    """A place for a person: 'Sheet1!F7', '第2页（序号5）', '第1个表 F7'; no sheet that may bear a pupil's name."""
    first = (place or "").split("、")[0]
    if page := _PAGE.match(first):
        seq = line.get("seq") if line else None
        return f"第{page[1]}页" + (f"（序号{seq}）" if seq is not None else "")
    cell = _CELL.fullmatch(first)
    if not cell:
        return ""
    if cell["table"]:
        return f"第{cell['table']}个表 {cell['cell']}"
    return f"{cell['sheet']}!{cell['cell']}" if cell["sheet"] and _HARMLESS.fullmatch(cell["sheet"]) else cell["cell"]


def where(form: str, place: str | None, line: Line | None) -> str:
    """'情况表 F7', '情况表 第7行', '一生一档 第2页'."""
    if place:
        said = spot(place, line)
        sheet, _, cell = said.rpartition("!")
        return f"{form} {cell if sheet in ('Sheet1', form) else said}"
    places = [c["place"] for c in line.cells.values() if c.get("place")] if line else []
    rows = {m["row"] for p in places if (m := _CELL.fullmatch(p.split("、")[0]))}
    if len(rows) == 1:
        return f"{form} 第{rows.pop()}行"
    return f"{form} {spot(places[0], line)}" if places and _PAGE.match(places[0]) else form


def finding(archive: Archive, rule: Rule, school_code: str | None, hit: Hit) -> dict[str, Any]:
    """The row of `findings` for one hit."""
    hit = _completed(archive, hit)
    form = _form(archive, rule, hit)
    known = archive.world.catalogue.forms.get(form or "")
    at = hit.facts.get("at") or where(known.short if known else "", hit.place, hit.line)
    found = mask(hit.found, hit.field)
    label = known.fields[hit.field].label if known and hit.field and hit.field in known.fields else hit.field or ""
    facts = {
        "label": label,
        "found": found or "空白",
        "place": spot(hit.place, hit.line),
        "title": known.title if known else "",
        "form": known.short if known else "这份报表",
        **hit.facts,
    }
    facts["at"] = at.strip() or facts["form"]
    return {
        "finding_id": _id(archive, rule, school_code, hit),
        "cycle": archive.world.cycle,
        "school_code": school_code,
        "rule": rule.id,
        "clause": (hit.clause or rule.clause) or None,
        "consequence": rule.consequence,
        "form": form,
        "row_id": hit.row_id,
        "case_id": hit.case_id,
        "person_id": hit.person_id,
        "other_school_code": hit.other_school_code,
        "field": hit.field,
        "place": hit.place or (hit.line.cell("student_name", "place") if hit.line else None),
        "found": found,
        "sentence": filled(rule.sentence, facts),
        "remedy": filled(rule.remedy, facts),
        "state": "open",
    }


def filled(sentence: str, facts: Mapping[str, Any]) -> str:
    """The sentence with its blanks filled; None is an empty word."""
    return sentence.format_map(_Facts({k: "" if v is None else v for k, v in facts.items()})).strip()


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _completed(archive: Archive, hit: Hit) -> Hit:
    """Row, person, place and what was written, taken from the row where the hit does not say them."""
    line = hit.line or archive.line_of.get(hit.row_id or "")
    if line is None:
        return hit
    place = hit.place or (archive.cell_of(line, hit.field) if hit.field else None)
    cell = line.cells.get(hit.field or "", {})
    return replace(
        hit,
        line=line,
        row_id=line.row_id,
        person_id=hit.person_id or line.person_id,
        place=place,
        found=hit.found if hit.found is not None else cell.get("raw"),
    )


def _form(archive: Archive, rule: Rule, hit: Hit) -> str | None:
    if hit.form or hit.line:
        return hit.form or hit.line.form  # type: ignore[union-attr]
    submission = archive.submissions().get(hit.submission_id or "", {})
    own = rule.form if rule.form in archive.world.catalogue.forms else None
    return submission.get("form") or own or ("absent_list" if rule.form == "case" else None)


def _id(archive: Archive, rule: Rule, school_code: str | None, hit: Hit) -> str:
    return mint(
        "f_",
        rule.id,
        school_code,
        archive.world.cycle,
        hit.row_id,
        None if hit.row_id else hit.case_id,        # a row's id comes from its file; a case's may move when a late file comes
        hit.field,
        None if hit.row_id else hit.place,
        hit.other_school_code,
        hit.about,
        key=archive.world.key,
    )


def distinct(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """No id twice: the same said twice is one finding; something else about the same thing gets an id of its own."""
    out: dict[str, dict[str, Any]] = {}
    for f in findings:
        number = 1
        while f["finding_id"] in out and out[f["finding_id"]]["sentence"] != f["sentence"]:
            number += 1
            f = {**f, "finding_id": mint("f_", f["finding_id"], number)}
        out.setdefault(f["finding_id"], f)
    return list(out.values())
