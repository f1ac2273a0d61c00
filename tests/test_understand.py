"""Lists on sheets: headers of every shape, the lines under them, and every cell accounted for (`read` in the helper checks)."""
from __future__ import annotations

import pytest
from grids import codes, grid, problems_of, read, table, values_of

TITLE = "2023年3月应在校不在校就读学生情况表"
UNIT = "填报单位（公章）：示例区云溪初级中学    填报时间：2023年3月24日"
SIGNED = "填报人：郑一鸣    负责人：罗秋实    填报日期：2023年3月24日"
LIST = f"""
{TITLE}
{UNIT}
序号|姓名|性别|身份证件号|年级|班级|离校时间|未到校原因|劝返情况
1|林晓舟|男|990101201003050436|七年级|2班|2023-02-20|厌学|劝返中
2|高远|男|990101200907220819|八年级|3班|2023-02-13|外出务工|已返校
{SIGNED}
"""


def one(*grids, **how):
    subs = read(*grids, **how)
    assert len(subs) == 1, [(s.form, s.sheet, s.state) for s in subs]
    return subs[0]


def kinds(sub) -> dict[str, str]:
    return {f.place.partition("!")[2]: f.kind for f in sub.furniture}


def test_a_plain_list_is_read_with_its_envelope():
    sub = one(grid(table(LIST), merges="A1:I1 A2:I2 A6:I6"))
    assert (sub.form, sub.school_code, sub.period, sub.state) == ("absent_list", "3132999102", "2023-03", "accepted")
    assert (sub.filled_by, sub.approved_by, sub.filled_date) == ("郑一鸣", "罗秋实", "2023-03-24")
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "高远"]
    assert values_of(sub.rows[0]) == {"seq": "1", "student_name": "林晓舟", "gender": "男", "id_number": "990101201003050436", "grade": "7",
                                      "class_no": "2", "left_date": "2023-02-20", "reason": "R01", "status": "open"}
    assert sub.rows[0].values[1].place == "Sheet1!B4" and sub.rows[0].values[1].label == "姓名"
    assert not sub.observations and not sub.leftovers


def test_ids_are_stable_and_differ():
    first, again = one(grid(table(LIST))), one(grid(table(LIST)))
    assert first.submission_id == again.submission_id and [r.row_id for r in first.rows] == [r.row_id for r in again.rows]
    assert len({r.row_id for r in first.rows}) == 2
    assert one(grid(table(LIST)), file="另一份.xlsx").submission_id != first.submission_id


def test_breaks_blanks_stars_and_units_in_labels_do_not_matter():
    sub = one(grid([[TITLE], [UNIT], ["序\n号", "姓　名\n（学生）", "性 别", "身份证\n号码*", "年 级（必填）", "班级(班)", "离校\n时间", "未到校\n原因", "劝返\n情况"],
                    [1, "林晓舟", "男", "990101201003050436", "七", "2", "2023/2/20", "厌学", "劝返中"]]))
    assert values_of(sub.rows[0])["student_name"] == "林晓舟" and values_of(sub.rows[0])["left_date"] == "2023-02-20"
    assert not sub.leftovers


def test_the_group_tells_whose_name_and_phone_it_is():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
学生|||监护人|||离校||帮扶责任人
姓名|年级|备注|姓名|联系电话|关系|离校时间|未到校原因|姓名|联系电话
林晓舟|七年级||林大河|19900003100|父亲|2023-02-20|厌学|郑一鸣|19900007000
"""), merges="A3:C3 D3:F3 G3:H3 I3:J3"))
    said = values_of(sub.rows[0])
    assert (said["student_name"], said["guardian_name"], said["owner_name"]) == ("林晓舟", "林大河", "郑一鸣")
    assert (said["guardian_phone"], said["owner_phone"], said["guardian_relation"]) == ("19900003100", "19900007000", "父亲")


def test_groups_without_merged_ranges_as_in_csv():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|监护人||姓名|年级|责任人|
|姓名|电话|||姓名|电话
1|林大河|19900003100|林晓舟|七年级|郑一鸣|19900007000
"""), places="csv"), medium="csv")
    said = values_of(sub.rows[0])
    assert (said["student_name"], said["guardian_name"], said["owner_name"]) == ("林晓舟", "林大河", "郑一鸣")
    assert said["guardian_phone"] == "19900003100" and said["owner_phone"] == "19900007000"


def test_another_persons_name_is_not_the_pupils():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|家庭成员||未到校原因|劝返情况
|||姓名|身份证号||
1|林晓舟|七年级|林大海|990101198003050436|厌学|劝返中
"""), merges="A3:A4 B3:B4 C3:C4 D3:E3 F3:F4 G3:G4"))
    said = values_of(sub.rows[0])
    assert said["student_name"] == "林晓舟" and "id_number" not in said
    assert {x.raw for x in sub.leftovers} == {"林大海", "990101198003050436"}
    assert "unknown_columns" in codes(sub)


def test_a_bare_phone_is_that_of_the_person_before_it():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|责任人|联系电话|家长|联系电话|未到校原因|劝返情况
1|林晓舟|七年级|郑一鸣|19900007000|林大河|19900003100|厌学|劝返中
""")))
    assert values_of(sub.rows[0])["owner_phone"] == "19900007000" and values_of(sub.rows[0])["guardian_phone"] == "19900003100"


@pytest.mark.parametrize("label,text,want", [
    ("监护人姓名及联系电话", "林大河 19900003100", {"guardian_name": "林大河", "guardian_phone": "19900003100"}),
    ("联系人及电话", "林大河19900003100", {"guardian_name": "林大河", "guardian_phone": "19900003100"}),
    ("班主任/电话", "郑一鸣 19900007000", {"owner_name": "郑一鸣", "owner_phone": "19900007000"}),
    ("监护人及与学生关系", "林大河（父亲）", {"guardian_name": "林大河", "guardian_relation": "父亲"}),
    ("休学起止时间", "2023.3.1至2024.2.29", {"suspend_from": "2023-03-01", "suspend_to": "2024-02-29"})])
def test_combined_cells_are_parted_and_their_place_counts_once(label, text, want):
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|年级|{label}|未到校原因|劝返情况\n1|林晓舟|七年级|{text}|厌学|劝返中")))
    said = values_of(sub.rows[0])
    assert {k: said.get(k) for k in want} == want
    assert {v.place for v in sub.rows[0].values if v.field in want} == {"Sheet1!D4"}


def test_class_that_holds_the_grade_gives_both():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|班级|未到校原因|劝返情况
1|林晓舟|七(2)班|厌学|劝返中
2|高远|初二3班|外出务工|劝返中
""")))
    assert [(values_of(r)["grade"], values_of(r)["class_no"]) for r in sub.rows] == [("7", "2"), ("8", "3")]


def test_a_class_of_another_grade_than_written_is_a_problem_not_a_value():
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|年级|班级|未到校原因|劝返情况\n1|高远|八年级|九(3)班|厌学|劝返中\n2|林晓舟||七(2)班|厌学|劝返中")))
    assert "class_no" not in values_of(sub.rows[0]) and "不一致" in problems_of(sub.rows[0])["class_no"]
    assert values_of(sub.rows[0])["grade"] == "8" and values_of(sub.rows[1])["grade"] == "7"


def test_the_school_and_grade_in_one_cell():
    sub = one(grid(table("2023年3月应在校不在校学生情况表\n序号|姓名|就读学校及年级|未到校原因|劝返情况\n1|林晓舟|云溪初级中学七年级|厌学|劝返中")))
    assert sub.school_code == "3132999102" and values_of(sub.rows[0])["grade"] == "7"


def test_ticked_columns_become_one_value_of_several_places():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|特殊群体类别||||未到校原因|劝返情况
|||贫困|单亲|留守|离异||
1|林晓舟|七年级|√|×|√||厌学|劝返中
2|高远|八年级|||||外出务工|劝返中
"""), merges="A3:A4 B3:B4 C3:C4 D3:G3 H3:H4 I3:I4"))
    value = next(v for v in sub.rows[0].values if v.field == "family_type")
    assert (value.value, value.place, value.raw) == ("贫困、留守", "Sheet1!D5、Sheet1!E5、Sheet1!F5", "√、×、√")
    assert sub.rows[1].get("family_type") is None


def test_ticked_parties_and_modes_and_more_than_one_tick_for_one_answer():
    sub = one(grid(table("""
2023年3月劝返帮教转化工作开展情况表
填报单位：云溪初级中学
序号|姓名|劝返时间|参加单位||||方式||工作情况|结果
|||责任督学|镇街|派出所|学校|入户|电话||
1|林晓舟|2023-03-03|√|√||√|√||谈话|未返校
2|高远|2023-03-05|||||√|√|谈话|转入白石初中
"""), merges="A3:A4 B3:B4 C3:C4 D3:G3 H3:I3 J3:J4 K3:K4"))
    first, second = sub.rows
    assert values_of(first)["parties"] == "责任督学、镇街、学校" and values_of(first)["mode"] == "入户"
    assert "mode" in problems_of(second) and "parties" not in values_of(second)
    assert values_of(second)["dest_school"] == "白石初中"


def test_merged_school_grade_and_reason_fill_only_their_own_range():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|年级|姓名|班级|未到校原因|劝返情况
1|七年级|林晓舟|2|厌学|劝返中
2||江一禾|5||劝返中
3||高远|3||劝返中
"""), merges="B4:B5 E4:E5"))
    _, second, third = sub.rows
    assert values_of(second)["grade"] == "7" and values_of(second)["reason"] == "R01"
    assert next(v.place for v in second.values if v.field == "reason") == "Sheet1!E4"
    assert "grade" not in values_of(third) and "reason" not in values_of(third)


def test_a_value_under_a_merged_cell_is_a_leftover():
    sub = one(grid([[TITLE], [UNIT], ["序号", "姓名", "年级", "班级", "未到校原因", "劝返情况"], [1, "林晓舟", "七年级", "2", "厌学", "劝返中"],
                    [2, "江一禾", "七年级", "5", ("外出务工", {"covered": True}), "劝返中"]], merges="E4:E5"))
    assert values_of(sub.rows[1])["reason"] == "R01" and [x.raw for x in sub.leftovers] == ["外出务工"]


def test_lines_that_are_no_rows_are_known_for_what_they_are():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|班级|未到校原因|劝返情况
⑴|⑵|⑶|⑷|⑸|⑹
例：|张三|七年级|1|厌学|劝返中
七年级
1|林晓舟|七年级|2|厌学|劝返中
小计|1人
（二）八年级
2|高远|八年级|3|外出务工|劝返中
3
合计|2人
备注：1.本表每月25日前报送
2.如无此类学生，必须实行零报告
{SIGNED}
"""), merges="A6:F6 A9:F9"))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "高远"] and not sub.is_zero
    assert {k: kinds(sub)[k] for k in ("A4", "B5", "A6", "A8", "A9", "A11", "B12", "A13", "A14", "A15")} == {
        "A4": "column_no", "B5": "sample", "A6": "section", "A8": "total", "A9": "section", "A11": "filler", "B12": "total", "A13": "note",
        "A14": "note", "A15": "signature"}
    assert not sub.leftovers and not sub.observations


def test_a_total_that_is_not_the_count_is_said():
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|年级|班级|未到校原因|劝返情况\n1|林晓舟|七年级|2|厌学|劝返中\n合计|3人")))
    seen = next(o for o in sub.observations if o.code == "total_differs")
    assert (seen.place, seen.facts["stated"], seen.facts["counted"]) == ("Sheet1!B5", 3, 1)


def test_a_repeated_header_goes_on_with_the_same_list():
    head = "序号|姓名|年级|班级|未到校原因|劝返情况"
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n{head}\n1|林晓舟|七年级|2|厌学|劝返中\n{head}\n2|高远|八年级|3|厌学|劝返中\n合计|2人")))
    assert len(sub.rows) == 2 and kinds(sub)["B5"] == "header" and not sub.observations


def test_a_list_that_starts_in_column_b_and_row_nine_without_serial_numbers():
    sub = one(grid([[]] * 7 + [["", TITLE], ["", UNIT], ["", "姓名", "年级", "班级", "未到校原因", "劝返情况"],
                               ["", "林晓舟", "七年级", "2", "厌学", "劝返中"], ["", SIGNED]]))
    assert sub.rows[0].line == 10 and sub.rows[0].values[0].place == "Sheet1!B11" and sub.filled_by == "郑一鸣"


def test_two_halves_side_by_side_are_one_submission():
    head = "序号|姓名|年级|班级|未到校原因|劝返情况"
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n{head}||{head}\n1|林晓舟|七年级|2|厌学|劝返中||3|江一禾|七年级|5|因病|休学\n2|高远|八年级|3|厌学|劝返中")))
    assert [values_of(r)["seq"] for r in sub.rows] == ["1", "2", "3"]
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n{head}|{head}\n1|林晓舟|七年级|2|厌学|劝返中|2|江一禾|七年级|5|因病|休学")))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "江一禾"]


def test_a_second_table_of_another_form_below_the_first():
    subs = read(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|班级|未到校原因|劝返情况
1|林晓舟|七年级|2|厌学|劝返中
{SIGNED}

劝返帮教转化工作开展情况表
序号|姓名|劝返时间|参加人员|方式|工作情况|结果
1|林晓舟|2023-03-03|郑一鸣、村主任|入户|谈话|未返校
{SIGNED}
""")))
    assert [(s.form, s.school_code, len(s.rows), s.state) for s in subs] == [
        ("absent_list", "3132999102", 1, "accepted"), ("follow_up", "3132999102", 1, "accepted")]
    assert "Sheet1!A7" in {f.place for f in subs[1].furniture}


def test_labels_in_the_first_column_and_pupils_across():
    sub = one(grid(table("""
2023年3月应在校不在校就读学生情况表
填报单位：云溪初级中学
姓名|林晓舟|高远|江一禾
性别|男|男|女
年级|七年级|八年级|七年级
班级|2班|3班|5班
未到校原因|厌学|外出务工|因病
劝返情况|劝返中|劝返中|休学
""")))
    assert [values_of(r)["student_name"] for r in sub.rows] == ["林晓舟", "高远", "江一禾"]
    assert next(v.place for v in sub.rows[2].values if v.field == "class_no") == "Sheet1!D6"


def test_unknown_columns_are_left_over_with_one_remark():
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|民族|性别|政治面貌|年级|班级|未到校原因|劝返情况\n1|林晓舟|汉|男|团员|七年级|2|厌学|劝返中")))
    assert {x.raw for x in sub.leftovers} == {"汉", "团员"} and kinds(sub)["C3"] == "header"
    seen = [o for o in sub.observations if o.code == "unknown_columns"]
    assert len(seen) == 1 and seen[0].facts["labels"] == "“民族”、“政治面貌”"


def test_an_unseen_wording_is_used_and_asked():
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|学生的姓名|性别|年级|班级|未到校主要原因是|劝返情况\n1|林晓舟|男|七年级|2|厌学|劝返中")))
    assert values_of(sub.rows[0])["student_name"] == "林晓舟" and values_of(sub.rows[0])["reason"] == "R01"
    assert "reason" in [o.field for o in sub.observations if o.code == "guessed_header"]


@pytest.mark.parametrize("label", ["到校天数", "已到校天数", "复学截止时间", "转出学校时间"])
def test_a_wording_that_turns_the_meaning_is_not_guessed(label):
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|年级|{label}|未到校原因|劝返情况\n1|林晓舟|七年级|12|厌学|劝返中")))
    assert {x.raw for x in sub.leftovers} == {"12"} and "guessed_header" not in codes(sub)


def test_of_two_columns_with_one_meaning_the_surer_is_used():
    sub = one(grid(table(f"{TITLE}\n{UNIT}\n序号|姓名|年级|辍学原因|未到校原因|劝返情况\n1|林晓舟|七年级|因病|厌学|劝返中")))
    assert values_of(sub.rows[0])["reason"] == "R01" and [x.raw for x in sub.leftovers] == ["因病"]
    assert "duplicate_column" in codes(sub)


# ---- rows that wait ---------------------------------------------------------------------------------------------------

def test_a_struck_row_is_kept_and_does_not_count_and_a_struck_cell_has_no_value():
    gone = {"struck": True}
    sub = one(grid([[TITLE], [UNIT], ["序号", "姓名", "年级", "班级", "未到校原因", "劝返情况"],
                    [(1, gone), ("林晓舟", gone), ("七年级", gone), ("2", gone), ("厌学", gone), ("劝返中", gone)],
                    [2, "高远", "八年级", ("3", gone), "外出务工", "劝返中"]]))
    assert sub.rows[0].held and values_of(sub.rows[0])["student_name"] == "林晓舟"
    assert sub.rows[1].held is None and "划去" in problems_of(sub.rows[1])["class_no"]
    assert "struck_row" in codes(sub)


def test_two_pupils_in_one_line_wait_and_never_become_one():
    sub = one(grid([[TITLE], [UNIT], ["序号", "姓名", "性别", "身份证件号", "年级", "班级", "未到校原因", "劝返情况"],
                    [1, "林晓舟\n江一禾", "男\n女", "990101201003050436\n990102201009111021", "七年级", "2班\n5班", "厌学", "劝返中"]]))
    row = sub.rows[0]
    assert row.held and set(problems_of(row)) == {"student_name", "gender", "id_number", "class_no"}
    assert values_of(row)["grade"] == "7" and len(sub.rows) == 1


def test_a_name_wrapped_in_a_narrow_cell_is_one_name():
    head = ["序号", "姓名", "身份证件号", "年级", "未到校原因", "劝返情况"]
    sub = one(grid([[TITLE], [UNIT], head, [1, "林晓\n舟", "", "七年级", "厌学", "劝返中"],
                    [2, "欧阳\n青禾", "990101200809301228", "九年级", "厌学", "劝返中"], [3, "欧阳\n青禾", "", "九年级", "厌学", "劝返中"]]))
    assert values_of(sub.rows[0])["student_name"] == "林晓舟" and sub.rows[0].held is None
    assert problems_of(sub.rows[1]).keys() == {"student_name"} and sub.rows[1].held is None
    assert sub.rows[2].held


def test_a_row_of_nobody_waits_but_a_number_alone_is_somebody():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|性别|身份证件号|年级|班级|未到校原因|劝返情况
1||男||七年级|2|厌学|劝返中
2||男|990101200907220819|八年级|3|外出务工|劝返中
3|江一禾||||||
4|无|女||七年级|5|因病|休学
""")))
    assert [bool(r.held) for r in sub.rows] == [True, False, False, True]
    assert sum(o.code == "held_row" for o in sub.observations) == 2


def test_a_level_that_the_bureau_does_not_list_holds_the_row_and_a_blank_one_does_not():
    sub = one(grid(table("""
心理重点关注学生台账 2023年3月
填报单位：云溪初级中学
序号|姓名|性别|身份证件号|年级|班级|预警等级|主要表现|目前状态
1|林晓舟|男|990101201003050436|七年级|2|红色|失眠|在跟踪
2|高远|男|990101200907220819|八年级|3||失眠|在跟踪
3|江一禾|女|990102201009111021|七年级|5|三级|失眠|好转
""")))
    assert (sub.form, sub.period) == ("psych_case", "2023-03")
    assert [bool(r.held) for r in sub.rows] == [False, False, True] and "unknown_level" in codes(sub)


def test_one_pupil_over_two_lines_is_one_row():
    sub = one(grid(table(f"""
{TITLE}
{UNIT}
序号|姓名|年级|班级|监护人姓名|监护人电话|未到校原因|劝返情况
1|林晓舟|七年级|2|林大河|19900003100|厌学|劝返中
||||王梅|19900003101||
"""), merges="A4:A5 B4:B5 C4:C5 D4:D5 G4:G5 H4:H5"))
    assert len(sub.rows) == 1 and values_of(sub.rows[0])["guardian_phone"] == "19900003100、19900003101"
    assert "guardian_name" in problems_of(sub.rows[0])


def test_attempts_under_one_merged_name_are_rows_each():
    sub = one(grid(table("""
2023年3月劝返帮教转化工作开展情况表
填报单位：云溪初级中学
序号|姓名|年级|劝返时间|参加人员|方式|工作情况|结果
1|林晓舟|七年级|2023-03-03|郑一鸣|入户|谈话|未返校
|||2023-03-17|郑一鸣|电话|谈话|未返校
"""), merges="A4:A5 B4:B5 C4:C5"))
    assert [values_of(r)["attempt_date"] for r in sub.rows] == ["2023-03-03", "2023-03-17"]
    assert values_of(sub.rows[1])["student_name"] == "林晓舟"


def test_error_cells_and_doubts_are_problems_with_what_is_shown():
    sub = one(grid([[TITLE], [UNIT], ["序号", "姓名", "年级", "身份证件号", "离校时间", "未到校原因", "劝返情况"],
                    [1, "林晓舟", "七年级", ("9.90101E+17", {"kind": "number", "doubt": "作为数字存储，末几位已丢失"}),
                     ("#N/A", {"kind": "error"}), "厌学", "劝返中"]]))
    assert set(problems_of(sub.rows[0])) == {"id_number", "left_date"} and sub.rows[0].held is None
    assert next(v.raw for v in sub.rows[0].values if v.field == "left_date") == "#N/A"


def test_hidden_rows_count_and_are_asked_and_things_beside_cells_too():
    rows = [[TITLE], [UNIT], ["序号", "姓名", "年级", "班级", "未到校原因", "劝返情况"], [1, "林晓舟", "七年级", "2", "厌学", "劝返中"],
            [2, ("高远", {"hidden": True}), "八年级", "3", "外出务工", "劝返中"]]
    sub = one(grid(rows, extras=(("Sheet1!批注C5", "已转学"), ("Sheet1!页眉", "第1页"))))
    assert len(sub.rows) == 2 and {"hidden_rows", "beside_cells"} <= codes(sub)
    assert {x.raw for x in sub.leftovers} == {"已转学", "第1页"}
