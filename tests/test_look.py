"""`carelib look FILE`: one file without a workspace, as JSON and in the terminal."""
from __future__ import annotations

import json

import openpyxl
import pytest

from carelib.cli import main

HEADS = {"应在校不在校就读学生情况表": ["序号", "姓名", "年级", "离校时间", "未到校原因", "劝返情况"], "特异体质学生名册": ["序号", "姓名", "年级", "病种", "能否参加体育活动"]}
ROWS = {"应在校不在校就读学生情况表": [1, "林晓舟", "七年级", "2023-02-20", "厌学", "劝返中"], "特异体质学生名册": [1, "林晓舟", "七年级", "哮喘", "适当减量"]}


def seen(tmp_path, capsys, title, month="", *flags):
    book = openpyxl.Workbook()
    for row in ([month + title], ["填报单位：云溪初级中学"], HEADS[title], ROWS[title], ["学校电话", "见公示栏"]):
        book.active.append(row)
    path = tmp_path / "报表.xlsx"
    book.save(path)
    assert main(["look", str(path), *flags]) == 0
    return capsys.readouterr().out


def test_look_prints_the_grid_the_form_the_values_and_what_is_left(tmp_path, capsys):
    said = json.loads(seen(tmp_path, capsys, "应在校不在校就读学生情况表", "2023年2月", "--json"))
    assert set(said) >= {"file", "medium", "reason_code", "reason", "grids", "submissions", "values", "leftovers"}
    sub, = said["submissions"]
    assert (sub["form"], sub["period"], sub["rows_found"], sub["state"]) == ("absent_list", "2023-02", 1, "accepted")
    assert {v["field"]: v["value"] for v in said["values"]}["student_name"] == "林晓舟"
    first = said["grids"][0]["cells"][0]
    assert (first["row"], first["col"], first["text"], first["place"]) == (0, 0, "2023年2月应在校不在校就读学生情况表", "Sheet!A1")


@pytest.mark.parametrize("title", sorted(HEADS))
def test_look_tells_the_month_that_the_form_names_and_none_where_it_names_none(tmp_path, capsys, title):
    assert json.loads(seen(tmp_path, capsys, title, "2023年2月", "--json"))["submissions"][0]["period"] == "2023-02"
    assert json.loads(seen(tmp_path, capsys, title, "", "--json"))["submissions"][0]["period"] is None


def test_look_shows_the_same_in_the_terminal(tmp_path, capsys):
    said = seen(tmp_path, capsys, "应在校不在校就读学生情况表", "2023年2月")
    assert "认作：《应在校不在校就读学生情况表》　2023-02　1 行" in said
    assert said.count("林晓舟") == 2 and "读成的数据" in said
