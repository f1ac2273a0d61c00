"""Form fields and typed annotations as text on the page.

A field's value becomes one `Glyph` that holds the whole text, so that tables and lines take it like any other text; its run
is negative, and `Entry` tells what is known about it.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from carelib.read import marks
from carelib.read.pdf.geometry import Box, Glyph, Rule
from carelib.read.pdf.page import Entry, Page
from carelib.read.pdf.pdfium import Char, Widget
from carelib.read.pdf.words import doubt, squeeze

LINE = 14.0                     # points: a field of one line is not taken to be higher
PAD = 2.0                       # points: text begins and ends this far within its field
TICKED, EMPTY = "☑", "□"
BOXES = set("□☐☑☒■▢◻○●◯〇")     # printed boxes that a check box lies on
TYPED = 3                       # from so many typed annotations in tables on, the form was filled in that way


def enter(page: Page, widgets: Iterable[Widget], painted: Sequence[Char] = ()) -> None:
    """Puts the values of fields and typed annotations on the page; other annotations are set aside.

    `painted`: the page's characters with its fields painted on it; where they say something else, the field is doubted.
    """
    own = {(g.char, round(g.cx), round(g.cy)) for g in page.glyphs}
    shown = [c for c in painted if (chr(c.code), round((c.box[0] + c.box[2]) / 2), round((c.box[1] + c.box[3]) / 2)) not in own]
    for widget in widgets:
        if widget.kind in ("link", "button", "signature") or widget.box.width <= 0:
            continue
        if widget.kind in ("check", "radio"):
            if not widget.hidden:
                _tick(page, widget)
            continue
        text = marks.clean(widget.text)
        if widget.kind in ("text", "choice", "free") and text and not widget.hidden:
            _write(page, widget, text, shown)
        elif widget.kind == "strike":
            middle = (widget.box.top + widget.box.bottom) / 2
            page.strokes.append(Rule(middle, widget.box.x0, widget.box.x1))
        elif text:
            page.aside.append((page.place(widget.box.clip(page.box)), text))


def _tick(page: Page, widget: Widget) -> None:
    """A check box: the printed box beneath it, if there is one, gives way."""
    under = [g for g in page.glyphs if g.char in BOXES and widget.box.holds(g.cx, g.cy, 2.0)]
    page.glyphs = [g for g in page.glyphs if g not in under]
    page.twins += under
    box = Box(*under[0][1:5]) if under else widget.box
    _add(page, Entry("field", TICKED if widget.checked else EMPTY), box)


def _write(page: Page, widget: Widget, text: str, shown: Sequence[Char]) -> None:
    pad = min(PAD, widget.box.width / 8)                    # fields that touch are two cells
    box = Box(widget.box.x0 + pad, widget.box.top, widget.box.x1 - pad, widget.box.bottom)
    if "\n" not in text and box.height > LINE:
        middle = (box.top + box.bottom) / 2
        box = Box(box.x0, middle - LINE / 2, box.x1, middle + LINE / 2)
    if widget.kind == "free":
        _add(page, Entry("annotation", text, doubt("annotation"), text), box)
        return
    seen = "".join(chr(c.code) for c in shown
                   if widget.box.holds((c.box[0] + c.box[2]) / 2, (c.box[1] + c.box[3]) / 2) and c.code > 32)
    if seen and sorted(squeeze(seen)) != sorted(squeeze(text)):
        _add(page, Entry("field", text, doubt("appearance"), text), box)
    else:
        _add(page, Entry("field", text), box)


def _add(page: Page, entry: Entry, box: Box) -> None:
    run = -1 - len(page.entries)
    page.entries[run] = entry
    page.glyphs.append(Glyph(entry.text, *box, run))


def trust_typed(entries: dict[int, Entry]) -> dict[int, Entry]:
    """Where a form was evidently filled in with typed annotations, they are its content."""
    typed = [run for run, e in entries.items() if e.kind == "annotation"]
    if len(typed) < TYPED:
        return entries
    return {run: Entry("field", e.text) if e.kind == "annotation" else e for run, e in entries.items()}
