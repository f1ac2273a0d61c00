"""Other words and other layouts than the samples have: each row is one kind of fault that an office's file once ran into."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from grids import codes, grid, read, table, values_of, world

from carelib import catalogue
from carelib.read import labels, monthly
from carelib.read import lexicon as lexicons
from carelib.records import Parsed
from carelib.run import cycle
from carelib.world import ReceivedFile

LEXICON = lexicons.of(catalogue.load())
TITLE, UNIT = "2023年3月应在校不在校就读学生情况表", "填报单位：云溪初级中学"
SIGNED = "填报人：郑一鸣  负责人：罗秋实  填报日期：2023年3月22日"
HEAD = "序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 去向 | 劝返情况"


@pytest.mark.parametrize("form,printed,field", [
    ("absent_list", "末次劝返日期", "last_attempt"), ("absent_list", "学籍状况", "register_status"), ("absent_list", "当前劝返状态", "status"),
    ("absent_list", "一生一策是否建立", "plan_made"), ("absent_list", "未到校的主要原因", "reason"), ("absent_list", "应在校而不在校原因", "reason"),
    ("psych_case", "是否通知监护人", "guardian_informed"), ("psych_case", "有无服药", "medication"), ("psych_case", "销案日期", "close_date"),
    ("psych_case", "最近一次回访时间", "last_followup"), ("health_roster", "可否上体育课", "pe_allowed"), ("health_roster", "已告知体育老师", "shared_pe"),
    ("screening", "测评完成时间", "date_to"), ("support_work", "是否设有心理咨询室", "room"), ("safety_month", "应急演练（次）", "drills"),
    ("safety_month", "本月召开分析研判会日期", "monthly_analysis_date"), ("responsibility", "包保终止时间", "end"), ("absent_list", "联系人（责任人）", "owner_name")])
def test_a_label_in_other_words_of_the_same_meaning_is_known(form, printed, field):
    match = LEXICON.find_loosely(form, (printed,))
    assert match and match.fields == (field,)


@pytest.mark.parametrize("form,printed", [("absent_list", "民族"), ("absent_list", "学生电话"), ("psych_case", "家族病史"), ("health_roster", "身高"), ("retention", "上报次数")])
def test_a_label_of_something_else_is_not_made_to_fit(form, printed):
    assert LEXICON.find_loosely(form, (printed,)) is None


def test_a_label_in_other_words_counts_only_if_what_stands_below_reads_well():
    good, = read(grid(table(f"{TITLE}\n{UNIT}\n{HEAD} | 末次劝返日期\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 在家 | 劝返中 | 2023-03-02")))
    bad, = read(grid(table(f"{TITLE}\n{UNIT}\n{HEAD} | 末次劝返日期\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 在家 | 劝返中 | 班主任联系")))
    assert values_of(good.rows[0])["last_attempt"] == "2023-03-02"
    assert "last_attempt" not in values_of(bad.rows[0]) and "unknown_columns" in codes(bad)


def test_the_numbers_of_columns_and_the_signature_do_not_spoil_a_label_in_other_words():
    rows = f"{TITLE}\n{UNIT}\n末次劝返日期 | 姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况\n1 | 2 | 3 | 4 | 5 | 6\n2023-03-02 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中\n{SIGNED}"
    sub, = read(grid(table(rows), places="csv"), medium="csv")
    assert values_of(sub.rows[0])["last_attempt"] == "2023-03-02"


@pytest.mark.parametrize("words", ["死亡 | 休学 | 已转出", "转出 | 毕业 | 辍学", "出国 | 借读 | 复学", "休学 | 死亡 | 毕业"])
@pytest.mark.parametrize("title", [TITLE, ""])
def test_rows_of_code_words_are_never_taken_for_the_head_of_another_form(words, title):
    name = ["林晓舟", "高远", "江一禾", "苏映雪", "何若溪", "许子涵"]
    rows = [f"{n} | 七年级 | 2023-02-20 | {words}" for n in name * 2]
    head = "姓名 | 年级 | 离校时间 | 去向 | 学籍状态 | 劝返情况"
    sub, = read(grid(table("\n".join([*([title] if title else []), UNIT, head, *rows]))), file="应在校不在校情况表.xlsx")
    assert (sub.form, sub.state, len(sub.rows)) == ("absent_list", "accepted", 12)


def test_a_second_form_below_a_list_is_still_found():
    sub, other = read(grid(table(f"{TITLE}\n{UNIT}\n{HEAD}\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 死亡 | 毕业\n\n巩固率统计表\n学年初人数 | 转入 | 转出 | 休学 | 死亡 | 巩固率\n600 | 2 | 1 | 0 | 0 | 99.5%")))
    assert (sub.form, len(sub.rows), other.form, len(other.rows)) == ("absent_list", 1, "retention", 1)


@pytest.mark.parametrize("body", ["合计 | 0人", "合计 | 0", "本月共0人", "零（0）报告", "无（零报告）", "本月情况：无", "0例", "本月学生无异动", "截至2023年3月20日，我校无疑似辍学学生。",
                                  "本校无此类对象。", "合计：0人"])
def test_a_zero_in_any_wording_counts_unsigned_too(body):
    sub, = read(grid(table(f"{TITLE}\n{UNIT}\n{HEAD}\n{body}")))
    assert (sub.state, sub.is_zero, sub.school_code) == ("accepted", True, "3132999102")


@pytest.mark.parametrize("title", [TITLE + "（零报告）", TITLE + "（无）"])
def test_a_title_that_says_zero_is_a_title_and_a_zero(title):
    sub, = read(grid(table(f"{title}\n{UNIT}\n{HEAD}\n1 | \n2 | ")))
    assert (sub.form, sub.is_zero) == ("absent_list", True)


def test_a_letter_of_one_sentence_is_a_zero_report_of_the_form_that_it_names():
    sub, = read(grid([["示例区云溪初级中学"], ["经排查，我校2023年3月无疑似辍学学生，特此报告。"], [SIGNED]]))
    assert (sub.form, sub.state, sub.is_zero, sub.period) == ("absent_list", "accepted", True, "2023-03")


@pytest.mark.parametrize("text", ["2023年3月应在校不在校就读学生情况：无。填报单位：云溪初级中学", "云溪初级中学2023年3月应在校不在校学生为0人",
                                  "零报告\n云溪初级中学2023年3月应在校不在校就读学生情况表：零报告。"])
def test_a_zero_report_of_one_line_with_the_school_in_it_is_one(text):
    sub, = read(grid(table(text)), file="报表.xlsx")
    assert (sub.form, sub.state, sub.is_zero, sub.school_code) == ("absent_list", "accepted", True, "3132999102")


def test_a_label_that_may_mean_two_fields_is_told_by_what_stands_below_and_asked():
    rows = "\n".join(f"{i} | {n} | 七年级 | 2023-02-20 | 厌学 | 未返校" for i, n in enumerate(("林晓舟", "高远", "江一禾"), 1))
    sub, = read(grid(table(f"{TITLE}\n{UNIT}\n序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 当前状况\n{rows}")))
    assert {values_of(r)["status"] for r in sub.rows} == {"open"} and "guessed_header" in codes(sub)


@pytest.mark.parametrize("text", ["如无此类学生，请填“无”。", "没有的学校也须零报告。", "合计 | 2人"])
def test_how_to_say_zero_and_other_totals_are_no_zero(text):
    sub, = read(grid(table(f"{TITLE}\n{UNIT}\n{HEAD}\n1 | \n{text}")))
    assert not sub.is_zero


@pytest.mark.parametrize("info,period,state", [
    ("填报单位：云溪初级中学  报送月份：2023-02", "2023-02", "held"), ("填报单位：云溪初级中学  报送月份：2023-03", "2023-03", "accepted"),
    ("填报单位：云溪初级中学  2022-2023学年第二学期", "2023-03", "accepted")])
def test_a_month_with_a_hyphen_is_no_school_year(info, period, state):
    sub, = read(grid(table(f"应在校不在校就读学生情况表\n{info}\n{HEAD}\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 在家 | 劝返中")))
    assert (sub.period, sub.state) == (period, state)


def test_a_school_code_as_file_name_names_the_school():
    sub, = read(grid(table(f"{TITLE}\n{HEAD}\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 在家 | 劝返中")), file="3132999102.xlsx")
    assert sub.school_code == "3132999102" and "by_name" in codes(sub)


def test_a_notice_about_a_form_is_not_the_form():
    sub, = read(grid([["关于报送应在校不在校就读学生情况表的通知"], ["各学校：请于25日前报送。如无，请零报告。"]]), file="通知.docx", medium="docx")
    assert sub.state == "not_a_form"


PAGE = ("学生姓名 | 林晓舟 | 性别 | 男\n年级 | 七年级 | 班级 | （9）班\n监护人姓名 | 林大河 | 联系电话 | 19900003100\n辍学原因 | 厌学 | 目前状态 | 劝返中")


def test_a_date_above_a_page_is_not_the_heading_of_somebody_else():
    sub, = read(grid(table(f"劝返复学一生一档\n填表日期：2023年3月20日\n{PAGE}")), file="云溪初级中学.xlsx")
    row, = sub.rows
    assert sub.form == "case_file" and values_of(row)["student_name"] == "林晓舟"
    assert values_of(row)["form_date"] == "2023-03-20" and values_of(row)["class_no"] == "9"


def test_each_of_two_pages_keeps_the_date_above_it():
    two = "\n\n".join(f"劝返复学一生一档\n填表日期：2023年3月{d}日\n{PAGE.replace('林晓舟', n)}\n填表人：郑一鸣" for d, n in ((20, "林晓舟"), (21, "高远")))
    subs = read(grid(table(two)), file="云溪初级中学.xlsx")
    assert [values_of(s.rows[0])["form_date"] for s in subs] == ["2023-03-20", "2023-03-21"]


def test_a_label_in_other_words_is_known_on_a_page_too():
    sub, = read(grid(table(f"心理健康教育工作统计表\n{UNIT}\n在校学生数 | 640\n班级数 | 16\n是否设有心理咨询室 | 是\n学校咨询电话是否公布 | 否\n专职心理教师 | 1")))
    assert values_of(sub.rows[0])["room"] == "true" and values_of(sub.rows[0])["hotline_posted"] == "false"


def test_a_fault_of_the_program_in_one_file_is_told_and_stops_no_other(monkeypatch):
    def breaks(parsed, file, of):
        raise KeyError("林晓舟")
    monkeypatch.setattr(monthly, "understand", breaks)
    sub, = monthly.understood(Parsed("xlsx"), ReceivedFile("云溪初级中学情况表.xlsx", None, "00", 1, None), world())
    assert (sub.state, sub.reason_code, sub.school_code, sub.form) == ("unreadable", "damaged", "3132999102", "absent_list")
    assert "维护人员" in sub.reason and codes(sub) == {"reader_failed"} and "林晓舟" not in repr(sub)
    out = monthly.tabulate([sub], world())
    month = SimpleNamespace(rows=lambda name: out[name])
    assert "1 个文件" in cycle._not_read(month)[0] and not cycle._not_read(SimpleNamespace(rows=lambda name: []))


@pytest.mark.parametrize("numbers", ["⑴ | ⑵=⑶+⑷ | ⑶ | ⑷ | ⑸=⑹+…+⑺ | ⑹ | ⑺", "1 | 2 | 3 | 4 | 5 | 6 | 7", "甲 | 乙 | 丙 | 1 | 2 | 3 | 4"])
def test_the_numbers_of_the_columns_are_no_row(numbers):
    sub, = read(grid(table(f"学生变动情况统计表\n{UNIT}\n学年初学生数 | 增加合计 | 转入 | 复学 | 减少合计 | 转出 | 休学\n{numbers}\n600 | 3 | 2 | 1 | 2 | 1 | 1")))
    row, = sub.rows
    assert values_of(row)["base_count"] == "600" and {f.kind for f in sub.furniture if f.raw == numbers.split(" | ")[0]} == {"column_no"}


def test_a_level_that_is_ticked_under_its_label_is_that_level():
    rows = "2023年3月心理重点关注学生台账\n" + UNIT + "\n序号 | 姓名 | 年级 | 预警等级 | | | 目前状态\n | | | 红色 | 橙色 | 一级 | \n1 | 林晓舟 | 七年级 | √ | | | 在跟踪\n2 | 高远 | 八年级 | | | √ | 平稳\n3 | 江一禾 | 八年级 | √ | √ | | 平稳"
    sub, = read(grid(table(rows), merges="A3:A4 B3:B4 C3:C4 D3:F3 G3:G4"))
    first, unlisted, two = sub.rows
    assert values_of(first)["risk_level"] == "红色" and not first.held
    assert unlisted.held and two.held and unlisted.get("risk_level") is None and two.get("risk_level") is None


def test_a_bracketed_number_before_class_is_no_numbering_of_a_label():
    assert labels.keys("（3）班") == ("3班",) and labels.unnumbered("（3）班") == "（3）班" and labels.unnumbered("（二）辍学原因") == "辍学原因"


def test_labels_of_one_merged_group_are_the_head_even_if_only_one_is_known():
    rows = f"{TITLE}\n{UNIT}\n序号 | 学生概况 | | 离校时间 | 未到校原因 | 劝返情况\n | 姓名 | 乳名 | | | \n1 | 林晓舟 | 舟舟 | 2023-02-20 | 厌学 | 劝返中"
    sub, = read(grid(table(rows), merges="A3:A4 B3:C3 D3:D4 E3:E4 F3:F4"))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟"]
