"""Makes the scans of `tests/specimens` and what is printed on them: `python bench/scan/specimens.py FOLDER`.

A few small pages, one trouble each; needs Chromium and LibreOffice. A photo is a scan that lies askew on a dark desk in uneven light.
"""
from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from pathlib import Path

import cv2
import forms
import numpy as np
from cases import Case, font_files, unseen
from printers import Looks
from spoil import Scan, pictures, to_pdf

PAGES = {
    "scan_list_red_seal_skewed": ("absent_list", 6, "chromium", Looks(size=9), Scan(skew=0.9, seal="table", jpeg=50)),
    "scan_list_office_copied": ("follow_up", 5, "libreoffice", Looks(font="Noto Serif CJK SC", size=9), Scan(skew=-0.6, grey=True, shade=25, jpeg=55)),
    "scan_list_faint_150": ("health_roster", 6, "chromium", Looks(size=10), Scan(150, 0.4, 0.5, 4, 50, 0.35, grey=True)),
    "scan_page_of_a_pupil": ("card", 0, "chromium", Looks(size=10), Scan(skew=0.5, grey=True, jpeg=50)),
}
# pages of the benchmark's invented corpus that were once misread: seed and number
ONCE_WRONG = {"scan_list_dashed_stems_150": (63, 0), "scan_list_dashed_turned_150": (63, 5)}


def main(folder: Path) -> None:
    for n, (name, (form, rows, printer, looks, scan)) in enumerate(PAGES.items()):
        dice = random.Random(n)
        sheet = forms.card(dice) if form == "card" else forms.list_sheet(form, dice, rows, 0, False, "-")
        case = Case(name, "", [sheet], printer, looks, scan)
        _keep(folder / name, case.pdf(n), sheet)
    for name, (seed, n) in ONCE_WRONG.items():
        case = unseen(seed, n + 1, font_files())[n]
        _keep(folder / name, case.pdf(seed * 100 + n), case.sheets[0])
    bare = Case("", "", [forms.list_sheet("follow_up", random.Random(11), 5, 0, False, "-")], "chromium", Looks(rules="none"), Scan(skew=0.4, grey=True, jpeg=45))
    (folder / "scan_list_without_rules.pdf").write_bytes(bare.pdf(11))
    printed = Case("", "", [forms.list_sheet("absent_list", random.Random(9), 6, 0, False, "-")], "chromium", Looks(), Scan(grey=True, jpeg=45))
    (folder / "scan_photo_on_a_desk.pdf").write_bytes(_photo(printed))


def _keep(path: Path, data: bytes, sheet: forms.Sheet) -> None:
    path.with_suffix(".pdf").write_bytes(data)
    cells = [{k: v for k, v in asdict(box).items() if k in ("row", "col", "text", "field")} for box in sheet.boxes if box.text]
    told = {"form": sheet.form, "records": len(sheet.records), "cells": cells}
    path.with_suffix(".cells.json").write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", "utf-8")


def _photo(case: Case) -> bytes:
    """The printed page seen at an angle, with a dark desk around it and light from one side."""
    import printers
    scan = case.scan
    (page,) = pictures(printers.PRINTERS[case.printer](case.sheets, case.looks), scan, 1)
    h, w = page.shape[:2]
    corners = np.float32([(0.12 * w, 0.1 * h), (0.9 * w, 0.03 * h), (0.96 * w, 0.93 * h), (0.03 * w, 0.88 * h)])
    turn = cv2.getPerspectiveTransform(np.float32([(0, 0), (w, 0), (w, h), (0, h)]), corners)
    seen = cv2.warpPerspective(page, turn, (w, h), borderValue=(62, 48, 40)).astype(np.float32)
    seen *= np.linspace(1.0, 0.45, w, dtype=np.float32)[None, :, None]
    return to_pdf([np.clip(seen, 0, 255).astype(np.uint8)], scan)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
