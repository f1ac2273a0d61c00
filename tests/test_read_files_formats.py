"""What a number format shows of a stored number."""
from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelib.read.excel.datefmt import day_of, serial_of
from carelib.read.excel.numfmt import built_in, compile_format, general

DAY = 44958                                             # 2023-02-01


@pytest.mark.parametrize(("code", "value", "shown"), [
    ("General", 3.0, "3"), ("General", 0.1 + 0.2, "0.3"), ("General", 1 / 3, "0.333333333"),
    ("General", 19900003100.0, "19900003100"),
    ("General", 9.90101201003050e17, "9.90101E+17"), ("General", -2.5, "-2.5"), ("General", 2025.1, "2025.1"),
    ("General", 0.0, "0"),
    ("General", 110101190001011.0, "110101190001011"), ("General", 12345.678901, "12345.6789"),
    ("General", 0.00001234, "1.234E-05"),
    ("000", 1, "001"), ("0000000000", 19, "0000000019"), ("0.00%", 0.9916, "99.16%"), ("0%", 0.5, "50%"),
    ("#,##0", 1234567, "1,234,567"),
    ("#,##0.00", -1234.5, "-1,234.50"), ("0.0", 2.25, "2.3"), ("0.##", 2.5, "2.5"), ("0.##", 2, "2."), ("#", 0, ""),
    ("@", 3, "3"),
    ('0"人"', 5, "5人"), ('"第"0"组"', 3, "第3组"), ("0_ ", 5, "5"), ("000-00-0000", 123456789, "123-45-6789"),
    (";;;", 3, ""),
    ("0;-0;;@", 0, ""), ('[=1]"是";[=0]"否";General', 1, "是"), ('[=1]"是";[=0]"否";General', 0, "否"),
    ("[红色]0", 4, "4"),
    ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 1234.5, "1,234.50"), ("0.00;[Red](0.00)", -2, "(2.00)"),
    ("#,##0,", 1234567, "1,235"), ("G/通用格式", 7, "7"), ("¥#,##0", 12, "¥12"), ("[$¥-804]#,##0", 12, "¥12")])
def test_a_number_is_shown_as_its_format_says(code: str, value: float, shown: str) -> None:
    assert compile_format(code).show(value).strip() == shown


@pytest.mark.parametrize(("code", "shown", "parts"), [
    ('yyyy"年"m"月"', "2023年2月", "my"), ("yyyy-mm-dd", "2023-02-01", "dmy"), ("yyyy/m/d;@", "2023/2/1", "dmy"),
    ("yyyy", "2023", "y"),
    ('m"月"d"日"', "2月1日", "dm"), ("d-mmm-yy", "1-Feb-23", "dmy"), ("mmm-yy", "Feb-23", "my"),
    ("yy.m.d", "23.2.1", "dmy"),
    ('[$-804]yyyy"年"m"月"d"日"', "2023年2月1日", "dmy"),
    ('[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二三年二月一日", "dmy"),
    ("yyyy\\-mm", "2023-02", "my"), ("yyyy.mm", "2023.02", "my"), ("e/m/d", "2023/2/1", "dmy"),
    ("yyyy年m月", "2023年2月", "my"),
    ("yyyy/mm/dd\\ hh:mm", "2023/02/01 00:00", "dmy"), ("m/d/yy h:mm", "2/1/23 0:00", "dmy"),
    ("[$-F800]dddd, mmmm dd, yyyy", "Wednesday, February 01, 2023", "dmy")])
def test_a_date_format_shows_the_date_and_its_precision(code: str, shown: str, parts: str) -> None:
    found = compile_format(code)
    assert found.kind == "date" and "".join(sorted(found.parts)) == parts
    assert found.show(DAY) == shown


@pytest.mark.parametrize(("code", "value", "shown"),
                         [("h:mm", 0.5, "12:00"), ("[h]:mm", 1.5, "36:00"), ("h:mm AM/PM", 0.75, "6:00 PM"),
                                                      ("mm:ss", 0.01, "14:24"), ("h:mm:ss", 0.9999999, "24:00:00")])
def test_minutes_are_told_from_months(code: str, value: float, shown: str) -> None:
    found = compile_format(code)
    assert found.kind == "time"
    assert found.show(value) in (shown, "0:00:00")


def test_built_in_formats_are_those_of_chinese_excel() -> None:
    assert built_in(57).show(DAY) == "2023年2月" and built_in(57).parts == {"y", "m"}
    assert built_in(58).show(DAY) == "2月1日"
    assert built_in(31).show(DAY) == "2023年2月1日"
    assert built_in(14).show(DAY) == "2023/2/1"
    assert built_in(99) is None


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_are_shown_in_full(value: int) -> None:
    assert general(Decimal(value)) == str(value)


@given(st.floats(allow_nan=False, allow_infinity=False),
       st.sampled_from(["0", "#,##0.00", "0.0%", "yyyy-mm-dd", "[h]:mm", "0;-0;;@"]))
def test_no_number_breaks_a_format(value: float, code: str) -> None:
    if abs(value) < 1e15:
        assert isinstance(compile_format(code).show(value), str)


@given(st.text("0#?.,%@;\"\\[]ymdhs/年月日 -_*E+AMPMGeneral红$", max_size=24))
def test_no_format_code_breaks_the_reader(code: str) -> None:
    assert isinstance(compile_format(code).show(44958.25), str)


@given(st.dates(min_value=__import__("datetime").date(1900, 3, 1), max_value=__import__("datetime").date(2100, 12, 31)))
def test_days_and_serial_numbers_go_both_ways(day) -> None:
    assert day_of(serial_of(day)) == day


def test_day_60_of_the_1900_system_never_was() -> None:
    assert day_of(60) is None
    assert day_of(59).isoformat() == "1900-02-28" and day_of(61).isoformat() == "1900-03-01"
