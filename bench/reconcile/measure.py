"""How well rows are linked: pairs, merged persons, twins, same names, the queue; alone and once the queue is answered.

python bench/reconcile/measure.py [--level usual] [--seeds 1,2] [--schools 100] [--months 12] [--no-answers] [--errors N]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from simulate import District, Month  # noqa: E402

from carelib import catalogue  # noqa: E402
from carelib.policy import Policy  # noqa: E402
from carelib.reconcile import reconcile_month  # noqa: E402
from carelib.records import Decision  # noqa: E402
from carelib.world import World  # noqa: E402


def world(district: District, cycle: str, decisions: tuple[Decision, ...] = ()) -> World:
    return World(cycle, catalogue.load(), Policy(), tuple(district.schools), None, (), decisions, b"bench")


def _no_pairs() -> list[int]:
    return [0, 0, 0]


@dataclass
class Score:
    """Pairs of rows called one pupil, pooled over districts."""

    right: int = 0
    said: int = 0
    true: int = 0
    persons: int = 0
    merged: int = 0
    exact: int = 0
    pupils: int = 0
    rows: int = 0
    asked: int = 0
    seconds: float = 0
    groups: dict[str, list[int]] = field(default_factory=lambda: defaultdict(_no_pairs))

    def add(self, truth: Mapping[str, int], said: Mapping[str, str], district: District) -> None:
        cell = Counter((truth[r], said[r]) for r in truth)
        person, pupil = Counter(said.values()), Counter(truth.values())
        self.right += sum(n * (n - 1) // 2 for n in cell.values())
        self.said += sum(n * (n - 1) // 2 for n in person.values())
        self.true += sum(n * (n - 1) // 2 for n in pupil.values())
        whose = defaultdict(set)
        for pid, one in cell:
            whose[one].add(pid)
        self.persons, self.pupils, self.rows = (
            self.persons + len(person),
            self.pupils + len(pupil),
            self.rows + len(truth),
        )
        self.merged += sum(len(v) > 1 for v in whose.values())
        self.exact += sum(n == pupil[pid] == person[one] for (pid, one), n in cell.items())
        for name, chosen in (
            ("twins", {p.pid for p in district.pupils if p.twin is not None}),
            ("same name", {p.pid for p in district.pupils if p.namesake}),
        ):
            group = self.groups[name]
            touched = {one for (pid, one) in cell if pid in chosen}
            for one in touched:
                inside = (
                    sum(n for (pid, o), n in cell.items() if o == one and pid in chosen)
                    if len(whose[one]) > 1
                    else person[one]
                )
                total, out = person[one], person[one] - inside
                group[1] += total * (total - 1) // 2 - out * (out - 1) // 2
            group[0] += sum(n * (n - 1) // 2 for (pid, _), n in cell.items() if pid in chosen)
            group[2] += sum(n * (n - 1) // 2 for pid, n in pupil.items() if pid in chosen)

    def merge(self, other: Score) -> None:
        """Add what was counted in another district."""
        for key, value in vars(other).items():
            if key != "groups":
                setattr(self, key, getattr(self, key) + value)
        for name, counts in other.groups.items():
            self.groups[name] = [a + b for a, b in zip(self.groups[name], counts)]

    def line(self, name: str) -> str:
        groups = "  ".join(f"{k} {v[0] / max(v[1], 1):.4f}/{v[0] / max(v[2], 1):.4f}" for k, v in self.groups.items())
        return (
            f"{name:34s} P {self.right / max(self.said, 1):.5f} R {self.right / self.true:.5f} exact {self.exact / self.pupils:.3f} "
            f"merged {self.merged}/{self.persons} queue {self.asked} ({self.asked / self.rows:.2%})  {groups}  {self.seconds:.1f}s"
        )


@dataclass
class Step:
    """One month reconciled: its tables, and what is known so far of rows, pupils and persons."""

    month: Month
    out: dict[str, Any]
    now: dict[str, str]  # this month's row -> person
    truth: dict[str, int]  # row of any month so far -> pupil
    owner: Mapping[str, Counter]  # person -> pupils of its rows so far
    asked: set[tuple[str, str]]  # pairs of persons that were asked about
    seconds: float


def walked(
    district: District, months: Iterable[Month], answer: bool, truth: dict[str, int] | None = None
) -> Iterator[Step]:
    """Month after month; with `answer` a perfect reviewer answers each month's queue. `truth` grows with the months."""
    truth = {} if truth is None else truth
    before, decisions = None, ()
    owner: dict[str, Counter] = defaultdict(Counter)
    for month in months:
        truth |= month.truth
        asked, took = set(), 0.0
        for _ in range(4):
            start = time.process_time()
            out = reconcile_month(world(district, month.cycle, decisions), month.tables, before)
            took += time.process_time() - start
            now = {r["row_id"]: r["person_id"] for r in out["links"]}
            open_ = [r for r in out["links"] if r["state"] == "candidate"]
            asked |= {(r["person_id"], r["maybe_person_id"]) for r in open_}
            if not (answer and open_):
                break
            decisions += tuple(_answer(r, truth, now, owner) for r in open_)
        for row_id, person in now.items():
            owner[person][truth[row_id]] += 1
        yield Step(month, out, now, truth, owner, asked, took)
        before = out


def run(
    district: District, months: list[Month], answer: bool
) -> tuple[dict[str, str], int, float, list[dict[str, Any]]]:
    """(row -> person, questions asked, seconds, all links)."""
    said: dict[str, str] = {}
    pairs, took, links = set(), 0.0, []
    for step in walked(district, months, answer):
        said |= step.now
        pairs |= step.asked
        took += step.seconds
        links += step.out["links"]
    return said, len(pairs), took, links


def _answer(
    link: dict[str, Any], truth: Mapping[str, int], now: Mapping[str, str], owner: Mapping[str, Counter]
) -> Decision:
    older = (
        owner[link["maybe_person_id"]]
        if link["maybe_person_id"] in owner
        else Counter(truth[r] for r, p in now.items() if p == link["maybe_person_id"])
    )
    pupil = older.most_common(1)[0][0]
    verdict = "same" if truth[link["row_id"]] == pupil else "different"
    return Decision("d", "", "", "", None, "link", f"{link['maybe_person_id']}+{link['person_id']}", verdict, "")


def arguments() -> argparse.ArgumentParser:
    """What every benchmark of districts is asked with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--level", default="usual")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--months", type=int, default=12)
    return parser


def main() -> None:
    parser = arguments()
    parser.add_argument("--no-answers", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    given = parser.parse_args()
    for level in given.level.split(","):
        scores = {"alone": Score(), "answered": Score()}
        for seed in map(int, given.seeds.split(",")):
            district = District(seed, level, given.schools, given.months)
            months = list(district.run())
            truth = {k: v for m in months for k, v in m.truth.items()}
            for name, score in scores.items():
                if name == "answered" and given.no_answers:
                    continue
                said, asked, took, links = run(district, months, name == "answered")
                score.add(truth, said, district)
                score.asked, score.seconds = score.asked + asked, score.seconds + took
                if given.errors and name == "alone":
                    show(district, months, truth, said, links, given.errors)
        for name, score in scores.items():
            if score.rows:
                print(score.line(f"{level} cascade, {name}"), flush=True)


def show(
    district: District,
    months: list[Month],
    truth: Mapping[str, int],
    said: Mapping[str, str],
    links: list[dict[str, Any]],
    most: int,
) -> None:
    """Where it went wrong, by method: links to a person whose first row is another pupil's; splits by the row that founded them."""
    first: dict[str, int] = {}
    method = Counter()
    wrong, split = Counter(), Counter()
    seen: set[int] = set()
    rows = {r["row_id"]: (f, r) for m in months for f in ("absent_list", "follow_up") for r in m.tables[f]}
    raw = {v["row_id"]: v["raw"] for m in months for v in m.tables["values"]}
    shown = 0
    for link in links:
        pid = truth[link["row_id"]]
        founder = first.setdefault(link["person_id"], pid)
        method[link["method"]] += 1
        if founder != pid:
            wrong[link["method"]] += 1
            if shown < most:
                shown += 1
                print(
                    "MERGE",
                    link["method"],
                    [_brief(x, rows, raw) for x in (link["row_id"],)],
                    "with",
                    _pupil(district, founder),
                    "is",
                    _pupil(district, pid),
                )
        elif pid in seen and link["method"] in ("founding",):
            split[link["method"]] += 1
            if split["founding"] <= most:
                print("SPLIT", _brief(link["row_id"], rows, raw), "is", _pupil(district, pid))
        seen.add(pid)
    for name, n in method.most_common():
        print(f"   {name:22s} {n:7d} wrong {wrong[name]:4d} right {1 - wrong[name] / n:.4f}")
    print("   splits", dict(split))


def _brief(row_id, rows, raw):
    form, r = rows[row_id]
    return (
        form[:2],
        r["cycle"],
        r["school_code"][-3:],
        r["student_name"],
        r["id_number"] or raw.get(row_id),
        r["birth"],
        r["grade"],
        r["class_no"],
        r["guardian_name"],
        r["guardian_phone"],
    )


def _pupil(district, pid):
    p = district.pupils[pid]
    return (
        p.pid,
        p.name,
        p.number,
        p.birth.isoformat(),
        p.school[-3:],
        p.class_no,
        p.guardian,
        p.phone,
        p.twin,
        p.namesake,
    )


if __name__ == "__main__":
    main()
