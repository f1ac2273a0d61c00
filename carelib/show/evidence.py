"""The evidence beside a finding: the cells around it, or the picture of that part of the page."""
from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from carelib.month import Month
from carelib.read import crop, worker
from carelib.records import Cell, Grid
from carelib.show.html import Html, Raw, esc

AROUND = 2          # rows above and below


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
        hits = [c for c in grid.cells if c.place in places]
        if hits:
            return neighbourhood(grid, hits)
    return Html("")


def picture(data: bytes, place: str) -> Html:
    """The part of the page, with some paper around it, as a picture inside the page."""
    image = base64.b64encode(crop(data, place, 24.0)).decode("ascii")
    return Html(f'<p><img alt="原件截图" src="data:image/png;base64,{image}"></p>', "（原件截图）")


def neighbourhood(grid: Grid, hits: Iterable[Cell]) -> Html:
    """The header row above, the rows around, the cell itself outlined."""
    hits = list(hits)
    marked = {(c.row, c.col) for c in hits}
    top, bottom = min(c.row for c in hits) - AROUND, max(c.row for c in hits) + AROUND
    header = _header_row(grid, min(c.row for c in hits))
    rows = sorted({c.row for c in grid.cells if top <= c.row <= bottom or c.row == header})
    columns = sorted({c.col for c in grid.cells if c.row in rows})
    at = {(c.row, c.col): c for c in grid.cells if c.row in rows}
    head = "".join(f"<th>{_letters(c)}</th>" for c in columns)
    body = "".join(f"<tr><th>{r + 1}</th>" + "".join(_cell(at.get((r, c)), (r, c) in marked) for c in columns) + "</tr>" for r in rows)
    return Html(f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>',
                "、".join(f"{c.place}：{c.text}" for c in hits))


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


def _letters(col: int) -> str:
    return (_letters(col // 26 - 1) if col >= 26 else "") + chr(65 + col % 26)


def card(finding: dict[str, Any], parts: Iterable[Html | Raw | str]) -> Html:
    """A finding with all that a reviewer needs to decide, in a box of its own."""
    body = "".join(p.body if isinstance(p, (Html, Raw)) else f"<p>{esc(p)}</p>" for p in parts)
    return Html(f'<div class="card {esc(finding["consequence"])}">{body}</div>')
