"""Rules that look at a whole school: what came, what is said twice, what another paper or month says.

A function takes a desk and the rule's parameters and gives a `Verdict`: how many subjects were judged, and the hits.
Each cites its clause; like the kinds of rows, it counts only what is certain.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carelib.check.desk import Desk
from carelib.check.word import spot
from carelib.kinds import Hit, Line, items
from carelib.kinds.certain import later
from carelib.records import Ground, grounds_of, mask
from carelib.tables import Rows


@dataclass(frozen=True, slots=True)
class Verdict:
    """`n` subjects judged; without a subject `outcome` and `why` say why not."""

    n: int
    hits: Sequence[Hit] = ()
    why: str = ""
    outcome: str | None = None


# ---- what came ------------------------------------------------------------------------------------


def has_filed(desk: Desk, *, trouble: str, clauses: Mapping[str, str]) -> Verdict:
    """三.1, 三.2 and each form's own clause: what is due comes, in time, and can be read.

    `trouble`: missing (nothing came), held (what came waits for a person), unreadable, late; `clauses`: form -> clause.
    """
    rows = [r for r in desk.filed.values() if r["due"]]
    if trouble != "missing":
        rows = [r for r in rows if _trouble(r) != "missing"]
    if trouble == "late":
        rows = [r for r in rows if r["state"] != "missing" and r["on_time"] is not None]
    hits = [_filing_hit(desk, r, clauses) for r in rows if _trouble(r) == trouble]
    why = "" if rows else "本月没有应报的表" if trouble == "missing" else "本月没有收到可判断的表"
    return Verdict(len(rows), hits, why, None if rows else "not_applicable")


def _trouble(row: Mapping[str, Any]) -> str:
    if row["state"] == "missing":
        return "held" if row["submission_id"] else "missing"
    return "unreadable" if row["state"] == "unreadable" else "late" if row["on_time"] is False else ""


def _filing_hit(desk: Desk, row: Mapping[str, Any], clauses: Mapping[str, str]) -> Hit:
    form, due = row["form"], desk.policy.due_date(desk.due_cycle(row["form"]))
    submission = desk.archive.submissions().get(row["submission_id"], {})
    facts = {
        "title": desk.forms[form].title,
        "due": f"{due.month}月{due.day}日",
        "late": f"迟了 {row['days_late']} 天" if row["days_late"] else "晚于规定时间",
        "reason": submission.get("reason") or "原因见报送清单",
        "month": f"{int(desk.cycle[5:])}月",
    }
    return Hit(facts=facts, form=form, clause=clauses[form], about=form, submission_id=row["submission_id"])


def signed(desk: Desk, *, zero: bool, fields: Mapping[str, str], besides: Iterable[str] = ()) -> Verdict:
    """Every form names who filled it in, who answers for it, and the day; a zero report most of all.

    What another sheet of the same file says of the school counts; a page of a case file has its own signatures.
    """
    papers: dict[tuple[str, str], Rows] = defaultdict(list)
    files: dict[str, Rows] = defaultdict(list)
    for form in desk.forms:
        for submission in desk.submissions(form) if form not in besides else ():
            papers[form, submission["file"]].append(submission)
            files[submission["file"]].append(submission)
    papers = {k: group for k, group in papers.items() if all(s["is_zero"] for s in group) is zero}
    hits = []
    for (form, file), group in papers.items():
        lacking = [label for name, label in fields.items() if not any(s.get(name) for s in files[file])]
        if lacking:
            first = min(s["submission_id"] for s in group)
            facts = {"what": "、".join(lacking)}
            hits.append(Hit(facts=facts, form=form, about=first, submission_id=first))
    why = "" if papers else "本月没有零报告" if zero else "本月没有收到报表"
    return Verdict(len(papers), hits, why, None if papers else "not_applicable")


def zero_of_large(desk: Desk, *, form: str, over: int) -> Verdict:
    """二.1: a school with more than `over` pupils that says it has nobody to list is asked to look again."""
    pupils = len(desk.roster) or next((x.get("student_count") for x in desk.standing("support_work")), None)
    zeros = [s for s in desk.submissions(form) if s["is_zero"]]
    if not zeros or desk.lines(form):
        return Verdict(0, why="没有零报告", outcome="not_applicable")
    if not pupils:
        return Verdict(0, why="不知道在校学生数", outcome="not_judged")
    hit = Hit(
        facts={"title": desk.forms[form].title, "pupils": pupils},
        form=form,
        submission_id=zeros[0]["submission_id"],
        place=zeros[0].get("zero_at"),
    )
    return Verdict(1, [hit] if pupils > over else [])


# ---- said twice -----------------------------------------------------------------------------------


def unique_in(
    desk: Desk, *, forms: Iterable[str], field: str, across: bool = False, gone: Iterable[str] = ()
) -> Verdict:
    """The value stands once in the school's form; `across`: in no other school's form of the month either.

    `gone`: states of pupils who have left, and may well stand in their new school's form.
    """
    n, hits, left = 0, list[Hit](), tuple(gone)
    for form in forms:
        own: dict[str, list[Line]] = defaultdict(list)
        for line in desk.lines(form):
            if (value := line.get(field)) is not None and line.get("status") not in left:
                own[value].append(line)
        n += sum(map(len, own.values()))
        for value, lines in own.items():
            hits += _elsewhere(desk, form, field, value, lines, left) if across else _again(form, field, lines)
    return Verdict(n, hits)


def _again(form: str, field: str, lines: Sequence[Line]) -> Iterator[Hit]:
    first = lines[0].cell(field, "place")
    facts = {"first": spot(first).rpartition("!")[2] or "上面的一行"}
    return (Hit(field, facts, x, about=form) for x in lines[1:] if not first or x.cell(field, "place") != first)


def _elsewhere(
    desk: Desk, form: str, field: str, value: str, lines: Sequence[Line], gone: tuple[str, ...]
) -> Iterator[Hit]:
    others = [c for c in desk.archive.schools_with(form, field, gone).get(value, ()) if c != desk.school.code]
    return (Hit(field, {}, line, other_school_code=others[0]) for line in lines if others)


def attempts_counted(desk: Desk) -> Verdict:
    """三.2: the number of attempts that a list or page states agrees with the attempts that the school has reported.

    Fewer than reported is wrong for certain; more only where the whole history of the case lies before us.
    """
    n, hits = 0, []
    cases = {c["person_id"]: c for c in desk.archive.cases.get(desk.school.code, [])}
    for line in (*desk.lines("absent_list"), *desk.lines("case_file")):
        stated, case = line.get("attempt_count"), cases.get(line.person_id)
        if stated is None or not case or line.person_id in desk.archive.asked:
            continue
        left = line.get("left_date")
        visits = [v for v in desk.attempts(case) if v.row["school_code"] == desk.school.code and not _before(v, left)]
        days = [v.get("attempt_date") for v in visits]
        counted = max([len(set(days) - {None}), *(v.get("attempt_no") or 0 for v in visits)])
        whole = _whole_history(desk, line, case) and all(d and len(d) == 10 for d in days)
        n += 1
        if stated < counted or (whole and visits and stated > counted):
            hits.append(Hit("attempt_count", {"value": stated, "counted": counted}, line, case_id=case["case_id"]))
    return Verdict(n, hits, "" if n else "没有可比较的劝返次数", None if n else "not_applicable")


def _before(visit: Line, left: str | None) -> bool:
    """It belongs to an earlier absence: the pupil had not yet left."""
    day = visit.get("attempt_date")
    return bool(left and day and later(left, day))


def _whole_history(desk: Desk, line: Line, case: Mapping[str, Any]) -> bool:
    """The pupil left in or after the month in which the case was opened: no attempt lies before our first month."""
    opened = case["opened_cycle"]
    here = opened == desk.cycle or opened in desk.archive.earlier
    return here and (line.get("left_date") or "") >= f"{opened}-01"


# ---- 三: cases -------------------------------------------------------------------------------------


def joint_visit(desk: Desk, *, after: str, parties: Iterable[str]) -> Verdict:
    """三.2: a case open longer than `after` days has had at least one visit together with all four parties."""
    n, hits, wanted = 0, [], set(parties)
    for case in desk.settled_stock:
        if (case["days_open"] or 0) <= desk.setting(after):
            continue
        visits = desk.attempts(case)
        if not desk.has_joint_visit(case, wanted) and any(v.unread("parties") for v in visits):
            continue
        n += 1
        if not desk.has_joint_visit(case, wanted):
            seen = {p for v in visits for p in items(v.get("parties"))} & wanted
            lacking = "、".join(p for p in parties if p not in seen) or "四方没有同时到场"
            hits.append(_case_hit(desk, case, days=case["days_open"], lacking=lacking))
    return Verdict(n, hits, "" if n else "没有超过规定天数的未返校学生", None if n else "not_applicable")


def home_visit(desk: Desk, *, modes: Iterable[str]) -> Verdict:
    """三.2: somebody has been to the pupil's home; telephone calls and talks at school alone are not enough."""
    n, hits, wanted = 0, [], set(modes)
    for case in desk.settled_stock:
        said = [v.get("mode") for v in desk.attempts(case)]
        if not said or (None in said and not wanted & set(said)):
            continue
        n += 1
        if not wanted & set(said):
            hits.append(_case_hit(desk, case, n=len(said), modes="、".join(sorted(set(said)))))
    return Verdict(n, hits, "" if n else "没有可判断方式的劝返记录", None if n else "not_applicable")


def _case_hit(desk: Desk, case: Mapping[str, Any], **facts: Any) -> Hit:
    """The case's line on this month's list; without one, where the pupil stood before."""
    line, stood = desk.row_of_case(case), desk.archive.stood.get(case["case_id"])
    if line or stood is None:
        place = line.cell("student_name", "place") if line else None
        return Hit(None, facts, line, place, None, "absent_list", case["case_id"], case["person_id"])
    grounds = (stood,) if stood.cycle != desk.cycle else ()
    return Hit(None, facts, None, stood.place, None, stood.form, case["case_id"], case["person_id"], stood.row_id, grounds=grounds)


def names_others(desk: Desk, *, texts: Iterable[str]) -> Verdict:
    """三.2 (privacy): a page about one pupil does not name another pupil whom the school has listed."""
    pages, hits = desk.lines("case_file"), []
    names = {x.get("student_name") for form in ("absent_list", "follow_up", "case_file") for x in desk.lines(form)}
    names = {x for x in names if x and len(x) >= 3}  # two characters may be an ordinary word
    attempts: dict[str, list[Line]] = defaultdict(list)
    for line in desk.lines("follow_up"):
        attempts[line.row["submission_id"]].append(line)
    for page in pages:
        own = {page.get("student_name"), page.get("guardian_name"), page.get("owner_name")}
        others = [x for x in sorted(names) if not any(x in (o or "") or (o or "") in x for o in own if o)]
        for line in (page, *attempts[page.row["submission_id"]]):
            hits += [Hit(n, {}, line) for n in texts if any(x in (line.get(n) or "") for x in others)]
    return Verdict(len(pages), hits)


def absent_on_roster(desk: Desk, *, words: Iterable[str]) -> Verdict:
    """三.1 (学籍 against attendance): whom the roster calls away must stand in the month's list."""
    listed = desk.lines("absent_list")
    numbers = {x.get(k) for x in listed for k in ("id_number", "student_no")} - {None}
    names = {x.get("student_name") for x in listed}
    hits = []
    for pupil in desk.roster:
        away = next((w for w in words if w in (pupil.status or "")), None)
        if away and not numbers & {pupil.id_number, pupil.student_no} and pupil.name not in names:
            where = (
                f"{pupil.grade or '？'}年级{pupil.class_no or '？'}班"
                if (pupil.grade or "").isdigit()
                else pupil.grade or "年级不明"
            )
            hits.append(
                Hit(
                    facts={"where": where, "status": pupil.status},
                    form="absent_list",
                    found=f"{where} {mask(pupil.name, 'student_name')}（{pupil.status}）",
                    about=pupil.student_no or pupil.id_number or f"{pupil.name}{pupil.birth}",
                )
            )
    return Verdict(len(desk.roster), hits)


def retention_reached(desk: Desk) -> Verdict:
    """三.1: no pupil of compulsory age is out of school at the end of the month."""
    base, why = desk.compulsory_base
    if not base:
        return Verdict(0, why=why, outcome="not_applicable" if base == 0 else "not_judged")
    out = len(desk.compulsory_stock)
    facts = {"out": out, "base": base, "rate": f"{1 - out / base:.2%}"}
    return Verdict(1, [Hit(facts=facts, form="absent_list", grounds=_stood(desk, desk.compulsory_stock))] if out else [])


def _stood(desk: Desk, cases: Iterable[Mapping[str, Any]]) -> tuple[Ground, ...]:
    """Where the pupils of these cases stand, or stood last."""
    found = (desk.archive.stood.get(c["case_id"]) for c in cases)
    return tuple(sorted((g for g in found if g), key=lambda g: g.order))


def retention_stated(desk: Desk) -> Verdict:
    """三.1: a rate of 100 % does not stand beside drop-outs in the same form, or beside open cases."""
    n, hits = 0, []
    for line in desk.lines("retention"):
        if (rate := line.get("retention_rate")) is None:
            continue
        n += 1
        out = max(line.get("out_dropout") or 0, len(desk.compulsory_stock))
        if rate >= 1 and out:
            hits.append(Hit("retention_rate", {"value": f"{rate:.2%}", "out": out}, line))
    return Verdict(n, hits, "" if n else "没有填写巩固率", None if n else "not_judged")


def roster_groups(line: Line, desk: Desk, *, field: str) -> Sequence[Hit] | None:
    """三.1: the groups that the roster knows (留守, 贫困 …) are named in the list too."""
    pupil = desk.on_roster(line.get("id_number"), line.get("student_no"))
    if pupil is None or line.unread(field):
        return None
    known = {code for g in pupil.groups if (code := desk.code_for("family", g))}
    lacking = sorted(known - set(items(line.get(field))))
    return [Hit(field, {"lacking": "、".join(lacking)}, line)] if lacking else []


def roster_clash(line: Line, desk: Desk, *, field: str, clash: Mapping[str, Iterable[str]]) -> Sequence[Hit] | None:
    """三.1: what the list says of a pupil and the status that the roster holds do not contradict each other."""
    pupil, value = desk.on_roster(line.get("id_number"), line.get("student_no")), line.get(field)
    if pupil is None or not pupil.status or value not in clash:
        return None
    word = next((w for w in clash[value] if w in pupil.status), None)
    return [Hit(field, {"value": desk.word(line.form, field, value), "status": pupil.status}, line)] if word else []


# ---- what reading and reconciling noticed ---------------------------------------------------------


def observed(desk: Desk, *, code: str | Iterable[str]) -> Verdict:
    """Findings of what was noticed elsewhere under these codes; see `seen_hits`."""
    return Verdict(0, seen_hits(desk.archive.seen, code, desk.school.code))


def seen_hits(
    seen: Mapping[tuple[str, str | None], Rows], code: str | Iterable[str], school_code: str | None
) -> list[Hit]:
    """A hit for each observation of these codes about one school (None: about nobody's paper)."""
    return [
        Hit(
            s.get("field"),
            s["facts"],
            None,
            s.get("place"),
            s.get("found"),
            None,
            s.get("case_id"),
            s.get("person_id"),
            s.get("row_id"),
            s.get("other_school_code"),
            None,
            f"{c} {_tell_apart(s)}",
            s.get("submission_id"),
            grounds_of(s.get("grounds")),
        )
        for c in ([code] if isinstance(code, str) else code)
        for s in seen.get((c, school_code), ())
    ]


def _tell_apart(seen: Mapping[str, Any]) -> str:
    """What tells two observations of one code apart: which alarm waits; where no row, case, field or place does, the paper."""
    return (
        str(seen["facts"].get("alarm", ""))
        if any(seen.get(k) for k in ("row_id", "case_id", "place"))
        else str(seen.get("submission_id") or seen.get("found") or "")
    )


def leftovers_say(desk: Desk, *, form: str, shape: str) -> Verdict:
    """二.1 (privacy): the file holds more than the form needs (a picture of a diagnosis, a second list)."""
    sent = [s["submission_id"] for s in desk.submissions(form)]
    hits = [
        Hit(place=x["place"], found=x["raw"][:40], form=form, submission_id=i)
        for i in sent
        for x in desk.archive.leftovers.get(i, ())
        if re.search(shape, x["raw"])
    ]
    return Verdict(len(sent), hits[:1])


ROW_FUNCTIONS: Mapping[str, Callable[..., Any]] = {f.__name__: f for f in (roster_groups, roster_clash)}
SCHOOL_FUNCTIONS: Mapping[str, Callable[..., Verdict]] = {
    f.__name__: f
    for f in (
        has_filed,
        signed,
        zero_of_large,
        unique_in,
        attempts_counted,
        joint_visit,
        home_visit,
        names_others,
        absent_on_roster,
        retention_reached,
        retention_stated,
        observed,
        leftovers_say,
    )
}
