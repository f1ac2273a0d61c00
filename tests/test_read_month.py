"""A month of real files to tables: every file and every cell accounted for, one bad file touches no other, people's decisions hold."""
from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from grids import SCHOOLS, read, world
from grids import grid as made

from carelib import read as reading
from carelib import review, tables
from carelib.read.monthly import tabulate
from carelib.read.registers import read_received, read_roster, read_schools
from carelib.records import CatalogueError, Decision
from carelib.world import ReceivedFile

HEAD = ["序号", "姓名", "身份证件号", "年级", "班级", "离校时间", "未到校原因", "劝返情况", "民族"]
ROWS = [[1, "林晓舟", "990101201003050436", "七年级", "2班", "2023-02-20", "厌学", "劝返中", "汉"],
        [2, "高远", "990101200907220819", "八年级", "3班", "2月30日", "外出务工", "已联系", "汉"], [3, "", "", "七年级", "", "", "因病", "休学", ""]]


def book(path, *rows, unit="云溪初级中学"):
    path.parent.mkdir(parents=True, exist_ok=True)
    wb = openpyxl.Workbook()
    for row in [["2023年3月应在校不在校就读学生情况表"], [f"填报单位：{unit}"], HEAD, *rows, ["填报人：郑一鸣  负责人：罗秋实  填报日期：2023年3月24日"]]:
        wb.active.append(row)
    wb.save(path)


@pytest.fixture
def month(tmp_path):
    book(tmp_path / "云溪/情况表.xlsx", *ROWS)
    book(tmp_path / "青禾.xlsx", [1, "江一禾", "", "五年级", "1", "2023-03-01", "因病", "休学"], unit="青禾小学")
    book(tmp_path / "某校.xlsx", [1, "苏映雪", "", "五年级", "1", "2023-03-01", "因病", "休学"], unit="某某中学")
    (tmp_path / "白石初中3月应在校不在校.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "南桥.csv").write_text("2023年3月应在校不在校情况表\n填报单位：南桥小学\n序号,姓名,年级\n1,无,\n填报人：张三\n", encoding="gb18030")
    (tmp_path / "readme.txt").write_text("请查收", encoding="utf-8")
    files = tuple(ReceivedFile(p.relative_to(tmp_path).as_posix(), p, hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_size, None)
                  for p in sorted(tmp_path.rglob("*")) if p.is_file())
    return world(files=files)


def test_every_file_has_a_line_and_one_bad_file_touches_no_other(month):
    out = reading.read_month(month)
    assert {r["file"] for r in out["submissions"]} == {f.name for f in month.files}
    state = {r["file"]: (r["state"], r["school_code"], r["is_zero"]) for r in out["submissions"]}
    assert state["云溪/情况表.xlsx"] == ("accepted", "3132999102", False) and state["青禾.xlsx"][:2] == ("accepted", "2132999101")
    assert state["某校.xlsx"][0] == "held" and state["白石初中3月应在校不在校.xlsx"][:2] == ("unreadable", "3132999104")
    assert state["南桥.csv"] == ("accepted", "2132999105", True)
    assert all(r["reason"] and r["reason_code"] for r in out["submissions"] if r["state"] in ("held", "unreadable", "not_a_form"))


def test_the_tables_keep_the_contract(month, tmp_path):
    out = reading.read_month(month)
    for name, rows in out.items():
        form = month.catalogue.forms.get(name)
        schema = tables.wide_schema({f.name: f.type for f in form.fields.values()}) if form else tables.SCHEMAS[name]
        tables.write(tmp_path / "tables", name, rows, schema)
        assert all(set(r) <= set(schema.names) for r in rows)
    for s in out["submissions"]:
        sid = s["submission_id"]
        if s["state"] == "unreadable":
            continue
        places = {p for v in out["values"] if v["submission_id"] == sid and v["raw"] is not None for p in v["place"].split("、")}
        counted = {n: sum(r["submission_id"] == sid for r in out[n]) for n in ("furniture", "leftovers", "held_rows")}
        assert (s["cells_claimed"], s["cells_furniture"], s["cells_left"], s["rows_held"]) == (
            len(places), counted["furniture"], counted["leftovers"], counted["held_rows"])
        assert s["cells_total"] == s["cells_claimed"] + s["cells_furniture"] + s["cells_left"]
    assert not [v for v in out["values"] if v["value"] is not None and v["problem"] is not None]


def test_accepted_rows_stand_in_the_wide_table_typed_and_held_ones_with_their_words(month):
    out = reading.read_month(month)
    rows = [r for r in out["absent_list"] if r["school_code"] == "3132999102"]
    assert [(r["student_name"], r["class_no"], r["left_date"], r["status"]) for r in rows] == [("林晓舟", 2, "2023-02-20", "open"), ("高远", 3, None, None)]
    held, = out["held_rows"]
    assert json.loads(held["raw"])["劝返情况"] == "休学" and held["reason"]
    assert {r["school_code"] for r in out["absent_list"]} == {"3132999102", "2132999101"}
    assert Counter(r["code"] for r in out["remarks"])["unknown_columns"] == 1 and not out["screening"]


def test_a_second_run_and_more_processes_give_the_same(month, monkeypatch):
    first = reading.read_month(month)
    monkeypatch.setattr("carelib.read.monthly.ENOUGH", 2)
    seen = []
    assert reading.read_month(month, jobs=2, tick=lambda *a: seen.append(a)) == first
    assert seen[-1] == ("read", len(month.files), len(month.files))
    back = reading.read_month(replace(month, files=month.files[::-1]))
    assert all(sorted(map(str, back[name])) == sorted(map(str, first[name])) for name in first)
    assert {r["school_code"] for r in reading.read_month(month, schools={"2132999101"})["absent_list"]} == {"2132999101"}


def decided(value, use, saw=None):
    return Decision("d_1", "2023-03-30T08:00:00+00:00", "王审", "2023-03", "3132999102", "value", f"{value['row_id']}:{value['field']}", "value",
                    saw or review.saw_value(value), use, "看了原件")


def test_a_persons_value_stands_in_the_wide_table_beside_the_machines_reading(month):
    out = reading.read_month(month)
    value = next(v for v in out["values"] if v["field"] == "left_date" and v["problem"])
    again = reading.read_month(replace(month, decisions=(decided(value, "2023年2月28日"),)))
    row = next(r for r in again["absent_list"] if r["row_id"] == value["row_id"])
    kept = next(v for v in again["values"] if (v["row_id"], v["field"]) == (value["row_id"], "left_date"))
    assert row["left_date"] == "2023-02-28" and kept["decision_id"] == "d_1" and (kept["value"], kept["problem"]) == (None, value["problem"])
    stale = reading.read_month(replace(month, decisions=(decided(value, "2023-02-28", saw="other"),)))
    assert next(r for r in stale["absent_list"] if r["row_id"] == value["row_id"])["left_date"] is None


def test_a_decision_that_says_who_frees_the_row(month):
    level = read(made([["2023年3月心理重点关注学生台账"], ["填报单位：云溪初级中学"], ["序号", "姓名", "年级", "预警等级"], [1, "林晓舟", "七年级", "三级"]]))
    here = tabulate(level, month)
    assert not here["psych_case"] and len(here["held_rows"]) == 1
    value = next(v for v in here["values"] if v["field"] == "risk_level")
    freed = tabulate(level, replace(month, decisions=(decided(value, "红色"),)))
    assert freed["psych_case"][0]["risk_level"] == "红色" and not freed["held_rows"] and not freed["remarks"]


# ---- registers --------------------------------------------------------------------------------------------------------

def test_the_register_of_schools_from_csv_in_either_encoding(tmp_path, catalogue=None):
    text = ("学校标识码,学校名称,简称,办学类型,性质,年级,停办日期,并入学校\n"
            "3132999102,示例区云溪初级中学,云溪初中、云溪中学,初中,公办,7-9,,\n1132999113,示例区中心幼儿园,,幼儿园,公办,小班-大班,,\n"
            "2132999106,示例区北圩小学,,小学,公办,1—6,2022年8月31日,示例区云溪初级中学\n")
    from carelib import catalogue as catalogues
    for encoding in ("utf-8-sig", "gb18030"):
        (tmp_path / "schools.csv").write_text(text, encoding=encoding)
        first, second, third = read_schools(tmp_path / "schools.csv", catalogues.load())
        assert (first.short_names, first.grades) == (("云溪初中", "云溪中学"), ("7", "8", "9")) and second.grades == ("小班", "中班", "大班")
        assert (third.closed_on, third.merged_into) == (date(2022, 8, 31), "3132999102")


def test_faults_of_the_register_are_told_with_their_lines(tmp_path):
    from carelib import catalogue as catalogues
    (tmp_path / "schools.csv").write_text("学校标识码,学校名称,年级,停办日期\n1,甲校,1-6,\n1,乙校,六到一,去年\n,丙校,,\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as fault:
        read_schools(tmp_path / "schools.csv", catalogues.load())
    assert all(word in str(fault.value) for word in ("第3行", "第4行", "停办日期", "年级", "不止一次"))
    (tmp_path / "schools.csv").write_text("编码,名字\n1,甲校\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="表头"):
        read_schools(tmp_path / "schools.csv", catalogues.load())


def test_the_roster_in_normal_form_from_a_workbook(tmp_path):
    from carelib import catalogue as catalogues
    wb = openpyxl.Workbook()
    for row in [["2023年春学期学籍导出"], ["学校标识码", "学籍号", "身份证件号", "姓名", "性别", "出生日期", "年级", "班级", "就读方式", "学生状态", "特殊群体"],
                ["3132999102", "G990101201003050436", "990101201003050436", "林 晓舟", "男", "20100305", "七年级", "2班", "走读", "在读", "留守、单亲"],
                ["3132999102", "", 990101200907220819, "高远", "男", "2009-07-22", "八年级", "3班", "", "", ""]]:
        wb.active.append(row)
    wb.save(tmp_path / "2023-02-20.xlsx")
    lin, gao = read_roster(tmp_path / "2023-02-20.xlsx", catalogues.load(), SCHOOLS)
    assert (lin.name, lin.birth, lin.grade, lin.class_no, lin.groups) == ("林晓舟", "2010-03-05", "7", "2", ("单亲", "留守"))
    assert gao.id_number is None and gao.student_no is None
    (tmp_path / "r.csv").write_text("学校标识码,姓名,学籍号\n9,林晓舟,\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="第2行"):
        read_roster(tmp_path / "r.csv", catalogues.load(), SCHOOLS)


def test_receipts_get_a_zone(tmp_path):
    (tmp_path / "received.csv").write_text("file,received_at\na/b.xlsx,2023-03-24T09:30\nc.xlsx,2023/3/5 8:05:09\nd.xlsx,2023-03-24T01:00:00Z\n"
                                           "e.xlsx,2023-03-24\n", encoding="utf-8-sig")
    assert read_received(tmp_path / "received.csv") == {
        "a/b.xlsx": "2023-03-24T09:30:00+08:00", "c.xlsx": "2023-03-05T08:05:09+08:00", "d.xlsx": "2023-03-24T01:00:00+00:00",
        "e.xlsx": "2023-03-24T00:00:00+08:00"}
    (tmp_path / "received.csv").write_text("file,received_at\na.xlsx,昨天\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="第2行"):
        read_received(tmp_path / "received.csv")
