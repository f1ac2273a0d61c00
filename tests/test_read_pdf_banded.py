"""Cards with level rules only: each part has columns of its own."""
from __future__ import annotations

import pytest
from read_pdf_kit import FONT, edges, make, read, rule, say, texts

CARD = [["学生姓名", "秦思阳", "性别", "男"], ["身份证号码", "990151201104061496", "年级", "六年级"], ["责任人", "万文伟"],
        ["辍学原因", "学籍空挂"], ["已采取的\n帮扶措施", "班主任家访，任课教师补课"], ["监护人意见"], ["劝返记录"]]
AT = [[(60, 130), (130, 300), (300, 370), (370, 540)], [(60, 130), (130, 300), (300, 370), (370, 540)], [(60, 300), (300, 540)],
      [(60, 130), (130, 540)], [(60, 130), (130, 540)], [(60, 130)], [(60, 540)]]
TIMES = [["次数", "劝返日期", "劝返人员", "参加单位", "劝返结果"], ["1", "2023.3.3", "汤小伟", "", "学生态度有所好转"],
         ["2", "2023.3.6", "石爱云、欧阳\n立英", "学校、妇联", "未见到学生本人"]]
COLUMNS = [(60, 100), (100, 180), (180, 260), (260, 350), (350, 540)]


def bands(canvas, rows, places, top: float = 100, high: float = 30) -> None:
    """Texts in the middle of their cells; only level rules are drawn."""
    for y in edges(top, [high] * len(rows)):
        rule(canvas, 60, y, 540, y)
    for y, row, cells in zip(edges(top, [high] * len(rows)), rows, places):
        for text, (a, b) in zip(row, cells):
            lines = text.split("\n")
            for i, line in enumerate(lines):
                say(canvas, (a + b - canvas.stringWidth(line, FONT, 9)) / 2, y + high / 2 - 5.5 * len(lines) + 11 * i, line)


def flat(rows) -> list[list[str]]:
    return [[t.replace("\n", "") for t in row if t] for row in rows]


def test_the_parts_of_a_card_have_their_own_columns() -> None:
    def paint(canvas) -> None:
        bands(canvas, CARD + TIMES, [*AT, *[COLUMNS] * 3])
        say(canvas, 60, 410, "填表人：汪海琴")
    (grid,) = read(make(paint, size=(595, 842))).grids
    assert flat(texts(grid))[:10] == flat(CARD + TIMES)
    places = {c.text: (c.col, c.col + c.col_span) for c in grid.cells}
    assert places["劝返结果"] == places["未见到学生本人"] and places["参加单位"] == places["学校、妇联"]


def test_two_cards_on_a_page_stay_apart() -> None:
    def paint(canvas) -> None:
        for top in (60, 440):
            bands(canvas, CARD + TIMES, [*AT, *[COLUMNS] * 3], top=top)
            say(canvas, 60, top + 310, "填表人：汪海琴")
    assert len(read(make(paint, size=(595, 842))).grids) == 2


LIST = [["序号", "姓名", "年级", "原因", "家访"], ["1", "林晓舟", "七年级", "厌学", "3次"], ["2", "高远", "七年级", "", "2次"],
        ["以下为八年级"], ["3", "苏映雪", "八年级", "因病休学，在市第二人民医院治疗至今未愈", "5次"], ["4", "郑轩", "八年级", "家庭困难", "1次"]]


@pytest.mark.parametrize("titles", [1, 2])
def test_a_list_with_sections_is_no_card(titles: int) -> None:
    rows = [*LIST, ["以下为九年级"], ["5", "周雅", "九年级", "厌学", "2次"]] if titles == 2 else LIST
    places = [[(60, 540)] if len(row) == 1 else COLUMNS for row in rows]
    places = [[(60, 100), (100, 180), (180, 260), (260, 420), (420, 540)] if len(p) > 1 else p for p in places]
    (grid,) = read(make(lambda c: bands(c, rows, places), size=(595, 842))).grids
    at = {row: {c.text: c.col for c in grid.cells if c.row == row} for row in range(len(rows))}
    assert at[0]["家访"] == at[1]["3次"] == at[4]["5次"] and at[0]["原因"] == at[5]["家庭困难"]
