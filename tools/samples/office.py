"""What needs an office suite: Word tables, PDFs printed by Calc and Writer, old binary formats.

LibreOffice is called with a profile of its own. Times and ids inside a PDF are overwritten with fixed ones of the
same length; the rest of its bytes still depends on the LibreOffice that printed it.
"""
from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from samples import sheets
from samples.layout import Box, Drawing

FACES = sheets.FACES


def write_docx(drawings: list[Drawing], path: Path) -> None:
    """Each drawing as paragraphs, one table, paragraphs; a new page for each."""
    paper = docx.Document()
    section = paper.sections[0]
    wide = drawings[0].looks.get("page") != "portrait"
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(20)
    room = section.page_width.mm - 40
    for i, drawing in enumerate(drawings):
        if i:
            paper.add_page_break()
        _docx_drawing(paper, drawing, room)
    paper.core_properties.author = "微软用户"
    paper.core_properties.created = paper.core_properties.modified = sheets.EPOCH
    paper.save(str(path))
    sheets.steady(path)


def _docx_drawing(paper: Any, drawing: Drawing, room: float) -> None:
    ruled = [b for b in drawing.boxes if b.style in sheets.RULED]
    first = min((b.row for b in ruled), default=10 ** 6)
    lines = [(row, list(boxes)) for row, boxes in groupby(sorted(drawing.boxes, key=lambda b: (b.row, b.col)),
                                                           key=lambda b: b.row)]
    for row, boxes in lines:
        if row < first:
            _paragraph(paper, boxes)
    if ruled:
        _docx_table(paper, ruled, drawing, room)
    for row, boxes in lines:
        if row > first and boxes[0].style not in sheets.RULED:
            _paragraph(paper, boxes)


def _paragraph(paper: Any, boxes: list[Box]) -> None:
    text = "        ".join(str(b.value) for b in boxes if b.value)
    line = paper.add_paragraph()
    line.paragraph_format.space_after = Pt(4)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER if boxes[0].style in ("title", "wide") else WD_ALIGN_PARAGRAPH.LEFT
    _run(line, text, boxes[0].style)


def _run(line: Any, text: str, style: str) -> None:
    face, size, bold, _ = FACES[style]
    run = line.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, face
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)


def _docx_table(paper: Any, ruled: list[Box], drawing: Drawing, room: float) -> None:
    first, last = min(b.row for b in ruled), max(b.row + b.row_span for b in ruled)
    table = paper.add_table(last - first, len(drawing.widths), style="Table Grid")
    table.autofit = False
    share = room / sum(drawing.widths)
    for column, width in zip(table.columns, drawing.widths):
        column.width = Mm(width * share)
    for row in table.rows:
        row.height = Mm(8)
        for cell, width in zip(row.cells, drawing.widths):
            cell.width, cell.vertical_alignment = Mm(width * share), WD_ALIGN_VERTICAL.CENTER
    for box in ruled:
        cell = table.cell(box.row - first, box.col)
        if box.row_span > 1 or box.col_span > 1:
            cell = cell.merge(table.cell(box.row - first + box.row_span - 1, box.col + box.col_span - 1))
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.LEFT if FACES[box.style][3] == "left" else WD_ALIGN_PARAGRAPH.CENTER
        if box.value is not None:
            _run(line, str(box.value), box.style)


def convert(source: Path, target: Path, kind: str) -> None:
    """Let LibreOffice turn `source` into `target`; `kind` is its name of the format ('pdf', 'xls', 'doc')."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["nice", "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                        "--convert-to", kind, "--outdir", folder, str(source)],
                       check=True, capture_output=True, timeout=180)
        made = Path(folder) / f"{source.stem}.{kind.partition(':')[0]}"
        shutil.copyfile(made, target)
    if kind == "pdf":
        target.write_bytes(still(target.read_bytes()))


def still(data: bytes) -> bytes:
    """Fixed time and ids in a PDF, of the same length, so that no offset moves."""
    data = re.sub(rb"(/CreationDate\(D:)\d{14}", rb"\g<1>20230301080000", data)
    data = re.sub(rb"<([0-9A-F]{32})>", lambda m: b"<" + b"0" * 32 + b">", data)
    return re.sub(rb"(/DocChecksum /)([0-9A-F]{32})", lambda m: m[1] + b"0" * 32, data)


def print_pdf(drawings: list[Drawing], target: Path, program: str) -> None:
    """A PDF printed by 'calc' (from a workbook) or by 'writer' (from a document)."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("paper.xlsx" if program == "calc" else "paper.docx")
        if program == "calc":
            sheets.write(drawings, source, "openpyxl")
        else:
            write_docx(drawings, source)
        convert(source, target, "pdf")


def resave(drawings: list[Drawing], target: Path, kind: str) -> None:
    """The drawings as a file of an old format: 'xls' from a workbook, 'doc' from a document."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("paper.xlsx" if kind == "xls" else "paper.docx")
        if kind == "xls":
            sheets.write(drawings, source, "openpyxl")
        else:
            write_docx(drawings, source)
        convert(source, target, kind)
