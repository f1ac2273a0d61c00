"""Strings of a workbook: plain ones are str, rich ones tuples of runs with their fonts; no phonetic guides."""
from __future__ import annotations

from collections.abc import Iterable

from carelib.read.excel.looks import Font, colour, font_from
from carelib.read.excel.package import is_on
from carelib.read.excel.xmlstream import feed
from carelib.read.marks import unescape
from carelib.read.words import Refused

Run = tuple[str, Font | None]               # None: the font of the cell
Text = str | tuple[Run, ...]
MAX_STRINGS = 2_000_000


class TextBuilder:
    """Collects one string item (`si` or `is`) from its elements."""

    __slots__ = ("_attributes", "_font", "_in_phonetic", "_named", "plain", "runs")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.plain: str | None = None
        self.runs: list[Run] = []
        self._font: Font | None = None
        self._attributes: dict[str, dict[str, str]] | None = None
        self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._in_phonetic = True
        elif name == "r":
            self._font = None
        elif name == "rPr":
            self._attributes = {}
        elif self._attributes is not None:
            self._attributes[name] = attributes

    def end(self, name: str, text: str) -> None:
        if name == "rPh":
            self._in_phonetic = False
        elif name == "t" and not self._in_phonetic:
            if self._font is None and not self.runs and self.plain is None:
                self.plain = text
            else:
                self.runs.append((text, self._font))
        elif name == "rPr" and self._attributes is not None:
            self._font, self._attributes = _font(self._attributes), None
        elif name == "r" and self.plain is not None:
            self.runs, self.plain = [(self.plain, None), *self.runs], None

    def text(self) -> Text:
        """The item; runs that all have the cell's own font are joined."""
        if not self.runs:
            return unescape(self.plain) if self.plain else ""
        runs = [(self.plain, None), *self.runs] if self.plain is not None else self.runs
        runs = [(unescape(text), font) for text, font in runs if text]
        if all(font is None for _, font in runs):
            return "".join(text for text, _ in runs)
        return tuple(runs)


def _font(parts: dict[str, dict[str, str]]) -> Font:
    size = parts.get("sz", {}).get("val")
    try:
        points = float(size) if size else None
    except ValueError:
        points = None
    name = parts.get("rFont", parts.get("name", {})).get("val")
    return font_from(name, "strike" in parts and is_on(parts["strike"].get("val")),
                     colour(parts["color"], "000000") if "color" in parts else "000000", points)


def shared_strings(blocks: Iterable[bytes]) -> list[Text]:
    """All shared strings of the part with these bytes."""
    out: list[Text] = []
    builder = TextBuilder()
    buffer: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        buffer.clear()
        if name == "si":
            builder.reset()
        else:
            builder.start(name, attributes)

    def end(name: str) -> None:
        if name == "si":
            if len(out) >= MAX_STRINGS:
                raise Refused("many_cells", limit=MAX_STRINGS)
            out.append(builder.text())
        else:
            builder.end(name, "".join(buffer))
        buffer.clear()

    feed(blocks, start, end, buffer)
    return out
