"""How much room a text takes in a cell: Excel sets no row height for wrapped text that nobody has opened, so we do."""
from __future__ import annotations

import math
import re
import unicodedata

TOKEN = re.compile(r"[!-~]+|.", re.DOTALL)
NO_START = frozenset("，。；：、？！）》」』】”’…—%,.;:?!)]}")      # never the first of a line
TALLEST = 409.0                                                  # points, Excel's own limit


def units(text: str) -> int:
    """Width in column units: a Chinese character takes two, as the ambiguous ones do in a Chinese font."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def lines(text: str, width: float) -> int:
    """Lines that `text` fills in a column of `width` units: words stay whole, closing marks never start a line."""
    return sum(_wrapped(part, max(width - 0.6, 2.0)) for part in text.split("\n"))


def _wrapped(text: str, room: float) -> int:
    count, used, last = 1, 0.0, 0.0
    for token in TOKEN.findall(text):
        size = float(units(token))
        if used and used + size > room:
            count += 1
            used = last if token[0] in NO_START else 0.0
        if size > room:
            count += math.ceil((used + size) / room) - 1
            used = (used + size) % room
        else:
            used += size
        last = min(size, room)
    return count

