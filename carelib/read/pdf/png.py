"""Pictures as PNG files."""
from __future__ import annotations

import struct
import zlib

import numpy as np


def to_png(picture: np.ndarray) -> bytes:
    """An array from `render` as PNG."""
    high, wide = picture.shape[:2]
    rows = np.zeros((high, 1 + picture.size // high), np.uint8)         # a filter byte (0: none) before each line
    rows[:, 1:] = picture.reshape(high, -1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2 if picture.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + chunk(b"IEND", b"")
