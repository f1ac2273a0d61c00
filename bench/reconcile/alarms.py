"""How many findings survive doubtful links: the discrepancies found with true links against those found with our own.

    python bench/reconcile/alarms.py [--level usual] [--seeds 1] [--schools 100] [--months 12] [--show CODE] [--planted]

With true links every row is given to its pupil; what is then found is what a perfect linker would find. `--planted`: the
mistakes of mischief.py, found (with true links, with our own alone, and answered) against those that were put in.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from measure import Step, arguments, walked  # noqa: E402
from mischief import mischief  # noqa: E402
from simulate import District, Month  # noqa: E402

from carelib.reconcile import engine  # noqa: E402
from carelib.reconcile.evidence import Trace  # noqa: E402
from carelib.reconcile.link import Link, Linker  # noqa: E402
from carelib.reconcile.persons import Person  # noqa: E402

Found = set[tuple[str, int | None, str, str]]  # (code, pupil, school, cycle)
KINDS = {"copy_self": "copied_self", "copy_near": "copied_self"}  # two findings that answer to one mistake


MODES = ("true", "alone", "answered")


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


def followed(district: District, months: Iterable[Month], mode: str) -> Iterator[Step]:
    """The months as `walked` goes through them; mode: true (links that know the truth) | alone | answered."""
    usual, truth = engine.Linker, {}
    if mode == "true":
        Knowing.truth, engine.Linker = truth, Knowing  # type: ignore[misc]
    try:
        yield from walked(district, months, mode == "answered", truth)
    finally:
        engine.Linker = usual  # type: ignore[misc]


def run(district: District, months: list[Month], mode: str) -> tuple[Found, Found]:
    """(alarms, questions that stand for held alarms)."""
    alarms: Found = set()
    held: Found = set()
    for step in followed(district, months, mode):
        for seen in step.out["discrepancies"]:
            pupil = step.owner[seen["person_id"]].most_common(1)[0][0] if seen["person_id"] else None
            (held if seen["code"] == "identity_question" else alarms).add(
                (seen["code"], pupil, seen["school_code"], step.month.cycle)
            )
    return alarms, held


def planted(level: str, seeds: Iterable[int], schools: int, months: int, show: str) -> None:
    """Prints found against planted, for each kind of mistake and each way of linking."""
    table: dict[str, Counter] = defaultdict(Counter)
    for seed in seeds:
        district = District(seed, level, schools, months)
        spoiled = list(mischief(district.run(), seed))
        want = {(code, pupil, school, month.cycle) for month, put in spoiled for code, pupil, school in put}
        codes = {w[0] for w in want}
        for mode in MODES:
            got = {(KINDS.get(code, code), *rest) for code, *rest in run(district, [m for m, _ in spoiled], mode)[0]}
            for code in codes:
                w, g = {x for x in want if x[0] == code}, {x for x in got if x[0] == code}
                table[code] += Counter({f"{mode} want": len(w), f"{mode} got": len(g), f"{mode} right": len(w & g)})
                if code in show.split(","):
                    print(mode, code, "LACKS", sorted(w - g)[:8], "FALSE", sorted(g - w)[:8])
    print(f"{level}: planted, with true links / alone / answered: precision, recall")
    for code, row in sorted(table.items()):
        print(f"{code:22s} {row['true want']:6d}", *(_ratio(row, mode) for mode in MODES), sep="   ")


def _ratio(row: Counter, mode: str) -> str:
    right = row[f"{mode} right"]
    return f"{right / max(row[f'{mode} got'], 1):.3f} / {right / max(row[f'{mode} want'], 1):.3f}"


def main() -> None:
    parser = arguments()
    parser.add_argument("--show", default="")
    parser.add_argument("--planted", action="store_true")
    given = parser.parse_args()
    if given.planted:
        planted(given.level, map(int, given.seeds.split(",")), given.schools, given.months, given.show)
        return
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
        print(f"{code:24s} {row['alone want']:6d}   {_ratio(row, 'alone')}   {_ratio(row, 'answered')}")


if __name__ == "__main__":
    main()
