"""The verb: one cycle's read tables and what the previous cycle left -> persons, links, cases, events, flows."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carelib.reconcile import cascade, cases, evidence, flows, persons
from carelib.reconcile.cases import Case
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.evidence import Trace
from carelib.reconcile.lifecycle import Advance, count_attempts
from carelib.reconcile.link import Answers, Link, Linker
from carelib.reconcile.persons import Index, month_no
from carelib.reconcile.statements import CASE_FORMS, Schools, Statement, Words, destination, of_row
from carelib.records import IN_STOCK
from carelib.tables import Rows, Tables
from carelib.world import World


@dataclass(slots=True)
class Work:
    """One cycle on the table: what was read, what it says, whose it is, and what became of the cases."""
    world: World
    now: Tables
    before: Tables
    month: int
    previous: int | None                            # the month of the previous cycle
    traces: dict[str, list[Trace]]
    statements: dict[str, Statement]                # row -> what it says of the case
    filed: dict[str, int]                           # school -> rows that it lists itself as not back
    schools: Schools
    words: Words
    index: Index
    links: dict[str, Link]
    cases: dict[str, Case]                          # person -> case
    said: dict[str, CaseMonth]                      # person -> this month's statements
    walk: Advance
    notes: evidence.Notes


def reconcile_month(world: World, now: Tables, before: Tables | None) -> Tables:
    """Persons, links, cases, events, flows and discrepancies of one cycle, with the state that the next one needs.

    `now`: the read tables of the cycle; `before`: all that this function returned for the previous one (None for the
    first). Depends on nothing else: not on the clock, not on the order of files and rows, not on row ids.
    """
    work = prepare(world, now, before or {})
    link_rows(work)
    advance_cases(work)
    return results(work)


def prepare(world: World, now: Tables, before: Tables) -> Work:
    known = evidence.notes(now)
    traces = evidence.traces(world, now, known)
    words, schools = Words(world.catalogue), Schools(world.schools)
    statements = _statements(world, now, known, words)
    for trace in (t for form in CASE_FORMS for t in traces[form]):
        trace.moves_to = destination(statements[trace.row_id], schools)
    filed = _filed(now, statements)
    walk = Advance(world.cycle, filed, {s.code for s in world.open_schools}, schools)
    previous = max((month_no(r["cycle"]) for r in before.get("flows", ())), default=None)
    index = persons.load(before.get("person_facts", []), before.get("persons", []))
    return Work(world, now, before, month_no(world.cycle), previous, traces, statements, filed, schools, words, index, {},
                cases.load(before.get("case_facts", [])), {}, walk, known)


def _statements(world: World, now: Tables, known: evidence.Notes, words: Words) -> dict[str, Statement]:
    filled = {s["submission_id"]: s["filled_date"] for s in now["submissions"]}
    unreadable = {row_id for row_id, name in known.raw if name == "status"}
    last = world.last_day.isoformat()
    return {row["row_id"]: of_row(form, row, words, filled, last, unreadable)
            for form in CASE_FORMS for row in now.get(form, ())}


def _filed(now: Tables, statements: Mapping[str, Statement]) -> dict[str, int]:
    """Schools whose absent_list can be used (rows or a zero), with the rows that they list as not back themselves."""
    rows = {s["submission_id"]: 0 for s in now["submissions"] if s["form"] == "absent_list" and s["state"] == "accepted"}
    listed = [statements[r["row_id"]] for r in now.get("absent_list", ())]
    out = {s["school_code"]: 0 for s in now["submissions"] if s["submission_id"] in rows and s["is_zero"]}
    for said in listed:
        out[said.school] = out.get(said.school, 0) + (said.state is None or said.state in IN_STOCK)
    return out


def link_rows(work: Work) -> None:
    """Follow-ups that declare a move first, then the lists, then the rest."""
    linker = Linker(work.world.cycle, work.month, work.index, Answers(work.world.decided("link")), work.world.key,
                    work.previous, evidence.seeds(work.world.cycle, work.now, work.notes, work.traces))
    pages = {t.submission: t for t in work.traces["case_file"]}
    visits = [t for t in work.traces["follow_up"] if t.submission not in pages]
    told = evidence.in_order([*work.traces["case_file"], *visits])
    for group in ([t for t in told if t.moves_to], work.traces["absent_list"], [t for t in told if not t.moves_to],
                  work.traces["psych_case"], work.traces["health_roster"]):
        linker.link(group)
    for trace in work.traces["follow_up"]:
        if trace.submission in pages:
            linker.links[trace.row_id] = Link(linker.links[pages[trace.submission].row_id].person, "page")
    work.links = linker.links


def advance_cases(work: Work) -> None:
    """Every person's case one month on, then what nobody lists any more."""
    person_of = {row_id: link.person.person_id for row_id, link in work.links.items()}
    order = [work.statements[t.row_id] for form in CASE_FORMS for t in work.traces[form]]
    work.said = cases.by_person(order, person_of)
    if work.world.roster:
        work.walk.home = _homes(work).get
    for person_id in sorted({*work.said, *work.cases}):
        said = work.said.get(person_id)
        case, was_out = work.cases.get(person_id), False
        if case is None:
            case = work.cases[person_id] = work.walk.open_case(person_id, said, work.world.key)   # type: ignore[arg-type]
        elif said:
            was_out = not case.in_stock
            work.walk.advance(case, said)
        if said:
            take_notes(case, said, was_out, work)
        if case.in_stock and case.school_code in work.filed and not (said and said.listings):
            work.walk.vanish(case)


def _homes(work: Work) -> dict[str, str]:
    return {work.links[t.row_id].person.person_id: t.school for group in work.traces.values() for t in group if t.on_roster}


def take_notes(case: Case, said: CaseMonth, was_out: bool, work: Work) -> None:
    """What the month's rows add to the case beyond its state."""
    cycle = work.world.cycle
    case.row_cycle = cycle
    here = [s for s in said.listings if s.school == case.school_code] or said.listings
    for listing in here:
        case.listed_cycle, case.listed_at = cycle, listing.school
    dated = next((s.row["left_date"] for s in [*here, *said.pages] if s.row.get("left_date")), None)
    if dated and (case.in_stock or case.left_date is None):
        case.left_date = dated
    owners = [s.row.get("owner_name") for s in [*here, *said.pages, *said.visits]]
    case.owner = next((o for o in owners if o), case.owner)
    count_attempts(case, said, was_out, work.walk)


def results(work: Work) -> Tables:
    """The contract's tables and the state for the next cycle, each in an order made of content."""
    last, people = work.world.last_day, list(work.index.people.values())
    for person in people:
        person.forget(work.month)
    kept = [work.cases[p] for p in sorted(work.cases)]
    out = {"persons": [persons.person_row(p) for p in people], "links": _links(work),
           "cases": [c.contract_row(last) for c in kept], "events": work.walk.events,
           "person_facts": [persons.to_row(p) for p in people], "case_facts": [cases.to_row(c) for c in kept],
           "discrepancies": []}
    out |= flows.statement(work.world, work.filed, kept, work.walk.postings, work.before)
    return out


def _links(work: Work) -> Rows:
    return [_link_row(t, work.links[t.row_id]) for form in evidence.PUPIL_FORMS for t in work.traces[form]]


def _link_row(trace: Trace, link: Link) -> dict[str, Any]:
    method = cascade.wording()["method"][link.method]
    return {"row_id": trace.row_id, "person_id": link.person.person_id,
            "maybe_person_id": link.maybe.person_id if link.maybe else None, "method": link.method,
            "score": float(method["score"]), "why": cascade.why(link.method, link.verdict.relations if link.verdict else None),
            "state": link.state}
