"""The forms in which labels and words are compared: without signs and numbering, and folded (words of one meaning as one)."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from carelib.values.text import numeral

_BRACKET = re.compile(r"[(\[【〔<《{][^)\]】〕>》}]*[)\]】〕>》}]")
_NUMBERING = re.compile(r"^\s*(?:[(（]\s*[0-9一二三四五六七八九十]{1,3}\s*[)）]|[0-9一二三四五六七八九十]{1,3}\s*[、.．,，]|[①-⑳])\s*")
_UNIT = re.compile(r"(?<=.)\s*[/／]\s*(?:人次|人|个|名|学时|课时|小时|节|周|次|万元|元|天|所|间|台|份|处|条|起|场|户|%)$")       # 持证人数/人
_REQUIRED = re.compile(r"[(\[【](?:必填|选填|必填项|选填项|必须填写|\*)[)\]】]")
NTH = re.compile(r"\s*(?:第\s*[(（]?\s*([一二三四五六七八九十0-9]{1,3})\s*[)）]?\s*|首)次(.*)", re.DOTALL)     # 第二次劝返, 首次劝返
BOXES = frozenset("□☐☑☒")


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """The form in which labels and words are compared: NFKC, lower case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


@lru_cache(maxsize=65536)
def keys(text: str) -> tuple[str, ...]:
    """The comparable forms of a label, the fullest first: whole, without numbering, without what stands in brackets and the unit.
    Boxes to tick are no label."""
    if not BOXES.isdisjoint(text):
        return ()
    plain = _REQUIRED.sub("", unicodedata.normalize("NFKC", text))
    bare = unnumbered(plain)
    short = key(_UNIT.sub("", _BRACKET.sub("", bare)))
    if len(short) == 1 and bare.lstrip().startswith(("(", "[", "【")):
        short = ""                              # (3)班 is no 班
    return tuple(dict.fromkeys(k for k in (key(plain), key(bare), short) if k))


def unnumbered(text: str) -> str:
    """`二、辍学原因` -> `辍学原因`; （3）班 stays what it is."""
    bare = _NUMBERING.sub("", text)
    return bare if len(key(bare)) > 1 else text


def nth(text: str) -> tuple[str, str] | None:
    """第二次劝返 -> ("2", "劝返"); None for anything else."""
    found = NTH.fullmatch(text)
    if found is None:
        return None
    number = 1 if found[1] is None else int(found[1]) if found[1].isdecimal() else numeral(found[1])
    return None if number is None else (str(number), found[2])


def is_numbered(text: str) -> bool:
    return _NUMBERING.match(text) is not None


class Fold:
    """Words of one meaning written as one (时间 = 日期), and words that may be left out (是否, 学生): data of wording.toml."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._same = {key(w): key(group[0]) for group in words["same"] for w in group}
        self._words = re.compile("|".join(sorted(map(re.escape, self._same), key=lambda w: (-len(w), w))))
        self._start = tuple(sorted(map(key, words["start"]), key=len, reverse=True))
        self._end = tuple(sorted(map(key, words["end"]), key=len, reverse=True))
        self._inside = tuple(map(key, words["inside"]))
        self.turning = tuple({w for said in words["turning"] for w in (key(said), self.of(key(said)))})
        self.vague = frozenset(self.of(key(w)) for w in words["vague"])

    def of(self, said: str) -> str:
        """A comparable form with words of one meaning written as one."""
        return self._words.sub(lambda found: self._same[found[0]], said)

    def loose(self, said: str) -> str:
        """The same without the words that change nothing."""
        said = self.of(said)
        for word in self._inside:
            said = said.replace(word, "")
        for _ in range(3):
            short = next((said[len(w):] for w in self._start if said.startswith(w)), said)
            short = next((short[:-len(w)] for w in self._end if short.endswith(w)), short)
            if short == said or len(short) < 2 or short in self.vague:
                break
            said = short
        return said
