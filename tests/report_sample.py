"""An invented district of five schools and three cycles, as tables in a folder: what the workbooks are made of.

一小 has a new case, a return, a relapse, one pupil who vanishes and one listed twice. 实验初中 files nothing in
March and hands a case to 九年制 in April. 九年制 reports zero until then. 高中 is silent after February.
幼儿园 is perfect.
"""
from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import carelib.reconcile  # noqa: F401  its tables' schemas
from carelib import catalogue, tables
from carelib.catalogue import Indicator, Rule
from carelib.month import Month
from carelib.policy import District, Policy, Term
from carelib.world import RosterPupil, School, World

A, B, C, D, E = "9901000001", "9901000002", "9901000003", "9901000004", "9901000005"
SCHOOLS = (School(A, "示例市第一小学", ("一小",), "小学", "公办", ("1", "2", "3", "4", "5", "6")),
           School(B, "示例市实验初级中学", ("实验初中",), "初中", "公办", ("7", "8", "9")),
           School(C, "示例市九年一贯制学校", ("九年制",), "九年一贯制", "公办", tuple("123456789")),
           School(D, "示例市高级中学", ("高中",), "高中", "公办", ("10", "11", "12")),
           School(E, "示例市中心幼儿园", ("中心园",), "幼儿园", "公办", ("小班", "中班", "大班")))
CYCLES = ("2023-02", "2023-03", "2023-04")
HOSTILE = '=cmd|"/c calc"!A1'
#         person: (name, number, birth, gender, grade, class)
PEOPLE = {"p1": ("王小明", "990101201203041215", "2012-03-04", "男", "5", 2),
          "p2": ("李思雨", "990101201305062327", "2013-05-06", "女", "4", 1),
          "p3": ("赵子涵", "990101201407083431", "2014-07-08", "男", "3", 3),
          "p4": ("陈一诺", "990101200901024548", "2009-01-02", "女", "8", 6),
          "p5": ("孙浩然", "990101200802035653", "2008-02-03", "男", "9", 1),
          "p6": ("吴欣怡", "990101200603046764", "2006-03-04", "女", "11", 4)}
#          (cycle, school): [(person, status, days)]
LISTED = {("2023-02", A): [("p1", "open"), ("p2", "open")],
          ("2023-02", B): [("p4", "open"), ("p5", "open")],
          ("2023-02", D): [("p6", "lost")],
          ("2023-03", A): [("p1", "returned"), ("p2", "open"), ("p3", "open")],
          ("2023-04", A): [("p1", "relapsed"), ("p3", "open"), ("p3", "open")],
          ("2023-04", B): [("p4", "open"), ("p5", "transferred")],
          ("2023-04", C): [("p5", "open")]}
#         cycle: {case: (person, school, opened, state, since, attempts, last, days, closed)}
CASES = {"2023-02": {"c1": ("p1", A, "2023-02", "open", 2, 40, None), "c2": ("p2", A, "2023-02", "open", 1, 12, None),
                     "c4": ("p4", B, "2023-02", "open", 0, 33, None), "c5": ("p5", B, "2023-02", "open", 3, 90, None),
                     "c6": ("p6", D, "2023-02", "lost", 0, 120, None)},
         "2023-03": {"c1": ("p1", A, "2023-02", "returned", 3, 58, "2023-03"),
                     "c2": ("p2", A, "2023-02", "open", 2, 43, None),
                     "c3": ("p3", A, "2023-03", "open", 1, 9, None),
                     "c4": ("p4", B, "2023-02", "open", 0, 64, None), "c5": ("p5", B, "2023-02", "open", 3, 121, None),
                     "c6": ("p6", D, "2023-02", "lost", 0, 151, None)},
         "2023-04": {"c1": ("p1", A, "2023-02", "relapsed", 1, 11, None),
                     "c2": ("p2", A, "2023-02", "open", 2, 73, None),
                     "c3": ("p3", A, "2023-03", "open", 2, 39, None),
                     "c4": ("p4", B, "2023-02", "open", 1, 94, None), "c5": ("p5", C, "2023-02", "open", 0, 151, None),
                     "c6": ("p6", D, "2023-02", "lost", 0, 181, None)}}
EVENTS = {"2023-02": [(c, "opened", None, "open") for c in ("c1", "c2", "c4", "c5")] + [("c6", "opened", None, "lost")],
          "2023-03": [("c1", "returned", "open", "returned"), ("c3", "opened", None, "open")],
          "2023-04": [("c1", "relapsed", "returned", "relapsed"), ("c5", "transferred", "open", "transferred"),
                      ("c5", "handed_over", "transferred", "open")]}
MOVES = {"2023-02": [(A, "new", "c1"), (A, "new", "c2"), (B, "new", "c4"), (B, "new", "c5"), (D, "new", "c6")],
         "2023-03": [(A, "returned", "c1"), (A, "new", "c3")],
         "2023-04": [(A, "relapsed", "c1"), (B, "transferred_out", "c5"), (C, "transferred_in", "c5")]}
DIFFERENCES = {"2023-04": [(A, "vanished", "c2", "p2", 1), (A, "duplicate", "c3", "p3", -1)]}
#        opening new relapsed in returned out other closing reported difference
FLOWS = {"2023-02": {A: (0, 2, 0, 0, 0, 0, 0, 2, 2, 0), B: (0, 2, 0, 0, 0, 0, 0, 2, 2, 0), C: (0,) * 10,
                     D: (0, 1, 0, 0, 0, 0, 0, 1, 1, 0), E: (0,) * 10},
         "2023-03": {A: (2, 1, 0, 0, 1, 0, 0, 2, 2, 0), B: None, C: (0,) * 10, D: None, E: (0,) * 10},
         "2023-04": {A: (2, 0, 1, 0, 0, 0, 0, 3, 3, 0), B: (2, 0, 0, 0, 0, 1, 0, 1, 1, 0),
                     C: (0, 0, 0, 1, 0, 0, 0, 1, 1, 0), D: None, E: (0,) * 10}}
RULES = tuple(Rule(i, c, f, k, t, "observed", "", "") for i, c, f, k, t in (
    ("X1", "三.1", "case", "return_form", "上月在册的学生本月不见"),
    ("C4", "", "absent_list", "return_form", "同一学生列了两次"),
    ("D3", "三.1", "absent_list", "ask_school", "形成原因没有查清"),
    ("X5", "三.1", "case", "ask_school", "两所学校都列了同一学生"),
    ("X16", "三.1", "school", "tell_reviewer", "人数变动异常"),
    ("M13", "一.2", "support_work", "ask_school", "心理教师配备")))
INDICATORS = {i.code: i for i in (
    Indicator("retention_month", "义务教育巩固率", "三.1", "100%", "%"),
    Indicator("return_rate", "劝返复学率", "三.2", "", "%"),
    Indicator("on_time_filing", "按时报送率", "三.1", "100%", "%"),
    Indicator("counsellor_ratio", "每名心理教师负责学生数", "一.2", "不超过500", "人"),
    Indicator("hours_counsellor", "心理教师培训学时（最少的一人）", "一.2", "40", "学时"),
    Indicator("joint_visit", "联合劝返覆盖率", "三.2", "100%", "%"))}


def world(cycle: str, **changes: object) -> World:
    notice = dataclasses.replace(catalogue.load(), rules=RULES, indicators=INDICATORS)
    policy = Policy(district=District("示例市教育局", ("990100",), "普教科", "电话 0000-1234567"),
                    terms=(Term("2022-2023-2", date(2023, 2, 13), date(2023, 6, 30), 20),))
    roster = tuple(RosterPupil(A if p in ("p1", "p2", "p3") else B, None, n[1], n[0], n[3], n[2], n[4], str(n[5]))
                   for p, n in PEOPLE.items() if p not in ("p5", "p6"))
    made = World(cycle, notice, policy, SCHOOLS, roster, ())
    return dataclasses.replace(made, **changes)


def months(folder: Path) -> list[Month]:
    """The three months, oldest first; their tables are written below `folder`."""
    out: list[Month] = []
    for cycle in CYCLES:
        place = folder / cycle
        for name, rows in tables_of(cycle).items():
            schema = None if name in tables.SCHEMAS else _wide(name)
            tables.write(place / "tables", name, rows, schema)
        out.append(Month(world(cycle), place, tuple(out)))
    return out


def _wide(form: str):
    return tables.wide_schema({f.name: f.type for f in catalogue.load().forms[form].fields.values()})


def tables_of(cycle: str) -> tables.Tables:
    names = ("submissions", "filing", "values", "held_rows", "leftovers", "links", "absent_list", "follow_up")
    made: tables.Tables = {name: [] for name in names}
    for school in SCHOOLS:
        _school(cycle, school.code, made)
    _hostile(cycle, made)
    made["persons"] = [{"person_id": p, "same_as": None, "name": n[0], "id_number": n[1], "student_no": None,
                        "birth": n[2], "gender": n[3], "first_cycle": "2023-02"} for p, n in PEOPLE.items()]
    made["cases"] = [dict(zip(tables.SCHEMAS["cases"].names, (
        i, p, s, opened, state, f"{cycle}-10", n, f"{cycle}-18" if n else None, days, closed, "周老师")))
        for i, (p, s, opened, state, n, days, closed) in CASES[cycle].items()]
    made["events"] = [{"case_id": c, "cycle": cycle, "event": e, "from_state": a, "to_state": b, "row_id": None,
                       "date": f"{cycle}-1{i}", "evidence": None} for i, (c, e, a, b) in enumerate(EVENTS[cycle])]
    made["flows"] = [dict(zip(tables.SCHEMAS["flows"].names, (s, cycle, *(f or (None,) * 10))))
                     for s, f in FLOWS[cycle].items()]
    made |= _flow_sets(cycle)
    made["findings"], made["judgements"] = findings(cycle), judgements(cycle)
    made["indicators"] = indicators(cycle)
    return made


def _flow_sets(cycle: str) -> tables.Tables:
    """Who stands behind the figures, as reconciling keeps it: a silent school's stock is that of its last closing."""
    published = {s: max(c for c in CYCLES if c <= cycle and FLOWS[c][s]) for s in FLOWS[cycle]}
    stock = [{"school_code": s, "cycle": c, "case_id": i} for s, c in published.items()
             for i, case in CASES[c].items() if case[1] == s and case[3] in ("open", "relapsed", "lost")]
    lines = [{"school_code": s, "cycle": cycle, "published": cycle, "column": column, "case_id": i, "row_id": None}
             for s, column, i in MOVES[cycle]]
    return {"stock": stock, "flow_lines": lines, "differences": [
        dict(zip(("school_code", "kind", "case_id", "person_id", "sign"), d)) | {"cycle": cycle}
        for d in DIFFERENCES.get(cycle, ())]}


def _school(cycle: str, code: str, made: tables.Tables) -> None:
    listed, flow = LISTED.get((cycle, code), []), FLOWS[cycle][code]
    state = "missing" if flow is None else "filed" if listed else "zero"
    sub = None if flow is None else f"s{cycle}{code}"
    late = cycle == "2023-04" and code == B
    made["filing"].append({"cycle": cycle, "school_code": code, "form": "absent_list", "due": True, "state": state,
                           "on_time": None if flow is None else not late, "days_late": 2 if late else None,
                           "submission_id": sub})
    if listed:
        made["filing"].append({**made["filing"][-1], "form": "follow_up", "state": "filed" if code == A else "missing",
                               "on_time": True if code == A else None, "days_late": None, "submission_id": None})
    if sub is None:
        return
    made["submissions"].append(_submission(cycle, code, sub, len(listed)))
    for n, (person, status) in enumerate(listed):
        _row(cycle, code, sub, n, person, status, made)


def _submission(cycle: str, code: str, sub: str, n: int) -> dict[str, object]:
    row = dict.fromkeys(tables.SCHEMAS["submissions"].names)
    return row | {"submission_id": sub, "cycle": cycle, "file": f"{code[-1]}号/情况表{cycle}.xlsx", "sheet": "Sheet1",
                  "medium": "xlsx", "form": "absent_list", "school_code": code, "period": cycle, "is_zero": n == 0,
                  "state": "accepted", "rows_found": n, "rows_accepted": n, "rows_held": 0, "cells_total": 60 + 20 * n,
                  "cells_claimed": 18 * n, "cells_furniture": 60, "cells_left": 2 * n}


def _row(cycle: str, code: str, sub: str, n: int, person: str, status: str, made: tables.Tables) -> None:
    name, number, birth, gender, grade, class_no = PEOPLE[person]
    row_id = f"r{cycle}{code}{n}"
    blank = dict.fromkeys(_wide("absent_list").names)
    made["absent_list"].append(blank | {
        "row_id": row_id, "submission_id": sub, "school_code": code, "cycle": cycle, "student_name": name,
        "gender": gender, "id_number": number, "birth": birth, "grade": grade, "class_no": class_no, "status": status,
        "left_date": "2023-01-20", "reason": "R01", "whereabouts": "W01", "family_type": "留守、单亲",
        "guardian_name": "王大山", "guardian_phone": "19900001234", "guardian_relation": "祖父",
        "owner_name": "周老师"})
    made["links"].append({"row_id": row_id, "person_id": person, "maybe_person_id": None, "method": "number",
                          "score": 1.0, "why": "身份证件号相同", "state": "auto"})
    for field, label, value, col in (("student_name", "姓名", name, "B"), ("id_number", "身份证号", number, "D")):
        made["values"].append(_value(row_id, sub, code, cycle, field, label, value, f"Sheet1!{col}{n + 6}"))
    if code == A:
        follow = dict.fromkeys(_wide("follow_up").names)
        made["follow_up"].append(follow | {
            "row_id": f"f{row_id}", "submission_id": sub, "school_code": code, "cycle": cycle, "student_name": name,
            "attempt_date": f"{cycle}-1{n}", "next_date": "2023-05-08",
            "next_step": "联系村居委会再次上门，与监护人商定返校日期"})
        made["links"].append({**made["links"][-1], "row_id": f"f{row_id}"})


def _value(row_id: str, sub: str, code: str, cycle: str, field: str, label: str, value: str,
           place: str) -> dict[str, object]:
    return {"row_id": row_id, "submission_id": sub, "form": "absent_list", "school_code": code, "cycle": cycle,
            "field": field, "label": label, "raw": value, "value": value, "problem": None, "place": place,
            "confidence": 1.0, "suggestion": None, "decision_id": None}


def _hostile(cycle: str, made: tables.Tables) -> None:
    """Whatever a school may type: it must come out as that text and as nothing else."""
    sub = f"s{cycle}{A}"
    texts = [HOSTILE, "+86-19900001234", "-2+3", "@SUM(A1)", '=HYPERLINK("http://example.invalid","x")', "{=1+1}",
             "http://example.invalid", "mailto:a@example.invalid", "坏\ud800字\x07符", "_x0041_", "\t=1", "长" * 900]
    made["leftovers"] += [{"submission_id": sub, "place": f"Sheet1!Z{i}", "raw": t.encode("utf-8", "replace").decode()}
                          for i, t in enumerate(texts, 1)]
    raw = {"姓名": "钱一凡、钱二凡", "年级": "=1+1", "去向": None}
    made["held_rows"].append({"row_id": f"h{cycle}", "submission_id": sub, "raw": json.dumps(raw, ensure_ascii=False),
                              "reason": "两名学生写在一行，分不清是谁的内容。"})
    made["values"].append(_value(f"h{cycle}", sub, A, cycle, "student_name", "姓名", "钱一凡", "Sheet1!B20"))


def findings(cycle: str) -> tables.Rows:
    if cycle != "2023-04":
        return []
    made = [("X1", "三.1", "return_form", "absent_list", None, "c2", "p2", A, None, None,
             "上月在册的这名学生本月没有列出，也没有说明去向（三.1）。",
             "请在情况表中补列该生，写明目前状态；已复学的填写复学时间和班级。", "open"),
            ("C4", None, "return_form", "absent_list", "r2023-04" + A + "2", "c3", "p3", A, None, "Sheet1!B8",
             "情况表 B8：这名学生在同一张表里列了两次（第7行、第8行）。", "请删去重复的一行。", "open"),
            ("D3", "三.1", "ask_school", "absent_list", "r2023-04" + A + "0", "c1", "p1", A, None, "Sheet1!N6",
             HOSTILE, "请核实原因，写明具体情况。", "open"),
            ("D3", "三.1", "ask_school", "absent_list", "r2023-04" + A + "1", "c3", "p3", A, None, "Sheet1!N7",
             "情况表 N7：未到校原因写的是“其他”，没有说明具体原因（三.1）。", "请写明具体原因。", "answered"),
            ("D3", "三.1", "ask_school", "absent_list", "r2023-04" + A + "1", "c3", "p3", A, None, "Sheet1!N9",
             "这一条已排除，不应出现。", "无", "dismissed"),
            ("X5", "三.1", "ask_school", "absent_list", "r2023-04" + C + "0", "c5", "p5", B, C, "Sheet1!B6",
             "这名学生另一所学校也列为未到校。", "请核实学生现在在哪所学校。", "open"),
            ("X5", "三.1", "ask_school", "absent_list", None, None, "p6", A, D, "Sheet1!B9",
             "另一所学校列报的一名学生可能是本校学籍。", "请核实。", "open"),
            ("X16", "三.1", "tell_reviewer", None, None, None, None, A, None, None,
             "在校学生数比上月多出两成。", "请与学籍名册核对。", "open"),
            ("M13", "一.2", "ask_school", "support_work", None, None, None, B, None, "p2@10,20,30,40、t2!F7",
             "心理教师 1 人，学生 1200 人，每人负责超过 500 人。", "请说明配备计划。", "open")]
    names = ("rule", "clause", "consequence", "form", "row_id", "case_id", "person_id", "school_code",
             "other_school_code", "place", "sentence", "remedy", "state")
    return [dict(zip(names, row)) | {"finding_id": f"fabcdefgh{i:07d}", "cycle": cycle, "field": None, "found": None}
            for i, row in enumerate(made)]


def judgements(cycle: str) -> tables.Rows:
    return [{"cycle": cycle, "school_code": s.code, "rule": rule, "outcome": outcome, "n": n, "why": why}
            for s in SCHOOLS for rule, outcome, n, why in (
                ("X1", "failed" if s.code == A else "passed", 1 if s.code == A else 0, None),
                ("M13", "not_judged", None, "没有收到心理健康教育工作统计表，不能计算。"),
                ("D3", "not_judged" if s.code == D else "passed", None, "没有收到情况表。" if s.code == D else None))]


def indicators(cycle: str) -> tables.Rows:
    rows = []
    units = (("district", 12345, 5), (A, 2345, 3), (B, 1801, 1), (C, 1500, 1), (D, 2000, None), (E, None, None))
    for unit, pupils, open_ in units:
        for code in INDICATORS:
            row = {"cycle": cycle, "school_code": unit, "indicator": code, "numerator": None, "denominator": None,
                   "value": None, "target": 1.0, "outcome": "not_applicable" if unit == E else "not_judged",
                   "formula": "没有收到所需的表，不能计算。", "clause": INDICATORS[code].clause}
            if open_ is not None and code in FIGURES:
                row |= FIGURES[code](pupils, open_)
            rows.append(row)
    return rows


FIGURES = {
    "retention_month": lambda p, n: {"numerator": float(n), "denominator": float(p), "value": 1 - n / p,
                                     "outcome": "failed",
                                     "formula": f"1 － 期末在册义务教育学生 {n} ÷ 学籍名册 1—9 年级学生 {p}"},
    "return_rate": lambda p, n: {"numerator": 0.0, "denominator": n + 2.0, "value": 0.0, "target": None,
                                 "outcome": "passed",
                                 "formula": f"复学 0 ÷（期初 + 新增 + 销号后再离校 + 转入 {n + 2}）"},
    "counsellor_ratio": lambda p, n: {"numerator": float(p), "denominator": 3.0, "value": p / 3, "target": 500.0,
                                      "outcome": "failed", "formula": f"在校学生 {p} ÷ 心理教师 3"},
    "hours_counsellor": lambda p, n: {"numerator": 36.5, "denominator": 1.0, "value": 36.5, "target": 40.0,
                                      "outcome": "not_judged", "formula": "最少的一人 36.5 学时，学年未结束"}}
