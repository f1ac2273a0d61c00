"""From what a workbook stores to what a person sees: the cells that every workbook reader builds."""
from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from carelib.read.excel.datefmt import day_of, serial_of
from carelib.read.excel.looks import PLAIN, PLAIN_STYLE, Font, Style, unseen
from carelib.read.excel.numfmt import general
from carelib.read.excel.package import column_letters
from carelib.read.excel.strings import Text
from carelib.read.marks import clean, lost_digits, show_symbols
from carelib.read.words import doubt, extra
from carelib.records import Cell

ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA",
          "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#PYTHON!"}
_PICTURE = re.compile(r"\s*=?\s*(_xlfn\.)?(DISPIMG|IMAGE)\s*\(", re.I)
_LONGEST = 32767
_HASH_DATE = 1900
DAYS = (25_569, 62_000)             # serial numbers of the years around us


class Spot(NamedTuple):
    """Where a cell stands."""
    row: int
    col: int
    place: str
    hidden: bool = False


class Maker:
    """Builds the cells of one sheet. `day_zero` is 1462 in workbooks of the 1904 system."""

    def __init__(self, sheet: str, day_zero: int = 0) -> None:
        self.prefix, self.day_zero = f"{sheet}!", day_zero
        self._letters: dict[int, str] = {}
        self._ordinary: dict[str, str] = {}                 # texts met before: what they show, '' if that needs a look

    def plain(self, row: int, col: int, text: str, hidden: bool) -> Cell | None:
        """A text cell in an ordinary style: the usual case, made fast."""
        shown = self._ordinary.get(text)
        if shown is None:
            shown = clean(text)
            odd = not shown or shown[0] in "=_#" or "E+" in shown or len(text) >= _LONGEST
            shown = self._ordinary[text] = "" if odd else shown
        if not shown:
            return self.text(self.spot(row, col, hidden), text, PLAIN_STYLE)
        letters = self._letters.get(col)
        place = f"{self.prefix}{letters}{row + 1}" if letters is not None else self.place(row, col)
        return Cell(row, col, shown, place, 1, 1, "text", None, None, "", "", False, hidden)

    def place(self, row: int, col: int) -> str:
        """'Sheet1!F7'."""
        letters = self._letters.get(col)
        if letters is None:
            letters = self._letters[col] = column_letters(col)
        return f"{self.prefix}{letters}{row + 1}"

    def spot(self, row: int, col: int, hidden: bool = False) -> Spot:
        """A place with its name."""
        letters = self._letters.get(col)
        place = f"{self.prefix}{letters}{row + 1}" if letters is not None else self.place(row, col)
        return Spot(row, col, place, hidden)

    def text(self, spot: Spot, text: Text, style: Style) -> Cell | None:
        """A text cell; None if nothing stands in it."""
        if isinstance(text, str) and style.simple:
            shown = clean(text)
            if not shown:
                return None
            if shown[0] in "=_#" and (odd := self._odd(spot, shown)):
                return odd
            if "E+" in shown and (left := lost_digits(shown)):
                return Cell(spot.row, spot.col, shown, spot.place, doubt=doubt("science"), suggestion=left,
                            hidden=spot.hidden)
            if len(text) < _LONGEST:
                return Cell(spot.row, spot.col, shown, spot.place, hidden=spot.hidden)
        return _dressed(spot, text, style)

    def _odd(self, spot: Spot, shown: str) -> Cell | None:
        """Texts that stand for a picture or an error."""
        if _PICTURE.match(shown):
            return self.picture(spot, shown)
        return self.error(spot, shown) if shown.upper() in ERRORS else None

    def number(self, spot: Spot, text: str, style: Style) -> Cell:
        """A numeric cell from the number as the file writes it."""
        try:
            exact = Decimal(text.strip())
            number = float(exact)
        except (InvalidOperation, ValueError, OverflowError):
            return Cell(spot.row, spot.col, clean(text) or "?", spot.place, kind="error",
                        doubt=doubt("error", text=clean(text)), hidden=spot.hidden)
        if not exact.is_finite():
            return self.error(spot, "#NUM!")
        if style.format.kind == "date" and abs(number) < 1e7:
            return self._date(spot, number, exact, style)
        return self._plain_number(spot, number, exact, style)

    def _plain_number(self, spot: Spot, number: float, exact: Decimal, style: Style) -> Cell:
        shown = clean(style.format.show(number, exact, self.day_zero))
        why, guess = "", ""
        if not shown:
            shown, why = general(exact), doubt("masked")
        elif exact == exact.to_integral_value() and abs(exact) >= Decimal(10) ** 15:
            why, guess = doubt("long_number"), known_digits(exact)
        elif hint := style.unseen:
            why = doubt(hint)
        elif style.font.symbol:
            shown, why = _in_symbols(shown, style.font.symbol)
        return Cell(spot.row, spot.col, shown, spot.place, 1, 1, "number", number, self._as_day(number), why, guess,
                    style.font.struck, spot.hidden)

    def _as_day(self, number: float) -> str | None:
        """The day that a number would show if its cell had kept the format of a date."""
        day = day_of(number + self.day_zero) if DAYS[0] <= number < DAYS[1] else None
        return None if day is None else day.isoformat()

    def _date(self, spot: Spot, number: float, exact: Decimal, style: Style) -> Cell:
        serial, parts = number + self.day_zero, style.format.parts
        day = day_of(serial)
        value, why = None, ""
        if day is None:
            why = doubt("date_bad")
        elif not 1900 < day.year <= 2100:
            why = doubt("date_range")
        else:
            value = shown_part(day, parts)
        shown = clean(style.format.show(number, exact, self.day_zero)) or general(exact)
        if not why and (hint := style.unseen):
            why = doubt(hint)
        return Cell(spot.row, spot.col, shown, spot.place, 1, 1, "date", number, value, why, "",
                    style.font.struck, spot.hidden)

    def iso_date(self, spot: Spot, text: str, style: Style) -> Cell | None:
        """A date stored as ISO text (t="d")."""
        moment = iso(text)
        if isinstance(moment, datetime):
            serial = serial_of(moment.date()) + (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400
            shaped = style if style.format.kind == "date" else None
            if shaped is None:
                shown = text.strip() if "T" in text else moment.date().isoformat()
                return Cell(spot.row, spot.col, shown, spot.place, kind="date", number=serial,
                            date=moment.date().isoformat(), struck=style.font.struck, hidden=spot.hidden)
            return self._date(spot, serial - self.day_zero, Decimal(repr(serial - self.day_zero)), shaped)
        return self.text(spot, text, style)

    def boolean(self, spot: Spot, value: bool, style: Style) -> Cell:
        """TRUE or FALSE."""
        hint = style.unseen
        return Cell(spot.row, spot.col, "TRUE" if value else "FALSE", spot.place, kind="bool",
                    doubt=doubt(hint) if hint else "", struck=style.font.struck, hidden=spot.hidden)

    def error(self, spot: Spot, shown: str) -> Cell:
        """An error value."""
        return Cell(spot.row, spot.col, shown, spot.place, kind="error", doubt=doubt("error", text=shown),
                    hidden=spot.hidden)

    def uncalculated(self, spot: Spot, formula: str, never: bool = False) -> Cell:
        """A formula of which the file holds no result, or one that was never calculated."""
        shown = clean("=" + formula.removeprefix("="))
        if _PICTURE.match(shown):
            return self.picture(spot, shown)
        return Cell(spot.row, spot.col, shown, spot.place, kind="uncalculated",
                    doubt=doubt("never_calculated" if never else "uncalculated"), hidden=spot.hidden)

    def picture(self, spot: Spot, shown: str = "") -> Cell:
        """A picture placed in the cell."""
        mark = shown or f"[{extra('picture')}]"
        return Cell(spot.row, spot.col, mark, spot.place, kind="picture", doubt=doubt("picture"), hidden=spot.hidden)

    def lost(self, spot: Spot, shown: str = "?") -> Cell:
        """A text whose store is missing."""
        return Cell(spot.row, spot.col, shown, spot.place, kind="error", doubt=doubt("lost_string"), hidden=spot.hidden)


_TEXT_FUNCTION = re.compile(r"\s*=?\s*(TEXT|MID|LEFT|RIGHT|CONCATENATE|CONCAT|TRIM|SUBSTITUTE|REPLACE|TEXTJOIN|UPPER|"
                            r"LOWER|REPT|ASC)(?=\()", re.I)


def gives_text(formula: str) -> bool:
    """Whether a formula as a whole gives text, so that a stored number cannot be its result."""
    found = _TEXT_FUNCTION.match(formula)
    if not found:
        return False
    depth = 0
    for at, char in enumerate(formula[found.end():].rstrip(), found.end()):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at == len(formula.rstrip()) - 1
    return False


def shown_part(day: date, parts: frozenset[str]) -> str:
    """A date in normal form, never more precise than the format shows it; day and month without a year name the day."""
    if "d" in parts or not parts:
        return day.isoformat()
    return f"{day.year:04d}-{day.month:02d}" if "m" in parts else f"{day.year:04d}"


def known_digits(exact: Decimal, sure: int = 15) -> str:
    """The digits of a long number that can be trusted, and a ? for each of the others."""
    digits = "".join(map(str, exact.as_tuple().digits))
    length = len(digits) + int(exact.as_tuple().exponent)
    return digits[:sure].ljust(sure, "0") + "?" * (length - sure)


def iso(text: str) -> datetime | time | None:
    """ISO 8601 text as a moment or a time; None if it is neither."""
    text = text.strip().removesuffix("Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        try:
            return time.fromisoformat(text)
        except ValueError:
            return None


def _in_symbols(text: str, font: str) -> tuple[str, str]:
    shown, sure = show_symbols(text, font)
    return shown, "" if sure else doubt("symbol_font")


def _dressed(spot: Spot, text: Text, style: Style) -> Cell | None:
    """A text of several runs, or in a style that changes what is seen."""
    runs = ((text, None),) if isinstance(text, str) else text
    shown, kept, why, struck = [], [], "", []
    for part, own in runs:
        font = style.font if own is None else own
        symbol = font.symbol or (style.font.symbol if own is not None and own == PLAIN else None)
        part, trouble = _in_symbols(part, symbol) if symbol else (part, "")
        why = why or trouble or _sight(font, style.fill, part)
        shown.append(part)
        if part.strip():
            struck.append(font.struck)
        kept.append("" if font.struck else part)
    seen, left = clean(style.format.show_text("".join(shown))), clean("".join(kept))
    if not seen:
        hidden_text = clean("".join(shown))
        return None if not hidden_text else Cell(spot.row, spot.col, hidden_text, spot.place, doubt=doubt("masked"),
                                                 hidden=spot.hidden)
    if len(seen) >= _LONGEST:
        why = why or doubt("cut_off")
    half = any(struck) and not all(struck)
    return Cell(spot.row, spot.col, seen, spot.place, doubt=doubt("half_struck") if half else why,
                suggestion=left if half else "", struck=bool(struck) and all(struck), hidden=spot.hidden)


def _sight(font: Font, fill: str, part: str) -> str:
    hint = unseen(font, fill) if part.strip() else ""
    return doubt(hint) if hint else ""
