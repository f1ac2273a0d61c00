"""Pages for one pupil or one school: labels with their values, headings with text, attempts inside the page."""
from __future__ import annotations

from grids import codes, grid, problems_of, read, table, values_of


def one(*grids, **how):
    subs = read(*grids, **how)
    assert len(subs) == 1, [(s.form, s.sheet, s.state, s.reason) for s in subs]
    return subs[0]


REGISTRATION = grid([
    ["劝返登记表（2023年3月）"], ["一、信息管理"], ["学生姓名*", "林晓舟", "", "性别", "男", "身份证号码", "990101201003050436"],
    ["就读学校及年级", "云溪初级中学七年级", "", "", "", "辍学年月", "2023-02"], ["家长(或监护人)姓名*", "林大河", "", "电话号码", "19900003100"],
    ["家庭住址*", "示例镇东湖村2组8号", "", "", "户籍所在地", "示例镇"], ["二、辍学原因"], ["厌学"], ["三、已采取的帮扶措施"], ["家访两次，与家长谈话"],
    ["四、劝返记录"], ["劝返次数", "劝返人员姓名", "劝返人员电话", "劝返时间(yyyy-MM)", "劝返就读情况记录"],
    [1, "郑一鸣、何文娟", "19900007000", "2023-02", "未返校"], [2, "郑一鸣", "19900007000", "2023-03", "同意返校"], [3]],
    merges="A1:G1 A2:G2 B4:E4 B5:C5 E5:G5 B6:D6 F6:G6 A7:G7 A8:G8 A9:G9 A10:G10 A11:G11")


def test_a_registration_page_with_headings_and_its_attempts():
    sub = one(REGISTRATION)
    page, *attempts = sub.rows
    assert (sub.form, sub.school_code, page.form) == ("case_file", "3132999102", "case_file")
    assert values_of(page) == {"student_name": "林晓舟", "gender": "男", "id_number": "990101201003050436", "grade": "7", "guardian_name": "林大河",
                               "guardian_phone": "19900003100", "address": "示例镇东湖村2组8号", "left_date": "2023-02", "reason": "R01",
                               "measures": "家访两次，与家长谈话"}
    assert [a.form for a in attempts] == ["follow_up", "follow_up"]
    assert values_of(attempts[0])["attempt_date"] == "2023-02" and values_of(attempts[0])["attempt_no"] == "1"
    assert values_of(attempts[1])["student_name"] == "林晓舟" and attempts[1].held is None
    assert {x.raw for x in sub.leftovers} >= {"19900007000", "户籍所在地"} and "unknown_columns" in codes(sub)


def test_side_labels_tell_whose_name_it_is_and_repeated_labels_are_attempts():
    sub = one(grid(table("""
一生一档
学校：云溪初级中学|||填报时间：2023年3月20日
学生¶基本¶情况|姓名|林晓舟|性别|男
|身份证号|990101201003050436|出生年月|2010年3月
|年级|七年级|班级|2班
监护人¶情况|姓名|林大河|与学生关系|父亲
|联系电话|19900003100|家庭住址|示例镇东湖村2组
辍学原因|厌学
劝返¶记录|劝返时间|2023-03-03|劝返方式|入户
|参加人员|郑一鸣、何文娟|结果|未返校
|劝返时间|2023-03-17|劝返方式|电话
|参加人员|郑一鸣|结果|承诺返校
目前状态|劝返中
监护人意见|同意返校|||签名：
班主任|郑一鸣|联系电话|19900007000|
填表人：何文娟|||负责人：罗秋实 联系电话：19900009999
"""), merges="A1:E1 A2:C2 D2:E2 A3:A5 A6:A7 B8:E8 A9:A12 B13:E13 B14:D14"))
    page, *attempts = sub.rows
    said = values_of(page)
    assert (said["student_name"], said["guardian_name"], said["guardian_relation"], said["guardian_phone"]) == ("林晓舟", "林大河", "父亲", "19900003100")
    assert (said["owner_name"], said["owner_phone"], said["status"], said["form_date"]) == ("郑一鸣", "19900007000", "open", "2023-03-20")
    assert [(values_of(a)["attempt_date"], values_of(a)["mode"]) for a in attempts] == [("2023-03-03", "入户"), ("2023-03-17", "电话")]
    assert (sub.filled_by, sub.approved_by, sub.filled_date) == ("何文娟", "罗秋实", "2023-03-20")
    assert "19900009999" not in said.values() and not sub.leftovers


def test_labels_over_their_values():
    sub = one(grid(table("""
劝返复学一生一档
填报单位：云溪初级中学 2023年3月
姓名|性别|身份证件号|年级|班级
林晓舟|男|990101201003050436|七年级|2
监护人姓名|监护人电话|家庭住址|离校时间|辍学原因
林大河|19900003100|示例镇东湖村|2023-02-20|厌学
已采取的帮扶措施
家访两次
目前状态|劝返中
"""), merges="A1:E1 A2:E2 A7:E7 A8:E8 B9:E9"))
    said = values_of(sub.rows[0])
    assert (said["class_no"], said["guardian_phone"], said["reason"], said["measures"], said["status"]) == ("2", "19900003100", "R01", "家访两次", "open")
    assert not sub.leftovers


def test_several_pages_on_a_sheet_are_a_submission_each():
    page = "一生一档\n学校：云溪初级中学\n姓名|{}|性别|男\n年级|七年级|班级|2班\n辍学原因|厌学|目前状态|劝返中\n"
    subs = read(grid(table(page.format("林晓舟") + page.format("高远"))))
    assert [values_of(s.rows[0])["student_name"] for s in subs] == ["林晓舟", "高远"]
    assert [s.school_code for s in subs] == ["3132999102"] * 2 and len({s.submission_id for s in subs}) == 2
    assert "Sheet1!A6" in {f.place for f in subs[1].furniture}


def test_pairs_in_lines_of_text_without_a_table():
    sub = one(grid([["劝返复学一生一档"], ["学校：云溪初级中学    2023年3月"], ["学生姓名：林晓舟  性别：男  年级：七年级  班级：2班"],
                    ["身份证号：990101201003050436  出生日期：2010-03-05"], ["监护人：林大河  联系电话：19900003100"], ["家庭住址：示例镇东湖村2组"],
                    ["离校时间：2023-02-20   辍学原因：厌学"], ["目前状态：劝返中"], ["填表人：郑一鸣  填表日期：2023年3月20日"]]))
    said = values_of(sub.rows[0])
    assert (said["student_name"], said["class_no"], said["guardian_phone"], said["address"], said["reason"]) == (
        "林晓舟", "2", "19900003100", "示例镇东湖村2组", "R01")
    assert sub.filled_by == "郑一鸣" and sub.filled_date == "2023-03-20"


def test_a_word_of_a_list_is_the_value_although_it_is_a_label_elsewhere():
    sub = one(grid(table("""
一生一档 2023年3月
姓名|林晓舟|学校|云溪初级中学
年级|七年级|班级|2班
劝返时间|2023-03-03|劝返方式|电话
参加人员|郑一鸣|结果|未返校
""")))
    assert values_of(sub.rows[1])["mode"] == "电话" and "guardian_phone" not in values_of(sub.rows[0])


def test_blank_places_stay_blank_and_take_nothing_from_the_next_row():
    sub = one(grid(table("""
一生一档 2023年3月
学校|云溪初级中学||
姓名|林晓舟|性别|
年级|七年级|班级|
家庭住址|||
户籍所在地|示例镇||
辍学原因|厌学|目前状态|劝返中
"""), merges="B5:D5 B6:D6"))
    assert values_of(sub.rows[0]) == {"student_name": "林晓舟", "grade": "7", "reason": "R01", "status": "open"}


def test_a_page_without_name_or_number_waits():
    sub = one(grid(table("一生一档 2023年3月\n学校|云溪初级中学||\n姓名||性别|男\n年级|七年级|班级|2\n辍学原因|厌学|目前状态|劝返中")))
    assert sub.rows[0].held and "held_row" in codes(sub)


def test_attempts_in_a_table_of_their_own_after_the_page():
    page = grid(table("一生一档 2023年3月\n学校|云溪初级中学||\n姓名|林晓舟|性别|男\n年级|七年级|班级|2\n辍学原因|厌学|目前状态|劝返中"), name="t1")
    attempts = grid(table("劝返次数|劝返时间|劝返人员|劝返方式|劝返结果\n1|2023-03-03|郑一鸣|入户|未返校\n2|2023-03-17|郑一鸣|电话|未返校\n填表人：郑一鸣"), name="t2")
    sub = one(page, attempts, medium="docx")
    assert [r.form for r in sub.rows] == ["case_file", "follow_up", "follow_up"] and sub.filled_by == "郑一鸣"
    assert values_of(sub.rows[1])["student_name"] == "林晓舟"


def test_a_page_that_runs_on_in_a_second_table():
    first = grid(table("一生一档 2023年3月\n学校|云溪初级中学||\n姓名|林晓舟|性别|男\n年级|七年级|班级|2"), name="t1")
    second = grid(table("辍学原因|厌学\n已采取的帮扶措施|家访\n目前状态|劝返中"), name="t2")
    sub = one(first, second, medium="docx")
    assert values_of(sub.rows[0])["measures"] == "家访" and values_of(sub.rows[0])["status"] == "open"


def test_the_next_pupils_page_in_the_next_table_inherits_school_and_month():
    page = "姓名|{}|性别|男\n年级|七年级|班级|2\n辍学原因|厌学|目前状态|劝返中"
    first = grid(table("一生一档 2023年3月\n学校：云溪初级中学\n" + page.format("林晓舟")), name="t1")
    subs = read(first, grid(table(page.format("高远")), name="t2"), medium="docx")
    assert [(values_of(s.rows[0])["student_name"], s.school_code, s.form, s.state) for s in subs] == [
        ("林晓舟", "3132999102", "case_file", "accepted"), ("高远", "3132999102", "case_file", "accepted")]


def test_a_page_about_the_school_as_a_list_of_items():
    sub = one(grid(table("""
心理健康教育工作统计表
填报单位：云溪初级中学 填报日期：2023年3月20日
序号|项目|数值|备注
1|在校学生数|608|
2|专职心理教师|1|
3|兼职心理教师|2|
4|心理教师培训学时|40、36、20|
5|班主任培训学时最少|4|
6|心理咨询室|有|
7|每周开放小时|6|
""")))
    assert sub.form == "support_work" and len(sub.rows) == 1 and not sub.leftovers
    assert values_of(sub.rows[0])["psych_hours"] == "40、36、20" and values_of(sub.rows[0])["room"] == "true"


def test_a_page_about_the_school_with_pairs_side_by_side():
    sub = one(grid(table("""
2023年3月安全风险分析研判与综合治理月报
填报单位|云溪初级中学|填报日期|2023年3月24日
本月分析研判日期|2023年3月6日|排查隐患数|5
整改隐患数|5|演练次数|1
举报信箱|校门口|举报电话|0523-88880000
填报人|郑一鸣|负责人|罗秋实
""")))
    assert (sub.form, sub.school_code, sub.filled_by, sub.filled_date) == ("safety_month", "3132999102", "郑一鸣", "2023-03-24")
    assert values_of(sub.rows[0])["report_phone"] == "0523-88880000"


def test_other_forms_as_pages_too():
    sub = one(grid(table("特异体质学生档案\n学校|云溪初级中学||\n学生姓名|林晓舟|性别|男\n年级|七年级|病种|哮喘\n能否参加体育活动|适当减量|判定人|何文娟")))
    assert (sub.form, len(sub.rows)) == ("health_roster", 1) and values_of(sub.rows[0])["disease"] == "D05"


def test_the_levels_of_a_screening_are_counted_by_their_columns():
    sub = one(grid(table("""
2023年春学期心理健康筛查汇总表
填报单位：云溪初级中学
年级|应测人数|实测人数|未测原因|各等级人数|||访谈人数|筛查时间
||||红色|橙色|黄色||
七年级|210|208|请假|1|3|10|4|2023.3.1-3.10
八年级|198|198||0|约2|8|2|2023.3.1-3.10
合计|408|406||1|5|18|6|
"""), merges="A1:I1 E3:G3"))
    first, second = sub.rows
    value = next(v for v in first.values if v.field == "level_counts")
    assert (value.value, value.place) == ("红色=1、橙色=3、黄色=10", "Sheet1!E5、Sheet1!F5、Sheet1!G5")
    assert "level_counts" in problems_of(second) and (values_of(first)["date_from"], values_of(first)["date_to"]) == ("2023-03-01", "2023-03-10")


def test_the_statement_of_moves_with_two_header_rows_and_a_row_a_school():
    subs = read(grid(table("""
巩固率统计表
学校|入学人数|毕业生人数|增加人数||||减少人数||||净增加|巩固率
|||转进|借读|其它|小计|转出|休学|其它|小计||
⑴|⑵|⑶|⑷|⑸|⑹|⑺|⑻|⑼|⑽|⑾|⑿|⒀
云溪初级中学|300|98|3|1|0|4|2|1|0|3|1|100%
青禾小学|200|40||||||1||1||99.5%
合计|500|138|3|1|0|4|2|9|0|4||
"""), merges="A2:A3 B2:B3 C2:C3 D2:G2 H2:K2 L2:L3 M2:M3"))
    assert [(s.school_code, s.form) for s in subs] == [("3132999102", "retention"), ("2132999101", "retention")]
    said = values_of(subs[0].rows[0])
    assert (said["in_transfer"], said["in_other"], said["in_total"], said["out_other"], said["out_total"], said["retention_rate"]) == (
        "3", "0", "4", "0", "3", "1")


def test_who_answers_for_whom():
    sub = one(grid(table("""
包保责任表
填报单位：云溪初级中学
序号|包保层级|包保对象|责任人|职责|联系电话|起止时间
1|校长|全校|罗秋实|总负责|19900007004|2023.2-2023.6
2|班主任|七(2)班|郑一鸣|班级|19900007000|2023年2月至6月
""")))
    assert sub.form == "responsibility" and not sub.leftovers and not sub.observations
    assert values_of(sub.rows[1]) == {"level": "班主任", "scope": "七(2)班", "person": "郑一鸣", "duty": "班级", "phone": "19900007000",
                                      "start": "2023-02", "end": "2023-06"}


def test_an_unfilled_page_gives_no_value_and_takes_none_from_the_signatures():
    sub = one(grid(table("""
2023年3月综合治理月报
填报单位：云溪初级中学
排查隐患数|1|演练次数|2|移交线索数|0
研判时间（必填）||举报邮箱|
填报人|郑一鸣|负责人|罗秋实
""")))
    assert values_of(sub.rows[0]) == {"hazards_found": "1", "drills": "2", "clues_reported": "0"} and sub.approved_by == "罗秋实"
    subs = read(grid(table("一生一档\n学校：云溪初级中学 2023年3月\n姓名||性别|\n年级||班级|\n辍学原因|||\n填表人||负责人|"), merges="B5:D5"))
    assert [(s.state, s.reason_code, len(s.rows)) for s in subs] == [("held", "not_a_form", 0)]


def test_labels_broken_over_lines_in_text_and_long_lines_of_pairs():
    sub = one(grid([["学生特异体质"], ["填报单位：示例区云溪初级中学   填报日期：2023年3月24日"],
                    ["重点关注学生：罗文    学籍号*：G990101200901010017    公民身份号码：990101201003050436"], ["病种：哮喘"],
                    ["现年\n级：八年级    特殊家庭：单亲    监护人姓名：任宇涵"], ["体\n育活动建议：____    家庭住址：示例镇"]]))
    said = values_of(sub.rows[0])
    assert (sub.form, said["student_name"], said["grade"], said["disease"], said["address"]) == ("health_roster", "罗文", "8", "D05", "示例镇")
    assert "pe_allowed" not in said
