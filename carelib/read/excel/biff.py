"""The records of a BIFF stream (.xls) that xlrd passes over: passwords, results never calculated, text boxes, pictures."""
from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _CONTINUE = 0x809, 0x0A, 0x85, 0x2F, 0x3C
_FORMULA, _STRING, _OBJ, _TXO, _HEADER, _FOOTER, _OWNER = 0x06, 0x207, 0x5D, 0x1B6, 0x14, 0x15, 0x5C
_NOTE, _PICTURE, _ANCHOR = 0x19, 0x08, 0xF010
_SHEET_BOF = (0x0010, 0x0040)


@dataclass(slots=True)
class SheetRecords:
    """What was found beside the cells of one sheet."""
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    never: set[tuple[int, int]] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    pictures: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Records:
    """What was found in a workbook stream; `sheets` by the position of their BOF record."""
    encrypted: bool = False
    by_library: bool = False                # written by a library that leaves all results empty
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
    object_kind, awaiting = -1, 0
    for at, code, body in records(stream):
        if code & 0xFF == 0x09 and code >> 8 <= 8:      # BOF of any version
            depth += 1
            if depth == 1 and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] in _SHEET_BOF:
                sheet = found.sheets[at] = SheetRecords()
        elif code == _EOF:
            depth -= 1
            sheet = sheet if depth > 0 else None
        elif code == _FILEPASS:
            found.encrypted = True
            return found
        elif code == _OWNER:
            found.by_library = body[3:7] == b"None" and not body[7:].strip(b" ")
        elif sheet is None:
            continue
        elif code & 0xFF == _FORMULA and code in (0x06, 0x206, 0x406):
            _formula(sheet, body)
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


def _formula(sheet: SheetRecords, body: bytes) -> None:
    if len(body) < 16:
        return
    row, col = struct.unpack_from("<HH", body)
    result, flags = body[6:14], struct.unpack_from("<H", body, 14)[0]
    if result[6:8] == b"\xff\xff":
        if result[0] == 3:
            sheet.uncalculated.add((row, col))
    elif flags & 2 and result == bytes(8):
        sheet.never.add((row, col))


def _string(body: bytes, length: int) -> str:
    if not body:
        return ""
    return body[1:1 + 2 * length].decode("utf-16-le", "replace") if body[0] & 1 else body[1:1 + length].decode("latin-1")
