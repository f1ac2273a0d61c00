"""How well the states of cases, and the stock of each school's statement, agree with what truly happened to the pupils.

    python bench/reconcile/states.py [--level usual] [--seeds 1] [--schools 100] [--months 12] [--show N]

What happened is taken from the simulated pupils themselves, not from their papers: who is back, suspended, moved, away.
A pupil counts from the first row that names him. Who left school by age in September is on no paper and is not counted.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from alarms import followed  # noqa: E402
from measure import arguments  # noqa: E402
from simulate import District  # noqa: E402

from carelib.records import IN_STOCK  # noqa: E402

AWAY = {"送教上门": "home_teaching", "转学至外省": "transferred", "已出国": "out_of_scope"}
SAID = {"open": "stock", "vanished": "stock", "new": "stock", "returned": "returned", "suspended": "suspended"}


def happened(district: District, told: dict[int, str]) -> dict[int, tuple[str, str]]:
    """pupil -> (school, state as far as it counts: stock | returned | suspended | transferred | …); '' is not counted."""
    out = {}
    for pupil in district.pupils:
        state = SAID.get(pupil.state, "")
        if pupil.state == "returned" and pupil.arrives == "attends":
            state = "transferred"               # he goes to school where he moved to
        elif pupil.state == "moving":
            state = "transferred" if "转学" in told.get(pupil.pid, "") else ""
        elif pupil.state == "gone":
            state = AWAY.get(told.get(pupil.pid, ""), "")
        elif pupil.orphan:
            state = ""
        out[pupil.pid] = (pupil.school, state)
    return out


def run(seed: int, level: str, schools: int, months: int, mode: str, show: int) -> Counter:
    """Counts of pupils and months by (said, true)."""
    district = District(seed, level, schools, months)
    told: dict[int, str] = {}
    out: Counter = Counter()
    for step in followed(district, district.run(), mode):
        month, made, truth, owner = step.month, step.out, step.truth, step.owner
        told |= {month.truth[r["row_id"]]: r["outcome"] for r in month.tables["follow_up"]}
        seen = set(truth.values())
        said = {owner[c["person_id"]].most_common(1)[0][0]: c for c in made["cases"] if owner[c["person_id"]]}
        facts = happened(district, told)
        stock = {(school, pid) for pid, (school, state) in facts.items() if state == "stock" and pid in seen}
        listed = {(c["school_code"], pid) for pid, c in said.items() if c["state"] in IN_STOCK and facts[pid][1]}
        for code in (r["school_code"] for r in made["flows"] if r["closing"] is not None):
            exact = {p for s, p in stock if s == code} == {p for s, p in listed if s == code}
            out["statement", "right" if exact else "wrong"] += 1
        for pid, (school, state) in facts.items():
            if not state or pid not in seen:
                continue
            case = said.get(pid)
            found = "none" if case is None else "stock" if case["state"] in IN_STOCK else case["state"]
            out[found, state] += 1
            if found != state and show > 0:
                show -= 1
                print("   ", month.cycle, mode, pid, school, "is", state, "said", found, case and case["school_code"], told.get(pid))
    return out


def main() -> None:
    parser = arguments()
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    for mode in ("true", "alone", "answered"):
        total: Counter = Counter()
        for seed in map(int, given.seeds.split(",")):
            total += run(seed, given.level, given.schools, given.months, mode, given.show)
        right, wrong = total.pop(("statement", "right"), 0), total.pop(("statement", "wrong"), 0)
        print(f"{mode}: {right} of {right + wrong} schools' months close with exactly the pupils who are not back, {100 * right / (right + wrong):.2f} %")
        right = sum(n for (a, b), n in total.items() if a == b)
        print(f"{mode}: {right} of {sum(total.values())} states right, {100 * right / sum(total.values()):.2f} %")
        for (a, b), n in total.most_common():
            if a != b:
                print(f"    said {a}, is {b}: {n}")


if __name__ == "__main__":
    main()
