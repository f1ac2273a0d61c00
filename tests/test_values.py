"""What the words on a form say.

`values_cells.csv` and `values_choices.csv` hold one mess a row: field, kind of school (blank: a junior school, ?: none
known), the text, and the value; a value of ? means that a person has to look, none that nothing is said.
"""
from __future__ import annotations

import csv
import dataclasses
import re
from pathlib import Path

import pytest

from carelib import catalogue, values
from carelib.records import Cell, Reading
from carelib.values.ids import check_digit
from carelib.values.words import words

CATALOGUE = catalogue.load()
FIELDS = {name: field for form in CATALOGUE.forms.values() for name, field in form.fields.items()}
FIELDS["status"] = CATALOGUE.forms["absent_list"].fields["status"]
FIELDS["psych_state"] = CATALOGUE.forms["psych_case"].fields["status"]
LEVELS = {"红色": 4, "橙色": 3, "一级预警": 3}
JUNIOR = values.Context(CATALOGUE.codes, "2023-03", "初中", ("7", "8", "9"), LEVELS)
CSV = Cell(4, 5, "", "F5")              # a CSV does not tell numbers from text
ASKED = "?"


def read(name: str, text: str, cell: Cell | None = None, context: values.Context = JUNIOR, label: str | None = None):
    return values.parse(text, FIELDS[name], context, cell, label)


def said(reading: Reading) -> str | None:
    """The value, None where nothing is said, ? where a person has to look."""
    assert reading.value is None or reading.problem is None
    return ASKED if reading.problem else reading.value


def number(stored: float, text: str) -> Cell:
    return Cell(4, 5, text, "情况表!F5", kind="number", number=stored)


def stored_date(date: str, text: str) -> Cell:
    return Cell(4, 5, text, "情况表!F5", kind="date", date=date)


def scan(confidence: float, text: str) -> Cell:
    return Cell(4, 5, text, "p1@10.0,20.0,90.0,34.0", kind="ocr", confidence=confidence)


def cases(name: str) -> list[tuple[str, str, str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8-sig", newline="") as handle:
        return [tuple(row.values()) for row in csv.DictReader(handle)]


def unescaped(text: str) -> str:
    escape = re.compile(r"\\(u[0-9a-f]{4}|n|t|\\)")
    return escape.sub(lambda m: {"n": "\n", "t": "\t", "\\": "\\"}.get(m[1]) or chr(int(m[1][1:], 16)), text)


@pytest.mark.parametrize("field, school, text, want", cases("values_cells.csv") + cases("values_choices.csv"))
def test_what_a_cell_says(field, school, text, want):
    context = values.Context(CATALOGUE.codes, "2023-03", school.strip("?")) if school else JUNIOR
    assert (said(read(field, unescaped(text), context=context)) or "") == want


def test_a_problem_says_what_was_written_and_what_was_expected():
    expected = "写的是“2月30日”，没有这一天；应为学生最后到校的日期，如 2023-02-20"
    assert read("left_date", "2月30日").problem == expected


def test_a_date_without_a_year_gets_a_suggestion_and_no_value():
    assert read("left_date", "2.25").suggestion == "2023-02-25"
    assert read("left_date", "12月20日").suggestion == "2022-12-20"        # not in the future
    assert read("next_date", "12月20日").suggestion == "2023-12-20"
    assert read("left_date", "2月30日").suggestion is None


def test_a_number_whose_format_of_a_date_was_lost_is_its_day():
    def lost(value, day):
        return dataclasses.replace(number(value, str(value)), date=day)
    assert read("left_date", "44982", lost(44982, "2023-02-25")).value == "2023-02-25"
    assert read("left_date", "44982.5", lost(44982.5, "2023-02-25")).value == "2023-02-25"
    assert read("birth", "40148", lost(40148, "2009-12-01")).value == "2009-12-01"
    assert read("left_date", "33000", lost(33000, "1990-05-07")).problem                    # long before anybody here was born
    assert read("left_date", "60000", lost(60000, "2064-04-08")).problem
    assert read("absent_days", "44982", lost(44982, "2023-02-25")).value == "44982"


def test_a_text_of_five_figures_is_asked_with_the_day_that_it_may_be():
    reading = read("left_date", "45000", CSV)
    assert (reading.value, reading.suggestion) == (None, "2023-03-15")


def test_a_part_of_a_month_is_known_as_the_month():
    march = dataclasses.replace(JUNIOR, month="2023-03")
    assert read("left_date", "2月底", context=march).value == "2023-02" == read("left_date", "2月份", context=march).value
    assert read("next_date", "4月上旬", context=march).value == "2023-04"
    assert read("left_date", "8月", context=march).problem and read("left_date", "2月底左右", context=march).problem
    assert read("left_date", "2月底").suggestion == "2023-02"


def test_a_number_that_spells_a_date_is_one():
    assert read("left_date", "20230225", number(20230225, "20230225")).value == "2023-02-25"
    assert read("left_date", "2.02E+07", number(20230225, "2.02E+07")).value == "2023-02-25"
    assert read("birth", "2010", number(2010, "2010")).value == "2010"


def test_october_may_have_lost_its_zero():
    assert read("birth", "2010.1", number(2010.1, "2010.1")).problem and read("birth", "2010.1", CSV).problem
    assert read("birth", "2010.10", number(2010.1, "2010.10")).value == "2010-10"
    assert read("birth", "2010.1").value == "2010-01"
    assert read("birth", "2010.12", number(2010.12, "2010.12")).value == "2010-12"


def test_a_stored_date_counts_as_it_is_shown():
    assert read("left_date", "2023年2月", stored_date("2023-02", "2023年2月")).value == "2023-02"
    assert read("left_date", "1900/1/5", stored_date("1900-01-05", "1900/1/5")).problem      # a 5 in a date format


def test_zero_nothing_and_blank_stay_apart():
    assert read("attempt_count", "0").value == "0"
    assert read("attempt_count", "无") == Reading() == read("attempt_count", "")


def test_what_is_shown_must_be_what_is_stored():
    assert read("absent_days", "12", number(12.4, "12")).problem
    assert read("absent_days", "12", number(11.9999999999, "12")).value == "12"
    assert read("student_count", "1E+05", number(100000, "1E+05")).value == "100000"


def test_a_count_that_became_a_date_is_asked():
    reading = read("absent_days", "1900/1/12", stored_date("1900-01-12", "1900/1/12"))
    assert (reading.value, reading.suggestion) == (None, "12")


def test_a_number_that_was_stored_as_a_number_is_damaged_for_certain():
    reading = read("id_number", "9.90101E+17", number(9.9010120100305e17, "9.90101E+17"))
    assert reading.value is None and reading.suggestion == "990101201003050???"
    assert read("id_number", "990101201003050436", number(990101201003050436.0, "990101201003050436")).problem


def test_the_good_digits_are_those_of_the_decimal_not_of_the_double():
    below = next(n for i in range(10000, 20000) if (n := int(float(f"9901012010{i}000"))) % 1000 > 900)
    assert read("id_number", str(below)).suggestion == f"{(below + 100) // 1000}???"


def test_three_zeros_behind_a_fitting_check_digit_are_believed_only_where_text_is_text():
    text = next(n + "0" for i in range(0, 1000, 100) if check_digit(n := f"99010120100305{i:03d}") == "0")
    assert read("id_number", text, Cell(4, 3, text, "情况表!D5")).value == text
    assert read("id_number", text, CSV).problem
    assert read("id_number", text, Cell(4, 3, text, "p1@1.0,2.0,3.0,4.0")).problem


def test_no_sentence_repeats_a_name_or_a_number():
    for field, _, text, _ in cases("values_cells.csv"):
        if FIELDS[field].kind in ("id", "phone", "name"):
            problem = read(field, unescaped(text)).problem or ""
            assert not re.search("990101|张三|1990000", problem)
    for name in ("absent_days", "reason", "left_date", "grade"):
        assert "0436" not in (read(name, "990101201003050436").problem or "")


def test_a_number_tells_birth_and_gender():
    assert values.check_id("990101201003050436") == "valid"
    assert values.id_birth("990101201003050436") == "2010-03-05" == values.id_birth("G990101201003050436")
    assert values.id_gender("990101201003050436") == "男" and values.id_gender("990102201009111021") == "女"
    assert values.id_birth("990101201013050436") is None and values.id_gender("9901") is None


@pytest.mark.parametrize("text, want", [
    ("990101201003050437", "checksum"), ("990101201013050436", "date"), ("99010120100305043", "length"),
    ("99010120100305O436", "characters"), ("99010120100305043x", "characters"), ("", "length"),
    ("9" * 17 + "９", "characters")])
def test_a_number_names_its_first_fault(text, want):
    assert values.check_id(text) == want


def test_a_student_number_has_its_own_check():
    assert values.check_student_no("G990101201003050436") == "valid"
    assert values.check_student_no("L990101201003051234") == "valid"       # a temporary number has no check digit
    assert values.check_student_no("J990101201003050437") == "checksum"
    assert values.check_student_no("H990101201003050436") == "letter"
    assert values.check_student_no("990101201003050436") == "length"


def test_eleven_digits_survive_a_numeric_cell():
    assert read("guardian_phone", "1.99E+10", number(19900003100.0, "1.99E+10")).value == "19900003100"


def test_names_are_compared_without_blanks_and_with_one_kind_of_dot():
    assert values.fold_name(" 阿依古丽 • 买买提 ") == "阿依古丽·买买提"
    assert values.fold_name("张　三") == "张三" and values.fold_name("⻢\u200b⻰") == "马龙"


def test_a_class_that_became_a_date_is_only_proposed():
    reading = read("class_no", "8月3日", stored_date("2023-08-03", "8月3日"))
    assert (reading.value, reading.suggestion) == (None, "8-3")


def test_class_ten_may_have_lost_its_zero():
    assert read("class_no", "7.1", number(7.1, "7.1")).problem and read("class_no", "7.1", CSV).problem
    assert read("class_no", "7.3", number(7.3, "7.3")).value == "3" and read("class_no", "7.1").value == "1"


@pytest.mark.parametrize("text, grade, class_no", [
    ("七(3)班", "7", "3"), ("703", "7", "3"), ("7.3班", "7", "3"), ("初一3班", "7", "3"), ("七年级三班", "7", "3"),
    ("2022级3班", "7", "3"), ("七年级", "7", None), ("3班", None, "3"), ("3", ASKED, ASKED), ("一(3)班", ASKED, "3"),
    ("张三", ASKED, ASKED), ("七年级求是班", "7", ASKED), ("七(2)班\n七(3)班", ASKED, ASKED), ("", None, None)])
def test_grade_and_class_stand_in_one_cell(text, grade, class_no):
    assert tuple(map(said, values.grade_and_class(text, JUNIOR))) == (grade, class_no)


@pytest.mark.parametrize("text, name, phone", [
    ("张三 19900003100", "张三", "19900003100"), ("19900003100 张三", "张三", "19900003100"),
    ("张三19900003100", "张三", "19900003100"), ("张三\n19900003100", "张三", "19900003100"),
    ("张三/0523-88881234", "张三", "0523-88881234"), ("张三（19900003100）", "张三", "19900003100"),
    ("19900003100（张三）", "张三", "19900003100"), ("联系人：张三 电话：19900003100", "张三", "19900003100"),
    ("张三、19900003100、19900003101", "张三", "19900003100、19900003101"),
    ("父亲张三：19900003100", "张三", "19900003100"),
    ("买买提·阿不都 19900003100", "买买提·阿不都", "19900003100"), ("张三", "张三", None),
    ("19900003100", None, "19900003100"), ("张三、李四 19900003100", ASKED, "19900003100"),
    ("张三 199****3100", "张三", ASKED), ("", None, None), ("无", None, None)])
def test_name_and_phone_are_parted(text, name, phone):
    assert tuple(map(said, values.name_and_phone(text))) == (name, phone)


@pytest.mark.parametrize("text, name, relation", [
    ("张三（父亲）", "张三", "父亲"), ("父亲 张三", "张三", "父亲"), ("父：张三", "张三", "父亲"),
    ("张三/母子", "张三", "母亲"), ("张三，系学生祖父", "张三", "祖父"), ("张三", "张三", None),
    ("张三（父）李四（母）", ASKED, ASKED), ("", None, None)])
def test_name_and_relation_are_parted(text, name, relation):
    assert tuple(map(said, values.name_and_relation(text, JUNIOR))) == (name, relation)


@pytest.mark.parametrize("text, school, grade, class_no", [
    ("示例区云溪初级中学七年级3班", "示例区云溪初级中学", "7", "3"), ("云溪中学 七(3)班", "云溪中学", "7", "3"),
    ("云溪中学/初一（2）班", "云溪中学", "7", "2"), ("云溪小学三年级", "云溪小学", "3", None),
    ("云溪初中二年级", "云溪初中", "8", None), ("示例一中高二", "示例一中", "11", None),
    ("云溪中学初中部八年级", "云溪中学初中部", "8", None), ("八年级(1)班，云溪中学", "云溪中学", "8", "1"),
    ("七(3)班", "", "7", "3"), ("云溪中学", "云溪中学", ASKED, ASKED), ("", "", None, None)])
def test_school_and_grade_are_parted(text, school, grade, class_no):
    got = values.school_and_grade(text, JUNIOR)
    assert (got[0], said(got[1]), said(got[2])) == (school, grade, class_no)


def test_free_text_stays_as_written():
    assert read("remark", "  已转出，见\n附件（一） ").value == "已转出，见\n附件（一）"


def test_yes_means_returned_only_under_a_question():
    assert read("status", "是", label="是否返校").value == "returned"
    assert read("status", "否", label="是否已复学").value == "open" == read("status", "×", label="是否到校").value
    assert read("status", "是", label="劝返情况").problem and read("status", "是").problem


def test_a_cell_that_cannot_be_trusted_gives_no_value():
    doubted = Cell(4, 5, "990101201003050436", "情况表!D5", doubt="部分文字被划去", suggestion="990102201009111021")
    assert read("id_number", doubted.text, doubted) == Reading(None, "部分文字被划去", "990102201009111021")
    for kind in ("error", "uncalculated", "picture"):
        assert read("left_date", "2023-02-20", Cell(4, 5, "2023-02-20", "情况表!F5", kind=kind)).problem
    for text in ("#N/A", "#REF!", "#VALUE!", "=VLOOKUP(A1,B:C,2,0)", '=DISPIMG("ID_1",1)', "########"):
        assert all(read(n, text).problem for n in ("left_date", "remark", "student_name", "reason", "absent_days"))


def test_combined_cells_are_trusted_no_more_than_others():
    doubted = Cell(4, 5, "七(3)班", "情况表!F5", doubt="部分文字被划去")
    weak, strong = scan(0.6, "张三 19900003100"), scan(0.9, "张三 19900003100")
    assert all(r.problem for r in values.grade_and_class("七(3)班", JUNIOR, doubted))
    assert all(r.problem for r in values.name_and_phone(weak.text, JUNIOR, weak))
    assert values.name_and_phone(strong.text, JUNIOR, strong)[0].value == "张三"


SCANS = [
    ("id_number", 0.6, "990101201003050436", "990101201003050436"),
    ("id_number", 0.45, "990101201003050436", ASKED), ("parties", 0.9, "学校、村委会", "村居委会、学校"),
    ("parties", 0.8, "学校、村委会", ASKED), ("parties", 0.9, "学校、村委舍", ASKED), ("id_number", 0.99, "990101201003050437", ASKED),
    ("left_date", 0.6, "2023-02-20", "2023-02-20"), ("left_date", 0.4, "2023-02-20", ASKED),
    ("left_date", 0.9, "2093-02-20", ASKED), ("left_date", 0.7, "2023年2月", ASKED),
    ("left_date", 0.9, "二〇二三年二月三日", ASKED), ("gender", 0.6, "男", "男"), ("gender", 0.4, "男", ASKED),
    ("reason", 0.6, "厌学", "R01"), ("reason", 0.99, "厌学情绪很重", ASKED), ("status", 0.6, "已复学", "returned"),
    ("grade", 0.6, "七年级", "7"), ("grade", 0.74, "三年级", ASKED), ("grade", 0.74, "7", ASKED), ("grade", 0.9, "7", "7"), ("guardian_phone", 0.9, "19900003100", "19900003100"),
    ("guardian_phone", 0.8, "19900003100", ASKED), ("guardian_phone", 0.99, "1990000310", ASKED),
    ("student_name", 0.9, "张三", "张三"), ("student_name", 0.8, "张三", ASKED), ("student_name", 0.99, "黃三", ASKED),
    ("student_name", 0.99, "李䶮", ASKED), ("student_name", 0.99, "买买提·阿不都", ASKED),
    ("absent_days", 0.9, "12", "12"),
    ("absent_days", 0.8, "12", ASKED), ("plan_made", 0.9, "是", "true"), ("plan_made", 0.99, "□是☑否", "false"), ("plan_made", 0.8, "□是☑否", ASKED),
    ("plan_made", 0.99, "是□否", ASKED), ("remark", 0.96, "已联系家长", "已联系家长"), ("remark", 0.94, "已联系家长", ASKED),
    ("remark", 0.5, "已联系家长", ASKED),
    ("remark", 0.5, "/", ASKED), ("student_no", 0.9, "G990101201003050436", "G990101201003050436"),
    ("student_no", 0.9, "G990101201003050437", ASKED),
    ("absent_days", 0.98, "0", "0"), ("absent_days", 0.9, "0", ASKED), ("remark", 0.99, "0", ASKED), ("plan_made", 0.99, "0", ASKED),
    ("plan_made", 0.98, "√", "true"), ("plan_made", 0.98, "×", "false"), ("plan_made", 0.9, "√", ASKED),
    ("guardian_phone", 0.9, "0523-80990204", "0523-80990204"), ("guardian_phone", 0.99, "0523-8099020", ASKED)]


@pytest.mark.parametrize("name, confidence, text, want", SCANS)
def test_a_scan_is_believed_as_far_as_its_field_can_be_guarded(name, confidence, text, want):
    assert said(read(name, text, scan(confidence, text))) == want


def test_what_a_scan_seems_to_say_is_shown_to_a_person():
    assert read("guardian_phone", "19900003100", scan(0.5, "19900003100")).suggestion == "19900003100"
    assert read("reason", "厌学情绪很重", scan(0.9, "厌学情绪很重")).suggestion == "厌学/学习困难"


def test_every_sentence_that_the_code_asks_for_stands_in_the_notice():
    source = "".join(p.read_text(encoding="utf-8") for p in Path(values.__file__).parent.glob("*.py"))
    asked = set(re.findall(r'ask\(\s*"(\w+)", "(\w+)"', source))
    assert len(asked) > 40
    assert not {pair for pair in asked if pair[1] not in words()["say"].get(pair[0], {})}


def test_every_sentence_can_be_worded_and_goes_on_to_what_was_expected():
    for table in words()["say"].values():
        for sentence in table.values():
            assert sentence.format(text="甲", n=3) and sentence[-1] not in "。；，"
    for field in FIELDS.values():
        assert "{" not in (values.parse("\ufffd", field, JUNIOR).problem or "{")


def test_a_scanned_name_over_two_lines_may_be_one_character_read_as_two():
    whole, broken = (read("student_name", t, scan(0.99, t)) for t in ("宋馨昊", "宋馨曰\n天"))
    assert whole.value == "宋馨昊" and broken.value is None and broken.suggestion
