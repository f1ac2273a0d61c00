"""Encrypted workbooks: only what software locks with its own well-known password may be opened."""
from __future__ import annotations

import io
import struct
import zlib

from carelib.read.words import Refused

DEFAULT_PASSWORD = "VelvetSweatshop"        # what Excel itself uses for files that are read-only, not secret


def open_default(data: bytes, medium: str) -> bytes:
    """The decrypted file, if the default password opens it; else refused as `encrypted`."""
    import msoffcrypto
    from msoffcrypto import exceptions

    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=DEFAULT_PASSWORD)
        office.decrypt(out)
    except (exceptions.FileFormatError, exceptions.ParseError, exceptions.DecryptionError, exceptions.InvalidKeyError,
            exceptions.EncryptionError, ValueError, KeyError, IndexError, OSError, struct.error, zlib.error,
            AttributeError, TypeError, OverflowError, UnicodeDecodeError) as fault:
        raise Refused("encrypted", medium) from fault
    opened = out.getvalue()
    if opened[:2] != b"PK" and opened[:8] != data[:8]:
        raise Refused("encrypted", medium)                  # a wrong key gives noise
    return opened
