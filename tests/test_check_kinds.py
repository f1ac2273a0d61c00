"""What is certain of dates, ages and numbers, and what a row says or does not say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelib.kinds import Line
from carelib.kinds.certain import (
    CHECK,
    WEIGHTS,
    ages,
    day_words,
    high,
    id_birth,
    id_fault,
    id_gender,
    later,
    looks_damaged,
    low,
)

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
PRECISION = st.sampled_from([4, 7, 10])


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "990101200903070016"])
def test_a_sound_number_keeps_its_check_digit(number):
    assert id_fault(number) == ""


@pytest.mark.parametrize(
    "number, fault",
    [
        ("990101200903070014", "check"),
        ("99010120090307001", "length"),
        ("9901012009030700A6", "characters"),
        ("990101200902300012", "date"),
        ("990101200913010012", "date"),
    ],
)
def test_a_faulty_number_says_what_is_wrong(number, fault):
    assert id_fault(number) == fault
    assert id_birth(number) is None and id_gender(number) is None


def test_a_passport_is_no_faulty_number():
    assert id_fault("E12345678") == "" and id_birth("E12345678") is None


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(place, step):
    number = "990101200903070016"
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert id_fault(wrong) != ""


@given(DAYS, st.integers(0, 999))
def test_a_number_tells_birth_and_gender(day, sequence):
    digits = f"990101{day:%Y%m%d}{sequence:03}"
    number = digits + CHECK[sum(w * int(c) for w, c in zip(WEIGHTS, digits)) % 11]
    assert id_birth(number) == day.isoformat()
    assert id_gender(number) == ("男" if sequence % 2 else "女")


@given(DAYS, DAYS, PRECISION, PRECISION)
def test_only_what_is_certain_is_later(one, other, p, q):
    a, b = one.isoformat()[:p], other.isoformat()[:q]
    if later(a, b):
        assert one > other
    if p == q == 10:
        assert later(a, b) == (one > other)


@given(DAYS, PRECISION)
def test_a_date_lies_in_its_own_interval(day, precision):
    said = day.isoformat()[:precision]
    assert low(said) <= day.isoformat() <= high(said)


@given(DAYS, PRECISION, st.integers(0, 9000))
def test_an_age_lies_between_its_bounds(born, precision, days):
    day = born + timedelta(days=days)
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    youngest, oldest = ages(born.isoformat()[:precision], day)
    assert youngest <= age <= oldest


@pytest.mark.parametrize(
    "raw, damaged",
    [
        ("9.90101E+17", True),
        ("990101200903070000", True),
        ("G990101200903070000", True),
        ("99010120090307001", False),
        ("990101200903070016", False),
        ("111111111111111111", False),
        ("无", False),
        (None, False),
    ],
)
def test_a_damaged_number_is_known_by_its_shape(raw, damaged):
    assert looks_damaged(raw) is damaged


@pytest.mark.parametrize("day, words", [("2023-03-05", "2023年3月5日"), ("2023-03", "2023年3月"), ("2023", "2023年")])
def test_a_day_is_said_as_far_as_it_is_known(day, words):
    assert day_words(day) == words


def line(value, **cell):
    return Line("absent_list", {"row_id": "r", "submission_id": "s", "reason": value}, {"reason": cell} if cell else {})


def test_nothing_a_word_for_nothing_and_a_riddle_are_three_things():
    assert line(None).blank("reason")
    assert line(None, raw="无", problem=None).blank("reason")
    assert not line(None, raw="无", problem=None).blank("reason", none_is_answer=True)
    assert not line(None, raw="？？", problem="读不准").blank("reason")
    assert line(None, raw="？？", problem="读不准").unread("reason")
    assert not line("R01").blank("reason")
