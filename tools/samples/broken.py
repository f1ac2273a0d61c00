"""Files that nobody can read, each for a reason of its own."""
from __future__ import annotations

import io
import tempfile
from pathlib import Path

import msoffcrypto
import pypdfium2
from msoffcrypto.format.ooxml import OOXMLFile
from PIL import Image, ImageFilter

from samples import office, sheets
from samples.layout import Drawing

PASSWORD = "shili2023"                      # what the school would tell on the telephone


def locked(drawings: list[Drawing], path: Path) -> None:
    """A workbook with a password; its salt is random, so an existing one that opens is kept."""
    plain = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "open.xlsx"
        sheets.write(drawings, source, "openpyxl")
        plain.write(source.read_bytes())
    if path.exists() and unlocked(path) == plain.getvalue():
        return
    with path.open("wb") as handle:
        OOXMLFile(plain).encrypt(PASSWORD, handle)


def unlocked(path: Path) -> bytes:
    """The workbook inside, for those who know the password."""
    out = io.BytesIO()
    with path.open("rb") as handle:
        book = msoffcrypto.OfficeFile(handle)
        book.load_key(password=PASSWORD)
        book.decrypt(out)
    return out.getvalue()


def cut(drawings: list[Drawing], path: Path) -> None:
    """A workbook whose upload broke off: the end, and with it the list of its parts, is missing."""
    sheets.write(drawings, path, "openpyxl")
    path.write_bytes(path.read_bytes()[:2600])


def photo(drawings: list[Drawing], path: Path) -> None:
    """A telephone's picture of the printed sheet: askew, soft, dark at one side."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "paper.pdf"
        office.print_pdf(drawings, printed, "writer")
        page = pypdfium2.PdfDocument(str(printed))[0].render(scale=1.4).to_pil().convert("L")
    page = page.rotate(3.2, expand=True, fillcolor=96).filter(ImageFilter.GaussianBlur(0.9))
    shade = Image.linear_gradient("L").rotate(90).resize(page.size).point(lambda v: 120 + v // 2)
    Image.composite(page, Image.new("L", page.size, 70), shade).save(path, "JPEG", quality=38)
