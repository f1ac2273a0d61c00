"""Characters as a person sees them: no invisible ones, no escapes, and symbol fonts translated to what they show."""
from __future__ import annotations

import re

_GONE = [0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
         0xFE0E, 0xFE0F, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF, *range(0x00, 0x09), 0x0B, *range(0x0E, 0x20),
         *range(0x7F, 0xA0)]
_SEEN: dict[int, str | None] = dict.fromkeys(_GONE)
_SEEN |= {0x09: " ", 0x0C: "\n", 0x0D: "\n", 0x85: "\n", 0xA0: " ", 0x2007: " ", 0x202F: " ", 0x2028: "\n",
          0x2029: "\n"}
_ODD = re.compile("[" + "".join(f"\\U{n:08x}" for n in _SEEN) + "\ud800-\udfff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SCIENCE = re.compile(r"([+-]?)(\d)(?:\.(\d+))?[Ee]\+?(\d{1,3})")


def clean(text: str) -> str:
    """Text without invisible and control characters; NBSP becomes a blank, line ends become \\n; ends trimmed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _ODD.search(text):
        text = text.replace("\r\n", "\n").translate(_SEEN)
        if re.search("[\ud800-\udfff]", text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.strip()


def unescape(text: str) -> str:
    """Decodes the `_x000D_` escapes of Office Open XML strings."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def lost_digits(text: str) -> str | None:
    """What is left of an integer in scientific notation: the known digits (the last is rounded) and ? for the others.

    None if the text is no such number, or if nothing is lost.
    """
    found = _SCIENCE.fullmatch(text.strip())
    if not found:
        return None
    digits, power = found[2] + (found[3] or ""), int(found[4])
    missing = power + 1 - len(digits)
    return digits[:-1] + "?" * (missing + 1) if 0 < missing < 40 else None


def _table(pairs: str) -> dict[int, str]:
    """'52☑ a3□' -> {0x52: '☑', 0xa3: '□'}"""
    return {int(item[:2], 16): item[2:] for item in pairs.split()}


def _run(first: int, shown: str) -> dict[int, str]:
    return {first + i: c for i, c in enumerate(shown)}


_GREEK = (_run(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ") | _run(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"))
_SAME = {n: chr(n) for n in range(0x20, 0x41) if n not in (0x22, 0x24, 0x27, 0x40)}
FONTS: dict[str, dict[int, str]] = {
    "wingdings": _table("6c● 6d❍ 6e■ 6f□ 70□ 71□ 72□ 78☒ a1○ a7▪ a8□ aa✦ ab★ fb✗ fc✓ fd☒ fe☑")
    | _run(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩") | _run(0x8C, "❶❷❸❹❺❻❼❽❾❿"),
    "wingdings 2": _table("4f✗ 50✓ 51☒ 52☑ 53☒ 54☒ 97● a3□") | _run(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩") | _run(0x75, "❶❷❸❹❺❻❼❽❾❿"),
    "wingdings 3": {},
    "webdings": _table("61✔ 63□ 67■ 6e● 72✗"),
    "marlett": _table("61✓ 62✓ 72✗"),
    "symbol": _GREEK | _SAME | _table("b4× b7• d6√ b1± b3≥ a3≤ b9≠"),
}
_DINGBATS = _table("33✓ 34✔ 35✕ 36✖ 37✗ 38✘ 6c● 6e■ 6f□ 71□ 72□") | _run(0xAC, "①②③④⑤⑥⑦⑧⑨⑩")
FONTS |= {"zapfdingbats": _DINGBATS, "zapf dingbats": _DINGBATS}


def is_symbol_font(name: str | None) -> bool:
    """Whether letters in this font show signs instead of themselves."""
    return name is not None and name.strip().lower() in FONTS


def show_symbols(text: str, font: str) -> tuple[str, bool]:
    """The text as the symbol font shows it, and whether every character could be told for certain."""
    table, out, sure = FONTS[font.strip().lower()], [], True
    for char in text:
        code = ord(char) - 0xF000 if 0xF020 <= ord(char) <= 0xF0FF else ord(char)
        if code > 0xFF or char.isspace():               # not in a symbol font: shown by another one
            out.append(char)
            continue
        sure &= code in table
        out.append(table.get(code, char))
    return "".join(out), sure
