"""包保责任表 as schools write it: a post beside a name, layers without a word for who answers, duties told in lines of text."""
from __future__ import annotations

import pytest
from grids import grid, problems_of, read, table, values_of

from carelib import catalogue, values

CATALOGUE = catalogue.load()
CONTEXT = values.Context(CATALOGUE.codes, "2023-03", "初中", ("7", "8", "9"))
HEAD = "包保责任表（2023年春学期）\n填报单位：云溪初级中学\n"


def rows(text: str, merges: str = ""):
    sub, = read(grid(table(HEAD + text), merges=merges))
    assert sub.form == "responsibility"
    return sub.rows


@pytest.mark.parametrize(("cell", "person", "level"), [
    ("田野（副校长）", "田野", "分管校长"), ("副校长 秦朗", "秦朗", "分管校长"), ("秦朗/副校长", "秦朗", "分管校长"), ("班主任：李敏", "李敏", "班主任"), ("班主任李敏", "李敏", "班主任"),
    ("李敏（语文教师）", "李敏", "任课教师"), ("八年级分管副校长 仇英", "仇英", "分管校长"), ("七（2）班班主任 李敏", "李敏", "班主任"), ("罗秋实（总务主任）", "罗秋实", None),
    ("李敏老师", "李敏", None), ("秦朗、李敏", None, None)])
def test_a_post_beside_a_name_says_the_level_and_is_no_part_of_the_name(cell, person, level):
    row = values_of(rows(f"包保对象 | 责任人 | 联系电话\n七年级 | {cell} | 19900001111")[0])
    assert (row.get("person"), row.get("level")) == (person, level)


def test_a_column_or_a_line_that_says_the_level_comes_before_the_post():
    assert values_of(rows("层级 | 包保对象 | 责任人 | 联系电话\n年级主任 | 七年级 | 秦朗（副校长） | 19900001111")[0])["level"] == "年级主任"
    found = rows("包保对象 | 责任人 | 联系电话\n一、班主任\n七（2）班 | 李敏（语文教师） | 19900001111", "A4:C4")
    assert [values_of(r)["level"] for r in found] == ["班主任"]


@pytest.mark.parametrize(("layer", "post", "level"), [
    ("学校", "校长", "校长"), ("年级", "分管副校长", "分管校长"), ("年级", "年级主任", "年级主任"), ("班级", "班主任", "班主任"), ("学生", "数学教师", "任课教师"),
    ("年级", "总务主任", None), ("学生", "班主任", None), ("班级", "分管副校长", None), ("学校", "", None)])
def test_a_layer_is_a_level_where_the_post_belongs_to_it(layer, post, level):
    for text in (f"包保层次 | 包保对象 | 职务 | 姓名 | 联系电话\n{layer} | 七年级 | {post} | 李敏 | 19900001111",
                 f"包保层次 | 包保对象 | 责任人 | 联系电话\n{layer} | 七年级 | {f'李敏（{post}）' if post else '李敏'} | 19900001111"):
        row = rows(text)[0]
        assert (values_of(row).get("level"), values_of(row)["person"]) == (level, "李敏")
        assert level or "level" in problems_of(row)


def test_a_teacher_is_named_without_the_post():
    form = CATALOGUE.forms["absent_list"].fields["owner_name"]
    assert [values.parse(t, form, CONTEXT).value for t in ("李敏老师", "李敏主任", "语文教师李敏", "王老师")] == ["李敏", "李敏", None, "王老师"]


def test_duties_told_in_lines_of_text_are_rows():
    found = [values_of(r) for r in rows("""八年级　分管副校长：仇英
七（2）班 班主任 邵平 19900001116
班级 | 班主任 | 联系电话
八（1）班 | 李敏 | 19900001114
八（2）班 | 罗秋实 | 19900001115""", "A3:C3 A4:C4")]
    assert [(r["level"], r["scope"], r["person"], r.get("phone")) for r in found] == [
        ("班主任", "八（1）班", "李敏", "19900001114"), ("班主任", "八（2）班", "罗秋实", "19900001115"),
        ("分管校长", "八年级", "仇英", None), ("班主任", "七（2）班", "邵平", "19900001116")]


@pytest.mark.parametrize("line", ["分管副校长：仇英", "八年级 分管副校长：仇英、秦朗", "八年级 分管副校长", "八年级由分管副校长仇英同志负责", "八年级 总务主任：仇英"])
def test_a_line_that_leaves_something_open_is_no_duty(line):
    found = rows(f"{line}\n层级 | 包保对象 | 责任人 | 联系电话\n班主任 | 八（1）班 | 李敏 | 19900001114", "A3:D3")
    assert [values_of(r)["person"] for r in found] == ["李敏"]


def test_a_list_whose_heads_are_duties_and_a_telephone_that_names_its_duty():
    sub, = read(grid(table("""云溪初级中学包保责任表（2023年春学期）
包保年级 | 分管校长 | 年级主任 | 联系电话（年级主任）
七年级 | 仇英 | 秦朗 | 19900001111
八年级 | 田野 | 罗秋实 | 19900002222""")))
    assert [(r["level"], r["person"], r.get("phone")) for r in map(values_of, sub.rows)] == [
        ("分管校长", "仇英", None), ("年级主任", "秦朗", "19900001111"), ("分管校长", "田野", None), ("年级主任", "罗秋实", "19900002222")]


def test_a_head_that_is_no_duty_of_the_five_is_asked_in_one_place():
    found = rows("""班级 | 分管校长 | 联系电话 | 包保领导 | 联系电话 | 班主任 | 联系电话
七（1）班 | 秦朗 | 19900001112 | 田野 | 19900001113 | 李敏 | 19900001114
七（2）班 | 秦朗 | 19900001112 | 仇英 | 19900001113 | 罗秋实 | 19900001115""")
    asked = [v.place for r in found for v in r.values if v.field == "level" and v.problem]
    assert asked == ["Sheet1!D3", "Sheet1!D3"]              # one cell is one finding, however many rows it is about
