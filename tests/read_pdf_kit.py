"""Small PDFs made in memory for the tests of the PDF reader: by reportlab, or byte by byte where it is too well-behaved."""
from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from carelib.read import pdf
from carelib.records import Grid, Parsed

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
FONT = "STSong-Light"
WIDE, HIGH = 842, 595
HEADER = ["序号", "姓名", "性别", "身份证件号", "班级", "不在校原因"]
PUPILS = [["1", "林晓舟", "男", "990101201003050436", "2班", "厌学"],
          ["2", "苏映雪", "女", "990102200911180625", "1班", "因病休学"],
          ["3", "高远", "男", "990101200907220819", "3班", "外出务工"]]
WIDTHS = [40, 70, 40, 130, 60, 160]
TITLE = "2023年3月应在校不在校就读学生情况表"


def make(*pages: Callable[[Canvas], None], size: tuple[float, float] = (WIDE, HIGH), **options) -> bytes:
    """One page for each function that paints on it; y counts from the top (see `say`, `rule`)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, **options)
    for paint in pages:
        canvas.setFont(FONT, 9)
        paint(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def say(canvas: Canvas, x: float, top: float, text: str, size: float = 9) -> None:
    """Text whose upper edge is at `top`."""
    canvas.setFont(FONT, size)
    canvas.drawString(x, canvas._pagesize[1] - top - 0.88 * size, text)


def rule(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    high = canvas._pagesize[1]
    canvas.line(x0, high - y0, x1, high - y1)


def edges(start: float, sizes: Sequence[float]) -> list[float]:
    out = [start]
    for size in sizes:
        out.append(out[-1] + size)
    return out


def table(canvas: Canvas, rows: Sequence[Sequence[str]], top: float = 100, left: float = 60, widths: Sequence[float] = WIDTHS,
          high: float = 22, across: bool = True, down: bool = True, sides: str = "left right top bottom",
          write: bool = True) -> tuple[list[float], list[float]]:
    """A list with rules; `sides` that are drawn. Returns the positions of its rules (x, y from the top)."""
    xs, ys = edges(left, widths), edges(top, [high] * len(rows))
    for y in ys if across else (ys[0], ys[-1]) if down and not across else ():
        if (y != ys[0] or "top" in sides) and (y != ys[-1] or "bottom" in sides) and (across or "frame" in sides):
            rule(canvas, xs[0], y, xs[-1], y)
    for x in xs if down else ():
        if (x != xs[0] or "left" in sides) and (x != xs[-1] or "right" in sides):
            rule(canvas, x, ys[0], x, ys[-1])
    for y, row in zip(ys, rows) if write else ():
        for x, text in zip(xs, row):
            lines = text.split("\n")
            for i, line in enumerate(lines):
                say(canvas, x + 3, y + 6 + 11 * i, line)
    return xs, ys


def texts(grid: Grid) -> list[list[str]]:
    """The grid's rows as lists of texts; '' where nothing stands."""
    wide = max(c.col + c.col_span for c in grid.cells)
    rows = [[""] * wide for _ in range(max(c.row + c.row_span for c in grid.cells))]
    for cell in grid.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def read(data: bytes) -> Parsed:
    return pdf.parse(data)


def only_grid(data: bytes) -> Grid:
    parsed = pdf.parse(data)
    assert parsed.reason_code is None, parsed.reason
    assert len(parsed.grids) == 1, [texts(g) for g in parsed.grids]
    return parsed.grids[0]


def cell(grid: Grid, text: str):
    """The one cell that says this."""
    found = [c for c in grid.cells if c.text == text]
    assert len(found) == 1, (text, [c.text for c in grid.cells])
    return found[0]


def box(place: str) -> tuple[float, float, float, float]:
    return tuple(float(x) for x in place.partition("@")[2].split("、")[0].split(","))   # type: ignore[return-value]


def raw(content: str | bytes, annotations: str = "", more: dict[int, str | bytes] | None = None, page: str = "",
        catalog: str = "", resources: str = "") -> bytes:
    """A PDF byte by byte: object 1 catalog, 2 pages, 3 page, 4 content, 5 font Helvetica, 6 font STSong-Light, 9… `more`."""
    content = content.encode("latin-1") if isinstance(content, str) else content
    objects: dict[int, bytes] = {
        1: f"<</Type/Catalog/Pages 2 0 R {catalog}>>".encode(), 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R {page}"
            f"/Resources<</Font<</F1 5 0 R/F2 6 0 R>> {resources}>>/Annots[{annotations}]>>").encode(),
        4: b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        6: b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[7 0 R]>>",
        7: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
           b"/FontDescriptor 8 0 R/DW 1000>>",
        8: b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
           b"/Descent -120/CapHeight 880/StemV 93>>",
    }
    for number, value in (more or {}).items():
        objects[number] = value.encode("latin-1") if isinstance(value, str) else value
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, value in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start, top = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % top
    for number in range(1, top):
        out += b"%010d %05d n \n" % (places.get(number, 0), 0) if number in places else b"0000000000 00000 f \n"
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (top, start)
    return bytes(out)


def han(text: str) -> str:
    """A string operand for the font F2."""
    return f"<{text.encode('utf-16-be').hex()}>"


def words(*said: tuple[float, float, str], size: float = 9, before: str = "") -> str:
    """Content that shows texts at (x, y from the bottom)."""
    return before + "".join(f"BT /F2 {size} Tf 1 0 0 1 {x} {y} Tm {han(text)} Tj ET\n" for x, y, text in said)


def lattice(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Content that draws a full grid of rules."""
    return "".join([f"{xs[0]} {y} m {xs[-1]} {y} l S\n" for y in ys] + [f"{x} {ys[0]} m {x} {ys[-1]} l S\n" for x in xs])
