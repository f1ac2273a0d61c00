"""Make the invented district: registers and three cycles of files as schools make them.

    python tools/make_samples.py [--into inputs] [--without-office]

The committed files under inputs/ come from here. LibreOffice (soffice) is needed only to print the PDFs;
with --without-office those few files are left as they are.
"""
from __future__ import annotations

import argparse
import csv
from pathlib import Path

from samples import registers, sheets, story
from samples.layout import draw_list

ROOT = Path(__file__).resolve().parents[1]
SHEET_MAKERS = ("openpyxl", "xlsxwriter", "xlwt", "csv", "html")


def make(into: Path, office: bool = True) -> None:
    """Write everything the story tells below `into`."""
    told = story.read()
    registers.write(told, into)
    for paper in told.papers:
        path = into / paper["cycle"] / paper["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if paper["maker"] in SHEET_MAKERS:
            tables = paper.get("sheet") or [paper]
            sheets.write([draw_list(t, columns(told, t), told.pupils) for t in tables], path, paper["maker"])
    receipts(told, into)


def columns(told: story.Story, sheet: dict) -> list[list]:
    """The columns of a layout, less those the sheet leaves out, with the words it prefers."""
    chosen = [c for c in told.layouts[sheet["layout"]] if c[1] not in sheet.get("without", ())]
    labels = sheet.get("labels", {})
    return [[labels.get(c[1], c[0]), *c[1:]] for c in chosen] + sheet.get("more_columns", [])


def receipts(told: story.Story, into: Path) -> None:
    """received.csv of each cycle: when each file came, for those whose arrival somebody wrote down."""
    for cycle in sorted({p["cycle"] for p in told.papers}):
        came = sorted((p["file"], p["received"]) for p in told.papers if p["cycle"] == cycle and p.get("received"))
        with (into / cycle / "received.csv").open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerows([("file", "received_at"), *((f, t.replace(" ", "T")) for f, t in came)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "inputs")
    parser.add_argument("--without-office", action="store_true")
    options = parser.parse_args()
    make(options.into, not options.without_office)


if __name__ == "__main__":
    main()
