"""A picture of a page to a `Page` of the PDF reader: its rules and, as glyphs, what was recognised.

From there on scans and text go the same way: the same grids, the same lines around them, the same joining of pages.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from carelib.read.pdf import ruled
from carelib.read.pdf.characters import UNREADABLE
from carelib.read.pdf.geometry import Box, Glyph, Rule
from carelib.read.pdf.page import Entry, Page
from carelib.read.scan import boxes, grid, hand, image, ink, ocr, rowcheck, written
from carelib.read.scan.ink import Strip
from carelib.read.scan.words import doubt, grid_doubt, thing
from carelib.read.scan.written import Placed

POINT = 72 / image.DPI          # points a pixel
SURE = 0.5                      # a word below this probability does not speak for a legible page
LEGIBLE = 0.4                   # share of sure words from which on a page counts as legible
LEAST_BOX = 6.0                 # points: a cell is not smaller
CLOSE = 3.0                     # pixels between writing and the middle of a dashed rule
CUT = 0.45                      # what writing is believed at most of which a stroke may lie under a rule
STEADY = 0.85                   # a character below this probability wavers
WAVERING, SMUDGED = 0.03, 0.06  # share of such characters from which on only what is certain is believed, nothing is
CERTAIN, ENOUGH = 0.99, 40      # … with this probability; so many characters say something about the page
UNSURE = 0.09                   # share of characters that are not certain, from which on the same holds
STAMPED, SEALED = 0.03, 0.84    # share of a line that a seal covers, from which on it is believed no more than that
ALONE = 0.8                     # what a nought, tick or cross that stands alone is believed at most if its ink does not fit
BLOT = 40                       # pixels of ink: less is dust
CROSS = 5                       # pixels from a rule's middle to the ink beside it
AROUND, SHADE, TILTED = 0.12, 0.28, 2.0     # photos: surroundings, uneven light, tilt with surroundings


class Illegible(Exception):
    """The page cannot be read; `args[0]` names the reason in reading_scan.toml."""


@dataclass
class ScannedPage(Page):
    """A page whose positions are those of the straightened picture; places are those of the page as seen."""
    frame: image.Frame | None = None
    scale: tuple[float, float] = (POINT, POINT)             # points of the page as seen, a pixel of its picture

    def place(self, box: Box) -> str:
        """Contract §5: 'p2@x0,top,x1,bottom' on the page as seen."""
        return self._place([c / POINT for c in box])

    def _place(self, box: Sequence[float]) -> str:
        x0, top, x1, bottom = box
        corners = np.asarray([(x0, top), (x1, top), (x0, bottom), (x1, bottom)])
        seen = corners if self.frame is None else self.frame.to_source(corners)
        low, high = np.maximum(seen.min(axis=0), 0) * self.scale, seen.max(axis=0) * self.scale
        return f"p{self.number}@{low[0]:.1f},{low[1]:.1f},{high[0]:.1f},{high[1]:.1f}"

    def upright(self) -> Page:
        """It was turned when it was read."""
        return self


def read_page(rgb: np.ndarray, number: int, scale: tuple[float, float] = (POINT, POINT)) -> ScannedPage:
    """The page of a picture at 200 dpi. Raises `Illegible`."""
    cv2.setNumThreads(1)
    clean = image.clean(rgb)
    if clean.outside > AROUND or clean.shade > SHADE:
        raise Illegible("photo")
    frame = image.Frame(rgb.shape[1], rgb.shape[0], quarter_of(clean.grey, clean.ink))
    frame = _tilted(frame, clean)
    if clean.outside > 0.03 and abs(frame.angle) > TILTED:
        raise Illegible("photo")
    grey, mask, rules = _straight(frame, clean)
    page = ScannedPage(number, frame.size[0] * POINT, frame.size[1] * POINT, frame=frame, scale=scale, unruled=doubt("unruled"))
    blue, seal = (None if m is None else frame.straighten(m * 255, 0) > 127 for m in (clean.blue, clean.seal))
    _Reader(page, grey, mask, rules, blue, seal).read()
    _set_marks_aside(page, clean)
    if rules.uneven:
        page.doubts.append(grid_doubt("columns"))
    return page


def _tilted(frame: image.Frame, clean: image.Clean) -> image.Frame:
    turned = np.ascontiguousarray(np.rot90(clean.ink, -frame.quarter)) if frame.quarter else clean.ink
    return image.Frame(*frame.source, frame.quarter, image.skew_of(turned))


def _straight(frame: image.Frame, clean: image.Clean) -> tuple[np.ndarray, np.ndarray, grid.Rules]:
    """Grey, ink and rules of the straightened page; bent rules are made flat."""
    def look() -> tuple[np.ndarray, np.ndarray, grid.Rules]:
        grey = frame.straighten(clean.grey).copy()
        fills = image.invert_fills(grey)
        mask = image.ink_of(grey)
        return grey, mask, grid.find(mask, fills, grey)
    seen = look()
    frame.bend = image.Bend.fit(frame.size, *seen[2].traces)
    return seen if frame.bend is None else look()


def quarter_of(grey: np.ndarray, mask: np.ndarray) -> int:
    """Quarter turns clockwise that bring the writing upright: a few lines are tried in all directions.

    Characters stacked one above the other can be read in a page that lies on its side too: the direction counts in which
    lines are longest and surest.
    """
    scores = []
    for quarter in (0, 1, 3, 2):
        lines = _sample(np.ascontiguousarray(np.rot90(grey, -quarter)), np.ascontiguousarray(np.rot90(mask, -quarter)))
        chars = [c.probability for line in ocr.read_lines(lines) for c in line]
        score = sum(p * p for p in chars)
        if quarter == 0 and len(chars) >= 7 * len(lines) > 0 and score > 0.93 * len(chars):
            return 0
        scores.append((score * score / max(len(chars), 1), quarter))
    best = max(scores)
    return best[1] if best[0] > 1.2 * scores[0][0] else 0


def _sample(grey: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
    """A few pieces that look like lines of writing, from all over the page."""
    rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, grid.LEAST), np.uint8)) \
        | cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((grid.LEAST, 1), np.uint8))
    rest = mask & ~cv2.dilate(rules, np.ones((5, 5), np.uint8))
    runs = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((1, 19), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(runs)
    fitting = [s for s in stats[1:] if 14 <= s[3] <= 60 and 2.5 * s[3] <= s[2] <= 14 * s[3] and s[4] > 0.35 * s[2] * s[3]]
    fitting.sort(key=lambda s: -int(s[2]) / int(s[3]))
    chosen = sorted(fitting[:len(fitting) // 2 + 4], key=lambda s: (int(s[1]), int(s[0])))
    chosen = chosen[::max(1, len(chosen) // 6)][:7]
    return [grey[max(0, y - 3):y + h + 3, max(0, x - 4):x + w + 4] for x, y, w, h, _ in (map(int, s) for s in chosen)]


class _Reader:
    """The work on one straight page."""

    def __init__(self, page: ScannedPage, grey: np.ndarray, mask: np.ndarray, rules: grid.Rules,
                 blue: np.ndarray | None = None, seal: np.ndarray | None = None) -> None:
        self.page, self.rules = page, rules
        zone = rules.zone if rules.zone is not None else np.zeros_like(mask)
        self.ink = ink.pieces(mask, grey, zone, zone if rules.own is None else rules.own)
        self.seated = rowcheck.Cells(gapped=bool(rules.broken))
        self.cells = self.seated.boxes          # pixels
        self.homes = np.full(len(self.ink.stats), -1)
        self.blue, self.seal = blue, seal
        self.read_as: list[float] = []          # the confidence of every word
        self.least, self.smudged = 0.0, False   # what is less sure than that is not believed; nothing is

    def read(self) -> None:
        self._place_pieces()
        groups = self._groups()
        self.height = ink.usual_height(self.ink, [g for g in groups[:-1] if len(g)] or [groups[-1]])
        strips: list[Strip] = []
        for home, members in enumerate(groups[:-1]):
            strips += self._cell_strips(members, home)
        strips += self._outside_strips(groups[-1])
        self._doubt_crossing(strips)
        rowcheck.doubt(strips, self.seated, self.height)
        self._doubt_pens(strips)
        read = self._recognised(strips)
        waver = [hand.unsteady(strip, placed, self.height) if strip.home >= 0 else None for strip, placed in zip(strips, read)]
        parted = [written.words(placed, written.letter_size(strip)) for strip, placed in zip(strips, read)]
        self._doubt_page([word for strip, (found, _) in zip(strips, parted) if strip.home >= 0 for word in found])
        for strip, placed, (found, dust), by_hand in zip(strips, read, parted, hand.written_by_hand(waver)):
            if by_hand and strip.home >= 0:
                strip.doubts.append("hand")
            if ink.is_crowded(strip, placed, self.height):
                strip.doubts.append("crowded")
            if self.smudged and strip.home >= 0:
                strip.doubts.append("smudged")
            self._write(strip, found)
            for speck in dust:
                self.page.inks.append((self.page._place((speck.x0, strip.box.top, speck.x1, strip.box.bottom)), thing("blot")))
        self._check_legible()

    def _doubt_page(self, found: Sequence[written.Word]) -> None:
        """Where many characters of the tables waver, also those that do not are believed less, or not at all: the ink has run,
        or it is written by hand. (Specks are single characters, and say nothing about the writing.)"""
        chars = [char.probability for word in found if len(word.chars) > 1 for char in word.chars]
        if len(chars) < ENOUGH:
            return
        share, unsure = (sum(p < limit for p in chars) / len(chars) for limit in (STEADY, CERTAIN))
        self.least = CERTAIN if share >= WAVERING or unsure >= UNSURE else 0.0
        self.smudged = share >= SMUDGED
        if self.smudged:
            self.page.doubts.append(grid_doubt("smudged"))

    def _recognised(self, strips: Sequence[Strip]) -> list[list[Placed]]:
        """The characters of every line; lines with boxes to tick are read once more between the boxes."""
        read = ocr.read_lines([s.picture for s in strips])
        out = [boxes.unseen(written.place(strip, chars)) for strip, chars in zip(strips, read)]
        ticked = {}
        for i, (strip, chars) in enumerate(zip(strips, read)):
            squares = boxes.find(strip, self.height)
            if squares and (squares := boxes.confirmed(squares, chars, len(strip.columns))):
                ticked[i] = squares
        pieces = [(i, piece) for i, squares in ticked.items() for piece in boxes.between(strips[i], squares)]
        for i, squares in ticked.items():
            out[i] = [s.placed(strips[i].left) for s in squares]
        for (i, piece), chars in zip(pieces, ocr.read_lines([piece.picture for _, piece in pieces])):
            out[i] += boxes.unseen(written.place(piece, chars))
        return [sorted(placed, key=lambda c: c.x0) for placed in out]

    def _place_pieces(self) -> None:
        """Cells from the rules; every piece of ink to the cell of its centre."""
        centres = self.ink.centres[1:]
        spots = [(float(x) * POINT, float(y) * POINT) for x, y in centres]
        across = [Rule(r.at * POINT, r.start * POINT, r.end * POINT) for r in self.rules.across]
        down = [Rule(r.at * POINT, r.start * POINT, r.end * POINT) for r in self.rules.down]
        used: set[Rule] = set()
        for number, lattice in enumerate(ruled.find(across, down, spots)):
            owner = np.full((lattice.rows, lattice.cols), -1)
            for cell in lattice.cells():
                owner[cell.row:cell.row + cell.row_span, cell.col:cell.col + cell.col_span] = len(self.cells)
                self.seated.add(Box(*(c / POINT for c in cell.box)), rowcheck.Seat(number, cell.row, cell.row_span, cell.col),
                                [y / POINT for y in lattice.ys[cell.row + 1:cell.row + cell.row_span]])
            cols = np.searchsorted(lattice.xs, centres[:, 0] * POINT, side="right") - 1
            rows = np.searchsorted(lattice.ys, centres[:, 1] * POINT, side="right") - 1
            inside = (cols >= 0) & (cols < lattice.cols) & (rows >= 0) & (rows < lattice.rows)
            self.homes[1:][inside] = owner[rows[inside], cols[inside]]
            self.page.across += lattice.across
            self.page.down += lattice.down
            used |= {*lattice.across, *lattice.down}
        self.page.across += [r for r in ruled.tidy(across) if r not in used]
        self.page.down += [r for r in ruled.tidy(down) if r not in used]

    def _groups(self) -> list[np.ndarray]:
        """The pieces of every cell, and last those outside."""
        order = np.argsort(self.homes[1:], kind="stable") + 1
        sorted_homes = self.homes[order]
        edges = np.searchsorted(sorted_homes, np.arange(-1, len(self.cells) + 1))
        parts = [order[a:b] for a, b in zip(edges, edges[1:])]
        return [*parts[1:], parts[0]]

    def _cell_strips(self, members: np.ndarray, home: int) -> list[Strip]:
        if not len(members):
            return []
        members = members[~ink.is_dust(self.ink, members, self.height)]
        drawn = ink.is_drawing(self.ink, members, self.height)
        found = ink.strips(self.ink, members[~drawn], home, self.height)
        for m in members[drawn]:
            self._aside(m)
            x, y, w, h, area = (float(v) for v in self.ink.stats[m])
            for strip in found:
                if area >= BLOT and Box(x - self.height, y, x + w + self.height, y + h).shared(strip.box) > 0:
                    strip.doubts.append("covered")
        return found

    def _outside_strips(self, members: np.ndarray) -> list[Strip]:
        members = members[self.ink.stats[members][:, 4] >= ink.SPECK] if len(members) else members
        if not len(members):
            return []
        drawn = ink.is_drawing(self.ink, members, self.height)
        for m in members[drawn]:
            self._aside(m)
        out: list[Strip] = []
        for group in ink.group_outside(self.ink, members[~drawn], self.height):
            kept = group[~ink.is_dust(self.ink, group, self.height)]
            out += ink.strips(self.ink, kept, -1, self.height)
        return _levelled(out, self.height)

    def _doubt_crossing(self, strips: Sequence[Strip]) -> None:
        """Writing that runs through the rule between two cells belongs to neither for certain."""
        labels = self.ink.labels
        crossed: set[int] = set()
        for rule in self.rules.down:
            left, right = int(round(rule.at)) - CROSS, int(round(rule.at)) + CROSS
            if left < 0 or right >= labels.shape[1]:
                continue
            one, two = labels[int(rule.start):int(rule.end), left], labels[int(rule.start):int(rule.end), right]
            both = np.nonzero((one > 0) & (two > 0))[0]
            pairs, counts = np.unique(np.stack([one[both], two[both]]), axis=1, return_counts=True)
            for (a, b), rows in zip(pairs.T.tolist(), counts.tolist()):
                tall = min(self.ink.stats[a][3], self.ink.stats[b][3]) >= 0.3 * self.height
                if rows >= 2 and tall and self.homes[a] != self.homes[b]:
                    crossed |= {int(self.homes[a]), int(self.homes[b])}
        for strip in strips:
            if strip.home >= 0 and strip.home in crossed:
                strip.doubts.append("crossing")

    def _doubt_pens(self, strips: Sequence[Strip]) -> None:
        """Blue writing on a page printed in black was written by hand."""
        if self.blue is None:
            return
        inked = self.ink.labels > 0
        if float(self.blue[inked].mean()) > 0.5:
            return
        for strip in strips:
            x0, top, x1, bottom = (int(c) for c in strip.box)
            part = inked[top:bottom, x0:x1]
            if part.any() and float(self.blue[top:bottom, x0:x1][part].mean()) >= 0.5:
                strip.doubts.append("hand")

    def _aside(self, piece: int) -> None:
        x, y, w, h, area = (float(v) for v in self.ink.stats[piece])
        if area >= BLOT:
            self.page.inks.append((self.page._place((x, y, x + w, y + h)), thing("blot")))

    def _write(self, strip: Strip, found: Sequence[written.Word]) -> None:
        """The words of a line as glyphs of the page; ink that is no character stays as such."""
        box = strip.box
        if not found:
            if strip.home < 0:
                self.page.inks.append((self.page._place(box), thing("blot")))
            elif max(box.width, box.height) >= 0.35 * self.height:
                run = self._run(Entry("ocr", UNREADABLE, doubt("illegible"), "", 0.0))
                self.page.glyphs.append(self._glyph(UNREADABLE, box.x0, box.x1, box, strip, run))
            return
        self.read_as += [word.confidence for word in found]
        for word in found:
            why = doubt(strip.doubts[0]) if strip.doubts else ""
            ceiling = self._ceiling(strip, word.text) if word.confidence >= self.least else CUT
            run = self._run(Entry("ocr", word.text, why, confidence=round(min(word.confidence, ceiling), 4)))
            for char in word.chars:
                self.page.glyphs.append(self._glyph(char.text, char.x0, char.x1, box, strip, run))

    def _ceiling(self, strip: Strip, text: str) -> float:
        """What a word of a line is believed at most."""
        if strip.cut or any(min(abs(r.at - strip.box.top), abs(r.at - strip.box.bottom)) <= CLOSE and r.start < strip.box.x1
                            and r.end > strip.box.x0 for r in self.rules.broken):
            return CUT
        if text in ocr.LONELY and not ink.fits_alone(strip, text, self.height):
            return ALONE
        x0, top, x1, bottom = (int(c) for c in strip.box)
        sealed = self.seal is not None and float(self.seal[top:bottom, x0:x1].mean()) >= STAMPED
        return SEALED if sealed else 1.0

    def _run(self, entry: Entry) -> int:
        run = len(self.page.entries) + 1
        self.page.entries[run] = entry
        return run

    def _glyph(self, text: str, x0: float, x1: float, box: Box, strip: Strip, run: int) -> Glyph:
        """A glyph with the loose box that fonts have, inside its cell."""
        room = max(0.06 * box.height, (0.9 * self.height - box.height) / 2)
        loose = Box(x0, box.top - room, x1, box.bottom + room)
        if strip.home >= 0:
            loose = loose.clip(self.cells[strip.home])
        return Glyph(text, *(c * POINT for c in loose), run)

    def _check_legible(self) -> None:
        if self.read_as and sum(c >= SURE for c in self.read_as) < LEGIBLE * len(self.read_as):
            raise Illegible("illegible")


def _levelled(strips: list[Strip], height: float) -> list[Strip]:
    """Pieces of one line of writing get the same top and bottom."""
    out: list[Strip] = []
    for strip in sorted(strips, key=lambda s: s.box.top + s.box.bottom):
        middle = (strip.box.top + strip.box.bottom) / 2
        mates = [s for s in out if abs((s.box.top + s.box.bottom) / 2 - middle) <= 0.4 * max(height, min(s.box.height, strip.box.height))]
        if mates:
            top, bottom = min(s.box.top for s in [*mates, strip]), max(s.box.bottom for s in [*mates, strip])
            for s in [*mates, strip]:
                s.box = s.box._replace(top=top, bottom=bottom)
        out.append(strip)
    return out


def _set_marks_aside(page: ScannedPage, clean: image.Clean) -> None:
    for mark in clean.marks:
        x0, top, x1, bottom = (c * s for c, s in zip(mark.box, (*page.scale, *page.scale)))
        page.inks.append((f"p{page.number}@{x0:.1f},{top:.1f},{x1:.1f},{bottom:.1f}", thing(mark.kind)))
