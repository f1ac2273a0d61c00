"""xlsx as schools, WPS and export tools make it: what a person sees, with its place; what cannot be told is doubted."""
from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from read_files_kit import (
    LINKS,
    MAIN,
    cells,
    fonts,
    formats,
    grid,
    links,
    number,
    package,
    parsed,
    row,
    texts,
    words,
    xlsx,
)

SPECIMENS = Path(__file__).parent / "specimens"


def with_xlsxwriter(fill) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book, book.add_worksheet("表"))
    book.close()
    return out.getvalue()


def with_openpyxl(fill) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book, book.active)
    book.save(out)
    return out.getvalue()


# ---- places and packages

TYPED = [p for p in sorted(SPECIMENS.glob("*.expect.json"))
         if Path(json.loads(p.read_text("utf-8"))["file"]).suffix not in (".pdf", ".png", ".jpg")]


@pytest.mark.parametrize("path", TYPED, ids=lambda p: p.name.split(".")[0])
def test_every_expected_value_stands_at_its_place(path: Path) -> None:
    expect = json.loads(path.read_text("utf-8"))
    found = {c.place: c for g in parsed((SPECIMENS / expect["file"]).read_bytes()).grids for c in g.cells}
    for line in expect["rows"]:
        for name, want in line["fields"].items():
            if not want.get("place"):
                continue
            cell = found[want["place"]]
            if want["value"] is None:
                assert cell.doubt or cell.kind == "date" or "\n" in cell.text, want["place"]
            elif name in ("student_name", "id_number", "guardian_phone", "seq"):
                assert "".join(cell.text.split()) == want["value"] and not cell.doubt


def test_rows_and_cells_without_places_follow_each_other() -> None:
    data = xlsx('<row><c t="inlineStr"><is><t>序号</t></is></c><c t="inlineStr"><is><t>姓名</t></is></c></row>'
                '<row><c><v>1</v></c><c/><c t="inlineStr"><is><t>林晓舟</t></is></c></row>')
    assert texts(data) == {"A1": "序号", "B1": "姓名", "A2": "1", "C2": "林晓舟"}


def test_a_wrong_dimension_is_not_believed() -> None:
    assert len(cells(xlsx(row(1, words("A1", "序号"), words("N1", "备注")), before='<dimension ref="A1:A1"/>'))) == 2


def test_other_prefixes_and_the_strict_name_space_are_read() -> None:
    assert texts(xlsx(row(1, words("A1", "姓名")),
                      space="http://purl.oclc.org/ooxml/spreadsheetml/main")) == {"A1": "姓名"}
    plain = xlsx(row(1, words("A1", "姓名")))
    assert texts(plain) == {"A1": "姓名"}
    prefixed = (f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>姓名'
                f'</x:t></x:is></x:c>'
                "</x:row></x:sheetData></x:worksheet>")
    assert texts(xlsx("", more={"xl/worksheets/sheet1.xml": prefixed})) == {"A1": "姓名"}


def test_backslashes_absolute_targets_and_a_missing_style_sheet_do_not_matter() -> None:
    data = package({"[Content_Types].xml": "<Types/>", "_rels\\.rels": links(rId1="officeDocument /xl/workbook.xml"),
                    "xl\\workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
                                        f'<sheet name="表" r:id="rId1"/></sheets>'
                                        "</workbook>",
                    "xl\\_rels\\workbook.xml.rels": links(rId1="worksheet /xl/worksheets/Sheet1.xml"),
                    "xl\\worksheets\\sheet1.xml": f'<worksheet xmlns="{MAIN}">'
                                                  f'<sheetData>{row(1, words("A1", "姓名", 7))}</sheetData>'
                                                  "</worksheet>"})
    assert texts(data) == {"A1": "姓名"}


def test_faults_outside_the_table_do_not_stop_the_file() -> None:
    broken = "<oops><fonts"
    looks = "<fonts count='x'><font><sz val='big'/><color rgb='#C00000'/></font>"
    data = xlsx(row(1, words("A1", "姓名", 3)), styles=looks, after='<drawing r:id="rId1"/>', more={
                    "xl/worksheets/_rels/sheet1.xml.rels": links(rId1="drawing ../d.xml", rId2="comments ../c.xml"),
                    "xl/d.xml": broken, "xl/c.xml": "", "docProps/app.xml": broken, "xl/theme/theme1.xml": broken})
    assert texts(data) == {"A1": "姓名"}


def test_a_sheet_that_is_listed_but_not_there_is_damage_and_not_an_empty_sheet() -> None:
    gone = links(rId1="worksheet worksheets/s7.xml")
    data = xlsx(row(1, words("A1", "姓名")), more={"xl/_rels/workbook.xml.rels": gone})
    assert parsed(data).reason_code == "damaged"


def test_what_is_glued_before_a_package_does_not_matter() -> None:
    assert texts(b"\xef\xbb\xbf" + xlsx(row(1, words("A1", "姓名")))) == {"A1": "姓名"}


def test_a_package_without_relations_is_read_by_its_usual_names() -> None:
    data = xlsx(row(1, words("A1", "姓名")), more={"xl/_rels/workbook.xml.rels": links(), "_rels/.rels": links()})
    assert texts(data) == {"A1": "姓名"}


def test_missing_shared_strings_are_said_and_not_empty() -> None:
    cell = cells(xlsx(row(1, words("A1", "姓名"), '<c r="B1" t="s"><v>5</v></c>')))["B1"]
    assert cell.kind == "error" and cell.doubt


def test_a_row_written_twice_is_doubted_where_it_differs_and_nothing_is_lost() -> None:
    sheet = grid(xlsx(row(2, words("A2", "1"), words("B2", "林晓舟")) + row(2, words("A2", "1"), words("B2", "高远"))))
    twice = next(c for c in sheet.cells if c.col == 1)
    assert twice.text == "林晓舟" and twice.doubt
    assert sheet.extras == (("表!B2", "高远"),)
    assert not next(c for c in sheet.cells if c.col == 0).doubt


def test_control_characters_that_no_xml_may_hold_are_taken_out_and_said() -> None:
    found = parsed(xlsx(row(1, words("A1", "林\x01晓舟"),
                            '<c r="B1" t="inlineStr"><is><t>高&#x1F;远&#10;甲</t></is></c>')))
    assert [c.text for c in found.grids[0].cells] == ["林晓舟", "高远\n甲"]
    assert found.notes


def test_a_sheet_in_utf_16_is_read() -> None:
    sheet = (f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}">'
             f'<sheetData>{row(1, words("A1", "姓名"))}'
             f'</sheetData></worksheet>')
    assert texts(xlsx("", more={"xl/worksheets/sheet1.xml": sheet.encode("utf-16")})) == {"A1": "姓名"}


def test_a_workbook_without_any_content_is_said_to_be_blank() -> None:
    found = parsed(xlsx(row(1, '<c r="A1" s="1"/>')))
    assert (found.reason_code, found.grids) == ("not_a_form", ())


def test_macros_are_not_run_and_said() -> None:
    found = parsed(xlsx(row(1, words("A1", "姓名")), more={"xl/vbaProject.bin": b"x"}))
    assert found.medium == "xlsm" and any("宏" in n for n in found.notes)


def test_a_chart_sheet_is_passed_over_and_said() -> None:
    def fill(book, sheet):
        sheet.write("A1", "人数")
        chart = book.add_chartsheet("图")
        bars = book.add_chart({"type": "bar"})
        bars.add_series({"values": "=表!$B$1:$B$2"})
        chart.set_chart(bars)
    found = parsed(with_xlsxwriter(fill))
    assert [g.name for g in found.grids] == ["表"] and any("图" in n for n in found.notes)


# ---- numbers, dates, formulas

def test_a_number_is_shown_in_its_format() -> None:
    found = cells(xlsx(row(1, number("A1", 1, 0), number("B1", 3, 1), number("C1", "0.30000000000000004", 1),
                           number("D1", 0.9916, 2)),
                       styles=formats("000", "General", "0.00%")))
    assert {p: c.text for p, c in found.items()} == {"A1": "001", "B1": "3", "C1": "0.3", "D1": "99.16%"}
    assert {c.kind for c in found.values()} == {"number"} and found["D1"].number == 0.9916


@pytest.mark.parametrize(("code", "shown", "date"),
                         [('yyyy"年"m"月"', "2023年2月", "2023-02"), ("yyyy-mm-dd", "2023-02-01", "2023-02-01"),
                                                     ('m"月"d"日"', "2月1日", "2023-02-01"), ("yyyy", "2023", "2023"),
                                                     ("yyyy/m/d h:mm", "2023/2/1 0:00", "2023-02-01"),
                                                     ("yyyy.mm", "2023.02", "2023-02")])
def test_a_date_is_never_more_precise_than_it_is_shown(code: str, shown: str, date: str) -> None:
    cell = cells(xlsx(row(1, number("A1", 44958)), styles=formats(code)))["A1"]
    assert (cell.kind, cell.text, cell.date, cell.doubt) == ("date", shown, date, "")


def test_the_1904_system_is_respected() -> None:
    data = xlsx(row(1, number("A1", 43496)), styles=formats("yyyy-mm-dd"), workbook='<workbookPr date1904="1"/>')
    assert cells(data)["A1"].date == "2023-02-01" and cells(data)["A1"].text == "2023-02-01"


def test_a_number_whose_format_was_lost_keeps_the_day_that_it_would_be() -> None:
    plain = cells(xlsx(row(1, number("A1", 44982), number("B1", 12))))
    assert (plain["A1"].kind, plain["A1"].text, plain["A1"].date, plain["B1"].date) == ("number", "44982", "2023-02-25", None)
    data = xlsx(row(1, number("A1", 43520)), workbook='<workbookPr date1904="1"/>')
    assert cells(data)["A1"].date == "2023-02-25"


@pytest.mark.parametrize("serial", [0, 3, 60, -5, 200000, 2958466, 1e300])
def test_a_number_that_is_no_sane_day_is_doubted(serial: float) -> None:
    cell = cells(xlsx(row(1, number("A1", serial)), styles=formats("yyyy-mm-dd")))["A1"]
    assert cell.date is None and (cell.doubt or cell.kind == "number")


def test_a_time_is_no_date() -> None:
    cell = cells(xlsx(row(1, number("A1", 0.5)), styles=formats("h:mm")))["A1"]
    assert (cell.text, cell.date) == ("12:00", None)


def test_dates_stored_as_iso_text_are_dates() -> None:
    cell = cells(xlsx(row(1, '<c r="A1" t="d" s="0"><v>2023-02-01T08:30:00</v></c>'),
                      styles=formats('yyyy"年"m"月"')))["A1"]
    assert (cell.kind, cell.text, cell.date) == ("date", "2023年2月", "2023-02")


@pytest.mark.parametrize("stored", ["9.9010120100305E+17", "990101201003050436", "990101201003050000"])
def test_an_id_stored_as_a_number_is_damaged_and_its_good_digits_are_suggested(stored: str) -> None:
    cell = cells(xlsx(row(1, number("A1", stored))))["A1"]
    assert cell.kind == "number" and cell.doubt
    assert cell.suggestion == "990101201003050???"


def test_phones_and_school_codes_stored_as_numbers_are_intact() -> None:
    found = cells(xlsx(row(1, number("A1", 19900003100), number("B1", 3132999102), number("C1", "990101900101123"))))
    assert {p: (c.text, c.doubt) for p, c in found.items()} == {
        "A1": ("19900003100", ""), "B1": ("3132999102", ""), "C1": ("990101900101123", "")}


def test_an_id_shown_in_scientific_notation_as_text_is_damaged() -> None:
    cell = cells(xlsx(row(1, words("A1", "9.90101E+17"))))["A1"]
    assert cell.doubt and cell.suggestion == "99010?????????????"[:5] + "?" * 13


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#NUM!"])
def test_an_error_is_neither_empty_nor_text(shown: str) -> None:
    found = cells(xlsx(row(1, f'<c r="A1" t="e"><f>VLOOKUP(B1,C:D,2)</f><v>{shown}</v></c>', words("B1", shown))))
    assert [(c.kind, c.text, bool(c.doubt)) for c in found.values()] == [("error", shown, True)] * 2


def test_a_formula_without_a_result_is_not_zero() -> None:
    found = cells(with_openpyxl(lambda book, sheet: sheet.append(["合计", "=SUM(B2:B9)"])))
    assert (found["B1"].kind, found["B1"].text) == ("uncalculated", "=SUM(B2:B9)") and found["B1"].doubt
    assert found["B1"].number is None


def test_a_zero_that_a_library_put_in_is_not_a_result() -> None:
    def fill(book, sheet):
        sheet.write("A1", "合计")
        sheet.write_formula("B1", "=SUM(B2:B9)")
        sheet.write_formula("C1", "=1+1", None, 2)
    found = cells(with_xlsxwriter(fill))
    assert found["B1"].kind == "uncalculated" and found["B1"].doubt
    assert (found["C1"].kind, found["C1"].text) == ("number", "2")


def test_zeros_of_a_program_that_calculates_are_results() -> None:
    calculated = row(1, number("A1", 0, formula="SUM(B1:B9)"), number("B1", 0))
    excel = {"xl/calcChain.xml": "<calcChain/>"}
    office = {"docProps/app.xml": "<Properties><Application>LibreOffice/7.4</Application></Properties>"}
    assert cells(xlsx(calculated, more=excel))["A1"].text == "0"
    assert cells(xlsx(calculated, more=office))["A1"].text == "0"
    assert cells(xlsx(calculated))["A1"].kind == "uncalculated"


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell() -> None:
    assert "B1" not in cells(xlsx(row(1, words("A1", "姓名"), '<c r="B1" t="str"><f>IF(A1="","",1)</f><v></v></c>')))


@pytest.mark.parametrize("cell", ['<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>',
                                  '<c r="A1"><f>DISPIMG("ID_1",1)</f></c>', '<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>',
                                  words("A1", '=DISPIMG("ID_1",1)')])
def test_a_picture_in_a_cell_is_said(cell: str) -> None:
    found = cells(xlsx(row(1, cell)))["A1"]
    assert found.kind == "picture" and found.doubt


# ---- what looks say

def test_a_struck_cell_is_withdrawn_and_a_half_struck_one_asked() -> None:
    def fill(book, sheet):
        gone, plain = book.add_format({"font_strikeout": True}), book.add_format()
        sheet.write("A1", "高远", gone)
        sheet.write("B1", 3, gone)
        sheet.write_rich_string("C1", gone, "每月访谈", plain, "转介医院")
        sheet.write_rich_string("D1", gone, "全部", gone, "划去")
        sheet.write_datetime("E1", datetime.datetime(2023, 2, 1), book.add_format(
            {"num_format": "yyyy-mm-dd", "font_strikeout": True}))
    found = cells(with_xlsxwriter(fill))
    assert [found[p].struck for p in ("A1", "B1", "D1", "E1")] == [True] * 4
    assert (found["C1"].text, found["C1"].suggestion, found["C1"].struck) == ("每月访谈转介医院", "转介医院", False)
    assert found["C1"].doubt


def test_a_strike_switched_off_is_none() -> None:
    assert not cells(xlsx(row(1, words("A1", "高远")), styles=fonts('<strike val="0"/>')))["A1"].struck


def test_a_conditional_format_that_strikes_rows_out_is_followed_or_asked() -> None:
    def fill(book, sheet):
        gone = book.add_format({"font_strikeout": True})
        sheet.write_row("A1", ["姓名", "状态"])
        sheet.write_row("A2", ["高远", "已转出"])
        sheet.write_row("A3", ["林晓舟", "在家"])
        sheet.conditional_format("A2:B9", {"type": "formula", "criteria": '=$B2="已转出"', "format": gone})
    sheet = grid(with_xlsxwriter(fill))
    assert [c.struck for c in sheet.cells] == [False, False, True, True, False, False] and not sheet.doubts

    def hard(book, sheet):
        sheet.write("A1", "高远")
        sheet.conditional_format("A1:B9", {"type": "formula", "criteria": "=COUNTIF(C:C,A1)>0",
                                           "format": book.add_format({"font_strikeout": True})})
    assert grid(with_xlsxwriter(hard)).doubts


@pytest.mark.parametrize(("font", "typed", "shown"),
                         [("Wingdings 2", "R", "☑"), ("Wingdings 2", "£", "□"), ("Wingdings 2", "P", "✓"),
                                                      ("Wingdings 2", "O", "✗"), ("Wingdings 2", "S", "☒"),
                                                      ("Wingdings", "þ", "☑"),
                                                      ("Wingdings", "¨", "□"), ("Wingdings", "ü", "✓"),
                                                      ("Wingdings", "\uf0fe", "☑"),
                                                      ("wingdings", "o", "□"), ("Webdings", "a", "✔"),
                                                      ("Symbol", "Ö", "√"),
                                                      ("Wingdings 2", "R是£否", "☑是□否")])
def test_symbol_fonts_show_ticks_not_letters(font: str, typed: str, shown: str) -> None:
    cell = cells(xlsx(row(1, words("A1", typed)), styles=fonts(f'<name val="{font}"/>')))["A1"]
    assert (cell.text, cell.doubt) == (shown, "")


def test_a_sign_of_a_symbol_font_that_is_not_known_is_asked() -> None:
    assert cells(xlsx(row(1, words("A1", "K")), styles=fonts('<name val="Wingdings"/>')))["A1"].doubt


def test_symbol_fonts_are_seen_in_single_runs_too() -> None:
    runs = ('<c r="A1" t="s"><v>0</v></c>', "<si><r><rPr><rFont val='Wingdings'/></rPr><t>þ</t></r><r><rPr>"
                                            "<rFont val='宋体'/></rPr>"
            "<t>是</t></r><r><rPr><rFont val='Wingdings'/></rPr><t>¨</t></r><r><t>否</t></r></si>")
    assert texts(xlsx(row(1, runs[0]), strings=runs[1])) == {"A1": "☑是□否"}


@pytest.mark.parametrize(("font", "fill"), [('<color rgb="FFFFFFFF"/>', ""), ('<color theme="0"/>', ""),
                                            ('<sz val="1"/>', ""),
                                            ('<color indexed="9"/>', '<patternFill patternType="none"/>'),
                                            ('<color rgb="FF000000"/>',
                                             '<patternFill patternType="solid"><fgColor rgb="FF000000"/>'
                                             '</patternFill>')])
def test_text_that_nobody_sees_is_doubted(font: str, fill: str) -> None:
    found = cells(xlsx(row(1, words("A1", "隐身"), number("B1", 5)), styles=fonts(font, fills=(fill,) if fill else ())))
    assert found["A1"].doubt and found["B1"].doubt


@pytest.mark.parametrize(("font", "fill"), [('<color rgb="FFFFFFFF"/>',
                                             '<patternFill patternType="solid"><fgColor rgb="FF4472C4"/>'
                                             '</patternFill>'),
                                            ('<color rgb="#C00000"/>', ""), ('<color theme="1"/>', ""),
                                            ('<color theme="0" tint="-0.5"/>', "")])
def test_ordinary_colours_are_no_reason_to_doubt(font: str, fill: str) -> None:
    assert not cells(xlsx(row(1, words("A1", "姓名")), styles=fonts(font, fills=(fill,) if fill else ())))["A1"].doubt


def test_what_a_format_hides_is_doubted() -> None:
    found = cells(xlsx(row(1, number("A1", 5), words("B1", "藏"), number("C1", 0, 1)),
                       styles=formats(";;;", "0;-0;;@")))
    assert all(c.doubt for c in found.values()) and found["A1"].text == "5"


def test_phonetic_guides_are_no_text() -> None:
    guide = '<rPh sb="0" eb="1"><t>linxiaozhou</t></rPh><phoneticPr fontId="1"/>'
    inline = f'<c r="B1" t="inlineStr"><is><r><t>林晓</t></r><r><t>舟</t></r>{guide}</is></c>'
    data = xlsx(row(1, '<c r="A1" t="s"><v>0</v></c>', inline), strings=f"<si><t>林晓舟</t>{guide}</si>")
    assert texts(data) == {"A1": "林晓舟", "B1": "林晓舟"}


def test_invisible_characters_and_escapes_are_taken_out() -> None:
    odd = "\u202d990101\u200b2010\ufeff03050436\u202c\u200e"
    found = texts(xlsx(row(1, words("A1", odd), words("B1", "张\u00a0三_x000D_\n李四"), words("C1", "\u200b"),
                           words("D1", "_x005F_x0041_"))))
    assert found == {"A1": "990101201003050436", "B1": "张 三\n李四", "D1": "_x0041_"}


# ---- around the cells

def test_merged_ranges_and_what_lies_under_them() -> None:
    sheet = grid(xlsx(row(1, words("A1", "厌学"), words("B1", "x")) + row(2, words("A2", "外出务工")),
                      after='<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="C1:D2"/><mergeCell ref="E1"/>'
                            '</mergeCells>'))
    anchor, _, under = sheet.cells
    assert (anchor.row_span, anchor.col_span, anchor.covered) == (2, 1, False)
    assert under.covered and under.text == "外出务工"
    assert sheet.spans == ((0, 0, 2, 1), (0, 2, 2, 2))


def test_hidden_rows_columns_and_sheets_are_flagged() -> None:
    data = xlsx(row(1, words("A1", "看得见"), words("B1", "藏列"), words("C1", "零宽"))
                + row(2, words("A2", "藏行"), more='hidden="1"')
                + row(3, words("A3", "零高"), more='ht="0" customHeight="1"'),
                before='<cols><col min="2" max="2" hidden="1"/><col min="3" max="3" width="0"/></cols>')
    assert [p for p, c in cells(data).items() if c.hidden] == ["B1", "C1", "A2", "A3"]
    assert grid(xlsx(row(1, words("A1", "旧")), state='state="veryHidden"')).hidden


def test_comments_text_boxes_pictures_and_headers_stand_beside() -> None:
    def fill(book, sheet):
        sheet.write("B3", "林晓舟")
        sheet.write_comment("B3", "需要核实")
        sheet.insert_textbox("D5", "本月无其他情况")
        sheet.insert_image("A8", "x.png", {"image_data": io.BytesIO(PNG)})
        sheet.set_header('&C&"宋体,常规"&14附件1&R第 &P 页')
    assert set(grid(with_xlsxwriter(fill)).extras) == {("表!批注B3", "需要核实"), ("表!文本框D5", "本月无其他情况"),
                                                       ("表!图片A8", "[图片]"),
                                                       ("表!页眉", "附件1")}


def test_comments_of_other_producers_are_seen_and_their_threads_joined() -> None:
    def fill(book, sheet):
        sheet["A1"] = "姓名"
        sheet["A1"].comment = Comment("王老师:\n已转学", "王老师")
    assert grid(with_openpyxl(fill)).extras[0][1] == "王老师:\n已转学"
    thread = ('<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
              '<threadedComment ref="A1" id="1"><text>请核实</text></threadedComment>'
              '<threadedComment ref="A1" id="2" parentId="1"><text>已核实</text></threadedComment></ThreadedComments>')
    data = xlsx(row(1, words("A1", "姓名")), more={"xl/threadedComments/t1.xml": thread,
                "xl/worksheets/_rels/sheet1.xml.rels": links(rId1="threadedComment ../threadedComments/t1.xml")})
    assert grid(data).extras == (("表!批注A1", "请核实\n已核实"),)


def test_a_ticked_control_is_seen() -> None:
    vml = ('<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape>'
           '<v:textbox><div>已家访'
           '</div></v:textbox><x:ClientData ObjectType="Checkbox"><x:Anchor>1, 5, 3, 0, 2, 0, 4, 0</x:Anchor>'
           '<x:Checked>1</x:Checked>'
           "</x:ClientData></v:shape></xml>")
    data = xlsx(row(1, words("A1", "姓名")), more={"xl/drawings/v1.vml": vml,
                "xl/worksheets/_rels/sheet1.xml.rels": links(rId1="vmlDrawing ../drawings/v1.vml")})
    assert grid(data).extras == (("表!控件B4", "☑已家访"),)


def test_a_second_engine_that_reads_something_else_raises_a_doubt(monkeypatch) -> None:
    from carelib.read.excel import xlsx as reader
    data = xlsx(row(1, words("A1", "林晓舟"), number("B1", 5), words("C1", "女")))
    assert not any(c.doubt for c in grid(data).cells)
    monkeypatch.setattr(reader, "second_opinion", lambda _: {"表": [["林晓周", 6.0, "女", "多"]]})
    sheet = grid(data)
    assert [bool(c.doubt) for c in sheet.cells] == [True, True, False] and sheet.doubts


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c62600100"
                    "0000ffff03000006000557bfabd40000000049454e44ae426082")
