"""Scans to grids: pages that are pictures, read on the grid that is found in the picture (extraction.md §6).

    pages_of(data, numbers, parts) -> ScannedPages    what was recognised on the pages of a PDF, for the PDF reader
    parse_pages(data, pages) -> Parsed                the same as a result of its own
    parse_image(data) -> Parsed                       an image file, if it is a clean scan with a table
"""
from __future__ import annotations

from carelib.read.scan.document import ScannedPages, pages_of, parse_image, parse_pages

__all__ = ["ScannedPages", "pages_of", "parse_image", "parse_pages"]
