"""Who signs a paper and when, in the lines at its end and head; pages of forms that are called 一生一案 too."""
from __future__ import annotations

import pytest
from grids import SCHOOLS, grid, read, table, values_of, world

from carelib import catalogue
from carelib.read import info
from carelib.read import lexicon as lexicons
from carelib.world import School

LEXICON = lexicons.of(catalogue.load())
UNIT = "填报单位：云溪初级中学"
LONG = School("1132999107", "示例区双河镇九年一贯制实验学校", ("双河学校",), "九年一贯制", "公办", ("1", "7"))
SIGNED = ("尹华", "白露", "2023-03-16")


def signatures(sub):
    return sub.approved_by, sub.filled_by, sub.filled_date


# ---- below each other under the last columns ----------------------------------------------------------------------------

def test_a_date_in_chinese_numerals_under_a_list_is_no_row_of_it():
    text = f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 班级 | 离校日期 | 辍学原因 | 去向\n严小鱼 | 七（1）班 | 2023-02-20 | 厌学 | 在家\n" \
           " | | | 负责人：尹华\n | | | 填表人：白露\n | | | 二〇二三年三月十六日"
    sub, = read(grid(table(text)))
    assert (len(sub.rows), signatures(sub)) == (1, SIGNED)


def test_a_list_of_dashes_over_such_a_foot_is_a_zero_report():
    text = f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 班级 | 离校日期 | 辍学原因 | 去向\n/ | / | / | / | /\n | | | | 负责人：尹华\n | | | | 填表人：白露\n | | | | 二〇二三年三月十六日"
    sub, = read(grid(table(text)))
    assert (sub.is_zero, sub.state, signatures(sub)) == (True, "accepted", SIGNED)


def test_below_a_page_the_head_of_the_school_is_nobodys_责任人():
    text = f"辍学学生劝返情况登记表（2023年3月）\n{UNIT}\n学生姓名 | 严小鱼 | 性别 | 女\n辍学原因 | 厌学 | 辍学时间 | 2023-02-20\n负责人：尹华\n填表人：白露\n二〇二三年三月十六日"
    sub, = read(grid(table(text)))
    assert signatures(sub) == SIGNED and "owner_name" not in values_of(sub.rows[0])


def test_among_the_labels_of_a_page_负责人_answers_for_the_pupil():
    text = f"辍学学生劝返情况登记表（2023年3月）\n{UNIT}\n学生姓名 | 严小鱼 | 性别 | 女\n负责人 | 尹华 | 辍学时间 | 2023-02-20\n辍学原因 | 厌学 | 目前状态 | 未返校"
    assert values_of(read(grid(table(text)))[0].rows[0])["owner_name"] == "尹华"


# ---- without a colon ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("line", "pairs"), [
    ("填 报 人　　郑学文　　联系电话　　0991-6610481", [("填报人", "filled_by", "郑学文"), ("联系电话", "phone", "0991-6610481")]),
    ("审 核 人　　邬晓红　　填报时间　　2023年3月16日", [("审核人", "approved_by", "邬晓红"), ("填报时间", "filled_date", "2023年3月16日")]),
    ("填 表 人　　谢　军", [("填表人", "filled_by", "谢军")]), ("园长　　尹永芳　　填表日期　　2023/3/19", [("园长", "approved_by", "尹永芳"), ("填表日期", "filled_date", "2023/3/19")]),
    ("填 报 人　　审 核 人　　", []), ("严 小 鱼　　七年级", [])])
def test_labels_and_names_in_one_line_parted_by_blanks(line, pairs):
    assert info.split_pairs(line, LEXICON) == pairs


def test_a_long_name_of_a_school_and_a_date_in_one_line_of_the_head():
    text = "特异体质学生信息共享及管理台账\n示例区双河镇九年一贯制实验学校（盖章）        2023年3月13日\n序号 | 姓名 | 性别 | 病种 | 注意事项\n1 | 严小鱼 | 女 | 癫痫 | 不攀高"
    sub, = read(grid(table(text)), of=world(schools=(*SCHOOLS, LONG)))
    assert (sub.filled_date, sub.school_code) == ("2023-03-13", LONG.code)


# ---- pages that are called 一生一案 --------------------------------------------------------------------------------------

PAGE = "姓名 | 严小鱼 | 性别 | 女 | 班级 | 七（1）班\n病种 | 癫痫 | 诊断依据 | 病历 | 就诊医院 | 市儿童医院\n能否参加体育活动 | 不宜剧烈运动 | 判定人 | 洪梅 | 判定日期 | 2023年3月2日\n" \
       "注意事项 | 不攀高 | 结对同学 | 祝明 | 责任教师 | 白露"


def test_一生一案_of_a_pupil_with_an_illness_is_a_page_of_the_roster():
    sub, = read(grid(table(f"特异体质学生“一生一案一档”登记表\n{UNIT}\n{PAGE}\n经办人：白露      主要负责人：尹华      上报日期：2023.3.16")))
    assert (sub.form, signatures(sub), len(sub.rows)) == ("health_roster", SIGNED, 1)


def test_a_word_that_answers_its_own_label_is_no_label():
    said = values_of(read(grid(table(f"特异体质学生“一生一案一档”登记表\n{UNIT}\n{PAGE}")))[0].rows[0])
    assert (said["diagnosis_basis"], said["judged_by"]) == ("病历", "洪梅")


def test_一生一档_of_a_pupil_not_at_school_stays_a_file_of_劝返():
    text = f"应在校不在校学生“一生一档”\n{UNIT}\n姓名 | 严小鱼 | 性别 | 女\n离校时间 | 2023-02-20 | 离校原因 | 厌学\n帮扶措施 | 家访 | 目前状态 | 未返校"
    assert read(grid(table(text)))[0].form == "case_file"
