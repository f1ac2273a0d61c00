"""Every finding names its rows and cells, also those that rest on an earlier month or on another school's paper."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from carelib.month import Month
from carelib.report import district_workbook, school_workbook
from carelib.run import stages
from carelib.run import workspace as places
from carelib.show import school as page
from carelib.world import School

REGISTER = """学校标识码,学校名称,简称,办学类型,性质,年级,停办日期,并入学校
3199010001,示例第一中学,一中,初中,公办,7-9,,
3199010002,示例第二中学,二中,初中,公办,7-9,,
"""
POLICY = '[district]\nname = "示例区教育局"\n[forms]\ncollect = ["absent_list"]\n'
HEAD = "序号,学生姓名,性别,出生日期,年级,班级,离校时间,未到校原因,目前状态,接收学校,休学截止日期\n"
PUPILS = """1,王小麦,男,2009-03-07,八年级,1班,2023-02-20,厌学,劝返中,,
2,李大豆,女,2009-05-11,八年级,2班,2023-02-21,厌学,劝返中,,
3,赵高粱,男,2009-07-02,八年级,3班,2023-02-22,厌学,转学,示例第二中学,
4,孙荞麦,女,2009-09-09,八年级,4班,2022-09-01,因病,休学,,2023-04-10
"""
ZERO = "本月无应在校不在校学生\n填报人：何敏 负责人：丁国平 填报日期：2023-{month:02d}-20\n"


def paper(folder: Path, month: int, school: str, name: str, body: str) -> None:
    folder = folder / "inputs" / f"2023-{month:02d}" / school
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"应在校不在校就读学生情况表（2023年{month}月）\n填报单位：{school}\n{body}", "utf-8")


@pytest.fixture(scope="module")
def may(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """In March the first school lists four pupils, one of them gone to the second, one suspended; then only zero reports come."""
    home = tmp_path_factory.mktemp("places")
    (home / "inputs").mkdir()
    (home / "inputs" / "schools.csv").write_text(REGISTER, "utf-8")
    (home / "inputs" / "district.toml").write_text(POLICY, "utf-8")
    paper(home, 3, "示例第一中学", "一中三月.csv", HEAD + PUPILS)
    paper(home, 3, "示例第二中学", "二中三月.csv", ZERO.format(month=3))
    for month in (4, 5):
        paper(home, month, "示例第一中学", f"一中{month}月.csv", ZERO.format(month=month))
        paper(home, month, "示例第二中学", f"二中{month}月.csv", ZERO.format(month=month))
    stages.ensure(places.find(home), "2023-04", "check")
    return stages.ensure(places.find(home), "2023-05", "check")


def found(month: Month, rule: str) -> list[dict]:
    return [f for f in month.rows("findings") if f["rule"] == rule]


def at(month: Month, f: dict) -> list[tuple[str, str, str]]:
    return [(g["cycle"], g["file"].rpartition("/")[2], g["place"]) for g in month.grounds_of[f["finding_id"]]]


def school(month: Month, number: int) -> School:
    return month.world.known_school(f"319901000{number}")


WHERE = {"X1-vanished": {"B4", "B5"}, "X5-unconfirmed": {"J6"}, "X5-not_received": {"J6"}, "X12-expired": {"K7"}, "X9-open": {"B4", "B5"}}


@pytest.mark.parametrize("rule", WHERE)
def test_a_finding_that_rests_on_an_earlier_month_names_its_row_and_cell(may: Month, rule: str) -> None:
    march = may.earlier[0]
    assert {f["place"] for f in found(may, rule)} == WHERE[rule]
    for f in found(may, rule):
        assert at(may, f) == [("2023-03", "一中三月.csv", f["place"])]
        assert any(v["place"] == f["place"] for v in march.values_of[f["row_id"]])
        assert f["sentence"].startswith("2023年3月情况表 ") or f["rule"] in ("X1-vanished", "X5-not_received")


def test_a_false_zero_names_its_own_cell_and_the_rows_that_it_contradicts(may: Month) -> None:
    (zero,) = found(may, "X2-false_zero")
    assert zero["place"] == "A3" and [x for x in at(may, zero)] == [("2023-03", "一中三月.csv", "B4"), ("2023-03", "一中三月.csv", "B5")]
    assert "情况表 A3" in zero["sentence"] and "2023年3月情况表 B4、B5" in zero["sentence"]


def test_the_state_alone_is_enough_to_say_it(may: Month) -> None:
    """No month is read again: a month without its `values` still knows where the pupils stood."""
    facts = {r["stood"] for r in may.rows("case_facts")}
    assert all("2023-03" in f and "一中" not in f for f in facts) and len(facts) == 4


def words_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(c.value) for s in book for row in s.iter_rows() for c in row if c.value is not None)


def test_the_school_itself_is_shown_month_file_and_cell(may: Month, tmp_path: Path) -> None:
    school_workbook(tmp_path / "a.xlsx", may, school(may, 1))
    said = words_of(tmp_path / "a.xlsx")
    assert "2023年3月 一中三月.csv → 情况表 B4" in said and "2023年3月 一中三月.csv → 情况表 J6" in said
    shown = page.findings(may, school(may, 1))
    assert "2023年3月 一中三月.csv → 情况表 K7" in shown.body and "王小麦" in shown.body


def test_another_school_sees_neither_file_nor_cell_nor_pupil(may: Month, tmp_path: Path) -> None:
    """X5-not_received rests on the row of the school that reported the move."""
    assert {f["school_code"] for f in found(may, "X5-not_received")} == {school(may, 2).code}
    school_workbook(tmp_path / "b.xlsx", may, school(may, 2))
    for said in (words_of(tmp_path / "b.xlsx"), page.findings(may, school(may, 2)).body):
        assert "另一所学校的材料" in said
        assert not [w for w in ("一中三月", "情况表 J6", "赵高粱", "示例第一中学") if w in said], said[max(0, said.find("J6") - 80):]


def test_the_section_sees_where_a_matter_between_schools_rests(may: Month, tmp_path: Path) -> None:
    district_workbook(tmp_path / "d.xlsx", may)
    assert "2023年3月 一中三月.csv → 情况表 J6" in words_of(tmp_path / "d.xlsx")
