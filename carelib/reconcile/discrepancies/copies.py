"""Follow-ups copied from last month or from another pupil: texts compared without their digits (X7)."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from carelib.reconcile.cases import Case
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.statements import Statement
from carelib.reconcile.work import Work
from carelib.records import Observation

SHORTEST = 30                   # honest boilerplate is shorter, and repeats by right
COPY, NEAR = 90, 80             # rapidfuzz ratio


def plain(text: str | None) -> str:
    """The text without digits and blanks; '' if it is too short to be called a copy."""
    kept = re.sub(r"[\d\s０-９]", "", text or "")
    return kept if len(kept) >= SHORTEST else ""


def texts(case: Case, said: CaseMonth) -> list[tuple[str, Statement, str]]:
    """(text, row, field) of the month's open follow-ups; without any, what the list or page says was done."""
    rows = [(plain(s.row.get("content")), s, "content") for s in said.visits if not s.exits]
    if not any(t for t, _, _ in rows):
        rows = [(plain(s.row.get("measures")), s, "measures") for s in [*said.listings, *said.pages] if not s.exits]
    return [r for r in rows if r[0]]


def look(work: Work) -> Iterator[Observation]:
    by_school: dict[str, list[tuple[str, str, Statement, str]]] = defaultdict(list)
    for person_id, case, said in work.living():
        if not case.in_stock:
            continue
        mine = texts(case, said)
        yield from _self(work, case, mine)
        for text, row, name in mine:
            by_school[row.school].append((person_id, text, row, name))
    for school in sorted(by_school):
        yield from _cross(work, by_school[school])


def _self(work: Work, case: Case, mine: list[tuple[str, Statement, str]]) -> Iterator[Observation]:
    was = work.was(case.person_id)
    if was is None or not was.texts:
        return
    scores = [(max(fuzz.ratio(text, old) for old in was.texts), row, name) for text, row, name in mine]
    if scores:
        score, row, name = max(scores, key=lambda s: s[0])
        if score >= NEAR:
            code = "copy_self" if score >= COPY else "copy_near"
            yield work.see(code, case, row, name, facts={"with": "该生上次的记录", "percent": int(score)})


def _cross(work: Work, rows: list[tuple[str, str, Statement, str]]) -> Iterator[Observation]:
    """Each pupil whose text is another pupil's of the same school and month."""
    if len(rows) < 2:
        return
    told: dict[str, tuple[float, Statement, str]] = {}
    only = [r[1] for r in rows]
    for person_id, text, row, name in rows:
        found = process.extract(text, only, scorer=fuzz.ratio, score_cutoff=COPY, limit=None)
        others = [score for _, score, i in found if rows[i][0] != person_id]
        if others and max(others) > told.get(person_id, (0,))[0]:
            told[person_id] = (max(others), row, name)
    for person_id in sorted(told):
        score, row, name = told[person_id]
        facts = {"with": "本校另一名学生本月的记录", "percent": int(score)}
        yield work.see("copy_cross", work.cases[person_id], row, name, facts=facts)
