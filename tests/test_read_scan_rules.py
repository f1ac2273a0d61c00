"""Rules of scanned tables that are pale, gapped or only strokes of writing."""
from __future__ import annotations

import numpy as np

from carelib.read.pdf.geometry import Box
from carelib.read.scan import bands, grid, image, rowcheck
from carelib.read.scan.bands import Piece
from carelib.read.scan.ink import Strip


def dotted(picture: np.ndarray, y: int, x0: int, x1: int, grey: int) -> None:
    """A pale dotted rule."""
    for x in range(x0, x1, 6):
        picture[y:y + 2, x:x + 3] = grey


def rowed(merged: bool = False) -> np.ndarray:
    """A grey page: three columns, four rows, dotted rules between them that are paler where writing stands close."""
    page = np.full((420, 1000), 255, np.uint8)
    for x in (100, 400, 700, 900):
        page[100:301, x:x + 3] = 60
    for y in (100, 150, 200, 250, 299):
        dotted(page, y, 700, 900, 100)
        for x0, x1 in ((100, 400), (400, 700)):
            if y in (100, 299):
                page[y:y + 3, x0:900] = 60
            elif not (merged and x0 == 100 and y == 200):
                dotted(page, y, x0, x1, 180)
    for y in range(110, 300, 50):
        for x in range(200, 300, 25):
            page[y:y + 34, x:x + 18] = 40                       # writing that almost reaches from rule to rule
    return page


def borders(page: np.ndarray, x: int) -> list[int]:
    """At which heights a horizontal rule covers a position."""
    found = grid.find(image.ink_of(page), (), page)
    return sorted({round(r.at / 10) * 10 for r in found.across if r.start <= x <= r.end})


def test_a_pale_dotted_rule_is_found_where_a_known_one_goes_on() -> None:
    assert borders(rowed(), 330) == [100, 150, 200, 250, 300]


def test_a_cell_over_two_rows_stays_one_where_no_pale_rule_is_seen() -> None:
    assert borders(rowed(merged=True), 330) == [100, 150, 250, 300] and 200 in borders(rowed(merged=True), 500)


def test_a_gapped_rule_below_a_groups_head_is_one_if_it_ends_at_vertical_rules() -> None:
    steep = [Piece(x, 100, 700, 3) for x in (100, 366, 2000)]
    level, feet = Piece(150, 100, 366, 3, solid=False), Piece(300, 140, 330, 3, solid=False)
    assert grid._shared([Piece(100, 100, 2000, 3), level, feet], steep) == [Piece(100, 100, 2000, 3), level]


def test_a_piece_of_a_rule_that_runs_on_is_kept() -> None:
    line = [Piece(200, 100, 190, 3), Piece(200, 190, 300, 3)]
    down = [Piece(x, 100, 704, 4) for x in (100, 300, 500)]
    assert not any(grid._parts_nothing(p, line, down) for p in line)


def stems(ink: np.ndarray, x: int, top: int, bottom: int) -> None:
    """Two lines of writing, each with a stem at x and strokes to the side."""
    middle = (top + bottom) // 2
    for a, b in ((top + 8, middle - 4), (middle + 4, bottom - 6)):
        ink[a:b, x - 2:x + 3] = 1
        ink[a:a + 3, x - 14:x + 14] = ink[b - 3:b, x - 14:x + 14] = ink[(a + b) // 2:(a + b) // 2 + 3, x - 14:x + 14] = 1


def test_two_lines_of_writing_at_the_place_of_a_solid_rule_are_none() -> None:
    ink = np.zeros((500, 300), np.uint8)
    ink[200:400, 148:153] = 1
    stems(ink, 150, 122, 200)
    across = [Piece(y, 0, 300, 3) for y in (120, 200, 260, 320, 400)]
    assert [(p.start, p.end) for p in bands.drawn(ink, [Piece(150.0, 122, 400, 5)], across)] == [(200, 400)]


def test_dashes_are_no_rule_where_all_others_are_solid() -> None:
    band = np.zeros((60, 60), np.uint8)
    for y in range(2, 58, 20):
        band[y:y + 14, 29:32] = 1
    at = np.zeros(60, bool)
    at[26:35] = True
    assert bands._upright(band, np.zeros(60, bool), at) and not bands._upright(band, at, np.zeros(60, bool))


def test_stems_of_equal_words_among_solid_rules_are_no_rule() -> None:
    ink = np.zeros((500, 700), np.uint8)
    for top in (100, 160, 220, 280):
        stems(ink, 350, top, top + 60)
    across = [Piece(y, 0, 700, 3) for y in (100, 160, 220, 280, 340)]
    sides, stack = [Piece(x, 100, 340, 4) for x in (10, 200, 690)], Piece(350.0, 100, 340, 4, solid=False)
    for side in sides:
        ink[100:340, int(side.at) - 2:int(side.at) + 2] = 1
    assert [p.at for p in bands.drawn(ink, [*sides, stack], across)] == [10, 200, 690]


def line(home: int, top: float) -> Strip:
    """A line of writing, 24 pixels high, in a cell."""
    return Strip(home, Box(10, top, 90, top + 24), np.full((32, 88), 255, np.uint8), np.zeros(88), 6, 24.0)


def test_a_number_in_one_of_two_rows_that_a_cell_covers_is_doubted_and_one_in_their_middle_is_not() -> None:
    for top, whys in ((65, ["merged"]), (38, [])):
        cells, strip = rowcheck.Cells(), line(0, top)
        cells.add(Box(0, 0, 100, 100), rowcheck.Seat(0, 3, 2, 2), [50.0])
        rowcheck.doubt([strip], cells, 24.0)
        assert strip.doubts == whys


def listed(*rows: tuple[int, ...]) -> list[Strip]:
    """What is written in a table of rows 60 pixels high: so many lines in each cell; which of them is doubted."""
    cells, strips = rowcheck.Cells(), []
    for r, row in enumerate(rows):
        for c, count in enumerate(row):
            cells.add(Box(100 * c, 60 * r, 100 * c + 100, 60 * r + 60), rowcheck.Seat(0, r, 1, c), [])
            strips += [line(len(cells.boxes) - 1, 60 * r + 4 + 26 * n) for n in range(count)]
    rowcheck.doubt(strips, cells, 24.0)
    return [s for s in strips if s.doubts]


def test_a_row_all_of_whose_cells_have_two_lines_may_be_two_rows() -> None:
    assert len(listed((1, 1, 1, 1), (1, 1, 2, 1), (2, 2, 2, 2))) == 8 and not listed((1, 1, 1, 1), (1, 1, 2, 1), (1, 2, 2, 2))


def test_a_row_without_a_number_among_numbered_ones_is_doubted_with_the_one_above() -> None:
    plain = [(1, 1, 1, 1)] * 6
    assert len(listed(*plain[:4], (0, 1, 1, 1), plain[0])) == 7 and not listed(*plain) and not listed(*[(0, 1, 1, 1)] * 6)
