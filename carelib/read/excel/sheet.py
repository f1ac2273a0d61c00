"""One worksheet of an xlsx package, read as a stream: what each cell holds, and what lies around the cells.

The reader stops by content: empty cells and rows cost nothing, however many a file has of them.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from carelib.read.excel.conditional import Rule
from carelib.read.excel.package import area, column_number
from carelib.read.excel.strings import Text, TextBuilder
from carelib.read.excel.xmlstream import feed
from carelib.read.words import Refused

MAX_CELLS = 600_000                         # non-empty cells of a workbook
BIG = 4 << 20                               # a larger part is trimmed before it is parsed


class RawCell(NamedTuple):
    """A cell as the file has it. `formula` is None if there is none; `picture` marks a picture placed in the cell."""
    row: int
    col: int
    style: int
    type: str
    value: str | None
    formula: str | None
    text: Text | None
    hidden: bool
    picture: bool


@dataclass(slots=True)
class RawSheet:
    """What one pass over a worksheet part gives."""
    cells: list[RawCell] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)                 # conditional formats
    headers: list[tuple[str, str]] = field(default_factory=list)    # ('oddHeader', text)
    parts: list[tuple[str, str]] = field(default_factory=list)      # ('drawing' | 'legacyDrawing' | 'picture', id)
    last_row: int = 0                       # of any cell element, empty ones too
    last_col: int = 0
    trimmed: bool = False

    def column_is_hidden(self, col: int) -> bool:
        """Whether a column (from 0) is hidden or has no width."""
        return any(first <= col <= last for first, last in self.hidden_columns)


_HEADERS = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
_INSIDE_TEXT = {"t", "r", "rPh", "rPr", "rFont", "strike", "color", "sz"}


def read_sheet(blocks: Iterable[bytes], size: int, room: int) -> RawSheet:
    """Reads a worksheet part; `room` is how many cells the workbook may still hold."""
    reader = _Reader(room)
    if size > BIG:
        blocks = _trim(iter(blocks), reader.sheet)
    feed(blocks, reader.start, reader.end, reader.buffer)
    return reader.sheet


class _Reader:
    """The handlers of one pass."""

    def __init__(self, room: int) -> None:
        self.sheet, self.room = RawSheet(), room
        self.buffer: list[str] = []
        self._cells, self._columns = self.sheet.cells, dict[str, int]()
        self._row, self._col, self._row_name, self._row_hidden = -1, -1, "", False
        self._cell: dict[str, str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._text: TextBuilder | None = None
        self._builder = TextBuilder()
        self._rule_area = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.buffer.clear()
        if name == "c":
            self._cell, self._value, self._formula = attributes, None, None
            self._place(attributes.get("r"))
        elif name == "v":
            pass
        elif name == "row":
            self._start_row(attributes)
        elif self._text is not None:
            self._text.start(name, attributes)
        elif name == "is" and self._cell is not None:
            self._text = self._builder
            self._text.reset()
        elif self._cell is None:
            self._around(name, attributes)

    def end(self, name: str) -> None:
        if name == "v":
            if self._cell is not None:
                self._value = "".join(self.buffer)
        elif name == "c":
            self._end_cell()
        elif self._text is not None and name != "is":
            self._text.end(name, "".join(self.buffer))
            self.buffer.clear()
        elif name == "f" and self._cell is not None:
            self._formula = "".join(self.buffer)
        elif name == "formula" and self.sheet.rules and not self.sheet.rules[-1].formula:
            self.sheet.rules[-1] = replace(self.sheet.rules[-1], formula="".join(self.buffer))
        elif name in _HEADERS:
            self.sheet.headers.append((name, "".join(self.buffer)))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) - 1 if number.isdigit() and number != "0" else self._row + 1
        self._row_name = str(self._row + 1)
        self._col = -1
        self._row_hidden = _on(attributes.get("hidden")) or attributes.get("ht") in ("0", "0.0") or \
            _on(attributes.get("zeroHeight"))

    def _place(self, reference: str | None) -> None:
        if not reference:
            self._col += 1
        else:
            letters = reference.rstrip("0123456789")
            col = self._columns.get(letters)
            if col is None:
                col = self._columns[letters] = _column(letters)
            self._col = col
            if (digits := reference[len(letters):]) != self._row_name and digits:
                self._row, self._row_name = int(digits) - 1, digits
        if self._col > self.sheet.last_col:
            self.sheet.last_col = self._col
        if self._row > self.sheet.last_row:
            self.sheet.last_row = self._row

    def _end_cell(self) -> None:
        cell = self._cell or {}
        text = self._text.text() if self._text is not None else None
        self._cell = self._text = None
        if not self._value and self._formula is None and not text and "vm" not in cell:
            return
        if len(self._cells) >= self.room:
            raise Refused("many_cells", limit=MAX_CELLS)
        style = cell.get("s", "0")
        self._cells.append(RawCell(self._row, self._col, int(style) if style.isdigit() else 0, cell.get("t", "n"),
                                   self._value, self._formula, text, self._row_hidden, "vm" in cell))

    def _around(self, name: str, attributes: dict[str, str]) -> None:
        sheet = self.sheet
        if name == "mergeCell":
            if (found := area(attributes.get("ref", ""))) and found[2] * found[3] > 1:
                sheet.merges.append(found)
        elif name == "col":
            if _on(attributes.get("hidden")) or attributes.get("width") in ("0", "0.0"):
                sheet.hidden_columns.append((_int(attributes.get("min")) - 1, _int(attributes.get("max")) - 1))
        elif name in ("drawing", "legacyDrawing", "picture"):
            link = next((v for k, v in attributes.items() if k.rpartition("}")[2] == "id"), "")
            sheet.parts.append((name, link))
        elif name == "conditionalFormatting":
            self._rule_area = attributes.get("sqref", "")
        elif name == "cfRule" and "dxfId" in attributes:
            sheet.rules.append(Rule(self._rule_area, attributes.get("type", ""), attributes.get("operator", ""),
                                    attributes.get("text", ""), _int(attributes["dxfId"])))


def _on(value: str | None) -> bool:
    return value in ("1", "true", "on", "True", "TRUE")


def _int(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _column(letters: str) -> int:
    letters = letters.replace("$", "")
    if not letters.isalpha() or not letters.isascii() or len(letters) > 3:
        raise Refused("damaged", what="bad_place")
    return column_number(letters)


class _Trimmer:
    """Takes empty cells and rows out of the bytes before they are parsed, as long as all of them name their places."""

    def __init__(self, first: bytes) -> None:
        found = re.search(rb"<(\w+:)?row[\s/>]", first)
        name = found[1] or b"" if found else b""
        self._row, self._cell, self._end = b"<" + name + b"row ", b"<" + name + b"c ", b"</" + name + b"row>"
        cell = self._cell + rb'r="[A-Z]+\d+"[^<>]*(?:/>|></' + name + rb"c>)"
        self._cells = re.compile(cell)
        self._rows = re.compile(self._row + rb'r="\d+"[^<>]*(?:/>|>(?:' + cell + rb")*" + self._end + rb")")
        self._bare = re.compile(b"<" + name + rb"(?:row|c)>")

    def places_all(self, block: bytes) -> bool:
        """Whether every row and cell begins with its place (a cell without one follows the cell before it)."""
        return block.count(self._cell) == block.count(self._cell + b'r="') and \
            block.count(self._row) == block.count(self._row + b'r="') and not self._bare.search(block)

    def cut(self, block: bytes) -> int:
        """Where the last whole row of a block ends, else its last tag."""
        found = block.rfind(self._end)
        return found + len(self._end) if found >= 0 else block.rfind(b">") + 1

    def trim(self, block: bytes) -> bytes:
        """The block without empty rows and cells."""
        return self._cells.sub(b"", self._rows.sub(b"", block))


def _trim(blocks: Iterator[bytes], sheet: RawSheet) -> Iterator[bytes]:
    carry, trimmer, placed = b"", None, True
    for block in blocks:
        block = carry + block
        trimmer = trimmer or _Trimmer(block)
        cut = trimmer.cut(block) or (len(block) if len(block) > BIG else 0)
        carry, block = block[cut:], block[:cut]
        placed = placed and trimmer.places_all(block)
        small = trimmer.trim(block) if placed else block
        sheet.trimmed |= len(small) < len(block)
        if small:
            yield small
    yield carry
