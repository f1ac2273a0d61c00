"""Typed forms of unseen offices: invented files with what is truly on them, and how well they are read.

`python bench/read/typed.py [--seed N] [--count N] [--layout NAME] [-v]`; `files(seed, count)` and `score(...)` for others.
Everything hangs on the seed; the labels and layouts are written down here, not taken from the catalogue.
"""
from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from typed_files import media, write  # noqa: E402
from typed_layouts import LAYOUTS  # noqa: E402
from typed_sheets import CYCLE, SCHOOLS, Truth  # noqa: E402

from carelib import catalogue  # noqa: E402
from carelib.policy import Deadline, District, Policy, Term  # noqa: E402
from carelib.read.parse import parse_bytes  # noqa: E402
from carelib.read.understand import understand  # noqa: E402
from carelib.records import Row, Submission  # noqa: E402
from carelib.world import ReceivedFile, School, World  # noqa: E402

NAMES = {"csv_gb": "csv", "tsv": "csv", "html": "xls"}
KINDS = {"小学": "小学", "初级中学": "初中", "九年一贯制学校": "九年一贯制"}
DERIVED = frozenset({"dest_school", "return_date", "seq", "form_date"})        # read out of another cell, or of no weight


@dataclass
class Filed:
    """One file with the truth."""
    name: str
    layout: str
    medium: str
    data: bytes
    truths: list[Truth]


def files(seed: int, count: int, layout: str = "") -> Iterator[Filed]:
    """`count` files of all layouts (or of one)."""
    kinds = [k for k, (_, weight) in LAYOUTS.items() for _ in range(weight)]
    for n in range(count):
        dice = random.Random(f"{seed}/{n}")
        kind = layout or dice.choice(kinds)
        pages = LAYOUTS[kind][0](dice)
        medium = media(dice, pages)
        yield Filed(f"{dice.choice(('报表', '报送材料', '新建工作表', '附件'))}{n}.{NAMES.get(medium, medium)}", kind, medium, write(dice, pages, medium),
                    [t for p in pages for t in p.truths])


def world() -> World:
    """The invented district in which the files are read."""
    schools = tuple(School(code, name, (short,), next(k for w, k in KINDS.items() if name.endswith(w)), "公办", tuple(map(str, grades)))
                    for code, (name, short, grades) in SCHOOLS.items())
    policy = Policy(District("示例区教育局", ("990101",)), deadline=Deadline(), terms=(Term("2022-2023-2", date(2023, 2, 13), date(2023, 6, 30), 20),),
                    psych_levels={"红色": 4, "橙色": 3, "黄色": 2, "蓝色": 1})
    return World(CYCLE, catalogue.load(), policy, schools, None, ())


def read(filed: Filed, of: World) -> list[Submission]:
    return understand(parse_bytes(filed.data, filed.name), ReceivedFile(filed.name, Path(filed.name), "00" + filed.name, 1, None), of)


def score(filed: Filed, subs: list[Submission]) -> tuple[Counter[str], list[str]]:
    """Counts of what came out right, and a line for each difference."""
    out: Counter[str] = Counter(files=1)
    told: list[str] = []
    free = [s for s in subs if s.state != "unreadable"]
    for truth in filed.truths:
        out["truths"] += 1
        if truth.form is None:
            bad = [s for s in free if s.state == "accepted"]
            out["state"] += not bad
            out["named"] += not bad
            told += [f"taken for {s.form}" for s in bad]
            continue
        mine = _of(truth, free)
        if mine is None:
            told.append(f"lost: {truth.form} {truth.school} {truth.state}; came {[(s.form, s.school_code, s.state, s.reason_code) for s in subs]}")
            _count_lost(truth, out)
            continue
        free.remove(mine)
        named = (mine.form == truth.form, mine.school_code == truth.school, truth.state == "hidden" or mine.period == truth.period)
        out["named"] += all(named)
        right = mine.state == truth.state and mine.is_zero == truth.zero
        out["state"] += right
        if not (all(named) and right):
            told.append(f"named {named} state {mine.state} zero {mine.is_zero} for {truth.form} {truth.state} {truth.zero} {mine.reason or ''}")
        _rows(truth.rows, [r for r in mine.rows if r.form == truth.form], mine, out, told)
        _rows(truth.attempts, [r for r in mine.rows if r.form == "follow_up" and truth.form == "case_file"], mine, out, told)
    for s in free:
        if s.state == "accepted" and (s.rows or s.is_zero) and filed.truths[0].form is not None:
            out["extra"] += 1
            told.append(f"nobody filed {s.form} {s.school_code} of {len(s.rows)} rows")
    return out, told


def _of(truth: Truth, subs: list[Submission]) -> Submission | None:
    near = [s for s in subs if s.form == truth.form]
    return max(near, key=lambda s: (s.school_code == truth.school, s.period == truth.period, s.state == truth.state), default=None)


def _count_lost(truth: Truth, out: Counter[str]) -> None:
    for row in (*truth.rows, *truth.attempts):
        out["records"] += 1
        out["cells"] += sum(x is not None for k, x in row.items() if k not in DERIVED)
        out["absent"] += sum(x is not None for k, x in row.items() if k not in DERIVED)


def _rows(true: list[dict[str, str | None]], rows: list[Row], sub: Submission, out: Counter[str], told: list[str]) -> None:
    left = list(rows)
    guessed = {o.found for o in sub.observations if o.code == "guessed_header"} | {str(o.facts.get("label")) for o in sub.observations if o.code == "guessed_header"}
    for n, want in enumerate(true):
        out["records"] += 1
        said = [{v.field: v for v in r.values} for r in left]
        marks = [sum(w is not None and k in s and s[k].value == w for k, w in want.items()) for s in said]
        best = max(range(len(left)), key=lambda i: (marks[i], -i), default=None)
        if best is None or marks[best] == 0:
            told.append(f"row {n} not found")
            out["cells"] += sum(w is not None for k, w in want.items() if k not in DERIVED)
            out["absent"] += sum(w is not None for k, w in want.items() if k not in DERIVED)
            continue
        got = said[best]
        row = left.pop(best)
        out["found"] += 1
        out["held"] += row.held is not None
        whole = True
        inherited = set() if sub.form == row.form else {n for n in got if n not in want and got[n].place not in {got[k].place for k in want if k in got}}
        for name in sorted({*want, *got} - DERIVED - inherited):
            w, value = want.get(name), got.get(name)
            if w is not None:
                out["cells"] += 1
            if value is not None and value.value == w and w is not None:
                out["exact"] += 1
            elif w is None and (value is None or value.value is None):
                out["rightly_asked"] += name in want
            elif value is None or (value.value is None and value.problem is None):
                out["absent"] += 1
                whole = False
                told.append(f"{name}: {w!r} absent")
            elif value.value is None:
                out["asked"] += 1
                whole = False
                told.append(f"{name}: {w!r} asked: {value.raw!r} {value.problem}")
            else:
                whole = False
                key = "wrong_asked" if value.label in guessed else "wrong"
                out[key] += 1
                told.append(f"{key.upper()} {name}: {w!r} read as {value.value!r} from {value.raw!r} under {value.label!r}")
        out["whole"] += whole
    for row in left:
        out["invented_rows"] += 1
        told.append(f"a row nobody wrote: {[(v.field, v.raw) for v in row.values][:4]}")


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--count", type=int, default=100)
    ask.add_argument("--layout", default="")
    ask.add_argument("--keep", type=Path, help="folder for the files that were not read wholly right")
    ask.add_argument("-v", action="store_true", help="the differences of each file")
    said = ask.parse_args()
    of, total = world(), Counter[str]()
    for filed in files(said.seed, said.count, said.layout):
        subs = read(filed, of)
        one, told = score(filed, subs)
        total += one
        if told and said.keep:
            said.keep.mkdir(parents=True, exist_ok=True)
            (said.keep / filed.name).write_bytes(filed.data)
        if told and said.v:
            print(f"--- {filed.name} {filed.layout} {filed.medium}")
            unknown = [o.facts for s in subs for o in s.observations if o.code in ("unknown_columns", "guessed_header")]
            for line, times in Counter(told).most_common(8):
                print(f"    {times}x {line}")
            if unknown:
                print("    columns:", unknown)
    show(total)


def show(total: Counter[str]) -> None:
    def share(part: str, whole: str) -> str:
        return f"{100 * total[part] / max(1, total[whole]):.2f} %"
    print(f"files {total['files']}, submissions {total['truths']}: form, school and month {total['named']} right of {total['truths'] - 0}, state right {share('state', 'truths')}, "
          f"extra submissions {total['extra']}")
    print(f"records {total['records']}: found {share('found', 'records')}, wholly right {share('whole', 'records')}, held {total['held']}, invented {total['invented_rows']}")
    print(f"cells {total['cells']}: exact {share('exact', 'cells')}, asked {total['asked']}, absent {total['absent']}, wrong and not asked {total['wrong']}, "
          f"wrong and asked {total['wrong_asked']}, rightly without a value {total['rightly_asked']}")


if __name__ == "__main__":
    main()
