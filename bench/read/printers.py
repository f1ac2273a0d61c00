"""Rolls and cards to PDF by whatever prints on this machine: reportlab, Chromium, LibreOffice Calc and Writer."""
from __future__ import annotations

import html
import io
import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rolls import Card, Roll

RULES = ("all", "dotted", "open", "rows", "columns", "three", "zebra", "none", "frame", "header")
TWISTS = ("", "", "set wide", "narrow", "right", "tight", "split", "small", "stacked", "portrait")


@dataclass(frozen=True)
class Looks:
    """How a paper is printed. `rules`: one of RULES; `twist`: one of TWISTS, what makes it harder."""
    rules: str = "all"
    font: str = "Noto Sans CJK SC"
    size: float = 9.0
    pad: float = 3.0
    align: str = "left"
    top: bool = False                       # text at the top of its cell, not in its middle
    repeat: bool = True                     # the header on every page
    twist: str = ""

    @property
    def side(self) -> float:
        """Points of white to the left and right of a cell's text."""
        return 0.5 if self.twist == "tight" else 4.0

    @property
    def upright(self) -> bool:
        """Whether a list stands on an upright page."""
        return self.twist == "portrait"


def twisted(paper: Roll | Card, looks: Looks) -> tuple[Roll | Card, Looks]:
    """The paper and its looks with the twist applied, as far as every printer does it in the same way."""
    if looks.twist == "small":
        looks = replace(looks, size=looks.size * 0.62, pad=looks.pad * 0.6)
    elif looks.twist == "tight":
        looks = replace(looks, pad=0.5)
    elif looks.twist == "right":
        looks = replace(looks, align="right")
    if isinstance(paper, Card):
        if looks.twist == "set wide":
            paper = replace(paper, pairs=tuple((_set_wide(a), b) for a, b in paper.pairs))
    elif looks.twist == "set wide":
        paper = replace(paper, head=tuple(map(_set_wide, paper.head)))
    elif looks.twist == "narrow":
        paper = replace(paper, widths=tuple(w ** 0.6 for w in paper.widths))
    return paper, looks


def _set_wide(text: str) -> str:
    return "　".join(text) if len(text) == 2 else text


def parts(roll: Roll, looks: Looks) -> list[Roll]:
    """One list, or the two that stand below each other."""
    half = len(roll.rows) // 2
    if looks.twist != "stacked" or not half:
        return [roll]
    return [replace(roll, rows=roll.rows[:half], below=()), replace(roll, rows=roll.rows[half:])]


def span_head(roll: Roll) -> tuple[list[tuple[str, int, int, int, int]], int]:
    """Header cells as (text, row, column, rows, columns), and how many header rows there are."""
    if not roll.groups:
        return [(t, 0, c, 1, 1) for c, t in enumerate(roll.head)], 1
    under = {c for a, b, _ in roll.groups for c in range(a, b + 1)}
    cells = [(t, 0, a, 1, b - a + 1) for a, b, t in roll.groups]
    return cells + [(t, int(c in under), c, 1 if c in under else 2, 1) for c, t in enumerate(roll.head)], 2


def body(roll: Roll) -> Iterator[tuple[str, int, int, int]]:
    """Body cells as (text, row, column, rows), the tall ones once."""
    tall = {a: b - a + 1 for a, b in roll.runs()} if roll.merged else {}
    for r, row in enumerate(roll.rows):
        for c, text in enumerate(row):
            if c or not roll.merged:
                yield text, r, c, 1
            elif r in tall:
                yield text, r, c, tall[r]


def by_reportlab(paper: Roll | Card, looks: Looks) -> bytes:
    from by_reportlab import draw
    return draw(*twisted(paper, looks))


def by_chromium(paper: Roll | Card, looks: Looks) -> bytes:
    paper, looks = twisted(paper, looks)
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(_card_html(paper, looks) if isinstance(paper, Card) else _roll_html(paper, looks), "utf-8")
        subprocess.run([shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", f"--user-data-dir={folder}/u", "--no-pdf-header-footer", f"--print-to-pdf={out}",
                        page.as_uri()], check=True, capture_output=True, timeout=180)
        return out.read_bytes()


def _css(looks: Looks, portrait: bool) -> str:
    line, none = "1px solid #000", "td,th{border:none}"
    rules = {"all": f"td,th{{border:{line}}}", "dotted": "td,th{border:1px dotted #333}", "rows": f"{none}tr{{border-bottom:{line}}}",
             "open": f"td,th{{border:{line}}}td:first-child,th:first-child{{border-left:none}}td:last-child,th:last-child{{border-right:none}}",
             "columns": f"td,th{{border-left:{line};border-right:{line}}}", "three": f"{none}table{{border-top:{line};border-bottom:{line}}}thead{{border-bottom:{line}}}",
             "frame": f"{none}table{{border:{line}}}", "header": f"{none}thead,tr:first-child{{border-bottom:{line}}}", "zebra": none + "tr:nth-child(even) td{background:#e8eef8}", "none": none}[looks.rules]
    return (f"@page{{size:A4 {'portrait' if portrait else 'landscape'};margin:13mm}}body{{font:{looks.size}pt '{looks.font}';margin:0}}h1{{font-size:1.7em;text-align:center}}"
            f"table{{border-collapse:collapse;width:100%}}td,th{{padding:{looks.pad}pt {looks.side}pt;text-align:{looks.align};vertical-align:{'top' if looks.top else 'middle'};overflow-wrap:anywhere}}"
            f"{rules}p{{display:flex;justify-content:space-between}}{'' if looks.twist == 'split' else 'tr{break-inside:avoid}'}*{{-webkit-print-color-adjust:exact}}")


def _roll_html(roll: Roll, looks: Looks) -> str:
    return f"<meta charset=utf-8><style>{_css(looks, looks.upright)}</style>" + "".join(_table_html(part, looks) for part in parts(roll, looks))


def _table_html(roll: Roll, looks: Looks) -> str:
    cells, depth = span_head(roll)
    said = html.escape
    head = "".join("<tr>" + "".join(f"<th rowspan={h} colspan={w}>{said(t)}</th>" for t, r, c, h, w in sorted(cells, key=lambda x: x[2]) if r == n) + "</tr>" for n in range(depth))
    rows = [""] * len(roll.rows)
    for text, r, _, tall in body(roll):
        rows[r] += f"<td rowspan={tall}>{said(text)}</td>"
    total = sum(roll.widths)
    cols = "".join(f"<col style='width:{100 * w / total:.2f}%'>" for w in roll.widths)
    lines = "".join(f"<div>{said(t)}</div>" for t in roll.below)
    return (f"<h1>{said(roll.title)}</h1><p>" + "".join(f"<span>{said(t)}</span>" for t in roll.above)
            + f"</p><table><colgroup>{cols}</colgroup>" + (f"<thead>{head}</thead>" if looks.repeat else head) + "<tbody>" + "".join(f"<tr>{r}</tr>" for r in rows) + f"</tbody></table>{lines}")


def _card_html(card: Card, looks: Looks) -> str:
    said = html.escape
    rows = "".join(f"<tr><td>{said(a)}</td><td>{said(b)}</td><td>{said(c)}</td><td>{said(d)}</td></tr>" for (a, b), (c, d) in zip(card.pairs[::2], card.pairs[1::2]))
    rows += "".join(f"<tr><td>{said(a)}</td><td colspan=3>{said(b)}</td></tr>" for a, b in card.wide)
    return f"<meta charset=utf-8><style>{_css(looks, True)}</style><h1>{said(card.title)}</h1><table>{rows}</table>"


def by_calc(paper: Roll | Card, looks: Looks) -> bytes:
    return _office(workbook(paper, looks), "xlsx")


def by_writer(paper: Roll | Card, looks: Looks) -> bytes:
    from by_writer import document
    return _office(document(paper, looks), "docx")


def _office(data: bytes, ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"paper.{ending}").write_bytes(data)
        subprocess.run([shutil.which("soffice") or "soffice", "--headless", f"-env:UserInstallation=file://{folder}/lo", "--convert-to", "pdf",
                        "--outdir", folder, f"{folder}/paper.{ending}"], check=True, capture_output=True, timeout=240)
        return Path(folder, "paper.pdf").read_bytes()


def workbook(paper: Roll | Card, looks: Looks) -> bytes:
    """The paper as an .xlsx, ready to be printed."""
    import xlsxwriter

    paper, looks = twisted(paper, looks)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Sheet1")
    sides = {"all": {"border": 1}, "dotted": {"border": 4}, "rows": {"top": 1, "bottom": 1}, "columns": {"left": 1, "right": 1}}.get(looks.rules, {})
    style = {"font_name": looks.font, "font_size": looks.size, "text_wrap": True, "valign": "top" if looks.top else "vcenter", "align": looks.align, **sides}
    plain = book.add_format({"font_name": looks.font, "font_size": looks.size})
    title = book.add_format({"font_name": looks.font, "font_size": looks.size * 1.7, "bold": True, "align": "center"})
    page.set_paper(9)
    (_card_sheet if isinstance(paper, Card) else _roll_sheet)(paper, looks, page, book.add_format(style), plain, title)
    book.close()
    return out.getvalue()


def _roll_sheet(roll: Roll, looks: Looks, page, cell, plain, title) -> None:
    if not looks.upright:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页 共 &N 页")
    at = 0
    for part in parts(roll, looks):
        at = _list_sheet(part, looks, page, at, cell, plain, title) + 1


def _list_sheet(roll: Roll, looks: Looks, page, at: int, cell, plain, title) -> int:
    """The list from row `at` on; the row after it."""
    cells, depth = span_head(roll)
    page.merge_range(at, 0, at, len(roll.head) - 1, roll.title, title)
    page.write_string(at + 1, 0, roll.above[0], plain)
    page.write_string(at + 1, len(roll.head) - 3, roll.above[1], plain)
    wide = [w * 5.4 for w in roll.widths]
    for c, w in enumerate(wide):
        page.set_column(c, c, w)
    for text, r, c, high, span in cells:
        _write(page, at + 2 + r, c, high, span, text, cell)
    first = at + 2 + depth
    for r in range(at + 2, first):
        page.set_row(r, _lines(roll.head, wide, looks.size) * looks.size * 1.45 / depth + 2 * looks.pad)
    for text, r, c, tall in body(roll):
        _write(page, first + r, c, tall, 1, text, cell)
    for r, row in enumerate(roll.rows):
        page.set_row(first + r, _lines(row[roll.merged:], wide[roll.merged:], looks.size) * looks.size * 1.45 + 2 * looks.pad)
    for n, text in enumerate(roll.below):
        page.write_string(first + len(roll.rows) + n, 0, text, plain)
    if looks.repeat and looks.twist != "stacked":
        page.repeat_rows(at + 2, first - 1)
    return first + len(roll.rows) + len(roll.below)


def _card_sheet(card: Card, looks: Looks, page, cell, plain, title) -> None:
    page.fit_to_pages(1, 1)
    page.set_column(0, 3, 22)
    page.merge_range(0, 0, 0, 3, card.title, title)
    for n, (label, value) in enumerate(card.pairs):
        page.write_string(1 + n // 2, 2 * (n % 2), label, cell)
        page.write_string(1 + n // 2, 2 * (n % 2) + 1, value, cell)
    for n, (label, value) in enumerate(card.wide):
        row = 1 + len(card.pairs) // 2 + n
        page.write_string(row, 0, label, cell)
        page.merge_range(row, 1, row, 3, value, cell)
        page.set_row(row, _lines((value,), [66], looks.size) * looks.size * 1.45 + 2 * looks.pad)


def _write(page, row: int, col: int, high: int, wide: int, text: str, style) -> None:
    if high * wide > 1:
        page.merge_range(row, col, row + high - 1, col + wide - 1, text, style)
    elif text:
        page.write_string(row, col, text, style)
    else:
        page.write_blank(row, col, None, style)


def _lines(texts: tuple[str, ...], wide: list[float], size: float) -> int:
    """Lines that the fullest cell needs; `wide` in characters of 11 points."""
    return max(math.ceil(sum(2 if ord(ch) > 255 else 1.15 for ch in t) / max(1.0, w * 10.2 / size - 1.5)) if t else 1 for t, w in zip(texts, wide))
