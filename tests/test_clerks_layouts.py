"""How clerks adapt a form: sections that say what rows lack, cells of two things, pages side by side, labels in their own words."""
from __future__ import annotations

import re

import pytest
from grids import codes, grid, problems_of, read, table, values_of, world

from carelib import catalogue
from carelib.read import lexicon as lexicons
from carelib.read.patterns import _data, _patterns, fields_like

CATALOGUE = catalogue.load()
LEXICON = lexicons.of(CATALOGUE)
TITLE, UNIT = "2023年3月应在校不在校就读学生情况表", "填报单位：云溪初级中学"


def one(text: str, merges: str = "", medium: str = "xlsx"):
    sub, = read(grid(table(text), merges=merges), medium=medium)
    return sub


def said(text: str, merges: str = "") -> list[dict]:
    return [values_of(r) for r in one(text, merges).rows]


# ---- what a line between the rows says ---------------------------------------------------------------------------------

def test_a_grade_between_the_rows_is_that_of_the_rows_below_it():
    rows = one(f"""{TITLE}
{UNIT}
序号 | 姓名 | 性别 | 班级 | 离校时间 | 未到校原因 | 劝返情况
（一）七年级
1 | 林晓舟 | 男 | 2 | 2023-02-20 | 厌学 | 劝返中
小计 | 1
（二）九年级
2 | 高远 | 男 | 4 | 2023-02-21 | 厌学 | 劝返中""", "A4:G4 A7:G7").rows
    assert [values_of(r)["grade"] for r in rows] == ["7", "9"]
    grade = next(v for v in rows[1].values if v.field == "grade")
    assert (grade.place, grade.raw) == ("Sheet1!A7", "（二）九年级")


def test_a_line_that_says_nothing_ends_what_the_one_before_said():
    rows = said(f"""{TITLE}
{UNIT}
序号 | 姓名 | 性别 | 离校时间 | 未到校原因 | 劝返情况
一、七年级
1 | 林晓舟 | 男 | 2023-02-20 | 厌学 | 劝返中
二、其他学生
2 | 高远 | 男 | 2023-02-21 | 厌学 | 劝返中""", "A4:F4 A6:F6")
    assert [r.get("grade") for r in rows] == ["7", None]


def test_a_level_between_the_rows_counts_only_if_the_bureau_lists_it():
    text = """心理重点关注学生台账（2023年3月）
填报单位：云溪初级中学
序号 | 姓名 | 性别 | 年级 | 班级 | 干预措施 | 目前状态
一、红色
1 | 林晓舟 | 男 | 七年级 | 2 | 每周谈心 | 平稳
二、{level}
2 | 高远 | 男 | 八年级 | 1 | 同伴支持 | 好转"""
    assert [r["risk_level"] for r in said(text.format(level="黄色预警学生"), "A4:G4 A6:G6")] == ["红色", "黄色"]
    assert [r.get("risk_level") for r in said(text.format(level="紫色"), "A4:G4 A6:G6")] == ["红色", None]


def test_whose_attempts_stand_below_a_line():
    sub = one("""2023年3月劝返帮教转化工作开展情况
填报单位：云溪初级中学
次数 | 劝返时间 | 参加人员 | 方式 | 工作情况 | 结果
学生：林晓舟　八年级3班　身份证号：990101200903050432
1 | 2023-02-14 | 郑一鸣 | 入户 | 家访谈话 | 愿意考虑
2 | 2023-02-21 | 郑一鸣 | 入户 | 送资料 | 已复学
学生：高远　九年级1班
1 | 2023-03-02 | 罗秋实 | 电话 | 联系父亲 | 未复学""", "A4:F4 A7:F7")
    assert sub.form == "follow_up" and not any(r.held for r in sub.rows)
    assert [(r["student_name"], r["grade"], r["class_no"], r["attempt_no"]) for r in map(values_of, sub.rows)] == [
        ("林晓舟", "8", "3", "1"), ("林晓舟", "8", "3", "2"), ("高远", "9", "1", "1")]
    assert "id_number" not in values_of(sub.rows[2])


def test_duties_between_the_rows_and_over_a_column_of_persons():
    rows = said("""包保责任表（2023年春学期）
填报单位：云溪初级中学
包保对象 | 责任人 | 联系电话
一、校长包学校
全校 | 郑一鸣 | 19900001111
二、分管校长、年级主任包年级
1.分管校长
七年级 | 罗秋实 | 19900002222""", "A4:C4 A6:C6 A7:C7")
    assert [r["level"] for r in rows] == ["校长", "分管校长"]
    rows = said("""包保责任表
填报单位：云溪初级中学
班级 | 班主任 | 联系电话
七（1）班 | 郑一鸣 | 19900001111
七（2）班 | 罗秋实 | 19900002222""")
    assert [(r["level"], r["person"], r["scope"]) for r in rows] == [("班主任", "郑一鸣", "七（1）班"), ("班主任", "罗秋实", "七（2）班")]


# ---- several things in one cell ----------------------------------------------------------------------------------------

@pytest.mark.parametrize(("label", "cell", "want"), [
    ("姓名（性别）", "林晓舟（男）", {"student_name": "林晓舟", "gender": "男"}),
    ("姓名/性别", "林晓舟/男", {"student_name": "林晓舟", "gender": "男"}),
    ("监护人（关系）", "林大海（父亲）", {"guardian_name": "林大海", "guardian_relation": "父亲"}),
    ("监护人（关系、姓名、电话）", "父亲 林大海 19900003333", {"guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333"}),
    ("离校时间及原因", "2023年2月13日，厌学", {"left_date": "2023-02-13", "reason": "R01"}),
    ("监护人姓名", "林大海（父子）", {"guardian_name": "林大海", "guardian_relation": "父亲"}),
    ("家长姓名", "林大海（奶奶）", {"guardian_name": "林大海", "guardian_relation": "祖母"}),
    ("监护人姓名", "林大海（祖孙）", {"guardian_name": None, "guardian_relation": None}),
    ("监护人及手机", "林大海19900003333", {"guardian_name": "林大海", "guardian_phone": "19900003333"}),
    ("家长姓名联系方式", "林大海/19900003333", {"guardian_name": "林大海", "guardian_phone": "19900003333"}),
    ("家长（关系、电话）", "林大海（父子、19900003333）", {"guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333"}),
    ("家长（关系、电话）", "父亲19900003333", {"guardian_name": None, "guardian_relation": "父亲", "guardian_phone": "19900003333"}),
    ("监护人信息（姓名、电话）", "林大海 19900003333", {"guardian_name": "林大海", "guardian_phone": "19900003333"}),
    ("家长联系方式", "林大海（父亲）19900003333", {"guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333"}),
    ("监护人及关系电话", "林大海 父亲 19900003333", {"guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333"}),
    ("班级及班主任", "七年级（2）班 郑一鸣", {"grade": "7", "class_no": "2"}),
    ("家长及联系方式", "父亲林大海19900003333", {"guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333"})])
def test_a_cell_of_several_things_is_parted_by_what_each_can_mean(label, cell, want):
    sub = one(f"{TITLE}\n{UNIT}\n序号 | {'姓名 | ' if '姓名' not in label else ''}{label} | 去向 | 劝返情况\n"
              f"1 | {'林晓舟 | ' if '姓名' not in label else ''}{cell} | 在家 | 劝返中")
    if ("监护人" in label or "家长" in label) and "姓名" in label:
        sub = one(f"{TITLE}\n{UNIT}\n序号 | 姓名 | {label} | 去向 | 劝返情况\n1 | 林晓舟 | {cell} | 在家 | 劝返中")
    row = values_of(sub.rows[0])
    assert {f: row.get(f) for f in want} == want


def test_a_cell_that_cannot_be_parted_is_asked():
    row = one(f"{TITLE}\n{UNIT}\n序号 | 姓名 | 离校时间及原因 | 去向 | 劝返情况\n1 | 林晓舟 | 上学期就没来 | 在家 | 劝返中").rows[0]
    assert not {"left_date", "reason"} & values_of(row).keys() and {"left_date", "reason"} <= problems_of(row).keys()


def test_words_with_a_comma_are_no_label_on_a_page():
    row = said("""一生一档（2023年3月）
学校 | 云溪初级中学
姓名 | 林晓舟 | 性别 | □男 ☑女
班级 | 七年级2班 | 离校时间 | 2023-02-20
原因 | 厌学 | 目前状态 | 未返校
帮扶措施 | 班主任与科任教师结对帮扶""")[0]
    assert (row["measures"], row["gender"]) == ("班主任与科任教师结对帮扶", "女")


def test_a_ditto_mark_takes_the_cell_above_and_names_both():
    rows = one(f"""{TITLE}
{UNIT}
序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况
1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中
2 | 高远 | 〃 | 同上 | 〃 | 同上
3 | 同上 | 七年级 | 2023-02-21 | 厌学 | 劝返中""").rows
    again = {v.field: v for v in rows[1].values}
    assert (again["grade"].value, again["left_date"].value, again["status"].value) == ("7", "2023-02-20", "open")
    assert (again["left_date"].place, again["left_date"].raw) == ("Sheet1!D5、Sheet1!D4", "同上、2023-02-20")
    assert "student_name" in problems_of(rows[2])                   # who somebody is stands nowhere else


# ---- pages -------------------------------------------------------------------------------------------------------------

def test_pages_after_a_titled_page_with_the_same_labels_are_of_its_form():
    sub = one(f"""{TITLE}
学校：云溪初级中学
学生一
姓名 | 林晓舟 | 性别 | 男
离校时间 | 2023-02-20 | 未到校原因 | 厌学
劝返情况 | 劝返中 | 班级 | 七年级2班
学生二
姓名 | 高远 | 性别 | 男
离校时间 | 2023-02-21 | 未到校原因 | 因病
劝返情况 | 已返校 | 班级 | 八年级1班
填表人：郑一鸣　填表日期：2023年3月22日""")
    assert sub.form == "absent_list" and [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "高远"]
    assert sub.filled_by == "郑一鸣"


def test_pages_side_by_side_are_two():
    rows = said("""心理重点关注学生台账（2023年3月）
学校：云溪初级中学
姓名 | 林晓舟 | 性别 | 男 | | 姓名 | 高远 | 性别 | 男
年级 | 七年级 | 班级 | 2班 | | 年级 | 八年级 | 班级 | 1班
预警等级 | 红色 | 发现途径 | 筛查 | | 预警等级 | 黄色 | 发现途径 | 班主任
主要表现 | 手臂有划痕 | 目前状态 | 转介治疗 | | 主要表现 | 不与人说话 | 目前状态 | 平稳
填报人：郑一鸣""")
    assert [(r["student_name"], r["grade"], r["risk_level"], r["symptoms"]) for r in rows] == [
        ("林晓舟", "7", "红色", "手臂有划痕"), ("高远", "8", "黄色", "不与人说话")]


def test_a_page_that_shows_how_to_fill_in_is_no_pupil():
    sub = one(f"""{TITLE}
填报单位 | 云溪初级中学
【样例】
姓名 | 王某某
性别 | 男
离校时间 | 2023年1月1日
未到校原因 | 厌学
【学生1】
姓名 | 林晓舟
性别 | 男
离校时间 | 2023年2月20日
未到校原因 | 因病""")
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟"]
    assert {"Sheet1!A3", "Sheet1!B4", "Sheet1!B6"} <= {f.place for f in sub.furniture if f.kind == "sample"}


def test_a_page_of_attempts_alone_under_their_title_is_a_list_of_them():
    sub = one("""2023年3月劝返帮教转化工作开展情况
学校：云溪初级中学
姓名 | 林晓舟 | 性别 | 男
班级 | 七年级2班 | 身份证号 | 990101200903050432
劝返时间 | 地点 | 劝返人 | 过程 | 结果
2023年2月24日 | 家中 | 郑一鸣 | 与父母面谈 | 未返校
2023年3月11日 | 家中 | 郑一鸣 | 送作业 | 未返校""")
    assert sub.form == "follow_up"
    assert [(r["student_name"], r["attempt_date"], r["people"], r["content"]) for r in map(values_of, sub.rows)] == [
        ("林晓舟", "2023-02-24", "郑一鸣", "与父母面谈"), ("林晓舟", "2023-03-11", "郑一鸣", "送作业")]


def test_a_file_of_one_pupil_that_names_the_list_in_its_title_stays_one():
    sub = one("""应在校不在校学生“一生一档”（2023年3月）
学校 | 云溪初级中学
姓名 | 林晓舟 | 性别 | 男
班级 | 七年级2班 | 离校时间 | 2023-02-20
辍学原因 | 厌学 | 目前状态 | 未返校""")
    assert sub.form == "case_file"


@pytest.mark.parametrize("rows", [
    "第1次劝返 | 2023年3月6日上门讲政策\n第2次劝返 | 2023年3月20日电话联系家长",
    "劝返记录 | 2023年3月6日上门讲政策\\n2023年3月20日电话联系家长"])
def test_attempts_told_in_free_text_begin_with_their_dates(rows):
    text = f"""一生一档（2023年3月）
学校 | 云溪初级中学
姓名 | 林晓舟
班级 | 七年级2班
离校时间 | 2023-02-20
目前状态 | 未返校
{rows}"""
    cells = [[c.replace("\\n", "\n") if isinstance(c, str) else c for c in row] for row in table(text)]
    sub, = read(grid(cells))
    told = [values_of(r) for r in sub.rows if r.form == "follow_up"]
    assert [(a["attempt_date"], a["content"]) for a in told] == [
        ("2023-03-06", "2023年3月6日上门讲政策"), ("2023-03-20", "2023年3月20日电话联系家长")]


def test_labels_below_the_list_of_attempts_are_the_pages_again():
    sub = one("""一生一档（2023年3月）
学校 | 云溪初级中学
姓名 | 林晓舟 | 性别 | 男
班级 | 七年级2班 | 离校时间 | 2023-02-20
时间 | 方式 | 参加人员 | 结果
2023-03-02 | 电话 | 郑一鸣 | 未接通
目前状态 | 未返校 | 责任人 | 罗秋实
备注 | 父亲在外""")
    page, attempt = sub.rows
    assert (values_of(page)["status"], values_of(page)["owner_name"]) == ("open", "罗秋实")
    assert values_of(attempt)["attempt_date"] == "2023-03-02"


# ---- figures of a school -----------------------------------------------------------------------------------------------

def test_figures_whose_grades_stand_side_by_side():
    rows = said("""心理健康筛查汇总表
填报单位：云溪初级中学
项目 | 七年级 | 八年级 | 九年级 | 合计
应测人数 | 310 | 298 | 305 | 913
实测人数 | 308 | 298 | 303 | 909
红色 | 1 | 2 | 0 | 3
填报人：郑一鸣""")
    assert [(r["grade"], r["enrolled"], r["screened"], r["level_counts"]) for r in rows] == [
        ("7", "310", "308", "红色=1"), ("8", "298", "298", "红色=2"), ("9", "305", "303", "红色=0")]


def test_a_column_of_units_stands_between_an_item_and_its_number():
    row, = said("""心理健康教育工作统计表
填报单位：云溪初级中学
代码 | 指标名称 | 计量单位 | 本期数
01 | 在校学生数 | 人 | 1866
02 | 专职心理教师 | 人 | 2
03 | 心理咨询室每周开放 | 小时 | 15""")
    assert (row["student_count"], row["psych_full"], row["room_open_hours"]) == ("1866", "2", "15")


def test_a_nought_in_a_table_that_nobody_can_read_is_no_zero_report():
    sub = one("""心理健康筛查汇总表
填报单位：云溪初级中学
甲项 | 乙项 | 丙项 | 丁项
七 | 60 | 60 | 0
八 | 58 | 57 | 1""")
    assert sub.state == "held" and not sub.is_zero


def test_nobody_under_the_name_is_a_zero_report_whatever_is_counted_beside_it():
    sub = one(f"""{TITLE}
{UNIT}
应在校人数 | 实际在校人数 | 学生姓名 | 未到校原因 | 去向
186 | 186 | 无 | / | /
填报人：郑一鸣""")
    assert sub.is_zero and sub.state == "accepted"


def test_one_foot_signs_all_lists_of_a_sheet():
    subs = read(grid(table(f"""2023年3月学生报表
一、应在校不在校就读学生情况表
{UNIT}
序号 | 姓名 | 年级 | 离校时间 | 未到校原因 | 劝返情况
1 | 林晓舟 | 七年级 | 2023-02-20 | 厌学 | 劝返中
二、劝返帮教转化工作开展情况
序号 | 姓名 | 劝返时间 | 劝返方式 | 参加人员 | 工作情况 | 结果
1 | 林晓舟 | 2023-03-04 | 电话 | 郑一鸣 | 联系家长 | 未返校
填报人 郑一鸣　2023年3月22日""")))
    assert [(s.form, s.filled_by, s.filled_date) for s in subs] == [
        ("absent_list", "郑一鸣", "2023-03-22"), ("follow_up", "郑一鸣", "2023-03-22")]


# ---- labels told by their pieces ---------------------------------------------------------------------------------------

@pytest.mark.parametrize(("form", "label", "field"), [
    ("absent_list", "失学起始年月", "left_date"), ("absent_list", "哪天开始没来", "left_date"), ("absent_list", "未到园的具体原因", "reason"),
    ("absent_list", "处置结果", "status"), ("absent_list", "现在在哪里", "whereabouts"), ("absent_list", "老师上门几趟", "attempt_count"),
    ("follow_up", "取得的成效", "outcome"), ("follow_up", "到场人员", "people"), ("follow_up", "下一步怎么办", "next_step"),
    ("psych_case", "下次跟踪", "next_followup"), ("health_roster", "得的什么病", "disease"), ("screening", "应参加", "enrolled"),
    ("support_work", "公布区成长指导中心电话", "centre_phone_posted"), ("responsibility", "任期起", "start"), ("safety_month", "查出隐患几处", "hazards_found")])
def test_a_label_that_no_list_has_is_told_by_its_pieces(form, label, field):
    assert lexicons.key(label) not in LEXICON.forms[form].labels
    match = LEXICON.find_loosely(form, (label,))
    assert match is not None and match.fields == (field,)


def test_no_pattern_takes_a_known_label_of_another_field():
    """Each wording of a field is tried on the patterns of all others; a wording of two meanings may be the other one."""
    wrong = {(code, said, match.fields[0], other) for code, form in CATALOGUE.forms.items()
             for said, match in LEXICON.forms[code].labels.items() if len(match.fields) == 1
             for other in fields_like(said, form) if other != match.fields[0] and match.fields[0] not in fields_like(said, form)
             and not (said in LEXICON.forms[code].second and other in LEXICON.forms[code].second[said].fields)}
    assert wrong == set()


def test_every_pattern_is_of_a_field_and_its_pieces_are_known():
    words = _data()["word"]
    for code, rows in _data().items():
        if code == "word":
            continue
        forms = [f for f in CATALOGUE.forms.values() if f.about_pupils] if code == "*" else [CATALOGUE.forms[code]]
        for name, pattern in rows.items():
            assert all(name in f.fields for f in forms), (code, name)
            assert set(re.findall(r"<([A-Z]+)>", pattern)) <= words.keys()
    assert all(pattern.fullmatch("") is None for code in CATALOGUE.forms for _, pattern in _patterns(code, CATALOGUE.forms[code].about_pupils))


def test_a_column_of_a_code_list_in_other_words_is_asked_not_left_over():
    sub = one(f"{TITLE}\n{UNIT}\n序号 | 姓名 | 年级 | 离校时间 | 不在校的缘由 | 劝返情况\n1 | 林晓舟 | 七年级 | 2023-02-20 | 说不清 | 劝返中")
    assert "reason" in problems_of(sub.rows[0]) and "unknown_columns" not in codes(sub)


# ---- persons of several duties beside each other ------------------------------------------------------------------------

def duties(text: str, merges: str = "") -> list[tuple]:
    return [(r.get("level"), r.get("scope"), r.get("person"), r.get("phone")) for r in said(text, merges)]


def test_each_person_of_a_row_holds_the_duty_over_him_with_his_own_telephone():
    assert duties(f"""包保责任表
{UNIT}
序号 | 班级 | 分管校长 | 联系电话 | 班主任 | 联系电话
1 | 七（1）班 | 李长青 | 13900000001 | 赵一鸣 | 13900000003
2 | 七（2）班 | 李长青 | 13900000001 | | """) == [
        ("分管校长", "七（1）班", "李长青", "13900000001"), ("班主任", "七（1）班", "赵一鸣", "13900000003"),
        ("分管校长", "七（2）班", "李长青", "13900000001")]


def test_duties_as_groups_of_heads():
    assert duties(f"""包保责任表
{UNIT}
序号 | 包保班级 | 年级主任 | | 班主任 |
 | | 姓名 | 电话 | 姓名 | 电话
1 | 七（1）班 | 王海波 | 13900000002 | 赵一鸣 | 13900000003""", "A3:A4 B3:B4 C3:D3 E3:F3") == [
        ("年级主任", "七（1）班", "王海波", "13900000002"), ("班主任", "七（1）班", "赵一鸣", "13900000003")]


def test_each_duty_is_about_what_it_is_for_and_a_merged_person_is_one_row():
    assert duties(f"""包保责任表
{UNIT}
年级 | 分管校长 | 班级 | 班主任 | 班主任电话
七年级 | 李长青 | 七（1）班 | 赵一鸣 | 13900000003
 | | 七（2）班 | 钱二宝 | 13900000004""", "A4:A5 B4:B5") == [
        ("分管校长", "七年级", "李长青", None), ("班主任", "七（1）班", "赵一鸣", "13900000003"), ("班主任", "七（2）班", "钱二宝", "13900000004")]


def test_a_duty_in_words_of_its_own_is_asked_and_one_telephone_for_two_persons_is_nobodys():
    sub = one(f"""重点学生包保责任表
{UNIT}
序号 | 班级 | 学生姓名 | 包保校领导 | 任课教师 | 联系电话
1 | 七（1）班 | 孙小禾 | 李长青 | 周五福 | 13900000005""")
    first, second = sub.rows
    assert (values_of(first)["scope"], values_of(first)["person"], values_of(first).get("level")) == ("孙小禾", "李长青", None)
    assert next(v for v in first.values if v.field == "level").problem
    assert (values_of(second)["level"], values_of(second)["scope"], values_of(second).get("phone")) == ("任课教师", "孙小禾", None)
    assert "13900000005" in {c.raw for c in sub.leftovers}


# ---- what is only partly understood is asked as a whole ------------------------------------------------------------------

def test_a_level_that_nobody_knows_between_known_ones_makes_their_counts_a_question():
    sub = one("""心理健康筛查汇总表
填报单位：云溪初级中学
年级 | 应测人数 | 实测人数 | 红色 | 甲乙丙 | 黄色
七年级 | 120 | 119 | 2 | 7 | 5""")
    counts = next(v for v in sub.rows[0].values if v.field == "level_counts")
    assert counts.value is None and counts.problem and "7" in counts.raw


def test_a_tick_under_an_unknown_word_of_a_group_makes_the_answer_a_question():
    sub = one("""2023年3月劝返帮教转化工作开展情况表
填报单位：云溪初级中学
姓名 | 班级 | 劝返时间 | 参与单位 | | | 结果
 | | | 派出所 | 镇街 | 甲乙丙 |
林晓舟 | 七（2）班 | 2023-03-02 | √ | | √ | 仍在劝返
高远 | 八（1）班 | 2023-03-03 | √ | √ | | 仍在劝返""", "A3:A4 B3:B4 C3:C4 D3:F3 G3:G4")
    first, second = (next(v for v in r.values if v.field == "parties") for r in sub.rows)
    assert first.value is None and first.problem
    assert second.value and second.problem is None


def test_a_label_of_a_list_on_its_side_may_hold_the_word_of_a_title():
    rows = said("""2023年3月特异体质学生名册
填报单位：云溪初级中学
姓名 | 林晓舟 | 高远 | 陈一诺
性别 | 男 | 男 | 女
班级 | 七（2）班 | 八（1）班 | 八（3）班
疾病名称 | 哮喘 | 癫痫 | 先心病
就诊医院 | 市一院 | 市一院 | 市一院
一生一档是否建立 | 是 | 是 | 否""")
    assert [(r["student_name"], r.get("plan_made")) for r in rows] == [("林晓舟", "true"), ("高远", "true"), ("陈一诺", "false")]


def test_who_took_part_is_no_label_and_a_sentence_no_name():
    assert LEXICON.find_loosely("case_file", ("班主任、村干部",)) is None
    row = one(f"""{TITLE}
{UNIT}
姓名 | 班级 | 离校时间 | 未到校原因 | 责任人
林晓舟 | 七（2）班 | 2023-02-20 | 厌学 | 到家中与父亲面谈""").rows[0]
    owner = next(v for v in row.values if v.field == "owner_name")
    assert owner.value is None and owner.problem


def test_a_date_before_words_that_nobody_knows_is_not_the_forms():
    from carelib.read.envelope import Clerk
    from carelib.read.identify import Register
    from carelib.records import Cell
    from carelib.values.context import Context
    clerk = Clerk(LEXICON, Register(world()), Context(CATALOGUE.codes, "2023-03"))
    line = [Cell(0, 0, "2023.2.20", "A1"), Cell(0, 1, "父亲支持", "B1")]
    assert clerk.read([], [line]).filled_date is None
    assert clerk.read([], [line[:1]]).filled_date == "2023-02-20"


@pytest.mark.parametrize("group", ["监护信息", "家属信息"])
def test_the_name_of_somebody_elses_group_is_not_the_pupils(group):
    row, = said(f"""{TITLE}
{UNIT}
班级 | 学生 | {group} | | 离校 |
 | 姓名 | 姓名 | 称谓 | 日期 | 原因
七（2）班 | 林晓舟 | 林明远 | 父亲 | 2023-02-20 | 厌学""", "A3:A4 C3:D3 E3:F3")
    assert row["student_name"] == "林晓舟"


def test_a_section_right_under_the_head_of_a_list_does_not_make_it_a_page():
    rows = said("""2023年春学期心理健康筛查汇总表
填报单位：云溪初级中学
工具 | 项目甲 | 应测人数 | 丙丁戊 | 未测人数 | 己庚辛
初中部
MHT | 某 | 120 | 3 | 1 | 2
MHT | 某 | 118 | 3 | 0 | 2""", "A4:F4")
    assert [r.get("enrolled") for r in rows] == ["120", "118"]


def test_a_limit_behind_the_answer_is_asked():
    row = one("""特异体质学生名册
填报单位：云溪初级中学
姓名 | 班级 | 疾病名称 | 能否上体育课
林晓舟 | 七（2）班 | 哮喘 | 可以参加，少跑步""").rows[0]
    pe = next(v for v in row.values if v.field == "pe_allowed")
    assert pe.value is None and pe.problem


# ---- forms about the school --------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("label", "cell", "want"), [
    ("心理教师培训学时", "宁远42、唐果40", {"psych_hours": "42、40"}), ("心理教师培训学时", "宁远（42）、唐果（40）", {"psych_hours": "42、40"}),
    ("班主任培训（最少/平均）", "6/8.5", {"headteacher_hours_min": "6", "headteacher_hours_avg": "8.5"}),
    ("班主任培训学时", "最少6学时，人均8.5学时", {"headteacher_hours_min": "6", "headteacher_hours_avg": "8.5"}),
    ("其他教师培训（最少、平均）", "最少4，平均5.5", {"other_hours_min": "4", "other_hours_avg": "5.5"}),
    ("班主任培训学时", "8.5", {"headteacher_hours_min": None, "headteacher_hours_avg": None}),
    ("班主任培训（最少/平均）", "8.5/6", {"headteacher_hours_min": None, "headteacher_hours_avg": None})])
def test_hours_of_training_in_one_cell(label, cell, want):
    row = said(f"心理健康教育工作统计表（2022-2023学年第二学期）\n填报单位：云溪初级中学\n项目 | 内容\n在校学生数 | 620\n专职心理教师 | 2\n{label} | {cell}\n每两周心理课时 | 1")[0]
    assert {f: row.get(f) for f in want} == want


def test_what_the_head_says_of_all_rows_of_a_screening():
    rows = said("""心理健康筛查汇总表
填报单位：云溪初级中学
普查工具：MHT　普查时间：2023年3月1日至3月10日　应测人数：415　实测人数：412
年级 | 应测人数 | 实测人数 | 有效问卷 | 红色 | 橙色
七年级 | 210 | 208 | 207 | 1 | 2
八年级 | 205 | 204 | 204 | 0 | 3""", "A1:F1 A3:F3")
    assert [(r["tool"], r["date_from"], r["date_to"], r["enrolled"]) for r in rows] == [
        ("MHT", "2023-03-01", "2023-03-10", "210"), ("MHT", "2023-03-01", "2023-03-10", "205")]


# ---- pages and lists of one pupil --------------------------------------------------------------------------------------

def test_whose_attempts_they_are_stands_above_the_list():
    rows = one("""2023年3月劝返帮教转化工作开展情况
填报单位：云溪初级中学
学生：林晓舟（八年级3班）
次数 | 劝返时间 | 参加人员 | 方式 | 工作情况 | 结果
1 | 2023-03-06 | 郑一鸣 | 入户 | 家访谈话 | 愿意考虑""", "A3:F3", medium="docx").rows
    assert [(r.held, values_of(r)["student_name"], values_of(r)["grade"], values_of(r)["class_no"]) for r in rows] == [(None, "林晓舟", "8", "3")]


def test_a_telephone_in_running_text_is_that_of_the_person_before_it():
    row = values_of(one("""离校学生个案（2023年3月）
填报单位：云溪初级中学
姓名：林晓舟　性别：男　班级：八年级3班
监护人：林大海（父亲）　联系电话：19900003333
离校时间：2023年2月20日　离校原因：家里交不起费用
目前状态：未返校
责任人：郑一鸣　电话：19900001111""", medium="docx").rows[0])
    assert {f: row[f] for f in ("guardian_name", "guardian_relation", "guardian_phone", "owner_name", "owner_phone", "reason")} == {
        "guardian_name": "林大海", "guardian_relation": "父亲", "guardian_phone": "19900003333", "owner_name": "郑一鸣", "owner_phone": "19900001111", "reason": "R02"}
