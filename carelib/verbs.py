"""The five verbs as an analyst calls them: `verbs.read(cycle, workspace)` … each makes what it needs and is missing."""
from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from carelib import report as reports
from carelib import review as reviews
from carelib.month import Month
from carelib.records import UsageError
from carelib.run import stages
from carelib.run import workspace as places
from carelib.world import School

Given = str | Path


def read(cycle: str, workspace: Given = ".", **how: Any) -> Month:
    """Files -> submissions, rows, values; every cell accounted for."""
    return _ensure(cycle, workspace, "read", **how)


def reconcile(cycle: str, workspace: Given = ".", **how: Any) -> Month:
    """Rows of many months -> persons, cases, events, the flow statement."""
    return _ensure(cycle, workspace, "reconcile", **how)


def check(cycle: str, workspace: Given = ".", **how: Any) -> Month:
    """What the notice asks for -> filing, findings, judgements, indicators."""
    return _ensure(cycle, workspace, "check", **how)


def report(cycle: str, workspace: Given = ".", schools: Iterable[str] = (), **how: Any) -> Month:
    """The workbooks: one a school (drafts), the district's, and its public twin."""
    month = check(cycle, workspace, **how)
    folder = month.folder / "reports" / "draft"
    wanted = places.known_schools(month.world, schools) or [s.code for s in month.world.open_schools]
    for code in wanted:
        school = month.world.known_school(code)
        reports.school_workbook(folder / reports.file_name(school, month.cycle), month, school)
    if not tuple(schools):
        reports.district_workbook(month.folder / "district" / f"{month.cycle}.xlsx", month)
        reports.public_workbook(month.folder / "district" / f"{month.cycle}_public.xlsx", month)
    return month


def review(cycle: str, workspace: Given = ".", **how: Any) -> Month:
    """What waits for a person, what was decided, what may go out. (Deciding is `carelib review`.)"""
    return check(cycle, workspace, **how)


def school_of(month: Month, school_code: str) -> School:
    """The school that a notebook is about."""
    return month.world.known_school(places.known_schools(month.world, [school_code])[0])


def waiting(month: Month) -> list[reviews.Open]:
    """What of this cycle waits for a person."""
    return reviews.open_questions(month)


def steps_to_release(month: Month, school: School) -> list[str]:
    """What is still to be done before this school's report may go out."""
    draft = month.folder / "reports" / "draft" / reports.file_name(school, month.cycle)
    return reviews.why_not_release(month, school, draft) or ["可以放行：carelib release"]


def _ensure(cycle: str, workspace: Given, until: str, **how: Any) -> Month:
    place = places.find(workspace)
    _refuse_unknown_parameters()
    with stages.only_run(place):
        return stages.ensure(place, places.known_cycle(place, cycle), until, **how)


def _refuse_unknown_parameters() -> None:
    """In a notebook: a parameter that papermill injected and the notebook does not have is a mistake, named with the nearest.

    papermill only warns of one; the injected cell is the one that begins with '# Parameters'.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    cells = list(shell.user_ns.get("In", ())) if shell else []
    injected = next((i for i, text in enumerate(cells) if text.startswith("# Parameters\n")), None)
    if not injected:
        return
    declared = _names(cells[injected - 1])
    for name in _names(cells[injected]) - declared:
        near = difflib.get_close_matches(name, declared, 1, 0)
        raise UsageError(f"这本笔记没有参数“{name}”" + (f"，最接近的是“{near[0]}”。" if near else "。"))


def _names(cell: str) -> set[str]:
    targets = [t for node in ast.parse(cell).body if isinstance(node, (ast.Assign, ast.AnnAssign))
               for t in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    return {t.id for t in targets if isinstance(t, ast.Name)}
