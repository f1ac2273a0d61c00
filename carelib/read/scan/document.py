"""Files with scanned pages to `Parsed`."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from carelib.read.pdf import pdfium
from carelib.read.pdf.page import Page
from carelib.read.scan import image, picture
from carelib.read.scan.page import POINT, Illegible, read_page
from carelib.read.scan.words import note, refused, thing
from carelib.records import Parsed

MOST = 40                       # pages of a file that are recognised; the others are said to be unread
LARGEST = 18e6                  # pixels of a page's picture (A3 at 200 dpi has 8 million)


@dataclass
class ScannedPages:
    """The pages that were recognised, and why others were not (page -> key in reading_scan.toml)."""
    pages: dict[int, Page] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)

    def notes(self) -> tuple[str, ...]:
        """What should be said about the file."""
        out = [note("scan", self.pages)] if self.pages else []
        for key in ("photo", "illegible", "unread"):
            numbers = [n for n, k in self.unread.items() if k == key]
            if numbers:
                out.append(note(key, numbers))
        return tuple(out)


def pages_of(document: pdfium.Document, numbers: Sequence[int]) -> ScannedPages:
    """Recognises pages of an open PDF; a page that cannot be read becomes one with a single leftover, the page itself."""
    out = ScannedPages()
    for number in sorted(numbers):
        with document.page(number) as raw:
            if len(out.pages) >= MOST:
                out.unread[number] = "unread"
            else:
                _recognise(raw, number, out)
            if number in out.unread:
                whole = Page(number, raw.width, raw.height)
                whole.inks.append((whole.place(whole.box), thing("whole")))
                out.pages[number] = whole
    return out


def _recognise(raw: pdfium.RawPage, number: int, out: ScannedPages) -> None:
    scale = image.DPI / 72
    scale *= min(1.0, (LARGEST / max(1.0, raw.width * raw.height * scale * scale)) ** 0.5)
    rgb = raw.render(scale)
    exact = raw.width / rgb.shape[1], raw.height / rgb.shape[0]
    try:
        out.pages[number] = read_page(rgb, number, exact)
    except Illegible as fault:
        out.unread[number] = str(fault.args[0])


def parse_pages(data: bytes, pages: Sequence[int] | None = None) -> Parsed:
    """The grids of a PDF's pages that are pictures (all pages if None is said), recognised."""
    from carelib.read.pdf.document import assemble

    with pdfium.Document(data) as document:
        found = pages_of(document, range(1, len(document) + 1) if pages is None else pages)
    return finish(assemble(list(found.pages.values())), found, "pdf_scan")


def finish(parsed: Parsed, found: ScannedPages, medium: str) -> Parsed:
    """The result with its medium and notes; a refusal if no page could be read."""
    if found.unread and len(found.unread) == len(found.pages) and not any(g.cells for g in parsed.grids):
        return replace(refused(medium, sorted(found.unread.values())[0]), notes=found.notes())
    return replace(parsed, medium=medium, notes=(*parsed.notes, *found.notes()))


def parse_image(data: bytes) -> Parsed:
    """An image file: read if it is a clean scan with a table, else refused with the reason (contract: photos are unreadable)."""
    from carelib.read.pdf.document import assemble

    found = ScannedPages()
    try:
        frames = picture.frames(data)
        for number, rgb in enumerate(frames, 1):
            found.pages[number] = _scanned(rgb, number)
    except picture.Unusable as fault:
        return refused("image", str(fault.args[0]))
    except Illegible as fault:
        return refused("image", str(fault.args[0]))
    return finish(assemble(list(found.pages.values())), found, "image")


def _scanned(rgb: np.ndarray, number: int) -> Page:
    page = read_page(rgb, number, (POINT, POINT))
    if not (page.across and page.down):
        raise Illegible("no_grid")
    return page
