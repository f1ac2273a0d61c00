"""Records of a BIFF stream (.xls) that xlrd passes over: passwords, results never calculated, text boxes, pictures."""
from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_EOF, _FILEPASS, _CONTINUE, _OBJ, _TXO, _HEADER, _FOOTER, _OWNER = 0x0A, 0x2F, 0x3C, 0x5D, 0x1B6, 0x14, 0x15, 0x5C
_FORMULAS, _SHARED = (0x06, 0x206, 0x406), 0x4BC
_NOTE, _PICTURE = 0x19, 0x08                # kinds of objects
_SHEET_BOF = (0x0010, 0x0040)               # kinds of streams


@dataclass(slots=True)
class SheetRecords:
    """What was found beside the cells of one sheet."""
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    never: set[tuple[int, int]] = field(default_factory=set)    # results 0 that the file itself calls uncalculated
    zeros: set[tuple[int, int]] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    pictures: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Records:
    """What was found in a workbook stream; `sheets` by the position of their BOF record."""
    encrypted: bool = False
    by_library: bool = False                # written by a library that leaves all results empty
    whole: bool = False                     # every sheet that was begun is ended, and so is the last record
    never_calculated: bool = False          # a formula that gives text has the number 0 as its result
    sheets: dict[int, SheetRecords] = field(default_factory=dict)


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(position, code, payload) of each record."""
    at, size = 0, len(stream)
    while at + 4 <= size:
        code, length = struct.unpack_from("<HH", stream, at)
        yield at, code, stream[at + 4:at + 4 + length]
        at += 4 + length


def scan(stream: bytes) -> Records:
    """One pass over the stream; it stops where a password begins."""
    scanner = _Scanner()
    for at, code, body in records(stream):
        if code == _FILEPASS:
            scanner.found.encrypted = True
            break
        scanner.take(at, code, body)
    return scanner.found


class _Scanner:
    """Where in the stream we are: in which sheet, after which object or formula."""

    def __init__(self) -> None:
        self.found = Records()
        self._sheet: SheetRecords | None = None
        self._depth, self._object, self._awaited, self._zero = 0, -1, 0, False

    def take(self, at: int, code: int, body: bytes) -> None:
        """Takes the next record."""
        if code & 0xFF == 0x09 and code >> 8 <= 8:              # BOF of any version
            self._begin(at, body)
        elif code == _EOF:
            self._depth -= 1
            self._sheet = self._sheet if self._depth > 0 else None
            self.found.whole = self._depth == 0
        elif code == _OWNER:
            self.found.by_library = body[:4] == b"None" and not body[4:].strip(b" ")
        elif self._sheet is not None:
            self._in_sheet(self._sheet, code, body)

    def _begin(self, at: int, body: bytes) -> None:
        self._depth += 1
        self.found.whole = False
        if self._depth == 1 and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] in _SHEET_BOF:
            self._sheet = self.found.sheets[at] = SheetRecords()

    def _in_sheet(self, sheet: SheetRecords, code: int, body: bytes) -> None:
        if code in _FORMULAS:
            self.found.never_calculated |= _formula(sheet, body)
            self._zero = body[6:14] == bytes(8)
        elif code == _SHARED and self._zero and len(body) > 10:  # the formula that several cells share
            self.found.never_calculated |= _gives_text(body[10:10 + struct.unpack_from("<H", body, 8)[0]])
        elif code == _OBJ:
            self._object = struct.unpack_from("<H", body, 4)[0] if len(body) >= 6 else -1
            sheet.pictures += self._object == _PICTURE
        elif code == _TXO:
            told = len(body) >= 12 and self._object != _NOTE
            self._awaited = struct.unpack_from("<H", body, 10)[0] if told else 0
        elif code == _CONTINUE and self._awaited:
            sheet.texts.append(_string(body, self._awaited))
            self._awaited = 0
        elif code in (_HEADER, _FOOTER) and len(body) > 3:
            sheet.headers.append(("header" if code == _HEADER else "footer", _string(body[2:], 1 << 15)))


def _formula(sheet: SheetRecords, body: bytes) -> bool:
    """Notes results that were never calculated; True if the formula gives text but has the number 0."""
    if len(body) < 22:
        return False
    place, result = struct.unpack_from("<HH", body), body[6:14]
    flags, size = struct.unpack_from("<H", body, 14)[0], struct.unpack_from("<H", body, 20)[0]
    if result[6:8] == b"\xff\xff":
        if result[0] == 3:
            sheet.uncalculated.add(place)
    elif result == bytes(8):
        sheet.zeros.add(place)
        if flags & 2:
            sheet.never.add(place)
        return _gives_text(body[22:22 + size])
    return False


_TEXT_FUNCTIONS = {31, 48, 112, 113, 114, 115, 116, 118, 119, 120, 336}    # MID TEXT LOWER UPPER LEFT RIGHT TRIM …


def _gives_text(tokens: bytes) -> bool:
    """Whether the last token of a formula is a function or operator whose result is text."""
    if tokens[-1:] == b"\x08":                              # &
        return True
    fixed = len(tokens) > 3 and tokens[-3] & 0x1F == 1 and tokens[-3] >> 5 in (1, 2, 3)
    varied = len(tokens) > 4 and tokens[-4] & 0x1F == 2 and tokens[-4] >> 5 in (1, 2, 3)
    return (fixed or varied) and struct.unpack_from("<H", tokens, len(tokens) - 2)[0] in _TEXT_FUNCTIONS


def _string(body: bytes, length: int) -> str:
    if not body:
        return ""
    if body[0] & 1:
        return body[1:1 + 2 * length].decode("utf-16-le", "replace")
    return body[1:1 + length].decode("latin-1")
