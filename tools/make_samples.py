"""Make the invented district: registers and three cycles of files as schools make them.

    python tools/make_samples.py [--into inputs] [--without-office]

The committed files under inputs/ come from here. LibreOffice (soffice) is needed only to print the PDFs;
with --without-office those few files are left as they are.
"""
from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path

from samples import broken, office, registers, sheets, story
from samples.layout import Drawing, draw_list
from samples.pages import draw_page

ROOT = Path(__file__).resolve().parents[1]
SHEET_MAKERS = ("openpyxl", "xlsxwriter", "xlwt", "csv", "html")
MAKERS = {"docx": office.write_docx, "cut": broken.cut}
OFFICE_MAKERS = {"calc pdf": lambda d, p: office.print_pdf(d, p, "calc"),
                 "writer pdf": lambda d, p: office.print_pdf(d, p, "writer"),
                 "calc xls": lambda d, p: office.resave(d, p, "xls"),
                 "writer doc": lambda d, p: office.resave(d, p, "doc"),
                 "photo": broken.photo, "locked": broken.locked}


def make(into: Path, with_office: bool = True) -> None:
    """Write everything the story tells below `into`."""
    told = story.read()
    registers.write(told, into)
    for paper in told.papers:
        make_paper(told, paper, into, with_office)
    receipts(told, into)


def make_paper(told: story.Story, paper: dict, into: Path, with_office: bool = True) -> None:
    path, maker = into / paper["cycle"] / paper["file"], paper["maker"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if maker in SHEET_MAKERS:
        sheets.write(drawings(told, paper), path, maker)
    elif maker in MAKERS:
        MAKERS[maker](drawings(told, paper), path)
    elif maker == "copy":
        if (into / paper["copy_of"]).exists():          # a printed original is made with the office suite only
            shutil.copyfile(into / paper["copy_of"], path)
    elif with_office:
        OFFICE_MAKERS[maker](drawings(told, paper), path)


def drawings(told: story.Story, paper: dict) -> list[Drawing]:
    """All sheets or pages of a paper, drawn."""
    parts = paper.get("sheet") or paper.get("page") or [paper]
    return [draw_page(p, told.pages[p["grid"]], told.pupils[p["who"]]) if "grid" in p
            else draw_list(p, columns(told, p), told.pupils) for p in parts]


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
