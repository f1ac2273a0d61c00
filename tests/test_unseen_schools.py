"""Kinds of cells, heads and layouts that the lists of five schools brought which nobody had seen before."""
from __future__ import annotations

import pytest
from grids import grid, problems_of, read, table, values_of

from carelib import catalogue, values
from carelib.catalogue import Field
from carelib.read import lexicon as lexicons
from carelib.read.words import is_page_foot
from carelib.values.context import Context

CATALOGUE = catalogue.load()
LEXICON, CONTEXT = lexicons.of(CATALOGUE), Context(CATALOGUE.codes, "2023-03")
PSYCH = "心理重点关注学生台账\n填报单位：云溪初级中学\n姓名 | 年级 | 班级 | 预警等级"
HEALTH = "特异体质学生名册\n填报单位：云溪初级中学\n姓名 | 年级 | 班级"
ATTEMPTS = "填报单位：云溪初级中学\n时间 | 谈话人 | 谈话摘要 | 结论\n2023-03-07 | 郑一鸣 | 谈返校 | 答应"
DUTIES = "包保责任表\n填报单位：云溪初级中学\n责任层级 | 负责对象 | 负责人"


def rows(text: str) -> list[dict]:
    sub, = read(grid(table(text)))
    return [values_of(row) for row in sub.rows]


@pytest.mark.parametrize("text,grade,class_no", [("培智五", "5", None), ("启聪七", "7", None), ("培智五(2)班", "5", "2"), ("九2", "9", "2"), ("2班", None, "2")])
def test_a_department_before_a_number_makes_it_a_grade_and_no_class(text, grade, class_no):
    assert values.parse(text, Field("class_no", "班级", "int"), CONTEXT).value == class_no
    assert values.grade_and_class(text, CONTEXT)[0].value == grade


@pytest.mark.parametrize("text", ["电话告知", "尚未", "已签知情书", "去世", "外出务工"])
def test_what_was_done_is_nobodys_name(text):
    assert values.parse(text, Field("guardian_name", "监护人姓名", "name"), CONTEXT).value is None


@pytest.mark.parametrize("said,name,informed", [("电话告知", None, "true"), ("尚未", None, "false"), ("林大海", "林大海", None)])
def test_a_label_of_two_meanings_is_what_its_cells_say(said, name, informed):
    row, = rows(f"{PSYCH} | 家长\n林晓舟 | 七年级 | 1 | 红色 | {said}")
    assert (row.get("guardian_name"), row.get("guardian_informed")) == (name, informed)


@pytest.mark.parametrize("said,owner,knows", [("√", None, "true"), ("郑一鸣", "郑一鸣", None)])
def test_a_column_of_ticks_names_nobody(said, owner, knows):
    row, = rows(f"{HEALTH} | 病种 | 班主任√\n林晓舟 | 七年级 | 1 | 癫痫 | {said}")
    assert (row.get("owner_name"), row.get("shared_head_teacher")) == (owner, knows)


@pytest.mark.parametrize("said,assessment,hospital", [("强迫症；市四院", "强迫症", "市四院"), ("省脑科医院，双相障碍", "双相障碍", "省脑科医院")])
def test_diagnosis_and_hospital_in_one_cell_are_parted(said, assessment, hospital):
    row, = rows(f"{PSYCH} | 诊断及医院\n林晓舟 | 七年级 | 1 | 红色 | {said}")
    assert (row["assessment"], row["hospital"]) == (assessment, hospital)


def test_a_day_that_follows_a_yes_without_a_blank_is_parted():
    row, = rows(f"{PSYCH} | 一生一案/建立日\n林晓舟 | 七年级 | 1 | 红色 | 是2023.3.8")
    assert (row["plan_made"], row["plan_date"]) == ("true", "2023-03-08")


def test_numbers_of_several_levels_in_one_cell_are_counted_by_level():
    row, = rows("心理健康普测汇总表\n填报单位：云溪初级中学\n班次 | 应到 | 实到 | 废卷 | 红/橙/黄 | 约谈\n七(1)班 | 55 | 53 | 0 | 0/1/2 | 3\n总计 | 55 | 53 | 0 | | 3")
    assert (row["grade"], row["enrolled"], row["invalid_lie"], row["level_counts"]) == ("7", "55", "0", "红=0、橙=1、黄=2")


def test_a_label_that_goes_on_in_the_next_line_is_one():
    text = "应在校不在校学生情况表\n填报单位：云溪初级中学\n序号 | 姓名 | 年级 | 起始日 | 一人一 | 劝返 | 当前状态\n | | | | 策 | 次数 |\n1 | 林晓舟 | 七年级 | 2023-02-20 | 有 | 4 | 未返校"
    row, = rows(text)
    assert (row["student_name"], row["plan_made"], row["attempt_count"], row["left_date"]) == ("林晓舟", "true", "4", "2023-02-20")


@pytest.mark.parametrize("pieces,is_foot", [(["云溪初级中学学生管理平台", "第1页"], True), (["1 / 2"], True), (["1", "林晓舟", "七年级", "第2页"], False), (["林晓舟", "3"], False)])
def test_the_foot_of_a_page_is_no_row(pieces, is_foot):
    assert is_page_foot(pieces) is is_foot


def test_the_number_of_a_page_below_a_list_is_a_note():
    sub, = read(grid(table(f"{HEALTH} | 病种\n林晓舟 | 七年级 | 1 | 癫痫\n云溪初级中学学生管理平台 | | | 第1页\n打印份数：2")))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟"]


def test_a_level_that_is_written_once_holds_for_the_rows_below():
    once = f"{DUTIES}\n校长负责 | 全校 | 罗秋实\n分管校长负责 | 七年级 | 郑一鸣\n | 八年级 | 高远山\n班主任负责 | 七（1）班 | 江一禾\n | 七（2）班 | 苏映雪"
    assert [r["level"] for r in rows(once)] == ["校长", "分管校长", "分管校长", "班主任", "班主任"]
    again = f"{DUTIES}\n校长 | 全校 | 罗秋实\n班主任 | 七（1）班 | 郑一鸣\n | 七（2）班 | 高远山\n班主任 | 八（1）班 | 江一禾"
    assert [r.get("level") for r in rows(again)] == ["校长", "班主任", None, "班主任"]


@pytest.mark.parametrize("ticks,disease", [("√ | | ", "D05"), (" | | 血小板减少", "D98"), (" | √ | ", "D02"), ("√ | | 贫血", "D05、D98")])
def test_beside_columns_of_ticks_what_else_there_is_is_written(ticks, disease):
    row, = rows(f"{HEALTH} | 哮喘 | 癫痫 | 其他（写明）\n林晓舟 | 七年级 | 1 | {ticks}")
    assert row.get("disease") == disease


def test_a_tick_beside_them_under_an_unknown_word_is_asked():
    sub, = read(grid(table(f"{HEALTH} | 心脏 | 哮喘 | 癫痫 | 其他（写明）\n林晓舟 | 七年级 | 1 | √ | | | \n高远 | 七年级 | 1 | | √ | | ")))
    assert "disease" in problems_of(sub.rows[0]) and values_of(sub.rows[1])["disease"] == "D05"


def test_the_one_pupil_of_the_sentence_above_a_list_is_whose_attempts_they_are():
    row, = rows(f"3月劝返工作小结\n本月需劝返学生1人（林晓舟，七年级3班，家长林大海），过程如下。\n{ATTEMPTS}")
    assert (row["student_name"], row["grade"], row["class_no"], row["outcome"]) == ("林晓舟", "7", "3", "答应")
    two, = read(grid(table(f"3月劝返工作小结\n本月需劝返学生2人（林晓舟、高远），过程如下。\n{ATTEMPTS}")))
    assert "student_name" not in values_of(two.rows[0]) and two.rows[0].held


@pytest.mark.parametrize("mode,people,parties", [
    ("联合走访", "城北派出所、责任督学祝明、郑一鸣", "责任督学、派出所"), ("联合", "妇联秦姐、郑一鸣", "妇联"), ("联合", "班主任郑一鸣", None), ("联合", "校长、村主任", None), ("上门", "妇联秦姐、郑一鸣", None)])
def test_who_took_part_together_is_told_by_the_posts(mode, people, parties):
    row, = rows(f"劝返记录表\n填报单位：云溪初级中学\n姓名 | 年级 | 劝返时间 | 方式 | 到场人员 | 过程记录\n林晓舟 | 七年级 | 2023-03-07 | {mode} | {people} | 谈返校")
    assert row.get("parties") == parties


@pytest.mark.parametrize("label,field", [("班主任学时（最低）", "headteacher_hours_min"), ("其他教师培训（最少）", "other_hours_min"), ("其他教师培训（平均）", "other_hours_avg")])
def test_what_stands_in_brackets_tells_which_of_two_numbers_it_is(label, field):
    match = LEXICON.find("support_work", (label,))
    assert match and match.fields == (field,)


@pytest.mark.parametrize("field,text,value", [
    ("psych_hours", "48+40+22+30", "48、40、22、30"), ("psych_hours", "40+", None), ("room_open_hours", "每周20小时", "20"),
    ("lesson_per_two_weeks", "每周1课时", None), ("home_visit_n", "本学期156次", "156")])
def test_numbers_with_words_before_them(field, text, value):
    assert values.parse(text, CATALOGUE.forms["support_work"].fields[field], CONTEXT).value == value


@pytest.mark.parametrize("text,value", [("2023年3月7日晚", "2023-03-07"), ("2023年3月2日（校务会）", "2023-03-02"), ("2023年3月2日（左右）", None), ("2023年3月2日（农历）", None)])
def test_a_day_with_its_hour_or_a_word_in_brackets(text, value):
    assert values.parse(text, Field("attempt_date", "劝返时间", "date"), CONTEXT).value == value


@pytest.mark.parametrize("name,text,code", [
    ("reason", "跟老乡去宁波工地干活", "R03"), ("reason", "被同班女生孤立", "R13"), ("reason", "父母回河南打工随迁走", "R11"), ("reason", "跟着父亲到外地卖水果", "R11"),
    ("whereabouts", "省脑科医院", "W05"), ("whereabouts", "县医院康复科", "W05"), ("whereabouts", "江西省上饶市第五中学", "W04"), ("whereabouts", "杭州某画室", "W11"),
    ("whereabouts", "在医院陪护母亲", None), ("case_state", "3月13日回班上课", "returned"), ("pe", "不跑不跳", "不宜剧烈运动"), ("duty_level", "副职包年级", "分管校长")])
def test_what_people_write_in_their_own_words(name, text, code):
    assert values.parse(text, Field(name, "", f"code {name}"), CONTEXT).value == code


def test_a_category_with_a_number_says_whose_number_it_is():
    text = "心理健康教育工作统计表\n填报单位：云溪初级中学 | |\n一、规模 | 学生 | 684\n | 行政班 | 14\n二、班主任 | 人数 | 14\n三、科任 | 人数 | 38\n四、阵地 | 心理中心 | 有\n | 开放 | 每周20小时"
    row, = rows(text)
    assert [row.get(f) for f in ("student_count", "class_count", "headteacher_count", "other_teacher_count", "room", "room_open_hours")] == \
        ["684", "14", "14", "38", "true", "20"]


def test_text_under_a_heading_without_a_number_ends_at_the_next_heading():
    text = ("劝返复学一生一档\n填报单位：云溪初级中学\n姓名 | 林晓舟 | 性别 | 男\n班级 | 七年级3班 | 监护人姓名 | 林大海\n已采取的帮扶措施\n每周上门一次，补课一小时。\n别的打算\n再看。\n"
            "监护人意见\n很感谢，希望老师常来。")
    row = rows(text)[0]
    assert (row.get("measures"), row.get("guardian_opinion")) == ("每周上门一次，补课一小时。", "很感谢，希望老师常来。")


@pytest.mark.parametrize("line,name", [("父亲：林大海 | 父亲电话：13800000000", "林大海"), ("哥哥：扈成 | 哥哥电话：13800000000", "扈成"), ("父亲：支持 | 班主任：郑一鸣", None)])
def test_a_relation_as_a_label_names_the_guardian(line, name):
    text = f"劝返复学一生一档\n填报单位：云溪初级中学\n姓名：林晓舟 | 性别：男\n{line}\n班级：七年级3班 | 离校时间：2023-02-20\n辍学原因：厌学 | 目前状态：未返校"
    assert rows(text)[0].get("guardian_name") == name
