"""Two opinions: pages that the first reader doubts are read by a second one; what they do not agree on is asked."""
from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from carelib.read.pdf.cells import Spot, Table
from carelib.read.pdf.characters import UNREADABLE, repair
from carelib.read.pdf.geometry import Box, Glyph
from carelib.read.pdf.grids import Block
from carelib.read.pdf.page import Page
from carelib.read.pdf.plumber import Opinion, opinions
from carelib.read.pdf.words import doubt, grid_doubt

MOST = 20                       # pages of a document that are read twice
CELL = 8.0                      # points: side of the squares in which neighbours are looked up
NEAR = (0.45, 0.7)              # em: two readers' places of one character, across and down
SAME = 5.0                      # points: two readers' boxes of one table


def consult(data: bytes, pages: Sequence[Page], blocks: Sequence[Sequence[Block]]) -> list[int]:
    """Reads the doubted pages again and marks what the two readers see differently. Returns the pages' numbers."""
    doubted = [p for p, bs in zip(pages, blocks) if not p.turned and any(_is_doubted(b) for b in bs)
               and not any(e.kind == "ocr" for e in p.entries.values())]
    if not doubted or len(doubted) > MOST:
        return []
    ruled = {p.number for p, bs in zip(pages, blocks) if any(b.table and b.table.kind == "ruled" and _is_doubted(b) for b in bs)}
    second = opinions(data, [p.number for p in doubted], ruled)
    for page, page_blocks in zip(pages, blocks):
        if page.number in second:
            _compare(page, [b.table for b in page_blocks if b.table], second[page.number])
    return sorted(second)


def _is_doubted(block: Block) -> bool:
    """Overflow, characters that cannot be told. Where rows or columns are guessed, each cell is asked whatever a second reader says."""
    table = block.table
    if table is None:
        return bool(block.doubts)
    return not table.doubts and (bool(block.doubts) or any(s.doubt and s.kind == "text" for s in table.spots))


def _compare(page: Page, tables: Sequence[Table], seen: Opinion) -> None:
    places: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in seen.glyphs:
        places[int(glyph.cx / CELL), int(glyph.cy / CELL)].append(glyph)
    for table in tables:
        for spot in table.spots:
            if spot.glyphs and spot.kind == "text":
                _compare_cell(spot, page, places)
        rival = next((t for t in seen.tables if _same_box(t[0], table.box)), None)
        if rival and table.kind == "ruled" and (rival[1], rival[2]) != (table.rows, table.cols) and not table.doubts:
            table.doubts.append(grid_doubt("opinions"))


def _same_box(one: Box, two: Box) -> bool:
    return all(abs(a - b) <= SAME for a, b in zip(one, two))


def _compare_cell(spot: Spot, page: Page, places: dict[tuple[int, int], list[Glyph]]) -> None:
    """Character by character where it stands. Agreement lifts a doubt about the font, nothing else."""
    pairs = [(g, _match(g, places)) for g in spot.glyphs]
    if all(other is None for _, other in pairs):
        return                                          # the second reader cannot see this font at all
    if all(other is not None and _alike(g.char, other.char) for g, other in pairs):
        if spot.doubt == doubt("font"):
            spot.doubt, spot.suggestion = "", ""
        return
    known = "".join(other.char if other else g.char for g, other in pairs)
    if not spot.doubt:
        spot.doubt = doubt("opinions")
    if not spot.suggestion and "cid:" not in known and UNREADABLE not in known:
        spot.suggestion = known


def _match(glyph: Glyph, places: dict[tuple[int, int], list[Glyph]]) -> Glyph | None:
    """The second reader's character at this place, the nearest one; an equal one first."""
    x, y = int(glyph.cx / CELL), int(glyph.cy / CELL)
    near = [g for i in (x - 1, x, x + 1) for j in (y - 1, y, y + 1) for g in places.get((i, j), ())
            if abs(g.cx - glyph.cx) <= NEAR[0] * glyph.height and abs(g.cy - glyph.cy) <= NEAR[1] * glyph.height]
    return min(near, key=lambda g: (not _alike(glyph.char, g.char), abs(g.cx - glyph.cx) + abs(g.cy - glyph.cy)), default=None)


def _alike(one: str, two: str) -> bool:
    return one == two or _plain(one) == _plain(two)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(map(repair, text)))
