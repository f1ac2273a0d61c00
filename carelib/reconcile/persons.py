"""Everyone seen so far: what each has been written with, and the keys under which a row may find them."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from carelib import tables
from carelib.reconcile.evidence import Trace
from carelib.reconcile.names import WILD
from carelib.reconcile.numbers import Kind, Number
from carelib.tables import Rows

SEP, PART = "|", "@"
AWAKE = 13                      # months after which a person rests
SHOWN = ("name", "id_number", "student_no", "birth", "gender")

tables.add_schema("person_facts", dict.fromkeys(
    ("person_id", "written", "numbers", "births", "genders", "phones", "guardians", "cohorts", "places", "moves", "maybe",
     "asked", "listed", "typed"), "") | {"seen": "i"})


def month_no(cycle: str) -> int:
    """Months on one scale: 2023-03 -> 24278."""
    return int(cycle[:4]) * 12 + int(cycle[5:7])


def month_text(number: int) -> str:
    year, month = divmod(number - 1, 12)
    return f"{year}-{month + 1:02d}"


class Person:
    """One pupil and everything that rows have said of him or her. Sets are dicts: their order is that of learning."""

    __slots__ = ("asked", "births", "cohorts", "first_cycle", "genders", "guardians", "listed", "maybe", "moves",
                 "names", "numbers", "person_id", "phones", "places", "rows", "same_as", "seen", "shown", "typed")

    def __init__(self, person_id: str, first_cycle: str) -> None:
        self.person_id, self.first_cycle = person_id, first_cycle
        self.same_as: str | None = None                         # the older person that a reviewer said this one is
        self.names: dict[str, str] = {}                         # folded -> as written
        self.numbers: tuple[Number, ...] = ()
        self.shown: dict[str, str | None] = {}                  # columns of `persons`: first seen, then only filled
        self.births: dict[str, None] = {}
        self.genders: dict[str, None] = {}
        self.phones: dict[str, None] = {}
        self.guardians: dict[str, None] = {}
        self.cohorts: dict[int, int] = {}                       # cohort -> month last seen
        self.places: dict[tuple[str, int | None, int | None], int] = {}     # (school, cohort, class) -> month last seen
        self.moves: dict[str, int] = {}                         # school that a row said the pupil moves to -> month
        self.maybe: str | None = None                           # the older person that this one may be
        self.asked: str | None = None                           # row of the question
        self.listed: dict[str, int] = {}                        # school -> month last on its absent_list
        self.typed: dict[tuple[Any, ...], int] = {}             # signatures of last months' rows -> month
        self.seen = 0                                           # month of the last row
        self.rows: tuple[dict[str, Any], dict[str, Any]] | None = None     # as loaded, while nothing was learned

    def schools(self) -> Iterator[str]:
        return iter(dict.fromkeys(place[0] for place in self.places))

    def at(self, school: str) -> bool:
        return any(place[0] == school for place in self.places)

    def learn(self, trace: Trace, month: int, *, number: bool = True) -> list[tuple[str, ...]]:
        """Add what a row of this pupil says; the new blocking keys come back.

        `number=False`: the number (and the birth in it) is thought to be someone else's.
        """
        known = set(keys_of(self))
        if trace.name:
            self.names.setdefault(trace.name, trace.written)
        if number:
            self.numbers += tuple(n for n in trace.numbers if n not in self.numbers and n.kind != Kind.ADULT)
        birth = trace.birth if number else trace.row.get("birth")
        if birth and not any(b.startswith(birth) for b in self.births):     # the day replaces its month, never the reverse
            self.births = {b: None for b in self.births if not birth.startswith(b)} | {birth: None}
        if trace.gender:
            self.genders.setdefault(trace.gender)
        self.phones |= dict.fromkeys(sorted(trace.phones))
        if trace.guardian:
            self.guardians.setdefault(trace.guardian)
        self.seen_again(trace, month)
        return [key for key in dict.fromkeys(keys_of(self)) if key not in known]

    def show(self, trace: Trace, *, number: bool = True) -> None:
        """Fill the identity that people see; what stands there is not changed, so that a decision sees what it saw."""
        full = next((n.text for n in trace.numbers if n.kind == Kind.FULL and number), None)
        for name, value in (("id_number", full), ("student_no", trace.row.get("student_no")), ("birth", trace.birth),
                            ("gender", trace.gender), ("name", trace.written or None)):
            old = self.shown.get(name)
            better = name == "name" and old and WILD in next(iter(self.names), "") and WILD not in trace.name
            if old is None or better or (name == "birth" and value and value.startswith(old) and value != old):
                self.shown[name] = value

    def seen_again(self, trace: Trace, month: int) -> None:
        """A row typed exactly as before teaches nothing but that the pupil was seen."""
        self.seen, self.rows = month, None
        if trace.cohort is not None:
            self.cohorts[trace.cohort] = month
        self.places[trace.school, trace.cohort, trace.class_no] = month
        if trace.moves_to:
            self.moves[trace.moves_to] = month
        if trace.form == "absent_list":
            self.listed[trace.school] = month
        self.typed[trace.signature] = month

    def forget(self, month: int) -> None:
        """Drop what only helps for a few months, so that a person stays small."""
        self.typed = {s: m for s, m in self.typed.items() if month - m < 3}
        self.moves = {s: m for s, m in self.moves.items() if month - m <= 6}


def keys_of(person: Person) -> Iterator[tuple[str, ...]]:
    """Every blocking key of a person; no key costs more than one school's persons."""
    for number in person.numbers:
        yield from number_keys(number)
    for name in person.names:
        yield from ((name, s) for s in person.schools())
        yield from ((name, b) for b in person.births)
        yield from ((name, p) for p in person.phones)
        yield ("name", name)
    yield from (("school", s) for s in person.schools())
    yield from (("moves", s) for s in person.moves)
    yield from (("typed", *map(str, s)) for s in person.typed)
    yield from (("phone", p) for p in person.phones)


def number_keys(number: Number) -> Iterator[tuple[str, ...]]:
    if number.kind in (Kind.FULL, Kind.OTHER):
        yield ("number", number.text)
    if number.kind in (Kind.FULL, Kind.PREFIX, Kind.DAMAGED):
        yield ("prefix", number.text[:15])


class Index:
    """Persons under their blocking keys. Grows; nothing in it is ever taken away.

    Whoever was not seen for more than a year rests as two rows, and is woken by name, number or id only: so a month
    costs what its rows and the last year's pupils cost, however long the history is.
    """

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self._keys: dict[tuple[str, ...], list[Person]] = {}
        self._resting: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    def add(self, person: Person) -> None:
        self.people[person.person_id] = person

    def rest(self, facts: dict[str, Any], row: dict[str, Any]) -> None:
        self._resting[row["person_id"]] = facts, row

    def wake(self, facts: dict[str, Any], row: dict[str, Any]) -> Person:
        person = from_row(facts, row)
        person.rows = facts, row
        self.add(person)
        if person.same_as is None:
            self.enter(person, dict.fromkeys(keys_of(person)))
        return person

    def get(self, person_id: str) -> Person | None:
        """The person of an id, woken if need be."""
        if person_id in self._resting:
            return self.wake(*self._resting.pop(person_id))
        return self.people.get(person_id)

    def enter(self, person: Person, keys: Iterable[tuple[str, ...]]) -> None:
        """Enter a person under keys that are new for it."""
        for key in keys:
            self._keys.setdefault(key, []).append(person)

    def under(self, *key: str) -> list[Person]:
        return self._keys.get(key, [])

    def owner(self, person_id: str) -> Person:
        """The person that an id stands for today (ids that a reviewer made one redirect to the older)."""
        person = self.get(person_id)
        while person is not None and person.same_as is not None:
            person = self.get(person.same_as)
        if person is None:
            raise KeyError(person_id)
        return person

    def tables(self, before: Rows, month: int) -> tuple[Rows, Rows]:
        """(`persons`, `person_facts`): everyone of the cycle before in that order, then who is new."""
        order = dict.fromkeys(r["person_id"] for r in before) | dict.fromkeys(self.people)
        rows, facts = [], []
        for person_id in order:
            kept = self._resting.get(person_id) or self.people[person_id].rows
            if kept is None:
                person = self.people[person_id]
                person.forget(month)
                kept = to_row(person), person_row(person)
            facts.append(kept[0])
            rows.append(kept[1])
        return rows, facts


def to_row(person: Person) -> dict[str, Any]:
    """A person's facts as one flat row (see `from_row`)."""
    def dated(pairs: dict[Any, int]) -> str:
        return SEP.join(f"{key}{PART}{month}" for key, month in pairs.items())

    return {"person_id": person.person_id,
            "written": SEP.join(f"{k}{PART}{v}" for k, v in person.names.items()),
            "numbers": SEP.join(f"{n.kind:d}{n.floaty:d}{n.text}{PART}{n.birth or ''}{PART}{n.gender or ''}"
                                for n in person.numbers),
            "births": SEP.join(person.births), "genders": SEP.join(person.genders), "phones": SEP.join(person.phones),
            "guardians": SEP.join(person.guardians), "cohorts": dated(person.cohorts),
            "places": SEP.join(f"{s},{'' if c is None else c},{'' if k is None else k}{PART}{m}"
                               for (s, c, k), m in person.places.items()),
            "moves": dated(person.moves), "maybe": person.maybe, "asked": person.asked, "listed": dated(person.listed),
            "typed": SEP.join(f"{m}{PART}" + "\x1f".join(map(str, s)) for s, m in person.typed.items()),
            "seen": person.seen}


def from_row(facts: dict[str, Any], row: dict[str, Any]) -> Person:
    """The person of a row of `person_facts` and its row of `persons`."""
    person = Person(row["person_id"], row["first_cycle"])
    person.same_as, person.shown = row["same_as"], {name: row[name] for name in SHOWN}
    person.names = dict(part.split(PART, 1) for part in _parts(facts["written"]))
    person.numbers = tuple(_number(part) for part in _parts(facts["numbers"]))
    for name in ("births", "genders", "phones", "guardians"):
        setattr(person, name, dict.fromkeys(_parts(facts[name])))
    person.cohorts = {int(k): m for k, m in _dated(facts["cohorts"])}
    person.places = {_place(k): m for k, m in _dated(facts["places"])}
    person.moves, person.listed = dict(_dated(facts["moves"])), dict(_dated(facts["listed"]))
    person.maybe, person.asked, person.seen = facts["maybe"], facts["asked"], facts["seen"]
    for part in _parts(facts["typed"]):
        month, _, signature = part.partition(PART)
        person.typed[tuple(signature.split("\x1f"))] = int(month)
    return person


def _parts(text: str | None) -> list[str]:
    return text.split(SEP) if text else []


def _dated(text: str | None) -> list[tuple[str, int]]:
    return [(key, int(month)) for key, _, month in (part.rpartition(PART) for part in _parts(text))]


def _place(text: str) -> tuple[str, int | None, int | None]:
    school, cohort, class_no = text.split(",")
    return school, int(cohort) if cohort else None, int(class_no) if class_no else None


def _number(text: str) -> Number:
    code, birth, gender = text.split(PART)
    return Number(Kind(int(code[0])), code[2:], birth or None, gender or None, code[1] == "1")


def person_row(person: Person) -> dict[str, Any]:
    """The contract's row of `persons`."""
    return {"person_id": person.person_id, "same_as": person.same_as,
            **{name: person.shown.get(name) for name in SHOWN}, "first_cycle": person.first_cycle}


def load(facts: Rows, rows: Rows, month: int, traces: Iterable[Trace]) -> Index:
    """The index as the previous cycle left it; who rests is woken only if this month's rows know the name or number."""
    by_id = {r["person_id"]: r for r in rows}
    known: set[str] = set()
    for trace in traces:
        known.add(trace.name)
        known.update(n.text for n in trace.numbers)
    index = Index()
    for fact in facts:
        row = by_id[fact["person_id"]]
        if month - fact["seen"] <= AWAKE or _called(fact, known):
            index.wake(fact, row)
        else:
            index.rest(fact, row)
    return index


def _called(fact: dict[str, Any], known: set[str]) -> bool:
    if any(part.split(PART, 1)[0] in known for part in _parts(fact["written"])):
        return True
    return any(part.split(PART, 1)[0][2:] in known for part in _parts(fact["numbers"]))
