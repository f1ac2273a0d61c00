"""Typed sheets of unseen offices: attempts beside each other, lists on their side, other people's sheets, words of another office."""
from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from grids import codes, grid, read, table, values_of

from carelib import catalogue
from carelib.read import lexicon as lexicons

sys.path.append(str(Path(__file__).parents[1] / "bench" / "read"))
import typed

LEXICON = lexicons.of(catalogue.load())
TITLE, UNIT = "2023年3月应在校不在校就读学生情况表", "填报单位：云溪初级中学"
SIGNED = "填报人：郑一鸣  负责人：罗秋实  填报日期：2023年3月22日"


# ---- attempts beside each other ---------------------------------------------------------------------------------------

def attempts(sub):
    return [values_of(r) for r in sub.rows if r.form == "follow_up"]


def test_attempts_beside_each_other_are_a_numbered_row_each_and_the_pupil_stays_one():
    sub, = read(grid(table(f"""{TITLE}
{UNIT}
序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况 | 第一次劝返 | | 第二次劝返 |
 | | | | | | 时间 | 方式 | 时间 | 方式
1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中 | 2023-03-02 | 入户 | 2023-03-09 | 电话
2 | 高远 | 八年级 | 2023-02-21 | 厌学 | 劝返中 | 2023-03-03 | 电话 | |"""), merges="G3:H3 I3:J3"))
    assert [values_of(r)["student_name"] for r in sub.rows if r.form == "absent_list"] == ["林晓舟", "高远"]
    said = [(a["student_name"], a["attempt_no"], a["attempt_date"], a["mode"]) for a in attempts(sub)]
    assert said == [("林晓舟", "1", "2023-03-02", "入户"), ("林晓舟", "2", "2023-03-09", "电话"), ("高远", "1", "2023-03-03", "电话")]


def test_in_a_list_of_attempts_those_beside_each_other_are_all_its_rows():
    sub, = read(grid(table(f"""2023年3月劝返工作台账
{UNIT}
序号 | 姓名 | 年级 | 第1次劝返时间 | 第1次劝返结果 | 第2次劝返时间 | 第2次劝返结果
1 | 林晓舟 | 七年级 | 2023-03-02 | 家长同意配合 | 2023-03-09 | 答应本周到校""")))
    assert sub.form == "follow_up" and len(sub.rows) == 2
    assert [(v["attempt_no"], v["attempt_date"], v["outcome"]) for v in map(values_of, sub.rows)] == [
        ("1", "2023-03-02", "家长同意配合"), ("2", "2023-03-09", "答应本周到校")]


def test_an_attempt_that_cannot_be_read_is_asked_not_dropped():
    sub, = read(grid(table(f"""{TITLE}
{UNIT}
姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况 | 第一次劝返时间 | 第二次劝返时间
林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中 | 2023-03-02 | 上上周""")))
    second = next(r for r in sub.rows if r.form == "follow_up" and values_of(r)["attempt_no"] == "2")
    date, = [v for v in second.values if v.field == "attempt_date"]
    assert date.value is None and date.problem and date.raw == "上上周"


# ---- lists on their side ----------------------------------------------------------------------------------------------

def test_a_list_on_its_side_keeps_its_title_and_its_signature():
    sub, = read(grid(table(f"""{TITLE}
{UNIT}
姓名 | 林晓舟 | 高远 | 江一禾
年级 | 七年级 | 八年级 | 九年级
离校时间 | 2023-02-20 | 2023-02-21 | 2023-02-22
未到校原因 | 厌学 | 因病 | 打工
劝返情况 | 劝返中 | 休学 | 已复学
{SIGNED}""")))
    assert (sub.form, sub.period, len(sub.rows)) == ("absent_list", "2023-03", 3)
    assert (sub.filled_by, sub.filled_date) == ("郑一鸣", "2023-03-22")


def test_a_label_that_nobody_knows_belongs_to_the_list_on_its_side():
    sub, = read(grid(table(f"""{TITLE}
{UNIT}
姓名 | 林晓舟 | 高远
年级 | 七年级 | 八年级
离校时间 | 2023-02-20 | 2023-02-21
未到校原因 | 厌学 | 因病
劝返情况 | 劝返中 | 休学
民族 | 汉族 | 回族""")))
    assert len(sub.rows) == 2 and "unknown_columns" in codes(sub)


# ---- other people's sheets --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("title,head,row", [
    ("晨检登记表", "序号 | 姓名 | 班级 | 体温 | 备注", "1 | 林晓舟 | 七(1)班 | 36.5 | 无"),
    ("", "姓名 | 年级 | 班级 | 语文 | 数学 | 总分", "林晓舟 | 七年级 | 1 | 90 | 95 | 185")])
def test_a_sheet_of_other_people_is_no_form(title, head, row):
    subs = read(grid(table("\n".join(x for x in (title, UNIT, head, row) if x))))
    assert not any(s.state == "accepted" and s.rows for s in subs)


def test_a_note_on_how_to_fill_in_is_no_remark_about_the_school():
    sub, = read(grid(table(f"""2023年3月安全风险分析研判与综合治理月报
{UNIT}
排查隐患数 | 3 | 整改隐患数 | 2
演练次数 | 1 | 举报电话 | 0523-88881234
备注：本表一式两份，学校留存一份。""")))
    assert not any("一式两份" in (v.raw or "") for r in sub.rows for v in r.values)


def test_the_paper_of_the_next_school_does_not_inherit_the_month_of_the_one_before():
    first = f"2023年2月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况\n林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中"
    second = first.replace("2023年2月", "").replace("云溪初级中学", "白石初级中学").replace("林晓舟", "高远")
    a, b = read(grid(table(first), name="表一"), grid(table(second), name="表二"), medium="docx")
    assert [(x.school_code, x.period) for x in (a, b)] == [("3132999102", "2023-02"), ("3132999104", "2023-03")]


# ---- words of another office ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("form,printed,fields", [
    ("follow_up", "我方登记的劝返日期", ["attempt_date"]), ("health_roster", "体育课判定人员", ["judged_by"]), ("absent_list", "上月劝返次数", []),
    ("absent_list", "非劝返次数", []), ("absent_list", "邻居联系电话", [])])
def test_a_known_label_at_the_end_of_an_unknown_one_is_a_guess_unless_the_words_before_it_turn_it(form, printed, fields):
    assert LEXICON.ends_like(form, printed) == fields


@pytest.mark.parametrize("form,printed", [
    ("health_roster", "是否免体"), ("health_roster", "能否剧烈运动"), ("health_roster", "限制项目"), ("psych_case", "纳入时间"), ("retention", "结业人数"),
    ("support_work", "家访学生数"), ("absent_list", "户籍地址"), ("absent_list", "学籍辅号码"), ("psych_case", "既往病史")])
def test_a_label_whose_answer_would_mean_something_else_stays_unknown(form, printed):
    assert LEXICON.find(form, (printed,)) is None and LEXICON.find_loosely(form, (printed,)) is None


# ---- invented files of many offices -----------------------------------------------------------------------------------

@pytest.mark.parametrize("layout", sorted(typed.LAYOUTS))
def test_invented_files_of_each_layout_are_read_without_a_wrong_value(layout):
    of, total = typed.world(), Counter[str]()
    for filed in typed.files(4711, 6, layout):
        counts, told = typed.score(filed, typed.read(filed, of))
        total += counts
        assert not counts["wrong"] and not counts["invented_rows"] and not counts["extra"], told
    assert total["named"] == total["truths"] and total["state"] == total["truths"] and total["found"] == total["records"]
    assert total["exact"] >= 0.98 * total["cells"]


@pytest.mark.parametrize("title", ["2023年3月未返校学生花名册", "学生考勤异常（辍学）情况", "未到校学生情况摸排通知", "缺课学生花名册"])
def test_a_title_of_other_words_over_the_columns_of_a_form_is_that_form(title):
    sub, = read(grid(table(f"{title}\n{UNIT}\n序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 去向 | 劝返情况\n1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 在家 | 劝返中")))
    assert (sub.form, sub.state, len(sub.rows)) == ("absent_list", "accepted", 1)
