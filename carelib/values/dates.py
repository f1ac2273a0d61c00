"""Dates in every style, to exactly the precision that was written; what is not a date for certain is asked."""
from __future__ import annotations

import datetime
import functools
import re

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, cycle_year, whole_number
from carelib.values.text import NUMERALS, numeral, plain, says_nothing
from carelib.values.words import NOTHING, alternation, ask, word_set, words

FIRST, LAST = 1900, 2100
LONG, SOON = 30, 3              # years: a number in a date field is a day so long before the cycle's year or so soon after it
NEAR = 3                        # months, the paper's own one counted, in which a day without a year is of the paper's year
TERM = 6                        # the same for the end of a duty, which lasts a term
NORMAL = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_S = r"[-./\\,、 ]"
_FULL = re.compile(rf"(\d{{4}})(?:年|{_S})(\d{{1,2}})(?:月|{_S})(\d{{1,2}})[日号]?")
_MONTH = re.compile(r"(\d{4})(?:年(?=\d+月)|[-./\\ ])(\d{1,2})(?:月[份日]?)?")      # 2023年2月  日: the day was left open
_YEAR = re.compile(r"(\d{4})年?")
_SHORT = re.compile(r"(\d{2})(?:(年)(\d{1,2})月(\d{1,2})[日号]?|([-./])(\d{1,2})\5(\d{1,2}))")
_FOREIGN = re.compile(r"\d{1,2}([-./])\d{1,2}\1\d{2}")
_SHORT_MONTH = re.compile(r"(\d{2})年(?:(\d{1,2})月份?)?")
_NO_YEAR = re.compile(r"(\d{1,2})(?:(?:月|[-./])(\d{1,2})[日号]?|月份?)")
_ENGLISH = re.compile(r"(\d{1,2})-([a-z]{3})[a-z]*-(\d{4})")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEMPLATE = re.compile(r"(?:20?\d?)?年|\d{0,4}年月日?|月日?")               # a printed line that nobody filled in
_TIME = re.compile(r"(?:[t ]|上午|下午|晚上|早上|早晨|中午|凌晨|傍晚)*(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?"
                   r"|\d{1,2}[时点](?:\d{1,2}分?|半|整)?(?:\d{1,2}秒)?|上午|下午|晚上|早上|早晨|中午|凌晨|傍晚|(?<=日)[早晚夜])"
                   r"(?:z|[+-]\d{2}:?\d{2})?$")
_NOTED = re.compile(r"(.*\d日?)\(([\u4e00-\u9fff]{2,8})\)?")
_ANY_DATE = re.compile(r"\d{4}\D{1,2}\d{1,2}\D{1,2}\d{1,2}|(?<!\d)\d{8}(?!\d)|\d{4}[年./-]\d{1,2}"
                       r"|\d{1,2}[月./-]\d{1,2}")
_CHINESE = re.compile(f"[{NUMERALS}]+(?=[年月日号])|(?<=月)[{NUMERALS}]+$")
_BARE_SERIAL = re.compile(r"([1-6]\d{4})(?:\.\d+)?")


def parse_date(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """`text` is clean (see `text.clean`); the cell may bring a stored date or number."""
    if cell is not None and cell.date and cell.kind != "number":
        return _stored(cell.date, text, field, context)
    iso = _ISO.fullmatch(text)
    if iso:
        return _whole(text, iso.groups(), field, context)
    if says_nothing(text):
        return NOTHING
    bare = _tidy(text)
    bare = re.sub(r"(?<=[\d年月日号])(?:出?生)$", "", bare) if field.name == "birth" else bare        # 2007年12月生
    if _TEMPLATE.fullmatch(bare) or bare in word_set("date", "not_yet"):
        return NOTHING
    if cell is not None and cell.kind == "number":
        return _number(bare, cell, text, field, context)
    return _written(bare, text, field, context, keeps_zero=cell is None or "!" in cell.place or "@" in cell.place)


def _stored(date: str, text: str, field: Field, context: Context) -> Reading:
    """A date that the file stores as one; years before 1901 are small numbers that were formatted as dates."""
    parts = date.split("-")
    if not NORMAL.fullmatch(date) or not 1901 <= int(parts[0]) <= LAST:
        return ask("date", "window", field, context, text)
    return _whole(text, parts, field, context)


def _whole(text: str, parts: tuple[str, ...] | list[str], field: Field, context: Context) -> Reading:
    """Year, perhaps month, perhaps day as digits -> the value, or why there is no such day."""
    year, month, day = (*map(int, parts), 1, 1)[:3]
    if not FIRST <= year <= LAST:
        return ask("date", "window", field, context, text)
    if not 1 <= month <= 12:
        return ask("date", "no_month", field, context, text)
    if not 1 <= day <= _days(year, month):
        return ask("date", "no_day", field, context, text)
    return Reading(f"{year:04d}-{month:02d}-{day:02d}"[:(4, 7, 10)[len(parts) - 1]])


@functools.lru_cache(maxsize=4096)
def _days(year: int, month: int) -> int:
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (following - datetime.timedelta(days=1)).day


def is_day(text: str) -> bool:
    """Whether YYYYMMDD is a day of the calendar."""
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return FIRST <= year <= LAST and 1 <= month <= 12 and 1 <= day <= _days(year, month)


def _tidy(text: str) -> str:
    """One style for separators, Arabic digits, no weekday, no guard quotes, no blanks beside separators."""
    bare = " ".join(plain(text).replace("_", "").lower().split()).strip("'\"= ")
    if _CHINESE.search(bare):
        bare = _CHINESE.sub(lambda m: m[0] if (n := _chinese(m[0])) is None else n, bare)
    bare = re.sub(r" ?([-./\\,、年月日号:]) ?", r"\1", bare)
    bare = re.sub(rf"[(\[]?(?:{words()['date']['weekday']})[一二三四五六日天1-7][)\]]?", "", bare)
    return bare.strip(" .,;、")


def _chinese(text: str) -> str | None:
    """二〇二三 -> 2023, 二十五 -> 25, 零五 -> 05, 二三 (two digits of a year) stays as it is."""
    number = numeral(text)
    if number is None and len(text) == 2 and text[0] in "零〇○":
        number = numeral(text[1])
    return None if number is None else str(number)


@functools.cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return (re.compile(f"^(?:{alternation('date', 'before')})"), re.compile(f"(?:{alternation('date', 'after')})$"),
            re.compile(rf"(?<=\d月)份?(?:{alternation('date', 'part')})$"))


def _written(bare: str, text: str, field: Field, context: Context, keeps_zero: bool) -> Reading:
    """The styles in the order of how much they say."""
    before, after, part = _around()
    core = part.sub("", _without_note(after.sub("", before.sub("", bare)).strip(" ,")))
    time = next((t for least, style in ((8, _FULL), (3, _NO_YEAR)) if len(core) > least and (t := _TIME.search(core, least))
                 and style.fullmatch(core[:t.start()].strip(" ()"))), None)
    core = core[:time.start()].strip(" ()") if time else core
    for style in (_FULL, _MONTH, _YEAR):
        match = style.fullmatch(core)
        if match:
            if style is _MONTH and not keeps_zero and re.fullmatch(r"\d{4}\.1", core):
                january = f"{core[:4]}-01" if f"{core[:4]}-10" > context.cycle else None
                return ask("date", "lost_zero", field, context, text, january)
            return _whole(text, match.groups(), field, context)
    return (_compact(core, text, field, context) or _short(core, text, field, context)
            or _english(core, text, field, context) or _without_year(core, text, field, context, keeps_zero)
            or _refuse(bare, text, field, context))


def _without_note(core: str) -> str:
    """3月2日（校务会）: words in brackets behind a day that say nothing of the time."""
    noted = _NOTED.fullmatch(core)
    return noted[1] if noted and not re.search("|".join(alternation("date", k) for k in ("vague", "endless", "lunar")), noted[2]) else core


def _compact(core: str, text: str, field: Field, context: Context) -> Reading | None:
    """20230225, 202302; a bare five-digit number is a date that lost its format."""
    if not core.isascii() or not core.replace(".", "", 1).isdigit():
        return None
    if core.isdigit() and len(core) == 8:
        return _whole(text, (core[:4], core[4:6], core[6:]), field, context)
    if core.isdigit() and len(core) == 6:
        if FIRST <= int(core[:4]) <= LAST and 1 <= int(core[4:]) <= 12:
            return Reading(f"{core[:4]}-{core[4:]}")
        return ask("date", "two_digit_year", field, context, text, _suggest(f"20{core[:2]}", core[2:4], core[4:]))
    serial = _BARE_SERIAL.fullmatch(core)
    if serial:
        return ask("date", "serial", field, context, text, serial_date(int(serial[1])))
    return None


def serial_date(serial: int) -> str | None:
    """The day of a spreadsheet's serial number (1900 system), if it is one of the years around us."""
    if not 25_569 <= serial <= 62_000:
        return None
    return (datetime.date(1899, 12, 30) + datetime.timedelta(days=serial)).isoformat()


def _short(core: str, text: str, field: Field, context: Context) -> Reading | None:
    """23.2.25: year, month, day, unless it can be read in another order or lies in the future."""
    match = _SHORT.fullmatch(core)
    if match is None:
        month_only = _SHORT_MONTH.fullmatch(core)
        if month_only and int(month_only[1]) <= cycle_year(context.cycle) % 100:
            return _whole(text, [p for p in (f"20{month_only[1]}", month_only[2]) if p], field, context)
        return ask("date", "two_digit_year", field, context, text) if _FOREIGN.fullmatch(core) else None
    year, separator, month, day = (g for g in match.groups() if g)
    now = cycle_year(context.cycle) % 100
    reading = _whole(text, (f"20{year}", month, day), field, context)
    other_order = separator in "-/" and len(day) == 2 and int(day) <= now and (
        _suggest(f"20{day}", month, year) or _suggest(f"20{day}", year, month))
    if reading.value and int(year) <= now and not other_order:
        return reading
    return ask("date", "two_digit_year", field, context, text, reading.value)


def _suggest(year: str, month: str, day: str) -> str | None:
    digits = f"{year}{int(month):02d}{int(day):02d}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if is_day(digits) else None


def _english(core: str, text: str, field: Field, context: Context) -> Reading | None:
    match = _ENGLISH.fullmatch(core)
    if match is None or match[2] not in _ENGLISH_MONTHS:
        return None
    return _whole(text, (match[3], str(_ENGLISH_MONTHS.index(match[2]) + 1), match[1]), field, context)


def _without_year(core: str, text: str, field: Field, context: Context, keeps_zero: bool) -> Reading | None:
    """2.25, 2月25日 or 2月: of the year that the paper names, if the day is near the paper's month; else a year is only suggested."""
    match = _NO_YEAR.fullmatch(core)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2] or 1)
    if not 1 <= month <= 12 or not 1 <= day <= _days(2000, month):
        return ask("date", "no_day" if 1 <= month <= 12 else "unknown", field, context, text)
    ahead = field.name.startswith("next") or field.name in ("suspend_to", "end")
    lost_zero = not keeps_zero and re.fullmatch(r"\d{1,2}\.[123]", core)         # 3.1 may have been 3.10
    if context.month and not lost_zero:
        own = int(context.month[:4]) * 12 + int(context.month[5:7]) - 1
        near = range(own, own + (TERM if field.name == "end" else NEAR)) if ahead else range(own - NEAR + 1, own + 1)
        year = next((n // 12 for n in near if n % 12 == month - 1), None)
        if year is not None:
            return _whole(text, tuple(part for part in (str(year), match[1], match[2]) if part), field, context)
    year = cycle_year(context.cycle) - (month > int(context.cycle[5:7]) and not ahead)
    return ask("date", "no_year", field, context, text, _suggest(str(year), match[1], match[2]) if match[2] else f"{year}-{month:02d}")


def _refuse(bare: str, text: str, field: Field, context: Context) -> Reading:
    """Why it is no date, and the date that stands in it, if exactly one does."""
    found = _ANY_DATE.findall(bare)
    if len(found) > 1:
        return ask("date", "two", field, context, text)
    if any(w in bare for w in words()["date"]["lunar"]):
        return ask("date", "lunar", field, context, text)
    if any(w in bare for w in words()["date"]["endless"]):
        return ask("date", "endless", field, context, text)
    vague = any(w in bare for w in words()["date"]["vague"])
    inner = _ANY_DATE.search(bare)
    match = inner and (_FULL.fullmatch(inner[0]) or _MONTH.fullmatch(inner[0]))
    suggestion = _whole(text, match.groups(), field, context).value if match else None
    return ask("date", "vague" if vague else "unknown", field, context, text, suggestion)


def _number(bare: str, cell: Cell, text: str, field: Field, context: Context) -> Reading:
    """A number in a date field: 20230225, 202302, 2023 and 2023.12 were typed as dates; 44982 is a date whose format was lost."""
    number = whole_number(cell)
    if cell.date and _BARE_SERIAL.fullmatch(bare) and -LONG < int(cell.date[:4]) - cycle_year(context.cycle) < SOON:
        return Reading(cell.date)
    if number is not None and re.fullmatch(r"[\d.]+e\+?\d+|#+", bare):
        bare = str(number)              # too narrow a column shows 2.02E+07
    return _written(bare, text, field, context, keeps_zero=False)
