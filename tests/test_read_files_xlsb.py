"""The binary workbook: records made by hand after the published format, read by us and by calamine."""
from __future__ import annotations

import struct

from read_files_kit import cells, links, package, parsed

from carelib.read.excel.opinion import second_opinion


def record(kind: int, body: bytes = b"") -> bytes:
    """A record: type and size seven bits a byte."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, out = len(body), b""
    while True:
        out += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + out + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def font(name: str, struck: bool = False) -> bytes:
    return record(43, struct.pack("<HHHHBBBB", 220, 8 if struck else 0, 400, 0, 0, 0, 0,
                                  0) + bytes([1, 8, 0, 0, 0, 0, 0, 255]) + b"\0" + wide(name))


def xf(number: int = 0, font_: int = 0) -> bytes:
    return record(47, struct.pack("<HHHHH", 0, number, font_, 0, 0) + bytes(6))


def at(col: int, style: int = 0) -> bytes:
    return struct.pack("<II", col, style)


def row(number: int, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBB", number, 0, 300, 0, 0x10 if hidden else 0, 0) + struct.pack("<I", 0))


def xlsb(sheet: bytes, strings: bytes = b"", styles: bytes = b"") -> bytes:
    listed = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表"))
    workbook = b"".join([record(131), record(153, bytes(10)), record(143), listed, record(144), record(132)])
    whole = b"".join([record(129), record(148, struct.pack("<IIII", 0, 20, 0, 20)), record(145), sheet, record(146),
                      record(130)])
    return package({"[Content_Types].xml": "<Types/>", "_rels/.rels": links(rId1="officeDocument xl/workbook.bin"),
                    "xl/workbook.bin": workbook,
                    "xl/_rels/workbook.bin.rels": links(rId1="worksheet worksheets/sheet1.bin",
                                                        rId2="styles styles.bin",
                                                        rId3="sharedStrings sharedStrings.bin"),
                    "xl/worksheets/sheet1.bin": whole, "xl/styles.bin": record(278) + styles + record(279),
                    "xl/sharedStrings.bin": record(159, struct.pack("<II", 2, 2)) + strings + record(160)})


def real(value: float) -> bytes:
    return struct.pack("<d", value)


def index(value: int) -> bytes:
    return struct.pack("<I", value)


STYLES = b"".join([
    record(615, index(1)), record(44, struct.pack("<H", 170) + wide('yyyy"年"m"月"')), record(616),
    record(611), font("宋体"), font("宋体", struck=True), font("Wingdings 2"), record(612),
    record(617, index(4)), xf(), xf(170), xf(0, 1), xf(0, 2), record(618)])
SHEET = b"".join([
    row(0), record(7, at(0) + index(0)), record(2, at(1) + index(3 << 2 | 2)), record(5, at(2, 1) + real(44958)),
    record(3, at(3) + b"\x2a"), record(4, at(4) + b"\x01"), record(7, at(5, 2) + index(0)),
    record(6, at(6, 3) + wide("R")), record(7, at(7) + index(1)),
    row(1, hidden=True), record(5, at(0) + real(990101201003050436)), record(8, at(1) + wide("公式") + bytes(10)),
    record(9, at(2) + real(2.5) + bytes(10))])
STRINGS = record(19, b"\0" + wide("姓名")) + record(19, b"\x01" + wide("旧新") + struct.pack("<IHHHH", 2, 0, 1, 1, 0))


def test_the_binary_workbook_is_read_as_a_person_sees_it() -> None:
    data = xlsb(SHEET, STRINGS, STYLES)
    found = cells(data)
    assert parsed(data).medium == "xlsb"
    assert [found[p].text for p in ("A1", "B1", "C1", "D1", "E1", "G1")] == [
        "姓名", "3", "2023年2月", "#N/A", "TRUE", "☑"]
    assert [found[p].text for p in ("B2", "C2")] == ["公式", "2.5"]
    assert found["C1"].date == "2023-02" and found["D1"].kind == "error" and found["F1"].struck
    assert (found["H1"].suggestion, bool(found["H1"].doubt)) == ("新", True)
    assert found["A2"].hidden and found["A2"].doubt and not found["A1"].hidden


def test_calamine_reads_the_same_values() -> None:
    values = second_opinion(xlsb(SHEET, STRINGS, STYLES))["表"]
    assert values[0][:2] == ["姓名", 3.0] and values[1][1:3] == ["公式", 2.5]


def test_a_record_that_ends_early_is_damaged() -> None:
    assert parsed(xlsb(row(0) + b"\x07\x08" + at(0))).reason_code == "damaged"
