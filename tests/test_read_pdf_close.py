"""Columns and rows that stand close: brackets, labels set wide, cells filled up to the next one, pieces around a page break."""
from __future__ import annotations

from read_pdf_kit import make, only_grid, read, rule, say, table, texts

from carelib.records import Grid

LEFT = [60, 120, 180, 330, 420]
HEAD = ["姓名", "性别", "身份证件号", "离校时间", "采取措施"]
MEN = [["林晓舟", "男", "990101201003050436", "2023-02-20", "电话联系"], ["苏映雪", "女", "990102200911180625", "2023-02-21", "入户家访"],
       ["高远", "男", "990101200907220819", "2023-02-22", "电话联系"], ["田野", "男", "990101201105060412", "2023-02-24", "入户家访"]]


def line(canvas, top: float, row: list[str], left: list[float] = LEFT) -> None:
    for x, text in zip(left, row):
        if text:
            say(canvas, x, top, text)


def doubted(grid: Grid) -> set[str]:
    return {c.text for c in grid.cells if c.doubt}


def test_an_opening_bracket_ends_no_cell_and_a_label_set_wide_is_one() -> None:
    def paint(canvas) -> None:
        for x, text in ((60, "序"), (78, "号"), (120, "姓名"), (200, "班"), (218, "级"), (300, "不在校原因")):
            say(canvas, x, 100, text)
        for i, (name, class_no, reason) in enumerate((("林晓舟", "8", "厌学"), ("苏映雪", "12", "外出务工"), ("高远", "3", "因病休学"))):
            say(canvas, 60, 122 + 22 * i, str(i + 1))
            say(canvas, 120, 122 + 22 * i, name)
            say(canvas, 200, 122 + 22 * i, "（")
            say(canvas, 212, 122 + 22 * i, f"{class_no}）班")
            say(canvas, 300, 122 + 22 * i, reason)
    grid = only_grid(make(paint))
    assert [[t.replace(" ", "") for t in row] for row in texts(grid)] == [
        ["序号", "姓名", "班级", "不在校原因"], ["1", "林晓舟", "（8）班", "厌学"], ["2", "苏映雪", "（12）班", "外出务工"], ["3", "高远", "（3）班", "因病休学"]]
    assert not grid.doubts


def test_a_label_right_up_to_the_next_one_is_a_column_of_its_own() -> None:
    left = [60, 120, 177, 240]                              # the telephones end 2.7 points before the dates

    def paint(canvas) -> None:
        line(canvas, 100, ["姓名", "监护人联系电", "离校时间", "去向"], left)
        say(canvas, 120, 111, "话")
        for i, row in enumerate((["林晓舟", "19900000001", "2023-02-20", "在家"], ["苏映雪", "19900000002", "2023-02-21", "在家"],
                                 ["高远", "19900000003", "2023-02-22", "外地"])):
            line(canvas, 133 + 22 * i, [row[0], "", *row[2:]], left)
            canvas.drawRightString(174.3, 595 - 141 - 22 * i, row[1])
    grid = only_grid(make(paint))
    assert texts(grid)[1] == ["林晓舟", "19900000001", "2023-02-20", "在家"] and texts(grid)[0][1:3] == ["监护人联系电话", "离校时间"]


def test_one_record_with_blanks_stands_under_its_labels() -> None:
    def paint(canvas) -> None:
        for x, text in zip((100, 200, 260, 320, 400), HEAD):
            canvas.setFont("STSong-Light", 9)
            canvas.drawRightString(x, 480, text)
        for x, text in ((100, "林晓舟"), (200, "990101201003050436"), (400, "电话联系")):
            canvas.drawRightString(x, 460, text)
    wanted = dict(zip(("姓名", "性别", "采取措施"), ("林晓舟", "990101201003050436", "电话联系")))
    rows = texts(only_grid(make(paint)))
    assert {label: value for label, value in zip(*rows) if value} == wanted


def test_text_below_the_last_number_tells_where_cells_begin() -> None:
    """The second line of a cell is nearer to the next record than to its first line."""
    def paint(canvas) -> None:
        line(canvas, 100, HEAD)
        for top, row, more in ((120.0, MEN[0], ""), (131.3, MEN[1], "未见到本人"), (152.6, MEN[2], "未见到本人")):
            line(canvas, top, row)
            if more:
                say(canvas, LEFT[-1], top + 11.9, more)
    grid = only_grid(make(paint))
    assert [row[-1] for row in texts(grid)] == ["采取措施", "电话联系", "入户家访未见到本人", "电话联系未见到本人"]


def test_a_line_far_from_both_records_is_asked() -> None:
    """Records without numbers follow each other closely; above the wrapped line is more white than ever between two records."""
    def paint(canvas) -> None:
        names = ["林晓舟", "苏映雪", "高远", "田野", "何方", "方向"]
        line(canvas, 100, ["姓名", "去向", "采取措施"], [60, 120, 180])
        for i, name in enumerate(names):
            line(canvas, 115 + 15 * i + (18 if i > 2 else 0), [name, "在家", "联合派出所上门劝返"], [60, 120, 180])
        say(canvas, 180, 115 + 15 * 2 + 20, "未见到本人")
    grid = only_grid(make(paint))
    assert grid.doubts or {"联合派出所上门劝返未见到本人", "未见到本人联合派出所上门劝返"} & doubted(grid)


def test_below_a_repeated_header_stands_what_the_break_left() -> None:
    left = [60, 100, 160, 240, 330]

    def head(canvas, top: float) -> None:
        line(canvas, top, ["序号", "姓名", "身份证件号", "离校时间", "工作措施及"], left)
        say(canvas, 330, top + 11, "进展")

    def wrapped(canvas, top: float, row: list[str], more: tuple[str, str]) -> None:
        line(canvas, top, row, left)
        line(canvas, top + 11, ["", "", more[0], "", more[1]], left)

    def first(canvas) -> None:
        head(canvas, 500)
        wrapped(canvas, 530, ["1", "林晓舟", "9901012010", "2023-02-20", "班主任入户"], ("03050436", "家访"))
        line(canvas, 560, ["2", "苏映雪", "9901022009", "2023-02-21", "班主任入户"], left)

    def second(canvas) -> None:
        head(canvas, 40)
        line(canvas, 70, ["", "", "11180625", "", "家访"], left)
        wrapped(canvas, 90, ["3", "高远", "9901012009", "2023-02-22", "每周电话"], ("07220819", "联系"))
        wrapped(canvas, 120, ["4", "田野", "9901012011", "2023-02-24", "每周电话"], ("05060412", "联系"))
        wrapped(canvas, 150, ["5", "何方", "9901012011", "2023-02-24", "每周电话"], ("05060420", "联系"))
    grid = only_grid(make(first, second))
    rows = [row for row in texts(grid) if row[0].isdigit()]
    assert [row[2] for row in rows] == ["990101201003050436", "990102200911180625", "990101200907220819", "990101201105060412", "990101201105060420"]
    assert [row[4] for row in rows] == ["班主任入户家访"] * 2 + ["每周电话联系"] * 3


def test_a_line_above_the_next_list_is_a_piece_of_the_last_one() -> None:
    def first(canvas) -> None:
        line(canvas, 100, HEAD)
        for i, row in enumerate(MEN):
            line(canvas, 122 + 22 * i, row)

    def second(canvas) -> None:
        say(canvas, LEFT[-1], 40, "未见到本人")
        say(canvas, 250, 60, "另一张表的标题", 14)
        line(canvas, 100, ["姓名", "去向", "备注"], [60, 220, 500])
        for i, row in enumerate(MEN):
            line(canvas, 122 + 22 * i, [row[0], "在家", "无"], [60, 220, 500])
    parsed = read(make(first, second))
    assert "入户家访" in doubted(parsed.grids[0])
    assert {c.suggestion for c in parsed.grids[0].cells if c.doubt} == {"入户家访未见到本人"}


def test_the_last_record_alone_on_a_page_may_be_woven() -> None:
    """Cells of one and of two lines, in the middle of their row."""
    left = [60, 90, 150, 230, 300, 370, 440, 510, 570, 630]

    def row(canvas, top: float, serial: str, name: str, number: str) -> None:
        line(canvas, top, [serial, name, "", "2023-02-20", "", "", "", "祖父母"], left)
        line(canvas, top - 5.5, ["", "", number[:10], "", "班主任入户", "沉迷网络", "云台新村"], left)
        line(canvas, top + 5.5, ["", "", number[10:], "", "家访", "劝返无效"], left)

    def first(canvas) -> None:
        line(canvas, 100, ["序号", "姓名", "身份证件号", "离校时间", "采取措施", "不在校原因", "家庭住址", "家庭情况", "复学时间", "备注"], left)
        for i, (name, _, number, *_rest) in enumerate(MEN[:3]):
            row(canvas, 130 + 30 * i, str(i + 1), name, number)
            line(canvas, 130 + 30 * i, [""] * 8 + ["2023-03-01", "无"], left)

    def second(canvas) -> None:
        row(canvas, 50, "4", MEN[3][0], MEN[3][2])
    grid = only_grid(make(first, second))
    assert texts(grid)[-1] == ["4", "田野", "990101201105060412", "2023-02-20", "班主任入户家访", "沉迷网络劝返无效", "云台新村", "祖父母", "", ""]


def test_a_number_that_ends_with_x_ends_before_the_next_number() -> None:
    left = [60, 120, 232, 300]

    def paint(canvas) -> None:
        line(canvas, 100, ["姓名", "学籍号", "离校时间", "去向"], left)
        for i, (name, number, day) in enumerate((("林晓舟", "G99011320120304583X", "2023-03-01"), ("苏映雪", "G990104201610261621", "2023-01-16"),
                                                 ("高远", "G99012820131101279X", "2023-03-27"))):
            line(canvas, 122 + 22 * i, [name, "", day, "在家"], left)
            canvas.drawRightString(228.0, 595 - 130 - 22 * i, number)
    assert texts(only_grid(make(paint)))[1] == ["林晓舟", "G99011320120304583X", "2023-03-01", "在家"]


def test_lines_of_two_scripts_hang_at_two_distances() -> None:
    """Numbers broken over close lines count the records; the last line of a cell is nearer to the next record than to its own."""
    left = [60, 110, 190, 250]

    def paint(canvas) -> None:
        line(canvas, 100, ["姓名", "身份证件号", "离校时间", "采取措施"], left)
        top = 122.0
        for name, number, measures in (("林晓舟", "990101201003050436", ["电话联系"]), ("苏映雪", "990102200911180625", ["联合派出所", "上门劝返，", "未见到本人"]),
                                       ("高远", "990101200907220819", ["入户家访"]), ("田野", "990101201105060412", ["联合派出所", "上门劝返，", "未见到本人"]),
                                       ("何方", "990101201105060420", ["电话联系"])):
            line(canvas, top, [name, number[:15], "2023-02-20"], left)
            say(canvas, left[1], top + 10.5, number[15:])
            for i, text in enumerate(measures):
                say(canvas, left[3], top + 14 * i, text)
            top += max(21.5, 14 * (len(measures) - 1) + 11.5)
    rows = texts(only_grid(make(paint)))
    assert [row[3] for row in rows[1:]] == ["电话联系", "联合派出所上门劝返，未见到本人", "入户家访", "联合派出所上门劝返，未见到本人", "电话联系"]
    assert rows[2][1] == "990102200911180625"


def test_the_first_record_below_a_rule_begins_there() -> None:
    """Three level rules, cells in the middle of rows of their own height: the first record is the tallest."""
    left, rows = [60, 100, 160, 290, 400], [("林晓舟", ["心理问题，", "在市三院", "门诊治疗，", "申请休学", "一年"]), ("苏映雪", ["厌学"]), ("高远", ["因病", "休学"])]

    def paint(canvas) -> None:
        for y in (95, 117, 117 + 66 + 16 + 30):
            for a, b in zip([56, *left[1:]], [*left[1:], 520]):
                rule(canvas, a, y, b, y)
        line(canvas, 101, ["序号", "姓名", "身份证件号", "离校时间", "不在校原因"], left)
        top = 117.0
        for i, (name, reason) in enumerate(rows):
            high = max(16, 12 * len(reason) + 6)
            line(canvas, top + high / 2 - 4.5, [str(i + 1), name, MEN[i][2], MEN[i][3]], left)
            for j, text in enumerate(reason):
                say(canvas, left[4], top + high / 2 - 6 * len(reason) + 12 * j + 1.5, text)
            top += high
    found = [[t.replace("\n", "") for t in row] for row in texts(only_grid(make(paint)))]
    assert [row[4] for row in found] == ["不在校原因", *("".join(reason) for _, reason in rows)]


def test_a_text_that_fills_its_cell_up_meets_the_text_of_the_next_one() -> None:
    """One row: nothing but the equal room on the left of both says that they are two."""
    def paint(canvas) -> None:
        table(canvas, [["姓名", "家庭住址", "劝返情况", "责任人"], ["林晓舟", "清溪路八十八号", "劝返中", "秦海"]], widths=[60, 63, 60, 60])
    grid = only_grid(make(paint))
    assert texts(grid)[1] == ["林晓舟", "清溪路八十八号", "劝返中", "秦海"] and not doubted(grid)


def test_a_cell_in_the_middle_of_its_row_hangs_from_no_number() -> None:
    """A page without a header; the first line of a cell is one pitch below the text of the record before."""
    def paint(canvas) -> None:
        y = 60.0
        for (name, _, number, day, _), text in zip((*MEN, MEN[0]), (["外出务工"], ["心理问题，在市三院", "休学一年"], ["厌学"], ["心理问题，在市三院", "休学一年"], ["厌学"])):
            y += 7.5 * (len(text) - 1)
            line(canvas, y, [name, number, day], [60, 120, 260])
            for j, said in enumerate(text):
                say(canvas, 340, y - 6.75 * (len(text) - 1) + 13.5 * j, said)
            y += 15 + 7.5 * (len(text) - 1)
    grid = only_grid(make(paint))
    wanted = ["外出务工", "心理问题，在市三院休学一年", "厌学", "心理问题，在市三院休学一年", "厌学"]
    assert [row[-1] for row in texts(grid)] == wanted or set(wanted) - {"外出务工", "厌学"} <= {c.suggestion or "" for c in grid.cells} | doubted(grid)
