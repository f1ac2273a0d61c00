"""Names and numbers as people write them: what they have in common, and what they are worth."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reconcile_world import number_of

from carelib import catalogue
from carelib.reconcile import names, numbers
from carelib.reconcile.names import Name
from carelib.reconcile.numbers import Kind, Match
from carelib.reconcile.statements import Schools, Words
from carelib.world import School

ONE, TWIN = number_of(12), number_of(34)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("王 小麦", "王小麦", Name.EQUAL),
        ("王小麦（转学）", "王小麦同学", Name.EQUAL),
        ("陳梓涵", "陈梓涵", Name.EQUAL),
        ("阿依古丽•买买提", "阿依古丽·买买提", Name.EQUAL),
        ("王\ue001麦", "王小麦", Name.RARE),
        ("王jiu", "王玖", Name.RARE),
        ("王晓麦", "王小麦", Name.SOUND),
        ("王明诚", "王名诚", Name.SOUND),
        ("李梓宣", "李子宣", Name.SOUND),
        ("林静", "林金", Name.NEAR_SOUND),
        ("陈梓涵", "陈样涵", Name.LOOKS),
        ("李辰", "李辰霖", Name.LENGTH),
        ("阿依古丽·买买提", "阿依古丽", Name.LENGTH),
        ("王麦小", "王小麦", Name.SWAPPED),
        ("王**", "王小麦", Name.SURNAME),
        ("王某", "王小麦", Name.SURNAME),
        ("王小麦", "王小禾", Name.OTHER),
        ("王小麦", "李大江", Name.DIFFERENT),
        ("", "王小麦", Name.DIFFERENT),
    ],
)
def test_names_are_compared_as_they_are_miswritten(one, other, relation):
    found = names.relation(names.fold(one), names.fold(other))
    assert found == relation or {found, relation} <= {Name.LOOKS, Name.OTHER}
    assert names.relation(names.fold(other), names.fold(one)) == found


@given(st.text(max_size=12))
@example("(\n0")
@example("\u00b7a\u00b7")
def test_folding_a_name_twice_changes_nothing_more(text):
    once = names.fold(text)
    assert names.fold(once) == once


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (ONE, Kind.FULL),
        (f" g{ONE} ", Kind.FULL),
        (f"{ONE[:6]} {ONE[6:14]} {ONE[14:]}", Kind.FULL),
        (ONE[:15] + "000", Kind.PREFIX),
        (str(int(float(ONE[:15] + "999"))), Kind.PREFIX),
        (f"{float(ONE[:15] + '000'):.14E}", Kind.PREFIX),
        ("9.9E+17", Kind.NONE),
        (ONE[:4] + "*" * 10 + ONE[14:], Kind.MASKED),
        ("L990101200903071234", Kind.OTHER),
        (number_of(12, "1980-03-07"), Kind.ADULT),
        (ONE[:17] + str((int(ONE[17]) + 1) % 10 if ONE[17] != "X" else 3), Kind.DAMAGED),
        (ONE[:17], Kind.DAMAGED),
        ("无", Kind.NONE),
        ("", Kind.NONE),
        (None, Kind.NONE),
    ],
)
def test_a_number_is_worth_what_is_left_of_it(raw, kind):
    assert numbers.classify(raw, 2023).kind == kind


def test_a_number_that_excel_cut_still_gives_fifteen_digits_and_the_birth():
    for order in range(1, 60):
        whole = number_of(order)
        for text in (whole[:15] + "000", str(int(float(whole[:15] + "000")))):
            found = numbers.classify(text, 2023)
            assert found.text[:15] == whole[:15] and found.birth == "2009-03-07"
            assert found.kind == (Kind.FULL if numbers.checks(text) else Kind.PREFIX) and (
                found.floaty or found.kind == Kind.PREFIX
            )
            assert numbers.match(found, numbers.classify(whole, 2023)) in (Match.PREFIX, Match.EQUAL)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (ONE, ONE, Match.EQUAL),
        (ONE, "G" + ONE, Match.EQUAL),
        (ONE, TWIN, Match.CONFLICT),
        (ONE, ONE[:15] + "000", Match.PREFIX),
        (ONE, number_of(912, "2010-05-01")[:15] + "000", Match.CONFLICT),
        (ONE, ONE[:10] + ONE[11:], Match.SLIP),
        (ONE, ONE[:14] + "****", Match.MASK),
        (ONE, "9903" + "*" * 10 + "0000", Match.CONFLICT),
        (ONE, "", Match.NOTHING),
        (ONE, number_of(12, "1980-03-07"), Match.NOTHING),
        (ONE, "L990101200903071234", Match.NOTHING),
    ],
)
def test_two_numbers_agree_contradict_or_say_nothing(one, other, relation):
    a, b = numbers.classify(one, 2023), numbers.classify(other, 2023)
    assert numbers.match(a, b) == numbers.match(b, a) == relation


def test_every_slip_of_one_digit_is_one_slip_away():
    full = numbers.classify(ONE, 2023)
    for i in range(17):
        slip = numbers.classify(ONE[:i] + str((int(ONE[i]) + 3) % 10) + ONE[i + 1 :], 2023)
        assert numbers.match(full, slip) in (Match.SLIP, Match.NOTHING)
        assert numbers.match(full, slip) != Match.EQUAL


@given(st.text(max_size=24))
def test_no_text_breaks_the_reading_of_a_number(text):
    found = numbers.classify(text, 2023)
    assert found.kind != Kind.FULL or (numbers.checks(found.text) and found.birth)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("已复学", "returned"),
        ("学生已于3月10日返校", "returned"),
        ("未返校", "open"),
        ("拒绝复学，继续做工作", "open"),
        ("同意下周返校", None),
        ("动员其复学", None),
        ("约定4月1日返校", None),
        ("3月2日复学，3月10日又离校", "relapsed"),
        ("已办理休学手续", "suspended"),
        ("申请休学", None),
        ("转学至示例第二中学", "transferred"),
        ("失联", "lost"),
        ("送教上门", "home_teaching"),
        ("家长表示会考虑", None),
        ("", None),
    ],
)
def test_a_result_in_free_text_says_a_state_or_nothing(text, state):
    assert Words(catalogue.load(), "2023-03").state(text) == state


def test_a_loose_word_for_an_exit_counts_only_with_what_the_exit_leaves_behind():
    words = Words(catalogue.load(), "2023-03")
    text = "家长同意，孩子于3月12日返校上课"
    assert words.state(text) is None
    assert words.state(text, {"return_date": "2023-03-12"}) == "returned"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("示例区云台初级中学", "1"),
        ("云台初级中学", "1"),
        ("某市示例区云台初级中学八年级", "1"),
        ("云台初中", "1"),
        ("转往二中", "2"),
        ("外地第二中学", None),
        ("二中学", None),
        ("外省某校", None),
        (None, None),
    ],
)
def test_a_receiving_school_is_found_only_if_the_text_names_it(text, code):
    schools = Schools(
        [School("1", "示例区云台初级中学", ("云台初中",)), School("2", "示例区示例镇第二初级中学", ("二中",))]
    )
    assert schools.find(text) == code
