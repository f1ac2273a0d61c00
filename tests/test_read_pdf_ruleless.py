"""Tables with few rules or none: columns from the white between them, rows from rules, numbers, or white."""
from __future__ import annotations

import pytest
from read_pdf_kit import HEADER, HIGH, PUPILS, WIDTHS, edges, make, only_grid, read, rule, say, table, texts

from carelib.read.words import is_page_foot

ROWS = [HEADER, *PUPILS]
TALL = [HEADER, ["1", "林晓舟", "男", "990101201003050436", "2班", "家庭经济困难，父母外\n出务工，由祖父母照看"],
        ["2", "苏映雪", "女", "990102200911180625", "", "厌学"],
        ["3", "高远", "男", "990101200907220819", "3班", "因病，在市第二人民医\n院治疗"]]
FLAT = [[text.replace("\n", "") for text in row] for row in TALL]


def page(rows, high: float = 36, **options) -> bytes:
    return make(lambda c: table(c, rows, high=high, **options))


@pytest.mark.parametrize("drawn", [{"across": False, "down": False}, {"down": False}, {"across": False}])
def test_wrapped_cells_hang_together_with_few_rules_or_none(drawn: dict[str, bool]) -> None:
    grid = only_grid(page(TALL, **drawn))
    assert texts(grid) == FLAT and not grid.doubts


def test_cells_in_the_middle_of_their_rows_are_read_by_the_numbers() -> None:
    def paint(canvas) -> None:
        for y, row in zip(edges(100, [36] * 4), TALL):
            for x, text in zip(edges(60, WIDTHS), row):
                lines = text.split("\n")
                for i, line in enumerate(lines):
                    say(canvas, x + 3, y + 18 - 5.5 * len(lines) + 11 * i, line)
    grid = only_grid(make(paint))
    assert texts(grid) == FLAT and not grid.doubts


def test_cells_at_the_foot_of_their_rows_are_read_by_the_numbers() -> None:
    def paint(canvas) -> None:
        for y, row in zip(edges(100, [26] * 4), TALL):
            for x, text in zip(edges(60, WIDTHS), row):
                lines = text.split("\n")
                for i, line in enumerate(lines):
                    say(canvas, x + 3, y + 24 - 11 * (len(lines) - i), line)
    grid = only_grid(make(paint))
    assert texts(grid) == FLAT and not grid.doubts


def test_a_three_line_table_is_a_table() -> None:
    def paint(canvas) -> None:
        table(canvas, TALL, high=30, across=False, down=False)
        for y in (100, 130, 220):
            rule(canvas, 60, y, 560, y)
    grid = only_grid(make(paint))
    assert texts(grid) == FLAT and not grid.doubts


def test_every_second_row_filled_parts_the_rows() -> None:
    def paint(canvas) -> None:
        canvas.setFillGray(0.9)
        for y in (122, 166):
            canvas.rect(60, HIGH - y - 22, 500, 22, stroke=0, fill=1)
        canvas.setFillGray(0)
        table(canvas, [row[1:] for row in ROWS], widths=WIDTHS[1:], across=False, down=False)
    grid = only_grid(make(paint))
    assert texts(grid) == [row[1:] for row in ROWS] and not grid.doubts


def test_identity_numbers_count_the_records_where_serial_numbers_are_missing() -> None:
    grid = only_grid(page([row[1:] for row in TALL], widths=WIDTHS[1:], across=False, down=False))
    assert texts(grid) == [row[1:] for row in FLAT] and not grid.doubts


def test_rows_that_nothing_counts_are_asked_about() -> None:
    def paint(canvas) -> None:
        for y, (name, why) in zip((100, 122, 133, 144, 155), [("姓名", "原因"), ("林晓舟", "家庭经济困难"), ("", "父母外出"),
                                                              ("", "在外务工"), ("苏映雪", "厌学")]):
            for x, text in ((60, name), (160, why), (300, "2班" if name else "")):
                say(canvas, x, y, text)
    grids = read(make(paint)).grids
    assert any(g.doubts for g in grids)


def test_a_centred_header_heads_the_values_at_the_left_of_its_column() -> None:
    def paint(canvas) -> None:
        for x, wide, label in zip(edges(60, WIDTHS), WIDTHS, HEADER):
            say(canvas, x + wide / 2 - 4.5 * len(label), 100, label)
        table(canvas, PUPILS, top=122, across=False, down=False)
    assert texts(only_grid(make(paint))) == ROWS


def test_one_record_under_its_header_is_a_table() -> None:
    assert texts(only_grid(page(ROWS[:2], across=False, down=False))) == ROWS[:2]


def test_a_dark_header_and_a_frame_do_not_make_one_cell_of_the_list() -> None:
    def paint(canvas) -> None:
        canvas.setFillGray(0.2)
        canvas.rect(60, HIGH - 122, 500, 22, stroke=0, fill=1)
        canvas.setFillGray(1)
        table(canvas, [HEADER])
        canvas.setFillGray(0)
        table(canvas, PUPILS, top=122, down=False, across=False)
        for x in (60, 560):
            rule(canvas, x, 122, x, 188)
        rule(canvas, 60, 188, 560, 188)
    assert texts(only_grid(make(paint))) == ROWS


def test_labels_and_values_without_rules_stay_lines() -> None:
    def paint(canvas) -> None:
        for y, (left, right) in zip((100, 120, 140), [("姓名：林晓舟", "性别：男"), ("年级：七年级", "班级：2班"),
                                                      ("身份证件号：990101201003050436", "离校时间：2023-02-20")]):
            say(canvas, 60, y, left)
            say(canvas, 300, y, right)
    assert texts(only_grid(make(paint)))[0] == ["姓名：林晓舟", "性别：男"]


def test_a_line_of_labels_in_many_words_does_not_part_the_columns() -> None:
    def paint(canvas) -> None:
        say(canvas, 60, 84, "学校名称：示例区清溪初级中学")
        for x, text in zip((200, 280, 300, 320, 340, 360), ("填报时间：2023", "年", "3", "月", "20", "日")):
            say(canvas, x, 84, text)
        for y, row in zip(edges(110, [24] * 4), ROWS):
            for x, text in zip((60, 160, 240, 280, 400, 460), row):
                say(canvas, x, y, text)
    grid = only_grid(make(paint))
    assert [row for row in texts(grid) if len(row) == len(HEADER)][-4:] == ROWS and not grid.doubts


def test_a_list_set_in_two_halves_is_read_on_by_its_numbers() -> None:
    def paint(canvas) -> None:
        for i in range(12):
            x, y = (60, 100 + 14 * i) if i < 6 else (300, 100 + 14 * (i - 6))
            for dx, text in ((0, str(i + 1)), (30, "林晓舟"), (90, f"{i + 1}班")):
                say(canvas, x + dx, y, text)
    assert [row[0] for row in texts(only_grid(make(paint)))] == [str(i + 1) for i in range(12)]


def test_prose_is_not_a_table() -> None:
    def paint(canvas) -> None:
        for i in range(12):
            say(canvas, 60, 100 + 14 * i, "各校要高度重视，认真摸排每一名学生的在校情况，发现问题及时上报")
            say(canvas, 440, 100 + 14 * i, "不得瞒报漏报，对失学辍学的学生要逐一建立台账，做到一生一策")
    grid = only_grid(make(paint))
    assert len(texts(grid)) == 12 and not grid.doubts


def test_dots_that_lead_from_one_value_to_the_next_are_no_cells_and_are_not_lost() -> None:
    def paint(canvas) -> None:
        for i, (name, count) in enumerate((("应测人数", "520"), ("实测人数", "516"), ("未测人数", "4"), ("访谈人数", "12"))):
            say(canvas, 60, 100 + 16 * i, name)
            say(canvas, 130, 100 + 16 * i, "." * 40)
            say(canvas, 260, 100 + 16 * i, count)
        say(canvas, 60, 200, "见第3.2节……详情", 9)
    (grid,) = read(make(paint)).grids
    assert not any("..." in c.text for c in grid.cells) and any("……" in c.text for c in grid.cells)
    assert [text for _, text in grid.extras] == ["." * 40] * 4


def test_boxes_to_tick_over_several_columns_are_one_answer() -> None:
    xs, ys = [60, 140, 220, 300, 380], [100, 130, 160, 190]

    def paint(canvas) -> None:
        for y in ys:
            rule(canvas, xs[0], y, xs[-1], y)
        for x in (xs[0], xs[1], xs[-1]):
            rule(canvas, x, ys[0], x, ys[-1])
        for x in xs[2:-1]:
            rule(canvas, x, ys[0], x, ys[1])
        for x, text in zip(xs, ("姓名", "林晓舟", "年级", "七年级")):
            say(canvas, x + 4, 108, text)
        say(canvas, 64, 138, "家庭类别")
        for x, text in ((144, "□留守"), (224, "□单亲"), (304, "■贫困")):
            say(canvas, x, 138, text)
        say(canvas, 64, 168, "家庭住址")
        say(canvas, 144, 168, "桑园村七组")
    grid = only_grid(make(paint))
    (cell,) = [c for c in grid.cells if "留守" in c.text]
    assert "贫困" in cell.text and "单亲" in cell.text and cell.col_span == 3


def lines_of(canvas, rows, xs, top: float = 100, step: float = 16) -> None:
    for i, row in enumerate(rows):
        for x, text in zip(xs, row):
            if text:
                say(canvas, x, top + step * i, text)


def test_a_cell_merged_over_two_rows_is_that_of_both() -> None:
    def paint(canvas) -> None:
        xs = (60, 160, 240, 320, 400)
        lines_of(canvas, [["年级", "班级", "应测人数", "实测人数", "访谈人数"]], xs)
        for top, grade, rows in ((120, "七年级", [["1班", "48", "48", "3"], ["2班", "47", "46", "2"]]), (146, "八年级", [["1班", "50", "50", "4"], ["2班", "49", "49", "1"]])):
            say(canvas, 60, top + 5, grade)
            lines_of(canvas, [["", *row] for row in rows], xs, top, 10)
    grid = only_grid(make(paint))
    body = [c for c in grid.cells if c.row > 0]
    assert [(c.text, c.row_span) for c in body if c.col == 0] == [("七年级", 2), ("八年级", 2)]
    assert [c.text for c in body if c.col == 3] == ["48", "46", "50", "49"] and not grid.doubts


def test_numbers_flush_right_beside_the_next_label_belong_to_their_own() -> None:
    labels, starts = ["年级", "应测", "实测", "有效问卷", "转介人数"], (60, 160, 220, 280, 340)
    rows = [["七年级", "95", "94", "93", "2"], ["八年级", "99", "99", "98", "1"], ["九年级", "88", "87", "85", "3"]]

    def paint(canvas) -> None:
        lines_of(canvas, [labels], starts)
        for i, row in enumerate(rows):
            say(canvas, 60, 116 + 16 * i, row[0])
            for text, right in zip(row[1:], (218.8, 278.8, 338.8, 398.8)):
                say(canvas, right - 4.5 * len(text), 116 + 16 * i, text)
    assert texts(only_grid(make(paint))) == [labels, *rows]


def test_serial_numbers_flush_right_are_a_column_of_their_own() -> None:
    rows = [["1", "林晓舟", "男", "厌学"], ["2", "苏映雪", "女", "因病"], ["3", "高远", "男", "厌学"]]

    def paint(canvas) -> None:
        lines_of(canvas, [["序号", "姓名", "性别", "原因"]], (60, 160, 240, 320))
        for i, row in enumerate(rows):
            lines_of(canvas, [row], (154, 160, 240, 320), 116 + 16 * i)
    assert texts(only_grid(make(paint))) == [["序号", "姓名", "性别", "原因"], *rows]


def test_a_section_without_a_frame_does_not_part_a_ruled_list() -> None:
    def paint(canvas) -> None:
        table(canvas, ROWS[:2], top=100)
        say(canvas, 62, 150, "（二）八年级")
        table(canvas, ROWS[2:], top=166)
    grid = only_grid(make(paint))
    assert [row[0] for row in texts(grid)] == ["序号", "1", "（二）八年级", "2", "3"]


def test_text_with_figures_in_a_wide_cell_is_one() -> None:
    def paint(canvas) -> None:
        for y in (100, 122, 144):
            rule(canvas, 60, y, 460, y)
        for x in (60, 140, 460):
            rule(canvas, x, 100, x, 144)
        for x in (220, 300, 380):
            rule(canvas, x, 122, x, 144)
        say(canvas, 63, 106, "家庭住址")
        say(canvas, 150, 106, "云溪镇柳桥村")
        say(canvas, 206.5, 106, "8", 9)
        say(canvas, 213.5, 106, "组")
        lines_of(canvas, [["姓名", "林晓舟", "性别", "男", "汉族"]], (63, 143, 223, 303, 383), 128)
    assert "云溪镇柳桥村8组" in {"".join(t.split()) for row in texts(only_grid(make(paint))) for t in row}


def stringed(canvas, x: float, y: float, lines: str, pitch: float = 13.0) -> None:
    for i, line in enumerate(lines.split("\n")):
        say(canvas, x, y + pitch * i, line)


def test_cells_filled_up_to_the_next_column_s_text_are_parted_where_the_header_shows_white() -> None:
    def paint(canvas) -> None:
        wide = canvas.stringWidth("990101201003050436", "STSong-Light", 9)
        xs = [60, 110, 110 + wide + 0.9, 260, 300]
        for y, row in zip((100, 125, 150, 175, 200), [["姓名", "身份证件号", "性别", "班级", "不在校原因"], *(r[1:2] + r[3:4] + r[2:3] + r[4:] for r in PUPILS),
                                                 ["秦朗", "990101200907220819", "男", "3班", "厌学"]]):
            for x, text in zip(xs, row):
                say(canvas, x, y, text)
    grid = only_grid(make(paint))
    assert [row[1:3] for row in texts(grid)[1:]] == [[r[3], r[2]] for r in PUPILS] + [["990101200907220819", "男"]] and not grid.doubts


def test_labels_close_together_are_two_where_values_begin_at_the_second() -> None:
    def paint(canvas) -> None:
        for y, row in zip(range(100, 300, 25), [["序号", "学生姓名", "监护人姓名", "班级"], *([str(n), *r] for n, r in enumerate(
                [["林晓舟", "林国强", "2班"], ["苏映雪", "苏平", "1班"], ["高远", "高峰", "3班"], ["秦朗", "秦海", "3班"]], 1))]):
            for x, text in zip((60, 90, 127, 190), row):
                say(canvas, x, y, text)
    grid = only_grid(make(paint))
    assert texts(grid)[0] == ["序号", "学生姓名", "监护人姓名", "班级"] and texts(grid)[1][1:3] == ["林晓舟", "林国强"]


def test_a_label_set_in_the_middle_of_its_column_parts_no_values() -> None:
    rows = [["林晓舟", "维吾尔族", "990101201003050436"], ["苏映雪", "土家族", "990102200911180625"], ["高远", "维吾尔族", "990101200907220819"]]

    def paint(canvas) -> None:
        for y, row, xs in zip((100, 125, 150, 175), [["姓名", "民族", "身份证件号"], *rows], [(60, 129, 200), *[(60, 120, 200)] * 3]):
            for x, text in zip(xs, row):
                say(canvas, x, y, text)
    assert [row[1] for row in texts(only_grid(make(paint)))[1:]] == ["维吾尔族", "土家族", "维吾尔族"]


def test_rows_and_a_header_whose_cells_begin_on_one_line_are_sure_however_their_lines_are_set() -> None:
    head = ["学生姓\n名", "身份证件号", "是否\n建档\n立卡", "不在校原因"]
    rows = [["林晓舟", "9901012010\n03050436", "否", "家庭经济困难，\n父母外出务工，\n由祖父母照看，\n每周回家"], ["苏映雪", "9901022009\n11180625", "是", "厌学"],
            ["高远", "9901012009\n07220819", "否", "因病，在市第二\n人民医院治疗，\n现在家中休养"], ["秦朗", "9901012008\n0817041X", "否", "转学未办手\n续，原因不明，\n已联系，\n待回复"]]

    def paint(canvas) -> None:
        y = 100.0
        for row in [head, *rows]:
            for x, text, pitch in zip((60, 120, 200, 250), row, (13, 10, 13, 13)):
                stringed(canvas, x, y, text, pitch)
            y += 13 * max(2, *(text.count("\n") + 1 for text in (row[0], *row[2:]))) + 1.5
    grid = only_grid(make(paint))
    assert texts(grid) == [[text.replace("\n", "") for text in row] for row in [head, *rows]] and not grid.doubts


def test_a_row_that_somebody_forgot_to_frame_is_a_row_of_the_list() -> None:
    rows = [[*r[:5], r[5]] for r in (*PUPILS, ["4", "秦朗", "男", "990101200808170410", "3班", "随父母外出，\n去向不明"],
                                     ["5", "田野", "女", "99010120080817041X", "1班", "厌学"])]

    def paint(canvas) -> None:
        table(canvas, [HEADER, rows[0]], top=100, high=28)
        table(canvas, rows[1:2], top=156, high=28, across=False, down=False)
        table(canvas, rows[2:3], top=184, high=28)
        table(canvas, rows[3:4], top=212, high=28, across=False, down=False)
        table(canvas, rows[4:], top=240, high=28)
    assert texts(only_grid(make(paint))) == [HEADER, *([t.replace("\n", "") for t in row] for row in rows)]


def test_a_note_between_the_rows_of_a_list_without_uprights_parts_no_list() -> None:
    more = [["4", "秦朗", "男", "990101200808170410", "3班", "厌学"], ["5", "田野", "女", "99010120080817041X", "1班", "外出务工"]]

    def paint(canvas) -> None:
        table(canvas, [HEADER, *PUPILS], down=False)
        say(canvas, 63, 194, "注：以上为培智班学生，均有保育员陪同。")
        table(canvas, more, top=210, down=False)
    read_rows = texts(only_grid(make(paint)))
    assert read_rows[:4] == ROWS and read_rows[5:] == more and "注：以上" in read_rows[4][0]


def test_fields_of_a_form_that_touch_are_cells_of_their_own() -> None:
    values = [["1", "990101201003050436", "19900000001"], ["2", "990102200911180625", "19900000002"], ["3", "990101200907220819", "19900000003"]]

    def paint(canvas) -> None:
        xs = edges(60, [40, 130, 90])
        table(canvas, [["序号", "身份证件号", "联系电话"], *[["", "", ""]] * 3], widths=[40, 130, 90], down=False)
        for y, row in zip((122, 144, 166), values):
            for n, (x, text) in enumerate(zip(xs, row)):
                canvas.acroForm.textfield(name=f"f{y}{n}", value=text, x=x, y=HIGH - y - 20, width=xs[n + 1] - x, height=18, borderWidth=0, fontSize=9)
    assert texts(only_grid(make(paint)))[1:] == values


def test_two_numbers_in_a_cell_between_drawn_rules_are_its_own() -> None:
    rows = [["序号", "姓名", "联系电话"], ["1", "林晓舟", "19900000001"], ["2", "苏映雪", "19900000002、\n19900000003"], ["3", "高远", "19900000004"],
            ["4", "秦朗", "19900000005"]]
    cells = make(lambda c: table(c, rows, widths=[40, 70, 130], high=36, down=False))
    assert not [c.text for c in only_grid(cells).cells if c.doubt] and texts(only_grid(cells))[2][2] == "19900000002、19900000003"


def test_a_page_number_in_pieces_is_no_row() -> None:
    assert is_page_foot(["第", "1", "页共", "3", "页"]) and not is_page_foot(["1", "林晓舟", "男", "第2页"]) and not is_page_foot(["1", "2", "3"])


LONG = ["与镇政府、司法所一起入户，宣", "传法律责任，学生情绪有所缓和", "但仍不愿进教室，逐步恢复"]


def test_where_rows_are_guessed_texts_of_several_lines_and_their_neighbours_are_asked() -> None:
    def paint(canvas) -> None:
        for x, text in zip((60, 120, 200), ("姓名", "劝返时间", "工作情况")):
            say(canvas, x, 100, text)
        y = 112.0
        for name, day, lines in (("林晓舟", "2023-03-01", LONG), ("苏映雪", "2023-03-07", LONG[:2]), ("高远", "2023-03-13", LONG[:2]), ("秦朗", "2023-03-20", LONG)):
            middle = y + 6.0 * (len(lines) - 1)
            say(canvas, 60, middle, name)
            say(canvas, 120, middle, day)
            for line in lines:
                say(canvas, 200, y, line)
                y += 12
    grid = only_grid(make(paint))
    asked = {c.col for c in grid.cells if c.doubt and c.row}
    assert grid.doubts and asked == {2} and all(c.doubt or c.text in ("工作情况", *map("".join, (LONG, LONG[:2]))) for c in grid.cells if c.col == 2)


def test_the_row_below_a_cell_that_a_page_break_may_have_cut_is_asked_too() -> None:
    head = ["姓名", "劝返时间", "工作情况"]

    def page_of(*records):
        def paint(canvas) -> None:
            rule(canvas, 55, 95, 500, 95)
            for x, text in zip((60, 120, 200), head):
                say(canvas, x, 100, text)
            y = 122.0
            for name, day, lines, middle in records:
                if name:
                    say(canvas, 60, y + middle, name)
                    say(canvas, 120, y + middle, day)
                for line in lines:
                    say(canvas, 200, y, line)
                    y += 12
                y += 12
            rule(canvas, 55, y, 500, y)
        return paint
    first = page_of(("林晓舟", "2023-03-01", LONG[:2], 6), ("苏映雪", "2023-03-07", LONG[:2], 6), ("高远", "2023-03-13", LONG[:2], 6))
    second = page_of(("", "", LONG[:1], 0), ("高远", "2023-03-19", LONG[1:], 6), ("秦朗", "2023-03-20", LONG[:2], 6))
    cells = {(c.row, c.col): c for g in read(make(first, second)).grids for c in g.cells}
    at = next(row for (row, col), c in cells.items() if c.text == "2023-03-19")
    assert cells[at, 2].text == "".join(LONG) or cells[at, 2].doubt
