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

SEPTEMBER = 9                       # month_no of a September leaves 9 when divided by 12
MOVE_MONTHS = 3                     # how long a declared move is waited for
BARE = frozenset({"class", "only_one", "family_school", "declared_move", "phone"})       # rules that a name carries
RECENT_MONTHS = 3                   # a bare name may only be somebody who was seen not longer ago
# rules by which a name that is not equal needs its pupil missing from the list, and what is asked if he or she is not
NEED_GAP = {"slip_listed": "maybe_one_character", "masked_class": "maybe_masked", "prefix": "maybe_facts"}
NEVER = 99                          # the rank of what is never automatic


class Birth(IntEnum):
    EQUAL = 0
    NEAR = 1                        # one of year, month, day differs
    FAR = 2
    NONE = 3


class Class(IntEnum):
    SAME = 0
    COHORT = 1                      # same cohort; the class is not written, or only last school year's is known
    NEXT = 2                        # same cohort and school year, another class
    OTHER = 3                       # another cohort
    NONE = 4


TOGETHER = (Class.SAME, Class.COHORT, Class.NEXT)


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
    moved: bool                     # a row said not long ago that the person moves to the row's school; not seen there since
    gender_differs: bool
    listed: bool                    # the person stands on the school's last or present list
    recent: bool                    # the person was seen in the last months

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


def label(method: str) -> str:
    """What stands for a method where links are counted."""
    said: str = wording()["method"][method]["label"]
    return said


def why(method: str, relations: Relations | None) -> str:
    """The sentence of a method with its phrases put in; no name and no number."""
    sentence: str = wording()["method"][method]["why"]
    if relations is None:
        return sentence
    phrase = wording()["phrase"]
    return sentence.format_map({
        "number": phrase["number"][relations.number.name], "name": phrase["name"][relations.name.name],
        "birth": phrase["birth"][relations.birth.name], "class": phrase["class"][relations.class_.name],
        "family": phrase["family"][relations.family.name],
        "school": phrase["school"]["SAME" if relations.school else "OTHER"]})


def relate(trace: Trace, person: Person, month: int) -> Relations:
    """Every relation of a row and a person."""
    name, number = names.best(trace.name, person.names), numbers.best(trace.numbers, person.numbers)
    return _rest(trace, person, month, name, number)


def _rest(trace: Trace, person: Person, month: int, name: Name, number: Match) -> Relations:
    phone = any(p in person.phones for p in trace.phones)
    birth, class_, family = _birth(trace.birth, person.births), _class(trace, person, month), _family(trace, person, phone)
    if birth == Birth.EQUAL and class_ == Class.NEXT and family == Family.OTHER and len(trace.birth or "") < 10:
        birth = Birth.NONE              # year and month alone say little of one in another class and of another family
    return Relations(number, name, birth, class_, family,
                     phone, person.at(trace.school), _moved(person, trace.school, month),
                     bool(trace.gender and person.genders and trace.gender not in person.genders),
                     month - person.listed.get(trace.school, -999) <= 1, month - person.seen <= RECENT_MONTHS)


def _moved(person: Person, school: str, month: int) -> bool:
    """Declared not long ago to move to the school, and not seen there since."""
    told = person.moves.get(school)
    return told is not None and month - told <= MOVE_MONTHS and not any(
        place[0] == school and seen >= told for place, seen in person.places.items())


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


def _class(trace: Trace, person: Person, month: int) -> Class:
    if trace.cohort is None or not person.cohorts:
        return Class.NONE
    cohort = trace.cohort in person.cohorts
    if trace.class_no is not None:
        year, seen = _year(month), person.places.get((trace.school, trace.cohort, trace.class_no))
        if seen is not None and _year(seen) == year:
            return Class.SAME
        if any(s == trace.school and k is not None and _year(m) == year for (s, _, k), m in person.places.items()):
            return Class.NEXT if cohort else Class.OTHER
        if seen is not None:
            return Class.SAME           # last school year's, and this year's is not known
    return Class.COHORT if cohort else Class.OTHER


def _year(month: int) -> int:
    return (month - SEPTEMBER) // 12


def _family(trace: Trace, person: Person, phone: bool) -> Family:
    if phone or any(names.relation(trace.guardian, g) <= Name.NEAR_SOUND for g in person.guardians):
        return Family.SAME
    known = (trace.phones and person.phones) or (trace.guardian and person.guardians)
    return Family.OTHER if known else Family.NONE


def judge(trace: Trace, person: Person, month: int, bearers: int, foreign: bool = False) -> Verdict | None:
    """The best rule for a row and a person, or None.

    `bearers`: how many persons of the school bear the row's name; `foreign`: the row's number is known as the number of
    somebody else of another name, so that it says nothing against this person.
    """
    name, number = names.best(trace.name, person.names), numbers.best(trace.numbers, person.numbers)
    if name == Name.DIFFERENT and number >= Match.NOTHING:
        return None
    r = _rest(trace, person, month, name, Match.NOTHING if foreign and number == Match.CONFLICT else number)
    if r.gender_differs and r.name != Name.EQUAL and r.number >= Match.NOTHING:
        return None
    method = _automatic(r, bearers)
    if method and not _vetoed(method, r):
        return Verdict(method, rank(method), r)
    return Verdict(maybe, NEVER, r) if (maybe := _candidate(r, method)) else None


def rank(method: str) -> int:
    return int(wording()["method"][method]["rank"])


def _automatic(r: Relations, bearers: int) -> str | None:
    """The first automatic rule that fits, vetoes aside."""
    return _by_number(r) or (_by_name(r, bearers) if r.name == Name.EQUAL else _by_slip(r))


def _by_number(r: Relations) -> str | None:
    equal, close = r.name == Name.EQUAL, r.name <= Name.SWAPPED
    if r.number == Match.EQUAL:
        if r.name == Name.SURNAME:
            return "number_masked_name"
        return "number" if equal else "number_slip_name" if close else None
    known_here = r.school or r.birth == Birth.EQUAL or r.family == Family.SAME
    if r.number == Match.SLIP and close and (known_here if equal else r.school):
        return "slip_number"
    if (r.number == Match.PREFIX and close and (equal or r.school)) or (r.number == Match.TORN and equal):
        return "prefix"
    if r.number == Match.MASK and r.school and (equal or (r.class_ == Class.SAME and r.name <= Name.SURNAME)):
        return "masked_number"
    return None


def _by_name(r: Relations, bearers: int) -> str | None:
    """Rules for an equal name."""
    if r.birth == Birth.EQUAL and r.school:
        return "birth_school"
    if r.moved and r.class_ in TOGETHER:
        return "declared_move"
    if r.school and r.class_ == Class.SAME:
        return "class"
    if r.school and r.family == Family.SAME:
        return "family_school"
    if r.phone:
        return "phone"
    if r.birth == Birth.EQUAL and r.family == Family.SAME:
        return "birth_family"
    return "only_one" if r.school and bearers == 1 and r.class_ in (Class.COHORT, Class.NONE) else None


def _by_slip(r: Relations) -> str | None:
    """Rules for a name with one slip in it, or of which only the surname can be read."""
    born, kin = r.birth == Birth.EQUAL, r.family == Family.SAME
    if r.name == Name.SURNAME:
        return "masked_class" if r.school and r.class_ == Class.SAME and (born or kin) else None
    if not r.name.slip:
        return None
    if r.moved and r.class_ in TOGETHER and (born or kin):
        return "declared_move"
    if r.school and r.class_ == Class.SAME:
        return "slip_class" if born or kin else None if r.family == Family.OTHER else "slip_listed"
    return "slip_cohort" if r.school and r.class_ in (Class.COHORT, Class.NONE) and born and kin else None


def _vetoed(method: str, r: Relations) -> bool:
    """What no automatic rule may overrule."""
    if r.number == Match.CONFLICT:
        return True
    if method in ("number", "number_slip_name", "prefix", "slip_number", "number_masked_name"):
        return r.gender_differs and r.name != Name.EQUAL
    if r.birth == Birth.FAR and not ((r.family == Family.SAME and r.school and r.name == Name.EQUAL)
                                     or (r.number == Match.MASK and r.school)):
        return True
    if r.gender_differs and method in BARE and r.birth != Birth.EQUAL and r.number >= Match.NOTHING:
        return True
    if method == "class":
        against = r.birth == Birth.NEAR or (r.family == Family.OTHER and r.birth == Birth.NONE)
        return against and r.family != Family.SAME and r.number >= Match.NOTHING
    if method == "only_one":
        return r.family == Family.OTHER or r.birth == Birth.NEAR or not r.recent
    return r.class_ == Class.OTHER and method in ("declared_move", "slip_class")


def _candidate(r: Relations, vetoed: str | None) -> str | None:
    """What is worth a question."""
    equal, born, kin = r.name == Name.EQUAL, r.birth == Birth.EQUAL, r.family == Family.SAME
    together = r.class_ in TOGETHER
    if r.number == Match.EQUAL:
        return "maybe_renamed"
    if r.number == Match.CONFLICT:
        near = (r.school and r.birth != Birth.FAR) or (born and kin)
        near = near or (equal and r.birth != Birth.FAR and (r.moved or (r.phone and together)))
        close = r.name <= Name.SURNAME and together and (born or kin)
        close = close or (r.name <= Name.OTHER and r.class_ == Class.SAME and born and kin)
        return "maybe_conflict" if near and (equal or close) else None
    if vetoed:
        return "maybe_facts"
    if r.number < Match.NOTHING and r.birth != Birth.FAR and (r.name <= Name.OTHER or r.class_ == Class.SAME) \
            and (r.school or born or (equal and r.number == Match.MASK)):
        return "maybe_facts"
    if r.school and r.birth != Birth.FAR and r.name <= Name.OTHER and not equal:
        return _slip_candidate(r, born or kin, together)
    if equal and r.school:
        return "maybe_facts" if r.class_ != Class.OTHER or r.birth == Birth.NEAR else None
    if r.name <= Name.SWAPPED and born and (equal or kin):
        return "maybe_birth"
    if r.birth == Birth.FAR or r.class_ != Class.COHORT:
        return None
    near = equal and r.family != Family.OTHER
    return "maybe_moved" if near or (r.name.slip and kin) or (r.moved and r.name <= Name.SURNAME) else None


def _slip_candidate(r: Relations, supported: bool, together: bool) -> str | None:
    """Another name in the same school: the same class; or the same cohort, and birth, family or the list behind it."""
    supported = supported or (r.listed and r.class_ != Class.NEXT)
    if r.class_ != Class.SAME and not (together and r.name <= Name.SURNAME and supported):
        return None
    return "maybe_masked" if r.name == Name.SURNAME else "maybe_one_character"
