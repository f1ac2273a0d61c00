"""`carelib look FILE`: what the reader sees in one file, without a workspace."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from carelib import catalogue, policy
from carelib.read import understand, worker
from carelib.records import Grid, Parsed, Submission
from carelib.run.workspace import digest
from carelib.world import ReceivedFile, World

CELL = ("row", "col", "row_span", "col_span", "text", "place")


def look(path: Path) -> dict[str, Any]:
    """{file, medium, reason_code, reason, notes, grids, submissions, values, leftovers} of one file (contract §6)."""
    parsed = worker.parse_file(path)
    file = ReceivedFile(path.name, path, digest(path), path.stat().st_size, None)
    found = _understood(parsed, file) if parsed.reason_code is None else []
    return {"file": path.name, "medium": parsed.medium, "reason_code": parsed.reason_code, "reason": parsed.reason,
            "notes": list(parsed.notes), "grids": [_grid(g) for g in parsed.grids],
            "submissions": [_submission(s) for s in found],
            "values": [{"row_id": row.row_id, "form": row.form, "field": v.field, "label": v.label, "raw": v.raw, "value": v.value,
                        "problem": v.problem, "place": v.place, "confidence": v.confidence}
                       for s in found for row in s.rows for v in row.values],
            "leftovers": [{"place": x.place, "raw": x.raw} for s in found for x in s.leftovers]}


def _understood(parsed: Parsed, file: ReceivedFile) -> list[Submission]:
    """Read as of today's month, then as of the month that the form itself names: ages, grades and dates hang on it."""
    world = World(date.today().isoformat()[:7], catalogue.load(), policy.Policy(), (), None, ())
    found = understand.understand(parsed, file, world)
    own = next((s.period for s in found if s.period), None)
    return understand.understand(parsed, file, replace(world, cycle=own)) if own and own != world.cycle else found


def _grid(grid: Grid) -> dict[str, Any]:
    """Cells in reading order; one that lies under a merge is told last, so that what people see comes first."""
    return {"name": grid.name, "hidden": grid.hidden, "cells": [
        {**{k: getattr(c, k) for k in CELL}, **({"doubt": c.doubt} if c.doubt else {}), **({"covered": True} if c.covered else {})}
        for c in sorted(grid.cells, key=lambda c: c.covered)]}


NEEDS_A_WORKSPACE = ("unknown_school", "unknown_month", "other_month")


def _submission(s: Submission) -> dict[str, Any]:
    if s.reason_code in NEEDS_A_WORKSPACE:          # nobody can know these from the file alone
        s = replace(s, state="accepted", reason=None)
    return {"form": s.form, "sheet": s.sheet, "school_code": s.school_code, "period": s.period, "is_zero": s.is_zero,
            "rows_found": len(s.rows), "filled_by": s.filled_by, "approved_by": s.approved_by, "filled_date": s.filled_date,
            "state": s.state, "reason": s.reason}


def show(seen: dict[str, Any]) -> None:
    """The same as tables in the terminal."""
    out = Console()
    out.print(f"{seen['file']}　{seen['medium']}" + (f"　{seen['reason']}" if seen["reason"] else ""), markup=False)
    for grid in seen["grids"]:
        table = Table(title=grid["name"], show_header=False, show_lines=True)
        rows: dict[int, dict[int, str]] = {}
        for cell in grid["cells"]:
            rows.setdefault(cell["row"], {})[cell["col"]] = cell["text"] + (f"〔{cell['doubt']}〕" if "doubt" in cell else "")
        width = max((c for r in rows.values() for c in r), default=-1) + 1
        for number, row in sorted(rows.items()):
            table.add_row(str(number + 1), *(row.get(c, "") for c in range(width)))
        out.print(table)
    for s in seen["submissions"]:
        out.print(f"认作：{s['form'] or '认不出是哪种表'}　{s['rows_found']} 行　{s['reason'] or ''}", markup=False)
    if seen["leftovers"]:
        out.print(f"没有认领的内容 {len(seen['leftovers'])} 处：" + "、".join(x["place"] for x in seen["leftovers"][:20]), markup=False)
