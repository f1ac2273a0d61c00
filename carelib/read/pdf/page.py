"""A page ready to be understood: its glyphs, rules, fills and what was set aside.

Conservation: every glyph of the page stands in exactly one of `glyphs`, `watermark`, `unseen`, `clipped`, `twins`.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from carelib.read.pdf.geometry import Box, Glyph, Rule, turn_box, turn_glyph


class Entry(NamedTuple):
    """What is known of a run: a form field or typed annotation (one glyph with its whole text), or a recognised word."""
    kind: str                   # 'field' | 'annotation' | 'ocr'
    text: str
    doubt: str = ""
    suggestion: str = ""
    confidence: float = 1.0     # of the weakest character


@dataclass
class Page:
    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)            # horizontal rules
    down: list[Rule] = field(default_factory=list)              # vertical rules
    fills: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    watermark: list[Glyph] = field(default_factory=list)        # oblique text
    unseen: list[Glyph] = field(default_factory=list)           # text that the page does not show
    clipped: list[Glyph] = field(default_factory=list)          # text that lies wholly outside the box it is clipped to
    twins: list[Glyph] = field(default_factory=list)            # the same character a second time in the same spot
    doubted: frozenset[int] = frozenset()                       # runs in fonts that do not say which characters they show
    clips: dict[int, Box] = field(default_factory=dict)         # run -> the box that it is clipped to
    entries: dict[int, Entry] = field(default_factory=dict)     # negative run -> the form field or annotation it comes from;
                                                                # on a scan: run -> the recognised word
    strokes: list[Rule] = field(default_factory=list)           # strokes through text
    aside: list[tuple[str, str]] = field(default_factory=list)  # (place, text) of annotations
    inks: list[tuple[str, str]] = field(default_factory=list)   # the same of ink on a scan that is no text: seals, blots
    doubts: list[str] = field(default_factory=list)             # about the tables of a scan as a whole
    unruled: str = ""                                           # what is asked of cells on a scan that no rules part
    drawn: int = 0                                              # paths that are neither rules nor fills (text as outlines)
    exhausted: bool = False                                     # more was drawn than was looked at
    turned: int = 0                                             # quarter turns clockwise that brought the text upright

    @property
    def box(self) -> Box:
        return Box(0.0, 0.0, self.width, self.height)

    def place(self, box: Box) -> str:
        """Contract §5: 'p2@x0,top,x1,bottom' on the page as seen."""
        if self.turned:
            box = turn_box(box, -self.turned, self.width, self.height)
        return "p{}@{:.1f},{:.1f},{:.1f},{:.1f}".format(self.number, *box)

    def turn(self, quarter: int) -> Page:
        """The page turned clockwise; `place` still answers for the page as seen."""
        if quarter % 4 == 0:
            return self
        w, h = self.width, self.height

        def boxes(items: list[Box]) -> list[Box]:
            return [turn_box(b, quarter, w, h) for b in items]

        def glyphs(items: list[Glyph]) -> list[Glyph]:
            return [turn_glyph(g, quarter, w, h) for g in items]

        flat = boxes([Box(r.start, r.at, r.end, r.at) for r in self.across])
        steep = boxes([Box(r.at, r.start, r.at, r.end) for r in self.down])
        if quarter % 2:
            flat, steep = steep, flat
        return replace(
            self, width=h if quarter % 2 else w, height=w if quarter % 2 else h, turned=(self.turned + quarter) % 4,
            glyphs=glyphs(self.glyphs), watermark=glyphs(self.watermark), unseen=glyphs(self.unseen),
            clipped=glyphs(self.clipped), twins=glyphs(self.twins), across=[Rule(b.top, b.x0, b.x1) for b in flat],
            down=[Rule(b.x0, b.top, b.bottom) for b in steep], fills=boxes(self.fills), images=boxes(self.images),
            clips={run: turn_box(b, quarter, w, h) for run, b in self.clips.items()})

    def upright(self) -> Page:
        """The page turned so that most of its text is upright."""
        counts = [0, 0, 0, 0]
        for glyph in self.glyphs:
            counts[glyph.turn] += 1
        most = counts.index(max(counts))
        return self.turn(4 - most) if counts[most] > 2 * counts[0] else self
