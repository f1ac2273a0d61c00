"""What is certain of dates of partial precision, of ages, and of the citizen's number (GB 11643)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from carelib.kinds.line import Line

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # ISO 7064 MOD 11-2
CHECK = "10X98765432"
OTHER_PAPERS = re.compile(r"[A-Z]{1,3}\d{6,10}")  # passports, permits
ADULT = 25


def low(day: str) -> str:
    return day + "-01-01"[len(day) - 4 :]


def high(day: str) -> str:
    """An upper bound of the interval (31 does for every month: it is only compared)."""
    return day + "-12-31"[len(day) - 4 :] if len(day) == 4 else day + "-31"[len(day) - 7 :]


def day_words(day: str) -> str:
    """'2023-03-05' as people read it: 2023年3月5日, as far as it is known."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(day.split("-"), "年月日"))


def later(a: str, b: str) -> bool:
    """`a` is after `b` for certain."""
    return low(a) > high(b)


@lru_cache(maxsize=65536)
def id_fault(number: str) -> str:
    """'' if it keeps GB 11643 or is another kind of paper; else what is wrong: length, characters, date, check."""
    if OTHER_PAPERS.fullmatch(number):
        return ""
    if len(number) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "characters"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    return "" if CHECK[sum(w * int(d) for w, d in zip(WEIGHTS, number)) % 11] == number[17] else "check"


def id_birth(number: str | None) -> str | None:
    """The birth that a sound number says."""
    if not number or id_fault(number) or OTHER_PAPERS.fullmatch(number):
        return None
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def id_gender(number: str | None) -> str | None:
    return None if id_birth(number) is None else "男" if int(number[16]) % 2 else "女"  # type: ignore[index]


def birth_of(line: Line, last_day: date) -> str | None:
    """Date of birth as written, else from the number, unless that is an adult's."""
    if line.get("birth") or line.unread("birth"):
        return line.get("birth")
    said = id_birth(line.get("id_number"))
    return said if said and last_day.year - int(said[:4]) < ADULT else None


def ages(birth: str, day: date) -> tuple[int, int]:
    """The least and the most years somebody born then can be on that day."""

    def at(born: str) -> int:
        return day.year - int(born[:4]) - (f"{day:%m-%d}" < born[5:])

    return at(high(birth)), at(low(birth))


def looks_damaged(raw: str | None) -> bool:
    """What a spreadsheet leaves of a long number: 9.90101E+17, 15 digits and zeros, or just what a double can hold."""
    text = "".join((raw or "").split()).upper().lstrip("'GJL")
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", text):
        return True
    found = re.fullmatch(r"(\d{16,20})(?:\.0+)?", text)
    if not found or len(set(text)) == 1:
        return False
    return found[1].endswith("000") or int(float(found[1])) == int(found[1])
