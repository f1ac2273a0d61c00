"""Puts a part of a sheet together as a submission: its rows with ids, its state, what has to be said about it."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from carelib.read.envelope import Envelope
from carelib.read.rows import Draft
from carelib.read.sender import Months, Sender
from carelib.records import Furniture, Leftover, Observation, Row, Submission, mint
from carelib.world import ReceivedFile, World

NOT_ASKED_FOR_SCHOOL = ("unknown_school", "unknown_form", "not_a_form")


@dataclass(slots=True)
class SubDraft:
    """A submission before its cells are settled and its ids are minted."""
    form: str | None
    sender: Sender = field(default_factory=Sender)
    months: Months = field(default_factory=lambda: Months(None))
    env: Envelope = field(default_factory=Envelope)
    drafts: list[Draft] = field(default_factory=list)
    is_zero: bool = False
    zero_at: str | None = None                                      # the place that says so
    state: str = "accepted"
    reason_code: str | None = None
    reasons: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)        # observations without ids
    grid: int = 0
    sheet: str | None = None

    def say(self, code: str, place: str | None = None, found: str | None = None, row: Draft | None = None,
            name: str | None = None, **facts: Any) -> None:
        self.seen.append({"code": code, "place": place, "found": found, "row": row, "field": name, "facts": facts})

    def stop(self, state: str, code: str | None, reason: str) -> None:
        """The first reason to wait is the one that counts."""
        if self.state == "accepted":
            self.state, self.reason_code = state, code
            self.reasons.insert(0, reason)

    def absorb(self, other: SubDraft) -> None:
        """Another list of the same school, form and month on the sheet; one without a row says nothing beside rows."""
        ours, theirs = bool(self.drafts), bool(other.drafts)
        if theirs and not ours:
            self.state, self.reason_code, self.reasons, self.seen = other.state, other.reason_code, other.reasons, other.seen
            self.is_zero = False
        elif theirs or not ours:
            self.seen += [s for s in other.seen if s["row"] is not None or s not in self.seen]
            self.is_zero = self.is_zero or (other.is_zero and not ours)
            self.zero_at = self.zero_at or other.zero_at
            if self.is_zero and self.reason_code == "not_a_form":
                self.state, self.reason_code, self.reasons, self.seen = other.state, other.reason_code, other.reasons, other.seen
        self.drafts += other.drafts
        self.env.sign(other.env)

    @property
    def places(self) -> set[str]:
        return {p for d in self.drafts for v in d.values if v.raw is not None and v.place for p in v.place.split("、")}


def finish(subs: list[SubDraft], settled: Mapping[int, tuple[tuple[Furniture, ...], tuple[Leftover, ...]]], medium: str,
           file: ReceivedFile, world: World) -> list[Submission]:
    """Submissions with their ids, in the order given; `settled`: furniture and leftovers by number of the submission."""
    out = []
    count: dict[tuple[str | None, ...], int] = {}
    for number, sub in enumerate(subs):
        code = sub.sender.school.code if sub.sender.school else None
        key = (sub.sheet, sub.form, code)
        n = count[key] = count.get(key, -1) + 1
        sid = mint("s_", world.cycle, file.name, file.sha256, sub.sheet, sub.form, code, n)
        ids = {id(d): mint("r_", sid, d.form, d.line, i) for i, d in enumerate(sub.drafts)}
        rows = tuple(Row(ids[id(d)], d.form, d.line, tuple(d.values), d.held) for d in sub.drafts)
        furniture, leftovers = settled[number]
        out.append(Submission(
            submission_id=sid, cycle=world.cycle, file=file.name, sheet=sub.sheet or None, sha256=file.sha256, medium=medium,
            form=sub.form, school_code=code, period=_period(sub, world), term=_term(sub, world), received_at=file.received_at,
            filled_by=sub.env.filled_by, approved_by=sub.env.approved_by, filled_date=sub.env.filled_date, on_time=None,
            is_zero=sub.is_zero, zero_at=sub.zero_at if sub.is_zero else None, state=sub.state, reason_code=sub.reason_code, reason="".join(dict.fromkeys(sub.reasons)) or None,
            rows=rows, furniture=furniture, leftovers=leftovers,
            observations=tuple(_observations(sub, sid, code, ids, world))))
    return out


def _observations(sub: SubDraft, sid: str, code: str | None, ids: Mapping[int, str], world: World) -> Iterable[Observation]:
    short = {"form": world.catalogue.forms[sub.form].short} if sub.form else {}
    for seen in _united(sub.seen):
        row = seen["row"]
        yield Observation(code=seen["code"], school_code=code, submission_id=sid, row_id=ids[id(row)] if row is not None else None,
                          field=seen["field"], place=seen["place"], found=seen["found"], facts={**short, **seen["facts"]})


def _united(seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One remark a submission about unknown columns, however many lists and pages it has."""
    columns = [s for s in seen if s["code"] == "unknown_columns"]
    if len(columns) < 2:
        return seen
    labels = "、".join(dict.fromkeys(s["facts"]["labels"] for s in columns))
    facts = {"labels": labels, "n": sum(s["facts"]["n"] for s in columns)}
    return [{**columns[0], "found": labels, "facts": facts}, *(s for s in seen if s["code"] != "unknown_columns")]


def _period(sub: SubDraft, world: World) -> str | None:
    if sub.form is None:
        return None
    if world.catalogue.forms[sub.form].cycle == "term":
        return world.cycle
    return sub.months.own or world.cycle


def _term(sub: SubDraft, world: World) -> str | None:
    if sub.form is None or world.catalogue.forms[sub.form].cycle != "term":
        return None
    term = world.policy.term_of(world.last_day)
    return term.name if term else None


def empty(form: str | None, code: str | None, state: str, reason_code: str, reason: str, medium: str, file: ReceivedFile,
          world: World, observations: tuple[Observation, ...] = ()) -> Submission:
    """A submission of a file of which nothing could be read."""
    sid = mint("s_", world.cycle, file.name, file.sha256, None, form, code, 0)
    return Submission(submission_id=sid, cycle=world.cycle, file=file.name, sheet=None, sha256=file.sha256, medium=medium,
                      form=form, school_code=code, period=None, received_at=file.received_at, state=state,
                      reason_code=reason_code, reason=reason,
                      observations=tuple(Observation(o.code, code, submission_id=sid, place=o.place, found=o.found, facts=o.facts)
                                         for o in observations))
