"""Grids built by hand: rows of texts, merged ranges, and a small invented register to read them with."""
from __future__ import annotations

import re
from pathlib import Path

from carelib import catalogue
from carelib.policy import Deadline, District, Policy, Term
from carelib.read.understand import understand
from carelib.records import Cell, Grid, Parsed, Submission
from carelib.world import ReceivedFile, School, World

SCHOOLS = (School("3132999102", "示例区云溪初级中学", ("云溪初级中学", "云溪中学"), "初中", "公办", ("7", "8", "9")),
           School("2132999101", "示例区青禾小学", ("青禾小学",), "小学", "公办", tuple("123456")),
           School("3132999103", "示例区临湖九年一贯制学校", ("临湖学校",), "九年一贯制", "公办", tuple("123456789")),
           School("3132999104", "示例区白石初级中学", ("白石初中",), "初中", "公办", ("7", "8", "9")),
           School("2132999105", "示例区南桥小学", ("南桥小学",), "小学", "公办", tuple("123456")))
LEVELS = {"红色": 4, "橙色": 3, "黄色": 2, "蓝色": 1, "一级预警": 3, "二级预警": 2}


def letters(col: int) -> str:
    return (letters(col // 26 - 1) if col >= 26 else "") + chr(65 + col % 26)


def world(cycle: str = "2023-03", schools: tuple[School, ...] = SCHOOLS, **more) -> World:
    from datetime import date
    term = Term("2022-2023-2", date(2023, 2, 13), date(2023, 6, 30), 20)
    policy = Policy(District("示例区教育局", ("990101", "990102")), deadline=Deadline(), terms=(term,), psych_levels=LEVELS)
    return World(cycle, catalogue.load(), policy, schools, None, more.pop("files", ()), **more)


def grid(rows: list, name: str = "Sheet1", merges: str = "", places: str = "xlsx", **flags) -> Grid:
    """`rows`: texts by row; a number stays a number; a Cell of flags may be given as (text, {flag: value})."""
    spans = {}
    for one in merges.split():
        a, b = one.split(":")
        (r1, c1), (r2, c2) = _spot(a), _spot(b)
        spans[r1, c1] = (r2 - r1 + 1, c2 - c1 + 1)
    cells = []
    for r, row in enumerate(rows):
        for c, said in enumerate(row if isinstance(row, list) else [row]):
            more = {}
            if isinstance(said, tuple):
                said, more = said
            if said in (None, ""):
                continue
            kind = "number" if isinstance(said, (int, float)) else "text"
            height, width = spans.get((r, c), (1, 1))
            place = f"{name}!{letters(c)}{r + 1}" if places == "xlsx" else f"{letters(c)}{r + 1}"
            fields = {"row_span": height, "col_span": width, "kind": kind, "number": float(said) if kind == "number" else None}
            cells.append(Cell(r, c, str(said), place, **{**fields, **more}))
    return Grid(name, tuple(cells), spans=tuple((r, c, h, w) for (r, c), (h, w) in spans.items()), **flags)


def _spot(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", text)
    assert found
    col = 0
    for c in found[1]:
        col = col * 26 + ord(c) - 64
    return int(found[2]) - 1, col - 1


def table(text: str) -> list[list]:
    """'a | b\\nc | d' -> [['a', 'b'], ['c', 'd']]; ¶ is a line break in a cell."""
    return [[_cell(x) for x in line.split("|")] for line in text.strip("\n").splitlines()]


def _cell(text: str):
    said = text.strip().replace("¶", "\n")
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else said


def read(*grids: Grid, file: str = "报表.xlsx", medium: str = "xlsx", of: World | None = None, received: str | None = None,
         notes: tuple[str, ...] = ()) -> list[Submission]:
    """The submissions of a file with these grids; conservation is held against the grids each time."""
    parsed = Parsed(medium, tuple(grids), notes=notes)
    subs = understand(parsed, ReceivedFile(file, Path(file), "00" + file, 1, received), of or world())
    conserved(parsed, subs)
    return subs


def conserved(parsed: Parsed, subs: list[Submission]) -> None:
    """Every non-empty cell ends exactly once, extras are leftovers."""
    cells = [c.place for g in parsed.grids for c in g.cells if c.text.strip()]
    claimed = {p for s in subs for r in s.rows for v in r.values if v.raw is not None for p in v.place.split("、")}
    furniture = [f.place for s in subs for f in s.furniture]
    left = [x.place for s in subs for x in s.leftovers]
    extras = sum(len(g.extras) for g in parsed.grids)
    assert len(set(furniture)) == len(furniture), "a cell is furniture twice"
    assert not claimed & set(furniture) and not claimed & set(left) and not set(furniture) & set(left)
    assert claimed | set(furniture) | set(left) >= set(cells)
    assert len(claimed) + len(furniture) + len(left) == len(set(cells)) + extras


def values_of(row) -> dict:
    return {v.field: v.value for v in row.values if v.value is not None}


def problems_of(row) -> dict:
    return {v.field: v.problem for v in row.values if v.problem is not None}


def codes(sub: Submission) -> set[str]:
    return {o.code for o in sub.observations}
