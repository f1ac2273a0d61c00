"""From a paper of the story to a plain drawing: boxes with text, numbers and dates at rows and columns.

A drawing knows nothing of Excel or PDF; `sheets`, `pages` and `office` put it on real paper.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from samples.people import Pupil, grade_words


@dataclass(frozen=True, slots=True)
class Box:
    row: int
    col: int
    value: Any                      # str, int, float, date or None (a ruled empty cell)
    style: str = "body"             # title | top | info | header | body | wide | section | total | note
    row_span: int = 1
    col_span: int = 1


@dataclass(slots=True)
class Drawing:
    name: str = "Sheet1"
    hidden: bool = False
    widths: list[float] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    hidden_columns: tuple[int, ...] = ()
    hidden_rows: list[int] = field(default_factory=list)
    header_rows: tuple[int, int] = (0, 0)       # first and last row of the header
    looks: dict[str, Any] = field(default_factory=dict)


def say_date(day: Any, style: str) -> Any:
    """A date as that school writes it; 'date' keeps a real date cell."""
    if not isinstance(day, date) or style == "date":
        return day
    return {"iso": f"{day}", "dot": f"{day.year}.{day.month}.{day.day}", "month": f"{day.year}.{day.month}",
            "chinese": f"{day.year}年{day.month}月{day.day}日", "short": f"{day.month}.{day.day}",
            "packed": f"{day:%Y%m%d}", "slash": f"{day.year}/{day.month}/{day.day}"}[style]


def say_grade(grade: str, style: str) -> Any:
    if style == "number" and grade.isdigit():
        return int(grade)
    if style == "初" and grade in ("7", "8", "9"):
        return "初" + "一二三"[int(grade) - 7]
    return grade_words(grade)


def say_class(pupil: Pupil, style: str) -> Any:
    short = grade_words(pupil.grade).removesuffix("年级")
    return {"number": pupil.class_no, "班": f"{pupil.class_no}班", "(班)": f"（{pupil.class_no}）班",
            "七(3)班": f"{short}({pupil.class_no})班", "七（3）班": f"{short}（{pupil.class_no}）班",
            "703": f"{pupil.grade}{pupil.class_no:02d}", "初一3班": f"{say_grade(pupil.grade, '初')}{pupil.class_no}班",
            }[style]


def identity(pupil: Pupil, name: str, sheet: dict[str, Any]) -> Any:
    """What the paper says of a pupil where the story's row says nothing of its own."""
    known = {"student_name": pupil.name, "gender": pupil.gender, "id_number": pupil.id_number,
             "student_no": pupil.student_no, "birth": pupil.birth, "guardian_name": pupil.guardian,
             "guardian_relation": pupil.relation, "guardian_phone": pupil.phone, "address": pupil.address,
             "family_type": "、".join(pupil.groups), "owner_name": pupil.owner, "owner_phone": pupil.owner_phone,
             "grade": say_grade(pupil.grade, sheet.get("grades", "words")),
             "class_no": say_class(pupil, sheet.get("classes", "number")),
             "grade_class": say_class(pupil, sheet.get("classes", "七(3)班")) if "grade_class" in name else None,
             "guardian_contact": f"{pupil.guardian} {pupil.phone}".strip(),
             "school_grade": f"{sheet.get('unit', '')}{grade_words(pupil.grade)}"}
    if name.startswith("group:"):
        return "√" if name.removeprefix("group:") in pupil.groups else None
    value = known.get(name)
    return None if value == "" else value


def cell_value(row: dict[str, Any], name: str, sheet: dict[str, Any], pupils: dict[str, Pupil], seq: int) -> Any:
    """The value of one cell: the row's own word, else the running number, else the pupil's."""
    if name in row:
        value = row[name]
    elif name == "seq":
        value = seq
    else:
        value = identity(pupils[row["who"]], name, sheet) if "who" in row else None
    if name == "id_number" and (row.get("damaged") or sheet.get("typed_as_number")) and str(value).isdigit():
        return float(str(value)[:15] + "000")               # Excel keeps fifteen digits
    return say_date(value, sheet.get("dates", "date"))


def draw_list(sheet: dict[str, Any], columns: list[list[Any]], pupils: dict[str, Pupil]) -> Drawing:
    """A list as offices make it: top line, title, info, header, rows, totals, notes, signatures."""
    width = len(columns)
    out = Drawing(sheet.get("name", "Sheet1"), sheet.get("hidden", False), [c[2] for c in columns],
                  looks=sheet.get("looks", {}))
    out.hidden_columns = tuple(i for i, c in enumerate(columns) if c[1] in sheet.get("hide", ()))
    row = 0
    for text in sheet.get("top", []):
        out.boxes.append(Box(row, 0, text, "top"))
        row += 1
    if sheet.get("title"):
        out.boxes.append(Box(row, 0, sheet["title"], "title", 1, width))
        row += 1
    for line in sheet.get("info", []):
        row = _spread(out, row, line, width, "info")
    row = _header(out, row + sheet.get("blank_lines", 0), columns)
    if sheet.get("column_no"):
        out.boxes += [Box(row, i, i + 1, "header") for i in range(width)]
        row += 1
    row = _body(out, row, sheet, columns, pupils)
    for line in sheet.get("foot", []):
        row = _spread(out, row, line, width, "note")
    return out


def _spread(out: Drawing, row: int, line: Any, width: int, style: str) -> int:
    """A line of one or several texts spread over the columns; '标签|值' becomes two cells side by side."""
    texts = [line] if isinstance(line, str) else list(line)
    parts = [p for t in texts for p in t.split("|")]
    if any("|" in t for t in texts):
        col = 0
        for part in parts:
            out.boxes.append(Box(row, col, part or None, style))
            col += 2 if part and part[-1] not in "：:" else 1
        return row + 1
    share = max(1, width // len(parts))
    for i, part in enumerate(parts):
        span = width - share * i if i == len(parts) - 1 else share
        if part:
            out.boxes.append(Box(row, share * i, part, style, 1, span))
    return row + 1


def _header(out: Drawing, row: int, columns: list[list[Any]]) -> int:
    grouped = any("/" in c[0] for c in columns)
    col = 0
    while col < len(columns):
        group, _, leaf = columns[col][0].rpartition("/")
        if not group:
            out.boxes.append(Box(row, col, leaf, "header", 2 if grouped else 1))
            col += 1
            continue
        members = [c[0].rpartition("/")[2] for c in columns[col:] if c[0].startswith(group + "/")]
        out.boxes.append(Box(row, col, group, "header", 1, len(members)))
        out.boxes += [Box(row + 1, col + i, m, "header") for i, m in enumerate(members)]
        col += len(members)
    out.header_rows = (row, row + grouped)
    return row + 1 + grouped


def _body(out: Drawing, row: int, sheet: dict[str, Any], columns: list[list[Any]], pupils: dict[str, Pupil]) -> int:
    seq, first, width = 0, row, len(columns)
    for line in sheet.get("rows", []):
        if "section" in line or "text" in line:
            out.boxes.append(Box(row, 0, line.get("section") or line["text"],
                                 "section" if "section" in line else "wide", 1, width))
        else:
            seq += line.get("total") is None and line.get("seq") is None
            style = "total" if line.get("total") else "body"
            for col, (_, name, *_rest) in enumerate(columns):
                value = cell_value(line, name, sheet, pupils, seq) if style == "body" else line.get(name)
                out.boxes.append(Box(row, col, line["total"] if style == "total" and col == 0 else value, style))
            if line.get("hide_row"):
                out.hidden_rows.append(row)
        row += 1
    for _ in range(sheet.get("fillers", 0)):
        seq += 1
        out.boxes += [Box(row, c, seq if name == "seq" else None) for c, (_, name, *_rest) in enumerate(columns)]
        row += 1
    for name in sheet.get("merge", []):
        _merge_down(out, next(i for i, c in enumerate(columns) if c[1] == name), first, row)
    return row


def _merge_down(out: Drawing, col: int, first: int, end: int) -> None:
    """Neighbours with the same text become one merged cell, as clerks like it for 年级 and 学校."""
    by_row = {b.row: b for b in out.boxes if b.col == col and first <= b.row < end and b.style == "body"}
    row = first
    while row < end:
        box = by_row.get(row)
        span = 1
        while box and box.value is not None and (n := by_row.get(row + span)) and n.value == box.value:
            out.boxes.remove(n)
            span += 1
        if box and span > 1:
            out.boxes[out.boxes.index(box)] = Box(row, col, box.value, box.style, span)
        row += span
