"""The parts of a sheet: safe texts, heights, return codes, writing beside and renaming."""
from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from report_books import cells, parts

from carelib import catalogue
from carelib.report import measure
from carelib.report.sheet import Book, Column, Formula, Mark, clean, done

LOOK = {"name": "表", "columns": []}
GRID = [Column("a", "甲", 10), Column("b", "乙", 10, "center"), Column("c", "丙", 20)]


@pytest.fixture
def book():
    return Book(catalogue.load().looks, "题目", "示例局", date(2023, 3, 31))


def saved(book, tmp_path):
    book.save(tmp_path / "x.xlsx")
    return tmp_path / "x.xlsx"


@pytest.mark.parametrize("raw, text", [("坏\ud800字", "坏\ufffd字"), ("铃\x07声", "铃\ufffd声"),
                                       ("一\r\n二\r三", "一\n二\n三"), ("末\uffff", "末\ufffd"), ("好\t的", "好\t的")])
def test_what_a_cell_cannot_hold_is_replaced(raw, text):
    assert clean(raw) == text


def test_a_lone_surrogate_does_not_cost_the_workbook(book, tmp_path):
    sheet = book.sheet(LOOK, GRID)
    sheet.title("坏\udcff名", "左\x00", "右")
    sheet.table([{"a": "\ud800", "c": "x" * 40000}], main=True)
    said = cells(saved(book, tmp_path))["表"]
    assert said["A1"] == "坏\ufffd名" and len(said["C4"]) == 32767


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "＝1"])
def test_a_text_like_a_formula_is_quoted_in_merged_cells_too(book, tmp_path, text):
    sheet = book.sheet(LOOK, GRID)
    sheet.across(text)
    sheet.table([{"a": text}])
    made = openpyxl.load_workbook(saved(book, tmp_path))["表"]
    for cell in (made["A1"], made["A3"]):
        assert (cell.value, cell.data_type, cell.number_format, cell.quotePrefix) == (text, "s", "@", True)


def test_formulas_are_filled_with_addresses(book, tmp_path):
    sheet = book.sheet(LOOK, GRID)
    body = [{"a": 1, "b": 2}, {"a": 3, "b": Formula("={a}+{a_up1}", 4)}]
    sheet.table(body, totals=[{"a": Formula("=SUM({a_all})", 4)}])
    assert cells(saved(book, tmp_path), formulas=True)["表"]["B3"] == "=A3+A2"
    assert cells(tmp_path / "x.xlsx", formulas=True)["表"]["A4"] == "=SUM(A2:A3)"


def test_a_part_table_spans_the_grid_and_may_leave_a_gap(book, tmp_path):
    sheet = book.sheet(LOOK, GRID)
    sheet.table([{"a": "x"}], {"a": "甲乙", "c": ""})
    made = openpyxl.load_workbook(saved(book, tmp_path))["表"]
    assert {str(m) for m in made.merged_cells.ranges} == {"A1:B1", "A2:B2"} and made["C1"].value is None


def test_whole_figures_show_no_point_and_words_stand_for_truth(book, tmp_path):
    sheet = book.sheet(LOOK, GRID)
    sheet.table([{"a": Mark(12.0, number="plain"), "b": Mark(12.5, number="plain"), "c": Mark(0.5, number="percent")}])
    made = openpyxl.load_workbook(saved(book, tmp_path))["表"]
    assert [made[c].number_format for c in ("A2", "B2", "C2")] == ["0", "0.00", "0.00%"]
    with pytest.raises(TypeError):
        sheet.table([{"a": True}])


def test_a_refused_cell_is_loud():
    assert done(0) is None and done(None) is None
    with pytest.raises(RuntimeError):
        done(-2)


def test_a_failed_write_leaves_the_old_file_and_no_rest(book, tmp_path, monkeypatch):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"old")
    book.sheet(LOOK, GRID).across("新")
    monkeypatch.setattr("carelib.report.sheet.os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError):
        book.save(path)
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


def test_making_a_workbook_leaves_the_catalogue_as_it_is(book, tmp_path):
    before = repr(catalogue.load().looks)
    book.sheet(LOOK, GRID).title("题目")
    saved(book, tmp_path)
    assert repr(catalogue.load().looks) == before


def test_nothing_of_the_workbook_is_put_into_a_temporary_folder(book, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    book.sheet(LOOK, GRID).table([{"a": "张三"}])
    assert "xl/sharedStrings.xml" in parts(saved(book, tmp_path))


@pytest.mark.parametrize("text, width, count", [("", 10, 1), ("一二三四五", 11, 1), ("一二三四五六", 11, 2),
                                                ("一\n二", 20, 2), ("一二三四五。", 11, 2),
                                                ("990101201203041215", 10, 2), ("ab cd", 10, 1)])
def test_lines_are_counted_as_a_chinese_cell_wraps_them(text, width, count):
    assert measure.lines(text, width) == count
