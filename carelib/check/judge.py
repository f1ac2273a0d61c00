"""The rules of the catalogue over one school: what each says of it, or why it says nothing. Silence is not a pass."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from carelib.catalogue import Catalogue, Rule
from carelib.check.archive import Archive
from carelib.check.care import CARE_FUNCTIONS, CARE_ROWS
from carelib.check.desk import NOT_JUDGED, REGISTERS, Desk
from carelib.check.duty import DUTY_FUNCTIONS
from carelib.check.functions import ROW_FUNCTIONS, SCHOOL_FUNCTIONS, Verdict, seen_hits
from carelib.kinds import ROW_KINDS, Hit, Line, items
from carelib.records import CatalogueError

ROWS: Mapping[str, Callable[..., Any]] = {**ROW_KINDS, **ROW_FUNCTIONS, **CARE_ROWS}
SCHOOL: Mapping[str, Callable[..., Verdict]] = {**SCHOOL_FUNCTIONS, **DUTY_FUNCTIONS, **CARE_FUNCTIONS}
COMMON = ("when", "unless", "forms", "yields_to", "row_yields_to")  # parameters that every kind understands
FIELD_PARAMETERS = ("field", "fields", "by", "over", "plus", "minus", "limits")
SILENT = ("missing", "unreadable", "zero", "empty", "filed", "no_term", "no_case", "not_due", "not_owed", "not_collected")
MANY = 3  # from so many rows on, one mistake in all of them is one finding


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule with its kind found and its parameters taken apart."""

    rule: Rule
    run: Callable[..., Any]
    by_row: bool
    params: Mapping[str, Any]
    forms: tuple[str, ...]  # whose rows it looks at
    when: Sequence[Mapping[str, Any]]  # alternatives; each: field -> values that it must have
    unless: Sequence[Mapping[str, Any]]
    yields_to: frozenset[str]  # rules that tell the same cell better
    row_yields_to: frozenset[str]  # rules after which this one says nothing of the row


@dataclass(slots=True)
class Judgement:
    """What a rule says of a school."""

    ready: Ready
    outcome: str
    n: int
    why: str
    hits: list[Hit]


def prepare(catalogue: Catalogue) -> list[Ready]:
    """Every rule ready to run; a `CatalogueError` names each rule that no kind can run."""
    faults: list[str] = []
    ready = [r for rule in catalogue.rules if (r := _ready(catalogue, rule, faults))]
    known = {r.id for r in catalogue.rules}
    faults += [
        f"rules/{r.rule.source} {r.rule.id}：yields_to 里的“{y}”不是规则"
        for r in ready
        for y in sorted(r.yields_to | r.row_yields_to)
        if not any(_serves(k, y) for k in known)
    ]
    if faults:
        raise CatalogueError("\n".join(faults))
    return ready


def prepare_one(catalogue: Catalogue, rule: Rule) -> Ready:
    """One rule ready to run by itself."""
    faults: list[str] = []
    ready = _ready(catalogue, rule, faults)
    if ready is None or faults:
        raise CatalogueError("\n".join(faults))
    return ready


def _ready(catalogue: Catalogue, rule: Rule, faults: list[str]) -> Ready | None:
    where, params = f"rules/{rule.source} {rule.id}", dict(rule.params)
    common = {k: params.pop(k, ()) for k in COMMON}
    run = ROWS.get(rule.kind) or SCHOOL.get(rule.kind)
    if run is None:
        faults.append(f"{where}：没有“{rule.kind}”这种 kind")
        return None
    by_row = rule.kind in ROWS
    forms = tuple(common["forms"]) or _forms_of(catalogue, rule)
    if "forms" in inspect.signature(run).parameters:
        params["forms"] = forms
    try:
        inspect.signature(run).bind(*((None, None) if by_row else (None,)), **params)
    except TypeError as fault:
        faults.append(f"{where}：{rule.kind} 的参数不对（{fault}）")
    if by_row and not forms:
        faults.append(f"{where}：{rule.kind} 要逐行判断，form 应是一种表或“*”")
    faults += [f"{where}：没有“{f}”这种表" for f in forms if f not in catalogue.forms]
    ready = Ready(
        rule,
        run,
        by_row,
        params,
        forms,
        _alternatives(common["when"]),
        _alternatives(common["unless"]),
        frozenset(common["yields_to"]),
        frozenset(common["row_yields_to"]),
    )
    printed = {n for f in forms if f in catalogue.forms for n in catalogue.forms[f].fields}
    faults += [
        f"{where}：{'、'.join(forms)}里没有“{n}”这一栏" for n in sorted(_fields_named(ready) - printed) if by_row
    ]
    return ready


def _forms_of(catalogue: Catalogue, rule: Rule) -> tuple[str, ...]:
    if rule.form == "*":
        return tuple(f.code for f in catalogue.forms.values() if f.about_pupils)
    return (rule.form,) if rule.form in catalogue.forms else ()


def _alternatives(value: Any) -> Sequence[Mapping[str, Any]]:
    return [value] if isinstance(value, Mapping) else list(value)


def _fields_named(ready: Ready) -> set[str]:
    given = [ready.params.get(k, ()) for k in FIELD_PARAMETERS] if ready.by_row else []
    named = {n for v in given for n in ([v] if isinstance(v, str) else v)}
    return named | {n for c in (*ready.when, *ready.unless) for n in c}


# ---- one rule, one school -------------------------------------------------------------------------


def judge(ready: Ready, desk: Desk) -> Judgement:
    """What the rule says of the school before other rules are heard."""
    rule = ready.rule
    if rule.kind == "observed":
        return _judge_observed(ready, desk)
    closed = _out_of_scope(rule, desk) or _lacking(rule, desk)
    if closed:
        return Judgement(ready, *closed, [])
    return _judge_rows(ready, desk) if ready.by_row else _judge_school(ready, desk)


def _out_of_scope(rule: Rule, desk: Desk) -> tuple[str, int, str] | None:
    if (rule.since and desk.cycle < rule.since) or (rule.until and desk.cycle > rule.until):
        return "not_applicable", 0, "本月不适用这条规则"
    if rule.applies and desk.school.kind not in rule.applies:
        return "not_applicable", 0, f"{desk.school.kind}不适用这条规则"
    return None


def _lacking(rule: Rule, desk: Desk) -> tuple[str, int, str] | None:
    """What the rule needs and does not have; `a|b` means that either will do. A form that is not owed needs nothing."""
    if rule.form in desk.forms and desk.state(rule.form) == "not_owed":
        return None
    for need in rule.needs:
        if need in REGISTERS:
            if why := desk.without(need):
                return "not_judged", 0, why
            continue
        states = [desk.state(f) for f in need.split("|")]
        if not any(s in ("filed", "zero") for s in states):
            return _silence(desk, list(zip(need.split("|"), states)))
    return None


def _silence(desk: Desk, states: Sequence[tuple[str, str]]) -> tuple[str, int, str]:
    """Nothing to judge in any of these forms: not judged if one should have been there, else not applicable."""
    form, state = min(states, key=lambda s: SILENT.index(s[1]))
    return "not_judged" if state in NOT_JUDGED else "not_applicable", 0, desk.nothing(form, state)


def _judge_rows(ready: Ready, desk: Desk) -> Judgement:
    lines = [x for f in ready.forms for x in desk.lines(f)]
    if not lines:
        return _without_rows(ready, desk)
    hits, n, asked = [], 0, 0
    for line in lines:
        if not _holds(ready, line):
            continue
        asked += 1
        found = ready.run(line, desk, **ready.params)
        if found is not None:
            n += 1
            hits += found
    if not n:
        why = "这些行里要看的内容没有填写或读不出来" if asked else "没有符合条件的行"
        return Judgement(ready, "not_judged" if asked else "not_applicable", 0, why, [])
    return Judgement(ready, "failed" if hits else "passed", n, "", _once_a_cell(hits))


def _without_rows(ready: Ready, desk: Desk) -> Judgement:
    states = [(f, desk.state(f)) for f in ready.forms]
    if any(s == "filed" and f not in desk.filed and desk.forms[f].cycle == "term" for f, s in states):
        return _carried(ready, desk)
    if any(s == "filed" for _, s in states):
        return Judgement(
            ready, "not_applicable", 0, desk.nothing(next(f for f, s in states if s == "filed"), "empty"), []
        )
    return Judgement(ready, *_silence(desk, states), [])


def _carried(ready: Ready, desk: Desk) -> Judgement:
    """A term form that came in an earlier month: what was said of it then still holds, and is not asked again."""
    form = ready.forms[0]
    cycle = desk.archive.standing_cycle(desk.school.code, form) if len(ready.forms) == 1 else None
    said = desk.archive.judgements(cycle).get((desk.school.code, ready.rule.id)) if cycle else None
    if said is None:
        return Judgement(ready, "not_applicable", 0, "本学期的表已在报送的月份判断过", [])
    return Judgement(ready, said["outcome"], said["n"], said["why"] or f"沿用{cycle}报送的表的判断", [])


def _judge_school(ready: Ready, desk: Desk) -> Judgement:
    states = [(f, desk.state(f)) for f in ready.forms]
    if states and not any(s in ("filed", "zero") for _, s in states):
        return Judgement(ready, *_silence(desk, states), [])
    if states and all(desk.forms[f].cycle == "term" and not desk.submissions(f) for f in ready.forms):
        return _carried(ready, desk)
    said = ready.run(desk, **ready.params)
    outcome = said.outcome or ("failed" if said.hits else "passed" if said.n else "not_applicable")
    why = said.why or ("" if said.n or said.hits else "没有需要判断的内容")
    return Judgement(ready, outcome, max(said.n, len(said.hits)), why, _once_a_cell(said.hits))


def _judge_observed(ready: Ready, desk: Desk) -> Judgement:
    hits = list(ready.run(desk, **ready.params).hits)
    if hits:
        return Judgement(ready, "failed", len(hits), "", hits)
    closed = _out_of_scope(ready.rule, desk) or _lacking(ready.rule, desk)
    if closed:
        return Judgement(ready, *closed, [])
    form = ready.rule.form
    if form == "case":
        form, n = "absent_list", len(desk.archive.cases.get(desk.school.code, []))
        if desk.state(form) in ("filed", "zero") and not n:
            return Judgement(ready, "not_applicable", 0, "这所学校没有个案", [])
    elif form in desk.forms:
        n = len(desk.lines(form)) or len(desk.submissions(form))
    else:
        n = sum(len(desk.submissions(f)) for f in desk.forms)
        return Judgement(ready, "passed" if n else "not_judged", n, "" if n else "本月没有收到可读的报表", [])
    state = desk.state(form)
    if state not in ("filed", "zero"):
        return Judgement(ready, *_silence(desk, [(form, state)]), [])
    return (
        Judgement(ready, "passed", n, "", [])
        if n
        else Judgement(ready, "not_applicable", 0, desk.nothing(form, "empty"), [])
    )


def _holds(ready: Ready, line: Line) -> bool:
    """The row is one that the rule is about; a condition on a cell that says nothing does not hold."""
    if ready.when and not any(_fits(c, line) for c in ready.when):
        return False
    return not any(_fits(c, line) for c in ready.unless)


def _fits(condition: Mapping[str, Any], line: Line) -> bool:
    for name, wanted in condition.items():
        value = line.get(name)
        if value is None:
            return False
        if isinstance(value, bool) or isinstance(wanted, bool):
            if value is not wanted:
                return False
        elif not set(items(value)) & set(wanted if isinstance(wanted, (list, tuple)) else [wanted]):
            return False
    return True


def _once_a_cell(hits: Iterable[Hit]) -> list[Hit]:
    """Rows that share a merged cell share what is wrong with it."""
    out, seen = [], set()
    for hit in hits:
        place = hit.place or (hit.line.cell(hit.field, "place") if hit.line and hit.field else None)
        key = (hit.line.row["submission_id"], hit.field, place) if hit.line and place else None
        if key is None or key not in seen:
            out.append(hit)
        seen.add(key)
    return out


# ---- all rules, one school ------------------------------------------------------------------------


def judge_all(ready: Sequence[Ready], desk: Desk) -> list[Judgement]:
    """Every rule, each mistake told by one of them, a mistake of a whole form told once."""
    said = [judge(r, desk) for r in ready]
    told: dict[str, list[Hit]] = defaultdict(list)
    for j in said:
        told[j.ready.rule.id] += j.hits
    for j in said:
        if j.hits and (j.ready.yields_to or j.ready.row_yields_to):
            _yield(j, told)
    for j in said:
        j.hits = _as_one(j.hits, desk) if j.ready.by_row else j.hits
    return said


def _serves(rule: str, wanted: str) -> bool:
    """'X5' names only itself, 'X5*' all of its family."""
    return rule.startswith(wanted[:-1]) if wanted.endswith("*") else rule == wanted


def _yield(judgement: Judgement, told: Mapping[str, Sequence[Hit]]) -> None:
    """What a better rule tells is taken away; the judgement stays as it is."""
    ready = judgement.ready
    better = [h for rule, hits in told.items() if any(_serves(rule, y) for y in ready.yields_to) for h in hits]
    rows = {_row(h) for rule, hits in told.items() if any(_serves(rule, y) for y in ready.row_yields_to) for h in hits}
    kept = [h for h in judgement.hits if not (_row(h) and _row(h) in rows) and not any(_same(h, o) for o in better)]
    if len(kept) < len(judgement.hits) and not kept:
        judgement.why = "已由别的规则指出"
    judgement.hits = kept


def _row(hit: Hit) -> str | None:
    return hit.line.row_id if hit.line else hit.row_id


def _same(hit: Hit, other: Hit) -> bool:
    """Both are about the same cell, row, case or paper."""
    if _row(hit) or _row(other):
        return _row(hit) == _row(other) and (not hit.field or not other.field or hit.field == other.field)
    if hit.case_id or other.case_id:
        return hit.case_id == other.case_id
    if hit.submission_id and other.submission_id:
        return hit.submission_id == other.submission_id
    return hit.form is not None and hit.form == other.form


def _as_one(hits: list[Hit], desk: Desk) -> list[Hit]:
    """The same blank or word in every row of a paper is one finding about the column."""
    groups: dict[tuple[Any, ...], list[Hit]] = defaultdict(list)
    for hit in hits:
        line = hit.line
        groups[
            (line.row["submission_id"], line.form, hit.field, line.raw(hit.field) if hit.field else "")
            if line
            else ("",)
        ].append(hit)
    out = []
    for key, group in groups.items():
        rows = {h.line.row_id for h in group if h.line}
        if len(rows) >= MANY and group[0].field and len(rows) == _size(desk, key[0], key[1]):
            out.append(_of_column(group, desk))
        else:
            out += group
    return out


def _size(desk: Desk, submission_id: str, form: str) -> int:
    return sum(x.row["submission_id"] == submission_id for x in desk.lines(form))


def _of_column(group: list[Hit], desk: Desk) -> Hit:
    first = group[0]
    line = first.line
    assert line is not None and first.field is not None
    at = f"{desk.forms[line.form].short} 全部 {len(group)} 行"
    return replace(
        first,
        line=None,
        facts={**first.facts, "at": at},
        form=line.form,
        place=line.cell(first.field, "place"),
        found=line.raw(first.field),
        submission_id=line.row["submission_id"],
        about=line.row["submission_id"],
    )


def unknown_codes(archive: Archive, ready: Sequence[Ready]) -> list[str]:
    """Codes that were observed and that no rule names: what nobody words would vanish."""
    named = {c for r in ready if r.rule.kind == "observed" for c in _codes(r)}
    return sorted({code for code, _ in archive.seen} - named)


def nobodys_hits(ready: Ready, archive: Archive, known: Iterable[str]) -> list[tuple[str | None, Hit]]:
    """What was observed of no school, or of one that is not open: (school_code, hit)."""
    codes = _codes(ready)
    schools = {school for code, school in archive.seen if code in codes}
    return [(code, h) for code in sorted(schools - set(known), key=str) for h in seen_hits(archive.seen, codes, code)]


def _codes(ready: Ready) -> list[str]:
    codes = ready.params["code"]
    return [codes] if isinstance(codes, str) else list(codes)
