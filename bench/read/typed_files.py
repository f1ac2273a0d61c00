"""Writes pages as the files that come in: xlsx, xlsm, xls, ods, csv, tsv, HTML that calls itself xls, docx."""
from __future__ import annotations

import csv
import datetime
import io
import zipfile
from html import escape
from typing import Any

from typed_sheets import Page
from typed_values import Dice

DATE_FORMATS = ("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"')
ONE_SHEET = ("csv", "csv_gb", "tsv")


def media(dice: Dice, pages: list[Page]) -> str:
    """What this file is written as."""
    if any(p.hidden for p in pages):
        return dice.choice(("xlsx", "xls", "xlsm"))
    flat = len(pages) == 1 and not any(h > 1 and r > 3 for p in pages for r, _, h, _ in p.merges)        # merged cells are lost in a text file
    return dice.choice(("xlsx", "xlsx", "xlsx", "xlsm", "xls", "ods", "html", "docx", *(ONE_SHEET if flat else ())))


def write(dice: Dice, pages: list[Page], medium: str) -> bytes:
    made = {"xlsx": _xlsx, "xlsm": _xlsx, "xls": _xls, "ods": _ods, "html": _html, "docx": _docx}
    if medium in made:
        return made[medium](dice, pages)
    text = io.StringIO(newline="")
    rows = _rows(pages[0])
    csv.writer(text, delimiter="\t" if medium == "tsv" else ",", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("gb18030" if medium != "csv" else "utf-8-sig")


def _shown(value: Any) -> str:
    """As a spreadsheet shows it under 'General'."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, float) and value >= 1e11:
        mantissa = f"{value:.5E}"
        return mantissa.replace("E+0", "E+")
    return str(value)


def _rows(page: Page) -> list[list[str]]:
    width = max(c for _, c in page.cells) + 1
    return [[_shown(page.cells.get((r, c))) for c in range(width)] for r in range(page.bottom + 1)]


def _xlsx(dice: Dice, pages: list[Page]) -> bytes:
    import openpyxl
    book, shape = openpyxl.Workbook(), dice.choice(DATE_FORMATS)
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (r, c), value in page.cells.items():
            cell = sheet.cell(r + 1, c + 1, value)
            if isinstance(value, datetime.date):
                cell.number_format = shape
        for r, c, h, w in page.merges:
            sheet.merge_cells(start_row=r + 1, start_column=c + 1, end_row=r + h, end_column=c + w)
        if page.hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls(dice: Dice, pages: list[Page]) -> bytes:
    import xlwt
    book, shape = xlwt.Workbook(), dice.choice(("yyyy-mm-dd", "yyyy/m/d"))
    day = xlwt.easyxf(num_format_str=shape)
    for page in pages:
        sheet = book.add_sheet(page.name)
        merged = {(r, c): (h, w) for r, c, h, w in page.merges}
        for (r, c), (h, w) in merged.items():
            sheet.merge(r, r + h - 1, c, c + w - 1)
        for (r, c), value in page.cells.items():
            sheet.write(r, c, value, day) if isinstance(value, datetime.date) else sheet.write(r, c, value)
        if page.hidden:
            sheet.visibility = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods(dice: Dice, pages: list[Page]) -> bytes:
    space = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in
                     (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle")))
    body = "".join(_ods_sheet(page) for page in pages)
    styles = ('<office:automatic-styles><number:date-style style:name="D"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/>'
              '<number:text>-</number:text><number:day number:style="long"/></number:date-style><style:style style:name="d" style:family="table-cell" style:data-style-name="D"/></office:automatic-styles>')
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space} office:version="1.2">{styles}<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = ('<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("mimetype", kind)
        z.writestr("content.xml", content)
        z.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _ods_sheet(page: Page) -> str:
    merged, covered = _merged(page)
    width = max(c for _, c in page.cells) + 1
    rows = ""
    for r in range(page.bottom + 1):
        row = ""
        for c in range(width):
            if (r, c) in covered:
                row += "<table:covered-table-cell/>"
                continue
            value = page.cells.get((r, c))
            h, w = merged.get((r, c), (1, 1))
            span = f' table:number-columns-spanned="{w}" table:number-rows-spanned="{h}"' if h > 1 or w > 1 else ""
            if isinstance(value, datetime.date):
                span += f' table:style-name="d" office:value-type="date" office:date-value="{value.isoformat()}"'
                said = value.isoformat()
            elif isinstance(value, (int, float)):
                span += f' office:value-type="float" office:value="{value!r}"'
                said = _shown(value)
            else:
                span += ' office:value-type="string"' if value else ""
                said = _shown(value)
            lines = "".join(f"<text:p>{escape(x).replace('  ', ' <text:s/>')}</text:p>" for x in said.split("\n")) if said else ""
            row += f"<table:table-cell{span}>{lines}</table:table-cell>"
        rows += f"<table:table-row>{row}</table:table-row>"
    return f'<table:table table:name="{escape(page.name)}">{rows}</table:table>'


def _merged(page: Page) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    merged = {(r, c): (h, w) for r, c, h, w in page.merges}
    covered = {(r + i, c + j) for (r, c), (h, w) in merged.items() for i in range(h) for j in range(w) if i or j}
    return merged, covered


def _html(dice: Dice, pages: list[Page]) -> bytes:
    body = "".join(f"<table border=1>{_html_rows(p)}</table>" for p in pages)
    code = dice.choice(("utf-8", "gb2312"))
    page = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset={code}"></head><body>{body}</body></html>'
    return page.encode("gb18030" if code == "gb2312" else code)


def _html_rows(page: Page) -> str:
    merged, covered = _merged(page)
    width, out = max(c for _, c in page.cells) + 1, ""
    for r in range(page.bottom + 1):
        out += "<tr>"
        for c in range(width):
            if (r, c) not in covered:
                h, w = merged.get((r, c), (1, 1))
                said = escape(_shown(page.cells.get((r, c)))).replace("\n", "<br>")
                out += f"<td rowspan={h} colspan={w}>{said}</td>"
        out += "</tr>"
    return out


def _docx(dice: Dice, pages: list[Page]) -> bytes:
    import docx
    paper = docx.Document()
    for page in pages:
        rows = sorted({r for r, _ in page.cells})
        wide = [r for r in rows if sum(k[0] == r for k in page.cells) >= 2 and not any(":" in str(x) or ("：" in str(x) and len(str(x)) < 30 and not str(x)[-1:].isdigit())
                                                                                      for k, x in page.cells.items() if k[0] == r)]
        first, last = (wide[0], wide[-1]) if wide and dice.random() < 0.8 else (rows[0], rows[-1])
        for r in [r for r in rows if r < first]:
            paper.add_paragraph("    ".join(_shown(page.cells[k]) for k in sorted(page.cells) if k[0] == r))
        _docx_table(paper, page, first, last)
        for r in [r for r in rows if r > last]:
            paper.add_paragraph("    ".join(_shown(page.cells[k]) for k in sorted(page.cells) if k[0] == r))
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _docx_table(paper: Any, page: Page, first: int, last: int) -> None:
    width = max(c for r, c in page.cells) + 1
    table = paper.add_table(last - first + 1, width)
    grid = [list(row.cells) for row in table.rows]
    for r, c, h, w in page.merges:
        if first <= r and r + h - 1 <= last:
            grid[r - first][c].merge(grid[r - first + h - 1][min(width, c + w) - 1])
    for (r, c), value in page.cells.items():
        if first <= r <= last:
            grid[r - first][c].text = _shown(value)
