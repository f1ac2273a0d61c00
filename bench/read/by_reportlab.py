"""Rolls and cards drawn by reportlab's own tables; an embedded font if there is one, else the fonts of Adobe's packs."""
from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from printers import Looks, body, parts, span_head
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus.doctemplate import LayoutError
from rolls import Card, Roll

FILES = ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "/usr/share/fonts/truetype/arphic/uming.ttc")


def draw(paper: Roll | Card, looks: Looks) -> bytes:
    """The paper as a PDF. Tall cells that do not fit on a page, which reportlab cannot print, are printed row by row."""
    try:
        return _drawn(paper, looks)
    except LayoutError:
        return _drawn(replace(paper, merged=False), looks)


def _drawn(paper: Roll | Card, looks: Looks) -> bytes:
    out = io.BytesIO()
    size = A4 if isinstance(paper, Card) or looks.upright else landscape(A4)
    page = SimpleDocTemplate(out, pagesize=size, leftMargin=36, rightMargin=36, topMargin=36, bottomMargin=40)
    font = _font(looks.font)
    style = ParagraphStyle("cell", fontName=font, fontSize=looks.size, leading=looks.size * 1.3, wordWrap="CJK",
                           alignment={"center": TA_CENTER, "right": TA_RIGHT}.get(looks.align, TA_LEFT))
    title = ParagraphStyle("title", parent=style, fontSize=looks.size * 1.7, leading=looks.size * 2.6, alignment=TA_CENTER)
    plain = ParagraphStyle("plain", parent=style, alignment=TA_LEFT)
    width = size[0] - 72
    story: list = []
    for part in [paper] if isinstance(paper, Card) else parts(paper, looks):
        story += [Paragraph(part.title, title), Spacer(1, 6)]
        if isinstance(part, Card):
            story.append(_card(part, looks, style, width))
        else:
            story += [Paragraph("　　　　".join(part.above), plain), Spacer(1, 4), _roll(part, looks, style, width), Spacer(1, 8)]
            story += [Paragraph(t, plain) for t in part.below]
    page.build(story, onFirstPage=_number(font), onLaterPages=_number(font))
    return out.getvalue()


def _font(name: str) -> str:
    """An embedded font, or a font that is only named if the looks ask for it or there is none."""
    for path in FILES if name != "STSong-Light" else ():
        if Path(path).exists():
            try:
                pdfmetrics.registerFont(TTFont("embedded", path))
                return "embedded"
            except TTFError:
                continue
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _number(font: str):
    def write(canvas, page) -> None:
        canvas.setFont(font, 8)
        canvas.drawCentredString(page.pagesize[0] / 2, 20, f"- {canvas.getPageNumber()} -")
    return write


def _roll(roll: Roll, looks: Looks, style: ParagraphStyle, width: float) -> LongTable:
    cells, depth = span_head(roll)
    grid = [[""] * len(roll.head) for _ in range(depth + len(roll.rows))]
    spans = []
    for text, r, c, high, wide in [*cells, *((t, depth + r, c, tall, 1) for t, r, c, tall in body(roll))]:
        grid[r][c] = Paragraph(text, style) if text else ""
        if high * wide > 1:
            spans.append(("SPAN", (c, r), (c + wide - 1, r + high - 1)))
    unit = width / sum(roll.widths)
    return LongTable(grid, [w * unit for w in roll.widths], repeatRows=depth if looks.repeat else 0,
                     style=_style(looks, depth) + spans, splitByRow=1, splitInRow=int(looks.twist == "split" and not spans))


def _card(card: Card, looks: Looks, style: ParagraphStyle, width: float) -> LongTable:
    grid = [[Paragraph(t, style) for t in (*a, *b)] for a, b in zip(card.pairs[::2], card.pairs[1::2])]
    spans = [("SPAN", (1, len(grid) + n), (3, len(grid) + n)) for n in range(len(card.wide))]
    grid += [[Paragraph(a, style), Paragraph(b, style), "", ""] for a, b in card.wide]
    return LongTable(grid, [width * part for part in (0.18, 0.32, 0.18, 0.32)], style=_style(looks, 1) + spans)


def _style(looks: Looks, depth: int) -> list[tuple]:
    every, ink = ((0, 0), (-1, -1)), colors.black
    out: list[tuple] = [("VALIGN", *every, "TOP" if looks.top else "MIDDLE"), ("TOPPADDING", *every, looks.pad), ("BOTTOMPADDING", *every, looks.pad),
                        ("LEFTPADDING", *every, looks.side), ("RIGHTPADDING", *every, looks.side)]
    return out + {"all": [("GRID", *every, 0.5, ink)], "dotted": [("GRID", *every, 0.7, ink, None, (1, 2))], "open": [("INNERGRID", *every, 0.5, ink), ("LINEABOVE", (0, 0), (-1, 0), 0.5, ink)],
                  "rows": [("LINEBELOW", *every, 0.5, ink), ("LINEABOVE", (0, 0), (-1, 0), 0.5, ink)], "columns": [("LINEBEFORE", *every, 0.5, ink), ("LINEAFTER", *every, 0.5, ink)],
                  "three": [("LINEABOVE", (0, 0), (-1, 0), 1, ink), ("LINEBELOW", (0, depth - 1), (-1, depth - 1), 0.5, ink), ("LINEBELOW", (0, -1), (-1, -1), 1, ink)],
                  "zebra": [("ROWBACKGROUNDS", *every, [colors.white, colors.Color(0.9, 0.93, 0.98)])], "frame": [("BOX", *every, 0.5, ink)], "header": [("LINEBELOW", (0, depth - 1), (-1, depth - 1), 0.5, ink)], "none": []}[looks.rules]
