"""What every room shares: frozen records, and the ids that name them. Nothing here reads a file.

The way of a cell: a file is parsed to `Grid`s of `Cell`s (each knows its place); `read` turns grids into
`Submission`s with `Row`s of `Value`s; what no field claims becomes `Furniture` or `Leftover`; what has to be said about
it becomes an `Observation`, which `check` turns into a finding by the rule that names its code.
"""
from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMS = ("absent_list", "follow_up", "case_file", "screening", "psych_case", "health_roster", "support_work",
         "responsibility", "retention", "safety_month")
IN_STOCK = frozenset({"open", "relapsed", "lost", "unknown"})      # case states that count as not yet back


class CatalogueError(Exception):
    """Our own data is at fault (notice/ or district.toml); the message lists every fault with its path."""


class UsageError(Exception):
    """The command or parameter is wrong; the message is a Chinese sentence for the user (exit status 2)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One non-empty cell of a grid, as a person sees it. `row`, `col` count from 0; a sheet's from A1."""
    row: int
    col: int
    text: str                       # what a person sees, number format applied; inner line breaks kept
    place: str                      # contract §5: 'Sheet1!F7', 'F7' (csv), 't2!F7' (html, docx), 'p2@x0,top,x1,bottom'
    row_span: int = 1
    col_span: int = 1
    kind: str = "text"              # text | number | date | bool | error | uncalculated | picture | field | ocr
    number: float | None = None     # the stored number of a numeric cell (an 18-digit number is damaged: see doubt)
    date: str | None = None         # a stored date in normal form, never more precise than it is shown; of a number (kind) the day
                                    # that it would be if the format of a date had not been lost
    doubt: str = ""                 # why no value may be taken from it (a Chinese clause); '' if it can be trusted
    suggestion: str = ""            # what it probably says: shown to a person, never a value
    struck: bool = False            # struck through as a whole: withdrawn by the school
    hidden: bool = False            # stands in a hidden row or column
    covered: bool = False           # lies under a merged cell: nobody sees it; always a leftover
    confidence: float = 1.0         # 1.0 for typed text; the weakest character's probability for OCR


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, or one table of a document with the text lines around it as rows of their own."""
    name: str                       # the sheet's name; 't2' in HTML and docx; 'p1.t1' in PDF
    cells: tuple[Cell, ...]         # non-empty cells only, in reading order; spans given by row_span / col_span
    hidden: bool = False            # a hidden sheet: read, reported, never counted
    spans: tuple[tuple[int, int, int, int], ...] = ()   # merged ranges (row, col, row_span, col_span), empty ones too
    extras: tuple[tuple[str, str], ...] = ()  # (place, text) of comments, text boxes, pictures, watermarks: leftovers
    doubts: tuple[str, ...] = ()    # doubts about the grid as a whole ('行的划分不确定'): asked, not accepted silently


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser gives back for one file; plain data, so that it can cross a process boundary."""
    medium: str                     # contract §5 `submissions.medium`
    grids: tuple[Grid, ...] = ()
    reason_code: str | None = None  # set when nothing could be read
    reason: str | None = None       # the reason, and what the school should do: a Chinese sentence
    notes: tuple[str, ...] = ()     # what should be said about a file that was read ('含宏，未运行')


def to_plain(record: Any) -> Any:
    """Dataclasses to dicts and lists of plain values (for JSON)."""
    return asdict(record)


def parsed_from_plain(data: Mapping[str, Any]) -> Parsed:
    grids = tuple(Grid(**{**g, "cells": tuple(Cell(**c) for c in g["cells"]),
                          "spans": tuple(tuple(s) for s in g["spans"]),
                          "extras": tuple(tuple(e) for e in g["extras"]), "doubts": tuple(g["doubts"])})
                  for g in data["grids"])
    return Parsed(data["medium"], grids, data["reason_code"], data["reason"], tuple(data["notes"]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words in a cell say: a value in normal form, or a problem, or neither (the cell says nothing)."""
    value: str | None = None
    problem: str | None = None      # a Chinese sentence: what was found, what was expected
    suggestion: str | None = None   # probable value for a person to confirm; never used by the machine


@dataclass(frozen=True, slots=True)
class Value:
    field: str
    label: str | None               # as printed
    raw: str | None                 # as written; several cells joined by 、
    value: str | None
    problem: str | None
    place: str | None               # several places joined by 、
    confidence: float = 1.0
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    row_id: str
    form: str
    line: int                       # 0-based row of the grid (of its first cell)
    values: tuple[Value, ...]
    held: str | None = None         # why the row waits for a person (a Chinese sentence); None = accepted

    def get(self, name: str) -> str | None:
        return next((v.value for v in self.values if v.field == name), None)


@dataclass(frozen=True, slots=True)
class Furniture:
    place: str
    raw: str
    kind: str                       # title|info|header|label|column_no|section|note|total|signature|sample|filler


@dataclass(frozen=True, slots=True)
class Leftover:
    place: str
    raw: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A row or cell on which an observation rests, where this month's own row does not say it: perhaps of an earlier cycle."""
    cycle: str
    school_code: str | None
    submission_id: str | None
    form: str | None
    row_id: str | None = None
    place: str | None = None

    @property
    def parts(self) -> tuple[str | None, ...]:
        return self.cycle, self.school_code, self.submission_id, self.form, self.row_id, self.place

    @property
    def order(self) -> tuple[Any, ...]:
        """Oldest first, then file by file, B5 before B10."""
        place = tuple((p.isdigit(), int(p) if p.isdigit() else 0, p) for p in re.split(r"(\d+)", self.place or ""))
        return self.cycle, self.submission_id or "", place, self.row_id or ""

    def text(self) -> str:
        return json.dumps(self.parts, ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None) -> Ground | None:
        """Back from `text`."""
        return cls(*json.loads(text)) if text else None


@dataclass(frozen=True, slots=True)
class Observation:
    """Something seen while reading or reconciling that a rule may turn into a finding.

    `code` is what a rule of kind `observed` names in its parameters; `facts` fill the blanks of the rule's sentence.
    No name and no number of a pupil stands in `facts`; `found` may hold what a cell says.
    """
    code: str
    school_code: str | None = None
    other_school_code: str | None = None
    submission_id: str | None = None
    row_id: str | None = None
    case_id: str | None = None
    person_id: str | None = None
    field: str | None = None
    place: str | None = None
    found: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One form of one school found in one sheet of one file (contract §5); `rows` and the rest are its content."""
    submission_id: str
    cycle: str
    file: str
    sheet: str | None
    sha256: str
    medium: str
    form: str | None
    school_code: str | None
    period: str | None
    term: str | None = None
    received_at: str | None = None
    filled_by: str | None = None
    approved_by: str | None = None
    filled_date: str | None = None
    on_time: bool | None = None
    is_zero: bool = False
    zero_at: str | None = None      # where a zero report says so; an empty form that is only signed: its title
    state: str = "accepted"
    reason_code: str | None = None
    reason: str | None = None
    superseded_by: str | None = None
    rows: tuple[Row, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the ledger (contract §7)."""
    decision_id: str
    at: str
    by: str
    cycle: str
    school_code: str | None
    kind: str                       # finding | value | link | school
    subject: str
    verdict: str
    saw: str
    use: str | None = None
    reason: str | None = None
    previous: str | None = None


def grounds_text(grounds: tuple[Ground, ...]) -> str | None:
    """Grounds as one text of a table, None without any."""
    return json.dumps([g.parts for g in grounds], ensure_ascii=False) if grounds else None


def grounds_of(text: str | None) -> tuple[Ground, ...]:
    """Back from `grounds_text`."""
    return tuple(Ground(*parts) for parts in json.loads(text)) if text else ()


def mint(prefix: str, *parts: object, key: bytes = b"") -> str:
    """A short stable id: prefix + 80 bits of keyed BLAKE2b over the parts, in base32. Same parts, same id."""
    text = "\x1f".join("" if p is None else str(p) for p in parts)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=10).digest()
    return prefix + base64.b32encode(digest).decode("ascii").lower()


IDENTIFYING = {"student_name": "name", "id_number": "number", "student_no": "number", "guardian_name": "name",
               "guardian_phone": "number", "owner_phone": "number", "address": "text", "peer_pair": "name", "phone": "number"}


def mask(text: str | None, field_name: str | None) -> str | None:
    """What may be shown of an identifying field outside restricted places: 张**, 3212**********1234, first 3 of an address."""
    if text is None or field_name not in IDENTIFYING:
        return text
    kind, text = IDENTIFYING[field_name], text.strip()
    if kind == "name":
        return text[:1] + "*" * (len(text) - 1)
    if kind == "number":
        return text[:4] + "*" * max(0, len(text) - 6) + text[-2:] if len(text) > 6 else "*" * len(text)
    return text[:3] + "…" if len(text) > 3 else text
