"""Word documents (.docx): tables from the XML, with the lines around them."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from carelib.read.document import Line, Table, grids, paragraph_place, table_place
from carelib.read.excel.cells import Maker, Spot
from carelib.read.excel.looks import PLAIN_STYLE
from carelib.read.excel.package import Package, attribute, child, is_on, local, relations
from carelib.read.numbering import Numbering
from carelib.read.words import Refused, extra, note
from carelib.read.wordtext import Found, paragraph
from carelib.records import Cell, Parsed

_WRAPPERS = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
_TREE = 48 << 20
_MAKER = Maker("")


def parse(data: bytes) -> Parsed:
    """A .docx as grids: one a table, named t1, t2 … in the order of the document."""
    package = Package(data)
    part = next((t for k, t in relations(package, "").values() if k == "officeDocument" and t in package),
                "word/document.xml")
    root = package.tree(part, limit=_TREE)
    body = child(root, "body")
    if body is None:
        raise Refused("damaged", what="no_body")
    document = _Document(Numbering(package.tree("word/numbering.xml", lenient=True)))
    document.blocks(body)
    loose = [*_numbered(document.beside), *_other_parts(package, part)]
    macros = any(n.endswith("vbaproject.bin") for n in package.names())
    return Parsed("docx", grids(document.flow, loose), notes=(note("macros"),) if macros else ())


@dataclass(slots=True)
class _Document:
    """The document while it is read."""
    numbering: Numbering
    flow: list[Line | Table] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    lines: int = 0
    tables: int = 0
    section_ended: bool = False

    def blocks(self, element: etree._Element) -> None:
        """Paragraphs and tables outside tables."""
        for e in element:
            name = local(e)
            if name == "p":
                self._line(e)
            elif name == "tbl":
                self._table(e)
            elif name in _WRAPPERS:
                self.blocks(e)

    def _line(self, element: etree._Element) -> None:
        found = Found()
        label = self.numbering.label(element)
        if label:
            found.runs.append((label, None))
        paragraph(element, found)
        self.beside += found.beside
        breaks = found.breaks or self.section_ended
        properties = child(element, "pPr")
        self.section_ended = properties is not None and child(properties, "sectPr") is not None
        if found.plain():
            self.lines += 1
            cell = _MAKER.text(Spot(0, 0, paragraph_place(self.lines)), found.text(), PLAIN_STYLE)
            self.flow += [Line(cell, breaks)] if cell is not None else []
        else:
            self.section_ended |= breaks
        for table in found.tables:
            self._table(table)

    def _table(self, element: etree._Element, inside: bool = False) -> None:
        self.tables += 1
        table = Table(name=f"t{self.tables}", nested=inside)
        nested: list[etree._Element] = []
        self.flow.append(table)
        open_merges: dict[int, tuple[int, int]] = {}            # column -> (first row, width)
        rows = list(_inside(element, "tr"))
        for r, row in enumerate(rows):
            self._row(row, r, table, open_merges, nested)
        table.height = len(rows)
        _close(table, open_merges, len(rows), keep=())
        for inner in nested:
            self._table(inner, inside=True)

    def _row(self, row: etree._Element, r: int, table: Table, merges: dict[int, tuple[int, int]],
             nested: list[etree._Element]) -> None:
        properties = child(row, "trPr")
        col = _value(properties, "gridBefore")
        deleted, mark = child(properties, "del") is not None, child(properties, "hidden")
        hidden = mark is not None and is_on(attribute(mark, "val"))
        going_on: set[int] = set()
        for element in _inside(row, "tc"):
            look = child(element, "tcPr")
            width = min(max(1, _value(look, "gridSpan", 1)), 200)
            merge = _merge(look)
            spot = Spot(r, col, table_place(table.name, r, col), hidden)
            cell = self._cell(element, spot, table, nested)
            if cell is not None:
                gone = deleted or (look is not None and child(look, "cellDel") is not None)
                table.cells.append(replace(cell, struck=True) if gone else cell)
            if merge == "continue" and col in merges:
                going_on.add(col)
            elif merge == "restart":
                _close_one(table, merges, col, r)
                merges[col] = (r, width)
                going_on.add(col)
            elif width > 1:
                table.spans.append((r, col, 1, width))
            col += width
        _close(table, merges, r, going_on)

    def _cell(self, element: etree._Element, spot: Spot, table: Table, nested: list[etree._Element]) -> Cell | None:
        found = Found()
        labels: list[str] = []
        self._content(element, found, labels, nested)
        nested += found.tables
        where = spot.place.rpartition("!")[2]
        table.extras += [(f"{table.name}!{kind}{where}", text) for kind, text in found.beside if text]
        if found.plain():
            return _MAKER.text(spot, found.text(), PLAIN_STYLE)
        if found.pictures:
            return _MAKER.picture(spot)
        label = labels[0].rstrip(".．、)）( （") if labels else ""
        return Cell(spot.row, spot.col, label, spot.place, hidden=spot.hidden) if label else None

    def _content(self, element: etree._Element, found: Found, labels: list[str], nested: list[etree._Element]) -> None:
        """Paragraphs of a cell, a line each; tables inside it are read on their own."""
        for e in element:
            name = local(e)
            if name == "p":
                if found.runs:
                    found.runs.append(("\n", None))
                if label := self.numbering.label(e):
                    labels.append(label)
                paragraph(e, found)
            elif name == "tbl":
                nested.append(e)
            elif name == "sdt":
                inner = Found()
                wrapper = child(e, "sdtContent")
                if wrapper is not None:
                    self._content(wrapper, inner, labels, nested)
                found.runs += [*([("\n", None)] if found.runs and inner.runs else []), *inner.runs]
                found.beside += inner.beside
                found.pictures += inner.pictures
                found.tables += inner.tables
            elif name in _WRAPPERS:
                self._content(e, found, labels, nested)


def _inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, through content controls and tracked changes."""
    for e in element:
        if local(e) == name:
            yield e
        elif local(e) in _WRAPPERS:
            yield from _inside(e, name)


def _value(properties: etree._Element | None, name: str, default: int = 0) -> int:
    e = child(properties, name)
    value = attribute(e, "val") if e is not None else None
    return int(value) if value and value.isdigit() else default


def _merge(look: etree._Element | None) -> str:
    e = child(look, "vMerge")
    return "" if e is None else attribute(e, "val") or "continue"


def _close_one(table: Table, merges: dict[int, tuple[int, int]], col: int, end: int) -> None:
    if col in merges:
        first, width = merges.pop(col)
        if (end - first) * width > 1:
            table.spans.append((first, col, end - first, width))


def _close(table: Table, merges: dict[int, tuple[int, int]], end: int, keep: set[int] | tuple[int, ...]) -> None:
    """Ends the vertical merges that the row `end` does not go on with."""
    for col in [c for c in merges if c not in keep]:
        _close_one(table, merges, col, end)


def _numbered(beside: list[tuple[str, str]]) -> list[tuple[str, str]]:
    counts: dict[str, int] = {}
    out = []
    for kind, text in beside:
        if text:
            counts[kind] = counts.get(kind, 0) + 1
            out.append((f"{kind}{counts[kind]}", text))
    return out


def _other_parts(package: Package, part: str) -> list[tuple[str, str]]:
    """Page headers and footers, comments, notes."""
    out = []
    names = {"header": "header", "footer": "footer", "comments": "comment", "footnotes": "footnote",
             "endnotes": "footnote"}
    for kind, target in relations(package, part).values():
        root = package.tree(target, limit=_TREE, lenient=True) if kind in names else None
        if root is None:
            continue
        pieces = [root] if kind in ("header", "footer") else [e for e in root if attribute(e, "type") is None]
        for piece in pieces:
            found = Found()
            for p in piece.iter():
                if local(p) == "p" and not any(local(a) == "txbxContent" for a in p.iterancestors()):
                    found.runs.append(("\n", None))
                    paragraph(p, found)
            out += [(extra(names[kind]), found.plain()), *found.beside]
    return _numbered(list(dict.fromkeys(out)))
