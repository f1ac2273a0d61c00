"""Tables that run over pages, and pages that only look alike."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from read_pdf_kit import HEADER, PUPILS, TITLE, box, cell, make, only_grid, read, rule, say, table, texts

from carelib.read import pdf

SPECIMENS = Path(__file__).parent / "specimens"
MORE = [["4", "江一禾", "女", "990102201009111021", "5班", "厌学"], ["5", "罗青山", "男", "990101200908130830", "4班", "因病"]]


def number(canvas, page: int) -> None:
    say(canvas, 400, 560, f"第{page}页 共2页")


def first(canvas) -> None:
    say(canvas, 200, 50, TITLE, 14)
    table(canvas, [HEADER, *PUPILS])
    number(canvas, 1)


def test_a_list_goes_on_without_its_header() -> None:
    def second(canvas) -> None:
        table(canvas, MORE, top=60)
        say(canvas, 60, 120, "填报人：郑一鸣")
        number(canvas, 2)
    rows = texts(only_grid(make(first, second)))
    assert rows[1:7] == [HEADER, *PUPILS, *MORE[:2]]
    assert [" ".join(filter(None, r)) for r in rows[7:]] == ["填报人：郑一鸣", "第2页共2页", "第1页共2页"]


def test_a_repeated_header_and_title_go_to_the_end() -> None:
    def second(canvas) -> None:
        say(canvas, 200, 50, TITLE, 14)
        table(canvas, [HEADER, *MORE])
        number(canvas, 2)
    rows = texts(only_grid(make(first, second)))
    assert rows[1:7] == [HEADER, *PUPILS, *MORE]
    assert HEADER in rows[7:] and any(TITLE in row for row in rows[7:])


def test_a_row_cut_by_the_page_is_one_row() -> None:
    def whole(canvas) -> None:
        table(canvas, [HEADER, *PUPILS[:2], ["3", "高远", "男", "990101200907220819", "3班", "随父母外出务工，由"]])

    def second(canvas) -> None:
        table(canvas, [["", "", "", "", "", "祖父母照看"], *MORE], top=60)
    grid = only_grid(make(whole, second))
    joined = cell(grid, "随父母外出务工，由祖父母照看")
    assert not joined.doubt and [p[:3] for p in joined.place.split("、")] == ["p1@", "p2@"]
    assert texts(grid)[4][0] == "4"


def test_a_record_without_its_number_is_not_glued_to_the_one_before() -> None:
    def second(canvas) -> None:
        table(canvas, [["", *MORE[0][1:]], MORE[1]], top=60)
    rows = texts(only_grid(make(lambda c: table(c, [HEADER, *PUPILS]), second)))
    assert rows[3:5] == [PUPILS[2], ["", *MORE[0][1:]]]


def test_the_pages_of_two_pupils_are_two_grids() -> None:
    def card(name: str, number: str):
        def paint(canvas) -> None:
            say(canvas, 200, 50, "辍学学生一生一档（2023年3月）", 14)
            table(canvas, [["姓名", name, "性别", "男"], ["身份证件号", number, "班级", "2班"], ["家庭住址", "示例镇", "原因", "厌学"]],
                  widths=[80, 160, 80, 180])
        return paint
    grids = read(make(card("林晓舟", "990101201003050436"), card("高远", "990101200907220819"))).grids
    assert [texts(g)[1][1] for g in grids] == ["林晓舟", "高远"]


def test_another_list_with_its_own_title_is_another_grid() -> None:
    def second(canvas) -> None:
        say(canvas, 200, 50, "2023年3月劝返帮教转化工作开展情况", 14)
        table(canvas, [HEADER, *MORE])
    assert len(read(make(first, second)).grids) == 2


def test_a_merged_cell_goes_on_over_the_page() -> None:
    def part(rows, name: str, top: float):
        def paint(canvas) -> None:
            _, ys = table(canvas, rows, top=top, left=160)
            for y in (ys[0], ys[-1]):
                rule(canvas, 100, y, 160, y)
            rule(canvas, 100, ys[0], 100, ys[-1])
            say(canvas, 103, (ys[0] + ys[-1]) / 2, name)
        return paint
    grid = only_grid(make(part(PUPILS, "云溪初中", 100), part(MORE, "", 60)))
    assert cell(grid, "云溪初中").row_span == 5


def test_a_sheet_wider_than_the_paper_is_put_side_by_side() -> None:
    rows = [HEADER, *PUPILS]
    grid = only_grid(make(lambda c: table(c, [r[:4] for r in rows], widths=[60, 90, 60, 150]),
                          lambda c: table(c, [r[4:] for r in rows], widths=[100, 200])))
    assert texts(grid) == rows


def test_columns_of_a_list_without_rules_are_matched_page_by_page() -> None:
    def part(rows, top: float):
        return lambda c: table(c, rows, top=top, across=False, down=False)
    blank = [[*r[:4], "", r[5]] for r in MORE]
    rows = texts(only_grid(make(part([HEADER, *PUPILS], 100), part([HEADER, *blank], 60))))
    assert rows[:6] == [HEADER, *PUPILS, *blank]


def spots(grid) -> dict[tuple[int, int], str]:
    """What stands in each row and column, merged cells in each row that they span."""
    return {(c.row + i, c.col): "".join(c.text.split()) for c in reversed(grid.cells) for i in range(c.row_span)}


@pytest.mark.parametrize("path", [p for p in sorted(SPECIMENS.glob("*.rows.json")) if "two_pupils" not in p.name],
                         ids=lambda p: p.name.split(".")[0])
def test_a_specimen_is_read_row_by_row(path: Path) -> None:
    truth = json.loads(path.read_text("utf-8"))
    parsed = pdf.parse(path.with_name(path.name.replace(".rows.json", ".pdf")).read_bytes())
    seen = spots(parsed.grids[0])
    rows = [[seen.get((r, c), "") for c in range(len(truth["header"]))] for r in range(1 + max(r for r, _ in seen))]
    start = next(i for i, row in enumerate(rows) if row[-1] == truth["header"][-1])
    wanted = [["".join(v.split()) for v in row] for row in truth["rows"]]
    assert [row for row in rows[start + 1:] if row in wanted] == wanted
    assert len(parsed.grids) == 1


def test_a_row_struck_out_in_a_printed_sheet_is_marked() -> None:
    grid = pdf.parse((SPECIMENS / "calc_struck_row.pdf").read_bytes()).grids[0]
    struck = {c.row for c in grid.cells if c.struck}
    assert len(struck) == 1 and all(c.struck for c in grid.cells if c.row in struck)


def test_two_pupils_pages_with_their_attempts_stay_apart() -> None:
    truth = json.loads((SPECIMENS / "writer_two_pupils_two_pages.rows.json").read_text("utf-8"))
    grids = pdf.parse((SPECIMENS / "writer_two_pupils_two_pages.pdf").read_bytes()).grids
    assert len(grids) == 4
    for pairs, grid in zip(truth, grids[::2]):
        seen = {c.text for c in grid.cells}
        assert {value for label, value in pairs if label != "劝返措施" and label != "劝返情况"} <= seen


@pytest.mark.parametrize("name", ["mediabox_origin", "open_sides", "spill_over", "acroform"])
def test_the_places_of_a_specimen_lie_in_its_cells(name: str) -> None:
    expect = json.loads((SPECIMENS / f"{name}.expect.json").read_text("utf-8"))
    grid = pdf.parse((SPECIMENS / f"{name}.pdf").read_bytes()).grids[0]
    places = [box(c.place) for c in grid.cells if not c.doubt]
    for row in expect["rows"]:
        for field in row["fields"].values():
            x0, top, x1, bottom = box(field["place"])
            assert any(p[0] >= x0 - 2 and p[1] >= top - 2 and p[2] <= x1 + 2 and p[3] <= bottom + 2 for p in places)


def strips(canvas, rows, columns: slice, *, title: str = "") -> None:
    """Some columns of a list, as a sheet wider than the paper is printed; only the first strip has the sheet's title."""
    if title:
        say(canvas, 60, 50, title, 14)
    table(canvas, [[str(cell) for cell in row[columns]] for row in rows], widths=[70 + 10 * i for i in range(9)][columns])


def test_a_wide_sheet_in_the_middle_of_a_document_is_put_side_by_side_and_may_have_blank_pages() -> None:
    wide = [[*HEADER, "复学日期", "证明编号", "备注"], *([*p, "", "", ""] for p in [*PUPILS, *MORE])]
    pages = [first, lambda c: strips(c, wide[:4], slice(0, 3), title="劝返帮教转化工作开展情况"), lambda c: strips(c, wide[4:], slice(0, 3)),
             lambda c: strips(c, wide[:4], slice(3, 6)), lambda c: strips(c, wide[4:], slice(3, 6)),
             lambda c: strips(c, wide[:4], slice(6, 9)), lambda c: None]
    grids = read(make(*pages)).grids
    assert len(grids) == 2
    rows = [r for r in texts(grids[1]) if any(r)]
    assert rows[1:] == wide


def test_two_lists_of_one_shape_with_titles_of_their_own_are_not_one_sheet() -> None:
    other = [["编号", "学生", "家长", "电话", "住址", "劝返结果"], *([p[0], p[1], "", "", "", "未返校"] for p in PUPILS)]

    def second(canvas) -> None:
        say(canvas, 200, 50, "劝返帮教转化工作开展情况", 14)
        table(canvas, other, widths=[40, 80, 60, 90, 90, 80])
    assert len(read(make(first, second)).grids) == 2
