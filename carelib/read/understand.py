"""What a file says: grids -> submissions of rows of values, with every cell accounted for. One file, no neighbours."""
from __future__ import annotations

from dataclasses import replace

from carelib import values
from carelib.catalogue import Field
from carelib.read import lexicon as lexicons
from carelib.read.assembly import SheetReader
from carelib.read.envelope import Clerk
from carelib.read.forms import Titles
from carelib.read.headers import Column
from carelib.read.identify import Register
from carelib.read.layout import Part, Surveyor
from carelib.read.sender import Names
from carelib.read.sheet import Sheet
from carelib.read.submission import empty, finish
from carelib.read.words import reading
from carelib.records import Grid, Leftover, Observation, Parsed, Submission
from carelib.values.context import Context
from carelib.world import ReceivedFile, School, World

QUIET_NOTES = ("encoding", "old_excel")         # of a medium as it should be: nothing to say to anyone
FEW = 3                         # of so many cells under a column one may be unreadable
SAMPLE = 40                                     # cells under a column that are tried before a guess is believed
DOCUMENTS = frozenset({"docx", "html", "pdf", "pdf_scan", "image"})


def understand(parsed: Parsed, file: ReceivedFile, world: World) -> list[Submission]:
    """The submissions of one file, at least one; pure, so that files can be read side by side."""
    return FileReader(file, world).read(parsed)


class FileReader:
    """Reads one file."""

    def __init__(self, file: ReceivedFile, world: World) -> None:
        self.file, self.world = file, world
        self.lexicon = lexicons.of(world.catalogue)
        self.register = register_of(world)
        self.names = Names.of(file.name, self.register, self.lexicon, world.cycle)
        self.words = self.lexicon.words["reason"]
        self.quiet = tuple(reading()["note"][k].partition("{")[0] for k in QUIET_NOTES)
        self.clerk = Clerk(self.lexicon, self.register, self.context(None))
        self.judging = replace(self.clerk.context, month=world.cycle)           # in which columns are told: 3月4日 reads well as a date

    def context(self, school: School | None) -> Context:
        return Context(self.world.catalogue.codes, self.world.cycle, school.kind if school else "", school.grades if school else (),
                       self.world.policy.psych_levels)

    def read(self, parsed: Parsed) -> list[Submission]:
        if parsed.reason_code is not None:
            return [self._unread(parsed)]
        grids = [_safe(g) for g in parsed.grids]
        sheets = [(i, Sheet(g)) for i, g in enumerate(grids)]
        surveyed = self._survey([(i, s) for i, s in sheets if s.cells], parsed.medium in DOCUMENTS)
        if not surveyed:
            return [self._nothing(parsed, grids)]
        sheets_read = SheetReader(self, surveyed, parsed.medium in DOCUMENTS)
        subs = sheets_read.read()
        settled = sheets_read.settle(grids)
        notes = [n for n in parsed.notes if not n.startswith(self.quiet)]
        if notes:
            next((s for s in subs if s.state == "accepted"), subs[0]).reasons.append("；".join(notes) + "。")
        return finish(subs, settled, parsed.medium, self.file, self.world)

    def _survey(self, sheets: list[tuple[int, Sheet]], document: bool) -> list[tuple[int, Sheet, list[Part]]]:
        """The parts of each sheet; in a document what the first title says holds for the tables after it."""
        surveyor = Surveyor(self.lexicon, self.world.policy.psych_levels, self.reads_well, self.clerk.is_title,
                            lambda text: self.register.find(text).school is not None, self._is_grade)
        out: list[tuple[int, Sheet, list[Part]]] = []
        titles: Titles = []
        for i, sheet in sheets:
            inherited = titles or (self.names.titles if len(sheets) == 1 else [])
            parts = surveyor.parts(sheet, inherited if document or len(sheets) == 1 else [])
            if document and parts and parts[-1].titles:
                titles = parts[-1].titles
            out.append((i, sheet, parts))
        return out

    def _is_grade(self, text: str) -> bool:
        """一年级, 高二: a grade that needs no school to be one."""
        reading = values.parse(text, Field("grade", "", "grade"), self.context(None))
        return reading.value is not None and not reading.problem and not text.strip().isdigit()

    def reads_well(self, sheet: Sheet, rows: list[int], column: Column, name: str, form: str) -> bool:
        """Whether what stands under a column reads well as a field ('bool': as ticks)."""
        field = Field("tick", "", "bool") if name == "bool" else self.world.catalogue.forms[form].fields[name]
        under = (sheet.at[n, column.col] for n in rows if (n, column.col) in sheet.at)
        cells = [c for c in under if column.col <= c.col and c.col + c.col_span <= column.end][:SAMPLE]   # no note across the list
        if not cells:
            return True
        readings = [values.parse(c.text, field, self.judging, c) for c in cells]
        good = sum(r.problem is None for r in readings)
        if name == "bool":
            own = {"".join(column.path[-1].split())}
            good += sum(r.problem is not None and "".join(c.text.split()) in own for r, c in zip(readings, cells))
        needed = self.lexicon.words["ranks"]["guess_parse"] * len(cells)
        return good >= (min(needed, len(cells) - 1) if len(cells) >= FEW else needed)

    def _unread(self, parsed: Parsed) -> Submission:
        form = self.names.titles[0][1] if self.names.titles else None
        school = self.names.school
        state = "not_a_form" if parsed.reason_code == "not_a_form" else "unreadable"
        seen = Observation("unreadable_file" if state == "unreadable" else "not_a_form", found=None,
                           facts={"why": parsed.reason or ""})
        return empty(form, school.code if school else None, state, parsed.reason_code or "damaged", parsed.reason or "",
                     parsed.medium, self.file, self.world, (seen,))

    def _nothing(self, parsed: Parsed, grids: list[Grid]) -> Submission:
        """No cell that anybody sees: at most pictures, remarks, remains under merged cells."""
        school = self.names.school
        left = [Leftover(c.place, c.text) for g in grids for c in g.cells if c.text.strip()]
        left += [Leftover(place, text) for g in grids for place, text in g.extras]
        reason = self.words["only_beside" if left else "empty_file"]
        made = empty(None, school.code if school else None, "not_a_form", "not_a_form", reason, parsed.medium, self.file, self.world,
                     (Observation("not_a_form", facts={"why": reason}),))
        return replace(made, leftovers=tuple(left))


def _safe(grid: Grid) -> Grid:
    """A sheet's name may hold the sign that joins places; in places it is written as a comma."""
    if "、" not in grid.name:
        return grid
    return replace(grid, cells=tuple(replace(c, place=c.place.replace("、", "，")) for c in grid.cells),
                   extras=tuple((place.replace("、", "，"), text) for place, text in grid.extras))


_REGISTERS: list[tuple[tuple[School, ...], str, str, Register]] = []


def register_of(world: World) -> Register:
    """The register made ready, once for each (a pure function of it)."""
    for schools, cycle, district, made in _REGISTERS:
        if schools is world.schools and cycle == world.cycle and district == world.policy.district.name:
            return made
    made = Register(world)
    _REGISTERS.append((world.schools, world.cycle, world.policy.district.name, made))
    del _REGISTERS[:-4]
    return made
