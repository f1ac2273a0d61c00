"""Papers as offices keep them: days without a year, other months beside this one, heads of three rows, lines above a turned list."""
from __future__ import annotations

import pytest
from grids import grid, read, table, values_of

from carelib import catalogue, values
from carelib.values.context import Context

UNIT = "填报单位：云溪初级中学"
FORMS = catalogue.load().forms
SIGNED = "填报人：郑一鸣  负责人：罗秋实  填报日期：2023年3月22日"


def said(field: str, form: str, text: str, month: str = "", kind: str = "初中") -> str | None:
    return values.parse(text, FORMS[form].fields[field], Context(catalogue.load().codes, "2023-03", kind, month=month)).value


def rows(text: str, merges: str = "") -> list[dict[str, str | None]]:
    return [values_of(r) for sub in read(grid(table(text), merges=merges)) for r in sub.rows]


def test_a_line_of_information_above_a_turned_list_costs_no_pupil():
    sub, = read(grid(table("""2023年3月应在校不在校就读学生情况表
填报单位 | 云溪初级中学 | 填报人 | 郑一鸣
负责人 | 罗秋实 | 填报时间 | 2023年3月20日
姓名 | 林晓舟 | 高远
性别 | 男 | 女
年级 | 七年级 | 八年级
未到校原因 | 厌学 | 因病
离校时间 | 2023年2月20日 | 2023年3月1日
目前状态 | 劝返中 | 休学""")))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "高远"] and "罗秋实" in str(sub.approved_by)
    assert not {x.raw for x in sub.furniture} & {"高远", "女", "八年级"}


def test_persons_of_duties_beside_each_other_on_a_turned_list():
    found = rows(f"""云溪初级中学包保责任表
{SIGNED}
层级 | 校长 | 分管校长 | 班主任
责任人姓名 | 秦朗 | 田野 | 李敏
包保对象 | 全校 | 八年级 | 八（1）班
电话 | 19900000001 | 19900000002 | 19900000003
起始日期 | 2023-02-20 | 2023-02-20 | 2023-02-20""")
    assert [(r["level"], r["person"], r["scope"]) for r in found] == [
        ("校长", "秦朗", "全校"), ("分管校长", "田野", "八年级"), ("班主任", "李敏", "八（1）班")]


def test_the_first_attempt_may_be_called_so():
    found = rows(f"""劝返帮教转化工作开展情况（2023年3月）
{UNIT}
姓名 | 班级 | 首次劝返 | | 第二次劝返 |
 | | 时间 | 结果 | 时间 | 结果
林晓舟 | 七（3）班 | 2023-03-02 | 不愿返校 | 2023-03-09 | 已返校""", merges="C3:D3 E3:F3")
    assert [(r["attempt_no"], r["attempt_date"]) for r in found] == [("1", "2023-03-02"), ("2", "2023-03-09")]


def test_of_several_months_side_by_side_that_of_the_paper_is_read():
    sub, = read(grid(table(f"""安全风险分析研判与综合治理月报
填报月份：2023年3月  {UNIT}
项目 | 上月 | 本月 | 备注
分析研判日期 | 2023.2.9 | 2023.3.9 |
排查隐患（处） | 14 | 11 | 楼梯
应急演练（次） | 1 | 2 |
举报信箱 | | 门卫室旁 |
{SIGNED}""")))
    row = values_of(sub.rows[0])
    assert (row["monthly_analysis_date"], row["hazards_found"], row["drills"], row["report_box"]) == ("2023-03-09", "11", "2", "门卫室旁")
    assert {"14", "2023.2.9"} <= {x.raw for x in sub.leftovers} and sub.filled_date == "2023-03-22"


@pytest.mark.parametrize(("heads", "title", "drills"), [
    ("1月 | 2月 | 3月", "2023年3月", "2"), ("3月份 | 2月份 | 累计", "2023年3月", "4"), ("2023年1月 | 2023年2月 | 2023年3月", "", "2"),
    ("2022年11月 | 2022年12月 | 2023年1月", "2023年3月", None), ("三月 | 二月 | 一月", "", "4")])
def test_of_months_named_side_by_side_that_of_the_paper_is_read(heads, title, drills):
    sub, = read(grid(table(f"""{title}安全风险分析研判与综合治理月报
{UNIT}
项目 | {heads}
排查隐患（处） | 14 | 11 | 9
应急演练（次） | 4 | 1 | 2
{SIGNED}""")))
    read_ones = [v for r in sub.rows if (v := values_of(r).get("drills"))]
    assert read_ones == ([drills] if drills else [])
    assert len({"4", "1", "2"} & {x.raw for x in sub.leftovers}) == 3 - len(read_ones)


def test_a_head_of_unit_and_number_names_no_school():
    sub, = read(grid(table("""心理健康教育工作统计表
学校：云溪初级中学
序号 | 项目 | 单位 | 数量
1 | 在校学生数 | 人 | 633
2 | 班级数/个 | 个 | 14
3 | 班主任培训学时：最少 | 学时 | 8
4 | 专职心理教师 | 人 | 1
填表人：郑一鸣 |  | 审核人：罗秋实 | 2023年3月14日""")))
    row = values_of(sub.rows[0])
    assert sub.state == "accepted" and (row["student_count"], row["class_count"], row["headteacher_hours_min"], row["psych_full"]) == ("633", "14", "8", "1")
    assert sub.approved_by == "罗秋实"


@pytest.mark.parametrize(("field", "form", "text", "month", "value"), [
    ("attempt_date", "follow_up", "3月4日", "2023-03", "2023-03-04"), ("attempt_date", "follow_up", "3月4日", "", None),
    ("last_attempt", "absent_list", "3.17", "2023-03", "2023-03-17"), ("left_date", "absent_list", "9月1日", "2023-03", None),
    ("left_date", "absent_list", "12月20日", "2023-01", "2022-12-20"), ("next_date", "follow_up", "1月8日", "2022-12", "2023-01-08"),
    ("attempt_date", "follow_up", "5月8日", "2023-03", None)])
def test_a_day_without_a_year_is_of_the_year_of_the_paper_if_it_is_near(field, form, text, month, value):
    assert said(field, form, text, month) == value


@pytest.mark.parametrize(("title", "told", "value"), [
    ("2023年3月", "3月22日", "2023-03-22"), ("2023年3月", "3.22", "2023-03-22"), ("", "3月22日", "2023-03-22"), ("2023年3月", "11月22日", None)])
def test_a_day_of_filing_without_a_year_is_of_the_year_in_the_title(title, told, value):
    sub, = read(grid(table(f"""{title}应在校不在校就读学生情况表
{UNIT}
姓名 | 年级 | 班级 | 未到校原因
林晓舟 | 七年级 | 3 | 厌学
填报人：郑一鸣  负责人：罗秋实  填报日期：{told}""")))
    assert (sub.filled_by, sub.approved_by, sub.filled_date) == ("郑一鸣", "罗秋实", value)


@pytest.mark.parametrize(("title", "day"), [
    ("（2023年3月）", "2023-03-04"), ("", "2023-03-04"), ("（3月）", "2023-03-04"), ("（2022年3月）", "2022-03-04"), ("（2021-2022学年）", None)])
def test_a_day_without_a_year_is_of_the_month_for_which_the_paper_counts(title, day):
    head = "姓名 | 班级 | 劝返时间 | 劝返方式 | 劝返结果\n林晓舟 | 七（3）班 | 3月4日 | 电话 | 不愿返校"
    assert rows(f"劝返帮教转化工作开展情况{title}\n{UNIT}\n{head}")[0].get("attempt_date") == day


def test_a_day_behind_a_name_is_no_part_of_it_and_a_deadline_no_day_of_filing():
    def signed(foot: str, head: str = "") -> tuple[str | None, ...]:
        sub, = read(grid(table(f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n{head}姓名 | 年级 | 班级 | 未到校原因\n林晓舟 | 七年级 | 3 | 厌学\n{foot}")))
        return sub.filled_by, sub.approved_by, sub.filled_date
    assert signed("填表教师：郑一鸣 校长：罗秋实 3月23日") == ("郑一鸣", "罗秋实", "2023-03-23")
    assert signed("填表人：郑一鸣   审核人：罗秋实   23.3.23") == ("郑一鸣", "罗秋实", "2023-03-23")
    assert signed("填表：郑一鸣  校长：罗秋实  2023年3月22日", "2023年3月25日前报\n")[2] == "2023-03-22"


@pytest.mark.parametrize("said", [
    "经各班点名、查寝，全体学生在校就读，没有需上报的学生。", "按照通知要求，我校于3月20日组织各班核对了到校情况，因病请假的4名学生均已办理手续。本月我校无应在校不在校学生。"])
def test_a_letter_may_report_that_there_is_nobody(said):
    sub, = read(grid(table(f"应在校不在校就读学生情况表\n月份 | 2023年3月 |  | 校名 | 云溪初级中学\n{said}\n填报人 | 郑一鸣 |  | 负责人 | 罗秋实")))
    assert (sub.form, sub.is_zero, sub.state) == ("absent_list", True, "accepted")


def test_what_stands_in_brackets_is_no_part_of_a_folder_s_school():
    page = grid(table("2023年3月应在校不在校就读学生情况表\n姓名 | 年级 | 班级 | 未到校原因\n林晓舟 | 七年级 | 3 | 厌学"))
    sub, = read(page, file="云溪初级（民办）/报表.xlsx")
    assert sub.school_code and sub.state == "accepted"


def test_numbers_below_levels_are_theirs_and_shares_are_none():
    found = rows(f"""学生心理健康筛查汇总表
{SIGNED}
年级 | 参测情况 | | 预警分级 | | | | 转介
 | 应测 | 实测 | 一级预警 | | 二级预警 | |
 | | | 人数 | 占比 | 人数 | 占比 |
初一 | 240 | 238 | 2 | 0.9% | 9 | 3.9% | 1
初二 | 229 | 229 | 1 | 0.4% | 7 | 3.1% | 0""", merges="A3:A5 B3:C3 D3:G3 H3:H5 B4:B5 C4:C5 D4:E4 F4:G4")
    assert [r["level_counts"] for r in found] == ["一级预警=2、二级预警=9", "一级预警=1、二级预警=7"]


def test_a_bare_class_beside_its_grade_is_one_scope():
    found = rows(f"""包保责任网格表
{UNIT}
年级 | 班级 | 班主任 | 班主任电话 | 年级主任 | 年级主任电话
七年级 | 1 | 李敏 | 19900000003 | 田野 | 19900000002""")
    assert {(r["level"], r["scope"]) for r in found} == {("班主任", "七年级1班"), ("年级主任", "七年级")}


@pytest.mark.parametrize(("field", "form", "text", "value"), [
    ("pe_allowed", "health_roster", "可参加，控制强度", "适当减量"), ("pe_allowed", "health_roster", "可参加，量力而行", None),
    ("pe_allowed", "health_roster", "可以参加，随身带药", "可正常参加"), ("pe_allowed", "health_roster", "不宜剧烈运动，如长跑", "不宜剧烈运动"),
    ("level", "responsibility", "园长包园", "校长"), ("level", "responsibility", "副园长包年级组", "分管校长"), ("level", "responsibility", "校长包年级", None),
    ("reason", "absent_list", "随父母回新疆老家", "R11"), ("whereabouts", "absent_list", "苏州某电子厂", "W02"),
    ("status", "absent_list", "多次上门未果", "open"), ("status", "absent_list", "已送回学校就读", "returned")])
def test_words_of_the_field(field, form, text, value):
    assert said(field, form, text) == value


def test_classes_of_a_vocational_school_tell_the_year_of_entry():
    assert (said("grade", "absent_list", "22机电2班", kind="中职"), said("class_no", "absent_list", "22机电2班", kind="中职")) == ("10", "2")
    assert said("grade", "absent_list", "22机电2班", kind="高中") is None and said("class_no", "absent_list", "四2", kind="小学") == "2"


def test_a_yes_or_no_below_its_question_is_no_other_label():
    found = rows(f"""心理重点关注学生台账（2023年3月）
{UNIT}
姓名 | 班级 | 预警等级 | 家长是否知情 | | 主要表现
 | | | 是 | 否 |
林晓舟 | 七（3）班 | 一级 | √ | | 失眠
高远 | 八（1）班 | 二级 | | √ | 焦虑""", merges="D3:E3")
    assert [r.get("guardian_informed") for r in found] == ["true", "false"]


def test_a_day_behind_the_name_at_the_foot_of_a_page_is_the_page_s():
    sub, = read(grid(table("""云溪初级中学学生“一生一策”帮扶表
学生姓名 | 林晓舟 | 性别 | 男 | 班级 | 七（3）班
监护人 | 林大海 | 关系 | 父亲 | 电话 | 19900000001
离校时间 | 2023/2/20 | 离校原因 | 厌学 | 现在状况 | 未返校
一生一策内容 | 每周一次心理辅导
劝返时间 | 劝返人员 | 劝返方式 | 劝返结果
3月7日 | 李敏 | 入户 | 答应考虑
责任人：李敏　　　2023年3月23日"""), merges="B5:F5"))
    assert sub.filled_date == "2023-03-23" and values_of(sub.rows[0])["owner_name"] == "李敏"
    assert [values_of(r)["attempt_date"] for r in sub.rows if r.form == "follow_up"] == ["2023-03-07"]


def test_a_date_behind_a_label_of_something_else_does_not_date_the_paper():
    sub, = read(grid(table("""控辍保学一生一策一档
学校：云溪初级中学
姓名 | 林晓舟 | 性别 | 女 | 出生日期 2010.5.1
身份证件号 | 990101201005010448 | 年级 | 七年级 | 离校日期 2023年2月25日
不在校原因 | 厌学
填表人：郑一鸣""")))
    assert sub.filled_by == "郑一鸣" and sub.filled_date is None


@pytest.mark.parametrize("headed", [True, False])
def test_a_school_that_heads_several_rows_of_another_s_list_reports_them_itself(headed):
    other = "" if headed else "示例区白石初级中学"
    subs = read(grid(table(f"""2023年3月应在校不在校就读学生情况表
{UNIT}
学校 | 姓名 | 年级 | 班级 | 未到校原因
云溪初级中学 | 林晓舟 | 七年级 | 3 | 厌学
云溪初级中学 | 苏映雪 | 七年级 | 3 | 厌学
云溪初级中学 | 高远 | 七年级 | 3 | 厌学
示例区白石初级中学 | 田野 | 八年级 | 1 | 厌学
{other} | 何方 | 八年级 | 2 | 厌学"""), merges="A7:A8" if headed else ""))
    assert [(len(s.rows), s.state) for s in subs] == ([(3, "accepted"), (2, "accepted")] if headed else [(5, "accepted")])
