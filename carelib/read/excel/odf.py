"""Styles and texts of OpenDocument files, as far as they change what a cell says."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from carelib.read.excel.headers import header_text
from carelib.read.excel.looks import Font, Style, font_from
from carelib.read.excel.package import attribute, child, local
from carelib.read.excel.strings import Run, Text

_DATE_PARTS = {"year": "y", "month": "m", "day": "d"}


@dataclass(frozen=True, slots=True)
class OdfStyle:
    """A style after its parents. None: it does not say; `data` is the data style's name."""
    struck: bool | None = None
    font: str | None = None
    colour: str | None = None
    fill: str = "ffffff"
    size: float | None = None
    data: str | None = None
    shown: bool = True                      # a sheet that is displayed
    empty: bool = False                     # a row without height, a column without width

    def text_font(self, around: OdfStyle | None = None) -> Font:
        """Its font; what it does not say comes from the style around it."""
        outer = around or OdfStyle()
        struck = self.struck if self.struck is not None else outer.struck
        return font_from(self.font or outer.font, bool(struck), self.colour or outer.colour or "000000",
                         self.size or outer.size)

    def cell_style(self) -> Style:
        """Its look as a cell's."""
        return Style(font=self.text_font(), fill=self.fill)


class OdfStyles:
    """All styles of the trees given, later ones over earlier ones."""

    def __init__(self, roots: Iterable[etree._Element | None]) -> None:
        self._raw: dict[tuple[str, str], etree._Element] = {}
        self._made: dict[tuple[str, str], OdfStyle] = {}
        self._dates: dict[str, frozenset[str]] = {}
        self._faces: dict[str, str] = {}
        self._pages: dict[str, list[tuple[str, str]]] = {}
        for root in roots:
            for section in root if root is not None else ():
                if local(section) in ("styles", "automatic-styles"):
                    self._read(section)
                elif local(section) == "font-face-decls":
                    self._faces |= {attribute(e, "name") or "": (attribute(e, "font-family") or "").strip("'\"")
                                    for e in section}

                elif local(section) == "master-styles":
                    self._pages |= {attribute(e, "name") or "": list(_page(e)) for e in section}

    def page_texts(self, table_style: str | None) -> list[tuple[str, str]]:
        """('header' | 'footer', text) of the pages of a sheet with this style."""
        e = self._raw.get(("table", table_style or ""))
        return self._pages.get((attribute(e, "master-page-name") or "") if e is not None else "", [])

    def _read(self, section: etree._Element) -> None:
        for e in section:
            name = attribute(e, "name") or ""
            if local(e) == "style":
                self._raw[attribute(e, "family") or "", name] = e
            elif local(e) == "default-style":
                self._raw[attribute(e, "family") or "", ""] = e
            elif local(e) == "date-style":
                self._dates[name] = frozenset(_DATE_PARTS[local(x)] for x in e if local(x) in _DATE_PARTS)

    def get(self, family: str, name: str | None) -> OdfStyle:
        """The style of this name with its parents' properties."""
        key = (family, name or "")
        if key not in self._made:
            self._made[key] = self._make(family, name or "", 0)
        return self._made[key]

    def _make(self, family: str, name: str, depth: int) -> OdfStyle:
        e = self._raw.get((family, name))
        if depth > 20:
            return OdfStyle()
        parent = attribute(e, "parent-style-name") if e is not None else None
        base = OdfStyle() if not name else self._make(family, parent if parent and parent != name else "", depth + 1)
        return base if e is None else self._over(base, e)

    def _over(self, base: OdfStyle, e: etree._Element) -> OdfStyle:
        text, cell = child(e, "text-properties"), child(e, "table-cell-properties")
        sizes = [attribute(p, n) for p in e for n in ("row-height", "column-width")]
        table = child(e, "table-properties")
        return OdfStyle(
            _struck(text, base.struck), self._font(text) or base.font, _colour(text, "color") or base.colour,
            _colour(cell, "background-color") or base.fill, _points(text) or base.size,
            attribute(e, "data-style-name") or base.data,
            base.shown and (table is None or attribute(table, "display") != "false"),
            any(s is not None and _is_zero(s) for s in sizes))

    def _font(self, text: etree._Element | None) -> str | None:
        if text is None:
            return None
        name = attribute(text, "font-name") or attribute(text, "font-family")
        return self._faces.get(name, name) if name else None

    def date_parts(self, data_style: str | None) -> frozenset[str]:
        """Which of y, m, d a date style shows; empty if it is not known."""
        return self._dates.get(data_style or "", frozenset())


_FIELDS = {"sheet-name", "page-number", "page-count", "date", "time", "title", "file-name", "author-name"}


def _page(master: etree._Element) -> Iterator[tuple[str, str]]:
    for part in master:
        kind = local(part)
        if kind in ("header", "footer") and attribute(part, "display") != "false":
            text = header_text("".join(_words(part)))
            if text:
                yield kind, text


def _words(element: etree._Element) -> Iterator[str]:
    """Text below an element, fields left out."""
    if local(element) not in _FIELDS:
        yield element.text or ""
        for e in element:
            yield from _words(e)
            yield e.tail or ""


def _struck(text: etree._Element | None, inherited: bool | None) -> bool | None:
    if text is None:
        return inherited
    said = [m for n in ("text-line-through-style", "text-line-through-type") if (m := attribute(text, n)) is not None]
    return inherited if not said else all(m != "none" for m in said)


def _colour(properties: etree._Element | None, name: str) -> str:
    value = (attribute(properties, name) or "") if properties is not None else ""
    if value == "transparent":
        return "ffffff"
    return value[1:].lower() if len(value) == 7 and value[0] == "#" else ""


def _points(text: etree._Element | None) -> float | None:
    value = attribute(text, "font-size") if text is not None else None
    try:
        return float(value.removesuffix("pt")) if value and value.endswith("pt") else None
    except ValueError:
        return None


def _is_zero(length: str) -> bool:
    digits = length.rstrip("abcdefghijklmnopqrstuvwxyz%")
    try:
        return float(digits) == 0
    except ValueError:
        return False


def paragraphs(element: etree._Element, styles: OdfStyles, look: OdfStyle | None = None) -> Text:
    """The text of a cell or shape: its paragraphs, runs with a font of their own apart. `look`: the cell's style."""
    runs: list[Run] = []
    for i, paragraph in enumerate(e for e in element if local(e) in ("p", "h")):
        if i:
            runs.append(("\n", None))
        _inline(paragraph, None, styles, look, runs)
    if all(font is None for _, font in runs):
        return "".join(text for text, _ in runs)
    return tuple(runs)


_NOT_TEXT = {"annotation", "annotation-end", "ruby-text", "note", "frame", "custom-shape", "deletion"}


def _inline(element: etree._Element, font: Font | None, styles: OdfStyles, look: OdfStyle | None,
            runs: list[Run]) -> None:
    if element.text:
        runs.append((element.text, font))
    for e in element:
        name = local(e)
        if name == "s":
            runs.append((" " * min(int(attribute(e, "c") or "1"), 1000), font))
        elif name in ("tab", "line-break"):
            runs.append((" " if name == "tab" else "\n", font))
        elif name == "span" and (style := attribute(e, "style-name")):
            _inline(e, styles.get("text", style).text_font(look), styles, look, runs)
        elif name not in _NOT_TEXT:
            _inline(e, font, styles, look, runs)
        if e.tail:
            runs.append((e.tail, font))
