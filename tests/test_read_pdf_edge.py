"""Text that runs over the edge of the page: what is left of it is asked."""
from __future__ import annotations

from read_pdf_kit import cell, make, only_grid, table

ROWS = [["姓名", "性别", "不在校原因", "去向"], ["林晓舟", "男", "厌学", "在家"], ["高远", "男", "因病休学", "外出务工，由亲戚带往外省"]]


def test_a_text_cut_by_the_edge_is_asked() -> None:
    grid = only_grid(make(lambda c: table(c, ROWS, left=60, widths=[60, 40, 80, 120]), size=(285, 595)))
    (cut,) = [c for c in grid.cells if c.text.startswith("外出")]
    assert cut.text != ROWS[2][3] and cut.doubt and cut.suggestion == cut.text
    assert not cell(grid, "在家").doubt and not cell(grid, "因病休学").doubt


def test_a_text_within_the_page_is_not() -> None:
    grid = only_grid(make(lambda c: table(c, ROWS, left=60, widths=[60, 40, 80, 120]), size=(400, 595)))
    assert not any(c.doubt for c in grid.cells)
