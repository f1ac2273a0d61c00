"""How cells look, as far as it changes what they say: number format, strike-through, symbol fonts, unseen text."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from carelib.read.excel.numfmt import Format, built_in, compile_format
from carelib.read.excel.package import Package, child, children, is_on, local
from carelib.read.marks import is_symbol_font

MAX_STYLES = 70_000                         # Excel itself stops at 65,490
GENERAL = compile_format("General")
UNKNOWN = Format("", GENERAL.sections, "unknown")


@dataclass(frozen=True, slots=True)
class Font:
    """What of a font matters. `colour` is rrggbb, or '' where it cannot be told."""
    struck: bool = False
    symbol: str | None = None               # the symbol font's name
    colour: str = "000000"
    tiny: bool = False

    @property
    def plain(self) -> bool:
        """Nothing about it changes what the text says."""
        return not (self.struck or self.symbol or self.tiny) and self.colour == "000000"


PLAIN = Font()


@dataclass(frozen=True, slots=True)
class Style:
    """A cell format. `fill` is the colour behind the text, '' where it cannot be told; `simple`: text is just text."""
    format: Format = GENERAL
    font: Font = PLAIN
    fill: str = "ffffff"
    simple: bool = field(init=False, default=True)
    unseen: str = field(init=False, default="")             # why nobody sees what stands there: 'tiny', 'white' or ''

    def __post_init__(self) -> None:
        plain = self.font.plain and self.fill == "ffffff"
        words = len(self.format.sections) < 4 and (self.format.kind != "text" or self.format.code == "@")
        object.__setattr__(self, "simple", plain and words)
        object.__setattr__(self, "unseen", "" if plain else unseen(self.font, self.fill))


def unseen(font: Font, fill: str) -> str:
    """Why text in this font on this fill is not seen: 'tiny', 'white' or ''."""
    if font.tiny:
        return "tiny"
    return "white" if font.colour and fill and _alike(font.colour, fill) else ""


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    if len(a) != 6 or len(b) != 6:
        return False
    return all(abs(int(a[i:i + 2], 16) - int(b[i:i + 2], 16)) <= 6 for i in (0, 2, 4))


_INDEXED = {0: "000000", 8: "000000", 64: "000000", 1: "ffffff", 9: "ffffff", 65: "ffffff", 2: "ff0000", 10: "ff0000"}


def indexed_colour(number: int, automatic: str = "000000") -> str:
    """A palette colour; unknown ones get a name of their own, so that equal ones are equal."""
    return automatic if number in (0x7FFF, 64, 65) else _INDEXED.get(number, f"palette{number}")


def colour_of(element: etree._Element | None, automatic: str) -> str:
    """A colour element as rrggbb; '' if it depends on what we do not look up."""
    return automatic if element is None else colour(dict(element.attrib), automatic)


def colour(attributes: dict[str, str], automatic: str) -> str:
    """Colour attributes (rgb, theme, indexed, tint) as rrggbb; '' if they depend on what we do not look up."""
    tint = attributes.get("tint", "0")
    shaded = abs(_number(tint)) > 0.05
    if rgb := attributes.get("rgb"):
        found = re.search(r"([0-9A-Fa-f]{6})$", rgb)
        return found[1].lower() if found and not shaded else ""
    if "theme" in attributes:
        return "" if shaded else {"0": "ffffff", "1": "000000"}.get(attributes["theme"], "")
    if "indexed" in attributes:
        return indexed_colour(int(_number(attributes["indexed"])), automatic)
    return automatic


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def font_from(name: str | None, struck: bool, colour_: str, size: float | None) -> Font:
    """A font from what a file says about it."""
    return Font(struck, name if is_symbol_font(name) else None, colour_, size is not None and 0 < size < 2)


class Styles:
    """styles.xml: `styles[i]` is the style that a cell's s="i" names."""

    def __init__(self, package: Package, part: str | None) -> None:
        root = package.tree(part, limit=16 << 20, lenient=True) if part else None
        self._formats: dict[int, Format] = {}
        fonts: list[Font] = []
        fills: list[str] = []
        self._styles: list[Style] = []
        self.striking: set[int] = set()                     # differential formats (dxfs) that strike text out
        for section in root if root is not None else ():
            match local(section):
                case "numFmts":
                    self._read_formats(section)
                case "fonts":
                    fonts = [_font(e) for e in section[:MAX_STYLES]]
                case "fills":
                    fills = [_fill(e) for e in section[:MAX_STYLES]]
                case "cellXfs":
                    self._styles = [self._style(e, fonts, fills) for e in children(section, "xf")[:MAX_STYLES]]
                case "dxfs":
                    self.striking = {i for i, e in enumerate(section) if _font_of(e).struck}
        self._known = root is not None

    def __getitem__(self, index: int) -> Style:
        if 0 <= index < len(self._styles):
            return self._styles[index]
        return Style() if index == 0 or not self._known else Style(UNKNOWN)

    def _read_formats(self, section: etree._Element) -> None:
        for e in section:
            number, code = e.get("numFmtId"), e.get("formatCode")
            if number and number.isdigit() and code is not None:
                self._formats[int(number)] = compile_format(code)

    def _style(self, xf: etree._Element, fonts: list[Font], fills: list[str]) -> Style:
        number, font, fill = (int(_number(xf.get(n))) for n in ("numFmtId", "fontId", "fillId"))
        shape = self._formats.get(number) or built_in(number) or (GENERAL if number == 0 else UNKNOWN)
        return Style(shape, fonts[font] if 0 <= font < len(fonts) else PLAIN,
                     fills[fill] if 0 <= fill < len(fills) else "ffffff")


PLAIN_STYLE = Style()


def _font_of(dxf: etree._Element) -> Font:
    font = child(dxf, "font")
    return PLAIN if font is None else _font(font)


def _font(element: etree._Element) -> Font:
    name, size = child(element, "name"), child(element, "sz")
    strike = child(element, "strike")
    return font_from(None if name is None else name.get("val"), strike is not None and is_on(strike.get("val")),
                     colour_of(child(element, "color"), "000000"), None if size is None else _number(size.get("val")))


def _fill(element: etree._Element) -> str:
    pattern = child(element, "patternFill")
    if pattern is None:
        return "ffffff" if len(element) == 0 else ""
    kind = pattern.get("patternType") or "none"
    if kind == "solid":
        return colour_of(child(pattern, "fgColor"), "ffffff")
    return "ffffff" if kind in ("none", "gray125", "gray0625") else ""
