"""Words of a closed list: the list's own words and synonyms, ticked options, details behind them; doubt is asked.

A text is tried as a whole, then without what changes nothing (numbering, endings, a detail in brackets), then part by
part, and at last by the list's words and phrases inside it: one code only, said of the pupil, nothing beside it that doubts it.
"""
from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from carelib.catalogue import CodeList, fold
from carelib.values.marks import has_marks, options
from carelib.values.phrases import Hit, Phrases, without
from carelib.values.text import NUMERALS, is_cjk, plain, split_outside
from carelib.values.words import alternation, word_set, words

NEAR = 75                               # likeness (0-100) from which on a label is suggested
SEPARATORS = "、，,;；/\n+|。.&"
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}\)?[.、,):]?|[a-z][.、:])(?=[\u4e00-\u9fff])")
_CODE_FIRST = re.compile(r"^([a-z]\d\d)[.、,:\-]?(?=[^a-z.、,:\-])")
_HEAD = re.compile(r"([^(\[:]+)(?:[(\[:]|--)(.*)")


@dataclass(frozen=True, slots=True)
class Match:
    """What a text says in the words of a list: codes, or why none, or neither (nothing is said)."""
    codes: tuple[str, ...] = ()
    why: str = ""
    suggestion: str | None = None
    remark: bool = False                # says nothing of the list; may stand beside a code


class Matcher:
    """A code list made ready: its words, the words that are always asked, one pattern of all of them."""

    def __init__(self, codes: CodeList) -> None:
        table = words()["code"]
        self.list = codes
        self.words = {self._key(w): code for w, code in codes.words.items()}
        self.ambiguous = {self._key(w) for w in codes.ambiguous}
        self.nothing = {self._key(w) for w in table["nothing"].get(codes.name, ())}
        self.bears_doubt = table["strict"].get(codes.name)      # None: doubt counts only right before a word
        self.about_pupil = codes.name in table["about_pupil"]
        self.detail_matters = codes.name in table["detail_matters"]
        self.detail_adds = codes.name in table["detail_adds"]
        self.by_ending = codes.name in table["by_ending"]
        self.harmless_only = codes.name in table["harmless_only"]
        beside = table["beside"].get(codes.name)
        self.remarks = re.compile("|".join(beside)) if beside else None
        qualified = table["qualified"].get(codes.name)
        self.qualified = re.compile(qualified) if qualified else None
        numbered = table["numbered"].get(codes.name)
        self.numbered = re.compile(numbered) if numbered else None
        self.shared = {self._key(w) for w in table["shared"].get(codes.name, ())}
        self.weak = {self._key(w) for w in table["weak"].get(codes.name, ())}
        self.order = {code: i for i, code in enumerate(codes.labels)}
        self.inside = _any_of({w for w in self.words.keys() | self.ambiguous if len(w) >= 2 and not w.isascii()})
        self.phrases = Phrases(codes)
        self.cache: dict[tuple[str, bool], Match] = {}

    @staticmethod
    def _key(word: str) -> str:
        return plain(fold(word))

    def read(self, text: str, several: bool) -> Match:
        """`text` is clean; what was read once is remembered."""
        key = (text, several)
        found = self.cache.get(key)
        if found is None:
            if len(self.cache) > 4096:
                self.cache.clear()
            found = self.cache[key] = self._read(text, several)
        return found

    def _read(self, text: str, several: bool) -> Match:
        whole = self._key(text)
        if len(whole) > words()["code"]["longest"] * (3 if several else 1):
            return Match(why="long")
        if whole in self.nothing:
            return Match()
        found = self.exact(whole)
        if found is None and "?" in whole:
            return Match(why="ambiguous")
        if found is None and has_marks(text):
            found = self._ticked(text, several)
        if found is None:
            found = self._in_parts(text, several)
        return found if found.why != "unknown" or found.suggestion else Match((), "unknown", self.nearest(whole))

    def exact(self, word: str) -> Match | None:
        """The word as it stands in the list, or with what changes nothing taken off."""
        for form in _forms(word):
            if form in self.words:
                return Match((self.words[form],))
            if form in self.ambiguous:
                return Match(why="ambiguous")
        first = _CODE_FIRST.match(word)
        if first and first[1] in self.words:
            code, rest = self.words[first[1]], self.exact(word[first.end():])
            return Match((code,)) if rest and rest.codes == (code,) else Match(why="several")
        return None

    def _ticked(self, text: str, several: bool) -> Match | None:
        """Only the ticked options count; none ticked says nothing."""
        found = options(text)
        if found is None:
            return None
        if found.doubt:
            return Match(why="marks")
        if not found.ticked:
            known = all(self.exact(self._key(w)) for w in found.unticked)
            return Match() if known else Match(why="marks")
        return self._joined([self._part(w, several) for w in found.ticked], several)

    def _in_parts(self, text: str, several: bool) -> Match:
        """The parts of an enumeration, each by itself; a single-code list may have remarks beside its one word."""
        parts = self._one_of_shared(split_outside(text, SEPARATORS))
        if not parts:
            return Match(why="unknown")
        matches = [self._part(p, several) for p in parts]
        if several or len(parts) == 1:
            return self._joined(matches, several)
        return self._with_remarks(parts, matches)

    def _one_of_shared(self, parts: list[str]) -> list[str]:
        """对花生、牛奶过敏 is one entry: what stands before the last part means nothing by itself."""
        end = next((w for w in self.shared if parts and self._key(parts[-1]).endswith(w)), None)
        if end is None or len(parts) < 2 or any(not is_cjk(self._key(p)) or len(p) > 6 or self.inside.search(self._key(p)) for p in parts[:-1]):
            return parts
        return [end]

    def _with_remarks(self, parts: list[str], matches: list[Match]) -> Match:
        """One code among several parts; the others are remarks, which may not take it back."""
        known = [m for m in matches if m.codes]
        found = self._joined(known, several=False)
        remarks = [self._key(p) for p, m in zip(parts, matches) if not m.codes]
        if len(known) == len(parts) or (known and not found.codes):
            return found
        doubted = [m for m in matches if m.why != "unknown" and m.why]
        if not known:
            return doubted[0] if doubted else Match(why="unknown")
        if self.bears_doubt is None:
            return doubted[0] if doubted else found
        limited = self.qualified is not None and found.codes[0] not in self.bears_doubt and any(map(self.qualified.search, remarks))
        if limited or (found.codes[0] not in self.bears_doubt and any(map(self._takes_back, remarks))):
            return Match(why="negated", suggestion=self._label(found.codes[0]))
        return found

    def _takes_back(self, remark: str) -> bool:
        """Negations, reversals, and words that would be asked if they stood alone."""
        asked = {w for w in self.inside.findall(remark) if w in self.ambiguous} - word_set("code", "remarks")
        return bool(asked or _any("negations").search(remark) or _any("reversals").search(remark))

    def _part(self, part: str, several: bool) -> Match:
        """One entry: exact, exact with a detail behind it, or the list's words inside it."""
        word = self._key(part)
        found = self.exact(word)
        if found:
            return found
        behind = self.numbered.fullmatch(word) if self.numbered else None
        if behind and (found := self.exact(behind[1])) and found.codes:
            return found                        # 一级（校长）
        head = _HEAD.fullmatch(word)
        if head and (found := self.exact(head[1])):
            return self._with_detail(found, head[2].strip(")]"), several)
        if self.remarks and self.remarks.search(word) and not self.inside.search(word):
            return Match(why="unknown", remark=True)
        return self._by_ending(word) or self._inside(word)

    def _by_ending(self, word: str) -> Match | None:
        """东湖村, 示例镇: a place named by its last character, where that is a word of the list."""
        place = len(word) in (3, 4, 5) and self.by_ending and word[-1] in self.words and is_cjk(word)
        return Match((self.words[word[-1]],)) if place and not self.inside.search(word) else None

    def _with_detail(self, found: Match, detail: str, several: bool) -> Match:
        """A detail must not take the word back; in some lists it adds a code, in some it must not say another one."""
        if not found.codes:
            return found
        code = found.codes[0]
        if self.bears_doubt is None:
            more = self.exact(detail) if detail and (self.detail_adds or self.detail_matters) else None
            if more is None and self.detail_matters:
                more = Match(tuple(dict.fromkeys(h.code or code for h in self._hits(detail))))
            if more is None or (more.why and self.words.get(self._key("其他")) == code):
                return found
            return more if more.why else self._joined([found, more], several)
        others = {self.words.get(w, code) for w in self.inside.findall(detail)} - {code}
        if others or (code not in self.bears_doubt and self._takes_back(detail)):
            return Match(why="negated", suggestion=self._label(code))
        return found

    def _inside(self, word: str) -> Match:
        """The list's words and phrases in a longer text, if they all mean one thing and nothing speaks against it."""
        hits = self._hits(word)
        if not hits:
            return Match(why="unknown")
        if any(not h.code for h in hits):
            return Match(why="ambiguous")
        codes = tuple(dict.fromkeys(h.code for h in hits))
        label, rest = self._label(codes[0]), without(word, hits)
        if any(self._negated(word, h) for h in hits) or self._doubted(codes[0], rest):
            return Match(why="negated", suggestion=label if self.bears_doubt else None)
        if self.about_pupil and any(self._of_others(word, hits, i) for i in range(len(hits))):
            return Match(why="subject", suggestion=label)
        if len(codes) == 1 and not any(h.sure for h in hits) and not self.phrases.cover(rest):
            return Match(why="unknown", suggestion=label)
        return Match(codes)

    def _hits(self, word: str) -> list[Hit]:
        """Where the list's words and phrases stand in a text; `code` is empty for a word that is always asked."""
        known = [Hit(h.start(), h.end(), self.words.get(h[0], ""), sure=h[0] not in self.weak) for h in self.inside.finditer(word)]
        return self.phrases.among(known, word)

    def _of_others(self, word: str, hits: Sequence[Hit], i: int) -> bool:
        """Whether a word is said of somebody else: 母亲生病, 跟着打工的爸爸."""
        others, before = _any("others"), _clause_before(without(word[:hits[i].start], hits[:i]), None)
        return bool(others.search(before) or (word.startswith("的", hits[i].end) and others.match(word, hits[i].end + 1)))

    def _negated(self, word: str, hit: Hit) -> bool:
        """不、未、拟、承诺 … within a few characters before the word."""
        return _any("negations").search(_clause_before(word, hit.start)[-4:]) is not None

    def _doubted(self, code: str, rest: str) -> bool:
        """Whether what stands round a word of a strict list is more than dates, classes and words without weight."""
        if self.bears_doubt is None or code in self.bears_doubt:
            return False
        if self.harmless_only and code in words()["code"]["destination"]:
            rest = re.sub(r"\|[至到往入于在去][^|]+", "|", rest)
        if self.harmless_only:
            return _harmless().fullmatch(rest) is None
        return _any("negations").search(rest) is not None

    def _joined(self, matches: list[Match], several: bool) -> Match:
        codes = {c for m in matches for c in m.codes}
        faults = [m for m in matches if m.why and not (codes and m.remark)]
        ordered = tuple(sorted(codes, key=lambda c: self.order.get(c, 0)))
        if faults:
            why = faults[0].why if len(matches) == 1 or not codes else "part"
            labels = "、".join(filter(None, map(self._label, ordered)))
            return Match(why=why, suggestion=labels or faults[0].suggestion)
        if len(ordered) > 1 and not several:
            return Match(why="several", suggestion=self._label(matches[0].codes[0]) if matches[0].codes else None)
        return Match(ordered)

    def _label(self, code: str) -> str | None:
        return self.list.labels.get(code)

    def nearest(self, word: str) -> str | None:
        """The label whose words are most like this one."""
        near = process.extractOne(word, self.words.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
        return self._label(self.words[near[0]]) if near else None


def _any_of(known: set[str]) -> re.Pattern[str]:
    ordered = sorted(known, key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


def _forms(word: str) -> list[str]:
    """The word, then without numbering, closing signs, and beginnings and endings that change nothing."""
    forms = [word]
    core = _NUMBERED.sub("", word.strip(" .,;:、!'\"·-"))
    forms.append(core)
    for pattern in _edges():
        shorter = pattern.sub("", core)
        if shorter and shorter != core:
            forms.append(shorter)
            forms.append(_edges()[1].sub("", shorter) or shorter)
    return forms


@functools.cache
def _edges() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"^(?:{alternation('code', 'beginnings')})"), re.compile(f"(?:{alternation('code', 'endings')})$")


@functools.cache
def _any(key: str) -> re.Pattern[str]:
    """A list of words of [code] as one pattern."""
    return re.compile(alternation("code", key))


@functools.cache
def _harmless() -> re.Pattern[str]:
    return re.compile(rf"(?:[\d|.,;:、()\-/{NUMERALS}]|{alternation('code', 'harmless')})*+")


def _clause_before(word: str, start: int | None) -> str:
    """What stands before a place in the same clause."""
    return re.split(r"[,;.、|/()\[\]:]", word[:start])[-1]


_MATCHERS: dict[int, Matcher] = {}      # by identity of the list, which the matcher keeps alive


def matcher(codes: CodeList) -> Matcher:
    """The list made ready, once for each list."""
    found = _MATCHERS.get(id(codes))
    if found is None:
        if len(_MATCHERS) > 256:
            _MATCHERS.clear()
        found = _MATCHERS[id(codes)] = Matcher(codes)
    return found
