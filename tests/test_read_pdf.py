"""Ruled tables of a text PDF: what stands in which cell, where it stands, and whose text it is that runs over a rule."""
from __future__ import annotations

import pytest
from read_pdf_kit import (
    HEADER,
    HIGH,
    PUPILS,
    TITLE,
    WIDTHS,
    box,
    cell,
    edges,
    make,
    only_grid,
    read,
    rule,
    say,
    table,
    texts,
)

from carelib.read import pdf

ROWS = [HEADER, *PUPILS]


def listing(**options) -> bytes:
    return make(lambda c: table(c, ROWS, **options))


def test_a_ruled_list_is_read_cell_by_cell() -> None:
    assert texts(only_grid(listing())) == ROWS


def test_the_place_of_a_cell_lies_within_its_rules() -> None:
    grid = only_grid(listing(top=100, left=60))
    x0, top, x1, bottom = box(cell(grid, "990102200911180625").place)
    assert 210 <= x0 < x1 <= 340 and 144 <= top < bottom <= 166


@pytest.mark.parametrize("sides", ["top bottom", "left right", "left", "top", ""])
def test_a_side_without_a_rule_costs_no_cell(sides: str) -> None:
    assert texts(only_grid(listing(sides=sides))) == ROWS


@pytest.mark.parametrize("dash", [(1, 2), (3, 3), (0.5, 1.5)])
def test_dashed_and_dotted_rules_are_rules(dash: tuple[float, float]) -> None:
    def paint(canvas) -> None:
        canvas.setDash(*dash)
        table(canvas, ROWS)
    assert texts(only_grid(make(paint))) == ROWS


def test_thin_and_thick_filled_shapes_are_rules() -> None:
    def paint(canvas) -> None:
        xs, ys = table(canvas, ROWS, across=False, down=False)
        for x in xs:
            canvas.rect(x - 1.2, HIGH - ys[-1], 2.4, ys[-1] - ys[0], stroke=0, fill=1)
        for y in ys:
            canvas.rect(xs[0], HIGH - y, xs[-1] - xs[0], 0.5, stroke=0, fill=1)
    assert texts(only_grid(make(paint))) == ROWS


def test_cells_that_are_only_filled_shapes_are_cells() -> None:
    def paint(canvas) -> None:
        canvas.setFillGray(0.9)
        for x, wide in zip(edges(60, WIDTHS), WIDTHS):
            for y in edges(100, [22] * 3):
                canvas.rect(x + 1, HIGH - y - 21, wide - 2, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        table(canvas, ROWS, across=False, down=False)
    assert texts(only_grid(make(paint))) == ROWS


def test_merged_cells_keep_their_spans() -> None:
    def paint(canvas) -> None:
        xs, ys = edges(60, [60, 60, 60, 120]), edges(100, [22] * 4)
        for y, x0, x1 in [(ys[0], xs[0], xs[4]), (ys[1], xs[1], xs[3]), (ys[2], xs[0], xs[4]), (ys[3], xs[1], xs[4]),
                          (ys[4], xs[0], xs[4])]:
            rule(canvas, x0, y, x1, y)
        for x, y0, y1 in [(xs[0], ys[0], ys[4]), (xs[1], ys[0], ys[4]), (xs[2], ys[1], ys[4]), (xs[3], ys[0], ys[4]),
                          (xs[4], ys[0], ys[4])]:
            rule(canvas, x, y0, x, y1)
        for x, y, text in [(63, 116, "学校"), (150, 106, "学生"), (123, 128, "姓名"), (183, 128, "性别"), (243, 116, "原因"),
                           (63, 161, "云溪"), (123, 150, "林晓舟"), (183, 150, "男"), (243, 150, "厌学"),
                           (123, 172, "苏映雪"), (183, 172, "女"), (243, 172, "因病")]:
            say(canvas, x, y, text)
    grid = only_grid(make(paint))
    spans = {c.text: (c.row, c.col, c.row_span, c.col_span) for c in grid.cells if c.row_span * c.col_span > 1}
    assert spans == {"学校": (0, 0, 2, 1), "学生": (0, 1, 1, 2), "原因": (0, 3, 2, 1), "云溪": (2, 0, 2, 1)}
    assert set(spans.values()) == set(grid.spans)


def test_a_number_broken_over_lines_is_one_value() -> None:
    rows = [HEADER, ["1", "林晓舟", "男", "9901012010\n03050436", "2班", "厌学"]]
    grid = only_grid(make(lambda c: table(c, rows, widths=[40, 70, 40, 52, 60, 160], high=34)))
    assert cell(grid, "990101201003050436")


def test_two_names_in_one_cell_stay_two_lines() -> None:
    rows = [HEADER, ["1", "林晓舟\n苏映雪", "男\n女", "990101201003050436\n990102200911180625", "2班", "厌学"]]
    grid = only_grid(make(lambda c: table(c, rows, high=34)))
    assert cell(grid, "林晓舟\n苏映雪") and cell(grid, "990101201003050436\n990102200911180625")


def test_text_that_runs_into_the_next_cell_belongs_to_the_one_where_it_begins() -> None:
    rows = [list(r) for r in ROWS]
    rows[2][4] = "示例镇东湖村三组十一号（幸福）"
    assert texts(only_grid(make(lambda c: table(c, rows)))) == rows


def test_text_that_runs_out_of_the_table_stays_whole() -> None:
    rows = [list(r) for r in ROWS]
    rows[2][5] = "家庭经济困难，父母外出务工，由祖父母照看，班主任已两次家访"
    assert texts(only_grid(make(lambda c: table(c, rows)))) == rows


def test_text_over_a_rule_without_an_owner_is_asked_not_chosen() -> None:
    def paint(canvas) -> None:
        rows = [list(r) for r in ROWS]
        rows[2][4] = ""
        table(canvas, rows)
        say(canvas, 322, 150, "示例镇东湖村三组十一号")
    doubted = {c.text for c in only_grid(make(paint)).cells if c.doubt}
    assert {"示例镇东湖村三组十一号", "因病休学", "990102200911180625"} == doubted


def test_lines_for_which_a_row_of_fixed_height_has_no_room_are_asked_not_shared_out() -> None:
    def paint(canvas) -> None:
        empty = [[*p[:5], ""] for p in PUPILS]
        xs, ys = table(canvas, [HEADER, *empty], high=16)
        say(canvas, xs[5] + 5, ys[2] - 4, "随父母外出")
        say(canvas, xs[5] + 5, ys[3] - 4, "务工")

    grid = only_grid(make(paint))
    for said in ("随父母外出", "务工"):
        assert cell(grid, said).doubt and cell(grid, said).suggestion
    assert not cell(grid, "林晓舟").doubt


def test_glyphs_in_any_order_make_the_same_table() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS, write=False)
        said = [(x + 3 + 9 * i, y + 6, char) for y, row in zip(edges(100, [22] * 4), ROWS)
                for x, text in zip(edges(60, WIDTHS), row) if not text.isascii() for i, char in enumerate(text)]
        for x, y, char in sorted(said, key=lambda s: (s[2], s[0] * 7 % 11)):
            say(canvas, x, y, char)
    got = texts(only_grid(make(paint)))
    assert [row[1] for row in got] == ["姓名", "林晓舟", "苏映雪", "高远"] and got[2][5] == "因病休学"


def test_a_column_outside_the_rules_is_a_column_all_the_same() -> None:
    def paint(canvas) -> None:
        xs, ys = table(canvas, [r[1:-1] for r in ROWS], left=100, widths=WIDTHS[1:-1])
        for y, row in zip(ys, ROWS):
            say(canvas, 75, y + 6, row[0])
            say(canvas, xs[-1] + 4, y + 6, row[-1])
    assert texts(only_grid(make(paint))) == ROWS


def test_tables_side_by_side_and_below_each_other_are_grids_of_their_own() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS)
        table(canvas, [["项目", "数量"], ["在校", "3"]], left=620, widths=[80, 60])
        say(canvas, 60, 200, "注：本表每月25日前报送。")
        say(canvas, 60, 240, "附表", 12)
        table(canvas, [["项目", "数量"], ["离校", "2"]], top=260, widths=[80, 60])
    grids = read(make(paint)).grids
    assert [texts(g)[-1][:2] for g in grids] == [["注：本表每月25日前报送。", ""], ["在校", "3"], ["离校", "2"]]
    assert texts(grids[2])[0][0] == "附表"


def test_lines_above_and_below_stand_over_their_columns() -> None:
    def paint(canvas) -> None:
        say(canvas, 200, 50, TITLE, 14)
        say(canvas, 60, 80, "填报单位（盖章）：示例区云溪初级中学")
        say(canvas, 350, 80, "填报时间：2023年3月24日")
        table(canvas, ROWS)
        say(canvas, 60, 200, "填报人：郑一鸣  审核人：罗秋实")
    grid = only_grid(make(paint))
    unit, date = cell(grid, "填报单位（盖章）：示例区云溪初级中学"), cell(grid, "填报时间：2023年3月24日")
    assert unit.row == date.row == 1 and unit.col == 0 and date.col >= 4
    assert cell(grid, "填报人：郑一鸣").row == 6 and cell(grid, "审核人：罗秋实").row == 6


def test_a_table_inside_a_cell_keeps_its_own_cells() -> None:
    def paint(canvas) -> None:
        table(canvas, [["姓名", "林晓舟", "性别", "男"]], widths=[80, 160, 80, 180])
        for x in (60, 140, 560):
            rule(canvas, x, 122, x, 220)
        rule(canvas, 60, 220, 560, 220)
        say(canvas, 63, 130, "劝返记录")
        table(canvas, [["次数", "时间"], ["1", "2023-02-05"]], top=150, left=160, widths=[60, 120])
    grid = only_grid(make(paint))
    for label, value in (("姓名", "林晓舟"), ("性别", "男")):
        assert cell(grid, label).row == cell(grid, value).row
    assert cell(grid, "次数").col == cell(grid, "1").col and cell(grid, "时间").col == cell(grid, "2023-02-05").col


def test_a_crop_shows_the_cell_and_little_more() -> None:
    data = listing()
    place = cell(only_grid(data), "因病休学").place
    png = pdf.crop(data, f"{place}、p1@0,0,9,9", margin=4, scale=2)
    x0, top, x1, bottom = box(place)
    wide, high = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert png.startswith(b"\x89PNG") and abs(wide - 2 * (x1 - x0 + 8)) <= 3 and abs(high - 2 * (bottom - top + 8)) <= 3


def test_a_rendered_page_has_the_resolution_asked_for() -> None:
    assert pdf.render(listing(), 1, 144).shape == (1190, 1684, 3)
