"""The flow statement of each school, tied out as sets of cases: opening + in − out = closing."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from carelib import tables
from carelib.reconcile.cases import Case
from carelib.reconcile.lifecycle import Posting
from carelib.records import IN_STOCK
from carelib.tables import Rows, Tables
from carelib.world import World

INTO = ("new", "relapsed", "transferred_in")
OUT = ("returned", "transferred_out", "other_exit")
tables.add_schema("flow_lines", dict.fromkeys(("school_code", "cycle", "published", "column", "case_id", "row_id"), ""))
tables.add_schema("differences", {"school_code": "", "cycle": "", "kind": "", "case_id": "", "person_id": "", "sign": "i"})
tables.add_schema("stock", dict.fromkeys(("school_code", "cycle", "case_id"), ""))


def statement(world: World, filed: Mapping[str, int], cases: Iterable[Case], postings: Iterable[Posting],
              before: Tables) -> Tables:
    """`flows`, its lines and the stock at closing. `filed`: school -> rows that it lists itself as not back."""
    cycle = world.cycle
    lines = [{**row, "published": None} for row in before.get("flow_lines", ()) if row["published"] is None]
    lines += [{"school_code": p.school_code, "cycle": cycle, "published": None, "column": p.column,
               "case_id": p.case_id, "row_id": p.row_id} for p in postings]
    for line in lines:
        line["published"] = cycle if line["school_code"] in filed else None
    stocks, opening = _stocks(cases), defaultdict(set)
    for row in before.get("stock", ()):
        opening[row["school_code"]].add(row["case_id"])
    flows = [_row(s.code, cycle, filed, opening[s.code], stocks[s.code], lines) for s in world.open_schools]
    kept = [{"school_code": s, "cycle": cycle, "case_id": c} for s in sorted(filed) for c in sorted(stocks[s])]
    kept += [row for row in before.get("stock", ()) if row["school_code"] not in filed]
    lines.sort(key=lambda r: (r["school_code"], r["cycle"], r["column"], r["case_id"]))
    return {"flows": flows, "flow_lines": lines, "stock": kept}


def _stocks(cases: Iterable[Case]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        if case.state in IN_STOCK:
            out[case.school_code].add(case.case_id)
    return out


def _row(school: str, cycle: str, filed: Mapping[str, int], opening: set[str], closing: set[str],
         lines: Rows) -> dict[str, Any]:
    names = ("opening", *INTO, *OUT, "closing", "reported_closing", "difference")
    row: dict[str, Any] = {"school_code": school, "cycle": cycle, **dict.fromkeys(names)}
    if school not in filed:
        return row
    mine = [line for line in lines if line["school_code"] == school]
    counts = Counter(line["column"] for line in mine)
    row.update({name: counts[name] for name in (*INTO, *OUT)})
    row.update(opening=len(opening), closing=len(closing), reported_closing=filed[school],
               difference=len(closing) - filed[school])
    _tie_out(school, cycle, opening, closing, mine)
    return row


def _tie_out(school: str, cycle: str, opening: set[str], closing: set[str], lines: Rows) -> None:
    """A statement that does not tie out case by case is a bug, never a figure."""
    count = Counter(dict.fromkeys(opening, 1))
    for line in lines:
        count[line["case_id"]] += 1 if line["column"] in INTO else -1
    left = {case for case, n in count.items() if n}
    if left != closing or any(n not in (0, 1) for n in count.values()):
        raise RuntimeError(f"{cycle} {school}: flow statement does not tie out for {sorted(left ^ closing)}")
