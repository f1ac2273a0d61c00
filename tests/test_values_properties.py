"""Properties that hold for any text at all."""
from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from carelib import catalogue, values
from carelib.records import Cell
from carelib.values import dates, grades, ids, names, numbers, phones
from carelib.values.text import clean, numeral, plain

CATALOGUE = catalogue.load()
LEVELS = {"红色": 4, "一级预警": 3}
CONTEXT = values.Context(CATALOGUE.codes, "2023-03", "九年一贯制", tuple(map(str, range(1, 10))), LEVELS)
FIELDS = list({(f.name, f.type): f for form in CATALOGUE.forms.values() for f in form.fields.values()}.values())
BY_NAME = {f.name: f for f in FIELDS}
GRADES = (*map(str, range(1, 13)), *grades.KINDERGARTEN)

WORDS = """年 月 日 班 级 七 初一 三 十 √ □ ☑ × 是 否 未 已 返校 复学 休学 转学 厌学 因病 在家 外出务工 张三 李 阿依古丽
    人 次 约 红色 一级 无 派出所 镇 村 零 其他 同上 第 上午 2023 2 25 0523 000 E+17 19900003100 990101201003050436"""
SIGNS = ".-/、，\n 　(）·%=：*?XG\u200b\u202e\ud800\0\ufffd\ue001𬭎⼾"
FRAGMENTS = st.sampled_from([*WORDS.split(), *SIGNS])
MESS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=40),
                 st.lists(FRAGMENTS, max_size=8).map("".join))
STYLES = ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m", "%Y年%m月", "%Y")
CELLS = st.one_of(st.none(), st.builds(
    Cell, row=st.just(1), col=st.just(1), text=st.just(""),
    place=st.sampled_from(["S!A1", "A1", "t2!A1", "p1@1,2,3,4"]),
    kind=st.sampled_from(["text", "number", "date", "bool", "field", "ocr"]),
    number=st.one_of(st.none(), st.floats(allow_nan=True), st.integers(-10**19, 10**19).map(float)),
    date=st.one_of(st.none(), st.dates().map(str), st.just("2023-02"), st.just("2023")),
    confidence=st.floats(0, 1)))

_SEVERAL = r"(?:{0})(?:、(?:{0}))*"
_KINDS = {"int": numbers.INT.pattern, "number": numbers.NUMBER.pattern, "rate": numbers.NUMBER.pattern,
          "numbers": _SEVERAL.format(numbers.NUMBER.pattern), "date": dates.NORMAL.pattern, "id": ids.ID.pattern,
          "phone": phones.NORMAL.pattern, "bool": "true|false", "grade": "|".join(GRADES), "text": r"(?s)\S(?:.*\S)?",
          "texts": r"(?s)\S(?:.*\S)?", "name": names.NORMAL.pattern, "level": "|".join(LEVELS),
          "counts": _SEVERAL.format(r"[^=、]+=\d+")}


def normal_form(field: catalogue.Field) -> str:
    """The regular expression of the contract's normal form."""
    if field.name in ("student_no", "peer_pair"):
        return ids.STUDENT_NO.pattern if field.name == "student_no" else _SEVERAL.format(names.NORMAL.pattern)
    if field.kind in ("code", "codes"):
        one = "|".join(map(re.escape, CATALOGUE.codes[field.list].labels))
        return f"(?:{one})(?:、(?:{one}))*" if field.kind == "codes" else one
    return _KINDS[field.kind]


@settings(max_examples=400, deadline=None)
@given(MESS, st.sampled_from(FIELDS), CELLS)
def test_no_text_raises_and_every_value_is_in_normal_form(text, field, cell):
    cell = cell and replace(cell, text=text)
    reading = values.parse(text, field, CONTEXT, cell)
    assert reading.value is None or reading.problem is None
    if reading.value is not None:
        assert re.fullmatch(normal_form(field), reading.value), (field.name, text, reading.value)


@settings(max_examples=150, deadline=None)
@given(MESS)
def test_combined_cells_never_raise(text):
    for readings in (values.grade_and_class(text, CONTEXT), values.name_and_phone(text),
                     values.name_and_relation(text, CONTEXT), values.school_and_grade(text, CONTEXT)[1:]):
        assert all(r.value is None or r.problem is None for r in readings)
    assert isinstance(values.fold_name(text), str) and values.check_id(text) and values.check_student_no(text)


@settings(max_examples=300, deadline=None)
@given(MESS)
def test_no_text_becomes_a_date_silently(text):
    """Every number of the date stands in the text: in digits, or as a Chinese numeral."""
    value = values.parse(text, BY_NAME["left_date"], CONTEXT).value
    if value is None:
        return
    digits = re.sub(r"[零〇○一二三四五六七八九十廿卅]+", lambda m: str(numeral(m[0])), plain(clean(text)))
    year, *rest = value.split("-")
    assert year in digits or year[2:] in digits
    assert all(str(int(part)) in digits for part in rest)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.sampled_from(STYLES))
def test_a_written_date_is_read_with_its_precision(day, style):
    want = day.isoformat()[:10 if "%d" in style else 7 if "%m" in style else 4]
    assert values.parse(day.strftime(style), BY_NAME["left_date"], CONTEXT).value == want


@st.composite
def normal_values(draw):
    field = draw(st.sampled_from([f for f in FIELDS if f.kind not in ("text", "texts")]))
    codes = CATALOGUE.codes.get(field.list or "")
    day = draw(st.dates(date(1950, 1, 1), date(2030, 1, 1)))
    decimal = numbers.show_decimal(Decimal(draw(st.integers(0, 99_999))) / 100)
    id_number = "990101" + day.strftime("%Y%m%d") + f"{draw(st.integers(1, 998)):03d}"
    id_number += ids.check_digit(id_number)
    rate = numbers.show_decimal(Decimal(draw(st.integers(0, 15_000))) / 10_000)
    count, length = draw(st.integers(1, 50)), draw(st.sampled_from([4, 7, 10]))
    some = {"date": str(day)[:length], "number": decimal, "int": str(count),
            "numbers": f"{decimal}、8", "rate": rate, "id": id_number, "counts": "红色=1、橙色=0",
            "grade": draw(st.sampled_from([*CONTEXT.grades, "10", "小班"])),
            "phone": draw(st.sampled_from(["19900003100", "0523-88881234", "19900003100、0523-8888123"])),
            "name": draw(st.sampled_from(["张三", "欧阳青禾", "阿依古丽·买买提"])), "level": "红色",
            "bool": draw(st.sampled_from(["true", "false"]))}
    if codes:
        most = 3 if field.kind == "codes" else 1
        picked = draw(st.lists(st.sampled_from(list(codes.labels)), min_size=1, max_size=most))
        return field, "、".join(c for c in codes.labels if c in picked)
    return field, "G" + id_number if field.name == "student_no" else some[field.kind]


@settings(max_examples=300, deadline=None)
@given(normal_values())
def test_what_we_print_we_can_read_back(case):
    field, value = case
    if value.endswith("0000"):
        return
    shown = values.format_value(value, field, CATALOGUE.codes)
    assert values.parse(shown, field, CONTEXT).value == value, shown
    assert values.parse(value, field, CONTEXT).value == value, "the normal form itself is read too"


@settings(max_examples=150, deadline=None)
@given(st.integers(10**17, 10**18 - 1))
def test_a_number_that_went_through_a_double_is_never_a_citizens_number(number):
    cell = Cell(1, 1, str(number), "S!A1", kind="number", number=float(number))
    assert values.parse(str(number), BY_NAME["id_number"], CONTEXT, cell).value is None


@given(st.integers(1, 9999))
def test_chinese_numerals_are_read(number):
    text = ""
    for power, digit in enumerate(reversed(str(number))):
        text = "零一二三四五六七八九"[int(digit)] + ("", "十", "百", "千")[power if digit != "0" else 0] + text
    text = re.sub("零+", "零", text).rstrip("零")
    assert numeral(text) == number and (number >= 20 or number < 10 or numeral(text.removeprefix("一")) == number)


def test_long_and_hostile_texts_are_refused_quickly():
    long = ("9" * 40_000, "张" * 40_000, "2023-02-20、" * 5_000, "□是" * 10_000, "(" * 40_000)
    for text in (*long, "\ud800" * 100, "\0", "\u202e" * 99):
        for field in FIELDS:
            reading = values.parse(text, field, CONTEXT)
            assert reading.value is None or field.kind in ("text", "texts")
        for combined in (values.grade_and_class, values.name_and_relation, values.school_and_grade):
            assert all(not r.value for r in combined(text, CONTEXT)[-2:])
        assert all(not r.value for r in values.name_and_phone(text))
