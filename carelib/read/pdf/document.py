"""A PDF file to `Parsed`; pictures of its pages."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from carelib.read.pdf import aside, fields, opinion, pages, pdfium
from carelib.read.pdf.characters import share_unreadable
from carelib.read.pdf.gather import gather
from carelib.read.pdf.geometry import Box
from carelib.read.pdf.grids import Block, to_grid
from carelib.read.pdf.page import Page
from carelib.read.pdf.png import to_png
from carelib.read.pdf.understand import blocks_of
from carelib.read.pdf.words import note, refused
from carelib.records import Parsed

MAX_PAGES = 200
PICTURED = 0.6                  # share of a page that pictures cover where little text beside them does not count
LITTLE = 30                     # glyphs
UNREADABLE_PAGE = 0.3           # share of unreadable characters from which on a page is taken for a picture
_PLACE = re.compile(r"p(\d+)@(-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)")


@dataclass
class Reading:
    """What was found in a document: the result, and the pages that only OCR can read."""
    parsed: Parsed
    scans: tuple[int, ...] = ()


def parse(data: bytes) -> Parsed:
    """Grids of a PDF's tables and text. Medium 'pdf_scan' without grids: no page has usable text (see `notes`)."""
    return read(data).parsed


def scanned_pages(data: bytes) -> tuple[int, ...]:
    """The pages without usable text: pictures, or fonts that do not say which characters they show."""
    with pdfium.Document(data) as document:
        found = [_page(document, number, data) for number in range(1, len(document) + 1)]
    return tuple(p.number for p in found if _scan_kind(p))


def pictured_pages(data: bytes, most: int) -> int:
    """About how many pages have hardly any text; a quick look, and none if the file has no more pages than `most`."""
    with pdfium.Document(data) as document:
        if not most < len(document) <= MAX_PAGES:
            return 0
        count = 0
        for number in range(1, len(document) + 1):
            with document.page(number) as raw:
                count += raw.count_chars() < LITTLE
        return count


def read(data: bytes) -> Reading:
    """The whole story: `parse` and `scanned_pages` in one."""
    try:
        with pdfium.Document(data) as document:
            if len(document) == 0:
                return Reading(refused("no_pages"))
            if len(document) > MAX_PAGES:
                return Reading(refused("many_pages", count=len(document), limit=MAX_PAGES))
            if document.is_dynamic_form:
                return Reading(refused("dynamic"))
            found = [_page(document, number, data) for number in range(1, len(document) + 1)]
            return _with_scans(document, found, data)
    except pdfium.Locked:
        return Reading(refused("encrypted"))
    except pdfium.Broken:
        return Reading(refused("damaged"))


def _with_scans(document: pdfium.Document, found: list[Page], data: bytes) -> Reading:
    """The pages that are pictures are recognised, and go on in their order with the others."""
    kinds = {p.number: kind for p in found if (kind := _scan_kind(p))}
    texts = [p for p in found if p.number not in kinds]
    if not kinds:
        if not any(p.glyphs for p in texts):
            return Reading(refused("blank"))
        parsed = assemble(found, data)
        return Reading(replace(parsed, notes=_notes(found, kinds) + parsed.notes))
    from carelib.read.scan.document import finish, pages_of  # its libraries load only when they are needed

    scanned = pages_of(document, sorted(kinds))
    parsed = assemble([scanned.pages.get(p.number, p) for p in found], data)
    parsed = replace(parsed, notes=_notes(found, kinds) + parsed.notes)
    return Reading(finish(parsed, scanned, "pdf" if any(p.glyphs for p in texts) else "pdf_scan"), tuple(sorted(kinds)))


def _page(document: pdfium.Document, number: int, data: bytes) -> Page:
    with document.page(number) as raw:
        page = gather(raw, number)
        widgets = list(raw.widgets())
    if any(w.kind not in ("link", "other") for w in widgets):
        wanted = any(w.kind in ("text", "choice") and w.text for w in widgets)
        fields.enter(page, widgets, pdfium.flattened(data, number) if wanted else ())
    return page.upright()


def assemble(found: Sequence[Page], data: bytes = b"") -> Parsed:
    """The grids of pages whose text is known. With the file's `data`, doubted pages are read a second time."""
    entries = {(p.number, run): e for p in found for run, e in p.entries.items()}
    trusted = fields.trust_typed(entries)
    for page in found:
        page.entries = {run: trusted[page.number, run] for run in page.entries}
    parts: list[list[Block]] = []
    for page in found:
        before = parts[-1][-1].table if parts and parts[-1] else None
        parts.append(blocks_of(page, before))
    twice = opinion.consult(data, found, parts) if data else []
    blocks = pages.stitch(parts)
    _set_aside(blocks, found)
    by_number = {p.number: p for p in found}
    return Parsed("pdf", tuple(to_grid(b, name, by_number) for name, b in _named(blocks)),
                  notes=(note("second", twice),) if twice else ())


def _scan_kind(page: Page) -> str:
    """Why a page has no usable text: 'scan', 'hidden_layer', 'unreadable'; '' if it has."""
    pictured = sum(b.width * b.height for b in page.images) / (page.width * page.height)
    if page.glyphs and share_unreadable(g.char for g in page.glyphs) > UNREADABLE_PAGE:
        return "unreadable"
    if pictured >= PICTURED and len(page.glyphs) < LITTLE:
        return "hidden_layer" if page.unseen else "scan"
    if not page.glyphs and (page.images or page.drawn):
        return "scan"
    return ""


def _named(blocks: Sequence[Block]) -> list[tuple[str, Block]]:
    out, count = [], {}
    for block in blocks:
        first = block.first_page
        count[first] = count.get(first, 0) + 1
        out.append((f"p{first}.t{count[first]}", block))
    return out


def _set_aside(blocks: list[Block], texts: Sequence[Page]) -> None:
    """Watermarks, unseen text and annotations go with the page's last block (one is made if it has none)."""
    for page in texts:
        extras = page.aside + page.inks + aside.apart(page, page.watermark) + aside.apart(page, page.unseen + page.clipped)
        if extras:
            home = next((b for b in reversed(blocks) if page.number in b.pages), None)
            if home is None:
                home = Block(None, first_page=page.number)
                blocks.append(home)
            home.extras += extras


def _notes(found: Sequence[Page], scans: dict[int, str]) -> tuple[str, ...]:
    out = []
    for kind in ("hidden_layer", "unreadable"):             # of plain scans, `scan` says what became of them
        if numbers := [n for n, k in scans.items() if k == kind]:
            out.append(note(kind, numbers))
    texts = [p for p in found if p.number not in scans]
    for kind, having in (("unseen", [p.number for p in texts if p.unseen or p.clipped]),
                         ("watermark", [p.number for p in texts if p.watermark]),
                         ("turned", [p.number for p in texts if p.turned])):
        if having:
            out.append(note(kind, having))
    if any(e.kind == "field" for p in texts for e in p.entries.values()):
        out.append(note("fields"))
    if any(p.aside for p in texts):
        out.append(note("comments"))
    return tuple(out)


def crop(data: bytes, place: str, margin: float = 6.0, scale: float = 2.0) -> bytes:
    """The part of the page at `place` (the first, if it names several) as PNG."""
    found = _PLACE.match(place)
    if not found:
        raise ValueError("not a place in a PDF")
    number, *box = (float(x) for x in found.groups())
    x0, top, x1, bottom = box
    with pdfium.Document(data) as document, document.page(int(number)) as raw:
        part = Box(x0 - margin, top - margin, x1 + margin, bottom + margin).clip(Box(0, 0, raw.width, raw.height))
        return to_png(raw.render(scale, part))


def render(data: bytes, page: int, dpi: float = 200) -> np.ndarray:
    """A page as seen, height × width × 3 (RGB)."""
    with pdfium.Document(data) as document, document.page(page) as raw:
        return raw.render(dpi / 72)
