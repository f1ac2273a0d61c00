"""CSV and TSV as schools make them: encoding and delimiter by evidence, the guards of exporters taken off."""
from __future__ import annotations

import codecs
import csv
import io
import re

from carelib.read.excel.assemble import assemble
from carelib.read.excel.cells import ERRORS
from carelib.read.excel.package import column_letters
from carelib.read.excel.sheet import MAX_CELLS
from carelib.read.marks import clean, lost_digits
from carelib.read.words import Refused, doubt, note
from carelib.records import Cell, Parsed

DELIMITERS = (",", "\t", ";", "|", "，")
_GUARD = re.compile(r'=\s*"(.*)"', re.S)
_LEADING = re.compile(r"[`'’‘\x1f\t](?=[0-9A-Za-z])")


def parse(data: bytes) -> Parsed:
    """Delimited text as one grid without a name; places are 'F7'."""
    text, encoding = decode(data)
    rows = _rows(text)
    cells = [cell for r, row in enumerate(rows) for c, raw in enumerate(row) if (cell := _cell(r, c, raw)) is not None]
    if len(cells) > MAX_CELLS:
        raise Refused("many_cells", limit=MAX_CELLS)
    notes = () if encoding == "utf-8" else (note("encoding", name=encoding.upper()),)
    return Parsed("csv", (assemble("", cells),) if cells else (), notes=notes)


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: a BOM decides, else strict UTF-8, UTF-16 by its zeros, strict GB18030, GB18030 with marks."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
                       (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark):].decode(name, "replace"), name.removesuffix("-le").removesuffix("-be")
    sample = data[:4096]
    if sample.count(0) > len(sample) // 8:
        name = "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
        return data.decode(name, "replace"), "utf-16"
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    best = min(("utf-8", "gb18030"), key=lambda n: data.decode(n, "replace").count("�"))
    return data.decode(best, "replace"), best


def _rows(text: str) -> list[list[str]]:
    text = text.replace("\x00", "").removesuffix("\x1a")
    if found := re.match(r"\s*sep=(.)\r?\n", text):
        return _split(text[found.end():], found[1])
    return _split(text, _delimiter(text))


def _split(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(1 << 24)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return rows if not _swallowed(rows) else [line.split(delimiter) for line in text.splitlines()]


def _swallowed(rows: list[list[str]]) -> bool:
    """A stray quotation mark has swallowed lines: a field that holds delimiters and line ends of many rows."""
    return any(field.count("\n") > 20 and field.count(",") + field.count("\t") > 40 for row in rows for field in row)


def _delimiter(text: str) -> str:
    """The delimiter under which most lines have the same number of fields, more than one."""
    head = "\n".join(text.splitlines()[:200])

    def evidence(delimiter: str) -> tuple[int, int]:
        widths = [len(r) for r in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
                  if any(f.strip() for f in r)]
        wide = [w for w in widths if w > 1]
        if not wide:
            return 0, 0
        common = max(sorted(set(wide)), key=lambda w: (wide.count(w), w))
        return wide.count(common), common

    return max(DELIMITERS, key=lambda d: (evidence(d)[0], evidence(d)[1], -DELIMITERS.index(d)))


def _cell(row: int, col: int, raw: str) -> Cell | None:
    guarded = raw.strip(" \r\n")
    if found := _GUARD.fullmatch(guarded):
        guarded = found[1].replace('""', '"')
    text = clean(_LEADING.sub("", guarded, count=1) if _LEADING.match(guarded) else guarded)
    if not text:
        return None
    place = f"{column_letters(col)}{row + 1}"
    if text.upper() in ERRORS:
        return Cell(row, col, text, place, kind="error", doubt=doubt("error", text=text))
    why, guess = ("", "") if (left := lost_digits(text)) is None else (doubt("science"), left)
    if "�" in text:
        why = doubt("bad_bytes")
    return Cell(row, col, text, place, doubt=why, suggestion=guess)
