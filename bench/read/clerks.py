"""Files as clerks make them, with what an attentive official reads in each: `python bench/read/clerks.py [ARCHIVE …] [-v]`.

An archive (tests/clerks/*.zip) holds `inputs/` of a workspace, `truth.json` and `odd.md` (what is odd about each file). They were made
by people who did not know the reader. A field's truth is a normal form, `{"value": x, "also": […]}` (others will do, null: no
value), `{"value": null, "problem": true}` (no value, and said why), null (the paper says none) or "any". Rows are paired by
what they say; a field without truth must be empty.
"""
from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from carelib import cli

ARCHIVES = Path(__file__).parents[2] / "tests" / "clerks"
CYCLE = "2023-03"
PUPIL = ("student_name", "id_number", "student_no", "grade", "class_no", "gender", "birth")      # on a page they stand with the page
SIGNED = ("filled_by", "approved_by", "filled_date")
Row = dict[str, dict[str, Any]]


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("archives", nargs="*", type=Path, default=sorted(ARCHIVES.glob("*.zip")))
    ask.add_argument("-v", action="store_true", help="every difference")
    said = ask.parse_args()
    for archive in said.archives:
        counts, told = score(archive)
        print(*(told if said.v else ()), sep="\n")
        judged = sum(counts[k] for k in ("exact", "asked", "absent", "wrong"))
        print(f"{archive.stem}: {counts['submissions']} submissions, form, school and month right {counts['named']}, state right {counts['state']}; "
              f"rows {counts['rows']}, found {counts['found']}, wholly right {counts['whole']}; cells {judged}, exact "
              f"{100 * counts['exact'] / judged:.2f} %, asked {counts['asked']}, absent {counts['absent']}, wrong {counts['wrong']}, of no field {counts['extra']}; "
              f"signatures exact {counts['signed', 'exact']}, absent {counts['signed', 'absent']}, wrong {counts['signed', 'wrong']}")


def score(archive: Path) -> tuple[Counter[Any], list[str]]:
    """Counts and a line for each difference."""
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(archive).extractall(folder)
        with redirect_stdout(StringIO()):
            if cli.main(["run", CYCLE, "--workspace", folder, "--until", "read"]) != 0:
                raise SystemExit("the archive could not be read")
        tables = Path(folder, "outputs", CYCLE, "tables")
        subs, values = (pd.read_parquet(tables / f"{name}.parquet") for name in ("submissions", "values"))
        truth = json.loads(Path(folder, "truth.json").read_text("utf-8"))
    return _compared(truth, subs, values)


def _compared(truth: Sequence[Mapping[str, Any]], subs: pd.DataFrame, values: pd.DataFrame) -> tuple[Counter[Any], list[str]]:
    rows: dict[str, dict[str, Row]] = defaultdict(lambda: defaultdict(dict))
    for v in values.to_dict("records"):
        rows[v["submission_id"]][v["row_id"]][v["field"]] = {k: None if isinstance(x, float) else x for k, x in v.items()}
    found = defaultdict(list)
    for s in subs.to_dict("records"):
        found[s["file"]].append({k: None if isinstance(x, float) else x for k, x in s.items()})
    counts: Counter[Any] = Counter()
    told: list[str] = []
    for one in truth:
        states = {one["state"], *one.get("also_states", ())}
        left = sorted(found[one["file"]], key=lambda s: (*(s[k] != one.get(k) for k in ("form", "school_code", "sheet")), s["state"] not in states,
                                                         -_alike(one["rows"], rows[s["submission_id"]].values())))
        if not left:
            if not one.get("optional") and "absent" not in states:
                counts["submissions"] += 1
                told.append(f"{one['file']}: no submission of {one['form']}")
            continue
        sub = left[0]
        found[one["file"]].remove(sub)
        counts["submissions"] += 1
        named = one["state"] in ("unreadable", "not_a_form") or all(one.get(k) in (None, "any", sub[k]) for k in ("form", "school_code", "period"))
        state = sub["state"] in states and (sub["state"] != "accepted" or one["state"] != "accepted" or bool(sub["is_zero"]) == one["is_zero"])
        counts.update(named=named, state=state)
        if not (named and state):
            told.append(f"{one['file']}: {sub['form']}, {sub['school_code']}, {sub['period']}, {sub['state']} instead of {one['form']}, "
                        f"{one['school_code']}, {one['period']}, {one['state']}")
        if one["state"] == sub["state"] == "accepted":
            for name in SIGNED:
                verdict = "any" if name not in one and one["form"] else _verdict(one.get(name), {"value": sub[name], "problem": None})
                counts["signed", verdict] += 1
                if verdict not in ("exact", "any"):
                    told.append(f"{one['file']}: {name} {verdict}, wanted {one.get(name)}, said {sub[name]}")
            mine = rows[sub["submission_id"]]
            page = one["form"] == "case_file"
            own = [r for r in mine.values() if next(iter(r.values()))["form"] == one["form"]]
            _rows(one["file"], one["rows"], own, set(one.get("optional_rows", ())), counts, told)
            if page:
                tries = [{f: v for f, v in r.items() if f not in PUPIL} for r in mine.values() if next(iter(r.values()))["form"] == "follow_up"]
                wanted = [{f: v for f, v in a.items() if f not in PUPIL} for a in one.get("attempts", ())]
                free = bool(one.get("attempts_optional")) or "attempts" not in one
                _rows(one["file"], wanted, tries if wanted or not free else [], set(range(len(wanted))) if free else set(), counts, told)
    return counts, told


def _alike(wanted: Iterable[Mapping[str, Any]], rows: Iterable[Row]) -> int:
    said = Counter((f, v["value"]) for r in rows for f, v in r.items())
    return sum(isinstance(v, str) and said[f, v] > 0 for r in wanted for f, v in r.items())


def _rows(file: str, wanted: Sequence[Mapping[str, Any]], rows: Sequence[Row], optional: set[int], counts: Counter[Any], told: list[str]) -> None:
    left = list(rows)
    for i, truth in enumerate(wanted):
        best = max(left, key=lambda r: sum(_verdict(t, r.get(f)) == "exact" for f, t in truth.items() if t is not None), default=None)
        agree = sum(_verdict(t, best.get(f)) == "exact" for f, t in truth.items() if t is not None) if best else 0
        if best is None or (not agree and any(isinstance(t, str) and t != "any" for t in truth.values())):
            if i not in optional:
                counts["rows"] += 1
                told.append(f"{file}: row {i + 1} not found")
            continue
        left.remove(best)
        before = len(told)
        for name, t in truth.items():
            verdict = _verdict(t, best.get(name))
            counts[verdict] += 1
            if verdict not in ("exact", "any"):
                told.append(f"{file}: {name} {verdict}, wanted {t}, said {(best.get(name) or {}).get('value')}")
        for name in best.keys() - truth.keys():
            if best[name]["value"] is not None:
                counts["extra"] += 1
                told.append(f"{file}: {name} {best[name]['value']} from “{best[name]['label']}”, which the paper does not say")
        counts.update(rows=1, found=1, whole=len(told) == before)


def _verdict(truth: Any, said: Mapping[str, Any] | None) -> str:
    """exact | asked | absent | wrong | any"""
    value, problem = (said["value"], said["problem"]) if said else (None, None)
    if truth == "any":
        return "any"
    if truth is None:
        return "exact" if value is None else "wrong"
    wanted = [truth["value"], *truth.get("also", ())] if isinstance(truth, dict) else [truth]
    if isinstance(truth, dict) and truth.get("problem"):
        return "exact" if value is None and problem else "absent" if value is None else "wrong"
    if any(value is None if w is None else value is not None and set(value.split("、")) == set(w.split("、")) for w in wanted):
        return "exact"
    return "wrong" if value is not None else "asked" if problem else "absent"


if __name__ == "__main__":
    main()
