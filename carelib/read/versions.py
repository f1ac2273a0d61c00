"""Which version counts (contract §4): whole files of one school, form and month (and pupil) against each other."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import PurePosixPath

from carelib.records import Observation, Row, Submission
from carelib.world import World

SHANGHAI = timezone(timedelta(hours=8))
_COPY = re.compile(r"(?:副本|[-_ ]*复制|copy|\s*[(（]\s*\d{1,2}\s*[)）])", re.IGNORECASE)
_CAMPUS = re.compile(r"(?:学|校|中|[(（：: ])([\u4e00-\u9fff]{1,4}(?:校区|教学点|分校)|本部)")
_NUMBER = re.compile(r"(?:[vV]|第|版本|版|稿|改|修改|修订|[-_（(])\s*([0-9]{1,2}|[一二三四五六七八九])\s*(?:版|稿|次)?\s*[)）]?$|([0-9]{1,2})\s*(?:版|稿)")
_CN = {c: i for i, c in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, slots=True)
class Version:
    """What one file holds for one school, form and month."""
    file: str
    parts: tuple[Submission, ...]
    content: tuple                          # what it says, for telling equal ones
    when: str | None                        # day or moment from which its order can be told
    rank: int                               # by the words of its name and title
    number: int                             # by the number in its name
    adds: bool                              # 补报, 补充

    @property
    def is_zero(self) -> bool:
        return all(p.is_zero for p in self.parts)

    @property
    def rows(self) -> frozenset:
        return frozenset(self.content[0])


def settle(submissions: Iterable[Submission], world: World) -> list[Submission]:
    """accepted | superseded across files, and `on_time`; order and number of the submissions stay."""
    given = list(submissions)
    changed: dict[str, Submission] = {s.submission_id: replace(s, on_time=on_time(s, world)) for s in given}
    changed.update(_same_sheets(list(changed.values()), world))
    for group in _groups(changed.values()):
        for sub in _decide(group, world):
            changed[sub.submission_id] = sub
    return [changed[s.submission_id] for s in given]


def on_time(sub: Submission, world: World) -> bool | None:
    """Received (else filled in, by its own date) by the cycle's deadline, in the time of Shanghai; None if unknown."""
    day = received_day(sub)
    return None if day is None or sub.form is None else day <= world.policy.due_date(world.cycle)


def received_day(sub: Submission) -> date | None:
    if sub.received_at:
        return _moment(sub.received_at).date()
    if sub.filled_date and re.fullmatch(r"\d{4}-\d\d-\d\d", sub.filled_date):
        return date.fromisoformat(sub.filled_date)
    return None


def _moment(text: str) -> datetime:
    """A moment in the time of Shanghai, which also holds where no zone is written."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI)


def _same_sheets(subs: list[Submission], world: World) -> dict[str, Submission]:
    """A copy of a sheet within one file counts once."""
    words = world.catalogue.wording["read"]["reason"]
    seen: dict[tuple, str] = {}
    out: dict[str, Submission] = {}
    for sub in subs:
        if sub.state != "accepted" or not sub.rows or sub.form == "case_file":
            continue
        name = (sub.file, sub.form, sub.school_code, sub.period, _content([sub])[0])
        if name in seen:
            out[sub.submission_id] = replace(sub, state="superseded", reason_code="duplicate", reason=words["own_copy"],
                                             superseded_by=seen[name])
        else:
            seen[name] = sub.submission_id
    return out


def _groups(subs: Iterable[Submission]) -> list[list[Submission]]:
    """Accepted submissions of one school, form and month; pages also of one pupil."""
    groups: dict[tuple, list[Submission]] = {}
    for sub in subs:
        if sub.state == "accepted" and sub.school_code and sub.form:
            groups.setdefault((sub.form, sub.school_code, sub.period, _campus(sub)), []).append(sub)
    out = []
    for (form, *_), members in groups.items():
        out += _by_pupil(members) if form == "case_file" else [members]
    return [g for g in out if g]


def _campus(sub: Submission) -> str:
    """A campus of its own, or a school that was merged, sends a list beside the school's, not a version of it."""
    merged = next((o.found for o in sub.observations if o.code == "merged_school" and o.found), "")
    if merged:
        return merged
    named = {m[1] for f in sub.furniture if f.kind in ("title", "info") for m in _CAMPUS.finditer(f.raw)}
    return named.pop() if len(named) == 1 else ""


def _by_pupil(pages: list[Submission]) -> list[list[Submission]]:
    """Pages of one pupil: the same number, or the same name and no number that differs."""
    groups: list[list[Submission]] = []
    for page in sorted(pages, key=lambda p: (p.file, p.submission_id)):
        row = next((r for r in page.rows if r.form == "case_file"), None)
        if row is None:
            groups.append([page])
            continue
        home = next((g for g in groups if any(_same_pupil(row, r) for p in g for r in p.rows if r.form == "case_file")), None)
        if home is None:
            groups.append([page])
        else:
            home.append(page)
    return groups


def _same_pupil(a: Row, b: Row) -> bool:
    for field in ("id_number", "student_no"):
        if a.get(field) and b.get(field):
            return a.get(field) == b.get(field)
    name = a.get("student_name")
    return bool(name) and name == b.get("student_name") and all(
        not a.get(f) or not b.get(f) or a.get(f) == b.get(f) for f in ("birth", "gender"))


# ---- one group --------------------------------------------------------------------------------------------------------

def _decide(group: list[Submission], world: World) -> list[Submission]:
    versions = _versions(group, world)
    if len(versions) == 1:
        return []
    ordered, sure = _in_order(versions)
    counting: list[Version] = []
    out: dict[str, Submission] = {}
    words = world.catalogue.wording["read"]["reason"]
    asked: list[str] = []
    for version in ordered:
        same = next((c for c in ordered[:ordered.index(version)] if c.content == version.content), None)
        if same is not None:
            _supersede(version, same.parts[0].submission_id, words["same"], "duplicate", out)
        elif version.adds and counting:
            counting = _added(version, counting, words, out)
        elif counting and all(c.adds for c in counting) and not version.is_zero:
            counting.append(version)                    # what was added came before what it is added to
            asked.append("added")
        else:
            for old in counting:
                _supersede(old, version.parts[0].submission_id, words["replaced"], None, out)
                if old.rows and version.is_zero:
                    asked.append("zero")
            counting = [version]
    first = min((v for v in versions), key=lambda v: (v.when is None, v.when or "", v.file))
    punctual = first.parts[0].on_time
    for version in versions:
        for part in version.parts:
            out[part.submission_id] = replace(out.get(part.submission_id, part), on_time=punctual)
    if (not sure and len({v.content for v in versions}) > 1) or asked:
        _ask(counting, versions, words[f"unclear_{asked[-1] if asked else 'order'}"], out)
    return list(out.values())


def _versions(group: list[Submission], world: World) -> list[Version]:
    files: dict[str, list[Submission]] = {}
    for sub in group:
        files.setdefault(sub.file, []).append(sub)
    return [_version(file, parts, world) for file, parts in sorted(files.items())]


def _version(file: str, parts: list[Submission], world: World) -> Version:
    words = world.catalogue.wording["read"]["version"]
    title = " ".join(f.raw for p in parts for f in p.furniture if f.kind == "title")
    stem = unicodedata.normalize("NFKC", PurePosixPath(file).name)
    while PurePosixPath(stem).suffix and len(PurePosixPath(stem).suffix) <= 6:
        stem = PurePosixPath(stem).stem
    said = f"{file} {title}"
    rank = next((r for r, key in ((2, "rank2"), (1, "rank1"), (-1, "rank0")) if any(w in said for w in words[key])), 0)
    found = _NUMBER.search(_strip_date(stem))
    number = (found[1] or found[2]) if found else ""
    when = max((p.received_at for p in parts if p.received_at), default=None)
    if when is not None:
        when = _moment(when).isoformat()
    else:
        when = max((p.filled_date for p in parts if p.filled_date and len(p.filled_date) == 10), default=None)
    return Version(file, tuple(parts), _content(parts), when, rank, _CN.get(number, 0) or int(number or 0),
                   any(w in said for w in words["add"]))


def _strip_date(stem: str) -> str:
    return re.sub(r"(?:19|20)\d{2}[年.\-_]?\d{1,2}[月.\-_]?(?:\d{1,2}日?)?|\d{1,2}月(?:份)?(?:\d{1,2}日)?|\d{1,2}\.\d{1,2}$", " ", stem).strip()


def _content(parts: list[Submission]) -> tuple:
    """What the rows say, apart from serial numbers and places; and whether it is a zero report."""
    rows = tuple(sorted(tuple(sorted((v.field, v.value if v.value is not None else v.raw or "") for v in r.values
                                     if v.field != "seq" and (v.value is not None or v.raw))) for p in parts for r in p.rows))
    return rows, all(p.is_zero for p in parts)


def _in_order(versions: list[Version]) -> tuple[list[Version], bool]:
    """By receipt; where that does not tell, by word and number; and whether it was told by receipt."""
    days = [v.when for v in versions]
    told = all(days) and len({d for d in days}) == len(days) and len({len(d or "") > 10 for d in days}) == 1
    if told:
        return sorted(versions, key=lambda v: (v.when, v.file)), True
    dates = [d[:10] if d else None for d in days]
    known = all(dates)
    key = (lambda v: ((v.when or "")[:10], v.rank, v.number, v.when or "", v.file)) if known else (
        lambda v: (v.rank, v.number, v.when or "", v.file))
    sure = known and len(set(dates)) == len(dates)
    return sorted(versions, key=key), sure


def _supersede(version: Version, by: str, reason: str, code: str | None, out: dict[str, Submission]) -> None:
    for part in version.parts:
        out[part.submission_id] = replace(part, state="superseded", superseded_by=by, reason=reason, reason_code=code)


def _added(version: Version, counting: list[Version], words: Mapping[str, str], out: dict[str, Submission]) -> list[Version]:
    """Rows are added; a zero report that stood before, or a list that the addition repeats whole, counts no more."""
    kept = []
    for old in counting:
        if old.is_zero and not version.is_zero:
            _supersede(old, version.parts[0].submission_id, words["zero_replaced"], None, out)
        elif old.rows and old.rows <= version.rows:
            _supersede(old, version.parts[0].submission_id, words["contained"], None, out)
        else:
            kept.append(old)
    return [*kept, version]


def _ask(counting: list[Version], versions: list[Version], why: str, out: dict[str, Submission]) -> None:
    """C23: the reviewer looks at what counts."""
    part = counting[-1].parts[0]
    now = out.get(part.submission_id, part)
    seen = Observation("versions_unclear", part.school_code, submission_id=part.submission_id, facts={"n": len(versions), "why": why})
    out[part.submission_id] = replace(now, observations=(*now.observations, seen))
