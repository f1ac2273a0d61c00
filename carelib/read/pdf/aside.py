"""What is set aside from a page's text: strokes through text, watermarks, text that nobody sees, annotations."""
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from carelib.read.pdf.cells import Spot
from carelib.read.pdf.characters import UNREADABLE
from carelib.read.pdf.geometry import Glyph, Rule, bounds
from carelib.read.pdf.lines import em, line_text, split_lines
from carelib.read.pdf.page import Page
from carelib.read.pdf.words import doubt

EDGE = 1.5                      # em: the last character of a text that runs over the page's edge stands this near to it
OVERHANG = 0.4                  # em: how far a stroke may reach past the text that it strikes out


def split_strikes(across: Sequence[Rule], glyphs: Sequence[Glyph]) -> tuple[list[Rule], list[Rule]]:
    """(rules, strokes through text): a stroke runs through the middle of the text that it covers, and no further."""
    order = sorted(glyphs, key=lambda g: g.cy)
    middles = [g.cy for g in order]
    rules, strikes = [], []
    for rule in across:
        low = bisect_left(middles, rule.at - 12.0)
        through = []
        for glyph in order[low:]:
            if glyph.cy > rule.at + 12.0:
                break
            if glyph.top + 0.25 * glyph.height < rule.at < glyph.bottom - 0.25 * glyph.height \
                    and rule.start - 1.0 <= glyph.cx <= rule.end + 1.0:
                through.append(glyph)
        (strikes if _covers(rule, through) else rules).append(rule)
    return rules, strikes


def _covers(rule: Rule, through: Sequence[Glyph]) -> bool:
    if not through:
        return False
    ink = bounds(through)
    reach = OVERHANG * em(through[0])
    width = sum(g.x1 - g.x0 for g in through)
    return width >= 0.6 * (rule.end - rule.start) and rule.start >= ink.x0 - reach and rule.end <= ink.x1 + reach


def strike(spots: Iterable[Spot], strikes: Sequence[Rule]) -> None:
    """Marks cells that are struck out as a whole; one that is struck out in part is doubted."""
    for spot in spots:
        struck = [g for g in spot.glyphs if any(
            g.top + 0.2 * g.height < r.at < g.bottom - 0.2 * g.height and r.start - 1.0 <= g.cx <= r.end + 1.0
            for r in strikes)]
        if struck and len(struck) == len(spot.glyphs):
            spot.struck = True
        elif struck:
            left = [g for g in spot.glyphs if g not in struck]
            spot.doubt = spot.doubt or doubt("half_struck")
            spot.suggestion = spot.suggestion or "".join(line_text(line) for line in split_lines(left))


def finish(spots: Sequence[Spot], page: Page, strikes: Sequence[Rule]) -> None:
    """Fields, unreadable characters, strokes: what is known of a cell's glyphs becomes known of the cell."""
    if strikes:
        strike(spots, strikes)
    _cut_by_edge(spots, page)
    if not page.entries and not page.doubted:
        for spot in spots:
            if UNREADABLE in spot.text:
                spot.doubt = spot.doubt or doubt("unreadable")
        return
    for spot in spots:
        runs = {g.run for g in spot.glyphs}
        for run in runs & page.entries.keys():
            entry = page.entries[run]
            spot.kind = "ocr" if entry.kind == "ocr" else "field"
            spot.confidence = min(spot.confidence, entry.confidence)
            if entry.doubt and not spot.doubt:
                spot.doubt, spot.suggestion = entry.doubt, entry.suggestion
        if UNREADABLE in spot.text:
            spot.doubt = spot.doubt or doubt("unreadable")
        elif page.doubted and runs & page.doubted:
            spot.doubt = spot.doubt or doubt("font")


def _cut_by_edge(spots: Sequence[Spot], page: Page) -> None:
    """Asks about cells at the edge of the page whose text was drawn on beyond it."""
    beyond = {g.run for g in page.unseen if not page.box.holds(g.cx, g.cy)}
    for spot in spots if beyond else ():
        if not spot.doubt and any(g.run in beyond and min(g.x0, g.top, page.width - g.x1, page.height - g.bottom) < EDGE * em(g)
                                  for g in spot.glyphs):
            spot.doubt, spot.suggestion = doubt("cut"), spot.suggestion or spot.text


def apart(page: Page, glyphs: Sequence[Glyph]) -> list[tuple[str, str]]:
    """(place, text) of glyphs that are no content, one for each drawing operation."""
    out: list[tuple[str, str]] = []
    group: list[Glyph] = []
    for glyph in [*glyphs, None]:
        if group and (glyph is None or glyph.run != group[-1].run):
            out.append((page.place(bounds(group).clip(page.box)), "".join(g.char for g in group)))
            group = []
        if glyph is not None:
            group.append(glyph)
    return out
