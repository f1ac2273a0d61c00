"""Dates in Excel: serial numbers to days, and date formats to what they show."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(1899, 12, 30)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")
_WEEK = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE = "〇一二三四五六七八九"
_TIMES, _CLOCK = frozenset("ymdhs"), frozenset("hnsf")
_PART = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(上午/下午|AM/PM|A/P)|'
                   r'(y+|e+|m+|d+|h+|s+|a{3,4}|b+|g+)|(\.0+)|(.)', re.I | re.S)


@dataclass(frozen=True, slots=True)
class DatePart:
    """One piece of a date format; `letter`: y m d a (weekday) h n (minute) s f (fraction) p (half day), '' (words)."""
    letter: str
    text: str
    chinese: bool = False
    elapsed: bool = False


def date_parts(code: str) -> tuple[DatePart, ...]:
    """A date format cut into its pieces; m is told apart from minutes by its neighbours."""
    parts: list[DatePart] = []
    chinese = False
    for m in _PART.finditer(code):
        literal = m[1] if m[1] is not None else m[2]
        if literal is not None:
            parts.append(DatePart("", literal))
        elif m[3] is not None:
            chinese |= m[3].upper().startswith("DBNUM")
            if re.fullmatch("[hms]+", m[3], re.I):
                parts.append(DatePart({"h": "h", "m": "n", "s": "s"}[m[3][0].lower()], m[3].lower(), elapsed=True))
        elif m[4]:
            parts.append(DatePart("p", m[4]))
        elif m[5]:
            letter = {"e": "y", "b": "", "g": ""}.get(m[5][0].lower(), m[5][0].lower())
            text = "yyyy" if m[5][0] in "eE" else m[5].lower()
            if letter:
                parts.append(DatePart("a" if letter == "d" and len(text) > 2 else letter, text, chinese))
        elif m[6]:
            parts.append(DatePart("f", m[6]) if parts and parts[-1].letter == "s" else DatePart("", m[6]))
        elif m[7]:
            parts.append(DatePart("", m[7]))
    return tuple(_minutes(parts))


def _minutes(parts: list[DatePart]) -> list[DatePart]:
    """An m after hours or before seconds means minutes."""
    times = [i for i, p in enumerate(parts) if p.letter in _TIMES]
    for at, i in enumerate(times):
        before = parts[times[at - 1]].letter if at else ""
        after = parts[times[at + 1]].letter if at + 1 < len(times) else ""
        if parts[i].letter == "m" and len(parts[i].text) <= 2 and (before == "h" or after == "s"):
            parts[i] = DatePart("n", parts[i].text, parts[i].chinese)
    return parts


def day_of(serial: float) -> date | None:
    """The day of a serial number of the 1900 system; None for day 60, which never was, and outside 1900–9999."""
    whole = int(serial)
    if whole < 1 or whole == 60 or whole > 2958465:
        return None
    return _EPOCH + timedelta(days=whole + (1 if whole < 60 else 0))


def serial_of(day: date) -> float:
    """The serial number (1900 system) of a day."""
    days = (day - _EPOCH).days
    return float(days if days > 60 else days - 1)


def show_date(parts: tuple[DatePart, ...], serial: float) -> str:
    """What a date format shows for a serial number of the 1900 system."""
    unit = 86400 * (1000 if any(p.letter == "f" for p in parts) else 1)
    ticks = round(serial * unit)
    if not any(p.letter in _CLOCK for p in parts):
        ticks = int(serial) * unit
    whole, rest = divmod(ticks, unit)
    second, left = divmod(rest, unit // 86400)
    fraction = left / (unit // 86400)
    day = day_of(whole)
    year, month, number = (day.year, day.month, day.day) if day else (1900, 2, 29) if whole == 60 else (1900, 1, whole)
    weekday = day.weekday() if day else (whole + 5) % 7
    half = any(p.letter == "p" for p in parts)
    total = whole * 86400 + second
    values = {"y": year, "m": month, "d": number, "a": weekday, "h": second // 3600, "n": second // 60 % 60,
              "s": second % 60}
    spans = {"h": total // 3600, "n": total // 60, "s": total}
    return "".join(_piece(p, spans[p.letter] if p.elapsed else values.get(p.letter, 0), half, fraction, second)
                   for p in parts)


def _piece(part: DatePart, value: int, half: bool, fraction: float, second: int) -> str:
    letter, text = part.letter, part.text
    if letter == "":
        return text
    if letter == "p":
        names = text.split("/")
        return names[second >= 43200]
    if letter == "f":
        return f"{fraction:.{len(text) - 1}f}"[1:]
    if letter == "a":
        return {"aaa": _WEEK[value], "aaaa": "星期" + _WEEK[value], "ddd": _DAYS[value][:3]}.get(text, _DAYS[value])
    if letter == "y":
        shown = f"{value % 100:02d}" if len(text) <= 2 else f"{value:04d}"
        return "".join(_CHINESE[int(c)] for c in shown) if part.chinese else shown
    if letter == "m" and len(text) > 2:
        return _MONTHS[value - 1][:{3: 3, 5: 1}.get(len(text), 99)]
    if letter == "h" and half and not part.elapsed:
        value = value % 12 or 12
    if part.chinese and letter in "md":
        return _count(value)
    return f"{value:0{min(len(text), 2)}d}"


def _count(value: int) -> str:
    """A number up to 99 in Chinese: 二十一."""
    tens, ones = divmod(value, 10)
    front = "" if tens == 0 else "十" if tens == 1 else _CHINESE[tens] + "十"
    return front + (_CHINESE[ones] if ones or not tens else "")
