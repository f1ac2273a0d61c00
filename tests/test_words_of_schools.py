"""Reasons, places, states and levels as schools write them; what can be read in two ways is asked."""
from __future__ import annotations

import pytest

from carelib import catalogue
from carelib.values.codes import matcher

CODES = catalogue.load().codes


@pytest.mark.parametrize(("name", "text", "code"), [
    ("reason", "甲亢，医生建议静养", "R04"), ("reason", "骨折在家休养", "R04"), ("reason", "附条件不起诉，在观护基地", "R09"), ("reason", "嫌学校管得严，与班主任顶撞后离校", "R13"),
    ("reason", "说被高年级要钱，不敢来", "R13"), ("reason", "爷爷说女娃认得几个字就行了", "R12"), ("reason", "随父母到无锡上学，手续未办", "R15"), ("reason", "书念不进去，想学修车", "R01"),
    ("whereabouts", "无锡市新安中学（已入学）", "W04"), ("whereabouts", "市特殊教育学校", "W04"), ("case_state", "老人出院后已来校上课", "returned"),
    ("case_state", "已确认在他校就读", "elsewhere"), ("case_state", "出院后未返校", "open"), ("pe", "免体一个月", "免修"), ("pe", "暂不参加", "免修"), ("pe", "暂不参加剧烈运动", "不宜剧烈运动"),
    ("mode", "学生家中", "入户"), ("mode", "电话联系家中老人", "电话"), ("duty_level", "一级（校长）", "校长"), ("duty_level", "二级（分管园长）", "分管校长"),
    ("duty_level", "第三级：年级组长", "年级主任"), ("duty_level", "四级班主任", "班主任"), ("duty_level", "五级（科任教师）", "任课教师")])
def test_is_read(name, text, code):
    assert matcher(CODES[name]).read(text, several=False).codes == (code,)


@pytest.mark.parametrize(("name", "text"), [
    ("reason", "家中老人重病，需其照看"), ("reason", "家里老人住院"), ("reason", "家人重病"), ("reason", "奶奶骨折在家休养"), ("reason", "母亲甲亢"), ("reason", "没有被高年级要钱"),
    ("reason", "弟弟说被高年级要钱"), ("reason", "转学手续办理中"), ("reason", "随父母去医院看病"), ("whereabouts", "滨江市临溪区第二中学"), ("whereabouts", "拟转入南京市第一中学"),
    ("whereabouts", "特殊教育学校"), ("whereabouts", "市区中学"), ("case_state", "老人出院后再来校"), ("case_state", "未确认在他校就读"), ("case_state", "待案件办结后劝返"),
    ("case_state", "家长承诺下周返校"), ("pe", "暂不参加长跑"), ("pe", "免体一个月后可参加"), ("pe", "可参加，避免冷空气下长跑"), ("mode", "微信视频"), ("duty_level", "一级"),
    ("duty_level", "二级（教师）"), ("duty_level", "一级（领导）")])
def test_is_asked(name, text):
    found = matcher(CODES[name]).read(text, several=False)
    assert found.why and not found.codes
