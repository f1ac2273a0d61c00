"""Rows of a list: the cells under each column, read as values; who the row is about must be certain, or it waits."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from carelib import values
from carelib.catalogue import Field, Form
from carelib.read.combined import parted, person
from carelib.read.headers import Column
from carelib.read.joined import GUARDIAN, LIST_SCHOOL
from carelib.read.labels import key
from carelib.read.lexicon import Lexicon
from carelib.read.posts import tell_level
from carelib.read.sheet import NOT_WORDS, Sheet
from carelib.records import Cell, Reading, Value
from carelib.values.context import Context

IDENTITY = ("student_name", "id_number", "student_no")
ONE_ROW = ("absent_list", "psych_case", "health_roster", "case_file")      # one row a pupil, also if it runs over lines
OF_ONE = ("id_number", "student_no", "gender", "birth", "class_no", "grade", "guardian_phone", "guardian_name")     # one line for one pupil
POSTED = ("person", "owner_name", "judged_by")          # whose post may stand beside the name
JOINT = "联合"                    # the way of an attempt in which others than the school took part
NOTHING = Reading()


@dataclass(slots=True)
class Draft:
    """A row before it has an id. `held`: why it waits; `hold`: the same as a code for its observation."""
    line: int
    form: str
    values: list[Value]
    held: str | None = None
    hold: str = ""
    schools: list[Cell] = field(default_factory=list)   # cells that name the school of this row

    def get(self, name: str) -> Value | None:
        return next((v for v in self.values if v.field == name), None)

    def fill(self, more: Iterable[Value], fields: Iterable[str]) -> None:
        """The values of fields that it does not say yet, all in the order of the form's `fields`."""
        order, have = list(fields), {v.field for v in self.values}
        self.values = sorted([*self.values, *(v for v in more if v.field not in have)], key=lambda v: order.index(v.field))


class CellReader:
    """Words in cells -> values of one form's fields, in the context of a school and a month."""

    def __init__(self, form: Form, context: Context, lexicon: Lexicon) -> None:
        self.form, self.context, self.lexicon = form, context, lexicon
        self.say = lexicon.words["say"]

    def value(self, field_: Field, label: str, cells: list[Cell], withdrawn: bool = False, text: str | None = None) -> Value:
        """One field from one or several cells. `text`: the part of the cell that is meant."""
        shown = "、".join(c.text for c in cells) if text is None else text
        return self.made(field_.name, label, cells, self.reading(field_, label, cells, shown, withdrawn), shown)

    def reading(self, field_: Field, label: str, cells: list[Cell], shown: str, withdrawn: bool = False) -> Reading:
        if any(c.struck for c in cells) and not withdrawn:
            return Reading(None, self.say["struck"])
        if len(cells) > 1:
            doubted = next((c for c in cells if c.doubt or c.kind in ("error", "uncalculated", "picture")), None)
            if doubted:
                return replace(values.parse(doubted.text, field_, self.context, doubted), value=None)
            return values.parse(shown, field_, self.context, None, label)
        return values.parse(shown, field_, self.context, cells[0], label)

    def made(self, name: str, label: str, cells: list[Cell], reading: Reading, shown: str) -> Value:
        if len(cells) == 1:
            return Value(name, label, shown, reading.value, reading.problem, cells[0].place, cells[0].confidence, reading.suggestion)
        return Value(name, label, shown, reading.value, reading.problem, "、".join(c.place for c in cells),
                     min((c.confidence for c in cells), default=1.0), reading.suggestion)

    def counts(self, filled: list[tuple[str, str, Cell]]) -> Value:
        """(label, level, cell of the number) of each level -> 红色=3、橙色=5."""
        number = Field("n", "", "int")
        read = [(level_name(level), self.reading(number, label, [cell], cell.text)) for label, level, cell in filled]
        bad = any(r.problem for _, r in read)
        said = "、".join(f"{level}={r.value}" for level, r in read if r.value is not None)
        reading = Reading(None, self.say["counts_unread"]) if bad else Reading(said or None)
        places = list({c.place: c for *_, c in filled}.values())
        return self.made("level_counts", "、".join(dict.fromkeys(label for label, *_ in filled)), places, reading, "、".join(c.text for *_, c in filled))

    def split(self, split: str, fields: tuple[str, ...], label: str, cells: list[Cell], text: str) -> list[Value]:
        """A combined cell: one value for each field that it names."""
        if any(c.doubt for c in cells):
            return [self.value(self.form.fields[f], label, cells, text=text) for f in fields if f in self.form.fields][:1]
        readings = parted(split, fields, text, self.context, self.form, cells[0])
        if not readings and key(text):
            readings = [(f, Reading(None, self.say["mixed_cell"])) for f in fields]
        return [self.made(f, label, cells, r, text) for f, r in readings if f in self.form.fields and (r.value or r.problem)]

    def beside(self, value: Value, cells: list[Cell]) -> list[Value]:
        """What a cell for one thing says besides: the relation behind a guardian's name, the name beside a number; a name
        without the post beside it."""
        role = next((r for r in self.lexicon.words["role"] if r["phone"] == value.field), None)
        if len(cells) != 1 or cells[0].doubt or cells[0].struck or cells[0].kind == "ocr" or not value.raw or not (value.field == GUARDIAN[0] or value.problem):
            return [value]
        if value.field in POSTED:
            name = values.name_and_post(value.raw, self.context, cells[0])[0]
            if name.value:
                return [self.made(value.field, value.label or "", cells, name, value.raw)]
            role = next((r for r in self.lexicon.words["role"] if r["name"] == value.field and r["phone"] in self.form.fields), None)
            if role is None:
                return [value]                  # else perhaps 林晓舟19900003233
        if value.field != GUARDIAN[0] and not role:
            return [value]
        if value.field in GUARDIAN:
            read = [(f, r) for f, r in person(value.raw, self.context, self.form) if r != NOTHING]
        else:
            read = list(zip((role["name"], role["phone"]), values.name_and_phone(value.raw, self.context, cells[0])))    # type: ignore[index]
        said = {f for f, _ in read}
        if len(said) < 2 or value.field not in said or any(r.problem or not r.value or f not in self.form.fields for f, r in read):
            return [value]
        return [self.made(f, value.label or "", cells, r, value.raw) for f, r in read]


class RowReader(CellReader):
    """Rows of one list."""

    def __init__(self, form: Form, columns: list[Column], sheet: Sheet, context: Context, lexicon: Lexicon) -> None:
        super().__init__(form, context, lexicon)
        self.columns, self.sheet = columns, sheet
        self.single = {c.match.fields[0]: c for c in columns if c.use == "field" and c.match and len(c.match.fields) == 1}

    def read(self, numbers: list[int], told: Iterable[Value] = ()) -> Draft:
        """The row that stands in these lines of the sheet, with what a line above told of it; a line with two pupils waits as a whole."""
        under = {id(c): self.cells(c, numbers) for c in self.columns}
        line = min((cell.row for cells in under.values() for cell in cells if cell.row in numbers), default=numbers[0])
        withdrawn, several = self._withdrawn(under), self._several_pupils(under)
        draft = Draft(line, self.form.code, self._values(under, withdrawn, several))
        draft.fill(told, self.form.fields)
        tell_level(draft, self, [(c.label, cell) for c in self.columns if c.use == "post" for cell in under[id(c)]])
        if withdrawn:
            draft.held, draft.hold = self.say["struck_row"], "struck_row"
        elif several:
            draft.held, draft.hold = self.say["two_pupils"], "two_pupils"
        else:
            hold(draft, self.form, self.say)
        return self._with_school(draft, under)

    def cells(self, column: Column, numbers: Iterable[int]) -> list[Cell]:
        """What stands under a column; a cell that begins in an earlier column belongs to that one."""
        found: dict[str, Cell] = {}
        for number in numbers:
            for col in range(column.col, column.end):
                cell = self.sheet.at.get((number, col))
                if cell is not None and cell.col >= column.col and not self._is_total(column, cell):
                    found[cell.place] = cell
        return list(found.values())

    def _is_total(self, column: Column, cell: Cell) -> bool:
        """合计 in the place of a grade: the row is about the school."""
        return not self.form.about_pupils and column is self.single.get("grade") and key(cell.text) in self.lexicon.total

    def _with_school(self, draft: Draft, under: dict[int, list[Cell]]) -> Draft:
        for column in self.columns:
            named = column.use in ("school", "school_code") or (column.match is not None and LIST_SCHOOL in column.match.fields)
            if named:
                draft.schools.extend(under[id(column)])
        return draft

    def _withdrawn(self, under: dict[int, list[Cell]]) -> bool:
        """The name, or all but everything, is struck through."""
        seq, name = self.single.get("seq"), self.single.get("student_name")
        cells = [c for column in self.columns if column is not seq for c in under[id(column)] if c.row_span == 1]
        struck = sum(c.struck for c in cells)
        return struck > 0 and (struck >= 0.8 * len(cells) or (
            name is not None and bool(under[id(name)]) and all(c.struck for c in under[id(name)])))

    def _several_pupils(self, under: dict[int, list[Cell]]) -> bool:
        """The name and another cell have as many lines (Alt+Enter), or the name's lines are no one name."""
        name = self.single.get("student_name")
        cells = under[id(name)] if name else []
        count = len(lines_of(cells[0].text)) if len(cells) == 1 else 1
        if count < 2:
            return False
        others = (len(lines_of(under[id(c)][0].text)) for f, c in self.single.items() if f in OF_ONE and len(under[id(c)]) == 1)
        if any(n == count for n in others):
            return True
        known = any(f in self.single and len(ids := under[id(self.single[f])]) == 1
                    and values.parse(ids[0].text, self.form.fields[f], self.context, ids[0]).value for f in ("id_number", "student_no"))
        return not known and values.parse(cells[0].text, self.form.fields["student_name"], self.context, cells[0]).value is None

    def _values(self, under: dict[int, list[Cell]], withdrawn: bool, several: bool) -> list[Value]:
        """`several`: cells of more than one line cannot be given to one pupil."""
        out: dict[str, Value] = {}
        for column in self.columns:
            cells = under[id(column)]
            if column.use != "field" or not cells or column.match is None:
                continue
            text = "、".join(c.text for c in cells)
            if several and len(cells) == 1 and len(lines_of(cells[0].text)) > 1:
                for f in [f for f in column.match.fields if f in self.form.fields][:1]:
                    out[f] = self.made(f, column.label, cells, Reading(None, self.say["two_in_cell"]), text)
                continue
            for value in self._of_column(column, cells, text, withdrawn):
                if value.field not in out or column.match.fields == (value.field,):
                    out[value.field] = value
        if not several:
            self._class_with_grade(out, under)
        for value in (*self._flags(under), *self._levels(under)):
            out[value.field] = value
        for told in (destination(out, self.form, self.lexicon), parties_of(out, self.form, self.context, self.lexicon.words["institutions"])):
            if told:
                out[told.field] = told
        return [out[f] for f in self.form.fields if f in out]

    def _of_column(self, column: Column, cells: list[Cell], text: str, withdrawn: bool) -> list[Value]:
        assert column.match is not None
        fields = column.match.fields
        if len(fields) == 1 and not column.match.split:
            if fields[0] in ("grade", "class_no") and self._both_in_one(fields[0], cells):
                return self.split("grade_class", ("grade", "class_no"), column.label, cells, text)
            field_ = self.form.fields[fields[0]]
            over = self._ditto(column, field_, cells)
            if over:
                return [self.made(field_.name, column.label, [cells[0], over], self.reading(field_, column.label, [over], over.text), f"{text}、{over.text}")]
            return self.beside(self.value(field_, column.label, cells, withdrawn, text), cells)
        made = self.split(column.match.split, fields, column.label, cells, text)
        return made or [self.value(self.form.fields[f], column.label, cells, withdrawn, text)
                        for f in fields if f in self.form.fields][:1]

    def _ditto(self, column: Column, field_: Field, cells: list[Cell]) -> Cell | None:
        """The cell above to which 〃 or 同上 points, line by line; who somebody is stands nowhere else."""
        if len(cells) != 1 or field_.name in IDENTITY or field_.kind in values.PROSE or not values.points_up(cells[0].text):
            return None
        number, name = cells[0].row, self.single.get("student_name")
        while (number := number - 1) in self.sheet.rows and number > column.cells[-1].row:
            over = self.sheet.at.get((number, column.col))
            if len(self.sheet.row(number)) == 1:            # 八年级, 说明：…: a line between the rows
                continue
            if over is None or over.doubt or over.struck or over.col < column.col or over.col + over.col_span > column.end \
                    or (name is not None and (number, name.col) not in self.sheet.at):
                return None
            if not values.points_up(over.text):
                return over
        return None

    def _both_in_one(self, name: str, cells: list[Cell]) -> bool:
        """One merged cell runs over the columns of grade and class."""
        other = self.single.get("class_no" if name == "grade" else "grade")
        mine = self.single[name]
        return name == "grade" and other is not None and len(cells) == 1 and cells[0].col + cells[0].col_span > mine.end \
            and other.col < cells[0].col + cells[0].col_span

    def _class_with_grade(self, out: dict[str, Value], under: dict[int, list[Cell]]) -> None:
        """班级 holds 七(3)班: the grade too, where no grade is written; a grade that differs makes the class uncertain."""
        for name, other in (("class_no", "grade"), ("grade", "class_no")):
            column = self.single.get(name)
            if column is None or name not in out or other not in self.form.fields or len(under[id(column)]) != 1:
                continue
            written = out.get(other)
            if written is not None and (name == "grade" or written.problem or written.value is None):
                continue
            cell, raw = under[id(column)][0], out[name].raw or ""
            if _JUST_A_CLASS.fullmatch(raw) or cell.doubt or cell.struck or cell.kind in NOT_WORDS:
                continue
            grade, class_no = values.grade_and_class(raw, self.context, cell)
            said = grade if other == "grade" else class_no
            if not said.value or (other == "class_no" and not grade.value):
                continue
            if name == "class_no" and out[name].problem and class_no.value and (written is None or written.value == grade.value):
                out[name] = self.made(name, column.label, [cell], class_no, raw)            # 四2
            if written is None:
                out[other] = self.made(other, column.label, [cell], said, raw)
            elif written.value != said.value and name == "class_no":
                out[name] = replace(out[name], value=None, problem=self.say["grade_differs"])

    def _flags(self, under: dict[int, list[Cell]]) -> list[Value]:
        """Columns to be ticked -> the codes that are; what is written beside a tick is read too."""
        groups: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.use == "flag" and column.match:
                groups.setdefault(column.match.fields[0], []).append(column)
        return [made for name, columns in groups.items() if (made := self._flag(name, columns, under))]

    def _flag(self, name: str, columns: list[Column], under: dict[int, list[Cell]]) -> Value | None:
        tick, ticked = Field("tick", "", "bool"), []
        filled = [(c, under[id(c)][0]) for c in columns if under[id(c)]]
        group, edges = columns[0].path[:-1], {edge for c in columns for edge in (c.col, c.end)}
        near = [c for c in self.columns if not c.use and (c.path[:-1] == group if group else edges & {c.col, c.end})]
        strange = [(c, under[id(c)][0]) for c in near if under[id(c)]]
        strange = [(c, cell) for c, cell in strange if values.parse(cell.text, tick, self.context, cell).value == "true"]
        every = sorted([*filled, *strange], key=lambda pair: pair[0].col)
        if not every:
            return None
        unsure = bool(strange)                  # a tick under a word of the group that nobody knows
        cells = [cell for _, cell in every]
        for column, cell in filled:
            said = values.parse(cell.text, tick, self.context, cell)
            own = values.parse(cell.text, self.form.fields[name], self.context, cell) if said.problem else NOTHING
            if said.value == "true" or own.value == column.code or key(cell.text) == key(column.path[-1]):
                ticked.append(column.code)
            elif said.problem or cell.struck:
                unsure = True
        label = "、".join(c.label for c, _ in every)
        field_ = self.form.fields[name]
        order = list(self.lexicon.catalogue.codes[field_.list].labels) if field_.list else [c.code for c in columns]
        codes = sorted(dict.fromkeys(ticked), key=order.index)
        if unsure:
            reading = Reading(None, self.say["flag_unread"], "、".join(codes) or None)
        elif len(codes) > 1 and field_.kind in ("code", "level", "bool"):
            reading = Reading(None, self.say["several_ticks"])
        elif codes and field_.kind == "level":
            reading = values.parse(codes[0], field_, self.context)
        else:
            reading = Reading("、".join(codes) or None)
        return self.made(name, label, cells, reading, "、".join(c.text for c in cells))

    def _levels(self, under: dict[int, list[Cell]]) -> list[Value]:
        """One column a level -> 红色=3、橙色=5."""
        levels = [c for c in self.columns if c.use == "level"]
        between = [c for c in self.columns if levels and not c.use and levels[0].col < c.col < levels[-1].col and under[id(c)]
                   and key(c.path[-1]) not in self.lexicon.shares]
        filled = [one for c in (*levels, *between) if under[id(c)] for one in _by_level(c, under[id(c)][0])]
        if not filled:
            return []
        made = self.counts(filled)              # with a column between that nobody knows: perhaps a level
        return [replace(made, value=None, problem=self.say["counts_strange"], suggestion=None) if between else made]


_JUST_A_CLASS = re.compile(r"[（(]?[0-9]{1,2}[)）]?班?")


def level_parts(label: str) -> list[str]:
    """红/橙/黄 -> 红, 橙, 黄"""
    return [p for p in re.split(r"[/／、]", "".join(label.split())) if p]


def _by_level(column: Column, cell: Cell) -> list[tuple[str, str, Cell]]:
    """(label, level, cell of the number); of 红/橙/黄 over 0/1/2 each number with its level."""
    names, numbers = level_parts(column.path[-1]), level_parts(cell.text)
    if len(names) < 2 or len(names) != len(numbers):
        return [(column.label, column.path[-1], cell)]
    return [(column.label, name, replace(cell, text=number, kind=cell.kind if cell.kind == "ocr" else "text", number=None)) for name, number in zip(names, numbers)]


def level_name(label: str) -> str:
    """红色（人）, 红色人数 -> 红色"""
    bare = re.sub(r"[(（\[][^)）\]]*[)）\]]", "", "".join(label.split()))
    return re.sub(r"(?<=.)(?:人数|学生数|人|数)$", "", bare)


def lines_of(text: str) -> list[str]:
    """The lines of a cell that say something."""
    return [x.strip() for x in text.split("\n") if x.strip()]


def hold(draft: Draft, form: Form, say: dict[str, str]) -> None:
    """Whose row it is, or what level it says, must be certain."""
    if form.about_pupils and not any((v := draft.get(f)) and v.value for f in IDENTITY):
        unread = any((v := draft.get(f)) and v.problem for f in IDENTITY)
        draft.held, draft.hold = say["unsure_who" if unread else "nobody"], "unsure_who" if unread else "nobody"
        return
    level = draft.get("risk_level")
    if level is not None and level.problem:
        draft.held, draft.hold = say["level"], "unknown_level"


def destination(read: dict[str, Value], form: Form, lexicon: Lexicon) -> Value | None:
    """The school that 去向 or 结果 names, where no column of its own does."""
    if "dest_school" not in form.fields or "dest_school" in read:
        return None
    words = lexicon.words["dest"]
    for name in ("whereabouts", "outcome", "status"):
        source = read.get(name)
        if source is None or not source.raw:
            continue
        for pattern in words["patterns"]:
            found = re.search(pattern, source.raw)
            if found and found[1] not in words["none"] and not any(found[1].endswith(w) and len(found[1]) <= len(w) + 1
                                                                   for w in words["none"] if len(w) > 2):
                return replace(source, field="dest_school", value=found[1], problem=None, suggestion=None)
    return None


def parties_of(read: dict[str, Value], form: Form, context: Context, institutions: Iterable[str]) -> Value | None:
    """Who took part in what was done together (联合), told by the offices and posts of those who were there: 城北派出所、责任督学祝明;
    where no column names the parties, and at least one office is named (not 校长、村主任)."""
    people, mode = read.get("people"), read.get("mode")
    if mode is None or mode.value != JOINT or "parties" not in form.fields or "parties" in read or people is None or not people.value or not people.raw or people.confidence < 1.0:
        return None
    field_, found = form.fields["parties"], []
    for piece in re.split(r"[、，,;；\s]+", people.raw):
        forms = (piece, *(piece[:-n] for n in (2, 3) if len(piece) > n + 1 and values.is_han_name(piece[-n:])))
        found += [f for f in forms if (said := values.parse(f, field_, context)).value and not said.problem][:1]
    offices = [w for w in institutions if any(w in f for f in found)]
    reading = values.parse("、".join(found), field_, context) if offices else NOTHING
    if not reading.value or reading.problem or set(reading.value.split("、")) <= {"学校"}:
        return None
    return replace(people, field="parties", value=reading.value, problem=None, suggestion=None)
