"""Small files made in memory for the tests of the file readers, and short ways to look at what was read."""
from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from carelib.read.parse import parse_bytes
from carelib.records import Cell, Grid, Parsed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def links(**targets: str) -> str:
    """A .rels part: id='kind target'."""
    rows = "".join(f'<Relationship Id="{i}" Type="{LINKS}/{t.split()[0]}" Target="{t.split()[1]}"/>' for i,
                   t in targets.items())
    return f'<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def xlsx(rows: str, after: str = "", before: str = "", styles: str = "", strings: str = "", workbook: str = "",
         space: str = MAIN,
         state: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook with one sheet 表 of these rows; `after`, `before` stand around them, `workbook` after the sheets."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": links(rId1="officeDocument xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{LINKS}"><sheets>'
                           f'<sheet name="表" sheetId="1" {state} r:id="rId1"/>'
                           f"</sheets>{workbook}</workbook>",
        "xl/_rels/workbook.xml.rels": links(rId1="worksheet worksheets/sheet1.xml", rId2="styles styles.xml",
                                            rId3="sharedStrings sharedStrings.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}" xmlns:r="{LINKS}">{before}<sheetData>{rows}'
                                    f'</sheetData>{after}'
                                    f"</worksheet>"}
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{space}">{styles}</styleSheet>'
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}">{strings}</sst>'
    return package(parts | (more or {}))


def row(number: int, *cells: str, more: str = "") -> str:
    """A row of cell elements."""
    return f'<row r="{number}" {more}>{"".join(cells)}</row>'


def words(place: str, text: str, style: int = 0) -> str:
    """A cell with text in itself."""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number(place: str, value: object, style: int = 0, formula: str = "") -> str:
    """A numeric cell."""
    return f'<c r="{place}" s="{style}">{f"<f>{escape(formula)}</f>" if formula else ""}<v>{value}</v></c>'


def formats(*codes: str) -> str:
    """A style sheet in which style i has the i-th format code."""
    shapes = "".join(f'<numFmt numFmtId="{170 + i}" formatCode="{escape(c, {chr(34): "&quot;"})}"/>' for i,
                     c in enumerate(codes))
    xfs = "".join(f'<xf numFmtId="{170 + i}" fontId="0" fillId="0"/>' for i in range(len(codes)))
    return f"<numFmts>{shapes}</numFmts><fonts><font/></fonts><fills><fill/></fills><cellXfs>{xfs}</cellXfs>"


def fonts(*bodies: str, fills: tuple[str, ...] = ()) -> str:
    """A style sheet in which style i has the i-th font and fill (the bodies of their elements)."""
    made = "".join(f"<font>{b}</font>" for b in bodies)
    behind = "".join(f"<fill>{f}</fill>" for f in fills) or "<fill><patternFill/></fill>"
    xfs = "".join(f'<xf numFmtId="0" fontId="{i}" fillId="{i if fills else 0}"/>' for i in range(len(bodies)))
    return f"<fonts>{made}</fonts><fills>{behind}</fills><cellXfs>{xfs}</cellXfs>"


def docx(body: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A Word document with this body."""
    spaces = (f'xmlns:w="{WORD}" xmlns:r="{LINKS}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
              'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
              'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
              'xmlns:v="urn:schemas-microsoft-com:vml"')
    return package({"_rels/.rels": links(rId1="officeDocument word/document.xml"),
                    "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>"} | (more or {}))


def par(text: str, properties: str = "") -> str:
    """A Word paragraph of one run."""
    return (f"<w:p><w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}"
            f"<w:t xml:space=\"preserve\">{escape(text)}"
            f"</w:t></w:r></w:p>")


def table(*rows: tuple[str, ...]) -> str:
    """A Word table; a cell that begins with < is XML."""
    made = "".join("<w:tr>" + "".join(f"<w:tc>{c if c.startswith('<') else par(c)}</w:tc>" for c in r) + "</w:tr>"
                   for r in rows)
    return f"<w:tbl>{made}</w:tbl>"


def parsed(data: bytes, name: str = "") -> Parsed:
    """The file as read."""
    return parse_bytes(data, name)


def grid(data: bytes, name: str = "") -> Grid:
    """Its first grid; fails with the reason if there is none."""
    result = parse_bytes(data, name)
    assert result.grids, (result.reason_code, result.reason)
    return result.grids[0]


def cells(data: bytes, name: str = "") -> dict[str, Cell]:
    """Cells of all grids by place without the sheet's name (the last one of equal places)."""
    return {c.place.rpartition("!")[2]: c for g in parse_bytes(data, name).grids for c in g.cells}


def texts(data: bytes, name: str = "") -> dict[str, str]:
    """Texts by place."""
    return {place: c.text for place, c in cells(data, name).items()}
