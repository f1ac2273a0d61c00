"""xls (BIFF 2–8, also .et of WPS): the stream is taken from its container here, the cells come from xlrd."""
from __future__ import annotations

import io
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import olefile
import xlrd
from xlrd import biffh
from xlrd.formatting import std_format_strings

from carelib.read.excel.assemble import assemble
from carelib.read.excel.biff import Records, SheetRecords, scan
from carelib.read.excel.cells import Maker, Spot
from carelib.read.excel.headers import header_text
from carelib.read.excel.looks import GENERAL, Font, Style, font_from
from carelib.read.excel.numfmt import BUILT_IN, Format, built_in, compile_format
from carelib.read.excel.sheet import MAX_CELLS
from carelib.read.excel.strings import Run, Text
from carelib.read.marks import clean
from carelib.read.words import Refused, extra, note
from carelib.records import Cell, Grid, Parsed

MAX_SHEETS = 100
_FAULTS = (xlrd.XLRDError, biffh.XLRDError, struct.error, LookupError, ArithmeticError, AssertionError, ValueError,
           TypeError, AttributeError, EOFError)           # what xlrd raises on torn records


def streams(data: bytes) -> tuple[set[str], Callable[[str], bytes]]:
    """Names of the streams of an OLE container, lower case, and a function that reads one."""
    try:
        container = olefile.OleFileIO(io.BytesIO(data))
        names = {"/".join(path).lower(): path for path in container.listdir()}
    except (OSError, ValueError, IndexError, struct.error, RecursionError) as fault:
        raise Refused("damaged", what="short_container") from fault

    def read(name: str) -> bytes:
        try:
            content = container.openstream(names[name]).read()
            if len(content) != container.get_size(names[name]):
                raise ValueError("short")
            return content
        except (OSError, ValueError, IndexError, struct.error) as fault:
            raise Refused("damaged", what="short_container") from fault

    return set(names), read


def is_encrypted(stream: bytes) -> bool:
    """Whether a workbook stream is locked by a password."""
    return scan(stream).encrypted


def parse(data: bytes) -> Parsed:
    """An .xls workbook stream (BIFF) as grids."""
    found = scan(data)
    if found.encrypted:
        raise Refused("encrypted")
    if not found.whole:
        raise Refused("damaged", what="short_records")
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=_Silence(),
                                  encoding_override=_encoding(data))
    except _FAULTS as fault:
        raise Refused("damaged", what="short_records") from fault
    if book.nsheets > MAX_SHEETS:
        raise Refused("many_sheets", count=book.nsheets, limit=MAX_SHEETS)
    styles = _Styles(book)
    notes = [] if book.biff_version == 80 else [note("old_excel", version=book.biff_version // 10)]
    grids = [_grid(book, i, styles, _beside(book, i, found), found) for i in range(book.nsheets)]
    if sum(len(g.cells) for g in grids) > MAX_CELLS:
        raise Refused("many_cells", limit=MAX_CELLS)
    return Parsed("xls", tuple(g for g in grids if g.cells or g.extras), notes=tuple(notes))


class _Silence(io.StringIO):
    """xlrd's remarks name cells; nobody needs them."""

    def write(self, text: str) -> int:
        return len(text)


def _encoding(data: bytes) -> str | None:
    """Old files without a CODEPAGE record, and those that say Latin, hold Chinese here."""
    at = 0
    while at + 4 <= min(len(data), 4096):
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0x42 and length >= 2:
            page = struct.unpack_from("<H", data, at + 4)[0]
            return "gb18030" if page in (936, 1252, 0x8001) else None
        at += 4 + length
    return "gb18030"


class _Styles:
    """xf index -> Style."""

    def __init__(self, book: xlrd.Book) -> None:
        self._book, self._made = book, dict[int, Style]()

    def __getitem__(self, index: int) -> Style:
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]

    def _make(self, index: int) -> Style:
        book = self._book
        if not 0 <= index < len(book.xf_list):
            return Style()
        xf = book.xf_list[index]
        return Style(self._format(xf.format_key), self.font(xf.font_index), self._fill(xf.background))

    def font(self, index: int) -> Font:
        """The font of this index."""
        if not 0 <= index < len(self._book.font_list):
            return Font()
        font = self._book.font_list[index]
        return font_from(font.name, bool(font.struck_out), self._colour(font.colour_index, "000000"), font.height / 20)

    def _format(self, key: int) -> Format:
        entry = self._book.format_map.get(key)
        code = entry.format_str if entry is not None else None
        if key in BUILT_IN and code in (None, std_format_strings.get(key)):
            return built_in(key) or GENERAL
        return compile_format(code) if code else GENERAL

    def _fill(self, background: Any) -> str:
        pattern = background.fill_pattern if background is not None else 0
        if pattern == 1:
            return self._colour(background.pattern_colour_index, "ffffff")
        return "ffffff" if pattern in (0, 17, 18) else ""

    def _colour(self, index: int | None, automatic: str) -> str:
        if index is None or index >= 64:
            return automatic
        rgb = self._book.colour_map.get(index)
        return "".join(f"{c:02x}" for c in rgb) if rgb else automatic


def _beside(book: xlrd.Book, index: int, found: Records) -> SheetRecords:
    positions = getattr(book, "_sh_abs_posn", [])
    base = getattr(book, "base", 0) or 0
    return found.sheets.get(positions[index] - base, SheetRecords()) if index < len(positions) else SheetRecords()


def _grid(book: xlrd.Book, index: int, styles: _Styles, beside: SheetRecords, found: Records) -> Grid:
    try:
        sheet = book.sheet_by_index(index)
    except _FAULTS as fault:
        raise Refused("damaged", what="short_sheet") from fault
    maker = Maker(sheet.name, 1462 if book.datemode else 0)
    cells = []
    for row in range(sheet.nrows):
        kinds = sheet.row_types(row)
        for col, kind in enumerate(kinds):
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            cell = _cell(sheet, maker, maker.spot(row, col, _hidden(sheet, row, col)), kind, styles, beside, found)
            if cell is not None:
                cells.append(cell)
    spans = [(r, c, r2 - r, c2 - c) for r, r2, c, c2 in sheet.merged_cells]
    return assemble(sheet.name, cells, spans, _extras(sheet, maker, beside), sheet.visibility != 0)


def _hidden(sheet: xlrd.sheet.Sheet, row: int, col: int) -> bool:
    line, column = sheet.rowinfo_map.get(row), sheet.colinfo_map.get(col)
    if line is not None and (line.hidden or line.height == 0):
        return True
    return column is not None and bool(column.hidden or column.width == 0)


def _cell(sheet: xlrd.sheet.Sheet, maker: Maker, spot: Spot, kind: int, styles: _Styles, beside: SheetRecords,
          found: Records) -> Cell | None:
    value, key = sheet.cell_value(spot.row, spot.col), (spot.row, spot.col)
    style = styles[sheet.cell_xf_index(*key)]
    never = key in beside.never or (found.never_calculated and key in beside.zeros)
    if never or (found.by_library and key in beside.uncalculated):
        return maker.uncalculated(spot, "…", never)
    if kind == xlrd.XL_CELL_TEXT:
        return maker.text(spot, _runs(sheet, key, value, styles), style)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return maker.boolean(spot, bool(value), style)
    if kind == xlrd.XL_CELL_ERROR:
        return maker.error(spot, xlrd.error_text_from_code.get(value, "#N/A"))
    return maker.number(spot, str(Decimal(repr(float(value)))), style)


def _runs(sheet: xlrd.sheet.Sheet, key: tuple[int, int], value: str, styles: _Styles) -> Text:
    """The text, or its runs if it has fonts of its own."""
    starts = sheet.rich_text_runlist_map.get(key)
    if not starts:
        return value
    out: list[Run] = []
    at, font = 0, None
    for offset, index in [*starts, (len(value), 0)]:
        if offset > at:
            out.append((value[at:offset], font))
        at, font = offset, styles.font(index)
    return tuple(out)


def _extras(sheet: xlrd.sheet.Sheet, maker: Maker, beside: SheetRecords) -> list[tuple[str, str]]:
    out = []
    for (row, col), remark in sorted(sheet.cell_note_map.items()):
        place = maker.place(row, col).rpartition("!")[2]
        out.append((f"{maker.prefix}{extra('comment')}{place}", clean(remark.text)))
    out += [(f"{maker.prefix}{extra('text_box')}{i}", clean(t)) for i, t in enumerate(beside.texts, 1)]
    out += [(f"{maker.prefix}{extra('picture')}{i}", extra("picture")) for i in range(1, beside.pictures + 1)]
    out += [(f"{maker.prefix}{extra(kind)}", header_text(t)) for kind, t in beside.headers]
    return [(place, text) for place, text in out if text]
