"""HTML, also where it poses as .xls, and web archives (MHTML): tables with spans expanded, nothing guessed."""
from __future__ import annotations

import codecs
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import lxml.html
from lxml import etree

from carelib.read.css import Css, colour, number_format
from carelib.read.delimited import decode as decode_by_evidence
from carelib.read.document import Line, Table, grids, paragraph_place, place_cells
from carelib.read.excel.cells import Maker, Spot
from carelib.read.excel.looks import GENERAL, PLAIN_STYLE, Font, Style, font_from
from carelib.read.excel.numfmt import compile_format
from carelib.read.excel.sheet import MAX_CELLS
from carelib.read.excel.strings import Run, Text
from carelib.read.marks import clean
from carelib.read.words import Refused, extra
from carelib.records import Cell, Parsed

_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "center", "form", "section", "article",
           "caption",
           "dt", "dd", "pre", "blockquote", "hr", "header", "footer", "main", "fieldset", "legend", "body", "address"}
_SILENT = {"script", "style", "head", "title", "rt", "rp", "template", "noscript", "xml", "object", "colgroup", "col"}
_MAKER = Maker("")
_WIDEST, _FEW = 500, 6
_NO_SIZE = {"0", "0px", "0pt"}


def parse(data: bytes) -> Parsed:
    """A page as grids: one a table, named t1, t2 …"""
    return _parsed([decode(data)])


def parse_mhtml(data: bytes) -> Parsed:
    """A web archive, as Excel and browsers save it: its pages in order."""
    pages = []
    for part in email.message_from_bytes(data).walk():
        web = part.get_content_type() in ("text/html", "application/xhtml+xml")
        payload = part.get_payload(decode=True) if web else None
        if isinstance(payload, bytes):
            pages.append(decode(payload, part.get_content_charset()))
    if not pages:
        raise Refused("mail")
    return _parsed(pages)


def decode(data: bytes, said: str | None = None) -> str:
    """The page's text: BOM, then strict UTF-8, then what it says of itself; gb2312 and gbk mean GB18030."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode_by_evidence(data)[0]
    found = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.I)
    name = (said or (found[1].decode("ascii") if found else "")).lower()
    if name in ("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "936") or not name:
        return decode_by_evidence(data)[0]
    try:
        return data.decode(name)
    except (LookupError, UnicodeDecodeError):
        return decode_by_evidence(data)[0]


def _parsed(pages: list[str]) -> Parsed:
    page = _Page()
    for text in pages:
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
        if re.search(r"<!ENTITY", text[:10000]):
            raise Refused("entities")
        parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
        try:
            root = lxml.html.document_fromstring(text, parser) if text.strip() else None
        except (etree.ParserError, etree.XMLSyntaxError) as fault:
            raise Refused("damaged", what="bad_page") from fault
        if root is not None:
            page.read(root)
    if sum(len(t.cells) for t in page.flow if isinstance(t, Table)) > MAX_CELLS:
        raise Refused("many_cells", limit=MAX_CELLS)
    return Parsed("html", grids(page.flow, page.beside))


@dataclass(slots=True)
class _Page:
    """Pages while they are read into one flow of lines and tables."""
    flow: list[Line | Table] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    css: Css | None = None
    runs: list[Run] = field(default_factory=list)
    lines: int = 0
    tables: int = 0

    def read(self, root: etree._Element) -> None:
        self.css = Css(root)
        body = root.find("body")
        self._block(root if body is None else body, {})
        self._end_line()

    def _block(self, element: etree._Element, look: dict[str, str]) -> None:
        """Text and tables outside tables."""
        look = look | self._css(element)
        self._add(element.text, look)
        for e in element:
            if isinstance(e.tag, str) and e.tag not in _SILENT and look.get("display") != "none":
                if e.tag == "table":
                    self._end_line()
                    self._table(e, look)
                elif e.tag == "br":
                    self._end_line()
                elif e.tag in _BLOCKS or e.tag in ("tr", "td", "th", "tbody"):
                    self._end_line()
                    self._block(e, look)
                    self._end_line()
                else:
                    self._block(e, look)
            self._add(e.tail, look)

    def _css(self, element: etree._Element) -> dict[str, str]:
        return self.css.of(element) if self.css is not None else {}

    def _add(self, text: str | None, look: dict[str, str]) -> None:
        if text and text.strip():
            self.runs.append((_collapsed(text), _font(look)))

    def _end_line(self) -> None:
        runs, self.runs = self.runs, []
        if not clean("".join(t for t, _ in runs)):
            return
        self.lines += 1
        cell = _MAKER.text(Spot(0, 0, paragraph_place(self.lines)), _joined(runs), PLAIN_STYLE)
        if cell is not None:
            self.flow.append(Line(cell))

    def _table(self, element: etree._Element, look: dict[str, str], nested: bool = False) -> None:
        inner = list(_own_tables(element))
        rows = list(_rows(element))
        if inner and _own_words(rows) < _FEW:               # a table for layout: what is in it stands for itself
            for row in rows:
                for cell in _cells(row):
                    self._end_line()
                    self._block(cell, look)
            self._end_line()
            return
        self.tables += 1
        look = look | self._css(element)
        for caption in element.findall("caption"):
            self._block(caption, look)
            self._end_line()
        hidden_columns = self._hidden_columns(element)
        table = place_cells(f"t{self.tables}", [list(self._row(row, look)) for row in rows])
        table.cells = [replace(c, hidden=True) if c.col in hidden_columns else c for c in table.cells]
        table.nested = nested
        self.flow.append(table)
        for e in inner:
            self._table(e, look, nested=True)

    def _hidden_columns(self, element: etree._Element) -> set[int]:
        at, out = 0, set[int]()
        for column in element.iter("col"):
            span = _count(column.get("span"))
            style = self._css(column)
            if style.get("display") == "none" or (style.get("width") or column.get("width")) in _NO_SIZE:
                out.update(range(at, at + span))
            at += span
        return out

    def _row(self, row: etree._Element, look: dict[str, str]) -> Iterator[tuple[Cell | None, int, int]]:
        look = look | self._css(row)
        hidden = look.get("display") == "none" or (look.get("height") or row.get("height")) in _NO_SIZE
        for element in _cells(row):
            own = look | self._css(element)
            cell = self._cell(element, own, hidden or own.get("display") == "none" or own.get("visibility") == "hidden")
            yield cell, _count(element.get("rowspan")), _count(element.get("colspan"))

    def _cell(self, element: etree._Element, look: dict[str, str], hidden: bool) -> Cell | None:
        runs: list[Run] = []
        pictures = self._inline(element, look | {"display": ""}, runs)
        spot, text = Spot(0, 0, "", hidden), clean("".join(t for t, _ in runs))
        if not text:
            return _MAKER.picture(spot) if pictures else None
        stored, kind = _stored(element, look)
        style = Style(compile_format(kind) if kind else GENERAL, _font(look) or Font(), _fill(look))
        if stored is not None and re.fullmatch(r"[-+]?[\d.]+([Ee][-+]?\d+)?", stored or text):
            shown = _MAKER.number(spot, stored or text, style)
            guess = shown.suggestion[:14] + "?" * (len(shown.suggestion) - 14) if shown.suggestion else ""
            return replace(shown, text=text, suggestion=guess)
        return _MAKER.text(spot, _joined(runs), PLAIN_STYLE)

    def _inline(self, element: etree._Element, look: dict[str, str], runs: list[Run]) -> int:
        """Adds the runs of a cell; tables inside are left out. Returns how many pictures it has."""
        font, pictures = _font(look), 0
        if element.text:
            runs.append((_collapsed(element.text), font))
        for e in element:
            if isinstance(e.tag, str) and e.tag not in _SILENT and e.tag != "table":
                inner = look | self._css(e)
                pictures += e.tag == "img"
                if e.tag == "comment":
                    self.beside.append((f"{extra('comment')}{len(self.beside) + 1}", clean("".join(e.itertext()))))
                    inner["display"] = "none"
                if e.tag == "br" or (e.tag in _BLOCKS and runs and clean("".join(t for t, _ in runs))):
                    runs.append(("\n", font))
                if e.tag == "input":
                    runs.append((_input(e), font))
                elif e.tag == "select":
                    runs.append((_selected(e), font))
                elif inner.get("display") != "none":
                    pictures += self._inline(e, inner, runs)
            if e.tail:
                runs.append((_collapsed(e.tail), font))
        return pictures


def _stored(cell: etree._Element, look: dict[str, str]) -> tuple[str | None, str]:
    """The number behind a cell's text and its format, as Excel (x:num) and LibreOffice (sdval) write them."""
    if (value := cell.get("sdval")) is not None:
        return value, (cell.get("sdnum") or "").split(";", 2)[-1] if (cell.get("sdnum") or "").count(";") >= 2 else ""
    return cell.get("x:num"), number_format(look.get("mso-number-format", ""))


def _input(e: etree._Element) -> str:
    kind = (e.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☑" if e.get("checked") is not None else "□"
    return "" if kind in ("hidden", "button", "submit", "reset", "password", "image", "file") else e.get("value") or ""


def _selected(e: etree._Element) -> str:
    return "".join("".join(o.itertext()) for o in e.iter("option") if o.get("selected") is not None)


def _collapsed(text: str) -> str:
    """White space as a browser shows it."""
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _joined(runs: list[Run]) -> Text:
    runs = [(re.sub(r" *\n *", "\n", t), f) for t, f in runs]
    return "".join(t for t, _ in runs) if all(f is None for _, f in runs) else tuple(runs)


def _font(look: dict[str, str]) -> Font | None:
    family = look.get("font-family", "").split(",")[0].strip("'\" ")
    struck = "line-through" in look.get("text-decoration", "") + look.get("text-decoration-line", "")
    size = re.fullmatch(r"([\d.]+)(pt|px)", look.get("font-size", ""))
    seen = colour(look.get("color", ""), "000000")
    if look.get("background", "") + look.get("background-color", "") and _fill(look) != seen:
        seen = "000000"
    font = font_from(family, struck, seen, float(size[1]) if size else None)
    return None if font.plain else font


def _fill(look: dict[str, str]) -> str:
    return colour((look.get("background-color") or look.get("background") or "").split(" ")[0], "ffffff")


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, not those of tables inside it."""
    for e in table:
        if e.tag == "tr":
            yield e
        elif isinstance(e.tag, str) and e.tag not in ("td", "th", "table", "caption", "colgroup"):
            yield from _rows(e)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for e in row:
        if e.tag in ("td", "th"):
            yield e
        elif isinstance(e.tag, str) and e.tag not in ("table", "tr"):
            yield from _cells(e)


def _own_tables(table: etree._Element) -> Iterator[etree._Element]:
    """The tables directly inside a table's cells."""
    for e in table:
        if e.tag == "table":
            yield e
        elif isinstance(e.tag, str):
            yield from _own_tables(e)


def _own_words(rows: list[etree._Element]) -> int:
    """How many cells hold text of their own, outside inner tables."""
    return sum(bool(clean("".join(_own_text(cell)))) for row in rows for cell in _cells(row))


def _own_text(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for e in element:
        if e.tag != "table" and isinstance(e.tag, str) and e.tag not in _SILENT:
            yield from _own_text(e)
        yield e.tail or ""


def _count(text: str | None) -> int:
    return min(max(1, int(text)), _WIDEST) if text and text.strip().isdigit() else 1
