"""Time and memory of a large district, month by month, through the tables as they lie on disk.

    python bench/reconcile/scale.py [--schools 1000] [--months 12] [--folder DIR]

Each month is reconciled from what the month before left in Parquet, as a run does it. CPU seconds of one process.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from measure import Score, world  # noqa: E402
from simulate import District  # noqa: E402

from carelib import tables  # noqa: E402
from carelib.reconcile import reconcile_month  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--folder", default="")
    given = parser.parse_args()
    district = District(1, "usual", given.schools, given.months)
    folder = Path(given.folder or tempfile.mkdtemp())
    said: dict[str, str] = {}
    truth: dict[str, int] = {}
    before: Path | None = None
    total = 0.0
    for month in district.run():
        start = time.process_time()
        last = {p.stem: tables.read(before, p.stem) for p in before.glob("*.parquet")} if before else None
        read = time.process_time() - start
        out = reconcile_month(world(district, month.cycle), month.tables, last)
        made = time.process_time() - start - read
        before = folder / month.cycle
        for name, rows in out.items():
            tables.write(before, name, rows)
        took = time.process_time() - start
        total += took
        said |= {r["row_id"]: r["person_id"] for r in out["links"]}
        truth |= month.truth
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{month.cycle} rows {len(month.truth):7d} persons {len(out['persons']):8d}  read {read:6.1f}s reconcile {made:6.1f}s "
            f"write {took - read - made:6.1f}s  peak {peak:.2f} GB",
            flush=True,
        )
    score = Score(seconds=total)
    score.add(truth, said, district)
    print(score.line(f"{given.schools} schools x {given.months} months"))


if __name__ == "__main__":
    main()
