"""ods (and flat .fods): cells that are written once and meant many times, covered and hidden ones, what is seen."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from lxml import etree

from carelib.read.excel.assemble import assemble
from carelib.read.excel.cells import ERRORS, Maker, Spot, gives_text, iso, known_digits, shown_part
from carelib.read.excel.datefmt import serial_of
from carelib.read.excel.looks import Style
from carelib.read.excel.numfmt import general, plain
from carelib.read.excel.odf import OdfStyles, paragraphs
from carelib.read.excel.package import Package, attribute, child, children, local, tree
from carelib.read.excel.sheet import MAX_CELLS
from carelib.read.excel.strings import Text
from carelib.read.marks import clean
from carelib.read.words import Refused, doubt, extra
from carelib.records import Cell, Grid, Parsed

MAX_SHEETS = 100
_TREE = 32 << 20
_WIDTH, _HEIGHT = 16_384, 1_048_576
_SHAPES = {"frame", "custom-shape", "rect", "g", "ellipse", "control", "caption"}


def parse(data: bytes) -> Parsed:
    """An OpenDocument spreadsheet as grids."""
    package = Package(data)
    manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
    if b"encryption-data" in manifest:
        raise Refused("encrypted")
    content = package.tree("content.xml", limit=_TREE)
    if content is None:
        raise Refused("damaged", what="no_content")
    return _parsed(content, OdfStyles([package.tree("styles.xml", limit=_TREE, lenient=True), content]))


def parse_flat(data: bytes) -> Parsed:
    """An OpenDocument spreadsheet in one XML file."""
    root = tree(data)
    return _parsed(root, OdfStyles([root]))


def _parsed(root: etree._Element, styles: OdfStyles) -> Parsed:
    book = child(child(root, "body"), "spreadsheet")
    if book is None:
        raise Refused("damaged", what="no_content")
    tables = children(book, "table")
    if len(tables) > MAX_SHEETS:
        raise Refused("many_sheets", count=len(tables), limit=MAX_SHEETS)
    room, never = [MAX_CELLS], any(_is_false_zero(e) for e in book.iter() if local(e) == "table-cell")
    grids = [_Table(table, styles, room, never).grid() for table in tables]
    return Parsed("ods", tuple(g for g in grids if g.cells or g.extras))


@dataclass(slots=True)
class _Table:
    """One sheet while it is read; `room` is how many cells the workbook may still hold."""
    table: etree._Element
    styles: OdfStyles
    room: list[int]
    never: bool                             # zeros of formulas were put in by a program that calculates nothing
    cells: list[Cell] = field(default_factory=list)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    extras: list[tuple[str, str]] = field(default_factory=list)

    def grid(self) -> Grid:
        name = attribute(self.table, "name") or ""
        maker = Maker(name)
        hidden_columns = set(self._hidden_columns())
        row = 0
        for element, hidden in _rows(self.table):
            repeat = _repeated(element, "rows", _HEIGHT)
            hidden = hidden or self.styles.get("table-row", attribute(element, "style-name")).empty
            found = self._row(element, maker, row, hidden, hidden_columns)
            for again in range(1, repeat if found else 1):
                self._add([_moved(cell, maker, row + again) for cell in found])
            row += repeat
        for shapes in children(self.table, "shapes"):
            self._shapes(shapes, f"{name}!", "")
        style = attribute(self.table, "style-name")
        self.extras += [(f"{name}!{extra(kind)}", text) for kind, text in self.styles.page_texts(style)]
        hidden_sheet = not self.styles.get("table", style).shown
        return assemble(name, self.cells, self.spans, self.extras, hidden_sheet)

    def _hidden_columns(self) -> Iterator[int]:
        at = 0
        for e in self.table.iter():
            if local(e) == "table-row":
                return
            if local(e) == "table-column":
                count = _repeated(e, "columns", _WIDTH)
                if attribute(e, "visibility") in ("collapse", "filter") or \
                        self.styles.get("table-column", attribute(e, "style-name")).empty:
                    yield from range(at, at + count)
                at += count

    def _add(self, cells: list[Cell]) -> None:
        self.room[0] -= len(cells)
        if self.room[0] < 0:
            raise Refused("many_cells", limit=MAX_CELLS)
        self.cells += cells

    def _row(self, element: etree._Element, maker: Maker, row: int, hidden: bool,
             hidden_columns: set[int]) -> list[Cell]:
        """Reads one row; returns its cells."""
        found: list[Cell] = []
        col = 0
        for e in element:
            if local(e) not in ("table-cell", "covered-table-cell"):
                continue
            repeat = _repeated(e, "columns", _WIDTH)
            height, width = (_number(e, f"number-{n}-spanned") for n in ("rows", "columns"))
            if height * width > 1:
                self.spans.append((row, col, height, width))
            if len(e) or attribute(e, "value-type") or attribute(e, "formula"):
                self._beside(e, maker, row, col)
                cell = self._cell(e, maker, maker.spot(row, col, hidden or col in hidden_columns))
                if cell is not None:
                    found += [replace(cell, col=c, place=maker.place(row, c), hidden=hidden or c in hidden_columns)
                              for c in range(col, col + repeat)]
            col += repeat
        self._add(found)
        return found

    def _cell(self, e: etree._Element, maker: Maker, spot: Spot) -> Cell | None:
        look = self.styles.get("table-cell", attribute(e, "style-name"))
        style, text = look.cell_style(), paragraphs(e, self.styles, look)
        kind, formula = attribute(e, "value-type"), attribute(e, "formula")
        plain_text = clean(text if isinstance(text, str) else "".join(t for t, _ in text))
        if formula is not None and ((not plain_text and kind is None) or (attribute(e, "value") in _ZEROS and
                                    (self.never or not plain_text))):
            return maker.uncalculated(spot, _formula(formula), never=kind is not None)
        if plain_text.upper() in ERRORS or (formula is not None and _OWN_ERROR.fullmatch(plain_text)):
            return maker.error(spot, plain_text)
        match kind:
            case "float" | "percentage" | "currency":
                cell = _numeric(spot, attribute(e, "value") or "", kind, plain_text, style, maker)
                unshown = not plain_text and child(e, "p") is not None
                return replace(cell, doubt=cell.doubt or doubt("masked")) if unshown else cell
            case "date":
                parts = self.styles.date_parts(look.data)
                return _dated(spot, attribute(e, "date-value") or "", parts, plain_text, style, maker)
            case "boolean":
                shown = plain_text or (attribute(e, "boolean-value") or "").upper()
                return Cell(spot.row, spot.col, shown, spot.place, kind="bool", struck=style.font.struck,
                            hidden=spot.hidden)
        if not plain_text and (stored := attribute(e, "string-value") or attribute(e, "time-value")):
            text = stored
        return maker.text(spot, text, style)

    def _beside(self, e: etree._Element, maker: Maker, row: int, col: int) -> None:
        """Comments and shapes that hang on a cell."""
        place = maker.place(row, col).rpartition("!")[2]
        for remark in children(e, "annotation"):
            self._extra(f"{maker.prefix}{extra('comment')}{place}", paragraphs(remark, self.styles))
        self._shapes(e, maker.prefix, place)

    def _shapes(self, holder: etree._Element, prefix: str, place: str) -> None:
        for shape in holder:
            if local(shape) not in _SHAPES:
                continue
            texts = [t for e in shape.iter() if len(e) and (t := paragraphs(e, self.styles))]
            for text in texts:
                self._extra(f"{prefix}{extra('text_box')}{place}", text)
            if not texts and any(local(e) == "image" for e in shape):
                self.extras.append((f"{prefix}{extra('picture')}{place}", f"[{extra('picture')}]"))

    def _extra(self, place: str, text: Text) -> None:
        words = clean(text if isinstance(text, str) else "".join(t for t, _ in text))
        if words:
            self.extras.append((place, words))


_ZEROS = ("0", "0.0")
_OWN_ERROR = re.compile(r"(Err|错误|錯誤)[:：]\s?\d+")


def _is_false_zero(e: etree._Element) -> bool:
    """A formula that gives text, yet has the number 0 as its result."""
    return attribute(e, "value") in _ZEROS and gives_text(_formula(attribute(e, "formula") or ""))


def _rows(element: etree._Element, hidden: bool = False) -> Iterator[tuple[etree._Element, bool]]:
    """Rows in order, through groups, with whether they are hidden."""
    for e in element:
        name = local(e)
        if name == "table-row":
            yield e, hidden or attribute(e, "visibility") in ("collapse", "filter")
        elif name in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _rows(e, hidden or attribute(e, "display") == "false")


def _number(e: etree._Element, name: str) -> int:
    value = attribute(e, name)
    return max(1, int(value)) if value and value.isdigit() else 1


def _repeated(e: etree._Element, what: str, limit: int) -> int:
    return min(_number(e, f"number-{what}-repeated"), limit)


def _moved(cell: Cell, maker: Maker, row: int) -> Cell:
    return replace(cell, row=row, place=maker.place(row, cell.col))


def _formula(text: str) -> str:
    return re.sub(r"^(of|oooc|msoxl):", "", text).removeprefix("=")


def _numeric(spot: Spot, value: str, kind: str, shown: str, style: Style, maker: Maker) -> Cell:
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return maker.number(spot, value or "?", style)
    why, guess = "", ""
    if exact == exact.to_integral_value() and abs(exact) >= Decimal(10) ** 15:
        why, guess = doubt("long_number"), known_digits(exact, 14)       # the 15th is rounded in OpenDocument
    elif hint := style.unseen:
        why = doubt(hint)
    if not shown:
        shown = f"{plain(exact * 100)}%" if kind == "percentage" else general(exact)
    return Cell(spot.row, spot.col, shown, spot.place, 1, 1, "number", float(exact), None, why, guess,
                style.font.struck, spot.hidden)


def _dated(spot: Spot, value: str, parts: frozenset[str], shown: str, style: Style, maker: Maker) -> Cell | None:
    moment = iso(value)
    if moment is None or not hasattr(moment, "date"):
        return maker.text(spot, shown or value, style)
    day = moment.date()
    parts = parts or _parts_shown(shown)
    sane = 1900 < day.year <= 2100
    hint = style.unseen
    why = doubt("date_range") if not sane else doubt("date_unshown") if not parts else doubt(hint) if hint else ""
    normal = shown_part(day, parts)
    return Cell(spot.row, spot.col, shown or normal, spot.place, 1, 1, "date", serial_of(day),
                normal if sane and parts else None, why, "", style.font.struck, spot.hidden)


def _parts_shown(shown: str) -> frozenset[str]:
    """Without a date style the displayed text tells how precise the date is."""
    if not shown or re.search(r"\d+\D+\d+\D+\d+|\d{8}|月\s*\d+", shown):
        return frozenset("ymd")
    return frozenset("ym") if re.fullmatch(r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?", shown) else frozenset()
