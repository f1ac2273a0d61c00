"""公民身份号码 (GB 11643) and 学籍号: normalised, checked, and refused where software has damaged them."""
from __future__ import annotations

import re
from decimal import Decimal

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context, is_typed, whole_number
from carelib.values.dates import is_day
from carelib.values.text import plain, says_nothing
from carelib.values.words import NOTHING, ask

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
ID = re.compile(r"\d{17}[\dX]")
STUDENT_NO = re.compile(r"[GJL]\d{17}[\dX]")
_SCIENCE = re.compile(r"\d(?:\.\d+)?E\+?\d{2}")
_LABEL = re.compile(r"^(?:公民身份号码|居民身份证号?码?|身份证件?号?码?|证件号码?|全国学籍号|学籍号码?|学籍|号码):?")
_NOISE = re.compile(r"[\s'\"=\-_.,;:]+")
_TWO = re.compile(r"(?<!\d)(\d{17}[\dX])(?!\d)")
_DOCUMENT = re.compile(r"[A-Z]{1,2}\d{6,9}(?:\([\dA]\))?|[HMhm]\d{8,10}|\d{8}|[A-Z]{3}\d{12}")


def check_id(text: str) -> str:
    """'valid', or the first thing wrong with a citizen's number: 'length', 'characters', 'date', 'checksum'."""
    if len(text) != 18:
        return "length"
    if not ID.fullmatch(text) or not text.isascii():
        return "characters"
    if not is_day(text[6:14]):
        return "date"
    return "valid" if check_digit(text) == text[17] else "checksum"


def check_digit(text: str) -> str:
    """The check character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK[sum(w * int(c) for w, c in zip(WEIGHTS, text)) % 11]


def check_student_no(text: str) -> str:
    """'valid', or 'length', 'letter', 'characters', 'date', 'checksum' (an L number has no check digit)."""
    if len(text) != 19:
        return "length"
    if text[0] not in "GJL":
        return "letter"
    verdict = check_id(text[1:])
    return "valid" if text[0] == "L" and verdict == "checksum" else verdict


def id_birth(text: str) -> str | None:
    """The date of birth in a number whose date exists ('2010-03-05'), check digit or not; also of a 学籍号."""
    digits = text[-18:]
    if len(digits) != 18 or not ID.fullmatch(digits) or not is_day(digits[6:14]):
        return None
    return f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}"


def id_gender(text: str) -> str | None:
    """男 or 女 by the 17th digit of a citizen's number."""
    return ("女", "男")[int(text[16]) % 2] if len(text) == 18 and ID.fullmatch(text) and text.isascii() else None


def float_shaped(digits: str) -> bool:
    """Whether 18 digits could be what a double keeps of a number (always true of one that passed through it)."""
    return digits.isdigit() and int(float(digits)) == int(digits)


def good_digits(number: float) -> str:
    """The digits that a double still holds for certain, the rest as question marks."""
    exact = format(Decimal(repr(number)), "f").split(".")[0]
    return exact[:15] + "?" * (len(exact) - 15)


def parse_id(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """A citizen's number of 18 characters; a wrong check digit is a value, a damaged number is not."""
    if ID.fullmatch(text) and text.isascii() and (cell is None or cell.kind != "number"):
        return _full(text, field, context, cell)
    if says_nothing(text):
        return NOTHING
    bare = _bare(text)
    if cell is not None and cell.kind == "number":
        return _from_number(bare, field, context, cell)
    if ID.fullmatch(bare):
        return _full(bare, field, context, cell)
    return _refuse_id(bare, plain(text).upper(), field, context)


def _bare(text: str) -> str:
    """NFKC, upper case, without blanks, quotes, dashes, and the label that some write in front."""
    return _NOISE.sub("", _LABEL.sub("", plain(text).upper().strip()))


def _full(digits: str, field: Field, context: Context, cell: Cell | None) -> Reading:
    """18 characters: a value, unless they show the marks of damage or of a filler."""
    verdict = check_id(digits)
    if verdict != "valid":
        if len(set(digits)) == 1 or digits.startswith("1234567890"):
            return ask(field.kind, "filler", field, context)
        if digits.endswith("000"):
            return ask(field.kind, "tail", field, context, suggestion=digits[:15] + "???")
        if float_shaped(digits):
            return ask(field.kind, "float", field, context, suggestion=good_digits(float(digits)))
        if digits.startswith("999"):
            return ask(field.kind, "temporary", field, context)
    elif digits.endswith("000") and not is_typed(cell):
        return ask(field.kind, "tail", field, context, suggestion=digits[:15] + "???")
    return Reading(digits)


def _from_number(bare: str, field: Field, context: Context, cell: Cell) -> Reading:
    """A numeric cell: past 15 digits it is damaged for certain, whatever it shows."""
    number = whole_number(cell)
    if number is not None and abs(number) >= 1e15:
        return ask(field.kind, "number", field, context, suggestion=good_digits(abs(float(number))))
    if number is None:
        return ask(field.kind, "number", field, context)
    return _refuse_id(str(number), bare, field, context)


def _refuse_id(bare: str, shown: str, field: Field, context: Context) -> Reading:
    """Why it is no number of 18 characters."""
    if _SCIENCE.search(shown.replace(" ", "")):
        return ask("id", "science", field, context)
    if len(_TWO.findall(shown)) > 1 or (len(bare) >= 30 and bare.isalnum() and bare.isascii()):
        return ask("id", "two", field, context)
    if re.fullmatch(r"\d{17}[×✕ХΧ]", bare):
        return ask("id", "letters", field, context, suggestion=bare[:17] + "X")
    if re.search(r"[*●•#×]|X{2,}|\?{2,}", shown) or re.search(r"X(?=.)", bare[:17]):
        return ask("id", "masked", field, context)
    if STUDENT_NO.fullmatch(bare):
        return ask("id", "student_no", field, context, suggestion=bare[1:])
    found = _TWO.search(shown)
    if found:
        return ask("id", "letters", field, context, suggestion=found[1])
    if bare.isdigit() and len(bare) == 15:
        return ask("id", "old", field, context)
    if _DOCUMENT.fullmatch(bare):
        return ask("id", "document", field, context)
    if bare.isascii() and bare[:-1].isdigit():
        return ask("id", "length", field, context, n=len(bare))
    return ask("id", "letters" if any(c.isdigit() for c in bare) else "unknown", field, context)


def parse_student_no(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """A 学籍号: G, J or L and 18 characters. A short 学号 or a number without its letter is asked."""
    if says_nothing(text):
        return NOTHING
    bare = _bare(text)
    if STUDENT_NO.fullmatch(bare):
        return _full_student_no(bare, field, context)
    number = whole_number(cell)
    if number is not None and abs(number) >= 1e15:
        return ask("student_no", "number", field, context, suggestion=good_digits(abs(float(number))))
    if _SCIENCE.search(plain(text).upper()):
        return ask("student_no", "science", field, context)
    if "*" in plain(text):
        return ask("student_no", "masked", field, context)
    if ID.fullmatch(bare):
        whole = check_id(bare) == "valid"
        return ask("student_no", "no_letter", field, context, suggestion="G" + bare if whole else None)
    return _refuse_student_no(bare, field, context)


def _full_student_no(bare: str, field: Field, context: Context) -> Reading:
    """A G number is a citizen's number behind its letter: the same damage shows."""
    if bare[0] != "L" and check_student_no(bare) != "valid" and bare.endswith("000"):
        return ask("student_no", "tail", field, context, suggestion=bare[:16] + "???")
    return Reading(bare)


def _refuse_student_no(bare: str, field: Field, context: Context) -> Reading:
    if len(re.findall(r"[GJL]\d{17}[\dX]", bare)) > 1:
        return ask("student_no", "two", field, context)
    if bare.isascii() and bare.isdigit() and len(bare) <= 14:
        return ask("student_no", "short", field, context)
    if re.fullmatch(r"[A-Z]{1,2}\d{17}[\dX]", bare):
        return ask("student_no", "letter", field, context)
    if bare.isascii() and bare.isalnum():
        return ask("student_no", "length", field, context, n=len(bare))
    return ask("student_no", "unknown", field, context)
