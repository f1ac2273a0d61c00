"""Heads, titles and answers in everyday words, and cells in which a post, a pair or a number stands beside a name."""
from __future__ import annotations

import pytest
from grids import SCHOOLS, grid, read, table, values_of, world

from carelib import catalogue, values
from carelib.read import lexicon as lexicons
from carelib.world import School

CATALOGUE = catalogue.load()
LEXICON = lexicons.of(CATALOGUE)
CONTEXT = values.Context(CATALOGUE.codes, "2023-03", "初中", ("7", "8", "9"))
UNIT = "填报单位：云溪初级中学"
KINDERGARTEN = School("1132999106", "示例区小草幼儿园", ("小草幼儿园",), "幼儿园", "公办", ("小班", "中班", "大班"))


def parse(form: str, name: str, text: str) -> str | None:
    return values.parse(text, CATALOGUE.forms[form].fields[name], CONTEXT).value


# ---- names --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "name", "relation"), [
    ("严永强父子", "严永强", "父亲"), ("水国栋祖孙", "水国栋", None), ("严秀英母子", "严秀英", "母亲"), ("莫桂兰姑侄", "莫桂兰", "其他亲属"),
    ("买买提·吐逊父子", "买买提·吐逊", "父亲"), ("严永强 父子", "严永强", "父亲"), ("霜降父子", "霜降", "父亲")])
def test_what_two_are_to_each_other_is_no_part_of_the_name(text, name, relation):
    row, = read(grid(table(f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 年级 | 监护人 | 离校时间 | 未到校原因\n严小鱼 | 七年级 | {text} | 2023-02-20 | 厌学")))[0].rows
    assert (values_of(row).get("guardian_name"), values_of(row).get("guardian_relation")) == (name, relation)


def test_a_pair_behind_anybody_elses_name_is_asked():
    assert parse("absent_list", "owner_name", "严永强父子") is None and parse("absent_list", "guardian_name", "霜降父子") is None


@pytest.mark.parametrize(("cell", "person", "level"), [
    ("园长霜降", "霜降", "校长"), ("副园长立夏", "立夏", "分管校长"), ("大二班班主任芒种", "芒种", "班主任"), ("后勤副园长钟山", "钟山", "分管校长"),
    ("校长助理", None, None), ("校长办公室", None, None), ("班主任老师", None, None)])
def test_a_name_without_a_usual_surname_behind_a_post(cell, person, level):
    row, = read(grid(table(f"包保责任表\n{UNIT}\n包保对象 | 责任人 | 联系电话\n大班 | {cell} | 19900001111")))[0].rows
    assert (values_of(row).get("person"), values_of(row).get("level")) == (person, level)


def test_a_telephone_behind_the_name_of_who_answers():
    row, = read(grid(table(f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 年级 | 离校时间 | 未到校原因 | 责任人\n严小鱼 | 七年级 | 2023-02-20 | 厌学 | 洪梅19900003233")))[0].rows
    assert (values_of(row)["owner_name"], values_of(row)["owner_phone"]) == ("洪梅", "19900003233")


def test_a_class_of_grade_and_number_under_the_head_of_the_class():
    row, = read(grid(table(f"2023年3月应在校不在校就读学生情况表\n{UNIT}\n姓名 | 班 | 离校时间 | 未到校原因\n严小鱼 | 八2 | 2023-02-20 | 厌学")))[0].rows
    assert (values_of(row)["grade"], values_of(row)["class_no"]) == ("8", "2")


# ---- titles, zero reports, senders --------------------------------------------------------------------------------------

def test_a_list_of_a_kindergarten_with_dashes_and_a_word_is_a_zero_report():
    text = "小草幼儿园2023年3月应在园不在园幼儿登记\n姓名 | 班级 | 不来原因 | 家长 | 电话\n— | — | — | — | —\n本月没有\n填：白露 | | 园长：霜降 | | 2023-03-22"
    sub, = read(grid(table(text)), of=world(schools=(*SCHOOLS, KINDERGARTEN)))
    assert (sub.form, sub.state, sub.is_zero, sub.filled_by, sub.approved_by) == ("absent_list", "accepted", True, "白露", "霜降")


def test_a_letter_that_says_zero_in_the_middle_of_a_line():
    text = "应在园不在园幼儿情况报告（2023年3月）\n截至3月20日，我园在册幼儿213人，没有应来而长期不来的小朋\n友，本月为零。\n园长：莫愁湖\n报告人：燕子矶\n小草幼儿园（章）\n2023年3月20日"
    sub, = read(grid(table(text)), of=world(schools=(*SCHOOLS, KINDERGARTEN)))
    assert (sub.form, sub.state, sub.is_zero, sub.school_code) == ("absent_list", "accepted", True, KINDERGARTEN.code)


def test_a_sentence_about_another_school_does_not_name_the_sender():
    text = "一人一案\n学生姓名 | 严小鱼 | 性别 | 男\n班级 | 七年级（2）班 | 离校时间 | 2023年2月20日\n奇怪的栏目 | 每周联系一次；愿意读书的，提前联系区临湖学校\n填表：罗秋实 | 2023年3月21日"
    sub, = read(grid(table(text)), file="云溪初级中学/一人一案.xlsx")
    assert sub.school_code == "3132999102"


@pytest.mark.parametrize(("title", "form"), [
    ("特殊体质宝宝名单", "health_roster"), ("身体特殊学生名单", "health_roster"), ("在册未到校学生登记表", "absent_list"), ("家访劝学情况一览", "follow_up"),
    ("应到校未到校学生排查", "absent_list")])
def test_titles_in_the_words_of_a_school(title, form):
    assert LEXICON.title_forms(title)[0][1] == form


# ---- heads --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("form", "printed", "name"), [
    ("absent_list", "从什么时候起没来", "left_date"), ("absent_list", "走后干什么", "whereabouts"), ("absent_list", "找了几回", "attempt_count"),
    ("absent_list", "来了没有", "status"), ("health_roster", "哪里不好", "disease"), ("health_roster", "能运动吗", "pe_allowed"),
    ("health_roster", "老师要留意", "precautions"), ("health_roster", "身高", None), ("health_roster", "老师要注意", "precautions"), ("screening", "做了几个", "screened"),
    ("screening", "为啥没做", "not_screened_reason"), ("retention", "不上了", "out_dropout"), ("safety_month", "其中已改好", "hazards_closed"),
    ("responsibility", "怎么包", "duty"), ("follow_up", "谈了什么", "content"), ("case_file", "个别化方案", "plan"),
    ("support_work", "县未成年人成长指导中心电话公布没有", "centre_phone_posted"), ("support_work", "学校咨询电话上墙没有", "hotline_posted")])
def test_a_head_in_everyday_words(form, printed, name):
    match = LEXICON.find_loosely(form, (printed,))
    assert (match.fields[0] if match else None) == name


def test_a_list_of_duties_under_heads_of_one_word():
    text = f"云溪初级中学包保安排\n谁 | 岗 | 负责哪里 | 做什么 | 手机\n罗秋实 | 校长 | 全校 | 每月一次研判 | 19900005618\n秦朗 | 业务副校长 | 七年级 | 每周看班 | 19900005621\n{UNIT}"
    sub, = read(grid(table(text)))
    assert [values_of(r)["level"] for r in sub.rows] == ["校长", "分管校长"]
    assert values_of(sub.rows[0]) == {"level": "校长", "scope": "全校", "person": "罗秋实", "duty": "每月一次研判", "phone": "19900005618"}


@pytest.mark.parametrize(("cells", "name", "value"), [(("哮喘", "癫痫"), "disease", "D05"), (("单亲", "留守"), "family_type", "单亲")])
def test_a_head_of_two_meanings_is_what_its_column_reads_well_as(cells, name, value):
    first, second = cells
    sub, = read(grid(table(f"特殊体质学生名单\n{UNIT}\n姓名 | 年级 | 特殊情况 | 能否参加体育活动\n严小鱼 | 七年级 | {first} | 正常参加\n严小舟 | 八年级 | {second} | 免修")))
    assert values_of(sub.rows[0])[name] == value


def test_a_bare_word_for_a_number_or_a_date_belongs_to_what_stands_before_it():
    sub, = read(grid(table(f"特殊体质学生名单\n{UNIT}\n姓名 | 年级 | 病 | 能运动吗 | 谁定的 | 什么时候 | 监护人 | 关系 | 号码\n严小鱼 | 七年级 | 癫痫 | 慢一点 | 罗秋实 | 2023-02-20 | 严大海 | 爸爸 | 19900005703")))
    said = values_of(sub.rows[0])
    assert (said["judged_by"], said["judged_on"], said["guardian_phone"], said["pe_allowed"]) == ("罗秋实", "2023-02-20", "19900005703", "适当减量")
    page, = read(grid(table(f"安全月报（2023年3月）\n{UNIT}\n隐患 | 改好 | 演练 | 举报箱 | 电话\n3 | 2 | 1 | 大门口 | 0523-80990202")))
    assert values_of(page.rows[0]) == {"hazards_found": "3", "hazards_closed": "2", "drills": "1", "report_box": "大门口", "report_phone": "0523-80990202"}


# ---- pages --------------------------------------------------------------------------------------------------------------

PAGE = "一人一案\n学生姓名 | 严小鱼 | 性别 | 男\n班级 | 七年级（2）班 | 离校时间 | 2023年2月20日\n"


def test_a_title_that_is_a_label_too_does_not_take_the_place_of_the_label():
    sub, = read(grid(table(f"{PAGE}本学期帮扶计划 | 结对教师每周联系一次\n{UNIT}")))
    assert values_of(sub.rows[0])["plan"] == "结对教师每周联系一次"


def test_what_pupil_and_parents_think_is_one_text_and_no_name():
    sub, = read(grid(table(f"{PAGE}学生及家长态度 | 叔叔：麻烦老师了，我们尽力\n{UNIT}")))
    assert values_of(sub.rows[0])["guardian_opinion"] == "叔叔：麻烦老师了，我们尽力" and values_of(sub.rows[0])["student_name"] == "严小鱼"


def test_text_under_a_label_that_stands_alone_in_its_line():
    text = f"学生个人档案\n{UNIT}\n姓名：严小鱼 | 性别：男\n班级：七年级（2）班 | 离校时间：2023年2月20日\n失学缘由\n学习跟不上\n家长怎么说\n只要他肯去，我们都支持\n建档人：罗秋实 | 建档日期：2023.3.15"
    said = values_of(read(grid(table(text)))[0].rows[0])
    assert (said["reason"], said["guardian_opinion"], said["form_date"]) == ("R01", "只要他肯去，我们都支持", "2023-03-15")


# ---- answers ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("form", "name", "text", "value"), [
    ("health_roster", "disease", "牛奶、鸡蛋过敏", "D98"), ("health_roster", "disease", "癫痫、牛奶过敏", "D02、D98"), ("health_roster", "disease", "牛奶、癫痫", None),
    ("health_roster", "disease", "先天性心脏病，已手术", "D01"), ("health_roster", "disease", "左手三指缺失", "D08"),
    ("health_roster", "pe_allowed", "和大家一样", "可正常参加"), ("health_roster", "pe_allowed", "不跑不跳", "不宜剧烈运动"), ("health_roster", "pe_allowed", "能上一点", "适当减量"),
    ("health_roster", "pe_allowed", "能上就上", None), ("health_roster", "pe_allowed", "缓一缓", None), ("health_roster", "pe_allowed", "不能上长跑", None),
    ("absent_list", "status", "没来", "open"), ("absent_list", "status", "3月21日已经来上课了", "returned"), ("absent_list", "status", "家长没来", None),
    ("absent_list", "status", "来了又走", None), ("absent_list", "status", "入学通知还没来", None), ("absent_list", "status", "在特校上学", "elsewhere"),
    ("absent_list", "reason", "全家回安徽老家了", "R11"), ("absent_list", "reason", "跟同学打架后不敢来", "R13"), ("absent_list", "reason", "出水痘在家隔离", "R04"),
    ("absent_list", "reason", "跟着亲戚去学修车", "R03"), ("absent_list", "whereabouts", "外婆家", "W01"), ("absent_list", "whereabouts", "在外婆家读书", None),
    ("absent_list", "whereabouts", "省儿童医院", "W05"), ("absent_list", "whereabouts", "妈妈在县医院", None), ("absent_list", "family_type", "父母长年在外", "留守"),
    ("psych_case", "status", "还在跟", "在跟踪"), ("psych_case", "status", "稳定些了", "平稳"), ("psych_case", "status", "不用管", None)])
def test_answers_in_everyday_words(form, name, text, value):
    assert parse(form, name, text) == value


@pytest.mark.parametrize(("cell", "person", "day"), [
    ("体育组夏雨 2023.2.21", "夏雨", "2023-02-21"), ("夏雨（2023年2月21日）", "夏雨", "2023-02-21"), ("体育组夏雨2023.2.21", "夏雨", "2023-02-21"),
    ("教务处 2023.2.20", None, None)])
def test_who_judged_and_when_in_one_cell_and_a_part_of_the_school_is_nobody(cell, person, day):
    row, = read(grid(table(f"特殊体质学生名单\n{UNIT}\n姓名 | 年级 | 病 | 能运动吗 | 谁定的、哪天\n严小鱼 | 七年级 | 癫痫 | 免修 | {cell}")))[0].rows
    assert (values_of(row).get("judged_by"), values_of(row).get("judged_on")) == (person, day)


@pytest.mark.parametrize("text", ["体育组", "教务处", "保健医", "体育组夏雨", "园长办公室"])
def test_a_part_of_a_school_is_nobodys_name(text):
    assert parse("health_roster", "judged_by", text) is None


def test_text_under_a_label_runs_on_in_a_broken_line_and_ends_at_the_name_of_a_table():
    long = "以生活自理为目标，本学期学会用勺进食、用图卡表达需要；下学期视身体情况试行每月到校"
    text = f"学生个人档案\n{UNIT}\n姓名：严小鱼 | 性别：男\n班级：七年级（2）班 | 离校时间：2023年2月20日\n个别化方案\n{long}\n半天。\n家长意见\n很感谢。\n送教记录\n日期 | 教师 | 形式 | 内容\n2023-03-02 | 罗秋实 | 上门 | 认字"
    said = values_of(read(grid(table(text)))[0].rows[0])
    assert (said["plan"], said["guardian_opinion"]) == (f"{long}半天。", "很感谢。")


# ---- what people say in their own words -----------------------------------------------------------------------------------

def test_a_part_of_a_school_that_reports_by_itself_is_the_school():
    sub, = read(grid(table("应在校不在校就读学生情况表（2023年3月）\n填报单位：云溪初级中学（初中部）  填报人：郑一鸣\n姓名 | 年级 | 班级 | 未到校原因\n林晓舟 | 七年级 | 3 | 厌学")))
    assert (sub.state, sub.school_code is not None, len(sub.rows)) == ("accepted", True, 1)


@pytest.mark.parametrize(("form", "name", "text", "value"), [
    ("absent_list", "reason", "书念不进去，想学修车", "R01"), ("absent_list", "reason", "甲亢，医生建议静养", "R04"), ("absent_list", "reason", "骨折在家休养", "R04"),
    ("absent_list", "reason", "附条件不起诉，在观护基地", "R09"), ("absent_list", "reason", "爷爷说女娃认得几个字就行了", "R12"),
    ("absent_list", "reason", "说被高年级要钱，不敢来", "R13"), ("absent_list", "reason", "嫌学校管得严，与班主任顶撞后离校", "R13"),
    ("absent_list", "reason", "随父母到无锡上学", "R15"), ("absent_list", "reason", "家中老人重病，需其照看", None),
    ("absent_list", "reason", "家里老人骨折", None), ("absent_list", "reason", "父亲骨折在家休养", None),
    ("absent_list", "reason", "父母不重视", "R12"), ("absent_list", "status", "在外就读", "elsewhere"), ("absent_list", "status", "拟在外就读", None),
    ("absent_list", "whereabouts", "市特殊教育学校", "W04"), ("absent_list", "whereabouts", "无锡市新安中学（已入学）", "W04"),
    ("absent_list", "whereabouts", "无锡市新安中学（未入学）", None), ("absent_list", "whereabouts", "拟去市特殊教育学校", None),
    ("health_roster", "pe_allowed", "免体一个月", "免修"), ("health_roster", "pe_allowed", "暂不参加", "免修"),
    ("responsibility", "level", "一级（校长）", "校长"), ("responsibility", "level", "二级（分管园长）", "分管校长"), ("responsibility", "level", "第三级：年级组长", "年级主任"),
    ("responsibility", "level", "四级-班主任", "班主任"), ("responsibility", "level", "五级责任人（任课教师）", "任课教师"),
    ("support_work", "psych_hours", "48\n44\n40", "48、44、40"), ("support_work", "psych_hours", "4\n8、44、40、16", None),
    ("responsibility", "level", "三级", None)])
def test_what_people_say_in_their_own_words(form, name, text, value):
    assert parse(form, name, text) == value


# ---- answers in people's own words -----------------------------------------------------------------------------------------

@pytest.mark.parametrize(("form", "field", "text", "value"), [
    ("absent_list", "reason", "跟人订了婚", "R10"), ("absent_list", "reason", "打群架，等公安处理", "R09"), ("absent_list", "reason", "转去市里读书，档案没跟走", "R15"),
    ("absent_list", "reason", "学籍还在我校，人在西安上学", "R15"), ("absent_list", "reason", "送到寺里念经", "R16"), ("absent_list", "reason", "妈妈改嫁带走", "R07"),
    ("absent_list", "reason", "跟着打工的爸爸去了新疆库尔勒", "R11"), ("absent_list", "reason", "家里让看弟弟，说女娃读书没用", "R12"),
    ("absent_list", "reason", "哥哥介绍到外省打工", "R03"), ("absent_list", "reason", "家里找不到接送的人", "R07"), ("absent_list", "reason", "跌到坎下摔伤胳膊", "R04"),
    ("absent_list", "reason", "学费由打工的父亲承担", None),
    ("absent_list", "whereabouts", "跟叔叔在工地", "W02"), ("absent_list", "whereabouts", "镇上美容院做工", "W02"), ("absent_list", "whereabouts", "去宁夏搬砖", "W02"),
    ("absent_list", "whereabouts", "在县城餐馆端盘子", "W02"), ("absent_list", "whereabouts", "母亲带到外地", "W03"), ("absent_list", "whereabouts", "河州一清真寺", "W98"),
    ("absent_list", "whereabouts", "市里医院陪护", None), ("absent_list", "whereabouts", "深圳市龙岗区某中学", "W04"), ("absent_list", "status", "3月9日到校", "returned"),
    ("absent_list", "status", "没到校", "open"), ("health_roster", "pe_allowed", "少跑少跳，减半", "适当减量"), ("health_roster", "pe_allowed", "暂停体育活动", "免修"),
    ("health_roster", "pe_allowed", "不参加剧烈的", "不宜剧烈运动"), ("health_roster", "disease", "牛奶蛋白过敏", "D98"), ("health_roster", "disease", "右耳听力残疾，戴助听器", "D08"),
    ("health_roster", "disease", "高血压、肥胖", "D04、D98")])
def test_answers_in_people_s_own_words(form, field, text, value):
    assert parse(form, field, text) == value


def test_heads_of_health_rosters_in_everyday_words_and_classes_between_the_rows():
    rows = read(grid(table("""示例区小草幼儿园2023年春季特异体质幼儿名册
序号 | 姓名 | 性别 | 病种/体质情况 | 能否参加体育活动 | 要注意的
小一班
1 | 严小鱼 | 男 | 哮喘 | 能参加 | 带好喷剂
大三班（1人）
2 | 林晓舟 | 女 | 蚕豆病 | 能参加 | 食谱另做""")), of=world(schools=(KINDERGARTEN,)))[0].rows
    wanted = [("D05", "小班", "1", "带好喷剂"), ("D98", "大班", "3", "食谱另做")]
    assert [tuple(values_of(r).get(f) for f in ("disease", "grade", "class_no", "precautions")) for r in rows] == wanted


def test_the_last_and_the_next_of_two_dates_under_one_head():
    row, = read(grid(table(f"""心理重点关注学生台账
{UNIT}
姓名 | 年级 | 等级 | 主要表现 | 跟踪 |
 |  |  |  | 本次 | 下次
林晓舟 | 七年级 | 一级 | 失眠 | 2023.3.20 | 2023.3.27"""), merges="E3:F3 A3:A4 B3:B4 C3:C4 D3:D4"))[0].rows
    assert values_of(row)["last_followup"] == "2023-03-20"


# ---- figures ------------------------------------------------------------------------------------------------------------

def test_a_record_with_a_formula_numbers_no_columns():
    sub, = read(grid(table(f"""巩固率统计表
{UNIT}
学校 | 学年初在校生 | 转入 | 复学 | 转出 | 休学 | 辍学 | 净增（减） | 巩固率(%)
 | 837 | 5 | 2 | 4 | 3 | 0 | =C4-E4 | 100""")))
    assert not sub.is_zero and values_of(sub.rows[0])["base_count"] == "837"


def test_columns_may_be_numbered_with_their_sums():
    sub, = read(grid(table(f"""巩固率统计表
{UNIT}
年级 | 学年初在校生 | 转入 | 复学 | 小计 | 转出
1 | 2 | 3 | 4 | 5=3+4 | 6
七年级 | 837 | 5 | 2 | 7 | 4""")))
    assert [values_of(r)["base_count"] for r in sub.rows] == ["837"]


def test_grades_side_by_side_may_be_bare_numbers():
    sub, = read(grid(table(f"""心理健康筛查汇总表
{UNIT}
年级 | 7 | 8 | 9
应测人数 | 171 | 174 | 182
实测人数 | 166 | 169 | 180
未测人数 | 5 | 5 | 2
未测原因 | 病假 | 事假 | 住院""")))
    assert [(values_of(r)["grade"], values_of(r)["enrolled"]) for r in sub.rows] == [("7", "171"), ("8", "174"), ("9", "182")]


@pytest.mark.parametrize(("label", "text", "wanted"), [
    ("时间", "2023.2.27-3.3", ("2023-02-27", "2023-03-03")), ("时间", "2023.3.9", (None, None)), ("开始 | 结束", "2023.2.27 | 2023.3.3", ("2023-02-27", "2023-03-03"))])
def test_the_days_of_a_screening(label, text, wanted):
    row, = read(grid(table(f"心理健康筛查汇总表\n{UNIT}\n年级 | 应测人数 | 实测人数 | {label}\n七年级 | 171 | 166 | {text}")))[0].rows
    assert (values_of(row).get("date_from"), values_of(row).get("date_to")) == wanted
