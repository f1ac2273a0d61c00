"""Stories across months, told in tests/stories/*.toml: who was listed, what was reported, and what must be found.

A story names its pupils, then its months. A school that a month does not mention filed nothing; `zero = true` is a zero
report; `list` the lines of its absent_list, `visits` its follow-ups, `pages` its 一生一档. `found` lists every discrepancy of
the month as "code pupil school" (`-` for no pupil), no more and no less; `states` and `flows` what must come out.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from reconcile_world import SCHOOLS, Desk, decide, number_of, run

STORIES = sorted((Path(__file__).parent / "stories").glob("*.toml"))
CODE = {s.code: letter for letter, s in SCHOOLS.items()}
SHORT = {
    "left": "left_date",
    "on": "attempt_date",
    "no": "attempt_no",
    "back": "return_date",
    "into": "return_class",
    "to": "dest_school",
    "until": "suspend_to",
    "since": "suspend_from",
    "proof": "proof_no",
    "count": "attempt_count",
    "text": "content",
    "next": "next_date",
    "day": "form_date",
}
SILENT = {"late_discovery", "open_long"}  # told in nearly every story; only where a story lists `also`


def desk_of(month: dict[str, Any], pupils: dict[str, dict[str, Any]]) -> tuple[Desk, dict[str, str]]:
    desk, whose = Desk(month["cycle"]), {}
    for letter in sorted(SCHOOLS):
        told = month.get(letter, {})
        if told.get("zero"):
            desk.submission(letter, "absent_list", is_zero=True)
        for part, form in (("list", "absent_list"), ("visits", "follow_up"), ("pages", "case_file")):
            for line in told.get(part, ()):
                cells = {SHORT.get(k, k): v or None for k, v in line.items() if k != "p"}
                row_id = desk.row(letter, form, raw=cells.pop("raw", None), **{**pupils[line["p"]], **cells})
                whose[row_id] = line["p"]
    return desk, whose


@pytest.mark.parametrize("path", STORIES, ids=lambda p: p.stem)
def test_a_story_is_found_as_it_is_told(path):
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    pupils = {k: _pupil(k, v) for k, v in story["pupils"].items()}
    made = [desk_of(m, pupils) for m in story["month"]]
    whose = {(m["cycle"], r): p for m, (_, rows) in zip(story["month"], made) for r, p in rows.items()}
    months = run([d for d, _ in made])
    if "answer" in story:
        people = _people(story, months, whose)
        months = run([d for d, _ in made], tuple(decide(people[a], people[b], v) for a, b, v in story["answer"]))
    people = _people(story, months, whose)
    for month, out in zip(story["month"], months):
        _compare(month, out, {v: k for k, v in people.items()}, people)


def _pupil(letter: str, told: dict[str, Any]) -> dict[str, Any]:
    """The cells that identify a pupil; `number` is the order in a valid invented number of 2009-03-07 (or of `birth`)."""
    cells = {"student_name": told.pop("name", f"学生{letter}"), "grade": "8", "class_no": 1}
    order = told.pop("number", None)
    return {**cells, **({"id_number": number_of(order, told.get("birth", "2009-03-07"))} if order else {}), **told}


def _people(story, months, whose) -> dict[str, str]:
    out: dict[str, str] = {}
    for month, tables in zip(story["month"], months):
        for link in tables["links"]:
            pupil = whose[month["cycle"], link["row_id"]]
            if out.setdefault(pupil, link["person_id"]) != link["person_id"] and not story.get("split"):
                raise AssertionError(f"{month['cycle']}: {pupil} became two persons: {link}")
    return out


def _compare(month, out, name_of, people) -> None:
    cycle = month["cycle"]
    found = sorted(
        f"{r['code']} {name_of.get(r['person_id'], '-')} {CODE[r['school_code']]}"
        for r in out["discrepancies"]
        if r["code"] not in SILENT or "also" in month
    )
    assert found == sorted(month.get("found", []) + month.get("also", [])), cycle
    states = {c["person_id"]: c for c in out["cases"]}
    for pupil, state in month.get("states", {}).items():
        assert states[people[pupil]]["state"] == state, (cycle, pupil, states[people[pupil]])
    for pupil, school in month.get("at", {}).items():
        assert CODE[states[people[pupil]]["school_code"]] == school, (cycle, pupil)
    for pupil, events in month.get("events", {}).items():
        case_id = states[people[pupil]]["case_id"]
        assert [e["event"] for e in out["events"] if e["case_id"] == case_id and e["event"] != "attempt"] == events, (
            cycle,
            pupil,
        )
    for pupil, wanted in month.get("case", {}).items():
        case = states[people[pupil]]
        assert {k: case[k] or "" for k in wanted} == wanted, (cycle, pupil)
    for letter, wanted in month.get("flows", {}).items():
        row = next(r for r in out["flows"] if CODE[r["school_code"]] == letter)
        names = (
            "opening",
            "new",
            "relapsed",
            "transferred_in",
            "returned",
            "transferred_out",
            "other_exit",
            "closing",
            "reported_closing",
            "difference",
        )
        assert [row[n] for n in names] == (wanted or [None] * 10), (cycle, letter)
