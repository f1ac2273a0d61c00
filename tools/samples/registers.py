"""The two registers: schools.xlsx and the 学籍 export."""
from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Font

from samples.people import Pupil, grade_words, number, roster
from samples.sheets import EPOCH, steady
from samples.story import Story

SNAPSHOT = "2023-02-20.xlsx"
SCHOOL_COLUMNS = {"学校标识码": 13, "学校名称": 28, "简称": 30, "办学类型": 14, "性质": 8, "年级": 18, "停办日期": 12,
                  "并入学校": 13}
ROSTER_COLUMNS = {"学校标识码": 13, "学籍号": 22, "身份证件号": 21, "姓名": 10, "性别": 6, "出生日期": 12, "年级": 10,
                  "班级": 8, "就读方式": 10, "学生状态": 10, "特殊群体": 18}


def write(told: Story, into: Path) -> None:
    (into / "roster").mkdir(parents=True, exist_ok=True)
    _table(into / "schools.xlsx", "学校名录", SCHOOL_COLUMNS,
           [[s["code"], s["name"], "、".join(s["short"]), s["kind"], s.get("ownership", "公办"), s["grades"],
             s.get("closed"), s.get("merged_into")] for s in told.schools])
    pupils = roster(told.schools, list(told.pupils.values()), told.names)
    _table(into / "roster" / SNAPSHOT, "学籍导出", ROSTER_COLUMNS, [_line(p) for p in pupils])


def _line(pupil: Pupil) -> list[Any]:
    boards = pupil.grade.isdigit() and int(pupil.grade) > 9 and number("boards", pupil.id_number) % 3
    said = {"学籍号": pupil.student_no, "身份证件号": pupil.id_number, "姓名": pupil.name, "性别": pupil.gender,
            "出生日期": f"{pupil.birth}", "年级": grade_words(pupil.grade), "班级": f"{pupil.class_no}班",
            "就读方式": "住校" if boards else "走读", "学生状态": "在读", "特殊群体": "、".join(pupil.groups)}
    return [pupil.school, *({**said, **pupil.roster}).values()]


def _table(path: Path, title: str, columns: dict[str, int], lines: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(list(columns))
    for line in lines:
        sheet.append(line)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJK", columns.values()):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.number_format = "yyyy-mm-dd" if isinstance(cell.value, date) else "@"
    sheet.freeze_panes = "A2"
    book.properties.creator, book.properties.created, book.properties.modified = title, EPOCH, EPOCH
    book.save(path)
    steady(path)
