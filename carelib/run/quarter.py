"""`carelib run 2023-Q2`: the county's quarterly re-check from the quarter's months."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from carelib import report, tables
from carelib.reconcile import quarter as recheck
from carelib.records import UsageError
from carelib.run import stages
from carelib.run.stages import OnDisk, Tick
from carelib.run.workspace import Workspace

QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")


@dataclass(frozen=True, slots=True)
class Quarter:
    name: str
    cycles: tuple[str, ...]
    folder: Path
    rows: dict[str, int]
    basis: str


def run(workspace: Workspace, name: str, *, jobs: int = 1, tick: Tick = lambda *_: None) -> Quarter:
    """Tables and workbook of the quarter in `outputs/<year>-Q<n>/`, from those of its months that `inputs/` holds."""
    year, number = QUARTER.fullmatch(name).groups()  # type: ignore[union-attr]
    wanted = [f"{year}-{month:02d}" for month in range(3 * int(number) - 2, 3 * int(number) + 1)]
    cycles = tuple(c for c in wanted if c in workspace.cycles())
    if not cycles:
        raise UsageError(f"inputs 里没有 {year} 年第 {number} 季度的任何一个月（{wanted[0]} 到 {wanted[2]}）。")
    with stages.only_run(workspace):
        month = stages.ensure(workspace, cycles[-1], jobs=max(1, jobs), tick=tick)
        months = {c: OnDisk(workspace.out(c) / "tables") for c in workspace.cycles() if c <= cycles[-1]}
        made = recheck([months[c] for c in cycles], month.world.policy)
        folder, title = workspace.outputs / f"{year}-Q{number}", f"{year} 年第 {number} 季度"
        for table, rows in made.items():
            tables.write(folder / "tables", table, rows)
        basis = _basis(workspace, wanted, cycles)
        report.quarter_workbook(folder / "district" / f"{folder.name}.xlsx", month, title, made, months, basis)
    return Quarter(folder.name, cycles, folder, {k: len(v) for k, v in made.items()}, basis)


def _basis(workspace: Workspace, wanted: list[str], cycles: tuple[str, ...]) -> str:
    """Which months it rests on, which are missing, and of which no report was released yet."""
    absent = [c for c in wanted if c not in cycles]
    draft = [c for c in cycles if not any((workspace.out(c) / "reports" / "released").glob("*.xlsx"))]
    said = ["依据 " + "、".join(cycles) + " 的报表"]
    said += [f"缺 {'、'.join(absent)}，本季度还不完整"] if absent else []
    said += [f"{'、'.join(draft)} 的学校报告都还没有发布，数字可能还会变"] if draft else []
    return "；".join(said) + "。"
