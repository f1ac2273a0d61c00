"""The district's workbook and its public twin: silence is no zero, sums are live, nothing small comes back."""
from __future__ import annotations

import itertools
from collections import defaultdict

import openpyxl
import pytest
import report_sample as sample
from report_books import cells, formula_count, parts, row_of, rows, texts

from carelib import report
from carelib.report import suppress
from carelib.report.public import settled_cases, settled_filing


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("district")
    month = sample.months(folder / "months")[-1]
    report.district_workbook(folder / "2023-04.xlsx", month)
    report.public_workbook(folder / "2023-04_public.xlsx", month)
    return folder / "2023-04.xlsx", folder / "2023-04_public.xlsx"


def test_the_district_has_its_sheets(books):
    assert [*cells(books[0])] == ["概览", "填报情况", "对账汇总", "状态流转", "指标", "各校指标", "问题清单", "跨校事项"]


def test_a_school_that_did_not_file_shows_no_zero(books):
    silent = row_of(books[0], "对账汇总", "示例市高级中学")
    assert silent[1] == "× 未报" and set(silent[2:12]) == {"—"} and silent[12] == "1"
    assert row_of(books[0], "对账汇总", "示例市中心幼儿园")[2:12] == ["0"] * 10


def test_the_totals_are_those_who_filed_and_the_carried_stand_beside(books):
    total = row_of(books[0], "对账汇总", "合计（已报学校）")
    assert total[2:13] == ["4", "0", "1", "1", "0", "1", "0", "5", "5", "0", "1"]
    assert "未报学校结转在册：1 人，未计入上面的合计。" in texts(books[0])
    assert formula_count(books[0], "对账汇总") == 4 * 2 + 11


def test_every_school_and_form_has_its_state(books):
    assert row_of(books[0], "填报情况", sample.B)[3:5] == ["√ 已报\n迟报 2 天", "× 未报"]
    assert row_of(books[0], "填报情况", sample.D)[3:5] == ["× 未报", ""]
    assert row_of(books[0], "填报情况", sample.E)[3:5] == ["○ 零报告", ""]


def test_the_schools_indicators_stand_side_by_side(books):
    head = row_of(books[0], "各校指标", "学校")
    at = head.index("义务教育巩固率")
    assert row_of(books[0], "各校指标", "示例市高级中学")[at] == "？"
    assert row_of(books[0], "各校指标", "示例市中心幼儿园")[at] == "—"
    sheet = openpyxl.load_workbook(books[0])["各校指标"]
    assert "×" in next(c.number_format for c in sheet[4] if c.column == at + 1)       # 未达标, not by colour alone


def test_problems_are_counted_by_rule_and_by_school(books):
    counts = row_of(books[0], "问题清单", "D3", 1)
    assert [counts[i] for i in (5, 6, 7, 8)] == ["0", "2", "0", "1"]                  # the dismissed one is not counted
    assert row_of(books[0], "问题清单", "示例市第一小学")[1:4] == ["2", "3", "1"]
    assert "在校学生数比上月多出两成。" in texts(books[0])


def test_what_two_schools_share_names_both(books):
    matters = {(r[1], r[2], r[3], r[4]) for r in rows(books[0], "跨校事项")[3:]}
    assert ("孙浩然", "示例市实验初级中学", "示例市九年一贯制学校", "个案由另一学校接续") in matters
    assert any(m[:3] == ("吴欣怡", "示例市第一小学", "示例市高级中学") for m in matters)


def test_the_overview_has_native_charts_and_honest_months(books):
    assert {"xl/charts/chart1.xml", "xl/charts/chart2.xml"} <= parts(books[0]).keys()
    assert row_of(books[0], "概览", "2023年3月")[1:5] == ["2", "3", "1", "1"]


def test_an_empty_month_makes_both_workbooks(tmp_path):
    month = sample.months(tmp_path)[0]
    for name in ("filing", "flows", "cases", "findings", "indicators", "submissions", "events", "judgements"):
        month._rows[name] = []
    report.district_workbook(tmp_path / "d.xlsx", month)
    report.public_workbook(tmp_path / "p.xlsx", month)
    assert set(row_of(tmp_path / "p.xlsx", "个案情况", "合计")[1:]) == {"未报"}


# ---- the public twin
def test_the_public_twin_knows_no_pupil_no_school_and_no_file(books):
    everything = "".join(p.decode("utf-8", "replace") for p in parts(books[1]).values())
    for name, number, *_ in sample.PEOPLE.values():
        assert name not in everything and number not in everything
    for school in sample.SCHOOLS:
        assert school.name not in everything and school.code not in everything
    assert ".xlsx" not in texts(books[1]) and "内部资料" not in everything


def test_every_public_count_is_zero_small_or_a_multiple(books):
    seen = set()
    for sheet, columns in (("填报情况", range(1, 5)), ("个案情况", range(1, 4)), ("指标", (1, 2))):
        for row in rows(books[1], sheet)[3:]:
            seen |= {row[i] for i in columns if len(row) > i}
    assert "<5" in seen and "0" in seen
    assert all(t in ("", "—", "未报", "<5", "不公开") or int(t) % 5 == 0 for t in seen)


def test_who_did_not_file_is_told_apart_from_zero_in_public(books):
    assert row_of(books[1], "个案情况", "高中")[1:4] == ["未报"] * 3
    assert row_of(books[1], "个案情况", "幼儿园")[1:4] == ["0"] * 3


def test_a_percentage_is_made_of_rounded_figures_only(books):
    assert row_of(books[1], "指标", "劝返复学率")[1:4] == ["0", "5", "0"]
    assert row_of(books[1], "指标", "义务教育巩固率")[1:4] == ["5", "12345", str(1 - 5 / 12345)]
    assert row_of(books[1], "指标", "每名心理教师负责学生数")[1:4] == ["12345", "<5", "不公开"]
    assert row_of(books[1], "指标", "心理教师培训学时（最少的一人）")[1:4] == ["—"] * 3
    assert suppress.quotient(suppress.rounded(997, 5), suppress.rounded(1003, 5)) == 995 / 1005


def test_a_figure_that_adds_up_with_others_is_settled_with_them(tmp_path):
    month = sample.months(tmp_path)[-1]
    shown = settled_cases(month)
    assert shown["closing"] == 5 and "closing/高中" not in shown
    assert shown["retention_month"] == 5                    # 小学 + 初中 + 九年一贯制, as the indicator counts them
    assert "on_time_filing" not in settled_filing(month)    # no figure this month


@pytest.mark.parametrize("count, shown", [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15),
                                          (998, 1000)])
def test_counts_are_rounded_to_five(count, shown):
    assert suppress.rounded(count, 5) == shown


def test_no_rounding_where_the_district_wants_none():
    counts = {"a": 1, "b": 2, "t": 3}
    assert suppress.settle(counts, [("t", ["a", "b"])], 1) == counts


@pytest.mark.parametrize("parts_, shown", [((4, 4), 5), ((3, 4), 5), ((4, 5), 10), ((1, 1, 1, 1), 5), ((1, 1, 1), None),
                                           ((0, 4), None), ((0, 0), 0)])
def test_a_total_that_would_give_its_parts_away_moves_on(parts_, shown):
    names = [f"p{i}" for i in range(len(parts_))]
    counts = dict(zip(names, parts_)) | {"t": sum(parts_)}
    assert suppress.settle(counts, [("t", names)], 5)["t"] == shown


@pytest.mark.parametrize("count, top, base, inside", [(2, 17, 5, 0), (3, 12, 5, 0), (4, 7, 5, 0), (3, 12, 5, 2),
                                                      (4, 7, 5, 2), (3, 10, 3, 2)])
def test_not_even_a_reader_who_knows_the_rule_can_compute_a_count(count, top, base, inside):
    """All tables of `count` parts up to `top`: whatever is shown, each count that is not zero could be another one."""
    names = [f"p{i}" for i in range(count)]
    sums = [("t", names)]
    if inside:
        sums += [("n", names[:inside]), ("t", ["n", *names[inside:]])]
    alike = defaultdict(list)
    for values in itertools.product(range(top + 1), repeat=count):
        counts = dict(zip(names, values)) | {"t": sum(values)} | ({"n": sum(values[:inside])} if inside else {})
        alike[tuple(suppress.settle(counts, sums, base).values())].append([*counts.values()])
    for shown, tables in alike.items():
        for of_one in zip(*tables):
            assert set(of_one) == {0} or len(set(of_one)) > 1, shown
