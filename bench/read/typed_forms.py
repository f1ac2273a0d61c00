"""The ten forms as thirty different offices might word them: for each field its labels and how a value of it is made."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typed_values as v
from typed_values import Dice, Written

Make = Callable[[Dice, dict[str, Any]], Written]
# `look` holds the habits of one paper: how it writes days, phones, IDs, yes and no

OLD, YEAR, NOW, NEXT = ((2008, 1, 1), (2014, 12, 31)), ((2022, 9, 1), (2023, 1, 31)), ((2023, 2, 1), (2023, 3, 20)), ((2023, 4, 1), (2023, 5, 30))


def _day(span: tuple[Any, Any]) -> Make:
    return lambda d, look: v.day(d, *span, look["day"])


def _code(table: dict[str, tuple[str, ...]]) -> Make:
    return lambda d, look: v.coded(d, table)


def _text(said: tuple[str, ...]) -> Make:
    return lambda d, look: v.text(d, said)


def _count(most: int, unit: str = "") -> Make:
    return lambda d, look: v.count(d, most, look["count"], unit)


def _name(d: Dice, look: dict[str, Any]) -> Written:
    return v.name(d)


def _phone(d: Dice, look: dict[str, Any]) -> Written:
    return v.phone(d, look["phone"])


def _bool(d: Dice, look: dict[str, Any]) -> Written:
    yes = d.random() < 0.7
    return look["bool"][0 if yes else 1], "true" if yes else "false"


PUPIL: dict[str, tuple[tuple[str, ...], Make | None]] = {
    "seq": (("序号", "编号", "序", "No."), None),
    "student_name": (("姓名", "学生姓名", "姓 名", "学生\n姓名", "名字", "学生姓名（全名）"), None),
    "gender": (("性别", "性 别", "男/女"), None),
    "id_number": (("身份证号", "身份证号码", "身份证\n号码", "公民身份号码", "证件号码", "身份证件号", "学生身份证号"), None),
    "student_no": (("学籍号", "全国学籍号", "学籍号码"), None),
    "birth": (("出生日期", "出生年月日", "出生年月", "生日"), None),
    "grade": (("年级", "所在年级", "就读年级"), None),
    "class_no": (("班级", "班别", "所在班级"), None),
    "guardian_name": (("监护人姓名", "家长姓名", "监护人", "家长（监护人）姓名", "法定监护人"), _name),
    "guardian_relation": (("与学生关系", "关系", "与该生关系", "监护人与学生关系"), _code(v.RELATION)),
    "guardian_phone": (("监护人电话", "家长联系电话", "监护人联系方式", "家长电话", "监护人手机号"), _phone),
    "address": (("家庭住址", "家庭地址", "现居住地址", "居住地"), _text(v.ADDRESSES)),
    "family_type": (("特殊群体类别", "家庭情况类别", "特殊群体", "家庭类别"), _code(v.FAMILY)),
    "owner_name": (("责任人", "包保责任人", "帮扶责任人", "包保教师"), _name),
    "owner_phone": (("责任人电话", "责任人联系电话", "责任人手机"), _phone)}
FORMS: dict[str, dict[str, tuple[tuple[str, ...], Make | None]]] = {
    "absent_list": {
        "absent_days": (("未到校天数", "缺课天数", "累计未到校天数"), _count(60, "天")),
        "left_date": (("离校时间", "离校日期", "何时离校", "未到校起始日期", "辍学时间", "最后到校日期"), _day(YEAR)),
        "reason": (("未到校原因", "不在校原因", "辍学原因", "形成原因", "未入学原因", "离校原因"), _code(v.REASONS)),
        "whereabouts": (("去向", "目前去向", "学生去向", "现去向", "离校后去向"), _code(v.WHERE)),
        "register_status": (("学籍状态", "学籍情况", "目前学籍状态"), _code(v.REGISTER)),
        "plan_made": (("一生一策", "是否制定一生一策", "一生一策是否制定", "是否制定帮扶方案"), _bool),
        "measures": (("采取措施", "已采取的措施", "帮扶措施", "学校采取的劝返措施"), _text(v.MEASURES)),
        "attempt_count": (("劝返次数", "累计劝返次数", "已劝返次数", "入户劝返次数"), _count(9, "次")),
        "last_attempt": (("最近劝返时间", "最近一次劝返日期", "最后一次劝返时间"), _day(NOW)),
        "status": (("劝返情况", "劝返结果", "目前状态", "是否返校", "目前劝返情况"), _code(v.STATES)),
        "placement": (("安置方式", "复学安置方式"), _code(v.PLACEMENT))},
    "follow_up": {
        "attempt_no": (("第几次", "劝返次序", "第几次劝返"), None),
        "attempt_date": (("劝返时间", "劝返日期", "家访时间", "工作时间", "劝返具体时间"), _day(NOW)),
        "people": (("参加人员", "劝返人员", "参与人员"), lambda d, look: v.text(d, ("班主任、年级主任", "校长、村主任", "班主任"))),
        "mode": (("方式", "劝返方式", "劝返形式"), _code(v.MODE)),
        "content": (("工作情况", "劝返工作情况", "工作内容", "谈话内容", "劝返过程"), _text(v.CONTENT)),
        "outcome": (("结果", "劝返结果", "劝返成效"), _text(v.OUTCOME)),
        "next_step": (("后续举措", "下一步措施", "下一步打算", "下步工作"), _text(v.MEASURES)),
        "next_date": (("下次时间", "下次家访时间", "计划下次劝返时间"), _day(NEXT))},
    "psych_case": {
        "risk_level": (("预警等级", "风险等级", "危机等级", "关注等级"), lambda d, look: (level := d.choice(v.LEVELS), level)),
        "found_by": (("发现途径", "发现渠道", "如何发现"), _text(("日常观察", "心理筛查", "家长反映"))),
        "found_date": (("发现日期", "发现时间"), _day(YEAR)),
        "symptoms": (("主要表现", "学生主要心理症状", "主要症状", "异常表现"), _text(v.SYMPTOMS)),
        "assessment": (("评估结论", "心理评估结论", "评估结果"), _text(("中度焦虑", "抑郁状态", "适应不良"))),
        "hospital": (("就诊医院", "就医医院", "就诊机构"), _text(v.HOSPITALS)),
        "medication": (("是否服药", "有无服药", "服药情况"), lambda d, look: (said := d.choice(("是", "否")), {"是": "true", "否": "false"}[said])),
        "plan_made": (("一生一案", "是否建立一生一案", "一生一案建档情况"), _bool),
        "plan_date": (("建案日期", "建档日期", "建档时间"), _day(YEAR)),
        "measures": (("干预措施", "帮扶措施", "采取的措施"), _text(v.MEASURES)),
        "guardian_informed": (("告知监护人", "是否告知监护人", "是否告知家长"), lambda d, look: (said := d.choice(("是", "否")), {"是": "true", "否": "false"}[said])),
        "last_followup": (("最近跟踪日期", "最近一次跟踪时间", "最近随访日期"), _day(NOW)),
        "next_followup": (("下次跟踪日期", "下次跟踪时间", "计划下次随访时间"), _day(NEXT)),
        "status": (("目前状态", "目前情况", "跟踪状态"), _code(v.PSYCH))},
    "health_roster": {
        "disease": (("病种", "疾病名称", "特异体质情况", "疾病类型", "所患疾病"), _code(v.DISEASE)),
        "diagnosis_basis": (("诊断依据", "诊断材料"), _text(("住院病历", "门诊病历", "家长告知", "诊断证明书"))),
        "hospital": (("就诊医院", "诊断医院", "确诊医院"), _text(v.HOSPITALS)),
        "pe_allowed": (("能否参加体育活动", "能否参加体育课", "体育活动建议", "是否适宜参加体育活动"), _code(v.PE)),
        "judged_by": (("判定人", "体育活动判定人"), _name),
        "judged_on": (("判定日期", "判定时间"), _day(NOW)),
        "precautions": (("注意事项", "应急注意事项", "日常注意事项"), _text(("避免剧烈跑跳", "随身携带喷雾剂", "发作时侧卧并联系家长"))),
        "shared_head_teacher": (("班主任知情", "班主任是否知情", "班主任是否知晓"), _bool),
        "shared_pe": (("体育教师知情", "体育教师是否知情", "体育老师是否知晓"), _bool),
        "shared_subject": (("科任教师知情", "科任教师是否知情", "科任老师是否知晓"), _bool),
        "peer_pair": (("结对同学", "帮扶同学", "结对学生"), _name),
        "plan_made": (("一生一案一档", "是否建立一生一案一档", "一生一档是否建立"), _bool),
        "last_contact": (("最近家长沟通", "最近与家长沟通时间", "最近一次家长沟通日期"), _day(NOW))},
    "screening": {
        "grade": (("年级",), None), "class_no": (("班级",), None),
        "enrolled": (("应测人数", "应参加人数", "应筛查人数", "应测学生数"), None),
        "screened": (("实测人数", "实际参加人数", "参测人数", "实际测评人数"), None),
        "not_screened": (("未测人数", "未参加人数"), None),
        "not_screened_reason": (("未测原因", "未参加原因"), _text(("请假", "休学", "家长不同意"))),
        "tool": (("测评工具", "使用量表", "测评量表"), _text(("MHT", "SCL-90", "PHQ-9"))),
        "valid": (("有效问卷", "有效问卷数", "有效份数"), _count(40)),
        "interviewed": (("访谈人数", "面谈人数", "二次访谈人数"), _count(9)),
        "referred": (("转介人数", "转介就医人数"), _count(3)),
        "plan_made_n": (("一生一案人数", "建立一生一案人数"), _count(5)),
        "date_from": (("筛查开始", "筛查开始时间", "测评开始日期"), _day(((2023, 2, 14), (2023, 2, 20)))),
        "date_to": (("筛查结束", "筛查结束时间", "测评结束日期"), _day(((2023, 2, 21), (2023, 3, 10))))},
    "responsibility": {
        "level": (("包保层级", "层级", "包保级别"), None),
        "scope": (("包保对象", "包保范围", "所包年级（班级）"), None),
        "person": (("责任人", "责任人姓名", "包保责任人", "包保人"), _name),
        "duty": (("职责", "包保职责", "工作职责"), _text(("全面负责", "掌握班级学生情况", "每日关注，每周谈心"))),
        "phone": (("联系电话", "电话", "联系方式", "手机号码"), _phone),
        "start": (("起始日期", "包保起始时间", "开始时间"), _day(NOW)),
        "end": (("终止日期", "包保终止时间", "结束时间"), _day(((2023, 6, 1), (2023, 7, 10))))},
    "retention": {
        "base_count": (("学年初人数", "学年初在校生数", "学年初学生数"), _count(900)),
        "in_transfer": (("转入", "转入人数"), _count(9)), "in_resume": (("复学", "复学人数"), _count(4)), "in_total": (("增加小计", "增加合计"), _count(12)),
        "out_transfer": (("转出", "转出人数"), _count(9)), "out_suspend": (("休学", "休学人数"), _count(4)), "out_death": (("死亡",), _count(1)),
        "out_dropout": (("辍学", "辍学人数"), _count(2)), "out_total": (("减少小计", "减少合计"), _count(12)),
        "graduates": (("毕业生数", "毕业人数"), _count(300)),
        "retention_rate": (("巩固率", "巩固率（%）", "义务教育巩固率"), lambda d, look: d.choice((("99.6%", "0.996"), ("100%", "1"), ("98.75%", "0.9875"))))},
    "support_work": {
        "student_count": (("在校学生数", "在校生数", "学生总数"), _count(900)), "class_count": (("班级数", "教学班数"), _count(30)),
        "psych_full": (("专职心理教师", "专职心理教师人数", "专职心理教师数"), _count(3)), "psych_part": (("兼职心理教师", "兼职心理教师人数"), _count(3)),
        "psych_certified": (("持证人数", "持证心理教师人数"), _count(3)),
        "headteacher_count": (("班主任人数", "班主任数"), _count(30)),
        "headteacher_hours_min": (("班主任培训学时最少", "班主任最少培训学时"), _count(16)),
        "other_teacher_count": (("其他专任教师人数",), _count(60)),
        "lesson_per_two_weeks": (("每两周心理课时", "每两周心理健康课课时数"), _count(2)), "teaching_weeks": (("教学周数", "本学期教学周数"), _count(20)),
        "room": (("心理咨询室", "有无心理咨询室", "是否设有心理咨询室"), lambda d, look: (said := d.choice(("有", "无")), {"有": "true", "无": "false"}[said])),
        "room_open_hours": (("每周开放小时", "咨询室每周开放时长（小时）", "心理咨询室每周开放小时数"), _count(20)),
        "hotline_posted": (("公布学校咨询电话", "是否公布学校咨询电话"), _bool),
        "home_visit_n": (("家访次数", "本学期家访次数"), _count(200))},
    "safety_month": {
        "monthly_analysis_date": (("本月分析研判日期", "分析研判会召开日期", "本月分析研判时间"), _day(NOW)),
        "hazards_found": (("排查隐患数", "本月排查隐患数", "排查安全隐患数（处）"), _count(20)),
        "hazards_closed": (("整改隐患数", "已整改隐患数", "完成整改数"), _count(20)),
        "drills": (("演练次数", "应急演练次数", "本月应急演练次数"), _count(3)),
        "bullying_checks": (("欺凌排查次数", "校园欺凌排查次数"), _count(4)),
        "clues_reported": (("移交线索数", "移交问题线索数"), _count(3)),
        "report_box": (("举报信箱", "举报信箱位置"), _text(("校门口东侧", "教学楼一楼大厅"))),
        "report_phone": (("举报电话", "学校举报电话"), _phone),
        "report_email": (("举报邮箱",), _text(("jubao@example.cn", "xx99@example.com")))},
    "case_file": {
        "left_date": (("离校时间", "辍学年月", "辍学时间", "离校日期"), _day(YEAR)),
        "reason": (("辍学原因", "离校原因", "未到校原因"), _code(v.REASONS)),
        "measures": (("已采取的帮扶措施", "帮扶措施", "采取的措施"), _text(v.MEASURES)),
        "plan": (("一生一策", "一生一策（劝返方案）"), _text(("结对教师每周上门一次，先补数学", "协调职校春季入学"))),
        "status": (("目前状态", "劝返结果", "学生目前状态"), _code(v.STATES)),
        "guardian_opinion": (("监护人意见", "家长意见"), _text(("同意配合学校", "尊重孩子意愿")))}}
NEEDED = {"absent_list": ("left_date", "reason", "status"), "follow_up": ("attempt_date", "content", "outcome"), "psych_case": ("risk_level", "symptoms", "status"),
          "health_roster": ("disease", "pe_allowed"), "screening": ("grade", "enrolled", "screened"), "responsibility": ("level", "scope", "person"),
          "retention": ("base_count", "in_transfer", "out_transfer", "retention_rate"), "case_file": ("left_date", "reason", "status"),
          "support_work": ("student_count", "psych_full", "room", "home_visit_n"), "safety_month": ("monthly_analysis_date", "hazards_found", "drills")}
TITLES = {"absent_list": ("应在校不在校就读学生情况表", "应在校而不在校学生情况统计表", "疑似辍学学生台账", "控辍保学月报表"),
          "follow_up": ("劝返帮教转化工作开展情况表", "控辍保学劝返工作台账", "劝返复学工作开展情况统计表"),
          "case_file": ("劝返复学一生一档", "学生劝返登记表", "控辍保学一生一策档案"),
          "screening": ("心理健康筛查汇总表", "心理健康状况监测筛查结果汇总表", "学生心理测评情况汇总表"),
          "psych_case": ("心理重点关注学生台账", "心理危机学生跟踪台账", "心理高危学生名单"), "health_roster": ("特异体质学生名册", "特异体质学生登记表", "特殊体质学生档案"),
          "support_work": ("心理健康教育工作统计表", "心理健康教育工作开展情况统计表"), "responsibility": ("包保责任表", "特殊学生包保责任一览表"),
          "retention": ("巩固率及学生变动情况表", "义务教育巩固率统计表"), "safety_month": ("安全风险分析研判与综合治理月报", "校园安全风险研判月报表")}
ABOUT_PUPILS = ("absent_list", "follow_up", "psych_case", "health_roster", "case_file")
ZEROS = ("无", "零报告", "本月无", "本月无此类学生", "我校本月无应在校不在校学生", "经排查，我校无此类情况。", "无此类学生，实行零报告。", "0", "本校无辍学学生", "零 报 告", "经核查，本月我校无失学辍学学生，特此报告。", "暂无")
