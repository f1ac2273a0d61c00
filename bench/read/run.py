"""How well and how fast text PDFs are read, side by side: `python bench/read/run.py [--seed N] [--count N] [--keep FOLDER] [--only WORD] [-v]`.

Prints invented lists and pages with every printer on this machine, reads them with carelib and with what a user would
take instead, and compares cell by cell with what was printed. Ends with a Markdown table for each group.
"""
from __future__ import annotations

import argparse
import io
import sys
import time
import warnings
from collections import defaultdict
from contextlib import redirect_stderr
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from cases import GROUPS, Case, cases  # noqa: E402
from measure import Score, score  # noqa: E402
from readers import Reader, available  # noqa: E402

HEAD = "| reader | cells exact | records found | wholly right | asked | absent | wrong, not asked | rows nobody printed | CPU ms a page | of pdfplumber |"
RULE = "|---" + "|--:" * 9 + "|"


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--count", type=int, default=6, help="papers of each group and printer")
    ask.add_argument("--keep", type=Path, help="folder in which the PDFs are kept for the next time")
    ask.add_argument("--only", default="", help="papers whose name holds this")
    ask.add_argument("-v", action="store_true", help="a line for each paper that is not wholly right")
    said = ask.parse_args()
    totals: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for case in cases(said.seed, said.count):
        if said.only in case.name:
            data = _printed(case, said)
            for name, reader in available(case.group in ("poor", "serial-free")).items():
                one = _measured(case, data, reader)
                totals[case.group][name].add(one)
                if said.v and one.whole < one.records and name == "carelib":
                    print(f"{case.name:24} {case.looks.rules:8} {one}", flush=True)
    for group, readers in totals.items():
        _show(GROUPS[group], readers)


def _printed(case: Case, said: argparse.Namespace) -> bytes:
    kept = said.keep / f"{said.seed}-{case.name}.pdf" if said.keep else None
    if kept and kept.exists():
        return kept.read_bytes()
    data = case.pdf()
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
    return data


def _measured(case: Case, data: bytes, reader: Reader) -> Score:
    """Read twice, the faster time counts: the first one loads what the reader needs."""
    spent = []
    for _ in range(2):
        start = time.process_time()
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            tables = reader(data)
        spent.append(time.process_time() - start)
    out = score(case.paper, tables)
    out.seconds, out.pages = min(spent), _pages(data)
    return out


def _pages(data: bytes) -> int:
    import pypdfium2
    return len(pypdfium2.PdfDocument(data))


def _show(title: str, readers: dict[str, Score]) -> None:
    first = next(iter(readers.values()))
    print(f"\n**{title}**: {first.pages} pages, {first.records} records, {first.cells} filled cells\n\n{HEAD}\n{RULE}")
    base = readers["pdfplumber"].seconds
    for name, s in readers.items():
        print(f"| {name} | {_share(s.exact, s.cells)} | {_share(s.found, s.records)} | {_share(s.whole, s.records)} | {s.asked} | {s.absent} | {s.wrong} "
              f"| {s.invented} | {1000 * s.seconds / max(1, s.pages):.0f} | {s.seconds / base:.2f} |")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.2f} %"


if __name__ == "__main__":
    main()
