"""The public twin of the district's workbook: no pupil, no school, no file; counts rounded and small ones suppressed."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from carelib.month import Month
from carelib.report import figures, suppress, totals, words
from carelib.report.sheet import Book, Mark, Row

FLOWS = ("new", "returned", "closing")


def public_workbook(path: Path, month: Month) -> None:
    """Write the only workbook that may leave the section."""
    looks, district = month.world.catalogue.looks, month.world.policy.district
    title = looks["public"]["title"].format(district=district.name, month=words.month_words(month))
    book = Book(looks, title, district.name, month.world.last_day, header=looks["page"]["header_public"])
    for part in (notes, filing, cases, indicators):
        part(book, month)
    book.save(path)


def look_of(month: Month, part: str) -> Mapping[str, Any]:
    return month.world.catalogue.looks["public"]["sheets"][part]


def notes(book: Book, month: Month) -> None:
    look, base = look_of(month, "notes"), month.world.policy.thresholds.small_cell
    sheet = book.sheet(look)
    sheet.title(look["title"].format(district=month.world.policy.district.name, month=words.month_words(month)))
    sheet.notes(w.format(n=base, top=base - 1) for w in (look["words"] if base > 1 else look["words_open"]))


def filing(book: Book, month: Month) -> None:
    look, kinds = look_of(month, "filing"), totals.kinds(month)
    counts = {k: totals.filing_states(month, codes) for k, codes in kinds.items()}
    rows = by_kind(month, look, list(kinds), totals.STATES, lambda kind, state: counts[kind][state])
    _table(book, month, look, rows)


def cases(book: Book, month: Month) -> None:
    look, kinds = look_of(month, "cases"), totals.kinds(month)
    sums = {k: totals.flow_sums(month, codes) for k, codes in kinds.items()}
    rows = by_kind(month, look, list(kinds), FLOWS, lambda kind, key: sums[kind].get(key))
    _table(book, month, look, rows)


def _table(book: Book, month: Month, look: Mapping[str, Any], rows: list[Row]) -> None:
    sheet = book.sheet(look)
    sheet.title(look["title"].format(month=words.month_words(month)), words.made_by(month), words.as_of(month))
    sheet.table(rows[:-1], empty=look["none"], main=True, totals=rows[-1:])
    sheet.notes(look["notes"])


def by_kind(month: Month, look: Mapping[str, Any], kinds: Sequence[str], keys: Sequence[str],
            count: Callable[[str, str], int | None]) -> list[Row]:
    """A row a kind of school and a total; None (nobody filed) stays words and is no zero."""
    base = month.world.policy.thresholds.small_cell
    rows: list[dict[str, Any]] = [{"kind": k} for k in kinds] + [{"kind": look["total"]}]
    for key in keys:
        values = [count(k, key) for k in kinds]
        for row, value in zip(rows, values):
            row[key] = look["not_filed"] if value is None else _shown(month, suppress.rounded(value, base))
        came = [v for v in values if v is not None]
        rows[-1][key] = _shown(month, suppress.total(came, base)) if came else look["not_filed"]
    return rows


def _shown(month: Month, number: int | None) -> int | str:
    few = month.world.catalogue.looks["public"]["few"]
    return few.format(n=month.world.policy.thresholds.small_cell) if number is None else number


def indicators(book: Book, month: Month) -> None:
    look = look_of(month, "indicators")
    rows = [indicator_row(month, r) for r in figures.in_order(month, figures.of_unit(month, "district"))]
    sheet = book.sheet(look)
    sheet.title(look["title"].format(month=words.month_words(month)), words.made_by(month), words.as_of(month))
    sheet.table(rows, empty=look["none"], main=True)
    sheet.notes(look["notes"])


def indicator_row(month: Month, r: Mapping[str, Any]) -> Row:
    """Numerator and denominator rounded, the value from these; what is no quotient of counts shows its verdict only."""
    said, nothing = words.words(month), words.words(month)["nothing"]
    number = figures.number_format(month, r["indicator"])
    row: dict[str, Any] = {"title": figures.indicator_title(month, r["indicator"]),
                           "target": Mark(nothing if r["target"] is None else r["target"], number=number),
                           "outcome": said["outcome"].get(r["outcome"], r["outcome"])}
    row |= dict.fromkeys(("numerator", "denominator", "value"), nothing)
    if r["numerator"] is None or r["denominator"] is None or not _counts(month, r):
        return row
    top, bottom = (_rounded(month, r, part) for part in ("numerator", "denominator"))
    value = suppress.quotient(top, bottom)
    if value is not None and r["value"] is not None and abs(1 - r["numerator"] / r["denominator"] - r["value"]) < 1e-9:
        value = 1 - value
    withheld = month.world.catalogue.looks["public"]["withheld"]
    return row | {"numerator": _shown(month, top), "denominator": _shown(month, bottom),
                  "value": Mark(withheld if value is None else value, number=number)}


def _rounded(month: Month, r: Mapping[str, Any], part: str) -> int | None:
    """A figure that another sheet shows as a total is shown here as it is there."""
    base, total = month.world.policy.thresholds.small_cell, month.world.catalogue.looks["public"]["totals"]
    key = total.get(f"{r['indicator']}.{part}")
    if key is not None:
        sums = [totals.flow_sums(month, codes) for codes in totals.kinds(month).values()]
        parts = [s[key] for s in sums if s]
        if sum(parts) == r[part]:
            return suppress.total(parts, base)
    return suppress.rounded(int(r[part]), base)


def _counts(month: Month, r: Mapping[str, Any]) -> bool:
    """Whether numerator and denominator are counts (not hours, not lessons)."""
    listed = r["indicator"] in month.world.catalogue.looks["public"]["counted"]
    whole = float(r["numerator"]).is_integer() and float(r["denominator"]).is_integer()
    return whole and (listed or figures.number_format(month, r["indicator"]) == "percent")
