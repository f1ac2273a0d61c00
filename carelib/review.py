"""People's decisions: the ledger, what is open, settled or stale, and whether a school's report may go out (contract §7).

The ledger is append-only. The machine's finding and the person's decision stand side by side; neither erases the other.
"""
from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from carelib import values
from carelib.ledger import Ledger as Ledger
from carelib.month import Month
from carelib.records import Decision, UsageError, mint
from carelib.tables import Rows
from carelib.world import School

VERDICTS = {"finding": ("confirmed", "dismissed", "answered"), "value": ("value",), "link": ("same", "different"),
            "school": ("approve", "return")}
SAYS = {"confirmed": "属实", "dismissed": "不成立", "answered": "已说明", "value": "改用此值", "same": "同一人",
        "different": "不是同一人", "approve": "批准", "return": "退回"}


# ---- what a decision saw ---------------------------------------------------------------------------------------------

def _digest(*parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def saw_finding(finding: Mapping[str, Any]) -> str:
    return _digest(*(finding[k] for k in ("rule", "found", "place", "sentence")))


def _saw_case(month: Month, finding: Mapping[str, Any]) -> str:
    """`saw_finding`; of a finding that hangs on its case also the rows by which its pupil is found again when ids have moved."""
    rows = _rows_of(month, [finding["person_id"]]) if _hangs_on_case(month, finding) else {}
    return saw_finding(finding) + "".join(f":{','.join(of)}" for of in rows.values())


def _hangs_on_case(month: Month, finding: Mapping[str, Any]) -> bool:
    """It is about a case, and no row of its own month names the pupil."""
    return bool(finding["case_id"]) and (
        not finding["row_id"] or any(g["row_id"] == finding["row_id"] for g in month.grounds_of.get(finding["finding_id"], ())))


def _rows_of(month: Month, persons: Iterable[str]) -> dict[str, list[str]]:
    """person -> all rows of this and the earlier cycles that are tied to it."""
    rows: dict[str, list[str]] = {person: [] for person in persons}
    for link in (link for m in (*month.earlier, month) for link in m.rows("links")):
        if link["person_id"] in rows:
            rows[link["person_id"]].append(link["row_id"])
    return rows


def saw_value(value: Mapping[str, Any]) -> str:
    return _digest(value["raw"], value["problem"], value["place"])


def saw_link(month: Month, subject: str) -> str:
    """A digest of what each of this cycle's rows of the two persons says of identity; and after a colon the rows of the one and
    of the other by which they are found again when their ids have moved.
    """
    persons = subject.split("+")
    rows = _rows_of(month, persons)
    return ".".join(sorted(_identities(month, persons).elements())) + ":" + "+".join(",".join(rows[person]) for person in persons)


_IDENTITY = ("school_code", "student_name", "id_number", "student_no", "birth", "gender", "grade", "class_no")


def _identities(month: Month, persons: Collection[str]) -> Counter[str]:
    """What the cycle's rows that are tied to one of these persons say of identity, as written: a digest each."""
    row_of = _pupil_rows(month)
    return Counter(_digest([row_of[link["row_id"]].get(k) for k in _IDENTITY])[:16] for link in month.rows("links")
                   if link["person_id"] in persons and link["row_id"] in row_of)


def _still_holds(month: Month, subject: str, decision: Decision) -> bool:
    """All that a decision about two persons saw is still said of them, or of whom other answers made them; rows that those
    answers brought beside it change nothing.
    """
    seen = Counter(filter(None, decision.saw.partition(":")[0].split(".")))
    return not seen - _identities(month, {p for person in subject.split("+") for p in _redirected(month, person)})


def _redirected(month: Month, person: str | None) -> list[str]:
    """A person and whom it stands for today."""
    out: list[str] = []
    while person and person not in out:
        out.append(person)
        person = month.person.get(person, {}).get("same_as")
    return out


def follow(decisions: Iterable[Decision], month: Month, known: Mapping[str, str]) -> dict[str, str]:
    """decision -> the pair of persons (or the finding about a case) that it is about today, where a late file has moved the ids.

    `known`: what was found so before. Both are looked for by the rows that the decision saw; what cannot be found up to this
    month stays as it was.
    """
    out = {}
    told = [d for d in decisions if d.kind in ("link", "finding") and ":" in d.saw]
    findings = {f["finding_id"] for m in (*month.earlier, month) for f in m.rows("findings")} if told else set()
    for decision in told:
        def holds(subject: str, kind: str = decision.kind) -> bool:
            return subject in findings if kind == "finding" else _are_known(month, subject)
        if holds(decision.subject):
            continue
        now = known.get(decision.decision_id)
        if now is None or not holds(now):
            now = (_finding_again if decision.kind == "finding" else _found_again)(month, decision.saw) or now
        if now:
            out[decision.decision_id] = now
    return out


def _finding_again(month: Month, saw: str) -> str | None:
    """The one finding that says the same of the pupil whose the rows of a decision are now."""
    digest, _, rows = saw.partition(":")
    months = (*month.earlier, month)
    who = {link["person_id"] for m in months for link in m.rows("links") if link["row_id"] in rows.split(",")}
    same = [f["finding_id"] for m in months for f in m.rows("findings")
            if f["person_id"] in who and _hangs_on_case(m, f) and saw_finding(f) == digest]
    return same[0] if len(same) == 1 else None


def _are_known(month: Month, pair: str) -> bool:
    return all(person in month.person for person in pair.split("+"))


def _found_again(month: Month, saw: str) -> str | None:
    """The two persons to whom the rows of a decision belong now; None if a row is gone or both belong to one."""
    who = {link["row_id"]: link["person_id"] for m in (*month.earlier, month) for link in m.rows("links")}
    persons = [next((who[row] for row in rows.split(",") if row in who), None)
               for rows in saw.partition(":")[2].split("+")]
    return "+".join(map(str, persons)) if len(set(persons)) == 2 and all(persons) else None


def followed(decisions: Iterable[Decision], pairs: Mapping[str, str]) -> tuple[Decision, ...]:
    """The decisions with the pairs of `follow`."""
    return tuple(replace(d, subject=pairs.get(d.decision_id, d.subject)) for d in decisions)


def saw_report(draft: Path) -> str:
    return hashlib.sha256(draft.read_bytes()).hexdigest()


def with_states(findings: Rows, decisions: Iterable[Decision]) -> Rows:
    """The findings with `state` from the last decision on each: stale where what it saw has changed."""
    last = {d.subject: d for d in decisions if d.kind == "finding"}
    out = []
    for finding in findings:
        decision = last.get(finding["finding_id"])
        state = "open" if decision is None else decision.verdict if decision.saw.partition(":")[0] == saw_finding(finding) else "stale"
        out.append({**finding, "state": state})
    return out


# ---- what is open ----------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Open:
    """One question that waits for a person. `blocks`: the school's report may not be released before it is settled."""
    subject: str
    kind: str
    school_code: str | None
    what: str
    why: str
    blocks: bool
    stale: bool = False


def open_questions(month: Month, schools: Iterable[str] | None = None) -> list[Open]:
    """Everything of this cycle that waits for a person: findings for the reviewer, candidates, stale decisions."""
    found = [*_open_findings(month), *_open_links(month), *_stale_values(month)]
    wanted = set(schools or ())
    return [q for q in found if not wanted or q.school_code in wanted]


def _open_findings(month: Month) -> Iterable[Open]:
    for f in month.rows("findings"):
        waits = f["consequence"] == "tell_reviewer" and f["state"] in ("open", "stale")
        if waits or f["state"] == "stale":
            yield Open(f["finding_id"], "finding", f["school_code"], f["sentence"], f"规则 {f['rule']}", True,
                       f["state"] == "stale")


def _pupil_rows(month: Month) -> Mapping[str, dict[str, Any]]:
    return {r["row_id"]: r for form in month.world.catalogue.forms.values() if form.about_pupils for r in month.rows(form.code)}


def _open_links(month: Month) -> Iterable[Open]:
    row_of = _pupil_rows(month)
    seen = set()
    for link in month.rows("links"):
        if link["state"] == "candidate" and link["maybe_person_id"]:
            pair = (link["maybe_person_id"], link["person_id"])
            if pair not in seen:
                seen.add(pair)
                yield Open("+".join(pair), "link", row_of.get(link["row_id"], {}).get("school_code"), "这两名学生是不是同一个人？", link["why"], True)
    for subject, decision in month.world.decided("link").items():
        if decision.cycle == month.cycle and not _still_holds(month, subject, decision):
            yield Open(subject, "link", decision.school_code, "两名学生的资料在决定之后有变化，请重新确认。",
                       f"原决定：{SAYS[decision.verdict]}", True, True)


def _stale_values(month: Month) -> Iterable[Open]:
    at = {f"{v['row_id']}:{v['field']}": v for v in month.rows("values")}
    for subject, decision in month.world.decided("value").items():
        if decision.cycle == month.cycle and (subject not in at or decision.saw != saw_value(at[subject])):
            yield Open(subject, "value", decision.school_code, "这一格在决定之后有变化，请重新确认。", "原决定改用了人工填写的值",
                       True, True)


# ---- answers ---------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Answer:
    subject: str
    verdict: str
    by: str
    reason: str
    use: str | None = None
    line: int | None = None         # of the file in which it stands


def answers_from_csv(data: bytes) -> list[Answer]:
    """A CSV with the columns subject, verdict, by, reason, use (UTF-8 or GB18030); lines with nothing in them are passed over."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    reader = csv.DictReader(io.StringIO(text))
    columns = ("subject", "verdict", "by", "reason", "use")
    try:
        lacking = set(columns[:4]) - set(reader.fieldnames or ())
        if lacking:
            raise UsageError(f"答复文件第 1 行缺少列：{'、'.join(sorted(lacking))}；应是 CSV 文件，第 1 行写 subject, verdict, by, reason, use。"
                             "没有记下任何答复。")
        told = [(reader.line_num, {name: (row.get(name) or "").strip() for name in columns}) for row in reader]
    except csv.Error:
        raise UsageError(f"答复文件第 {reader.line_num + 1} 行读不出来，应是 CSV 文件（在 Excel 里另存为 CSV）。没有记下任何答复。") from None
    answers = [Answer(t["subject"], t["verdict"], t["by"], t["reason"], t["use"] or None, line) for line, t in told if any(t.values())]
    if not answers:
        raise UsageError("答复文件里一条答复也没有：表头下面应一行一条。没有记下任何答复。")
    return answers


def decide(month: Month, answers: Sequence[Answer], drafts: Mapping[str, Path]) -> list[Decision]:
    """Turn answers into decisions, each checked against this cycle; nothing is recorded if one of them is wrong.

    `drafts`: school_code -> the draft workbook that an approval would approve.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    made: list[Decision] = []
    faults = []
    for number, answer in enumerate(answers, 1):
        try:
            made.append(_decision(month, answer, drafts, at, len(month.world.decisions) + number, made))
        except UsageError as fault:
            line = f"，文件第 {answer.line} 行" if answer.line else ""
            faults.append(f"第 {number} 条答复（{answer.subject}{line}）：{fault}" if len(answers) > 1 else str(fault))
    if faults and len(answers) > 1:
        faults.append(f"{len(answers)} 条答复有 {len(faults)} 条不能记，所以一条也没有记下。请改正后把整份答复再记一次。")
    if faults:
        raise UsageError("\n".join(faults))
    return made


def _decision(month: Month, answer: Answer, drafts: Mapping[str, Path], at: str, number: int,
              made: Sequence[Decision]) -> Decision:
    kind, school_code, saw = _subject(month, answer.subject, drafts)
    if answer.verdict not in VERDICTS[kind]:
        raise UsageError(f"对这一项不能答“{answer.verdict}”，可以答：{'、'.join(VERDICTS[kind])}。")
    if not answer.by or not answer.reason:
        raise UsageError("请写明是谁（--by）和理由（--reason）。")
    if kind == "value":
        _usable(month, answer)
    known = (*month.world.decisions, *made)
    if (fault := _may_not(month, answer, kind, school_code, known)):
        raise UsageError(fault)
    previous = next((d.decision_id for d in reversed(known) if d.kind == kind and d.subject == answer.subject), None)
    decision_id = mint("d_", number, at, answer.by, answer.subject, answer.verdict, answer.use, saw, previous)
    return Decision(decision_id, at, answer.by, month.cycle, school_code, kind, answer.subject, answer.verdict, saw,
                    answer.use, answer.reason, previous)


def _subject(month: Month, subject: str, drafts: Mapping[str, Path]) -> tuple[str, str | None, str]:
    """kind, school and what is seen of the subject of an answer."""
    finding = next((f for f in month.rows("findings") if f["finding_id"] == subject), None)
    if finding:
        return "finding", finding["school_code"], _saw_case(month, finding)
    if "+" in subject:
        persons = [month.person[p] for p in subject.split("+") if p in month.person]
        if len(persons) != 2:
            raise UsageError(f"本周期没有“{subject}”这两个人。")
        rows = {link["row_id"] for link in month.rows("links") if link["person_id"] in subject.split("+")}
        schools = sorted({r["school_code"] for key, r in _pupil_rows(month).items() if key in rows})
        return "link", schools[0] if schools else None, saw_link(month, subject)
    if ":" in subject:
        row_id, _, field = subject.partition(":")
        value = next((v for v in month.values_of.get(row_id, ()) if v["field"] == field), None)
        if value is None:
            raise UsageError(f"本周期没有“{subject}”这一格。")
        return "value", value["school_code"], saw_value(value)
    school = month.world.school(subject)
    if school is None:
        raise UsageError(f"“{subject}”不是本周期的问题编号、格、学生对或学校标识码。")
    if school.code not in drafts or not drafts[school.code].exists():
        raise UsageError(f"{school.name}还没有报告草稿，请先运行本周期。")
    return "school", school.code, saw_report(drafts[school.code])


def _usable(month: Month, answer: Answer) -> None:
    """The value a person gives must itself be in normal form, or readable to it."""
    row_id, _, name = answer.subject.partition(":")
    form = next(v["form"] for v in month.values_of[row_id] if v["field"] == name)
    field = month.world.catalogue.forms[form].fields[name]
    if not answer.use:
        raise UsageError("请用 --use 写明改用的值。")
    context = values.Context(month.world.catalogue.codes, month.cycle, psych_levels=month.world.policy.psych_levels)
    reading = values.parse(answer.use, field, context)
    if reading.value is None:
        raise UsageError(f"改用的值读不出来：{reading.problem or '是空的'}")


def analysts_of(month: Month, school_code: str, decisions: Iterable[Decision]) -> set[str]:
    """Who worked on this school's month: the bureau's analysts, and whoever answered for it without being a reviewer."""
    people = month.world.policy.people
    answered = {d.by for d in decisions if d.kind != "school" and d.school_code == school_code and d.cycle == month.cycle}
    return set(people.analysts) | (answered - set(people.reviewers))


def _may_not(month: Month, answer: Answer, kind: str, school_code: str | None, decisions: Iterable[Decision]) -> str | None:
    people = month.world.policy.people
    if kind != "school":
        known = set(people.analysts) | set(people.reviewers)
        if people.analysts and people.reviewers and answer.by not in known:
            return f"{answer.by}不在 district.toml 的 analysts 或 reviewers 里，不能作答。"
        return None
    if people.reviewers and answer.by not in people.reviewers:
        return f"{answer.by}不在 district.toml 的 reviewers 里，不能批准或退回。"
    if answer.by in analysts_of(month, school_code or "", decisions):
        return f"{answer.by}经手过这所学校本周期的数据，不能由同一个人批准。请另一位审核人批准。"
    return None


# ---- release ---------------------------------------------------------------------------------------------------------

def why_not_release(month: Month, school: School, draft: Path) -> list[str]:
    """The reasons why this school's report may not be released; [] if it may."""
    reasons = []
    waiting = open_questions(month, [school.code])
    if waiting:
        stale = sum(q.stale for q in waiting)
        reasons.append(f"还有 {len(waiting)} 项等人决定" + (f"（其中 {stale} 项原决定已过期）" if stale else ""))
    if not draft.exists():
        return [*reasons, "还没有报告草稿"]
    decision = month.world.decided_in("school", month.cycle).get(school.code)
    if decision is None:
        reasons.append("还没有审核人批准")
    elif decision.verdict != "approve":
        reasons.append(f"{decision.by}退回了这份报告")
    elif decision.saw != saw_report(draft):
        reasons.append(f"{decision.by}批准之后内容有变化，需要重新批准")
    elif decision.by in analysts_of(month, school.code, month.world.decisions):
        reasons.append(f"批准人{decision.by}也经手过这所学校的数据，需要另一位审核人批准")
    return reasons
