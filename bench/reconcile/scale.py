"""A province: district by district, month by month, through the tables as they lie on disk.

    python bench/reconcile/scale.py [--districts 100] [--schools 100] [--months 36] [--intake 0.6] [--jobs 1] [--folder DIR]

A district's month is one pure function of (its read tables, what its last month left in Parquet); districts are handed to an
Executor, so that their order and the machine on which they run do not matter. Tables go to DIR/district=NNN/cycle=YYYY-MM/.
Inventing the district is not counted. CPU seconds; `peak` is the largest process, children included. `--calls` counts
function calls instead (of Python and of C), which are the same on every machine: how the work grows with the months.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import resource
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from measure import Score, world  # noqa: E402
from simulate import District  # noqa: E402

from carelib import tables  # noqa: E402
from carelib.reconcile import reconcile_month  # noqa: E402


@dataclass
class Spent:
    """One cycle of one district."""
    cycle: str
    rows: int
    persons: int
    read: float
    reconcile: float
    write: float
    calls: int = 0

    @property
    def total(self) -> float:
        return self.read + self.reconcile + self.write


def one_district(seed: int, schools: int, months: int, intake: float, folder: Path, count: bool = False) -> tuple[list[Spent], Score, float]:
    district = District(seed, "usual", schools, months, intake=intake)
    said: dict[str, str] = {}
    truth: dict[str, int] = {}
    before: Path | None = None
    spent = []
    for month in district.run():
        gc.collect()
        gc.freeze()                             # the invented district itself is no burden of the months
        calls = cProfile.Profile()
        if count:
            calls.enable()
        start = time.process_time()
        last = {p.stem: tables.read(before, p.stem) for p in before.glob("*.parquet")} if before else None
        read = time.process_time()
        out = reconcile_month(world(district, month.cycle), month.tables, last)
        made = time.process_time()
        before = folder / f"district={seed:03d}" / f"cycle={month.cycle}"
        for name, rows in out.items():
            tables.write(before, name, rows)
        end = time.process_time()
        calls.disable()
        total = pstats.Stats(calls).total_calls if count else 0         # type: ignore[attr-defined]
        spent.append(Spent(month.cycle, len(month.truth), len(out["persons"]), read - start, made - read, end - made, total))
        said |= {r["row_id"]: r["person_id"] for r in out["links"]}
        truth |= month.truth
    score = Score(seconds=sum(s.total for s in spent))
    score.add(truth, said, district)
    return spent, score, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--districts", type=int, default=1)
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--intake", type=float, default=1.0, help="share of the usual new cases a month")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", default="")
    parser.add_argument("--calls", action="store_true", help="count function calls (the seconds are then those of a profiler)")
    given = parser.parse_args()
    folder = Path(given.folder or tempfile.mkdtemp())
    months: dict[str, list[Spent]] = defaultdict(list)
    whole, peak, started = Score(), 0.0, time.monotonic()
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        tasks = [pool.submit(one_district, 1 + n, given.schools, given.months, given.intake, folder, given.calls) for n in range(given.districts)]
        for done, task in enumerate(as_completed(tasks), 1):
            spent, score, largest = task.result()
            for s in spent:
                months[s.cycle].append(s)
            whole.merge(score)
            peak = max(peak, largest)
            print(f"{done:4d} of {given.districts} districts, {sum(s.rows for s in spent)} rows, {score.seconds:.0f} s CPU, "
                  f"{time.monotonic() - started:.0f} s since the start", flush=True)
    print("\n| month | rows | persons | CPU s: read | reconcile | write | total |\n|---|--:|--:|--:|--:|--:|--:|")
    for cycle, all_ in sorted(months.items()):
        sums = [sum(getattr(s, name) for s in all_) for name in ("rows", "persons", "read", "reconcile", "write", "total")]
        print(f"| {cycle} | {sums[0]} | {sums[1]} | " + " | ".join(f"{x:.1f}" for x in sums[2:]) + " |")
    if given.calls:
        cycles = sorted(months)
        for year in (cycles[i:i + 12] for i in range(0, len(cycles), 12)):
            here = [s for cycle in year for s in months[cycle]]
            print(f"{year[0]} to {year[-1]}: {sum(s.calls for s in here) / sum(s.rows for s in here):.0f} function calls a row")
    total = sum(s.total for all_ in months.values() for s in all_)
    last = sum(s.total for s in months[max(months)])
    print(f"\nall months {total:.0f} s CPU, the last one {last:.0f} s ({100 * last / total:.1f} %), peak {peak:.2f} GB a process, "
          f"{given.jobs} at a time, {time.monotonic() - started:.0f} s by the clock")
    print(whole.line(f"{given.districts} x {given.schools} schools x {given.months} months"))


if __name__ == "__main__":
    main()
