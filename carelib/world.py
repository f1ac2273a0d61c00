"""Everything a cycle is judged by, frozen: catalogue, policy, registers, decisions, the files that came.

`run` builds a World from the workspace; the verbs read it and never look at the disk for anything else.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from carelib.catalogue import Catalogue
from carelib.policy import Policy, last_day, school_year
from carelib.records import Decision


@dataclass(frozen=True, slots=True)
class School:
    """A row of the register of schools (contract §3)."""
    code: str
    name: str
    short_names: tuple[str, ...] = ()
    kind: str = ""                  # 办学类型
    ownership: str = ""             # 公办 | 民办
    grades: tuple[str, ...] = ()    # '1' … '12', '小班' …; empty if the register does not say
    closed_on: date | None = None
    merged_into: str | None = None

    def is_open(self, cycle: str) -> bool:
        return self.closed_on is None or self.closed_on >= date.fromisoformat(f"{cycle}-01")


@dataclass(frozen=True, slots=True)
class RosterPupil:
    """A row of the 学籍 export, the trusted list of pupils (contract §3); values in normal form."""
    school_code: str
    student_no: str | None
    id_number: str | None
    name: str
    gender: str | None
    birth: str | None
    grade: str | None
    class_no: str | None
    mode: str | None = None         # 就读方式
    status: str | None = None       # 学生状态
    groups: tuple[str, ...] = ()    # 特殊群体


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file of the cycle's folder, exactly as it came."""
    name: str                       # relative to the folder, with /
    path: Path
    sha256: str
    size: int
    received_at: str | None         # ISO 8601 with zone, from received.csv


@dataclass(frozen=True, slots=True)
class World:
    cycle: str                      # '2023-03'
    catalogue: Catalogue
    policy: Policy
    schools: tuple[School, ...]
    roster: tuple[RosterPupil, ...] | None      # None: no roster, what needs it is not judged
    files: tuple[ReceivedFile, ...]
    decisions: tuple[Decision, ...] = ()        # in the order of the ledger
    key: bytes = b""                            # ids are keyed with it
    cache: Path | None = None                   # where parsed files may be kept

    @property
    def last_day(self) -> date:
        return last_day(self.cycle)

    @property
    def school_year(self) -> int:
        return school_year(self.last_day)

    @property
    def open_schools(self) -> tuple[School, ...]:
        return tuple(s for s in self.schools if s.is_open(self.cycle))

    def school(self, code: str | None) -> School | None:
        return next((s for s in self.schools if s.code == code), None)

    def known_school(self, code: str) -> School:
        """The school of a code that the register is known to have; KeyError otherwise."""
        school = self.school(code)
        if school is None:
            raise KeyError(code)
        return school

    def decided(self, kind: str) -> dict[str, Decision]:
        """The last decision for each subject of that kind."""
        return {d.subject: d for d in self.decisions if d.kind == kind}

    def decided_in(self, kind: str, cycle: str) -> dict[str, Decision]:
        """Likewise, of those made about one cycle (a school is approved month by month)."""
        return {d.subject: d for d in self.decisions if d.kind == kind and d.cycle == cycle}
