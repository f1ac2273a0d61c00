"""Form, school and month: by what the paper says; by names only where it says nothing; and zero reports in any wording."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from grids import SCHOOLS, codes, grid, read, table, values_of, world

from carelib.read.understand import understand
from carelib.records import Cell, Grid, Parsed
from carelib.world import ReceivedFile, School

HEAD = "序号|姓名|年级|班级|未到校原因|劝返情况"
ROW = "1|林晓舟|七年级|2|厌学|劝返中"
SIGNED = "填报人：郑一鸣    负责人：罗秋实    填报日期：2023年3月24日"


def sheet(title="2023年3月应在校不在校就读学生情况表", unit="填报单位：示例区云溪初级中学", head=HEAD, rows=ROW, foot="", **how):
    return grid(table("\n".join(x for x in (title, unit, head, rows, foot) if x)), **how)


def one(*grids, **how):
    subs = read(*grids, **how)
    assert len(subs) == 1, [(s.form, s.sheet, s.state, s.reason) for s in subs]
    return subs[0]


# ---- school -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("unit", [
    "填报单位：示例区云溪初级中学", "填报单位（盖章）：云溪初级中学（公章）", "学校：云溪初中", "单位|云溪中学", "填报学校：江苏省泰州市示例区云溪初级中学",
    "学校标识码：3132999102", "填报单位:云溪初级中学（东校区）  2023年3月", "填报单位 （公章） ：云溪初级中学  填报人：郑一鸣"])
def test_the_school_by_code_full_name_short_name_or_prefix(unit):
    assert one(sheet(unit=unit)).school_code == "3132999102"


def test_the_school_in_the_title_in_a_line_of_its_own_or_on_the_sheets_tab():
    assert one(sheet(title="云溪初级中学2023年3月应在校不在校就读学生情况表", unit="")).school_code == "3132999102"
    assert one(sheet(unit="示例区云溪初级中学")).school_code == "3132999102"
    assert one(sheet(unit="", name="云溪初级中学")).school_code == "3132999102"
    assert one(sheet(unit="", foot="学校（盖章）：云溪初级中学")).school_code == "3132999102"


def test_folder_and_file_name_tell_the_school_only_where_the_paper_does_not():
    sub = one(sheet(unit=""), file="云溪初级中学/3月情况表.xlsx")
    assert sub.school_code == "3132999102" and "by_name" in codes(sub) and "填报单位" in sub.reason
    sub = one(sheet(), file="青禾小学3月情况表.xlsx")
    assert sub.school_code == "3132999102" and sub.state == "accepted" and "name_differs_school" in codes(sub)


def test_rows_that_all_name_another_school_than_the_head_are_that_school_s_and_it_is_said():
    text = "2023年3月应在校不在校就读学生情况表\n填报单位：云溪初级中学\n姓名 | 学校 | 年级 | 离校时间 | 未到校原因 | 劝返情况\n林晓舟 | {} | 七年级 | 2023-02-20 | 厌学 | 劝返中"
    sub = one(grid(table(text.format("白石初级中学"))))
    assert sub.school_code == "3132999104" and "rows_differ_school" in codes(sub)
    assert "rows_differ_school" not in codes(one(grid(table(text.format("云溪初级中学")))))


@pytest.mark.parametrize("unit", ["填报单位：示例区某某中学", "填报单位：青禾小学附属幼儿园", "填报单位：示例区第二云溪初级中学"])
def test_a_school_that_is_not_in_the_register_waits(unit):
    sub = one(sheet(unit=unit))
    assert (sub.state, sub.reason_code, sub.school_code) == ("held", "unknown_school", None)
    assert len(sub.rows) == 1 and unit.partition("：")[2] in sub.reason


def test_a_short_name_that_several_schools_bear_waits():
    schools = (*SCHOOLS, School("a", "示例区城东实验小学"), School("b", "示例区城西实验小学"))
    sub = one(sheet(unit="填报单位：实验小学"), of=world(schools=schools))
    assert sub.reason_code == "unknown_school" and "几所" in sub.reason


def test_a_name_inside_a_longer_one_is_not_that_school():
    schools = (School("a", "示例区实验小学", ("实验小学",)), School("b", "示例区第二实验小学", ("二实小",)))
    assert one(sheet(unit="填报单位：第二实验小学"), of=world(schools=schools)).school_code == "b"
    assert one(sheet(unit="填报单位：第三实验小学"), of=world(schools=schools)).school_code is None


def test_a_merged_school_reports_for_its_heir_and_a_closed_one_without_heir_waits():
    gone = School("x", "示例区北圩小学", ("北圩小学",), closed_on=date(2022, 8, 31), merged_into="2132999101")
    sub = one(sheet(unit="填报单位：北圩小学"), of=world(schools=(*SCHOOLS, gone)))
    assert sub.school_code == "2132999101" and "merged_school" in codes(sub)
    sub = one(sheet(unit="填报单位：北圩小学"), of=world(schools=(*SCHOOLS, replace(gone, merged_into=None))))
    assert sub.reason_code == "unknown_school" and "停办" in sub.reason


def test_a_towns_file_is_parted_by_the_column_of_schools():
    subs = read(grid(table(f"""
示例镇2023年3月应在校不在校就读学生情况表
填报单位：示例镇中心校  填报时间：2023年3月24日
序号|学校|姓名|身份证件号|年级|班级|未到校原因|劝返情况
1|云溪初级中学|林晓舟|990101201003050436|七年级|2|厌学|劝返中
2||高远|990101200907220819|八年级|3|外出务工|劝返中
3|青禾小学|江一禾|990102201009111021|五年级|1|因病|休学
4|白石初中|无|||||
5|某某中学|苏映雪|990102200911180625|八年级|1|因病|休学
合计|4人
{SIGNED}
"""), merges="B4:B5"))
    assert [(s.school_code, s.state, len(s.rows), s.is_zero) for s in subs] == [
        ("3132999102", "accepted", 2, False), ("2132999101", "accepted", 1, False), ("3132999104", "accepted", 0, True),
        (None, "held", 1, False)]
    assert {s.filled_by for s in subs} == {"郑一鸣"}


def test_a_stray_row_of_another_school_waits_and_does_not_replace_that_schools_own_list():
    sub = one(sheet(head="序号|学校|姓名|年级|班级|未到校原因|劝返情况", rows="""1|云溪初级中学|林晓舟|七年级|2|厌学|劝返中
2|云溪初级中学|高远|八年级|3|厌学|劝返中
3|白石初中|江一禾|八年级|3|厌学|劝返中"""))
    assert sub.school_code == "3132999102" and [bool(r.held) for r in sub.rows] == [False, False, True]


def test_a_blank_in_the_column_of_schools_is_not_filled_from_above():
    subs = read(sheet(unit="", head="序号|学校|姓名|年级|班级|未到校原因|劝返情况", rows="""1|云溪初级中学|林晓舟|七年级|2|厌学|劝返中
2|青禾小学|江一禾|五年级|1|厌学|劝返中
3||高远|八年级|3|厌学|劝返中"""))
    held = [r for s in subs for r in s.rows if r.held]
    assert len(subs) == 2 and [values_of(r)["student_name"] for r in held] == ["高远"]


def test_a_sheet_a_school():
    subs = read(sheet(unit="", name="云溪初级中学"), sheet(unit="", name="青禾小学", rows="1|江一禾|五年级|1|厌学|劝返中"))
    assert [s.school_code for s in subs] == ["3132999102", "2132999101"]


# ---- form -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("title", ["应在校（而）不在校（就读）学生情况表", "在籍不在校学生台账", "疑似辍学学生台账", "2023年3月辍学学生月报表", "控辍保学月报", ""])
def test_the_form_by_any_of_its_titles_or_by_its_labels_alone(title):
    sub = one(sheet(title=title, unit="填报单位：云溪初级中学 报送月份：2023年3月"))
    assert sub.form == "absent_list" and sub.state == "accepted"


def test_labels_win_over_a_title_that_was_not_changed():
    sub = one(sheet(title="2023年3月特异体质学生名册", head="序号|姓名|年级|离校时间|未到校原因|去向|劝返情况", rows="1|林晓舟|七年级|2023-02-20|厌学|在家|劝返中"))
    assert sub.form == "absent_list" and "title_differs" in codes(sub)


def test_a_list_of_attempts_called_one_file_a_pupil_is_follow_up():
    sub = one(sheet(title="劝返复学一生一档 2023年3月", head="序号|姓名|劝返时间|参加人员|方式|工作情况|结果",
                    rows="1|林晓舟|2023-03-03|郑一鸣|入户|谈话|未返校"))
    assert sub.form == "follow_up"


def test_a_list_that_is_none_of_the_forms_waits_or_is_none():
    sub = one(grid(table("2023年3月晨检缺课登记表\n序号|姓名|性别|年级|班级|体温\n1|林晓舟|男|七年级|2|36.5")))
    assert (sub.form, sub.state) == (None, "not_a_form")
    sub = one(grid(table("学生情况\n序号|姓名|性别|年级|班级|身高\n1|林晓舟|男|七年级|2|150")))
    assert (sub.state, sub.reason_code) == ("held", "unknown_form")
    sub = one(grid([["关于召开家长会的通知"], ["定于3月8日召开家长会。"]]))
    assert (sub.state, sub.reason_code) == ("not_a_form", "not_a_form") and sub.reason


def test_dictionaries_and_instructions_are_no_forms_and_ask_nothing():
    subs = read(sheet(), grid(table("未到校原因|去向|劝返情况\n厌学|在家|劝返中\n因病|外出务工|已复学"), name="字典"),
                grid([["填表说明"], ["1.姓名：必填，不要有空格"], ["2.身份证号：文本格式"]], name="填表说明"), Grid("Sheet3", ()))
    assert [(s.sheet, s.state) for s in subs] == [("Sheet1", "accepted"), ("字典", "not_a_form"), ("填表说明", "not_a_form")]
    assert not codes(subs[1]) | codes(subs[2])


def test_a_hidden_sheet_is_read_reported_and_not_counted():
    subs = read(sheet(), sheet(title="2023年2月应在校不在校就读学生情况表", name="2月", hidden=True))
    assert [(s.state, len(s.rows)) for s in subs] == [("accepted", 1), ("hidden", 1)] and codes(subs[1]) == {"hidden_sheet"}


# ---- month ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("title,unit,own", [
    ("2023年3月应在校不在校学生情况表", "", "2023-03"), ("3月份应在校不在校学生情况表", "", "2023-03"), ("二〇二三年三月应在校不在校学生情况表", "", "2023-03"),
    ("2022-2023学年度第二学期3月份应在校不在校学生情况表", "", "2023-03"), ("应在校不在校学生情况表（2023.3）", "", "2023-03"),
    ("应在校不在校学生情况表", "报送月份：2023年3月", "2023-03"), ("应在校不在校学生情况表", "报告期|2023-03", "2023-03"),
    ("2月份应在校不在校学生情况表", "", "2023-02"), ("应在校不在校学生情况表", "月份：2月", "2023-02"), ("应在校不在校学生情况表", "填报日期：2023年2月24日", "2023-02"),
    ("12月应在校不在校学生情况表", "", "2022-12"), ("应在校不在校学生情况表", "（2023年4月）", "2023-04")])
def test_the_forms_own_month(title, unit, own):
    sub = one(sheet(title=title, unit=f"填报单位：云溪初级中学\n{unit}".strip()))
    assert sub.period == own
    assert (sub.state, sub.reason_code) == (("accepted", None) if own == "2023-03" else ("held", "other_month"))
    assert ("other_month" in codes(sub)) == (own != "2023-03")


def test_the_date_of_filling_in_names_the_month_only_if_nothing_else_does():
    assert one(sheet(foot="填报日期：2023年4月2日")).state == "accepted"
    assert one(sheet(title="应在校不在校学生情况表", name="3月", foot="填报日期：2023年4月2日")).state == "accepted"


def test_a_file_name_alone_that_names_another_month_is_said_and_accepted():
    sub = one(sheet(), file="云溪初级中学2023年2月情况表.xlsx")
    assert sub.state == "accepted" and "name_differs_month" in codes(sub)
    sub = one(sheet(title="应在校不在校学生情况表"), file="云溪初级中学2月情况表.xlsx")
    assert sub.state == "accepted" and sub.period == "2023-03" and "name_differs_month" in codes(sub)


def test_months_that_differ_inside_are_said():
    assert "months_differ" in codes(one(sheet(unit="填报单位：云溪初级中学 报送月份：2023年2月")))


def test_a_book_of_months_counts_only_this_one():
    subs = read(sheet(title="应在校不在校学生情况表", name="2月"), sheet(title="应在校不在校学生情况表", name="3月"))
    assert [(s.state, s.period) for s in subs] == [("held", "2023-02"), ("accepted", "2023-03")]


def test_a_term_form_belongs_to_the_folders_month_unless_it_names_another_term():
    head, rows = "年级|应测人数|实测人数", "七年级|200|198"
    for title in ("2023年2月心理健康筛查汇总表", "2022-2023学年第二学期心理健康筛查汇总表", "2023年春学期心理健康筛查汇总表", "心理健康筛查汇总表"):
        sub = one(sheet(title=title, head=head, rows=rows, foot="填报日期：2023年2月28日"))
        assert (sub.form, sub.period, sub.state, sub.term) == ("screening", "2023-03", "accepted", "2022-2023-2"), title
    sub = one(sheet(title="2022-2023学年第一学期心理健康筛查汇总表", head=head, rows=rows))
    assert sub.reason_code == "other_month" and sub.period == "2023-03"


# ---- zero -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("rows", [
    "无", "1|无", "零报告", "/|/|/|/|/|/", "本月无", "1|无|无|无|无|无\n2", "本月无应在校不在校学生", "0", "|0报告", "经排查，我校本月没有应在校而不在校的学生。", "—|—|—",
    "无此类学生", "1|零报告", "本月应在校不在校学生人数：0人", "合计|0人\n本月零报告"])
def test_a_zero_report_in_any_wording(rows):
    sub = one(sheet(rows=rows, foot=SIGNED))
    assert sub.is_zero and sub.state == "accepted" and not sub.rows and sub.school_code == "3132999102"


def test_an_empty_body_is_zero_if_signed_and_nobody_knows_if_not():
    sub = one(sheet(rows="1\n2\n3", foot=SIGNED))
    assert sub.is_zero and sub.state == "accepted"
    sub = one(sheet(rows="1\n2\n3", foot="填报人：____ 负责人：（签字） 年 月 日"))
    assert not sub.is_zero and (sub.state, sub.reason_code) == ("held", "not_a_form") and "empty_form" in codes(sub)


def test_a_zero_word_without_signature_counts():
    sub = one(sheet(rows="无"))
    assert sub.is_zero and sub.state == "accepted" and sub.filled_by is None


def test_zero_words_beside_rows_are_asked_and_instructions_are_no_zero():
    sub = one(sheet(rows=f"{ROW}\n2|无"))
    assert not sub.is_zero and len(sub.rows) == 1 and "zero_with_rows" in codes(sub)
    sub = one(sheet(rows=ROW, foot="注：如无此类学生，必须实行零报告"))
    assert not sub.is_zero and not codes(sub) & {"zero_with_rows"}
    sub = one(sheet(rows="1\n2", foot="备注：没有的学校也要零报告"))
    assert not sub.is_zero and sub.state == "held"


def test_a_letter_that_says_there_is_nobody():
    sub = one(grid([["关于应在校不在校学生的零报告"], ["区教育局普教科："], ["经排查，我校2023年3月无应在校不在校就读学生。"], ["特此报告。"],
                    ["示例区云溪初级中学（公章）"], ["2023年3月24日"]], name="", places="csv"), medium="docx")
    assert (sub.form, sub.school_code, sub.is_zero, sub.filled_date, sub.period) == ("absent_list", "3132999102", True, "2023-03-24", "2023-03")


def test_zero_in_a_term_form_and_nulls_that_are_numbers():
    assert one(sheet(title="特异体质学生名册", head="序号|姓名|年级|病种|能否参加体育活动", rows="1|无", foot=SIGNED)).is_zero
    sub = one(sheet(title="心理健康筛查汇总表", head="年级|应测人数|实测人数", rows="七年级|0|0"))
    assert not sub.is_zero and values_of(sub.rows[0]) == {"grade": "7", "enrolled": "0", "screened": "0"}


# ---- files that could not be read -------------------------------------------------------------------------------------

def test_an_unreadable_file_is_one_line_with_reason_school_and_form_by_its_name():
    parsed = Parsed("xlsx", (), "encrypted", "文件设了打开密码，读不了。请取消密码后重新报送。")
    from pathlib import Path
    sub, = understand(parsed, ReceivedFile("云溪初级中学/应在校不在校情况表.xlsx", Path("x"), "a", 1, None), world())
    assert (sub.state, sub.reason_code, sub.school_code, sub.form) == ("unreadable", "encrypted", "3132999102", "absent_list")
    assert codes(sub) == {"unreadable_file"} and not sub.rows


def test_an_empty_workbook_is_no_form():
    sub = one(Grid("Sheet1", ()))
    assert (sub.state, sub.reason_code) == ("not_a_form", "not_a_form")


def test_a_picture_alone_is_left_over_and_said():
    sub = one(Grid("Sheet1", (Cell(0, 0, "通知", "Sheet1!A1"),), extras=(("Sheet1!图片1", "[图片]"),)))
    assert {x.place for x in sub.leftovers} == {"Sheet1!A1", "Sheet1!图片1"}


# ---- head and foot in every shape -------------------------------------------------------------------------------------

@pytest.mark.parametrize("head,date_", [
    ("填报单位：云溪初级中学||填报时间：|2023|年|3|月|24|日", "2023-03-24"), ("填报单位|云溪初级中学|||2023年3月", None),
    ("填报单位：|||2023年3月24日\n云溪初级中学", "2023-03-24"), ("填报单位（盖章）：云溪初级中学                2023年3月24日", "2023-03-24"),
    ("学校名称:云溪初级中学|联系人:张三|联系电话:0523-88881234|日期:2023-03-24", "2023-03-24"), ("（填报单位：云溪初级中学）", None),
    ("云溪初级中学（公章）|||2023年3月24日", "2023-03-24"), ("单位：云溪初级中学 2023年3月 单位：人", None),
    ("填 报 单 位：云溪初级中学\n填 报 时 间：2023 年 3 月 24 日", "2023-03-24"), ("报送单位：云溪初级中学；报送月份：三月；填报人：李四", None),
    ("制表单位：示例区教育局\n学校：云溪初级中学", None)])
def test_heads_in_every_shape(head, date_):
    sub = one(sheet(title="应在校不在校就读学生情况表", unit=head))
    assert (sub.school_code, sub.period, sub.filled_date, len(sub.rows)) == ("3132999102", "2023-03", date_, 1) and not sub.leftovers


@pytest.mark.parametrize("foot,by,head_,date_", [
    ("填报人：郑一鸣||负责人：罗秋实||2023年3月24日", "郑一鸣", "罗秋实", "2023-03-24"), ("填报人签名：郑一鸣   校长签名：罗秋实   2023年3月24日（公章）", "郑一鸣", "罗秋实", "2023-03-24"),
    ("填表人|郑一鸣|审核人|罗秋实|填表日期|2023.3.24", "郑一鸣", "罗秋实", "2023-03-24"), ("校长（签字）：|罗秋实\n经办人：|郑一鸣\n2023年3月24日", "郑一鸣", "罗秋实", "2023-03-24"),
    ("填报人：                   负责人：                 年   月   日", None, None, None), ("|||云溪初级中学（盖章）\n|||2023年3月24日", None, None, "2023-03-24"),
    ("填报人：郑一鸣 联系电话：19900000001\n单位负责人（签章）：罗秋实", "郑一鸣", "罗秋实", None), ("填报人：____ 审核人：罗秋实 负责人：丁国平", None, "丁国平", None),
    ("|以上情况属实，请审核。\n填报人：郑一鸣", "郑一鸣", None, None)])
def test_feet_in_every_shape(foot, by, head_, date_):
    sub = one(sheet(foot=foot))
    assert (sub.filled_by, sub.approved_by, sub.filled_date, len(sub.rows)) == (by, head_, date_, 1)


def test_names_of_files_are_known_by_the_short_name_of_a_form_too():
    from pathlib import Path
    parsed = Parsed("xlsx", (), "damaged", "文件已损坏。请重新报送。")
    sub, = understand(parsed, ReceivedFile("云溪初级中学4月情况表.xlsx", Path("x"), "a", 1, None), world())
    assert sub.form == "absent_list" and sub.school_code == "3132999102"


def test_labels_that_fit_several_forms_take_the_form_from_the_file_name_and_say_so():
    plain = dict(title="", head="序号|姓名|年级|班级|离校时间|辍学原因", rows="1|林晓舟|七年级|2|2023-02-20|厌学")
    sub = one(sheet(**plain), file="云溪初级中学3月应在校不在校学生情况表.xlsx")
    assert sub.form == "absent_list" and sub.state == "accepted"
    sub = one(sheet(title="", head="序号|姓名|年级|班级|目前状态", rows="1|林晓舟|七年级|2|劝返中"), file="3月应在校不在校学生情况表.xlsx")
    assert sub.form == "absent_list" and "by_name" in codes(sub)


def test_a_zero_in_the_head_beside_rows_is_asked():
    sub = one(sheet(unit="填报单位：云溪初级中学\n本月零报告"))
    assert not sub.is_zero and "zero_with_rows" in codes(sub)


def test_the_whole_school_as_the_only_row_is_data_though_it_is_called_a_total():
    sub = one(sheet(title="心理健康筛查汇总表", head="年级|应测人数|实测人数", rows="合计|600|598"))
    assert values_of(sub.rows[0]) == {"enrolled": "600", "screened": "598"}
    sub = one(sheet(title="心理健康筛查汇总表", head="年级|应测人数|实测人数", rows="七年级|300|299\n八年级|300|299\n合计|600|597"))
    assert len(sub.rows) == 2 and "total_differs" in codes(sub)


def test_a_cover_and_a_last_page_of_signatures_belong_to_the_form():
    table_ = sheet(unit="", title="应在校不在校学生情况表", name="t1")
    subs = read(table_, grid([["填报人：郑一鸣"], ["负责人：罗秋实"], ["云溪初级中学（公章）"], ["2023年3月24日"]], name="p2", places="xlsx"), medium="pdf")
    assert len(subs) == 1 and (subs[0].filled_by, subs[0].approved_by, subs[0].filled_date) == ("郑一鸣", "罗秋实", "2023-03-24")
    subs = read(grid([["应在校不在校学生情况表"], ["云溪初级中学"]], name="封面"), sheet())
    assert [s.state for s in subs] == ["not_a_form", "accepted"] and not codes(subs[0])
