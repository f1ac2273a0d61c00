"""The evidence beside a finding: the cells around it, or the picture of that part of the page."""
from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageDraw

from carelib.month import Month
from carelib.read import crop, worker
from carelib.records import Cell, Grid
from carelib.show.html import Html, Raw, esc

AROUND = 2          # rows above and below
BESIDE = 3          # columns to each side; the first columns (序号, 姓名 …) are always shown
FIRST = 3
STRIP = 30.0        # points of paper above and below a place
SCALE = 2.0         # pixels a point, as `crop` draws
SHEET_PLACE = re.compile(r"(?:(?P<sheet>.*)!)?(?P<letters>[A-Z]{1,3})(?P<row>\d+)")


def evidence(month: Month, submission_id: str | None, place: str | None) -> Html:
    """Neighbourhood of `place` in the submission's file ('' if it has none)."""
    submission = month.submission.get(submission_id or "")
    if submission is None or not place:
        return Html("")
    file = next((f for f in month.world.files if f.name == submission["file"]), None)
    if file is None:
        return Html("")
    places = place.split("、")
    if places[0].startswith("p") and "@" in places[0]:
        return picture(file.path.read_bytes(), places[0])
    parsed = worker.parse_file(file.path, month.world.cache)
    for grid in parsed.grids:
        hits = {(c.row, c.col) for c in grid.cells if c.place in places} or _blank_cells(grid, places)
        if hits:
            return neighbourhood(grid, hits)
    return Html("")


def _blank_cells(grid: Grid, places: Iterable[str]) -> set[tuple[int, int]]:
    """Places where nothing is written: by their letters and numbers."""
    found = [m for p in places if (m := SHEET_PLACE.fullmatch(p)) and (m["sheet"] or "") == grid.name]
    return {(int(m["row"]) - 1, _column(m["letters"])) for m in found}


def picture(data: bytes, place: str) -> Html:
    """The strip of the page on which the place stands, the place outlined, as a picture inside the page."""
    page, box = place[1:].split("@")
    x0, top, x1, bottom = (float(n) for n in box.split(","))
    above = max(0.0, top - STRIP)
    strip = Image.open(io.BytesIO(crop(data, f"p{page}@0,{above},9999,{bottom + STRIP}", 0.0))).convert("RGB")
    frame = [SCALE * n for n in (x0 - 2, top - above - 2, x1 + 2, bottom - above + 2)]
    ImageDraw.Draw(strip).rectangle(frame, outline=(163, 40, 30), width=3)
    out = io.BytesIO()
    strip.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(out, "PNG", optimize=True)
    image = base64.b64encode(out.getvalue()).decode("ascii")
    return Html(f'<p><img alt="原件截图" src="data:image/png;base64,{image}"></p>', "（原件截图）")


def neighbourhood(grid: Grid, marked: set[tuple[int, int]]) -> Html:
    """The header row above, the rows around, the first columns and those beside; the cell itself outlined."""
    top, bottom = min(r for r, _ in marked), max(r for r, _ in marked)
    header, near = _header_row(grid, top), range(top - AROUND, bottom + AROUND + 1)
    rows = sorted({c.row for c in grid.cells if c.row in near or c.row == header} | {r for r, _ in marked})
    used = sorted({c.col for c in grid.cells if c.row in rows} | {c for _, c in marked})
    left, right = min(c for _, c in marked) - BESIDE, max(c for _, c in marked) + BESIDE
    columns = [c for i, c in enumerate(used) if i < FIRST or left <= c <= right]
    at = {(c.row, c.col): c for c in grid.cells if c.row in rows}
    head = "".join(f"<th>{_letters(c)}</th>" for c in columns)
    body = "".join(f"<tr><th>{r + 1}</th>" + "".join(_cell(at.get((r, c)), (r, c) in marked) for c in columns) + "</tr>" for r in rows)
    told = "、".join(f"{_letters(c)}{r + 1}：{at[r, c].text if (r, c) in at else '（空）'}" for r, c in sorted(marked))
    return Html(f'<div class="scroll near"><table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>', told)


def _header_row(grid: Grid, above: int) -> int:
    """The fullest row above: what a person looks up to."""
    counts: dict[int, int] = {}
    for cell in grid.cells:
        if cell.row < above:
            counts[cell.row] = counts.get(cell.row, 0) + 1
    return max(counts, key=lambda r: (counts[r], -r), default=-1)


def _cell(cell: Cell | None, marked: bool) -> str:
    text = "" if cell is None else cell.text if len(cell.text) <= 60 else cell.text[:60] + "…"
    return f'<td class="mark">{esc(text)}</td>' if marked else f"<td>{esc(text)}</td>"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _letters(col: int) -> str:
    return (_letters(col // 26 - 1) if col >= 26 else "") + chr(65 + col % 26)


def card(finding: dict[str, Any], parts: Iterable[Html | Raw | str]) -> Html:
    """A finding with all that a reviewer needs to decide, in a box of its own."""
    body = "".join(p.body if isinstance(p, (Html, Raw)) else f"<p>{esc(p)}</p>" for p in parts)
    return Html(f'<div class="card {esc(finding["consequence"])}">{body}</div>')
