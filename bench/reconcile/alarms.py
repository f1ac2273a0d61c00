"""How many findings survive doubtful links: the discrepancies found with true links against those found with our own.

    python bench/reconcile/alarms.py [--level usual] [--seeds 1] [--schools 100] [--months 12] [--show CODE]

With true links every row is given to its pupil; what is then found is what a perfect linker would find.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import ClassVar

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from measure import _answer, world  # noqa: E402
from simulate import District, Month  # noqa: E402

from carelib.reconcile import engine  # noqa: E402
from carelib.reconcile.evidence import Trace  # noqa: E402
from carelib.reconcile.link import Link, Linker  # noqa: E402
from carelib.reconcile.persons import Person  # noqa: E402

Found = set[tuple[str, int, str, str]]  # (code, pupil, school, cycle)


class Knowing(Linker):
    """Links every row to its pupil; what is learned of a row and what contradicts is told as ever."""

    truth: ClassVar[dict[str, int]] = {}

    def link(self, traces: list[Trace]) -> None:
        for trace in traces:
            person_id = f"t{self.truth[trace.row_id]}"
            person = self.index.get(person_id)
            if person is None:
                person = Person(person_id, self.cycle)
                self.index.add(person)
            again = self.month - person.typed.get(trace.signature, 0) <= 2       # a row typed so before has not changed
            self._set(trace, Link(person, "typed_again" if again else "founding"))


def run(district: District, months: list[Month], mode: str) -> tuple[Found, Found]:
    """(alarms, questions that stand for held alarms); mode: true | alone | answered."""
    usual, before, decisions = engine.Linker, None, ()
    alarms: Found = set()
    held: Found = set()
    truth: dict[str, int] = {}
    owner: dict[str, Counter] = defaultdict(Counter)
    for month in months:
        truth |= month.truth
        if mode == "true":
            Knowing.truth = truth
            engine.Linker = Knowing  # type: ignore[misc]
        for _ in range(4):
            out = engine.reconcile_month(world(district, month.cycle, decisions), month.tables, before)
            asked = [r for r in out["links"] if r["state"] == "candidate"]
            now = {r["row_id"]: r["person_id"] for r in out["links"]}
            if mode != "answered" or not asked:
                break
            decisions += tuple(_answer(r, truth, now, owner) for r in asked)
        for row_id, person in now.items():
            owner[person][truth[row_id]] += 1
        for seen in out["discrepancies"]:
            if seen["person_id"]:
                pupil = owner[seen["person_id"]].most_common(1)[0][0]
                (held if seen["code"] == "identity_question" else alarms).add(
                    (seen["code"], pupil, seen["school_code"], month.cycle)
                )
        before = out
    engine.Linker = usual  # type: ignore[misc]
    return alarms, held


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--level", default="usual")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--show", default="")
    given = parser.parse_args()
    table: dict[str, Counter] = defaultdict(Counter)
    for seed in map(int, given.seeds.split(",")):
        district = District(seed, given.level, given.schools, given.months)
        months = list(district.run())
        want = run(district, months, "true")[0]
        for mode in ("alone", "answered"):
            got, held = run(district, months, mode)
            for code in {w[0] for w in want | got}:
                w, g = {x for x in want if x[0] == code}, {x for x in got if x[0] == code}
                for name, n in (("want", len(w)), ("got", len(g)), ("right", len(w & g))):
                    table[code][f"{mode} {name}"] += n
                if code in given.show.split(","):
                    print(mode, code, "LACKS", sorted(w - g)[:12], "FALSE", sorted(g - w)[:12], "held", len(held))
    print(f"{given.level}: code, expected, alone precision / recall, answered precision / recall")
    for code in sorted(table):
        row = table[code]
        cells = [
            f"{row[f'{m} right'] / max(row[f'{m} got'], 1):.3f} / {row[f'{m} right'] / max(row[f'{m} want'], 1):.3f}"
            for m in ("alone", "answered")
        ]
        print(f"{code:24s} {row['alone want']:6d}   {cells[0]}   {cells[1]}")


if __name__ == "__main__":
    main()
