"""Sheets to PDF by whatever prints on this machine: Chromium, LibreOffice, reportlab."""
from __future__ import annotations

import html
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forms import Box, Sheet


@dataclass(frozen=True)
class Looks:
    """How a sheet is printed."""
    font: str = "Noto Sans CJK SC"
    size: float = 10.0                      # points
    pad: float = 3.0                        # points above and below the text of a cell
    border: str = "0.75pt solid #000"
    frame: str = ""                         # another border around the table
    shade: str = ""                         # background of header cells
    ink: str = "#000"
    head_ink: str = "#000"
    line: float = 1.25                      # line height
    align: str = "center"
    rules: str = "all"                      # all | rows | none | header
    zebra: str = ""
    separate: bool = False                  # cells with borders of their own
    width: float = 1.0                      # of the page's width
    hand: str = ""                          # font file in which values are written, as if by hand
    sway: float = 0.0                       # how unsteadily: em by which characters stray from the line
    by_hand: tuple[str, ...] = ()           # the fields that are written by hand; all if empty
    pen: str = "#111"


def page_html(sheets: list[Sheet], looks: Looks) -> str:
    """All sheets, a page each."""
    landscape = sheets[0].landscape
    border = {"all": looks.border, "rows": "none", "none": "none", "header": "none"}[looks.rules]
    css = [f"@page{{size:A4 {'landscape' if landscape else 'portrait'};margin:12mm}}",
           f"body{{font-family:'{looks.font}';font-size:{looks.size}pt;margin:0;color:{looks.ink}}}",
           f"table{{border-collapse:{'separate;border-spacing:2px' if looks.separate else 'collapse'};width:{looks.width * 100:.0f}%;table-layout:fixed}}",
           f"td{{border:{border};padding:{looks.pad}pt 2pt;text-align:{looks.align};line-height:{looks.line};word-break:break-all;vertical-align:middle}}",
           f"td.h{{background:{looks.shade or 'none'};color:{looks.head_ink};text-align:center;font-weight:{'bold' if looks.shade else 'normal'}}}",
           "h1{font-size:1.7em;text-align:center;margin:0 0 6pt;font-weight:bold}", "p{margin:3pt 0;display:flex;justify-content:space-between}",
           "*{-webkit-print-color-adjust:exact}", "tr{page-break-inside:avoid}", "section{page-break-after:always}section:last-child{page-break-after:auto}"]
    if looks.frame:
        css.append(f"table{{border:{looks.frame}}}")
    if looks.hand:
        css.append(f"@font-face{{font-family:Hand;src:url('{Path(looks.hand).resolve().as_uri()}')}}.w{{font-family:Hand,'{looks.font}';font-size:1.2em;color:{looks.pen}}}"
                   ".w i{display:inline-block;font-style:normal}")
    if looks.rules in ("rows", "header"):
        css.append(f"tr.{'r' if looks.rules == 'rows' else 'top'} td{{border-top:{looks.border};border-bottom:{looks.border}}}")
    if looks.zebra:
        css.append(f"tr:nth-child(even) td{{background:{looks.zebra}}}")
    return "<meta charset=utf-8><style>" + "".join(css) + "</style>" + "".join(_section(s, looks) for s in sheets)


def _section(sheet: Sheet, looks: Looks) -> str:
    out = [f"<section><h1>{html.escape(sheet.title)}</h1>"]
    out += ["<p>" + "".join(f"<span>{html.escape(t)}</span>" for t in line) + "</p>" for line in sheet.above]
    total = sum(sheet.widths)
    out.append("<table><colgroup>" + "".join(f"<col style='width:{w / total * 100:.3f}%'>" for w in sheet.widths) + "</colgroup>")
    for r in range(sheet.rows):
        out.append(f"<tr class='r {'top' if r == 0 or r == sheet.rows - 1 else ''}'>")
        for b in sorted((b for b in sheet.boxes if b.row == r), key=lambda b: b.col):
            out.append(f"<td class='{'h' if b.head else ''}' rowspan={b.row_span} colspan={b.col_span}>{_written(b, looks)}</td>")
        out.append("</tr>")
    out.append("</table>")
    out += ["<p>" + "".join(f"<span>{html.escape(t)}</span>" for t in line) + "</p>" for line in sheet.below]
    return "".join([*out, "</section>"])


def _written(box: Box, looks: Looks) -> str:
    """The text of a cell; by hand, every character is turned, moved and sized a little on its own."""
    if not (looks.hand and box.field and (not looks.by_hand or box.field in looks.by_hand)):
        return html.escape(box.text)
    dice = random.Random(f"{box.row}/{box.col}/{box.text}")
    lean = dice.gauss(0, 40 * looks.sway)
    return "<span class=w>" + "".join(
        f"<i style='transform:translate(0,{dice.gauss(0, looks.sway):.3f}em) rotate({lean + dice.gauss(0, 40 * looks.sway):.1f}deg) "
        f"scale({1 + dice.gauss(0, looks.sway):.3f})'>{html.escape(c)}</i>" for c in box.text) + "</span>"


def by_chromium(sheets: list[Sheet], looks: Looks) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(page_html(sheets, looks), "utf-8")
        subprocess.run([shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/u",
                        "--no-pdf-header-footer", "--allow-file-access-from-files", f"--print-to-pdf={out}", page.as_uri()], check=True, capture_output=True, timeout=120)
        return out.read_bytes()


def by_libreoffice(sheets: list[Sheet], looks: Looks) -> bytes:
    import xlsxwriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        book = xlsxwriter.Workbook(path)
        for n, sheet in enumerate(sheets):
            _worksheet(book, book.add_worksheet(f"S{n + 1}"), sheet, looks)
        book.close()
        subprocess.run([shutil.which("soffice") or "soffice", "--headless", f"-env:UserInstallation=file://{folder}/lo", "--convert-to", "pdf",
                        "--outdir", folder, str(path)], check=True, capture_output=True, timeout=180)
        return Path(folder, "book.pdf").read_bytes()


def _worksheet(book, page, sheet: Sheet, looks: Looks) -> None:
    style = {"font_name": looks.font, "font_size": looks.size, "valign": "vcenter", "text_wrap": True}
    kind = 4 if "dotted" in looks.border else 3 if "dashed" in looks.border else 1
    cell = book.add_format({**style, "align": looks.align, "border": kind})
    head = book.add_format({**style, "align": "center", "border": kind, **({"bg_color": looks.shade} if looks.shade else {})})
    plain = book.add_format({**style, "text_wrap": False})
    title = book.add_format({**style, "font_size": looks.size * 1.7, "align": "center", "bold": True})
    (page.set_landscape if sheet.landscape else page.set_portrait)()
    page.set_paper(9)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.fit_to_pages(1, 1)
    scale = 125 / sum(sheet.widths) if sheet.landscape else 85 / sum(sheet.widths)
    for c, w in enumerate(sheet.widths):
        page.set_column(c, c, w * scale)
    row = 0
    page.merge_range(row, 0, row, len(sheet.widths) - 1, sheet.title, title)
    page.set_row(row, looks.size * 2.4)
    row += 1
    for line in sheet.above:
        _spread(page, row, line, len(sheet.widths), plain)
        row += 1
    for b in sheet.boxes:
        last = (row + b.row + b.row_span - 1, b.col + b.col_span - 1)
        form = head if b.head else cell
        if b.row_span * b.col_span > 1:
            page.merge_range(row + b.row, b.col, *last, b.text, form)
        else:
            page.write_string(row + b.row, b.col, b.text, form)
    for r in range(sheet.rows):
        lines = max((_lines(b.text, sum(sheet.widths[b.col:b.col + b.col_span]) * scale) for b in sheet.boxes if b.row == r and b.row_span == 1), default=1)
        page.set_row(row + r, lines * looks.size * looks.line + 2 * looks.pad)
    row += sheet.rows
    for line in sheet.below:
        _spread(page, row, line, len(sheet.widths), plain)
        row += 1


def _lines(text: str, width: float) -> int:
    return max(1, -(-sum(2 if ord(c) > 255 else 1 for c in text) // max(2, int(width * 0.93))))


def _spread(page, row: int, line: list[str], cols: int, form) -> None:
    for i, text in enumerate(line):
        page.write_string(row, i * cols // len(line), text, form)


def by_reportlab(sheets: list[Sheet], looks: Looks, font_file: str) -> bytes:
    """With a TrueType font file; borders 0.6 pt."""
    import io

    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen import canvas

    name = "F" + str(abs(hash(font_file)) % 10**6)
    pdfmetrics.registerFont(TTFont(name, font_file, subfontIndex=0))
    size = landscape(A4) if sheets[0].landscape else A4
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=size)
    for sheet in sheets:
        _draw(paper, sheet, looks, name, size)
        paper.showPage()
    paper.save()
    return out.getvalue()


def _draw(paper, sheet: Sheet, looks: Looks, font: str, size: tuple[float, float]) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    wide, y = size[0] - 60, size[1] - 40
    paper.setFont(font, looks.size * 1.7)
    paper.drawCentredString(size[0] / 2, y, sheet.title)
    y -= looks.size * 2
    paper.setFont(font, looks.size)
    for line in sheet.above:
        for i, t in enumerate(line):
            paper.drawString(30 + i * wide / len(line), y, t)
        y -= looks.size * 1.4
    scale = wide / sum(sheet.widths)
    xs = [30 + scale * sum(sheet.widths[:i]) for i in range(len(sheet.widths) + 1)]

    def broken(text: str, room: float) -> list[str]:
        lines = [""]
        for c in text:
            if stringWidth(lines[-1] + c, font, looks.size) > room:
                lines.append("")
            lines[-1] += c
        return lines
    heights = []
    for r in range(sheet.rows):
        most = max((len(broken(b.text, xs[b.col + b.col_span] - xs[b.col] - 4)) for b in sheet.boxes if b.row == r and b.row_span == 1), default=1)
        heights.append(most * looks.size * looks.line + 2 * looks.pad)
    ys = [y - sum(heights[:i]) for i in range(sheet.rows + 1)]
    paper.setLineWidth(0.6)
    if "dotted" in looks.border:
        paper.setDash(1, 2)
    elif "dashed" in looks.border:
        paper.setDash(4, 2)
    for b in sheet.boxes:
        x0, x1, top, bottom = xs[b.col], xs[b.col + b.col_span], ys[b.row], ys[b.row + b.row_span]
        paper.rect(x0, bottom, x1 - x0, top - bottom)
        lines = broken(b.text, x1 - x0 - 4)
        at = (top + bottom) / 2 + (len(lines) - 1) * looks.size * looks.line / 2 - looks.size * 0.36
        for text in lines:
            if looks.align == "center" or b.head:
                paper.drawCentredString((x0 + x1) / 2, at, text)
            else:
                paper.drawString(x0 + 2, at, text)
            at -= looks.size * looks.line
    paper.setDash()
    y = ys[-1] - looks.size * 1.6
    for line in sheet.below:
        for i, t in enumerate(line):
            paper.drawString(30 + i * wide / len(line), y, t)
        y -= looks.size * 1.4


PRINTERS: dict[str, Callable[..., bytes]] = {"chromium": by_chromium, "libreoffice": by_libreoffice, "reportlab": by_reportlab}
