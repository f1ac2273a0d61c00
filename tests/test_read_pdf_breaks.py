"""Values and rows at the edges: cut by a page break or a narrow column, set right up to a rule, beside a column without rules."""
from __future__ import annotations

import json
from pathlib import Path

from read_pdf_kit import HEADER, PUPILS, edges, make, only_grid, read, rule, say, table, texts

from carelib.read import pdf

ROWS = [HEADER, *PUPILS]
IDS = ("990101201003050436", "990102200911180625", "990101200907220819")


def test_a_serial_number_in_a_narrow_column_is_one_number() -> None:
    rows = [["序号", "姓名", "原因"], *([str(n), "林晓舟", "厌学"] for n in range(9, 12)), ["1\n2", "苏映雪", "因病"], ["13", "高远", "外出"]]
    grid = only_grid(make(lambda c: table(c, rows, widths=[40, 70, 90], high=34)))
    assert ["".join(row[0].split()) for row in texts(grid)] == ["序号", "9", "10", "11", "12", "13"]


def test_records_that_share_a_ruled_row_are_still_parted() -> None:
    rows = [["序号", "姓名", "原因"], ["1\n2", "林晓舟\n苏映雪", "厌学\n因病"], ["3", "高远", "外出"]]
    grid = only_grid(make(lambda c: table(c, rows, widths=[40, 70, 90], high=34)))
    assert [row[0] for row in texts(grid)] == ["序号", "1", "2", "3"]


def two_pages(first: list[list[str]], second: list[list[str]]) -> bytes:
    return make(lambda c: table(c, first, high=34), lambda c: table(c, second, high=34))


def test_a_number_that_the_break_cuts_makes_one_row_of_two() -> None:
    cut = ["4", "程浩", "男", "9901012009", "2班", "厌学"]
    rest = ["", "", "", "03050999", "", ""]
    grid = only_grid(two_pages([*ROWS, cut], [rest, ["5", "罗敏", "女", "990101200903050123", "1班", "因病"]]))
    assert texts(grid)[4][3] == "990101200903050999" and texts(grid)[5][0] == "5"


def test_a_serial_number_that_the_break_cuts_is_joined() -> None:
    rows = [[str(n), *PUPILS[n % 3][1:]] for n in range(8, 12)]
    cut, rest = ["1", "程浩", "男", "9901012009", "2班", "厌学"], ["2", "", "", "03050999", "", ""]
    grid = only_grid(two_pages([HEADER, *rows, cut], [rest, ["13", *PUPILS[0][1:]]]))
    assert texts(grid)[5][0] == "12" and texts(grid)[6][0] == "13"


def test_half_a_number_at_a_break_is_asked_about() -> None:
    half = ["4", "程浩", "男", "9901012009", "2班", "厌学"]
    grid = only_grid(two_pages([*ROWS, half], [["5", "罗敏", "女", "990101200903050123", "1班", "因病"]]))
    cell = next(c for c in grid.cells if c.text == "9901012009")
    assert cell.doubt and cell.suggestion == "9901012009"


def test_text_that_ends_on_a_rule_where_the_next_cell_begins_stays_in_its_cell() -> None:
    def paint(canvas) -> None:
        table(canvas, [["地址", "日期"]] * 4, widths=[90, 90], write=False)
        for y, left, right in zip(edges(100, [22] * 3), ("石桥镇", "青禾村", "清溪路（供销社）", "桑园"), ("2023-02-01", "2023-03-02", "2023-03-06", "2023-01-09")):
            start = 63.0
            say(canvas, start, y + 6, left, 87 / 8 if len(left) == 8 else 9)
            say(canvas, 150.0 if len(left) == 8 else 150.1, y + 6, right, 87 / 8 if len(left) == 8 else 9)
    assert texts(only_grid(make(paint)))[2] == ["清溪路（供销社）", "2023-03-06"]


def test_a_column_that_no_rule_shows_on_the_next_page_goes_on() -> None:
    def first(canvas) -> None:
        xs, ys = table(canvas, [["学校", "序号", "姓名"], ["示例一中", "1", "林晓舟"], ["", "2", "苏映雪"]], widths=[80, 40, 70], sides="top bottom right", across=False)
        for i, y in enumerate(ys):
            rule(canvas, xs[1] if i == 2 else xs[0], y, xs[-1], y)

    def second(canvas) -> None:
        xs, ys = table(canvas, [["", "3", "高远"], ["示例二中", "4", "程浩"], ["", "5", "罗敏"]], widths=[80, 40, 70], high=30, sides="right", across=False)
        for y in ys:
            rule(canvas, xs[1], y, xs[-1], y)
    grid = only_grid(make(first, second))
    school = next(c for c in grid.cells if c.text == "示例二中")
    assert (school.row, school.col, school.row_span) == (3, 0, 3)
    assert [row[1] for row in texts(grid)] == ["序号", "1", "2", "3", "4", "5"]


def test_cells_of_two_and_three_lines_in_the_middle_are_one_header() -> None:
    def paint(canvas) -> None:
        for x, label in zip((60, 130, 300), (["学生", "姓名"], ["身份证件号"], ["不在", "校的", "原因"])):
            for i, line in enumerate(label):
                say(canvas, x, 117 - 5.5 * len(label) + 11 * i, line)
        for y, row in zip((150, 172, 194), PUPILS):
            for x, text in zip((60, 130, 300), (row[1], row[3], row[5])):
                say(canvas, x, y, text)
    assert texts(only_grid(make(paint)))[0] == ["学生姓名", "身份证件号", "不在校的原因"]


def test_a_word_set_wide_in_the_header_is_one_column() -> None:
    rows = [["姓名", "性　别", "身份证件号", "原因"], *([r[1], r[2], r[3], r[5]] for r in PUPILS)]
    grid = only_grid(make(lambda c: table(c, rows, widths=[70, 60, 130, 160], across=False, down=False)))
    assert [len(row) for row in texts(grid)] == [4] * 4 and texts(grid)[0][1].replace(" ", "").replace("　", "") == "性别"


def test_two_lists_with_one_header_below_each_other_are_two() -> None:
    def paint(canvas) -> None:
        for top in (100, 260):
            say(canvas, 200, top - 46, "应在校不在校就读学生情况表", 15)
            say(canvas, 60, top - 20, "学校名称：示例一中")
            table(canvas, ROWS, top=top, across=False, down=False)
    grids = read(make(paint)).grids
    assert [texts(g)[-4:] for g in grids] == [ROWS, ROWS]


def test_two_printed_lists_with_one_header_keep_their_records() -> None:
    path = Path(__file__).parent / "specimens" / "writer_two_lists_one_header.lists.json"
    truth = json.loads(path.read_text("utf-8"))
    grids = pdf.parse(path.with_name("writer_two_lists_one_header.pdf").read_bytes()).grids
    seen = [["".join(t.split()) for t in row] for g in grids for row in texts(g)]
    wanted = [["".join(t.split()) for t in row] for row in truth["rows"]]
    assert len(grids) == 2 and [row for row in seen if row in wanted] == wanted


def test_a_rule_above_the_header_does_not_join_it_to_the_first_record() -> None:
    def paint(canvas) -> None:
        say(canvas, 60, 82, "学校名称：示例一中")
        table(canvas, ROWS, across=False, down=False)
        rule(canvas, 60, 98, 560, 98)
        rule(canvas, 60, 190, 560, 190)
    assert texts(only_grid(make(paint)))[-4:] == ROWS


def test_numbers_that_got_a_piece_of_the_next_row_are_asked_about() -> None:
    rows = [["1", "林晓舟", IDS[0]], ["2", "苏映雪", IDS[1]], ["3", "高远", IDS[2] + IDS[0][:10]], ["4", "程浩", IDS[0][10:]]]
    grid = only_grid(make(lambda c: table(c, [["序号", "姓名", "身份证件号"], *rows, *([str(n), "罗敏", IDS[n % 3]] for n in range(5, 12))], widths=[60, 100, 200], across=False, down=False)))
    assert [bool(c.doubt) for c in grid.cells if c.col == 2] == [False] * 2 + [True] * 3 + [False] * 7


def test_a_row_of_one_piece_is_asked_about_with_the_cell_that_it_may_belong_to() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS, across=False, down=False)
        say(canvas, edges(60, [40, 70, 40, 130, 60])[5] + 3, 200, "由祖父母照看")
    grid = only_grid(make(paint))
    piece = next(c for c in grid.cells if "祖父母" in c.text)
    assert piece.doubt or piece.text == "外出务工由祖父母照看"
    assert not any(c.doubt for c in grid.cells if c.row < 3 and c.col < 5)
