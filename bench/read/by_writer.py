"""Rolls and cards as .docx, to be printed by Writer."""
from __future__ import annotations

import io

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from printers import Looks, body, parts, span_head, twisted
from rolls import Card, Roll

SIDES = {"all": ("top", "bottom", "left", "right", "insideH", "insideV"), "dotted": ("top", "bottom", "left", "right", "insideH", "insideV"),
         "open": ("top", "bottom", "insideH", "insideV"), "rows": ("top", "bottom", "insideH"), "columns": ("left", "right", "insideV"), "three": ("top", "bottom"),
         "frame": ("top", "bottom", "left", "right")}


def document(paper: Roll | Card, looks: Looks) -> bytes:
    """The paper as a .docx."""
    paper, looks = twisted(paper, looks)
    book = docx.Document()
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = looks.font, Pt(looks.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), looks.font)
    page = book.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    if isinstance(paper, Roll) and not looks.upright:
        page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(1.6)
    for part in [paper] if isinstance(paper, Card) else parts(paper, looks):
        top = book.add_paragraph()
        top.alignment = WD_ALIGN_PARAGRAPH.CENTER
        top.add_run(part.title).font.size = Pt(looks.size * 1.7)
        if isinstance(part, Card):
            _card(book, part, looks)
            continue
        book.add_paragraph((" " * 16).join(part.above))
        _roll(book, part, looks)
        for text in part.below:
            book.add_paragraph(text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _roll(book, roll: Roll, looks: Looks) -> None:
    cells, depth = span_head(roll)
    table = book.add_table(depth + len(roll.rows), len(roll.head))
    table.autofit = False
    _borders(table, looks.rules)
    unit = (17.6 if looks.upright else 26.3) / sum(roll.widths)
    grid = [list(row.cells) for row in table.rows]
    for row in grid:
        for c, cell in enumerate(row):
            cell.width = Cm(roll.widths[c] * unit)
    for text, r, c, high, wide in [*cells, *((t, depth + r, c, tall, 1) for t, r, c, tall in body(roll))]:
        cell = grid[r][c] if high * wide == 1 else grid[r][c].merge(grid[r + high - 1][c + wide - 1])
        _put(cell, text, looks)
    for row in list(table.rows)[:depth] if looks.repeat else ():
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)


def _card(book, card: Card, looks: Looks) -> None:
    table = book.add_table(0, 4)
    _borders(table, looks.rules)
    for a, b in zip(card.pairs[::2], card.pairs[1::2]):
        for cell, text in zip(table.add_row().cells, (*a, *b)):
            _put(cell, text, looks)
    for label, value in card.wide:
        row = table.add_row().cells
        _put(row[0], label, looks)
        _put(row[1].merge(row[3]), value, looks)


def _put(cell, text: str, looks: Looks) -> None:
    line = cell.paragraphs[0]
    line.add_run(text)
    if looks.align != "left":
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER if looks.align == "center" else WD_ALIGN_PARAGRAPH.RIGHT


def _borders(table, rules: str) -> None:
    box = OxmlElement("w:tblBorders")
    for side in SIDES.get(rules, ()):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "dotted" if rules == "dotted" else "single"), ("sz", "4"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        box.append(line)
    table._tbl.tblPr.append(box)
