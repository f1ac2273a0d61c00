"""check: what the notice asks for. Rules and indicators, rows of notice/, judged school by school (contract §5)."""

from __future__ import annotations

from collections.abc import Mapping

from carelib.catalogue import Catalogue
from carelib.check.archive import Archive
from carelib.check.book import book
from carelib.check.desk import Desk
from carelib.check.indicators import indicators
from carelib.check.judge import Ready, judge_all, nobodys_hits, prepare, unknown_codes
from carelib.check.word import distinct, finding, grounds
from carelib.records import CatalogueError
from carelib.tables import Rows, Tables
from carelib.world import World

__all__ = ["book", "check_month", "prepare"]


def check_month(world: World, now: Tables, earlier: Mapping[str, Tables]) -> Tables:
    """The tables filing, findings (with their grounds), judgements and indicators of a cycle (contract §5).

    `now`: the tables of read and reconcile for this cycle; `earlier`: cycle -> its tables, read only as needed.
    """
    ready, archive = prepare(world.catalogue), Archive(world, now, earlier)
    if unknown := unknown_codes(archive, ready):
        raise CatalogueError(f"rules/：没有规则说明这些观察：{'、'.join(unknown)}")
    desks = [Desk(archive, s) for s in sorted(world.open_schools, key=lambda s: s.code)]
    findings: Rows = []
    judgements: Rows = []
    for desk in desks:
        for said in judge_all(ready, desk):
            findings += [finding(archive, said.ready.rule, desk.school.code, h) for h in said.hits]
            judgements.append(
                {
                    "cycle": world.cycle,
                    "school_code": desk.school.code,
                    "rule": said.ready.rule.id,
                    "outcome": said.outcome,
                    "n": said.n,
                    "why": said.why,
                }
            )
    findings += _of_nobody(archive, ready, desks)
    findings = distinct(findings)
    rests_on = grounds(archive, findings)
    return {
        "filing": archive.filing,
        "findings": findings,
        "grounds": rests_on,
        "judgements": judgements,
        "indicators": indicators(archive, desks),
    }


def _of_nobody(archive: Archive, ready: list[Ready], desks: list[Desk]) -> Rows:
    """Findings about no school, or about one that is closed: nothing that was noticed vanishes."""
    known = {d.school.code for d in desks}
    return [
        finding(archive, r.rule, code, h)
        for r in ready
        if r.rule.kind == "observed"
        for code, h in nobodys_hits(r, archive, known)
    ]


def faults(catalogue: Catalogue) -> list[str]:
    """What is wrong with the rules of a catalogue, for `doctor` and the tests."""
    try:
        prepare(catalogue)
    except CatalogueError as fault:
        return str(fault).splitlines()
    return []
