"""Whose form it is and for which month: by what the paper says; by folder and file name only where it says nothing."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from rapidfuzz import fuzz

from carelib.catalogue import Form
from carelib.read import forms
from carelib.read.envelope import Envelope
from carelib.read.identify import Found, Register, months_in, short, term_in
from carelib.read.labels import key
from carelib.read.lexicon import Lexicon
from carelib.world import School, World

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
SENTENCE = re.compile(r"[，,；;。！!？?]\s*\S")          # a sentence may speak of another school: 愿意读职校的，联系县职教中心


@dataclass(slots=True)
class Names:
    """What folder and file name say."""
    school: School | None = None
    months: list[str] = field(default_factory=list)
    titles: list[tuple[int, str]] = field(default_factory=list)

    @staticmethod
    def of(name: str, register: Register, lexicon: Lexicon, cycle: str) -> Names:
        path = PurePosixPath(name)
        parts = [path.stem, *reversed(path.parts[:-1])]
        school = next((f.school for p in parts if (f := register.mentioned(p)).school), None) or next(
            (f.school for p in parts for said in (
                re.sub(r"[0-9_\-\s()（）]+$", "", p), re.sub(r"[(（][^()（）]*[)）]", "", p), *re.findall(r"(?<![0-9])[0-9]{10}(?![0-9])", p))
             if (f := register.find(said)).school), None)
        months = next((m for p in parts if (m := months_in(p, cycle))), [])
        return Names(school, months, forms.of_titles([path.stem], lexicon) or _shorts(path.stem, lexicon))


def _shorts(text: str, lexicon: Lexicon) -> forms.Titles:
    """The forms whose short name (情况表) stands in a file name."""
    short_names = {code: key(form.short) for code, form in lexicon.catalogue.forms.items() if form.short}
    return sorted(((len(s), code) for code, s in short_names.items() if s in key(text)), reverse=True)


@dataclass(frozen=True, slots=True)
class Sender:
    """The school, and how it is known: unit | title | line | sheet | file | name; `words`: what is printed."""
    school: School | None = None
    by: str = ""
    words: str = ""
    campus: str = ""
    many: bool = False
    closed: School | None = None            # the printed one, if it has closed: then `school` is who took it over


def sender_of(env: Envelope, sheet: str, others: list[School], names: Names, register: Register) -> Sender:
    """Who sends this part. `others`: schools that other parts of the same file name."""
    printed = ""
    for text in env.units:
        found = register.find(text)
        if found.school:
            return opened(found, "unit", text, register)
        printed = printed or text
        if found.many:
            return Sender(None, "unit", text, many=True)
    for cell in env.titles:
        found = register.mentioned(cell.text)
        if found.school:
            return opened(found, "title", cell.text, register)
    for text in env.named:
        return opened(register.find(text), "line", text, register)
    if printed:
        near = names.school
        if near and fuzz.ratio(short(printed), short(near.name)) >= 75 and _ordinals(printed) == _ordinals(near.name):
            return Sender(near, "near", printed)
        return Sender(None, "unit", printed)
    found = register.find(sheet)
    if found.school and len(sheet) >= 3:
        return opened(found, "sheet", sheet, register)
    zero = {c.text for c in env.zero}
    for text in env.texts:
        if len(text) <= 200 and (text in zero or not SENTENCE.search(text)) and (found := register.mentioned(text)).school:
            return opened(found, "text", text, register)
    if len({s.code for s in others}) == 1:
        return opened(Found(others[0]), "file", others[0].name, register)
    if names.school:
        return opened(Found(names.school), "name", names.school.name, register)
    return Sender()


def _ordinals(name: str) -> set[str]:
    """What tells schools of one name apart: 第一, 城东."""
    return set(re.findall(r"[0-9一二三四五六七八九十东西南北]", short(name)))


def opened(found: Found, by: str, words: str, register: Register) -> Sender:
    """A school that has closed reports through the one that took it over; its list is one of several, like a campus."""
    school = found.school
    if school is None or school.is_open(register.cycle):
        return Sender(school, by, words, found.campus, found.many)
    heir = register.heir(school)
    return Sender(heir, by, words, found.campus or (school.name if heir else ""), closed=school)


@dataclass(frozen=True, slots=True)
class Months:
    """The month of a form. `own`: what the paper says (None: nothing); `differ`: months that stand beside it."""
    own: str | None
    by: str = ""                            # title | declared | sheet | filled
    differ: tuple[str, ...] = ()
    other_term: bool = False


def month_of(env: Envelope, sheet: str, form: Form | None, cycle: str) -> Months:
    """The form's own month: title and 报送月份, else the sheet's name, else 填报日期."""
    titles = [m for c in env.titles for m in months_in(c.text, cycle)]
    declared = [m for text in env.months for m in months_in(text, cycle)]
    by = "title" if titles else "declared"
    said = list(dict.fromkeys([*titles, *declared]))
    if not said:
        by, said = "sheet", months_in(sheet, cycle) if not re.fullmatch(r"(?i)sheet\s*\d*|工作表\d*|p\d+\.t\d+|t\d+", sheet) else []
    if form is not None and form.cycle == "term":
        return _term(env, said, cycle, by)
    if said:
        own = cycle if cycle in said else said[0]
        return Months(own, by, tuple(m for m in said if m != own))
    if env.filled_date and len(env.filled_date) >= 7:
        return Months(env.filled_date[:7], "filled")
    return Months(None)


def dated_month(env: Envelope, sheet: str, cycle: str) -> str:
    """The month for which a paper counts, near which days without a year lie: its own one, else that for which it was handed in;
    '' if it names other years only."""
    years = {year for text in env.texts for year in _YEAR.findall(unicodedata.normalize("NFKC", text))}
    return month_of(env, sheet, None, cycle).own or ("" if years and cycle[:4] not in years else cycle)


def _term(env: Envelope, said: list[str], cycle: str, by: str) -> Months:
    """A term form belongs to the folder's month, unless it names another term."""
    terms = [t for text in (*(c.text for c in env.titles), *env.terms) if (t := term_in(text, cycle))]
    ours = term_of(cycle)
    if terms and ours not in terms:
        return Months(said[0] if said else None, by, other_term=True)
    if said and not terms and all(term_of(m) != ours for m in said):
        return Months(said[0], by, other_term=True)
    return Months(cycle if said else None, by)


def term_of(month: str) -> tuple[int, int]:
    """(first year of the school year, 1 autumn or 2 spring): the spring term runs from February to August."""
    year, number = int(month[:4]), int(month[5:])
    if 2 <= number <= 8:
        return year - 1, 2
    return (year if number >= 9 else year - 1), 1


def merged(world: World, sender: Sender) -> str:
    """The name of the closed school that a sender stands for."""
    return sender.closed.name if sender.closed else ""
