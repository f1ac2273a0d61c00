"""Image files to pictures of pages at 200 dpi; what is no scan is not opened."""
from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, UnidentifiedImageError

from carelib.read.scan.image import DPI

LARGEST = 60e6                  # pixels
COARSE = 900                    # pixels on the longer side: less is under 80 dpi on A4
PAPER = 11.69                   # inches: the longer side of A4, where the file does not tell its resolution
MOST = 40                       # frames of a TIFF
CAMERA = (271, 272, 33434, 37386)   # EXIF: make, model, exposure time, focal length
MODES = {"1", "L", "RGB", "P", "RGBA", "CMYK", "I;16", "LA"}


class Unusable(Exception):
    """Not a picture to be read; `args[0]` names the reason in reading_scan.toml."""


def frames(data: bytes) -> Iterator[np.ndarray]:
    """The pages of an image file, RGB at 200 dpi."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            _check(picture)
            for number in range(min(getattr(picture, "n_frames", 1), MOST)):
                picture.seek(number)
                yield _page(picture)
    except Image.DecompressionBombError as fault:
        raise Unusable("huge") from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError) as fault:
        raise Unusable("broken") from fault


def _check(picture: Image.Image) -> None:
    wide, high = picture.size
    if wide * high > LARGEST:
        raise Unusable("huge")
    if max(wide, high) < COARSE:
        raise Unusable("coarse")
    exif = picture.getexif()
    if any(tag in exif for tag in CAMERA) or any(tag in exif.get_ifd(0x8769) for tag in CAMERA):
        raise Unusable("photo")


def _page(picture: Image.Image) -> np.ndarray:
    flat = picture if picture.mode in ("L", "RGB") else _on_white(picture)
    scale = DPI / _resolution(picture)
    if abs(scale - 1) > 0.03:
        size = (round(flat.width * scale), round(flat.height * scale))
        flat = flat.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return np.ascontiguousarray(np.asarray(flat.convert("RGB")))


def _on_white(picture: Image.Image) -> Image.Image:
    """Transparent pictures on white paper."""
    if picture.mode in ("RGBA", "LA", "P"):
        full = picture.convert("RGBA")
        paper = Image.new("RGBA", full.size, "white")
        return Image.alpha_composite(paper, full).convert("RGB")
    return picture.convert("RGB")


def _resolution(picture: Image.Image) -> float:
    """Dots an inch: as the file says if that makes a usual sheet of paper, else as if it were A4."""
    longer = max(picture.size)
    said = picture.info.get("dpi", (0, 0))
    dpi = float(said[0] or 0)
    return dpi if dpi >= 100 and 7.5 <= longer / dpi <= 17 else max(80.0, longer / PAPER)
