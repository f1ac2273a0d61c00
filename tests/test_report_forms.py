"""The form to send out: pre-filled with whom the school still has open, and nothing that may have changed."""
from __future__ import annotations

import dataclasses
import hashlib

import openpyxl
import pytest
import report_sample as sample
from report_books import cells, rows, texts

from carelib import report
from carelib.policy import Deadline
from carelib.records import UsageError
from carelib.report.forms import next_cycle
from carelib.world import ReceivedFile


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return sample.months(tmp_path_factory.mktemp("months"))[-1]


@pytest.fixture(scope="module")
def books(month, tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    for school in sample.SCHOOLS:
        report.form_workbook(folder / f"{school.code}.xlsx", month, school)
    report.form_workbook(folder / "follow_up.xlsx", month, sample.SCHOOLS[0], "follow_up")
    return folder


def listed(path):
    """{label: text} of each pre-filled row."""
    table = rows(path, "报表")
    at = next(i for i, r in enumerate(table) if r[0] == "序号")
    filled = [dict(zip(table[at], r)) for r in table[at + 2:] if r[0].isdigit()]
    return [r for r in filled if r["姓名"]]


def test_the_open_cases_are_filled_in_and_what_may_change_is_not(books):
    found = listed(books / f"{sample.A}.xlsx")
    assert [r["姓名"] for r in found] == ["王小明", "李思雨", "赵子涵"]
    assert found[0]["身份证件号"] == "990101201203041215" and found[0]["特殊群体类别"] == "留守、单亲"
    blank = ("劝返情况", "采取措施", "劝返次数", "最近劝返时间", "复学时间", "备注")
    assert all(r[label] == "" for r in found for label in blank)


def test_a_pupil_who_went_to_another_school_is_on_that_schools_form_only(books):
    assert [r["姓名"] for r in listed(books / f"{sample.B}.xlsx")] == ["陈一诺"]
    assert [r["姓名"] for r in listed(books / f"{sample.C}.xlsx")] == ["孙浩然"]


def test_a_school_without_open_cases_gets_a_blank_form(books):
    assert listed(books / f"{sample.E}.xlsx") == []
    assert [r[0] for r in rows(books / f"{sample.E}.xlsx", "报表")].count("15") == 1


def test_the_form_has_title_unit_month_column_numbers_notes_and_signatures(books):
    said = cells(books / f"{sample.A}.xlsx")["报表"]
    assert said["A1"] == "附件" and said["A2"] == "应在校不在校就读学生情况表"
    assert {"填报单位（盖章）：示例市第一小学", "报送月份：2023年5月", "填报人：", "负责人："} <= set(said.values())
    assert [said[f"{c}5"] for c in "ABC"] == ["1", "2", "3"]


def test_the_next_month_is_one_in_which_schools_report(month):
    assert next_cycle(month.world.policy, "2023-12") == "2024-01"
    assert next_cycle(month.world.policy, "2023-06") == "2023-09"
    never = dataclasses.replace(month.world.policy, deadline=Deadline(report_months=()))
    assert next_cycle(never, "2023-12") == "2024-01"


def test_numbers_and_dates_stay_as_they_are_typed(books):
    sheet = openpyxl.load_workbook(books / f"{sample.A}.xlsx")["报表"]
    head = {c.value: c.column for c in sheet[4]}
    for label in ("身份证件号", "学籍号", "监护人电话", "出生日期", "离校时间", "复学时间"):
        assert {sheet.cell(r, head[label]).number_format for r in range(6, 14)} == {"@"}, label


def test_coded_columns_have_their_words_to_choose_from(books):
    sheet = openpyxl.load_workbook(books / f"{sample.A}.xlsx")["报表"]
    head = {c.value: c.column_letter for c in sheet[4]}
    rules = sheet.data_validations.dataValidation
    by_column = {str(r.sqref).split(":")[0].rstrip("0123456789"): r for r in rules}
    assert "劝返中" in by_column[head["劝返情况"]].formula1 and by_column[head["劝返情况"]].showErrorMessage
    assert not by_column[head["特殊群体类别"]].showErrorMessage                     # several may be given
    assert by_column[head["一生一策"]].formula1 == '"是,否"'


def test_a_form_of_another_kind_can_be_made_too(books):
    assert [r["姓名"] for r in listed(books / "follow_up.xlsx")] == ["王小明", "李思雨", "赵子涵"]
    assert "劝返帮教转化工作开展情况表" in texts(books / "follow_up.xlsx")


def test_a_form_that_cannot_be_made_is_refused_with_those_that_can(month, tmp_path):
    with pytest.raises(UsageError, match="应在校不在校就读学生情况表"):
        report.form_workbook(tmp_path / "x.xlsx", month, sample.SCHOOLS[0], "nonsense")


def test_the_same_form_has_the_same_bytes(books, month, tmp_path):
    report.form_workbook(tmp_path / "again.xlsx", month, sample.SCHOOLS[0])
    assert (tmp_path / "again.xlsx").read_bytes() == (books / f"{sample.A}.xlsx").read_bytes()


def read_back(path, cycle="2023-05"):
    parse, understand = pytest.importorskip("carelib.read.parse"), pytest.importorskip("carelib.read.understand")
    data = path.read_bytes()
    file = ReceivedFile(path.name, path, hashlib.sha256(data).hexdigest(), len(data), None)
    (sub,) = understand.understand(parse.parse_bytes(data, path.name), file, sample.world(cycle))
    return sub


@pytest.mark.parametrize("name, form, count", [(sample.A, "absent_list", 3), (sample.E, "absent_list", 0),
                                               ("follow_up", "follow_up", 3)])
def test_our_own_reader_reads_it_back_with_nothing_left(books, name, form, count):
    sub = read_back(books / f"{name}.xlsx")
    assert (sub.form, sub.school_code, sub.period) == (form, sample.A if name == "follow_up" else name, "2023-05")
    assert len(sub.rows) == count and not sub.leftovers and not sub.is_zero
    assert not [v.problem for r in sub.rows for v in r.values if v.problem]


def test_a_signed_zero_written_as_the_note_says_is_a_zero(books, tmp_path):
    book = openpyxl.load_workbook(books / f"{sample.E}.xlsx")
    sheet = book["报表"]
    sheet["B6"] = "无"
    for cell in (c for row in sheet.iter_rows() for c in row if c.value in ("填报人：", "负责人：")):
        cell.value += "周老师"
    book.save(tmp_path / "zero.xlsx")
    sub = read_back(tmp_path / "zero.xlsx")
    assert (sub.state, sub.is_zero, sub.filled_by, len(sub.rows)) == ("accepted", True, "周老师", 0)


@pytest.mark.parametrize("name", ["guardian_relation", "reason", "whereabouts", "register_status", "status"])
def test_every_word_of_a_list_is_read_as_its_code(books, month, tmp_path, name):
    field = month.world.catalogue.forms["absent_list"].fields[name]
    words = list(month.world.catalogue.codes[field.list].labels.items())[:15]
    book = openpyxl.load_workbook(books / f"{sample.E}.xlsx")
    sheet = book["报表"]
    head = {c.value: c.column for c in sheet[4]}
    for line, (_, label) in enumerate(words):
        sheet.cell(6 + line, head["姓名"]).value = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩"[line] + "小明"
        sheet.cell(6 + line, head[field.label]).value = label
    book.save(tmp_path / "full.xlsx")
    assert [row.get(name) for row in read_back(tmp_path / "full.xlsx").rows] == [code for code, _ in words]
