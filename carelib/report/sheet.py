"""The named parts of an official sheet over xlsxwriter: title, info line, section, table, notes, signature, print.

Every text is written as a string (never a formula, never a link), every return code is checked, and a workbook is made
in memory and renamed into its place, so that what lies under its name is whole and the same inputs give the same bytes.
"""
from __future__ import annotations

import io
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from carelib.report import measure

BLANK = re.compile(r"\{(\w+?)(_all|_up\d+)?\}")
CHART_ROWS, ROW_PIXELS = 13, 20                      # a chart's height, in rows of the height they have by default
LONGEST = 32767                                     # characters a cell takes
LOOKS_LIKE_FORMULA = tuple("=+-@\t\r＝＋－＠")      # such texts get the text format and a quote prefix
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    width: float
    align: str = "left"
    number: str = ""                                # a name in looks [number]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that looks different from its column."""
    value: Any
    style: str = ""
    number: str = ""                                # a name in looks [number], or a number format


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula of ours with the figure it gives.

    Blanks: {key} the row's cell, {key_up2} the one two rows above, {key_all} the table's column.
    """
    text: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A column chart over a table of the same sheet; `series` = (name, key of the column, fill, label colour)."""
    title: str
    table: Span
    category: str
    series: Sequence[tuple[str, str, str, str]]
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Where a table came to lie: rows from 0, `first` > `last` if it is empty."""
    header: int
    first: int
    last: int
    letters: Mapping[str, str]

    def cell(self, key: str, index: int) -> str:
        """Address of a body cell ('D8'); `index` counts from 0."""
        return f"{self.letters[key]}{self.first + index + 1}"

    def fill(self, formula: str, row: int) -> str:
        """`formula` with its blanks turned into addresses, as seen from `row`."""
        return BLANK.sub(lambda hit: self._address(hit[1], hit[2] or "", row), formula)

    def _address(self, key: str, way: str, row: int) -> str:
        letter = self.letters[key]
        if way == "_all":
            return f"{letter}{self.first + 1}:{letter}{self.last + 1}"
        return f"{letter}{row + 1 - int(way[3:] or 0)}"


def columns(raw: Iterable[Mapping[str, Any]]) -> list[Column]:
    return [Column(**c) for c in raw]


def clean(text: str) -> str:
    """`text` as a cell can hold it: no lone surrogates, no control characters but line breaks and tabs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = {c for c in set(text) if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff")}
    for char in bad:
        text = text.replace(char, "\ufffd")
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def done(code: Any) -> None:
    """xlsxwriter tells trouble by a return code only (a cut string is -2): trouble is a bug of ours, and loud."""
    if isinstance(code, int) and code != 0:
        raise RuntimeError(f"xlsxwriter refused a cell (code {code})")


def _number(name: str, value: float) -> str:
    """The number format of a figure: a whole one is a count, unless the column says percent or a format of its own."""
    return name if name not in ("", "plain") else "count" if float(value).is_integer() else "plain"


class Book:
    """A workbook in the making; `looks` is the catalogue's looks.toml."""

    def __init__(self, looks: Mapping[str, Any], title: str, author: str, created: date,
                 header: str | None = None) -> None:
        self.looks = looks
        self.header = looks["page"]["header"] if header is None else header
        self._bytes = io.BytesIO()
        self.xlsx = xlsxwriter.Workbook(self._bytes, {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "default_format_properties": dict(looks["page"]["unit"])})         # it writes into what it is given
        self.xlsx.set_properties({"title": clean(title), "author": clean(author), "company": clean(author),
                                  "created": datetime(created.year, created.month, created.day)})
        self._formats: dict[Any, Any] = {}
        self._sheets: list[Sheet] = []

    def sheet(self, look: Mapping[str, Any], grid: Sequence[Column] | None = None) -> Sheet:
        """Append a sheet; `look` is a table of looks.toml with `name` and `columns` (or `grid` instead of them)."""
        made = Sheet(self, look, list(grid) if grid is not None else columns(look["columns"]))
        self._sheets.append(made)
        return made

    def format(self, styles: Iterable[str], align: str = "", number: str = "", quote: bool = False) -> Any:
        key = (tuple(s for s in styles if s), align, number, quote)
        if key not in self._formats:
            props: dict[str, Any] = {}
            for style in key[0]:
                props |= self.looks["style"][style]
            if align:
                props["align"] = align
            if quote:
                props |= {"num_format": "@", "quote_prefix": True}
            elif number:
                props["num_format"] = self.looks["number"].get(number, number)
            self._formats[key] = self.xlsx.add_format(props)
        return self._formats[key]

    def save(self, path: Path) -> None:
        """Finish and put the workbook into its place; a file of equal bytes is left alone."""
        for sheet in self._sheets:
            sheet.finish()
        self.xlsx.close()
        data = self._bytes.getvalue()
        if path.exists() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.stem[:10]}.{os.getpid()}.part")
        try:
            with beside.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


class Sheet:
    """One sheet, written from top to bottom on a grid of columns; every table of it lies on that grid."""

    def __init__(self, book: Book, look: Mapping[str, Any], grid: list[Column]) -> None:
        self.book, self.look, self.grid = book, look, grid
        self.xlsx = book.xlsx.add_worksheet(look["name"])
        self.row, self.points = 0, 0.0                      # the next row, and how high the sheet is so far
        self._page = book.looks["page"]
        self._body = book.looks["style"]["body"]["font_size"]
        for i, column in enumerate(grid):
            done(self.xlsx.set_column(i, i, column.width))

    # ---- parts
    def title(self, text: str, left: str = "", right: str = "") -> None:
        """The title across the sheet and, on the line below, who reports (left) and of when (right)."""
        self.across(text, "title")
        if left or right:
            middle = self._middle()
            self._pieces([(0, middle, left, "left"), (middle + 1, len(self.grid) - 1, right, "right")], "plain")

    def section(self, text: str) -> None:
        self._pieces([(0, len(self.grid) - 1, text, "")], "section", more=self._page["gap"])

    def across(self, text: str, style: str = "plain") -> None:
        """A text over the whole width, with the height that it needs."""
        self._pieces([(0, len(self.grid) - 1, text, "")], style)

    def blank(self) -> None:
        self.row += 1

    def notes(self, words: Iterable[str]) -> None:
        for word in words:
            self.across(word, "plain")

    def beside(self, labels: Sequence[str], least: int = 1) -> None:
        """Texts spread over one line."""
        ends = self._shares(len(labels))
        starts = [0, *(e + 1 for e in ends[:-1])]
        self._pieces([(a, b, t, "left") for a, b, t in zip(starts, ends, labels)], "plain", least)

    def signature(self, labels: Sequence[str]) -> None:
        """The line to sign, its blanks spread over the sheet."""
        self.blank()
        self.beside(labels, least=2)

    def table(self, rows: Sequence[Row], labels: Mapping[str, str] | None = None, *, totals: Sequence[Row] = (),
              empty: str = "", main: bool = False, numbers: bool = False, filters: bool = True) -> Span:
        """A ruled table. `labels` names the grid's columns it uses (each reaches to the next; '' leaves a gap).

        `main`: the sheet's own table: its header is repeated on every page, frozen, with filters unless told otherwise.
        `totals`: last rows in the same columns; `numbers`: a row of column numbers under the header.
        """
        pieces = self._layout(labels)
        header = self.row
        self._cells(header, [(c, a, b, c.label, ("header",)) for c, a, b in pieces], heading=True)
        if numbers:
            self._cells(self.row, [(c, a, b, str(i), ("body",)) for i, (c, a, b) in enumerate(pieces, 1)], heading=True)
        letters = {c.key: xl_col_to_name(a) for c, a, _ in pieces}
        span = Span(header, self.row, self.row + len(rows) - 1, letters)
        for row in rows:
            self._cells(self.row, [(c, a, b, row.get(c.key), ("body", c.style)) for c, a, b in pieces], span)
        if not rows and empty:
            self._pieces([(pieces[0][1], pieces[-1][2], empty, "center")], "body")
        for row in totals:
            self._cells(self.row, [(c, a, b, row.get(c.key), ("body", "total")) for c, a, b in pieces], span)
        if main:
            self._main(span, filters)
        return span

    def strip(self, cells: Sequence[tuple[int, int, Any, str]]) -> None:
        """One row of ruled cells, each from a column to a column (merged), centred: a strip of a picture."""
        self._cells(self.row, [(Column("", "", 0, "center"), a, b, value, ("body", style)) for a, b, value, style in cells])

    def choices(self, span: Span, key: str, options: Sequence[str], hint: str = "", strict: bool = True) -> None:
        """A drop-down list over a table's column."""
        if span.last < span.first:
            return
        rule = {"validate": "list", "source": list(options), "input_message": hint, "error_type": "stop",
                "error_title": "", "error_message": hint, "show_error": strict, "ignore_blank": True}
        area = f"{span.letters[key]}{span.first + 1}:{span.letters[key]}{span.last + 1}"
        done(self.xlsx.data_validation(area, rule))

    def room_for_charts(self) -> int:
        """Leave rows free here; `charts` fills them once the tables below are written."""
        self.row += CHART_ROWS + 1
        self.points += (CHART_ROWS + 1) * ROW_PIXELS * 0.75
        return self.row - CHART_ROWS - 1

    def charts(self, row: int, charts: Sequence[Chart]) -> None:
        """Charts side by side from `row` on; one without data is left out."""
        shown = [c for c in charts if c.table.last >= c.table.first]
        ends = self._shares(len(shown)) if shown else []
        for first, last, chart in zip([0, *(e + 1 for e in ends)], ends, shown):
            width = sum(int(c.width * 7) + 5 for c in self.grid[first:last + 1]) - 10
            made = self._chart(chart)
            made.set_size({"width": width, "height": CHART_ROWS * ROW_PIXELS})
            done(self.xlsx.insert_chart(row, first, made, {"x_offset": 4, "y_offset": 6}))

    def _chart(self, chart: Chart) -> Any:
        look = self.book.looks["chart"]
        font = {"name": self.book.looks["style"]["body"]["font_name"], "size": look["size"]}
        made = self.book.xlsx.add_chart({"type": "column", **({"subtype": "stacked"} if chart.stacked else {})})
        for name, key, fill, label in chart.series:
            labels = {"value": True, "font": {**font, "color": label}, "num_format": "0;;"}
            made.add_series({"name": name, "categories": self._range(chart.table, chart.category),
                             "values": self._range(chart.table, key), "gap": 80, "fill": {"color": fill},
                             "border": look["edge"], "data_labels": labels})
        made.set_title({"name": chart.title, "name_font": {**font, "size": look["title_size"], "bold": True}})
        made.set_x_axis({"num_font": font})
        lines = {"visible": True, "line": look["grid"]}
        made.set_y_axis({"num_font": font, "num_format": "0", "min": 0, "major_gridlines": lines})
        made.set_legend({"position": "bottom", "font": font} if len(chart.series) > 1 else {"none": True})
        return made

    def _range(self, span: Span, key: str) -> str:
        letter = span.letters[key]
        return f"='{self.look['name']}'!${letter}${span.first + 1}:${letter}${span.last + 1}"

    def finish(self) -> None:
        """Landscape, A4 unless the look says otherwise, one page wide, centred, with the house's header and footer.

        `squeeze` in the look: a sheet up to so many points high goes on one page altogether.
        """
        sheet, margin = self.xlsx, self._page["margin"]
        sheet.set_landscape()
        sheet.set_paper(self.look.get("paper", 9))
        sheet.fit_to_pages(1, 1 if self.points <= self.look.get("squeeze", 0) else 0)
        sheet.set_margins(margin, margin, 0.75, 0.7)
        sheet.center_horizontally()
        header = self.book.header.replace("&", "&&")
        done(sheet.set_header(f'&R&"宋体,Regular"&9{header}' if header else ""))
        done(sheet.set_footer(f'&C&"宋体,Regular"&9 {self._page["footer"]}'))
        done(sheet.print_area(0, 0, max(self.row - 1, 0), len(self.grid) - 1))

    # ---- how
    def _main(self, span: Span, filters: bool) -> None:
        self.xlsx.repeat_rows(span.header, span.first - 1)
        self.xlsx.freeze_panes(span.first, self.look.get("frozen", 0))
        if filters and span.last >= span.first:
            done(self.xlsx.autofilter(span.header, 0, span.last, len(self.grid) - 1))

    def _layout(self, labels: Mapping[str, str] | None) -> list[tuple[Column, int, int]]:
        """(column, its first and last place in the grid) for each piece of a table."""
        if labels is None:
            return [(c, i, i) for i, c in enumerate(self.grid)]
        starts = [i for i, c in enumerate(self.grid) if c.key in labels]
        ends = [*(s - 1 for s in starts[1:]), len(self.grid) - 1]
        out = []
        for a, b in zip(starts, ends):
            old, label = self.grid[a], labels[self.grid[a].key]
            align = old.align if a == b else "left"
            if label:
                out.append((Column(old.key, label, self._width(a, b), align, old.number, ""), a, b))
        return out

    def _cells(self, row: int, cells: list[tuple[Column, int, int, Any, tuple[str, ...]]], span: Span | None = None,
               heading: bool = False) -> None:
        tallest = 1.0 if heading else self.look.get("row_lines", 1.0)
        for column, a, b, value, styles in cells:
            align = "center" if heading else column.align
            text = self._write(row, a, b, value, styles, align, "" if heading else column.number, span)
            tallest = max(tallest, measure.lines(text, self._width(a, b)))
        self._height(row, tallest)

    def _pieces(self, pieces: list[tuple[int, int, str, str]], style: str, least: int = 1,
                more: float = 0) -> None:
        """Texts side by side in one row: (first column, last column, text, alignment)."""
        scale = self.book.looks["style"][style]["font_size"] / self._body
        tallest: float = least
        for a, b, text, align in pieces:
            self._write(self.row, a, b, text, (style,), align, "", None)
            tallest = max(tallest, measure.lines(clean(text), self._width(a, b) / scale) * scale)
        self._height(self.row, tallest, more)

    def _write(self, row: int, a: int, b: int, value: Any, styles: tuple[str, ...], align: str, number: str,
               span: Span | None) -> str:
        """Write one cell (merged if a < b); returns the text whose room counts for the row's height."""
        if isinstance(value, Mark):
            styles, number, value = (*styles, value.style), value.number or number, value.value
        if isinstance(value, bool):
            raise TypeError("say true and false in words")
        figure = isinstance(value, (int, float, Formula))
        text = "" if value is None or figure else clean(str(value))
        if figure:
            styles, align = (*styles, "number"), "center" if align == "left" else align
            number = _number(number, value.value if isinstance(value, Formula) else value)
        form = self.book.format(styles, align, number if figure or value is None or number == "text" else "",
                                text.startswith(LOOKS_LIKE_FORMULA))
        if b > a:
            done(self.xlsx.merge_range(row, a, row, b, "", form))
        if isinstance(value, Formula):
            formula = span.fill(value.text, row) if span else value.text
            done(self.xlsx.write_formula(row, a, formula, form, value.value))
        elif figure:
            done(self.xlsx.write_number(row, a, value, form))
        elif text:
            done(self.xlsx.write_string(row, a, text, form))
        else:
            done(self.xlsx.write_blank(row, a, None, form))
        return text

    def _height(self, row: int, count: float, more: float = 0) -> None:
        points = min(count * self._page["line"] + self._page["pad"] + more, measure.TALLEST)
        done(self.xlsx.set_row(row, round(points, 2)))
        self.points += points
        self.row = row + 1

    def _width(self, a: int, b: int) -> float:
        return sum(c.width for c in self.grid[a:b + 1])

    def _middle(self) -> int:
        return self._shares(2)[0]

    def _shares(self, count: int) -> list[int]:
        """Last column of each of `count` stretches of about the same width."""
        edges = [self._width(0, i) for i in range(len(self.grid))]
        ends: list[int] = []
        for n in range(1, min(count, len(self.grid))):
            free = range(ends[-1] + 1 if ends else 0, len(self.grid) - (count - n))
            ends.append(min(free, key=lambda i: abs(edges[i] - edges[-1] * n / count)))
        return [*ends, len(self.grid) - 1]
