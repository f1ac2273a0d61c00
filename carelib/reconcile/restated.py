"""A closed month that is filed anew: the month as it stood when the next deadline had passed, and what changed since.

Known from the files and the ledger alone: of a form whose counting version came after that deadline, the last version that had
come by then takes its place; two pupils who were told to be one after it are two; and the month is reconciled a second time.
Months after it that were closed as well stood on the month as it was: so what a month would leave, had its files and answers been
cut off at a later deadline, goes on to the next.
"""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from carelib import tables
from carelib.policy import add_months
from carelib.reconcile.evidence import Notes
from carelib.reconcile.statements import CASE_FORMS
from carelib.records import Decision, Observation
from carelib.tables import Rows, Tables, typed
from carelib.world import World

FIGURES = {"opening": "上月底", "new": "新增", "relapsed": "再离校", "transferred_in": "转入", "returned": "复学",
           "transferred_out": "转出", "other_exit": "其他减少", "closing": "月底"}
CARRIED = ("persons", "person_facts", "cases", "case_facts", "flows", "flow_lines", "stock")
SEP = " "                           # between deadlines that saw the same
FURTHEST = 12                       # deadlines after the month's own that are looked at
tables.add_schema("past", dict.fromkeys(("limit", "table", "row"), ""))      # a row of CARRIED as past deadlines saw it, in JSON
tables.add_schema("restated", {"school_code": "", "cycle": "", "figure": "", "before": "i", "after": "i", "case_id": "", "sign": "i"})


def closing(world: World) -> str:
    """The deadline after which a month counts as closed: the next month's."""
    return _limit(world, 1)


def _limit(world: World, months: int) -> str:
    return world.policy.due_date(f"{add_months(world.last_day, months):%Y-%m}").isoformat()


@dataclass(frozen=True, slots=True)
class Past:
    """A month as one or several deadlines saw it: the answers that held, its read tables, what the month before left."""
    world: World
    now: Tables
    left: Tables


def pasts(world: World, now: Tables, known: Notes, before: Tables) -> dict[str, Past]:
    """deadlines, joined by SEP -> the month as it stood then; only where it was otherwise, deadlines that saw the same together."""
    told: dict[str, Tables] = {}
    for group, rows in _by_limits(before.get("past", ())).items():
        told |= dict.fromkeys(group.split(SEP), rows)
    arrived = [s["received_at"][:10] for s in now["submissions"] if s["state"] == "accepted" and s["received_at"]]
    last = max([*arrived, *(d.at[:10] for d in world.decisions if _merges(d))], default="")
    limits = {limit for months in range(1, FURTHEST + 2) if (limit := _limit(world, months)) < last}
    alike: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for limit in sorted(limits | {limit for limit in told if limit >= closing(world)}):
        later = frozenset(d.decision_id for d in world.decisions if _merges(d) and d.at[:10] > limit)
        seen = (frozenset(_otherwise(now, limit).items()), id(told.get(limit)), later)
        if seen != (frozenset(), id(None), frozenset()):
            alike[seen].append(limit)
    out = {}
    for (states, _, later), mine in alike.items():
        then = replace(world, decisions=tuple(d for d in world.decisions if d.decision_id not in later))
        out[SEP.join(mine)] = Past(then, _as_it_was(world, now, known, dict(states)), told.get(mine[0], before))
    return out


def of(limit: str, past: Mapping[str, Any]) -> Any:
    """What stands in `past` under a deadline, None if nothing does."""
    return next((made for limits, made in past.items() if limit in limits.split(SEP)), None)


def _merges(decision: Decision) -> bool:
    return decision.kind == "link" and decision.verdict == "same" and bool(decision.at)


def _by_limits(rows: Iterable[Mapping[str, str]]) -> dict[str, Tables]:
    out: dict[str, Tables] = defaultdict(dict)
    for row in rows:
        out[row["limit"]].setdefault(row["table"], []).append(json.loads(row["row"]))
    return out


def carried(made: Mapping[str, Tables]) -> Rows:
    """`past`: what past deadlines leave for the next month; empty as a rule."""
    return [{"limit": limits, "table": name, "row": json.dumps(row, ensure_ascii=False)}
            for limits, then in made.items() for name in CARRIED for row in then[name]]


def _otherwise(now: Tables, limit: str) -> dict[str, str]:
    """submission -> the state that it had on a day, if another: of a form whose counting version came later, the last one that
    had come by then counted."""
    late: dict[str, tuple[str, str]] = {}
    in_time: dict[tuple[str, str], list[tuple[bool, str, str]]] = {}        # (counts today, received, submission)
    for s in now["submissions"]:
        if s["form"] in CASE_FORMS and s["received_at"] and s["state"] in ("accepted", "superseded"):
            key, counts = (s["form"], s["school_code"]), s["state"] == "accepted"
            if s["received_at"][:10] <= limit:
                in_time.setdefault(key, []).append((counts, s["received_at"], s["submission_id"]))
            elif counts:
                late[s["submission_id"]] = key
    dropped = {sid for sid, key in late.items() if key in in_time}
    best = [max(in_time[key]) for key in sorted({late[sid] for sid in dropped})]
    return dict.fromkeys(dropped, "superseded") | {sid: "accepted" for counts, _, sid in best if not counts}


def _as_it_was(world: World, now: Tables, known: Notes, states: Mapping[str, str]) -> Tables:
    """The read tables with these states of submissions."""
    if not states:
        return now
    rows = _rebuilt(world, known)
    then = {**now, "submissions": [{**s, "state": states.get(s["submission_id"], s["state"])} for s in now["submissions"]]}
    for form in CASE_FORMS:
        kept = [r for r in now.get(form, ()) if states.get(r["submission_id"]) != "superseded"]
        then[form] = kept + [r for r in rows.get(form, ()) if states.get(r["submission_id"]) == "accepted"]
    return then


def _rebuilt(world: World, known: Notes) -> dict[str, Rows]:
    """The rows of versions that no longer count, as the wide tables had them."""
    out: dict[str, Rows] = {}
    for row in known.earlier.values():
        fields = world.catalogue.forms[row["form"]].fields
        wide = {"row_id": row["row_id"], "submission_id": row["submission_id"], "school_code": row["school_code"], "cycle": world.cycle}
        out.setdefault(row["form"], []).append(wide | {name: typed(row.get(name), field.type) for name, field in fields.items()})
    return out


def changes(then: Tables, now: Tables) -> Rows:
    """Each figure of the statement that is another now, and the cases by which it changed (sign +1: counted only now).

    `then`, `now`: flows, flow_lines and stock of the month as it stood, and as it is.
    """
    out = []
    for was, row in zip(then["flows"], now["flows"]):
        for figure in FIGURES:
            old, new = _cases(figure, then, row), _cases(figure, now, row)
            if was[figure] != row[figure] or old != new:
                about = {"school_code": row["school_code"], "cycle": row["cycle"], "figure": figure, "before": was[figure],
                         "after": row[figure]}
                moved = [{**about, "case_id": case, "sign": 1 if case in new else -1} for case in sorted(old ^ new)]
                out += moved or [{**about, "case_id": None, "sign": None}]
    return out


def _cases(figure: str, made: Tables, row: Mapping[str, Any]) -> set[str]:
    school, cycle = row["school_code"], row["cycle"]
    if figure == "closing":
        return {r["case_id"] for r in made["stock"] if r["school_code"] == school}
    return {r["case_id"] for r in made["flow_lines"]
            if r["school_code"] == school and r["published"] == cycle and r["column"] == figure}


def observe(rows: Rows) -> Iterator[Observation]:
    """One a school: its figures that changed."""
    said: dict[str, dict[str, str]] = {}
    for r in rows:
        if r["before"] != r["after"]:
            said.setdefault(r["school_code"], {})[r["figure"]] = f"{FIGURES[r['figure']]}由{_figure(r['before'])}改为{_figure(r['after'])}"
    for school, texts in said.items():
        pupils = len({r["case_id"] for r in rows if r["school_code"] == school and r["case_id"]})
        yield Observation("restated", school, facts={"changes": "，".join(texts.values()), "pupils": pupils})


def _figure(value: int | None) -> str:
    return "未报" if value is None else str(value)
