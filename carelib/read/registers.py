"""The registers: schools, the roster of pupils, when files were received (contract §3). xlsx or csv, UTF-8 or GB18030."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from carelib import values
from carelib.catalogue import Catalogue, Field
from carelib.read.labels import key
from carelib.read.parse import parse_bytes
from carelib.records import CatalogueError, Cell
from carelib.values.context import Context
from carelib.world import RosterPupil, School

SHANGHAI = timezone(timedelta(hours=8))
_SEVERAL = re.compile(r"[、，,;；/\n]")
SCHOOL = {"code": ("学校标识码", "学校机构标识码", "学校代码", "标识码"), "name": ("学校名称", "学校全称", "学校"), "short": ("简称", "学校简称", "曾用名"),
          "kind": ("办学类型", "学校类型", "类型"), "ownership": ("性质", "办学性质", "举办者"), "grades": ("年级", "年级范围"),
          "closed": ("停办日期", "停办时间", "撤并日期"), "into": ("并入学校", "并入", "并入学校标识码")}
PUPIL = {"code": ("学校标识码", "学校机构标识码", "学校代码", "标识码"), "school": ("学校名称", "学校"),
         "student_no": ("学籍号", "全国学籍号"), "id_number": ("身份证件号", "身份证号", "身份证号码", "身份证件号码"),
         "name": ("姓名", "学生姓名"), "gender": ("性别",), "birth": ("出生日期", "出生年月"), "grade": ("年级", "年级名称"),
         "class_no": ("班级", "班级名称", "班号"), "mode": ("就读方式",), "status": ("学生状态", "学生当前状态", "状态"),
         "groups": ("特殊群体", "特殊群体类别", "群体")}
RECEIVED = {"file": ("file", "文件", "文件名"), "at": ("received_at", "收到时间", "接收时间")}
KINDERGARTEN = ("小班", "中班", "大班")


def read_schools(path: Path, catalogue: Catalogue) -> tuple[School, ...]:
    """The register of schools; every fault is named with its line in one `CatalogueError`."""
    faults: list[str] = []
    schools = [s for line, row in _rows(path, SCHOOL, ("code", "name"), faults) if (s := _school(path, line, row, faults))]
    codes = [s.code for s in schools]
    faults += [f"{path.name}：学校标识码 {c} 出现了不止一次" for c in sorted({c for c in codes if codes.count(c) > 1})]
    names = {n: s.code for s in schools for n in (s.name, *s.short_names)}
    schools = [s if not s.merged_into or s.merged_into in codes else _heir(s, names, path, faults) for s in schools]
    if not schools and not faults:
        faults.append(f"{path.name}：没有一所学校")
    if faults:
        raise CatalogueError("\n".join(faults))
    return tuple(schools)


def _heir(school: School, names: Mapping[str, str], path: Path, faults: list[str]) -> School:
    code = names.get(school.merged_into or "")
    if code is None:
        faults.append(f"{path.name}：{school.name} 并入的“{school.merged_into}”不在名册里")
    return School(school.code, school.name, school.short_names, school.kind, school.ownership, school.grades, school.closed_on, code)


def _school(path: Path, line: int, row: Mapping[str, Cell], faults: list[str]) -> School | None:
    text = {k: c.text.strip() for k, c in row.items()}
    code, name = re.sub(r"\s|\.0$", "", text.get("code", "")), text.get("name", "")
    if not code and not name:
        return None
    if not code or not name:
        faults.append(f"{path.name} 第{line}行：缺少{'学校标识码' if not code else '学校名称'}")
        return None
    closed = _day(row.get("closed"), path, line, faults)
    grades = _grades(text.get("grades", ""), path, line, faults)
    shorts = tuple(s.strip() for s in _SEVERAL.split(text.get("short", "")) if s.strip())
    into = re.sub(r"\.0$", "", text.get("into", "")) or None
    return School(code, name, shorts, text.get("kind", ""), text.get("ownership", ""), grades, closed, into)


def _day(cell: Cell | None, path: Path, line: int, faults: list[str]) -> date | None:
    if cell is None or not cell.text.strip() or cell.text.strip() in ("/", "-", "无"):
        return None
    found = values.parse(cell.text, Field("closed", "停办日期", "date"), Context({}, "2000-01"), cell).value
    if not found:
        faults.append(f"{path.name} 第{line}行：停办日期写的是“{cell.text[:20]}”，应如 2022-08-31")
        return None
    return date.fromisoformat(found + "-01-01"[len(found) - 4:])


def _grades(text: str, path: Path, line: int, faults: list[str]) -> tuple[str, ...]:
    """1-6, 7—9, 小班-大班, 1、2、3 -> ('1', …)"""
    order = [*KINDERGARTEN, *map(str, range(1, 13))]
    out: list[str] = []
    for part in _SEVERAL.split(text.replace("年级", "").replace("－", "-")):
        ends = [e.strip() for e in re.split(r"[-—–~～至到]+", part.strip()) if e.strip()]
        if not ends:
            continue
        if len(ends) > 2 or any(e not in order for e in ends) or order.index(ends[0]) > order.index(ends[-1]):
            faults.append(f"{path.name} 第{line}行：年级写的是“{text[:20]}”，应如 1-6、7-9 或 小班-大班")
            return ()
        out += order[order.index(ends[0]):order.index(ends[-1]) + 1]
    return tuple(dict.fromkeys(out))


# ---- roster -----------------------------------------------------------------------------------------------------------

def read_roster(path: Path, catalogue: Catalogue, schools: Iterable[School]) -> tuple[RosterPupil, ...]:
    """The trusted list of pupils, values in normal form; a pupil of an unknown school or without a name is a fault."""
    faults: list[str] = []
    known = {s.code: s for s in schools}
    by_name = {key(n): s.code for s in known.values() for n in (s.name, *s.short_names)}
    fields = catalogue.forms["absent_list"].fields
    contexts = {c: Context(catalogue.codes, "2000-01", s.kind, s.grades) for c, s in known.items()}
    out = []
    for line, row in _rows(path, PUPIL, ("name",), faults):
        code = re.sub(r"\s|\.0$", "", row["code"].text) if "code" in row else by_name.get(key(row["school"].text), "") if "school" in row else ""
        if "name" not in row:
            if len(row) > 1:
                faults.append(f"{path.name} 第{line}行：没有姓名")
            continue
        if code not in known:
            faults.append(f"{path.name} 第{line}行：学校标识码{'“' + code + '”不在学校名册里' if code else '空着'}")
            continue
        out.append(_pupil(code, row, fields, contexts[code]))
    if faults:
        raise CatalogueError("\n".join(faults[:50]) + (f"\n…… 共 {len(faults)} 处" if len(faults) > 50 else ""))
    return tuple(out)


def _pupil(code: str, row: Mapping[str, Cell], fields: Mapping[str, Field], context: Context) -> RosterPupil:
    def said(name: str, field: str) -> str | None:
        cell = row.get(name)
        return values.parse(cell.text, fields[field], context, cell).value if cell is not None else None

    def text(name: str) -> str | None:
        return row[name].text.strip() or None if name in row else None
    name = said("name", "student_name") or row["name"].text.strip()
    listed = said("groups", "family_type") or (text("groups") or "")
    groups = tuple(g.strip() for g in _SEVERAL.split(listed) if g.strip() and g.strip() not in ("无", "否", "/", "-"))
    return RosterPupil(code, said("student_no", "student_no"), said("id_number", "id_number"), name, said("gender", "gender"),
                       said("birth", "birth"), said("grade", "grade"), said("class_no", "class_no"), text("mode"), text("status"), groups)


# ---- receipts ---------------------------------------------------------------------------------------------------------

def read_received(path: Path) -> dict[str, str]:
    """file (relative to the folder, with /) -> ISO 8601 with a zone (Asia/Shanghai where none is written)."""
    faults: list[str] = []
    out: dict[str, str] = {}
    for line, row in _rows(path, RECEIVED, ("file", "at"), faults):
        if "file" not in row or "at" not in row:
            continue
        moment = _moment(row["at"].text.strip())
        if moment is None:
            faults.append(f"{path.name} 第{line}行：收到时间写的是“{row['at'].text[:24]}”，应如 2023-03-24T09:30")
        else:
            out[row["file"].text.strip().replace("\\", "/").removeprefix("./")] = moment
    if faults:
        raise CatalogueError("\n".join(faults))
    return out


def _moment(text: str) -> str | None:
    """ISO 8601, also with / and a blank, one-digit parts, Z."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?", text)
    if not found:
        return None
    y, m, d, hour, minute, second, zone = found.groups()
    iso = f"{y}-{int(m):02d}-{int(d):02d}T{int(hour or 0):02d}:{minute or '00'}:{second or '00'}{'+00:00' if zone == 'Z' else zone or ''}"
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).isoformat()


# ---- rows of any of them ----------------------------------------------------------------------------------------------

def _rows(path: Path, labels: Mapping[str, tuple[str, ...]], needed: tuple[str, ...], faults: list[str]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """(line, {column: cell}) of each row below the header that names what is needed."""
    data = path.read_bytes()
    lines = _csv_lines(data) if path.suffix.lower() == ".csv" else _sheet_lines(path, data, faults)
    wanted = {key(word): name for name, words in labels.items() for word in words}
    columns: dict[int, str] | None = None
    for number, cells in lines:
        if columns is None:
            named = {c: wanted[k] for c, cell in cells.items() if (k := key(cell.text)) in wanted}
            if set(needed) <= set(named.values()):
                columns = {}
                for c, name in sorted(named.items()):
                    if name not in columns.values():
                        columns[c] = name
            continue
        row = {columns[c]: cell for c, cell in cells.items() if c in columns}
        if row:
            yield number, row
    if columns is None and not faults:
        faults.append(f"{path.name}：没有找到表头，要有 {'、'.join(labels[n][0] for n in needed)}")


def _csv_lines(data: bytes) -> Iterator[tuple[int, dict[int, Cell]]]:
    """A large export is read line by line; text guards of exporters are taken off."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            text = ""
    sample = text[:4096]
    delimiter = "\t" if sample.count("\t") > sample.count(",") else ","
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        cells = {c: Cell(number - 1, c, said, f"{c}") for c, raw in enumerate(row) if (said := _unguarded(raw))}
        if cells:
            yield number, cells


def _unguarded(text: str) -> str:
    text = text.strip().strip("\ufeff\u200b`")
    guarded = re.fullmatch(r'="(.*)"', text)
    return guarded[1].strip() if guarded else text.lstrip("'")


def _sheet_lines(path: Path, data: bytes, faults: list[str]) -> Iterator[tuple[int, dict[int, Cell]]]:
    parsed = parse_bytes(data, path.name)
    if parsed.reason_code is not None:
        faults.append(f"{path.name} 读不出来：{parsed.reason}")
        return
    for grid in parsed.grids:
        if grid.hidden:
            continue
        lines: dict[int, dict[int, Cell]] = {}
        for cell in grid.cells:
            if not cell.covered and cell.text.strip():
                lines.setdefault(cell.row, {})[cell.col] = cell
        yield from ((n + 1, cells) for n, cells in sorted(lines.items()))
        if lines:
            return
