"""From what a page paints to a `Page`: glyphs sorted into shown, oblique, unseen and doubled; paths into rules and fills."""
from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from carelib.read.pdf.characters import Fonts
from carelib.read.pdf.geometry import Box, Glyph, Rule, bounds
from carelib.read.pdf.page import Page
from carelib.read.pdf.pdfium import IMAGE, TEXT, THIN, Char, Painted, RawPage

STRAIGHT = 0.7                  # a stroke further off its axis is no rule
BAR = 4.5                       # a filled shape up to this thick and eight times as long is a thick rule
OBLIQUE = 0.02                  # radians off the axes (modulo 90°)
UNSEEN_MODES = (3, 7)           # text render modes that paint nothing
UP, DOWN = 0.88, 0.12           # em: how far a character's body reaches above and below its baseline
TINY = 2.0                      # points: smaller text is not seen by anyone
PALE = 240                      # a colour with no channel below it is white
DOTS, LEADER = frozenset(".·•․‧…"), 6       # so many dots in a row are no text
INK = 24                        # grey levels between the lightest and darkest pixel where something is to be seen


@dataclass(slots=True)
class Run:
    """A text object: how and when it is painted, and in which font."""
    number: int
    order: int
    painted: Painted
    font: int
    font_name: str


def gather(raw: RawPage, number: int) -> Page:
    """Everything that the page shows, in display coordinates."""
    page = Page(number, raw.width, raw.height)
    runs, shapes = _objects(raw, page)
    page.exhausted = raw.exhausted
    fonts = Fonts()
    shown: list[Glyph] = []
    nowhere = Run(0, 0, Painted(TEXT, page.box), 0, "")
    upright = raw.turns == 0
    for char in raw.chars():
        run = runs.get(char.owner, nowhere)
        letter = fonts.read(char.code, char.unmapped, run.font, run.font_name)
        if letter is None:
            continue
        if upright and not char.angle:
            shown.append(Glyph(letter, *_body(raw, char, letter, run, 0), run.number))
            continue
        turn, oblique = _direction(raw, char)
        glyph = Glyph(letter, *_body(raw, char, letter, run, turn), run.number, turn)
        (page.watermark if oblique else shown).append(glyph)
    shown = _split_clipped(page, list(_surrogates(shown)))
    by_number = {r.number: r for r in runs.values()}
    doubted = fonts.doubted(lambda: Counter(by_number[g.run].font for g in shown if g.run in by_number))
    page.doubted = frozenset(r.number for r in runs.values() if r.font in doubted)
    seen = _split_unseen(raw, page, shown, by_number, shapes)
    kept, page.twins = _split_twins(seen)
    page.glyphs = _split_leaders(page, kept)
    return page


def _split_leaders(page: Page, glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs without rows of dots that lead from one value to the next, or to be written on; these are set aside."""
    if sum(g.char in DOTS for g in glyphs) < LEADER:
        return glyphs
    out: list[Glyph] = []
    dots: list[Glyph] = []
    for glyph in [*glyphs, None]:
        more = glyph is not None and glyph.char in DOTS
        if more and dots and abs(glyph.cy - dots[-1].cy) < 1.0 and 0 <= glyph.x0 - dots[-1].x0 <= 2 * glyph.height:     # type: ignore[union-attr]
            dots.append(glyph)                                                                                          # type: ignore[arg-type]
            continue
        if len(dots) >= LEADER:
            page.inks.append((page.place(bounds(dots)), "".join(g.char for g in dots)))
        else:
            out += dots
        dots = [glyph] if more and glyph else []
        out += [glyph] if glyph and not more else []
    return out


def _objects(raw: RawPage, page: Page) -> tuple[dict[int | None, Run], list[tuple[int, Painted]]]:
    """Text objects by address, and the filled shapes and images with their order of painting; rules go to the page."""
    runs: dict[int | None, Run] = {}
    shapes: list[tuple[int, Painted]] = []
    names: dict[int, str] = {}
    for order, thing in enumerate(raw.objects()):
        if thing.kind == TEXT:
            font = raw.font_of(thing.address)
            if font not in names:
                names[font] = raw.font_name(thing.address)
            runs[thing.address] = Run(len(runs) + 1, order, thing, font, names[font])
            clip = raw.clip(thing.address)
            if clip and not page.box.inside(clip, 1.0):
                page.clips[len(runs)] = clip
        elif thing.kind == IMAGE:
            shapes.append((order, thing))
            _add_image(page, thing.box)
        elif not thing.paths:
            if thing.colour and thing.colour[3] > 0:
                _add_bar(page, thing.box)
        else:
            _add_path(page, thing)
            if thing.colour and thing.colour[3] >= PALE:
                shapes.append((order, thing))
    return runs, shapes


def _add_image(page: Page, box: Box) -> None:
    if min(box.width, box.height) < THIN:
        _add_bar(page, box)
    else:
        page.images.append(box)


def _add_path(page: Page, path: Painted) -> None:
    """Rules and fills out of a path: straight strokes, thin filled shapes, filled rectangles."""
    stroked = path.stroke is not None and path.stroke[3] > 0
    filled = path.colour is not None and path.colour[3] > 0
    for points, curved in path.paths:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        if stroked and not curved and path.width <= 2 * BAR:
            _add_strokes(page, points)
        elif stroked and max(box) > 0:
            half = path.width / 2
            thick = Box(box.x0 - half * (box.width < half), box.top - half * (box.height < half),
                        box.x1 + half * (box.width < half), box.bottom + half * (box.height < half))
            (_add_bar if min(thick.width, thick.height) < THIN else _add_fill)(page, thick)
        if filled:
            thin, long = sorted((box.width, box.height))
            if thin < THIN or (thin <= BAR and long >= 8 * thin and not curved):
                _add_bar(page, box)
            elif not curved and _is_rectangle(points):
                _add_fill(page, box)
            else:
                page.drawn += 1


def _add_strokes(page: Page, points: Sequence[tuple[float, float]]) -> None:
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if abs(y1 - y0) < STRAIGHT and abs(x1 - x0) > abs(y1 - y0):
            page.across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) < STRAIGHT and abs(y1 - y0) > abs(x1 - x0):
            page.down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _add_bar(page: Page, box: Box) -> None:
    if box.width >= box.height:
        page.across.append(Rule((box.top + box.bottom) / 2, box.x0, box.x1))
    if box.height >= box.width:
        page.down.append(Rule((box.x0 + box.x1) / 2, box.top, box.bottom))


def _add_fill(page: Page, box: Box) -> None:
    if box.width * box.height < 0.9 * page.width * page.height:
        page.fills.append(box)


def _is_rectangle(points: Sequence[tuple[float, float]]) -> bool:
    return all(abs(a[0] - b[0]) < STRAIGHT or abs(a[1] - b[1]) < STRAIGHT for a, b in zip(points, points[1:]))


def _direction(raw: RawPage, char: Char) -> tuple[int, bool]:
    """(quarter turns clockwise on the page as seen, whether the character stands obliquely)."""
    if not char.angle:
        return raw.turns, False
    angle = raw.angle(char)
    quarters = round(angle / (math.pi / 2))
    return (raw.turns - quarters) % 4, abs(angle - quarters * math.pi / 2) > OBLIQUE


def _body(raw: RawPage, char: Char, letter: str, run: Run, turn: int) -> tuple[float, float, float, float]:
    """The body of a character: its advance along the line, its font's size across it, however small its ink is.

    (The library's box hugs the ink: a comma would lie on a line of its own.)
    """
    size = run.painted.size
    x0, top, x1, bottom = char.box
    if size < 1.0:
        return char.box
    ox, oy = char.origin
    if not run.font_name and not turn and letter >= "\u3400" and letter.isalpha():
        start = raw.start_of(char)                      # a font that only draws (Type 3): even its width is its ink's
        if x0 - 0.5 * size < start <= x0 + 1.0:
            x0, x1 = min(start, x0), max(x1, start + size)
    low, high = (UP, DOWN) if turn in (0, 3) else (DOWN, UP)
    if turn % 2 == 0:
        body, middle = (oy - low * size, oy + high * size), (top + bottom) / 2
    else:
        body, middle = (ox - low * size, ox + high * size), (x0 + x1) / 2
    if not body[0] - 0.4 * size <= middle <= body[1] + 0.4 * size:
        return char.box                                 # vertical writing: the origin is elsewhere
    return (x0, body[0], x1, body[1]) if turn % 2 == 0 else (body[0], top, body[1], bottom)


def _surrogates(glyphs: list[Glyph]) -> Iterable[Glyph]:
    """Halves of a character outside the basic plane joined; a lonely half is unreadable."""
    if not any("\ud800" <= g[0] <= "\udfff" for g in glyphs):
        return glyphs
    return _joined(glyphs)


def _joined(glyphs: list[Glyph]) -> Iterator[Glyph]:
    high: Glyph | None = None
    for glyph in glyphs:
        code = ord(glyph.char)
        if high is not None and 0xDC00 <= code <= 0xDFFF:
            pair = chr(0x10000 + ((ord(high.char) - 0xD800) << 10) + code - 0xDC00)
            yield glyph._replace(char=pair, x0=min(high.x0, glyph.x0), x1=max(high.x1, glyph.x1))
            high = None
            continue
        if high is not None:
            yield high._replace(char="\ufffd")
        high = glyph if 0xD800 <= code <= 0xDBFF else None
        if high is None:
            yield glyph._replace(char="\ufffd") if 0xDC00 <= code <= 0xDFFF else glyph
    if high is not None:
        yield high._replace(char="\ufffd")


def _split_clipped(page: Page, glyphs: list[Glyph]) -> list[Glyph]:
    """Text wholly outside its clip box goes to `page.clipped`, text outside the page to `page.unseen`."""
    if not page.clips and all(g[1] >= 0 and g[3] <= page.width and g[2] >= 0 and g[4] <= page.height for g in glyphs):
        return glyphs
    inside = {g.run for g in glyphs if g.run in page.clips and page.clips[g.run].holds(g.cx, g.cy, 1.0)}
    shown = []
    for glyph in glyphs:
        if glyph.run in page.clips and glyph.run not in inside:
            page.clipped.append(glyph)
        elif page.box.holds(glyph.cx, glyph.cy):
            shown.append(glyph)
        else:
            page.unseen.append(glyph)
    return shown


def _split_unseen(raw: RawPage, page: Page, glyphs: list[Glyph], runs: dict[int, Run],
                  shapes: list[tuple[int, Painted]]) -> list[Glyph]:
    """Text that the page does not show goes to `page.unseen`; where that is open, the picture of the page decides."""
    sure = {n for n, r in runs.items() if _is_unseen(r.painted)}
    suspects = {n for n, r in runs.items() if r.painted.colour and min(r.painted.colour[:3]) >= PALE}
    large = [order for order, s in shapes if s.kind == IMAGE and s.box.shared(page.box) >= 0.5 * page.width * page.height]
    last = max((order for order, _ in shapes), default=-1)
    open_ = {n for n, r in runs.items() if r.order < last} - sure - suspects
    for number, mine in _by_run(glyphs, open_).items():
        order = runs[number].order
        if any(o > order for o in large):
            sure.add(number)                            # a scan lies over it: a text layer that nobody has checked
            continue
        whole = bounds(mine)
        over = [s.box for o, s in shapes if o > order and s.box.shared(whole) > 0]
        if any(box.holds(g.cx, g.cy) for box in over for g in mine):
            suspects.add(number)
    if not sure and not suspects:
        return glyphs
    picture = raw.render(2.0, colour=False) if suspects else None
    seen = []
    for glyph in glyphs:
        if glyph.run in sure or (glyph.run in suspects and not _has_ink(picture, glyph)):
            page.unseen.append(glyph)
        else:
            seen.append(glyph)
    return seen


def _is_unseen(painted: Painted) -> bool:
    return painted.mode in UNSEEN_MODES or bool(painted.colour and painted.colour[3] == 0) or 0 < painted.size < TINY


def _has_ink(picture, glyph: Glyph) -> bool:
    part = picture[max(0, int(glyph.top * 2)):int(glyph.bottom * 2) + 1, max(0, int(glyph.x0 * 2)):int(glyph.x1 * 2) + 1]
    return part.size > 0 and int(part.max()) - int(part.min()) >= INK


def _by_run(glyphs: Iterable[Glyph], runs: Container[int]) -> dict[int, list[Glyph]]:
    out: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.run in runs:
            out[glyph.run].append(glyph)
    return out


def _split_twins(glyphs: list[Glyph]) -> tuple[list[Glyph], list[Glyph]]:
    """The same character painted again in the same spot (fake bold, a white twin): the first one is kept."""
    places: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for i, (char, x0, top, x1, bottom, _, _) in enumerate(glyphs):
        places[char].append((top + bottom, x0 + x1, i))
    again: set[int] = set()
    for same in places.values():
        same.sort()
        for k, (y, x, i) in enumerate(same):
            glyph = glyphs[i]
            near, low = 2 * min(0.22 * glyph.height, 0.5 * (glyph.x1 - glyph.x0)), y + 0.5 * glyph.height
            for m in range(k + 1, len(same)):
                other_y, other_x, j = same[m]
                if other_y >= low:
                    break
                if abs(other_x - x) < near and min(i, j) not in again:
                    again.add(max(i, j))
    if not again:
        return glyphs, []
    return [g for i, g in enumerate(glyphs) if i not in again], [glyphs[i] for i in sorted(again)]
