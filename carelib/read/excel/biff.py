"""The records of a BIFF stream (.xls) that xlrd passes over: passwords, results never calculated, text boxes, pictures."""
from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _CONTINUE = 0x809, 0x0A, 0x85, 0x2F, 0x3C
_FORMULA, _STRING, _OBJ, _TXO, _HEADER, _FOOTER, _OWNER = 0x06, 0x207, 0x5D, 0x1B6, 0x14, 0x15, 0x5C
_SHARED = 0x4BC
_NOTE, _PICTURE = 0x19, 0x08
_SHEET_BOF = (0x0010, 0x0040)


@dataclass(slots=True)
class SheetRecords:
    """What was found beside the cells of one sheet."""
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    never: set[tuple[int, int]] = field(default_factory=set)
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
    """One pass over the stream."""
    found, sheet, depth = Records(), None, 0
    object_kind, awaiting, zero = -1, 0, False
    for at, code, body in records(stream):
        if code & 0xFF == 0x09 and code >> 8 <= 8:      # BOF of any version
            depth += 1
            found.whole = False
            if depth == 1 and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] in _SHEET_BOF:
                sheet = found.sheets[at] = SheetRecords()
        elif code == _EOF:
            depth -= 1
            sheet = sheet if depth > 0 else None
            found.whole = depth == 0
        elif code == _FILEPASS:
            found.encrypted = True
            return found
        elif code == _OWNER:
            found.by_library = body[:4] == b"None" and not body[4:].strip(b" ")
        elif sheet is None:
            continue
        elif code & 0xFF == _FORMULA and code in (0x06, 0x206, 0x406):
            found.never_calculated |= _formula(sheet, body)
            zero = body[6:14] == bytes(8)
        elif code == _SHARED and zero and len(body) > 10:       # the formula that several cells share
            found.never_calculated |= _gives_text(body[10:10 + struct.unpack_from("<H", body, 8)[0]])
        elif code == _OBJ:
            object_kind = struct.unpack_from("<H", body, 4)[0] if len(body) >= 6 else -1
            sheet.pictures += object_kind == _PICTURE
        elif code == _TXO:
            awaiting = struct.unpack_from("<H", body, 10)[0] if len(body) >= 12 and object_kind != _NOTE else 0
        elif code == _CONTINUE and awaiting:
            sheet.texts.append(_string(body, awaiting))
            awaiting = 0
        elif code in (_HEADER, _FOOTER) and len(body) > 3:
            sheet.headers.append(("header" if code == _HEADER else "footer", _string(body[2:], 1 << 15)))
    return found


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


_TEXT_FUNCTIONS = {31, 48, 112, 113, 114, 115, 116, 118, 119, 120,
                   336}    # MID TEXT LOWER UPPER PROPER LEFT RIGHT TRIM …


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
    return body[1:1 + 2 * length].decode("utf-16-le",
                                         "replace") if body[0] & 1 else body[1:1 + length].decode("latin-1")
