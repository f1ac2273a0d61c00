"""The quarterly re-check: the county's three ledgers and the list of cases to look at again, from the months' tables.

Basis: the ministry's rhythm of 2024 (a school reports monthly, a county re-checks each quarter). What the monthly forms
do not know (children who are on no form) is not in the ledgers.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from carelib import tables
from carelib.policy import Policy, last_day
from carelib.reconcile.cases import end_of, start_of
from carelib.reconcile.flows import INTO, OUT
from carelib.reconcile.statements import machine
from carelib.records import IN_STOCK
from carelib.tables import Rows, Tables

LEDGER = {"case_id": "", "person_id": "", "school_code": "", "state": "", "state_since": "", "days_open": "i",
          "attempts": "i", "attempts_in_quarter": "i", "last_attempt": "", "months": "", "age": "i", "compulsory": "b",
          "owner": ""}
NAMES = ("ledger_children", "ledger_suspected", "ledger_dropout", "recheck", "quarter_flows")
tables.add_schema("ledger_children", {"person_id": "", "school_code": "", "birth": "", "age": "i", "case_state": "",
                                      "forms": ""})
tables.add_schema("ledger_suspected", LEDGER)
tables.add_schema("ledger_dropout", LEDGER)
tables.add_schema("recheck", dict.fromkeys(("case_id", "person_id", "school_code", "reason_code", "reason", "since", "cycle",
                                            "row_id", "field"), ""))
tables.add_schema("quarter_flows", {"school_code": "", **dict.fromkeys(("months_published", "opening", *INTO, *OUT,
                                                                        "closing"), "i")})


def quarter(months: Sequence[Tables], policy: Policy = Policy()) -> Tables:  # noqa: B008 (frozen)
    """`months`: the tables of the quarter's cycles, oldest first, as they lie on disk."""
    if not months:
        return {name: [] for name in NAMES}
    end = last_day(max(r["cycle"] for m in months for r in m["flows"]))
    people = {p["person_id"]: p for p in months[-1]["persons"]}
    history = _history(months)
    rows = [_ledger_row(case, people[case["person_id"]], history[case["case_id"]], policy, end)
            for case in sorted(months[-1]["cases"], key=lambda c: c["school_code"])]
    stock = [r for r in rows if r["state"] in IN_STOCK]
    limit = policy.thresholds.dropout_days
    return {"ledger_children": _children(months, people, policy, end),
            "ledger_suspected": [r for r in stock if r["days_open"] is None or r["days_open"] < limit],
            "ledger_dropout": [r for r in stock if r["days_open"] is not None and r["days_open"] >= limit],
            "recheck": _recheck(months, rows), "quarter_flows": _flows(months)}


@dataclass(slots=True)
class _History:
    """A case over the quarter: its state at each month's end (— before it began), and its attempts."""
    states: list[str] = field(default_factory=list)
    attempts: int = 0


def _history(months: Sequence[Tables]) -> dict[str, _History]:
    out: dict[str, _History] = defaultdict(_History)
    for i, month in enumerate(months):
        for case in month["cases"]:
            states = out[case["case_id"]].states
            states += ["—"] * (i - len(states)) + [case["state"]]
        for event in month["events"]:
            out[event["case_id"]].attempts += event["event"] == "attempt"
    return out


def _ledger_row(case: Mapping[str, Any], person: Mapping[str, Any], history: _History, policy: Policy,
                end: date) -> dict[str, Any]:
    age, (low, high) = age_on(person["birth"], end), policy.ages.compulsory
    return {**{k: case[k] for k in LEDGER if k in case}, "months": "、".join(history.states), "age": age,
            "compulsory": None if age is None else low <= age <= high, "attempts_in_quarter": history.attempts}


def age_on(birth: str | None, day: date) -> int | None:
    """Full years on that day; None if the date of birth leaves it open."""
    days = [b for b in (start_of(birth), end_of(birth)) if b]
    ages = {day.year - b.year - ((day.month, day.day) < (b.month, b.day)) for b in days}
    return ages.pop() if len(ages) == 1 else None


def _children(months: Sequence[Tables], people: Mapping[str, Any], policy: Policy, end: date) -> Rows:
    """Everyone of compulsory age that a form of the quarter names."""
    seen: dict[str, dict[str, Any]] = {}
    for month in months:
        person_of = {r["row_id"]: r["person_id"] for r in month["links"]}
        for form in ("absent_list", "follow_up", "case_file", "psych_case", "health_roster"):
            for row in month.get(form, ()):
                entry = seen.setdefault(person_of[row["row_id"]], {"forms": set()})
                entry["forms"].add(form)
                entry["school_code"] = row["school_code"]
    state = {c["person_id"]: c["state"] for c in months[-1]["cases"]}
    low, high = policy.ages.compulsory
    out = []
    for person_id in sorted(seen):
        age = age_on(people[person_id]["birth"], end)
        entry = seen[person_id]
        if age is None or low <= age <= high:
            out.append({"person_id": person_id, "school_code": entry["school_code"], "birth": people[person_id]["birth"],
                        "age": age, "case_state": state.get(person_id), "forms": "、".join(sorted(entry["forms"]))})
    return out


def _recheck(months: Sequence[Tables], rows: Rows) -> Rows:
    """Cases to hold against the pupil: exits of the quarter, and what stands still or is in doubt; `row_id` (and `field`, if
    it is one cell) of the month `cycle` is what the reason rests on, or the last that was said of the case."""
    words, first = machine()["recheck"], min(r["cycle"] for m in months for r in m["flows"])
    closed = {c["case_id"] for m in months for c in m["cases"] if (c["closed_cycle"] or "") >= first}
    alarms: dict[str, Mapping[str, Any]] = {}
    for seen in (s for m in months for s in m["discrepancies"] if s["case_id"] and s["code"] in words):
        alarms.setdefault(seen["case_id"], seen)
    last = {e["case_id"]: (e["cycle"], e["row_id"], None) for m in months for e in m["events"] if e["row_id"]}
    exits = {e["case_id"]: (e["cycle"], e["row_id"], None) for m in months for e in m["events"]
             if e["row_id"] and e["from_state"] != e["to_state"] and e["to_state"] not in IN_STOCK}
    out = []
    for row in rows:
        reasons = [f"closed_{row['state']}"] if row["case_id"] in closed and row["state"] not in IN_STOCK else []
        reasons += [row["state"]] if row["state"] in ("lost", "unknown") else []
        alarm = alarms.get(row["case_id"])
        reasons += [alarm["code"]] if alarm else []
        reasons += ["idle"] if row["state"] in IN_STOCK and not row["attempts_in_quarter"] else []
        same = {k: row[k] for k in ("case_id", "person_id", "school_code")}
        for code in (c for c in reasons if c in words):
            proof = exits.get(row["case_id"]) if code.startswith("closed_") else None
            if alarm and code == alarm["code"] and alarm["row_id"]:
                proof = (alarm["cycle"], alarm["row_id"], alarm["field"])
            cycle, row_id, name = proof or last.get(row["case_id"]) or (None, None, None)
            out.append({**same, "reason_code": code, "reason": words[code], "since": row["state_since"], "cycle": cycle,
                        "row_id": row_id, "field": name})
    return out


def _flows(months: Sequence[Tables]) -> Rows:
    """A school's statement over the quarter: the first published opening, the sums, the last published closing."""
    out: dict[str, dict[str, Any]] = {}
    for row in (r for m in months for r in m["flows"]):
        blank = {"school_code": row["school_code"], "months_published": 0, "opening": None, "closing": None}
        total = out.setdefault(row["school_code"], {**blank, **dict.fromkeys((*INTO, *OUT))})
        if row["closing"] is None:
            continue
        if not total["months_published"]:
            total["opening"] = row["opening"]
        total["months_published"] += 1
        for name in (*INTO, *OUT):
            total[name] = (total[name] or 0) + row[name]
        total["closing"] = row["closing"]
    return [out[code] for code in sorted(out)]
