"""A PDF file to `Parsed`; pictures of its pages."""
from __future__ import annotations

import re

import numpy as np

from carelib.read.pdf import pdfium
from carelib.read.pdf.gather import gather
from carelib.read.pdf.geometry import Box
from carelib.read.pdf.grids import to_grid
from carelib.read.pdf.page import Page
from carelib.read.pdf.understand import blocks_of
from carelib.records import Parsed

MAX_PAGES = 200
_PLACE = re.compile(r"p(\d+)@(-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)")


def parse(data: bytes) -> Parsed:
    with pdfium.Document(data) as document:
        pages = []
        for number in range(1, len(document) + 1):
            with document.page(number) as raw:
                pages.append(gather(raw, number).upright())
    by_number = {p.number: p for p in pages}
    grids = []
    for page in pages:
        for i, block in enumerate(blocks_of(page), 1):
            grids.append(to_grid(block, f"p{page.number}.t{i}", by_number))
    return Parsed("pdf", tuple(grids))


def scanned_pages(data: bytes) -> tuple[int, ...]:
    return ()


def crop(data: bytes, place: str, margin: float = 6.0, scale: float = 2.0) -> bytes:
    """The part of the page at `place` (the first, if it names several) as PNG."""
    found = _PLACE.match(place)
    if not found:
        raise ValueError(f"not a place in a PDF: {place!r}")
    number, *box = (float(x) for x in found.groups())
    with pdfium.Document(data) as document, document.page(int(number)) as raw:
        x0, top, x1, bottom = box
        part = Box(x0 - margin, top - margin, x1 + margin, bottom + margin).clip(Box(0, 0, raw.width, raw.height))
        return pdfium.to_png(raw.render(scale, part))


def render(data: bytes, page: int, dpi: float = 200) -> np.ndarray:
    """A page as seen, height × width × 3 (RGB)."""
    with pdfium.Document(data) as document, document.page(page) as raw:
        return raw.render(dpi / 72)
