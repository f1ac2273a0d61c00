"""xlsx and xlsm: the package, its sheets, and the cells as a person sees them."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from lxml import etree

from carelib.read.excel.assemble import assemble
from carelib.read.excel.beside import extras
from carelib.read.excel.cells import Maker, gives_text
from carelib.read.excel.conditional import strike
from carelib.read.excel.looks import Style, Styles
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
    """Reads a part; if it is not well-formed, once more without the control characters that some exporters leave."""
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
        raise Refused("damaged", what="no_workbook")
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
        raise Refused("damaged", what="no_workbook")
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
        if target not in package and kind == "worksheet":
            if (links and any(k == "worksheet" for k, _ in links.values())) or i >= len(loose):
                raise Refused("damaged", what="missing_sheet")
            target = loose[i]
        out.append(SheetEntry(entry.get("name") or f"Sheet{i + 1}", target,
                              entry.get("state") in ("hidden", "veryHidden"), kind))
    if not any(e.kind == "worksheet" for e in out):
        raise Refused("damaged", what="no_sheet")
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
    named = child(package.tree("docprops/app.xml", limit=1 << 20, lenient=True), "Application")
    program = (named.text or "") if named is not None else ""
    return any(name in program for name in ("LibreOffice", "OpenOffice", "WPS", "Kingsoft", "Numbers"))


_ZEROS = {"0", "0.0"}


def _grid(book: Workbook, entry: SheetEntry, raw: RawSheet, other: list[list[Any]] | None, never: bool) -> Grid:
    maker = Maker(entry.name, book.day_zero)
    cells = list(_cells(book, maker, raw, other, never))
    missed = other is not None and only_there(other, {(c.row, c.col) for c in raw.cells})
    doubts = [doubt("two_readings")] if missed else []
    rules = [rule for rule in raw.rules if rule.dxf in book.styles.striking]
    if rules:
        cells, sure = strike(cells, rules)
        doubts += [] if sure else [doubt("struck_by_rule")]
    beside = extras(book.package, entry.part, entry.name, raw)
    return assemble(entry.name, cells, raw.merges, beside, entry.hidden, doubts)


def _cells(book: Workbook, maker: Maker, raw: RawSheet, other: list[list[Any]] | None, never: bool) -> Iterator[Cell]:
    """The cells of a sheet; those on which the two engines differ are doubted."""
    used = {cell.col for cell in raw.cells} if raw.hidden_columns else set()
    hidden_columns = {col for col in used if raw.column_is_hidden(col)}
    styles = book.styles
    for item in raw.cells:
        row, col, style, _, _, formula, _, hidden, picture = item
        hidden = hidden or col in hidden_columns
        text, look = _text(book, item), styles[style]
        if text.__class__ is str and look.simple and formula is None and not picture:
            cell = maker.plain(row, col, text, hidden)      # type: ignore[arg-type]
        else:
            cell = _cell(maker, item, text, look, hidden, never)
        if cell is None:
            continue
        if other is not None and not cell.doubt and not _confirmed(item, text, at(other, row, col)):
            cell = replace(cell, doubt=doubt("two_readings"))
        yield cell


def _text(book: Workbook, raw: RawCell) -> Text | None:
    """The text that a cell holds or points to, None if it holds something else."""
    if raw.type == "s":
        index = int(raw.value) if raw.value and raw.value.strip().isdigit() else -1
        return book.strings[index] if 0 <= index < len(book.strings) else None
    if raw.text is not None and (raw.value is None or raw.type == "inlineStr"):
        return raw.text
    return raw.value if raw.type in ("str", "inlineStr") else None


def _confirmed(raw: RawCell, text: Text | None, other: Any) -> bool:
    """Whether the other engine read what we read, where that can be told."""
    if text is not None:
        return text == other or agrees(text if isinstance(text, str) else "".join(part for part, _ in text), other)
    return raw.type != "n" or not raw.value or agrees(float(raw.value), other)


def _cell(maker: Maker, raw: RawCell, text: Text | None, style: Style, hidden: bool, never: bool) -> Cell | None:
    """What a person sees of one stored cell."""
    spot, value = maker.spot(raw.row, raw.col, hidden), raw.value
    if raw.picture:
        return maker.picture(spot)
    if raw.formula is not None:
        if not value and not raw.text and not (raw.type == "str" and value is not None):
            return maker.uncalculated(spot, raw.formula)
        if never and value in _ZEROS and raw.type == "n":
            return maker.uncalculated(spot, raw.formula, never=True)
    if text is not None:
        return maker.text(spot, text, style)
    if not value:
        return None
    match raw.type:
        case "s":
            return maker.lost(spot)
        case "b":
            return maker.boolean(spot, value.strip() in ("1", "true"), style)
        case "e":
            return maker.error(spot, value.strip())
        case "d":
            return maker.iso_date(spot, value, style)
    return maker.number(spot, value, style)
