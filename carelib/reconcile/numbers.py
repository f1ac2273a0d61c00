"""What a written identity number is worth: its class, what it tells, and how two of them stand to each other.

Excel keeps 15 digits of a number, clerks mask, mistype or copy a parent's; a student number is a letter + 18 characters.
Weights and check character: GB 11643-1999 (ISO 7064 MOD 11-2).
"""
from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import IntEnum

from rapidfuzz.distance import OSA

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
OLDEST_PUPIL, YOUNGEST_PUPIL, OLDEST_ADULT = 20, 2, 1930
_OCR = str.maketrans("OQDLI|ZASBTGbgq", "000111245878699")
_LETTERED = re.compile(r"^[GJL](?=[0-9X*]{15,})")


class Kind(IntEnum):
    NONE = 0            # nothing that identifies
    FULL = 1            # 18 characters, right check character, a pupil's age
    PREFIX = 2          # Excel damage: 15 true digits
    MASKED = 3
    OTHER = 4           # J or L number: exact, and no rival of an identity number
    ADULT = 5           # a parent's
    DAMAGED = 6         # one slip away from a true one, perhaps


class Match(IntEnum):
    """How the numbers of a row and a person stand to each other, best first."""
    EQUAL = 0
    SLIP = 1
    PREFIX = 2
    MASK = 3
    TORN = 4            # a damaged number begins as the other: twins' numbers often do too
    NOTHING = 5         # nothing to compare
    CONFLICT = 6        # they say that these are two pupils


@dataclass(frozen=True, slots=True)
class Number:
    kind: Kind = Kind.NONE
    text: str = ""                  # FULL, DAMAGED, MASKED: 18 or so characters; PREFIX: 15 digits; OTHER: letter + 18
    birth: str | None = None
    gender: str | None = None
    floaty: bool = False            # a FULL one that Excel may have made: only its first 15 digits are certain


NOTHING = Number()


def checks(text: str) -> bool:
    """Whether an 18-character number has the right check character."""
    return text[:17].isdigit() and CHECK[sum(int(d) * w for d, w in zip(text, WEIGHTS)) % 11] == text[17:]


def _birth(digits: str) -> str | None:
    try:
        return date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])).isoformat()
    except ValueError:
        return None


def clean(text: str) -> str:
    """NFKC, no blanks, dashes or apostrophes, upper case, OCR's letters as the digits that they stand for."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\s'\"`’‘“”,\-–—_:：]", "", text.replace("×", "X"))
    lettered = text[:1].upper() in "GJL" and len(text) >= 19
    head, tail = (text[0].upper(), text[1:]) if lettered else ("", text)
    if re.fullmatch(r"[0-9.]+[eE]\+?\d+", tail):
        return tail.upper()
    last = tail[-1:].upper() if tail[-1:].upper() == "X" else tail[-1:].translate(_OCR)
    return head + tail[:-1].replace("X", WILD_X).replace("x", WILD_X).translate(_OCR).upper() + last.upper()


WILD_X = "*"    # an X anywhere but at the end hides a digit


@functools.lru_cache(1 << 16)
def classify(raw: str | None, year: int) -> Number:
    """The class of a written number; `year` is the year in which the form was filled."""
    text = clean(raw) if raw else ""
    if not text:
        return NOTHING
    if "E" in text or re.fullmatch(r"\d{15,18}\.0+", text):
        return _scientific(text, year)
    if text[0] in "JL" and _LETTERED.match(text) and "*" not in text:
        return Number(Kind.OTHER, text) if len(text) == 19 else NOTHING
    text = text.removeprefix("G") if _LETTERED.match(text) else text
    if "*" in text:
        return _masked(text, year)
    if len(text) == 18 and text[:17].isdigit():
        return _eighteen(text, year)
    return Number(Kind.DAMAGED, text) if 15 < len(text) < 21 and text[:-1].isdigit() else NOTHING


def _pupil(birth: str | None, year: int) -> bool:
    return birth is not None and year - OLDEST_PUPIL <= int(birth[:4]) <= year - YOUNGEST_PUPIL


def _eighteen(text: str, year: int) -> Number:
    birth = _birth(text)
    gender = "男" if int(text[16]) % 2 else "女"
    digits = stored_digits(text)
    if checks(text):
        if _pupil(birth, year):
            return Number(Kind.FULL, text, birth, gender, digits is not None)
        if birth and OLDEST_ADULT <= int(birth[:4]) < year - OLDEST_PUPIL:
            return Number(Kind.ADULT, text)
    if digits:
        return prefix(digits, year)
    return Number(Kind.DAMAGED, text)


def stored_digits(text: str) -> str | None:
    """The 15 true digits if this may be what a spreadsheet made of a longer number, else None.

    It ends in 000 (as the sheet shows it), or it is exactly a float (as a program reads it).
    """
    if not text.isdigit() or not (text.endswith("000") or int(float(text)) == int(text)):
        return None
    digits = Decimal(repr(float(text))).as_tuple().digits
    joined = "".join(map(str, digits)).rstrip("0")
    return joined.ljust(15, "0") if len(joined) <= 15 else None


def _scientific(text: str, year: int) -> Number:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return NOTHING
    written = len(text.split("E")[0].replace(".", "").rstrip("0")) if "E" in text else 15
    if number < 10**17 or number >= 10**18 or written < 13:
        return NOTHING
    return prefix(stored_digits(str(int(number))) or str(int(number))[:15], year)


def prefix(digits: str, year: int) -> Number:
    birth = _birth(digits)
    return Number(Kind.PREFIX, digits, birth) if _pupil(birth, year) else NOTHING


def _masked(text: str, year: int) -> Number:
    if len(text.replace("*", "")) < 6:
        return NOTHING
    birth = _birth(text) if len(text) == 18 and text[6:14].isdigit() else None
    return Number(Kind.MASKED, text, birth if _pupil(birth, year) else None)


def fits_mask(mask: str, full: str) -> bool:
    """Position by position where lengths agree; else what stands before and after the stars."""
    if len(mask) == len(full):
        return all(m in ("*", f) for m, f in zip(mask, full))
    head, tail = mask.split("*")[0], mask.rsplit("*", 1)[1]
    return full.startswith(head) and full.endswith(tail)


def match(one: Number, other: Number) -> Match:
    """How two written numbers stand to each other; symmetric."""
    a, b = sorted((one, other), key=lambda n: n.kind)
    if a.kind in (Kind.NONE, Kind.ADULT) or b.kind == Kind.ADULT:
        return Match.NOTHING
    if a.kind == b.kind and a.text == b.text and a.kind != Kind.MASKED:
        return Match.PREFIX if a.kind == Kind.PREFIX else Match.SLIP if a.kind == Kind.DAMAGED else Match.EQUAL
    if a.kind == b.kind == Kind.FULL:
        return Match.PREFIX if (a.floaty or b.floaty) and a.text[:15] == b.text[:15] else Match.CONFLICT
    if a.kind == Kind.FULL:
        return _with_full(a, b)
    if a.kind == Kind.PREFIX and b.kind in (Kind.PREFIX, Kind.MASKED, Kind.DAMAGED):
        return _with_prefix(a, b)
    if a.kind == b.kind == Kind.MASKED:
        return Match.MASK if a.text == b.text else Match.NOTHING
    if a.kind == Kind.DAMAGED and b.kind == Kind.DAMAGED and OSA.distance(a.text, b.text, score_cutoff=1) <= 1:
        return Match.SLIP
    return Match.NOTHING


def _with_full(full: Number, other: Number) -> Match:
    if other.kind == Kind.PREFIX:
        return _fifteen(full.text[:15], other.text)
    if other.kind == Kind.MASKED:
        return _against_mask(other.text, full.text)
    if other.kind == Kind.DAMAGED:
        return Match.SLIP if OSA.distance(full.text, other.text, score_cutoff=1) <= 1 else Match.NOTHING
    return Match.NOTHING


def _with_prefix(known: Number, other: Number) -> Match:
    if other.kind == Kind.PREFIX:
        return _fifteen(known.text, other.text)
    if other.kind == Kind.MASKED:
        return _against_mask(other.text[:15].ljust(15, "*"), known.text)
    return Match.TORN if other.text[:15] == known.text else Match.NOTHING


def _fifteen(one: str, other: str) -> Match:
    """Two times 15 digits. One slip apart tells nothing: a number may have been mistyped before it was damaged (a digit
    that was dropped or doubled then shifts the last one out or in)."""
    if one == other:
        return Match.PREFIX
    near = OSA.distance(one, other, score_cutoff=1) <= 1 or OSA.distance(one[:14], other, score_cutoff=1) <= 1 \
        or OSA.distance(one, other[:14], score_cutoff=1) <= 1
    return Match.NOTHING if near else Match.CONFLICT


def _against_mask(mask: str, digits: str) -> Match:
    if fits_mask(mask, digits):
        return Match.MASK
    off = sum(m not in ("*", d) for m, d in zip(mask, digits)) if len(mask) == len(digits) else 2
    return Match.NOTHING if off == 1 else Match.CONFLICT


def best(row: tuple[Number, ...], known: tuple[Number, ...]) -> Match:
    """The relation of a row's numbers to all of a person's: any agreement beats any conflict."""
    if not row or not known:
        return Match.NOTHING
    return min((match(a, b) for a in row for b in known), key=_WEIGHT.__getitem__)


_WEIGHT = {Match.EQUAL: 0, Match.SLIP: 1, Match.PREFIX: 2, Match.MASK: 3, Match.TORN: 4, Match.CONFLICT: 5, Match.NOTHING: 6}
