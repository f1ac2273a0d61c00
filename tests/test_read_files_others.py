"""xls, ods, CSV, HTML, SpreadsheetML and what they pose as: the same faults as in xlsx, in other clothes."""
from __future__ import annotations

import base64
import datetime
import io
import struct
from pathlib import Path

import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from read_files_kit import cells, grid, package, parsed, texts

from carelib.read.excel import biff


def xls(fill, **kwargs) -> bytes:
    book, out = xlwt.Workbook(**kwargs), io.BytesIO()
    fill(book.add_sheet("表", cell_overwrite_ok=True))
    book.save(out)
    return out.getvalue()


def font(**properties) -> xlwt.XFStyle:
    style = xlwt.XFStyle()
    for name, value in properties.items():
        setattr(style.font, name, value)
    return style


def shape(code: str) -> xlwt.XFStyle:
    style = xlwt.XFStyle()
    style.num_format_str = code
    return style


# ---- xls

def test_xls_shows_numbers_dates_and_errors_as_a_person_sees_them() -> None:
    def fill(sheet):
        sheet.write(0, 0, 1, shape("000"))
        sheet.write(0, 1, datetime.date(2023, 2, 1), shape('yyyy"年"m"月"'))
        sheet.write(0, 2, datetime.date(2023, 2, 13), shape("yyyy-mm-dd"))
        sheet.write(0, 3, 990101201003050436)
        sheet.write(0, 4, True)
        sheet.write(0, 5, 19900003100)
        sheet.row(0).set_cell_error(6, 0x2A)
    found = cells(xls(fill))
    assert {p: c.text for p, c in found.items()} == {"A1": "001", "B1": "2023年2月", "C1": "2023-02-13",
                                                     "D1": "9.90101E+17", "E1": "TRUE",
                                                     "F1": "19900003100", "G1": "#N/A"}
    assert (found["B1"].date, found["C1"].date) == ("2023-02", "2023-02-13")
    assert found["D1"].suggestion == "990101201003050???" and found["D1"].doubt
    assert found["G1"].kind == "error"


def test_xls_knows_strikes_symbol_fonts_merges_and_hidden_things() -> None:
    def fill(sheet):
        sheet.write(0, 0, "高远", font(struck_out=True))
        sheet.write(0, 1, "R", font(name="Wingdings 2"))
        sheet.write_rich_text(0, 2, (("每月访谈", font(struck_out=True).font), ("转介医院", font().font)))
        sheet.write(1, 0, "藏行")
        sheet.row(1).hidden = True
        sheet.write(0, 3, "藏列")
        sheet.col(3).hidden = True
        sheet.write_merge(2, 3, 0, 1, "厌学")
        sheet.write(3, 1, "外出务工")
    found = cells(xls(fill))
    assert found["A1"].struck and found["B1"].text == "☑"
    assert (found["C1"].suggestion, bool(found["C1"].doubt)) == ("转介医院", True)
    assert found["A2"].hidden and found["D1"].hidden and not found["A1"].hidden
    assert (found["A3"].row_span, found["A3"].col_span) == (2, 2) and found["B4"].covered


def test_a_formula_of_xls_that_was_never_calculated_is_not_zero() -> None:
    assert cells(xls(lambda sheet: sheet.write(0, 0, xlwt.Formula("SUM(B1:B9)"))))["A1"].kind == "uncalculated"
    never = struct.pack("<HHH8sH", 4, 2, 0, bytes(8), 2)
    sheet = biff.SheetRecords()
    biff._formula(sheet, never + bytes(8))
    assert sheet.never == {(4, 2)}


def test_an_xls_without_a_container_is_read() -> None:
    import olefile
    data = xls(lambda sheet: sheet.write(0, 0, "姓名"))
    stream = olefile.OleFileIO(io.BytesIO(data)).openstream("Workbook").read()
    assert texts(stream) == {"A1": "姓名"} and parsed(stream).medium == "xls"


def test_a_hidden_sheet_of_xls_is_flagged() -> None:
    book, out = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("本月").write(0, 0, "新")
    old = book.add_sheet("上月")
    old.write(0, 0, "旧")
    old.visibility = 1
    book.save(out)
    assert [(g.name, g.hidden) for g in parsed(out.getvalue()).grids] == [("本月", False), ("上月", True)]


def test_a_locked_xls_asks_for_an_open_copy() -> None:
    begin = b"\x09\x08\x10\x00" + struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    locked = begin + struct.pack("<HH", 0x2F, 6) + bytes(6) + struct.pack("<HH", 0x0A, 0)
    assert parsed(locked).reason_code == "encrypted"


# ---- ods

ODS = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
       'xmlns:table="urn:oasis:names:tc:'
       'opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
       'xmlns:style="urn:oasis:names:tc:'
       'opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
       'xmlns:fo="urn:oasis:names:tc:'
       'opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
       "<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{before}"
       "<table:table "
       'table:name="表" {table}>{rows}</table:table></office:spreadsheet></office:body></office:document-content>')


def ods(rows: str, styles: str = "", before: str = "", table: str = "") -> bytes:
    return package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                    "content.xml": ODS.format(rows=rows, styles=styles, before=before, table=table)})


def td(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def tr(*made: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(made)}</table:table-row>"


def test_ods_cells_and_rows_that_are_written_once_stand_where_they_are_meant() -> None:
    def times(count: int) -> str:
        return f'table:number-rows-repeated="{count}"'

    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = (tr("<table:table-cell/>", more=times(2)) + tr(td("是", 'table:number-columns-repeated="3"'), td("x"))
            + tr(empty, more=times(1000)) + tr(td("尾"), more=times(2)) + tr(empty, more=times(1047571)))
    assert texts(ods(rows)) == {"A3": "是", "B3": "是", "C3": "是", "D3": "x", "A1004": "尾", "A1005": "尾"}


def test_ods_covered_cells_and_spans() -> None:
    rows = tr(td("厌学", 'table:number-rows-spanned="2"'), td("x")) + tr(
        '<table:covered-table-cell office:value-type="string"><text:p>外出务工</text:p></table:covered-table-cell>',
        td("y"))
    found = cells(ods(rows))
    assert found["A1"].row_span == 2 and found["A2"].covered and not found["B2"].covered


def test_ods_strikes_guides_comments_and_deleted_history() -> None:
    styles = ('<style:style style:name="gone" style:family="table-cell">'
              '<style:text-properties style:text-line-through-style="solid"/>'
              '</style:style><style:style style:name="T1" style:family="text">'
              '<style:text-properties style:text-line-through-type="single"/>'
              "</style:style>")
    rows = tr(td("高远", 'table:style-name="gone"'), td('<text:span text:style-name="T1">每月访谈</text:span>转介医院'),
              td("<text:ruby><text:ruby-base>林晓舟</text:ruby-base><text:ruby-text>linxiaozhou</text:ruby-text>"
                 "</text:ruby>"),
              '<table:table-cell office:value-type="string"><office:annotation><text:p>需核实</text:p>'
              '</office:annotation><text:p>张<text:s '
              'text:c="2"/>三</text:p><text:p>二行</text:p></table:table-cell>')
    before = (f"<table:tracked-changes><table:cell-content-change><table:previous>{td('旧内容')}</table:previous>"
              f"</table:cell-content-change></table:tracked-changes>")
    sheet = grid(ods(rows, styles, before))
    a, b, c, d = sheet.cells
    assert a.struck and b.doubt and b.suggestion == "转介医院" and not b.struck
    assert (c.text, d.text) == ("林晓舟", "张  三\n二行")
    assert sheet.extras == (("表!批注D1", "需核实"),)


def test_ods_dates_are_as_precise_as_their_style() -> None:
    styles = ('<number:date-style style:name="N1"><number:year number:style="long"/><number:text>年</number:text>'
              '<number:month/></number:date-style>'
              '<style:style style:name="ym" style:family="table-cell" style:data-style-name="N1"/>')
    date = ('<table:table-cell office:value-type="date" office:date-value="{0}" table:style-name="{1}">{2}'
            '</table:table-cell>')
    rows = tr(date.format("2023-02-01", "ym", "<text:p>2023年2月</text:p>"),
              date.format("2023-02-13", "", "<text:p>2023-02-13</text:p>"),
              date.format("2023-02-13T08:00:00", "", ""), date.format("1899-12-30", "", "<text:p>1899-12-30</text:p>"))
    a, b, c, d = grid(ods(rows, styles)).cells
    assert (a.text, a.date, a.kind) == ("2023年2月", "2023-02", "date")
    assert b.date == c.date == "2023-02-13" and not b.doubt
    assert d.date is None and d.doubt


def test_ods_numbers_errors_and_uncalculated_formulas() -> None:
    rows = tr('<table:table-cell office:value-type="float" office:value="1"><text:p>001</text:p></table:table-cell>',
              '<table:table-cell office:value-type="float" office:value="3"/>',
              '<table:table-cell office:value-type="float" office:value="9.90101201003050E+017"><text:p>9.9E+17'
              '</text:p></table:table-cell>',
              '<table:table-cell table:formula="of:=SUM([.A1:.B1])" office:value-type="float" office:value="0"/>',
              '<table:table-cell table:formula="of:=SUM([.A1:.B1])"/>',
              '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="">'
              '<text:p>#N/A</text:p></table:table-cell>',
              '<table:table-cell table:formula="of:=A1" office:value-type="float" office:value="0"><text:p>0</text:p>'
              '</table:table-cell>',
              '<table:table-cell office:value-type="percentage" office:value="0.9916"/>')
    found = cells(ods(rows))
    assert [found[p].text for p in ("A1", "B1", "G1", "H1")] == ["001", "3", "0", "99.16%"]
    assert found["C1"].doubt and "?" in found["C1"].suggestion
    assert [found[p].kind for p in ("D1", "E1", "F1")] == ["uncalculated", "uncalculated", "error"]


def test_ods_hidden_rows_columns_and_sheets() -> None:
    styles = ('<style:style style:name="ta" style:family="table"><style:table-properties table:display="false"/>'
              '</style:style>')
    rows = ('<table:table-column/><table:table-column table:visibility="collapse"/>' + tr(td("a"), td("藏列"))
            + tr(td("筛掉"), more='table:visibility="filter"')
            + "<table:table-header-rows>" + tr(td("组内")) + "</table:table-header-rows>")
    sheet = grid(ods(rows, styles, table='table:style-name="ta"'))
    assert sheet.hidden
    assert [(c.text, c.hidden) for c in sheet.cells] == [("a", False), ("藏列", True), ("筛掉", True), ("组内", False)]


def test_ods_of_a_library_and_flat_ods() -> None:
    book, out = OpenDocumentSpreadsheet(), io.BytesIO()
    sheet, line = Table(name="表"), TableRow()
    cell = TableCell(valuetype="string")
    cell.addElement(P(text="姓名"))
    line.addElement(cell)
    line.addElement(TableCell(valuetype="float", value=3))
    sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(out)
    assert texts(out.getvalue()) == {"A1": "姓名", "B1": "3"}
    flat = ODS.format(rows=tr(td("姓名")), styles="", before="", table="").replace("document-content", "document")
    assert texts(flat.encode()) == {"A1": "姓名"} and parsed(flat.encode()).medium == "ods"


# ---- CSV

@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_every_encoding_of_the_field(encoding: str) -> None:
    assert texts("序号,姓名\r\n1,李䶮\r\n".encode(encoding)) == {"A1": "序号", "B1": "姓名", "A2": "1", "B2": "李䶮"}


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_makes_a_table(delimiter: str) -> None:
    lines = [["2023年3月情况表,终稿"], ["序号", "姓名", "备注"], ["1", "林晓舟", "厌学,在家;等"], ["2", "高远", "无"]]
    data = "\n".join(delimiter.join(f'"{f}"' if delimiter in f else f for f in line) for line in lines).encode()
    found = texts(data)
    assert (found["B3"], found["C3"], found["A1"]) == ("林晓舟", "厌学,在家;等", "2023年3月情况表,终稿")


@pytest.mark.parametrize("guarded", ['="990101201003050436"', '"=""990101201003050436"""', "990101201003050436\t",
                                     "\t990101201003050436",
                                     "`990101201003050436", "'990101201003050436", "\x1f990101201003050436",
                                     "\u200b990101201003050436"])
def test_guards_of_exporters_are_taken_off(guarded: str) -> None:
    assert texts(f"姓名,身份证件号\n林晓舟,{guarded}\n".encode())["B2"] == "990101201003050436"


def test_csv_types_nothing_and_loses_nothing() -> None:
    found = cells("编号,身份证件号,电话,备注\n0012,,19900003100,#N/A\n0013,9.90101E+17,1.99E+10,1e5班\n".encode())
    assert found["A2"].text == "0012" and "B2" not in found and found["C2"].text == "19900003100"
    assert found["D2"].kind == "error"
    assert found["B3"].doubt and found["C3"].doubt and not found["D3"].doubt


def test_a_line_break_inside_quotes_stays_in_its_cell() -> None:
    assert texts('姓名,备注\n"林晓舟","一\n二"\n'.encode())["B2"] == "一\n二"


def test_a_stray_quotation_mark_does_not_swallow_the_table() -> None:
    body = "".join(f"{i},学生{i},{'x' * 3}\n" for i in range(60))
    found = texts(('序号,姓名,备注\n0,"林晓舟,厌学\n' + body).encode())
    assert found["B30"] == "学生27"


def test_blank_lines_keep_their_numbers() -> None:
    assert set(texts("姓名\n\n林晓舟\n".encode())) == {"A1", "A3"}


def test_the_sep_line_of_excel_is_followed() -> None:
    assert texts("sep=;\n序号;姓名\n1;林晓舟\n".encode())["B2"] == "林晓舟"


# ---- HTML and web archives

def test_html_posing_as_xls_in_gb2312_with_rare_characters() -> None:
    page = ('<html><meta charset="gb2312"><table><caption>2023年3月情况表</caption><tr><th rowspan=2>序号'
            '<th colspan=2>学生</tr><tr><td>姓&nbsp;名'
            "<td>身份证件号</tr><tr><td>1<td>李䶮<td>990101201003050436</tr></table><p>填报人：甲</p>")
    sheet = grid(page.encode("gb18030"), "情况表.xls")
    by_place = {c.place: c for c in sheet.cells}
    assert parsed(page.encode("gb18030")).medium == "html" and sheet.name == "t1"
    assert by_place["t1!B3"].text == "李䶮" and by_place["t1!B2"].text == "姓 名" and by_place["t1!A1"].row_span == 2
    assert sheet.cells[0].text == "2023年3月情况表" and sheet.cells[-1].text == "填报人：甲"


def test_html_of_excel_keeps_numbers_formats_strikes_and_hidden_rows() -> None:
    page = (r'<html xmlns:x="urn:schemas-microsoft-com:office:excel">'
            r'<style>.d{mso-number-format:"yyyy\0022年\0022m\0022月\0022";}'
            ".s{text-decoration:line-through}</style><table><tr><td class=d x:num='44958'>2023年2月<td class=s>高远<td>"
            "<s>旧</s>新"
            "<td x:num='9.9010120100305E+17'>990101201003050000</tr><tr style='display:none'><td>藏</tr></table>")
    found = {c.place[3:]: c for c in grid(page.encode()).cells}
    assert found["A1"].date == "2023-02" and found["B1"].struck
    assert found["C1"].suggestion == "新" and found["D1"].doubt and found["A2"].hidden


def test_html_of_libreoffice_keeps_stored_dates() -> None:
    page = '<table><tr><td sdval="44958" sdnum="1033;0;YYYY&quot;年&quot;M&quot;月&quot;">2023年2月</td></tr></table>'
    assert grid(page.encode()).cells[0].date == "2023-02"


def test_layout_tables_are_seen_through_and_tables_counted_in_order() -> None:
    page = ("<table><tr><td><h2>标题</h2><table><tr><td>序号<td>姓名</tr></table></td></tr></table><table><tr><td>甲"
            "<td>乙</tr></table>")
    first, second = parsed(page.encode()).grids
    assert [c.place for c in first.cells] == ["第1段", "t1!A1", "t1!B1"] and second.name == "t2"


def test_form_fields_of_html_show_their_state() -> None:
    page = ('<table><tr><td><input type=checkbox checked>是<input type=checkbox>否<td><input value="林晓舟"></tr>'
            '</table>')
    assert [c.text for c in grid(page.encode()).cells] == ["☑是□否", "林晓舟"]


def test_a_web_archive_is_read() -> None:
    page = base64.b64encode("<table><tr><td>姓名<td>林晓舟</table>".encode("gb18030")).decode()
    archive = ("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
               "Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
               f"{page}\r\n--x--\r\n")
    assert list(texts(archive.encode()).values()) == ["姓名", "林晓舟"]


# ---- SpreadsheetML 2003

XML = ('<?xml version="1.0"{encoding}?><?mso-application progid="Excel.Sheet"?>'
       '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
       'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40"><Styles>'
       '<Style ss:ID="d"><NumberFormat '
       'ss:Format="yyyy&quot;年&quot;m&quot;月&quot;"/></Style><Style ss:ID="s"><Font ss:StrikeThrough="1"/></Style>'
       '</Styles><Worksheet '
       'ss:Name="表"><Table><Column ss:Index="4" ss:Hidden="1"/><Row ss:Index="3"><Cell ss:MergeDown="1">'
       '<Data ss:Type="String">姓名</Data></Cell><Cell '
       'ss:Index="3" ss:StyleID="d"><Data ss:Type="DateTime">2023-02-01T00:00:00.000</Data></Cell><Cell>'
       '<Data ss:Type="String">藏列</Data></Cell></Row>'
       '<Row ss:Hidden="1"><Cell ss:Index="2" ss:StyleID="s"><Data ss:Type="String">高远</Data></Cell>'
       '<Cell ss:StyleID="d"><Data ss:Type="Number">44958'
       '</Data></Cell><Cell ss:Index="6"><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><S>旧</S>'
       '<Font>新</Font></ss:Data></Cell><Cell '
       'ss:Formula="=1"/><Cell><Data ss:Type="Number">990101201003050000</Data></Cell></Row></Table></Worksheet>'
       '</Workbook>')


@pytest.mark.parametrize(("encoding", "said"),
                         [("utf-8", ""), ("gb18030", ' encoding="gb2312"'), ("gb18030", ' encoding="GBK"')])
def test_spreadsheet_xml_posing_as_xls(encoding: str, said: str) -> None:
    found = cells(XML.format(encoding=said).encode(encoding), "情况表.xls")
    assert found["A3"].row_span == 2 and found["C3"].date == "2023-02" and found["C4"].date == "2023-02"
    assert found["D3"].hidden and found["B4"].hidden and found["B4"].struck
    assert found["F4"].suggestion == "新" and found["G4"].kind == "uncalculated" and found["H4"].doubt


# ---- the same forms saved by another program

SAVED_AGAIN = sorted((Path(__file__).parent / "specimens").glob("*_calc.*")) + sorted(
    (Path(__file__).parent / "specimens").glob("*_writer.docx"))


def essence(path: Path) -> dict[str, tuple]:
    """What must not depend on the program that saved a form; results never calculated only by their doubt."""
    found = parsed(path.read_bytes())
    return {c.place: ("?" if c.kind == "uncalculated" else c.text, c.date, bool(c.doubt), c.struck, c.hidden, c.covered,
                      c.row_span, c.col_span) for g in found.grids for c in g.cells}


@pytest.mark.parametrize("path", SAVED_AGAIN, ids=lambda p: p.name)
def test_a_form_saved_by_another_program_says_the_same(path: Path) -> None:
    stem = path.stem.removesuffix("_calc").removesuffix("_writer")
    original = essence(path.with_name(stem + (".docx" if path.suffix == ".docx" else ".xlsx")))
    copy = essence(path)
    shown_otherwise = (stem, path.suffix) == ("everything_odd", ".ods")
    odd = {"情况表!C4", "情况表!D14"} if shown_otherwise else set()
    assert {p: v for p, v in copy.items() if p not in odd} == {p: v for p, v in original.items() if p not in odd}
    assert all(copy[p][2] for p in odd)


# ---- passwords

def test_a_file_locked_with_the_default_password_is_opened_and_one_with_another_is_not() -> None:
    from msoffcrypto.format.ooxml import OOXMLFile
    plain = (Path(__file__).parent / "specimens" / "fmt_month.xlsx").read_bytes()
    for password, reason in (("VelvetSweatshop", None), ("secret", "encrypted")):
        out = io.BytesIO()
        OOXMLFile(io.BytesIO(plain)).encrypt(password, out)
        found = parsed(out.getvalue(), "情况表.xlsx")
        assert (found.medium, found.reason_code) == ("xlsx", reason)
        assert bool(found.grids) == (reason is None)
