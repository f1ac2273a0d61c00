"""Which month and which school the words on a paper, a folder or a file name mean."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from carelib.read.labels import key
from carelib.world import School, World

_YEAR = r"(?P<year>(?:19|20)[0-9]{2}|[二][〇○零0][一二三四五六七八九〇○零]{2}|(?<![0-9])[0-9]{2}(?=年))"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九正])"
_PERIODS = (re.compile(_YEAR + r"\s*[年.\-/_]\s*" + _MONTH + r"\s*(?:月份?|(?=[^0-9.\-/]|$))"),
            re.compile(r"(?P<year>20[0-9]{2})(?P<month>0[1-9]|1[0-2])(?![0-9]{3})"),
            re.compile(r"(?<![0-9.\-/])" + _MONTH + r"\s*月份?(?!\s*[0-9]{1,2}\s*[日号前]|内|后)"))
_SCHOOL_YEAR = re.compile(r"(20[0-9]{2})\s*[-—–~至/]\s*(20)?([0-9]{2})\s*(?:学年)?(?:度)?")
_TERM = re.compile(r"第\s*([一二12])\s*学期|(春|秋)(?:季)?(?:学期|学年|期)?|(上|下)\s*学期")
_CN = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
       "正": 1, "十一": 11, "十二": 12}
_SHORT = (("九年一贯制学校", "学校"), ("初级中学", "初中"), ("高级中学", "高中"), ("职业技术学校", "职校"), ("中等专业学校", "中专"),
          ("中心小学校", "中心小学"), ("小学校", "小学"), ("特殊教育学校", "特校"), ("中学校", "中学"))
_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,7}?(?:市|自治州|地区))?(?:[\u4e00-\u9fff]{1,7}?(?:区|县|旗))?")
_BEFORE = re.compile(r"(?:^|[省市区县旗镇乡道处村局园办团.。、,，:：;；()（）\[\]【】\-—_/& 　0-9年月日份]|关于|表|上报)$")
_AFTER_CAMPUS = re.compile(r"^[(（]?([\u4e00-\u9fff]{1,6}?(?:校区|教学点|校部)|本部|分部|(?:小学|初中|中学|高中|幼儿|职高|普高|小)部)[)）]?")
_OTHER_SCHOOL = re.compile(r"^(?:附属|附设|附小|附中|分校|幼儿园|小学部?幼儿|第[一二三四五六七八九十]+(?:分校|附))")


# ---- month ------------------------------------------------------------------------------------------------------------

def months_in(text: str, cycle: str) -> list[str]:
    """Every month that a text names, in its order; a month without a year is the nearest to the cycle."""
    text = unicodedata.normalize("NFKC", text)
    years = _school_year(text)
    plain = text.replace(years[0], " ") if years else text
    found: dict[int, str] = {}
    taken: list[tuple[int, int]] = []
    for pattern in _PERIODS:
        for hit in pattern.finditer(plain):
            if any(a < hit.end() and hit.start() < b for a, b in taken):
                continue
            month = _number(hit["month"])
            year = _year(hit.groupdict().get("year"))
            if year is None and month:
                year = _year_of(month, cycle, years)
            if year and month and 1 <= month <= 12 and 2000 <= year <= 2099:
                found[hit.start()] = f"{year:04d}-{month:02d}"
                taken.append(hit.span())
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def _school_year(text: str) -> re.Match[str] | None:
    """2022-2023学年, 2022-23: a year and the next one; 2023-03 is a month."""
    return next((m for m in _SCHOOL_YEAR.finditer(text) if int(m[3]) == (int(m[1]) + 1) % 100), None)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else _CN.get(text)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdigit():
        return int(text) if len(text) == 4 else 2000 + int(text)
    return int("".join(str(_CN[c]) for c in text))


def _year_of(month: int, cycle: str, years: re.Match[str] | None) -> int:
    if years:
        return int(years[1]) + (month < 9)
    year, now = int(cycle[:4]), int(cycle[5:])
    return min((year - 1, year, year + 1), key=lambda y: (abs((y - year) * 12 + month - now), y))


def term_in(text: str, cycle: str) -> tuple[int, int] | None:
    """(first year of the school year, 1 or 2) that a text names: 2022-2023学年第二学期, 2023年春学期."""
    text = unicodedata.normalize("NFKC", text)
    term, years = _TERM.search(text), _school_year(text)
    if not term:
        return None
    number = {"一": 1, "1": 1, "上": 1, "秋": 1}.get(term[1] or term[2] or term[3], 2)
    if years:
        return int(years[1]), number
    year = re.search(r"(20[0-9]{2})\s*年?", text)
    if term[2] and year:
        return int(year[1]) - (number == 2), number
    return None


# ---- school -----------------------------------------------------------------------------------------------------------

def short(name: str) -> str:
    """A name of a school for comparing: no region in front, usual short forms, no marks."""
    said = key(name)
    for long, brief in _SHORT:
        said = said.replace(long, brief)
    rest = _REGION.sub("", said)
    return rest if len(rest) >= 3 else said


@dataclass(frozen=True, slots=True)
class Found:
    """The school that some words mean, and the campus if they name one; `many`: it could be several."""
    school: School | None
    campus: str = ""
    many: bool = False


class Register:
    """The register of schools, ready to be asked."""

    def __init__(self, world: World) -> None:
        self.cycle = world.cycle
        self.by_code = {s.code: s for s in world.schools}
        district = world.policy.district.name
        self.district = key(re.sub(r"(教育局|教育体育局|教体局|教育和体育局)$", "", district))
        self.exact: dict[str, set[str]] = {}
        self.brief: dict[str, set[str]] = {}
        for school in world.schools:
            for name in (school.name, *school.short_names):
                self.exact.setdefault(key(name), set()).add(school.code)
                self.brief.setdefault(self._short(name), set()).add(school.code)
        self.names = sorted({*self.exact, *self.brief}, key=lambda n: (-len(n), n))
        self.generic = frozenset(short(w) for w in world.catalogue.wording["read"]["generic_schools"])
        self._known: dict[str, Found] = {}

    def _short(self, name: str) -> str:
        said = key(name)
        if self.district and self.district in said:
            rest = said.partition(self.district)[2]
            if len(rest) >= 3:
                return short(rest)
        return short(name)

    def find(self, text: str) -> Found:
        """The school that a text names as a whole (a cell, 填报单位): code, full name, short name, or unique containment."""
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def _find(self, text: str) -> Found:
        code = re.search(r"(?<![0-9])[0-9]{10}(?![0-9])", unicodedata.normalize("NFKC", text))
        if code and code[0] in self.by_code:
            return Found(self.by_code[code[0]])
        said = key(re.sub(r"[(（\[【](公?章|盖章|签章|加盖公章|公章处)[)）\]】]", "", text))
        if not said:
            return Found(None)
        for table, word in ((self.exact, said), (self.brief, self._short(text))):
            if word in table:
                return self._one(table[word])
        inside = self.mentioned(text, whole=True)
        if inside.school or inside.many:
            return inside
        brief = self._short(text)
        if len(brief) >= 3 and brief not in self.generic:
            holding = {c for name, codes in (*self.exact.items(), *self.brief.items()) if brief in name for c in codes}
            if holding:
                return self._one(holding)
        return Found(None)

    def mentioned(self, text: str, whole: bool = False) -> Found:
        """The school whose name stands somewhere in a text (a title, a file name); the longest name wins."""
        flat = "".join(unicodedata.normalize("NFKC", text).split())
        said, where = _flat_key(flat)
        said_short = said
        for long, brief in _SHORT:
            said_short = said_short.replace(long, brief)
        spots: list[tuple[int, int, set[str], str, str]] = []
        for name in self.names:
            for variant in {said, said_short}:
                at = variant.find(name)
                if at >= 0:
                    before, after = variant[:at], variant[at + len(name):]
                    if variant is said:
                        before, after = flat[:where[at]], flat[where[at + len(name) - 1] + 1:]
                    if self._stands_alone(before, after, whole):
                        spots.append((at, at + len(name), self.exact.get(name, set()) | self.brief.get(name, set()), before, after))
        if not spots:
            return Found(None)
        longest = max(end - start for start, end, *_ in spots)
        best = [s for s in spots if s[1] - s[0] == longest]
        codes = set.union(*(s[2] for s in best))
        others = {c for start, end, cs, *_ in spots if not any(b[0] <= start and end <= b[1] for b in best) for c in cs} - codes
        if others and not whole:
            return Found(None, many=True)
        campus = _AFTER_CAMPUS.match(best[0][4])
        one = self._one(codes)
        return Found(one.school, campus[1] if campus else "", one.many)

    def _stands_alone(self, before: str, after: str, whole: bool) -> bool:
        if _OTHER_SCHOOL.match(after):
            return False
        if before and not (_BEFORE.search(before) or (self.district and key(before).endswith(self.district))):
            return False
        if not whole:
            return True
        rest = _AFTER_CAMPUS.sub("", after).strip("()（）")
        return not rest or rest in ("学校", "校") or bool(re.match(r"[^\u4e00-\u9fff]|公章|盖章|20[0-9]{2}", rest))

    def _one(self, codes: Iterable[str]) -> Found:
        """The school if the codes mean one: of several, the only one that is open."""
        schools = [self.by_code[c] for c in sorted(codes)]
        if len(schools) > 1:
            schools = [s for s in schools if s.is_open(self.cycle)] or schools
        return Found(schools[0]) if len(schools) == 1 else Found(None, many=True)

    def heir(self, school: School) -> School | None:
        """The open school that took over a closed one; itself if it is open; None if nobody did."""
        seen: set[str] = set()
        now: School | None = school
        while now is not None and not now.is_open(self.cycle):
            if now.code in seen or not now.merged_into:
                return None
            seen.add(now.code)
            now = self.by_code.get(now.merged_into) or self.find(now.merged_into).school
        return now


def _flat_key(flat: str) -> tuple[str, list[int]]:
    """`key` of a text without blanks, with the position of each character in it."""
    chars = [(c, i) for i, c in enumerate(flat.lower()) if c.isalnum()]
    return "".join(c for c, _ in chars), [i for _, i in chars]
