"""The only door to pdfplumber: the second opinion on pages that the first reader doubts.

What it adds is another library's reading of the characters (fonts and their tables are decoded anew) and another table
finder. It never changes a text; where it disagrees, the cell is asked about.
"""
from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pdfplumber
from pdfminer.layout import LTChar, LTContainer
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.psparser import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from carelib.read.pdf.geometry import Box, Glyph

TROUBLE = (PSException, PDFSyntaxError, PdfminerException, MalformedPDFException, RecursionError, ValueError, TypeError,
           KeyError, IndexError, AttributeError, ZeroDivisionError, AssertionError, struct.error, zlib.error)
OBLIQUE = 0.02


@dataclass
class Opinion:
    """What pdfplumber sees on a page, in display coordinates: upright characters, and (box, rows, columns) of tables."""
    glyphs: list[Glyph] = field(default_factory=list)
    tables: list[tuple[Box, int, int]] = field(default_factory=list)


def opinions(data: bytes, numbers: Sequence[int], ruled: Container[int] = ()) -> dict[int, Opinion]:
    """By page number. Pages that pdfplumber cannot read, or that are turned, have no entry. Tables (which take it long)
    are looked for on the `ruled` pages only.
    """
    out: dict[int, Opinion] = {}
    with _quiet():
        try:
            document = pdfplumber.open(io.BytesIO(data))
        except TROUBLE:
            return out
        with document:
            for number in numbers:
                try:
                    page = document.pages[number - 1]
                    if not page.rotation:
                        out[number] = _opinion(page, number in ruled)
                except TROUBLE:
                    continue
    return out


def _opinion(page: pdfplumber.page.Page, ruled: bool) -> Opinion:
    paper, shown = page.page_obj.mediabox, page.page_obj.cropbox or page.page_obj.mediabox
    left, high = max(0.0, shown[0] - paper[0]), min(paper[3], shown[3]) - paper[1]       # where what is shown begins, on the paper
    glyphs = [Glyph(char.get_text(), char.x0 - left, high - char.y1, char.x1 - left, high - char.y0)
              for char in _chars(page.layout) if _is_straight(char.matrix) and char.get_text().strip()]
    across, down = page.bbox[0] + left, page.bbox[1] + page.height - high
    tables = []
    for table in page.find_tables() if ruled else ():
        x0, y0, x1, y1 = table.bbox
        rows = table.rows
        tables.append((Box(x0 - across, y0 - down, x1 - across, y1 - down), len(rows), max(len(r.cells) for r in rows)))
    return Opinion(glyphs, tables)


def _chars(holder: LTContainer) -> Iterator[LTChar]:
    """The characters of a page as pdfminer laid them out; pdfplumber's own list of them costs as much again."""
    for item in holder:
        if isinstance(item, LTChar):
            yield item
        elif isinstance(item, LTContainer):
            yield from _chars(item)


def _is_straight(matrix: Sequence[float]) -> bool:
    a, b = abs(matrix[0]), abs(matrix[1])
    return min(a, b) <= OBLIQUE * max(a, b)


@contextmanager
def _quiet() -> Iterator[None]:
    """pdfminer warns about every font that it finds odd; nobody can do anything about it."""
    log = logging.getLogger("pdfminer")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
