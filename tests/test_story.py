"""A case's picture and table in notebook and workbook, the moves between states, and who stands behind a figure."""
from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from carelib import report, show
from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.run import stages
from carelib.run import workspace as places
from carelib.show.names import Names
from carelib.show.story import stories


@pytest.fixture(scope="module")
def month(district: Path) -> Month:
    return stages.ensure(places.find(district), "2023-05")


def with_cases(month: Month) -> list:
    return [s for s in month.world.open_schools if month.of_school("cases", s)]


def test_every_case_of_a_school_has_one_picture_with_all_its_months(month: Month) -> None:
    assert len(with_cases(month)) > 3
    for school in with_cases(month):
        told = stories(month, school, Names(month, school))
        body = show.timeline.cases(month, school).body
        assert body.count("<svg") == len(told) >= len(month.of_school("cases", school))
        for picture in re.findall(r"<svg.*?</svg>", body, re.S):
            assert all(text in picture for text in ("2023年3月", "4月", "5月"))


def test_the_last_state_of_the_picture_is_the_case_s_state(month: Month) -> None:
    for school in with_cases(month):
        case_of = {c["case_id"]: c for c in month.of_school("cases", school)}
        for story in stories(month, school, Names(month, school)):
            if story.case_id in case_of:
                assert story.months[-1].state == case_of[story.case_id]["state"]
                assert story.is_open == (case_of[story.case_id]["state"] in IN_STOCK)


def test_every_attempt_stands_with_its_file_and_cell(month: Month) -> None:
    seen = 0
    for school in with_cases(month):
        for story in stories(month, school, Names(month, school)):
            for point in story.points:
                if point.event in ("attempt", "visit", "listed"):
                    seen += 1
                    assert point.file and point.place
    assert seen > 20


def test_a_school_s_story_names_nobody_whom_only_another_school_listed(month: Month) -> None:
    for school in with_cases(month):
        own = {r["student_name"] for m in (*month.earlier, month) for form in ("absent_list", "follow_up", "case_file", "psych_case", "health_roster")
               for r in m.of_school(form, school)} | {p.name for p in month.world.roster or () if p.school_code == school.code}
        others = {p["name"] for p in month.rows("persons") if p["name"]} - {n for n in own if n}
        text = show.timeline.cases(month, school).body
        assert not [n for n in others if n in text]


def test_the_workbook_draws_the_same_strip_in_cells(month: Month, tmp_path: Path) -> None:
    school = max(with_cases(month), key=lambda s: len(month.of_school("cases", s)))
    report.school_workbook(tmp_path / "s.xlsx", month, school)
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["个案经过"]
    texts = [str(c.value) for line in sheet.iter_rows() for c in line if c.value is not None]
    for story in stories(month, school, Names(month, school)):
        assert any(story.name in t for t in texts)
        for _, _, seen in story.runs():
            assert not seen.text or seen.text in texts
    assert texts.count("月末状态") == 2 * len(stories(month, school, Names(month, school)))


def test_moves_between_states_tie_out_to_cases_and_stock(month: Month) -> None:
    counted = show.statement.moves(month)
    cases, before = month.rows("cases"), month.earlier[-1].rows("cases")
    assert sum(counted.values()) == len(cases)
    for state in {c["state"] for c in cases}:
        assert sum(n for (_, new), n in counted.items() if new == state) == sum(c["state"] == state for c in cases)
    for state in {c["state"] for c in before}:
        assert sum(n for (old, _), n in counted.items() if old == state) == sum(c["state"] == state for c in before)
    stock = sum(n for (_, new), n in counted.items() if new in IN_STOCK)
    assert f"本月末在办 {stock} 个" in show.statement.between_states(month).text + show.statement.between_states(month).body


def test_the_stock_ties_out_to_the_statements_also_where_a_school_filed_nothing(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ = [c for c in month.rows("cases") if c["state"] in IN_STOCK]
    assert show.statement.tied(month) == f"对账单：已报学校的月底数合计 {len(open_)} 个，与本月末在办逐案相符。"
    silent, rows = open_[0]["school_code"], month.rows
    theirs = [c["case_id"] for c in open_ if c["school_code"] == silent]
    kept = [r for r in rows("stock") if r["case_id"] != theirs[0]] + [{"school_code": silent, "case_id": "c_gone"}]
    flows = [{**r, "closing": None if r["school_code"] == silent else r["closing"]} for r in rows("flows")]
    monkeypatch.setattr(Month, "rows", lambda self, name: {"stock": kept, "flows": flows}.get(name) or rows(name))
    n, others = len(theirs), len(open_) - len(theirs)
    silents = sum(r["closing"] is None for r in flows)
    assert show.statement.tied(month) == (
        f"对账单：已报学校的月底数合计 {others} 个，未报的 {silents} 所学校上次结转 {n} 个，1 个结转的已有去向、等该校补报后入账，"
        f"1 个未报学校的新立案、等该校补报后入账；{others} ＋ {n} － 1 ＋ 1 ＝ {len(open_)} 个，与本月末在办逐案相符。")
    kept.append({"school_code": next(r["school_code"] for r in flows if r["closing"] is not None), "case_id": "c_lost"})
    assert "不符" in show.statement.tied(month)


def test_the_district_s_workbook_has_the_moves_and_each_case_that_moved(month: Month, tmp_path: Path) -> None:
    report.district_workbook(tmp_path / "d.xlsx", month)
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")["状态流转"]
    values = [[c.value for c in line] for line in sheet.iter_rows()]
    total = next(line for line in values if line[0] == "合计")
    assert [v for v in total if isinstance(v, int)][-1] == len(month.rows("cases"))
    moved = sum(n for (old, new), n in show.statement.moves(month).items() if old != new)
    head = next(i for i, line in enumerate(values) if line[0] == "学校")
    assert len([line for line in values[head + 1:] if line[0]]) == moved > 0


def test_the_public_workbook_has_nothing_of_the_moves(month: Month, tmp_path: Path) -> None:
    report.public_workbook(tmp_path / "p.xlsx", month)
    assert "状态流转" not in openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames


def test_the_lines_behind_a_statement_add_up_to_it(month: Month) -> None:
    for flow in month.rows("flows"):
        school = month.world.known_school(flow["school_code"])
        lines = show.behind.lines(month, school, Names(month, school))
        if flow["closing"] is not None:
            for figure in ("opening", "new", "returned", "closing", "reported_closing"):
                assert sum(line.marks[figure] for line in lines) == flow[figure], (school.name, figure)
