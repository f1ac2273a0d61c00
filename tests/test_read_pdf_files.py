"""Files that cannot be read, pages that are pictures, and the second opinion."""
from __future__ import annotations

import io
import struct
import zlib

import pytest
from read_pdf_kit import HEADER, HIGH, PUPILS, WIDE, lattice, make, raw, read, say, table, texts, words
from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader

from carelib.read import pdf
from carelib.read.pdf import opinion, pdfium, plumber
from carelib.read.pdf.gather import gather
from carelib.read.pdf.geometry import Glyph
from carelib.read.pdf.page import Page
from carelib.read.pdf.plumber import Opinion

ROWS = [HEADER, *PUPILS]


def listing(canvas) -> None:
    table(canvas, ROWS)


def picture(canvas) -> None:
    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * 60 for _ in range(40)))
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 40, 8, 0, 0, 0, 0)) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    canvas.drawImage(ImageReader(io.BytesIO(png)), 0, 0, WIDE, HIGH)


@pytest.mark.parametrize(("data", "code"), [
    (make(listing, encrypt="geheim"), "encrypted"), (make(listing)[:400], "damaged"), (b"%PDF-1.7\nnothing more", "damaged"),
    (make(lambda c: None), "not_a_form"), (make(*[lambda c: None] * 201), "too_large")])
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, code: str) -> None:
    parsed = read(data)
    assert parsed.reason_code == code and not parsed.grids and "请" in (parsed.reason or "")


def test_a_file_locked_only_against_changes_is_read() -> None:
    lock = pdfencrypt.StandardEncryption("", ownerPassword="owner", strength=128)
    assert texts(read(make(listing, encrypt=lock)).grids[0]) == ROWS


def test_pages_that_are_pictures_are_named() -> None:
    assert pdf.scanned_pages(make(listing, picture, listing)) == (2,)


def test_text_under_a_scan_is_not_trusted() -> None:
    def paint(canvas) -> None:
        listing(canvas)
        picture(canvas)
    assert pdf.scanned_pages(make(paint)) == (1,)


def test_a_font_that_does_not_say_its_characters_makes_the_page_a_picture() -> None:
    content = lattice([50, 150, 300], [300, 330, 360]) + "BT /F9 9 Tf 1 0 0 1 53 340 Tm <000100020003> Tj ET"
    more = {10: "<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+Odd/Encoding/Identity-H/DescendantFonts[11 0 R]>>",
            11: "<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+Odd/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                "/FontDescriptor 8 0 R/DW 1000>>"}
    data = raw(content, more=more).replace(b"/F2 6 0 R>>", b"/F2 6 0 R/F9 10 0 R>>")
    assert pdf.scanned_pages(data) == (1,)


def test_a_page_loop_and_a_form_in_itself_end() -> None:
    loop = raw("/X Do", resources="/XObject<</X 10 0 R>>",
               more={10: "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>/Length 5>>stream\n/X Do\nendstream"})
    assert read(loop).reason_code == "not_a_form"


def test_a_page_is_read_twice_only_where_it_is_doubted(monkeypatch) -> None:
    asked: list[list[int]] = []
    real = plumber.opinions
    monkeypatch.setattr(opinion, "opinions", lambda data, numbers, ruled: asked.append(list(numbers)) or real(data, numbers, ruled))

    def doubted(canvas) -> None:
        listing(canvas)
        say(canvas, 104, 128, "江一禾")
    read(make(listing, listing))
    assert asked == []
    parsed = read(make(listing, doubted))
    assert asked == [[2]] and any("第2页" in n and "复核" in n for n in parsed.notes)


def test_what_the_second_reader_sees_differently_is_asked() -> None:
    from carelib.read.pdf.cells import Spot, Table
    from carelib.read.pdf.geometry import Box
    glyphs = [Glyph(c, 10 + 9 * i, 10, 19 + 9 * i, 19) for i, c in enumerate("林晓舟")]
    spot = Spot(0, 0, 1, 1, 1, Box(8, 8, 60, 30), list(glyphs), "林晓舟")
    rival = [g._replace(char=c) for g, c in zip(glyphs, "林晓丹")]
    opinion._compare(Page(1, 100, 100), [Table(1, [8, 60], [8, 30], [spot], "ruled")], Opinion(rival))
    assert spot.doubt and spot.suggestion == "林晓丹"


def test_both_readers_agree_on_an_ordinary_page() -> None:
    seen = plumber.opinions(make(listing), [1], [1])[1]
    assert sorted(g.char for g in seen.glyphs) == sorted("".join(map("".join, ROWS)))
    assert [t[1:] for t in seen.tables] == [(4, 6)]


def test_both_readers_see_a_cropped_page_in_the_same_places() -> None:
    def cropped(canvas) -> None:
        listing(canvas)
        canvas.setCropBox((30, 20, WIDE - 10, HIGH - 50))
    data = make(cropped)
    seen = plumber.opinions(data, [1], [1])[1]
    with pdfium.Document(data) as document, document.page(1) as raw:
        mine = gather(raw, 1).glyphs
    assert [g.char for g in mine] == [g.char for g in seen.glyphs]
    assert all(abs(a.cx - b.cx) < 3 and abs(a.cy - b.cy) < 3 for a, b in zip(mine, seen.glyphs))
    assert abs(seen.tables[0][0].top - 50) < 1 and abs(seen.tables[0][0].x0 - 30) < 1


def test_a_broken_file_costs_the_second_reader_nothing() -> None:
    assert plumber.opinions(b"%PDF-1.7 rubbish", [1]) == {}


def test_the_same_bytes_give_the_same_grids() -> None:
    data = make(listing, lambda c: table(c, ROWS, across=False))
    assert read(data) == read(data)


def test_no_word_of_a_form_stands_in_the_text_of_an_error() -> None:
    with pytest.raises(ValueError, match="not a place in a PDF"):
        pdf.crop(raw(words((50, 300, "林晓舟"))), "林晓舟")
