"""`carelib look FILE`: what the reader sees in one file, without a workspace."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from carelib import catalogue, policy
from carelib.catalogue import CodeList, Form
from carelib.read import understand, worker
from carelib.records import Grid, Parsed, Submission
from carelib.run.workspace import digest
from carelib.values.written import format_value
from carelib.world import ReceivedFile, World

ANOTHER = "2001-10"             # a month of no form that anybody still sends
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
    """Read as of the month that the form itself names: ages, grades and dates hang on it. What two different months are
    both taken for is named by the folder only, and no folder is known here."""
    world = World(date.today().isoformat()[:7], catalogue.load(), policy.Policy(), (), None, ())
    found = understand.understand(parsed, file, world)
    again = understand.understand(parsed, file, replace(world, cycle=ANOTHER))
    months = [m if m == n else None for m, n in zip(map(_month, found), map(_month, again))]
    own = next((m for m in months if m), None)
    if own:
        found = understand.understand(parsed, file, replace(world, cycle=own))
    return [replace(s, period=m) for s, m in zip(found, months)]


def _month(s: Submission) -> str | None:
    return next((o.found for o in s.observations if o.code == "other_month" and o.found), s.period)


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
    book = catalogue.load()
    forms = book.forms
    for s in seen["submissions"]:
        named = f"《{forms[s['form']].title}》" if s["form"] in forms else "认不出是哪种表"
        out.print(f"认作：{named}　{s['period'] or '没有写明月份'}　{s['rows_found']} 行　{s['reason'] or ''}", markup=False)
    for form in dict.fromkeys(v["form"] for v in seen["values"]):
        out.print(_values(forms[form], [v for v in seen["values"] if v["form"] == form], book.codes))
    for v in seen["values"]:
        if v["problem"]:
            out.print(f"读不准：{v['place']}　{v['label']}“{v['raw']}”　{v['problem']}", markup=False)
    if seen["leftovers"]:
        out.print(f"没有认领的内容 {len(seen['leftovers'])} 处：" + "、".join(x["place"] for x in seen["leftovers"][:20]), markup=False)


def _values(form: Form, values: list[dict[str, Any]], codes: Mapping[str, CodeList]) -> Table:
    """What was read, one line a row; ？ is a value that could not be read."""
    said: dict[str, dict[str, str]] = {}
    for v in values:
        if v["value"] is not None or v["problem"]:
            said.setdefault(v["row_id"], {})[v["field"]] = "？" if v["value"] is None else format_value(v["value"], form.fields[v["field"]], codes)
    fields = [f for f in form.fields if any(f in row for row in said.values())]
    table = Table(*(form.fields[f].label for f in fields), title=f"读成的数据：{form.title}", show_lines=True)
    for row in said.values():
        table.add_row(*(Text(row.get(f, "")) for f in fields))
    return table
