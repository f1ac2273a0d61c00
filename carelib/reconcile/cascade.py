"""Is this row that pupil? One relation each for number, name, birth, class and family, then a fixed order of rules.

The first rule that fits gives the method; notice/links.toml holds its rank, its score and its sentence. No weights are
summed up: a reviewer can follow every step. Measured in bench/reconcile.
"""
from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from carelib.catalogue import HERE
from carelib.reconcile import names, numbers
from carelib.reconcile.evidence import Trace
from carelib.reconcile.names import Name
from carelib.reconcile.numbers import Match
from carelib.reconcile.persons import Person

MOVE_MONTHS = 3                     # how long a declared move is waited for
NEVER = 99                          # the rank of what is never automatic


class Birth(IntEnum):
    EQUAL = 0
    NEAR = 1                        # one of year, month, day differs
    FAR = 2
    NONE = 3


class Class(IntEnum):
    SAME = 0
    COHORT = 1                      # same cohort, another class or none written
    OTHER = 2                       # another cohort
    NONE = 3


class Family(IntEnum):
    SAME = 0
    OTHER = 1
    NONE = 2


@dataclass(frozen=True, slots=True)
class Relations:
    """How a row and a person stand to each other."""
    number: Match
    name: Name
    birth: Birth
    class_: Class
    family: Family
    phone: bool                     # the same telephone
    school: bool                    # the person was seen at the row's school
    moved: bool                     # a row said not long ago that the person moves to the row's school
    gender_differs: bool

    @property
    def weight(self) -> int:
        """Agreement beyond the rule's own, to choose between two persons of the same rank."""
        return (2 * (self.birth == Birth.EQUAL) - 2 * (self.birth == Birth.NEAR) - 4 * (self.birth == Birth.FAR)
                + 2 * (self.family == Family.SAME) - (self.family == Family.OTHER) - self.gender_differs
                + 2 * (self.class_ == Class.SAME) + (self.class_ == Class.COHORT) - 2 * (self.class_ == Class.OTHER)
                + 3 * (self.number < Match.NOTHING) - 3 * (self.number == Match.CONFLICT) - 2 * self.name)


@dataclass(frozen=True, slots=True)
class Verdict:
    method: str
    rank: int
    relations: Relations

    @property
    def auto(self) -> bool:
        return self.rank < NEVER


@functools.cache
def wording() -> Mapping[str, Any]:
    """notice/links.toml: methods and phrases."""
    return tomllib.loads((HERE / "links.toml").read_text(encoding="utf-8"))


def why(method: str, relations: Relations | None) -> str:
    """The sentence of a method with its phrases put in; no name and no number."""
    sentence: str = wording()["method"][method]["why"]
    if relations is None:
        return sentence
    phrase = wording()["phrase"]
    return sentence.format_map({
        "number": phrase["number"][relations.number.name], "name": phrase["name"][relations.name.name],
        "birth": phrase["birth"][relations.birth.name], "class": phrase["class"][relations.class_.name],
        "family": phrase["family"][relations.family.name], "school": phrase["school"]["SAME" if relations.school else "OTHER"]})


def relate(trace: Trace, person: Person, month: int) -> Relations:
    """Every relation of a row and a person."""
    name = names.best(trace.name, person.names)
    number = numbers.best(trace.numbers, person.numbers)
    phone = any(p in person.phones for p in trace.phones)
    return Relations(number, name, _birth(trace.birth, person.births), _class(trace, person), _family(trace, person, phone),
                     phone, person.at(trace.school), month - person.moves.get(trace.school, -999) <= MOVE_MONTHS,
                     bool(trace.gender and person.genders and trace.gender not in person.genders))


def _birth(birth: str | None, known: Mapping[str, None]) -> Birth:
    return min((compare_births(birth, b) for b in known), default=Birth.NONE) if birth else Birth.NONE


@functools.lru_cache(1 << 15)
def compare_births(a: str, b: str) -> Birth:
    """Compared as far as both are written; a year alone tells nothing."""
    left, right = a.split("-"), b.split("-")
    shared = min(len(left), len(right))
    if shared < 2:
        return Birth.NONE if left[0] == right[0] else Birth.NEAR
    off = sum(x != y for x, y in zip(left, right))
    if off == 2 and len(left) == len(right) == 3 and left[0] == right[0] and left[1:] == right[:0:-1]:
        return Birth.NEAR           # day and month swapped
    return Birth.EQUAL if off == 0 else Birth.NEAR if off == 1 else Birth.FAR


def _class(trace: Trace, person: Person) -> Class:
    if trace.cohort is None or not person.cohorts:
        return Class.NONE
    if trace.class_no is not None and (trace.school, trace.cohort, trace.class_no) in person.places:
        return Class.SAME
    return Class.COHORT if trace.cohort in person.cohorts else Class.OTHER


def _family(trace: Trace, person: Person, phone: bool) -> Family:
    if phone or any(names.relation(trace.guardian, g) <= Name.NEAR_SOUND for g in person.guardians):
        return Family.SAME
    known = (trace.phones and person.phones) or (trace.guardian and person.guardians)
    return Family.OTHER if known else Family.NONE


def judge(trace: Trace, person: Person, month: int, bearers: int) -> Verdict | None:
    """The best rule for a row and a person, or None. `bearers`: how many persons of the school bear the row's name."""
    r = relate(trace, person, month)
    if r.name == Name.DIFFERENT and r.number > Match.MASK:
        return None
    if r.gender_differs and r.name != Name.EQUAL and r.number >= Match.NOTHING:
        return None
    if (method := _automatic(r, bearers)) and not _vetoed(method, r):
        return Verdict(method, rank(method, r), r)
    return Verdict(maybe, NEVER, r) if (maybe := _candidate(r, bearers, method)) else None


def rank(method: str, relations: Relations) -> int:
    return int(wording()["method"][method]["rank"])


def _automatic(r: Relations, bearers: int) -> str | None:
    """The first automatic rule that fits, vetoes aside."""
    return _by_number(r) or (_by_name(r, bearers) if r.name == Name.EQUAL else _by_slip(r))


def _by_number(r: Relations) -> str | None:
    equal, close = r.name == Name.EQUAL, r.name <= Name.SWAPPED
    if r.number == Match.EQUAL:
        return "number" if equal else "number_slip_name" if close else "number_masked_name" if r.name == Name.SURNAME else None
    known_here = r.school or r.birth == Birth.EQUAL or r.family == Family.SAME
    if r.number == Match.SLIP and close and (r.school if not equal else known_here):
        return "slip_number"
    if r.number == Match.PREFIX and close and (equal or r.school):
        return "prefix"
    if r.number == Match.MASK and r.school and (equal or (r.class_ == Class.SAME and r.name <= Name.SURNAME)):
        return "masked_number"
    return None


def _by_name(r: Relations, bearers: int) -> str | None:
    """Rules for an equal name."""
    if r.birth == Birth.EQUAL and r.school:
        return "birth_school"
    if r.moved and r.class_ in (Class.SAME, Class.COHORT):
        return "declared_move"
    if r.school and r.class_ == Class.SAME:
        return "class"
    if r.school and r.family == Family.SAME:
        return "family_school"
    if r.phone:
        return "phone"
    if r.birth == Birth.EQUAL and r.family == Family.SAME:
        return "birth_family"
    return "only_one" if r.school and bearers == 1 and r.class_ != Class.OTHER else None


def _by_slip(r: Relations) -> str | None:
    """Rules for a name with one slip in it."""
    if not (r.name.slip and r.school and r.class_ == Class.SAME):
        return None
    return "slip_class" if r.birth == Birth.EQUAL or r.family == Family.SAME else "slip_listed"


def _vetoed(method: str, r: Relations) -> bool:
    """What no automatic rule may overrule."""
    if r.number == Match.CONFLICT:
        return True
    if method in ("number", "number_slip_name", "prefix", "slip_number", "number_masked_name"):
        return r.gender_differs and r.name != Name.EQUAL
    if r.birth == Birth.FAR and not ((r.family == Family.SAME and r.school and r.name == Name.EQUAL)
                                     or (r.number == Match.MASK and r.school)):
        return True
    return r.class_ == Class.OTHER and method in ("class", "only_one", "declared_move")


def _candidate(r: Relations, bearers: int, vetoed: str | None) -> str | None:
    """What is worth a question."""
    equal = r.name == Name.EQUAL
    if r.number == Match.EQUAL:
        return "maybe_renamed"
    if r.number == Match.CONFLICT:
        return "maybe_conflict" if equal and r.school and r.birth != Birth.FAR else None
    if vetoed:
        return "maybe_facts"
    if r.number < Match.NOTHING and (r.school or r.birth == Birth.EQUAL) and r.name <= Name.OTHER:
        return "maybe_facts"
    if r.school and r.class_ == Class.SAME and r.birth != Birth.FAR:
        if r.name == Name.SURNAME:
            return "maybe_masked"
        if r.name == Name.OTHER:
            return "maybe_one_character"
    if equal and r.school:
        return "maybe_facts" if r.class_ != Class.OTHER or r.birth == Birth.NEAR else None
    if equal and r.birth == Birth.EQUAL:
        return "maybe_birth"
    if equal and r.class_ == Class.COHORT and not r.school and r.birth != Birth.FAR and r.family != Family.OTHER:
        return "maybe_moved"
    return None
