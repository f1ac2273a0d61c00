"""xlsb: the binary workbook. Its records say what the XML of xlsx says; values are checked by calamine."""
from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carelib.read.excel.assemble import assemble
from carelib.read.excel.beside import extras
from carelib.read.excel.cells import Maker
from carelib.read.excel.looks import PLAIN, UNKNOWN, Font, Style, font_from, indexed_colour
from carelib.read.excel.numfmt import Format, built_in, compile_format
from carelib.read.excel.opinion import MAX_AREA, agrees, at, only_there, second_opinion
from carelib.read.excel.package import Package, relations
from carelib.read.excel.sheet import MAX_CELLS, RawSheet
from carelib.read.excel.strings import Run, Text
from carelib.read.words import Refused, doubt, note
from carelib.records import Cell, Grid, Parsed

MAX_SHEETS = 100
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A",
           43: "#GETTING_DATA"}
_ROW, _ITEM, _FONT, _FORMAT, _FILL, _XF, _COLUMN, _SHEET, _PROPERTIES, _MERGE = 0, 19, 43, 44, 45, 47, 60, 156, 153, 176
_CELL_XFS, _CELL_XFS_END = 617, 618


def parse(data: bytes) -> Parsed:
    """An xlsb file as grids."""
    package = Package(data)
    part = next((n for n in package.names() if n.endswith("workbook.bin")), None)
    if part is None:
        raise Refused("damaged", what="no_workbook")
    try:
        return _parsed(data, package, part)
    except (struct.error, IndexError) as fault:
        raise Refused("damaged", what="short_records") from fault


def _parsed(data: bytes, package: Package, part: str) -> Parsed:
    links = relations(package, part)
    by_kind = {kind: target for kind, target in links.values() if target in package}
    sheets, day_zero = _sheets(package, part)
    styles = _styles(package, by_kind.get("styles"))
    strings = _strings(package, by_kind.get("sharedStrings"))
    read, notes = [], [note("macros")] if any(n.endswith("vbaproject.bin") for n in package.names()) else []
    for name, link, hidden in sheets:
        kind, target = links.get(link, ("", ""))
        if kind != "worksheet" or target not in package:
            notes.append(note("chart_sheet", name=name))
            continue
        read.append((name, hidden, target, _sheet(package, target, Maker(name, day_zero), styles, strings)))
    modest = all((s.last_row + 1) * (s.last_col + 1) <= MAX_AREA for *_, s in read)
    other = second_opinion(data) if modest else {}
    grids = [_grid(package, *entry, other) for entry in read]
    return Parsed("xlsb", tuple(g for g in grids if g.cells or g.extras), notes=tuple(notes))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, payload): both numbers are written seven bits a byte."""
    place, end = 0, len(data)
    while place < end:
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        size, shift = 0, 0
        while True:
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[place:place + size]
        place += size


def _wide(body: bytes, place: int) -> tuple[str, int]:
    """A string with its length before it, and where it ends."""
    size = struct.unpack_from("<I", body, place)[0]
    if size == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * size
    return body[place + 4:end].decode("utf-16-le", "replace"), end


def _sheets(package: Package, part: str) -> tuple[list[tuple[str, str, bool]], int]:
    out, day_zero = [], 0
    for kind, body in _records(package.read(part)):
        if kind == _SHEET:
            state = struct.unpack_from("<I", body)[0]
            link, end = _wide(body, 8)
            out.append((_wide(body, end)[0], link, state != 0))
        elif kind == _PROPERTIES and body and body[0] & 1:
            day_zero = 1462
    if len(out) > MAX_SHEETS:
        raise Refused("many_sheets", count=len(out), limit=MAX_SHEETS)
    return out, day_zero


@dataclass(slots=True)
class _Styles:
    """Cell styles and fonts of the workbook."""
    styles: list[Style] = field(default_factory=list)
    fonts: list[Font] = field(default_factory=list)

    def style(self, index: int) -> Style:
        return self.styles[index] if index < len(self.styles) else Style(UNKNOWN) if self.styles else Style()

    def font(self, index: int) -> Font:
        return self.fonts[index] if index < len(self.fonts) else PLAIN


def _styles(package: Package, part: str | None) -> _Styles:
    made, formats, fills, in_cells = _Styles(), {}, [], False
    for kind, body in _records(package.read(part)) if part else ():
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = compile_format(_wide(body, 2)[0])
        elif kind == _FONT:
            height, flags = struct.unpack_from("<HH", body)
            made.fonts.append(font_from(_wide(body, 21)[0], bool(flags & 8), _colour(body, 12, "000000"), height / 20))
        elif kind == _FILL:
            pattern = struct.unpack_from("<I", body)[0]
            fills.append(_colour(body, 4, "ffffff") if pattern == 1 else "ffffff" if pattern in (0, 17, 18) else "")
        elif kind in (_CELL_XFS, _CELL_XFS_END):
            in_cells = kind == _CELL_XFS
        elif kind == _XF and in_cells:
            number, font, fill = struct.unpack_from("<HHH", body, 2)
            made.styles.append(Style(_format(formats, number), made.font(font),
                                     fills[fill] if fill < len(fills) else "ffffff"))
    return made


def _format(formats: Mapping[int, Format], number: int) -> Format:
    return formats.get(number) or built_in(number) or UNKNOWN


def _colour(body: bytes, place: int, automatic: str) -> str:
    kind, index, tint = body[place] >> 1, body[place + 1], struct.unpack_from("<h", body, place + 2)[0]
    if abs(tint) > 1600:
        return ""
    if kind == 0:
        return automatic
    if kind == 1:
        return indexed_colour(index, automatic)
    if kind == 3:
        return {0: "ffffff", 1: "000000"}.get(index, "")
    return body[place + 4:place + 7].hex()


def _strings(package: Package, part: str | None) -> list[tuple[str, bytes]]:
    """Shared strings with what follows them: the runs of rich ones."""
    return [_item(body) for kind, body in _records(package.read(part)) if kind == _ITEM] if part else []


def _item(body: bytes) -> tuple[str, bytes]:
    text, end = _wide(body, 1)
    return text, body[end:] if body[0] & 1 else b""


def _runs(item: tuple[str, bytes], styles: _Styles) -> Text:
    text, rest = item
    if len(rest) < 4:
        return text
    count = min(struct.unpack_from("<I", rest)[0], (len(rest) - 4) // 4)
    starts = [struct.unpack_from("<HH", rest, 4 + 4 * i) for i in range(count)]
    out: list[Run] = [(text[:starts[0][0]], None)] if starts and starts[0][0] else []
    for (begin, font), (end, _) in zip(starts, [*starts[1:], (len(text), 0)]):
        out.append((text[begin:end], styles.font(font)))
    return tuple(out) if out else text


@dataclass(slots=True)
class _Sheet:
    """What one pass over a sheet gives; `plain` is what is compared with the second opinion."""
    cells: list[Cell] = field(default_factory=list)
    plain: dict[tuple[int, int], str | float] = field(default_factory=dict)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = 0
    last_col: int = 0


def _sheet(package: Package, part: str, maker: Maker, styles: _Styles, strings: list[tuple[str, bytes]]) -> _Sheet:
    out, row, row_hidden, hidden_columns = _Sheet(), 0, False, []
    for kind, body in _records(package.read(part)):
        if kind == _ROW:
            row, height, flags = struct.unpack_from("<I", body)[0], struct.unpack_from("<H", body, 8)[0], body[11]
            row_hidden = bool(flags & 0x10) or height == 0
        elif kind == _COLUMN:
            first, last, width = struct.unpack_from("<III", body)
            if body[16] & 1 or width == 0:
                hidden_columns.append((first, last))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            out.spans.append((top, left, bottom - top + 1, right - left + 1))
        elif 1 <= kind <= 11 or kind == 62:
            col, index = struct.unpack_from("<II", body)
            style = styles.style(index & 0xFFFFFF)
            out.last_row, out.last_col = max(out.last_row, row), max(out.last_col, col)
            hidden = row_hidden or any(a <= col <= b for a, b in hidden_columns)
            value = _value(kind, body[8:], styles, strings)
            cell = None if value is None else _made(maker, row, col, hidden, value, style)
            if cell is not None:
                out.cells.append(cell)
                out.plain[row, col] = value if isinstance(value, (str, float)) and not isinstance(value, bool) else ""
            if len(out.cells) > MAX_CELLS:
                raise Refused("many_cells", limit=MAX_CELLS)
    return out


def _value(kind: int, body: bytes, styles: _Styles, strings: list[tuple[str, bytes]]) -> Any:
    """A text, runs, a number, a truth value, or an error as ('#N/A',); None for a blank."""
    if kind == 2:
        return _rk(struct.unpack_from("<I", body)[0])
    if kind in (3, 11):
        return [_ERRORS.get(body[0], "#N/A")]
    if kind in (4, 10):
        return bool(body[0])
    if kind in (5, 9):
        return struct.unpack_from("<d", body)[0]
    if kind in (6, 8):
        return _wide(body, 0)[0]
    if kind == 7:
        index = struct.unpack_from("<I", body)[0]
        return _runs(strings[index], styles) if index < len(strings) else ["?"]
    return _runs(_item(body), styles) if kind == 62 else None


def _rk(raw: int) -> float:
    number = float(struct.unpack("<i", struct.pack("<I", raw))[0] >> 2) if raw & 2 else \
        struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return number / 100 if raw & 1 else number


def _made(maker: Maker, row: int, col: int, hidden: bool, value: Any, style: Style) -> Cell | None:
    spot = maker.spot(row, col, hidden)
    if isinstance(value, bool):
        return maker.boolean(spot, value, style)
    if isinstance(value, float):
        return maker.number(spot, repr(value), style)
    if isinstance(value, list):
        return maker.lost(spot) if value[0] == "?" else maker.error(spot, value[0])
    return maker.text(spot, value, style)


def _grid(package: Package, name: str, hidden: bool, part: str, sheet: _Sheet,
          other: Mapping[str, list[list[Any]]]) -> Grid:
    theirs, doubts, cells = other.get(name), [], sheet.cells
    if theirs is not None:
        cells = [c if c.doubt or _agreed(sheet.plain[c.row, c.col], at(theirs, c.row, c.col)) else
                 replace(c, doubt=doubt("two_readings")) for c in cells]
        if only_there(theirs, set(sheet.plain)):
            doubts.append(doubt("two_readings"))
    beside = extras(package, part, name, RawSheet())
    return assemble(name, cells, sheet.spans, beside, hidden, doubts)


def _agreed(mine: str | float, other: Any) -> bool:
    return mine == "" or agrees(mine, other)
