"""Counts, hours and rates: whole numbers, decimals, several of them, numbers behind labels, per cents."""
from __future__ import annotations

import functools
import re
from decimal import Decimal

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, whole_number
from carelib.values.text import CJK, NUMERALS, numeral, plain, says_nothing, split_outside, squash
from carelib.values.words import NOTHING, alternation, ask, words

INT = re.compile(r"-?(?:0|[1-9]\d*)")
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SCIENCE = re.compile(r"-?[\d.]+[eE]\+?\d+|#+")     # what a narrow column shows of a number
_SEVERAL = re.compile(r"\d\s*[-~+/×x*:至到,、;]\s*\d")
_APART = re.compile(r"\d\s+\d")        # 3 over 5 is not 35
_REMARK = re.compile(rf"[(\[][^()\[\]]*[{CJK}][^()\[\]]*[)\]]$")
_AUTO_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_COUNT = re.compile(r"((?:\d级)?[^\d\s=:、,;()/]*?)\s*[=:(]?\s*(\d+)\s*(?:人|名|个)?\)?\s*(?:[、,;/\s]+|$)")
_ADJACENT = re.compile(r"((?:\d级)?[^\d\s=:、,;()/]+)[=:(]?(\d+)(?:人|名|个)?\)?[、,;/\s]*")
MOST_DIGITS = 7


def parse_int(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """A whole number, with the units that suit the field; about, between and fractions are asked."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return _seen(str(int(text)), text, field, context, cell)
    if says_nothing(text):
        return NOTHING
    if cell is not None and cell.kind == "date":
        return ask("int", "auto_date", field, context, text, _small_serial(cell))
    if _APART.search(plain(text)):
        return ask("int", "several", field, context, text)
    bare = squash(text)
    stored = whole_number(cell)
    number, why = (Decimal(stored), "") if stored is not None and _SCIENCE.fullmatch(bare) else _amount(bare, field)
    if number is None:
        return _refuse_int(bare, why, text, field, context)
    if number != number.to_integral_value():
        return ask("int", "fraction", field, context, text)
    if abs(number) >= 10 ** MOST_DIGITS:
        return ask("int", "large", field, context)
    return _seen(str(int(number)), text, field, context, cell)


def _seen(value: str, text: str, field: Field, context: Context, cell: Cell | None) -> Reading:
    """What is shown counts, unless the cell stores a number that the format hides."""
    if cell is not None and cell.kind == "number" and cell.number is not None \
            and abs(cell.number - int(value)) > 1e-6:
        return ask("int", "hidden_digits", field, context, text)
    return Reading(value)


def _refuse_int(bare: str, why: str, text: str, field: Field, context: Context) -> Reading:
    if why == "template":
        return NOTHING
    if why == "":
        why = "several" if _SEVERAL.search(bare) else "unknown"
    digits = re.findall(r"\d+", bare)
    suggestion = digits[0] if why == "about" and len(digits) == 1 else None
    return ask("int", why, field, context, text, suggestion)


def _small_serial(cell: Cell) -> str | None:
    """12, shown as 1900/1/12 because the cell has a date format."""
    match = re.fullmatch(r"1900-(\d{2})-(\d{2})", cell.date or "")
    return str((int(match[1]) - 1) * 31 + int(match[2])) if match and match[1] == "01" else None


def auto_date(cell: Cell | None, text: str) -> str | None:
    """What may have been typed where software made a date of it: 8-3."""
    match = re.fullmatch(r"\d{4}-(\d{2})-(\d{2})", cell.date or "" if cell and cell.kind == "date" else "")
    if match:
        return f"{int(match[1])}-{int(match[2])}"
    match = _AUTO_DATE.fullmatch(squash(text))
    return f"{match[1]}-{match[2]}" if match else None


def _amount(bare: str, field: Field) -> tuple[Decimal | None, str]:
    """The number in a text without blanks, or why there is none ('' unknown, 'about', 'unit', 'template')."""
    before, about, units = _patterns(field.name)
    core = _REMARK.sub("", bare).strip(".,;、()[]'\"=")
    core = before.sub("", core)
    core = core.removeprefix(next((w for w in words()["unit_before"].get(field.name, ()) if core.startswith(w)), ""))
    if _GROUPED.fullmatch(core) or _DECIMAL.fullmatch(core):
        return _decimal(core), ""
    match = re.fullmatch(rf"([-+]?[\d,.]+|[{NUMERALS}]+)[)\]]?(.*)", core)
    if match is None:
        template = units.fullmatch(core) is not None
        return None, "template" if template else "about" if about.search(core) else ""
    amount, unit = _decimal(match[1]), match[2].strip("()[].")
    if amount is None or about.search(core):
        return None, "about" if about.search(core) else ""
    if unit and not units.fullmatch(unit):
        return None, "unit" if not re.search(r"[\d+*/]", unit) and len(unit) <= 4 else ""
    return amount, ""


def _decimal(text: str) -> Decimal | None:
    if _GROUPED.fullmatch(text) or _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", ""))
    number = numeral(text)
    return None if number is None else Decimal(number)


@functools.cache
def _patterns(name: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What may stand in front, what makes a number uncertain, and the units of a field."""
    table = words()["unit"]
    units = table.get(name) or (table["hours"] if "hours" in name else table["*"])
    known = "|".join(re.escape(u) for u in sorted(units, key=len, reverse=True))
    return (re.compile(f"^(?:{alternation('unit', 'before')})+"), re.compile(alternation("unit", "about")),
            re.compile(f"(?:{known})"))


def show_decimal(number: Decimal) -> str:
    """Plain: no exponent, no trailing zeros, no minus zero."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def parse_number(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """A decimal number with the units that suit the field."""
    if says_nothing(text):
        return NOTHING
    if _APART.search(plain(text)):
        return ask("int", "several", field, context, text)
    bare = squash(text)
    number, why = _amount(bare, field)
    if why == "template":
        return NOTHING
    if number is None or abs(number) >= 10 ** MOST_DIGITS:
        return ask("number", why or "unknown", field, context, text)
    return Reading(show_decimal(number))


def parse_numbers(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """One number a person, as written; a name or title in front of each does not matter."""
    if says_nothing(text):
        return NOTHING
    if re.search(r"\d[ \t]*\n[ \t]*\d", text) and re.search("[、,，;；]", text):       # 4|8、44、40: one number over two lines, or two
        return ask("number", "each", field, context, text)
    joined = re.sub(rf"(?<=[{CJK}:])(?<![时节]) +(?=\d)|(?<=\d) +(?=[个学课小节h])", "", plain(text).lower())
    joined = re.sub(r"(?<=\d)\s*\+\s*(?=\d)", "、", joined)          # 48+40+22, one a person
    found = []
    for part in split_outside(joined, "、,;/\n| ") or [text]:
        why, number = _labelled(squash(part), field)
        if number is None:
            return ask("number", why or "each", field, context, text)
        found.append(show_decimal(number))
    return Reading("、".join(found))


def _labelled(part: str, field: Field) -> tuple[str, Decimal | None]:
    """(why there is none, the number) of 40, 40学时, 张老师：40."""
    part = re.sub(rf"^([{CJK}·]{{2,8}})[(](\d[^()]*)[)]$", r"\1\2", part)        # 宁远（42）
    match = re.fullmatch(rf"(?:([{CJK}·]{{2,8}})[:]?)?(\d.*)", part)
    if match is None or re.search("合计|共|平均|总|约|各|每|均|人$", match[1] or ""):
        return "", None
    number, why = _amount(match[2], field)
    return why if why != "template" else "", number


def parse_rate(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """99.16% -> 0.9916; a bare number above 1.5 can only be a per cent; 1 and 100% are 1."""
    if says_nothing(text):
        return NOTHING
    if _APART.search(plain(text)):
        return ask("int", "several", field, context, text)
    bare = squash(text).replace("百分之", "%")
    match = re.fullmatch(r"(?:(\d+(?:\.\d+)?)(%?)|%(\d+(?:\.\d+)?))", bare)
    if bare == "%":
        return NOTHING
    if match is None:
        return ask("number", "about" if _patterns("")[1].search(bare) else "unknown", field, context, text)
    number = Decimal(match[1] or match[3])
    if match[2] or match[3] or number > Decimal("1.5"):
        number = number / 100
    if number > 2:
        return ask("number", "unknown", field, context, text)
    return Reading(show_decimal(number))


def parse_counts(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """红色：1人，橙色 2 -> 红色=1、橙色=2; labels as printed."""
    if says_nothing(text):
        return NOTHING
    bare = plain(text).strip(" .;,、")
    found = [(m[1].strip(), m[2]) for m in _COUNT.finditer(bare)]
    if "".join(m[0] for m in _COUNT.finditer(bare)) != bare or not all(label for label, _ in found):
        found = [(m[1].strip(), m[2]) for m in _ADJACENT.finditer(bare)]
        if "".join(m[0] for m in _ADJACENT.finditer(bare)) != bare:
            found = []
    if not found:
        return ask("number", "no_labels", field, context, text)
    labels = [label for label, _ in found]
    if any(re.search("合计|共|总|小计", label) for label in labels):
        return ask("number", "total", field, context, text)
    if len(set(labels)) < len(labels):
        return ask("number", "twice", field, context, text)
    return Reading("、".join(f"{label}={int(count)}" for label, count in found))
