"""How two written names stand to each other, best first. Tables of characters lie in notice/names/.

A name is folded before it is compared: one width, simplified characters, notes in brackets dropped, and whatever hides
or replaces a character turned into one wildcard. Nothing here decides that two pupils are one.
"""
from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from pypinyin.constants import PINYIN_DICT

from carelib.catalogue import HERE

WILD = "*"


class Name(IntEnum):
    """Relations of two names, best first; `RARE` … `SWAPPED` are slips, `SURNAME` hides all but the surname."""
    EQUAL = 0
    RARE = 1            # one character replaced by a wildcard, its sound, its parts
    SOUND = 2           # one character with the same sound (any reading)
    NEAR_SOUND = 3      # zh/z, -ng/-n, l/n …
    LOOKS = 4           # one character that looks alike
    LENGTH = 5          # one character dropped or added, or an ethnic name cut short
    SWAPPED = 6         # two neighbours swapped
    SURNAME = 7         # masked: only the surname is left
    OTHER = 8           # one other character, or two that only sound or look like it
    DIFFERENT = 9

    @property
    def slip(self) -> bool:
        return Name.RARE <= self <= Name.SWAPPED


_DOTS = dict.fromkeys(map(ord, "•・‧･⋅.．。﹒∙●◦‐-–—_"), "·")
_MASKS = dict.fromkeys(map(ord, "某□?？×✕○〇ｘx#＊"), WILD)
_EDGE = "·0123456789、,，;；'\""
_NOTE = re.compile(r"[(（〔{｛<《].*?[)）〕}｝>》]|[(（].*$", re.DOTALL)      # a note may run over a line break
_PARTS = re.compile(r"[\[［【]([^\]］】]*)[\]］】]?")


def _column(file: str) -> dict[str, str]:
    with (HERE / "names" / file).open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))[1:]
    out: dict[str, str] = {}
    for key, value in rows:
        out[key] = out.get(key, "") + value
    return out


@functools.cache
def _simplified() -> dict[int, str]:
    return {ord(old): new for old, new in _column("traditional.csv").items()}


@functools.cache
def _alike() -> dict[str, frozenset[str]]:
    tables = [_column("lookalike.csv"), _column("mistaken.csv")]
    return {char: frozenset("".join(t.get(char, "") for t in tables)) for char in {c for t in tables for c in t}}


@functools.lru_cache(1 << 17)
def fold(text: str | None) -> str:
    """The form in which names are compared; '' if the text holds no name."""
    if not text:
        return ""
    text = unicodedata.normalize("NFKC", text).lower().strip()
    text = _NOTE.sub("", _PARTS.sub(lambda m: WILD if len(m[1]) in (0, 2, 3) else "", text))
    text = "".join(re.sub("[|@\x1f]", "", text).split()).removesuffix("同学").strip(_EDGE)
    latin = text.replace("·", "").isascii() and any(c.isalpha() for c in text)
    text = text.translate(_DOTS) if latin else text.translate(_MASKS).translate(_DOTS)
    text = re.sub("·+", "·", text).strip(_EDGE).translate(_simplified())
    return unicodedata.normalize("NFKC", "".join(WILD if _private(c) else c for c in text))


def _private(char: str) -> bool:
    return unicodedata.category(char) in ("Co", "Cn", "So")


@functools.lru_cache(1 << 14)
def sounds(char: str) -> frozenset[str]:
    """Every toneless reading of a character."""
    readings = PINYIN_DICT.get(ord(char), "") if len(char) == 1 else ""
    plain = (unicodedata.normalize("NFD", r) for r in readings.split(","))
    return frozenset("".join(c for c in r if "a" <= c <= "z" or c == "\u0308") for r in plain if r)


@functools.lru_cache(1 << 14)
def near_sounds(char: str) -> frozenset[str]:
    """Readings with what dialects confuse made equal: zh/z ch/c sh/s, -ng/-n, l/n, h/f, r/l."""
    out = set()
    for sound in sounds(char):
        sound = re.sub("^([zcs])h", r"\1", sound).replace("ng", "n")
        out.add(re.sub("^[nr]", "l", re.sub("^h(?=u|o)", "f", sound)).replace("fuan", "fan").replace("fui", "fei"))
    return frozenset(out)


def alike(a: str, b: str) -> bool:
    """Whether two characters look alike."""
    table = _alike()
    return b in table.get(a, ()) or a in table.get(b, ())


@functools.lru_cache(1 << 17)
def relation(a: str, b: str) -> Name:
    """How two folded names stand to each other."""
    if not a or not b:
        return Name.DIFFERENT
    if a == b:
        return Name.SURNAME if _hidden(a) else Name.EQUAL
    if len(a) == len(b):
        return _same_length(a, b)
    if WILD in a or WILD in b:
        return _masked(a, b)
    return _other_length(*sorted((a, b), key=len))


def _hidden(name: str) -> bool:
    """A name of which nothing but the surname (or less) can be read."""
    return WILD in name and len(name.replace(WILD, "")) < 2


def _same_length(a: str, b: str) -> Name:
    off = [(x, y) for x, y in zip(a, b) if x != y]
    hard = [(x, y) for x, y in off if WILD not in (x, y)]
    if not hard:
        return Name.SURNAME if _hidden(a) or _hidden(b) or len(off) > 1 else Name.RARE
    if len(off) == 1:
        return _one_other(*off[0])
    i = next(i for i, (x, y) in enumerate(zip(a, b)) if x != y)
    if len(off) == 2 and a[i:i + 2] == b[i:i + 2][::-1]:
        return Name.SWAPPED
    two_slips = len(off) == 2 and a[0] == b[0] and len(hard) == 2 and all(_one_other(x, y).slip for x, y in hard)
    return Name.OTHER if two_slips else Name.DIFFERENT


def _one_other(x: str, y: str) -> Name:
    if sounds(x) & sounds(y):
        return Name.SOUND
    if near_sounds(x) & near_sounds(y):
        return Name.NEAR_SOUND
    return Name.LOOKS if alike(x, y) else Name.OTHER


def _masked(a: str, b: str) -> Name:
    """Names of other lengths, one masked: 李* or 李** for 李某某, 欧阳* for 欧阳…"""
    mask, full = (a, b) if WILD in a else (b, a)
    head, tail = mask.split(WILD)[0], mask.rsplit(WILD, 1)[1]
    fits = full.startswith(head) and full.endswith(tail) and len(head) + len(tail) < len(full)
    return Name.SURNAME if fits and (head or tail) else Name.DIFFERENT


def _other_length(short: str, long: str) -> Name:
    if "·" in long and len(short) >= 2 and (long.split("·")[0] == short or (long.startswith(short) and len(short) >= 4)
                                            or long.replace("·", "") == short):
        return Name.LENGTH
    spelled = re.search("[a-z]+", long) or re.search("[a-z]+", short)
    if spelled:
        return _spelled(long, short, spelled[0]) if spelled[0] in long else _spelled(short, long, spelled[0])
    one_more = len(long) - len(short) == 1 and len(short) >= 2
    dropped = one_more and any(long[:i] + long[i + 1:] == short for i in range(len(long)))
    return Name.LENGTH if dropped else Name.DIFFERENT


def _spelled(name: str, other: str, sound: str) -> Name:
    """王jiu for 王玖: a character that the typist's font lacks, written as its sound."""
    i = name.index(sound)
    head, tail = name[:i], name[i + len(sound):]
    if len(other) == len(head) + 1 + len(tail) and other.startswith(head) and other.endswith(tail):
        return Name.RARE if sound in sounds(other[i]) else Name.DIFFERENT
    return Name.DIFFERENT


def best(name: str, known: Iterable[str]) -> Name:
    """The best relation of a name to any of the names that a person has been written with."""
    found = Name.DIFFERENT
    for other in known:
        if other == name and WILD not in name:
            return Name.EQUAL
        found = min(found, relation(name, other))
    return found
