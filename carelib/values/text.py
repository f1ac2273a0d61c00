"""Characters: what is invisible, what looks alike, what is Chinese; numerals written as words."""
from __future__ import annotations

import csv
import functools
import re
import unicodedata

from carelib.values.words import SOURCE, word_set

_INVISIBLE = ((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F),
              (0x061C, 0x061C), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
              (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFC), (0xE0001, 0xE0001),
              (0xE0020, 0xE007F), (0xE0100, 0xE01EF))
_BLANKS = "\t\x0b\x0c\x1c\x1d\x1e\x1f\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" \
          "\u202f\u205f\u3000\u2800\u3164\uffa0\u115f\u1160"
_DASHES = "‐‑‒–—―−─━⸺⸻﹘﹣－ー"
CJK = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_GARBLED = re.compile("[\ud800-\udfff\ufffd]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


@functools.cache
def _table() -> dict[int, str | None]:
    """Invisible characters away, every blank a blank, every break \\n, radicals and look-alikes to characters."""
    table: dict[int, str | None] = {c: None for low, high in _INVISIBLE for c in range(low, high + 1)}
    table |= {ord(c): " " for c in _BLANKS}
    table |= {0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
    with SOURCE.with_name("radicals.csv").open(encoding="utf-8-sig", newline="") as handle:
        table |= {ord(row["radical"]): row["character"] for row in csv.DictReader(handle)}
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        table[code] = unicodedata.normalize("NFC", chr(code))
    return table


def clean(text: str) -> str:
    """As written, without what nobody sees: invisible characters, odd blanks, radicals, blanks at the ends."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return text.translate(_table()).strip()


_GUARDED = re.compile(r'="([^"]*)"|"([^"]*)"')


def unguarded(text: str, prose: bool) -> str:
    """Without what exporters and typists put round long numbers to keep them whole: ="…", a leading apostrophe."""
    match = _GUARDED.fullmatch(text)
    if match:
        text = match[1] if match[1] is not None else text if prose else match[2]
    return text.strip() if prose else text.lstrip("'`‘’＇").strip()


def plain(text: str) -> str:
    """For comparing only: NFKC of a clean text, one kind of dash and bracket; blanks and breaks kept."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


_PLAIN = {**{ord(c): "-" for c in _DASHES}, **dict(zip(map(ord, "【】〔〕〖〗［］"), "[][][][]")), ord("。"): ".",
          ord("､"): "、", ord("‘"): "'", ord("’"): "'", ord("“"): '"', ord("”"): '"', ord("′"): "'", ord("`"): "'"}


def squash(text: str) -> str:
    """`plain` without any blank, break or underscore (the line of a form to write on)."""
    return "".join(plain(text).replace("_", "").split())


def says_nothing(text: str) -> bool:
    """Whether a clean text only says that there is nothing."""
    return not text.strip("_ \n") or (len(text) <= 6 and _fold(text) in word_set("words", "nothing"))


def blank_text(text: str) -> bool:
    """The same for free text, where 无 is a word."""
    return not text.strip("_ \n") or (len(text) <= 6 and _fold(text) in word_set("words", "nothing_in_text"))


def _fold(text: str) -> str:
    return squash(text).lower()


def points_up(text: str) -> bool:
    """〃, 同上: the same as what stands above in the column; who can see that cell may take it over."""
    return len(text) <= 6 and "".join(text.split()) in word_set("words", "upward")


def is_ditto(text: str) -> bool:
    """同上 and its like: what stands elsewhere is not taken over."""
    return len(text) <= 6 and "".join(text.split()) in word_set("words", "ditto")


def garbled(text: str) -> bool:
    """Lone surrogates and replacement characters: something was lost."""
    return not text.isascii() and _GARBLED.search(text) is not None


def private(text: str) -> bool:
    return not text.isascii() and _PRIVATE.search(text) is not None


_DIGITS = {**dict.fromkeys("零〇○", 0), **{c: n for n, c in enumerate("一二三四五六七八九", 1)}, "两": 2,
           **{c: n for n, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERALS = "零〇○一二两三四五六七八九十百千廿卅壹贰叁肆伍陆柒捌玖拾佰仟"


def numeral(text: str) -> int | None:
    """A number written in Chinese: 三, 十二, 二十五, 廿五, 一百零五, 二〇二三; None for anything else."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or len(text) > 9 or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) in (1, 4) else None
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for c in text:
        if c in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[c]
        else:
            unit = _UNITS[c]
            if unit >= last or digit == 0 or (digit is None and (unit != 10 or total)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * unit, None, unit
    if digit and last > 10 and text[-2] not in "零〇○":
        return None                     # 一百五 is 150 in speech
    return total + (digit or 0)


def split_outside(text: str, separators: str) -> list[str]:
    """Parts of a text at any of the separators, but not inside brackets; no empty ones."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "(（[【":
            depth += 1
        elif c in ")）]】":
            depth = max(0, depth - 1)
        elif c in separators and not depth:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts if p.strip()]


def is_cjk(text: str) -> bool:
    return bool(text) and _ALL_CJK.fullmatch(text) is not None


_ALL_CJK = re.compile(f"[{CJK}]+")
