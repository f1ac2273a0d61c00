"""xlsx and xlsm: the package, its sheets, and the cells as a person sees them."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from lxml import etree

from carelib.read.excel.assemble import assemble
from carelib.read.excel.beside import extras
from carelib.read.excel.cells import Maker, gives_text
from carelib.read.excel.conditional import strike
from carelib.read.excel.looks import Styles
from carelib.read.excel.opinion import MAX_AREA, agrees, at, only_there, second_opinion
from carelib.read.excel.package import Package, attribute, child, children, is_on, relations
from carelib.read.excel.sheet import MAX_CELLS, RawCell, RawSheet, read_sheet
from carelib.read.excel.strings import Text, shared_strings
from carelib.read.excel.xmlstream import repaired
from carelib.read.words import Refused, doubt, note
from carelib.records import Cell, Grid, Parsed

MAX_SHEETS = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook part lists it."""
    name: str
    part: str
    hidden: bool
    kind: str                               # worksheet | chartsheet …


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets of a workbook share."""
    package: Package
    sheets: tuple[SheetEntry, ...]
    strings: Sequence[Text]
    styles: Styles
    day_zero: int
    asks: bool                              # the file asks to be calculated when it is opened
    chained: bool                           # it holds a chain of calculation, as programs that calculate write it


def parse(data: bytes) -> Parsed:
    """An xlsx or xlsm file as grids."""
    package = Package(data)
    book = _open(package)
    notes, read, room = _notes(package), [], MAX_CELLS
    for entry in book.sheets:
        if entry.kind != "worksheet":
            notes.append(note("chart_sheet", name=entry.name))
            continue
        raw, mended = _tolerant(package, entry.part, partial(read_sheet, size=package.size(entry.part), room=room))
        notes += [note("repaired")] if mended else []
        room -= len(raw.cells)
        read.append((entry, raw))
    modest = not any(raw.trimmed or (raw.last_row + 1) * (raw.last_col + 1) > MAX_AREA for _, raw in read)
    other = second_opinion(data) if modest else {}
    never = _never_calculated(book, [raw for _, raw in read])
    grids = [_grid(book, entry, raw, other.get(entry.name), never) for entry, raw in read]
    medium = "xlsm" if _has_macros(package) else "xlsx"
    return Parsed(medium, tuple(g for g in grids if g.cells or g.extras), notes=tuple(notes))


def _tolerant(package: Package, part: str, read: Callable[[Iterable[bytes]], T]) -> tuple[T, bool]:
    """Reads a part; if it is not well-formed, once more without the control characters that some exporters leave in it."""
    try:
        return read(package.blocks(part)), False
    except Refused as refusal:
        if refusal.key != "damaged":
            raise
        return read(repaired(package.blocks(part))), True


def _open(package: Package) -> Workbook:
    part = _workbook_part(package)
    root = package.tree(part)
    if root is None:
        raise Refused("damaged", what="找不到工作簿")
    links = relations(package, part)
    by_kind = {kind: target for kind, target in links.values() if target in package}
    properties, calculation = child(root, "workbookPr"), child(root, "calcPr")
    system_1904 = properties is not None and is_on(properties.get("date1904"), False)
    chain = "calcChain" in by_kind or any(n.endswith("calcchain.xml") for n in package.names())
    asks = calculation is not None and is_on(calculation.get("fullCalcOnLoad"), False)
    texts = _find(package, by_kind, "sharedStrings")
    strings = _tolerant(package, texts, shared_strings)[0] if texts else []
    return Workbook(package, _sheets(root, links, package), strings,
                    Styles(package, _find(package, by_kind, "styles")), 1462 if system_1904 else 0, asks, chain)


def _workbook_part(package: Package) -> str:
    for kind, target in relations(package, "").values():
        if kind == "officeDocument" and target in package:
            return target
    found = [n for n in package.names() if n.endswith("workbook.xml")]
    if not found:
        raise Refused("damaged", what="找不到工作簿")
    return min(found, key=len)


def _find(package: Package, by_kind: Mapping[str, str], kind: str) -> str | None:
    """A part by its relationship, else by the name that it always has."""
    return by_kind.get(kind) or next((n for n in package.names() if n.endswith(f"/{kind.lower()}.xml")), None)


def _sheets(root: etree._Element, links: Mapping[str, tuple[str, str]], package: Package) -> tuple[SheetEntry, ...]:
    listed = child(root, "sheets")
    entries = children(listed, "sheet") if listed is not None else []
    if len(entries) > MAX_SHEETS:
        raise Refused("many_sheets", count=len(entries), limit=MAX_SHEETS)
    loose = sorted((n for n in package.names() if "/worksheets/sheet" in n and n.endswith(".xml")),
                   key=lambda n: (len(n), n))
    out = []
    for i, entry in enumerate(entries):
        kind, target = links.get(attribute(entry, "id") or "", ("worksheet", ""))
        if target not in package:
            if kind != "worksheet" or i >= len(loose):
                continue
            target = loose[i]
        out.append(SheetEntry(entry.get("name") or f"Sheet{i + 1}", target,
                              entry.get("state") in ("hidden", "veryHidden"), kind))
    if not any(e.kind == "worksheet" for e in out):
        raise Refused("damaged", what="工作簿里没有工作表")
    return tuple(out)


def _has_macros(package: Package) -> bool:
    return any(n.rpartition("/")[2] == "vbaproject.bin" for n in package.names())


def _notes(package: Package) -> list[str]:
    notes = [note("macros")] if _has_macros(package) else []
    if any("/externallinks/" in n for n in package.names()):
        notes.append(note("links"))
    return notes


def _never_calculated(book: Workbook, sheets: Sequence[RawSheet]) -> bool:
    """Whether the zeros of this file's formulas were put there by a library that calculates nothing."""
    formulas = [c for raw in sheets for c in raw.cells if c.formula is not None and c.type == "n" and c.value]
    if any(c.value in _ZEROS and gives_text(c.formula or "") for c in formulas):
        return True
    if book.chained or not formulas:
        return False
    results = [c.value for c in formulas]
    return book.asks or (all(v in _ZEROS for v in results) and not _calculates(book.package))


def _calculates(package: Package) -> bool:
    """Whether the program that the file names calculates without writing a chain of calculation."""
    root = package.tree("docprops/app.xml", limit=1 << 20)
    program = (child(root, "Application").text or "") if child(root, "Application") is not None else ""
    return any(name in program for name in ("LibreOffice", "OpenOffice", "WPS", "Kingsoft", "Numbers"))


_ZEROS = {"0", "0.0"}


def _grid(book: Workbook, entry: SheetEntry, raw: RawSheet, other: list[list[Any]] | None, never: bool) -> Grid:
    maker = Maker(entry.name, book.day_zero)
    hidden_columns = {c: raw.column_is_hidden(c)
                      for c in {cell.col for cell in raw.cells}} if raw.hidden_columns else {}
    cells, doubts = [], []
    for item in raw.cells:
        hidden = item.hidden or hidden_columns.get(item.col, False)
        cell = _cell(book, maker, item, hidden, never)
        if cell is None:
            continue
        if other is not None and not cell.doubt and not _confirmed(book, item, at(other, item.row, item.col)):
            cell = replace(cell, doubt=doubt("two_readings"))
        cells.append(cell)
    if other is not None and only_there(other, {(c.row, c.col) for c in raw.cells}):
        doubts.append(doubt("two_readings"))
    rules = [rule for rule in raw.rules if rule.dxf in book.styles.striking]
    if rules:
        cells, sure = strike(cells, rules)
        doubts += [] if sure else [doubt("struck_by_rule")]
    beside = extras(book.package, entry.part, entry.name, raw)
    return assemble(entry.name, cells, raw.merges, beside, entry.hidden, doubts)


def _confirmed(book: Workbook, raw: RawCell, other: Any) -> bool:
    """Whether the other engine read what we read, where that can be told."""
    if raw.type == "n" and raw.text is None and raw.value:
        return agrees(float(raw.value), other)
    text = raw.text
    if raw.type == "s" and raw.value and raw.value.isdigit() and int(raw.value) < len(book.strings):
        text = book.strings[int(raw.value)]
    if text is None:
        return True
    return agrees(text if isinstance(text, str) else "".join(part for part, _ in text), other)


def _cell(book: Workbook, maker: Maker, raw: RawCell, hidden: bool, never: bool) -> Cell | None:
    """What a person sees of one stored cell."""
    spot, style, value = maker.spot(raw.row, raw.col, hidden), book.styles[raw.style], raw.value
    if raw.picture:
        return maker.picture(spot)
    if raw.formula is not None:
        if not value and raw.text is None and not (raw.type == "str" and value is not None):
            return maker.uncalculated(spot, raw.formula)
        if never and value in _ZEROS and raw.type == "n":
            return maker.uncalculated(spot, raw.formula, never=True)
    if (raw.text is not None and raw.type not in ("n", "b", "e", "s", "str")) or (value is None
                                                                                  and raw.text is not None):
        return maker.text(spot, raw.text, style)
    if not value:
        return None
    match raw.type:
        case "s":
            index = int(value) if value.strip().isdigit() else -1
            return maker.text(spot, book.strings[index], style) if 0 <= index < len(book.strings) else maker.lost(spot)
        case "str" | "inlineStr":
            return maker.text(spot, value, style)
        case "b":
            return maker.boolean(spot, value.strip() in ("1", "true"), style)
        case "e":
            return maker.error(spot, value.strip())
        case "d":
            return maker.iso_date(spot, value, style)
    return maker.number(spot, value, style)
