"""Rows that nobody framed, between rows that are: fields of a card, records with wrapped cells."""
from __future__ import annotations

from read_pdf_kit import make, only_grid, say, table, texts

CARD = [["姓名", "林晓舟", "性别", "女"], ["身份证件号", "990101201003050436", "年级", "二年级"], ["班主任", "邵志云", "", ""]]
TIMES = [["劝返时间", "方式", "人员", "劝返过程"], ["2023-03-01", "联合", "康文东", "到学生家中"],
         ["2023-03-08", "入户", "郝玉敏", "宣传法律责任，学生情绪有所缓和，但仍不愿进教室"], ["2023-03-15", "约谈", "郝玉敏", "与学生谈心"]]


def test_fields_of_a_card_without_a_frame_are_cells() -> None:
    def paint(canvas) -> None:
        table(canvas, [["家长姓名", "林志刚", "电话", "19900000451", "关系", "父亲"], [*CARD[0], "", ""]], top=78, widths=[70] * 6)
        for x, text in zip((63, 150, 275, 370), CARD[1]):
            say(canvas, x, 128, text)
        table(canvas, CARD[2:], top=144, widths=[70, 350])
    grid = only_grid(make(paint))
    assert [[t for t in row if t] for row in texts(grid)][-2:] == [CARD[1], ["班主任", "邵志云"]]


def test_a_line_between_rows_stays_whole_if_its_words_stand_close() -> None:
    def paint(canvas) -> None:
        table(canvas, TIMES[:2], widths=[90, 60, 70, 200])
        say(canvas, 63, 150, "以下 3人 镇政府牵头")
        table(canvas, TIMES[3:], top=166, widths=[90, 60, 70, 200])
    assert "以下3人镇政府牵头" in [t.replace(" ", "") for row in texts(only_grid(make(paint))) for t in row]


def test_a_record_without_a_frame_has_wrapped_cells() -> None:
    def paint(canvas) -> None:
        table(canvas, TIMES[:2], widths=[90, 60, 70, 200])
        for x, text in zip((63, 153, 213), TIMES[2]):
            say(canvas, x, 165, text)
        say(canvas, 283, 159.5, TIMES[2][3][:16])
        say(canvas, 283, 170.5, TIMES[2][3][16:])
        table(canvas, TIMES[3:], top=195, widths=[90, 60, 70, 200])
    assert texts(only_grid(make(paint))) == TIMES
