"""Text PDF to grids (extraction.md is the long story; docs/architecture.md the short one).

    parse(data) -> Parsed                       grids with places; a document without usable text is 'pdf_scan'
    crop(data, place) -> bytes                  the picture of a part of a page, PNG
    render(data, page, dpi) -> array            a page as a picture, for OCR
"""
from __future__ import annotations

from carelib.read.pdf.document import crop, parse, pictured_pages, render, scanned_pages

__all__ = ["crop", "parse", "pictured_pages", "render", "scanned_pages"]
