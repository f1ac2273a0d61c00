"""From a picture of a page to clean grey and to ink: seals apart, background evened out, straightened.

    clean(rgb) -> Clean                 grey with white paper, the ink mask, what was set aside
    skew_of(ink) -> degrees             by which the page has to be turned to stand straight
    Frame                               where a point of the straightened page lies in the picture
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np

DPI = 200
MM = DPI / 25.4                 # pixels
RED = 40                        # red beats green and blue by this much
SEAL = 12 * MM                  # red clusters this wide and high are seals; smaller ones are writing
REACH = 12                      # pixels: red this near to each other is one cluster
BLOCK, LESS = 31, 14            # adaptive threshold
PALEST = 205                    # ink of a page whose darkest ink is black
SOLID = 0.62                    # of the paper's brightness: large areas darker than this are no paper
FILLED = 0.75                   # … darker than this are no shadow
ROOMY = 9                       # pixels at quarter scale that no stroke fills
STROKE = 17                     # pixels: no stroke of writing is wider


class Mark(NamedTuple):
    """Something on the page that is no text: 'seal', 'edge', 'blot'; x0, top, x1, bottom in pixels."""
    kind: str
    box: tuple[float, float, float, float]


@dataclass
class Clean:
    grey: np.ndarray                        # white paper (255), dark ink
    ink: np.ndarray                         # 0 or 1
    marks: list[Mark] = field(default_factory=list)
    shade: float = 0.0                      # how unevenly the paper is lit: 0 even … 1
    outside: float = 0.0                    # share of the picture that is not paper (around it)
    blue: np.ndarray | None = None          # where the ink is blue (a pen), 0 or 1
    seal: np.ndarray | None = None          # where a red seal was, 0 or 1


def clean(rgb: np.ndarray) -> Clean:
    """The page with its paper white, red seals gone, red writing kept."""
    grey, marks, seal = _without_red(rgb)
    paper, level = _paper(grey)
    outside = _at_border(paper < SOLID * level)
    shown = np.where(paper < FILLED * level, level, paper)
    even = np.clip(grey.astype(np.float32) * (255.0 / np.maximum(shown, 1.0)), 0, 255).astype(np.uint8)
    even[outside] = 255
    ink = ink_of(even, 235)                                 # it may be faint as a whole
    dark = _darkness(even, ink)
    if dark > 40:                                           # faint: ink becomes black again
        stretch = 255.0 / (255.0 - min(dark, 215.0))
        even = np.clip(255.0 - (255.0 - even.astype(np.float32)) * stretch, 0, 255).astype(np.uint8)
        ink = ink_of(even)
    lit = paper[~outside]
    shade = float(1.0 - np.percentile(lit, 15) / max(1.0, np.percentile(lit, 97))) if lit.size else 1.0
    return Clean(even, ink, marks, shade, float(outside.mean()), _blue(rgb, ink), seal)


def _darkness(even: np.ndarray, ink: np.ndarray) -> float:
    """How dark the writing is (0: black); large black areas are no writing."""
    thin = (ink > 0) & (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((STROKE, STROKE), np.uint8)) == 0)
    return float(np.percentile(even[thin], 10)) if thin.any() else 0.0


def invert_fills(even: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Light writing on dark cells becomes dark writing on white ones (in place, on a straight page); where those cells are."""
    dark = (even < SOLID * 255).astype(np.uint8)
    core = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((STROKE, STROKE), np.uint8))
    if not core.any():
        return []
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(core, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8)))
    out = []
    for x, y, w, h, _ in stats[1:].tolist():
        view = even[y:y + h, x:x + w]
        inked = core[y:y + h, x:x + w] > 0
        if h < 3 * MM or w < 6 * MM or float(inked.mean()) < 0.4:
            continue
        base = float(np.median(view[inked]))
        bright = max(float(np.percentile(view, 99)), base + 60.0)
        view[:] = np.clip(255.0 - (view.astype(np.float32) - base) * (255.0 / (bright - base)), 0, 255).astype(np.uint8)
        out.append((x, y, x + w, y + h))
    return out


def _without_red(rgb: np.ndarray) -> tuple[np.ndarray, list[Mark], np.ndarray | None]:
    """The red channel with what is left of seals lifted to the paper's brightness; red writing is put back.

    With it the seals, and where their ink is.
    """
    red, green, blue = cv2.split(rgb)
    redness = cv2.subtract(red, cv2.max(green, blue))
    mask = ((redness > RED) & (cv2.min(green, blue) < 170)).astype(np.uint8)
    grey: np.ndarray = red.copy()
    marks: list[Mark] = []
    if int(mask.sum()) < 200:
        return grey, marks, None
    stamped = np.zeros_like(mask)
    near = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * REACH + 1, 2 * REACH + 1)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    for n in sorted(range(1, count), key=lambda n: -int(stats[n, 4])):
        x, y, w, h = (int(v) for v in stats[n, :4])
        view = slice(y, y + h), slice(x, x + w)
        part = (labels[view] == n) & (mask[view] > 0)
        box = (float(x + REACH), float(y + REACH), float(x + w - REACH), float(y + h - REACH))
        if int(part.sum()) < 30 or any(_within(box, m.box) for m in marks):
            continue
        if min(w, h) - 2 * REACH >= SEAL and max(w, h) <= 2.5 * min(w, h):
            marks.append(Mark("seal", box))
            grey[view] = _lifted(red[view], redness[view], part)
            stamped[view][part] = 1
        else:
            grey[view][part] = cv2.min(green, blue)[view][part]
    return grey, marks, stamped if marks else None


def _within(box: Sequence[float], other: Sequence[float]) -> bool:
    return box[0] >= other[0] and box[1] >= other[1] and box[2] <= other[2] and box[3] <= other[3]


def _lifted(red: np.ndarray, redness: np.ndarray, part: np.ndarray) -> np.ndarray:
    """A seal's own darkness taken out: the redder a pixel, the more is added; black ink under it is not red."""
    full = max(float(np.percentile(redness[part], 70)), 1.0)
    stamped = float(np.median(red[part & (redness >= 0.8 * full)]))
    paper = float(np.percentile(red[redness < 10], 75)) if (redness < 10).any() else 255.0
    lift = redness.astype(np.float32) / full * max(0.0, paper - stamped)
    lifted = np.clip(red + lift, 0, max(paper, stamped)).astype(np.uint8)
    around = cv2.dilate(part.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    lifted[around & (lifted > 0.8 * paper)] = int(paper)    # the seal's outline
    return lifted


def _paper(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """What the page would look like without ink, and how bright its paper is in the main."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    bare = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((ROOMY, ROOMY), np.uint8))
    bare = cv2.GaussianBlur(cv2.medianBlur(bare, 5), (0, 0), 3)
    paper = cv2.resize(bare, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return paper, float(np.percentile(bare, 75))


def _at_border(solid: np.ndarray) -> np.ndarray:
    """Dark areas that reach the picture's border: a scanner's lid, the desk around a photographed page."""
    out = np.zeros_like(solid)
    if not solid.any():
        return out
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8))
    high, wide = solid.shape
    for n in range(1, count):
        x, y, w, h = (int(v) for v in stats[n, :4])
        if x == 0 or y == 0 or x + w == wide or y + h == high:
            out |= labels == n
    return cv2.dilate(out.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0


def ink_of(even: np.ndarray, palest: int = PALEST) -> np.ndarray:
    """Where the page is written on: 0 or 1. What is paler than `palest` is paper."""
    soft = cv2.GaussianBlur(even, (3, 3), 0)
    mask = cv2.adaptiveThreshold(soft, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, BLOCK, LESS)
    mask[soft > palest] = 0
    mask[soft < 90] = 1
    return mask


def _blue(rgb: np.ndarray, ink: np.ndarray) -> np.ndarray | None:
    """Where ink is clearly blue: a pen rather than a printer."""
    red, _, blue = cv2.split(rgb)
    mask = ((blue.astype(np.int16) - red > RED) & (ink > 0)).astype(np.uint8)
    return mask if int(mask.sum()) > 100 else None


def skew_of(ink: np.ndarray) -> float:
    """Degrees by which lines fall to the right (to be turned back by); 0 if there is nothing to tell it by."""
    small = cv2.resize(ink * 255, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    sharp = (small > 90).astype(np.uint8) * 255
    found = cv2.HoughLinesP(sharp, 1, np.pi / 1440, 120, minLineLength=sharp.shape[1] // 8, maxLineGap=6)
    tilts: list[tuple[float, float]] = []
    for x0, y0, x1, y1 in (found.reshape(-1, 4) if found is not None else ()):
        tilt = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
        if abs(tilt) <= 12:
            tilts.append((tilt, float(np.hypot(x1 - x0, y1 - y0))))
    if sum(length for _, length in tilts) >= sharp.shape[1]:
        rough = _weighted_median(tilts)
    else:
        rough = _sharpest(cv2.resize(sharp, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 0.0, 6.0, 0.5)
    return _sharpest(small, _sharpest(small, rough, 0.4, 0.1), 0.1, 0.02)


def _weighted_median(values: Sequence[tuple[float, float]]) -> float:
    ordered = sorted(values)
    half, so_far = sum(w for _, w in ordered) / 2, 0.0
    for value, weight in ordered:
        so_far += weight
        if so_far >= half:
            return value
    return 0.0


def _sharpest(picture: np.ndarray, middle: float, reach: float, step: float) -> float:
    """The angle around `middle` at which rows of ink part most clearly from rows of paper."""
    grey = picture.astype(np.float32)
    best, angle = 0.0, middle
    for turn in np.arange(middle - reach, middle + reach + step / 2, step):
        score = float(np.square(np.diff(_rotate(grey, float(turn)).sum(axis=1))).sum())
        if score > best * 1.001:
            best, angle = score, float(turn)
    return angle


def _rotate(picture: np.ndarray, degrees: float) -> np.ndarray:
    h, w = picture.shape[:2]
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0), (w, h))


class Frame:
    """A straightened page: turned by quarters, by an angle, then its bent rules made flat."""

    def __init__(self, width: int, height: int, quarter: int = 0, angle: float = 0.0) -> None:
        """Of a picture of that size (pixels); `quarter`: turns clockwise that bring it upright."""
        self.source = (width, height)
        self.quarter = quarter % 4
        w, h = (height, width) if quarter % 2 else (width, height)
        self.size = (w, h)
        self.angle = angle
        back = cv2.getRotationMatrix2D((w / 2, h / 2), -angle, 1.0)
        self._back = np.asarray(back, np.float64)           # straightened -> quarter-turned picture
        self.bend: Bend | None = None

    def straighten(self, picture: np.ndarray, paper: int = 255) -> np.ndarray:
        """The picture (in its original position) as this frame shows it."""
        turned = np.ascontiguousarray(np.rot90(picture, -self.quarter)) if self.quarter else picture
        if self.bend is None:
            if abs(self.angle) < 0.02:
                return turned
            return cv2.warpAffine(turned, self._back, self.size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderValue=paper)
        xs, ys = self.bend.grid(self.size)
        a = self._back
        mx = (a[0, 0] * xs + a[0, 1] * ys + a[0, 2]).astype(np.float32)
        my = (a[1, 0] * xs + a[1, 1] * ys + a[1, 2]).astype(np.float32)
        return cv2.remap(turned, mx, my, cv2.INTER_CUBIC, borderValue=paper)

    def to_source(self, points: np.ndarray) -> np.ndarray:
        """Points (n × 2) of the straightened page in pixels of the picture."""
        p = np.asarray(points, np.float64)
        if self.bend is not None:
            p = self.bend.source(p)
        p = p @ self._back[:, :2].T + self._back[:, 2]
        w, h = self.size
        for _ in range(self.quarter):                       # undo one clockwise quarter turn at a time
            p = np.stack([p[:, 1], w - p[:, 0]], axis=1)
            w, h = h, w
        return p


class Bend:
    """Smooth displacement that makes bent rules flat: polynomials in x and y, fitted to traced rules."""

    def __init__(self, size: tuple[int, int], flat: np.ndarray, steep: np.ndarray) -> None:
        self.size, self.flat, self.steep = size, flat, steep

    @classmethod
    def fit(cls, size: tuple[int, int], across: Sequence[np.ndarray], down: Sequence[np.ndarray]) -> Bend | None:
        """From points (n × 2) along each rule; None if they are straight enough or too few to tell."""
        flat, before = _fit([cls._unit(p, size) for p in across], 1, size[1])
        steep, before_down = _fit([cls._unit(p, size) for p in down], 0, size[0])
        if max(before, before_down) < 0.8:
            return None
        return cls(size, flat, steep)

    @staticmethod
    def _unit(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        return (np.asarray(points, np.float64) - (size[0] / 2, size[1] / 2)) / (size[0] / 2, size[1] / 2)

    def straight(self, points: np.ndarray) -> np.ndarray:
        """Where points of the bent page go."""
        u = self._unit(points, self.size)
        moved = np.stack([_terms(u, 0) @ self.steep * self.size[0] / 2, _terms(u, 1) @ self.flat * self.size[1] / 2], axis=1)
        return np.asarray(points, np.float64) + moved

    def source(self, points: np.ndarray) -> np.ndarray:
        """The inverse of `straight`, by iteration."""
        wanted = np.asarray(points, np.float64)
        p = wanted
        for _ in range(6):
            p = wanted - (self.straight(p) - p)
        return p

    def grid(self, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """For every pixel of the straightened page, where it comes from."""
        w, h = size
        xs, ys = np.linspace(0, w - 1, 48), np.linspace(0, h - 1, 48)
        coarse = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        moved = (self.source(coarse) - coarse).astype(np.float32).reshape(48, 48, 2)
        full = _spread(moved, size)
        grid_x, grid_y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        return grid_x + full[:, :, 0], grid_y + full[:, :, 1]


def _spread(coarse: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A coarse grid whose corners are the picture's corners, on every pixel."""
    w, h = size
    n = coarse.shape[0]
    mx = np.tile(np.linspace(0, n - 1, w, dtype=np.float32), (h, 1))
    my = np.tile(np.linspace(0, n - 1, h, dtype=np.float32)[:, None], (1, w))
    return cv2.remap(coarse, mx, my, cv2.INTER_LINEAR)


def _terms(u: np.ndarray, axis: int) -> np.ndarray:
    """The terms of the displacement across `axis` (1: of y along x): all vanish in the middle of the page."""
    a, b = (u[:, 0], u[:, 1]) if axis == 1 else (u[:, 1], u[:, 0])
    return np.stack([a, a * a, a * a * a, a * b, a * a * b, a * b * b], axis=1)


def _fit(lines: Sequence[np.ndarray], axis: int, extent: int) -> tuple[np.ndarray, float]:
    """Coefficients that make each line level, and by how many pixels the lines are off before (root mean square)."""
    lines = [p for p in lines if len(p) >= 4]
    if len(lines) < 3:
        return np.zeros(6), 0.0
    terms = np.concatenate([_terms(p, axis) - _terms(p, axis).mean(axis=0) for p in lines])
    off = np.concatenate([p[:, axis] - p[:, axis].mean() for p in lines])
    ridge = 1e-4 * len(off)
    found = np.linalg.solve(terms.T @ terms + ridge * np.eye(6), -terms.T @ off)
    before = float(np.sqrt(np.mean(off * off))) * extent / 2
    after = float(np.sqrt(np.mean((off + terms @ found) ** 2))) * extent / 2
    return (found, before) if after < 0.8 * before else (np.zeros(6), 0.0)
