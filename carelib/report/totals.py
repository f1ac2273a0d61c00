"""Sums over schools that the district's workbook and its public twin share. Silence is never zero."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from carelib.month import Month
from carelib.records import IN_STOCK

STATES = ("filed", "zero", "unreadable", "missing")
FLOWS = ("opening", "new", "relapsed", "transferred_in", "returned", "transferred_out", "other_exit", "closing",
         "reported_closing", "difference")


def kinds(month: Month) -> dict[str, list[str]]:
    """办学类型 -> codes of its open schools, in the order of the register."""
    other = month.world.catalogue.looks["district"]["sheets"]["overview"]["other_kind"]
    out: dict[str, list[str]] = {}
    for school in month.world.open_schools:
        out.setdefault(school.kind or other, []).append(school.code)
    return out


def filing_states(month: Month, codes: Iterable[str]) -> dict[str, int]:
    """How many due forms of these schools are filed, zero, unreadable, missing."""
    wanted, out = set(codes), dict.fromkeys(STATES, 0)
    for row in month.rows("filing"):
        if row["due"] and row["school_code"] in wanted:
            out[row["state"]] += 1
    return out


def flow_sums(month: Month, codes: Iterable[str]) -> dict[str, int]:
    """Sums of the published statements of these schools; {} if none of them published one."""
    wanted = set(codes)
    rows = [f for f in month.rows("flows") if f["school_code"] in wanted and f["closing"] is not None]
    return {k: sum(f[k] or 0 for f in rows) for k in FLOWS} if rows else {}


def unpublished(month: Month) -> set[str]:
    """Codes of the schools whose statement of this cycle is empty because nothing readable came."""
    published = {f["school_code"] for f in month.rows("flows") if f["closing"] is not None}
    return {s.code for s in month.world.open_schools} - published


def carried(month: Month) -> Mapping[str, int]:
    """school -> open cases that it carries without having filed."""
    silent = unpublished(month)
    out = dict.fromkeys(silent, 0)
    for case in month.rows("cases"):
        if case["school_code"] in silent and case["state"] in IN_STOCK:
            out[case["school_code"]] += 1
    return out
