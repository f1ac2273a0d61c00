"""The verb: one cycle's read tables and what the previous cycle left -> persons, links, cases, events, flows."""
from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from carelib.reconcile import cascade, cases, evidence, flows, persons, restated
from carelib.reconcile.cases import Case
from carelib.reconcile.cases import Month as CaseMonth
from carelib.reconcile.discrepancies import copies, figures, observe
from carelib.reconcile.evidence import Trace
from carelib.reconcile.lifecycle import Advance, count_attempts
from carelib.reconcile.link import Answers, Link, Linker
from carelib.reconcile.namesakes import Namesakes
from carelib.reconcile.persons import month_no
from carelib.reconcile.secondlook import look_again
from carelib.reconcile.statements import CASE_FORMS, Schools, Statement, Words, destination, of_row
from carelib.reconcile.work import Work
from carelib.records import IN_STOCK
from carelib.tables import Rows, Tables
from carelib.world import World

READ = ("submissions", "values", "held_rows", *evidence.PUPIL_FORMS, "retention")


def reconcile_month(world: World, now: Tables, before: Tables | None) -> Tables:
    """Persons, links, cases, events, flows and discrepancies of one cycle, with the state that the next one needs.

    `now`: the read tables of the cycle; `before`: all that this function returned for the previous one (None for the
    first). Depends on nothing else: not on the clock, not on the order of files and rows, not on row ids.
    """
    read = {name: now[name] for name in READ if name in now}
    with _uncollected():
        work = _worked(world, read, before or {})
        stood = {limits: _worked(then.world, then.now, then.left)
                 for limits, then in restated.pasts(world, read, work.notes, before or {}).items()}
        past, closed = {limits: results(then) for limits, then in stood.items()}, restated.closing(world)
        work.then = restated.of(closed, stood)
        return results(work, restated.of(closed, past)) | {"past": restated.carried(past)}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows and persons make no cycles; looking for some among them costs a fifth of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _worked(world: World, now: Tables, before: Tables) -> Work:
    work = prepare(world, now, before)
    link_rows(work)
    advance_cases(work)
    return work


def prepare(world: World, now: Tables, before: Tables) -> Work:
    known = evidence.notes(now)
    traces = evidence.traces(world, now, known)
    words, schools = Words(world.catalogue, world.cycle), Schools(world.schools)
    statements = _statements(world, now, known, words)
    for trace in (t for form in CASE_FORMS for t in traces[form]):
        trace.moves_to = destination(statements[trace.row_id], schools)
    filed = _filed(now, statements)
    walk = Advance(world.cycle, filed, {s.code for s in world.open_schools}, schools, known.ground)
    previous = max((month_no(r["cycle"]) for r in before.get("flows", ())), default=None)
    index = persons.load(before.get("person_facts", []), before.get("persons", []), month_no(world.cycle),
                         (t for group in traces.values() for t in group))
    return Work(world, now, before, month_no(world.cycle), previous, traces, statements, filed, schools, words, index,
                cases.Book(before.get("case_facts", []), before.get("cases", [])), walk, known)


def _statements(world: World, now: Tables, known: evidence.Notes, words: Words) -> dict[str, Statement]:
    filled = {s["submission_id"]: s["filled_date"] for s in now["submissions"]}
    unreadable = {row_id for row_id, name in known.raw if name == "status"}
    last = world.last_day.isoformat()
    return {row["row_id"]: of_row(form, row, words, filled, last, unreadable)
            for form in CASE_FORMS for row in now.get(form, ())}


def _filed(now: Tables, statements: Mapping[str, Statement]) -> dict[str, int]:
    """Schools whose absent_list can be used (rows or a zero), with the rows that they list as not back themselves."""
    out = {s["school_code"]: 0 for s in now["submissions"]
           if s["form"] == "absent_list" and s["state"] == "accepted" and s["is_zero"]}
    for said in (statements[r["row_id"]] for r in now.get("absent_list", ())):
        out[said.school] = out.get(said.school, 0) + (said.state is None or said.state in IN_STOCK)
    return out


def link_rows(work: Work) -> None:
    """Follow-ups that declare a move first, then the lists, then the rest."""
    linker = Linker(work.world.cycle, work.month, work.index, Answers(work.world.decided("link")), work.world.key,
                    work.previous, evidence.seeds(work.world.cycle, work.now, work.notes, work.traces),
                    Namesakes(work.was, work.statements))
    pages = {t.submission: t for t in work.traces["case_file"]}
    visits = [t for t in work.traces["follow_up"] if t.submission not in pages]
    told = evidence.in_order([*work.traces["case_file"], *visits])
    for group in ([t for t in told if t.moves_to], work.traces["absent_list"], [t for t in told if not t.moves_to],
                  work.traces["psych_case"], work.traces["health_roster"]):
        linker.link(group)
    for trace in work.traces["follow_up"]:
        if trace.submission in pages:
            linker.links[trace.row_id] = Link(linker.links[pages[trace.submission].row_id].person, "page")
    open_ = {p for p, c in work.cases.items() if c.in_stock and c.school_code in work.filed}
    look_again(linker, work.traces["absent_list"], told, open_)
    work.links, work.drift = linker.links, linker.drift


def advance_cases(work: Work) -> None:
    """Every person's case one month on, then what nobody lists any more."""
    person_of = {row_id: link.person.person_id for row_id, link in work.links.items()}
    order = [work.statements[t.row_id] for form in CASE_FORMS for t in work.traces[form]]
    work.said = cases.by_person(order, person_of)
    if work.world.roster:
        work.walk.home = _homes(work).get
    _merge_schools(work)
    for person_id in sorted({*work.said, *work.cases}):
        said = work.said.get(person_id)
        case, was_out = work.cases.find(person_id), False
        if case is None:
            case = work.cases[person_id] = work.walk.open_case(person_id, said, work.world.key)   # type: ignore[arg-type]
        elif said:
            was_out = not case.in_stock
            work.walk.advance(case, said)
        if said:
            take_notes(case, said, was_out, work)
        if case.in_stock and case.school_code in work.filed and not (said and said.listings):
            work.walk.vanish(case)


def _merge_schools(work: Work) -> None:
    heirs = {s.code: work.schools.find(s.merged_into) for s in work.world.schools
             if s.merged_into and not s.is_open(work.world.cycle)}
    for person_id in sorted(work.cases) if heirs else ():
        case = work.cases[person_id]
        if case.in_stock and (heir := heirs.get(case.school_code)):
            work.walk.relocate(case, heir)


def _homes(work: Work) -> dict[str, str]:
    tied = (t for group in work.traces.values() for t in group if t.on_roster)
    return {work.links[t.row_id].person.person_id: t.school for t in tied}


def take_notes(case: Case, said: CaseMonth, was_out: bool, work: Work) -> None:
    """What the month's rows add to the case beyond its state."""
    case.row_cycle = work.world.cycle
    here = [s for s in said.listings if s.school == case.school_code] or said.listings
    if here:
        case.listed_cycle, case.listed_at = work.world.cycle, here[0].school
    stands = here or (said.all if case.listed_cycle is None else ())
    if stands:
        case.stood = work.notes.ground(stands[0]).text()
    dated = next((s.row["left_date"] for s in [*here, *said.pages] if s.row.get("left_date")), None)
    if dated and (case.in_stock or case.left_date is None):
        case.left_date = dated
        if here and dated not in case.left_dates[-1:]:
            case.left_dates = [*case.left_dates, dated]
    owners = [s.row.get("owner_name") for s in [*here, *said.pages, *said.visits]]
    case.owner = next((o for o in owners if o), case.owner)
    count_attempts(case, said, was_out, work.walk)
    _note_progress(case, said, here, work)


def _note_progress(case: Case, said: CaseMonth, here: list[Statement], work: Work) -> None:
    """Counts, plans and texts that next month is compared with."""
    count = next((s.row["attempt_count"] for s in here if s.row.get("attempt_count") is not None), None)
    if count is not None:
        case.still_months = case.still_months + 1 if count == case.last_count else 0
        case.last_count = count
    case.listed_attempt = next((s.row["last_attempt"] for s in here if s.row.get("last_attempt")), case.listed_attempt)
    own = [s for s in said.visits if s.school == case.school_code and not s.exits]
    highest = max((s.row["attempt_no"] for s in own if s.row.get("attempt_no") is not None), default=None)
    if not case.in_stock:
        case.highest_no = None
    elif highest is not None:
        case.highest_no = max(highest, case.highest_no or 0)
    planned = max((s for s in own if s.row.get("next_date")), key=lambda s: (s.said_on or "", s.row["next_date"]), default=None)
    if planned:
        case.next_planned_on, case.next_date = planned.said_on or "", planned.row["next_date"]
        case.planned_by = work.notes.ground(planned, "next_date").text()
    if found := [text for text, _, _ in copies.texts(case, said)]:
        case.texts = sorted(set(found))
    elif said.visits:
        case.texts = []


def statement(work: Work) -> Tables:
    """`flows`, its lines and the stock at closing."""
    return flows.statement(work.world, work.filed, work.cases.values(), work.walk.postings, work.before)


def results(work: Work, then: Tables | None = None) -> Tables:
    """The contract's tables and the state for the next cycle, each in an order made of content.

    `then`: the statement of this month as it stood when the next deadline had passed, if the month was filed anew since.
    """
    out = statement(work)
    out["restated"] = restated.changes(then, out) if then else []
    work.restated, work.differences = out["restated"], figures.differences(work)
    out |= {"discrepancies": observe(work), "differences": work.differences, "links": _links(work), "events": work.walk.events}
    out["persons"], out["person_facts"] = work.index.tables(work.before.get("persons", []), work.month)
    out["cases"], out["case_facts"] = work.cases.tables(work.world.last_day)
    return out


def _links(work: Work) -> Rows:
    return [_link_row(t, work.links[t.row_id]) for form in evidence.PUPIL_FORMS for t in work.traces[form]]


def _link_row(trace: Trace, link: Link) -> dict[str, Any]:
    score = float(cascade.wording()["method"][link.method]["score"])
    why = cascade.why(link.method, link.verdict.relations if link.verdict else None)
    return {"row_id": trace.row_id, "person_id": link.person.person_id, "method": link.method, "score": score, "why": why,
            "maybe_person_id": link.maybe.person_id if link.maybe else None, "state": link.state}
