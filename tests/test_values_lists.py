"""The lists in notice/codes: whole, free of contradictions, and strong enough for the words of the field."""
from __future__ import annotations

import pytest

from carelib import catalogue, values
from carelib.records import IN_STOCK

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
