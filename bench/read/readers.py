"""The readers that are compared: each turns a PDF into tables, a table into rows, a row into cells by column.

Peers that are not installed are left out; what they give is used as it is, without questions, because they ask none.
"""
from __future__ import annotations

import importlib.util
import io
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What a reader says of a cell. `asked`: it does not vouch for it."""
    text: str
    asked: bool = False


Row = dict[int, Told]
Tables = list[list[Row]]
Reader = Callable[[bytes], Tables]


def ours(data: bytes) -> Tables:
    from carelib.read import pdf
    return [_grid(grid) for grid in pdf.parse(data).grids]


def _grid(grid) -> list[Row]:
    rows: dict[int, Row] = defaultdict(dict)
    for cell in grid.cells:
        for r in range(cell.row, cell.row + cell.row_span):
            rows[r][cell.col] = Told(cell.text, bool(cell.doubt or grid.doubts))
    return [rows[r] for r in sorted(rows)]


def plumber(data: bytes) -> Tables:
    import pdfplumber
    with pdfplumber.open(io.BytesIO(data)) as book:
        return [_rows(table) for page in book.pages for table in page.extract_tables()]


def plumber_text(data: bytes) -> Tables:
    """With the setting for tables without rules."""
    import pdfplumber
    how = {"vertical_strategy": "text", "horizontal_strategy": "text"}
    with pdfplumber.open(io.BytesIO(data)) as book:
        return [_rows(table) for page in book.pages for table in page.extract_tables(how)]


def pymupdf(data: bytes) -> Tables:
    import pymupdf
    with pymupdf.open(stream=data, filetype="pdf") as book:
        return [_rows(table.extract()) for page in book for table in page.find_tables().tables]


def camelot(data: bytes) -> Tables:
    return _camelot(data, "lattice")


def camelot_stream(data: bytes) -> Tables:
    """With the flavour for tables without rules."""
    return _camelot(data, "stream")


def _camelot(data: bytes, flavour: str) -> Tables:
    import camelot
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        return [_rows(table.df.values.tolist()) for table in camelot.read_pdf(file.name, pages="all", flavor=flavour)]


def _rows(table: list[list[str | None]]) -> list[Row]:
    return [{c: Told(text) for c, text in enumerate(row) if text is not None} for row in table]


def available(rule_poor: bool) -> dict[str, Reader]:
    """Readers by name; each peer in the setting that its manual gives for this kind of table."""
    found: dict[str, Reader] = {"carelib": ours, "pdfplumber": plumber}
    if rule_poor:
        found["pdfplumber (text)"] = plumber_text
    if importlib.util.find_spec("camelot"):
        found["Camelot (stream)" if rule_poor else "Camelot (lattice)"] = camelot_stream if rule_poor else camelot
    if importlib.util.find_spec("pymupdf"):
        found["PyMuPDF"] = pymupdf
    return found
