"""The public twin of the district's workbook: no pupil, school or file; counts rounded, small ones suppressed."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from carelib.month import Month
from carelib.report import figures, suppress, totals, words
from carelib.report.sheet import Book, Mark, Row

FLOWS = ("new", "returned", "closing")
RETENTION, RETURN_RATE, ON_TIME = "retention_month", "return_rate", "on_time_filing"    # the counts add up to these


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
    _table(book, month, look_of(month, "filing"), list(totals.kinds(month)), totals.STATES, settled_filing(month))


def settled_filing(month: Month) -> dict[str, suppress.Shown]:
    """The filing states by kind of school, their totals, and the denominator that all of them add up to."""
    states = {k: totals.filing_states(month, codes) for k, codes in totals.kinds(month).items()}
    counts = {(s, k): states[k][s] for s in totals.STATES for k in states}
    row = _district(month, ON_TIME)
    all_due = row and counts and row["denominator"] == sum(counts.values())
    return settled(month, counts, [(ON_TIME, totals.STATES)] if all_due else [])


def cases(book: Book, month: Month) -> None:
    shown = settled_cases(month)
    _table(book, month, look_of(month, "cases"), list(totals.kinds(month)), FLOWS, shown)


def settled_cases(month: Month) -> dict[str, suppress.Shown]:
    """The case counts by kind of school, their totals, and the one indicator that adds some of them up."""
    look, kinds = month.world.catalogue.looks["public"], totals.kinds(month)
    sums = {k: totals.flow_sums(month, codes) for k, codes in kinds.items()}
    counts = {(key, k): sums[k][key] for key in FLOWS for k in kinds if sums[k]}
    inside = [f"closing/{k}" for k in look["compulsory"] if ("closing", k) in counts]
    row = _district(month, RETENTION)
    if not row or len(inside) < 2 or row["numerator"] != sum(counts["closing", p.partition("/")[2]] for p in inside):
        return settled(month, counts)
    others = [f"closing/{k}" for key, k in counts if key == "closing" and f"closing/{k}" not in inside]
    return settled(month, counts, [(RETENTION, inside), ("closing", [RETENTION, *others])])


def _district(month: Month, indicator: str) -> Mapping[str, Any] | None:
    return next((r for r in figures.of_unit(month, "district") if r["indicator"] == indicator), None)


def settled(month: Month, counts: Mapping[tuple[str, str], int],
            more: Sequence[suppress.Sum] = ()) -> dict[str, suppress.Shown]:
    """(column, kind) counts and a total a column as they may be shown, under 'column/kind' and 'column'.

    `more`: other sums that a reader can make of them; a total in them that is no column is a figure of its own.
    """
    flat = {f"{key}/{kind}": n for (key, kind), n in counts.items()}
    sums: list[suppress.Sum] = [(key, [p for p in flat if p.startswith(f"{key}/")])
                                for key in dict.fromkeys(k for k, _ in counts)]
    for total, parts in (*sums, *more):
        flat.setdefault(total, sum(flat[p] for p in parts))
    return suppress.settle(flat, [*sums, *more], month.world.policy.thresholds.small_cell)


def _table(book: Book, month: Month, look: Mapping[str, Any], kinds: Sequence[str], keys: Sequence[str],
           shown: Mapping[str, suppress.Shown]) -> None:
    """A row a kind of school and a total; where nobody filed stand words, no zero."""
    rows: list[Row] = [{"kind": kind, **{k: _words(month, look, shown, f"{k}/{kind}") for k in keys}} for kind in kinds]
    total = {"kind": look["total"], **{k: _words(month, look, shown, k) for k in keys}}
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look))
    sheet.table(rows, empty=look["none"], main=True, totals=[total] if rows else [])
    sheet.notes(look["notes"])


def _words(month: Month, look: Mapping[str, Any], shown: Mapping[str, suppress.Shown], key: str) -> int | str:
    return _shown(month, shown[key]) if key in shown else look["not_filed"]


def _shown(month: Month, number: suppress.Shown) -> int | str:
    look = month.world.catalogue.looks["public"]
    if number == suppress.WITHHELD:
        return look["withheld"]
    return look["few"].format(n=month.world.policy.thresholds.small_cell) if number is None else number


def indicators(book: Book, month: Month) -> None:
    look, shown = look_of(month, "indicators"), settled_cases(month) | settled_filing(month)
    rows = [indicator_row(month, r, shown) for r in figures.in_order(month, figures.of_unit(month, "district"))]
    sheet = book.sheet(look)
    sheet.title(*words.heading(month, look))
    sheet.table(rows, empty=look["none"], main=True)
    sheet.notes(look["notes"])


def indicator_row(month: Month, r: Mapping[str, Any], shown: Mapping[str, suppress.Shown]) -> Row:
    """Numerator and denominator rounded, the value from these; what is no quotient of counts shows its verdict only."""
    said, nothing = words.words(month), words.words(month)["nothing"]
    number = figures.number_format(month, r["indicator"])
    row: dict[str, Any] = {"title": figures.indicator_title(month, r["indicator"]),
                           "target": Mark(nothing if r["target"] is None else r["target"], number=number),
                           "outcome": said["outcome"].get(r["outcome"], r["outcome"])}
    row |= dict.fromkeys(("numerator", "denominator", "value"), nothing)
    if r["numerator"] is None or r["denominator"] is None or not _counts(month, r):
        return row
    base = month.world.policy.thresholds.small_cell
    top = _numerator(month, r, shown)
    bottom = shown[ON_TIME] if r["indicator"] == ON_TIME and ON_TIME in shown else \
        suppress.rounded(int(r["denominator"]), base)
    value = suppress.quotient(top, bottom)
    if value is not None and r["value"] is not None and abs(1 - r["numerator"] / r["denominator"] - r["value"]) < 1e-9:
        value = 1 - value
    withheld = month.world.catalogue.looks["public"]["withheld"]
    return row | {"numerator": _shown(month, top), "denominator": _shown(month, bottom),
                  "value": Mark(withheld if value is None else value, number=number)}


def _numerator(month: Month, r: Mapping[str, Any], shown: Mapping[str, suppress.Shown]) -> suppress.Shown:
    """A figure that another sheet shows, or that adds up with it, is shown as it was settled there."""
    if r["indicator"] == RETENTION and RETENTION in shown:
        return shown[RETENTION]
    everyone = [s.code for s in month.world.open_schools]
    if r["indicator"] == RETURN_RATE and r["numerator"] == totals.flow_sums(month, everyone).get("returned"):
        return shown["returned"]
    return suppress.rounded(int(r["numerator"]), month.world.policy.thresholds.small_cell)


def _counts(month: Month, r: Mapping[str, Any]) -> bool:
    """Whether numerator and denominator are counts (not hours, not lessons)."""
    look = month.world.catalogue.looks["public"]
    whole = float(r["numerator"]).is_integer() and float(r["denominator"]).is_integer()
    percent = figures.number_format(month, r["indicator"]) == "percent" and r["indicator"] not in look["not_counts"]
    return whole and (percent or r["indicator"] in look["counted"])
