"""Read, reconcile and check of each cycle in order, made again only when what they read has changed.

Every stage has a key of all that it reads (code, notice, policy, registers, files, decisions, the earlier cycle's key).
The keys of what stands on disk are in `outputs/<cycle>/stages.json`; outputs may be deleted at any time.
"""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import filelock

from carelib import catalogue, review, tables
from carelib.month import Month
from carelib.records import UsageError
from carelib.run import workspace as places
from carelib.run.workspace import Workspace
from carelib.tables import Rows, Tables
from carelib.world import World

STAGES = ("read", "reconcile", "check")
LIBRARIES = ("pandas", "pyarrow", "pdfplumber", "pypdfium2", "python-calamine", "openpyxl", "xlrd", "lxml", "rapidfuzz",
             "pypinyin", "rapidocr", "onnxruntime", "xlsxwriter")
_ROUNDS = 3                                     # a decision that follows its persons may itself move an id
Tick = Callable[[str, int, int], None]          # stage, done, of how many


class OnDisk(dict[str, Rows]):
    """The tables of a cycle, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> Rows:
        if name not in self:
            raise KeyError(name)
        self[name] = tables.read(self.folder, name)
        return self[name]

    def __bool__(self) -> bool:
        return True                             # not read yet is not empty

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (self.folder / f"{name}.parquet").exists()

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401  (dict.get does not ask __missing__)


@contextmanager
def only_run(workspace: Workspace) -> Iterator[None]:
    """One run at a time in a workspace; a notebook started by a run belongs to that run."""
    workspace.outputs.mkdir(parents=True, exist_ok=True)
    path = str(workspace.outputs / ".run.lock")
    if os.environ.get("CARELIB_RUN") == path:
        yield
        return
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise UsageError("这个工作区正有另一次运行，本次没有开始。请等它结束后再运行。") from None
    os.environ["CARELIB_RUN"] = path
    try:
        yield
    finally:
        del os.environ["CARELIB_RUN"]
        lock.release()


@cache
def code_key() -> str:
    """A key of the library and its notice, and of the libraries that decide what is read and written."""
    home, seen = catalogue.HERE.parent, hashlib.sha256()
    for path in sorted(p for p in home.rglob("*") if p.is_file() and p.suffix in (".py", ".toml", ".csv")):
        seen.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    for name in LIBRARIES:
        seen.update(f"{name}={metadata.version(name)}".encode())
    return seen.hexdigest()


def _key(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def keys(world: World, earlier: Mapping[str, str]) -> dict[str, str]:
    """What each stage of this cycle would be made of. `earlier`: the keys of the cycle before."""
    own = [(f.name, f.sha256, f.received_at) for f in world.files]
    said = {kind: [(d.subject, d.verdict, d.saw, d.use) for d in world.decisions if d.kind == kind]
            for kind in ("value", "link", "finding")}
    first = _key(code_key(), world.cycle, world.policy, world.schools, world.roster, own, said["value"], world.key.hex())
    second = _key(first, said["link"], earlier.get("reconcile"))
    return {"read": first, "reconcile": second, "check": _key(second, said["finding"])}


def _made(folder: Path) -> dict[str, Any]:
    path = folder / "stages.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def moved(month: Month) -> list[list[str]]:
    """What `moved_ids` found when this cycle and the earlier ones were last made."""
    found = (tuple(pair) for m in (*month.earlier, month) for pair in _made(m.folder).get("moved", []))
    return [list(pair) for pair in dict.fromkeys(found)]


def save_json(path: Path, data: Any) -> None:
    """Written beside and renamed: under its name it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(beside, path)


def ensure(workspace: Workspace, cycle: str, until: str = "check", *, jobs: int = 1, fresh: bool = False,
           tick: Tick = lambda *_: None) -> Month:
    """The tables of `cycle` and of every earlier one up to stage `until`, made where missing or out of date.

    Where a late file has moved the ids of persons about whom somebody decided, the decision follows them and the months are
    made once more.
    """
    path = workspace.outputs / "followed.json"
    pairs = json.loads(path.read_text("utf-8")) if path.exists() else {}
    month = _pass(workspace, cycle, until, pairs, jobs, fresh, tick)
    for _ in range(_ROUNDS if until != "read" else 0):
        found = review.follow(review.Ledger(workspace.ledger).decisions(), month, pairs)
        if found == pairs:
            break
        pairs = found
        save_json(path, pairs)
        month = _pass(workspace, cycle, until, pairs, jobs, False, tick, again=True)
    return month


def _pass(workspace: Workspace, cycle: str, until: str, pairs: Mapping[str, str], jobs: int, fresh: bool, tick: Tick,
          again: bool = False) -> Month:
    months: list[Month] = []
    before: dict[str, str] = {}
    wanted = STAGES[:STAGES.index(until) + 1]
    for each in workspace.up_to(cycle):
        world = places.world(workspace, each)
        world = replace(world, decisions=review.followed(world.decisions, pairs))
        month = Month(world, workspace.out(each), tuple(months))
        stages = wanted if each == cycle else STAGES[:max(2, len(wanted))]
        before = _make(month, stages, before, jobs, fresh and each == cycle, tick, again)
        months.append(month)
    return months[-1]


def _make(month: Month, wanted: tuple[str, ...], before: Mapping[str, str], jobs: int, fresh: bool, tick: Tick,
          again: bool) -> dict[str, str]:
    folder, world = month.folder, month.world
    made, now = _made(folder), keys(world, before)
    for stage in wanted:
        whole = all((folder / "tables" / f"{t}.parquet").exists() for t in made.get("tables", {}).get(stage, ()))
        if made.get(stage) == now[stage] and whole and not fresh:
            continue
        for later in STAGES[STAGES.index(stage):]:
            made.pop(later, None)
        save_json(folder / "stages.json", made)
        result = _do(stage, month, jobs, tick)
        if stage == "reconcile":
            earlier = map(tuple, made.get("moved", [])) if again else ()
            made["moved"] = sorted(map(list, {*earlier, *map(tuple, moved_ids(month, result))}))
        _save(month, stage, result, made)
        made[stage] = now[stage]
        save_json(folder / "stages.json", made)
    return now


def _do(stage: str, month: Month, jobs: int, tick: Tick) -> Tables:
    from carelib import check, read, reconcile  # heavy, and not needed where nothing is to be made
    world, here = month.world, OnDisk(month.folder / "tables")
    if stage == "read":
        return read.read_month(world, jobs=jobs, tick=tick)
    if stage == "reconcile":
        last = month.earlier[-1] if month.earlier else None
        return reconcile.reconcile_month(world, here, OnDisk(last.folder / "tables") if last else None)
    done = check.check_month(world, here, {m.cycle: OnDisk(m.folder / "tables") for m in month.earlier})
    return {**done, "findings": review.with_states(done["findings"], world.decisions)}


def moved_ids(month: Month, new: Tables) -> list[list[str]]:
    """[old, new] of every person or case id that this making of the cycle gives another value than the last one did. The rows
    tell whose an id was: where a person's id has moved, the case's has too."""
    links, cases = (tables.read(month.folder / "tables", name) for name in ("links", "cases"))
    was, case_was = {r["row_id"]: r["person_id"] for r in links}, {r["person_id"]: r["case_id"] for r in cases}
    case_is = {r["person_id"]: r["case_id"] for r in new["cases"]}
    persons = {(was[r["row_id"]], r["person_id"]) for r in new["links"] if was.get(r["row_id"], r["person_id"]) != r["person_id"]}
    same = {(person, person) for person in case_was}
    moved = {(case_was[old], case_is[now]) for old, now in persons | same if old in case_was and now in case_is}
    return sorted(map(list, persons | {pair for pair in moved if pair[0] != pair[1]}))


def _save(month: Month, stage: str, result: Tables, made: dict[str, Any]) -> None:
    folder = month.folder / "tables"
    for name, rows in result.items():
        form = month.world.catalogue.forms.get(name)
        schema = tables.wide_schema({f.name: f.type for f in form.fields.values()}) if form else None
        tables.write(folder, name, rows, schema)
        month._rows.pop(name, None)
    made.setdefault("tables", {})[stage] = sorted(result)
