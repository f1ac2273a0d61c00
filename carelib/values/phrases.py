"""What people write in their own words where a list asks for one of its own: the patterns of notice/phrases.toml."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from carelib.catalogue import CodeList
from carelib.values.text import NUMERALS


@dataclass(frozen=True, slots=True)
class Hit:
    """A word or a phrase of a list in a text."""
    start: int
    end: int
    code: str                               # empty: a word that is always asked
    sure: bool = False                      # a word of the list, or a phrase that holds one
    over: bool = False                      # a phrase of which words of other codes are part

    def holds(self, other: Hit) -> bool:
        return self.start <= other.start and other.end <= self.end


class Phrases:
    """The phrases of one list, made ready."""

    def __init__(self, codes: CodeList) -> None:
        self.patterns = [(code.removesuffix("!"), code.endswith("!"), p) for code, patterns in codes.phrases.items() for p in patterns]
        words = sorted(map(re.escape, codes.around), key=lambda w: (-len(w), w))
        self.around = re.compile(rf"(?:[\d|()%{NUMERALS}]|{'|'.join(words) or '(?!)'})*+")

    def among(self, known: Sequence[Hit], word: str) -> list[Hit]:
        """The list's own words in a text (`known`) and its phrases. A word that is part of a phrase counts with it, if it says
        the same or the phrase may hold others; a phrase that is part of a word is none."""
        found = [Hit(m.start(), m.end(), code, over=over) for code, over, pattern in self.patterns for m in pattern.finditer(word) if m[0]]
        found = [p for p in found if not any(w.holds(p) for w in known)]
        found = [p for p in dict.fromkeys(found) if not any(q != p and q.holds(p) and (q.over or q.code == p.code) for q in found)]
        out = [w for w in known if not any(p.holds(w) and (p.over or p.code == w.code) for p in found)]
        sure = {w.code for w in known if w.code and w.sure}
        out += [Hit(p.start, p.end, p.code, p.code in sure, p.over) for p in found]
        return sorted(out, key=lambda h: (h.start, -h.end))

    def cover(self, rest: str) -> bool:
        """Whether what stands round a phrase (`without`) changes nothing."""
        return self.around.fullmatch(rest) is not None


def without(word: str, hits: Sequence[Hit]) -> str:
    """The text with a stroke in the place of each word and phrase, of those that overlap one. `hits` in their order."""
    out, at = "", 0
    for hit in hits:
        if hit.start >= at:
            out += word[at:hit.start] + "|"
        at = max(at, hit.end)
    return out + word[at:]
