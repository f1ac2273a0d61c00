"""Scans: printed forms as scanners, copiers and phones deliver them (made by bench/scan/specimens.py, truth beside them)."""
from __future__ import annotations

import json
import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from carelib import catalogue, values
from carelib.read import scan, workshop
from carelib.read.pdf import grids
from carelib.read.pdf.geometry import Box
from carelib.read.scan import bands, columns, grid, hand, ink, ocr, page, rowcheck, written
from carelib.read.scan.bands import Piece
from carelib.read.scan.ink import Strip
from carelib.read.scan.ocr import Char
from carelib.read.scan.words import note
from carelib.read.scan.written import Placed, Word
from carelib.records import Cell, Parsed

SPECIMENS = Path(__file__).parent / "specimens"
PAGES = sorted(p.name.removesuffix(".cells.json") for p in SPECIMENS.glob("scan_*.cells.json"))


@cache
def read(name: str) -> Parsed:
    return scan.parse_pages((SPECIMENS / f"{name}.pdf").read_bytes())


def bare(text: str) -> str:
    """As people compare what they see: no blanks, one kind of comma, dash and quote."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return plain.translate({0x2014: "-", 0x2013: "-", 0x201c: '"', 0x201d: '"', 0xb7: "·"})


def told(name: str) -> dict:
    return json.loads((SPECIMENS / f"{name}.cells.json").read_text("utf-8"))


def pairs(name: str) -> list[tuple[dict, Cell | None]]:
    """What is printed and what was read there; the table may begin at any row of the grid."""
    table = max(read(name).grids, key=lambda g: len(g.cells))       # a black seal beside it is a heap of specks
    at = {(c.row, c.col): c for c in table.cells}
    truth = told(name)["cells"]
    first = max(range(12), key=lambda n: sum(bare(at[k].text) == bare(t["text"]) for t in truth if (k := (t["row"] + n, t["col"])) in at))
    return [(t, at.get((t["row"] + first, t["col"]))) for t in truth]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_printed_is_found_and_mostly_read(name: str) -> None:
    found = pairs(name)
    exact = sum(cell is not None and bare(cell.text) == bare(t["text"]) for t, cell in found)
    assert all(cell is not None for t, cell in found if t["field"]) and exact >= (0.85 if "150" in name else 0.95) * len(found)


@pytest.mark.parametrize("name", PAGES)
def test_no_wrong_value_passes_the_gate(name: str) -> None:
    form = catalogue.load().forms[told(name)["form"]]
    context = values.Context(catalogue.load().codes, "2023-03", "九年一贯制", tuple(str(n) for n in range(1, 10)))
    accepted = asked = 0
    for t, cell in pairs(name):
        if t["field"] in form.fields and cell is not None:
            field = form.fields[t["field"]]
            want = values.parse(t["text"], field, context)
            got = values.parse(cell.text, field, context, cell)
            assert got.value is None or got.value == want.value, f"{t['field']} {t['text']} -> {got.value}"
            accepted += got.value is not None
            asked += got.value is None and want.value is not None
    assert accepted >= (0.7 if "150" in name else 0.75) * (accepted + asked)


@pytest.mark.parametrize("name", PAGES)
def test_every_cell_has_its_page_and_box_and_how_sure_it_is(name: str) -> None:
    table = max(read(name).grids, key=lambda g: len(g.cells))       # a black seal beside it is a heap of specks
    assert all(re.fullmatch(r"p1@[\d.]+,[\d.]+,[\d.]+,[\d.]+", part) for c in table.cells for part in c.place.split("、"))
    assert all(0 <= c.confidence <= 1 for c in table.cells) and any(c.confidence < 1 for c in table.cells)
    assert read(name).medium == "pdf_scan"


def test_a_seal_is_set_aside_and_what_it_covers_is_believed_less() -> None:
    (table,) = read("scan_list_red_seal_skewed").grids
    assert any("印章" in text for _, text in table.extras)


def test_a_photo_is_said_to_be_one_and_gives_no_value() -> None:
    parsed = read("scan_photo_on_a_desk")
    assert not any(g.cells for g in parsed.grids) and parsed.reason_code and "照片" in (parsed.reason or "") + "".join(parsed.notes)


def test_where_no_rule_parts_rows_and_columns_every_cell_is_asked() -> None:
    cells = [c for g in read("scan_list_without_rules").grids for c in g.cells]
    written = [c for c in cells if re.search(r"年级|走访|电话|家长", c.text) and "：" not in c.text]
    assert len(written) >= 8 and all(c.doubt for c in written)


def test_what_stands_below_a_scanned_table_without_a_label_is_asked() -> None:
    cells = [Cell(9, 3, "F", "p1@1,1,2,2"), Cell(9, 0, "填报人：侯敏", "p1@1,1,2,2")]
    assert [c.doubt for c in grids._asked(cells, "认不准")] == ["认不准", ""] and grids._asked(cells, "") == cells


def test_a_fold_of_the_paper_is_no_rule() -> None:
    ink = np.zeros((600, 1000), np.uint8)
    for y in (100, 200, 300, 400):
        ink[y:y + 4, 100:900] = 1
    for x in (100, 300, 500, 700, 896):
        ink[100:404, x:x + 4] = 1
    ink[250:252, 0:880] = 1
    assert [round(r.at) for r in grid.find(ink).across] == [102, 202, 302, 402]


def test_a_line_from_the_edge_above_a_table_stays() -> None:
    across, down = [Piece(50, 0, 900, 3), Piece(200, 100, 900, 3)], [Piece(100, 190, 400, 3), Piece(900, 190, 400, 3)]
    assert grid._without_folds(across, down, 1000) == (across, [])


def line_of(*middles: float) -> tuple[Strip, list[Placed]]:
    """Characters of ten pixels whose middles stand at these heights."""
    picture = np.full((60, 20 * len(middles)), 255, np.uint8)
    for n, y in enumerate(middles):
        picture[int(y) - 5:int(y) + 5, 20 * n + 3:20 * n + 13] = 0
    strip = Strip.__new__(Strip)
    strip.picture, strip.left = picture, 0
    return strip, [Placed(c, 20 * n, 20 * n + 16, 1.0) for n, c in enumerate("家长表示同意返校就读"[:len(middles)])]


def test_printed_characters_stand_on_a_line_and_written_ones_do_not() -> None:
    printed = hand.unsteady(*line_of(30, 30, 30, 30, 30, 30), 20)
    written = hand.unsteady(*line_of(27, 33, 29, 34, 26, 32), 20)
    assert hand.written_by_hand([printed]) == [False] and hand.written_by_hand([written]) == [True]


def test_pages_in_a_row_are_said_as_from_to() -> None:
    assert "3—5" in note("scan", [3, 4, 5, 8]) and "8" in note("scan", [3, 4, 5, 8])


def scanned(pages: int) -> bytes:
    """A PDF of so many pages without text."""
    kids = " ".join(f"{n + 3} 0 R" for n in range(pages))
    parts = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    parts += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"] * pages
    body, at = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        at.append(len(body))
        body += f"{n} 0 obj\n{part}\nendobj\n".encode()
    table = f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % o for o in at)
    return body + table + f"trailer<</Size {len(at) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()


@pytest.mark.parametrize(("pages", "seconds"), [(1, 60), (5, 60), (12, 130), (90, 420)])
def test_only_many_scanned_pages_get_more_time(pages: int, seconds: int) -> None:
    assert workshop.patience(scanned(pages)) == seconds


def test_that_a_file_takes_longer_is_told_before_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import resource
    pipe, limits = io.BytesIO(), []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, both: limits.append((kind, both[0])))      # not of this process
    workshop._ask_for_time(pipe, scanned(12))
    assert pipe.getvalue() == workshop.LONGER.encode() + struct.pack(">I", 130)
    assert limits == [(resource.RLIMIT_CPU, 130)]


def test_stems_below_each_other_that_the_header_does_not_part_are_no_rule() -> None:
    ink = np.zeros((760, 1000), np.uint8)
    for y in range(100, 701, 50):
        ink[y:y + 4, 100:904] = 1
    for x in (100, 300, 500, 700, 900):
        ink[100:704, x:x + 4] = 1
    for y in range(200, 700, 50):                               # '返校' in every row below the header: its stems touch the rules
        ink[y:y + 50, 800:803] = 1
        ink[y + 10:y + 14, 785:820] = 1
        ink[y + 30:y + 34, 785:820] = 1
    assert [round(r.at) for r in grid.find(ink).down] == [102, 302, 502, 702, 902]


def test_a_dotted_rule_goes_on_between_its_dots_but_not_over_writing() -> None:
    page = np.zeros((120, 900), np.uint8)
    page[20:22, 20:880] = page[80:82, 20:420] = 1
    page[80:82, 420:880:6] = page[80:82, 421:880:6] = 1         # dots
    known = [Piece(20.5, 20, 880, 2), Piece(80.5, 20, 420, 2)]
    assert [(p.start, p.end) for p in bands.completed(page, known)] == [(420, 880)]
    for x in range(430, 870, 9):
        page[62:98, x:x + 6] = 1                                # writing in its way
    assert bands.completed(page, known) == []


def table(rows: range, columns: range) -> np.ndarray:
    """The ink of a ruled table."""
    ink = np.zeros((rows[-1] + 100, columns[-1] + 100), np.uint8)
    for y in rows:
        ink[y:y + 4, columns[0]:columns[-1] + 4] = 1
    for x in columns:
        ink[rows[0]:rows[-1] + 4, x:x + 4] = 1
    return ink


def test_a_line_that_runs_through_no_cell_makes_no_row() -> None:
    ink = table(range(100, 701, 100), range(100, 901, 200))
    ink[240:243, 330:390] = 1                                   # the foot of a seal, within one cell
    assert [round(r.at) for r in grid.find(ink).across] == [102, 202, 302, 402, 502, 602, 702]
    assert grid._parts_nothing(Piece(240, 330, 390, 3), [Piece(240, 330, 390, 3)], [Piece(x, 100, 704, 4) for x in (102, 302, 502)])
    assert not grid._parts_nothing(Piece(240, 302, 500, 3), [Piece(240, 302, 500, 3)], [Piece(x, 100, 704, 4) for x in (102, 302, 502)])


def test_figures_below_each_other_beside_a_rule_are_no_rule() -> None:
    rule, ones = Piece(302.0, 100, 704, 4), Piece(310.0, 200, 704, 3)
    assert grid._is_beside(ones, [rule, ones]) and not grid._is_beside(rule, [rule, ones])
    assert not grid._is_beside(Piece(310.0, 100, 704, 4), [rule])       # a double rule


def test_a_rule_that_writing_above_and_below_the_table_touches_stays() -> None:
    across = [Piece(y, 80, 2240, 3) for y in (190, 223, 257, 290, 491)]
    assert grid._is_rule(Piece(189.0, 176, 525, 3), across, grid.TALL, strict=True)
    assert not grid._is_rule(Piece(189.0, 210, 480, 3), across, grid.TALL, strict=True)     # stems of the list


def test_writing_at_the_place_of_a_rule_is_none() -> None:
    ink = np.zeros((400, 300), np.uint8)
    for y in range(100, 300, 4):
        ink[y:y + 3, 149:152] = 1                               # dots
    for y in range(24, 96, 12):
        ink[y:y + 7, 140:170] = 1                               # writing in a wider cell above
    across = [Piece(y, 0, 300, 3) for y in (20, 100, 150, 200, 300)]
    assert [(p.start, p.end) for p in bands.drawn(ink, [Piece(150.0, 20, 300, 3)], across)] == [(100, 300)]


def test_a_dot_after_chinese_writing_is_believed_little() -> None:
    weakest = [0.99, 0.99]
    written._doubt_last([Char("通", 0.99, 0.3), Char(".", 0.99, 0.9)], weakest)
    assert weakest == [0.99, written.UNCOVERED]


def reader_of(*probabilities: float) -> page._Reader:
    """A reader on whose page a table of these characters was recognised."""
    reader = page._Reader.__new__(page._Reader)
    reader.page = page.ScannedPage(1, 100, 100)
    reader.least, reader.smudged = 0.0, False
    reader._doubt_page([Word([Placed("字", 0, 1, p), Placed("字", 1, 2, p)]) for p in probabilities])
    return reader


def test_of_a_page_whose_ink_has_run_nothing_is_believed() -> None:
    clear, wavering, smudged = reader_of(*[0.999] * 100), reader_of(*[0.999] * 96, *[0.8] * 4), reader_of(*[0.999] * 90, *[0.8] * 10)
    assert (clear.least, clear.smudged) == (0.0, False) and (wavering.least, wavering.smudged) == (page.CERTAIN, False)
    assert smudged.smudged and "字迹不清" in smudged.page.doubts[0]


def test_specks_say_nothing_about_the_writing_of_a_page() -> None:
    reader = reader_of(*[0.999] * 100)
    reader._doubt_page([Word([Placed("字", 0, 1, 0.999)] * 2)] * 100 + [Word([Placed("、", 0, 1, 0.2)])] * 60)
    assert not reader.smudged and reader.least == 0.0


def test_the_arc_of_a_seal_close_to_a_rule_parts_no_row() -> None:
    rules = [Piece(100.0, 0, 2000, 3), Piece(160.0, 0, 2000, 3)]
    arc, group = Piece(150.0, 700, 815, 3), Piece(130.0, 700, 900, 3)
    assert grid._is_too_close(arc, [*rules, arc, group]) and not grid._is_too_close(group, [*rules, arc, group])
    assert not any(grid._is_too_close(p, [*rules, arc, group]) for p in rules)


def test_a_vertical_line_that_strokes_run_into_from_both_sides_is_a_stem() -> None:
    page = np.zeros((60, 60), np.uint8)
    page[:, 29:32] = 1
    page[30, 31:45] = 1                                         # the first stroke of a value touches the rule before it
    assert not columns._is_crossed(page, 30, 0, 60)
    page[40, 15:30] = 1
    assert columns._is_crossed(page, 30, 0, 60)


def test_dashes_that_grew_together_are_one_rule() -> None:
    page = np.zeros((60, 400), np.uint8)
    for x in range(10, 380, 10):
        page[30 + x // 10 % 2:34 + x // 10 % 2, x:x + 7] = 1    # a pixel up, a pixel down
    page[31:34, 100:160] = 1
    assert any(p.start <= 14 and p.end >= 370 for p in grid._one_way(page, None).pieces)


def test_a_bracket_in_either_width_is_one_sign() -> None:
    """（ and ( share what they are believed; which of them stands there does not make the class doubtful."""
    signs = {c: ocr._model()[2].index(c) for c in "八（(3）)班"}
    answer = np.zeros((9, len(ocr._model()[2])), np.float32)
    for step, shares in enumerate([{"八": 0.99}, {"（": 0.5, "(": 0.49}, {"3": 0.99}, {")": 0.6, "）": 0.39}, {"班": 0.99}]):
        answer[2 * step, [signs[c] for c in shares]] = list(shares.values())
    answer[1::2, ocr.BLANK] = 1
    chars = ocr._decode(answer, ocr._model()[2], 1.0)
    assert "".join(c.text for c in chars) == "八（3）班" and min(c.probability for c in chars) > 0.98


def lone_strip(draw: str) -> Strip:
    """A nought, a circle, a six or a speck on white."""
    picture = np.full((40, 40), 255, np.uint8)
    if draw == "speck":
        cv2.circle(picture, (20, 20), 4, 0, 2)
    else:
        cv2.ellipse(picture, (20, 20), (11, 11) if draw == "circle" else (7, 11), 0, 40 if draw == "open" else 0, 360, 0, 2)
    if draw == "eight":
        cv2.line(picture, (14, 20), (26, 20), 0, 2)
    return Strip(0, Box(0, 0, 40, 40), picture, (picture < 140).sum(axis=0), 0, 24.0)


@pytest.mark.parametrize(("draw", "fits"), [("nought", True), ("circle", False), ("eight", False), ("open", False), ("speck", False)])
def test_only_a_slim_closed_ring_as_high_as_a_figure_is_a_nought(draw: str, fits: bool) -> None:
    assert ink.fits_alone(lone_strip(draw), "0", 28.0) is fits


def test_figures_do_not_tell_how_high_a_line_is() -> None:
    figures = np.asarray([(x, 0, 12, 20, 100) for x in (0, 15, 30)])
    letters = np.asarray([(0, 0, 28, 29, 300), (32, 1, 20, 10, 80), (32, 15, 25, 14, 90)])
    assert ink._runs_heights(figures) == [(20.0, True)] and ink._runs_heights(letters) == [(29.0, False)]


def test_one_line_in_large_letters_is_not_cut() -> None:
    large, two = np.full(48, 100), np.full(48, 100)
    two[22:26] = 10
    heights, tops = np.asarray([30, 30]), np.asarray([0, 18])
    assert ink._cut(large, 0, 48, 27.0, heights, tops) == [(0, 48)] and len(ink._cut(two, 0, 48, 27.0, heights, tops)) == 2


def test_lines_that_huddle_in_a_merged_cell_are_one_value() -> None:
    """八（3） over 班 in the middle of a cell of two rows; in a row each they may be two."""
    cells = rowcheck.Cells([Box(0, 0, 100, 160)], [rowcheck.Seat(0, 4, 2, 0)], {0: [80.0]})
    for tops, doubted in ((((46, 74), (86, 114)), False), (((26, 54), (106, 134)), True)):
        strips = [lone_strip("nought") for _ in tops]
        for strip, (top, bottom) in zip(strips, tops):
            strip.home, strip.box = 0, Box(10, top, 90, bottom)
        rowcheck.doubt(strips, cells, 28.0)
        assert any(s.doubts for s in strips) is doubted
