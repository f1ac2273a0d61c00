"""Word documents: every text a person sees in a table, once, at its place in the table."""
from __future__ import annotations

import io

import docx as python_docx
from read_files_kit import WORD, cells, docx, grid, links, par, parsed, table, texts


def cell(content: str) -> dict:
    """The cells of a document with one table of one row: 标签 and this content."""
    return cells(docx(table(("标签", content))))


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_lines_around_a_table_are_rows_of_their_own_and_places_count_within_the_table() -> None:
    page = table(("姓名", "高远"), ("性别", "男"))
    sheet = grid(docx(par("一生一档（2023年3月）") + par("学校：云溪初级中学") + page + par("填表人：甲")))
    assert [(c.row, c.col, c.place, c.text) for c in sheet.cells] == [
        (0, 0, "第1段", "一生一档（2023年3月）"), (1, 0, "第2段", "学校：云溪初级中学"), (2, 0, "t1!A1", "姓名"),
        (2, 1, "t1!B1", "高远"), (3, 0, "t1!A2", "性别"), (3, 1, "t1!B2", "男"), (4, 0, "第3段", "填表人：甲")]
    assert sheet.spans == ((0, 0, 1, 2), (1, 0, 1, 2), (4, 0, 1, 2))


def test_between_two_tables_a_foot_stays_above_and_a_title_goes_below() -> None:
    body = (table(("姓名", "高远")) + par("填表人：甲    负责人：乙") + par("学生二")
            + table(("姓名", "林晓舟")) + par("备注：无"))
    first, second = parsed(docx(body)).grids
    assert [c.text for c in first.cells] == ["姓名", "高远", "填表人：甲    负责人：乙"]
    assert [c.text for c in second.cells] == ["学生二", "姓名", "林晓舟", "备注：无"]
    assert (first.name, second.name, second.cells[1].place) == ("t1", "t2", "t2!A1")


def test_a_new_page_parts_the_lines_between_two_tables() -> None:
    page = '<w:p><w:r><w:br w:type="page"/></w:r><w:r><w:t>下一名学生</w:t></w:r></w:p>'
    first, second = parsed(docx(table(("姓名", "高远")) + par("王老师家访") + page + table(("姓名", "林晓舟")))).grids
    assert first.cells[-1].text == "王老师家访" and second.cells[0].text == "下一名学生"


def test_a_document_without_tables_is_its_lines() -> None:
    sheet = grid(docx(par("我校本月零报告。") + par("云溪初级中学")))
    assert [(c.place, c.text) for c in sheet.cells] == [("第1段", "我校本月零报告。"), ("第2段", "云溪初级中学")]


def test_content_controls_are_read_and_their_prompts_are_not() -> None:
    control = "<w:p><w:sdt><w:sdtPr>{0}</w:sdtPr><w:sdtContent>{1}</w:sdtContent></w:sdt></w:p>"
    assert cell(control.format("", run("劝返中")))["B1"].text == "劝返中"
    assert "B1" not in cell(control.format("<w:showingPlcHdr/>", run("单击或点击此处输入文字。")))
    assert cell(control.format("<w:showingPlcHdr/>", run("2023-02-13")))["B1"].text == "2023-02-13"
    whole = f"<w:sdt><w:sdtContent>{par('整段')}</w:sdtContent></w:sdt>"
    assert cell(whole)["B1"].text == "整段"
    around = docx("<w:tbl><w:tr><w:tc>" + par("姓名") + "</w:tc><w:sdt><w:sdtContent><w:tc>" + par("高远")
                  + "</w:tc></w:sdtContent></w:sdt></w:tr>"
                  "<w:sdt><w:sdtContent><w:tr><w:tc>" + par("性别") + "</w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>")
    assert texts(around) == {"A1": "姓名", "B1": "高远", "A2": "性别"}


def test_tracked_changes_show_the_text_as_it_stands() -> None:
    sheet = grid(docx(table(("状态", f'<w:p><w:del w:id="1"><w:r><w:delText>在家</w:delText></w:r></w:del>'
                                   f'<w:ins w:id="2">'
                                     f"{run('已复学')}</w:ins></w:p>"))))
    assert sheet.cells[1].text == "已复学" and not sheet.cells[1].struck
    assert sheet.extras == (("t1!修订删除B1", "在家"),)


def test_a_row_deleted_under_tracking_is_withdrawn() -> None:
    body = (f"<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>{par('高远')}</w:tc></w:tr><w:tr>"
            f"<w:tc>{par('林晓舟')}</w:tc></w:tr></w:tbl>")
    assert [(c.text, c.struck) for c in grid(docx(body)).cells] == [("高远", True), ("林晓舟", False)]


def test_struck_text_is_withdrawn_and_half_struck_text_asked() -> None:
    assert cell(f"<w:p>{run('高远', '<w:strike/>')}</w:p>")["B1"].struck
    half = cell(f"<w:p>{run('每月访谈', '<w:dstrike/>')}{run('转介医院')}</w:p>")["B1"]
    assert (half.suggestion, half.struck) == ("转介医院", False) and half.doubt
    off = '<w:strike w:val="0"/>'
    assert not cell(f"<w:p>{run('高远', off)}</w:p>")["B1"].struck


def test_symbols_and_form_fields_show_ticks() -> None:
    symbol = ('<w:p><w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>{0}<w:r>'
              '<w:sym w:font="Wingdings" w:char="F0A8"/></w:r>{1}</w:p>')
    assert cell(symbol.format(run("是"), run("否")))["B1"].text == "☑是□否"
    assert cell('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>是</w:t>'
                '<w:sym w:font="Wingdings" w:char="F06F"/><w:t>否</w:t></w:r></w:p>')[
        "B1"].text == "☑是□否"
    typed = f"<w:p>{run('R', '<w:rFonts w:ascii=' + chr(34) + 'Wingdings 2' + chr(34) + '/>')}{run('是')}</w:p>"
    assert cell(typed)["B1"].text == "☑是"
    field = ('<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/>'
             '</w:checkBox></w:ffData></w:fldChar>'
             '</w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/>'
             '</w:r>' + run("是") + "</w:p>")
    assert cell(field)["B1"].text == "☑是"
    chosen = ('<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
              '<w:listEntry w:val="在读"/><w:listEntry w:val="休学"/>'
              "</w:ddList></w:ffData></w:fldChar></w:r></w:p>")
    assert cell(chosen)["B1"].text == "休学"
    box = ('<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr>'
           '<w:sdtContent>' + run("☒") + "</w:sdtContent></w:sdt>"
           + run("是") + "</w:p>")
    assert cell(box)["B1"].text == "☒是"


def test_spanned_and_merged_cells_are_met_once() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr>{par("990102201005211412")}</w:tc>'
    down = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + par("家庭") + "</w:tc>"
    on = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    body = (f"<w:tbl><w:tr>{down}<w:tc>{par('证号')}</w:tc>{wide}</w:tr><w:tr>{on}<w:tc>{par('父')}</w:tc>"
            f"<w:tc>{par('甲')}</w:tc><w:tc>{par('母')}</w:tc>"
            f"<w:tc>{par('乙')}</w:tc></w:tr><w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr><w:tc>{par('靠右')}</w:tc>"
            f"</w:tr></w:tbl>")
    found = cells(docx(body))
    assert {p: c.text for p, c in found.items()} == {"A1": "家庭", "B1": "证号", "C1": "990102201005211412", "B2": "父",
                                                     "C2": "甲", "D2": "母",
                                                     "E2": "乙", "B3": "靠右"}
    assert (found["A1"].row_span, found["C1"].col_span) == (2, 3)


def test_a_table_in_a_cell_is_a_grid_of_its_own() -> None:
    inner = table(("日期", "措施"), ("2023-03-01", "家访"))
    outer, nested = parsed(docx(table(("姓名", "高远"), ("劝返记录", par("如下") + inner)) + par("填表人：甲"))).grids
    assert [c.text for c in outer.cells] == ["姓名", "高远", "劝返记录", "如下", "填表人：甲"]
    assert (nested.name, [c.text for c in nested.cells]) == ("t2", ["日期", "措施", "2023-03-01", "家访"])


def test_paragraphs_breaks_tabs_and_guides_in_a_cell() -> None:
    assert cell(par("一") + par("二"))["B1"].text == "一\n二"
    broken = "<w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:r></w:p>"
    assert cell(broken)["B1"].text == "一\n二 三"
    ruby = (f"<w:p><w:r><w:ruby><w:rt>{run('lin')}</w:rt><w:rubyBase>{run('林')}</w:rubyBase></w:ruby>"
            f"</w:r>{run('晓舟')}</w:p>")
    assert cell(ruby)["B1"].text == "林晓舟"


def test_automatic_numbers_are_seen() -> None:
    numbering = (f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
                 f'<w:start w:val="1"/><w:numFmt w:val="decimal"/>'
                 '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/>'
                 '</w:num></w:numbering>')
    auto = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr></w:p>'
    found = texts(docx(table(("序号", "姓名"), (auto, "高远"), (auto, "林晓舟")), {"word/numbering.xml": numbering}))
    assert (found["A2"], found["A3"]) == ("1", "2")


def test_text_boxes_pictures_comments_and_headers_stand_beside() -> None:
    words = f"<w:txbxContent>{par('另附说明')}</w:txbxContent>"
    box = (f"<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx>{words}</wps:txbx></mc:Choice>"
           f"<mc:Fallback><v:textbox>{words}</v:textbox></mc:Fallback></mc:AlternateContent></w:r></w:p>")
    more = {"word/_rels/document.xml.rels": links(rId1="header header1.xml", rId2="comments comments.xml"),
            "word/header1.xml": f'<w:hdr xmlns:w="{WORD}">{par("附件1")}</w:hdr>',
            "word/comments.xml": f'<w:comments xmlns:w="{WORD}"><w:comment w:id="1">{par("请核实")}</w:comment>'
                                 f'</w:comments>'}
    sheet = grid(docx(table(("姓名", "高远")) + box, more))
    assert set(sheet.extras) == {("文本框1", "另附说明"), ("页眉1", "附件1"), ("批注1", "请核实")}
    picture = cell('<w:p><w:r><w:pict><v:shape><v:imagedata r:id="rId9"/></v:shape></w:pict></w:r></w:p>')["B1"]
    assert picture.kind == "picture" and picture.doubt


def test_hidden_text_is_not_seen_and_not_lost() -> None:
    sheet = grid(docx(table(("姓名", f"<w:p>{run('高远')}{run('（已转）', '<w:vanish/>')}</w:p>"))))
    assert sheet.cells[1].text == "高远" and sheet.extras == (("t1!隐藏文字B1", "（已转）"),)


def test_a_document_of_a_library_is_read() -> None:
    document, out = python_docx.Document(), io.BytesIO()
    document.add_paragraph("劝返复学一生一档")
    made = document.add_table(rows=2, cols=3)
    made.cell(0, 0).text, made.cell(0, 1).text = "姓名", "高远"
    made.cell(1, 0).merge(made.cell(1, 2)).text = "通栏"
    document.save(out)
    found = cells(out.getvalue())
    assert found["A2"].col_span == 3 and found["B1"].text == "高远" and parsed(out.getvalue()).medium == "docx"
