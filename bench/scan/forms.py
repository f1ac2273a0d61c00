"""Invented forms with their truth: what is printed in which row and column, and which field a column holds.

Everything hangs on the seed. Pupils live in region 9901xx, which does not exist.
"""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚"
GIVEN = "浩宇轩泽晨俊杰博文睿铭昊天皓然子涵嘉懿煜城瑞霖明辉志强鹏程伟建国海峰思源景行书航一诺承逸飞凯乐欣怡梓雨桐诗琪雅若曦佳慧静宁可馨语嫣梦瑶婉清紫萱心悦艺菲芷晓彤雪晴安美琳秋月丽娟小依沐"
GRADES = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"]
REASONS = ["厌学", "家庭经济困难", "因病休学", "外出务工", "心理问题", "沉迷网络", "监护缺失", "转学未办手续", "家庭变故", "身体原因"]
WHERE = ["在家", "外出务工", "随父母在外地", "已在他校就读", "住院治疗", "去向不明", "职业学校就读"]
STATUS = ["劝返中", "已复学", "休学", "已转出", "失联", "正在劝返", "未返校"]
REGISTER = ["在籍不在校", "休学", "疑似辍学", "长期请假", "其他离校"]
FAMILY = ["留守", "单亲", "离异", "贫困", "重组", "隔代监护", "孤儿", "无", "单亲、留守"]
RELATION = ["父亲", "母亲", "祖父", "祖母", "外祖母", "父子", "母女"]
MODES = ["入户", "电话", "约谈", "联合", "入户家访"]
PARTIES = ["学校、镇街、派出所", "学校、村委会", "责任督学、学校、派出所、村居委会", "镇政府、学校", "学校、民政、妇联"]
DISEASES = ["先天性心脏病", "癫痫", "哮喘", "过敏性鼻炎", "高血压", "糖尿病", "肺结核", "贫血", "骨折术后", "严重过敏体质"]
PE = ["可正常参加", "适当减量", "不宜剧烈运动", "免修"]
MEASURES = ["班主任入户家访，与家长沟通", "制定一生一策，每周电话联系", "联合镇政府、派出所上门劝返", "安排教师送教上门，心理辅导跟进",
            "协调村委会共同做工作，落实资助政策", "与监护人签订责任书，定期回访", "已告知家长法律责任，约定下周返校"]
CONTENT = ["班主任与分管校长入户走访，学生不愿返校，家长表示配合。", "电话联系监护人，说明义务教育法规定，家长答应劝说孩子。", "联合派出所、村委会上门，学生外出，未见到本人。",
           "约谈家长，了解学生在家情况，商定返校时间。", "心理教师随访，学生情绪平稳，愿意下周试读。"]
NOTES = ["", "", "", "已建档", "见附件2", "父母离异", "6月前复查", "家长电话常关机", "低保户"]
PLACES = ["石桥镇东街12号", "青禾街道柳湾社区3幢502室", "桑园村七组", "清溪路88号", "云台新村5-1-301"]
TEACHERS = ["侯敏", "毛春梅", "常建军", "龙志远", "段小燕", "钱卫东", "易明"]


@dataclass(frozen=True)
class Box:
    """A printed cell; `field` is what its value is read as, '' for labels and headers."""
    row: int
    col: int
    text: str
    row_span: int = 1
    col_span: int = 1
    field: str = ""
    head: bool = False


@dataclass
class Sheet:
    """A page to be printed: lines above, a table, lines below. `records`: the table's rows that are records."""
    form: str
    title: str
    above: list[list[str]]
    boxes: list[Box]
    widths: list[float]                     # relative
    below: list[list[str]]
    landscape: bool = True
    records: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return max(b.row + b.row_span for b in self.boxes)


@dataclass(frozen=True)
class Pupil:
    name: str
    gender: str
    birth: date
    id_number: str
    grade: str
    class_no: str
    guardian: str
    phone: str


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(c) for w, c in zip(weights, body)) % 11]


def person(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2, 2, 2))))


def pupil(dice: random.Random) -> Pupil:
    grade = dice.randrange(9)
    birth = date(2015 - grade, 9, 1) + timedelta(dice.randrange(360))
    serial = dice.randrange(1000)
    body = f"9901{dice.randrange(1, 30):02d}{birth:%Y%m%d}{serial:03d}"
    return Pupil(person(dice), "女男"[serial % 2], birth, body + check_digit(body), GRADES[grade],
                 str(dice.randrange(1, 13)), person(dice), f"1990000{dice.randrange(10000):04d}")


def day(dice: random.Random, style: str) -> str:
    d = date(2022, 9, 1) + timedelta(dice.randrange(200))
    return {"-": f"{d:%Y-%m-%d}", ".": f"{d.year}.{d.month}.{d.day}", "/": f"{d.year}/{d.month}/{d.day}",
            "年": f"{d.year}年{d.month}月{d.day}日", "月": f"{d.year}年{d.month}月"}[style]


# field -> (how headers call it, width in half characters)
LABELS = {"seq": (["序号", "编号"], 4), "student_name": (["姓名", "学生姓名", "姓 名"], 8), "gender": (["性别"], 4),
          "id_number": (["身份证号", "身份证号码", "身份证件号"], 20), "birth": (["出生日期", "出生年月"], 11),
          "grade": (["年级", "就读年级"], 7), "class_no": (["班级", "班别"], 5), "guardian_name": (["监护人姓名", "家长姓名"], 8),
          "guardian_relation": (["与学生关系", "关系"], 7), "guardian_phone": (["联系电话", "家长电话", "监护人电话"], 12),
          "address": (["家庭住址"], 18), "family_type": (["特殊群体类别", "家庭类别"], 10), "left_date": (["离校时间", "未到校起始时间", "辍学时间"], 11),
          "reason": (["未到校原因", "辍学原因"], 12), "whereabouts": (["去向", "现去向"], 12), "register_status": (["学籍状态"], 10),
          "plan_made": (["一生一策", "是否制定一生一策"], 5), "measures": (["采取措施", "帮扶措施"], 28), "attempt_count": (["劝返次数"], 5),
          "last_attempt": (["最近劝返时间"], 11), "status": (["劝返情况", "劝返结果"], 8), "owner_name": (["责任人", "包保责任人"], 8),
          "remark": (["备注"], 10), "attempt_no": (["第几次"], 5), "attempt_date": (["劝返时间"], 11), "mode": (["方式", "劝返方式"], 8),
          "parties": (["参加单位"], 20), "content": (["工作情况"], 36), "outcome": (["结果"], 10), "disease": (["病种", "特异体质类型"], 12),
          "pe_allowed": (["能否参加体育活动"], 12), "judged_on": (["判定日期"], 11), "shared_head_teacher": (["班主任知情"], 5),
          "shared_pe": (["体育教师知情"], 5), "precautions": (["注意事项"], 20), "peer_pair": (["结对同学"], 8), "hospital": (["就诊医院"], 14)}
GROUPS = {"基本情况": ("student_name", "gender", "id_number", "birth", "grade", "class_no"),
          "监护人": ("guardian_name", "guardian_relation", "guardian_phone"),
          "劝返工作": ("measures", "attempt_count", "last_attempt", "status")}
SETS = {"absent_list": ["seq student_name gender id_number grade class_no guardian_name guardian_phone left_date reason whereabouts status remark",
                        "seq student_name gender id_number grade class_no guardian_name guardian_relation guardian_phone family_type left_date "
                        "reason whereabouts register_status plan_made measures attempt_count last_attempt status owner_name",
                        "seq student_name gender birth grade class_no left_date reason whereabouts register_status measures status owner_name",
                        "seq student_name id_number guardian_name guardian_phone left_date reason status"],
        "follow_up": ["seq student_name grade attempt_no attempt_date mode parties content outcome",
                      "seq student_name id_number attempt_date mode parties content"],
        "health_roster": ["seq student_name gender birth grade class_no disease pe_allowed judged_on shared_head_teacher shared_pe precautions",
                          "seq student_name gender id_number grade class_no disease hospital pe_allowed guardian_phone peer_pair"]}


def value(name: str, who: Pupil, seq: int, style: str, dice: random.Random) -> str:
    """What a school writes in a column about a pupil."""
    direct = {"seq": str(seq), "student_name": who.name, "gender": who.gender, "id_number": who.id_number,
              "grade": who.grade, "class_no": who.class_no + dice.choice(("", "班")), "guardian_name": who.guardian, "guardian_phone": who.phone,
              "birth": f"{who.birth:%Y-%m-%d}" if style == "-" else f"{who.birth.year}年{who.birth.month}月" if style == "月"
              else f"{who.birth.year}.{who.birth.month}.{who.birth.day}"}
    if name in direct:
        return direct[name]
    if name.endswith("_date") or name in ("last_attempt", "judged_on"):
        return day(dice, style if dice.random() < 0.95 else "-")
    pools = {"reason": REASONS, "whereabouts": WHERE, "status": STATUS, "register_status": REGISTER, "family_type": FAMILY,
             "guardian_relation": RELATION, "mode": MODES, "parties": PARTIES, "disease": DISEASES, "pe_allowed": PE, "measures": MEASURES,
             "content": CONTENT, "remark": NOTES, "address": PLACES, "owner_name": TEACHERS, "plan_made": ["是", "是", "否", "已制定"],
             "shared_head_teacher": ["是", "√", "否"], "shared_pe": ["是", "√", ""], "outcome": ["未返校", "已复学", "继续劝返", "下周返校"],
             "precautions": ["避免剧烈运动", "随身携带药物，不适立即就医", "远离过敏原", "注意休息"], "hospital": ["市人民医院", "县中医院", "儿童医院", "区第二人民医院"]}
    if name in pools:
        return dice.choice(pools[name])
    if name == "peer_pair":
        return person(dice)
    return str(dice.randrange(0, 13))


def list_sheet(form: str, dice: random.Random, rows: int, which: int, grouped: bool = False, style: str = "-",
               blanks: float = 0.06) -> Sheet:
    """A list, one row a pupil; with groups the header has two rows."""
    names = SETS[form][which % len(SETS[form])].split()
    boxes: list[Box] = []
    top = 2 if grouped else 1
    group_of = {n: g for g, members in GROUPS.items() for n in members} if grouped else {}
    col = 0
    while col < len(names):
        run = 1
        group = group_of.get(names[col])
        while group and col + run < len(names) and group_of.get(names[col + run]) == group:
            run += 1
        if group and run > 1:
            boxes.append(Box(0, col, group, 1, run, head=True))
            boxes += [Box(1, col + i, dice.choice(LABELS[names[col + i]][0]), head=True) for i in range(run)]
        else:
            boxes += [Box(0, col + i, dice.choice(LABELS[names[col + i]][0]), top, head=True) for i in range(run)]
        col += run
    for r in range(rows):
        who = pupil(dice)
        for c, name in enumerate(names):
            text = value(name, who, r + 1, style, dice)
            if c > 1 and dice.random() < blanks:
                text = ""
            boxes.append(Box(top + r, c, text, field=name))
    title = {"absent_list": "应在校不在校就读学生情况表", "follow_up": "劝返帮教转化工作开展情况", "health_roster": "特异体质学生名册"}[form]
    month = dice.randrange(1, 6)
    above = [[f"填报单位：{dice.choice(['柳湾小学', '清溪初级中学', '石桥镇中心小学', '桑园九年一贯制学校'])}", f"填报时间：2023年{month}月{dice.randrange(20, 29)}日"]]
    below = [[f"填报人：{dice.choice(TEACHERS)}", f"审核人：{dice.choice(TEACHERS)}", f"联系电话：1990000{dice.randrange(10000):04d}"]]
    if dice.random() < 0.5:
        below.insert(0, ["注：本表每月25日前报送，无此类学生的须零报告。"])
    return Sheet(form, f"2023年{month}月{title}", above, boxes, [LABELS[n][1] for n in names], below,
                 records=list(range(top, top + rows)))


def card(dice: random.Random) -> Sheet:
    """A page about one pupil: labels and values, boxes to tick, a table of attempts."""
    who = pupil(dice)
    tick = dice.randrange(3)
    lines: list[list[tuple[str, int, str]]] = [                     # (text, columns, field)
        [("学生姓名", 1, ""), (who.name, 1, "student_name"), ("性别", 1, ""), (who.gender, 1, "gender"), ("年级", 1, ""), (who.grade, 1, "grade")],
        [("身份证号", 1, ""), (who.id_number, 3, "id_number"), ("出生日期", 1, ""), (f"{who.birth:%Y-%m-%d}", 1, "birth")],
        [("监护人姓名", 1, ""), (who.guardian, 1, "guardian_name"), ("与学生关系", 1, ""), (dice.choice(RELATION), 1, "guardian_relation"),
         ("联系电话", 1, ""), (who.phone, 1, "guardian_phone")],
        [("家庭住址", 1, ""), (dice.choice(PLACES), 3, "address"), ("离校时间", 1, ""), (day(dice, "-"), 1, "left_date")],
        [("家庭类别", 1, ""), ("".join(("☑" if i == tick else "□") + w + " " for i, w in enumerate(("留守", "单亲", "贫困"))).strip(), 3, "family_type"),
         ("是否制定一生一策", 1, ""), (dice.choice(("☑是 □否", "□是 ☑否")), 1, "plan_made")],
        [("辍学原因", 1, ""), (dice.choice(REASONS), 5, "reason")],
        [("已采取的帮扶措施", 1, ""), ("；".join(dice.sample(MEASURES, 3)) + "。", 5, "measures")],
        [("次数", 1, ""), ("劝返时间", 1, ""), ("参加人员", 1, ""), ("方式", 1, ""), ("劝返情况记录", 2, "")]]
    for n in range(1, dice.randrange(3, 6)):
        lines.append([(str(n), 1, "attempt_no"), (day(dice, "-"), 1, "attempt_date"), ("、".join(dice.sample(TEACHERS, 2)), 1, "people"),
                      (dice.choice(MODES), 1, "mode"), (dice.choice(CONTENT), 2, "content")])
    lines.append([("监护人意见", 1, ""), (dice.choice(("同意配合劝返。", "家长表示支持。")), 5, "guardian_opinion")])
    boxes = []
    for r, line in enumerate(lines):
        col = 0
        for text, span, name in line:
            boxes.append(Box(r, col, text, 1, span, name, head=not name))
            col += span
    return Sheet("case_file", "控辍保学“一生一档”登记表", [[f"学校：{dice.choice(['清溪初级中学', '桑园学校'])}", "编号：" + str(dice.randrange(100, 999))]],
                 boxes, [12, 13, 13, 10, 13, 14], [["填表人：" + dice.choice(TEACHERS), "填表日期：2023年4月20日"]], landscape=False,
                 records=[0])
