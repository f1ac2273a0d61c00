"""The lists in notice/codes: whole, free of contradictions, and strong enough for the words of the field."""
from __future__ import annotations

import pytest

from carelib import catalogue, values
from carelib.records import IN_STOCK
from carelib.values.codes import matcher

CATALOGUE = catalogue.load()
CONTEXT = values.Context(CATALOGUE.codes, "2023-03")
OF_LIST = {field.list: field for form in CATALOGUE.forms.values() for field in form.fields.values() if field.list}


@pytest.mark.parametrize("name", sorted(CATALOGUE.codes))
def test_no_word_is_both_a_code_and_ambiguous(name):
    codes = CATALOGUE.codes[name]
    assert not codes.ambiguous & codes.words.keys()


@pytest.mark.parametrize("name", sorted(OF_LIST))
def test_every_word_of_a_list_reads_as_its_code(name):
    field = OF_LIST[name]
    for word, code in CATALOGUE.codes[name].words.items():
        assert values.parse(word, field, CONTEXT).value == code, word


@pytest.mark.parametrize("name", sorted(OF_LIST))
def test_every_ambiguous_word_is_asked(name):
    for word in CATALOGUE.codes[name].ambiguous:
        reading = values.parse(word, OF_LIST[name], CONTEXT)
        assert reading.problem and reading.value is None, word


def test_a_negation_never_turns_into_an_exit():
    """Whatever word for an exit is denied, planned or promised, the case does not leave the stock by it."""
    status = OF_LIST["case_state"]
    exits = [w for w, code in CATALOGUE.codes["case_state"].words.items() if code not in IN_STOCK and len(w) > 1]
    for word in exits:
        for before in ("未", "没有", "尚未", "拟", "承诺", "准备", "家长答应", "下周", "不愿", "申请", "计划3月"):
            value = values.parse(before + word, status, CONTEXT).value
            assert value in (None, *IN_STOCK, "not_dropout"), before + word


def test_a_word_for_an_exit_that_did_not_last_is_asked():
    status = OF_LIST["case_state"]
    for word in ("已复学", "返校", "已返校上课", "复学"):
        for after in ("三天后又离开", "，第二天不来了", "（后又离校）", "；一周后外出打工", "但时断时续", "手续未办"):
            assert values.parse(word + after, status, CONTEXT).value in (None, "relapsed", "open"), word + after


def test_an_unknown_word_gets_the_nearest_label_as_a_suggestion_only():
    reading = values.parse("户籍学籍措误", OF_LIST["reason"], CONTEXT)
    assert (reading.value, reading.suggestion) == (None, "户籍学籍错误")
    assert values.parse("天知道", OF_LIST["reason"], CONTEXT).suggestion is None


def test_the_reasons_of_a_longer_text_are_not_chosen_by_the_machine():
    reading = values.parse("厌学、家庭困难", OF_LIST["reason"], CONTEXT)
    assert (reading.value, reading.suggestion) == (None, "厌学/学习困难")


@pytest.mark.parametrize(("name", "text", "code"), [
    ("reason", "遭同学排挤", "R13"), ("reason", "在班里老被人欺负", "R13"), ("reason", "和老师闹矛盾", "R13"), ("reason", "家里交不起费用", "R02"),
    ("reason", "学费凑不齐", "R02"), ("reason", "上课听不懂", "R01"), ("reason", "奶奶管不住他", "R07"), ("reason", "父母天天吵架闹离婚", "R07"),
    ("reason", "家长认为读书不如打工", "R12"), ("reason", "随父母去苏州打工", "R11"), ("reason", "打了几次电话没人接", "R11"), ("reason", "跟亲戚去广东打工", "R03"),
    ("reason", "天天在家打游戏", "R08"), ("reason", "患抑郁症", "R06"), ("reason", "得了肾病综合征", "R04"), ("reason", "学校离家太远", "R16"), ("reason", "父母离异无人管", "R07"),
    ("whereabouts", "在电子厂上班", "W02"), ("whereabouts", "跟妈妈去了泰国", "W08"), ("whereabouts", "电话打不通", "W09"), ("whereabouts", "在市里职业学校学汽修", "W11"),
    ("whereabouts", "随父母去昆山打工", "W03"), ("whereabouts", "在家带弟弟", "W01"), ("whereabouts", "去老家上学", "W04"),
    ("case_state", "怎么劝都不肯来", "open"), ("case_state", "正在做家长工作", "open"), ("case_state", "人还没来上学", "open"), ("case_state", "每天按时到校", "returned"),
    ("case_state", "劝回后又走了", "relapsed"), ("case_state", "在老家上学", "elsewhere"), ("register_status", "学籍还在我校但人没来", "在籍不在校"), ("register_status", "请假3个月", "长期请假"),
    ("mode", "请家长来校谈话", "约谈"), ("mode", "到学生家中谈心", "入户"), ("placement", "跟下一年级读", "原校降级"), ("pe", "不能参加剧烈的运动", "不宜剧烈运动"), ("pe", "跟其他同学一样上体育课", "可正常参加"),
    ("psych_state", "比以前好多了", "好转"), ("family", "父母都在上海打工", "留守"), ("family", "跟奶奶一起生活", "隔代监护"), ("family", "与父母关系很僵", "亲子关系紧张"),
    ("relation", "姑奶奶", "其他亲属"), ("yes_no", "还没告诉家长", "false"), ("yes_no", "和家长说过了", "true"), ("disease", "先天心脏缺损", "D01")])
def test_what_people_say_in_their_own_words_is_read(name, text, code):
    assert matcher(CATALOGUE.codes[name]).read(text, several=False).codes == (code,)


@pytest.mark.parametrize(("name", "text"), [
    ("reason", "同学关系好"), ("whereabouts", "在医院陪护母亲"), ("whereabouts", "在外婆家读书"),
    ("reason", "没有被同学欺负"), ("reason", "不是因为家里没钱"), ("reason", "家里不困难"), ("reason", "父亲被公安抓了"), ("reason", "交不起学费去打工了"), ("reason", "遭同学排挤不愿上学"),
    ("reason", "母亲生病没人照顾"), ("reason", "随父母去医院看病"), ("reason", "情绪稳定"), ("reason", "被打"), ("reason", "听说被同学欺负"), ("whereabouts", "拟去南京打工"), ("whereabouts", "在学校读书"),
    ("whereabouts", "父亲车祸去世"), ("whereabouts", "随父母去上海看病"), ("case_state", "下周一来上课"), ("case_state", "答应来上课"), ("case_state", "来上课了两天"), ("case_state", "回老家上学了"),
    ("pe", "不能跟其他同学一样上体育课"), ("pe", "不能长跑"), ("psych_state", "建议去医院治疗"), ("family", "父母没有离婚"), ("yes_no", "准备告诉家长"), ("yes_no", "口头告知")])
def test_a_phrase_that_is_negated_planned_of_others_or_of_two_codes_is_asked(name, text):
    assert matcher(CATALOGUE.codes[name]).read(text, several=False).why


def test_a_phrase_holds_no_word_that_is_always_asked_unless_it_says_so():
    """And no pattern takes long, whatever the text."""
    for codes in CATALOGUE.codes.values():
        for word in codes.ambiguous:
            assert not matcher(codes).read(word, several=False).codes, (codes.name, word)
        for text in ("总是老是" * 10, "常常常" * 13, "在家具" * 13, "很太极其" * 10):
            matcher(codes).read(text, several=True)
