"""Before an alarm: is the pupil who is missing perhaps the one who is new? Then it is asked, by the weakest likeness.

Whoever stood on a school's last list and has no row on this one, and whoever is listed and has no follow-up, is held
against the school's rows of the month that founded new persons.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from carelib.reconcile import cascade
from carelib.reconcile.cascade import Birth, Class, Family, Relations
from carelib.reconcile.evidence import Trace
from carelib.reconcile.link import Link, Linker
from carelib.reconcile.names import Name
from carelib.reconcile.numbers import Match
from carelib.reconcile.persons import Person


def look_again(linker: Linker, listed: Iterable[Trace], visits: Iterable[Trace], in_stock: Collection[str]) -> None:
    """Turn the founding of a new person into a question where a pupil in stock is missing and resembles it.

    `in_stock`: persons whose case was open at the end of the last cycle.
    """
    listed, visits = list(listed), list(visits)
    seen = {linker.links[t.row_id].person.person_id for t in listed}
    missing: dict[str, list[Person]] = defaultdict(list)
    for person in linker.index.people.values():
        if person.person_id in in_stock and person.person_id not in seen and person.same_as is None:
            for school in person.schools():
                missing[school].append(person)
    _ask(linker, listed, missing)
    followed = {linker.links[t.row_id].person.person_id for t in visits}
    idle: dict[str, list[Person]] = defaultdict(list)
    for trace in listed:
        person = linker.links[trace.row_id].person
        if person.person_id not in followed:
            idle[trace.school].append(person)
    _ask(linker, visits, idle)


def _ask(linker: Linker, traces: list[Trace], missing: dict[str, list[Person]]) -> None:
    for trace in traces:
        link = linker.links[trace.row_id]
        if link.method != "founding" or not missing.get(trace.school):
            continue
        found = [(p, r) for p in missing[trace.school] if (r := _resembles(linker, trace, link.person, p))]
        if found:
            other, relations = max(found, key=lambda f: (f[1].weight, f[0].person_id))
            link.person.maybe, link.person.asked = other.person_id, trace.row_id
            verdict = cascade.Verdict("maybe_missing", cascade.NEVER, relations)
            linker.links[trace.row_id] = Link(link.person, "maybe_missing", verdict, other)


def _resembles(linker: Linker, trace: Trace, new: Person, old: Person) -> Relations | None:
    if old is new or old.maybe == new.person_id or linker.answers.apart(new.person_id, old.person_id):
        return None
    r = cascade.relate(trace, old, linker.month)
    if r.gender_differs or r.birth == Birth.FAR or r.class_ == Class.OTHER or r.number == Match.CONFLICT:
        return None
    behind = r.birth == Birth.EQUAL or r.family == Family.SAME or r.number < Match.NOTHING
    alike = r.name <= Name.SURNAME or (r.name == Name.OTHER and (behind or r.class_ == Class.SAME))
    surname = trace.name[:1] == next(iter(old.names), "?")[:1]
    return r if alike or (behind and surname and r.class_ == Class.SAME) else None
