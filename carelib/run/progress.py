"""What a run says while it goes (to stderr) and when it is done (to stdout). No file name and no pupil in it."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from carelib.run.stages import Tick

NAMES = {"read": "读取文件", "reconcile": "逐月对账", "check": "逐条检查", "report": "写工作簿", "notebooks": "执行笔记"}


@contextmanager
def bar(quiet: bool = False) -> Iterator[Tick]:
    """A bar a stage; yields the `tick` that moves it."""
    if quiet:
        yield lambda *_: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        tasks: dict[str, Any] = {}

        def tick(stage: str, done: int, total: int) -> None:
            if stage not in tasks or (done <= 1 and progress.tasks[tasks[stage]].finished):
                tasks[stage] = progress.add_task(NAMES.get(stage, stage), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield tick


def summary(ran: Any, until: str) -> None:
    """What was made and what needs a person, one line a school."""
    from carelib import review
    month, out = ran.month, Console()
    findings = Counter((f["school_code"], f["consequence"]) for f in month.rows("findings")) if until not in ("read", "reconcile") else {}
    held = Counter(s["school_code"] for s in month.rows("submissions") if s["state"] in ("held", "unreadable"))
    table = Table(title=f"{month.cycle} 运行结果", title_justify="left")
    for name in ("学校", "收到", "读不了或待定", "须更正", "请核实", "供审核"):
        table.add_column(name, justify="left" if name == "学校" else "right")
    received = Counter(s["school_code"] for s in month.rows("submissions"))
    for school in month.world.open_schools:
        table.add_row(school.name, *(str(n or "") for n in (received[school.code], held[school.code], *(
            findings.get((school.code, c), 0) for c in ("return_form", "ask_school", "tell_reviewer")))))
    out.print(table)
    if until not in ("read", "reconcile"):
        out.print(f"等人决定 {len(review.open_questions(month))} 项：carelib review {month.cycle}")
    done = sum(o.ok for o in ran.outcomes)
    out.print(f"笔记 {done} 本，用时 {sum(ran.seconds.values()):.1f} 秒。结果在 {month.folder}", soft_wrap=True)
    for failure in ran.failures:
        Console(stderr=True).print(f"✘ {failure}", style="red", markup=False)
