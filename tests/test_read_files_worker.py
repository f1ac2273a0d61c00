"""One bad file never touches another: what is refused and why, limits, the process of its own, the cache."""
from __future__ import annotations

import os
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from read_files_kit import MAIN, grid, package, parsed, row, words, xlsx

from carelib.read import worker
from carelib.read.transport import Shelf, pack, unpack
from carelib.records import Cell, Grid, Parsed

GOOD = xlsx(row(1, words("A1", "姓名"), words("B1", "性别")) + row(2, words("A2", "林晓舟"), words("B2", "男")))


def ole(*streams: str) -> bytes:
    """The directory of an OLE container with these streams, all empty."""
    end, none = 0xFFFFFFFE, 0xFFFFFFFF
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack(
        "<HHHHHHIIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    fat, entries = struct.pack("<II", 0xFFFFFFFD, end), b""
    for i, (name, kind) in enumerate([("Root Entry", 5), *((s, 2) for s in streams)]):
        raw = (name + "\0").encode("utf-16-le")
        right, first = i + 1 if 0 < i < len(streams) else none, 1 if i == 0 and streams else none
        entries += raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, none, right, first)
        entries += bytes(36) + struct.pack("<IQ", end, 0)
    return header.ljust(512, b"\xff") + fat.ljust(512, b"\xff") + entries.ljust(512, b"\0")[:512]


# ---- what is refused, and what the school is told

@pytest.mark.parametrize(("data", "name", "code", "word"), [
    (b"", "a.xlsx", "damaged", "空"), (GOOD, "~$情况表.xlsx", "not_a_form", "临时文件"),
    (GOOD, "情况表.xlsx.crdownload", "not_a_form", "临时"),
    (GOOD, "ppt1A.tmp", "not_a_form", "临时"), (b"x" * 40, "Thumbs.db", "not_a_form", "系统"),
    (b"\0" * 9, ".DS_Store", "not_a_form", "系统"),
    (b"Rar!\x1a\x07\x00" + bytes(40), "a.rar", "unsupported", "RAR"),
    (b"7z\xbc\xaf\x27\x1c" + bytes(40), "a.7z", "unsupported", "7z"),
    (package({"a.xls": b"x"}), "a.zip", "unsupported", "压缩包"), (b"{\\rtf1 x}", "a.doc", "unsupported", "RTF"),
    (bytes(1024), "a.xlsx", "damaged", "空"), (b"MZ" + bytes(200), "a.exe", "dangerous", "程序"),
    (b"\x00\x00\x00\x18ftypheic" + bytes(40), "a.heic", "unsupported", "HEIC"),
    (ole("WordDocument"), "a.doc", "unsupported", "Word"),
    (ole("PowerPoint Document"), "a.ppt", "unsupported", "演示"),
    (b"\x01\x02\x03\x04\x05\x06" * 50, "a.bin", "unsupported", "认不出"),
    (b"From: a@b.c\r\nMIME-Version: 1.0\r\nSubject: x\r\n\r\ntext", "a.eml", "unsupported", "邮件"),
    (package({"OFD.xml": "<x/>"}), "a.ofd", "unsupported", "OFD"),
    (b"[InternetShortcut]\r\nURL=x", "a.xlsx", "not_a_form", "快捷方式"),
    (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60), "a.lnk", "not_a_form", "快捷方式"),
    (package({"ppt/presentation.xml": "<p/>"}), "a.pptx", "unsupported", "演示")])
def test_what_is_no_form_gets_a_clear_reason(data: bytes, name: str, code: str, word: str) -> None:
    found = parsed(data, name)
    assert (found.reason_code, found.grids) == (code, ()) and word in found.reason


@pytest.mark.parametrize("name", ["情况表.xls", "情况表.xlsx.1", "情况表(1).doc", "情况表.jpg", "无后缀"])
def test_content_decides_and_never_the_extension(name: str) -> None:
    assert parsed(GOOD, name).medium == "xlsx" and not parsed(GOOD, name).reason_code


@pytest.mark.parametrize("cut", [100, 500, 900])
def test_a_truncated_file_is_said_to_be_damaged(cut: int) -> None:
    assert parsed(GOOD[:cut]).reason_code == "damaged"


def test_a_container_with_a_piece_missing_is_damaged_not_unknown() -> None:
    data = (Path(__file__).parent / "specimens" / "header_clsid.xls").read_bytes()
    assert parsed(data[:700] + data[760:]).reason_code == "damaged"
    assert parsed(data[:-700]).reason_code == "damaged"


def test_a_flipped_bit_is_damaged_not_a_smaller_list() -> None:
    at = GOOD.index(b"sheet1.xml") + 40
    assert parsed(GOOD[:at] + bytes([GOOD[at] ^ 0x55]) + GOOD[at + 1:]).reason_code == "damaged"


def test_xml_that_ends_early_is_damaged_not_a_shorter_list() -> None:
    cut = f'<worksheet xmlns="{MAIN}"><sheetData>{row(1, words("A1", "姓名"))}'
    assert parsed(xlsx("", more={"xl/worksheets/sheet1.xml": cut})).reason_code == "damaged"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml",
                                  "xl/sharedStrings.xml"])
def test_document_types_and_entities_are_dangerous(part: str) -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaa">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    found = parsed(xlsx(row(1, words("A1", "x")), styles="<fonts/>", strings="<si/>", more={part: bomb}))
    assert (found.reason_code, found.grids) == ("dangerous", ())


def test_a_part_that_stands_twice_is_refused() -> None:
    import io
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as z, pytest.warns(UserWarning):
        z.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert parsed(out.getvalue()).reason_code == "damaged"


def test_overlapping_parts_are_a_forgery() -> None:
    data = bytearray(GOOD)
    entries = [i for i in range(len(data)) if data[i:i + 4] == b"PK\x01\x02"]
    data[entries[3] + 42:entries[3] + 46] = data[entries[2] + 42:entries[2] + 46]
    assert parsed(bytes(data)).reason_code in ("dangerous", "damaged")


def test_too_many_parts_sheets_and_bytes_are_too_large() -> None:
    assert parsed(xlsx("", more={f"xl/{i}": b"" for i in range(2100)})).reason_code == "too_large"
    listed = "".join(f'<sheet name="{i}" r:id="rId1"/>' for i in range(101))
    book = (f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            f'<sheets>{listed}</sheets></workbook>')
    assert parsed(xlsx("", more={"xl/workbook.xml": book})).reason_code == "too_large"


def test_a_text_without_end_is_too_large(monkeypatch) -> None:
    assert parsed(xlsx(row(1, words("A1", "x" * (20 << 20))))).reason_code == "too_large"


# ---- honest monsters are read by their content

MONSTERS = {
    "a blank in the last corner": row(1, words("A1", "姓名")) + row(1048576, words("XFD1048576", " ")),
    "a style in the last row": row(1, words("A1", "姓名")) + row(1048576, '<c r="Z1048576" s="1"/>'),
    "a hundred thousand styled rows": row(1, words("A1", "姓名")) + "".join(
        f'<row r="{i}" s="1" customFormat="1"><c r="A{i}" s="1"/><c r="B{i}" s="1"/></row>' for i in range(2, 100_000))}


@pytest.mark.parametrize("rows", MONSTERS.values(), ids=MONSTERS.keys())
def test_monsters_are_stopped_by_content(rows: str) -> None:
    assert [c.text for c in grid(xlsx(rows)).cells] == ["姓名"]


def test_a_merge_over_the_whole_sheet_ends_where_the_content_ends() -> None:
    rows = row(1, words("A1", "姓名")) + row(20, words("A20", "备注"), words("C20", "x")) + row(22, words("B22", "y"))
    sheet = grid(xlsx(rows, after='<mergeCells><mergeCell ref="A20:XFD1048576"/></mergeCells>'))
    assert sheet.spans == ((19, 0, 3, 3),)
    assert [c.covered for c in sheet.cells] == [False, False, True, True]


def test_trimming_keeps_places_where_cells_do_not_name_them(monkeypatch) -> None:
    from carelib.read.excel import sheet
    monkeypatch.setattr(sheet, "BIG", 10)
    mixed = ('<row r="1"><c r="A1" s="1"/><c t="inlineStr"><is><t>B1</t></is></c></row><row r="2"/><row><c r="A3"/><c>'
             '<v>3</v></c></row>')
    assert {c.place: c.text for c in grid(xlsx(mixed)).cells} == {"表!B1": "B1", "表!B3": "3"}
    placed = (row(1, '<c r="A1" s="1"/>', words("B1", "x")) + row(2, '<c r="A2" s="1"/>')
              + row(3, words("C3", "y"), '<c r="D3" s="2"></c>'))
    assert {c.place: c.text for c in grid(xlsx(placed)).cells} == {"表!B1": "x", "表!C3": "y"}


# ---- the process

@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "好.xlsx").write_bytes(GOOD)
    return tmp_path


def test_a_file_read_in_its_own_process_is_what_it_is_in_ours(folder: Path) -> None:
    assert worker.parse_file(folder / "好.xlsx") == parsed(GOOD)


def test_many_files_keep_their_order_and_each_is_ticked(folder: Path) -> None:
    for i in range(4):
        (folder / f"{i}.csv").write_text(f"姓名\n学生{i}\n", "utf-8")
    paths, ticked = sorted(folder.iterdir(), reverse=True), []
    found = worker.parse_files(paths, jobs=2, tick=ticked.append)
    assert list(found) == paths and sorted(ticked) == sorted(paths)
    assert found[folder / "2.csv"].grids[0].cells[1].text == "学生2"


@pytest.mark.skipif(sys.platform == "win32", reason="no links, pipes or signals of this kind")
def test_only_regular_files_are_opened(folder: Path) -> None:
    (folder / "link.xlsx").symlink_to(folder / "好.xlsx")
    os.mkfifo(folder / "pipe.xlsx")
    (folder / "dir.xlsx").mkdir()
    found = worker.parse_files([folder / "link.xlsx", folder / "pipe.xlsx", folder / "dir.xlsx", folder / "gone.xlsx"])
    assert [p.reason_code for p in found.values()] == ["dangerous", "dangerous", "dangerous", "damaged"]


def test_a_large_file_is_refused_unread(folder: Path) -> None:
    with (folder / "big.xlsx").open("wb") as handle:
        handle.truncate(worker.MAX_BYTES + 1)
    assert worker.parse_file(folder / "big.xlsx").reason_code == "too_large"


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(folder: Path, monkeypatch) -> None:
    path, real = folder / "好.xlsx", os.fstat
    calls = []

    def changing(handle: int):
        calls.append(handle)
        if len(calls) == 2:
            with path.open("ab") as more:
                more.write(b"x")
        return real(handle)

    monkeypatch.setattr(worker.os, "fstat", changing)
    with pytest.raises(worker.Refused) as refused:
        worker.read_bytes(path)
    assert refused.value.key == "still_changing"


FAULTS = {"it dies": ("os.kill(os.getpid(), 11)", "damaged"), "it hangs": ("time.sleep(60)", "too_large"),
          "it eats memory": ("bytearray(3 << 30)", "too_large"), "it has a bug": ("{}['x']", "damaged"),
          "it recurses": ("(lambda f: f(f))(lambda f: f(f))", "damaged"), "it leaves": ("os._exit(3)", "damaged")}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("deed", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_whatever_a_parser_does_becomes_a_reason_and_the_next_file_is_read(
        folder: Path, monkeypatch, deed: str, code: str) -> None:
    program = ("import os, sys, time\nfrom carelib.read import workshop\n"
               "real, workshop.SECONDS = workshop.parse_bytes, 2\n"
               f"def parse(data, name):\n    if name == 'bad.csv':\n        {deed}\n    return real(data, name)\n"
               "workshop.parse_bytes = parse\nworkshop.main()\n")
    monkeypatch.setattr(worker, "_command", lambda *more: [sys.executable, "-c", program, *more])
    (folder / "bad.csv").write_text("张三,990101201003050436\n", "utf-8")
    found = worker.parse_files([folder / "bad.csv", folder / "好.xlsx"])
    bad, good = found.values()
    assert bad.reason_code == code and bad.medium == "csv" and "张三" not in bad.reason
    assert not good.reason_code


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_reader_that_cannot_start_is_a_bug_and_no_fault_of_the_files(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(worker, "_command", lambda *more: [sys.executable, "-c", "import no_such_module"])
    with pytest.raises(RuntimeError, match="no_such_module"):
        worker.parse_file(folder / "好.xlsx")


def test_without_fork_every_file_gets_a_new_process(folder: Path, monkeypatch) -> None:
    monkeypatch.delattr(worker.os, "fork", raising=False)
    assert worker.parse_file(folder / "好.xlsx") == parsed(GOOD)


# ---- the cache

def test_what_was_read_once_is_not_read_again(folder: Path, monkeypatch) -> None:
    cache = folder / "cache"
    first = worker.parse_file(folder / "好.xlsx", cache)
    monkeypatch.setattr(worker.Workshop, "ask", lambda *_: pytest.fail("read again"))
    (folder / "别名.xls").write_bytes(GOOD)
    assert worker.parse_file(folder / "别名.xls", cache) == first


def test_another_parser_or_a_torn_cache_file_counts_as_absent(tmp_path: Path) -> None:
    one, other = Shelf(tmp_path, "1"), Shelf(tmp_path, "2")
    one.put("ab" * 32, pack(Parsed("csv")))
    assert one.get("ab" * 32) == Parsed("csv") and other.get("ab" * 32) is None
    file = next(tmp_path.rglob("*.gz"))
    file.write_bytes(file.read_bytes()[:-6])
    assert one.get("ab" * 32) is None
    assert not list(tmp_path.rglob("*.tmp"))


def test_nothing_is_lost_on_the_way_through_the_pipe() -> None:
    cell = Cell(3, 4, "林\ud800晓舟", "表!E4", 2, 3, "date", 44958.0, "2023-02", "疑", "似", True, True, True, 0.5)
    whole = Parsed("xlsx", (Grid("表", (cell, Cell(0, 0, "x", "表!A1")), True, ((1, 2, 3, 4),), (("表!批注A1", "y"),),
                                 ("疑",)),), "damaged", "因",
                   ("注",))
    assert unpack(pack(whole)) == whole


def test_equal_files_that_are_read_at_once_do_not_take_each_others_place_in_the_cache(tmp_path, monkeypatch):
    """Before the first is renamed, a second thread of this process writes and renames the same content."""
    import threading

    from carelib.read import transport
    shelf, rename = Shelf(tmp_path, "1"), os.replace

    def slow(source, target):
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=shelf.put, args=("ab" * 32, b"{}"))
            other.start()
            other.join()
        rename(source, target)

    monkeypatch.setattr(transport.os, "replace", slow)
    shelf.put("ab" * 32, b"{}")
    assert len(list(tmp_path.rglob("*.gz"))) == 1 and not list(tmp_path.rglob("*.tmp"))
