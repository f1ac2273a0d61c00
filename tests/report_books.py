"""How the report tests look into a workbook: cells as text, parts of the zip, what LibreOffice makes of it."""
from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
from conftest import need


def cells(path: Path, formulas: bool = False) -> dict[str, dict[str, str]]:
    """{sheet: {cell: text}} of the non-empty cells; figures as stored, or the formulas behind them."""
    book = openpyxl.load_workbook(path, data_only=not formulas)
    return {sheet.title: {c.coordinate: str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None}
            for sheet in book.worksheets}


def texts(path: Path) -> str:
    return "\n".join(t for sheet in cells(path).values() for t in sheet.values())


def rows(path: Path, sheet: str) -> list[list[str]]:
    """The rows of a sheet as lists of texts, '' for an empty cell."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [["" if v is None else str(v) for v in row] for row in book[sheet].iter_rows(values_only=True)]


def row_of(path: Path, sheet: str, first: str, column: int = 0) -> list[str]:
    """The first row whose cell in `column` reads `first`."""
    return next(r for r in rows(path, sheet) if r[column] == first)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as box:
        return {n: box.read(n) for n in box.namelist()}


def formula_count(path: Path, sheet: str) -> int:
    return sum(t.startswith("=") and c.data_type == "f" for c, t in _typed(path, sheet))


def _typed(path: Path, sheet: str):
    book = openpyxl.load_workbook(path)
    return [(c, str(c.value)) for row in book[sheet].iter_rows() for c in row if c.value is not None]


def soffice() -> str:
    """LibreOffice; where it is missing the test is left out, on CI it fails."""
    return need("soffice")


def recalculated(books: list[Path], folder: Path) -> dict[str, Path]:
    """Each workbook as LibreOffice saves it after loading (all formulas are calculated again on load)."""
    out = folder / "recalculated"
    profile = (folder / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx",
               "--outdir", str(out), *map(str, books)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return {b.name: out / b.name for b in books}


def is_close(one: str, other: str) -> bool:
    number = re.compile(r"-?\d+(\.\d+)?([eE]-?\d+)?")
    if number.fullmatch(one) and number.fullmatch(other):
        return abs(float(one) - float(other)) < 1e-9
    return one == other
