"""Which character a glyph shows: radicals back to characters, symbol fonts to signs, and the fonts that do not say it."""
from __future__ import annotations

import csv
import functools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from carelib.read import marks

RADICALS = Path(__file__).parents[2] / "notice" / "radicals.csv"
UNREADABLE = "\ufffd"
FEW = 0.05                      # share of unreadable characters from which on a whole font is not trusted


@functools.cache
def radicals() -> dict[str, str]:
    """notice/radicals.csv: radical code points -> the mainland character that looks the same."""
    with RADICALS.open(encoding="utf-8-sig", newline="") as file:
        return {row["radical"]: row["character"] for row in csv.DictReader(file)}


def repair(char: str) -> str:
    """The character that a radical or compatibility code point stands for; any other one as it is."""
    code = ord(char)
    if 0x2E80 <= code <= 0x2FDF:
        return radicals().get(char, char)
    if 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F:
        return unicodedata.normalize("NFC", char)
    return char


def is_private(code: int) -> bool:
    return 0xE000 <= code <= 0xF8FF or code >= 0xF0000


@functools.cache
def symbol_font(base_name: str) -> str | None:
    """The name in `marks.FONTS` of a PDF base font ('ABCDEF+Wingdings2' -> 'wingdings 2'), or None."""
    name = base_name.rpartition("+")[2].lower().removesuffix("-regular").removesuffix(",bold").removesuffix("mt")
    name = {"wingdings2": "wingdings 2", "wingdings3": "wingdings 3"}.get(name.replace("-", "").replace(" ", ""), name)
    return name if marks.is_symbol_font(name) else None


class Fonts:
    """Which character each code of each font shows; remembers which fonts of a page do not say it."""

    def __init__(self) -> None:
        self.bad: Counter[int] = Counter()

    def read(self, code: int, unmapped: bool, font: int, font_name: str) -> str | None:
        """The character to show for a code; UNREADABLE if it cannot be told; None if it is invisible by nature."""
        if unmapped:
            self.bad[font] += 1
            return UNREADABLE
        letter = _letter(code, font_name)
        if letter == UNREADABLE:
            self.bad[font] += 1
        return letter

    def doubted(self, totals: Callable[[], Mapping[int, int]]) -> frozenset[int]:
        """Fonts with so many unreadable characters that the readable ones are not trusted either."""
        if not self.bad:
            return frozenset()
        total = totals()
        return frozenset(f for f, n in self.bad.items() if n >= max(2, FEW * total.get(f, 0)))


@functools.lru_cache(maxsize=65536)
def _letter(code: int, font_name: str) -> str | None:
    symbols = symbol_font(font_name)
    if symbols and (code <= 0xFF or 0xF020 <= code <= 0xF0FF):
        text, sure = marks.show_symbols(chr(code), symbols)
        return text if sure else UNREADABLE
    if code < 32 or 0x7F <= code < 0xA0 or code == 0xFFFD or is_private(code):
        return UNREADABLE
    char = chr(code)
    if 0xD800 <= code <= 0xDFFF:
        return char
    if char.isspace() or not marks.clean(char):
        return None
    return repair(char)


def share_unreadable(chars: Iterable[str]) -> float:
    chars = list(chars)
    return sum(c == UNREADABLE for c in chars) / len(chars) if chars else 0.0
