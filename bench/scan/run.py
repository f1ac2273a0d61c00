"""How well scans are read: `python bench/scan/run.py [dev|unseen|boxed] [--seed N] [--count N] [--keep FOLDER] [--only NAME] [-v]`.

Prints forms of invented pupils, spoils them as scanners do, reads them, and counts cell by cell against what was printed:
exact before the gate; right, asked and wrong after it, by the kind of field. Needs Chromium and LibreOffice to print.
"""
from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

import cases  # noqa: E402
import measure  # noqa: E402
from measure import Score  # noqa: E402

from carelib.read import scan  # noqa: E402


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("corpus", nargs="?", default="dev", choices=("dev", "unseen", "boxed"))
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--count", type=int, default=40)
    ask.add_argument("--keep", type=Path, help="folder in which the scans are kept for the next time")
    ask.add_argument("--only", default="")
    ask.add_argument("-v", action="store_true", help="show what differs")
    said = ask.parse_args()
    fonts = cases.font_files()
    drawn = {"unseen": cases.unseen, "boxed": cases.boxed}
    found = cases.dev(said.seed, fonts[0] if fonts else "") if said.corpus == "dev" else drawn[said.corpus](said.seed, said.count, fonts)
    totals: dict[str, Score] = {}
    words = measure.context()
    for n, case in enumerate(found):
        if said.only in case.name:
            total = totals.setdefault(case.bar, Score())
            total.add(_one(case, _scanned(case, n, said), words, said.v))
    for bar, total in totals.items():
        _show(bar, total)


def _scanned(case: cases.Case, n: int, said: argparse.Namespace) -> bytes:
    kept = said.keep / f"{said.corpus}{said.seed}_{case.name}.pdf" if said.keep else None
    if kept and kept.exists():
        return kept.read_bytes()
    data = case.pdf(said.seed * 100 + n)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
    return data


def _one(case: cases.Case, data: bytes, words: measure.Context, loud: bool) -> Score:
    start = time.process_time()
    parsed = scan.parse_pages(data)
    spent = time.process_time() - start
    pages = data.count(b"/Type/Page/")
    grid = max(parsed.grids, key=lambda g: len(g.cells), default=None)
    if grid is None:
        print(f"{case.name:16} UNREAD {parsed.reason}")
        return Score()
    score = measure.score(grid, case.sheets[0], words)
    counts = sum(score.kinds.values(), Counter())
    extras = [e[1] for g in parsed.grids for e in g.extras]
    print(f"{case.name:16} {case.printer[:4]} {100 * score.exact / score.cells:5.1f} % of {score.cells:3}  records {score.found}/{score.records} whole {score.whole}"
          f"  right {counts['right']} hint {counts['asked_right']} asked {counts['asked']} absent {counts['absent']} WRONG {counts['wrong']}"
          f"  {spent / pages:.1f} s  {Counter(extras) or ''} {[g.doubts for g in parsed.grids if g.doubts] or ''}", flush=True)
    for fault in score.faults if loud else [f for f in score.faults if f.startswith("WRONG")]:
        print("     ", fault)
    return score


def _show(bar: str, total: Score) -> None:
    counts = sum(total.kinds.values(), Counter())
    valued = sum(counts[k] for k in ("right", "asked", "asked_right", "wrong", "absent")) or 1
    print(f"\n{bar}: {total.cells} cells, exact {100 * total.exact / max(1, total.cells):.2f} %, records found {total.found}/{total.records}, wholly {total.whole}")
    print(f"  accepted {100 * counts['right'] / valued:.2f} %, with the suggestion {100 * (counts['right'] + counts['asked_right']) / valued:.2f} %, "
          f"wrong {counts['wrong']} of {counts['right'] + counts['wrong']}, absent {counts['absent']}")
    for kind, c in sorted(total.kinds.items()):
        print(f"    {kind:8} right {c['right']:5} hint {c['asked_right']:4} asked {c['asked']:4} absent {c['absent']:3} wrong {c['wrong']:3}")


if __name__ == "__main__":
    main()
