"""A month's files -> tables: each parsed in a process of its own, understood by itself, versions settled, decisions applied."""
from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import PurePath
from typing import Any

from carelib import values
from carelib.read import lexicon, versions, worker
from carelib.read.sender import Names
from carelib.read.submission import empty
from carelib.read.understand import register_of, understand
from carelib.records import Decision, Observation, Parsed, Row, Submission, Value
from carelib.tables import Tables, observation_row, typed
from carelib.values.context import Context
from carelib.world import ReceivedFile, World

Tick = Callable[[str, int, int], None]
ENOUGH = 48                                 # files from which on understanding is shared among processes
DECIDES_WHO = frozenset({"student_name", "id_number", "student_no", "risk_level"})
_WORLD: World | None = None                 # of a helper process: set once when it starts


def read_month(world: World, jobs: int = 1, tick: Tick | None = None, schools: set[str] | None = None) -> Tables:
    """All tables of `read` for one cycle. `tick(stage, done, total)` is called as files are parsed and understood;
    `schools`: only their submissions (and those of which no school is known)."""
    said = tick or (lambda *_: None)
    parsed = _parse(world, jobs, said)
    subs = versions.settle(_understand(parsed, world, jobs, said), world)
    if schools:
        subs = [s for s in subs if s.school_code is None or s.school_code in schools]
    return tabulate(subs, world)


def _parse(world: World, jobs: int, said: Tick) -> list[tuple[Parsed, ReceivedFile]]:
    total, done = len(world.files), 0

    def one(_: Any) -> None:
        nonlocal done
        done += 1
        said("read", done, total)
    found = worker.parse_files([f.path for f in world.files], world.cache, jobs, one)
    return [(found[f.path], f) for f in world.files]


def _understand(parsed: list[tuple[Parsed, ReceivedFile]], world: World, jobs: int, said: Tick) -> list[Submission]:
    if jobs < 2 or len(parsed) < ENOUGH:
        return [s for one, file in parsed for s in understood(one, file, world)]
    slim = replace(world, roster=None, files=(), decisions=())
    fresh = get_context("spawn")                 # never a fork of a process that has threads (a progress bar)
    with ProcessPoolExecutor(jobs, fresh, initializer=_start, initargs=(slim,)) as pool:
        return [s for found in pool.map(_one, parsed, chunksize=8) for s in found]


def _start(world: World) -> None:
    global _WORLD
    _WORLD = world


def _one(pair: tuple[Parsed, ReceivedFile]) -> list[Submission]:
    assert _WORLD is not None
    return understood(*pair, _WORLD)


def understood(parsed: Parsed, file: ReceivedFile, world: World) -> list[Submission]:
    """`understand`; a fault of the program in one file becomes a submission that says so, and the other files finish."""
    try:
        return understand(parsed, file, world)
    except Exception as fault:  # noqa: BLE001  told to the reviewer and as a failure of the run; its text may carry names
        return [_failed(parsed, file, world, fault)]


def _failed(parsed: Parsed, file: ReceivedFile, world: World, fault: Exception) -> Submission:
    """Which kind of fault, and where in the program: never what it says."""
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    what = f"{type(fault).__name__}，{PurePath(frame.filename).stem} 第 {frame.lineno} 行"
    reason = world.catalogue.wording["read"]["reason"]["reader_failed"].format(what=what)
    names = Names.of(file.name, register_of(world), lexicon.of(world.catalogue), world.cycle)
    form, school = names.titles[0][1] if names.titles else None, names.school.code if names.school else None
    seen = Observation("reader_failed", school_code=school, facts={"what": what})
    return empty(form, school, "unreadable", "damaged", reason, parsed.medium, file, world, (seen,))


# ---- tables -----------------------------------------------------------------------------------------------------------

def tabulate(subs: Iterable[Submission], world: World) -> Tables:
    """Submissions as the tables of contract §5, with people's decisions on values applied to the wide tables."""
    decided = world.decided("value")
    out: Tables = {name: [] for name in ("submissions", "values", "held_rows", "furniture", "leftovers", "remarks")}
    out.update({code: [] for code in world.catalogue.forms})
    for sub in subs:
        rows = [_judged(row, sub, decided, world) for row in sub.rows]
        out["submissions"].append(_submission(sub, [row for row, _ in rows]))
        out["furniture"] += [{"submission_id": sub.submission_id, "place": f.place, "raw": f.raw, "kind": f.kind} for f in sub.furniture]
        out["leftovers"] += [{"submission_id": sub.submission_id, "place": x.place, "raw": x.raw} for x in sub.leftovers]
        freed = {row.row_id for row, _ in rows if row.held is None}
        out["remarks"] += [observation_row(o, world.cycle) for o in sub.observations
                           if not (o.row_id in freed and o.code in ("held_row", "unknown_level"))]
        for row, used in rows:
            _row(row, used, sub, world, out)
    return out


def _judged(row: Row, sub: Submission, decided: Mapping[str, Decision], world: World) -> tuple[Row, dict[str, Decision]]:
    """The decisions that hold for a row; one that says who or how grave it is frees a row that waited."""
    used = {v.field: d for v in row.values if (d := decided.get(f"{row.row_id}:{v.field}")) and d.use and d.saw == _saw(v)}
    if row.held and DECIDES_WHO & set(used) and not _struck(row, sub):
        row = replace(row, held=None)
    return row, used


def _struck(row: Row, sub: Submission) -> bool:
    return any(o.code == "struck_row" and o.row_id == row.row_id for o in sub.observations)


def _saw(value: Value) -> str:
    """What a decision on this value saw (as `review.saw_value` has it): when that changes the decision is stale."""
    text = json.dumps((value.raw, value.problem, value.place), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _row(row: Row, used: Mapping[str, Decision], sub: Submission, world: World, out: Tables) -> None:
    fields = world.catalogue.forms[row.form].fields
    for v in row.values:
        out["values"].append({
            "row_id": row.row_id, "submission_id": sub.submission_id, "form": row.form, "school_code": sub.school_code,
            "cycle": world.cycle, "field": v.field, "label": v.label, "raw": v.raw, "value": v.value, "problem": v.problem,
            "place": v.place, "confidence": v.confidence, "suggestion": v.suggestion,
            "decision_id": used[v.field].decision_id if v.field in used else None})
    if row.held:
        raw = json.dumps({v.label or v.field: v.raw for v in row.values}, ensure_ascii=False)
        out["held_rows"].append({"row_id": row.row_id, "submission_id": sub.submission_id, "raw": raw, "reason": row.held})
    elif sub.state == "accepted":
        told = {v.field: v.value for v in row.values}
        told.update({name: _used(d, fields[name], world) for name, d in used.items()})
        out[row.form].append({"row_id": row.row_id, "submission_id": sub.submission_id, "school_code": sub.school_code,
                              "cycle": world.cycle, **{f: typed(told.get(f), field.type) for f, field in fields.items()}})


def _used(decision: Decision, field: Any, world: World) -> str | None:
    """What a person wrote, in normal form."""
    context = Context(world.catalogue.codes, world.cycle, psych_levels=world.policy.psych_levels)
    return values.parse(decision.use or "", field, context).value


def _submission(sub: Submission, rows: list[Row]) -> dict[str, Any]:
    own = [r for r in rows if r.form == sub.form]
    counts: dict[str, int | None] = {"rows_found": len(own), "rows_accepted": sum(r.held is None for r in own),
                                     "rows_held": sum(r.held is not None for r in own)}
    if sub.state == "unreadable":
        counts |= dict.fromkeys(("cells_total", "cells_claimed", "cells_furniture", "cells_left"))
    else:
        claimed = len({p for r in rows for v in r.values if v.raw is not None and v.place for p in v.place.split("、")})
        counts |= {"cells_total": claimed + len(sub.furniture) + len(sub.leftovers), "cells_claimed": claimed,
                   "cells_furniture": len(sub.furniture), "cells_left": len(sub.leftovers)}
    names = ("submission_id", "cycle", "file", "sheet", "sha256", "medium", "form", "school_code", "period", "term", "received_at",
             "filled_by", "approved_by", "filled_date", "on_time", "is_zero", "state", "reason_code", "reason", "superseded_by", "zero_at")
    return {**{n: getattr(sub, n) for n in names}, **counts}


