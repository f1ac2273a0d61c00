"""What a page shows and what it only contains: unseen and doubled text, strokes, watermarks, fields, annotations, fonts."""
from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from read_pdf_kit import (
    FONT,
    HEADER,
    HIGH,
    PUPILS,
    WIDTHS,
    cell,
    edges,
    han,
    lattice,
    make,
    only_grid,
    raw,
    read,
    rule,
    say,
    table,
    texts,
    words,
)
from reportlab.pdfbase import pdfmetrics

from carelib.read.pdf import pdfium
from carelib.read.pdf.gather import gather

ROWS = [HEADER, *PUPILS]
FORM = lattice([50, 150, 300, 400, 550], [300, 330, 360]) + words((53, 340, "姓名"), (303, 340, "性别"),
                                                                   (53, 310, "身份证件号"), (303, 310, "班级"))


def invisible(canvas) -> None:
    text = canvas.beginText(103, HIGH - 202)
    text.setFont(FONT, 9)
    text.setTextRenderMode(3)
    text.textOut("江一禾")
    canvas.drawText(text)


def white(canvas) -> None:
    canvas.setFillGray(1)
    say(canvas, 103, 194, "江一禾")


def minute(canvas) -> None:
    say(canvas, 103, 194, "江一禾", 1.5)


def covered(canvas) -> None:
    say(canvas, 103, 194, "江一禾")
    canvas.setFillGray(1)
    canvas.rect(101, HIGH - 209, 60, 20, stroke=0, fill=1)


@pytest.mark.parametrize("ghost", [invisible, white, minute, covered])
def test_a_pupil_whom_nobody_sees_is_no_row_but_is_not_lost(ghost) -> None:
    def paint(canvas) -> None:
        table(canvas, [*ROWS, [""] * 6])
        ghost(canvas)
    parsed = read(make(paint))
    assert texts(parsed.grids[0]) == ROWS
    assert [text for _, text in parsed.grids[0].extras] == ["江一禾"]
    assert any("看不见" in n for n in parsed.notes)


def test_white_text_on_a_dark_header_is_seen() -> None:
    def paint(canvas) -> None:
        canvas.setFillGray(0.2)
        canvas.rect(60, HIGH - 122, 500, 22, stroke=0, fill=1)
        canvas.setFillGray(1)
        table(canvas, ROWS[:1])
        canvas.setFillGray(0)
        table(canvas, ROWS[1:], top=122)
    assert texts(only_grid(make(paint))) == ROWS


def test_text_painted_three_times_is_read_once() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS)
        for shift in (0.2, 0.4):
            for y, row in zip(edges(100, [22] * 4), ROWS):
                for x, text in zip(edges(60, WIDTHS), row):
                    say(canvas, x + 3 + shift, y + 6, text)
    assert texts(only_grid(make(paint))) == ROWS


def test_different_text_in_one_spot_is_asked() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS)
        say(canvas, 104, 128, "江一禾")
    assert [c.row for c in only_grid(make(paint)).cells if c.doubt] == [1]


def test_a_watermark_across_the_table_is_set_aside() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS)
        canvas.setFont(FONT, 40)
        canvas.translate(200, 430)
        canvas.rotate(20)
        canvas.drawString(0, 0, "内部资料")
    grid = only_grid(make(paint))
    assert texts(grid) == ROWS and [text for _, text in grid.extras] == ["内部资料"]


def test_a_struck_row_is_marked_and_a_half_struck_cell_is_asked() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS)
        for x, text in zip(edges(60, WIDTHS), ROWS[2]):
            rule(canvas, x + 3, 154.7, x + 3 + pdfmetrics.stringWidth(text, FONT, 9), 154.7)
        rule(canvas, 403, 176.7, 421, 176.7)
    grid = only_grid(make(paint))
    assert {c.row for c in grid.cells if c.struck} == {2} and all(c.struck for c in grid.cells if c.row == 2)
    half = cell(grid, "外出务工")
    assert half.doubt and half.suggestion == "务工"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_seen(turned: int) -> None:
    content = lattice([50, 150, 300], [300, 330, 360]) + words((53, 340, "姓名"), (153, 340, "性别"), (53, 310, "林晓舟"), (153, 310, "男"))
    grid = only_grid(raw(content, page=f"/Rotate {turned}"))
    assert texts(grid) == [["姓名", "性别"], ["林晓舟", "男"]]
    wide, high = (600, 400) if turned == 180 else (400, 600)
    x0, top, x1, bottom = (float(v) for v in cell(grid, "男").place.partition("@")[2].split(","))
    assert 0 <= x0 < x1 <= wide and 0 <= top < bottom <= high


def test_content_set_on_its_side_is_turned_and_said() -> None:
    def paint(canvas) -> None:
        canvas.translate(0, 842)
        canvas.rotate(-90)
        canvas._pagesize = (842, 595)
        table(canvas, ROWS)
        canvas._pagesize = (595, 842)
    parsed = read(make(paint, size=(595, 842)))
    assert texts(parsed.grids[0]) == ROWS and any("转正" in n for n in parsed.notes)


def test_radicals_become_the_characters_that_they_look_like() -> None:
    content = lattice([50, 150, 300], [300, 330, 360]) + words((53, 340, "⼾口"), (153, 340, "⻘⼭"), (53, 310, "⻓⼤"), (153, 310, "⻢"))
    assert texts(only_grid(raw(content))) == [["户口", "青山"], ["长大", "马"]]


def field(number: int, rect: str, value: str, more: str = "") -> str:
    return f"<</Type/Annot/Subtype/Widget/FT/Tx/T(f{number})/Rect[{rect}]/V <feff{han(value)[1:]}/F 4/DA(/F2 9 Tf){more}>>"


def filled(**more: str) -> dict[int, str]:
    empty = "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 0>>stream\n\nendstream"
    return {10: field(1, "152 332 298 358", "林晓舟", more.get("first", "")), 11: field(2, "402 332 548 358", "男"),
            12: field(3, "152 302 298 328", "990101201003050436"),
            13: "<</Type/Annot/Subtype/Widget/FT/Btn/T(c)/Rect[402 305 412 315]/V/Yes/AS/Yes/F 4/AP<</N<</Yes 14 0 R/Off 14 0 R>>>>>>",
            14: empty}


FIELDS = {"annotations": "10 0 R 11 0 R 12 0 R 13 0 R",
          "catalog": "/AcroForm<</Fields[10 0 R 11 0 R 12 0 R 13 0 R]/DA(/F2 9 Tf)>>"}


def test_form_fields_stand_in_the_cells_that_hold_them() -> None:
    grid = only_grid(raw(FORM + words((415, 307, "住校")), more=filled(), **FIELDS))
    assert texts(grid) == [["姓名", "林晓舟", "性别", "男"], ["身份证件号", "990101201003050436", "班级", "☑住校"]]
    assert cell(grid, "林晓舟").kind == "field" and not cell(grid, "林晓舟").doubt


def test_a_field_that_shows_something_else_than_it_holds_is_asked() -> None:
    shown = f"BT /F2 9 Tf 1 0 0 1 2 8 Tm {han('苏映雪')} Tj ET"
    more = filled(first="/AP<</N 15 0 R>>")
    more[15] = (f"<</Type/XObject/Subtype/Form/BBox[0 0 146 26]/Resources<</Font<</F2 6 0 R>>>>/Length {len(shown)}>>"
                f"stream\n{shown}\nendstream")
    grid = only_grid(raw(FORM, more=more, **FIELDS))
    assert cell(grid, "林晓舟").doubt and not cell(grid, "男").doubt


def typed(number: int, rect: str, text: str, kind: str = "FreeText") -> dict[int, str]:
    return {number: f"<</Type/Annot/Subtype/{kind}/Rect[{rect}]/Contents <feff{han(text)[1:]}/DA(/F2 9 Tf)/F 4>>"}


def test_one_typed_annotation_is_asked_a_form_filled_with_them_is_read() -> None:
    one = only_grid(raw(FORM, "10 0 R", typed(10, "152 332 298 358", "林晓舟")))
    assert cell(one, "林晓舟").doubt
    three = typed(10, "152 332 298 358", "林晓舟") | typed(11, "402 332 548 358", "男") | typed(12, "402 302 548 328", "2班")
    assert not any(c.doubt for c in only_grid(raw(FORM, "10 0 R 11 0 R 12 0 R", three)).cells)


def test_a_note_beside_the_form_is_kept_aside() -> None:
    grid = only_grid(raw(FORM, "10 0 R", typed(10, "500 380 520 400", "请核实", "Text")))
    assert [text for _, text in grid.extras] == ["请核实"]


def drawn(unicode: str, count: int = 1) -> dict[int, str | bytes]:
    """A font that only draws; its table says that A shows `unicode`."""
    table_ = (b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <00> <ff> "
              b"endcodespacerange 1 beginbfchar <41> <" + unicode.encode() + b"> endbfchar endcmap end end")
    return {10: "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</a 11 0 R>>"
                "/Encoding<</Type/Encoding/Differences[65/a]>>/FirstChar 65/LastChar 65/Widths[1000]/ToUnicode 12 0 R>>",
            11: "<</Length 28>>stream\n1000 0 d0 0 0 800 800 re f  \nendstream",
            12: b"<</Length %d>>stream\n%s\nendstream" % (len(table_), table_)}


def odd(unicode: str) -> bytes:
    content = lattice([50, 150, 300], [300, 330, 360]) + words((53, 340, "姓名"), (153, 340, "班级"), (53, 310, "窦")) \
        + "BT /F3 9 Tf 1 0 0 1 62 310 Tm (A) Tj ET"
    return raw(content, more=drawn(unicode)).replace(b"/F2 6 0 R>>", b"/F2 6 0 R/F3 10 0 R>>")


def test_a_rare_character_outside_the_basic_plane_is_whole() -> None:
    assert cell(only_grid(odd("D872DF4E")), "窦\U0002cb4e")


def test_a_character_that_the_font_does_not_tell_is_asked() -> None:
    grid = only_grid(odd("E123"))
    assert [c.text for c in grid.cells if c.doubt] == ["窦\ufffd"]


@pytest.mark.parametrize("path", [p for p in sorted((Path(__file__).parent / "specimens").glob("*.pdf")) if not p.stem.startswith("scan_")], ids=lambda p: p.stem)
def test_every_character_of_a_specimen_is_in_a_cell_or_set_aside(path: Path) -> None:
    data = path.read_bytes()
    painted: Counter[str] = Counter()
    clipped: Counter[str] = Counter()
    with pdfium.Document(data) as document:
        for number in range(1, len(document) + 1):
            with document.page(number) as page:
                found = gather(page, number)
                painted.update(g.char for g in found.glyphs + found.watermark + found.unseen)
                clipped.update(g.char for g in found.clipped)
    parsed = read(data)
    kept = Counter(c for grid in parsed.grids for c in "".join([*(cell.text for cell in grid.cells if cell.kind != "field"),
                                                                *(text for _, text in grid.extras)]) if not c.isspace())
    assert painted <= kept <= painted + clipped         # text clipped away may stand in its cell, or repeat what is seen
