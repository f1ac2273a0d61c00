"""Columns that only the pieces of level lines show; pages that go on without a header."""
from __future__ import annotations

from read_pdf_kit import FONT, WIDTHS, edges, make, only_grid, read, rule, say, table, texts

ATTEMPTS = [["劝返时间", "方式", "人员", "劝返过程"],
            ["2023年3月2日", "约谈", "邱春燕", "与镇政府、司法所一起入户，宣传法律责任，学\n生情绪有所缓和，但仍不愿进教室，商定先参加\n体艺活动再逐步恢复上课"],
            ["2023年3月7日", "约谈", "姚国琴、夏玉琴", "电话联系家长，了解学生近况，劝其尽快返校"],
            ["2023年3月10日", "电话", "孟晓洁", "会同派出所、村委会上门，向监护人送达限期复\n学通知书"],
            ["2023年3月13日", "电话", "邱春燕、万秀云", "电话联系家长，了解学生近况，劝其尽快返校"]]
WIDE = [114, 70, 106, 238]
LABELS = [[(34, "学校（盖章）：梧溪区石塘镇初级中学"), (248, "2023年3月")], [(34, "一、基本信息")],
          [(34, "姓名：雷俊晨"), (125, "性别：女"), (190, "出生日期：2009.7.21")],
          [(34, "身份证件号：990151200907214789"), (229, "年级：八年级"), (317, "班级：5班")],
          [(34, "家长姓名：雷海花"), (144, "与学生关系：父亲"), (254, "家长电话：19900044679")],
          [(34, "家庭住址：石塘镇杨柳村4号"), (194, "特殊群体类别：重组家庭")], [(34, "离校日期：2023年3月2日"), (180, "班主任：夏玉琴")],
          [(34, "二、原因及措施")], [(34, "不在校原因：父母离异，无人监管")], [(34, "帮扶措施：电话联系家长，送达复学通知书")], [(34, "一生一策：申请临时困难补助，落实教师一对一结对")],
          [(34, "家长意见：家长同意，尽快送孩子返校")], [(34, "三、劝返记录")]]


def flat(rows) -> list[list[str]]:
    return [[text.replace("\n", "") for text in row] for row in rows]


def pieces(canvas, rows, top: float = 100, high: float = 53, size: float = 11) -> None:
    """Rows in the middle of their height, each cell with its own piece of the level lines."""
    xs, ys = edges(34, WIDE), edges(top, [21 if "\n" not in "".join(row) else high for row in rows])
    for y in ys:
        for a, b in zip(xs, xs[1:]):
            rule(canvas, a, y, b, y)
    for top_, bottom, row in zip(ys, ys[1:], rows):
        for a, b, text in zip(xs, xs[1:], row):
            lines = text.split("\n")
            for i, line in enumerate(lines):
                say(canvas, (a + b - canvas.stringWidth(line, FONT, size)) / 2,
                    (top_ + bottom) / 2 - (15.75 * (len(lines) - 1) + size) / 2 + 15.75 * i, line, size)


def below_labels(rows) -> bytes:
    """A page whose labels and values in running text stand close above the list."""
    def paint(canvas) -> None:
        for i, line in enumerate(LABELS):
            for x, text in line:
                say(canvas, x, 71 + 18 * i, text, 11)
        pieces(canvas, rows, top=304)
        for x, text in ((34, "填表人：任秀洁"), (133, "审核人：司马建洁"), (243, "填表日期：2023年3月21日")):
            say(canvas, x, 500, text, 11)
    return make(paint, size=(595, 842))


def test_pieces_of_level_lines_show_the_columns() -> None:
    grid = only_grid(below_labels(ATTEMPTS))
    assert flat(texts(grid))[-6:-1] == flat(ATTEMPTS) and not any(c.doubt for c in grid.cells)


def test_a_row_with_one_text_is_a_row() -> None:
    grid = only_grid(below_labels([*ATTEMPTS[:3], ["镇政府牵头的", "", "", ""], *ATTEMPTS[3:]]))
    assert [row for row in flat(texts(grid))[-7:-1] if row[1]] == flat(ATTEMPTS)


def test_the_next_page_has_the_columns_of_the_first() -> None:
    more = [["2023年3月15日", "电话", "", "联系家长"], ["2023年3月17日", "电话", "", "送达限期复学通知书，家长不在\n家，由邻居转交"]]
    grid = only_grid(make(lambda c: pieces(c, ATTEMPTS, top=660), lambda c: pieces(c, more, top=40), size=(595, 842)))
    assert flat(texts(grid)) == flat(ATTEMPTS + more)


LIST = [["姓名", "证件号码", "年级", "家长", "电话", "方式"],
        ["林晓舟", "9901012010\n03050436", "七年级", "母亲", "1990000\n0451", "3次"],
        ["苏映雪", "9901022009\n11180625", "七年级", "祖父", "1990000\n2162", ""],
        ["高远", "9901012009\n07220819", "八年级", "母亲", "1990000\n6489", "5次"]]
REST = [["谢诗语", "9901262014\n02075304", "九年级", "祖父", "1990000\n1041", "7次"],
        ["郑轩", "9901082014\n07135537", "", "", "1990000\n8734", ""],
        ["苏子欣", "9901152008\n07037484", "九年级", "母亲", "", "失联"],
        ["周雅", "9901272012\n10136084", "三年级", "母亲", "1990000\n1006", "6次"]]


def test_a_record_without_figures_is_no_header() -> None:
    def columns(rows):
        def paint(canvas) -> None:
            for y, row in zip(edges(100, [36] * 8), rows):
                for x, text in zip(edges(60, WIDTHS), row):
                    lines = text.split("\n")
                    for i, line in enumerate(lines):
                        say(canvas, x + 3, y + 18 - 5.5 * len(lines) + 11 * i, line)
        return paint
    parsed = read(make(columns(LIST), columns(REST)))
    assert [row for grid in parsed.grids for row in texts(grid)] == flat(LIST + REST)


CARD = [["姓名", "林晓舟", "性别", "女", "出生日期", "2008.1.17"], ["家长", "林志刚", "电话", "19900044743", "住址", "杨柳村"]]
TIMES = [["次数", "劝返时间", "人员", "结果"], ["1", "2023-03-03", "金世英", "学生表示愿意考虑"], ["2", "2023-03-07", "田建红", "学生情绪抵触"]]


def test_a_list_below_a_card_goes_on_with_its_own_columns() -> None:
    def first(canvas) -> None:
        table(canvas, CARD, top=400, widths=[60, 80, 60, 80, 60, 120])
        table(canvas, TIMES[:2], top=444, widths=[60, 140, 140, 120])
    grid = only_grid(make(first, lambda c: table(c, TIMES[2:], top=40, widths=[60, 140, 140, 120])))
    assert [[t for t in row if t] for row in texts(grid)] == CARD + TIMES


def test_a_list_with_other_columns_is_another_table() -> None:
    def first(canvas) -> None:
        table(canvas, CARD, top=400, widths=[60, 80, 60, 80, 60, 120])
        table(canvas, TIMES[:2], top=444, widths=[60, 140, 140, 120])
    assert len(read(make(first, lambda c: table(c, TIMES[2:], top=40, widths=[60, 80, 200, 120]))).grids) == 2
