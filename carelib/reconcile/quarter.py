"""The quarterly re-check: the county's three ledgers and the list of cases to look at again, from the months' tables.

Basis: the ministry's rhythm of 2024 (a school reports monthly, a county re-checks each quarter). What the monthly forms do
not know (children who are on no form) is not in the ledgers; with a roster the first ledger comes from there.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from carelib import tables
from carelib.policy import Policy, last_day
from carelib.reconcile.cases import end_of, start_of
from carelib.reconcile.flows import INTO, OUT
from carelib.reconcile.statements import machine
from carelib.records import IN_STOCK
from carelib.tables import Rows, Tables

LEDGER = {"case_id": "", "person_id": "", "school_code": "", "state": "", "state_since": "", "days_open": "i", "attempts": "i",
          "attempts_in_quarter": "i", "last_attempt": "", "months": "", "age": "i", "compulsory": "b", "owner": ""}
tables.add_schema("ledger_children", {"person_id": "", "school_code": "", "birth": "", "age": "i", "case_state": "", "forms": ""})
tables.add_schema("ledger_suspected", LEDGER)
tables.add_schema("ledger_dropout", LEDGER)
tables.add_schema("recheck", {"case_id": "", "person_id": "", "school_code": "", "reason_code": "", "reason": "", "since": ""})
tables.add_schema("quarter_flows", {"school_code": "", "months_published": "i", "opening": "i", **dict.fromkeys((*INTO, *OUT), "i"),
                                    "closing": "i"})


def quarter(months: Sequence[Tables], policy: Policy = Policy()) -> Tables:  # noqa: B008 (frozen)
    """`months`: the tables of the quarter's cycles, oldest first, as they lie on disk."""
    if not months:
        return {name: [] for name in ("ledger_children", "ledger_suspected", "ledger_dropout", "recheck", "quarter_flows")}
    end = last_day(max(r["cycle"] for m in months for r in m["flows"]))
    people = {p["person_id"]: p for p in months[-1]["persons"]}
    rows = [_ledger_row(case, people[case["person_id"]], months, policy, end) for case in months[-1]["cases"]]
    stock = [r for r in rows if r["state"] in IN_STOCK]
    limit = policy.thresholds.dropout_days
    return {"ledger_children": _children(months, people, policy, end),
            "ledger_suspected": [r for r in stock if r["days_open"] is None or r["days_open"] < limit],
            "ledger_dropout": [r for r in stock if r["days_open"] is not None and r["days_open"] >= limit],
            "recheck": _recheck(months, rows, end), "quarter_flows": _flows(months)}


def _ledger_row(case: Mapping[str, Any], person: Mapping[str, Any], months: Sequence[Tables], policy: Policy, end: date) -> dict[str, Any]:
    states = [next((c["state"] for c in m["cases"] if c["case_id"] == case["case_id"]), None) for m in months]
    age = age_on(person["birth"], end)
    low, high = policy.ages.compulsory
    return {**{k: case[k] for k in LEDGER if k in case}, "months": "、".join(s or "—" for s in states), "age": age,
            "compulsory": None if age is None else low <= age <= high,
            "attempts_in_quarter": sum(e["event"] == "attempt" and e["case_id"] == case["case_id"] for m in months for e in m["events"])}


def age_on(birth: str | None, day: date) -> int | None:
    """Full years on that day; None if the date of birth leaves it open."""
    ages = {day.year - b.year - ((day.month, day.day) < (b.month, b.day)) for b in (start_of(birth), end_of(birth)) if b}
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
        if age is None or low <= age <= high:
            out.append({"person_id": person_id, "school_code": seen[person_id]["school_code"], "birth": people[person_id]["birth"],
                        "age": age, "case_state": state.get(person_id), "forms": "、".join(sorted(seen[person_id]["forms"]))})
    return out


def _recheck(months: Sequence[Tables], rows: Rows, end: date) -> Rows:
    """Cases whose paper a county should hold against the pupil: exits of the quarter, and what stands still or is in doubt."""
    words = machine()["recheck"]
    closed = {c["case_id"] for m in months for c in m["cases"] if c["closed_cycle"] and c["closed_cycle"] >= _first(months)}
    alarms: dict[str, str] = {}
    for seen in (s for m in months for s in m["discrepancies"] if s["case_id"]):
        alarms.setdefault(seen["case_id"], seen["code"]) if seen["code"] in words else None
    out = []
    for row in rows:
        reasons = [f"closed_{row['state']}"] if row["case_id"] in closed and row["state"] not in IN_STOCK else []
        reasons += [row["state"]] if row["state"] in ("lost", "unknown") else []
        reasons += [alarms[row["case_id"]]] if row["case_id"] in alarms else []
        reasons += ["idle"] if row["state"] in IN_STOCK and not row["attempts_in_quarter"] else []
        out += [{"case_id": row["case_id"], "person_id": row["person_id"], "school_code": row["school_code"], "reason_code": code,
                 "reason": words[code], "since": row["state_since"]} for code in reasons if code in words]
    return out


def _first(months: Sequence[Tables]) -> str:
    return min(r["cycle"] for m in months for r in m["flows"])


def _flows(months: Sequence[Tables]) -> Rows:
    """A school's statement over the quarter: the first published opening, the sums, the last published closing."""
    out: dict[str, dict[str, Any]] = {}
    for row in (r for m in months for r in m["flows"]):
        total = out.setdefault(row["school_code"], {"school_code": row["school_code"], "months_published": 0, "opening": None,
                                                    **dict.fromkeys((*INTO, *OUT)), "closing": None})
        if row["closing"] is None:
            continue
        if not total["months_published"]:
            total["opening"] = row["opening"]
        total["months_published"] += 1
        for name in (*INTO, *OUT):
            total[name] = (total[name] or 0) + row[name]
        total["closing"] = row["closing"]
    return [out[code] for code in sorted(out)]
