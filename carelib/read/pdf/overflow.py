"""Text that runs over a rule: whose is it?

A chain is what was written in one go: glyphs of one drawing operation that follow each other on a line. A chain belongs
whole to one cell. Which one, say in this order: the box to which it is clipped; where it begins, ends or is centred,
compared with the other cells of the column. What is still open is doubted, never chosen silently.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from carelib.read.pdf.cells import Filled, Spot
from carelib.read.pdf.geometry import Box, Glyph, bounds, median
from carelib.read.pdf.lines import CLOSING, OPENING, em, join_text
from carelib.read.pdf.words import doubt

FOLLOWS = (-0.6, 0.4)           # em: the gap to the next glyph of a chain within one drawing operation
NEXT = 0.06                     # em: the same for glyphs drawn one by one
OVER = 0.12                     # em: a glyph that reaches this far over a side crosses it
THROUGH = 0.2                   # em: a rule that cuts off so much of a line runs through it
EDGE = 0.1                      # em: a line that comes this near to the end of its clip box is cut there
RULE = 0.4                      # points: text that ends this near to a rule fills its cell up
PADDED = 0.3                    # share of written cells from which on full cells mean nothing
PAD = 7.0                       # points: text begins this near to its cell's side
SAME_PAD = 1.2                  # points: two cells are padded alike
SAME_START = 0.35               # points: text begins (ends, is centred) exactly where the others of its column do


def settle(filled: Filled, clips: dict[int, Box]) -> None:
    """Moves text that runs over a rule to the cell that it belongs to; doubts the cells where that is open."""
    spots, glyphs, homes = filled.spots, filled.glyphs, filled.homes
    cut: list[int] = []
    done = -1
    moves: list[tuple[int, int, int]] = []                  # from glyph, to glyph, target cell
    for i in _suspicious(filled, clips):
        if i <= done:
            continue
        start, done = _own(filled, *_chain(glyphs, i), i)
        members, where = glyphs[start:done + 1], homes[start:done + 1]
        places = sorted(set(where) - {-1}, key=lambda n: spots[n].box.x0)
        clip = clips.get(members[0].run)
        if not places or where[0] == -1:                    # text beside the table that reaches into it is a line of its own
            _mark([spots[n] for n in places])
            continue
        if clip and _is_cut(members, clip):
            cut.append(places[0])
        if len(set(where)) == 1 and not (clip and _clipped_elsewhere(clip, spots[places[0]])):
            if len(members) == 1 and _crosses(members[0], spots[places[0]].box):
                _mark([spots[places[0]], *_beside(spots, spots[places[0]], members[0])])
            continue
        target = _by_clip(spots, clip) if clip else None
        if target is None:
            target = places[0] if len(places) == 1 else _by_alignment(spots, places, bounds(members))
        if target is None:                                  # it stays whole where it would be alone, and all are asked
            _mark([spots[n] for n in places])
            target = min(places, key=lambda n: (len(spots[n].glyphs) - where.count(n), -where.count(n)))
        moves.append((start, done, target))
    _move(filled, moves)
    for i in cut:
        spots[i].doubt = spots[i].doubt or doubt("cut")


def _suspicious(filled: Filled, clips: dict[int, Box]) -> Iterable[int]:
    """Indices of glyphs that reach over a side of their cell, are clipped, or go on in another cell than the one before."""
    spots, glyphs, homes = filled.spots, filled.glyphs, filled.homes
    before = -1
    for i, (glyph, home) in enumerate(zip(glyphs, homes)):
        if home >= 0:
            box = spots[home].box
            reach = OVER * (glyph[4] - glyph[2])
            if glyph[1] < box[0] - reach or glyph[3] > box[2] + reach or (clips and glyph[5] in clips) \
                    or (home != before and i and _follows(glyphs[i - 1], glyph)):
                yield i
        elif before >= 0 and _follows(glyphs[i - 1], glyph):
            yield i
        before = home


def _chain(glyphs: Sequence[Glyph], i: int) -> tuple[int, int]:
    """First and last index of what was written in one go with glyph i."""
    start = end = i
    while start > 0 and _follows(glyphs[start - 1], glyphs[start]):
        start -= 1
    while end + 1 < len(glyphs) and _follows(glyphs[end], glyphs[end + 1]):
        end += 1
    return start, end


def _own(filled: Filled, start: int, end: int, i: int) -> tuple[int, int]:
    """The part of a chain around glyph i. Where text that fills its cell up to the rule meets the text of the next cell,
    they are two: different drawing operations, each exactly where the text of its column usually is, or all as far from their sides.
    """
    spots, glyphs, homes = filled.spots, filled.glyphs, filled.homes
    cuts = [start]
    for k in range(start + 1, end + 1):
        if glyphs[k][5] != glyphs[k - 1][5] and homes[k] not in (homes[cuts[-1]], -1):
            cuts.append(k)
    parts = [(a, b - 1) for a, b in zip(cuts, [*cuts[1:], end + 1])]
    if len(parts) < 2 or homes[start] == -1:
        return start, end
    placed = [(homes[a], bounds(glyphs[a:b + 1])) for a, b in parts]
    if not all(_is_at_home(spots, home, ink) for home, ink in placed) and not _equally_padded(spots, placed):
        return start, end
    return next(part for part in parts if part[0] <= i <= part[1])


def _equally_padded(spots: Sequence[Spot], placed: Sequence[tuple[int, Box]]) -> bool:
    """Whether all texts begin as far from the left side of their cells (a page with too few rows to tell what is usual)."""
    pads = [ink.x0 - spots[home].box.x0 for home, ink in placed]
    return min(pads) > 0.0 and max(pads) <= PAD and max(pads) - min(pads) <= SAME_START


def _is_at_home(spots: Sequence[Spot], home: int, ink: Box) -> bool:
    """Whether text stands exactly as the other cells of the column are aligned."""
    usual = [(how, _usual(spots, spots[home], how)) for how in ("left", "right", "centre")]
    return any(at is not None and abs(at - _offset(how, ink, spots[home].box)) <= SAME_START for how, at in usual)


def _follows(left: Glyph, right: Glyph) -> bool:
    size = left[4] - left[2]
    if left[6] or right[6] or abs(left[4] - right[4]) > 0.35 * size:
        return False
    gap = right[1] - left[3]
    if left[5] == right[5] and left[5]:
        return FOLLOWS[0] * size <= gap <= FOLLOWS[1] * size
    return abs(gap) <= NEXT * size and abs(size - right[4] + right[2]) <= 0.05 * size


def reveal(spots: Sequence[Spot], clipped: Sequence[Glyph], clips: dict[int, Box]) -> list[Glyph]:
    """Text clipped away belongs to the cell that clips it (a merged cell over two pages, lines below the end of a row).

    Returns what no cell clips.
    """
    rest, target = [], {}
    for glyph in clipped:
        if glyph.run not in target:
            target[glyph.run] = _by_clip(spots, clips[glyph.run])
        if target[glyph.run] is None:
            rest.append(glyph)
        else:
            spots[target[glyph.run]].glyphs.append(glyph)
    return rest


def _is_cut(members: Sequence[Glyph], clip: Box) -> bool:
    """Whether a line ends where it is clipped: what came after was never printed. (A program that clips what it printed
    leaves more than one character behind the edge; then nothing is lost.)"""
    line, reach = bounds(members), EDGE * em(members[0])
    behind = sum(g.x0 >= clip.x1 or g.x1 <= clip.x0 for g in members)
    return behind < 2 and len(members) > 1 and (line.x1 >= clip.x1 - reach or line.x0 <= clip.x0 - reach)


def _crosses(glyph: Glyph, box: Box) -> bool:
    reach = OVER * em(glyph)
    return glyph.char not in CLOSING and (glyph.x0 < box.x0 - reach or glyph.x1 > box.x1 + reach)


def _beside(spots: Sequence[Spot], home: Spot, glyph: Glyph) -> Iterable[Spot]:
    """The written cell on the other side of the rule that a glyph crosses."""
    x = glyph.x1 if glyph.x1 > home.box.x1 else glyph.x0
    return (s for s in spots if s is not home and s.glyphs and s.box.holds(x, glyph.cy))


def _clipped_elsewhere(clip: Box, home: Spot) -> bool:
    """Whether text is clipped to a cell other than the one in which it lies."""
    middle = (clip.x0 + clip.x1) / 2, (clip.top + clip.bottom) / 2
    return not home.box.holds(*middle)


def _by_clip(spots: Sequence[Spot], clip: Box) -> int | None:
    fitting = [i for i, s in enumerate(spots) if clip.inside(s.box, 3.0)]
    return min(fitting, key=lambda i: spots[i].box.width * spots[i].box.height) if fitting else None


def _by_alignment(spots: Sequence[Spot], homes: Sequence[int], ink: Box) -> int | None:
    """The one cell whose column is aligned as this text is; None if none or several are."""
    sure, likely = [], []
    for i in homes:
        for how in ("left", "right", "centre"):
            if (how == "left" and i != homes[0]) or (how == "right" and i != homes[-1]):
                continue
            distance = _offset(how, ink, spots[i].box)
            if how == "centre" and abs(distance) > SAME_PAD:
                continue
            if how != "centre" and not -1.0 <= distance <= PAD:
                continue
            usual = _usual(spots, spots[i], how)
            if usual is None:
                likely.append(i)
            elif abs(usual - distance) <= SAME_PAD:
                sure.append(i)
    found = set(sure) or set(likely)
    return found.pop() if len(found) == 1 else None


def _offset(how: str, ink: Box, cell: Box) -> float:
    if how == "left":
        return ink.x0 - cell.x0
    if how == "right":
        return cell.x1 - ink.x1
    return (ink.x0 + ink.x1 - cell.x0 - cell.x1) / 2


def _usual(spots: Sequence[Spot], spot: Spot, how: str) -> float | None:
    """How the other cells of the column are padded on that side, if they agree; None if there are too few to tell.

    `inf` if there are enough of them and they do not agree: the column is not aligned that way.
    """
    others = [s for s in spots if s is not spot and s.col == spot.col and s.col_span == spot.col_span and s.glyphs
              and bounds(s.glyphs).inside(s.box, 2.0)]
    if len(others) < 2:
        return None
    offsets = [_offset(how, bounds(s.glyphs), s.box) for s in others]
    middle = median(offsets)
    agreeing = sum(abs(o - middle) <= SAME_PAD for o in offsets)
    return middle if 2 * agreeing > len(offsets) else float("inf")


def _mark(spots: Iterable[Spot]) -> None:
    for spot in spots:
        spot.doubt = spot.doubt or doubt("spill")


def _move(filled: Filled, moves: Sequence[tuple[int, int, int]]) -> None:
    """Gives stretches of glyphs to their cells."""
    for start, end, target in moves:
        for i in range(start, end + 1):
            home, glyph = filled.homes[i], filled.glyphs[i]
            if home != target:
                if home >= 0:
                    filled.spots[home].glyphs = [g for g in filled.spots[home].glyphs if g is not glyph]
                filled.spots[target].glyphs.append(glyph)
                filled.homes[i] = target


def collisions(spots: Iterable[Spot]) -> None:
    """Doubts cells in which different characters lie on each other."""
    for spot in spots:
        if len({g.run for g in spot.glyphs}) < 2:
            continue
        glyphs = sorted((g for g in spot.glyphs if g.char not in CLOSING and g.char not in OPENING), key=lambda g: g.x0)
        for i, left in enumerate(glyphs):
            for right in glyphs[i + 1:]:
                if right.x0 >= left.x1:
                    break
                width = min(left.x1, right.x1) - right.x0
                height = min(left.bottom, right.bottom) - max(left.top, right.top)
                if width > 0.5 * min(left.x1 - left.x0, right.x1 - right.x0) and height > 0.5 * min(left.height, right.height):
                    spot.doubt = spot.doubt or doubt("collision")


def crossed(spots: Iterable[Spot]) -> None:
    """Doubts text through which the upper or lower rule of its cell runs: lines that a row of fixed height had no room for."""
    for spot in spots:
        if any(not g[6] and max(spot.box.top - g[2], g[4] - spot.box.bottom) > THROUGH * (g[4] - g[2]) for g in spot.glyphs):
            _mark([spot])


def filled_up(spots: Sequence[Spot]) -> None:
    """Doubts text of one line that ends on the rule itself: programs print only what fits, and what follows is lost.

    (Where many cells are so full, they simply have no padding.)
    """
    full, written = [], 0
    for spot in spots:
        if len(spot.glyphs) < 2 or any(g[6] for g in spot.glyphs):
            continue
        written += 1
        line = bounds(spot.glyphs)
        size = em(spot.glyphs[0])
        gap = min(spot.box.x1 - line.x1, line.x0 - spot.box.x0)
        if -OVER * size <= gap < RULE and line.height < 1.5 * size and not spot.doubt:
            full.append(spot)
    if len(full) <= PADDED * written:
        for spot in full:
            spot.doubt = doubt("cut")


def suggest(spots: Iterable[Spot]) -> None:
    """A doubted cell shows what it seems to say as a suggestion."""
    for spot in spots:
        if spot.doubt in (doubt("spill"), doubt("cut")) and not spot.suggestion and spot.glyphs:
            spot.suggestion = join_text(spot.glyphs)
