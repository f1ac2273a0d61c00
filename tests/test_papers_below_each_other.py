"""Two papers on one sheet, columns of units, heads of plain files, and labels of two things or in further words."""
from __future__ import annotations

import pytest
from grids import grid, read, table, values_of

from carelib import catalogue
from carelib.read import lexicon as lexicons

LEXICON = lexicons.of(catalogue.load())
UNIT = "填报单位：云溪初级中学"
WORK = "学生总数 | 903 | 班级总数 | 21\n专职心理教师数 | 2 | 兼职心理教师数 | 1\n班主任数 | 21 | 班主任最低培训学时 | 6"
SCREENING = "年级 | 应测人数 | 实测人数 | 未测人数\n七年级 | 235 | 232 | 3\n八年级 | 240 | 240 | 0"


# ---- two papers ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("turned", [False, True])
def test_a_page_of_figures_and_a_list_below_it(turned):
    first = f"2023年春学期学校心理健康教育工作情况\n{UNIT}\n{WORK}\n制表人：白露 | 审核：尹华"
    second = f"2022—2023学年第二学期学生心理健康筛查情况汇总表\n{UNIT}\n{SCREENING}\n制表人：立夏 | 审核：尹华"
    subs = {s.form: s for s in read(grid(table("\n\n".join([second, first] if turned else [first, second]))))}
    assert set(subs) == {"support_work", "screening"}
    assert (len(subs["screening"].rows), subs["screening"].filled_by, subs["support_work"].filled_by) == (2, "立夏", "白露")
    assert values_of(subs["support_work"].rows[0])["student_count"] == "903"


def test_a_numbered_heading_in_a_page_begins_no_paper():
    text = f"2023年春学期学校心理健康教育工作情况\n{UNIT}\n一、心理健康教育教师\n{WORK}\n二、心理健康筛查情况\n心理咨询室 | 有 | 每周开放小时数 | 5"
    sub, = read(grid(table(text)))
    assert (sub.form, values_of(sub.rows[0])["room_open_hours"]) == ("support_work", "5")


# ---- heads --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("head", ["数量/内容", "数量或内容", "数值/情况"])
def test_单位_over_the_units_of_items_names_no_school(head):
    text = f"安全风险隐患排查月报\n{UNIT}\n报送月份：2023年3月\n序号 | 项目 | 单位 | {head}\n1 | 本月分析研判日期 | — | 2023-03-02\n2 | 排查隐患 | 处 | 12\n3 | 整改隐患 | 处 | 11\n4 | 演练 | 次 | 1"
    sub, = read(grid(table(text)))
    assert (sub.form, sub.state, sub.school_code) == ("safety_month", "accepted", "3132999102")
    assert {k: values_of(sub.rows[0])[k] for k in ("hazards_found", "hazards_closed", "drills")} == {"hazards_found": "12", "hazards_closed": "11", "drills": "1"}


def test_groups_of_a_plain_file_whose_labels_fill_the_blanks_below():
    text = f"中小学心理健康教育工作情况统计表\n{UNIT}\n在校学生数（人） | 班级数（个） | 心理教师（人） | | | 班主任培训 | | 心理咨询室 | | 家访（人次）\n" \
           " | | 专职 | 兼职 | 持证 | 人数 | 最少学时 | 有无 | 每周开放（小时） |\n591 | 14 | 0 | 1 | 1 | 15 | 4 | 有 | 5 | 683"
    said = values_of(read(grid(table(text)))[0].rows[0])
    assert {k: said.get(k) for k in ("student_count", "class_count", "psych_part", "headteacher_count", "headteacher_hours_min", "room", "room_open_hours", "home_visit_n")} == {
        "student_count": "591", "class_count": "14", "psych_part": "1", "headteacher_count": "15", "headteacher_hours_min": "4", "room": "true",
        "room_open_hours": "5", "home_visit_n": "683"}


# ---- dates and marks of what stands above ---------------------------------------------------------------------------------

def test_a_day_without_a_year_in_the_table_that_goes_on_with_a_page():
    page = grid(table(f"学生劝返复学“一生一档”\n{UNIT}\n学生姓名 | 严小鱼 | 性别 | 女\n离校时间 | 2022-11-19 | 离校原因 | 厌学"), "t1")
    attempts = grid(table("劝返工作记录\n时间 | 方式 | 参加人员 | 结果\n3月5日 | 入户 | 洪梅 | 暂不愿返校\n校长签字：尹华        填表人：白露        2023年3月20日"), "t2")
    sub, = read(page, attempts, file="一生一档.docx", medium="docx")
    assert [values_of(r).get("attempt_date") for r in sub.rows if r.form == "follow_up"] == ["2023-03-05"]


def test_as_above_points_over_a_line_between_the_rows():
    text = f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n序号 | 姓名 | 班级 | 离校时间 | 原因 | 责任人\n七年级\n1 | 严小鱼 | 七（1）班 | 2023-02-20 | 厌学 | 洪梅\n" \
           "说明：家长已签字\n八年级\n2 | 林晓舟 | 八（1）班 | 2023-02-20 | 厌学 | 〃"
    assert [values_of(r)["owner_name"] for r in read(grid(table(text)))[0].rows] == ["洪梅", "洪梅"]


# ---- labels -------------------------------------------------------------------------------------------------------------

FOLLOW = "2023年3月劝返情况表\n" + UNIT + "\n姓名 | 班级 | 时间 | {head} | 结果\n严小鱼 | 七（1）班 | 2023-03-02 | {cell} | 再劝\n林晓舟 | 七（1）班 | 2023-03-03 | {cell} | 再劝"


def follow_up(head: str, cell: str) -> dict[str, str | None]:
    return values_of(read(grid(table(FOLLOW.format(head=head, cell=cell))))[0].rows[0])


@pytest.mark.parametrize(("head", "cell", "mode"), [
    ("地点或方式", "到校面谈", "约谈"), ("地点及方式", "电话", "电话"), ("方式（地点）", "入户", "入户"), ("地点/方式", "学生家中", "入户"), ("地点或方式", "学校", None)])
def test_the_place_or_way_of_an_attempt(head, cell, mode):
    assert follow_up(head, cell).get("mode") == mode


@pytest.mark.parametrize(("head", "cell", "name", "value"), [
    ("下次家访安排", "清明后再上门", "next_step", "清明后再上门"), ("下次家访安排", "2023-03-20", "next_date", "2023-03-20"), ("下次计划", "安排补课", "next_step", "安排补课")])
def test_what_is_planned_for_next_time_is_a_day_or_a_step(head, cell, name, value):
    said = follow_up(head, cell)
    assert said.get(name) == value and len({"next_date", "next_step"} & said.keys()) == 1


@pytest.mark.parametrize("head", ["家长及学生态度", "学生和家长意见", "家长、学生态度", "监护人与孩子反应"])
def test_what_parents_and_pupil_think_is_one_text(head):
    text = FOLLOW.replace(" | 结果", "").replace(" | 再劝", "").format(head=head, cell="家长签字，说再劝劝孩子")
    assert values_of(read(grid(table(text)))[0].rows[0]).get("outcome") == "家长签字，说再劝劝孩子"


@pytest.mark.parametrize(("form", "label", "name"), [
    ("support_work", "心理课每两周课时数", "lesson_per_two_weeks"), ("support_work", "学校咨询电话是否上墙公布", "hotline_posted"),
    ("support_work", "区未成年人成长指导中心电话是否对外公布", "centre_phone_posted"), ("support_work", "班主任专题培训最少学时", "headteacher_hours_min"),
    ("support_work", "其他教师普适培训最少学时", "other_hours_min"), ("support_work", "其他教师普适性培训平均学时", "other_hours_avg"),
    ("safety_month", "上报侵害线索数", "clues_reported"), ("health_roster", "应急处置要点", "precautions"), ("health_roster", "发病时处置办法", "precautions")])
def test_labels_in_further_words(form, label, name):
    found = LEXICON.find_loosely(form, (label,))
    assert found is not None and found.fields == (name,)
