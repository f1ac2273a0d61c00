"""Values that a page break has cut: numbers of a known length, of which each page holds a piece."""
from __future__ import annotations

from carelib.read.pdf.cells import Table
from carelib.read.pdf.match import serial_column, texts_of
from carelib.read.pdf.rows import shape
from carelib.read.pdf.shapes import usual_shapes
from carelib.read.pdf.words import doubt, squeeze


def broken(table: Table, above: dict[int, str], below: dict[int, str]) -> set[int]:
    """Columns of the table's last row that get a value of the usual length, or the next serial number, only together with
    what the next page has there.
    """
    last = table.rows - 1
    out = {col for col, usual in usual_shapes(table, last).items() if above.get(col) and below.get(col)
           and shape(above[col] + below[col]) == usual and usual not in (shape(above[col]), shape(below[col]))}
    key = serial_column(table)
    if key is not None and last > 0:
        before, pieces = texts_of(table, last - 1).get(key, ""), (above.get(key, ""), below.get(key, ""))
        if all(p.isdecimal() for p in (before, *pieces)) and int(pieces[0] + pieces[1]) == int(before) + 1:
            out.add(key)
    return out


def doubt_pieces(table: Table, row: int) -> None:
    """Asks about values at a page break that are a piece of what all others of their column are."""
    shapes = usual_shapes(table, table.rows)
    for spot in table.spots:
        usual = shapes.get(spot.col, "")
        if spot.row != row or spot.row_span > 1 or not spot.text or not usual or spot.doubt:
            continue
        mine = shape(squeeze(spot.text))
        if mine != usual and (usual.startswith(mine) or usual.endswith(mine)):
            spot.doubt, spot.suggestion = doubt("page_cut"), spot.suggestion or spot.text
