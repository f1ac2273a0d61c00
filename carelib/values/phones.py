"""Telephone numbers: mobiles and landlines, several in a cell, whatever stands between their digits."""
from __future__ import annotations

import functools
import re

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, whole_number
from carelib.values.text import plain, says_nothing, split_outside
from carelib.values.words import NOTHING, alternation, ask

NORMAL = re.compile(r"\d[\d-]*(?:、\d[\d-]*)*")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SCIENCE = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
_FLOAT = re.compile(r"(\d{7,15})\.0+")
_PREFIX = re.compile(r"^(?:\(?\+|00)86\)?[- ]?|^86[- ]?(?=1[3-9]\d{9}$)")
_LAND = re.compile(r"\(?(0\d{2,3})\)?[- ]?(\d{3,4})[- ]?(\d{4})(?:(?:[- ]|转|ext\.?)(\d{1,6}))?")
_RUN = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
SEPARATORS = "、，,;；/\n|\\或和"


def parse_phone(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """One number, or several joined by 、; digits and '-' only. A wrong length stays a value for a rule to find."""
    if _MOBILE.fullmatch(text) and text.isascii():
        return Reading(text)
    if says_nothing(text):
        return NOTHING
    number = whole_number(cell)
    if number is not None and 10_000 <= number < 10 ** 15:
        return Reading(str(number))
    bare = plain(text)
    if re.search(r"[*●•×#?]|[xX]{2,}", bare):
        return ask("phone", "masked", field, context)
    if _SCIENCE.fullmatch(bare.strip()):
        return ask("phone", "science", field, context)
    return _several(bare, field, context)


def _several(bare: str, field: Field, context: Context) -> Reading:
    parts = split_outside(_without_notes(bare), SEPARATORS)
    found = [n for part in parts for n in _split_run(part)]
    numbers = [normal(n) for n in found]
    least = 5 if len(numbers) == 1 else 7
    if numbers and all(n and len(n) >= least for n in numbers):
        return Reading("、".join(dict.fromkeys(n for n in numbers if n)))
    whole = [n for n in numbers if n and len(n) >= 7]
    if len(whole) == len(numbers) or not whole:
        words = any(not n for n in numbers) and re.search(r"\d{7}", bare)
        runs = [normal(n) for n in _RUN.findall(bare)]
        return ask("phone", "words" if words else "unknown", field, context,
                   suggestion="、".join(dict.fromkeys(n for n in runs if n)))
    part = all(n and len(n) < 7 for n in numbers if n not in whole)
    return ask("phone", "part" if part else "words", field, context, suggestion="、".join(whole))


@functools.cache
def _note() -> re.Pattern[str]:
    note, cjk = alternation("phone", "notes"), r"[\u4e00-\u9fff]"
    return re.compile(rf"[(\[](?:{note})[)\]]|(?:(?<!{cjk})(?:{note})(?!{cjk}))+:?", re.IGNORECASE)


def _without_notes(bare: str) -> str:
    """Known words such as 电话： or (父亲) beside a number change nothing."""
    return _note().sub(" ", bare) if not bare.isascii() or ":" in bare else bare


def _split_run(part: str) -> list[str]:
    """Two whole numbers parted by nothing but a blank; else the part as it is."""
    runs = _RUN.findall(part)
    if len(runs) > 1 and not _RUN.sub("", part).strip(" -"):
        return runs
    return [part]


def normal(text: str) -> str | None:
    """One number in normal form; None if anything but a number stands in it."""
    text = _PREFIX.sub("", text.strip(" .:'\"=\t-"))
    match = _FLOAT.fullmatch(text)
    text = (match[1] if match else text).replace(".", "-").strip()
    land = _LAND.fullmatch(text)
    if land and land[0].isdigit():
        return text                     # written without a dash: the area code may end in two places
    if land:
        return f"{land[1]}-{land[2]}{land[3]}" + (f"-{land[4]}" if land[4] else "")
    digits = re.sub(r"[- ()]", "", text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
        return None
    return text if re.fullmatch(r"[48]00-\d+(?:-\d+)*", text) else digits
