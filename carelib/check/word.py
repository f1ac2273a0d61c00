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
from carelib.records import Ground, mask, mint

UNFILLED = "（未注明）"
_CELL = re.compile(r"(?:t(?P<table>\d+)!|(?P<sheet>.*)!)?(?P<cell>[A-Z]{1,3}(?P<row>\d+))")
_HARMLESS = re.compile(r"[ -~]+|.*(?:年级|表|名册|台账|汇总|\d月份?)")
_PAGE = re.compile(r"p(\d+)@")
MANY = 6  # places that a sentence names


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
    at = hit.facts.get("at") or _at(archive, known.short if known else "", school_code, hit)
    found = mask(hit.found, hit.field)
    label = known.fields[hit.field].label if known and hit.field and hit.field in known.fields else hit.field or ""
    facts = {
        "label": label,
        "found": found or "空白",
        "place": spot(hit.place, hit.line),
        "title": known.title if known else "",
        "form": known.short if known else "这份报表",
        "there": _there(archive, school_code, hit.grounds),
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
        "grounds": hit.grounds or _paper(archive, hit),
    }


def _paper(archive: Archive, hit: Hit) -> tuple[Ground, ...]:
    """What is said of a whole paper rests on it."""
    sent = archive.submissions().get(hit.submission_id or "")
    if sent is None or hit.row_id or hit.place:
        return ()
    return (Ground(archive.world.cycle, sent["school_code"], sent["submission_id"], sent["form"]),)


def _at(archive: Archive, form: str, school_code: str | None, hit: Hit) -> str:
    """`where`; of an earlier month's row with its month, of another school's without its place."""
    ground = next((g for g in hit.grounds if g.row_id == hit.row_id), None)
    if ground is None:
        return where(form, hit.place, hit.line)
    return _month(ground.cycle) + (where(form, hit.place, None) if ground.school_code == school_code else f"另一所学校的{form}")


def _there(archive: Archive, school_code: str | None, grounds: Iterable[Ground]) -> str:
    """'（2023年3月情况表 B5、B7）': the school's own places among the grounds; '' without any."""
    places: dict[str, list[str]] = {}
    for ground in grounds:
        if ground.school_code == school_code and ground.form and ground.place:
            short = archive.world.catalogue.forms[ground.form].short
            here = "" if ground.cycle == archive.world.cycle else _month(ground.cycle)
            places.setdefault(here + short, []).append(where("", ground.place, None).strip())
    said = [f"{paper} {'、'.join(cells[:MANY])}{'等' if len(cells) > MANY else ''}" for paper, cells in places.items()]
    return f"（{'；'.join(said)}）" if said else ""


def _month(cycle: str) -> str:
    return f"{cycle[:4]}年{int(cycle[5:7])}月"


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
    if earlier := next((g.form for g in hit.grounds if g.row_id and g.row_id == hit.row_id), None):
        return earlier
    submission = archive.submissions().get(hit.submission_id or "", {})
    own = rule.form if rule.form in archive.world.catalogue.forms else None
    return submission.get("form") or own or ("absent_list" if rule.form == "case" else None)


def _id(archive: Archive, rule: Rule, school_code: str | None, hit: Hit) -> str:
    row_id = None if any(g.row_id == hit.row_id for g in hit.grounds) else hit.row_id
    return mint(
        "f_",
        rule.id,
        school_code,
        archive.world.cycle,
        row_id,
        None if row_id else hit.case_id,            # a row's id comes from its file; a case's may move when a late file comes
        hit.field,
        None if hit.row_id else hit.place,
        hit.other_school_code,
        hit.about,
        key=archive.world.key,
    )


def grounds(archive: Archive, findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The table of what findings rest on beyond this month's own row and cell, taken out of them."""
    return [
        {
            "finding_id": f["finding_id"],
            "cycle": g.cycle,
            "school_code": g.school_code,
            "submission_id": g.submission_id,
            "file": archive.file_of(g.cycle, g.submission_id),
            "form": g.form,
            "row_id": g.row_id,
            "place": g.place,
        }
        for f in findings
        for g in f.pop("grounds")
    ]


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
