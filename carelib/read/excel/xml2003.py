"""SpreadsheetML 2003: a workbook in one XML file, as export programs write it under the name .xls."""
from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from carelib.read.css import NAMED_FORMATS
from carelib.read.excel.assemble import assemble
from carelib.read.excel.cells import Maker
from carelib.read.excel.looks import Font, Style, font_from
from carelib.read.excel.numfmt import compile_format
from carelib.read.excel.package import MAX_TREE, attribute, child, children, is_on, local, refuse_entities, tree
from carelib.read.excel.sheet import MAX_CELLS
from carelib.read.excel.strings import Run, Text
from carelib.read.marks import clean
from carelib.read.words import Refused, extra
from carelib.records import Cell, Grid, Parsed

MAX_SHEETS = 100


def parse(data: bytes) -> Parsed:
    """A SpreadsheetML 2003 file as grids."""
    root = tree(_utf8(data))
    styles = _styles(child(root, "Styles"))
    sheets = children(root, "Worksheet")
    if not sheets:
        raise Refused("damaged", what="no_sheet")
    if len(sheets) > MAX_SHEETS:
        raise Refused("many_sheets", count=len(sheets), limit=MAX_SHEETS)
    day_zero = 1462 if child(child(root, "ExcelWorkbook"), "Date1904") is not None else 0
    grids = [_Sheet(sheet, styles, day_zero).grid() for sheet in sheets]
    if sum(len(g.cells) for g in grids) > MAX_CELLS:
        raise Refused("many_cells", limit=MAX_CELLS)
    return Parsed("other", tuple(g for g in grids if g.cells or g.extras))


def _utf8(data: bytes) -> bytes:
    """Bytes that expat and lxml can read: Chinese encodings are recoded."""
    if len(data) > MAX_TREE:
        raise Refused("inflated", limit=MAX_TREE >> 20)
    refuse_entities(data)
    found = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"'](gb2312|gbk|gb18030|cp936)[\"'][^>]*\?>", data[:300], re.I)
    if not found:
        return data.lstrip()
    try:
        return data[found.end():].decode("gb18030").encode("utf-8")
    except UnicodeDecodeError as fault:
        raise Refused("damaged", what="bad_encoding") from fault


def _styles(section: etree._Element | None) -> dict[str, Style]:
    out: dict[str, Style] = {}
    for e in section if section is not None else ():
        base = out.get(attribute(e, "Parent") or "Default", Style())
        shape, font, fill = (child(e, n) for n in ("NumberFormat", "Font", "Interior"))
        code = attribute(shape, "Format") if shape is not None else None
        solid = fill is not None and attribute(fill, "Pattern") == "Solid"
        out[attribute(e, "ID") or ""] = Style(
            compile_format(NAMED_FORMATS.get(code.lower(), code)) if code else base.format,
            _font(font, base.font) if font is not None else base.font,
            _hex(attribute(fill, "Color"), "ffffff") if solid else base.fill)
    return out


def _font(e: etree._Element, base: Font) -> Font:
    struck = attribute(e, "StrikeThrough")
    size = attribute(e, "Size")
    return font_from(attribute(e, "FontName") or attribute(e, "Face") or base.symbol,
                     base.struck if struck is None else is_on(struck),
                     _hex(attribute(e, "Color"), base.colour),
                     float(size) if size and re.fullmatch(r"[\d.]+", size) else None)


def _hex(text: str | None, otherwise: str) -> str:
    return text[1:].lower() if text and re.fullmatch("#[0-9A-Fa-f]{6}", text) else otherwise


@dataclass(slots=True)
class _Sheet:
    """One worksheet while it is read."""
    sheet: etree._Element
    styles: dict[str, Style]
    day_zero: int
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)

    def grid(self) -> Grid:
        name = attribute(self.sheet, "Name") or ""
        maker, table = Maker(name, self.day_zero), child(self.sheet, "Table")
        hidden_columns = self._hidden_columns(table)
        cells: list[Cell] = []
        at = 0
        for row in children(table, "Row") if table is not None else ():
            at = _index(row, at)
            hidden = is_on(attribute(row, "Hidden"), False) or attribute(row, "Height") == "0"
            cells += self._row(row, at, maker, hidden, hidden_columns)
            at += 1 + _number(row, "Span")
        visible = next((e.text or "" for e in self.sheet.iter() if local(e) == "Visible"), "")
        return assemble(name, cells, self.spans, self.extras, "Hidden" in visible)

    def _hidden_columns(self, table: etree._Element | None) -> set[int]:
        at, out = 0, set[int]()
        for column in children(table, "Column") if table is not None else ():
            at = _index(column, at)
            width = 1 + min(_number(column, "Span"), 16384)
            if is_on(attribute(column, "Hidden"), False) or attribute(column, "Width") == "0":
                out.update(range(at, at + width))
            at += width
        return out

    def _row(self, row: etree._Element, number: int, maker: Maker, hidden: bool,
             hidden_columns: set[int]) -> list[Cell]:
        out, col = [], 0
        for e in children(row, "Cell"):
            col = _index(e, col)
            across, down = _number(e, "MergeAcross"), _number(e, "MergeDown")
            if across or down:
                self.spans.append((number, col, down + 1, across + 1))
            if (remark := child(e, "Comment")) is not None and (words := clean("".join(remark.itertext()))):
                place = maker.place(number, col).removeprefix(maker.prefix)
                self.extras.append((f"{maker.prefix}{extra('comment')}{place}", words))
            cell = self._cell(e, maker, number, col, hidden or col in hidden_columns)
            out += [cell] if cell is not None else []
            col += 1 + across
        return out

    def _cell(self, e: etree._Element, maker: Maker, row: int, col: int, hidden: bool) -> Cell | None:
        spot, data = maker.spot(row, col, hidden), child(e, "Data")
        style, formula = self.styles.get(attribute(e, "StyleID") or "Default", Style()), attribute(e, "Formula")
        text: Text = "" if data is None else _rich(data, style)
        plain = (text if isinstance(text, str) else "".join(t for t, _ in text)).strip()
        if formula is not None and not plain:
            return maker.uncalculated(spot, formula) if data is None or attribute(data, "Type") != "String" else None
        match attribute(data, "Type") if data is not None else None:
            case "Number":
                return maker.number(spot, plain, style) if plain else None
            case "DateTime":
                return maker.iso_date(spot, plain.partition(".")[0], style)
            case "Boolean":
                return maker.boolean(spot, plain == "1", style)
            case "Error":
                return maker.error(spot, plain)
        return maker.text(spot, text, style)


def _rich(data: etree._Element, style: Style) -> Text:
    if len(data) == 0:
        return data.text or ""
    runs: list[Run] = []
    _collect(data, None, style, runs)
    return "".join(t for t, _ in runs) if all(f is None for _, f in runs) else tuple(runs)


def _collect(e: etree._Element, font: Font | None, style: Style, runs: list[Run]) -> None:
    if e.text:
        runs.append((e.text, font))
    for inner in e:
        own, name = font, local(inner)
        if name == "Font":
            own = _font(inner, font or style.font)
        elif name == "S":
            own = replace(font or style.font, struck=True)
        _collect(inner, own, style, runs)
        if inner.tail:
            runs.append((inner.tail, font))


def _index(e: etree._Element, otherwise: int) -> int:
    value = attribute(e, "Index")
    return max(0, int(value) - 1) if value and value.isdigit() else otherwise


def _number(e: etree._Element, name: str) -> int:
    value = attribute(e, name)
    return int(value) if value and value.isdigit() else 0
