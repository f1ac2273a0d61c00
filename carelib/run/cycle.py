"""`carelib run`: one cycle from files to reviewed workbooks, schools side by side; one failure never stops the others."""
from __future__ import annotations

import os
import platform
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from carelib import report, review
from carelib.catalogue import HERE
from carelib.month import Month
from carelib.records import UsageError
from carelib.report import pack
from carelib.run import stages
from carelib.run import workspace as places
from carelib.run.execute import Outcome, execute
from carelib.run.stages import Tick
from carelib.run.workspace import Workspace
from carelib.world import School

NOTEBOOKS = HERE.parent.parent / "notebooks"
UNTIL = ("read", "reconcile", "check", "report", "review")
VERB_NOTEBOOKS = {"read": "1_read", "reconcile": "2_reconcile", "check": "3_check", "report": "4_report", "review": "5_review"}


@dataclass
class Ran:
    """What a run made, and what needs a person."""
    month: Month
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)       # Chinese sentences

    @property
    def ok(self) -> bool:
        return not self.failures


def run(workspace: Workspace, cycle: str, *, schools: Sequence[str] = (), until: str = "review", jobs: int = 0,
        fresh: bool = False, scheduler: str | None = None, tick: Tick = lambda *_: None) -> Ran:
    """Everything of one cycle up to `until`; `schools` limits notebooks and workbooks to those schools."""
    cycle = places.known_cycle(workspace, cycle)
    jobs = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1
    with stages.only_run(workspace), _executor(jobs, scheduler) as pool:
        started = time.perf_counter()
        month = stages.ensure(workspace, cycle, until if until in stages.STAGES else "check", jobs=jobs, fresh=fresh, tick=tick)
        ran = Ran(month, seconds={"tables": time.perf_counter() - started}, failures=_not_read(month))
        wanted = places.known_schools(month.world, schools) or tuple(s.code for s in month.world.open_schools)
        if until in ("report", "review"):
            _timed(ran, "workbooks", lambda: _workbooks(ran, workspace, wanted, not schools, pool, tick))
        _timed(ran, "notebooks", lambda: _notebooks(ran, workspace, wanted, until, not schools, pool, tick))
        if until == "review":
            _timed(ran, "pack", lambda: pack.build(month.folder, month))
        _sweep(month, wanted, until, not schools)
        stages.save_json(month.folder / "run.json", account(ran, schools, until))
    return ran


def _not_read(month: Month) -> list[str]:
    """Files on which the program itself failed; their names may carry pupils' names and are not said here."""
    count = sum(r["code"] == "reader_failed" for r in month.rows("remarks"))
    return [f"有 {count} 个文件程序读取时出错，其余已读完；见读取笔记里“读不出来”的一栏，请告诉维护人员"] if count else []


def _timed(ran: Ran, what: str, work: Any) -> None:
    started = time.perf_counter()
    work()
    ran.seconds[what] = time.perf_counter() - started


def _executor(jobs: int, scheduler: str | None) -> Executor:
    """The local cores; or, if asked, a Dask cluster (pip install distributed) through the same interface."""
    if scheduler:
        try:
            from distributed import Client
        except ImportError:
            raise UsageError("--scheduler 要用到 distributed，这台电脑没有安装，本次没有运行。请先安装（pip install distributed），"
                             "或去掉 --scheduler，只用本机的核。") from None
        try:
            return Client(scheduler).get_executor(pure=False)
        except (OSError, ValueError):
            raise UsageError(f"连不上 --scheduler 写的“{scheduler}”，本次没有运行。地址应如 192.168.1.10:8786；请核对地址、"
                             "确认那台机器上的调度器已启动，或去掉 --scheduler，只用本机的核。") from None
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def _workbooks(ran: Ran, workspace: Workspace, codes: Sequence[str], district: bool, pool: Executor, tick: Tick) -> None:
    """A share of the schools to each worker, so that each loads the tables once."""
    month, shares = ran.month, min(len(codes), getattr(pool, "_max_workers", 4)) or 1
    tasks = [pool.submit(_write_school_books, workspace, month.cycle, codes[i::shares]) for i in range(shares)]
    if district:
        tasks.append(pool.submit(_write_district_books, workspace, month.cycle))
    for done, task in enumerate(as_completed(tasks), 1):
        ran.failures += task.result()
        tick("report", done, len(tasks))


def _write_school_books(workspace: Workspace, cycle: str, codes: Sequence[str]) -> list[str]:
    month = stages.ensure(workspace, cycle)
    failures = []
    for code in codes:
        school = month.world.known_school(code)
        try:
            report.school_workbook(draft_path(month, school), month, school)
        except Exception as fault:  # noqa: BLE001  a bug in one school's book: told by kind, the other schools finish
            failures.append(f"{school.name}：工作簿没有写成（{type(fault).__name__}）")
    return failures


def _write_district_books(workspace: Workspace, cycle: str) -> list[str]:
    month = stages.ensure(workspace, cycle)
    report.district_workbook(month.folder / "district" / f"{cycle}.xlsx", month)
    report.public_workbook(month.folder / "district" / f"{cycle}_public.xlsx", month)
    return []


def draft_path(month: Month, school: School) -> Path:
    return month.folder / "reports" / "draft" / report.file_name(school, month.cycle)


def _notebooks(ran: Ran, workspace: Workspace, codes: Sequence[str], until: str, district: bool, pool: Executor, tick: Tick) -> None:
    tasks = {}
    for source, target, extra in _plan(ran.month, codes, until, district):
        parameters = {"cycle": ran.month.cycle, "workspace": str(workspace.root), **extra}
        tasks[pool.submit(execute, source, target, parameters, extra.get("school_code"))] = extra
    for done, task in enumerate(as_completed(tasks), 1):
        outcome = task.result()
        ran.outcomes.append(outcome)
        tick("notebooks", done, len(tasks))
        if not outcome.ok:
            school = ran.month.world.school(outcome.school_code)
            ran.failures.append(f"{school.name + '的笔记' if school else '笔记 ' + outcome.name}没有完成：{outcome.why}")


def _plan(month: Month, codes: Iterable[str], until: str, district: bool) -> Iterator[tuple[Path, Path, dict[str, str]]]:
    folder = month.folder / "notebooks"
    for verb in UNTIL[:UNTIL.index(until) + 1]:
        name = VERB_NOTEBOOKS[verb]
        yield NOTEBOOKS / f"{name}.ipynb", folder / f"{name}.ipynb", {}
        if verb == "report":
            if district:
                yield NOTEBOOKS / "district.ipynb", folder / "district.ipynb", {}
            for code in codes:
                yield NOTEBOOKS / "school.ipynb", folder / "schools" / f"{code}.ipynb", {"school_code": code}


def _sweep(month: Month, wanted: Sequence[str], until: str, whole: bool) -> None:
    """After a whole run, what an earlier one left for schools that are no longer there is taken away."""
    if not whole or until != "review":
        return
    keep = {draft_path(month, month.world.known_school(c)).name for c in wanted}
    for path in (month.folder / "reports" / "draft").glob("*.xlsx"):
        if path.name not in keep:
            path.unlink()
    for path in (month.folder / "notebooks" / "schools").glob("*.ipynb"):
        if path.stem not in wanted:
            path.unlink()
    if not any(month.folder.joinpath("failed").glob("*")) if month.folder.joinpath("failed").exists() else False:
        shutil.rmtree(month.folder / "failed")


def account(ran: Ran, schools: Sequence[str], until: str) -> dict[str, Any]:
    """`run.json`: versions, parameters, input hashes, counts, durations; no pupil and no input file name in it."""
    month = ran.month
    count = lambda table, column: dict(sorted(Counter(str(r[column]) for r in month.rows(table)).items()))  # noqa: E731
    return {
        "cycle": month.cycle, "parameters": {"schools": list(schools), "until": until},
        "versions": {"carelib": metadata.version("carelib"), "python": platform.python_version(),
                     **{name: metadata.version(name) for name in stages.LIBRARIES}},
        "code": stages.code_key(), "inputs": sorted(f.sha256 for f in month.world.files),
        "counts": {"files": len(month.world.files), "submissions": count("submissions", "state"),
                   "filing": count("filing", "state"), "links": count("links", "state"), "cases": count("cases", "state"),
                   "findings": count("findings", "consequence"), "judgements": count("judgements", "outcome"),
                   "questions": len(review.open_questions(month))},
        "moved_ids": stages.moved(month), "seconds": {k: round(v, 3) for k, v in ran.seconds.items()},
        "notebooks": {"done": sum(o.ok for o in ran.outcomes), "failed": sum(not o.ok for o in ran.outcomes)},
        "failures": ran.failures,
    }


@dataclass(frozen=True, slots=True)
class Release:
    school_code: str
    school: str
    file: str | None
    reasons: tuple[str, ...] = ()


def release(month: Month, school: School) -> Release:
    """Copy the approved draft to reports/released, if contract §7 allows; what was sent is never changed.

    An approved report is made anew first: the draft that lies there may be older than the tables.
    """
    draft = draft_path(month, school)
    if school.code in month.world.decided_in("school", month.cycle):
        report.school_workbook(draft, month, school)
    reasons = review.why_not_release(month, school, draft)
    if reasons:
        return Release(school.code, school.name, None, tuple(reasons))
    folder = month.folder / "reports" / "released"
    folder.mkdir(parents=True, exist_ok=True)
    target, number, content = folder / draft.name, 1, draft.read_bytes()
    while target.exists() and target.read_bytes() != content:
        number += 1
        target = folder / f"{draft.stem}_第{number}次{draft.suffix}"
    beside = target.with_name(f".{target.name}.part")
    beside.write_bytes(content)
    os.replace(beside, target)
    return Release(school.code, school.name, target.name)
