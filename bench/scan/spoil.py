"""Printed pages to scans: what paper, stamps, scanners and copiers do to them."""
from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Scan:
    """How a page is scanned."""
    dpi: int = 200
    skew: float = 0.0                       # degrees
    blur: float = 0.0                       # pixels at 200 dpi
    noise: float = 3.0                      # grey levels
    jpeg: int = 75
    faint: float = 0.0                      # 0 … 1: how far the ink fades
    seal: str = ""                          # '' | 'red' | 'grey' (copied) | 'table' (red, over cells)
    shade: float = 0.0                      # darkening to one side, grey levels
    grey: bool = False
    bilevel: bool = False                   # black and white, as fax-like scanners do
    specks: int = 0
    edge: bool = False                      # black border, as an open lid leaves it
    turn: int = 0                           # quarter turns
    curl: float = 0.0                       # millimetres by which the page bends
    holes: bool = False
    fold: bool = False


@dataclass(frozen=True)
class Photo:
    """How a page is photographed by a phone; lengths are shares of the picture's."""
    tilt: float = 0.05                      # how far the corners are off those of a straight page
    margin: float = 0.08                    # how much around the page is seen
    desk: tuple[int, int, int] = (62, 48, 40)
    light: float = 0.3                      # how much darker the page is on the far side
    shadow: float = 0.0                     # … and in the shadow of a hand or of the phone
    blur: float = 0.8                       # pixels
    bulge: float = 0.0                      # how far the paper lifts off the desk
    warm: float = 0.0                       # lamp light: 0 … 1
    noise: float = 3.0
    jpeg: int = 70
    wide: int = 2339                        # pixels on the longer side (200 dpi on A4)


def photograph(page: np.ndarray, how: Photo, seed: int) -> np.ndarray:
    """The printed page as a phone sees it."""
    dice = np.random.default_rng(seed)
    scale = how.wide / max(page.shape[:2])
    page = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = page.shape[:2]
    inset = how.margin + how.tilt * dice.uniform(-1, 1, (4, 2))
    corners = np.float32([(x * w + sx * i[0] * w, y * h + sy * i[1] * h) for (x, y, sx, sy), i in
                          zip(((0, 0, 1, 1), (1, 0, -1, 1), (1, 1, -1, -1), (0, 1, 1, -1)), inset)])
    turn = cv2.getPerspectiveTransform(np.float32([(0, 0), (w, 0), (w, h), (0, h)]), corners)
    seen = cv2.warpPerspective(page, turn, (w, h), flags=cv2.INTER_CUBIC, borderValue=how.desk).astype(np.float32)
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    if how.bulge:
        seen = cv2.remap(seen, xs, ys + how.bulge * h * np.sin(xs / w * math.pi) * np.sin(ys / h * math.pi), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    angle = dice.uniform(0, 2 * math.pi)
    along = (xs / w - 0.5) * math.cos(angle) + (ys / h - 0.5) * math.sin(angle)
    light = 1 - how.light * np.clip(along + 0.5, 0, 1)
    if how.shadow:
        angle, at = dice.uniform(0, 2 * math.pi), dice.uniform(-0.2, 0.2)
        edge = (xs / w - 0.5) * math.cos(angle) + (ys / h - 0.5) * math.sin(angle) - at
        light *= 1 - how.shadow / (1 + np.exp(np.clip(-edge / 0.02, -30, 30)))
    seen *= light[:, :, None] * np.float32((1, 1 - 0.12 * how.warm, 1 - 0.3 * how.warm))
    seen = cv2.GaussianBlur(seen, (0, 0), how.blur) if how.blur else seen
    seen += dice.normal(0, how.noise, seen.shape[:2]).astype(np.float32)[:, :, None]
    return np.clip(seen, 0, 255).astype(np.uint8)


def pictures(pdf: bytes, scan: Scan, seed: int = 0) -> list[np.ndarray]:
    """The pages as scanned, RGB."""
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(pdf) as document:
        pages = [np.ascontiguousarray(page.render(scale=300 / 72, rev_byteorder=True).to_numpy()[:, :, :3]) for page in document]
    return [_scanned(page, scan, np.random.default_rng(seed * 1000 + n)) for n, page in enumerate(pages)]


def _scanned(page: np.ndarray, scan: Scan, dice: np.random.Generator) -> np.ndarray:
    page = page.copy()
    if scan.faint:
        page = (255 - (255 - page.astype(np.float32)) * (1 - scan.faint)).astype(np.uint8)
    if scan.seal:
        _stamp(page, scan.seal, dice)
    if scan.fold:
        y = int(page.shape[0] * dice.uniform(0.4, 0.6))
        page[y - 2:y + 2] = (page[y - 2:y + 2] * 0.85).astype(np.uint8)
    h, w = page.shape[:2]
    if scan.curl:
        ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
        bend = np.sin(np.linspace(0, math.pi, w, dtype=np.float32)) * scan.curl / 25.4 * 300
        page = cv2.remap(page, xs, ys + bend[None, :] * (0.3 + 0.7 * ys / h), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scale = scan.dpi / 300
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), scan.skew, 1.0)
    matrix[:, 2] += dice.uniform(-8, 8, 2)
    page = cv2.warpAffine(page, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    page = cv2.resize(page, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)
    if scan.blur:
        page = cv2.GaussianBlur(page, (0, 0), scan.blur * scan.dpi / 200)
    page = page.astype(np.float32)
    if scan.shade:
        page -= np.linspace(0, scan.shade, page.shape[1], dtype=np.float32)[None, :, None]
    page -= np.float32((4, 6, 10))                           # paper is not white
    noise = dice.normal(0, scan.noise, page.shape[:2]).astype(np.float32)
    page = np.clip(page + noise[:, :, None], 0, 255).astype(np.uint8)
    for _ in range(scan.specks):
        y, x, r = dice.integers(0, page.shape[0]), dice.integers(0, page.shape[1]), dice.integers(1, 3)
        cv2.circle(page, (int(x), int(y)), int(r), (60, 60, 60), -1)
    if scan.holes:
        for y in (0.4, 0.6):
            cv2.circle(page, (int(0.02 * page.shape[1]), int(y * page.shape[0])), int(0.03 * page.shape[0] / 2), (30, 30, 30), -1)
    if scan.edge:
        page[:, -int(0.02 * page.shape[1]):] = 25
        page[:int(0.012 * page.shape[0])] = 25
    if scan.grey or scan.bilevel:
        grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
        page = cv2.cvtColor(np.where(grey > 150, 255, 0).astype(np.uint8) if scan.bilevel else grey, cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(np.rot90(page, -scan.turn))


def _stamp(page: np.ndarray, kind: str, dice: np.random.Generator) -> None:
    """A round seal of 40 mm with a ring, a star and strokes like letters."""
    h, w = page.shape[:2]
    r = int(20 / 25.4 * 300)
    cx, cy = int(w * dice.uniform(0.6, 0.8)), int(h * (dice.uniform(0.35, 0.5) if kind != "red" else dice.uniform(0.6, 0.75)))
    layer = np.zeros((h, w), np.uint8)
    cv2.circle(layer, (cx, cy), r, 255, 14, cv2.LINE_AA)
    star = [(cx + (0.34 if i % 2 == 0 else 0.14) * r * math.sin(i * math.pi / 5), cy - (0.34 if i % 2 == 0 else 0.14) * r * math.cos(i * math.pi / 5))
            for i in range(10)]
    cv2.fillPoly(layer, [np.array(star, np.int32)], 255, cv2.LINE_AA)
    for i in range(13):
        a = math.radians(-150 + i * 25)
        x, y = cx + 0.75 * r * math.sin(a), cy - 0.75 * r * math.cos(a)
        for _ in range(5):
            dx, dy = dice.uniform(-20, 20, 2), dice.uniform(-20, 20, 2)
            cv2.line(layer, (int(x + dx[0]), int(y + dx[1])), (int(x + dy[0]), int(y + dy[1])), 255, 5, cv2.LINE_AA)
    layer = cv2.GaussianBlur((layer * (0.75 + 0.25 * dice.random((h, w)))).astype(np.uint8), (0, 0), 1.2).astype(np.float32) / 255 * 0.85
    colour = np.float32((205, 40, 45)) if kind != "grey" else np.float32((120, 120, 120))
    inked = page.astype(np.float32) / 255 * ((1 - layer)[:, :, None] * 255 + layer[:, :, None] * colour)       # ink multiplies
    page[:] = np.clip(inked, 0, 255).astype(np.uint8)


def to_pdf(pages: Sequence[np.ndarray], scan: Scan) -> bytes:
    """A PDF with one JPEG a page, as scanners write it."""
    out, offsets = io.BytesIO(), []

    def put(content: bytes) -> None:
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % len(offsets) + content + b"\nendobj\n")
    out.write(b"%PDF-1.4\n")
    kids = b" ".join(b"%d 0 R" % (3 + 3 * i) for i in range(len(pages)))
    put(b"<</Type/Catalog/Pages 2 0 R>>")
    put(b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % len(pages))
    for i, page in enumerate(pages):
        jpeg, space = to_jpeg(page, scan), b"/DeviceGray" if scan.grey or scan.bilevel else b"/DeviceRGB"
        h, w = page.shape[:2]
        box = b"%.2f %.2f" % (w * 72 / scan.dpi, h * 72 / scan.dpi)
        draw = b"q " + box.split()[0] + b" 0 0 " + box.split()[1] + b" 0 0 cm /I Do Q"
        put(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 " + box + b"]/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>" % (5 + 3 * i, 4 + 3 * i))
        put(b"<</Length %d>>stream\n" % len(draw) + draw + b"\nendstream")
        put(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace" % (w, h) + space
            + b"/Filter/DCTDecode/Length %d>>stream\n" % len(jpeg) + jpeg + b"\nendstream")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(offsets) + 1, start))
    return out.getvalue()


def to_jpeg(page: np.ndarray, scan: Scan) -> bytes:
    picture = page[:, :, 0] if scan.grey or scan.bilevel else page[:, :, ::-1]
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, scan.jpeg])[1].tobytes()
