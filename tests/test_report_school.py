"""A school's workbook: what it says, whom it names, that it is the same twice, that its formulas are live and right."""
from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import report_sample as sample
from report_books import cells, is_close, parts, recalculated, row_of, rows, texts
from report_sample import A, B, C, D, E

from carelib import report
from carelib.policy import Forms
from carelib.show.behind import COLUMNS, lines
from carelib.show.names import Names

SHEETS = ["说明与结论", "需要更正", "学生台账", "个案经过", "月度对账", "指标", "填报依据"]


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    return sample.months(tmp_path_factory.mktemp("months"))


@pytest.fixture(scope="module")
def books(months, tmp_path_factory):
    """school code -> its workbook of April."""
    folder = tmp_path_factory.mktemp("books")
    out = {}
    for school in sample.SCHOOLS:
        out[school.code] = folder / report.file_name(school, "2023-04")
        report.school_workbook(out[school.code], months[-1], school)
    return out


def test_the_sheets_answer_the_questions_in_order(books):
    assert [*cells(books[A])] == SHEETS


def test_the_verdict_counts_what_the_school_has_to_do(books):
    assert "须更正 2 处，请核实或说明 3 处。其中 1 处学校已经答复，列在最后。" in texts(books[A])
    assert "没有需要学校更正或核实的事项。" in texts(books[E])


def test_a_missing_form_is_asked_for_and_is_no_clean_bill(books):
    said = texts(books[D])
    assert "有 1 种应报的表未报，请补报" in said
    assert "没有需要学校更正或核实的事项。" not in cells(books[D])["说明与结论"].values()
    assert row_of(books[D], "说明与结论", "情况表")[2] == "× 未报"


def test_filing_states_and_lateness_are_told_apart(books):
    assert row_of(books[B], "说明与结论", "情况表")[1:4] == ["应报", "√ 已报", "迟报 2 天"]
    assert row_of(books[E], "说明与结论", "情况表")[1:4] == ["应报", "○ 零报告", "按时"]


def test_what_could_not_be_judged_stands_with_its_reason(books):
    row = row_of(books[D], "说明与结论", "没有收到情况表。")
    assert "形成原因没有查清" in row


def test_forms_that_are_not_collected_do_not_fill_the_page(months, tmp_path):
    month = months[-1]
    policy = dataclasses.replace(month.world.policy, forms=Forms(("absent_list", "follow_up")))
    fewer = dataclasses.replace(month, world=dataclasses.replace(month.world, policy=policy))
    report.school_workbook(tmp_path / "x.xlsx", fewer, sample.SCHOOLS[3])
    (row,) = [r for r in rows(tmp_path / "x.xlsx", "说明与结论") if r[0].startswith("本区不收集")]
    assert "心理工作统计表" in row[0] and "1 条规则不作判断" in row[2]
    assert "心理教师配备" not in cells(tmp_path / "x.xlsx")["说明与结论"].values()


def test_findings_come_worst_first_and_the_dismissed_not_at_all(books):
    found = rows(books[A], "需要更正")[3:8]
    assert [r[7] for r in found] == ["■ 须更正"] * 2 + ["□ 请核实或说明"] * 3
    assert [r[0] for r in found] == ["1", "2", "3", "4", "5"]
    assert found[-1][8] == "已答复，无需重复"
    assert "已排除" not in texts(books[A])


def test_the_reviewers_findings_are_not_for_the_school(books):
    assert "在校学生数比上月多出两成" not in texts(books[A])


def test_a_finding_has_place_pupil_clause_and_code(books):
    row = row_of(books[A], "需要更正", "2")
    assert row[1:4] == ["情况表", "Sheet1!B8", "赵子涵"]
    assert row_of(books[A], "需要更正", "1")[5].endswith("三.1 应在校不在校台账")
    assert row[10] == "fabcdefgh0000001"


def test_a_place_on_a_page_reads_as_a_page(books):
    assert "第2页、第2个表 F7" in texts(books[B])


def test_the_reply_column_has_a_drop_down(books):
    sheet = openpyxl.load_workbook(books[A])["需要更正"]
    (rule,) = sheet.data_validations.dataValidation
    assert str(rule.sqref) == "I4:I8" and rule.formula1 == '"已更正,核实无误,另附说明,正在核实"'


def test_no_other_schools_pupil_is_named(books):
    own = {A: {"p1", "p2", "p3"}, B: {"p4", "p5"}, C: {"p5"}, D: {"p6"}, E: set()}
    for code, path in books.items():
        everything = "".join(p.decode("utf-8", "replace") for p in parts(path).values())
        for person, (name, number, *_) in sample.PEOPLE.items():
            assert (name in everything) == (person in own[code]), (code, person)
            assert number not in everything


def test_another_school_is_mentioned_without_its_data(books):
    assert "涉及另一所学校" in row_of(books[A], "需要更正", "3")[4]
    assert row_of(books[A], "需要更正", "3")[2:4] == ["—", "（非本校所报，不显示）"]
    (found,) = [r for r in rows(books[B], "需要更正") if "另一所学校也列为未到校" in r[4]]
    assert found[2:4] == ["—", "孙浩然"]                   # its own pupil; the place is in the other school's file
    assert C not in texts(books[B]) and "九年一贯制学校" not in texts(books[B])


def test_the_ledger_shows_each_month_and_marks_what_changed_in_words(books):
    head = row_of(books[A], "学生台账", "序号")
    assert head[3:6] == ["2023年2月", "2023年3月", "2023年4月"]
    ledger = {r[1]: r[3:6] for r in rows(books[A], "学生台账")[3:6]}
    assert ledger["王小明"] == ["● 劝返中", "※ ○ 已复学", "※ ▲ 复学后再离校"]
    assert ledger["赵子涵"] == ["", "※ ● 劝返中", "● 劝返中"]
    assert ledger["李思雨"] == ["● 劝返中"] * 3


def test_a_case_that_moved_on_shows_nothing_of_the_other_school(books):
    assert row_of(books[B], "学生台账", "孙浩然", 1)[3:6] == ["● 劝返中", "● 劝返中\n（当月未报）", "※ → 已由他校接续"]
    assert row_of(books[C], "学生台账", "孙浩然", 1)[3:6] == ["", "", "※ ● 劝返中"]


def test_a_month_without_a_report_is_no_zero(books):
    march = row_of(books[B], "月度对账", "2023年3月")
    assert march[1] == "× 未报" and set(march[2:13]) == {"—"}


def test_the_statement_is_made_of_live_formulas(books):
    formulas = cells(books[A], formulas=True)["月度对账"]
    assert formulas["K7"] == "=D7+E7+F7+G7-H7-I7-J7" and formulas["M7"] == "=K7-L7" and formulas["C7"] == "=D7-K6"
    assert cells(books[B], formulas=True)["月度对账"]["C7"] == "=D7-K5"        # past the month that was not filed
    assert cells(books[A], formulas=True)["指标"]["D4"] == "=1-B4/C4"         # 未达标 comes first


def test_the_names_add_up_to_the_figures(books, months):
    listed = {r[1]: r[3:14] for r in rows(books[A], "月度对账")[10:13]}
    assert listed["李思雨"][9] == "1" and "未列" in listed["李思雨"][10]
    assert listed["赵子涵"][8:10] == ["2", "-1"]
    check = row_of(books[A], "月度对账", "与上表相差", 1)
    assert set(check[3:13]) == {"0"}
    for month in months:
        for school in month.world.schools:
            flow = month.of_school("flows", school)[0]
            if flow["closing"] is not None:
                found = lines(month, school, Names(month, school))
                for column in COLUMNS:
                    assert sum(x.marks[column] for x in found) == flow[column], (month.cycle, school.code, column)


def test_an_indicator_without_a_figure_says_so(books):
    assert row_of(books[E], "指标", "劝返复学率")[1:6] == ["—", "—", "—", "1", "— 不适用"]


def test_everything_a_school_typed_comes_out_as_that_text(books):
    said = cells(books[A])
    for text in (sample.HOSTILE, '=HYPERLINK("http://example.invalid","x")', "+86-19900001234", "-2+3", "@SUM(A1)",
                 "{=1+1}", "http://example.invalid", "_x0041_", "\t=1"):
        assert text in said["填报依据"].values()
    assert sample.HOSTILE in said["需要更正"].values()


def test_no_formula_and_no_link_comes_from_a_school(books):
    for path in books.values():
        for name, part in parts(path).items():
            if name in ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml", "xl/worksheets/sheet7.xml"):
                assert b"<f>" not in part                   # 需要更正, 学生台账, 个案经过, 填报依据 have none of ours
            assert b"TargetMode" not in part and (not name.startswith("xl/worksheets/") or b"<hyperlink" not in part)


def test_a_text_like_a_formula_stays_text_after_editing(books):
    sheet = openpyxl.load_workbook(books[A])["填报依据"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == sample.HOSTILE)
    assert cell.data_type == "s" and cell.number_format == "@" and cell.quotePrefix


def test_a_long_text_is_cut_in_words(books):
    assert any(t.endswith("…（全文见原件）") and len(t) < 420 for t in cells(books[A])["填报依据"].values())


def test_rows_that_wait_and_leftovers_are_accounted_for(books):
    assert "姓名：钱一凡、钱二凡；年级：=1+1" in cells(books[A])["填报依据"].values()
    assert "情况表2023-04.xlsx" in texts(books[A]) and "1号/" not in texts(books[A])


def test_a_sheet_prints_as_an_official_one(books):
    book = openpyxl.load_workbook(books[A])
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "第 &P 页" in sheet.oddFooter.center.text and "注意保密" in sheet.oddHeader.right.text
        assert sheet["A1"].font.name == "黑体" and sheet["A1"].alignment.horizontal == "center"
    assert book["需要更正"].page_setup.fitToHeight == 0 and book["说明与结论"].page_setup.fitToHeight in (None, 1)
    assert book["需要更正"].print_title_rows == "$3:$3" and book["需要更正"].freeze_panes == "C4"
    assert book["需要更正"].auto_filter.ref == "A3:K8"


def test_wrapped_rows_are_high_enough(books):
    sheet = openpyxl.load_workbook(books[A])["需要更正"]
    assert sheet.row_dimensions[4].height >= 3 * 15 and sheet.row_dimensions[5].height < 3 * 15


def test_the_same_tables_give_the_same_bytes(books, months, tmp_path):
    again = tmp_path / "again.xlsx"
    report.school_workbook(again, months[-1], sample.SCHOOLS[0])
    assert again.read_bytes() == books[A].read_bytes()


def test_the_bytes_do_not_hang_on_the_order_of_hashing(books, months, tmp_path):
    code = ("import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']\n"
            "import report_sample as s; from pathlib import Path; from carelib import report\n"
            "m = s.months(Path(sys.argv[2]))[-1]\n"
            "report.school_workbook(Path(sys.argv[2]) / 'a.xlsx', m, s.SCHOOLS[0])\n"
            "report.district_workbook(Path(sys.argv[2]) / 'd.xlsx', m)\n")
    root = Path(__file__).parent.parent
    seeded = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(root), str(tmp_path)], check=True, env=seeded)
    assert (tmp_path / "a.xlsx").read_bytes() == books[A].read_bytes()
    report.district_workbook(tmp_path / "here.xlsx", months[-1])
    assert (tmp_path / "d.xlsx").read_bytes() == (tmp_path / "here.xlsx").read_bytes()


def test_the_properties_name_no_pupil_and_the_cycles_last_day(books):
    core = parts(books[A])["docProps/core.xml"].decode()
    assert "2023-04-30" in core and "示例市教育局" in core
    assert not any(name in core for name, *_ in sample.PEOPLE.values())


def test_the_first_cycle_has_a_workbook_too(months, tmp_path):
    path = tmp_path / "first.xlsx"
    report.school_workbook(path, months[0], sample.SCHOOLS[0])
    assert row_of(path, "月度对账", "2023年2月")[13] == "首个核对月份，期初为 0"
    assert row_of(path, "学生台账", "王小明", 1)[3] == "● 劝返中"


def test_recalculated_formulas_equal_the_stored_figures(books, months, tmp_path):
    district = tmp_path / "district.xlsx"
    report.district_workbook(district, months[-1])
    made = [books[A], books[B], district]
    new = recalculated(made, tmp_path)
    compared = 0
    for path in made:
        before, after, live = cells(path), cells(new[path.name]), cells(path, formulas=True)
        for sheet, found in live.items():
            for place in (p for p, t in found.items() if t.startswith("=") and before[sheet][p] != t):
                assert is_close(before[sheet][place], after[sheet][place]), (path.name, sheet, place)
                compared += 1
    assert compared > 60


def test_a_file_name_is_made_of_the_register_and_safe():
    school = sample.SCHOOLS[0]
    assert report.file_name(school, "2023-03") == f"{A}_示例市第一小学_2023-03.xlsx"
    odd = type(school)("99/1", "..\\坏 名:字*\u202e" + "长" * 99)
    name = report.file_name(odd, "2023-03")
    assert not set(name) & set('\\/:*?"<>| \u202e') and len(name.encode()) < 200 and name.startswith("99-1_坏")
