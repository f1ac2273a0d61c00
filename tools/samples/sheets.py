"""Drawings on spreadsheet paper: openpyxl, xlsxwriter, xlwt, CSV in GB18030, and HTML that calls itself .xls."""
from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from samples.layout import Box, Drawing

EPOCH = datetime(2023, 3, 1, 8, 0, 0)           # the date in every file's properties: the same in every run
DATE_FORMAT = "yyyy-mm-dd"
FACES = {"title": ("黑体", 18, True, "center"), "top": ("黑体", 12, False, "left"), "info": ("宋体", 11, False, "left"),
         "header": ("宋体", 10, True, "center"), "body": ("宋体", 10, False, "center"),
         "wide": ("宋体", 14, False, "center"), "section": ("宋体", 11, True, "left"),
         "total": ("宋体", 10, True, "center"), "note": ("宋体", 10, False, "left"),
         "label": ("宋体", 10, False, "center"), "long": ("宋体", 10, False, "left")}
RULED = ("header", "body", "wide", "section", "total", "label", "long")


def write(drawings: list[Drawing], path: Path, maker: str) -> None:
    """Put the drawings on the paper that `maker` names; the same drawings give the same file."""
    {"openpyxl": _openpyxl, "xlsxwriter": _xlsxwriter, "xlwt": _xlwt, "csv": _csv, "html": _html}[maker](drawings, path)


def height_of(row: int, drawing: Drawing) -> float | None:
    """Rows as high as their longest wrapped text needs; titles a little higher."""
    styles = [b for b in drawing.boxes if b.row == row]
    if any(b.style == "title" for b in styles):
        return 32
    lines = 1
    for box in styles:
        if box.style in RULED and isinstance(box.value, str):
            units = sum(2 if ord(c) > 255 else 1 for c in box.value)
            room = int(sum(drawing.widths[box.col:box.col + box.col_span])) - 1
            lines = max(lines, -(-units // max(1, room)), box.value.count("\n") + 1, 3 * (box.style == "long"))
    return 16.0 + 13.5 * (lines - 1) if lines > 1 else 20.0


def _openpyxl(drawings: list[Drawing], path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for drawing in drawings:
        sheet = book.create_sheet(drawing.name)
        sheet.sheet_state = "hidden" if drawing.hidden else "visible"
        for box in drawing.boxes:
            _openpyxl_box(sheet, box, drawing.looks)
        for col, width in enumerate(drawing.widths, 1):
            sheet.column_dimensions[get_column_letter(col)].width = width
        for col in drawing.hidden_columns:
            sheet.column_dimensions[get_column_letter(col + 1)].hidden = True
        for row in {b.row for b in drawing.boxes}:
            sheet.row_dimensions[row + 1].height = height_of(row, drawing)
        for row in drawing.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        _openpyxl_page(sheet, drawing)
    book.active = next(i for i, d in enumerate(drawings) if not d.hidden)
    book.properties.creator, book.properties.created, book.properties.modified = "Administrator", EPOCH, EPOCH
    book.save(path)
    steady(path)


def _openpyxl_page(sheet: Any, drawing: Drawing) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = drawing.looks.get("page", "landscape"), 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    if drawing.looks.get("repeat_header"):
        sheet.print_title_rows = f"{drawing.header_rows[0] + 1}:{drawing.header_rows[1] + 1}"


def _openpyxl_box(sheet: Any, box: Box, looks: dict[str, Any]) -> None:
    face, size, bold, side = FACES[box.style]
    thin = Side(style="thin", color="000000")
    cell = sheet.cell(box.row + 1, box.col + 1, box.value)
    if isinstance(box.value, str):
        cell.number_format = "@" if box.style in ("body", "long") else "General"
    elif isinstance(box.value, date):
        cell.number_format = looks.get("date_format", DATE_FORMAT)
    elif isinstance(box.value, float) and box.value > 1e15:
        cell.number_format = "0"
    for row in range(box.row + 1, box.row + box.row_span + 1):
        for col in range(box.col + 1, box.col + box.col_span + 1):
            ruled = sheet.cell(row, col)
            ruled.font = Font(name=looks.get("face", face), size=size, bold=bold)
            ruled.alignment = Alignment(horizontal=side, vertical="center", wrap_text=box.style in RULED)
            if box.style in RULED:
                ruled.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            if box.style == "header" and looks.get("fill"):
                ruled.fill = PatternFill("solid", fgColor=looks["fill"])
    if box.row_span > 1 or box.col_span > 1:
        sheet.merge_cells(start_row=box.row + 1, start_column=box.col + 1,
                          end_row=box.row + box.row_span, end_column=box.col + box.col_span)


def _xlsxwriter(drawings: list[Drawing], path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": DATE_FORMAT})
    book.set_properties({"author": "user", "created": EPOCH})
    for drawing in drawings:
        sheet = book.add_worksheet(drawing.name)
        if drawing.hidden:
            sheet.hide()
        for col, width in enumerate(drawing.widths):
            sheet.set_column(col, col, width, None, {"hidden": col in drawing.hidden_columns})
        for row in sorted({b.row for b in drawing.boxes}):
            sheet.set_row(row, height_of(row, drawing), None, {"hidden": row in drawing.hidden_rows})
        for box in drawing.boxes:
            _xlsxwriter_box(book, sheet, box, drawing.looks)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    book.close()
    steady(path)


def _xlsxwriter_box(book: Any, sheet: Any, box: Box, looks: dict[str, Any]) -> None:
    face, size, bold, side = FACES[box.style]
    style = {"font_name": looks.get("face", face), "font_size": size, "bold": bold, "align": side, "valign": "vcenter",
             "text_wrap": box.style in RULED, "border": int(box.style in RULED)}
    if box.style == "header" and looks.get("fill"):
        style["bg_color"] = "#" + looks["fill"]
    if isinstance(box.value, date):
        style["num_format"] = looks.get("date_format", DATE_FORMAT)
    elif isinstance(box.value, str) and box.style == "body":
        style["num_format"] = "@"
    form = book.add_format(style)
    if box.row_span > 1 or box.col_span > 1:
        sheet.merge_range(box.row, box.col, box.row + box.row_span - 1, box.col + box.col_span - 1, box.value, form)
    elif isinstance(box.value, str):
        sheet.write_string(box.row, box.col, box.value, form)
    elif isinstance(box.value, date):
        sheet.write_datetime(box.row, box.col, datetime(box.value.year, box.value.month, box.value.day), form)
    elif box.value is None:
        sheet.write_blank(box.row, box.col, None, form)
    else:
        sheet.write_number(box.row, box.col, box.value, form)


def _xlwt(drawings: list[Drawing], path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    styles: dict[tuple[str, bool], Any] = {}
    for drawing in drawings:
        sheet = book.add_sheet(drawing.name)
        sheet.visibility = int(drawing.hidden)
        sheet.portrait = False
        for col, width in enumerate(drawing.widths):
            sheet.col(col).width = int(width * 1.15 * 256)      # its numbers print wider than in .xlsx
            sheet.col(col).hidden = col in drawing.hidden_columns
        sheet.fit_num_pages, sheet.fit_width_to_pages, sheet.fit_height_to_pages = 1, 1, 0
        for row in {b.row for b in drawing.boxes}:
            sheet.row(row).height_mismatch, sheet.row(row).height = True, int(height_of(row, drawing) * 20)
        for box in drawing.boxes:
            key = (box.style, isinstance(box.value, date))
            style = styles.setdefault(key, _xlwt_style(*key))
            if box.row_span > 1 or box.col_span > 1:
                sheet.write_merge(box.row, box.row + box.row_span - 1, box.col, box.col + box.col_span - 1,
                                  box.value, style)
            else:
                sheet.write(box.row, box.col, box.value, style)
    book.save(str(path))


def _xlwt_style(name: str, is_date: bool) -> Any:
    face, size, bold, side = FACES[name]
    rules = ", ".join(f"{s} thin" for s in ("left", "right", "top", "bottom")) if name in RULED else ""
    return xlwt.easyxf(f"font: name {face}, height {size * 20}, bold {'on' if bold else 'off'}; "
                       f"align: horiz {side}, vert center, wrap {'on' if name in RULED else 'off'}"
                       + (f"; borders: {rules}" if rules else ""), num_format_str=DATE_FORMAT if is_date else "General")


def _lines(drawing: Drawing) -> list[list[str]]:
    """The drawing as lines of text, the way 'save as CSV' flattens it."""
    height = max(b.row for b in drawing.boxes) + 1
    grid = [[""] * len(drawing.widths) for _ in range(height)]
    for box in drawing.boxes:
        grid[box.row][box.col] = "" if box.value is None else f"{box.value}"
    return grid


def _csv(drawings: list[Drawing], path: Path) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(_lines(drawings[0]))
    path.write_bytes(text.getvalue().encode("gb18030"))


def _html(drawings: list[Drawing], path: Path) -> None:
    """What a web system's 'export' button saves: a table of HTML in GB2312 that is called .xls."""
    drawing = drawings[0]
    rows = []
    for row in range(max(b.row for b in drawing.boxes) + 1):
        cells = []
        for box in sorted((b for b in drawing.boxes if b.row == row), key=lambda b: b.col):
            spans = "".join(f' {n}="{s}"' for n, s in (("rowspan", box.row_span), ("colspan", box.col_span)) if s > 1)
            tag = "th" if box.style == "header" else "td"
            text = "&nbsp;" if box.value is None else html.escape(str(box.value)).replace("\n", "<br>")
            cells.append(f"<{tag}{spans} style=\"mso-number-format:'\\@'\">{text}</{tag}>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    page = ('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
            '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>'
            '<table border="1" cellspacing="0">\r\n' + "\r\n".join(rows) + "\r\n</table></body></html>\r\n")
    path.write_bytes(page.encode("gb18030"))


def steady(path: Path) -> None:
    """Pack an Office file again with fixed times, so that a second run gives the same bytes."""
    with zipfile.ZipFile(path) as old:
        parts = [(i.filename, old.read(i.filename)) for i in old.infolist()]
    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            new.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
