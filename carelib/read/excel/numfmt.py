"""Excel number formats: what a person sees of a stored number. Formats that are not known show the number as stored.

`Format.show` gives the text; `Format.kind` says what the format makes of a number: 'general', 'number', 'date',
'time', 'text', 'hidden' (nothing is shown) or 'other' (shown as stored). `Format.parts`: which of y, m, d a date shows.
"""
from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from carelib.read.excel.datefmt import DatePart, date_parts, show_date

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"¥"#,##0', 6: '"¥"#,##0', 7: '"¥"#,##0.00',
    8: '"¥"#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0",
    42: '"¥"#,##0', 43: "#,##0.00", 44: '"¥"#,##0.00', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    49: "@",
} | dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"') | dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"') | {
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"'}    # as in zh-CN
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(General|G/通用格式)|([0#?.,%@/]|E[+-])|(.)', re.I | re.S)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format between semicolons."""
    kind: str                                           # general | number | date | time | text | hidden | other
    tokens: tuple[tuple[str, str], ...] = ()            # ('digit' | 'lit' | 'point' | 'comma' | 'percent' | 'at', text)
    dates: tuple[DatePart, ...] = ()
    test: tuple[str, float] | None = None               # condition [>=60]


@dataclass(frozen=True, slots=True)
class Format:
    """A compiled number format."""
    code: str
    sections: tuple[Section, ...]
    kind: str
    parts: frozenset[str] = field(default=frozenset())  # of a date: which of y, m, d are shown

    def show(self, number: float, exact: Decimal | None = None, day_zero: int = 0) -> str:
        """What is shown for a number; `exact`: as the file writes it, `day_zero`: 1462 in 1904 workbooks."""
        section, signed = _choose(self.sections, number)
        if section.kind in ("date", "time"):
            return show_date(section.dates, number + day_zero) if number >= 0 else "#" * 8
        value = exact if exact is not None else Decimal(repr(number))
        if section.kind == "number":
            return _show_number(section, abs(value) if signed else value)
        if section.kind == "hidden":
            return ""
        return general(value)

    def show_text(self, text: str) -> str:
        """What is shown for a text: the fourth section, or the text itself."""
        section = self.sections[3] if len(self.sections) > 3 else self.sections[0] if self.kind == "text" else None
        if section is None or section.kind not in ("text", "hidden"):
            return text
        return "".join(text if kind == "at" else value for kind, value in section.tokens)


def general(value: Decimal) -> str:
    """The General format: at most 11 characters, no float noise. Whole numbers of up to 15 digits are shown in full."""
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 15:
        return str(int(value))
    if abs(value) >= Decimal(10) ** 11 or abs(value) < Decimal("0.0001"):
        mantissa, _, power = f"{value:.5E}".partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}E{power[0]}{int(power[1:]):02d}"
    places = 9 if abs(value) < 1 else max(0, 10 - len(str(int(abs(value)))))
    return plain(_round(value, places))


def plain(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _round(value: Decimal, places: int) -> Decimal:
    digits = Decimal(repr(float(value))) if len(value.as_tuple().digits) > 15 else value
    return digits.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@functools.lru_cache(maxsize=1024)
def compile_format(code: str) -> Format:
    """The format of a format code."""
    sections = tuple(_section(part) for part in _split(code)) or (Section("general"),)
    kind = sections[0].kind
    if kind == "hidden" and any(s.kind != "hidden" for s in sections[:3]):
        kind = next(s.kind for s in sections[:3] if s.kind != "hidden")
    parts = frozenset(p.letter for s in sections for p in s.dates if p.letter in _YMD)
    return Format(code, sections, kind, parts)


def built_in(number: int) -> Format | None:
    """The built-in format of this number, as Chinese Excel shows it; None if there is none."""
    return compile_format(BUILT_IN[number]) if number in BUILT_IN else None


def _split(code: str) -> list[str]:
    return [m[0] for m in re.finditer(r'(?:"[^"]*"?|\\.|\[[^\]]*\]?|[^;"\\\[]|\\$)+|(?<=;)(?=;|$)|^(?=;)', code, re.S)]


def _section(code: str) -> Section:
    test, tokens, kind = None, [], "number"
    for m in _TOKEN.finditer(code):
        literal, escaped, bracket, word, mark, other = m[1], m[2], m[3], m[4], m[5], m[6]
        if bracket is not None:
            if found := re.fullmatch(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)", bracket.strip()):
                test = (found[1], float(found[2]))
            elif re.fullmatch(r"[hmsHMS]+", bracket):
                kind = "time"
            elif bracket.startswith("$") and (money := bracket[1:].partition("-")[0]):
                tokens.append(("lit", money))
            elif bracket.upper().startswith("DBNUM"):
                kind = "other" if kind == "number" else kind
        elif word:
            kind = "general"
        elif mark:
            tokens.append((_MARKS.get(mark, "sci" if mark[0] in "Ee" else "digit"), mark))
        elif literal is not None or escaped is not None:
            tokens.append(("lit", literal if literal is not None else escaped))
        elif other and other in "ymdhsegbaYMDHSEGBA上":
            kind = "date"
        elif other:
            tokens.append(("lit", other))
    return _classified(code, kind, tuple(tokens), test)


_MARKS = {".": "point", ",": "comma", "%": "percent", "@": "at", "/": "slash"}
_YMD = frozenset("ymd")


def _classified(code: str, kind: str, tokens: tuple[tuple[str, str], ...], test: tuple[str, float] | None) -> Section:
    names = {k for k, _ in tokens}
    if kind in ("date", "time"):
        dates = date_parts(code)
        return Section("date" if any(p.letter in _YMD for p in dates) else "time", (), dates, test)
    if kind == "general":
        return Section("general" if names <= {"lit"} and not any(t.strip() for _, t in tokens) else "other", tokens, (),
                       test)
    if "at" in names:
        return Section("text", tokens, (), test)
    if (names & {"slash", "sci"} and "digit" in names) or kind == "other":
        return Section("other", tokens, (), test)
    if not any(t.strip() for k, t in tokens if k != "comma"):
        return Section("hidden", tokens, (), test)
    return Section("number", tuple(("lit", t) if k in ("slash", "sci") else (k, t) for k, t in tokens), (), test)


def _choose(sections: tuple[Section, ...], number: float) -> tuple[Section, bool]:
    """The section for a number, and whether it stands for the sign."""
    if any(s.test for s in sections[:2]):
        for section in sections[:3]:
            if section.test is None or _holds(section.test, number):
                return section, False
        return Section("general"), False
    numeric = [s for s in sections[:3]]
    if number < 0 and len(numeric) > 1:
        return numeric[1], True
    if number == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], False


def _holds(test: tuple[str, float], number: float) -> bool:
    sign, limit = test
    return {"<": number < limit, ">": number > limit, "=": number == limit, "<=": number <= limit,
            ">=": number >= limit, "<>": number != limit}[sign]


def _show_number(section: Section, value: Decimal) -> str:
    kinds = [k for k, _ in section.tokens]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole, rest = section.tokens[:point], section.tokens[point + 1:]
    last = max((i for i, (k, _) in enumerate(whole) if k == "digit"), default=-1)
    scale = sum(k == "comma" for k, _ in whole[last + 1:]) + (sum(k == "comma" for k, _ in rest) if rest else 0)
    grouped = any(k == "comma" for k, _ in whole[:last])
    places = sum(k == "digit" for k, _ in rest)
    value = value.scaleb(2 * kinds.count("percent") - 3 * scale)
    if last < 0 and not places:                          # literals only
        return ("-" if value < 0 else "") + "".join(t for k, t in section.tokens if k in ("lit", "percent"))
    rounded = _round(value, places)
    digits, _, decimals = f"{abs(rounded):f}".partition(".")
    front = _whole(whole, digits if digits != "0" else "", grouped)
    sign = "-" if rounded < 0 else ""
    return sign + front + (_decimals(rest, decimals, point < len(kinds)) if point < len(kinds) else "")


def _whole(tokens: tuple[tuple[str, str], ...], digits: str, grouped: bool) -> str:
    """The digits of the whole part put into their placeholders, from the right."""
    out, count, slots = [], 0, sum(k == "digit" for k, _ in tokens)

    def put(char: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0 and char.isdigit():
            out.append(",")
        out.append(char)
        count += 1

    for kind, text in reversed(tokens):
        if kind == "digit":
            slots -= 1
            take = digits if slots == 0 else digits[-1:]
            digits = "" if slots == 0 else digits[:-1]
            for char in reversed(take):
                put(char)
            if not take and text in "0?":
                put("0" if text == "0" else " ")
        elif kind in ("lit", "percent"):
            out.append(text[::-1])
    return "".join(out)[::-1]


def _decimals(tokens: tuple[tuple[str, str], ...], decimals: str, point: bool) -> str:
    out, keep = [], len(decimals.rstrip("0"))
    for kind, text in tokens:
        if kind == "digit":
            digit, decimals = decimals[:1], decimals[1:]
            if text == "0" or keep > 0:
                out.append(digit)
            keep -= 1
        elif kind in ("lit", "percent"):
            out.append(text)
    return "." + "".join(out)
