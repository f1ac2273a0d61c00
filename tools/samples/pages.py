"""Pages for one pupil: the grid of `pages.toml` filled with the pupil and the page of the story."""
from __future__ import annotations

from typing import Any

from samples.layout import Box, Drawing, identity, say_date
from samples.people import Pupil


def draw_page(page: dict[str, Any], grid: dict[str, Any], pupil: Pupil) -> Drawing:
    """Title and info lines, the ruled grid with its table of attempts, the line of signatures."""
    width = len(grid["widths"])
    out = Drawing(page.get("name", "Sheet1"), widths=grid["widths"],
                  looks={"page": "portrait", **page.get("looks", {})})
    row = 0
    for style in ("top", "title", "info"):
        for text in [page[style]] if isinstance(page.get(style), str) else page.get(style, []):
            out.boxes.append(Box(row, 0, text, style, 1, width))
            row += 1
    for cells in grid["rows"]:
        row = _attempts(out, row, page, grid) if cells == ["*attempts"] else _cells(out, row, cells, page, pupil)
    for text in page.get("foot", []):
        out.boxes.append(Box(row, 0, text, "note", 1, width))
        row += 1
    return out


def _cells(out: Drawing, row: int, cells: list[str], page: dict[str, Any], pupil: Pupil) -> int:
    col = 0
    for cell in cells:
        text, _, span = cell.rpartition("@")
        if text.startswith("="):
            name = text[1:]
            value = page[name] if name in page else identity(pupil, name, page)
            style = "long" if int(span) > 3 and name not in ("school_grade",) else "body"
            out.boxes.append(Box(row, col, say_date(value, page.get("dates", "iso")), style, 1, int(span)))
        else:
            out.boxes.append(Box(row, col, text, "section" if int(span) > 3 else "label", 1, int(span)))
        col += int(span)
    return row + 1


def _attempts(out: Drawing, row: int, page: dict[str, Any], grid: dict[str, Any]) -> int:
    lines = [dict(zip([f for _, f, _ in grid["attempts"]], [label for label, _, _ in grid["attempts"]])),
             *page.get("attempts", []), *[{}] * page.get("empty_attempts", 0)]
    for i, line in enumerate(lines):
        col = 0
        for _, name, span in grid["attempts"]:
            out.boxes.append(Box(row, col, say_date(line.get(name), page.get("dates", "iso")),
                                 "label" if i == 0 else "body", 1, span))
            col += span
        row += 1
    return row
